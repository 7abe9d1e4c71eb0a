"""Who had which of the publisher's codes, when a statement is new, and where what a file leaves open ends."""

from __future__ import annotations

from datetime import date

from kg.facts import curated
from kg.facts.dates import OPEN_END, UNKNOWN_START
from kg.facts.ods.record import Dates, Period, Record, Relation, Release
from kg.facts.records import PublisherCode
from kg.graph.inputs import Inputs
from kg.graph.joining import Held, Joins
from kg.graph.published.bounds import Bounds
from kg.graph.published.nodes import Nodes
from kg.graph.published.register import Holders, Register, Subject
from kg.graph.published.roles import Codes
from kg.graph.published.writer import Writer

LATE = Release("epraccur", "Practices", date(2022, 5, 1), sha256="late")
EARLY = Release("epraccur", "Practices", date(2017, 3, 1), sha256="early")
CCG, LOCATION = date(2020, 4, 1), date(2022, 7, 1)


def register() -> Register:
    """A register beside a curated graph in which two bodies had 16C in turn."""
    return Register(Joins({"16C": [Held("ccg-16c", CCG, LOCATION), Held("subicb-16c", LOCATION, OPEN_END)]}))


def since(start: date | None, until: date | None = None, code: str = "RE4") -> Relation:
    return Relation(code, "16C", Dates(operational=Period(start, until)))


def until(relation: Relation | None) -> date | None:
    assert relation is not None
    assert relation.dates.held
    return relation.dates.held.until


def practice(ended: date = OPEN_END, release: Release = LATE) -> Subject:
    return Subject.of("A81001", "ods-a81001", ended, release, joined=False)


def test_a_code_of_curated_bodies_is_of_each_while_it_had_it() -> None:
    assert register().holders("16C", date(2021, 1, 1), date(2023, 1, 1), "late") == Holders(
        "curated", [Held("ccg-16c", date(2021, 1, 1), LOCATION), Held("subicb-16c", LOCATION, date(2023, 1, 1))]
    )


def test_who_had_a_code_before_the_curated_bodies_is_known_when_all_files_are_read() -> None:
    held, before = register(), (date(1990, 1, 1), date(1991, 1, 1))
    assert held.holders("16C", *before, "late") is None
    held.enter("16C", date(1980, 1, 1), date(2000, 1, 1), "RO98", "SOMEBODY ELSE", joined=False)
    assert held.holders("16C", *before, "late") is None
    held.whole = True
    assert held.holders("16C", *before, "late") == Holders("publisher", [Held("ods-16c", *before)])
    assert held.holders("16C", date(2005, 1, 1), date(2006, 1, 1), "late") == Holders(
        "nobody", [Held("ccg-16c", date(2005, 1, 1), date(2006, 1, 1))]
    )


def test_a_code_that_was_used_again_is_two_organisations() -> None:
    held = register()
    first = held.enter("A81001", date(1974, 4, 1), date(1990, 4, 1), "RO177", "ONE", joined=False)
    assert held.entered("A81001", date(1980, 1, 1), OPEN_END, "RO98") == first  # they meet in time
    assert held.entered("A81001", date(2001, 4, 1), OPEN_END, "RO177") == first  # they are of one sort
    assert held.entered("A81001", date(2001, 4, 1), OPEN_END, "RO98") is None
    second = held.enter("A81001", date(2001, 4, 1), OPEN_END, "RO98", "TWO", joined=False)
    assert (first.key, second.key) == ("ods-a81001", "ods-a81001-2001-04-01")
    assert [held.nearest("A81001", date(year, 1, 1)) for year in (1980, 1995, 2010)] == [
        first.key, first.key, second.key
    ]  # fmt: skip


