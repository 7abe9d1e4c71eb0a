"""Each form of the publisher, by hand, and each habit of it that a reader must know."""

from __future__ import annotations

import hashlib
import json
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from kg.facts.ods.publication import Publication, open_file
from kg.facts.ods.record import Address, Dates, Period, Record, Refused, Relation, Role, Succession
from kg.graph import plan
from tests.publisher import writing

PRACTICE = """
<Organisation orgRecordClass="RC1">
  <Name>A SURGERY &amp; SONS</Name>
  <Date><Type value="Operational"/><Start value="1974-04-01"/></Date>
  <Date><Type value="Legal"/><Start value="1900-01-01"/><End value="2020-03-31"/></Date>
  <OrgId root="2.16.840.1.113883.2.1.3.2.4.18.48" assigningAuthorityName="HSCIC" extension="A81001"/>
  <Status value="Active"/>
  <LastChangeDate value="2024-05-06"/>
  <GeoLoc><Location>
    <AddrLn1>THE HEALTH CENTRE</AddrLn1><AddrLn2>LAWSON STREET</AddrLn2><Town>STOCKTON-ON-TEES</Town>
    <County>CLEVELAND</County><PostCode>TS18 1HU</PostCode><Country>ENGLAND</Country><UPRN>100110785360</UPRN>
  </Location></GeoLoc>
  <Contacts><Contact type="tel" value="01642 672351"/><Contact type="http" value="www.example.org"/></Contacts>
  <Roles>
    <Role id="RO177" uniqueRoleId="1" primaryRole="true">
      <Date><Type value="Operational"/><Start value="1974-04-01"/></Date><Status value="Active"/>
    </Role>
    <Role id="RO76" uniqueRoleId="2">
      <Date><Type value="Operational"/><Start value="2014-04-15"/><End value="2015-04-14"/></Date><Status value="Inactive"/>
    </Role>
  </Roles>
  <Rels>
    <Rel id="RE4" uniqueRelId="3">
      <Date><Type value="Operational"/><Start value="2020-04-01"/></Date><Status value="Active"/>
      <Target>
        <OrgId root="2.16.840.1.113883.2.1.3.2.4.18.48" assigningAuthorityName="HSCIC" extension="16C"/>
        <PrimaryRoleId id="RO98" uniqueRoleId="4"/>
      </Target>
    </Rel>
  </Rels>
  <Succs>
    <Succ uniqueSuccId="5" forwardSuccession="true">
      <Date><Type value="Legal"/><Start value="2001-04-01"/></Date>
      <Type>Predecessor</Type>
      <Target>
        <OrgId root="2.16.840.1.113883.2.1.3.2.4.18.48" assigningAuthorityName="HSCIC" extension="A81099"/>
        <PrimaryRoleId id="RO177" uniqueRoleId="6"/>
      </Target>
    </Succ>
  </Succs>
</Organisation>
"""
READ = Record(
    "A81001",
    "A SURGERY & SONS",
    False,
    "RC1",
    "Active",
    Dates(Period(None, date(2020, 4, 1)), Period(date(1974, 4, 1))),
    date(2024, 5, 6),
    Address(
        ("THE HEALTH CENTRE", "LAWSON STREET"), "STOCKTON-ON-TEES", "CLEVELAND", "TS18 1HU", "ENGLAND", "100110785360"
    ),
    (("tel", "01642 672351"), ("http", "www.example.org")),
    (
        Role("RO177", True, Dates(None, Period(date(1974, 4, 1))), "Active", "1"),
        Role("RO76", False, Dates(None, Period(date(2014, 4, 15), date(2015, 4, 15))), "Inactive", "2"),
    ),
    (Relation("RE4", "16C", Dates(None, Period(date(2020, 4, 1))), "Active", "3", "RO98"),),
    (Succession("A81099", "A81001", date(2001, 4, 1), "5"),),
)
HEAD = """<?xml version="1.0" encoding="utf-8"?>
<HSCOrgRefData:OrgRefData xmlns:HSCOrgRefData="http://refdata.hscic.gov.uk/org/v2-0-0"
    xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
  <Manifest>
    <Version value="2-0-0"/><PublicationType value="KIND"/><PublicationSource value="HSCIC"/>
    <PublicationDate value="DAY"/><PublicationSeqNum value="4700"/><RecordCount value="COUNT"/>
  </Manifest>
  <CodeSystems>
    <CodeSystem name="OrganisationRole" oid="2.16.840.1.113883.2.1.3.2.4.17.507">
      <concept id="RO177" code="177" displayName="PRESCRIBING COST CENTRE"/>
    </CodeSystem>
    <CodeSystem name="OrganisationRelationship" oid="2.16.840.1.113883.2.1.3.2.4.17.508">
      <concept id="RE4" code="4" displayName="IS COMMISSIONED BY"/>
    </CodeSystem>
  </CodeSystems>
  <Organisations>"""
