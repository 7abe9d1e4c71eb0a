"""Saved queries as they can be run anywhere: the values of their examples written into them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from kg.graph.graph import Graph
from kg.graph.names import PREFIXES, Iri, curie
from kg.graph.terms import Value, written

#: The pieces of SPARQL that matter here: what may hide a variable (an IRI, a string, a comment), a variable, a bracket, a word.
_PIECE: Final = re.compile(
    r"""<[^<>"{}|^`\\\s]*>|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|\#[^\n]*|[?$]\w+|[{}()]|[A-Za-z]\w*(?::[\w.-]*)?|.""",
    re.VERBOSE | re.DOTALL,
)
#: Where a list of variables begins, and the words that end one: there no value can stand.
_LISTS: Final = {"SELECT", "BY"}
_ENDS: Final = {"WHERE", "{", "}", "ORDER", "HAVING", "LIMIT", "OFFSET"}
_XSD_DATE: Final = f"^^<{PREFIXES['xsd']}date>"


def example(graph: Graph, name: str) -> str:
    """Give a saved query with the values of its example in place of its parameters, under its question as a comment.

    Raises:
        UsageError: there is no such query.
    """
    from kg.answers import find
    from kg.faces.recoding import day

    saved = graph.queries.get(name)
    values = saved.values(saved.example, lambda text: find.resolved(graph, text), day(None))
    body = "\n".join(line for line in saved.text.splitlines() if not line.startswith("#"))
    return _declared(f"# {saved.summary}\n{bound(body, values)}\n")


def bound(text: str, values: Mapping[str, Value]) -> str:
    """Give a query with values in place of variables, which are taken out of the lists of what is selected and sorted by."""
    out: list[str] = []
    listing, depth = False, 0
    for piece in _PIECE.findall(text):
        word = piece.upper()
        if listing and depth == 0 and word in _ENDS:
            listing = False
        elif word in _LISTS:
            listing, depth = True, 0
        depth += listing * ((piece == "(") - (piece == ")"))
        name = piece[1:]
        if piece[0] not in "?$" or name not in values:
            out.append(piece)
        elif not listing or depth:
            out.append(_short(values[name]))
        elif out and out[-1] == " ":
            out.pop()
    return "".join(out)


def _short(value: Value) -> str:
    if isinstance(value, Iri):
        short = curie(value)
        return short if re.fullmatch(r"[a-z]+:[\w-]+", short) else f"<{value}>"
    return written(value).replace(_XSD_DATE, "^^xsd:date")


@lru_cache(maxsize=128)
def _declared(text: str) -> str:
    """Declare the prefixes that a query uses and does not declare, below the comment on top."""
    bare = re.sub(r'<[^<>\s]*>|"[^"]*"|#[^\n]*', "", text)
    used = {name for name in re.findall(r"\b([a-z]+):", bare) if name in PREFIXES}
    missing = sorted(used - set(re.findall(r"PREFIX\s+([a-z]+):", text)))
    head, _, rest = text.partition("\n")
    return "\n".join([head, *(f"PREFIX {name}: <{PREFIXES[name]}>" for name in missing), rest])
