"""The name index: every name, acronym, alias and code, folded, in SQLite.

Exact matches after folding decide; the trigram search only ever suggests.
"""

from __future__ import annotations

import json
import re
import sqlite3
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from functools import cached_property, lru_cache
from heapq import nlargest
from itertools import islice
from pathlib import Path
from typing import Final, NamedTuple

from kg.errors import StoreError
from kg.graph.names import THINGS, Iri
from kg.graph.store import Row, Store

#: Every name of every thing. A partnership is also called by its area and the acronym of each kind it was.
_NAMES: Final = """
PREFIX nis: <https://w3id.org/nhs-integration/ontology#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX org: <http://www.w3.org/ns/org#>
SELECT DISTINCT ?thing ?name ?how WHERE {
  { ?thing a nis:Kind ; skos:prefLabel ?name BIND("name" AS ?how) }
  UNION { ?thing a org:Organization ; skos:prefLabel ?name BIND("name" AS ?how) }
  UNION { ?thing a nis:Kind ; nis:pluralLabel ?name BIND("plural" AS ?how) }
  UNION { ?thing a nis:Kind ; nis:acronym ?name BIND("acronym" AS ?how) }
  UNION { ?thing a nis:Kind ; nis:acronym ?a ; nis:qualifier ?q BIND(CONCAT(?a, " ", ?q) AS ?name) BIND("qualified" AS ?how) }
  UNION { ?naming a nis:Naming ; nis:about ?thing ; nis:text ?name ; nis:nameType ?how }
  UNION { ?c a nis:Classification ; nis:about ?thing ; nis:asKind/nis:acronym ?acronym .
          ?thing a org:OrganizationalCollaboration ; skos:prefLabel ?label
          BIND(CONCAT(?label, " ", ?acronym) AS ?name) BIND("kind" AS ?how) }
  UNION { ?c a nis:Classification ; nis:about ?thing ; nis:asKind/nis:acronym ?acronym .
          ?thing a org:OrganizationalCollaboration .
          ?naming a nis:Naming ; nis:about ?thing ; nis:text ?label
          BIND(CONCAT(?label, " ", ?acronym) AS ?name) BIND("kind" AS ?how) }
  UNION { ?assignment a nis:CodeAssignment ; nis:about ?thing ; skos:notation ?name BIND("code" AS ?how) }
}
"""
#: The names of the publisher's roles that are no kind of ours under another key.
_ROLES: Final = """
PREFIX nis: <https://w3id.org/nhs-integration/ontology#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
SELECT DISTINCT ?thing ?name ?how WHERE {
  ?thing a nis:PublisherRole FILTER NOT EXISTS { ?thing skos:exactMatch ?kind }
  { ?thing skos:prefLabel ?name BIND("role" AS ?how) }
  UNION { ?thing nis:pluralLabel ?name BIND("roles" AS ?how) }
  UNION { ?thing skos:notation ?name BIND("role code" AS ?how) }
}
"""
_THINGS: Final = """
PREFIX nis: <https://w3id.org/nhs-integration/ontology#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX org: <http://www.w3.org/ns/org#>
SELECT ?thing ?label ?kind ?start ?end WHERE {
  { ?thing a nis:Kind BIND("kind of structure" AS ?kind) }
  UNION { ?thing a nis:PublisherRole FILTER NOT EXISTS { ?thing skos:exactMatch ?same } BIND("kind of structure" AS ?kind) }
  UNION { ?thing a org:Organization OPTIONAL { ?thing nis:latestKind/skos:prefLabel ?kind } }
  ?thing skos:prefLabel ?label ; nis:startsOn ?start ; nis:endsBefore ?end .
} ORDER BY ?thing ?kind
"""
_SCHEMA: Final = """
CREATE TABLE thing (iri TEXT PRIMARY KEY, key TEXT NOT NULL, label TEXT NOT NULL, kind TEXT, start TEXT, stop TEXT, published INTEGER NOT NULL DEFAULT 0);
CREATE TABLE name (folded TEXT NOT NULL, loose TEXT NOT NULL, text TEXT NOT NULL, how TEXT NOT NULL, iri TEXT NOT NULL);
CREATE INDEX by_key ON thing (key);
CREATE INDEX by_folded ON name (folded);
CREATE INDEX by_loose ON name (loose);
CREATE INDEX by_iri ON name (iri);
CREATE INDEX by_use ON name (how) WHERE how IN ('acronym', 'role', 'roles');
CREATE VIRTUAL TABLE near USING fts5 (text, iri UNINDEXED, tokenize = 'trigram');
CREATE VIRTUAL TABLE gram USING fts5vocab (near, 'row');
"""

