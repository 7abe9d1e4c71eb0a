"""What a thing became, and what it was before: walked through dated transfers, and told."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from kg.answers import asides, telling
from kg.answers import language as say
from kg.answers.answer import Answer, Claim, Outcome, Step
from kg.answers.draft import Draft
from kg.answers.each import of_each
from kg.answers.ends import Direction, Ends, Only, ends, of_one_lineage
from kg.answers.find import Found, Level, at_level, look_up, unresolved
from kg.answers.record import Records, Transfer
from kg.graph.names import Iri


def became(
    records: Records, name: str, *, as_of: date, sense: str | None = None, question: str = "",
    only: Only | None = None, level: Level | None = None,
) -> Answer:  # fmt: skip
    """Say what a thing became, up to a day; `only` keeps to the lineage in law, or to that of codes.

    `results` are the things at the end of every path: what they are, how the path leads there, and the share of the
    subject on every basis that is recorded on the way; `share_totals` says whether the shares are complete. With
    `level` "organisation" a kind is answered for by each of its bodies, with "kind" a body by its kind.
    """
    return _walk(records, name, "became", as_of, sense, question or f"What did {name} become?", only, level)


def before(
    records: Records, name: str, *, as_of: date, sense: str | None = None, question: str = "",
    only: Only | None = None, level: Level | None = None,
) -> Answer:  # fmt: skip
    """Say what a thing was before, up to a day; `results` are where every path begins. Otherwise as `became`."""
    return _walk(records, name, "before", as_of, sense, question or f"What was {name} before?", only, level)


def lineage(
    records: Records, name: str, *, as_of: date, sense: str | None = None, question: str = "",
    only: Only | None = None, level: Level | None = None,
) -> Answer:  # fmt: skip
    """Tell the whole story of a thing: what led to it and what it became."""
    asked = question or f"What is the lineage of {name}?"
    found = at_level(records, look_up(records, name, sense, level), level)
    if not found.things:
        return unresolved(records, found, name, asked, "lineage", as_of)
    if level == "organisation" and records.thing(found.last).is_kind:
        return of_each(records, found.last, asked, "lineage", as_of, only)
    draft = Draft(records, asked, "lineage", as_of)
    draft.subject = records.thing(found.first).subject
    back = _walked(records, found, "before", as_of, only, (found.last,))
    on = _walked(records, found, "became", as_of, only, (found.first,))
    draft.steps = _steps(records, {*back, *on}, found.things, as_of)
    _reached(draft, records, ends(records, on, found.first, "became"))
    draft.results = [*ends(records, back, found.last, "before").results, *draft.results]
    was, first = telling.direct(records, found.things, "before", back, as_of) if back else ("", [])
    now, then = telling.direct(records, found.things, "became", on, as_of)
    draft.sentence = " ".join(part for part in (was, telling.in_turn(records, found.last), now) if part)
    draft.sentence_sources = _cited(records, (*first, *then))
    _finish(draft, records, found.things, as_of, "became", [*back, *on])
    if draft.outcome == "unknown" and draft.steps:
        draft.status = "answered"  # the story is told, though its end is not
    return draft.finish()


def _walk(
    records: Records, name: str, direction: Direction, as_of: date, sense: str | None, question: str,
    only: Only | None, level: Level | None,
) -> Answer:  # fmt: skip
    found = at_level(records, look_up(records, name, sense, level), level)
    if not found.things:
        return unresolved(records, found, name, question, direction, as_of)
    start = found.first if direction == "became" else found.last
    if level == "organisation" and records.thing(start).is_kind:
        return of_each(records, start, question, direction, as_of, only)
    draft = Draft(records, question, direction, as_of)
    draft.subject = records.thing(start).subject
    walked = _walked(records, found, direction, as_of, only, (start,))
    draft.steps = _steps(
        records, walked, found.things, as_of, "Establishment" if direction == "became" else "Abolition"
    )
    _reached(draft, records, ends(records, walked, start, direction))
    draft.sentence, cited = telling.direct(records, found.things, direction, walked, as_of)
    draft.sentence_sources = _cited(records, cited)
    if direction == "before":
        _in_part(draft, records, walked)
    _finish(draft, records, found.things, as_of, direction, walked)
    return draft.finish()


def _in_part(draft: Draft, records: Records, walked: list[Transfer]) -> None:
    """Say which bodies came here in part only: what they were before may have gone elsewhere altogether."""
    gave: dict[tuple[Iri, Iri], set[Iri]] = {}
    for transfer in walked:
        for row in records.rows("shares", event=transfer.event):
            gave.setdefault((transfer.event, row["giver"]), set()).add(row["receiver"])
    partly = {
        transfer.giver: None
        for transfer in walked
        if len(gave.get((transfer.event, transfer.giver), ())) > 1
        or records.event(transfer.event)["type"] == "PartialTransfer"
    }
    if partly:
        names = say.shortened([records.thing(iri).label for iri in partly], 4)
        draft.caution(
            f"Only a part of {names} came here, so what went into {'it' if len(partly) == 1 else 'them'} before may have "
            "gone elsewhere."
        )


def _walked(
    records: Records, found: Found, direction: Direction, as_of: date, only: Only | None, starts: tuple[Iri, ...]
) -> list[Transfer]:
    """Give the transfers of a lineage; of one lineage alone, those that the senses of a name reach together."""
    if only is None:
        return [transfer for thing in starts for transfer in records.transfers(direction, thing, as_of)]
    every = [transfer for thing in found.things for transfer in records.transfers(direction, thing, as_of)]
    return of_one_lineage(records, every, found.things, direction, only)


def _reached(draft: Draft, records: Records, found: Ends) -> None:
    """Take over where paths end, and say what their shares do not say."""
    draft.results, draft.share_totals = found.results, found.totals
    for (basis, method, confidence), keys in found.methods.items():
        if method:
            draft.caution(f"Shares by {basis}: {method} ({confidence}).", keys)
    for event, bases in found.missing.items():
        facts = records.event(event)
        when = say.on(facts["happenedOn"], facts["precision"])
        draft.caution(
            f"No share by {say.listed(bases, 'or')} is recorded for what happened {when} ({facts['summary']}), so what "
            f"went through it is of unknown size by {'that count' if len(bases) == 1 else 'those counts'}.",
            records.cites(event),
        )
    for giver, bases in found.estimated.items():
        draft.caution(
            f"The shares by {say.listed(bases)} are of {records.thing(giver).label} as a whole. What came from "
            f"{draft.subject.label if draft.subject else 'the subject'} was a part of it, and may have been divided otherwise."
        )


def _finish(
    draft: Draft, records: Records, things: tuple[Iri, ...], as_of: date, direction: Direction, walked: list[Transfer]
) -> None:
    """Add what every telling of a lineage needs: outcome, other readings, cautions, and a source at the least."""
    draft.outcome = _outcome(records, things, as_of)
    if direction == "became":
        draft.status = "unknown" if draft.outcome == "unknown" else "answered"
    elif not any(step.lineage for step in draft.steps):
        draft.status = "unknown"
    for thing in things:
        draft.claims.extend(_readings(records, thing, direction))
        if direction == "became":
            stated = records.claims(thing, lambda row: row["topic"] == "status")
            # Of a kind, a statement of where it stands is a caution; of one body, it is what somebody says of it.
            if records.thing(thing).is_kind:
                for claim in stated:
                    draft.caution(claim.text, claim.sources)
            else:
                draft.claims.extend(stated)
        telling.warn(draft, records, thing, walked={ref.key for step in draft.steps for ref in (*step.from_, *step.to)})
    if not draft.sentence_sources:
        draft.sentence_sources = records.cites(things[-1])
    asides.tell(draft, things, walked)


def _outcome(records: Records, things: tuple[Iri, ...], as_of: date) -> Outcome:
    """Say how it stands with a thing on a day: in force, followed by something, ended, or not known."""
    last = records.thing(things[-1])
    if last.surely_in_force(as_of):
        return "continues"
    if records.transfers("became", last.iri, as_of):
        return "succeeded"
    types = {
        records.event(row["event"])["type"]
        for row in records.graph.rows("events-of", thing=last.iri, asOf=as_of)
        if (row["side"], row["status"]) == ("before", "in-effect")
    }
    return "dissolved" if "Abolition" in types else "unknown"


def _steps(
    records: Records, walked: Iterable[Transfer], things: tuple[Iri, ...], as_of: date, leave_out: str = ""
) -> list[Step]:
    """One step an event: those the lineage runs through, and those of the subject's own record.

    A body's founding is no part of what it became, nor its abolition of what it was: `leave_out` names that type. Nor is
    it either to share leaders with others, which its timeline tells.
    """
    by_event: dict[Iri, list[Transfer]] = {}
    for transfer in sorted(walked, key=lambda t: (t.date, t.event, t.giver, t.receiver)):
        by_event.setdefault(transfer.event, []).append(transfer)
    steps = {
        event: records.step(
            event, _unique(t.giver for t in parts), _unique(t.receiver for t in parts), parts[0].lineage
        )
        for event, parts in by_event.items()
    }
    for thing in things:
        for row in records.graph.rows("events-of", thing=thing, asOf=as_of):
            event = row["event"]
            if (
                event in steps
                or row["status"] != "in-effect"
                or row["rank"] != "preferred"
                or _is_lineage(records, event)
            ):
                continue
            if records.event(event)["type"] in (leave_out, "Clustering"):
                continue
            sides = records.sides(event)
            # An event may name many bodies (a wave of designations); this story is about one.
            steps[event] = records.step(
                event, [thing] * (thing in sides["before"]), [thing] * (thing in sides["after"]), None
            )
    return sorted(steps.values(), key=lambda step: (step.date, step.event))


def _is_lineage(records: Records, event: Iri) -> bool:
    """Whether an event moves something from one record to another, and so belongs to the walk alone."""
    sides = records.sides(event)
    return telling.moves(records.event(event)["type"]) and sides["before"] != sides["after"]


def _readings(records: Records, thing: Iri, direction: Direction) -> list[Claim]:
    """Give the other readings of what became of a thing: told as claims, never walked."""
    side = "before" if direction == "became" else "after"
    claims = []
    for row in records.graph.rows("events-of", thing=thing, asOf=date.max):
        facts: dict[str, Any] = records.event(row["event"])
        if row["side"] == side and row["rank"] == "alternative" and facts["confidence"] != "unconfirmed":
            claims.append(
                Claim(
                    telling.reading(records, row["event"]),
                    "alternative",
                    records.cites(row["event"]),
                    facts["claimedBy"],
                )
            )
    topics = ("successor",) if direction == "became" else ("predecessor",)
    return claims + records.claims(thing, lambda row: row["topic"] in topics)


def _cited(records: Records, events: Iterable[Iri]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(key for event in events for key in records.cites(event)))


def _unique(items: Iterable[Iri]) -> list[Iri]:
    return list(dict.fromkeys(items))
