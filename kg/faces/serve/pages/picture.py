"""A diagram inside a page, which has the fonts of diagrams already."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from markupsafe import Markup

from kg.faces.diagrams.scene import Scene

#: A picture of no more than this many px is shown whole.
_FITS: Final = 1560


def inline(scene: Scene) -> Markup:
    """Place a scene and give it as an SVG element; all its words are escaped.

    What the page says itself, the title, caption, cautions and sources, is left out of what is drawn; what is asked about
    has the class "subject".
    """
    from kg.faces.diagrams.layout import placed
    from kg.faces.diagrams.renderers import svg
    from kg.faces.diagrams.renderers.markup import plain

    bare = replace(scene, title="", caption="", cautions=(), ledger=())
    picture = svg.picture(placed(bare, "own"), embed=False).replace(
        "<title></title>", f"<title>{plain(scene.title)}</title>", 1
    )
    for node in scene.nodes:
        if node.focus:
            marked = f'data-id="{plain(node.id)}">'
            picture = picture.replace(marked, f'class="subject" {marked}')
    # One that is a little wider than the page is made to fit; the style gives it a least width, at which words can be read.
    width = re.match(r'<svg [^>]*?width="([0-9.]+)"', picture)
    if width and float(width[1]) <= _FITS:
        picture = picture.replace("<svg ", '<svg class="fits" ', 1)
    return Markup(picture)
