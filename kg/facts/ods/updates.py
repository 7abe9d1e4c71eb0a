"""What has changed since a day, by the sync interface of the Organisation Data Service (ORD).

`BASE/sync?LastChangeDate=DAY` lists links to the records that have changed on that day or later, and
`BASE/organisations/CODE` gives one. What came is kept as it comes, so that a run that was stopped goes on where it was.

Source: the publisher's technical guidance for the ORD interface, pages "Sync endpoint" and "HTTP headers".
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final, NoReturn

from kg.errors import BadInput, UsageError
from kg.facts.ods.cells import KEPT
from kg.facts.ods.part import Part
from kg.facts.ods.record import Refused
from kg.facts.ods.wire import Interface, Pace, Unfit, checked

#: Bytes of a list, and of one record: the longest record known has a few thousand lines.
LARGEST_LIST, LARGEST_RECORD = 64 << 20, 8 << 20
#: Links that a page holds at most, and records between two words of progress.
PAGE, _OFTEN = 1000, 100
_RECORD: Final = re.compile(r"organisations/([0-9A-Za-z][0-9A-Za-z._-]{0,31})/?(?:\?.*)?")


@dataclass(frozen=True)
class Fetched:
    """What came: one file of records, none when there is no record; what could not be read; how many records."""

    path: Path | None
    day: date
    records: int
    refused: tuple[Refused, ...]


def fetch(
    base_url: str, since: date, folder: Path, progress: Callable[[str], None] = lambda _: None, *,
    day: date | None = None, pace: Pace | None = None,
) -> Fetched:  # fmt: skip
    """Fetch the records that have changed since a day, that day included, into one file of JSON lines in order of code.

    The file is named after the day on which the fetching began, as the server's clock has it, else `day`: asked next
    time for changes since then, the interface leaves nothing out. A run that was stopped is taken up by the next one
    of the same address and day, and what it fetched is not asked for again.

    Raises:
        UsageError: the address cannot be asked, or `since` is yet to come.
        BadInput: the server cannot be reached, stays busy, or does not answer as the interface does; or the folder
            cannot be written. What was fetched is kept.
    """
    address = checked(base_url)
    part = Part(folder, address, since)
    try:
        with part, Interface(address, pace or Pace(), progress) as interface:
            return _fetch(interface, since, part, progress, day)
    except OSError as error:
        raise BadInput(
            f"{folder} cannot be written ({error.strerror or error}). Make room, or give another folder. {part.kept}"
        ) from None
    except BadInput as error:
        raise BadInput(f"{error} {part.kept}") from None


def _fetch(interface: Interface, since: date, part: Part, progress: Callable[[str], None], day: date | None) -> Fetched:
    listed = _list(interface, since, day)
    part.begin(listed.day)
    part.listed = len(part.codes.keys() | set(listed.codes))
    wanted, refused = [code for code in listed.codes if code not in part.codes], list(listed.refused)
    progress(
        ("1 organisation has" if part.listed == 1 else f"{part.listed:,} organisations have")
        + f" changed since {since}"
        + (f"; {len(part.codes):,} are here already, from the run begun on {part.day}." if part.codes else ".")
    )
    begun = interface.pace.clock()
    for number, code in enumerate(wanted, 1):
        read = _record(interface, code)
        if isinstance(read, Refused):
            progress(f"{read.place} goes to quarantine: {read.reason}")
            refused.append(read)
        else:
            part.add(code, read)
        if number % _OFTEN == 0:
            rate = number / max(interface.pace.clock() - begun, 0.001)
            left = (len(wanted) - number) / rate / 60
            progress(f"{number:,} of {len(wanted):,} records, {rate:.1f} a second, about {left:.0f} minutes left.")
    records = len(part.codes)
    return Fetched(part.finish(f"ods-api_{part.day}_since_{since}.jsonl"), part.day, records, tuple(refused))


@dataclass
class _List:
    """What the interface says has changed: codes in order, entries that lead nowhere, and the day it says so."""

    day: date
    codes: Sequence[str]
    refused: Sequence[Refused]


def _list(interface: Interface, since: date, day: date | None) -> _List:
    """Read the list of changes page by page, and hold it to the number that the server says there are."""
    first = place = f"sync?LastChangeDate={since}"
    codes, refused = set[str](), dict[str, Refused]()
    entries, total, overlapping = 0, 0, False
    today: date | None = None
    while place:
        reply, where = interface.ask(place, LARGEST_LIST), f"{interface.base}/{place}"
        today = today or reply.day or day
        if today is None:
            raise BadInput(f"{where} does not say which day it is. Say it with --date.")
        if since > today:
            raise UsageError(f"{since} is yet to come: for {interface.base} it is {today}. Give an earlier day.")
        if reply.status != 200:
            _refuse_list(where, reply.status, since, reply.body)
        page, before = _entries(where, reply.body), len(codes) + len(refused)
        for number, entry in enumerate(page, 1):
            if code := _code(interface, entry):
                codes.add(code)
            else:
                text = json.dumps(entry)[:KEPT]
                reason = f"it does not link to a record below {interface.base}."
                refused.setdefault(text, Refused(f"{where}, entry {number}", reason, text))
        new = len(codes) + len(refused) - before
        entries += new if overlapping else len(page)
        total = max(total, reply.total)
        if reply.next and new:
            further = interface.below(reply.next)
            if further is None:
                raise BadInput(f"{where} has its next page at {reply.next[:200]}, another place, which is not asked.")
            place = further
        elif entries < total and new:
            # An offset may count from 0 or from 1: an entry is asked for twice rather than left out.
            place, overlapping = f"{first}&Limit={PAGE}&Offset={entries}", True
        elif entries < total:
            raise BadInput(f"{where} says that {total:,} organisations have changed, and lists {entries:,}.")
        else:
            place = ""
    assert today is not None, "a first page was asked for"
    return _List(today, sorted(codes), tuple(refused.values()))


def _refuse_list(where: str, status: int, since: date, body: bytes) -> NoReturn:
    if status == 406:
        raise BadInput(
            f"{where} is refused (406): the interface looks at most 185 days back, and {since} is earlier. Ingest a full "
            "release of a later day first, and ask for what has changed since then."
        )
    if status in (404, 410):
        raise BadInput(
            f"{where} is not there ({status}). Give the address above /sync; if it is right, the interface is no longer "
            "offered, and full releases carry the same records."
        )
    raise BadInput(f"{where} answers {status} ({_said(body)}). See that the address is of an ORD interface.")


def _entries(where: str, body: bytes) -> list[Any]:
    read = _json(body)
    found = read.get("Organisations") if isinstance(read, dict) else None
    if not isinstance(found, list):
        raise BadInput(
            f'{where} does not answer with a list named "Organisations" ({_said(body)}). See that the address is of an '
            "ORD interface."
        )
    return found


def _code(interface: Interface, entry: object) -> str | None:
    link = entry.get("OrgLink") if isinstance(entry, dict) else None
    form = _RECORD.fullmatch(interface.below(link) or "") if isinstance(link, str) else None
    return form[1] if form else None


def _record(interface: Interface, code: str) -> bytes | Refused:
    """Fetch the record of one organisation, as one line of JSON; Refused when what came is not that."""
    place = f"organisations/{code}"
    where = f"{interface.base}/{place}"
    try:
        reply = interface.ask(place, LARGEST_RECORD)
    except Unfit as error:
        return Refused(where, str(error), "")
    text = reply.body.decode("utf-8", "replace")[:KEPT]
    if reply.status != 200:
        return Refused(where, f"the server answers {reply.status}.", text)
    read = _json(reply.body)
    if not (isinstance(read, dict) and isinstance(record := read.get("Organisation"), dict)):
        return Refused(where, "it is no record in JSON.", text)
    held = record.get("OrgId")
    if not isinstance(held, dict) or held.get("extension") != code:
        return Refused(where, f"it is not the record of {code}.", text)
    try:
        return json.dumps({"Organisation": record}, ensure_ascii=False, separators=(",", ":")).encode()
    except UnicodeEncodeError:
        return Refused(where, "its text has half a character.", text)


def _json(body: bytes) -> Any:
    """Read JSON; None, which no reply of the interface is, for anything else."""
    try:
        return json.loads(body, parse_constant=_no_number)
    except (ValueError, RecursionError):
        return None


def _no_number(name: str) -> NoReturn:
    raise ValueError(name)


def _said(body: bytes) -> str:
    return " ".join(body[:2000].decode("utf-8", "replace").split())[:200] or "nothing"
