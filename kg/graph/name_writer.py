"""How a name index is made: the names of a graph, and those that only a publisher records, folded."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Final, NamedTuple

from kg.graph import folding
from kg.graph.folding import fold, loosen, loosened, shorten
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


class Entry(NamedTuple):
    """An organisation of the publisher's with one name; `former` when the name is one that it had before."""

    key: str
    label: str
    kind: str
    start: date
    until: date
    code: str
    former: bool = False


def source() -> str:
    """Give the text of what makes an index: one that was kept is of use as long as it is made the same way."""
    return "".join(Path(module).read_text(encoding="utf-8") for module in (__file__, folding.__file__))


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
                things.append(
                    (iri, entry.key, entry.label, entry.kind, entry.start.isoformat(), entry.until.isoformat())
                )
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


def _batches(entries: Iterable[Entry], size: int) -> Iterator[list[Entry]]:
    each = iter(entries)
    while batch := list(islice(each, size)):
        yield batch


def _folded(rows: Iterable[Row]) -> list[tuple[str, str, str, str, str]]:
    """Give each name once, in order: folded, folded without its kind, as it is, how it is used, of what."""
    names = sorted({(row["name"], row["how"], row["thing"]) for row in rows})
    return [(fold(text), loosen(text), text, how, iri) for text, how, iri in names]
