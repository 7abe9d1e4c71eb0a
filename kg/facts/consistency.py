"""Rows held against each other: keys that must be somewhere, periods, counts, shares, codes held once."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise
from typing import Any, cast

from kg.errors import Fault
from kg.facts import records
from kg.facts.dates import OPEN_END, UNKNOWN_START, PartialDate
from kg.facts.records import Row
from kg.facts.rows import ANY, Facts, Placed
from kg.facts.vocabulary import CARDINALITY, SAME_RECORD


def fault(file: str, line: int, column: str, message: str) -> Fault:
    """Give a fault of a table of `data/`."""
    return Fault(f"data/{file}", line, column, message)


def suggest(word: str, known: Iterable[str]) -> str:
    """Give ' Did you mean "x"?' when something known is near, else nothing."""
    near = difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f' Did you mean "{near[0]}"?' if near else ""


def faults(facts: Facts) -> Iterator[Fault]:
    """Give every fault between rows."""
    keys = _keys(facts)
    yield from _clashes(facts)
    for placed in facts:
        for column, key, table in _references(placed.row):
            if key not in keys[table] and ANY not in keys[table]:
                where = {
                    "source": "sources.csv",
                    "thing": "kinds.csv or bodies.csv",
                    "kind": "kinds.csv",
                    "body": "bodies.csv",
                    "event": "events.csv",
                    "input": "inputs.csv",
                }[table]
                yield fault(
                    placed.file,
                    placed.line,
                    column,
                    f'"{key}" is not in data/{where}.{suggest(key, keys[table])} Add it there first, then cite its key here.',
                )
        yield from _period(placed)
        if isinstance(placed.row, records.Change):
            yield from _cardinality(placed, placed.row)
        if isinstance(placed.row, records.Observation):
            yield from _numbers(placed, placed.row)
        if isinstance(placed.row, records.PublisherCode):
            yield from _publisher_code(placed, placed.row)
    yield from _transfers(facts)
    yield from _codes(facts)


def _keys(facts: Facts) -> Mapping[str, frozenset[str]]:
    def of(kind: type[Row]) -> frozenset[str]:
        read = (cast("Any", placed.row).key for placed in facts.placed.get(kind.FILE, ()))
        return frozenset(read) | frozenset(facts.unreadable.get(kind.FILE, ()))

    kinds, bodies = of(records.Kind), of(records.Body)
    return {
        "source": of(records.Source), "kind": kinds, "body": bodies, "thing": kinds | bodies, "event": of(records.Event),
        "input": of(records.Input),
    }  # fmt: skip


def _references(row: Row) -> Iterator[tuple[str, str, str]]:
    refers = dict(row.REFERS)
    if isinstance(row, records.Sourced):
        refers["source"] = "source"
    for column, table in refers.items():
        value = getattr(row, column)
        for key in value if isinstance(value, tuple) else (value,):
            if key is not None:
                yield column, key, table


def _clashes(facts: Facts) -> Iterator[Fault]:
    """A key names one thing, and one event, in the whole of `data/`, so that `--sense KEY` is never in doubt."""
    for tables in ((records.Kind, records.Body), (records.KindChange, records.Event)):
        seen: dict[str, Placed] = {}
        for placed in (placed for kind in tables for placed in facts.placed.get(kind.FILE, [])):
            key = cast("Any", placed.row).key
            if (other := seen.get(key)) is not None and other.file != placed.file:
                message = f'"{key}" is already the key of data/{other.file}, line {other.line}. Choose another.'
                yield fault(placed.file, placed.line, "key", message)
            seen[key] = placed


def _period(placed: Placed) -> Iterator[Fault]:
    row = placed.row
    if (
        isinstance(row, records.Dated)
        and isinstance(row.until, PartialDate)
        and row.from_
        and row.until.day < row.from_.day
    ):
        yield fault(
            placed.file,
            placed.line,
            "until",
            f'"{row.until}" is before the start, {row.from_}. `until` is the first day without.',
        )


def _cardinality(placed: Placed, row: records.Change) -> Iterator[Fault]:
    kind = row.type
    for column, (least, most) in zip(("before", "after"), CARDINALITY[kind], strict=True):
        count = len(getattr(row, column))
        if count < least or (most is not None and count > most):
            wanted = str(least) if least == most else f"{least} or more" if most is None else f"{least} to {most}"
            yield fault(
                placed.file,
                placed.line,
                column,
                f"a {kind} has {wanted} things {column} it, and this row has {count}. Mend the list, or choose another type.",
            )
    if kind in SAME_RECORD and row.before != row.after:
        yield fault(
            placed.file,
            placed.line,
            "after",
            f"in a {kind} the record continues: before and after are the same key. For a new record use Replacement.",
        )


def _numbers(placed: Placed, row: records.Observation) -> Iterator[Fault]:
    if row.statistic == "range":
        if row.low is None or row.high is None or row.low > row.high:
            yield fault(placed.file, placed.line, "low", "a range needs `low` and `high`, the lower first.")
    elif row.value is None:
        yield fault(placed.file, placed.line, "value", f'empty, and statistic "{row.statistic}" needs a number.')


def _publisher_code(placed: Placed, row: records.PublisherCode) -> Iterator[Fault]:
    """Hold a code of the publisher against its sort: RO is a role, RE a relationship, which alone has a member."""
    if row.code.startswith("RO") != (row.sort == "role"):
        message = f"{row.code} is not the code of a {row.sort}. RO begins a role, RE a relationship."
        yield fault(placed.file, placed.line, "sort", message)
    elif (row.sort == "relationship") != bool(row.member):
        message = "a relationship says what its member is, and a role has none. Fill the cell, or empty it."
        yield fault(placed.file, placed.line, "member", message)
    elif row.sort == "relationship" and (row.kind or row.telling):
        column = "kind" if row.kind else "telling"
        yield fault(placed.file, placed.line, column, "a relationship is of no kind and tells of none. Empty the cell.")


def _transfers(facts: Facts) -> Iterator[Fault]:
    """Hold what moved, as stated and as computed, against its event, and shares against each other."""
    events = {row.key: row for row in facts.rows(records.Event)}
    stated = [(p, cast("records.Transfer", p.row)) for p in facts.placed.get(records.Transfer.FILE, [])]
    computed = [(p, cast("records.Share", p.row)) for p in facts.placed.get(records.Share.FILE, [])]
    #: Where an event says which edges it has, no others are made.
    edges: dict[str, set[tuple[str, str]]] = {}
    for _, edge in stated:
        edges.setdefault(edge.event, set()).add((edge.giver, edge.receiver))
    totals: dict[tuple[str, str, str], list[tuple[float, Placed]]] = {}
    said: dict[tuple[str, ...], Placed] = {}
    both: list[tuple[Placed, records.Transfer | records.Share]] = [*stated, *computed]
    for placed, row in both:
        event = events.get(row.event)
        if event is None:
            continue
        if not event.carries_lineage:
            message = f"{event.key} carries no lineage ({event.type}, {event.status}, {event.rank}), so nothing moves in it. Say the parts in its note."
            yield fault(placed.file, placed.line, "event", message)
        for column, key, side in (("giver", row.giver, event.before), ("receiver", row.receiver, event.after)):
            if key not in side:
                yield fault(
                    placed.file,
                    placed.line,
                    column,
                    f'"{key}" is not on that side of event {event.key}: {"; ".join(side)}.',
                )
        if isinstance(row, records.Share):
            yield from _computed(placed, row, edges.get(row.event))
        elif (row.share is None) != (row.basis == ""):
            yield fault(placed.file, placed.line, "share", "a share and its basis go together: fill both or neither.")
        if row.share is None:
            continue
        totals.setdefault((row.event, row.giver, row.basis), []).append((row.share, placed))
        other = said.setdefault((row.event, row.giver, row.receiver, row.basis), placed)
        if other.file != placed.file:
            message = f"the share by {row.basis} is also stated in data/{other.file}, line {other.line}. Keep one: the computed one where the files allow it."
            yield fault(placed.file, placed.line, "basis", message)
    for (event_key, giver, basis), parts in sorted(totals.items()):
        total, last = sum(share for share, _ in parts), parts[-1][1]
        partial = events[event_key].type == "PartialTransfer"
        if not partial and abs(total - 1) > 1e-6:
            yield fault(
                last.file,
                last.line,
                "share",
                f"the shares of {giver} by {basis} in {event_key} sum to {total:.6f}, not 1. Add the missing part.",
            )
        elif partial and total > 1 - 1e-9:
            message = f"all of {giver} would leave in {event_key}, a PartialTransfer, after which it goes on. Mend the share or the type."
            yield fault(last.file, last.line, "share", message)


def _computed(placed: Placed, row: records.Share, edges: set[tuple[str, str]] | None) -> Iterator[Fault]:
    """Hold a computed share against its own numbers, and against the edges that its event has."""
    if abs(row.share - row.amount / row.total) > 1e-9:
        message = f"{row.amount} of {row.total} is {row.amount / row.total:.10f}. Run kg shares again; the table is not written by hand."
        yield fault(placed.file, placed.line, "share", message)
    if edges is not None and (row.giver, row.receiver) not in edges:
        message = f"data/transfers.csv has rows for {row.event}, and none from {row.giver} to {row.receiver}. Add one there, with the part and no share."
        yield fault(placed.file, placed.line, "receiver", message)


def _codes(facts: Facts) -> Iterator[Fault]:
    """At most one thing has a code on a day."""
    held: dict[tuple[str, str], list[Placed]] = {}
    for placed in facts.placed.get(records.CodeAssignment.FILE, []):
        row = cast("records.CodeAssignment", placed.row)
        held.setdefault((row.scheme, row.code), []).append(placed)
    for (scheme, code), places in sorted(held.items()):
        spans = sorted((_start(p.row), _stop(p.row), p.line, p) for p in places)
        for (_, stop, line, _), (start, _, _, later) in pairwise(spans):
            if start < stop:
                yield fault(
                    later.file,
                    later.line,
                    "from",
                    f"{scheme} code {code} is already held then, by line {line}. End that first.",
                )


def _start(row: Row) -> Any:
    value = cast("records.Dated", row).from_
    return value.day if value else UNKNOWN_START


def _stop(row: Row) -> Any:
    value = cast("records.Dated", row).until
    return value.day if isinstance(value, PartialDate) else OPEN_END
