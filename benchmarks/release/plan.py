"""How many of what a release has: kinds of organisation, quotas spread over them, codes, and who may point at whom."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from benchmarks.release import structure
from benchmarks.release.kinds import KINDS, Kind, code_of

#: Of the release of 28 August 2026: live file, archive.
WHOLE = (306_201 - 10_249, 86_705 - 11_740)
STUBS = (10_249, 11_740)
ROLES = 529_348
RELATIONS = {
    "RE2": 237, "RE3": 6_849, "RE4": 161_670, "RE5": 333_979, "RE6": 253_800, "RE8": 8_346, "RE9": 1_698, "RE10": 913, "RE11": 2_035,
}  # fmt: skip
#: Live file, archive; and how many of the former are told by both records.
SUCCESSIONS = (11_568, 24_373 - 11_568)
TOLD_TWICE = 1_730
#: Closed in the live file; closed in law and open in operation; closing later; start in 1900; called DENTAL SURGERY.
SPREADS = {"closed": 295_952 - 217_059, "late": 4_908, "future": 623, "filler": 12_470, "dental": 1_680}
#: Of all organisations, those with dates in law.
LEGAL = 0.19


class Counts(NamedTuple):
    """What a release of some scale holds; `succession_elements` tells some successions twice."""

    full_records: int
    archive_records: int
    full_stubs: int
    archive_stubs: int
    organisations: int
    codes: int
    roles: int
    role_codes: int
    relations: int
    successions: int
    succession_elements: int
    legal: int
    filler_starts: int
    dental_surgeries: int


class Spread:
    """Gives out a quota evenly, by weight: exact at the end, the same each time."""

    def __init__(self, quota: int, weight: int) -> None:
        self.quota, self.weight = quota, weight
        self.seen = self.given = 0

    def take(self, weight: int) -> int:
        """How many the next one gets."""
        self.seen += weight
        now = self.quota * self.seen // self.weight if self.weight else 0
        more, self.given = now - self.given, now
        return more


#: Code, primary role and serial number of what a record points at.
Parent = tuple[str, str, int]


class Part(NamedTuple):
    """The organisations of one kind in one of the two files: serial numbers, codes, and which of them are closed."""

    kind: Kind
    file: int
    first: int
    codes: list[str]
    over: list[Parent]
    closed: bytearray


def role_names() -> dict[str, str]:
    """The publisher's role codes and their names."""
    with (Path(__file__).parent / "roles.csv").open(encoding="utf-8", newline="") as file:
        return {row["code"]: row["name"] for row in csv.DictReader(file)}


