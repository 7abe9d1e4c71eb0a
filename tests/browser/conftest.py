"""What browser tests share: a Chromium that reaches no network, scenes of the real graph, and pages watched as they open."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Final

import pytest
from playwright.sync_api import Browser, Dialog, Page, sync_playwright

from kg.answers.record import Records, Transfer
from kg.faces import library
from kg.faces.diagrams import pictures
from kg.faces.diagrams.layout import placed
from kg.faces.diagrams.presets.drawn import Drawn
from kg.faces.diagrams.renderers import page as pages
from kg.faces.diagrams.scene import Edge, Scene
from kg.graph.graph import Graph
from kg.graph.names import key_of

AS_OF: Final = date(2026, 11, 22)
CHROMIUM: Final = shutil.which("chromium") or shutil.which("chromium-browser")
#: What axe is asked to look for.
RULES: Final = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
SIZES: Final = ((1500, 950), (1280, 720), (390, 844))
SWITCHES: Final = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip


def _stated(preset: str, *names: Any, as_of: date | None = None, **wishes: Any) -> Callable[[Graph], Scene]:
    return lambda graph: pictures.stated(
        graph, preset, *names, on=pictures.On(as_of or AS_OF, given=as_of is not None), **wishes
    )


def organisations(graph: Graph) -> Scene:
    """State all transfers since 2013 among who commissioned care, and what sat inside what: some 450 nodes and 650 edges."""
    records = Records(graph)
    drawn = Drawn(records)
    kinds = {row["thing"]: row["kind"] for row in graph.rows("things")}
    meant = {
        "clinical commissioning group", "integrated care system", "integrated care board", "sub-ICB location",
        "sustainability and transformation partnership", "accountable care system",
    }  # fmt: skip
    transfers = [
        Transfer(row["event"], row["giver"], row["receiver"], row["date"], row["lineage"])
        for row in graph.rows("transfers")
        if row["date"] >= date(2013, 1, 1) and {kinds[row["giver"]], kinds[row["receiver"]]} <= meant
    ]
    inside = [
        row for row in graph.rows("all-memberships")
        if kinds[row["member"]] in ("sub-ICB location", "integrated care board")
        and kinds[row["group"]] in ("integrated care board", "integrated care system")
    ]  # fmt: skip
    bodies = dict.fromkeys([iri for t in transfers for iri in (t.giver, t.receiver)])
    bodies |= dict.fromkeys([row[end] for row in inside for end in ("group", "member")])
    edges = [drawn.transfer(transfer) for transfer in transfers]
    edges += [
        Edge(
            key_of(row["membership"]), key_of(row["group"]), key_of(row["member"]), "inside", "",
            starts=row["start"], ends=row["end"], sources=drawn.cites(row["membership"]),
        )
        for row in inside
    ]  # fmt: skip
    nodes = tuple(drawn.node(iri) for iri in bodies)
    return Scene(
        "Who commissioned care, since 2013", "Every transfer since 2013, and what sat inside what.", AS_OF,
        graph.release, "layers", nodes, tuple(edges), drawn.ledger,
    )  # fmt: skip


#: The scenes that every page is opened with; a line adds one.
SCENES: Final[dict[str, Callable[[Graph], Scene]]] = {
    "lineage of ACS": _stated("lineage", "ACS"),
    "lineage of NHS Frimley ICB": _stated("lineage", "NHS Frimley ICB"),
    "organisations": organisations,
    "structure of NHS Frimley ICB": _stated("structure", "NHS Frimley ICB", as_of=date(2024, 8, 1)),
    "kinds": _stated("kinds"),
    "kinds in columns": _stated("kinds", form="layers"),
    "England": _stated("england", date(2013, 4, 1), date(2026, 4, 1)),
    "query": _stated("query", "before", params={"thing": "icb-frimley"}),
    "comparison": _stated("compare", date(2026, 3, 31), date(2026, 4, 1)),
}
#: Those that stand for all, where a test takes long.
FEW: Final = ("lineage of ACS", "lineage of NHS Frimley ICB", "organisations")


@dataclass
class Opened:
    """A page that was opened, and what it did that it should not."""

    page: Page
    requests: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)

    def run(self, script: str, given: Any = None) -> Any:
        """Run a script in the page."""
        return self.page.evaluate(script, given)

    @property
    def violations(self) -> list[str]:
        """What the page's policy has refused."""
        return list(self.run("window.refused"))

    def levels(self, ids: list[str]) -> dict[str, str]:
        """Give how each thing and tie is shown: "sure", "perhaps", "not" or "gone"."""
        return dict(self.run("ids => Object.fromEntries(ids.map(id => [id, kg.levels.get(id)]))", ids))

    def click(self, x: float, y: float) -> None:
        """Click at a place of the drawing."""
        at = self.run("([x, y]) => network.canvasToDOM({x, y})", [x, y])
        self.page.locator("#diagram").click(position={"x": at["x"], "y": at["y"]})


