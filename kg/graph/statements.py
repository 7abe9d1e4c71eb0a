"""Rows to statements: each row becomes one node with its source on it, so nothing is stated that nobody said.

A statement is a line of N-Quads from the start: Python is many times faster at text than at making terms of another
language's library, which reads the lines in one go.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any

import pyoxigraph as ox

from kg.facts import records as r
from kg.facts.dates import OPEN_END, UNKNOWN_START, PartialDate
from kg.facts.rows import Facts
from kg.facts.vocabulary import LINEAGE
from kg.graph.names import GRAPHS, PREFIXES, Iri, statement, term, thing
from kg.graph.terms import Value, written

RDF_TYPE = Iri(PREFIXES["rdf"] + "type")


@dataclass
class Built:
    """The graph as lines of N-Quads, sorted and each once, the same in a store in memory, and where in `data/` each node was stated."""

    lines: list[str] = field(default_factory=list)
    store: ox.Store = field(default_factory=ox.Store)
    origins: dict[str, tuple[str, int]] = field(default_factory=dict)

    @property
    def n_quads(self) -> bytes:
        """The graph as one N-Quads document."""
        return "".join(self.lines).encode()


class Writer:
    """Writes the curated graph, row by row."""

    def __init__(self, facts: Facts) -> None:
        self.built = Built()
        self.bodies = {row.key for row in facts.rows(r.Body)}
        self.given: dict[str, set[tuple[str, str]]] = {}
        for row in facts.rows(r.Transfer):
            self.given.setdefault(row.event, set()).add((row.giver, row.receiver))
        self.place = ("", 0)
        self.graph = GRAPHS["curated"]

    def add(self, subject: Iri, predicate: Iri, value: Value | None) -> None:
        if value is None or value == "":
            return
        self.built.lines.append(f"<{subject}> <{predicate}> {written(value)} <{self.graph}> .\n")

    def node(self, subject: Iri, *types: Iri, **facts: Value | None) -> Iri:
        """State types and our own terms of a node, and remember where it came from."""
        self.built.origins.setdefault(subject, self.place)
        for type_ in types:
            self.add(subject, RDF_TYPE, type_)
        for name, value in facts.items():
            self.add(subject, term(name), value)
        return subject

    def schemes(self) -> None:
        """State the schemes that kinds and codes belong to."""
        for scheme in ("kinds", "ods", "gss", "la", "ods-roles"):
            self.add(thing("scheme", scheme), RDF_TYPE, _in("skos", "ConceptScheme"))

    def row(self, row: r.Row) -> None:
        """State one row: its node, its dates, and on whose word."""
        if isinstance(row, r.Comparison):
            return  # says what is to be computed, and is no fact
        node = self._row(row)
        if isinstance(row, r.Dated):
            self._period(node, row)
        if isinstance(row, r.Sourced):
            self._provenance(node, row)

    def _row(self, row: Any) -> Iri:
        def about(key: str) -> Iri:
            return thing("body" if key in self.bodies else "kind", key)

        identity = [getattr(row, name) for name in row.IDENTITY]
        match row:
            case r.Source():
                node = self.node(thing("source", row.key), term("Source"), fileName=row.file, webPage=row.url)
                for name, value in (("title", row.title), ("publisher", row.publisher), ("description", row.note)):
                    self.add(node, _in("dcterms", name), value)
                if row.date:
                    self.add(node, _in("dcterms", "issued"), row.date.day)
                    self.add(node, term("precision"), row.date.precision)
            case r.Kind():
                node = self.node(
                    thing("kind", row.key), term("Kind"), _in("skos", "Concept"), pluralLabel=row.plural,
                    acronym=row.acronym, qualifier=row.qualifier, family=row.family, form=row.form,
                    legalBasis=row.legal_basis, background=row.background,
                )  # fmt: skip
                self.add(node, _in("skos", "inScheme"), thing("scheme", "kinds"))
                self.add(node, _in("skos", "prefLabel"), row.name)
                self.add(node, _in("skos", "definition"), row.definition)
            case r.Body():
                exact = _in("org", "FormalOrganization" if row.legal == "formal" else "OrganizationalCollaboration")
                node = self.node(
                    thing("body", row.key), _in("org", "Organization"), exact, fate=row.fate, identityNote=row.identity
                )
                self.add(node, _in("skos", "prefLabel"), row.name)
            case r.Change():
                node = self._change(row)
            case r.Transfer():
                node = self._transfer(row)
            case r.Share():
                node = self._computed(row)
            case r.Input():
                node = self._input(row)
            case r.KindPart():
                part, whole = thing("kind", row.part), thing("kind", row.whole)
                node = self.node(statement("containment", *identity), term("Containment"), part=part, whole=whole)
            case r.Distinction():
                node = self.node(
                    statement("distinction", *identity), term("Distinction"), about=about(row.one),
                    notToBeConfusedWith=about(row.other), text=row.text,
                )  # fmt: skip
            case r.Naming():
                node = self.node(
                    statement("naming", *identity), term("Naming"), about=about(row.thing), text=row.name, nameType=row.type
                )  # fmt: skip
            case r.Classification():
                node = self.node(
                    statement("classification", *identity), term("Classification"), about=thing("body", row.body),
                    asKind=thing("kind", row.kind), wave=row.wave,
                )  # fmt: skip
            case r.CodeAssignment():
                node = self.node(
                    statement("code", *identity), term("CodeAssignment"), about=about(row.thing),
                    inCodeScheme=thing("scheme", row.scheme),
                )  # fmt: skip
                self.add(node, _in("skos", "notation"), row.code)
            case r.Membership():
                node = self.node(statement("membership", *identity), _in("org", "Membership"))
                self.add(node, _in("org", "organization"), thing("body", row.group))
                self.add(node, _in("org", "member"), thing("body", row.member))
                self.add(node, _in("org", "role"), thing("role", row.role))
                self.add(thing("role", row.role), RDF_TYPE, _in("org", "Role"))
                self._day(node, "observedOn", row.observed)
            case r.Observation():
                node = self.node(
                    statement("observation", *identity), term("Observation"), about=about(row.thing),
                    measure=row.measure, statistic=row.statistic, value=row.value, low=row.low, high=row.high,
                    method=row.method, claimGroup=row.group, rank=row.rank,
                )  # fmt: skip
                self._day(node, "observedOn", row.date)
            case r.Claim():
                node = self.node(
                    thing("claim", row.key), term("Claim"), about=about(row.about), topic=row.topic, text=row.text,
                    claimGroup=row.group, rank=row.rank, claimedBy=row.claimed_by,
                )  # fmt: skip
                self._day(node, "observedOn", row.date)
            case r.Listing():
                list_ = thing("list", row.list)
                self.node(list_, term("Listing"))
                self.add(list_, _in("dcterms", "title"), row.title)
                node = self.node(
                    statement("entry", *identity), term("ListEntry"), inList=list_, position=row.position,
                    about=about(row.thing), text=row.printed, mark=row.mark,
                )  # fmt: skip
            case r.PublisherCode():
                node = self._publisher_code(row)
            case _:
                raise TypeError(f"no way to state a {type(row).__name__}")
        return node

    def _change(self, row: r.Change) -> Iri:
        kind, policy = row.type, isinstance(row, r.KindChange)
        base = term("PolicyChange") if policy else _in("org", "ChangeEvent")
        node = self.node(
            thing("event", row.key), term(kind), base, summary=row.summary, status=row.status,
            claimGroup=row.group, rank=row.rank, claimedBy=row.claimed_by, dateBasis=row.date_basis,
            wave=getattr(row, "wave", None),
        )  # fmt: skip
        self._day(node, "happenedOn", row.date)
        category = "kind" if policy else "body"
        for side, keys in (("hasBefore", row.before), ("hasAfter", row.after)):
            for key in keys:
                self.add(node, term(side), thing(category, key))
        given = self.given.get(row.key, set())
        if row.carries_lineage:
            for giver in row.before:
                for receiver in row.after:
                    if giver != receiver and (not given or (giver, receiver) in given):
                        self._edge(row, thing(category, giver), thing(category, receiver))
        return node

    def _edge(self, row: r.Change, giver: Iri, receiver: Iri) -> None:
        node = statement("transfer", row.key, giver, receiver)
        self.node(
            node, term("Transfer"), inEvent=thing("event", row.key), giver=giver, receiver=receiver,
            lineage=LINEAGE[row.type], happenedOn=row.date.day,
        )  # fmt: skip

    def _transfer(self, row: r.Transfer) -> Iri:
        """Add the part that moved, and its share when one is known, to the edge of the event."""
        edge = statement("transfer", row.event, thing("body", row.giver), thing("body", row.receiver))
        self.node(edge, movedPart=row.part)
        return edge if row.share is None else self._share(row)

    def _computed(self, row: r.Share) -> Iri:
        """Add a computed share to the edge of the event, with what it was divided from and by, and its files."""
        node = self._share(row)
        self.add(node, term("amount"), row.amount)
        self.add(node, term("total"), row.total)
        for key in row.inputs:
            self.add(node, term("usedInput"), thing("input", key))
        return node

    def _share(self, row: r.Transfer | r.Share) -> Iri:
        share = self.node(
            statement("share", *(getattr(row, name) for name in row.IDENTITY)), term("Share"), basis=row.basis,
            value=row.share, reference=row.reference, method=row.method,
        )  # fmt: skip
        edge = statement("transfer", row.event, thing("body", row.giver), thing("body", row.receiver))
        self.add(edge, term("hasShare"), share)
        return share

    def _input(self, row: r.Input) -> Iri:
        node = self.node(thing("input", row.key), term("InputFile"), fileName=row.file, sha256=row.sha256)
        self._day(node, "observedOn", row.date)
        self.add(node, _in("dcterms", "description"), row.what)
        self.add(node, _in("skos", "note"), row.note)
        for key in row.source:
            self.add(node, _in("dcterms", "source"), thing("source", key))
        return node

    def _publisher_code(self, row: r.PublisherCode) -> Iri:
        """State a role as a concept that is no kind of ours, or a relationship as a role that members have."""
        if row.sort == "relationship":
            node = self.node(
                thing("role", publisher_key(row.code)), term("PublisherRelationship"), _in("org", "Role"),
                pluralLabel=row.plural, text=row.printed,
            )  # fmt: skip
            self.add(node, _in("skos", "altLabel"), row.name)
        else:
            node = self.node(
                thing("kind", publisher_key(row.code)), term("PublisherRole"), _in("skos", "Concept"),
                pluralLabel=row.plural, text=row.printed, form="other", telling=row.telling,
            )  # fmt: skip
            self.add(node, _in("skos", "inScheme"), thing("scheme", "ods-roles"))
            meaning = f'an organisation that has the role {row.code} of the Organisation Data Service, printed "{row.printed}"'
            self.add(node, _in("skos", "definition"), meaning)
            if row.kind:
                self.add(node, _in("skos", "exactMatch"), thing("kind", row.kind))
            self._lasting(node, None, "unknown")
        self.add(node, _in("skos", "prefLabel"), row.member or row.name)
        self.add(node, _in("skos", "notation"), row.code)
        return node

    def _day(self, node: Iri, name: str, day: PartialDate | None) -> None:
        if day is not None:
            self.add(node, term(name), day.day)
            self.add(node, term("precision"), day.precision)

    def _period(self, node: Iri, row: r.Dated) -> None:
        start, until = row.from_, row.until
        if isinstance(row, r.Membership) and row.observed and not start and not isinstance(until, PartialDate):
            # A list without dates is taken to hold in its own year and the next, and to say nothing of other days.
            year = row.observed.day.year
            self.add(node, term("startsOn"), date(year, 1, 1))
            self.add(node, term("endsBefore"), date(year + 2, 1, 1))
            self.add(node, term("startPrecision"), "unknown")
            self.add(node, term("endPrecision"), "unknown")
            self.add(node, term("dateBasis"), "statistical")
            return
        self._lasting(node, start, until)
        if start or isinstance(until, PartialDate):
            self.add(node, term("dateBasis"), row.date_basis)

    def _lasting(self, node: Iri, start: PartialDate | None, until: r.End | None) -> None:
        self.add(node, term("startsOn"), start.day if start else UNKNOWN_START)
        self.add(node, term("startPrecision"), start.precision if start else "unknown")
        self.add(node, term("endsBefore"), until.day if isinstance(until, PartialDate) else OPEN_END)
        known = until.precision if isinstance(until, PartialDate) else "unknown" if until else "open"
        self.add(node, term("endPrecision"), known)

    def _provenance(self, node: Iri, row: r.Sourced) -> None:
        for key in row.source:
            self.add(node, _in("dcterms", "source"), thing("source", key))
        self.add(node, term("mainSource"), thing("source", row.source[0]))
        self.add(node, term("locator"), row.locator)
        self.add(node, term("confidence"), row.confidence)
        self.add(node, _in("skos", "note"), row.note)


def publisher_key(code: str) -> str:
    """Give the key that a role or relationship code of the publisher has: "RO76" is "ods-ro76"."""
    return f"ods-{code.lower()}"


@cache
def _in(prefix: str, name: str) -> Iri:
    return Iri(PREFIXES[prefix] + name)
