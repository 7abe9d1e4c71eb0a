"""Places found by Graphviz: our boxes, set in columns by its `dot`, and lines that pass where its splines do."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping, Sequence
from itertools import pairwise
from shutil import which
from typing import Any, Final

from kg.errors import UsageError
from kg.faces.diagrams.layout.boxes import measured, moved, sizes
from kg.faces.diagrams.layout.columns import Tie
from kg.faces.diagrams.layout.lines import Words, routes
from kg.faces.diagrams.layout.order import crossings
from kg.faces.diagrams.scene import Box, Plan, Point, Scene

#: Graphviz counts in points, of which an inch has 72; we give it pixels for points, and it never knows.
_POINTS: Final = 72.0
#: It is given this long, in seconds: some thousands of ties take it minutes.
_PATIENCE: Final = 300


def plan(scene: Scene) -> Plan:
    """Lay a scene out as Graphviz does.

    Raises:
        UsageError: Graphviz is not installed, or cannot draw this.
    """
    words = Words(scene)
    by = sizes(scene.nodes)
    boxes = {node.id: words.roomy(node.id, measured(node, by)) for node in scene.nodes}
    found = _laid(scene, boxes, words)
    numbers = {f"n{place}": node.id for place, node in enumerate(scene.nodes)}
    centres = {
        numbers[item["name"]]: _point(item["pos"]) for item in found.get("objects", ()) if item["name"] in numbers
    }
    columns = sorted({round(x) for x, _ in centres.values()})
    column: dict[str | None, int] = {key: columns.index(round(x)) for key, (x, _) in centres.items()}
    wides = [max(boxes[str(key)].width for key, at in column.items() if at == place) for place in range(len(columns))]
    left = min((x - wide / 2 for x, wide in zip(columns, wides, strict=True)), default=0.0)
    lefts = [x - wide / 2 - left for x, wide in zip(columns, wides, strict=True)]
    top = max((y + boxes[key].height / 2 for key, (_, y) in centres.items()), default=0.0)
    placed = {
        key: moved(boxes[key], lefts[column[key]], top - y - boxes[key].height / 2, width=wides[column[key]])
        for key, (_, y) in centres.items()
    }
    passes: dict[Tie, list[float]] = {}
    splines = {item["id"]: item["pos"] for item in found.get("edges", ())}
    for place, edge in enumerate(scene.edges):
        ends = (edge.tail, edge.head)
        first, last = sorted(ends, key=lambda key: column[key])
        if first != last and (first, last) not in passes:
            curve = _curve(splines[f"e{place}"])
            between = [_height(curve, columns[at]) for at in range(column[first] + 1, column[last])]
            middles = [placed[first].middle.y, *(top - y for y in between), placed[last].middle.y]
            passes[first, last] = middles
    drawn = routes(scene, placed, column, lefts, wides, passes, words)
    width = max((box.x + box.width for box in placed.values()), default=0.0)
    height = max((box.y + box.height for box in placed.values()), default=0.0)
    return Plan(width, height, placed, drawn, (), _crossings(placed, column, passes, len(columns)))


def _laid(scene: Scene, boxes: Mapping[str, Box], words: Words) -> dict[str, Any]:
    """Give what `dot` makes of the scene, as it writes JSON."""
    program = which("dot")
    if program is None:
        raise UsageError(
            "Graphviz is not installed: no program called dot is on the path. Install it (graphviz.org/download), or "
            "leave out --engine dot: kg lays out by itself."
        )
    numbers = {node.id: f"n{place}" for place, node in enumerate(scene.nodes)}
    told = max((words.arriving_width(key) + words.leaving_width(key) for key in boxes), default=0.0)
    lines = [f"digraph{{rankdir=LR;nodesep={16 / _POINTS:.4f};ranksep={(told + 56) / _POINTS:.4f};"]
    lines.append('node[shape=box,fixedsize=true,label=""];edge[arrowhead=none];')
    for key, box in boxes.items():
        lines.append(f"{numbers[key]}[width={box.width / _POINTS:.4f},height={box.height / _POINTS:.4f}];")
    for place, edge in enumerate(scene.edges):
        lines.append(f"{numbers[edge.tail]}->{numbers[edge.head]}[id=e{place}];")
    try:
        done = subprocess.run(
            [program, "-Tjson"], input="".join([*lines, "}"]), capture_output=True, encoding="utf-8", check=True,
            timeout=_PATIENCE,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise UsageError(
            f"Graphviz did not finish within {_PATIENCE} seconds. Draw less (--depth), or leave out --engine dot."
        ) from None
    except (OSError, subprocess.CalledProcessError) as error:
        said = (getattr(error, "stderr", "") or str(error)).strip().splitlines()
        raise UsageError(f"Graphviz cannot draw this ({said[0] if said else error}). Leave out --engine dot.") from None
    laid: dict[str, Any] = json.loads(done.stdout)
    return laid


def _point(written: str) -> Point:
    x, y = written.split(",")
    return Point(float(x), float(y))


def _curve(written: str) -> list[Point]:
    """Give the control points of a spline; those where a line begins or ends at an arrow are left out."""
    return [_point(part) for part in written.split() if part[0] not in "es"]


def _height(curve: Sequence[Point], x: float) -> float:
    """Give how high a spline passes at a place across, y up."""
    line: list[Point] = [curve[0]]
    for at in range(0, len(curve) - 3, 3):
        one, two, three, four = curve[at : at + 4]
        for step in range(1, 9):
            t = step / 8
            parts = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t**2 * (1 - t), t**3)
            line.append(
                Point(
                    sum(part * p.x for part, p in zip(parts, (one, two, three, four), strict=True)),
                    sum(part * p.y for part, p in zip(parts, (one, two, three, four), strict=True)),
                )
            )
    for before, after in pairwise(line):
        if min(before.x, after.x) <= x <= max(before.x, after.x) and before.x != after.x:
            return before.y + (after.y - before.y) * (x - before.x) / (after.x - before.x)
    return min(line, key=lambda point: abs(point.x - x)).y


def _crossings(
    placed: Mapping[str, Box], column: Mapping[str | None, int], passes: Mapping[Tie, Sequence[float]], many: int
) -> int:
    """Count the crossings as in our own layouts: of the straight pieces between neighbouring columns."""
    heights: list[dict[object, float]] = [{} for _ in range(many)]
    for key, box in placed.items():
        heights[column[key]][key] = box.middle.y
    pieces: list[tuple[object, object]] = []
    for (tail, head), ys in passes.items():
        chain: list[object] = [tail, *((tail, head, place) for place in range(1, len(ys) - 1)), head]
        for place in range(1, len(ys) - 1):
            heights[column[tail] + place][chain[place]] = ys[place]
        pieces += pairwise(chain)
    number: dict[object, int] = {}
    ordered = []
    for held in heights:
        keys = sorted(held, key=lambda key: (held[key], str(key)))
        ordered.append([number.setdefault(key, len(number)) for key in keys])
    after: list[list[int]] = [[] for _ in number]
    for one, other in pieces:
        after[number[one]].append(number[other])
    return crossings(ordered, after)
