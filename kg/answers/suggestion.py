"""Rows for `data/` that would make the graph say what a publisher's file says, ready to be pasted after a look."""

from __future__ import annotations

import csv
import io
from datetime import date
from typing import Any, Final, NamedTuple

from kg.answers.holdings import Body, Group, Holdings, Passing
from kg.answers.record import several
from kg.facts import records as rows
from kg.facts.curated import columns_of
from kg.facts.ods.record import Release, Succession
from kg.graph.names import Iri, key_of, local_name

#: How a record's first role that says so begins the key of a body: trust-rqf.
_PREFIXES: Final = {
    "sub-icb-location": "subicb", "sub-icb-reporting-entity": "entity", "commissioning-hub": "hub", "nhs-trust": "trust",
    "nhse-region": "region", "stp-partnership": "stp",
}  # fmt: skip
_PRINTED_AS: Final = {"epcn": "epcn", "succession": "succ"}


class Suggested(NamedTuple):
    """A line for a table of `data/`: a new one, or one to stand in the place of the row with the same key."""

    file: str
    line: str


class Suggestions:
    """Writes rows that cite one publication."""

    def __init__(self, holdings: Holdings, release: Release) -> None:
        self.holdings, self.release = holdings, release
        self.source, self.is_new = self._cited()

    def of_source(self) -> Suggested:
        """Give the row of `sources.csv` for the publication, where the graph does not cite it yet."""
        day = self._day()
        cells = {"key": self.source, "title": self.release.title, "publisher": self.release.publisher, "date": day}
        return _row(rows.Source, {**cells, "file": self.release.file})

    def of_name(self, body: Body, name: str, basis: str) -> Suggested:
        cells = {"thing": body.key, "name": name, "type": "official"}
        return _row(rows.Naming, {**cells, **self._dated(basis), **self._said(name)})

    def of_days(self, body: Body, start: date | None, until: date | None, basis: str) -> Suggested:
        """Give the row of a body with another start or end and the publication among its sources."""
        facts = self.holdings.records.stated(body.iri)
        legal = any(local_name(type_) == "FormalOrganization" for type_ in several(facts.get("type")))
        cells = {
            "key": body.key, "name": body.label, "legal": "formal" if legal else "collaboration",
            "fate": facts.get("fate", ""), "identity": facts.get("identityNote", ""),
            "from": start.isoformat() if start else _day(body.start, body.start_precision),
            "until": until.isoformat() if until else _end(body.end, body.end_precision),
            "date_basis": basis, "source": "; ".join((self.source, *self.holdings.sources(body.iri))),
            "locator": facts.get("locator", ""), "confidence": "verified", "note": facts.get("note", ""),
        }  # fmt: skip
        return _row(rows.Body, cells)

    def of_body(self, code: str, name: str, kind: str, start: date | None, until: date | None) -> tuple[Suggested, ...]:
        """Give the rows of a body that the graph does not have: itself, its kind and its code."""
        key = f"{_PREFIXES.get(kind, kind)}-{code.lower()}"
        dated = self._dated("operational", start, until)
        legal = "formal" if kind in ("ccg", "icb", "pct", "nhs-trust") else "collaboration"
        return (
            _row(rows.Body, {"key": key, "name": name, "legal": legal, **dated, **self._said(code)}),
            _row(rows.Classification, {"body": key, "kind": kind, **dated, **self._said(code)}),
            _row(rows.CodeAssignment, {"thing": key, "scheme": "ods", "code": code, **dated, **self._said(code)}),
        )

    def of_membership(self, member: Body, group: Body, role: str, start: date | None, until: date | None) -> Suggested:
        """Give the row of a membership; without days it is observed on the day of the publication."""
        cells: dict[str, Any] = {"group": group.key, "member": member.key, "role": role}
        if start is None and until is None:
            cells |= {"observed": self._day(), "until": "unknown"}
        return _row(rows.Membership, cells | self._dated("operational", start, until, cells) | self._said(member.key))

    def of_succession(self, before: Body, after: Body, stated: Succession, passing: Passing | None) -> Suggested:
        """Give the row of an event: a new one, or the one that the graph has with the day of the publication."""
        day = stated.on.isoformat() if stated.on else ""
        if passing is None:
            merged = after.start != stated.on
            cells = {
                "key": f"{before.key}-to-{after.key}-{day[:4]}", "type": "Absorption" if merged else "Replacement",
                "before": before.key, "after": after.key,
                "summary": "absorbed by a body that was there" if merged else "replaced",
            }  # fmt: skip
        else:
            facts, sides = self.holdings.records.event(passing.event), self.holdings.records.sides(passing.event)
            cells = {
                "key": key_of(passing.event), "type": passing.type, "summary": facts["summary"], "note": facts["note"],
                "before": "; ".join(map(key_of, sides["before"])), "after": "; ".join(map(key_of, sides["after"])),
            }  # fmt: skip
        said = self._said(f"{stated.predecessor} to {stated.successor}")
        note = {"note": cells["note"]} if "note" in cells else {}
        return _row(rows.Event, {**cells, "date": day, "date_basis": "legal", "status": "in-effect", "rank": "preferred", **said, **note})  # fmt: skip

    def _said(self, locator: str) -> dict[str, Any]:
        return {"source": self.source, "locator": locator, "confidence": "verified"}

    def _dated(
        self, basis: str, start: date | None = None, until: date | None = None, given: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        until_cell = until.isoformat() if until else (given or {}).get("until", "")
        return {"from": start.isoformat() if start else "", "until": until_cell, "date_basis": basis}

    def _day(self) -> str:
        return _day(self.release.day, self.release.precision) if self.release.day else ""

    def _cited(self) -> tuple[str, bool]:
        """Give the key of the publication among the sources, else one for it, and whether it is new."""
        word, day = _PRINTED_AS.get(self.release.series, self.release.series).lower(), self.release.day
        for row in self.holdings.records.graph.store.select(_SOURCES) if day else ():
            of_month = row["date"] and day and (row["date"].year, row["date"].month) == (day.year, day.month)
            if of_month and word in row["title"].lower():
                return key_of(row["source"]), False
        return "-".join(filter(None, ("ods", word, self._day()))), True


_SOURCES: Final = """
PREFIX nis: <https://w3id.org/nhs-integration/ontology#>
PREFIX dcterms: <http://purl.org/dc/terms/>
SELECT ?source ?title ?date WHERE { ?source a nis:Source ; dcterms:title ?title OPTIONAL { ?source dcterms:issued ?date } }
ORDER BY ?source
"""


def _day(when: date, precision: str) -> str:
    cut = {"day": 10, "month": 7, "year": 4}.get(precision, 0)
    return when.isoformat()[:cut]


def _end(when: date, precision: str) -> str:
    return "unknown" if precision == "unknown" else _day(when, precision)


def _row(kind: type[rows.Row], cells: dict[str, Any]) -> Suggested:
    out = io.StringIO()
    csv.writer(out, lineterminator="").writerow(cells.get(column, "") for column in columns_of(kind))
    return Suggested(f"data/{kind.FILE}", out.getvalue())


def group_of(holdings: Holdings, member: Iri, kind: str, day: date) -> Group | None:
    """Give the membership by which a body belongs on a day to one of a kind, None when it does so through others or not at all."""
    return next(
        (one for one in holdings.groups.get(member, ()) if one.start <= day < one.end and holdings.bodies[one.body].kind == kind),
        None,
    )  # fmt: skip
