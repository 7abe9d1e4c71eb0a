"""Answers of the ORD interface as JSON: one organisation, a list, a file of lines, or a folder of such files.

Source: NHS England, "Organisation Data Service - ORD interface", version 2-0-0.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any, Final

from kg.errors import BadInput
from kg.facts.ods.cells import KEPT, Unreadable, code, dates, day, shown
from kg.facts.ods.names import undated
from kg.facts.ods.record import Address, Dates, Record, Refused, Relation, Role, Succession
from kg.facts.ods.stream import Publication, of_files

_TITLE: Final = "Answers of the ODS ORD interface"
ENDINGS: Final = (".json", ".jsonl", ".ndjson")
_LINES: Final = ("AddrLn1", "AddrLn2", "AddrLn3", "AddrLn4", "AddrLn5")
#: So many files that are no answers are named.
_TOLD: Final = 8
#: A file that is one JSON value is held in memory.
_LARGEST: Final = 256 << 20
_LONGEST_LINE: Final = 32 << 20


def open_json(path: Path, given: date | None) -> Publication:
    """Open a file of answers.

    Raises:
        BadInput: it is no JSON, of no form that the interface gives, or too large to be one value.
    """
    series = "ods-api" if path.name.startswith("ods-api_") else f"ord-{undated(path)}"
    if not _is_lines(path):
        try:
            values = _values(path)
            if len(values) == 1:
                series = f"ord-{record_of(values[0]).code}"
        except Unreadable as error:
            raise BadInput(
                f"{path} cannot be read as answers of the ORD interface: {error}. Give an organisation as the "
                'interface prints it, {"Organisation": ...}, a list of them, or one on each line of a .jsonl file.'
            ) from None
    return of_files(path, given, series, _TITLE, partial(_records, [path], False, ()))


def open_folder(path: Path, given: date | None) -> Publication:
    """Open a folder of answers: its files that end in .json, .jsonl or .ndjson, in the order of their names."""
    held = sorted(file for file in path.iterdir() if file.is_file() and not file.name.startswith("."))
    files = [file for file in held if file.suffix.lower() in ENDINGS]
    others = [file.name for file in held if file not in files]
    return of_files(path, given, f"ord-{undated(path)}", _TITLE, partial(_records, files, True, others), files)


def record_of(value: object) -> Record:
    """Read one organisation as the interface gives it, with or without its {"Organisation": ...} around it.

    A summary, which a search of the interface gives, is read as a stub.

    Raises:
        Unreadable: it is none, a code is missing, a date is none, or an end stands before its start.
    """
    if isinstance(value, Unreadable):
        raise value
    found = _within(value)
    if isinstance(found.get("OrgId"), str):
        return _summary(found)
    own = code(_text(_mapping(found.get("OrgId"), "OrgId").get("extension")), "an organisation")
    roles = tuple(_role(part) for part in _parts(found, "Roles", "Role"))
    primary = next((role.status for role in roles if role.primary), "")
    location = _mapping(_mapping(found.get("GeoLoc"), "GeoLoc").get("Location"), "Location")
    return Record(
        own,
        _text(found.get("Name")),
        _true(found.get("refOnly")),
        _text(found.get("orgRecordClass")),
        _text(found.get("Status")) or primary,
        _dates(found),
        day(_text(found.get("LastChangeDate"))),
        Address(
            tuple(line for name in _LINES if (line := _text(location.get(name)))),
            *(_text(location.get(name)) for name in ("Town", "County", "PostCode", "Country", "UPRN")),
        ),
        tuple((_text(part.get("type")), _text(part.get("value"))) for part in _parts(found, "Contacts", "Contact")),
        roles,
        tuple(_relation(part) for part in _parts(found, "Rels", "Rel", "Relationship")),
        tuple(_succession(part, own) for part in _parts(found, "Succs", "Succ", "Successor")),
    )


def _summary(found: Mapping[str, Any]) -> Record:
    role = _text(found.get("PrimaryRoleId"))
    return Record(
        code(_text(found.get("OrgId")), "an organisation"),
        _text(found.get("Name")),
        stub=True,
        record_class=_text(found.get("OrgRecordClass")),
        status=_text(found.get("Status")),
        last_changed=day(_text(found.get("LastChangeDate"))),
        address=Address(postcode=_text(found.get("PostCode"))),
        roles=(Role(code(role, "a role"), primary=True),) if role else (),
    )


def _role(found: Mapping[str, Any]) -> Role:
    return Role(
        code(_text(found.get("id")), "a role"),
        _true(found.get("primaryRole")),
        _dates(found),
        _text(found.get("Status")),
        _text(found.get("uniqueRoleId")),
    )


def _relation(found: Mapping[str, Any]) -> Relation:
    target = _mapping(found.get("Target"), "Target")
    return Relation(
        code(_text(found.get("id")), "a relation"),
        code(_text(_mapping(target.get("OrgId"), "OrgId").get("extension")), "the target of a relation"),
        _dates(found),
        _text(found.get("Status")),
        _text(found.get("uniqueRelId")),
        _text(_mapping(target.get("PrimaryRoleId"), "PrimaryRoleId").get("id")),
    )


def _succession(found: Mapping[str, Any], own: str) -> Succession:
    target = _mapping(_mapping(found.get("Target"), "Target").get("OrgId"), "OrgId")
    other = code(_text(target.get("extension")), "the target of a succession")
    held = _dates(found).held
    on, unique = held.start if held else None, _text(found.get("uniqueSuccId"))
    match _text(found.get("Type")):
        case "Predecessor":
            return Succession(other, own, on, unique)
        case "Successor":
            return Succession(own, other, on, unique)
        case kind:
            raise Unreadable(f"{shown(kind)} is no type of succession; Predecessor and Successor are")


def _dates(found: Mapping[str, Any]) -> Dates:
    written: tuple[str, ...] = ()
    for part in _listed(found.get("Date"), "Date"):
        written += (_text(part.get("Type")), _text(part.get("Start")), _text(part.get("End")))
    return dates(written)


def _within(value: object) -> Mapping[str, Any]:
    found = _mapping(value, "an organisation")
    inner = found.get("Organisation", found)
    if not isinstance(inner, dict) or "OrgId" not in inner:
        link = " but only a link to one; read what it leads to" if "OrgLink" in found else ""
        raise Unreadable(f"it is no organisation{link}")
    return inner


def _parts(found: Mapping[str, Any], around: str, *names: str) -> list[Mapping[str, Any]]:
    held = _mapping(found.get(around), around)
    return [part for name in names for part in _listed(held.get(name), name)]


def _listed(value: object, name: str) -> list[Mapping[str, Any]]:
    parts = value if isinstance(value, list) else [] if value is None else [value]
    return [_mapping(part, name) for part in parts]


def _mapping(value: object, name: str) -> Mapping[str, Any]:
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise Unreadable(f"{name} is not as the interface gives it")
    return value


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise Unreadable(f"{shown(str(value))} stands where a text or a number should")
    text = str(value).strip()
    if not text.isascii() and any("\ud800" <= letter <= "\udfff" for letter in text):
        raise Unreadable("it holds half of a character")
    return text


def _true(value: object) -> bool:
    return value is True or value == "true"


def _records(
    files: list[Path], in_folder: bool, others: Sequence[str], publication: Publication
) -> Iterator[Record | Refused]:
    if others:
        few = ", ".join(others[:_TOLD]) + (f" and {len(others) - _TOLD} more" if len(others) > _TOLD else "")
        publication.notes.append(
            f"Of a folder the answers are read, which end in {', '.join(ENDINGS)}. Not read: {few}. Name each of these as a file."
        )
    for file in files:
        before = f"{file.name}, " if in_folder else ""
        start = publication.read
        for place, value in _placed(file, publication):
            try:
                yield record_of(value)
            except Unreadable as error:
                yield Refused(f"{before}{place}", f"{error}.", _beginning(value))
        publication.read = start + file.stat().st_size


def _placed(file: Path, publication: Publication) -> Iterator[tuple[str, object]]:
    """Give the place and the value of each record in a file; what is no JSON is given as its own text."""
    if _is_lines(file):
        with file.open("rb") as stream:
            for number in itertools.count(1):
                raw = stream.readline(_LONGEST_LINE)
                if not raw:
                    return
                publication.read += len(raw)
                if raw.strip():
                    yield f"line {number:,}", _parsed(raw)
    try:
        values = _values(file)
    except Unreadable as error:
        values = [error]
    yield from ((f"record {number:,}", value) for number, value in enumerate(values, 1))


def _parsed(raw: bytes) -> object:
    """Give what JSON says, or why it says nothing."""
    try:
        return json.loads(raw)
    except (ValueError, RecursionError) as error:
        return Unreadable(f"it is no JSON ({error})")


def _values(path: Path) -> list[object]:
    """Read a file that is one JSON value, as the organisations in it.

    Raises:
        Unreadable: it is no JSON, or too large to be held.
    """
    if path.stat().st_size > _LARGEST:
        raise Unreadable(f"it is one value of more than {_LARGEST >> 20} MB")
    value = _parsed(path.read_bytes())
    if isinstance(value, Unreadable):
        raise value
    if isinstance(value, dict) and isinstance(value.get("Organisations"), list):
        value = value["Organisations"]
    return value if isinstance(value, list) else [value]


def _is_lines(path: Path) -> bool:
    """Say whether each line is a value of its own."""
    if path.suffix.lower() in (".jsonl", ".ndjson"):
        return True
    with path.open("rb") as file:
        first = file.readline(_LONGEST_LINE)
        if not first.strip() or isinstance(_parsed(first), Unreadable):
            return False
        return any(line.strip() for line in iter(partial(file.readline, _LONGEST_LINE), b""))


def _beginning(value: object) -> str:
    return "" if isinstance(value, Unreadable) else json.dumps(value, ensure_ascii=False)[:KEPT]
