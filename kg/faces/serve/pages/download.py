"""The download page: the release as files, with checksum, licences and what describes it to machines."""

from __future__ import annotations

import json
from typing import Final, NamedTuple

from kg.faces.serve.exchange import Asked, Reply, Site
from kg.faces.serve.files import FILES, STEM, size
from kg.faces.serve.pages.frame import page

_MANIFEST: Final = "manifest.json"


class Line(NamedTuple):
    """A file as the page lists it; `size` is in bytes and None, and `sha256` empty, where they are not known yet."""

    name: str
    words: str
    size: int | None
    sha256: str


def download(site: Site, asked: Asked) -> Reply:
    """Give the page of the files of the release."""
    lines = [
        Line(file.name, file.words, size(site, file), _checksum(site) if file.name == f"{STEM}.nq" else "")
        for file in FILES
    ]
    return page(site, asked, "download.html", files=lines)


def _checksum(site: Site) -> str:
    """Give the SHA-256 of the N-Quads, of which all other files are made, as it was found when they were written."""
    try:
        manifest = json.loads((site.graph.graph.n_quads.parent / _MANIFEST).read_text(encoding="utf-8"))
        return str(manifest["graph_sha256"])
    except (OSError, ValueError, KeyError):
        return ""
