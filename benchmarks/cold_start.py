"""A cold answer against a Typer program that prints a constant, and first use, compile included."""

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


def seconds(command: list[str], cache: Path) -> float:
    """Time one process from start to end."""
    environment = {**os.environ, "KG_CACHE": str(cache)}
    began = time.perf_counter()
    subprocess.run(
        command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment, cwd=cache
    )
    return time.perf_counter() - began


def run(pairs: int = 15) -> list[str]:
    """Give the lines of the report: medians of paired runs, one of each in turn."""
    kg = shutil.which("kg", path=str(Path(sys.executable).parent)) or "kg"
    answer, peer = [kg, "became", "ACS"], [sys.executable, str(HERE / "constant.py"), "x"]
    with tempfile.TemporaryDirectory() as folder:
        first = [seconds(answer, Path(tempfile.mkdtemp(dir=folder))) for _ in range(3)]
        cache = Path(tempfile.mkdtemp(dir=folder))
        seconds(answer, cache), seconds(peer, cache)
        timed = [(seconds(answer, cache), seconds(peer, cache)) for _ in range(pairs)]
    ratio = statistics.median(ours / theirs for ours, theirs in timed)
    ours, theirs = (statistics.median(column) for column in zip(*timed, strict=True))
    return [
        f"cold `kg became ACS` / Typer constant: {ratio:.2f} (median of {pairs} pairs; {ours * 1000:.0f} ms, {theirs * 1000:.0f} ms); bound 1.5",
        f"first use, compile included: {statistics.median(first):.1f} s (median of 3); bound 10 s",
    ]
