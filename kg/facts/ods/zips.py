"""The XML documents in a release: a zip in which are zips, read where they lie and within limits.

Nothing is written to disk, so the names in a zip are only shown. What its headers say of sizes is believed no
further than to refuse a zip early: bytes are counted as they are read.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final, NamedTuple

from kg.errors import BadInput

#: XML that one release may hold, in bytes: ten times what is published.
MOST_XML: Final = 8 << 30
#: A zip inside the zip is held in memory, packed. The largest that is published has 30 MB.
MOST_PACKED: Final = 256 << 20
#: How much larger XML may be than its zip. What is published is 22 times as large.
MOST_RATIO: Final = 200
#: Below this size nothing is suspicious.
_SMALL: Final = 16 << 20
_MEMBERS: Final = 1_000
#: What the standard library raises of a zip that is damaged, or packed in a way that it cannot read.
_FAULTS: Final = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError)


class Document(NamedTuple):
    """An XML document: its name, its size as stated, how to open it, and the zip in the zip that it was in."""

    name: str
    size: int
    open: Callable[[], IO[bytes]]
    within: str = ""


class Counted:
    """A stream that may give so many bytes and no more."""

    def __init__(self, stream: IO[bytes], path: Path, name: str, most: int) -> None:
        self._stream, self._path, self._name, self._most = stream, path, name, most
        self.count = 0

    def read(self, size: int) -> bytes:
        """Give at most so many bytes.

        Raises:
            BadInput: there are more than there may be, or they are damaged.
        """
        with _readable(self._path, self._name):
            data = self._stream.read(size)
        self.count += len(data)
        if self.count > self._most:
            raise _too_large(self._path, self._name)
        return data


@contextmanager
def opened(document: Document, path: Path) -> Iterator[Counted]:
    """Open a document; its bytes are counted against what a release may hold and what its zip can hold.

    Raises:
        BadInput: it is locked, or packed in a way that cannot be read.
    """
    with _readable(path, document.name):
        stream = document.open()
    with stream:
        yield Counted(stream, path, document.name, min(MOST_XML, max(_SMALL, path.stat().st_size * MOST_RATIO)))


def documents(path: Path) -> list[Document]:
    """Find the XML documents of a release: in the zip, or in zips in it.

    Raises:
        BadInput: it is damaged, locked, a bomb, or has zips within zips within zips.
    """
    with _readable(path, path.name):
        outer = zipfile.ZipFile(path)
    found: list[Document] = []
    for member in _members(outer, path):
        if member.filename.lower().endswith(".xml"):
            found.append(_document(outer, member))
        elif member.filename.lower().endswith(".zip"):
            inner = _inner(outer, member, path)
            for part in _members(inner, path):
                if part.filename.lower().endswith(".zip"):
                    raise BadInput(
                        f"{path} has a zip in a zip in a zip ({_shown(part)}), which no release has. Nothing was "
                        "read. Download the release again."
                    )
                if part.filename.lower().endswith(".xml"):
                    found.append(_document(inner, part)._replace(within=_shown(member)))
    total = sum(document.size for document in found)
    if total > MOST_XML or total > max(_SMALL, path.stat().st_size * MOST_RATIO):
        raise _too_large(path, path.name)
    return found


def _members(packed: zipfile.ZipFile, path: Path) -> list[zipfile.ZipInfo]:
    members = [member for member in packed.infolist() if not member.is_dir()]
    if len(members) > _MEMBERS:
        raise BadInput(
            f"{path} holds {len(members):,} files, where a release holds a handful. Nothing was read. Name the zip as "
            "it was downloaded from TRUD."
        )
    return members


def _document(packed: zipfile.ZipFile, member: zipfile.ZipInfo) -> Document:
    return Document(_shown(member), member.file_size, lambda: packed.open(member))


def _inner(outer: zipfile.ZipFile, member: zipfile.ZipInfo, path: Path) -> zipfile.ZipFile:
    """Open a zip in the zip; its bytes are held, for the list of what is in it stands at their end."""
    with _readable(path, _shown(member)), outer.open(member) as stream:
        data = stream.read(MOST_PACKED + 1)
        if len(data) > MOST_PACKED:
            raise _too_large(path, _shown(member))
        return zipfile.ZipFile(io.BytesIO(data))


def _shown(member: zipfile.ZipInfo) -> str:
    """Give the name in a zip without its folders and without what a terminal would obey."""
    name = member.filename.replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(letter if letter.isprintable() else "?" for letter in name)[:120]


def _too_large(path: Path, name: str) -> BadInput:
    return BadInput(
        f"{path} unpacks to far more than a release holds (in {name}); it is damaged or made to fill a disk. Nothing "
        "of it was kept. Download the release again from TRUD."
    )


@contextmanager
def _readable(path: Path, name: str) -> Iterator[None]:
    """Tell of a zip that cannot be read."""
    try:
        yield
    except BadInput:
        raise
    except _FAULTS as error:
        raise BadInput(
            f"{path} cannot be read as a zip (in {name}: {error}). It is damaged, cut short or locked with a password. "
            "Download it again and compare its SHA-256 with the one that TRUD gives."
        ) from None
