"""What an answer on a publisher's file owns up to: how far the file reaches, what it dates twice, what it never gives."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from kg.answers import belonging, description, reach
from kg.answers.answer import Answer
from kg.answers.record import Records
from kg.faces import library
from kg.graph.names import thing
from kg.graph.release import Published
from tests.publisher.conftest import ingested
from tests.publisher.office import Office, opened
from tests.publisher.test_national import written

PRACTICES = (
    ("A81001", "THE DENSHAM SURGERY", "Y63", "QHM", "19740401", "", "16C", "20200401", "", "4"),
    ("A81003", "VICTORIA MEDICAL PRACTICE", "Y63", "QHM", "19740401", "20171031", "00K", "20130401", "20171031", "4"),
    ("A81999", "A PRACTICE OF NOBODY", "", "", "20190401", "", "", "", "", "4"),
    ("V00007", "A DENTIST", "Y63", "QHM", "20000401", "", "16C", "20200401", "", "0"),
)  # fmt: skip
PARTNERS = (
    "Partner Organisation Code,Partner Name,PCN Code,PCN Name,Practice to PCN Relationship Start Date,Practice to PCN Relationship End Date\n"
    "A81001,THE DENSHAM SURGERY,U89141,STOCKTON PCN,20191001,\n"
)
#: 00K became 16C on 1 April 2020 as data/ has it; here a day before.
SUCCESSIONS = (
    "old_code,new_code,date\n00K,16C,2020-03-31\nSELF,SELF,2006-04-01\nT1,T2,2000-04-01\nT1,T2,2001-04-01\nT1,T1,2000-04-01\n"
    "N1,N2,\nA81003,A81001,2017-11-01\nR1,R2,2020-01-01\nR2,R3,2020-01-01\nR3,R1,2020-01-01\nL1,L2,2020-01-01\nL2,L3,2020-01-01\n"
)
FILES = {"epraccur_2022-05.csv": written(PRACTICES), "ePCNCorePartnerDetails_2024-10.csv": PARTNERS, "succ_2022-10.csv": SUCCESSIONS}  # fmt: skip
MAY, BOTH = "As far as the file of May 2022 tells", "As far as the files of May 2022 and October 2024 tell"


@pytest.fixture(scope="module")
def folder(office: Office, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The graph of these files, which one worker makes for all."""

    def files(place: Path) -> list[Path]:
        for name, text in FILES.items():
            (place / name).write_text(text, encoding="utf-8")
        return [place / name for name in FILES]

    return ingested(office, tmp_path_factory, "answers", files)


@pytest.fixture
def asked(folder: Path) -> library.Graph:
    return opened(folder)


def told(answer: Answer) -> list[str]:
    """Give what an answer says of how far files reach."""
    return [text for text in answer.cautions if text.startswith(reach.BEGINS)]


def lacking(answer: Answer) -> dict[str, float | None]:
    return {result.mark: result.value for result in answer.results if result.mark and not result.date}


def test_what_the_publisher_s_records_give_is_not_said_to_be_lacking(asked: library.Graph) -> None:
    answer = asked.coverage("GP practice", as_of="2022-05-01")
    counted = lacking(answer)
    assert counted["bodies"] == 3
    assert (counted["ODS code"], counted["dated official name"], counted["group on any day"]) == (0, 0, 1)
    assert counted["group on some day"] == 3, "none is inside anything before 2013"
    assert counted["ONS code"] == counted["number of people"] == 3
    assert any(
        text.startswith("3 of them are known by the publisher's files alone") and "never give an ONS code" in text
        for text in answer.cautions
    )
    years = {(result.date, result.mark): result.value for result in answer.results if result.date}
    assert (years["2014-04-01", "recorded"], years["2014-04-01", "in no group"]) == (2, 1)


def test_a_record_of_curated_bodies_gives_them_a_code_and_a_name(asked: library.Graph) -> None:
    sorts = {row["sort"] for row in asked.query("recorded-of") if row["body"] == thing("body", "subicb-16c")}
    assert {"ods", "gss"} <= sorts
    assert not [text for text in asked.coverage("icb").cautions if "publisher's files alone" in text]


@pytest.mark.parametrize(("verb", "said"), [
    ("became", MAY), ("before", MAY), ("lineage", MAY), ("show", MAY), ("timeline", BOTH), ("memberships", BOTH),
])  # fmt: skip
def test_what_a_file_leaves_open_is_told_to_reach_as_far_as_the_file(
    asked: library.Graph, verb: str, said: str
) -> None:
    (text,) = told(getattr(asked, verb)("A81001", as_of="2026-11-22"))
    assert text.startswith(said)
    assert "up to 22 November 2026" in text
    assert told(getattr(asked, verb)("A81001", as_of="2022-05-31")) == [], "the file is of that month"


