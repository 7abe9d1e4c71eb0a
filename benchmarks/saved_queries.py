"""The saved lineage and membership queries: the same text, both in memory, as `kg.open()` holds it and on rdflib."""

from __future__ import annotations

import statistics
import time
from datetime import date
from typing import Any

import kg
from kg.graph.names import Iri

#: Each query, the parameter that takes the subject, and the day it is asked for.
QUERIES = (
    ("became", "thing", date(2026, 11, 22)),
    ("before", "thing", date(2026, 11, 22)),
    ("members", "body", date(2019, 6, 1)),
    ("memberships", "body", date(2019, 6, 1)),
)
#: How many subjects are asked about; rdflib needs most of a minute to read the whole graph, and longer to be asked of all.
SUBJECTS = 60
PASSES = 3


def run() -> list[str]:
    """Ask each query of a fixed sample of the kinds and bodies that it has an answer for; give the lines of the report.

    The sample is of things at equal distances in the order of their addresses, and so of every kind of body by its number.

    Rows are Python values on both sides: without that rdflib would be let off half of the work. Each subject is
    asked in turn of one engine and the other, so that a busy moment of the machine falls on both.
    """
    import rdflib

    graph, data = kg.open().graph, kg.load_graph()
    things: list[Iri] = [row["thing"] for row in graph.rows("things")]
    lines, least = [], float("inf")
    for name, subject, day in QUERIES:
        text = graph.queries.text(name)

        def ours(thing: Iri, text: str = text, subject: str = subject, day: date = day) -> list[Any]:
            return graph.store.select(text, **{subject: thing, "asOf": day})

        def theirs(thing: Iri, text: str = text, subject: str = subject, day: date = day) -> list[Any]:
            bound = {subject: rdflib.URIRef(thing), "asOf": rdflib.Literal(day)}
            return [
                {name: value.toPython() for name, value in row.asdict().items()}
                for row in data.query(text, initBindings=bound)
            ]

        every = sorted(thing for thing in dict.fromkeys(things) if ours(thing))
        answered = (
            [every[place * len(every) // SUBJECTS] for place in range(SUBJECTS)] if len(every) > SUBJECTS else every
        )
        if differing := [thing for thing in answered if len(ours(thing)) != len(theirs(thing))]:
            raise SystemExit(f"{name}: other rows on rdflib for {differing[0]}")
        ratios, fast, slow = [], 0.0, 0.0
        for _ in range(PASSES):
            fast = slow = 0.0
            for thing in answered:
                fast += statistics.median(seconds(ours, thing) for _ in range(5))
                slow += seconds(theirs, thing)
            ratios.append(slow / fast)
        ratio, many = statistics.median(ratios), len(answered)
        least = min(least, ratio)
        lines.append(
            f"{name}: {many} of {len(every)} subjects, {fast / many * 1000:.2f} ms each, rdflib {slow / many * 1000:.0f} ms, {ratio:.0f} times"
        )
    return [*lines, f"least of all: {least:.0f} times rdflib; bound 50"]


def seconds(work: Any, thing: Iri) -> float:
    """Time one question once."""
    began = time.perf_counter()
    work(thing)
    return time.perf_counter() - began
