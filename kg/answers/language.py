"""Plain words: dates, lists and the phrases that sentences are made of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Final

_MONTHS: Final = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def day(when: date, precision: str = "day") -> str:
    """Give a date as a person writes it: "1 April 2018", "February 2018", "2018"."""
    if precision == "year":
        return str(when.year)
    if precision == "month":
        return f"{_MONTHS[when.month - 1]} {when.year}"
    return f"{when.day} {_MONTHS[when.month - 1]} {when.year}"


def on(when: date, precision: str) -> str:
    """Give a date with its preposition: "on 1 April 2018", "in February 2018"."""
    return f"{'on' if precision == 'day' else 'in'} {day(when, precision)}"


def short_day(when: date, precision: str) -> str:
    """Give a date for a table of steps: "1 Apr 2018", "Feb 2018", "2018"."""
    month = _MONTHS[when.month - 1][:3]
    return {"day": f"{when.day} {month} {when.year}", "month": f"{month} {when.year}"}.get(precision, str(when.year))


def until(end: date, precision: str) -> str:
    """Give an excluded end as people say it: the last day, or the month or year it ended in."""
    return day(end - timedelta(days=1)) if precision == "day" else day(end, precision)


def iso(when: date, precision: str) -> str | None:
    """Give a date in ISO form to its precision; None for an unknown start."""
    if precision == "unknown":
        return None
    return {"day": when.isoformat(), "month": f"{when:%Y-%m}"}.get(precision, f"{when:%Y}")


def iso_end(when: date, precision: str) -> str | None:
    """Give an excluded end in ISO form; None when open, "unknown" when it is not recorded whether or when it ended."""
    return None if precision == "open" else precision if precision == "unknown" else iso(when, precision)


def written(iso: str) -> str:
    """Give an ISO date, to whatever precision, as a person writes it."""
    precision = {4: "year", 7: "month"}.get(len(iso), "day")
    try:
        return day(date.fromisoformat(iso + {4: "-01-01", 7: "-01"}.get(len(iso), "")), precision)
    except ValueError:
        return iso


def period(start: str | None, end: str | None) -> str:
    """Give a period as people write it, its end the last day: "1 Jul 2022 to 31 Mar 2026", "since Feb 2018"."""

    def told(text: str, last: bool = False) -> str:
        precision = {4: "year", 7: "month"}.get(len(text), "day")
        when = date.fromisoformat(text + {4: "-01-01", 7: "-01"}.get(len(text), ""))
        return short_day(when - timedelta(days=1) if last and precision == "day" else when, precision)

    if end == "unknown":
        return f"from {told(start)}, end not recorded" if start else "dates not recorded"
    if end is None:
        return f"since {told(start)}" if start else "start not recorded"
    return f"{told(start)} to {told(end, last=True)}" if start else f"until {told(end, last=True)}"


def listed(words: Iterable[str], last: str = "and") -> str:
    """Join words: "a", "a and b", "a, b and c"."""
    items = list(words)
    parted = items[:1] if len(items) == 2 else items  # of two, a comma in the second leaves nothing in doubt
    if any(", " in item for item in parted) and len(items) > 1:  # names that hold commas are parted by something else
        return f"{'; '.join(items[:-1])}; {last} {items[-1]}"
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} {last} {items[-1]}" if items else ""


def capital(text: str) -> str:
    """Give a sentence its capital letter, leaving the rest alone."""
    return text[:1].upper() + text[1:]


def number(value: float) -> str:
    """Give a number with thousands parted, whole when it is whole."""
    return f"{int(value):,}" if float(value).is_integer() else f"{value:,.4g}"


def counted(count: int, one: str, several: str = "") -> str:
    """Give a number with what is counted: "1 row", "1,204 rows"."""
    return f"{number(count)} {one if count == 1 else several or one + 's'}"


def amount(value: float) -> str:
    """Give a sum of a table with thousands parted and, where it is not whole, two decimals."""
    return number(value) if float(value).is_integer() else f"{value:,.2f}"


def shown(text: str, most: int = 80) -> str:
    """Give a person's own words back safely: no control or direction marks, and not at any length."""
    plain = "".join(char if char.isprintable() else "\ufffd" for char in text)
    return plain if len(plain) <= most else f"{plain[: most - 1]}\u2026"


def article(word: str) -> str:
    """Give "a" or "an" with a word, by how it sounds when an acronym is spelt out."""
    spelt = word.split()[0].isupper() and len(word.split()[0]) > 1
    vowel = word[0] in "AEFHILMNORSX" if spelt else word[0].lower() in "aeio"
    return f"{'an' if vowel else 'a'} {word}"


def shortened(words: Sequence[str], most: int = 4) -> str:
    """Join words, saying how many more there are past a few."""
    return (
        listed(words)
        if len(words) <= most
        else f"{', '.join(words[:most])} and {number(len(words) - most)} {'other' if len(words) == most + 1 else 'others'}"
    )
