"""A graph with the publisher's files in every face: written out, pushed, served; and what is too large for one is refused."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest
from typer.testing import CliRunner

import kg
from kg.errors import BadInput, UsageError
from kg.faces import library
from kg.faces.cli import assemble
from kg.faces.serve import site
from kg.facts.ods.record import Record, Succession
from kg.graph import compiled, export, pushing, release, sorting
from kg.graph import graph as graphs
from kg.graph.endpoint import Endpoint
from kg.graph.names import BASE, GRAPHS
from kg.graph.remote import RemoteStore
from tests.engines import Engine, own
from tests.publisher import writing
from tests.publisher.conftest import ingested
from tests.publisher.office import Office, day, org, quads, to
from tests.serve.conftest import ENDLESS, Served, serving

RELEASE = [
    org("A81001", "THE DENSHAM SURGERY", "RO177", "1974-04-01", relations=(to("RE4", "16C", "2020-04-01"),)),
    org("A81002", "QUEENS PARK; \"MEDICAL\" CENTRE", "RO177", "1974-04-01", "2015-04-01"),
    org("RX1", "A TRUST", "RO197", "2000-01-01"),
]  # fmt: skip
SUCCESSIONS = [Record("A81002", stub=True, successions=(Succession("A81002", "A81001", day("2015-04-01")),))]
NAMED = """
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
SELECT ?name { ?practice skos:notation "A81001" ; skos:prefLabel ?name }
"""
TERMS = {
    "dcterms": "http://purl.org/dc/terms/", "void": "http://rdfs.org/ns/void#", "dcat": "http://www.w3.org/ns/dcat#",
}  # fmt: skip


@pytest.fixture(scope="session")
def folder(office: Office, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The graph of two files, which one worker makes for all."""

    def files(place: Path) -> list[Path]:
        return [
            writing.write_trud(place / "new.zip", RELEASE),
            writing.write_successions(place / "succ_2025-12.csv", SUCCESSIONS),
        ]

    return ingested(office, tmp_path_factory, "faces", files)


@pytest.fixture
def kept(folder: Path) -> Iterator[None]:
    """Nothing is written into the folder: what stands in files/ is the publisher's."""
    before = sorted(path.relative_to(folder) for path in folder.rglob("*") if path.parent.name != "store")
    yield
    assert sorted(path.relative_to(folder) for path in folder.rglob("*") if path.parent.name != "store") == before


@pytest.fixture
def opened(folder: Path) -> library.Graph:
    return library.open_graph(folder)


@pytest.mark.usefixtures("kept")
def test_it_is_written_out_whole_in_every_form(folder: Path, tmp_path: Path) -> None:
    out = {ending: tmp_path / f"graph{ending}" for ending in export.ENDINGS}
    for path in out.values():
        done = CliRunner().invoke(assemble("export"), ["export", "-o", str(path), "--store", str(folder)])
        assert done.exit_code == 0, done.output
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(path.name for path in out.values())
    everything = quads(folder)
    assert {str(quad) for quad in ox.parse(path=str(out[".nq"]), format=ox.RdfFormat.N_QUADS)} == everything
    merged = {str(quad.triple) for quad in ox.Store.read_only(str(folder / "store"))}
    for ending, form in ((".ttl", ox.RdfFormat.TURTLE), (".jsonld", ox.RdfFormat.JSON_LD)):
        told = [str(quad.triple) for quad in ox.parse(path=str(out[ending]), format=form)]
        assert len(told) == len(merged)
        assert set(told) == merged
    rows = list(csv.DictReader(out[".csv"].read_text(encoding="utf-8").splitlines()))
    assert {
        "date": "2015-04-01", "from_key": "ods-a81002", "from_label": RELEASE[1].name, "to_key": "ods-a81001",
    }.items() <= next(row for row in rows if row["from_key"] == "ods-a81002").items()  # fmt: skip
    network = out[".graphml"].read_text(encoding="utf-8")
    assert network.count("<edge ") == len(rows)
    assert "ods-a81001" in network
    assert "ods-rx1" not in network, "nothing became of it"


def test_a_stream_gets_what_a_file_gets(opened: library.Graph, tmp_path: Path) -> None:
    for form in ("n-quads", "turtle"):
        out = io.BytesIO()
        export.stream(opened.graph, form, out)
        size = export.save(opened.graph, form, tmp_path / "out")
        assert out.getvalue() == (tmp_path / "out").read_bytes()
        assert len(out.getvalue()) == size


