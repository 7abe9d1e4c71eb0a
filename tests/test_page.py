"""The page as text: what it carries is what it says it carries, and pyvis's own use still works on the same scene."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from base64 import b64encode
from dataclasses import replace
from datetime import date
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, Final

import pytest
from pyvis.network import Network

from kg.answers.answer import ATTRIBUTION
from kg.answers.question import Question
from kg.answers.record import Records
from kg.faces.diagrams.layout import placed
from kg.faces.diagrams.network import to_network
from kg.faces.diagrams.presets import lineage
from kg.faces.diagrams.renderers import page as pages
from kg.faces.diagrams.renderers.page import VIS, told
from kg.faces.diagrams.scene import Scene

#: vis-network 9.1.2 as pyvis 0.3.2 carries it.
_SHA256: Final = "1f20f0736f32cb9bedf8f6383b25cfea2f839e1abe80d6e8040b4d5bea378c69"


@pytest.fixture(scope="module")
def scene(graph: Any) -> Scene:
    return placed(lineage.scene(Question(Records(graph), "ACS", date(2026, 11, 22))))


@pytest.fixture(scope="module")
def html(scene: Scene) -> str:
    return pages.render(scene).decode("utf-8")


class Elements(HTMLParser):
    """The elements of a page with their attributes, and the text of its scripts and styles."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.inline: list[tuple[str, str]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        if tag in ("script", "style"):
            self.inline.append((tag, ""))

    def handle_data(self, data: str) -> None:
        if self.cdata_elem:
            tag, text = self.inline.pop()
            self.inline.append((tag, text + data))


def test_vis_network_is_the_file_that_was_looked_at_with_its_licence(html: str) -> None:
    content = VIS.read_bytes()
    assert sha256(content).hexdigest() == _SHA256
    banner = content.decode().replace("\r\n", "\n").partition("*/")[0]
    assert "Apache 2.0 License" in banner
    assert "MIT License" in banner
    assert banner in html


