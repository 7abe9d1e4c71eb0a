"""What should not be done to a server: each is refused or stopped within its limit, and the server answers as before."""

from __future__ import annotations

import contextlib
import io
import socket
import sys
import threading
import time
import zipfile
from collections.abc import Iterator
from typing import Final

import pytest
import uvicorn

from kg.faces.serve import limits
from kg.faces.serve.app import application
from kg.faces.serve.connection import Connection
from kg.faces.serve.holding import Settings
from kg.faces.serve.pool import Pool
from tests.serve.conftest import CHEAP, ENDLESS, GREEDY, SECONDS, Served, family, read_all, resident, until

FORM: Final = "application/x-www-form-urlencoded"
DIRECT: Final = "application/sparql-query"
UPDATES: Final = (
    "INSERT DATA { <a:b> <a:b> <a:b> }", "DELETE WHERE { ?s ?p ?o }", "DROP ALL", "CLEAR DEFAULT", "CREATE GRAPH <a:b>",
    "LOAD <file:///etc/passwd>", "LOAD <http://127.0.0.1:1/> INTO GRAPH <a:b>", "COPY <a:b> TO <a:c>", "MOVE <a:b> TO <a:c>",
    "ADD <a:b> TO <a:c>", "WITH <a:b> DELETE { ?s ?p ?o } INSERT { ?s ?p ?o } WHERE { ?s ?p ?o }",
    "PREFIX a: <a:> # query\nDELETE { ?s ?p ?o } WHERE { ?s ?p ?o }",
)  # fmt: skip


class Listener:
    """Listens on this machine, and counts who comes."""

    def __init__(self) -> None:
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.socket.settimeout(0.1)
        self.port = self.socket.getsockname()[1]
        self.came = 0
        self._open = True
        self._thread = threading.Thread(target=self._wait)
        self._thread.start()

    def _wait(self) -> None:
        while self._open:
            with contextlib.suppress(TimeoutError):
                visitor, _ = self.socket.accept()
                self.came += 1
                visitor.close()

    def close(self) -> None:
        self._open = False
        self._thread.join()
        self.socket.close()


@pytest.fixture
def listener() -> Iterator[Listener]:
    listens = Listener()
    with socket.create_connection(("127.0.0.1", listens.port)):
        assert until(lambda: listens.came == 1)  # it sees who comes
    yield listens
    listens.close()


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * FROM <{}> {{ ?s ?p ?o }}", "SELECT * FROM NAMED <{}> {{ GRAPH ?g {{ ?s ?p ?o }} }}", "DESCRIBE <{}> FROM <{}>",
        "SELECT * {{ SERVICE <{}> {{ ?s ?p ?o }} }}", "SELECT * {{ SERVICE SILENT <{}> {{ ?s ?p ?o }} }}",
        "SELECT * {{ BIND(<{}> AS ?at) SERVICE ?at {{ ?s ?p ?o }} }}", "SELECT * {{ {{ SELECT * {{ s\\u0065rvice <{}> {{ }} }} }} }}",
        "ASK {{ FILTER EXISTS {{ SERVICE <{}> {{ ?s ?p ?o }} }} }}", "LOAD <{}>",
    ],
)  # fmt: skip
def test_no_other_data_are_read_and_no_other_server_is_asked(served: Served, listener: Listener, query: str) -> None:
    for place in (f"http://127.0.0.1:{listener.port}/x", "file:///etc/passwd"):
        reply = served.ask(query.format(place, place))
        assert reply.status_code == 400, reply.text
        assert "root:" not in reply.text
    assert listener.came == 1


@pytest.mark.parametrize("update", UPDATES)
def test_updates_are_refused_however_they_are_sent(served: Served, update: str) -> None:
    before = served.ask("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }").json()
    client = served.client
    for reply in (
        served.ask(update),
        client.get("/sparql", params={"update": update}),
        client.post("/sparql", data={"update": update}),
        client.post("/sparql", data={"query": update}),
        client.post("/sparql", data={"query": "ASK {}", "update": update}),
        client.post("/sparql", content=update, headers={"Content-Type": DIRECT}),
        client.post("/sparql", content=update, headers={"Content-Type": "application/sparql-update"}),
        client.post("/sparql", params={"update": update}, content="ASK {}", headers={"Content-Type": DIRECT}),
    ):
        assert reply.status_code in (400, 403), reply.text
        assert "read-only" in reply.text
    assert served.ask("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }").json() == before