_LONGEST: Final = 200
#: So many bytes of the file are read where the system keeps them, without a copy.
_MAPPED: Final = 1 << 30
#: So many of one name are told apart at most: in a national graph, hundreds are called "dental surgery".
MOST: Final = 200
#: With so many names that hold a text, none that only come near it is looked for.
_ENOUGH: Final = 40
#: So many rows of shared letters are read at most for a near name, of few names and of many: ranking all would take a second.
_READ: Final = (12_000, 3_000)
#: More names than this are those of a national graph.
_FEW: Final = 100_000
#: A name that is less like a text than this is not near it.
_LEAST: Final = 0.5
_SPELT_OUT: Final = (
    ("integrated care board", "icb"), ("integrated care system", "ics"), ("clinical commissioning group", "ccg"),
    ("primary care trust", "pct"), ("accountable care system", "acs"),
    ("sustainability and transformation partnership", "stp"), ("sustainability and transformation plan", "stp"),
    ("nhs foundation trust", "trust"), ("nhs trust", "trust"),
)  # fmt: skip
_AFFIXES: Final = frozenset(("ccg", "icb", "ics", "stp", "pct", "acs"))


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


class Entry(NamedTuple):
    """An organisation of the publisher's with one name; `former` when the name is one that it had before."""

    key: str
    label: str
    kind: str
    start: date
    until: date
    code: str
    former: bool = False


@lru_cache(maxsize=1 << 15)
def fold(text: str) -> str:
    """Fold case, accents, punctuation, "&", a leading "the" and "NHS" out of a name."""
    plain = unicodedata.normalize("NFKD", text).casefold().replace("&", " and ")
    words = re.sub(r"[^\w\s]|_", " ", re.sub(r"[\u0300-\u036f'\u2019]", "", plain)).split()
    while len(words) > 1 and words[0] in ("the", "nhs"):
        words = words[1:]
    return " ".join(words)


def shorten(text: str) -> str:
    """Fold a name, its kind at the end as an acronym: "NHS Frimley Integrated Care Board" is "frimley icb"."""
    return _shortened(fold(text))


def _shortened(words: str) -> str:
    for long, short in _SPELT_OUT:
        if words.endswith(" " + long):
            return f"{words.removesuffix(long)}{short}"
    return words


def loosen(text: str) -> str:
    """Fold a name and take off the word for its kind at the end: "Frimley ICB" is "frimley"."""
    return loosened(fold(text))


