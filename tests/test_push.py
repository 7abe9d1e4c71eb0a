"""kg push: exact counts, nothing sent twice, broken off and finished; and servers that are hostile or gone."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pyoxigraph as ox
import pytest
from typer.testing import CliRunner

import kg
from kg.errors import StoreError, UsageError
from kg.faces.cli import assemble
from kg.faces.serve import files
from kg.faces.serve.exchange import Site
from kg.graph import compiled, export, pushing, release, wire
from kg.graph.compiled import Compiled
from kg.graph.endpoint import Endpoint
from kg.graph.graph import Graph
from kg.graph.inputs import Inputs
from kg.graph.names import GRAPHS
from kg.graph.remote import RemoteStore
from tests.engines import USER, Engine, own


@pytest.fixture(scope="session")
def small(few: Inputs, tmp_path_factory: pytest.TempPathFactory) -> Compiled:
    """A compiled graph of few bodies."""
    folder = tmp_path_factory.mktemp("small") / "graph"
    compiled.compile_into(folder, few)
    return compiled.open_folder(folder)


@pytest.fixture(scope="module", params=("oxigraph", "virtuoso"))
def engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    with own(request.param, tmp_path_factory.mktemp("engine") / "data") as found:
        yield found


@pytest.fixture(autouse=True)
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KG_STORE_USER", USER)
    monkeypatch.setenv("KG_STORE_PASSWORD", USER)
    monkeypatch.delenv("KG_STORE_TOKEN", raising=False)


def test_a_push_is_counted_comes_back_whole_and_is_not_repeated(engine: Engine, small: Compiled) -> None:
    told: list[str] = []
    assert pushing.push(small, engine.store, progress=told.append) == sum(small.manifest["quads"].values())
    assert len(told) == len(GRAPHS)
    asked = Endpoint(engine.query)
    assert {name: asked.count(name) for name in small.manifest["quads"]} == small.manifest["quads"]
    assert RemoteStore(engine.query).n_quads() == small.n_quads.read_bytes()
    assert pushing.push(small, engine.store) == 0


def test_an_engine_elsewhere_is_exported_as_the_folder_is(
    engine: Engine, small: Compiled, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pushing.push(small, engine.store)
    monkeypatch.setenv("KG_CACHE", str(tmp_path / "cache"))
    for form, ending in {form: ending for ending, form in export.ENDINGS.items()}.items():
        out = tmp_path / f"graph{ending}"
        done = CliRunner().invoke(assemble("export"), ["export", "-o", str(out), "--store", engine.query])
        assert done.exit_code == 0, done.output
        assert out.read_bytes() == export.export(Graph.open(small.folder), form)
    assert sum(1 for _ in kg.load_graph(engine.query).quads()) == sum(small.manifest["quads"].values())


def test_files_of_an_engine_elsewhere_are_those_of_the_release_that_it_holds(
    engine: Engine, small: Compiled, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pushing.push(small, engine.store)
    monkeypatch.setenv("KG_CACHE", str(tmp_path))
    site = Site(kg.open(engine.query))
    for name in ("nhs-integration.nq", "nhs-integration.csv"):
        file = Path(files.given(site, name).file)
        assert file.read_bytes() == export.export(Graph.open(small.folder), export.ENDINGS[file.suffix])
        assert small.manifest["graph_sha256"][:16] in str(file)


@pytest.mark.parametrize("path", ["", "/store", "/nothing/here"])
def test_an_address_that_takes_no_queries_is_told_with_those_that_do(engine: Engine, path: str) -> None:
    url = engine.query.removesuffix("/query").removesuffix("/sparql") + path
    with pytest.raises(StoreError, match="/query in Oxigraph, /sparql in Virtuoso") as raised:
        Graph.open(url)
    assert "Try again" not in str(raised.value)


def test_a_part_that_was_changed_elsewhere_is_sent_again_and_no_other(engine: Engine, small: Compiled) -> None:
    pushing.push(small, engine.store)
    name, count = min(small.manifest["quads"].items(), key=lambda pair: pair[1])
    reply = wire.Wire(engine.store).ask(
        "PUT", params={"graph": name}, body=b"<x:a> <x:a> <x:a> .\n", media="application/n-triples"
    )
    assert reply.status < 300
    assert pushing.push(small, engine.store) == count


def test_a_push_that_was_killed_is_told_and_finished_by_the_next(engine: Engine, small: Compiled) -> None:
    pushing.push(small, engine.store)
    cleared = wire.Wire(engine.store)
    for name in small.manifest["quads"]:
        cleared.ask("PUT", params={"graph": name}, body=b"<x:a> <x:a> <x:a> .\n", media="application/n-triples")
    for wait in (0.0, 0.05, 0.3):
        pushed = subprocess.Popen(
            [sys.executable, "-m", "kg", "push", engine.store, "--store", str(small.folder)],
            stderr=subprocess.PIPE, env=dict(os.environ),
        )  # fmt: skip
        assert pushed.stderr
        pushed.stderr.readline()  # it has begun to send
        time.sleep(wait)
        pushed.send_signal(signal.SIGKILL)
        pushed.wait()
        pushed.stderr.close()
    pushing.push(small, engine.store)
    assert RemoteStore(engine.query).n_quads() == small.n_quads.read_bytes()


def test_half_a_graph_is_never_taken_for_a_whole_one(
    engine: Engine, small: Compiled, monkeypatch: pytest.MonkeyPatch
) -> None:
    pushing.push(small, engine.store)
    name = min(small.manifest["quads"], key=lambda name: small.manifest["quads"][name])
    wire.Wire(engine.store).ask(
        "PUT", params={"graph": name}, body=b"<x:a> <x:a> <x:a> .\n", media="application/n-triples"
    )

    def broken(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(pushing, "_verify", broken)
        with pytest.raises(KeyboardInterrupt):
            pushing.push(small, engine.store)
    with pytest.raises(StoreError, match="Run kg push again"):
        Graph.open(engine.query)
    pushing.push(small, engine.store)
    assert Graph.open(engine.query).release == small.release


def test_a_wrong_password_is_refused_in_one_paragraph(
    tmp_path: Path, small: Compiled, monkeypatch: pytest.MonkeyPatch
) -> None:
    with own("virtuoso", tmp_path / "data") as engine:
        monkeypatch.setenv("KG_STORE_PASSWORD", "not-this-one")
        with pytest.raises(StoreError, match="refuses the credentials") as raised:
            pushing.push(small, engine.store)
        assert "not-this-one" not in str(raised.value)
        with pytest.raises(StoreError, match="holds no graph of kg"):
            Graph.open(engine.query)


@contextmanager
def server(answer: Callable[[BaseHTTPRequestHandler], None]) -> Iterator[str]:
    """A server on loopback that answers everything in one way."""

    class Handler(BaseHTTPRequestHandler):
        def handle_one(self) -> None:
            self.rfile.read(int(self.headers.get("content-length") or 0))
            answer(self)

        do_GET = do_POST = do_PUT = handle_one

        def log_message(self, *_: object) -> None:
            """Keep quiet."""

    running = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=running.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{running.server_port}/sparql"
    finally:
        running.shutdown()
        running.server_close()
        thread.join()


def replying(status: int, media: str, body: bytes, **headers: str) -> Callable[[BaseHTTPRequestHandler], None]:
    def answer(to: BaseHTTPRequestHandler) -> None:
        to.send_response(status)
        to.send_header("Content-Type", media)
        to.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            to.send_header(name.title(), value)
        to.end_headers()
        to.wfile.write(body)

    return answer


@pytest.mark.parametrize(
    ("status", "media", "body", "headers", "says"),
    [
        (200, "text/html", b"<h1>Welcome</h1>", {}, "did not send RDF but text/html"),
        (200, "application/n-triples", b"<x:a> <x:b> ", {}, "cannot be read"),
        (200, "application/n-triples", b"", {}, "holds no graph of kg"),
        (302, "text/plain", b"", {"location": "http://elsewhere.example/sparql"}, "not followed"),
        (404, "text/plain", b"", {}, "not there"),
        (500, "text/html", b"<script>alert(1)</script>", {}, "the reply is a web page"),
        (503, "text/plain", b"busy\nbusy", {}, "busy busy.*Try again, or ask for less"),
        (429, "text/plain", b"", {}, "Try again, or ask for less"),
        (415, "text/plain", b"", {}, "graph store, or of something else; a SPARQL endpoint is at /query in Oxigraph"),
        (405, "text/plain", b"", {}, "GraphDB, /NAME/sparql in Fuseki"),
        (401, "text/plain", b"", {"www-authenticate": 'Basic realm="x"'}, "refuses the credentials"),
    ],
)  # fmt: skip
def test_a_server_that_is_no_engine_is_told_in_one_paragraph(
    status: int, media: str, body: bytes, headers: dict[str, str], says: str
) -> None:
    with server(replying(status, media, body, **headers)) as url, pytest.raises(StoreError, match=says) as raised:
        Graph.open(url)
    assert "\n" not in str(raised.value)


def test_a_reply_without_end_and_a_server_that_is_slow_are_left(monkeypatch: pytest.MonkeyPatch) -> None:
    def endless(to: BaseHTTPRequestHandler) -> None:
        to.send_response(200)
        to.send_header("Content-Type", "application/n-triples")
        to.end_headers()
        try:
            while True:
                to.wfile.write(b"# nothing\n" * 1000)
        except OSError:
            return

    monkeypatch.setattr(wire, "LARGEST", 1 << 20)
    with server(endless) as url, pytest.raises(StoreError, match="more than 1 MB"):
        Graph.open(url)
    monkeypatch.setattr(wire, "QUIET", 0.2)
    with server(lambda _: time.sleep(1)) as url, pytest.raises(StoreError, match="did not answer in time"):
        Graph.open(url)


def test_a_server_that_is_not_there_is_told() -> None:
    with pytest.raises(StoreError, match="cannot be reached"):
        Graph.open("http://127.0.0.1:1/sparql")


@pytest.mark.parametrize(
    ("kept", "sent"),
    [
        ({"KG_STORE_USER": "me", "KG_STORE_PASSWORD": "secret"}, "Basic bWU6c2VjcmV0"),
        ({"KG_STORE_TOKEN": "a-token"}, "Bearer a-token"),
    ],
)
def test_credentials_of_the_environment_are_sent_as_the_server_asks(
    kept: dict[str, str], sent: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server that wants Basic is given it after it has asked; a token goes at once."""
    seen: list[str] = []

    def asking(to: BaseHTTPRequestHandler) -> None:
        seen.append(to.headers.get("Authorization", ""))
        known = seen[-1] == sent
        replying(200 if known else 401, "application/n-triples", b"", **{"www-authenticate": 'Basic realm="x"'})(to)

    for name, value in kept.items():
        monkeypatch.setenv(name, value)
    with server(asking) as url, pytest.raises(StoreError, match="holds no graph of kg"):
        Graph.open(url)
    assert sent in seen


