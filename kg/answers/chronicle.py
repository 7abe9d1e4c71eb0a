"""The lines of a timeline: everything dated that the graph states of one kind or body."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from kg.answers import belonging
from kg.answers import language as say
from kg.answers.moments import Moment, met, overlap
from kg.answers.observation import observed_words
from kg.answers.record import SCHEMES, Records
from kg.graph.names import Iri, key_of

#: The sorts of line, in the order they are told of one day.
SORTS: Final = (
    "came from", "began", "reclassified", "renamed", "recoded", "boundary", "event", "joined", "left", "listed",
    "observed", "became", "code passed", "ended",
)  # fmt: skip
#: How an event that moves something is told, from the side of who received and of who gave.
_MOVES: Final = {
    "Renaming": ("renamed from", "renamed"),
    "Evolution": ("evolved from", "evolved into"),
    "Merger": ("formed by merger of", "merged into"),
    "Absorption": ("took in", "was absorbed into"),
    "PartialTransfer": ("received part of", "gave part to"),
    "FunctionTransfer": ("took over functions of", "its functions passed to"),
    "CodeReuse": ("took over the code of", "its code passed to"),
}
_OTHER: Final = ("took over from", "was succeeded by")
#: Events of a thing's own record that another line tells of too, by the sort of that line.
_OWN: Final = {
    "Establishment": "began", "Abolition": "ended", "Redesignation": "reclassified", "Designation": "reclassified",
    "Renaming": "renamed", "CodeChange": "recoded", "BoundaryChange": "boundary", "HierarchyChange": "joined",
}  # fmt: skip

#: What has no date, by the sort of the line that would tell of it.
_GROUPED: Final = {"joined": "joining a group", "left": "leaving a group"}


@dataclass
class Line:
    """One line of a timeline, dated as precisely as it is known."""

    sort: str
    date: date
    precision: str
    text: str
    statements: list[Iri]
    fields: dict[str, Any] = field(default_factory=dict)


class Story:
    """The lines of one kind or body."""

    def __init__(self, records: Records, iri: Iri) -> None:
        self.records, self.iri, self.thing = records, iri, records.thing(iri)
        self.undated: set[str] = set()
        self.dated: set[str] = set()
        self.planned: list[Iri] = []
        self.roles: list[str] = []
        self._open: dict[Iri, date] = {}

    def open_since(self, day: date) -> list[Iri]:
        """Give the memberships that had begun by a day and have no end."""
        return [membership for membership, start in self._open.items() if start <= day]

    def lines(self) -> list[Line]:
        """Give every line, in no order; an event that says the same as another line is a source of it."""
        lines = [*self._lives(), *self._names(), *self._codes(), *self._kinds(), *self._memberships(), *self._numbers()]
        for row in self.records.graph.rows("events-of", thing=self.iri, asOf=date.max):
            event = self.records.event(row["event"])
            if row["status"] == "planned" and row["rank"] == "preferred" and row["event"] not in self.planned:
                self.planned.append(row["event"])
            if row["status"] != "in-effect" or row["rank"] != "preferred":
                continue
            sides = self.records.sides(row["event"])
            if sides["before"] and sides["after"] and sides["before"] != sides["after"]:
                lines += self._moves(row["event"], event, row["side"])
                continue
            sort = _OWN.get(event["type"], "event")
            same = [
                line for line in lines
                if line.sort == sort and overlap(line.date, line.precision, event["happenedOn"], event["precision"])
            ]  # fmt: skip
            if same and row["event"] not in same[0].statements:
                same[0].statements.append(row["event"])
                now = str(same[0].fields.get("now") or "")
                repeats = now and now.split(" ", 1)[-1] in event["summary"]
                same[0].text = event["summary"] if repeats else f"{same[0].text}: {event['summary']}"
            elif not same:
                sort = sort if sort == "boundary" else "event"
                lines.append(
                    Line(sort, event["happenedOn"], event["precision"], event["summary"], [row["event"]])
                )  # fmt: skip
        return lines

    def _moves(self, iri: Iri, event: dict[str, Any], side: str) -> Iterator[Line]:
        """Tell an event in which something went from one record to another: one line, with whom and by what share."""
        day = event["happenedOn"]
        before = date.fromordinal(day.toordinal() - 1)
        every = self.records.graph.rows("transfers-between", since=before, asOf=day)
        rows = [row for row in every if row["event"] == iri]
        near, far = ("giver", "receiver") if side == "before" else ("receiver", "giver")
        others = list(dict.fromkeys(row[far] for row in rows if row[near] == self.iri))
        if not others:
            return
        shares = {
            other: [row for row in rows if row[near] == self.iri and row[far] == other and row["value"] is not None]
            for other in others
        }

        def called(other: Iri) -> str:
            label = self.records.thing(other).short
            of_it = "" if side == "before" else " of it"
            told = say.listed(
                dict.fromkeys(f"{row['value'] * 100:.1f} %{of_it} by {row['basis']}" for row in shares[other])
            )
            return f"{label} ({told})" if told else label

        verb = _MOVES.get(event["type"], _OTHER)[side == "before"]
        if event["type"] == "Reorganisation" and side == "before" and len(others) > 1:
            verb = "was divided between"
        names = [called(other) for other in others]
        told = say.shortened(names, 12) if not any(shares.values()) else "; ".join(names)
        only = others[0] if len(others) == 1 else None
        held = shares[only] if only else []
        sort = "came from" if side == "after" else "code passed" if event["type"] == "CodeReuse" else "became"
        fields = {
            "other": key_of(only) if only else None,
            "share": held[0]["value"] if held else None, "share_basis": held[0]["basis"] if held else None,
            "how": {"CodeReuse": "codes", "FunctionTransfer": "functions"}.get(event["type"], "identity"),
        }  # fmt: skip
        on = [iri, *(row["share"] for held in shares.values() for row in held)]
        yield Line(sort, day, event["precision"], f"{verb} {told}", on, fields)

    def _lives(self) -> Iterator[Line]:
        facts = self.thing.facts
        for sort, day, precision in (
            ("began", self.thing.start, facts["startPrecision"]), ("ended", self.thing.end, facts["endPrecision"]),
        ):  # fmt: skip
            if precision == "unknown":
                self.undated.add({"began": "the start", "ended": "the end"}[sort])
            elif precision != "open":
                announced = sort == "began" and self.thing.fact("dateBasis") == "announced"
                yield Line(sort, day, precision, "was announced" if announced else sort, [self.iri])

    def _names(self) -> Iterator[Line]:
        rows = [row for row in self.records.graph.rows("names-of", thing=self.iri) if row["type"] != "label"]
        seen = [row for row in rows if row["observed"] and row["startPrecision"] == "unknown"]
        for row in seen:
            yield Line("listed", row["observed"], row["observedPrecision"], f"listed as {row['name']}", [row["naming"]])
        if any(row["observed"] > self.thing.start for row in seen):
            self.undated.add("a change of name")
        rows = [row for row in rows if row not in seen]
        for type_ in dict.fromkeys(row["type"] for row in rows):
            as_what = "" if type_ == "official" else f" ({type_})"
            for moment in self._moments([row for row in rows if row["type"] == type_], "a name"):
                was, now = _told(moment, "name")
                text = (
                    f"renamed from {was} to {now}"
                    if was and now
                    else f"named {now}"
                    if now
                    else f"no longer named {was}"
                )
                yield self._line("renamed", moment, "naming", f"{text}{as_what}", was, now)

    def _codes(self) -> Iterator[Line]:
        rows = self.records.graph.rows("codes-of", thing=self.iri)
        for scheme in dict.fromkeys(row["scheme"] for row in rows):
            name = SCHEMES.get(key_of(scheme), key_of(scheme))
            for moment in self._moments([row for row in rows if row["scheme"] == scheme], "a code"):
                was, now = _told(moment, "code")
                text = f"changed from {was} to {now}" if was and now else f"{now} given" if now else f"{was} ended"
                yield self._line(
                    "recoded",
                    moment,
                    "assignment",
                    f"{name} code {text}",
                    was and f"{name} {was}",
                    now and f"{name} {now}",
                )

    def _kinds(self) -> Iterator[Line]:
        rows = [] if self.thing.is_kind else self.records.kinds(self.iri)
        roles = [row for row in rows if row["startPrecision"] == "unknown" and self.records.is_held_beside(row["kind"])]
        self.roles = list(dict.fromkeys(row["label"] for row in roles))
        rows = [row for row in rows if row not in roles or row["endPrecision"] not in ("open", "unknown")]
        for moment in self._moments(rows, "a kind"):
            was, now = (
                say.listed(say.article(self.records.thing(row["kind"]).full) for row in side) or None
                for side in (moment.was, moment.now)
            )
            text = (
                f"became {now}, having been {was}" if was and now else f"became {now}" if now else f"ceased to be {was}"
            )
            yield self._line("reclassified", moment, "classification", text, was, now)

    def _memberships(self) -> Iterator[Line]:
        for row in [] if self.thing.is_kind else belonging.ever(self.records, self.iri):
            group, role = self.records.thing(row["group"]), self.records.role(row["role"])
            as_role = {"part": "as part of it", "reporting": "for reporting"}.get(role, f"as {role}")
            fields = {"role": role, "other": key_of(row["group"])}
            if row["observed"] and row["startPrecision"] == "unknown":
                text = f"listed in {group.label} {as_role}"
                yield Line("listed", row["observed"], row["precision"], text, [row["membership"]], fields)
                continue
            for sort, side, word in (("joined", "start", "joined"), ("left", "end", "left")):
                precision, day = row[f"{side}Precision"], row[side]
                of_group = day == (group.start if side == "start" else group.end)
                if of_group and group.facts[f"{side}Precision"] not in ("unknown", "open"):
                    precision = group.facts[f"{side}Precision"] if precision in ("unknown", "open") else precision
                    word = word if side == "start" else "no longer, as the group ended, in"
                if precision == "open":
                    self._open[row["membership"]] = row["start"]
                    continue
                if side == "end" and day == self.thing.end:
                    continue
                if precision == "unknown":
                    self.undated.add(_GROUPED[sort])
                    continue
                self.dated.add(_GROUPED[sort])
                yield Line(sort, day, precision, f"{word} {group.label} {as_role}", [row["membership"]], fields)

    def lacking(self) -> list[str]:
        """Give what has no date, in words; of a body that also joined a group on a known day, it is another group."""
        words = (word.replace("a group", "another group") if word in self.dated else word for word in self.undated)
        return sorted(words)

    def _numbers(self) -> Iterator[Line]:
        for row in self.records.graph.rows("observations", thing=self.iri):
            if row["confidence"] == "unconfirmed":
                continue
            if row["date"] is None:
                self.undated.add("a number")
                continue
            doubted = " (another source differs)" if row["rank"] == "alternative" else ""
            when = f" {say.on(row['date'], row['precision'])}"
            what = "counted: " if row["measure"] == "count" else ""
            fields = {name: row[name] for name in ("measure", "statistic", "value", "low", "high", "method", "rank")}
            text = f"{what}{observed_words(row).replace(when, '', 1)}{doubted}"
            yield Line("observed", row["date"], row["precision"], text, [row["observation"]], fields)

    def _moments(self, rows: list[dict[str, Any]], what: str) -> Iterator[Moment]:
        """Give when statements gave way to others; that one ended with the thing itself says nothing more."""
        sides = []
        for row in rows:
            if row["startPrecision"] != "unknown":
                sides.append((row["start"], "now", row["startPrecision"], row))
            if row["endPrecision"] not in ("open", "unknown") and not self._at_the_end(row["end"], row["endPrecision"]):
                sides.append((row["end"], "was", row["endPrecision"], row))
            if row["startPrecision"] == "unknown" and row["endPrecision"] in ("open", "unknown"):
                self.undated.add(what)
        yield from met(sides)

    def _at_the_end(self, day: date, precision: str) -> bool:
        last = self.thing.facts["endPrecision"]
        return last not in ("open", "unknown") and (
            day >= self.thing.end or overlap(day, precision, self.thing.end, last)
        )

    def _line(self, sort: str, moment: Moment, column: str, text: str, was: str | None, now: str | None) -> Line:
        statements = [row[column] for row in (*moment.was, *moment.now)]
        return Line(sort, moment.date, moment.precision, text, statements, {"was": was, "now": now})


def _told(moment: Moment, column: str) -> tuple[str | None, str | None]:
    return (
        say.listed(row[column] for row in moment.was) or None,
        say.listed(row[column] for row in moment.now) or None,
    )  # fmt: skip
