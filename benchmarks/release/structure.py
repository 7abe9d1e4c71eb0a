"""The bodies that the curated graph knows, by their codes and periods, as the publisher's records would tell of them."""

from __future__ import annotations

import csv
from collections import defaultdict
from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple

DATA = Path(__file__).resolve().parents[2] / "data"
#: Records that closed on this day or before are in the archive.
CUT = date(2017, 3, 31)
#: Primary role of each kind of the curated graph, and the role that came with it.
ROLES = {
    "nhse-region": ("RO209", ""), "icb": ("RO261", "RO318"), "stp-plan": ("RO261", "RO262"), "stp-partnership": ("RO261", "RO262"),
    "ccg": ("RO98", ""), "sub-icb-location": ("RO98", "RO319"), "sub-icb-reporting-entity": ("RO98", "RO327"),
    "commissioning-hub": ("RO98", "RO218"), "area-team": ("RO210", ""), "nhse-local-office": ("RO210", ""),
    "pct": ("RO179", ""), "health-authority": ("RO132", ""), "nhs-trust": ("RO197", ""), "pcn": ("RO272", ""),
}  # fmt: skip
#: Kinds of which a small model has only a part; it has all of the others.
MANY = ("pct", "health-authority", "nhs-trust", "pcn")
#: What a membership of one kind in another is among the publisher's relationships.
RELATIONS = {
    ("pcn", "ccg"): "RE4", ("pcn", "sub-icb-location"): "RE4", ("sub-icb-location", "icb"): "RE5", ("icb", "nhse-region"): "RE5",
    ("ccg", "nhse-region"): "RE5", ("ccg", "nhse-local-office"): "RE5", ("ccg", "area-team"): "RE5", ("stp-plan", "nhse-region"): "RE5",
    ("nhse-local-office", "nhse-region"): "RE5", ("area-team", "nhse-region"): "RE5", ("sub-icb-reporting-entity", "icb"): "RE5",
    ("nhs-trust", "stp-plan"): "RE5", ("pct", "nhse-region"): "RE5",
}  # fmt: skip
#: Kinds that followed each other under codes of their own.
FOLLOWED = {
    ("pct", "pct"), ("pct", "ccg"), ("ccg", "ccg"), ("nhs-trust", "nhs-trust"), ("nhs-trust", "pct"), ("icb", "icb"),
    ("commissioning-hub", "commissioning-hub"), ("area-team", "nhse-local-office"), ("health-authority", "health-authority"),
    ("sub-icb-location", "sub-icb-location"), ("nhse-region", "nhse-region"),
}  # fmt: skip


class Link(NamedTuple):
    """What a body was to another, from its first to its last day."""

    relation: str
    target: str
    start: date
    end: date | None


class Body(NamedTuple):
    """One record of the structure, first and last day included; `extras` are roles beside the primary one."""

    code: str
    name: str
    kind: str
    role: str
    start: date
    end: date | None
    extras: tuple[tuple[str, date, date | None], ...] = ()
    links: tuple[Link, ...] = ()

    @property
    def archived(self) -> bool:
        """Whether it closed so long ago that it is in the archive."""
        return self.end is not None and self.end <= CUT


class Followed(NamedTuple):
    """That one code followed another on a day."""

    predecessor: str
    successor: str
    on: date


class Structure(NamedTuple):
    """Bodies by code, in order of their kinds, and what followed what."""

    bodies: list[Body]
    followed: list[Followed]


def read(scale: float) -> Structure:
    """Read the structure from the project's tables: all of it from a tenth of the full size on."""
    kinds = {row["body"]: row["kind"] for row in reversed(_rows("classifications"))}
    names = {row["key"]: row["name"] for row in _rows("bodies")}
    names.update({row["thing"]: row["name"] for row in _rows("names") if row["type"] == "official"})
    spans: dict[str, list[tuple[date, date | None, str]]] = defaultdict(list)
    codes: dict[str, str] = {}
    for row in _rows("codes"):
        if row["scheme"] == "ods" and kinds.get(row["thing"]) in ROLES:
            partnership = kinds[row["thing"]].startswith("stp")
            start = _day(row["from"]) or (date(2016, 3, 15) if partnership else date(1994, 4, 1))
            until = _day(row["until"])
            spans[row["code"]].append((start, until - timedelta(days=1) if until else None, row["thing"]))
            codes.setdefault(row["thing"], row["code"])
    kept = _sample(spans, kinds, scale)
    links = _links(codes, kinds, kept)
    order = list(ROLES)
    bodies = [_body(code, spans[code], kinds, names, links.get(code, [])) for code in kept]
    bodies.sort(key=lambda body: (order.index(body.kind), body.code))
    return Structure([*bodies, *_odd()], _followed(codes, kinds, kept))


