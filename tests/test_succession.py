"""Which CCG merged into which, and when: the graph against the publisher's 142 successions."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from kg.graph.graph import Graph
from kg.graph.names import key_of

SUCCESSIONS = Path(__file__).parents[2] / "shared" / "facts" / "ccg_succession.csv"


def merged(graph: Graph) -> list[tuple[str, str, str]]:
    """Give predecessor, successor and day of each CCG that passed whole into another CCG."""
    return [
        (giver, receiver, row["date"].isoformat())
        for row in graph.rows("transfers")
        if (giver := key_of(row["giver"])).startswith("ccg-")
        and (receiver := key_of(row["receiver"])).startswith("ccg-")
        and giver != receiver
        and key_of(row["type"]).endswith("Merger")
    ]


def test_every_merger_makes_a_ccg_of_several_on_the_first_of_april(graph: Graph) -> None:
    found = merged(graph)
    parts: dict[tuple[str, str], int] = {}
    for _, receiver, day in found:
        parts[receiver, day] = parts.get((receiver, day), 0) + 1
    assert len(found) == len({giver for giver, _, _ in found}) == 142, "each of them ended once"
    assert len(parts) == 37
    assert min(parts.values()) >= 2
    assert {day[4:] for _, day in parts} == {"-04-01"}


@pytest.mark.skipif(
    not SUCCESSIONS.is_file(), reason="the source material, ../shared beside the repository, is not here"
)
def test_successions_are_those_of_the_publisher(graph: Graph) -> None:
    with SUCCESSIONS.open(encoding="utf-8", newline="") as lines:
        said = {
            (f"ccg-{row['predecessor'].lower()}", f"ccg-{row['successor'].lower()}", row["date"])
            for row in csv.DictReader(lines)
        }
    assert len(said) == 142
    assert set(merged(graph)) == said
