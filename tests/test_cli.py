"""The command line as people and programs meet it: the real command, in a process of its own."""

from __future__ import annotations

import csv
import importlib
import io
import json
import os
import pty
import random
import re
import select
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import networkx as nx
import pyoxigraph as ox
import pytest
import rdflib
import typer
from jsonschema import Draft202012Validator

from kg import RELEASE
from kg.errors import DataFaults, KgError, NotFound, UsageError
from kg.faces import cli, library
from kg.graph.compiled import compile_into, open_folder
from kg.graph.graph import Graph
from kg.graph.inputs import Inputs
from kg.graph.names import Iri
from kg.graph.store import Results, Row, Solved, Store
from kg.graph.terms import Value
from tests.publisher.office import Office

if TYPE_CHECKING:
    from tests.conftest import CommandLine

ROOT = Path(__file__).parent.parent
DAY = ("--as-of", "2026-11-21")
GUIDE = "001_dc9682f6030096a8.txt"
ESCAPE = "\x1b"
SENSES = {
    "integrated-care-pilot": ("Apr 2009", "2012"),
    "icp-alliance": ("2018", "30 Jun 2022"),
    "icp-provider": ("Aug 2018", "not recorded"),
    "icp-committee": ("since 1 Jul 2022", ""),
}
SITES = [
    "South Yorkshire and Bassetlaw", "Frimley Health and Care", "Dorset", "Bedfordshire, Luton and Milton Keynes",
    "Nottinghamshire", "Lancashire and South Cumbria", "Berkshire West", "Buckinghamshire", "Greater Manchester",
    "Surrey Heartlands", "Gloucestershire", "West Yorkshire and Harrogate", "Suffolk and North East Essex", "North Cumbria",
]  # fmt: skip
COMMANDS = typer.main.get_command(cli.app)
assert isinstance(COMMANDS, typer.core.TyperGroup)
NAMES = sorted(COMMANDS.commands)


def flat(text: str) -> str:
    """A text without its line breaks, which stand where the width of the page put them."""
    return re.sub(r"\s+", " ", text)


def answer(run: CommandLine, *words: str) -> dict[str, Any]:
    """What a question answers, as JSON, on the day that these tests stand on."""
    done = run(*words, *DAY, "--json")
    assert done.err == ""
    printed: dict[str, Any] = json.loads(done.out)
    return printed


# What the answers say


def test_what_did_acs_become(run: CommandLine) -> None:
    done = run("ask", "what did ACS become?", *DAY)
    assert (done.code, done.err) == (0, "")
    text = flat(done.out)
    assert "Accountable care systems (ACS) were renamed integrated care systems" in text
    assert "in February 2018" in text.partition(".")[0]
    assert "the named sites carried over" in text
    assert GUIDE in text
    assert re.search(r"Not the same: .*accountable care organisation \(ACO\).*different thing", text)
    assert "As of 21 November 2026" in text
    assert RELEASE in text


def test_what_did_acs_become_as_json(run: CommandLine) -> None:
    said = answer(run, "ask", "what did ACS become?")
    assert (said["status"], said["intent"], said["outcome"], said["subject"]["key"]) == (
        "answered",
        "became",
        "succeeded",
        "acs",
    )
    first = said["steps"][0]
    assert (first["type"], first["date"], first["precision"], first["lineage"]) == (
        "Renaming",
        "2018-02",
        "month",
        "legal",
    )
    assert [ref["key"] for ref in first["from"]] == ["acs"]
    assert [ref["key"] for ref in first["to"]] == ["ics-nonstatutory"]
    assert len(first["sources"]) >= 2
    assert GUIDE in {source["file"] for source in said["sources"] if source["key"] in first["sources"]}
    assert "ics-statutory" in {result["key"] for result in said["results"]}


def test_aco_became_the_contract_and_never_the_system(run: CommandLine) -> None:
    said = answer(run, "became", "ACO")
    (step,) = said["steps"]
    assert (step["from"][0]["key"], step["to"][0]["key"], step["date"][:7]) == ("aco", "icp-provider", "2018-08")
    assert [result["key"] for result in said["results"]] == ["icp-provider"]
    reached = {ref["key"] for step in said["steps"] for ref in (*step["from"], *step["to"])} | {
        result["key"] for result in said["results"]
    }
    assert reached == {"aco", "icp-provider"}
    assert "integrated care provider" in said["sentence"]
    assert "system" not in said["sentence"]


def test_the_other_reading_of_the_glossary_is_an_alternative_claim(run: CommandLine) -> None:
    said = answer(run, "became", "ACO")
    others = [
        claim for claim in said["claims"] if claim["rank"] == "alternative" and "rcp-guide-2019" in claim["sources"]
    ]
    assert any("integrated care partnership" in claim["text"] for claim in others)
    text = flat(run("became", "ACO", *DAY).out)
    number = next(place for place, source in enumerate(said["sources"], 1) if source["key"] == "rcp-guide-2019")
    assert re.search(rf"Also said[^\[]*integrated care partnership \(ICP, alliance\)[^\[]*\[{number}\]", text)
    assert re.search(rf"\[{number}\] Royal College of Physicians[^\[]*{GUIDE}", text)


def test_an_ambiguous_name_exits_4_with_candidates(run: CommandLine) -> None:
    done = run("ask", "what did ICP become?", *DAY)
    assert (done.code, done.out) == (4, "")
    lines = done.err.splitlines()
    for sense, dates in SENSES.items():
        (line,) = [line for line in lines if line.endswith(f"--sense {sense}")]
        assert "ICP" in line
        assert all(date in line for date in dates)
    assert sum("--sense " in line for line in lines[1:]) == len(SENSES)


@pytest.mark.parametrize("sense", SENSES)
def test_each_sense_that_is_offered_picks_its_own(run: CommandLine, sense: str) -> None:
    done = run("ask", "what did ICP become?", "--sense", sense, *DAY, "--json")
    assert (done.code, done.err) == (0, "")
    assert json.loads(done.out)["subject"]["key"] == sense


