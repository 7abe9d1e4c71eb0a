"""Lanes along a calendar: a bar from first day to last on a true axis of time, and what became what between bars.

Bars of a lane stand in as few rows as their words leave room for. A line leaves its giver, runs up or down just before
the day of the change, and enters its receiver where that begins, or from above or below if it was there before.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Final, Literal, NamedTuple

from kg.answers.language import short_day
from kg.faces.diagrams import fonts
from kg.faces.diagrams.layout.tracks import BEFORE, extent, routed
from kg.faces.diagrams.scene import Box, Edge, Mark, Node, Plan, Scene, Text
from kg.faces.diagrams.styles import STRIPE

#: The width of a year, and the least room between rows, between bars of a row and around a lane.
YEAR: Final = 40.0
ROW_GAP: Final = 13.0
_BAR_GAP: Final = 14.0
_LANE_PAD: Final = 9.0
_LANE_GAP: Final = 4.0
_PAD: Final = 4.5
_SIDE: Final = 8.0
_NAME: Final = 12.0
_MORE: Final = 10.0
_LEAD: Final = 1.24
_HEADING: Final = 12.0
_AXIS: Final = 24.0
#: A bar narrower than this has its words beside it.
_NARROW: Final = 60.0

#: What a line costs, in rows, that passes behind a bar, and one that strikes through words.
_PASSED: Final = 0.5
_STRUCK: Final = 8.0

_Placed = tuple[str, Box]


class Axis(NamedTuple):
    """The axis of time: the first day of `year` is at `left`, and the scene's own day at `right`."""

    left: float
    year: int
    last: date

    def x(self, day: date) -> float:
        """Give where a day stands; one before the axis or past the scene's own day stands at the end of it."""
        day = max(date(self.year, 1, 1), min(day, self.last))
        first = date(day.year, 1, 1)
        # The last year there is has no first day of the next.
        return self.left + YEAR * (day.year - self.year + (day - first).days / (365 + _leap(day.year)))

    @property
    def right(self) -> float:
        return self.x(self.last)


def plan(scene: Scene) -> Plan:
    """Lay a scene out along a calendar, up to its own day; lanes stand in the order in which their nodes come."""
    lanes: dict[str, list[Node]] = {}
    for node in scene.nodes:
        lanes.setdefault(node.lane, []).append(node)
    left = max((fonts.width(fonts.clean(lane), _HEADING, bold=True) for lane in lanes), default=0.0) + 24
    starts = [node.starts.year for node in scene.nodes if node.starts > date.min]
    axis = Axis(left, min([*starts, scene.as_of.year]), scene.as_of)
    turns = _turns(scene)
    boxes: dict[str, Box] = {}
    rows: list[tuple[float, float]] = []
    grounds: list[tuple[str, float, float]] = []
    y = _AXIS
    runs = {edge.id: axis.x(max(edge.starts, scene.by_id[edge.head].starts)) - BEFORE for edge in scene.edges}
    shared = [
        _rows([(node.id, _bar(node, axis, turns.get(node.id), runs.values())) for node in nodes])
        for nodes in lanes.values()
    ]
    _draw_near(shared, scene.edges, runs)
    for lane, lane_rows in zip(lanes, shared, strict=True):
        top = y
        y += _LANE_PAD
        for row in lane_rows:
            high = max(box.height for _, box in row)
            for key, box in row:
                boxes[key] = _lowered(box, y, high)
            rows.append((y, y + high))
            y += high + ROW_GAP
        y += _LANE_PAD - ROW_GAP
        grounds.append((lane, top, y))
        y += _LANE_GAP
    bottom = y - _LANE_GAP
    width = max([axis.right + 76, *(_reach(box)[1] + 8 for box in boxes.values())])
    routes, crossings = routed(scene, boxes, rows, {edge.id: axis.x(edge.starts) for edge in scene.edges})
    return Plan(width, bottom + _AXIS - 6, boxes, routes, _marks(axis, grounds, width, bottom), crossings)


def _turns(scene: Scene) -> dict[str, date]:
    """Give the last day on which something passed to or from each node: it was still, or already, there."""
    found: dict[str, date] = {}
    for edge in scene.edges:
        for key in (edge.tail, edge.head):
            found[key] = max(edge.starts, found.get(key, date.min))
    return found


