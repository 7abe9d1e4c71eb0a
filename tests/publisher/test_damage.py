"""However the bytes of a file are changed, it is read, refused in part, or refused as a whole: nothing else comes of it."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from datetime import date
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.errors import BadInput
from kg.facts.ods.publication import open_file
from kg.facts.ods.record import Address, Dates, Period, Record, Refused, Relation, Role, Succession
from tests.publisher import writing
from tests.publisher.test_reading import DETAILS, NETWORK_ROW, workbook

HELD = Dates(Period(date(2013, 4, 1)), Period(date(2013, 4, 1), date(2020, 4, 1)))
RECORDS = [
    Record(
        f"A{number}",
        "A SURGERY",
        record_class="RC1",
        status="Active",
        dates=HELD,
        address=Address(("A HOUSE",), "LEEDS", "", "LS2 7UA"),
        roles=(Role("RO177", True, HELD, "Active", "1"),),
        relations=(Relation("RE4", "16C", HELD, "Active", "2"),),
        successions=(Succession(f"B{number}", f"A{number}", date(2013, 4, 1), "3"),),
        archived=bool(number % 2),
    )
    for number in range(4)
]


def _networks(path: Path) -> None:
    workbook(path, PCNDetails=[DETAILS, NETWORK_ROW])


def _xml(path: Path) -> None:
    path.write_bytes(writing.xml(RECORDS))


def _tables(path: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        writing.write_parquet(Path(folder), RECORDS)
        path.write_bytes((Path(folder) / "roles.parquet").read_bytes())


WRITERS: dict[str, Callable[[Path], object]] = {
    "a.zip": lambda path: writing.write_trud(path, RECORDS),
    "a.xml": _xml,
    "eccg.csv": lambda path: writing.write_report(path, RECORDS),
    "succ.csv": lambda path: writing.write_successions(path, RECORDS),
    "a.json": lambda path: writing.write_json(path, RECORDS),
    "a.jsonl": lambda path: writing.write_json(path, RECORDS),
    "a.xlsx": _networks,
    "roles.parquet": _tables,
}


@cache
def whole(name: str) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        WRITERS[name](Path(folder) / name)
        return (Path(folder) / name).read_bytes()


@pytest.mark.parametrize("name", WRITERS)
@settings(max_examples=50, deadline=None)
@given(data=st.data())
def test_changed_bytes_lead_to_records_refusals_or_one_paragraph(name: str, data: st.DataObject) -> None:
    changed = bytearray(whole(name))
    for at in data.draw(st.lists(st.integers(0, len(changed) - 1), max_size=4), "places"):
        changed[at] = data.draw(st.integers(0, 255), "byte")
    cut = data.draw(st.none() | st.integers(0, len(changed)), "cut")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(changed[:cut])
        found, fault = _read(path)
    assert all(isinstance(one, Record | Refused) for one in found)
    assert fault == "" or fault.endswith(".")
    assert "\n" not in fault


def _read(path: Path) -> tuple[list[Record | Refused], str]:
    """Read as far as it goes; give what was read and the paragraph of the fault, if there was one."""
    found: list[Record | Refused] = []
    try:
        found.extend(open_file(path))
    except BadInput as error:
        return found, str(error)
    return found, ""
