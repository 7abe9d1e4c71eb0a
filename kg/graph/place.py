"""Where a graph is made and how it comes to its place: beside it, by one process at a time, moved in whole."""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Final

from kg.errors import StoreError
from kg.graph import compiled

_TRIES: Final = 5  # to move a new graph into its place
_CLEARED: Final = 50  # tries to take away what has failed


def move(made: Path, folder: Path) -> None:
    """Move a new graph into its place; who opens the old one in the instant between puts it back, and then it is done again."""
    for _ in range(_TRIES):
        compiled.swap(made, folder, replace=True)
        if not made.exists():
            return
    raise StoreError(
        f"The new graph cannot be put at {folder}, which others put back. Stop those who read it, then try again."
    )


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Let one process at a time write to a folder; what another has left beside it was left by one that was killed, and goes."""
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        lock = (folder.parent / f".{folder.name}.lock").open("w")
    except OSError as error:
        raise unwritable(folder, error) from None
    with lock:
        try:
            _lock(lock)
        except OSError:
            raise StoreError(
                f"Another kg ingest is writing to {folder}, and nothing was changed. Wait until it has ended, then try again."
            ) from None
        compiled.recover(folder)
        for left in (*folder.parent.glob(f".{folder.name}-*.part"), *folder.parent.glob(f".{folder.name}-*.part-old")):
            shutil.rmtree(left, ignore_errors=True)
        yield


@contextlib.contextmanager
def room(folder: Path) -> Iterator[Path]:
    """Give a new folder beside a place, gone again when what is made in it has not been moved away."""
    try:
        made = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", suffix=".part", dir=folder.parent))
    except OSError as error:
        raise unwritable(folder, error) from None
    try:
        yield made
    except (OSError, RuntimeError, sqlite3.Error) as error:  # the engine's own faults of writing are runtime errors
        raise unwritable(folder, error) from None
    finally:
        for _ in range(_CLEARED):  # threads of an engine that has failed may still be writing there
            shutil.rmtree(made, ignore_errors=True)
            if not made.exists():
                break
            time.sleep(0.1)


def _lock(file: IO[str]) -> None:
    """Lock a file for this process; the system lets it go however the process ends."""
    try:
        import fcntl
    except ImportError:  # Windows, where an open file cannot be opened by another anyway
        return
    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def unwritable(folder: Path, error: Exception) -> StoreError:
    """Give what is said when a graph cannot be written."""
    full = "No space left" in str(error) or "disk is full" in str(error)
    why = "the disk is full" if full else error.strerror if isinstance(error, OSError) and error.strerror else error
    return StoreError(
        f"The graph cannot be written to {folder.parent} ({why}). What was there is unchanged. A whole release needs some "
        "4 GB while it is read; make room, or give --into a place that has it."
    )
