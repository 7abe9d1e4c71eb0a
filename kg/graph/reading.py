"""What a query text asks for, before any engine sees it: only questions about this graph are let through."""

from __future__ import annotations

import re
from typing import Any

from kg.errors import UsageError


def refuse_unsafe(text: str) -> None:
    """Let a read-only query about the graph pass; refuse everything else.

    Raises:
        UsageError: the text is no SPARQL 1.1 query, is an update, or names other data (FROM, SERVICE).
    """
    import rdflib.plugins.sparql.parser as parser
    from pyparsing import ParseException
    from rdflib.plugins.sparql.algebra import translateQuery

    if not re.sub(r"#[^\n]*", "", text).strip():
        raise UsageError(
            "There is no query: the text is empty, or all comment. For example: SELECT * { ?s ?p ?o } LIMIT 10"
        )
    try:
        tree = parser.parseQuery(text)
    except (ParseException, RecursionError) as fault:
        if _is_update(parser, text):
            raise UsageError(
                "This is an update. The graph is read-only: ask with SELECT, ASK, CONSTRUCT or DESCRIBE, and change facts in data/."
            ) from None
        raise UsageError(_where(fault)) from None
    if _holds(tree, "DatasetClause"):
        raise UsageError(
            "FROM is refused: every query is about this graph as a whole, and no other data are read. Take FROM out; use GRAPH to name one of its graphs."
        )
    if _holds(tree, "ServiceGraphPattern"):
        raise UsageError(
            "SERVICE is refused: no other endpoint is asked. Take SERVICE out, or export the graph and join it there."
        )
    try:
        translateQuery(tree)
    except Exception as fault:  # rdflib raises bare Exception for an unknown prefix or a repeated variable
        raise UsageError(f"The query is not SPARQL: {fault}.") from None


def _is_update(parser: Any, text: str) -> bool:
    try:
        parser.parseUpdate(text)
    except Exception:  # whatever keeps it from being an update, it is then simply not SPARQL
        return False
    return True


def _where(fault: Exception) -> str:
    line, column = getattr(fault, "lineno", None), getattr(fault, "col", None)
    place = f" at line {line}, column {column}" if line else ""
    return f"The query is not SPARQL 1.1{place}. Check the brackets, the prefixes and the full stops near there."


def _holds(tree: Any, name: str) -> bool:
    """Say whether a part of that name stands anywhere in a parsed query."""
    waiting = [tree]
    while waiting:
        part = waiting.pop()
        if getattr(part, "name", None) == name:
            return True
        if isinstance(part, dict):
            waiting.extend(part.values())
        elif isinstance(part, (list, tuple)) or hasattr(part, "asList"):
            waiting.extend(part)
    return False
