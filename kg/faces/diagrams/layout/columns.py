"""Which column each node stands in: what gave left of what received, and no further left than it must be."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from heapq import heapify, heappop, heappush

import networkx as nx

from kg.faces.diagrams.scene import Edge, Node

Tie = tuple[str, str]


def directed(nodes: Sequence[Node], edges: Iterable[Edge]) -> list[Tie]:
    """Give each pair of nodes that is tied once, in the direction in which it is drawn.

    Ties are taken in order of date; one that would close a circle is turned about, so that its arrow points back.
    """
    graph: nx.DiGraph[str] = nx.DiGraph()
    graph.add_nodes_from(node.id for node in nodes)
    ordered = sorted((edge for edge in edges if edge.tail != edge.head), key=lambda edge: (edge.starts, edge.id))
    graph.add_edges_from((edge.tail, edge.head) for edge in ordered)
    circle = {key: at for at, keys in enumerate(nx.strongly_connected_components(graph)) for key in keys}
    after: dict[str, list[str]] = {node.id: [] for node in nodes}
    found: dict[Tie, None] = {}
    for edge in ordered:
        tie = (edge.tail, edge.head)
        if tie in found or tie[::-1] in found:
            continue
        if circle[edge.tail] == circle[edge.head]:  # only what is in a circle can close one
            if _reaches(after, edge.head, edge.tail):
                tie = tie[::-1]
            after[tie[0]].append(tie[1])
        found[tie] = None
    return list(found)


def _reaches(after: Mapping[str, list[str]], start: str, goal: str) -> bool:
    seen, waiting = {start}, [start]
    while waiting:
        for head in after[waiting.pop()]:
            if head == goal:
                return True
            if head not in seen:
                seen.add(head)
                waiting.append(head)
    return False


def columns(nodes: Sequence[Node], ties: Sequence[Tie], *, spread: bool = False) -> dict[str, int]:
    """Give the column of each node, counted from 0; one that the scene has put in a column stays there.

    With `spread`, what several gave to stands a column further right than what one of them gave to alone: the lines of
    the many then pass between those boxes instead of crossing the lines that lead to them.
    """
    given = {node.id: node.column for node in nodes if node.column is not None}
    after: dict[str, list[str]] = {node.id: [] for node in nodes}
    before: dict[str, list[str]] = {node.id: [] for node in nodes}
    for tail, head in ties:
        after[tail].append(head)
        before[head].append(tail)
    waits = {node.id: len(before[node.id]) for node in nodes}
    place = {node.id: at for at, node in enumerate(nodes)}
    ready = [(place[key], key) for key, many in waits.items() if not many]
    heapify(ready)
    order: list[str] = []
    found: dict[str, int] = {}
    while ready:
        _, key = heappop(ready)
        order.append(key)
        step = 2 if spread and len(before[key]) > 1 and _beside_others(key, before, after) else 1
        found[key] = given.get(key, max((found[tail] + step for tail in before[key]), default=0))
        for head in after[key]:
            waits[head] -= 1
            if not waits[head]:
                heappush(ready, (place[head], head))
    for key in reversed(order):  # near what it became, not as far back as it can be
        if key not in given and after[key]:
            found[key] = max(found[key], min(found[head] for head in after[key]) - 1)
    return found


def _beside_others(key: str, before: Mapping[str, list[str]], after: Mapping[str, list[str]]) -> bool:
    """Whether one that gave to this node gave to another as well, and alone."""
    return any(len(before[other]) == 1 for tail in before[key] for other in after[tail] if other != key)
