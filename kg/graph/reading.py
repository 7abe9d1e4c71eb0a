"""What a query text asks for, before any engine sees it: only questions about this graph are let through.

The text is taken apart into tokens, which say what it names; whether it is SPARQL is left to the embedded engine's own
parser, so that a fault is told in the same words whichever engine is asked.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise
from typing import Final, NamedTuple

import pyoxigraph as ox

from kg.errors import UsageError

#: How deep brackets may stand in brackets, and how many operators and clauses a text may hold. The parser calls itself
#: for each, and ends the whole process when its stack is full: at some 3,000 of either (pyoxigraph 0.5.13).
DEEPEST: Final = 100
MOST: Final = 1000

UPDATES: Final = frozenset((
    "INSERT", "DELETE", "LOAD", "CLEAR", "DROP", "CREATE", "COPY", "MOVE", "ADD", "WITH",
))  # fmt: skip
_CLAUSES: Final = frozenset(("UNION", "OPTIONAL", "MINUS", "FILTER", "BIND", "VALUES", "GRAPH", "SELECT", "AS"))
_OPERATORS: Final = frozenset(("!", "^", "+", "-", "*", "/", "|", "||", "&&", ";", "."))
_LETTER: Final = r"[^\W\d_]"
_TOKEN: Final = re.compile(
    rf"""
      (?P<space>    \s+ | \#[^\n\r]* )
    | (?P<iri>      <[^<>"{{}}|^`\\\x00-\x20]*> )
    | (?P<string>   \"\"\"(?:[^"\\]|\\.|"(?!""))*\"\"\" | '''(?:[^'\\]|\\.|'(?!''))*'''
                  | "(?:[^"\\\n\r]|\\.)*" | '(?:[^'\\\n\r]|\\.)*' )
    | (?P<variable> [?$]\w+ )
    | (?P<blank>    _:\w(?:[\w.\u00b7-]*[\w\u00b7-])? )
    | (?P<tag>      @[A-Za-z]+(?:-+[A-Za-z0-9]+)* )
    | (?P<name>     (?:{_LETTER}[\w\u00b7-]{{0,200}}(?:\.[\w\u00b7-]{{1,200}}){{0,3}})?:
                    (?:(?:[\w:]|%[0-9A-Fa-f]{{2}}|\\[_~.\-!$&'()*+,;=/?\#@%])
                       (?:(?:[\w:.\u00b7-]|%[0-9A-Fa-f]{{2}}|\\[_~.\-!$&'()*+,;=/?\#@%])*
                          (?:[\w:\u00b7-]|%[0-9A-Fa-f]{{2}}|\\[_~.\-!$&'()*+,;=/?\#@%]))?)? )
    | (?P<number>   (?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)? )
    | (?P<word>     [A-Za-z_]\w* )
    | (?P<mark>     \^\^ | && | \|\| | != | <= | >= | . )
    """,
    re.VERBOSE | re.DOTALL,
)
_ESCAPE: Final = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")

#: A variable that no query has: to bind it is refused when the text has been parsed, and before anything is looked up.
_NOWHERE: Final[dict[ox.Variable, ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple]] = {
    ox.Variable("kg_no_query_has_this"): ox.Literal("")
}
_CAUSES: Final = {
    "Prefix not found": " One of its prefixes is not declared.",
    "variable that is unbound": " It selects a variable that it neither groups by nor makes of others.",
    "Duplicated variable": " It names a result twice.",
    "already bound": " It gives a variable a second value.",
}


class Token(NamedTuple):
    """A piece of a query: its sort, its text as it stands there, and whether space or a comment stands before it."""

    sort: str
    text: str
    apart: bool = True

    @property
    def word(self) -> str:
        """The text in capitals when it is a word, which SPARQL reads in any case; else empty."""
        return self.text.upper() if self.sort == "word" else ""


@lru_cache(maxsize=512)
def tokens(text: str) -> tuple[Token, ...]:
    """Take a query apart, comments and space left out; every character belongs to some token, whatever the text."""
    found, apart = list[Token](), False
    for match in _TOKEN.finditer(text):
        if match.lastgroup == "space":
            apart = True
        else:
            found.append(Token(match.lastgroup or "", match.group(), apart))
            apart = False
    return tuple(found)


def prologue(parts: tuple[Token, ...]) -> int:
    """Give the place of the first token behind the declarations of prefixes and base."""
    place = 0
    while place < len(parts) and parts[place].word in ("PREFIX", "BASE"):
        place += 3 if parts[place].word == "PREFIX" else 2
    return place


def refuse_unsafe(text: str) -> None:
    """Let a read-only query about the graph pass; refuse everything else.

    Raises:
        UsageError: the text is no SPARQL 1.1 query, is an update, names other data (FROM, SERVICE), or is so deep or
            so long that it cannot be parsed.
    """
    if not tokens(text):
        raise UsageError(
            "There is no query: the text is empty, or all comment. For example: SELECT * { ?s ?p ?o } LIMIT 10"
        )
    # Some engines read \u0046ROM as FROM wherever it stands, others only in texts and addresses: both readings count.
    for reading in {text, _ESCAPE.sub(_character, text)}:
        _refuse(tokens(reading))
    try:
        ox.Store().query(text, substitutions=_NOWHERE)
    except SyntaxError as fault:
        raise UsageError(_where(text, str(fault))) from None
    except ValueError:  # halves of characters
        raise UsageError("The query holds a character that is none. Write it as UTF-8.") from None
    except RuntimeError:  # it is SPARQL, and has no such variable
        return


def _character(escape: re.Match[str]) -> str:
    number = int(escape[1] or escape[2], 16)
    return chr(number) if number < 0x110000 and not 0xD800 <= number < 0xE000 else escape[0]


def _refuse(parts: tuple[Token, ...]) -> None:
    start = prologue(parts)
    if start < len(parts) and parts[start].word in UPDATES:
        raise UsageError(
            "This is an update. The graph is read-only: ask with SELECT, ASK, CONSTRUCT or DESCRIBE, and change facts in data/."
        )
    words = {part.word for part in parts}
    if "FROM" in words:
        raise UsageError(
            "FROM is refused: every query is about this graph as a whole, and no other data are read. Take FROM out; use GRAPH to name one of its graphs."
        )
    if "SERVICE" in words:
        raise UsageError(
            "SERVICE is refused: no other endpoint is asked. Take SERVICE out, or export the graph and join it there."
        )
    # "?a <'b>" is an address to one reader and a comparison with a text to another, which could hide what follows.
    if any(part.sort == "iri" and "'" in part.text for part in parts):
        raise UsageError("The query has an apostrophe between < and >. Write it as %27, or put a space behind the <.")
    depth = deepest = 0
    for part in parts:
        if part.sort == "mark":
            depth += (part.text in "([{") - (part.text in ")]}")
            deepest = max(deepest, depth)
    if deepest > DEEPEST:
        raise UsageError(f"The query has brackets {deepest:,} deep, and {DEEPEST} are read. Make it of plainer parts.")
    held = sum(part.word in _CLAUSES or (part.sort == "mark" and part.text in _OPERATORS) for part in parts)
    if held > MOST:
        raise UsageError(
            f"The query has {held:,} operators and clauses, and {MOST:,} are read. Ask in parts; VALUES and IN take lists of any length."
        )


def _where(text: str, fault: str) -> str:
    said = next((words for sign, words in _CAUSES.items() if sign in fault), "")
    if "Prefix not found" in fault and (unknown := _undeclared(text)):
        said = f" The prefix {unknown[0]}: is not declared."
    return f"The query is not SPARQL 1.1{_place(text, fault)}.{said} Check the brackets, the prefixes and the full stops near there."


def _place(text: str, fault: str) -> str:
    """Give the line and column of a fault; one that the parser met behind the end of a line is told where the line ends."""
    place = re.match(r"error at (\d+):(\d+)", fault)
    if place is None:
        return ""
    line, column = int(place[1]), int(place[2])
    lines = text.split("\n")
    if not "".join(lines[line - 1 : line])[: column - 1].strip():
        above = [number for number in range(1, line) if lines[number - 1].strip()]
        if above:
            line, column = above[-1], len(lines[above[-1] - 1].rstrip())
    return f" at line {line}, column {column}"


def _undeclared(text: str) -> list[str]:
    """Give the prefixes that a query uses and does not declare."""
    names = [part.text.partition(":")[0] for part in tokens(text) if part.sort == "name"]
    declared = {
        after.text.partition(":")[0] for before, after in pairwise(tokens(text)) if before.word == "PREFIX"
    }  # fmt: skip
    return [name for name in dict.fromkeys(names) if name not in declared]
