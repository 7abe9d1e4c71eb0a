"""Truths about systems, boards, sub-ICB locations and what is coded like them: counts and lists too long for a case."""

from __future__ import annotations

import csv
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from kg.faces import library
from kg.graph.inputs import Inputs
from kg.graph.names import curie

DATA = Inputs.default().data
FACTS = Path(__file__).parents[2] / "shared" / "facts"
HERE = pytest.mark.skipif(
    not FACTS.is_dir(), reason="the source material, ../shared beside the repository, is not here"
)

DAY = "2026-04-01"
SUCCESSIONS = 16


def table(name: str, folder: Path = DATA) -> list[dict[str, str]]:
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def of_kind(asked: library.Graph, kind: str, day: str) -> set[str]:
    return {curie(row["body"]) for row in asked.query("bodies-of-kind", {"kind": kind, "asOf": day})}


@cache
def holders(scheme: str = "ods") -> dict[str, list[dict[str, str]]]:
    held: dict[str, list[dict[str, str]]] = {}
    for row in table("codes"):
        if row["scheme"] == scheme:
            held.setdefault(row["code"], []).append(row)
    return held


def holder(code: str, prefix: str) -> str:
    return next(row["thing"] for row in holders()[code] if row["thing"].startswith(prefix))


@pytest.mark.parametrize(
    ("kind", "day", "count"),
    [
        ("stp-plan", "2016-12-01", 44), ("icb", "2022-06-30", 0), ("icb", "2022-07-01", 42), ("icb", "2026-03-31", 42), ("icb", DAY, 36),
        ("ics-nonstatutory", "2018-06-01", 14), ("ics-nonstatutory", "2019-07-01", 14), ("ics-nonstatutory", "2020-06-01", 18),
        ("ics-nonstatutory", "2021-01-01", 29), ("ics-nonstatutory", "2021-04-01", 42), ("ics-statutory", "2022-07-01", 42),
        ("sub-icb-location", "2022-06-30", 0), ("sub-icb-location", "2022-07-01", 106), ("sub-icb-location", DAY, 106),
        ("sub-icb-reporting-entity", "2024-03-31", 0), ("sub-icb-reporting-entity", "2024-04-01", 32), ("sub-icb-reporting-entity", "2024-07-24", 37),
        ("commissioning-hub", "2013-04-01", 3), ("commissioning-hub", "2020-03-31", 30), ("commissioning-hub", "2020-04-01", 16),
    ],
)  # fmt: skip
def test_how_many_there_were(asked: library.Graph, kind: str, day: str, count: int) -> None:
    assert len(of_kind(asked, kind, day)) == count


@pytest.mark.parametrize(
    ("day", "count"), [("2016-03-15", 44), ("2018-07-31", 44), ("2018-08-01", 42), ("2019-04-01", 42)]
)
def test_footprints_went_from_44_to_42(asked: library.Graph, day: str, count: int) -> None:
    """A footprint is a body that ever was an STP, whatever kind it has turned into since."""
    footprints = {
        curie(row["body"]).removeprefix("body:") for row in asked.query("ever-of-kind", {"kind": "stp-partnership"})
    }
    lives = {row["key"]: (row["from"], row["until"]) for row in table("bodies")}
    assert sum(lives[key][0] <= day < (lives[key][1] or "9999") for key in footprints) == count


def test_neither_hub_nor_entity_is_ever_a_ccg() -> None:
    for row in table("classifications"):
        if row["body"].startswith(("hub-", "entity-")):
            assert row["kind"] in ("commissioning-hub", "sub-icb-reporting-entity"), row


