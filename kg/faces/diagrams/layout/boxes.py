"""How large the box of a node is: as large as its words, measured in the font they are drawn in."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil
from typing import Final, NamedTuple

from kg.faces.diagrams import fonts
from kg.faces.diagrams.scene import Box, Node, Text
from kg.faces.diagrams.styles import STRIPE

#: More nodes than this are drawn small, each on one or two lines.
MANY: Final = 90


class Sizes(NamedTuple):
    """Sizes of text and the room around it, in pixels."""

    name: float
    more: float
    width: float
    lines: int
    pad: float


LARGE: Final = Sizes(13, 11, 190, 4, 8)
SMALL: Final = Sizes(11, 9.5, 210, 2, 4)


def sizes(nodes: Sequence[Node]) -> Sizes:
    """Give the sizes for a drawing of so many nodes."""
    return SMALL if len(nodes) > MANY else LARGE


def measured(node: Node, by: Sizes) -> Box:
    """Give the box of a node at the origin: its name, its kind and codes, its days."""
    left = STRIPE + by.pad
    told = [
        (line, by.name, True)
        for line in fonts.wrapped(fonts.clean(node.label), by.name, by.width, bold=True, lines=by.lines)
    ]
    short = "" if node.short.casefold() == node.label.casefold() else node.short
    for words in (" \u00b7 ".join(filter(None, (short, node.codes))), node.when):
        if words:
            told += [(line, by.more, False) for line in fonts.wrapped(fonts.clean(words), by.more, by.width, lines=2)]
    y, lines = by.pad - 1, []
    for text, size, bold in told:
        y += size * 1.22
        lines.append(Text(left, y - size * 0.22, text, size, bold))
    wide = max(fonts.width(line.text, line.size, bold=line.bold) for line in lines)
    return Box(0, 0, left + wide + by.pad + 2, y + by.pad, tuple(lines))


def moved(box: Box, x: float, y: float, width: float = 0.0, height: float = 0.0) -> Box:
    """Put a box, with its words, at a place; made wider or higher, the words stay left and in the middle."""
    wide, high = width or box.width, height or box.height
    down = y + (high - box.height) / 2
    lines = tuple(line._replace(x=line.x + x, y=line.y + down) for line in box.lines)
    return Box(x, y, wide, high, lines, box.band)


def rowed(boxes: dict[str, Box], top: float, width: float, gap: float) -> dict[str, Box]:
    """Put what nothing is tied to in rows of like boxes below the rest, as wide as that or nearly square."""
    if not boxes:
        return {}
    wide, high = max(box.width for box in boxes.values()), max(box.height for box in boxes.values())
    many = max(int((width + gap) // (wide + gap)), ceil((len(boxes) * high / wide) ** 0.5) if not width else 1)
    return {
        key: moved(box, at % many * (wide + gap), top + at // many * (high + gap), width=wide, height=high)
        for at, (key, box) in enumerate(boxes.items())
    }
