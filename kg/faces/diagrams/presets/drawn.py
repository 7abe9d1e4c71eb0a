"""Things and ties of the graph as a diagram draws them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any, Final

from kg.answers import language as say
from kg.answers import reach
from kg.answers.answer import SourceRef
from kg.answers.changes import BASES, is_published
from kg.answers.passings import PARTIAL
from kg.answers.question import Question
from kg.answers.record import Records, Thing, Transfer, several
from kg.errors import Ambiguous, NotFound
from kg.faces.diagrams.scene import Edge, Facts, Node, Relation, Share
from kg.facts.dates import OPEN_END
from kg.graph.names import Iri, key_of

#: What happened, in the fewest words, by type of event.
WORDS: Final = {
    "Renaming": "renamed", "Evolution": "evolved", "Replacement": "replaced", "Merger": "merged",
    "Absorption": "absorbed", "Division": "divided", "Reorganisation": "reorganised", "PartialTransfer": "part moved",
    "FunctionTransfer": "functions passed", "CodeReuse": "code passed on", "Succession": "succeeded",
}  # fmt: skip


class Drawn:
    """Makes nodes and edges from what the graph states, and keeps the sources in the order in which they were met."""

    def __init__(self, records: Records, basis: str | None = None) -> None:
        self.records, self.basis = records, basis
        self._cited: dict[str, None] = {}
        self._open: list[reach.Open] = []

    def reach(self, as_of: date) -> tuple[str, ...]:
        """Say how far the publisher's files tell, where what is drawn of a day is left open by an earlier one."""
        said = reach.caution(self.records, self._open, as_of)
        return (said[0],) if said else ()

    @property
    def ledger(self) -> tuple[SourceRef, ...]:
        # Where in a source something stands differs from one thing drawn to the next, and the source is listed once.
        return tuple(self.records.source(key)._replace(locator="") for key in self._cited)

    def cites(self, *statements: Iri) -> tuple[str, ...]:
        """Give the keys of the sources of statements, and remember them."""
        keys = tuple(dict.fromkeys(key for statement in statements for key in self.records.cites(statement)))
        self._cited.update(dict.fromkeys(keys))
        return keys

    def remember(self, keys: Iterable[str]) -> tuple[str, ...]:
        """Remember sources that an answer has cited, by their keys, and give them back."""
        cited = tuple(keys)
        self._cited.update(dict.fromkeys(cited))
        return cited

    def node(self, iri: Iri, *, on: date | None = None, **more: Any) -> Node:
        """Give a kind or body as a node; `on` a day, with the name and the kind that it had then."""
        thing = self.records.thing(iri)
        kind = thing if thing.is_kind else self._kind(thing, on)
        family = kind.fact("family") if kind else ""
        subject = thing.subject
        when = say.period(subject.from_, subject.until)
        short = thing.short if thing.is_kind else kind.short if kind else ""
        # The sense is told by the colour and the panel; in a box of a body the acronym is enough.
        if not thing.is_kind and kind and kind.fact("acronym"):
            short = kind.fact("acronym")
        label, codes = (
            (self._name(thing, on), self._codes(thing, on)) if on else (thing.label, thing.codes.get("ODS", ()))
        )
        if is_published(iri) and thing.end == OPEN_END:
            self._open.append(self.records.cites(iri))
        given: dict[str, Any] = {
            "id": key_of(iri), "key": key_of(iri), "label": say.capital(label), "kind": kind.label if kind else "",
            "short": short, "family": family, "when": when, "starts": thing.start, "ends": thing.end,
            "sure": sure(thing), "codes": ", ".join(codes[:2]), "facts": _facts(thing, when),
            "sources": self.cites(iri),
        }  # fmt: skip
        return Node(**(given | more))

    def in_turn(self, iri: Iri, **more: Any) -> Node:
        """Give a body with every kind that it was in turn, in its box and in its facts; a lineage is of all its days.

        Roles of the publisher's are held side by side: the box has the one that tells most, the facts all of them.
        """
        node = self.node(iri, **more)
        rows = [] if self.records.thing(iri).is_kind else self.records.kinds(iri)
        if roles := [row for row in rows if self.records.is_held_beside(row["kind"])]:
            told = ", ".join(dict.fromkeys(_role(row) for row in roles))
            node = replace(node, facts=(*node.facts, *((("Roles, side by side", told),) if len(roles) > 1 else ())))
        kinds = [(self.records.thing(row["kind"]), row) for row in rows if row not in roles]
        kinds = [(kind, row) for kind, row in kinds if kind.fact("family") != "programme"]
        if len(kinds) < 2:
            return node
        told = "; ".join(
            f"{kind.short}, {say.period(say.iso(row['start'], row['startPrecision']), say.iso_end(row['end'], row['endPrecision']))}"
            for kind, row in kinds
        )
        short = ", then ".join(dict.fromkeys(kind.fact("acronym") or kind.short for kind, _ in kinds))
        return replace(node, short=short, facts=(*node.facts, ("Kinds in turn", told)))

    def counted_by(self, edges: Iterable[Edge]) -> tuple[str, ...]:
        """Say what the percentages on lines are counted by; or that none is known by the basis that was asked for."""
        shares = [
            share.basis for edge in edges
            if (share := next((one for one in edge.shares if self.basis in (None, one.basis)), None)) and share.value < 1
        ]  # fmt: skip
        if shares:
            return (f"A percentage is the part of the giver that passed on, by {say.listed(dict.fromkeys(shares))}.",)
        return (f"No share by {self.basis} is recorded of what is drawn.",) if self.basis else ()

    def _kind(self, thing: Thing, on: date | None) -> Thing | None:
        rows = self.records.rows("kinds-of", body=thing.iri) if on else []
        then = [row["kind"] for row in reversed(rows) if on and row["start"] <= on < row["end"]]
        latest = several(thing.facts.get("latestKind"))
        then.sort(key=lambda kind: kind not in latest)  # of several at once, the one that tells most
        kinds = [self.records.thing(kind) for kind in (*then, *latest)]
        # A programme or a deal that it took part in says less of what it was than the form it had.
        forms = [kind for kind in kinds if kind.fact("family") != "programme"]
        return next(iter([*forms, *kinds]), None)

    def _name(self, thing: Thing, on: date) -> str:
        """Give the name of a thing on a day: the official one that had last come into use, where that day is known.

        The label stands for what it was called all along; a label that came into use on a known day counts from then.
        """
        if thing.is_kind:
            return thing.label
        then = [row for row in self.records.rows("names-of", thing=thing.iri) if row["start"] <= on < row["end"]]
        labels = [row for row in then if row["name"] == thing.label]
        if any(row["startPrecision"] != "unknown" for row in labels):
            return thing.label
        dated = [
            (row["start"], row["name"]) for row in then
            if row["type"] == "official" and (row["startPrecision"] != "unknown" or not labels)
        ]  # fmt: skip
        return str(max(dated)[1]) if dated else thing.label

    def _codes(self, thing: Thing, on: date) -> tuple[str, ...]:
        """Give the ODS codes of a body on a day."""
        rows = self.records.rows("codes-of", thing=thing.iri) if not thing.is_kind else []
        then = [row for row in rows if key_of(row["scheme"]) == "ods" and row["start"] <= on < row["end"]]
        return tuple(dict.fromkeys(row["code"] for row in then))

    def kind_on(self, iri: Iri, on: date) -> str:
        """Give the kind of a body on a day as it is told in full: "ICS (non-statutory)"."""
        kind = self._kind(self.records.thing(iri), on)
        return kind.short if kind else ""

    def transfer(self, transfer: Transfer, **more: Any) -> Edge:
        """Give a transfer as an edge from giver to receiver, with its shares."""
        event = self.records.event(transfer.event)
        rows = [
            row for row in self.records.rows("shares", event=transfer.event)
            if (row["giver"], row["receiver"]) == (transfer.giver, transfer.receiver)
        ]  # fmt: skip
        shares = tuple(
            sorted(
                {
                    row["basis"]: Share(row["basis"], float(row["value"])) for row in rows if row["value"] is not None
                }.values(),
                key=lambda share: (BASES.index(share.basis) if share.basis in BASES else 99, share.basis),
            )
        )
        relation = self._relation(transfer, str(event["type"]))
        when = say.short_day(event["happenedOn"], event["precision"])
        parts = [row["part"] for row in rows if row["part"]]
        facts: Facts = (
            ("What happened", say.capital(str(event["summary"]))),
            ("When", say.day(event["happenedOn"], event["precision"])),
            *((("Part", "; ".join(dict.fromkeys(parts))),) if parts else ()),
            *((f"Share by {share.basis}", percent(share.value)) for share in shares),
            *((("Note", str(event["note"])),) if event["note"] else ()),
        )
        cited = [row["share"] for row in rows if row["share"]]
        given: dict[str, Any] = {
            "id": f"{key_of(transfer.event)}:{key_of(transfer.giver)}>{key_of(transfer.receiver)}:{transfer.lineage}",
            "tail": key_of(transfer.giver), "head": key_of(transfer.receiver), "relation": relation,
            "word": WORDS.get(str(event["type"]), "became"), "when": when, "starts": transfer.date, "ends": OPEN_END,
            "walk": transfer.date, "lineage": transfer.lineage, "event": key_of(transfer.event),
            "summary": str(event["summary"]), "label": self._percent(shares), "shares": shares, "facts": facts,
            "sources": self.cites(transfer.event, *cited),
        }  # fmt: skip
        return Edge(**(given | more))

    def containment(self, row: dict[str, Any], **more: Any) -> Edge:
        """Give a row of tiers or all-tiers as an edge from the kind outside to the one inside it."""
        return self._inside(row["containment"], row["whole"], row["part"], row["start"], row["end"], "part", more)

    def membership(self, row: dict[str, Any], group: Iri, member: Iri, **more: Any) -> Edge:
        """Give a row of members or memberships as an edge from group to member."""
        return self._inside(
            row["membership"], group, member, row["since"], row["until"], self.records.role(row["role"]), more
        )

    def _inside(
        self, statement: Iri, group: Iri, member: Iri, starts: date, ends: date, role: str, more: dict[str, Any]
    ) -> Edge:
        whole, part = self.records.thing(group), self.records.thing(member)
        facts = self.records.stated(statement)
        if ends == OPEN_END:
            self._open.append(self.records.cites(statement))
        told: Facts = (
            ("What", f"{say.capital(part.label)}: {role} of {whole.label}"),
            ("Dates", say.period(
                say.iso(facts["startsOn"], facts["startPrecision"]), say.iso_end(facts["endsBefore"], facts["endPrecision"])
            )),
            *((("Listed", say.day(facts["observedOn"], facts["precision"])),) if "observedOn" in facts else ()),
            *((("Note", str(facts["note"])),) if facts.get("note") else ()),
        )  # fmt: skip
        given: dict[str, Any] = {
            "id": key_of(statement), "tail": key_of(group), "head": key_of(member), "relation": "inside",
            "word": "" if role == "part" else role,
            "starts": starts, "ends": ends, "summary": f"{say.capital(part.label)} was {say.article(role)} of {whole.label}",
            "facts": told, "sources": self.cites(statement),
        }  # fmt: skip
        return Edge(**(given | more))

    def _relation(self, transfer: Transfer, type_: str) -> Relation:
        if transfer.lineage == "codes":
            return "codes"
        if type_ == "FunctionTransfer":
            return "functions"
        receivers = {
            row["receiver"]
            for row in self.records.rows("shares", event=transfer.event)
            if row["giver"] == transfer.giver
        }
        return "part" if type_ == PARTIAL or len(receivers) > 1 else "whole"

    def _percent(self, shares: Iterable[Share]) -> str:
        """Give the share to be written on a line, by the basis asked for or the one that says most; nothing of a whole."""
        first = next((share for share in shares if self.basis in (None, share.basis)), None)
        return "" if first is None or first.value >= 1 else percent(first.value)


