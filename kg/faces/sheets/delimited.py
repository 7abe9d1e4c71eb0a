"""Tables as text: CSV and TSV, compressed by gzip or not.

Polars reads them, fast and in little memory, but names no place when it fails. Then the file is read once more
with the standard library, record by record, for the line.
"""

from __future__ import annotations

import csv
import gzip
import itertools
import os
import re
import zlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import IO, Final

import polars as pl

from kg.errors import BadInput
from kg.faces.sheets.cells import listed, positions, shown

UNIT: Final = "line"
_GZIP = b"\x1f\x8b"
_FAULTS = (OSError, EOFError, zlib.error)
_FEW = 5

# Polars reads ahead by pieces of a file. Its own are so large that it takes 400 MB for a file of any length; these are as
# fast, in a sixth of that. The lines of a text are read by the same rule as those of JSON.
for _piece in ("POLARS_CSV_CHUNK_SIZE", "POLARS_NDJSON_CHUNK_SIZE"):
    os.environ.setdefault(_piece, str(2**20))


def _separator(path: Path) -> str:
    return "\t" if ".tsv" in "".join(path.suffixes[-2:]).lower() else ","


def columns(path: Path, sheet: str | None = None) -> list[str]:
    """Give the header.

    Raises:
        BadInput: the file is empty, damaged, or no UTF-8 text.
    """
    del sheet
    first = next(_records(path), None)
    if first is None:
        raise BadInput(f"{path} is empty. Give a table with a header and rows.")
    return first[2]


def cells(path: Path, wanted: Sequence[str], sheet: str | None = None) -> Iterator[tuple[int, list[str]]]:
    """Give the wanted cells of each row, as written, and the line on which the row begins."""
    at = positions(path, columns(path, sheet), wanted)
    for line, _, row in itertools.islice(_records(path), 1, None):
        if any(row):
            yield line, [row[index] if index < len(row) else "" for index in at]


def scan(path: Path, wanted: Sequence[str], sheet: str | None = None) -> pl.LazyFrame:
    """Give the wanted columns as text, unread; rows without anything are left out.

    The lines are looked over first, streaming: polars takes a short row, or a long one whose last cells nobody
    wants, without a word.

    Raises:
        BadInput: rows are ragged, a quotation mark stands where none may, or the text is not UTF-8.
    """
    header = columns(path, sheet)
    doubtful, blank = _judged(path, len(header))
    if doubtful:
        _look(path, len(header))
    frame = _csv(path)
    names = frame.collect_schema().names()
    if len(names) != len(header):
        raise BadInput(f"{path} has a header that cannot be read with certainty. Write it on one line, without quotes.")
    if blank:
        frame = frame.filter(pl.any_horizontal(pl.col(names) != ""))
    return frame.select(
        pl.col(names[at]).alias(name) for at, name in zip(positions(path, header, wanted), wanted, strict=True)
    )


def _judged(path: Path, width: int) -> tuple[bool, bool]:
    """Give whether any line may be at fault, and whether any holds nothing.

    Lines with quotation marks are judged by themselves: to take their cells apart costs as much as all the rest.
    """
    separator, lines, line = _separator(path), pl.scan_lines(path, glob=False), pl.col("line")
    marked = line.str.contains('"', literal=True)
    separators, size = line.str.count_matches(separator, literal=True), line.str.len_bytes()
    plain = _any(
        lines,
        marked=marked,
        doubtful=(~marked & (separators != width - 1) & (size != 0)) | line.str.contains("\0", literal=True),
        blank=separators == size,
    )
    if not plain["marked"]:
        return plain["doubtful"], plain["blank"]
    # A cell in quotation marks is cut down to one mark, which must then follow a separator or begin the line.
    bare = line.str.replace_all('"(?:[^"]|"")*"', '"')
    stray = bare.str.replace_all(f'{separator}"', separator, literal=True).str.strip_prefix('"')
    quoted = _any(
        lines.filter(marked),
        doubtful=(bare.str.count_matches(separator, literal=True) != width - 1)
        | (line.str.count_matches('"', literal=True) % 2 == 1)
        | stray.str.contains('"', literal=True),
        blank=line.str.strip_chars(f'"{separator}') == "",
    )
    return plain["doubtful"] or quoted["doubtful"], plain["blank"] or quoted["blank"]


def _any(lines: pl.LazyFrame, **tests: pl.Expr) -> dict[str, bool]:
    """Give of each test whether any line passes it, streaming."""
    asked = lines.select(test.any().alias(name) for name, test in tests.items())
    return asked.collect(engine="streaming").row(0, named=True)


def placed(path: Path, column: str) -> pl.LazyFrame | None:
    """Give a column, `cell`, and the line of each, `place`, if no cell holds a line end; nothing if one may."""
    header = columns(path)
    first = next(_records(path))[0]
    marks = pl.col("line").str.count_matches('"', literal=True)
    if pl.scan_lines(path, glob=False).select((marks % 2 == 1).any()).collect(engine="streaming").item():
        return None
    frame = _csv(path)
    (at,) = positions(path, header, [column])
    return frame.select(pl.col(frame.collect_schema().names()[at]).alias("cell")).with_row_index("place", first + 1)