def test_what_is_an_icp_explains_them_all(run: CommandLine) -> None:
    done = run("ask", "what is an ICP?", *DAY)
    assert (done.code, done.err) == (0, "")
    text = flat(done.out)
    for said in (
        "pilot of a national programme",
        "an alliance of NHS providers",
        "a contract model",
        "a joint committee",
    ):
        assert said in text
    assert {result["key"] for result in answer(run, "ask", "what is an ICP?")["results"]} == set(SENSES)


def test_an_unknown_name_exits_3_with_suggestions(run: CommandLine) -> None:
    done = run("ask", "what did XYZ become?", *DAY)
    assert (done.code, done.out) == (3, "")
    assert '"XYZ"' in done.err.splitlines()[0]
    assert "Did you mean" in done.err
    assert "--sense " in done.err
    said = json.loads(run("ask", "what did XYZ become?", *DAY, "--json").out)
    assert (said["status"], said["subject"], said["results"], said["steps"]) == ("not_found", None, [], [])
    assert said["candidates"]


def test_how_many_stps_there_were(run: CommandLine) -> None:
    said = answer(run, "ask", "how many STPs were there?")
    seen = {(result["value"], result["date"]) for result in said["results"] if result["measure"] == "count"}
    assert {(44, "2016-03-15"), (42, "2018-08")} <= seen
    assert all(result["sources"] for result in said["results"])
    assert re.search(r"\b44 \(15 March 2016\)", said["sentence"])
    assert re.search(r"\b42 \(August 2018\)", said["sentence"])


def test_a_pcn_is_told_by_policy_and_by_measure_apart(run: CommandLine) -> None:
    said = answer(run, "ask", "how many people does a PCN cover?")
    by = {(result["method"], result["statistic"]): result for result in said["results"]}
    assert (by["policy", "range"]["low"], by["policy", "range"]["high"]) == (30_000, 50_000)
    assert (by["measured", "range"]["low"], by["measured", "range"]["high"], by["measured", "range"]["date"]) == (
        14_605,
        263_827,
        "2020-01",
    )
    policy, measured = said["sentence"].split(";")
    assert "by policy 30,000 to 50,000" in policy
    assert "14,605 to 263,827" in measured
    assert "measured" not in policy
    assert "30,000" not in measured


def test_the_first_fourteen_sites_stand_in_the_order_of_the_guide(run: CommandLine) -> None:
    said = answer(run, "ask", "which were the first 14 ICSs?")
    assert [result["text"] for result in said["results"]] == SITES
    assert [result["position"] for result in said["results"]] == list(range(1, 15))
    assert {result["text"]: result["mark"] for result in said["results"] if result["mark"]} == dict.fromkeys(
        ("Greater Manchester", "Surrey Heartlands"), "devolution deal"
    )
    assert {key for result in said["results"] for key in result["sources"]} == {"rcp-guide-2019"}
    lines = [
        line
        for line in run("ask", "which were the first 14 ICSs?", *DAY).out.splitlines()
        if re.match(r"\s+\d+\. ", line)
    ]
    assert [re.sub(r"^\s+\d+\.\s+(.+?)(?:\s\s.*)?$", r"\1", line) for line in lines] == SITES
    assert [("devolution deal" in line) for line in lines] == [
        site in ("Greater Manchester", "Surrey Heartlands") for site in SITES
    ]


@pytest.mark.parametrize(
    ("name", "key", "first", "into", "when"),
    [
        (
            "Berkshire West ICS",
            "ics-berkshire-west",
            "2017-06-15",
            "ics-buckinghamshire-oxfordshire-and-berkshire-west",
            "2019-06-19",
        ),
        ("North Cumbria ICS", "ics-north-cumbria", "2018-05-24", "ics-north-east-and-north-cumbria", "2019-06-19"),
        (
            "Blackpool and Fylde Coast ACS",
            "acs-blackpool-and-fylde-coast",
            "2017-06-15",
            "ics-lancashire-and-south-cumbria",
            "2018-02",
        ),
    ],
)
def test_a_site_apart_from_its_footprint_gives_dated_and_sourced_steps(
    run: CommandLine, name: str, key: str, first: str, into: str, when: str
) -> None:
    said = answer(run, "became", name)
    assert (said["subject"]["key"], said["outcome"]) == (key, "succeeded")
    assert (said["steps"][0]["type"], said["steps"][0]["date"]) == ("Designation", first)
    (absorbed,) = [step for step in said["steps"] if step["type"] == "Absorption"]
    assert (absorbed["date"], [ref["key"] for ref in absorbed["to"]]) == (when, [into])
    assert all(step["sources"] and step["date"] for step in said["steps"])
    assert [step["date"] for step in said["steps"]] == sorted(step["date"] for step in said["steps"])


# What is refused

