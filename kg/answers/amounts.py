"""Numbers of people: those recorded of bodies, and sums of them over parts."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, Final, NamedTuple

from kg.answers import language as say
from kg.answers.record import Records
from kg.answers.snapshot import Snapshot
from kg.graph.names import Iri, local_name

#: What moves a part of a body, so that a number of before is none of after.
_MOVING: Final = ("PartialTransfer", "Reorganisation", "Division")
UNITS: Final = {"population": "people", "registered-population": "registered patients"}


class Sum(NamedTuple):
    """A number of people on a date; `parts` are the bodies it is the sum of, itself alone when it is its own."""

    value: int | float
    precision: str
    method: str
    sources: tuple[str, ...]
    parts: tuple[Iri, ...]


class Move(NamedTuple):
    """That a body which went on gave up or took in a part."""

    body: Iri
    event: Iri
    date: date


class Amounts:
    """How many people each body covered, by one measure: its own numbers, else the sums over its parts on a day.

    A number is one of that day only if no part of the body came or went between the two.
    """

    def __init__(self, snapshot: Snapshot, measure: str) -> None:
        self.snapshot, self.measure, self.records = snapshot, measure, snapshot.records
        self._held: dict[Iri, dict[date, Sum]] = {}
        self.own: dict[Iri, dict[date, Sum]] = {}
        cited: dict[Iri, tuple[str, ...]] = {}
        for row in self.records.graph.rows("populations", measure=measure):
            if row["source"] not in cited:
                cited[row["source"]] = self.records.cites(row["observation"])
            own = Sum(row["value"], row["precision"], row["method"], cited[row["source"]], (row["body"],))
            self.own.setdefault(row["body"], {}).setdefault(row["date"], own)

    def of(self, body: Iri, above: frozenset[Iri] = frozenset()) -> dict[date, Sum]:
        """Give the numbers of a body by their date; empty when some part of it has none of the same date."""
        if body not in self._held:
            last = self._last_move(body)
            own = {day: one for day, one in self.own.get(body, {}).items() if last is None or last.date <= day}
            if own:
                self._held[body] = own
                return own
            parts = [] if body in above else self.snapshot.parts(body)
            each = [self.of(part, above | {body}) for part in parts]
            dates = set(each[0]).intersection(*each[1:]) if each else set()
            self._held[body] = {day: total_of([numbers[day] for numbers in each]) for day in dates}
        return self._held[body]

    def outdated(self, body: Iri, above: frozenset[Iri] = frozenset()) -> list[Move]:
        """Give what made the numbers of a body, or of its parts, ones of another area; empty if nothing did."""
        if self.of(body) or body in above:
            return []
        last = self._last_move(body)
        if last and body in self.own:
            return [last]
        return [move for part in self.snapshot.parts(body) for move in self.outdated(part, above | {body})]

    def _last_move(self, body: Iri) -> Move | None:
        return last_move(self.records, body, self.snapshot.day)

    def best_date(self, bodies: Iterable[Iri]) -> date | None:
        """Give the date that most bodies have a number of; of several the nearest to the day."""
        counts: dict[date, int] = {}
        for body in bodies:
            for day in self.of(body):
                counts[day] = counts.get(day, 0) + 1
        return max(counts, key=lambda day: (counts[day], -abs((day - self.snapshot.day).days), day), default=None)


def last_move(records: Records, body: Iri, day: date) -> Move | None:
    """Give the last time up to a day that a part came to a body which was there before, or left it."""
    moves = [
        Move(body, row["event"], row["date"])
        for row in records.rows("transfers")
        if body in (row["giver"], row["receiver"]) and row["date"] <= day and local_name(row["type"]) in _MOVING
    ]
    thing = records.thing(body)
    return max((move for move in moves if thing.start < move.date < thing.end), key=lambda m: m.date, default=None)


def total_of(numbers: list[Sum]) -> Sum:
    """Sum numbers of one date, each with its sources and parts."""
    sources = tuple(dict.fromkeys(key for number in numbers for key in number.sources))
    parts = tuple(part for number in numbers for part in number.parts)
    return Sum(sum(number.value for number in numbers), numbers[0].precision, "derived", sources, parts)


def cells(number: Sum, measure: str, dated: date) -> dict[str, Any]:
    """Give a number as a line of an answer has it."""
    return {
        "measure": measure, "statistic": "total", "value": number.value, "date": say.iso(dated, number.precision),
        "method": number.method, "sources": number.sources,
    }  # fmt: skip


def told(value: float, measure: str) -> str:
    """Say a number with what it counts, as "1,001 people"."""
    return f"{say.number(round(value))} {UNITS[measure]}"
