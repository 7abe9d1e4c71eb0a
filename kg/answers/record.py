"""What the graph states of one thing or one event, read once and kept."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property, partial
from typing import Any, NamedTuple

from kg.answers.answer import Claim, Codes, Ref, Result, SourceRef, Step, Subject
from kg.answers.language import iso, iso_end
from kg.facts.dates import OPEN_END, UNKNOWN_START
from kg.graph.graph import Graph
from kg.graph.name_index import Named
from kg.graph.names import TERMS, Iri, category_of, key_of, local_name
from kg.graph.release import Published

SCHEMES = {"ods": "ODS", "gss": "ONS", "la": "LA"}
#: Of more bodies than these, to read the codes of all takes less time than to read theirs.
_FEW = 300


@dataclass(frozen=True)
class Thing:
    """A kind or a body."""

    iri: Iri
    facts: dict[str, Any]
    kind_label: str
    read_codes: Callable[[], Codes]

    @cached_property
    def codes(self) -> Codes:
        """Its codes by scheme, read when they are asked for."""
        return self.read_codes()

    def fact(self, name: str) -> str:
        """Give one stated text, empty when none is."""
        return str(self.facts.get(name, ""))

    @property
    def is_many(self) -> bool:
        """Whether it is a kind with several members: "NHS England" is a kind of one, and told in the singular."""
        return self.is_kind and self.fact("pluralLabel") != self.label

    @property
    def is_kind(self) -> bool:
        return category_of(self.iri) == "kind"

    @property
    def label(self) -> str:
        return str(self.facts["prefLabel"])

    @property
    def full(self) -> str:
        """The name as a sentence has it: "accountable care system (ACS)", "NHS Frimley ICB"."""
        return self._with_acronym(self.label)

    @property
    def plural(self) -> str:
        """The plural as a sentence has it: "accountable care systems (ACS)"."""
        return self._with_acronym(str(self.facts.get("pluralLabel") or self.label))

    @property
    def plain_plural(self) -> str:
        """The plural without its sense, for several senses told together: "integrated care systems (ICS)"."""
        acronym = self.fact("acronym") if self.is_kind else ""
        return f"{self.fact('pluralLabel') or self.label}{f' ({acronym})' if acronym else ''}"

    @property
    def plain(self) -> str:
        """The name with its acronym and without its sense."""
        acronym = self.fact("acronym") if self.is_kind else ""
        return f"{self.label} ({acronym})" if acronym else self.label

    def _with_acronym(self, words: str) -> str:
        inner = (
            ", ".join(filter(None, (self.facts.get("acronym"), self.facts.get("qualifier")))) if self.is_kind else ""
        )
        return f"{words} ({inner})" if inner else words

    @property
    def short(self) -> str:
        if not self.is_kind:
            return self.label
        acronym, qualifier = self.facts.get("acronym") or self.label, self.facts.get("qualifier")
        return f"{acronym} ({qualifier})" if qualifier else str(acronym)

    @property
    def start(self) -> date:
        return self.facts["startsOn"]  # type: ignore[no-any-return]

    @property
    def end(self) -> date:
        return self.facts["endsBefore"]  # type: ignore[no-any-return]

    @property
    def kind(self) -> str:
        return "kind of structure" if self.is_kind else self.kind_label

    def in_force(self, as_of: date) -> bool:
        return self.start <= as_of < self.end

    def surely_in_force(self, as_of: date) -> bool:
        """Whether it lasted on that day for certain: where its end is not recorded, something else shows that it did."""
        known = self.facts["endPrecision"] != "unknown" or as_of < self.facts.get("attestedBefore", date.min)
        return known and self.in_force(as_of)

    @property
    def ref(self) -> Ref:
        return Ref(key_of(self.iri), self.label, self.short, self.kind, self.codes)

    @property
    def period(self) -> tuple[str | None, str | None]:
        """Its first day and the first day without, in ISO form as precisely as each is known."""
        return iso(self.start, self.facts["startPrecision"]), iso_end(self.end, self.facts["endPrecision"])

    @property
    def subject(self) -> Subject:
        return Subject(*self.ref, *self.period)

    def result(self, **more: Any) -> Result:
        subject = self.subject
        given = {"from_": subject.from_, "until": subject.until} | more
        return Result(subject.key, subject.label, subject.short, subject.kind, subject.codes, **given)


class Transfer(NamedTuple):
    """One edge of lineage: on a day, in an event, from whom to whom."""

    event: Iri
    giver: Iri
    receiver: Iri
    date: date
    lineage: str


class Records:
    """Reads things, events and sources from a graph, each once for an answer.

    What is stated of a node comes as {local name of the property: value}, a tuple where there are several.
    """

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self._rows: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
        self._stated: dict[Iri, dict[str, Any]] = {}
        self._things: dict[Iri, Thing] = {}
        self._cited: dict[str, SourceRef] = {}
        self._claims: dict[Iri, list[dict[str, Any]]] = {}
        self._transfers: dict[tuple[str, Iri, date], list[Transfer]] = {}
        self._of_graph: dict[Iri, tuple[str, ...]] = {}
        self._coded = 0
        self._codes_of: dict[Iri, list[dict[str, Any]]] | None = None

    @cached_property
    def files(self) -> tuple[Published, ...]:
        """The publisher's files in the graph; none in the curated graph alone."""
        return self.graph.files

    def rows(self, query: str, **bindings: Any) -> list[dict[str, Any]]:
        """Run a saved query once, however often its rows are asked for."""
        asked = (query, *sorted(bindings.items()))
        if asked not in self._rows:
            self._rows[asked] = self.graph.rows(query, **bindings)
        return self._rows[asked]

    def stated(self, iri: Iri) -> dict[str, Any]:
        """Give what is stated of a node; empty when nothing is."""
        if iri not in self._stated:
            values: dict[str, list[Any]] = {}
            for name, value in self.graph.store.statements(iri):
                values.setdefault(local_name(name), []).append(value)
            stated = {name: tuple(held) if len(held) > 1 else held[0] for name, held in values.items()}
            _date(stated)
            self._stated[iri] = stated
        return self._stated[iri]

    def thing(self, iri: Iri) -> Thing:
        """Give a kind or body; raise LookupError when the graph holds none at that address."""
        if iri not in self._things:
            facts = self.stated(iri)
            if "prefLabel" not in facts:
                raise LookupError(f"{iri} is no kind or body of this graph")
            latest = next(iter(several(facts.get("latestKind"))), None)
            label = str(self.stated(latest)["prefLabel"]) if latest else ""
            self._things[iri] = Thing(iri, facts, label, partial(self._codes_of_thing, iri))
        return self._things[iri]

    def _codes_of_thing(self, iri: Iri) -> Codes:
        codes: dict[str, list[str]] = {}
        for row in self._codes(iri) if category_of(iri) == "body" else ():
            held = codes.setdefault(SCHEMES.get(key_of(row["scheme"]), key_of(row["scheme"])), [])
            if row["code"] not in held:
                held.append(row["code"])
        return {scheme: tuple(found) for scheme, found in codes.items()}

    def subjects(self, iris: Iterable[Iri]) -> dict[Iri, Subject]:
        """Give things as an answer names them; those that only a publisher records are read together, from the index of names.

        Of thousands of these, the statements of each would take longer than all else that is asked.
        """
        asked = dict.fromkeys(iris)
        published = self.graph.names.published(iri for iri in asked if iri not in self._things)
        return {iri: self.published(published[iri]) if iri in published else self.thing(iri).subject for iri in asked}

    @staticmethod
    def published(named: Named) -> Subject:
        """Give an organisation that only a publisher records: its dates are days, and its one code is the publisher's."""
        return Subject(
            named.key, named.label, named.label, named.kind, {"ODS": (named.matched,)},
            None if named.start == UNKNOWN_START else named.start.isoformat(),
            None if named.stop == OPEN_END else named.stop.isoformat(),
        )  # fmt: skip

    def is_role(self, kind: Iri) -> bool:
        """Whether a kind is a role of the publisher's, whose bodies the index of relations holds."""
        return self.graph.relations is not None and key_of(kind).startswith("ods-")

    def kinds(self, body: Iri) -> list[dict[str, Any]]:
        """Give the kinds of a body in order of time, as queries/kinds-of.rq has them; of several at once first what tells most."""
        latest = several(self.stated(body).get("latestKind"))
        return sorted(self.rows("kinds-of", body=body), key=lambda row: (row["start"], row["kind"] not in latest))

    def is_held_beside(self, kind: Iri) -> bool:
        """Whether a kind is a role of the publisher's, of which an organisation has several at once and none in turn."""
        return "PublisherRole" in map(local_name, several(self.stated(kind).get("type")))

    def role(self, iri: Iri) -> str:
        """Give what a member is called by its role: the key of one of ours, the words for one of the publisher's."""
        return self._role(iri, "prefLabel", "")

    def roles(self, iri: Iri) -> str:
        """Give what several members of a role are called."""
        return self._role(iri, "pluralLabel", "s")

    def _role(self, iri: Iri, name: str, ending: str) -> str:
        key = key_of(iri)
        if not key.startswith("ods-"):
            return key + ending
        said = self.stated(iri)  # nothing, of a relation that the table of the publisher's codes has not
        return str(said.get(name) or said.get("prefLabel") or f"relation {key.removeprefix('ods-').upper()}")

    def _codes(self, iri: Iri) -> Iterable[dict[str, Any]]:
        """Give the codes of a body; when many bodies are asked about, those of all are read at once, which takes less."""
        self._coded += 1
        if self._coded <= _FEW or self.graph.relations is not None:  # of a whole country, all would take longer
            return self.graph.rows("codes-of", thing=iri)
        if self._codes_of is None:
            self._codes_of = {}
            for row in self.graph.rows("codes-of"):
                self._codes_of.setdefault(row["thing"], []).append(row)
        return self._codes_of.get(iri, ())

    def event(self, iri: Iri) -> dict[str, Any]:
        """Give what is stated of an event, its `type` a bare word such as "Merger"."""
        facts = self.stated(iri)
        kinds = [local_name(kind) for kind in several(facts.get("type")) if kind.startswith(TERMS)]
        return {"note": "", "claimedBy": "", **facts, "type": next(kind for kind in kinds if kind != "PolicyChange")}

    def sides(self, event: Iri) -> dict[str, tuple[Iri, ...]]:
        """Give what stood before and after an event."""
        facts = self.stated(event)
        return {"before": several(facts.get("hasBefore")), "after": several(facts.get("hasAfter"))}

    def cites(self, statement: Iri) -> tuple[str, ...]:
        """Give the keys of a statement's sources, best first, and remember them for the list."""
        facts = self.stated(statement)
        best = facts.get("mainSource")
        sources = sorted(several(facts.get("source")), key=lambda source: (source != best, source))
        if facts and not sources:
            # What a publisher's file states has its source by the graph of the file, where the latest file is best.
            graphs = [self.stated(row["graph"]) for row in self.rows("graphs-of", thing=statement)]
            sources = sorted((source for graph in graphs for source in several(graph.get("source"))), reverse=True)
        for source in sources:
            key, told = key_of(source), self.stated(source)
            locator = str(facts.get("locator", "")) if source == best else ""
            if key not in self._cited or not self._cited[key].locator:
                dated = iso(told["issued"], told["precision"]) if "issued" in told else None
                self._cited[key] = SourceRef(
                    key,
                    told["title"],
                    told["publisher"],
                    dated,
                    told.get("webPage", ""),
                    told.get("fileName", ""),
                    locator,
                )
        return tuple(key_of(source) for source in sources)

    def cites_of(self, graph: Iri, statement: Iri) -> tuple[str, ...]:
        """Give the keys of the sources of a publisher's statement, which are those of all others in its named graph."""
        if graph not in self._of_graph:
            self._of_graph[graph] = self.cites(statement)
        return self._of_graph[graph]

    def source(self, key: str) -> SourceRef:
        """Give a source that `cites` has met."""
        return self._cited[key]

    def step(self, event: Iri, givers: Iterable[Iri], receivers: Iterable[Iri], lineage: str | None) -> Step:
        """Give an event as one step of a story about those givers and receivers."""
        facts = self.event(event)
        return Step(
            key_of(event), facts["type"], iso(facts["happenedOn"], facts["precision"]) or "", facts["precision"], facts["status"],
            tuple(self.thing(iri).ref for iri in givers), tuple(self.thing(iri).ref for iri in receivers),
            lineage, facts["summary"], facts["note"], facts["confidence"], self.cites(event),
        )  # fmt: skip

    def claims(self, iri: Iri, keep: Callable[[dict[str, Any]], bool] = lambda _: True) -> list[Claim]:
        """Give what sources say of a thing, unconfirmed claims left out."""
        if iri not in self._claims:
            self._claims[iri] = [
                row for row in self.graph.rows("claims", thing=iri) if row["confidence"] != "unconfirmed"
            ]
        return [
            Claim(row["text"], row["rank"], self.cites(row["claim"]), row["claimedBy"] or "")
            for row in self._claims[iri]
            if keep(row)
        ]

    def transfers(self, direction: str, thing: Iri, as_of: date) -> list[Transfer]:
        """Give every transfer that a thing's lineage runs through ("became" or "before"), in order of date."""
        asked = (direction, thing, as_of)
        if asked not in self._transfers:
            rows = self.graph.rows(direction, thing=thing, asOf=as_of)
            self._transfers[asked] = [
                Transfer(row["event"], row["giver"], row["receiver"], row["date"], row["lineage"]) for row in rows
            ]
        return self._transfers[asked]


def _date(stated: dict[str, Any]) -> None:
    """Give what the publisher's files tell its dates as other statements have them: by those names, and how they are known."""
    for name, held, precision, absent in (
        ("startsOn", "holdsFrom", "startPrecision", "unknown"), ("endsBefore", "holdsBefore", "endPrecision", "open"),
    ):  # fmt: skip
        day = stated.setdefault(name, stated[held]) if held in stated else stated.get(name)
        if isinstance(day, date):
            stated.setdefault(precision, absent if day in (UNKNOWN_START, OPEN_END) else "day")


def several(value: Any) -> tuple[Any, ...]:
    """Give one value, several or none as a tuple."""
    return value if isinstance(value, tuple) else () if value is None else (value,)
