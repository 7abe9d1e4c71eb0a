"""A scene as PNG, drawn from its SVG with the fonts that it was measured in."""

from __future__ import annotations

import re
from math import sqrt
from typing import Final

from kg.faces.diagrams import fonts
from kg.faces.diagrams.renderers import frame, svg
from kg.faces.diagrams.scene import Scene

#: Wide enough for print, as wide as is worth the time, and no area that a machine has no memory for; in pixels.
LEAST: Final = 2000
WORTH: Final = 5000
MOST: Final = 12_000
AREA: Final = 80_000_000


def render(scene: Scene) -> bytes:
    """Give the drawing as a PNG on white, twice as fine as the SVG: 2,000 pixels wide and more, but 5,000 are enough."""
    import resvg_py

    around = frame.around(scene)
    drawn = svg.picture(scene, embed=False)
    # The machine's own fonts are looked for only where ours lack a character.
    enough = fonts.has("".join(re.findall(r">([^<]*)</text>", drawn)))
    return bytes(
        resvg_py.svg_to_bytes(
            svg_string=drawn,
            background="#ffffff",
            zoom=fineness(around.width, around.height),
            skip_system_fonts=enough,
            font_family="Arimo",
            sans_serif_family="Arimo",
            font_files=[str(file) for file in fonts.FILES],
        )
    )


def fineness(width: float, height: float) -> float:
    """Give how many dots stand for a pixel of the drawing, one way.

    A long strip may be longer than other pictures, so that it is wide enough to be read; the area is held to.
    """
    enough = (LEAST + 1) / width
    wanted = max(min(2.0, WORTH / width), 1.0, enough)
    return min(wanted, max(MOST / max(width, height), enough), sqrt(AREA / (width * height)))
