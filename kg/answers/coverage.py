"""What the graph does not know, by kind and period: computed from what it holds, so that it is never out of date."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any, Final

from kg.answers import language as say
from kg.answers.answer import Answer, Result
from kg.answers.changes import is_published
from kg.answers.draft import Draft
from kg.answers.gaps import GAPS, Gap, Holdings, Life
from kg.answers.question import Question
from kg.answers.record import Records, Thing
from kg.graph.names import Iri

_BASES: Final = ("population", "practices", "budget", "area", "postcodes")


def coverage(records: Records, *, as_of: date, question: Question | None = None, words: str = "") -> Answer:
    """Say what is not recorded: of every kind, or of the kind that a question names, with its years.

    Each result is a number of bodies (`value`) of those recorded (`high`) of which `mark` is not recorded.
    """
    if question is None:
        return _of_all(records, as_of, words or "What does this graph not know?")
    if not question.found.things:
        return question.unresolved("coverage", _ASKED)
    if not question.thing.is_kind:
        return _of_body(question)
    return _of_kind(question)


_COLUMNS: Final = (
    "The columns: no start, no end; fate, ended and nothing says what followed; no ODS code, no ONS code; group, on "
    "some day of its life inside no recorded body; no number of people; name, no official name with a date."
)
_PUBLISHED: Final = (
    "{} of them are known by the publisher's files alone, which give codes, dates, what each is inside, and the name as it is "
    "printed; they never give an ONS code or a number of people."
)
_ASKED: Final = "What does this graph not know of {name}?"


def _of_all(records: Records, as_of: date, words: str) -> Answer:
    draft = Draft(records, words, "coverage", as_of)
    held = Holdings(records)
    kinds = [records.thing(row["kind"]) for row in records.graph.rows("kinds")]
    for kind in kinds:
        if lives := held.lives.get(kind.iri):
            draft.results += _lacking(kind, lives, held)
    bodies = {life.body for lives in held.lives.values() for life in lives}
    none = [kind for kind in kinds if kind.iri not in held.lives]
    counted = [kind for kind in none if any(row["value"] for row in held.stated.get(kind.iri, []))]
    draft.sentence = (
        f"This graph holds {say.number(len(bodies))} bodies of {len(held.lives)} kinds. Of each kind the table gives how "
        "many bodies it holds, and of how many of them something is not recorded."
    )
    if counted:
        told = (f"{kind.plain_plural} ({_most(held.stated[kind.iri])})" for kind in counted)
        draft.caution(f"Counted by sources, with no body recorded here: {say.listed(told)}.")
    if rest := [kind.short for kind in none if kind not in counted]:
        draft.caution(f"Kinds of which neither a body nor a count is recorded: {say.listed(rest)}.")
    draft.caution(_COLUMNS)
    _tell_shares(draft, held, bodies)
    _tell_confidence(draft, _summed(held.confidence.values()))
    return draft.finish()


def _of_kind(question: Question) -> Answer:
    records, held = question.records, Holdings(question.records)
    things = [records.thing(iri) for iri in question.found.things]
    draft = question.draft("coverage", _ASKED, subject=question.thing.subject)
    for kind in things:
        lives = held.lives.get(kind.iri, [])
        if lives:
            draft.results += _lacking(kind, lives, held)
            for gap in GAPS:
                _name(
                    draft, kind, gap, [life.label for life in lives if gap.lacks(held, life)], len(lives), len(things)
                )
        draft.results += _years(kind, lives, held, question.as_of)
    bodies = {life.body for kind in things for life in held.lives.get(kind.iri, [])}
    plural = question.thing.plain_plural
    draft.sentence = (
        f"This graph holds {say.number(len(bodies))} bodies that were {plural} at some time; "
        "this is what it does not know of them."
        if bodies
        else f"No body of this kind is recorded: this graph holds none of the {plural}."
    )
    stated = [row for kind in things for row in held.stated.get(kind.iri, [])]
    if stated and not bodies:
        draft.sentence += f" Sources count {_most(stated)}."
    draft.sentence_sources = records.cites(question.thing.iri)
    if published := sum(is_published(body) for body in bodies):
        draft.caution(_PUBLISHED.format(say.number(published)))
    _tell_shares(draft, held, bodies)
    _tell_confidence(draft, _summed(held.confidence.get(kind.iri, {}) for kind in things))
    return draft.finish()


def _of_body(question: Question) -> Answer:
    """Say of one body what is not recorded."""
    held, thing = Holdings(question.records), question.thing
    draft = question.draft("coverage", _ASKED, subject=thing.subject)
    lives = [life for lives in held.lives.values() for life in lives if life.body == thing.iri]
    lacking = [gap.word for gap in GAPS if any(gap.lacks(held, life) for life in lives)]
    if "group on any day" in lacking:
        lacking.remove("group on some day")
    draft.results = [thing.result(measure="count", mark=word, value=1, high=1, method="counted") for word in lacking]
    draft.sentence = (
        f"Of {thing.label} this is not recorded: {say.listed(lacking, 'or')}." if lacking
        else f"Of {thing.label} nothing is lacking among the facts that are looked for of every body."
    )  # fmt: skip
    draft.sentence_sources = question.records.cites(thing.iri)
    _tell_shares(draft, held, {thing.iri})
    return draft.finish()


def _lacking(kind: Thing, lives: list[Life], held: Holdings) -> list[Result]:
    def line(word: str, value: int) -> Result:
        return kind.result(measure="count", method="counted", mark=word, value=value, high=len(lives))

    return [
        line("bodies", len(lives)),
        *(line(gap.word, sum(gap.lacks(held, life) for life in lives)) for gap in GAPS),
    ]


def _name(draft: Draft, kind: Thing, gap: Gap, names: list[str], of: int, kinds: int) -> None:
    """Name the few bodies that lack what most have."""
    if names and len(names) < of and len(names) <= 12:
        which = f" ({kind.short})" if kinds > 1 else ""
        draft.caution(f"No {gap.word} recorded{which}: {say.listed(names)}.")


def _years(kind: Thing, lives: list[Life], held: Holdings, as_of: date) -> list[Result]:
    """Tell each 1 April of a kind's life: how many are recorded, how many stated, how many in no group.

    Of a kind with no body recorded there is nothing to count, and only what sources state is told.
    """
    starts = [life.start for life in lives if life.start_known] + [
        row["date"] for row in held.stated.get(kind.iri, []) if row["date"]
    ]
    first = kind.start if kind.facts["startPrecision"] != "unknown" else min(starts, default=as_of)
    last = min(as_of, kind.end)
    days = [date(year, 4, 1) for year in range(first.year, last.year + 1) if first <= date(year, 4, 1) < last]
    stated = {row["date"]: row["value"] for row in held.stated.get(kind.iri, []) if row["precision"] == "day"}
    told: list[Result] = []
    for day in days if len(days) <= 60 else ():
        there = [life for life in lives if life.on(day)]
        sure = [life for life in there if life.is_sure(day)]
        lone = [life for life in there if not held.is_grouped(life.body, day, date.fromordinal(day.toordinal() + 1))]
        numbers = (
            {"recorded": len(sure), "perhaps more": len(there) - len(sure), "in no group": len(lone)} if lives else {}
        )
        if day in stated:
            numbers["stated"] = stated[day]
        told += [
            kind.result(measure="count", method="stated" if word == "stated" else "counted", mark=word, value=value, date=day.isoformat())
            for word, value in numbers.items()
        ]  # fmt: skip
    return told


def _tell_shares(draft: Draft, held: Holdings, bodies: Collection[Iri]) -> None:
    """Say of how many parts of divided bodies the share is not known, by each basis."""
    parts = held.divided(bodies)
    if not parts:
        return
    lacking = {basis: sum(basis not in known for _, _, known in parts) for basis in _BASES}
    none = sum(not known for _, _, known in parts)
    moved = f"{say.number(len(parts))} part{'s' if len(parts) > 1 else ''}"
    told = say.listed(f"{say.number(number)} by {basis}" for basis, number in lacking.items() if number)
    rest = f"{say.number(none)} have none by any basis" if none else "each has one by some basis"
    draft.caution(f"Divisions and partial transfers moved {moved}. Without a recorded share: {told or 'none'}; {rest}.")


def _tell_confidence(draft: Draft, counts: dict[str, int]) -> None:
    if total := sum(counts.values()):
        order = ("verified", "derived", "background", "unconfirmed")
        told = say.listed(f"{say.number(counts[word])} {word}" for word in order if counts.get(word))
        draft.caution(f"Of {say.number(total)} statements about them: {told}.")


def _most(rows: list[dict[str, Any]]) -> str:
    """Tell the largest number that is stated, with its date."""
    row = max(rows, key=lambda row: row["value"])
    return say.number(row["value"]) + (f" {say.on(row['date'], row['precision'])}" if row["date"] else "")


def _summed(counts: Any) -> dict[str, int]:
    whole: dict[str, int] = {}
    for one in counts:
        for word, number in one.items():
            whole[word] = whole.get(word, 0) + number
    return whole
