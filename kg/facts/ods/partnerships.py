"""The partners of sustainability and transformation partnerships, of the workbook that NHS England kept until 2019.

A row of the sheet "Current STPs" names up to four partners of one partnership, each with its code: what is said of
each (RE8, is partner to) is a stub. So is the partnership, of which the sheet says the name and the region (RE5). Some
partners (Healthwatch, hospices, charities) have the number of another register, "?", "-" or nothing where the code should
be: these alone are refused, and not the others of their row. A record is of a code, and none is made up for them.

The sheet "Closed STP codes" gives the partners of three partnerships that had ended, and no day. A relation without days is
true of the day of its file, which none of these is: a note says that the sheet is not read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from functools import partial
from pathlib import Path
from typing import Final

from kg.facts.ods.cells import Unreadable, code, shown
from kg.facts.ods.record import Record, Refused, Relation
from kg.facts.ods.stream import Publication, of_files
from kg.facts.ods.workbook import Row, rows

_SHEET: Final = "Current STPs"
_CLOSED: Final = "Closed STP codes"
_STP: Final = "ODS STP Code"
_PARTNERS: Final = {
    "ODS CCG Code": "CCG",
    "ODS LA Code": "LA",
    "ODS Trust Code": "Trusts",
    "ODS Code": "Other H&SC Orgs",
}
_REGION: Final = re.compile(r"\((Y\d{2})\)")
#: Some cells add the number of another register: NL8 (CQC: 1-256729774).
_WITH_REGISTER: Final = re.compile(r"([0-9A-Z]{3,8})\s*\(CQC.*\)", re.DOTALL)


def open_workbook(path: Path, given: date | None, names: list[str]) -> Publication | None:
    """Open the workbook, of which the names of the sheets are given; None when it is another."""
    if _SHEET not in names or next(rows(path, _SHEET, (_STP, *_PARTNERS)), None) is None:
        return None
    records = partial(_records, path, _CLOSED in names)
    found = of_files(path, given, "stp-partners", "STP partner relationships", records)
    found.release = found.release._replace(publisher="NHS England")
    return found


def _records(path: Path, closed: bool, publication: Publication) -> Iterator[Record | Refused]:
    for row in rows(path, _SHEET, (_STP, *_PARTNERS)):
        if row.cells.get("STP Name"):
            try:
                yield _partnership(row)
            except Unreadable as error:
                yield row.refused(error)
        for column, kind in _PARTNERS.items():
            if row.cells.get(column) or row.cells.get(kind):
                try:
                    yield _partner(row, column, kind)
                except Unreadable as error:
                    yield row.refused(error)
    if closed:
        publication.notes.append(
            f'The sheet "{_CLOSED}" is not read: its partnerships had ended by the day of the workbook, and it does not say '
            "when they had which partners."
        )
    publication.read = publication.size


def _partnership(row: Row) -> Record:
    region = _REGION.search(row.cells.get("NHS England Region", ""))
    return Record(
        code(row.cells[_STP], "a partnership"),
        row.cells["STP Name"],
        stub=True,
        relations=(Relation("RE5", region[1]),) if region else (),
    )


def _partner(row: Row, column: str, kind: str) -> Record:
    written = row.cells.get(column, "")
    noted = _WITH_REGISTER.fullmatch(written)
    try:
        own = code(noted[1] if noted else written, "an organisation")
    except Unreadable:
        name = row.cells.get(kind) or "a partner without a name"
        raise Unreadable(
            f'{name} has no ODS code, without which it cannot be told from others: the column "{column}" {f"has {shown(written)}" if written else "is empty"}. What '
            "else the row names is read"
        ) from None
    return Record(
        own, row.cells.get(kind, ""), stub=True, relations=(Relation("RE8", code(row.cells[_STP], "a partnership")),)
    )
