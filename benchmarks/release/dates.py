"""When a made-up organisation opened and closed: the same for the same serial number."""

from __future__ import annotations

from datetime import date, timedelta

#: The day that the release tells of; no record has changed since.
DAY = date(2026, 8, 27)
FIRST = date(1948, 7, 5)
#: Every day that a record may name, as it is written.
DAYS = [(FIRST + timedelta(days=number)).isoformat() for number in range((date(2028, 1, 1) - FIRST).days)]


def index(on: date) -> int:
    """Where a day stands in `DAYS`."""
    return (on - FIRST).days


def day_of(number: int) -> date:
    """The day at a place in `DAYS`."""
    return FIRST + timedelta(days=number)


def mixed(serial: int, salt: int) -> int:
    """A number up to 16 million that looks like none in particular, the same for the same record and purpose."""
    number = (serial * 2_654_435_761 + salt * 40_503_077) & 0xFFFFFFFF
    number ^= number >> 15
    return (number * 2_246_822_519 & 0xFFFFFFFF) >> 8


NHS = index(date(1974, 4, 1))
CUT = index(date(2017, 3, 31))
LAST = index(DAY)
NETWORKS = index(date(2020, 4, 1))
OLD = index(date(1990, 1, 1))


def span(kind: str, file: int, serial: int, closed: bool) -> tuple[int, int | None]:
    """First and last day of a record as places in `DAYS`; None is open."""
    end = None
    if file:
        end = OLD + mixed(serial, 1) % (CUT - OLD + 1)
    elif closed:
        after = NETWORKS if kind == "practice" else CUT + 1
        end = after + mixed(serial, 1) % (LAST - after)
    latest = (end if end is not None else LAST) - 60
    if kind == "practice" and mixed(serial, 2) % 4:
        return NHS, end
    if kind == "practice":
        latest = min(latest, index(date(2016, 1, 1)))
    return NHS + mixed(serial, 3) % (latest - NHS), end
