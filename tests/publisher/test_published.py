"""The publisher's real files: what is read is as much as the standard library and openpyxl count without our readers."""

from __future__ import annotations

import csv
import json
import warnings
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from kg.facts.ods.publication import Publication, open_file
from kg.facts.ods.record import Record, Refused

PUBLISHED = Path(__file__).parents[2].parent / "shared" / "publisher" / "ods"

pytestmark = pytest.mark.skipif(not PUBLISHED.is_dir(), reason="the publisher's files are not beside the checkout")

REPORTS = {
    "eauth_2017_08.csv": (31, date(2017, 8, 1)),
    "eccg_2025-12.csv": (320, date(2025, 12, 1)),
    "epraccur_2017-03.csv": (13_385, date(2017, 3, 1)),
    "epraccur_2022-05.csv": (14_963, date(2022, 5, 1)),
    "etr_2025-12.csv": (273, date(2025, 12, 1)),
}


def whole(publication: Publication) -> list[Record]:
    """Give the records of a publication in which every one can be read."""
    found = list(publication)
    assert [one for one in found if isinstance(one, Refused)] == []
    assert publication.progress() == 1.0
    return [one for one in found if isinstance(one, Record)]


def cells(name: str) -> list[list[str]]:
    with (PUBLISHED / name).open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def sheet(name: str, of: str) -> Iterator[tuple[Any, ...]]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        book = openpyxl.load_workbook(PUBLISHED / name, read_only=True, data_only=True)
    yield from book[of].iter_rows(values_only=True)
    book.close()


@pytest.mark.parametrize("name", REPORTS)
def test_every_row_of_a_report_is_a_record(name: str) -> None:
    rows = cells(name)
    publication = open_file(PUBLISHED / name)
    records = whole(publication)
    count, day = REPORTS[name]
    assert len(records) == len(rows) == (PUBLISHED / name).read_bytes().count(b"\n") == count
    assert (publication.release.day, publication.release.precision) == (day, "month")
    assert [(record.code, record.name, record.address.postcode) for record in records] == [
        (row[0], row[1], row[9]) for row in rows
    ]


@pytest.mark.parametrize("name", REPORTS)
def test_dates_and_relations_of_a_report_are_as_many_as_its_cells(name: str) -> None:
    rows, records = cells(name), whole(open_file(PUBLISHED / name))
    held = [record.dates.operational for record in records]
    assert sum(1 for period in held if period and period.start) == sum(1 for row in rows if row[10])
    assert sum(1 for period in held if period and period.until) == sum(1 for row in rows if row[11])
    relations = Counter(relation.code for record in records for relation in record.relations)
    assert relations == Counter({
        "RE5": sum(1 for row in rows for cell in row[2:4] if cell), "RE4": sum(1 for row in rows if row[14])
    }) + Counter()  # fmt: skip


def test_practices_are_those_with_the_prescribing_setting_4() -> None:
    rows = cells("epraccur_2022-05.csv")
    records = whole(open_file(PUBLISHED / "epraccur_2022-05.csv"))
    practices = {record.code for record in records if any(role.code == "RO76" for role in record.roles)}
    assert practices == {row[0] for row in rows if row[25] == "4"}
    assert len(practices) == 8_631


def test_kinds_of_commissioners_are_as_printed() -> None:
    records = whole(open_file(PUBLISHED / "eccg_2025-12.csv"))
    kinds = Counter(role.code for record in records for role in record.roles)
    assert kinds == {"RO98": 320, "RO319": 106, "RO327": 37, "RO218": 35, "RO326": 6}


def test_every_succession_is_read() -> None:
    header, *rows = cells("succ_and_succarc_2022-10.csv")
    assert header == ["old_code", "new_code", "date"]
    records = whole(open_file(PUBLISHED / "succ_and_succarc_2022-10.csv"))
    assert len(records) == len(rows) == 25_480
    assert all(record.stub for record in records)
    assert [
        [one.predecessor, one.successor, str(one.on)] for record in records for one in record.successions
    ] == rows  # fmt: skip


def test_every_network_and_every_partner_is_read() -> None:
    records = whole(open_file(PUBLISHED / "ePCN_2024-10.xlsx"))
    networks = [row[0] for row in sheet("ePCN_2024-10.xlsx", "PCNDetails")][1:]
    partners = [(row[0], row[4], row[9]) for row in sheet("ePCN_2024-10.xlsx", "PCN Core Partner Details")][1:]
    assert [record.code for record in records if not record.stub] == networks
    assert [
        (
            record.code,
            record.relations[0].target,
            bool((period := record.relations[0].dates.operational) and period.until),
        )
        for record in records
        if record.stub
    ] == [(practice, network, bool(end)) for practice, network, end in partners]
    assert (len(networks), len(partners)) == (1_366, 7_705)


PARTNERSHIPS = "stp_partner_relationships_2019-04.xlsx"


def partnerships() -> list[tuple[Any, ...]]:
    """Give the rows below the header."""
    return list(sheet(PARTNERSHIPS, "Current STPs"))[5:]


def partners_of(rows: list[tuple[Any, ...]]) -> list[tuple[Any, Any]]:
    """Give every partner that rows tell of, each its name and its code; either may be missing."""
    every = [(row[at], row[at + 1]) for row in rows for at in (9, 11, 13, 15)]
    return [(name, code) for name, code in every if name is not None or code is not None]


def test_every_partner_of_a_partnership_is_read_or_named() -> None:
    publication = open_file(PUBLISHED / PARTNERSHIPS)
    found = list(publication)
    rows = partnerships()
    partners = partners_of(rows)
    named = [row for row in rows if row[4] is not None]
    refused = [one for one in found if isinstance(one, Refused)]
    blank = [name for name, code in partners if code is None]
    others = [code for _, code in partners if str(code).startswith("CQC") or code in ("?", "-")]
    unplaced = [row[14] for row in rows if row[14] is not None and row[1] is None]
    assert (len(blank), len(others), unplaced) == (8, 27, ["RX8"])
    assert len(refused) == len(blank) + len(others) + len(unplaced) == 36
    assert len(found) == len(partners) + len(named) == 789
    told = (Path(__file__).parents[2] / "docs" / "ingest.md").read_text(encoding="utf-8")
    assert f"({len(named)} of the {len(found)} records of April 2019)" in told
    empty = [one for one in refused if "is empty" in one.reason]
    assert [one.reason.split(" has no ODS code")[0] for one in empty] == blank
    assert [one.place.split("row ")[1] for one in empty] == [
        str(number) for number, row in enumerate(rows, 6) for _, code in partners_of([row]) if code is None
    ]
    (note,) = publication.notes
    assert '"Closed STP codes" is not read' in note


def test_the_answer_of_the_interface_is_read() -> None:
    told = json.loads((PUBLISHED / "ord_97T.json").read_text(encoding="utf-8"))["Organisation"]
    (record,) = whole(open_file(PUBLISHED / "ord_97T.json"))
    assert (record.code, record.name) == ("97T", told["Name"])
    assert len(record.roles) == len(told["Roles"]["Role"]) == 2
    assert len(record.relations) == len(told["Rels"]["Rel"]) == 1
    assert [succession.predecessor for succession in record.successions] == ["14W", "14V"]
    assert record.primary_role == "RO98"
