"""Laws of the build: the same bytes always, and what is walked as lineage."""

from __future__ import annotations

import csv
import random
import shutil
from datetime import date
from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib

from kg.errors import BadInput
from kg.facts.curated import load
from kg.graph import compiled
from kg.graph.build import build
from kg.graph.graph import Graph
from kg.graph.inputs import Inputs
from kg.graph.names import GRAPHS, PREFIXES, TERMS, thing

ROOT = Inputs.default().root
FILES = ("graph.nq", "names.sqlite", "manifest.json")


def copied(folder: Path, root: Path = ROOT) -> Inputs:
    """A copy of everything a graph is compiled from, to be changed."""
    for name in ("data", "ontology", "queries"):
        shutil.copytree(root / name, folder / name)
    return Inputs(folder)


def test_row_order_never_changes_the_graph(tmp_path: Path, few: Inputs) -> None:
    """Of a small copy with rows in every table of any length; that the whole is always the same is shown in tests/test_cli.py."""
    inputs = copied(tmp_path, few.root)
    for path in sorted(inputs.data.glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as stream:
            header, *rows = csv.reader(stream)
        random.Random(path.name).shuffle(rows)
        with path.open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream).writerows([header, *rows])
    straight = load(few.data)
    assert sum(1 for rows in straight.placed.values() if len(rows) > 5) > 12
    shuffled = build(load(inputs.data), inputs.ontology, inputs.rules).n_quads
    assert shuffled == build(straight, few.ontology, few.rules).n_quads


def test_a_changed_input_is_another_graph(tmp_path: Path) -> None:
    inputs = copied(tmp_path)
    before = inputs.fingerprint
    with (inputs.data / "sources.csv").open("a", encoding="utf-8") as stream:
        stream.write("a-new-source,Title,Publisher,,,,\n")
    after = Inputs(tmp_path).fingerprint
    assert before == Inputs(ROOT).fingerprint != after
    assert compiled.default_folder(inputs) != compiled.default_folder(Inputs(tmp_path))


def test_there_are_no_blank_nodes(graph: Graph) -> None:
    assert b"_:" not in b"\n".join(line.split(b'"')[0] for line in graph.n_quads.read_bytes().splitlines())


def test_a_blank_node_in_the_ontology_is_refused(tmp_path: Path, few: Inputs) -> None:
    inputs = copied(tmp_path, few.root)
    (tmp_path / "ontology" / "more.ttl").write_text(
        "<https://x.example/a> <https://x.example/b> [] .\n", encoding="utf-8"
    )
    with pytest.raises(BadInput, match=r"ontology/more\.ttl uses a blank node"):
        build(load(inputs.data), Inputs(tmp_path).ontology, inputs.rules)


@pytest.mark.parametrize("file", ["ontology/more.ttl", "queries/rules/99-more.rq"])
def test_a_file_that_cannot_be_parsed_is_told(tmp_path: Path, few: Inputs, file: str) -> None:
    inputs = copied(tmp_path, few.root)
    (tmp_path / file).write_text("this is neither\n", encoding="utf-8")
    with pytest.raises(BadInput, match=file.replace(".", r"\.")):
        build(load(inputs.data), Inputs(tmp_path).ontology, Inputs(tmp_path).rules)


def test_every_date_is_xsd_date(graph: Graph) -> None:
    terms = {f"{TERMS}{name}" for name in ("startsOn", "endsBefore", "happenedOn", "observedOn")} | {
        PREFIXES["dcterms"] + "issued"
    }
    seen = set()
    for quad in ox.parse(path=str(graph.n_quads), format=ox.RdfFormat.N_QUADS):
        if isinstance(quad.predicate, ox.NamedNode) and quad.predicate.value in terms:
            assert isinstance(quad.object, ox.Literal)
            assert quad.object.datatype.value == PREFIXES["xsd"] + "date", quad
            date.fromisoformat(quad.object.value)
            seen.add(quad.predicate.value)
    assert seen == terms


