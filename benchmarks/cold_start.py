"""Cold answers against a Typer program that prints a constant, and first use, compile included."""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
#: Answers about one thing, which the bound is for.
ONE = (
    "became ACS", "became 10G", "members QNQ --as-of 2024-08-01", "show icb-frimley",
)  # fmt: skip
#: Answers that read every body of a kind or every change of a day, which have no bound.
MANY = (
    "population ICB --by region", "count CCG --as-of 2019-06-01", "diff 2026-03-31 2026-04-01", "coverage",
)  # fmt: skip


def seconds(command: list[str], cache: Path) -> float:
    """Time one process from start to end."""
    environment = {**os.environ, "KG_CACHE": str(cache)}
    began = time.perf_counter()
    subprocess.run(
        command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment, cwd=cache
    )
    return time.perf_counter() - began


def run(pairs: int = 15, few: int = 5) -> list[str]:
    """Give the lines of the report: medians of paired runs, one of each in turn.

    Args:
        pairs: how often each answer about one thing is timed, and its peer right after it.
        few: the same of each answer about many things.
    """
    kg = shutil.which("kg", path=str(Path(sys.executable).parent)) or "kg"
    peer = [sys.executable, str(HERE / "constant.py"), "x"]
    lines, floors = [], []
    with tempfile.TemporaryDirectory() as folder:
        first = [seconds([kg, *ONE[0].split()], Path(tempfile.mkdtemp(dir=folder))) for _ in range(3)]
        cache = Path(tempfile.mkdtemp(dir=folder))
        seconds([kg, *ONE[0].split()], cache)
        for asked in (*ONE, *MANY):
            answer = [kg, *asked.split()]
            seconds(answer, cache), seconds(peer, cache)
            timed = [(seconds(answer, cache), seconds(peer, cache)) for _ in range(pairs if asked in ONE else few)]
            floors += [theirs for _, theirs in timed]
            ratio = statistics.median(ours / theirs for ours, theirs in timed)
            ours, theirs = (statistics.median(column) for column in zip(*timed, strict=True))
            lines.append(
                f"`kg {asked}` / Typer constant: {ratio:.2f} (median of {len(timed)} pairs; {ours * 1000:.0f} ms, "
                f"{theirs * 1000:.0f} ms){'; bound 1.6' if asked in ONE else ''}"
            )
    low, middle, high = (1000 * cut for cut in statistics.quantiles(floors, n=4))
    return [
        *lines,
        f"first use, compile included: {statistics.median(first):.1f} s (median of 3; {min(first):.1f} to {max(first):.1f} s); bound 10 s",
        f"noise: a quarter of the constants took under {low:.0f} ms, half {middle:.0f}, a quarter over {high:.0f} ms",
    ]
