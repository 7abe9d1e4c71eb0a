"""Relations and roles that a file leaves open: they end with those they are of, and where a later edition tells otherwise."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.faces import library
from kg.facts.ods.record import Relation, Role
from tests.publisher import writing
from tests.publisher.conftest import ingested
from tests.publisher.office import Office, day, opened, org, to

EARLY = [
    org("A1", "MOVED SURGERY", "RO177", "1974-04-01", relations=(to("RE4", "00K", "2013-04-01"),)),
    org("A5", "WAS A PRACTICE", "RO177", "1974-04-01", roles=(Role("RO177", True), Role("RO76"))),
    org("A6", "RETOLD SURGERY", "RO177", "1974-04-01", relations=(to("RE4", "00K", "2017-04-01"),)),
    org("A7", "FORMER SURGERY", "RO177", "1974-04-01"),
    org("A8", "PLANNED SURGERY", "RO177", "2017-06-01"),
]
LATE = [
    org("A1", "MOVED SURGERY", "RO177", "1974-04-01", relations=(to("RE4", "00M", "2017-04-01"),)),
    org("A2", "EARLY SURGERY", "RO177", "1974-04-01", relations=(to("RE4", "16C", "2013-04-01"),)),
    org("A3", "LATE SURGERY", "RO177", "1974-04-01", relations=(to("RE4", "00M", "2013-04-01"),)),
    org("A4", "CLOSED SURGERY", "RO177", "1974-04-01", "2021-09-01", relations=(
        to("RE4", "16C", "2020-04-01"), Relation("RE5", "B1"),
    )),
    org("A5", "WAS A PRACTICE", "RO177", "1974-04-01", roles=(Role("RO177", True),)),
    org("A6", "RETOLD SURGERY", "RO177", "1974-04-01", relations=(to("RE4", "00M", "2017-04-01"),)),
    org("A6", "TOLD TWICE", "RO177", "1974-04-01", relations=(to("RE4", "16C", "2020-04-01"),)),
    org("A7", "PRESENT SURGERY", "RO177", "1974-04-01"),
    org("A8", "OPENED SURGERY", "RO177", "2017-06-01"),
    org("B1", "AN AREA", "RO210", "2013-04-01"),
]  # fmt: skip


@pytest.fixture(scope="module")
def asked(office: Office, tmp_path_factory: pytest.TempPathFactory) -> library.Graph:
    """The graph of two editions kept beside each other, which one worker makes for all."""

    def files(place: Path) -> list[Path]:
        return [
            writing.write_trud(place / "early.zip", EARLY, published=day("2017-03-31")),
            writing.write_trud(place / "late.zip", LATE, published=day("2022-05-27")),
        ]

    return opened(ingested(office, tmp_path_factory, "bounds", files, beside=True))


@pytest.mark.parametrize(
    ("name", "on", "groups"),
    [
        # The later edition shows the next commissioner, so the earlier one ended where that began.
        ("A1", "2017-03-31", {"ccg-00k"}),
        ("A1", "2017-04-01", {"ccg-00m"}),
        # The later edition tells of another from the same day, and of the code once more, which adds nothing.
        ("A6", "2018-04-01", {"ccg-00m"}),
        ("A6", "2020-04-02", set()),
        # Nobody had the code before the CCG was made.
        ("A2", "2019-06-01", set()),
        ("A2", "2020-04-01", {"ccg-16c"}),
        ("A2", "2022-07-01", {"subicb-16c"}),
        # The CCG ended, and the file says nothing of it.
        ("A3", "2020-03-31", {"ccg-00m"}),
        ("A3", "2020-06-01", set()),
        # The practice ended: so did what it was to others, and a list of a later day is of its last.
        ("A4", "2021-08-31", {"ccg-16c", "ods-b1"}),
        ("A4", "2021-09-01", set()),
    ],
)  # fmt: skip
def test_what_is_left_open_ends_with_those_it_is_of(asked: library.Graph, name: str, on: str, groups: set[str]) -> None:
    assert {result.key for result in asked.memberships(name, as_of=on).results} == groups


def test_a_code_that_a_file_gives_twice_is_told_of_once(asked: library.Graph) -> None:
    (told,) = [result for result in asked.show("A6").results if result.measure == "name"]
    assert "RETOLD SURGERY" in str(told.text)


def names(asked: library.Graph, name: str) -> list[tuple[str | None, str | None, str | None]]:
    """Give the names that are shown, each with the day of its list and the day since when it holds."""
    return [(one.text, one.date, one.from_) for one in asked.show(name).results if one.measure == "name"]


def test_a_former_name_is_told_with_its_list_and_of_the_present_one_no_day(asked: library.Graph) -> None:
    assert names(asked, "A7") == [
        ("FORMER SURGERY (official, in the list of 31 March 2017)", "2017-03-31", None),
        ("PRESENT SURGERY (label)", None, None),
    ]
    timeline = asked.timeline("A7")
    assert [(one.change, one.date) for one in timeline.results if "FORMER SURGERY" in str(one.text)] == [
        ("listed", "2017-03-31")
    ]
    assert any("no date is recorded for a change of name" in text for text in timeline.cautions)
    for answer in (asked.became("A7"), asked.before("A7")):
        told = dict(zip(answer.cautions, answer.caution_sources, strict=True))
        text = "In the list of 31 March 2017 PRESENT SURGERY is called FORMER SURGERY; when the name changed is not recorded."
        assert told[text] == ("ods-trud-2017-03-31",)


def test_a_name_that_was_listed_before_the_beginning_leaves_the_other_its_day(asked: library.Graph) -> None:
    assert names(asked, "A8") == [
        ("PLANNED SURGERY (official, in the list of 31 March 2017)", "2017-03-31", None),
        ("OPENED SURGERY (label)", None, "2017-06-01"),
    ]
    assert not any("change of name" in text for text in asked.timeline("A8").cautions)
    assert names(asked, "A1") == [("MOVED SURGERY (label)", None, "1974-04-01")]


def test_a_list_holds_no_longer_than_who_had_the_codes_on_its_day(office: Office, tmp_path: Path) -> None:
    """16C was Tees Valley CCG from 1 April 2020 until July 2022, and 00K a CCG until then: neither had members beyond."""
    listed = [
        org("C1", "FIRST SURGERY", "RO177", "1974-04-01", relations=(Relation("RE4", "16C"),)),
        org("C2", "SECOND SURGERY", "RO177", "1974-04-01", relations=(Relation("RE4", "00K"),)),
    ]
    files = [
        writing.write_trud(tmp_path / "early.zip", listed[1:], published=day("2019-05-27")),
        writing.write_trud(tmp_path / "late.zip", listed[:1], published=day("2022-05-27")),
    ]
    office.ingest(tmp_path / "graph", *files, beside=True)
    graph = opened(tmp_path / "graph")

    def groups(name: str, on: str) -> list[str]:
        return [
            result.key
            for result in graph.memberships(name, as_of=on).results
            if result.key.startswith(("ccg-", "subicb-"))
        ]

    assert groups("C1", "2022-01-01") == groups("C1", "2022-06-30") == ["ccg-16c"]
    assert groups("C1", "2022-07-01") == groups("C1", "2023-12-31") == []
    assert groups("C2", "2020-03-31") == ["ccg-00k"]
    assert groups("C2", "2020-04-01") == []


def test_a_list_shows_what_had_ended_on_its_last_day(asked: library.Graph) -> None:
    (listed,) = [result for result in asked.memberships("A4", as_of="2021-08-31").results if result.key == "ods-b1"]
    assert (listed.date, listed.until) == ("2021-08-31", "unknown")


def test_a_role_that_a_later_edition_has_no_more_is_not_known_to_have_gone_on(asked: library.Graph) -> None:
    (role,) = [row for row in asked.query("kinds-of", {"body": "ods-a5"}) if row["kind"].endswith("ods-ro76")]
    assert (role["end"], role["endPrecision"]) == (day("2017-04-01"), "unknown")
    (role,) = [row for row in asked.query("kinds-of", {"body": "ods-a5"}) if row["kind"].endswith("ods-ro177")]
    assert role["endPrecision"] == "open"
