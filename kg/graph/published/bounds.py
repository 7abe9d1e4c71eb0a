"""Where a relation that a file leaves open ends: with whom it is of, or where a later edition shows the next of its kind."""

from __future__ import annotations

from datetime import date
from typing import Final

from kg.facts.dates import OPEN_END, UNKNOWN_START
from kg.facts.ods.record import Dates, Period, Relation
from kg.graph.published.register import Subject

#: Commissioned by: an organisation has one at a time.
_COMMISSIONED: Final = "RE4"


class Bounds:
    """Bounds the relations of files, which are given latest first; with `several`, also by what the later ones show."""

    def __init__(self, *, several: bool) -> None:
        self._several = several
        #: When the first commissioner began that later files show, and that this file does.
        self._later: dict[str, date] = {}
        self._here: dict[str, date] = {}

    def file(self) -> None:
        """Begin a file."""
        for key, start in self._here.items():
            self._later[key] = min(start, self._later.get(key, start))
        self._here.clear()

    def bound(self, subject: Subject, relation: Relation) -> Relation | None:
        """End a relation that is left open where it is known to have ended; one that is over by its own dates stays as it is.

        None for one that later files tell otherwise from its first day on: they stand.
        """
        held = relation.dates.held
        if held is None:
            return relation
        following = OPEN_END
        if self._several and relation.code == _COMMISSIONED and held.start:
            following = self._later.get(subject.key, OPEN_END)
            self._here[subject.key] = min(held.start, self._here.get(subject.key, held.start))
        if held.until is not None or following == subject.ended == OPEN_END:
            return relation
        if held.start and following <= held.start:
            return None
        ends = [end for end in (following, subject.ended) if (held.start or UNKNOWN_START) < end < OPEN_END]
        if not ends:
            return relation
        period = Period(held.start, min(ends))
        dates = Dates(period, relation.dates.operational) if relation.dates.legal else Dates(None, period)
        return relation._replace(dates=dates)
