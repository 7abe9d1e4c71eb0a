"""The lines of the publisher's CSV files, one record each: a fault costs its line and no other."""

from __future__ import annotations

import csv
import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Final, NamedTuple

from kg.facts.ods.cells import KEPT, Unreadable, shown
from kg.facts.ods.record import Refused
from kg.facts.ods.stream import Publication

#: The longest line that is read, in bytes; those of the publisher have some hundred.
_LONGEST: Final = 1 << 16
_SNIFFED: Final = 20


class Line(NamedTuple):
    """One line: its number as an editor shows it, its cells without spaces around them, and its text."""

    number: int
    cells: list[str]
    text: str

    def refused(self, error: Unreadable) -> Refused:
        """Give it as a record that cannot be read."""
        return Refused(f"line {self.number:,}", f"{error}.", self.text[:KEPT])


def lines(path: Path, publication: Publication | None = None) -> Iterator[Line | Refused]:
    """Read the lines of a file in UTF-8 or, where a line is not, in Windows' cp1252; empty lines are left out.

    The bytes read are counted on the publication.
    """
    with path.open("rb") as file:
        for number in itertools.count(1):
            raw = _line(file)
            if not raw:
                return
            if publication is not None:
                publication.read = file.tell()
            if number == 1:
                raw = raw.removeprefix(b"\xef\xbb\xbf")
            if not raw.strip():
                continue
            try:
                yield _read(number, raw)
            except Unreadable as error:
                yield Refused(f"line {number:,}", f"{error}.", raw[:KEPT].decode("cp1252", "replace").rstrip("\r\n"))


def first_lines(path: Path) -> list[Line]:
    """Give the first few lines that can be read, by which a file is known."""
    return [line for line in itertools.islice(lines(path), _SNIFFED) if isinstance(line, Line)]


def _line(file: BinaryIO) -> bytes:
    """Read one line; of one that is too long, its beginning, and pass over the rest."""
    raw = file.readline(_LONGEST + 1)
    part = raw
    while len(part) > _LONGEST and not part.endswith(b"\n"):
        part = file.readline(_LONGEST + 1)
    return raw


def _read(number: int, raw: bytes) -> Line:
    if len(raw) > _LONGEST:
        raise Unreadable(f"the line is longer than {_LONGEST:,} bytes")
    if b"\0" in raw:
        raise Unreadable("the line has NUL bytes, which no text has")
    text = _decoded(raw).rstrip("\r\n")
    try:
        cells = next(csv.reader([text], strict=True))
    except csv.Error as error:
        raise Unreadable(f"the line is no CSV ({error})") from None
    return Line(number, [cell.strip() for cell in cells], text)


def _decoded(raw: bytes) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        pass
    try:
        return raw.decode("cp1252")
    except UnicodeDecodeError as error:
        place = raw[max(0, error.start - 20) : error.start].decode("cp1252", "replace")
        raise Unreadable(
            f"the byte 0x{raw[error.start]:02X} after {shown(place)} is neither UTF-8 nor cp1252"
        ) from None
