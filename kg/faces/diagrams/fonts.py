"""The font that diagrams are set in, and how wide text is in it.

Arimo has the widths of Arial, so a drawing looks the same where Arial stands in for it; `fonts/OFL.txt` is its licence.
Kerning is left out of account: it only ever makes text narrower than it is measured here.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final

_HOME: Final = Path(__file__).parent / "fonts"
FAMILY: Final = "Arimo, Arial, 'Liberation Sans', Helvetica, sans-serif"
#: Given to the renderer of PNG.
FILES: Final = (_HOME / "Arimo-Regular.ttf", _HOME / "Arimo-Bold.ttf")


def data_uri(*, bold: bool) -> str:
    """Give a font for a web page, as WOFF2 in base64."""
    return "data:font/woff2;base64," + b64encode(
        (_HOME / f"Arimo-{'Bold' if bold else 'Regular'}.woff2").read_bytes()
    ).decode("ascii")


def width(text: str, size: float, *, bold: bool = False) -> float:
    """Give the width of a line of text in pixels, at a size in pixels."""
    advances, em = _metrics(bold)
    # What the font lacks comes from another, in which a character may be as wide as it is high.
    return sum(advances.get(ord(char), em) for char in text) * size / em


def has(text: str) -> bool:
    """Say whether the font can draw all of a text."""
    advances, _ = _metrics(False)
    return all(ord(char) in advances for char in text)


def wrapped(text: str, size: float, most: float, *, bold: bool = False, lines: int = 0) -> list[str]:
    """Break text into lines no wider than `most` pixels; past a number of `lines` it is cut with an ellipsis.

    A word that is wider than a line is broken where it must be.
    """
    found: list[str] = []
    line = ""
    for word in text.split():
        candidate = f"{line} {word}".strip()
        if width(candidate, size, bold=bold) <= most:
            line = candidate
            continue
        if line:
            found.append(line)
        line = ""
        for char in word:
            if line and width(line + char, size, bold=bold) > most:
                found.append(line)
                line = ""
            line += char
    found.append(line)
    if lines and len(found) > lines:
        last = found[lines - 1]
        while last and width(last + "\u2026", size, bold=bold) > most:
            last = last[:-1]
        found = [*found[: lines - 1], last.rstrip() + "\u2026"]
    return found


def clean(text: str) -> str:
    """Give text with control and direction marks made visible: they would turn what is around them about."""
    return "".join(char if char.isprintable() else " " if char.isspace() else "\ufffd" for char in text)


@cache
def _metrics(bold: bool) -> tuple[Mapping[int, int], int]:
    from fontTools.ttLib import TTFont

    with TTFont(FILES[bold], lazy=True) as font:
        advances = font["hmtx"].metrics
        return {code: advances[name][0] for code, name in font.getBestCmap().items()}, font["head"].unitsPerEm
