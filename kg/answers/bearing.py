"""What sources say that bears on a sentence which asks for no fact: by the words that the two share."""

from __future__ import annotations

import re
from typing import Final

from kg.answers.answer import Claim
from kg.answers.record import Records

#: Words that tell nothing of what a question is about.
_COMMON: Final = re.compile(
    r"the|and|for|are|was|were|has|have|had|with|that|this|which|what|who|why|when|where|how|can|could|will|would|should"
    r"|any|all|not|its|into|from|there|they|them|than|then|one|two|been|being|does|did|do|nhs|england|care|in|is|it|of"
)


def _stems(text: str) -> set[str]:
    """Give the words of a text that say what it is about, without their endings."""
    words = (word for word in re.findall(r"[a-z0-9]{2,}", text.lower()) if not _COMMON.fullmatch(word))
    return {re.sub(r"(?:ings?|ers?|ed|es|e|s)$", "", word) for word in words}


def bearing_on(records: Records, sentence: str, most: int = 3) -> list[Claim]:
    """Give the claims that bear on a sentence: about something it names, and sharing words with it beside the name.

    One shared word is enough for a short sentence, two are needed for a longer one; a claim about something that is
    not named must share more than half of the words.
    """
    asked = _stems(sentence)
    scored = []
    for row in records.graph.rows("all-claims"):
        about = records.stated(row["about"])
        labels = [_stems(label) for label in (about.get("acronym", ""), about["prefLabel"]) if label]
        named = set().union(*(label for label in labels if label <= asked))
        shared = (_stems(row["text"]) & asked) - named
        enough = 1 if len(asked - named) <= 2 else 2
        if row["confidence"] != "unconfirmed" and (len(shared) >= enough if named else len(shared) > len(asked) / 2):
            scored.append((-len(shared), row["claim"], Claim(row["text"], row["rank"], records.cites(row["claim"]))))
    return [claim for _, _, claim in sorted(scored)[:most]]