TAIL = "</Organisations></HSCOrgRefData:OrgRefData>"


def document(*organisations: str, kind: str = "Full", day: str = "2026-08-28", count: int | None = None) -> bytes:
    head = HEAD.replace("KIND", kind).replace("DAY", day)
    head = head.replace("COUNT", str(len(organisations) if count is None else count))
    return (head + "".join(organisations) + TAIL).encode()


def opened(folder: Path, name: str, data: bytes | str) -> Publication:
    path = folder / name
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return open_file(path)


def organisation(code: str, *parts: str, name: str = "X") -> str:
    return (
        f'<Organisation orgRecordClass="RC1"><Name>{name}</Name>'
        f'<OrgId extension="{code}"/>{"".join(parts)}</Organisation>'
    )


def one(publication: Publication) -> Record:
    (found,) = publication
    assert isinstance(found, Record)
    return found


# XML


def test_every_part_of_an_organisation_is_read(tmp_path: Path) -> None:
    assert one(opened(tmp_path, "a.xml", document(PRACTICE))) == READ


def test_elements_in_the_namespace_are_read_as_those_in_none(tmp_path: Path) -> None:
    data = document(PRACTICE).replace(
        b"<HSCOrgRefData:OrgRefData ", b"<HSCOrgRefData:OrgRefData xmlns='http://refdata.hscic.gov.uk/org/v2-0-0' "
    )
    publication = opened(tmp_path, "a.xml", data)
    assert one(publication) == READ
    assert publication.names == {"RO177": "PRESCRIBING COST CENTRE", "RE4": "IS COMMISSIONED BY"}


def test_a_release_says_what_it_is(tmp_path: Path) -> None:
    data = document(PRACTICE)
    release = opened(tmp_path, "a.xml", data).release
    assert (release.series, release.day, release.precision, release.number) == (
        "trud",
        date(2026, 8, 28),
        "day",
        "4700",
    )
    assert (release.stated, release.file) == (1, "a.xml")
    assert release.sha256 == hashlib.sha256(data).hexdigest()


def test_a_given_day_is_the_day_of_a_release(tmp_path: Path) -> None:
    (tmp_path / "a.xml").write_bytes(document(PRACTICE))
    assert open_file(tmp_path / "a.xml", date(2026, 9, 1)).release.day == date(2026, 9, 1)


def test_display_names_come_from_the_code_systems(tmp_path: Path) -> None:
    publication = opened(tmp_path, "a.xml", document(PRACTICE))
    one(publication)
    assert publication.names == {"RO177": "PRESCRIBING COST CENTRE", "RE4": "IS COMMISSIONED BY"}


def test_a_missing_status_is_that_of_the_primary_role(tmp_path: Path) -> None:
    roles = (
        '<Roles><Role id="RO218"><Status value="Inactive"/></Role>'
        '<Role id="RO209" primaryRole="true"><Status value="Active"/></Role></Roles>'
    )
    assert one(opened(tmp_path, "a.xml", document(organisation("Y63", roles)))).status == "Active"


def test_an_organisation_written_out_in_a_target_gives_its_code_and_nothing_else(tmp_path: Path) -> None:
    inner = organisation("QHM", '<Roles><Role id="RO261" primaryRole="true"/></Roles>', name="NOT THIS NAME")
    outer = organisation(
        "A81001", f'<Rels><Rel id="RE5" uniqueRelId="1"><Target>{inner}</Target></Rel></Rels>', name="THIS NAME"
    )
    found = one(opened(tmp_path, "a.xml", document(outer)))
    assert found.name == "THIS NAME"
    assert found.relations == (Relation("RE5", "QHM", id="1", target_role="RO261"),)


def test_a_target_with_a_code_beside_a_written_out_organisation_is_that_code(tmp_path: Path) -> None:
    inner = '<OrgId extension="QHM"/><PrimaryRoleId id="RO261"/>' + organisation("WRONG")
    outer = organisation("A81001", f'<Rels><Rel id="RE5"><Target>{inner}</Target></Rel></Rels>')
    (relation,) = one(opened(tmp_path, "a.xml", document(outer))).relations
    assert (relation.target, relation.target_role) == ("QHM", "RO261")


