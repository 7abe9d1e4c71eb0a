"""Which files a graph is made of: those that it holds, those that come, and which of them a later edition replaces."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Final, NamedTuple

from kg.errors import BadInput, StoreError
from kg.facts.ods.publication import open_dated, open_file
from kg.facts.ods.record import Refused
from kg.facts.ods.stream import Publication
from kg.graph import compiled
from kg.graph.edition import Edition, day_of

#: The series of what changed since a day: each file tells of other records, until a whole release tells of all.
_UPDATES: Final = "ods-api"
_WHOLE: Final = "trud"


@dataclass
class File:
    """A file to be read, where it lies, the records of it that could not be read when it was fetched, and whether a graph holds it."""

    edition: Edition
    path: Path
    publication: Publication
    refused: list[Refused] = field(default_factory=list)
    held: bool = False


class Plan(NamedTuple):
    """The files of a new graph in order of authority; which are new, which were there, and which replaced which."""

    files: list[File]
    new: list[Edition]
    unchanged: list[Edition]
    replaced: list[tuple[Edition, Edition]]


def opened(paths: Iterable[Path], day: date | None, quarantined: Mapping[Path, Sequence[Refused]]) -> list[File]:
    """Open files that are to be read.

    Raises:
        BadInput: one cannot be read, or does not say of which day it is.
    """
    files = []
    for path in paths:
        publication = open_dated(path, day)
        files.append(File(Edition.of(publication.release), path, publication, list(quarantined.get(path, ()))))
    return files


def held_in(folder: Path) -> list[Edition]:
    """Give the files that a folder holds.

    Raises:
        StoreError: it holds something else.
    """
    compiled.recover(folder)
    if not folder.exists() or (folder.is_dir() and not any(folder.iterdir())):
        return []
    try:
        stated = compiled.manifest(folder)
    except StoreError:
        raise StoreError(
            f"{folder} is not a graph that kg ingest made: it has no manifest.json that can be read. Nothing was changed. Give --into "
            "a folder that kg ingest made, or a new one, which is made."
        ) from None
    if "files" not in stated:
        raise StoreError(
            f"{folder} holds a graph that kg build made, without files of the publisher. Give --into another folder, which is made."
        )
    return [Edition.read(one) for one in stated["files"]]


def plan(came: Iterable[File], folder: Path, *, beside: bool) -> Plan:
    """Say which files a new graph in a folder is made of; `beside` keeps the earlier editions of what comes.

    Raises:
        BadInput: a file is of an earlier day than what is there, or of the same.
        StoreError: the folder holds something else.
    """
    held = held_in(folder)
    known = {one.sha256: one for one in held}
    new = {file.edition.sha256: file for file in came}
    unchanged = [known[sha256] for sha256 in new if sha256 in known]
    new = {sha256: file for sha256, file in new.items() if sha256 not in known}
    every: dict[str, list[Edition]] = {}
    for one in (*held, *(file.edition for file in new.values())):
        every.setdefault(one.series, []).append(one)
    gone = _outdated(every.pop(_UPDATES, []), every.get(_WHOLE, []), known)
    earlier = set[str]()
    replaced = list[tuple[Edition, Edition]]()
    for editions in every.values():
        _refuse_one_day(editions)
        *older, newest = sorted(editions, key=lambda one: one.day)
        if beside and any(one.sha256 in new for one in editions):
            earlier.update(one.sha256 for one in older)
        for one in older:
            if one.beside or one.sha256 in earlier:
                continue
            if one.sha256 in new:
                _refuse_earlier(one, newest, held=newest.sha256 in known)
            gone.add(one.sha256)
            replaced.append((one, newest))
    files = [
        *new.values(),
        *(_again(one, folder) for one in held if one.sha256 not in gone),
    ]  # fmt: skip
    for file in files:
        if file.edition.sha256 in earlier:
            file.edition = replace(file.edition, beside=True)
    files.sort(key=lambda file: file.edition.rank, reverse=True)
    return Plan(files, [file.edition for file in files if file.edition.sha256 in new], unchanged, replaced)


def _outdated(updates: Iterable[Edition], releases: Iterable[Edition], known: Mapping[str, Edition]) -> set[str]:
    """Give the updates that a later whole release holds; refuse a new one."""
    latest = max(releases, key=lambda one: one.day, default=None)
    late = [one for one in updates if latest and one.day < latest.day]
    for one in late:
        if latest and one.sha256 not in known:
            raise BadInput(
                f"{one.file} tells of changes up to {one.day}, and {latest.file} is a whole release of {latest.day}, which holds "
                "them. Leave it out."
            )
    return {one.sha256 for one in late}


def _refuse_one_day(editions: Iterable[Edition]) -> None:
    days: dict[str, Edition] = {}
    for one in editions:
        if (other := days.setdefault(one.day, one)) is not one:
            raise BadInput(
                f"{one.file} and {other.file} are both the edition of {one.day} of one series, and they differ. Keep the one "
                "that is right, in a new folder if the other is held already."
            )


def _refuse_earlier(one: Edition, newest: Edition, *, held: bool) -> None:
    later = "this folder holds" if held else "you also gave"
    raise BadInput(
        f"{one.file} is of {one.day}, and {later} a later edition of the same series, {newest.file} of {newest.day}. "
        "A later one replaces an earlier one. Add --beside to keep both, for the names and relations the earlier one tells of."
    )


def _again(one: Edition, folder: Path) -> File:
    """Open a file that a folder holds."""
    path = folder / "files" / one.held
    publication = open_file(path, day_of(one))
    # A day that is given counts as known to the day, whatever the name of the file said of it.
    publication.release = publication.release._replace(precision=one.precision)
    return File(one, path, publication, list(_not_fetched(one, folder)), held=True)


def _not_fetched(one: Edition, folder: Path) -> Iterable[Refused]:
    """Give the records of an update that could not be read when it was fetched: its file does not hold them."""
    place = folder / "quarantine" / one.sheet
    if one.series != _UPDATES or not place.is_file():
        return
    with place.open(encoding="utf-8", newline="") as sheet:
        for row in csv.DictReader(sheet):
            if row["place"].startswith(("http://", "https://")):
                yield Refused(**row)