def _bar(node: Node, axis: Axis, turn: date | None, runs: Collection[float]) -> Box:
    """Give the bar of a node with its words, at the top: inside where they fit, else to the right of it.

    Of a bar that lasts to the end of the axis they stand to the left, unless lines run there: `runs` are their x.

    A side whose day is not recorded is torn; the bar is then no longer than its words and what is known of it need.
    """
    unknown_start, unknown_end = node.sure[0] > node.starts, node.sure[1] < node.ends
    note = " and ".join(word for word, missing in (("start", unknown_start), ("end", unknown_end)) if missing)
    note = f"{note} not recorded" if note else ""
    name = "" if node.short.casefold() == node.label.casefold() else fonts.clean(node.label)
    head = fonts.width(fonts.clean(node.short), _NAME, bold=True) + (fonts.width(f"{note}", _MORE) + 6 if note else 0.0)
    padding = STRIPE + _SIDE + _PAD + 4
    x, right = axis.x(node.starts), axis.x(node.ends)
    if note:
        own = max(head, fonts.width(name, _MORE)) + padding
        if unknown_end:
            known = axis.x(max(node.sure[1] if node.sure[1] < date.max else node.starts, turn or node.starts))
            right = min(right, max(x + own, known + 10)) if not unknown_start else right
        else:
            x = max(x, right - own)
    room = max(right - x - padding, 0.0) + 0.01  # a torn bar is exactly as long as its words
    days = "" if note else node.when
    inside = head <= room and right - x >= _NARROW
    said = _below(name, days, room) if inside else None
    if said is None:
        inside, said = False, [name or days] if name or days else []
    wide = max([head, *(fonts.width(line, _MORE) for line in said)])
    before = not inside and right >= axis.right and not any(x - wide - 12 < run < x for run in runs)
    at = x + STRIPE + _SIDE if inside else x - 6 - wide if before else right + 6
    down = _PAD + 1 + _NAME * 0.93
    lines = [Text(at, down, fonts.clean(node.short), _NAME, True)]
    if note:
        lines.append(Text(at + head - fonts.width(note, _MORE), down, note, _MORE))
    for line in said:
        down += _MORE * _LEAD
        lines.append(Text(at, down, line, _MORE))
    torn: Literal["", "left", "right", "both"] = "left" if unknown_start else ""
    if unknown_end:
        torn = "both" if unknown_start else "right"
    return Box(x, 0, max(right - x, 3.0), down + _PAD + 1, tuple(lines), torn=torn)


def _lowered(box: Box, y: float, high: float) -> Box:
    """Put a bar in its row, as high as the highest there, with its words in the middle."""
    down = y + (high - box.height) / 2
    return box._replace(y=y, height=high, lines=tuple(line._replace(y=line.y + down) for line in box.lines))


def _below(name: str, when: str, room: float) -> list[str] | None:
    """Give what stands below the short name: the full one, with its days where both fit; None when it has no room."""
    if not name:
        return [when] if fonts.width(when, _MORE) <= room else None
    both = f"{name} \u00b7 {when}"
    if when and fonts.width(both, _MORE) <= room:
        return [both]
    lines = fonts.wrapped(name, _MORE, room)
    return lines if len(lines) <= 2 and " ".join(lines) == name else None


def _reach(box: Box) -> tuple[float, float]:
    """Give how far to the left and to the right a bar and its words reach."""
    extents = [extent(line) for line in box.lines]
    return min([box.x, *(one.left for one in extents)]), max([box.x + box.width, *(one.right for one in extents)])


def _rows(bars: Sequence[_Placed]) -> list[list[_Placed]]:
    """Share bars out among rows, each in the first that has room; those that begin first choose first."""
    rows: list[list[_Placed]] = []
    for key, box in sorted(bars, key=lambda bar: (_reach(bar[1])[0], bar[1].width, bar[0])):
        for row in rows:
            if all(_reach(other)[1] + _BAR_GAP <= _reach(box)[0] for _, other in row):
                row.append((key, box))
                break
        else:
            rows.append([(key, box)])
    return rows


def _draw_near(lanes: Sequence[list[list[_Placed]]], edges: Sequence[Edge], runs: Mapping[str, float]) -> None:
    """Swap neighbouring rows of a lane for as long as lines become shorter, or pass fewer bars and words."""

    def cost() -> float:
        rows = [row for lane in lanes for row in lane]
        place = {key: at for at, row in enumerate(rows) for key, _ in row}
        total = 0.0
        for edge in edges:
            first, last = sorted((place[edge.tail], place[edge.head]))
            total += last - first
            for box in (box for row in rows[first + 1 : last] for _, box in row):
                left, right = _reach(box)
                if left < runs[edge.id] < right:
                    total += _PASSED if box.x < runs[edge.id] < box.x + box.width else _STRUCK
        return total

    least = cost()
    better = True
    while better:
        better = False
        for rows in lanes:
            for at in range(len(rows) - 1):
                rows[at], rows[at + 1] = rows[at + 1], rows[at]
                if (found := cost()) < least:
                    least, better = found, True
                else:
                    rows[at], rows[at + 1] = rows[at + 1], rows[at]


def _marks(axis: Axis, grounds: Sequence[tuple[str, float, float]], width: float, bottom: float) -> tuple[Mark, ...]:
    marks = [Mark("lane", 0, top, width, low - top) for _, top, low in grounds]
    for year in range(axis.year, axis.last.year + 1):
        x = axis.x(date(year, 1, 1))
        marks.append(Mark("line", x, _AXIS - 4, 0, bottom - _AXIS + 8, Text(x + 3, _AXIS - 9, str(year), 11)))
        marks.append(Mark("heading", x, bottom, 0, 0, Text(x + 3, bottom + 14, str(year), 11)))
    now = Text(axis.right + 4, _AXIS - 9, short_day(axis.last, "day"), 11, True)
    marks.append(Mark("line", axis.right, _AXIS - 18, 0, bottom - _AXIS + 22, now))
    for lane, top, low in grounds:
        text = Text(10, (top + low) / 2 + _HEADING * 0.36, fonts.clean(lane), _HEADING, True)
        marks.append(Mark("heading", 0, top, axis.left, low - top, text))
    return tuple(marks)


def _leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