def loosened(folded: str) -> str:
    """Loosen a name that is folded already."""
    parts = _shortened(folded).split()
    if len(parts) > 1 and parts[-1] in _AFFIXES:
        parts = parts[:-1]
    return " ".join(parts)


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

    @staticmethod
    def source() -> str:
        """Give the text of this module: an index that was kept is of use as long as it is made and read the same way."""
        return Path(__file__).read_text(encoding="utf-8")

    @staticmethod
    def write(path: Path, store: Store) -> int:
        """Write the index of a store to a new file; give the number of names."""
        db = sqlite3.connect(path)
        db.executescript(_SCHEMA)
        seen: set[Iri] = set()
        for row in store.select(_THINGS):
            if row["thing"] not in seen:
                seen.add(row["thing"])
                key = row["thing"].rsplit("/", 1)[1]
                db.execute(
                    "INSERT INTO thing VALUES (?, ?, ?, ?, ?, ?, 0)",
                    (row["thing"], key, row["label"], row["kind"] or "", f"{row['start']}", f"{row['end']}"),
                )
        folded = _folded(store.select(_NAMES))
        taken = {name for row in folded for name in row[:2]}
        # What the publisher calls a role is a name of the role alone, unless something of our own is called that.
        roles = [row for row in _folded(store.select(_ROLES)) if row[0] not in taken and shorten(row[2]) not in taken]
        names = [*folded, *roles]
        db.executemany("INSERT INTO name VALUES (?, ?, ?, ?, ?)", names)
        db.executemany("INSERT INTO near VALUES (?, ?)", sorted({(row[0], row[4]) for row in folded}))
        db.commit()
        db.execute("VACUUM")
        db.close()
        return len(names)

    @staticmethod
    def extend(path: Path, entries: Iterable[Entry]) -> int:
        """Add organisations that only a publisher records; give the number of names added.

        A name that a curated thing has is not taken from it: `exact` gives what is curated before what is published.
        """
        db = sqlite3.connect(path)
        db.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -65536")
        indices = db.execute("SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL").fetchall()
        for index, _ in indices:  # sorted once when all is there, which takes a third of the time
            db.execute(f"DROP INDEX {index}")
        base, added = f"{THINGS}body/", 0
        for batch in _batches(entries, 20_000):
            things, names, near = [], [], []
            for entry in batch:
                iri, folded = base + entry.key, fold(entry.label)
                if not entry.former:
                    things.append((iri, entry.key, entry.label, entry.kind, f"{entry.start}", f"{entry.until}"))
                    names.append((entry.code.lower(), entry.code.lower(), entry.code, "code", iri))
                if folded != entry.code.lower():
                    names.append((folded, loosened(folded), entry.label, "former" if entry.former else "name", iri))
                    near.append((folded, iri))
            db.executemany("INSERT INTO thing VALUES (?, ?, ?, ?, ?, ?, 1)", things)
            db.executemany("INSERT INTO name VALUES (?, ?, ?, ?, ?)", names)
            db.executemany("INSERT INTO near VALUES (?, ?)", near)
            added += len(names)
        for _, made in indices:
            db.execute(made)
        db.commit()
        db.close()
        return added

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
        """Give things with a name that holds this text or comes near it, best first: suggestions only."""
        folded = fold(_readable(text))
        if not 0 < len(folded) < _LONGEST // 2:  # nothing, or longer than any name that it could come near
            return []
        brief = len(folded) <= 5
        scored = _likest(folded, self._near(folded), limit, -1.0 if brief else _LEAST - 1e-9)
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
        return _likest(folded, rows, len(rows), above)

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


def _batches(entries: Iterable[Entry], size: int) -> Iterator[list[Entry]]:
    each = iter(entries)
    while batch := list(islice(each, size)):
        yield batch


def _folded(rows: Iterable[Row]) -> list[tuple[str, str, str, str, str]]:
    """Give each name once, in order: folded, folded without its kind, as it is, how it is used, of what."""
    names = sorted({(row["name"], row["how"], row["thing"]) for row in rows})
    return [(fold(text), loosen(text), text, how, iri) for text, how, iri in names]


def _readable(text: str) -> str:
    """Give a text that can be looked up: no longer than any name, and without halves of characters."""
    return text[:_LONGEST].encode("utf-8", "replace").decode("utf-8")


def _likest(
    folded: str, rows: Iterable[tuple[str, ...]], limit: int, above: float = -1.0
) -> list[tuple[float, str, str]]:
    """Give the names that are likest, the likest first, until as many things as are wanted have one.

    How alike two names can be at most follows from their letters, which is told in a hundredth of the time: names that
    cannot come among the first, or above what is asked, are not compared.
    """
    letters = [(letter, folded.count(letter)) for letter in set(folded)]

    def most(name: str) -> float:
        if len(folded) > 2 and folded in name:
            return 2.0  # the likest of all
        shared = 0
        for letter, count in letters:
            held = name.count(letter)
            shared += min(held, count)
        return 2 * shared / (len(folded) + len(name))

    scored = list[tuple[float, str, str]]()
    best: dict[str, float] = {}
    least = -1.0
    for bound, name, iri in sorted(((most(name), name, iri) for name, iri in rows), key=lambda row: -row[0]):
        if bound <= above or bound < least:
            break
        score = _likeness(folded, name)
        if score <= above:
            continue
        scored.append((score, name, iri))
        if score > best.get(iri, -1.0):
            best[iri] = score
            if len(best) >= limit:
                least = nlargest(limit, best.values())[-1]
    return sorted(scored, key=lambda row: (-row[0], row[1], row[2]))


def _likeness(one: str, other: str) -> float:
    """Say how alike two folded names are, 0 to 1; a name that holds the whole text counts as near."""
    if len(one) > 2 and one in other:
        ratio = 2 * len(one) / (len(one) + len(other))
        return max(ratio, 0.6 + ratio / 3)
    from difflib import SequenceMatcher  # slow to import, needed for suggestions only

    return SequenceMatcher(None, one, other).ratio()
