"""Drawing: how long a layout and a page take, how many lines cross, and when a page is ready in Chromium."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

import kg
from kg.faces.diagrams.layout import placed
from kg.faces.diagrams.renderers import page
from tests.browser.conftest import CHROMIUM, SCENES, SWITCHES

#: The page of 450 nodes and 650 edges, for which the bounds are.
BOUND = "organisations"


def run(times: int = 5) -> list[str]:
    """Give the lines of the report: medians, each page opened anew so many times."""
    graph = kg.open().graph
    lines = []
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*SWITCHES])
        for name, state in SCENES.items():
            stated = state(graph)
            laid = statistics.median(_seconds(partial(placed, stated)) for _ in range(times))
            scene = placed(stated)
            made = statistics.median(_seconds(partial(page.render, scene)) for _ in range(times))
            path = Path(folder) / "page.html"
            path.write_bytes(page.render(scene))
            ready = statistics.median(_ready(browser, path) for _ in range(times))
            lines.append(
                f"{name}: {len(scene.nodes)} nodes, {len(scene.edges)} edges, {scene.plan.crossings} crossings; layout "
                f"{laid:.2f} s{' (bound 1 s)' if name == BOUND else ''}, page {made:.2f} s, {path.stat().st_size / 1e6:.1f} MB, "
                f"ready after {ready:.2f} s{' (bound 2 s)' if name == BOUND else ''}"
            )
        browser.close()
    return lines


def _seconds(what: Callable[[], object]) -> float:
    began = time.perf_counter()
    what()
    return time.perf_counter() - began


def _ready(browser: Browser, path: Path) -> float:
    """Give the seconds from the start of the navigation to the mark that the page sets when it is drawn."""
    context = browser.new_context(offline=True, viewport={"width": 1500, "height": 950})
    opened = context.new_page()
    opened.goto(path.as_uri())
    opened.wait_for_selector("html[data-ready]", state="attached", timeout=20_000)
    after = float(opened.evaluate("performance.getEntriesByName('ready')[0].startTime")) / 1000
    context.close()
    return after
