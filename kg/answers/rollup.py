"""Numbers of bodies carried through lineage to the bodies that took over from them, with nothing lost."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import TypeVar

from kg.answers.passings import gathered
from kg.answers.portions import Course, Portions
from kg.answers.record import Records, Transfer
from kg.graph.names import Iri

Place = TypeVar("Place")


@dataclass
class RolledUp:
    """What came to each end, and what could not be given to any; the two together are what there was.

    `why` gives, of each body whose number could not all be given, the events that have no known share.
    """

    at: dict[Iri, Fraction] = field(default_factory=dict)
    left: dict[Iri, Fraction] = field(default_factory=dict)
    why: dict[Iri, tuple[Iri, ...]] = field(default_factory=dict)

    @property
    def total(self) -> Fraction:
        return sum(self.at.values(), Fraction()) + sum(self.left.values(), Fraction())


def roll_up(amounts: Mapping[Iri, Fraction | int], divides: Callable[[Iri], Portions]) -> RolledUp:
    """Distribute each body's number over the bodies that it became.

    Raises:
        ValueError: the portions of a body sum to more than 1, so that people would be counted twice.
    """
    rolled = RolledUp()
    for start, amount in amounts.items():
        portions = divides(start)
        known = {body: part for body, part in portions.parts.items() if part and body not in portions.unknown}
        given = sum(known.values(), Fraction())
        if given > 1:
            raise ValueError(f"the portions of {start} sum to {float(given)}")
        for end, part in known.items():
            rolled.at[end] = rolled.at.get(end, Fraction()) + part * amount
        if given < 1:
            rolled.left[start] = (1 - given) * amount
            rolled.why[start] = tuple(portions.missing)
    return rolled


def in_law(records: Records, start: date, as_of: date, basis: str = "population") -> Callable[[Iri], Portions]:
    """Give what divides bodies by the transfers in law after one day and up to another, by shares of one basis."""
    moved = {
        Transfer(row["event"], row["giver"], row["receiver"], row["date"], row["lineage"]): None
        for row in records.graph.rows("transfers-between", since=start, asOf=as_of)  # a row a share
        if row["lineage"] == "legal"
    }
    course = Course(*gathered(records, moved, estimates=False))
    return lambda body: course.follow(body, basis)


def in_whole_numbers(parts: Mapping[Place, Fraction]) -> dict[Place, int]:
    """Round parts so that they still add up to their sum: the largest remainders are rounded up, of equals the first."""
    floors = {place: part.numerator // part.denominator for place, part in parts.items()}
    lacking = round(sum(parts.values(), Fraction())) - sum(floors.values())
    for place in sorted(parts, key=lambda place: floors[place] - parts[place])[:lacking]:
        floors[place] += 1
    return floors
