"""The relation index: who was what to whom, and who had which role, as the publisher's files say, in SQLite.

A national graph holds some 770,000 relations, and a question about an integrated care board reads thousands of them. In the
store each takes five look-ups, some 100 microseconds in all; here a hundredth of that. Nothing stands here that the graph
does not hold.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterable
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any, Final, NamedTuple

from kg.errors import StoreError
from kg.graph.names import THINGS, Iri

#: Days are numbers, as `date.toordinal` gives them; names are without what all begin with.
_SCHEMA: Final = """
PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -65536;
CREATE TABLE file (id INTEGER PRIMARY KEY, graph TEXT);
CREATE TABLE relation (node TEXT, body TEXT, member TEXT, role TEXT, since INTEGER, until INTEGER, observed INTEGER, precision TEXT, file INTEGER);
CREATE TABLE held (node TEXT, body TEXT, kind TEXT, since INTEGER, until INTEGER, file INTEGER);
"""
_INDICES: Final = """
CREATE INDEX relation_by_body ON relation (body);
CREATE INDEX relation_by_member ON relation (member);
CREATE INDEX relation_by_start ON relation (since);
CREATE INDEX relation_by_end ON relation (until);
CREATE INDEX held_by_kind ON held (kind);
"""
#: So many bytes of the file are read where the system keeps them, without a copy.
_MAPPED: Final = 1 << 30
#: A relation as it is written: node, body, member, role, first day, first day without, day of the list that shows it, its precision.
Written = tuple[str, str, str, str, int, int, int | None, str]
#: That a body had a role: node, body, kind, first day, first day without.
Had = tuple[str, str, str, int, int]


class Related(NamedTuple):
    """That a body was something to another; `graph` is None when it is curated, `observed` the day of a list that shows it."""

    membership: Iri
    group: Iri
    member: Iri
    role: Iri
    since: date
    until: date
    graph: Iri | None = None
    observed: date | None = None
    precision: str = ""


class RoleHeld(NamedTuple):
    """That a body had a role of the publisher's, and from when to when the body itself lasted."""

    classification: Iri
    body: Iri
    since: date
    until: date
    graph: Iri


class RelationWriter:
    """Writes a relation index as the files are read, so that none of it is held in memory."""

    def __init__(self, path: Path) -> None:
        self._db = sqlite3.connect(
            path, check_same_thread=False
        )  # a file is read in a thread of its own, one at a time
        self._db.executescript(_SCHEMA)
        self._file = 0

    def file(self, graph: str | None) -> None:
        """Begin a file, by its named graph; None for what is curated."""
        self._file += 1
        self._db.execute("INSERT INTO file VALUES (?, ?)", (self._file, graph))

    def add(self, relations: Iterable[Written], held: Iterable[Had] = ()) -> None:
        """Write relations and roles of the file."""
        self._db.executemany(f"INSERT INTO relation VALUES (?, ?, ?, ?, ?, ?, ?, ?, {self._file})", relations)
        self._db.executemany(f"INSERT INTO held VALUES (?, ?, ?, ?, ?, {self._file})", held)

    def finish(self, moved: Iterable[tuple[str, str, str]] = ()) -> None:
        """End the index; `moved` are the relations of which a side is another body: node, "body" or "member", which."""
        self._db.execute("CREATE TEMP TABLE moved (node TEXT, side TEXT, body TEXT, PRIMARY KEY (node, side))")
        self._db.executemany("INSERT OR REPLACE INTO moved VALUES (?, ?, ?)", moved)
        for side in ("body", "member"):
            its = f"SELECT body FROM moved WHERE moved.node = relation.node AND moved.side = '{side}'"
            self._db.execute(
                f"UPDATE relation SET {side} = ({its}) WHERE node IN (SELECT node FROM moved WHERE side = '{side}')"
            )
        self._db.executescript(_INDICES)
        self._db.commit()
        self._db.close()


