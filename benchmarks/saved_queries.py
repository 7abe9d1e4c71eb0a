"""The saved lineage and membership queries: the same text, both in memory, as `kg.open()` holds it and on rdflib."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from datetime import date
from typing import Any

import kg
from kg.graph.names import Iri, thing

DAY, THEN = date(2026, 11, 22), date(2019, 6, 1)
CASES: list[tuple[str, dict[str, Any]]] = [
    ("became", {"thing": thing("kind", "acs"), "asOf": DAY}),
    ("became", {"thing": thing("body", "ics-berkshire-west"), "asOf": DAY}),
    ("became", {"thing": thing("body", "ccg-10c"), "asOf": DAY}),
    ("before", {"thing": thing("kind", "icb"), "asOf": DAY}),
    ("before", {"thing": thing("body", "icb-thames-valley"), "asOf": DAY}),
    ("members", {"body": thing("body", "ics-frimley"), "asOf": THEN}),
    ("members", {"body": thing("body", "ics-north-east-and-north-cumbria"), "asOf": THEN}),
    ("memberships", {"body": thing("body", "trust-ryd"), "asOf": THEN}),
]


def typical(work: Callable[[], Any], runs: int) -> float:
    """Give the median time of a piece of work, in seconds."""
    times = []
    for _ in range(runs):
        began = time.perf_counter()
        work()
        times.append(time.perf_counter() - began)
    return statistics.median(times)


def run() -> list[str]:
    """Give the lines of the report; both engines must give the same number of rows, and some."""
    import rdflib

    graph = kg.open().graph
    data = kg.load_graph()
    lines, ratios = [], []
    for name, values in CASES:
        text = graph.queries.text(name)
        bound = {
            key: rdflib.URIRef(value) if isinstance(value, Iri) else rdflib.Literal(value)
            for key, value in values.items()
        }

        def ours(text: str = text, values: dict[str, Any] = values) -> list[Any]:
            return graph.store.select(text, **values)

        def theirs(text: str = text, bound: dict[str, Any] = bound) -> list[Any]:
            # Rows of Python values, as the store gives them: without this rdflib would be let off the half of it.
            return [{name: value.toPython() for name, value in row.asdict().items()} for row in data.query(text, initBindings=bound)]

        found, expected = len(ours()), len(theirs())
        if found != expected or not found:
            raise SystemExit(f"{name} {values}: {found} rows on Oxigraph, {expected} on rdflib")
        # In turn, so that a busy moment of the machine falls on both; several at a time, so that neither runs only cold.
        timed = [(typical(ours, 25), typical(theirs, 3)) for _ in range(7)]
        fast, slow = (statistics.median(column) for column in zip(*timed, strict=True))
        ratio = statistics.median(theirs_took / ours_took for ours_took, theirs_took in timed)
        ratios.append(ratio)
        subject = next(value for value in values.values() if isinstance(value, Iri)).rsplit("/", 1)[1]
        lines.append(
            f"{name} {subject}: {found} rows, {fast * 1000:.2f} ms, rdflib {slow * 1000:.0f} ms, {ratio:.0f} times"
        )
    return [*lines, f"least of all: {min(ratios):.0f} times rdflib; bound 50"]
