"""Where a publisher's file and the curated graph disagree: in names, days, successions, parents and codes.

A record meets the bodies that held its code while it says that it stood: by code and period, never by code alone. Where
a code passed from one to another, the record spans both, begins with the first of them and ends with the last.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, NamedTuple

from kg.answers import language as say
from kg.answers.habits import WHATS, Difference, What
from kg.answers.holdings import Body, Holding, Holdings, same_day, span
from kg.answers.parents import Parents
from kg.answers.record import Records
from kg.answers.successions import Successions
from kg.answers.suggestion import Suggested, Suggestions
from kg.facts.dates import OPEN_END, UNKNOWN_START
from kg.facts.ods.record import Period, Record, Refused, Release
from kg.graph.names import key_of

#: Of records that nobody in the graph holds, so many are kept of each primary role until it is known whether they matter.
_KEPT: Final = 2000
#: The role of clinical commissioning groups is that of hubs, locations and reporting entities too; alone it is theirs.
_ALONE: Final = {"RO98": "ccg"}
_UNHELD: Final = "no body of the graph had the code then"
_IN_WALES: Final = re.compile(r"(CF|LD|LL|NP|SA)[0-9]")
_KINDS: Final = """
PREFIX nis: <https://w3id.org/nhs-integration/ontology#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
SELECT ?code ?kind WHERE { ?role a nis:PublisherRole ; skos:notation ?code ; skos:exactMatch ?kind } ORDER BY ?code
"""


@dataclass(frozen=True)
class Reconciliation:
    """What came of holding a file against the graph: how much was compared, and every difference.

    `records` were read, `refused` could not be; `met` of them meet `bodies` by code and period, and `agree` of those in
    all that was compared. `left` says what could not be compared, by reason.
    """

    release: Release
    release_of_graph: str
    records: int
    refused: int
    met: int
    agree: int
    bodies: int
    compared: Mapping[str, int]
    left: Mapping[str, int]
    differences: tuple[Difference, ...]
    new_source: Suggested | None

    def counts(self) -> Mapping[What, int]:
        """Give how many differences there are of each sort, those of which there are none left out."""
        found = Counter[What](one.what for one in self.differences)
        return {what: found[what] for what in WHATS if found[what]}

    def causes(self) -> Mapping[tuple[What, str], int]:
        """Give how many differences there are by sort and cause, in the order of the sorts, most first."""
        found = Counter((one.what, one.cause) for one in self.differences)
        order = {what: place for place, what in enumerate(WHATS)}
        return dict(sorted(found.items(), key=lambda item: (order[item[0][0]], -item[1], item[0][1])))

    @property
    def sentence(self) -> str:
        """Say it all in one sentence."""
        when = f" ({say.day(self.release.day, self.release.precision)})" if self.release.day else ""
        read = f"{say.counted(self.records, 'record')} of {self.release.file}{when}"
        if not self.met:
            return f"Of {read}, none meets a body of the graph by code and period."
        differences = len(self.differences)
        meet = f"{say.number(self.met)} {'meets' if self.met == 1 else 'meet'}"
        agree = say.number(self.agree) if self.agree else "none"
        return (
            f"Of {read}, {meet} {say.counted(self.bodies, 'body', 'bodies')} of the graph by code and period; "
            f"{agree} {'agree' if self.agree > 1 else 'agrees'} in all that was compared, and "
            f"{say.counted(differences, 'difference') if differences else 'no differences'} "
            f"{'was' if differences == 1 else 'were'} found."
        )


class _Unmet(NamedTuple):
    code: str
    name: str
    kind: str
    start: date
    until: date
    wales: bool


def reconcile(source: Iterable[Record | Refused], release: Release, records: Records) -> Reconciliation:
    """Hold every record of a file against the graph, reading the file once."""
    return _Reconciling(release, records).all(source)


class _Reconciling:
    def __init__(self, release: Release, records: Records) -> None:
        self.release, self.records = release, records
        self.holdings = Holdings(records)
        self.suggestions = Suggestions(self.holdings, release)
        self.parents = Parents(self.holdings, release, self.suggestions)
        self.successions = Successions(self.holdings, release, self.suggestions)
        self.kinds = {row["code"]: key_of(row["kind"]) for row in records.graph.store.select(_KINDS)}
        self.compared = Counter[str]()
        self.whole = set[str]()  # codes of whole records that met somebody
        self.roles_met = Counter[str]()
        self.unmet: dict[str, list[_Unmet]] = {}
        self.unmet_count = Counter[str]()

    def all(self, source: Iterable[Record | Refused]) -> Reconciliation:
        found, met, agreeing, bodies = list[Difference](), set[str](), set[str](), set[str]()
        read = refused = unheld = 0
        for record in source:
            if isinstance(record, Refused):
                refused += 1
                continue
            read += 1
            chain = self.holdings.met(record)
            differing = [one for stated in record.successions for one in self.successions.differences(stated)]
            if chain:
                met.add(record.code)
                bodies.update(one.body.key for one in chain)
                differing += self._met(record, chain)
                (agreeing.discard if differing else agreeing.add)(record.code)
            elif not record.stub:
                unheld += 1
                self._keep(record)
            found += differing
        nobody = list(self._nobody())
        found += [*self.successions.missing(), *nobody, *self._missing()]
        found = list(dict.fromkeys(found))  # where a code stands in two lines, what both say is told once
        order = {what: place for place, what in enumerate(WHATS)}
        found.sort(key=lambda one: (order[one.what], one.code, one.body, one.file))
        left = self.parents.left + self.successions.left + Counter({_UNHELD: unheld - len(nobody)})
        self.compared |= Counter(parent=self.parents.compared, succession=self.successions.compared)
        return Reconciliation(
            self.release, self.records.graph.release, read, refused, len(met), len(agreeing - {one.code for one in found}),
            len(bodies), +self.compared, dict(sorted(left.items())), tuple(found),
            self.suggestions.of_source() if self.suggestions.is_new and any(one.suggested for one in found) else None,
        )  # fmt: skip

    def _met(self, record: Record, chain: list[Holding]) -> Iterator[Difference]:
        if not record.stub:
            self.whole.add(record.code)
            self.roles_met[record.primary_role] += 1
            yield from self._name(record, chain)
            yield from self._begins(record, chain[0])
            yield from self._ends(record, chain[-1])
        yield from self.parents.differences(record, chain)

    def _name(self, record: Record, chain: list[Holding]) -> Iterator[Difference]:
        body = chain[-1].body
        if not record.name:
            return
        self.compared["name"] += 1
        if self.holdings.is_called(body, record.name):
            return
        earlier = any(self.holdings.is_called(one.body, record.name) for one in chain[:-1])
        formula = body.kind == "sub-icb-location"
        cause = "name of an earlier holder" if earlier else "formula name" if formula else "other name"
        rows = () if earlier else (self.suggestions.of_name(body, record.name, "operational"),)
        yield self._difference(record, "name", body, body.label, record.name, "", cause, rows)

    def _begins(self, record: Record, first: Holding) -> Iterator[Difference]:
        body, stated = first.body, {basis: one.start for basis, one in _periods(record).items() if one.start}
        if not stated:
            return
        self.compared["begins"] += 1
        basis, day = next(iter(stated.items()))
        known = body.start_precision != "unknown"
        if known and any(same_day(one, body.start, body.start_precision) for one in stated.values()):
            return
        if known and day == first.start > body.start:
            return  # the body had another code before this one
        if not known:
            cause = "start not recorded"
        elif day == first.start:
            cause = "code before the body"
        else:
            cause = "code of a predecessor" if day < body.start else "other start"
        rows = () if cause == "code before the body" else (self.suggestions.of_days(body, day, None, basis),)
        graph = say.day(body.start, body.start_precision) if known else "not recorded"
        yield self._difference(record, "begins", body, graph, say.day(day), basis, cause, rows)

    def _ends(self, record: Record, last: Holding) -> Iterator[Difference]:
        body, stated = last.body, {basis: one.until for basis, one in _periods(record).items()}
        if not stated:
            return
        self.compared["ends"] += 1
        basis, until = next(((basis, day) for basis, day in stated.items() if day), (next(iter(stated)), None))
        known = body.end_precision not in ("open", "unknown")
        open_then = not known or (self.release.day is not None and body.end > self.release.day)
        if None in stated.values() and open_then:
            return
        if until and (until == last.end or (known and same_day(until, body.end, body.end_precision))):
            return
        if until is None:
            cause = "kept open"
        elif not known:
            cause = "end not recorded" if body.end_precision == "unknown" else "closed in the file"
        elif until == body.end + timedelta(days=1):
            cause = "last day counted"
        else:
            cause = "kept open" if until > body.end else "other end"
        rows = (
            () if cause in ("last day counted", "kept open") else (self.suggestions.of_days(body, None, until, basis),)
        )
        graph = say.until(body.end, body.end_precision) if known else "no end" if body.end_precision == "open" else "not recorded"  # fmt: skip
        yield self._difference(record, "ends", body, graph, say.until(until, "day") if until else "no end", basis, cause, rows)  # fmt: skip

    def _difference(
        self, record: Record, what: What, body: Body, graph: str, file: str, basis: str, cause: str,
        rows: tuple[Suggested, ...],
    ) -> Difference:  # fmt: skip
        place = f"{self.release.file}, {record.code}"
        return Difference(record.code, what, body.key, graph, self.holdings.sources(body.iri), file, basis, place, cause, rows)  # fmt: skip

    def _keep(self, record: Record) -> None:
        """Remember a record that nobody held, of a role that bodies of the graph have."""
        role = record.primary_role
        self.unmet_count[role] += 1
        kinds = [self.kinds[one.code] for one in record.roles if one.code in self.kinds]
        kind = kinds[-1] if kinds else _ALONE.get(role, "")
        kept = self.unmet.setdefault(role, [])
        if kind and len(kept) < _KEPT:
            wales = record.address.country.upper() == "WALES" or bool(_IN_WALES.match(record.address.postcode))
            kept.append(_Unmet(record.code, record.name, kind, *span(record), wales))

    def _nobody(self) -> Iterator[Difference]:
        """Give the records of nobody's, of those primary roles of which the graph holds most."""
        for role, kept in sorted(self.unmet.items()):
            if self.roles_met[role] <= self.unmet_count[role]:
                continue
            for one in kept:
                held = self.holdings.held.get(one.code, ())
                cause = "code in another period" if held else "outside England" if one.wales else "not in the graph"
                start = None if one.start == UNKNOWN_START else one.start
                until = None if one.until == OPEN_END else one.until
                rows = () if one.wales else self.suggestions.of_body(one.code, one.name, one.kind, start, until)
                graph = say.listed(f"{other.body.label}, {say.day(other.start)} on" for other in held) or "nobody"
                days = f"{say.day(one.start) if start else ''} to {say.until(one.until, 'day') if until else 'now'}"
                yield Difference(
                    one.code, "code held by nobody", "", graph, self.holdings.sources(*(other.body.iri for other in held)),
                    f"{one.name}, {days}", "operational", f"{self.release.file}, {one.code}", cause, rows,
                )  # fmt: skip

    def _missing(self) -> Iterator[Difference]:
        """Give the bodies with a code of those kinds of which the file has most, and not this one."""
        by_kind: dict[str, dict[str, Holding]] = {}
        for holdings in self.holdings.held.values():
            for one in holdings:
                if self.release.day is None or one.start <= self.release.day:
                    by_kind.setdefault(one.body.kind, {})[one.code] = one
        gone: dict[str, Body] = {}
        for codes in by_kind.values():
            absent = codes.keys() - self.whole
            if len(absent) * 2 < len(codes):
                for code in absent:  # of several holders the last is told
                    gone[code] = max(gone.get(code, codes[code].body), codes[code].body, key=lambda body: body.start)
        for code, body in sorted(gone.items()):
            yield Difference(
                code, "missing in the file", body.key, body.label, self.holdings.sources(body.iri), "no record",
                "", self.release.file, "left out of the file",
            )  # fmt: skip


def _periods(record: Record) -> dict[str, Period]:
    """Give the periods of a record by whose they are, those in law first."""
    pairs = {"legal": record.dates.legal, "operational": record.dates.operational}
    return {basis: period for basis, period in pairs.items() if period is not None}
