"""The SPARQL 1.1 Protocol, over HTTP, against the running server: every way to ask, every form to answer in, every fault."""

from __future__ import annotations

import csv
import io
import json
import shutil
import subprocess
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import pyoxigraph as ox
import pytest
import rdflib
import SPARQLWrapper as wrapper
from httpx import Response
from rdflib.plugins.stores.sparqlstore import SPARQLStore

from kg.errors import StoreError
from kg.faces import library
from kg.faces.serve.media import chosen, chosen_result
from kg.faces.text import render
from kg.graph.names import GRAPHS
from kg.graph.remote import RemoteStore
from tests.serve.conftest import Served, serving

FORM: Final = "application/x-www-form-urlencoded"
DIRECT: Final = "application/sparql-query"
HTML: Final = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
JSON, XML = "application/sparql-results+json", "application/sparql-results+xml"
CSV, TSV = "text/csv", "text/tab-separated-values"
TURTLE, TRIPLES, JSONLD, RDFXML = "text/turtle", "application/n-triples", "application/ld+json", "application/rdf+xml"

SELECT: Final = "PREFIX skos: <http://www.w3.org/2004/02/skos/core#> SELECT ?label { <https://w3id.org/nhs-integration/id/kind/icb> skos:prefLabel ?label }"
ASK: Final = "ASK { <https://w3id.org/nhs-integration/id/kind/icb> ?p ?o }"
CONSTRUCT: Final = "CONSTRUCT { ?s ?p ?o } { VALUES ?s { <https://w3id.org/nhs-integration/id/kind/icb> } ?s ?p ?o }"
DESCRIBE: Final = "DESCRIBE <https://w3id.org/nhs-integration/id/kind/icb>"
LABEL: Final = "integrated care board"


def _put(served: Served, way: str, query: str, accept: str | None = None, **more: str) -> Response:
    """Send a query in one of the three ways of the protocol."""
    headers = {} if accept is None else {"Accept": accept}
    match way:
        case "GET":
            return served.client.get("/sparql", params={"query": query, **more}, headers=headers)
        case "form":
            return served.client.post("/sparql", data={"query": query, **more}, headers=headers)
    headers["Content-Type"] = DIRECT
    return served.client.post("/sparql", params=more, content=query.encode(), headers=headers)


@pytest.mark.parametrize("way", ["GET", "form", "direct"])
@pytest.mark.parametrize(
    ("query", "accept", "media"),
    [
        (SELECT, None, JSON), (SELECT, "*/*", JSON), (SELECT, JSON, JSON), (SELECT, "application/json", JSON), (SELECT, XML, XML),
        (SELECT, "application/xml", XML), (SELECT, CSV, CSV), (SELECT, TSV, TSV), (SELECT, f"{JSON};q=0.2, {CSV};q=0.9", CSV),
        (SELECT, f"text/*;q=0.5, {XML}", XML), (SELECT, "image/png, */*;q=0.1", JSON), (SELECT, f"{JSON};q=0, */*", XML),
        (ASK, None, JSON), (ASK, XML, XML), (ASK, CSV, CSV), (ASK, TSV, TSV),
        (CONSTRUCT, None, TURTLE), (CONSTRUCT, TURTLE, TURTLE), (CONSTRUCT, TRIPLES, TRIPLES), (CONSTRUCT, JSONLD, JSONLD),
        (CONSTRUCT, RDFXML, RDFXML), (CONSTRUCT, "application/x-turtle", TURTLE), (DESCRIBE, None, TURTLE), (DESCRIBE, JSONLD, JSONLD),
        (SELECT, "image/png", 406), (SELECT, TURTLE, 406), (CONSTRUCT, CSV, 406), (ASK, f"{JSON};q=0", 406),
    ],
)  # fmt: skip
def test_every_way_to_ask_is_answered_in_the_form_that_is_wanted(
    served: Served, way: str, query: str, accept: str | None, media: str | int
) -> None:
    reply = _put(served, way, query, accept)
    if isinstance(media, int):
        assert reply.status_code == media
        assert "Accept" in reply.text
        return
    assert reply.status_code == 200, reply.text
    assert reply.headers["Content-Type"].partition(";")[0] == media
    assert "Accept" in reply.headers["Vary"]
    assert _read(reply.content, media) == (True if query == ASK else LABEL)


