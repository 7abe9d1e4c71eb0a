"""`kg check`: one report of everything wrong with the data, each finding with its place and what to do."""

from __future__ import annotations

import csv
from pathlib import Path

import pyoxigraph as ox
import pytest
from typer.testing import CliRunner

from kg.errors import BadInput
from kg.faces.cli import assemble
from kg.facts.curated import columns_of
from kg.facts.records import ROWS
from kg.graph.check import ROW_RULE, Finding, Report, check, check_header, column_of
from kg.graph.inputs import Inputs
from kg.graph.names import PREFIXES, TERMS
from kg.graph.queries import parse
from kg.graph.store import OxigraphStore, Row

ROOT = Path(__file__).parent.parent
CHECKS = sorted((ROOT / "queries" / "checks").glob("*.rq"))
EXAMPLES = Path(__file__).parent / "checks"
TABLES = {row.FILE: columns_of(row) for row in ROWS}

Cells = dict[str, str]
Data = dict[str, list[Cells]]


def said(**cells: str) -> Cells:
    """A row with its source and confidence."""
    return {"source": "guide", "confidence": "verified", **{name.rstrip("_"): cell for name, cell in cells.items()}}


def small() -> Data:
    """Two groups that merge: the least data that says something in the tables that matter."""
    return {
        "sources.csv": [{"key": "guide", "title": "A guide", "publisher": "A college", "file": "guide.txt"}],
        "kinds.csv": [
            said(
                key="ccg", acronym="CCG", name="clinical commissioning group", plural="clinical commissioning groups",
                family="commissioner", form="statutory-body", definition="a body that buys care", from_="2013-04-01",
            ),
        ],
        "bodies.csv": [
            said(key="slough", name="Slough CCG", legal="formal", from_="2013-04-01", until="2018-04-01"),
            said(key="ascot", name="Ascot CCG", legal="formal", from_="2013-04-01", until="2018-04-01"),
            said(key="east", name="East Berkshire CCG", legal="formal", from_="2018-04-01"),
        ],
        "names.csv": [said(thing="east", name="East Berks", type="short", from_="2018-04-01")],
        "classifications.csv": [
            said(body="slough", kind="ccg", from_="2013-04-01", until="2018-04-01"),
            said(body="ascot", kind="ccg", from_="2013-04-01", until="2018-04-01"),
            said(body="east", kind="ccg", from_="2018-04-01"),
        ],
        "events.csv": [
            said(key="merger", type="Merger", date="2018-04-01", before="slough; ascot", after="east", summary="merged"),
        ],
    }  # fmt: skip


def checked(tmp_path: Path, data: Data) -> Report:
    """Write every table of `data/`, most of them empty, and check them with the project's own rules."""
    folder = tmp_path / "data"
    folder.mkdir()
    for file, columns in TABLES.items():
        with (folder / file).open("w", encoding="utf-8", newline="") as handle:
            writer = csv.DictWriter(handle, columns, lineterminator="\n")
            writer.writeheader()
            writer.writerows(data.get(file, []))
    for name in ("ontology", "queries"):
        (tmp_path / name).symlink_to(ROOT / name)
    return check(Inputs(tmp_path))


def test_sound_data_pass(tmp_path: Path) -> None:
    report = checked(tmp_path, small())
    assert report.findings == ()
    assert report.ok
    assert (report.rows, report.rules, report.skipped) == (10, len(CHECKS), ())
    assert report.shapes == len({path.name.split(".")[0] for path in (EXAMPLES.parent / "shapes").iterdir()})
    assert report.quads > 500


def test_faults_of_several_files_are_told_in_one_pass_once_each_with_place_and_remedy(tmp_path: Path) -> None:
    data = small()
    data["classifications.csv"][2]["source"] = "gude"
    data["names.csv"][0]["from"] = "1 April 2018"
    data["events.csv"][0]["after"] = "east; slough"
    report = checked(tmp_path, data)
    assert not report.ok
    assert [(f.where, f.rule) for f in report.findings] == [
        ("data/classifications.csv:4, column source", ROW_RULE),
        ("data/events.csv:2, column after", ROW_RULE),
        ("data/names.csv:2, column from", ROW_RULE),
    ]
    unknown, count, day = report.findings
    assert unknown.message == '"gude" is not in data/sources.csv.'
    assert unknown.remedy == 'Did you mean "guide"? Add it there first, then cite its key here.'
    assert count.message == "a Merger has 1 things after it, and this row has 2."
    assert count.remedy == "Mend the list, or choose another type."
    assert day.message == '"1 April 2018" is not a date.'
    assert day.remedy == "Write 2018, 2018-02 or 2018-02-28."


