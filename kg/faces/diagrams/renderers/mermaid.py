"""A scene as a Mermaid flowchart: text that renders where Markdown does."""

from __future__ import annotations

from kg.faces.diagrams import fonts, styles
from kg.faces.diagrams.renderers import frame
from kg.faces.diagrams.scene import Edge, Scene

#: How the shape of each family is written around a label; Mermaid's are others, but as many.
_SHAPES = {
    "square": ("[", "]"), "rounded": ("(", ")"), "pill": ("([", "])"), "hexagon": ("{{", "}}"), "folded": ("[/", "\\]"),
    "notched": ("[\\", "/]"), "cut": ("[[", "]]"), "double": ("[(", ")]"), "slanted": ("[/", "/]"),
    "gable": ("[\\", "\\]"), "clipped": (">", "]"),
}  # fmt: skip
#: Lines that an arrow ends, and those that only tie.
_ARROW = {True: "-->", False: "---"}
_ALIKE = str.maketrans("<>&", "\u2039\u203a\uff06")


def render(scene: Scene) -> bytes:
    """Give the drawing as Mermaid, each thing of a class named by its family."""
    names = {node.id: f"n{place}" for place, node in enumerate(scene.nodes)}
    lines = ["---", f"title: {_titled(scene.title)}", "---", "flowchart LR"]
    lines += [f"%% {_comment(words)}" for words in frame.about(scene)]
    lines += [f"accTitle: {_coded(scene.title)}", f"accDescr: {_coded(scene.caption)}"]
    for node in scene.nodes:
        told = (node.label, " \u00b7 ".join(filter(None, (node.short, node.codes))), node.when)
        left, right = _SHAPES[styles.look(node.family).shape]
        label = "<br/>".join(_coded(words) for words in told if words)
        lines.append(f'{names[node.id]}{left}"{label}"{right}:::{_class(node.family)}{"Focus" if node.focus else ""}')
    for place, edge in enumerate(scene.edges):
        lines.append(f"{names[edge.tail]} {_tie(scene, edge)} {names[edge.head]}")
        stroke = styles.RELATIONS[edge.relation]
        dashes = f",stroke-dasharray:{' '.join(f'{length:g}' for length in stroke.dash)}" if stroke.dash else ""
        lines.append(f"linkStyle {place} stroke:{styles.TIE},stroke-width:{stroke.width:g}px{dashes}")
    used = dict.fromkeys((_class(node.family), styles.look(node.family).hue, node.focus) for node in scene.nodes)
    lines += [
        f"classDef {name}{'Focus' if focus else ''} fill:{styles.GROUND},stroke:{hue},color:{styles.TEXT},"
        f"stroke-width:{3 if focus else 1.5:g}px"
        for name, hue, focus in sorted(used)
    ]
    return ("\n".join(lines) + "\n").encode("utf-8")


def _tie(scene: Scene, edge: Edge) -> str:
    label = ", ".join(_coded(words) for words in (edge.word, edge.label, edge.when) if words)
    route = scene.plan.routes.get(edge.id)
    shaft = _ARROW[edge.relation != "inside" if route is None else route.arrow]
    return f'{shaft}|"{label}"|' if label else shaft


def _class(family: str) -> str:
    return family if family in styles.FAMILIES else "other"


def _coded(words: str) -> str:
    """Give words with all but letters, digits and what cannot mean anything written by its number."""
    # Mermaid takes the two signs of an escaped line end for one, however they are written; a space of no width is put between.
    parted = fonts.clean(words).replace("\\n", "\\\u200bn")
    return "".join(char if char.isalnum() or char in " ,.\u00b7\u2013" else f"#{ord(char)};" for char in parted)


def _titled(words: str) -> str:
    """Give the title as a string of YAML; accTitle has it to the letter."""
    import json

    # Mermaid strips a title of what looks like markup and shows entities as they are written: only look-alikes stay.
    return json.dumps(fonts.clean(words).translate(_ALIKE), ensure_ascii=False)


def _comment(words: str) -> str:
    # Braces after the signs of a comment would be read as a directive.
    return fonts.clean(words).replace("{", "(").replace("}", ")").replace("%%", "% %")
