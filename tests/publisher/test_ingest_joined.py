"""One graph of a release, a report and successions: whose each record is, in which time, and on whose word."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.answers.answer import Answer, Subject
from kg.faces import library
from kg.facts.ods.record import Dates, Record, Role, Succession
from kg.graph.names import thing
from tests.publisher import writing
from tests.publisher.conftest import ingested
from tests.publisher.office import Office, dates, day, opened, org, run, to

ODD = 'ST "O\'BRIEN\\S"; SURGERY .\n; é \U0001f3e5 x'
NAMES = {**writing.NAMES, "RO999": 'SPACE; "STATION" .', "RE99": "ORBITS", "RO107": "LAUNDRY"}
RELEASE = [
    org("A81001", "THE SURGERY", "RO177", "1974-04-01", relations=(
        to("RE4", "16C", "2020-04-01"), to("RE4", "00K", "2013-04-01", "2020-04-01"), to("RE8", "U89141", "2019-07-01"),
    )),
    org("U89141", "THE NETWORK", "RO272", "2019-07-01", relations=(to("RE4", "16C", "2020-04-01"),)),
    Record(
        "16C", "NHS NENC ICB - 16C", record_class="RC1", dates=Dates(dates("2020-04-01"), dates("2020-01-06")),
        roles=(Role("RO98", True, run("2020-01-06")), Role("RO319", False, run("2022-07-01"))),
    ),
    # 00M was a CCG from 2013 to 2020; before that a laundry had the code.
    org("00M", "LAUNDRY M", "RO107", "1990-01-01", "1999-04-01", relations=(to("RE6", "RX1", "1991-04-01", "1999-04-01"),)),
    org("RX1", "A TRUST", "RO197", "1991-04-01", relations=(to("RE6", "00M", "1992-01-01", "1993-01-01"),)),
    org("FEF03", "A PHARMACY", "RO182", "2025-01-01"),
    org("FEF03", "A LAUNDRY", "RO107", "1980-01-01", "1993-04-01", archived=True, relations=(to("RE6", "RX1", "1991-04-01", "1993-04-01"),)),
    org("RX2", "ANOTHER TRUST", "RO197", "1975-01-01", relations=(
        to("RE6", "FEF03", "1990-01-01", "1993-04-01"), to("RE5", "FEF03", "2025-02-01"),
    )),
    org("T1201", "RECORDED TWICE", "RO107", "1990-01-01"),
    org("T1201", "RECORDED TWICE OF OLD", "RO107", "1985-01-01", "2001-01-01", archived=True),
    Record("ARC01", "WHOLE ELSEWHERE", stub=True, roles=(Role("RO177", True),)),
    org("ARC01", "WHOLE ELSEWHERE", "RO177", "1980-01-01", "2001-01-01", archived=True),
    Record("STUB1", "A REFERENCE", stub=True, roles=(Role("RO177", True),)),
    org("RX3", "POINTS AWAY", "RO197", "2000-01-01", relations=(to("RE6", "ZZZ99", "2000-01-01"),)),
    org("ODD01", ODD, "RO999", "2000-01-01", relations=(to("RE99", "RX3", "2001-01-01"),)),
    Record(
        "LAW01", "TWO SORTS OF DATE", record_class="RC1", dates=Dates(dates("2001-04-01", "2013-04-01"), dates("2000-10-01", "2013-07-01")),
        roles=(Role("RO197", True, Dates(dates("2001-04-01", "2013-04-01"), dates("2000-10-01", "2013-07-01"))),),
    ),
]  # fmt: skip


def follows(*rows: tuple[str, str, str]) -> list[Record]:
    return [
        Record(old, stub=True, successions=(Succession(old, new, day(on) if on else None),)) for old, new, on in rows
    ]


SUCCESSIONS = follows(
    ("C1", "C2", "2001-04-01"), ("C2", "C3", "2002-04-01"), ("C3", "C4", "2003-04-01"), ("C4", "C5", "2004-04-01"),
    ("C5", "A81001", "2005-04-01"), ("SELF", "SELF", "2006-04-01"), ("R1", "R2", "2007-04-01"), ("R2", "R3", "2008-04-01"),
    ("R3", "R1", "2009-04-01"), ("D1", "A81001", "2010-04-01"), ("D1", "RX1", "2010-04-01"), ("D1", "RX2", "2010-04-01"),
    ("5K1", "00K", "2013-04-01"), ("00K", "16C", "2020-04-01"), ("N1", "N2", ""),
)  # fmt: skip


@pytest.fixture(scope="module")
def folder(office: Office, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The graph of these files, which one worker makes for all."""

    def files(place: Path) -> list[Path]:
        return [
            writing.write_trud(place / "release.zip", RELEASE, names=NAMES),
            writing.write_successions(place / "succ_2025-12.csv", SUCCESSIONS),
        ]

    return ingested(office, tmp_path_factory, "joined", files)


