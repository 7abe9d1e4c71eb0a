"""The knowledge graph of NHS (England) integration structures.

In Python: `g = kg.open()`, then `g.became("ACS")` gives an Answer; `kg.load_graph()` gives the whole graph as an
rdflib Dataset.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    import rdflib

    from kg.faces.library import Graph

RELEASE = "2026.11.0"

__all__ = ["RELEASE", "load_graph", "open"]


def open(store: str | Path | None = None, *, in_memory: bool = True) -> Graph:
    """Open the graph of this installation, compiled at first use, or the compiled graph in a folder.

    It is held in memory, where many questions are answered fastest; `in_memory=False` leaves it on disk.

    Raises:
        StoreError: the folder is not a compiled graph, or none can be written.
    """
    from kg.faces.library import open_graph

    return open_graph(store, in_memory=in_memory)


def load_graph(store: str | Path | None = None) -> rdflib.Dataset:
    """Give the whole graph as an rdflib Dataset, one context per named graph, its default graph their union."""
    return open(store, in_memory=False).dataset()
