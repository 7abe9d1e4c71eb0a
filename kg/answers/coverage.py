"""What the graph does not know, by kind and period: computed from what it holds, so that it is never out of date."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import date
from functools import cached_property
from typing import Any, Final, NamedTuple

from kg.answers import language as say
from kg.answers.answer import Answer, Result
from kg.answers.draft import Draft
from kg.answers.question import Question
from kg.answers.record import Records, Thing
from kg.graph.names import Iri

#: Events that divide a body, so that a share of each part would be told if it were known.
_DIVIDING: Final = ("Division", "PartialTransfer", "Reorganisation")
_BASES: Final = ("population", "practices", "budget", "area", "postcodes")


class Life(NamedTuple):
    """One body under one kind: the days it was of it, and whether they are known."""

    body: Iri
    label: str
    start: date
    end: date
    start_known: bool
    end_known: bool
    ended: bool
    fate: str
    attested: date | None

    def on(self, day: date) -> bool:
        return self.start <= day < self.end

    def is_sure(self, day: date) -> bool:
        return self.start_known and (self.end_known or (self.attested is not None and day < self.attested))


class Gap(NamedTuple):
    """One thing that may not be recorded of a body; `lacks` says whether it is not."""

    word: str
    lacks: Callable[[Holdings, Life], bool]


class Holdings:
    """What is recorded of every body, read in a few queries."""

    def __init__(self, records: Records) -> None:
        self.records = records

    @cached_property
    def lives(self) -> dict[Iri, list[Life]]:
        """Give the bodies of each kind, each once: from the first day it was of it to the last."""
        found: dict[Iri, dict[Iri, Life]] = {}
        for row in self.records.graph.rows("classified"):
            life, lives = _life(row), found.setdefault(row["kind"], {})
            one = lives.get(row["body"])
            later = life if one is None or life.end >= one.end else one
            earlier = life if one is None or life.start < one.start else one
            lives[row["body"]] = later._replace(start=earlier.start, start_known=earlier.start_known)
        return {kind: list(lives.values()) for kind, lives in found.items()}

    @cached_property
    def sorts(self) -> dict[Iri, set[str]]:
        sorts: dict[Iri, set[str]] = {}
        for row in self.records.graph.rows("recorded-of"):
            sorts.setdefault(row["body"], set()).add(row["sort"])
        return sorts

    @cached_property
    def grouped(self) -> dict[Iri, list[tuple[date, date]]]:
        """Give the periods in which each body is recorded as inside another, in order."""
        periods: dict[Iri, list[tuple[date, date]]] = {}
        for row in self.records.graph.rows("group-periods"):
            periods.setdefault(row["member"], []).append((row["since"], row["until"]))
        return periods

    @cached_property
    def stated(self) -> dict[Iri, list[dict[str, Any]]]:
        """Give the numbers that sources state of each kind."""
        counts: dict[Iri, list[dict[str, Any]]] = {}
        for row in self.records.graph.rows("stated-counts"):
            counts.setdefault(row["kind"], []).append(row)
        return counts

    @cached_property
    def confidence(self) -> dict[Iri, dict[str, int]]:
        """Give the number of statements of each confidence about each kind and its bodies."""
        counts: dict[Iri, dict[str, int]] = {}
        for row in self.records.graph.rows("confidence"):
            counts.setdefault(row["kind"], {})[row["confidence"]] = row["statements"]
        return counts

    def has(self, body: Iri, sort: str) -> bool:
        return sort in self.sorts.get(body, ())

    def is_grouped(self, body: Iri, start: date, end: date) -> bool:
        """Whether every day from start to end is inside some recorded period of membership."""
        reached = start
        for since, until in self.grouped.get(body, ()):
            if since <= reached < until:
                reached = until
        return reached >= end

    def divided(self, givers: Collection[Iri]) -> list[tuple[Iri, Iri, set[str]]]:
        """Give every transfer that divided one of these bodies, with the bases by which its share is known."""
        bases: dict[tuple[Iri, Iri, Iri], set[str]] = {}
        passed = self.records.graph.rows("passed-on")
        for row in passed:
            if row["giver"] in givers and row["type"].endswith(_DIVIDING):
                known = bases.setdefault((row["event"], row["giver"], row["receiver"]), set())
                if row["basis"]:
                    known.add(row["basis"])
        ends: dict[tuple[Iri, Iri], int] = {}
        for event, giver, _ in bases:
            ends[event, giver] = ends.get((event, giver), 0) + 1
        partial = {row["event"] for row in passed if row["type"].endswith("PartialTransfer")}
        return [
            (event, giver, known)
            for (event, giver, _), known in bases.items()
            if ends[event, giver] > 1 or event in partial
        ]


def _life(row: dict[str, Any]) -> Life:
    start, end = max(row["start"], row["bodyStart"]), min(row["end"], row["bodyEnd"])
    begun = row["startPrecision"] != "unknown" or row["bodyStartPrecision"] != "unknown"
    sure = "unknown" not in (row["endPrecision"], row["bodyEndPrecision"])
    ended = row["bodyEndPrecision"] not in ("open", "unknown")
    return Life(row["body"], row["label"], start, end, begun, sure, ended, row["fate"] or "", row["attested"])


#: What may be lacking of a body, in the order of the table.
GAPS: Final = (
    Gap("start", lambda _, life: not life.start_known),
    Gap("end", lambda _, life: not life.end_known),
    Gap("successor or fate", lambda held, life: life.ended and not held.has(life.body, "followed")),
    Gap("ODS code", lambda held, life: not held.has(life.body, "ods")),
    Gap("ONS code", lambda held, life: not held.has(life.body, "gss")),
    Gap("group on some day", lambda held, life: not held.is_grouped(life.body, life.start, life.end)),
    Gap("group on any day", lambda held, life: life.body not in held.grouped),
    Gap("number of people", lambda held, life: not held.has(life.body, "people")),
    Gap("dated official name", lambda held, life: not held.has(life.body, "dated-name")),
)


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
