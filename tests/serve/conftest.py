"""What tests of the server share: the real command, running on a free port of this machine, once for all tests of a worker."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import httpx
import pytest

from kg.faces.serve import files
from kg.graph.graph import Graph
from tests.engines import locked

#: Seconds that a request may take in these tests, and MB.
SECONDS: Final = 2
MEMORY: Final = 300

#: Queries that would take for ever, or all the memory there is.
ENDLESS: Final = "SELECT (COUNT(*) AS ?n) { ?a a ?t . ?b a ?t . ?c a ?t . ?d a ?t }"
GREEDY: Final = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?a ?e"
CHEAP: Final = "SELECT ?p ?o { <https://w3id.org/nhs-integration/id/body/icb-frimley> ?p ?o }"


@dataclass(frozen=True)
class Served:
    """A server that runs, its address without the last stroke, and a client of it."""

    process: subprocess.Popen[str]
    address: str
    client: httpx.Client

    @property
    def port(self) -> int:
        return int(self.address.rpartition(":")[2])

    def ask(self, query: str, accept: str = "application/sparql-results+json") -> httpx.Response:
        """Ask a query by GET, never one that was asked before: what is kept is of no interest here."""
        text = f"{query} # {time.monotonic_ns()}"
        return self.client.get("/sparql", params={"query": text}, headers={"Accept": accept})

    def alive(self) -> bool:
        """Say whether it answers a cheap question."""
        reply = self.ask(CHEAP)
        return reply.status_code == 200 and bool(reply.json()["results"]["bindings"])

    def connected(self) -> socket.socket:
        """Open a plain connection."""
        return socket.create_connection(("127.0.0.1", self.port), timeout=10)

    def said(self, request: bytes) -> bytes:
        """Send bytes as they are, and give all that comes back until the server closes."""
        with self.connected() as raw:
            with contextlib.suppress(ConnectionError):
                raw.sendall(request)
            return read_all(raw)


def read_all(raw: socket.socket) -> bytes:
    """Read until the other side closes."""
    parts = list[bytes]()
    with contextlib.suppress(ConnectionError):
        while part := raw.recv(65536):
            parts.append(part)
    return b"".join(parts)


def family(pid: int) -> list[int]:
    """Give a process and all that it started, and what those started."""
    found = [pid]
    for each in found:
        with contextlib.suppress(OSError):
            words = Path(f"/proc/{each}/task/{each}/children").read_text().split()
            found.extend(int(word) for word in words)
    return found


def lives(pid: int) -> bool:
    """Say whether a process runs; one that has ended and is not yet taken up does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def resident(pids: list[int]) -> int:
    """Give the MB that processes hold in memory of their own, what they share counted in parts (PSS)."""
    size = 0
    for pid in pids:
        with contextlib.suppress(OSError, StopIteration):
            lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
            size += next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return size >> 10


def until(true: Callable[[], bool], seconds: float = 15) -> bool:
    """Wait until something is so; say whether it came to be."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if true():
            return True
        time.sleep(0.05)
    return true()


@contextlib.contextmanager
def serving(folder: Path, *options: str) -> Iterator[Served]:
    """Run `kg serve` for the graph in a folder, and stop it."""
    process = subprocess.Popen(
        [sys.executable, "-m", "kg", "serve", "--port", "0", "--store", str(folder), *options],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )  # fmt: skip
    pids = list[int]()
    try:
        assert process.stdout is not None
        address = process.stdout.readline().strip().rstrip("/")
        assert address.startswith("http://127.0.0.1:"), address
        with httpx.Client(base_url=address, timeout=30, trust_env=False) as client:
            yield Served(process, address, client)
        pids = family(process.pid)
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(10)
        finally:
            process.kill()
            process.wait()
            if process.stdout is not None:
                process.stdout.close()
            for pid in pids[1:]:
                assert until(lambda pid=pid: not lives(pid)), "the server left a process behind"  # type: ignore[misc]


@pytest.fixture(scope="session")
def folder(graph: Graph) -> Path:
    """The folder of the compiled graph of this run, its files written: a server that wrote them would be one process more."""
    with locked(graph.n_quads.parent.with_suffix(".files")):
        files.write(graph)
    return graph.n_quads.parent


@pytest.fixture(scope="session")
def _served(folder: Path) -> Iterator[Served]:
    with serving(folder, "--time-limit", str(SECONDS), "--memory-limit", str(MEMORY), "--row-limit", "5000") as server:
        yield server


@pytest.fixture
def served(_served: Served) -> Iterator[Served]:
    """The server, which must be alive after each test."""
    yield _served
    assert _served.alive()
