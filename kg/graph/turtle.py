"""How statements of a publisher's file are written: Turtle with short prefixes, days and text as they stand in it."""

from __future__ import annotations

import re
from datetime import date
from typing import Final

from kg.facts.dates import OPEN_END, UNKNOWN_START
from kg.facts.ods.record import Dates
from kg.graph.names import PREFIXES, THINGS

#: The prefixes of what is written here.
_PREFIXES: Final = {
    "b": THINGS + "body/", "c": THINGS + "classification/", "e": THINGS + "event/", "i": THINGS + "record/",
    "k": THINGS + "kind/", "m": THINGS + "membership/", "n": PREFIXES["nis"], "o": PREFIXES["org"],
    "r": THINGS + "role/", "s": PREFIXES["skos"], "t": THINGS + "transfer/", "x": PREFIXES["xsd"],
    "z": THINGS + "scheme/", "d": PREFIXES["dcterms"], "g": THINGS + "naming/",
}  # fmt: skip
HEADER: Final = "".join(f"@prefix {prefix}: <{base}> .\n" for prefix, base in _PREFIXES.items())
#: A semicolon is escaped too, so that those which are not count the statements.
_UNSAFE: Final = re.compile(r'[";\\\x00-\x1f\x7f]')
_ESCAPES: Final = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def lasting(dates: Dates) -> tuple[date, date]:
    """Give the first day and the first day without, by the dates in law where there are any."""
    held = dates.legal or dates.operational
    return (held.start or UNKNOWN_START, held.until or OPEN_END) if held else (UNKNOWN_START, OPEN_END)


def in_operation(dates: Dates) -> str:
    """Write whose dates those in law are, with the operational ones where an organisation ran longer or shorter than it was there in law."""
    if dates.legal is None:
        return ""
    if dates.legal == dates.operational:
        return ';n:dateBasis "both"'
    said = ';n:dateBasis "legal"'
    if dates.operational:
        start, until = dates.operational
        said += f";n:operationalFrom {as_day(start)}" if start else ""
        said += f";n:operationalBefore {as_day(until)}" if until else ""
    return said


def fact(name: str, text: str) -> str:
    """Write a text as a property; nothing for an empty one."""
    return f';n:{name} "{as_text(text)}"' if text else ""


def unknown(start: date, *, end: bool = False) -> str:
    """Write that a first day is not known, and with `end` an end. Days that are known show by themselves that they are."""
    said = ';n:startPrecision "unknown"' if start == UNKNOWN_START else ""
    return f'{said};n:endPrecision "unknown"' if end else said


class _Days(dict[date, str]):
    """Days as they are written: a few thousand are, millions of times."""

    def __missing__(self, day: date) -> str:
        self[day] = written = f'"{day.isoformat()}"^^x:date'
        return written


#: Writes a day.
as_day: Final = _Days().__getitem__
#: That nothing is known of when something was.
UNKNOWN_DATES: Final = f'n:startsOn {as_day(UNKNOWN_START)};n:startPrecision "unknown";n:endsBefore {as_day(OPEN_END)};n:endPrecision "unknown"'


def as_text(text: str) -> str:
    """Write a text as it stands between quotation marks."""
    return (
        _UNSAFE.sub(lambda match: _ESCAPES.get(match[0], f"\\u{ord(match[0]):04X}"), text)
        if _UNSAFE.search(text)
        else text
    )


def counted(turtle: str) -> int:
    """Count statements: each ends with a semicolon or a full stop at the end of a line, and text holds neither so."""
    return turtle.count(";") + turtle.count(".\n")
