"""The download page: the release as files, with checksum, licences and what describes it to machines."""

from __future__ import annotations

from typing import NamedTuple

from kg.faces.serve.exchange import Asked, Reply, Site
from kg.faces.serve.files import checksum, offered, size
from kg.faces.serve.pages.frame import page
from kg.faces.serve.pages.home import held_files


class Line(NamedTuple):
    """A file as the page lists it; `size` is in bytes and None, and `sha256` empty, where they are not known yet."""

    name: str
    words: str
    size: int | None
    sha256: str


def download(site: Site, asked: Asked) -> Reply:
    """Give the page of the files of the release."""
    graph = site.graph.graph
    lines = [Line(file.name, file.words, size(site, file), checksum(site, file)) for file in offered(graph)]
    return page(site, asked, "download.html", files=lines, held=held_files(graph))
