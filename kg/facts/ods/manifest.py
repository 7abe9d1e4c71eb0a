"""What an XML document of a release says of itself before its first record, and how all of them are parsed.

A document type is refused outright: organisation data has none, and with one XML can read other files or grow without
end. Entities are not resolved and nothing is fetched in any case.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any, Final, NamedTuple

from lxml import etree

from kg.errors import BadInput
from kg.facts.ods.cells import Unreadable, day
from kg.facts.ods.organisation import NAMESPACE, local
from kg.facts.ods.zips import Counted, Document, opened

#: Not collect_ids=False, which is quicker by nothing and makes libxml2 load an external document type after all.
OPTIONS: Final[dict[str, Any]] = {
    "resolve_entities": False,
    "load_dtd": False,
    "no_network": True,
    "remove_blank_text": True,
    "remove_comments": True,
    "remove_pis": True,
    "huge_tree": False,
}
_ROOT: Final = "OrgRefData"
_CHUNK: Final = 1 << 14
#: A word may be cut by the end of a chunk.
_OVERLAP: Final = 16
#: A manifest stands in the first few kilobytes.
_WITHIN: Final = 1 << 20


class Head(NamedTuple):
    """A document and what its manifest says; `kind` is full, archive, or another type of publication."""

    document: Document
    kind: str
    day: date | None
    number: str
    stated: int | None

    @property
    def archived(self) -> bool:
        return self.kind == "archive"


class Reading:
    """How far a document has been read: the records that were given, and the bytes at the end of the last."""

    def __init__(self, path: Path, document: Document, data: Counted) -> None:
        self.data = data
        self.where = where(path, document)
        self.count = 0
        self.mark = 0


def where(path: Path, document: Document) -> str:
    """Name a document in a sentence."""
    return str(path) if document.name == path.name else f"{document.name} in {path}"


@contextmanager
def reading(path: Path, document: Document) -> Iterator[Reading]:
    """Open a document, and tell of XML that breaks off or is no XML as one paragraph."""
    with opened(document, path) as data:
        state = Reading(path, document, data)
        try:
            yield state
        except etree.XMLSyntaxError as error:
            after = f" after {state.count:,} records" if state.count else ""
            raise BadInput(
                f"{state.where} breaks off or is damaged{after} ({' '.join(str(error.msg).split())}). Nothing of it was kept. Download the file "
                "again and compare its SHA-256 with the one that TRUD gives."
            ) from None


def head_of(path: Path, document: Document) -> Head:
    """Read a document as far as its manifest ends.

    Raises:
        BadInput: it is no XML, has a document type, or is XML of another form.
    """
    said: dict[str, str] = {}
    parser: Any = etree.XMLPullParser(events=("start", "end"), **OPTIONS)
    with reading(path, document) as state:
        root = None
        before = b""
        while state.data.count < _WITHIN and (chunk := state.data.read(_CHUNK)):
            if root is None:
                before = (before + chunk).replace(b"\0", b"")  # as it stands in UTF-16, too
                _refuse_doctype(state.where, b"<!DOCTYPE" in before)
                before = before[-_OVERLAP:]
            parser.feed(chunk)
            for event, element in parser.read_events():
                if root is None:
                    root = element
                    _refuse_doctype(state.where, root.getroottree().docinfo.internalDTD is not None)
                    _look_at_root(state.where, root.tag)
                name = local(element.tag)
                if event == "end" and (value := element.get("value")) is not None:
                    said.setdefault(name, value)
                if name in ("Organisations", "CodeSystems") or (event == "end" and name == "Manifest"):
                    return _said(document, said)
        if state.data.count < _WITHIN:
            parser.close()
    return _said(document, said)


def _said(document: Document, said: dict[str, str]) -> Head:
    try:
        published = day(said.get("PublicationDate", "")[:10])
    except Unreadable:
        published = None
    count = said.get("RecordCount", "")
    kind = re.sub(r"[^a-z0-9]+", "-", said.get("PublicationType", "").strip().lower())
    # An archive is called so by its name or its zip's; the type of publication says "Full" of it too.
    if "archive" in f"{document.name} {document.within} {said.get('ContentDescription', '')}".lower():
        kind = "archive"
    kind = kind or "full"
    stated = int(count) if count.isdecimal() and len(count) < 12 else None
    return Head(document, kind, published, said.get("PublicationSeqNum", ""), stated)


def _look_at_root(where: str, tag: str) -> None:
    if tag == f"{{{NAMESPACE}}}{_ROOT}":
        return
    space, _, name = tag.rpartition("}")
    told = f"in the namespace {space[1:161]}" if space else "in no namespace"
    raise BadInput(
        f"{where} is XML of another form: it begins with <{name[:60]}> {told}, where organisation data begins with "
        f"<{_ROOT}> in {NAMESPACE}. Name a file of TRUD item 341."
    )


def _refuse_doctype(where: str, found: bool) -> None:
    if found:
        raise BadInput(
            f"{where} declares a document type (<!DOCTYPE), with which XML can be made to read other files or to fill the "
            "memory. Organisation data has none. Nothing was read. Download the file again from TRUD."
        )
