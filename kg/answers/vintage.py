"""Of which level, scheme and time the codes of a column are; which fit none, and which of several times are mixed."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Final

from kg.answers.codebook import LEVELS, SCHEMES, Codebook, Held, Level, Scheme

#: How many suggestions are made for a code, and how like it they must be.
_NEAR: Final = 3
_LIKE: Final = 0.6


@dataclass(frozen=True)
class Fit:
    """A time in which codes of a column were in use: those of one level and scheme, in `[start, end)`.

    `codes` fit; `rows` is how many rows bear them. `absent` is how many more codes there were of the kind at the time. All
    through the period the same codes of the column were in use.
    """

    level: Level
    scheme: Scheme
    start: date
    end: date
    codes: frozenset[str]
    rows: int
    absent: int

    @property
    def rank(self) -> tuple[int, int, int]:
        """What is best: most codes, then most rows, then fewest that should be there and are not."""
        return len(self.codes), self.rows, -self.absent

    def sorted(self) -> tuple[int, int, int, int, int, int]:
        """Give what orders fits, the best first and of equals the earliest."""
        codes, rows, absent = self.rank
        return -codes, -rows, -absent, self.start.toordinal(), LEVELS.index(self.level), SCHEMES.index(self.scheme)


@dataclass(frozen=True)
class Stranger:
    """A value that was never a code of any level: how many rows have it, what else it is, and what may be meant."""

    value: str
    rows: int
    is_: str
    suggestions: tuple[str, ...]


@dataclass(frozen=True)
class Reused:
    """A code that several bodies have held: each with the days on which it did."""

    code: str
    holders: tuple[Held, ...]


@dataclass(frozen=True)
class Vintage:
    """What the codes of one column, or of one group of its rows, are.

    `fits` are the times that fit most codes, the best first; those as good as the first are `best`. `parts` divides a mixed
    list into the codes of each time. `counts` gives the rows of each value, tidied: blanks off, capital letters.
    """

    counts: Mapping[str, int]
    fits: tuple[Fit, ...]
    parts: tuple[Fit, ...]
    strangers: tuple[Stranger, ...]
    reused: tuple[Reused, ...]
    empty: int = 0

    @property
    def rows(self) -> int:
        return sum(self.counts.values()) + self.empty

    @cached_property
    def known(self) -> frozenset[str]:
        """The values that were a code of some level at some time."""
        return frozenset(self.counts) - {stranger.value for stranger in self.strangers}

    @property
    def mixed(self) -> bool:
        """Whether no one time fits every code."""
        return len(self.parts) > 1

    @property
    def best(self) -> tuple[Fit, ...]:
        return tuple(fit for fit in self.fits if fit.rank == self.fits[0].rank)

    @property
    def complete(self) -> tuple[Fit, ...]:
        """The times that fit every code, whether or not all that there were then are here."""
        return tuple(fit for fit in self.fits if len(fit.codes) == len(self.known))


def vintage(codebook: Codebook, counts: Mapping[str, int], empty: int = 0) -> Vintage:
    """Say of which times these values are codes.

    Args:
        codebook: the codes of every level.
        counts: how many rows bear each value, tidied: blanks off, capital letters.
        empty: how many rows have no value.
    """
    known = {code: rows for code, rows in counts.items() if code in codebook.by_code}
    fits = sorted(_fits(codebook, known), key=Fit.sorted)
    # Codes of the kind that are not here tell times apart; times with few of the codes tell nothing.
    fits = [fit for fit in fits if fits[0].rows and len(fit.codes) * 2 > len(fits[0].codes)]
    reused = [
        Reused(code, codebook.by_code[code])
        for code in sorted(known)
        if len({held.body for held in codebook.by_code[code]}) > 1
    ]
    strangers = [
        Stranger(value, counts[value], *_explained(codebook, value)) for value in sorted(counts) if value not in known
    ]
    return Vintage(counts, tuple(fits), tuple(_parts(codebook, known)), tuple(strangers), tuple(reused), empty)


def _fits(codebook: Codebook, known: Mapping[str, int]) -> Iterator[Fit]:
    """Give every time in which some of the codes were in use, each as long as the same of them were, and as many others."""
    for level, scheme, periods in codebook.times:
        last: Fit | None = None
        for start, end, then in periods:
            here = then & known.keys()
            fit = Fit(level, scheme, start, end, here, sum(known[code] for code in here), len(then) - len(here))
            if last and (last.end, last.codes, last.absent) == (start, here, fit.absent):
                last = Fit(level, scheme, last.start, end, here, fit.rows, fit.absent)
                continue
            if last and last.codes:
                yield last
            last = fit
        if last and last.codes:
            yield last


def _parts(codebook: Codebook, known: Mapping[str, int]) -> Iterator[Fit]:
    """Divide codes among as few times as are needed, the one that fits most of them first."""
    left = dict(known)
    while left:
        best = min(_fits(codebook, left), key=Fit.sorted)
        yield best
        left = {code: rows for code, rows in left.items() if code not in best.codes}


def _explained(codebook: Codebook, value: str) -> tuple[str, tuple[str, ...]]:
    """Say what a value is that is no code of a level, and which codes may be meant."""
    names = codebook.records.graph.names
    other = [row["label"] for row in codebook.records.rows("code-holders", code=value)]
    named = {held.body: held for held in codebook.held}
    called = [named[one.iri] for one in names.exact(value) if one.iri in named]
    if called:
        return "a name", tuple(
            dict.fromkeys(held.code for held in codebook.held if held.body in {one.body for one in called})
        )
    if other:
        return f"the code of {other[-1]}, which is at none of these levels", ()
    return "", tuple(_near(codebook, value))


def _near(codebook: Codebook, value: str) -> Iterable[str]:
    """Give codes that look like a value: a letter O for a nought, a lost nought, a code that a spreadsheet made a number."""
    codes = codebook.by_code
    if found := re.fullmatch(r"(\d(?:\.\d+)?)E\+?0?(\d)", value):
        mantissa = found[1].replace(".", "").rstrip("0") or "0"
        if (guess := f"{mantissa}E{int(found[2]) - max(len(mantissa) - 1, 0)}") in codes:
            return (guess,)
    swapped = {value.translate(str.maketrans(one, other)) for one, other in (("O", "0"), ("I", "1"), ("L", "1"))}
    padded = {value.zfill(width) for width in (3,) if len(value) < width}
    plain = re.sub(r"[^0-9A-Z]", "", value)
    exact = [code for code in sorted({*swapped, *padded, plain}) if code in codes]
    like = [code for code in codes if abs(len(code) - len(value)) <= 1]  # a word such as "total" is like no code
    return exact or difflib.get_close_matches(value, like, n=_NEAR, cutoff=_LIKE)
