"""What organisations were to one another, as Turtle and as rows of the index of relations."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from kg.facts.dates import OPEN_END, UNKNOWN_START
from kg.facts.ods.record import Record, Relation
from kg.graph.joining import Held
from kg.graph.published.bounds import Bounds
from kg.graph.published.nodes import Nodes
from kg.graph.published.register import Holders, Register, Subject
from kg.graph.relation_index import Written
from kg.graph.turtle import as_day, in_operation, lasting


class Memberships:
    """Writes the relations of records: of each who held the codes then, by the curated graph where that tells of a code."""

    def __init__(self, register: Register, nodes: Nodes, *, several: bool) -> None:
        #: What the index of relations has not been given yet.
        self.rows: list[Written] = []
        #: Relations that a line tells of, of whoever had its code then, when no whole record of that time had come yet.
        self.early: set[str] = set()
        self._register, self._joins, self._nodes = register, register.joins, nodes
        self._bounds = Bounds(several=several)
        self._waiting: list[tuple[Subject, Relation]] = []

    def file(self) -> None:
        """Begin a file."""
        self._bounds.file()

    def write(self, subject: Subject, record: Record) -> str:
        """Write the relations of a record."""
        said = []
        for stated in record.relations:
            relation = self._bounds.bound(subject, stated)
            if relation is None:
                continue
            if subject.joined or relation.target in self._joins:
                said.append(self._joined(subject, relation))
            else:
                said.append(self._plain(subject, relation, line=record.stub))
        return "".join(said)

    def rest(self) -> Iterator[tuple[str, str, list[Written]]]:
        """Write what had to wait for all files: the SHA-256 of the file, Turtle, and rows for the index of relations."""
        for subject, relation in self._waiting:
            turtle = self._joined(subject, relation)
            yield subject.file, turtle, self.rows
            self.rows = []

    def _plain(self, subject: Subject, relation: Relation, *, line: bool) -> str:
        """Write a relation that the publisher alone tells of; that of a line is of whoever had its code then."""
        start, until = lasting(relation.dates)
        member = subject.key
        if line:
            day = start if relation.dates.held else subject.release.day or UNKNOWN_START
            member = self._register.on(subject.code, day)
        group = self._register.point(relation.target, subject.file)
        node = self._nodes.new(_name(subject, relation), until)
        if not node:
            return ""
        if not member:
            self.early.add(node)
        return self._membership(node, subject, relation, member or subject.key, group, start, until)

    def _joined(self, subject: Subject, relation: Relation) -> str:
        """Write a relation of which a code is of curated bodies: once for each pair that held the codes meanwhile.

        Where no curated body had a code then, another record may tell who had: such a relation waits for all files.
        """
        # What has no dates is of who held the codes on the day of the file, or the last of what ended before it.
        start, until = lasting(relation.dates) if relation.dates.held else (subject.on, subject.on + timedelta(1))
        members: Holders | None = Holders("publisher", [Held(subject.key, start, until)])
        if subject.joined:
            members = self._register.holders(subject.code, start, until, subject.file)
        groups = members and self._register.holders(relation.target, start, until, subject.file)
        if not members or not groups:
            self._waiting.append((subject, relation))
            return ""
        tellers = members.by, groups.by
        if "nobody" in tellers or "publisher" not in tellers:
            return self._recorded(subject, relation, members, groups, start, until)
        name, lasts = _name(subject, relation), lasting(relation.dates)[1]
        belonging, including = members.held, groups.held
        if not relation.dates.held:
            belonging = [self._whole(subject.code, one) for one in belonging]
            including = [self._whole(relation.target, one) for one in including]
        pairs = [
            (member.body, group.body, max(member.start, group.start), min(member.until, group.until))
            for member in belonging for group in including
            if member.start < group.until and group.start < member.until
        ]  # fmt: skip
        said = []
        for place, (member, group, begins, ends) in enumerate(pairs):
            later = f"-{begins.isoformat()}" if place and begins != UNKNOWN_START else ""
            if node := self._nodes.new(name + later, lasts):
                said.append(self._membership(node, subject, relation, member, group, begins, ends))
        return "".join(said)

    def _whole(self, code: str, held: Held) -> Held:
        """Give for how long whoever had a code on the day of a list had it; for ever where data/ tells of none."""
        for one in self._register.joins.holders(code):
            if one.body == held.body and one.start <= held.start < one.until:
                return one
        return held._replace(start=UNKNOWN_START, until=OPEN_END)

    def _recorded(
        self, subject: Subject, relation: Relation, members: Holders, groups: Holders, start: date, until: date
    ) -> str:
        """Write a relation as no more than recorded: data/ tells of both, or nobody is known to have had a code then."""
        node = self._nodes.new(_name(subject, relation), until)
        if not node:
            return ""
        both = "".join(
            [f";n:member b:{body}" for body in dict.fromkeys(one.body for one in members.held)]
            + [f";n:group b:{body}" for body in dict.fromkeys(one.body for one in groups.held)]
        )
        dates = f";n:startsOn {as_day(start)};n:endsBefore {as_day(until)}"
        return f"m:{node} a n:RecordedRelation{both};o:role r:ods-{relation.code.lower()}{dates}.\n"

    def _membership(
        self, node: str, subject: Subject, relation: Relation, member: str, group: str, start: date, until: date
    ) -> str:
        """Write that one was something to another in a period, or about the day of a list that gives no dates."""
        role = f"ods-{relation.code.lower()}"
        head = f"m:{node} o:organization b:{group};o:member b:{member};o:role r:{role}"
        if relation.dates.held:
            self.rows.append(
                (node, f"body/{group}", f"body/{member}", role, start.toordinal(), until.toordinal(), None, "")
            )
            return f"{head};n:holdsFrom {as_day(start)};n:holdsBefore {as_day(until)}{in_operation(relation.dates)}.\n"
        day = subject.on
        precision = "day" if day != subject.release.day else subject.release.precision
        # It is taken to hold in the year of the list and the next, as far as both were there with those codes.
        first, last = max(date(day.year, 1, 1), start), min(date(day.year + 2, 1, 1), subject.ended, until)
        self.rows.append(
            (
                node, f"body/{group}", f"body/{member}", role, first.toordinal(), last.toordinal(), day.toordinal(),
                precision,
            )
        )  # fmt: skip
        return (
            f'{head};n:observedOn {as_day(day)};n:precision "{precision}";n:holdsFrom {as_day(first)}'
            f';n:holdsBefore {as_day(last)};n:startPrecision "unknown";n:endPrecision "unknown".\n'
        )


def _name(subject: Subject, relation: Relation) -> str:
    """Name a relation by what it says: who, what, to whom, since when."""
    held = relation.dates.held
    since = held.start.isoformat() if held and held.start else "unknown" if held else "listed"
    return f"{subject.key}-{relation.code.lower()}-{relation.target.lower()}-{since}"