Opens = Callable[..., Opened]
Scenes = Callable[[str], Scene]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests of a worker."""
    if CHROMIUM is None:
        missing("There is no chromium to open pages in. Install it: apt-get install chromium")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=[*SWITCHES])
        yield chromium
        chromium.close()


def missing(why: str) -> None:
    """Skip a test that cannot run here; where everything is to be tested, fail it."""
    (pytest.fail if os.environ.get("CI") else pytest.skip)(why)


@pytest.fixture(scope="session")
def axe() -> str:
    """The text of axe-core, from the folder of npm packages that KG_NPM names."""
    folder = os.environ.get("KG_NPM")
    path = Path(folder or "") / "axe-core" / "axe.min.js"
    if not folder or not path.exists():
        missing("KG_NPM names no folder of npm packages with axe-core. Install it: npm install axe-core")
    return path.read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def scenes(in_memory: library.Graph) -> Callable[[str], Scene]:
    """Gives a scene of SCENES with its plan, made once."""
    return cache(lambda name: placed(SCENES[name](in_memory.graph)))


@pytest.fixture(scope="session")
def files(scenes: Callable[[str], Scene], tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Gives the page of a scene of SCENES as a file, made once."""
    folder = tmp_path_factory.mktemp("pages")

    def make(name: str) -> Path:
        path = folder / f"{name}.html"
        path.write_bytes(pages.render(scenes(name)))
        return path

    return cache(make)


@pytest.fixture(params=SCENES)
def name(request: pytest.FixtureRequest) -> str:
    """The name of each scene in turn."""
    return str(request.param)


@pytest.fixture(params=FEW)
def one_of_few(request: pytest.FixtureRequest) -> str:
    """The name of each of the few scenes that stand for all."""
    return str(request.param)


@pytest.fixture
def scene(scenes: Callable[[str], Scene], name: str) -> Scene:
    """Each scene in turn, with its plan."""
    return scenes(name)


@pytest.fixture
def seen(name: str, browser: Browser, files: Callable[[str], Path], open_pages: dict[str, Opened]) -> Opened:
    """The page of each scene in turn, opened once for the tests that only look."""
    if name not in open_pages:
        open_pages[name] = opened(browser, files(name))
    return open_pages[name]


@pytest.fixture(scope="session")
def open_pages() -> dict[str, Opened]:
    """The pages that are open."""
    return {}


@pytest.fixture
def opens(browser: Browser, files: Callable[[str], Path], tmp_path: Path) -> Iterator[Opens]:
    """Opens a page: of a scene by its name, or of bytes given; waits until it is drawn, where it has a script that draws."""
    given: list[Opened] = []

    def open_(what: str | bytes, hash_: str = "", *, ending: str = "html", **more: Any) -> Opened:
        path = tmp_path / f"given-{len(given)}.{ending}"
        if isinstance(what, bytes):
            path.write_bytes(what)
        else:
            path = files(what)
        given.append(opened(browser, path, hash_, **more))
        return given[-1]

    yield open_
    for each in given:
        each.page.context.close()


def opened(
    browser: Browser, path: Path, hash_: str = "", *, size: tuple[int, int] = (1280, 720), **more: Any
) -> Opened:  # fmt: skip
    """Open a file with no network, and write down what it asks for and what goes wrong."""
    width, height = size
    context = browser.new_context(offline=True, viewport={"width": width, "height": height}, **more)
    page = context.new_page()
    found = Opened(page)

    def refuse(shown: Dialog) -> None:
        found.dialogs.append(shown.message)
        shown.dismiss()

    page.on("request", lambda request: found.requests.append(request.url))
    page.on("pageerror", lambda error: found.errors.append(str(error)))
    page.on("console", lambda said: found.errors.append(said.text) if said.type in ("error", "warning") else None)
    page.on("dialog", refuse)
    page.add_init_script(
        "window.refused = []; document.addEventListener('securitypolicyviolation', "
        "event => window.refused.push(event.violatedDirective + ' ' + event.blockedURI))"
    )
    page.goto(path.as_uri() + hash_)
    if path.suffix == ".html" and more.get("java_script_enabled", True):
        page.wait_for_selector("html[data-ready]", state="attached", timeout=20_000)
    found.requests = [url for url in found.requests if url.partition("#")[0] != path.as_uri()]
    return found


def laid(scene: Scene) -> dict[str, tuple[float, float, float, float]]:
    """Give the left, top, right and bottom of each box of a plan."""
    return {key: (box.x, box.y, box.x + box.width, box.y + box.height) for key, box in scene.plan.boxes.items()}


def transfers_of(rows: list[dict[str, Any]]) -> set[str]:
    """Give the ids that edges have of the transfers that became.rq and before.rq find."""
    return {f"{key_of(row['event'])}:{key_of(row['giver'])}>{key_of(row['receiver'])}:{row['lineage']}" for row in rows}


__all__ = [
    "AS_OF",
    "CHROMIUM",
    "FEW",
    "RULES",
    "SCENES",
    "SIZES",
    "SWITCHES",
    "Opened",
    "Opens",
    "Scenes",
    "laid",
    "missing",
    "transfers_of",
]
