"""Which code stood for which body on which days, at each level at which tables are kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from functools import cached_property
from itertools import pairwise
from typing import Any, Final, Literal, NamedTuple, get_args

from kg.answers import language as say
from kg.answers.record import Records
from kg.errors import UsageError
from kg.graph.names import Iri, key_of, local_name, thing

#: What rows of a table stand for. A footprint is "stp" whatever its partnership was called; the board is "icb".
Level = Literal["pct", "ccg", "subicb", "stp", "icb", "region"]
LEVELS: Final[tuple[Level, ...]] = get_args(Level)
#: Who gives the code: the Organisation Data Service, or the Office for National Statistics (nine characters).
Scheme = Literal["ods", "gss"]
SCHEMES: Final[tuple[Scheme, ...]] = get_args(Scheme)

KINDS: Final[Mapping[Level, tuple[str, ...]]] = {
    "pct": ("pct",),
    "ccg": ("ccg",),
    "subicb": ("sub-icb-location",),
    "stp": ("stp-plan", "stp-partnership", "acs", "ics-nonstatutory", "ics-statutory"),
    "icb": ("icb",),
    "region": ("nhse-region",),
}
NAMES: Final[Mapping[Level, tuple[str, str]]] = {
    "pct": ("primary care trust", "primary care trusts"),
    "ccg": ("CCG", "CCGs"),
    "subicb": ("sub-ICB location", "sub-ICB locations"),
    "stp": ("STP or ICS footprint", "STP or ICS footprints"),
    "icb": ("ICB", "ICBs"),
    "region": ("NHS England region", "NHS England regions"),
}
#: The same ground under the kinds that followed one another: what a level becomes where none is asked for.
SUCCESSIONS: Final[tuple[tuple[Level, ...], ...]] = (("pct", "ccg", "subicb"), ("stp", "icb"), ("region",))


class Held(NamedTuple):
    """A code that stood for a body of a level, in `[start, end)`; not `sure` when its first or last day is not recorded."""

    code: str
    scheme: Scheme
    level: Level
    body: Iri
    label: str
    start: date
    end: date
    assignment: Iri
    sure: bool = True

    @property
    def key(self) -> str:
        return key_of(self.body)

    def on(self, day: date) -> bool:
        return self.start <= day < self.end


class Codebook:
    """The codes of every level, read once from a graph."""

    def __init__(self, records: Records) -> None:
        self.records = records
        self.kept: dict[object, Any] = {}  # what others have worked out from these codes, for when it is asked again

    @cached_property
    def held(self) -> tuple[Held, ...]:
        """Every code with its body and days, in the order of level, code and start.

        A body that was of one level in several kinds one after the other holds its code throughout.
        """
        levels = {thing("kind", kind): level for level, kinds in KINDS.items() for kind in kinds}
        found: dict[tuple[Level, Iri], Held] = {}
        for row in (row for row in self._rows if row["code"]):
            start, end = max(row["start"], row["kindStart"]), min(row["end"], row["kindEnd"])
            scheme = local_name(row["scheme"])
            if start >= end or scheme not in SCHEMES:
                continue
            level = levels[row["kind"]]
            key = level, row["assignment"]
            if key in found:
                start, end = min(start, found[key].start), max(end, found[key].end)
            sure = "unknown" not in (row["startPrecision"], row["endPrecision"])
            found[key] = Held(
                row["code"], scheme, level, row["body"], row["label"], start, end, row["assignment"], sure
            )
        return tuple(
            sorted(found.values(), key=lambda held: (LEVELS.index(held.level), held.code, held.start, held.body))
        )

    @cached_property
    def times(self) -> tuple[tuple[Level, Scheme, tuple[tuple[date, date, frozenset[str]], ...]], ...]:
        """For each level and scheme, the periods between changes with the codes in use in each, in upper case."""
        found = []
        for level in LEVELS:
            for scheme in SCHEMES:
                held = [one for one in self.held if (one.level, one.scheme) == (level, scheme)]
                days = pairwise(sorted({day for one in held for day in (one.start, one.end)}))
                periods = [
                    (start, end, frozenset(one.code.upper() for one in held if one.on(start))) for start, end in days
                ]
                found.append((level, scheme, tuple(periods)))
        return tuple(found)

    @cached_property
    def by_code(self) -> Mapping[str, tuple[Held, ...]]:
        """The holders of each code, in upper case, in order of time."""
        found: dict[str, list[Held]] = {}
        for held in sorted(self.held, key=lambda held: (held.start, held.body)):
            found.setdefault(held.code.upper(), []).append(held)
        return {code: tuple(holders) for code, holders in found.items()}

    @cached_property
    def bodies(self) -> frozenset[Iri]:
        """The bodies of every level, with a code or without."""
        return frozenset(row["body"] for row in self._rows)

    @property
    def _rows(self) -> list[dict[str, Any]]:
        return self.records.rows("codes-of-levels")

    def holder(self, code: str, day: date) -> Held | None:
        """Give what a code stood for on a day; a code has one holder at a time."""
        return next((held for held in self.by_code.get(code, ()) if held.on(day)), None)

    def nearest(self, code: str, day: date) -> Held:
        """Give what a code stood for at the time nearest to a day."""
        return min(self.by_code[code], key=lambda held: max(held.start - day, day - held.end))

    def on(self, day: date, level: Level, scheme: Scheme = "ods") -> dict[Iri, Held]:
        """Give the bodies of a level that had a code on a day, each with that code.

        Raises:
            UsageError: there was no such body on that day; the text says when there was.
        """
        of_level = [held for held in self.held if held.level == level and held.scheme == scheme]
        # Where the day of a change of code is not recorded, two codes may fit: the surer and later one is meant.
        fitting = sorted(
            (held for held in of_level if held.on(day)), key=lambda held: (held.sure, held.start, held.code)
        )
        found = {held.body: held for held in fitting}
        if not found:
            raise UsageError(_none_then(of_level, day, level, scheme))
        return found

    def has(self, day: date, level: Level, scheme: Scheme = "ods") -> bool:
        """Whether bodies of a level had codes on a day."""
        return any((held.level, held.scheme) == (level, scheme) and held.on(day) for held in self.held)

    def following(self, level: Level, day: date, scheme: Scheme = "ods") -> Level:
        """Give the level that the same ground is told by on another day: CCG or sub-ICB location, footprint or ICB.

        Raises:
            UsageError: nothing of the kind had codes on that day.
        """
        course = next(course for course in SUCCESSIONS if level in course)
        if found := [one for one in (level, *course) if self.has(day, one, scheme)]:
            return found[0]
        raise UsageError(
            f"Nothing that {NAMES[level][1]} became, or were before, had a code on {say.day(day)}. Give another "
            "--to, or a --level that there was then."
        )

    def name(self, held: Held, day: date) -> str:
        """Give the name that a body had on a day: its label, or where that came later or earlier, the official one of the day."""
        then = [row for row in self.records.rows("names-of", thing=held.body) if row["start"] <= day < row["end"]]
        if any(row["name"] == held.label for row in then):
            return held.label
        dated = [row for row in then if row["type"] == "official" and row["startPrecision"] != "unknown"]
        return dated[-1]["name"] if dated else held.label

    def spelled(self, held: Held, scheme: Scheme, day: date) -> Held | None:
        """Give the code that a body had in a scheme on a day."""
        return next(
            (other for other in self.held if other.body == held.body and other.scheme == scheme and other.on(day)), None
        )


def _none_then(of_level: Iterable[Held], day: date, level: Level, scheme: Scheme) -> str:
    periods = merged((held.start, held.end) for held in of_level)
    told = [span(start, end) for start, end in periods]
    return (
        f"No {NAMES[level][0]} had a{'n ODS' if scheme == 'ods' else ' GSS'} code on {say.day(day)}. "
        + (f"There were such codes {say.listed(told)}." if told else "There never were any.")
        + " Give a day of that time, or another level."
    )


def span(start: date, end: date) -> str:
    """Give a half-open period in words: "from 1 April 2015 until 31 March 2017", "since 1 July 2022"."""
    last = date.fromordinal(end.toordinal() - 1)
    if end == date.max:
        return "at all times" if start == date.min else f"since {say.day(start)}"
    return f"until {say.day(last)}" if start == date.min else f"from {say.day(start)} until {say.day(last)}"


def merged(periods: Iterable[tuple[date, date]]) -> list[tuple[date, date]]:
    """Join half-open periods that touch or overlap, in order of time."""
    joined: list[tuple[date, date]] = []
    for start, end in sorted(periods):
        if joined and start <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(end, joined[-1][1])
        else:
            joined.append((start, end))
    return joined
