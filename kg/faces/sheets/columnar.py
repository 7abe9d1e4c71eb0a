"""Tables in Parquet, whose columns have types of their own."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import polars as pl

from kg.errors import BadInput
from kg.faces.sheets.cells import positions, shown

UNIT: Final = "row"


def columns(path: Path, sheet: str | None = None) -> list[str]:
    """Give the names of the columns.

    Raises:
        BadInput: the file is no Parquet.
    """
    del sheet
    try:
        return pl.scan_parquet(path, glob=False).collect_schema().names()
    except (pl.exceptions.PolarsError, OSError) as error:
        raise fault(path, error) from None


def scan(path: Path, wanted: Sequence[str], sheet: str | None = None) -> pl.LazyFrame:
    """Give the wanted columns, unread, in their own types."""
    positions(path, columns(path, sheet), wanted)
    return pl.scan_parquet(path, glob=False).select(wanted)


def placed(path: Path, column: str) -> pl.LazyFrame:
    """Give a column as text, `cell`, and the number of each row, `place`, counted from 1."""
    frame = scan(path, [column])
    text = as_text(column, frame.collect_schema()[column], path).fill_null("").alias("cell")
    return frame.select(text).with_row_index("place", 1)


def as_text(name: str, kind: pl.DataType, path: Path) -> pl.Expr:
    """Give how a column is read as text.

    Raises:
        BadInput: its cells are lists or records.
    """
    if kind.is_nested() or kind == pl.Object:
        raise BadInput(
            f"{path}: the column {shown(name)} holds {kind} in each cell, not a single value. Name a column of text or numbers."
        )
    return pl.col(name).cast(pl.String)


def fault(path: Path, error: Exception) -> BadInput:
    """Give what is wrong with a file that polars could not read."""
    return BadInput(
        f"{path} is not Parquet that can be read ({str(error).strip().splitlines()[0]}): it is damaged, cut short or "
        "another kind of file. Write or fetch it again."
    )
