"""Questions asked of the publisher's organisations as of the curated ones: a practice is asked about as a board is.

The files are a few lines by hand in the publisher's forms. The codes 16C, U89141 and QHM are of curated bodies, which the
practices meet; all that is said of those is data/'s own.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Final

import pytest

from kg.answers import belonging
from kg.answers.answer import Answer
from kg.answers.record import Records
from kg.faces import library
from kg.facts.dates import OPEN_END
from kg.graph import compiled
from kg.graph.graph import Graph
from kg.graph.ingest import ingest
from kg.graph.inputs import Inputs
from kg.graph.names import Iri, thing
from kg.graph.relation_index import Related
from kg.graph.store import OxigraphStore
from tests.publisher import writing
from tests.publisher.office import Office, org, to

#: Code, name, region, system, opened, closed, commissioner, since, until, prescribing setting (4 is a GP practice).
PRACTICES: Final = (
    ("A81001", "THE DENSHAM SURGERY", "Y63", "QHM", "19740401", "", "16C", "20200401", "", "4"),
    ("A81017", "WOODBRIDGE PRACTICE", "Y63", "QHM", "19740401", "", "16C", "20200401", "", "4"),
    ("A81025", "THE DOVECOT SURGERY", "Y63", "QHM", "19740401", "20210630", "16C", "20200401", "20210630", "4"),
    ("A81999", "TEES AND DOVECOT SURGERY", "Y63", "QHM", "20210701", "", "16C", "20210701", "", "4"),
    ("H81001", "EAST PRACTICE", "Y59", "QU9", "19740401", "", "10Q", "20130401", "", "4"),
    ("Y04364", "CENTRAL SURREY HEALTH", "Y59", "QU9", "20130701", "", "10Q", "20130701", "", "0"),
    *((f"V{number:05}", "DENTAL SURGERY", "Y63", "QHM", "20000401", "", "16C", "20200401", "", "0") for number in range(230)),
)  # fmt: skip
PARTNERS: Final = (
    "Partner Organisation Code,Partner Name,PCN Code,PCN Name,Practice to PCN Relationship Start Date,Practice to PCN Relationship End Date\n"
    "A81001,THE DENSHAM SURGERY,U89141,STOCKTON PCN,20191001,\n"
    "A81017,WOODBRIDGE PRACTICE,U89141,STOCKTON PCN,20191001,20210331\n"
    "A81025,THE DOVECOT SURGERY,U89141,STOCKTON PCN,20191001,20210630\n"
)
SUCCESSIONS: Final = (
    "old_code,new_code,date\nA81025,A81999,2021-07-01\nV00007,V00008,2010-04-01\nV00008,V00007,2011-04-01\n"
)


def written(practices: Sequence[tuple[str, ...]]) -> str:
    """Write practices as the publisher's report of 27 columns has them."""
    lines = []
    for code, name, region, system, opened, closed, commissioner, since, until, setting in practices:
        cells = [""] * 27
        cells[:4], cells[9:13] = [code, name, region, system], ["TS18 1HU", opened, closed, "C" if closed else "A"]
        cells[13:17], cells[25] = ["B", commissioner, since, until], setting
        lines.append(",".join(f'"{cell}"' for cell in cells) + "\n")
    return "".join(lines)


