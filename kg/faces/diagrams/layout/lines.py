"""The lines of a drawing in columns, and the words on them: fanned out at a box, level in every column they pass."""

from __future__ import annotations

from typing import Final

from kg.faces.diagrams import fonts
from kg.faces.diagrams.layout.boxes import MANY, moved
from kg.faces.diagrams.layout.columns import Tie
from kg.faces.diagrams.scene import Box, Edge, Point, Route, Scene, Text
from kg.faces.diagrams.styles import RELATIONS

#: The size of words on lines, and the room between lines with words that arrive at a box, or leave it.
_LABEL: Final = 10.5
_PORT: Final = 34.0
_STEP: Final = 20.0

_Told = tuple[str, str]


def _told(edge: Edge) -> _Told:
    return fonts.clean(edge.word), fonts.clean(edge.when)


class Words:
    """What is written on lines: what happened where it arrives, and the part that passed where it leaves.

    Lines of one event that arrive at one box arrive at one place, and its words are written once. Of very many nodes
    nothing is written: the table and the panel tell it.
    """

    def __init__(self, scene: Scene) -> None:
        self._arriving: dict[str, dict[_Told, None]] = {}
        self._leaving: dict[str, dict[str, str]] = {}
        if len(scene.nodes) > MANY:
            return
        for edge in scene.edges:
            words = _told(edge)
            if any(words):
                self._arriving.setdefault(edge.head, {})[words] = None
            if edge.label:
                self._leaving.setdefault(edge.tail, {})[edge.id] = fonts.clean(edge.label)

    def roomy(self, key: str, box: Box) -> Box:
        """Give the box high enough for the words on either side."""
        ports = max(len(self._arriving.get(key, ())) * _PORT, len(self._leaving.get(key, ())) * _STEP)
        return moved(box, 0, 0, height=max(box.height, ports + 2))

    def arriving_width(self, key: str) -> float:
        told = [line for words in self._arriving.get(key, ()) for line in words]
        return max((fonts.width(line, _LABEL) + 22 for line in told), default=14.0)

    def leaving_width(self, key: str) -> float:
        return max((fonts.width(words, _LABEL) + 12 for words in self._leaving.get(key, {}).values()), default=8.0)

    def arrival(self, edge: Edge) -> _Told:
        """Give what is written above and below a line where it arrives."""
        return _told(edge) if _told(edge) in self._arriving.get(edge.head, ()) else ("", "")

    def departure(self, edge: Edge) -> str:
        return self._leaving.get(edge.tail, {}).get(edge.id, "")


def routes(
    scene: Scene, boxes: dict[str, Box], column: dict[str | None, int], lefts: list[float], wides: list[float],
    passes: dict[Tie, list[float]], words: Words,
) -> dict[str, Route]:  # fmt: skip
    """Give the way of each edge: level where it leaves, arrives and passes a column, with its words on it.

    `passes` gives how high each tie is in the columns that it goes through, from its left end to its right one.
    """
    arriving: dict[str, list[Edge]] = {}
    leaving: dict[str, list[Edge]] = {}
    for edge in scene.edges:
        arriving.setdefault(edge.head, []).append(edge)
        leaving.setdefault(edge.tail, []).append(edge)
    # What is written where a line leaves has a place of its own, in the order in which the lines fan out.
    starts: dict[str, float] = {}
    for key, edges in leaving.items():
        box = boxes[key]
        told = sorted(
            (edge for edge in edges if words.departure(edge)), key=lambda edge: (_first(edge, passes, boxes), edge.id)
        )
        for place, edge in enumerate(told):
            starts[edge.id] = box.middle.y + (place - (len(told) - 1) / 2) * _STEP
    places: dict[tuple[str, _Told], float] = {}
    for key, edges in arriving.items():
        groups: dict[_Told, list[float]] = {}
        for edge in edges:
            groups.setdefault(words.arrival(edge), []).append(_last(edge, passes, boxes))
        told_groups = sorted(groups, key=lambda group: (sum(groups[group]) / len(groups[group]), group))
        for place, group in enumerate(told_groups):
            places[key, group] = boxes[key].middle.y + (place - (len(told_groups) - 1) / 2) * _PORT
    written: set[tuple[str, _Told]] = set()
    found = {}
    for edge in scene.edges:
        tail, head = boxes[edge.tail], boxes[edge.head]
        group = words.arrival(edge)
        start, end = starts.get(edge.id, tail.middle.y), places[edge.head, group]
        back = column[edge.head] <= column[edge.tail]
        chain = passes.get((edge.head, edge.tail), [])[::-1] if back else passes.get((edge.tail, edge.head), [])
        stops: list[Point] = []
        sign = -1 if back else 1
        labels: list[Text] = []
        leave = tail.x if back else tail.x + tail.width
        stops.append(Point(leave, start))
        said = words.departure(edge)
        if said:
            stops.append(Point(leave + sign * words.leaving_width(edge.tail), start))
            labels.append(Text(leave + sign * 5, start - 5, said, _LABEL, False, "end" if back else "start"))
        for place, y in enumerate(chain[1:-1], 1):
            at = column[edge.tail] + sign * place
            near, far = lefts[at], lefts[at] + wides[at]
            stops += [Point(far if back else near, y), Point(near if back else far, y)]
        arrive = head.x + head.width if back else head.x
        if any(group):
            stops.append(Point(arrive - sign * words.arriving_width(edge.head), end))
            if (edge.head, group) not in written:
                written.add((edge.head, group))
                labels += [
                    Text(arrive - sign * 12, end + down, line, _LABEL, False, "start" if back else "end")
                    for line, down in zip(group, (-5.5, _LABEL + 3.5), strict=True)
                    if line
                ]
        else:
            stops.append(Point(arrive - sign * 10, end))
        stops.append(Point(arrive, end))
        found[edge.id] = Route(tuple(stops), RELATIONS[edge.relation].width, tuple(labels), edge.relation != "inside")
    return found


def _first(edge: Edge, passes: dict[Tie, list[float]], boxes: dict[str, Box]) -> float:
    chain = passes.get((edge.tail, edge.head)) or passes.get((edge.head, edge.tail), [])[::-1]
    return chain[1] if len(chain) > 1 else boxes[edge.head].middle.y


def _last(edge: Edge, passes: dict[Tie, list[float]], boxes: dict[str, Box]) -> float:
    chain = passes.get((edge.tail, edge.head)) or passes.get((edge.head, edge.tail), [])[::-1]
    return chain[-2] if len(chain) > 1 else boxes[edge.tail].middle.y
