"""What became of single bodies, and of all: chains, divisions, boundary moves, conflicts and members, by the sources.

Expected values are those of the publishers: ODS successions, the weights published for Frimley, ONS lookups and the
mid-2020 populations of the CCGs, and the trade press for Cumbria.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from kg.answers.answer import Answer
from kg.answers.record import Records
from kg.faces import library
from kg.faces.text import render
from kg.graph.names import key_of, thing

TODAY = "2026-11-22"
#: Published in 2026 for the three parts of Frimley, by their receivers: boards in law, sub-ICB locations by code.
FRIMLEY = {
    "functions": {"icb-thames-valley": 0.5886, "icb-hampshire-and-isle-of-wight": 0.2293, "icb-surrey-and-sussex": 0.1820},
    "codes": {"subicb-u2g6b": 0.5886, "subicb-d9y0v": 0.2293, "subicb-92a": 0.1820},
}  # fmt: skip


def ends(answer: Answer, basis: str) -> dict[str, dict[str, float | None]]:
    """Give how -> end -> share by one basis, to four places."""
    found: dict[str, dict[str, float | None]] = {}
    for result in answer.results:
        by = {share.basis: share.share for share in result.shares}
        share = by.get(basis)
        found.setdefault(result.how or "", {})[result.key] = None if share is None else round(share, 4)
    return found


def path(answer: Answer) -> list[tuple[str, set[str], set[str], str | None]]:
    """Give each step as day, givers, receivers and lineage; a body's own events (a new code) are left out."""
    return [
        (step.date, {ref.key for ref in step.from_}, {ref.key for ref in step.to}, step.lineage)
        for step in answer.steps
        if step.lineage
    ]


# Bracknell and Ascot

CHAIN: list[tuple[str, set[str], set[str], str | None]] = [
    ("2018-04-01", {"ccg-10g"}, {"ccg-15d"}, "legal"),
    ("2021-04-01", {"ccg-15d"}, {"ccg-d4u1y"}, "legal"),
]
CODE = ("2022-07-01", {"ccg-d4u1y"}, {"subicb-d4u1y"}, "codes")
LAW = ("2022-07-01", {"ccg-d4u1y"}, {"icb-frimley"}, "legal")
BOARDS = ("2026-04-01", {"icb-frimley"}, set(FRIMLEY["functions"]), "legal")
PLACES = ("2026-04-01", {"subicb-d4u1y"}, set(FRIMLEY["codes"]), "legal")


def test_bracknell_and_ascot_to_this_day(asked: library.Graph) -> None:
    answer = asked.became("10G", as_of=TODAY)
    steps = path(answer)
    assert steps[:2] == CHAIN
    assert [step[:3] for step in sorted(steps[2:], key=str)] == [
        step[:3] for step in sorted((CODE, LAW, BOARDS, PLACES), key=str)
    ]
    assert ends(answer, "population") == FRIMLEY
    assert all((total.total, total.complete) == (1, True) for total in answer.share_totals)


def test_the_board_in_law_and_the_place_of_the_code_are_told_apart(asked: library.Graph) -> None:
    answer = asked.became("D4U1Y", as_of="2025-01-01", sense="ccg-d4u1y")
    assert {result.key: result.how for result in answer.results} == {
        "icb-frimley": "functions",
        "subicb-d4u1y": "codes",
    }


@pytest.mark.parametrize(("only", "how"), [("legal", "functions"), ("codes", "codes")])
def test_one_lineage_of_bracknell_and_ascot_alone(asked: library.Graph, only: Any, how: str) -> None:
    answer = asked.became("10G", as_of=TODAY, only=only)
    assert ends(answer, "population") == {how: FRIMLEY[how]}
    steps = [step[:3] for step in path(answer)]
    assert steps == [step[:3] for step in (*CHAIN, *((LAW, BOARDS) if only == "legal" else (CODE, PLACES)))]


def test_bracknell_and_ascot_had_come_to_east_berkshire_by_2019(asked: library.Graph) -> None:
    answer = asked.became("10G", as_of="2019-01-01")
    assert [(result.key, result.how) for result in answer.results] == [("ccg-15d", "identity")]
    assert path(answer) == CHAIN[:1]


# Cumbria