@pytest.mark.parametrize("url", ["https://me:secret@example.org/sparql", "http://me@localhost/sparql"])
def test_credentials_in_an_address_are_refused_and_not_printed(url: str) -> None:
    with pytest.raises(UsageError, match="KG_STORE_USER") as raised:
        Graph.open(url)
    assert "secret" not in str(raised.value)


@pytest.mark.parametrize("url", ["ftp://example.org/sparql", "http:///sparql", "file:///etc/passwd", "http://x:99999/"])
def test_what_is_no_address_of_the_web_is_refused(url: str) -> None:
    with pytest.raises(UsageError, match="address such as"):
        Graph.open(url)


def test_credentials_are_not_sent_in_the_open() -> None:
    with pytest.raises(StoreError, match="plain http to example"):
        Graph.open("http://example.org/sparql")


def test_a_graph_of_another_release_is_not_asked() -> None:
    held = release.Release("2020.1.0", "00", {})
    body = release.n_triples(release.described(held))
    with (
        server(replying(200, "application/n-triples", body)) as url,
        pytest.raises(StoreError, match="holds release 2020"),
    ):
        Graph.open(url)


def test_results_that_are_cut_off_are_noticed(tmp_path: Path, small: Compiled) -> None:
    with own("virtuoso", tmp_path / "data", rows=1000) as engine:
        pushing.push(small, engine.store)
        with pytest.raises(StoreError, match="1,000 of"):
            RemoteStore(engine.query).query("SELECT * { ?s ?p ?o }")


