"""The statutory bodies that commissioned care between two days: who passed to whom, and with how many people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from functools import cached_property
from typing import Final

from kg.answers import language as say
from kg.answers.hindsight import Sizes
from kg.answers.passings import PARTIAL, gathered, kind_of_event
from kg.answers.portions import BASES
from kg.answers.record import Records, Transfer
from kg.answers.snapshot import Snapshot
from kg.errors import UsageError
from kg.facts.dates import OPEN_END
from kg.graph.names import Iri

#: What a body that was not counted may be told apart by, where several merged.
_APART: Final = ("population", "practices")


@dataclass(frozen=True)
class Commissioners:
    """The bodies in force on some day from `since` to `until`, both days included, and the transfers in law between them."""

    records: Records
    since: date
    until: date

    @classmethod
    def between(cls, records: Records, since: date, until: date) -> Commissioners:
        """Give the commissioners from one day to another.

        Raises:
            UsageError: the second day is not after the first, or none was there on the first.
        """
        if since >= until:
            raise UsageError(f"The first day, {since}, is not before the second, {until}. Give the earlier one first.")
        found = cls(records, since, until)
        if not any(records.thing(body).in_force(since) for body in found.bodies):
            raise UsageError(
                f"No statutory commissioner is recorded on {say.day(since)}. Give a later first day, as 2013-04-01."
            )
        return found

    @cached_property
    def kinds(self) -> tuple[Iri, ...]:
        """The kinds that are statutory bodies and commissioners, as PCT, CCG and ICB."""
        rows = self.records.rows("kinds")
        return tuple(
            row["kind"]
            for row in rows
            if row["family"] == "commissioner" and self.records.thing(row["kind"]).fact("form") == "statutory-body"
        )

    @cached_property
    def bodies(self) -> tuple[Iri, ...]:
        """Those bodies, in order of start and name."""
        found = {row["body"]: None for kind in self.kinds for row in self.records.rows("ever-of-kind", kind=kind)}
        things = [self.records.thing(body) for body in found]
        there = [thing for thing in things if thing.start <= self.until and thing.end > self.since]
        return tuple(thing.iri for thing in sorted(there, key=lambda thing: (thing.start, thing.label, thing.iri)))

    @cached_property
    def transfers(self) -> tuple[Transfer, ...]:
        """What passed in law from one of them to another, after the first day and up to the second, in order of date."""
        known = frozenset(self.bodies)
        rows = self.records.rows("transfers-between", since=self.since, asOf=self.until)
        found = {
            Transfer(row["event"], row["giver"], row["receiver"], row["date"], row["lineage"]): None
            for row in rows
            if row["lineage"] == "legal" and row["giver"] in known and row["receiver"] in known
        }
        return tuple(found)

    @cached_property
    def parts(self) -> Mapping[Transfer, Fraction | None]:
        """Which part of its giver each transfer took: 1 where one took all, None where it is not recorded."""
        passings, stated = gathered(self.records, self.transfers, estimates=False)
        many: dict[tuple[Iri, Iri], int] = {}
        for passing in passings:
            many[passing.event, passing.giver] = many.get((passing.event, passing.giver), 0) + 1
        found: dict[Transfer, Fraction | None] = {}
        for transfer in self.transfers:
            event, giver = transfer.event, transfer.giver
            if many[event, giver] == 1 and kind_of_event(self.records, transfer) != PARTIAL:
                found[transfer] = Fraction(1)
                continue
            shares = stated.get((event, giver, transfer.receiver), {})
            found[transfer] = next((shares[basis] for basis in BASES if basis in shares), None)
        return found

    @cached_property
    def counted_on(self) -> str:
        """The day on which most of those were counted whom `people` rests on, as a person writes it; empty when none was."""
        when, counted = self._ever._count
        return say.day(*when) if counted else ""

    @cached_property
    def _ever(self) -> Commissioners:
        """The same, with all that came after."""
        return Commissioners(self.records, self.since, OPEN_END)

    @cached_property
    def _count(self) -> tuple[tuple[date, str], dict[Iri, Fraction]]:
        by_day: dict[tuple[date, str], dict[Iri, Fraction]] = {}
        for row in self.records.rows("populations", measure="population"):
            if row["body"] in frozenset(self.bodies) and row["method"] in ("measured", "derived"):
                by_day.setdefault((row["date"], row["precision"]), {})[row["body"]] = Fraction(int(row["value"]))
        best = max(by_day, key=lambda day: (len(by_day[day]), -day[0].toordinal()), default=(self.since, "day"))
        return best, by_day.get(best, {})

    @cached_property
    def people(self) -> Mapping[Iri, Fraction]:
        """How many people each covered, of those who were counted on that one day; who cannot be told is left out.

        After the count the people of a body go where its shares say; before it, those of a merged body are told apart by
        how many general practices each had, which is an estimate.
        """
        if self.until < OPEN_END:
            # Whoever was counted after the last day says how large those were who came before.
            later = self._ever.people
            return {body: later[body] for body in self.bodies if body in later}
        found = dict(self._count[1])
        for transfer in self.transfers:
            self._forward(found, transfer)
        for transfer in reversed(self.transfers):
            if transfer.giver not in found and transfer.receiver in found:
                self._back(found, transfer)
        return found

    def flow(self, transfer: Transfer) -> Fraction | None:
        """Give how many people a transfer carried, None when that is not known."""
        part, people = self.parts[transfer], self.people.get(transfer.giver)
        return None if part is None or people is None else part * people

    def _forward(self, found: dict[Iri, Fraction], transfer: Transfer) -> None:
        """Count who was not: all that came to it on the day it began."""
        receiver = transfer.receiver
        if receiver in found or transfer.date > self.records.thing(receiver).start:
            return
        came = [one for one in self.transfers if (one.receiver, one.date) == (receiver, transfer.date)]
        parts = [(self.parts[one], found.get(one.giver)) for one in came]
        if all(part is not None and people is not None for part, people in parts):
            found[receiver] = sum((part * people for part, people in parts if part and people), Fraction(0))

    def _back(self, found: dict[Iri, Fraction], transfer: Transfer) -> None:
        """Tell those who joined a counted body apart by how large each was; one that had only a part is not told so."""
        receiver, day = transfer.receiver, transfer.date
        came = [one for one in self.transfers if (one.receiver, one.date) == (receiver, day)]
        if any(self.parts[one] != 1 for one in came) or day > self.records.thing(receiver).start:
            return
        if len(came) == 1:
            found[transfer.giver] = found[receiver]
            return
        for basis in _APART:
            large = {one.giver: self._size(one.giver, basis) for one in came}
            whole = sum((size for size in large.values() if size), Fraction(0))
            if all(large.values()):
                found.update({giver: found[receiver] * size / whole for giver, size in large.items() if size})
                return

    def _size(self, body: Iri, basis: str) -> Fraction | None:
        """Give how large a body was in the end; of one that was not counted, what those were that merged into it."""
        thing = self.records.thing(body)
        size = self._sizes(thing.end - timedelta(days=1)).get(basis, {}).get(body)
        if size is not None:
            return size
        came = [one for one in self.transfers if (one.receiver, one.date) == (body, thing.start)]
        parts = [self._size(one.giver, basis) if self.parts[one] == 1 else None for one in came]
        return sum((part for part in parts if part), Fraction(0)) if parts and all(parts) else None

    def _sizes(self, day: date) -> Mapping[str, Mapping[Iri, Fraction]]:
        if day not in self._sized:
            there = frozenset(body for body in self.bodies if self.records.thing(body).in_force(day))
            self._sized[day] = Sizes(self.records, frozenset(self.bodies), there, day).by_basis
        return self._sized[day]

    @cached_property
    def _sized(self) -> dict[date, Mapping[str, Mapping[Iri, Fraction]]]:
        return {}

    def region(self, body: Iri) -> Iri | None:
        """Give the region that a body was in on the last day, or on its own last; None when none is recorded, or several."""
        thing = self.records.thing(body)
        day = min(self.until, thing.end - timedelta(days=1))
        snapshot, regions = self._snapshot(day)
        groups = snapshot.nearest(body, regions)
        return groups[0] if len(groups) == 1 else None

    def _snapshot(self, day: date) -> tuple[Snapshot, frozenset[Iri]]:
        if day not in self._snapshots:
            snapshot = Snapshot(self.records, day)
            kinds = [row["kind"] for row in self.records.rows("kinds") if row["family"] == "region"]
            # Of several tiers of regions the largest is meant: the one with the fewest bodies on the day.
            tiers = [held for kind in kinds if (held := snapshot.of([kind]))]
            fewest = min(tiers, key=len, default=[])
            self._snapshots[day] = snapshot, frozenset(held.body for held in fewest)
        return self._snapshots[day]

    @cached_property
    def _snapshots(self) -> dict[date, tuple[Snapshot, frozenset[Iri]]]:
        return {}
