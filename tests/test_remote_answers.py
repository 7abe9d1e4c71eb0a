"""Every answer of the command line in these tests is the same from the embedded engine, Virtuoso and `oxigraph serve`."""

from __future__ import annotations

import csv
import os
import shlex
from pathlib import Path
from typing import Any

import polars
import pytest
import yaml
from typer.testing import CliRunner

from kg.errors import KgError
from kg.faces import library, losses
from kg.faces.cli import assemble
from kg.graph import compiled, pushing
from kg.graph.graph import Graph
from kg.graph.inputs import Inputs
from kg.graph.queries import Queries
from tests.conftest import commands
from tests.engines import USER, Engine, locked, shared

HERE = Path(__file__).parent
#: The list in parts, for workers to share.
PARTS = 3


def lines() -> list[str]:
    """Give every command, every sentence of questions.csv, and every saved query with its cases, its example and its parameters."""
    found = list(commands())
    with (HERE / "questions.csv").open(encoding="utf-8", newline="") as stream:
        found += [shlex.join(("ask", row["question"])) for row in csv.DictReader(stream)]
    saved = Queries(Inputs.default().queries)
    for name in saved.names():
        cases = HERE / "competency" / f"{name}.yaml"
        given = (
            [case.get("params") or {} for case in yaml.load(cases.read_text("utf-8"), yaml.BaseLoader)]
            if cases.is_file()
            else []
        )
        for params in (saved.get(name).example, *given):
            found.append(shlex.join(("query", name, *(f"{key}={value}" for key, value in params.items()))))
    return sorted(dict.fromkeys(found))


@pytest.fixture(scope="session", params=("oxigraph", "virtuoso"))
def engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, graph: Graph) -> Engine:
    """An engine that holds the whole graph."""
    base = tmp_path_factory.getbasetemp()
    folder = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    found = shared(request.param, folder)
    with pytest.MonkeyPatch.context() as patch, locked(folder / f"{found.name}.push"):
        patch.setenv("KG_STORE_USER", USER)
        patch.setenv("KG_STORE_PASSWORD", USER)
        pushing.push(compiled.open_folder(graph.n_quads.parent), found.store)
    return found


@pytest.fixture(scope="session")
def elsewhere(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> library.Graph:
    """The graph in that engine."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KG_CACHE", str(tmp_path_factory.mktemp("cache")))
        return library.Graph(Graph.open(engine.query))


@pytest.fixture(scope="session")
def printed() -> dict[str, tuple[int, str]]:
    """What the embedded engine has been found to answer."""
    return {}


def put(line: str, asked: library.Graph, patch: pytest.MonkeyPatch) -> tuple[int, str]:
    """Run a command in this process on an open graph; give its exit code and what it prints as JSON, or the fault."""
    patch.setattr(library, "open_graph", lambda *_, **__: asked)
    words = shlex.split(line)
    done = CliRunner().invoke(assemble(words[0]), [*words, "--json"])
    if isinstance(done.exception, KgError):
        return done.exception.exit_code, str(done.exception)
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    assert done.output, line
    return done.exit_code, done.output


@pytest.mark.parametrize("part", range(PARTS))
def test_every_answer_is_the_same_from_every_engine(
    part: int, elsewhere: library.Graph, in_memory: library.Graph, printed: dict[str, tuple[int, str]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    asked = lines()[part::PARTS]
    assert len(asked) > 50
    other = []
    for line in asked:
        if line not in printed:
            printed[line] = put(line, in_memory, monkeypatch)
        if put(line, elsewhere, monkeypatch) != printed[line]:
            other.append(line)
    assert other == []


PICTURES: dict[str, tuple[str, ...]] = {
    "lineage": ("NHS Frimley ICB",), "structure": ("NHS Frimley ICB",), "kinds": (), "compare": ("2026-03-31", "2026-04-01"),
}  # fmt: skip


@pytest.mark.parametrize("preset", PICTURES)
def test_every_picture_is_the_same_from_every_engine(
    preset: str, elsewhere: library.Graph, in_memory: library.Graph
) -> None:
    wishes: dict[str, Any] = {} if preset == "compare" else {"as_of": "2026-11-22"}
    drawn = [asked.draw(preset, *PICTURES[preset], **wishes).svg() for asked in (elsewhere, in_memory)]
    assert drawn[0] == drawn[1]


def test_codes_are_recognised_and_recoded_alike_by_every_engine(
    elsewhere: library.Graph, in_memory: library.Graph
) -> None:
    table = polars.read_csv(HERE.parent / "docs" / "examples" / "practices-by-ccg-2017-03.csv")
    told = []
    for asked in (elsewhere, in_memory):
        frame, report = asked.crosswalk(
            table, "ccg", to="2026-04-01", level="icb", measures=["count:practices"], basis="population"
        )
        told.append((asked.vintage(table, "ccg"), frame.rows(), losses.render(report, "json")))
    assert told[0] == told[1]


def test_the_graph_comes_back_as_it_was_pushed(elsewhere: library.Graph, graph: Graph) -> None:
    assert elsewhere.graph.document() == graph.document()