def test_relationship_and_successor_are_other_names_of_rel_and_succ(tmp_path: Path) -> None:
    parts = (
        '<Rels><Relationship id="RE4" uniqueRelId="3"><Target><OrgId extension="16C"/></Target></Relationship></Rels>'
        '<Succs><Successor><Type>Successor</Type><Target><OrgId extension="A2"/></Target></Successor></Succs>'
    )
    found = one(opened(tmp_path, "a.xml", document(organisation("A1", parts))))
    assert found.relations == (Relation("RE4", "16C", id="3"),)
    assert found.successions == (Succession("A1", "A2"),)


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("Predecessor", Succession("B1", "A1", date(2013, 4, 1))),
        ("Successor", Succession("A1", "B1", date(2013, 4, 1))),
    ],
)
def test_the_type_of_a_succession_stands_beside_its_date_which_has_a_type_too(
    tmp_path: Path, kind: str, expected: Succession
) -> None:
    date_part = '<Date><Type value="Legal"/><Start value="2013-04-01"/></Date>'
    target = '<Target><OrgId extension="B1"/></Target>'
    for number, parts in enumerate(
        (f"{date_part}<Type>{kind}</Type>{target}", f'<Type value="{kind}"/>{target}{date_part}')
    ):
        found = opened(tmp_path, f"{number}.xml", document(organisation("A1", f"<Succs><Succ>{parts}</Succ></Succs>")))
        assert one(found).successions == (expected,)


def test_a_self_link_and_two_successors_are_read_as_they_stand(tmp_path: Path) -> None:
    parts = "".join(
        f'<Succ uniqueSuccId="{to}"><Type>Successor</Type><Target><OrgId extension="{to}"/></Target></Succ>'
        for to in ("A1", "B1", "C1")
    )
    found = one(opened(tmp_path, "a.xml", document(organisation("A1", f"<Succs>{parts}</Succs>"))))
    assert [succession.successor for succession in found.successions] == ["A1", "B1", "C1"]


def test_a_reference_is_a_stub(tmp_path: Path) -> None:
    data = document(organisation("A1").replace("<Organisation ", '<Organisation refOnly="true" '))
    assert one(opened(tmp_path, "a.xml", data)).stub


def test_the_first_of_january_1900_is_a_day_not_known(tmp_path: Path) -> None:
    part = '<Date><Type value="Operational"/><Start value="1900-01-01"/></Date>'
    assert one(opened(tmp_path, "a.xml", document(organisation("A1", part)))).dates == Dates(None, Period(None, None))


def test_a_last_day_is_in_and_the_day_after_is_out(tmp_path: Path) -> None:
    part = '<Date><Type value="Operational"/><Start value="2020-02-29"/><End value="2020-02-29"/></Date>'
    found = one(opened(tmp_path, "a.xml", document(organisation("A1", part))))
    assert found.dates.operational == Period(date(2020, 2, 29), date(2020, 3, 1))


def test_an_end_at_the_end_of_the_calendar_is_open(tmp_path: Path) -> None:
    part = '<Date><Type value="Operational"/><Start value="2020-02-29"/><End value="9999-12-31"/></Date>'
    found = one(opened(tmp_path, "a.xml", document(organisation("A1", part))))
    assert found.dates.operational == Period(date(2020, 2, 29), None)


def test_comments_and_instructions_between_elements_are_passed_over(tmp_path: Path) -> None:
    data = document(PRACTICE.replace("<Status", "<!-- a note --><?a note?><Status"))
    assert one(opened(tmp_path, "a.xml", data)) == READ


def test_a_code_that_is_there_twice_and_a_role_that_is_not_known_are_no_faults_of_reading(tmp_path: Path) -> None:
    odd = organisation("T1201", '<Roles><Role id="RO9999" primaryRole="true"/></Roles>')
    assert [type(found) for found in opened(tmp_path, "a.xml", document(odd, odd))] == [Record, Record]


# Zips


def test_a_release_is_its_full_file_and_then_its_archive(tmp_path: Path) -> None:
    records = [Record("OLD", record_class="RC1", archived=True), Record("NEW", record_class="RC1")]
    publication = open_file(writing.write_trud(tmp_path / "release.zip", records))
    assert [found.code for found in publication if isinstance(found, Record)] == ["NEW", "OLD"]
    assert [found.archived for found in publication if isinstance(found, Record)] == [False, True]
    assert publication.release.stated == 2
    assert publication.progress() == 1.0


def test_progress_grows_while_a_release_is_read(tmp_path: Path) -> None:
    records = [Record(f"A{number}", "N" * 400, record_class="RC1") for number in range(2_000)]
    publication = open_file(writing.write_trud(tmp_path / "release.zip", records))
    seen = [publication.progress() for _ in publication]
    assert seen == sorted(seen)
    assert 0 < seen[0] < seen[-1] <= 1


def test_of_two_full_files_the_one_of_the_archives_day_is_read_and_the_other_named(tmp_path: Path) -> None:
    members = {
        "fullfile1.zip": writing.zipped({"Full_20190517.xml": document(organisation("OLDER"), day="2019-05-17")}),
        "fullfile2.zip": writing.zipped({"Full_20190531.xml": document(organisation("NEWER"), day="2019-05-31")}),
        "archive.zip": writing.zipped({
            "Archive_20190531.xml": document(organisation("GONE"), kind="Archive", day="2019-05-31")
        }),
    }  # fmt: skip
    publication = opened(tmp_path, "release.zip", writing.zipped(members))
    assert [found.code for found in publication if isinstance(found, Record)] == ["NEWER", "GONE"]
    assert publication.release.day == date(2019, 5, 31)
    assert publication.notes == [
        "Full_20190517.xml (of 2019-05-17) was left out: Full_20190531.xml (of 2019-05-31) was read instead."
    ]


