"""In which order the nodes of each column stand, so that few lines cross.

A seed that keeps families together, then sweeps by the mean place of neighbours and swaps of neighbours in a column,
as in Sugiyama, Tagawa and Toda (1981) and Gansner and others (1993); the best order met is kept.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

Columns = list[list[int]]
Near = Sequence[Sequence[int]]


def crossings(columns: Columns, after: Near) -> int:
    """Count the pairs of lines that cross between neighbouring columns; every line joins two such columns."""
    total = 0
    for left, right in pairwise(columns):
        place = {node: at for at, node in enumerate(right)}
        seen: list[int] = []
        for node in left:
            ends = sorted(place[head] for head in after[node])
            for end in ends:
                total += len(seen) - bisect_right(seen, end)
            for end in ends:
                insort(seen, end)
    return total


#: How many places of nodes and passing lines are gone through in sweeps at most, and how few sweeps and how many there are.
_WORK: Final = 72_000
_FEW, _MOST = 2, 24
#: How often the neighbours of a column are gone through in one sweep.
_ROUNDS: Final = 12


def ordered(columns: Columns, before: Near, after: Near) -> Columns:
    """Give the columns in the best order found; the nodes are numbers, joined left to right."""
    sweeps = min(max(_WORK // len(before), _FEW), _MOST)
    best, fewest = columns, -1
    for seed in _seeds(columns, before, after):
        order, count = _swept(seed, before, after, sweeps)
        if fewest < 0 or count < fewest:
            best, fewest = order, count
        if not fewest or sweeps == _FEW:
            break
    return best


def _seeds(columns: Columns, before: Near, after: Near) -> list[Columns]:
    """Give the orders to begin from: depth first from the last column, and from the first."""
    column = {node: at for at, nodes in enumerate(columns) for node in nodes}
    seeds = []
    for roots, near in ((reversed(columns), before), (iter(columns), after)):
        seen: set[int] = set()
        found: Columns = [[] for _ in columns]
        for root in (node for nodes in roots for node in nodes):
            waiting = [root]
            while waiting:
                node = waiting.pop()
                if node in seen:
                    continue
                seen.add(node)
                found[column[node]].append(node)
                waiting.extend(
                    other
                    # Lower numbers first: what the scene names first stands above.
                    for other in reversed([*sorted(near[node]), *sorted((after if near is before else before)[node])])
                    if other not in seen
                )
        seeds.append(found)
    return seeds


def _swept(columns: Columns, before: Near, after: Near, sweeps: int) -> tuple[Columns, int]:
    best, fewest, idle = columns, crossings(columns, after), 0
    order = [list(column) for column in columns]
    for turn in range(sweeps):
        if not fewest or idle > 5:
            break
        ahead = turn % 2 == 0
        _by_mean(order, before if ahead else after, ahead=ahead, tie_last=turn % 4 > 1)
        _swapped(order, before, after)
        count = crossings(order, after)
        idle += 1
        if count < fewest:
            best, fewest, idle = [list(column) for column in order], count, 0
    return best, fewest


def _by_mean(order: Columns, near: Near, *, ahead: bool, tie_last: bool) -> None:
    """Sort each column by the mean place of the neighbours in the one before; who has none keeps the place."""
    for at in range(1, len(order)) if ahead else range(len(order) - 2, -1, -1):
        fixed = {node: place for place, node in enumerate(order[at - 1 if ahead else at + 1])}
        column = order[at]
        means = {}
        for place, node in enumerate(column):
            places = [fixed[other] for other in near[node]]
            if places:
                means[node] = (sum(places) / len(places), -place if tie_last else place)
        moving = iter(sorted(means, key=means.__getitem__))
        order[at] = [next(moving) if node in means else node for node in column]


def _swapped(order: Columns, before: Near, after: Near) -> None:
    """Swap neighbours in each column, between columns that stay, for as long as it leaves fewer crossings."""
    for at, column in enumerate(order):
        left = {node: place for place, node in enumerate(order[at - 1])} if at else {}
        right = {node: place for place, node in enumerate(order[at + 1])} if at + 1 < len(order) else {}
        ends = [
            (
                _places(left, before[node]) if at else [],
                _places(right, after[node]) if right else [],
            )
            for node in column
        ]
        for _ in range(min(len(column), _ROUNDS)):
            better = False
            for place in range(len(column) - 1):
                upper, lower = ends[place], ends[place + 1]
                now = _inversions(upper[0], lower[0]) + _inversions(upper[1], lower[1])
                if now and _inversions(lower[0], upper[0]) + _inversions(lower[1], upper[1]) < now:
                    column[place], column[place + 1] = column[place + 1], column[place]
                    ends[place], ends[place + 1] = lower, upper
                    better = True
            if not better:
                break


def _places(of: dict[int, int], nodes: Sequence[int]) -> list[int]:
    """Give the places of nodes in order; most are one alone, and there are very many."""
    return [of[nodes[0]]] if len(nodes) == 1 else sorted([of[node] for node in nodes])


def _inversions(upper: list[int], lower: list[int]) -> int:
    """Count the crossings between the lines of two neighbours in a column, the first above the second."""
    if not upper or not lower or upper[-1] <= lower[0]:
        return 0
    return sum([len(upper) - bisect_right(upper, end) for end in lower])
