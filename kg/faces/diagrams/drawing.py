"""A drawing as Python users hold it: saved in any format, and shown in a notebook."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kg.faces.diagrams import fonts, renderers
from kg.faces.diagrams.scene import Scene
from kg.graph.graph import Graph

if TYPE_CHECKING:
    from kg.faces.diagrams.pictures import On


@dataclass(frozen=True, repr=False)
class Drawing:
    """A scene, to save and to show; neither ever needs a network."""

    scene: Scene

    def __repr__(self) -> str:
        return (
            f"<Drawing: {fonts.clean(self.scene.title)}; {len(self.scene.nodes)} things, {len(self.scene.edges)} ties>"
        )

    def save(self, path: str | Path) -> Path:
        """Write the drawing to a file, whole or not at all, in the format that its ending says.

        Raises:
            UsageError: the ending says no format.
            BadInput: the folder is missing or cannot be written.
        """
        from kg.graph.export import written_beside

        place = Path(path)
        data = renderers.rendered(self.scene, place.suffix)
        with written_beside(place) as beside:
            beside.write_bytes(data)
        return place

    def svg(self) -> str:
        """Give the drawing as an SVG element, with its fonts in it."""
        from kg.faces.diagrams.renderers import svg

        return svg.picture(self.scene)

    def html(self) -> str:
        """Give the drawing as a page of its own, to search and to filter."""
        return renderers.rendered(self.scene, ".html").decode("utf-8")

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        """Show the page in a notebook, or the picture where no page can be shown."""
        high = min(max(round(self.scene.plan.height) + 220, 520), 900)
        page = (
            f'<iframe srcdoc="{escape(self.html())}" title="{escape(fonts.clean(self.scene.title))}" '
            f'width="100%" height="{high}" style="border:0"></iframe>'
        )
        return {"text/html": page, "image/svg+xml": self.svg(), "text/plain": repr(self)}


def drawn(
    graph: Graph, preset: str, *names: Any, on: On, engine: str = "own",
    progress: Callable[[str], None] = lambda _: None, **wishes: Any,
) -> Drawing:  # fmt: skip
    """Draw a picture by its name; `kg.faces.library.Graph.draw` says what it takes and raises."""
    from kg.faces.diagrams.layout import placed
    from kg.faces.diagrams.pictures import stated

    scene = stated(graph, preset, *names, on=on, **wishes)
    progress(f"Found {len(scene.nodes):,} boxes and {len(scene.edges):,} lines; placing them.")
    if engine != "own":
        scene = replace(scene, command=f"{scene.command} --engine {engine}")
    drawing = Drawing(placed(scene, engine))
    progress("Placed; writing.")
    return drawing