class RelationIndex:
    """Reads a relation index."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @cached_property
    def _db(self) -> sqlite3.Connection:
        db = sqlite3.connect(f"file:{self._path}?mode=ro", uri=True)
        db.execute(f"PRAGMA mmap_size = {_MAPPED}")
        return db

    def reopen(self) -> None:
        """Open the file anew, as a process must that was forked from one which had it open."""
        self.__dict__.pop("_db", None)
        self.__dict__.pop("_files", None)

    @cached_property
    def _files(self) -> dict[int, Iri | None]:
        rows = self._rows("SELECT id, graph FROM file", ())
        return {file: Iri(graph) if graph else None for file, graph in rows}

    def below(self, bodies: Collection[Iri], day: date) -> list[Related]:
        """Give what was a member of any of these bodies on a day."""
        return self._related("body", bodies, day)

    def above(self, members: Collection[Iri], day: date) -> list[Related]:
        """Give what any of these bodies was a member of on a day."""
        return self._related("member", members, day)

    def _related(self, side: str, bodies: Collection[Iri], day: date) -> list[Related]:
        rows = self._rows(
            f"SELECT r.node, r.body, r.member, r.role, r.since, r.until, r.observed, r.precision, r.file FROM json_each(?) j "
            f"JOIN relation r ON r.{side} = j.value WHERE r.since <= ? AND ? < r.until",
            (_names(bodies), day.toordinal(), day.toordinal()),
        )
        return self._read(rows)

    def groups(self, members: Collection[Iri], day: date, roles: Collection[str]) -> list[tuple[Iri, Iri]]:
        """Give what these bodies were in on a day by relations of some roles, each pair of member and group once and in order."""
        places = ", ".join("?" * len(roles))
        rows = self._rows(
            "SELECT DISTINCT r.member, r.body FROM json_each(?) j JOIN relation r ON r.member = j.value "
            f"WHERE r.since <= ? AND ? < r.until AND r.role IN ({places}) ORDER BY 1, 2",
            (_names(members), day.toordinal(), day.toordinal(), *roles),
        )
        known: dict[str, Iri] = {}
        return [
            (Iri(THINGS + member), known.get(body) or known.setdefault(body, Iri(THINGS + body)))
            for member, body in rows
        ]

    def changed(self, since: date, as_of: date) -> list[tuple[Related, bool]]:
        """Give the relations with days of their own that ended after a day and up to another, then those that began; True for these."""
        columns = "node, body, member, role, since, until, observed, precision, file"
        days = since.toordinal(), as_of.toordinal()
        ended, began = (
            self._read(
                self._rows(
                    f"SELECT {columns} FROM relation WHERE observed IS NULL AND {side} > ? AND {side} <= ? ORDER BY node",
                    days,
                )
            )
            for side in ("until", "since")
        )
        return [*((one, False) for one in ended), *((one, True) for one in began)]

    def spans(self, roles: Collection[str]) -> list[tuple[Iri, date, date]]:
        """Give from when to when any body was a member by relations of some roles: member, first day, first day without."""
        places = ", ".join("?" * len(roles))
        rows = self._rows(
            f"SELECT member, since, until FROM relation WHERE role IN ({places}) ORDER BY member, since", tuple(roles)
        )
        return [
            (Iri(THINGS + member), date.fromordinal(since), date.fromordinal(until)) for member, since, until in rows
        ]

    def listed(self, body: Iri, *, member: bool = False) -> list[Related]:
        """Give the relations of a body that lists show, of whatever day: its members, or with `member` what it is in."""
        return self._ever("member" if member else "body", body, "observed IS NOT NULL")

    def ever(self, member: Iri) -> list[Related]:
        """Give what a body was in with days of its own by the publisher's files, whenever."""
        return [one for one in self._ever("member", member, "observed IS NULL") if one.graph is not None]

    def _ever(self, side: str, body: Iri, which: str) -> list[Related]:
        rows = self._rows(
            f"SELECT node, body, member, role, since, until, observed, precision, file FROM relation WHERE {side} = ? AND {which}",
            (body.removeprefix(THINGS),),
        )
        return self._read(rows)

    def _read(self, rows: Iterable[tuple[Any, ...]]) -> list[Related]:
        files, day = self._files, date.fromordinal
        roles: dict[str, Iri] = {}  # a few, told thousands of times
        return [
            Related(
                Iri(f"{THINGS}membership/{node}"), Iri(THINGS + body), Iri(THINGS + member),
                roles.get(role) or roles.setdefault(role, Iri(f"{THINGS}role/{role}")),
                day(since), day(until), files[file], day(observed) if observed else None, precision,
            )
            for node, body, member, role, since, until, observed, precision, file in rows
        ]  # fmt: skip

    def of_role(self, kind: Iri, day: date | None = None) -> list[RoleHeld]:
        """Give the bodies that had a role of the publisher's on a day, or ever; empty for a kind that is none."""
        on = "" if day is None else f" AND since <= {day.toordinal()} AND {day.toordinal()} < until"
        rows = self._rows(
            f"SELECT node, body, since, until, file FROM held WHERE kind = ?{on}", (kind.rsplit("/", 1)[1],)
        )
        return [
            RoleHeld(
                Iri(f"{THINGS}classification/{node}"), Iri(f"{THINGS}body/{body}"), date.fromordinal(since), date.fromordinal(until),
                self._files[file] or Iri(),
            )
            for node, body, since, until, file in rows
        ]  # fmt: skip

    def _rows(self, statement: str, values: tuple[object, ...]) -> list[tuple[Any, ...]]:
        try:
            return self._db.execute(statement, values).fetchall()
        except sqlite3.DatabaseError as error:
            raise StoreError(
                f"The relation index {self._path} cannot be read ({error}). Make the graph anew with: kg ingest"
            ) from None


def _names(bodies: Iterable[Iri]) -> str:
    return json.dumps([body.removeprefix(THINGS) for body in bodies])