def test_nothing_is_concluded_from_absence_while_rows_are_at_fault(tmp_path: Path) -> None:
    data = small()
    data["classifications.csv"][2]["from"] = "soon"
    report = checked(tmp_path, data)
    assert [finding.where for finding in report.findings] == ["data/classifications.csv:4, column from"]
    assert "body-has-kind" in report.skipped
    assert report.rules + len(report.skipped) == len(CHECKS)


def test_a_shape_finds_what_the_tables_let_pass(tmp_path: Path) -> None:
    data = small()
    data["kinds.csv"][0]["definition"] = "Buys care"
    data["sources.csv"][0]["file"] = ""
    report = checked(tmp_path, data)
    assert report.findings == (
        Finding(
            "data/kinds.csv", 2, "definition", "Kind-definition",
            "It needs one definition that begins with a or an (found: Buys care).",
            "Write it as a wider thing that differs in some way.", "fault", "kind:ccg",
        ),
        Finding(
            "data/sources.csv", 2, "url", "Source-whereabouts", "Nobody could find this source again.",
            "Give its address, its file name or a note that says what it is.", "fault", "source:guide",
        ),
    )  # fmt: skip


def test_a_period_that_ends_before_it_begins_is_told_once(tmp_path: Path) -> None:
    data = small()
    data["names.csv"][0]["until"] = "2018-03-31"
    report = checked(tmp_path, data)
    assert [(found.file, found.line, found.column) for found in report.findings] == [("data/names.csv", 2, "until")]


def test_a_query_finds_what_the_shapes_let_pass(tmp_path: Path) -> None:
    data = small()
    data["bodies.csv"][2]["until"] = "2022-07-01"
    data["events.csv"][0]["date"] = "1918-04-01"
    data["sources.csv"].append({"key": "spare", "title": "Spare", "publisher": "Nobody", "url": "https://example.org"})
    report = checked(tmp_path, data)
    assert {(f.rule, f.severity, f.where) for f in report.findings} == {
        ("ended-body-has-fate", "fault", "data/bodies.csv:4, column until"),
        ("every-statement-is-dated-plausibly", "fault", "data/events.csv:2, column date"),
        ("no-gift-before-start", "fault", "data/bodies.csv:2, column from"),
        ("no-gift-before-start", "fault", "data/bodies.csv:3, column from"),
        ("source-is-used", "warning", "data/sources.csv:3, column key"),
    }
    assert all(finding.remedy.endswith(".") for finding in report.findings)


def test_a_warning_is_no_fault(tmp_path: Path) -> None:
    data = small()
    data["sources.csv"].append({"key": "spare", "title": "Spare", "publisher": "Nobody", "url": "https://example.org"})
    report = checked(tmp_path, data)
    assert [finding.severity for finding in report.findings] == ["warning"]
    assert report.ok


def test_a_key_that_an_event_and_a_policy_change_share_is_found(tmp_path: Path) -> None:
    data = small()
    other = data["kinds.csv"][0] | {"key": "icb", "acronym": "ICB", "name": "board", "plural": "boards"}
    data["kinds.csv"].append(other)
    data["kind_changes.csv"] = [
        said(key="merger", type="Replacement", date="2022-07-01", before="ccg", after="icb", summary="replaced"),
    ]
    assert "Change-level" in {finding.rule for finding in checked(tmp_path, data).findings}


def test_the_projects_own_data_have_no_fault() -> None:
    report = check(Inputs.default())
    faults = [
        f"{finding.where}: {finding.message} {finding.remedy}"
        for finding in report.findings
        if finding.severity == "fault"
    ]
    assert faults == []


