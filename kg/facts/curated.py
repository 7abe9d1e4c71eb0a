"""Read `data/*.csv` into records, reporting every fault of every file in one pass."""

from __future__ import annotations

import csv
import difflib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar, cast

from pydantic import ValidationError

from kg.errors import DataFaults, Fault
from kg.facts import records
from kg.facts.dates import OPEN_END, UNKNOWN_START, PartialDate
from kg.facts.records import CARDINALITY, ROWS, SAME_RECORD, Row

R = TypeVar("R", bound=Row)


@dataclass(frozen=True)
class Placed:
    """A row and the line it stands on, so that a later fault can point at it."""

    row: Row
    file: str
    line: int


@dataclass
class Facts:
    """All rows of `data/`, by file, each with its line."""

    placed: dict[str, list[Placed]] = field(default_factory=dict)

    def rows(self, kind: type[R]) -> list[R]:
        """Give the rows of one class, in file order."""
        return [cast("R", placed.row) for placed in self.placed.get(kind.FILE, [])]

    def __iter__(self) -> Iterator[Placed]:
        for rows in self.placed.values():
            yield from rows


def read(folder: Path) -> tuple[Facts, list[Fault]]:
    """Read every table of `folder`; give what could be read and all faults found.

    Rows with a fault of form are left out of the facts, so that the others can still be
    checked against each other. A missing file is a fault; an unknown file is one too.
    """
    facts, faults = Facts(), list[Fault]()
    for kind in ROWS:
        path = folder / kind.FILE
        if path.is_file():
            facts.placed[kind.FILE] = list(_table(path, kind, faults))
        else:
            faults.append(_fault(kind.FILE, 1, "", "the file is missing. Its columns are listed in data/README.md."))
    known = {kind.FILE for kind in ROWS}
    for path in sorted(folder.glob("*.csv")):
        if path.name not in known:
            faults.append(_fault(path.name, 1, "", "no table has this name. The tables are listed in data/README.md."))
    faults.extend(_cross_checks(facts))
    return facts, sorted(set(faults))


def load(folder: Path) -> Facts:
    """Read every table of `folder`; raise DataFaults with all faults when there is any."""
    facts, faults = read(folder)
    if faults:
        raise DataFaults(faults)
    return facts


def _fault(file: str, line: int, column: str, message: str) -> Fault:
    return Fault(f"data/{file}", line, column, message)


def _table(path: Path, kind: type[Row], faults: list[Fault]) -> Iterator[Placed]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        faults.append(_fault(path.name, 1, "", f"the file is not UTF-8 (byte {error.start}). Save it as UTF-8."))
        return
    reader = csv.reader(text.splitlines(keepends=True))
    header = next(reader, [])
    columns = columns_of(kind)
    for name in header:
        if name not in columns:
            faults.append(_fault(path.name, 1, name, f'no such column.{suggest(name, columns)}'))
    if repeated := sorted({name for name in header if header.count(name) > 1}):
        faults.append(_fault(path.name, 1, repeated[0], "the column stands twice; keep one."))
    if missing := [name for name in columns if name not in header]:
        faults.append(_fault(path.name, 1, missing[0], f"missing column(s): {', '.join(missing)}."))
        return
    seen: dict[tuple[Any, ...], int] = {}
    line = reader.line_num + 1
    for cells in reader:
        start, line = line, reader.line_num + 1
        if not any(cells):
            continue
        if len(cells) != len(header):
            faults.append(_fault(path.name, start, "", f"{len(cells)} cells where the header has {len(header)}; quote a cell that holds a comma."))
            continue
        try:
            row = kind.model_validate({name: cell for name, cell in zip(header, cells, strict=True) if cell.strip()})
        except ValidationError as error:
            faults.extend(_plain(path.name, start, kind, error))
            continue
        identity = tuple(getattr(row, name) for name in kind.IDENTITY)
        if identity in seen:
            faults.append(_fault(path.name, start, columns_of(kind)[0], f"the same row stands on line {seen[identity]} ({', '.join(kind.IDENTITY)} alike). Keep one."))
            continue
        seen[identity] = start
        yield Placed(row, path.name, start)


