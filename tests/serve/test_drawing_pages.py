"""Pictures at an address of their own: every format, what they are called, and what is asked wrongly."""

from __future__ import annotations

import xml.etree.ElementTree as Xml
from typing import Any, Final
from urllib.parse import urlencode

import pytest

from kg.faces import library
from kg.faces.diagrams.renderers import page as pages
from kg.faces.serve.answering import answered
from kg.faces.serve.exchange import Asked, Reply, Site
from kg.faces.serve.pages.drawing import MEDIA
from kg.faces.serve.routes import ROUTES

ROUTE: Final = next(route for route in ROUTES if route.pattern.startswith("/draw/"))
TIES: Final = """PREFIX org: <http://www.w3.org/ns/org#>
SELECT ?group ?member { ?m org:organization ?group ; org:member ?member } ORDER BY ?group ?member LIMIT 5"""


def ask(asked: library.Graph, file: str, **query: str) -> Reply:
    return _answered(asked, file, query=(*query.items(),))


def _answered(asked: library.Graph, file: str, **more: Any) -> Reply:
    preset, _, ending = file.partition(".")
    return answered(Site(asked), ROUTE, Asked(f"/draw/{file}", parts={"preset": preset, "ending": ending}, **more))


def told(reply: Reply) -> str:
    return reply.body.decode()


@pytest.mark.parametrize("ending", MEDIA)
def test_a_picture_comes_in_every_format_with_its_media_type_and_a_name_for_the_file(
    asked: library.Graph, ending: str
) -> None:
    reply = ask(asked, f"lineage.{ending}", name="ACS", date="2026-04-01", only="legal", download="1")
    assert reply.status == 200, reply.body
    assert reply.media == MEDIA[ending]
    headers = dict(reply.headers)
    assert headers["Content-Disposition"] == f'attachment; filename="lineage-acs-2026-04-01.{ending}"'
    assert "Content-Disposition" not in dict(ask(asked, f"lineage.{ending}", name="ACS").headers)
    if ending == "svg":
        assert Xml.fromstring(reply.body).tag.endswith("svg")
    if ending == "png":
        assert reply.body.startswith(b"\x89PNG")


def test_the_interactive_page_keeps_its_own_policy(asked: library.Graph) -> None:
    policy = dict(ask(asked, "lineage.html", name="ACS").headers)["Content-Security-Policy"]
    assert policy.startswith(pages.policy())
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy


@pytest.mark.parametrize(
    ("file", "query"),
    [
        ("structure.svg", {"name": "icb-frimley", "date": "2024-04-01", "depth": "1"}), ("kinds.svg", {"form": "layers"}),
        ("compare.svg", {"from": "2026-03-31", "to": "2026-04-01", "kind": "icb"}), ("query.svg", {"name": "before", "thing": "icb-frimley"}),
        ("query.csv", {"name": "before", "param.thing": "icb-frimley", "date": "2026-01-01"}), ("query.svg", {"query": TIES}),
        ("lineage.dot", {"name": "icb-frimley", "direction": "before", "depth": "1", "basis": "population"}),
    ],
)  # fmt: skip
def test_every_picture_takes_its_parameters(asked: library.Graph, file: str, query: dict[str, str]) -> None:
    reply = ask(asked, file, **query)
    assert reply.status == 200, reply.body
    assert len(reply.body) > 200


def test_a_form_draws_the_result_of_a_query(asked: library.Graph) -> None:
    headers = {"content-type": "application/x-www-form-urlencoded"}
    reply = _answered(asked, "query.csv", method="POST", headers=headers, body=urlencode({"query": TIES}).encode())
    assert reply.status == 200
    assert reply.body == ask(asked, "query.csv", query=TIES).body
    assert reply.body.count(b"\n") > 5


@pytest.mark.parametrize(
    ("file", "query", "status", "words"),
    [
        ("lineage.svg", {}, 400, 'needs the parameter "name"'), ("lineage.gif", {"name": "ACS"}, 404, 'format "gif"'),
        ("atlas.svg", {}, 404, 'no picture called "atlas"'), ("lineage.svg", {"name": "ACS", "form": "layers"}, 400, "takes no parameter"),
        ("lineage.svg", {"name": "ACS", "depth": "two"}, 400, "no depth"), ("lineage.svg", {"name": "ACS", "depth": "0"}, 400, "leaves nothing"),
        ("lineage.svg", {"name": "ACS", "only": "both"}, 400, "legal or codes"), ("lineage.svg", {"name": "ACS", "basis": "luck"}, 400, "population"),
        ("lineage.svg", {"name": "ACS", "direction": "up"}, 400, "direction"), ("lineage.svg", {"name": "ACS", "date": "soon"}, 400, "2019-06-01"),
        ("lineage.svg", {"name": "no such thing"}, 404, "no such thing"), ("lineage.svg", {"name": "ICP"}, 300, "different things"),
        ("england.svg", {"from": "2013-04-01"}, 400, 'needs the parameter "to"'), ("compare.svg", {"from": "2013-04-01", "to": "2014-04-01", "date": "2014-04-01"}, 400, "date"),
        ("query.svg", {}, 400, "by its text"), ("query.svg", {"name": "before", "query": TIES}, 400, "one of the two"),
        ("query.svg", {"query": "DROP ALL"}, 400, "read-only"), ("query.svg", {"query": "SELECT * FROM <file:///etc/hosts> { ?s ?p ?o }"}, 400, "FROM"),
        ("query.svg", {"query": "ASK { ?s ?p ?o }"}, 400, "yes or no"), ("query.svg", {"query": TIES, "body": "x"}, 400, "Write the values"),
        ("query.svg", {"query": "SELECT ?body ?member { ?m <http://www.w3.org/ns/org#organization> ?body ; <http://www.w3.org/ns/org#member> ?member }"}, 400, "at most 5,000"),
    ],
)  # fmt: skip
def test_what_is_asked_wrongly_is_said_in_words(
    asked: library.Graph, file: str, query: dict[str, str], status: int, words: str
) -> None:
    reply = ask(asked, file, **query)
    assert reply.status == status
    assert words in told(reply)


@pytest.mark.parametrize("name", ["/etc/passwd", "../../pyproject.toml", "queries/before.rq", "before.rq"])
def test_no_file_is_ever_read_by_its_name(asked: library.Graph, name: str) -> None:
    reply = ask(asked, "query.svg", name=name)
    assert reply.status == 400
    assert "There is no saved query" in told(reply)