def test_a_body_that_is_too_large_for_a_server_is_sent_in_parts() -> None:
    held: list[bytes] = []

    class Bounded(wire.Wire):
        def ask(self, method: str, **kept: object) -> wire.Reply:
            body = kept["body"]
            assert isinstance(body, bytes)
            if len(body) > 300_000:
                return wire.Reply(413, httpx.Headers(), b"")
            held[:] = [body] if method == "PUT" else [*held, body]
            return wire.Reply(200, httpx.Headers(), b"")

    data = b"".join(b"<x:%d> <x:p> <x:o> .\n" % number for number in range(60_000))
    pushing._put(Bounded("http://127.0.0.1/store"), "x:g", data)
    assert b"".join(held) == data
    assert len(held) > 3


@pytest.mark.parametrize(
    ("url", "endpoint"),
    [
        ("http://h/sparql-graph-crud-auth", "http://h/sparql"),
        ("http://h:7878/store", "http://h:7878/query"),
        ("http://h/repositories/kg/rdf-graphs/service", "http://h/repositories/kg"),
        ("http://h/kg/data", "http://h/kg/sparql"),
    ],
)
def test_the_address_for_queries_is_told_from_that_of_the_graph_store(url: str, endpoint: str) -> None:
    assert pushing.endpoint_of(url) == endpoint


