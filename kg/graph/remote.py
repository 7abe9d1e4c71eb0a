"""A graph in an engine elsewhere, asked by the SPARQL 1.1 Protocol: the same rows as from the embedded one."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import pyoxigraph as ox

from kg import RELEASE
from kg.errors import StoreError, UsageError
from kg.graph import name_writer
from kg.graph.binding import in_order, is_plain, put, put_many
from kg.graph.endpoint import Endpoint
from kg.graph.name_index import NameIndex
from kg.graph.name_writer import Entry
from kg.graph.names import GRAPHS, THINGS, Iri, key_of
from kg.graph.release import Release
from kg.graph.store import Results, Row, Solved, found_in, in_order_of_name
from kg.graph.terms import Value, native

#: How many nodes are read together with one, when rows have named them together.
_TOGETHER: Final = 120
_OURS: Final = tuple(GRAPHS.values())


#: What organisations of the publisher's are called, and how they are read from a graph: by the first character of the code,
#: where there are many.
_BEGIN: Final = "ods-"
_INITIALS: Final = "0123456789abcdefghijklmnopqrstuvwxyz"
_MANY: Final = 50_000
_KINDS: Final = """
PREFIX nis: <https://w3id.org/nhs-integration/ontology#> PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
SELECT DISTINCT ?kind ?label WHERE { { ?kind a nis:Kind } UNION { ?kind a nis:PublisherRole } ?kind skos:prefLabel ?label }
"""
_COUNTED: Final = """
PREFIX org: <http://www.w3.org/ns/org#>
SELECT (COUNT(*) AS ?n) WHERE { GRAPH ?graph { ?thing a org:Organization } }
"""
_ORGANISATIONS: Final = """
PREFIX nis: <https://w3id.org/nhs-integration/ontology#> PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX org: <http://www.w3.org/ns/org#>
SELECT ?thing ?label ?kind ?start ?end ?code WHERE { GRAPH ?graph {
  ?thing a org:Organization ; skos:prefLabel ?label ; nis:startsOn ?start ; nis:endsBefore ?end ; skos:notation ?code
  FILTER(STRSTARTS(STR(?thing), ?within))
  OPTIONAL { ?thing nis:latestKind ?kind }
} }
"""
_FORMER: Final = """
PREFIX nis: <https://w3id.org/nhs-integration/ontology#>
SELECT ?thing ?text WHERE { GRAPH ?graph {
  ?naming a nis:Naming ; nis:about ?thing ; nis:text ?text FILTER(STRSTARTS(STR(?thing), ?within))
} }
"""


def _placed(query: str, graph: str, within: str) -> str:
    """Ask within one named graph, of things whose address begins in one way; both are our own, and not a reader's."""
    return query.replace("?graph", graph).replace("?within", within)


