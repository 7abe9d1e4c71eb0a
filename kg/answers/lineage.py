"""What a thing became, and what it was before: walked through dated transfers, and told."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, Final, Literal

from kg.answers import telling
from kg.answers.answer import Answer, Claim, Outcome, Result, Step
from kg.answers.draft import Draft
from kg.answers.find import look_up, unresolved
from kg.answers.record import Records, Transfer
from kg.graph.names import Iri

Direction = Literal["became", "before"]

#: How strongly a transfer ties what was to what came: the weakest on a path is the path's own.
_TIES: Final = ("identity", "functions", "codes")


Only = Literal["legal", "codes"]


def became(
    records: Records, name: str, *, as_of: date, sense: str | None = None, question: str = "", only: Only | None = None
) -> Answer:
    """Say what a thing became, up to a day; `only` keeps to the lineage in law, or to that of codes.

    `results` are the things at the end of every path: what they are, how the path leads there,
    and the share of the subject by population or practices where every step has one.
    """
    return _walk(records, name, "became", as_of, sense, question or f"What did {name} become?", only)


def before(
    records: Records, name: str, *, as_of: date, sense: str | None = None, question: str = "", only: Only | None = None
) -> Answer:
    """Say what a thing was before, up to a day; `results` are where every path begins."""
    return _walk(records, name, "before", as_of, sense, question or f"What was {name} before?", only)


def lineage(records: Records, name: str, *, as_of: date, sense: str | None = None, question: str = "") -> Answer:
    """Tell the whole story of a thing: what led to it and what it became."""
    asked = question or f"What is the lineage of {name}?"
    found = look_up(records, name, sense)
    if not found.things:
        return unresolved(records, found, name, asked, "lineage", as_of)
    draft = Draft(records, asked, "lineage", as_of)
    draft.subject = records.thing(found.first).subject
    back, on = records.transfers("before", found.last, as_of), records.transfers("became", found.first, as_of)
    draft.steps = _steps(records, {*back, *on}, found.things, as_of)
    draft.results = [*_ends(records, back, found.last, "before"), *_ends(records, on, found.first, "became")]
    was, first = telling.direct(records, found.things, "before", back, as_of) if back else ("", [])
    now, then = telling.direct(records, found.things, "became", on, as_of)
    draft.sentence = " ".join(part for part in (was, telling.in_turn(records, found.last), now) if part)
    draft.sentence_sources = _cited(records, (*first, *then))
    _finish(draft, records, found.things, as_of, "became")
    if draft.outcome == "unknown" and draft.steps:
        draft.status = "answered"  # the story is told, though its end is not
    return draft.finish()


def _walk(
    records: Records, name: str, direction: Direction, as_of: date, sense: str | None, question: str, only: Only | None
) -> Answer:
    found = look_up(records, name, sense)
    if not found.things:
        return unresolved(records, found, name, question, direction, as_of)
    start = found.first if direction == "became" else found.last
    draft = Draft(records, question, direction, as_of)
    draft.subject = records.thing(start).subject
    walked = records.transfers(direction, start, as_of)
    if only:
        every = [transfer for thing in found.things for transfer in records.transfers(direction, thing, as_of)]
        walked = _of_one_lineage(every, found.things, direction, only)
    draft.steps = _steps(
        records, walked, found.things, as_of, "Establishment" if direction == "became" else "Abolition"
    )
    draft.results = _ends(records, walked, start, direction)
    draft.sentence, cited = telling.direct(records, found.things, direction, walked, as_of)
    draft.sentence_sources = _cited(records, cited)
    _finish(draft, records, found.things, as_of, direction)
    return draft.finish()


def _of_one_lineage(walked: list[Transfer], starts: Iterable[Iri], direction: Direction, only: Only) -> list[Transfer]:
    """Keep the transfers that a walk along one lineage alone still reaches."""
    ahead = direction == "became"
    reached, kept = set(starts), []
    for transfer in sorted(set(walked), key=lambda t: t.date, reverse=not ahead):
        near, far = (transfer.giver, transfer.receiver) if ahead else (transfer.receiver, transfer.giver)
        if transfer.lineage == only and near in reached:
            reached.add(far)
            kept.append(transfer)
    return sorted(kept, key=lambda t: (t.date, t.event, t.giver, t.receiver))


def _finish(draft: Draft, records: Records, things: tuple[Iri, ...], as_of: date, direction: Direction) -> None:
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


def _outcome(records: Records, things: tuple[Iri, ...], as_of: date) -> Outcome:
    """Say how it stands with a thing on a day: in force, followed by something, ended, or not known."""
    last = records.thing(things[-1])
    if last.in_force(as_of) and last.facts["endPrecision"] != "unknown":
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

    A body's founding is no part of what it became, nor its abolition of what it was: `leave_out` names that type.
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
            if records.event(event)["type"] == leave_out:
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


def _ends(records: Records, walked: list[Transfer], start: Iri, direction: Direction) -> list[Result]:
    """Give the things where paths end, with the tie and the share of the whole path."""
    ahead = direction == "became"
    ordered = sorted(walked, key=lambda t: (t.date, t.event), reverse=not ahead)
    ties: dict[Iri, int] = {start: 0}
    gone: set[Iri] = set()
    edges = [(t.giver, t.receiver, t) if ahead else (t.receiver, t.giver, t) for t in ordered]
    for near, far, transfer in edges:
        tie = (
            2
            if transfer.lineage == "codes"
            else 1
            if records.event(transfer.event)["type"] == "FunctionTransfer"
            else 0
        )
        ties[far] = min(ties.get(far, 2), max(ties.get(near, 0), tie))
        if not (ahead and records.event(transfer.event)["type"] == "PartialTransfer"):
            gone.add(near)
    ends = [far for far in ties if far not in gone and far != start]
    shares = _shares(records, ordered, start) if ahead else {}
    results = [
        records.thing(end).result(
            how=_TIES[ties[end]],
            share=shares.get(end, (None, None))[0],
            share_basis=shares.get(end, (None, None))[1],
            sources=tuple(
                dict.fromkeys(key for t in ordered if end in (t.giver, t.receiver) for key in records.cites(t.event))
            ),
        )
        for end in ends
    ]
    return sorted(results, key=lambda result: (_TIES.index(result.how or "identity"), -(result.share or 0), result.key))


def _shares(records: Records, ordered: list[Transfer], start: Iri) -> dict[Iri, tuple[float, str]]:
    """Multiply shares along paths, by the first basis that every step of every path has.

    A giver with one receiver in an event gives the whole; one with several needs a stated share.
    Nothing is given where any step is not known: an unknown share is not a guess.
    """
    giving: dict[tuple[Iri, Iri], list[Iri]] = {}
    for transfer in ordered:
        if transfer.lineage == "legal":
            giving.setdefault((transfer.event, transfer.giver), []).append(transfer.receiver)

    def whole(event: Iri, receivers: list[Iri]) -> bool:
        return len(receivers) == 1 and records.event(event)["type"] != "PartialTransfer"

    divided = {event for (event, _), receivers in giving.items() if not whole(event, receivers)}
    stated = {event: records.graph.rows("shares", event=event) for event in sorted(divided)}
    for basis in ("population", "practices", "budget", "area", "postcodes") if divided else ():
        parts: dict[Iri, float] = {start: 1.0}
        for (event, giver), receivers in giving.items():
            if giver not in parts:
                continue
            shares = {
                row["receiver"]: row["value"]
                for row in stated.get(event, ())
                if row["giver"] == giver and row["basis"] == basis
            }
            if whole(event, receivers):
                shares = {receivers[0]: 1.0}
            if set(shares) != set(receivers):
                break
            amount = parts.pop(giver)
            if records.event(event)["type"] == "PartialTransfer":
                parts[giver] = amount * (1 - sum(shares.values()))
            for receiver in receivers:
                parts[receiver] = parts.get(receiver, 0.0) + amount * shares[receiver]
        else:
            return {iri: (share, basis) for iri, share in parts.items() if iri != start}
    return {}


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
