"""Tables that people bring and take away: CSV, TSV, Parquet and Excel, read and written with polars.

A file is read in one form whatever its kind: the columns that are asked for, codes as text exactly as written,
numbers as numbers. What is wrong with it is one sentence that names the file, the place and what to do. Files
larger than memory are read and written in streams, other than workbooks.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Collection, Iterator, Sequence
from pathlib import Path
from types import ModuleType
from typing import Final

import polars as pl

from kg.errors import BadInput, UsageError
from kg.faces.sheets.cells import listed, negative, no_number, number, seen, shown
from kg.faces.sheets.output import distinct, form_of, write
from kg.faces.sheets.output import ending as _ending
from kg.graph.export import written_beside

__all__ = [
    "ENDINGS",
    "distinct",
    "form_of",
    "names",
    "read",
    "refuse_negative",
    "rows_in_groups",
    "rows_of",
    "unit",
    "write",
    "written_beside",
]

#: The endings of files that can be read.
ENDINGS: Final = (".csv", ".tsv", ".csv.gz", ".tsv.gz", ".parquet", ".xlsx")
_FEW = 5
_BATCH = 50_000


def read(path: Path, text: Sequence[str], numbers: Sequence[str], sheet: str | None = None) -> pl.LazyFrame:
    """Give the named columns of a table, unread, every fault of the file having been looked for first.

    `text` columns are String, exactly as written; `numbers` are Int64 where every value is whole and Float64
    otherwise. An empty cell is null in both. A row in which every cell of the file is empty is left out.
    Columns stand in the order in which they are named, text first.

    Raises:
        UsageError: the ending is unknown, a column is missing, or a sheet must be named.
        BadInput: the file cannot be read, has no rows, or a value is no number.
    """
    kind = _kind(path, sheet)
    text, numbers = list(dict.fromkeys(text)), list(dict.fromkeys(numbers))
    if both := [name for name in text if name in numbers]:
        raise UsageError(f"The column {shown(both[0])} is asked for as text and as numbers. Ask for it as one of them.")
    _look(path)
    try:
        frame: pl.LazyFrame = kind.scan(path, [*text, *numbers], sheet)
        schema = frame.collect_schema()
        _refuse_types(path, schema, numbers)
        forms = {name: number(name, schema[name]) for name in numbers}
        as_text = {name: _as_text(path, name, schema[name]) for name in text}
        found = seen(frame, forms.values(), {
            "rows": pl.len(),
            **{f"faulty {name}": form.faulty for name, form in forms.items()},
            **{f"fraction {name}": form.fraction for name, form in forms.items()},
            **{f"large {name}": form.large for name, form in forms.items()},
            **{f"text {name}": expr.null_count() for name, expr in as_text.items()},  # it is text that can be read
        })  # fmt: skip
        large = {name: form for name, form in forms.items() if found[f"large {name}"] and not found[f"fraction {name}"]}
        lost = seen(frame, large.values(), {name: form.lost for name, form in large.items()})
    except (pl.exceptions.PolarsError, OSError) as error:
        raise kind.fault(path, error) from None
    if not found["rows"]:
        raise BadInput(f"{path} has a header and no rows. Give a table with rows below its header.")
    for name in numbers:
        if found[f"faulty {name}"]:
            raise _no_number(path, name, found[f"faulty {name}"], sheet)
    whole = {name: not found[f"fraction {name}"] and not lost.get(name) for name in numbers}
    return frame.select(
        *(expr.alias(name) for name, expr in as_text.items()),
        *((form.integer if whole[name] else form.decimal).alias(name) for name, form in forms.items()),
    )


def refuse_negative(frame: pl.LazyFrame, path: Path, numbers: Sequence[str], sheet: str | None = None) -> None:
    """See that columns of counts, as `read` gave them from a file, hold no negative number.

    Raises:
        BadInput: one does; the first few lines are named.
    """
    counts = frame.select((pl.col(name) < 0).sum() for name in numbers).collect(engine="streaming").row(0)
    for name, count in zip(numbers, counts, strict=True):
        if count:
            places = [place for place, _ in itertools.islice(_where(path, name, sheet, negative), _FEW)]
            more = f" and {count - len(places)} more" if count > len(places) else ""
            raise BadInput(
                f"{path}, column {shown(name)} has {count} negative {'number' if count == 1 else 'numbers'}, where it "
                f"counts things: {listed(places, unit(path))}{more}. Mend or leave out those rows."
            )


def rows_of(
    path: Path, column: str, values: Collection[str], limit: int, sheet: str | None = None
) -> dict[str, tuple[int, ...]]:
    """Give where each of some values stands in a column, as an editor or Excel counts, at most `limit` places each.

    Values are compared trimmed and in capitals, and keyed so. The file is read in streams, and no further than needed.
    """
    found: dict[str, list[int]] = {value.strip().upper(): [] for value in values}
    short = set(found) if limit > 0 else set()

    def sought(cell: pl.Expr) -> pl.Expr:
        return cell.str.strip_chars().str.to_uppercase().is_in(list(short))

    for place, cell in _where(path, column, sheet, sought) if short else ():
        value = cell.strip().upper()
        if value in short:
            found[value].append(place)
            if len(found[value]) == limit:
                short.remove(value)
                if not short:
                    break
    return {value: tuple(places) for value, places in found.items()}


def rows_in_groups(
    path: Path, by: str, column: str, wanted: Collection[tuple[str, str]], limit: int, sheet: str | None = None
) -> dict[tuple[str, str], tuple[int, ...]]:
    """Give where values stand in a column within groups of rows, as `rows_of` does: {(group, value): places}."""
    found: dict[tuple[str, str], list[int]] = {key: [] for key in wanted}
    for place, (group, cell) in _kind(path, sheet).cells(path, [by, column], sheet) if wanted else ():
        places = found.get((group, cell.strip().upper()))
        if places is not None and len(places) < limit:
            places.append(place)
    return {key: tuple(places) for key, places in found.items()}


def names(path: Path, sheet: str | None = None) -> list[str]:
    """Give the names of all columns of a file."""
    return list(_kind(path, sheet).columns(path, sheet))


def _where(path: Path, column: str, sheet: str | None, test: Callable[[pl.Expr], pl.Expr]) -> Iterator[tuple[int, str]]:
    """Give the place and the text of each cell of a column that passes a test, which is asked anew for each batch."""
    kind = _kind(path, sheet)
    placed: pl.LazyFrame | None = kind.placed(path, column)
    batches = (
        _batches(kind.cells(path, [column], sheet)) if placed is None else placed.collect_batches(maintain_order=True)
    )
    for batch in batches:
        yield from batch.filter(test(pl.col("cell"))).iter_rows()


def _batches(cells: Iterator[tuple[int, list[str]]]) -> Iterator[pl.DataFrame]:
    while rows := [(place, cell) for place, (cell,) in itertools.islice(cells, _BATCH)]:
        yield pl.DataFrame(rows, schema={"place": pl.Int64, "cell": pl.String}, orient="row")


def unit(path: Path) -> str:
    """Say what the places in a file are called: lines of text, or rows."""
    return str(_kind(path, None).UNIT)


def _kind(path: Path, sheet: str | None) -> ModuleType:
    """Give the module that reads a file, by its ending."""
    ending = _ending(path)
    if ending not in ENDINGS:
        raise UsageError(
            f"{path} ends in {shown(ending) if ending else 'nothing'}, which is no table that can be read. Save it as one of: "
            f"{', '.join(ENDINGS)}."
        )
    if ending == ".xlsx":
        from kg.faces.sheets import workbook  # openpyxl is read for workbooks alone

        return workbook
    if sheet is not None:
        raise UsageError(f"{path} has no sheets, so --sheet {shown(sheet)} means nothing. Leave it out.")
    from kg.faces.sheets import columnar, delimited

    return columnar if ending == ".parquet" else delimited


def _look(path: Path) -> None:
    """See that there is a file that can be read and has something in it."""
    if path.is_dir():
        raise BadInput(f"{path} is a folder. Name one file in it.")
    if path.exists() and not path.is_file():
        raise BadInput(f"{path} is a stream and can be read only once. Write it to a file first.")
    try:
        with path.open("rb") as file:
            first = file.read(1)
    except FileNotFoundError:
        raise BadInput(f"There is no file {path}. See how its name is written, and in which folder it is.") from None
    except OSError as error:
        raise BadInput(f"{path} cannot be read ({error.strerror}). Name a file that you may read.") from None
    if not first:
        raise BadInput(f"{path} is empty. Give a table with a header and rows.")


def _as_text(path: Path, name: str, kind: pl.DataType) -> pl.Expr:
    from kg.faces.sheets import columnar

    expr = columnar.as_text(name, kind, path)
    return pl.when(expr != "").then(expr)


def _refuse_types(path: Path, schema: pl.Schema, numbers: Sequence[str]) -> None:
    for name in numbers:
        if not (schema[name].is_numeric() or schema[name] == pl.String):
            raise BadInput(
                f"{path}: the column {shown(name)} holds values of type {schema[name]}, not numbers. Name a column of numbers."
            )


def _no_number(path: Path, name: str, count: int, sheet: str | None) -> BadInput:
    """Name the first value that is none."""
    place, value = next(_where(path, name, sheet, no_number))
    more = f", nor {'is' if count == 2 else 'are'} {count - 1} more in that column" if count > 1 else ""
    return BadInput(
        f"{path}, {unit(path)} {place}, column {shown(name)}: {shown(value)} is not a number{more}. Write numbers in digits "
        "alone, as 1234 or 12.5, and leave a cell empty where there is none."
    )
