"""The graph written out: Turtle, JSON-LD, N-Quads, GraphML, CSV; and as an rdflib Dataset."""

from __future__ import annotations

import csv
import errno
import io
import os
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final, TypeVar

import pyoxigraph as ox

from kg.errors import BadInput, UsageError
from kg.graph.graph import Graph
from kg.graph.names import PREFIXES, Iri, key_of
from kg.graph.store import OxigraphStore, Row

if TYPE_CHECKING:
    import rdflib

Item = TypeVar("Item")

_SAID: Final = 5.0  # seconds between two words of progress
_LOOKED: Final = 20_000  # statements between two looks at the clock
#: What a file's ending asks for.
ENDINGS: Final = {
    ".ttl": "turtle", ".jsonld": "json-ld", ".json": "json-ld", ".nq": "n-quads", ".graphml": "graphml", ".csv": "csv",
}  # fmt: skip

#: The forms in which RDF is written, one statement after the other.
_RDF: Final = {"turtle": ox.RdfFormat.TURTLE, "json-ld": ox.RdfFormat.JSON_LD}
_COLUMNS: Final = ("date", "precision", "event", "type", "lineage", "from_key", "from_label", "to_key", "to_label")


def dataset(graph: Graph) -> rdflib.Dataset:
    """Give the whole graph as an rdflib Dataset, one context per named graph, its default graph their union.

    rdflib reads local files through FROM unless told not to; it is told not to, in this process.
    """
    import rdflib
    import rdflib.plugins.sparql

    rdflib.plugins.sparql.SPARQL_LOAD_GRAPHS = False
    data = rdflib.Dataset(default_union=True)
    data.parse(source=io.BytesIO(graph.document()), format="nquads")
    for prefix, base in PREFIXES.items():
        data.bind(prefix, base, replace=True)
    return data


def export(graph: Graph, form: str) -> bytes:
    """Give the graph in a format; the same graph gives the same bytes.

    Turtle and JSON-LD hold what stands in all named graphs, merged; N-Quads keep the named graphs; GraphML and
    CSV hold the succession network, one edge a transfer.

    Raises:
        UsageError: the format is none of ENDINGS' values.
    """
    match form:
        case "n-quads":
            return graph.document()
        case "turtle" | "json-ld":
            return _rdf(graph, form)
        case "graphml":
            return _graphml(graph)
        case "csv":
            return _csv(graph)
    raise UsageError(f'"{form}" is not an export format. The formats: {", ".join(dict.fromkeys(ENDINGS.values()))}.')


def save(graph: Graph, form: str, path: Path, progress: Callable[[str], None] = lambda _: None) -> int:
    """Write the graph to a file in a format, as `export` gives it; give the number of bytes.

    With the publisher's files it is never held in memory: it is written as it is read, and what has to be in order is
    sorted on the disk of the file, which then needs as much room again.

    Raises:
        BadInput: the file cannot be written.
        UsageError: there is no such format, or the graph is in an engine elsewhere and too large to be fetched.
    """
    with written_beside(path) as beside:
        if graph.files:
            progress(
                f"Writing {graph.held.triples:,} statements as {form}; with the publisher's files it takes minutes."
                if _streamed(graph, form)
                else "Gathering who became whom."
            )
        if _streamed(graph, form):
            _pour(graph, form, beside, path.resolve().parent, progress)
        else:
            beside.write_bytes(export(graph, form))
        return beside.stat().st_size


def stream(graph: Graph, form: str, out: IO[bytes]) -> None:
    """Write the graph to a stream in a format, as `save` writes it to a file."""
    if _streamed(graph, form):
        _pour(graph, form, out, None, lambda _: None)
    else:
        out.write(export(graph, form))


def _streamed(graph: Graph, form: str) -> bool:
    return form in ("n-quads", *_RDF) and isinstance(graph.store, OxigraphStore) and bool(graph.files)


