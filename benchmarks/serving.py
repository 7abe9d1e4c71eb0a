"""Cheap lookups of 64 connections, alone and beside a client of killer queries: kg serve, oxigraph serve, rdflib-endpoint."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import httpx

from kg.graph.compiled import open_default
from kg.graph.names import THINGS

HERE = Path(__file__).resolve().parent
#: A Python that has rdflib-endpoint 0.6.3 and uvicorn, in an environment of its own: it is no dependency.
PEER = "KG_RDFLIB_ENDPOINT_PYTHON"
#: Questions that none of the three can finish, each asked again as soon as it has ended.
KILLERS = (
    "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(?c != ?f && ?f != ?i) }",
    "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?a ?e",
    "SELECT (COUNT(*) AS ?n) { ?a (!<a:b>)* ?b . ?c (!<a:b>)* ?d }",
)
#: MB that a server may take before it is ended, so that one without a limit of its own ends and not the machine.
MEMORY = 6_000
ENDPOINT = """
import sys, rdflib, uvicorn
from rdflib_endpoint import SparqlEndpoint
data = rdflib.Dataset(default_union=True)
data.parse(sys.argv[1], format="nquads")
uvicorn.run(SparqlEndpoint(graph=data, path="/sparql"), host="127.0.0.1", port=int(sys.argv[2]), log_level="critical")
"""


class Figures(NamedTuple):
    """What wrk counted: answers, seconds, half and 95 in a hundred within so many microseconds, other statuses, broken connections."""

    requests: int
    seconds: float
    half: int
    most: int
    refused: int
    broken: int

    def __str__(self) -> str:
        return (
            f"{self.requests / self.seconds:,.0f} a second, half within {self.half / 1000:.0f} ms, 95% within {self.most / 1000:.0f} ms, "
            f"{self.refused} not 2xx, {self.broken} broken"
        )


@dataclass
class Server:
    """A server that runs: its process, its address, and the path of its endpoint."""

    process: subprocess.Popen[bytes]
    address: str
    path: str

    def cheap(self, keys: Path, seconds: int, connections: int, *, new: bool = True) -> Figures:
        """Ask cheap lookups by wrk."""
        done = subprocess.run(
            ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "30s", "-s", str(HERE / "serving.lua"), self.address,
             "--", self.path, str(keys), "new" if new else "kept"],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode:  # nobody listens there any more
            return Figures(0, 1.0, 0, 0, 0, connections)
        words = next(line for line in done.stdout.splitlines() if line.startswith("FIGURES")).split()[1:]
        return Figures(int(words[0]), float(words[1]), *map(int, words[2:]))

    def memory(self) -> int:
        """Give the MB that all its processes hold, what they share counted once."""
        pids = [self.process.pid]
        for pid in pids:
            with contextlib.suppress(OSError):
                pids += map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split())
        size = 0
        for pid in pids:
            with contextlib.suppress(OSError, StopIteration):
                lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
                size += next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
        return size >> 10


@dataclass
class Killers:
    """One client that asks killer queries one after the other until it is told to stop; what it was told, by status."""

    server: Server
    told: dict[str, int] = field(default_factory=dict)
    most: int = 0
    _on: bool = True

    def __enter__(self) -> Killers:
        self._threads = [
            threading.Thread(target=self._ask, daemon=True),
            threading.Thread(target=self._watch, daemon=True),
        ]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._on = False
        self._threads[1].join()

    def _ask(self) -> None:
        count = 0
        while self._on:
            try:
                address = self.server.address + self.server.path
                status = str(
                    httpx.get(
                        address, params={"query": KILLERS[count % len(KILLERS)]}, timeout=90, trust_env=False
                    ).status_code
                )
            except httpx.HTTPError as error:
                status = type(error).__name__
            count += 1
            self.told[status] = self.told.get(status, 0) + 1

    def _watch(self) -> None:
        while self._on:
            self.most = max(self.most, self.server.memory())
            if self.most > MEMORY:
                self.server.process.kill()
            time.sleep(0.25)


def run(seconds: int = 60, few: int = 4, only: str = "") -> list[str]:
    """Give the lines of the report.

    Args:
        seconds: how long each kind of load lasts.
        few: the connections that rdflib-endpoint is given, which answers one query at a time.
        only: the beginning of the name of one server; all when empty.
    """
    if not shutil.which("wrk"):
        return ["There is no wrk here (Debian: apt-get install wrk); nothing was measured."]
    compiled = open_default()
    lines = []
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        keys = folder / "keys.txt"
        things = sorted(
            {
                row["s"]
                for row in compiled.store.select(
                    f"SELECT DISTINCT ?s {{ ?s ?p ?o FILTER(STRSTARTS(STR(?s), '{THINGS}body/')) }}"
                )
            }
        )
        keys.write_text("\n".join(things) + "\n")
        for name, starts, connections in (
            ("kg serve", lambda: _ours(compiled.folder), 64),
            ("oxigraph serve", lambda: _oxigraph(folder, compiled.n_quads), 64),
            ("rdflib-endpoint 0.6.3", lambda: _rdflib(compiled.n_quads), few),
        ):
            if not name.startswith(only):
                continue
            if name.startswith("rdflib") and PEER not in os.environ:
                lines.append(f"{name}: not measured; {PEER} names no Python that has it")
                continue
            with starts() as server:
                lines += _measured(name, server, keys, seconds, connections)
    return lines


def _measured(name: str, server: Server, keys: Path, seconds: int, connections: int) -> list[str]:
    server.cheap(keys, 5, connections)
    before = server.memory()
    alone = server.cheap(keys, seconds, connections)
    lines = [f"{name}, {connections} connections alone: {alone}; {before} MB"]
    if name == "kg serve":
        kept = server.cheap(keys, max(seconds // 4, 5), connections, new=False)
        lines.append(f"{name}, the same with what it has kept: {kept}")
    with Killers(server) as killers:
        beside = server.cheap(keys, seconds, connections)
    told = ", ".join(f"{count} times {status}" for status, count in sorted(killers.told.items())) or "nothing"
    lines.append(f"{name}, beside a client of killer queries, who was told {told}: {beside}; {killers.most} MB at most")
    if alone.requests and beside.requests:
        lines.append(f"{name}, 95% beside killers / alone: {beside.most / alone.most:.1f}; bound of kg serve 3")
    time.sleep(13)  # longer than a query may take
    after = server.memory()
    lines.append(f"{name}, afterwards: {f'{after} MB' if after else f'ended, at more than {MEMORY:,} MB'}")
    return lines


@contextlib.contextmanager
def _started(command: list[str], address: Callable[[subprocess.Popen[bytes]], str], path: str) -> Iterator[Server]:
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True)
    try:
        server = Server(process, address(process), path)
        for _ in range(1200):
            with contextlib.suppress(httpx.HTTPError):
                if httpx.get(
                    server.address + path, params={"query": "ASK { ?s ?p ?o }"}, timeout=30, trust_env=False
                ).is_success:
                    break
            time.sleep(0.25)
        yield server
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdout:
            process.stdout.close()


def _ours(folder: Path) -> contextlib.AbstractContextManager[Server]:
    def address(process: subprocess.Popen[bytes]) -> str:
        assert process.stdout is not None
        return process.stdout.readline().decode().strip().rstrip("/")

    command = [sys.executable, "-m", "kg", "serve", "--port", "0", "--store", str(folder), "--time-limit", "10"]
    return _started(command, address, "/sparql")


@contextlib.contextmanager
def _oxigraph(folder: Path, n_quads: Path) -> Iterator[Server]:
    binary = shutil.which("oxigraph", path=str(Path(sys.executable).parent)) or "oxigraph"
    store, port = str(folder / "oxigraph"), _free()
    subprocess.run([binary, "load", "-l", store, "-f", str(n_quads)], check=True, capture_output=True)
    subprocess.run([binary, "optimize", "-l", store], check=True, capture_output=True)
    # Not with --timeout-s: 0.5.13 then keeps a thread for each query until its time is up, and ends of too many.
    command = [binary, "serve-read-only", "-l", store, "-b", f"127.0.0.1:{port}", "--union-default-graph"]
    with _started(command, lambda _: f"http://127.0.0.1:{port}", "/query") as server:
        yield server


def _rdflib(n_quads: Path) -> contextlib.AbstractContextManager[Server]:
    port = _free()
    command = [os.environ[PEER], "-c", ENDPOINT, str(n_quads), str(port)]
    return _started(command, lambda _: f"http://127.0.0.1:{port}", "/sparql")


def _free() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])


if __name__ == "__main__":
    print("\n".join(run(*map(int, sys.argv[1:3]), *sys.argv[3:])))
