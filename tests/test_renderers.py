"""One scene in every format: it parses, it shows the same things, and hostile words come out as words."""

from __future__ import annotations

import csv
import io
import os
import pickle
import re
import shutil
import subprocess
import sys
import zlib
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, NoReturn
from xml.etree import ElementTree

import networkx as nx
import pytest
import resvg_py

from kg.answers.answer import ATTRIBUTION, SourceRef
from kg.answers.question import Question
from kg.answers.record import Records
from kg.errors import BadInput, UsageError
from kg.faces.diagrams import fonts, renderers, styles
from kg.faces.diagrams.drawing import Drawing
from kg.faces.diagrams.layout import placed
from kg.faces.diagrams.presets import lineage
from kg.faces.diagrams.renderers import png, svg, table
from kg.faces.diagrams.scene import Edge, Node, Scene, Share

SVG = "{http://www.w3.org/2000/svg}"
NOW = date(2026, 11, 22)
#: The formats of this file; the page has tests of its own.
ENDINGS = [ending for ending in renderers.ENDINGS if ending != ".html"]
#: What has made renderers run, break or lie: script, markup, entities, escapes, ends of comments, marks that turn text
#: about, and characters that no document may hold.
HOSTILE = (
    "<script>alert(1)</script>",
    "</script><script>alert(2)</script>",
    "<img src=x onerror=alert(3)>",
    "\"double\" 'single' `back`",
    '<a href="javascript:alert(4)">href</a>',
    "\u202eturned\u202c \u2066about\u2069 bell\x07 nul\x00",
    "]]> --> <!-- -- %% %%{init: {}}%% ---",
    "back\\slash \\n \\N \\G \\",
    "two\nlines\r\nand\ta tab",
    "&amp; &#35; #35; #quot; ;",
    "end subgraph ::: {{a}} [b] (c) |d| click href",
    "\u05e9\u05dc\u05d5\u05dd \u0639\u0631\u0628\u064a",
    "=cmd|'/c calc'!A1, +1; @x",
    "\ud800 \ufffe lone halves",
)


