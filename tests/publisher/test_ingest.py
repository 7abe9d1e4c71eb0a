"""Files read into a graph: what is counted, what stands in it, and what makes no difference."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.errors import UsageError
from kg.faces import ingestion
from kg.facts.ods.publication import open_file
from kg.facts.ods.record import Dates, Record, Relation, Role, Succession
from kg.graph.following import Edge, Followed
from kg.graph.ingest import Outcome
from kg.graph.names import PREFIXES, TERMS, thing
from kg.graph.store import OxigraphStore
from tests.publisher import writing
from tests.publisher.office import Office, counted, dates, day, opened, org, quads, run, stated, to
from tests.publisher.test_ingest_editions import FIRST, JULY, first
from tests.publisher.test_ingest_joined import NAMES, RELEASE, SUCCESSIONS, subject


def test_records_are_counted_and_the_sum_comes_out_in_text_and_in_json(office: Office, tmp_path: Path) -> None:
    lines = writing.write_successions(tmp_path / "succ_2025-12.csv", SUCCESSIONS)
    with lines.open("a", encoding="utf-8") as file:
        file.write("C9,,2001-01-01\n")
    release = writing.write_trud(tmp_path / "release.zip", RELEASE, names=NAMES)
    outcome = office.ingest(tmp_path / "graph", release, lines)
    text, told = ingestion.told(outcome), json.loads(ingestion.as_json(outcome))
    files = {one["file"]: one for one in told["files"]}
    roles, relations = (sum(len(getattr(one, name)) for one in RELEASE) for name in ("roles", "relations"))
    stubs = sum(one.stub for one in RELEASE)
    for name, (records, loaded, quarantined) in {
        "release.zip": (len(RELEASE), len(RELEASE), 0),
        "succ_2025-12.csv": (len(SUCCESSIONS) + 1, len(SUCCESSIONS), 1),
    }.items():
        assert f"{name} (" in text
        assert f": {records} records = {loaded} loaded + {quarantined} quarantined." in text
        one = files[name]
        assert (one["records"], one["loaded"], one["quarantined"]) == (records, loaded, quarantined)
        assert one["loaded"] == one["whole"] + one["stubs"] + one["superseded"]
    assert (files["release.zip"]["stubs"], files["release.zip"]["superseded"]) == (stubs, 1)
    assert 0 <= roles - files["release.zip"]["roles"] <= 1  # the one that another stands for
    assert files["release.zip"]["relations"] == relations
    assert files["succ_2025-12.csv"]["successions"] == len(SUCCESSIONS)
    assert told["successions"] == {
        "stated": 15, "repeated": 0, "followed": 12, "transfers": 12, "curated": 1, "undated": 1, "itself": [["SELF", "SELF"]], "circles": [["R1", "R2", "R3"]],
    }  # fmt: skip
    assert "1 leads from a body to itself" in text
    assert "R1-R2-R3" in text


def test_of_successions_that_are_told_twice_the_numbers_add_up(office: Office, tmp_path: Path) -> None:
    """A release tells each from both sides, and a list tells it again; two codes of one body are one transfer of it."""
    on, later = day("2001-04-01"), day("2002-04-01")
    both = (Succession("P1", "P2", on, "1"), Succession("P2", "P1", later, "2"))
    release = [
        org("P1", "ONE", "RO177", "1990-01-01", successions=both),
        org("P2", "TWO", "RO177", "1990-01-01", successions=(*both, Succession("P2", "P2", later, "3"))),
        org("00K", "A GROUP", "RO98", "2013-04-01", successions=(Succession("00K", "16C", day("2020-04-01"), "4"),)),
        org("16C", "A GROUP", "RO98", "2020-04-01", successions=(Succession("00K", "16C", day("2020-04-01"), "4"),)),
    ]
    lines = [
        Record("P1", stub=True, successions=both[:1]),
        Record("P3", stub=True, successions=(Succession("P3", "P1", None),)),
    ]
    outcome = office.ingest(
        tmp_path / "graph", writing.write_trud(tmp_path / "release.zip", release),
        writing.write_successions(tmp_path / "succ_2025-12.csv", lines),
    )  # fmt: skip
    followed = json.loads(ingestion.as_json(outcome))["successions"]
    assert followed["stated"] == sum(one.successions for one in outcome.read) == 9
    assert {name: followed[name] for name in ("repeated", "followed", "transfers", "curated", "undated", "itself")} == {
        "repeated": 4, "followed": 2, "transfers": 2, "curated": 1, "undated": 1, "itself": [["P2", "P2"]],
    }  # fmt: skip
    text = ingestion.told(outcome)
    assert "Of the 9 successions in all files, 2 are followed.\n" in text
    assert "  4 are told already, from the other side or in another row.\n" in text


@pytest.mark.parametrize(
    ("twice", "named"),
    [(1, "C0"), (8, "C0, C1, C2, C3, C4, C5, C6 and C7"), (10, "C0, C1, C2, C3, C4, C5, C6, C7 ...")],
)
def test_codes_that_a_file_gives_twice_are_named(office: Office, tmp_path: Path, twice: int, named: str) -> None:
    folder = tmp_path / "graph"
    held = [org(f"C{number}", "A TRUST", "RO197", "1991-04-01") for number in range(12)]
    again = [one._replace(name="ANOTHER NAME") for one in held[:twice]]
    outcome = office.ingest(folder, writing.write_report(tmp_path / "etr_2025-12.csv", [*held, *again, again[0]]))
    assert f"  12 organisations and {twice + 1} that another record stands for ({named})" in ingestion.told(outcome)
    (one,) = json.loads(ingestion.as_json(outcome))["files"]
    assert one["superseded_codes"] == [f"C{number}" for number in range(min(twice, 9))]
    (unchanged,) = office.ingest(folder, tmp_path / "etr_2025-12.csv").unchanged
    assert unchanged == outcome.read[0]


def test_successions_of_several_codes_of_one_body_are_told_as_one_transfer(tmp_path: Path) -> None:
    edge = Edge("ods-p1-p2-2001-04-01", "ods-p1", "ods-p2", day("2001-04-01"))
    outcome = Outcome(tmp_path, followed=Followed({}, (edge,), (), (), repeated=3, followed=2, curated=0, undated=0))
    assert "Of the 5 successions in all files, 2 are followed, as 1 transfer.\n  3 are told already" in ingestion.told(outcome)  # fmt: skip


def test_what_cannot_be_read_is_kept_with_its_place_and_reason(office: Office, tmp_path: Path) -> None:
    report = writing.write_report(tmp_path / "epraccur_2022-05.csv", FIRST[:4])
    rows = report.read_text(encoding="utf-8").splitlines(keepends=True)
    rows[1] = rows[1].replace("19910101", "19911399")
    report.write_text("".join(rows), encoding="utf-8")
    outcome = office.ingest(tmp_path / "graph", report)
    (one,) = outcome.read
    assert (one.records, one.loaded, one.quarantined) == (4, 3, 1)
    with (tmp_path / "graph" / "quarantine" / one.sheet).open(encoding="utf-8", newline="") as sheet:
        (refused,) = csv.DictReader(sheet)
    assert "2" in refused["place"]
    assert "1399" in refused["reason"]
    assert "STAYS" in refused["text"]
    assert str(tmp_path / "graph" / "quarantine") in ingestion.told(outcome)
    assert {named.key for named in opened(tmp_path / "graph").find("WILL END").results} == {"ods-a3"}


def test_the_same_file_again_changes_nothing_whatever_it_is_called(office: Office, tmp_path: Path) -> None:
    folder, release = tmp_path / "graph", first(tmp_path)
    office.ingest(folder, release)
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*")}
    manifest = (folder / "manifest.json").read_bytes()
    other = release.rename(tmp_path / "another name.zip")
    for outcome in (office.ingest(folder, other), office.ingest(folder, other, other), office.ingest(folder)):
        assert (outcome.read, outcome.statements) == ([], 0)
        assert "nothing was done" in ingestion.told(outcome)
    assert (folder / "manifest.json").read_bytes() == manifest
    assert {path: path.stat().st_mtime_ns for path in folder.rglob("*")} == before


def test_a_named_graph_states_its_source_licence_and_hash(office: Office, tmp_path: Path) -> None:
    outcome = office.ingest(tmp_path / "graph", first(tmp_path))
    (one,) = outcome.read
    rows = opened(
        tmp_path / "graph"
    ).graph.store.select(f"""
        PREFIX d: <{PREFIXES["dcterms"]}> PREFIX n: <{TERMS}> SELECT * WHERE {{ GRAPH ?g {{
          ?g d:source ?source ; d:license ?licence . ?source n:sha256 ?sha ; d:publisher ?who ; d:issued ?day ; n:fileName ?file }} }}""")
    assert [{name: str(value) for name, value in row.items()} for row in rows] == [{
        "g": one.graph, "source": one.source, "sha": one.sha256, "file": "july.zip", "day": "2026-07-31",
        "licence": "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/",
        "who": "NHS England Organisation Data Service",
    }]  # fmt: skip


def test_what_the_days_of_a_record_show_is_not_stated_beside_them_and_is_told_all_the_same(
    office: Office, tmp_path: Path
) -> None:
    """Decision 0024: how days are known, that all is verified, whose code it is, and dates that are the same twice."""
    law = dates("2010-04-01", "2020-04-01")
    release = [
        org("L1", "ALIKE SURGERY", "RO177", "", dates=Dates(law, law)),
        org("L2", "EARLY SURGERY", "RO177", "", dates=Dates(law, dates("2010-03-01"))),
        org("L3", "OLD SURGERY", "RO177", ""),
        org("L4", "OPEN SURGERY", "RO177", "2010-04-01"),
    ]
    office.ingest(tmp_path / "graph", writing.write_trud(tmp_path / "release.zip", release))
    graph = opened(tmp_path / "graph")
    stated = {
        code: graph.graph.store.statements(thing("body", f"ods-{code.lower()}")) for code in ("L1", "L2", "L3", "L4")
    }
    said = {code: {name.removeprefix(TERMS): value for name, value in held} for code, held in stated.items()}
    for name in ("about", "confidence", "inCodeScheme", "endPrecision"):
        assert not any(name in one for one in said.values())
    assert [one.get("startPrecision") for one in said.values()] == [None, None, "unknown", None]
    assert [one.get("dateBasis") for one in said.values()] == ["both", "legal", None, None]
    assert [one.get("operationalFrom") for one in said.values()] == [None, day("2010-03-01"), None, None]
    for code, start, end in (
        ("L1", "day", "day"),
        ("L2", "day", "day"),
        ("L3", "unknown", "open"),
        ("L4", "day", "open"),
    ):
        body = f"ods-{code.lower()}"
        (named,), (coded,), (held,), (told,), (record,) = (
            graph.query(name, values)
            for name, values in (
                ("names-of", {"thing": body}), ("codes-of", {"thing": body}), ("code-holders", {"code": code}),
                ("thing", {"thing": body}), ("records-of", {"thing": body}),
            )
        )  # fmt: skip
        for row in (named, coded, held, told, record):
            assert (row["startPrecision"], row["endPrecision"]) == (start, end)
        assert (coded["code"], coded["scheme"]) == (code, thing("scheme", "ods"))
        assert held["thing"] == thing("body", body)
        assert told["confidence"] == "verified"


def test_order_makes_no_difference_and_counts_are_those_of_sparql(office: Office, tmp_path: Path) -> None:
    files = [
        writing.write_trud(tmp_path / "release.zip", RELEASE, names=NAMES, published=day("2025-12-01")),
        writing.write_trud(tmp_path / "older.zip", [*FIRST, *RELEASE[:3]], published=day("2024-01-01")),
        writing.write_successions(tmp_path / "succ_2025-12.csv", SUCCESSIONS),
        writing.write_report(tmp_path / "eccg_2025-12.csv", [FIRST[4]._replace(name="ANOTHER GROUP")]),
        writing.write_report(tmp_path / "etr_2025-12.csv", [FIRST[4]]),
    ]
    one, other, third = (tmp_path / name for name in ("one", "other", "third"))
    office.ingest(one, *files, beside=True)
    office.ingest(other, *reversed(files), beside=True)
    office.ingest(third, *files[3:])
    office.ingest(third, *files[:3], beside=True)
    for folder in (one, other, third):
        assert stated(folder)["quads"] == counted(folder)
    assert quads(one) == quads(other) == quads(third)
    assert stated(one)["graph_sha256"] == stated(other)["graph_sha256"] == stated(third)["graph_sha256"]


def test_what_follows_from_successions_is_what_the_rules_construct(office: Office, tmp_path: Path) -> None:
    folder = tmp_path / "graph"
    office.ingest(folder, writing.write_successions(tmp_path / "succ_2025-12.csv", SUCCESSIONS))
    store = OxigraphStore.open(folder / "store")
    for rule, name in (("10-continuations", "continuesIn"), ("20-succession", "succeededBy")):
        text = (office.inputs.queries / "rules" / f"{rule}.rq").read_text(encoding="utf-8")
        made = store.solved(text)
        assert isinstance(made, ox.QueryTriples)
        held = store.solved(f"CONSTRUCT {{ ?a <{TERMS}{name}> ?b }} WHERE {{ ?a <{TERMS}{name}> ?b }}")
        assert isinstance(held, ox.QueryTriples)
        assert {str(triple) for triple in held} == {str(triple) for triple in made}
        assert len(list(store.solved(f"SELECT * {{ ?a <{TERMS}{name}> ?b }}"))) > 10  # type: ignore[arg-type]


def test_relations_and_roles_that_no_table_has_are_told_of(office: Office, tmp_path: Path) -> None:
    odd = org("A9", "ODD", "RO999", "2000-01-01", relations=(to("RE99", "B1", "2001-01-01"),))
    held = org("A8", "ODD TOO", "RO998", "2000-01-01", roles=(Role("RO998", True, run("2000-01-01")),))
    bare = org("A7", "BARE", "RO177", "2000-01-01", relations=(Relation("RE5", "B2"),))
    release = writing.write_trud(
        tmp_path / "july.zip", [odd, held, bare, *FIRST], published=JULY, names={"RO999": "SPACE STATION"}
    )
    office.ingest(tmp_path / "graph", release)
    asked = opened(tmp_path / "graph")
    for code, kind in (("A9", "space station"), ("A8", "role ro998")):
        assert subject(asked.show(code)).kind.casefold() == kind
    assert [one.key for one in asked.memberships("A9", as_of="2020-01-01").results] == ["ods-b1"]
    assert [one.key for one in asked.memberships("A7", as_of="2026-07-31").results] == ["ods-b2"]


def test_nothing_to_read_is_said(office: Office, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no file to read"):
        office.ingest(tmp_path / "graph")
    assert list(tmp_path.iterdir()) == []


CONTROLS = "".join(map(chr, [*range(1, 32), 127, 0x85, 0x2028, 0xFFFE, 0x1F3E5]))


def test_odd_codes_and_letters_stand_as_they_are_and_are_counted_right(office: Office, tmp_path: Path) -> None:
    held = run("2000-01-01")
    records = [
        org("DOT.", "A CODE THAT IS NONE", "RO177", "2000-01-01"),
        org("D.O-T_", 'A "DOT";\\ .\n', "RO177", "2000-01-01", relations=(to("RE4", "A-B_C.9", "2001-01-01"),)),
        org("A-B_C.9", f"{CONTROLS};{CONTROLS}\"", "RO177", "2000-01-01"),
        org("LOW1", "LARGE", "RO177", "2000-01-01"),
        org("TWICE", "TWICE", "RO177", "2000-01-01", roles=(
            Role("RO177", True, held, id="1"), Role("RO177", False, held, id="2"), Role("RO177", False, run("2000-01-01", "2002-01-01"), id="3"),
        ), relations=(
            to("RE4", "LOW1", "2001-01-01"), to("RE4", "LOW1", "2001-01-01"), to("RE4", "LOW1", "2001-01-01", "2002-01-01"),
            to("RE4", "16C", "2021-01-01"), to("RE4", "16C", "2021-01-01"), to("RE5", "TWICE", "2001-01-01"),
        ), successions=(Succession("TWICE", "LOW1", day("2003-01-01"), "1"), Succession("TWICE", "LOW1", day("2003-01-01"), "2"))),
        org("16C", "A LOCATION", "RO98", "2020-04-01", relations=(
            to("RE5", "00C", "2013-04-01"), to("RE5", "00C", "2013-04-01"), to("RE5", "16C", "2013-04-01"), to("RE5", "QHM", "1999-04-01", "2000-01-01"),
        )),
        org("00C", "BEFORE ITS TIME", "RO98", "1990-04-01", "1995-04-01", relations=(to("RE5", "16C", "1991-04-01"),)),
    ]  # fmt: skip
    outcome = office.ingest(tmp_path / "graph", writing.write_json(tmp_path / "ord_2026-10-01.jsonl", records))
    assert [(one.loaded, one.quarantined) for one in outcome.read] == [(len(records) - 1, 1)]
    folder = tmp_path / "graph"
    assert stated(folder)["quads"] == counted(folder)
    asked = opened(folder)
    assert [one.key for one in asked.memberships("ods-d.o-t_", as_of="2020-01-01").results] == ["ods-a-b_c.9"]
    read = {one.code: one.name for one in open_file(tmp_path / "ord_2026-10-01.jsonl") if isinstance(one, Record)}
    for code in ("D.O-T_", "A-B_C.9"):
        assert subject(asked.show(f"ods-{code.lower()}")).label == read[code]
    assert [one.label for one in asked.find("ods-low1").results] == ["LARGE"]
    assert len(asked.became("TWICE").steps) == 1


def test_folders_of_tables_and_of_answers_are_read_and_read_again(office: Office, tmp_path: Path) -> None:
    folder, tables, answers = (tmp_path / name for name in ("graph", "tables", "ord_2026-10"))
    tables.mkdir()
    answers.mkdir()
    writing.write_parquet(tables, FIRST, published=JULY)
    writing.write_json(
        answers, [org("Z1", "ASKED ALONE", "RO177", "2000-01-01", relations=(to("RE4", "B2", "2001-01-01"),))]
    )
    office.ingest(folder, tables, answers)
    assert office.ingest(folder, tables, answers).read == []
    office.ingest(folder, writing.write_report(tmp_path / "epraccur_2022-05.csv", FIRST[:2]))
    assert len(stated(folder)["files"]) == 3
    assert stated(folder)["quads"] == counted(folder)
    asked = opened(folder)
    assert [one.key for one in asked.memberships("A1", as_of="2020-01-01").results] == ["ods-b1"]
    assert [one.key for one in asked.memberships("Z1", as_of="2020-01-01").results] == ["ods-b2"]


def test_a_line_about_a_code_used_again_is_of_who_had_it_then(office: Office, tmp_path: Path) -> None:
    parts = [
        org("FEF03", "A PHARMACY", "RO182", "2025-01-01"),
        org("FEF03", "A LAUNDRY", "RO107", "1980-01-01", "1993-04-01", archived=True),
        *FIRST[4:],
    ]
    lines = [
        Record("FEF03", stub=True, relations=(to("RE6", "B1", "1990-01-01", "1993-04-01"),)),
        Record("FEF03", stub=True, relations=(to("RE6", "B2", "2025-02-01"),)),
    ]
    release = writing.write_trud(tmp_path / "july.zip", [*parts, *lines], published=JULY)
    office.ingest(tmp_path / "graph", release)
    asked = opened(tmp_path / "graph")
    found = {one.label: one.key for one in asked.find("FEF03").results}
    for label, on, group in (("A LAUNDRY", "1992-01-01", "ods-b1"), ("A PHARMACY", "2025-06-01", "ods-b2")):
        assert [one.key for one in asked.memberships(found[label], as_of=on).results] == [group]
