"""A table of codes recoded to another day and level: which day its codes are of, what to do where a body was divided."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import Any, Final, NamedTuple

from kg.answers import language as say
from kg.answers.codebook import Codebook
from kg.answers.course import Course, OnSplit, Wish, available, bases_of, course_of, unrecognised
from kg.answers.crosswalk import Way
from kg.answers.engines import Link
from kg.answers.frames import Tally, tally
from kg.answers.ledger import Ledger
from kg.answers.measures import Measure
from kg.answers.portions import BASES
from kg.answers.report import Report
from kg.answers.vintage import vintage
from kg.errors import BadInput, UsageError

#: How many codes an error names; the rest are counted.
_NAMED: Final = 12


class Divided(UsageError):
    """Rows stand for bodies that were divided, and nothing was said of how to share them out."""

    def __init__(self, text: str, ways: Sequence[Way]) -> None:
        super().__init__(text)
        self.codes = tuple(way.held.code for way in ways)


class Recoded(NamedTuple):
    """A table recoded: the same kind of frame as was given, and what is estimated, lost or ambiguous in it."""

    frame: Any
    report: Report


def recode(
    codebook: Codebook, frame: Any, column: str, wish: Wish, measures: Sequence[Measure], by: Sequence[str] = (),
    release: str = "", command: str = "",
) -> Recoded:  # fmt: skip
    """Recode a table: counts are shared out and summed, rates made again, categories that disagree listed.

    Args:
        codebook: the codes of every level.
        frame: a pandas, Polars, DuckDB, PySpark or PyArrow table; it is read where it is.
        column: the column of codes; blanks around them and small letters do not matter.
        wish: the day and level to be had, and how to share out what was divided.
        measures: what other columns are; what is not named is left out.
        by: columns that rows are kept apart by, such as a year.
        release: the release of the graph, for the report, so that it can be cited.
        command: what was asked, for the same.

    Raises:
        Divided: rows stand for bodies that were divided, and `wish` does not say how to share them out.
        UsageError: a wrong column, day, level or measure, or codes of several times.
        BadInput: the table is empty, no code in it is known, or a count is no number.
    """
    table = tally(frame, column, measures, by)
    counts = {code: found.rows for code, found in table.codes.items() if code}
    empty = table.codes[""].rows if "" in table.codes else 0
    told = vintage(codebook, counts, empty)
    if not told.known:
        raise BadInput(unrecognised(column, told))
    course = course_of(codebook, told, wish, column)
    _refuse(course, wish, table)
    if wish.policy == "weigh" and not wish.basis:
        _only_basis(course)
    links = list(_links(course, wish.policy))
    report = Report.of(Ledger(course, wish, table, told, links), release=release, command=command)
    return Recoded(table.recoded(links), report)


def _refuse(course: Course, wish: Wish, table: Tally) -> None:
    """Stop where bodies were divided and it was not said what to do: the commonest silent error is to guess."""
    divided = [way for way in course.ways if way.divided]
    if wish.policy != "refuse" or not divided:
        return
    rows = sum(table.codes[way.held.code.upper()].rows for way in divided)
    alike: dict[str, list[str]] = {}
    for way in divided[:_NAMED]:
        bases = available(course.crosswalk, way)
        into = f"into {say.listed(pair.to.code for pair in way.pairs if pair.to)}, " + (
            f"shares by {say.listed(bases)}" if bases else "of which no share is recorded"
        )
        name = course.crosswalk.codebook.name(way.held, course.crosswalk.since)
        alike.setdefault(into, []).append(f"{way.held.code} ({name})")
    told = [f"{', '.join(codes)} {into}" for into, codes in alike.items()]
    if len(divided) > _NAMED:
        told.append(f"and {len(divided) - _NAMED} more ({', '.join(way.held.code for way in divided[_NAMED:])})")
    back = "Going back in time, what was merged is divided again by an estimate. " if course.crosswalk.backwards else ""
    raise Divided(
        f"Nothing was recoded: {say.counted(len(divided), 'code')} on {say.counted(rows, 'row')} "
        f"{'stands for a body that was' if len(divided) == 1 else 'stand for bodies that were'} divided. "
        f"{back}{'; '.join(told)}. {_advice(_all_bases(course, divided))}",
        divided,
    )


def _advice(bases: Sequence[str]) -> str:
    if not bases:
        return "No share of them is recorded, so they can only be left out of the sums, with --on-split list."
    return (
        f"Say what to count by, as --basis {bases[0]}, or leave these out of the sums with --on-split list, or give each to its "
        "largest part with --on-split main."
    )


def _all_bases(course: Course, ways: Iterable[Way]) -> tuple[str, ...]:
    found = {basis for way in ways for basis in available(course.crosswalk, way)}
    return tuple(basis for basis in BASES if basis in found)


def _only_basis(course: Course) -> None:
    """Share out without a named basis only where there is no choice to be made."""
    events = {event for way in course.ways for event in way.needed}
    for event in sorted(events):
        bases = bases_of(course.crosswalk, event)
        if len(bases) > 1:
            facts = course.crosswalk.records.event(event)
            raise UsageError(
                f"To weigh, say what to count by: what happened {say.on(facts['happenedOn'], facts['precision'])} "
                f"({facts['summary']}) can be shared out by {say.listed(bases, 'or')}. Give one with --basis."
            )


def _links(course: Course, policy: OnSplit) -> Iterable[Link]:
    """Give where each code goes, and what part of it; what has no home goes under no code."""
    for code, held in sorted(course.held.items()):
        way = course.crosswalk.way(held)
        if way.divided and policy == "list":
            yield Link(code, None, 1.0)
        elif way.divided and policy == "main":
            yield Link(code, way.largest.to.code if way.largest and way.largest.to else None, 1.0)
        else:
            yield from _weighed(code, way)


def _weighed(code: str, way: Way) -> Iterable[Link]:
    """Give the shares as binary fractions that add up to 1 as nearly as they can: the largest takes what rounding leaves."""
    known = [(pair.to.code if pair.to else None, pair.share) for pair in way.pairs if pair.share]
    if not known:
        yield Link(code, None, 1.0)
        return
    (first, largest), *rest = sorted(known, key=lambda item: -(item[1] or Fraction(0)))
    others = [Link(code, to, float(share or 0)) for to, share in rest]
    left = Fraction(1) - sum((Fraction(link.share) for link in others), Fraction(0))
    yield Link(code, first, float(left) if abs(left - (largest or 0)) < Fraction(1, 10**9) else float(largest or 0))
    yield from others
