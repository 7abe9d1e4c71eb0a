"""Any file that the Organisation Data Service prints, opened as a stream of records by what it holds, not by its name."""

from __future__ import annotations

import zipfile
from datetime import date
from pathlib import Path
from typing import Final

from kg.errors import BadInput
from kg.facts.ods.record import Refused
from kg.facts.ods.stream import Publication

__all__ = ["Publication", "open_dated", "open_file"]

_FORMS: Final = (
    "Known are: the zip of TRUD item 341 or an XML file of it; reports of 27 columns (eccg, etr, epraccur, eauth ...); "
    "succ and succarc; ePCN as a workbook or CSV; the workbook of STP partners; answers of the ORD interface as JSON; "
    "and the Parquet tables of the ods project."
)
_UTF16: Final = (b"\xff\xfe", b"\xfe\xff")


def open_file(path: Path, day: date | None = None) -> Publication:
    """Open a file, or a folder of JSON or Parquet files, of the publisher.

    `day` is the day that the file is of, where the reader knows better than the file or its name.

    Raises:
        BadInput: it is not there, cannot be read, or is of no known form.
    """
    try:
        if path.is_dir():
            return _open_folder(path, day)
        if path.exists() and not path.is_file():
            raise BadInput(f"{path} is a stream and can be read only once. Write it to a file first.")
        with path.open("rb") as file:
            head = file.read(4096)
        return _open(path, head, day)
    except FileNotFoundError:
        raise BadInput(f"There is no file {path}. See how its name is written, and in which folder it is.") from None
    except OSError as error:
        raise BadInput(f"{path} cannot be read ({error.strerror or error}). Name a file that you may read.") from None


def open_dated(path: Path, day: date | None = None) -> Publication:
    """Open a file of which the day is known: its own, else `day`, else for answers of the ORD interface that of the last change.

    Raises:
        BadInput: it cannot be read, holds answers of the ORD interface without a record, or nothing says of which day it is.
    """
    publication = open_file(path)
    if publication.release.series.startswith(("ord-", "ods-api")) and next(iter(publication), None) is None:
        raise BadInput(
            f"{path} holds no record, so there is nothing to read. See that the interface was asked for what you want."
        )
    if publication.release.day is not None:
        return publication
    known = day or _last_changed(publication)
    if known is None:
        raise BadInput(
            f"{path.name} does not say of which day it is, and its name does not either. Add --date, as --date 2025-12-31."
        )
    return open_file(path, known)


def _last_changed(publication: Publication) -> date | None:
    """Give the day of the last change that records tell of: answers of an interface bear no date of their own."""
    if not publication.release.series.startswith("ord"):
        return None
    changed = (one.last_changed for one in publication if not isinstance(one, Refused))
    return max((day for day in changed if day), default=None)


def _open(path: Path, head: bytes, day: date | None) -> Publication:
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not head:
        raise BadInput(f"{path} is empty: it has no byte. Download it again.")
    if head.startswith(b"PK"):
        return _open_zip(path, day)
    if (head.startswith(_UTF16) and b"<" in head[2:4]) or text.startswith(b"<"):
        from kg.facts.ods import trud

        return trud.open_xml(path, day)
    if head.startswith(b"PAR1"):
        from kg.facts.ods import parquet

        return parquet.open_tables(path, day)
    if text.startswith((b"{", b"[")) or path.suffix.lower() in (".jsonl", ".ndjson"):
        from kg.facts.ods import interface

        return interface.open_json(path, day)
    return _open_lines(path, day)


def _open_zip(path: Path, day: date | None) -> Publication:
    """Open a workbook, which is a zip with a certain file in it, or the zip of a release."""
    if not _is_workbook(path):
        from kg.facts.ods import trud

        return trud.open_zip(path, day)
    from kg.facts.ods import networks, partnerships, workbook

    names = workbook.sheets(path)
    found = networks.open_workbook(path, day, names) or partnerships.open_workbook(path, day, names)
    if found is None:
        raise BadInput(
            f"{path} is a workbook whose sheets are not known ({', '.join(names[:6])[:200]}). Known are ePCN and the STP "
            "partner relationships."
        )
    return found


def _is_workbook(path: Path) -> bool:
    try:
        with zipfile.ZipFile(path) as packed:
            return "[Content_Types].xml" in packed.namelist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError):  # told better by what reads it
        return path.suffix.lower() == ".xlsx"


def _open_folder(path: Path, day: date | None) -> Publication:
    names = {file.suffix.lower() for file in path.iterdir() if file.is_file()}
    if ".parquet" in names:
        from kg.facts.ods import parquet

        return parquet.open_tables(path, day)
    from kg.facts.ods import interface

    if names.intersection(interface.ENDINGS):
        return interface.open_folder(path, day)
    raise BadInput(f"{path} is a folder without JSON or Parquet files. {_FORMS}")


def _open_lines(path: Path, day: date | None) -> Publication:
    from kg.facts.ods import networks, reports, successions
    from kg.facts.ods.lines import first_lines

    few = first_lines(path)
    if few and successions.are_successions(few[0]):
        return successions.open_successions(path, day)
    if few and (found := networks.open_lines(path, day, few[0])) is not None:
        return found
    if any(len(line.cells) == reports.COLUMNS for line in few):
        return reports.open_report(path, day)
    raise BadInput(f"{path} is in no form that can be read. {_FORMS}")
