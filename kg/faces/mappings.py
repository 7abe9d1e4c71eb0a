"""A crosswalk table as rows: CSV and Parquet, and what a mapping set says of itself."""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from kg.answers.crosswalk import Pair

COLUMNS: Final = (
    "from_scheme", "from_code", "from_label", "to_scheme", "to_code", "to_label",
    "share", "share_basis", "method", "events", "sources",
)  # fmt: skip


@dataclass(frozen=True)
class About:
    """What a mapping set says of itself.

    `key` tells it from the other sets of a release ("2015-04-01-ccg-ods-to-2022-07-01-icb-ods"); codes of `since` are
    mapped to codes of `until`, which may be the earlier day, in the scheme `to`; `made` is the day on which it was written.
    """

    key: str
    title: str
    release: str
    since: date
    until: date
    to: str
    made: date


def as_csv(pairs: Iterable[Pair]) -> bytes:
    """Give a crosswalk table as CSV in UTF-8: COLUMNS, lists joined by "; ", nothing where there is no value."""
    return "".join(line(row, ",") for row in [COLUMNS, *map(_row, pairs)]).encode()


def as_parquet(pairs: Iterable[Pair]) -> bytes:
    """Give a crosswalk table as Parquet: COLUMNS, `share` a double and all others text, null where there is no value."""
    import polars as pl

    schema = {column: pl.Float64 if column == "share" else pl.String for column in COLUMNS}
    out = io.BytesIO()
    pl.DataFrame([_row(pair) for pair in pairs], schema=schema, orient="row").write_parquet(out)
    return out.getvalue()


def _row(pair: Pair) -> tuple[str | float | None, ...]:
    """Give the cells of a pair, in the order of COLUMNS."""
    old, new = pair.from_, pair.to
    to = (new.scheme, new.code, new.label) if new else (None, None, None)
    share = None if pair.share is None else float(pair.share)
    told = (share, pair.basis, pair.method, "; ".join(pair.events), "; ".join(pair.sources))
    return (old.scheme, old.code, old.label, *to, *told)


def line(cells: Iterable[object], between: str) -> str:
    """Join cells into a line; Python's own writer leaves a carriage return unquoted before 3.13."""
    return between.join(_quoted("" if cell is None else str(cell), between) for cell in cells) + "\n"


def _quoted(text: str, between: str) -> str:
    return '"' + text.replace('"', '""') + '"' if set(text) & {between, '"', "\n", "\r"} else text
