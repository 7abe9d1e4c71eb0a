"""Draws the gallery in docs/: every sort of picture, from the real graph, each with the command that draws it again."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Final

from kg.faces.library import Graph, open_graph
from kg.graph.inputs import Inputs

_HEAD = """# Gallery

Drawn from release {release} of the graph by `python -m kg.faces.gallery`; do not edit by hand. Each picture has the
command below it that draws it again. End the name in `.html` for the same picture as a page to search, filter and
click through, which opens in any browser with no network; in `.png`, `.mmd`, `.dot`, `.graphml` or `.csv` for other
uses. [Drawing diagrams](diagrams.md) tells more.
"""


@dataclass(frozen=True)
class Picture:
    """One picture of the gallery: what is asked for, what it is called, and what a reader should look for."""

    file: str
    words: str
    preset: str
    names: tuple[str, ...] = ()
    as_of: date | None = date(2026, 11, 22)
    wishes: dict[str, Any] = field(default_factory=dict)


PICTURES: Final = (
    Picture(
        "acs", "What accountable care systems became: one kind of structure and the name it goes by now.", "lineage", ("ACS",)
    ),
    Picture(
        "kinds", "Every kind of structure on one calendar: how long each lasted, and which became which.", "kinds"
    ),
    Picture(
        "frimley", "One board from beginning to end: primary care trusts, commissioning groups, a board, and the three boards "
        "that it was divided between, with the part that each received.", "lineage", ("NHS Frimley ICB",),
    ),
    Picture(
        "bracknell", "What became of one commissioning group, in law alone.", "lineage", ("10G",),
        wishes={"direction": "became", "only": "legal"},
    ),
    Picture(
        "structure", "Who was in what on a day: what a system was inside of, and who its members were.", "structure",
        ("Frimley Health and Care",), date(2019, 6, 1), {"depth": 1},
    ),
    Picture(
        "april-2026", "What changed on 1 April 2026: mergers, divisions, and what only changed its name.", "compare",
        ("2026-03-31", "2026-04-01"), None, {"kind": "ICB"},
    ),
    Picture(
        "england", "All the country from 2013 to 2026: 211 clinical commissioning groups become 36 boards, each band as wide "
        "as its people.", "england", ("2013-04-01", "2026-04-01"), None,
    ),
    Picture("tiers", "What a saved query finds: the kinds that were inside other kinds on a day.", "query", ("tiers",), date(2019, 6, 1)),
)  # fmt: skip


def pages(g: Graph) -> Iterator[tuple[str, str]]:
    """Draw every picture and give the page that shows them, last: (place within docs/, text) of each."""
    parts = [_HEAD.format(release=g.release)]
    for picture in PICTURES:
        drawing = g.draw(picture.preset, *picture.names, as_of=picture.as_of, **picture.wishes)
        yield f"gallery/{picture.file}.svg", drawing.svg() + "\n"
        scene = drawing.scene
        command = f"{scene.command} -o {shlex.quote(picture.file)}.svg"
        parts.append(
            f"## {scene.title}\n\n{picture.words}\n\n![{scene.title.rstrip('?.')}. {scene.caption}](gallery/{picture.file}.svg)\n\n"
            f"```sh\n{command}\n```\n"
        )
    yield "gallery.md", "\n".join(parts)


def main() -> None:
    """Write the gallery into the checkout that this package stands in."""
    docs = Inputs.default().root / "docs"
    for place, text in pages(open_graph()):
        path = Path(docs / place)
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
        sys.stderr.write(f"Wrote docs/{place}\n")


if __name__ == "__main__":
    main()
