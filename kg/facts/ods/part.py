"""What a fetch has so far, on disk: a line a record, only ever appended to, so that a killed run leaves all it had.

A line before them says whose changes since when, and the day on which the fetching began. A line that was cut by the end
of its process counts for nothing, and its record is asked for again.
"""

from __future__ import annotations

import hashlib
import json
import os
from datetime import date
from io import FileIO
from pathlib import Path
from types import TracebackType
from typing import Self


class Part:
    """The part that a fetch from one address, of changes since one day, has got to; codes are those that it holds."""

    def __init__(self, folder: Path, base: str, since: date) -> None:
        self._head = {"base": base, "since": since.isoformat()}
        self.path = folder / f".ods-api_{hashlib.sha256(base.encode()).hexdigest()[:8]}_since_{since}.part"
        self.codes: dict[str, tuple[int, int]] = {}
        self.listed = 0
        self._day: date | None = None
        self._file: FileIO | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file:
            self._file.close()

    @property
    def day(self) -> date:
        """The day on which the fetching began."""
        assert self._day is not None, "begin() says it"
        return self._day

    @property
    def kept(self) -> str:
        """Say what is kept and how to go on, for the end of a message about what went wrong."""
        if self.codes:
            held = f"{len(self.codes):,} of {self.listed:,} records are fetched and kept in {self.path}"
        elif self._day is None and self.path.is_file():
            held = f"Nothing was fetched, and what an earlier run fetched is kept in {self.path}"
        else:
            return "Nothing was fetched."
        return f"{held}. Run the same command again, and it goes on from there."

    def begin(self, day: date) -> None:
        """Take up what an earlier run has left, or begin with this day."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._file = FileIO(self.path, "a+")
        if not self._is_whole():
            self._put(b"\n")
        self._read()
        if self._day is None:
            self._day = day
            self._put(json.dumps(self._head | {"day": day.isoformat()}).encode() + b"\n")

    def add(self, code: str, line: bytes) -> None:
        """Keep a record, on the disk when this returns."""
        start = self._put(line + b"\n")
        self.codes[code] = (start, len(line) + 1)

    def finish(self, name: str) -> Path | None:
        """Write the records in order of code under a name of their own, and take the part away; None without any."""
        assert self._file is not None, "begin() opens it"
        target = self.path.with_name(name) if self.codes else None
        if target:
            made = target.with_name(f".{name}.{os.getpid()}")
            with made.open("wb") as out:
                for code in sorted(self.codes):
                    start, length = self.codes[code]
                    self._file.seek(start)
                    out.write(self._file.read(length))
                out.flush()
                os.fsync(out.fileno())
            made.replace(target)
        self._file.close()
        self.path.unlink(missing_ok=True)
        return target

    def _is_whole(self) -> bool:
        """Say whether the last line has an end; a file without a line is whole."""
        assert self._file is not None
        if not (size := self._file.seek(0, os.SEEK_END)):
            return True
        self._file.seek(size - 1)
        return self._file.read(1) == b"\n"

    def _read(self) -> None:
        """Note where each record stands that is there already; lines that cannot be read are passed over."""
        ours, start = False, 0
        with self.path.open("rb") as file:
            for line in file:
                try:
                    read = json.loads(line)
                    if "base" in read:
                        ours = {key: read[key] for key in self._head} == self._head
                        if ours and self._day is None:
                            self._day = date.fromisoformat(read["day"])
                    elif ours:
                        self.codes[read["Organisation"]["OrgId"]["extension"]] = (start, len(line))
                except (ValueError, LookupError, TypeError):
                    pass
                start += len(line)

    def _put(self, text: bytes) -> int:
        """Append and bring to the disk; give the place where it begins."""
        assert self._file is not None
        left = memoryview(text)
        while left:
            left = left[self._file.write(left) :]
        os.fsync(self._file.fileno())
        return self._file.tell() - len(text)
