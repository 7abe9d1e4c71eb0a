"""The files of a release that can be downloaded: written once beside the compiled graph, and given from there."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path
from typing import Final, NamedTuple

from kg.errors import BadInput, NotFound
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
    File(f"{STEM}.ttl.gz", "application/gzip", "What is stated and derived: Turtle, packed", _packed("turtle")),
    File(f"{STEM}.ttl", "text/turtle", "What is stated and derived: Turtle", _exported("turtle")),
    File(f"{STEM}.jsonld.gz", "application/gzip", "What is stated and derived: JSON-LD, packed", _packed("json-ld")),
    File(f"{STEM}.graphml", "application/graphml+xml", "Who became whom: a network for Gephi, networkx or R", _exported("graphml")),
    File(f"{STEM}.csv", "text/csv", "Who became whom: one row a transfer", _exported("csv")),
)  # fmt: skip


def given(site: Site, name: str) -> Reply:
    """Give a file of the release, from the folder where it was written, or written there now.

    Raises:
        NotFound: there is none of that name.
    """
    file = next((file for file in FILES if file.name == name), None)
    if file is None:
        raise NotFound(f'There is no file "{name[:80]}" to download. They are listed at /download.')
    held = site.graph.graph
    headers = (("Content-Disposition", f'attachment; filename="{name}"'),)
    path = held.n_quads if name == f"{STEM}.nq" else held.n_quads.parent / "files" / name
    try:
        if not path.is_file():
            path.parent.mkdir(parents=True, exist_ok=True)
            export.write(path, file.made(held))
    except (OSError, BadInput):  # the graph is in a folder that cannot be written: then it is made each time
        return Reply(file.made(held), file.media, headers=headers)
    return Reply(b"", file.media, headers=headers, file=str(path))


def size(site: Site, file: File) -> int | None:
    """Give the size of a file in bytes, None while it has not been written."""
    held = site.graph.graph
    path = Path(held.n_quads) if file.name == f"{STEM}.nq" else held.n_quads.parent / "files" / file.name
    return path.stat().st_size if path.is_file() else None
