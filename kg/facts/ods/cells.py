"""What one cell, attribute or value of a publisher's file says: a code, a day, a period."""

from __future__ import annotations

import re
from datetime import date, timedelta
from functools import lru_cache
from typing import Final

from kg.facts.ods.record import Dates, Period

#: Written where the publisher does not know the day.
FILLER: Final = date(1900, 1, 1)
#: The beginning of a refused record that is kept, in characters.
KEPT: Final = 500
#: It ends in no full stop, which would end a statement about it.
_CODE: Final = re.compile(r"[0-9A-Za-z](?:[0-9A-Za-z._-]{0,30}[0-9A-Za-z_-])?")
_DAY: Final = re.compile(r"(\d{4})-(\d{2})-(\d{2})|(\d{4})(\d{2})(\d{2})", re.ASCII)
_DAYS: Final = 1 << 16  # distinct day texts kept: a release has a few thousand


class Unreadable(ValueError):
    """A record says something that cannot be read; the text is the reason."""


def shown(text: str, most: int = 60) -> str:
    """Quote a text from a file, its beginning if it is long."""
    return repr(text if len(text) <= most else text[:most] + "...")


def code(text: str, of: str) -> str:
    """Give a code as written; `of` says what it should be a code of.

    Raises:
        Unreadable: it is empty or holds a letter that no code has.
    """
    if _CODE.fullmatch(text) is None:
        raise Unreadable(f"{shown(text)} is no code of {of}" if text else f"the code of {of} is missing")
    return text


@lru_cache(_DAYS)
def day(text: str) -> date | None:
    """Read 2013-04-01 or 20130401; None when it is empty or filler.

    Raises:
        Unreadable: it is neither, or not in the calendar.
    """
    if not text:
        return None
    form = _DAY.fullmatch(text)
    if form is None:
        raise Unreadable(f"{shown(text)} is no date; dates are written 20130401 or 2013-04-01")
    year, month, number = (int(part) for part in form.groups() if part is not None)
    try:
        found = date(year, month, number)
    except ValueError:
        raise Unreadable(f"{text} is not in the calendar") from None
    return None if found == FILLER else found


@lru_cache(_DAYS)
def period(start: str, last: str) -> Period | None:
    """Give the days from a first to a last one, which is in; None when neither is written.

    Raises:
        Unreadable: one of them is no date, or the end is before the start.
    """
    return between(day(start), day(last)) if start or last else None


def between(first: date | None, last: date | None) -> Period:
    """Give the days from a first to a last one, which is in.

    Raises:
        Unreadable: the end is before the start.
    """
    if first is not None and last is not None and last < first:
        raise Unreadable(f"it ends on {last}, before it starts on {first}")
    until = last + timedelta(days=1) if last is not None and last < date.max else None
    return Period(first, until)


@lru_cache(1 << 16)
def dates(written: tuple[str, ...]) -> Dates:
    """Read the dates of one thing, each its type, its first day and its last day, one after the other.

    Raises:
        Unreadable: a day is none, an end stands before its start, or a type is unknown or there twice.
    """
    found: dict[str, Period | None] = {}
    for sort, start, last in zip(written[::3], written[1::3], written[2::3], strict=True):
        if sort not in ("Legal", "Operational"):
            raise Unreadable(f"{shown(sort)} is no type of date; Legal and Operational are")
        if sort in found:
            raise Unreadable(f"it has two dates of the type {sort}")
        found[sort] = period(start, last)
    return Dates(found.get("Legal"), found.get("Operational"))
