"""How alike two folded names are, for suggestions: never to decide what a name means."""

from __future__ import annotations

import re
from collections.abc import Iterable
from heapq import nlargest
from string import ascii_lowercase, digits
from typing import Final

#: What a publisher's code looks like: a few letters and digits, or the nine of the Office for National Statistics.
_CODE: Final = re.compile(r"(?=.*[0-9])(?!.*[a-z]{4})(?:[a-z0-9]{3,7}|[a-z][0-9]{7,9})")


def is_code(folded: str) -> bool:
    """Whether a folded text looks like a code: of two of these, what is alike says nothing of what they mean."""
    return _CODE.fullmatch(folded) is not None


def slips(folded: str) -> list[str]:
    """Give what a text may have been before one slip: two characters swapped, then one other, one too many, one too few."""
    cuts = [(folded[:at], folded[at:]) for at in range(len(folded) + 1)]
    letters = digits + ascii_lowercase
    swapped = [before + after[1] + after[0] + after[2:] for before, after in cuts if len(after) > 1]
    other = [before + letter + after[1:] for before, after in cuts if after for letter in letters]
    fewer = [before + after[1:] for before, after in cuts if after]
    more = [before + letter + after for before, after in cuts for letter in letters]
    return [text for text in dict.fromkeys((*swapped, *other, *fewer, *more)) if text != folded]


def likest(
    folded: str, rows: Iterable[tuple[str, ...]], limit: int, above: float = -1.0
) -> list[tuple[float, str, str]]:
    """Give the names that are likest, the likest first, until as many things as are wanted have one.

    How alike two names can be at most follows from their lengths and letters, which is told in a hundredth of the time, and
    of a name that holds the whole text how alike they are: names that cannot come among the first, or above what is asked,
    are not compared.
    """
    letters = [(letter, folded.count(letter)) for letter in set(folded)]

    def most(name: str) -> float:
        if (held := _holding(folded, name)) is not None:
            return held
        longest = 2 * min(len(folded), len(name)) / (len(folded) + len(name))
        if longest <= above:
            return longest
        shared = 0
        for letter, count in letters:
            shared += min(name.count(letter), count)
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
            if score > least and len(best) >= limit:
                least = nlargest(limit, best.values())[-1]
    return sorted(scored, key=lambda row: (-row[0], row[1], row[2]))


def _holding(one: str, other: str) -> float | None:
    """Say how near a folded name is that holds a whole text, 0.6 to 1; None of one that does not, or for a text of two letters."""
    if len(one) <= 2 or one not in other:
        return None
    ratio = 2 * len(one) / (len(one) + len(other))
    return max(ratio, 0.6 + ratio / 3)


def _likeness(one: str, other: str) -> float:
    """Say how alike two folded names are, 0 to 1; a name that holds the whole text counts as near."""
    if (held := _holding(one, other)) is not None:
        return held
    from difflib import SequenceMatcher  # slow to import, needed for suggestions only

    return SequenceMatcher(None, one, other).ratio()
