"""How fast a graph of national scale answers, once warm: medians over many different arguments."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import kg

#: Milliseconds, of the median of many different arguments.
BOUNDS = {"search": 10, "successors": 5, "levels": 200, "regions": 1_000}
DAYS = (date(2022, 8, 1), date(2024, 8, 1), date(2026, 4, 1))
#: Seconds after which no further argument is asked about.
PATIENCE = 20.0

PREFIXES = """
PREFIX nis: <https://w3id.org/nhs-integration/ontology#>
PREFIX org: <http://www.w3.org/ns/org#>
PREFIX role: <https://w3id.org/nhs-integration/id/role/>
PREFIX kind: <https://w3id.org/nhs-integration/id/kind/>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
"""
#: Board, its sub-ICB locations, what belonged to these (networks and practices), and what to those, all on one day.
LEVELS = f"""{PREFIXES}
SELECT DISTINCT ?icb ?asOf ?location ?network ?practice WHERE {{
  ?first org:organization ?icb ; org:member ?location ; nis:holdsFrom ?from1 ; nis:holdsBefore ?until1 .
  FILTER(?from1 <= ?asOf && ?asOf < ?until1)
  ?second org:organization ?location ; org:member ?network ; nis:holdsFrom ?from2 ; nis:holdsBefore ?until2 .
  FILTER(?from2 <= ?asOf && ?asOf < ?until2)
  ?third org:organization ?network ; org:member ?practice ; nis:holdsFrom ?from3 ; nis:holdsBefore ?until3 .
  FILTER(?from3 <= ?asOf && ?asOf < ?until3)
}}
"""
#: What each region's boards' sub-ICB locations commissioned on a day: the role is compared, for as a pattern it would be read first.
REGIONS = f"""{PREFIXES}
SELECT ?asOf ?region (COUNT(DISTINCT ?practice) AS ?practices) WHERE {{
  {{ SELECT ?asOf ?region ?location {{
      {{ SELECT ?asOf ?region ?icb {{
          ?region nis:latestKind kind:nhse-region . ?icb nis:latestKind kind:icb .
          ?first org:organization ?region ; org:member ?icb ; nis:holdsFrom ?from1 ; nis:holdsBefore ?until1 .
          FILTER(?from1 <= ?asOf && ?asOf < ?until1)
      }} }}
      ?second org:organization ?icb ; org:member ?location ; nis:holdsFrom ?from2 ; nis:holdsBefore ?until2 .
      FILTER(?from2 <= ?asOf && ?asOf < ?until2)
      ?location nis:latestKind kind:sub-icb-location .
  }} }}
  {{ SELECT ?asOf ?third ?location {{
      ?location nis:latestKind kind:sub-icb-location .
      ?third org:organization ?location ; nis:holdsFrom ?from3 ; nis:holdsBefore ?until3 .
      FILTER(?from3 <= ?asOf && ?asOf < ?until3)
  }} }}
  ?third org:role ?role ; org:member ?practice .
  FILTER(?role = role:ods-re4)
}} GROUP BY ?asOf ?region
"""
BOARDS = f"{PREFIXES} SELECT DISTINCT ?board WHERE {{ ?one nis:asKind kind:icb ; nis:about ?board }} ORDER BY ?board"
GIVERS = f"{PREFIXES} SELECT DISTINCT ?giver WHERE {{ ?one nis:giver ?giver ; nis:receiver ?other }} ORDER BY ?giver"
NAMES = f"{PREFIXES} SELECT ?body ?label WHERE {{ ?body a org:Organization ; skos:prefLabel ?label }}"


def run(folder: Path) -> Iterator[str]:
    """Give the lines of the report on the graph of a folder, left on disk as the command line and the server have it."""
    graph = kg.open(folder, in_memory=False)
    store, names = graph.graph.store, graph.graph.names
    labels = [row["label"] for row in sorted(store.select(NAMES), key=lambda row: str(row["body"]))]
    givers = [row["giver"] for row in store.select(GIVERS)]
    boards = [row["board"] for row in store.select(BOARDS)]
    became = graph.graph.queries.text("became")
    on_days = [(board, day) for board in boards for day in DAYS]
    parts = _parts(labels)
    yield timed("search by part of a name, the names", "search", parts, names.holding)
    yield timed("search by part of a name, `find`", "", some(parts, 100), graph.find)
    yield timed(
        "successors of one body, rows",
        "successors",
        some(givers, 300),
        lambda one: store.select(became, thing=one, asOf=DAYS[-1]),
    )
    yield timed("successors of one body, `became`", "", some(givers, 100), graph.became)
    yield timed(
        "members of an ICB on a day through all levels, `members --through`",
        "levels",
        some(on_days, 60),
        lambda one: graph.members(one[0], as_of=one[1], through=True),
    )
    yield timed(
        "the same through three levels by SPARQL, rows",
        "",
        some(on_days, 60),
        lambda one: store.select(LEVELS, icb=one[0], asOf=one[1]),
    )
    days = [date(year, month, 1) for year in (2022, 2023, 2024, 2025) for month in (8, 10, 12)]
    yield timed(
        "GP practices by region on a day, `count --by region`",
        "regions",
        days,
        lambda day: graph.count("GP practice", by="region", as_of=day),
    )
    yield timed(
        "what is commissioned, by region on a day, by SPARQL",
        "",
        DAYS,
        lambda day: store.select(REGIONS, asOf=day),
    )


def some(every: Sequence[Any], many: int) -> list[Any]:
    """So many at equal distances; all where there are no more."""
    return [every[place * len(every) // many] for place in range(many)] if len(every) > many else list(every)


def timed(what: str, bound: str, asked: Sequence[Any], put: Callable[[Any], Any]) -> str:
    """Ask everything once to warm up, then time each; the arguments differ, so an answer that is kept is of no use."""
    limit = time.perf_counter() + PATIENCE
    rows, done = 0, 0
    for one in asked:
        rows += _many(put(one))
        done += 1
        if time.perf_counter() > limit:
            break
    took = []
    for one in asked[:done]:
        began = time.perf_counter()
        put(one)
        took.append((time.perf_counter() - began) * 1000)
    often = statistics.quantiles(took, n=20)[-1] if done > 1 else took[0]
    end = f"; bound {BOUNDS[bound]:,} ms" if bound else ""
    return (
        f"{what}: {statistics.median(took):.1f} ms, 95 in a hundred within {often:.1f} ms "
        f"({done} arguments, {rows / done:.0f} rows each){end}"
    )


def _parts(labels: list[str]) -> list[str]:
    """Pieces of names at equal distances, of four to eight letters, which begin within a name."""
    chosen = [label for label in some(labels, 300) if len(label) > 14]
    return [label[2 + at % 6 : 6 + at % 6 + at % 5] for at, label in enumerate(chosen)]


def _many(answer: Any) -> int:
    return len(answer) if isinstance(answer, list) else len(answer.results) or len(answer.candidates)
