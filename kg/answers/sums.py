"""The one pass through a table: what is summed of each column, by code as it is written."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import narwhals as nw

from kg.answers import language as say
from kg.answers import measures as reading
from kg.answers.measures import Measure
from kg.errors import BadInput


@dataclass(frozen=True)
class Plan:
    """What is asked for, under names of its own: b0.. grouped by, k0.. categories, c0.. counts, r0.. rates."""

    column: str
    by: tuple[str, ...]
    measures: tuple[Measure, ...]
    whole: tuple[bool, ...]
    lazy: bool

    @property
    def keys(self) -> list[str]:
        return [f"b{i}" for i in range(len(self.by))]

    @property
    def counts(self) -> dict[str, str]:
        return {f"c{i}": name for i, name in enumerate(reading.counted(self.measures))}

    @property
    def decimal(self) -> dict[str, str]:
        """The counts whose column is not of whole numbers, or not in this engine."""
        return {key: name for (key, name), whole in zip(self.counts.items(), self.whole, strict=True) if not whole}

    @property
    def rates(self) -> dict[str, Measure]:
        return {f"r{i}": m for i, m in enumerate(m for m in self.measures if m.kind == "rate")}

    @property
    def categories(self) -> dict[str, str]:
        return {f"k{i}": m.column for i, m in enumerate(m for m in self.measures if m.kind == "category")}

    @property
    def names(self) -> dict[str, str]:
        return self.counts | {key: rate.column for key, rate in self.rates.items()} | self.categories

    @property
    def sums(self) -> list[str]:
        """The sums that are weighed by shares."""
        return [*self.counts, *(f"{key}_{part}" for key in self.rates for part in ("top", "base"))]


def numeric(name: str, kind: Any) -> None:
    """Look that a column is one of numbers.

    Raises:
        BadInput: it is not.
    """
    if not kind.is_numeric():
        raise BadInput(
            f'The column "{say.shown(name)}" holds text or something else that is no number, so it cannot be summed.'
            ' Even one cell such as "*" or "1,234" makes a column text: clean those cells, empty the unknown ones,'
            " and read it as numbers."
        )


def _value(name: str, kind: Any) -> Any:
    """Give a number in the widest type of its sort, so that sums cannot run over, and what is no number as empty."""
    cell = nw.col(name)
    if kind.is_integer():
        return cell if kind == nw.Int64 else cell.cast(nw.Int64)
    return (cell if kind == nw.Float64 else cell.cast(nw.Float64)).fill_nan(None)


def _word(name: str, kind: Any) -> Any:
    """Give a category as something that can be compared."""
    if kind.is_float():
        return nw.col(name).fill_nan(None)
    plain = kind.is_numeric() or kind.is_temporal() or kind in (nw.String, nw.Boolean)
    return nw.col(name) if plain else written(name)


def written(name: str) -> Any:
    """Give a column as text; older versions of pandas would write an empty cell as a word."""
    return nw.when(~nw.col(name).is_null()).then(nw.col(name).cast(nw.String))


def cells(table: Any, plan: Plan, schema: Mapping[str, Any]) -> Any:
    """Give the columns that matter, with what has to be worked out cell by cell."""
    number = {
        name: _value(name, schema[name]) for name in (*plan.counts.values(), *(m.column for m in plan.rates.values()))
    }
    columns = [
        nw.col(plan.column).alias("raw"),
        *(nw.col(name).alias(key) for key, name in zip(plan.keys, plan.by, strict=True)),
    ]
    for key, name in plan.categories.items():
        columns.append(_word(name, schema[name]).alias(key))
    columns += [number[name].alias(key) for key, name in plan.counts.items()]
    columns += [(number[name] - number[name].round()).abs().alias(f"{key}_part") for key, name in plan.decimal.items()]
    for key, rate in plan.rates.items():
        top, base = number[rate.column], number[rate.denominator]
        columns += [
            top.alias(key),
            (top * base).alias(f"{key}_top"),
            nw.when(~top.is_null()).then(base).alias(f"{key}_base"),
        ]
    # A frame that is in memory is read by Polars faster as a query, which makes no column twice.
    return (table.lazy() if table.implementation.is_polars() else table).select(columns)


def grouped(cells: Any, plan: Plan) -> Any:
    """Sum by code as it is written; the values of categories are kept apart, so that none is lost where several meet."""
    sums = [nw.len().alias("rows"), *(nw.col(key).sum().alias(key) for key in plan.sums)]
    for key in (*plan.counts, *plan.rates):
        sums += [nw.col(key).count().alias(f"{key}_full"), nw.col(key).min().alias(f"{key}_least")]
    sums += [nw.col(key).max().alias(f"{key}_most") for key in (*plan.counts, *plan.rates)]
    sums += [nw.col(f"{key}_part").max() for key in plan.decimal]
    return cells.group_by("raw", *plan.keys, *plan.categories).agg(*sums)


def bounded(plan: Plan, held: Sequence[Mapping[str, Any]]) -> None:
    """Look that no count is negative and no number infinite.

    Raises:
        BadInput: one is; the codes are named.
    """
    for key, name in plan.names.items():
        for fault, wrong in (("negative", _negative), ("infinite", _infinite), ("too large", _too_large)):
            codes = [say.shown(cells["code"], 20) or "no code" for cells in held if wrong(cells, key, plan)]
            if codes:
                raise BadInput(
                    f'The column "{say.shown(name)}" has {fault} numbers in the rows of {say.shortened(codes)}, and '
                    f"{_WHY[fault]}. Correct those cells, or empty them if they are not known."
                )


#: Why numbers that are wrong cannot be summed.
_WHY: Final = {
    "negative": "nothing can be negative in number",
    "infinite": "nothing can be infinite in number",
    "too large": "their sum could not be held",
}
#: Up to here sums of whole numbers cannot have run over, and sums of sums of decimals cannot.
_WHOLE: Final = 2**63
_DECIMAL: Final = 1e300


def _too_large(cells: Mapping[str, Any], key: str, plan: Plan) -> bool:
    """Whether a sum may have run over."""
    if key in plan.counts and key not in plan.decimal:
        return bool((cells[f"{key}_most"] or 0) * cells["rows"] >= _WHOLE)
    sums = [key] if key in plan.counts else [f"{key}_top", f"{key}_base"] if key in plan.rates else []
    return any(not abs(cells[name] or 0) < _DECIMAL for name in sums)


def _negative(cells: Mapping[str, Any], key: str, plan: Plan) -> bool:
    return key in plan.counts and (cells[f"{key}_least"] or 0) < 0


def _infinite(cells: Mapping[str, Any], key: str, plan: Plan) -> bool:
    looked_at = [key] if key in plan.counts else [f"{key}_least", f"{key}_most"] if key in plan.rates else []
    return any(math.isinf(cells[name] or 0) for name in looked_at)
