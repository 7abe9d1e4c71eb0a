"""A crosswalk table in the form that the name of a file asks for."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from kg.answers.crosswalk import Pair
from kg.errors import UsageError
from kg.faces.mappings import About, as_csv, as_parquet


def content(name: str, pairs: Sequence[Pair], about: About) -> bytes:
    """Give a crosswalk table in the form that the name of its file asks for.

    Raises:
        UsageError: the name ends in none of `.csv`, `.parquet` and `.sssom.tsv`.
    """
    match "".join(Path(name.lower()).suffixes[-2:]), Path(name.lower()).suffix:
        case ".sssom.tsv", _:
            from kg.faces.sssom import as_sssom

            return as_sssom(pairs, about)
        case _, ".csv":
            return as_csv(pairs)
        case _, ".parquet":
            return as_parquet(pairs)
    raise UsageError(
        f"A crosswalk table cannot be written as {Path(name).name!r}. Name a file that ends in .csv, .parquet or .sssom.tsv."
    )
