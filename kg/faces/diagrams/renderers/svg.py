"""A scene as SVG: real sizes, words that can be selected, and no style but what each element says itself."""

from __future__ import annotations

from kg.faces.diagrams import fonts, styles
from kg.faces.diagrams.renderers import frame
from kg.faces.diagrams.renderers.markup import element, line, plain
from kg.faces.diagrams.scene import Box, Edge, Mark, Node, Route, Scene, number
from kg.faces.diagrams.styles import GROUND, LANE, RULE, TIE


def render(scene: Scene) -> bytes:
    """Give the drawing as a file of its own, with its fonts in it."""
    return ('<?xml version="1.0" encoding="UTF-8"?>\n' + picture(scene) + "\n").encode("utf-8")


def picture(scene: Scene, *, embed: bool = True) -> str:
    """Give the drawing as an SVG element, framed by its title, legend and sources.

    Args:
        scene: what to draw; it has its plan.
        embed: False leaves out the fonts, and with them the only style sheet: for a page that has them already.
    """
    around = frame.around(scene)
    faces = "".join(
        f"@font-face{{font-family:Arimo;font-weight:{weight};src:url({fonts.data_uri(bold=bold)}) format('woff2')}}"
        for weight, bold in ((400, False), (700, True))
    )
    return element(
        "svg",
        element("title", plain(scene.title)),
        element("desc", plain(frame.description(scene))),
        element("style", faces) if embed else "",
        element("rect", width=around.width, height=around.height, fill=GROUND),
        *around.parts,
        element("g", *drawing(scene), transform=f"translate({number(around.x)} {number(around.y)})"),
        xmlns="http://www.w3.org/2000/svg",
        width=around.width,
        height=around.height,
        viewBox=f"0 0 {number(around.width)} {number(around.height)}",
        role="img",
        font_family=fonts.FAMILY,
    )


def drawing(scene: Scene) -> list[str]:
    """Give what lies within the frame, from back to front: marks, ribbons and lines, boxes, words on lines."""
    routes = scene.plan.routes
    # What is wide lies behind what is thin; both in the order of the scene.
    edges = sorted((edge for edge in scene.edges if edge.id in routes), key=lambda edge: -_breadth(routes[edge.id]))
    return [
        *(_mark(mark) for mark in scene.plan.marks),
        *(_edge(scene, edge, routes[edge.id]) for edge in edges),
        *(_node(node, scene.plan.boxes[node.id]) for node in scene.nodes if node.id in scene.plan.boxes),
        *(_labels(edge, routes[edge.id]) for edge in edges if routes[edge.id].labels),
    ]


def _breadth(route: Route) -> float:
    return route.width if route.ribbon else 0.0


def _mark(mark: Mark) -> str:
    words = line(mark.text, faint=not mark.text.bold) if mark.text else ""
    if mark.kind == "lane":
        return element("rect", x=mark.x, y=mark.y, width=mark.width, height=mark.height, fill=LANE) + words
    if mark.kind == "line":
        ends = {"x1": mark.x, "y1": mark.y, "x2": mark.x + mark.width, "y2": mark.y + mark.height}
        return element("line", stroke=RULE, stroke_width=1.0, **ends) + words
    return words


def _edge(scene: Scene, edge: Edge, route: Route) -> str:
    stroke = styles.RELATIONS[edge.relation]
    path = styles.arrow(route)
    dash = " ".join(f"{length:g}" for length in stroke.dash)
    if route.ribbon:
        hue = styles.look(scene.by_id[edge.tail].family).hue
        drawn = element(
            "path", d=path.line, fill="none", stroke=hue, stroke_opacity=styles.RIBBON, stroke_width=route.width
        )
        if dash:  # a ribbon that is but a part of its giver says so by the line within it
            drawn += element("path", d=path.line, fill="none", stroke=TIE, stroke_width=1.0, stroke_dasharray=dash)
    else:
        drawn = element("path", d=path.line, fill="none", stroke=TIE, stroke_width=route.width, stroke_dasharray=dash)
    head = element("path", d=path.head, fill=TIE) if path.head else ""
    return element("g", element("title", plain(frame.told(scene, edge))), drawn, head, data_id=edge.id)


def _labels(edge: Edge, route: Route) -> str:
    return element("g", *(line(text, halo=True) for text in route.labels), data_id=edge.id)


def _node(node: Node, box: Box) -> str:
    look = styles.look(node.family)
    if box.band:
        band = box.banded
        begins = {"x1": band.x, "y1": band.y, "x2": band.x, "y2": band.y + band.height}
        ground = [
            element("path", d=styles.outline("square", band), fill=look.hue, fill_opacity=styles.BAND),
            element("line", stroke=look.hue, stroke_width=2.0, **begins),
        ]
    else:
        border = styles.outline(look.shape, box)
        ground = [
            element("path", d=border, fill=GROUND),
            element("path", d=styles.stripe(look.shape, box), fill=look.hue),
            element("path", d=border, fill="none", stroke=look.hue, stroke_width=3.0 if node.focus else 1.5),
        ]
    words = [line(text, faint=not text.bold and not box.band) for text in box.lines]
    title = "\n".join(plain(part) for part in (node.label, node.kind, node.codes, node.when) if part)
    return element("g", element("title", title), *ground, *words, data_id=node.id)
