"""How many CCGs there were on each day, asked of the graph; the numbers are those that sources state."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import pytest

from kg.graph.graph import Graph
from kg.graph.names import key_of, thing

FACTS = Path(__file__).parents[2] / "shared" / "facts"
#: Stated by ONS (211), LGC (two mergers before 2018, then six), HSJ (191, 135) and Analytic Health (106).
COUNTS = {
    "2013-03-31": 0, "2013-04-01": 211, "2014-04-01": 211, "2015-03-31": 211, "2015-04-01": 209, "2016-04-01": 209,
    "2017-04-01": 207, "2018-04-01": 195, "2019-04-01": 191, "2020-04-01": 135, "2021-04-01": 106, "2022-06-30": 106,
    "2022-07-01": 0,
}  # fmt: skip
#: ODS opened the record of Newcastle Gateshead on the first of these days, and closed those of its parts after the last.
OPENED_EARLY = ("2014-11-26", "2015-01-01", "2015-03-31")


def ccgs(graph: Graph, day: str) -> list[str]:
    rows = graph.rows("bodies-of-kind", kind=thing("kind", "ccg"), asOf=date.fromisoformat(day))
    return [key_of(row["body"]) for row in rows]


@pytest.mark.parametrize(("day", "number"), COUNTS.items())
def test_ccgs_on_a_day(graph: Graph, day: str, number: int) -> None:
    found = ccgs(graph, day)
    assert len(found) == len(set(found)) == number


@pytest.mark.parametrize("day", OPENED_EARLY)
def test_a_code_opened_early_is_no_ccg_yet(graph: Graph, day: str) -> None:
    """Counting the codes that were open gives 212; the CCG of one of them had not begun."""
    holders = graph.rows("code-holders", code="13T")
    held = [row for row in holders if row["start"] <= date.fromisoformat(day) < row["end"]]
    assert [key_of(row["thing"]) for row in held] == ["ccg-13t"]
    assert "ccg-13t" not in ccgs(graph, day)
    assert len(ccgs(graph, day)) == 211


def test_there_were_248_in_all(graph: Graph) -> None:
    ever = {key_of(row["body"]) for row in graph.rows("ever-of-kind", kind=thing("kind", "ccg"))}
    assert len(ever) == 248
    assert all(key.startswith("ccg-") for key in ever)


@pytest.mark.skipif(not FACTS.is_dir(), reason="the source material, ../shared beside the repository, is not here")
def test_hubs_and_reporting_entities_are_no_ccgs(graph: Graph) -> None:
    """They share a role, RO98, with CCGs in the publisher's file, and are 72 more."""
    with (FACTS / "commissioning_hub_and_reporting_entity.csv").open(encoding="utf-8", newline="") as lines:
        others = [row["ods_code"] for row in csv.DictReader(lines)]
    assert len(others) == 72
    ever = {key_of(row["body"]) for row in graph.rows("ever-of-kind", kind=thing("kind", "ccg"))}
    holding = {key_of(row["thing"]) for code in others for row in graph.rows("code-holders", code=code)}
    assert not holding & ever


def test_people_of_the_last_ccgs_are_those_of_england(graph: Graph) -> None:
    total = 0.0
    for key in ccgs(graph, "2022-06-30"):
        rows = graph.rows("observations", thing=thing("body", key))
        residents = [row["value"] for row in rows if row["measure"] == "population"]
        assert len(residents) == 1, key
        total += residents[0]
    assert total == 56_550_138, "the mid-2020 estimate of ONS for England"