def test_a_loose_archive_beside_the_zips_is_the_archive(tmp_path: Path) -> None:
    members = {
        "fullfile.zip": writing.zipped({"Full.xml": document(organisation("NEW"))}),
        "HSCOrgRefData_Archive_20260828.xml": document(organisation("GONE"), kind="Archive"),
        "notes.txt": b"Release notes",
    }
    publication = opened(tmp_path, "release.zip", writing.zipped(members))
    assert [(found.code, found.archived) for found in publication if isinstance(found, Record)] == [
        ("NEW", False),
        ("GONE", True),
    ]


@pytest.mark.parametrize(
    ("member", "data"),
    [
        ("archive.zip", writing.zipped({"HSCOrgRefData_20260828.xml": document(organisation("GONE"))})),
        ("b.zip", writing.zipped({"HSCOrgRefData_Archive_20260828.xml": document(organisation("GONE"))})),
        ("b.zip", writing.zipped({"HSCOrgRefData.xml": document(organisation("GONE"), kind="Archive")})),
        ("b.zip", writing.zipped({"b.xml": writing.xml([Record("GONE", record_class="RC1")], "Archive")})),
    ],
)
def test_an_archive_is_known_by_its_zip_its_name_its_type_or_its_description(
    tmp_path: Path, member: str, data: bytes
) -> None:
    full = writing.zipped({"HSCOrgRefData_Full_20260828.xml": document(organisation("NEW"))})
    publication = opened(tmp_path, "release.zip", writing.zipped({member: data, "fullfile.zip": full}))
    found = [(one.code, one.archived) for one in publication if isinstance(one, Record)]
    assert found == [("NEW", False), ("GONE", True)]
    assert publication.notes == []


def test_an_archive_there_twice_is_read_once(tmp_path: Path) -> None:
    archive = document(organisation("GONE"), kind="Archive")
    members = {
        "archive.zip": writing.zipped({"Archive.xml": archive}),
        "fullfile.zip": writing.zipped({"Full.xml": document(organisation("NEW"))}),
        "Loose_archive.xml": archive,
    }
    publication = opened(tmp_path, "release.zip", writing.zipped(members))
    assert [found.code for found in publication if isinstance(found, Record)] == ["NEW", "GONE"]
    assert publication.notes == [
        "Loose_archive.xml (of 2026-08-28) was left out: Archive.xml (of 2026-08-28) was read instead."
    ]


def test_a_full_file_and_an_archive_of_two_days_are_read_and_told(tmp_path: Path) -> None:
    members = {
        "Full.xml": document(organisation("NEW")),
        "Archive.xml": document(organisation("GONE"), kind="Archive", day="2026-07-31"),
    }
    publication = opened(tmp_path, "release.zip", writing.zipped(members))
    assert len(list(publication)) == 2
    assert publication.notes == [
        "Full.xml (of 2026-08-28) and Archive.xml (of 2026-07-31) are not of one day. Both were read."
    ]


def test_a_count_that_is_not_what_was_read_is_told(tmp_path: Path) -> None:
    publication = opened(tmp_path, "a.xml", document(organisation("A1"), count=1_200))
    assert len(list(publication)) == 1
    assert publication.notes == ["a.xml says that it holds 1,200 records; 1 were read."]


# Reports


def row(*cells: str) -> str:
    filled = [*cells, *[""] * (27 - len(cells))]
    return ",".join(f'"{cell}"' for cell in filled) + "\r\n"


PRACTICE_ROW = row(
    "A81001", "THE DENSHAM SURGERY", "Y63", "QHM", "THE HEALTH CENTRE", "LAWSON STREET", "STOCKTON", "CLEVELAND", "", "TS18 1HU",
    "19740401", "20240331", "C", "B", "16C", "20200401", "20240331", "01642 672351", "", "", "", "0", "", "16C", "", "4", "",
)  # fmt: skip


def test_a_practice_of_a_report_is_a_whole_record(tmp_path: Path) -> None:
    publication = opened(tmp_path, "epraccur_2022-05.csv", PRACTICE_ROW)
    held = Period(date(1974, 4, 1), date(2024, 4, 1))
    assert one(publication) == Record(
        "A81001",
        "THE DENSHAM SURGERY",
        status="Closed",
        dates=Dates(None, held),
        address=Address(("THE HEALTH CENTRE", "LAWSON STREET", "STOCKTON", "CLEVELAND"), postcode="TS18 1HU"),
        contacts=(("tel", "01642 672351"),),
        roles=(Role("RO177", True), Role("RO76")),
        relations=(
            Relation("RE5", "Y63"),
            Relation("RE5", "QHM"),
            Relation("RE4", "16C", Dates(None, Period(date(2020, 4, 1), date(2024, 4, 1)))),
        ),
    )
    release = publication.release
    assert (release.series, release.day, release.precision) == ("epraccur", date(2022, 5, 1), "month")


