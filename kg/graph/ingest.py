"""The publisher's files and the curated graph, compiled into one folder.

    store/ names.sqlite manifest.json    as of any compiled graph
    files/<hash>/<name>                  the files as they came, from which the whole is made anew
    quarantine/<hash>-<name>.csv         records that could not be read: where, why, and what stands there

A graph is always made whole, beside its place, and moved in by a rename: killed at any moment, the old one still answers.
"""

from __future__ import annotations

import contextlib
import gc
import hashlib
import json
import os
import shutil
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Final

import pyoxigraph as ox

from kg import RELEASE
from kg.errors import UsageError
from kg.facts import curated
from kg.facts.ods.record import Refused
from kg.facts.records import PublisherCode
from kg.graph import compiled
from kg.graph.edition import Difference, Digest, DigestWriter, Edition
from kg.graph.ending import Ending
from kg.graph.following import Edge, Followed, lead_on
from kg.graph.inputs import Inputs
from kg.graph.joining import Joins
from kg.graph.loading import Beside, Progress, Tables, load
from kg.graph.names import BASE, PREFIXES, THINGS, key_of
from kg.graph.place import locked, move, room, unwritable
from kg.graph.plan import File, opened, plan
from kg.graph.published.register import Register
from kg.graph.published.roles import Codes
from kg.graph.published.writer import Writer
from kg.graph.relation_index import RelationWriter
from kg.graph.terms import native
from kg.graph.turtle import HEADER, counted

_DERIVED: Final = f"{BASE}graph/ods-derived"

_CURATED: Final = """
PREFIX nis: <https://w3id.org/nhs-integration/ontology#>
SELECT ?t ?giver ?receiver ?day WHERE { ?t nis:giver ?giver ; nis:receiver ?receiver ; nis:happenedOn ?day }
"""
_MEMBERSHIPS: Final = """
PREFIX nis: <https://w3id.org/nhs-integration/ontology#>
PREFIX org: <http://www.w3.org/ns/org#>
SELECT ?membership ?group ?member ?role ?since ?until ?observed ?precision WHERE {
  ?membership org:organization ?group ; org:member ?member ; org:role ?role ; nis:holdsFrom ?since ; nis:holdsBefore ?until
  OPTIONAL { ?membership nis:observedOn ?observed ; nis:precision ?precision }
}
"""


@dataclass
class Outcome:
    """What an ingest did: the files that were read, those left as they are, and how newer ones differ from those they replaced."""

    folder: Path
    read: list[Edition] = field(default_factory=list)
    unchanged: list[Edition] = field(default_factory=list)
    replaced: list[tuple[Edition, Edition, Difference]] = field(default_factory=list)
    followed: Followed | None = None
    statements: int = 0
    names: int = 0
    seconds: float = 0.0


def ingest(
    paths: Sequence[Path], folder: Path, *, day: date | None = None, beside: bool = False,
    quarantined: Mapping[Path, Sequence[Refused]] | None = None, progress: Progress = lambda _: None,
) -> Outcome:  # fmt: skip
    """Read files of the publisher into the graph of a folder, with all files that it holds already.

    Args:
        paths: files, or folders of ORD records or of Parquet tables.
        folder: the compiled graph; made when there is none.
        day: the day that the files are true of, where they do not say it themselves.
        quarantined: records of a file that could not be read when it was fetched.
        beside: keep older editions of a series beside the newest, for the names and relations that they tell of.
        progress: told what is being done.

    Raises:
        UsageError: no file is given, and the folder holds none.
        BadInput: a file cannot be used; nothing is changed.
        StoreError: the folder cannot be written, or holds something else; nothing is changed.
    """
    began = time.monotonic()
    folder = folder.resolve() if folder.is_symlink() else folder
    if not paths and not (folder / "manifest.json").is_file():
        raise UsageError(
            f"There is no file to read, and {folder} holds none. Name files of the publisher, as: kg ingest epraccur_2026-10.csv"
        )
    came = opened(paths, day, quarantined or {})
    with locked(folder):
        planned = plan(came, folder, beside=beside)
        outcome = Outcome(folder, planned.new, planned.unchanged, [(*pair, Difference()) for pair in planned.replaced])
        inputs = Inputs.default()
        if not outcome.read and compiled.manifest(folder)["inputs"] == inputs.fingerprint:
            return outcome
        base = compiled.open_default(progress)
        with room(folder) as made, _uncollected():
            _make(made, folder, base, planned.files, inputs, outcome, progress)
            move(made, folder)
    outcome.seconds = time.monotonic() - began
    return outcome


