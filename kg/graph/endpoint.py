"""A SPARQL 1.1 endpoint elsewhere: queries out, solutions and triples in.

What is known of engines, each seen with the version named, and what is done about it:

    Virtuoso 7.2.5    hangs on a POST of application/sparql-query: a query is always sent as a form
    Virtuoso 7.2.5    writes results as JSON four times slower than as XML: it is asked for XML
    Virtuoso 7.2.5    has no booleans of its own, and gives 1 for EXISTS: queries/ makes an xsd:boolean of it
    Oxigraph 0.5.13   takes CONCAT( and not CONCAT (: space stays as it was in a query
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from typing import Any, Final

import pyoxigraph as ox

from kg.errors import StoreError, UsageError
from kg.graph import release
from kg.graph.store import Row, found_in
from kg.graph.wire import Reply, Wire

_XML, _JSON, _LINES = "application/sparql-results+xml", "application/sparql-results+json", "application/n-triples"
_SOLUTIONS: Final = {
    _XML: ox.QueryResultsFormat.XML, "application/xml": ox.QueryResultsFormat.XML, "text/xml": ox.QueryResultsFormat.XML,
    _JSON: ox.QueryResultsFormat.JSON, "application/json": ox.QueryResultsFormat.JSON,
}  # fmt: skip
_TRIPLES: Final = {
    _LINES: ox.RdfFormat.N_TRIPLES, "text/plain": ox.RdfFormat.N_TRIPLES, "text/ntriples": ox.RdfFormat.N_TRIPLES,
    "text/turtle": ox.RdfFormat.TURTLE, "application/x-turtle": ox.RdfFormat.TURTLE,
}  # fmt: skip
_RDF: Final = f"{_LINES}, text/turtle;q=0.5"


class Endpoint:
    """An engine that is asked at an address."""

    def __init__(self, url: str) -> None:
        self._wire = Wire(url)
        self._results = f"{_JSON}, {_XML};q=0.9"

    @property
    def url(self) -> str:
        return self._wire.url

    def solutions(self, text: str, graphs: Iterable[str] = (), named: Iterable[str] | None = None) -> Any:
        """Run a SELECT or an ASK over some named graphs, over all when none is named; give what pyoxigraph read.

        `named` are those that GRAPH finds, where these are others.

        Raises:
            StoreError: the engine cannot be asked, or sends what is no result of SPARQL.
            UsageError: it refuses the query.
        """
        reply = self._ask(text, self._results, graphs, named)
        form = _SOLUTIONS.get(reply.media)
        if form is None:
            raise self._strange(reply, "SPARQL results")
        try:
            return ox.parse_query_results(reply.body, format=form)
        except (SyntaxError, ValueError) as error:
            raise self.broken(error) from None

    def rows(self, text: str, graphs: Iterable[str] = ()) -> list[Row]:
        """Run a SELECT of ours; give its rows."""
        try:
            _, rows = found_in(self.solutions(text, graphs), {})
        except (SyntaxError, ValueError) as error:  # results are read as they are gone through
            raise self.broken(error) from None
        return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []

    def triples(
        self, text: str, graphs: Iterable[str] = (), named: Iterable[str] | None = None
    ) -> list[ox.Triple]:  # fmt: skip
        """Run a CONSTRUCT or a DESCRIBE; give each triple once."""
        reply = self._ask(text, _RDF, graphs, named)
        form = _TRIPLES.get(reply.media)
        if form is None:
            raise self._strange(reply, "RDF")
        try:
            return list({quad.triple for quad in ox.parse(reply.body, format=form, base_iri=self.url)})
        except (SyntaxError, ValueError) as error:
            raise self.broken(error) from None

    def graph(self, name: str) -> list[ox.Triple]:
        """Give all triples of a named graph."""
        return self.triples(f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ GRAPH <{name}> {{ ?s ?p ?o }} }}")

    def count(self, name: str) -> int:
        """Count the triples of a named graph."""
        rows = self.rows(f"SELECT (COUNT(*) AS ?n) WHERE {{ GRAPH <{name}> {{ ?s ?p ?o }} }}")
        return int(rows[0]["n"]) if rows else 0

    def release(self) -> release.Release | None:
        """Give the release that the engine holds, whole or not; None when it holds none.

        `kg push` has written it beside the graph; `kg serve`, which nobody pushes to, tells it in the description of its
        service.
        """
        try:
            return release.read(self.graph(release.GRAPH)) or release.read(self._description())
        except UsageError as error:
            raise StoreError(str(error)) from None
        except ValueError as error:
            raise self.broken(error) from None

    def _description(self) -> list[ox.Triple]:
        """Give what the endpoint says of itself when it is asked nothing (SPARQL 1.1 Service Description), if it does."""
        with suppress(StoreError, SyntaxError, ValueError):
            reply = self._wire.ask("GET", accept=_RDF)
            form = _TRIPLES.get(reply.media)
            if reply.status == 200 and form is not None:
                return [quad.triple for quad in ox.parse(reply.body, format=form, base_iri=self.url)]
        return []

    def broken(self, error: Exception) -> StoreError:
        """Say that a reply cannot be read."""
        return StoreError(f"{self.url} sent a reply that cannot be read ({str(error)[:200]}). Try again.")

    def _strange(self, reply: Reply, wanted: str) -> StoreError:
        return StoreError(
            f"{self.url} did not send {wanted} but {reply.media or 'something without a type'}. {self._wire.places}"
        )

    def _ask(self, text: str, accept: str, graphs: Iterable[str], named: Iterable[str] | None = None) -> Reply:
        default = list(graphs)
        form: dict[str, str | list[str]] = {"query": text}
        if default:  # other graphs in the same engine are not ours
            form |= {"default-graph-uri": default, "named-graph-uri": default if named is None else list(named)}
        reply = self._wire.ask("POST", form=form, accept=accept)
        if "virtuoso" in self._wire.server:
            self._results = f"{_XML}, {_JSON};q=0.5"
        if reply.status >= 300:
            fault = self._wire.fault(reply)
            if reply.status == 400:
                raise UsageError(f"{fault} Check the query.")
            if reply.status == 429 or reply.status >= 500:
                raise StoreError(f"{fault} Try again, or ask for less.")
            # Who finds a query too long or its results too many has understood it, and says so.
            raise StoreError(fault if reply.status in (413, 422) else f"{fault} {self._wire.places}")
        return reply
