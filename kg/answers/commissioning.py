"""Who commissioned an organisation, by the publisher's relation that says so and by no other."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from kg.answers import belonging
from kg.answers import language as say
from kg.answers.answer import Answer
from kg.answers.belonging import Spell
from kg.answers.question import Question
from kg.answers.record import Thing
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
    # All of the month or year is told, as far as it has passed.
    last = max(on.day, min(on.following - timedelta(days=1), question.as_of))
    draft = question.draft("memberships", _WORDS, on.day, subject=thing.subject, last=last)
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
        draft.sentence = (
            f"Who commissioned {thing.label} {when} is not recorded in this graph."
            if _lasted(thing, on)
            else f"Nobody commissioned {thing.label} {when}: {thing.label} did not exist then."
        )
        draft.sentence_sources = records.cites(thing.iri)
        if not records.files:
            draft.caution("Who commissioned whom is told by the publisher's files, and this graph holds none of them.")
        return draft.finish()
    # Where it was so only from a later day of the month or year, that is the day which is told of.
    draft.as_of = max(on.day, found[0].since)
    draft.sentence = f"{say.capital(thing.label)} was commissioned {_told(belonging.spells(records, found), on)}."
    draft.sentence_sources = tuple(dict.fromkeys(key for result in draft.results for key in result.sources))[:3]
    return draft.finish()


def _lasted(thing: Thing, on: PartialDate) -> bool:
    """Whether something may have been there on a day, or at some time in a month or year."""
    ended = thing.end <= on.day and thing.facts["endPrecision"] != "unknown"
    return not ended and thing.start < on.following


def _told(spells: list[Spell], on: PartialDate) -> str:
    """Tell by whom: from when, unless it was so on the first day asked of; until when, unless the next began as it ended."""
    begins = max(on.day, spells[0].since)
    ends = {
        spell: f"until {say.day(spell.until - timedelta(days=1))}"
        for spell in spells
        if spell.until < on.following and all(spell.until != other.since for other in spells)
    }
    first, later = ([spell for spell in spells if (spell.since <= begins) == at_first] for at_first in (True, False))
    start = f"from {say.day(begins)}" if begins > on.day else ""
    if len(first) == 1:
        names, period = first[0].label, " ".join(filter(None, (start, ends.get(first[0]))))
    else:
        names, period = say.listed(f"{one.label}{f' ({ends[one]})' if one in ends else ''}" for one in first), start
    told = f"by {names} {say.on(on.day, on.precision)}{f', {period}' if period else ''}"
    turns = [f"from {say.day(one.since)} {f'{ends[one]} ' if one in ends else ''}by {one.label}" for one in later]
    return f"{told}, and {say.listed(turns)}" if turns else told
