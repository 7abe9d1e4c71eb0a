"""A release as one zip: a zip of the full file and one of the archive in it, with the same bytes each time."""

from __future__ import annotations

import tempfile
import zipfile
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import IO

from benchmarks.release.plan import RELATIONS, Counts, Plan, counts, role_names
from benchmarks.release.records import Records
from benchmarks.release.text import escaped

STAMP = (2026, 8, 28, 0, 0, 0)
PUBLISHED = date(2026, 8, 27)
NUMBERS = (4748, 4749)
NAMES = ("Full", "Archive")
#: Names of the relationships, as the publisher has them.
RELATION_NAMES = {
    "RE2": "IS A SUB-DIVISION OF", "RE3": "IS DIRECTED BY", "RE4": "IS COMMISSIONED BY", "RE5": "IS LOCATED IN THE GEOGRAPHY OF",
    "RE6": "IS OPERATED BY", "RE8": "IS PARTNER TO", "RE9": "IS NOMINATED PAYEE FOR", "RE10": "IS COVID NOMINATED PAYEE FOR",
    "RE11": "IS CONSTITUENT OF",
}  # fmt: skip
SPACE = "http://refdata.hscic.gov.uk/org/v2-0-0"
HEAD = (
    '<?xml version="1.0" encoding="utf-8"?>\n'
    f'<HSCOrgRefData:OrgRefData xmlns:HSCOrgRefData="{SPACE}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    f'xsi:schemaLocation="{SPACE} HSCOrgRefData.xsd">\n'
)
#: Pieces of about this many characters are compressed at a time.
PIECE = 1 << 20


def write(path: Path, scale: float = 1.0) -> Counts:
    """Write a release and give what it holds."""
    plan = Plan(scale)
    promised = counts(plan)
    with zipfile.ZipFile(path, "w") as outer:
        for file, inside in enumerate(("fullfile.zip", "archive.zip")):
            records = promised.archive_records if file else promised.full_records
            with tempfile.TemporaryFile() as kept:
                _inner(kept, f"HSCOrgRefData_{NAMES[file]}_{PUBLISHED:%Y%m%d}.xml", _document(plan, file, records))
                kept.seek(0)
                with outer.open(_entry(inside, zipfile.ZIP_STORED), "w") as place:
                    while piece := kept.read(PIECE):
                        place.write(piece)
    return promised


def _entry(name: str, compression: int) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, STAMP)
    entry.compress_type = compression
    entry.external_attr = 0o644 << 16
    entry.create_system = 3
    return entry


def _inner(kept: IO[bytes], name: str, pieces: Iterable[str]) -> None:
    with zipfile.ZipFile(kept, "w") as inner, inner.open(_entry(name, zipfile.ZIP_DEFLATED), "w") as place:
        waiting: list[str] = []
        length = 0
        for piece in pieces:
            waiting.append(piece)
            length += len(piece)
            if length > PIECE:
                place.write("".join(waiting).encode())
                waiting.clear()
                length = 0
        place.write("".join(waiting).encode())


def _document(plan: Plan, file: int, records: int) -> Iterator[str]:
    yield HEAD
    yield _manifest(plan, file, records)
    yield _systems()
    yield "  <Organisations>\n"
    yield from Records(plan, file)
    yield "  </Organisations>\n</HSCOrgRefData:OrgRefData>\n"


def _manifest(plan: Plan, file: int, records: int) -> str:
    roles = role_names()
    primary = {body.role for body in plan.structure.bodies} | {
        part.kind.role for parts in plan.parts for part in parts if part.kind.role
    }
    scope = "".join(
        f'      <PrimaryRole id="{code}" displayName="{escaped(roles[code])}" />\n' for code in roles if code in primary
    )
    return (
        "  <Manifest>\n"
        '    <Version value="2-0-0" />\n'
        '    <PublicationType value="Full" />\n'
        '    <PublicationSource value="HSCIC" />\n'
        f'    <PublicationDate value="{PUBLISHED.isoformat()}" />\n'
        f'    <PublicationSeqNum value="{NUMBERS[file]}" />\n'
        f'    <FileCreationDateTime value="{PUBLISHED.isoformat()}T20:00:00" />\n'
        f'    <RecordCount value="{records}" />\n'
        f'    <ContentDescription value="HSCOrgRefData_{NAMES[file]}_{PUBLISHED:%Y%m%d}" />\n'
        f"    <PrimaryRoleScope>\n{scope}    </PrimaryRoleScope>\n"
        "  </Manifest>\n"
    )


def _systems() -> str:
    systems = (
        ("OrganisationRole", "2.16.840.1.113883.2.1.3.2.4.17.507", role_names()),
        (
            "OrganisationRelationship",
            "2.16.840.1.113883.2.1.3.2.4.17.508",
            {code: RELATION_NAMES[code] for code in RELATIONS},
        ),
    )
    text = "  <CodeSystems>\n"
    for name, oid, concepts in systems:
        text += f'    <CodeSystem name="{name}" oid="{oid}">\n'
        for code, shown in concepts.items():
            text += f'      <concept id="{code}" code="{code[2:]}" displayName="{escaped(shown)}" />\n'
        text += "    </CodeSystem>\n"
    return text + "  </CodeSystems>\n"
