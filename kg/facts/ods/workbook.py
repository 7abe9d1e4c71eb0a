"""The sheets of the publisher's workbooks (.xlsx), row by row, and what they are known by."""

from __future__ import annotations

import warnings
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final, NamedTuple

from kg.errors import BadInput
from kg.facts.ods.cells import KEPT, Unreadable
from kg.facts.ods.record import Refused

#: A workbook is unpacked in part; the publisher's have some 5 MB.
_MOST_UNPACKED: Final = 256 << 20
#: A header stands in one of the first rows.
_HEADER_WITHIN: Final = 20


class Row(NamedTuple):
    """A row below a header: its place, and its cells as text by the header's names."""

    place: str
    cells: dict[str, str]

    def refused(self, error: Unreadable) -> Refused:
        """Give it as a record that cannot be read."""
        text = "; ".join(f"{name}: {cell}" for name, cell in self.cells.items() if cell)
        return Refused(self.place, f"{error}.", text[:KEPT])


def sheets(path: Path) -> list[str]:
    """Give the names of the sheets.

    Raises:
        BadInput: it is no workbook that can be read.
    """
    book = _book(path)
    with closing(book):
        return list(book.sheetnames)


def rows(path: Path, sheet: str, known_by: Sequence[str]) -> Iterator[Row]:
    """Give the rows below the header, which is the first row with all the names it is known by.

    Spaces and line breaks in a name count as one space. Nothing is given when there is no such header. Where one
    name stands twice the first column counts.

    Raises:
        BadInput: the workbook breaks off or is damaged.
    """
    book = _book(path)
    with closing(book):
        header: list[str] = []
        found = iter(book[sheet].iter_rows(values_only=True))
        number = 0
        while (values := _next(found, path)) is not None:
            number += 1
            texts = [_text(value) for value in values]
            if not header:
                names = [" ".join(text.split()) for text in texts]
                if all(name in names for name in known_by):
                    header = names
                elif number >= _HEADER_WITHIN:
                    return
                continue
            if any(texts):
                cells: dict[str, str] = {}
                for name, text in zip(header, texts, strict=False):
                    cells.setdefault(name, text)
                yield Row(f"sheet {sheet}, row {number:,}", cells)


def _next(found: Iterator[Sequence[Any]], path: Path) -> Sequence[Any] | None:
    try:
        return next(found, None)
    except Exception as error:  # openpyxl raises whatever a damaged part of a workbook leads it to
        raise _damaged(path, error) from None


def _book(path: Path) -> Any:
    import openpyxl  # slow to import, and CSV files of the same tables do without

    try:
        with zipfile.ZipFile(path) as packed:
            unpacked = sum(member.file_size for member in packed.infolist())
        if unpacked > _MOST_UNPACKED:
            raise BadInput(
                f"{path} unpacks to {unpacked >> 20:,} MB, far more than a workbook of the publisher. It is damaged or "
                "made to fill the memory, and nothing of it was read. Download it again."
            )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of styles and extensions, which are not read
            return openpyxl.load_workbook(path, read_only=True, data_only=True)
    except BadInput:
        raise
    except Exception as error:  # openpyxl raises whatever a damaged workbook leads it to
        raise _damaged(path, error) from None


def _damaged(path: Path, error: Exception) -> BadInput:
    return BadInput(
        f"{path} cannot be read as an Excel workbook ({type(error).__name__}: {str(error)[:120]}): it is damaged, cut "
        "short or of another kind. Download it again, or save it again as .xlsx."
    )


def _text(value: Any) -> str:
    """Give a cell as text: a day as 2019-04-01, a whole number without a point."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value).strip()
