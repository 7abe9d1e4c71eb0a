"""Drawing: how long a layout and a page take, how many lines cross, and when a page is ready in Chromium."""

from __future__ import annotations

import shutil
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path
from unittest import mock

from playwright.sync_api import Browser, sync_playwright

import kg
from kg.faces.diagrams.layout import layers, placed
from kg.faces.diagrams.renderers import page
from kg.faces.diagrams.scene import Edge, Node, Scene
from kg.graph.graph import Graph
from tests.browser.conftest import CHROMIUM, SCENES, SWITCHES, organisations

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
    return [*lines, *_crossings(graph), _large()]


def _crossings(graph: Graph) -> list[str]:
    """Count crossings of the organisations since 2013 by our layout, in the order of the file, and by Graphviz."""
    whole = organisations(graph)
    lines = []
    for words, edges in (
        ("all that passed", [edge for edge in whole.edges if edge.walk]),
        ("what passed in law", [edge for edge in whole.edges if edge.lineage == "legal"]),
        ("all that passed, and what sat inside what", [*whole.edges]),
    ):
        used = {key for edge in edges for key in (edge.tail, edge.head)}
        scene = replace(whole, nodes=tuple(node for node in whole.nodes if node.id in used), edges=tuple(edges))
        with mock.patch.object(layers, "ordered", lambda columns, before, after: columns):  # noqa: ARG005  # the file's own order
            unordered = placed(scene).plan.crossings
        ours, theirs, dot = [], [], 0
        for _ in range(5 if shutil.which("dot") else 0):  # in turn, so that a busy moment falls on both
            ours.append(_seconds(partial(placed, scene)))
            theirs.append(_seconds(partial(placed, scene, "dot")))
            dot = placed(scene, "dot").plan.crossings
        ratio = statistics.median(one / other for one, other in zip(ours, theirs, strict=True)) if ours else 0.0
        peer = f"{dot} by Graphviz, in {ratio:.2f} of its time" if ours else "Graphviz is not here"
        lines.append(
            f"{words}: {len(scene.nodes)} nodes, {len(scene.edges)} edges; {placed(scene).plan.crossings} crossings, "
            f"{unordered} in the order of the file, {peer}"
        )
    return lines


def _large(nodes: int = 5000) -> str:
    """Lay out a made-up graph of families of twelve, each a few mergers deep, with moves between neighbours."""
    made = tuple(
        Node(
            f"n{at}",
            f"n{at}",
            f"NHS Body number {at} of the county",
            "clinical commissioning group",
            "CCG",
            "commissioner",
        )
        for at in range(nodes)
    )
    ties = [(at, at - at % 12 + 6 + at % 12 // 2) for at in range(nodes) if at % 12 < 10]
    ties += [(at, (at + 18) % nodes) for at in range(0, nodes, 3)]
    edges = tuple(
        Edge(str(at), f"n{min(pair)}", f"n{max(pair)}", "whole", "merged") for at, pair in enumerate(ties) if max(pair) < nodes
    )  # fmt: skip
    scene = Scene("Made up", "A made-up graph.", date(2026, 4, 1), "2026.11.0", "layers", made, edges)
    took = _seconds(partial(placed, scene))
    return f"made up: {nodes:,} nodes, {len(edges):,} edges; layout {took:.1f} s (bound 10 s)"


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
