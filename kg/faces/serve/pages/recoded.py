"""A table that somebody sent: which codes it holds, and the same table in other codes. Nothing of it is kept."""

from __future__ import annotations

import re
import shlex
import shutil
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from kg.answers.vintage import Vintage
from kg.errors import BadInput, KgError, StoreError, UsageError
from kg.faces import losses, sheets, vintages
from kg.faces.library import Graph
from kg.faces.serve.pages.crosswalk import SPLITS
from kg.faces.serve.pages.parcel import Parcel
from kg.faces.sheets.bounds import refuse_large

#: What a table can be taken away as.
ENDINGS: Final = ("csv", "tsv", "xlsx", "parquet")
#: The rows that are shown, and those that a column of codes is told by.
_SHOWN: Final = 20
_LOOKED: Final = 500
#: How many lines of a file are named for a code.
_LINES: Final = 5
#: What the options of the command line, which errors speak of, are called in the form.
_LABELS: Final = {
    "--basis": "“Count by”", "--on-split": "“Divided bodies”", "--from": "“Day of the codes in the table”", "--level": "“Codes of”",
    "--scheme": "“Scheme”", "--sheet": "“Sheet”",
}  # fmt: skip
_PREFIX: Final = "kg-upload-"


@dataclass
class Outcome:
    """What came of a table: which codes it holds, and the table recoded with its report, or why it could not be."""

    column: str = ""
    columns: list[str] = field(default_factory=list)
    vintage: str = ""
    fault: str = ""
    head: list[str] = field(default_factory=list)
    rows: list[tuple[Any, ...]] = field(default_factory=list)
    total: int = 0
    summary: str = ""
    report: Mapping[str, str] = field(default_factory=dict)
    data: bytes = b""
    left: list[str] = field(default_factory=list)


def outcome(graph: Graph, parcel: Parcel, ending: str) -> Outcome:
    """Say what the codes of a table are and, when a day is asked for, recode it; faults are told in the outcome."""
    found = Outcome()
    with _kept(parcel) as path:
        try:
            _look(graph, parcel, path, found)
            if to := parcel.one("to"):
                _recode(graph, parcel, path, found, ending, to)
        except StoreError:  # no fault of the table
            raise
        except KgError as error:
            found.fault = _said(str(error), path, parcel.name)
    return found


@contextmanager
def _kept(parcel: Parcel) -> Iterator[Path]:
    """Give the table as a file for as long as it is read; what a process that was killed left is taken away too."""
    for old in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        with suppress(OSError):
            if old.stat().st_mtime < time.time() - 600:
                shutil.rmtree(old, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix=_PREFIX) as folder:
        # A name that no sentence has, for it is replaced by that of the file wherever it is said.
        path = Path(folder) / f"{_PREFIX}table{''.join(Path(parcel.name.lower()).suffixes[-1:])}"
        path.write_bytes(parcel.data)
        yield path


def _look(graph: Graph, parcel: Parcel, path: Path, found: Outcome) -> None:
    if not parcel.data:
        raise BadInput(f"{path} is empty. Choose a table with a header and rows.")
    refuse_large(path)
    sheet = parcel.one("sheet")
    found.columns = sheets.names(path, sheet)
    if len(found.columns) > 1000:
        raise BadInput(
            f"{path} has {len(found.columns):,} columns, where 1,000 are taken. Send only those that are needed."
        )
    found.column = parcel.one("column") or _column(graph, path, found.columns, sheet)
    vintage = graph.vintage(sheets.read(path, [found.column], [], sheet), found.column)
    odd = {code for one in vintage.values() for code in vintages.odd(one)}
    lines = {("", code): at for code, at in sheets.rows_of(path, found.column, odd, _LINES, sheet).items()}
    found.vintage = vintages.render(vintage, "text", lines, graph.release, unit=sheets.unit(path))
    if not any(one.known for one in vintage.values()):
        raise BadInput(
            f'No value in the column "{found.column}" of {path} is a code that is known. Name another column.'
        )


