"""The SPARQL 1.1 Protocol at /sparql: who asks how, about which graphs, and in which form the answer is wanted."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from typing import Final, NamedTuple
from urllib.parse import parse_qsl

import pyoxigraph as ox

from kg.errors import UsageError
from kg.faces.serve.answering import Refused
from kg.faces.serve.description import described
from kg.faces.serve.exchange import Asked, Reply, Site
from kg.faces.serve.media import HTML, chosen_result
from kg.faces.serve.solutions import GRAPHS_AS, RESULTS_AS, written
from kg.graph.names import GRAPHS
from kg.graph.reading import refuse_unsafe

#: The names that people give to formats in the parameter `format`, or `output` as some clients call it.
FORMATS: Final = {
    "json": "application/sparql-results+json", "xml": "application/sparql-results+xml", "csv": "text/csv",
    "tsv": "text/tab-separated-values", "turtle": "text/turtle", "ttl": "text/turtle", "nt": "application/n-triples",
    "ntriples": "application/n-triples", "n-triples": "application/n-triples", "jsonld": "application/ld+json",
    "json-ld": "application/ld+json", "rdf": "application/rdf+xml", "rdfxml": "application/rdf+xml",
    "rdf+xml": "application/rdf+xml", "html": HTML,
}  # fmt: skip

_FORM: Final = "application/x-www-form-urlencoded"
_FIELDS: Final = 64


class Put(NamedTuple):
    """A query as it was put: its text, and the graphs it is to be asked of, None for all."""

    text: str
    default: tuple[str, ...] | None = None
    named: tuple[str, ...] | None = None


def sparql(site: Site, asked: Asked) -> Reply:
    """Answer a SPARQL query; without one, give the page to write one, or the description of this service."""
    words = _words(asked)
    if any(name in ("update", "using-graph-uri", "using-named-graph-uri") for name, _ in words):
        raise _no_update()
    texts = [text for name, text in words if name == "query"]
    if len(texts) > 1:
        raise UsageError(f"There are {len(texts)} queries in one request. Send one.")
    accept = _accept(asked, words)
    if not texts or not texts[0].strip():
        if asked.method == "POST" or (texts and not _wants_page(accept)):
            raise UsageError(
                "There is no query. Send it as the parameter query, or as a body of application/sparql-query."
            )
        return _unasked(site, asked, accept)
    if _wants_page(accept) and (page := _page(site, asked)):
        return page
    put = Put(texts[0], *_graphs(site, words))
    return replied(site, put, accept)


def replied(site: Site, put: Put, accept: str) -> Reply:
    """Run a query and give its results in the form that fits what is accepted.

    Raises:
        UsageError: it is no query that may be asked here; the text says at which line and column.
        Refused: no form fits (406), or there are more rows or bytes than are sent at once (422).
    """
    refuse_unsafe(put.text)
    found = site.graph.graph.store.solved(put.text, put.default, put.named)
    offered = GRAPHS_AS if isinstance(found, ox.QueryTriples) else RESULTS_AS
    media = chosen_result(accept, (*offered,))
    if media is None:
        raise _unfit(offered)
    return Reply(
        written(site, found, media),
        f"{media}; charset=utf-8" if media.startswith("text/") else media,
        200,
        (("Vary", "Accept"),),
    )


def _words(asked: Asked) -> list[tuple[str, str]]:
    """Give the parameters of a request, whichever way they came; the text of a direct POST is one of them."""
    words = [*asked.query]
    if asked.method != "POST":
        return words
    if asked.media == "application/sparql-update":
        raise _no_update()
    if asked.media not in (_FORM, "application/sparql-query"):
        raise Refused(
            415, f'A query is sent as {_FORM} or as application/sparql-query, and this is "{asked.media[:100] or "of no type"}".',
            Accept_Post=f"{_FORM}, application/sparql-query",
        )  # fmt: skip
    charset = asked.headers.get("content-type", "").lower().partition("charset=")[2].strip(' "').partition(";")[0]
    if charset not in ("", "utf-8", "utf8", "us-ascii"):
        raise Refused(415, f'A query is sent in UTF-8, and this is in "{charset[:40]}".')
    try:
        body = asked.body.decode("utf-8")
        if asked.media == _FORM:
            return [*words, *parse_qsl(body, keep_blank_values=True, errors="strict", max_num_fields=_FIELDS)]
        return [*words, ("query", body)]
    except UnicodeDecodeError as fault:
        raise UsageError(f"The query is not UTF-8 (at byte {fault.start}). Send it in UTF-8.") from None
    except ValueError:
        raise UsageError(f"The form has more than {_FIELDS} parameters.") from None


def _no_update() -> Refused:
    return Refused(403, "This is an update, and the graph is read-only: ask with SELECT, ASK, CONSTRUCT or DESCRIBE.")


def _accept(asked: Asked, words: Sequence[tuple[str, str]]) -> str:
    """Give what is accepted: what the parameter names, before what the header says.

    SPARQLWrapper sends both parameters, with several names of one format.
    """
    given = [value.strip().lower() for word in ("format", "output") for name, value in words if name == word]
    media = [FORMATS.get(name, name if "/" in name else "") for name in given if name]
    if not media:
        return asked.accept
    if not any(media):
        raise UsageError(f'The parameter format takes one of {", ".join(FORMATS)}; this is "{given[0][:100]}".')
    return next(filter(None, media))


def _wants_page(accept: str) -> bool:
    return chosen_result(accept, (*RESULTS_AS, *GRAPHS_AS, HTML)) == HTML


def _page(site: Site, asked: Asked) -> Reply | None:
    """Give the page to write queries in, with its results; None while there is none."""
    try:
        pages = importlib.import_module("kg.faces.serve.pages.sparql")
    except ModuleNotFoundError:
        return None
    page: Reply = pages.editor(site, asked)
    return page


def _unasked(site: Site, asked: Asked, accept: str) -> Reply:
    """Answer who comes without a query: a reader with the page, a program with the description of the service."""
    media = chosen_result(accept, (*GRAPHS_AS, HTML))
    if media == HTML and (page := _page(site, asked)):
        return page
    if media is None or media == HTML:
        raise _unfit(GRAPHS_AS)
    return Reply(
        described(site, media),
        f"{media}; charset=utf-8" if media.startswith("text/") else media,
        200,
        (("Vary", "Accept"),),
    )


def _unfit(offered: Sequence[str] | dict[str, ox.RdfFormat] | dict[str, ox.QueryResultsFormat]) -> Refused:
    return Refused(
        406, f"This can be given as {', '.join(offered)}. Ask for one of them in Accept, or with the parameter format."
    )


def _graphs(site: Site, words: Sequence[tuple[str, str]]) -> tuple[tuple[str, ...] | None, tuple[str, ...] | None]:
    """Give the graphs that make the default graph, and those that have names, when the request names any.

    Raises:
        UsageError: it names one that is not of this dataset; no other data are read.
    """
    default = tuple(value for name, value in words if name == "default-graph-uri" and value)
    named = tuple(value for name, value in words if name == "named-graph-uri" and value)
    if not default and not named:
        return None, None
    held = [*GRAPHS.values()]
    if site.graph.graph.files:
        held += [name for name in site.graph.graph.held.parts if name not in held]
    if other := [name for name in (*default, *named) if name not in held]:
        raise UsageError(
            f'There is no graph "{other[0][:200]}" here, and no other data are read. The graphs: {", ".join(held)}.'
        )
    return default, named
