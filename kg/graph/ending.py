"""What can be told only when the last record has been read: who followed whom, who is known by a code alone, all names.

The statements of it are worked out where the last file is read, while the engine still takes in what was read before; the
indices are ended while the engine puts all in order, which leaves one core of a machine of two with nothing to do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from kg.graph import name_writer
from kg.graph.following import Followed, follow
from kg.graph.loading import Tables
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

    def after(self, files: list[File], progress: Callable[[str], None]) -> Callable[[], str]:
        """Give what ends the reading of files: it gives what the last of them has still to say."""

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
            return self.turtle.pop(files[-1].edition.sha256, "")

        return end

    @property
    def followed(self) -> Followed:
        """What the successions came to."""
        if self._followed is None:
            raise RuntimeError("no file has been read to its end")
        return self._followed

    def index(self, moved: Iterable[tuple[str, str, str]]) -> int:
        """End the index of relations, of which some sides are other bodies, and make that of names; give how many names were added."""
        self._tables.relations.finish(moved)
        return name_writer.extend(self._names, self._writer.entries)


def _together(first: Mapping[str, str], second: Mapping[str, str]) -> dict[str, str]:
    return {file: first.get(file, "") + second.get(file, "") for file in dict.fromkeys((*first, *second))}
