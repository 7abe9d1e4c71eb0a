"""Lifelines as wide as their people: each body a band through its days, bent into what it became.

Bodies that merged stand together, nested in what they merged into, so no whole merger crosses another. Time is parted
into the stretches between two days on which something passed; a stretch is as wide as the names in it need.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from functools import cached_property
from itertools import combinations
from typing import Final

from kg.answers.language import day as said
from kg.faces.diagrams import fonts
from kg.faces.diagrams.scene import Box, Edge, Mark, Node, Plan, Point, Route, Scene, Text
from kg.faces.diagrams.styles import RELATIONS

#: Pixels for a million people; the least height of a band, and of the row that its name needs.
_MILLION: Final = 38.0
_THIN: Final = 2.0
_ROW: Final = 13.0
_READ: Final = 7.0
_GAP: Final = 1.5
_TEXT: Final = 10.0
_DAY: Final = 11.0
#: The room in which bands bend into one another, between lanes, and at the head for days.
_BEND: Final = 64.0
_LANE: Final = 24.0
_HEAD: Final = 26.0
_WORDS: Final = 12.0


def plan(scene: Scene) -> Plan:
    """Lay a scene out as bands, from `scene.since` to `scene.as_of`."""
    return _Bands(scene).plan


class _Bands:
    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.bounds = sorted({edge.walk for edge in scene.edges if edge.walk})
        self.home: dict[str, str] = {}  # in which body most of one's people went on, where it ended
        for edge in sorted(scene.edges, key=lambda edge: (edge.weight or 0.0, edge.id)):
            if edge.walk and scene.by_id[edge.tail].ends <= edge.walk:
                self.home[edge.tail] = edge.head
        self.inner: dict[str, list[str]] = {}
        for node in scene.nodes:
            if node.id in self.home:
                self.inner.setdefault(self.home[node.id], []).append(node.id)

    def thick(self, weight: float | None) -> float:
        return max(_THIN, (weight or 0.0) * _MILLION / 1e6)

    def high(self, node: Node) -> float:
        """Give the height of a body's row: its words stand on the band, or above one too thin for them."""
        band = self.thick(node.weight)
        return max(_ROW, band) if band >= _READ else _TEXT + band

    def root(self, key: str) -> str:
        while key in self.home:
            key = self.home[key]
        return key

    @cached_property
    def strays(self) -> list[Edge]:
        """The ties that leave the family of their tail: divisions and partial transfers."""
        return [edge for edge in self.scene.edges if self.home.get(edge.tail) != edge.head]

    @cached_property
    def rows(self) -> dict[str, tuple[float, float]]:
        """The stretch from top to bottom that each body has to itself and to those that merged into it."""
        found: dict[str, tuple[float, float]] = {}
        y = _HEAD
        for lane, roots in self.lanes:
            y += _LANE if lane else 0.0
            for root in roots:
                y = self._stacked(root, y, found)
        return found

    def _stacked(self, key: str, y: float, found: dict[str, tuple[float, float]]) -> float:
        node, top = self.scene.by_id[key], y
        own = self.high(node) + _GAP
        inner = self._children(key)
        # A body that was there before others joined it keeps a row of its own beside them.
        if not inner or any(self.scene.by_id[other].ends > node.starts for other in inner):
            y += own
        for other in inner:
            y = self._stacked(other, y, found)
        y = max(y, top + own)
        found[key] = (top, y)
        return y

    def _children(self, key: str) -> list[str]:
        """Give those that merged into a body: who gave something to one further up stands first, further down last."""

        def side(child: str) -> float:
            pulls = [
                self.place[self.root(other)] - self.place[self.root(key)]
                for edge in self.strays
                for one, other in ((edge.tail, edge.head), (edge.head, edge.tail))
                if self._within(one, child) and self.root(other) != self.root(key)
            ]
            return sum(pulls)

        return sorted(self.inner.get(key, ()), key=lambda child: (side(child), self.scene.by_id[child].label, child))

    def _within(self, key: str, other: str) -> bool:
        while key != other and key in self.home:
            key = self.home[key]
        return key == other

    @cached_property
    def lanes(self) -> list[tuple[str, list[str]]]:
        """The bodies that are last in their families, by lane, near those that they shared something with."""
        by_lane: dict[str, list[str]] = {}
        for node in sorted(self.scene.nodes, key=lambda node: (node.label, node.id)):
            if node.id not in self.home:
                by_lane.setdefault(node.lane, []).append(node.id)
        pairs = [(self.root(edge.tail), self.root(edge.head)) for edge in self.strays]
        pairs = [(one, other) for one, other in pairs if one != other]
        order = sorted(by_lane, key=lambda lane: (not lane, lane))

        def length(lanes: Iterable[str]) -> int:
            place = {root: at for at, root in enumerate(root for lane in lanes for root in by_lane[lane])}
            return sum(abs(place[one] - place[other]) for one, other in pairs)

        order = _nearer(order, length)
        for lane in order:

            def within(roots: list[str], lane: str = lane) -> int:
                before, by_lane[lane] = by_lane[lane], roots
                found = length(order)
                by_lane[lane] = before
                return found

            by_lane[lane] = _nearer(by_lane[lane], within)
        return [(lane, by_lane[lane]) for lane in order]

    @cached_property
    def place(self) -> dict[str, int]:
        return {root: at for at, root in enumerate(root for _, roots in self.lanes for root in roots)}

    def span(self, node: Node) -> tuple[int, int]:
        """Give the first and the last stretch of time in which a body is drawn."""
        first = max(node.starts, self.scene.since or date.min)
        last = min(node.ends - timedelta(days=1), self.scene.as_of)
        return bisect_right(self.bounds, first), max(bisect_right(self.bounds, first), bisect_right(self.bounds, last))

    @cached_property
    def across(self) -> list[tuple[float, float]]:
        """The left and the right side of each stretch, wide enough for the names of those who lived in it alone."""
        days = [said(self.scene.since or date.min), *map(self._day, self.bounds)]
        wide = [max(_WORDS * 2, fonts.width(day, _DAY, bold=True) + _WORDS - _BEND) for day in days]
        spans = sorted((self.span(node)[1], self.span(node)[0], self._room(node)) for node in self.scene.nodes)
        for last, first, room in spans:
            has = sum(wide[first : last + 1]) + _BEND * (last - first)
            wide[last] += max(0.0, room - has)
        found, x = [], 0.0
        for width in wide:
            found.append((x, x + width))
            x += width + _BEND
        return found

    def _day(self, bound: date) -> str:
        """Give a day as a heading: to the year or month alone where nothing that passed on it is known better."""
        told = {edge.when for edge in self.scene.edges if edge.walk == bound}
        return told.pop() if len(told) == 1 and not any(len(words.split()) > 2 for words in told) else said(bound)

    def _told(self, node: Node) -> str:
        there = node.ends > self.scene.as_of and node.weight
        return fonts.clean(node.label) + (f"  {(node.weight or 0) / 1e6:.2f} m" if there else "")

    def _room(self, node: Node) -> float:
        return fonts.width(self._told(node), _TEXT, bold=node.focus) + _WORDS

    @cached_property
    def boxes(self) -> dict[str, Box]:
        found = {}
        for node in self.scene.nodes:
            top, bottom = self.rows[node.id]
            first, last = self.span(node)
            x, right = self.across[first][0], self.across[last][1]
            band, high = self.thick(node.weight), self.high(node)
            y = (top + bottom - high) / 2
            sink = 0.0 if band >= _READ else (high - band) / 2
            base = y + high / 2 + _TEXT * 0.36 if band >= _READ else y + _TEXT * 0.8
            text = Text(x + 5, base, self._told(node), _TEXT, node.focus)
            found[node.id] = Box(x, y, right - x, high, (text,), band, sink=sink)
        return found

    @cached_property
    def routes(self) -> dict[str, Route]:
        middle = {key: box.banded.middle.y for key, box in self.boxes.items()}
        gone = self._stack(self.scene.edges, lambda edge: (edge.tail, edge.walk), lambda edge: middle[edge.head])
        came = self._stack(self.scene.edges, lambda edge: (edge.head, edge.walk), lambda edge: middle[edge.tail])
        found = {}
        for edge in self.scene.edges:
            at = bisect_right(self.bounds, edge.walk or self.scene.as_of)
            thin = self._is_thin(edge)
            ends = (Point(self.across[at - 1][1], gone[edge.id]), Point(self.across[at][0], came[edge.id]))
            width = RELATIONS["part"].width if thin else self.thick(edge.weight)
            found[edge.id] = Route(ends, width, arrow=thin, ribbon=not thin)
        return found

    def _is_thin(self, edge: Edge) -> bool:
        """Whether a tie is a line and no ribbon: its giver lived on, or nobody knows how many people it carried."""
        return (
            edge.walk is None
            or self.scene.by_id[edge.tail].ends > edge.walk
            or (edge.weight is None and edge.relation == "part")
        )

    def _stack(
        self, edges: Iterable[Edge], end: Callable[[Edge], tuple[str, date | None]], other: Callable[[Edge], float]
    ) -> dict[str, float]:
        """Give how high each ribbon meets a body: beside one another, in the order of where they come from.

        A body that was there before, or lives on, is met at the side of its band that the other end is on.
        """
        by_end: dict[tuple[str, date | None], list[Edge]] = {}
        for edge in edges:
            by_end.setdefault(end(edge), []).append(edge)
        found = {}
        for (key, day), held in by_end.items():
            band, node = self.boxes[key].banded, self.scene.by_id[key]
            ordered = sorted(held, key=lambda edge: (other(edge), edge.id))
            if day and node.starts < day < node.ends:
                for edge in ordered:
                    found[edge.id] = band.y if other(edge) < band.middle.y else band.y + band.height
                continue
            wide = [0.0 if self._is_thin(edge) else self.thick(edge.weight) for edge in ordered]
            scale = min(1.0, band.height / sum(wide)) if sum(wide) else 1.0
            y = band.middle.y - sum(wide) * scale / 2
            for edge, width in zip(ordered, wide, strict=True):
                found[edge.id] = y + width * scale / 2
                y += width * scale
        return found

    @cached_property
    def crossings(self) -> int:
        """Count the pairs that cross: ribbons and lines of one day, and the bands that go on through it."""
        total = 0
        for bound in self.bounds:
            ways = [
                (self.routes[edge.id].stops[0].y, self.routes[edge.id].stops[-1].y)
                for edge in self.scene.edges
                if edge.walk == bound
            ]
            through = [
                (box.banded.middle.y,) * 2
                for node in self.scene.nodes
                if node.starts < bound < node.ends and (box := self.boxes[node.id])
            ]
            total += sum((one[0] - other[0]) * (one[1] - other[1]) < -1e-6 for one, other in combinations(ways, 2))
            total += sum((one[0] - other[0]) * (one[1] - other[1]) < -1e-6 for one in ways for other in through)
        return total

    @cached_property
    def plan(self) -> Plan:
        width = self.across[-1][1]
        height = max(bottom for _, bottom in self.rows.values()) + _GAP
        marks = []
        for number, (lane, roots) in enumerate(self.lanes):
            if not lane:
                continue
            top = self.rows[roots[0]][0] - _LANE
            bottom = self.rows[roots[-1]][1]
            name = Text(4, top + _LANE - 7, fonts.clean(lane), 13, True)
            marks.append(Mark("lane" if number % 2 == 0 else "heading", 0, top, width, bottom - top, name))
        starts = [
            (0.0, said(self.scene.since) if self.scene.since else ""),
            *((left, self._day(bound)) for (left, _), bound in zip(self.across[1:], self.bounds, strict=True)),
        ]
        for x, words in starts:
            if words:
                marks.append(Mark("line", x, _HEAD - 6, 0, height - _HEAD + 6, Text(x, 13, words, _DAY, True)))
        return Plan(width, height, self.boxes, self.routes, tuple(marks), self.crossings)


def _nearer(items: list[str], length: Callable[[list[str]], int]) -> list[str]:
    """Move single items for as long as the ties between them become shorter."""
    best, least = list(items), length(list(items))
    better = True
    while better:
        better = False
        for item in list(best):
            rest = [one for one in best if one != item]
            for at in range(len(rest) + 1):
                trial = [*rest[:at], item, *rest[at:]]
                if (found := length(trial)) < least:
                    best, least, better = trial, found, True
    return best
