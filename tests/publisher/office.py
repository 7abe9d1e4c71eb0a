"""A place where files are ingested quickly: into a curated graph of a few bodies, under the real rules and queries."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Final
from zlib import crc32

import pyoxigraph as ox
import pytest

from kg.faces import library
from kg.facts.ods.record import Dates, Period, Record, Relation, Role
from kg.graph import compiled
from kg.graph.ingest import Outcome, ingest
from kg.graph.inputs import Inputs
from tests.conftest import Ran, environment

#: How the keys of its curated bodies begin: a CCG made by merger, the location that took over its code, and their board.
BODIES = ("icb-north-east", "ccg-16c", "ccg-00c", "ccg-00k", "ccg-00m", "subicb-16c")
#: The command line over the inputs of a folder.
_KG: Final = """
import sys
from pathlib import Path
from kg.graph.inputs import Inputs
inputs = Inputs(Path(sys.argv[1]))
Inputs.default = lambda: inputs
sys.argv = ["kg", *sys.argv[2:]]
from kg.faces.cli import main
main()
"""


@dataclass(frozen=True)
class Office:
    """Ingests and answers over the inputs of a folder, in this process or in one of its own."""

    inputs: Inputs
    cache: Path
    said: list[str] = field(default_factory=list)

    def ingest(self, folder: Path, *paths: Path, **options: Any) -> Outcome:
        """Read files into the graph of a folder."""
        self.said.clear()
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("KG_CACHE", str(self.cache))
            patch.setattr(Inputs, "default", lambda: self.inputs)
            return ingest(paths, folder, progress=self.said.append, **options)

    def compile(self) -> None:
        """Compile the curated graph, unless it is there."""
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("KG_CACHE", str(self.cache))
            patch.setattr(Inputs, "default", lambda: self.inputs)
            compiled.open_default()

    def command(self, *words: str | Path) -> list[str]:
        """Give the command that runs `kg` over these inputs."""
        return [sys.executable, "-c", _KG, str(self.inputs.root), *map(str, words)]

    def environment(self, **more: str) -> dict[str, str]:
        return environment(self.cache, PYTHONPATH=str(Path(__file__).parents[2]), **more)

    def kg(self, *words: str | Path, **more: str) -> Ran:
        """Run `kg` in a process of its own."""
        done = subprocess.run(
            self.command(*words), capture_output=True, text=True, env=self.environment(**more), timeout=60, check=False
        )
        return Ran(done.returncode, done.stdout, done.stderr)


def day(text: str) -> date:
    return date.fromisoformat(text)


def dates(start: str = "", until: str = "") -> Period:
    """Give a period; what is empty is not known or open."""
    return Period(day(start) if start else None, day(until) if until else None)


def run(start: str = "", until: str = "") -> Dates:
    """Give dates in operation, as most records have them alone."""
    return Dates(None, dates(start, until))


def org(code: str, name: str, role: str, start: str, until: str = "", **more: Any) -> Record:
    """Give an organisation with one role, for as long as it ran."""
    held = run(start, until)
    stated = {
        "record_class": "RC1",
        "status": "Active",
        "dates": held,
        "roles": (Role(role, True, held, "Active", "1"),),
    }
    return Record(code, name, **{**stated, **more})


def to(code: str, target: str, start: str, until: str = "") -> Relation:
    """Give a relation, with the dates on which it ran."""
    return Relation(code, target, run(start, until), "Active", f"{crc32((code + target + start).encode())}")


def opened(folder: Path) -> library.Graph:
    """Open the graph of a folder to ask it."""
    return library.open_graph(folder)


def quads(folder: Path) -> set[str]:
    """Give every statement of a graph, its graph with it."""
    return {str(quad) for quad in ox.Store.read_only(str(folder / "store"))}


def counted(folder: Path) -> dict[str, int]:
    """Count the statements of each named graph by SPARQL."""
    store = ox.Store.read_only(str(folder / "store"))
    found = store.query("SELECT ?g (COUNT(*) AS ?n) WHERE { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g")
    assert isinstance(found, ox.QuerySolutions)
    return {row["g"].value: int(row["n"].value) for row in found}


def stated(folder: Path) -> Mapping[str, Any]:
    """Give the manifest of a folder."""
    return compiled.manifest(folder)


def left_beside(folder: Path) -> Sequence[str]:
    """Give what stands beside a graph, without the lock and what a test put there."""
    return sorted(path.name for path in folder.parent.iterdir() if path.name.startswith(f".{folder.name}-"))