def test_who_is_known_by_a_code_alone_is_entered_last_with_the_name_that_a_line_gives() -> None:
    held = register()
    assert held.point("B1", "late") == held.point("B1", "early") == "ods-b1"
    held.line(Record("C1", "A PARTNER", stub=True), EARLY)
    held.point("16C", "late")
    assert [(code, life.name, life.start, file) for code, life, file in held.enter_rest()] == [
        ("B1", "B1", UNKNOWN_START, "late"), ("C1", "A PARTNER", UNKNOWN_START, "early"),
    ]  # fmt: skip


def test_a_list_of_what_ended_before_it_is_of_its_last_day() -> None:
    assert practice(date(2021, 9, 1)).on == date(2021, 8, 31)
    assert practice().on == practice(date(2023, 1, 1)).on == date(2022, 5, 1)
    joined = Subject.of("16C", "ods-16c", date(2021, 9, 1), LATE, joined=True)
    assert (joined.on, joined.ended, joined.node) == (date(2022, 5, 1), OPEN_END, "i:ods-16c")


def test_a_statement_is_new_once_and_a_second_time_with_another_end() -> None:
    nodes = Nodes()
    assert nodes.new("a-re4-b", OPEN_END) == "a-re4-b"
    assert nodes.new("a-re4-b", OPEN_END) == ""
    assert nodes.new("a-re4-b", CCG) == "a-re4-b-2020-04-01"
    nodes.file()
    assert nodes.new("a-re4-b", LOCATION) == ""  # what an earlier file has said stands


def test_an_open_relation_ends_with_whom_it_is_of() -> None:
    bounds = Bounds(several=False)
    assert until(bounds.bound(practice(date(2021, 9, 1)), since(CCG))) == date(2021, 9, 1)
    assert until(bounds.bound(practice(date(2021, 9, 1)), since(CCG, date(2020, 9, 1)))) == date(2020, 9, 1)
    assert until(bounds.bound(practice(date(2019, 9, 1)), since(CCG))) is None  # it began after that
    assert until(bounds.bound(practice(), since(CCG))) is None


def test_an_open_commissioner_ends_where_a_later_edition_shows_the_next() -> None:
    bounds = Bounds(several=True)
    bounds.file()
    assert until(bounds.bound(practice(), since(LOCATION))) is None
    assert until(bounds.bound(practice(), since(CCG))) is None
    bounds.file()
    early = practice(release=EARLY)
    assert until(bounds.bound(early, since(date(2013, 4, 1)))) == CCG
    assert until(bounds.bound(early, since(date(2013, 4, 1), code="RE6"))) is None
    assert bounds.bound(early, since(CCG)) is None  # the later edition tells who it was from that day on


def test_a_council_is_met_by_the_code_of_its_local_authority_in_its_time() -> None:
    joins = Joins.of(curated.load(Inputs.default().data))
    ended = date(2019, 4, 1)
    assert joins.meet("504", date(2021, 3, 31), date(2021, 4, 1)) == [
        Held("council-504", date(2021, 3, 31), date(2021, 4, 1))
    ]
    assert [one.body for one in joins.meet("809", date(2018, 1, 1), ended)] == ["council-809"]
    assert [one.body for one in joins.meet("809", ended, OPEN_END)] == ["council-e06000059"]
    assert "E06000059" not in joins, "a code of the statistics office is none of the publisher's"


def test_a_member_that_a_workbook_lists_is_the_council_of_the_curated_graph() -> None:
    """What data/ has from that workbook already is kept beside it as recorded, and is no membership of somebody else."""
    facts = curated.load(Inputs.default().data)
    writer = Writer(Register(Joins.of(facts)), Codes(facts.rows(PublisherCode)), several=False)
    writer.file(Release("stp-partners", "Partners", date(2019, 4, 1), sha256="partners"))
    said = writer.record(Record("102", "CUMBRIA COUNTY COUNCIL", stub=True, relations=(Relation("RE8", "QHM"),)))
    assert "a n:RecordedRelation" in said
    assert "n:member b:council-102;n:group b:ics-north-east-and-north-cumbria" in said
    assert "o:Membership" not in said
    assert "ods-102 " not in said
    assert writer.unindexed().relations == []
