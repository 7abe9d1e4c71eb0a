"""The download page: the release as files, with checksum, licences and what describes it to machines."""

from __future__ import annotations

from typing import NamedTuple

from kg.errors import StoreError
from kg.faces.serve.exchange import Asked, Reply, Site
from kg.faces.serve.files import FILES, size
from kg.faces.serve.pages.frame import page
from kg.graph.release import STEM


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
        return site.graph.graph.held.sha256
    except StoreError:
        return ""
