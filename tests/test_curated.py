"""Truths about reading data/: what is a fault, where it is said to be, and that all come at once."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import pytest

from kg.errors import DataFaults, Fault
from kg.facts.curated import columns_of, load, read
from kg.facts.records import ROWS, Observation, Row
from kg.graph.inputs import Inputs

DATA = Inputs.default().data


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A copy of the project's own tables, to be broken."""
    folder = tmp_path / "data"
    folder.mkdir()
    for path in DATA.glob("*.csv"):
        shutil.copy(path, folder)
    return folder


def change(folder: Path, file: str, line: int, **cells: str) -> None:
    """Change cells of one row; lines count from 1, the header included, in a file without line ends inside cells."""
    path = folder / file
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.reader(stream))
    for column, value in cells.items():
        rows[line - 1][rows[0].index(column)] = value
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream, lineterminator="\n").writerows(rows)


def line_of(folder: Path, file: str, **cells: str) -> int:
    """Give the first line whose row has these cells."""
    with (folder / file).open(encoding="utf-8", newline="") as stream:
        for number, row in enumerate(csv.DictReader(stream), 2):
            if all(row[column] == value for column, value in cells.items()):
                return number
    raise LookupError(cells)


def faults_of(folder: Path) -> list[Fault]:
    return read(folder)[1]


def test_the_projects_own_tables_have_no_fault() -> None:
    facts, faults = read(DATA)
    assert faults == []
    assert all(facts.placed[kind.FILE] for kind in ROWS)


def test_a_fact_without_a_source_is_a_fault(data: Path) -> None:
    for kind in ROWS:
        if "source" in kind.model_fields:
            change(data, kind.FILE, 2, source="")
    faults = faults_of(data)
    told = {(fault.file, fault.line) for fault in faults if fault.column == "source"}
    assert told == {(f"data/{kind.FILE}", 2) for kind in ROWS if "source" in kind.model_fields}


def test_all_faults_come_in_one_pass(data: Path) -> None:
    event = line_of(data, "events.csv", type="Merger")
    change(data, "kinds.csv", 3, **{"from": "2018-13"})
    change(data, "memberships.csv", 4, source="nobody-2019")
    change(data, "events.csv", event, after="icb-essex; icb-central-east")
    with pytest.raises(DataFaults) as raised:
        load(data)
    found = {(fault.file, fault.line, fault.column): fault.message for fault in raised.value.faults}
    assert set(found) == {
        ("data/kinds.csv", 3, "from"),
        ("data/memberships.csv", 4, "source"),
        ("data/events.csv", event, "after"),
    }
    assert "not in the calendar" in found["data/kinds.csv", 3, "from"]
    assert "sources.csv" in found["data/memberships.csv", 4, "source"]
    assert "a Merger has 1 things after it, and this row has 2" in found["data/events.csv", event, "after"]
    text = str(raised.value)
    assert f"line {event}, column after" in text
    assert text.count("nothing was built") == 3
    assert raised.value.exit_code == 5


def test_a_row_that_cannot_be_read_brings_no_other_faults(data: Path) -> None:
    line = line_of(data, "bodies.csv", key="ics-frimley")
    change(data, "bodies.csv", line, until="next year")
    assert [(fault.file, fault.line, fault.column) for fault in faults_of(data)] == [("data/bodies.csv", line, "until")]


@pytest.mark.parametrize(
    ("file", "column", "value", "says"),
    [
        ("kinds.csv", "key", "ACS", "does not have the form"),
        ("kinds.csv", "family", "sistem", 'Did you mean "system"?'),
        ("kinds.csv", "from", "15/06/2017", "is not a date. Write 2018, 2018-02 or 2018-02-28."),
        ("kinds.csv", "name", "", "empty, and it must be filled"),
        ("kinds.csv", "confidence", "sure", "is not one of: verified, derived, background, unconfirmed"),
        ("codes.csv", "code", "qf 7", "does not have the form"),
        ("observations.csv", "value", "many", "is not a number"),
        ("memberships.csv", "group", "ics-frimly", 'Did you mean "ics-frimley"?'),
        ("distinctions.csv", "other", "icx", "is not in data/kinds.csv or bodies.csv"),
        ("listings.csv", "position", "0", "greater than or equal to 1"),
    ],
)
def test_a_bad_cell_is_told_by_place_and_remedy(data: Path, file: str, column: str, value: str, says: str) -> None:
    change(data, file, 5, **{column: value})
    mine = [fault for fault in faults_of(data) if (fault.file, fault.line, fault.column) == (f"data/{file}", 5, column)]
    assert len(mine) == 1
    assert says in mine[0].message


