"""What can go wrong, and the exit code each fault gives on the command line.

    KgError                 1  anything the library refuses
    ├── UsageError          2  the question was put wrongly
    ├── NotFound            3  nothing has that name
    ├── Ambiguous           4  several things have that name
    └── BadInput            5  data, a file or the store cannot be used
        ├── DataFaults         rows of data/ with faults, all of one pass
        └── StoreError         the compiled graph cannot be built or opened

The library raises; only the command line prints and exits.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple


class KgError(Exception):
    """A fault that a person can act on; the text says what, where, and what to do."""

    exit_code = 1


class UsageError(KgError):
    """The question itself is wrong: an unknown option, date, parameter or query form."""

    exit_code = 2


class NotFound(KgError):
    """Nothing in the graph has the name that was given."""

    exit_code = 3


class Ambiguous(KgError):
    """Several things have the name that was given."""

    exit_code = 4


class BadInput(KgError):
    """Data, a file or the store cannot be used."""

    exit_code = 5


class StoreError(BadInput):
    """The compiled graph cannot be built, opened or read."""


class Fault(NamedTuple):
    """One thing wrong with one cell of one row.

    `line` counts from 1 and includes the header, as editors show it; `column` is the
    header's name for the cell, empty when the whole row is meant.
    """

    file: str
    line: int
    column: str
    message: str

    def __str__(self) -> str:
        where = f"line {self.line}, column {self.column}" if self.column else f"line {self.line}"
        return f"{where}: {self.message}"


class DataFaults(BadInput):
    """All faults found in one reading of `data/`, grouped by file."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(sorted(faults))
        super().__init__(self._text())

    def _text(self) -> str:
        lines: list[str] = []
        for file in sorted({fault.file for fault in self.faults}):
            here = [fault for fault in self.faults if fault.file == file]
            many = "1 fault" if len(here) == 1 else f"{len(here)} faults"
            lines.append(f"{file} has {many}; nothing was built.")
            lines.extend(f"  {fault}" for fault in here)
        return "\n".join(lines)