@contextlib.contextmanager
def _uncollected() -> Iterator[None]:
    """Look for no circles of garbage: millions of records are kept, none of them in a circle, and each look goes through all."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


def _make(
    made: Path,
    old: Path,
    base: compiled.Compiled,
    files: list[File],
    inputs: Inputs,
    outcome: Outcome,
    progress: Progress,
) -> None:
    facts = curated.load(inputs.data)
    register = Register(Joins.of(facts))
    writer = Writer(register, Codes(facts.rows(PublisherCode)), several=len(files) > 1)
    shutil.copyfile(base.folder / "names.sqlite", made / "names.sqlite")
    shutil.copytree(base.folder / "store", made / "store")
    store = ox.Store(str(made / "store"))
    quads = dict(base.manifest["quads"])
    (made / "files").mkdir()
    (made / "quarantine").mkdir()
    names = made / "names.sqlite"
    tables = Tables(RelationWriter(made / compiled.RELATIONS), DigestWriter(names))
    _keep_curated(base, tables.relations)
    editions: list[Edition] = []
    ending = Ending(writer, register, tables, names)
    for file in files:
        _keep(file, made / "files" / file.edition.held)
        end = ending.after(files, progress) if file is files[-1] else None
        edition, written = load(file, writer, store, tables, made / "quarantine", progress, end)
        quads[edition.graph] = written
        editions.append(edition)
    outcome.followed = ending.followed
    later = {str(one.graph): ending.turtle.get(one.sha256, "") for one in editions}
    later |= {_DERIVED: lead_on(ending.followed.edges, _curated_edges(base))}
    for graph, turtle in later.items():
        if turtle:
            text = (HEADER + turtle).encode()
            store.bulk_load(input=text, format=ox.RdfFormat.TURTLE, to_graph=ox.NamedNode(graph), lenient=True)
            quads[graph] = quads.get(graph, 0) + counted(turtle)
    moved = _settle(store, register, writer.early)
    progress("Putting the statements in order, and making the indices.")
    indexing = Beside(lambda: ending.index(moved))
    try:
        store.optimize()
        store.flush()
    finally:
        indexing.wait()  # for it writes in the same folder
    del store
    outcome.names = int(base.manifest["names"]) + int(indexing.result())
    if (old / "names.sqlite").is_file():
        digest = Digest(names)
        outcome.replaced = [
            (was, now, digest.since(old / "names.sqlite", was, now)) for was, now, _ in outcome.replaced
        ]
    fresh = {one.sha256 for one in outcome.read}
    outcome.read = [one for one in editions if one.sha256 in fresh]
    outcome.statements = sum(quads.values())
    identity = [base.manifest["graph_sha256"], *(one.sha256 for one in editions)]
    stated = {
        "release": RELEASE,
        "inputs": inputs.fingerprint,
        "graph_sha256": hashlib.sha256("\n".join(identity).encode()).hexdigest(),
        "quads": {str(graph): count for graph, count in sorted(quads.items())},
        "names": outcome.names,
        "files": [one.stated_as() for one in editions],
    }
    (made / "manifest.json").write_text(json.dumps(stated, indent=2) + "\n", encoding="utf-8")


def _keep(file: File, place: Path) -> None:
    """Keep a file as it came: a held one by a second name for it, a new one as a copy."""
    try:
        place.parent.mkdir()
        if file.path.is_dir():
            shutil.copytree(file.path, place)
        else:
            try:
                os.link(file.path, place) if file.held else shutil.copyfile(file.path, place)
            except OSError:
                shutil.copyfile(file.path, place)
    except OSError as error:
        raise unwritable(place.parents[2], error) from None


def _keep_curated(base: compiled.Compiled, relations: RelationWriter) -> None:
    """Write the curated memberships into the index too, so that a walk through many levels reads one place."""
    relations.file(None)
    relations.add(
        (
            key_of(row["membership"]), row["group"].removeprefix(THINGS), row["member"].removeprefix(THINGS), key_of(row["role"]),
            row["since"].toordinal(), row["until"].toordinal(), row["observed"] and row["observed"].toordinal(), row["precision"] or "",
        )
        for row in base.store.select(_MEMBERSHIPS)
    )  # fmt: skip


def _settle(store: ox.Store, register: Register, early: Collection[str]) -> list[tuple[str, str, str]]:
    """Move relations that were written of the first holder of a code to the one that had it then, where a code was used again.

    Gives what was moved, for the index of relations: the key of the relation, its side, and the body that is there now.
    """
    moved: list[tuple[str, str, str]] = []
    for lives in register.lives.values():
        if len(lives) < 2:
            continue
        first = ox.NamedNode(f"{THINGS}body/{lives[0].key}")
        for name in ("organization", "member"):
            property_ = ox.NamedNode(PREFIXES["org"] + name)
            for quad in list(store.quads_for_pattern(None, property_, first, None)):
                since = next(
                    store.quads_for_pattern(quad.subject, ox.NamedNode(PREFIXES["nis"] + "holdsFrom"), None, None)
                )
                own = name == "member" and key_of(str(native(quad.subject))) not in early
                day = date.fromisoformat(str(native(since.object)))
                right = next((life for life in lives if life.start <= day < life.until), lives[0])
                if right is not lives[0] and not own:
                    store.remove(quad)
                    store.add(
                        ox.Quad(quad.subject, property_, ox.NamedNode(f"{THINGS}body/{right.key}"), quad.graph_name)
                    )
                    side = "member" if name == "member" else "body"
                    moved.append((key_of(str(native(quad.subject))), side, f"body/{right.key}"))
    return moved


def _curated_edges(base: compiled.Compiled) -> Iterator[Edge]:
    for row in base.store.select(_CURATED):
        yield Edge(key_of(row["t"]), key_of(row["giver"]), key_of(row["receiver"]), row["day"])
