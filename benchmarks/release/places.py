"""Who commissioned a place over time, and which networks it has, as one of the two files may tell of them."""

from __future__ import annotations

from typing import NamedTuple

from benchmarks.release.dates import index
from benchmarks.release.plan import Parent, Plan
from benchmarks.release.structure import Body


class Held(NamedTuple):
    """Someone who held a place from the first to the last day, as places in `DAYS`; None is open."""

    by: Parent
    start: int
    end: int | None


def overlap(when: tuple[int, int | None], held: Held) -> tuple[int, int | None] | None:
    """The part of a period in which someone was there; None when there is none."""
    start, ends = max(when[0], held.start), [end for end in (when[1], held.end) if end is not None]
    end = min(ends) if ends else None
    return None if end is not None and end < start else (start, end)


class Places:
    """The places of a release: every clinical commissioning group of 2013, what came before it and what after."""

    def __init__(self, plan: Plan, file: int) -> None:
        known = plan.known(file)
        bodies = {body.code: body for body in known}
        self.refs: dict[str, Parent] = {body.code: (body.code, body.role, plan.serials[id(body)]) for body in known}
        after: dict[str, tuple[str, int]] = {}
        before: dict[str, list[str]] = {}
        for pair in plan.structure.followed:
            giver, taker = bodies.get(pair.predecessor), bodies.get(pair.successor)
            if giver and taker and taker.role == "RO98" and giver.role == "RO98":
                after.setdefault(giver.code, (taker.code, index(pair.on)))
            if giver and taker and giver.role == "RO179" and taker.role == "RO98":
                before.setdefault(taker.code, []).append(giver.code)
        self.chains = []
        groups = [body for body in known if body.kind in ("ccg", "sub-icb-location") and body.start.year == 2013]
        trusts = [body for body in known if body.kind == "pct"]
        for number, group in enumerate(groups):
            chain, code, start = [], group.code, index(group.start)
            old = bodies[before[code][0]] if code in before else trusts[number % len(trusts)] if trusts else None
            if old:
                chain.append(Held(self.refs[old.code], index(old.start), index(old.end) if old.end else start - 1))
            while True:
                end = bodies[code].end
                follow = after.get(code)
                last = follow[1] - 1 if follow else index(end) if end else None
                chain.append(Held(self.refs[code], start, last))
                if not follow or follow[1] <= start:
                    break
                code, start = follow
            self.chains.append(chain)
        if not self.chains:
            self.chains = [[Held(ref, index(bodies[code].start), None)] for code, ref in self.refs.items()]
        self.networks: dict[str, list[Held]] = {}
        self.all_networks = []
        for body in known:
            if body.kind == "pcn":
                held = Held(self.refs[body.code], index(body.start), index(body.end) if body.end else None)
                self.all_networks.append(held)
                for link in body.links:
                    if link.end is None:
                        self.networks.setdefault(link.target, []).append(held)
        councils = plan.parts[file][0]
        self.councils = [(code, councils.kind.role, councils.first + at) for at, code in enumerate(councils.codes)]
        self.entities = [self.refs[body.code] for body in known if body.kind == "sub-icb-reporting-entity"]
        self.geography = self._held(known, "RO209", "RO261", "RO210")
        self.directors = self._held(known, "RO98", "RO210", "RO179")
        self.authorities = self._held(known, "RO132") or self.directors

    def _held(self, known: list[Body], *roles: str) -> list[Held]:
        return [
            Held(self.refs[body.code], index(body.start), index(body.end) if body.end else None)
            for body in known
            if body.role in roles
        ]

    def near(self, place: int, number: int) -> Held | None:
        """A network of a place; any other where it has none."""
        there = self.networks.get(self.chains[place % len(self.chains)][-1].by[0]) or self.all_networks
        return there[number % len(there)] if there else None
