"""A file read and loaded at once: a thread writes its records as Turtle into a pipe that the engine reads by itself."""

from __future__ import annotations

import contextlib
import csv
import os
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO, Final

import pyoxigraph as ox

from kg.errors import KgError
from kg.facts.ods.record import Refused
from kg.graph.edition import Edition
from kg.graph.place import unwritable
from kg.graph.plan import File
from kg.graph.published import Writer
from kg.graph.relation_index import RelationWriter
from kg.graph.turtle import HEADER, counted

Progress = Callable[[str], None]

_SAID: Final = 5.0  # seconds between two words of progress
_BATCH: Final = 400  # records written to the engine at once


def load(
    file: File, writer: Writer, store: ox.Store, relations: RelationWriter, quarantine: Path, progress: Progress
) -> tuple[Edition, int]:
    """Read a file in a thread of its own, while the engine takes what has been written; give its account and its statements."""
    # A file that is held is opened again by its day, which says nothing of how precisely that is known.
    writer.file(file.publication.release._replace(precision=file.edition.precision))
    relations.file(file.edition.graph)
    refused = file.refused
    done = [len(refused), 0]  # records, statements
    receiving, sending = os.pipe()
    pump = Beside(lambda: _pump(file, writer, relations, sending, refused, done, progress))
    try:
        with os.fdopen(receiving, "rb", buffering=1 << 20) as stream:
            # By its name in the system the engine reads the pipe itself; a Python stream it would have to wait for.
            named = Path(f"/dev/fd/{receiving}")
            source: dict[str, Any] = {"path": str(named)} if named.exists() else {"input": stream}
            graph = ox.NamedNode(file.edition.graph)
            store.bulk_load(**source, format=ox.RdfFormat.TURTLE, to_graph=graph, lenient=True)
    except (OSError, RuntimeError) as error:
        with contextlib.suppress(KgError, OSError):
            pump.result()
        raise unwritable(quarantine.parent, error) from None
    except Exception:
        pump.result()  # what stopped the reading is the cause, where anything did
        raise
    pump.result()
    if refused:
        with (quarantine / file.edition.sheet).open("w", encoding="utf-8", newline="") as sheet:
            rows = csv.writer(sheet)
            rows.writerow(Refused._fields)
            rows.writerows(refused)
    counts = writer.finished()._asdict()
    edition = file.edition.counted(counts, len(refused), done[0], file.publication.notes)
    return edition, done[1]


def _pump(
    file: File, writer: Writer, relations: RelationWriter, sending: int, refused: list[Refused], done: list[int],
    progress: Progress,
) -> None:  # fmt: skip
    began = said = time.monotonic()
    with os.fdopen(sending, "wb", buffering=1 << 20) as stream:
        stream.write((HEADER + file.edition.described()).encode())
        done[1] += file.edition.described().count("\n")
        waiting: list[str] = []
        for record in file.publication:
            done[0] += 1
            if isinstance(record, Refused):
                refused.append(record)
                continue
            waiting.append(writer.record(record))
            if len(waiting) == _BATCH:
                done[1] += _send(stream, waiting)
                _index_relations(relations, writer)
                if time.monotonic() - said > _SAID:
                    said = time.monotonic()
                    progress(_pace(file, done[0], said - began))
        done[1] += _send(stream, waiting)
        _index_relations(relations, writer)
    progress(_pace(file, done[0], time.monotonic() - began, whole=True))


def _send(stream: BinaryIO, waiting: list[str]) -> int:
    turtle = "".join(waiting)
    waiting.clear()
    stream.write(turtle.encode())
    return counted(turtle)


def _pace(file: File, records: int, seconds: float, *, whole: bool = False) -> str:
    rate = records / seconds if seconds > 0 else 0
    if whole:
        return f"{file.edition.file}: {records:,} records read, {rate:,.0f} a second."
    part = file.publication.progress()
    left = f", about {seconds / part - seconds:,.0f} s left" if part > 0.02 else ""
    return f"{file.edition.file}: {part:.0%}, {records:,} records, {rate:,.0f} a second{left}."


def _index_relations(relations: RelationWriter, writer: Writer) -> None:
    relations.add(writer.relations, writer.held)
    writer.relations.clear()
    writer.held.clear()


class Beside:
    """Something done in a thread of its own; its result, or what went wrong, is had by `result`."""

    def __init__(self, act: Callable[[], Any]) -> None:
        self._value: Any = None
        self._fault: BaseException | None = None
        self._thread = threading.Thread(target=self._run, args=(act,), daemon=True)
        self._thread.start()

    def _run(self, act: Callable[[], Any]) -> None:
        try:
            self._value = act()
        except BaseException as fault:
            self._fault = fault

    def wait(self) -> None:
        self._thread.join()

    def result(self) -> Any:
        self.wait()
        if self._fault is not None:
            raise self._fault
        return self._value
