"""The saved queries stand in the graph as SHACL SPARQL executables, and run there as they stand."""

from __future__ import annotations

from datetime import date

import pytest

from kg.faces import library
from kg.graph.examples import bound
from kg.graph.inputs import Inputs
from kg.graph.names import PREFIXES, Iri
from kg.graph.queries import Queries

NAMES = Queries(Inputs.default().queries).names()
FIND = """
PREFIX sh: <http://www.w3.org/ns/shacl#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
SELECT ?example ?comment ?query WHERE {
  ?example a sh:SPARQLExecutable, sh:SPARQLSelectExecutable ; rdfs:comment ?comment ; sh:select ?query ; sh:prefixes/sh:declare ?any
}
"""


@pytest.fixture(scope="module")
def found(asked: library.Graph) -> dict[str, dict[str, str]]:
    """The examples as an editor finds them: by asking, as https://github.com/sib-swiss/sparql-examples has it."""
    return {row["example"].rsplit("/", 1)[1]: row for row in asked.graph.store.select(FIND)}


def test_every_saved_query_is_found_with_its_question(found: dict[str, dict[str, str]], asked: library.Graph) -> None:
    held = asked.graph.queries
    assert {name: row["comment"] for name, row in found.items()} == {name: held.get(name).summary for name in NAMES}


@pytest.mark.parametrize("name", NAMES)
def test_an_example_gives_what_the_saved_query_gives(
    name: str, found: dict[str, dict[str, str]], in_memory: library.Graph
) -> None:
    saved = in_memory.graph.queries.get(name)
    columns, rows = in_memory.sparql(found[name]["query"])
    given = {word: value for word, value in saved.params.items() if word not in saved.example and value == "date"}
    assert rows == in_memory.query(name, {**saved.example, **dict.fromkeys(given, "2026-11-01")})
    assert set(saved.columns) <= set(columns)


def test_the_prefixes_are_declared(asked: library.Graph) -> None:
    rows = asked.graph.store.select(
        "PREFIX sh: <http://www.w3.org/ns/shacl#> SELECT ?p (STR(?n) AS ?base) { ?s sh:declare/sh:prefix ?p . ?s sh:declare ?d . ?d sh:prefix ?p ; sh:namespace ?n }"
    )
    assert {row["p"]: row["base"] for row in rows} == PREFIXES


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("SELECT ?a ?b { ?a ?p ?b }", "SELECT ?b { <x:y> ?p ?b }"),
        ('SELECT ?b { ?a ?p "?a", \'?a\' # ?a\n }', 'SELECT ?b { <x:y> ?p "?a", \'?a\' # ?a\n }'),
        ("SELECT ?b (COUNT(?a) AS ?n) { ?a <http://x/?a> ?b } GROUP BY ?b ?a", "SELECT ?b (COUNT(<x:y>) AS ?n) { <x:y> <http://x/?a> ?b } GROUP BY ?b"),
        ("SELECT ?ab { ?ab ?p $a }", "SELECT ?ab { ?ab ?p <x:y> }"),
    ],
)  # fmt: skip
def test_values_stand_where_variables_stood_and_nowhere_else(text: str, written: str) -> None:
    assert bound(text, {"a": Iri("x:y")}) == written


def test_a_day_is_written_short() -> None:
    assert bound("FILTER(?d > ?on)", {"on": date(2026, 4, 1)}) == 'FILTER(?d > "2026-04-01"^^xsd:date)'
