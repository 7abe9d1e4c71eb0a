"""The names of statements, so that the same fact in two files is stated once."""

from __future__ import annotations

from datetime import date


class Nodes:
    """Which statements have been made; their names say what they state, and that they are new in a file.

    A national release makes two million. Of each only the hash of its name is held, a third of the memory: two names of so
    many share one of 64 bits once in some nine million releases. A hash is of one run of Python alone, and is kept nowhere.
    """

    def __init__(self) -> None:
        self._earlier: set[int] = set()
        self._here: dict[int, date] = {}

    def file(self) -> None:
        """Begin a file."""
        self._earlier.update(self._here)
        self._here.clear()

    def new(self, node: str, until: date) -> str:
        """Give the name for a statement; empty when an earlier file, or this one with the same end, has made it."""
        seen = hash(node)
        if seen in self._earlier:
            return ""
        if (before := self._here.get(seen)) is None:
            self._here[seen] = until
            return node
        return "" if before == until else self.new(f"{node}-{until.isoformat()}", until)