@pytest.fixture
def asked(folder: Path) -> library.Graph:
    return opened(folder)


def subject(answer: Answer) -> Subject:
    assert answer.subject is not None
    return answer.subject


def groups(answer: Answer) -> set[str]:
    return {result.key for result in answer.results}


def test_a_practice_is_with_the_ccg_until_its_last_day_and_with_the_location_since(asked: library.Graph) -> None:
    assert groups(asked.memberships("A81001", as_of="2019-12-31")) == {"ccg-00k", "ods-u89141"}
    assert groups(asked.memberships("A81001", as_of="2022-06-30")) == {"ccg-16c", "ods-u89141"}
    assert groups(asked.memberships("A81001", as_of="2022-07-01")) == {"subicb-16c", "ods-u89141"}
    assert "ods-a81001" in groups(asked.members("ccg-16c", as_of="2022-06-30"))
    assert "ods-a81001" not in groups(asked.members("subicb-16c", as_of="2022-06-30"))
    assert "ods-a81001" in groups(asked.members("subicb-16c", as_of="2022-07-01"))


def test_the_record_of_a_code_tells_of_both_bodies_that_held_it(asked: library.Graph) -> None:
    for body in ("ccg-16c", "subicb-16c"):
        (row,) = asked.query("records-of", {"thing": body})
        assert (row["record"], row["code"], row["title"]) == (thing("record", "ods-16c"), "16C", "NHS NENC ICB - 16C")
    assert subject(asked.show("ccg-16c")).label == "NHS Tees Valley CCG"


def test_a_code_that_a_curated_body_held_only_later_is_a_body_of_its_own(asked: library.Graph) -> None:
    assert asked.query("records-of", {"thing": "ccg-00m"}) == []
    (row,) = asked.query("records-of", {"thing": "ods-00m"})
    assert (row["title"], str(row["start"]), str(row["end"])) == ("LAUNDRY M", "1990-01-01", "1999-04-01")
    assert groups(asked.memberships("ods-00m", as_of="1995-01-01")) == {"ods-rx1"}
    assert groups(asked.memberships("RX1", as_of="1992-06-01")) == {"ods-00m"}
    assert groups(asked.memberships("ccg-00m", as_of="2019-01-01")) & {"ods-rx1"} == set()


def test_a_code_used_again_stays_two_things_each_with_its_own(asked: library.Graph) -> None:
    found = {result.label: result for result in asked.find("FEF03").results}
    assert set(found) == {"A PHARMACY", "A LAUNDRY"}
    assert (found["A LAUNDRY"].from_, found["A LAUNDRY"].until) == ("1980-01-01", "1993-04-01")
    assert (found["A PHARMACY"].from_, found["A PHARMACY"].until) == ("2025-01-01", None)
    laundry, pharmacy = found["A LAUNDRY"].key, found["A PHARMACY"].key
    assert groups(asked.memberships(laundry, as_of="1992-01-01")) == {"ods-rx1"}
    assert groups(asked.memberships(pharmacy, as_of="2025-06-01")) == set()
    assert groups(asked.members(laundry, as_of="1992-01-01")) == {"ods-rx2"}
    assert groups(asked.members(pharmacy, as_of="2025-06-01")) == {"ods-rx2"}


def test_a_code_recorded_twice_is_one_thing(asked: library.Graph) -> None:
    (found,) = asked.find("T1201").results
    assert (found.label, found.from_) == ("RECORDED TWICE", "1990-01-01")


def test_a_reference_gives_way_to_the_whole_record_in_whichever_file_it_stands(asked: library.Graph) -> None:
    (found,) = asked.find("ARC01").results
    assert (found.label, found.from_, found.until) == ("WHOLE ELSEWHERE", "1980-01-01", "2001-01-01")
    assert asked.query("thing", {"thing": "ods-arc01"})


@pytest.mark.parametrize(("code", "label"), [("STUB1", "A REFERENCE"), ("ZZZ99", "ZZZ99"), ("C1", "C1")])
def test_what_is_known_by_its_code_alone_is_an_organisation_and_said_to_be_no_more(
    asked: library.Graph, code: str, label: str
) -> None:
    shown = asked.show(code)
    told = subject(shown)
    assert (told.key, told.label) == (f"ods-{code.lower()}", label)
    assert (told.from_, told.until) == (None, "unknown")
    assert "not recorded" in shown.sentence + " ".join(shown.cautions)


