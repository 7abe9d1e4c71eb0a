"""Lines between the bars of a calendar: square, each on a track of its own, with a word where there is room for one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Final, NamedTuple

from kg.faces.diagrams import fonts
from kg.faces.diagrams.scene import Box, Edge, Point, Route, Scene, Text
from kg.faces.diagrams.styles import RELATIONS

#: How far before its day the line of a change runs that enters what begins then.
BEFORE: Final = 10.0
#: How far apart lines run at least, the size of words on them, and how far apart they enter a bar.
_APART: Final = 6.0
_WORD: Final = 9.5
_PORT: Final = 8.0
#: A word further from the arrival than this would be read with another line.
_NEAR: Final = 30.0


class Rect(NamedTuple):
    """What is drawn somewhere already."""

    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: Rect) -> bool:
        return (
            self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom
        )


class _Run(NamedTuple):
    """The upright stretch of lines that leave one box for one day: its x and how far it runs."""

    x: float
    top: float
    bottom: float


def routed(
    scene: Scene, boxes: Mapping[str, Box], rows: Sequence[tuple[float, float]], days: Mapping[str, float]
) -> tuple[dict[str, Route], int]:
    """Give the route of every edge, and the pairs of them that cross; `rows` are the heights of rows, `days` x by edge."""
    stops = _Tracks(scene, boxes, rows, days).stops()
    taken = [Rect(box.x, box.y, box.x + box.width, box.y + box.height) for box in boxes.values()]
    taken += [extent(line) for box in boxes.values() for line in box.lines]
    lines = [stretch for path in stops.values() for stretch in _stretches(path)]
    routes = {}
    for edge in scene.edges:
        path = stops[edge.id]
        word = _placed(fonts.clean(edge.word), path, taken, lines)
        taken += [extent(text) for text in word]
        routes[edge.id] = Route(path, RELATIONS[edge.relation].width, word, edge.relation != "inside", square=True)
    return routes, _crossings(list(stops.values()))


def extent(text: Text) -> Rect:
    """Give the rectangle that a line of text fills, begun or ended at its x."""
    wide = fonts.width(text.text, text.size, bold=text.bold)
    left = text.x - {"start": 0.0, "middle": wide / 2, "end": wide}[text.anchor]
    return Rect(left, text.y - text.size * 0.8, left + wide, text.y + text.size * 0.22)


class _Tracks:
    """Finds for each edge where it leaves, where it runs up or down, and where it arrives."""

    def __init__(
        self, scene: Scene, boxes: Mapping[str, Box], rows: Sequence[tuple[float, float]], days: Mapping[str, float]
    ) -> None:
        self._edges, self._boxes, self._rows, self._days = scene.edges, boxes, rows, days
        self._runs: list[_Run] = []

    def stops(self) -> dict[str, tuple[Point, ...]]:
        ports = self._ports()
        runs: dict[tuple[str, float], list[Edge]] = {}
        for edge in self._edges:
            runs.setdefault((edge.tail, self._wanted(edge)), []).append(edge)
        found: dict[str, tuple[Point, ...]] = {}
        # What must stand at its day is given its place first, then the longest.
        ordered = sorted(runs.items(), key=lambda run: (not self._upright(run[1][0]), -self._length(run[1]), run[0]))
        for (tail, wanted), edges in ordered:
            giver = self._boxes[tail]
            ys = [giver.middle.y, *(ports.get(edge.id, self._boxes[edge.head].middle.y) for edge in edges)]
            x = self._free(wanted, min(ys), max(ys))
            for edge in edges:
                found[edge.id] = self._path(edge, x, ports.get(edge.id))
        return found

    def _upright(self, edge: Edge) -> bool:
        """Say whether a line enters its receiver from above or below: it was there before the day."""
        return self._days[edge.id] > self._boxes[edge.head].x + 1

    def _wanted(self, edge: Edge) -> float:
        if not self._upright(edge):
            return self._boxes[edge.head].x - BEFORE
        giver, day = self._boxes[edge.tail], self._days[edge.id]
        last = giver.x + giver.width
        return last - 4 if last - 4 < day < last + 4 else day  # a giver that ended that day is left at its last

    def _length(self, edges: Sequence[Edge]) -> float:
        return max(abs(self._boxes[edge.head].middle.y - self._boxes[edge.tail].middle.y) for edge in edges)

    def _ports(self) -> dict[str, float]:
        """Give the heights at which lines enter boxes from the left: those from above enter above those from below."""
        arriving: dict[str, list[Edge]] = {}
        for edge in self._edges:
            if not self._upright(edge):
                arriving.setdefault(edge.head, []).append(edge)
        found = {}
        for head, edges in arriving.items():
            middle = self._boxes[head].middle.y
            edges.sort(key=lambda edge: (self._boxes[edge.tail].middle.y, edge.id))
            for place, edge in enumerate(edges):
                found[edge.id] = middle + (place - (len(edges) - 1) / 2) * _PORT
        return found

    def _free(self, wanted: float, top: float, bottom: float) -> float:
        """Give the nearest x at or left of the one wanted where no other line runs up or down over the same height."""
        x = wanted
        while any(abs(run.x - x) < _APART - 0.5 and run.top < bottom and top < run.bottom for run in self._runs):
            x -= _APART
        self._runs.append(_Run(x, top, bottom))
        return x

    def _path(self, edge: Edge, x: float, port: float | None) -> tuple[Point, ...]:
        giver, receiver = self._boxes[edge.tail], self._boxes[edge.head]
        end = port if port is not None else receiver.middle.y
        if giver.y == receiver.y:
            return Point(giver.x + giver.width, giver.middle.y), Point(receiver.x, giver.middle.y)
        down = end > giver.middle.y
        leave = min(max(x, giver.x + 4), giver.x + giver.width - 4)
        edge_y = giver.y + giver.height if down else giver.y
        stops = [Point(leave, edge_y)]
        if abs(leave - x) > 0.5:
            gutter = edge_y + (1 if down else -1) * self._gutter(giver, down) / 2
            stops += [Point(leave, gutter), Point(x, gutter)]
        if port is None:
            stops.append(Point(x, receiver.y if down else receiver.y + receiver.height))
        else:
            stops += [Point(x, end), Point(receiver.x, end)]
        return tuple(stops)

    def _gutter(self, box: Box, down: bool) -> float:
        """Give the room between the row of a box and the next one."""
        if down:
            return min((top - box.y - box.height for top, _ in self._rows if top > box.y + 1), default=12.0)
        return min((box.y - low for _, low in self._rows if low < box.y), default=12.0)


def _stretches(path: Sequence[Point]) -> list[Rect]:
    return [Rect(min(a.x, b.x) - 1, min(a.y, b.y) - 1, max(a.x, b.x) + 1, max(a.y, b.y) + 1) for a, b in pairwise(path)]


def _placed(word: str, path: Sequence[Point], taken: Sequence[Rect], lines: Sequence[Rect]) -> tuple[Text, ...]:
    """Write a word beside the upright stretch of a line, as near to where it arrives as there is room; else nowhere."""
    upright = [(a, b) for a, b in pairwise(path) if abs(a.x - b.x) < 0.1 and abs(a.y - b.y) > 1]
    if not word or not upright:
        return ()
    first, last = upright[-1]
    for place in range(int(min(abs(last.y - first.y), _NEAR) / 3) + 1):
        y = last.y + (3 if first.y > last.y else -3) * place + _WORD * 0.3
        for x, anchor in ((first.x - 4, "end"), (first.x + 4, "start")):
            text = Text(x, y, word, _WORD, False, "end" if anchor == "end" else "start")
            own = extent(text)
            roomy = Rect(own.left - 2, own.top - 1, own.right + 2, own.bottom + 1)
            if not any(roomy.meets(other) for other in (*taken, *lines)):
                return (text,)
    return ()


def _crossings(paths: Sequence[Sequence[Point]]) -> int:
    """Count the pairs of lines that cross at a right angle."""
    total = 0
    for at, one in enumerate(paths):
        for other in paths[at + 1 :]:
            total += any(_cross(a, b) or _cross(b, a) for a in pairwise(one) for b in pairwise(other))
    return total


def _cross(upright: tuple[Point, Point], level: tuple[Point, Point]) -> bool:
    (a, b), (c, d) = upright, level
    return (
        abs(a.x - b.x) < 0.1
        and abs(c.y - d.y) < 0.1
        and min(c.x, d.x) + 0.5 < a.x < max(c.x, d.x) - 0.5
        and min(a.y, b.y) + 0.5 < c.y < max(a.y, b.y) - 0.5
    )