def test_a_release_is_read_as_it_was_described() -> None:
    held = release.Release("2026.11.0", "ab" * 32, {"https://w3id.org/nhs-integration/graph/curated": (3, "cd" * 32)})
    said = release.described(held, "https://kg.example")
    assert release.read(said) == held
    assert {quad.triple for quad in ox.parse(release.turtle(said), format=ox.RdfFormat.TURTLE)} == set(said)
    assert json.dumps(release.n_triples(said).decode())


def test_a_site_is_said_to_give_the_whole_graph_as_files_and_an_engine_is_not() -> None:
    held = release.Release("2026.11.0", "ab" * 32, {GRAPHS["curated"]: (3, "cd" * 32)})
    said, dcat = release.described(held, "https://kg.example"), "http://www.w3.org/ns/dcat#"

    def objects(name: str) -> set[str]:
        return {triple.object.value for triple in said if triple.predicate.value == name}  # type: ignore[union-attr]

    dumps = {f"https://kg.example/download/nhs-integration.{ending}.gz" for ending in ("nq", "ttl", "jsonld")}
    assert (
        dumps
        == objects("http://rdfs.org/ns/void#dataDump")
        == objects(f"{dcat}downloadURL")
        == objects(f"{dcat}accessURL")
    )
    assert {name.rpartition("/")[2] for name in dumps} <= {file.name for file in files.FILES}
    media = "https://www.iana.org/assignments/media-types/"
    forms = ("application/n-quads", "text/turtle", "application/ld+json")
    assert objects(f"{dcat}mediaType") == {media + form for form in forms}
    assert objects(f"{dcat}compressFormat") == {f"{media}application/gzip"}
    distributions = {str(t.subject) for t in said if t.object == ox.NamedNode(f"{dcat}Distribution")}
    assert {f"<{name}>" for name in objects(f"{dcat}distribution")} == distributions
    endpoint = "http://rdfs.org/ns/void#sparqlEndpoint"
    assert objects(endpoint) == {"https://kg.example/sparql"}
    frozen = release.described(held, "https://kg.example", answers=False)
    assert set(said) - set(frozen) == {triple for triple in said if triple.predicate.value == endpoint}
    assert not any("Dump" in str(triple) or "URL" in str(triple) for triple in release.described(held))
