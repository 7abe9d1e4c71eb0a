"""How a server begins and ends: told in one paragraph when it cannot begin, and leaving nothing behind however it ends."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from kg.faces.serve.worker import GRACE
from kg.graph.compiled import compile_into
from kg.graph.inputs import Inputs
from tests.conftest import Ran
from tests.serve.conftest import CHEAP, ENDLESS, Served, family, lives, serving, until


@pytest.fixture(scope="module")
def folder(few: Inputs, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A compiled graph of few bodies, which is read sooner."""
    compiled = tmp_path_factory.mktemp("few") / "graph"
    compile_into(compiled, few)
    return compiled


@pytest.fixture(scope="module")
def proxied(folder: Path) -> Iterator[Served]:
    """A server behind a proxy, with two workers."""
    with serving(folder, "--root", "/kg", "--home", "https://example.org/kg", "--workers", "2") as served:
        yield served


def _run(*words: str) -> Ran:
    """Run `kg serve` where it should end by itself."""
    done = subprocess.run(
        [sys.executable, "-m", "kg", "serve", *words], capture_output=True, text=True, timeout=60, check=False
    )
    return Ran(done.returncode, done.stdout, done.stderr)


def _busy(served: Served) -> threading.Thread:
    """Have a query run in a worker that does not end by itself; wait until it does."""

    def ask() -> None:
        try:
            served.ask(ENDLESS)
        except httpx.HTTPError:
            return

    before = len(family(served.process.pid))
    thread = threading.Thread(target=ask)
    thread.start()
    assert until(lambda: len(family(served.process.pid)) > before)
    return thread


def test_a_server_that_is_killed_in_the_middle_leaves_no_process_and_the_next_one_answers(folder: Path) -> None:
    with serving(folder, "--time-limit", "60") as served:
        asking = _busy(served)
        pids = family(served.process.pid)
        assert len(pids) > 3
        served.process.send_signal(signal.SIGKILL)
        assert until(lambda: not any(lives(pid) for pid in pids[1:]), 5), "a process was left that nobody stops"
        asking.join()
    with serving(folder) as served:
        assert served.alive()


def test_workers_end_by_themselves_when_their_nursery_is_gone(folder: Path) -> None:
    with serving(folder, "--time-limit", "2") as served:
        asking = _busy(served)
        server, nursery, *workers = family(served.process.pid)
        os.kill(nursery, signal.SIGKILL)
        assert until(lambda: not any(lives(pid) for pid in (server, *workers)), 2 + GRACE + 10)
        asking.join()


def test_a_worker_that_is_killed_from_outside_is_replaced_and_its_request_is_told_so(proxied: Served) -> None:
    _, _, *workers = family(proxied.process.pid)
    assert len(workers) == 2
    for pid in workers:
        os.kill(pid, signal.SIGKILL)
    assert until(proxied.alive)
    assert until(lambda: len(family(proxied.process.pid)) == 4 and not {*workers} & {*family(proxied.process.pid)})
    replies = list[httpx.Response]()
    asking = threading.Thread(target=lambda: replies.append(proxied.ask(ENDLESS)))
    before = family(proxied.process.pid)
    asking.start()
    assert until(lambda: len(family(proxied.process.pid)) > len(before))  # one has become slow, and one has come for it
    for pid in before[2:]:
        os.kill(pid, signal.SIGKILL)
    asking.join()
    assert replies[0].status_code == 503
    assert until(proxied.alive)


@pytest.mark.parametrize(("sign", "code"), [(signal.SIGTERM, 0), (signal.SIGINT, 130)])
def test_it_ends_within_seconds_when_told_to(folder: Path, sign: signal.Signals, code: int) -> None:
    with serving(folder, "--time-limit", "60") as served:
        asking = _busy(served)
        idle = served.connected()
        pids = family(served.process.pid)
        served.process.send_signal(sign)
        assert served.process.wait(8) == code
        assert until(lambda: not any(lives(pid) for pid in pids))
        asking.join()
        idle.close()


def test_what_is_being_answered_is_finished_first(folder: Path) -> None:
    with serving(folder) as served, served.connected() as raw:
        raw.sendall(b"GET /sparql?query=%b HTTP/1.1\r\nHost: x\r\n\r\n" % CHEAP.replace(" ", "+").encode())
        time.sleep(0.01)
        served.process.send_signal(signal.SIGTERM)
        told = b""
        while part := raw.recv(65536):
            told += part
        assert told.startswith(b"HTTP/1.1 200 ")
        assert served.process.wait(8) == 0


def test_it_prints_its_address_only_when_it_answers_and_takes_no_other_from_a_request(proxied: Served) -> None:
    assert proxied.client.get("/healthz").text == "ok\n"
    headers = {
        "Host": "evil.example",
        "X-Forwarded-Host": "evil.example",
        "X-Forwarded-Prefix": "/evil",
        "Accept": "text/html",
    }
    page = proxied.client.get("/", headers=headers)
    assert "evil" not in page.text
    assert 'href="/kg/about"' in page.text


def test_nobody_else_on_the_network_is_listened_to(proxied: Served) -> None:
    listens = [line.split()[1:4] for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    places = [place for place, _, state in listens if state == "0A" and place.endswith(f":{proxied.port:04X}")]
    assert places == [f"0100007F:{proxied.port:04X}"]


@pytest.mark.parametrize(
    ("options", "code", "words"),
    [
        (("--host", "no.such.host.invalid"), 2, "no.such.host.invalid"), (("--host", "192.0.2.1"), 2, "192.0.2.1"),
        (("--port", "99999"), 2, "--port"), (("--port", "-1"), 2, "--port"), (("--root", "kg"), 2, "--root"), (("--home", "kg"), 2, "--home"),
        (("--time-limit", "0"), 2, "--time-limit"), (("--store", "/nowhere/at/all"), 5, "/nowhere/at/all"),
    ],
)  # fmt: skip
def test_what_keeps_it_from_beginning_is_told_in_one_paragraph(
    folder: Path, options: tuple[str, ...], code: int, words: str
) -> None:
    done = _run("--store", str(folder), *options)
    assert done.code == code, done.err
    assert words in done.err
    assert "Traceback" not in done.err
    assert len(done.err.strip().splitlines()) == 1
    assert done.out == ""


def test_a_port_that_is_taken_is_told_so(folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = _run("--store", str(folder), "--port", str(port))
    assert done.code == 5
    assert f"port {port}" in done.err
    assert "--port" in done.err


def test_its_help_says_how_to_put_it_behind_a_proxy() -> None:
    told = _run("--help").out
    for words in ("proxy_pass", "--root /kg", "--home", "127.0.0.1", "X-Forwarded-For"):
        assert words in told


def test_a_system_that_cannot_fork_is_told_so(folder: Path) -> None:
    script = f"import os, sys; del os.fork; sys.argv = ['kg', 'serve', '--port', '0', '--store', {str(folder)!r}]; from kg.faces.cli import main; main()"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 2
    assert "Windows" in done.stderr
