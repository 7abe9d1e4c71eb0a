"""The page of the ontology: every term, where its address leads."""

from __future__ import annotations

from typing import Final, NamedTuple

import pyoxigraph as ox

from kg.faces.serve.exchange import Asked, Reply, Site
from kg.faces.serve.pages.frame import page
from kg.graph.inputs import Inputs
from kg.graph.names import PREFIXES, TERMS, curie

_SORTS: Final = (
    ("Classes", ("Class",)),
    ("Properties between things", ("ObjectProperty",)),
    ("Properties with values", ("DatatypeProperty", "AnnotationProperty")),
)


class Term(NamedTuple):
    """A term of the ontology as a reader meets it; `above` are the terms it narrows."""

    name: str
    label: str
    definition: str
    notes: tuple[str, ...]
    examples: tuple[str, ...]
    above: tuple[str, ...]


def vocabulary(site: Site, asked: Asked) -> Reply:
    """List every class and property of the ontology with its meaning."""
    terms = _terms()
    groups = [(words, [term for sort in sorts for term in terms.get(sort, ())]) for words, sorts in _SORTS]
    reply = page(site, asked, "vocabulary.html", groups=groups, namespace=TERMS)
    return Reply(reply.body, reply.media, reply.status, (("Vary", "Accept"),))


def _terms() -> dict[str, list[Term]]:
    path = next(path for path in Inputs.default().ontology if path.stem == "nhs-integration")
    stated: dict[str, dict[str, list[str]]] = {}
    for quad in ox.parse(path=str(path), format=ox.RdfFormat.TURTLE):
        if isinstance(quad.subject, ox.NamedNode) and not isinstance(quad.object, (ox.BlankNode, ox.Triple)):
            stated.setdefault(quad.subject.value, {}).setdefault(curie(quad.predicate.value), []).append(
                quad.object.value
            )
    found: dict[str, list[Term]] = {}
    for iri in sorted(stated):
        facts = stated[iri]
        if iri.startswith(TERMS):
            term = Term(
                iri.removeprefix(TERMS), _first(facts, "rdfs:label"), _first(facts, "skos:definition", "rdfs:comment"),
                tuple(facts.get("skos:scopeNote", ())), tuple(facts.get("skos:example", ())),
                tuple(map(curie, [*facts.get("rdfs:subClassOf", ()), *facts.get("rdfs:subPropertyOf", ())])),
            )  # fmt: skip
            for sort in facts.get("rdf:type", ()):
                if sort.startswith(PREFIXES["owl"]):
                    found.setdefault(sort.removeprefix(PREFIXES["owl"]), []).append(term)
    return found


def _first(facts: dict[str, list[str]], *names: str) -> str:
    return next(iter(word for name in names for word in facts.get(name, ())), "")
