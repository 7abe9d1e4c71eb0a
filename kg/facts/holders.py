"""Who had a code on a day, what somebody was part of, and which events lead from one body to another."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from kg.facts.dates import OPEN_END, UNKNOWN_START, PartialDate
from kg.facts.records import Classification, CodeAssignment, Dated, Event, Membership
from kg.facts.rows import Facts
from kg.facts.vocabulary import LINEAGE

Period = tuple[date, date]


class Holders:
    """The bodies behind codes, by day."""

    def __init__(self, facts: Facts) -> None:
        self._held: dict[str, list[tuple[str, Period]]] = {}
        for row in facts.rows(CodeAssignment):
            self._held.setdefault(row.code, []).append((row.thing, _period(row)))
        self._wholes: dict[str, list[tuple[str, Period]]] = {}
        for part in facts.rows(Membership):
            if part.role in ("part", "commissioner"):
                self._wholes.setdefault(part.member, []).append((part.group, _period(part)))
        self._kinds: dict[str, list[tuple[str, Period]]] = {}
        for kind in facts.rows(Classification):
            self._kinds.setdefault(kind.body, []).append((kind.kind, _period(kind)))

    def of(self, code: str, day: date) -> str | None:
        """Give who had a code on a day; when nobody is recorded then, the only body that ever had it."""
        then = _on(self._held, code, day) or {thing for thing, _ in self._held.get(code, [])}
        return then.pop() if len(then) == 1 else None

    def whole_of(self, part: str, kind: str, day: date) -> str | None:
        """Give the one body of a kind that another was part of on a day."""
        then = {whole for whole in _on(self._wholes, part, day) if kind in _on(self._kinds, whole, day)}
        return then.pop() if len(then) == 1 else None


def _on(held: Mapping[str, list[tuple[str, Period]]], key: str, day: date) -> set[str]:
    return {value for value, (start, stop) in held.get(key, []) if start <= day < stop}


class Paths:
    """The events that carry bodies and their duties, from giver to receiver."""

    def __init__(self, facts: Facts) -> None:
        self._from: dict[str, list[tuple[str, date, Event]]] = {}
        for row in facts.rows(Event):
            if row.carries_lineage and LINEAGE[row.type] == "legal":
                for giver in row.before:
                    self._from.setdefault(giver, []).extend(
                        (receiver, row.date.day, row) for receiver in row.after if receiver != giver
                    )

    def between(self, giver: str, receiver: str, after: date, until: date) -> list[Event]:
        """Give the events that lead from one to the other in one step, after one day and up to another."""
        steps = self._from.get(giver, [])
        found = [event for to, day, event in steps if to == receiver and after < day <= until]
        return sorted(found, key=lambda event: event.key)

    def lead(self, giver: str, receiver: str, after: date, until: date) -> bool:
        """Whether any number of steps, whose dates never go back, leads from one to the other."""
        todo, seen = [(giver, date.min)], set[tuple[str, date]]()
        while todo:
            here, since = todo.pop()
            for to, day, _ in self._from.get(here, []):
                if day < since or not after < day <= until or (to, day) in seen:
                    continue
                if to == receiver:
                    return True
                seen.add((to, day))
                todo.append((to, day))
        return False


def _period(row: Dated) -> Period:
    if isinstance(row, Membership) and row.observed and not row.from_ and not isinstance(row.until, PartialDate):
        year = row.observed.day.year  # a list without dates holds in its own year and the next
        return date(year, 1, 1), date(year + 2, 1, 1)
    stop = row.until.day if isinstance(row.until, PartialDate) else OPEN_END
    return (row.from_.day if row.from_ else UNKNOWN_START), stop
