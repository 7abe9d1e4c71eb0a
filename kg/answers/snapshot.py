"""The graph on one day: which bodies were of which kind, and which was inside which."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date, timedelta
from functools import cached_property
from typing import Any, Final, NamedTuple

from kg.answers import belonging
from kg.answers.changes import is_published
from kg.answers.record import Records
from kg.facts.dates import UNKNOWN_START
from kg.graph.names import Iri, key_of

#: Families of kinds that share the country out between them; of others, bodies overlap or leave people out.
_WHOLE: Final = ("commissioner", "system", "place", "region")
#: What the publisher's relations say that a body is inside of: commissioned by, located in, operated by, partner to.
INSIDE: Final = ("ods-re4", "ods-re5", "ods-re6", "ods-re8")


class Held(NamedTuple):
    """A body that was of a kind on the day; not `sure` when a start or end that matters is not recorded."""

    body: Iri
    label: str
    sure: bool
    statement: Iri
    source: Iri


class Snapshot:
    """What held on a day."""

    def __init__(self, records: Records, day: date) -> None:
        self.records, self.day = records, day
        #: What organisations that only a publisher records were in, as far as they have been asked about.
        self._published: dict[Iri, list[Iri]] = {}

    def _rows(self, kind: Iri) -> list[dict[str, Any]]:
        return [] if self.records.is_role(kind) else self.records.rows("census", kind=kind, asOf=self.day)

    @cached_property
    def _whole(self) -> dict[Iri, Iri]:
        """Give the bodies that share the country out with others of their kind, each with that kind."""
        kinds = [row["kind"] for row in self.records.graph.rows("kinds") if row["family"] in _WHOLE]
        return {row["body"]: kind for kind in kinds for row in self._rows(kind)}

    def of(self, kinds: Collection[Iri]) -> list[Held]:
        """Give the bodies of these kinds by name, each once, and sure if any of its classifications is."""
        found: dict[Iri, Held] = {}
        for row in (row for kind in kinds for row in self._rows(kind)):
            if row["body"] not in found or not found[row["body"]].sure:
                held = Held(row["body"], row["label"], self._is_sure(row), row["classification"], row["source"])
                found[row["body"]] = held
        for kind in kinds:
            for one, named in belonging.of_role(self.records, kind, self.day):
                begun = max(one.since, named.start) > UNKNOWN_START or self.day + timedelta(days=1) == min(
                    one.until, named.stop
                )
                found.setdefault(one.body, Held(one.body, named.label, begun, one.classification, one.graph))
        self._climb(found)
        return sorted(found.values(), key=lambda held: (held.label, held.body))

    def _climb(self, bodies: Iterable[Iri]) -> None:
        """Read what organisations that only a publisher records were in, up to the curated bodies above them."""
        index = self.records.graph.relations
        level = (
            {body for body in bodies if key_of(body).startswith("ods-")} - self._published.keys()
            if index
            else set[Iri]()
        )
        while index and level:
            self._published.update((body, []) for body in level)
            groups = set[Iri]()
            for member, group in index.groups(level, self.day, INSIDE):
                self._published[member].append(group)
                groups.add(group)
            level = {group for group in groups if key_of(group).startswith("ods-")} - self._published.keys()

    def above(self, body: Iri) -> Sequence[Iri]:
        """Give what a body was directly inside."""
        return self._published[body] if body in self._published else self._parents.get(body, ())

    def now_of_other_kind(self, kinds: Collection[Iri]) -> dict[str, int]:
        """Count the bodies that had been of these kinds, and on the day were of others, by the kind they were of then."""
        been = {
            row["body"]
            for kind in kinds
            for row in self.records.graph.rows("ever-of-kind", kind=kind)
            if row["end"] <= self.day
        }
        been -= {held.body for held in self.of(kinds)}
        counts: dict[str, int] = {}
        for kind in (self._whole[body] for body in been if body in self._whole):
            name = self.records.thing(kind).short
            counts[name] = counts.get(name, 0) + 1
        return counts

    def _is_sure(self, row: dict[str, Any]) -> bool:
        """Whether the dates leave no doubt. Whatever ended the next day was there on this one, begun when it may."""
        begun = row["startPrecision"] != "unknown" or row["bodyStartPrecision"] != "unknown"
        last_day = min(row["end"], row["bodyEnd"]) == self.day + timedelta(days=1)
        attested = row["attested"] is not None and self.day < row["attested"]
        return (begun or last_day) and (attested or "unknown" not in (row["endPrecision"], row["bodyEndPrecision"]))

    @cached_property
    def _parents(self) -> dict[Iri, list[Iri]]:
        return self._pairs("member", "group")

    @cached_property
    def _children(self) -> dict[Iri, list[Iri]]:
        return self._pairs("group", "member")

    @cached_property
    def _inside(self) -> list[dict[str, Any]]:
        return self.records.rows("inside", asOf=self.day)

    @cached_property
    def _of_member(self) -> dict[Iri, list[tuple[int, dict[str, Any]]]]:
        """Give the rows of each member, with the place of each among all: what comes first goes before."""
        found: dict[Iri, list[tuple[int, dict[str, Any]]]] = {}
        for at, row in enumerate(self._inside):
            found.setdefault(row["member"], []).append((at, row))
        return found

    def _pairs(self, one: str, other: str) -> dict[Iri, list[Iri]]:
        pairs: dict[Iri, list[Iri]] = {}
        for row in self._inside:
            if row[other] not in pairs.setdefault(row[one], []):
                pairs[row[one]].append(row[other])
        return pairs

    def nearest(self, body: Iri, groups: Collection[Iri]) -> tuple[Iri, ...]:
        """Give the nearest of these groups that a body was in, directly or through others; several if as near."""
        seen, level = {body}, [body]
        while level:
            level = sorted({parent for one in level for parent in self.above(one) if parent not in seen})
            if reached := tuple(one for one in level if one in groups):
                return reached
            seen.update(level)
        return ()

    def memberships(self, body: Iri, group: Iri) -> tuple[Iri, ...]:
        """Give the memberships by which a body was in a group, directly or through the fewest others; none when it was not."""
        seen, level = {body}, {body: tuple[Iri, ...]()}
        while level:
            if group in level:
                return level[group]
            rows = [(at, row) for one in level for at, row in self._of_member.get(one, ()) if row["group"] not in seen]
            ordered = [row for _, row in sorted(rows, key=lambda placed: placed[0], reverse=True)]
            level = {row["group"]: (*level[row["member"]], row["membership"]) for row in ordered}
            seen.update(level)
        return ()

    def is_inside(self, body: Iri) -> bool:
        """Whether anything is recorded that a body was inside."""
        return bool(self.above(body))

    def parts(self, body: Iri) -> list[Iri]:
        """Give the bodies directly inside one that share it out between them; none when they do not."""
        inside = {member for member in self._children.get(body, ()) if member in self._whole}
        # What is inside another member is counted with that one.
        return sorted(member for member in inside if not self.nearest(member, inside))

    def sources(self, held: Iterable[Held]) -> tuple[str, ...]:
        """Give the sources that say these bodies were of their kind, each read from one statement."""
        statements = {one.source: one.statement for one in held}
        return tuple(dict.fromkeys(key for one in statements.values() for key in self.records.cites(one)))

    def left_open(self, held: Iterable[Held]) -> list[tuple[str, ...]]:
        """Give the sources of publisher's files by which bodies were of their kind, each file's apart."""
        statements = {one.source: one.statement for one in held if is_published(one.body)}
        return [self.records.cites(statement) for statement in statements.values()]
