"""Editions of one file: a later one replaces an earlier one and tells what differs, or both stand beside each other."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kg.errors import BadInput
from kg.faces import ingestion
from kg.facts.ods.record import Record, Succession
from kg.graph.edition import Difference
from kg.graph.names import BASE
from tests.publisher import writing
from tests.publisher.office import Office, counted, day, opened, org, quads, stated, to

JULY, AUGUST = day("2026-07-31"), day("2026-08-28")
FIRST = [
    org("A1", "OLD NAME", "RO177", "1990-01-01", relations=(to("RE4", "B1", "2013-04-01"),)),
    org("A2", "STAYS", "RO177", "1991-01-01"),
    org("A3", "WILL END", "RO177", "1992-01-01"),
    org("A4", "WILL VANISH", "RO177", "1993-01-01"),
    org("B1", "FIRST GROUP", "RO98", "2013-04-01"),
    org("B2", "SECOND GROUP", "RO98", "2013-04-01"),
]
SECOND = [
    org("A1", "NEW NAME", "RO177", "1990-01-01", relations=(to("RE4", "B2", "2026-08-01"),)),
    org("A2", "STAYS", "RO177", "1991-01-01"),
    org("A3", "WILL END", "RO177", "1992-01-01", "2026-08-10"),
    org("A5", "HAS BEGUN", "RO177", "2026-08-15"),
    *FIRST[4:],
]


def first(folder: Path) -> Path:
    return writing.write_trud(folder / "july.zip", FIRST, published=JULY)


def second(folder: Path) -> Path:
    return writing.write_trud(folder / "august.zip", SECOND, published=AUGUST)


def test_a_later_release_replaces_the_earlier_one_and_tells_what_differs(office: Office, tmp_path: Path) -> None:
    folder = tmp_path / "graph"
    office.ingest(folder, first(tmp_path))
    assert f"{BASE}graph/ods-trud-2026-07-31" in counted(folder)
    outcome = office.ingest(folder, second(tmp_path))
    ((was, now, difference),) = outcome.replaced
    assert (was.file, now.file) == ("july.zip", "august.zip")
    assert difference == Difference(("A5",), ("A3",), ("A1",), ("A1",), (), ("A4",))
    assert "august.zip replaced july.zip of 31 July 2026: 1 began (A5); 1 ended (A3);" in ingestion.told(outcome)
    graphs = counted(folder)
    assert f"{BASE}graph/ods-trud-2026-07-31" not in graphs
    assert graphs[f"{BASE}graph/ods-trud-2026-08-28"] > 50
    assert not any("WILL VANISH" in quad or "OLD NAME" in quad or "2026-07-31" in quad for quad in quads(folder))
    assert [path.name for path in (folder / "files").rglob("*.zip")] == [now.file]


def test_a_later_release_beside_a_report_differs_by_its_own_records_alone(office: Office, tmp_path: Path) -> None:
    folder = tmp_path / "graph"
    office.ingest(folder, first(tmp_path), writing.write_report(tmp_path / "epraccur_2022-05.csv", FIRST[:2]))
    report = writing.write_report(tmp_path / "epraccur_2027-05.csv", [FIRST[0], FIRST[2]])
    outcome = office.ingest(folder, report)  # which is later than the release now
    ((_, _, difference),) = outcome.replaced
    assert (difference.began, difference.new, difference.gone, difference.renamed) == ((), ("A3",), ("A2",), ())


def test_what_an_older_list_had_left_out_did_not_begin(office: Office, tmp_path: Path) -> None:
    """Of a month alone it is not known on which day of it a list was made: what opened in that month may be in it."""
    late = [
        org(code, "ANOTHER", "RO177", start)
        for code, start in (("N1", "1985-04-01"), ("N2", "2026-07-20"), ("N3", "2026-07-31"), ("N4", "2026-08-01"), ("N5", ""))
    ]  # fmt: skip
    for older, began, new in (
        ("epraccur_2026-07.csv", ("N4",), ("N1", "N2", "N3", "N5")),
        ("etr_20260719.csv", ("N2", "N3", "N4"), ("N1", "N5")),
    ):
        folder = tmp_path / older.split("_")[0]
        office.ingest(folder, writing.write_report(tmp_path / older, FIRST[:2]))
        newer = writing.write_report(tmp_path / f"{folder.name}_2027-05.csv", [*FIRST[:2], *late])
        outcome = office.ingest(folder, newer)
        ((_, _, difference),) = outcome.replaced
        assert (difference.began, difference.new) == (began, new)
        assert f": {len(began)} began ({', '.join(began)}); {len(new)} new in the file ({', '.join(new)})." in ingestion.told(outcome)  # fmt: skip
        (told,) = json.loads(ingestion.as_json(outcome))["replaced"]
        assert (told["began"], told["new"]) == (list(began), list(new))


def test_an_earlier_edition_is_refused_and_the_graph_stays(office: Office, tmp_path: Path) -> None:
    folder, early, late = tmp_path / "graph", first(tmp_path), second(tmp_path)
    office.ingest(folder, late)
    manifest = (folder / "manifest.json").read_bytes()
    with pytest.raises(BadInput, match=r"july.zip is of 2026-07-31, and this folder holds a later edition .* --beside"):
        office.ingest(folder, early)
    with pytest.raises(BadInput, match="you also gave a later edition"):
        office.ingest(tmp_path / "other", late, early)
    assert (folder / "manifest.json").read_bytes() == manifest
    assert not (tmp_path / "other").exists()


def test_of_two_editions_kept_beside_each_other_the_earlier_tells_of_what_was(office: Office, tmp_path: Path) -> None:
    folder = tmp_path / "graph"
    office.ingest(folder, second(tmp_path))
    office.ingest(folder, first(tmp_path), beside=True)
    assert {f"{BASE}graph/ods-trud-2026-07-31", f"{BASE}graph/ods-trud-2026-08-28"} <= counted(folder).keys()
    asked = opened(folder)
    (found,) = asked.find("OLD NAME").results
    assert (found.key, found.label) == ("ods-a1", "NEW NAME")
    assert [one.key for one in asked.memberships("A1", as_of="2026-07-31").results] == ["ods-b1"]
    assert [one.key for one in asked.memberships("A1", as_of="2026-08-01").results] == ["ods-b2"]
    assert [one.key for one in asked.find("WILL VANISH").results] == ["ods-a4"]


def test_what_is_kept_beside_stays_when_the_latest_is_replaced(office: Office, tmp_path: Path) -> None:
    folder = tmp_path / "graph"
    office.ingest(folder, first(tmp_path))
    office.ingest(folder, second(tmp_path), beside=True)
    third = writing.write_trud(tmp_path / "september.zip", SECOND, published=day("2026-09-25"))
    outcome = office.ingest(folder, third)
    assert [(was.file, now.file) for was, now, _ in outcome.replaced] == [("august.zip", "september.zip")]
    assert [one["file"] for one in stated(folder)["files"]] == ["september.zip", "july.zip"]


def test_two_editions_of_one_day_are_refused(office: Office, tmp_path: Path) -> None:
    other = writing.write_trud(tmp_path / "other.zip", SECOND, published=JULY)
    for options in ({}, {"beside": True}):
        with pytest.raises(BadInput, match="both the edition of 2026-07-31 of one series"):
            office.ingest(tmp_path / "graph", first(tmp_path), other, **options)
    office.ingest(tmp_path / "graph", other)
    with pytest.raises(BadInput, match="both the edition of 2026-07-31 of one series"):
        office.ingest(tmp_path / "graph", first(tmp_path))


def test_a_fact_is_of_the_file_that_states_it(office: Office, tmp_path: Path) -> None:
    old = writing.write_successions(
        tmp_path / "succ_2022-10.csv",
        [Record("P1", stub=True, successions=(Succession("P1", "P2", day("2001-04-01")),))],
    )
    new = writing.write_successions(
        tmp_path / "succ_2025-12.csv",
        [Record("Q1", stub=True, successions=(Succession("Q1", "Q2", day("2002-04-01")),))],
    )
    office.ingest(tmp_path / "graph", old, new, beside=True)
    asked = opened(tmp_path / "graph")
    assert [one.file for one in asked.became("P1").sources] == ["succ_2022-10.csv"]
    assert [one.file for one in asked.show("P1").sources] == ["succ_2022-10.csv"]
    assert [one.file for one in asked.became("Q1").sources] == ["succ_2025-12.csv"]
