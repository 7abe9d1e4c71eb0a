"""A publisher's file held against the graph: every sort of difference, what is none, and what docs/reconcile.md explains."""

from __future__ import annotations

import csv
import json
import re
from datetime import date
from io import StringIO
from pathlib import Path

import pytest

from kg.answers.habits import WHATS, WHY, Difference
from kg.answers.reconcile import Reconciliation, reconcile
from kg.answers.record import Records
from kg.faces import library, reconciled
from kg.facts import records as rows
from kg.facts.curated import columns_of
from kg.facts.dates import PartialDate
from kg.facts.ods.record import Dates, Period, Record, Relation, Release, Role, Succession
from kg.graph import plan
from kg.graph.graph import Graph
from kg.graph.inputs import Inputs
from tests.conftest import CommandLine
from tests.publisher import writing

ROOT = Inputs.default().root
PUBLISHED = ROOT.parent / "shared" / "publisher" / "ods"
PAGE = (ROOT / "docs" / "reconcile.md").read_text(encoding="utf-8")
RELEASE = Release("eccg", "Commissioner codes", date(2025, 12, 1), "month", file="eccg_2025-12.csv")

SUBICB = (Role("RO98", primary=True), Role("RO319"))
CCG = (Role("RO98", primary=True),)


def record(code: str, name: str, start: str, until: str = "", **more: object) -> Record:
    period = Period(date.fromisoformat(start), date.fromisoformat(until) if until else None)
    return Record(code, name, dates=Dates(None, period))._replace(**{"roles": CCG, **more})  # type: ignore[arg-type]


#: NHS Tees Valley CCG and the location after it, as the file has them: one record.
TEES = record("16C", "NHS NORTH EAST AND NORTH CUMBRIA ICB - 16C", "2020-04-01", roles=SUBICB)
#: A CCG that merged, whose record is closed.
DARLINGTON = record("00C", "NHS DARLINGTON CCG", "2013-04-01", "2020-04-01")


def held(records: Records, *given: Record, release: Release = RELEASE) -> Reconciliation:
    return reconcile(given, release, records)


def found(records: Records, *given: Record, release: Release = RELEASE) -> list[Difference]:
    return [one for one in held(records, *given, release=release).differences if one.what != "missing in the file"]


def cells(difference: Difference, kind: type[rows.Row], place: int = 0) -> dict[str, str]:
    """The suggested row as its table has it; it must be one that the table takes."""
    suggested = difference.suggested[place]
    assert suggested.file == f"data/{kind.FILE}"
    line = next(csv.reader(StringIO(suggested.line)))
    row = dict(zip(columns_of(kind), line, strict=True))
    kind.model_validate({name: cell for name, cell in row.items() if cell})
    return row


def test_a_record_spans_both_holders_of_its_code_and_agrees(records: Records) -> None:
    whole = held(records, TEES, DARLINGTON)
    assert (whole.records, whole.met, whole.agree, whole.bodies) == (2, 2, 2, 3)
    assert [one for one in whole.differences if one.what != "missing in the file"] == []
    assert "2 meet 3 bodies" in whole.sentence


def test_of_a_code_that_stands_twice_each_difference_is_told_once(records: Records) -> None:
    renamed = DARLINGTON._replace(name="NHS DARLINGTON AND TEES CCG")
    unknown = record("99Z", "NHS NOWHERE CCG", "2013-04-01")
    lines = (TEES, renamed, unknown)
    once, twice = held(records, *lines), held(records, *lines, *lines)
    assert {"name", "code held by nobody"} <= set(once.counts())
    assert twice.differences == once.differences
    assert (twice.records, twice.met, twice.agree) == (6, once.met, once.agree)
    other = renamed._replace(name="NHS DARLINGTON AND WEAR CCG")
    assert [one.file for one in found(records, renamed, other)] == [renamed.name, other.name]


def test_another_name_is_told_with_a_row_that_can_be_pasted(records: Records) -> None:
    (one,) = found(records, DARLINGTON._replace(name="NHS DARLINGTON AND TEES CCG"))
    assert (one.what, one.code, one.body, one.graph) == ("name", "00C", "ccg-00c", "NHS Darlington CCG")
    assert one.place == "eccg_2025-12.csv, 00C"
    assert "ods-ccg-list-2026" in one.sources
    row = cells(one, rows.Naming)
    assert (row["thing"], row["name"], row["source"]) == ("ccg-00c", "NHS DARLINGTON AND TEES CCG", "ods-ccg-list-2026")