def test_cumbria_2017(asked: library.Graph) -> None:
    answer = asked.became("01H", sense="ccg-01h", as_of="2017-06-01")
    assert ends(answer, "practices") == {"identity": {"ccg-01h": round(41 / 73, 4), "ccg-01k": round(32 / 73, 4)}}
    assert ends(answer, "budget") == {"identity": {"ccg-01h": 0.61, "ccg-01k": 0.39}}
    recoded = [step for step in answer.steps if step.type == "CodeChange"]
    assert [(step.date, "south Cumbria had left" in step.summary) for step in recoded] == [("2017-04-01", True)]


def test_cumbria_kept_its_record_and_both_codes_live_on(asked: library.Graph) -> None:
    told = asked.graph
    names = {
        row["name"]: (row["start"].isoformat(), row["end"].isoformat())
        for row in told.rows("names-of", thing=thing("body", "ccg-01h"))
    }
    assert names["NHS Cumbria CCG"] == ("2013-04-01", "2017-04-01")
    assert names["NHS North Cumbria CCG"] == ("2017-04-01", "2022-07-01")
    for code in ("01H", "01K"):
        held = [key_of(row["thing"]) for row in told.rows("code-holders", code=code)]
        assert set(held) == {f"ccg-{code.lower()}", f"subicb-{code.lower()}"}
    for key, was, now in (("ccg-01h", "E38000041", "E38000215"), ("ccg-01k", "E38000093", "E38000216")):
        codes = {row["code"]: row for row in told.rows("codes-of", thing=thing("body", key))}
        assert codes[was]["end"] == codes[now]["start"] == date(2017, 4, 1)


# Divided boards and CCGs: areas by the ONS lookups of 2021 and 2022, people by those of 2020 in them