def test_members_and_counts_say_how_far_the_file_reaches_too(asked: library.Graph) -> None:
    (text,) = told(asked.members("16C", as_of="2026-11-22"))
    assert text.startswith(MAY)
    counted = asked.count("GP practice", as_of="2026-11-22", by="region")
    assert [text.startswith(MAY) for text in told(counted)] == [True]
    assert told(asked.count("GP practice", as_of="2022-05-02")) == []
    today = asked.count("GP practice")
    assert today.sentence.startswith("This graph holds 2 GP practices on "), (
        "no source states a number, so these are told"
    )
    assert [text.startswith(MAY) for text in told(today)] == [True]
    answer = asked.members("U89141", as_of="2026-11-22")
    ((text, keys),) = [
        pair for pair in zip(answer.cautions, answer.caution_sources, strict=True) if pair[0] in told(answer)
    ]
    assert text.startswith("As far as the file of October 2024 tells")
    assert keys == ("ods-epcn-partners-2024-10-01",)


def test_what_has_ended_or_is_data_s_own_rests_on_no_open_file(asked: library.Graph) -> None:
    assert told(asked.memberships("A81003")) == []
    assert told(asked.show("A81003")) == []
    assert told(asked.became("ccg-00c")) == []
    assert told(asked.members("icb-north-east-and-north-cumbria", as_of="2026-11-22")) == []


def test_a_beginning_rests_on_nothing_that_is_open(asked: library.Graph) -> None:
    records = Records(asked.graph)
    for side, notes in (("start", 0), ("end", 1), ("both", 1)):
        assert len(told(description.when(records, "A81001", as_of=date(2026, 11, 22), side=side))) == notes


def test_the_end_of_a_path_is_open_by_its_own_file(asked: library.Graph) -> None:
    assert [text.startswith(MAY) for text in told(asked.became("A81003"))] == [True]


def test_a_release_reaches_as_far_as_the_updates_that_follow_it_without_a_gap(
    asked: library.Graph, monkeypatch: pytest.MonkeyPatch
) -> None:
    def file(name: str, key: str, day: str) -> Published:
        return Published("", thing("source", key), "", "", "", name, "", day, "day", 0)

    release = file("release.zip", "ods-trud-2026-08-28", "2026-08-28")
    first = file("ods-api_2026-09-20_since_2026-08-28.jsonl", "ods-ods-api-2026-09-20", "2026-09-20")
    late = file("ods-api_2026-11-21_since_2026-10-30.jsonl", "ods-ods-api-2026-11-21", "2026-11-21")
    report = file("eccg.csv", "ods-eccg", "")
    records = Records(asked.graph)
    monkeypatch.setattr(Records, "files", (release, first, late, report))
    reaches = reach.reaches(records)
    assert reaches["ods-trud-2026-08-28"] == (date(2026, 9, 21), "20 September 2026")
    said = reach.caution(records, [("ods-trud-2026-08-28",), ("ods-eccg",), ("curated",)], date(2026, 11, 22))
    assert said is not None
    assert said[0].startswith("As far as the files of a day that is not known and 20 September 2026 tell")
    assert said[1] == ("ods-trud-2026-08-28", "ods-eccg")


def test_roles_without_dates_are_side_by_side_and_not_in_turn(asked: library.Graph) -> None:
    nodes = {node.id: node for node in asked.draw("lineage", "A81001").scene.nodes}
    node = nodes["ods-a81001"]
    assert (node.kind, node.short) == ("GP practice", "GP practice")
    assert dict(node.facts)["Roles, side by side"] == "GP practice, prescribing cost centre"
    shown = [result.text for result in asked.show("A81001").results if result.measure == "kind"]
    assert shown == ["GP practice", "prescribing cost centre"], "what tells most comes first"
    assert "in turn" not in asked.lineage("A81001").sentence
    timeline = asked.timeline("A81001", as_of="2022-05-01")
    assert [text for text in timeline.cautions if "GP practice" in text] == [
        "The publisher records THE DENSHAM SURGERY as a GP practice and a prescribing cost centre, side by side, and gives no "
        "day on which it began to be."
    ]
    assert not [text for text in timeline.cautions if "no date is recorded for a kind" in text]


@pytest.mark.parametrize(("name", "text"), [
    ("A81001", "What THE DENSHAM SURGERY belongs to is shown by: kg memberships ods-a81001"),
    ("A81003", "What VICTORIA MEDICAL PRACTICE belonged to is shown by: kg timeline ods-a81003"),
    ("A81999", ""),
])  # fmt: skip
def test_what_is_shown_leads_to_what_it_belongs_to(asked: library.Graph, name: str, text: str) -> None:
    found = [caution for caution in asked.show(name).cautions if " is shown by: " in caution]
    assert found == ([text] if text else [])
    if text:
        verb, key = text.split(": kg ")[1].split()
        assert getattr(asked, verb)(key).results