def _read(body: bytes, media: str) -> Any:
    """Give the label, or yes or no, that is written in one of the forms."""
    text = body.decode()
    if media == JSON:
        read = json.loads(text)
        return read.get("boolean") or read["results"]["bindings"][0]["label"]["value"]
    if media in (CSV, TSV):
        if text == "true":
            return True
        return [*csv.reader(io.StringIO(text), delimiter="\t" if media == TSV else ",")][1][0].strip('"')
    if media == XML:
        found = ox.parse_query_results(body, ox.QueryResultsFormat.XML)
        return bool(found) if isinstance(found, ox.QueryBoolean) else next(iter(found))["label"].value
    form = {TURTLE: "turtle", TRIPLES: "nt", JSONLD: "json-ld", RDFXML: "xml"}[media]
    graph = rdflib.Graph().parse(data=text, format=form)
    return str(next(graph.objects(predicate=rdflib.SKOS.prefLabel)))


@pytest.mark.parametrize(
    ("name", "media"),
    [("json", JSON), ("xml", XML), ("csv", CSV), ("tsv", TSV), (CSV, CSV)],
)  # fmt: skip
def test_a_parameter_names_the_format_before_the_header_does(served: Served, name: str, media: str) -> None:
    for way in ("GET", "form", "direct"):
        reply = _put(served, way, SELECT, HTML, format=name)
        assert reply.headers["Content-Type"].partition(";")[0] == media
    assert _put(served, "GET", SELECT, HTML, output=name).headers["Content-Type"].partition(";")[0] == media


@pytest.mark.parametrize(
    ("name", "media"), [("turtle", TURTLE), ("nt", TRIPLES), ("jsonld", JSONLD), ("rdfxml", RDFXML)]
)
def test_a_parameter_names_the_format_of_a_graph(served: Served, name: str, media: str) -> None:
    assert _put(served, "GET", CONSTRUCT, format=name).headers["Content-Type"].partition(";")[0] == media


def test_turtle_is_written_with_the_prefixes_that_it_uses(served: Served) -> None:
    text = _put(served, "GET", CONSTRUCT).text
    assert "@prefix skos: <http://www.w3.org/2004/02/skos/core#> ." in text
    assert "kind:icb" in text
    assert "@prefix prov:" not in text


@pytest.mark.parametrize(
    ("method", "params", "headers", "body", "status", "words"),
    [
        ("GET", {"query": "SELECT * { ?s ?p "}, {}, b"", 400, "line 1"),
        ("GET", {"query": "SELECT * {\n ?s ?p ?o .\n ?x zz:y ?o }"}, {}, b"", 400, "line 3"),
        ("GET", {"query": ["ASK {}", "ASK {}"]}, {}, b"", 400, "2 queries"),
        ("GET", {"query": "ASK {}", "format": "pdf"}, {}, b"", 400, "json, xml"),
        ("GET", {"query": "ASK {}", "default-graph-uri": "http://example.org/g"}, {}, b"", 400, "no graph"),
        ("GET", {"query": "ASK {}", "named-graph-uri": "file:///etc/passwd"}, {}, b"", 400, "no graph"),
        ("GET", {"query": "ASK {}", "using-graph-uri": GRAPHS["curated"]}, {}, b"", 403, "read-only"),
        ("GET", {"update": "DROP ALL"}, {}, b"", 403, "read-only"),
        ("GET", {"query": ""}, {}, b"", 400, "no query"),
        ("POST", {}, {"Content-Type": FORM}, b"", 400, "no query"),
        ("POST", {}, {"Content-Type": FORM}, b"update=CLEAR+ALL", 403, "read-only"),
        ("POST", {}, {"Content-Type": FORM}, b"query=%ff%fe", 400, "UTF-8"),
        ("POST", {}, {"Content-Type": FORM}, b"a=b&" * 70, 400, "parameters"),
        ("POST", {}, {"Content-Type": DIRECT}, b"\xff\xfe", 400, "UTF-8"),
        ("POST", {}, {"Content-Type": DIRECT}, b"", 400, "no query"),
        ("POST", {"query": "ASK {}"}, {"Content-Type": DIRECT}, b"ASK {}", 400, "2 queries"),
        ("POST", {}, {"Content-Type": f"{DIRECT}; charset=utf-16"}, b"ASK {}", 415, "UTF-8"),
        ("POST", {}, {"Content-Type": "application/sparql-update"}, b"DROP ALL", 403, "read-only"),
        ("POST", {}, {"Content-Type": "application/json"}, b"{}", 415, DIRECT),
        ("POST", {}, {}, b"ASK {}", 415, DIRECT),
        ("POST", {}, {"Content-Type": DIRECT, "Content-Encoding": "gzip"}, b"x", 415, "compressed"),
        ("PUT", {}, {}, b"", 405, "PUT"),
        ("DELETE", {}, {}, b"", 405, "DELETE"),
        ("PATCH", {}, {}, b"", 405, "PATCH"),
        ("TRACE", {}, {}, b"", 405, "TRACE"),
        ("BREW", {}, {}, b"", 405, "BREW"),
    ],
)  # fmt: skip
def test_every_fault_is_told_with_its_status(
    served: Served,
    method: str,
    params: Mapping[str, Any],
    headers: dict[str, str],
    body: bytes,
    status: int,
    words: str,
) -> None:
    for accept in ("*/*", "application/json"):
        reply = served.client.request(
            method, "/sparql", params=params, headers={**headers, "Accept": accept}, content=body
        )
        assert reply.status_code == status, reply.text
        assert words in reply.text
        if accept == "*/*":
            assert reply.headers["Content-Type"] == "text/plain; charset=utf-8"
        else:
            assert reply.headers["Content-Type"] == "application/problem+json"
            assert reply.json()["status"] == status
    if status == 405:
        assert {"GET", "HEAD", "POST"} <= {*reply.headers["Allow"].split(", ")}


