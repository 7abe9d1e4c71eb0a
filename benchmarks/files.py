"""The command line on files: a small table from a cold start, a large one, and one that is larger than memory."""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import polars as pl

import kg
from benchmarks.recoding import BASIS, SINCE, TO, made

ROWS = 10_000_000
#: What the process may take at most, in MB, and how many times that its table is.
LIMIT, TIMES = 300, 3


def run(rows: int = ROWS, pairs: int = 5) -> list[str]:
    """Give the lines of the report."""
    kg_path = shutil.which("kg", path=str(Path(sys.executable).parent)) or "kg"
    graph = kg.open()
    links = pl.DataFrame(
        [
            (pair.from_.code, pair.to.code, float(pair.share or 0))
            for pair in graph.concordance(SINCE, "ccg", TO, "icb", basis=BASIS)
            if pair.to
        ],
        schema={"ccg": pl.String, "icb": pl.String, "share": pl.Float64}, orient="row",
    )  # fmt: skip
    codes = links["ccg"].unique(maintain_order=True).to_list()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        made(codes, len(codes)).with_columns(ccg=pl.Series(codes)).write_csv(folder / "small.csv")
        made(codes, rows).write_csv(folder / "large.csv")
        return [
            *_cold(kg_path, folder, pairs),
            *_large(kg_path, folder, links, rows),
            *_beyond_memory(kg_path, folder),
        ]


def _asked(kg_path: str, file: Path, out: Path) -> list[str]:
    wish = ["--column", "ccg", "--to", TO, "--level", "icb", "--measure", "count:n", "--basis", BASIS]
    return [kg_path, "crosswalk", str(file), *wish, "-o", str(out)]


def _seconds(command: list[str], **environment: str) -> float:
    began = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True, env={**os.environ, **environment})
    return time.perf_counter() - began


def _cold(kg_path: str, folder: Path, pairs: int) -> list[str]:
    asked, peer = _asked(kg_path, folder / "small.csv", folder / "small-out.csv"), [kg_path, "became", "ACS"]
    _seconds(asked), _seconds(peer)
    timed = [(_seconds(asked), _seconds(peer)) for _ in range(pairs)]
    ratio = statistics.median(ours / theirs for ours, theirs in timed)
    ours, theirs = (statistics.median(column) for column in zip(*timed, strict=True))
    return [
        f"`kg crosswalk` of 209 rows / `kg became ACS`: {ratio:.1f} (median of {pairs} pairs; {ours:.2f} s, {theirs:.2f} s)"
    ]


def _large(kg_path: str, folder: Path, links: pl.DataFrame, rows: int) -> list[str]:
    """Time a large CSV, against polars in a process of its own that looks for no fault."""
    links.write_csv(folder / "links.csv")
    text = (
        f"import polars as pl; t = pl.scan_csv('{folder}/large.csv', schema_overrides={{'n': pl.Int64}}); "
        f"l = pl.scan_csv('{folder}/links.csv').with_columns(pl.col('share').cast(pl.Float64)); "
        "g = t.join(l, on='ccg').group_by('icb').agg((pl.col('n') * pl.col('share')).sum()).sort('icb'); "
        f"g.sink_csv('{folder}/by-hand.csv', engine='streaming')"
    )
    asked, peer = _asked(kg_path, folder / "large.csv", folder / "large-out.csv"), [sys.executable, "-c", text]
    timed = [(_seconds(asked), _seconds(peer)) for _ in range(3)]
    by_hand, found = (pl.read_csv(folder / name)["n"].to_list() for name in ("by-hand.csv", "large-out.csv"))
    if any(abs(a - b) > 1e-9 * abs(a) for a, b in zip(by_hand, found, strict=True)):
        raise SystemExit("The command line and Polars by hand give different sums.")
    ratio = statistics.median(ours / theirs for ours, theirs in timed)
    ours, theirs = (statistics.median(column) for column in zip(*timed, strict=True))
    size = (folder / "large.csv").stat().st_size / 1e6
    return [
        f"`kg crosswalk` of a CSV of {rows:,} rows, {size:.0f} MB / Polars by hand, which looks for no fault: {ratio:.1f} "
        f"(median of 3 pairs; {ours:.1f} s, {theirs:.1f} s)"
    ]


def _beyond_memory(kg_path: str, folder: Path) -> list[str]:
    """Recode a CSV and a Parquet file several times as large as what the process may take."""
    if sys.platform != "linux":
        return ["larger than memory: not measured, since only Linux holds a process to a limit"]
    source, lines = folder / "large.csv", []
    most = TIMES * LIMIT * 2**20
    header, _, rows = source.read_bytes().partition(b"\n")
    whole = pl.read_csv(source, columns=["n"])["n"].sum()
    large, copies = folder / "beyond.csv", 0
    with large.open("wb") as file:
        file.write(header + b"\n")
        while file.tell() < most:
            copies += file.write(rows) // len(rows)
    parquet = folder / "beyond.parquet"
    block, needed = pl.scan_csv(source), 1
    block.sink_parquet(parquet, compression="uncompressed")
    needed = most // parquet.stat().st_size + 1
    pl.concat([block] * needed).sink_parquet(parquet, compression="uncompressed")
    for file_, times in ((large, copies), (parquet, needed)):
        out = folder / "beyond-out.csv"
        limited = ["sh", "-c", f'ulimit -d {LIMIT * 1024} && exec "$@"', "sh", *_asked(kg_path, file_, out)]
        took = _seconds(limited, POLARS_MAX_THREADS="1", _RJEM_MALLOC_CONF="retain:false")
        kept = abs(pl.read_csv(out)["n"].sum() - whole * times) <= 1e-9 * whole * times
        if not kept:
            raise SystemExit(f"{file_.name}: the total is not kept.")
        lines.append(
            f"{file_.suffix[1:]} of {file_.stat().st_size / 2**20:.0f} MB in a process that may take {LIMIT} MB (ulimit -d, one "
            f"thread): completes in {took:.0f} s, total kept"
        )
    return lines
