"""SVG written out: elements whose attributes and words can hold anything."""

from __future__ import annotations

from html import escape

from kg.faces.diagrams import fonts
from kg.faces.diagrams.scene import Text, number
from kg.faces.diagrams.styles import FAINT, GROUND, TEXT


def element(name: str, *content: str, **attributes: str | float) -> str:
    """Give an element; `content` is markup already, attributes are plain, and an empty one is left out.

    In the names of attributes an underscore stands for a hyphen.
    """
    said = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{number(value) if isinstance(value, int | float) else plain(value)}"'
        for key, value in attributes.items()
        if value != ""
    )
    return f"<{name}{said}>{''.join(content)}</{name}>" if content else f"<{name}{said}/>"


def plain(words: str) -> str:
    """Give words as text of a document, whatever is in them."""
    return escape(fonts.clean(words))


def line(text: Text, *, faint: bool = False, halo: bool = False) -> str:
    """Give a line of text; with a `halo`, nothing that lies below strikes it through."""
    around: dict[str, str | float] = {
        "stroke": GROUND,
        "stroke_width": 4.0,
        "stroke_linejoin": "round",
        "paint_order": "stroke",
    }
    return element(
        "text",
        plain(text.text),
        x=text.x,
        y=text.y,
        font_size=text.size,
        font_weight="bold" if text.bold else "",
        text_anchor="" if text.anchor == "start" else text.anchor,
        fill=FAINT if faint else TEXT,
        **(around if halo else {}),
    )