def test_a_prescribing_setting_other_than_4_is_no_practice(tmp_path: Path) -> None:
    publication = opened(tmp_path, "epraccur.csv", PRACTICE_ROW.replace('"4"', '"10"'))
    assert one(publication).roles == (Role("RO177", True),)


@pytest.mark.parametrize(
    ("name", "cells", "roles"),
    [
        ("eccg_2025-12.csv", ("00C", "A CCG"), (Role("RO98", True),)),
        ("etr_2025-12.csv", ("R0A", "A TRUST"), (Role("RO197", True),)),
        ("eauth_2017_08.csv", ("Y54", "A REGION"), (Role("RO209", True),)),
        ("eauth_2017_08.csv", ("A", "A GOVERNMENT OFFICE"), ()),
        ("ehospice.csv", ("8AB01", "A HOSPICE"), ()),
        ("a_report.csv", ("R0A", "A TRUST"), (Role("RO197", True),)),
        ("a_report.csv", ("A81001", "A PRACTICE"), (Role("RO177", True),)),
        ("a_report.csv", ("8AB01", "SOMETHING"), ()),
    ],
)
def test_roles_come_from_the_series_or_from_the_shape_of_the_codes(
    tmp_path: Path, name: str, cells: tuple[str, ...], roles: tuple[Role, ...]
) -> None:
    assert one(opened(tmp_path, name, row(*cells))).roles == roles


def test_further_roles_of_a_commissioner_stand_in_its_sub_type(tmp_path: Path) -> None:
    data = row(*["00L", "NORTHUMBERLAND", *[""] * 8, "20130401", "", "", "RO319|RO326"])
    assert one(opened(tmp_path, "eccg.csv", data)).roles == (Role("RO98", True), Role("RO319"), Role("RO326"))


@pytest.mark.parametrize(
    ("name", "day", "precision"),
    [
        ("eccg_2025-12.csv", date(2025, 12, 1), "month"),
        ("eccg_2025_12.csv", date(2025, 12, 1), "month"),
        ("eccg_20251231.csv", date(2025, 12, 31), "day"),
        ("eccg-2025-12-31.csv", date(2025, 12, 31), "day"),
        ("eccg.csv", None, "day"),
        ("eccg_20250231.csv", None, "day"),
        ("eccg_202512311.csv", None, "day"),
    ],
)
def test_the_day_of_a_report_is_in_its_name(tmp_path: Path, name: str, day: date | None, precision: str) -> None:
    release = opened(tmp_path, name, row("00C", "A CCG")).release
    assert (release.day, release.precision) == (day, precision)


@pytest.mark.parametrize(
    ("name", "series"),
    [
        ("eccg_2025-12.csv", "eccg"),
        ("EPRACCUR.csv", "epraccur"),
        ("My list_2025-12.csv", "report-my-list"),
        ("2025-12.csv", "report-unnamed"),
    ],
)
def test_editions_of_one_report_are_of_one_series_and_other_files_are_not(
    tmp_path: Path, name: str, series: str
) -> None:
    assert opened(tmp_path, name, row("8AB01", "SOMETHING")).release.series == series


def test_a_given_day_goes_before_that_of_the_name(tmp_path: Path) -> None:
    (tmp_path / "eccg_2025-12.csv").write_text(row("00C", "A CCG"), encoding="utf-8")
    release = open_file(tmp_path / "eccg_2025-12.csv", date(2025, 12, 19)).release
    assert (release.day, release.precision) == (date(2025, 12, 19), "day")


def test_a_line_that_is_not_utf_8_is_read_as_cp1252(tmp_path: Path) -> None:
    data = row("A1", "CAFÉ £ UTF-8").encode("utf-8") + row("A2", "CAFÉ £ CP1252").encode("cp1252")
    names = [found.name for found in opened(tmp_path, "eccg.csv", data) if isinstance(found, Record)]
    assert names == ["CAFÉ £ UTF-8", "CAFÉ £ CP1252"]


def test_a_byte_order_mark_and_empty_lines_are_passed_over(tmp_path: Path) -> None:
    data = b"\xef\xbb\xbf" + row("A1", "ONE").encode() + b"\r\n\n" + row("A2", "TWO").encode()
    assert [found.code for found in opened(tmp_path, "eccg.csv", data) if isinstance(found, Record)] == ["A1", "A2"]


# Successions


