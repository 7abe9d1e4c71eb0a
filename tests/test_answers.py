"""What the questions answer: truths written from the sources, one answer at a time."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser
from typing import Any

import pytest

from kg.answers import description, lineage, membership, observation
from kg.answers.answer import Answer, SourceRef
from kg.answers.ends import Only
from kg.answers.find import look_up
from kg.answers.language import article, listed, number, shortened
from kg.answers.question import Question
from kg.answers.record import Records
from kg.errors import UsageError
from kg.faces import library
from kg.faces.text import render
from kg.facts.dates import PartialDate

DAY = "2026-11-21"
ON = date(2026, 11, 21)
GUIDE = "rcp-guide-2019"


def keys(items: Iterable[Any]) -> set[str]:
    return {item.key for item in items}


def moves(answer: Answer) -> list[tuple[str, str, tuple[str, ...], tuple[str, ...]]]:
    """Each step as (date, type, from, to)."""
    return [
        (step.date, step.type, tuple(ref.key for ref in step.from_), tuple(ref.key for ref in step.to))
        for step in answer.steps
    ]


# Became and before


@pytest.mark.parametrize(
    ("name", "date_", "type_", "into"),
    [
        ("acs", "2018-02", "Renaming", "ics-nonstatutory"),
        ("aco", "2018-08-03", "Renaming", "icp-provider"),
        ("ics-nonstatutory", "2022-07-01", "Evolution", "ics-statutory"),
        ("ccg", "2022-07-01", "FunctionTransfer", "icb"),
        ("ccg", "2022-07-01", "CodeReuse", "sub-icb-location"),
        ("pct", "2013-04-01", "FunctionTransfer", "ccg"),
        ("stp-plan", "2017", "Renaming", "stp-partnership"),
        ("ics-berkshire-west", "2019-06-19", "Absorption", "ics-buckinghamshire-oxfordshire-and-berkshire-west"),
        ("ccg-10c", "2021-04-01", "Merger", "ccg-d4u1y"),
        ("ics-frimley", "2022-07-01", "FunctionTransfer", "icb-frimley"),
        ("icb-surrey-heartlands", "2026-04-01", "Reorganisation", "icb-surrey-and-sussex"),
    ],
)
def test_became(asked: library.Graph, name: str, date_: str, type_: str, into: str) -> None:
    answer = asked.became(name, as_of=DAY)
    assert any((step[:2], name in step[2], into in step[3]) == ((date_, type_), True, True) for step in moves(answer))
    assert answer.status == "answered"
    back = asked.before(into, as_of=DAY)
    assert any((step[:2], name in step[2], into in step[3]) == ((date_, type_), True, True) for step in moves(back)), (
        "what became is what was before"
    )


@pytest.mark.parametrize(
    ("name", "outcome"),
    [
        ("acs", "succeeded"),
        ("aco", "succeeded"),
        ("icb", "continues"),
        ("nhs-england", "continues"),
        ("icp-provider", "unknown"),
        ("icb-frimley", "succeeded"),
        ("ccg-15a", "succeeded"),
    ],
)
@pytest.mark.parametrize("verb", ["became", "before", "lineage"])
def test_the_outcome_is_the_subjects_own_whatever_is_asked(
    asked: library.Graph, verb: str, name: str, outcome: str
) -> None:
    answer = getattr(asked, verb)(name, as_of=DAY)
    assert answer.outcome == outcome
    if verb == "became":
        assert answer.status == ("unknown" if outcome == "unknown" else "answered")


def test_what_was_before_is_answered_when_it_is_recorded(asked: library.Graph) -> None:
    for name in ("NHS Frimley ICB", "ACS", "Blackpool and Fylde Coast ACS", "ICS", "NHS Frimley CCG"):
        answer = asked.before(name, as_of=DAY)
        assert answer.sentence
        if answer.results:
            assert answer.status == "answered", name


def test_aco_never_leads_to_a_system(asked: library.Graph) -> None:
    for sense in ("aco", "icp-provider"):
        answer = asked.became(sense, as_of=DAY)
        named = keys(answer.results) | {key for step in moves(answer) for side in step[2:] for key in side}
        assert not {key for key in named if key.startswith("ics") or key == "acs"}


def test_the_reading_that_is_not_walked_is_a_claim_with_its_source(asked: library.Graph) -> None:
    answer = asked.became("ACO", as_of=DAY)
    (reading,) = [
        claim for claim in answer.claims if GUIDE in claim.sources and "integrated care partnership" in claim.text
    ]
    assert reading.rank == "alternative"
    assert reading.claimed_by
    back = asked.before("icp-alliance", as_of=DAY)
    assert "aco" not in keys(back.results)
    assert any("ACO" in claim.text and claim.rank == "alternative" for claim in back.claims)


def test_code_reuse_is_marked_as_code_alone(asked: library.Graph) -> None:
    answer = asked.became("CCG", as_of=DAY)
    assert {result.key: result.how for result in answer.results} == {"icb": "functions", "sub-icb-location": "codes"}
    assert {step.type: step.lineage for step in answer.steps if step.to} == {
        "FunctionTransfer": "legal",
        "CodeReuse": "codes",
    }


@pytest.mark.parametrize(("only", "ends"), [("legal", {"icb"}), ("codes", {"sub-icb-location"})])
def test_one_lineage_alone(records: Records, only: Only, ends: set[str]) -> None:
    answer = lineage.became(records, "CCG", as_of=ON, only=only)
    assert keys(answer.results) == ends
    assert {step.lineage for step in answer.steps if step.to} == {only}


def test_the_shares_of_frimley_multiply_out(asked: library.Graph) -> None:
    answer = asked.became("NHS Frimley ICB", as_of=DAY)
    parts = {result.key: result.share for result in answer.results}
    assert set(parts) == {"icb-thames-valley", "icb-surrey-and-sussex", "icb-hampshire-and-isle-of-wight"}
    assert {result.share_basis for result in answer.results} == {"population"}
    assert parts == pytest.approx(
        {"icb-thames-valley": 0.5886, "icb-surrey-and-sussex": 0.1820, "icb-hampshire-and-isle-of-wight": 0.2294},
        abs=2e-4,
    )
    assert sum(share or 0 for share in parts.values()) == pytest.approx(1, abs=1e-6)
    assert answer.results[0].key == "icb-thames-valley", "the greatest first"


def test_shares_go_with_a_whole_merger_before_the_division(asked: library.Graph) -> None:
    merged = asked.became("NHS East Berkshire CCG", as_of=DAY)
    whole = asked.became("NHS Frimley ICB", as_of=DAY)
    parts = {result.key: result.share for result in whole.results}
    assert {result.key: result.share for result in merged.results if result.how != "codes"} == parts
    by_code = [result.share for result in merged.results if result.how == "codes"]
    assert sorted(map(str, by_code)) == sorted(map(str, parts.values())), "the location was divided as its ICB was"


def test_an_unknown_share_is_no_number(asked: library.Graph) -> None:
    for result in asked.became("Berkshire West ICS", as_of=DAY).results + asked.became("ACS", as_of=DAY).results:
        assert (result.share is None) == (result.share_basis is None)
    assert {result.share for result in asked.became("PCT", as_of=DAY).results} == {None}


@pytest.mark.parametrize(
    ("name", "day", "steps"),
    [
        ("ACS", "2018-01-31", 0), ("ACS", "2018-02-01", 1), ("ACS", "2022-06-30", 1), ("ACS", "2022-07-01", 4),
        ("ACO", "2018-08-02", 0), ("ACO", "2018-08-03", 1), ("NHS Frimley ICB", "2026-03-31", 0), ("NHS Frimley ICB", "2026-04-01", 1),
    ],
)  # fmt: skip
def test_a_walk_stops_on_the_day(asked: library.Graph, name: str, day: str, steps: int) -> None:
    answer = asked.became(name, as_of=day)
    assert len([step for step in answer.steps if step.lineage]) == steps
    assert answer.as_of == day
    assert all(step.date <= day[: len(step.date)] for step in answer.steps)
    if not steps:
        assert answer.outcome == "continues"
        assert "in existence" in answer.sentence
        assert answer.results == ()


def test_a_walk_back_stops_on_the_day_too(asked: library.Graph) -> None:
    assert asked.before("NHS Frimley CCG", as_of="2021-03-31").results == ()
    # The results are the far ends, primary care trusts by now; the CCGs that merged are on the way.
    merged = asked.before("NHS Frimley CCG", as_of="2021-04-01").steps
    assert {key for step in merged for key in keys(step.from_)} >= {"ccg-99m", "ccg-10c"}


def test_before_its_time_a_thing_had_not_begun(asked: library.Graph) -> None:
    answer = asked.became("ICB", as_of="2020-01-01")
    assert "had not begun" in answer.sentence
    assert answer.results == ()
    assert answer.outcome != "continues"


def test_the_whole_lineage_runs_through_the_subject(asked: library.Graph) -> None:
    answer = asked.lineage("ICS", as_of=DAY)
    dates = [step.date for step in answer.steps]
    assert dates == sorted(dates)
    assert {("2018-02", "Renaming"), ("2022-07-01", "Evolution")} <= {(step.date, step.type) for step in answer.steps}
    assert {"stp-plan", "ics-statutory"} <= keys(answer.results)


def test_one_record_tells_the_kinds_it_was_in_turn(asked: library.Graph) -> None:
    answer = asked.lineage("West Yorkshire and Harrogate", as_of=DAY)
    assert {"2016-03-15", "2018-05-24", "2022-07-01"} <= {step.date for step in answer.steps}
    assert "icb-west-yorkshire" in keys(answer.results)
    assert "QWO" in json.dumps(answer.to_dict())


def test_a_fact_known_from_nowhere_is_marked(asked: library.Graph) -> None:
    assert any("background knowledge" in caution for caution in asked.became("ACO", as_of=DAY).cautions)


# Members, counts, populations


def test_the_members_of_berkshire_west(asked: library.Graph) -> None:
    answer = asked.members("Berkshire West ICS", as_of="2018-06-01")
    roles = {result.key: result.role for result in answer.results}
    assert roles["ccg-15a"] == "commissioner"
    assert {key for key, role in roles.items() if role == "provider"} == {"trust-rhw", "trust-rwx"}, (
        "Royal Berkshire and Berkshire Healthcare"
    )
    assert {key for key in roles if key.startswith("council-")} == {"council-615", "council-616", "council-619"}, (
        "West Berkshire, Reading, Wokingham"
    )
    assert len(roles) == len(answer.results) == 6
    assert all(result.sources for result in answer.results)
    assert any("a list is taken to hold" in caution for caution in answer.cautions)


def test_members_on_a_day_without_any_say_so(asked: library.Graph) -> None:
    answer = asked.members("Berkshire West ICS", as_of=DAY)
    assert (answer.status, answer.results) == ("unknown", ())
    assert "did not exist" in answer.sentence
    assert any(re.search(r"ask as of 20\d\d", caution) for caution in answer.cautions)
    assert asked.members("Berkshire West ICS").results, "without a day, the last on which it existed"


def test_the_bodies_of_a_kind_are_its_members(asked: library.Graph) -> None:
    answer = asked.members("ICB", as_of="2022-07-01")
    assert "icb-frimley" in keys(answer.results)
    assert keys(asked.members("ICB", as_of=DAY).results) & {"icb-frimley"} == set()
    assert any("need not be all" in caution for caution in answer.cautions)


def test_members_and_groups_can_be_kept_to_one_kind(asked: library.Graph) -> None:
    every, councils = (asked.members("Berkshire West ICS", as_of="2018-06-01", kind=kind) for kind in (None, "council"))
    assert {key for key in keys(every.results) if key.startswith("council-")} == keys(councils.results)
    assert councils.sentence.startswith("3 ")
    none = asked.members("Berkshire West ICS", as_of="2018-06-01", kind="PCN")
    assert (none.status, none.results) == ("unknown", ())
    assert "that were primary care networks (PCN)" in none.sentence
    groups = asked.memberships("Berkshire West CCG", as_of="2018-06-01", kind="region", through=True)
    assert {result.kind for result in groups.results} == {"NHS England region"}


def test_of_one_kind_only_what_lists_show_of_that_kind_is_told(asked: library.Graph) -> None:
    def told(kind: str | None, day: str) -> list[str]:
        cautions = asked.memberships("Berkshire West CCG", as_of=day, kind=kind).cautions
        return [caution for caution in cautions if "shows it in" in caution]

    assert told("region", "2018-06-01") == told("ACS", "2021-06-01") == told("STP", "2021-06-01") == []
    (every,) = told(None, "2021-06-01")
    assert every.startswith("A list of 2018 shows it in Berkshire West; for that, ask as of 2018-")
    assert told("ICS", "2021-06-01") == [every]
    lists = [
        [caution for caution in asked.members("Berkshire West ICS", as_of="2021-06-01", kind=kind).cautions if "list" in caution]
        for kind in (None, "NHS trust", "council", "PCN")
    ]  # fmt: skip
    assert lists == [
        [f"A list of 2018 shows {shown}; for those, ask as of 2018-01-01."]
        for shown in ("6 members", "2 NHS trusts", "3 councils")
    ] + [[]]


@pytest.mark.parametrize(
    ("name", "kind", "said"),
    [
        ("ICB", "CCG", '"ICB" is a kind'),
        ("NHS Frimley ICB", "colour", '"colour" is not a kind of structure. After --kind give a kind'),
        ("NHS Frimley ICB", "ICP", "Give one of these after --kind."),
        ("NHS Frimley ICB", "16C", '"16C" is not a kind of structure'),
    ],
)
@pytest.mark.parametrize("verb", ["members", "memberships"])
def test_what_cannot_be_kept_to_is_refused(asked: library.Graph, verb: str, name: str, kind: str, said: str) -> None:
    with pytest.raises(UsageError, match=re.escape(said)):
        getattr(asked, verb)(name, as_of="2026-11-21", kind=kind)


def test_what_a_body_belonged_to(asked: library.Graph) -> None:
    answer = asked.memberships("Berkshire West CCG", as_of="2018-06-01")
    assert "ics-berkshire-west" in keys(answer.results)
    assert answer.status == "answered"
    nowhere = asked.memberships("Berkshire West CCG", as_of="1990-01-01")
    assert (nowhere.status, nowhere.results) == ("unknown", ())


def test_a_group_known_on_another_day_is_pointed_to(asked: library.Graph) -> None:
    """A list of 2019 shows Dorset CCG in Dorset: "none recorded" on its last day must say so."""
    answer = asked.memberships("NHS Dorset CCG")
    assert answer.results or any("2019" in caution or "2018" in caution for caution in answer.cautions)


@pytest.mark.parametrize(
    ("name", "on", "value"),
    [
        ("CCG", "2013-04-01", 211), ("CCG", "2018-04-01", 195), ("CCG", "2021-04-01", 106), ("CCG", "2022-06-30", 106), ("ICB", "2022-07-01", 42), ("ICB", "2026-04-01", 36),
        ("STP", "2016-03-15", 44), ("PCT", "2006-10-01", 152), ("ICS", "2018-05-24", 14),
    ],
)  # fmt: skip
def test_how_many_there_were_on_a_day(records: Records, name: str, on: str, value: int) -> None:
    answer = observation.count(Question(records, name, ON, PartialDate.parse(on)))
    assert answer.status == "answered"
    assert value in {result.value for result in answer.results if result.rank == "preferred"}
    assert f"{value}" in answer.sentence


@pytest.mark.parametrize(
    ("name", "on", "said"),
    [
        ("CCG", "1990", "began on 1 April 2013"),
        ("CCG", "2026-11-21", "30 June 2022"),
        ("PCT", "2020", "2013"),
        ("STP", "2026-11-21", "2021"),
    ],
)
def test_that_there_were_none_is_an_answer(records: Records, name: str, on: str, said: str) -> None:
    answer = observation.count(Question(records, name, ON, PartialDate.parse(on)))
    assert answer.sentence.startswith("There were no ")
    assert said in answer.sentence
    assert answer.status == "answered", "the graph knows that there were none"


def test_a_count_is_named_by_what_was_counted(records: Records) -> None:
    answer = observation.count(Question(records, "ICS", ON, PartialDate.parse("2018-05-24")))
    assert "(ICS, statutory)" not in answer.sentence, "no ICS was statutory in 2018"


def test_sources_that_differ_are_both_shown(records: Records) -> None:
    answer = observation.count(Question(records, "STP", ON))
    assert {44, 42} <= {result.value for result in answer.results}
    by_value = {result.value: result.sources for result in answer.results}
    assert all(by_value.values())
    assert GUIDE in {key for result in answer.results if result.value == 42 for key in result.sources}


def test_policy_and_measurement_are_never_mixed(records: Records) -> None:
    answer = observation.population(Question(records, "PCN", ON))
    assert answer.results[0].method == "policy"
    assert {(result.low, result.high) for result in answer.results if result.method == "policy"} == {(30_000, 50_000)}
    assert {result.value for result in answer.results if result.statistic == "mean"} == {48_020}


def test_what_a_source_states_is_not_called_measured(records: Records) -> None:
    for name in ("Dorset ICS", "Berkshire West ICS", "PCN", "ICS", "Frimley ICB"):
        answer = observation.population(Question(records, name, ON))
        stated = [result for result in answer.results if result.method == "stated" and result.rank == "preferred"]
        told = answer.sentence.partition("as measured")[2].partition("as sources state")[0]
        for result in stated:
            assert result.value is None or number(result.value) not in told, f"{name}: {answer.sentence}"


@pytest.mark.parametrize(
    ("name", "when", "said"),
    [
        ("NHS East Berkshire CCG", "2014", "began on 1 April 2018"),
        ("NHS Bracknell and Ascot CCG", "2014", "not recorded"),
        ("NHS Bracknell and Ascot CCG", "2019", "the last day was 31 March 2018"),
    ],
)
def test_a_population_of_which_nothing_is_known(records: Records, name: str, when: str, said: str) -> None:
    answer = observation.population(Question(records, name, ON, PartialDate.parse(when)))
    assert (answer.status, answer.results) == ("unknown", ())
    assert not answer.sentence.startswith("There were no NHS"), "one body is not told as a kind of many"
    assert said in answer.sentence


# What, when, where, difference


def test_what_each_sense_is(records: Records) -> None:
    answer = description.what(records, "ICP", as_of=ON)
    assert [result.key for result in answer.results] == [
        "integrated-care-pilot",
        "icp-alliance",
        "icp-provider",
        "icp-committee",
    ], "in order of time"
    assert answer.subject is None
    assert all(result.text and result.sources for result in answer.results)


def test_two_senses_that_became_one_another_are_one_story(records: Records) -> None:
    answer = description.what(records, "STP", as_of=ON)
    assert [result.key for result in answer.results] == ["stp-plan", "stp-partnership"]
    assert answer.status == "answered"
    assert look_up(records, "STP").several == ()


def test_a_kind_of_many_is_told_in_the_plural(records: Records) -> None:
    answer = description.what(records, "integrated care systems", as_of=ON)
    assert "systems has" not in answer.sentence
    single = lineage.became(records, "NHS Improvement", as_of=ON)
    assert "NHS Improvement (NHSI) was absorbed" in single.sentence


@pytest.mark.parametrize(
    ("name", "side", "said"),
    [
        ("CCG", "start", "began on 1 April 2013"), ("CCG", "end", "until 30 June 2022"), ("ICB", "start", "began on 1 July 2022"),
        ("ACS", "end", "until February 2018"), ("NHS Frimley ICB", "end", "until 31 March 2026"), ("ICB", "end", "still exist"),
        ("Berkshire West ICS", "both", "announced on 15 June 2017 and lasted until 18 June 2019"),
    ],
)  # fmt: skip
def test_when(records: Records, name: str, side: str, said: str) -> None:
    answer = description.when(records, name, as_of=ON, side=side)
    assert said in answer.sentence
    assert answer.status == "answered"


def test_an_end_that_is_not_recorded_is_no_end_and_no_life(records: Records) -> None:
    answer = description.when(records, "icp-provider", as_of=ON, side="end")
    assert "not recorded" in answer.sentence
    assert "still" not in answer.sentence
    assert answer.status == "unknown"


def test_where_names_the_councils_of_the_area(records: Records) -> None:
    answer = description.where(records, "Berkshire West ICS", as_of=ON)
    told = answer.sentence + " ".join(claim.text for claim in answer.claims)
    assert "Reading" in told
    assert "Wokingham" in told
    assert "Reading" in answer.sentence, "a source says what the area was: that comes before the commissioner's name"


def test_where_is_unknown_when_it_is(records: Records) -> None:
    answer = description.where(records, "NHS Dorset CCG", as_of=ON)
    assert (answer.status, answer.results) == ("unknown", ())


@pytest.mark.parametrize(
    ("one", "other", "said"),
    [
        ("ACO", "ACS", "different thing"),
        ("CCG", "ICS", "GP-led body"),
        ("ICS", "ICB", "statutory NHS body inside it"),
        ("ICP", "ICS", "committee"),
    ],
)
def test_a_difference_is_the_same_from_either_side(records: Records, one: str, other: str, said: str) -> None:
    there, back = (description.difference(records, a, b, as_of=ON) for a, b in ((one, other), (other, one)))
    assert said in there.sentence
    assert there.sentence == back.sentence
    assert keys(there.results) == keys(back.results)
    assert there.sentence_sources


def test_show_has_all_that_is_recorded(asked: library.Graph) -> None:
    answer = asked.show("Berkshire West ICS", as_of=DAY)
    lines = {(result.measure, result.text) for result in answer.results}
    assert {"name", "kind", "population", "registered-population"} <= {measure for measure, _ in lines}
    assert any("accountable care system, wave 1" in (text or "") for measure, text in lines if measure == "kind")
    assert any("528,000" in (text or "") for measure, text in lines if measure == "registered-population")
    codes = {result.text for result in asked.show("NHS Frimley ICB", as_of=DAY).results if result.measure == "code"}
    assert any("QNQ" in (text or "") for text in codes)


# What holds of every answer


def test_every_answer_cites(every: Mapping[str, Answer]) -> None:
    for about, answer in every.items():
        assert answer.sentence_sources, about
        assert answer.sources, about
        assert all(step.sources for step in answer.steps), about
        assert all(result.sources for result in answer.results), about
        assert all(claim.sources for claim in answer.claims), about


def test_unknown_is_never_an_empty_list(every: Mapping[str, Answer]) -> None:
    unknown = 0
    for about, answer in every.items():
        assert answer.sentence.endswith("."), about
        assert len(answer.sentence) > 20, about
        if answer.status == "unknown":
            unknown += 1
            assert re.search(
                r"not recorded|nothing is recorded|records none|did not exist|holds no|not something this graph records",
                answer.sentence,
                re.IGNORECASE,
            ), f"{about}: {answer.sentence}"
        if answer.status == "answered" and not answer.results and not answer.steps:
            assert re.search(
                r"still in existence|nothing is recorded|had not begun|There were no|abolished",
                answer.sentence,
                re.IGNORECASE,
            ), f"{about}: {answer.sentence}"
    assert unknown > 20


def test_still_in_existence_and_not_recorded_are_told_apart(every: Mapping[str, Answer]) -> None:
    for about, answer in every.items():
        if about.startswith("became"):
            assert ("in existence" in answer.sentence) <= (answer.outcome == "continues"), about
            if answer.outcome == "unknown":
                assert "still in existence" not in answer.sentence, about
                assert answer.status == "unknown", about


def test_sentinels_are_never_shown(every: Mapping[str, Answer], asked: library.Graph) -> None:
    sentinel = re.compile(r"\b(?:0001|9999)\b|\byear 1\b|\b1 January 1\b|31 December 9999|\bNone\b|\bopen\b.{0,3}$")
    for about, answer in every.items():
        for text in (
            json.dumps(answer.to_dict(), ensure_ascii=False),
            render(answer, "text"),
            render(answer, "csv"),
            render(answer, "markdown"),
            answer._repr_html_(),
        ):
            assert not sentinel.search(text), f"{about}: {sentinel.search(text)}"
    assert asked.sparql("SELECT ?x WHERE { ?x ?p ?y FILTER(STR(?y) = '9999-12-31') } LIMIT 1")[1], (
        "the graph does hold them"
    )


def test_labels_are_those_of_people_not_of_machines(every: Mapping[str, Answer]) -> None:
    for about, answer in every.items():
        assert not re.search(
            r"https?://|\b[a-z]+:[a-z]+-|\{|\}|\b(?:ics|icb|ccg|trust|council|stp)-[a-z0-9]+", answer.sentence
        ), f"{about}: {answer.sentence}"
        assert "  " not in answer.sentence, about
        first = answer.sentence[0]
        assert first.isupper() or first.isdigit() or first == '"', about  # 3Sixty Care begins with a digit


def test_the_same_question_has_the_same_answer(asked: library.Graph) -> None:
    for verb, name in (("became", "ACS"), ("lineage", "ICS"), ("members", "Berkshire West ICS")):
        assert getattr(asked, verb)(name, as_of=DAY).to_json() == getattr(asked, verb)(name, as_of=DAY).to_json()


# Names in, errors out


@pytest.mark.parametrize("verb", ["became", "before", "lineage", "members", "memberships", "show"])
def test_a_name_of_several_is_never_guessed(asked: library.Graph, verb: str) -> None:
    for name, senses in (
        ("ICP", {"integrated-care-pilot", "icp-alliance", "icp-provider", "icp-committee"}),
        ("Frimley", {"ics-frimley", "icb-frimley"}),
    ):
        answer = getattr(asked, verb)(name, as_of=DAY)
        if answer.status == "answered":
            assert verb == "members", "only one of the two has members on that day"
            continue
        assert (answer.status, answer.subject, answer.results) == ("ambiguous", None, ())
        assert {candidate.sense for candidate in answer.candidates} == senses
        assert all(candidate.from_ or candidate.until for candidate in answer.candidates)


def test_a_sense_that_is_none_is_an_error_with_the_senses(asked: library.Graph) -> None:
    with pytest.raises(UsageError, match=r'"aco" is not a sense of "ICP"\. Its senses: .*icp-provider'):
        asked.became("ICP", as_of=DAY, sense="aco")


def test_a_thing_is_found_by_address_and_curie(asked: library.Graph) -> None:
    for name in ("acs", "kind:acs", "https://w3id.org/nhs-integration/id/kind/acs"):
        answer = asked.became(name, as_of=DAY)
        assert answer.subject is not None
        assert answer.subject.key == "acs"
        assert keys(asked.find(name, as_of=DAY).results) == {"acs"}, f"find {name}"


@pytest.mark.parametrize("day", ["soon", "2019-02-30", "2019", "01/02/2019", ""])
def test_a_day_that_is_none_is_refused(asked: library.Graph, day: str) -> None:
    with pytest.raises(UsageError, match="is not a day"):
        asked.became("ACS", as_of=day)


# In a notebook


class Page(HTMLParser):
    """The tags and the text of a piece of HTML, and whether its tags are closed in order."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.open: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert attrs == []
        self.tags.append(tag)
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def page_of(answer: Answer) -> Page:
    page = Page()
    page.feed(answer._repr_html_())
    page.close()
    assert page.open == []
    return page


