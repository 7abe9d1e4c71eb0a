"""A scene as DOT, for Graphviz and what reads its language."""

from __future__ import annotations

from kg.faces.diagrams import fonts, styles
from kg.faces.diagrams.renderers import frame
from kg.faces.diagrams.scene import Edge, Node, Scene

#: The shape of Graphviz, and its style, that is nearest to ours.
_SHAPES = {
    "square": ("box", ""), "rounded": ("box", "rounded"), "pill": ("oval", ""), "hexagon": ("hexagon", ""),
    "folded": ("note", ""), "notched": ("invtrapezium", ""), "cut": ("octagon", ""), "double": ("box", "double"),
    "slanted": ("parallelogram", ""), "gable": ("house", ""), "clipped": ("tab", ""),
}  # fmt: skip
_STYLES = {
    "whole": "solid", "part": "dashed", "functions": "dashed", "codes": "dashed", "inside": "dotted", "same": "dotted",
    "other": "solid",
}  # fmt: skip


def render(scene: Scene) -> bytes:
    """Give the drawing as a directed graph from left to right, with a tooltip for each thing and tie."""
    lines = [
        *(f"// {fonts.clean(words)}" for words in frame.about(scene)),
        "digraph kg {",
        f"  graph [rankdir=LR, fontname=Arial, labelloc=t, label={_quoted(scene.title)}, tooltip={_quoted(scene.title)}];",
        f'  node [fontname=Arial, fontsize=11, fontcolor="{styles.TEXT}", fillcolor="{styles.GROUND}", margin="0.14,0.08"];',
        f'  edge [fontname=Arial, fontsize=9, fontcolor="{styles.TEXT}", color="{styles.TIE}", arrowsize=0.7];',
        *(_node(node) for node in scene.nodes),
        *(_edge(scene, edge) for edge in scene.edges),
        "}",
    ]
    return ("\n".join(lines) + "\n").encode("utf-8")


def _node(node: Node) -> str:
    look = styles.look(node.family)
    shape, style = _SHAPES[look.shape]
    told = (node.label, " \u00b7 ".join(filter(None, (node.short, node.codes))), node.when)
    styled = "filled,rounded" if style == "rounded" else "filled"
    return _statement(
        _quoted(node.id),
        label=_quoted("\n".join(fonts.clean(words) for words in told if words)),
        shape=shape,
        style=f'"{styled}"',
        color=f'"{look.hue}"',
        penwidth="3" if node.focus else "1.5",
        peripheries="2" if style == "double" else "1",
        tooltip=_quoted(", ".join(words for words in (node.label, node.kind, node.when) if words)),
    )


def _edge(scene: Scene, edge: Edge) -> str:
    stroke = styles.RELATIONS[edge.relation]
    told = _quoted(frame.told(scene, edge))
    label = "\n".join(
        ", ".join(fonts.clean(words) for words in some if words) for some in ((edge.word, edge.label), (edge.when,))
    )
    return _statement(
        f"{_quoted(edge.tail)} -> {_quoted(edge.head)}",
        label=_quoted(label.strip()),
        style=_STYLES[edge.relation],
        penwidth=f"{stroke.width:g}",
        dir="none" if edge.relation == "inside" else "forward",
        tooltip=told,
        labeltooltip=told,
    )


def _statement(subject: str, **attributes: str) -> str:
    return f"  {subject} [{', '.join(f'{name}={value}' for name, value in attributes.items())}];"


def _quoted(words: str) -> str:
    r"""Give words as a string of DOT: a line end is \n, and nothing in them is an escape or an entity."""
    lines = (
        fonts.clean(line).replace("&", "&amp;").replace("\\", "\\\\").replace('"', "&quot;")
        for line in words.split("\n")
    )
    return '"' + "\\n".join(lines) + '"'
