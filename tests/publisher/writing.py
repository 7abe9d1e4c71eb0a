"""The publisher's files written from records, in each form that is read, and what each form can hold of a record."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl
from lxml import etree

from kg.facts.ods.record import Dates, Period, Record, Relation, Role, Succession

NAMESPACE = "http://refdata.hscic.gov.uk/org/v2-0-0"
ROOT = "2.16.840.1.113883.2.1.3.2.4.18.48"
FILLER = "1900-01-01"
DAY = date(2026, 8, 28)
NAMES = {"RO177": "PRESCRIBING COST CENTRE", "RO98": "CLINICAL COMMISSIONING GROUP", "RE4": "IS COMMISSIONED BY"}
LINES = ("AddrLn1", "AddrLn2", "AddrLn3", "AddrLn4", "AddrLn5")


def last_of(period: Period) -> date | None:
    """Give the last day in a period."""
    return period.until - timedelta(days=1) if period.until else None


def _succession(record: Record, succession: Succession) -> tuple[str, str]:
    """Give the type and the target of a succession as the record that holds it says it."""
    if succession.predecessor == record.code:
        return "Successor", succession.successor
    return "Predecessor", succession.predecessor


# XML


def write_trud(
    path: Path,
    records: Sequence[Record],
    *,
    published: date = DAY,
    names: Mapping[str, str] = NAMES,
    others: Mapping[str, bytes] | None = None,
) -> Path:
    """Write a release: records in fullfile.zip, archived ones in archive.zip, both in a zip, with other members."""
    day = f"{published:%Y%m%d}"
    full = xml([record for record in records if not record.archived], published=published, names=names)
    archive = xml([record for record in records if record.archived], "Archive", published=published, names=names)
    members = {
        "fullfile.zip": zipped({f"HSCOrgRefData_Full_{day}.xml": full}),
        "archive.zip": zipped({f"HSCOrgRefData_Archive_{day}.xml": archive}),
        **(others or {}),
    }
    path.write_bytes(zipped(members))
    return path


def zipped(members: Mapping[str, bytes]) -> bytes:
    """Give a zip."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, data in members.items():
            packed.writestr(name, data)
    return held.getvalue()


def xml(
    records: Iterable[Record],
    kind: str = "Full",
    *,
    published: date = DAY,
    names: Mapping[str, str] = NAMES,
    count: int | None = None,
) -> bytes:
    """Give one XML document of a release; it states `count` records, or as many as there are."""
    records = list(records)
    root = etree.Element(f"{{{NAMESPACE}}}OrgRefData", nsmap={"HSCOrgRefData": NAMESPACE})
    manifest = etree.SubElement(root, "Manifest")
    for name, value in (
        ("Version", "2-0-0"),
        ("PublicationType", "Full"),  # of an archive, too
        ("PublicationSource", "HSCIC"),
        ("PublicationDate", str(published)),
        ("PublicationSeqNum", "4700"),
        ("FileCreationDateTime", f"{published}T10:00:00"),
        ("RecordCount", str(len(records) if count is None else count)),
        ("ContentDescription", f"HSCOrgRefData_{kind}_{published:%Y%m%d}"),
    ):
        etree.SubElement(manifest, name, value=value)
    system = etree.SubElement(etree.SubElement(root, "CodeSystems"), "CodeSystem", name="OrganisationRole")
    for code, name in names.items():
        etree.SubElement(system, "concept", id=code, code=code[2:], displayName=name)
    organisations = etree.SubElement(root, "Organisations")
    for record in records:
        organisations.append(element(record))
    return etree.tostring(root, xml_declaration=True, encoding="utf-8", pretty_print=True)


def element(record: Record) -> Any:
    """Give a record as an Organisation element."""
    found = etree.Element("Organisation", orgRecordClass=record.record_class)
    if record.stub:
        found.set("refOnly", "true")
    _text(found, "Name", record.name)
    _dates(found, record.dates)
    _id(found, record.code)
    if record.status:
        etree.SubElement(found, "Status", value=record.status)
    if record.last_changed:
        etree.SubElement(found, "LastChangeDate", value=str(record.last_changed))
    address = record.address
    location = etree.SubElement(etree.SubElement(found, "GeoLoc"), "Location")
    for name, line in zip(LINES, address.lines, strict=False):
        _text(location, name, line)
    for name, line in (
        ("Town", address.town),
        ("County", address.county),
        ("PostCode", address.postcode),
        ("Country", address.country),
        ("UPRN", address.uprn),
    ):
        if line:
            _text(location, name, line)
    if record.contacts:
        contacts = etree.SubElement(found, "Contacts")
        for sort, value in record.contacts:
            etree.SubElement(contacts, "Contact", type=sort, value=value)
    roles = etree.SubElement(found, "Roles")
    for role in record.roles:
        part = etree.SubElement(roles, "Role", id=role.code, uniqueRoleId=role.id)
        if role.primary:
            part.set("primaryRole", "true")
        _dates(part, role.dates)
        if role.status:
            etree.SubElement(part, "Status", value=role.status)
    if record.relations:
        relations = etree.SubElement(found, "Rels")
        for relation in record.relations:
            part = etree.SubElement(relations, "Rel", id=relation.code, uniqueRelId=relation.id)
            _dates(part, relation.dates)
            if relation.status:
                etree.SubElement(part, "Status", value=relation.status)
            _target(part, relation.target, relation.target_role)
    if record.successions:
        successions = etree.SubElement(found, "Succs")
        for succession in record.successions:
            sort, target = _succession(record, succession)
            part = etree.SubElement(successions, "Succ", uniqueSuccId=succession.id)
            if succession.on:
                _dates(part, Dates(Period(succession.on)))
            _text(part, "Type", sort)
            _target(part, target, "")
    return found


