"""The API: the same answers as the library, in every form, and every fault as a problem that says what to do."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl

import pytest
import typer.main
from jsonschema import Draft202012Validator

from kg.faces import cli, library
from kg.faces.serve import api, verbs
from kg.faces.serve.answering import answered
from kg.faces.serve.exchange import Asked, Reply, Site
from kg.faces.serve.routes import ROUTES

Gets = Callable[..., Reply]


@pytest.fixture(scope="module")
def contract() -> Draft202012Validator:
    """The contract of what kg prints as JSON, which is that of the API."""
    return Draft202012Validator(json.loads(Path(library.__file__).with_name("contract.schema.json").read_text()))


@pytest.fixture(scope="module")
def get(asked: library.Graph) -> Gets:
    """Asks for an address of the API, as the server does."""
    site = Site(asked, home="https://example.org/kg")

    def ask(address: str, accept: str = "application/json") -> Reply:
        path, _, query = address.partition("?")
        for route in ROUTES:
            shape, parts = route.pattern.strip("/").split("/"), path.strip("/").split("/")
            if len(shape) == len(parts) and all(
                word in (part, "{verb}", "{name}") for word, part in zip(shape, parts, strict=True)
            ):
                named = {word[1:-1]: part for word, part in zip(shape, parts, strict=True) if word.startswith("{")}
                given = tuple(parse_qsl(query, keep_blank_values=True))
                return answered(site, route, Asked(path, parts=named, query=given, headers={"accept": accept}))
        raise AssertionError(f"no route to {path}")

    return ask


#: Addresses with the call of the library that gives the same answer.
SAME: Final[dict[str, Callable[[library.Graph], Any]]] = {
    "/api/became?name=ACS&as_of=2026-11-22": lambda g: g.became("ACS", as_of="2026-11-22"),
    "/api/became?name=10G&only=legal&as_of=2026-11-22": lambda g: g.became("10G", only="legal", as_of="2026-11-22"),
    "/api/before?name=ICS&sense=ics-statutory&as_of=2026-11-22": lambda g: g.before("ICS", sense="ics-statutory", as_of="2026-11-22"),
    "/api/lineage?name=15D&level=organisation&as_of=2026-11-22": lambda g: g.lineage("15D", level="organisation", as_of="2026-11-22"),
    "/api/members?name=Berkshire+West&as_of=2018-06-01": lambda g: g.members("Berkshire West", as_of="2018-06-01"),
    "/api/members?name=NHS+Frimley+ICB&kind=PCN&as_of=2024-06-30": lambda g: g.members("NHS Frimley ICB", kind="PCN", as_of="2024-06-30"),
    "/api/memberships?name=15A&as_of=2021-04-01": lambda g: g.memberships("15A", as_of="2021-04-01"),
    "/api/timeline?name=NHS+Frimley+ICB&as_of=2026-11-22": lambda g: g.timeline("NHS Frimley ICB", as_of="2026-11-22"),
    "/api/count?kind=CCG&by=region&as_of=2021-04-01": lambda g: g.count("CCG", by="region", as_of="2021-04-01"),
    "/api/population?name=CCG&by=region&as_of=2021-04-01": lambda g: g.population("CCG", by="region", as_of="2021-04-01"),
    "/api/population?name=ICS&from=ACS&measure=population": lambda g: g.population("ICS", from_="ACS", measure="population"),
    "/api/coverage?kind=PCN&as_of=2026-11-22": lambda g: g.coverage("PCN", as_of="2026-11-22"),
    "/api/show?name=ICS&sense=ics-statutory&claims=true&as_of=2026-11-22": lambda g: g.show("ICS", sense="ics-statutory", claims=True, as_of="2026-11-22"),
    "/api/diff?since=2026-03-31&until=2026-04-01&kind=ICB": lambda g: g.diff("2026-03-31", "2026-04-01", kind="ICB"),
    "/api/find?text=Frimley&level=organisation&as_of=2026-11-22": lambda g: g.find("Frimley", level="organisation", as_of="2026-11-22"),
    "/api/ask?sentence=what+did+ACS+become%3F&as_of=2026-11-22": lambda g: g.ask("what did ACS become?", as_of="2026-11-22"),
}  # fmt: skip


@pytest.mark.parametrize("address", SAME)
def test_every_question_has_the_same_answer_as_in_python(
    address: str, get: Gets, asked: library.Graph, contract: Draft202012Validator
) -> None:
    reply = get(address)
    told = json.loads(reply.body)
    assert told == json.loads(SAME[address](asked).to_json())
    contract.validate(told)
    assert reply.status == api.STATUS[told["status"]]
    assert reply.media == "application/json"


def test_every_question_of_the_api_is_tried() -> None:
    assert {address.partition("?")[0].rsplit("/", 1)[1] for address in SAME} == set(verbs.VERBS)


@pytest.mark.parametrize("verb", verbs.VERBS.values(), ids=verbs.VERBS)
def test_the_api_asks_what_the_command_line_and_the_library_ask(verb: verbs.Verb) -> None:
    """A parameter that one of them gains, the others must gain too."""
    method = inspect.signature(getattr(library.Graph, verb.name))
    assert {p.argument or p.name for p in verb.parameters} == {
        {"as_of": "until"}.get(name, name) if verb.name == "diff" else name for name in list(method.parameters)[1:]
    }
    command = typer.main.get_command(cli.assemble(verb.name))
    said = getattr(command, "commands", {verb.name: command})[verb.name].params
    names = {"from_": "from", "legal": "only", "codes": "only"}
    assert {p.name for p in verb.parameters} == {
        names.get(str(option.name), option.name)
        for option in said
        if option.name not in ("form", "json", "store", "help")
    }


@pytest.mark.parametrize(
    ("accept", "query", "media", "begins"),
    [
        ("application/json", "", "application/json", b'{\n  "status"'),
        ("*/*", "", "application/json", b'{\n  "status"'),
        ("text/csv", "", "text/csv; charset=utf-8", b"date,type,"),
        ("text/plain", "", "text/plain; charset=utf-8", b"Accountable care systems"),
        ("text/markdown;q=0.9, text/csv;q=0.1", "", "text/markdown; charset=utf-8", b"**Accountable"),
        ("application/json", "&format=csv", "text/csv; charset=utf-8", b"date,type,"),
        ("text/html,application/xhtml+xml,*/*;q=0.8", "", "application/json", b'{\n  "status"'),
    ],
)  # fmt: skip
def test_accept_or_format_chooses_the_form(get: Gets, accept: str, query: str, media: str, begins: bytes) -> None:
    reply = get(f"/api/became?name=ACS{query}", accept)
    assert (reply.status, reply.media) == (200, media)
    assert reply.body.startswith(begins)
    assert ("Vary", "Accept") in reply.headers


def test_a_name_of_several_things_is_a_choice_and_a_name_of_none_is_not_found(get: Gets) -> None:
    several = get("/api/members?name=ICP")
    assert several.status == 300
    assert len(json.loads(several.body)["candidates"]) > 1
    nothing = get("/api/became?name=Frimly+ICB")
    assert nothing.status == 404
    assert "icb-frimley" in {candidate["key"] for candidate in json.loads(nothing.body)["candidates"]}


FAULTS: Final[Mapping[str, tuple[str, int, str]]] = {
    "a question that is none": ("/api/become?name=ACS", 404, "became"),
    "no name": ("/api/became", 400, "name is missing"),
    "an empty name": ("/api/became?name=", 400, "characters"),
    "a name of spaces": ("/api/became?name=++", 400, "characters"),
    "a name without end": ("/api/became?name=" + "x" * 501, 400, "characters"),
    "a parameter that is none": ("/api/became?name=ACS&asof=2020-01-01", 400, "as_of"),
    "a parameter twice": ("/api/became?name=ACS&name=ICS", 400, "2 times"),
    "a day that is none": ("/api/became?name=ACS&as_of=2020-02-30", 400, "as_of"),
    "a day in another form": ("/api/became?name=ACS&as_of=20200201", 400, "as_of"),
    "days that are reversed": ("/api/diff?since=2026-04-01&until=2026-03-31", 400, "2026-03-31"),
    "a flag that is none": ("/api/show?name=ACS&claims=perhaps", 400, "true or false"),
    "a level that is none": ("/api/became?name=ACS&level=planet", 400, "organisation"),
    "a sense that is none": ("/api/became?name=ICS&sense=ccg", 400, "senses"),
    "a form that is none": ("/api/became?name=ACS&format=pdf", 400, "markdown"),
    "a saved query that is none": ("/api/queries/becamed", 404, "/api/queries"),
    "a saved query without its parameter": ("/api/queries/became", 400, "thing"),
    "a parameter of a saved query that names nothing": ("/api/queries/became?thing=nothing-at-all", 404, "Nothing"),
    "a day of a saved query given twice": ("/api/queries/became?thing=acs&asOf=2020-01-01&as_of=2021-01-01", 400, "twice"),
    "a table to a level that is none": ("/api/concordance?from=2015-04-01&from_level=ward&to=2026-04-01", 400, "subicb"),
    "a table of a day to come": ("/api/concordance?from=2015-04-01&from_level=ccg&to=2099-04-01", 400, "2099"),
    "a parameter of a list that takes none": ("/api/queries?page=2", 400, "takes none"),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_every_fault_is_a_problem_that_says_what_to_do(fault: str, get: Gets) -> None:
    address, status, words = FAULTS[fault]
    reply = get(address)
    told = json.loads(reply.body)
    assert (reply.status, reply.media) == (status, "application/problem+json")
    assert told["status"] == status
    assert words in told["detail"]


@pytest.mark.parametrize(
    ("address", "same"),
    [
        ("/api/members?name=15A&date=2021-04-01", "/api/members?name=15A&as_of=2021-04-01"),
        (
            "/api/ask?q=what+did+ACS+become%3F&date=2026-11-22",
            "/api/ask?sentence=what+did+ACS+become%3F&as_of=2026-11-22",
        ),
        ("/api/diff?from=2026-03-31&to=2026-04-01&kind=ICB", "/api/diff?since=2026-03-31&until=2026-04-01&kind=ICB"),
        ("/api/find?q=Frimley&date=2026-11-22", "/api/find?text=Frimley&as_of=2026-11-22"),
    ],
)
def test_words_of_the_pages_are_taken_too(get: Gets, address: str, same: str) -> None:
    assert get(address).body == get(same).body
    assert get(address).status == 200


def test_one_thing_under_two_names_is_refused(get: Gets) -> None:
    assert get("/api/members?name=15A&date=2021-04-01&as_of=2021-04-01").status == 400


def test_saved_queries_are_listed_and_run(get: Gets, asked: library.Graph, contract: Draft202012Validator) -> None:
    listed = json.loads(get("/api/queries").body)
    assert [query["name"] for query in listed["queries"]] == asked.graph.queries.names()
    told = json.loads(get("/api/queries/became?thing=acs&asOf=2026-11-22").body)
    contract.validate(told)
    assert len(told["rows"]) == len(asked.query("became", {"thing": "acs", "asOf": "2026-11-22"})) > 3
    lines = get("/api/queries/became?thing=acs", "text/csv").body.decode().splitlines()
    assert lines[0] == "transfer,event,giver,receiver,date,lineage"


def test_the_crosswalk_table_is_that_of_the_library(get: Gets, asked: library.Graph) -> None:
    reply = get("/api/concordance?from=2015-04-01&from_level=ccg&to=2026-04-01&level=icb")
    pairs = asked.concordance("2015-04-01", "ccg", "2026-04-01", "icb")
    assert reply.media.startswith("text/csv")
    assert len(reply.body.decode().splitlines()) == len(pairs) + 1 > 200


def test_the_description_is_openapi_and_tells_of_every_question(get: Gets) -> None:
    told = json.loads(get("/api/openapi.json").body)
    assert told["openapi"] == "3.1.0"
    assert {f"/api/{verb}" for verb in verbs.VERBS} < set(told["paths"])
    for schema in told["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)
    for path, methods in told["paths"].items():
        assert {"200", "400", "503"} <= set(methods["get"]["responses"]), path
    assert told["servers"] == [{"url": "https://example.org/kg"}]


def test_every_example_of_the_page_is_answered(get: Gets) -> None:
    page = get("/api", "text/html").body.decode()
    for verb in verbs.VERBS:
        assert f'id="{verb}"' in page
        query = "&".join(f"{name}={value}" for name, value in api._EXAMPLES[verb].items())
        assert get(f"/api/{verb}?{query}").status in (200, 300), verb
