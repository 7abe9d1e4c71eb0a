"""The ontology keeps its own rules: every term is named, defined, shown by an example, declared and used."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import get_args

import pyoxigraph as ox
import pytest
from rdflib import DCTERMS, OWL, RDF, RDFS, SKOS, VANN, BNode, Graph, Literal, URIRef

from kg import RELEASE
from kg.facts import vocabulary
from kg.facts.curated import read
from kg.graph.build import build
from kg.graph.inputs import Inputs
from kg.graph.names import TERMS, local_name

ROOT = Path(__file__).parent.parent
FILES = sorted((ROOT / "ontology").glob("*.ttl"))
ONTOLOGY = URIRef(TERMS.removesuffix("#"))
GRAPH = Graph().parse(ROOT / "ontology" / "nhs-integration.ttl")
ALIGNMENTS = Graph().parse(ROOT / "ontology" / "alignments.ttl")
CLASSES = {str(term) for term in GRAPH.subjects(RDF.type, OWL.Class)}
PROPERTIES = {
    str(term) for kind in (OWL.ObjectProperty, OWL.DatatypeProperty) for term in GRAPH.subjects(RDF.type, kind)
}
DECLARED = sorted(CLASSES | PROPERTIES)
PARENTS = {
    "Evolution": "a policy change", "Kind": "a concept", "Source": "a bibliographic resource",
    "Change": "an activity", "PolicyChange": "a change",
}  # fmt: skip


@cache
def written() -> bytes:
    """What the project's own rows state, with what the rules derive, and nothing of the ontology."""
    inputs = Inputs.default()
    return build(read(inputs.data)[0], [], inputs.rules).n_quads


@cache
def emitted() -> set[str]:
    """Every term of ours that the graph of the real data uses."""
    nodes = {
        node.value
        for quad in ox.parse(written(), ox.RdfFormat.N_QUADS)
        for node in (quad.predicate, quad.object)
        if hasattr(node, "value")
    }
    return {node for node in nodes if node.startswith(TERMS)}


@cache
def queried() -> set[str]:
    """Every term of ours that a query, a rule, a check or a shape names."""
    files = [*(ROOT / "queries").rglob("*.rq"), ROOT / "ontology" / "shapes.ttl", *(ROOT / "kg").rglob("*.py")]
    return {
        TERMS + name for path in files for name in re.findall(r"\bnis:(\w+)", path.read_text(encoding="utf-8"))
    }  # fmt: skip


def test_the_ontology_says_what_it_is() -> None:
    def said(term: URIRef) -> str:
        values = list(GRAPH.objects(ONTOLOGY, term))
        assert len(values) == 1, term
        return str(values[0])

    assert said(RDF.type) == str(OWL.Ontology)
    assert said(OWL.versionInfo) == RELEASE
    assert said(OWL.versionIRI) == f"{ONTOLOGY}/{RELEASE}"
    assert said(VANN.preferredNamespacePrefix) == "nis"
    assert said(VANN.preferredNamespaceUri) == TERMS
    assert said(DCTERMS.creator) == "The kg project"
    assert "open-government-licence/version/3" in said(DCTERMS.license)
    assert said(DCTERMS.title)
    assert said(DCTERMS.description)


@pytest.mark.parametrize("term", DECLARED, ids=local_name)
def test_a_term_has_one_label_one_definition_and_an_example(term: str) -> None:
    for property_ in (RDFS.label, SKOS.definition, SKOS.example):
        values = list(GRAPH.objects(URIRef(term), property_))
        assert len(values) == 1, f"{local_name(term)} needs one {local_name(str(property_))}"
        assert isinstance(values[0], Literal)
        assert values[0].language == "en"
    assert list(GRAPH.objects(URIRef(term), RDFS.isDefinedBy)) == [ONTOLOGY]


@pytest.mark.parametrize("term", DECLARED, ids=local_name)
def test_a_definition_names_a_wider_thing_and_the_difference(term: str) -> None:
    definition, name = str(GRAPH.value(URIRef(term), SKOS.definition)), local_name(term)
    assert re.fullmatch(r"an? [a-z ]+ that [^.]+[^. ]", definition), f"{name}: {definition}"
    assert definition.startswith(PARENTS.get(name, "a")), f"{name}: {definition}"


@pytest.mark.parametrize("term", DECLARED, ids=local_name)
def test_a_term_is_one_thing_and_spelt_as_such(term: str) -> None:
    kinds = set(GRAPH.objects(URIRef(term), RDF.type))
    assert len(kinds) == 1
    assert re.fullmatch(r"[A-Z]\w+" if term in CLASSES else r"[a-z]\w+", local_name(term))
    assert term in CLASSES or not list(GRAPH.objects(URIRef(term), RDFS.subClassOf))
    assert term in PROPERTIES or list(GRAPH.objects(URIRef(term), RDFS.subClassOf)), "a class says what it is a sort of"


def test_labels_are_unique() -> None:
    labels = [str(label) for term in DECLARED for label in GRAPH.objects(URIRef(term), RDFS.label)]
    assert sorted({label for label in labels if labels.count(label) > 1}) == []


