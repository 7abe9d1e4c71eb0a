"""The graph as the processes that answer hold it: read into memory once and shared, or opened from disk by each."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from kg.faces.serve.exchange import Limits, Site

if TYPE_CHECKING:
    from kg.faces.library import Graph
    from kg.graph.store import OxigraphStore


@dataclass(frozen=True)
class Settings:
    """What the workers are started with: the folder or address of the graph, and what a Site holds."""

    store: str
    root: str = ""
    home: str = ""
    limits: Limits = field(default_factory=Limits)


class Held:
    """A graph that is read into memory once, with what was learnt of it, for the nursery and all its workers.

    One with the publisher's files stays on disk, where each worker opens it for itself.
    """

    def __init__(self, settings: Settings) -> None:
        from kg.faces import library
        from kg.graph import compiled
        from kg.graph.graph import Graph
        from kg.graph.inputs import Inputs
        from kg.graph.name_index import NameIndex
        from kg.graph.queries import Queries
        from kg.graph.store import OxigraphStore

        self._settings = settings
        self.shared = "://" not in settings.store
        if not self.shared:  # what it takes to speak with another engine is imported here, and opened by each worker
            library.open_graph(settings.store)
            return
        folder = Path(settings.store)
        stated = compiled.manifest(folder)
        if "files" in stated:
            self._graph = library.open_graph(folder)
            return
        release = str(stated["release"])
        store, names = OxigraphStore.in_memory(folder / "graph.nq"), NameIndex(folder / "names.sqlite")
        self._graph = library.Graph(
            Graph(store, names, Queries(Inputs.default().queries), release, folder / "graph.nq")
        )  # fmt: skip

    def rest(self) -> None:
        """Let go of what a fork cannot have; it opens that anew."""
        if self.shared and (store := _on_disk(self._graph)):
            store.close()

    def site(self, *, forked: bool = False) -> Site:
        """Give the site as this process has it: what is a file that is open is not shared."""
        from kg.faces import library

        said = self._settings
        graph = self._graph if self.shared else library.open_graph(said.store)
        if self.shared and forked:
            graph.graph.names.reopen()
            if graph.graph.relations is not None:
                graph.graph.relations.reopen()
            if store := _on_disk(graph):
                store.reopen()
        return Site(graph, said.root, said.home, limits=said.limits)


def _on_disk(graph: Graph) -> OxigraphStore | None:
    """Give the store of a graph that is read from disk as it is asked."""
    from kg.graph.store import OxigraphStore

    store = graph.graph.store
    return store if isinstance(store, OxigraphStore) and store.from_disk else None
