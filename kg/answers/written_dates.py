"""Dates as people write them in a sentence."""

from __future__ import annotations

import re
from datetime import date
from typing import Final

from kg.answers import language as say
from kg.errors import UsageError
from kg.facts.dates import PartialDate

_MONTHS: Final = {
    tell(date(2000, month, 1), "month").split()[0].lower(): month
    for month in range(1, 13)
    for tell in (say.day, say.short_day)
}


def read_date(text: str) -> PartialDate:
    """Read "1 April 2018", "1st of April, 2018", "01/04/2018", "April 2018", "2018" or an ISO date.

    Raises:
        UsageError: it looks like a date and is none.
    """
    words = re.sub(r"(?<=\d)(st|nd|rd|th)\b|,| of\b", "", text.lower()).split()
    if slashed := re.fullmatch(r"(\d{1,2})/(\d{1,2})/(\d{4})", text):
        day, month, year = slashed.groups()  # British: the day stands first
        iso = f"{year}-{month:0>2}-{day:0>2}"
    elif len(words) == 1:
        iso = words[0]
    else:
        iso = "-".join([words[-1], f"{_MONTHS.get(words[-2], 0):02}", *(f"{day:0>2}" for day in words[:-2])])
    try:
        return PartialDate.parse(iso)
    except ValueError:
        raise UsageError(
            f'"{text}" is not a date that can be read. Write 1 April 2018, April 2018, 2018 or 2018-04-01.'
        ) from None


def completed(text: str, other: str) -> str:
    """Give a date the month and year that it leaves to another: "31 March" beside "1 April 2026"."""
    if re.search(r"\d{4}", text):
        return text
    words = other.split()
    return f"{text} {' '.join(words[-2:] if text.rstrip('sthndr').isdigit() else words[-1:])}"
