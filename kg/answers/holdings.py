"""What the graph records of whoever held a publisher's code: their days, names, groups and passings, read at once."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final, NamedTuple

from kg.answers.record import Records
from kg.facts.dates import OPEN_END, UNKNOWN_START
from kg.facts.ods.record import Period, Record
from kg.graph.folding import shorten
from kg.graph.names import Iri, key_of, local_name, thing

#: Places lie in places: a location in a board, a board in a region. No chain of them is longer.
_LEVELS: Final = 4
#: The roles of a body that lies in another; a provider or a council takes part in a system and does not lie in it.
_INSIDE: Final = frozenset(("part", "commissioner", "reporting"))


class Body(NamedTuple):
    """A body of the graph: what it is, what it was last, and its days, half-open, with how exactly each is known."""

    iri: Iri
    label: str
    kind: str
    start: date
    start_precision: str
    end: date
    end_precision: str

    @property
    def key(self) -> str:
        return key_of(self.iri)


class Holding(NamedTuple):
    """That a body held a code, for a period [start, end)."""

    body: Body
    code: str
    start: date
    end: date


class Passing(NamedTuple):
    """That something passed from one body to another: the event, its type, its day, whether in law or only the code."""

    event: Iri
    type: str
    day: date
    precision: str
    lineage: str


class Group(NamedTuple):
    """That a body belonged to another, for a period [start, end)."""

    body: Iri
    role: str
    start: date
    end: date
    membership: Iri


class Holdings:
    """Who held which ODS code and when, and what is recorded of them."""

    def __init__(self, records: Records) -> None:
        self.records = records
        self.bodies = _bodies(records)
        self.held: dict[str, list[Holding]] = {}
        self.codes: dict[Iri, list[Holding]] = {}
        ods = thing("scheme", "ods")
        for row in records.rows("codes-of"):
            if row["scheme"] == ods and row["thing"] in self.bodies:
                holding = Holding(self.bodies[row["thing"]], row["code"], row["start"], row["end"])
                self.held.setdefault(row["code"], []).append(holding)
                self.codes.setdefault(row["thing"], []).append(holding)
        for holdings in self.held.values():
            holdings.sort(key=lambda holding: (holding.start, holding.body.iri))
        self.names: dict[Iri, list[str]] = {}
        for row in records.rows("names-of"):
            self.names.setdefault(row["thing"], []).append(row["name"])
        self.groups: dict[Iri, list[Group]] = {}
        for row in records.rows("all-memberships"):
            group = Group(row["group"], key_of(row["role"]), row["start"], row["end"], row["membership"])
            self.groups.setdefault(row["member"], []).append(group)
        self.passings: dict[tuple[Iri, Iri], list[Passing]] = {}
        for row in records.rows("transfers"):
            passing = Passing(row["event"], local_name(row["type"]), row["date"], row["precision"], row["lineage"])
            self.passings.setdefault((row["giver"], row["receiver"]), []).append(passing)
        self._sorts = {
            (body.kind, self.bodies[group].kind) for iri, body in self.bodies.items() for group in self.around(iri)
        }

    def met(self, record: Record) -> list[Holding]:
        """Give who held the code of a record while it says that it stood, in order of time."""
        start, until = span(record)
        return [one for one in self.held.get(record.code, ()) if one.start < until and start < one.end]

    def is_called(self, body: Body, name: str) -> bool:
        """Whether a name is one that a body bore or bears, in capitals or not and with its kind as an acronym or not."""
        return shorten(name) in {shorten(one) for one in (body.label, *self.names.get(body.iri, ()))}

    def on(self, code: str, day: date) -> Body | None:
        """Give who held a code on a day."""
        return next((one.body for one in self.held.get(code, ()) if one.start <= day < one.end), None)

    def around(self, body: Iri, day: date | None = None) -> set[Iri]:
        """Give all that a body lay in on a day, or ever, and what that lay in in turn."""
        found, fresh = set[Iri](), {body}
        for _ in range(_LEVELS):
            fresh = {
                one.body
                for iri in fresh for one in self.groups.get(iri, ())
                if one.role in _INSIDE and one.body in self.bodies and (day is None or one.start <= day < one.end)
            } - found  # fmt: skip
            found |= fresh
        return found

    def are_recorded(self, kind: str, within: str) -> bool:
        """Whether the graph records of any body of a kind that it belonged to one of another, or lay in it."""
        return (kind, within) in self._sorts

    def sources(self, *iris: Iri) -> tuple[str, ...]:
        """Give the keys of the sources of statements, best first, each once."""
        return tuple(dict.fromkeys(key for iri in iris for key in self.records.cites(iri)))


def span(record: Record) -> tuple[date, date]:
    """Give the first day and the first day without of a record, by whichever of its dates reaches further."""
    periods = [period for period in record.dates if period is not None] or [Period()]
    start = min(period.start or UNKNOWN_START for period in periods)
    until = max(period.until or OPEN_END for period in periods)
    return start, max(until, start + timedelta(days=1))


def same_day(one: date, other: date, precision: str) -> bool:
    """Whether two days are the same, as exactly as one of them is known."""
    if precision == "year":
        return one.year == other.year
    if precision == "month":
        return (one.year, one.month) == (other.year, other.month)
    return one == other


def _bodies(records: Records) -> dict[Iri, Body]:
    """Give every body by its address; its kind is the one it was last."""
    found: dict[Iri, tuple[date, Body]] = {}
    for row in records.rows("classified"):
        body = Body(
            row["body"], row["label"], key_of(row["kind"]),
            row["bodyStart"], row["bodyStartPrecision"], row["bodyEnd"], row["bodyEndPrecision"],
        )  # fmt: skip
        if row["body"] not in found or found[row["body"]][0] <= row["start"]:
            found[row["body"]] = (row["start"], body)
    return {iri: body for iri, (_, body) in found.items()}
