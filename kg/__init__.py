"""The knowledge graph of NHS (England) integration structures.

In Python: `g = kg.open()`, then `g.became("ACS")` gives an Answer; `kg.crosswalk(table, column=..., to=...)` recodes a
table of codes; `kg.load_graph()` gives the whole graph as an rdflib Dataset.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    import rdflib

    from kg.answers.recoding import Recoded
    from kg.answers.vintage import Vintage
    from kg.faces.library import Graph

RELEASE = "2026.11.0"

__all__ = ["RELEASE", "crosswalk", "load_graph", "open", "vintage"]


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


def crosswalk(frame: Any, column: str, *, to: Any, **wishes: Any) -> Recoded:
    """Recode a table of codes with this installation's graph: `kg.open().crosswalk`, which says what can be wished.

    >>> import kg, polars
    >>> table = polars.DataFrame({"ccg": ["02N", "02W", "02R"], "patients": [158, 118, 340]})
    >>> frame, report = kg.crosswalk(table, column="ccg", to="2020-04-01", measures=["count:patients"])
    >>> frame.rows()
    [('36J', 616)]
    """
    return _shared().crosswalk(frame, column, to=to, **wishes)


def vintage(frame: Any, column: str, *, by: str | None = None) -> dict[str, Vintage]:
    """Say of which level, scheme and time the codes of a column are, with this installation's graph."""
    return _shared().vintage(frame, column, by=by)


@cache
def _shared() -> Graph:
    """The graph of this installation, opened once: from disk, since recoding asks little of it."""
    return open(in_memory=False)
