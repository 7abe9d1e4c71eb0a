"""Bars along a calendar: each at its own days, none on another, with words that nothing else is written on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import combinations, pairwise

import pytest

from kg.answers.record import Records
from kg.faces.diagrams.layout import placed
from kg.faces.diagrams.layout.calendar import YEAR, Axis
from kg.faces.diagrams.layout.tracks import Rect, extent
from kg.faces.diagrams.presets import kinds
from kg.faces.diagrams.scene import Box, Edge, Node, Scene

NOW = date(2026, 11, 22)


def node(key: str, starts: date, ends: date, **more: object) -> Node:
    given = {"sure": (starts, ends), "lane": "Lane"} | more
    return Node(key, key, f"Body {key}", "kind", key, "commissioner", "some days", starts, ends, **given)  # type: ignore[arg-type]


def scene(nodes: Sequence[Node], edges: Sequence[Edge] = (), as_of: date = NOW) -> Scene:
    return placed(Scene("Title", "Caption.", as_of, "2026.11.0", "calendar", tuple(nodes), tuple(edges)))


def whole(box: Box) -> Rect:
    return Rect(box.x, box.y, box.x + box.width, box.y + box.height)


@pytest.fixture(scope="module")
def drawn(records: Records) -> Scene:
    """All kinds of structure, on their calendar."""
    return placed(kinds.scene(records, NOW))


def axis_of(drawn: Scene) -> Axis:
    """Find the axis in the lines of the years, as a reader would."""
    first = next(mark for mark in drawn.plan.marks if mark.kind == "line" and mark.text)
    assert first.text
    return Axis(first.x, int(first.text.text), drawn.as_of)


def test_a_bar_begins_and_ends_at_its_days(drawn: Scene) -> None:
    axis = axis_of(drawn)
    known = [one for one in drawn.nodes if one.sure == (one.starts, one.ends) and one.starts > date.min]
    assert len(known) > 30
    for one in known:
        box = drawn.plan.boxes[one.id]
        days = (one.starts - date(axis.year, 1, 1)).days
        assert box.x == pytest.approx(axis.left + days * YEAR / 365.25, abs=0.2), one.id
        last = min(one.ends, drawn.as_of)
        days = (last - date(axis.year, 1, 1)).days
        assert box.x + box.width == pytest.approx(axis.left + days * YEAR / 365.25, abs=0.2), one.id
        assert box.torn == "", one.id


def test_a_day_that_is_not_recorded_is_a_torn_side_that_says_so(drawn: Scene) -> None:
    torn = {one.id for one in drawn.nodes if drawn.plan.boxes[one.id].torn}
    unknown = {one.id for one in drawn.nodes if one.sure != (one.starts, one.ends)}
    assert torn == unknown
    assert {"csu", "icp-provider", "nhs-trust"} <= torn
    for key in torn:
        box = drawn.plan.boxes[key]
        missing = {"left": "start not recorded", "right": "end not recorded"}[box.torn]
        assert missing in [line.text for line in box.lines]
    assert drawn.plan.boxes["csu"].x == drawn.plan.boxes["ccg"].x  # its start is known, to the month
    assert any("torn side" in caution for caution in drawn.cautions)


def test_no_two_bars_overlap_nor_leave_their_lane(drawn: Scene) -> None:
    boxes = [whole(drawn.plan.boxes[one.id]) for one in drawn.nodes]
    assert not [pair for pair in combinations(boxes, 2) if pair[0].meets(pair[1])]
    grounds = [mark for mark in drawn.plan.marks if mark.kind == "lane"]
    names = [mark.text.text for mark in drawn.plan.marks if mark.kind == "heading" and mark.text and mark.text.bold]
    assert names == list(dict.fromkeys(one.lane for one in drawn.nodes))
    for one in drawn.nodes:
        ground, box = grounds[names.index(one.lane)], drawn.plan.boxes[one.id]
        assert ground.y <= box.y
        assert box.y + box.height <= ground.y + ground.height
    assert all(one.y + one.height <= other.y for one, other in pairwise(grounds))


def test_words_stand_inside_their_bar_or_free_of_all_others(drawn: Scene) -> None:
    for one in drawn.nodes:
        box = drawn.plan.boxes[one.id]
        assert box.lines[0].text == one.short
        for line in box.lines:
            own = extent(line)
            assert box.y <= own.top
            assert own.bottom <= box.y + box.height
            assert own.left >= 0
            assert own.right <= drawn.plan.width
            if not (box.x <= own.left and own.right <= box.x + box.width):
                others = [whole(drawn.plan.boxes[other.id]) for other in drawn.nodes]
                words = [
                    extent(text)
                    for other in drawn.nodes
                    if other.id != one.id
                    for text in drawn.plan.boxes[other.id].lines
                ]
                assert not [other for other in (*others, *words) if own.meets(other)], line.text


def test_words_on_lines_are_free_of_bars_and_of_one_another(drawn: Scene) -> None:
    words = [extent(text) for route in drawn.plan.routes.values() for text in route.labels]
    assert len(words) > 10
    boxes = [whole(box) for box in drawn.plan.boxes.values()]
    assert not [pair for pair in combinations(words, 2) if pair[0].meets(pair[1])]
    assert not [(word, box) for word in words for box in boxes if word.meets(box)]


def test_no_line_strikes_through_words_beside_a_bar(drawn: Scene) -> None:
    beside = [
        extent(line) for box in drawn.plan.boxes.values() for line in box.lines
        if not (box.x <= line.x and extent(line).right <= box.x + box.width)
    ]  # fmt: skip
    assert beside
    for key, route in drawn.plan.routes.items():
        for one, other in pairwise(route.stops):
            stretch = Rect(
                min(one.x, other.x), min(one.y, other.y), max(one.x, other.x) + 0.1, max(one.y, other.y) + 0.1
            )
            assert not [words for words in beside if words.meets(stretch)], key


def test_a_line_leaves_its_giver_and_enters_its_receiver_square(drawn: Scene) -> None:
    axis = axis_of(drawn)
    for edge in drawn.edges:
        route, tail, head = drawn.plan.routes[edge.id], drawn.plan.boxes[edge.tail], drawn.plan.boxes[edge.head]
        assert route.square
        assert all(abs(a.x - b.x) < 0.01 or abs(a.y - b.y) < 0.01 for a, b in pairwise(route.stops))
        first, last = route.stops[0], route.stops[-1]
        assert tail.x <= first.x <= tail.x + tail.width
        assert tail.y <= first.y <= tail.y + tail.height
        if head.x <= last.x <= head.x + 8 and head.y < last.y < head.y + head.height:  # it begins with the change
            assert edge.starts <= drawn.by_id[edge.head].starts
        else:  # it was there before: the line comes down or up on the day, or beside another that does
            assert last.y in (head.y, head.y + head.height)
            assert last.x == pytest.approx(axis.x(edge.starts), abs=13)


def test_lines_up_and_down_keep_apart(drawn: Scene) -> None:
    runs = {
        (edge.tail, stops[0].x, min(stops[0].y, stops[1].y), max(stops[0].y, stops[1].y))
        for edge in drawn.edges
        for stops in pairwise(drawn.plan.routes[edge.id].stops)
        if abs(stops[0].y - stops[1].y) > 20
    }
    for (giver, x, top, low), (other, x2, top2, low2) in combinations(sorted(runs), 2):
        if giver != other and top < low2 and top2 < low:
            assert abs(x - x2) > 4


def test_few_lines_cross(drawn: Scene) -> None:
    assert drawn.plan.crossings <= 4


def test_the_same_scene_has_the_same_plan(records: Records, drawn: Scene) -> None:
    assert placed(kinds.scene(records, NOW)).plan == drawn.plan


def test_a_row_holds_bars_that_leave_room_for_one_another() -> None:
    nodes = [
        node("a", date(2000, 1, 1), date(2010, 1, 1)),
        node("b", date(2005, 1, 1), date(2015, 1, 1)),
        node("c", date(2012, 1, 1), date(2020, 1, 1)),
    ]
    boxes = scene(nodes).plan.boxes
    assert boxes["a"].y == boxes["c"].y < boxes["b"].y


def test_a_short_bar_has_its_words_beside_it_and_they_keep_their_room() -> None:
    nodes = [
        node("a name that is long", date(2010, 1, 1), date(2010, 6, 1)),
        node("b", date(2010, 9, 1), date(2012, 1, 1)),
    ]
    boxes = scene(nodes).plan.boxes
    short = boxes["a name that is long"]
    assert short.lines[0].x > short.x + short.width
    assert boxes["b"].y > short.y


def test_a_giver_that_had_ended_is_left_between_the_rows() -> None:
    nodes = [node("old", date(2000, 1, 1), date(2005, 1, 1)), node("new", date(2010, 1, 1), date.max)]
    nodes[1] = replace(nodes[1], lane="Other lane")
    edge = Edge("e", "old", "new", "codes", "code passed on", starts=date(2010, 1, 1))
    plan = scene(nodes, [edge]).plan
    stops, old, new = plan.routes["e"].stops, plan.boxes["old"], plan.boxes["new"]
    assert stops[-1].x == new.x
    assert old.y + old.height < stops[1].y < new.y
    assert stops[1].y == stops[2].y


def test_a_day_before_everything_still_has_an_axis() -> None:
    plan = scene([], as_of=date(1900, 5, 1)).plan
    assert plan.boxes == {}
    assert plan.width > 0
    assert [mark.text.text for mark in plan.marks if mark.kind == "line" and mark.text][:1] == ["1900"]


def test_hostile_names_are_plain_text_in_a_bar() -> None:
    box = scene([node("\u202eevil\x00 <script>", date(2000, 1, 1), date.max)]).plan.boxes["\u202eevil\x00 <script>"]
    assert box.lines[0].text == "\ufffdevil\ufffd <script>"


def test_the_axis_has_every_day_in_its_year() -> None:
    axis = Axis(100.0, 1996, NOW)
    day, before = date(1996, 1, 1), 99.9
    while day <= NOW:
        x = axis.x(day)
        assert before < x
        assert day.year == 1996 + int((x - 100.0) / YEAR + 1e-9)
        before, day = x, day + timedelta(days=31)
    assert axis.x(date.max) == axis.right == axis.x(NOW)
    assert axis.x(date.min) == 100.0
