"""How much of a thing reached each body: shares multiplied along the transfers of its lineage.

For each basis (population, practices, ...) the thing starts whole, and each event hands on what its giver holds by
then. One receiver takes all of it; several need a stated share each. What no share is stated for is lost from
sight on that basis, and never guessed: every body it may have reached is then of unknown size.

A share is of its giver as a whole. Applied to a part that had joined others there, it takes the part to be spread
evenly over the giver, which is an estimate, and `estimated` names the giver.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from graphlib import CycleError, TopologicalSorter
from typing import Final, NamedTuple

from kg.graph.names import Iri

#: What may be counted, the best first.
BASES: Final = ("population", "practices", "budget", "area", "postcodes")
#: How far from 1 the shares of a divided body may be for rounding; what `kg check` allows.
_ROUNDING: Final = Fraction(1, 10**6)


class Passing(NamedTuple):
    """One transfer on the way.

    `partial`: the giver lives on and keeps the rest. `alone`: nothing else of its sort joined the receiver with it,
    so that a share of the receiver is still a share of what came.
    """

    event: Iri
    giver: Iri
    receiver: Iri
    date: date
    partial: bool = False
    alone: bool = True


#: What part of the giver a transfer moved, by basis: {(event, giver, receiver): {basis: share}}.
Stated = Mapping[tuple[Iri, Iri, Iri], Mapping[str, Fraction]]


@dataclass
class Portions:
    """What became of the whole by one basis.

    `parts` gives the share of each body that still holds something, as far as every step to it is known;
    `unknown` the bodies that something of unknown size reached; `missing` the events without a stated share;
    `estimated` the givers whose share was applied to a part that had joined others in them.
    """

    basis: str
    parts: dict[Iri, Fraction]
    unknown: set[Iri] = field(default_factory=set)
    missing: dict[Iri, None] = field(default_factory=dict)
    estimated: dict[Iri, None] = field(default_factory=dict)

    @property
    def complete(self) -> bool:
        """Whether nothing was lost from sight."""
        return not self.missing

    def share(self, body: Iri) -> Fraction | None:
        """Give the share of a body, None when it is not known."""
        return None if body in self.unknown else self.parts.get(body)


def portions(start: Iri, passings: Iterable[Passing], stated: Stated) -> list[Portions]:
    """Follow a thing through the transfers of its lineage, by every basis that is stated anywhere on the way.

    Args:
        start: the thing that is whole at first.
        passings: the transfers that its lineage runs through, as `queries/became.rq` gives them, each once.
        stated: the shares that are recorded of those transfers.

    Returns:
        One `Portions` a basis, best basis first; none when nothing on the way is divided by any basis.
    """
    course = Course(passings, stated)
    return [course.follow(start, basis) for basis in course.bases]


class Course:
    """Transfers in the order in which they hand on, and the shares stated of them: put in order once for many starts."""

    def __init__(self, passings: Iterable[Passing], stated: Stated) -> None:
        self._steps, self._stated = list(steps(passings)), stated
        used = {basis for shares in stated.values() for basis in shares}
        self.bases = tuple(basis for basis in BASES if basis in used)

    def follow(self, start: Iri, basis: str) -> Portions:
        """Follow one thing that is whole at first; it stays where it was when no transfer takes it on."""
        return _follow(basis, start, self._steps, self._stated)


def _follow(basis: str, start: Iri, course: list[tuple[list[Passing], bool]], stated: Stated) -> Portions:
    found = Portions(basis, {start: Fraction(1)})
    parts, mixed = found.parts, set[Iri]()
    for step, in_order in course:
        giver, partial = step[0].giver, step[0].partial
        if giver not in parts and giver not in found.unknown:
            continue  # what it had was passed on before
        receivers = {passing.receiver: passing for passing in step}
        if len(receivers) == 1 and not partial:
            shares = {receiver: Fraction(1) for receiver in receivers}
        else:
            told = {p.receiver: stated.get((p.event, p.giver, p.receiver), {}).get(basis) for p in step}
            shares = {receiver: share for receiver, share in told.items() if share is not None}
            if giver in mixed and shares:
                found.estimated[giver] = None
        given = whole(shares, partial=partial)
        if set(given) != set(receivers) or not in_order:
            found.missing.update(dict.fromkeys(passing.event for passing in step))
            found.unknown.update(receivers, (giver,) if partial else ())
            given = {}
        if giver in found.unknown:
            found.unknown.update(receivers)
        mixed.update(receiver for receiver, passing in receivers.items() if giver in mixed or not passing.alone)
        held = parts.pop(giver, Fraction(0))
        for receiver, share in given.items():
            parts[receiver] = parts.get(receiver, Fraction(0)) + held * share
        if partial and given:
            parts[giver] = parts.get(giver, Fraction(0)) + held * (1 - sum(given.values()))
    return found


def whole(shares: dict[Iri, Fraction], *, partial: bool) -> dict[Iri, Fraction]:
    """Give shares that make up the whole exactly, or leave some of it with the giver; none when they cannot."""
    total = sum(shares.values(), Fraction(0))
    if partial:
        return shares if total <= 1 else {}
    return {receiver: share / total for receiver, share in shares.items()} if abs(total - 1) <= _ROUNDING else {}


def steps(passings: Iterable[Passing]) -> Iterator[tuple[list[Passing], bool]]:
    """Give what each giver handed on in one go, in the order in which it could; and whether there is such an order.

    On one day a body may be made, filled and emptied: whoever receives comes before its own giving, and a part that
    leaves a body comes before the body itself goes. Bodies that give to each other on one day have no order.
    """
    days: dict[date, list[Passing]] = {}
    for passing in sorted(set(passings), key=lambda p: (p.date, p.event, p.giver, p.receiver)):
        days.setdefault(passing.date, []).append(passing)
    for _, of_day in sorted(days.items()):
        givers = dict.fromkeys(passing.giver for passing in of_day)
        sorter = TopologicalSorter({giver: set[Iri]() for giver in givers})
        for passing in of_day:
            if passing.receiver in givers and passing.receiver != passing.giver:
                sorter.add(passing.receiver, passing.giver)
        try:
            order, in_order = list(sorter.static_order()), True
        except CycleError:
            order, in_order = list(givers), False
        for giver in order:
            own = [passing for passing in of_day if passing.giver == giver]
            for event in dict.fromkeys(passing.event for passing in own if passing.partial):
                yield [passing for passing in own if passing.partial and passing.event == event], in_order
            if gone := [passing for passing in own if not passing.partial]:
                yield gone, in_order
