"""Who went where between two divisions of the same small areas. Pure arithmetic; amounts are whole and stay exact.

Each small area, with all who lived in it on the day of the weights, is taken to have gone from the body it belonged
to at first to the one it belonged to later. Nobody is split: what an area held is given to one flow, whole.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from kg.errors import BadInput

#: Decimals of a share as written; amount and total stand beside it, so nothing is lost.
DECIMALS = 10


@dataclass(frozen=True, order=True)
class Flow:
    """What passed from one giver to one receiver: so many areas or practices, and so much of the giver's total."""

    giver: str
    receiver: str
    count: int
    amount: int
    total: int

    @property
    def share(self) -> Fraction:
        return Fraction(self.amount, self.total)


@dataclass(frozen=True)
class Flows:
    """All flows between two divisions, and the areas for which a choice had to be made."""

    flows: tuple[Flow, ...]
    #: Areas that were redrawn across a border: they might have gone either way (see `flows`).
    chosen: tuple[str, ...] = ()

    def of(self, giver: str) -> tuple[Flow, ...]:
        return tuple(flow for flow in self.flows if flow.giver == giver)

    @property
    def divided(self) -> tuple[str, ...]:
        """Those that gave to more than one receiver."""
        givers = Counter(flow.giver for flow in self.flows)
        return tuple(sorted(giver for giver, many in givers.items() if many > 1))


def as_text(share: Fraction) -> str:
    """Write a share as a decimal of fixed length, half to even, without a detour through binary fractions."""
    scaled = round(share * 10**DECIMALS)
    whole, rest = divmod(scaled, 10**DECIMALS)
    return f"{whole}.{rest:0{DECIMALS}d}"


def flows(
    before: Mapping[str, str],
    after: Mapping[str, str],
    weights: Mapping[str, int] | None = None,
    bridge: Iterable[tuple[str, str]] | None = None,
) -> Flows:
    """Give the flows between two divisions, each of which says for every small area whose it is.

    Without weights each area counts one. With a bridge the areas differ, as those of two censuses do; the areas
    counted are then those of the weights, or of `before` without any. An area that was redrawn, so that it shares
    ground with areas of two bodies, goes where most of its giver goes when that is one of the two, else to the first
    in the order of the codes; `chosen` names it. With equal amounts the first in order is the one where most goes.

    Raises:
        BadInput: an area has no counterpart or no weight, or a giver has nobody.
    """
    pairs = _pairs(before, after, weights, bridge)
    amounts = {area: 1 if weights is None else weights[area] for area in pairs}
    settled: Counter[tuple[str, str]] = Counter()
    for area, possible in pairs.items():
        if len(possible) == 1:
            settled[possible[0]] += amounts[area]
    main: dict[str, str] = {}
    for giver, receiver in sorted(settled, key=lambda pair: (-settled[pair], pair)):
        main.setdefault(giver, receiver)
    amount, count, total = Counter[tuple[str, str]](), Counter[tuple[str, str]](), Counter[str]()
    chosen = []
    for area, possible in sorted(pairs.items()):
        if len(possible) > 1:
            chosen.append(area)
        pair = next((pair for pair in possible if main.get(pair[0]) == pair[1]), possible[0])
        amount[pair] += amounts[area]
        count[pair] += 1
        total[pair[0]] += amounts[area]
    if nobody := sorted(giver for giver, all_ in total.items() if all_ == 0):
        raise BadInput(f"The areas of {nobody[0]} hold nobody, so it has no shares. Give weights that cover it.")
    return Flows(
        tuple(sorted(Flow(*pair, count[pair], amount[pair], total[pair[0]]) for pair in amount if amount[pair])),
        tuple(chosen),
    )


def moved(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[Flows, tuple[str, ...]]:
    """Give the flows of practices between two lists, and those of the first that the second no longer has."""
    both = before.keys() & after.keys()
    if not both:
        raise BadInput("No practice is in both files. Give two editions of the same list, the earlier first.")
    found = flows({code: before[code] for code in both}, {code: after[code] for code in both})
    return found, tuple(sorted(before.keys() - both))


def sums(division: Mapping[str, str], weights: Mapping[str, int] | None = None) -> dict[str, int]:
    """Give how many live in each body of one division; without weights, how many areas it has."""
    _needed(division, weights, "has no weight", "Give weights for the same small areas as the lookup has.")
    found = Counter[str]()
    for area, code in division.items():
        found[code] += 1 if weights is None else weights[area]
    return dict(sorted(found.items()))


def _pairs(
    before: Mapping[str, str],
    after: Mapping[str, str],
    weights: Mapping[str, int] | None,
    bridge: Iterable[tuple[str, str]] | None,
) -> dict[str, list[tuple[str, str]]]:
    """Give for each area that is counted the ways it may have gone, in order; one for almost every area."""
    if bridge is None:
        remedy = "Give two lookups of the same small areas, or the lookup between their censuses with --through."
        _needed(before, after, "is not in the second lookup", remedy)
        _needed(after, before, "is not in the first lookup", remedy)
        _needed(before, weights, "has no weight", "Give weights for the same small areas as the lookups have.")
        return {area: [(code, after[area])] for area, code in before.items()}
    joined = list(bridge)
    sides = ({old for old, _ in joined}, {new for _, new in joined})

    def side(areas: Mapping[str, object]) -> int:
        """Which end of the bridge these areas stand at; codes that did not change stand at both."""
        return int(len(areas.keys() - sides[0]) > len(areas.keys() - sides[1]))

    first, last = side(before), side(after)
    unit = first if weights is None else side(weights)
    possible: dict[str, set[tuple[str, str]]] = {}
    reached: tuple[set[str], set[str]] = (set(), set())
    for ends in joined:
        # Areas of Wales stand in the bridge, and in no lookup of England.
        if ends[first] in before and ends[last] in after:
            possible.setdefault(ends[unit], set()).add((before[ends[first]], after[ends[last]]))
            reached[0].add(ends[first])
            reached[1].add(ends[last])
    for areas, seen in ((before, reached[0]), (after, reached[1])):
        _needed(
            areas, dict.fromkeys(seen), "is not joined by the bridge", "Give the lookup between their two censuses."
        )
    _needed(possible, weights, "has no weight", "Give weights for the small areas of one of the two censuses.")
    return {area: sorted(ways) for area, ways in possible.items()}


def _needed(areas: Mapping[str, object], held: Mapping[str, object] | None, fault: str, remedy: str) -> None:
    if held is not None and (missing := sorted(areas.keys() - held.keys())):
        many = f" (and {len(missing) - 1:,} more)" if len(missing) > 1 else ""
        raise BadInput(f"Area {missing[0]}{many} {fault}, so the sums would not be exact. {remedy}")