def test_planned_and_alternative_changes_carry_no_lineage(graph: Graph) -> None:
    """Of what became of the ACO the graph states three readings, and walks one."""
    readings = graph.rows("events-of", thing=thing("kind", "aco"), asOf=date(2018, 12, 31))
    assert sorted(row["rank"] for row in readings if row["side"] == "before") == [
        "alternative",
        "alternative",
        "preferred",
    ]
    walked = graph.rows("became", thing=thing("kind", "aco"), asOf=date(2026, 11, 22))
    assert [row["receiver"] for row in walked] == [thing("kind", "icp-provider")]
    walked_events = {row["event"] for row in graph.rows("transfers")}
    for event in walked_events:
        facts = graph.one("event", event=event)
        assert facts is not None
        assert (facts["status"], facts["rank"]) == ("in-effect", "preferred"), event


def test_code_reuse_is_not_succession(graph: Graph) -> None:
    """ODS kept the code of a CCG for the sub-ICB location; the CCG did not become it in law."""
    successors = {row["successor"] for row in graph.rows("succeeded-by", thing=thing("kind", "ccg"))}
    assert thing("kind", "icb") in successors
    assert thing("kind", "sub-icb-location") not in successors
    told = {
        row["receiver"]: row["lineage"]
        for row in graph.rows("became", thing=thing("kind", "ccg"), asOf=date(2022, 7, 1))
    }
    assert told[thing("kind", "sub-icb-location")] == "codes"
    assert told[thing("kind", "icb")] == "legal"


def test_redesignation_keeps_the_record(graph: Graph) -> None:
    """One footprint's STP, ACS and ICS are one record with dated kinds, and no transfer leads to itself."""
    kinds = [row["kind"] for row in graph.rows("kinds-of", body=thing("body", "ics-frimley"))]
    assert kinds == [
        thing("kind", key) for key in ("stp-plan", "stp-partnership", "acs", "ics-nonstatutory", "ics-statutory")
    ]
    assert not [row for row in graph.rows("transfers") if row["giver"] == row["receiver"]]


def test_one_transfer_per_giver_and_receiver(graph: Graph) -> None:
    """In the reorganisation of the south east each ICB gave to its own successors, not to all of them."""
    event = thing("event", "reorganisation-2026-south-east")
    pairs = {(row["giver"], row["receiver"]) for row in graph.rows("transfers") if row["event"] == event}
    frimley, bob = thing("body", "icb-frimley"), thing("body", "icb-buckinghamshire-oxfordshire-and-berkshire-west")
    assert {receiver for giver, receiver in pairs if giver == frimley} == {
        thing("body", f"icb-{name}") for name in ("thames-valley", "surrey-and-sussex", "hampshire-and-isle-of-wight")
    }
    assert {receiver for giver, receiver in pairs if giver == bob} == {thing("body", "icb-thames-valley")}


def test_lineage_never_goes_back_in_time(graph: Graph) -> None:
    """A CCG whose duties went to Frimley ICB in 2022 has no part in what became of the CCGs before it."""
    for row in graph.rows("things"):
        days, waiting = dict[str, date](), graph.rows("became", thing=row["thing"], asOf=date.max)
        while waiting:  # what was handed on twice in one day has no order among the rows of that day
            told = [
                step for step in waiting
                if step["giver"] == row["thing"] or days.get(step["giver"], date.max) <= step["date"]
            ]  # fmt: skip
            assert told, waiting[0]
            for step in told:
                days[step["receiver"]] = min(days.get(step["receiver"], date.max), step["date"])
            waiting = [step for step in waiting if step not in told]


