"""What is wished of a table of codes, on which day its codes are read, and where each of them leads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Final, Literal, get_args

from kg.answers import language as say
from kg.answers.codebook import LEVELS, NAMES, SCHEMES, Codebook, Held, Level, Scheme, span
from kg.answers.crosswalk import Crosswalk, Way
from kg.answers.portions import BASES
from kg.answers.vintage import Fit, Vintage
from kg.errors import UsageError
from kg.graph.names import Iri

#: What to do with rows of a body that was divided: share it out, refuse, leave it out and list it, or give all to the largest.
OnSplit = Literal["weigh", "refuse", "list", "main"]
ON_SPLIT: Final[tuple[OnSplit, ...]] = get_args(OnSplit)
#: Before this day nothing is recorded of any level.
_FIRST: Final = date(1999, 1, 1)


@dataclass(frozen=True)
class Wish:
    """What is asked for: the day, level and scheme of the codes to be had, and how divided bodies are shared out.

    `since` is the day of the codes in the table, None to find it out. `basis` is what to share out by where it is recorded;
    where it is not, the best that is, and the report says so.
    """

    to: date
    since: date | None = None
    level: Level | None = None
    scheme: Scheme | None = None
    basis: str | None = None
    on_split: OnSplit | None = None

    def __post_init__(self) -> None:
        checked(self.level, self.scheme)
        _one_of("basis", self.basis, BASES)
        _one_of("way with what was divided", self.on_split, ON_SPLIT)

    @property
    def policy(self) -> OnSplit:
        """What to do with rows that are divided: refused, unless something else or a basis is asked for."""
        return self.on_split or ("weigh" if self.basis else "refuse")

    @property
    def preference(self) -> tuple[str, ...]:
        """What to count by, the best first."""
        return tuple(dict.fromkeys((*([self.basis] if self.basis else ()), *BASES)))


def checked(level: str | None, scheme: str | None) -> tuple[Any, Any]:
    """Give a level and a scheme of codes as they are; raise UsageError for one that there is not."""
    return _one_of("level", level, LEVELS), _one_of("scheme", scheme, SCHEMES)


def _one_of(what: str, value: str | None, known: Sequence[str]) -> str | None:
    if value is not None and value not in known:
        raise UsageError(f'"{say.shown(str(value))}" is no {what}. It is one of {say.listed(known, "or")}.')
    return value


@dataclass(frozen=True)
class Course:
    """The codes of a table on one day, and where they lead."""

    crosswalk: Crosswalk
    held: Mapping[str, Held]
    scheme: Scheme
    found: str = ""
    periods: tuple[Fit, ...] = field(default=())

    @property
    def ways(self) -> list[Way]:
        return [self.crosswalk.way(held) for _, held in sorted(self.held.items())]

    def leads(self) -> tuple[object, ...]:
        """Give all that a recoding depends on, to be compared with that of another day."""
        return tuple(
            (way.held.code, tuple((pair.to and (pair.to.code, pair.to.body), pair.share) for pair in way.pairs))
            for way in self.ways
        )


def course_of(codebook: Codebook, told: Vintage, wish: Wish, column: str) -> Course:
    """Find the day of the codes, and where they lead from it.

    Raises:
        UsageError: the codes are of several times, or fit several and would lead elsewhere from each.
    """
    if wish.since:
        return _from(codebook, told.known, wish, wish.since, "given")
    if told.mixed:
        parts = [
            f"{say.number(len(fit.codes))} ({say.shortened(sorted(fit.codes), 3)}) are of {period(fit)}"
            for fit in told.parts
        ]
        raise UsageError(
            f'The codes of the column "{say.shown(column)}" are of several times: {say.listed(parts)}. Recode each part on '
            "its own, or give the day that all are to be read as with --from."
        )
    courses = [
        (fit, replace(_from(codebook, told.known, wish, day, "auto"), periods=told.complete))
        for fit in told.complete
        for day in _days(codebook, fit, told.known)
    ]
    leads = courses[0][1].leads()
    if any(course.leads() != leads for _, course in courses[1:]):
        periods = list(dict.fromkeys(period(fit) for fit, _ in courses))
        days = list(dict.fromkeys(course.crosswalk.since for _, course in courses))
        raise UsageError(
            f'The codes of the column "{say.shown(column)}" fit several times, and lead elsewhere from each: '
            f"{say.listed(periods, 'or')}. Say which is meant, with --from {say.listed([f'{day}' for day in days[:6]], 'or')}."
        )
    # All lead to the same; of the best, one from which nobody has to go back is meant.
    return next((course for _, course in courses if not course.crosswalk.backwards), courses[0][1])


def _days(codebook: Codebook, fit: Fit, known: Iterable[str]) -> list[date]:
    """Give the days of a period from which codes may lead elsewhere: its first, and each on which some of the people moved."""
    start = max(fit.start, _FIRST)
    bodies = {held.body for code in known for held in codebook.by_code[code] if held.on(start)}
    rows = codebook.records.rows("transfers-between", since=start, asOf=min(fit.end, date(9999, 1, 1)))
    moved = {row["date"] for row in rows if row["date"] < fit.end and {row["giver"], row["receiver"]} & bodies}
    return [start, *sorted(moved)]


def _from(codebook: Codebook, known: Iterable[str], wish: Wish, since: date, found: str) -> Course:
    held = {code: one for code in known if (one := codebook.holder(code, since))}
    if not held:
        some = min(known)
        one = codebook.nearest(some, since)
        raise UsageError(
            f"None of the codes was in use on {say.day(since)}: {some}, for one, was that of {one.label} "
            f"{span(one.start, one.end)}. Give another --from, or auto."
        )
    levels = [level for level in LEVELS if any(one.level == level for one in held.values())]
    scheme = next(one.scheme for one in held.values())
    there = wish.scheme or scheme
    level = wish.level or codebook.following(levels[-1], wish.to, there)
    crosswalk = Crosswalk.kept(codebook, since, wish.to, level, there, wish.preference)
    return Course(crosswalk, held, scheme, found)


def period(fit: Fit) -> str:
    """Give a period of codes in words: "CCGs from 1 April 2015 until 31 March 2017"."""
    scheme = ", ONS codes" if fit.scheme == "gss" else ""
    return f"{NAMES[fit.level][1]}{scheme} {span(fit.start, fit.end)}"


def available(crosswalk: Crosswalk, way: Way) -> tuple[str, ...]:
    """Give what a divided code can be shared out by: what is recorded of any event that divides it."""
    told = {basis for event in way.needed for basis in bases_of(crosswalk, event)}
    if crosswalk.backwards:  # what a body was merged of is told by the sizes of all its parts, if they are known
        told = {basis for basis in told if not crosswalk.only_by(basis).way(way.held).missing}
    return tuple(basis for basis in BASES if basis in told)


def bases_of(crosswalk: Crosswalk, event: Iri) -> tuple[str, ...]:
    """Give what an event can be shared out by; going back, what was merged is told apart by the sizes of its parts."""
    stated = crosswalk.ground.bases(event)
    return tuple(dict.fromkeys((*crosswalk.sizes.by_basis, *stated))) if crosswalk.backwards else stated


def unrecognised(column: str, told: Vintage) -> str:
    """Say that no value of a column is a code, with what a few of them may be."""
    examples = [
        f'"{say.shown(one.value, 30)}"' + (f" (perhaps {say.listed(one.suggestions, 'or')})" if one.suggestions else "")
        for one in told.strangers[:3]
    ]
    what = f"such as {say.listed(examples)}" if examples else "and every cell is empty"
    return (
        f'No value of the column "{say.shown(column)}" is a code of a PCT, CCG, sub-ICB location, STP, ICB or region, '
        f"{what}. Name the column that holds the codes."
    )
