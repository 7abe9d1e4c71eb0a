"""Lines in order, however many: what does not fit into memory is sorted in runs on disk, which are then merged."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from itertools import groupby, islice
from pathlib import Path
from typing import Final

#: So many lines are sorted in memory at once: of statements, some 200 MB.
_RUN: Final = 750_000


def ordered(lines: Iterable[bytes], folder: Path, most: int = _RUN) -> Iterator[bytes]:
    """Give each line once, in order of its bytes.

    Args:
        lines: each with its end.
        folder: where runs are kept meanwhile; they are removed when all lines were given.
        most: how many lines are held in memory at once.
    """
    each, runs = iter(lines), list[Path]()
    while run := sorted(islice(each, most)):
        if not runs and len(run) < most:
            yield from (line for line, _ in groupby(run))
            return
        runs.append(folder / f"run-{len(runs)}")
        with runs[-1].open("wb") as out:
            out.writelines(run)
        run.clear()
    with ExitStack() as opened:
        yield from (line for line, _ in groupby(heapq.merge(*(opened.enter_context(path.open("rb")) for path in runs))))
    for path in runs:
        path.unlink()
