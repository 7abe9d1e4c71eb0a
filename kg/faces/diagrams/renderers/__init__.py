"""One module for each format, each with `render(scene)`; which is used is told by the ending of a file."""

from __future__ import annotations

from importlib import import_module
from typing import Final

from kg.errors import UsageError
from kg.faces.diagrams.scene import Scene

#: The module that writes each ending.
ENDINGS: Final = {
    ".html": "page",
    ".svg": "svg",
    ".png": "png",
    ".mmd": "mermaid",
    ".mermaid": "mermaid",
    ".dot": "dot",
    ".gv": "dot",
    ".graphml": "graphml",
    ".csv": "table",
}


def format_of(ending: str) -> str:
    """Give the name of the format that an ending stands for, whatever its case.

    Raises:
        UsageError: it stands for none.
    """
    try:
        return ENDINGS[ending.lower()]
    except KeyError:
        said = f"The ending {ending}" if ending else "A name without an ending"
        raise UsageError(
            f"{said} does not say which format to draw. End the name of the file in one of: {', '.join(ENDINGS)}."
        ) from None


def rendered(scene: Scene, ending: str) -> bytes:
    """Give a scene in the format of an ending, ".svg" or ".html", as the bytes of a file.

    Raises:
        UsageError: the ending stands for no format.
    """
    written: bytes = import_module(f"{__name__}.{format_of(ending)}").render(scene)
    return written
