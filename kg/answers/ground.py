"""Where the people of a body are on another day: in which bodies, in what part, by which events.

A table follows its people, and so the ground on which they live. Where a body and its code parted, as on 1 July 2022,
the ground went with the code: the sub-ICB location covers the area of the CCG, and the board only received its duties.
So a CCG of west Essex of 2015 is found in the board of Essex of 2026, and not spread over two boards as the shares of
the board in between would have it (decision 0016).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction
from functools import cached_property
from typing import Final

from kg.answers.passings import gathered, kind_of_event
from kg.answers.portions import BASES, Passing, Stated, steps, whole
from kg.answers.record import Records, Transfer
from kg.graph.names import Iri, local_name

#: What moves a boundary. ONS gives another code when one has moved, whether or not it is known how many people it moved.
_MOVES: Final = ("PartialTransfer", "BoundaryChange", "CodeChange")


@dataclass(frozen=True)
class Spread:
    """Over which targets the people of a body are spread.

    `parts` are the known shares, exact; `lost` is the rest, of which it is not known where it went, and `maybe` are the
    targets that some of it may have reached. All shares and what is lost sum to 1. `events` gives the events on the way
    to each target, `bases` what the shares on the way were counted by (none where no share was needed), `needed` the
    events that divide the body between targets, `missing` those of them without a share.
    """

    parts: Mapping[Iri, Fraction]
    lost: Fraction = Fraction(0)
    maybe: frozenset[Iri] = frozenset()
    events: Mapping[Iri, tuple[Iri, ...]] = field(default_factory=dict)
    bases: Mapping[Iri, tuple[str, ...]] = field(default_factory=dict)
    needed: tuple[Iri, ...] = ()
    missing: tuple[Iri, ...] = ()

    @property
    def targets(self) -> tuple[Iri, ...]:
        return tuple(sorted({*self.parts, *self.maybe}))

    @property
    def divided(self) -> bool:
        """Whether the people are in several targets, or not all of them are accounted for."""
        return len(self.targets) > 1 or self.lost > 0

    def alike(self, other: Spread) -> bool:
        """Whether two bodies are spread alike, so that it does not matter how many people are in which."""
        return self.parts == other.parts and not self.lost and not other.lost


def there(target: Iri) -> Spread:
    """The spread of a body that is a target, or wholly inside one."""
    return Spread({target: Fraction(1)})


#: The spread of a body that no target holds.
NOWHERE = Spread({}, lost=Fraction(1))


class Ground:
    """The transfers that carried people between the bodies of the levels, between two days."""

    def __init__(self, records: Records, bodies: frozenset[Iri], since: date, until: date) -> None:
        self.records, self._days = records, (since, until)
        rows = records.rows("transfers-between", since=since, asOf=until)
        found = {
            Transfer(row["event"], row["giver"], row["receiver"], row["date"], row["lineage"]): None
            for row in rows
            if row["giver"] in bodies and row["receiver"] in bodies
        }
        passings, self.stated = gathered(records, self._of_people(list(found)))
        self.steps: list[tuple[list[Passing], bool]] = list(steps(passings))
        self.events = frozenset(passing.event for passing in passings)

    def _of_people(self, transfers: list[Transfer]) -> list[Transfer]:
        """Leave out the duties that a body gave to one while its ground and code went to another."""
        coded = {(t.giver, t.date) for t in transfers if t.lineage == "codes"}
        return [
            t
            for t in transfers
            if t.lineage == "codes"
            or (t.giver, t.date) not in coded
            or kind_of_event(self.records, t) != "FunctionTransfer"
        ]

    @cached_property
    def moves(self) -> Mapping[Iri, frozenset[Iri]]:
        """Give the events by which boundaries moved, measured or not, each with the bodies that it touched, in order of date."""
        since, until = self._days
        rows = self.records.rows("events-between", since=since, asOf=until)
        # A transfer that carried nobody between bodies of these levels, as of services to a provider, moved no boundary.
        found = dict.fromkeys(
            row["event"]
            for row in rows
            if (kind := local_name(row["type"])) in _MOVES
            and (kind != "PartialTransfer" or row["event"] in self.events)
        )
        sides = {event: self.records.sides(event) for event in found}
        return {event: frozenset((*side["before"], *side["after"])) for event, side in sides.items()}

    def reached(self, body: Iri, events: Collection[Iri], *, backwards: bool = False) -> set[Iri]:
        """Give the bodies that some people of a body were in, by these events; the body itself is one."""
        found = {body}
        for event, near, far in self._passed[backwards]:
            if near in found and event in events:
                found.add(far)
        return found

    @cached_property
    def _passed(self) -> tuple[list[tuple[Iri, Iri, Iri]], ...]:
        """Event, nearer and farther body of each passing in their order: forwards, and backwards."""
        forwards = [(one.event, one.giver, one.receiver) for step, _ in self.steps for one in step]
        return forwards, [(one.event, one.receiver, one.giver) for step, _ in reversed(self.steps) for one in step]

    def bases(self, event: Iri) -> tuple[str, ...]:
        """Give what the shares of an event are counted by, for every giver that it divides."""
        by_giver: dict[Iri, list[set[str]]] = {}
        for step, _ in self.steps:
            for passing in step:
                if passing.event == event and (len(step) > 1 or passing.partial):
                    told = self.stated.get((event, passing.giver, passing.receiver), {})
                    by_giver.setdefault(passing.giver, []).append(set(told))
        sets = [set.intersection(*told) for told in by_giver.values()]
        common = set.intersection(*sets) if sets else set[str]()
        return tuple(basis for basis in BASES if basis in common)


def ahead(ground: Ground, home: Callable[[Iri], Spread], preference: Sequence[str]) -> Callable[[Iri], Spread]:
    """Give where the people of bodies of the earlier day are on the later one.

    The steps are read from the last to the first, so that at each what its receivers became is known. A division whose
    parts all came to the same targets in the same shares needs no share: of Norwich and South Norfolk it does not matter
    how many people changed between them in 2017, since both are wholly in Norfolk and Waveney.

    Args:
        ground: the transfers between the two days.
        home: the spread of a body that is there on the later day.
        preference: what to count by, the best first; of an event, the first by which all its shares are recorded.
    """
    known: dict[Iri, Spread] = {}

    def of(body: Iri) -> Spread:
        return known.get(body) or home(body)

    for step, in_order in reversed(ground.steps):
        giver = step[0].giver
        receivers = {passing.receiver: passing for passing in step}
        spreads = {receiver: of(receiver) for receiver in receivers}
        if step[0].partial:
            spreads[giver] = of(giver)
        event = step[0].event
        first, *rest = spreads.values()
        if all(first.alike(other) for other in rest):
            joined = mixed(spreads, {one: Fraction(1, len(spreads)) for one in spreads}, ())
        else:
            basis, shares = shares_of(ground.stated, step, preference) if in_order else ("", None)
            joined = mixed(spreads, shares, (basis,) if basis else ())
            joined = replace(
                joined,
                needed=once(event, *joined.needed),
                missing=joined.missing if shares is not None else once(event, *joined.missing),
            )
        known[giver] = by_way_of(event, joined)
    return of


def once(*events: Iri) -> tuple[Iri, ...]:
    """Give events in their order, each once."""
    return tuple(dict.fromkeys(events))


def by_way_of(event: Iri, spread: Spread) -> Spread:
    """Put an event before those on the way to each target."""
    events = {
        target: (event, *(one for one in spread.events.get(target, ()) if one != event)) for target in spread.targets
    }
    return replace(spread, events=events)


def mixed(spreads: Mapping[Iri, Spread], shares: Mapping[Iri, Fraction] | None, bases: tuple[str, ...]) -> Spread:
    """Lay spreads together by their shares; without shares, nothing is known but where people may be."""
    parts: dict[Iri, Fraction] = {}
    events: dict[Iri, dict[Iri, None]] = {}
    counted: dict[Iri, dict[str, None]] = {}
    lost = Fraction(0) if shares is not None else Fraction(1)
    maybe: set[Iri] = set()
    needed: dict[Iri, None] = {}
    missing: dict[Iri, None] = {}
    for one, spread in spreads.items():
        share = shares.get(one, Fraction(0)) if shares is not None else None
        if share == 0:
            continue
        for target in spread.targets:
            events.setdefault(target, {}).update(dict.fromkeys(spread.events.get(target, ())))
            counted.setdefault(target, {}).update(dict.fromkeys((*bases, *spread.bases.get(target, ()))))
        if share is None:
            maybe.update(spread.targets)
        else:
            for target, part in spread.parts.items():
                parts[target] = parts.get(target, Fraction(0)) + share * part
            lost += share * spread.lost
            maybe.update(spread.maybe)
        needed.update(dict.fromkeys(spread.needed))
        missing.update(dict.fromkeys(spread.missing))
    return Spread(
        parts, lost, frozenset(maybe),
        {target: tuple(told) for target, told in events.items()},
        {target: tuple(told) for target, told in counted.items()},
        tuple(needed), tuple(missing),
    )  # fmt: skip


def shares_of(stated: Stated, step: list[Passing], preference: Iterable[str]) -> tuple[str, dict[Iri, Fraction] | None]:
    """Give the shares of one giving, what stayed with a giver that lives on among them; none when none are recorded."""
    giver, partial = step[0].giver, step[0].partial
    receivers = {passing.receiver: stated.get((passing.event, giver, passing.receiver), {}) for passing in step}
    for basis in preference:
        told = {receiver: shares[basis] for receiver, shares in receivers.items() if basis in shares}
        if len(told) < len(receivers) or not (shares := whole(told, partial=partial)):
            continue
        return basis, {**shares, giver: 1 - sum(shares.values(), Fraction(0))} if partial else shares
    return "", None


def blended(ground: Ground, body: Iri, divided: Iterable[Iri]) -> tuple[Iri, ...]:
    """Give the bodies that a body was but a part of when they were divided: their shares are an estimate for it."""
    part = {body: False}
    events, found = set(divided), dict[Iri, None]()
    for step, _ in ground.steps:
        giver = step[0].giver
        if giver not in part:
            continue
        if part[giver] and step[0].event in events:
            found[giver] = None
        for passing in step:
            part[passing.receiver] = part.get(passing.receiver, False) or part[giver] or not passing.alone
    return tuple(found)
