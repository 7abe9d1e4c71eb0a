"""Each saved query is a question the graph must be able to answer; the answers here are written by hand.

`tests/competency/<query>.yaml` holds the cases of a query. Expected rows are written from the material that the data
were gathered from, never copied from what the program gives. A case has:

    question: what a person asks, in plain words
    params:   the parameters, as they are typed on the command line
    from:     what the rows were written from: files beside the repository, each with cells of one row (or words of a
              text) that say it
    because:  the rule of docs/model.md by which the rows follow, where they are not read off directly
    columns:  which columns are compared
    rows:     exactly these rows, each as often as it stands here; or
    contains: these rows among others, and
    without:  no such row
    ordered:  true when the order of `rows` is part of the answer
    places:   to how many decimal places numbers are compared
    disagrees: why the graph does not answer so yet; the test then fails as soon as it does

A cell is text: an IRI as a CURIE, a date as ISO, empty for nothing. `~word` stands for any cell with that word in it.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from kg.faces.library import Graph as Asked
from kg.graph.graph import Graph
from kg.graph.inputs import Inputs
from kg.graph.names import GRAPHS, Iri, curie
from kg.graph.queries import Queries, SavedQuery

CASES = Path(__file__).parent / "competency"
SHARED = Path(__file__).parents[2] / "shared"
QUERIES = Queries(Inputs.default().queries)

Cells = tuple[str, ...]


@dataclass(frozen=True)
class Case:
    """One question with the rows that answer it."""

    query: str
    number: int
    question: str
    source: Sequence[Mapping[str, Any]]
    columns: Sequence[str]
    params: Mapping[str, str] = field(default_factory=dict)
    rows: Sequence[Cells] | None = None
    contains: Sequence[Cells] = ()
    without: Sequence[Cells] = ()
    ordered: bool = False
    places: int | None = None
    because: str = ""
    disagrees: str = ""

    @property
    def id(self) -> str:
        return f"{self.query}-{self.number}"


def read(path: Path) -> list[Case]:
    """Give the cases of a file; a word that is not one of the above is a TypeError."""
    found: Any = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)  # every cell stays text
    return [Case(query=path.stem, number=number, **prepared(case)) for number, case in enumerate(found, start=1)]


def prepared(case: Mapping[str, Any]) -> dict[str, Any]:
    words = {"source" if word == "from" else word: said for word, said in case.items()}
    for kept in {"rows", "contains", "without"} & words.keys():
        words[kept] = [tuple(row) for row in words[kept]]
    if "places" in words:
        words["places"] = int(words["places"])
    if "ordered" in words:
        words["ordered"] = words["ordered"] == "true"
    return words


ALL = [case for path in sorted(CASES.glob("*.yaml")) for case in read(path)]


def cell(value: Any, places: int | None = None) -> str:
    """Write a value of a result as a case writes it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Iri):
        return curie(value)
    if isinstance(value, float) and places is not None:
        return f"{value:.{places}f}"
    return str(value)


def fits(expected: Cells, given: Cells) -> bool:
    return len(expected) == len(given) and all(
        wanted[1:].casefold() in got.casefold() if wanted.startswith("~") else wanted == got
        for wanted, got in zip(expected, given, strict=True)
    )


def unanswered(expected: Iterable[Cells], given: Sequence[Cells]) -> tuple[list[Cells], list[Cells]]:
    """Give the expected rows that are not given, and the given rows that were not expected."""
    left, missing = list(given), []
    for row in sorted(expected, key=lambda row: sum(wanted.startswith("~") for wanted in row)):
        match = next((got for got in left if fits(row, got)), None)
        if match is None:
            missing.append(row)
        else:
            left.remove(match)
    return missing, left


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(
            case, id=case.id, marks=[pytest.mark.xfail(strict=True, reason=case.disagrees)] if case.disagrees else []
        )
        for case in ALL
    ],
)
def test_the_graph_answers_as_the_sources_do(graph: Graph, case: Case) -> None:
    given = [
        tuple(cell(row[column], case.places) for column in case.columns)
        for row in Asked(graph).query(case.query, case.params)
    ]
    if case.rows is not None:
        assert unanswered(case.rows, given) == ([], []), f"{case.question}\n(missing rows, rows too many)"
        if case.ordered:
            assert all(fits(wanted, got) for wanted, got in zip(case.rows, given, strict=True)), (
                f"{case.question}\n{given}"
            )
    assert unanswered(case.contains, given)[0] == [], f"{case.question}\n(missing rows) among {given}"
    assert [got for row in case.without for got in given if fits(row, got)] == [], (
        f"{case.question}\n(rows that must not be)"
    )


