"""The account of one recoding: what went in under each code, what came out, and what of it was shared out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from kg.answers import language as say
from kg.answers.codebook import Held
from kg.answers.course import Course, Wish
from kg.answers.crosswalk import Crosswalk, Pair, Way
from kg.answers.engines import Link
from kg.answers.frames import Found, Tally
from kg.answers.record import Records
from kg.answers.vintage import Vintage
from kg.graph.names import Iri, key_of

Row = dict[str, Any]


@dataclass(frozen=True)
class Ledger:
    """A table that was read, the links that were applied to it, and why they lead where they do."""

    course: Course
    wish: Wish
    table: Tally
    told: Vintage
    links: Sequence[Link]

    @property
    def crosswalk(self) -> Crosswalk:
        return self.course.crosswalk

    @property
    def records(self) -> Records:
        return self.crosswalk.records

    @cached_property
    def ways(self) -> list[Way]:
        return self.course.ways

    @cached_property
    def homes(self) -> dict[str, set[str]]:
        """The new codes that some part of each code went to."""
        found: dict[str, set[str]] = {}
        for link in self.links:
            if link.to_code is not None:
                found.setdefault(link.from_code, set()).add(link.to_code)
        return found

    @cached_property
    def reached(self) -> set[str]:
        """The new codes."""
        return {code for homes in self.homes.values() for code in homes}

    @cached_property
    def by_target(self) -> dict[str | None, dict[str, float]]:
        """What each new code got of each measure; None has what has no home."""
        return self.table.by_target(self.links)

    def found(self, held: Held) -> Found:
        """Give what the rows of a code hold."""
        return self.table.codes[held.code.upper()]

    def amount(self, pairs: Iterable[Pair], measure: str) -> float | int:
        """Give how much of a measure went by these pairs."""
        return plain(sum(float(self.found(pair.from_).totals.get(measure, 0) * (pair.share or 0)) for pair in pairs))

    def misplaced(self, measure: str) -> float | int:
        """Give how much of divided codes was given to their largest parts and belongs elsewhere."""
        divided = [way for way in self.ways if way.divided and way.largest]
        return self.amount((pair for way in divided for pair in way.pairs if pair is not way.largest), measure)

    def weighed(self, way: Way) -> list[Pair]:
        """Give the pairs of a way whose numbers were shared out."""
        shared = self.wish.policy == "weigh"
        return [pair for pair in way.pairs if pair.to and pair.basis and pair.share] if shared else []

    def label(self, held: Held | None, *, then: bool = False) -> str:
        """Give the name of a body on the day of the new codes, or `then`, on that of the old."""
        day = self.crosswalk.since if then else self.crosswalk.until
        return self.crosswalk.codebook.name(held, day) if held else "not known where"

    def event(self, event: Iri) -> Row:
        """Give what happened: key, date, type, one line, and its sources."""
        facts = self.records.event(event)
        return {
            "key": key_of(event), "date": say.iso(facts["happenedOn"], facts["precision"]), "type": facts["type"],
            "summary": facts["summary"], "sources": list(self.records.cites(event)),
        }  # fmt: skip

    def rows(self) -> Row:
        """Count the rows that went in, those of them that lead somewhere, and those whose code had to be tidied."""
        recoded = sum(self.table.codes[code].rows for code in self.course.held if code in self.homes)
        untidy = sum(one.untidy for one in self.table.codes.values())
        return {"in": self.table.rows, "recoded": recoded, "unmapped": self.table.rows - recoded, "untidy": untidy}

    def codes(self) -> Row:
        """Count the codes that went in, those of them that lead somewhere, and the new ones."""
        recoded = sum(code in self.homes for code in self.course.held)
        several = len(self.told.counts)
        return {"in": several, "recoded": recoded, "unmapped": several - recoded, "out": len(self.reached)}

    def totals(self) -> Iterable[Row]:
        """Give a row a measure; what went in is what came out and what has no home."""
        for measure, whole in self.table.totals.items():
            nowhere = self.by_target.get(None, {}).get(measure, 0)
            row: Row = {
                "measure": measure, "in": plain(whole), "out": plain(whole - nowhere), "unmapped": plain(nowhere),
                "estimated": self.amount((pair for way in self.ways for pair in self.weighed(way)), measure),
                "empty": sum(found.empty.get(measure, 0) for found in self.table.codes.values()),
            }  # fmt: skip
            if measure in self.table.rates:
                row["denominator"] = self.table.rates[measure]
            if self.wish.policy == "main":
                row["misplaced"] = self.misplaced(measure)
            yield row


def plain(value: float) -> float | int:
    """Give a sum as a whole number where it is one; others to the twelve digits that every engine agrees on."""
    if isinstance(value, int):
        return value
    shortened = float(f"{value:.12g}")
    return int(shortened) if shortened.is_integer() else shortened