def _text(parent: Any, name: str, text: str) -> None:
    etree.SubElement(parent, name).text = text


def _id(parent: Any, code: str) -> None:
    etree.SubElement(parent, "OrgId", root=ROOT, assigningAuthorityName="HSCIC", extension=code)


def _target(parent: Any, code: str, role: str) -> None:
    target = etree.SubElement(parent, "Target")
    _id(target, code)
    if role:
        etree.SubElement(target, "PrimaryRoleId", id=role, uniqueRoleId="1")


def _dates(parent: Any, dates: Dates) -> None:
    for sort, period in (("Legal", dates.legal), ("Operational", dates.operational)):
        if period is not None:
            part = etree.SubElement(parent, "Date")
            etree.SubElement(part, "Type", value=sort)
            etree.SubElement(part, "Start", value=str(period.start or FILLER))
            if last := last_of(period):
                etree.SubElement(part, "End", value=str(last))


def held_by_xml(records: Iterable[Record]) -> list[Record]:
    """Give what a release holds: all of it, the full file first; a missing status is its primary role's."""
    told = [record._replace(status=record.status or _primary_status(record)) for record in records]
    return sorted(told, key=lambda record: record.archived)


def _primary_status(record: Record) -> str:
    return next((role.status for role in record.roles if role.primary), "")


# JSON


def write_json(path: Path, records: Sequence[Record]) -> Path:
    """Write answers of the ORD interface: one, a list of them, lines (.jsonl), or a folder where the path is one."""
    told = [answer(record) for record in records]
    if path.is_dir():
        for number, value in enumerate(told):
            (path / f"{number:06d}.json").write_text(json.dumps(value), encoding="utf-8")
    elif path.suffix == ".jsonl":
        path.write_text("".join(json.dumps(value, ensure_ascii=False) + "\n" for value in told), encoding="utf-8")
    elif len(told) == 1:
        path.write_text(json.dumps(told[0]), encoding="utf-8")
    else:
        inner = [value["Organisation"] for value in told]
        path.write_text(json.dumps({"Organisations": inner}, indent=1), encoding="utf-8")
    return path


def answer(record: Record) -> dict[str, Any]:
    """Give a record as the interface answers."""
    address = record.address
    location = {
        **dict(zip(LINES, address.lines, strict=False)),
        "Town": address.town,
        "County": address.county,
        "PostCode": address.postcode,
        "Country": address.country,
        "UPRN": int(address.uprn) if address.uprn else None,
    }
    found: dict[str, Any] = {
        "Name": record.name,
        "Date": _dated(record.dates),
        "OrgId": _identified(record.code),
        "Status": record.status,
        "LastChangeDate": str(record.last_changed) if record.last_changed else None,
        "orgRecordClass": record.record_class,
        "refOnly": record.stub or None,
        "GeoLoc": {"Location": {name: value for name, value in location.items() if value}},
        "Contacts": {"Contact": [{"type": sort, "value": value} for sort, value in record.contacts]},
        "Roles": {"Role": [
            {"id": role.code, "uniqueRoleId": _number(role.id), "primaryRole": role.primary or None,
             "Date": _dated(role.dates), "Status": role.status}
            for role in record.roles
        ]},
        "Rels": {"Rel": [
            {"id": relation.code, "uniqueRelId": _number(relation.id), "Date": _dated(relation.dates),
             "Status": relation.status, "Target": _targeted(relation.target, relation.target_role)}
            for relation in record.relations
        ]},
        "Succs": {"Succ": [
            {"uniqueSuccId": _number(succession.id), "Date": _dated(Dates(Period(succession.on))) if succession.on else [],
             "Type": _succession(record, succession)[0], "Target": _targeted(_succession(record, succession)[1], "")}
            for succession in record.successions
        ]},
    }  # fmt: skip
    return {"Organisation": _without_nothing(found)}


