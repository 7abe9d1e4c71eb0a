"""Read what publishers print: which small area had which code, how many people live in it, which practice is whose.

Files are .csv or .csv.gz. The Office for National Statistics names columns LSOA11CD or CCG20CDH, and those who
carry its files on write lsoa11_code or ccg_nhs_code; both are found by pattern. The Organisation Data Service prints
its files of practices without any header. Whatever is wrong is a BadInput of one paragraph: what, where, what to do.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import re
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from kg.errors import BadInput

#: A small area, by its code or by the header of its column; any other column of codes; a column of numbers.
AREA_CODE = re.compile(r"[EWSN]\d{8}")
AREA = re.compile(r"(lsoa|msoa|oa)(\d\d)?_?(cd|code)", re.IGNORECASE)
CODE = re.compile(r"(?!lsoa|msoa|oa\d)[a-z]+(\d\d)?_?([a-z]+_)?(cd|code)(_?(h|nhs|o))?", re.IGNORECASE)
COUNT = re.compile(r".*(pop|resident|total|all_?ages|persons|count|weight).*", re.IGNORECASE)

#: So many characters of a file, at most, go into a message about it.
_LONGEST = 80

#: Places in a line of epraccur, counted from 0: the practice, its status, its commissioner, its prescribing setting.
_PRACTICE, _STATUS, _COMMISSIONER, _SETTING = 0, 12, 14, 25
_ACTIVE, _GENERAL_PRACTICE = "A", "4"


@dataclass(frozen=True)
class Column:
    """The cells of one column by the small area, or practice, of their line."""

    name: str
    cells: Mapping[str, str]


def sha256(path: Path) -> str:
    """Give the SHA-256 of a file as it lies there, packed or not."""
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise BadInput(_unreadable(path, error.strerror or str(error))) from None


def codes(path: Path, column: str = "") -> Column:
    """Give the code of each small area; by default of the first column of codes that is not the area itself."""
    return _by_area(path, column, CODE, "codes, such as CCG21CD")


def weights(path: Path, column: str = "") -> dict[str, int]:
    """Give the number of people in each small area."""
    found = _by_area(path, column, COUNT, "whole numbers, such as total_population")
    for area, cell in found.cells.items():
        if not cell.isdecimal():
            raise BadInput(
                f'{path.name}: area {area} has "{_cut(cell)}" under {_cut(found.name)}, which is no whole number. '
                "Give a file with one whole number for each area."
            )
    return {area: int(cell) for area, cell in found.cells.items()}


def bridge(path: Path) -> list[tuple[str, str]]:
    """Give which small area of one census lies in, or shares ground with, which of the next."""
    lines = _lines(path)
    _, header = next(lines)
    places = [place for place, name in enumerate(header) if AREA.fullmatch(name)]
    if len(places) != 2:
        raise BadInput(
            f"{path.name}: a bridge has two columns of small areas, such as LSOA11CD and LSOA21CD, and this has "
            f"{len(places)} (columns: {_shown(header)}). Give the lookup between the two censuses."
        )
    return [(row[places[0]], row[places[1]]) for _, row in lines]


def practices(path: Path, *, active: bool) -> dict[str, str]:
    """Give the commissioner of each practice; with `active`, of the general practices that were open.

    A practice that closed keeps its last commissioner in later files, so the later of two files is read whole.
    """
    found: dict[str, str] = {}
    for number, row in _rows(path):
        if len(row) <= _SETTING:
            raise BadInput(
                f"{path.name}, line {number}: {len(row)} cells, where a line of epraccur has 27. "
                "Give the file of practices as the Organisation Data Service publishes it, without a header."
            )
        if active and (row[_STATUS], row[_SETTING]) != (_ACTIVE, _GENERAL_PRACTICE):
            continue
        if row[_PRACTICE] in found:
            raise BadInput(_twice(path, number, row[_PRACTICE]))
        if row[_COMMISSIONER]:
            found[row[_PRACTICE]] = row[_COMMISSIONER]
    if not found:
        raise BadInput(
            f"{path.name}: no {'active general ' if active else ''}practice with a commissioner is in it. "
            "Give a file of practices (epraccur)."
        )
    return found


def are_practices(path: Path) -> bool:
    """Whether a file looks like one of practices: no header, and a practice code first."""
    _, row = next(_rows(path))
    return len(row) > _SETTING and re.fullmatch(r"[A-Z]\d{5}", row[0]) is not None


def _by_area(path: Path, column: str, pattern: re.Pattern[str], wanted: str) -> Column:
    lines = _lines(path)
    _, header = next(lines)
    area = next((place for place, name in enumerate(header) if AREA.fullmatch(name)), None)
    if area is None:
        raise BadInput(
            f"{path.name} has no column of small areas, such as LSOA11CD (columns: {_shown(header)}). "
            "Give a lookup by small area."
        )
    if column:
        named = [place for place, name in enumerate(header) if name.lower() == column.lower()]
        place = named[0] if named else None
        wanted = f'of the name "{_cut(column)}"'
    else:
        place = next((at for at, name in enumerate(header) if at != area and pattern.fullmatch(name)), None)
        wanted = f"of {wanted}"
    if place is None:
        raise BadInput(
            f"{path.name} has no column {wanted} (columns: {_shown(header)}). Name one that is there, or give another file."
        )
    cells: dict[str, str] = {}
    for number, row in lines:
        if row[area] in cells:
            raise BadInput(_twice(path, number, row[area]))
        if not AREA_CODE.fullmatch(row[area]) or not row[place]:
            raise BadInput(
                f'{path.name}, line {number}: "{_cut(row[area])}" with "{_cut(row[place])}" is not a small area with its {_cut(header[place])}. '
                "Take the file from its publisher again."
            )
        cells[row[area]] = row[place]
    if not cells:
        raise BadInput(f"{path.name} holds a header and nothing else. Take the file from its publisher again.")
    return Column(header[place], cells)


def _lines(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Give the lines of a file with a header, each as long as the header."""
    header: list[str] = []
    for number, row in _rows(path):
        if header and len(row) != len(header):
            raise BadInput(
                f"{path.name}, line {number}: {len(row)} cells where the header has {len(header)}. "
                "Take the file from its publisher again."
            )
        header = header or row
        yield number, row


def _rows(path: Path) -> Iterator[tuple[int, list[str]]]:
    try:
        data = path.read_bytes()
        if path.suffix == ".gz":
            data = gzip.decompress(data)
    except (OSError, EOFError, zlib.error) as error:
        raise BadInput(_unreadable(path, getattr(error, "strerror", None) or str(error))) from None
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", errors="replace")  # older files of the Organisation Data Service
    reader = csv.reader(text.splitlines(keepends=True))
    empty = True
    try:
        for row in reader:
            if any(row):
                empty = False
                yield reader.line_num, [cell.strip() for cell in row]
    except csv.Error as error:
        raise BadInput(_unreadable(path, str(error))) from None
    if empty:
        raise BadInput(f"{path.name} is empty. Take the file from its publisher again.")


def _shown(header: list[str]) -> str:
    """Give the names of columns; of a file that is no table, or has no header, no more than its beginning."""
    return _cut(", ".join(header))


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 3].rstrip() + "..."


def _unreadable(path: Path, reason: str) -> str:
    return f"{path} cannot be read: {reason}. Give the .csv or .csv.gz file that its publisher prints."


def _twice(path: Path, line: int, code: str) -> str:
    return (
        f"{path.name}, line {line}: {_cut(code)} stands twice, so it would be counted twice. Keep one of the two lines."
    )
