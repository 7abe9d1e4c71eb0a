"""Who was in what on a day, one level or through all: read from the index of relations where there is one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from datetime import date, timedelta
from typing import Any, Final, Literal, NamedTuple

from kg.answers import language as say
from kg.answers.answer import Result, Subject
from kg.answers.record import Records, Thing
from kg.facts.dates import OPEN_END, UNKNOWN_START
from kg.graph.name_index import Named
from kg.graph.names import Iri, key_of, thing
from kg.graph.relation_index import Related, RoleHeld

Side = Literal["members", "memberships"]
#: That a body lies somewhere says least of what it is in, so it is the last way to be gone.
_AREA: Final = thing("role", "ods-re5")
#: Of several relations with one body, the one that says most is told.
_TELLING: Final = ("ods-re4", "ods-re8", "ods-re6", "ods-re11", "ods-re2", "ods-re3")


class Step(NamedTuple):
    """A relation that leads on from a body which is `depth` - 1 others away from the one asked about."""

    related: Related
    depth: int
    near: Iri
    far: Iri


class Spell(NamedTuple):
    """In what a body was from one day to another, which is the first without."""

    label: str
    since: date
    until: date


def one_level(records: Records, body: Iri, side: Side, day: date) -> list[Related]:
    """Give the relations of one body on a day, in order of role and of who is at the other end."""
    found = _of_all(records, (body,), side, day)
    return sorted(found, key=lambda one: (one.role, one.member if side == "members" else one.group, one.membership))


def through(records: Records, body: Iri, side: Side, day: date) -> list[Step]:
    """Walk from a body through all levels below it, or above: each other body once, by the shortest way.

    Ways through what lies in an area, rather than belongs to something, are gone last, however short.
    """
    steps, seen, nearest = list[Step](), {body}, [(body, 0)]
    while nearest:
        areas, nearest = _walk(records, nearest, seen, steps, side, day), []
        for step in areas:
            if step.far not in seen:
                seen.add(step.far)
                steps.append(step)
                nearest.append((step.far, step.depth))
    return steps


def _walk(
    records: Records, level: list[tuple[Iri, int]], seen: set[Iri], steps: list[Step], side: Side, day: date
) -> list[Step]:
    """Walk on without areas, adding what is reached; give the ways that lead into areas."""
    areas = list[Step]()
    while level:
        depths = dict(level)
        found = [
            Step(one, depths[near] + 1, near, far)
            for one in _of_all(records, depths, side, day)
            for near, far in [(one.group, one.member) if side == "members" else (one.member, one.group)]
        ]
        found.sort(
            key=lambda step: (step.depth, _telling(step.related.role), step.near, step.far, step.related.membership)
        )
        level = []
        for step in found:
            if step.far in seen:
                continue
            if step.related.role == _AREA:
                areas.append(step)
                continue
            seen.add(step.far)
            steps.append(step)
            level.append((step.far, step.depth))
    return sorted(areas, key=lambda step: step.depth)


def _telling(role: Iri) -> int:
    key = key_of(role)
    return 0 if not key.startswith("ods-") else _TELLING.index(key) + 1 if key in _TELLING else len(_TELLING) + 1


def _of_all(records: Records, bodies: Collection[Iri], side: Side, day: date) -> list[Related]:
    index = records.graph.relations
    if index is not None:
        return index.below(bodies, day) if side == "members" else index.above(bodies, day)
    other = "member" if side == "members" else "group"
    found = list[Related]()
    for body in bodies:
        for row in records.graph.rows(side, body=body, asOf=day):
            group, member = (body, row[other]) if side == "members" else (row[other], body)
            found.append(Related(row["membership"], group, member, row["role"], row["since"], row["until"]))
    return found


def results(
    records: Records, found: Iterable[tuple[Related, Iri]], *, marks: Mapping[Iri, tuple[str, str]] | None = None
) -> list[Result]:
    """Give relations as lines of an answer, each with the body at its other end.

    `marks` gives, by relation, what is said of the way to it and the key of the body that leads there.
    """
    ends = list(found)
    subjects = records.subjects(far for _, far in ends)
    roles = {role: records.role(role) for role in {one.role for one, _ in ends}}
    told = marks or {}
    return [
        _line(records, one, subjects[far], roles[one.role], *told.get(one.membership, (None, None)))
        for one, far in ends
    ]


def _line(records: Records, one: Related, subject: Subject, role: str, mark: str | None, origin: str | None) -> Result:
    key, label, short, kind, codes, _, _ = subject
    if one.graph is not None:
        listed = one.observed is not None
        from_ = None if listed or one.since == UNKNOWN_START else one.since.isoformat()
        until = "unknown" if listed else None if one.until == OPEN_END else one.until.isoformat()
        observed = say.iso(one.observed, one.precision) if one.observed else None
        sources = records.cites_of(one.graph, one.membership)
    else:
        facts = records.stated(one.membership)
        from_ = say.iso(facts["startsOn"], facts["startPrecision"])
        until = say.iso_end(facts["endsBefore"], facts["endPrecision"])
        observed = say.iso(facts["observedOn"], facts["precision"]) if "observedOn" in facts else None
        sources = records.cites(one.membership)
    return Result(
        key,
        label,
        short,
        kind,
        codes,
        from_,
        until,
        role=role,
        date=observed,
        mark=mark,
        origin=origin,
        sources=sources,
    )


def listed_on(records: Records, one: Related) -> tuple[date, str] | None:
    """Give the date of the list that shows a relation, with its precision; None when it has days of its own."""
    if one.graph is not None:
        return (one.observed, one.precision) if one.observed else None
    facts = records.stated(one.membership)
    return (facts["observedOn"], facts["precision"]) if "observedOn" in facts else None


def day_of_list(observed: date, *ends: Thing) -> date | None:
    """Give the day to ask of for what a list shows: its own, or the nearest on which both ends lasted and it is taken to hold."""
    first, last = max(thing.start for thing in ends), min(thing.end for thing in ends) - timedelta(days=1)
    day = min(max(observed, first), last)
    return day if first <= day and day.year in (observed.year, observed.year + 1) else None


def of_role(records: Records, kind: Iri, day: date) -> list[tuple[RoleHeld, Named]]:
    """Give the organisations that had a role of the publisher's on a day and lasted then, by name; none for a kind of ours.

    Of a curated body the publisher's record says what role it had, and for how long.
    """
    index = records.graph.relations
    if index is None or not records.is_role(kind):
        return []
    held = index.of_role(kind, day)
    names = records.graph.names
    named = names.published(one.body for one in held)
    for iri in {one.body for one in held} - named.keys():  # the few that data/ tells of
        if curated := names.by_iri(iri):
            named[iri] = curated
    lasting = [
        (one, named[one.body])
        for one in held
        if one.body in named and named[one.body].start <= day < named[one.body].stop
    ]
    return sorted(
        {one.body: (one, name) for one, name in lasting}.values(), key=lambda pair: (pair[1].label, pair[0].body)
    )


def tally(records: Records, rows: Iterable[Related]) -> str:
    """Count members by role, most first: "5 reporting entities and 1 part"."""
    return say.listed(f"{say.number(number)} {word}" for number, word in _by_role(records, rows))


def told(records: Records, rows: Iterable[Related], *, aside: bool = False) -> str:
    """Tell the roles of members that have been counted already: the number of each, or of one role its word alone."""
    counted = _by_role(records, rows)
    [(number, word), *others] = counted
    roles = tally(records, rows) if others else f"all of them {word}" if number > 1 else f"as {say.article(word)}"
    return f" ({roles})" if aside else f": {roles}" if others else f", {roles}"


def _by_role(records: Records, rows: Iterable[Related]) -> list[tuple[int, str]]:
    counts = Counter(row.role for row in rows)
    words = {role: _ROLES.get(key_of(role)) or (records.role(role), records.roles(role)) for role in counts}
    return sorted(
        ((number, words[role][number > 1]) for role, number in counts.items()), key=lambda one: (-one[0], one[1])
    )


#: Roles whose word is none for somebody who has it.
_ROLES: Final = {"reporting": ("reporting entity", "reporting entities")}


def ever(records: Records, body: Iri) -> list[dict[str, Any]]:
    """Give all that a body was ever a member of, as queries/memberships-of.rq gives it."""
    rows = records.graph.rows("memberships-of", body=body)
    index = records.graph.relations
    for one in index.ever(body) if index is not None else ():
        rows.append({
            "membership": one.membership, "group": one.group, "role": one.role, "observed": None, "precision": None,
            "start": one.since, "startPrecision": "unknown" if one.since == UNKNOWN_START else "day",
            "end": one.until, "endPrecision": "open" if one.until == OPEN_END else "day",
        })  # fmt: skip
    return rows


def spells(records: Records, found: Iterable[Related]) -> list[Spell]:
    """Give in what a body was from when to when, in the order of its relations; what has no break is one spell."""
    told = list[Spell]()
    for one in found:
        spell = Spell(records.thing(one.group).label, one.since, one.until)
        last = next((held for held in reversed(told) if held.label == spell.label), None)
        if last is None or last.until < spell.since:
            told.append(spell)
        else:
            told[told.index(last)] = last._replace(until=max(last.until, spell.until))
    return told


def lists(records: Records, body: Iri) -> list[dict[str, Any]]:
    """Give the days on which members of a body were listed: observed, precision, and how many were."""
    index = records.graph.relations
    if index is None:
        return records.graph.rows("lists-of-members", body=body)
    days = Counter((one.observed, one.precision) for one in index.listed(body))
    return [
        {"observed": observed, "precision": precision, "members": members}
        for (observed, precision), members in sorted(days.items(), key=lambda item: str(item[0]))
    ]


def lists_with(records: Records, body: Iri) -> list[dict[str, Any]]:
    """Give the relations of a body that lists show: membership, group, observed and precision, in order of day."""
    index = records.graph.relations
    if index is None:
        return records.graph.rows("lists-of-memberships", body=body)
    found = sorted(index.listed(body, member=True), key=lambda one: (str(one.observed), one.group, one.membership))
    return [
        {"membership": one.membership, "group": one.group, "observed": one.observed, "precision": one.precision}
        for one in found
    ]
