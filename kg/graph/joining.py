"""Where the publisher's codes meet the bodies of the curated graph: by code and period, never by code alone.

A record of the publisher keeps its code over legal change, so one record may tell of several bodies in turn: that of 16C
tells of the CCG until the last of June 2022, and of the sub-ICB location since.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Final, NamedTuple

from kg.facts.dates import OPEN_END, UNKNOWN_START, PartialDate
from kg.facts.records import CodeAssignment
from kg.facts.rows import Facts

#: The schemes that the publisher's codes are of: it knows a council by the code of its local authority.
_SCHEMES: Final = ("ods", "la")


class Held(NamedTuple):
    """That a body held a code, from the first day to the first day without."""

    body: str
    start: date
    until: date


class Joins:
    """The curated holders of each code, in order of time."""

    def __init__(self, held: Mapping[str, Iterable[Held]]) -> None:
        self._held = {code: sorted(holders, key=lambda one: (one.start, one.until)) for code, holders in held.items()}

    @classmethod
    def of(cls, facts: Facts) -> Joins:
        """Read who held which of the publisher's codes when from the rows of `data/`."""
        held: dict[str, list[Held]] = {}
        for row in facts.rows(CodeAssignment):
            if row.scheme in _SCHEMES:
                until = row.until.day if isinstance(row.until, PartialDate) else OPEN_END
                held.setdefault(row.code, []).append(
                    Held(row.thing, row.from_.day if row.from_ else UNKNOWN_START, until)
                )
        return cls(held)

    def __contains__(self, code: str) -> bool:
        return code in self._held

    def holders(self, code: str) -> list[Held]:
        """Give the curated bodies that held a code, in order of time."""
        return self._held.get(code, [])

    def meet(self, code: str, start: date, until: date) -> list[Held]:
        """Give the bodies that held a code in a period, each with the part of the period in which it did."""
        holders = self._held.get(code)
        if holders is None:  # as of most codes
            return []
        return [
            Held(one.body, max(one.start, start), min(one.until, until))
            for one in holders
            if one.start < until and start < one.until
        ]

    def nearest(self, code: str, day: date) -> str | None:
        """Give who held a code on a day, else who held it nearest to that day; None when nobody ever did."""
        holders = self._held.get(code)
        if not holders:
            return None

        def away(one: Held) -> timedelta:
            if day < one.start:
                return one.start - day
            return day - one.until + timedelta(1) if day >= one.until else timedelta()

        return min(holders, key=away).body
