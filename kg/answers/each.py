"""The lineage of every body of a kind at once: what each of them became, or was before."""

from __future__ import annotations

from datetime import date

from kg.answers import language as say
from kg.answers.answer import Answer, Intent
from kg.answers.draft import Draft
from kg.answers.ends import Direction, Only, ends, of_one_lineage
from kg.answers.record import Records
from kg.graph.names import Iri


def of_each(records: Records, kind: Iri, question: str, intent: Intent, as_of: date, only: Only | None) -> Answer:
    """Say of each body of a kind where its paths end; `origin` of a result is the body it came from.

    A body that nothing came of, or came before, stands there with itself, so that none is lost.
    """
    subject = records.thing(kind)
    draft = Draft(records, question, intent, as_of, subject=subject.subject)
    rows = [row for row in records.graph.rows("ever-of-kind", kind=kind) if row["start"] <= as_of]
    bodies = dict.fromkeys(row["body"] for row in rows)
    directions: tuple[Direction, ...] = ("before", "became") if intent == "lineage" else (
        ("before",) if intent == "before" else ("became",)
    )  # fmt: skip
    reached: set[str] = set()
    for body in bodies:
        thing = records.thing(body)
        for direction in directions:
            walked = records.transfers(direction, body, as_of)
            if only:
                walked = of_one_lineage(records, walked, (body,), direction, only)
            found = ends(records, walked, body, direction).results
            for end in found:
                arrow = f"{thing.label} -> {end.label}" if direction == "became" else f"{end.label} -> {thing.label}"
                draft.results.append(end._replace(origin=thing.ref.key, text=arrow))
                reached.add(end.key)
            if not found and len(directions) == 1:
                itself = thing.result(origin=thing.ref.key, text=thing.label, sources=records.cites(body))
                draft.results.append(itself)
    led = {result.origin for result in draft.results if result.key != result.origin}
    verb = "had become, in the end," if intent == "became" else "go back to" if intent == "before" else "are joined to"
    draft.status = "answered" if bodies else "unknown"
    draft.sentence = (
        f"Of {say.number(len(bodies))} bodies that this graph holds as {subject.plain_plural}, {say.number(len(led))} {verb} "
        f"{say.number(len(reached))} others by {say.day(as_of)}." if bodies
        else f"This graph holds no body that was {subject.full} by {say.day(as_of)}."
    )  # fmt: skip
    draft.sentence_sources = records.cites(kind)
    return draft.finish()
