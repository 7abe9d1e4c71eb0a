"""A release of full size from zip to answering graph, its growth, and how fast that graph answers.

Alone: `python -m benchmarks.national`, 12 minutes; `--only latency` one part, `--folder` to keep what it makes,
`--scale 0.1` a smaller release. The release is a model: see `benchmarks.release`.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import kg
from benchmarks import release, warm
from benchmarks.cold_start import HERE
from kg.faces.library import Graph

PARTS = ("load", "raw", "growth", "latency", "cold")
#: Seconds from zip to graph, and megabytes; growth from a tenth; times the raw load; times the Typer constant.
SECONDS, MEMORY, GROWTH, RAW, COLD = 180, 2_500, 1.2, 1.6, 1.6
#: What a raw load is: the same quads into the same engine, and nothing else.
BULK = """
import sys, time, pyoxigraph as ox
began = time.perf_counter()
store = ox.Store(sys.argv[2])
store.bulk_load(path=sys.argv[1], format=ox.RdfFormat.N_QUADS, lenient=True)
store.optimize()
print(time.perf_counter() - began)
"""
DUMP = """
import sys, pyoxigraph as ox
ox.Store.read_only(sys.argv[1]).dump(output=sys.argv[2], format=ox.RdfFormat.N_QUADS)
"""


class Ran(NamedTuple):
    """What a process took, with all that it started: seconds, megabytes at most (resident), and what it printed."""

    seconds: float
    memory: float
    printed: str


class Session:
    """What one run has made so far, so that a part that needs another's work finds it."""

    def __init__(self, folder: Path, scale: float) -> None:
        self.folder, self.scale = folder, scale
        self.loads: dict[float, Ran] = {}
        folder.mkdir(parents=True, exist_ok=True)

    def zip(self, scale: float) -> Path:
        """The model of a scale, written when it is not there."""
        path = self.folder / f"release-{scale:g}.zip"
        if not path.exists():
            release.write(path.with_suffix(".part"), scale)
            path.with_suffix(".part").replace(path)
        return path

    def graph(self, scale: float) -> Path:
        """The graph of a scale, from this run or, in a folder that was kept, from one before."""
        path = self.folder / f"graph-{scale:g}"
        if not (path / "manifest.json").exists():
            self.load(scale)
        return path

    def load(self, scale: float) -> Ran:
        """From zip to graph, once in a run; the curated graph is compiled beforehand."""
        if scale not in self.loads:
            path, source = self.folder / f"graph-{scale:g}", self.zip(scale)
            shutil.rmtree(path, ignore_errors=True)
            kg.open(in_memory=False)
            self.loads[scale] = measured([*_kg(), "ingest", str(source), "--into", str(path)])
        return self.loads[scale]


def run(only: Sequence[str] = PARTS, folder: Path | None = None, scale: float = 1.0) -> Iterator[str]:
    """Give the lines of the report, part by part.

    Args:
        only: which parts.
        folder: where releases and graphs are kept for the next time; a temporary folder when None.
        scale: of the release that is loaded; growth is from a tenth of it.
    """
    parts: dict[str, Callable[[Session], Iterator[str]]] = {
        "load": _load, "raw": _raw, "growth": _growth, "latency": _latency, "cold": _cold,
    }  # fmt: skip
    with tempfile.TemporaryDirectory() as passing:
        session = Session(folder or Path(passing), scale)
        for part in PARTS:
            if part in only:
                yield from parts[part](session)


def measured(command: list[str]) -> Ran:
    """Run a command and watch what its processes have held at most.

    The system keeps that by itself. To add up what each shares with others goes through all its pages, which stops a
    process of two gigabytes often enough to take a fifth longer.
    """
    began = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    most, ended = [0.0], threading.Event()

    def watch() -> None:
        while not ended.wait(0.5):
            most[0] = max(most[0], sum(_held(pid) for pid in _family(process.pid)))

    watcher = threading.Thread(target=watch)
    watcher.start()
    printed, _ = process.communicate()
    seconds = time.perf_counter() - began
    ended.set()
    watcher.join()
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} ended with {process.returncode}:\n{printed}")
    return Ran(seconds, most[0], printed)


def _family(pid: int) -> list[int]:
    found = [pid]
    for one in found:
        for tasks in Path(f"/proc/{one}/task").glob("*/children"):
            try:
                found += [int(child) for child in tasks.read_text().split()]
            except OSError:  # it has just ended
                continue
    return found


def _held(pid: int) -> float:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) / 1_000
    except (OSError, StopIteration):  # it has just ended
        return 0.0