@pytest.mark.parametrize(
    "name", ["nhs darlington clinical commissioning group", "Darlington CCG", "NHS  Darlington, CCG"]
)
def test_capitals_and_spelt_out_kinds_are_no_difference(records: Records, name: str) -> None:
    assert found(records, DARLINGTON._replace(name=name)) == []


def test_the_name_of_the_earlier_holder_is_told_as_such(records: Records) -> None:
    (one,) = found(records, TEES._replace(name="NHS TEES VALLEY CCG"))
    assert (one.what, one.cause, one.body, one.suggested) == ("name", "name of an earlier holder", "subicb-16c", ())


def test_a_location_renamed_by_the_formula_is_told_as_such(records: Records) -> None:
    (one,) = found(records, TEES._replace(name="NHS NORTH EAST ICB - 16C"))
    assert one.cause == "formula name"
    assert cells(one, rows.Naming)["thing"] == "subicb-16c"


def test_other_days_are_told_with_the_row_of_the_body(records: Records) -> None:
    other = record("00C", "NHS DARLINGTON CCG", "2013-05-01", "2020-03-01")
    begins, ends = found(records, other)
    assert (begins.what, begins.graph, begins.file, begins.basis) == (
        "begins",
        "1 April 2013",
        "1 May 2013",
        "operational",
    )
    assert (ends.what, ends.graph, ends.file, ends.cause) == ("ends", "31 March 2020", "29 February 2020", "other end")
    first, last = cells(begins, rows.Body), cells(ends, rows.Body)
    assert (first["key"], first["from"], first["until"]) == ("ccg-00c", "2013-05-01", "2020-04-01")
    assert (last["from"], last["until"], last["legal"]) == ("2013-04-01", "2020-03-01", "formal")
    assert first["source"].startswith("ods-ccg-list-2026; ")


def test_a_day_in_law_or_in_operation_is_enough(records: Records) -> None:
    law, operation = Period(date(2013, 4, 1), date(2020, 4, 1)), Period(date(2012, 10, 1), date(2020, 6, 1))
    assert found(records, DARLINGTON._replace(dates=Dates(law, operation))) == []


def test_the_day_of_the_change_counted_as_the_last_is_a_habit(records: Records) -> None:
    (one,) = found(records, record("00C", "NHS DARLINGTON CCG", "2013-04-01", "2020-04-02"))
    assert (one.cause, one.suggested) == ("last day counted", ())


def test_a_record_that_is_still_open_after_the_body_ended_is_told(records: Records) -> None:
    (one,) = found(records, record("00C", "NHS DARLINGTON CCG", "2013-04-01"))
    assert (one.what, one.cause, one.graph, one.file) == ("ends", "kept open", "31 March 2020", "no end")


def test_an_end_after_the_day_of_the_file_is_none_that_it_could_know(records: Records) -> None:
    frimley = record("D4U1Y", "NHS FRIMLEY ICB - D4U1Y", "2021-04-01", roles=SUBICB)
    assert found(records, frimley) == []
    later = replace_day(date(2026, 6, 1))
    assert [one.cause for one in found(records, frimley, release=later)] == ["kept open"]


def replace_day(day: date) -> Release:
    return RELEASE._replace(day=day, precision="day", file="eccg.csv")


def test_a_code_used_again_is_another_body(records: Records) -> None:
    """Meeting by code alone would take the laundry for the pharmacy."""
    old = record("00C", "DARLINGTON LAUNDRY", "1980-01-01", "1993-04-01")
    many = [TEES, record("00D", "NHS DURHAM DALES, EASINGTON AND SEDGEFIELD CCG", "2013-04-01", "2020-04-01")]
    (one,) = found(records, old, *many)
    assert (one.what, one.body, one.cause) == ("code held by nobody", "", "code in another period")
    assert "NHS Darlington CCG, 1 April 2013 on" in one.graph


def test_a_code_of_nobody_comes_with_the_rows_of_a_body(records: Records) -> None:
    (one,) = found(records, TEES, DARLINGTON, record("ZZ9", "NHS NOWHERE CCG", "2015-04-01", "2018-04-01"))
    assert (one.what, one.graph, one.cause) == ("code held by nobody", "nobody", "not in the graph")
    assert cells(one, rows.Body)["key"] == "ccg-zz9"
    assert cells(one, rows.Classification, 1)["kind"] == "ccg"
    assert cells(one, rows.CodeAssignment, 2)["code"] == "ZZ9"


