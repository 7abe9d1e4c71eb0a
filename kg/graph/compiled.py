"""The compiled graph: one folder, built once, reused, built anew when an input changes.

    store/         the Oxigraph store, optimised, opened read-only
    names.sqlite   the name index
    relations.sqlite  who was what to whom, in a graph that kg ingest made
    graph.nq       the same graph as sorted N-Quads: the same bytes in every build
    manifest.json  release, hash of the inputs, counts

It is written beside its place and moved in by a rename, so a crash leaves the old one whole.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kg import RELEASE
from kg.errors import StoreError
from kg.graph import name_writer
from kg.graph.inputs import Inputs
from kg.graph.name_index import NameIndex
from kg.graph.relation_index import RelationIndex
from kg.graph.store import OxigraphStore

_MANIFEST = "manifest.json"
RELATIONS = "relations.sqlite"
_OLD = "-old"
_KEEP = 4
_AGAIN = 3  # times that a graph is opened again when another has been moved in meanwhile


@dataclass(frozen=True)
class Compiled:
    """An open compiled graph."""

    folder: Path
    store: OxigraphStore
    names: NameIndex
    manifest: dict[str, Any]

    @property
    def release(self) -> str:
        return str(self.manifest["release"])

    @property
    def n_quads(self) -> Path:
        return self.folder / "graph.nq"

    @property
    def relations(self) -> RelationIndex | None:
        """The index of relations, in a graph that holds files of the publisher."""
        path = self.folder / RELATIONS
        return RelationIndex(path) if path.is_file() else None


def cache() -> Path:
    """Give the folder for compiled graphs: KG_CACHE, or the user's own cache folder."""
    if chosen := os.environ.get("KG_CACHE"):
        return Path(chosen)
    from platformdirs import user_cache_path  # only when nothing else was chosen

    return user_cache_path("nhs-kg")


def default_folder(inputs: Inputs) -> Path:
    """Give the folder in the cache for the graph of these very inputs."""
    return cache() / f"graph-{inputs.fingerprint[:16]}"


def ingested() -> Path:
    """Give the folder of the graph that `kg ingest` makes and kg then asks by itself."""
    if chosen := os.environ.get("KG_CACHE"):
        return Path(chosen) / "ingested"
    from platformdirs import user_data_path

    return user_data_path("nhs-kg") / "ingested"


def open_own(progress: Callable[[str], None] = lambda _: None) -> Compiled:
    """Open the graph that is asked when none is named: what `kg ingest` has made, else that of this installation."""
    folder = ingested()
    recover(folder)
    if not (folder / _MANIFEST).is_file():
        return open_default(progress)
    made = open_folder(folder)
    if "files" not in made.manifest:
        return open_default(progress)
    if made.manifest["inputs"] != Inputs.default().fingerprint:
        progress(
            f"The publisher's files in {folder} were joined with another state of the curated data; join them anew with: kg ingest"
        )
    return made


def open_default(progress: Callable[[str], None] = lambda _: None) -> Compiled:
    """Open the graph of this installation, compiling it first when there is none for its inputs."""
    inputs = Inputs.default()
    folder = default_folder(inputs)
    if not (folder / _MANIFEST).is_file():
        progress("Compiling the graph; this is done once, and again when the data change.")
        compile_into(folder, inputs, replace=False)
        _prune(folder)
    return open_folder(folder)


def open_folder(folder: Path) -> Compiled:
    """Open a compiled graph; raise StoreError when the folder is not one, or is damaged.

    Another graph may be moved in meanwhile: then what was opened is of both, or of none, and it is opened again.
    """
    for again in range(_AGAIN, -1, -1):
        recover(folder)
        try:
            stated = manifest(folder)
            found = Compiled(folder, OxigraphStore.open(folder / "store"), NameIndex(folder / "names.sqlite"), stated)
            if manifest(folder) == stated:
                return found
        except StoreError:
            if not again:
                raise
    raise StoreError(f"Graphs are moved to {folder} again and again. Try again when that has ended.")


