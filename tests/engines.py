"""Real engines for tests: Virtuoso and `oxigraph serve` on loopback, each started once for a whole run of pytest.

Workers of pytest-xdist share them. Beside each engine a guard waits, this module run as a program, which stops it by its
process id when the run that asked for it has ended, however that ended.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

import httpx
import pytest

#: The account that every new Virtuoso has.
USER: Final = "dba"
_INI: Final = """
[Database]
DatabaseFile = {folder}/virtuoso.db
ErrorLogFile = {folder}/virtuoso.log
LockFile = {folder}/virtuoso.lck
TransactionFile = {folder}/virtuoso.trx
xa_persistent_file = {folder}/virtuoso.pxa
FileExtend = 200
[TempDatabase]
DatabaseFile = {folder}/temporary.db
TransactionFile = {folder}/temporary.trx
[Parameters]
ServerPort = 127.0.0.1:{sql}
DisableUnixSocket = 1
ServerThreads = 20
CheckpointInterval = 0
NumberOfBuffers = 40000
MaxDirtyBuffers = 30000
AllowOSCalls = 0
DirsAllowed = {folder}
[HTTPServer]
ServerPort = 127.0.0.1:{http}
ServerRoot = {folder}
MaxClientConnections = 10
MaxKeepAlives = 10
KeepAliveTimeout = 15
[SPARQL]
ResultSetMaxRows = {rows}
"""


@dataclass(frozen=True)
class Engine:
    """A running engine: its addresses for queries and as a graph store, and the process that may be stopped."""

    name: str
    query: str
    store: str
    pid: int


def needed(name: str) -> str:
    """Give the program of an engine; where there is none, that is a fault in CI and a reason to skip elsewhere."""
    program = shutil.which({"virtuoso": "virtuoso-t", "oxigraph": "oxigraph"}[name])
    program = (
        program or shutil.which("oxigraph", path=str(Path(sys.executable).parent)) if name == "oxigraph" else program
    )
    if not program:
        if os.environ.get("CI"):
            pytest.fail(f"{name} is not installed, and CI must ask it")
        pytest.skip(f"{name} is not installed")
    return program


def shared(name: str, folder: Path) -> Engine:
    """Give the engine of this run, started by whoever asks first; `folder` is one that all workers share."""
    with locked(folder / f"{name}.lock"):
        place = folder / f"{name}.json"
        if not place.is_file():
            run = os.getppid() if "PYTEST_XDIST_WORKER" in os.environ else os.getpid()
            place.write_text(json.dumps(asdict(started(name, folder / name, run))), encoding="utf-8")
        return Engine(**json.loads(place.read_text(encoding="utf-8")))


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Let one process at a time in."""
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextmanager
def own(name: str, folder: Path, *, rows: int = 2_000_000) -> Iterator[Engine]:
    """Give an engine for one test alone, which may be killed."""
    engine = started(name, folder, os.getpid(), rows=rows)
    try:
        yield engine
    finally:
        with suppress(ProcessLookupError):
            os.kill(engine.pid, 9)


def started(name: str, folder: Path, run: int, *, rows: int = 2_000_000) -> Engine:
    """Start an engine that lives no longer than the process `run`; wait until it answers."""
    program = needed(name)
    folder.mkdir(parents=True)
    http, sql = free_ports(2)
    root = f"http://127.0.0.1:{http}"
    if name == "virtuoso":
        ini = folder / "virtuoso.ini"
        ini.write_text(_INI.format(folder=folder, http=http, sql=sql, rows=rows), encoding="utf-8")
        command, query, store = [program, "+foreground", "+configfile", str(ini)], "/sparql", "/sparql-graph-crud-auth"
    else:
        command = [program, "serve", "--location", str(folder / "store"), "--bind", f"127.0.0.1:{http}"]
        query, store = "/query", "/store"
    subprocess.run([sys.executable, __file__, str(run), str(folder), *command], stdin=subprocess.DEVNULL, check=True)
    until = time.monotonic() + 60
    while time.monotonic() < until:
        with suppress(httpx.TransportError, FileNotFoundError, ValueError):
            pid = int((folder / "pid").read_text(encoding="utf-8"))
            if httpx.post(root + query, data={"query": "ASK {}"}, trust_env=False).status_code == 200:
                return Engine(name, root + query, root + store, pid)
        if (folder / "ended").exists():
            break
        time.sleep(0.1)
    log = (folder / "out").read_text(encoding="utf-8", errors="replace")
    raise RuntimeError(f"{name} did not start: {log[-2000:]}")


def free_ports(count: int) -> list[int]:
    """Give ports of loopback that nothing listens at."""
    held = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [place.getsockname()[1] for place in held]
    for place in held:
        place.close()
    return ports


def _guard(run: int, folder: Path, command: list[str]) -> None:
    """Run an engine, out of the hands of who asked, until the process `run` is gone, or the engine is."""
    if os.fork():
        os._exit(0)
    os.setsid()
    with (folder / "out").open("wb") as out:
        engine = subprocess.Popen(command, stdout=out, stderr=out, stdin=subprocess.DEVNULL, cwd=folder)
    (folder / "pid").write_text(str(engine.pid), encoding="utf-8")
    try:
        while engine.poll() is None:
            os.kill(run, 0)
            time.sleep(0.3)
    except ProcessLookupError:
        pass
    finally:
        with suppress(ProcessLookupError):
            engine.kill()
        engine.wait()
        with suppress(OSError):  # the folder may be gone with the run
            (folder / "ended").touch()


if __name__ == "__main__":
    _guard(int(sys.argv[1]), Path(sys.argv[2]), sys.argv[3:])