def _pour(graph: Graph, form: str, out: Path | IO[bytes], room: Path | None, progress: Callable[[str], None]) -> None:
    """Write a graph of files: N-Quads in the order of the store, the same each time; RDF merged, by subject."""
    from kg.graph.sorting import ordered

    store = graph.store
    assert isinstance(store, OxigraphStore)
    if form == "n-quads":
        store.dump(out)
        return
    whole = graph.held.triples
    with tempfile.TemporaryDirectory(prefix=".kg-export-", dir=room) as held:
        folder = Path(held)
        merged = folder / "merged.nt"
        with merged.open("wb") as lines:
            read = _paced(_lines(store, graph.held.parts, folder), whole, "read", progress)
            lines.writelines(_paced(ordered(read, folder), whole, "put in order", progress))
        triples = (quad.triple for quad in ox.parse(path=str(merged), format=ox.RdfFormat.N_TRIPLES))
        ox.serialize(_paced(triples, whole, "written", progress), out, _RDF[form], prefixes=dict(PREFIXES))


def _paced(items: Iterable[Item], whole: int, done: str, progress: Callable[[str], None]) -> Iterator[Item]:
    """Pass statements on, and say every few seconds how many of all there are have gone by."""
    said = time.monotonic()
    for number, item in enumerate(items, 1):
        if number % _LOOKED == 0 and time.monotonic() - said > _SAID:
            said = time.monotonic()
            progress(f"{number:,} of {whole:,} statements {done}.")
        yield item


def _lines(store: OxigraphStore, graphs: Iterable[str], folder: Path) -> Iterator[bytes]:
    """Give the statements of named graphs as N-Triples, one graph after the other."""
    for name in graphs:
        dumped = folder / "dumped.nt"
        store.dump(dumped, name)
        with dumped.open("rb") as lines:
            yield from lines
        dumped.unlink()


def _rdf(graph: Graph, form: str) -> bytes:
    merged = {quad.triple for quad in ox.parse(graph.document(), ox.RdfFormat.N_QUADS)}
    return serialized(sorted(merged, key=str), _RDF[form])


def serialized(triples: Iterable[ox.Triple], form: ox.RdfFormat) -> bytes:
    """Write triples in a format, with our prefixes where it has prefixes; in Turtle, those of one subject are best together."""
    data: bytes | None = ox.serialize(triples, format=form, prefixes=dict(PREFIXES))
    return data or b""


def _graphml(graph: Graph) -> bytes:
    from kg.graph import network

    # Of some 390,000 organisations in a whole release, few ever became another: the rest would be most of the file.
    return network.graphml(network.succession(graph, alone=not graph.files))


def _csv(graph: Graph) -> bytes:
    transfers = graph.rows("transfers")
    labels = _labels(graph, transfers)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(_COLUMNS)
    for row in transfers:
        writer.writerow([
            row["date"].isoformat(), row["precision"], key_of(row["event"]), row["type"].rsplit("#", 1)[-1], row["lineage"],
            key_of(row["giver"]), labels[row["giver"]], key_of(row["receiver"]), labels[row["receiver"]],
        ])  # fmt: skip
    return out.getvalue().encode()


def _labels(graph: Graph, transfers: Iterable[Row]) -> Mapping[Iri, str]:
    if not graph.files:
        return {row["thing"]: row["label"] for row in graph.rows("things")}
    sides = {row[side] for row in transfers for side in ("giver", "receiver")}
    return {side: graph.rows("things", thing=side)[0]["label"] for side in sides}


def write(path: Path, data: bytes) -> None:
    """Write a file whole or not at all.

    Raises:
        BadInput: the folder cannot be written.
    """
    with written_beside(path) as beside:
        beside.write_bytes(data)


@contextmanager
def written_beside(path: Path) -> Iterator[Path]:
    """Give a file beside a place to write to, which is moved in at the end, or removed whatever happens instead.

    Raises:
        BadInput: the folder cannot be written, or there is no room.
    """
    place = path.resolve()  # a link stays one, and what it leads to is replaced
    beside = place.with_name(f".{place.name}.{os.getpid()}.part")
    try:
        if place.is_dir():
            raise IsADirectoryError(errno.EISDIR, "it is a folder")
        beside.touch()
        yield beside
        beside.replace(place)
    except OSError as error:
        raise BadInput(
            f"{path} cannot be written ({error.strerror or error}). Name a file in a folder that exists and can be written."
        ) from None
    finally:
        with suppress(OSError):
            beside.unlink(missing_ok=True)
