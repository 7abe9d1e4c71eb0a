"""Laws of saved queries and of queries given by people."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from kg.answers.find import find
from kg.answers.record import Records
from kg.errors import KgError, UsageError
from kg.faces.library import Graph as Asked
from kg.graph.graph import Graph
from kg.graph.inputs import Inputs
from kg.graph.queries import parse
from kg.graph.reading import refuse_unsafe

QUERIES = Inputs.default().queries
HOSTILE = (
    '"} ; DROP ALL ; #', "<http://x.example/> . ?s ?p ?o } #", "' OR '1'='1", "\\u007D INSERT DATA { }", "acs> ?p ?o . <acs",
    'NEAR("acs" "ics")', "*", '"', "a" * 10_000, "\u202egniht", "acs\u0000", "?thing", "${thing}", "%s {0}", "(((((", "[[[",
)  # fmt: skip


@pytest.fixture
def texts(graph: Graph, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every text that the engine is given while the test runs."""
    given: list[str] = []
    real = type(graph.store).query

    def query(self: Any, query: str, **bindings: Any) -> Any:
        given.append(query)
        return real(self, query, **bindings)

    monkeypatch.setattr(type(graph.store), "query", query)
    return given


@pytest.mark.parametrize("text", HOSTILE)
def test_input_never_becomes_query_text(graph: Graph, texts: list[str], text: str) -> None:
    asked, day = Asked(graph), date(2026, 11, 22)
    find(Records(graph), text, day)
    for question in (f"what did {text} become?", f"how many {text} were there in 2019?", text):
        try:
            asked.ask(question, as_of=day)
        except UsageError as error:
            assert "cannot be read" in str(error)  # noqa: PT017  # a refusal is one of two right answers
    for name, params in (("became", {"thing": text}), ("code-holders", {"code": text}), ("members", {"body": text})):
        try:
            asked.query(name, params, as_of=day)
        except KgError as error:
            assert "Traceback" not in str(error)  # noqa: PT017
    saved = {path.read_text(encoding="utf-8") for path in QUERIES.glob("*.rq")}
    assert texts
    assert set(texts) <= saved


REFUSED = {
    "FROM": [
        "SELECT * FROM <file:///etc/passwd> WHERE { ?s ?p ?o }",
        "SELECT * FROM NAMED <http://x.example/> WHERE { GRAPH ?g { ?s ?p ?o } }",
        "ASK FROM <http://x.example/> { ?s ?p ?o }",
        "CONSTRUCT { ?s ?p ?o } FROM <http://x.example/> WHERE { ?s ?p ?o }",
        "DESCRIBE ?s FROM <http://x.example/> WHERE { ?s ?p ?o }",
    ],
    "SERVICE": [
        "SELECT * { SERVICE <http://x.example/> { ?s ?p ?o } }",
        "SELECT * { ?s ?p ?o . { SELECT ?s { SERVICE SILENT <http://x.example/> { ?s ?p ?o } } } }",
        "SELECT * { ?s ?p ?o FILTER EXISTS { SERVICE ?x { ?s ?p ?o } } }",
        "SELECT * { OPTIONAL { ?s ?p ?o MINUS { SERVICE <http://x.example/> { ?s ?p ?o } } } }",
        "ASK { { ?s ?p ?o } UNION { GRAPH ?g { SERVICE <http://x.example/> { ?s ?p ?o } } } }",
        "CONSTRUCT { ?s ?p ?o } WHERE { BIND(EXISTS { SERVICE <http://x.example/> { ?s ?p ?o } } AS ?b) ?s ?p ?o }",
    ],
    "update": [
        "INSERT DATA { <http://x.example/a> <http://x.example/b> 1 }",
        "PREFIX x: <http://x.example/> DELETE WHERE { ?s ?p ?o }",
        "LOAD <file:///etc/passwd>",
        "DROP ALL",
        "CLEAR GRAPH <http://x.example/>",
        "WITH <http://x.example/> DELETE { ?s ?p ?o } INSERT { ?s ?p 1 } WHERE { ?s ?p ?o }",
    ],
}


@pytest.mark.parametrize(("word", "text"), [(word, text) for word, texts in REFUSED.items() for text in texts])
def test_updates_from_and_service_are_refused(graph: Graph, texts: list[str], word: str, text: str) -> None:
    with pytest.raises(UsageError, match=word):
        Asked(graph).sparql(text)
    assert texts == []


