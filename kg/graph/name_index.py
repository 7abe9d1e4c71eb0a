"""The name index: every name, acronym, alias and code, folded, in SQLite.

Exact matches after folding decide; the trigram search only ever suggests.
"""

from __future__ import annotations

import re
import sqlite3
import unicodedata
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Final, NamedTuple

from kg.errors import StoreError
from kg.graph.names import Iri
from kg.graph.store import Store

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
_THINGS: Final = """
PREFIX nis: <https://w3id.org/nhs-integration/ontology#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX org: <http://www.w3.org/ns/org#>
SELECT ?thing ?label ?kind ?start ?end WHERE {
  { ?thing a nis:Kind BIND("kind of structure" AS ?kind) }
  UNION { ?thing a org:Organization OPTIONAL { ?thing nis:latestKind/skos:prefLabel ?kind } }
  ?thing skos:prefLabel ?label ; nis:startsOn ?start ; nis:endsBefore ?end .
} ORDER BY ?thing ?kind
"""
_SCHEMA: Final = """
CREATE TABLE thing (iri TEXT PRIMARY KEY, key TEXT NOT NULL, label TEXT NOT NULL, kind TEXT, start TEXT, stop TEXT);
CREATE TABLE name (folded TEXT NOT NULL, loose TEXT NOT NULL, text TEXT NOT NULL, how TEXT NOT NULL, iri TEXT NOT NULL);
CREATE INDEX by_key ON thing (key);
CREATE INDEX by_folded ON name (folded);
CREATE INDEX by_loose ON name (loose);
CREATE INDEX by_iri ON name (iri);
CREATE VIRTUAL TABLE near USING fts5 (text, iri UNINDEXED, tokenize = 'trigram');
"""

_LONGEST: Final = 200
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
    words = fold(text)
    for long, short in _SPELT_OUT:
        if words.endswith(" " + long):
            return f"{words.removesuffix(long)}{short}"
    return words


def loosen(text: str) -> str:
    """Fold a name and take off the word for its kind at the end: "Frimley ICB" is "frimley"."""
    parts = shorten(text).split()
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
                    "INSERT INTO thing VALUES (?, ?, ?, ?, ?, ?)",
                    (row["thing"], key, row["label"], row["kind"] or "", f"{row['start']}", f"{row['end']}"),
                )
        names = sorted({(row["name"], row["how"], row["thing"]) for row in store.select(_NAMES)})
        folded = [(fold(text), loosen(text), text, how, iri) for text, how, iri in names]
        db.executemany("INSERT INTO name VALUES (?, ?, ?, ?, ?)", folded)
        db.executemany("INSERT INTO near VALUES (?, ?)", sorted({(row[0], row[4]) for row in folded}))
        db.commit()
        db.execute("VACUUM")
        db.close()
        return len(names)

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
            if found := self._named(f"WHERE {where} ORDER BY t.start, t.key, n.text", value):
                return found
        return []

    def holding(self, text: str, limit: int = 12) -> list[Named]:
        """Give things with a name that holds this text or comes near it, best first: suggestions only."""
        folded = fold(_readable(text))
        if not 0 < len(folded) < _LONGEST // 2:  # nothing, or longer than any name that it could come near
            return []
        grams = sorted({folded[i : i + 3] for i in range(len(folded) - 2)})
        rows: list[tuple[str, ...]] = []
        if grams:
            match = " OR ".join('"' + gram.replace('"', "") + '"' for gram in grams)
            rows = self._rows("SELECT text, iri FROM near WHERE near MATCH ? ORDER BY rank LIMIT 400", (match,))
        scored = sorted(
            ((_likeness(folded, name), name, iri) for name, iri in rows), key=lambda row: (-row[0], row[1], row[2])
        )
        brief = len(folded) <= 5
        if not scored or scored[0][0] < 0.5:
            # Nothing is near: of a word as short as an acronym the nearest acronyms may help; of a longer one nothing does.
            scored = [
                (_likeness(folded, name), name, iri)
                for name, iri in self._rows("SELECT folded, iri FROM name WHERE how = 'acronym' ORDER BY 1, 2")
            ]
            scored.sort(key=lambda row: (-row[0], row[1], row[2]))
        found: dict[str, Named] = {}
        for score, _, iri in scored:
            if (
                iri not in found
                and (score >= 0.5 or (brief and len(found) < 3))
                and (named := self._named("WHERE t.iri = ? LIMIT 1", iri))
            ):
                found[iri] = named[0]
        return list(found.values())[:limit]

    def by_iri(self, iri: str) -> Named | None:
        """Give the thing at an address, None when the graph holds no such kind or body."""
        return next(iter(self._named("WHERE t.iri = ? LIMIT 1", iri)), None)

    def _rows(self, statement: str, values: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
        try:
            return self._db.execute(statement, values).fetchall()
        except sqlite3.DatabaseError as error:
            raise StoreError(
                f"The name index {self._path} cannot be read ({error}). Build the graph again with: kg build"
            ) from None

    def _named(self, where: str, value: str) -> list[Named]:
        rows = self._rows(
            f"SELECT t.iri, t.key, t.label, t.kind, t.start, t.stop, n.text, n.how FROM thing t JOIN name n ON n.iri = t.iri {where}",
            (value,),
        )
        found: dict[str, Named] = {}
        for iri, key, label, kind, start, stop, text, how in rows:
            found.setdefault(
                iri, Named(Iri(iri), key, label, kind, date.fromisoformat(start), date.fromisoformat(stop), text, how)
            )
        return list(found.values())


def _readable(text: str) -> str:
    """Give a text that can be looked up: no longer than any name, and without halves of characters."""
    return text[:_LONGEST].encode("utf-8", "replace").decode("utf-8")


def _likeness(one: str, other: str) -> float:
    """Say how alike two folded names are, 0 to 1; a name that holds the whole text counts as near."""
    from difflib import SequenceMatcher  # slow to import, needed for suggestions only

    ratio = SequenceMatcher(None, one, other).ratio()
    return max(ratio, 0.6 + ratio / 3) if len(one) > 2 and one in other else ratio
