"""What tests share: the real graph, compiled once a session into a folder of its own, and the command line."""

from __future__ import annotations

import csv
import os
import pickle
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from kg.answers.answer import Answer
from kg.answers.record import Records
from kg.faces import library
from kg.facts import records as rows
from kg.facts.rows import Facts, Placed
from kg.graph import compiled, name_writer
from kg.graph.build import build
from kg.graph.graph import Graph
from kg.graph.inputs import Inputs
from kg.graph.name_index import NameIndex
from kg.graph.names import Iri, category_of
from kg.graph.queries import Queries
from kg.graph.store import OxigraphStore
from tests.engines import locked
from tests.nursery import Nursery

#: How the keys of bodies begin that a small copy of the data keeps: enough of every table, and seconds quicker.
FEW = ("ics-", "icb-", "ccg-1")


@pytest.fixture(scope="session")
def cache_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The cache of this run, with this checkout's graph in it, which one worker compiles for all.

    Where KG_CACHE names a cache that has the graph of these very inputs and this very code, it is a copy of that.
    """
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "cache"
    made = compiled.default_folder(Inputs.default()) if os.environ.get("KG_CACHE") else None
    with pytest.MonkeyPatch.context() as patch, locked(folder.with_suffix(".lock")):
        patch.setenv("KG_CACHE", str(folder))
        if made and (made / "manifest.json").is_file() and not (folder / made.name).exists():
            shutil.copytree(made, folder / made.name)
        compiled.open_default()
    return folder


@pytest.fixture(scope="session")
def graph(cache_folder: Path) -> Graph:
    """The graph of this checkout's data, from disk as everyone opens it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KG_CACHE", str(cache_folder))
        return Graph.open()


@pytest.fixture(scope="session")
def records(in_memory: library.Graph) -> Records:
    """The graph's records, as the answers read them."""
    return Records(in_memory.graph)


@pytest.fixture(scope="session")
def asked(in_memory: library.Graph) -> library.Graph:
    """The graph as Python users hold it: a method for each question.

    From memory, which answers in a third of the time; every command of the tests reads the same from disk.
    """
    return in_memory


@pytest.fixture(scope="session")
def in_memory(graph: Graph) -> library.Graph:
    """The same graph held in memory."""
    return library.Graph(replace(graph, store=OxigraphStore.in_memory(graph.n_quads)))


@pytest.fixture(scope="session")
def few(tmp_path_factory: pytest.TempPathFactory) -> Inputs:
    """A copy of what a graph is compiled from, with the bodies of few keys and the rows that name no other."""
    return smaller(tmp_path_factory.mktemp("few"), FEW)


def smaller(folder: Path, beginnings: tuple[str, ...]) -> Inputs:
    """Copy what a graph is compiled from, with the bodies whose keys begin so and the rows that name no other."""
    root = Inputs.default().root
    for name in ("ontology", "queries"):
        shutil.copytree(root / name, folder / name)
    (folder / "data").mkdir()
    tables: dict[str, list[list[str]]] = {}
    for path in sorted((root / "data").glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as stream:
            tables[path.name] = list(csv.reader(stream))
    keys = {row[0] for row in tables["bodies.csv"][1:]}
    gone = keys - {key for key in keys if key.startswith(beginnings)}
    for table in ("events.csv", *tables):  # what names a body or an event that is left out goes with it
        header, *rows = tables[table]
        kept = [row for row in rows if not gone & {word for cell in row for word in cell.split("; ")}]
        if table == "events.csv":
            gone |= {row[0] for row in rows} - {row[0] for row in kept}
        tables[table] = [header, *kept]
    for name, rows in tables.items():
        with (folder / "data" / name).open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream, lineterminator="\n").writerows(rows)
    return Inputs(folder)


@pytest.fixture
def made(tmp_path: Path) -> Callable[[Iterable[rows.Row]], library.Graph]:
    """Makes a graph of a few rows, with the real rules and queries."""

    def make(stated: Iterable[rows.Row]) -> library.Graph:
        facts, inputs = Facts(), Inputs.default()
        for line, row in enumerate(stated, start=2):
            facts.placed.setdefault(row.FILE, []).append(Placed(row, row.FILE, line))
        store = OxigraphStore.holding(build(facts, [], inputs.rules).n_quads)
        name_writer.write(tmp_path / "names.sqlite", store)
        names = NameIndex(tmp_path / "names.sqlite")
        return library.Graph(Graph(store, names, Queries(inputs.queries), "2026.11.0", tmp_path / "graph.nq"))

    return make


@pytest.fixture(scope="session")
def every(cache_folder: Path, request: pytest.FixtureRequest) -> Mapping[str, Answer]:
    """Answers by "question address day", which one worker works out for all: see `answers`."""
    made = cache_folder.with_name("answers.pickle")
    with locked(made.with_suffix(".lock")):
        if not made.exists():
            made.write_bytes(pickle.dumps(answers(request.getfixturevalue("in_memory"))))
    held: Mapping[str, Answer] = pickle.loads(made.read_bytes())
    return held


def answers(asked: library.Graph) -> Mapping[str, Answer]:
    """Answer about every kind, on two days, and about a sample of the bodies."""
    kinds = [row["thing"] for row in asked.graph.rows("things") if category_of(row["thing"]) == "kind"]
    bodies = sample(asked.graph)
    assert len(kinds) > 40
    assert len(bodies) > 80
    days = dict.fromkeys(bodies, ("2026-11-21",)) | dict.fromkeys(kinds, ("2026-11-21", "2017-07-01"))
    return {
        f"{verb} {iri} {day}": bare(getattr(asked, verb)(iri, as_of=day))
        for iri in days for day in days[iri]
        for verb in ("became", "before", "lineage", "members", "memberships", "show")
    }  # fmt: skip


