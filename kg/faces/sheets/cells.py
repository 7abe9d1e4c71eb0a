"""The cells of a table: which columns are wanted, what is a number, and how a fault in one is said."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import polars as pl

from kg.errors import BadInput, UsageError

#: Beyond this a float no longer holds every whole number.
EXACT: Final = 2**53
_NAMED = 20


def shown(value: str, most: int = 40) -> str:
    """Give a value in quotation marks and on one line, shortened."""
    flat = " ".join(value.split())
    return f'"{flat if len(flat) <= most else flat[: most - 1] + "…"}"'


def listed(places: Sequence[int], unit: str) -> str:
    """Give places as "line 4" or "lines 4, 7 and 9"."""
    *most, last = map(str, places)
    return f"{unit}s {', '.join(most)} and {last}" if most else f"{unit} {last}"


def positions(path: Path, header: Sequence[str], wanted: Iterable[str]) -> list[int]:
    """Give where each wanted column stands in a header, counted from 0.

    Raises:
        UsageError: the header has no such column.
        BadInput: it has it twice.
    """
    return [_position(path, header, name) for name in wanted]


def _position(path: Path, header: Sequence[str], name: str) -> int:
    found = [index for index, here in enumerate(header) if here == name]
    if len(found) > 1:
        numbers = " and ".join(str(index + 1) for index in found)
        raise BadInput(
            f"{path} has the column {shown(name)} {len(found)} times (columns {numbers}), and one of them would have to be "
            "guessed. Give each its own name in the header."
        )
    if found:
        return found[0]
    named = [here for here in header if here.strip()]
    folded = {here.strip().casefold(): here for here in named}
    near = difflib.get_close_matches(name.strip().casefold(), folded, n=1, cutoff=0.6)
    nameless = [str(index + 1) for index, here in enumerate(header) if not here.strip()]
    raise UsageError(
        f"{path} has no column {shown(name)}."
        + (f" Nearest is {shown(folded[near[0]])}." if near else "")
        + f" Its columns: {', '.join(map(shown, named[:_NAMED])) or 'none has a name'}"
        + (f" and {len(named) - _NAMED} more" if len(named) > _NAMED else "")
        + "."
        + (f" The header is empty above column {', '.join(nameless[:_NAMED])}." if nameless else "")
        + (" It looks parted by semicolons: save it with commas between." if _by_semicolons(header, name) else "")
    )


def _by_semicolons(header: Sequence[str], name: str) -> bool:
    """Whether a header is one cell that holds the wanted name between semicolons, as some spreadsheets write CSV."""
    return len(header) == 1 and name in header[0].split(";")


@dataclass(frozen=True)
class Number:
    """How a column is read as numbers, and what is to be known of it, in one value each for the whole column.

    How many cells are no number (`faulty`), whether any has a fraction, whether any is beyond what a float holds
    exactly (`large`), and whether one of those is no whole number that can be kept either (`lost`). These four are
    computed where `decimal` stands as a column: polars reads each number once so, and several times otherwise.
    """

    decimal: pl.Expr
    integer: pl.Expr
    faulty: pl.Expr
    fraction: pl.Expr
    large: pl.Expr
    lost: pl.Expr


def number(name: str, kind: pl.DataType) -> Number:
    """Give how a column of text or of numbers is read as numbers; an empty cell is no number and no fault."""
    column, read = pl.col(name), pl.col(_read(name))
    text = column.str.strip_chars() if kind == pl.String else column
    there = (text != "") if kind == pl.String else column.is_not_null()
    exact = text.cast(pl.Int64, strict=False) if kind == pl.String or kind.is_integer() else pl.lit(None, pl.Int64)
    decimal = text.cast(pl.Float64, strict=False)
    large = read.abs() > EXACT
    return Number(
        decimal=decimal.alias(_read(name)),
        integer=pl.coalesce(exact, decimal.cast(pl.Int64, strict=False)),
        faulty=there.sum() - read.is_finite().sum(),
        fraction=(read != read.floor()).any(),
        large=large.any(),
        lost=(large & exact.is_null()).any(),
    )


def _read(name: str) -> str:
    return f"\0{name}"  # no header holds this character


def seen(frame: pl.LazyFrame, forms: Collection[Number], sought: Mapping[str, pl.Expr]) -> dict[str, Any]:
    """Compute single values over a table, streaming."""
    if not sought:
        return {}
    read = frame.with_columns(form.decimal for form in forms)
    return read.select(expr.alias(name) for name, expr in sought.items()).collect(engine="streaming").row(0, named=True)


def no_number(cell: pl.Expr) -> pl.Expr:
    """Give whether the text of each cell is no number, by the same rule as `number`."""
    text = cell.str.strip_chars()
    return (text != "") & ~text.cast(pl.Float64, strict=False).is_finite().fill_null(value=False)


def negative(cell: pl.Expr) -> pl.Expr:
    """Give whether the text of each cell is a number below nothing."""
    return cell.str.strip_chars().cast(pl.Float64, strict=False) < 0
