"""How large a table of a stranger may be: what unpacks to more than it seems is refused before it is read."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Final

import polars as pl

from kg.errors import BadInput
from kg.faces.sheets import columnar, names
from kg.faces.sheets.output import ending

#: The endings that are taken from a stranger: none that is packed as a whole.
ENDINGS: Final = (".csv", ".tsv", ".parquet", ".xlsx")
COLUMNS: Final = 1000
ROWS: Final = 1_000_000
#: What the parts of a workbook may unpack to, in bytes, and how many there may be.
_WORKBOOK: Final = 60_000_000
_PARTS: Final = 1000
#: How packed data begin that polars would unpack by itself: gzip, zstandard and three levels of zlib.
_PACKED: Final = (b"\x1f\x8b", b"\x28\xb5\x2f\xfd", b"\x78\x01", b"\x78\x9c", b"\x78\xda")


def refuse_large(path: Path) -> None:
    """See that a table can be read within bounds.

    Raises:
        BadInput: it is packed, or has too many columns or rows, or its ending is none of ENDINGS.
    """
    form = ending(path)
    if not form:
        raise BadInput(
            f"{path} has no ending that tells what sort of file it is. Save it as one of: {', '.join(ENDINGS)}."
        )
    if form not in ENDINGS:
        raise BadInput(f"{path} is no table that can be read here. Save it as one of: {', '.join(ENDINGS)}.")
    with path.open("rb") as file:
        first = file.read(4)
    if form in (".csv", ".tsv") and first.startswith(_PACKED):
        raise BadInput(f"{path} is packed. Unpack it, and send the table itself.")
    if form == ".xlsx":
        _refuse_workbook(path)
    if form == ".parquet":
        _refuse_rows(path)
    if (width := len(names(path) if form != ".xlsx" else ())) > COLUMNS:
        raise BadInput(f"{path} has {width:,} columns, where {COLUMNS:,} are taken. Send only those that are needed.")


def _refuse_workbook(path: Path) -> None:
    """Look at what a workbook says it unpacks to; no more than that is ever read of a part."""
    try:
        with zipfile.ZipFile(path) as book:
            parts = book.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return  # no zip at all: reading it says what is wrong
    size = sum(part.file_size for part in parts)
    if size > _WORKBOOK or len(parts) > _PARTS:
        raise BadInput(
            f"{path} unpacks to {size / 1e6:,.0f} MB, more than is taken. Save the one sheet that is needed as CSV in UTF-8."
        )


def _refuse_rows(path: Path) -> None:
    try:
        count = pl.scan_parquet(path, glob=False).select(pl.len()).collect().item()
    except (pl.exceptions.PolarsError, OSError) as error:
        raise columnar.fault(path, error) from None
    if count > ROWS:
        raise BadInput(
            f"{path} has {count:,} rows, where {ROWS:,} are taken. Sum it before, or use kg crosswalk on your own machine."
        )
