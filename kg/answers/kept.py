"""The kinds that an answer on members or groups keeps to."""

from __future__ import annotations

from datetime import date
from functools import cache, partial

from kg.answers import bodies
from kg.answers import language as say
from kg.answers.belonging import Side
from kg.answers.record import Records
from kg.graph.relation_index import Related


class Kept:
    """The kinds that an answer keeps to: what one is called, and several, and the bodies that were of them on a day.

    Raises:
        UsageError: the name is that of no kind.
    """

    def __init__(self, records: Records, name: str) -> None:
        kinds = bodies.kinds_named(records, name, "--kind")
        things = [records.thing(iri) for iri in kinds]
        self.one = say.listed(dict.fromkeys(one.plain for one in things), "or")
        self.several = say.listed(dict.fromkeys(one.plain_plural for one in things), "or")
        self.on = cache(partial(bodies.on_day, records, kinds))


def of_kept(rows: list[Related], what: Side, kept: Kept | None, day: date) -> list[Related]:
    """Give the relations whose other end was of the kinds on a day; all where no kind is kept to."""
    return [row for row in rows if kept is None or (row.member if what == "members" else row.group) in kept.on(day)]