class RemoteStore:
    """An engine behind an address, asked about the graphs of kg in it; others beside them do not mix in."""

    def __init__(self, url: str, only: Sequence[str] | None = None) -> None:
        self._endpoint, self._only = Endpoint(url), only
        self._stated: dict[str, list[tuple[Iri, Value]]] = {}
        self._answered: dict[tuple[str, Iri], tuple[list[str], list[Row]]] = {}
        self._beside: dict[str, list[Iri]] = {}

    def __repr__(self) -> str:
        return f"<RemoteStore {self.url}>"

    @property
    def url(self) -> str:
        return self._endpoint.url

    @cached_property
    def _graphs(self) -> Sequence[str]:
        """The named graphs that are asked: `only` some, or those of the release, which may hold files of the publisher."""
        return self._only or (*_OURS, *(name for name in self.held.parts if name not in _OURS))

    @cached_property
    def held(self) -> Release:
        """The release in the engine.

        Raises:
            StoreError: it cannot be asked, or holds no graph of kg, half a one, or one of another release.
        """
        held = self._endpoint.release()
        if held is None:
            raise StoreError(
                f"{self.url} answers, and holds no graph of kg. Load it with kg push and the address of its graph store."
            )
        if not held.finished:
            raise StoreError(
                f"{self.url} holds a graph that is not whole: a push goes on, or was broken off. Run kg push again."
            )
        if held.release != RELEASE:
            raise StoreError(
                f"{self.url} holds release {held.release}, and this is kg {RELEASE}, whose queries may not fit it. Install "
                "that release of kg, or load this one with kg push."
            )
        return held

    def select(self, query: str, **bindings: Value) -> list[Row]:
        _, rows = self.query(query, **bindings)
        if not isinstance(rows, list):
            raise UsageError("This query answers yes or no; use an ASK face for it.")
        return [row for row in rows if isinstance(row, dict)]

    def statements(self, iri: Iri) -> list[tuple[Iri, Value]]:
        if iri not in self._stated:
            # A request costs the same for one node as for a hundred, and what rows have named together is asked together.
            self._read_statements([iri, *(near for near in self._near(iri) if near not in self._stated)])
        return list(self._stated[iri])

    def query(self, query: str, **bindings: Value) -> tuple[list[str], Results]:
        if len(bindings) == 1 and is_plain(query):
            (name, value), *_ = bindings.items()
            if isinstance(value, Iri):
                return self._of_many(query, name, value)
        return self._of_one(query, **bindings)

    def _of_many(self, query: str, name: str, value: Iri) -> tuple[list[str], Results]:
        """Answer for one node, and in the same request for those that rows have named with it."""
        if (query, value) not in self._answered:
            asked = [value, *(near for near in self._near(value) if (query, near) not in self._answered)]
            if len(asked) == 1:
                return self._of_one(query, **{name: value})
            made = put_many(query, name, asked)
            names, rows = self._found(made.text)
            columns = [column for column in names if column != name]
            found: dict[Iri, list[Row]] = {node: [] for node in asked}
            for row in in_order(rows, made.order):
                found[row[name]].append({column: row[column] for column in columns})
            for node, held in found.items():
                self._answered[query, node] = columns, held
        columns, held = self._answered[query, value]
        return columns, [dict(row) for row in held]

    def _found(self, text: str) -> tuple[list[str], list[Row]]:
        try:
            names, told = found_in(self._endpoint.solutions(text, self._graphs), {})
        except (SyntaxError, ValueError) as error:  # results are read as they are gone through
            raise self._endpoint.broken(error) from None
        return names, [row for row in told if isinstance(row, dict)] if isinstance(told, list) else []

    def _of_one(self, query: str, **bindings: Value) -> tuple[list[str], Results]:
        asked = put(query, bindings)
        if asked.form in ("CONSTRUCT", "DESCRIBE"):
            triples = self._endpoint.triples(asked.text, self._graphs)
            return [], sorted((native(t.subject), Iri(t.predicate.value), native(t.object)) for t in triples)
        found = self._endpoint.solutions(asked.text, self._graphs)
        try:
            names, told = found_in(found, bindings)
        except (SyntaxError, ValueError) as error:  # results are read as they are gone through
            raise self._endpoint.broken(error) from None
        if not isinstance(told, list):
            return names, told
        rows = in_order([row for row in told if isinstance(row, dict)], asked.order)
        # Virtuoso 7.2.5 cuts results off at ResultSetMaxRows, 10,000 by default, and at 2 to the 20th, without a word.
        if rows and asked.counted and (len(rows) % 1000 == 0 or len(rows) == 1 << 20):
            self._refuse_part(len(rows), asked.counted)
        self._note(rows)
        return names, rows

    def solved(
        self, query: str, default: Sequence[str] | None = None, named: Sequence[str] | None = None
    ) -> Solved:  # fmt: skip
        asked, graphs = put(query, {}), default if default is not None else self._graphs
        if asked.form not in ("CONSTRUCT", "DESCRIBE"):
            found: Solved = self._endpoint.solutions(query, graphs, named)
            return found
        held = ox.Store()
        held.extend(ox.Quad(t.subject, t.predicate, t.object) for t in self._endpoint.triples(query, graphs, named))
        made: Solved = held.query("CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }")
        return made

    def n_quads(self) -> bytes:
        """Fetch the whole graph as sorted N-Quads, the very bytes that were pushed.

        Raises:
            StoreError: what the engine holds is not what its release says, or is more than it sends at once, as with kg serve.
        """
        parts = self.held.parts
        try:
            lines = [f"{triple} <{graph}> .\n" for graph in parts for triple in self._endpoint.graph(graph)]
        except StoreError as error:
            raise StoreError(f"The whole graph cannot be fetched by queries. {error}") from None
        data = "".join(sorted(lines)).encode()
        # With the publisher's files the release is known by what it was made from, and not by its N-Quads.
        right = (
            len(lines) == self.held.triples if self.held.files else hashlib.sha256(data).hexdigest() == self.held.sha256
        )
        if not right:
            raise StoreError(
                f"The graph in {self.url} is not the one that was pushed: {len(lines):,} statements of "
                f"{self.held.triples:,}, or others. Run kg push again."
            )
        return data

    def names(self, cache: Path) -> NameIndex:
        """Give the name index of the graph, made from the engine once and kept in a folder under the graph's hash."""
        made_by = hashlib.sha256(name_writer.source().encode()).hexdigest()[:8]
        path = cache / f"names-{self.held.sha256[:16]}-{made_by}.sqlite"
        if not path.is_file():
            import tempfile

            try:
                cache.mkdir(parents=True, exist_ok=True)
                with tempfile.TemporaryDirectory(prefix=".names-", dir=cache) as folder:
                    name_writer.write(Path(folder) / path.name, RemoteStore(self.url, _OURS))
                    if self.held.files:
                        name_writer.extend(Path(folder) / path.name, self._published())
                    (Path(folder) / path.name).replace(path)
            except OSError as error:
                raise StoreError(
                    f"The name index cannot be kept in {cache} ({error.strerror}). Set KG_CACHE to a folder that can be written."
                ) from None
        return NameIndex(path)

    def _published(self) -> Iterator[Entry]:
        """Give every organisation of the publisher's with its names, some thousands of them read at a time."""
        kinds = {row["kind"]: row["label"] for row in self.select(_KINDS)}
        lives: dict[str, tuple[date, date]] = {}
        for graph in self._graphs:
            if graph in _OURS:
                continue
            counted = self.select(_COUNTED.replace("?graph", f"<{graph}>"))[0]["n"]
            for initial in _INITIALS if int(counted) > _MANY else ("",):
                within = f"<{graph}>", f'"{THINGS}body/{_BEGIN}{initial}"'
                for row in self.select(_placed(_ORGANISATIONS, *within)):
                    key, start, end = key_of(row["thing"]), row["start"], row["end"]
                    if key not in lives:
                        lives[key] = start, end
                        yield Entry(key, row["label"], kinds.get(row["kind"], ""), start, end, row["code"])
        for graph in self._graphs:
            if graph not in _OURS:
                for row in self.select(_placed(_FORMER, f"<{graph}>", f'"{THINGS}body/{_BEGIN}"')):
                    if (key := key_of(row["thing"])) in lives:
                        yield Entry(key, row["text"], "", *lives[key], "", former=True)

    def _near(self, iri: Iri) -> list[Iri]:
        """Give the nodes that rows have named together with one, itself left out."""
        return [near for near in self._beside.get(iri, ()) if near != iri][:_TOGETHER]

    def _read_statements(self, nodes: list[Iri]) -> None:
        listed = " ".join(str(ox.NamedNode(node)) for node in nodes)
        text = f"SELECT DISTINCT ?s ?p ?o WHERE {{ VALUES ?s {{ {listed} }} ?s ?p ?o }}"
        stated: dict[str, set[tuple[Iri, Any]]] = {node: set() for node in nodes}
        for row in self._endpoint.rows(text, self._graphs):
            stated[row["s"]].add((row["p"], row["o"]))
        for node, said in stated.items():
            self._stated[node] = in_order_of_name(said)

    def _note(self, rows: list[Row]) -> None:
        """Remember which nodes stood in one column: an answer that names one of them will name the others."""
        if 1 < len(rows) <= 5000:
            for name in rows[0]:
                column = list(dict.fromkeys(row[name] for row in rows if isinstance(row[name], Iri)))
                for place, iri in enumerate(column):
                    if iri not in self._stated:
                        self._beside[iri] = column[place : place + _TOGETHER]

    def _refuse_part(self, rows: int, counted: str) -> None:
        told = self._endpoint.rows(counted, self._graphs)
        whole = int(told[0]["kg_rows"]) if told else rows
        if whole != rows:
            raise StoreError(
                f"{self.url} gives {rows:,} of {whole:,} rows: the server cuts results off. Raise its limit (in Virtuoso, "
                "ResultSetMaxRows in virtuoso.ini), or add LIMIT to the query."
            )
