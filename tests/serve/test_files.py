"""The files of a release as the server gives them: whole, in part, and not again to who has them."""

from __future__ import annotations

import hashlib
import re

from kg.faces.serve.files import FILES
from kg.graph import export
from kg.graph.graph import Graph
from tests.serve.conftest import Served

NAME = "/download/nhs-integration.csv"


def test_a_file_comes_whole_and_with_the_checksum_that_the_page_gives(served: Served, graph: Graph) -> None:
    reply = served.client.get(NAME)
    assert reply.content == export.export(graph, "csv")
    assert reply.headers["content-disposition"].endswith('filename="nhs-integration.csv"')
    assert hashlib.sha256(reply.content).hexdigest() in served.client.get("/download?again").text


def test_a_file_can_be_taken_in_parts_looked_at_and_left(served: Served) -> None:
    whole = served.client.get(NAME)
    part = served.client.get(NAME, headers={"Range": "bytes=10-19"})
    assert (part.status_code, part.content) == (206, whole.content[10:20])
    head = served.client.head(NAME)
    assert (int(head.headers["content-length"]), head.content) == (len(whole.content), b"")
    again = served.client.get(NAME, headers={"If-None-Match": whole.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_the_largest_file_is_the_very_graph(served: Served, graph: Graph) -> None:
    assert served.client.get("/download/nhs-integration.nq").content == graph.n_quads.read_bytes()


def test_the_page_links_every_file(served: Served) -> None:
    page = served.client.get("/download").text
    assert {file.name for file in FILES} == set(re.findall(r'href="/download/([^"]+)"', page))
