"""Every shape of ontology/shapes.ttl does its work: an example passes, another breaks each of its rules.

pyshacl, a SHACL engine for any shapes, is here to hold kg's own to.
"""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pyoxigraph as ox
import pyshacl
import pytest
from rdflib import RDF, SH, Graph, URIRef
from rdflib.collection import Collection
from rdflib.term import Node

from kg.errors import BadInput
from kg.facts import records as r
from kg.facts import vocabulary
from kg.graph.names import PREFIXES, TERMS, local_name
from kg.graph.shapes import Result, Shapes

ROOT = Path(__file__).parent.parent
EXAMPLES = Path(__file__).parent / "shapes"
FILE = ROOT / "ontology" / "shapes.ttl"
SHAPES = Graph().parse(FILE)
NAMED = sorted(local_name(str(shape)) for shape in SHAPES.subjects(RDF.type, SH.NodeShape))
RULES = sorted(set(map(str, SHAPES.subjects(RDF.type, SH.PropertyShape))))
SHAPE = "https://w3id.org/nhs-integration/shapes#"
#: The classes and which of them are narrower than others, which targets follow.
ONTOLOGY = (ROOT / "ontology" / "nhs-integration.ttl").read_text(encoding="utf-8")
ODD = Path(__file__).parent / "odd_values.ttl"
HEAD = "".join(f"@prefix {prefix}: <{base}> .\n" for prefix, base in PREFIXES.items()) + f"@prefix shape: <{SHAPE}> .\n"

#: A node, a rule, the word of SHACL in it that is broken, the value to blame, the message, and whether it is a fault.
Told = tuple[str, str, str, str | None, str, bool]


def results(*turtle: str, shapes: str | None = None) -> list[Result]:
    """What kg finds wrong in Turtle."""
    store = ox.Store()
    for text in turtle:
        store.load(text.encode(), format=ox.RdfFormat.TURTLE)
    return list(Shapes(shapes or FILE.read_text(encoding="utf-8")).results(store))


def told(*turtle: str) -> Counter[Told]:
    return Counter(
        (one.node, one.rule, one.word, one.value, one.message, one.severity == "fault") for one in results(*turtle)
    )


def told_by_pyshacl(*turtle: str) -> Counter[Told]:
    data = Graph()
    for text in turtle:
        data.parse(data=text, format="turtle")
    _, report, _ = pyshacl.validate(data, shacl_graph=SHAPES, inference="none", inplace=True)
    assert isinstance(report, Graph)
    found = Counter[Told]()
    for one in report.subjects(RDF.type, SH.ValidationResult):
        node, rule, component, value, message, severity = (
            report.value(one, getattr(SH, name))
            for name in (
                "focusNode", "sourceShape", "sourceConstraintComponent", "value", "resultMessage", "resultSeverity",
            )
        )  # fmt: skip
        word = local_name(str(component)).removesuffix("ConstraintComponent")
        word, shown = word[0].lower() + word[1:], None if value is None else str(value)
        found[str(node), str(rule), word, shown, str(message), severity == SH.Violation] += 1
    return found


def rules_of(shape: str) -> set[str]:
    return {local_name(str(rule)) for rule in SHAPES.objects(URIRef(SHAPE + shape), SH.property)}


def broken(example: str) -> set[str]:
    """The rules that an example breaks, by name."""
    return {local_name(one.rule) for one in results((EXAMPLES / example).read_text(encoding="utf-8"), ONTOLOGY)}


@pytest.mark.parametrize("shape", NAMED)
def test_a_shape_lets_its_good_example_pass(shape: str) -> None:
    assert (EXAMPLES / f"{shape}.pass.ttl").is_file(), f"Write an example that passes: tests/shapes/{shape}.pass.ttl"
    assert broken(f"{shape}.pass.ttl") & rules_of(shape) == set()


@pytest.mark.parametrize("shape", NAMED)
def test_each_rule_of_a_shape_catches_its_bad_example(shape: str) -> None:
    assert (EXAMPLES / f"{shape}.fail.ttl").is_file(), f"Write an example that fails: tests/shapes/{shape}.fail.ttl"
    assert rules_of(shape) - broken(f"{shape}.fail.ttl") == set()


@pytest.mark.parametrize("shape", NAMED)
def test_pyshacl_finds_the_same(shape: str) -> None:
    example = (EXAMPLES / f"{shape}.fail.ttl").read_text(encoding="utf-8")
    found = told(example, ONTOLOGY)
    assert found
    assert found == told_by_pyshacl(example, ONTOLOGY)


def test_pyshacl_finds_the_same_in_odd_values() -> None:
    odd = ODD.read_text(encoding="utf-8")
    found = told(odd, ONTOLOGY)
    assert len(found) > 30
    assert found == told_by_pyshacl(odd, ONTOLOGY)


def test_values_of_unlike_types_are_in_no_order() -> None:
    """Here pyshacl differs: it puts a date below every number, so it lets such a period pass."""
    found = results(HEAD + 'body:x a nis:Naming ; nis:startsOn "2018-02-01"^^xsd:date ; nis:endsBefore 3 .')
    assert (f"{SHAPE}Period-order", "lessThanOrEquals") in {(one.rule, one.word) for one in found}


ONE = HEAD + "shape:One a sh:NodeShape ; sh:targetClass nis:Kind ; sh:property shape:One-fate .\n"
RULE = ONE + 'shape:One-fate sh:path nis:fate ; sh:message "It has none; write one." ; '


def test_a_warning_is_told_from_a_fault() -> None:
    kind = HEAD + "kind:x a nis:Kind ."
    for severity, shown in (("Warning", "warning"), ("Violation", "fault")):
        found = results(kind, shapes=f"{RULE}sh:minCount 1 ; sh:severity sh:{severity} .")
        assert [(one.node, one.word, one.severity) for one in found] == [(PREFIXES["kind"] + "x", "minCount", shown)]


@pytest.mark.parametrize(
    ("shapes", "said"),
    [
        ("shape:One a sh:NodeShape", "is not Turtle"),
        (RULE + 'sh:flags "i" .', "flags"),
        (RULE + "sh:deactivated true .", "deactivated"),
        (RULE + "sh:or ( [ sh:minCount 1 ] ) .", "minCount"),
        (RULE + "sh:datatype xsd:gYear .", "gYear"),
        (RULE + "sh:path nis:form .", "path 2 times"),
        (RULE + 'sh:maxCount "few" .', "shapes#One-fate.*few"),
        (RULE + 'sh:pattern "(" .', "shapes#One-fate"),
        (ONE + 'shape:One-fate sh:path [ sh:zeroOrMorePath nis:fate ] ; sh:message "No; yes." .', "zeroOrMorePath"),
        (ONE + 'shape:One-fate sh:path [ sh:inversePath [ sh:inversePath nis:fate ] ] ; sh:message "No; yes." .', "path"),
        (ONE + "shape:One sh:closed true .", "closed"),
        (HEAD + "shape:Other sh:targetNode kind:x .", "targetNode"),
        (HEAD + 'shape:Other sh:targetClass nis:Kind ; sh:path nis:fate ; sh:message "No; yes." .', "path"),
        (ONE + "shape:One-fate sh:path nis:fate .", "message 0 times"),
    ],
)  # fmt: skip
def test_what_kg_cannot_run_is_refused(shapes: str, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        results(HEAD + "kind:x a nis:Kind .", shapes=shapes)


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
