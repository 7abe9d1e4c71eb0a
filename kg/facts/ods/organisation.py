"""One `Organisation` element of HSCOrgRefData v2-0-0 as a record.

A full release has 20 million elements, so each is looked at once, and by the children it has rather than by paths.
"""

from __future__ import annotations

from datetime import date
from typing import Final

from lxml.etree import _Element

from kg.facts.ods.cells import Unreadable, code, dates, day, shown
from kg.facts.ods.record import Address, Record, Relation, Role, Succession

NAMESPACE: Final = "http://refdata.hscic.gov.uk/org/v2-0-0"
_NAMES: Final = (
    "Organisation", "Organisations", "Manifest", "CodeSystems", "concept", "Name", "Date", "Type", "Start", "End",
    "OrgId", "Status", "LastChangeDate", "GeoLoc", "Location", "Contacts", "Contact", "Roles", "Role", "Rels", "Rel",
    "Relationship", "Succs", "Succ", "Successor", "Target", "PrimaryRoleId", "AddrLn1", "AddrLn2", "AddrLn3", "AddrLn4",
    "AddrLn5", "Town", "County", "PostCode", "Country", "UPRN",
)  # fmt: skip
#: Tags with the namespace and without, for the children of real files have none, by the name alone.
_PREFIX: Final = f"{{{NAMESPACE}}}"
_LOCAL: Final = {tag: name for name in _NAMES for tag in (name, _PREFIX + name)}
_LINES: Final = ("AddrLn1", "AddrLn2", "AddrLn3", "AddrLn4", "AddrLn5")


def local(tag: str) -> str:
    """Give the name of a tag in this schema's namespace or in none; of another namespace it keeps that."""
    return tag.removeprefix(_PREFIX)


def tags(name: str) -> tuple[str, str]:
    """Give a name as a tag with the namespace and without."""
    return _PREFIX + name, name


def record(element: _Element, archived: bool) -> Record:
    """Read one element.

    Raises:
        Unreadable: a code is missing or no code, a date is none, or an end stands before its start.
    """
    own = name = status = ""
    written: tuple[str, ...] = ()
    changed: date | None = None
    address = Address()
    contacts: tuple[tuple[str, str], ...] = ()
    roles: list[Role] = []
    relations: list[Relation] = []
    targets: list[tuple[str, str, date | None, str]] = []
    for child in element:
        match _LOCAL.get(child.tag):
            case "Name":
                name = _text(child)
            case "Date":
                written += _date(child)
            case "OrgId":
                own = code(child.get("extension", ""), "an organisation")
            case "Status":
                status = child.get("value", "")
            case "LastChangeDate":
                changed = day(child.get("value", ""))
            case "GeoLoc":
                address = _address(child)
            case "Contacts":
                contacts = tuple((part.get("type", ""), part.get("value", "")) for part in child)
            case "Roles":
                roles = [_role(part) for part in child]
            case "Rels":
                relations = [_relation(part) for part in child]
            case "Succs":
                targets = [_succession(part) for part in child]
    if not own:
        code("", "an organisation")
    primary = next((role for role in roles if role.primary), None)
    return Record(
        own,
        name,
        element.get("refOnly") == "true",
        element.get("orgRecordClass", ""),
        status or (primary.status if primary else ""),
        dates(written),
        changed,
        address,
        contacts,
        tuple(roles),
        tuple(relations),
        tuple(
            Succession(own, target, on, id) if kind == "Successor" else Succession(target, own, on, id)
            for kind, target, on, id in targets
        ),
        archived,
    )


def _date(element: _Element) -> tuple[str, str, str]:
    """Give the type, the first and the last day of a Date as written."""
    sort = start = last = ""
    for child in element:
        match _LOCAL.get(child.tag):
            case "Type":
                sort = child.get("value", "")
            case "Start":
                start = child.get("value", "")
            case "End":
                last = child.get("value", "")
    return sort, start, last


def _text(element: _Element) -> str:
    text = element.text
    return text.strip() if text else ""


def _address(geography: _Element) -> Address:
    found = {_LOCAL.get(part.tag): (part.text or "").strip() for location in geography for part in location}
    return Address(
        tuple(line for name in _LINES if (line := found.get(name))),
        found.get("Town", ""),
        found.get("County", ""),
        found.get("PostCode", ""),
        found.get("Country", ""),
        found.get("UPRN", ""),
    )


def _role(element: _Element) -> Role:
    written: tuple[str, ...] = ()
    status = ""
    for child in element:
        match _LOCAL.get(child.tag):
            case "Date":
                written += _date(child)
            case "Status":
                status = child.get("value", "")
    return Role(
        code(element.get("id", ""), "a role"),
        element.get("primaryRole") == "true",
        dates(written),
        status,
        element.get("uniqueRoleId", ""),
    )


def _relation(element: _Element) -> Relation:
    written: tuple[str, ...] = ()
    status = target = role = ""
    for child in element:
        match _LOCAL.get(child.tag):
            case "Date":
                written += _date(child)
            case "Status":
                status = child.get("value", "")
            case "Target":
                target, role = _target(child)
    return Relation(
        code(element.get("id", ""), "a relation"),
        code(target, "the target of a relation"),
        dates(written),
        status,
        element.get("uniqueRelId", ""),
        role,
    )


def _succession(element: _Element) -> tuple[str, str, date | None, str]:
    written: tuple[str, ...] = ()
    kind = target = ""
    for child in element:
        match _LOCAL.get(child.tag):
            case "Date":
                written += _date(child)
            case "Type":  # beside Date/Type, which is a type of date
                kind = _text(child) or child.get("value", "")
            case "Target":
                target, _ = _target(child)
    if kind not in ("Predecessor", "Successor"):
        raise Unreadable(f"{shown(kind)} is no type of succession; Predecessor and Successor are")
    held = dates(written).held
    return (
        kind,
        code(target, "the target of a succession"),
        held.start if held else None,
        element.get("uniqueSuccId", ""),
    )


def _target(element: _Element) -> tuple[str, str]:
    """Give the code and the primary role of a target, which may be written out as a whole organisation."""
    target = role = ""
    for child in element:
        match _LOCAL.get(child.tag):
            case "OrgId":
                target = child.get("extension", "")
            case "PrimaryRoleId":
                role = child.get("id", "")
            case "Organisation":
                whole = record(child, archived=False)
                target, role = target or whole.code, role or whole.primary_role
    return target, role
