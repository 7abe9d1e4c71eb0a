"""The results of a query written in the formats of SPARQL 1.1 and RDF, up to a number of rows and of bytes."""

from __future__ import annotations

import io
import sys
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

#: After how many bytes the rows are first counted while they are written; then each time they have doubled.
_FIRST: Final = 1 << 20


class _Table(io.RawIOBase):
    """Takes what is written up to a number of bytes, and of rows when it is a table."""

    def __init__(self, most: int, rows: int = 0, form: ox.QueryResultsFormat | None = None) -> None:
        super().__init__()
        self.body = bytearray()
        self._most, self._rows, self._form, self._next = most, rows, form, _FIRST

    def writable(self) -> bool:
        return True

    def write(self, part: Any) -> int:
        self.body += part
        if len(self.body) > self._most:
            raise _Full
        if len(self.body) > self._next:
            self._next = 2 * len(self.body)
            self.count()
        return len(part)

    def count(self) -> None:
        if self._form is not None and _more(bytes(self.body), self._form, self._rows):
            raise _Many

    def buffered(self) -> io.BufferedWriter:
        """Give a file to write to: the engine writes word by word, and a buffer in C takes those ten times faster."""
        return io.BufferedWriter(self, 1 << 16)


class _Full(Exception):
    pass


class _Many(Exception):
    pass


def _more(body: bytes, form: ox.QueryResultsFormat, most: int) -> bool:
    """Say whether a table that is written, or begun, has more rows: what stands within quotes ends none."""
    if form is ox.QueryResultsFormat.XML:
        return body.count(b"<result>") > most
    if form is ox.QueryResultsFormat.TSV:
        return body.count(b"\n") > most + 1
    ends, more = (b"},{", most - 1) if form is ox.QueryResultsFormat.JSON else (b"\n", most + 1)
    if body.count(ends) <= more:
        return False
    if form is ox.QueryResultsFormat.JSON:
        body = body.replace(b"\\\\", b"").replace(b'\\"', b"")
    return b'"'.join(body.split(b'"')[::2]).count(ends) > more


def written(site: Site, found: ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples, media: str) -> bytes:
    """Write results in a form of RESULTS_AS or, when they are triples, of GRAPHS_AS.

    Raises:
        Refused: 422, they have more rows or bytes than are sent at once. They are never cut short.
    """
    try:
        if isinstance(found, ox.QueryTriples):
            triples = [*islice(found, site.limits.rows + 1)]
            if len(triples) > site.limits.rows:
                raise _too_many(site, "triples")
            return _graph(triples, GRAPHS_AS[media], _Table(site.limits.size), {})
        form = RESULTS_AS[media]
        table = _Table(site.limits.size, site.limits.rows, form if isinstance(found, ox.QuerySolutions) else None)
        into = table.buffered()
        found.serialize(into, form)
        into.flush()
        table.count()
    except _Many:
        raise _too_many(site, "rows") from None
    except _Full:
        raise Refused(422, too_large(site)) from None
    except (OSError, RuntimeError) as error:
        raise StoreError(f"The store cannot answer ({error}).") from None
    return bytes(table.body)


def graph(triples: Iterable[ox.Triple], media: str, prefixes: Mapping[str, str] | None = None) -> bytes:
    """Write a graph in a form of GRAPHS_AS, always in the same order, with our own prefixes and those given."""
    return _graph([*triples], GRAPHS_AS[media], _Table(sys.maxsize), prefixes or {})


def _graph(triples: list[ox.Triple], form: ox.RdfFormat, table: _Table, prefixes: Mapping[str, str]) -> bytes:
    stated = sorted(dict.fromkeys(triples), key=str)
    into = table.buffered()
    ox.serialize(stated, into, form, prefixes=_used({**PREFIXES, **prefixes}, stated))
    into.flush()
    return bytes(table.body)


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


def _too_many(site: Site, what: str) -> Refused:
    return Refused(
        422, f"There are more than {site.limits.rows:,} {what}, the most that are sent at once, and none were. Ask for "
        f"fewer with LIMIT and OFFSET, or take the whole graph from {site.root}/download.",
    )  # fmt: skip
