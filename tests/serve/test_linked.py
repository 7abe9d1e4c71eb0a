"""Linked data: addresses lead on to pages or RDF, RDF says what the graph says, files are those of the release."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.faces import library
from kg.faces.serve import files, linked
from kg.faces.serve.answering import answered
from kg.faces.serve.exchange import Asked, Reply, Site
from kg.faces.serve.routes import ROUTES
from kg.graph import export, release
from kg.graph.names import PREFIXES, thing

Gets = Callable[..., Reply]


@pytest.fixture(scope="module")
def whole(asked: library.Graph) -> set[ox.Triple]:
    """Every statement of the graph."""
    return {quad.triple for quad in ox.parse(path=str(asked.graph.n_quads), format=ox.RdfFormat.N_QUADS)}


@pytest.fixture
def get(asked: library.Graph) -> Gets:
    """Asks for an address of linked data, as the server does."""
    site = Site(asked, root="/kg")

    def ask(pattern: str, accept: str = "*/*", query: tuple[tuple[str, str], ...] = (), **parts: str) -> Reply:
        route = next(route for route in ROUTES if route.pattern == pattern)
        return answered(site, route, Asked(pattern, parts=parts, query=query, headers={"accept": accept}))

    return ask


@pytest.mark.parametrize(
    ("accept", "place"),
    [
        ("text/html,application/xhtml+xml;q=0.9,*/*;q=0.8", "/kg/doc/body/icb-frimley"),
        ("*/*", "/kg/doc/body/icb-frimley"),
        ("text/turtle", "/kg/data/body/icb-frimley.ttl"),
        ("application/ld+json", "/kg/data/body/icb-frimley.jsonld"),
        ("application/n-triples", "/kg/data/body/icb-frimley.nt"),
        ("application/rdf+xml", "/kg/data/body/icb-frimley.rdf"),
        ("text/html;q=0.5, text/turtle", "/kg/data/body/icb-frimley.ttl"),
        ("image/png", "/kg/doc/body/icb-frimley"),
    ],
)
def test_the_address_of_a_thing_leads_to_what_accept_prefers(get: Gets, accept: str, place: str) -> None:
    reply = get("/id/{category}/{key}", accept, category="body", key="icb-frimley")
    assert (reply.status, dict(reply.headers)) == (303, {"Location": place, "Vary": "Accept"})


@pytest.mark.parametrize("key", ["icb-nowhere", "../../etc/passwd", "icb frimley", 'x"><script>', "%00", ""])
@pytest.mark.parametrize("pattern", ["/id/{category}/{key}", "/data/{category}/{key}.{ending}"])
def test_an_address_of_nothing_is_not_found(get: Gets, pattern: str, key: str) -> None:
    reply = get(pattern, category="body", key=key, ending="ttl")
    assert (reply.status, reply.media) == (404, "text/plain; charset=utf-8")


@pytest.mark.parametrize("form", linked.FORMS, ids=lambda form: form.ending)
@pytest.mark.parametrize(("category", "key"), [("body", "ccg-15a"), ("kind", "acs"), ("event", "acs-renamed-ics"), ("source", "rcp-guide-2019")])  # fmt: skip
def test_what_is_given_of_a_thing_is_what_the_graph_states(
    get: Gets, whole: set[ox.Triple], form: linked.Form, category: str, key: str
) -> None:
    reply = get("/data/{category}/{key}.{ending}", category=category, key=key, ending=form.ending)
    assert (reply.status, reply.media) == (200, f"{form.media}; charset=utf-8")
    read = {quad.triple for quad in ox.parse(input=reply.body, format=form.rdf)}
    document = {triple for triple in read if "/data/" in str(triple.subject)}
    assert read - document <= whole
    subject = ox.NamedNode(thing(category, key))
    assert {t for t in whole if t.subject == subject} <= read
    about = {t.subject for t in whole if t.object == subject and t.predicate.value.endswith("#about")}
    assert {t for t in whole if t.subject in about} <= read
    assert {t.object for t in document if t.predicate.value.endswith("primaryTopic")} == {subject}
    assert {t.object.value for t in document if t.predicate.value.endswith("license")} == {release.LICENCE}


def test_turtle_has_our_prefixes(get: Gets) -> None:
    body = get("/data/{category}/{key}.{ending}", category="body", key="ccg-15a", ending="ttl").body.decode()
    assert "kind:ccg" in body
    assert f"@prefix nis: <{PREFIXES['nis']}>" in body


def test_the_ontology_is_a_page_or_its_very_file(get: Gets) -> None:
    page = get("/ontology", "text/html")
    assert 'id="continuesIn"' in page.body.decode()
    turtle = get("/ontology", "text/turtle")
    assert {quad.triple for quad in ox.parse(input=turtle.body, format=ox.RdfFormat.TURTLE)} == {
        quad.triple for quad in ox.parse(input=get("/ontology", query=(("format", "rdf"),)).body, format=ox.RdfFormat.RDF_XML)
    }  # fmt: skip


@pytest.mark.parametrize(
    ("accept", "form"), [("text/turtle", "ttl"), ("*/*", "ttl"), ("application/ld+json", "jsonld")]
)
def test_the_data_set_is_described_with_its_counts_and_checksums(
    get: Gets, asked: library.Graph, accept: str, form: str
) -> None:
    reply = get("/.well-known/void", accept)
    rdf = next(each for each in linked.FORMS if each.ending == form)
    read = [quad.triple for quad in ox.parse(input=reply.body, format=rdf.rdf)]
    counted = {t.subject.value: int(t.object.value) for t in read if t.predicate.value.endswith("#triples")}
    _, rows = asked.sparql("SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g")
    for row in rows:  # type: ignore[union-attr]
        assert counted.pop(row["g"]) == row["n"]  # type: ignore[call-overload]
    assert list(counted.values()) == [len(asked.graph.n_quads.read_bytes().splitlines())]
    assert hashlib.sha256(asked.graph.n_quads.read_bytes()).hexdigest() in {t.object.value for t in read}
    assert {t.object.value for t in read if t.predicate.value.endswith("/license")} == {release.LICENCE}


def test_files_are_the_exports_written_once(asked: library.Graph, tmp_path: Path) -> None:
    held = tmp_path / "graph.nq"
    held.write_bytes(asked.graph.n_quads.read_bytes()[:200_000].rpartition(b"\n")[0] + b"\n")
    site = Site(library.Graph(replace(asked.graph, n_quads=held)))
    for name, form in (("nhs-integration.nq.gz", "n-quads"), ("nhs-integration.ttl", "turtle")):
        assert files.size(site, next(file for file in files.FILES if file.name == name)) is None
        reply = files.given(site, name)
        data = Path(reply.file).read_bytes()
        assert (gzip.decompress(data) if name.endswith(".gz") else data) == export.export(site.graph.graph, form)
        made = Path(reply.file).stat().st_mtime_ns
        assert Path(files.given(site, name).file).stat().st_mtime_ns == made
    assert files.given(site, "nhs-integration.nq").file == str(held)


def test_a_folder_that_cannot_be_written_still_gives_its_files(asked: library.Graph, tmp_path: Path) -> None:
    (tmp_path / "graph.nq").write_bytes(asked.graph.n_quads.read_bytes()[:20_000].rpartition(b"\n")[0] + b"\n")
    (tmp_path / "files").write_text("in the way")
    site = Site(library.Graph(replace(asked.graph, n_quads=tmp_path / "graph.nq")))
    reply = files.given(site, "nhs-integration.ttl")
    assert hashlib.sha256(reply.body).digest() == hashlib.sha256(export.export(site.graph.graph, "turtle")).digest()


@pytest.mark.parametrize("name", ["nhs-integration.exe", "../manifest.json", "manifest.json", ""])
def test_no_other_file_is_given(get: Gets, name: str) -> None:
    assert get("/download/{name}", name=name).status == 404
