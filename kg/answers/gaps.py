"""What may be lacking of a body, and what is recorded of every body: read in a few queries."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import date
from functools import cached_property
from typing import Any, Final, NamedTuple

from kg.answers.changes import is_published
from kg.answers.record import Records
from kg.answers.snapshot import INSIDE
from kg.graph.names import Iri

#: Events that divide a body, so that a share of each part would be told if it were known.
_DIVIDING: Final = ("Division", "PartialTransfer", "Reorganisation")


class Life(NamedTuple):
    """One body under one kind: the days it was of it, and whether they are known."""

    body: Iri
    label: str
    start: date
    end: date
    start_known: bool
    end_known: bool
    ended: bool
    fate: str
    attested: date | None

    def on(self, day: date) -> bool:
        return self.start <= day < self.end

    def is_sure(self, day: date) -> bool:
        return self.start_known and (self.end_known or (self.attested is not None and day < self.attested))


class Gap(NamedTuple):
    """One thing that may not be recorded of a body; `lacks` says whether it is not."""

    word: str
    lacks: Callable[[Holdings, Life], bool]


class Holdings:
    """What is recorded of every body, read in a few queries."""

    def __init__(self, records: Records) -> None:
        self.records = records

    @cached_property
    def lives(self) -> dict[Iri, list[Life]]:
        """Give the bodies of each kind, each once: from the first day it was of it to the last."""
        found: dict[Iri, dict[Iri, Life]] = {}
        for row in self.records.graph.rows("classified"):
            life, lives = _life(row), found.setdefault(row["kind"], {})
            one = lives.get(row["body"])
            later = life if one is None or life.end >= one.end else one
            earlier = life if one is None or life.start < one.start else one
            lives[row["body"]] = later._replace(start=earlier.start, start_known=earlier.start_known)
        return {kind: list(lives.values()) for kind, lives in found.items()}

    @cached_property
    def sorts(self) -> dict[Iri, set[str]]:
        sorts: dict[Iri, set[str]] = {}
        for row in self.records.graph.rows("recorded-of"):
            sorts.setdefault(row["body"], set()).add(row["sort"])
        return sorts

    @cached_property
    def grouped(self) -> dict[Iri, list[tuple[date, date]]]:
        """Give the periods in which each body is recorded as inside another, in order."""
        index, periods = self.records.graph.relations, dict[Iri, list[tuple[date, date]]]()
        rows = self.records.graph.rows("group-periods") if index is None else ()
        held = [(row["member"], row["since"], row["until"]) for row in rows]
        for member, since, until in held if index is None else index.spans(("part", "commissioner", *INSIDE)):
            periods.setdefault(member, []).append((since, until))
        return periods

    @cached_property
    def stated(self) -> dict[Iri, list[dict[str, Any]]]:
        """Give the numbers that sources state of each kind."""
        counts: dict[Iri, list[dict[str, Any]]] = {}
        for row in self.records.graph.rows("stated-counts"):
            counts.setdefault(row["kind"], []).append(row)
        return counts

    @cached_property
    def confidence(self) -> dict[Iri, dict[str, int]]:
        """Give the number of statements of each confidence about each kind and its bodies."""
        counts: dict[Iri, dict[str, int]] = {}
        for row in self.records.graph.rows("confidence"):
            counts.setdefault(row["kind"], {})[row["confidence"]] = row["statements"]
        return counts

    def has(self, life: Life, sort: str) -> bool:
        """Whether a sort of fact is recorded of a body; the publisher's own record is of a code, and of a name in its time."""
        if is_published(life.body) and (sort == "ods" or (sort == "dated-name" and life.start_known)):
            return True
        return sort in self.sorts.get(life.body, ())

    def is_grouped(self, body: Iri, start: date, end: date) -> bool:
        """Whether every day from start to end is inside some recorded period of membership."""
        reached = start
        for since, until in self.grouped.get(body, ()):
            if since <= reached < until:
                reached = until
        return reached >= end

    def divided(self, givers: Collection[Iri]) -> list[tuple[Iri, Iri, set[str]]]:
        """Give every transfer that divided one of these bodies, with the bases by which its share is known."""
        bases: dict[tuple[Iri, Iri, Iri], set[str]] = {}
        passed = self.records.graph.rows("passed-on")
        for row in passed:
            if row["giver"] in givers and row["type"].endswith(_DIVIDING):
                known = bases.setdefault((row["event"], row["giver"], row["receiver"]), set())
                if row["basis"]:
                    known.add(row["basis"])
        ends: dict[tuple[Iri, Iri], int] = {}
        for event, giver, _ in bases:
            ends[event, giver] = ends.get((event, giver), 0) + 1
        partial = {row["event"] for row in passed if row["type"].endswith("PartialTransfer")}
        return [
            (event, giver, known)
            for (event, giver, _), known in bases.items()
            if ends[event, giver] > 1 or event in partial
        ]


def _life(row: dict[str, Any]) -> Life:
    start, end = max(row["start"], row["bodyStart"]), min(row["end"], row["bodyEnd"])
    begun = row["startPrecision"] != "unknown" or row["bodyStartPrecision"] != "unknown"
    sure = "unknown" not in (row["endPrecision"], row["bodyEndPrecision"])
    ended = row["bodyEndPrecision"] not in ("open", "unknown")
    return Life(row["body"], row["label"], start, end, begun, sure, ended, row["fate"] or "", row["attested"])


#: What may be lacking of a body, in the order of the table.
GAPS: Final = (
    Gap("start", lambda _, life: not life.start_known),
    Gap("end", lambda _, life: not life.end_known),
    Gap("successor or fate", lambda held, life: life.ended and not held.has(life, "followed")),
    Gap("ODS code", lambda held, life: not held.has(life, "ods")),
    Gap("ONS code", lambda held, life: not held.has(life, "gss")),
    Gap("group on some day", lambda held, life: not held.is_grouped(life.body, life.start, life.end)),
    Gap("group on any day", lambda held, life: life.body not in held.grouped),
    Gap("number of people", lambda held, life: not held.has(life, "people")),
    Gap("dated official name", lambda held, life: not held.has(life, "dated-name")),
)
