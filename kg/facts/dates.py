"""Dates as sources give them: to the day, the month or the year.

A date is written in ISO 8601 reduced form ("2018", "2018-02", "2018-02-01"), kept with its
precision, and normalised to the first day of the period for comparison. Periods are
half-open, `[from, until)`: the start day is in, the end day is the first day without.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

Precision = Literal["day", "month", "year", "unknown"]

#: Stands for an unknown start and an open end in the compiled graph. Never in data/, never shown.
UNKNOWN_START: Final = date(1, 1, 1)
OPEN_END: Final = date(9999, 12, 31)

_FORM = re.compile(r"(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?")


@dataclass(frozen=True, order=True)
class PartialDate:
    """A day with the precision at which it is known."""

    day: date
    precision: Precision

    @classmethod
    def parse(cls, text: str) -> PartialDate:
        """Read "2018", "2018-02" or "2018-02-01"; raise ValueError with the remedy otherwise."""
        form = _FORM.fullmatch(text.strip())
        if form is None:
            raise ValueError(f'"{text}" is not a date. Write 2018, 2018-02 or 2018-02-28.')
        year, month, day = form.groups()
        precision: Precision = "day" if day else "month" if month else "year"
        try:
            return cls(date(int(year), int(month or 1), int(day or 1)), precision)
        except ValueError as error:
            raise ValueError(f'"{text}" is not in the calendar ({error}).') from None

    @property
    def following(self) -> date:
        """The first day after the day, month or year."""
        if self.precision == "year":
            return date(self.day.year + 1, 1, 1)
        if self.precision == "month":
            return date(self.day.year + self.day.month // 12, self.day.month % 12 + 1, 1)
        return date.fromordinal(self.day.toordinal() + 1)

    def __str__(self) -> str:
        return self.day.isoformat()[: {"day": 10, "month": 7}.get(self.precision, 4)]