def test_an_export_says_what_it_does_and_how_far_it_is(
    opened: library.Graph, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export, "_SAID", 0.0)
    monkeypatch.setattr(export, "_LOOKED", 100)
    said = list[str]()
    export.save(opened.graph, "turtle", tmp_path / "graph.ttl", said.append)
    whole = f"{opened.graph.held.triples:,}"
    assert said[0].startswith(f"Writing {whole} statements as turtle")
    for done in ("read", "put in order", "written"):
        assert f"100 of {whole} statements {done}." in said
    said.clear()
    export.save(opened.graph, "csv", tmp_path / "graph.csv", said.append)
    assert said == ["Gathering who became whom."]


def test_an_export_that_cannot_be_written_leaves_nothing(opened: library.Graph, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="cannot be written"):
        export.save(opened.graph, "turtle", tmp_path / "nowhere" / "x.ttl")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("most", [1, 2, 7, 100])
def test_lines_are_put_in_order_whether_or_not_they_fit_into_memory(most: int, tmp_path: Path) -> None:
    lines = [b"%d\n" % (number * 7 % 50) for number in range(100)]
    assert list(sorting.ordered(lines, tmp_path, most)) == sorted(set(lines))
    assert not list(tmp_path.iterdir())


def test_rdflib_is_given_it_while_it_is_small_and_refused_it_in_a_sentence_when_it_is_not(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert sum(1 for _ in kg.load_graph(folder).quads()) == len(quads(folder))
    monkeypatch.setattr(graphs, "LARGEST", 100)
    with pytest.raises(UsageError, match=r"kg export -o graph\.nq") as raised:
        kg.load_graph(folder)
    assert "\n" not in str(raised.value)


def test_what_a_release_is_made_of_is_read_as_it_was_described(opened: library.Graph) -> None:
    held = opened.graph.held
    assert [(file.title, file.day, file.organisations) for file in held.files][1:] == [
        ("ODS XML organisation data (TRUD item 341)", held.files[1].day, 3)
    ]
    said = release.described(held, "https://kg.example")
    assert release.read(said) == held
    assert not any("dataDump" in str(triple) or "downloadURL" in str(triple) for triple in said)


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    with own("oxigraph", tmp_path_factory.mktemp("engine") / "data") as found:
        yield found


@pytest.mark.usefixtures("kept")
def test_it_is_pushed_in_pieces_and_asked_there_as_here(
    engine: Engine, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KG_CACHE", str(tmp_path))
    monkeypatch.setattr(pushing, "_PIECE", 100_000)
    held = compiled.open_folder(folder)
    assert pushing.push(held, engine.store) == sum(held.manifest["quads"].values()) == len(quads(folder))
    assert pushing.push(held, engine.store) == 0, "it is there already"
    assert not list(tmp_path.iterdir()), "what was put in order on disk is gone"
    there = Endpoint(engine.query)
    told = there.release()
    assert told is not None
    for name, (count, checksum) in told.parts.items():
        lines = sorted(f"{triple} .\n".encode() for triple in there.graph(name))
        assert (len(lines), hashlib.sha256(b"".join(lines)).hexdigest()) == (count, checksum)
    assert sorted(RemoteStore(engine.query).n_quads().decode().splitlines()) == sorted(
        f"{quad} ." for quad in quads(folder)
    )
    here, elsewhere = library.open_graph(folder), library.open_graph(engine.query)
    assert elsewhere.became("A81002").results == here.became("A81002").results
    assert elsewhere.became("A81002").results[0].key == "ods-a81001"
    assert elsewhere.find("densham").results == here.find("densham").results

    def rows(path: Path, table: str) -> list[tuple[object, ...]]:
        return sorted(sqlite3.connect(f"file:{path}?mode=ro", uri=True).execute(f"SELECT * FROM {table}"))

    [names] = tmp_path.glob("names-*.sqlite")
    for table in ("thing", "name"):
        assert rows(names, table) == rows(folder / "names.sqlite", table)


@pytest.fixture(scope="module")
def served(folder: Path) -> Iterator[Served]:
    with serving(folder, "--workers", "2", "--time-limit", "1") as server:
        yield server


@pytest.mark.usefixtures("kept")
def test_it_is_served_from_disk(served: Served) -> None:
    page = served.client.get("/doc/body/ods-a81001", headers={"Accept": "text/html"})
    assert page.status_code == 200
    assert "THE DENSHAM SURGERY" in page.text
    assert "Publisher\u2019s record" in page.text
    assert "other numbers" not in page.text, "a postcode is no number of people"
    assert 'id="members"' not in page.text, "nothing is a member of a practice"
    for path in ("/search?q=densham", "/search?q=A81001", "/data/body/ods-a81001.ttl", "/draw/lineage.svg?name=A81002"):
        reply = served.client.get(path, follow_redirects=True)
        assert reply.status_code == 200
        assert "DENSHAM" in reply.text.upper()
    assert served.client.get("/api/became", params={"name": "A81002"}).json()["results"][0]["key"] == "ods-a81001"
    asked = served.ask(NAMED)
    assert asked.json()["results"]["bindings"][0]["name"]["value"] == "THE DENSHAM SURGERY"


def test_its_pages_and_answers_say_how_far_the_files_reach(served: Served) -> None:
    said = "As far as the file of 28 August 2026 tells"
    for path in ("body/ods-a81001", "kind/ods-ro177"):
        page = served.client.get(f"/doc/{path}?date=2026-11-22", headers={"Accept": "text/html"}).text
        assert said in page
        assert said not in served.client.get(f"/doc/{path}?date=2026-08-28", headers={"Accept": "text/html"}).text
    cautions = served.client.get("/api/became", params={"name": "A81002", "date": "2026-11-22"}).json()["cautions"]
    assert [text for text in cautions if text.startswith(said)]


def test_workers_that_took_too_long_are_replaced_by_others_that_read_the_disk(served: Served) -> None:
    for _ in range(2):
        assert served.ask(ENDLESS).status_code == 503
        assert served.ask(NAMED).json()["results"]["bindings"][0]["name"]["value"] == "THE DENSHAM SURGERY"


@pytest.mark.usefixtures("kept")
def test_its_files_are_told_to_people_and_machines_and_no_download_of_the_whole_is_offered(
    served: Served, opened: library.Graph
) -> None:
    for path in ("/", "/download"):
        page = served.client.get(path, headers={"Accept": "text/html"}).text
        for file in opened.graph.files:
            assert file.title in page
            assert file.name in page
            assert file.publisher in page
            assert f'href="{file.licence}"' in page
    assert "kg export -o graph.nq" in page
    assert not re.findall(r'href="/download/', page)
    refused = served.client.get("/download/nhs-integration.nq")
    assert refused.status_code == 404
    assert "kg export -o graph.nq --store FOLDER" in refused.text
    for path, accept in (("/.well-known/void", "text/turtle"), ("/sparql", "text/turtle")):
        said = served.client.get(path, headers={"Accept": accept}).content
        triples = {(quad.subject, quad.predicate.value, quad.object) for quad in ox.parse(said, ox.RdfFormat.TURTLE)}
        for file in opened.graph.files:
            graph = ox.NamedNode(file.graph)
            assert (graph, f"{TERMS['dcterms']}license", ox.NamedNode(file.licence)) in triples
            assert (graph, f"{TERMS['dcterms']}source", ox.NamedNode(file.source)) in triples
        assert not [one for one in triples if one[1] in (f"{TERMS['void']}dataDump", f"{TERMS['dcat']}downloadURL")]


def test_its_named_graphs_can_be_asked_one_by_one_and_no_other(served: Served, opened: library.Graph) -> None:
    counted = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
    for name, (count, _) in opened.graph.held.parts.items():
        reply = served.client.get("/sparql", params={"query": counted, "default-graph-uri": name, "format": "json"})
        assert int(reply.json()["results"]["bindings"][0]["n"]["value"]) == count
    other = served.client.get("/sparql", params={"query": counted, "default-graph-uri": f"{BASE}graph/ods-none"})
    assert other.status_code == 400
    assert GRAPHS["curated"] in other.text


@pytest.mark.usefixtures("kept")
def test_a_site_of_files_is_refused_with_what_to_do(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="kg serve --store"):
        site.write(str(folder), tmp_path / "site")
    assert not list(tmp_path.iterdir())


def test_the_curated_graph_is_told_as_before(office: Office) -> None:
    """Its release has no files, and is known by its N-Quads."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KG_CACHE", str(office.cache))
        held = compiled.open_folder(compiled.default_folder(office.inputs))
    told = release.of(held.manifest)
    assert told.files == ()
    assert json.dumps(release.n_triples(release.described(told)).decode()).count("dataset/graph.nq#sha256") > 0