class Plan:
    """All that is settled before the first record is written."""

    def __init__(self, scale: float) -> None:
        self.scale = scale
        self.structure = structure.read(scale)
        self.bodies = [[body for body in self.structure.bodies if body.archived == gone] for gone in (False, True)]
        self.stubs = [round(STUBS[part] * scale) for part in (0, 1)]
        sizes = [self._sizes(file) for file in (0, 1)]
        self.whole = [len(self.bodies[part]) + sum(sizes[part]) for part in (0, 1)]
        self.stubbed = [list(self._stubbed(file, sizes)) for file in (0, 1)]
        self._point_within()
        self.spreads = self._spreads(sizes)
        self.serials = {id(body): number for number, body in enumerate(self.structure.bodies)}
        self.taken = {body.code for body in self.structure.bodies}
        self.parts: list[list[Part]] = [[], []]
        self.under: dict[str, int] = {}
        serial = len(self.structure.bodies)
        parents: dict[tuple[str, int], list[Parent]] = {}
        for file in (0, 1):
            there = self.known(file)
            for name in ("pct", "nhs-trust"):
                parents[name, file] = [self._parent(body) for body in there if body.kind == name]
                parents[name, file] = parents[name, file] or [self._parent(body) for body in there[:3]]
        for kind, live, gone in zip(KINDS, *sizes, strict=True):
            for file, size in ((0, live), (1, gone)):
                part = self._part(kind, file, serial, size, parents.get((kind.operator, file), []))
                parents[kind.name, file] = [(code, kind.role, serial + at) for at, code in enumerate(part.codes)]
                self.parts[file].append(part)
                serial += size

    def known(self, file: int) -> list[structure.Body]:
        """The bodies of the structure that one file may point at: its own, and those that have a stub in it."""
        stubs = [self.bodies[1 - file][at] for part, at in self.stubbed[file] if part < 0]
        return [body for body in self.bodies[file] if body.kind != "odd"] + stubs

    def _point_within(self) -> None:
        """Leave out of a body what points at nothing that its file knows."""
        for file in (0, 1):
            codes = {body.code for body in self.known(file)}
            self.bodies[file] = [
                body._replace(links=tuple(link for link in body.links if link.target in codes))
                for body in self.bodies[file]
            ]
        self.structure = self.structure._replace(bodies=[*self.bodies[0], *self.bodies[1]])

    def _parent(self, body: structure.Body) -> Parent:
        return body.code, body.role, self.serials[id(body)]

    def _at(self, count: int) -> int:
        return round(count * self.scale)

    def _sizes(self, file: int) -> list[int]:
        """How many of each kind; the last kind makes up what is missing to the whole."""
        whole = self._at(WHOLE[0] + STUBS[0] + WHOLE[1] + STUBS[1])
        live = self._at(WHOLE[0] + STUBS[0])
        made = (live, whole - live)[file] - self.stubs[file] - len(self.bodies[file])
        counts = [(kind.live, kind.archived)[file] for kind in KINDS]
        sizes = [max(kind.least, made * count // sum(counts)) for kind, count in zip(KINDS[:-1], counts, strict=False)]
        return [*sizes, max(KINDS[-1].least, made - sum(sizes))]

    def _spreads(self, sizes: list[list[int]]) -> dict[str, Spread]:
        spreads: dict[str, Spread] = {}
        bodies = self.structure.bodies
        links = [link.relation for body in bodies for link in body.links]
        roles = sum(1 + len(body.extras) for body in bodies)
        fixed: dict[str, int] = {"role": roles, **{relation: links.count(relation) for relation in RELATIONS}}
        fixed["legal"] = len(bodies)
        fixed["closed"] = sum(body.end is not None for body in self.bodies[0])
        weights: dict[str, int] = {}
        for kind, live, gone in zip(KINDS, *sizes, strict=True):
            fixed["role"] += live + gone
            for name, count in kind.fixed.items():
                fixed[name] = fixed.get(name, 0) + count * (live + gone)
            for name, weight in kind.spread.items():
                only_live = name in ("closed", "late", "future", "RE8", "RE9", "RE10", "RE11")
                weights[name] = weights.get(name, 0) + weight * (live if only_live else live + gone)
        quotas = {"role": ROLES, **RELATIONS, **SPREADS}
        asked = {name: self._at(count) for name, count in quotas.items()}
        asked["legal"] = round(LEGAL * sum(self.whole))
        for name, quota in asked.items():
            left = max(0, quota - fixed.get(name, 0)) if weights.get(name) else 0
            spreads[name] = Spread(left, weights.get(name, 0))
        self.promised = {name: fixed.get(name, 0) + spreads[name].quota for name in asked}
        return spreads

    def _part(self, kind: Kind, file: int, serial: int, size: int, over: list[Parent]) -> Part:
        codes, closed = [], bytearray(size)
        number = 0
        spread = self.spreads["closed"]
        weight = kind.spread.get("closed", 0)
        for at in range(size):
            code = code_of(kind, bool(file), number, over)
            while code in self.taken:
                number += 1
                code = code_of(kind, bool(file), number, over)
            self.taken.add(code)
            codes.append(code)
            if over and kind.code in ("2", "3", "3A"):
                self.under[code] = number % len(over)
            number += 1
            closed[at] = 1 if file or spread.take(weight) else 0
        return Part(kind, file, serial, codes, over, closed)

    def _stubbed(self, file: int, sizes: list[list[int]]) -> Iterator[tuple[int, int]]:
        """Which whole records of the other file have a stub in this one: part (-1 is the structure) and position."""
        left = self.stubs[file]
        other = self.bodies[1 - file]
        early = [at for at, body in enumerate(other) if body.kind in ("pct", "ccg", "sub-icb-location")]
        late = [at for at, body in enumerate(other) if body.kind not in ("pct", "ccg", "sub-icb-location", "odd")]
        order = sorted(range(len(KINDS)), key=lambda at: -KINDS[at].pointed)
        ways = [(part, range(sizes[1 - file][part])) for part in order]
        for part, positions in (ways[0], (-1, early + late), *ways[1:]):
            for at in positions[:left]:
                yield part, at
            left -= min(left, len(positions))
        if left:
            raise ValueError(f"{left} stubs more than there are records to refer to")


def expected(scale: float) -> Counts:
    """What a release of some scale holds, which `write` then writes."""
    return counts(Plan(scale))


def counts(plan: Plan) -> Counts:
    """What a plan promises."""
    from benchmarks.release.successions import quotas

    told = quotas(plan)
    whole = sum(plan.whole)
    return Counts(
        full_records=plan.whole[0] + plan.stubs[0],
        archive_records=plan.whole[1] + plan.stubs[1],
        full_stubs=plan.stubs[0],
        archive_stubs=plan.stubs[1],
        organisations=whole,
        codes=whole - 2,
        roles=plan.promised["role"],
        role_codes=len(role_names()),
        relations=sum(plan.promised[relation] for relation in RELATIONS),
        successions=told.full + told.archive,
        succession_elements=told.full + told.archive + told.twice,
        legal=plan.promised["legal"],
        filler_starts=plan.promised["filler"],
        dental_surgeries=plan.promised["dental"],
    )
