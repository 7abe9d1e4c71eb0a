"""A graph that can be asked: a store, its saved queries, its name index and its release."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from kg.errors import StoreError, UsageError
from kg.graph import compiled, release
from kg.graph.inputs import Inputs
from kg.graph.name_index import NameIndex
from kg.graph.queries import Queries
from kg.graph.relation_index import RelationIndex
from kg.graph.release import Published, Release
from kg.graph.store import OxigraphStore, Row, Store
from kg.graph.terms import Value

#: So many statements of a graph with the publisher's files are held in memory as one document: some 200 MB of text.
LARGEST: Final = 1_000_000


@dataclass(frozen=True)
class Graph:
    """What every answer is drawn from."""

    store: Store
    names: NameIndex
    queries: Queries
    release: str
    n_quads: Path
    #: Who was what to whom by the publisher's files; None in the curated graph alone, which is small enough to ask.
    relations: RelationIndex | None = None

    @classmethod
    def open(
        cls,
        store: str | Path | None = None,
        progress: Callable[[str], None] = lambda _: None,
        *,
        in_memory: bool = False,
    ) -> Graph:
        """Open a compiled graph: the folder named, the one that kg ingest made for this user, or else the curated one.

        From disk it opens at once, which suits one question; in memory it answers faster, which suits many. A store with
        an address, as https://example.org/sparql, is an engine that `kg push` has filled, and is asked where it is.

        Raises:
            StoreError: the folder is not a compiled graph, or none can be written; the engine cannot be asked.
            UsageError: the address is none.
        """
        if store and "://" in str(store):
            return cls._elsewhere(str(store))
        made = compiled.open_folder(Path(store)) if store else compiled.open_own(progress)
        # A graph of the publisher's files is kept as a store alone: as text, and in memory, it would take gigabytes.
        held = OxigraphStore.in_memory(made.n_quads) if in_memory and made.n_quads.is_file() else made.store
        return cls(held, made.names, Queries(Inputs.default().queries), made.release, made.n_quads, made.relations)

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

    @property
    def files(self) -> tuple[Published, ...]:
        """The publisher's files in it; none in the curated graph alone."""
        try:
            return self.held.files
        except StoreError:  # a graph that stands alone, without its manifest
            return ()

    def document(self) -> bytes:
        """Give the whole graph as sorted N-Quads; of an engine elsewhere it is fetched.

        Raises:
            StoreError: the engine holds another graph than its release says.
            UsageError: with the publisher's files it is larger than is held in memory at once.
        """
        if self.files and self.held.triples > LARGEST:
            raise UsageError(
                f"This graph holds {self.held.triples:,} statements with the publisher's files, and no more than {LARGEST:,} are "
                "read into memory at once. Ask it where it is, with kg sparql or kg query; write it to a file with kg export -o "
                "graph.nq and load that into an engine; or name the folder of the curated graph alone, made by kg build --store FOLDER."
            )
        if fetch := getattr(self.store, "n_quads", None):
            fetched: bytes = fetch()
            return fetched
        if isinstance(self.store, OxigraphStore) and not self.n_quads.is_file():
            with io.BytesIO() as out:
                self.store.dump(out)
                return b"".join(sorted(out.getvalue().splitlines(keepends=True)))
        return self.n_quads.read_bytes()

    def rows(self, query: str, **bindings: Value) -> list[Row]:
        """Run a saved query whose parameters are typed already; give its rows."""
        return self.queries.run(self.store, query, **bindings)

    def one(self, query: str, **bindings: Value) -> Row | None:
        """Give the first row of a saved query, None when there is none."""
        return next(iter(self.rows(query, **bindings)), None)
