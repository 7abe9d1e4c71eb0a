"""Saved queries as they can be run anywhere: the values of their examples written into them, and said in RDF."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from functools import lru_cache
from typing import Final

from kg import RELEASE
from kg.errors import NotFound
from kg.graph.name_index import NameIndex
from kg.graph.names import BASE, GRAPHS, PREFIXES, Iri, curie, expand, thing
from kg.graph.queries import Queries, SavedQuery
from kg.graph.store import Store
from kg.graph.terms import Value, written

#: The pieces of SPARQL that matter here: what may hide a variable (an IRI, a string, a comment), a variable, a bracket, a word.
_PIECE: Final = re.compile(
    r"""<[^<>"{}|^`\\\s]*>|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|\#[^\n]*|[?$]\w+|[{}()]|[A-Za-z]\w*(?::[\w.-]*)?|.""",
    re.VERBOSE | re.DOTALL,
)
#: Where a list of variables begins, and the words that end one: there no value can stand.
_LISTS: Final = {"SELECT", "BY"}
_ENDS: Final = {"WHERE", "{", "}", "ORDER", "HAVING", "LIMIT", "OFFSET"}
#: Where the prefixes are declared, and the day of examples that leave theirs out: the first of the month of the release.
_DECLARED: Final = Iri(BASE + "prefixes")
_DAY: Final = date(int(RELEASE.split(".")[0]), int(RELEASE.split(".")[1]), 1)
_NAMELESS: Final = ("event", "source", "list")
_XSD_DATE: Final = f"^^<{PREFIXES['xsd']}date>"


def example(saved: SavedQuery, resolve: Callable[[str], Iri], day: date) -> str:
    """Give a saved query with the values of its example in place of its parameters, under its question as a comment.

    Args:
        saved: the query.
        resolve: gives what a key or CURIE of the example stands for.
        day: stands for a day that the example leaves out.

    Raises:
        NotFound, Ambiguous: what `resolve` raises.
    """
    values = saved.values(saved.example, resolve, day)
    body = "\n".join(line for line in saved.text.splitlines() if not line.startswith("#"))
    return _declared(f"# {saved.summary}\n{bound(body, values)}\n")


def lines(queries: Queries, names: NameIndex, store: Store) -> list[str]:
    """State each saved query as a SHACL SPARQL executable, with our prefixes declared, as lines of N-Quads.

    Editors find them by asking: https://www.w3.org/TR/shacl-af/ and https://github.com/sib-swiss/sparql-examples. A query whose
    example names what this graph does not hold is left out.
    """
    found = list[str]()

    def say(subject: Iri, name: str, value: Value) -> None:
        prefix, _, local = name.partition(":")
        found.append(f"<{subject}> <{PREFIXES[prefix]}{local}> {written(value)} <{GRAPHS['queries']}> .\n")

    def resolve(text: str) -> Iri:
        # Events, sources and lists have keys and no names.
        meant = [expand(text), *(named.iri for named in names.exact(text)), *(thing(sort, text) for sort in _NAMELESS)]
        held = next((iri for iri in meant if iri and store.statements(iri)), None)
        if held is None:
            raise NotFound(f"{text} is not in this graph.")
        return held

    for prefix, base in PREFIXES.items():
        declared = thing("namespace", prefix)
        say(_DECLARED, "sh:declare", declared)
        say(declared, "rdf:type", Iri(PREFIXES["sh"] + "PrefixDeclaration"))
        say(declared, "sh:prefix", prefix)
        found.append(
            f'<{declared}> <{PREFIXES["sh"]}namespace> "{base}"^^<{PREFIXES["xsd"]}anyURI> <{GRAPHS["queries"]}> .\n'
        )
    for name in queries.names():
        saved = queries.get(name)
        try:
            text = example(saved, resolve, _DAY)
        except NotFound:
            continue
        subject = thing("query", name)
        for sort in ("SPARQLExecutable", "SPARQLSelectExecutable"):
            say(subject, "rdf:type", Iri(PREFIXES["sh"] + sort))
        say(subject, "rdfs:comment", saved.summary)
        say(subject, "sh:select", text)
        say(subject, "sh:prefixes", _DECLARED)
        for tag in saved.tags:
            say(subject, "dcterms:subject", tag)
    return sorted(set(found))


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
        return short if short != value and re.fullmatch(r"[a-z]+:[\w-]+", short) else f"<{value}>"
    return written(value).replace(_XSD_DATE, "^^xsd:date")


@lru_cache(maxsize=128)
def _declared(text: str) -> str:
    """Declare the prefixes that a query uses and does not declare, below the comment on top."""
    bare = re.sub(r'<[^<>\s]*>|"[^"]*"|#[^\n]*', "", text)
    used = {name for name in re.findall(r"\b([a-z]+):", bare) if name in PREFIXES}
    missing = sorted(used - set(re.findall(r"PREFIX\s+([a-z]+):", text)))
    head, _, rest = text.partition("\n")
    return "\n".join([head, *(f"PREFIX {name}: <{PREFIXES[name]}>" for name in missing), rest])