@pytest.mark.parametrize(
    "text",
    [
        'SELECT ("FROM SERVICE" AS ?from) {}',
        "# FROM <http://x.example/>\nASK { ?s ?p ?o }",
        "CONSTRUCT WHERE { ?s <http://www.w3.org/2004/02/skos/core#prefLabel> ?o } LIMIT 1",
        "SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }",
    ],
)
def test_what_only_looks_refused_is_answered(graph: Graph, text: str) -> None:
    refuse_unsafe(text)
    _, found = Asked(graph).sparql(text)
    assert found


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * \\u0046ROM <http://x.example/> {}",
        "SELECT * { \\U00000053ERVICE <http://x.example/> {} }",
        "SELECT(?a<1 AS ?x)FROM:a{}",
        "select * from<http://x.example/>{?s ?p ?o}",
        "SELECT * #\nFROM#\n<http://x.example/> {}",
        "SELECT * { ?s ?p ?o FILTER(?o<'b>')SERVICE<http://x.example/>{}#'}",
        "PREFIX x: <http://x.example/> SELECT * { ?s x:o\\'b ?o } FROM <http://x.example/> #'",
        "SELECT * { ?s ?p '''a\\'''' . SERVICE <http://x.example/> {} #''' }",
        "BASE <http://x.example/> WITH <a> DELETE {} WHERE {}",
        "ASK {" + "{" * 200 + "}" * 200 + "}",
        "ASK { FILTER(" + "!" * 2000 + "true) }",
    ],
)
def test_what_hides_or_overflows_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        refuse_unsafe(text)


@pytest.mark.parametrize(
    "text",
    [
        'SELECT ?from ?service { ?from ?service "FROM", """SERVICE " LOAD""", "DROP"@en }',
        "PREFIX from: <http://x.example/FROM#> SELECT * { ?s from:SERVICE <http://x.example/SERVICE> }",
        "PREFIX x: <http://x.example/> SELECT * { x:FROM x:INSERT _:SERVICE }",
        "SELECT * { ?s ?p ?o FILTER(?o < 'b') } # SERVICE",
    ],
)
def test_words_that_are_no_keywords_pass(text: str) -> None:
    refuse_unsafe(text)


def test_a_syntax_error_says_where() -> None:
    with pytest.raises(UsageError, match="line 2, column"):
        refuse_unsafe("SELECT *\n{ ?s ?p")
    with pytest.raises(UsageError, match="prefix"):
        refuse_unsafe("SELECT * { ?s foo:bar ?o }")


def test_parameters_are_checked(graph: Graph) -> None:
    asked = Asked(graph)
    for name, params, says in (
        ("members", {"bodi": "ics-frimley"}, 'has no parameter "bodi"'),
        ("members", {}, "needs body"),
        ("members", {"body": "ics-frimley", "asOf": "soon"}, "takes a day such as 2019-06-01"),
        ("wave", {"wave": "two"}, "takes a whole number"),
        ("membres", {}, "Did you mean"),
        ("../rules/10-continuations", {}, "There is no saved query"),
    ):
        with pytest.raises(UsageError) as raised:
            asked.query(name, params)
        assert says in str(raised.value)


def test_a_header_that_cannot_be_read_is_told() -> None:
    with pytest.raises(KgError, match=r"The header of queries/x\.rq cannot be read"):
        parse("x", "#+ params: {a: colour}\nSELECT * {}")


@pytest.mark.parametrize("path", sorted(QUERIES.glob("*.rq")), ids=lambda path: path.stem)
def test_no_query_is_without_a_use(path: Path) -> None:
    saved = parse(path.stem, path.read_text(encoding="utf-8"))
    assert saved.summary.endswith("?"), "a saved query is a question"
    assert saved.tags


@pytest.mark.parametrize(
    ("text", "place", "said"),
    [
        ("SELECT ?x { ?x foo }", "line 1, column 16", '"foo" is no word of SPARQL'),
        ("SELECT * { ?s ?p\n ?o . FOO }", "line 2, column 7", '"FOO" is no word of SPARQL'),
        ("SELEC ?x { ?x ?p ?o }", "line 1, column 1", '"SELEC" is no word of SPARQL'),
        ("SELECT ?x { ?x a nis:Kind }", "line 1, column 18", "The prefix nis: is not declared"),
        ("SELECT * {\n ?s ?p ?o", "line 1, column 10", "This { is never closed"),
        ("SELECT * { ?s ?p ?o ) }", "line 1, column 21", "This ) closes nothing"),
        ("SELECT *\nFROM <http://example.org/> { ?s ?p ?o }", "line 2, column 1", "FROM is refused"),
        ("SELECT * { SERVICE <http://x> { ?s ?p ?o } }", "line 1, column 12", "SERVICE is refused"),
        ("PREFIX x: <http://x/>\nDELETE WHERE { ?s ?p ?o }", "line 2, column 1", "This is an update"),
    ],
)
def test_a_fault_is_told_with_its_place_and_its_word(text: str, place: str, said: str) -> None:
    with pytest.raises(UsageError) as refused:
        refuse_unsafe(text)
    assert place in str(refused.value)
    assert said in str(refused.value)
