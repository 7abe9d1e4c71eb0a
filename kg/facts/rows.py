"""All rows of `data/` as read, each with the place it stands at."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeVar, cast

from kg.facts.records import Row

#: Stands among the unreadable keys of a table that could not be read at all: any key may be in it.
ANY = "*"

R = TypeVar("R", bound=Row)


@dataclass(frozen=True)
class Placed:
    """A row and the line it stands on, so that a later fault can point at it."""

    row: Row
    file: str
    line: int


@dataclass
class Facts:
    """All rows of `data/`, by file, each with its line."""

    placed: dict[str, list[Placed]] = field(default_factory=dict)
    #: Keys of rows that could not be read: they exist, so what refers to them is not at fault as well.
    unreadable: dict[str, set[str]] = field(default_factory=dict)

    def rows(self, kind: type[R]) -> list[R]:
        """Give the rows of one class, in file order."""
        return [cast("R", placed.row) for placed in self.placed.get(kind.FILE, [])]

    def __iter__(self) -> Iterator[Placed]:
        for rows in self.placed.values():
            yield from rows
