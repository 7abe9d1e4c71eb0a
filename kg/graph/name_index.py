"""The name index: every name, acronym, alias and code, folded, in SQLite.

Exact matches after folding decide; the trigram search only ever suggests. The tables are made in `name_writer`.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Final, NamedTuple

from kg.errors import StoreError
from kg.graph.folding import fold, loosen, shorten
from kg.graph.likeness import is_code, likest, slips
from kg.graph.names import THINGS, Iri

#: The things that a part of a name, or the beginning of a code, may mean: each with the shortest such name, or its code.
_PARTS: Final = """
WITH held AS (SELECT text AS folded, iri FROM near WHERE near MATCH :held {within} ORDER BY rowid LIMIT {seen}),
coded AS (SELECT folded, iri FROM name WHERE how = 'code' AND folded >= :first AND folded < :last {within} ORDER BY folded LIMIT {seen}),
used AS (
  SELECT n.iri, n.folded, n.text, n.how, row_number() OVER (PARTITION BY n.iri ORDER BY n.how <> 'code', length(n.folded), n.text) AS place
  FROM (SELECT * FROM held UNION SELECT * FROM coded) h JOIN name n ON n.iri = h.iri AND +n.folded = h.folded WHERE n.how <> 'kind'
  AND (n.how <> 'code' OR substr(n.folded, 1, length(:first)) = :first)
)
SELECT t.iri, t.key, t.label, t.kind, t.start, t.stop, u.text, u.how,
  CASE WHEN max((SELECT count(*) FROM held), (SELECT count(*) FROM coded)) < {seen} THEN count(*) OVER () END
