"""Colours, shapes and lines: what kinds of structure and ties look like, never told by colour alone.

Seven hues are as many as can be told apart in four kinds of vision and stand out on white: whichever two, their
difference is at least 20 by CIEDE2000 (Sharma, Wu and Dalal, 2005), as seen with any one kind of cone missing (Machado,
Oliveira and Fernandes, 2009). There are ten families, so three share the hue of another and differ in shape; every
family has a shape of its own, and every tie a dash and a width. tests/test_styles.py holds to all of it.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from kg.faces.diagrams.scene import Box, Point, Relation, Route, number

TEXT: Final = "#212b32"
FAINT: Final = "#4c6272"
GROUND: Final = "#ffffff"
RULE: Final = "#d8dde0"
LANE: Final = "#f3f5f6"
#: Lines, words and arrowheads of ties.
TIE: Final = "#4c6272"

#: The width of the stripe at the left of a box, in pixels, and above what width a line is a ribbon.
STRIPE: Final = 6.0
#: How opaque bands and ribbons are: what lies below still shows, and words on them can be read.
BAND: Final = 0.16
RIBBON: Final = 0.26


class Look(NamedTuple):
    """How a family of kinds is drawn."""

    word: str
    hue: str
    shape: str


#: The families of kinds (data/kinds.csv), each with a word for the legend. The last three share a hue.
FAMILIES: Final = {
    "commissioner": Look("commissioner", "#1A51C3", "square"),
    "system": Look("system", "#14A48B", "rounded"),
    "partnership": Look("partnership", "#85354D", "pill"),
    "provider": Look("provider", "#F66321", "hexagon"),
    "region": Look("regional tier", "#3B004D", "folded"),
    "place": Look("place", "#938BD4", "notched"),
    "programme": Look("programme", "#000000", "cut"),
    "national": Look("national body", "#3B004D", "double"),
    "support": Look("support", "#000000", "slanted"),
    "council": Look("council", "#85354D", "gable"),
}
OTHER: Final = Look("other", "#4c6272", "clipped")


class Stroke(NamedTuple):
    """How a tie is drawn: dashes of the line (empty for solid), its width, and the word of the legend."""

    word: str
    dash: tuple[float, ...]
    width: float


RELATIONS: Final[dict[Relation, Stroke]] = {
    "whole": Stroke("succession in law", (), 2.0),
    "part": Stroke("part of a body", (14, 4), 1.6),
    "functions": Stroke("functions passed on", (4.5, 3.5), 1.6),
    "codes": Stroke("code lived on", (10, 3, 2, 3), 1.4),
    "inside": Stroke("part or member of", (1.5, 3.5), 1.6),
    "same": Stroke("same body", (10, 3, 2, 3, 2, 3), 1.2),
    "other": Stroke("tie", (), 1.0),
}


def look(family: str) -> Look:
    """Give how a family is drawn; one that is not known is drawn plainly."""
    return FAMILIES.get(family, OTHER)


def tint(hue: str, part: float = 0.14) -> str:
    """Give a hue thinned with white, as the ground of a band: `part` of it, from 0 to 1."""
    channels = (int(hue[at : at + 2], 16) for at in (1, 3, 5))
    return "#" + "".join(f"{round(255 - (255 - channel) * part):02x}" for channel in channels)


def outline(shape: str, box: Box) -> str:
    """Give the border of a box as an SVG path, the same for the browser's canvas."""
    x, y, r, b = box.x, box.y, box.x + box.width, box.y + box.height
    c = _corner(box)
    plain = _corners((x, y), (r, y), (r, b), (x, b))
    if box.torn:
        right = _side(r, box, torn=box.torn != "left")
        return _corners(*right, *reversed(_side(x, box, torn=box.torn != "right")))
    match shape:
        case "rounded" | "pill":
            radius = _radius(shape, box)
            turn = f"A{number(radius)} {number(radius)} 0 0 1 "
            return (
                f"M{number(x + radius)} {number(y)}H{number(r - radius)}{turn}{number(r)} {number(y + radius)}"
                f"V{number(b - radius)}{turn}{number(r - radius)} {number(b)}H{number(x + radius)}"
                f"{turn}{number(x)} {number(b - radius)}V{number(y + radius)}{turn}{number(x + radius)} {number(y)}Z"
            )
        case "hexagon":
            m = box.middle.y
            return _corners((x + c, y), (r - c, y), (r, m), (r - c, b), (x + c, b), (x, m))
        case "folded":
            return _corners((x, y), (r - c, y), (r, y + c), (r, b), (x, b)) + (
                f"M{number(r - c)} {number(y)}V{number(y + c)}H{number(r)}"
            )
        case "notched":
            return _corners((x, y), (r, y), (r, b - c), (r - c, b), (x + c, b), (x, b - c))
        case "cut":
            return _corners(
                (x + c, y), (r - c, y), (r, y + c), (r, b - c), (r - c, b), (x + c, b), (x, b - c), (x, y + c)
            )
        case "clipped":
            return _corners((x + c, y), (r, y), (r, b), (x, b), (x, y + c))
        case "double":
            i = 3.0
            return plain + _corners((x + i, y + i), (r - i, y + i), (r - i, b - i), (x + i, b - i))
        case "slanted":
            return _corners((x + c, y), (r, y), (r - c, b), (x, b))
        case "gable":
            return _corners((x, y + c), (x + c * 1.5, y), (r - c * 1.5, y), (r, y + c), (r, b), (x, b))
        case _:
            return plain