def _without_nothing(value: Any) -> Any:
    """Leave out what is not there, as the interface does."""
    if isinstance(value, dict):
        kept = {name: _without_nothing(part) for name, part in value.items()}
        return {name: part for name, part in kept.items() if part not in (None, "", [], {})}
    return [_without_nothing(part) for part in value] if isinstance(value, list) else value


def _number(text: str) -> int | str:
    return int(text) if text.isascii() and text.isdecimal() and str(int(text)) == text else text


def _identified(code: str) -> dict[str, str]:
    return {"root": ROOT, "assigningAuthorityName": "HSCIC", "extension": code}


def _targeted(code: str, role: str) -> dict[str, Any]:
    return {"OrgId": _identified(code), "PrimaryRoleId": {"id": role, "uniqueRoleId": 1} if role else None}


def _dated(dates: Dates) -> list[dict[str, Any]]:
    return [
        {"Type": sort, "Start": str(period.start or FILLER), "End": str(last_of(period)) if period.until else None}
        for sort, period in (("Legal", dates.legal), ("Operational", dates.operational))
        if period is not None
    ]


def held_by_json(records: Iterable[Record]) -> list[Record]:
    """Give what answers hold: all but whether it was archived."""
    return [record._replace(status=record.status or _primary_status(record), archived=False) for record in records]


# Reports in CSV


def write_report(path: Path, records: Iterable[Record]) -> Path:
    """Write a report of 27 columns, with the further roles of a commissioner in column 14."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, quoting=csv.QUOTE_ALL)
        writer.writerows(map(report_row, records))
    return path


def report_row(record: Record) -> list[str]:
    """Give a record as a row of a report."""
    held = held_by_report([record])[0]
    cells = [""] * 27
    cells[0], cells[1] = held.code, held.name
    for at, relation in zip((2, 3), (one for one in held.relations if one.code == "RE5"), strict=False):
        cells[at] = relation.target
    address = held.address
    for at, line in zip((4, 5, 6), address.lines, strict=False):
        cells[at] = line
    cells[7:10] = [address.town, address.county, address.postcode]
    cells[10:12] = _days(held.dates.operational)
    cells[12] = held.status[:1]
    cells[13] = "|".join(role.code for role in held.roles if not role.primary)
    for relation in held.relations:
        if relation.code == "RE4":
            cells[14] = relation.target
            cells[15:17] = _days(relation.dates.operational)
    cells[17] = dict(held.contacts).get("tel", "")
    return cells


def _days(period: Period | None) -> list[str]:
    if period is None:
        return ["", ""]
    last = last_of(period)
    return [f"{period.start:%Y%m%d}" if period.start else "19000101", f"{last:%Y%m%d}" if last else ""]


def held_by_report(records: Iterable[Record]) -> list[Record]:
    """Give what a report of commissioners holds: dates in operation, two geographies, one commissioner, a telephone."""
    told = []
    for record in records:
        geographies = [Relation("RE5", one.target) for one in record.relations if one.code == "RE5"][:2]
        commissioners = [
            Relation("RE4", one.target, Dates(None, one.dates.operational))
            for one in record.relations
            if one.code == "RE4"
        ][:1]
        address = record.address
        told.append(
            Record(
                record.code,
                record.name,
                status=record.status if record.status in ("Active", "Closed", "Dormant", "Proposed") else "",
                dates=Dates(None, record.dates.operational),
                address=address._replace(lines=address.lines[:3], country="", uprn=""),
                contacts=tuple(one for one in record.contacts if one[0] == "tel")[:1],
                roles=(Role("RO98", primary=True), *(Role(one.code) for one in record.roles if not one.primary)),
                relations=(*geographies, *commissioners),
            )
        )
    return told


def write_successions(path: Path, records: Iterable[Record], *, header: bool = True) -> Path:
    """Write succ.csv: with the header old_code,new_code,date, or the five columns as printed."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, quoting=csv.QUOTE_MINIMAL if header else csv.QUOTE_ALL)
        if header:
            writer.writerow(["old_code", "new_code", "date"])
        for record in records:
            for one in record.successions:
                if header:
                    writer.writerow([one.predecessor, one.successor, one.on or ""])
                else:
                    writer.writerow(
                        [one.predecessor, one.successor, "R", f"{one.on:%Y%m%d}" if one.on else "19000101", ""]
                    )
    return path


def held_by_successions(records: Iterable[Record]) -> list[Record]:
    """Give what succ.csv holds: which code followed which, and when."""
    return [
        Record(one.predecessor, stub=True, successions=(one._replace(id=""),))
        for record in records
        for one in record.successions
    ]


