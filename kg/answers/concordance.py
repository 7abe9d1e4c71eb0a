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

    def ways(*preference: str) -> dict[str, Way]:
        crosswalk = Crosswalk(codebook, since, wish.to, there, wish.scheme or scheme, preference)
        return {way.held.code: way for way in crosswalk.table(level, scheme)}

    best = ways(*wish.preference)
    if wish.basis:
        return [pair for way in best.values() for pair in _by_one_name(way)]
    divided = any(way.divided for way in best.values())
    by_basis = {basis: ways(basis) for basis in BASES} if divided else {}
    found: list[Pair] = []
    for code, way in best.items():
        told = [one for basis in by_basis if not (one := by_basis[basis][code]).missing] if way.divided else []
        unlike = {tuple((pair.to, pair.share, pair.basis) for pair in one.pairs): one for one in told}
        found += [pair for one in unlike.values() or [way] for pair in _by_one_name(one)]
    return found


def _by_one_name(way: Way) -> list[Pair]:
    """Give the pairs of a code under all the bases that were counted by on its ways, so that their shares sum to 1."""
    bases = dict.fromkeys(basis for pair in way.pairs for basis in pair.basis.split("; ") if basis)
    return [replace(pair, basis="; ".join(bases)) for pair in way.pairs]