def _column(graph: Graph, path: Path, columns: Sequence[str], sheet: str | None) -> str:
    """Find the one column that looks like codes, by the first rows.

    Raises:
        UsageError: there is none, or there are several.
    """
    named = [name for name in dict.fromkeys(columns) if name.strip() and columns.count(name) == 1][:100]
    if not named:
        raise UsageError(f"{path} has no column with a name of its own. Give each column its own name in the header.")
    head = sheets.read(path, named, [], sheet).head(_LOOKED).collect()
    known = {name: _known(next(iter(graph.vintage(head, name).values()))) for name in named}
    likely = [name for name in named if known[name] > 0.5]
    if len(likely) == 1:
        return likely[0]
    shown = ", ".join(f'"{name}"' for name in (likely or named)[:12])
    if likely:
        raise UsageError(
            f"{path} has {len(likely)} columns that look like codes: {shown}. Say which one is meant, in “Column of codes”."
        )
    raise UsageError(
        f"{path} has no column that looks like codes of PCTs, CCGs, sub-ICB locations, STPs, ICBs or regions. Its columns: {shown}."
    )


def _known(found: Vintage) -> float:
    return len(found.known) / len(found.counts) if found.counts else 0


def _recode(graph: Graph, parcel: Parcel, path: Path, found: Outcome, ending: str, to: str) -> None:
    from kg.answers.measures import Measure, checked
    from kg.answers.measures import columns as columns_of
    from kg.answers.recoding import Divided

    by = _named(parcel.one("by"), found.columns)
    measures = [
        *(Measure("count", name) for name in _named(parcel.one("counts"), found.columns)),
        *(Measure.read(f"rate:{pair}") for pair in _split(parcel.one("rates"))),
        *(Measure("category", name) for name in _named(parcel.one("categories"), found.columns)),
    ]
    read = checked(measures, found.column, by)
    words = [*by, *(measure.column for measure in read if measure.kind == "category")]
    numbers = [name for name in columns_of(read) if name not in words]
    sheet, texts = parcel.one("sheet"), [str(measure) for measure in read]
    wish = {name: parcel.one(name) for name in ("since", "level", "scheme", "basis", "on_split")}
    frame = sheets.read(path, [found.column, *words], numbers, sheet)
    command = _command(parcel, found.column, texts, by)
    try:
        recoded, report = graph.crosswalk(frame, found.column, to=to, measures=texts, by=by, command=command, **wish)
    except Divided as divided:
        places = sheets.rows_of(path, found.column, divided.codes, _LINES, sheet)
        where = "; ".join(f"{code} {', '.join(map(str, lines))}" for code, lines in sorted(places.items()))
        raise UsageError(f"{divided} {sheets.unit(path).capitalize()}s: {where}.") from None
    table = recoded.collect()
    out = path.with_name(f"out.{ending}")
    sheets.write(table, out)
    found.data = out.read_bytes()
    found.head, found.rows, found.total = table.columns, table.head(_SHOWN).rows(), table.height
    found.summary = losses.summary(report)
    found.report = {
        "txt": losses.render(report, "text"), "md": losses.render(report, "markdown"), "json": losses.render(report, "json")
    }  # fmt: skip
    found.left = [name for name in found.columns if name not in (found.column, *words, *numbers)]


def _named(text: str | None, columns: Sequence[str]) -> list[str]:
    """Give the columns that a field names: one whose name is all of it, or several with commas between."""
    return [text] if text in columns and text is not None else _split(text)


def _split(text: str | None) -> list[str]:
    return [word.strip() for word in (text or "").replace("\n", ",").split(",") if word.strip()]


def _command(parcel: Parcel, column: str, measures: Sequence[str], by: Sequence[str]) -> str:
    """Give the command that does the same, so that the report can be had again."""
    words = ["kg", "crosswalk", parcel.name, "--column", column, "--to", parcel.one("to") or ""]
    for option, name in (
        ("--from", "since"),
        ("--level", "level"),
        ("--scheme", "scheme"),
        ("--basis", "basis"),
        ("--on-split", "on_split"),
        ("--sheet", "sheet"),
    ):
        words += [option, value] if (value := parcel.one(name)) else []
    words += [word for measure in measures for word in ("--measure", measure)]
    return shlex.join([*words, *(word for name in by for word in ("--by", name))])


def _said(words: str, path: Path, name: str) -> str:
    """Say a fault in the words of the form: the file by its own name, options by their labels."""
    for known in (str(path), path.name):
        words = words.replace(known, name or "The file")
    words = re.sub(
        f"--on-split ({'|'.join(SPLITS)})", lambda found: f"{_LABELS['--on-split']} set to “{SPLITS[found[1]]}”", words
    )
    return re.sub("|".join(_LABELS), lambda found: _LABELS[found[0]], words)