def test_a_property_takes_things_or_values_as_the_build_writes_it() -> None:
    for quad in ox.parse(written(), ox.RdfFormat.N_QUADS):
        if quad.predicate.value.startswith(TERMS):
            kind = OWL.DatatypeProperty if hasattr(quad.object, "datatype") else OWL.ObjectProperty
            assert (URIRef(quad.predicate.value), RDF.type, kind) in GRAPH, quad.predicate.value


@pytest.mark.parametrize("path", [path for path in FILES if path.stem != "shapes"], ids=lambda path: path.stem)
def test_no_blank_nodes_domains_ranges_or_imports(path: Path) -> None:
    for subject, predicate, object_ in Graph().parse(path):
        assert not isinstance(subject, BNode)
        assert not isinstance(object_, BNode)
        assert predicate not in (RDFS.domain, RDFS.range, OWL.imports, OWL.equivalentClass, OWL.sameAs)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_files_keep_clear_of_known_traps(path: Path) -> None:
    nodes = {str(node) for triple in Graph().parse(path) for node in triple}
    org = "http://www.w3.org/ns/org#"
    assert not nodes & {f"{org}identifier", f"{org}hasUnit"}, "see docs/model.md on org:identifier and org:hasUnit"


def test_every_type_of_change_is_a_class() -> None:
    change, event, policy = (
        URIRef(f"{TERMS}Change"),
        URIRef("http://www.w3.org/ns/org#ChangeEvent"),
        f"{TERMS}PolicyChange",
    )
    of_bodies, of_kinds = (set(get_args(words)) for words in (vocabulary.EventType, vocabulary.KindChangeType))
    for name in of_bodies | of_kinds:
        term = URIRef(TERMS + name)
        parents = set(GRAPH.objects(term, RDFS.subClassOf))
        assert change in set(GRAPH.transitive_objects(term, RDFS.subClassOf)), name
        # A type that is used on both levels is narrower than neither of the two.
        assert (event in parents) == (name not in of_kinds), name
        assert (URIRef(policy) in parents) == (name not in of_bodies), name


def test_every_term_in_the_graph_is_declared() -> None:
    assert sorted(local_name(term) for term in emitted() - set(DECLARED)) == []


def test_every_declared_term_is_used() -> None:
    assert sorted(local_name(term) for term in set(DECLARED) - queried()) == []


def test_no_query_or_shape_names_a_term_that_is_not_declared() -> None:
    assert sorted(local_name(term) for term in queried() - set(DECLARED)) == []


def test_alignments_speak_of_our_terms_and_point_elsewhere() -> None:
    for subject, predicate, object_ in ALIGNMENTS:
        assert str(subject) in DECLARED
        assert predicate in (SKOS.closeMatch, RDFS.subClassOf, RDFS.subPropertyOf)
        assert not str(object_).startswith(TERMS)
        if "tsnchange" in str(object_):
            assert predicate == SKOS.closeMatch, "TSN-Change is CC BY-NC-SA: nothing of ours may rest on it"


def test_the_readme_lists_every_type_of_change_with_its_numbers() -> None:
    readme = (ROOT / "ontology" / "README.md").read_text(encoding="utf-8")

    def shown(bounds: tuple[int, int | None]) -> str:
        least, most = bounds
        return str(least) if least == most else f"{least} or more"

    for name, (before, after) in vocabulary.CARDINALITY.items():
        same = ", the same" if name in vocabulary.SAME_RECORD else ""
        assert f"| {name} | {shown(before)} | {shown(after)}{same} |" in readme, name


@cache
def stated() -> ox.Store:
    """The same, and the ontology with it, asked without rdflib."""
    store = ox.Store()
    store.bulk_load(input=written(), format=ox.RdfFormat.N_QUADS)
    for path in Inputs.default().ontology:
        store.bulk_load(path=str(path), format=ox.RdfFormat.TURTLE)
    return store


def subjects(predicate: str, object_: str) -> set[str]:
    """Give what has this predicate with this object, in any graph."""
    return {
        str(quad.subject) for quad in stated().quads_for_pattern(None, ox.NamedNode(predicate), ox.NamedNode(object_))
    }


def objects(predicate: str) -> set[str]:
    return {str(quad.object) for quad in stated().quads_for_pattern(None, ox.NamedNode(predicate), None)}


def test_no_kind_is_a_class() -> None:
    """A class cannot change over time; a kind has its own dates, so it is a concept."""
    kinds = subjects(RDF.type, f"{TERMS}Kind")
    assert len(kinds) > 40
    assert kinds <= subjects(RDF.type, SKOS.Concept)
    assert not kinds & (subjects(RDF.type, OWL.Class) | objects(RDFS.subClassOf))
    assert not kinds & objects(RDF.type), "nothing is an instance of a kind"


def test_policy_changes_carry_no_org_properties() -> None:
    """A kind is no organisation: the words of ORG are for events of bodies alone."""
    policy = {
        quad.subject
        for quad in stated().quads_for_pattern(None, ox.NamedNode(RDF.type), ox.NamedNode(f"{TERMS}PolicyChange"))
    }
    assert len(policy) > 20
    org = "http://www.w3.org/ns/org#"
    said = {quad.predicate.value for change in policy for quad in stated().quads_for_pattern(change, None, None)}
    assert said
    assert not {predicate for predicate in said if predicate.startswith(org)}
    assert not {str(change) for change in policy} & subjects(RDF.type, f"{org}ChangeEvent")
