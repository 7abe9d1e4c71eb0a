"""Records, ontology and rules in; quads out. Pure and deterministic: no clock, no network.

Each row becomes one node with its source on it, so nothing is stated that nobody said.
There are no blank nodes: every node has an address, and two builds give the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from kg.errors import BadInput
from kg.facts.rows import Facts
from kg.graph.names import GRAPHS
from kg.graph.statements import Built, Writer


def build(facts: Facts, ontology: Iterable[Path], rules: Iterable[Path]) -> Built:
    """Turn rows, the ontology's Turtle files and CONSTRUCT rules into one list of quads.

    Graphs: ontology, curated (what the rows state), derived (what the rules add).

    Raises:
        BadInput: a Turtle file or a rule cannot be parsed.
    """
    writer = Writer(facts)
    for placed in facts:
        writer.place = (placed.file, placed.line)
        writer.row(placed.row)
    writer.schemes()
    built = writer.built
    quads = set(built.quads)
    quads |= _turtle(ontology)
    quads |= _derive(quads, rules)
    built.quads = sorted(quads, key=str)
    return built


def n_quads(quads: Iterable[ox.Quad]) -> bytes:
    """Serialise quads as N-Quads, one a line, in the order given."""
    return b"".join(f"{quad} .\n".encode() for quad in quads)


def _turtle(files: Iterable[Path]) -> set[ox.Quad]:
    graph = ox.NamedNode(GRAPHS["ontology"])
    quads: set[ox.Quad] = set()
    for path in sorted(files):
        try:
            for quad in ox.parse(path=str(path), format=ox.RdfFormat.TURTLE, base_iri=GRAPHS["ontology"]):
                if isinstance(quad.subject, ox.BlankNode) or isinstance(quad.object, ox.BlankNode):
                    raise BadInput(
                        f"ontology/{path.name} uses a blank node, which has no address. Give the node an IRI: {quad.predicate.value}."
                    )
                quads.add(ox.Quad(quad.subject, quad.predicate, quad.object, graph))
        except SyntaxError as error:
            raise BadInput(f"ontology/{path.name} is not Turtle: {error}. Mend the file, then build again.") from None
    return quads


def _derive(quads: set[ox.Quad], rules: Iterable[Path]) -> set[ox.Quad]:
    """Run each rule, by name, on what is stated and on what earlier rules added."""
    store = ox.Store()
    store.bulk_extend(quads)
    graph = ox.NamedNode(GRAPHS["derived"])
    derived: set[ox.Quad] = set()
    for path in sorted(rules):
        try:
            triples: Any = store.query(path.read_text(encoding="utf-8"), use_default_graph_as_union=True)
        except SyntaxError as error:
            raise BadInput(
                f"queries/rules/{path.name} is not SPARQL: {error}. Mend the rule, then build again."
            ) from None
        found = {ox.Quad(t.subject, t.predicate, t.object, graph) for t in triples}
        store.bulk_extend(found)
        derived |= found
    return derived