def test_records_of_a_role_that_the_graph_does_not_hold_are_no_difference(records: Records) -> None:
    practices = [
        record(f"A8100{n}", "A PRACTICE", "1974-04-01", roles=(Role("RO177", primary=True), Role("RO76")))
        for n in range(5)
    ]
    assert found(records, TEES, *practices) == []


def test_what_the_file_leaves_out_of_a_kind_that_it_lists_is_told(graph: Graph, records: Records) -> None:
    codes = sorted({
        row["code"] for row in graph.rows("codes-of")
        if row["scheme"].endswith("/ods") and "/body/icb-" in row["thing"] and row["start"] <= RELEASE.day
    })  # fmt: skip
    given = [record(code, "", "2022-07-01") for code in codes if code != "QNQ"]
    gone = [one for one in held(records, *given).differences if one.what == "missing in the file"]
    assert [(one.code, one.body) for one in gone] == [("QNQ", "icb-frimley")]


def test_a_parent_is_found_through_another_and_by_the_day_of_the_file(records: Records) -> None:
    whole = held(records, TEES._replace(relations=(Relation("RE5", "Y63"), Relation("RE5", "QHM"))))
    assert found(records, TEES._replace(relations=(Relation("RE5", "Y63"), Relation("RE5", "QHM")))) == []
    assert whole.compared["parent"] == 2


def test_another_parent_is_told_with_a_membership(records: Records) -> None:
    (one,) = found(records, TEES._replace(relations=(Relation("RE5", "QWO"),)))
    assert (one.what, one.cause) == ("parent", "other parent")
    assert one.graph == "NHS North East and North Cumbria ICB on 1 December 2025"
    assert one.file == "RE5 QWO (NHS West Yorkshire ICB)"
    row = cells(one, rows.Membership)
    assert (row["group"], row["member"], row["role"], row["observed"]) == (
        "icb-west-yorkshire",
        "subicb-16c",
        "part",
        "2025-12",
    )


def test_a_closed_record_in_a_region_of_later_is_a_habit(records: Records) -> None:
    gateshead = record("00F", "NHS GATESHEAD CCG", "2013-04-01", "2015-04-01", relations=(Relation("RE5", "Y63"),))
    (one,) = found(records, gateshead)
    assert (one.what, one.cause, one.suggested) == ("parent", "geography of a later day", ())
    east = record("09L", "NHS EAST SURREY CCG", "2013-04-01", "2020-04-01", relations=(Relation("RE5", "QXU"),))
    assert [one.cause for one in found(records, east)] == ["place of the successor"]


def test_a_dated_parent_is_held_against_the_days_of_the_membership(records: Records) -> None:
    since = Dates(None, Period(date(2022, 7, 1)))
    assert found(records, TEES._replace(relations=(Relation("RE4", "QHM", since),))) == []
    late = Dates(None, Period(date(2023, 7, 1)))
    (one,) = found(records, TEES._replace(relations=(Relation("RE4", "QHM", late),)))
    assert (one.cause, one.basis) == ("parent began earlier or later", "operational")
    assert cells(one, rows.Membership)["from"] == "2023-07-01"


def test_what_cannot_be_compared_is_counted_and_not_told(records: Records) -> None:
    hub = record("13Q", "NATIONAL COMMISSIONING HUB 1", "2013-04-01", relations=(Relation("RE5", "Y56"), Relation("RE9", "16C"), Relation("RE4", "NONE1")))  # fmt: skip
    whole = held(records, hub)
    assert sum(whole.left.values()) == 3
    assert [one for one in whole.differences if one.what == "parent"] == []


def test_successions_are_held_against_what_passed(records: Records) -> None:
    merged = Succession("00C", "16C", date(2020, 4, 1))
    assert found(records, stub(merged)) == []
    (eve,) = found(records, stub(merged._replace(on=date(2020, 3, 31))))
    assert eve.cause == "succession on the last day"
    (other,) = found(records, stub(merged._replace(on=date(2019, 4, 1))))
    assert (other.cause, other.basis) == ("succession on another day", "legal")
    row = cells(other, rows.Event)
    assert (row["type"], row["date"], row["after"]) == ("Merger", "2019-04-01", "ccg-16c")
    assert "ccg-00c" in row["before"].split("; ")