def test_a_notebook_shows_the_answer(asked: library.Graph) -> None:
    answer = asked.became("ACS", as_of=DAY)
    page = page_of(answer)
    assert answer.sentence in page.text
    assert page.tags.count("tr") == len(answer.steps)
    assert all(source.title in page.text for source in answer.sources)
    assert "Not the same" in page.text
    assert answer.release in page.text


@pytest.mark.parametrize(
    "field", ["sentence", "cautions", "claims", "candidates", "sources", "results", "steps", "release", "as_of"]
)
def test_notebook_html_escapes(asked: library.Graph, field: str) -> None:
    evil = "<script>alert('x')</script>&<b a=\"1\">"
    whole = asked.became("ACO", as_of=DAY)
    changes: dict[str, Callable[[], Any]] = {
        "sentence": lambda: evil,
        "release": lambda: evil,
        "as_of": lambda: evil,
        "cautions": lambda: (evil, *whole.cautions[1:]),
        "claims": lambda: (whole.claims[0]._replace(text=evil),),
        "candidates": lambda: (
            asked.became("ICP", as_of=DAY).candidates[:1]
            and (asked.became("ICP", as_of=DAY).candidates[0]._replace(label=evil),)
        ),
        "sources": lambda: (SourceRef(evil, evil, evil, None, evil, evil, evil),),
        "results": lambda: (whole.results[0]._replace(text=evil),),
        "steps": lambda: (whole.steps[0]._replace(summary=evil, to=(whole.steps[0].to[0]._replace(short=evil),)),),
    }
    changed = replace(whole, **{field: changes[field]()})
    if field == "results":
        changed = replace(changed, steps=())
    html = changed._repr_html_()
    assert "<script" not in html
    assert "<b " not in html
    assert "&lt;script&gt;" in html
    page = page_of(changed)
    assert evil in page.text
    assert set(page.tags) <= {"p", "strong", "table", "tr", "td", "ul", "li", "ol"}


