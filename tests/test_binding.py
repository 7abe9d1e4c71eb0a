"""Values put into queries for engines elsewhere: only where their variable stands, and never as anything but a value."""

from __future__ import annotations

from datetime import date

import pyoxigraph as ox
import pytest

from kg.errors import UsageError
from kg.graph.binding import By, in_order, put
from kg.graph.graph import Graph
from kg.graph.inputs import Inputs
from kg.graph.names import Iri
from kg.graph.queries import Queries
from kg.graph.reading import refuse_unsafe
from kg.graph.terms import Value

SAVED = Queries(Inputs.default().queries)
THING = Iri("https://example.org/a")
HOSTILE = (
    '"} ; DROP ALL ; #', "\\", '"""', "'''", "\n\r\t", "a\u0000b", "?thing", "\\u0022", "> . ?s ?p ?o . <", "\u202e", "\U0001f600",
)  # fmt: skip


@pytest.mark.parametrize("name", SAVED.names())
def test_a_saved_query_with_its_values_is_a_query_without_those_variables(name: str) -> None:
    saved = SAVED.get(name)
    sample: dict[str, Value] = {"iri": THING, "date": date(2019, 6, 1), "integer": 3, "text": "x", "any": "x"}
    values = {param: sample[kind] for param, kind in saved.params.items()}
    made = put(saved.text, values)
    refuse_unsafe(made.text)
    assert not any(f"?{param} " in f"{made.text} ".replace("\n", " ") for param in values)
    assert "ORDER" not in made.text, "the order of a saved query names projected variables only"
    if made.counted:
        refuse_unsafe(made.counted)


@pytest.mark.parametrize("text", HOSTILE)
def test_a_text_stays_one_text(text: str) -> None:
    made = put("SELECT ?x ?y WHERE { ?y <https://example.org/p> ?x }", {"x": text})
    store = ox.Store()
    store.add(ox.Quad(ox.NamedNode(THING), ox.NamedNode("https://example.org/p"), ox.Literal(text)))
    rows = list(store.query(made.text))  # type: ignore[arg-type]
    assert [row["y"].value for row in rows] == [THING]


def test_names_in_texts_addresses_and_comments_stay() -> None:
    made = put('SELECT ?y { # ?x\n ?y <http://x.example/?x> \'?x\', """?x""", ?x, $x }', {"x": 1})
    assert made.text.count("?x") == 3
    assert made.text.count('"1"^^') == 2


@pytest.mark.parametrize(
    "text",
    [
        "SELECT (1 AS ?x) {}",
        "SELECT ?x { BIND(2 AS ?x) }",
        "SELECT * { VALUES ?x { 1 } }",
        "SELECT * { VALUES (?y ?x) { (1 2) } }",
    ],
)
def test_what_a_query_sets_itself_cannot_be_given(text: str) -> None:
    with pytest.raises(UsageError, match="sets"):
        put(text, {"x": 1})


def test_what_a_query_does_not_have_cannot_be_given() -> None:
    with pytest.raises(UsageError, match="no variable"):
        put("SELECT * { ?s ?p ?o }", {"x": 1})


@pytest.mark.parametrize(
    ("text", "order"),
    [
        ("SELECT ?a ?b { ?a ?p ?b } ORDER BY DESC(?b) ?a", (By("b", True), By("a", False))),
        ("SELECT * { ?a ?p ?b } ORDER BY ?b", (By("b", False),)),
        ("SELECT ?a (COUNT(*) AS ?n) { ?a ?p ?b } GROUP BY ?a ORDER BY ?n", (By("n", False),)),
        ("SELECT ?a { ?a ?p ?b } ORDER BY ?b", ()),
        ("SELECT ?a { ?a ?p ?b } ORDER BY STR(?a)", ()),
        ("SELECT ?a { ?a ?p ?b } ORDER BY ?a LIMIT 3", ()),
        ("SELECT ?a { { SELECT ?a { ?a ?p ?b } ORDER BY ?a LIMIT 3 } }", ()),
    ],
)
def test_an_order_is_made_here_only_where_the_rows_hold_all_of_it(text: str, order: tuple[By, ...]) -> None:
    made = put(text, {})
    assert made.order == order
    assert ("ORDER" in made.text) == (not order)


def test_rows_come_in_the_order_of_the_embedded_engine(graph: Graph) -> None:
    for text in (
        "SELECT ?p ?o { <https://w3id.org/nhs-integration/id/kind/acs> ?p ?o } ORDER BY ?p ?o",
        "SELECT ?s ?o { ?s <http://www.w3.org/2004/02/skos/core#prefLabel> ?o } ORDER BY DESC(?o) ?s",
    ):
        _, rows = graph.store.query(text)
        shuffled = sorted(rows, key=str, reverse=True)  # type: ignore[arg-type]
        assert in_order(shuffled, put(text, {}).order) == rows  # type: ignore[arg-type]
