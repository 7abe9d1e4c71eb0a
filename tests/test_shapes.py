"""Every shape of ontology/shapes.ttl does its work: an example passes, another breaks each of its rules."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest
from rdflib import RDF, SH, Graph, URIRef
from rdflib.collection import Collection
from rdflib.term import Node

from kg.facts import records as r
from kg.facts import vocabulary
from kg.graph.check import validate
from kg.graph.names import TERMS, local_name

ROOT = Path(__file__).parent.parent
EXAMPLES = Path(__file__).parent / "shapes"
SHAPES = Graph().parse(ROOT / "ontology" / "shapes.ttl")
NAMED = sorted(local_name(str(shape)) for shape in SHAPES.subjects(RDF.type, SH.NodeShape))
RULES = sorted(set(map(str, SHAPES.subjects(RDF.type, SH.PropertyShape))))
SHAPE = "https://w3id.org/nhs-integration/shapes#"


@cache
def terms() -> Graph:
    """The classes and which of them are narrower than others, which targets follow."""
    return Graph().parse(ROOT / "ontology" / "nhs-integration.ttl")


def rules_of(shape: str) -> set[str]:
    return {local_name(str(rule)) for rule in SHAPES.objects(URIRef(SHAPE + shape), SH.property)}


def broken(example: str) -> set[str]:
    """The rules that an example breaks, by name."""
    results = validate(Graph().parse(EXAMPLES / example) + terms(), SHAPES)
    return {local_name(str(rule)) for rule in results.objects(None, SH.sourceShape)}


@pytest.mark.parametrize("shape", NAMED)
def test_a_shape_lets_its_good_example_pass(shape: str) -> None:
    assert (EXAMPLES / f"{shape}.pass.ttl").is_file(), f"Write an example that passes: tests/shapes/{shape}.pass.ttl"
    assert broken(f"{shape}.pass.ttl") & rules_of(shape) == set()


@pytest.mark.parametrize("shape", NAMED)
def test_each_rule_of_a_shape_catches_its_bad_example(shape: str) -> None:
    assert (EXAMPLES / f"{shape}.fail.ttl").is_file(), f"Write an example that fails: tests/shapes/{shape}.fail.ttl"
    assert rules_of(shape) - broken(f"{shape}.fail.ttl") == set()


def test_every_example_belongs_to_a_shape() -> None:
    assert {path.name.split(".")[0] for path in EXAMPLES.iterdir()} == set(NAMED)


def test_every_rule_belongs_to_one_shape_and_bears_its_name() -> None:
    for rule in RULES:
        owners = [local_name(str(owner)) for owner in SHAPES.subjects(SH.property, URIRef(rule))]
        assert owners == [local_name(rule).split("-")[0]], rule


@pytest.mark.parametrize("rule", RULES, ids=local_name)
def test_a_message_is_one_sentence_of_fault_and_remedy(rule: str) -> None:
    messages = [str(text) for text in SHAPES.objects(URIRef(rule), SH.message)]
    assert len(messages) == 1
    fault, semicolon, remedy = messages[0].partition("; ")
    assert semicolon
    assert fault[0].isupper()
    assert remedy[0].islower()
    assert remedy.endswith(".")
    assert re.sub(r"\.(csv|md|py|rq)\b", "", messages[0]).count(".") == 1
    assert SHAPES.value(URIRef(rule), SH.severity) in (SH.Violation, SH.Warning)


def bounds(event: str, side: str) -> tuple[int, int | None]:
    rule = URIRef(f"{SHAPE}{event}-{side.lower()}")
    assert SHAPES.value(rule, SH.path) == URIRef(f"{TERMS}has{side}")
    least, most = SHAPES.value(rule, SH.minCount), SHAPES.value(rule, SH.maxCount)
    return int(str(least or 0)), None if most is None else int(str(most))


@pytest.mark.parametrize("event", sorted(vocabulary.CARDINALITY))
def test_shapes_and_records_agree_on_how_many_stand_before_and_after(event: str) -> None:
    assert (bounds(event, "Before"), bounds(event, "After")) == vocabulary.CARDINALITY[event]
    assert (f"{event}-same" in rules_of(event)) == (event in vocabulary.SAME_RECORD)


WORDS: dict[str, tuple[type[r.Row], str]] = {
    "Statement-confidence": (r.Claim, "confidence"),
    "Period-dateBasis": (r.Naming, "date_basis"),
    "Kind-family": (r.Kind, "family"),
    "Kind-form": (r.Kind, "form"),
    "Naming-nameType": (r.Naming, "type"),
    "Observation-measure": (r.Observation, "measure"),
    "Observation-statistic": (r.Observation, "statistic"),
    "Observation-method": (r.Observation, "method"),
    "Observation-rank": (r.Observation, "rank"),
    "Claim-topic": (r.Claim, "topic"),
    "Claim-rank": (r.Claim, "rank"),
    "Change-status": (r.Event, "status"),
    "Change-rank": (r.Event, "rank"),
    "Change-dateBasis": (r.Event, "date_basis"),
    "Share-basis": (r.Transfer, "basis"),
    "Body-fate": (r.Body, "fate"),
}


@pytest.mark.parametrize("rule", sorted(WORDS))
def test_shapes_and_records_allow_the_same_words(rule: str) -> None:
    words: Node | None = SHAPES.value(URIRef(SHAPE + rule), SH["in"])
    assert words is not None
    assert [str(word) for word in Collection(SHAPES, words)] == [word for word in r.choices(*WORDS[rule]) if word]


def test_shapes_and_records_allow_the_same_code_schemes() -> None:
    words = SHAPES.value(URIRef(f"{SHAPE}CodeAssignment-inCodeScheme"), SH["in"])
    assert words is not None
    schemes = [str(word).rsplit("/", 1)[1] for word in Collection(SHAPES, words)]
    assert schemes == list(r.choices(r.CodeAssignment, "scheme"))
