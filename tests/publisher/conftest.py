"""What tests of ingesting share: a small curated graph, compiled by one worker for all."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from kg.graph.inputs import Inputs
from tests.conftest import smaller
from tests.engines import locked
from tests.publisher.office import BODIES, Office


def shared(factory: pytest.TempPathFactory) -> Path:
    """Give the folder that all workers of this run share."""
    base = factory.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


def ingested(
    office: Office, factory: pytest.TempPathFactory, name: str, files: Callable[[Path], Sequence[Path]], **options: Any
) -> Path:
    """Give the graph of the files that are written into a folder, which one worker makes for all."""
    place = shared(factory) / name
    with locked(place.with_suffix(".lock")):
        if not (place / "graph" / "manifest.json").is_file():
            place.mkdir(exist_ok=True)
            office.ingest(place / "graph", *files(place), **options)
    return place / "graph"


@pytest.fixture(scope="session")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """A place to ingest files into a curated graph of a few bodies."""
    folder = shared(tmp_path_factory) / "office"
    with locked(folder.with_suffix(".lock")):
        made = Office(Inputs(folder), folder.with_name("office-cache"))
        if not folder.exists():
            folder.mkdir()
            smaller(folder, BODIES)
        made.compile()
    return made
