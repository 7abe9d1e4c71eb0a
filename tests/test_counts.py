"""How many CCGs there were on each day, asked of the graph; the numbers are those that sources state."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import pytest

from kg.faces import library
from kg.facts import lookups, shares
from kg.graph.graph import Graph
from kg.graph.names import key_of, thing

FACTS = Path(__file__).parents[2] / "shared" / "facts"
PUBLISHER = FACTS.parent / "publisher" / "ons"
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


# Partnerships: twelve have no recorded end, for their ICBs went in 2026 and no source says what became of them


@pytest.mark.parametrize(
    ("name", "day", "number"),
    [
        ("STP", "2016-04-01", 44), ("STP", "2017-04-01", 44), ("ICS", "2021-04-01", 42), ("ICS", "2022-07-01", 42),
        ("ICS", "2026-03-31", 42),
    ],
)  # fmt: skip
def test_partnerships_whose_end_is_not_recorded_are_certain_before(
    asked: library.Graph, name: str, day: str, number: int
) -> None:
    (counted,) = [line for line in asked.count(name, as_of=day).results if line.method == "counted"]
    assert (counted.statistic, counted.value) == ("total", number)


def test_doubt_begins_where_the_evidence_stops(asked: library.Graph) -> None:
    (counted,) = [line for line in asked.count("ICS", as_of="2026-04-01").results if line.method == "counted"]
    assert (counted.statistic, counted.high) == ("range", 42)
    told = asked.became("Frimley Health and Care", as_of="2021-01-01")
    assert (told.outcome, told.status) == ("continues", "answered")
    assert "in existence" in told.sentence
    assert asked.became("Frimley Health and Care", as_of="2026-11-22").outcome == "succeeded"


# People carried from the CCGs of 30 June 2022 to the boards that took over

ENGLAND = 56_550_138


def people(asked: library.Graph, day: str, by: str | None = None) -> dict[str, float]:
    answer = asked.population("ICB", from_="CCG", as_of=day, by=by)
    assert answer.results[0].mark == "all"
    assert answer.results[0].value == ENGLAND, "the mid-2020 estimate of ONS for England"
    assert {line.mark for line in answer.results[1:]} == {None}, "nobody is left undistributed, or came elsewhere"
    return {line.key: line.value or 0 for line in answer.results[1:]}


def test_people_carried_to_the_42_boards_are_those_counted_in_their_areas(asked: library.Graph, graph: Graph) -> None:
    carried = people(asked, "2022-07-01")
    counted = {
        key_of(row["body"]): row["value"]
        for row in graph.rows("populations", measure="population")
        if row["date"] == date(2020, 6, 30) and key_of(row["body"]).startswith("icb-")
    }
    assert len(carried) == 42
    assert carried == counted
    assert sum(carried.values()) == ENGLAND


@pytest.mark.skipif(
    not PUBLISHER.is_dir(), reason="the publishers' files, ../shared beside the repository, are not here"
)
def test_people_carried_to_the_42_boards_are_those_of_the_lookup(asked: library.Graph) -> None:
    weights = lookups.weights(PUBLISHER / "LSOA11_population_mid2020.csv.gz")
    areas = lookups.codes(PUBLISHER / "LSOA11_SICBL22_ICB22_LAD22.csv.gz", "icb22_code_h").cells
    holders = {
        key_of(row["thing"]): code
        for code in set(areas.values())
        for row in asked.graph.rows("code-holders", code=code)
        if key_of(row["thing"]).startswith("icb-")
    }
    carried = {holders[key]: value for key, value in people(asked, "2022-07-01").items()}
    assert carried == shares.sums(areas, weights)


def test_people_carried_to_the_36_boards_of_2026(asked: library.Graph) -> None:
    before, after = people(asked, "2026-03-31"), people(asked, "2026-04-01")
    assert (len(before), len(after)) == (42, 36)
    assert sum(before.values()) == sum(after.values()) == ENGLAND
    assert all(value == int(value) for value in after.values())
    # What had been whole CCGs: Hertfordshire's two, West Essex, North East Essex, and Suffolk's two.
    joined = ("icb-bedfordshire-luton-and-milton-keynes", "icb-cambridgeshire-and-peterborough")
    assert after["icb-central-east"] == 1_175_847 + sum(before[key] for key in joined)
    assert after["icb-essex"] == 312_214 + 344_553 + before["icb-mid-and-south-essex"]
    assert after["icb-norfolk-and-suffolk"] == 642_624 + before["icb-norfolk-and-waveney"]
    # Frimley's published weights make no whole numbers: each part is rounded, and the three still make up the whole.
    grown = {
        "icb-thames-valley": (0.588618993418278, before["icb-buckinghamshire-oxfordshire-and-berkshire-west"]),
        "icb-hampshire-and-isle-of-wight": (0.229339252148803, before["icb-hampshire-and-isle-of-wight"]),
        "icb-surrey-and-sussex": (0.18204175443292, before["icb-surrey-heartlands"] + before["icb-sussex"]),
    }
    frimley = before["icb-frimley"]
    assert sum(after[key] - had for key, (_, had) in grown.items()) == frimley
    assert all(abs(after[key] - had - weight * frimley) < 1 for key, (weight, had) in grown.items())
    assert any("rounded" in text for text in asked.population("ICB", from_="CCG", as_of="2026-04-01").cautions)


@pytest.mark.parametrize("day", ["2022-07-01", "2026-04-01"])
def test_people_carried_to_regions_are_those_of_england(asked: library.Graph, day: str) -> None:
    regions = people(asked, day, by="region")
    assert len(regions) == 7
    assert sum(regions.values()) == ENGLAND