def test_the_default_graph_is_the_union_and_each_graph_can_be_named(served: Served) -> None:
    def count(pattern: str, **more: str) -> int:
        found = _put(served, "GET", f"SELECT (COUNT(*) AS ?n) {{ {pattern} }}", JSON, **more).json()
        return int(found["results"]["bindings"][0]["n"]["value"])

    whole, named = count("?s ?p ?o"), count("GRAPH ?g { ?s ?p ?o }")
    curated = count(f"GRAPH <{GRAPHS['curated']}> {{ ?s ?p ?o }}")
    assert 0 < curated < whole <= named
    assert count("?s ?p ?o", **{"default-graph-uri": GRAPHS["curated"]}) == curated
    assert count("GRAPH ?g { ?s ?p ?o }", **{"named-graph-uri": GRAPHS["curated"]}) == curated
    assert count("?s ?p ?o", **{"named-graph-uri": GRAPHS["curated"]}) == 0
    assert count("GRAPH ?g { ?s ?p ?o }", **{"default-graph-uri": GRAPHS["curated"]}) == 0


@pytest.mark.parametrize("accept", [TURTLE, TRIPLES, JSONLD, RDFXML, "*/*"])
def test_without_a_query_a_program_gets_the_description_of_the_service(served: Served, accept: str) -> None:
    reply = served.client.get("/sparql", headers={"Accept": accept})
    media = reply.headers["Content-Type"].partition(";")[0]
    form = {TURTLE: "turtle", TRIPLES: "nt", JSONLD: "json-ld", RDFXML: "xml"}[media]
    graph = rdflib.Graph().parse(data=reply.text, format=form)
    sd = rdflib.Namespace("http://www.w3.org/ns/sparql-service-description#")
    (service,) = graph.subjects(rdflib.RDF.type, sd.Service)
    assert graph.value(service, sd.supportedLanguage) == sd.SPARQL11Query
    assert len([*graph.objects(service, sd.resultFormat)]) == 8
    assert (service, sd.feature, sd.UnionDefaultGraph) in graph
    assert {str(name) for name in graph.objects(None, sd.name)} == {*GRAPHS.values()}


