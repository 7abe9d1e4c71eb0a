"""Tables written out: whole or not at all."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import polars as pl

from kg.errors import BadInput, UsageError
from kg.faces.sheets.cells import EXACT
from kg.graph.export import written_beside

#: The endings of files that can be written.
ENDINGS: Final = (".csv", ".tsv", ".parquet", ".xlsx")


def ending(path: Path) -> str:
    """Give the ending of a file in small letters; that of a compressed one has two parts."""
    last = path.suffix.lower()
    return path.with_suffix("").suffix.lower() + last if last == ".gz" else last


def distinct(source: Path, target: Path) -> None:
    """See that what is written is not what was read.

    Raises:
        UsageError: they are the same file, by whatever name.
    """
    same = source.resolve() == target.resolve()
    if same or (source.exists() and target.exists() and source.samefile(target)):
        raise UsageError(f"{target} is the file that is read, and would be lost. Name another file to write.")


def form_of(path: Path) -> str:
    """Give the ending of a file that is to be written.

    Raises:
        UsageError: it says no format.
    """
    form = ending(path)
    if form not in ENDINGS:
        raise UsageError(f"The ending of {path} does not say which format. End it in one of: {', '.join(ENDINGS)}.")
    return form


def write(frame: pl.DataFrame | pl.LazyFrame, path: Path) -> None:
    """Write a table in the format that the ending of the file says; a LazyFrame is computed in streams.

    A column of floats that are all whole is written as whole numbers: to know it, a LazyFrame that has floats is
    computed once before it is written.

    Raises:
        UsageError: the ending says no format, or the table is too long for it.
        BadInput: the folder cannot be written.
    """
    form = form_of(path)
    with written_beside(path) as beside:
        try:
            _sink(_whole(frame.lazy()), form, beside, path)
        except pl.exceptions.PolarsError as error:
            raise BadInput(f"{path} cannot be written ({str(error).strip().splitlines()[0]}).") from error


def _sink(frame: pl.LazyFrame, form: str, beside: Path, path: Path) -> None:
    match form:
        case ".csv" | ".tsv":
            frame.sink_csv(beside, separator="," if form == ".csv" else "\t", engine="streaming", check_extension=False)
        case ".parquet":
            frame.sink_parquet(beside, engine="streaming")
        case ".xlsx":
            from kg.faces.sheets import workbook

            workbook.write(frame, beside, path)


def _whole(frame: pl.LazyFrame) -> pl.LazyFrame:
    """Turn each column of floats that are all whole into one of whole numbers."""
    floats = [name for name, kind in frame.collect_schema().items() if kind.is_float()]
    if not floats:
        return frame
    column = pl.col(floats)
    sound = (column.is_null() | ((column == column.floor()) & (column.abs() <= EXACT))).all()
    whole = frame.select(sound & column.is_not_null().any()).collect(engine="streaming").row(0)
    return frame.with_columns(
        pl.col(name).cast(pl.Int64) for name, all_whole in zip(floats, whole, strict=True) if all_whole
    )
