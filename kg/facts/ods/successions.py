"""The publisher's successions, succ.csv and succarc.csv: which code followed which, and when.

Two forms: with the header old_code,new_code,date; and as printed, without a header, in five columns: old code, new
code, reason, date (yyyymmdd) and an indicator. A row says something of the old code and nothing else, so it is a stub.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import partial
from pathlib import Path
from typing import Final

from kg.facts.ods.cells import Unreadable, code, day
from kg.facts.ods.lines import Line, lines
from kg.facts.ods.record import Record, Refused, Succession
from kg.facts.ods.stream import Publication, of_files

_HEADER: Final = ("old_code", "new_code", "date")
_PRINTED: Final = 5
_REASON: Final = "R"


def are_successions(first: Line) -> bool:
    """Say whether a file that begins with this line is one of successions."""
    cells = tuple(cell.lower() for cell in first.cells)
    return cells[:3] == _HEADER or (
        len(cells) == _PRINTED and first.cells[2] in ("", _REASON) and first.cells[3].isdecimal()
    )


def open_successions(path: Path, given: date | None) -> Publication:
    """Open a file of successions."""
    series = "succession"
    name = path.stem.lower()
    if "succarc" in name and "and" not in name:
        series = "succession-archive"
    title = "ODS successions (succ, succarc)" if series == "succession" else "ODS archived successions (succarc)"
    return of_files(path, given, series, title, partial(_records, path))


def _records(path: Path, publication: Publication) -> Iterator[Record | Refused]:
    columns, at = 0, 2
    for line in lines(path, publication):
        if isinstance(line, Refused):
            yield line
            continue
        if not columns:
            headed = tuple(cell.lower() for cell in line.cells[:3]) == _HEADER
            columns, at = len(line.cells), 2 if headed else 3
            if headed:
                continue
        try:
            yield _record(line.cells, columns, at)
        except Unreadable as error:
            yield line.refused(error)


def _record(cells: list[str], columns: int, at: int) -> Record:
    if len(cells) != columns:
        raise Unreadable(f"it has {len(cells)} columns, not {columns}")
    old = code(cells[0], "an organisation")
    return Record(old, stub=True, successions=(Succession(old, code(cells[1], "a successor"), day(cells[at])),))