@pytest.mark.parametrize(
    "data",
    [
        "old_code,new_code,date\n03A,X2C4Y,2021-04-01\n001,001,1996-04-01\n",
        '"03A","X2C4Y","R","20210401",""\r\n"001","001","R","19960401",""\r\n',
    ],
)
def test_a_succession_is_a_stub_of_the_old_code(tmp_path: Path, data: str) -> None:
    publication = opened(tmp_path, "succ_2022-10.csv", data)
    assert list(publication) == [
        Record("03A", stub=True, successions=(Succession("03A", "X2C4Y", date(2021, 4, 1)),)),
        Record("001", stub=True, successions=(Succession("001", "001", date(1996, 4, 1)),)),
    ]
    assert publication.release.series == "succession"


def test_archived_successions_are_a_series_of_their_own(tmp_path: Path) -> None:
    data = "old_code,new_code,date\n03A,X2C4Y,\n"
    assert opened(tmp_path, "succarc.csv", data).release.series == "succession-archive"
    assert opened(tmp_path, "succ_and_succarc.csv", data).release.series == "succession"


# Networks and partnerships

DETAILS = ["PCN Code", "PCN Name", "Current Sub ICB Loc Code", "Sub ICB Location", "Open Date", "Close Date",
           "Address Line 1", "Address Line 2", "Address Line 3", "Address Line 4", "Address Line 5", "Postcode"]  # fmt: skip
PARTNERS = ["Partner\nOrganisation\nCode", "Partner\nName", "Practice\nParent\nSub ICB Loc Code",
            "Practice\nParent\nSub ICB Loc Name", "PCN Code", "PCN Name", "PCN Parent\nSub ICB Loc Code",
            "PCN Parent\nSub ICB Loc Name", "Practice to PCN\nRelationship\nStart Date",
            "Practice to PCN\nRelationship\nEnd Date", "Practice Sub ICB Loc and PCN Sub ICB Loc Match "]  # fmt: skip
NETWORK_ROW = ["U89141", "STOCKTON PCN", "16C", "NENC", "20191001", "", "A HOUSE", "", "", "STOCKTON", "", "TS18 1HU"]
PARTNER_ROW = [
    "A81001",
    "THE SURGERY",
    "16C",
    "NENC",
    "U89141",
    "STOCKTON PCN",
    "16C",
    "NENC",
    "20191001",
    "20240331",
    True,
]
NETWORK = Record(
    "U89141",
    "STOCKTON PCN",
    dates=Dates(None, Period(date(2019, 10, 1))),
    address=Address(("A HOUSE",), "STOCKTON", "", "TS18 1HU"),
    roles=(Role("RO272", True),),
    relations=(Relation("RE4", "16C"),),
)
PARTNER = Record(
    "A81001",
    "THE SURGERY",
    stub=True,
    relations=(Relation("RE8", "U89141", Dates(None, Period(date(2019, 10, 1), date(2024, 4, 1)))),),
)


def workbook(path: Path, **sheets: list[list[Any]]) -> Publication:
    book = openpyxl.Workbook()
    book.remove(book.active)  # type: ignore[arg-type]
    for name, rows in sheets.items():
        sheet = book.create_sheet(name.replace("_", " "))
        for cells in rows:
            sheet.append(cells)
    book.save(path)
    return open_file(path)


def test_networks_are_whole_and_their_partners_stubs(tmp_path: Path) -> None:
    publication = workbook(
        tmp_path / "ePCN_2024-10.xlsx",
        PCNDetails=[DETAILS, NETWORK_ROW],
        PCN_Core_Partner_Details=[PARTNERS, PARTNER_ROW],
    )
    assert list(publication) == [NETWORK, PARTNER]
    assert (publication.release.series, publication.release.day) == ("epcn", date(2024, 10, 1))


@pytest.mark.parametrize(
    ("header", "cells", "expected"), [(DETAILS, NETWORK_ROW, NETWORK), (PARTNERS, PARTNER_ROW, PARTNER)]
)
def test_a_sheet_of_networks_as_csv_is_read_alike(
    tmp_path: Path, header: list[str], cells: list[object], expected: Record
) -> None:
    text = ",".join(" ".join(name.split()) for name in header) + "\n" + ",".join(map(str, cells)) + "\n"
    assert one(opened(tmp_path, "epcn.csv", text)) == expected


