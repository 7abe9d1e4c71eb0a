"""What a compiled graph is, said in RDF (VoID, DCAT, SPDX): its release, licence, parts, counts and checksums.

`kg push` writes it beside the graph, and `kg --store` reads it there first; of `kg serve`, whose /.well-known/void tells the
same, it reads it in the description of the SPARQL service.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import pyoxigraph as ox

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
_STATES: Final = {
    True: "http://purl.org/adms/status/Completed",
    False: "http://purl.org/adms/status/UnderDevelopment",
}


@dataclass(frozen=True)
class Release:
    """What an engine holds: `parts` maps each named graph to (triples, SHA-256 of its sorted N-Triples, or "")."""

    release: str
    sha256: str
    parts: Mapping[str, tuple[int, str]] = field(default_factory=dict)
    finished: bool = True

    @property
    def triples(self) -> int:
        return sum(count for count, _ in self.parts.values())


def of(manifest: Mapping[str, Any], checksums: Mapping[str, str] | None = None) -> Release:
    """Give the release that the manifest of a compiled graph states, with the checksums of its parts where known."""
    known = checksums or {}
    parts = {graph: (int(count), known.get(graph, "")) for graph, count in manifest["quads"].items()}
    return Release(str(manifest["release"]), str(manifest["graph_sha256"]), parts)


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
    for graph, (count, checksum) in sorted(release.parts.items()):
        say(DATASET, "void:subset", ox.NamedNode(graph))
        say(graph, "rdf:type", _term("void:Dataset"))
        say(graph, "dcterms:title", ox.Literal(f"{TITLE}: {local_name(graph)}", language="en"))
        say(graph, "void:triples", _typed(str(count), "integer"))
        if checksum:
            _checksum(say, graph, checksum)
    file = f"{DATASET}/graph.nq"
    say(DATASET, "dcat:distribution", ox.NamedNode(file))
    say(file, "rdf:type", _term("dcat:Distribution"))
    say(file, "dcat:mediaType", ox.NamedNode(f"{_MEDIA}application/n-quads"))
    _checksum(say, file, release.sha256)
    if home and answers:
        say(DATASET, "void:sparqlEndpoint", ox.NamedNode(f"{home}/sparql"))
    if home:
        say(DATASET, "foaf:homepage", ox.NamedNode(f"{home}/"))
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

    version, whole = one(DATASET, "owl:versionInfo"), checksum(f"{DATASET}/graph.nq")
    if not version or not whole:
        return None
    graphs = [graph for graph in held.get(DATASET, {}).get(_term("void:subset").value, ()) if graph in GRAPHS.values()]
    parts = {graph: (int(one(graph, "void:triples") or 0), checksum(graph)) for graph in sorted(graphs)}
    return Release(version, whole, parts, one(DATASET, "adms:status") == _STATES[True])


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
