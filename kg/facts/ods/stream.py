"""A publisher's file read as a stream: what it is, its records, and how far the reading is."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from pathlib import Path

from kg.errors import BadInput
from kg.facts.ods.names import day_of
from kg.facts.ods.record import Record, Refused, Release


class Publication:
    """One file, or one folder of files, of the publisher.

    Iterating reads it, from the start each time, and holds no more than a few records at once. `names` (display
    names of roles and relations by their code) and `notes` (sentences that a person should see) are complete when
    the last record has been given. What stops the reading is a BadInput.
    """

    def __init__(
        self, release: Release, size: int, records: Callable[[Publication], Iterator[Record | Refused]]
    ) -> None:
        self.release = release
        self.names: dict[str, str] = {}
        self.notes: list[str] = []
        self.size = size
        self.read = 0
        self._records = records

    def __iter__(self) -> Iterator[Record | Refused]:
        self.read = 0
        self.names.clear()
        self.notes.clear()
        return self._told()

    def _told(self) -> Iterator[Record | Refused]:
        try:
            yield from self._records(self)
        except OSError as error:
            raise BadInput(
                f"{self.release.file} could be opened but not read to its end ({error.strerror or error}). See that it is "
                "still there and that its disk is, and read it again."
            ) from None

    def progress(self) -> float:
        """Give the part that has been read, from 0 to 1."""
        return min(1.0, self.read / self.size) if self.size else 1.0


def of_files(
    path: Path,
    given: date | None,
    series: str,
    title: str,
    records: Callable[[Publication], Iterator[Record | Refused]],
    files: Sequence[Path] = (),
) -> Publication:
    """Give a file, or a folder and the files in it, as a publication of the day that is given, else of that in its name."""
    day, precision = day_of(path, given)
    hashed = sha256_of_all(files) if path.is_dir() else sha256(path)
    release = Release(series, title, day, precision, sha256=hashed, file=path.name)
    return Publication(release, sum(file.stat().st_size for file in files or (path,)), records)


def sha256(path: Path) -> str:
    """Give the SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def sha256_of_all(paths: Sequence[Path]) -> str:
    """Give the SHA-256 of the list that `sha256sum` prints of some files, in the order of their names."""
    lines = (f"{sha256(path)}  {path.name}\n" for path in sorted(paths, key=lambda path: path.name))
    return hashlib.sha256("".join(lines).encode()).hexdigest()