REFUSED = {
    "from": ("SELECT * FROM <http://example.org/g> WHERE { ?s ?p ?o }", "FROM"),
    "from-file": ("SELECT * FROM <file:///etc/passwd> WHERE { ?s ?p ?o }", "FROM"),
    "from-named": ("SELECT * FROM NAMED <http://example.org/g> WHERE { GRAPH ?g { ?s ?p ?o } }", "FROM"),
    "from-of-construct": ("CONSTRUCT { ?s ?p ?o } FROM <http://example.org/g> WHERE { ?s ?p ?o }", "FROM"),
    "from-of-ask": ("ASK FROM <http://example.org/g> { ?s ?p ?o }", "FROM"),
    "from-of-describe": ("DESCRIBE ?s FROM <http://example.org/g> WHERE { ?s ?p ?o }", "FROM"),
    "service": ("SELECT * WHERE { SERVICE <http://example.org/sparql> { ?s ?p ?o } }", "SERVICE"),
    "service-silent": ("SELECT * WHERE { SERVICE SILENT <http://example.org/sparql> { ?s ?p ?o } }", "SERVICE"),
    "service-variable": ("SELECT * WHERE { ?e a ?t . SERVICE ?e { ?s ?p ?o } }", "SERVICE"),
    "service-in-subquery": ("SELECT * WHERE { { SELECT ?s WHERE { { SELECT ?s WHERE { SERVICE <http://e.org/> { ?s ?p ?o } } } } } }", "SERVICE"),
    "service-in-exists": ("SELECT * WHERE { ?s ?p ?o FILTER EXISTS { SERVICE <http://e.org/> { ?s ?p ?o } } }", "SERVICE"),
    "service-in-not-exists": ("SELECT * WHERE { ?s ?p ?o FILTER(?o > 1 && NOT EXISTS { SERVICE <http://e.org/> { ?s ?p ?o } }) }", "SERVICE"),
    "service-in-optional": ("SELECT * WHERE { ?s ?p ?o OPTIONAL { OPTIONAL { SERVICE <http://e.org/> { ?s ?p ?o } } } }", "SERVICE"),
    "service-in-union": ("SELECT * WHERE { { ?s ?p ?o } UNION { SERVICE <http://e.org/> { ?s ?p ?o } } }", "SERVICE"),
    "service-in-minus": ("SELECT * WHERE { ?s ?p ?o MINUS { SERVICE <http://e.org/> { ?s ?p ?o } } }", "SERVICE"),
    "service-in-graph": ("SELECT * WHERE { GRAPH ?g { SERVICE <http://e.org/> { ?s ?p ?o } } }", "SERVICE"),
    "service-in-bind": ("SELECT * WHERE { BIND(EXISTS { SERVICE <http://e.org/> { ?s ?p ?o } } AS ?x) }", "SERVICE"),
    "service-in-select": ("SELECT (EXISTS { SERVICE <http://e.org/> { ?s ?p ?o } } AS ?x) WHERE { }", "SERVICE"),
    "service-in-having": ("SELECT ?s WHERE { ?s ?p ?o } GROUP BY ?s HAVING(EXISTS { SERVICE <http://e.org/> { ?s ?p ?o } })", "SERVICE"),
    "service-in-order": ("SELECT ?s WHERE { ?s ?p ?o } ORDER BY (EXISTS { SERVICE <http://e.org/> { ?s ?p ?o } })", "SERVICE"),
    "insert-data": ("INSERT DATA { <http://e.org/a> <http://e.org/b> 1 }", "update"),
    "delete-data": ("DELETE DATA { <http://e.org/a> <http://e.org/b> 1 }", "update"),
    "delete-where": ("DELETE WHERE { ?s ?p ?o }", "update"),
    "modify": ("DELETE { ?s ?p ?o } INSERT { ?s ?p 1 } WHERE { ?s ?p ?o }", "update"),
    "load": ("LOAD <http://example.org/data.ttl>", "update"),
    "load-file": ("LOAD <file:///etc/passwd> INTO GRAPH <http://e.org/g>", "update"),
    "drop": ("DROP ALL", "update"),
    "clear": ("CLEAR DEFAULT", "update"),
    "create": ("CREATE GRAPH <http://e.org/g>", "update"),
    "two-updates": ("DROP ALL ; INSERT DATA { <http://e.org/a> <http://e.org/b> 1 }", "update"),
    "lower-case": ("drop all", "update"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "word"), REFUSED.values(), ids=REFUSED)
def test_a_query_that_is_not_about_this_graph_is_refused(asked: library.Graph, text: str, word: str) -> None:
    with pytest.raises(UsageError) as refused:
        asked.sparql(text)
    said = str(refused.value)
    assert word in said.partition(".")[0]
    assert "\n" not in said
    assert said.endswith(".")
    assert len(said) < 200


@pytest.mark.parametrize("name", ["from-named", "service-in-exists", "insert-data", "drop"])
def test_the_command_refuses_it_too(run: CommandLine, name: str) -> None:
    text, word = REFUSED[name]
    done = run("sparql", "-", stdin=text)
    assert (done.code, done.out) == (2, "")
    assert word in done.err
    assert len(done.err.splitlines()) == 1


def test_words_that_are_only_text_are_not_refused(asked: library.Graph) -> None:
    for text in (
        'SELECT ("FROM <x> SERVICE <y> DROP ALL" AS ?words) WHERE { }',
        "SELECT ?service WHERE { BIND(1 AS ?service) } # FROM <x> SERVICE <y>",
        "SELECT ?from WHERE { BIND(<http://example.org/SERVICE/FROM> AS ?from) }",
    ):
        names, found = asked.sparql(text)
        assert isinstance(found, list)
        assert (len(names), len(found)) == (1, 1)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("SELECT * WHERE {\n  ?s ?p ?o .\n  ?s ?p }\n", 3),
        ("SELEKT * WHERE { ?s ?p ?o }", 1),
        ("SELECT * WHERE { ?s ?p ?o", 1),
    ],
    ids=["a-missing-object", "a-misspelt-word", "a-missing-bracket"],
)
def test_a_syntax_error_says_its_line_and_column(run: CommandLine, text: str, line: int) -> None:
    done = run("sparql", "-", stdin=text)
    assert (done.code, done.out) == (2, "")
    assert re.search(rf"\bline {line}, column \d+", done.err)
    assert "not SPARQL" in done.err


@pytest.mark.parametrize("text", ["", "   \n", "# nothing but a comment\n"], ids=["empty", "blank", "comment"])
def test_no_query_at_all_is_not_called_an_update(asked: library.Graph, text: str) -> None:
    with pytest.raises(UsageError) as refused:
        asked.sparql(text)
    assert "update" not in str(refused.value)


def test_an_unknown_prefix_is_a_fault_of_the_query(run: CommandLine) -> None:
    done = run("sparql", "-", stdin="SELECT * WHERE { ?s nowhere:is ?o }")
    assert (done.code, done.out) == (2, "")
    assert "nowhere" in done.err


def test_sparql_from_a_file(run: CommandLine, tmp_path: Path) -> None:
    path = tmp_path / "how-many.rq"
    path.write_text(
        "PREFIX nis: <https://w3id.org/nhs-integration/ontology#>\nSELECT (COUNT(*) AS ?kinds) WHERE { ?k a nis:Kind }\n"
    )
    done = run("sparql", str(path), "--format", "csv")
    assert done.code == 0
    assert next(csv.DictReader(io.StringIO(done.out)))["kinds"].isdigit()
    missing = run("sparql", str(tmp_path / "none.rq"))
    assert (missing.code, missing.out) == (5, "")
    assert "none.rq" in missing.err


