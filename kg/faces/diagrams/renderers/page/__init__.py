"""The interactive page: one file that opens anywhere, asks for nothing, and shows the very picture of the plan.

It is pyvis's `Network` with a template of our own in place of its stock page, which loads from elsewhere and runs what
titles and headings hold.
"""

from __future__ import annotations

import json
from base64 import b64encode
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import pyvis.network
from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup

from kg.answers.answer import ATTRIBUTION
from kg.faces.diagrams import fonts
from kg.faces.diagrams.network import Written
from kg.faces.diagrams.renderers import frame, svg
from kg.faces.diagrams.renderers.page import told
from kg.faces.diagrams.scene import Scene

_HOME: Final = Path(__file__).parent
#: In the order in which each may use what is above it.
_SCRIPTS: Final = ("scene", "drawing", "still", "details", "search", "controls", "page")
#: vis-network, as the pyvis package carries it, with its licence on top.
VIS: Final = Path(pyvis.network.__file__).parent / "templates" / "lib" / "vis-9.1.2" / "vis-network.min.js"
#: Positions are those of the plan, so nothing is simulated; what can be clicked is worked out from the plan too.
_OPTIONS: Final = {
    "autoResize": False,
    "physics": {"enabled": False},
    "layout": {"improvedLayout": False},
    "nodes": {"shape": "custom", "physics": False, "fixed": True},
    "edges": {"smooth": False, "hidden": True, "physics": False},
    "interaction": {"dragNodes": False, "selectable": False, "hover": False, "keyboard": False, "tooltipDelay": 10**6},
}


def render(scene: Scene) -> bytes:
    """Give the page of a scene that has its plan, as UTF-8; the same scene gives the same bytes."""
    return Page(scene).generate_html().encode("utf-8")


class Page(Written):
    """A pyvis Network of a scene, whose page is our own."""

    def __init__(self, scene: Scene) -> None:
        super().__init__(directed=True, cdn_resources="in_line")
        self.scene = scene
        self.templateEnv = Environment(
            loader=FileSystemLoader(_HOME, encoding="utf-8"), autoescape=True, trim_blocks=True, lstrip_blocks=True
        )
        self.options = dict(_OPTIONS)
        for node in scene.nodes:
            box = scene.plan.boxes[node.id]
            # vis-network leaves out what is further than its size beyond the edge of the view.
            reach = round(max(box.width, box.height, box.band) / 2) + 12
            self.add_node(
                node.id, label=" ", shape="custom", x=round(box.middle.x), y=round(box.middle.y), size=reach
            )  # fmt: skip
        for edge in scene.edges:
            self.add_edge(edge.tail, edge.head, id=edge.id)

    def generate_html(self, name: str = "index.html", local: bool = True, notebook: bool = False) -> str:  # noqa: ARG002
        """Give the whole page; the arguments are pyvis's own and change nothing."""
        scene = self.scene
        picture, whole = Markup(svg.picture(scene, embed=False)), frame.around(scene)
        nodes, edges, *_, options = self.get_network_data()
        about = {
            **told.about(scene),
            "network": {"nodes": nodes, "edges": edges, "options": json.loads(options)},
        }
        style, library, script = _style(), _library(), _script()
        self.html = self.templateEnv.get_template("template.html").render(
            scene=scene, style=Markup(style), library=Markup(library), script=Markup(script), picture=picture,
            policy=policy(),
            about=about, data=Markup(_json(about)), rows=told.rows(scene), alone=told.alone(scene),
            looks=told.looks(scene), strokes=told.strokes(scene), shapes=told.samples(scene), cited=_cited,
            caption=fonts.clean(scene.caption), cautions=[fonts.clean(words) for words in scene.cautions],
            attribution=ATTRIBUTION, tall=whole.height > whole.width,
        )  # fmt: skip
        return str(self.html)


@cache
def policy() -> str:
    """Give the Content-Security-Policy of every page: nothing from elsewhere, and no script or style but its own."""
    return (
        f"default-src 'none'; script-src {_hash(_library())} {_hash(_script())}; style-src {_hash(_style())}; "
        "font-src data:; img-src data: blob:; base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode('utf-8')).digest()).decode('ascii')}'"


def _cited(numbers: tuple[int, ...]) -> str:
    return " ".join(f"[{number}]" for number in numbers)


@cache
def _library() -> str:
    return VIS.read_text(encoding="utf-8")


@cache
def _style() -> str:
    faces = "".join(
        f'@font-face{{font-family:Arimo;font-weight:{weight};src:url({fonts.data_uri(bold=bold)}) format("woff2")}}\n'
        for weight, bold in ((400, False), (700, True))
    )
    return faces + (_HOME / "page.css").read_text(encoding="utf-8")


@cache
def _script() -> str:
    parts = [(_HOME / "scripts" / f"{name}.js").read_text(encoding="utf-8") for name in _SCRIPTS]
    return '"use strict";\n(() => {\n' + "\n".join(parts) + "\n})();\n"


def _json(about: dict[str, Any]) -> str:
    """Write data so that no word in it can end the block that it stands in."""
    text = json.dumps(about, separators=(",", ":"))  # in ASCII, so that no character is ever what it is not
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