def test_a_period_that_ends_before_it_begins_is_a_fault(data: Path) -> None:
    change(data, "bodies.csv", 2, **{"from": "2018-04-01", "until": "2018-03-31"})
    assert any(fault.column == "until" and "is before the start" in fault.message for fault in faults_of(data))


def test_a_code_held_twice_on_a_day_is_a_fault(data: Path) -> None:
    with (data / "codes.csv").open("a", encoding="utf-8") as stream:
        stream.write("icb-essex,ods,QVV,2020-01-01,,legal,rcp-guide-2019,,verified,\n")
    faults = faults_of(data)
    assert faults
    assert all(fault.column == "from" and "ods code QVV is already held then" in fault.message for fault in faults)


def test_shares_of_a_divided_body_sum_to_one(data: Path) -> None:
    line = line_of(data, "transfers.csv", giver="icb-frimley", receiver="icb-thames-valley", basis="population")
    change(data, "transfers.csv", line, share="0.5")
    faults = faults_of(data)
    assert len(faults) == 1
    assert "the shares of icb-frimley by population" in faults[0].message
    assert "not 1" in faults[0].message


def test_a_transfer_must_fit_its_event(data: Path) -> None:
    line = line_of(data, "transfers.csv", giver="icb-frimley", receiver="icb-thames-valley", basis="population")
    change(data, "transfers.csv", line, receiver="icb-dorset")
    assert any(
        fault.column == "receiver" and "is not on that side of event" in fault.message for fault in faults_of(data)
    )


def test_a_key_is_never_two_things(data: Path) -> None:
    change(data, "bodies.csv", 2, key="acs")
    assert any(
        fault.column == "key" and "already the key of data/kinds.csv" in fault.message for fault in faults_of(data)
    )


def test_a_row_that_stands_twice_is_a_fault(data: Path) -> None:
    lines = (data / "kind_parts.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    (data / "kind_parts.csv").write_text("".join([*lines, lines[1]]), encoding="utf-8")
    assert [fault.message for fault in faults_of(data)] == [
        "the same row stands on line 2 (part, whole, from alike). Keep one."
    ]


def test_files_of_the_wrong_form_are_told(data: Path) -> None:
    (data / "kinds.csv").write_bytes("key,acronym\n\xe9,x\n".encode("latin-1"))
    (data / "names.csv").unlink()
    (data / "extra.csv").write_text("a,b\n", encoding="utf-8")
    text = (data / "bodies.csv").read_text(encoding="utf-8")
    (data / "bodies.csv").write_text(text.replace("key,name,", "key,nom,", 1), encoding="utf-8")
    told = {(fault.file, fault.column): fault.message for fault in faults_of(data)}
    assert "not UTF-8" in told["data/kinds.csv", ""]
    assert "the file is missing" in told["data/names.csv", ""]
    assert "no table has this name" in told["data/extra.csv", ""]
    assert "no such column" in told["data/bodies.csv", "nom"]
    assert "missing column(s): name" in told["data/bodies.csv", "name"]


def test_cells_outside_the_header_are_told(data: Path) -> None:
    with (data / "sources.csv").open("a", encoding="utf-8") as stream:
        stream.write("a-source,Title, with a comma,Publisher,,,,\n")
    last = len((data / "sources.csv").read_text(encoding="utf-8").splitlines())
    assert [(fault.line, fault.message.split(";")[0]) for fault in faults_of(data)] == [
        (last, "8 cells where the header has 7")
    ]


@pytest.mark.parametrize("kind", ROWS, ids=lambda kind: kind.FILE)
def test_every_column_says_what_it_means(kind: type[Row]) -> None:
    assert {name for name, info in kind.model_fields.items() if not info.description} == set()
    assert kind.__doc__
    assert len(columns_of(kind)) == len(kind.model_fields)


def test_an_observation_says_a_number() -> None:
    for placed in read(DATA)[0].placed[Observation.FILE]:
        row = placed.row
        assert isinstance(row, Observation)
        assert (row.value is not None) or (row.low is not None and row.high is not None), placed
