"""Codes of one day and what they are on another: every pair with its share, the events between, and the sources."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cached_property
from typing import Final

from kg.answers.codebook import LEVELS, NAMES, Codebook, Held, Level, Scheme
from kg.answers.ground import NOWHERE, Ground, Spread, ahead, blended, there
from kg.answers.hindsight import Sizes, back
from kg.answers.portions import BASES
from kg.answers.snapshot import Snapshot
from kg.errors import UsageError
from kg.graph.names import Iri, key_of

#: How large a level is; people can be put into a level as large or larger, and not into a smaller one.
_SIZE: Final[Mapping[Level, int]] = {"pct": 0, "ccg": 0, "subicb": 0, "stp": 1, "icb": 1, "region": 2}
#: How many crosswalks are kept for when they are asked for again.
_KEPT: Final = 16


@dataclass(frozen=True)
class Pair:
    """A code of the earlier table and one code that its people have on the other day.

    `share` is the part of the former that the latter took, exact; None when it is not known how much went there. `to` is
    None for the part of which it is not known where it went. `basis` is what shares were counted by, empty where none was
    needed. `method` says how they were found, "whole" where nothing was divided. Events are in the order in which they
    happened; `types` are their kinds, as "Merger".
    """

    from_: Held
    to: Held | None
    share: Fraction | None
    basis: str
    method: str
    events: tuple[str, ...]
    types: tuple[str, ...]
    sources: tuple[str, ...]


@dataclass(frozen=True)
class Way:
    """What became of one code: its pairs, and why it is divided or unsure.

    `needed` are the events that divide it, `missing` those of them without a share by any basis asked for; `blended` names
    the bodies whose share was applied to a part of them, so that the part may have been divided otherwise. `moves` are the
    events by which a boundary on the way moved, whether or not it changes where the people are.
    """

    held: Held
    pairs: tuple[Pair, ...]
    needed: tuple[Iri, ...] = ()
    missing: tuple[Iri, ...] = ()
    blended: tuple[Iri, ...] = ()
    moves: tuple[Iri, ...] = ()

    @property
    def divided(self) -> bool:
        """Whether its people are in several codes, or not all accounted for."""
        return len(self.pairs) > 1 or any(pair.to is None or pair.share != 1 for pair in self.pairs)

    @property
    def lost(self) -> Fraction:
        """The part of which it is not known where it went."""
        return sum((pair.share or Fraction(0) for pair in self.pairs if pair.to is None), Fraction(0))

    @property
    def largest(self) -> Pair | None:
        """The pair with the largest share, of equals the first by code."""
        known = [pair for pair in self.pairs if pair.to is not None and pair.share]
        return max(known, key=lambda pair: pair.share or 0, default=None)


class Crosswalk:
    """What codes of one day are on another day, at a level and in a scheme of codes.

    Args:
        since: the day of the codes to be recoded.
        until: the day of the codes to be had; it may be the earlier one, and what was merged between is then estimated.
        level: what the codes to be had stand for.
        preference: what divided bodies are to be counted by, the best first.
    """

    def __init__(
        self, codebook: Codebook, since: date, until: date, level: Level, scheme: Scheme = "ods",
        preference: Sequence[str] = BASES,
    ) -> None:  # fmt: skip
        self.codebook, self.records = codebook, codebook.records
        self.since, self.until, self.level, self.scheme = since, until, level, scheme
        self.preference = tuple(preference)
        self.targets = codebook.on(until, level, scheme)
        self.snapshot = Snapshot(self.records, until)
        self._ways: dict[Held, Way] = {}

    def only_by(self, basis: str) -> Crosswalk:
        """Give the same crosswalk with nothing counted by but one basis."""
        return Crosswalk.kept(self.codebook, self.since, self.until, self.level, self.scheme, (basis,))

    @classmethod
    def kept(
        cls, codebook: Codebook, since: date, until: date, level: Level, scheme: Scheme, preference: Sequence[str]
    ) -> Crosswalk:
        """Give the crosswalk that was asked for before, with all that it has found by then, or a new one."""
        asked, kept = (since, until, level, scheme, tuple(preference)), codebook.kept
        if asked not in kept:
            made = cls(codebook, since, until, level, scheme, preference)
            for old in list(kept)[: len(kept) - _KEPT + 1]:
                del kept[old]
            kept[asked] = made
        found: Crosswalk = kept[asked]
        return found

    @property
    def backwards(self) -> bool:
        return self.until < self.since

    @cached_property
    def ground(self) -> Ground:
        """The transfers of people between the two days."""
        return Ground(self.records, self.codebook.bodies, *sorted((self.since, self.until)))

    @cached_property
    def _spread(self) -> Callable[[Iri], Spread]:
        if not self.backwards:
            return ahead(self.ground, self._home, self.preference)
        return back(self.ground, self._home, self.preference, self._existed, self.sizes.by_basis)

    def _home(self, body: Iri) -> Spread:
        """Give the target that a body of the other day is, or is inside."""
        if body in self.targets:
            return there(body)
        groups = self.snapshot.nearest(body, self.targets)
        if len(groups) > 1:
            return Spread({}, Fraction(1), frozenset(groups))
        return there(groups[0]) if groups else NOWHERE

    def _existed(self, body: Iri, day: date) -> bool:
        return self.records.thing(body).start < day

    @cached_property
    def sizes(self) -> Sizes:
        """How large the bodies of the other day were then, where going back needs it."""
        there = frozenset(held.body for held in self.codebook.held if held.on(self.until))
        return Sizes(self.records, self.codebook.bodies, there, self.until)

    def way(self, held: Held) -> Way:
        """Give what became of a code.

        Raises:
            UsageError: its level is larger than the one asked for, so that its people cannot be told apart.
        """
        if held not in self._ways:
            self._ways[held] = self._walk(held)
        return self._ways[held]

    def table(self, level: Level, scheme: Scheme = "ods") -> list[Way]:
        """Give what became of every code that there was at a level, in order of code.

        Raises:
            UsageError: there was none of that level on the day.
        """
        held = self.codebook.on(self.since, level, scheme).values()
        return [self.way(one) for one in sorted(held, key=lambda one: one.code)]

    def _walk(self, held: Held) -> Way:
        if _SIZE[held.level] > _SIZE[self.level]:
            large = [one for one in LEVELS if _SIZE[one] >= _SIZE[held.level]]
            then = next((one for one in large if self.codebook.has(self.until, one, self.scheme)), held.level)
            raise UsageError(
                f"{held.code} is {_a(NAMES[held.level][0])}, which is larger than {_a(NAMES[self.level][0])}: how a number "
                f"of the whole is divided among its parts cannot be told from the codes. Ask for a --level as large, as {then}."
            )
        spread = self._spread(held.body)
        pairs = [self._pair(held, spread, target) for target in spread.targets]
        if spread.lost:
            events = tuple(dict.fromkeys(event for told in spread.events.values() for event in told))
            pairs.append(self._made(held, None, spread.lost, (), "no share is recorded", events, ()))
        mixed = blended(self.ground, held.body, spread.needed) if not self.backwards else ()
        ordered = sorted(pairs, key=lambda pair: (pair.to is None, -(pair.share or 0), pair.to.code if pair.to else ""))
        return Way(held, tuple(ordered), spread.needed, spread.missing, mixed, self._moves(held))

    def _moves(self, held: Held) -> tuple[Iri, ...]:
        """Give the boundary moves between the two days of the bodies on the way, in order of date."""
        reached = self.ground.reached(held.body, self.ground.events, backwards=self.backwards)
        return tuple(event for event, bodies in self.ground.moves.items() if bodies & reached)

    def _pair(self, held: Held, spread: Spread, target: Iri) -> Pair:
        share = spread.parts.get(target)
        bases, events = spread.bases.get(target, ()), spread.events.get(target, ())
        method, statements = self._method(events, bases)
        if share is None:
            bases, method = (), "no share is recorded"
        return self._made(held, self.targets[target], share, bases, method, events, statements)

    def _made(
        self, held: Held, to: Held | None, share: Fraction | None, bases: tuple[str, ...], method: str,
        events: tuple[Iri, ...], statements: Iterable[Iri],
    ) -> Pair:  # fmt: skip
        ordered = sorted(events, key=lambda event: (self.records.event(event)["happenedOn"], event))
        within = self._inside(held, ordered, to.body) if to else []
        said_by = [*ordered, *statements, *within] or [held.assignment, *([to.assignment] if to else ())]
        return Pair(
            held, to, share, "; ".join(bases), method, tuple(map(key_of, ordered)),
            tuple(self.records.event(event)["type"] for event in ordered),
            tuple(dict.fromkeys(key for one in said_by for key in self.records.cites(one))),
        )  # fmt: skip

    def _inside(self, held: Held, events: Sequence[Iri], target: Iri) -> list[Iri]:
        """Give the memberships that put the bodies of the other day, reached by these events, into a target."""
        reached = self.ground.reached(held.body, events, backwards=self.backwards)
        return [
            membership
            for body in sorted(reached)
            if body != target and target in self._home(body).targets
            for membership in self.snapshot.memberships(body, target)
        ]

    def _method(self, events: Iterable[Iri], bases: Sequence[str]) -> tuple[str, list[Iri]]:
        """Say how the shares on a way were found, and give the statements that hold them."""
        if not bases:
            return "whole", []
        told: dict[str, None] = {}
        statements: list[Iri] = []
        for event in events:
            rows = [row for row in self.records.rows("shares", event=event) if row["basis"] in bases and row["share"]]
            for row in rows:
                told[f"{row['method'] or row['basis']} ({row['reference']})"] = None
            statements += [row["share"] for row in rows]
        if self.backwards:
            for basis in (basis for basis in bases if basis in self.sizes.counted_on):
                told[
                    f"estimate back in time, by the {basis} of {self.sizes.counted_on[basis]} of each body that was merged"
                ] = None
        return "; ".join(told), statements


def _a(name: str) -> str:
    return f"{'an' if name[0] in 'AEIOUN' or name.startswith('STP') else 'a'} {name}"
