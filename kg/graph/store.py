"""One interface over the engines that answer SPARQL, and the embedded engine.

Values cross it as Python's own: Iri, str, int, float, bool, date. Parameters are bound by
the engine and never formatted into the text of a query.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import IO, Any, Protocol

import pyoxigraph as ox

from kg.errors import StoreError, UsageError
from kg.graph.names import Iri
from kg.graph.terms import Value, literal, native

Row = dict[str, Any]
Triple = tuple[Any, Any, Any]
Results = list[Row] | list[Triple] | bool
Solved = ox.QuerySolutions | ox.QueryTriples | ox.QueryBoolean


class Store(Protocol):
    """What every engine can do; the default graph is the union of all named graphs."""

    def select(self, query: str, **bindings: Value) -> list[Row]:
        """Give the rows of a SELECT, each {variable: value or None}; those of `bindings` must be projected, and are left out."""
        ...

    def statements(self, iri: Iri) -> list[tuple[Iri, Value]]:
        """Give what is stated of a node in any graph, each property and value once and in order."""
        ...

    def query(self, query: str, **bindings: Value) -> tuple[list[str], Results]:
        """Run any read-only query: (variables, rows), ([], triples) or ([], true or false)."""
        ...

    def solved(
        self, query: str, default: Sequence[str] | None = None, named: Sequence[str] | None = None
    ) -> Solved:  # fmt: skip
        """Run a read-only query and give results that write themselves in the formats of SPARQL 1.1.

        `default` are the graphs whose union is the default graph, all when None; `named` those that GRAPH finds, all
        when None.
        """
        ...


class OxigraphStore:
    """Oxigraph inside this process: from a folder, opened read-only, or in memory."""

    def __init__(self, store: ox.Store, folder: Path | None = None) -> None:
        self._store, self._folder = store, folder

    @classmethod
    def open(cls, folder: Path) -> OxigraphStore:
        """Open a compiled store; raise StoreError when it is not one."""
        try:
            return cls(ox.Store.read_only(str(folder)), folder)
        except (OSError, RuntimeError) as error:
            raise StoreError(
                f"The compiled graph in {folder} cannot be opened ({error}). Build it again with: kg build"
            ) from None

    @classmethod
    def in_memory(cls, n_quads: Path) -> OxigraphStore:
        """Read a graph into memory: a fraction of a second for the curated graph, and several times faster to ask."""
        store = ox.Store()
        store.bulk_load(path=str(n_quads), format=ox.RdfFormat.N_QUADS)
        return cls(store)

    @classmethod
    def holding(cls, n_quads: bytes) -> OxigraphStore:
        """Give a store in memory that holds an N-Quads document."""
        store = ox.Store()
        store.bulk_load(input=n_quads, format=ox.RdfFormat.N_QUADS)
        return cls(store)

    @property
    def from_disk(self) -> bool:
        """Whether it is read from a folder as it is asked, and not held in memory."""
        return self._folder is not None

    def close(self) -> None:
        """Let the folder go, as a process must before it is forked: what reads files does not live in the fork."""
        if self._folder is not None:
            self._store = ox.Store()

    def reopen(self) -> None:
        """Open the folder anew after `close`, here or in a process forked since."""
        if self._folder is not None:
            self._store = self.open(self._folder)._store

    def dump(self, out: Path | IO[bytes], graph: str = "") -> None:
        """Write everything as N-Quads, or one named graph as N-Triples, each statement once, as it is read from the folder.

        Raises:
            OSError: it cannot be written.
        """
        form = ox.RdfFormat.N_TRIPLES if graph else ox.RdfFormat.N_QUADS
        self._store.dump(out, form, from_graph=ox.NamedNode(graph) if graph else None)

    def select(self, query: str, **bindings: Value) -> list[Row]:
        _, rows = self.query(query, **bindings)
        if not isinstance(rows, list):
            raise UsageError("This query answers yes or no; use an ASK face for it.")
        return [row for row in rows if isinstance(row, dict)]

    def statements(self, iri: Iri) -> list[tuple[Iri, Value]]:
        # The same as queries/statements-of.rq, a tenth of the time: an answer asks this of everything that it names.
        try:
            found = {
                (quad.predicate, quad.object)
                for quad in self._store.quads_for_pattern(ox.NamedNode(iri), None, None, None)
            }
        except (OSError, RuntimeError) as error:
            raise _damaged(error) from None
        return in_order_of_name((Iri(predicate.value), native(value)) for predicate, value in found)

    def query(self, query: str, **bindings: Value) -> tuple[list[str], Results]:
        substitutions: dict[ox.Variable, Any] = {ox.Variable(name): literal(value) for name, value in bindings.items()}
        found = self._found(query, use_default_graph_as_union=True, substitutions=substitutions)
        try:
            return found_in(found, bindings)
        except (OSError, RuntimeError) as error:
            raise _damaged(error) from None

    def solved(
        self, query: str, default: Sequence[str] | None = None, named: Sequence[str] | None = None
    ) -> Solved:  # fmt: skip
        chosen: dict[str, Any] = {"use_default_graph_as_union": True}
        if default is not None:
            chosen = {"default_graph": [ox.NamedNode(name) for name in default]}
        if named is not None:
            chosen["named_graphs"] = [ox.NamedNode(name) for name in named]
        found: Solved = self._found(query, **chosen)
        return found

    def _found(self, query: str, **options: Any) -> Any:
        try:
            return self._store.query(query, **options)
        except SyntaxError as error:
            said = str(error).split(": expected", 1)[0]  # what follows is the parser's own grammar
            raise UsageError(
                f"The query is not SPARQL 1.1 ({said}). Check the words near there, and that every prefix is declared."
            ) from None
        except (OSError, RuntimeError) as error:
            raise _damaged(error) from None


def found_in(found: Any, bindings: Mapping[str, Value]) -> tuple[list[str], Results]:
    """Give what an engine found in Python's own values, without the variables that are bound."""
    if isinstance(found, ox.QuerySolutions):
        # A bound parameter must be projected to be bound, and is then the same in every row: it is left out.
        places = [
            (place, variable.value) for place, variable in enumerate(found.variables) if variable.value not in bindings
        ]
        rows = [{name: native(solution[place]) for place, name in places} for solution in found]
        return [name for _, name in places], rows
    if isinstance(found, ox.QueryTriples):
        return [], sorted((native(t.subject), Iri(t.predicate.value), native(t.object)) for t in found)
    return [], bool(found)


def in_order_of_name(stated: Iterable[tuple[Iri, Value | None]]) -> list[tuple[Iri, Value]]:
    """Put what is stated of a node in order: by property, then by value as text."""
    return sorted(
        ((name, value) for name, value in stated if value is not None), key=lambda pair: (pair[0], str(pair[1]))
    )


def _damaged(error: Exception) -> StoreError:
    """Say that a store cannot be read; a query that binds what it does not project says so itself."""
    return StoreError(f"The store cannot answer ({error}). If it is damaged, build the graph again with: kg build")
