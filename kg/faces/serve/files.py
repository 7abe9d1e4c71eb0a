"""The files of a release that can be downloaded: written once beside the compiled graph, and given from there."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final, NamedTuple

from kg.errors import BadInput, NotFound, StoreError
from kg.faces.serve.exchange import Reply, Site
from kg.graph import export
from kg.graph.graph import Graph
from kg.graph.release import STEM


class File(NamedTuple):
    """A file of the release: what it is called, its media type, what is in it, and how it is made."""

    name: str
    media: str
    words: str
    made: Callable[[Graph], bytes]


def _exported(form: str) -> Callable[[Graph], bytes]:
    return lambda graph: export.export(graph, form)


def _packed(form: str) -> Callable[[Graph], bytes]:
    # The time of packing is left out, so that the same graph gives the same bytes.
    return lambda graph: gzip.compress(export.export(graph, form), 6, mtime=0)


FILES: Final = (
    File(f"{STEM}.nq.gz", "application/gzip", "Everything, in its named graphs: N-Quads, packed", _packed("n-quads")),
    File(f"{STEM}.nq", "application/n-quads", "Everything, in its named graphs: N-Quads", _exported("n-quads")),
    File(f"{STEM}.ttl.gz", "application/gzip", "Everything, in one graph: Turtle, packed", _packed("turtle")),
    File(f"{STEM}.ttl", "text/turtle", "Everything, in one graph: Turtle", _exported("turtle")),
    File(f"{STEM}.jsonld.gz", "application/gzip", "Everything, in one graph: JSON-LD, packed", _packed("json-ld")),
    File(f"{STEM}.graphml", "application/graphml+xml", "Who became whom: a network for Gephi, networkx or R", _exported("graphml")),
    File(f"{STEM}.csv", "text/csv", "Who became whom: one row a transfer", _exported("csv")),
)  # fmt: skip


def offered(graph: Graph) -> tuple[File, ...]:
    """Give the files that a graph is offered as: none with the publisher's files, which make gigabytes of it."""
    return () if graph.files else FILES


def given(site: Site, name: str) -> Reply:
    """Give a file of the release, from the folder where it was written, or written there now.

    Raises:
        NotFound: there is none of that name, or none is offered.
    """
    file = next((file for file in FILES if file.name == name), None)
    if file and not offered(site.graph.graph):
        raise NotFound(
            f"{name} is not offered here: with the publisher's files the graph is too large for it. Whoever has the graph writes "
            "it with: kg export -o graph.nq --store FOLDER"
        )
    if file is None:
        raise NotFound(f'There is no file "{name[:80]}" to download. They are listed at /download.')
    held = site.graph.graph
    headers = [("Content-Disposition", f'attachment; filename="{name}"')]
    try:
        path = _written(held, file)
    except (OSError, BadInput):  # the graph is in a folder that cannot be written: then it is made each time
        return Reply(file.made(held), file.media, headers=tuple(headers))
    if mark := checksum(site, file):
        headers.append(("ETag", f'"{mark[:32]}"'))
    return Reply(b"", file.media, headers=tuple(headers), file=str(path))


def missing(graph: Graph) -> bool:
    """Say whether a file has not been written yet."""
    return not all(_place(graph, file).is_file() for file in offered(graph))


def write(graph: Graph) -> None:
    """Write every file that is not there yet, each whole or not at all; one that cannot be written is passed over."""
    for file in offered(graph):
        with suppress(OSError, BadInput):
            _written(graph, file)


def size(site: Site, file: File) -> int | None:
    """Give the size of a file in bytes, None while it has not been written."""
    path = _place(site.graph.graph, file)
    return path.stat().st_size if path.is_file() else None


def checksum(site: Site, file: File) -> str:
    """Give the SHA-256 of a file, empty while it has not been written."""
    path = _place(site.graph.graph, file)
    beside = path.with_name(f"{path.name}.sha256")
    if path == site.graph.graph.n_quads:
        try:
            return site.graph.graph.held.sha256
        except StoreError:  # the graph stands alone, without its manifest
            return ""
    return beside.read_text(encoding="ascii").strip() if path.is_file() and beside.is_file() else ""


def _written(graph: Graph, file: File) -> Path:
    path = _place(graph, file)
    if not path.is_file():
        path.parent.mkdir(parents=True, exist_ok=True)
        data = file.made(graph)
        export.write(path.with_name(f"{path.name}.sha256"), hashlib.sha256(data).hexdigest().encode())
        export.write(path, data)
    return path


def _place(graph: Graph, file: File) -> Path:
    """Give where a file is, or will be; of a graph in an engine elsewhere, a folder of that very graph in the cache."""
    if graph.n_quads.is_file():
        return graph.n_quads if file.name == f"{STEM}.nq" else graph.n_quads.parent / "files" / file.name
    return graph.n_quads.with_suffix("") / file.name
