"""Primary care networks and their practices: the ePCN workbook, or one of its two sheets as CSV.

A row of the details is a network, whole: its sub-ICB location is its commissioner (RE4) on the file's own day. A row
of the partners says of a practice which network it is a partner of (RE8), and when, and nothing else of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from functools import partial
from pathlib import Path
from typing import Final

from kg.facts.ods.cells import Unreadable, code, period
from kg.facts.ods.lines import Line, lines
from kg.facts.ods.record import Address, Dates, Record, Refused, Relation, Role
from kg.facts.ods.stream import Publication, of_files
from kg.facts.ods.workbook import Row, rows

_TITLE: Final = "Primary care networks and their partners (ePCN)"
_DETAILS: Final = ("PCN Code", "PCN Name", "Open Date")
_PARTNERS: Final = ("Partner Organisation Code", "PCN Code", "Practice to PCN Relationship Start Date")
_LINES: Final = ("Address Line 1", "Address Line 2", "Address Line 3")
_Reader = Callable[[Mapping[str, str]], Record]


def open_workbook(path: Path, given: date | None, names: list[str]) -> Publication | None:
    """Open the workbook, of which the names of the sheets are given; None when it is another."""
    found: dict[str, _Reader] = {
        sheet: reader
        for sheet in names
        for known_by, reader in ((_DETAILS, _network), (_PARTNERS, _partner))
        if next(rows(path, sheet, known_by), None) is not None
    }
    return of_files(path, given, "epcn", _TITLE, partial(_sheets, path, found)) if found else None


def open_lines(path: Path, given: date | None, first: Line) -> Publication | None:
    """Open a CSV file that begins with this line; None when it is another."""
    header = [" ".join(cell.split()) for cell in first.cells]
    for known_by, series, reader in ((_DETAILS, "epcn-details", _network), (_PARTNERS, "epcn-partners", _partner)):
        if all(name in header for name in known_by):
            return of_files(path, given, series, _TITLE, partial(_lines, path, reader))
    return None


def _sheets(path: Path, found: dict[str, _Reader], publication: Publication) -> Iterator[Record | Refused]:
    for count, (sheet, reader) in enumerate(found.items()):
        publication.read = publication.size * count // len(found)
        for row in rows(path, sheet, _DETAILS if reader is _network else _PARTNERS):
            yield _read(row, reader)
    publication.read = publication.size


def _lines(path: Path, reader: _Reader, publication: Publication) -> Iterator[Record | Refused]:
    header: list[str] = []
    for line in lines(path, publication):
        if isinstance(line, Refused):
            yield line
        elif not header:
            header = [" ".join(cell.split()) for cell in line.cells]
        elif len(line.cells) != len(header):
            yield line.refused(Unreadable(f"it has {len(line.cells)} columns, not {len(header)}"))
        else:
            yield _read(Row(f"line {line.number:,}", dict(zip(header, line.cells, strict=True))), reader)


def _read(row: Row, reader: _Reader) -> Record | Refused:
    try:
        return reader(row.cells)
    except Unreadable as error:
        return row.refused(error)


def _network(cells: Mapping[str, str]) -> Record:
    where = next((cell for name, cell in cells.items() if name.startswith("Current") and name.endswith("Code")), "")
    return Record(
        code(cells["PCN Code"], "a network"),
        cells["PCN Name"],
        dates=Dates(None, period(cells["Open Date"], cells.get("Close Date", ""))),
        address=Address(
            tuple(line for name in _LINES if (line := cells.get(name, ""))),
            cells.get("Address Line 4", ""),
            cells.get("Address Line 5", ""),
            cells.get("Postcode", ""),
        ),
        roles=(Role("RO272", primary=True),),
        relations=(Relation("RE4", code(where, "a commissioner")),) if where else (),
    )


def _partner(cells: Mapping[str, str]) -> Record:
    start, end = (cells.get(f"Practice to PCN Relationship {end} Date", "") for end in ("Start", "End"))
    relation = Relation("RE8", code(cells["PCN Code"], "a network"), Dates(None, period(start, end)))
    return Record(
        code(cells["Partner Organisation Code"], "a partner"),
        cells.get("Partner Name", ""),
        stub=True,
        relations=(relation,),
    )
