"""Whom a record of the publisher names as its region, system, board or commissioner, held against what it belonged to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Final

from kg.answers import language as say
from kg.answers.habits import Difference
from kg.answers.holdings import Body, Group, Holding, Holdings, span
from kg.answers.suggestion import Suggested, Suggestions
from kg.facts.dates import OPEN_END, UNKNOWN_START
from kg.facts.ods.record import Record, Relation, Release
from kg.graph.names import Iri

#: Relationships that say who pays are no parents.
_NO_PARENTS: Final = frozenset(("RE9", "RE10"))
#: In what role a body of one kind is a member of another; a part where nothing else is said.
_ROLES: Final = {
    ("ccg", "stp-partnership"): "commissioner", ("ccg", "ics-nonstatutory"): "commissioner", ("ccg", "ics-statutory"): "commissioner",
    ("nhs-trust", "ics-statutory"): "provider", ("council", "ics-statutory"): "council",
    ("sub-icb-reporting-entity", "icb"): "reporting",
}  # fmt: skip


class Parents:
    """Compares parents, and counts those that cannot be compared, by reason."""

    def __init__(self, holdings: Holdings, release: Release, suggestions: Suggestions) -> None:
        self.holdings, self.release, self.suggestions = holdings, release, suggestions
        self.left = Counter[str]()
        self.compared = 0

    def differences(self, record: Record, chain: Sequence[Holding]) -> Iterator[Difference]:
        """Give each parent that the graph has not, or has for other days."""
        for relation in record.relations:
            if relation.code in _NO_PARENTS:
                self.left["no parent, but a payee"] += 1
            elif relation.target not in self.holdings.held:
                self.left["the parent's code is nobody's in the graph"] += 1
            elif relation.dates.held is None:
                yield from self._undated(record, relation, chain)
            else:
                yield from self._dated(record, relation, chain)

    def _undated(self, record: Record, relation: Relation, chain: Sequence[Holding]) -> Iterator[Difference]:
        """Hold a relation without days against the file's own day, or the last day of a record that had ended by then."""
        start, until = span(record)
        closed = self.release.day is None or until <= self.release.day
        if self.release.day is None and until == OPEN_END:
            self.left["neither the relation nor the file has a day"] += 1
            return
        day = until - timedelta(days=1) if closed or self.release.day is None else max(self.release.day, start)
        member = next((one.body for one in chain if one.start <= day < one.end), chain[-1].body)
        group = self.holdings.on(relation.target, day)
        if group is None:
            if not any(self.holdings.are_recorded(member.kind, one.body.kind) for one in self._held(relation)):
                self.left["the graph records no such parent of any body of this kind"] += 1
                return
            later = self._held(relation)[0].start > day
            group = self._held(relation)[0 if later else -1].body
            cause = "geography of a later day" if later else "geography of an earlier day"
            yield self._difference(record, relation, member, group, day, cause, ())
            return
        if not self.holdings.are_recorded(member.kind, group.kind):
            self.left["the graph records no such parent of any body of this kind"] += 1
            return
        self.compared += 1
        if group.iri not in self.holdings.around(member.iri, day):
            cause = self._cause(member, group, day)
            if closed:
                followed = self._follows_there(member, group, until)
                cause = "place of the successor" if followed else "geography of a later day"
            row = self.suggestions.of_membership(member, group, _role(member, group), None, None)
            yield self._difference(record, relation, member, group, day, cause, () if closed else (row,))

    def _dated(self, record: Record, relation: Relation, chain: Sequence[Holding]) -> Iterator[Difference]:
        """Hold a relation's days against those of the memberships in whoever held the parent's code meanwhile."""
        held = relation.dates.held
        assert held is not None
        start, until = held.start or UNKNOWN_START, held.until or OPEN_END
        parents = {one.body.iri for one in self._held(relation) if one.start < until and start < one.end}
        direct = [
            (one.body, group)
            for one in chain for group in self.holdings.groups.get(one.body.iri, ())
            if group.body in parents and group.start < until and start < group.end
        ]  # fmt: skip
        if not direct:
            yield from self._absent(record, relation, chain, parents, start)
            return
        self.compared += 1
        if any(
            self.holdings.records.stated(group.membership).get("startPrecision") == "unknown" for _, group in direct
        ):
            return  # taken from a list of one day: it says nothing of when
        began, ended = min(group.start for _, group in direct), max(group.end for _, group in direct)
        later = self.release.day is not None and until == OPEN_END and ended > self.release.day
        if began == start and (ended == until or later):
            return
        member, group = max(direct, key=lambda one: one[1].start)
        row = self.suggestions.of_membership(
            member, self.holdings.bodies[group.body], group.role, held.start, held.until
        )
        yield self._difference(
            record, relation, member, self.holdings.bodies[group.body], began, "parent began earlier or later", (row,),
            said=f"{_days(began, ended)}", sources=[one.membership for _, one in direct],
        )  # fmt: skip

    def _absent(
        self, record: Record, relation: Relation, chain: Sequence[Holding], parents: set[Iri], start: date
    ) -> Iterator[Difference]:
        """Say that a dated parent is not in the graph, unless it is one through others, or of a sort never recorded."""
        pairs = [
            (one.body, self.holdings.bodies[parent])
            for one in chain for parent in sorted(parents)
            if self.holdings.are_recorded(one.body.kind, self.holdings.bodies[parent].kind)
        ]  # fmt: skip
        if not pairs:
            self.left["the graph records no such parent of any body of this kind"] += 1
            return
        self.compared += 1
        member, group = pairs[-1]
        day = max(start, member.start, group.start)
        if group.iri not in self.holdings.around(member.iri, day):
            held = relation.dates.held
            row = self.suggestions.of_membership(
                member, group, _role(member, group), held.start if held else None, held.until if held else None
            )
            yield self._difference(record, relation, member, group, day, self._cause(member, group, day), (row,))

    def _cause(self, member: Body, group: Body, day: date) -> str:
        return "other parent" if self._others(member, group, day) else "parent not recorded"

    def _follows_there(self, member: Body, group: Body, day: date) -> bool:
        """Whether what followed a body lay in a group on its first day."""
        receivers = [receiver for giver, receiver in self.holdings.passings if giver == member.iri]
        return any(group.iri in self.holdings.around(receiver, day) for receiver in receivers)

    def _others(self, member: Body, group: Body, day: date) -> list[Body]:
        """Give what a body belonged to on a day that is of the kind of a group: other regions, other boards."""
        found = [self.holdings.bodies[iri] for iri in sorted(self.holdings.around(member.iri, day))]  # fmt: skip
        return [one for one in found if one.kind == group.kind]

    def _held(self, relation: Relation) -> list[Holding]:
        return self.holdings.held[relation.target]

    def _difference(
        self, record: Record, relation: Relation, member: Body, group: Body, day: date, cause: str,
        suggested: tuple[Suggested, ...], said: str = "", sources: Sequence[Iri] = (),
    ) -> Difference:  # fmt: skip
        others = self._others(member, group, day)
        between = [one.membership for one in self.holdings.groups.get(member.iri, ()) if _lasts(one, day)]
        words = say.listed(one.label for one in others) or "none of that kind"
        held = relation.dates.held
        days = f", {_days(held.start or UNKNOWN_START, held.until or OPEN_END)}" if held else ""
        basis = "" if held is None else "legal" if relation.dates.legal else "operational"
        return Difference(
            record.code, "parent", member.key, f"{group.label}: {said}" if said else f"{words} on {say.day(day)}",
            self.holdings.sources(*(sources or between or [member.iri])),
            f"{relation.code} {relation.target}{days} ({group.label})", basis, f"{self.release.file}, {record.code}",
            cause, suggested,
        )  # fmt: skip


def _role(member: Body, group: Body) -> str:
    return _ROLES.get((member.kind, group.kind), "part")


def _lasts(group: Group, day: date) -> bool:
    return group.start <= day < group.end


def _days(start: date, until: date) -> str:
    """Give a period in words: "1 April 2013 to 31 March 2020", "since 1 July 2022"."""
    first = "" if start == UNKNOWN_START else say.day(start)
    if until == OPEN_END:
        return f"since {first}" if first else "without days"
    return f"{first or 'start not recorded'} to {say.until(until, 'day')}"
