"""Layouts in pure Python: the same scene has the same plan on every machine, and nothing is drawn at random."""

from __future__ import annotations

from dataclasses import replace
from importlib import import_module
from typing import Final

from kg.errors import UsageError
from kg.faces.diagrams import styles
from kg.faces.diagrams.layout.boxes import MANY
from kg.faces.diagrams.scene import Plan, Point, Scene

#: What finds places: the layout that the form of a scene names, or Graphviz.
ENGINES: Final = {"own": "", "dot": "graphviz"}
#: Said below a drawing whose lines bear no words.
_WORDLESS: Final = f"Of more than {MANY} boxes the lines bear no words: the page and the table tell what happened, when, and which part passed."


def placed(scene: Scene, engine: str = "own") -> Scene:
    """Give a scene its plan, by the layout that its form names, or by another engine: "dot".

    Raises:
        UsageError: there is no such engine, or it is not on this machine.
    """
    if engine not in ENGINES:
        raise UsageError(f'There is no engine "{engine}" to lay a drawing out with. Give {" or ".join(ENGINES)}.')
    if ENGINES[engine] and scene.form != "layers":
        raise UsageError(
            "Graphviz lays out boxes in columns, and this picture runs along time: it has a layout of its own. Leave out "
            "--engine, or give --form layers for the kinds."
        )
    layout = import_module(f"{__name__}.{ENGINES[engine] or scene.form}")
    if scene.form == "layers" and len(scene.nodes) > MANY and scene.edges:
        scene = replace(scene, cautions=(*scene.cautions, _WORDLESS))
    return replace(scene, plan=_touching(scene, layout.plan(scene)))


def _touching(scene: Scene, plan: Plan) -> Plan:
    """Bring the ends of lines to the borders of boxes whose sides are not upright."""
    routes = dict(plan.routes)
    for edge in scene.edges:
        route = routes.get(edge.id)
        if route is None:
            continue
        stops = list(route.stops)
        for place, key in ((0, edge.tail), (-1, edge.head)):
            box, stop = plan.boxes[key], stops[place]
            left = abs(stop.x - box.x) < 0.05
            if left or abs(stop.x - box.x - box.width) < 0.05:
                deep = styles.inset(styles.look(scene.by_id[key].family).shape, box, stop.y, left=left)
                stops[place] = Point(stop.x + (deep if left else -deep), stop.y)
        routes[edge.id] = route._replace(stops=tuple(stops))
    return replace(plan, routes=routes)