def _role(row: dict[str, Any]) -> str:
    start, end = say.iso(row["start"], row["startPrecision"]), say.iso_end(row["end"], row["endPrecision"])
    return f"{row['label']} ({say.period(start, end)})" if start or end not in (None, "unknown") else str(row["label"])


def percent(share: float) -> str:
    """Write a share as a percentage, to a tenth: "62.6 %"."""
    return f"{share:.1%}".replace("%", " %")


def resolved(question: Question, words: str) -> tuple[Iri, ...]:
    """Give the things that a name means, one story in order of time.

    Raises:
        Ambiguous: it means several; the text lists them, each with the --sense that picks it.
        NotFound: nothing has that name; the text suggests what is near.
    """
    if question.found.things:
        return question.found.things
    from kg.faces.text import render

    answer = question.unresolved("none", words)
    raise (Ambiguous if answer.status == "ambiguous" else NotFound)(render(answer, "text"))


def sure(thing: Thing) -> tuple[date, date]:
    """Give the days, half-open, on which a thing existed for certain; none when its start is not recorded."""
    if thing.facts["startPrecision"] == "unknown":
        last = thing.end - timedelta(days=1) if thing.facts["endPrecision"] in ("day", "month", "year") else thing.end
        return (last, thing.end)
    if thing.facts["endPrecision"] == "unknown":
        return thing.start, thing.facts.get("attestedBefore", thing.start)
    return thing.start, thing.end


def _facts(thing: Thing, when: str) -> Facts:
    codes = [(f"{scheme} code", ", ".join(held)) for scheme, held in thing.codes.items()]
    what = thing.fact("definition") if thing.is_kind else thing.kind_label
    told = (
        ("Kind", "" if thing.is_kind else what),
        ("Definition", thing.fact("definition")),
        ("Dates", when),
        *codes,
        ("Legal basis", thing.fact("legalBasis")),
        ("Note", thing.fact("note")),
    )
    return tuple((name, value) for name, value in told if value)