@pytest.fixture(scope="session")
def folder(cache_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A graph of a few publisher's files and the curated one, made once."""
    base = tmp_path_factory.mktemp("national")
    files = {
        "epraccur_2022-05.csv": written(PRACTICES), "ePCNCorePartnerDetails_2024-10.csv": PARTNERS,
        "succ_2022-10.csv": SUCCESSIONS,
    }  # fmt: skip
    paths = []
    for name, text in files.items():
        paths.append(base / name)
        paths[-1].write_text(text, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KG_CACHE", str(cache_folder))
        ingest(paths, base / "made")
    return base / "made"


@pytest.fixture(scope="session")
def national(folder: Path) -> library.Graph:
    """That graph, to ask."""
    return library.open_graph(folder)


def labels(answer: Answer) -> list[str]:
    return [result.label for result in answer.results]


def roles(answer: Answer) -> Mapping[str, str | None]:
    return {result.label: result.role for result in answer.results}


def test_members_and_their_roles_are_told_in_words(national: library.Graph) -> None:
    told = national.members("U89141", as_of="2021-05-31")
    assert told.sentence == "Stockton PCN had 2 recorded members on 31 May 2021, all of them partners."
    assert roles(told) == {"THE DENSHAM SURGERY": "partner", "THE DOVECOT SURGERY": "partner"}
    dental = national.members("16C", as_of="2021-05-31").sentence
    assert "233 commissioned organisations" in dental
    assert "ods-re" not in dental


def test_memberships_have_the_role_in_words_too(national: library.Graph) -> None:
    told = roles(national.memberships("A81001", as_of="2024-06-30"))
    assert told == {
        "NHS North East and North Cumbria ICB - 16C": "commissioned organisation",
        "Stockton PCN": "partner",
    }


def test_a_timeline_tells_what_a_practice_joined_and_left(national: library.Graph) -> None:
    told = {(result.date, result.text) for result in national.timeline("A81001", as_of="2024-06-30").results}
    assert told >= {
        ("1974-04-01", "began"),
        ("2019-10-01", "joined Stockton PCN as partner"),
        ("2020-04-01", "joined NHS Tees Valley CCG as commissioned organisation"),
        ("2022-07-01", "no longer, as the group ended, in NHS Tees Valley CCG as commissioned organisation"),
        ("2022-07-01", "joined NHS North East and North Cumbria ICB - 16C as commissioned organisation"),
        ("2022-05", "listed in North East and Yorkshire region as organisation in its area"),
    }


def test_the_publisher_s_own_record_is_shown(national: library.Graph) -> None:
    shown = {result.measure: result for result in national.show("A81025").results}
    assert shown["record"].text == "A81025 THE DOVECOT SURGERY (closed, TS18 1HU)"
    assert (shown["record"].from_, shown["record"].until) == ("1974-04-01", "2021-07-01")
    assert not [result for result in national.show("icb-frimley").results if result.measure == "record"]


def test_a_file_that_is_held_is_still_of_its_month(office: Office, tmp_path: Path) -> None:
    """It is read again when others join it, from where it is kept."""
    report, later = tmp_path / "epraccur_2022-05.csv", tmp_path / "succ_2022-10.csv"
    report.write_text(written(PRACTICES[:2]), encoding="utf-8")
    later.write_text(SUCCESSIONS, encoding="utf-8")
    for path in (report, later):
        office.ingest(tmp_path / "made", path)
    told = library.open_graph(tmp_path / "made").timeline("A81001", as_of="2024-06-30")
    assert {result.date for result in told.results if result.change == "listed"} == {"2022-05"}


def test_what_became_of_a_practice_is_told_as_of_any_body(national: library.Graph) -> None:
    told = national.became("A81025", as_of="2024-06-30")
    assert told.sentence == "THE DOVECOT SURGERY was succeeded by TEES AND DOVECOT SURGERY on 1 July 2021."
    assert [result.key for result in told.results] == ["ods-a81999"]
    back = national.before("A81999", as_of="2024-06-30")
    assert back.sentence == "TEES AND DOVECOT SURGERY succeeded THE DOVECOT SURGERY on 1 July 2021."
    assert national.lineage("A81025", as_of="2024-06-30").steps == told.steps


def test_rows_that_lead_round_in_a_circle_end(national: library.Graph) -> None:
    assert [step.date for step in national.became("V00007", as_of="2024-06-30").steps] == ["2010-04-01", "2011-04-01"]
    assert [step.date for step in national.before("V00007", as_of="2024-06-30").steps] == ["2010-04-01", "2011-04-01"]


def test_a_difference_keeps_to_the_curated_and_says_so(national: library.Graph, asked: library.Graph) -> None:
    ours, theirs = asked.diff("2021-06-01", "2021-07-31"), national.diff("2021-06-01", "2021-07-31")
    assert theirs.results == ours.results
    assert theirs.sentence == ours.sentence
    said = set(theirs.cautions) - set(ours.cautions)
    assert len(said) == 1
    assert said.pop().startswith(
        "Of the organisations that only the publisher's files record, 1 began and 1 ended, by kind GP practice (1 and 1)"
    )


def test_a_difference_of_one_role_is_told_change_by_change(national: library.Graph) -> None:
    told = national.diff("2021-06-01", "2021-07-31", kind="GP practice")
    assert [(result.change, result.key) for result in told.results] == [
        ("ended", "ods-a81025"), ("began", "ods-a81999"), ("succeeded", "ods-a81025"),
    ]  # fmt: skip
    assert (
        told.sentence
        == "Between 1 June and 31 July 2021 one GP practice ended and one began. There was one succession."
    )


def test_a_difference_of_a_role_that_others_are_had_beside_counts_all_who_had_it(national: library.Graph) -> None:
    told = national.diff("2021-06-01", "2021-07-31", kind="prescribing cost centre")
    assert told.sentence == (
        "Between 1 June and 31 July 2021 one prescribing cost centre ended and one began (by the role that tells most, one GP "
        "practice ended and one began). There was one succession."
    )
    every = national.diff("1999-12-31", "2021-07-31", kind="prescribing cost centre")
    assert (
        "one prescribing cost centre ended and 231 began (by the role that tells most, 230 prescribing cost centres began; one GP"
        in every.sentence
    )


def test_a_role_of_our_own_is_told_as_before(national: library.Graph, asked: library.Graph) -> None:
    for name in ("icb-frimley", "ics-frimley", "QHM"):
        assert national.members(name, as_of="2024-06-30").results == asked.members(name, as_of="2024-06-30").results


def test_members_are_told_through_every_level_each_once(national: library.Graph) -> None:
    told = national.members("icb-north-east-and-north-cumbria", as_of="2024-06-30", through=True)
    keys = [result.key for result in told.results]
    assert len(keys) == len(set(keys))
    by_key = {result.key: result for result in told.results}
    assert by_key["subicb-16c"].mark is None
    densham = by_key["ods-a81001"]
    assert (densham.role, densham.mark, densham.origin) == (
        "commissioned organisation", "in NHS North East and North Cumbria ICB - 16C", "subicb-16c",
    )  # fmt: skip
    assert (densham.from_, densham.until, densham.sources) == ("2022-07-01", None, ("ods-epraccur-2022-05-01",))
    assert by_key["pcn-u89141"].mark == "in NHS North East and North Cumbria ICB - 16C"
    assert "ods-a81025" not in by_key, "it closed in 2021"
    assert told.sentence.startswith(
        "NHS North East and North Cumbria ICB had 8 recorded members on 30 June 2024 (all of them parts), and "
    )


def test_a_member_at_two_levels_is_told_at_the_nearer(national: library.Graph) -> None:
    told = national.members("U89141", as_of="2021-05-31", through=True)
    assert [(result.key, result.mark) for result in told.results] == [("ods-a81001", None), ("ods-a81025", None)]


def test_members_can_be_kept_to_one_kind(national: library.Graph) -> None:
    told = national.members("16C", as_of="2021-05-31", kind="GP practice")
    assert labels(told) == ["THE DENSHAM SURGERY", "WOODBRIDGE PRACTICE", "THE DOVECOT SURGERY"]
    assert (
        told.sentence
        == "3 GP practices were recorded members of NHS Tees Valley CCG on 31 May 2021, all of them commissioned organisations."
    )
    keys = {result.key for result in national.members("16C", as_of="2021-07-01", kind="RO76").results}
    assert keys == {"ods-a81001", "ods-a81017", "ods-a81999"}


def test_members_of_a_kind_are_told_through_every_level(national: library.Graph) -> None:
    told = national.members("icb-north-east-and-north-cumbria", as_of="2024-06-30", through=True, kind="GP practice")
    assert {result.key for result in told.results} == {"ods-a81001", "ods-a81017", "ods-a81999"}
    assert "directly or through others" in told.sentence
    every = national.members("icb-north-east-and-north-cumbria", as_of="2024-06-30", through=True)
    ours = national.members("icb-north-east-and-north-cumbria", as_of="2024-06-30", through=True, kind="PCN")
    assert [result for result in every.results if result.key.startswith("pcn-")] == list(ours.results)


@pytest.mark.parametrize(
    ("sentence", "said"),
    [
        ("which practices were in Stockton PCN in 2021?", "3 GP practices were in Stockton PCN on 1 January 2021."),
        ("How many practices did NHS Tees Valley CCG have in 2022?", "3 GP practices were in NHS Tees Valley CCG on 1 January 2022: "),
        ("how many GP practices were there in 16C on 1 August 2022?", "3 GP practices were in NHS North East and North Cumbria ICB - 16C on 1 August 2022: "),
        ("how many members did Stockton PCN have on 1 April 2021?", "Stockton PCN had 2 recorded members on 1 April 2021, all of them partners."),
        (
            "when did A81001 move to 16C?",
            "THE DENSHAM SURGERY is recorded in NHS Tees Valley CCG from 1 April 2020 to 30 June 2022 and NHS North East and North "
            "Cumbria ICB - 16C from 1 July 2022.",
        ),
        ("When did A81025 join a PCN?", "THE DOVECOT SURGERY is recorded in Stockton PCN from 1 October 2019 to 30 June 2021."),
    ],
)  # fmt: skip
def test_practices_are_asked_about_in_plain_words(national: library.Graph, sentence: str, said: str) -> None:
    told = national.ask(sentence, as_of="2024-06-30")
    assert told.sentence.startswith(said)
    assert told.sentence_sources


@pytest.mark.parametrize(
    ("when", "until"),
    [
        ("in 2021", None), ("in May 2022", None), ("on 31 May 2022", None), ("in 2022", "31 December 2022"), ("in June 2022", "30 June 2022"),
        ("in 2024", "30 June 2024"),
    ],
)  # fmt: skip
def test_of_a_whole_year_it_is_said_from_when_a_file_tells_no_more(
    national: library.Graph, when: str, until: str | None
) -> None:
    said = [
        one for one in national.ask(f"who commissioned A81001 {when}?", as_of="2024-06-30").cautions if "As far" in one
    ]
    assert len(said) == (until is not None)
    assert all("the file of May 2022 tells" in one and f"up to {until}, is not known" in one for one in said)


def test_groups_can_be_kept_to_one_kind(national: library.Graph) -> None:
    told = national.memberships("A81001", as_of="2024-06-30", through=True, kind="icb")
    assert told.sentence == (
        "THE DENSHAM SURGERY belonged to NHS North East and North Cumbria ICB on 30 June 2024, directly or through others."
    )


def test_memberships_lead_from_a_practice_to_its_region(national: library.Graph) -> None:
    told = national.memberships("A81001", as_of="2024-06-30", through=True)
    keys = [result.key for result in told.results]
    assert keys[:2] == ["subicb-16c", "pcn-u89141"]
    assert {"icb-north-east-and-north-cumbria", "ics-north-east-and-north-cumbria", "region-y63"} & set(keys[2:]) >= {
        "icb-north-east-and-north-cumbria"
    }
    board = told.results[keys.index("icb-north-east-and-north-cumbria")]
    assert (board.role, board.mark, board.origin) == (
        "part",
        "through NHS North East and North Cumbria ICB - 16C",
        "subicb-16c",
    )
    assert "and through them to NHS North East and North Cumbria ICB" in told.sentence


def test_the_day_decides_who_held_the_code(national: library.Graph) -> None:
    before = national.memberships("A81001", as_of="2021-05-31", through=True)
    assert "NHS Tees Valley CCG" in labels(before)
    assert "NHS North East and North Cumbria ICB - 16C" not in labels(before)


@pytest.mark.parametrize(
    ("verb", "name"), [("members", "QHM"), ("members", "Y63"), ("memberships", "A81001"), ("members", "16C")]
)
def test_the_index_of_relations_says_what_the_graph_says(national: library.Graph, verb: str, name: str) -> None:
    """Without the index every level is asked of the graph itself, more slowly."""
    slow = library.Graph(replace(national.graph, relations=None))
    for through in (False, True):
        for day in ("2021-05-31", "2024-06-30"):
            fast, other = (getattr(one, verb)(name, as_of=day, through=through) for one in (national, slow))
            assert fast.to_dict() == other.to_dict()


def test_the_index_holds_every_relation_of_the_graph(folder: Path) -> None:
    """Each side and each day, none more and none less."""
    assert indexed(folder) == stated(folder)


def test_the_index_knows_who_had_a_code_that_was_used_again(office: Office, tmp_path: Path) -> None:
    """A practice points at a code that was one thing until 1993 and is another since 2025."""
    first, again = (org("FEF03", name, role, *period) for name, role, period in (
        ("LAUNDRY", "RO92", ("1990-01-01", "1993-01-01")), ("PHARMACY", "RO182", ("2025-01-01", "")),
    ))  # fmt: skip
    own = again._replace(relations=(to("RE4", "16C", "2025-01-01"),))
    site = org(
        "A9",
        "SITE",
        "RO198",
        "1990-01-01",
        relations=(to("RE6", "FEF03", "2025-02-01"), to("RE6", "FEF03", "1991-01-01", "1992-01-01")),
    )
    path = writing.write_trud(
        tmp_path / "release.zip", [own, site, first._replace(archived=True)], published=date(2026, 8, 28)
    )
    office.ingest(tmp_path / "made", path)
    assert indexed(tmp_path / "made") == stated(tmp_path / "made")
    bodies = {row[1] for row in indexed(tmp_path / "made") if str(row[2]).endswith("ods-a9")}
    assert len(bodies) == 2


def stated(folder: Path) -> list[tuple[object, ...]]:
    """Give every relation as the graph states it."""
    _, rows = library.open_graph(folder).sparql(
        "PREFIX org: <http://www.w3.org/ns/org#> PREFIX nis: <https://w3id.org/nhs-integration/ontology#> "
        "SELECT ?m ?group ?member ?role ?since ?until { ?m org:organization ?group ; org:member ?member ; org:role ?role ; "
        "nis:holdsFrom ?since ; nis:holdsBefore ?until }"
    )
    assert isinstance(rows, list)
    return sorted(tuple(row.values()) for row in rows if isinstance(row, dict))


def indexed(folder: Path) -> list[tuple[object, ...]]:
    """Give every relation as the index has it."""
    with sqlite3.connect(folder / "relations.sqlite") as db:
        held = db.execute("SELECT node, body, member, role, since, until FROM relation").fetchall()
    base = "https://w3id.org/nhs-integration/id/"
    return sorted(
        (f"{base}membership/{node}", base + body, base + member, f"{base}role/{role}", date.fromordinal(since), date.fromordinal(until))
        for node, body, member, role, since, until in held
    )  # fmt: skip


def test_things_read_together_are_as_each_is_alone(national: library.Graph) -> None:
    records = Records(national.graph)
    bodies = [
        thing("body", key) for key in ("ods-a81001", "ods-a81025", "ods-v00007", "pcn-u89141", "ccg-16c", "subicb-16c")
    ]
    assert records.subjects(bodies) == {iri: Records(national.graph).thing(iri).subject for iri in bodies}


def test_a_walk_ends_where_it_began() -> None:
    """Two bodies that are in each other, as files have had it."""
    one, other = thing("body", "a"), thing("body", "b")

    class Round:
        """An index in which two bodies are members of each other."""

        def below(self, bodies: list[Iri], _: date) -> list[Related]:
            pairs = {one: other, other: one}
            role = thing("role", "ods-re2")
            return [Related(Iri(f"m{body}"), body, pairs[body], role, date.min, OPEN_END) for body in bodies]

    class Held:
        relations = Round()

    records = Records(Held())  # type: ignore[arg-type]
    assert [step.far for step in belonging.through(records, one, "members", date(2024, 6, 30))] == [other]


def test_bodies_of_a_role_are_counted_by_the_region_they_were_in(national: library.Graph) -> None:
    told = national.count("GP practice", by="region", as_of="2021-05-31")
    counts = {result.label: result.value for result in told.results if result.mark is None}
    assert counts == {"North East and Yorkshire region": 3, "South East region": 1}
    assert next(result.value for result in told.results if result.mark == "all") == 4
    assert "4 GP practices on 31 May 2021" in told.sentence


@pytest.mark.parametrize(
    ("by", "where"),
    [
        ("icb", "NHS North East and North Cumbria ICB"),
        ("sub-icb-location", "NHS North East and North Cumbria ICB - 16C"),
    ],
)
def test_bodies_of_a_role_are_counted_by_any_group_above_them(national: library.Graph, by: str, where: str) -> None:
    counts = {result.label: result.value for result in national.count("RO76", by=by, as_of="2024-06-30").results}
    assert counts[where] == 3


def test_a_curated_body_with_a_role_is_counted_with_the_others(national: library.Graph) -> None:
    """Of Central Surrey Health the curated tables tell as a partner, and the file as a prescribing cost centre since 2013."""
    lasting = [row for row in PRACTICES if (row[4] <= "20210531" and not row[5]) or row[5] >= "20210531"]
    told = national.count("prescribing cost centre", by="region", as_of="2021-05-31")
    counts = {result.mark or result.label: result.value for result in told.results}
    assert counts["all"] == len(lasting) == 235
    assert sum(value or 0 for mark, value in counts.items() if mark != "all") == 235
    listed = {result.key: result for result in national.members("RO177", as_of="2021-05-31").results}
    assert listed["other-y04364"].from_ == "2013-07-01"
    assert listed["other-y04364"].sources == ("ods-epraccur-2022-05-01",)
    assert "other-y04364" not in {result.key for result in national.members("RO177", as_of="2013-06-30").results}


def test_which_bodies_had_a_role_on_a_day(national: library.Graph) -> None:
    told = national.members("GP practice", as_of="2021-05-31")
    assert labels(told) == ["EAST PRACTICE", "THE DENSHAM SURGERY", "THE DOVECOT SURGERY", "WOODBRIDGE PRACTICE"]
    assert {result.sources for result in told.results} == {("ods-epraccur-2022-05-01",)}
    assert told.sentence.startswith("This graph holds 4 GP practices")


def test_curated_bodies_are_counted_as_before(national: library.Graph, asked: library.Graph) -> None:
    for kind, by, day in (
        ("CCG", "region", "2019-06-30"),
        ("ICB", "region", "2024-06-30"),
        ("PCN", "icb", "2024-06-30"),
    ):
        ours, theirs = asked.count(kind, by=by, as_of=day), national.count(kind, by=by, as_of=day)
        assert ours.results == theirs.results
        assert ours.sentence == theirs.sentence


def test_hundreds_with_one_name_are_counted_and_a_few_shown(national: library.Graph) -> None:
    found = national.find("DENTAL SURGERY")
    assert len(found.results) == 20
    assert (
        found.sentence
        == '230 things are called "DENTAL SURGERY". The first 20 are shown; for another, give its code or more of its name.'
    )
    for verb in ("members", "became", "show", "memberships", "timeline"):
        told = getattr(national, verb)("dental surgery")
        assert told.status == "ambiguous"
        assert len(told.candidates) == 20
        assert '"dental surgery" means 230 different things.' in told.sentence


@pytest.mark.parametrize("text", ["a81001", "A81001", "The Densham Surgery", "densham surgery"])
def test_a_practice_is_found_by_its_code_and_name_in_any_case(national: library.Graph, text: str) -> None:
    assert [result.key for result in national.find(text).results] == ["ods-a81001"]


@pytest.mark.parametrize("text", ["densham", "densam surgery", "the denshm"])
def test_a_practice_is_found_by_part_of_its_name_however_it_is_spelt(national: library.Graph, text: str) -> None:
    assert national.find(text).results[0].key == "ods-a81001"


@pytest.mark.parametrize(
    ("code", "near"),
    [
        ("Z99999", []), ("A88888", []), ("A18001", ["ods-a81001"]), ("A81O01", ["ods-a81001"]), ("A8101", ["ods-a81017", "ods-a81001"]),
        ("A810017", ["ods-a81017", "ods-a81001"]), ("H81010", ["ods-h81001"]),
    ],
)  # fmt: skip
def test_of_codes_only_those_that_one_slip_makes_are_suggested_what_goes_on_from_the_text_first(
    national: library.Graph, code: str, near: list[str]
) -> None:
    told = national.show(code)
    assert told.status == "not_found"
    assert [one.key for one in told.candidates] == near
    assert ("Did you mean" in told.sentence) == bool(near)


def test_a_curated_thing_keeps_its_name(national: library.Graph, asked: library.Graph) -> None:
    for name in ("ICB", "16C", "Frimley", "U89141", "RDU", "hospice"):
        assert national.find(name, as_of="2026-11-22").results == asked.find(name, as_of="2026-11-22").results


@pytest.fixture
def opened(cache_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], tuple[Graph, list[str]]]:
    """Opens the graph that is asked when none is named, and tells what was said."""
    monkeypatch.setenv("KG_CACHE", str(cache_folder))

    def open_own() -> tuple[Graph, list[str]]:
        said: list[str] = []
        return Graph.open(progress=said.append), said

    return open_own


def test_an_ingested_graph_is_asked_when_none_is_named(
    opened: Callable[[], tuple[Graph, list[str]]], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert opened()[0].relations is None
    monkeypatch.setattr(compiled, "ingested", lambda: folder)
    graph, said = opened()
    assert graph.relations is not None
    assert said == []


def test_it_is_said_when_the_curated_data_have_changed_since(
    opened: Callable[[], tuple[Graph, list[str]]], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compiled, "ingested", lambda: folder)
    monkeypatch.setattr(Inputs, "fingerprint", "0" * 64)
    said = opened()[1]
    assert len(said) == 1
    assert said[0].endswith("joined with another state of the curated data; join them anew with: kg ingest")


@pytest.mark.parametrize("name", ["records-of", "graphs-of"])
def test_a_query_of_publisher_s_records_has_rows_where_there_are_some(national: library.Graph, name: str) -> None:
    assert national.query(name, {"thing": "ods-a81001"})


def test_in_memory_falls_back_to_the_disk(folder: Path) -> None:
    graph = library.open_graph(folder, in_memory=True).graph
    assert isinstance(graph.store, OxigraphStore)
    assert Records(graph).thing(thing("body", "ods-a81001")).label == "THE DENSHAM SURGERY"