def bare(answer: Answer) -> Answer:
    """Give an answer without the graph that it holds to be drawn from, which cannot be kept in a file."""
    return Answer(**{part.name: getattr(answer, part.name) for part in fields(Answer)})


def sample(graph: Graph) -> list[Iri]:
    """Bodies that stand for all, always the same ones.

    Of every kind the first and the last by key; of every type of event (Abolition, Absorption, BoundaryChange,
    Clustering, CodeChange, CodeReuse, Designation, Division, Establishment, FunctionTransfer, Merger, PartialTransfer,
    Redesignation, Renaming, Reorganisation, Replacement and any that is added) who stood on each side of the first
    and the last event; and every hundredth of all.
    """
    of_kind: dict[Iri, list[Iri]] = {}
    for row in graph.rows("classified"):
        of_kind.setdefault(row["kind"], []).append(row["body"])
    events: dict[Iri, list[Iri]] = {}
    for row in graph.rows("events-between", since=date.min, asOf=date.max):
        sides = [side["thing"] for side in graph.rows("event-sides", event=row["event"])]
        if any(category_of(thing) == "body" for thing in sides):
            events.setdefault(row["type"], []).append(row["event"])
    taking_part = [
        side["thing"]
        for found in events.values() for event in (found[0], found[-1])
        for side in graph.rows("event-sides", event=event)
    ]  # fmt: skip
    bodies = [row["thing"] for row in graph.rows("things") if category_of(row["thing"]) == "body"]
    ends = [body for found in of_kind.values() for body in (min(found), max(found))]
    return sorted({iri for iri in (*ends, *taking_part, *bodies[::100]) if category_of(iri) == "body"})


COMMANDS = Path(__file__).parent / "commands.txt"
#: The commands that answer from the graph alone, and print what they found.
ANSWERING = frozenset((
    "ask", "became", "before", "lineage", "members", "memberships", "timeline", "count", "population", "coverage", "show",
    "diff", "find", "query", "queries",
))  # fmt: skip


def asked_line(args: Sequence[str | bytes]) -> str:
    """Give a command that answers as one line, without how it is printed; empty for any other command."""
    words = [word if isinstance(word, str) else os.fsdecode(word) for word in args]
    if not words or words[0] not in ANSWERING or "--help" in words or "-h" in words:
        return ""
    kept, skip = list[str](), False
    for word in words:
        if not skip and word not in ("--format", "-f", "--json"):
            kept.append(word)
        skip = word in ("--format", "-f")
    line = shlex.join(kept)
    return line if len(line) < 300 and line.isprintable() and line.encode("utf-8", "replace").decode() == line else ""


@cache
def commands() -> tuple[str, ...]:
    """Every answering command of the tests: tests/test_remote_answers.py puts each to every engine."""
    text = COMMANDS.read_text(encoding="utf-8")
    return tuple(line for line in text.splitlines() if line and not line.startswith("#"))


@dataclass(frozen=True)
class Ran:
    """What a run of the command line left: its exit code and both of its streams."""

    code: int
    out: str
    err: str


@dataclass(frozen=True)
class CommandLine:
    """Runs `python -m kg` in a process of its own, from `cwd`, with the cache of this run."""

    cache: Path
    cwd: Path
    nursery: Nursery
    kept: dict[tuple[str | bytes, ...], Ran] = field(default_factory=dict)

    def __call__(self, *args: str | bytes, stdin: str = "", cwd: Path | None = None, **env: str) -> Ran:
        """Run it; a question put before in the same way, which leaves nothing behind, is not put again."""
        changes = bool(stdin or cwd or env or "--store" in args or args[:1] in (("build",), ("export",), ("ingest",)))
        if not changes and (line := asked_line(args)) and line not in commands():
            if os.environ.get("KG_COMMANDS") != "add":
                raise AssertionError(
                    "tests/commands.txt lacks this line, which every engine is to answer; run the test again with "
                    f"KG_COMMANDS=add to put it there: {line}"
                )
            with COMMANDS.open("a", encoding="utf-8") as stream:
                stream.write(f"{line}\n")
        if changes:
            return self._run(*args, stdin=stdin, cwd=cwd, **env)
        if args not in self.kept:
            code, out, err = self.nursery.run(args)
            self.kept[args] = Ran(code, out.decode(), err.decode())
        return self.kept[args]

    def _run(self, *args: str | bytes, stdin: str = "", cwd: Path | None = None, **env: str) -> Ran:
        done = subprocess.run(
            [sys.executable, "-m", "kg", *args],
            input=stdin.encode(), capture_output=True, cwd=cwd or self.cwd, env=self.environment(**env), timeout=60, check=False,
        )  # fmt: skip
        return Ran(done.returncode, done.stdout.decode(), done.stderr.decode())

    def environment(self, **more: str) -> dict[str, str]:
        """This process's own, without what would change an answer."""
        return environment(self.cache, **more)


def environment(cache: Path, **more: str) -> dict[str, str]:
    """Give this process's environment with a cache, without what would change an answer."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if name not in ("KG_STORE", "NO_COLOR", "FORCE_COLOR", "COLUMNS")
    }
    return {**kept, "KG_CACHE": str(cache), **more}


@pytest.fixture(scope="session")
def run(cache_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[CommandLine]:
    """The real command, its graph compiled before the first test asks."""
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    nursery = Nursery(tmp_path_factory.mktemp("streams"), elsewhere, environment(cache_folder))
    yield CommandLine(cache_folder, elsewhere, nursery)
    nursery.close()
