"""A scene as GraphML, for Gephi, yEd, Cytoscape and networkx."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO

import networkx as nx

from kg.answers.answer import ATTRIBUTION
from kg.faces.diagrams import fonts, styles
from kg.faces.diagrams.renderers import table
from kg.faces.diagrams.scene import Edge, Node, Scene


def render(scene: Scene) -> bytes:
    """Give the drawing as a directed graph with flat attributes; `x` and `y` are the middles of boxes, y down."""
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    about = {"title": scene.title, "caption": scene.caption, "release": scene.release, "command": scene.command}
    graph.graph.update({name: fonts.clean(words) for name, words in about.items()})
    graph.graph.update(as_of=scene.as_of.isoformat(), attribution=ATTRIBUTION)
    named = names(scene)
    for node in scene.nodes:
        graph.add_node(named[node.id], **_node(scene, node))
    for edge in scene.edges:
        graph.add_edge(named[edge.tail], named[edge.head], fonts.clean(edge.id), **_edge(edge, table.row(scene, edge)))
    written = BytesIO()
    nx.write_graphml_xml(graph, written, encoding="utf-8", named_key_ids=False)
    return written.getvalue()


def names(scene: Scene) -> dict[str, str]:
    """Give a name that can be written for each id, and to each its own."""
    return {
        node.id: node.id if fonts.clean(node.id) == node.id else f"{fonts.clean(node.id)} ({place})"
        for place, node in enumerate(scene.nodes)
    }


def _node(scene: Scene, node: Node) -> dict[str, str | float]:
    words = {
        "key": node.key, "label": node.label, "kind": node.kind, "short": node.short, "family": node.family,
        "codes": node.codes, "when": node.when, "starts": table.iso(node.starts), "ends": table.iso(node.ends),
        "lane": node.lane, "sources": "; ".join(node.sources),
    }  # fmt: skip
    found: dict[str, str | float] = {name: fonts.clean(said) for name, said in words.items()}
    found |= {"hue": styles.look(node.family).hue, "focus": int(node.focus)}
    if node.weight is not None:
        found["people"] = float(node.weight)
    if node.id in scene.plan.boxes:
        x, y = scene.plan.boxes[node.id].middle
        found |= {"x": round(x, 1), "y": round(y, 1)}
    return found


def _edge(edge: Edge, cells: Sequence[str]) -> dict[str, str | float]:
    found: dict[str, str | float] = {
        name: cell
        for name, cell in zip(table.COLUMNS, cells, strict=True)
        if not name.startswith(("from", "to"))
    }  # fmt: skip
    found["label"] = fonts.clean(edge.label)
    found |= {f"share_by_{fonts.clean(share.basis)}": float(share.value) for share in edge.shares}
    if edge.weight is not None:
        found["people"] = float(edge.weight)
    return found
