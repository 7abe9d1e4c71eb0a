"""The graph written out: Turtle, JSON-LD, N-Quads, GraphML, CSV; and as an rdflib Dataset."""

from __future__ import annotations

import csv
import errno
import io
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pyoxigraph as ox

from kg.errors import BadInput, UsageError
from kg.graph.graph import Graph
from kg.graph.names import PREFIXES, key_of

if TYPE_CHECKING:
    import rdflib

#: What a file's ending asks for.
ENDINGS: Final = {
    ".ttl": "turtle", ".jsonld": "json-ld", ".json": "json-ld", ".nq": "n-quads", ".graphml": "graphml", ".csv": "csv",
}  # fmt: skip

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


def _rdf(graph: Graph, form: str) -> bytes:
    merged = {quad.triple for quad in ox.parse(graph.document(), ox.RdfFormat.N_QUADS)}
    return serialized(sorted(merged, key=str), ox.RdfFormat.TURTLE if form == "turtle" else ox.RdfFormat.JSON_LD)


def serialized(triples: Iterable[ox.Triple], form: ox.RdfFormat) -> bytes:
    """Write triples in a format, with our prefixes where it has prefixes; in Turtle, those of one subject are best together."""
    data: bytes | None = ox.serialize(triples, format=form, prefixes=dict(PREFIXES))
    return data or b""


def _graphml(graph: Graph) -> bytes:
    from kg.graph import network

    return network.graphml(network.succession(graph))


def _csv(graph: Graph) -> bytes:
    labels = {row["thing"]: row["label"] for row in graph.rows("things")}
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(_COLUMNS)
    for row in graph.rows("transfers"):
        writer.writerow([
            row["date"].isoformat(), row["precision"], key_of(row["event"]), row["type"].rsplit("#", 1)[-1], row["lineage"],
            key_of(row["giver"]), labels[row["giver"]], key_of(row["receiver"]), labels[row["receiver"]],
        ])  # fmt: skip
    return out.getvalue().encode()


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