def stripe(shape: str, box: Box) -> str:
    """Give the coloured stripe at the left of a box as an SVG path: as wide everywhere, along the border."""
    x, y, b = box.x, box.y, box.y + box.height
    c = _corner(box)
    if box.torn:
        torn = _side(x, box, torn=box.torn != "right")
        return _corners(*torn, *((px + STRIPE, py) for px, py in reversed(torn)))
    match shape:
        case "rounded" | "pill":
            radius = _radius(shape, box)
            arc = f"A{number(radius)} {number(radius)} 0 0 "
            return (
                f"M{number(x + radius + STRIPE)} {number(y)}{arc}0 {number(x + STRIPE)} {number(y + radius)}"
                f"V{number(b - radius)}{arc}0 {number(x + radius + STRIPE)} {number(b)}H{number(x + radius)}"
                f"{arc}1 {number(x)} {number(b - radius)}V{number(y + radius)}{arc}1 {number(x + radius)} {number(y)}Z"
            )
        case "hexagon":
            side = [(x + c, y), (x, box.middle.y), (x + c, b)]
        case "cut":
            side = [(x + c, y), (x, y + c), (x, b - c), (x + c, b)]
        case "clipped":
            side = [(x + c, y), (x, y + c), (x, b)]
        case "notched":
            side = [(x, y), (x, b - c), (x + c, b)]
        case "slanted":
            side = [(x + c, y), (x, b)]
        case "gable":
            side = [(x + c * 1.5, y), (x, y + c), (x, b)]
        case _:
            side = [(x, y), (x, b)]
    return _corners(*side, *((px + STRIPE, py) for px, py in reversed(side)))


def inset(shape: str, box: Box, y: float, *, left: bool) -> float:
    """Give how far within a box its border stands at a height, on one side: lines are to end at the border."""
    c, down = _corner(box), min(max((y - box.y) / box.height, 0.0), 1.0) if box.height else 0.0
    if box.torn:  # drawn square, whatever its shape
        return 0.0
    if shape == "hexagon":
        return c * abs(2 * down - 1)
    if shape == "slanted":
        return c * (1 - down if left else down)
    return 0.0


class Arrow(NamedTuple):
    """A line that ends in an arrowhead, as two SVG paths; `head` is empty when there is none."""

    line: str
    head: str


def arrow(route: Route) -> Arrow:
    """Give the line and the head of a route; the line ends within the head, so that the point is sharp.

    The line is drawn backwards, from the head: the dashes of lines that arrive together then lie on one another.
    """
    if not route.arrow or route.ribbon or len(route.stops) < 2:
        return Arrow(route.path, "")
    (px, py), (x, y) = route.stops[-2:]
    # Lines are level where they end, but one that only goes down.
    along, across = (0.0, 1.0 if y >= py else -1.0) if abs(x - px) < 0.05 else (1.0 if x >= px else -1.0, 0.0)
    long, half = 7.0 + route.width, 2.4 + route.width * 0.8
    bx, by = x - along * long, y - across * long
    head = _corners((x, y), (bx - across * half, by - along * half), (bx + across * half, by + along * half))
    short = Point(x - along * (long - 1), y - across * (long - 1))
    return Arrow(route._replace(stops=(short, *route.stops[-2::-1])).path, head)


def _side(x: float, box: Box, *, torn: bool, many: int = 4, deep: float = 4.0) -> list[tuple[float, float]]:
    """Give a side of a box from top to bottom, straight or torn; teeth stand out by half their depth either way."""
    if not torn:
        return [(x, box.y), (x, box.y + box.height)]
    step = box.height / (2 * many)
    return [(x + (deep if at % 2 else -deep) / 2, box.y + at * step) for at in range(2 * many + 1)]


def _corner(box: Box) -> float:
    return min(8.0, box.height / 5)


def _radius(shape: str, box: Box) -> float:
    return min(box.height / 2, 16.0) if shape == "pill" else _corner(box)


def _corners(*points: tuple[float, float]) -> str:
    return "M" + "L".join(f"{number(px)} {number(py)}" for px, py in points) + "Z"
