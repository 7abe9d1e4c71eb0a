"""Since when a body belonged to another: each period that is recorded, and the lists that show it without one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from kg.answers import belonging
from kg.answers import language as say
from kg.answers.answer import Answer
from kg.answers.belonging import Spell
from kg.answers.find import MANY, Found
from kg.answers.question import Question
from kg.answers.record import Records
from kg.graph.names import Iri
from kg.graph.relation_index import Related

_WORDS: Final = "When did {name} join?"


def joined(question: Question, group: Found) -> Answer:
    """Say from when to when a body belonged to a group, or to those of a kind; each holder of a code that several had is told."""
    question, records = question.on_its_day, question.records
    if not question.found.things:
        return question.unresolved("memberships", _WORDS)
    thing, named = question.thing, {*group.things, *(one.iri for one in group.several)}
    draft = question.draft("memberships", _WORDS, subject=thing.subject)
    rows: dict[str, dict[str, Any]] = {
        row["membership"]: row
        for row in belonging.ever(records, thing.iri)
        if row["start"] <= question.as_of and (row["group"] in named or named & _kinds(records, row["group"]))
    }  # fmt: skip
    found = [
        Related(row["membership"], row["group"], thing.iri, row["role"], row["start"], row["end"])
        for row in sorted(rows.values(), key=lambda row: (row["start"], row["group"], row["membership"]))
    ]
    if not found:
        draft.status = "unknown"
        groups = say.listed((records.thing(iri).label for iri in sorted(named)[:MANY]), "or")
        draft.sentence = f"That {thing.label} was ever in {groups} is not recorded in this graph."
        draft.sentence_sources = records.cites(thing.iri)
        return draft.finish()
    draft.results = belonging.results(records, [(one, one.group) for one in found])
    spells = belonging.spells(records, [one for one in found if rows[one.membership]["observed"] is None])
    began, ended = ({row[side]: row[f"{side}Precision"] for row in rows.values()} for side in ("start", "end"))
    told = [f"{one.label} {_period(one, began[one.since], ended[one.until])}" for one in spells]
    listed = {_listed(records, row): None for row in rows.values() if row["observed"] is not None}
    draft.sentence = f"{say.capital(thing.label)} is recorded in {say.listed([*told, *listed])}."
    draft.sentence_sources = tuple(dict.fromkeys(key for result in draft.results for key in result.sources))[:3]
    return draft.finish()


def _kinds(records: Records, body: Iri) -> set[Iri]:
    return {row["kind"] for row in records.graph.rows("kinds-of", body=body)}


def _period(spell: Spell, began: str, ended: str) -> str:
    """Tell from when to when, each as precisely as it is known."""
    start = "from a day that is not recorded" if began == "unknown" else f"from {say.day(spell.since, began)}"
    if ended == "open":
        return start
    return f"{start} to {'a day that is not recorded' if ended == 'unknown' else say.until(spell.until, ended)}"


def _listed(records: Records, row: Mapping[str, Any]) -> str:
    label, when = records.thing(row["group"]).label, say.on(row["observed"], row["precision"])
    return f"{label} as listed {when}, with no day on which it joined"
