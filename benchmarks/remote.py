"""The same questions put to the embedded engine, `oxigraph serve` and Virtuoso: their answers, and how long each takes."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

from kg.faces.library import Graph, open_graph
from kg.graph import compiled, pushing
from tests.engines import USER, own

QUESTIONS: dict[str, Callable[[Graph], Any]] = {
    "became ACS": lambda graph: graph.became("ACS", as_of="2026-11-22"),
    "lineage CCG": lambda graph: graph.lineage("CCG", as_of="2026-11-22"),
    "members QNQ": lambda graph: graph.members("QNQ", as_of="2024-08-01"),
    "diff 2026-03-31 2026-04-01": lambda graph: graph.diff("2026-03-31", "2026-04-01"),
    "coverage": lambda graph: graph.coverage(as_of="2026-11-22"),
    "population CCG by region": lambda graph: graph.population("CCG", by="region"),
}


def run(times: int = 5) -> Iterator[str]:
    """Give, for each engine, the time of a push, and of each question as a ratio to the embedded engine on disk."""
    whole = compiled.open_default()
    with tempfile.TemporaryDirectory() as folder:
        for name in ("oxigraph", "virtuoso"):
            with own(name, Path(folder) / name) as engine, _credentials():
                start = time.perf_counter()
                sent = pushing.push(whole, engine.store)
                yield f"{name}: push of {sent:,} statements {time.perf_counter() - start:.1f} s; bound 60 s"
                yield from _questions(name, engine.query, times)


def _questions(name: str, url: str, times: int) -> Iterator[str]:
    for question, put in QUESTIONS.items():
        ratios, here, there = [], [], []
        for _ in range(times):
            near, answer = _timed(open_graph(), put)
            far, other = _timed(open_graph(url), put)
            assert answer.to_dict() == other.to_dict(), f"{name} answers otherwise: {question}"
            ratios.append(far / near)
            here.append(near)
            there.append(far)
        yield (
            f"{name}: {question}, {median(ratios):.1f} times the embedded engine on disk "
            f"({median(there) * 1000:.0f} ms, {median(here) * 1000:.0f} ms)"
        )


def _timed(graph: Graph, put: Callable[[Graph], Any]) -> tuple[float, Any]:
    start = time.perf_counter()
    answer = put(graph)
    return time.perf_counter() - start, answer


@contextmanager
def _credentials() -> Iterator[None]:
    before = {name: os.environ.get(name) for name in ("KG_STORE_USER", "KG_STORE_PASSWORD")}
    os.environ |= {"KG_STORE_USER": USER, "KG_STORE_PASSWORD": USER}
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name)
            else:
                os.environ[name] = value