def test_a_chain_of_successions_is_walked_both_ways_through_every_link(asked: library.Graph) -> None:
    became = asked.became("C1")
    assert [step.date for step in became.steps] == [f"{year}-04-01" for year in range(2001, 2006)]
    assert groups(became) == {"ods-a81001"}
    assert {ref.key for step in asked.before("A81001").steps for ref in step.from_} >= {"ods-c1", "ods-c5", "ods-d1"}
    assert asked.lineage("C3").steps


def test_one_with_several_successors_became_all_of_them(asked: library.Graph) -> None:
    assert groups(asked.became("D1")) == {"ods-a81001", "ods-rx1", "ods-rx2"}


def test_a_chain_goes_on_through_a_curated_body(asked: library.Graph) -> None:
    assert {"ccg-00k", "ccg-16c"} <= {ref.key for step in asked.became("5K1").steps for ref in step.to}
    assert "ods-5k1" in {ref.key for step in asked.before("ccg-16c").steps for ref in step.from_}


def test_a_row_between_two_curated_bodies_is_kept_beside_their_story_and_not_walked(asked: library.Graph) -> None:
    dated = [step for step in asked.became("ccg-00k").steps if step.date == "2020-04-01"]
    assert [step.event for step in dated] == ["merger-tees-valley-ccg-2020"]
    rows = asked.graph.store.select("""
        SELECT ?old ?new ?day WHERE { ?row a <https://w3id.org/nhs-integration/ontology#RecordedSuccession> ;
        <https://w3id.org/nhs-integration/ontology#predecessor> ?old ; <https://w3id.org/nhs-integration/ontology#successor> ?new
        OPTIONAL { ?row <https://w3id.org/nhs-integration/ontology#happenedOn> ?day } } ORDER BY ?old""")
    assert [(row["old"].rsplit("/")[-1], row["new"].rsplit("/")[-1], str(row["day"])) for row in rows] == [
        ("ccg-00k", "ccg-16c", "2020-04-01"), ("ods-n1", "ods-n2", "None"), ("ods-self", "ods-self", "2006-04-01"),
    ]  # fmt: skip


def test_what_leads_to_itself_or_round_in_a_circle_ends(asked: library.Graph) -> None:
    assert asked.became("SELF").steps == ()
    assert [step.date for step in asked.became("R1").steps] == ["2007-04-01", "2008-04-01", "2009-04-01"]
    assert [step.date for step in asked.before("R1").steps] == ["2007-04-01", "2008-04-01", "2009-04-01"]
    assert asked.lineage("R2").status == "answered"


@pytest.mark.parametrize("command", ["became", "before", "lineage"])
def test_what_leads_round_in_a_circle_is_said_to(asked: library.Graph, command: str) -> None:
    told = [text for text in getattr(asked, command)("R1").cautions if "circle" in text]
    assert len(told) == 1, told
    assert "on 1 April 2009" in told[0]
    assert not [text for text in getattr(asked, command)("A81001").cautions if "circle" in text]


def test_periods_are_those_in_law_and_those_in_operation_are_kept_beside_them(asked: library.Graph) -> None:
    (row,) = asked.query("records-of", {"thing": "ods-law01"})
    assert [str(row[name]) for name in ("start", "end", "operationalFrom", "operationalBefore")] == [
        "2001-04-01", "2013-04-01", "2000-10-01", "2013-07-01",
    ]  # fmt: skip
    told = subject(asked.show("LAW01"))
    assert (told.from_, told.until) == ("2001-04-01", "2013-04-01")


def test_an_answer_about_a_practice_cites_the_file_its_publisher_and_its_day(asked: library.Graph) -> None:
    answer = asked.memberships("A81001", as_of="2021-01-01")
    assert [(one.publisher, one.file, one.date) for one in answer.sources if one.file == "release.zip"] == [
        ("NHS England Organisation Data Service", "release.zip", str(writing.DAY))
    ]
    walked = asked.became("C1")
    cited = {one.key: (one.file, one.date) for one in walked.sources}
    assert {cited[key] for step in walked.steps for key in step.sources} == {("succ_2025-12.csv", "2025-12")}


def test_odd_letters_reach_the_answer_as_the_reader_gave_them(asked: library.Graph) -> None:
    told = subject(asked.show("ODD01"))
    assert told.label == ODD
    assert told.kind.casefold() == 'space; "station" .'
    assert groups(asked.memberships("ODD01", as_of="2020-01-01")) == {"ods-rx3"}
    assert asked.find(told.label).results
