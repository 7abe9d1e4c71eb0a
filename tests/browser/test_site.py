"""The site in a real browser, from a real server: nothing from elsewhere, no fault, for keyboards, small screens and no scripts."""

from __future__ import annotations

import os
import queue
import re
import subprocess
import sys
import threading
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import IO, Any, Final

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from kg.faces.diagrams.styles import look
from kg.graph.graph import Graph
from tests.browser.conftest import RULES

PAGES: Final = {
    "first": "/", "search": "/search", "which": "/search?q=ICP", "near": "/search?q=frimly", "question": "/search?q=What+did+ACS+become%3F",
    "bodies": "/search?kind=icb", "kind": "/doc/kind/ccg", "body": "/doc/body/icb-frimley", "on a day": "/doc/body/ics-frimley?date=2019-06-01",
    "event": "/doc/event/acs-renamed-ics", "source": "/doc/source/rcp-guide-2019", "compare": "/compare?from=2026-03-31&to=2026-04-01",
    "queries": "/queries", "query": "/queries/became", "download": "/download", "about": "/about",
    "missing": "/doc/body/icb-frimly", "fault": "/search?kind=nothing-such",
}  # fmt: skip
#: What the tests that take longest look at.
FEW: Final = ("first", "which", "body", "compare", "query", "fault")


@dataclass
class Visit:
    """A page open in a browser that reaches the server alone, and what it asked for and said."""

    page: Page
    address: str
    elsewhere: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def go(self, path: str) -> None:
        self.page.goto(f"{self.address}{path}")

    def run(self, script: str, *values: Any) -> Any:
        return self.page.evaluate(script, *values)


Visits = Callable[..., Visit]


@contextmanager
def serving(graph: Graph) -> Iterator[str]:
    """Run `kg serve` on a free port of this machine until left; gives its address without the slash."""
    command = [sys.executable, "-m", "kg", "serve", "--port", "0", "--store", str(graph.n_quads.parent)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, encoding="utf-8",
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    ) as server:  # fmt: skip
        assert server.stdout is not None
        said: queue.Queue[str] = queue.Queue()
        threading.Thread(target=_read, args=(server.stdout, said), daemon=True).start()
        try:
            yield _address(server, said)
        finally:
            server.terminate()
            server.wait(20)


def _read(stream: IO[str], said: queue.Queue[str]) -> None:
    for line in stream:
        said.put(line)


def _address(server: subprocess.Popen[str], said: queue.Queue[str]) -> str:
    lines: list[str] = []
    while server.poll() is None:
        lines.append(said.get(timeout=60))
        if found := re.search(r"http://[\d.]+:\d+", lines[-1]):
            return found.group()
    raise AssertionError(f"kg serve stopped: {''.join(lines)}")


@pytest.fixture(scope="module")
def server(graph: Graph) -> Iterator[str]:
    """The address of a server of the real graph."""
    with serving(graph) as address:
        yield address


@pytest.fixture
def visits(browser: Browser, server: str) -> Iterator[Visits]:
    """Opens a page of the site; nothing but the server can be reached, and what is tried is written down."""
    opened: list[Visit] = []

    def visit(path: str, *, size: tuple[int, int] = (1280, 800), **more: Any) -> Visit:
        context = browser.new_context(viewport={"width": size[0], "height": size[1]}, **more)
        found = Visit(context.new_page(), server)
        opened.append(found)

        def let(route: Route) -> None:
            if route.request.url.startswith(f"{server}/"):
                route.continue_()
            else:
                found.elsewhere.append(route.request.url)
                route.abort()

        context.route("**/*", let)
        found.page.on("pageerror", lambda error: found.faults.append(str(error)))
        found.page.on(
            "console", lambda said: found.faults.append(said.text) if said.type in ("error", "warning") else None
        )
        found.page.add_init_script(
            "window.refused = []; document.addEventListener('securitypolicyviolation', "
            "event => window.refused.push(event.violatedDirective + ' ' + event.blockedURI))"
        )
        found.go(path)
        return found

    yield visit
    for each in opened:
        each.page.context.close()