def test_what_never_ends_is_stopped_and_told_so_while_others_are_answered(served: Served) -> None:
    replies = list[tuple[int, str, str]]()

    def ask() -> None:
        reply = served.ask(ENDLESS)
        replies.append((reply.status_code, reply.headers.get("Retry-After", ""), reply.text))

    asking = [threading.Thread(target=ask) for _ in range(2)]
    for thread in asking:
        thread.start()
    answered = 0
    while any(thread.is_alive() for thread in asking):
        assert served.alive()
        answered += 1
    assert answered > 5
    assert [(status, bool(again)) for status, again, _ in replies] == [(503, True)] * 2
    assert [words for *_, words in replies if f"{SECONDS} seconds" not in words] == []


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
        "SELECT (COUNT(*) AS ?n) { ?a (!<a:b>)* ?b . ?c (!<a:b>)* ?d }",
        "SELECT * { ?a (!<a:b>|^!<a:b>)+ ?b }",
        "SELECT (GROUP_CONCAT(?x; separator='') AS ?all) { ?s ?p ?o . ?t ?q ?r BIND(CONCAT(STR(?s), STR(?t)) AS ?x) }",
        "SELECT ?s { ?s ?p ?o FILTER(REGEX(STR(?o), '(a|a)*(b|b)*(c|c)*$') && EXISTS { ?x ?y ?z . ?u ?v ?w FILTER(?z = ?w && ?x = ?o) }) }",
        "CONSTRUCT { ?a ?e ?c } { ?a ?b ?c . ?d ?e ?f }",
    ],
)  # fmt: skip
def test_what_takes_too_much_ends_within_its_time(served: Served, query: str) -> None:
    began = time.monotonic()
    reply = served.ask(query, "*/*")
    assert reply.status_code in (503, 422), reply.text
    assert time.monotonic() - began < SECONDS + 8  # not a measure of speed: without a limit it runs for hours


def test_what_takes_too_much_memory_ends_and_gives_it_back(served: Served) -> None:
    before = resident(family(served.process.pid))
    for _ in range(2):
        reply = served.ask(GREEDY)
        assert reply.status_code == 503
        assert "memory" in reply.text or "seconds" in reply.text
    assert served.alive()
    assert until(lambda: resident(family(served.process.pid)) < before + 100), "memory is not given back"


def test_the_processes_stay_as_many_as_they_were(served: Served) -> None:
    before = settled(served.process.pid)
    for _ in range(3):
        served.ask(ENDLESS)
    assert until(lambda: len(family(served.process.pid)) == before)


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * " + "{" * 100_000 + "}" * 100_000, "SELECT * {" + "(" * 100_000, "SELECT * { ?s ?p ?o FILTER(" + "!" * 100_000 + "true) }",
        "SELECT * { ?s " + "/".join(["<a:b>"] * 20_000) + " ?o }", "SELECT * { ?s " + "(" * 50_000 + "<a:b>" + ")*" * 50_000 + " ?o }",
        "SELECT * { ?s ?p ?o FILTER(1" + "+1" * 60_000 + " = 1) }", "SELECT * {} " + "ORDER BY ?s " * 9000, "[" * 200_000,
        "ASK { " + " OPTIONAL { ?s ?p ?o " * 8000 + "}" * 8000 + "}", "SELECT * { VALUES ?x { " + "<a:b> " * 30_000 + "} }",
    ],
    ids=range(10),
)  # fmt: skip
def test_deep_and_long_queries_end_no_process_that_matters(served: Served, query: str) -> None:
    assert len(query) < 256 << 10
    reply = served.client.post("/sparql", content=query, headers={"Content-Type": DIRECT})
    assert reply.status_code in (200, 400, 422, 503), reply.text


def test_a_text_that_is_too_long_is_refused(served: Served) -> None:
    long = "SELECT * { ?s ?p ?o } #" + "x" * 10_000_000
    assert served.client.post("/sparql", content=long, headers={"Content-Type": DIRECT}).status_code == 413
    assert served.client.post("/sparql", data={"query": long}).status_code == 413
    parts = (b"x" * 65536 for _ in range(160))
    assert served.client.post("/sparql", content=parts, headers={"Content-Type": DIRECT}).status_code == 413
    stated = (
        b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: %b\r\nContent-Length: 99999999999\r\n\r\nASK"
        % DIRECT.encode()
    )
    assert served.said(stated).startswith(b"HTTP/1.1 413 ")


def test_uploads_that_are_too_large_are_refused_at_the_door(served: Served) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as book:
        book.writestr("xl/worksheets/sheet1.xml", b"<row/>" * 4_000_000)
    for name, content in (("bomb.xlsx", packed.getvalue()), ("huge.csv", b"code,count\n" + b"02N,1\n" * 4_000_000)):
        assert len(content) > 20 << 20
        reply = served.client.post("/crosswalk", files={"file": (name, content)})
        assert reply.status_code == 413, reply.text