# Hostile input

HOSTILE = [
    '" } ; DROP ALL #', "<x> . }", "'; DROP TABLE name; --", "Ünïcödé — 日本語 🏥", "\u202eabc\u200b\ufeff", "\x01\x07\x08\x7f",
    f"{ESCAPE}[31mred", "NEAR(", "NEAR(a b, 2)", "*", '"', '""', 'a" OR "b', "text:zzz", "a AND NOT b", "^zzz", "-zzz", "{zzz", "(.*)+$",
    "[a-z", "\\", "\\d+", "(((((", "%", "_", "?x", "<http://example.org/x>", "${HOME}", "{0}", "%s", "kind:no-such-kind", "../../etc/passwd",
    "x" * 10_000, "zz " * 3_333,
]  # fmt: skip


@dataclass
class Recording:
    """A store that remembers what was asked of it."""

    inner: Store
    asked: list[str] = field(default_factory=list)
    bound: list[Value] = field(default_factory=list)

    def select(self, query: str, **bindings: Value) -> list[Row]:
        self.asked.append(query)
        self.bound.extend(bindings.values())
        return self.inner.select(query, **bindings)

    def query(self, query: str, **bindings: Value) -> tuple[list[str], Results]:
        self.asked.append(query)
        self.bound.extend(bindings.values())
        return self.inner.query(query, **bindings)

    def solved(self, query: str, default: Sequence[str] | None = None, named: Sequence[str] | None = None) -> Solved:
        self.asked.append(query)
        return self.inner.solved(query, default, named)

    def statements(self, iri: Iri) -> list[tuple[Iri, Value]]:
        self.bound.append(iri)
        return self.inner.statements(iri)


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: ascii(text[:20]))
def test_hostile_text_is_a_name_like_any_other(graph: Graph, text: str) -> None:
    store = Recording(graph.store)
    hostile = library.Graph(replace(graph, store=store))
    assert all(result.mark for result in hostile.find(text, as_of="2026-11-21").results)
    for method in (hostile.became, hostile.before, hostile.members, hostile.show):
        said = method(text, as_of="2026-11-21")
        assert said.status == "not_found"
        assert said.sentence
    assert hostile.ask(f"what did {text} become?", as_of="2026-11-21").status == "not_found"
    with pytest.raises(NotFound):
        hostile.query("became", {"thing": text}, as_of="2026-11-21")
    with pytest.raises(UsageError):
        hostile.query(text, {}, as_of="2026-11-21")
    with pytest.raises(UsageError):
        hostile.query("became", {text: "acs"}, as_of="2026-11-21")
    with pytest.raises(UsageError):
        hostile.ask(text, as_of="2026-11-21")
    files = {path.read_text(encoding="utf-8") for path in Inputs.default().queries.glob("*.rq")}
    assert set(store.asked) <= files
    assert text not in store.bound


def test_a_saved_query_that_finds_something_is_still_the_one_in_the_file(graph: Graph) -> None:
    store = Recording(graph.store)
    library.Graph(replace(graph, store=store)).query("became", {"thing": "ACS"}, as_of="2026-11-21")
    assert (Inputs.default().queries / "became.rq").read_text(encoding="utf-8") in store.asked


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("ask", 'what did " } ; DROP ALL # become?'), 3),
        (("query", "became", "thing=<x> . }"), 3),
        (("find", f"{ESCAPE}[31mzzzzqqqq"), 3),
        (("query", "NEAR("), 2),
        (("became", "x" * 10_000), 3),
        (("ask", "colourless " * 900), 2),
        (("query", "became", "thing=" + "x" * 10_000), 3),
    ],
    ids=lambda value: ascii(" ".join(value)[:24]) if isinstance(value, tuple) else "",
)
def test_hostile_text_on_the_command_line(run: CommandLine, words: tuple[str, ...], code: int) -> None:
    done = run(*words)
    assert (done.code, done.out) == (code, "")
    assert "Traceback" not in done.err
    assert ESCAPE not in done.err
    assert len(done.err) < 2_000, "a message must stay readable whatever was given"


def test_a_name_does_not_paint_the_terminal_of_who_reads_the_message(run: CommandLine) -> None:
    assert f"{ESCAPE}[31m" not in on_a_terminal(run, "became", f"{ESCAPE}[31mred")


def test_bytes_that_are_no_text_leave_no_traceback(run: CommandLine) -> None:
    for words in ((b"find", b"\xff\xfe"), (b"ask", b"what did \xff become?"), (b"query", b"became", b"thing=\xff")):
        done = run(*words)
        assert "Traceback" not in done.err
        assert done.code in (2, 3)
        assert done.out == ""


# Exit codes, streams and errors

ERRORS: Mapping[str, tuple[int, tuple[str, ...]]] = {
    "unreadable sentence": (2, ("ask", "colourless green ideas")),
    "a day that is none": (2, ("became", "ACS", "--as-of", "soon")),
    "an unknown format": (2, ("became", "ACS", "--format", "xml")),
    "an unknown command": (2, ("becme", "ACS")),
    "no name": (2, ("became",)),
    "a sense that is none": (2, ("became", "ICP", "--sense", "aco")),
    "an unknown query": (2, ("query", "becme")),
    "a parameter without its value": (2, ("query", "became", "acs")),
    "an empty name": (2, ("became", "")),
    "a name of spaces": (2, ("find", "  ")),
    "an empty sense": (2, ("became", "ICP", "--sense", "")),
    "an empty folder": (2, ("count", "CCG", "--store=")),
    "an empty file": (2, ("reconcile", "")),
    "an empty parameter": (2, ("query", "became", "thing=")),
    "an address of no web": (2, ("became", "ACS", "--store", "ftp://example.org/sparql")),
    "a password in an address": (2, ("became", "ACS", "--store", "https://me:secret@example.org/sparql")),
    "an engine that is not there": (5, ("became", "ACS", "--store", "http://127.0.0.1:1/sparql")),
    "an export without a format": (2, ("export", "-o", "graph.xyz")),
    "an export to a format that is none": (2, ("export", "-o", "-", "--to", "excel")),
    "an unknown name": (3, ("became", "XYZ")),
    "an unknown parameter value": (3, ("query", "became", "thing=xyzzy")),
    "an address that is not of this graph": (3, ("query", "became", "thing=kind:no-such-kind")),
    "several of that name": (4, ("became", "ICP")),
    "several of that name, as a parameter": (4, ("query", "became", "thing=ICP")),
    "a folder that is no graph": (5, ("became", "ACS", "--store", ".")),
    "a folder that is not there": (5, ("became", "ACS", "--store", "nowhere")),
    "an export into no folder": (5, ("export", "-o", "nowhere/graph.nq")),
}