def test_codes_that_lived_on_have_an_event_and_disjoint_periods() -> None:
    events = {row["key"]: row for row in table("events")}
    boards = [
        code
        for code, rows in holders().items()
        if any(row["thing"].startswith("icb-") and row["from"] == "2022-07-01" for row in rows)
    ]
    places = [
        code
        for code, rows in holders().items()
        if any(row["thing"].startswith("subicb-") and row["from"] == "2022-07-01" for row in rows)
    ]
    assert (len(boards), len(places)) == (42, 106)
    for code, giver, receiver in [(c, "ics-", "icb-") for c in boards] + [(c, "ccg-", "subicb-") for c in places]:
        event = events[f"code-reuse-{code.lower()}-2022"]
        assert (event["type"], event["before"], event["after"]) == (
            "CodeReuse",
            holder(code, giver),
            holder(code, receiver),
        )
        assert next(row for row in holders()[code] if row["thing"] == event["before"])["until"] == "2022-07-01"


def test_each_of_the_last_ccgs_gave_its_functions_once() -> None:
    given = Counter(
        ccg for row in table("events") if row["key"].startswith("functions-ccg") and row["date"] == "2022-07-01" for ccg in row["before"].split("; ")
    )  # fmt: skip
    assert len(given) == 106
    assert set(given.values()) == {1}


@HERE
@pytest.mark.parametrize(
    ("name", "day"),
    [("subicb_to_icb_2022", "2022-07-01"), ("subicb_to_icb_2024", "2024-04-01"), ("subicb_to_icb_2026", DAY)],
)
def test_sub_icb_locations_lie_where_the_lists_say(asked: library.Graph, name: str, day: str) -> None:
    sub, board = ("sub_icb_2026", "icb_2026") if day == DAY else ("sub_icb_ods", "icb_ods")
    listed = {(f"subicb-{row[sub].lower()}", holder(row[board], "icb-")) for row in table(name, FACTS)}
    recorded = {
        (curie(row["member"]).removeprefix("body:"), board)
        for board in {board for _, board in listed}
        for row in asked.query("members", {"body": board, "asOf": day})
        if curie(row["role"]) == "role:part"
    }
    assert recorded == listed
    assert len({place for place, _ in listed}) == 106


@HERE
def test_the_successions_of_april_2026_are_those_of_the_source(asked: library.Graph) -> None:
    listed = {
        (holder(r["predecessor"], "icb-"), holder(r["successor"], "icb-")) for r in table("icb_succession_2026", FACTS)
    }
    passed = {
        (giver, curie(row["receiver"]).removeprefix("body:"))
        for giver in {giver for giver, _ in listed}
        for row in asked.query("became", {"thing": giver, "asOf": DAY})
        if str(row["date"]) == DAY  # and not what had moved before
    }
    assert passed == listed
    assert len(listed) == SUCCESSIONS


def test_nothing_of_systems_but_boards_and_their_parts_changes_on_1_april_2026() -> None:
    """What `kg diff` may tell of that day: boards, the sub-ICB locations, and what hangs on either."""
    mine = ("icb-", "subicb-", "ics-", "stp-", "hub-", "entity-")
    changed = ("icb-", "subicb-")
    for name in ("bodies", "classifications", "codes", "names", "memberships"):
        for row in table(name):
            of = row.get("key") or row.get("body") or row.get("thing") or row["member"]
            if DAY in (row["from"], row["until"]) and of.startswith(mine):
                assert of.startswith(changed), (name, row)
    lives = [row for row in table("bodies") if row["key"].startswith("icb-")]
    assert sum(row["until"] == DAY for row in lives) == 12
    assert sum(row["from"] == DAY for row in lives) == 6
    sub = [
        row["key"] for row in table("bodies") if row["key"].startswith("subicb-") and DAY in (row["from"], row["until"])
    ]
    assert sorted(sub) == ["subicb-d4u1y", "subicb-u2g6b"]


def test_clusters_and_plans_are_no_lineage(asked: library.Graph) -> None:
    clusters = [row for row in table("events") if row["type"] == "Clustering"]
    assert len(clusters) == 9
    assert {row["status"] for row in clusters} == {"", "planned", "unconfirmed"}
    for board in {key for row in clusters for key in row["after"].split("; ")}:
        assert asked.query("became", {"thing": board, "asOf": "2027-12-31"}) == [], board
