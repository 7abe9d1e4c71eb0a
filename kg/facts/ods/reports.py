"""The publisher's reports: CSV of 27 columns without a header (eccg, etr, epraccur, eauth and their kin).

A row is a whole record. Its dates are those in operation. Columns, counted from 1: 1 code, 2 name, 3 national
grouping, 4 high level health geography, 5-9 address, 10 postcode, 11 open, 12 close, 13 status, 14 sub-type,
15 commissioner, 16 joined, 17 left, 18 telephone, 26 prescribing setting; the others are not read.

Source: NHS England, "ODS CSV data file formats".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date
from functools import partial
from pathlib import Path
from typing import Final

from kg.facts.ods.cells import Unreadable, code, period
from kg.facts.ods.lines import Line, first_lines, lines
from kg.facts.ods.names import series_of, undated
from kg.facts.ods.record import Address, Dates, Record, Refused, Relation, Role
from kg.facts.ods.stream import Publication, of_files

COLUMNS: Final = 27
_TITLES: Final = {
    "eccg": "Clinical commissioning groups and sub-ICB locations",
    "etr": "NHS trusts",
    "epraccur": "Practices and other prescribing cost centres",
    "eauth": "Regions and other authorities",
}
_STATUS: Final = {"A": "Active", "C": "Closed", "D": "Dormant", "P": "Proposed"}
_ROLE: Final = re.compile(r"RO\d+")
_GP: Final = "4"
#: What every code of a series looks like, where a file's name does not say which it is.
_SHAPES: Final = {
    "epraccur": re.compile(r"[A-HJ-NPV-Y]\d{5}|ALD\d{3}|GUE\d{3}|JER\d{3}"),
    "etr": re.compile(r"[RT][0-9A-Z]{2}|[A-Z]\d[A-Z]\d[A-Z]"),
}


def open_report(path: Path, given: date | None) -> Publication:
    """Open a report."""
    series = series_of(path) or _series(first_lines(path)) or f"report-{undated(path)}"
    title = f"ODS report {series}: {_TITLES[series]}" if series in _TITLES else f"ODS report {path.name}"
    return of_files(path, given, series, title, partial(_records, path, series))


def _series(few: list[Line]) -> str:
    codes = [line.cells[0] for line in few]
    return next((name for name, shape in _SHAPES.items() if codes and all(map(shape.fullmatch, codes))), "")


def _records(path: Path, series: str, publication: Publication) -> Iterator[Record | Refused]:
    roles = _ROLES.get(series, _no_roles)
    address = _address_as_printed if series == "epraccur" else _address
    for line in lines(path, publication):
        if isinstance(line, Refused):
            yield line
            continue
        try:
            yield _record(line.cells, roles, address)
        except Unreadable as error:
            yield line.refused(error)


def _record(
    cells: list[str], roles: Callable[[list[str]], tuple[Role, ...]], address: Callable[[list[str]], Address]
) -> Record:
    if len(cells) != COLUMNS:
        raise Unreadable(f"it has {len(cells)} columns, not {COLUMNS}")
    own = code(cells[0], "an organisation")
    relations = [Relation("RE5", code(cell, "a geography")) for cell in cells[2:4] if cell]
    if cells[14]:
        relations.append(Relation("RE4", code(cells[14], "a commissioner"), Dates(None, period(cells[15], cells[16]))))
    return Record(
        own,
        cells[1],
        status=_STATUS.get(cells[12], cells[12]),
        dates=Dates(None, period(cells[10], cells[11])),
        address=address(cells),
        contacts=(("tel", cells[17]),) if cells[17] else (),
        roles=roles(cells),
        relations=tuple(relations),
    )


def _address(cells: list[str]) -> Address:
    return Address(tuple(line for line in cells[4:7] if line), cells[7], cells[8], cells[9])


def _address_as_printed(cells: list[str]) -> Address:
    """Give five lines: in lists of practices the fourth is as often a county as a town."""
    return Address(tuple(line for line in cells[4:9] if line), postcode=cells[9])


def _commissioners(cells: list[str]) -> tuple[Role, ...]:
    """Column 14 of later files has further roles: RO319|RO326."""
    return (Role("RO98", primary=True), *(Role(part) for part in _ROLE.findall(cells[13])))


def _trusts(cells: list[str]) -> tuple[Role, ...]:
    return (Role("RO197", primary=True), *(Role(part) for part in _ROLE.findall(cells[13])))


def _cost_centres(cells: list[str]) -> tuple[Role, ...]:
    practice = (Role("RO76"),) if cells[25] == _GP else ()
    return (Role("RO177", primary=True), *practice)


def _authorities(cells: list[str]) -> tuple[Role, ...]:
    return (Role("RO209", primary=True),) if re.fullmatch(r"Y\d{2}", cells[0]) else ()


def _no_roles(_: list[str]) -> tuple[Role, ...]:
    return ()


_ROLES: Final[dict[str, Callable[[list[str]], tuple[Role, ...]]]] = {
    "eccg": _commissioners,
    "etr": _trusts,
    "epraccur": _cost_centres,
    "eauth": _authorities,
}