def _kg() -> list[str]:
    found = shutil.which("kg", path=str(Path(sys.executable).parent))
    return [found] if found else [sys.executable, "-m", "kg"]


def _load(session: Session) -> Iterator[str]:
    ran = session.load(session.scale)
    stated = json.loads((session.graph(session.scale) / "manifest.json").read_text())
    statements, records = sum(stated["quads"].values()), release.expected(session.scale)
    yield (
        f"zip of {session.zip(session.scale).stat().st_size / 1e6:.0f} MB, {records.full_records + records.archive_records:,} records, "
        f"{records.relations:,} relations, to a graph of {statements:,} statements and {stated['names']:,} names: "
        f"{ran.seconds:.0f} s{_bound(SECONDS, session)} s), {ran.memory:,.0f} MB at most{_bound(MEMORY, session)} MB)"
    )


def _bound(bound: float, session: Session) -> str:
    return f" (bound {bound:,}" if session.scale == 1 else " (bound at full size " + f"{bound:,}"


def _raw(session: Session) -> Iterator[str]:
    ran = session.load(session.scale)
    quads, place = session.folder / "raw.nq", session.folder / "raw"
    try:
        measured([sys.executable, "-c", DUMP, str(session.graph(session.scale) / "store"), str(quads)])
        shutil.rmtree(place, ignore_errors=True)
        raw = measured([sys.executable, "-c", BULK, str(quads), str(place)])
        seconds = float(raw.printed)
        yield (
            f"zip to graph / the same quads, {quads.stat().st_size / 1e6:,.0f} MB of N-Quads, bulk-loaded and optimised by the engine alone: "
            f"{ran.seconds / seconds:.2f} ({ran.seconds:.0f} s, {seconds:.0f} s; {ran.memory:,.0f} MB, {raw.memory:,.0f} MB); bound {RAW}"
        )
    finally:
        quads.unlink(missing_ok=True)
        shutil.rmtree(place, ignore_errors=True)


def _growth(session: Session) -> Iterator[str]:
    tenth, whole = session.load(session.scale / 10), session.load(session.scale)
    ratio = whole.seconds / tenth.seconds / 10
    yield (
        f"growth from a tenth: {ratio:.2f} of linear ({tenth.seconds:.1f} s, {whole.seconds:.1f} s; "
        f"{tenth.memory:,.0f} MB, {whole.memory:,.0f} MB); bound {GROWTH}"
    )


def _latency(session: Session) -> Iterator[str]:
    return warm.run(session.graph(session.scale))


def _cold(session: Session, pairs: int = 15) -> Iterator[str]:
    folder = session.graph(session.scale)
    graph = kg.open(folder, in_memory=False)
    peer = [sys.executable, str(HERE / "constant.py"), "x"]
    for code in ("A81001", *_codes(graph)):
        answer = [*_kg(), "became", code]
        _once(answer, folder), _once(peer, folder)
        timed = [(_once(answer, folder), _once(peer, folder)) for _ in range(pairs)]
        ratio = statistics.median(ours / theirs for ours, theirs in timed)
        ours, theirs = (statistics.median(column) for column in zip(*timed, strict=True))
        yield f"`kg became {code}` / Typer constant: {ratio:.2f} (median of {pairs} pairs; {ours * 1000:.0f} ms, {theirs * 1000:.0f} ms); bound {COLD}"


def _codes(graph: Graph) -> list[str]:
    """Codes of two bodies that the publisher alone tells of, and that something followed."""
    asked = f"{warm.PREFIXES} SELECT ?code WHERE {{ ?one nis:giver ?body . ?body skos:notation ?code FILTER(STRLEN(?code) = 6) }} ORDER BY ?code"
    return [row["code"] for row in warm.some(graph.graph.store.select(asked), 2)]


def _once(command: list[str], folder: Path) -> float:
    """Time one process from start to end, asking the graph of a folder."""
    began = time.perf_counter()
    subprocess.run(
        command,
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "KG_STORE": str(folder)},
    )
    return time.perf_counter() - began


def main() -> None:
    """Measure what is asked for, and print it."""
    parser = argparse.ArgumentParser(description="Measure a release of full size.")
    parser.add_argument("--only", nargs="*", choices=PARTS, default=PARTS)
    parser.add_argument("--folder", type=Path, default=None, help="kept, with the releases and graphs made in it")
    parser.add_argument("--scale", type=float, default=1.0)
    asked = parser.parse_args()
    for line in run(asked.only, asked.folder, asked.scale):
        print(f"  {line}", flush=True)


if __name__ == "__main__":
    main()
