"""Where boxes and lines are put: in order, apart, the same every time, and with few crossings."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import combinations, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.answers.record import Records, Transfer
from kg.errors import UsageError
from kg.faces.diagrams.layout import order, placed
from kg.faces.diagrams.layout.columns import columns, directed
from kg.faces.diagrams.layout.packing import packed
from kg.faces.diagrams.presets.drawn import Drawn
from kg.faces.diagrams.scene import Box, Edge, Node, Scene
from kg.faces.library import Graph
from kg.graph.names import thing

DAY = date(2026, 4, 1)


def scene(names: list[str], ties: list[tuple[str, str]]) -> Scene:
    nodes = tuple(Node(name, name, f"Body {name}", "kind", "K", "system") for name in names)
    edges = tuple(
        Edge(f"{at}", tail, head, "whole", "merged", "2020", walk=date(2020, 1, 1))
        for at, (tail, head) in enumerate(ties)
    )
    return Scene("A title", "A caption.", DAY, "2026.11.0", "layers", nodes, edges)


@pytest.fixture(scope="module")
def organisations(asked: Graph) -> Scene:
    """Every CCG, system, board and sub-ICB location since April 2013 that passed on anything, and what passed."""
    kinds = (
        "ccg",
        "stp-plan",
        "stp-partnership",
        "acs",
        "ics-nonstatutory",
        "ics-statutory",
        "icb",
        "sub-icb-location",
    )
    rows = [row for kind in kinds for row in asked.graph.rows("ever-of-kind", kind=thing("kind", kind))]
    known = {row["body"] for row in rows}
    drawn = Drawn(Records(asked.graph))
    transfers = [
        Transfer(row["event"], row["giver"], row["receiver"], row["date"], row["lineage"])
        for row in asked.graph.rows("transfers")
        if {row["giver"], row["receiver"]} <= known and row["date"] > date(2013, 4, 1)
    ]
    bodies = dict.fromkeys(body for one in transfers for body in (one.giver, one.receiver))
    return replace(
        scene([], []),
        nodes=tuple(drawn.node(body) for body in bodies),
        edges=tuple(drawn.transfer(one) for one in transfers),
    )


graphs = st.integers(2, 9).flatmap(
    lambda many: st.tuples(
        st.just([chr(97 + at) for at in range(many)]),
        st.lists(
            st.tuples(st.integers(0, many - 1), st.integers(0, many - 1)).map(
                lambda pair: (chr(97 + pair[0]), chr(97 + pair[1]))
            ),
            max_size=16,
        ),
    )
)


def overlap(one: Box, other: Box) -> bool:
    return (
        one.x < other.x + other.width - 0.01 and other.x < one.x + one.width - 0.01
        and one.y < other.y + other.height - 0.01 and other.y < one.y + one.height - 0.01
    )  # fmt: skip


@settings(deadline=None)
@given(graphs)
def test_boxes_never_overlap_and_every_line_begins_and_ends_at_its_boxes(graph: tuple[list[str], list[tuple[str, str]]]) -> None:  # fmt: skip
    plan = placed(scene(*graph)).plan
    assert set(plan.boxes) == set(graph[0])
    assert not any(overlap(one, other) for one, other in combinations(plan.boxes.values(), 2))
    for at, (tail, head) in enumerate(graph[1]):
        route = plan.routes[str(at)]
        for stop, box in ((route.stops[0], plan.boxes[tail]), (route.stops[-1], plan.boxes[head])):
            assert box.x - 0.1 <= stop.x <= box.x + box.width + 0.1
            assert box.y - 0.1 <= stop.y <= box.y + box.height + 0.1


@settings(deadline=None)
@given(graphs)
def test_no_line_runs_through_a_box(graph: tuple[list[str], list[tuple[str, str]]]) -> None:
    plan = placed(scene(*graph)).plan
    for at, (tail, head) in enumerate(graph[1]):
        for one, other in pairwise(plan.routes[str(at)].stops):
            for key, box in plan.boxes.items():
                inside = min(one.x, other.x) < box.x + box.width - 0.2 and max(one.x, other.x) > box.x + 0.2
                if key not in (tail, head) and inside:  # within a column lines are level, so their ends tell all
                    assert not box.y + 0.2 < one.y < box.y + box.height - 0.2


@settings(deadline=None)
@given(graphs)
def test_what_gave_stands_left_of_what_received_unless_that_would_close_a_circle(graph: tuple[list[str], list[tuple[str, str]]]) -> None:  # fmt: skip
    made = scene(*graph)
    ties = directed(made.nodes, made.edges)
    assert {frozenset(tie) for tie in ties} == {frozenset(tie) for tie in graph[1] if tie[0] != tie[1]}
    for spread in (False, True):
        at = columns(made.nodes, ties, spread=spread)
        assert all(at[tail] < at[head] for tail, head in ties)


def test_a_circle_is_drawn_and_ends() -> None:
    made = placed(scene(["a", "b", "c"], [("a", "b"), ("b", "c"), ("c", "a"), ("a", "a")]))
    assert len(made.plan.boxes) == 3
    assert len(made.plan.routes) == 4


@settings(deadline=None)
@given(st.lists(st.lists(st.integers(0, 5), max_size=4), min_size=1, max_size=6))
def test_crossings_are_counted_as_by_hand(heads: list[list[int]]) -> None:
    left, right = list(range(len(heads))), [10 + at for at in range(6)]
    after = {node: [10 + head for head in heads[node]] for node in left} | {node: [] for node in right}
    near = [after.get(node, []) for node in range(20)]
    lines = [(tail, head) for tail in left for head in after[tail]]
    by_hand = sum((a - c) * (b - d) < 0 for (a, b), (c, d) in combinations(lines, 2))
    assert order.crossings([left, right], near) == by_hand


@settings(deadline=None)
@given(st.lists(st.tuples(st.floats(-100, 100), st.floats(0.1, 9), st.floats(0, 20)), min_size=1, max_size=9))
def test_packed_places_keep_their_gaps_and_no_single_move_makes_them_nearer(rows: list[tuple[float, float, float]]) -> None:  # fmt: skip
    wanted, weights, gaps = [row[0] for row in rows], [row[1] for row in rows], [row[2] for row in rows[1:]]
    found = packed(wanted, weights, gaps)
    assert all(below - above >= gap - 1e-6 for (above, below), gap in zip(pairwise(found), gaps, strict=True))

    def cost(places: list[float]) -> float:
        return sum(weight * (place - want) ** 2 for place, want, weight in zip(places, wanted, weights, strict=True))

    for first, last in combinations(range(len(found) + 1), 2):  # the moves that a run of neighbours can make together
        for step in (-0.01, 0.01):
            trial = [place + step * (first <= at < last) for at, place in enumerate(found)]
            apart = all(low - high >= gap - 1e-9 for (high, low), gap in zip(pairwise(trial), gaps, strict=True))
            assert not apart or cost(trial) >= cost(found) - 1e-6


def test_the_same_scene_has_the_same_plan_twice(organisations: Scene) -> None:
    assert placed(organisations).plan == placed(organisations).plan


def test_the_organisations_cross_at_most_29_times(organisations: Scene) -> None:
    made = placed(organisations)
    assert len(made.nodes) > 440
    assert len(made.edges) > 470
    assert made.plan.crossings <= 29


def test_an_unknown_engine_is_refused(organisations: Scene) -> None:
    with pytest.raises(UsageError, match="own or dot"):
        placed(organisations, "neato")


def test_what_nothing_is_tied_to_stands_in_rows_at_the_foot() -> None:
    names = [f"n{place}" for place in range(14)]
    made = placed(scene(names, [("n3", "n4")]))
    loose = [made.plan.boxes[name] for name in names if name not in ("n3", "n4")]
    tied = [made.plan.boxes[name] for name in ("n3", "n4")]
    assert min(box.y for box in loose) > max(box.y + box.height for box in tied)
    assert 1 < len({box.y for box in loose}) < len(loose)
    assert made.plan.width == max(box.x + box.width for box in tied)
    assert made.plan.height == max(box.y + box.height for box in loose)
