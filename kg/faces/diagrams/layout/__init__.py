"""Layouts in pure Python: the same scene has the same plan on every machine, and nothing is drawn at random."""

from __future__ import annotations

from dataclasses import replace
from importlib import import_module

from kg.faces.diagrams import styles
from kg.faces.diagrams.scene import Plan, Point, Scene


def placed(scene: Scene, engine: str = "") -> Scene:
    """Give a scene its plan, by the layout that its form names, or by an engine: "graphviz"."""
    layout = import_module(f"{__name__}.{engine or scene.form}")
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