def test_lineage_ends_on_a_cycle() -> None:
    """Two bodies that each took the other's duties in turn: the walk comes to an end, and finds both."""
    from kg.graph.store import OxigraphStore

    text = """
    @prefix nis: <https://w3id.org/nhs-integration/ontology#> . @prefix : <https://x.example/> .
    :t1 a nis:Transfer ; nis:giver :a ; nis:receiver :b ; nis:happenedOn "2018-04-01"^^<http://www.w3.org/2001/XMLSchema#date> .
    :t2 a nis:Transfer ; nis:giver :b ; nis:receiver :a ; nis:happenedOn "2018-04-01"^^<http://www.w3.org/2001/XMLSchema#date> .
    :t1 nis:inEvent :e ; nis:lineage "legal" ; nis:continuesIn :t2 . :t2 nis:inEvent :e ; nis:lineage "legal" ; nis:continuesIn :t1 .
    """
    store = OxigraphStore.holding(
        b"".join(f"{quad.triple} .\n".encode() for quad in ox.parse(text, format=ox.RdfFormat.TURTLE))
    )
    query = (ROOT / "queries" / "became.rq").read_text(encoding="utf-8")
    from kg.graph.names import Iri

    rows = store.select(query, thing=Iri("https://x.example/a"), asOf=date(2020, 1, 1))
    assert {row["transfer"] for row in rows} == {"https://x.example/t1", "https://x.example/t2"}


def test_a_list_without_dates_holds_two_years(graph: Graph) -> None:
    """The list of April 2019 shows Frimley's partners in 2019 and 2020, and says nothing of 2018 and 2021."""
    body = thing("body", "ics-frimley")

    def listed(day: date) -> int:
        dated = (thing("role", "part"), thing("role", "commissioner"))
        return sum(row["role"] not in dated for row in graph.rows("members", body=body, asOf=day))

    days = (date(2018, 12, 31), date(2019, 1, 1), date(2019, 6, 1), date(2020, 12, 31), date(2021, 1, 1))
    counted = [listed(day) for day in days]
    assert counted[0] == counted[4] == 0
    assert counted[1] == counted[2] == counted[3] == 18, "as the workbook lists them: 10 councils, 7 trusts, 1 other"


def test_rdflib_reads_the_whole_graph(tmp_path: Path, few: Inputs) -> None:
    """The whole of a graph of few bodies: every kind of statement is in it, and rdflib takes a tenth of the time."""
    from kg.graph.export import dataset

    compiled.compile_into(tmp_path / "graph", few)
    graph = Graph.open(tmp_path / "graph")
    data = dataset(graph)
    assert {str(context.identifier) for context in data.graphs()} >= set(GRAPHS.values())
    assert sum(1 for _ in data.quads()) == graph.n_quads.read_bytes().count(b"\n")
    kind = rdflib.URIRef(thing("kind", "acs"))
    assert str(data.value(kind, rdflib.SKOS.prefLabel)) == "accountable care system"


def test_an_old_graph_stays_whole_when_a_build_fails(tmp_path: Path, few: Inputs) -> None:
    inputs = copied(tmp_path / "inputs", few.root)
    place = tmp_path / "graph"
    compiled.compile_into(place, inputs)
    old = (place / "graph.nq").read_bytes()
    (inputs.queries / "rules" / "99-bad.rq").write_text("no rule", encoding="utf-8")
    with pytest.raises(BadInput):
        compiled.compile_into(place, Inputs(tmp_path / "inputs"))
    assert (place / "graph.nq").read_bytes() == old
    assert compiled.open_folder(place).names.exact("ACS")
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_a_folder_that_is_no_graph_is_not_written_over(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(BadInput, match="nothing was written"):
        compiled.compile_into(tmp_path, Inputs(ROOT))
    assert (tmp_path / "thesis.txt").read_text(encoding="utf-8") == "mine"


def test_what_a_store_states_of_a_node_is_what_the_saved_query_finds(graph: Graph) -> None:
    """The store's own way is the faster one; both give the same, of bodies, kinds, events, shares and sources."""
    shares = [row["share"] for row in graph.rows("shares", event=thing("event", "reorganisation-2026-south-east"))]
    nodes = [
        thing("body", "icb-frimley"), thing("kind", "acs"), thing("event", "reorganisation-2026-south-east"),
        thing("source", "rcp-guide-2019"), *(share for share in shares if share),
    ]  # fmt: skip
    for node in nodes:
        queried = {(row["property"], str(row["value"])) for row in graph.rows("statements-of", thing=node)}
        stated = graph.store.statements(node)
        assert {(name, str(value)) for name, value in stated} == queried
        assert len(stated) == len(queried) > 3
        assert stated == sorted(stated, key=lambda pair: (pair[0], str(pair[1])))
