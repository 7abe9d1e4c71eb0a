"""Columns from left to right: what came first stands left, and lines run between columns, never through a box."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Final, NamedTuple

import networkx as nx

from kg.faces.diagrams import fonts
from kg.faces.diagrams.layout.boxes import MANY, SMALL, measured, moved, rowed, sizes
from kg.faces.diagrams.layout.columns import Tie, columns, directed
from kg.faces.diagrams.layout.order import crossings, ordered
from kg.faces.diagrams.layout.packing import packed
from kg.faces.diagrams.scene import Box, Edge, Mark, Plan, Point, Route, Scene, Text
from kg.faces.diagrams.styles import RELATIONS

#: Room between boxes, between lines, and beside a column for its lines to bend in.
_GAP: Final = 16.0
_TIGHT: Final = 7.0
_KIN: Final = 9.0
_LINE: Final = 9.0
_BEND: Final = 56.0
_LABEL: Final = 10.5
_HEADED: Final = 30.0
_PORT: Final = 34.0
_STEP: Final = 20.0


class _Family(NamedTuple):
    """One connected part of the drawing: its columns of nodes and of the places where long lines pass."""

    columns: list[list[int]]
    before: list[list[int]]
    after: list[list[int]]
    #: The node of each number, or None where a line passes.
    ids: list[str | None]
    #: The numbers that each tie goes through.
    chains: dict[Tie, list[int]]


def plan(scene: Scene) -> Plan:
    """Lay a scene out in columns; parts that nothing ties together stand below one another."""
    small = sizes(scene.nodes)
    words = Words(scene)
    boxes = {node.id: words.roomy(node.id, measured(node, small)) for node in scene.nodes}
    ties = directed(scene.nodes, scene.edges)
    parts = _parts(scene, ties)
    lone = [keys[0] for keys, own in parts if not own and scene.by_id[keys[0]].column is None and len(parts) > 1]
    families = [_family(scene, part, own) for part, own in parts if part[0] not in lone]
    lefts, wides = _across(families, boxes, words)
    gap = _TIGHT if small is SMALL else _GAP
    middles: dict[str, float] = {}
    passes: dict[Tie, list[float]] = {}
    top, total = _HEADED if scene.headings else 0.0, 0
    marks = tuple(
        Mark("heading", left, 0, wide, _HEADED, Text(left, _HEADED - 14, fonts.clean(heading), 13, True))
        for heading, left, wide in zip(scene.headings, lefts, wides, strict=False)
    )
    for family in families:
        total += crossings(family.columns, family.after)
        heights = [boxes[key].height if key else 0.0 for key in family.ids]
        ys = _down(family, heights, gap)
        first = min(y - heights[node] / 2 for node, y in enumerate(ys))
        for node, key in enumerate(family.ids):
            ys[node] += top - first
            if key:
                middles[key] = ys[node]
        for tie, chain in family.chains.items():
            passes[tie] = [ys[node] for node in chain]
        top = max(y + heights[node] / 2 for node, y in enumerate(ys)) + gap * (1 if scene.headings else 2)
    column = {family.ids[node]: at for family in families for at, nodes in enumerate(family.columns) for node in nodes}
    placed = {
        key: moved(boxes[key], lefts[column[key]], y - boxes[key].height / 2, width=wides[column[key]])
        for key, y in middles.items()
    }
    width = max((box.x + box.width for box in placed.values()), default=0.0)
    placed |= rowed({key: boxes[key] for key in lone}, top, width, gap)
    drawn = routes(scene, placed, column, lefts, wides, passes, words)
    width = max((box.x + box.width for box in placed.values()), default=0.0)
    height = max((box.y + box.height for box in placed.values()), default=0.0)
    return Plan(width, height, placed, drawn, marks, total)


def _parts(scene: Scene, ties: Sequence[Tie]) -> list[tuple[list[str], list[Tie]]]:
    graph: nx.Graph[str] = nx.Graph()
    graph.add_nodes_from(node.id for node in scene.nodes)
    graph.add_edges_from(ties)
    place = {node.id: at for at, node in enumerate(scene.nodes)}
    home: dict[str, int] = {}
    parts: list[tuple[list[str], list[Tie]]] = []
    for number, keys in enumerate(nx.connected_components(graph)):
        parts.append((sorted(keys, key=place.__getitem__), []))
        home.update(dict.fromkeys(keys, number))
    for tie in ties:
        parts[home[tie[0]]][1].append(tie)
    return parts


def _family(scene: Scene, keys: list[str], ties: list[Tie]) -> _Family:
    """Give the columns of a connected part as they cross least; of two ways as good, the one with fewer columns."""
    nodes = [scene.by_id[key] for key in keys]
    close, spread = columns(nodes, ties), columns(nodes, ties, spread=True)
    plain = _parted(keys, ties, close)
    crossed = crossings(plain.columns, plain.after)
    if not crossed or close == spread:
        return plain
    other = _parted(keys, ties, spread)
    return other if crossings(other.columns, other.after) < crossed else plain


def _parted(keys: list[str], ties: list[Tie], at: dict[str, int]) -> _Family:
    """Order nodes within their columns; long lines are parted at each column that they pass."""
    number = {key: place for place, key in enumerate(keys)}
    ids: list[str | None] = list(keys)
    layers: list[list[int]] = [[] for _ in range(max(at.values()) + 1)]
    before: list[list[int]] = [[] for _ in keys]
    after: list[list[int]] = [[] for _ in keys]
    for key in keys:
        layers[at[key]].append(number[key])
    chains: dict[Tie, list[int]] = {}
    for tail, head in ties:
        chain = [number[tail]]
        for between in range(at[tail] + 1, at[head]):
            layers[between].append(len(ids))
            chain.append(len(ids))
            ids.append(None)
            before.append([])
            after.append([])
        chain.append(number[head])
        for one, other in pairwise(chain):
            after[one].append(other)
            before[other].append(one)
        chains[tail, head] = chain
    return _Family(ordered(layers, before, after), before, after, ids, chains)


def _down(family: _Family, heights: list[float], gap: float) -> list[float]:
    """Give how high the middle of each number stands, after a few sweeps towards what it is tied to."""
    ys = [0.0] * len(heights)
    gaps = [
        [(heights[one] + heights[other]) / 2 + _apart(family, one, other, gap) for one, other in pairwise(column)]
        for column in family.columns
    ]
    for column, apart in zip(family.columns, gaps, strict=True):
        at = 0.0
        for place, node in enumerate(column):
            ys[node] = at
            at += apart[place] if place < len(apart) else 0.0
    turns = 8 if len(heights) < 2000 else 4
    for turn in range(turns):
        order = range(len(family.columns)) if turn % 2 == 0 else range(len(family.columns) - 1, -1, -1)
        for at in order:
            column = family.columns[at]
            wanted, weights = [], []
            for node in column:
                # Once all have been drawn near, both sides count: a box stands between what it was and became.
                near = (
                    (family.before[node], family.after[node])[turn % 2]
                    if turn < turns - 2
                    else [*family.before[node], *family.after[node]]
                )
                wanted.append(sum(ys[other] for other in near) / len(near) if near else ys[node])
                weights.append((8.0 if family.ids[node] is None else 1.0 * len(near)) if near else 0.05)
            for node, y in zip(column, packed(wanted, weights, gaps[at]), strict=True):
                ys[node] = y
    return ys


def _apart(family: _Family, one: int, other: int, gap: float) -> float:
    """Give the room between neighbours of a column: less between two that are tied to the same."""
    if not (family.ids[one] and family.ids[other]):
        return _LINE
    alike = family.before[one] == family.before[other] and family.after[one] == family.after[other]
    return min(gap, _KIN) if alike else gap


def _across(families: Sequence[_Family], boxes: dict[str, Box], words: Words) -> tuple[list[float], list[float]]:
    """Give the left side and the width of each column; between two there is room for words and bends."""
    many = max((len(family.columns) for family in families), default=0)
    wides = [0.0] * many
    ins, outs = [0.0] * many, [0.0] * many
    for family in families:
        for at, column in enumerate(family.columns):
            for key in filter(None, (family.ids[node] for node in column)):
                wides[at] = max(wides[at], boxes[key].width)
                ins[at] = max(ins[at], words.arriving_width(key))
                outs[at] = max(outs[at], words.leaving_width(key))
    lefts, x = [], 0.0
    for at in range(many):
        x += ins[at] if at else 0.0
        lefts.append(x)
        x += wides[at] + outs[at] + _BEND
    return lefts, wides


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
