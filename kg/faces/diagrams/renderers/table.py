"""A scene as CSV: one row for each tie, with the keys to find both ends in the graph and the sources that state it."""

from __future__ import annotations

from datetime import date
from typing import Final

from kg.faces.diagrams import fonts
from kg.faces.diagrams.scene import Edge, Scene
from kg.faces.tables import as_csv
from kg.facts.dates import OPEN_END

COLUMNS: Final = (
    "from", "from_label", "from_kind", "from_codes", "to", "to_label", "to_kind", "to_codes", "relation", "word",
    "starts", "ends", "when", "lineage", "event", "summary", "shares", "sources", "source_titles",
)  # fmt: skip


def render(scene: Scene) -> bytes:
    """Give the ties as CSV; days are ISO and half-open, and empty where there is none."""
    return (as_csv(COLUMNS, [row(scene, edge) for edge in scene.edges]) + "\n").encode("utf-8")


def row(scene: Scene, edge: Edge) -> list[str]:
    """Give the cells of a tie, in the order of COLUMNS."""
    tail, head = scene.by_id[edge.tail], scene.by_id[edge.head]
    titles = {source.key: f"{source.publisher}, {source.title}" for source in scene.ledger}
    cells = (
        tail.key, tail.label, tail.kind, tail.codes, head.key, head.label, head.kind, head.codes, edge.relation,
        edge.word, iso(edge.starts), iso(edge.ends), edge.when, edge.lineage, edge.event, edge.summary, shares(edge),
        "; ".join(edge.sources), "; ".join(titles.get(key, key) for key in edge.sources),
    )  # fmt: skip
    return [fonts.clean(cell) for cell in cells]


def shares(edge: Edge) -> str:
    """Give the shares of a tie in one cell: "population=0.626; practices=0.6212"."""
    return "; ".join(f"{share.basis}={share.value:.10g}" for share in edge.shares)


def iso(day: date) -> str:
    """Give a day, or nothing for one that stands for "always" or "not yet"."""
    return "" if day in (date.min, date.max, OPEN_END) else day.isoformat()