# Words


@pytest.mark.parametrize(
    "told",
    ["an ICS", "a CCG", "an STP", "an ACO", "a PCN", "an NHS trust", "a PCT", "an SHA", "an IHO", "an MCP", "an integrated care system", "a council", "a unitary council"],
)  # fmt: skip
def test_articles_go_by_sound(told: str) -> None:
    assert article(told.partition(" ")[2]) == told


def test_lists_and_numbers() -> None:
    assert [listed(words) for words in ([], ["a"], ["a", "b"], ["a", "b", "c"])] == ["", "a", "a and b", "a, b and c"]
    assert listed(["a", "b", "c"], "or") == "a, b or c"
    assert shortened(["a", "b", "c", "d", "e", "f"], 4) == "a, b, c, d and 2 others"
    assert shortened(["a", "b", "c", "d", "e"], 4) in ("a, b, c, d and 1 other", "a, b, c, d and e")
    assert [number(value) for value in (0, 44, 30_000.0, 1_250_000, 0.5)] == ["0", "44", "30,000", "1,250,000", "0.5"]


def test_membership_counts_agree_with_the_rows(asked: library.Graph, records: Records) -> None:
    answer = membership.members(Question(records, "Frimley Health and Care ICS", ON, PartialDate.parse("2019")))
    match = re.search(r"had (\d+) recorded members", answer.sentence)
    assert match is not None
    assert int(match[1]) == len(answer.results)
    rows = asked.query("members", {"body": "ics-frimley", "asOf": answer.as_of})
    assert len(rows) == len(answer.results)


