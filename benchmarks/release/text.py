"""One record as the publisher writes it: order of elements and attributes, line ends and all."""

from __future__ import annotations

from typing import NamedTuple

from benchmarks.release.dates import DAYS

ROOT = "2.16.840.1.113883.2.1.3.2.4.18.48"
Period = tuple[int, int | None]


class Rel(NamedTuple):
    """One relationship: its code, what it points at, and when."""

    code: str
    target: str
    when: Period
    status: str


def escaped(text: str) -> str:
    """Text as it may stand in an element."""
    return text.replace("&", "&amp;").replace("<", "&lt;")


def target(code: str, role: str, serial: int, deep: str = "          ") -> str:
    """What a relationship or a succession points at."""
    return (
        f"{deep}<Target>\n"
        f'{deep}  <OrgId root="{ROOT}" assigningAuthorityName="HSCIC" extension="{code}" />\n'
        f'{deep}  <PrimaryRoleId id="{role}" uniqueRoleId="{100_000 + serial}" />\n'
        f"{deep}</Target>\n"
    )


def dates(when: Period, legal: Period | None, deep: str) -> str:
    """Dates in law, if any, and in operation."""
    start, end = when
    text = f'{deep}<Date>\n{deep}  <Type value="Operational" />\n{deep}  <Start value="{DAYS[start] if start >= 0 else "1900-01-01"}" />\n'
    if end is not None:
        text += f'{deep}  <End value="{DAYS[end]}" />\n'
    text += f"{deep}</Date>\n"
    if legal is None:
        return text
    start, end = legal
    first = f'{deep}<Date>\n{deep}  <Type value="Legal" />\n{deep}  <Start value="{DAYS[start] if start >= 0 else "1900-01-01"}" />\n'
    if end is not None:
        first += f'{deep}  <End value="{DAYS[end]}" />\n'
    return f"{first}{deep}</Date>\n{text}"


def head(
    name: str, code: str, site: bool, when: Period, legal: Period | None, status: str, changed: str, stub: bool
) -> str:
    """The beginning of a record, as far as its last change."""
    return (
        f'    <Organisation orgRecordClass="{"RC2" if site else "RC1"}"{" refOnly=" + chr(34) + "true" + chr(34) if stub else ""}>\n'
        f"      <Name>{escaped(name)}</Name>\n"
        f"{dates(when, legal, '      ')}"
        f'      <OrgId root="{ROOT}" assigningAuthorityName="HSCIC" extension="{code}" />\n'
        + (f'      <Status value="{status}" />\n' if status else "")
        + ("" if stub else f'      <LastChangeDate value="{changed}" />\n')
    )


def role(code: str, id: int, primary: bool, when: Period, legal: Period | None, status: str) -> str:
    """One role."""
    return (
        f'        <Role id="{code}" uniqueRoleId="{id}"{" primaryRole=" + chr(34) + "true" + chr(34) if primary else ""}>\n'
        f"{dates(when, legal, '          ')}"
        f'          <Status value="{status}" />\n'
        "        </Role>\n"
    )


def relationship(rel: Rel, id: int, legal: bool) -> str:
    """One relationship."""
    return (
        f'        <Rel id="{rel.code}" uniqueRelId="{id}">\n'
        f"{dates(rel.when, rel.when if legal else None, '          ')}"
        f'          <Status value="{rel.status}" />\n'
        f"{rel.target}"
        "        </Rel>\n"
    )


def succession(kind: str, aim: str, on: str, id: int | None, forward: bool) -> str:
    """One succession."""
    number = "" if id is None else f' uniqueSuccId="{id}"'
    return (
        f"        <Succ{number}{' forwardSuccession=' + chr(34) + 'true' + chr(34) if forward else ''}>\n"
        "          <Date>\n"
        '            <Type value="Legal" />\n'
        f'            <Start value="{on}" />\n'
        "          </Date>\n"
        f"          <Type>{kind}</Type>\n"
        f"{aim}"
        "        </Succ>\n"
    )


def place(lines: tuple[str, ...], town: str, county: str, postcode: str, uprn: int, telephone: str) -> str:
    """Where it is, and how to reach it."""
    text = "      <GeoLoc>\n        <Location>\n"
    for number, line in enumerate(lines):
        text += f"          <AddrLn{number + 1}>{escaped(line)}</AddrLn{number + 1}>\n"
    text += f"          <Town>{town}</Town>\n"
    if county:
        text += f"          <County>{county}</County>\n"
    text += f"          <PostCode>{postcode}</PostCode>\n          <Country>ENGLAND</Country>\n"
    if uprn:
        text += f"          <UPRN>{uprn}</UPRN>\n"
    text += "        </Location>\n      </GeoLoc>\n"
    if telephone:
        text += f'      <Contacts>\n        <Contact type="tel" value="{telephone}" />\n      </Contacts>\n'
    return text