def manifest(folder: Path) -> dict[str, Any]:
    """Give the manifest of a compiled graph; raise StoreError when the folder is not one, or is damaged."""
    try:
        stated: dict[str, Any] = json.loads((folder / _MANIFEST).read_text(encoding="utf-8"))
        made = {"release", "inputs", "graph_sha256", "quads", "names"} <= set(stated)
    except (OSError, ValueError, TypeError):
        made = False
    if not made:
        raise StoreError(
            f"{folder} is not a compiled graph: it has no {_MANIFEST} that can be read. Name a folder that kg build made, "
            "or make one at a new place with: kg build --store FOLDER"
        )
    return stated


def compile_into(folder: Path, inputs: Inputs, *, replace: bool = True) -> dict[str, Any]:
    """Compile the inputs and put the result at `folder`, in place of what was there; give the manifest.

    With `replace` false a graph that another process has put there meanwhile stays: somebody may be reading it.

    Raises:
        DataFaults: rows of data/ have faults; nothing is changed.
        StoreError: the folder cannot be written, or holds something that is not a compiled graph.
    """
    import hashlib
    import tempfile
    from collections import Counter
    from concurrent.futures import Future, ThreadPoolExecutor
    from functools import partial

    import pyoxigraph as ox

    from kg.facts.curated import load
    from kg.graph import examples
    from kg.graph.build import build
    from kg.graph.build import load as put
    from kg.graph.queries import Queries

    recover(folder)
    if folder.exists() and any(folder.iterdir()) and not (folder / _MANIFEST).is_file():
        raise StoreError(
            f"{folder} holds something other than a compiled graph, and nothing was written. Name an empty or new folder."
        )
    facts = load(inputs.data)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    except OSError as error:
        raise StoreError(
            f"The compiled graph cannot be written to {folder.parent} ({error.strerror}). Set KG_CACHE to a folder that can be written."
        ) from None
    try:
        store = ox.Store(str(made / "store"))
        with ThreadPoolExecutor(1) as beside:  # the engine loads without Python, which derives and indexes meanwhile
            loads = list[Future[None]]()
            into = partial(put, store)
            built = build(facts, inputs.ontology, inputs.rules, lambda part: loads.append(beside.submit(into, part)))
            held = OxigraphStore(built.store)
            names = name_writer.write(made / "names.sqlite", held)
            with closing(NameIndex(made / "names.sqlite")) as index:
                asked = examples.lines(Queries(inputs.queries), index, held)
            loads.append(beside.submit(into, "".join(asked).encode()))
            built.lines = sorted([*built.lines, *asked])
            data = built.n_quads
            (made / "graph.nq").write_bytes(data)
            stated = {
                "release": RELEASE,
                "inputs": inputs.fingerprint,
                "graph_sha256": hashlib.sha256(data).hexdigest(),
                "quads": dict(sorted(Counter(line[line.rindex("<") + 1 : -4] for line in built.lines).items())),
                "names": names,
            }
            for loading in loads:
                loading.result()
        store.optimize()
        store.flush()
        del store
        (made / _MANIFEST).write_text(json.dumps(stated, indent=2) + "\n", encoding="utf-8")
        swap(made, folder, replace=replace)
    finally:
        shutil.rmtree(made, ignore_errors=True)
    return stated


def swap(made: Path, folder: Path, *, replace: bool) -> None:
    """Move the new graph into place; when that fails the old one goes back, and a faster process keeps its own."""
    old = made.with_name(made.name + _OLD)
    try:
        if replace and folder.exists():
            folder.rename(old)
        made.rename(folder)
    except OSError as error:
        if old.exists() and not folder.exists():
            old.rename(folder)
        if not (folder / _MANIFEST).is_file():
            raise StoreError(
                f"The compiled graph cannot be put at {folder} ({error.strerror}). Nothing there was changed."
            ) from None
    finally:
        if folder.exists():
            shutil.rmtree(old, ignore_errors=True)


def recover(folder: Path) -> None:
    """Put an old graph back that a build set aside and was killed before it could put the new one in its place."""
    if not folder.exists() and folder.parent.is_dir():
        for old in sorted(folder.parent.glob(f".{folder.name}-*{_OLD}")):
            old.rename(folder)
            return


def _prune(newest: Path) -> None:
    """Keep the few graphs last made: older ones belong to data that have since changed."""
    made = sorted(newest.parent.glob("graph-*"), key=lambda path: path.stat().st_mtime, reverse=True)
    for path in made[_KEEP:]:
        if path != newest:
            shutil.rmtree(path, ignore_errors=True)
