"""A scene as a pyvis Network in stock shapes, for people who want to go on with pyvis."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from pyvis.network import Network

from kg.faces.diagrams import fonts
from kg.faces.diagrams.scene import Edge, Node, Scene
from kg.faces.diagrams.styles import FAINT, GROUND, RELATIONS, TEXT, look

#: vis-network's own shapes that hold their words, and how round their corners are, by the shapes of styles.py.
_SHAPES: Final = {"rounded": ("box", 8), "pill": ("box", 16), "hexagon": ("ellipse", 0), "gable": ("box", 3)}


class Written(Network):  # type: ignore[misc]  # pyvis is published without types
    """A Network that is written in UTF-8 on every platform; all else is pyvis's own."""

    def write_html(self, name: str, local: bool = True, notebook: bool = False, open_browser: bool = False) -> None:
        """Write the page to a file whose name ends in .html."""
        if self.cdn_resources == "local":  # which puts folders beside the file
            super().write_html(name, local, notebook, open_browser)
            return
        path = Path(name)
        path.write_text(self.generate_html(path.name, local, notebook), encoding="utf-8", newline="\n")
        if open_browser:
            import webbrowser

            webbrowser.open(path.absolute().as_uri())


def to_network(scene: Scene) -> Network:
    """Give a scene as a pyvis Network: stock shapes and labels, at the places of its plan, with physics off.

    `write_html(...)` and `generate_html()` give pyvis's own page, which asks the network for Bootstrap. The ids of nodes
    are those of the scene, as text; what is written where the mouse rests is plain text.
    """
    network = Written(height="800px", width="100%", directed=True, cdn_resources="in_line")
    # pyvis's own Options object is changed and not replaced: its methods go on working on it.
    network.toggle_physics(False)
    network.set_edge_smooth("cubicBezier")
    network.options.edges.smooth.forceDirection = "horizontal"
    network.options.interaction.hover = True
    for node in scene.nodes:
        network.add_node(node.id, **_node(node, scene))
    for edge in scene.edges:
        network.add_edge(edge.tail, edge.head, **_edge(edge, scene))
    return network


def _node(node: Node, scene: Scene) -> dict[str, Any]:
    box, drawn = scene.plan.boxes[node.id], look(node.family)
    shape, radius = _SHAPES.get(drawn.shape, ("box", 0))
    lines = [line.text for line in box.lines] or [fonts.clean(node.label)]
    return {
        "label": "\n".join(lines), "title": _plain(node.label, node.kind, node.codes, node.when),
        "shape": shape, "x": round(box.middle.x, 1), "y": round(box.middle.y, 1), "physics": False,
        "color": {"background": GROUND, "border": drawn.hue}, "borderWidth": 3 if node.focus else 1.5,
        "shapeProperties": {"borderRadius": radius}, "font": {"face": fonts.FAMILY, "color": TEXT, "size": box.lines[0].size if box.lines else 12},
        "margin": 8,
    }  # fmt: skip


def _edge(edge: Edge, scene: Scene) -> dict[str, Any]:
    stroke, route = RELATIONS[edge.relation], scene.plan.routes[edge.id]
    return {
        "id": edge.id, "title": _plain(edge.word, edge.when, edge.summary), "color": FAINT,
        "width": round(min(route.width, 12.0), 1), "dashes": list(stroke.dash) or False, "physics": False,
        "arrows": "to" if route.arrow else "", "label": fonts.clean(edge.label), "font": {"size": 10},
    }  # fmt: skip


def _plain(*words: str) -> str:
    """Give lines of plain text. A title with "href" in it makes pyvis read all titles as HTML: it is broken up unseen."""
    text = "\n".join(fonts.clean(word) for word in words if word)
    return text.replace("href", "h\u2060ref")