def test_a_case_says_what_it_expects() -> None:
    for case in ALL:
        wide = {len(row) for row in (*(case.rows or ()), *case.contains, *case.without)}
        assert case.question.endswith("?"), case.id
        assert wide <= {len(case.columns)}, f"{case.id}: a row is as wide as `columns`"
        assert case.rows is not None or case.contains or case.without, f"{case.id} expects nothing"
        assert set(case.params) <= set(QUERIES.get(case.query).params), case.id
        assert set(case.columns) <= set(QUERIES.get(case.query).columns), case.id
        assert case.source, f"{case.id} does not say what it was written from"
        assert all(set(one) == {"file", "says"} and one["says"] for one in case.source), case.id


def test_most_queries_have_cases_written_by_hand() -> None:
    assert len({case.query for case in ALL}) >= 15
    assert {path.stem for path in CASES.glob("*.yaml")} <= set(QUERIES.names())


@pytest.mark.skipif(
    not (SHARED / "facts").is_dir(), reason="the source material, ../shared beside the repository, is not here"
)
@pytest.mark.parametrize("case", [pytest.param(case, id=case.id) for case in ALL])
def test_what_a_case_was_written_from_is_there_and_says_so(case: Case) -> None:
    for one in case.source:
        path = SHARED / one["file"]
        assert path.is_file(), f"{case.id}: there is no {one['file']}"
        assert says(path, tuple(one["says"])), f"{case.id}: nothing in {one['file']} says {one['says']}"


@cache
def cells(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.reader(lines))


def says(path: Path, words: tuple[str, ...]) -> bool:
    """Tell whether one row of a table, or a text as a whole, has all these words."""
    if path.suffix == ".csv":
        return any(all(any(word in one for one in row) for word in words) for row in cells(path))
    text = " ".join(path.read_text(encoding="utf-8").split())
    return all(word in text for word in words)


def test_sites_apart_from_their_footprint_are_records_of_their_own(graph: Graph) -> None:
    """A site that was never the whole footprint has its own life; one that was has the footprint's (decision 0004)."""
    asked = Asked(graph)
    apart = {"ics-berkshire-west", "ics-buckinghamshire", "ics-north-cumbria", "acs-blackpool-and-fylde-coast"}
    for key in apart:
        assert {curie(row["kind"]) for row in asked.query("kinds-of", {"body": key})} <= {
            "kind:acs",
            "kind:ics-nonstatutory",
        }
        passed = asked.query("became", {"thing": key, "asOf": "2019-12-31"})
        assert len(passed) == 1, f"{key} was absorbed, once"
        assert curie(passed[0]["receiver"]) not in {f"body:{other}" for other in apart}
    whole = {curie(row["kind"]) for row in asked.query("kinds-of", {"body": "ics-frimley"})}
    assert {"kind:acs", "kind:ics-nonstatutory", "kind:ics-statutory"} <= whole


# Every saved query, whether or not it has cases.

#: What can be asked only of a graph that kg ingest made: tests/publisher/test_national.py does.
NEEDS_A_FILE = frozenset({"records-of", "recorded-successions"})

EVERY = pytest.mark.parametrize("name", QUERIES.names())


def body(query: SavedQuery) -> str:
    """Give the SPARQL without comments and without what stands in quotation marks or angle brackets."""
    lines = [line for line in query.text.splitlines() if not line.startswith("#")]
    return re.sub(r'"[^"]*"|<[^>\s]*>', "", "\n".join(lines))


