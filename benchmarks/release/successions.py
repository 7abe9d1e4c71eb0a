"""Who followed whom: what the curated graph tells, and mergers, chains, divisions, links to itself and rings."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise
from typing import NamedTuple

from benchmarks.release.dates import day_of, span
from benchmarks.release.plan import SUCCESSIONS, TOLD_TWICE, Part, Plan, Spread

#: Kinds whose organisations follow each other.
KINDS = (
    "practice",
    "pharmacy",
    "dental",
    "branch",
    "trust site",
    "pct site",
    "optical site",
    "care site",
    "school",
    "outside",
)
#: Successions that only the record of the predecessor tells.
FORWARD = 30
#: A record: code, primary role, serial number.
Ref = tuple[str, str, int]


class Told(NamedTuple):
    """How many successions either file tells, and how many of them twice."""

    full: int
    archive: int
    twice: int


class Line(NamedTuple):
    """One succession as one record tells it."""

    kind: str
    target: Ref
    on: str
    id: int | None


def quotas(plan: Plan) -> Told:
    """How many successions a plan has."""
    curated = [len(_curated(plan, file)) for file in (0, 1)]
    full, archive = (max(round(SUCCESSIONS[file] * plan.scale), curated[file]) for file in (0, 1))
    return Told(full, archive, round(TOLD_TWICE * plan.scale))


def lines(plan: Plan, file: int) -> dict[int, list[Line]]:
    """What each record of a file tells of successions, by serial number."""
    told = quotas(plan)
    quota = (told.full, told.archive)[file]
    found = _curated(plan, file)
    seen = {(before[2], after[2]) for before, after, _ in found}
    for before, after, on in _made(plan, file, quota - len(found)):
        if len(found) == quota:
            break
        if (before[2], after[2]) not in seen:
            seen.add((before[2], after[2]))
            found.append((before, after, on))
    if len(found) < quota:
        raise ValueError(f"{quota - len(found)} successions more than there are closed records")
    own = _own(plan, file)
    inside = sum(before[2] in own and after[2] in own and before != after for before, after, _ in found)
    twice = Spread(0 if file else told.twice, inside)
    forward = 0 if file else round(FORWARD * plan.scale)
    by_record: dict[int, list[Line]] = defaultdict(list)
    for number, (before, after, on) in enumerate(found):
        # Every fifth of the archive has no number, as the publisher's older successions have none.
        id = None if file and number % 5 == 0 else 40_000 * file + number + 1
        both = twice.take(1) if before[2] in own and after[2] in own and before != after else 0
        backward = after[2] in own and not (forward and not both and before[2] in own)
        if backward:
            by_record[after[2]].append(Line("Predecessor", before, on, id))
        if both or not backward:
            forward -= not both
            by_record[before[2]].append(Line("Successor", after, on, id))
    return by_record


def _own(plan: Plan, file: int) -> set[int]:
    serials = {plan.serials[id(body)] for body in plan.bodies[file]}
    for part in plan.parts[file]:
        serials.update(range(part.first, part.first + len(part.codes)))
    return serials


def _curated(plan: Plan, file: int) -> list[tuple[Ref, Ref, str]]:
    """Successions of the structure that this file can tell, each by one file alone."""
    refs = [
        {body.code: (body.code, body.role, plan.serials[id(body)]) for body in plan.known(either)} for either in (0, 1)
    ]
    own = [{body.code for body in plan.bodies[either]} for either in (0, 1)]
    found = []
    for before, after, on in plan.structure.followed:
        homes = [either for either in (0, 1) if before in refs[either] and after in refs[either]]
        homes.sort(key=lambda either: after not in own[either])
        if homes and homes[0] == file and (after in own[file] or before in own[file]):
            found.append((refs[file][before], refs[file][after], on.isoformat()))
    if file:
        odd = [(body, plan.serials[id(body)]) for body in plan.bodies[1] if body.kind == "odd"]
        clwyd = next((body.code, body.role, serial) for body, serial in odd if body.code == "001")
        councils = plan.parts[1][0]
        found += [
            (clwyd, (councils.codes[at], councils.kind.role, councils.first + at), "1996-04-01") for at in range(5)
        ]
        twice = [(body.code, body.role, serial) for body, serial in odd if body.code == "T1201"]
        found.append((twice[0], twice[1], date(2003, 4, 1).isoformat()))
    return found


def _made(plan: Plan, file: int, need: int) -> Iterator[tuple[Ref, Ref, str]]:
    """Groups of twelve closed records that follow each other in every way, taken evenly from the kinds that do so."""
    groups = [
        (part, closed[at : at + 12])
        for part in plan.parts[file]
        if part.kind.name in KINDS
        for closed in [[position for position, shut in enumerate(part.closed) if shut]]
        for at in range(0, len(closed) - 11, 12)
    ]
    spread = Spread(min(len(groups), need // 12 + 2), len(groups))
    chosen: list[tuple[Part, list[int]]] = []
    others: list[tuple[Part, list[int]]] = []
    for group in groups:
        (chosen if spread.take(1) else others).append(group)
    for number, (part, closed) in enumerate([*chosen, *others]):
        for before, after in _group(number, closed, len(part.codes)):
            _, end = span(part.kind.name, part.file, part.first + before, True)
            on = (day_of(end or 0) + timedelta(days=1)).isoformat()
            yield _ref(part, before), _ref(part, after), on


def _group(number: int, closed: list[int], size: int) -> Iterator[tuple[int, int]]:
    heir = (closed[0] * 7 + 5) % size
    yield from ((before, heir) for before in closed[:4] if before != heir)
    yield from pairwise(closed[4:9])
    yield closed[8], closed[9]
    yield closed[8], closed[10]
    yield closed[9], (closed[9] + 1) % size
    if number % 50 == 0:
        yield closed[10], closed[10]
    if number % 100 == 1:
        yield from ((closed[10], closed[11]), (closed[11], closed[10]))
    else:
        yield closed[11], (closed[11] + 2) % size


def _ref(part: Part, at: int) -> Ref:
    return part.codes[at], part.kind.role, part.first + at