def test_an_upload_that_unfolds_to_very_much_is_stopped(served: Served) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as book:
        book.writestr("[Content_Types].xml", "<Types/>")
        book.writestr("xl/workbook.xml", b"<workbook>" + b" " * 200_000_000)
    reply = served.client.post("/crosswalk", files={"file": ("bomb.xlsx", packed.getvalue())})
    assert 400 <= reply.status_code < 504, reply.status_code
    assert reply.status_code != 500


@pytest.mark.parametrize(
    ("head", "status"),
    [
        (b"GET / HTTP/1.1\r\nHost: x\r\n" + b"".join(b"X-%d: y\r\n" % n for n in range(200)), 431),
        (b"GET / HTTP/1.1\r\nHost: x\r\nX-Long: " + b"y" * 100_000 + b"\r\n", 431), (b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\nHost: x\r\n", 414),
        (b"GET / HTTP/1.1\r\n", 400), (b"GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: x\r\nA : b\r\n", 400), (b"\x16\x03\x01\x02\x00\x01", 400),
        (b"GET / HTTP/1.1\r\nHost: x\r\nX: \x00\r\n", 400), (b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n", 400),
        (b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nContent-Length: 4\r\n", 400),
        (b"POST /sparql HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked, chunked\r\n", 400),
        (b"GET http://elsewhere.example/ HTTP/1.1\r\nHost: x\r\n", 400), (b"GET /static/../../../../etc/passwd HTTP/1.1\r\nHost: x\r\n", 404),
        (b"GET /static/..%2f..%2f..%2fetc/passwd HTTP/1.1\r\nHost: x\r\n", 404), (b"GET /static/%2e%2e/%2e%2e/app.py HTTP/1.1\r\nHost: x\r\n", 404),
        (b"GET /static/..%5c..%5capp.py HTTP/1.1\r\nHost: x\r\n", 404), (b"GET //etc/passwd HTTP/1.1\r\nHost: x\r\n", 404),
        (b"GET /static/%00.css HTTP/1.1\r\nHost: x\r\n", 400), (b"GET /doc/body/icb%0d%0aSet-Cookie:%20a HTTP/1.1\r\nHost: x\r\n", 400),
        (b"GET /%ff%fe HTTP/1.1\r\nHost: x\r\n", 404), (b"GET /download/..%2f..%2fgraph.nq HTTP/1.1\r\nHost: x\r\n", 404),
        (b"GET /healthz HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade, close\r\n", 200), (b"OPTIONS * HTTP/1.1\r\nHost: x\r\n", 400),
        (b"CONNECT elsewhere.example:443 HTTP/1.1\r\nHost: x\r\n", 400), (b"GET /search?q=%ff%00%0d HTTP/1.1\r\nHost: x\r\n", 0),
        (b"GET /api/show?" + b"a=b&" * 1000 + b" HTTP/1.1\r\nHost: x\r\n", 400), (b"GET //x?" + b"a=b&" * 1000 + b" HTTP/1.1\r\nHost: x\r\n", 404),
        (b"GET /doc/" + b"%25" * 900 + b"/x HTTP/1.1\r\nHost: x\r\n", 404),
    ],
    ids=range(28),
)  # fmt: skip
def test_tricks_with_the_head_of_a_request_give_its_status_and_nothing_else(
    served: Served, head: bytes, status: int
) -> None:
    close = b"" if b"Connection:" in head else b"Connection: close\r\n"
    told = served.said(head + close + b"\r\n")
    assert told.startswith(b"HTTP/1.1 %d " % status if status else b"HTTP/1.1 "), told[:300]
    assert not told.startswith(b"HTTP/1.1 500 ")
    assert b"root:" not in told
    assert b"\r\nset-cookie" not in told.lower()
    assert told.count(b"HTTP/1.1") == 1


class Hasty(Connection):
    """A connection that waits for nobody long."""

    head_time, most = 0.5, 30


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """The front of a server alone, which has little patience: the port where it listens."""
    monkeypatch.setattr(limits, "BODY_TIME", 0.5)
    monkeypatch.setattr(limits, "BODY_RATE", sys.maxsize)
    listening = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(
        application(Pool(Settings(""))), http=Hasty, ws="none", log_config=None, log_level="critical", lifespan="off"
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, args=([listening],))
    thread.start()
    yield listening.getsockname()[1]
    server.should_exit = True
    thread.join()
    listening.close()


def test_who_asks_slowly_is_not_waited_for(hasty: int) -> None:
    """Each sends a byte in less time than there is for the whole, and is told that it took too long."""

    def connected(begins: bytes) -> socket.socket:
        raw = socket.create_connection(("127.0.0.1", hasty), timeout=10)
        raw.sendall(begins)
        return raw

    head, body = (
        b"GET /healthz HTTP/1.1\r\nHost: x\r\n",
        b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n",
    )
    silent = connected(b"")
    second = connected(head + b"\r\n" + head)  # a head that comes behind one that was answered
    slow = [*(connected(head) for _ in range(10)), connected(body), second]
    ends = time.monotonic() + 1.2
    while time.monotonic() < ends:
        for raw in slow:
            with contextlib.suppress(OSError):
                raw.send(b"X")
        with connected(head + b"Connection: close\r\n\r\n") as quick:
            assert read_all(quick).startswith(b"HTTP/1.1 200 ")
        time.sleep(0.1)
    for raw in (silent, *slow):
        told = read_all(raw)
        assert told == b"" or b"HTTP/1.1 408 " in told, told
        raw.close()


def test_more_connections_than_are_taken_are_told_to_come_again(hasty: int) -> None:
    with contextlib.ExitStack() as held:
        for _ in range(30):
            held.enter_context(socket.create_connection(("127.0.0.1", hasty), timeout=10))
        with socket.create_connection(("127.0.0.1", hasty), timeout=10) as more:
            told = read_all(more)
    assert told.startswith(b"HTTP/1.1 503 ")
    assert b"Retry-After: " in told
    with socket.create_connection(("127.0.0.1", hasty), timeout=10) as later:
        later.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        assert read_all(later).startswith(b"HTTP/1.1 200 ")


def settled(pid: int) -> int:
    """Give how many processes there are once that no longer changes: those of earlier tests may be ending still."""
    counts = [len(family(pid))]
    while len(set(counts[-10:])) > 1 or len(counts) < 10:
        time.sleep(0.1)
        counts.append(len(family(pid)))
    return counts[-1]


def test_who_goes_away_stops_the_query(served: Served) -> None:
    before = settled(served.process.pid)
    with served.connected() as raw:
        raw.sendall(
            b"GET /sparql?query=%b HTTP/1.1\r\nHost: x\r\n\r\n" % ENDLESS.replace(" ", "+").replace("&", "%26").encode()
        )
        assert until(lambda: len(family(served.process.pid)) > before)
    assert until(lambda: len(family(served.process.pid)) <= before, SECONDS - 0.6)  # sooner than its time is over


def test_a_reader_who_stops_reading_holds_nobody_up(served: Served) -> None:
    with served.connected() as raw:
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        raw.sendall(b"GET /download/graph.nq HTTP/1.1\r\nHost: x\r\n\r\n" * 3)
        for _ in range(20):
            assert served.alive()


def test_what_is_sent_carries_its_policies(served: Served) -> None:
    page = served.client.get("/", headers={"Accept": "text/html"})
    assert page.headers["Content-Security-Policy"].startswith("default-src 'none'; script-src 'self'")
    for path in ("/", "/sparql", "/healthz", "/nowhere", "/static/nothing.css", "/static/style.css", "/api"):
        for method in ("GET", "HEAD", "DELETE"):
            headers = served.client.request(method, path).headers
            assert headers["X-Content-Type-Options"] == "nosniff"
            assert "Referrer-Policy" in headers
            assert "Server" not in headers
            assert ("Access-Control-Allow-Origin" in headers) == path.startswith(("/sparql", "/api"))
    asks_first = served.client.options(
        "/sparql", headers={"Origin": "https://example.org", "Access-Control-Request-Method": "POST"}
    )
    assert asks_first.status_code == 204
    assert asks_first.headers["Access-Control-Allow-Origin"] == "*"
    assert "Content-Type" in asks_first.headers["Access-Control-Allow-Headers"]


def test_head_gives_the_same_head_without_a_body(served: Served) -> None:
    for path in ("/", "/sparql", "/about", "/api/show?name=ICB", "/healthz", "/data/kind/icb.ttl"):
        whole, head = served.client.get(path), served.client.head(path)
        assert whole.status_code == head.status_code == 200
        assert head.content == b""
        assert whole.headers["Content-Length"] == head.headers["Content-Length"]
        assert whole.headers.get("ETag") == head.headers.get("ETag")


def test_who_has_a_reply_already_is_told_so(served: Served) -> None:
    for encoding in ("gzip", "identity"):
        asked = {"Accept-Encoding": encoding}
        first = served.client.get("/sparql", params={"query": CHEAP}, headers=asked)
        mark = first.headers["ETag"]
        for known in (mark, f'"other", {mark}', f"W/{mark}", "*"):
            again = served.client.get("/sparql", params={"query": CHEAP}, headers={**asked, "If-None-Match": known})
            assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", mark)
        assert (
            served.client.get("/sparql", params={"query": CHEAP}, headers={**asked, "If-None-Match": '"x"'}).status_code
            == 200
        )
        assert "max-age" in first.headers["Cache-Control"]
        assert "Accept" in first.headers["Vary"]
        assert "Accept-Encoding" in first.headers["Vary"]