def _rows(table: str) -> list[dict[str, str]]:
    with (DATA / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _day(text: str) -> date | None:
    """The first day of what is written as a year, a month or a day; None of what is not known."""
    if not text or not text[0].isdigit():
        return None
    return date.fromisoformat((text + "-01-01")[:10] if len(text) == 4 else (text + "-01")[:10])


def _sample(spans: dict[str, list[tuple[date, date | None, str]]], kinds: dict[str, str], scale: float) -> set[str]:
    groups: dict[str, list[str]] = defaultdict(list)
    for code, parts in spans.items():
        groups[kinds[max(parts)[2]]].append(code)
    kept: set[str] = set()
    for kind, found in groups.items():
        some = max(2, round(len(found) * min(1.0, 10 * scale))) if kind in MANY else len(found)
        kept.update(sorted(found)[:some])
    return kept


def _body(
    code: str,
    parts: list[tuple[date, date | None, str]],
    kinds: dict[str, str],
    names: dict[str, str],
    links: list[Link],
) -> Body:
    parts = sorted(parts, key=lambda part: part[0])
    last = parts[-1][2]
    kind = kinds[last]
    role = ROLES[kind][0]
    name = names[last].upper()
    extras = [(ROLES[kinds[thing]][1], start, end) for start, end, thing in parts if ROLES[kinds[thing]][1]]
    if kind == "nhs-trust" and "FOUNDATION TRUST" in name:
        extras.append(("RO57", parts[-1][0], parts[-1][1]))
    ends = [end for _, end, _ in parts]
    end = None if None in ends else max(end for end in ends if end)
    return Body(code, name, kind, role, parts[0][0], end, tuple(extras), tuple(links))


def _links(codes: dict[str, str], kinds: dict[str, str], kept: set[str]) -> dict[str, list[Link]]:
    found: dict[str, list[Link]] = defaultdict(list)
    seen: set[tuple[str, Link]] = set()
    for row in _rows("memberships"):
        member, group = row["member"], row["group"]
        relation = RELATIONS.get((kinds.get(member, ""), kinds.get(group, "")))
        source, target = codes.get(member, ""), codes.get(group, "")
        if not relation or source not in kept or target not in kept or source == target:
            continue
        until = _day(row["until"])
        start = _day(row["from"]) or _day(row["observed"]) or date(2013, 4, 1)
        link = Link(relation, target, start, until - timedelta(days=1) if until else None)
        if (source, link) not in seen and (link.end is None or link.end >= start):
            seen.add((source, link))
            found[source].append(link)
    return found


def _followed(codes: dict[str, str], kinds: dict[str, str], kept: set[str]) -> list[Followed]:
    found: dict[tuple[str, str], Followed] = {}
    for row in _rows("events"):
        on = _day(row["date"])
        for before in row["before"].split("; "):
            for after in row["after"].split("; "):
                pair = codes.get(before, ""), codes.get(after, "")
                if (
                    on
                    and (kinds.get(before), kinds.get(after)) in FOLLOWED
                    and pair[0] != pair[1]
                    and kept.issuperset(pair)
                ):
                    found.setdefault(pair, Followed(*pair, on))
    return list(found.values())


def _odd() -> list[Body]:
    """Records that readers have stumbled on: a code used again for something else, and one recorded twice."""
    laundry = "BARKING, HAVERING & BRENTWOOD DISTRICT LAUNDRY COMMON SERVICE AGENCY"
    return [
        Body("FEF03", "MCGILLS DONCASTER", "odd", "RO182", date(2025, 4, 23), None),
        Body("FEF03", laundry, "odd", "RO106", date(1991, 4, 1), date(1993, 3, 31)),
        Body("T1201", "NHS LOGISTICS AUTHORITY", "odd", "RO169", date(2000, 4, 1), date(2003, 3, 31)),
        Body("T1201", "NHS LOGISTICS AUTHORITY", "odd", "RO189", date(2003, 4, 1), date(2004, 9, 30)),
        Body("001", "CLWYD", "odd", "RO119", date(1974, 4, 1), date(1996, 3, 31)),
    ]
