"""A file read and loaded at once: a thread writes its records as Turtle into a pipe that the engine reads by itself."""

from __future__ import annotations

import contextlib
import csv
import os
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple

import pyoxigraph as ox

from kg.errors import KgError
from kg.facts.ods.record import Record, Refused
from kg.facts.ods.stream import Publication
from kg.graph.edition import DigestWriter, Edition
from kg.graph.place import unwritable
from kg.graph.plan import File
from kg.graph.published.writer import Writer
from kg.graph.relation_index import RelationWriter
from kg.graph.turtle import HEADER, counted

Progress = Callable[[str], None]

_SAID: Final = 5.0  # seconds between two words of progress
#: Records read one after the other, then written one after the other: by turns, the code of each drives that of the other
#: from the processor's caches, which takes half as long again.
_BATCH: Final = 400
_BYTES: Final = 8 << 20  # of a file after which a batch ends too: some files have records without end
#: What a pipe holds, where the system lets it: a batch, so that none waits while the engine takes in the one before.
_PIPE: Final = 1 << 20


class Tables(NamedTuple):
    """The tables beside the store that are written as the files are read."""

    relations: RelationWriter
    digest: DigestWriter


def load(
    file: File, writer: Writer, store: ox.Store, tables: Tables, quarantine: Path, progress: Progress,
    ending: Callable[[], str] | None = None,
) -> tuple[Edition, int]:  # fmt: skip
    """Read a file in a thread of its own, while the engine takes what has been written; give its account and its statements.

    `ending` gives, when the last record has been read, what the file has still to say, as Turtle.
    """
    # A file that is held is opened again by its day, which says nothing of how precisely that is known.
    writer.file(file.publication.release._replace(precision=file.edition.precision))
    tables.relations.file(file.edition.graph)
    refused = file.refused
    done = [len(refused), 0]  # records, statements
    receiving, sending = _pipe()
    pump = Beside(lambda: _pump(file, writer, tables, sending, refused, done, progress, ending))
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


def _pipe() -> tuple[int, int]:
    receiving, sending = os.pipe()
    with contextlib.suppress(ImportError, AttributeError, OSError):  # what the system does not have, or allows less of
        import fcntl

        fcntl.fcntl(sending, fcntl.F_SETPIPE_SZ, _PIPE)
    return receiving, sending


def _pump(
    file: File, writer: Writer, tables: Tables, sending: int, refused: list[Refused], done: list[int],
    progress: Progress, ending: Callable[[], str] | None,
) -> None:  # fmt: skip
    began = said = time.monotonic()
    with os.fdopen(sending, "wb", buffering=1 << 20) as stream:
        stream.write((HEADER + file.edition.described()).encode())
        done[1] += file.edition.described().count("\n")
        for batch in _batches(file.publication):
            done[0] += len(batch)
            refused += [record for record in batch if isinstance(record, Refused)]
            turtle = "".join([writer.record(record) for record in batch if isinstance(record, Record)])
            stream.write(turtle.encode())
            done[1] += counted(turtle)
            new = writer.unindexed()
            tables.relations.add(new.relations, new.roles)
            tables.digest.add(new.briefs)
            if time.monotonic() - said > _SAID:
                said = time.monotonic()
                progress(_pace(file, done[0], said - began))
        progress(_pace(file, done[0], time.monotonic() - began, whole=True))
        if ending:
            turtle = ending()
            stream.write(turtle.encode())
            done[1] += counted(turtle)


def _batches(publication: Publication) -> Iterator[list[Record | Refused]]:
    batch, mark = list[Record | Refused](), publication.read
    for record in publication:
        batch.append(record)
        if len(batch) == _BATCH or publication.read - mark > _BYTES:
            yield batch
            batch, mark = [], publication.read
    yield batch


def _pace(file: File, records: int, seconds: float, *, whole: bool = False) -> str:
    many, rate = f"{records:,} record{'s' * (records != 1)}", records / seconds if seconds > 0 else 0
    if whole:  # of what is read in a moment, a rate says nothing
        return f"{file.edition.file}: {many} read{f', {rate:,.0f} a second' if seconds > 1 else ''}."
    part = file.publication.progress()
    left = f", about {seconds / part - seconds:,.0f} s left" if part > 0.02 else ""
    return f"{file.edition.file}: {part:.0%}, {many}, {rate:,.0f} a second{left}."


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
