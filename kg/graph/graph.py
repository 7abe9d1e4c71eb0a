"""A graph that can be asked: a store, its saved queries, its name index and its release."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from kg.graph import compiled
from kg.graph.inputs import Inputs
from kg.graph.name_index import NameIndex
from kg.graph.queries import Queries
from kg.graph.store import OxigraphStore, Row, Store
from kg.graph.terms import Value


@dataclass(frozen=True)
class Graph:
    """What every answer is drawn from."""

    store: Store
    names: NameIndex
    queries: Queries
    release: str
    n_quads: Path

    @classmethod
    def open(
        cls,
        store: str | Path | None = None,
        progress: Callable[[str], None] = lambda _: None,
        *,
        in_memory: bool = False,
    ) -> Graph:
        """Open a compiled graph: the folder named, or this installation's own, compiled at first use.

        From disk it opens at once, which suits one question; in memory it answers faster, which suits many.

        Raises:
            StoreError: the folder is not a compiled graph, or none can be written.
        """
        made = compiled.open_folder(Path(store)) if store else compiled.open_default(progress)
        held = OxigraphStore.in_memory(made.n_quads) if in_memory else made.store
        return cls(held, made.names, Queries(Inputs.default().queries), made.release, made.n_quads)

    def rows(self, query: str, **bindings: Value) -> list[Row]:
        """Run a saved query whose parameters are typed already; give its rows."""
        return self.queries.run(self.store, query, **bindings)

    def one(self, query: str, **bindings: Value) -> Row | None:
        """Give the first row of a saved query, None when there is none."""
        return next(iter(self.rows(query, **bindings)), None)