def stub(*stated: Succession) -> Record:
    return Record(stated[0].predecessor, stub=True, successions=stated)


def test_a_succession_that_never_was_is_told_with_an_event(records: Records) -> None:
    (one,) = found(records, stub(Succession("00C", "99P", date(2016, 4, 1))))
    assert (one.cause, one.body) == ("succession not recorded", "ccg-00c")
    row = cells(one, rows.Event)
    assert (row["type"], row["before"], row["after"]) == ("Absorption", "ccg-00c", "ccg-99p")


def test_a_code_that_follows_itself_is_counted(records: Records) -> None:
    whole = held(records, stub(Succession("00C", "00C", date(2016, 4, 1))))
    assert dict(whole.left) == {"a code that follows itself": 1}
    assert whole.differences == ()


def test_what_passed_and_is_no_succession_of_the_file_is_told(records: Records) -> None:
    """Of Darlington, the file tells who came after; that Durham became County Durham it leaves out."""
    given = [stub(Succession("00C", "16C", date(2020, 4, 1))), stub(Succession("00D", "16C", None)), stub(Succession("00J", "84H", date(2020, 4, 1)))]  # fmt: skip
    causes = {(one.code, one.cause, one.graph) for one in found(records, *given)}
    assert any(
        code == "00D" and cause == "succession missing in the file" and "Durham" in told for code, cause, told in causes
    )


def test_no_file_means_no_meeting(records: Records) -> None:
    whole = held(records)
    assert (whole.records, whole.met, whole.differences) == (0, 0, ())
    assert (
        whole.sentence
        == "Of 0 records of eccg_2025-12.csv (December 2025), none meets a body of the graph by code and period."
    )


def test_a_publication_that_is_not_cited_yet_comes_with_its_row(records: Records) -> None:
    fresh = RELEASE._replace(day=date(2026, 3, 1), file="eccg_2026-03.csv")
    whole = held(records, DARLINGTON._replace(name="ANOTHER NAME"), release=fresh)
    assert whole.new_source is not None
    line = dict(zip(columns_of(rows.Source), next(csv.reader(StringIO(whole.new_source.line))), strict=True))
    assert (line["key"], line["date"]) == ("ods-eccg-2026-03", "2026-03")
    assert cells(whole.differences[0], rows.Naming)["source"] == line["key"]
    assert PartialDate.parse(line["date"]).day == fresh.day


def test_every_form_shows_every_difference(records: Records) -> None:
    whole = held(records, DARLINGTON._replace(name="A BAR | A NAME"), TEES._replace(name="ANOTHER"))
    text, page = reconciled.render(whole, "text"), reconciled.render(whole, "markdown")
    told = json.loads(reconciled.render(whole, "json"))
    table = list(csv.DictReader(StringIO(reconciled.render(whole, "csv"))))
    assert told["counts"]["differences"] == len(table) == len(told["differences"]) == 2
    assert [row["code"] for row in table] == ["00C", "16C"]
    assert table[0]["suggested_in"] == "data/names.csv"
    assert table[0]["suggested"] in text
    assert "A BAR \\| A NAME" in page
    assert told["file"]["day"] == "2025-12-01"
    assert told["counts"]["by"] == {"name": 2}
    assert page.splitlines()[0] == "# eccg_2025-12.csv and the graph", "what was found stands below"
    assert page.splitlines()[2] == whole.sentence
    for shown in (text, page):
        assert WHY["other name"].split(";")[0] in " ".join(shown.split())
        assert "Organisation Data Service" in shown


def test_every_cause_is_a_sentence() -> None:
    assert len(WHATS) == 7
    for cause, why in WHY.items():
        assert why[0].isupper(), cause
        assert why.endswith("."), cause


def line_of(code: str, name: str, region: str, system: str, opened: str, closed: str = "", sub: str = "") -> str:
    given = {0: code, 1: name, 2: region, 3: system, 10: opened, 11: closed, 13: sub, 20: "1"}
    return ",".join(f'"{given.get(place, "")}"' for place in range(27))


