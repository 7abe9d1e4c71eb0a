"""What a query text asks for, before any engine sees it: only questions about this graph are let through.

The text is taken apart into tokens, which say what it names; whether it is SPARQL is left to the embedded engine's own
parser, so that a fault is told in the same words whichever engine is asked.
"""

from __future__ import annotations

import re
from functools import lru_cache
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
_PAIRS: Final = {"(": ")", "{": "}", "[": "]"}
#: The words of SPARQL 1.1, and of what the engine knows besides, in capitals.
_KNOWN: Final = """
    BASE PREFIX SELECT DISTINCT REDUCED AS CONSTRUCT WHERE DESCRIBE ASK FROM NAMED GROUP BY HAVING ORDER ASC DESC
    LIMIT OFFSET VALUES LOAD SILENT INTO CLEAR DROP CREATE ADD MOVE TO COPY INSERT DATA DELETE WITH USING DEFAULT
    ALL GRAPH OPTIONAL SERVICE BIND UNDEF MINUS UNION FILTER IN NOT EXISTS STR LANG LANGMATCHES DATATYPE BOUND IRI
    URI BNODE RAND ABS CEIL FLOOR ROUND CONCAT STRLEN UCASE LCASE ENCODE_FOR_URI CONTAINS STRSTARTS STRENDS
    STRBEFORE STRAFTER YEAR MONTH DAY HOURS MINUTES SECONDS TIMEZONE TZ NOW UUID STRUUID MD5 SHA1 SHA256 SHA384
    SHA512 COALESCE IF STRLANG STRDT SAMETERM ISIRI ISURI ISBLANK ISLITERAL ISNUMERIC REGEX SUBSTR REPLACE COUNT SUM
    MIN MAX AVG SAMPLE GROUP_CONCAT SEPARATOR TRUE FALSE LATERAL ADJUST TRIPLE SUBJECT PREDICATE OBJECT ISTRIPLE
"""
_WORDS: Final = frozenset(_KNOWN.split())
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
    for reading in dict.fromkeys((text, _ESCAPE.sub(_character, text))):
        _refuse(tokens(reading), reading)
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


def _refuse(parts: tuple[Token, ...], text: str) -> None:
    start = prologue(parts)
    if start < len(parts) and parts[start].word in UPDATES:
        raise UsageError(
            f"This is an update{_of(text, parts[start].word)}. The graph is read-only: ask with SELECT, ASK, CONSTRUCT or DESCRIBE, and change facts in data/."
        )
    words = {part.word for part in parts}
    if "FROM" in words:
        raise UsageError(
            f"FROM is refused{_of(text, 'FROM')}: every query is about this graph as a whole, and no other data are read. Take FROM out; use GRAPH to name one of its graphs."
        )
    if "SERVICE" in words:
        raise UsageError(
            f"SERVICE is refused{_of(text, 'SERVICE')}: no other endpoint is asked. Take SERVICE out, or export the graph and join it there."
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


def _of(text: str, word: str) -> str:
    """Say where a word stands first."""
    starts = (
        match.start() for match in _TOKEN.finditer(text) if match.lastgroup == "word" and match.group().upper() == word
    )
    start = next(starts, None)
    return "" if start is None else f" ({_at(text, start)})"


def _where(text: str, fault: str) -> str:
    said = next((words for sign, words in _CAUSES.items() if sign in fault), "")
    found = _odd(text, fault)
    if found:
        start, said = found
        place = f" at {_at(text, start)}"
    else:
        place = _place(text, fault)
    return f"The query is not SPARQL 1.1{place}.{said} Check the brackets, the prefixes and the full stops near there."


def _at(text: str, start: int) -> str:
    """Give a place in a text as people count: lines and columns from 1."""
    return f"line {text.count(chr(10), 0, start) + 1}, column {start - text.rfind(chr(10), 0, start)}"


def _odd(text: str, fault: str) -> tuple[int, str] | None:
    """Find what is plainly wrong in a text that the parser refused, which tells of the place where it gave up."""
    declared, before, open_ = set[str](), "", list[tuple[str, int]]()
    for match in _TOKEN.finditer(text):
        token = Token(match.lastgroup or "", match.group())
        if token.sort == "space":
            continue
        if token.sort == "word" and token.word not in _WORDS and token.text != "a":
            return match.start(), f' "{token.text[:40]}" is no word of SPARQL.'
        if token.sort == "name":
            prefix = token.text.partition(":")[0]
            if before == "PREFIX":
                declared.add(prefix)
            elif prefix not in declared and "Prefix not found" in fault:
                return match.start(), f" The prefix {prefix}: is not declared."
        if token.sort == "mark" and token.text in _PAIRS:
            open_.append((token.text, match.start()))
        if token.sort == "mark" and token.text in _PAIRS.values():
            if not open_ or _PAIRS[open_[-1][0]] != token.text:
                return match.start(), f" This {token.text} closes nothing."
            open_.pop()
        before = token.word
    return (open_[-1][1], f" This {open_[-1][0]} is never closed.") if open_ else None


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
