"""Columns from left to right: what came first stands left, and lines run between columns, never through a box."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from math import log
from typing import Final, NamedTuple

import networkx as nx

from kg.faces.diagrams import fonts
from kg.faces.diagrams.layout.boxes import SMALL, measured, moved, rowed, sizes
from kg.faces.diagrams.layout.columns import Tie, columns, directed
from kg.faces.diagrams.layout.lines import Words, routes
from kg.faces.diagrams.layout.order import crossings, ordered
from kg.faces.diagrams.layout.packing import packed
from kg.faces.diagrams.scene import Box, Mark, Plan, Scene, Text

#: Room between boxes, between lines, and beside a column for its lines to bend in.
_GAP: Final = 16.0
_TIGHT: Final = 7.0
_KIN: Final = 9.0
_LINE: Final = 9.0
_BEND: Final = 56.0
_HEADED: Final = 30.0


#: Room between stacks, how many there are at most, and the shape that a picture should have, as width by height.
_ASIDE: Final = 90.0
_MOST_STACKS: Final = 8
_SHAPE: Final = 1.3
#: A part with more nodes and passing lines than this is laid out in one way alone.
_LARGE: Final = 12_000


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
    """Lay a scene out in columns; parts that nothing ties together stand below one another, or side by side when many."""
    small = sizes(scene.nodes)
    words = Words(scene)
    boxes = {node.id: words.roomy(node.id, measured(node, small)) for node in scene.nodes}
    ties = directed(scene.nodes, scene.edges)
    parts = _parts(scene, ties)
    tied = {key for edge in scene.edges for key in (edge.tail, edge.head)}
    lone = [node.id for node in scene.nodes if node.id not in tied and node.column is None and len(parts) > 1]
    families = [_family(scene, part, own) for part, own in parts if part[0] not in lone]
    gap = _TIGHT if small is SMALL else _GAP
    below = gap * (1 if scene.headings else 2)
    downs = [_set_down(family, boxes, gap, below) for family in families]
    lefts, wides = _across(families, boxes, words)
    whole = lefts[-1] + wides[-1] if lefts else 0.0
    left, height, found = 0.0, 0.0, Plan(0, 0, {}, {})
    for stack in _stacks(downs, whole):
        made = _stacked(scene, stack, boxes, words, left)
        left = made.width + _ASIDE
        height = max(height, made.height)
        found = Plan(
            made.width, height, found.boxes | made.boxes, found.routes | made.routes, (*found.marks, *made.marks)
        )  # fmt: skip
    placed = found.boxes | rowed({key: boxes[key] for key in lone}, height + below if height else 0.0, found.width, gap)
    width = max((box.x + box.width for box in placed.values()), default=0.0)
    height = max((box.y + box.height for box in placed.values()), default=0.0)
    total = sum(crossings(family.columns, family.after) for family in families)
    return Plan(width, height, placed, found.routes, found.marks, total)


class _Down(NamedTuple):
    """A connected part, and how high the middle of each of its numbers stands, from 0."""

    family: _Family
    ys: list[float]
    height: float


def _set_down(family: _Family, boxes: dict[str, Box], gap: float, below: float) -> _Down:
    heights = [boxes[key].height if key else 0.0 for key in family.ids]
    ys = _down(family, heights, gap)
    first = min(y - high / 2 for y, high in zip(ys, heights, strict=True))
    ys = [y - first for y in ys]
    return _Down(family, ys, max(y + high / 2 for y, high in zip(ys, heights, strict=True)) + below)


def _stacks(downs: Sequence[_Down], width: float) -> list[list[_Down]]:
    """Share parts out among stacks that stand side by side, in their order, for a picture of the shape of a page."""
    total = sum(down.height for down in downs)
    best = min(
        range(1, min(len(downs), _MOST_STACKS) + 1),
        key=lambda many: abs(log(many * (width + _ASIDE) * many / (total or 1.0) / _SHAPE)),
        default=1,
    )
    found: list[list[_Down]] = [[] for _ in range(best)]
    at = 0.0
    for down in downs:
        found[min(int((at + down.height / 2) * best / total), best - 1)].append(down)
        at += down.height
    return [stack for stack in found if stack]


def _stacked(scene: Scene, stack: Sequence[_Down], boxes: dict[str, Box], words: Words, left: float) -> Plan:
    """Put parts below one another, from a left side on."""
    families = [down.family for down in stack]
    lefts, wides = _across(families, boxes, words)
    lefts = [left + x for x in lefts]
    marks = tuple(
        Mark("heading", x, 0, wide, _HEADED, Text(x, _HEADED - 14, fonts.clean(heading), 13, True))
        for heading, x, wide in zip(scene.headings, lefts, wides, strict=False)
    )
    placed: dict[str, Box] = {}
    column: dict[str | None, int] = {}
    passes: dict[Tie, list[float]] = {}
    top = _HEADED if scene.headings else 0.0
    for family, ys, height in stack:
        for at, nodes in enumerate(family.columns):
            for key, y in ((family.ids[node], ys[node]) for node in nodes):
                if key:
                    column[key] = at
                    placed[key] = moved(boxes[key], lefts[at], top + y - boxes[key].height / 2, width=wides[at])
        for tie, chain in family.chains.items():
            passes[tie] = [top + ys[node] for node in chain]
        top += height
    own = replace(scene, edges=tuple(edge for edge in scene.edges if edge.tail in placed))
    drawn = routes(own, placed, column, lefts, wides, passes, words)
    width = max(box.x + box.width for box in placed.values())
    return Plan(width, max(box.y + box.height for box in placed.values()), placed, drawn, marks)


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
    if not crossed or close == spread or len(plain.ids) > _LARGE:
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
