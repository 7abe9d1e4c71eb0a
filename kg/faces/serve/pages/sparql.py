"""The SPARQL page: a plain form that answers as a page, and the same form with an editor where scripts run."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any, Final, NamedTuple
from urllib.parse import parse_qsl

from kg.errors import KgError, UsageError
from kg.faces.serve.exchange import Asked, Reply, Site
from kg.faces.serve.pages.frame import page
from kg.graph.graph import Graph
from kg.graph.names import GRAPHS, PREFIXES, TERMS, THINGS, Iri, curie, expand
from kg.graph.store import Row

#: The rows that a page shows; all of them are in the files that can be taken.
MOST: Final = 500
#: What the form starts with.
_FIRST: Final = """PREFIX nis: <https://w3id.org/nhs-integration/ontology#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
SELECT ?event ?date ?summary
WHERE {
  ?event nis:happenedOn ?date ; nis:summary ?summary .
}
ORDER BY DESC(?date)
LIMIT 20
"""
_CURATED: Final = f"""
PREFIX nis: <{TERMS}> PREFIX skos: <{PREFIXES["skos"]}> PREFIX org: <{PREFIXES["org"]}>
SELECT DISTINCT ?thing ?label {{ GRAPH <{GRAPHS["curated"]}> {{
  {{ ?thing a nis:Kind }} UNION {{ ?thing a org:Organization }} ?thing skos:prefLabel ?label
}} }}
"""
#: Properties of other vocabularies that the graph uses, for completion.
FOREIGN: Final = (
    "rdf:type", "rdfs:label", "skos:prefLabel", "skos:notation", "skos:inScheme", "skos:note", "skos:definition", "dcterms:title",
    "dcterms:source", "dcterms:publisher", "dcterms:issued", "org:member", "org:organization", "org:role",
    "org:originalOrganization", "org:resultingOrganization",
)  # fmt: skip
#: The topics of saved queries that come first, and the formats of the links beside a result.
_TOPICS: Final = ("lineage", "membership", "counts", "codes", "difference", "claims")
#: That of every page, and the one style that YASGUI puts in as it runs: the handles between the columns of its table.
POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'sha256-zCK2EVMoPc04mRF/g5CotUvxbJPWS+8V0b+s9ptqQIk='; img-src 'self' data: blob:; "
    "font-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


class Cell(NamedTuple):
    """A value as a table shows it: its text, and the page that it leads to, if any."""

    text: str
    path: str = ""
    away: str = ""


class Result(NamedTuple):
    """What a query found: rows under columns, the first of `total`; or a word, yes or no."""

    columns: list[str]
    rows: list[list[Cell]]
    total: int
    word: str = ""


def editor(site: Site, asked: Asked) -> Reply:
    """Give the page: with `query` its results, with `edit` a query to change, with `example` a saved one ready to run."""
    fields = _fields(asked)
    text, result, fault = fields.get("query", ""), None, ""
    if text.strip():
        try:
            result = answered(site.graph.sparql(text))
        except KgError as error:
            fault = str(error)
    elif "example" in fields:
        text = _example(site.graph.graph, fields["example"])
    else:
        text = fields.get("edit", "") or _FIRST
    reply = page(
        site, asked, "sparql.html", status=400 if fault else 200, query=text, result=result, fault=fault, most=MOST,
        topics=_examples(site.graph.graph), words=_words(site.graph.graph), things=THINGS, terms=TERMS,
    )  # fmt: skip
    return Reply(reply.body, reply.media, reply.status, (*reply.headers, ("Content-Security-Policy", POLICY)))


def _example(graph: Graph, name: str) -> str:
    """Give a saved query ready to run; raise UsageError when there is none of that name."""
    from kg.answers import find
    from kg.faces.recoding import day
    from kg.graph.examples import example

    return example(graph.queries.get(name), lambda text: find.resolved(graph, text), day(None))


def answered(found: tuple[list[str], Any]) -> Result:
    """Give what a query found, as far as a page shows it."""
    columns, lines = found
    if isinstance(lines, bool):
        return Result([], [], 1, "Yes" if lines else "No")
    if columns or not lines or isinstance(lines[0], dict):
        rows = [[_cell(row.get(column)) for column in columns] for row in lines[:MOST]]
        return Result(columns, rows, len(lines))
    return Result(
        ["subject", "predicate", "object"], [[_cell(value) for value in line] for line in lines[:MOST]], len(lines)
    )


def _cell(value: Any) -> Cell:
    if value is None:
        return Cell("")
    if not isinstance(value, Iri):
        return Cell(str(value).lower() if isinstance(value, bool) else str(value))
    if value.startswith(THINGS):
        return Cell(curie(value), "/doc/" + value.removeprefix(THINGS))
    if value.startswith(TERMS):
        return Cell(curie(value), "/ontology")
    return Cell(curie(value), away=value if value.startswith(("http://", "https://")) else "")


def _fields(asked: Asked) -> dict[str, str]:
    """Give what was asked, from the address or from a form that was sent; each once."""
    given = list(asked.query)
    if asked.method == "POST" and asked.media == "application/sparql-query":
        given.append(("query", asked.body.decode("utf-8", "replace")))
    elif asked.method == "POST":
        try:
            given += parse_qsl(asked.body.decode(), keep_blank_values=True, max_num_fields=20)
        except ValueError:
            raise UsageError("The form cannot be read: it is not UTF-8 text, or has too many fields.") from None
    fields: dict[str, str] = {}
    for name, value in given:
        if fields.setdefault(name, value) != value:
            raise UsageError(f'The parameter "{name}" is given twice. Give it once.')
    return {name: value for name, value in fields.items() if value.strip()}


@lru_cache(maxsize=2)
def _examples(graph: Graph) -> list[tuple[str, list[tuple[str, str]]]]:
    """Give the saved queries by their first topic: (topic, [(name, what it asks), ...])."""
    saved = [graph.queries.get(name) for name in graph.queries.names()]
    found: dict[str, list[tuple[str, str]]] = {topic: [] for topic in _TOPICS}
    for query in saved:
        found.setdefault(query.tags[0] if query.tags else "other", []).append((query.name, query.summary))
    return [(topic, queries) for topic, queries in found.items() if queries]


def _things(graph: Graph) -> list[Row]:
    """Give what the editor completes a key with: of a national graph the curated things, for the rest would be megabytes."""
    return graph.store.select(_CURATED) if graph.files else graph.rows("things")


@lru_cache(maxsize=2)
def _words(graph: Graph) -> str:
    """Give what the editor completes with, as JSON that can stand in a page."""
    store = graph.store
    _, named = store.query(
        f"SELECT ?term ?label {{ ?term <{PREFIXES['rdfs']}label> ?label FILTER(STRSTARTS(STR(?term), '{TERMS}')) }}"
    )
    labels = {row["term"]: row["label"] for row in named if isinstance(row, dict)} if isinstance(named, list) else {}
    kinds = {row["c"] for row in store.select("SELECT DISTINCT ?c { ?s a ?c }")}
    declared = {
        row["c"] for row in store.select(f"SELECT DISTINCT ?c {{ ?c a <{PREFIXES['owl']}Class> }}")
    }  # fmt: skip
    properties = [term for term in labels if term not in declared] + [expand(name) or "" for name in FOREIGN]
    words = {
        "prefixes": PREFIXES,
        "classes": sorted((term, labels.get(term, "")) for term in kinds | declared),
        "properties": sorted((term, labels.get(term, "")) for term in properties),
        "things": sorted({(row["thing"].removeprefix(THINGS), row["label"]) for row in _things(graph)}),
    }
    text = json.dumps(words, separators=(",", ":"), ensure_ascii=False)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
