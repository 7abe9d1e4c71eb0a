"""What a publisher's file says of one organisation: one form for every file that the Organisation Data Service prints.

Periods are half-open, `[start, until)`: a file's last day becomes the first day without. Filler dates (1 January 1900)
are read as not known. Plain tuples, for a release holds 1.7 million of them.

Source: TRUD item 341, "ODS XML organisation data", and its schema HSCOrgRefData v2-0-0.
"""

from __future__ import annotations

from datetime import date
from typing import NamedTuple


class Period(NamedTuple):
    """From the first day to the first day without; None is not known at the start and open at the end."""

    start: date | None = None
    until: date | None = None


class Dates(NamedTuple):
    """When something held, in law and in operation; None where the file gives no date of that sort."""

    legal: Period | None = None
    operational: Period | None = None

    @property
    def held(self) -> Period | None:
        """The period in law where one is given, else in operation."""
        return self.legal or self.operational


class Role(NamedTuple):
    """A role that an organisation had: RO177, prescribing cost centre."""

    code: str
    primary: bool = False
    dates: Dates = Dates()
    status: str = ""
    id: str = ""


class Relation(NamedTuple):
    """What an organisation was to another: RE4, commissioned by. Without dates it is true of the file's own day alone."""

    code: str
    target: str
    dates: Dates = Dates()
    status: str = ""
    id: str = ""
    target_role: str = ""


class Succession(NamedTuple):
    """That one organisation followed another; `on` is the day in law, None when the file gives none."""

    predecessor: str
    successor: str
    on: date | None = None
    id: str = ""


class Address(NamedTuple):
    """Where it is, as printed."""

    lines: tuple[str, ...] = ()
    town: str = ""
    county: str = ""
    postcode: str = ""
    country: str = ""
    uprn: str = ""


class Record(NamedTuple):
    """One organisation or site as one file tells of it.

    A stub is not the whole of it: a reference whose whole record is elsewhere in the release, or a line of a file of
    relations or successions, which says something of a code and nothing else.
    """

    code: str
    name: str = ""
    stub: bool = False
    record_class: str = ""
    status: str = ""
    dates: Dates = Dates()
    last_changed: date | None = None
    address: Address = Address()
    contacts: tuple[tuple[str, str], ...] = ()
    roles: tuple[Role, ...] = ()
    relations: tuple[Relation, ...] = ()
    successions: tuple[Succession, ...] = ()
    archived: bool = False

    @property
    def primary_role(self) -> str:
        """The code of its primary role, empty when the file gives none."""
        return next((role.code for role in self.roles if role.primary), "")


class Refused(NamedTuple):
    """A record that cannot be read: where it stands, why not, and what stands there (its beginning, at most 500 characters)."""

    place: str
    reason: str
    text: str


class Release(NamedTuple):
    """What a file is: which series, whose, of which day.

    `series` tells editions of one thing from other things ("trud", "eccg", "epraccur", "succession" ...): of two files
    of one series the later replaces the earlier. `precision` is "day", "month" or "year", `stated` the number of
    records that the file itself says it holds.
    """

    series: str
    title: str
    day: date | None
    precision: str = "day"
    publisher: str = "NHS England Organisation Data Service"
    licence: str = "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/"
    number: str = ""
    stated: int | None = None
    sha256: str = ""
    file: str = ""
