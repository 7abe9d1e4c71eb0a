"""What the publisher records of successions beside a story that is walked: other dates, and what leads nowhere."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date
from itertools import groupby
from typing import Any, NamedTuple

from kg.answers import language as say
from kg.answers.draft import Draft
from kg.answers.moments import overlap
from kg.answers.record import Records, Transfer
from kg.graph.names import Iri, key_of, thing


class Dated(NamedTuple):
    """One date of what passed between two bodies, and the keys of its sources."""

    day: date
    precision: str
    sources: tuple[str, ...]


def tell(draft: Draft, things: Collection[Iri], walked: Collection[Transfer]) -> None:
    """Add what the publisher's files record of the successions of a lineage and the walk leaves out."""
    records = draft.records
    if not records.files:
        return
    # Of a pair one of which is not curated, a row with a day is walked itself.
    curated = (transfer.giver for transfer in walked if not key_of(transfer.giver).startswith("ods-"))
    near = dict.fromkeys((*things, *curated))
    rows = {row["succession"]: row for iri in near for row in records.rows("recorded-successions", thing=iri)}
    kept = [row for row in rows.values() if row["date"] is None or row["date"] <= draft.as_of]
    _tell_dates(draft, walked, kept)
    _tell_circle(draft, things, walked)
    pairs = {(transfer.giver, transfer.receiver) for transfer in walked}
    for row in kept:
        pair = row["predecessor"], row["successor"]
        if pair in pairs or not set(pair) & set(things):
            continue
        giver, receiver = (records.thing(iri).label for iri in pair)
        when = f" {say.on(row['date'], 'day')}" if row["date"] else ""
        if pair[0] == pair[1]:
            text = f"The publisher records that {giver} leads to itself{when}; nothing follows from it."
        elif row["date"] is None:
            text = f"The publisher records, without a day, that {giver} was followed by {receiver}; that is not walked."
        else:
            continue  # between two bodies that data/ tells of: kg reconcile holds the accounts against each other
        sources = records.cites(row["succession"])
        if walked:
            draft.caution(text, sources)
        else:
            draft.sentence = f"{draft.sentence} {text}".strip()
            draft.sentence_sources = tuple(dict.fromkeys((*draft.sentence_sources, *sources)))


def _tell_circle(draft: Draft, things: Collection[Iri], walked: Collection[Transfer]) -> None:
    """Say that a lineage leads back to where it began, and by which files: one of its steps may not be so."""
    records, near, reached = draft.records, set(things), set[Iri]()
    steps = sorted((one for one in walked if one.giver != one.receiver), key=lambda one: (one.date, one.event))
    for _, of_day in groupby(steps, key=lambda one: one.date):
        same = list(of_day)
        # What passed on one day has no order within it: each of these may follow any other.
        while further := {one.receiver for one in same if one.giver in near or one.giver in reached} - reached:
            reached |= further
        for transfer in same:
            if transfer.receiver in near and transfer.giver in reached and key_of(transfer.event).startswith("ods-"):
                giver, receiver = (records.thing(iri).label for iri in (transfer.giver, transfer.receiver))
                draft.caution(
                    f"The successions lead round in a circle: {giver} is recorded as having passed into {receiver} again "
                    f"{say.on(transfer.date, 'day')}. One of them may be wrong.",
                    records.cites(transfer.event),
                )
                return


def _tell_dates(draft: Draft, walked: Iterable[Transfer], kept: Iterable[dict[str, Any]]) -> None:
    """Say of which successions the dates differ, by the curated account and a file or by two rows of files."""
    records, by_pair = draft.records, dict[tuple[Iri, Iri], list[Dated]]()
    for transfer in walked:
        if transfer.lineage == "legal":
            event = records.event(transfer.event)
            one = Dated(event["happenedOn"], str(event["precision"]), records.cites(transfer.event))
            _add(by_pair.setdefault((transfer.giver, transfer.receiver), []), one)
    for row in kept:
        if row["date"] and (row["predecessor"], row["successor"]) in by_pair:
            one = Dated(row["date"], "day", records.cites(row["succession"]))
            _add(by_pair[row["predecessor"], row["successor"]], one)
    for (giver, receiver), dates in by_pair.items():
        if len(dates) > 1 and any(_is_of_file(records, one) for one in dates):
            told = "; ".join(
                f"{say.day(one.day, one.precision)} ({records.source(one.sources[0]).title})" if one.sources
                else say.day(one.day, one.precision)
                for one in sorted(dates)
            )  # fmt: skip
            draft.caution(
                f"What passed from {records.thing(giver).label} to {records.thing(receiver).label} is dated differently: {told}.",
                dict.fromkeys(key for one in dates for key in one.sources),
            )


def _add(dates: list[Dated], one: Dated) -> None:
    if not any(overlap(known.day, known.precision, one.day, one.precision) for known in dates):
        dates.append(one)


def _is_of_file(records: Records, one: Dated) -> bool:
    return any(thing("source", key) == file.source for key in one.sources for file in records.files)
