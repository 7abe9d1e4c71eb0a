"""How alike two folded names are, for suggestions: never to decide what a name means."""

from __future__ import annotations

from collections.abc import Iterable
from heapq import nlargest


def likest(
    folded: str, rows: Iterable[tuple[str, ...]], limit: int, above: float = -1.0
) -> list[tuple[float, str, str]]:
    """Give the names that are likest, the likest first, until as many things as are wanted have one.

    How alike two names can be at most follows from their letters, which is told in a hundredth of the time: names that
    cannot come among the first, or above what is asked, are not compared.
    """
    letters = [(letter, folded.count(letter)) for letter in set(folded)]

    def most(name: str) -> float:
        if len(folded) > 2 and folded in name:
            return 2.0  # the likest of all
        shared = 0
        for letter, count in letters:
            held = name.count(letter)
            shared += min(held, count)
        return 2 * shared / (len(folded) + len(name))

    scored = list[tuple[float, str, str]]()
    best: dict[str, float] = {}
    least = -1.0
    for bound, name, iri in sorted(((most(name), name, iri) for name, iri in rows), key=lambda row: -row[0]):
        if bound <= above or bound < least:
            break
        score = _likeness(folded, name)
        if score <= above:
            continue
        scored.append((score, name, iri))
        if score > best.get(iri, -1.0):
            best[iri] = score
            if len(best) >= limit:
                least = nlargest(limit, best.values())[-1]
    return sorted(scored, key=lambda row: (-row[0], row[1], row[2]))


def _likeness(one: str, other: str) -> float:
    """Say how alike two folded names are, 0 to 1; a name that holds the whole text counts as near."""
    if len(one) > 2 and one in other:
        ratio = 2 * len(one) / (len(one) + len(other))
        return max(ratio, 0.6 + ratio / 3)
    from difflib import SequenceMatcher  # slow to import, needed for suggestions only

    return SequenceMatcher(None, one, other).ratio()
