"""Numbers of bodies carried through lineage to the bodies that took over from them, with nothing lost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple, Protocol

from kg.answers.record import Records
from kg.graph.names import Iri


class Portions(NamedTuple):
    """Where one body went: what part of it came to each end, and why the rest, if any, cannot be told."""

    ends: Mapping[Iri, Fraction]
    missing: tuple[str, ...] = ()


class Divides(Protocol):
    """Anything that says where a body went; the parts of one body never sum to more than 1."""

    def __call__(self, start: Iri) -> Portions:
        """Give the portions of one body."""
        ...


@dataclass
class RolledUp:
    """What came to each end, and what could not be given to any; the two together are what there was."""

    at: dict[Iri, Fraction] = field(default_factory=dict)
    left: dict[Iri, Fraction] = field(default_factory=dict)
    why: dict[Iri, tuple[str, ...]] = field(default_factory=dict)

    @property
    def total(self) -> Fraction:
        return sum(self.at.values(), Fraction()) + sum(self.left.values(), Fraction())


def roll_up(amounts: Mapping[Iri, Fraction | int], divides: Divides) -> RolledUp:
    """Distribute each body's number over the bodies that it became.

    Raises:
        ValueError: the portions of a body sum to more than 1, so that people would be counted twice.
    """
    rolled = RolledUp()
    for start, amount in amounts.items():
        portions = divides(start)
        given = sum(portions.ends.values(), Fraction())
        if given > 1:
            raise ValueError(f"the portions of {start} sum to {float(given)}")
        for end, part in portions.ends.items():
            rolled.at[end] = rolled.at.get(end, Fraction()) + part * amount
        if given < 1:
            rolled.left[start] = (1 - given) * amount
            rolled.why[start] = portions.missing
    return rolled


class ByTransfers:
    """Divides bodies by the transfers in law after one day and up to another, by shares of one basis.

    What a body holds goes to its one receiver whole; to several by their shares. Where a share is not known, what it
    would have moved stays undivided.
    """

    def __init__(self, records: Records, start: date, as_of: date, basis: str = "population") -> None:
        self._records, self._basis = records, basis
        self._moves: dict[date, dict[Iri, dict[Iri, Fraction | None]]] = {}
        parts: dict[tuple[date, Iri, Iri, Iri], list[tuple[bool, Fraction]]] = {}
        for row in records.graph.rows("passed-on"):
            if start < row["date"] <= as_of:
                known = parts.setdefault((row["date"], row["giver"], row["receiver"], row["event"]), [])
                if row["basis"] == basis:
                    known.append(self._share(row))
        for (day, giver, receiver, _), known in parts.items():
            given = self._moves.setdefault(day, {}).setdefault(giver, {})
            part = max(known)[1] if known else None  # of two that tell the same, the one that was counted
            before = given.get(receiver)
            given[receiver] = part if before is None else before + (part or 0)

    def _share(self, row: dict[str, Any]) -> tuple[bool, Fraction]:
        """Give a share, and whether it is exact: one that was counted is its amount of the total."""
        facts = self._records.stated(row["share"])
        if "amount" in facts and "total" in facts:
            return True, Fraction(int(facts["amount"]), int(facts["total"]))
        return False, Fraction(Decimal(str(row["value"])))

    def __call__(self, start: Iri) -> Portions:
        """Follow one body from day to day."""
        holds: dict[Iri, Fraction] = {start: Fraction(1)}
        missing: list[str] = []
        for day in sorted(self._moves):
            moves = self._moves[day]
            givers = [one for one in holds if one in moves]
            # What ended on the day passes on what it received that day; what lasts does not. A ring of bodies that
            # ended into each other would never be done: there are no more rounds than bodies.
            for _ in range(len(moves) + 1):
                given = [(giver, holds.pop(giver)) for giver in givers]  # all at once, so that none gives what it gets
                for giver, held in given:
                    parts, reason = self._parted(giver, moves[giver], day)
                    missing += [reason] if reason and reason not in missing else []
                    for end, part in parts.items():
                        holds[end] = holds.get(end, Fraction()) + held * part
                givers = [one for one in holds if one in moves and self._records.thing(one).end <= day]
        return Portions({end: part for end, part in holds.items() if part}, tuple(missing))

    def _parted(self, giver: Iri, to: Mapping[Iri, Fraction | None], day: date) -> tuple[dict[Iri, Fraction], str]:
        thing = self._records.thing(giver)
        lasts = thing.end > day
        known = {end: part for end, part in to.items() if part is not None}
        unknown = [self._records.thing(end).label for end, part in to.items() if part is None]
        if not lasts and len(to) == 1 and not known:
            return {next(iter(to)): Fraction(1)}, ""
        whole = sum(known.values(), Fraction())
        if whole > 1:  # rounded shares
            known = {end: part / whole for end, part in known.items()}
        if unknown:
            return known, f"what part of {thing.label} went to {', '.join(unknown)} by {self._basis} is not recorded"
        if lasts:
            known[giver] = known.get(giver, Fraction()) + 1 - min(whole, Fraction(1))
        return known, "" if lasts or whole >= 1 else f"the shares of {thing.label} do not add up to the whole"