def projected(query: SavedQuery) -> list[str]:
    """Give the variables of the SELECT in order, with the name that an expression is given."""
    head = re.search(r"\bSELECT\s+(?:DISTINCT\s+)?(.*?)\s*\bWHERE\b", body(query), re.DOTALL)
    assert head, f"{query.name} is no SELECT ... WHERE"
    return re.findall(r"\?(\w+)", re.sub(r"\(.*?\bAS\s+(\?\w+)\s*\)", r"\1", head[1]))


@EVERY
def test_header_is_a_question_with_an_interface(name: str) -> None:
    query = QUERIES.get(name)
    assert query.summary.endswith("?")
    assert query.columns
    assert query.tags
    assert set(query.example) == set(query.params), "an example gives every parameter, and nothing else"
    assert not set(query.params) & set(query.columns)


@EVERY
def test_columns_are_what_is_selected(name: str) -> None:
    query = QUERIES.get(name)
    assert [variable for variable in projected(query) if variable not in query.params] == list(query.columns)


@EVERY
def test_every_parameter_is_projected(name: str) -> None:
    query = QUERIES.get(name)
    assert set(query.params) <= set(projected(query))


@pytest.mark.parametrize("name", QUERIES.names())
def test_example_runs_and_gives_rows_of_the_types_declared(graph: Graph, name: str) -> None:
    query = QUERIES.get(name)
    rows = Asked(graph).query(name, query.example)
    assert rows or name in NEEDS_A_FILE, "an example shows an answer"
    types: dict[str, type | tuple[type, ...]] = {"integer": int, "number": (int, float), "boolean": bool}
    for row in rows:
        assert list(row) == list(query.columns)
        for column, kind in query.columns.items():
            if row[column] is None:
                continue
            assert (
                True if kind == "any"
                else isinstance(row[column], Iri) if kind == "iri"
                else type(row[column]) is str if kind == "text"
                else cell(row[column]) == row[column].isoformat() if kind == "date"
                else isinstance(row[column], types[kind])
            ), f"{column} of {row}"  # fmt: skip


@EVERY
def test_order_is_total_on_every_parameter_example(graph: Graph, name: str) -> None:
    """Rows that tie on everything the query orders by come in any order; there must be none."""
    query = QUERIES.get(name)
    keys = ordered_by(query)
    rows = Asked(graph).query(name, query.example)
    seen = [tuple(cell(row[key]) for key in keys) for row in rows]
    assert len(set(seen)) == len(seen), f"ORDER BY {keys} leaves rows level"


def ordered_by(query: SavedQuery) -> list[str]:
    last = re.search(r"\bORDER BY\b(.*)\Z", body(query), re.DOTALL)
    assert last, f"{query.name} has no ORDER BY"
    return [variable for variable in re.findall(r"\?(\w+)", last[1]) if variable not in query.params]


@EVERY
def test_order_is_by_columns(name: str) -> None:
    query = QUERIES.get(name)
    assert ordered_by(query)
    assert set(ordered_by(query)) <= set(query.columns)


@EVERY
def test_text_is_plain_sparql_with_its_own_prefixes(name: str) -> None:
    query = QUERIES.get(name)
    text = body(query)
    assert not re.search(r"\b(FROM|SERVICE|BASE)\b", text, re.IGNORECASE)
    # A graph is named only to keep to what data/ states, or to tell which graph states something.
    lines = "\n".join(line for line in query.text.splitlines() if not line.startswith("#"))
    named = set(re.findall(r"(?<!\?)\bGRAPH\s+(\S+)", lines, re.IGNORECASE))
    assert named <= {f"<{GRAPHS['curated']}>", f"<{GRAPHS['derived']}>", "?graph"}
    declared = re.findall(r"^PREFIX (\w+):", text, re.MULTILINE)
    used = set(re.findall(r"(?<![\w?:])([A-Za-z]\w*):\w", re.sub(r"^PREFIX .*$", "", text, flags=re.MULTILINE)))
    assert len(declared) == len(set(declared))
    assert used == set(declared), "every prefix used is declared, and none that is not used"
