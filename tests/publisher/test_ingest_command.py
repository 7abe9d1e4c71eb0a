"""`kg ingest` as people type it: its help, words that make no sense, changes by the sync interface, the publisher's real files."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import openpyxl
import pytest

from kg.faces import ingestion
from tests.conftest import CommandLine
from tests.publisher import writing
from tests.publisher.office import Office, counted, day, left_beside, opened, org, stated, to
from tests.publisher.test_published import PARTNERSHIPS, PUBLISHED, cells, partners_of, partnerships
from tests.publisher.test_sync import SINCE, Answer, Publisher, publisher, record

__all__ = ["publisher"]


def test_help_tells_what_is_read_and_what_stays(office: Office) -> None:
    ran = office.kg("ingest", "--help")
    assert (ran.code, ran.err) == (0, "")
    for word in ("TRUD", "--into", "--date", "--beside", "--from", "--since", "--json", "quarantine"):
        assert word in ran.out


def test_words_that_make_no_sense_are_told_in_a_sentence(office: Office, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    folder, missing = tmp_path / "graph", tmp_path / "missing.zip"
    cases: tuple[tuple[tuple[str | Path, ...], int, str], ...] = (
        ((), 2, "no file to read"),
        ((missing,), 5, "There is no file"),
        ((empty,), 5, "without JSON or Parquet"),
        (("--since", "2026-10-01"), 2, "--from and --since go together"),
        (("--from", "ods-api", "http://127.0.0.1:9/"), 2, "--from and --since go together"),
        (("--from", "ods-api", "--since", "2026-10-01"), 2, "give one address"),
        (("--from", "nowhere", "--since", "2026-10-01"), 2, "ods-api"),
        (("--date", "yesterday", missing), 2, "is not a day"),
    )
    for words, code, says in cases:
        ran = office.kg("ingest", *words, "--into", folder)
        assert (ran.code, ran.out) == (code, ""), words
        assert says in ran.err
        assert len(ran.err.splitlines()) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["empty"]


def test_the_installed_graph_is_joined_and_the_account_printed(run: CommandLine, tmp_path: Path) -> None:
    """Once with the whole curated graph, as people do it."""
    release = writing.write_trud(
        tmp_path / "release.zip",
        [org("A81001", "THE SURGERY", "RO177", "1974-04-01", relations=(to("RE4", "16C", "2020-04-01"),))],
    )
    ran = run("ingest", release.name, "--into", "graph", cwd=tmp_path)
    assert ran.code == 0, ran.err
    assert "1 record = 1 loaded + 0 quarantined" in ran.out
    asked = run("memberships", "A81001", "--as-of", "2022-06-30", "--store", str(tmp_path / "graph"))
    assert asked.code == 0, asked.err
    assert "NHS Tees Valley CCG" in asked.out
    assert "release.zip" in asked.out
    told = json.loads(run("ingest", release.name, "--into", "graph", "--json", cwd=tmp_path).out)
    assert (told["files"], [one["file"] for one in told["unchanged"]]) == ([], ["release.zip"])


def updated(office: Office, publisher: Publisher, folder: Path, *more: str) -> str:
    words: list[str | Path] = ["--from", "ods-api", publisher.base, "--since", str(SINCE), "--into", folder, *more]
    ran = office.kg("ingest", *words)
    assert ran.code == 0, ran.err
    return ran.out


def test_an_update_stands_for_the_records_of_the_release(office: Office, publisher: Publisher, tmp_path: Path) -> None:
    folder = tmp_path / "graph"
    held = [
        org("97T", "AS IT WAS", "RO98", "2019-10-25", relations=(to("RE5", "Y60", "2019-10-25"), to("RE5", "Y59", "2019-10-25"))),
        org("Y59", "A REGION", "RO209", "2019-04-01"), org("Y60", "ANOTHER REGION", "RO209", "2019-04-01"),
    ]  # fmt: skip
    office.ingest(folder, writing.write_trud(tmp_path / "release.zip", held, published=day("2026-09-25")))
    assert {one.key for one in opened(folder).memberships("97T", as_of="2026-09-25").results} == {"ods-y59", "ods-y60"}
    publisher.records = {"97T": record("97T", "AS IT IS"), "BAD": record("OTHER")}
    told = updated(office, publisher, folder)
    assert "2 records = 1 loaded + 1 quarantined" in told
    asked = opened(folder)
    assert [one.label for one in asked.find("97T").results] == ["AS IT IS"]
    assert {one.key for one in asked.memberships("97T", as_of="2026-09-25").results} == {"ods-y59"}
    assert [one.key for one in asked.find("Y60").results] == ["ods-y60"]
    (sheet,) = (folder / "quarantine").iterdir()
    assert "is not the record of BAD" in sheet.read_text(encoding="utf-8")
    assert stated(folder)["quads"] == counted(folder)

    before = (folder / "manifest.json").read_bytes()
    assert "nothing was done" in updated(office, publisher, folder)
    assert (folder / "manifest.json").read_bytes() == before

    report = writing.write_report(tmp_path / "epraccur_2022-05.csv", held[:1])
    office.ingest(folder, report)  # what could not be fetched is told of still
    (one,) = (one for one in stated(folder)["files"] if one["series"] == "ods-api")
    assert (one["records"], one["quarantined"]) == (2, 1)
    assert sheet.is_file()

    office.ingest(folder, writing.write_trud(tmp_path / "later.zip", held, published=day("2026-12-25")))
    assert {one["series"] for one in stated(folder)["files"]} == {"trud", "epraccur"}
    assert not sheet.exists()
    assert left_beside(folder) in ([], [".graph-updates"])
    assert "AS IT WAS" in {one.label for one in opened(folder).find("97T").results}


def test_no_change_and_nothing_that_can_be_read_are_told_apart(
    office: Office, publisher: Publisher, tmp_path: Path
) -> None:
    folder = tmp_path / "graph"
    publisher.say("sync", Answer(200, b'{"Organisations": []}', {"X-Total-Count": "0"}))
    assert f"Nothing has changed since {SINCE}." in updated(office, publisher, folder)
    publisher.say("sync", Answer(200, b'{"Organisations": []}', {"X-Total-Count": "0"}))
    told = json.loads(updated(office, publisher, folder, "--json"))
    assert (told["files"], told["unchanged"]) == ([], [])
    publisher.records = {"BAD": record("OTHER")}
    ran = office.kg("ingest", "--from", "ods-api", publisher.base, "--since", str(SINCE), "--into", folder)
    assert (ran.code, ran.out) == (5, "")
    assert "None of the records that have changed could be read" in ran.err
    assert not folder.exists()


@pytest.mark.skipif(not PUBLISHED.is_dir(), reason="the publisher's files are not beside the checkout")
def test_the_real_files_are_counted_as_they_are_without_our_readers(office: Office, tmp_path: Path) -> None:
    # One list of practices of two, for time: test_published.py reads and counts the other as well.
    paths = [path for path in sorted(PUBLISHED.iterdir()) if path.name != "epraccur_2022-05.csv"]
    outcome = office.ingest(tmp_path / "graph", *paths, beside=True)
    records = {one.file: one for one in outcome.read}
    assert records.keys() == {path.name for path in paths}
    expected = {path.name: len(path.read_bytes().splitlines()) for path in paths if path.suffix == ".csv"}
    expected["succ_and_succarc_2022-10.csv"] -= 1
    networks = openpyxl.load_workbook(PUBLISHED / "ePCN_2024-10.xlsx", read_only=True)
    expected["ePCN_2024-10.xlsx"] = sum(
        sum(1 for row in networks[name].iter_rows(min_row=2, values_only=True) if row[0])
        for name in ("PCNDetails", "PCN Core Partner Details")
    )
    networks.close()
    rows_of = partnerships()
    expected[PARTNERSHIPS] = len(partners_of(rows_of)) + sum(1 for row in rows_of if row[4] is not None)
    expected["ord_97T.json"] = 1
    assert {name: one.records for name, one in records.items()} == expected
    assert all(one.records == one.loaded + one.quarantined for one in outcome.read)
    assert {name for name, one in records.items() if one.quarantined} == {PARTNERSHIPS}
    assert (records[PARTNERSHIPS].loaded, records[PARTNERSHIPS].quarantined) == (753, 36)
    assert '"Closed STP codes" is not read' in ingestion.told(outcome)

    rows = cells("succ_and_succarc_2022-10.csv")[1:]
    assert records["succ_and_succarc_2022-10.csv"].successions == len(rows) == 25_480
    itself = [row[0] for row in rows if row[0] == row[1]]
    assert len(itself) == 39
    assert outcome.followed is not None
    assert Counter(before for before, after, _ in outcome.followed.itself if before == after) == Counter(itself)
    assert str(len(outcome.followed.itself)) in ingestion.told(outcome)

    asked = opened(tmp_path / "graph")
    assert "ccg-00k" in {one.key for one in asked.memberships("A81001", as_of="2018-01-01").results}
    assert {one.file for one in asked.became("5K1").sources} >= {"succ_and_succarc_2022-10.csv"}