FROM used u JOIN thing t ON t.iri = u.iri
WHERE u.place = 1 ORDER BY u.how <> 'code', length(u.folded), u.folded, t.start, t.key LIMIT {limit}
"""

_LONGEST: Final = 200
#: So many bytes of the file are read where the system keeps them, without a copy.
_MAPPED: Final = 1 << 30
#: So many of one name are told apart at most: in a national graph, hundreds are called "dental surgery".
MOST: Final = 200
#: So many names that hold a text are looked at: in a national graph thousands hold "surgery", and to read them takes seconds.
SEEN: Final = 500
#: With so many names that hold a text, none that only come near it is looked for.
_ENOUGH: Final = 40
#: So many rows of shared letters are read at most for a near name, of few names and of many: ranking all would take a second.
_READ: Final = (12_000, 3_000)
#: More names than this are those of a national graph.
_FEW: Final = 100_000
#: A name that is less like a text than this is not near it.
_LEAST: Final = 0.5


class Named(NamedTuple):
    """A thing that a name may mean."""

    iri: Iri
    key: str
    label: str
    kind: str
    start: date
    stop: date
    matched: str
    how: str


class NameIndex:
    """Reads a name index."""

    def __init__(self, path: Path) -> None:
        if not path.is_file():
            raise StoreError(f"The name index {path} is missing. Build the graph again with: kg build")
        self._path = path
        self.reopen()

    def reopen(self) -> None:
        """Open the file anew, as a process must that was forked from one which had it open."""
        self._db = sqlite3.connect(f"file:{self._path}?mode=ro", uri=True)
        self._db.execute(f"PRAGMA mmap_size = {_MAPPED}")

    def close(self) -> None:
        """Let the file go."""
        self._db.close()

    def exact(self, text: str) -> list[Named]:
        """Give the things that are called exactly this, after folding: by key, then by name, then without the kind word."""
        text = _readable(text)
        for where, value in (
            ("t.key = ?", text.strip()),
            ("n.folded = ?", fold(text)),
            ("n.folded = ?", shorten(text)),
            ("n.loose = ?", fold(text)),
            ("n.loose = ?", loosen(text)),
        ):
            if found := self._named(f"WHERE {where} ORDER BY t.published, t.start, t.key, n.text LIMIT {MOST}", value):
                return found
        return []

    def called(self, text: str) -> int:
        """Count the things that are called exactly this, of which `exact` gives so many at most."""
        rows = self._rows("SELECT count(DISTINCT iri) FROM name WHERE folded = ?", (fold(_readable(text)),))
        return int(rows[0][0])

    def holding(self, text: str, limit: int = 12) -> list[Named]:
        """Give things with a name that holds this text or comes near it, best first: suggestions only.

        Near a code are only those that one slip makes of it: codes that look alike are of bodies that have nothing in common.
        """
        folded = fold(_readable(text))
        if not 0 < len(folded) < _LONGEST // 2:  # nothing, or longer than any name that it could come near
            return []
        if is_code(folded):
            return self._slipped(folded, limit)
        brief = len(folded) <= 5
        scored = likest(folded, self._near(folded), limit, -1.0 if brief else _LEAST - 1e-9)
        # What the publisher calls a role is offered where it comes nearer than anything of our own.
        least = max(0.6, scored[0][0]) if scored else 0.6
        scored = self._scored(folded, "role", "roles", above=least) + scored
        if not scored or scored[0][0] < _LEAST:
            # Nothing is near: of a word as short as an acronym the nearest acronyms may help; of a longer one nothing does.
            scored = self._scored(folded, "acronym")
        found: dict[str, Named] = {}
        for score, _, iri in scored:
            if len(found) == limit:
                break
            if (
                iri not in found
                and (score >= _LEAST or (brief and len(found) < 3))
                and (named := self._named("WHERE t.iri = ? LIMIT 1", iri))
            ):
                found[iri] = named[0]
        return list(found.values())

    def _slipped(self, folded: str, limit: int) -> list[Named]:
        """Give the things with a code or acronym that one slip makes of another, then those with a name that holds it.

        What goes on from the text comes first: a last character left out is what a code that was cut short lacks.
        """
        likely = slips(folded)
        places = {text: place for place, text in enumerate(likely)}
        rows = self._rows(
            "SELECT t.published, n.folded, t.iri FROM json_each(?) j JOIN name n ON n.folded = j.value JOIN thing t ON t.iri = n.iri",
            (json.dumps(likely),),
        )
        holding = self._rows("SELECT text, iri FROM near WHERE near MATCH ? LIMIT 400", (f'"{folded}"',))
        rows.sort(key=lambda row: (row[0], not row[1].startswith(folded), places[row[1]], row[2]))
        ranked = [iri for _, _, iri in rows]
        ranked += [iri for _, iri in sorted(holding, key=lambda row: (len(row[0]), *row))]
        return [self._named("WHERE t.iri = ? LIMIT 1", iri)[0] for iri in list(dict.fromkeys(ranked))[:limit]]

    def parts(self, text: str, limit: int, within: str = "") -> tuple[list[Named], int | None]:
        """Give things with a name that holds a text or a code that begins with it, and how many there are; codes first, then the shortest names.

        Of more than SEEN names, or as many codes, the rest is not looked at, and the number is None. `within` is what their
        addresses begin with. A text of less than three letters is looked for in codes alone.
        """
        folded = fold(_readable(text))
        if not folded:
            return [], 0
        values = {"held": f'"{folded}"', "first": folded, "last": f"{folded}\U0010ffff", "within": f"{THINGS}{within}*"}
        narrowed = "AND iri GLOB :within" if within else ""
        rows = self._rows(_PARTS.format(seen=SEEN + 1, limit=limit, within=narrowed), values)
        found = [
            Named(Iri(iri), key, label, kind, date.fromisoformat(start), date.fromisoformat(stop), name, how)
            for iri, key, label, kind, start, stop, name, how, _ in rows
        ]
        many: str | None = rows[0][-1] if rows else "0"
        return found, int(many) if many is not None else None

    @cached_property
    def _national(self) -> bool:
        return int(self._rows("SELECT max(rowid) FROM name")[0][0] or 0) > _FEW

    def _near(self, folded: str) -> list[tuple[str, ...]]:
        """Give names that hold a folded text, and unless there are many, names that share its rarer runs of three letters."""
        grams = {folded[i : i + 3] for i in range(len(folded) - 2)}
        if not grams:
            return []
        holding = self._rows("SELECT text, iri FROM near WHERE near MATCH ? LIMIT 400", (f'"{folded}"',))
        if len(holding) >= _ENOUGH:
            return holding
        places = ", ".join("?" * len(grams))
        counted = self._rows(
            f"SELECT term, doc FROM gram WHERE term IN ({places}) ORDER BY doc, term", tuple(sorted(grams))
        )
        rare, rows = list[str](), 0
        for gram, count in counted:
            rows += int(count)
            if rare and rows > _READ[self._national]:
                break
            rare.append(f'"{gram}"')
        if not rare:
            return holding
        near = self._rows("SELECT text, iri FROM near WHERE near MATCH ? ORDER BY rank LIMIT 400", (" OR ".join(rare),))
        return list(dict.fromkeys([*holding, *near]))

    def _scored(self, folded: str, *how: str, above: float = -1.0) -> list[tuple[float, str, str]]:
        """Give every name that is used in one of these ways, acronyms or roles, and likes a text more than that; the likest first."""
        places = ", ".join("?" * len(how))
        few = "how IN ('acronym', 'role', 'roles')"  # in the words of the index, which is then used
        rows = self._rows(f"SELECT folded, iri FROM name WHERE {few} AND how IN ({places})", how)
        return likest(folded, rows, len(rows), above)

    def published(self, iris: Iterable[Iri]) -> dict[Iri, Named]:
        """Give those of these organisations that only a publisher records, `matched` being the code of each."""
        rows = self._rows(
            "SELECT t.iri, t.key, t.label, t.kind, t.start, t.stop, n.text, n.how FROM json_each(?) j JOIN thing t ON t.iri = j.value "
            "JOIN name n ON n.iri = t.iri AND n.how = 'code' WHERE t.published",
            (json.dumps(list(iris)),),
        )
        return {
            Iri(iri): Named(Iri(iri), key, label, kind, date.fromisoformat(start), date.fromisoformat(stop), text, how)
            for iri, key, label, kind, start, stop, text, how in rows
        }

    def lives(self, since: date, until: date) -> list[tuple[str, int, int]]:
        """Count the organisations that only a publisher records which began, and which ended, after a day and up to another, by kind."""
        began, ended = "sum(start > :since AND start <= :until)", "sum(stop > :since AND stop <= :until)"
        rows = self._rows(
            f"SELECT kind, {began}, {ended} FROM thing WHERE published GROUP BY kind HAVING {began} + {ended} > 0 ORDER BY {began} + {ended} DESC, kind",
            {"since": f"{since}", "until": f"{until}"},
        )
        return [(kind, int(first), int(last)) for kind, first, last in rows]

    def by_iri(self, iri: str) -> Named | None:
        """Give the thing at an address, None when the graph holds no such kind or body."""
        return next(iter(self._named("WHERE t.iri = ? LIMIT 1", iri)), None)

    def _rows(self, statement: str, values: tuple[str, ...] | Mapping[str, str] = ()) -> list[tuple[str, ...]]:
        try:
            return self._db.execute(statement, values).fetchall()
        except sqlite3.DatabaseError as error:
            raise StoreError(
                f"The name index {self._path} cannot be read ({error}). Build the graph again with: kg build"
            ) from None

    def _named(self, where: str, value: str) -> list[Named]:
        rows = self._rows(
            f"SELECT t.iri, t.key, t.label, t.kind, t.start, t.stop, n.text, n.how, t.published FROM thing t JOIN name n ON n.iri = t.iri {where}",
            (value,),
        )
        found: dict[str, Named] = {}
        for iri, key, label, kind, start, stop, text, how, published in rows:
            if published and rows[0][-1] != published:
                break  # what is curated has the name
            found.setdefault(
                iri, Named(Iri(iri), key, label, kind, date.fromisoformat(start), date.fromisoformat(stop), text, how)
            )
        return list(found.values())


def _readable(text: str) -> str:
    """Give a text that can be looked up: no longer than any name, and without halves of characters."""
    return text[:_LONGEST].encode("utf-8", "replace").decode("utf-8")
