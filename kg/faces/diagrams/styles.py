"""Colours, shapes and lines: what kinds of structure and ties look like, never told by colour alone.

The palette is held to four kinds of vision by tests/test_styles.py.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from kg.faces.diagrams.scene import Box, Relation

TEXT: Final = "#212b32"
FAINT: Final = "#4c6272"
GROUND: Final = "#ffffff"
RULE: Final = "#d8dde0"


class Look(NamedTuple):
    """How a family of kinds is drawn."""

    word: str
    hue: str
    shape: str


#: The families of kinds (data/kinds.csv), each with a word for the legend.
FAMILIES: Final = {
    "commissioner": Look("commissioner", "#005EB8", "square"),
    "system": Look("system", "#28A197", "rounded"),
    "partnership": Look("partnership", "#801650", "pill"),
    "provider": Look("provider", "#F46A25", "hexagon"),
    "region": Look("regional tier", "#330072", "tab"),
    "place": Look("place", "#A285D1", "notched"),
    "programme": Look("programme", "#000000", "cut"),
    "national": Look("national body", "#330072", "double"),
    "support": Look("support", "#000000", "slanted"),
    "council": Look("council", "#801650", "gable"),
}
OTHER: Final = Look("other", "#4c6272", "square")


class Stroke(NamedTuple):
    """How a tie is drawn: dashes of the line (empty for solid), its width, and the word of the legend."""

    word: str
    dash: tuple[float, ...]
    width: float


RELATIONS: Final[dict[Relation, Stroke]] = {
    "whole": Stroke("succession in law", (), 2.0),
    "part": Stroke("part of a body", (9, 4), 1.3),
    "functions": Stroke("functions passed on", (5, 3), 1.6),
    "codes": Stroke("code lived on", (9, 3, 2, 3), 1.3),
    "inside": Stroke("part or member of", (1.5, 3.5), 1.6),
    "same": Stroke("same body", (), 1.0),
    "other": Stroke("tie", (), 1.4),
}


def look(family: str) -> Look:
    """Give how a family is drawn; one that is not known is drawn plainly."""
    return FAMILIES.get(family, OTHER)


def outline(shape: str, box: Box) -> str:
    """Give the border of a box as an SVG path, the same for the browser's canvas."""
    x, y, w, h = box.x, box.y, box.width, box.height
    r, b = x + w, y + h
    c = min(8.0, h / 3)

    def curve(radius: float) -> str:
        return (
            f"M{_n(x + radius)} {_n(y)}H{_n(r - radius)}A{_n(radius)} {_n(radius)} 0 0 1 {_n(r)} {_n(y + radius)}"
            f"V{_n(b - radius)}A{_n(radius)} {_n(radius)} 0 0 1 {_n(r - radius)} {_n(b)}H{_n(x + radius)}"
            f"A{_n(radius)} {_n(radius)} 0 0 1 {_n(x)} {_n(b - radius)}V{_n(y + radius)}"
            f"A{_n(radius)} {_n(radius)} 0 0 1 {_n(x + radius)} {_n(y)}Z"
        )

    def corners(*points: tuple[float, float]) -> str:
        return "M" + "L".join(f"{_n(px)} {_n(py)}" for px, py in points) + "Z"

    plain = corners((x, y), (r, y), (r, b), (x, b))
    if box.torn:
        right = _teeth(r, y, b) if box.torn in ("right", "both") else [(r, y), (r, b)]
        left = _teeth(x, y, b) if box.torn in ("left", "both") else [(x, y), (x, b)]
        return corners(*right, *reversed(left))
    match shape:
        case "rounded":
            return curve(c)
        case "pill":
            return curve(min(h / 2, 16.0))
        case "hexagon":
            m = y + h / 2
            return corners((x + c, y), (r - c, y), (r, m), (r - c, b), (x + c, b), (x, m))
        case "tab":
            return corners((x, y), (r - c, y), (r, y + c), (r, b), (x, b))
        case "notched":
            return corners((x, y), (r, y), (r, b - c), (r - c, b), (x, b))
        case "cut":
            return corners(
                (x + c, y), (r - c, y), (r, y + c), (r, b - c), (r - c, b), (x + c, b), (x, b - c), (x, y + c)
            )
        case "double":
            i = 3.0
            return plain + corners((x + i, y + i), (r - i, y + i), (r - i, b - i), (x + i, b - i))
        case "slanted":
            return corners((x + c, y), (r, y), (r - c, b), (x, b))
        case "gable":
            return corners((x, y + c / 2), (x + w / 2, y), (r, y + c / 2), (r, b), (x, b))
        case _:
            return plain


def _teeth(x: float, top: float, bottom: float, many: int = 4, deep: float = 4.0) -> list[tuple[float, float]]:
    """Give a torn side from top to bottom: no tooth stands out beyond x + half its depth on either side."""
    step = (bottom - top) / (2 * many)
    return [(x + (deep if at % 2 else -deep) / 2, top + at * step) for at in range(2 * many + 1)]


def _n(value: float) -> str:
    text = f"{value:.1f}"
    return text.removesuffix(".0")
