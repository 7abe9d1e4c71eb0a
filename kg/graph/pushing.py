"""A compiled graph put into an engine elsewhere by the SPARQL 1.1 Graph Store Protocol, graph by graph.

The graph of the release goes first and says that the rest is not whole, and last and says that it is; between, it
names the parts that are there with their checksums. So a reader never takes half a graph for a whole one, and a push that
was broken off goes on where it was.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from kg.errors import StoreError, UsageError
from kg.graph import release
from kg.graph.compiled import Compiled, cache
from kg.graph.endpoint import Endpoint
from kg.graph.names import local_name
from kg.graph.sorting import ordered
from kg.graph.wire import Wire, checked

#: How addresses of graph stores end, and of the endpoints beside them: Virtuoso, Oxigraph, RDF4J and GraphDB, Fuseki, Neptune.
_BESIDE: Final = {
    "/sparql-graph-crud-auth": "/sparql",
    "/sparql-graph-crud": "/sparql",
    "/store": "/query",
    "/rdf-graphs/service": "",
    "/data": "/sparql",
    "/sparql/gsp": "/sparql",
}
_TYPE: Final = "application/n-triples"
#: A body that a server or a proxy before it finds too large is sent in parts; none is made smaller than this.
_SMALLEST: Final = 1 << 16
#: The publisher's files are sent in parts of this many bytes, for they are more than is held in memory.
_PIECE: Final = 1 << 26


@dataclass(frozen=True)
class _Part:
    """A named graph as sorted N-Triples, in memory or in a file."""

    sha256: str
    data: bytes = b""
    path: Path | None = None

    def pieces(self) -> Iterator[bytes]:
        """Give it in pieces that end with a line: what is in memory in one."""
        if self.path is None:
            yield self.data
            return
        with self.path.open("rb") as stream:
            while piece := stream.read(_PIECE):
                yield piece + stream.readline()


def endpoint_of(url: str) -> str:
    """Give the address for queries beside the address of a graph store.

    Raises:
        UsageError: its form is not known.
    """
    plain = checked(url).rstrip("/")
    for ending, other in _BESIDE.items():
        if plain.endswith(ending):
            return plain.removesuffix(ending) + other
    raise UsageError(
        f"The address for queries that belongs to {url} is not known. Give the address of the graph store (it ends in "
        f"{', '.join(_BESIDE)}), or add --endpoint with the address for queries."
    )


def push(graph: Compiled, url: str, endpoint: str = "", progress: Callable[[str], None] = lambda _: None) -> int:
    """Put a compiled graph into an engine, and count what is there; give how many statements were sent.

    Each named graph is replaced by one request, which is atomic where the engine's own are; what is there already, by its
    checksum and its count, is left.

    Args:
        graph: what is pushed.
        url: the address of the graph store.
        endpoint: the address for queries, when it cannot be told from the other.
        progress: is told of each part.

    Raises:
        StoreError: the engine cannot be reached, refuses, or holds another number of statements than were sent.
        UsageError: an address is none, or the one for queries is not known.
    """
    asked, store = Endpoint(endpoint or endpoint_of(url)), Wire(url, "graph store")
    with _parts(graph, progress) as parts:
        return _push(graph, parts, asked, store, progress)


def _push(
    graph: Compiled, parts: dict[str, _Part], asked: Endpoint, store: Wire, progress: Callable[[str], None]
) -> int:
    whole = release.of(graph.manifest, {name: part.sha256 for name, part in parts.items()})
    there = asked.release()
    counted = {name: asked.count(name) for name in whole.parts}
    kept = {
        name: part
        for name, part in (there.parts if there else {}).items()
        if part == whole.parts.get(name) and counted[name] == part[0]
    }
    sent = 0
    if not (there == whole and kept == whole.parts):
        for name, part in parts.items():
            count, _ = whole.parts[name]
            if name in kept:
                progress(f"{local_name(name)}: {count:,} statements are there already.")
                continue
            _tell(store, replace(whole, parts=kept, finished=False))
            progress(f"{local_name(name)}: sending {count:,} statements.")
            for place, piece in enumerate(part.pieces()):
                _put(store, name, piece, new=not counted[name], more=place > 0)
            _verify(asked, name, count)
            kept[name] = whole.parts[name]
            sent += count
        _tell(store, whole)
    if asked.release() != whole:
        raise StoreError(
            f"The graph store {store.url} took the graph, and {asked.url} does not show it. See that both are of the same engine "
            "and repository; give the address for queries with --endpoint."
        )
    return sent


@contextmanager
def _parts(graph: Compiled, progress: Callable[[str], None]) -> Iterator[dict[str, _Part]]:
    """Give each named graph as sorted N-Triples, the smallest first: of a graph of files, in files that are removed at the end."""
    if "files" not in graph.manifest:
        yield _held(graph)
        return
    progress("Putting the statements in order, to see which are there already.")
    parts: dict[str, _Part] = {}
    place = cache()
    try:
        place.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".push-", dir=place) as folder:
            for name, _ in sorted(graph.manifest["quads"].items(), key=lambda pair: (pair[1], pair[0])):
                parts[name] = _sorted(graph, name, Path(folder), len(parts))
            yield parts
    except OSError as error:
        raise StoreError(
            f"The statements cannot be put in order in {place} ({error.strerror or error}). A whole release needs some 6 GB there "
            "meanwhile. Make room, or set KG_CACHE to a folder that has it."
        ) from None


def _sorted(graph: Compiled, name: str, folder: Path, number: int) -> _Part:
    dumped, path, digest = folder / "dumped", folder / f"part-{number}", hashlib.sha256()
    graph.store.dump(dumped, name)
    with dumped.open("rb") as lines, path.open("wb") as out:
        for line in ordered(lines, folder):
            digest.update(line)
            out.write(line)
    dumped.unlink()
    return _Part(digest.hexdigest(), path=path)


def _held(graph: Compiled) -> dict[str, _Part]:
    lines: dict[str, list[bytes]] = {}
    with graph.n_quads.open("rb") as stream:
        for line in stream:
            end = line.rindex(b" <")
            lines.setdefault(line[end + 2 : -4].decode(), []).append(line[:end] + b" .\n")
    joined = {name: b"".join(lines[name]) for name in sorted(lines, key=lambda name: len(lines[name]))}
    return {name: _Part(hashlib.sha256(data).hexdigest(), data) for name, data in joined.items()}


def _tell(store: Wire, held: release.Release) -> None:
    _put(store, release.GRAPH, release.n_triples(release.described(held)))


def _put(store: Wire, name: str, data: bytes, *, new: bool = False, more: bool = False) -> None:
    """Replace a graph, or add `more` to it: in one request, or where that is too large for the server, part by part."""
    size, start, params, method = len(data), 0, {"graph": name}, "POST" if more else "PUT"
    if new and "oxigraph" in store.server:
        # Nobody reads a graph that was not there, and Oxigraph 0.5.13 takes a quarter of the time without a transaction.
        params, method = {"graph": name, "no_transaction": ""}, "POST"
    while start < len(data):
        end = len(data) if start + size >= len(data) else data.rindex(b"\n", start, start + size) + 1
        reply = store.ask(method, params=params, body=data[start:end], media=_TYPE)
        if reply.status == 413 and size > _SMALLEST:
            size //= 2
            continue
        if reply.status >= 300:
            raise StoreError(f"{store.fault(reply)} The push is not finished; mend that and run it again.")
        start, method = end, "POST"


def _verify(asked: Endpoint, name: str, count: int) -> None:
    if (found := asked.count(name)) != count:
        raise StoreError(
            f"{asked.url} holds {found:,} statements in {name}, and {count:,} were sent. The push is not finished; see that "
            "the address for queries is of the same engine, and run it again."
        )
