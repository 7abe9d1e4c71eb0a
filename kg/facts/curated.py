"""Read `data/*.csv` into records, reporting every fault of every file in one pass."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from kg.errors import DataFaults, Fault
from kg.facts import consistency, records
from kg.facts.consistency import fault, suggest
from kg.facts.records import ROWS, Row
from kg.facts.rows import ANY, Facts, Placed


def read(folder: Path) -> tuple[Facts, list[Fault]]:
    """Read every table of `folder`; give what could be read and all faults found.

    Rows with a fault of form are left out of the facts, so that the others can still be
    checked against each other. A missing file is a fault; an unknown file is one too.
    """
    facts, faults = Facts(), list[Fault]()
    for kind in ROWS:
        path = folder / kind.FILE
        if path.is_file():
            facts.placed[kind.FILE] = list(_table(path, kind, faults, facts.unreadable.setdefault(kind.FILE, set())))
        else:
            faults.append(fault(kind.FILE, 1, "", "the file is missing. Its columns are listed in data/README.md."))
    known = {kind.FILE for kind in ROWS}
    for path in sorted(folder.glob("*.csv")):
        if path.name not in known:
            faults.append(fault(path.name, 1, "", "no table has this name. The tables are listed in data/README.md."))
    faults.extend(consistency.faults(facts))
    return facts, sorted(set(faults))


def load(folder: Path) -> Facts:
    """Read every table of `folder`; raise DataFaults with all faults when there is any."""
    facts, faults = read(folder)
    if faults:
        raise DataFaults(faults)
    return facts


def _table(path: Path, kind: type[Row], faults: list[Fault], unreadable: set[str]) -> Iterator[Placed]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        unreadable.add(ANY)
        faults.append(fault(path.name, 1, "", f"the file is not UTF-8 (byte {error.start}). Save it as UTF-8."))
        return
    reader = csv.reader(text.splitlines(keepends=True))
    header = next(reader, [])
    columns = columns_of(kind)
    for name in header:
        if name not in columns:
            faults.append(fault(path.name, 1, name, f"no such column.{suggest(name, columns)}"))
    if repeated := sorted({name for name in header if header.count(name) > 1}):
        faults.append(fault(path.name, 1, repeated[0], "the column stands twice; keep one."))
    if missing := [name for name in columns if name not in header]:
        unreadable.add(ANY)
        faults.append(fault(path.name, 1, missing[0], f"missing column(s): {', '.join(missing)}."))
        return
    seen: dict[tuple[Any, ...], int] = {}
    line = reader.line_num + 1
    for cells in reader:
        start, line = line, reader.line_num + 1
        if not any(cells):
            continue
        if len(cells) != len(header):
            unreadable.update(cell for name, cell in zip(header, cells, strict=False) if name == "key")
            faults.append(
                fault(
                    path.name,
                    start,
                    "",
                    f"{len(cells)} cells where the header has {len(header)}; quote a cell that holds a comma.",
                )
            )
            continue
        try:
            row = kind.model_validate({name: cell for name, cell in zip(header, cells, strict=True) if cell.strip()})
        except ValidationError as error:
            faults.extend(_plain(path.name, start, kind, error))
            unreadable.update(cell for name, cell in zip(header, cells, strict=True) if name == "key")
            continue
        identity = tuple(getattr(row, name) for name in kind.IDENTITY)
        if identity in seen:
            faults.append(
                fault(
                    path.name,
                    start,
                    columns_of(kind)[0],
                    f"the same row stands on line {seen[identity]} ({', '.join(name.rstrip('_') for name in kind.IDENTITY)} alike). Keep one.",
                )
            )
            continue
        seen[identity] = start
        yield Placed(row, path.name, start)


def columns_of(kind: type[Row]) -> list[str]:
    """Give the header of a table: its key, what is its own, its dates, then on whose word."""
    own: list[str] = []
    for base in kind.__mro__:
        if issubclass(base, Row):
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
        elif kind_of_error == "literal_error":
            words = _words(kind, column)
            message = f'"{given}" is not one of: {", ".join(words)}.{suggest(str(given), words)}'
        elif kind_of_error == "string_pattern_mismatch":
            form = {"Key": "small letters, digits and single hyphens, as ics-frimley"}.get(
                "Key" if "a-z" in item["ctx"]["pattern"] else "", "capitals and digits, without blanks"
            )
            message = f'"{given}" does not have the form of such a cell: {form}.'
        elif kind_of_error in ("float_parsing", "int_parsing"):
            message = f'"{given}" is not a number. Write digits, with a point before decimals.'
        elif kind_of_error == "value_error":
            message = str(item["ctx"]["error"])
        else:
            message = f'"{given}": {item["msg"][0].lower()}{item["msg"][1:]}.'
        yield fault(file, line, column, message)


def _words(kind: type[Row], column: str) -> tuple[str, ...]:
    names = {info.alias or name: name for name, info in kind.model_fields.items()}
    return tuple(filter(None, records.choices(kind, names[column]))) if column in names else ()
