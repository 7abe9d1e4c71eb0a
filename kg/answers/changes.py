"""What changed between two days, statement by statement: what began or ended, and what of a thing that lived on did.

A change is dated by the first day with it: what is dated 2026-04-01 lies between 2026-03-31 and 2026-04-01. A name,
code, kind or membership that begins or ends with its body is a consequence of that, and no change of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Final, NamedTuple

from kg.answers.moments import Moment, Row, met, overlap
from kg.answers.record import SCHEMES, Records, several
from kg.graph.names import Iri, category_of, key_of, local_name

#: The bases of shares, the one that says most first.
BASES: Final = ("population", "practices", "budget", "area", "postcodes")
#: Events in which a part of a body may go to one that was there before, whose boundary then moves.
_DIVIDING: Final = ("PartialTransfer", "Reorganisation", "Division")


class Change(NamedTuple):
    """One change of one thing. `statements` are what it rests on; `other` is what came instead: receiver, group.

    `graphs` are the publisher's files that state the first of these, None for a statement that is curated.
    """

    change: str
    thing: Iri
    date: date
    precision: str
    was: str | None = None
    now: str | None = None
    other: Iri | None = None
    share: float | None = None
    basis: str | None = None
    how: str | None = None
    text: str | None = None
    statements: tuple[Iri, ...] = ()
    graphs: tuple[Iri | None, ...] = ()


class Event(NamedTuple):
    """An event in effect, in its preferred reading."""

    iri: Iri
    type: str
    date: date
    precision: str


class Changes:
    """The changes of a graph after one day and up to another."""

    def __init__(self, records: Records, since: date, as_of: date) -> None:
        self.records, self.since, self.as_of = records, since, as_of
        # What a publisher's files say is told of one role at a time, in `role_changes`.
        self.events = [
            Event(row["event"], local_name(row["type"]), row["date"], row["precision"])
            for row in self._rows("events-between") if not is_published(row["event"])
        ]  # fmt: skip
        self.transfers = [row for row in self._rows("transfers-between") if not is_published(row["transfer"])]
        self._taken: set[tuple[Iri, Iri]] = set()
        self._ever: dict[Iri, frozenset[Iri]] = {}
        self._by_side: dict[tuple[str, Iri], list[Event]] = {}
        for event in self.events:
            sides = records.sides(event.iri)
            for thing in dict.fromkeys((*sides["before"], *sides["after"])):
                self._by_side.setdefault((event.type, thing), []).append(event)

    def all(self) -> list[Change]:
        """Give every change, in no order."""
        return [
            *self.lives(), *self.names(), *self.codes(), *self.kinds(), *self.boundaries(), *self.moved(),
            *self.successions(), *self._unmatched(),
        ]  # fmt: skip

    def lives(self) -> Iterator[Change]:
        """Give what began and what ended. An end that is not recorded is none."""
        for row in self._rows("lives-between"):
            type_ = "Establishment" if row["side"] == "began" else "Abolition"
            events = self._told(row["thing"], row["date"], row["precision"], type_)
            yield Change(
                row["side"], row["thing"], row["date"], row["precision"], statements=(row["thing"], *events)
            )  # fmt: skip

    def names(self) -> Iterator[Change]:
        """Give the things whose own name changed: the official one, or the short one where no other is recorded."""
        rows, done = self._rows("names-between"), set()
        for type_ in ("official", "short"):
            for (thing, _), moment in self._moments(row for row in rows if row["type"] == type_):
                label = self.records.thing(thing).label
                now = _words(moment.now, "name") or (label if type_ == "official" else None)
                was = _words(moment.was, "name") or (label if type_ == "official" else None)
                if thing in done or was is None or now is None or was == now:
                    continue
                done.add(thing)
                events = self._told(thing, moment.date, moment.precision, "Renaming", "Redesignation")
                yield self._change("renamed", thing, moment, was, now, (*_iris(moment, "naming"), *events))

    def codes(self) -> Iterator[Change]:
        """Give the things that got another code of a scheme, a first one, or lost theirs without passing it on."""
        passed = [row for row in self.transfers if row["lineage"] == "codes"]
        for (thing, scheme), moment in self._moments(self._rows("codes-between"), "scheme"):
            reused = any(
                thing in (row["giver"], row["receiver"])
                and overlap(row["date"], row["precision"], moment.date, moment.precision)
                for row in passed
            )
            if reused and not (moment.was and moment.now):
                continue
            name = SCHEMES.get(key_of(scheme), key_of(scheme))
            was, now = _words(moment.was, "code"), _words(moment.now, "code")
            events = self._told(thing, moment.date, moment.precision, "CodeChange")
            yield self._change(
                "recoded", thing, moment, was and f"{name} {was}", now and f"{name} {now}",
                (*_iris(moment, "assignment"), *events),
            )  # fmt: skip

    def kinds(self) -> Iterator[Change]:
        """Give the bodies that became of another kind, or of one more."""
        for (thing, _), moment in self._moments(self._rows("kinds-between")):
            was, now = (
                " and ".join(self.records.thing(row["kind"]).full for row in rows) or None
                for rows in (moment.was, moment.now)
            )
            events = self._told(thing, moment.date, moment.precision, "Redesignation", "Designation")
            yield self._change("reclassified", thing, moment, was, now, (*_iris(moment, "classification"), *events))
        for event in self.events:  # a designation with the body's first kind tells of no other
            if event.type == "Designation":
                self._taken |= {(event.iri, body) for body in self.records.sides(event.iri)["after"]}

    def moved(self) -> Iterator[Change]:
        """Give the members that were of one group, and then of another of the same kind in the same role."""
        held: dict[tuple[Iri, Iri], list[Row]] = {}
        for row in self._rows("memberships-between"):
            held.setdefault((row["member"], row["role"]), []).append(row)
        for (member, _), rows in held.items():
            left = [row for row in rows if self._left(row)]
            joined = [row for row in rows if self._joined(row)]
            kept = {row["group"] for row in left} & {row["group"] for row in joined}
            joined = [row for row in joined if row["group"] not in kept]
            left = [row for row in left if row["group"] not in kept]
            for day in sorted({row["start"] for row in joined}):
                then = [row for row in joined if row["start"] == day]
                before = [row for row in left if row["end"] <= day]
                was = [row for row in before if any(self._alike(row["group"], other["group"]) for other in then)]
                now = [row for row in then if any(self._alike(row["group"], other["group"]) for other in before)]
                if not was:
                    continue
                left = [row for row in left if row not in was]
                precision = min((self._side_of(row, "start") for row in now), key=("day", "month", "year").index)
                events = self._told(member, day, precision, "HierarchyChange")
                yield Change(
                    "moved", member, day, precision, self._labels(was), self._labels(now), now[0]["group"],
                    statements=(*(row["membership"] for row in (*was, *now)), *events),
                )  # fmt: skip

    def boundaries(self) -> Iterator[Change]:
        """Give the bodies that lived on with more or less area: by an event that says so, or by a part of what was divided.

        A part that moved between two that both went on is told as that, and not as two boundaries too.
        """
        parts: dict[tuple[Iri, date], dict[str, list[Row]]] = {}
        for row in self.transfers:
            type_ = str(self.records.event(row["event"])["type"])
            if type_ not in _DIVIDING or category_of(row["giver"]) != "body" or self._part_moved(row):
                continue
            if not self._began_with(row["receiver"], row["date"], row["precision"]):
                parts.setdefault((row["receiver"], row["date"]), {}).setdefault("grew", []).append(row)
            if not self._ended_with(row["giver"], row["date"], row["precision"]):
                parts.setdefault((row["giver"], row["date"]), {}).setdefault("shrank", []).append(row)
        for (thing, day), ways in parts.items():
            rows = [row for way in ways.values() for row in way]
            events = self._told(thing, day, rows[0]["precision"], "BoundaryChange")
            said = [str(self.records.event(event)["summary"]) for event in events]
            told = [
                f"{'took in' if way == 'grew' else 'gave up'} {self._part(row, way)}"
                for way in sorted(ways)
                for row in {row["transfer"]: row for row in ways[way]}.values()
            ]
            yield Change(
                "boundary", thing, day, rows[0]["precision"], now=" and ".join(sorted(ways)), text="; ".join(said or told),
                statements=tuple(dict.fromkeys((*events, *(row["event"] for row in rows)))),
            )  # fmt: skip

    def successions(self) -> Iterator[Change]:
        """Give every transfer once, with the share that says most and, in words, the others that are known."""
        by_transfer: dict[Iri, list[Row]] = {}
        for row in self.transfers:
            by_transfer.setdefault(row["transfer"], []).append(row)
        for transfer, rows in by_transfer.items():
            first, type_ = rows[0], str(self.records.event(rows[0]["event"])["type"])
            shares = sorted((row for row in rows if row["share"]), key=lambda row: BASES.index(row["basis"]))
            part = " and ".join(str(word) for word in several(self.records.stated(transfer).get("movedPart")))
            moved = self._part_moved(first)
            words = [part if part and part != "whole" else "part" if type_ == "PartialTransfer" and not moved else ""]
            words += [f"{row['value'] * 100:.1f} % by {row['basis']}" for row in shares[1:]]
            change = (
                "code reused" if first["lineage"] == "codes" else "renamed" if type_ == "Renaming"
                else "part moved" if moved else "succeeded"
            )  # fmt: skip
            borders = [
                event for side in ("giver", "receiver") if moved
                for event in self._told(first[side], first["date"], first["precision"], "BoundaryChange")
            ]  # fmt: skip
            how = {"code reused": "codes"}.get(change, "functions" if type_ == "FunctionTransfer" else "identity")
            self._taken |= {(first["event"], first["giver"]), (first["event"], first["receiver"])}
            yield Change(
                change, first["giver"], first["date"], first["precision"],
                self.records.thing(first["giver"]).short, self.records.thing(first["receiver"]).short, first["receiver"],
                shares[0]["value"] if shares else None, shares[0]["basis"] if shares else None, how,
                "; ".join(filter(None, words)) or None,
                tuple(dict.fromkeys((first["event"], *(row["share"] for row in shares), *borders))),
            )  # fmt: skip

    def _part_moved(self, row: Row) -> bool:
        """Say whether a transfer moved a part between two that were there before and went on, which succeeds nobody."""
        return (
            self.records.event(row["event"])["type"].endswith("PartialTransfer")
            and not self._began_with(row["receiver"], row["date"], row["precision"])
            and not self._ended_with(row["giver"], row["date"], row["precision"])
        )

    def _unmatched(self) -> Iterator[Change]:
        """Give the events that say of a body what no other statement does; joint working stands by itself."""
        changes = {
            "Renaming": "renamed", "CodeChange": "recoded", "Redesignation": "reclassified", "BoundaryChange": "boundary",
            "HierarchyChange": "moved", "Clustering": "clustered",
        }  # fmt: skip
        for event in self.events:
            for thing in self.records.sides(event.iri)["after"] if event.type in changes else ():
                if (event.iri, thing) not in self._taken:
                    summary = str(self.records.event(event.iri)["summary"])
                    now = "changed" if event.type == "BoundaryChange" else None
                    yield Change(
                        changes[event.type], thing, event.date, event.precision, now=now, text=summary, statements=(event.iri,)
                    )  # fmt: skip

    def _rows(self, query: str) -> list[Row]:
        return self.records.rows(query, since=self.since, asOf=self.as_of)

    def _told(self, thing: Iri, day: date, precision: str, *types: str) -> tuple[Iri, ...]:
        """Give the events of these types that tell the same of a thing, and take them off what is left to tell."""
        found = tuple(
            event.iri for type_ in types for event in self._by_side.get((type_, thing), ())
            if overlap(event.date, event.precision, day, precision)
        )  # fmt: skip
        self._taken |= {(event, thing) for event in found}
        return found

    def _moments(self, rows: Iterable[Row], scope: str = "") -> Iterator[tuple[tuple[Iri, Iri], Moment]]:
        """Give when statements of one sort gave way to others, leaving out what began or ended with the thing itself."""
        held: dict[tuple[Iri, Iri], list[Row]] = {}
        for row in rows:
            held.setdefault((row["thing"], row[scope] if scope else Iri()), []).append(row)
        for (thing, kept), found in held.items():
            sides = [
                (row["end"], "was", row["endPrecision"], row) for row in found
                if self._inside(row["end"], row["endPrecision"]) and not self._ended_with(thing, row["end"], row["endPrecision"])
            ] + [
                (row["start"], "now", row["startPrecision"], row) for row in found
                if self._inside(row["start"], row["startPrecision"]) and not self._began_with(thing, row["start"], row["startPrecision"])
            ]  # fmt: skip
            for moment in met(sides):
                yield (thing, kept), moment

    def _inside(self, day: date, precision: str) -> bool:
        return precision not in ("unknown", "open") and self.since < day <= self.as_of

    def _began_with(self, thing: Iri, day: date, precision: str) -> bool:
        known = self.records.thing(thing)
        first = known.facts["startPrecision"]
        return first != "unknown" and (day <= known.start or overlap(day, precision, known.start, first))

    def _ended_with(self, thing: Iri, day: date, precision: str) -> bool:
        known = self.records.thing(thing)
        last = known.facts["endPrecision"]
        return last not in ("unknown", "open") and (day >= known.end or overlap(day, precision, known.end, last))

    def _side_of(self, row: Row, side: str) -> str:
        """Give how precisely it is known when a membership began or ceased; "unknown" when a list is all there is."""
        group = self.records.thing(row["group"])
        same = (group.start if side == "start" else group.end) == row[side]
        known = group.facts[f"{side}Precision"] if same else row[f"{side}Precision"]
        return row[f"{side}Precision"] if known in ("unknown", "open") else str(known)

    def _left(self, row: Row) -> bool:
        precision = self._side_of(row, "end")
        return self._inside(row["end"], precision) and not self._ended_with(row["member"], row["end"], precision)

    def _joined(self, row: Row) -> bool:
        precision = self._side_of(row, "start")
        return self._inside(row["start"], precision) and not self._began_with(row["member"], row["start"], precision)

    def _alike(self, one: Iri, other: Iri) -> bool:
        """Say whether two groups were ever of one kind: an STP and an ICS are, and an ICS and its board are not."""
        return one != other and bool(self._kinds_ever(one) & self._kinds_ever(other))

    def _kinds_ever(self, group: Iri) -> frozenset[Iri]:
        if group not in self._ever:
            self._ever[group] = frozenset(row["kind"] for row in self.records.graph.rows("kinds-of", body=group))
        return self._ever[group]

    def _labels(self, rows: list[Row]) -> str:
        return " and ".join(sorted({self.records.thing(row["group"]).label for row in rows}))

    def _part(self, row: Row, way: str) -> str:
        other = self.records.thing(row["giver" if way == "grew" else "receiver"]).label
        part = several(self.records.stated(row["transfer"]).get("movedPart"))
        words = " and ".join(str(word) for word in part if word != "whole") or "a part"
        return f"{words} {'of' if way == 'grew' else 'to'} {other}"

    @staticmethod
    def _change(
        change: str, thing: Iri, moment: Moment, was: str | None, now: str | None, on: tuple[Iri, ...]
    ) -> Change:
        return Change(change, thing, moment.date, moment.precision, was, now, statements=on)


def is_published(iri: Iri) -> bool:
    """Whether only a publisher's file states a thing."""
    return key_of(iri).startswith("ods-")


def _words(rows: tuple[Row, ...], column: str) -> str | None:
    return " and ".join(row[column] for row in rows) or None


def _iris(moment: Moment, column: str) -> tuple[Iri, ...]:
    return tuple(row[column] for row in (*moment.was, *moment.now))