def columns_of(kind: type[Row]) -> list[str]:
    """Give the header of a table: its key, what is its own, its dates, then on whose word."""
    own: list[str] = []
    for base in kind.__mro__:
        if isinstance(base, type) and issubclass(base, Row):
            own.extend(name for name in base.__annotations__ if name in kind.model_fields and name not in own)
    own.sort(key=lambda name: name != "key")
    return [kind.model_fields[name].alias or name for name in own]


def _plain(file: str, line: int, kind: type[Row], error: ValidationError) -> Iterator[Fault]:
    """Say a pydantic error in a curator's words, one fault a cell."""
    told: set[str] = set()
    for item in error.errors():
        column = str(item["loc"][0]) if item["loc"] else ""
        if column in told:
            continue
        told.add(column)
        given, kind_of_error = item.get("input"), item["type"]
        if kind_of_error == "missing":
            message = "empty, and it must be filled. See data/README.md."
        elif kind_of_error == "literal_error" and (words := _words(kind, column)):
            message = f'"{given}" is not one of: {", ".join(words)}.{suggest(str(given), words)}'
        elif kind_of_error == "string_pattern_mismatch":
            message = f'"{given}" does not have the form {item["ctx"]["pattern"]}.'
        elif "is not a date" in item["msg"] or "is not in the calendar" in item["msg"]:
            message = str(item["ctx"]["error"])
        else:
            message = f'"{given}": {item["msg"][0].lower()}{item["msg"][1:]}.'
        yield _fault(file, line, column, message)


def _words(kind: type[Row], column: str) -> tuple[str, ...]:
    names = {info.alias or name: name for name, info in kind.model_fields.items()}
    return tuple(filter(None, records.choices(kind, names[column]))) if column in names else ()


def suggest(word: str, known: Iterable[str]) -> str:
    """Give ' Did you mean "x"?' when something known is near, else nothing."""
    near = difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f' Did you mean "{near[0]}"?' if near else ""


def _cross_checks(facts: Facts) -> Iterator[Fault]:
    keys = _keys(facts)
    yield from _clashes(facts)
    for placed in facts:
        for column, key, table in _references(placed.row):
            if key not in keys[table]:
                where = {"source": "sources.csv", "thing": "kinds.csv or bodies.csv", "kind": "kinds.csv", "body": "bodies.csv", "event": "events.csv"}[table]
                yield _fault(placed.file, placed.line, column, f'"{key}" is not in data/{where}.{suggest(key, keys[table])} Add it there first, then cite its key here.')
        yield from _period(placed)
        if isinstance(placed.row, records.Change):
            yield from _cardinality(placed, placed.row)
        if isinstance(placed.row, records.Observation):
            yield from _numbers(placed, placed.row)
    yield from _transfers(facts)
    yield from _codes(facts)


def _keys(facts: Facts) -> Mapping[str, frozenset[str]]:
    kinds = frozenset(row.key for row in facts.rows(records.Kind))
    bodies = frozenset(row.key for row in facts.rows(records.Body))
    return {
        "source": frozenset(row.key for row in facts.rows(records.Source)),
        "kind": kinds,
        "body": bodies,
        "thing": kinds | bodies,
        "event": frozenset(row.key for row in facts.rows(records.Event)),
    }


def _references(row: Row) -> Iterator[tuple[str, str, str]]:
    refers = dict(row.REFERS)
    if isinstance(row, records.Sourced):
        refers["source"] = "source"
    for column, table in refers.items():
        value = getattr(row, column)
        for key in value if isinstance(value, tuple) else (value,):
            yield column, key, table


def _clashes(facts: Facts) -> Iterator[Fault]:
    """A key names one thing in the whole of `data/`, so that `--sense KEY` is never in doubt."""
    seen: dict[str, Placed] = {}
    for kind in (records.Kind, records.Body):
        for placed in facts.placed.get(kind.FILE, []):
            key = cast("Any", placed.row).key
            if (other := seen.get(key)) is not None:
                yield _fault(placed.file, placed.line, "key", f'"{key}" is already the key of data/{other.file}, line {other.line}. Choose another.')
            seen[key] = placed


