"""What can be told only when the last record has been read: who followed whom, who is known by a code alone, all names.

It is worked out where the last file is read, while the engine still takes in what was read before: half of a machine of
two cores would have nothing to do meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from kg.graph import name_writer
from kg.graph.following import Followed, follow
from kg.graph.loading import Beside, Tables
from kg.graph.plan import File
from kg.graph.published.register import Register
from kg.graph.published.writer import Writer


class Ending:
    """The end of a graph of the publisher's files.

    `turtle` is what is still to be said, by the SHA-256 of the file that says it; that of the last file, which is
    written with its records, is not among it.
    """

    def __init__(self, writer: Writer, register: Register, tables: Tables, names: Path) -> None:
        self.turtle: dict[str, str] = {}
        self._writer, self._register, self._tables, self._names = writer, register, tables, names
        self._followed: Followed | None = None
        self._indexing: Beside | None = None

    def after(self, files: list[File], progress: Callable[[str], None]) -> Callable[[], str]:
        """Give what ends the reading of files: it begins the index of names, and gives what the last of them has still to say."""

        def end() -> str:
            progress("Working out who followed whom.")
            self._followed = followed = follow(self._writer.successions, self._register, self._writer.repeated)
            roles: dict[str, str] = {}
            for file in files:
                roles.update(file.publication.names)
            rest = self._writer.rest(roles)
            for file in files:
                self._tables.relations.file(file.edition.graph)
                self._tables.relations.add(rest.relations.get(file.edition.sha256, ()))
            self.turtle = _together(rest.turtle, followed.turtle)
            self._tables.digest.finish()
            self._indexing = Beside(lambda: name_writer.extend(self._names, self._writer.entries))
            return self.turtle.pop(files[-1].edition.sha256, "")

        return end

    @property
    def followed(self) -> Followed:
        """What the successions came to."""
        if self._followed is None:
            raise RuntimeError("no file has been read to its end")
        return self._followed

    def names(self) -> int:
        """Give how many names were added, when the index of them is made."""
        return int(self._indexing.result()) if self._indexing else 0

    def wait(self) -> None:
        """Wait until nothing is written any more, whatever went wrong meanwhile."""
        if self._indexing:
            self._indexing.wait()


def _together(first: Mapping[str, str], second: Mapping[str, str]) -> dict[str, str]:
    return {file: first.get(file, "") + second.get(file, "") for file in dict.fromkeys((*first, *second))}
