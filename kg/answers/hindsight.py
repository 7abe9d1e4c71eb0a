"""Where people were on an earlier day: what was merged is told apart by how large each part was, which is an estimate."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from fractions import Fraction
from functools import cached_property

from kg.answers.ground import Ground, Spread, by_way_of, mixed, once, shares_of
from kg.answers.language import day as said
from kg.answers.record import Records
from kg.graph.names import Iri


class Sizes:
    """How large bodies were on a day: by each basis, the one count that most of them have.

    What a body gave away or received between that count and the day is taken off or added where its share is recorded;
    else its size is not known. A body that did not exist yet when its people were counted is of the extent with which it began.
    """

    def __init__(self, records: Records, bodies: frozenset[Iri], there: frozenset[Iri], day: date) -> None:
        self._records, self._bodies, self._there, self._day = records, bodies, there, day

    @cached_property
    def by_basis(self) -> Mapping[str, Mapping[Iri, Fraction]]:
        """The sizes, by what was counted: {basis: {body: number}}."""
        return {basis: self._on_the_day(sizes, day, basis) for basis, (sizes, day, _) in self._counted.items()}

    @cached_property
    def counted_on(self) -> Mapping[str, str]:
        """When that was counted, by basis, as a person writes it."""
        return {basis: said(day, precision) for basis, (_, day, precision) in self._counted.items()}

    @cached_property
    def _counted(self) -> dict[str, tuple[Mapping[Iri, int], date, str]]:
        counted: dict[str, tuple[Mapping[Iri, int], date, str]] = {}
        for basis in ("population", "practices"):
            by_date: dict[tuple[date, str], dict[Iri, int]] = {}
            for row in self._records.rows("populations", measure=basis):
                if row["method"] in ("measured", "derived") and row["body"] in self._there:
                    by_date.setdefault((row["date"], row["precision"]), {})[row["body"]] = int(row["value"])
            if by_date:
                best = max(by_date, key=lambda when: (len(by_date[when]), -when[0].toordinal()))
                counted[basis] = by_date[best], *best
        return counted

    def _on_the_day(self, sizes: Mapping[Iri, int], day: date, basis: str) -> Mapping[Iri, Fraction]:
        if day > self._day:  # what was counted after a boundary moved says nothing of before
            later = Ground(self._records, self._bodies, self._day, day)
            touched = {body for step, _ in later.steps for one in step for body in (one.giver, one.receiver)}
            return {body: Fraction(many) for body, many in sizes.items() if body not in touched}
        ground = Ground(self._records, self._bodies, day, self._day)
        return carried(ground, sizes, lambda body: max(day, self._records.thing(body).start), basis)


def carried(
    ground: Ground, sizes: Mapping[Iri, int], counted: Callable[[Iri], date], basis: str
) -> dict[Iri, Fraction]:
    """Give how large bodies were at the end of a ground, from when each was counted; whose size cannot be told is left out.

    What a body gave away or received since it was counted is taken off or added, where the share is recorded by the basis.
    """
    size = {body: Fraction(many) for body, many in sizes.items()}
    for step, _ in ground.steps:
        giver, day = step[0].giver, step[0].date
        _, shares = shares_of(ground.stated, step, (basis,)) if len(step) > 1 or step[0].partial else ("", None)
        late = {
            body for body in (giver, *(passing.receiver for passing in step)) if body in size and day > counted(body)
        }
        for passing in step:
            if passing.receiver not in late:
                continue
            if giver in size and shares is not None:
                size[passing.receiver] += size[giver] * shares[passing.receiver]
            else:
                del size[passing.receiver]
        if giver in late:
            kept = shares.get(giver) if shares is not None and step[0].partial else None
            if kept is None:
                del size[giver]
            else:
                size[giver] *= kept
    return size


def back(
    ground: Ground,
    home: Callable[[Iri], Spread],
    preference: Sequence[str],
    existed: Callable[[Iri, date], bool],
    sizes: Mapping[str, Mapping[Iri, Fraction]],
) -> Callable[[Iri], Spread]:
    """Give where the people of bodies of the later day were on the earlier one: an estimate, by how large each giver was.

    Args:
        ground: the transfers between the two days.
        home: the spread of a body that was there on the earlier day.
        preference: what to count by, as for `ahead`; of a merger, the first by which the size of every giver is known.
        existed: whether a body had people before a day, so that what it received on it was added to them.
        sizes: how large bodies were, each basis counted one way on one day; those not known are left out.
    """
    known: dict[Iri, Spread] = {}
    size = {basis: dict(of) for basis, of in sizes.items()}
    filled: set[tuple[Iri, date]] = set()

    def of(body: Iri) -> Spread:
        return known.get(body) or home(body)

    for step, in_order in ground.steps:
        giver, day, event = step[0].giver, step[0].date, step[0].event
        shares: Mapping[Iri, Fraction] | None = {passing.receiver: Fraction(1) for passing in step}
        if len(step) > 1 or step[0].partial:
            _, shares = shares_of(ground.stated, step, preference) if in_order else ("", None)
        came = of(giver)
        for passing in step:
            receiver = passing.receiver
            had_some = (receiver, day) in filled or existed(receiver, day)
            filled.add((receiver, day))
            before = of(receiver) if had_some else came
            flows = {
                basis: (many.get(receiver) if had_some else Fraction(0), many[giver] * shares[receiver])
                for basis, many in size.items()
                if giver in many and shares is not None
            }
            for basis, (had, flow) in flows.items():
                if had is not None:
                    size[basis][receiver] = had + flow
            for basis in set(size) - {basis for basis, (had, _) in flows.items() if had is not None}:
                size[basis].pop(receiver, None)
            if had_some and not came.alike(before):
                known[receiver] = by_way_of(
                    event, _laid_together(event, receiver, before, giver, came, flows, preference)
                )
            else:
                known[receiver] = by_way_of(event, mixed({giver: came}, {giver: Fraction(1)}, ()))
        if step[0].partial and shares is not None:
            for many in size.values():
                if giver in many:
                    many[giver] *= shares[giver]
    return of


def _laid_together(
    event: Iri, receiver: Iri, before: Spread, giver: Iri, came: Spread,
    flows: Mapping[str, tuple[Fraction | None, Fraction]], preference: Sequence[str],
) -> Spread:  # fmt: skip
    """Mix what a body was before with what came to it, each by how large it was, by the best basis that tells of both."""
    spreads = {receiver: before, giver: came}
    for basis in preference:
        had, flow = flows.get(basis, (None, Fraction(0)))
        if had is not None and had + flow:
            whole = had + flow
            both = mixed(spreads, {receiver: had / whole, giver: flow / whole}, (basis,))
            return replace(both, needed=once(*both.needed, event))
    lost = mixed(spreads, None, ())
    return replace(lost, needed=once(*lost.needed, event), missing=once(*lost.missing, event))
