"""Tables larger than memory: a file of three times what the process may take is recoded, with its totals kept."""

from __future__ import annotations

import csv
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.conftest import CommandLine

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="only Linux holds a process to a limit of its memory"),
]

#: What a process may take (Python, polars and the graph take four fifths of it before the first row), and how large the table is.
LIMIT: Final = 280 * 2**20
SIZE: Final = 3 * LIMIT
CCGS: Final = ("02N", "02W", "02R", "00C", "00K", "00M", "10Y", "10H")  # in three boards of 2022
BOARDS: Final = {"QWO": 3, "QHM": 3, "QU9": 2}
BLOCK: Final = 40_000


def limited(*words: str) -> list[str]:
    """A command that may take so much and no more: `ulimit -d` counts all that is reserved, used or not."""
    return ["sh", "-c", f'ulimit -d {LIMIT // 1024} && exec "$@"', "sh", *words]


@pytest.fixture
def csv_file(tmp_path: Path) -> Iterator[tuple[Path, int]]:
    path = tmp_path / "large.csv"
    note = "what somebody wrote beside the number as is done in tables " * 2
    block = "".join(f"{CCGS[row % 8]},{row % 1000},{note}\n" for row in range(BLOCK)).encode()
    blocks = SIZE // len(block) + 1
    with path.open("wb") as file:
        file.write(b"ccg,n,note\n")
        for _ in range(blocks):
            file.write(block)
    yield path, blocks
    path.unlink()


@pytest.fixture
def parquet_file(tmp_path: Path) -> Iterator[tuple[Path, int]]:
    path = tmp_path / "large.parquet"
    block = pa.table(
        {"ccg": [CCGS[row % 8] for row in range(BLOCK)] * 4, "n": [row % 1000 for row in range(BLOCK)] * 4}
    )
    blocks = 0
    with (
        path.open("wb") as file,
        pq.ParquetWriter(file, block.schema, use_dictionary=False, compression="none") as writer,
    ):
        while file.tell() < SIZE:
            writer.write_table(block)
            blocks += 4
    yield path, blocks
    path.unlink()


@pytest.mark.parametrize("made", ["csv_file", "parquet_file"])
def test_a_table_of_three_times_the_memory_is_recoded(
    run: CommandLine, tmp_path: Path, made: str, request: pytest.FixtureRequest
) -> None:
    path, blocks = request.getfixturevalue(made)
    assert path.stat().st_size >= SIZE
    out = tmp_path / "out.csv"
    wish = ["--to", "2022-07-01", "--level", "icb", "--measure", "count:n"]
    asked = ["crosswalk", str(path), "--column", "ccg", *wish, "-o", str(out)]
    # Each thread takes memory of its own, and what the allocator holds back without using it counts as taken.
    environment = run.environment(POLARS_MAX_THREADS="1", _RJEM_MALLOC_CONF="retain:false")
    done = subprocess.run(
        limited(sys.executable, "-m", "kg", *asked), env=environment, capture_output=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr.decode()[-2000:]
    with out.open(encoding="utf-8") as file:
        found = {row["ccg"]: int(row["n"]) for row in csv.DictReader(file)}
    whole = [0] * len(CCGS)
    for row in range(BLOCK):
        whole[row % 8] += row % 1000 * blocks
    at = iter(whole)
    assert found == {board: sum(next(at) for _ in range(count)) for board, count in BOARDS.items()}


def test_the_limit_is_one() -> None:
    done = subprocess.run(limited(sys.executable, "-c", f"bytearray({LIMIT})"), capture_output=True, check=False)
    assert b"MemoryError" in done.stderr
