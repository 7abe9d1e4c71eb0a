"""A compiled graph put into an engine elsewhere by the SPARQL 1.1 Graph Store Protocol, graph by graph.

The graph of the release goes first and says that the rest is not whole, and last and says that it is; between, it
names the parts that are there with their checksums. So a reader never takes half a graph for a whole one, and a push that
was broken off goes on where it was.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from kg.errors import StoreError, UsageError
from kg.graph import release
from kg.graph.compiled import Compiled
from kg.graph.endpoint import Endpoint
from kg.graph.names import local_name
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
    parts = _parts(graph)
    whole = release.of(graph.manifest, {name: hashlib.sha256(data).hexdigest() for name, data in parts.items()})
    there = asked.release()
    counted = {name: asked.count(name) for name in whole.parts}
    kept = {
        name: part
        for name, part in (there.parts if there else {}).items()
        if part == whole.parts.get(name) and counted[name] == part[0]
    }
    sent = 0
    if not (there == whole and kept == whole.parts):
        for name, data in parts.items():
            count, _ = whole.parts[name]
            if name in kept:
                progress(f"{local_name(name)}: {count:,} statements are there already.")
                continue
            _tell(store, replace(whole, parts=kept, finished=False))
            progress(f"{local_name(name)}: sending {count:,} statements.")
            _put(store, name, data, new=not counted[name])
            _verify(asked, name, count)
            kept[name] = whole.parts[name]
            sent += count
        _tell(store, whole)
    if asked.release() != whole:
        raise StoreError(
            f"The graph store {url} took the graph, and {asked.url} does not show it. See that both are of the same engine "
            "and repository; give the address for queries with --endpoint."
        )
    return sent


def _parts(graph: Compiled) -> dict[str, bytes]:
    """Give each named graph as sorted N-Triples."""
    lines: dict[str, list[bytes]] = {}
    with graph.n_quads.open("rb") as stream:
        for line in stream:
            end = line.rindex(b" <")
            lines.setdefault(line[end + 2 : -4].decode(), []).append(line[:end] + b" .\n")
    return {name: b"".join(lines[name]) for name in sorted(lines, key=lambda name: len(lines[name]))}


def _tell(store: Wire, held: release.Release) -> None:
    _put(store, release.GRAPH, release.n_triples(release.described(held)))


def _put(store: Wire, name: str, data: bytes, *, new: bool = False) -> None:
    """Replace a graph: in one request, or where that is too large for the server, by a first part and more added to it."""
    size, start, params, method = len(data), 0, {"graph": name}, "PUT"
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
