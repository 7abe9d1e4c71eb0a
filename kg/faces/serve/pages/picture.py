"""A diagram inside a page, which has the fonts of diagrams already."""

from __future__ import annotations

from dataclasses import replace

from markupsafe import Markup

from kg.faces.diagrams.scene import Scene


def inline(scene: Scene) -> Markup:
    """Place a scene and give it as an SVG element; all its words are escaped.

    What the page says itself, the caption, cautions and sources, is left out of it.
    """
    from kg.faces.diagrams.layout import placed
    from kg.faces.diagrams.renderers import svg

    bare = replace(scene, caption="", cautions=(), ledger=())
    return Markup(svg.picture(placed(bare, "own"), embed=False))