def test_partners_of_a_partnership_are_stubs_and_what_has_no_ods_code_is_refused(tmp_path: Path) -> None:
    header = ["NHS England Region", "ODS STP Code", "STP Name", "CCG", "ODS CCG Code", "LA", "ODS LA Code", "Trusts",
              "ODS Trust Code", "Other H&SC Orgs", "ODS Code"]  # fmt: skip
    publication = workbook(
        tmp_path / "stp_2019-04.xlsx",
        Title=[["Partners"]],
        Current_STPs=[
            ["PARTNER MAPPING"],
            header,
            [
                "North East (Y63)",
                "QHM",
                "Cumbria STP\n",
                "A CCG",
                "00L",
                "Gateshead",
                106,
                "A TRUST",
                "RTD",
                "Locala",
                "NL8 (CQC: 1-2)",
            ],
            ["North East (Y63)", "QHM", None, None, None, None, None, None, None, "Marie Curie", "CQC: 1-102643321"],
            ["North East (Y63)", "QHM", None, None, None, None, None, None, None, "Healthwatch Cumbria", None],
            ["North East (Y63)", None, None, None, None, None, None, "AMBULANCES", "RX8", None, None],
        ],
    )
    *told, register, blank, nobody = publication
    partner = (Relation("RE8", "QHM"),)
    assert told == [
        Record("QHM", "Cumbria STP", stub=True, relations=(Relation("RE5", "Y63"),)),
        Record("00L", "A CCG", stub=True, relations=partner),
        Record("106", "Gateshead", stub=True, relations=partner),
        Record("RTD", "A TRUST", stub=True, relations=partner),
        Record("NL8", "Locala", stub=True, relations=partner),
    ]
    assert isinstance(register, Refused)
    assert register.place == "sheet Current STPs, row 4"
    assert register.reason.startswith("Marie Curie has no ODS code")
    assert "CQC: 1-102643321" in register.reason
    assert "What else the row names is read." in register.reason
    assert isinstance(blank, Refused)
    assert blank.place == "sheet Current STPs, row 5"
    assert blank.reason.startswith("Healthwatch Cumbria has no ODS code")
    assert 'the column "ODS Code" is empty' in blank.reason
    assert isinstance(nobody, Refused)
    assert nobody.place == "sheet Current STPs, row 6"
    assert publication.notes == []


def test_a_sheet_of_closed_partnerships_is_named_as_one_that_is_not_read(tmp_path: Path) -> None:
    header = ["ODS STP Code", "STP Name", "ODS CCG Code", "ODS LA Code", "ODS Trust Code", "ODS Code"]
    publication = workbook(
        tmp_path / "stp_2019-04.xlsx",
        Current_STPs=[header, ["QHM", "Cumbria STP", None, None, None, None]],
        Closed_STP_codes=[header, ["QVP", "Northumberland STP", "00L", None, None, None]],
    )
    assert [found.code for found in publication if isinstance(found, Record)] == ["QHM"]
    (note,) = publication.notes
    assert note.startswith('The sheet "Closed STP codes" is not read')


# JSON


def answer(code: str = "97T") -> dict[str, object]:
    dated = [
        {"Type": "Operational", "Start": "2019-10-25"},
        {"Type": "Legal", "Start": "2020-04-01", "End": "2022-06-30"},
    ]
    return {
        "Organisation": {
            "Name": "A HUB",
            "Date": dated,
            "OrgId": {"extension": code},
            "LastChangeDate": "2020-04-01",
            "orgRecordClass": "RC1",
            "GeoLoc": {"Location": {"AddrLn1": "A HOUSE", "PostCode": "LS2 7UA", "UPRN": 100062280103}},
            "Contacts": {"Contact": [{"type": "tel", "value": "0113"}]},
            "Roles": {
                "Role": [{"id": "RO98", "uniqueRoleId": 7, "primaryRole": True, "Date": dated, "Status": "Active"}]
            },
            "Rels": {"Rel": {"id": "RE5", "uniqueRelId": 8, "Target": {"OrgId": {"extension": "Y59"}}}},
            "Succs": {"Succ": [{"Type": "Predecessor", "Date": dated[1:], "Target": {"OrgId": {"extension": "14W"}}}]},
        }
    }


DATED = Dates(Period(date(2020, 4, 1), date(2022, 7, 1)), Period(date(2019, 10, 25)))
ANSWERED = Record(
    "97T",
    "A HUB",
    record_class="RC1",
    status="Active",
    dates=DATED,
    last_changed=date(2020, 4, 1),
    address=Address(("A HOUSE",), postcode="LS2 7UA", uprn="100062280103"),
    contacts=(("tel", "0113"),),
    roles=(Role("RO98", True, DATED, "Active", "7"),),
    relations=(Relation("RE5", "Y59", id="8"),),
    successions=(Succession("14W", "97T", date(2020, 4, 1)),),
)


def test_an_answer_of_the_interface_is_read_like_xml(tmp_path: Path) -> None:
    publication = opened(tmp_path, "ord_97T.json", json.dumps(answer()))
    assert one(publication) == ANSWERED
    assert publication.release.series == "ord-97T"


def test_a_list_of_answers_is_read_one_by_one(tmp_path: Path) -> None:
    listed = {"Organisations": [answer("A1")["Organisation"], answer("A2")]}
    codes = [
        found.code for found in opened(tmp_path, "a.json", json.dumps(listed, indent=1)) if isinstance(found, Record)
    ]
    assert codes == ["A1", "A2"]
    assert open_file(tmp_path / "a.json").release.series == "ord-a"


def test_lines_of_answers_are_read_one_by_one(tmp_path: Path) -> None:
    data = "".join(json.dumps(answer(code)) + "\n" for code in ("A1", "A2"))
    for name in ("a.jsonl", "a.json"):
        publication = opened(tmp_path, name, data)
        assert [found.code for found in publication if isinstance(found, Record)] == ["A1", "A2"]
        assert publication.progress() == 1.0


