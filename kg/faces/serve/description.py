"""What the SPARQL service says of itself (SPARQL 1.1 Service Description), and of the graphs that it answers from (VoID)."""

from __future__ import annotations

from typing import Final

import pyoxigraph as ox

from kg.faces.serve.exchange import Site
from kg.faces.serve.solutions import GRAPHS_AS, RESULTS_AS, graph
from kg.graph import release
from kg.graph.names import BASE, GRAPHS, local_name

_SD: Final = "http://www.w3.org/ns/sparql-service-description#"
_VOID: Final = "http://rdfs.org/ns/void#"
_TYPE: Final = ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
_COUNTS: Final = "SELECT ?graph (COUNT(*) AS ?triples) { GRAPH ?graph { ?s ?p ?o } } GROUP BY ?graph ORDER BY ?graph"


def described(site: Site, media: str) -> bytes:
    """Give the description of this service in a form of GRAPHS_AS; with it, of the release, by which `kg --store` knows it."""

    def say(
        subject: ox.NamedNode | ox.BlankNode, name: str, *objects: ox.NamedNode | ox.BlankNode | ox.Literal
    ) -> None:
        triples.extend(ox.Triple(subject, _node(name), each) for each in objects)

    triples: list[ox.Triple] = []
    service, dataset, default = ox.BlankNode("service"), _node(release.DATASET), ox.BlankNode("default")
    triples.append(ox.Triple(service, _TYPE, _node(_SD + "Service")))
    say(service, _SD + "endpoint", _node(f"{site.home or BASE.rstrip('/')}/sparql"))
    say(service, _SD + "supportedLanguage", _node(_SD + "SPARQL11Query"))
    say(service, _SD + "feature", _node(_SD + "UnionDefaultGraph"))
    forms = [form.iri for form in RESULTS_AS.values()] + [form.iri for form in GRAPHS_AS.values()]
    say(service, _SD + "resultFormat", *map(_node, forms))
    say(service, _SD + "defaultDataset", dataset)
    triples.append(ox.Triple(dataset, _TYPE, _node(_SD + "Dataset")))
    say(dataset, _SD + "defaultGraph", default)
    triples.append(ox.Triple(default, _TYPE, _node(_SD + "Graph")))
    held = site.graph.graph
    if held.files:  # to count millions would take longer than a request may, and they were counted when they were read
        counts = {name: count for name, (count, _) in held.held.parts.items()}
        names = {local_name(name): name for name in counts}
    else:
        counts = {row["graph"]: row["triples"] for row in held.store.select(_COUNTS)}
        names = dict(GRAPHS)
    for word, name in names.items():
        named, inside = ox.BlankNode(f"named-{word}"), ox.BlankNode(f"graph-{word}")
        say(dataset, _SD + "namedGraph", named)
        triples.append(ox.Triple(named, _TYPE, _node(_SD + "NamedGraph")))
        say(named, _SD + "name", _node(name))
        say(named, _SD + "graph", inside)
        triples.append(ox.Triple(inside, _TYPE, _node(_SD + "Graph")))
        say(inside, _VOID + "triples", ox.Literal(int(counts.get(name, 0))))
    triples += release.described(held.held, site.home.rstrip("/"))
    return graph(triples, media, {"sd": _SD, **release.OWN})


def _node(iri: str) -> ox.NamedNode:
    return ox.NamedNode(iri)
