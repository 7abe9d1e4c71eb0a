"""One thing's lineage: what led to it and what it became."""

from __future__ import annotations

from typing import Literal

from kg.answers import lineage as telling
from kg.answers.ends import Direction, Only, of_one_lineage
from kg.answers.question import Question
from kg.answers.record import Transfer
from kg.faces.diagrams.presets.drawn import Drawn, resolved
from kg.faces.diagrams.scene import Scene
from kg.graph.names import Iri


def scene(
    question: Question, *, direction: Literal["both", "became", "before"] = "both", only: Only | None = None,
    depth: int | None = None, basis: str | None = None,
) -> Scene:  # fmt: skip
    """State the lineage of a thing, up to the day of the question.

    Args:
        question: whose lineage.
        direction: "became" or "before" leaves the other side out.
        only: "legal" or "codes" keeps one lineage.
        depth: at most so many transfers away from it.
        basis: what the shares on lines are counted by, the best there is when None.

    Raises:
        Ambiguous: the name means several things.
        NotFound: nothing has that name.
    """
    records = question.records
    things = resolved(question, "What is the lineage of {name}?")
    drawn = Drawn(records, basis)
    ways: tuple[Direction, ...] = ("before", "became") if direction == "both" else (direction,)
    walked: dict[Transfer, None] = {}
    for way in ways:
        every = dict.fromkeys(t for thing in things for t in records.transfers(way, thing, question.as_of))
        kept = of_one_lineage(records, every, things, way, only) if only else list(every)
        walked.update(dict.fromkeys(_near(kept, things, way, depth) if depth is not None else kept))
    transfers = sorted(walked, key=lambda t: (t.date, t.event, t.giver, t.receiver, t.lineage))
    bodies = dict.fromkeys([*(iri for t in transfers for iri in (t.giver, t.receiver)), *things])
    thing = records.thing(things[-1])
    tell = {"both": telling.lineage, "became": telling.became, "before": telling.before}[direction]
    answer = tell(records, question.name, as_of=question.as_of, sense=question.sense, only=only)
    edges = tuple(drawn.transfer(transfer) for transfer in transfers)
    return Scene(
        title=f"{'Lineage' if direction == 'both' else 'What came before' if direction == 'before' else 'What became'} of {thing.full}",
        caption=answer.sentence,
        as_of=question.as_of,
        release=records.graph.release,
        form="layers",
        nodes=tuple(drawn.in_turn(iri, focus=iri in things) for iri in bodies),
        edges=edges,
        ledger=drawn.ledger,
        # How each share was found stands beside it in the table; what the numbers on lines are counted by, here.
        cautions=(*drawn.counted_by(edges), *(said for said in answer.cautions if not said.startswith("Shares by "))),
    )


def _near(walked: list[Transfer], things: tuple[Iri, ...], way: Direction, depth: int) -> list[Transfer]:
    """Keep the transfers at most so many steps away."""
    steps = dict.fromkeys(things, 0)
    for _ in range(depth):
        for transfer in walked:
            near, far = (transfer.giver, transfer.receiver) if way == "became" else (transfer.receiver, transfer.giver)
            if near in steps and steps[near] + 1 < steps.get(far, depth + 1):
                steps[far] = steps[near] + 1
    return [t for t in walked if steps.get(t.giver if way == "became" else t.receiver, depth) < depth]
