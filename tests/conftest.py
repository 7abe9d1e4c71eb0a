"""What tests share: the real graph, compiled once a session into a folder of its own, and the command line."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from kg.answers.record import Records
from kg.faces import library
from kg.graph.compiled import compile_into
from kg.graph.graph import Graph
from kg.graph.inputs import Inputs


@pytest.fixture(scope="session")
def graph(tmp_path_factory: pytest.TempPathFactory) -> Graph:
    """The graph of this checkout's data, from disk as everyone opens it."""
    folder = tmp_path_factory.mktemp("compiled") / "graph"
    compile_into(folder, Inputs.default())
    return Graph.open(folder)


@pytest.fixture(scope="session")
def records(graph: Graph) -> Records:
    """The graph's records, as the answers read them."""
    return Records(graph)


@pytest.fixture(scope="session")
def asked(graph: Graph) -> library.Graph:
    """The graph as Python users hold it: a method for each question."""
    return library.Graph(graph)


@dataclass(frozen=True)
class Ran:
    """What a run of the command line left: its exit code and both of its streams."""

    code: int
    out: str
    err: str


@dataclass(frozen=True)
class CommandLine:
    """Runs `python -m kg` in a process of its own, from `cwd`, with a cache of this session's own."""

    cache: Path
    cwd: Path

    def __call__(self, *args: str | bytes, stdin: str = "", cwd: Path | None = None, **env: str) -> Ran:
        done = subprocess.run(
            [sys.executable, "-m", "kg", *args],
            input=stdin.encode(), capture_output=True, cwd=cwd or self.cwd, env=self.environment(**env), timeout=60, check=False,
        )  # fmt: skip
        return Ran(done.returncode, done.stdout.decode(), done.stderr.decode())

    def environment(self, **more: str) -> dict[str, str]:
        """This process's own, without what would change an answer."""
        kept = {name: value for name, value in os.environ.items() if name not in ("KG_STORE", "NO_COLOR", "FORCE_COLOR", "COLUMNS")}
        return {**kept, "KG_CACHE": str(self.cache), **more}


@pytest.fixture(scope="session")
def run(tmp_path_factory: pytest.TempPathFactory) -> CommandLine:
    """The real command, its graph compiled before the first test asks."""
    command = CommandLine(tmp_path_factory.mktemp("cache"), tmp_path_factory.mktemp("elsewhere"))
    first = command("queries")
    assert first.code == 0, first.err
    return command
