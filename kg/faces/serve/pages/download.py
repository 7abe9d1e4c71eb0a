"""The download page: the release as files, with checksum, licences and what describes it to machines."""

from __future__ import annotations

import json
from typing import Final, NamedTuple

from kg.faces.serve.exchange import Asked, Reply, Site
from kg.faces.serve.pages.frame import page

_MANIFEST: Final = "manifest.json"


class File(NamedTuple):
    """A file of the release: its name below /download, what it holds, and its size in bytes and SHA-256 where known."""

    name: str
    words: str
    size: int = 0
    sha256: str = ""


FILES: Final = (
    File("nhs-integration.nq", "N-Quads: the whole graph, with its named graphs. The other files are made of it."),
    File("nhs-integration.ttl", "Turtle: all that is stated and derived, merged."),
    File("nhs-integration.jsonld", "JSON-LD: the same."),
    File("nhs-integration.graphml", "GraphML: who became whom, for network tools such as Gephi."),
    File("nhs-integration.csv", "CSV: who became whom, a row a transfer, for a spreadsheet."),
)
CATALOGUE: Final = (
    File("void.ttl", "VoID and DCAT: what the data set is, for catalogues."),
    File("queries.ttl", "The saved queries as SHACL SPARQL examples, for editors and crawlers."),
)


def download(site: Site, asked: Asked) -> Reply:
    """Give the page of the files of the release."""
    return page(site, asked, "download.html", files=[_measured(site, file) for file in FILES], catalogue=CATALOGUE)


def _measured(site: Site, file: File) -> File:
    """Add the size and checksum of the N-Quads, which stand ready; the others are written when they are asked for."""
    source = site.graph.graph.n_quads
    if not file.name.endswith(".nq") or not source.is_file():
        return file
    try:
        sha256 = json.loads((source.parent / _MANIFEST).read_text(encoding="utf-8"))["graph_sha256"]
    except (OSError, ValueError, KeyError):
        sha256 = ""
    return file._replace(size=source.stat().st_size, sha256=sha256)