@pytest.mark.parametrize("name", PAGES)
def test_every_page_opens_without_fault_reaching_nothing_else_and_fits_a_narrow_screen(
    visits: Visits, axe: str, name: str
) -> None:
    visit = visits(PAGES[name])
    assert visit.elsewhere == []
    assert [said for said in visit.faults if "the server responded with a status of 4" not in said] == []
    assert visit.run("window.refused") == []
    assert visit.run("document.fonts.ready.then(() => document.fonts.check('16px Arimo') && document.fonts.size > 0)")
    expect(visit.page.get_by_role("heading", level=1)).to_have_count(1)
    expect(visit.page.get_by_role("banner")).to_contain_text("Not an NHS service")
    assert violations(visit, axe) == []
    assert visit.page.context.cookies() == []
    assert outside(visit, 320) == []


def violations(visit: Visit, axe: str) -> list[str]:
    # Put where only this test reaches it, since the page allows no script but its own.
    visit.run(f"() => {{ {axe}\n window.axe = axe; }}")
    found = visit.run(
        "rules => axe.run(document, {runOnly: rules, resultTypes: ['violations'], preload: false}).then(found => found.violations)",
        RULES,
    )
    return [f"{fault['id']}: {node['html'][:120]}" for fault in found for node in fault["nodes"]]


def outside(visit: Visit, width: int) -> list[str]:
    """Give what cannot be seen on a screen of that width without scrolling sideways, beside what scrolls in a box of its own."""
    visit.page.set_viewport_size({"width": width, "height": 640})
    found: list[str] = visit.run("""() => [...document.querySelectorAll('a, button, input, select, summary, h1, h2, p')]
      .filter(e => e.checkVisibility() && !e.closest('.wide, .skip, .unseen, pre'))
      .filter(e => [...e.getClientRects()].some(box => box.right > innerWidth + 1 || box.left < -1))
      .map(e => e.outerHTML.slice(0, 90))""")
    return found + (["the page"] if visit.run("document.documentElement.scrollWidth") > width else [])


@pytest.mark.parametrize("name", FEW)
def test_every_control_is_reached_by_the_tab_key_in_the_order_it_is_read(visits: Visits, name: str) -> None:
    visit = visits(PAGES[name])
    every = visit.run("""() => {
      const all = [...document.querySelectorAll('a[href], button, input, select, summary, [tabindex="0"]')];
      window.wanted = all.filter(e => e.checkVisibility({visibilityProperty: true}) && !e.disabled);
      return window.wanted.length;
    }""")
    reached: list[int] = []
    for _ in range(min(every, 40) + 10):
        visit.page.keyboard.press("Tab")
        place, seen = visit.run("""() => {
          const style = getComputedStyle(document.activeElement);
          return [window.wanted.indexOf(document.activeElement), style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2];
        }""")
        if place >= 0 and place not in reached:
            assert seen, visit.run("document.activeElement.outerHTML.slice(0, 200)")
            reached.append(place)
        if len(reached) == min(every, 40):
            break
    assert reached == list(range(min(every, 40)))


def test_the_skip_link_goes_past_the_navigation(visits: Visits) -> None:
    visit = visits(PAGES["body"])
    visit.page.keyboard.press("Tab")
    skip = visit.page.get_by_role("link", name="Skip to the content")
    expect(skip).to_be_focused()
    assert visit.run("document.activeElement.getBoundingClientRect().left") >= 0
    visit.page.keyboard.press("Enter")
    expect(visit.page.locator("#main")).to_be_focused()
    visit.page.keyboard.press("Tab")
    assert visit.run("document.activeElement.closest('main') !== null")


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_from_a_search_to_a_day_to_a_comparison_with_the_enter_key_alone(visits: Visits, scripts: bool) -> None:
    visit = visits("/", java_script_enabled=scripts)
    page = visit.page
    page.get_by_label("Search by name or code, or ask a question").fill("ICP")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Which did you mean?")
    page.get_by_label("Search by name, code or question").fill("NHS Frimley ICB")
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{visit.address}/doc/body/icb-frimley")
    expect(page.get_by_role("img").first).to_be_visible()
    page.get_by_label("As of").fill("2024-04-01")
    page.get_by_role("button", name="Show this day").press("Enter")
    expect(page).to_have_url(f"{visit.address}/doc/body/icb-frimley?date=2024-04-01")
    expect(page.get_by_role("heading", name="Its members on 1 April 2024")).to_be_visible()
    page.get_by_role("link", name="Compare two days").press("Enter")
    page.get_by_label("From", exact=True).fill("2026-03-31")
    page.get_by_label("To", exact=True).fill("2026-04-01")
    page.get_by_role("button", name="Compare").press("Enter")
    expect(page.get_by_role("heading", name="Succeeded, whole or in part")).to_be_visible()
    assert visit.elsewhere == []