def test_a_name_is_not_said_twice_of_what_it_is_and_when_it_began(asked: library.Graph) -> None:
    began = "It began on 1 April 1974"
    assert asked.show("A81001").sentence == f"THE DENSHAM SURGERY is a GP practice. {began} and still exists."
    assert asked.show("A81003").sentence.endswith(f"{began} and lasted until 31 October 2017.")
    assert asked.before("A81001").sentence.count("THE DENSHAM SURGERY") == 1


def test_a_diagram_says_how_far_the_files_reach_that_it_is_drawn_from(asked: library.Graph) -> None:
    lineage = asked.draw("lineage", "A81001", as_of="2026-11-22").scene
    assert [text.startswith(MAY) for text in lineage.cautions] == [True]
    structure = asked.draw("structure", "A81001", as_of="2026-11-22").scene
    assert [text.startswith(BOTH) for text in structure.cautions if text.startswith(reach.BEGINS)] == [True]
    assert not [
        text for text in asked.draw("structure", "A81001", as_of="2022-05-01").scene.cautions if reach.BEGINS in text
    ]
    assert {edge.word for edge in structure.edges} >= {"commissioned organisation", "partner"}


def test_two_dates_of_one_succession_are_both_told_with_their_sources(asked: library.Graph) -> None:
    for answer in (asked.became("ccg-00k"), asked.before("ccg-16c")):
        (text,) = [text for text in answer.cautions if "dated differently" in text]
        assert "31 March 2020 (ODS successions (succ, succarc))" in text
        assert "1 April 2020 (" in text
        keys = answer.caution_sources[answer.cautions.index(text)]
        assert "ods-succession-2022-10-01" in keys
        assert len(keys) > 1
    twice = asked.became("T1")
    assert twice.sentence.startswith("T1 was succeeded by T2 on 1 April 2000 or on 1 April 2001.")
    assert any("from T1 to T2 is dated differently: 1 April 2000" in text for text in twice.cautions)
    assert any("T1 leads to itself on 1 April 2000" in text for text in twice.cautions)
    assert not [text for text in asked.became("A81003").cautions if "dated differently" in text]


def test_the_query_of_what_is_not_walked_has_rows_where_there_are_some(asked: library.Graph) -> None:
    (row,) = asked.query("recorded-successions", {"thing": "ccg-16c"})
    assert (row["predecessor"], str(row["date"])) == (thing("body", "ccg-00k"), "2020-03-31")


def test_a_code_that_leads_to_itself_alone_is_said_to(asked: library.Graph) -> None:
    answer = asked.became("SELF")
    assert answer.sentence.endswith(
        "The publisher records that SELF leads to itself on 1 April 2006; nothing follows from it."
    )
    assert "ods-succession-2022-10-01" in answer.sentence_sources
    assert answer.steps == ()


@pytest.mark.parametrize("verb", ["became", "before", "lineage"])
def test_a_circle_of_one_day_is_told_from_wherever_it_is_entered(asked: library.Graph, verb: str) -> None:
    for code in ("R1", "R2", "R3"):
        (text,) = [text for text in getattr(asked, verb)(code).cautions if "circle" in text]
        assert f"into {code} again on 1 January 2020" in text
    for code in ("L1", "L2", "L3"):
        assert not [text for text in getattr(asked, verb)(code).cautions if "circle" in text]


def test_a_succession_without_a_day_is_told_and_not_walked(asked: library.Graph) -> None:
    for answer in (asked.became("N1"), asked.before("N2")):
        assert (
            "The publisher records, without a day, that N1 was followed by N2; that is not walked." in answer.sentence
        )


def test_no_day_is_proposed_on_which_it_was_closed(asked: library.Graph) -> None:
    answer = asked.memberships("A81003", as_of="2022-05-20")
    days = {text.rsplit(" ", 1)[1] for text in answer.cautions if "ask as of" in text}
    assert days == {"2017-10-31."}
    assert asked.memberships("A81003", as_of="2017-10-31").results


@pytest.mark.parametrize(("listed", "day"), [
    ("2016-01-01", "2016-01-01"), ("2020-04-01", "2020-03-31"), ("2013-01-01", "2013-04-01"), ("2022-05-01", None),
    ("2011-01-01", None),
])  # fmt: skip
def test_the_day_to_ask_of_for_a_list_is_one_on_which_it_lasted_and_the_list_holds(
    asked: library.Graph, listed: str, day: str | None
) -> None:
    ccg = Records(asked.graph).thing(thing("body", "ccg-00k"))  # from 1 April 2013 to 31 March 2020
    found = belonging.day_of_list(date.fromisoformat(listed), ccg)
    assert (found and found.isoformat()) == day