def test_a_property_leads_to_a_column_its_file_has() -> None:
    about = TERMS + "about"
    assert [column_of(file, about) for file in ("names.csv", "classifications.csv", "claims.csv", "distinctions.csv")] == [
        "thing", "body", "about", "one",
    ]  # fmt: skip
    assert column_of("transfers.csv", TERMS + "value") == "share"
    assert column_of("observations.csv", TERMS + "value") == "value"
    assert column_of("bodies.csv", PREFIXES["skos"] + "prefLabel") == "name"
    assert column_of("bodies.csv", TERMS + "happenedOn") == ""
    assert column_of("", about) == ""


def rows(rule: str, example: str) -> list[Row]:
    store = ox.Store()
    store.bulk_load(path=str(EXAMPLES / f"{rule}.{example}.trig"), format=ox.RdfFormat.TRIG)
    return OxigraphStore(store).select((ROOT / "queries" / "checks" / f"{rule}.rq").read_text(encoding="utf-8"))


#: How many different nodes each bad example has that are at fault; one where nothing is said.
FAULTY = {
    "ended-body-has-fate": 4, "no-result-after-end": 2, "shares-sum-to-one": 2, "membership-overlaps-lives": 2,
    "preferred-one-per-group": 2, "label-unique-per-kind": 2, "acronym-senses-have-qualifiers": 3,
    "every-statement-is-dated-plausibly": 4,
}  # fmt: skip


@pytest.mark.parametrize("path", CHECKS, ids=lambda path: path.stem)
class TestEachCheck:
    def test_finds_nothing_in_its_good_example(self, path: Path) -> None:
        assert rows(path.stem, "pass") == []

    def test_finds_the_faults_of_its_bad_example(self, path: Path) -> None:
        found = rows(path.stem, "fail")
        assert len({row["node"] for row in found}) == FAULTY.get(path.stem, 1)
        assert all(row["message"].endswith(".") for row in found)

    def test_has_a_header_that_says_what_to_do(self, path: Path) -> None:
        text = path.read_text(encoding="utf-8")
        saved, header = parse(path.stem, text), check_header(path.stem, text)
        assert saved.summary.endswith("?")
        assert dict(saved.columns) | {"path": "iri"} == {"node": "iri", "message": "text", "path": "iri"}
        assert set(header) <= {"summary", "description", "columns", "remedy", "column", "severity", "absence"}
        assert header["remedy"].endswith(".")
        assert header.get("severity", "fault") in ("fault", "warning")
        assert header.get("column", "key") in {name for columns in TABLES.values() for name in columns}

    def test_is_ordered_and_reads_no_other_graph(self, path: Path) -> None:
        text = path.read_text(encoding="utf-8")
        assert "ORDER BY ?node ?message" in text
        assert "FROM" not in text
        assert "SERVICE" not in text


def test_every_example_belongs_to_a_check() -> None:
    assert {path.name.split(".")[0] for path in EXAMPLES.iterdir()} == {path.stem for path in CHECKS}


def test_a_check_without_a_remedy_is_refused() -> None:
    with pytest.raises(BadInput, match="says no remedy"):
        check_header("some-rule", "#+ summary: Is it so?\nSELECT ?node ?message WHERE {}")
    with pytest.raises(BadInput, match="is not YAML"):
        check_header("some-rule", "#+ summary: [Is it so?\nSELECT ?node ?message WHERE {}")


def test_the_command_checks_the_data_here_and_says_so_where_a_store_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kg.graph.check.check", lambda _: Report((), 3, 5, 1, 1))
    done = CliRunner().invoke(assemble("check"), ["check"], env={"KG_STORE": "http://127.0.0.1:1/sparql"})
    assert (done.exit_code, "data/ of this installation is checked, and not that store" in done.stderr) == (0, True)
    assert "5 statements of data and rules" in done.stdout
    assert CliRunner().invoke(assemble("check"), ["check"], env={"KG_STORE": None}).stderr == ""
    told = " ".join(CliRunner().invoke(assemble("check"), ["check", "--help"]).output.split())
    assert "data/ and the ontology of this installation" in told
