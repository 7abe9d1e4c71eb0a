"""The model of the publisher's release holds what it promises, and the same each time."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest

from benchmarks.release import Counts, expected, write
from kg.facts.ods.publication import open_file
from kg.facts.ods.record import Record, Refused

ROOT = Path(__file__).parents[1]
SCALE = 0.002


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Counts]:
    path = tmp_path_factory.mktemp("model") / "release.zip"
    return path, write(path, SCALE)


def documents(path: Path) -> Iterator[tuple[str, ElementTree.Element]]:
    with zipfile.ZipFile(path) as outer:
        for name in outer.namelist():
            with outer.open(name) as inside, zipfile.ZipFile(inside) as inner:
                [document] = inner.namelist()
                with inner.open(document) as file:
                    yield name, ElementTree.parse(file).getroot()


def value(element: ElementTree.Element, path: str, attribute: str = "value") -> str:
    found = element.find(path)
    assert found is not None, path
    return found.get(attribute) or ""


def test_what_a_release_holds_is_what_was_promised(release: tuple[Path, Counts]) -> None:
    path, promised = release
    count: Counter[str] = Counter()
    whole: list[str] = []
    pairs = set()
    for name, root in documents(path):
        assert root.tag == "{http://refdata.hscic.gov.uk/org/v2-0-0}OrgRefData"
        records = root.findall("Organisations/Organisation")
        assert int(value(root, "Manifest/RecordCount")) == len(records)
        count[f"records of {name}"] = len(records)
        count["role codes"] = len(root.findall("CodeSystems/CodeSystem[@name='OrganisationRole']/concept"))
        for record in records:
            code = value(record, "OrgId", "extension")
            if record.get("refOnly") == "true":
                count[f"stubs of {name}"] += 1
                assert record.find("Rels") is None
                continue
            whole.append(code)
            count["roles"] += len(record.findall("Roles/Role"))
            count["relations"] += len(record.findall("Rels/Rel"))
            count["legal"] += any(value(date, "Type") == "Legal" for date in record.findall("Date"))
            count["filler"] += any(value(date, "Start") == "1900-01-01" for date in record.findall("Date"))
            count["dental"] += record.findtext("Name") == "DENTAL SURGERY"
            for succession in record.findall("Succs/Succ"):
                other = value(succession, "Target/OrgId", "extension")
                forward = succession.findtext("Type") == "Successor"
                count["succession elements"] += 1
                pairs.add((code, other) if forward else (other, code))
    assert (
        Counts(
            full_records=count["records of fullfile.zip"],
            archive_records=count["records of archive.zip"],
            full_stubs=count["stubs of fullfile.zip"],
            archive_stubs=count["stubs of archive.zip"],
            organisations=len(whole),
            codes=len(set(whole)),
            roles=count["roles"],
            role_codes=count["role codes"],
            relations=count["relations"],
            successions=len(pairs),
            succession_elements=count["succession elements"],
            legal=count["legal"],
            filler_starts=count["filler"],
            dental_surgeries=count["dental"],
        )
        == promised
        == expected(SCALE)
    )


def test_every_target_and_every_stub_is_a_record(release: tuple[Path, Counts]) -> None:
    whole: set[str] = set()
    stubs: set[str] = set()
    for _, root in documents(release[0]):
        records = root.findall("Organisations/Organisation")
        here = {value(record, "OrgId", "extension") for record in records}
        targets = {target.get("extension") or "" for record in records for target in record.iterfind(".//Target/OrgId")}
        assert targets
        assert targets <= here
        stubs |= {value(record, "OrgId", "extension") for record in records if record.get("refOnly")}
        whole |= {value(record, "OrgId", "extension") for record in records if not record.get("refOnly")}
    assert stubs
    assert stubs <= whole


def test_nothing_ends_before_it_starts_and_what_ended_is_not_active(release: tuple[Path, Counts]) -> None:
    for _, root in documents(release[0]):
        for date in root.iterfind(".//Date"):
            end = date.find("End")
            assert end is None or value(date, "Start") <= (end.get("value") or "")
        for held in (*root.iterfind(".//Role"), *root.iterfind(".//Rel")):
            ends = [date.find("End") for date in held.findall("Date")]
            past = [end.get("value") or "" for end in ends if end is not None]
            closed = len(past) == len(ends) and max(past) <= "2026-08-27"
            assert value(held, "Status") == ("Inactive" if closed else "Active")


def test_the_faults_that_readers_must_survive_are_in_it(release: tuple[Path, Counts]) -> None:
    names: dict[str, list[tuple[str, str]]] = {}
    without_number = without_status = to_itself = 0
    for file, root in documents(release[0]):
        for record in root.findall("Organisations/Organisation"):
            code = value(record, "OrgId", "extension")
            names.setdefault(code, []).append((file, record.findtext("Name") or ""))
            without_status += record.find("Status") is None
            for succession in record.findall("Succs/Succ"):
                without_number += succession.get("uniqueSuccId") is None
                to_itself += value(succession, "Target/OrgId", "extension") == code
    assert [file for file, _ in names["FEF03"]] == ["fullfile.zip", "archive.zip"]
    assert len({name for _, name in names["FEF03"]}) == 2
    assert names["T1201"] == [("archive.zip", "NHS LOGISTICS AUTHORITY")] * 2
    assert without_status == 10  # regions
    assert without_number
    assert to_itself


def test_our_reader_reads_both_of_its_files_whole(release: tuple[Path, Counts]) -> None:
    path, promised = release
    records = list(open_file(path))
    refused = [one for one in records if isinstance(one, Refused)]
    archived = [one for one in records if isinstance(one, Record) and one.archived]
    assert not refused
    assert len(records) == promised.full_records + promised.archive_records
    assert len(archived) == promised.archive_records


def test_a_release_at_full_size_has_the_counts_of_the_publishers_own() -> None:
    full = expected(1.0)
    assert (full.full_records, full.archive_records) == (306_201, 86_705)
    assert full.full_stubs + full.archive_stubs == 21_989
    assert full.organisations == 370_917
    assert (full.roles, full.relations, full.successions, full.role_codes) == (529_348, 769_527, 24_373, 209)


def test_two_runs_give_the_same_bytes(tmp_path: Path) -> None:
    digests = []
    for seed in ("1", "2"):
        out = tmp_path / f"{seed}.zip"
        subprocess.run(
            [sys.executable, "-m", "benchmarks.release", str(out), "--scale", str(SCALE)],
            check=True, capture_output=True, cwd=ROOT, env={**os.environ, "PYTHONHASHSEED": seed}, timeout=60,
        )  # fmt: skip
        digests.append(hashlib.sha256(out.read_bytes()).hexdigest())
    assert digests[0] == digests[1]
