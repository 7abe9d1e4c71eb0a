"""Values put into a query in place of its variables, and its order taken out: for engines that are asked over HTTP.

SPARQL 1.1 has no parameters, and VALUES is none: it does not reach into inner groups, and Virtuoso refuses it beside a
path. So a variable's tokens become the term itself, written as N-Triples writes it; docs/decisions/0019 says more.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from functools import lru_cache
from itertools import pairwise
from typing import Any, Final, NamedTuple

from kg.errors import UsageError
from kg.graph.names import Iri
from kg.graph.reading import Token, prologue, tokens
from kg.graph.terms import Value, written

_CLAUSES: Final = frozenset(("HAVING", "ORDER", "LIMIT", "OFFSET", "VALUES", "GROUP"))
_PAIRS: Final = {"(": ")", "{": "}", "[": "]"}


class By(NamedTuple):
    """A variable that rows are put in order by."""

    name: str
    falls: bool


class Put(NamedTuple):
    """A query as it is sent, its form (SELECT, ASK, CONSTRUCT, DESCRIBE), and the order that is left to the reader."""

    text: str
    form: str
    order: tuple[By, ...]
    counted: str


def put(text: str, bindings: Mapping[str, Value]) -> Put:
    """Bind variables to values, and take out an order that can be made of the rows themselves.

    `counted` asks how many rows there are, for engines that cut results off; it is empty where that cannot be asked.

    Raises:
        UsageError: a value is given for a variable that is not in the query, or that the query sets itself.
    """
    parts = tokens(text)
    names = {part.text[1:] for part in parts if part.sort == "variable"}
    if strange := sorted(set(bindings) - names):
        raise UsageError(f"The query has no variable ?{strange[0]} to bind. Take it out of what is given.")
    parts = _bound(parts, bindings) if bindings else parts
    start = prologue(parts)
    form = parts[start].word if start < len(parts) else ""
    order: tuple[By, ...] = ()
    if form == "SELECT":
        parts, order = _unordered(parts, start)
    sent = _text(parts)
    cut = any(part.word in ("LIMIT", "OFFSET") for part in parts)
    counted = (
        f"{_text(parts[:start])}\nSELECT (COUNT(*) AS ?kg_rows) WHERE {{ {{ {_text(parts[start:])} }} }}"
        if form == "SELECT" and not cut
        else ""
    )
    return Put(sent, form, order, counted)


def is_plain(text: str) -> bool:
    """Say whether a query is a SELECT of bare variables over one plain pattern, which can be asked for many values at once."""
    parts = tokens(text)
    words = [part.word for part in parts[prologue(parts) :] if part.word]
    marks = {part.text for part in parts if part.sort == "mark"}
    allowed = {"SELECT", "WHERE", "ORDER", "BY", "A"}
    return words[:1] == ["SELECT"] and set(words) <= allowed and marks <= {"{", "}", ".", ";", ","}


def put_many(text: str, name: str, values: Iterable[Iri]) -> Put:
    """Ask a plain query for many values of a variable at once, which then is among its columns."""
    asked = put(text, {})
    return asked._replace(text=f"{asked.text} VALUES ?{name} {{ {' '.join(written(value) for value in values)} }}")


def in_order(rows: list[dict[str, Any]], order: tuple[By, ...]) -> list[dict[str, Any]]:
    """Put rows in the order that the embedded engine gives them: by code points, and nothing before something."""
    for by in reversed(order):
        rows.sort(key=lambda row: _rank(row.get(by.name)), reverse=by.falls)
    return rows


def _rank(value: Any) -> tuple[int, Any]:
    if value is None:
        return 0, 0
    if isinstance(value, Iri):
        return 2, value
    if isinstance(value, str):
        return 3, value
    return (5, value) if isinstance(value, date) else (4, value)


@lru_cache(maxsize=512)
def _ends(parts: tuple[Token, ...]) -> dict[int, int]:
    """Give for each opening bracket the place of the one that closes it."""
    open_, ends = list[int](), dict[int, int]()
    for place, part in enumerate(parts):
        if part.sort == "mark" and part.text in _PAIRS:
            open_.append(place)
        elif part.sort == "mark" and part.text in _PAIRS.values() and open_:
            ends[open_.pop()] = place
    return ends


def _bound(parts: tuple[Token, ...], bindings: Mapping[str, Value]) -> tuple[Token, ...]:
    ends, made, place = _ends(parts), list[Token](), 0
    terms = {name: Token("term", written(value)) for name, value in bindings.items()}

    def name(at: int) -> str:
        """Give the name of the variable there when it is bound, else nothing."""
        there = parts[at] if at < len(parts) else Token("", "")
        return there.text[1:] if there.sort == "variable" and there.text[1:] in terms else ""

    def replaced(start: int, end: int) -> list[Token]:
        found, at = list[Token](), start
        while at < end:
            if parts[at].word == "BOUND" and name(at + 2):
                found.append(Token("word", "true"))
                at += 4
                continue
            if parts[at].word == "AS" and name(at + 1):
                raise UsageError(f"The query sets ?{name(at + 1)} itself, so that no value can be given for it.")
            found.append(terms[name(at)] if name(at) else parts[at])
            at += 1
        return found

    def listed(start: int) -> tuple[int, list[Token]]:
        """Read what stands in a projection, a grouping or an order, bare variables that are bound left out."""
        at, kept = start, list[Token]()
        while at < len(parts):
            part = parts[at]
            if part.word in _CLAUSES or part.word in ("WHERE", "FROM") or part.text in ("{", "}"):
                break
            end = ends.get(at, at) + 1 if part.text == "(" else at + 1
            if not name(at):
                kept += replaced(at, end)
            at = end
        return at, kept

    while place < len(parts):
        part = parts[place]
        if part.word == "SELECT":
            made.append(part)
            place += 1
            if place < len(parts) and parts[place].word in ("DISTINCT", "REDUCED"):
                made.append(parts[place])
                place += 1
            place, kept = listed(place)
            made += kept or [Token("mark", text) for text in ("(", "1", "AS", "?kg_one", ")")]
        elif part.word in ("GROUP", "ORDER") and place + 1 < len(parts) and parts[place + 1].word == "BY":
            beginning = parts[place : place + 2]
            place, kept = listed(place + 2)
            if kept:
                made += [*beginning, *kept]
            elif beginning[0].word == "GROUP":
                made += [*beginning, *(Token("mark", text) for text in ("(", "1", "AS", "?kg_group", ")"))]
        elif part.word == "VALUES":
            last = ends.get(place + 1, place + 1) if parts[place + 1].text == "(" else place + 1
            if taken := next((name(at) for at in range(place + 1, last + 1) if name(at)), ""):
                raise UsageError(f"The query sets ?{taken} itself, so that no value can be given for it.")
            made.append(part)
            place += 1
        else:
            end = place + (4 if part.word == "BOUND" else 2 if part.word == "AS" else 1)
            made += replaced(place, min(end, len(parts)))
            place = end
    return tuple(made)


def _unordered(parts: tuple[Token, ...], start: int) -> tuple[tuple[Token, ...], tuple[By, ...]]:
    """Take the ORDER BY of the whole query out when it names projected variables only, and no part of the rows is asked."""
    ends, place, at, shown = _ends(parts), start, -1, set[str]()
    everything = False
    while place < len(parts):
        part = parts[place]
        if part.word in ("LIMIT", "OFFSET"):
            return parts, ()
        if part.word == "ORDER":
            at = place
        if at < 0 and part.text != "{":
            if part.sort == "variable":
                shown.add(part.text[1:])
            everything |= part.text == "*"
        if part.text == "(" and at < 0:
            inner = parts[place : ends.get(place, place) + 1]
            shown |= {after.text[1:] for before, after in pairwise(inner) if before.word == "AS"}
        place = ends.get(place, place) + 1 if part.text in ("{", "(") and at < 0 else place + 1
        if at >= 0:
            break
    if at < 0:
        return parts, ()
    found, place = list[By](), at + 2
    while place < len(parts):
        falls = parts[place].word == "DESC"
        wrapped = parts[place].word in ("ASC", "DESC")
        if wrapped:
            if place + 3 >= len(parts) or parts[place + 1].text != "(" or parts[place + 3].text != ")":
                return parts, ()
            place += 2
        if parts[place].sort != "variable" or not (everything or parts[place].text[1:] in shown):
            return parts, ()
        found.append(By(parts[place].text[1:], falls))
        place += 2 if wrapped else 1
    return parts[:at], tuple(found)


def _text(parts: tuple[Token, ...]) -> str:
    """Write tokens, apart where they were: Oxigraph 0.5.13 takes CONCAT( and not CONCAT (."""
    return "".join(f" {part.text}" if part.apart else part.text for part in parts)