@pytest.fixture
def report(tmp_path: Path) -> Path:
    path = tmp_path / "eccg_2025-12.csv"
    lines = [
        line_of("00C", "NHS DARLINGTON CCG", "Y63", "QHM", "20130401", "20200331"),
        line_of("16C", "NHS NORTH EAST AND NORTH CUMBRIA ICB - 16C", "Y63", "QHM", "20200401", sub="RO319"),
        line_of("09L", "NHS EAST SURREY CCG", "Y59", "QXU", "20130401", "20200331"),
    ]
    path.write_text("\r\n".join(lines) + "\r\n", encoding="cp1252", newline="")
    return path


def test_the_command_reads_a_report_and_ends_well(run: CommandLine, report: Path) -> None:
    done = run("reconcile", str(report), "--format", "csv")
    assert (done.code, done.err) == (0, "")
    assert [(row["code"], row["what"]) for row in csv.DictReader(StringIO(done.out))] == [("09L", "parent")]


def test_the_command_says_what_it_cannot_read(run: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "empty.csv").write_bytes(b"")
    for path in (tmp_path / "empty.csv", tmp_path / "nowhere.csv"):
        done = run("reconcile", str(path))
        assert (done.code, done.out) == (5, "")
        assert path.name in done.err


def test_a_file_is_of_the_day_that_an_ingest_takes(asked: library.Graph, report: Path, tmp_path: Path) -> None:
    changed = [DARLINGTON._replace(last_changed=date(2020, 5, month)) for month in (7, 9)]
    answers = tmp_path / "answers"
    answers.mkdir()
    for number, one in enumerate(changed):
        writing.write_json(answers / f"{number}.json", [one])
    for path, day in (
        (answers / "0.json", "2020-05-07"), (answers, "2020-05-09"), (report, "2025-12-01"),
    ):  # fmt: skip
        (file,) = plan.opened([path], None, {})
        whole = asked.reconcile(path)
        assert (str(whole.release.day), file.edition.day) == (day, day)
        assert whole.met > 0
    given = [str(asked.reconcile(path, day_of_file="2021-02-03").release.day) for path in (answers, report)]
    assert given == ["2021-02-03", "2025-12-01"] == [
        one.edition.day for one in plan.opened([answers, report], date(2021, 2, 3), {})
    ]  # fmt: skip


def test_the_command_asks_for_the_day_only_where_nothing_tells_it(run: CommandLine, tmp_path: Path) -> None:
    changed = writing.write_json(tmp_path / "changed.json", [DARLINGTON._replace(last_changed=date(2020, 5, 7))])
    done = run("reconcile", str(changed))
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("Of 1 record of changed.json (7 May 2020), 1 meets 1 body")
    done = run("reconcile", str(writing.write_json(tmp_path / "plain.json", [DARLINGTON])))
    assert (done.code, done.out) == (5, "")
    assert "Add --date" in done.err


def test_the_command_says_what_of_a_file_is_not_read(run: CommandLine, report: Path) -> None:
    writing.write_json(report.parent / "answer.json", [DARLINGTON._replace(last_changed=date(2020, 5, 7))])
    done = run("reconcile", str(report.parent))
    assert done.code == 0
    assert "Not read: eccg_2025-12.csv" in done.err


def explained(file: str) -> dict[tuple[str, str], int]:
    """What docs/reconcile.md counts of a file."""
    part = PAGE.split(f"<!-- counts: {file} -->")[1].split("\n## ")[0]
    lines = re.findall(r"^\| ([a-z ]+) \| ([A-Za-z ]+) \| ([\d,]+) \| (.+) \|$", part, re.MULTILINE)
    assert all(words.endswith(".") for *_, words in lines)
    return {(what, cause): int(count.replace(",", "")) for what, cause, count, _ in lines}


@pytest.mark.parametrize(
    "file", ["eccg_2025-12.csv", "etr_2025-12.csv", "ePCN_2024-10.xlsx", "succ_and_succarc_2022-10.csv"]
)
def test_every_difference_of_the_publishers_files_is_explained(asked: library.Graph, file: str) -> None:
    if not (PUBLISHED / file).is_file():
        pytest.skip(f"{file} is not in ../shared/publisher/ods")
    whole = asked.reconcile(PUBLISHED / file)
    assert whole.refused == 0
    assert dict(whole.causes()) == explained(file)
    stated = {int(number.replace(",", "")) for number in re.findall(r"\d[\d,]*", PAGE)}
    assert whole.records in stated or file.startswith("ePCN")
    codes = {one.code for one in whole.differences if one.cause in ("code before the body", "place of the successor")}
    assert all(code in PAGE for code in codes)