def test_the_policy_allows_the_scripts_and_the_style_of_the_page_and_no_others(html: str) -> None:
    elements = Elements(html)
    policy = next(
        given["content"] or "" for tag, given in elements.found if given.get("http-equiv") == "Content-Security-Policy"
    )
    hashes = {
        tag: [f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'" for name, text in parts if name == tag]
        for tag, parts in (("script", elements.inline), ("style", elements.inline))
    }
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert rules["default-src"] == "'none'"
    assert rules["script-src"].split() == hashes["script"][1:]  # the first holds data
    assert rules["style-src"].split() == hashes["style"]
    assert set(rules) == {"default-src", "script-src", "style-src", "font-src", "img-src", "base-uri", "form-action"}
    assert "unsafe" not in policy


def test_nothing_in_the_page_points_elsewhere_but_links_that_a_reader_follows(html: str) -> None:
    for tag, given in Elements(html).found:
        assert tag not in ("link", "img", "iframe", "object", "embed", "base", "image", "use")
        assert not {"src", "srcset", "style", "action", "xlink:href"} & set(given), (tag, given)
        assert not [name for name in given if name.startswith("on")]
        if "href" in given:
            assert tag == "a"
            assert (given["href"] or "").startswith(("http://", "https://"))
    style = next(text for tag, text in Elements(html).inline if tag == "style")
    assert "@import" not in style
    assert set(re.findall(r"url\((\w+):", style)) == {"data"}


def test_the_page_says_what_it_is_of_when_and_by_whose_licence(html: str, scene: Scene) -> None:
    for words in (scene.title, "As of 22 Nov 2026", scene.release, "Not an NHS service", ATTRIBUTION):
        assert words in html


def test_its_data_are_those_of_the_scene(html: str, scene: Scene) -> None:
    data = json.loads(next(text for tag, text in Elements(html).inline if tag == "script"))
    assert [thing["id"] for thing in data["things"]] == [node.id for node in scene.nodes]
    assert [tie["id"] for tie in data["ties"]] == [edge.id for edge in scene.edges]
    assert [tie["walk"] for tie in data["ties"]] == [edge.walk and edge.walk.isoformat() for edge in scene.edges]
    assert [thing["sure"] for thing in data["things"]] == [
        [day.isoformat() for day in node.sure] for node in scene.nodes
    ]
    assert len(data["network"]["nodes"]) == len(scene.nodes)
    assert len(data["network"]["edges"]) == len(scene.edges)


def test_only_addresses_that_a_browser_may_follow_become_links(scene: Scene) -> None:
    ref = scene.ledger[0]
    for url in ("javascript:alert(1)", "data:text/html,x", " https://x.org", "https://x.org/a b", "//x.org", "HTTPS"):
        assert told.source(ref._replace(url=url))["url"] == ""
    assert told.source(ref._replace(url="https://x.org/a?b=c#d"))["url"] == "https://x.org/a?b=c#d"


def test_a_slider_runs_over_at_least_a_day(scene: Scene) -> None:
    alone = replace(scene, nodes=(), edges=())
    first, last = told.span(alone)
    assert (first, (last - first).days) == (scene.as_of, 1)


# pyvis itself


def test_to_network_gives_a_pyvis_network_in_stock_shapes(scene: Scene) -> None:
    network = to_network(scene)
    assert isinstance(network, Network)
    assert network.get_nodes() == [node.id for node in scene.nodes]
    assert len(network.get_edges()) == len(scene.edges)
    assert {node["shape"] for node in network.nodes} <= {"box", "ellipse"}
    assert all(isinstance(node["id"], str) and node["physics"] is False for node in network.nodes)
    assert {"Accountable care system"} <= {node["label"].partition("\n")[0] for node in network.nodes}
    for node in network.nodes:
        middle = scene.plan.boxes[node["id"]].middle
        assert (node["x"], node["y"]) == (pytest.approx(middle.x, abs=0.1), pytest.approx(middle.y, abs=0.1))


def test_people_can_go_on_with_pyvis(scene: Scene, tmp_path: Path) -> None:
    network = to_network(scene)
    network.add_node("mine", label="Ynys Môn \u2192", shape="dot", color="#ff0000")
    network.add_edge("acs", "mine", title="mine")
    assert "vis-network" in network.generate_html()
    network.write_html(str(tmp_path / "mine.html"))
    written = (tmp_path / "mine.html").read_text(encoding="utf-8")
    nodes = json.loads(re.search(r"nodes = new vis\.DataSet\((\[.*?\])\);", written).group(1))  # type: ignore[union-attr]
    assert nodes[-1]["label"] == "Ynys Môn \u2192"
    assert '"enabled": false' in written


def test_no_title_makes_pyvis_read_titles_as_html(scene: Scene) -> None:
    node = replace(scene.nodes[0], label='<a href="javascript:alert(1)">x</a>')
    network = to_network(replace(scene, nodes=(node, *scene.nodes[1:])))
    assert not any("href" in each["title"] for each in network.nodes)
    assert "div.popup" not in network.generate_html()


def test_pages_are_written_in_utf_8_whatever_the_platform_says(tmp_path: Path) -> None:
    program = """
import sys
from datetime import date
from kg.faces.diagrams.layout import placed
from kg.faces.diagrams.network import to_network
from kg.faces.diagrams.renderers import page
from kg.faces.diagrams.scene import Node, Scene
node = Node("a", "a", "Ynys M\\u00f4n \\u2192 \\u4e2d", "kind", "K", "system")
scene = placed(Scene("\\u2192", "c", date(2026, 11, 22), "r", "layers", (node,), ()))
to_network(scene).write_html(sys.argv[1])
page.Page(scene).write_html(sys.argv[2])
"""
    paths = [tmp_path / "stock.html", tmp_path / "page.html"]
    subprocess.run(
        [sys.executable, "-X", "utf8=0", "-c", program, *map(str, paths)],
        check=True, env={"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONPATH": str(Path(__file__).parents[1]), "PATH": ""},
    )  # fmt: skip
    for path in paths:
        assert "\u2192" in path.read_text(encoding="utf-8") or "\\u2192" in path.read_text(encoding="utf-8")


def test_nothing_of_this_is_loaded_until_a_page_is_made() -> None:
    program = "import sys, kg, kg.faces.library, kg.faces.diagrams.scene; print({'pyvis', 'jinja2', 'IPython'} & set(sys.modules))"
    assert (
        subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout == "set()\n"
    )


def test_every_method_of_pyvis_that_sets_an_option_works_on_a_scene(scene: Scene) -> None:
    network = to_network(scene)
    network.toggle_physics(True)
    network.toggle_physics(False)
    network.toggle_drag_nodes(False)
    network.toggle_hide_edges_on_drag(True)
    network.toggle_stabilization(True)
    network.set_edge_smooth("continuous")
    network.inherit_edge_colors(False)
    for lay_out in (network.barnes_hut, network.repulsion, network.hrepulsion, network.force_atlas_2based):
        lay_out()
    network.show_buttons(filter_=["physics"])
    assert "continuous" in network.generate_html()
    plain = to_network(scene)
    plain.set_options('{"interaction": {"hover": true}}')
    assert plain.get_edges()
    assert '"hover": true' in plain.generate_html()
