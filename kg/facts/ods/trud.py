"""The releases on TRUD (item 341, "ODS XML organisation data"): XML in zips in a zip, or one XML file.

A release holds a full file and an archive; a record in one may be only named (`refOnly`) in the other. They are
read as they lie, in a stream, the full file first.

Source: schema HSCOrgRefData v2-0-0, and the habits of the files since 2018.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any, Final

from lxml import etree

from kg.errors import BadInput
from kg.facts.ods import organisation as xml
from kg.facts.ods.cells import KEPT, Unreadable
from kg.facts.ods.manifest import OPTIONS, Head, Reading, head_of, reading
from kg.facts.ods.record import Record, Refused, Release
from kg.facts.ods.stream import Publication, sha256
from kg.facts.ods.zips import Document, documents

_CHUNK: Final = 1 << 17
#: Bytes that may pass between the ends of two records. The largest record has some 200 kB.
_RECORD: Final = 32 << 20


def open_zip(path: Path, given: date | None) -> Publication:
    """Open a release as it is downloaded.

    Raises:
        BadInput: it is no zip of a release, damaged, or made to do harm.
    """
    found = documents(path)
    if not found:
        raise BadInput(
            f"{path} is a zip without an XML file in it, or in a zip in it. Name the zip of a release of TRUD item 341 "
            "as it was downloaded, or an .xlsx, .csv or .json file of the publisher."
        )
    return _publication(path, [head_of(path, document) for document in found], given)


def open_xml(path: Path, given: date | None) -> Publication:
    """Open one XML file of a release.

    Raises:
        BadInput: it is no such XML.
    """
    document = Document(path.name, path.stat().st_size, lambda: path.open("rb"))
    return _publication(path, [head_of(path, document)], given)


def _publication(path: Path, heads: list[Head], given: date | None) -> Publication:
    chosen, notes = _pair(heads)
    first = chosen[0]
    counts = [head.stated for head in chosen if head.stated is not None]
    release = Release(
        series="trud" if first.kind == "full" else f"trud-{first.kind}",
        title="ODS XML organisation data (TRUD item 341)",
        day=given or first.day,
        number=first.number,
        stated=sum(counts) if len(counts) == len(chosen) else None,
        sha256=sha256(path),
        file=path.name,
    )

    def records(publication: Publication) -> Iterator[Record | Refused]:
        publication.notes.extend(notes)
        for head in chosen:
            yield from _records(path, head, publication)

    return Publication(release, sum(head.document.size for head in chosen), records)


def _pair(heads: list[Head]) -> tuple[list[Head], list[str]]:
    """Choose the full file and its archive: those of one day, the latest; and say what was left out."""
    fulls = [head for head in heads if not head.archived]
    archives = [head for head in heads if head.archived]
    if not fulls or not archives:
        chosen = [max(fulls or archives, key=_day)]
    else:
        days = {head.day for head in archives}
        full = max(fulls, key=lambda head: (head.day in days, _day(head)))
        archive = max(archives, key=lambda head: (head.day == full.day, _day(head)))
        chosen = [full, archive]
    notes = []
    for head in heads:
        if head not in chosen:
            instead = chosen[-1] if head.archived else chosen[0]
            notes.append(f"{_told(head)} was left out: {_told(instead)} was read instead.")
    if len({head.day for head in chosen}) > 1:
        notes.append(f"{' and '.join(map(_told, chosen))} are not of one day. Both were read.")
    return chosen, notes


def _told(head: Head) -> str:
    return f"{head.document.name} (of {head.day or 'no stated day'})"


def _day(head: Head) -> date:
    return head.day or date.min


def _records(path: Path, said: Head, publication: Publication) -> Iterator[Record | Refused]:
    """Read the records of a document, each forgotten when the next is asked for."""
    name = said.document.name
    with reading(path, said.document) as state:
        for element in _ended(state, publication):
            if xml.local(element.tag) == "concept":
                _name(element, publication)
                continue
            parent = element.getparent()
            if parent is None or xml.local(parent.tag) != "Organisations":
                continue  # an organisation written out within the Target of another
            state.count += 1
            state.mark = state.data.count
            try:
                yield xml.record(element, said.archived)
            except Unreadable as error:
                text = etree.tostring(element, encoding="unicode", with_tail=False)
                yield Refused(f"{name}, record {state.count:,}", f"{error}.", text[:KEPT])
            element.clear()
            while element.getprevious() is not None:
                del parent[0]
    if not state.count and said.stated != 0:
        raise BadInput(
            f"{state.where} holds no organisation that could be read. Name a file of TRUD item 341 as it was downloaded."
        )
    if said.stated is not None and said.stated != state.count:
        publication.notes.append(f"{name} says that it holds {said.stated:,} records; {state.count:,} were read.")


def _ended(state: Reading, publication: Publication) -> Iterator[etree._Element]:
    """Give each organisation and each concept when it has been read to its end."""
    tags = [*xml.tags("Organisation"), *xml.tags("concept")]
    parser: Any = etree.XMLPullParser(events=("end",), tag=tags, **OPTIONS)
    while chunk := state.data.read(_CHUNK):
        publication.read += len(chunk)
        parser.feed(chunk)
        for _, element in parser.read_events():
            yield element
        if state.data.count - state.mark > _RECORD:
            raise BadInput(
                f"{state.where} has a record of more than {_RECORD >> 20} MB, which no organisation has; it is damaged or "
                "made to fill the memory. Download the file again."
            )
    parser.close()


def _name(concept: etree._Element, publication: Publication) -> None:
    """Remember what a role or a relation is called."""
    code, name = concept.get("id"), concept.get("displayName")
    if code and name:
        publication.names[code] = name