def test_kg_asks_it_as_an_engine_elsewhere(
    folder: Path, in_memory: library.Graph, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KG_CACHE", str(tmp_path))
    with serving(folder) as server:
        engine = RemoteStore(f"{server.address}/sparql")
        assert engine.held == in_memory.graph.held
        assert engine.held.finished
        elsewhere = library.open_graph(f"{server.address}/sparql")
        for question, words in (("became", "ACS"), ("members", "QNQ"), ("ask", "what is an ICP")):
            told = [getattr(graph, question)(words) for graph in (elsewhere, in_memory)]
            assert render(told[0], "json") == render(told[1], "json")
        everything = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
        assert elsewhere.graph.store.select(everything) == in_memory.graph.store.select(everything)


def test_kg_says_that_it_cannot_fetch_more_than_is_sent_at_once(served: Served) -> None:
    with pytest.raises(StoreError, match=r"cannot be fetched by queries.* 422 .*5,000 triples.*/download"):
        RemoteStore(f"{served.address}/sparql").n_quads()


def test_without_a_query_a_reader_gets_the_page(served: Served) -> None:
    reply = served.client.get("/sparql", headers={"Accept": HTML})
    assert reply.headers["Content-Type"].startswith("text/html")
    assert "<textarea" in reply.text


def test_a_reader_sees_the_results_as_a_page(served: Served) -> None:
    for way in ("GET", "form"):
        reply = _put(served, way, SELECT, HTML)
        assert reply.headers["Content-Type"].startswith("text/html")
        assert LABEL in reply.text


@pytest.mark.parametrize("form", ["json", "xml", "csv", "tsv"])
def test_more_rows_than_are_sent_at_once_are_refused_and_never_cut(served: Served, form: str) -> None:
    """Rows are told from what stands in their values, which end lines, close brackets and escape quotes."""
    hard = 'SELECT ?s (CONCAT("},{", "\\r\\n", "\\"<result>\\\\", STR(?p)) AS ?text) { ?s ?p ?o } LIMIT '
    whole, more = (_put(served, "GET", hard + str(limit), format=form) for limit in (5000, 5001))
    assert whole.status_code == 200, whole.text
    assert more.status_code == 422
    assert "5,000 rows" in more.text
    assert "LIMIT" in more.text
    assert _put(served, "GET", "CONSTRUCT WHERE { ?s ?p ?o } LIMIT 5001").status_code == 422


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated")
def test_sparqlwrapper_asks_in_every_way(served: Served) -> None:
    client = wrapper.SPARQLWrapper(f"{served.address}/sparql")
    for method in (wrapper.GET, wrapper.POST):
        for put in (wrapper.URLENCODED, wrapper.POSTDIRECTLY) if method == wrapper.POST else (wrapper.URLENCODED,):
            client.setMethod(method)
            client.setRequestMethod(put)
            client.setQuery(SELECT)
            client.setReturnFormat(wrapper.JSON)
            found: Any = client.queryAndConvert()
            assert found["results"]["bindings"][0]["label"]["value"] == LABEL
            client.setReturnFormat(wrapper.XML)
            document: Any = client.queryAndConvert()
            assert LABEL in document.toxml()
            client.setQuery(CONSTRUCT)
            for form in (wrapper.TURTLE, wrapper.RDFXML):
                client.setReturnFormat(form)
                found = client.queryAndConvert()
                assert LABEL in (found.serialize() if isinstance(found, rdflib.Graph) else str(found))
    client.setReturnFormat(wrapper.JSON)
    client.setQuery("SELECT * {")
    with pytest.raises(wrapper.SPARQLExceptions.QueryBadFormed):
        client.query()


@pytest.mark.parametrize("method", ["GET", "POST", "POST_FORM"])
def test_rdflib_asks_it_as_a_store(served: Served, method: str) -> None:
    store = SPARQLStore(f"{served.address}/sparql", method=method)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # rdflib leaves the closing of what it has read to chance
        graph = rdflib.Graph(store)
        rows = [*graph.query(SELECT)]
        assert [str(row[0]) for row in rows] == [LABEL]
        assert bool(graph.query(ASK).askAnswer)
        icb = rdflib.URIRef("https://w3id.org/nhs-integration/id/kind/icb")
        assert str(graph.value(icb, rdflib.SKOS.prefLabel)) == LABEL


def test_curl_asks_it(served: Served) -> None:
    curl = shutil.which("curl")
    if curl is None:
        pytest.skip("There is no curl here.")
    for words in (
        ["--get", "--data-urlencode", f"query={SELECT}"],
        ["--data-urlencode", f"query={SELECT}"],
        ["--data-binary", SELECT, "--header", f"Content-Type: {DIRECT}"],
    ):
        done = subprocess.run(
            [curl, "--silent", "--fail", "--compressed", "--noproxy", "*", "--header", f"Accept: {CSV}", *words, f"{served.address}/sparql"],
            capture_output=True, timeout=20, check=True,
        )  # fmt: skip
        assert done.stdout.decode().split() == ["label", *LABEL.split()]


@pytest.mark.parametrize(
    ("accept", "offered", "best"),
    [
        ("", "a/b c/d", "a/b"), ("*/*", "a/b c/d", "a/b"), ("c/*", "a/b c/d", "c/d"), ("c/d, a/b", "a/b c/d", "a/b"),
        ("a/b;q=0.1, c/d;q=0.11", "a/b c/d", "c/d"), ("a/b;q=0, */*;q=0.1", "a/b c/d", "c/d"), ("x/y", "a/b", None),
        ("A/B ; Q=1", "a/b", "a/b"), ("a/b;q=nan, c/d;q=0.1", "a/b c/d", "c/d"), ("a/b;q=much", "a/b", None), (";;,,", "a/b", "a/b"),
        ("a/b;level=1;q=0.3, c/d;q=0.2", "c/d a/b", "a/b"), ("a/b;q=9", "a/b", "a/b"), ("*/*;q=0", "a/b", None), ("a/b", "", None),
    ],
)  # fmt: skip
def test_the_best_form_is_chosen_by_quality_then_by_how_exact_it_is_then_by_order(
    accept: str, offered: str, best: str | None
) -> None:
    assert chosen(accept, offered.split()) == best


def test_a_common_name_of_a_form_goes_behind_an_exact_one() -> None:
    assert chosen_result("application/json", [JSON, "text/html"]) == JSON
    assert chosen_result("application/xml, text/html;q=0.1", [XML, "text/html"]) == "text/html"
    assert chosen_result("text/plain", [TURTLE, TRIPLES]) == TRIPLES