DIVISIONS = [
    ("ccg-05l", {"icb-birmingham-and-solihull": 92 / 804, "icb-black-country": 712 / 804}, "area"),
    ("ccg-01y", {"icb-derby-and-derbyshire": 21 / 162, "icb-greater-manchester": 141 / 162}, "area"),
    ("ccg-05l", {"icb-birmingham-and-solihull": 178281 / 1380809, "icb-black-country": 1202528 / 1380809}, "population"),
    ("ccg-01y", {"icb-derby-and-derbyshire": 33604 / 260721, "icb-greater-manchester": 227117 / 260721}, "population"),
    # By the CCGs that the parts had been: West Essex; East and North Hertfordshire and Herts Valleys.
    ("icb-hertfordshire-and-west-essex", {"icb-essex": 312214 / 1488061, "icb-central-east": 1175847 / 1488061}, "population"),
    # North East Essex; Ipswich and East Suffolk and West Suffolk.
    ("icb-suffolk-and-north-east-essex", {"icb-essex": 344553 / 987177, "icb-norfolk-and-suffolk": 642624 / 987177}, "population"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("key", "parts", "basis"), DIVISIONS, ids=lambda value: value if isinstance(value, str) else ""
)
def test_divisions_by_counted_shares(asked: library.Graph, key: str, parts: dict[str, float], basis: str) -> None:
    answer = asked.became(key, as_of=TODAY, only="legal")
    (found,) = ends(answer, basis).values()
    assert found == {end: round(part, 4) for end, part in parts.items()}
    assert all(result.sources for result in answer.results)
    assert all(step.sources and step.confidence in ("verified", "derived") for step in answer.steps)


def test_bassetlaw_went_whole_to_nottinghamshire(asked: library.Graph) -> None:
    answer = asked.became("02Q", sense="ccg-02q", as_of="2022-07-01")
    assert {result.key: result.how for result in answer.results} == {
        "icb-nottingham-and-nottinghamshire": "functions", "subicb-02q": "codes",
    }  # fmt: skip
    assert all(result.sources for result in answer.results)


# All of them


@pytest.mark.parametrize(
    ("kind", "on", "many"), [("ccg", None, 248), ("pct", "2013-03-31", 151), ("icb", None, 48)]
)  # fmt: skip
def test_every_path_ends_in_force_or_at_a_stated_fate_and_shares_add_up(
    asked: library.Graph, kind: str, on: str | None, many: int
) -> None:
    records, day = Records(asked.graph), date.fromisoformat(TODAY)
    query = ("bodies-of-kind", {"asOf": date.fromisoformat(on)}) if on else ("ever-of-kind", {})
    bodies = {row["body"] for row in asked.graph.rows(query[0], kind=thing("kind", kind), **query[1])}
    assert len(bodies) == many
    for body in sorted(bodies):
        answer = asked.became(key_of(body), as_of=day)
        assert answer.status == "answered", body
        assert answer.results or answer.outcome in ("continues", "dissolved"), body
        for result in answer.results:
            end = records.thing(thing("body", result.key))
            assert end.in_force(day), (body, result.key)
            assert end.facts["endPrecision"] != "unknown", (body, result.key)
        for total in answer.share_totals:
            if total.complete:
                assert total.total == pytest.approx(1, abs=1e-6), (body, total)
                assert not total.missing
            else:
                assert total.missing, (body, total)
                assert total.total <= 1 + 1e-6, (body, total)


def test_neither_clusters_nor_plans_for_2027_are_lineage(asked: library.Graph) -> None:
    boards = {key_of(row["body"]) for row in asked.graph.rows("ever-of-kind", kind=thing("kind", "icb"))}
    for board in sorted(boards):
        for ask in (asked.became, asked.before, asked.lineage):
            answer = ask(board, as_of="2030-01-01")
            assert all(step.type != "Clustering" and step.status == "in-effect" for step in answer.steps), board
            assert all(step.date <= "2026-04-01" for step in answer.steps if step.lineage), board
    later = asked.diff("2026-04-01", "2030-01-01").results
    assert [line for line in later if line.change in ("succeeded", "code reused")] == []


# Conflicts, members, timelines

CONFLICTS = [
    ("ccg-13t", "ccg-13t-start", ["1 April 2015"], ["26 November 2014"]),
    ("ccg-00j", "ccg-00j-stp", ["Northumberland, Tyne and Wear and North Durham"], ["Durham, Darlington"]),
    ("ccg-99m", "ccg-99m-stp", ["Frimley Health"], ["Hampshire and the Isle of Wight", "24 July 2018"]),
    ("ics-north-east-and-north-cumbria", "cumbria-and-north-east-date", ["August 2018"], ["1 April 2018"]),
    ("acs", "acs-first-wave-count", ["10"], ["8", "9"]),
    ("icb-cluster", "icb-mergers-2027", ["none is enacted"], ["1 April 2027"]),
]


@pytest.mark.parametrize(("key", "group", "preferred", "others"), CONFLICTS, ids=[row[1] for row in CONFLICTS])
def test_what_sources_disagree_on_is_kept_and_ranked(
    asked: library.Graph, key: str, group: str, preferred: list[str], others: list[str]
) -> None:
    claims = [claim for claim in asked.show(key, claims=True).claims if claim.group == group]
    assert [claim.rank for claim in claims] == ["preferred"] * len(preferred) + ["alternative"] * len(others)
    for rank, words in (("preferred", preferred), ("alternative", others)):
        texts = [claim.text for claim in claims if claim.rank == rank]
        assert all(any(word in text for text in texts) for word in words), texts
    assert all(claim.sources for claim in claims)


def test_members_of_frimley_and_its_reporting_entities(asked: library.Graph) -> None:
    """ODS opened the entities on 24 July 2024."""

    def roles(day: str) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        for result in asked.members("QNQ", sense="icb-frimley", as_of=day).results:
            found.setdefault(result.role or "", set()).add(result.key)
        return found

    assert roles("2023-08-01") == {"part": {"subicb-d4u1y"}}
    assert roles("2024-08-01") == {
        "part": {"subicb-d4u1y"},
        "reporting": {f"entity-{code}" for code in ("c7x7p", "i0n2h", "l6j4j", "m3v5r", "r2l3y")},
    }


def test_a_life_with_many_facts_is_told_in_order(asked: library.Graph) -> None:
    lines = asked.timeline("ics-greater-manchester", as_of=TODAY).results
    days = [line.date or "" for line in lines]
    assert len(lines) > 15
    assert [day[:4] for day in days] == sorted(day[:4] for day in days)
    assert all(line.sources for line in lines)


def test_coverage_of_a_kind_without_bodies_says_so_and_prints_no_table(asked: library.Graph) -> None:
    answer = asked.coverage("ICB cluster", as_of="2026-11-21")
    assert answer.sentence.startswith("No body of this kind is recorded: ")
    assert answer.results == ()
    assert "1 April" not in render(answer, "text")


def test_coverage_names_what_is_counted_and_not_recorded(asked: library.Graph) -> None:
    cautions = " ".join((asked.coverage(as_of=TODAY).sentence, *asked.coverage(as_of=TODAY).cautions))
    assert "primary care groups (PCG) (481 in April 1999)" in cautions
