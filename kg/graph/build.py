"""Records, ontology and rules in; the lines of a graph out. Pure and deterministic: no clock, no network.

Each row becomes one node with its source on it, so nothing is stated that nobody said.
There are no blank nodes: every node has an address, and two builds give the same bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from kg.errors import BadInput
from kg.facts.rows import Facts
from kg.graph.names import GRAPHS
from kg.graph.statements import Built, Writer


def build(
    facts: Facts, ontology: Iterable[Path], rules: Iterable[Path], keep: Callable[[bytes], object] = lambda _: None
) -> Built:
    """Turn rows, the ontology's Turtle files and CONSTRUCT rules into the lines of one graph.

    Graphs: ontology, curated (what the rows state), derived (what the rules add).

    Args:
        facts: the rows of `data/`.
        ontology: Turtle files.
        rules: CONSTRUCT queries, run in order of their names.
        keep: is handed the graph as N-Quads in two parts, each as soon as it is known: what is stated, what is derived.

    Raises:
        BadInput: a Turtle file or a rule cannot be parsed.
    """
    writer = Writer(facts)
    for placed in facts:
        writer.place = (placed.file, placed.line)
        writer.row(placed.row)
    writer.schemes()
    built = writer.built
    stated = sorted({*built.lines, *_turtle(ontology)})  # in order, for the engine takes them a fifth faster so
    n_quads = "".join(stated).encode()
    keep(n_quads)
    load(built.store, n_quads)
    derived = _derive(built.store, rules)
    keep("".join(derived).encode())
    built.lines = sorted([*stated, *sorted(derived)])  # no line is in both, for each names its graph
    return built


def load(store: ox.Store, n_quads: bytes) -> None:
    """Load what `build` has written into a store; it is well formed, and not looked at again for that."""
    store.bulk_load(input=n_quads, format=ox.RdfFormat.N_QUADS, lenient=True)


def _turtle(files: Iterable[Path]) -> Iterator[str]:
    for path in sorted(files):
        try:
            for quad in ox.parse(path=str(path), format=ox.RdfFormat.TURTLE, base_iri=GRAPHS["ontology"]):
                if isinstance(quad.subject, ox.BlankNode) or isinstance(quad.object, ox.BlankNode):
                    raise BadInput(
                        f"ontology/{path.name} uses a blank node, which has no address. Give the node an IRI: {quad.predicate.value}."
                    )
                yield f"{quad.triple} <{GRAPHS['ontology']}> .\n"
        except SyntaxError as error:
            raise BadInput(f"ontology/{path.name} is not Turtle: {error}. Mend the file, then build again.") from None


def _derive(store: ox.Store, rules: Iterable[Path]) -> set[str]:
    """Run each rule, by name, on what is stated and on what earlier rules added."""
    derived: set[str] = set()
    for path in sorted(rules):
        try:
            triples: Any = store.query(path.read_text(encoding="utf-8"), use_default_graph_as_union=True)
        except SyntaxError as error:
            raise BadInput(
                f"queries/rules/{path.name} is not SPARQL: {error}. Mend the rule, then build again."
            ) from None
        found = {f"{triple} <{GRAPHS['derived']}> .\n" for triple in triples}
        load(store, "".join(found).encode())
        derived |= found
    return derived
