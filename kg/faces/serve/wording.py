"""What the library says to who types commands, in the words of those who ask by addresses."""

from __future__ import annotations

import re
from typing import Final

_COMMAND: Final = re.compile(r": kg diff (\S+) (\S+)$")
_CHOICE: Final = re.compile(r"--sense (\S+)$", re.MULTILINE)
#: Options that are parameters of addresses too; other words that begin with "--" may be a stranger's own.
_OPTION: Final = re.compile(r"--(level|basis|by|from|to|kind|depth|scheme)\b")


def addressed(words: str) -> str:
    """Give a fault with the parameters of addresses where it names options of the command line."""
    words = _CHOICE.sub(r"sense=\1", _COMMAND.sub(r": \1, then \2.", words))
    words = words.replace("with --sense", "with the parameter sense in the address")
    return _OPTION.sub(r"“\1”", words)