@pytest.mark.parametrize(("code", "words"), ERRORS.values(), ids=ERRORS)
def test_an_error_is_one_paragraph_without_traceback(run: CommandLine, code: int, words: tuple[str, ...]) -> None:
    done = run(*words)
    assert done.code == code
    assert done.out == ""
    assert "Traceback" not in done.err
    assert ESCAPE not in done.err
    assert done.err.endswith("\n")
    assert not done.err.startswith("\n")
    if code != 4 and words[0] != "becme" and "Did you mean" not in done.err and not done.err.startswith("Usage:"):
        assert "\n\n" not in done.err.strip()
    assert len(done.err.splitlines()) <= 12


@pytest.mark.parametrize(
    ("form", "name", "code"),
    [("json", "XYZ", 3), ("csv", "XYZ", 3), ("json", "ICP", 4), ("csv", "ICP", 4), ("markdown", "ICP", 4)],
)
def test_each_exit_code_is_the_same_in_every_format(run: CommandLine, form: str, name: str, code: int) -> None:
    done = run("became", name, *DAY, "--format", form)
    assert done.code == code
    assert bool(done.out) is (form == "json"), "only JSON has a place for an answer that could not be given"
    assert bool(done.err) is (form != "json")


def test_unknown_is_an_answer(run: CommandLine) -> None:
    for question, says in (
        ("why are ICBs merging?", "not a question this graph answers"),
        ("what criteria decide which ICBs merge?", "not something this graph records"),
    ):
        done = run("ask", question, *DAY)
        assert (done.code, done.err) == (0, "")
        assert says in done.out


def test_data_to_stdout_messages_to_stderr(run: CommandLine) -> None:
    given = run("became", "ACS", *DAY, "--json")
    assert (given.code, given.err) == (0, "")
    assert json.loads(given.out)["status"] == "answered"
    failed = run("became", "XYZ", *DAY)
    assert (failed.code, failed.out) == (3, "")
    assert failed.err


