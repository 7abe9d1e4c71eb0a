"""A graph that can be asked: a store, its saved queries, its name index and its release."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from kg.graph import compiled, release
from kg.graph.inputs import Inputs
from kg.graph.name_index import NameIndex
from kg.graph.queries import Queries
from kg.graph.release import Release
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

        From disk it opens at once, which suits one question; in memory it answers faster, which suits many. A store with
        an address, as https://example.org/sparql, is an engine that `kg push` has filled, and is asked where it is.

        Raises:
            StoreError: the folder is not a compiled graph, or none can be written; the engine cannot be asked.
            UsageError: the address is none.
        """
        if store and "://" in str(store):
            return cls._elsewhere(str(store))
        made = compiled.open_folder(Path(store)) if store else compiled.open_default(progress)
        held = OxigraphStore.in_memory(made.n_quads) if in_memory else made.store
        return cls(held, made.names, Queries(Inputs.default().queries), made.release, made.n_quads)

    @classmethod
    def _elsewhere(cls, url: str) -> Graph:
        from kg.graph.remote import RemoteStore  # brings httpx

        engine, cache = RemoteStore(url), compiled.cache()
        release, names = engine.held.release, engine.names(cache)
        folder = cache / f"elsewhere-{engine.held.sha256[:16]}"  # for what is made of it, as files to download
        return cls(engine, names, Queries(Inputs.default().queries), release, folder / "graph.nq")

    @property
    def held(self) -> Release:
        """The release as its manifest states it: counts and checksums.

        Raises:
            StoreError: the manifest is gone, or the engine cannot be asked.
        """
        engine = getattr(self.store, "held", None)
        return engine or release.of(compiled.manifest(self.n_quads.parent))

    def document(self) -> bytes:
        """Give the whole graph as sorted N-Quads; of an engine elsewhere it is fetched.

        Raises:
            StoreError: the engine holds another graph than its release says.
        """
        fetch = getattr(self.store, "n_quads", None)
        return fetch() if fetch else self.n_quads.read_bytes()

    def rows(self, query: str, **bindings: Value) -> list[Row]:
        """Run a saved query whose parameters are typed already; give its rows."""
        return self.queries.run(self.store, query, **bindings)

    def one(self, query: str, **bindings: Value) -> Row | None:
        """Give the first row of a saved query, None when there is none."""
        return next(iter(self.rows(query, **bindings)), None)
