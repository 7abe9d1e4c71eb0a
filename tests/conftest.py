"""What tests share: the real graph, compiled once a session into a folder of its own."""

from __future__ import annotations

import pytest

from kg.answers.record import Records
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