def _period(placed: Placed) -> Iterator[Fault]:
    row = placed.row
    if isinstance(row, records.Dated) and isinstance(row.until, PartialDate) and row.from_ and row.until.day < row.from_.day:
        yield _fault(placed.file, placed.line, "until", f'"{row.until}" is before the start, {row.from_}. `until` is the first day without.')


def _cardinality(placed: Placed, row: records.Change) -> Iterator[Fault]:
    kind = cast("Any", row).type
    for column, (least, most) in zip(("before", "after"), CARDINALITY[kind], strict=True):
        count = len(getattr(row, column))
        if count < least or (most is not None and count > most):
            wanted = str(least) if least == most else f"{least} or more" if most is None else f"{least} to {most}"
            yield _fault(placed.file, placed.line, column, f"a {kind} has {wanted} things {column} it, and this row has {count}. Mend the list, or choose another type.")
    if kind in SAME_RECORD and row.before != row.after:
        yield _fault(placed.file, placed.line, "after", f"in a {kind} the record continues: before and after are the same key. For a new record use Replacement.")


def _numbers(placed: Placed, row: records.Observation) -> Iterator[Fault]:
    if row.statistic == "range":
        if row.low is None or row.high is None or row.low > row.high:
            yield _fault(placed.file, placed.line, "low", "a range needs `low` and `high`, the lower first.")
    elif row.value is None:
        yield _fault(placed.file, placed.line, "value", f'empty, and statistic "{row.statistic}" needs a number.')


def _transfers(facts: Facts) -> Iterator[Fault]:
    events = {row.key: row for row in facts.rows(records.Event)}
    totals: dict[tuple[str, str, str], list[tuple[float, Placed]]] = {}
    for placed in facts.placed.get(records.Transfer.FILE, []):
        row = cast("records.Transfer", placed.row)
        event = events.get(row.event)
        if event is None:
            continue
        for column, key, side in (("giver", row.giver, event.before), ("receiver", row.receiver, event.after)):
            if key not in side:
                yield _fault(placed.file, placed.line, column, f'"{key}" is not on that side of event {event.key}: {"; ".join(side)}.')
        if (row.share is None) != (row.basis == ""):
            yield _fault(placed.file, placed.line, "share", "a share and its basis go together: fill both or neither.")
        elif row.share is not None:
            totals.setdefault((row.event, row.giver, row.basis), []).append((row.share, placed))
    for (event_key, giver, basis), parts in sorted(totals.items()):
        total, last = sum(share for share, _ in parts), parts[-1][1]
        if abs(total - 1) > 1e-6 and events[event_key].type != "PartialTransfer":
            yield _fault(last.file, last.line, "share", f"the shares of {giver} by {basis} in {event_key} sum to {total:.6f}, not 1. Add the missing part.")


def _codes(facts: Facts) -> Iterator[Fault]:
    """At most one thing has a code on a day."""
    held: dict[tuple[str, str], list[Placed]] = {}
    for placed in facts.placed.get(records.CodeAssignment.FILE, []):
        row = cast("records.CodeAssignment", placed.row)
        held.setdefault((row.scheme, row.code), []).append(placed)
    for (scheme, code), places in sorted(held.items()):
        spans = sorted((_start(p.row), _stop(p.row), p.line, p) for p in places)
        for (_, stop, line, _), (start, _, _, later) in zip(spans, spans[1:], strict=False):
            if start < stop:
                yield _fault(later.file, later.line, "from", f"{scheme} code {code} is already held then, by line {line}. End that first.")


def _start(row: Row) -> Any:
    value = cast("records.Dated", row).from_
    return value.day if value else UNKNOWN_START


def _stop(row: Row) -> Any:
    value = cast("records.Dated", row).until
    return value.day if isinstance(value, PartialDate) else OPEN_END