def _csv(path: Path) -> pl.LazyFrame:
    return pl.scan_csv(path, separator=_separator(path), infer_schema=False, empty_string_is_null=False, glob=False)


def fault(path: Path, error: Exception) -> BadInput:
    """Give what is wrong with a file that polars could not read, with the line where the standard library finds one."""
    try:
        _look(path, len(columns(path)))
    except BadInput as found:
        return found
    return BadInput(
        f"{path} cannot be read ({str(error).strip().splitlines()[0]}). Save it again as CSV in UTF-8, and see that no "
        "cell holds a quotation mark that is not doubled."
    )


def _look(path: Path, width: int) -> None:
    """Read record by record and raise BadInput for the first fault; a cell may hold line ends within quotes."""
    ragged: list[tuple[int, int]] = []
    separator = re.escape(_separator(path))
    quoted = re.compile(rf'(^|{separator})"(?:[^"]|"")*"')
    for line, lines, row in _records(path):
        raw = "".join(lines).rstrip("\r\n")
        if "\0" in raw:
            raise BadInput(
                f"{path}, line {line} holds a NUL character, which no table in UTF-8 has: the file is damaged or not "
                "text. Export it again as CSV in UTF-8."
            )
        if '"' in raw and '"' in quoted.sub(r"\1", raw):
            raise BadInput(_stray(path, line))
        if row and len(row) != width:
            ragged.append((line, len(row)))
            if len(ragged) > _FEW:
                break
    if ragged:
        many = "more than " if len(ragged) > _FEW else ""
        where = [line for line, _ in ragged[:_FEW]]
        raise BadInput(
            f"{path} has {width} column{'' if width == 1 else 's'} in its header, but {ragged[0][1]} on line {ragged[0][0]}: "
            f"{many}{len(where)} {'row has' if len(where) == 1 else 'rows have'} another number of cells "
            f"({listed(where, UNIT)}). Put a cell "
            "that holds a separator in quotation marks, and give every row as many cells as the header."
        )


def _stray(path: Path, line: int) -> str:
    return (
        f"{path}, line {line} has a quotation mark where none may stand. Put the whole cell in quotation marks and "
        'double those within it, as "5"" pipe"; or export the file again.'
    )


def _open(path: Path) -> IO[bytes] | gzip.GzipFile:
    file = path.open("rb")
    if file.read(2) == _GZIP:
        file.close()
        return gzip.open(path)
    file.seek(0)
    return file


def _records(path: Path) -> Iterator[tuple[int, list[str], list[str]]]:
    """Give each record: the line it begins on, its lines, its cells; blank lines before the header are left out."""
    taken: list[str] = []
    begun = 0
    try:
        with _open(path) as file:
            if path.suffix.lower() == ".gz" and not isinstance(file, gzip.GzipFile):
                raise BadInput(
                    f"{path} is named as a gzip file and is none. Give it the ending of what it is, as .csv."
                )
            reader = csv.reader(_decoded(path, file, taken), delimiter=_separator(path), strict=True)
            header = False
            while True:
                begun = reader.line_num + 1
                row = next(reader)
                if row or header:
                    header = True
                    yield begun, taken, row
                taken.clear()
    except StopIteration:
        return
    except csv.Error as error:
        if "end of data" in str(error) or "limit" in str(error):
            raise BadInput(
                f"{path}, line {begun} opens a quotation mark that is never closed. Close it, or double it within a "
                "cell that is in quotation marks."
            ) from None
        if "new-line" in str(error):
            raise BadInput(
                f"{path}, line {begun} has a carriage return that ends no line, as files of an old Mac have. Save it again "
                "as CSV in UTF-8."
            ) from None
        raise BadInput(_stray(path, begun)) from None
    except _FAULTS as error:
        raise BadInput(
            f"{path} cannot be read to its end ({getattr(error, 'strerror', None) or error}): it is damaged or cut short. "
            "Fetch or export it again."
        ) from None


def _decoded(path: Path, file: Iterable[bytes], taken: list[str]) -> Iterator[str]:
    for count, line in enumerate(file, 1):
        if count == 1 and line[:2] in (b"\xff\xfe", b"\xfe\xff"):
            raise BadInput(f"{path} is UTF-16 text, as the start of line 1 shows. Save it as CSV in UTF-8.")
        try:
            text = line.decode("utf-8-sig" if count == 1 else "utf-8")
        except UnicodeDecodeError as error:
            near = line[max(0, error.start - 15) : error.end + 15].decode("cp1252", "replace")
            raise BadInput(
                f"{path} is not UTF-8 text: line {count} has a byte that is none, perhaps in {shown(near)}. Save it as CSV "
                "in UTF-8 (in Excel: CSV UTF-8)."
            ) from None
        taken.append(text)
        yield text
