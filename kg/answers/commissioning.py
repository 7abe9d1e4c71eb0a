"""Who commissioned an organisation, by the publisher's relation that says so and by no other."""

from __future__ import annotations

from typing import Any, Final

from kg.answers import belonging
from kg.answers import language as say
from kg.answers.answer import Answer
from kg.answers.question import Question
from kg.facts.dates import PartialDate
from kg.graph.names import thing as iri_of
from kg.graph.relation_index import Related

#: "Is commissioned by".
_COMMISSIONED: Final = iri_of("role", "ods-re4")
_WORDS: Final = "Who commissioned {name}?"


def commissioners(question: Question) -> Answer:
    """Say who commissioned an organisation on a day, or in a month or year: each in turn, where it changed in that time.

    Without a day it is today, or the last day of an organisation that had ended by then.
    """
    question, records = question.on_its_day, question.records
    if not question.found.things:
        return question.unresolved("memberships", _WORDS)
    thing = question.thing
    on = question.on or PartialDate(question.day(thing), "day")
    draft = question.draft("memberships", _WORDS, on.day, subject=thing.subject)
    if question.on is None and on.day != question.as_of:
        draft.caution(
            f"No day was given, and it had ended by {say.day(question.as_of)}: this is of its last day, {say.day(on.day)}."
        )
    rows: dict[str, dict[str, Any]] = {
        row["membership"]: row
        for row in belonging.ever(records, thing.iri)
        if row["role"] == _COMMISSIONED and row["start"] < on.following and on.day < row["end"]
    }  # fmt: skip
    found = [
        Related(row["membership"], row["group"], thing.iri, row["role"], row["start"], row["end"])
        for row in sorted(rows.values(), key=lambda row: (row["start"], row["group"]))
    ]
    draft.results = belonging.results(records, [(one, one.group) for one in found])
    when = say.on(on.day, on.precision)
    if not found:
        draft.status = "unknown"
        draft.sentence = f"Who commissioned {thing.label} {when} is not recorded in this graph."
        draft.sentence_sources = records.cites(thing.iri)
        if not records.files:
            draft.caution("Who commissioned whom is told by the publisher's files, and this graph holds none of them.")
        return draft.finish()
    labels = [result.label for result in draft.results]
    first = [label for label, one in zip(labels, found, strict=True) if one.since <= on.day] or labels[:1]
    later = [
        f"from {say.day(one.since)} by {label}" for label, one in zip(labels, found, strict=True) if label not in first
    ]
    draft.sentence = f"{say.capital(thing.label)} was commissioned by {say.listed(first)} {when}"
    draft.sentence += f", and {say.listed(later)}." if later else "."
    draft.sentence_sources = tuple(dict.fromkeys(key for result in draft.results for key in result.sources))[:3]
    return draft.finish()