# A part of a name


def test_a_part_of_a_name_or_the_beginning_of_a_code_finds_what_has_it(asked: library.Graph) -> None:
    named = asked.find("Marylebone")
    assert (named.status, named.sentence) == ("answered", '1 thing has a name with "Marylebone" in it.')
    assert [(result.key, result.mark) for result in named.results] == [("pcn-u37086", "name")]
    coded = asked.find("e3800001")
    assert coded.sentence == f'{len(coded.results)} things have a code that begins with "e3800001".'
    assert {result.mark for result in coded.results} == {"code"}
    assert all(any(code.startswith("E3800001") for code in result.codes["ONS"]) for result in coded.results)
    assert [result.mark for result in asked.find("U37086").results] == [None], "a whole code is what it is of"


def test_of_many_the_first_are_listed_and_all_are_counted(asked: library.Graph) -> None:
    many = asked.find("E38")
    whole = asked.sparql(
        "PREFIX nis: <https://w3id.org/nhs-integration/ontology#> PREFIX skos: <http://www.w3.org/2004/02/skos/core#> "
        'SELECT DISTINCT ?body { ?a nis:about ?body ; skos:notation ?code FILTER(STRSTARTS(STR(?code), "E38")) }'
    )[1]
    assert isinstance(whole, list)
    assert many.sentence.startswith(f"{len(whole)} things have a code that begins with")
    assert "The first 20 are shown" in many.sentence
    assert len(many.results) == 20
    most = asked.find("E")
    assert most.sentence.startswith('More than 500 things have a code that begins with "E"')
    assert len(most.results) == 20