def test_a_folder_of_answers_is_read_in_the_order_of_names(tmp_path: Path) -> None:
    for name, code in (("b.json", "A2"), ("a.json", "A1")):
        (tmp_path / name).write_text(json.dumps(answer(code)), encoding="utf-8")
    (tmp_path / "c.json").write_text("{", encoding="utf-8")
    publication = open_file(tmp_path)
    first, second, third = publication
    assert isinstance(first, Record)
    assert isinstance(second, Record)
    assert (first.code, second.code) == ("A1", "A2")
    assert isinstance(third, Refused)
    assert third.place == "c.json, record 1"
    hashes = "".join(
        f"{hashlib.sha256((tmp_path / f'{name}.json').read_bytes()).hexdigest()}  {name}.json\n" for name in "abc"
    )
    assert publication.release.sha256 == hashlib.sha256(hashes.encode()).hexdigest()


def test_a_summary_of_a_search_is_a_stub_and_a_link_is_refused(tmp_path: Path) -> None:
    found = {"Name": "A HUB", "OrgId": "97T", "Status": "Active", "OrgRecordClass": "RC1", "PostCode": "LS2 7UA",
             "LastChangeDate": "2020-04-01", "PrimaryRoleId": "RO98", "OrgLink": "https://example.org/97T"}  # fmt: skip
    summary, link = opened(
        tmp_path, "a.json", json.dumps({"Organisations": [found, {"OrgLink": "https://example.org/98T"}]})
    )
    assert summary == Record(
        "97T", "A HUB", True, "RC1", "Active", last_changed=date(2020, 4, 1), address=Address(postcode="LS2 7UA"),
        roles=(Role("RO98", True),),
    )  # fmt: skip
    assert isinstance(link, Refused)
    assert "only a link" in link.reason


# Tables


def test_what_else_a_folder_of_answers_holds_is_named(tmp_path: Path) -> None:
    writing.write_json(tmp_path / "one.json", [Record("A1", "ONE")])
    for name in ("eccg_2025-12.csv", "etr_2025-12.csv", ".hidden"):
        (tmp_path / name).write_bytes(b"not an answer")
    publication = open_file(tmp_path)
    assert [record.code for record in publication if isinstance(record, Record)] == ["A1"]
    (note,) = publication.notes
    assert "Not read: eccg_2025-12.csv, etr_2025-12.csv. Name each" in note


def test_the_day_in_the_name_of_a_file_stands_and_only_others_are_of_the_day_that_is_given(tmp_path: Path) -> None:
    dated = writing.write_report(tmp_path / "eccg_2025-12.csv", [Record("A1", "ONE")])
    plain = writing.write_report(tmp_path / "eccg.csv", [Record("A1", "ONE")])
    days = [file.edition.day for file in plan.opened([dated, plain], date(2020, 1, 1), {})]
    assert days == ["2025-12-01", "2020-01-01"]


def test_the_tables_of_a_folder_are_read_in_order(tmp_path: Path) -> None:
    publication = open_file(writing.write_parquet(tmp_path, [READ]))
    whole, *parts = publication
    assert isinstance(whole, Record)
    assert (whole.code, whole.stub, whole.roles, whole.dates) == ("A81001", False, (), READ.dates)
    assert parts == [
        *(Record("A81001", stub=True, roles=(role,)) for role in READ.roles),
        Record("A81001", stub=True, relations=(READ.relations[0]._replace(target_role=""),)),
        Record("A81099", stub=True, successions=READ.successions),
    ]
    assert (publication.release.series, publication.release.day) == ("ods-tables", date(2026, 8, 28))
    assert publication.progress() == 1.0


def test_a_table_of_organisations_alone_gives_their_roles(tmp_path: Path) -> None:
    writing.write_parquet(tmp_path, [READ])
    publication = open_file(tmp_path / "orgs.parquet")
    assert one(publication).roles == (Role("RO177", True), Role("RO76"))


def test_a_table_of_parts_alone_is_another_series(tmp_path: Path) -> None:
    writing.write_parquet(tmp_path, [READ])
    assert open_file(tmp_path / "successions.parquet").release.series == "ods-tables-successions"


def test_of_two_tables_of_organisations_the_one_with_closed_ones_is_read(tmp_path: Path) -> None:
    writing.write_parquet(tmp_path, [READ])
    (tmp_path / "orgs.parquet").rename(tmp_path / "orgs_all.parquet")
    other = tmp_path / "other"
    other.mkdir()
    writing.write_parquet(other, [READ._replace(code="NOT")])
    (other / "orgs.parquet").rename(tmp_path / "orgs.parquet")
    first = next(iter(open_file(tmp_path)))
    assert isinstance(first, Record)
    assert first.code == "A81001"
