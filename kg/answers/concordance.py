"""Whole crosswalk tables: every code that there was at a level on one day, and what each is on another."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from kg.answers.codebook import Codebook, Level, Scheme
from kg.answers.course import Wish
from kg.answers.crosswalk import Crosswalk, Pair, Way
from kg.answers.portions import BASES


def concordance(codebook: Codebook, since: date, level: Level, scheme: Scheme, wish: Wish) -> list[Pair]:
    """Give every pair of codes, in order of code and share.

    With a basis, divided codes are shared out by it, and where it is not recorded by the best that is. Without one, they
    are given once for each basis by which every share on their way is recorded, or where there is none, by the best of
    each step. Either way the shares of a code by one basis sum to 1; what is not known has a row without a code.

    Args:
        codebook: the codes of every level.
        since: the day of the codes on the left.
        level: what they stand for.
        scheme: who gave them.
        wish: the day, level, scheme and basis of those on the right.

    Raises:
        UsageError: there were no such codes on one of the days, or the right ones stand for less than the left ones.
    """
    there = wish.level or codebook.following(level, wish.to, wish.scheme or scheme)

    crosswalk = Crosswalk.kept(codebook, since, wish.to, there, wish.scheme or scheme, wish.preference)
    ways = crosswalk.table(level, scheme)
    if wish.basis:
        return [pair for way in ways for pair in _by_one_name(way)]
    found: list[Pair] = []
    for way in ways:
        alone = (crosswalk.only_by(basis).way(way.held) for basis in BASES if way.divided)
        told = [one for one in alone if not one.missing]
        unlike = {tuple((pair.to, pair.share, pair.basis) for pair in one.pairs): one for one in told}
        found += [pair for one in unlike.values() or [way] for pair in _by_one_name(one)]
    return found


def _by_one_name(way: Way) -> list[Pair]:
    """Give the pairs of a code under all the bases that were counted by on its ways, so that their shares sum to 1."""
    bases = dict.fromkeys(basis for pair in way.pairs for basis in pair.basis.split("; ") if basis)
    return [replace(pair, basis="; ".join(bases)) for pair in way.pairs]
