"""A sentence in plain English to one of the questions: by a table of patterns, with no model and no network."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Final

from kg.answers import (
    arrivals,
    bodies,
    census,
    commissioning,
    coverage,
    description,
    difference,
    lineage,
    membership,
    observation,
    people,
    timeline,
)
from kg.answers import language as say
from kg.answers.answer import Answer, Intent
from kg.answers.bearing import bearing_on
from kg.answers.draft import Draft
from kg.answers.find import look_up, unresolved
from kg.answers.question import Question
from kg.answers.record import Records
from kg.answers.sentences import PATTERNS
from kg.answers.written_dates import completed, read_date
from kg.answers.written_names import trimmed, unreadable
from kg.errors import UsageError
from kg.facts.dates import PartialDate
from kg.graph.names import key_of

_PRACTICE: Final = "ods-ro76"
_WAVES: Final = {"first": 1, "second": 2, "third": 3}


def ask(records: Records, sentence: str, *, as_of: date, sense: str | None = None) -> Answer:
    """Answer a sentence.

    Raises:
        UsageError: no pattern reads the sentence; the text says what was understood and shows three that can be read.
    """
    plain = re.sub(r"\s+", " ", sentence.replace("\u2019", "'").replace("\u2018", "'")).strip().rstrip("?!. ")
    for pattern in PATTERNS:
        matched = pattern.match(plain)
        if matched is None:
            continue
        words = {key: value for key, value in matched.groupdict().items() if value}
        when = read_date(words["date"]) if "date" in words else None
        answer = _Asking(records, sentence.strip(), as_of, sense, words, when).answer(pattern.asks)
        if answer is not None and "rest" in words:
            unread = f'Only the first part of the question is answered; "{say.shown(words["rest"].lstrip(", "))}" was not read.'
            answer = replace(answer, cautions=(*answer.cautions, unread), caution_sources=(*answer.caution_sources, ()))
        if answer is not None:
            return answer
    raise UsageError(unreadable(records, plain))


@dataclass(frozen=True)
class _Asking:
    """One sentence being answered: its words, and the question they make."""

    records: Records
    sentence: str
    as_of: date
    sense: str | None
    words: dict[str, str]
    when: PartialDate | None

    @cached_property
    def x(self) -> str:
        return trimmed(self.records, self.words["x"], self.sense) if "x" in self.words else ""

    def answer(self, asks: str) -> Answer | None:
        """Give the answer, or None when the sentence must be read some other way."""
        method: Callable[[], Answer | None] = getattr(self, f"_{asks}")
        return method()

    @property
    def _question(self) -> Question:
        return Question(self.records, self.x, self.as_of, self.when, self.sense, self.sentence)

    @property
    def _last_day(self) -> date:
        return date.fromordinal(self.when.following.toordinal() - 1) if self.when else self.as_of

    def _beyond(self) -> Answer:
        """Say that a question is not one of fact, with what sources say that bears on it, where any does."""
        draft = Draft(self.records, self.sentence, "none", self.as_of, status="unknown")
        draft.claims = bearing_on(self.records, self.sentence)
        draft.sentence = (
            "That is not a question this graph answers, but this is what sources say that bears on it." if draft.claims
            else "That is not something this graph records. It records what structures and bodies were, what each became, "
            "who belonged to what, how many people they served, when, and on whose word."
        )  # fmt: skip
        return draft.finish()

    def _became(self) -> Answer:
        as_of = self._last_day
        return lineage.became(self.records, self.x, as_of=as_of, sense=self.sense, question=self.sentence)

    def _codes(self) -> Answer:
        return lineage.became(
            self.records, self.x, as_of=self.as_of, sense=self.sense, question=self.sentence, only="codes"
        )

    def _before(self) -> Answer:
        as_of = self._last_day
        return lineage.before(self.records, self.x, as_of=as_of, sense=self.sense, question=self.sentence)

    def _lineage(self) -> Answer:
        return lineage.lineage(self.records, self.x, as_of=self.as_of, sense=self.sense, question=self.sentence)

    def _difference(self) -> Answer:
        other = trimmed(self.records, self.words["y"])
        return description.difference(self.records, self.x, other, as_of=self.as_of, question=self.sentence)

    def _changed(self) -> Answer:
        """Answer for the day, month or year that is named, whole: from the day before it to its last."""
        first = self.words.get("first") or self.words.get("since")
        start = read_date(completed(first, self.words.get("date", ""))) if first else self.when
        assert start is not None, "every such pattern has a date"
        # Two days are the states compared; a month or a year counts with all that happened in it.
        whole = not first or start.precision != "day"
        since = date.fromordinal(start.day.toordinal() - 1) if whole else start.day
        return difference.difference(self.records, since, self._last_day, question=self.sentence)

    def _timeline(self) -> Answer:
        return timeline.timeline(Question(self.records, self.x, self.as_of, sense=self.sense, words=self.sentence))

    def _population(self) -> Answer:
        return people.population(self._question, self.words.get("by"))

    def _count(self) -> Answer:
        now = self.words.get("tense") in ("are", "have") or "now" in self.words
        on = self.when or (PartialDate(self.as_of, "day") if now else None)

        def one(name: str) -> Answer:
            return census.count(replace(self._question, name=name, on=on), self.words.get("by"))

        return self._each_or(one)

    def _how_many_in(self, intent: Intent = "count") -> Answer | None:
        where = replace(self._question, name=trimmed(self.records, self.words["y"]), sense=None).on_its_day
        if not where.found.things or where.thing.is_kind:
            return None
        kind = self._question.found
        if not kind.things or not self.records.thing(kind.last).is_kind:
            return None
        answer = census.within(self._question, where.thing, intent)
        if answer.status == "unknown" and intent == "count" and key_of(kind.last) == _PRACTICE:
            stated = observation.practices(where)  # counted by a source, where no file here says which they were
            return stated if stated.status == "answered" else answer
        return answer

    def _which_in(self) -> Answer | None:
        return self._how_many_in("members")

    def _coverage(self) -> Answer:
        question = self._question if self.x else None
        return coverage.coverage(self.records, as_of=self.as_of, question=question, words=self.sentence)

    def _members(self) -> Answer:
        return membership.members(self._question)

    def _commissioners(self) -> Answer | None:
        question = self._question
        return None if question.found.things and question.thing.is_kind else commissioning.commissioners(question)

    def _memberships(self) -> Answer:
        return membership.memberships(self._question)

    def _joined(self) -> Answer | None:
        question, name = self._question, trimmed(self.records, self.words["y"])
        if question.found.things and question.thing.is_kind:
            return None
        group = look_up(self.records, name)
        if not group.things and not group.several:
            return unresolved(self.records, group, name, self.sentence, "memberships", self.as_of)
        return arrivals.joined(question, group)

    def _when(self, side: str = "both") -> Answer:
        return description.when(
            self.records, self.x, as_of=self.as_of, sense=self.sense, question=self.sentence, side=side
        )

    def _start(self) -> Answer:
        return self._when("start")

    def _end(self) -> Answer:
        return self._when("end")

    def _where(self) -> Answer:
        return description.where(self.records, self.x, as_of=self.as_of, sense=self.sense, question=self.sentence)

    def _what(self) -> Answer:
        def one(name: str) -> Answer:
            return description.what(self.records, name, as_of=self.as_of, sense=self.sense, question=self.sentence)

        return self._each_or(one)

    def _each(self) -> Answer | None:
        answer = self._what()
        things = {result.key for result in answer.results}
        # How kinds nest is asked of the years of STPs and of today alike: what nested then may not now.
        tiers = self.records.graph.rows("tiers", asOf=date(2019, 7, 1)) + self.records.graph.rows(
            "tiers", asOf=self.as_of
        )
        nested = dict.fromkeys(
            f"{self.records.thing(row['part']).short} inside {self.records.thing(row['whole']).short}"
            for row in tiers if key_of(row["part"]) in things and key_of(row["whole"]) in things
        )  # fmt: skip
        return replace(answer, sentence=f"{answer.sentence} How they nest: {say.listed(nested)}.") if nested else answer

    def _each_or(self, one: Callable[[str], Answer]) -> Answer:
        """Answer for one name, or for each of several that are listed when the whole is no name."""
        found = look_up(self.records, self.x, self.sense)
        names = [name for name in re.split(r",\s*(?:and\s+)?|\s+and\s+", self.x) if name]
        if found.things or found.several or len(names) < 2:
            return one(self.x)
        answers = [one(trimmed(self.records, name)) for name in names]
        missing = [answer for answer in answers if answer.status == "not_found"]
        return one(self.x) if missing else together(answers)

    def _first(self) -> Answer:
        found = look_up(self.records, self.x, self.sense)
        lists = [row for kind in found.things for row in self.records.graph.rows("listings-of-kind", kind=kind)]
        if not found.things:
            return unresolved(self.records, found, self.x, self.sentence, "list", self.as_of)
        wanted = self.words.get("n", "")
        # A list answers for a kind when all of it was of that kind, and it is as long as the one asked for.
        whole = {row["list"]: len(self.records.graph.rows("listing", list=row["list"])) for row in lists}
        fitting = [
            row["list"]
            for row in lists
            if row["entries"] == whole[row["list"]] and (not wanted.isdigit() or whole[row["list"]] == int(wanted))
        ]
        if fitting:
            return description.listing(self.records, fitting[0], as_of=self.as_of, question=self.sentence)
        draft = Draft(self.records, self.sentence, "list", self.as_of, status="unknown")
        draft.sentence = (
            f"No list of the first {wanted} {self.x} that a source prints is recorded in this graph.".replace("  ", " ")
        )
        draft.caution("Designations are recorded by wave: ask which areas were in wave 1.")
        return draft.finish()

    def _wave(self) -> Answer:
        return description.wave(
            self.records,
            _WAVES.get(self.words.get("n", ""), 0) or int(self.words["w"]),
            as_of=self.as_of,
            question=self.sentence,
        )

    def _which(self) -> Answer:
        return bodies.ever(self._question)


def together(answers: list[Answer]) -> Answer:
    """Give several answers as one, each sentence in turn."""
    first = answers[0]
    sources = {source.key: source for answer in answers for source in answer.sources}
    cautions = {
        text: keys for answer in answers for text, keys in zip(answer.cautions, answer.caution_sources, strict=True)
    }
    return replace(
        first, subject=None, outcome=None,
        status="answered" if any(answer.status == "answered" for answer in answers) else first.status,
        sentence=" ".join(answer.sentence for answer in answers),
        sentence_sources=tuple(dict.fromkeys(key for answer in answers for key in answer.sentence_sources)),
        results=tuple(result for answer in answers for result in answer.results),
        steps=tuple(step for answer in answers for step in answer.steps),
        claims=tuple(claim for answer in answers for claim in answer.claims),
        cautions=tuple(cautions),
        caution_sources=tuple(cautions.values()),
        sources=tuple(sources.values()),
    )  # fmt: skip
