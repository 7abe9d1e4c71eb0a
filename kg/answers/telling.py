"""The sentences and cautions of a lineage: one clear sentence first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, Final

from kg.answers import language as say
from kg.answers.draft import Draft
from kg.answers.find import look_up
from kg.answers.record import Records, Thing, Transfer
from kg.graph.names import Iri, key_of
from kg.graph.names import thing as thing_iri

#: How each type of change is told, {was} and {is_} by number, from the side of what was and of what came.
_FORWARD: Final = {
    "Renaming": "{subject} {was} renamed {others} {when}",
    "Evolution": "{subject} evolved into {others} {when}",
    "Replacement": "{subject} {was} replaced by {others} {when}",
    "Merger": "{subject} merged {partners}into {others} {when}",
    "Absorption": "{subject} {was} absorbed into {others} {when}",
    "Division": "{subject} {was} divided between {others} {when}",
    "Reorganisation": "{subject} became part of {others} {when}",
    "Succession": "{subject} {was} succeeded by {others} {when}",
    "PartialTransfer": "part of {subject} moved to {others} {when}",
    "FunctionTransfer": "the functions of {subject} passed to {others} {when}",
    "CodeReuse": "the code of {subject} passed to {others} {when}",
}
_BACKWARD: Final = {
    "Renaming": "{subject} {was} called {others} until {date}, when the name changed",
    "Evolution": "{subject} evolved from {others} {when}",
    "Replacement": "{subject} replaced {others} {when}",
    "Merger": "{subject} {was} formed by the merger of {others} {when}",
    "Absorption": "{subject} took in {others} {when}",
    "Division": "{subject} {was} formed out of {others} {when}",
    "Reorganisation": "{subject} took over from {others}, whole or in part, {when}",
    "Succession": "{subject} succeeded {others} {when}",
    "PartialTransfer": "{subject} received part of {others} {when}",
    "FunctionTransfer": "{subject} took over the functions of {others} {when}",
    "CodeReuse": "{subject} took over the code of {others} {when}",
}


def moves(kind: str) -> bool:
    """Say whether an event of this type moves a body, its duties or its code to another record."""
    return kind in _FORWARD


def direct(
    records: Records, things: Sequence[Iri], direction: str, walked: Iterable[Transfer], as_of: date
) -> tuple[str, list[Iri]]:
    """Give the sentence for what a thing directly became, or directly was; and the events it rests on."""
    near = [t for t in walked if (t.giver if direction == "became" else t.receiver) in things]
    near = [t for t in near if not (t.giver in things and t.receiver in things)] or near
    groups: dict[tuple[date, str], list[Transfer]] = {}
    for transfer in near:
        groups.setdefault((transfer.date, str(records.event(transfer.event)["type"])), []).append(transfer)
    if not groups:
        return _nothing(records, sense_on(records, things, as_of), direction, as_of)
    ranked = sorted(groups.items(), key=lambda item: (_weight(item[0][1]), item[0][0]))
    best = [item for item in ranked if _weight(item[0][1]) == _weight(ranked[0][0][1])]
    # The same that is dated twice is told once, with both days.
    told: dict[tuple[str, frozenset[tuple[Iri, Iri]]], list[list[Transfer]]] = {}
    for (_, kind), parts in best:
        told.setdefault((kind, frozenset((t.giver, t.receiver) for t in parts)), []).append(parts)
    clauses = [_clause(records, things, direction, kind, every) for (kind, _), every in told.items()]
    events = list(dict.fromkeys(t.event for _, parts in best for t in parts))
    return f"{say.capital('; '.join(clauses))}.", events


def _weight(kind: str) -> int:
    """A new name or body says more of what became of a thing than a duty that moved, and a code least."""
    return {"FunctionTransfer": 1, "PartialTransfer": 1, "CodeReuse": 2}.get(kind, 0)


def _clause(records: Records, things: Sequence[Iri], direction: str, kind: str, dated: list[list[Transfer]]) -> str:
    forward, parts = direction == "became", dated[0]
    own = parts[0].giver if forward else parts[0].receiver
    thing = records.thing(own)
    ends = list(dict.fromkeys(t.receiver if forward else t.giver for t in parts))
    if kind == "Reorganisation" and forward and len(ends) > 1:
        kind = "Division"
    with_ = [iri for iri in records.sides(parts[0].event)["before"] if iri not in things] if kind == "Merger" else []
    partners = f"with {say.shortened([records.thing(iri).full for iri in with_])} " if with_ else ""
    days = [(each["happenedOn"], each["precision"]) for each in (records.event(other[0].event) for other in dated)]
    return (_FORWARD if forward else _BACKWARD)[kind].format(
        subject=_called(records, thing), was="were" if thing.is_many else "was", partners=partners,
        others=say.shortened([_called(records, records.thing(iri)) for iri in ends], 6),
        when=say.listed((say.on(*day) for day in days), "or"), date=say.listed((say.day(*day) for day in days), "or"),
    )  # fmt: skip


def _called(records: Records, thing: Thing) -> str:
    if not thing.is_kind:
        return (
            f"the {thing.label} {thing.kind_label}".rstrip()
            if thing.kind_label and not _is_titled(thing)
            else thing.label
        )
    # The sense is told only where the acronym leaves it in doubt: ICS was one story, ICP never was.
    named = look_up(records, thing.fact("acronym")) if thing.fact("acronym") else None
    if named and named.several:
        return thing.plural if thing.is_many else thing.full
    return thing.plain_plural if thing.is_many else thing.plain


def _is_titled(thing: Thing) -> bool:
    """A formal body's name already says what it is ("NHS Frimley ICB"); an area's does not ("Dorset")."""
    return thing.label.startswith("NHS ") or not any(
        word in thing.kind_label for word in ("system", "partnership", "plan")
    )


def in_turn(records: Records, iri: Iri) -> str:
    """Give the sentence for the kinds that one record was in turn; empty when it was only ever one."""
    thing = records.thing(iri)
    rows = [] if thing.is_kind else records.graph.rows("kinds-of", body=iri)
    rows = [row for row in rows if not records.is_held_beside(row["kind"])]
    kinds = [f"{say.article(records.thing(row['kind']).short)} ({_since(row)})" for row in rows]
    return f"{thing.label} has been in turn {say.listed(kinds)}." if len(kinds) > 1 else ""


def _since(row: dict[str, Any]) -> str:
    known = row["startPrecision"] != "unknown"
    return f"from {say.day(row['start'], row['startPrecision'])}" if known else "start not recorded"


def sense_on(records: Records, things: Sequence[Iri], as_of: date) -> Thing:
    """Of the senses that a name had in turn, give the one of that day; the last when there is none."""
    senses = [records.thing(iri) for iri in things]
    return next((thing for thing in reversed(senses) if thing.in_force(as_of)), senses[-1])


def _nothing(records: Records, thing: Thing, direction: str, as_of: date) -> tuple[str, list[Iri]]:
    name = say.capital(_called(records, thing))
    are = "are" if thing.is_many else "is"
    facts = thing.facts
    if direction == "before":
        began = (
            f" {'They' if thing.is_many else 'It'} began {say.on(thing.start, facts['startPrecision'])}."
            if facts["startPrecision"] != "unknown"
            else ""
        )
        return f"Nothing is recorded as having come before {_called(records, thing)}.{began}", []
    if facts["endPrecision"] == "unknown" and not thing.surely_in_force(as_of):
        return f"It is not recorded whether or when {_called(records, thing)} ended, nor what followed.", []
    if thing.in_force(as_of):
        they = "they" if thing.is_many else "it"
        if facts["endPrecision"] == "open":
            return (
                f"{name} {are} still in existence; nothing is recorded that {they} had become by {say.day(as_of)}.",
                [],
            )
        were = "were" if thing.is_many else "was"
        return (
            f"On {say.day(as_of)} {_called(records, thing)} {were} in existence, and nothing is recorded that {they} had become by then.",
            [],
        )
    for row in records.graph.rows("events-of", thing=thing.iri, asOf=as_of):
        event = records.event(row["event"])
        if event["type"] == "Abolition" and row["side"] == "before" and row["status"] == "in-effect":
            was = "were" if thing.is_many else "was"
            return (
                f"{name} {was} abolished {say.on(event['happenedOn'], event['precision'])}; no successor is recorded.",
                [row["event"]],
            )
    if thing.start > as_of:
        return f"{name} had not begun on {say.day(as_of)}; nothing is recorded of it before.", []
    return f"{name} ended {say.on(thing.end, facts['endPrecision'])}; what followed is not recorded.", []


def reading(records: Records, event: Iri) -> str:
    """Tell a change that is claimed and not walked: who became what, and why it is doubted."""
    facts, sides = records.event(event), records.sides(event)
    what = f"{say.listed(records.thing(iri).full for iri in sides['before'])} to {say.listed(records.thing(iri).full for iri in sides['after'])}"
    note = f" {facts['note'].rstrip('.')}." if facts["note"] else ""
    return f"{say.capital(what)} ({say.day(facts['happenedOn'], facts['precision'])}): {facts['summary']}.{note}"


def warn(draft: Draft, records: Records, iri: Iri, *, walked: set[str]) -> None:
    """Add the cautions of a thing: what it is not, names of an earlier list, sites that did not carry over, weak dates, plans."""
    thing = records.thing(iri)
    for row in records.rows("names-of", thing=iri) if records.files else ():
        if row["observed"]:
            seen = say.day(row["observed"], row["observedPrecision"])
            draft.caution(
                f"In the list of {seen} {thing.label} is called {row['name']}; when the name changed is not recorded.",
                records.cites(row["naming"]),
            )
    for row in records.graph.rows("distinctions", thing=iri):
        if key_of(row["other"]) not in walked:
            draft.caution(f"Not the same: {row['text']}", records.cites(row["distinction"]))
    for row in records.graph.rows("events-of", thing=iri, asOf=date.max):
        if row["status"] == "planned":
            event = records.event(row["event"])
            draft.caution(
                f"Planned, not in effect: {event['summary']} ({say.day(event['happenedOn'], event['precision'])}).",
                records.cites(row["event"]),
            )
    for step in draft.steps:
        if step.confidence == "background":
            draft.caution(f"The step of {step.date} ({step.summary}) is background knowledge, not read in a source.")
        carried = thing.is_kind and step.type == "Renaming"
        for row in records.graph.rows("exceptions", change=thing_iri("event", step.event)) if carried else ():
            draft.caution(
                f"One site changed area when its kind changed: {row['label']} became part of {row['successorLabel']}.",
                records.cites(row["event"]),
            )
    if (weak := thing.fact("background").split()) and {"from", "until"} & set(weak):
        sides = say.listed({"from": "start", "until": "end"}[word] for word in weak if word in ("from", "until"))
        draft.caution(f"The {sides} of {thing.full} is background knowledge, not read in a source.")
