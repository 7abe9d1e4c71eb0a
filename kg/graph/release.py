"""What a compiled graph is, said in RDF (VoID, DCAT, SPDX): its release, licence, parts, counts and checksums.

`kg push` writes it beside the graph, and `kg --store` reads it there first; of `kg serve`, whose /.well-known/void tells the
same, it reads it in the description of the SPARQL service.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

import pyoxigraph as ox

from kg.graph.edition import Edition
from kg.graph.names import BASE, GRAPHS, PREFIXES, local_name

GRAPH: Final = f"{BASE}graph/release"
DATASET: Final = f"{BASE}dataset"
#: How the files of a release are called, before their endings.
STEM: Final = "nhs-integration"
TITLE: Final = "NHS (England) integration structures"
LICENCE: Final = "http://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/"
#: The prefixes of a description, beside those of the graph.
OWN: Final = {
    "void": "http://rdfs.org/ns/void#",
    "dcat": "http://www.w3.org/ns/dcat#",
    "spdx": "http://spdx.org/rdf/terms#",
    "adms": "http://www.w3.org/ns/adms#",
}
_MEDIA: Final = "https://www.iana.org/assignments/media-types/"
#: The whole graph as files of a site: their endings, and what stands in each, packed.
_DUMPS: Final = {"nq": "application/n-quads", "ttl": "text/turtle", "jsonld": "application/ld+json"}
#: What is said of a source, in the order of `Published`.
_SAID: Final = (
    "dcterms:title", "dcterms:publisher", "dcterms:license", "nis:fileName", "nis:sha256", "dcterms:issued", "nis:precision",
)  # fmt: skip
_STATES: Final = {
    True: "http://purl.org/adms/status/Completed",
    False: "http://purl.org/adms/status/UnderDevelopment",
}


#: How the named graphs of the publisher's files begin.
_FILES: Final = f"{BASE}graph/ods-"


class Published(NamedTuple):
    """A file of the publisher that a graph holds: its named graph and source, what it is, and its organisations."""

    graph: str
    source: str
    title: str
    publisher: str
    licence: str
    name: str
    sha256: str
    day: str
    precision: str
    organisations: int


@dataclass(frozen=True)
class Release:
    """What an engine holds: `parts` maps each named graph to (triples, SHA-256 of its sorted N-Triples, or "").

    `files` are the publisher's files in it. With any, `sha256` is of what the graph was made from, and else of its N-Quads.
    """

    release: str
    sha256: str
    parts: Mapping[str, tuple[int, str]] = field(default_factory=dict)
    finished: bool = True
    files: tuple[Published, ...] = ()

    @property
    def triples(self) -> int:
        return sum(count for count, _ in self.parts.values())


def of(manifest: Mapping[str, Any], checksums: Mapping[str, str] | None = None) -> Release:
    """Give the release that the manifest of a compiled graph states, with the checksums of its parts where known."""
    known = checksums or {}
    parts = {graph: (int(count), known.get(graph, "")) for graph, count in manifest["quads"].items()}
    files = sorted(_published(Edition.read(stated)) for stated in manifest.get("files", ()))
    return Release(str(manifest["release"]), str(manifest["graph_sha256"]), parts, files=tuple(files))


def _published(held: Edition) -> Published:
    return Published(
        held.graph, held.source, held.title, held.publisher, held.licence, held.file, held.sha256, held.day, held.precision, held.whole,
    )  # fmt: skip


def described(release: Release, home: str = "", *, answers: bool = True) -> list[ox.Triple]:
    """Describe a release as a dataset; the same release gives the same triples, in order.

    Args:
        release: what is held.
        home: the address of a site that serves it, for its SPARQL endpoint and downloads; empty when none does.
        answers: whether that site answers queries, which one of written files does not.
    """
    said: list[ox.Triple] = []

    def say(subject: str, name: str, value: ox.NamedNode | ox.Literal) -> None:
        said.append(ox.Triple(ox.NamedNode(subject), _term(name), value))

    for type_ in ("void:Dataset", "dcat:Dataset"):
        say(DATASET, "rdf:type", _term(type_))
    say(DATASET, "dcterms:title", ox.Literal(TITLE, language="en"))
    say(DATASET, "dcterms:license", ox.NamedNode(LICENCE))
    say(DATASET, "dcterms:issued", _typed(_month(release.release), "gYearMonth"))
    say(DATASET, "owl:versionInfo", ox.Literal(release.release))
    say(DATASET, "adms:status", ox.NamedNode(_STATES[release.finished]))
    say(DATASET, "void:triples", _typed(str(release.triples), "integer"))
    say(DATASET, "void:uriSpace", ox.Literal(BASE))
    for prefix in ("nis", "org", "prov", "skos", "dcterms"):
        say(DATASET, "void:vocabulary", ox.NamedNode(PREFIXES[prefix]))
    told = {file.graph: file for file in release.files}
    for graph, (count, checksum) in sorted(release.parts.items()):
        say(DATASET, "void:subset", ox.NamedNode(graph))
        say(graph, "rdf:type", _term("void:Dataset"))
        title = f"{TITLE}: {local_name(graph)}" if graph not in told else f"{told[graph].title}, {told[graph].day}"
        say(graph, "dcterms:title", ox.Literal(title, language="en"))
        say(graph, "void:triples", _typed(str(count), "integer"))
        if checksum:
            _checksum(say, graph, checksum)
    for published in release.files:
        _describe(say, published)
    if release.files:  # too large to be one document: it is known by the files that it was made from
        say(DATASET, "dcterms:identifier", ox.Literal(release.sha256))
    else:
        file = f"{DATASET}/graph.nq"
        say(DATASET, "dcat:distribution", ox.NamedNode(file))
        say(file, "rdf:type", _term("dcat:Distribution"))
        say(file, "dcat:mediaType", ox.NamedNode(f"{_MEDIA}application/n-quads"))
        _checksum(say, file, release.sha256)
    if home and answers:
        say(DATASET, "void:sparqlEndpoint", ox.NamedNode(f"{home}/sparql"))
    if home:
        say(DATASET, "foaf:homepage", ox.NamedNode(f"{home}/"))
    if home and not release.files:
        for ending, media in _DUMPS.items():
            name = f"{STEM}.{ending}.gz"
            packed, place = f"{DATASET}/{name}", ox.NamedNode(f"{home}/download/{name}")
            say(DATASET, "void:dataDump", place)
            say(DATASET, "dcat:distribution", ox.NamedNode(packed))
            say(packed, "rdf:type", _term("dcat:Distribution"))
            say(packed, "dcterms:license", ox.NamedNode(LICENCE))
            say(packed, "dcat:accessURL", place)
            say(packed, "dcat:downloadURL", place)
            say(packed, "dcat:mediaType", ox.NamedNode(f"{_MEDIA}{media}"))
            say(packed, "dcat:compressFormat", ox.NamedNode(f"{_MEDIA}application/gzip"))
    return said


def read(triples: Iterable[ox.Triple]) -> Release | None:
    """Read a description back; None when it describes no release."""
    held: dict[str, dict[str, list[str]]] = {}
    for triple in triples:
        if isinstance(triple.subject, ox.Triple) or isinstance(triple.object, ox.Triple):
            continue
        values = held.setdefault(triple.subject.value, {})
        values.setdefault(triple.predicate.value, []).append(triple.object.value)

    def one(node: str, name: str) -> str:
        return next(iter(held.get(node, {}).get(_term(name).value, ())), "")

    def checksum(node: str) -> str:
        return one(one(node, "spdx:checksum"), "spdx:checksumValue")

    version = one(DATASET, "owl:versionInfo")
    whole = checksum(f"{DATASET}/graph.nq") or one(DATASET, "dcterms:identifier")
    if not version or not whole:
        return None
    subsets = held.get(DATASET, {}).get(_term("void:subset").value, ())
    graphs = sorted(graph for graph in subsets if graph in GRAPHS.values() or graph.startswith(_FILES))
    parts = {graph: (int(one(graph, "void:triples") or 0), checksum(graph)) for graph in graphs}
    files = []
    for graph in graphs:
        if source := one(graph, "dcterms:source"):
            title, publisher, licence, name, sha256, day, precision = (one(source, name) for name in _SAID)
            count = int(one(graph, "void:entities") or 0)
            files.append(Published(graph, source, title, publisher, licence, name, sha256, day, precision, count))
    return Release(version, whole, parts, one(DATASET, "adms:status") == _STATES[True], tuple(sorted(files)))


def n_triples(triples: Iterable[ox.Triple]) -> bytes:
    """Write triples as N-Triples, one a line, in order."""
    return "".join(sorted(f"{triple} .\n" for triple in triples)).encode()


def turtle(triples: Iterable[ox.Triple]) -> bytes:
    """Write triples as Turtle, with the prefixes that they use."""
    said = sorted(triples, key=str)
    used = {
        prefix: base for prefix, base in {**PREFIXES, **OWN}.items()
        if any(base in f"{triple.predicate} {triple.object}" for triple in said)
    }  # fmt: skip
    written = ox.serialize(said, format=ox.RdfFormat.TURTLE, prefixes=used)
    return written or b""


def _describe(say: Any, file: Published) -> None:
    """Say what a file of the publisher is, as its own graph says it too."""
    source = file.source
    say(DATASET, "dcterms:source", ox.NamedNode(source))
    say(file.graph, "dcterms:source", ox.NamedNode(source))
    say(file.graph, "dcterms:license", ox.NamedNode(file.licence))
    say(file.graph, "void:entities", _typed(str(file.organisations), "integer"))
    say(source, "rdf:type", _term("nis:Source"))
    for name, value in zip(_SAID, file[2:-1], strict=True):
        node = ox.NamedNode(value) if name == "dcterms:license" else ox.Literal(value)
        say(source, name, _typed(value, "date") if name == "dcterms:issued" else node)


def _checksum(say: Any, node: str, value: str) -> None:
    say(node, "spdx:checksum", ox.NamedNode(f"{node}#sha256"))
    say(f"{node}#sha256", "rdf:type", _term("spdx:Checksum"))
    say(f"{node}#sha256", "spdx:algorithm", _term("spdx:checksumAlgorithm_sha256"))
    say(f"{node}#sha256", "spdx:checksumValue", _typed(value, "hexBinary"))


def _month(release: str) -> str:
    """Give the month of a release: "2026.11.0" is of 2026-11."""
    year, month, *_ = release.split(".")
    return f"{year}-{int(month):02}"


def _term(name: str) -> ox.NamedNode:
    prefix, _, rest = name.partition(":")
    return ox.NamedNode({**PREFIXES, **OWN}[prefix] + rest)


def _typed(text: str, datatype: str) -> ox.Literal:
    return ox.Literal(text, datatype=ox.NamedNode(PREFIXES["xsd"] + datatype))
