"""Names as people write them, folded: what two ways to write one name have in common."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final

_SPELT_OUT: Final = (
    ("integrated care board", "icb"), ("integrated care system", "ics"), ("clinical commissioning group", "ccg"),
    ("primary care trust", "pct"), ("accountable care system", "acs"),
    ("sustainability and transformation partnership", "stp"), ("sustainability and transformation plan", "stp"),
    ("nhs foundation trust", "trust"), ("nhs trust", "trust"),
)  # fmt: skip
_LAST: Final = tuple({long.rpartition(" ")[2] for long, _ in _SPELT_OUT})
_AFFIXES: Final = frozenset(("ccg", "icb", "ics", "stp", "pct", "acs"))
#: What stands within a word and is no part of it, and what parts words.
_WITHIN: Final = re.compile(r"[\u0300-\u036f'\u2019]")
_BETWEEN: Final = re.compile(r"[^\w\s]|_")


@lru_cache(maxsize=1 << 15)
def fold(text: str) -> str:
    """Fold case, accents, punctuation, "&", a leading "the" and "NHS" out of a name."""
    plain = (text.lower() if text.isascii() else unicodedata.normalize("NFKD", text).casefold()).replace("&", " and ")
    words = _BETWEEN.sub(" ", _WITHIN.sub("", plain)).split()
    while len(words) > 1 and words[0] in ("the", "nhs"):
        words = words[1:]
    return " ".join(words)


def shorten(text: str) -> str:
    """Fold a name, its kind at the end as an acronym: "NHS Frimley Integrated Care Board" is "frimley icb"."""
    return _shortened(fold(text))


def _shortened(words: str) -> str:
    for long, short in _SPELT_OUT if words.endswith(_LAST) else ():
        if words.endswith(" " + long):
            return f"{words.removesuffix(long)}{short}"
    return words


def loosen(text: str) -> str:
    """Fold a name and take off the word for its kind at the end: "Frimley ICB" is "frimley"."""
    return loosened(fold(text))


def loosened(folded: str) -> str:
    """Loosen a name that is folded already."""
    rest, _, last = _shortened(folded).rpartition(" ")
    return rest if rest and last in _AFFIXES else f"{rest} {last}" if rest else last
