"""A diagram inside a page, which has the fonts of diagrams already."""

from __future__ import annotations

from markupsafe import Markup

from kg.faces.diagrams.scene import Scene


def inline(scene: Scene) -> Markup:
    """Place a scene and give it as an SVG element; all its words are escaped."""
    from kg.faces.diagrams.layout import placed
    from kg.faces.diagrams.renderers import svg

    return Markup(svg.picture(placed(scene, "own"), embed=False))
