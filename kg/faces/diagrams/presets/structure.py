"""What a thing was inside of and what it was made of, on a day."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Final

from kg.answers import language as say
from kg.answers import membership, reach, telling
from kg.answers.answer import Answer
from kg.answers.question import Question
from kg.answers.record import Thing
from kg.faces.diagrams.presets.drawn import Drawn, resolved
from kg.faces.diagrams.scene import Edge, Node, Scene
from kg.graph.names import Iri

#: A tie as it is met: from which group to which member.
_Tie = tuple[Iri, Iri, Edge]
_WORDS: Final = "What was {name} part of, and what were its parts?"


def scene(question: Question, *, depth: int = 2) -> Scene:
    """State what a thing was inside of, and what it was made of, on the day of the question.

    Groups are followed to the top and members down to `depth` levels. Names, kinds and codes are those of the day. The
    structure of a kind is that of its kind: which kinds sat inside which.

    Raises:
        Ambiguous: the name means several things.
        NotFound: nothing has that name.
    """
    question, _ = membership.settled(question)
    things = resolved(question, _WORDS)
    records, day = question.records, question.day(question.thing)
    thing = telling.sense_on(records, things, day) if question.thing.is_kind else question.thing
    drawn = Drawn(records)
    groups, members = _tiers(drawn, day) if thing.is_kind else _memberships(drawn, day)
    ties = [*_walked(thing.iri, groups, upwards=True), *_walked(thing.iri, members, upwards=False, depth=depth)]
    edges = {edge.id: edge for _, _, edge in ties}
    seen = dict.fromkeys([thing.iri, *(iri for group, member, _ in ties for iri in (group, member))])
    answers = () if thing.is_kind else (membership.members(question), membership.memberships(question))
    cautions = [text for answer in answers if answer.status == "answered" for text in answer.cautions]
    cautions = [text for text in cautions if not text.startswith(reach.BEGINS)]  # said of all that is drawn, below
    if not ties:
        cautions.append(_nothing(thing, day))
    return Scene(
        title=f"Structure of {thing.full} on {say.day(day)}",
        caption=_caption(thing, day, answers, len(seen)),
        as_of=day,
        release=records.graph.release,
        form="layers",
        nodes=tuple(_node(drawn, iri, day, focus=iri == thing.iri) for iri in seen),
        edges=tuple(edges.values()),
        ledger=drawn.ledger,
        cautions=(*dict.fromkeys(cautions), *drawn.reach(day)),
    )


def _node(drawn: Drawn, iri: Iri, day: date, *, focus: bool) -> Node:
    """Give a thing as it was on the day; its dates stand in the box only where it began and may have ended."""
    node = drawn.node(iri, on=day, focus=focus)
    doubtful = date.min < node.starts <= day < node.ends and node.sure[1] <= day
    return node if doubtful or not node.starts <= day < node.ends else replace(node, when="")


def _memberships(drawn: Drawn, day: date) -> tuple[Callable[[Iri], list[_Tie]], Callable[[Iri], list[_Tie]]]:
    """Give what finds the groups of a body on a day, and what finds its members: by role, then by name."""
    records = drawn.records

    def groups(body: Iri) -> list[_Tie]:
        rows = records.rows("memberships", body=body, asOf=day)
        return [(row["group"], body, drawn.membership(row, row["group"], body)) for row in rows]

    def members(body: Iri) -> list[_Tie]:
        rows = sorted(
            records.rows("members", body=body, asOf=day),
            key=lambda row: (row["role"], records.thing(row["member"]).label, row["member"], row["membership"]),
        )
        return [(body, row["member"], drawn.membership(row, body, row["member"])) for row in rows]

    return groups, members


def _tiers(drawn: Drawn, day: date) -> tuple[Callable[[Iri], list[_Tie]], Callable[[Iri], list[_Tie]]]:
    """Give what finds the kinds that a kind sat inside on a day, and what finds those inside it."""
    rows = drawn.records.rows("tiers", asOf=day)

    def inside(kind: Iri, side: str) -> list[_Tie]:
        return [(row["whole"], row["part"], drawn.containment(row)) for row in rows if row[side] == kind]

    return lambda kind: inside(kind, "part"), lambda kind: inside(kind, "whole")


def _walked(start: Iri, near: Callable[[Iri], list[_Tie]], *, upwards: bool, depth: int | None = None) -> list[_Tie]:
    """Follow ties away from a thing, each thing once, as deep as is asked or to the end."""
    found: list[_Tie] = []
    seen, level = {start}, [start]
    while level and depth != 0:
        ties = [tie for iri in level for tie in near(iri)]
        found += ties
        level = list(dict.fromkeys(group if upwards else member for group, member, _ in ties))
        level = [iri for iri in level if iri not in seen]
        seen.update(level)
        depth = depth - 1 if depth is not None else None
    return found


def _caption(thing: Thing, day: date, answers: tuple[Answer, ...], nodes: int) -> str:
    """Say what is drawn, in the sentence of the answer that has something to tell, or of the first."""
    if answers:
        return next((answer for answer in answers if answer.status == "answered"), answers[0]).sentence
    name, them = (thing.plural, "them") if thing.is_many else (thing.full, "it")
    return (
        f"What {name} sat inside and what sat inside {them} on {say.day(day)}: "
        f"{say.counted(nodes - 1, 'other kind')} of structure."
    )


def _nothing(thing: Thing, day: date) -> str:
    """Say why there is one box and no tie."""
    if not thing.in_force(day):
        lasted = say.period(thing.subject.from_, thing.subject.until)
        return f"{say.capital(thing.label)} did not exist on {say.day(day)} ({lasted}): ask of a day on which it did."
    return (
        f"Nothing is recorded of what {thing.label} was inside of or made of on {say.day(day)}; that need not mean that "
        "there was nothing."
    )