# Parquet


def write_parquet(folder: Path, records: Sequence[Record], *, published: date = DAY) -> Path:
    """Write the four tables of the ods project."""
    day = {"trud_release_date": published}
    dates = {f"{sort}_{end}": pl.Date for sort in ("legal", "operational") for end in ("start", "end")}
    _table(folder / "orgs.parquet", [
        {"ods_code": one.code, "name": one.name, "status": one.status.lower(), "record_class": one.record_class,
         "role_codes": sorted({role.code for role in one.roles}), "role_names": [], "primary_role_code": one.primary_role,
         "address": ", ".join(one.address.lines) or None, "town": one.address.town or None,
         "county": one.address.county or None, "postcode": one.address.postcode or None,
         "country": one.address.country or None, "uprn": one.address.uprn or None,
         "telephone": dict(one.contacts).get("tel"), "website": dict(one.contacts).get("http"),
         "predecessor_codes": [], "successor_codes": [], **_columns(one.dates), "last_changed": one.last_changed, **day}
        for one in records
    ], {"role_codes": pl.List(pl.String), "role_names": pl.List(pl.String), "predecessor_codes": pl.List(pl.String),
        "successor_codes": pl.List(pl.String), "last_changed": pl.Date, "trud_release_date": pl.Date, **dates},
        ["ods_code", "name", "status", "record_class", "role_codes", "role_names", "primary_role_code", "address", "town",
         "county", "postcode", "country", "uprn", "telephone", "website", "predecessor_codes", "successor_codes", *dates,
         "last_changed", "trud_release_date"])  # fmt: skip
    _table(folder / "roles.parquet", [
        {"ods_code": one.code, "role_code": role.code, "role_name": NAMES.get(role.code), "is_primary": role.primary,
         "role_status": role.status.lower(), **_columns(role.dates), "role_id": role.id, **day}
        for one in records for role in one.roles
    ], {"is_primary": pl.Boolean, "trud_release_date": pl.Date, **dates},
        ["ods_code", "role_code", "role_name", "is_primary", "role_status", *dates, "role_id", "trud_release_date"])  # fmt: skip
    _table(folder / "relationships.parquet", [
        {"source_code": one.code, "target_code": relation.target, "rel_code": relation.code, "rel_name": None,
         "rel_status": relation.status.lower(), **_columns(relation.dates), "rel_id": relation.id, **day}
        for one in records for relation in one.relations
    ], {"trud_release_date": pl.Date, **dates},
        ["source_code", "target_code", "rel_code", "rel_name", "rel_status", *dates, "rel_id", "trud_release_date"])  # fmt: skip
    _table(folder / "successions.parquet", [
        {"predecessor_code": followed.predecessor, "successor_code": followed.successor, "legal_start": followed.on,
         "succession_id": followed.id, **day}
        for one in records for followed in one.successions
    ], {"legal_start": pl.Date, "trud_release_date": pl.Date},
        ["predecessor_code", "successor_code", "legal_start", "succession_id", "trud_release_date"])  # fmt: skip
    return folder


def _table(path: Path, rows: list[dict[str, Any]], types: Mapping[str, Any], columns: Sequence[str]) -> None:
    schema = {name: types.get(name, pl.String) for name in columns}
    pl.DataFrame(rows, schema=schema, orient="row").write_parquet(path)


def _columns(dates: Dates) -> dict[str, date | None]:
    found: dict[str, date | None] = {}
    for sort, period in (("legal", dates.legal), ("operational", dates.operational)):
        found[f"{sort}_start"] = (period.start or date.fromisoformat(FILLER)) if period else None
        found[f"{sort}_end"] = last_of(period) if period else None
    return found


def held_by_parquet(records: Sequence[Record]) -> list[Record]:
    """Give what the tables hold, in their order: each organisation without its parts, then each part as a stub."""
    whole = [
        Record(
            one.code,
            one.name,
            record_class=one.record_class,
            status=one.status,
            dates=one.dates,
            last_changed=one.last_changed,
            address=one.address._replace(lines=(", ".join(one.address.lines),) if one.address.lines else ()),
            contacts=tuple((sort, dict(one.contacts)[sort]) for sort in ("tel", "http") if sort in dict(one.contacts)),
        )
        for one in records
    ]
    roles = [Record(one.code, stub=True, roles=(role,)) for one in records for role in one.roles]
    relations = [
        Record(one.code, stub=True, relations=(relation._replace(target_role=""),))
        for one in records
        for relation in one.relations
    ]
    successions = [
        Record(followed.predecessor, stub=True, successions=(followed,))
        for one in records
        for followed in one.successions
    ]
    return [*whole, *roles, *relations, *successions]