def hostile() -> Scene:
    """A scene in which every word is hostile, ids and captions too."""
    families = [*styles.FAMILIES, "<family>"]
    relations = [*styles.RELATIONS]
    nodes = tuple(
        Node(
            id=f"{words}{place}", key=words, label=words, kind=words, short=words, family=families[place % 11],
            when=words, codes=words, facts=((words, words),), sources=("s",), focus=place == 3, lane=words,
            weight=1e5 * place if place % 2 else None,
        )
        for place, words in enumerate(HOSTILE)
    )  # fmt: skip
    edges = tuple(
        Edge(
            id=f"{words}{place}", tail=nodes[place // 2].id, head=nodes[place].id,
            relation=relations[place % len(relations)], word=words, when=words, starts=date(2020, 1, place + 1),
            event=words, summary=words, label=words, shares=(Share(words, 0.25),), facts=((words, words),),
            lineage="legal", sources=("s", "not in the ledger"), weight=5.0,
        )
        for place, words in enumerate(HOSTILE)
        if place
    )  # fmt: skip
    said = " ".join(HOSTILE)
    source = SourceRef("s", said, HOSTILE[0], "2020-01", HOSTILE[4], "", HOSTILE[1])
    return placed(Scene(said, said, NOW, HOSTILE[2], "layers", nodes, edges, (source,), HOSTILE, command=said))


@pytest.fixture(scope="module")
def scenes(records: Records) -> dict[str, Scene]:
    def of(name: str) -> Scene:
        return placed(replace(lineage.scene(Question(records, name, NOW)), command=f"kg draw lineage '{name}'"))

    return {"ACS": of("ACS"), "NHS Frimley ICB": of("NHS Frimley ICB"), "hostile": hostile()}


@pytest.fixture(params=["ACS", "NHS Frimley ICB", "hostile"])
def scene(request: pytest.FixtureRequest, scenes: dict[str, Scene]) -> Scene:
    return scenes[request.param]


def bare(words: str) -> str:
    """Give words as they are shown, without the spaces, which formats set as they like."""
    return re.sub(r"\s", "", fonts.clean(words.replace("\u200b", "")))


def missing(what: str) -> NoReturn:
    """Fail where everything is to be tested, and skip elsewhere."""
    if os.environ.get("CI"):
        pytest.fail(what)
    pytest.skip(what)


# Any format


@pytest.mark.parametrize("ending", ENDINGS)
def test_the_same_scene_gives_the_same_bytes(scene: Scene, ending: str) -> None:
    assert renderers.rendered(scene, ending) == renderers.rendered(scene, ending)


def test_an_ending_that_no_format_has_is_refused_with_those_that_there_are() -> None:
    for ending in (".docx", "", ".svgz"):
        with pytest.raises(UsageError, match=r"\.html, \.svg, \.png, .*\.csv"):
            renderers.format_of(ending)
    assert renderers.format_of(".SVG") == "svg"


@pytest.mark.parametrize("ending", [".svg", ".mmd", ".dot", ".graphml"])
def test_every_picture_says_what_it_shows_as_of_when_and_under_which_licence(
    scenes: dict[str, Scene], ending: str
) -> None:
    scene = scenes["NHS Frimley ICB"]
    told = bare(
        " ".join(ElementTree.fromstring(text).itertext())
        if (text := renderers.rendered(scene, ending).decode()).startswith("<?xml")
        else text
    )
    assert bare(scene.title) in told
    assert bare(scene.release) in told
    assert bare(ATTRIBUTION) in told
    assert "22November2026" in told or "2026-11-22" in told
    assert bare(scene.command) in told
    if ending != ".graphml":  # which names the sources of each thing instead
        assert "NotanNHSservice" in told
        for source in scene.ledger:
            assert bare(source.title)[:40] in told


def test_files_are_utf_8_and_the_same_whatever_the_platform_says(scenes: dict[str, Scene], tmp_path: Path) -> None:
    made = tmp_path / "scene.pickle"
    made.write_bytes(pickle.dumps(scenes["hostile"]))
    script = (
        "import pickle, sys\nfrom pathlib import Path\nfrom kg.faces.diagrams.drawing import Drawing\n"
        "folder = Path(sys.argv[1])\ndrawing = Drawing(pickle.loads((folder / 'scene.pickle').read_bytes()))\n"
        "for ending in sys.argv[2:]: drawing.save(folder / f'drawn{ending}')\n"
    )
    settings = {
        **os.environ,
        "PYTHONUTF8": "0",
        "LC_ALL": "C",
        "LANG": "C",
        "PYTHONCOERCECLOCALE": "0",
        "PYTHONHASHSEED": "7",
    }
    subprocess.run([sys.executable, "-c", script, str(tmp_path), *ENDINGS], env=settings, check=True, timeout=120)
    for ending in ENDINGS:
        written = (tmp_path / f"drawn{ending}").read_bytes()
        assert written == renderers.rendered(scenes["hostile"], ending), ending
        if ending != ".png":
            assert bare(HOSTILE[11]) in bare(written.decode("utf-8"))


# Files


def test_a_drawing_is_saved_by_the_ending_of_its_file(scenes: dict[str, Scene], tmp_path: Path) -> None:
    drawing = Drawing(scenes["ACS"])
    assert drawing.save(tmp_path / "a.SVG") == tmp_path / "a.SVG"
    assert (tmp_path / "a.SVG").read_bytes() == svg.render(scenes["ACS"])
    assert drawing.svg() in (tmp_path / "a.SVG").read_text(encoding="utf-8")
    assert "8 things, 7 ties" in repr(drawing)


def test_a_folder_that_is_missing_is_named_and_nothing_is_left_behind(scenes: dict[str, Scene], tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"absent.+folder that exists"):
        Drawing(scenes["ACS"]).save(tmp_path / "absent" / "a.svg")
    with pytest.raises(UsageError, match=r"\.docx"):
        Drawing(scenes["ACS"]).save(tmp_path / "a.docx")
    (tmp_path / "folder.svg").mkdir()
    with pytest.raises(BadInput, match="folder"):
        Drawing(scenes["ACS"]).save(tmp_path / "folder.svg")
    assert [path.name for path in tmp_path.iterdir()] == ["folder.svg"]


def test_a_file_stays_as_it_was_when_the_drawing_fails(
    scenes: dict[str, Scene], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "a.svg"
    place.write_text("as it was", encoding="utf-8")

    def fails(_: Scene) -> bytes:
        raise RuntimeError("in the middle")

    monkeypatch.setattr(svg, "render", fails)
    with pytest.raises(RuntimeError):
        Drawing(scenes["ACS"]).save(place)
    assert place.read_text(encoding="utf-8") == "as it was"
    assert list(tmp_path.iterdir()) == [place]


def test_a_notebook_shows_the_page_in_a_frame_or_else_the_picture(
    scenes: dict[str, Scene], monkeypatch: pytest.MonkeyPatch
) -> None:
    page = "<!doctype html><p title='\"'>" + "".join(HOSTILE).replace("\ud800", "")
    monkeypatch.setattr(Drawing, "html", lambda _: page)
    shown = Drawing(scenes["hostile"])._repr_mimebundle_(include=None, exclude=None)
    found: list[tuple[str, dict[str, str | None]]] = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            found.append((tag, dict(attrs)))

    Reader().feed(shown["text/html"])
    assert [tag for tag, _ in found] == ["iframe"]
    assert found[0][1]["srcdoc"] == page
    assert "src" not in found[0][1]
    assert elements(shown["image/svg+xml"]).tag == f"{SVG}svg"
    assert shown["text/plain"] == repr(Drawing(scenes["hostile"]))


# SVG


def elements(drawn: str | bytes) -> ElementTree.Element:
    return ElementTree.fromstring(drawn)


def test_svg_has_its_size_a_title_and_a_description(scene: Scene) -> None:
    root = elements(svg.render(scene))
    width, height = float(root.attrib["width"]), float(root.attrib["height"])
    assert root.attrib["viewBox"] == f"0 0 {root.attrib['width']} {root.attrib['height']}"
    assert width > scene.plan.width
    assert height > scene.plan.height
    assert root.attrib["role"] == "img"
    assert bare(root[0].text or "") == bare(scene.title)
    assert root[0].tag == f"{SVG}title"
    assert bare(scene.caption) in bare(root[1].text or "")
    assert root[1].tag == f"{SVG}desc"


def test_svg_holds_only_what_a_strict_page_may_show(scene: Scene) -> None:
    alone, inside = elements(svg.render(scene)), elements(svg.picture(scene, embed=False))
    known = {f"{SVG}{name}" for name in ("svg", "title", "desc", "g", "rect", "path", "line", "text")}
    assert {part.tag for part in inside.iter()} <= known
    assert {part.tag for part in alone.iter()} <= known | {f"{SVG}style"}
    for part in alone.iter():
        assert not {
            name for name in part.attrib if name in ("style", "href", "id", "class") or name.startswith(("on", "{"))
        }
    style = alone.find(f"{SVG}style")
    assert style is not None
    assert (
        len(
            re.findall(
                r"@font-face\{font-family:Arimo;font-weight:(?:400|700);src:url\(data:font/woff2;base64,",
                style.text or "",
            )
        )
        == 2
    )
    assert "http" not in (style.text or "")


def test_svg_shows_every_thing_and_tie_as_text_that_can_be_selected(scene: Scene) -> None:
    root = elements(svg.render(scene))
    held = [group for group in root.iter(f"{SVG}g") if "data-id" in group.attrib]
    # The words on a line are a group of their own, in front of the boxes, without a title.
    groups = {group.attrib["data-id"]: group for group in held if group.find(f"{SVG}title") is not None}
    assert {group.attrib["data-id"] for group in held} == set(groups)
    ids = [*(node.id for node in scene.nodes), *(edge.id for edge in scene.edges)]
    assert set(groups) == {fonts.clean(id_) for id_ in ids}
    for node in scene.nodes:
        group = groups[fonts.clean(node.id)]
        assert bare(node.label) in bare(group.findtext(f"{SVG}title") or "")
        lines = [text.text or "" for text in group.iter(f"{SVG}text")]
        shown = bare("".join(lines)).split("\u2026")[0]
        assert shown[:20]
        assert bare(node.label).startswith(shown[: len(bare(node.label))][:20])
    for edge in scene.edges:
        title = bare(groups[fonts.clean(edge.id)].findtext(f"{SVG}title") or "")
        assert bare(scene.by_id[edge.head].label) in title
        assert bare(edge.word) in title


def test_every_word_is_inside_its_box_and_no_two_boxes_overlap(scene: Scene) -> None:
    boxes = scene.plan.boxes
    for box in boxes.values():
        for text in box.lines:
            assert text.x >= box.x + styles.STRIPE
            assert text.x + fonts.width(text.text, text.size, bold=text.bold) <= box.x + box.width
            assert box.y < text.y - text.size * 0.72
            assert text.y + text.size * 0.21 < box.y + box.height
    held = list(boxes.values())
    for place, one in enumerate(held):
        for other in held[place + 1 :]:
            apart = one.x + one.width <= other.x or other.x + other.width <= one.x
            assert apart or one.y + one.height <= other.y or other.y + other.height <= one.y


def test_the_words_around_a_drawing_are_within_the_picture(scene: Scene) -> None:
    root = elements(svg.render(scene))
    width, height = float(root.attrib["width"]), float(root.attrib["height"])
    around = list(root.findall(f"{SVG}text"))
    assert len(around) > 10
    for text in around:
        x, y, size = (float(text.attrib[name]) for name in ("x", "y", "font-size"))
        bold = text.attrib.get("font-weight") == "bold"
        assert x > 0
        assert x + fonts.width(text.text or "", size, bold=bold) <= width
        assert y - size * 0.7 > 0
        assert y < height


def test_the_legend_shows_what_occurs_and_nothing_else(scenes: dict[str, Scene]) -> None:
    scene = scenes["ACS"]
    shown = {text.text for text in elements(svg.render(scene)).findall(f"{SVG}text")}
    families = {node.family for node in scene.nodes}
    assert families == {"commissioner", "system", "partnership", "programme"}
    for family, look in styles.FAMILIES.items():
        assert (look.word in shown) == (family in families)
    for relation, stroke in styles.RELATIONS.items():
        assert (stroke.word in shown) == (relation in {edge.relation for edge in scene.edges})


# PNG


def test_png_is_wide_enough_for_print_and_not_blank(scene: Scene) -> None:
    drawn = png.render(scene)
    assert drawn[:8] == b"\x89PNG\r\n\x1a\n"
    width, height = (int.from_bytes(drawn[at : at + 4], "big") for at in (16, 20))
    assert width >= 2000
    small, pixels = decoded(shrunk(drawn, width, height))
    assert small == 400
    assert {pixel[3] for pixel in pixels} == {255}
    inked = sum(min(pixel) < 250 for pixel in pixels)
    assert inked / len(pixels) > 0.02


def shrunk(drawn: bytes, width: int, height: int) -> bytes:
    """Give a PNG 400 dots wide, read by a renderer and not by what wrote it."""
    high = round(400 * height / width)
    image = f'<image width="400" height="{high}" preserveAspectRatio="none" href="data:image/png;base64,{b64encode(drawn).decode("ascii")}"/>'
    return bytes(
        resvg_py.svg_to_bytes(
            svg_string=f'<svg xmlns="http://www.w3.org/2000/svg" width="400" height="{high}">{image}</svg>',
            skip_system_fonts=True,
        )
    )


def decoded(drawn: bytes) -> tuple[int, list[tuple[int, ...]]]:
    """Give the width and the pixels of a PNG of eight bits and four channels (W3C, PNG, 9: filtering)."""
    at, data, width = 8, b"", 0
    while at < len(drawn):
        size, kind = int.from_bytes(drawn[at : at + 4], "big"), drawn[at + 4 : at + 8]
        body = drawn[at + 8 : at + 8 + size]
        if kind == b"IHDR":
            width = int.from_bytes(body[:4], "big")
            assert body[8:] == bytes((8, 6, 0, 0, 0))
        elif kind == b"IDAT":
            data += body
        at += size + 12
    raw, above, pixels = zlib.decompress(data), bytearray(width * 4), []
    for start in range(0, len(raw), width * 4 + 1):
        row = bytearray(raw[start + 1 : start + 1 + width * 4])
        for place in range(len(row)):
            left, up = row[place - 4] if place > 3 else 0, above[place]
            corner = above[place - 4] if place > 3 else 0
            nearest = min((left, up, corner), key=lambda value, to=left + up - corner: abs(to - value))  # type: ignore[misc]
            row[place] = (row[place] + (0, left, up, (left + up) // 2, nearest)[raw[start]]) % 256
        pixels += [tuple(row[place : place + 4]) for place in range(0, len(row), 4)]
        above = row
    return width, pixels


@pytest.mark.parametrize(
    ("width", "height"), [(100, 100), (800, 500), (3000, 900), (30_000, 100), (500, 40_000), (9_000, 9_000)]
)
def test_png_is_never_larger_than_a_machine_has_room_for(width: float, height: float) -> None:
    fine = png.fineness(width, height)
    assert width * height * fine**2 <= png.AREA + 1e-3
    assert max(width, height) * fine <= png.MOST + 1e-6 or width * fine <= png.LEAST + 1.001
    assert width * fine > png.LEAST or width * height * fine**2 == pytest.approx(png.AREA)


# Text formats


@pytest.fixture(scope="module")
def mermaid() -> Iterator[Any]:
    """A page of a real browser that has loaded mermaid, and counts what hostile words set off."""
    modules = os.environ.get("KG_NPM")
    script = Path(modules or "absent") / "mermaid" / "dist" / "mermaid.min.js"
    if not script.is_file():
        missing("KG_NPM is to name a folder node_modules that has mermaid")
    browser = shutil.which("chromium") or shutil.which("google-chrome")
    if browser is None:
        missing("Chromium is not installed")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        opened = play.chromium.launch(
            executable_path=browser, args=["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic"]
        )
        page = opened.new_page()
        page.route("**/*", lambda route: route.abort())
        page.set_content("<!doctype html><div id=drawn></div>")
        page.add_script_tag(path=str(script))
        page.evaluate("mermaid.initialize({startOnLoad: false, maxTextSize: 1e6, maxEdges: 5000})")
        page.evaluate("void (window.alert = () => { window.alerts = (window.alerts || 0) + 1 })")
        yield page
        opened.close()


def test_mermaid_is_drawn_by_mermaid_with_every_thing_and_tie(scene: Scene, mermaid: Any) -> None:
    text = renderers.rendered(scene, ".mmd").decode("utf-8")
    assert mermaid.evaluate("async text => (await mermaid.parse(text)).diagramType", text) == "flowchart-v2"
    found = mermaid.evaluate(
        """async text => {
            const box = document.getElementById("drawn");
            box.innerHTML = (await mermaid.render("picture", text)).svg;
            const texts = name => [...box.querySelectorAll(name)].map(part => part.textContent);
            await new Promise(done => setTimeout(done, 100));
            return {nodes: texts(".node"), labels: texts(".edgeLabels .edgeLabel"), edges: box.querySelectorAll(".edgePaths path").length,
                    unsafe: box.querySelectorAll("script, img, a, iframe").length, alerts: window.alerts || 0, title: box.querySelector(".flowchartTitleText").textContent}
        }""",
        text,
    )
    assert (found["unsafe"], found["alerts"]) == (0, 0)
    assert found["edges"] == len(scene.edges)
    assert len(found["nodes"]) == len(scene.nodes)
    shown = {bare(words) for words in found["nodes"]}
    for node in scene.nodes:
        assert any(words.startswith(bare(node.label)) for words in shown), node.label
    told = " ".join(bare(words) for words in found["labels"])
    for edge in scene.edges:
        assert bare(edge.word) in told
    assert bare(found["title"]) == bare(scene.title).translate(str.maketrans("<>&", "\u2039\u203a\uff06"))


def test_dot_is_drawn_by_graphviz_with_every_thing_and_tie(scene: Scene) -> None:
    program = shutil.which("dot")
    if program is None:
        missing("Graphviz is not installed")
    done = subprocess.run(
        [program, "-Tsvg"], input=renderers.rendered(scene, ".dot"), capture_output=True, check=True, timeout=60
    )
    root = elements(done.stdout)
    groups = [group for group in root.iter(f"{SVG}g") if group.get("class") in ("node", "edge")]
    assert sorted(group.get("class", "") for group in groups) == ["edge"] * len(scene.edges) + ["node"] * len(
        scene.nodes
    )
    shown = [bare("".join(text.text or "" for text in group.iter(f"{SVG}text"))) for group in groups]
    for node in scene.nodes:
        assert any(words.startswith(bare(node.label)) for words in shown), node.label
    for edge in scene.edges:
        assert any(words.startswith(bare(edge.word)) for words in shown), edge.word
    assert not list(root.iter(f"{SVG}script"))
    assert not list(root.iter(f"{SVG}image"))


def test_graphml_is_read_by_networkx_with_every_thing_and_tie(scene: Scene) -> None:
    graph = nx.read_graphml(io.BytesIO(renderers.rendered(scene, ".graphml")), force_multigraph=True)
    assert isinstance(graph, nx.MultiDiGraph)
    assert graph.number_of_nodes() == len(scene.nodes)
    assert graph.number_of_edges() == len(scene.edges)
    assert [data["label"] for _, data in graph.nodes(data=True)] == [fonts.clean(node.label) for node in scene.nodes]
    for (_, data), node in zip(graph.nodes(data=True), scene.nodes, strict=True):
        assert (data["x"], data["y"]) == pytest.approx(scene.plan.boxes[node.id].middle, abs=0.06)
        assert data["focus"] == int(node.focus)
    words = sorted(data["word"] for _, _, data in graph.edges(data=True))
    assert words == sorted(fonts.clean(edge.word) for edge in scene.edges)


def test_csv_has_a_row_for_each_tie_with_its_sources(scene: Scene) -> None:
    text = renderers.rendered(scene, ".csv").decode("utf-8")
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert len(rows) == len(scene.edges)
    assert tuple(rows[0]) == table.COLUMNS
    for row, edge in zip(rows, scene.edges, strict=True):
        assert row["from_label"] == fonts.clean(scene.by_id[edge.tail].label)
        assert row["to"] == fonts.clean(scene.by_id[edge.head].key)
        assert row["starts"] == edge.starts.isoformat()
        assert row["ends"] == ""
        assert row["sources"] == "; ".join(edge.sources)
        assert bool(row["source_titles"]) == bool(edge.sources)


def test_csv_gives_shares_by_their_basis(scenes: dict[str, Scene]) -> None:
    scene = scenes["NHS Frimley ICB"]
    rows = list(csv.DictReader(io.StringIO(renderers.rendered(scene, ".csv").decode("utf-8"))))
    kept = {row["to_label"]: row["shares"] for row in rows if row["from_label"] == "NHS Frimley ICB"}
    assert len(kept) == 3
    by_practices = [float(re.findall(r"practices=([\d.]+)", shares)[0]) for shares in kept.values()]
    assert sum(by_practices) == pytest.approx(1)


# Graphviz as a layout


def test_graphviz_places_our_boxes_without_overlap_and_every_line_ends_at_its_boxes(scene: Scene) -> None:
    if shutil.which("dot") is None:
        missing("Graphviz is not installed")
    laid = placed(scene, "dot")
    test_every_word_is_inside_its_box_and_no_two_boxes_overlap(laid)
    assert {node.id for node in laid.nodes} == set(laid.plan.boxes)
    for edge in laid.edges:
        route = laid.plan.routes[edge.id]
        head = laid.plan.boxes[edge.head]
        end = route.stops[-1]
        assert head.x - 0.1 <= end.x <= head.x + head.width + 0.1
        assert head.y <= end.y <= head.y + head.height
    assert laid == placed(scene, "dot")
    assert laid.plan.width > 0
    assert all(box.x >= -0.1 and box.y >= -0.1 for box in laid.plan.boxes.values())


def test_without_graphviz_it_says_what_to_install(scenes: dict[str, Scene], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(UsageError, match=r"Install it .+ or leave out --engine dot"):
        placed(scenes["ACS"], "dot")
