"""What is asked about one name: in which sense, of which day, and in whose words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any

from kg.answers.answer import Answer, Intent
from kg.answers.draft import Draft
from kg.answers.find import Found, Level, look_up, on_day, unresolved
from kg.answers.record import Records, Thing
from kg.facts.dates import PartialDate
from kg.graph.name_index import Named


@dataclass(frozen=True)
class Question:
    """A name to be looked up; `on` is the day, month or year asked of, `as_of` the day on which it is asked.

    `words` are the person's own, empty where a command was given; each question then has a sentence of its own.
    """

    records: Records
    name: str
    as_of: date
    on: PartialDate | None = None
    sense: str | None = None
    words: str = ""
    level: Level | None = None
    chosen: Found | None = None

    @cached_property
    def found(self) -> Found:
        return self.chosen or look_up(self.records, self.name, self.sense, self.level)

    @property
    def on_its_day(self) -> Question:
        """Of several bodies that a code has belonged to, mean the one that held it on the day."""
        found = on_day(self.records, self.found, self.name, self.on.day if self.on else self.as_of)
        return replace(self, chosen=found) if found.things else self

    def preferring(self, fits: Callable[[Named], bool]) -> Question:
        """Of several things with one name, keep the only one that fits, if just one does."""
        fitting = [named for named in self.found.several if fits(named)]
        return replace(self, chosen=Found((fitting[0].iri,))) if len(fitting) == 1 else self

    @property
    def thing(self) -> Thing:
        """The thing meant; of one story in several senses, the last."""
        return self.records.thing(self.found.last)

    def day(self, thing: Thing) -> date:
        """Give the day meant: in a year or month, the first on which the thing existed; else its last day, if it had ended."""
        if self.on is not None:
            inside = self.on.precision != "day" and self.on.day < thing.start < self.on.following
            return thing.start if inside else self.on.day
        return date.fromordinal(thing.end.toordinal() - 1) if thing.end <= self.as_of else self.as_of

    def asked(self, words: str) -> str:
        """Give the question as it was put, or these words of ours, with {name} in them, where a command was given."""
        return self.words or words.format(name=self.name)

    def draft(self, intent: Intent, words: str, as_of: date | None = None, **more: Any) -> Draft:
        """Begin an answer, of the day it is asked on or another."""
        return Draft(self.records, self.asked(words), intent, as_of or self.as_of, **more)

    def unresolved(self, intent: Intent, words: str) -> Answer:
        """Give the answer when the name means several things, or none."""
        return unresolved(self.records, self.found, self.name, self.asked(words), intent, self.as_of)