def test_a_name_spelt_otherwise_lists_names_near_it_and_says_so(asked: library.Graph) -> None:
    near = asked.find("Frimly ICB")
    assert near.status == "answered"
    assert near.sentence == 'No name here has "Frimly ICB" in it, and no code begins with it. Names near it:'
    assert near.results[0].key == "icb-frimley"
    assert {result.mark for result in near.results} == {"near"}
    nothing = asked.find("zzzzqqqq")
    assert (nothing.status, nothing.results, nothing.candidates) == ("not_found", (), ())


# At a level: kinds, or organisations


def test_a_name_at_a_level_means_a_thing_of_that_level(asked: library.Graph) -> None:
    assert asked.find("Frimley", level="kind").status == "not_found"
    found = asked.find("Frimley", level="organisation")
    assert {"ics-frimley", "icb-frimley"} <= {result.key for result in found.results}
    assert {result.kind for result in asked.find("ICS", level="kind").results} == {"kind of structure"}


def test_the_lineage_of_a_body_at_the_level_of_kinds_is_that_of_its_kind(asked: library.Graph) -> None:
    answer = asked.became("NHS Bracknell and Ascot CCG", as_of=DAY, level="kind")
    assert answer.subject is not None
    assert answer.subject.key == "ccg"
    assert {result.key: result.how for result in answer.results} == {"icb": "functions", "sub-icb-location": "codes"}


def test_the_lineage_of_a_kind_at_the_level_of_organisations_is_that_of_each(asked: library.Graph) -> None:
    answer = asked.became("PCT", as_of="2013-04-01", level="organisation", only="legal")
    ends = [(result.origin, result.key) for result in answer.results]
    assert ("pct-5qg", "ccg-10g") in ends
    assert len({origin for origin, _ in ends}) == 401, "none is left out, and 250 had ended before 2013"
    assert all(result.kind == "clinical commissioning group" for result in answer.results if result.origin == "pct-5qg")
    text = render(answer, "text", width=110)
    assert "Berkshire East PCT -> NHS Bracknell and Ascot CCG" in text
