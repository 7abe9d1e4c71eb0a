"""What changed among the organisations of one of the publisher's roles: above all who moved from one group to another."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Final

import pytest

from kg.answers.answer import Answer, Result
from kg.errors import UsageError
from kg.faces import library
from kg.faces.tables import Format
from kg.faces.text import render
from tests.publisher import writing
from tests.publisher.office import Office, org, to
from tests.publisher.test_national import written

FORMS: Final[tuple[Format, ...]] = ("text", "markdown")
#: A practice that stayed, one that closed as its group did, and one that opened in the next, as two editions have them.
BEFORE = (
    ("A81001", "THE DENSHAM SURGERY", "Y54", "Q74", "19740401", "", "00K", "20130401", "", "4"),
    ("A81002", "QUEENS PARK", "Y54", "Q74", "19740401", "20200331", "00K", "20130401", "20200331", "4"),
)
AFTER = (
    ("A81001", "THE DENSHAM SURGERY", "Y63", "QHM", "19740401", "", "16C", "20200401", "", "4"),
    ("A81002", "QUEENS PARK", "Y54", "Q74", "19740401", "20200331", "00K", "20130401", "20200331", "4"),
    ("A81003", "NEW PRACTICE", "Y63", "QHM", "20200401", "", "16C", "20200401", "", "4"),
)


@pytest.fixture(scope="module")
def moving(office: Office, tmp_path_factory: pytest.TempPathFactory) -> library.Graph:
    """A graph of two editions of the practices, and a release with one that went to and fro."""
    base = tmp_path_factory.mktemp("moving")
    for name, rows in (("epraccur_2017-03.csv", BEFORE), ("epraccur_2022-05.csv", AFTER)):
        (base / name).write_text(written(rows), encoding="utf-8")
    years = (("00K", 2013), ("00M", 2014), ("00K", 2015), ("00C", 2016))
    restless = org(
        "A9", "RESTLESS", "RO198", "1990-01-01",
        relations=(*(to("RE4", code, f"{year}-04-01", f"{year + 1}-03-31") for code, year in years), to("RE999", "16C", "2021-04-01")),
    )  # fmt: skip
    both = org(
        "A8", "OF BOTH", "RO197", "1990-01-01",
        relations=(to("RE4", "00K", "2013-04-01", "2015-10-01"), to("RE4", "00M", "2013-04-01", "2015-03-01"), to("RE4", "00M", "2015-03-01", "2016-04-01")),
    )  # fmt: skip
    release = writing.write_trud(base / "release.zip", [restless, both], published=date(2026, 8, 28))
    office.ingest(base / "made", base / "epraccur_2017-03.csv", base / "epraccur_2022-05.csv", release, beside=True)
    return library.open_graph(base / "made")


def moves(told: Answer) -> list[Result]:
    return [result for result in told.results if result.change == "moved"]


def test_a_merger_of_commissioners_moves_their_practices(moving: library.Graph) -> None:
    told = moving.diff("2020-03-31", "2020-04-01", kind="GP practice")
    [one] = moves(told)
    assert (one.key, one.was, one.now, one.other, one.date) == (
        "ods-a81001", "NHS Hartlepool and Stockton-on-Tees CCG", "NHS Tees Valley CCG", "ccg-16c", "2020-04-01",
    )  # fmt: skip
    assert set(one.sources) == {"ods-epraccur-2017-03-01", "ods-epraccur-2022-05-01"}
    assert "There was one move to another group." in told.sentence


def test_who_begins_or_ends_with_a_membership_has_not_moved(moving: library.Graph) -> None:
    told = moving.diff("2020-03-30", "2020-04-01", kind="GP practice")
    assert {(result.key, result.change) for result in told.results} == {
        ("ods-a81001", "moved"), ("ods-a81002", "ended"), ("ods-a81003", "began"),
    }  # fmt: skip


def test_who_has_a_code_from_then_on_is_another_group(moving: library.Graph) -> None:
    told = moves(moving.diff("2022-06-30", "2022-07-01", kind="GP practice"))
    assert {result.key for result in told} == {"ods-a81001", "ods-a81003"}
    assert {(result.was, result.other) for result in told} == {("NHS Tees Valley CCG", "subicb-16c")}


@pytest.mark.parametrize(("days", "moved"), [(("2025-01-01", "2026-01-01"), 0), (("2022-06-30", "2022-07-01"), 2)])
def test_what_changed_after_the_day_of_the_files_is_said_to_be_not_known(
    moving: library.Graph, days: tuple[str, str], moved: int
) -> None:
    told = moving.diff(*days, kind="GP practice")
    assert len(moves(told)) == moved
    ((text, keys),) = zip(told.cautions, told.caution_sources, strict=True)
    assert text.startswith("As far as the file of May 2022 tells")
    assert "ods-epraccur-2022-05-01" in keys
    assert "ods-epraccur-2022-05-01" in told.sentence_sources
    assert "ods-epraccur-2022-05-01" in {source.key for source in told.sources}


def test_a_role_that_none_had_by_then_is_told_of_by_the_files_that_say_who_ever_had(
    office: Office, tmp_path: Path
) -> None:
    ended = org("16C", "A LOCATION", "RO98", "2020-04-01", "2021-03-31")
    release = writing.write_trud(tmp_path / "release.zip", [ended], published=date(2023, 8, 28))
    office.ingest(tmp_path / "made", release)
    told = library.open_graph(tmp_path / "made").diff("2025-01-01", "2026-01-01", kind="RO98")
    assert told.results == ()
    assert [text.startswith("As far as the file of 28 August 2023 tells") for text in told.cautions] == [True]
    # What data/ tells of a body that had the role is told as well, and of no other body.
    merged = library.open_graph(tmp_path / "made").diff("2020-03-31", "2020-04-01", kind="RO98")
    assert {result.key for result in merged.results if result.change == "began"} == {"ccg-16c"}
    assert {result.other for result in merged.results if result.change == "succeeded"} == {"ccg-16c"}


def test_what_changed_by_the_day_of_the_files_is_told_without_a_caution(moving: library.Graph) -> None:
    told = moving.diff("2022-05-01", "2022-05-31", kind="GP practice")
    assert (told.cautions, told.results) == ((), ())
    assert "ods-epraccur-2022-05-01" in told.sentence_sources


def test_each_move_of_one_that_goes_to_and_fro_is_told(moving: library.Graph) -> None:
    told = moves(moving.diff("2013-01-01", "2018-01-01", kind="RO198"))
    assert [(result.date, result.other) for result in told] == [
        ("2014-04-01", "ccg-00m"), ("2015-04-01", "ccg-00k"), ("2016-04-01", "ccg-00c"),
    ]  # fmt: skip


def test_a_line_of_a_move_gives_the_code_by_which_those_of_one_name_are_told_apart(
    office: Office, tmp_path: Path
) -> None:
    rows = [
        (code, "PARK SURGERY", "Y63", "QHM", "19740401", "", "16C", "20200401", "", "4")
        for code in ("A81004", "A81005")
    ]
    (tmp_path / "epraccur_2022-05.csv").write_text(written(tuple(rows)), encoding="utf-8")
    office.ingest(tmp_path / "made", tmp_path / "epraccur_2022-05.csv")
    told = library.open_graph(tmp_path / "made").diff("2022-06-30", "2022-07-01", kind="GP practice")
    for form in FORMS:
        lines = [line for line in render(told, form, width=200).splitlines() if "PARK SURGERY" in line]
        assert ["PARK SURGERY (A81004): NHS Tees Valley CCG" in line for line in lines] == [True, False], form
        assert ["PARK SURGERY (A81005): NHS Tees Valley CCG" in line for line in lines] == [False, True], form


def test_a_day_without_a_move_tells_none(moving: library.Graph) -> None:
    assert not moves(moving.diff("2020-04-01", "2020-04-02", kind="GP practice"))


def test_a_relation_of_no_table_is_told_by_its_code(moving: library.Graph) -> None:
    [group] = moving.memberships("A9", as_of="2021-06-30").results
    assert (group.label, group.role) == ("NHS Tees Valley CCG", "relation RE999")
    assert {result.role for result in moving.members("16C", as_of="2021-06-30").results} == {
        "commissioned organisation", "relation RE999",
    }  # fmt: skip
    assert "2 commissioned organisations and 1 relation RE999" in moving.members("16C", as_of="2021-06-30").sentence


@pytest.mark.parametrize(
    ("sentence", "groups", "said"),
    [
        ("who commissioned A81001 in 2018?", ["ccg-00k"], "THE DENSHAM SURGERY was commissioned by NHS Hartlepool and Stockton-on-Tees CCG in 2018."),
        ("Who was The Densham Surgery commissioned by on 1 July 2022?", ["subicb-16c"], "16C on 1 July 2022."),
        ("who commissions A81001", ["subicb-16c"], "16C on 21 November 2026."),
        (
            "Who commissioned A81001 in 2020?", ["ccg-00k", "ccg-16c"],
            "by NHS Hartlepool and Stockton-on-Tees CCG in 2020, and from 1 April 2020 by NHS Tees Valley CCG.",
        ),
        ("who commissions A81002?", ["ccg-00k"], "Hartlepool and Stockton-on-Tees CCG on 31 March 2020."),
        ("who commissioned A81002 in 2020?", ["ccg-00k"], "Hartlepool and Stockton-on-Tees CCG in 2020, until 31 March 2020."),
        ("who commissioned A81002 in 2021?", [], "Nobody commissioned QUEENS PARK in 2021: QUEENS PARK did not exist then."),
        ("who commissioned A81002 on 1 April 2020?", [], "QUEENS PARK did not exist then."),
        ("who commissioned A81003 in 2020?", ["ccg-16c"], "NEW PRACTICE was commissioned by NHS Tees Valley CCG in 2020, from 1 April 2020."),
        ("who commissioned A81003 in 2019?", [], "Nobody commissioned NEW PRACTICE in 2019: NEW PRACTICE did not exist then."),
        ("who commissioned A81003 in 2021?", ["ccg-16c"], "NEW PRACTICE was commissioned by NHS Tees Valley CCG in 2021."),
        (
            "who commissioned A9 in 2015?", ["ccg-00m", "ccg-00k"],
            "by NHS South Tees CCG in 2015, until 30 March 2015, and from 1 April 2015 by NHS Hartlepool and Stockton-on-Tees CCG.",
        ),
        (
            "who commissioned A8 in 2015?", ["ccg-00k", "ccg-00m", "ccg-00m"],
            "by NHS Hartlepool and Stockton-on-Tees CCG (until 30 September 2015) and NHS South Tees CCG in 2015.",
        ),
        ("who commissioned A9 in 2013?", ["ccg-00k"], "CCG in 2013, from 1 April 2013."),
        ("who commissioned A9 in 2017?", ["ccg-00c"], "CCG in 2017, until 30 March 2017."),
        ("who commissioned A9 on 1 June 2021?", [], "Who commissioned RESTLESS on 1 June 2021 is not recorded in this graph."),
    ],
)  # fmt: skip
def test_it_can_be_asked_who_commissioned_a_practice(
    moving: library.Graph, sentence: str, groups: list[str], said: str
) -> None:
    told = moving.ask(sentence, as_of="2026-11-21")
    assert [result.key for result in told.results] == groups
    assert told.sentence.endswith(said)


def test_an_answer_on_a_year_is_of_the_day_in_it_on_which_it_began_to_be_so(moving: library.Graph) -> None:
    assert moving.ask("who commissioned A81003 in 2020?").as_of == "2020-04-01"
    assert moving.ask("who commissioned A81002 in 2020?").as_of == "2020-01-01"


def test_who_commissioned_kinds_is_no_question(moving: library.Graph) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        moving.ask("who commissioned ICBs in 2023?")