def test_back_and_forward_go_from_page_to_page_and_a_deep_link_opens_where_it_says(visits: Visits) -> None:
    visit = visits("/doc/kind/acs")
    page = visit.page
    page.get_by_role("link", name="ICS (non-statutory)").first.click()
    expect(page).to_have_url(f"{visit.address}/doc/kind/ics-nonstatutory")
    page.go_back()
    expect(page).to_have_url(f"{visit.address}/doc/kind/acs")
    page.go_forward()
    expect(page).to_have_url(f"{visit.address}/doc/kind/ics-nonstatutory")
    visit.go("/doc/body/icb-frimley?date=2024-04-01#members")
    expect(page.get_by_role("heading", name="Its members on 1 April 2024")).to_be_in_viewport()
    expect(page.get_by_label("As of")).to_have_value("2024-04-01")


def test_a_note_leads_to_its_source_and_the_source_to_its_own_page(visits: Visits) -> None:
    visit = visits("/doc/kind/acs")
    note = visit.page.locator(".lead .cite a").first
    key = str(note.get_attribute("href")).removeprefix("#source-")
    note.click()
    source = visit.page.locator(f"#source-{key}")
    expect(source).to_be_in_viewport()
    source.get_by_role("link").first.click()
    expect(visit.page).to_have_url(f"{visit.address}/doc/source/{key}")
    expect(visit.page.get_by_role("heading", name="What rests on it")).to_be_visible()


def test_the_diagram_on_the_page_is_drawn_in_its_own_colours_and_font(visits: Visits) -> None:
    """A picture that is there but blank passes every other test."""
    visit = visits("/doc/kind/acs")
    picture = visit.page.locator(".picture svg")
    expect(picture).to_be_visible()
    assert visit.run("document.fonts.ready.then(() => document.fonts.check('700 16px Arimo'))")
    colours = visit.run(
        """async (data) => {
          const image = new Image(); image.src = 'data:image/png;base64,' + data; await image.decode();
          const canvas = new OffscreenCanvas(image.width, image.height), draw = canvas.getContext('2d');
          draw.drawImage(image, 0, 0);
          const held = draw.getImageData(0, 0, image.width, image.height).data, found = {};
          for (let i = 0; i < held.length; i += 4) {
            const colour = [held[i], held[i + 1], held[i + 2]].join(); found[colour] = (found[colour] || 0) + 1;
          }
          return found;
        }""",
        b64encode(picture.screenshot()).decode(),
    )
    hue = look("system").hue
    assert colours.get(",".join(f"{int(hue[place : place + 2], 16)}" for place in (1, 3, 5)), 0) > 100


@pytest.mark.parametrize("size", [(1280, 800), (390, 844)])
def test_a_wide_picture_opens_where_the_thing_itself_stands(visits: Visits, size: tuple[int, int]) -> None:
    visit = visits("/doc/body/icb-frimley", size=size)
    expect(visit.page.locator(".picture .subject title").first).to_contain_text("NHS Frimley ICB")
    hidden = visit.page.locator(".picture").evaluate(
        """box => {
            const frame = box.getBoundingClientRect(), at = box.querySelector(".subject").getBoundingClientRect();
            return [frame.left - at.left, at.right - frame.right, frame.top - at.top, at.bottom - frame.bottom];
        }"""
    )
    assert max(hidden) <= 0
    assert visit.page.locator(".picture svg > title").text_content()


def test_paper_has_no_navigation_and_the_whole_of_wide_tables(visits: Visits) -> None:
    visit = visits(PAGES["body"])
    visit.page.emulate_media(media="print")
    expect(visit.page.get_by_role("navigation", name="Main")).to_be_hidden()
    expect(visit.page.locator("form.dayform")).to_be_hidden()
    assert visit.run("getComputedStyle(document.querySelector('.wide')).overflow") == "visible"
