"""Names as people write them in a sentence."""

from __future__ import annotations

import re
from typing import Final

from kg.answers import language as say
from kg.answers.find import look_up
from kg.answers.record import Records

#: What people call general practices, and the publisher's name of their role.
_PRACTICES: Final = frozenset(("practices", "general practices", "surgeries", "gp surgeries"))
_PRACTICE: Final = "GP practice"


def trimmed(records: Records, name: str, sense: str | None = None) -> str:
    """Take off articles and quotes, and a plural s where only the singular is known; practices are GP practices."""
    if len(name) > 200:  # longer than any name
        return name
    bare = re.sub(r"^(?:an?|the)\s+", "", name.strip().strip("\"'\u201c\u201d").strip(), flags=re.IGNORECASE)
    for form in (
        _PRACTICE if bare.casefold() in _PRACTICES else bare,
        bare.removesuffix("s"),
        bare.removesuffix("'s"),
        re.sub(r"\s+(?:sites?|areas?|footprints?|bodies|codes?)$", "", bare, flags=re.IGNORECASE),
    ):
        for word in (form, form.removesuffix("s")):
            found = look_up(records, word, sense) if word else None
            if found and (found.things or found.several):
                return word
    return bare


def unreadable(records: Records, sentence: str) -> str:
    """Say which names were understood in a sentence that could not be read, and show three that can be."""
    words, known = sentence.split()[:60], []
    taken = 0
    for start in range(len(words)):
        for end in range(min(len(words), start + 7), max(start, taken), -1):
            text = trimmed(records, " ".join(words[start:end]).strip("?,.;:'\""))
            if start >= taken and text and records.graph.names.exact(text) and not text.isdigit():
                known.append(text)
                taken = end
                break
    name = known[0] if known else "ACS"
    understood = (
        f"It was understood to be about {say.listed(known)}, but not what is asked."
        if known
        else "No name in it is known."
    )
    return (
        f'The sentence cannot be read: "{say.shown(sentence)}". {understood} Sentences that can be: '
        f'"what did {name} become?", "what is {name}?", "how many {name} were there in 2019?".'
    )  # fmt: skip
