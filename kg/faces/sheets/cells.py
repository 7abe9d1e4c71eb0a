"""The cells of a table: which columns are wanted, what is a number, and how a fault in one is said."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

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
    )


@dataclass(frozen=True)
class Number:
    """How a column is read as numbers: what is none, whether all are whole, and the numbers either way."""

    faulty: pl.Expr
    whole: pl.Expr
    integer: pl.Expr
    decimal: pl.Expr


def number(name: str, kind: pl.DataType) -> Number:
    """Give how a column of text or of numbers is read as numbers; an empty cell is no number and no fault."""
    column = pl.col(name)
    if kind.is_integer():
        integer = column.cast(pl.Int64, strict=False)
        whole = integer.is_not_null() | column.is_null()
        return Number(pl.lit(value=False), whole.all(), integer, column.cast(pl.Float64))
    text = column.str.strip_chars() if kind == pl.String else column
    decimal = text.cast(pl.Float64, strict=False)
    exact = text.cast(pl.Int64, strict=False) if kind == pl.String else pl.lit(None, pl.Int64)
    there = (text != "") if kind == pl.String else column.is_not_null()
    sound = decimal.is_finite().fill_null(value=False)
    whole = exact.is_not_null() | ((decimal == decimal.floor()) & (decimal.abs() <= EXACT)).fill_null(value=False)
    return Number(
        (there & ~sound).fill_null(value=False),
        (whole | ~there.fill_null(value=False)).all(),
        pl.coalesce(exact, decimal.cast(pl.Int64, strict=False)),
        decimal,
    )


def is_number(value: str) -> bool:
    """Say whether the text of a cell is a number by the same rule as `number`, or empty."""
    cell = pl.DataFrame({"cell": [value]})
    return not cell.select(number("cell", pl.String()).faulty).item()
