"""Tables in Excel workbooks (.xlsx)."""

from __future__ import annotations

import io
import itertools
import warnings
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any, Final

import openpyxl
import polars as pl
from openpyxl.cell import WriteOnlyCell
from openpyxl.utils import get_column_letter

from kg.errors import BadInput, UsageError
from kg.faces.sheets.cells import positions, shown

UNIT: Final = "row"
#: The rows that a sheet of Excel can hold.
MOST: Final = 1_048_576
_OLE = b"\xd0\xcf\x11\xe0"


def columns(path: Path, sheet: str | None = None) -> list[str]:
    """Give the header: the first row of the sheet that is not empty.

    Raises:
        UsageError: there are several sheets and none is named, or none of that name.
        BadInput: the file is no workbook, or the sheet is empty.
    """
    return _header(path, sheet)[1]


def cells(path: Path, wanted: Sequence[str], sheet: str | None = None) -> Iterator[tuple[int, list[str]]]:
    """Give the wanted cells of each row as text, and the number of the row as Excel shows it.

    Raises:
        BadInput: one of them holds a formula or an error.
    """
    first, header = _header(path, sheet)
    at = positions(path, header, wanted)
    with _opened(path, sheet) as rows:
        for count, row in itertools.islice(enumerate(rows, 1), first, None):
            if any(cell.value not in (None, "") for cell in row):
                yield count, [_text(path, count, index, row) for index in at]


def scan(path: Path, wanted: Sequence[str], sheet: str | None = None) -> pl.LazyFrame:
    """Give the wanted columns as text; a sheet is small enough to be held."""
    rows = [row for _, row in cells(path, wanted, sheet)]
    return pl.LazyFrame(rows, schema=dict.fromkeys(wanted, pl.String()), orient="row")


def placed(path: Path, column: str) -> None:
    """Give nothing: the rows of a sheet are known only by reading their cells."""


def fault(path: Path, error: Exception) -> BadInput:
    """Give what is wrong with a file that could not be read as a workbook."""
    return BadInput(
        f"{path} is not an Excel workbook that can be read ({type(error).__name__}): it is damaged or another kind of "
        "file. Save it again as .xlsx, or as CSV in UTF-8."
    )


def write(frame: pl.LazyFrame, path: Path, named: Path) -> None:
    """Write a table as a workbook of one sheet.

    Raises:
        UsageError: it has more rows than a sheet can hold; `named` is the file that the reader asked for.
    """
    book = openpyxl.Workbook(write_only=True)
    page = book.create_sheet("kg")
    page.append([_cell(page, name) for name in frame.collect_schema().names()])
    count = 1
    try:
        for batch in frame.collect_batches(maintain_order=True):
            for row in batch.iter_rows():
                count += 1
                if count > MOST:
                    raise UsageError(
                        f"{named} cannot hold the table: a sheet of Excel ends at {MOST:,} rows. Write .csv or .parquet."
                    )
                page.append([_cell(page, value) for value in row])
    finally:
        page.close()  # openpyxl keeps the rows in a file of its own until they are saved
    book.save(path)


def _cell(page: Any, value: Any) -> Any:
    if not isinstance(value, str):
        return value
    cell = WriteOnlyCell(page, "".join(letter for letter in value if letter >= " " or letter in "\t\n\r"))
    cell.data_type = "s"  # a value that begins with = is no formula
    return cell


def _header(path: Path, sheet: str | None) -> tuple[int, list[str]]:
    with _opened(path, sheet) as rows:
        for count, row in enumerate(rows, 1):
            names = ["" if cell.value is None else str(cell.value) for cell in row]
            if any(names):
                while not names[-1]:
                    names.pop()
                return count, names
    raise BadInput(
        f"{path} is empty{f' in the sheet {shown(sheet)}' if sheet else ''}. Give a table with a header and rows."
    )


@contextmanager
def _opened(path: Path, sheet: str | None) -> Iterator[Iterator[tuple[Any, ...]]]:
    with path.open("rb") as file:
        first = file.read(len(_OLE))
    if first == _OLE:
        raise BadInput(
            f"{path} is protected by a password, or a workbook of an Excel before 2007. Save it without a password as "
            ".xlsx, or as CSV in UTF-8."
        )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of styles and validations, which nobody reads here
            book = openpyxl.load_workbook(io.BytesIO(path.read_bytes()), read_only=True)
    except Exception as error:  # openpyxl lets any fault of zip and XML through
        raise fault(path, error) from None
    try:
        page = _page(path, book, sheet)
        page.reset_dimensions()  # other programs write wrong ones
        rows = _rows(path, page)
        with closing(rows):
            yield rows
    finally:
        book.close()


def _rows(path: Path, page: Any) -> Generator[tuple[Any, ...]]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield from page.iter_rows()
    except GeneratorExit:
        raise
    except Exception as error:
        raise fault(path, error) from None


def _page(path: Path, book: Any, sheet: str | None) -> Any:
    pages = {page.title: page for page in book.worksheets}
    if sheet is None and len(pages) == 1:
        return next(iter(pages.values()))
    if sheet in pages:
        return pages[sheet]
    named = ", ".join(map(shown, pages))
    if sheet is None:
        raise UsageError(f"{path} has {len(pages)} sheets. Say which one with --sheet: {named}.")
    raise UsageError(f"{path} has no sheet {shown(sheet)}. Its sheets: {named}.")


def _text(path: Path, count: int, index: int, row: tuple[Any, ...]) -> str:
    """Give a cell as it would stand in a CSV."""
    cell = row[index] if index < len(row) else None
    value = None if cell is None else cell.value
    if cell is not None and cell.data_type in ("f", "e"):
        what = f"a formula ({shown(str(value))})" if cell.data_type == "f" else f"the error {shown(str(value))}"
        raise BadInput(
            f"{path}, cell {get_column_letter(index + 1)}{count} holds {what}, not a value. Copy the column and paste it as "
            "values, save, and ask again."
        )
    match value:
        case None:
            return ""
        case bool():
            return str(value).upper()
        case float() if value.is_integer():
            return str(int(value))
        case datetime() if value.time() == time():
            return value.date().isoformat()
        case date() | time():
            return value.isoformat()
        case timedelta():
            return str(value)
    return str(value)
