"""The JSON contract: strict, in step with the code, and kept by every command."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import pytest
import typer
from jsonschema import Draft202012Validator, ValidationError, validators
from jsonschema.protocols import Validator

from kg.answers import answer as parts
from kg.answers import chronicle, difference
from kg.answers.answer import Answer
from kg.errors import KgError
from kg.faces import cli, histories, library
from kg.facts import records as rows
from kg.facts import vocabulary as words
from kg.graph.inputs import Inputs
from tests.publisher.office import Office

if TYPE_CHECKING:
    from tests.conftest import CommandLine

SCHEMA = json.loads((Path(parts.__file__).parent.parent / "faces" / "contract.schema.json").read_text(encoding="utf-8"))
SCHEMA_ALONE = {name: SCHEMA[name] for name in ("$schema", "$defs")}
AS_OF = "2026-11-21"

#: Every command with --json, on subjects of every sort: the part of the schema that holds it, and its words.
#: An answer is printed as it is (`tests/test_cli.py` runs one of each in a process of its own).
COMMANDS = [
    ("answer", "ask", "what did ACS become?"),
    ("answer", "ask", "how many STPs were there?"),
    ("answer", "ask", "how many people does a PCN cover?"),
    ("answer", "ask", "what is an ICP?"),
    ("answer", "ask", "what did ICP become?"),
    ("answer", "ask", "what did XYZ become?"),
    ("answer", "ask", "why are ICBs merging?"),
    ("answer", "became", "ACO"),
    ("answer", "became", "NHS Frimley ICB"),
    ("answer", "became", "Berkshire West ICS"),
    ("answer", "became", "NHS England"),
    ("answer", "before", "ICB"),
    ("answer", "before", "Blackpool and Fylde Coast ACS"),
    ("answer", "lineage", "ICS"),
    ("answer", "lineage", "West Yorkshire and Harrogate"),
    ("answer", "members", "Berkshire West ICS"),
    ("answer", "members", "ICB"),
    ("answer", "memberships", "15A"),
    ("answer", "memberships", "PCN"),
    ("answer", "count", "CCG"),
    ("answer", "count", "PCG"),
    ("answer", "population", "Frimley ICB"),
    ("answer", "population", "PCN"),
    ("answer", "coverage"),
    ("answer", "coverage", "STP"),
    ("answer", "coverage", "Frimley ICB"),
    ("answer", "show", "Berkshire West ICS"),
    ("answer", "show", "CCG"),
    ("answer", "diff", "2026-03-31", "2026-04-01"),
    ("answer", "diff", "2017-12-31", "2019-06-30"),
    ("answer", "diff", "2026-04-01", "2026-04-01"),
    ("answer", "timeline", "NHS Frimley ICB"),
    ("answer", "timeline", "ICS"),
    ("answer", "timeline", "ICP"),
    ("answer", "timeline", "West, North and East Cumbria"),
    ("answer", "find", "ICP"),
    ("answer", "find", "berkshire"),
    ("answer", "find", "nothing of that name"),
    ("queries", "queries"),
    ("query", "query", "became", "thing=acs"),
    ("query", "query", "members", "body=ics-berkshire-west", "asOf=2019-06-01"),
    ("query", "query", "listing", "list=rcp-guide-2019-ics-sites"),
    (
        "sparql",
        "sparql",
        "SELECT ?kind ?label WHERE { ?kind a nis:Kind ; skos:prefLabel ?label } ORDER BY ?kind LIMIT 3",
    ),
    ("sparql", "sparql", "ASK { ?kind a nis:Kind }"),
    ("sparql", "sparql", "CONSTRUCT { ?kind a nis:Kind } WHERE { ?kind a nis:Kind }"),
    ("report", "check"),
]
PREFIXES = (
    "PREFIX nis: <https://w3id.org/nhs-integration/ontology#> PREFIX skos: <http://www.w3.org/2004/02/skos/core#> "
)


#: What is known to be as the schema wants it: (part, value).
VALID: set[tuple[str, str]] = set()


def referred(checks: Validator, ref: str, value: Any, schema: Mapping[str, Any]) -> Iterator[ValidationError]:
    """As jsonschema follows a `$ref`, a value that was found valid not again: the same sources come back in every answer."""
    about = (ref, json.dumps(value, sort_keys=True))
    if about not in VALID:
        found = list(Draft202012Validator.VALIDATORS["$ref"](checks, ref, value, schema))
        if not found:
            VALID.add(about)
        yield from found


Checks: Any = validators.extend(Draft202012Validator, {"$ref": referred})  # type: ignore[no-untyped-call]


def validator(part: str = "") -> Draft202012Validator:
    """A validator of one part of the contract, or of all that may be printed."""
    whole = SCHEMA if not part else {**SCHEMA_ALONE, "$ref": f"#/$defs/{part}"}
    found: Draft202012Validator = Checks(whole)
    return found


def faults(part: str, printed: Any) -> list[str]:
    return [
        f"{'/'.join(map(str, fault.absolute_path))}: {fault.message[:300]}"
        for fault in validator(part).iter_errors(printed)
    ]


def enum(*path: str) -> set[str]:
    """The words that the schema allows at a place, null left out."""
    place: Any = SCHEMA["$defs"]
    for name in path:
        place = place[name]
    while "$ref" in place:
        place = SCHEMA["$defs"][place["$ref"].rpartition("/")[2]]
    return {word for word in place["enum"] if word is not None}


def test_the_schema_is_itself_valid() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    assert SCHEMA["$schema"] == "https://json-schema.org/draft/2020-12/schema"


def objects(place: Any, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    if isinstance(place, dict):
        if "properties" in place and place.get("type") == "object":
            yield path, place
        for name, inner in place.items():
            yield from objects(inner, f"{path}/{name}")
    elif isinstance(place, list):
        for number, inner in enumerate(place):
            yield from objects(inner, f"{path}/{number}")


@pytest.mark.parametrize(
    ("path", "place"), list(objects(SCHEMA)), ids=lambda value: value if isinstance(value, str) else ""
)
def test_every_object_is_closed_and_whole(path: str, place: dict[str, Any]) -> None:
    assert place["additionalProperties"] is False, path
    assert sorted(place["required"]) == sorted(place["properties"]), path


def test_its_words_are_those_of_the_code() -> None:
    assert enum("status") == set(get_args(parts.Status))
    assert enum("intent") == set(get_args(parts.Intent))
    assert enum("outcome") == set(get_args(parts.Outcome))
    assert enum("step", "properties", "status") == set(get_args(words.Status))
    assert enum("step", "properties", "type") == set(get_args(words.EventType)) | set(get_args(words.KindChangeType))
    assert enum("confidence") == set(get_args(words.Confidence))
    assert enum("rank") == set(get_args(words.Rank))
    assert enum("result", "properties", "rank") == set(get_args(words.Rank))
    assert enum("result", "properties", "role") == set(rows.choices(rows.Membership, "role"))
    assert enum("result", "properties", "statistic") == set(rows.choices(rows.Observation, "statistic"))
    assert enum("result", "properties", "method") == set(rows.choices(rows.Observation, "method")) | {"counted"}
    assert enum("result", "properties", "measure") == set(rows.choices(rows.Observation, "measure")) | {
        "name",
        "kind",
        "code",
    }
    assert enum("result", "properties", "share_basis") == set(rows.choices(rows.Transfer, "basis")) - {""}


@pytest.mark.parametrize(
    ("name", "of"),
    [
        ("ref", parts.Ref), ("subject", parts.Subject), ("result", parts.Result), ("step", parts.Step),
        ("claim", parts.Claim), ("candidate", parts.Candidate), ("source", parts.SourceRef),
    ],
)  # fmt: skip
def test_its_fields_are_those_of_the_code(name: str, of: Any) -> None:
    assert list(SCHEMA["$defs"][name]["properties"]) == [field.rstrip("_") for field in of._fields]


def test_an_answer_has_the_fields_of_the_contract_in_order(asked: library.Graph) -> None:
    answer = asked.became("ACS", as_of=AS_OF)
    assert list(json.loads(answer.to_json())) == list(SCHEMA["$defs"]["answer"]["properties"])
    assert json.loads(answer.to_json()) == answer.to_dict()


@pytest.mark.parametrize(("part", "name", "rest"), [(part, name, rest) for part, name, *rest in COMMANDS])
def test_what_every_command_prints_is_valid(
    run: CommandLine, asked: library.Graph, few: Inputs, part: str, name: str, rest: list[str]
) -> None:
    text = ""
    if name == "sparql":
        rest, text = ["-"], PREFIXES + rest[0]
    printed = (
        getattr(asked, name)(*rest, **({} if name == "diff" else {"as_of": AS_OF})).to_dict()
        if part == "answer"
        else json.loads(Office(few, run.cache).kg(name, "--json").out)  # of all the data tests/test_check.py makes one
        if part == "report"
        else json.loads(run(name, *rest, "--json", stdin=text).out)
    )
    assert faults(part, printed) == []
    assert faults("", printed) == []
    if part == "report":
        assert printed["findings"], "a report of no findings shows little"
    if part in ("query", "sparql", "queries"):
        assert printed["rows"], "a test of no rows shows nothing"
        assert all(list(row) == printed["columns"] for row in printed["rows"])


@pytest.mark.parametrize("name", ["ACO", "ICB cluster", "NHS Dorset ICB", "ICP", "nothing of that name"])
def test_claims_alone_are_valid(asked: library.Graph, name: str) -> None:
    printed = asked.show(name, as_of=AS_OF, claims=True).to_dict()
    assert faults("answer", printed) == []
    assert (printed["intent"], printed["results"]) == ("claims", [])


def test_the_changes_it_names_are_those_that_are_told() -> None:
    told = set(histories.HEADINGS) | set(chronicle.SORTS)
    assert enum("result", "properties", "change") == told
    assert list(difference.SORTS) == list(histories.HEADINGS)


def test_every_command_that_prints_json_is_shown_above() -> None:
    group = typer.main.get_command(cli.app)
    assert isinstance(group, typer.core.TyperGroup)
    printing = {
        name for name, command in group.commands.items() if any("--json" in param.opts for param in command.params)
    }
    # Which take files: the next test, tests/test_tables.py and tests/publisher.
    files = {"shares", "vintage", "ingest", "reconcile"}
    assert printing == {name for _, name, *_ in COMMANDS} | files


def test_the_flows_between_two_files_are_valid(run: CommandLine, tmp_path: Path) -> None:
    for name, code in (("before", "00A"), ("after", "00B")):
        (tmp_path / f"{name}.csv").write_text(f"LSOA11CD,CCG20CDH\nE01000001,{code}\nE01000002,00B\n", encoding="utf-8")
    done = run("shares", str(tmp_path / "before.csv"), str(tmp_path / "after.csv"), "--json")
    assert done.code == 0, done.err
    assert faults("queries", json.loads(done.out)) == []
    assert json.loads(done.out)["rows"][0]["to_code"] == "00B"


def test_the_answers_about_every_kind_and_many_bodies_are_valid(every: Mapping[str, Answer]) -> None:
    check = validator("answer")
    found = {
        about: [f"{fault.json_path}: {fault.message[:200]}" for fault in check.iter_errors(answer.to_dict())]
        for about, answer in every.items()
    }
    assert {about: told for about, told in found.items() if told} == {}


def test_sources_cited_are_listed_once_and_every_listed_one_is_whole(every: Mapping[str, Answer]) -> None:
    for about, answer in every.items():
        listed = [source.key for source in answer.sources]
        assert len(listed) == len(set(listed)), about
        cited = {key for step in answer.steps for key in step.sources} | set(answer.sentence_sources)
        cited |= {key for result in answer.results for key in result.sources}
        cited |= {key for claim in answer.claims for key in claim.sources}
        assert cited <= set(listed), about
        assert all(source.title and source.publisher for source in answer.sources), about


def test_a_date_has_the_form_of_its_precision(every: Mapping[str, Answer]) -> None:
    seen = set()
    for about, answer in every.items():
        for step in answer.steps:
            seen.add(step.precision)
            assert len(step.date) == {"day": 10, "month": 7, "year": 4}[step.precision], about
            assert date.fromisoformat((step.date + "-01-01")[:10]) <= date.fromisoformat(answer.as_of), about
    assert seen == {"day", "month", "year"}


def places(document: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """The way to every object inside a document whose fields are fixed."""
    if isinstance(document, dict):
        if path[-1:] != ("codes",):
            yield path
        for name, inner in document.items():
            yield from places(inner, (*path, name))
    elif isinstance(document, list):
        for number, inner in enumerate(document[:1]):
            yield from places(inner, (*path, number))


def test_a_field_too_many_or_too_few_is_not_valid(asked: library.Graph) -> None:
    check = validator("answer")
    whole = asked.became("ACS", as_of=AS_OF).to_dict()
    assert check.is_valid(whole)
    ways = list(places(whole))
    assert {"steps", "results", "claims", "sources", "subject"} <= {str(way[0]) for way in ways if way}
    for way in ways:
        for name in (*_at(whole, way), ""):
            changed = copy.deepcopy(whole)
            inside = _at(changed, way)
            if name:
                del inside[name]
            else:
                inside["extra"] = "what the contract does not have"
            assert not check.is_valid(changed), f"{way} {name or 'extra'}"


def _at(document: Any, way: tuple[str | int, ...]) -> dict[str, Any]:
    for name in way:
        document = document[name]
    found: dict[str, Any] = document
    return found


@pytest.mark.parametrize(
    ("way", "value"),
    [
        (("status",), "maybe"), (("intent",), "guess"), (("outcome",), "ended"), (("as_of",), "2026"), (("sentence",), ""),
        (("release",), "latest"), (("subject", "from"), "9999-12-31"), (("subject", "until"), "0001-01-01"),
        (("subject", "until"), "9999-12-31"), (("subject", "codes"), {"ods": ["X"]}), (("steps", 0, "date"), "2018-02-01"),
        (("steps", 0, "precision"), "unknown"), (("steps", 0, "sources"), []), (("steps", 0, "lineage"), "identity"),
        (("results", 0, "how"), "legal"), (("results", 0, "share"), 1.5), (("results", 0, "position"), 0),
        (("claims", 0, "rank"), "deprecated"), (("sources", 0, "url"), "file.txt"), (("sources", 0, "title"), None),
    ],
    ids=str,
)  # fmt: skip
def test_a_value_of_the_wrong_sort_is_not_valid(asked: library.Graph, way: tuple[str | int, ...], value: Any) -> None:
    changed = asked.became("ACS", as_of=AS_OF).to_dict()
    assert validator("answer").is_valid(changed)
    _at(changed, way[:-1])[str(way[-1])] = value
    assert not validator("answer").is_valid(changed)


def test_a_report_that_is_ok_has_no_fault() -> None:
    found = {
        "severity": "fault",
        "rule": "r",
        "file": "data/x.csv",
        "line": 2,
        "column": "",
        "node": "",
        "message": "m",
        "remedy": "r",
    }
    counts = {"rows": 1, "quads": 1, "shapes": 1, "rules": 1}
    for ok, severity, valid in (
        (True, "fault", False),
        (False, "fault", True),
        (True, "warning", True),
        (False, "warning", False),
    ):
        report = {"ok": ok, "counts": counts, "skipped": [], "findings": [{**found, "severity": severity}]}
        assert validator("report").is_valid(report) is valid


def test_an_error_prints_no_json(asked: library.Graph, run: CommandLine) -> None:
    with pytest.raises(KgError):
        asked.query("no-such-query")
    done = run("query", "no-such-query", "--json")
    assert (done.code, done.out) == (2, "")
    assert "no-such-query" in done.err
