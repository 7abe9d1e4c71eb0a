"""What a diagram shows: things, how they are tied, and where each is drawn. Computed once, rendered in many formats.

A preset states a scene (`nodes`, `edges`, words), a layout gives it its `plan`, and renderers only read. Lengths are
pixels at 96 to the inch, x to the right and y down. Days are half-open, as everywhere.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Final, Literal, NamedTuple

from kg.answers.answer import SourceRef

#: How two things are tied; each has a line style and a word of its own (styles.RELATIONS).
Relation = Literal["whole", "part", "functions", "codes", "inside", "same", "other"]
#: How a scene is laid out: columns by time, lifelines as wide as their people, or lanes along a calendar.
Form = Literal["layers", "bands", "calendar"]

Facts = tuple[tuple[str, str], ...]


class Share(NamedTuple):
    """A part of the giver that passed on, by one basis: 0.626 by population."""

    basis: str
    value: float


@dataclass(frozen=True)
class Node:
    """A thing as drawn: `id` is its own in the scene, `key` in the graph.

    It existed on the days of `sure`, for certain, and perhaps on others from `starts` up to `ends`; both half-open.
    `short` tells the kind in the box ("ICB"), `when` its period in words, or what a drawing of a day tells instead.
    `column` puts it in a column by hand, counted from 0; `lane` names its lane or group. `weight` is the people it
    covered, None when that is not known.
    """

    id: str
    key: str
    label: str
    kind: str
    short: str
    family: str
    when: str = ""
    starts: date = date.min
    ends: date = date.max
    sure: tuple[date, date] = (date.min, date.max)
    codes: str = ""
    facts: Facts = ()
    sources: tuple[str, ...] = ()
    focus: bool = False
    column: int | None = None
    lane: str = ""
    weight: float | None = None


@dataclass(frozen=True)
class Edge:
    """A tie as drawn, from `tail` to `head`: a transfer, from giver to receiver, or a membership, from group to member.

    `word` says what happened ("merged"), `when` the date in words. A transfer counts from `starts` on; a membership holds
    up to `ends`. `label` is what is written on the line, empty for nothing. `walk` is the day by which lineage is walked,
    None for a tie that is no lineage; `lineage` is "legal" or "codes".
    """

    id: str
    tail: str
    head: str
    relation: Relation
    word: str
    when: str = ""
    starts: date = date.min
    ends: date = date.max
    walk: date | None = None
    lineage: str = ""
    event: str = ""
    summary: str = ""
    label: str = ""
    shares: tuple[Share, ...] = ()
    facts: Facts = ()
    sources: tuple[str, ...] = ()
    weight: float | None = None


class Point(NamedTuple):
    """A place on the drawing."""

    x: float
    y: float


class Text(NamedTuple):
    """One line of text: its baseline begins, or is centred, or ends at x."""

    x: float
    y: float
    text: str
    size: float
    bold: bool = False
    anchor: Literal["start", "middle", "end"] = "start"


class Box(NamedTuple):
    """Where a node is drawn, from its top left corner; the text in it, and the band behind when it has a width.

    The band lies `sink` below the middle, where it is too thin for words to stand on it. A side that is `torn` stands for
    a day that is not recorded. On a calendar a short box has its text beside it.
    """

    x: float
    y: float
    width: float
    height: float
    lines: tuple[Text, ...] = ()
    band: float = 0.0
    torn: Literal["", "left", "right", "both"] = ""
    sink: float = 0.0

    @property
    def middle(self) -> Point:
        return Point(self.x + self.width / 2, self.y + self.height / 2)

    @property
    def banded(self) -> Box:
        """The band alone, without words."""
        top = self.middle.y + self.sink - self.band / 2
        return Box(self.x, top, self.width, self.band)


class Route(NamedTuple):
    """Where an edge is drawn: through its stops, level at each; `width` is that of the line or ribbon.

    Stretches between two stops of one height are straight; all others are curves, or straight too when the line is
    `square`, with corners. A `ribbon` is as wide as what it carries, and has no arrow. `labels` are written on it.
    """

    stops: tuple[Point, ...]
    width: float
    labels: tuple[Text, ...] = ()
    arrow: bool = True
    square: bool = False
    ribbon: bool = False

    @property
    def path(self) -> str:
        """The line as an SVG path, the same for the browser's canvas."""
        first, *rest = self.stops
        parts = [f"M{number(first.x)} {number(first.y)}"]
        before = first
        for stop in rest:
            if self.square or abs(stop.y - before.y) < 0.05:
                parts.append(f"L{number(stop.x)} {number(stop.y)}")
            else:
                middle = (before.x + stop.x) / 2
                parts.append(
                    f"C{number(middle)} {number(before.y)} {number(middle)} {number(stop.y)} {number(stop.x)} {number(stop.y)}"
                )  # fmt: skip
            before = stop
        return "".join(parts)


class Mark(NamedTuple):
    """What is drawn behind nodes and edges: the ground of a lane, the line of a date, a heading."""

    kind: Literal["lane", "line", "heading"]
    x: float
    y: float
    width: float
    height: float
    text: Text | None = None


@dataclass(frozen=True)
class Plan:
    """Where everything is: the size of the drawing, a box for each node and a route for each edge, by id.

    `crossings` counts the pairs of edges that cross.
    """

    width: float
    height: float
    boxes: dict[str, Box]
    routes: dict[str, Route]
    marks: tuple[Mark, ...] = ()
    crossings: int = 0


EMPTY: Final = Plan(0, 0, {}, {})


@dataclass(frozen=True)
class Scene:
    """A whole diagram. `caption` is one sentence that says what it shows; `command` is what draws it again.

    `since` is the first day that it covers, where it covers a time. `ledger` are the sources by key, in the order in
    which they are numbered. `cautions` are said below the drawing.
    """

    title: str
    caption: str
    as_of: date
    release: str
    form: Form
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    ledger: tuple[SourceRef, ...] = ()
    cautions: tuple[str, ...] = ()
    command: str = ""
    since: date | None = None
    headings: tuple[str, ...] = ()
    plan: Plan = field(default=EMPTY)

    @cached_property
    def by_id(self) -> dict[str, Node]:
        return {node.id: node for node in self.nodes}

    @cached_property
    def numbers(self) -> dict[str, int]:
        """The number of each source, as it is cited."""
        return {source.key: place for place, source in enumerate(self.ledger, 1)}


def number(value: float) -> str:
    """Write a length to a tenth of a pixel, so that the same scene gives the same bytes everywhere."""
    return f"{round(value, 1) + 0.0:.1f}".removesuffix(".0")
