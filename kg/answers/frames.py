"""Tables recoded where they are: one implementation for pandas, Polars, DuckDB, PySpark and PyArrow.

A table is read through once, to what it holds for each code it is grouped by. Links from code to code are applied to
that, so that the work after the first pass grows with the number of codes and not with the number of rows.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import narwhals as nw

from kg.answers import measures as reading
from kg.answers import sums
from kg.answers.engines import LINKS, Link, fetched, linked, opened, present, settled
from kg.answers.measures import Measure
from kg.answers.sums import Plan, bounded
from kg.errors import BadInput

#: What stands around codes in spreadsheets: blanks, those that do not break, and marks without width.
_BLANK: Final = " \t\r\n\v\f\u00a0\u2007\u202f\u2009\u200b\ufeff"
#: Significant digits of sums of decimals in summaries: engines add in different orders.
_DIGITS: Final = 12
#: A text after every other.
_LAST: Final = "\U0010ffff"
_FROM, _TO, _SHARE = LINKS


@dataclass
class Found:
    """What the rows of one code hold.

    `untidy`: rows whose code had to be tidied (blanks around it, lower case). `totals`: the sum of each count; of a
    rate the sum of rate times denominator. `empty`: empty cells by measure, where there are any.
    """

    rows: int
    untidy: int
    totals: dict[str, float] = field(default_factory=dict)
    empty: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Disagreement:
    """A category that has several values where codes meet in one; `values` gives the codes each value came from."""

    column: str
    by: tuple[Any, ...]
    to_code: str | None
    values: dict[Any, tuple[str, ...]]


def tally(frame: Any, column: str, measures: Sequence[Measure], by: Sequence[str] = ()) -> Tally:
    """Read a table through once, to its sums for each code.

    Args:
        frame: a native data frame, relation or query; only its own engine reads it.
        column: the column of codes. They are compared as text, without blanks around them, in upper case.
        measures: what its other columns are; columns that are not named are left out.
        by: columns that rows are kept apart by, such as a year.

    Raises:
        UsageError: no data frame, a column that is not there, or one with two roles.
        BadInput: an empty table, or counts that are text, negative or infinite.
    """
    measures, table = reading.checked(measures, column, by), opened(frame)
    schema = table.collect_schema()
    counts = reading.counted(measures)
    present(schema, [column, *by, *(m.column for m in measures), *counts])
    for name in (*counts, *(m.column for m in measures if m.kind == "rate")):
        sums.numeric(name, schema[name])
    whole = tuple(schema[name].is_integer() for name in counts)
    plan = Plan(column, tuple(by), measures, whole, isinstance(table, nw.LazyFrame))
    return Tally(plan, settled(sums.grouped(sums.cells(table, plan, schema), plan)))


def counted_by(frame: Any, column: str, by: str | None = None) -> dict[str, dict[str, int]]:
    """Count the rows of each code, tidied, in each group of rows: {group as text: {code: rows}}; one group "" without `by`.

    Raises:
        UsageError: no data frame, or a column that is not there.
        BadInput: an empty table.
    """
    table = opened(frame)
    present(table.collect_schema(), [column, *([by] if by else [])])
    keys = {"raw": nw.col(column), **({"group": nw.col(by)} if by else {})}
    counted = table.select(**keys).group_by(*keys).agg(nw.len().alias("rows"))
    found: dict[str, dict[str, int]] = {}
    for raw, *group, rows in fetched(counted.select(*keys, "rows")):
        name = "" if not group or group[0] is None else str(group[0])
        code = "" if raw is None else str(raw).strip(_BLANK).upper()
        counts = found.setdefault(name, {})
        counts[code] = counts.get(code, 0) + int(rows)
    if not found:
        raise BadInput("The table has no rows; there is nothing to look at. Give one with at least one row.")
    return {name: dict(sorted(counts.items())) for name, counts in sorted(found.items())}


class Tally:
    """What a table holds for each code, and the table recoded by links.

    `codes` has the code "" for rows without one. All sums in it and in `by_target` are the same through every engine.
    A code that no link is given for goes where `None` leads, whole: nothing is lost from sight.
    """

    def __init__(self, plan: Plan, grouped: Any) -> None:
        self._plan = plan
        code = nw.col("text").str.strip_chars(_BLANK).str.to_uppercase().fill_null("")
        empty = [(nw.col("rows") - nw.col(f"{key}_full")).alias(f"{key}_empty") for key in (*plan.counts, *plan.rates)]
        empty += [_where(nw.col(key).is_null(), nw.col("rows")).alias(f"{key}_empty") for key in plan.categories]
        untidy = _where(~nw.col("text").is_null() & (nw.col("text") != nw.col("code")), nw.col("rows")).alias("untidy")
        self._parts = grouped.with_columns(text=sums.written("raw")).with_columns(code=code)
        self._parts = self._parts.with_columns(untidy, *empty)
        self.codes: dict[str, Found] = {}
        self._whole = dict(zip(plan.counts, plan.whole, strict=True))
        self._summarise()

    def _summarise(self) -> None:
        plan = self._plan
        added = ["rows", "untidy", *plan.sums, *(f"{key}_empty" for key in plan.names)]
        least = [f"{key}_least" for key in (*plan.counts, *plan.rates)]
        most = [*(f"{key}_part" for key in plan.decimal), *(f"{key}_most" for key in (*plan.counts, *plan.rates))]
        names = ["code", *added, *least, *most]
        summary = self._parts.group_by("code").agg(
            *(nw.col(name).sum() for name in added),
            *(nw.col(name).min() for name in least),
            *(nw.col(name).max() for name in most),
        )
        held = [dict(zip(names, row, strict=True)) for row in fetched(summary.select(*names))]
        held.sort(key=lambda cells: str(cells["code"]))
        if not held:
            raise BadInput("The table has no rows; there is nothing to recode. Give one with at least one row.")
        bounded(plan, held)
        for cells in held:
            totals = {plan.names[key]: _rounded(cells[key]) for key in plan.counts}
            totals |= {rate.column: _rounded(cells[f"{key}_top"]) for key, rate in plan.rates.items()}
            empty = {name: int(cells[f"{key}_empty"]) for key, name in plan.names.items() if cells[f"{key}_empty"]}
            self.codes[cells["code"]] = Found(int(cells["rows"]), int(cells["untidy"]), totals, empty)
        # Where cells are empty, some engines hold whole numbers as decimals: they are whole all the same.
        for key in plan.decimal:
            gaps = any(cells[f"{key}_empty"] for cells in held)
            self._whole[key] = gaps and not any(cells[f"{key}_part"] for cells in held)

    @property
    def rows(self) -> int:
        """How many rows the table has."""
        return sum(found.rows for found in self.codes.values())

    @property
    def totals(self) -> dict[str, float]:
        """The sum of each count, and of each rate times its denominator."""
        names = dict.fromkeys(name for found in self.codes.values() for name in found.totals)
        return {name: _added(found.totals[name] for found in self.codes.values()) for name in names}

    @property
    def rates(self) -> dict[str, str]:
        """The column of which each rate is a rate."""
        return {rate.column: rate.denominator for rate in self._plan.rates.values()}

    def recoded(self, links: Iterable[Link]) -> Any:
        """Give the table with links applied, as the same kind of frame as it came in.

        Columns: those grouped by, the column of codes with the new code (empty for what has no home), and the measures
        in their order, a denominator after its rate. Counts are sums of value times share, whole numbers when no share
        is part of one. A rate is made again from the cells where it and its denominator are both filled, and is empty
        when those denominators come to 0. A category is the value that all filled cells agree on, and else empty.
        Rows stand in order of the columns grouped by and the code.
        """
        plan, links = self._plan, self._applied(links)
        whole = {key for key, is_whole in self._whole.items() if is_whole and all(link.share == 1 for link in links)}
        weighed = [
            (nw.col(key) if key in whole else nw.col(key).cast(nw.Float64) * nw.col(_SHARE)).alias(key)
            for key in plan.sums
        ]
        added = [nw.col(key).sum() for key in ("rows", *plan.sums)]
        added += [nw.col(f"{key}_low").min() for key in plan.categories]
        added += [nw.col(f"{key}_high").max() for key in plan.categories]
        met = self._joined(links).with_columns("rows", *weighed, *self._ends()).group_by(*plan.keys, _TO).agg(*added)
        met = met.with_columns(nw.when(nw.col(_TO) != "").then(nw.col(_TO)).alias(_TO)).sort(
            *plan.keys, _TO, nulls_last=True
        )
        made = {name: nw.col(key).fill_null(0) for key, name in plan.counts.items()}
        # DuckDB sums whole numbers in a type of its own, and what was a decimal may have turned out to be whole.
        made |= {plan.counts[key]: made[plan.counts[key]].cast(nw.Int64) for key in whole}
        for key, rate in plan.rates.items():
            made[rate.column] = nw.when(nw.col(f"{key}_base") != 0).then(nw.col(f"{key}_top") / nw.col(f"{key}_base"))
        for key, name in plan.categories.items():
            made[name] = nw.when(nw.col(f"{key}_low") == nw.col(f"{key}_high")).then(nw.col(f"{key}_low"))
        ahead = dict(zip((*plan.by, plan.column), (*plan.keys, _TO), strict=True))
        put_out = [nw.col(key).alias(name) for name, key in ahead.items()]
        put_out += [made[name].alias(name) for name in reading.columns(plan.measures)]
        done = met.select(*put_out)
        if isinstance(done, nw.LazyFrame):
            return done.to_native()
        return nw.to_native(done.lazy() if plan.lazy else nw.maybe_reset_index(done))

    def disagreements(self, links: Iterable[Link]) -> list[Disagreement]:
        """Give every place where a category has several values once links are applied; empty cells are no value."""
        plan, found = self._plan, list[Disagreement]()
        linked_up = self._joined(self._applied(links))
        for key, column in plan.categories.items():
            place = [*plan.keys, _TO]
            low, high = (getattr(nw.col(key), most)().over(*place).alias(most) for most in ("min", "max"))
            several = (
                linked_up.filter(~nw.col(key).is_null()).with_columns(low, high).filter(nw.col("min") != nw.col("max"))
            )
            values: dict[tuple[Any, ...], dict[Any, set[str]]] = {}
            for row in fetched(several.select(*place, "code", key).unique()):
                *at, code, value = row
                values.setdefault(tuple(at), {}).setdefault(value, set()).add(code)
            for where in sorted(values, key=lambda cells: [(cell in (None, ""), str(cell)) for cell in cells]):
                codes = values[where]
                each = {value: tuple(sorted(codes[value])) for value in sorted(codes, key=str)}
                found.append(Disagreement(column, where[:-1], where[-1] or None, each))
        return found

    def by_target(self, links: Iterable[Link]) -> dict[str | None, dict[str, float]]:
        """Give what each new code gets of the totals in `codes`; None has what has no home."""
        got: dict[str | None, dict[str, list[float]]] = {}
        for link in self._applied(links):
            for name, total in self.codes[link.from_code].totals.items():
                part = total if link.share == 1 else total * link.share
                got.setdefault(link.to_code, {}).setdefault(name, []).append(part)
        order = sorted(got, key=lambda code: (code is None, code or ""))
        return {code: {name: _added(parts) for name, parts in got[code].items()} for code in order}

    def _ends(self) -> list[Any]:
        """Give the least and the greatest that a category may be: older versions of pandas cannot order empty cells."""
        schema, ends = self._parts.collect_schema(), []
        for key in self._plan.categories:
            for end, text in (("low", _LAST), ("high", "")):
                cell = nw.col(key).fill_null(text) if schema[key] == nw.String else nw.col(key)
                ends.append(cell.alias(f"{key}_{end}"))
        return ends

    def _applied(self, links: Iterable[Link]) -> list[Link]:
        """Give the links of codes that are in the table, and one to nowhere for each code that has none."""
        used = [
            Link(link.from_code, link.to_code or None, link.share) for link in links if link.from_code in self.codes
        ]
        linked_codes = {link.from_code for link in used}
        return used + [Link(code, None, 1.0) for code in self.codes if code not in linked_codes]

    def _joined(self, links: Sequence[Link]) -> Any:
        return self._parts.join(linked(self._parts, links), left_on="code", right_on=_FROM, how="inner")


def _where(condition: Any, value: Any) -> Any:
    return nw.when(condition).then(value).otherwise(nw.lit(0))


def _rounded(value: float | None) -> float:
    if not value or isinstance(value, int):
        return value or 0
    return float(f"{value:.{_DIGITS - 1}e}")


def _added(values: Iterable[float]) -> float:
    each = list(values)
    return sum(each) if all(isinstance(value, int) for value in each) else _rounded(math.fsum(each))