def test_a_reader_that_goes_away_is_no_error(run: CommandLine) -> None:
    command = subprocess.Popen(
        [sys.executable, "-m", "kg", "export", "-o", "-", "--to", "n-quads"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=run.cwd, env=run.environment(),
    )  # fmt: skip
    assert command.stdout is not None
    assert command.stderr is not None
    with command:
        assert len(command.stdout.read(10)) == 10
        command.stdout.close()
        said = command.stderr.read()
    assert said == b""
    assert command.returncode == 0


# Formats


@pytest.mark.parametrize(
    "words",
    [
        *((name, "ACS", *DAY) for name in ("became", "before", "lineage", "members", "memberships", "show", "find")),
        ("ask", "what did ICP become?", *DAY), ("became", "XYZ", *DAY), ("queries",), ("query", "became", "thing=acs"),
    ],
    ids=lambda words: " ".join(words[:2]),
)  # fmt: skip
def test_json_is_valid_against_the_schema(run: CommandLine, words: tuple[str, ...]) -> None:
    schema = json.loads((Path(library.__file__).parent / "contract.schema.json").read_text(encoding="utf-8"))
    printed = json.loads(run(*words, "--format", "json").out)
    assert [fault.message for fault in Draft202012Validator(schema).iter_errors(printed)] == []


@pytest.mark.parametrize(
    ("words", "columns", "at_least"),
    [
        (("became", "ACS", *DAY), {"date", "from_key", "to_key", "sources", "release"}, 4),
        (("members", "Berkshire West ICS", "--as-of", "2019-06-01"), {"key", "role", "sources", "release"}, 4),
        (("members", "NHS Frimley ICB", "--kind", "sub-ICB location", "--as-of", "2024-06-30"), {"key", "role"}, 1),
        (("ask", "which were the first 14 ICSs?", *DAY), {"position", "text", "mark"}, 14),
        (("find", "ICP", *DAY), {"key", "label"}, 4),
        (("queries",), {"name", "params", "question"}, 30),
        (("query", "listing", "list=rcp-guide-2019-ics-sites"), {"position", "thing", "printed", "mark"}, 14),
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) else "",
)
def test_csv_can_be_parsed(run: CommandLine, words: tuple[str, ...], columns: set[str], at_least: int) -> None:
    done = run(*words, "--format", "csv")
    assert (done.code, done.err) == (0, "")
    lines = list(csv.reader(io.StringIO(done.out), strict=True))
    assert columns <= set(lines[0])
    assert len(lines) - 1 >= at_least
    assert {len(line) for line in lines} == {len(lines[0])}
    assert "None" not in {cell for line in lines for cell in line}


def test_markdown_is_a_table_of_the_steps(run: CommandLine) -> None:
    done = run("became", "ACS", *DAY, "--format", "markdown")
    table = [line for line in done.out.splitlines() if line.startswith("|")]
    assert len(table) == 2 + len(answer(run, "became", "ACS")["steps"])
    assert set(table[1]) <= set("| -")
    assert {line.replace("\\|", "").count("|") for line in table} == {table[0].count("|")}
    assert done.out.startswith("**Accountable care systems")


@pytest.mark.parametrize("form", ["text", "csv", "markdown"])
def test_every_format_cites(run: CommandLine, form: str) -> None:
    out = run("became", "ACS", *DAY, "--format", form).out
    assert ("rcp-guide-2019" in out) if form == "csv" else (GUIDE in out)
    assert RELEASE in out


def test_nothing_is_painted_where_no_terminal_is(run: CommandLine) -> None:
    for words in (
        ("became", "ACS", *DAY),
        ("ask", "what did ICP become?", *DAY),
        ("became", "XYZ", *DAY),
        ("--help",),
        ("became", "--help"),
        ("queries",),
    ):
        done = run(*words, TERM="xterm-256color", FORCE_COLOR="1" if words[0] == "became" else "")
        assert ESCAPE not in done.out + done.err


def on_a_terminal(run: CommandLine, *words: str, **env: str) -> str:
    """What a person at a terminal sees."""
    ours, theirs = pty.openpty()
    command = subprocess.Popen(
        [sys.executable, "-m", "kg", *words], stdin=theirs, stdout=theirs, stderr=theirs, cwd=run.cwd, env=run.environment(TERM="xterm-256color", **env), close_fds=True,
    )  # fmt: skip
    os.close(theirs)
    seen = b""
    with command:
        while select.select([ours], [], [], 30)[0]:
            try:
                part = os.read(ours, 65536)
            except OSError:  # the other end is closed
                break
            if not part:
                break
            seen += part
    os.close(ours)
    return seen.decode()


def test_a_terminal_gets_colour_unless_it_asks_for_none(run: CommandLine) -> None:
    painted = on_a_terminal(run, "became", "ACS", *DAY)
    assert f"{ESCAPE}[1m" in painted
    assert f"{ESCAPE}[0m" in painted
    plain = on_a_terminal(run, "became", "ACS", *DAY, NO_COLOR="1")
    assert ESCAPE not in plain
    assert flat(re.sub(r"\x1b\[[0-9;]*m", "", painted)) == flat(plain)
    assert json.loads(on_a_terminal(run, "became", "ACS", *DAY, "--json"))["status"] == "answered"


# Help, completion and documentation

#: The installed command is named kg; `python -m kg` gives itself the same name.
AS_KG = "import sys; sys.argv[0] = 'kg'; from kg.faces.cli import main; main()"


@pytest.mark.parametrize(
    ("shell", "more"),
    [
        ("bash", {"COMP_WORDS": "kg ", "COMP_CWORD": "1"}),
        ("zsh", {"_TYPER_COMPLETE_ARGS": "kg "}),
        ("fish", {"_TYPER_COMPLETE_ARGS": "kg ", "_TYPER_COMPLETE_FISH_ACTION": "get-args"}),
    ],
)
def test_a_shell_completes_the_commands(run: CommandLine, shell: str, more: dict[str, str]) -> None:
    done = subprocess.run(
        [sys.executable, "-c", AS_KG],
        env=run.environment(_KG_COMPLETE=f"complete_{shell}", **more),
        cwd=run.cwd,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0
    assert set(NAMES) <= set(re.findall(r"[a-z]+", done.stdout))
    assert "Traceback" not in done.stderr


def test_a_shell_completes_the_options_of_a_command(run: CommandLine) -> None:
    done = subprocess.run(
        [sys.executable, "-c", AS_KG], env=run.environment(_KG_COMPLETE="complete_bash", COMP_WORDS="kg became --", COMP_CWORD="2"), cwd=run.cwd,
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert {"--as-of", "--format", "--json", "--store", "--sense"} <= set(done.stdout.split())


def test_the_commands_are_those_of_the_architecture() -> None:
    assert {
        "ask",
        "became",
        "before",
        "lineage",
        "members",
        "memberships",
        "show",
        "find",
        "query",
        "queries",
        "sparql",
        "build",
        "check",
        "export",
    } <= set(NAMES)


def test_each_command_is_found_where_the_table_of_commands_says() -> None:
    for module, words in cli.COMMANDS.items():
        commands = importlib.import_module(f"kg.faces.cli.{module}").commands
        found = [command.callback.__name__ for command in commands.registered_commands]
        assert (*found, *(group.name for group in commands.registered_groups)) == words


@pytest.mark.parametrize(("module", "word"), [(module, words[-1]) for module, words in cli.COMMANDS.items()])
def test_only_the_module_of_the_command_that_is_asked_is_read(module: str, word: str) -> None:
    script = f"import sys; from kg.faces import cli; cli.assemble({word!r}); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, encoding="utf-8", check=True)
    read = {name.rpartition(".")[2] for name in done.stdout.split() if name.startswith("kg.faces.cli.")}
    assert read & set(cli.COMMANDS) == {module}


@pytest.mark.parametrize("name", NAMES)
def test_every_command_has_help_and_is_documented(name: str) -> None:
    assert isinstance(COMMANDS, typer.core.TyperGroup)
    command = COMMANDS.commands[name]
    inner = command.commands.values() if isinstance(command, typer.core.TyperGroup) else ()
    for each in (command, *inner):
        assert each.help
        assert each.help.endswith(".")
        for param in each.params:
            assert getattr(param, "help", None), f"{name} {each.name} {param.name} has no help"
    pages = [
        path.read_text(encoding="utf-8") for path in (ROOT / "README.md", ROOT / "docs" / "cli.md") if path.is_file()
    ]
    assert any(re.search(rf"\bkg {name}\b", page) for page in pages)


def test_help_of_one_command_and_of_all(run: CommandLine) -> None:
    whole = run("--help")
    assert (whole.code, whole.err) == (0, "")
    assert set(NAMES) <= set(re.findall(r"^  ([a-z]+)  ", whole.out, re.MULTILINE))
    one = run("became", "-h")
    assert (one.code, one.err) == (0, "")
    assert "--as-of" in one.out
    assert flat(one.out).startswith("Usage: ")
    assert (run().code, run().out) == (2, "")
    assert run("--version").out == f"kg {RELEASE}\n"


# Build, store and export


@pytest.fixture(scope="module")
def built(graph: Graph, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the graph that this run has compiled already: a build takes seconds.

    A server of another test may have written what it gives for download beside it.
    """
    folder = tmp_path_factory.mktemp("built") / "graph"
    shutil.copytree(graph.n_quads.parent, folder, ignore=shutil.ignore_patterns("files", "*.lock", "*.part"))
    return folder


def contents(folder: Path) -> dict[str, bytes]:
    return {name: (folder / name).read_bytes() for name in ("graph.nq", "names.sqlite", "manifest.json")}


def test_two_builds_give_the_same_bytes(run: CommandLine, built: Path, tmp_path: Path) -> None:
    again = tmp_path / "again"
    shutil.copytree(built, again)
    (again / "graph.nq").write_bytes(b"to be replaced")
    done = run("build", "--store", str(again), PYTHONHASHSEED="7", TZ="Asia/Tokyo", LC_ALL="C")
    assert (done.code, done.out) == (0, "")
    assert str(again) in done.err
    assert contents(again) == contents(built)
    for folder in (built, again):
        assert sorted(path.name for path in folder.iterdir()) == ["graph.nq", "manifest.json", "names.sqlite", "store"]
        assert [path.name for path in folder.parent.iterdir()] == [folder.name]


def test_a_build_at_a_new_place_is_one_that_can_be_asked(run: CommandLine, few: Inputs, tmp_path: Path) -> None:
    folder = tmp_path / "new" / "graph"
    done = Office(few, run.cache).kg("build", "--store", folder)
    assert (done.code, done.out) == (0, "")
    assert str(folder) in done.err
    assert [path.name for path in folder.parent.iterdir()] == ["graph"]
    assert run("became", "ACS", *DAY, "--store", str(folder)).code == 0


def test_a_store_can_be_asked_from_anywhere(run: CommandLine, built: Path, tmp_path: Path) -> None:
    usual = run("became", "ACS", *DAY)
    for done in (
        run("became", "ACS", *DAY, "--store", str(built), cwd=tmp_path),
        run("became", "ACS", *DAY, "--store", built.name, cwd=built.parent),
        run("became", "ACS", *DAY, cwd=Path("/"), KG_STORE=str(built)),
        run("became", "ACS", *DAY, "--store", str(built), KG_CACHE="/dev/null/nowhere"),
    ):
        assert done == usual


@pytest.mark.parametrize("gone", ["manifest.json", "names.sqlite", "store"])
def test_a_store_with_a_part_missing_says_so(run: CommandLine, built: Path, tmp_path: Path, gone: str) -> None:
    broken = tmp_path / "broken"
    shutil.copytree(built, broken)
    (shutil.rmtree if (broken / gone).is_dir() else Path.unlink)(broken / gone)
    done = run("became", "ACS", "--store", str(broken))
    assert (done.code, done.out) == (5, "")
    assert str(broken) in done.err
    assert "kg build" in done.err
    assert len(done.err.splitlines()) == 1


def test_a_store_whose_files_are_damaged_says_so(run: CommandLine, built: Path, tmp_path: Path) -> None:
    for number, (name, data) in enumerate(
        (
            ("manifest.json", b"{"),
            ("manifest.json", b"[]"),
            ("manifest.json", b"{}"),
            ("names.sqlite", b"not a database at all" * 99),
        )
    ):
        broken = tmp_path / f"broken-{number}"
        shutil.copytree(built, broken)
        (broken / name).write_bytes(data)
        done = run("became", "ACS", "--store", str(broken))
        assert "Traceback" not in done.err, f"{name} holding {data[:5]!r}"
        assert (done.code, done.out) == (5, "")


def test_one_lost_file_of_the_engine_says_so(run: CommandLine, built: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    shutil.copytree(built, broken)
    tables = sorted((broken / "store").glob("*.sst"))
    assert tables
    for table in tables:
        table.unlink()
    done = run("became", "ACS", "--store", str(broken))
    assert "Traceback" not in done.err
    assert (done.code, done.out) == (5, "")


def test_a_cache_that_cannot_be_written_says_what_to_do(run: CommandLine) -> None:
    done = run("became", "ACS", KG_CACHE="/dev/null/nowhere")
    assert (done.code, done.out) == (5, "")
    assert "KG_CACHE" in done.err
    assert "Traceback" not in done.err


def test_a_build_does_not_overwrite_other_things(run: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    done = run("build", "--store", str(tmp_path))
    assert (done.code, done.out) == (5, "")
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]
    advice = run("became", "ACS", "--store", str(tmp_path)).err
    assert f"kg build --store {tmp_path}" not in advice, "it would be refused"


def copied(place: Path) -> Inputs:
    for name in ("data", "ontology", "queries"):
        shutil.copytree(ROOT / name, place / name)
    return Inputs(place)


def test_the_order_of_rows_does_not_matter(built: Path, tmp_path: Path) -> None:
    inputs = copied(tmp_path / "root")
    chance = random.Random(2018)
    moved = 0
    for path in sorted(inputs.data.glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            header, *lines = list(csv.reader(file))
        shuffled = chance.sample(lines, len(lines))
        moved += shuffled != lines
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows([header, *shuffled])
    assert moved > 10
    compile_into(tmp_path / "graph", inputs)
    assert (tmp_path / "graph" / "graph.nq").read_bytes() == (built / "graph.nq").read_bytes()


def test_a_failed_build_leaves_the_old_graph_whole(run: CommandLine, built: Path, tmp_path: Path) -> None:
    folder = tmp_path / "graph"
    shutil.copytree(built, folder)
    inputs = copied(tmp_path / "root")
    with (inputs.data / "kinds.csv").open("a", encoding="utf-8") as file:
        file.write("nonsense\n")
    with pytest.raises(DataFaults):
        compile_into(folder, inputs)
    assert contents(folder) == contents(built)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["graph", "root"]
    assert run("became", "ACS", *DAY, "--store", str(folder)).code == 0


def test_a_build_that_fails_at_the_last_moment_leaves_the_old_graph_whole(
    few: Inputs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "graph"
    compile_into(folder, few)
    before = contents(folder)
    rename = Path.rename

    def fails(path: Path, target: Path) -> Path:
        if target == folder:
            raise OSError(28, "No space left on device")
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", fails)
    with pytest.raises((KgError, OSError)):
        compile_into(folder, few)
    monkeypatch.undo()
    assert open_folder(folder).names.exact("ACS"), (
        "what was set aside is put back when it is next opened, if not before"
    )
    assert contents(folder) == before


def test_a_killed_build_leaves_the_old_graph_whole(run: CommandLine, built: Path, tmp_path: Path) -> None:
    folder = tmp_path / "graph"
    shutil.copytree(built, folder)
    command = subprocess.Popen(
        [sys.executable, "-m", "kg", "build", "--store", str(folder)],
        env=run.environment(),
        cwd=run.cwd,
        stderr=subprocess.DEVNULL,
    )
    with command:
        patience = time.monotonic() + 30
        while not list(tmp_path.glob(".graph-*/graph.nq")) and command.poll() is None and time.monotonic() < patience:
            time.sleep(0.001)
        command.kill()
    assert command.returncode == -9
    assert contents(folder) == contents(built)
    done = run("became", "ACS", *DAY, "--store", str(folder))
    assert (done.code, done.err) == (0, "")


def test_first_use_works_from_any_directory(run: CommandLine, tmp_path: Path) -> None:
    cache = tmp_path / "new" / "cache"
    first, again = (run("ask", "what did ACS become?", *DAY, cwd=Path("/"), KG_CACHE=str(cache)) for _ in range(2))
    assert first.code == 0
    assert "integrated care systems" in first.out
    assert len(first.err.splitlines()) == 1
    assert "Compiling" in first.err
    assert (again.code, again.out, again.err) == (0, first.out, "")
    (folder,) = cache.iterdir()
    assert re.fullmatch(r"graph-[0-9a-f]{16}", folder.name)


def test_two_first_uses_at_once_both_answer(run: CommandLine, few: Inputs, tmp_path: Path) -> None:
    office = Office(few, tmp_path)
    commands = [
        subprocess.Popen(
            office.command("became", "ACS", *DAY), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=run.cwd,
            env=office.environment(),
        )
        for _ in range(2)
    ]  # fmt: skip
    said = [command.communicate(timeout=60) for command in commands]
    assert [command.returncode for command in commands] == [0, 0]
    assert any("Compiling" in err for _, err in said)
    assert [path.name for path in tmp_path.iterdir()] == [f"graph-{few.fingerprint[:16]}"]
    (folder,) = tmp_path.iterdir()
    assert said[0][0] == said[1][0] == run("became", "ACS", *DAY, "--store", str(folder)).out
    assert "integrated care systems" in said[0][0]


def exported(run: CommandLine, folder: Path, small: Path) -> Iterator[tuple[str, Path]]:
    for ending in ("ttl", "jsonld", "nq", "graphml", "csv"):
        path = folder / f"graph.{ending}"
        done = run("export", "-o", str(path), *(("--store", str(small)) if ending in ("ttl", "jsonld") else ()))
        assert (done.code, done.out) == (0, "")
        assert path.name in done.err
        yield ending, path


def test_every_export_can_be_read_back(run: CommandLine, tmp_path: Path, graph: Graph, few: Inputs) -> None:
    """Every statement of a graph of few bodies comes back from Turtle and JSON-LD, read by another library than wrote them.

    Of the whole graph the other formats are read: rdflib takes a minute to read all of it as either of the two.
    """
    compile_into(tmp_path / "small", few)
    files = dict(exported(run, tmp_path, tmp_path / "small"))
    merged = {quad.triple for quad in ox.parse(path=tmp_path / "small" / "graph.nq", format=ox.RdfFormat.N_QUADS)}
    assert len(merged) > 10_000
    for ending, form in (("ttl", "turtle"), ("jsonld", "json-ld")):
        read = rdflib.Graph().parse(files[ending], format=form).serialize(format="nt", encoding="utf-8")
        assert {quad.triple for quad in ox.parse(input=read, format=ox.RdfFormat.N_TRIPLES)} == merged, ending
    assert files["nq"].read_bytes() == graph.n_quads.read_bytes()
    network = nx.read_graphml(files["graphml"], force_multigraph=True)
    with files["csv"].open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, strict=True))
    assert len(rows) > 100
    assert {"date", "event", "from_key", "to_key"} <= set(rows[0])
    assert {row["from_key"] for row in rows} | {row["to_key"] for row in rows} <= {
        str(node).rsplit("/", 1)[-1] for node in network
    }
    assert network.number_of_edges() == len(rows)
    assert ("acs", "ics-nonstatutory", "2018-02-01") in {(row["from_key"], row["to_key"], row["date"]) for row in rows}


def test_an_export_to_standard_output_is_the_file(run: CommandLine, graph: Graph) -> None:
    done = run("export", "-o", "-", "--to", "n-quads")
    assert (done.code, done.err) == (0, "")
    assert done.out.encode() == graph.n_quads.read_bytes()


def test_an_export_that_fails_leaves_the_old_file(run: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "graph.csv").write_text("old")
    done = run("export", "-o", str(tmp_path / "graph.csv"), "--to", "excel")
    assert (done.code, done.out) == (2, "")
    assert (tmp_path / "graph.csv").read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["graph.csv"]


def test_what_is_said_twice_is_not_chosen_between(run: CommandLine) -> None:
    for words, says in (
        (("query", "members", "body=ics-frimley", "body=ics-dorset"), "given twice"),
        (("became", "ACS", "--json", "--format", "csv"), "two formats at once"),
    ):
        done = run(*words)
        assert (done.code, done.out) == (2, "")
        assert says in done.err


def test_a_file_that_cannot_be_read_is_bad_input(run: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "latin.rq").write_bytes("# caf\xe9".encode("latin-1"))
    for name in ("nowhere.rq", "latin.rq"):
        done = run("sparql", str(tmp_path / name))
        assert (done.code, done.out) == (5, "")
        assert name in done.err
        assert "cannot be read" in done.err
