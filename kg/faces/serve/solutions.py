"""The results of a query written in the formats of SPARQL 1.1 and RDF, up to a number of rows and of bytes."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Any, Final

import pyoxigraph as ox

from kg.errors import StoreError
from kg.faces.serve.answering import Refused, too_large
from kg.faces.serve.exchange import Site
from kg.graph.names import PREFIXES

#: The forms of a table or a yes or no, and of a graph; the first of each is given to whoever takes anything.
RESULTS_AS: Final = {
    "application/sparql-results+json": ox.QueryResultsFormat.JSON,
    "application/sparql-results+xml": ox.QueryResultsFormat.XML,
    "text/csv": ox.QueryResultsFormat.CSV,
    "text/tab-separated-values": ox.QueryResultsFormat.TSV,
}
GRAPHS_AS: Final = {
    "text/turtle": ox.RdfFormat.TURTLE,
    "application/n-triples": ox.RdfFormat.N_TRIPLES,
    "application/ld+json": ox.RdfFormat.JSON_LD,
    "application/rdf+xml": ox.RdfFormat.RDF_XML,
}

#: What stands between two rows, or at the end of each; in JSON and CSV it may also stand inside a value.
_ROW: Final = {
    ox.QueryResultsFormat.JSON: b"},{",
    ox.QueryResultsFormat.XML: b"<result>",
    ox.QueryResultsFormat.CSV: b"\r\n",
    ox.QueryResultsFormat.TSV: b"\n",
}


class _Bounded(io.BytesIO):
    """Takes what is written up to a number of bytes."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self._most = most

    def write(self, part: Any) -> int:
        if self.tell() + len(part) > self._most:
            raise _Full
        return super().write(part)


class _Full(Exception):
    pass


def written(site: Site, found: ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples, media: str) -> bytes:
    """Write results in a form of RESULTS_AS or, when they are triples, of GRAPHS_AS.

    Raises:
        Refused: 422, they have more rows or bytes than are sent at once. They are never cut short.
    """
    into = _Bounded(site.limits.size)
    try:
        if isinstance(found, ox.QueryTriples):
            triples = [*islice(found, site.limits.rows + 1)]
            if len(triples) > site.limits.rows:
                raise _too_many(site, "triples")
            return _graph(triples, GRAPHS_AS[media], into, {})
        form = RESULTS_AS[media]
        found.serialize(into, form)
    except _Full:
        raise Refused(422, too_large(site)) from None
    except (OSError, RuntimeError) as error:
        raise StoreError(f"The store cannot answer ({error}).") from None
    body = into.getvalue()
    if isinstance(found, ox.QuerySolutions) and _more_rows(body, form, site.limits.rows):
        raise _too_many(site, "rows")
    return body


def graph(triples: Iterable[ox.Triple], media: str, prefixes: Mapping[str, str] | None = None) -> bytes:
    """Write a graph in a form of GRAPHS_AS, always in the same order, with our own prefixes and those given."""
    return _graph([*triples], GRAPHS_AS[media], io.BytesIO(), prefixes or {})


def _graph(triples: list[ox.Triple], form: ox.RdfFormat, into: io.BytesIO, prefixes: Mapping[str, str]) -> bytes:
    stated = sorted(dict.fromkeys(triples), key=str)
    ox.serialize(stated, into, form, prefixes=_used({**PREFIXES, **prefixes}, stated))
    return into.getvalue()


def _used(prefixes: Mapping[str, str], triples: Iterable[ox.Triple]) -> dict[str, str]:
    """Give those of the prefixes that shorten something there."""
    spaces = set[str]()
    for triple in triples:
        for part in (triple.subject, triple.predicate, triple.object):
            name = part if isinstance(part, ox.NamedNode) else part.datatype if isinstance(part, ox.Literal) else None
            if name is not None:
                cut = max(name.value.rfind("#"), name.value.rfind("/")) + 1
                spaces.add(name.value[:cut])
    return {prefix: base for prefix, base in prefixes.items() if base in spaces}


def _more_rows(body: bytes, form: ox.QueryResultsFormat, most: int) -> bool:
    """Say whether a written table has more rows; what is quick to count and never too little is counted first."""
    if body.count(_ROW[form]) + 1 <= most:
        return False
    if form is ox.QueryResultsFormat.CSV:
        return sum(1 for _ in islice(csv.reader(io.StringIO(body.decode(), newline="")), most + 2)) > most + 1
    read = ox.parse_query_results(body, form)
    return isinstance(read, ox.QuerySolutions) and sum(1 for _ in islice(read, most + 1)) > most


def _too_many(site: Site, what: str) -> Refused:
    return Refused(
        422, f"There are more than {site.limits.rows:,} {what}, the most that are sent at once, and none were. Ask for "
        f"fewer with LIMIT and OFFSET, or take the whole graph from {site.root}/download.",
    )  # fmt: skip
