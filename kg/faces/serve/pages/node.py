"""The page of what is neither a kind nor an organisation: an event, a source, a claim, any statement."""

from __future__ import annotations

import re
from datetime import date
from typing import Any, Final, NamedTuple

from kg.answers import language as say
from kg.answers.record import Records, several
from kg.faces.serve.exchange import Asked, Reply, Site
from kg.faces.serve.pages.frame import page
from kg.faces.serve.pages.telling import MOST, Notes, path_to, query_about, title_of
from kg.graph.names import TERMS, THINGS, Iri, category_of, curie, key_of, local_name

_CALLED: Final = {
    "event": "Event", "source": "Source", "list": "List in a source", "entry": "Entry of a list", "transfer": "Transfer",
    "share": "Share of a transfer", "input": "File that shares were computed from", "membership": "Membership",
    "classification": "Kind of a body for a time", "naming": "Name for a time", "code": "Code for a time",
    "observation": "Number stated", "claim": "Claim", "distinction": "Not to be confused", "containment": "Kind within a kind",
    "scheme": "Scheme", "role": "Role", "query": "Saved query", "namespace": "Prefix",
}  # fmt: skip
#: What tells how exactly a date is known, told with the date.
_PRECISION: Final = {
    "startsOn": "startPrecision", "endsBefore": "endPrecision", "happenedOn": "precision", "observedOn": "precision",
    "issued": "precision",
}  # fmt: skip
_HIDDEN: Final = frozenset((*_PRECISION.values(), "type", "source", "mainSource", "hasBefore", "hasAfter"))
#: What a reader wants to know first.
_FIRST: Final = (
    "about", "member", "organization", "giver", "receiver", "part", "whole", "asKind", "happenedOn", "startsOn", "endsBefore",
    "observedOn", "text", "summary", "value",
)  # fmt: skip
#: Many more than are shown, so that it is known that there are more.
_INCOMING: Final = """
SELECT DISTINCT ?thing ?node ?property WHERE { ?node ?property ?thing }
ORDER BY ?property ?node LIMIT 1001
"""


class Value(NamedTuple):
    """A value as text, with the page or the address it leads to, if any."""

    text: str
    path: str = ""
    url: str = ""


class Row(NamedTuple):
    """What refers to a thing: which statement, of what, in its words."""

    statement: Value
    about: Value | None
    how: str


def node(site: Site, asked: Asked, records: Records, iri: Iri) -> Reply:
    """Give all that is stated of a node, its sources, and what refers to it."""
    facts, category = records.stated(iri), category_of(iri)
    cited = records.cites(iri)
    notes = Notes()
    notes.add(records.source(key) for key in cited)
    rows = [
        (_words(records, name), [_value(records, facts, name, value) for value in several(held)])
        for name, held in sorted(
            facts.items(), key=lambda pair: _FIRST.index(pair[0]) if pair[0] in _FIRST else len(_FIRST)
        )
        if name not in _HIDDEN
    ]
    sides = records.sides(iri) if category == "event" else {}
    given, total = _resting(records, iri) if category == "source" else _incoming(records, iri)
    return page(
        site, asked, "node.html",
        iri=iri, key=key_of(iri), category=category, called=_CALLED.get(category, category), title=title_of(records, iri),
        types=[_words(records, local_name(kind)) for kind in several(facts.get("type")) if kind.startswith(TERMS)],
        rows=rows, sides={side: [_linked(records, one) for one in held] for side, held in sides.items()},
        notes=notes, cited=cited, given=given, total=total, most=MOST, source=category == "source",
        everything=query_about(iri),
    )  # fmt: skip


def _words(records: Records, name: str) -> str:
    """Give a term of the ontology as words: its label, or its name taken apart."""
    label = next(iter(several(records.stated(Iri(TERMS + name)).get("label"))), None)
    return say.capital(str(label or re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower()))


def _value(records: Records, facts: dict[str, Any], name: str, value: Any) -> Value:
    if isinstance(value, Iri):
        return _linked(records, value)
    if isinstance(value, date):
        precision = str(facts.get(_PRECISION.get(name, ""), "day"))
        if precision == "unknown" or value.year == 1:
            return Value("not recorded")
        return Value("open: it goes on" if precision == "open" or value.year == 9999 else say.day(value, precision))
    if isinstance(value, bool) or not isinstance(value, int | float):
        text = str(value)
        return Value(text, url=text if name == "webPage" and text.startswith(("https://", "http://")) else "")
    return Value(
        say.number(value)
        if isinstance(value, int) and value >= 10_000
        else f"{value:g}"
        if isinstance(value, float)
        else str(value)
    )


def _linked(records: Records, iri: Iri) -> Value:
    if iri.startswith(THINGS):
        return Value(title_of(records, iri), path=path_to(iri))
    return Value(curie(iri), url=iri if iri.startswith(("https://", "http://")) and not iri.startswith(TERMS) else "")


def _resting(records: Records, source: Iri) -> tuple[list[Row], int]:
    """Give what is stated on a source's word, and how much of it there is."""
    rows = records.rows("stated-by", source=source)
    # What has a text or a subject tells a reader more than a bare tie.
    rows = sorted(rows, key=lambda row: (not row["text"], category_of(row["statement"]), row["statement"]))
    return [
        Row(
            _linked(records, row["statement"]),
            _linked(records, row["about"]) if row["about"] else None,
            category_of(row["statement"]),
        )
        for row in rows[:MOST]
    ], len(rows)


def _incoming(records: Records, iri: Iri) -> tuple[list[Row], int]:
    rows = records.graph.store.select(_INCOMING, thing=iri)
    ours = [row for row in rows if isinstance(row["node"], Iri) and row["node"].startswith(THINGS)]
    return [
        Row(_linked(records, row["node"]), None, _words(records, local_name(row["property"]))) for row in ours[:MOST]
    ], len(ours)
