"""The publisher's roles and relationships: in words, each once, findable, and in the way of nothing of our own."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import pytest

from kg.faces import library
from kg.facts.curated import load, read
from kg.facts.records import PublisherCode
from kg.graph.graph import Graph
from kg.graph.inputs import Inputs
from kg.graph.names import PREFIXES, TERMS, Iri, thing
from kg.graph.statements import publisher_key

ROOT = Inputs.default().root
CODES = load(ROOT / "data").rows(PublisherCode)
PUBLISHED = ROOT.parent / "shared" / "facts" / "ods_roles_relationships.csv"


def said(graph: Graph, iri: Iri) -> dict[str, object]:
    return {name.rsplit("#", 1)[-1]: value for name, value in graph.store.statements(iri)}


def test_every_role_and_relationship_of_the_publishers_list_is_there_as_printed() -> None:
    if not PUBLISHED.is_file():
        pytest.skip("the publisher's list of roles is not in ../shared/facts")
    with PUBLISHED.open(encoding="utf-8", newline="") as stream:
        printed = {row["code"]: row["label"] for row in csv.DictReader(stream) if not row["code"].startswith("RC")}
    ours = {row.code: row.printed for row in CODES}
    assert len(printed) == 202  # of 204 rows two are classes of records, and no roles
    assert {code: ours[code] for code in printed} == printed
    assert set(ours) - set(printed) == {"RO327", "RE11"}  # later than the list


def test_words_in_running_text_are_no_capitals_of_a_file() -> None:
    for row in CODES:
        for text in filter(None, (row.name, row.plural, row.member)):
            assert not text.isupper(), row.code
            assert text == text.strip(" ."), row.code
        assert row.plural != row.name or row.name.endswith(("headquarters", "Assembly")), row.code


def test_a_role_is_a_concept_and_no_kind(graph: Graph) -> None:
    facts = said(graph, thing("kind", "ods-ro76"))
    types = {value for name, value in graph.store.statements(thing("kind", "ods-ro76")) if name.endswith("#type")}
    assert types == {f"{TERMS}PublisherRole", PREFIXES["skos"] + "Concept"}
    assert (facts["prefLabel"], facts["pluralLabel"], facts["notation"]) == ("GP practice", "GP practices", "RO76")
    assert (facts["text"], facts["telling"], facts["inScheme"]) == ("GP PRACTICE", "yes", thing("scheme", "ods-roles"))
    kinds = {row["kind"] for row in graph.rows("kinds")}
    assert len(kinds) == 52
    assert not any("/kind/ods-" in kind for kind in kinds)


def test_a_role_that_covers_several_kinds_is_the_same_as_none(graph: Graph) -> None:
    """RO98 covers CCGs, hubs, sub-ICB locations and reporting entities alike."""
    assert "exactMatch" not in said(graph, thing("kind", "ods-ro98"))
    assert said(graph, thing("kind", "ods-ro319"))["exactMatch"] == thing("kind", "sub-icb-location")


def test_a_relationship_is_a_role_that_a_member_has(graph: Graph) -> None:
    facts = said(graph, thing("role", publisher_key("RE4")))
    assert (facts["prefLabel"], facts["altLabel"]) == ("commissioned organisation", "is commissioned by")
    assert (facts["pluralLabel"], facts["notation"]) == ("commissioned organisations", "RE4")


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("GP practice", "ods-ro76"), ("gp practices", "ods-ro76"), ("RO76", "ods-ro76"), ("pharmacy", "ods-ro182"),
        ("clinical commissioning group", "ccg"), ("council", "council"), ("health authority", "health-authority"),
        ("primary care networks", "pcn"), ("NHS England local office", "nhse-local-office"), ("RO98", "ods-ro98"),
    ],
)  # fmt: skip
def test_a_name_means_a_role_only_where_nothing_of_our_own_is_called_that(graph: Graph, text: str, key: str) -> None:
    assert [named.key for named in graph.names.exact(text)] == [key]


def test_a_role_is_offered_where_it_comes_nearer_than_anything_of_our_own(graph: Graph) -> None:
    assert "ods-ro166" in [named.key for named in graph.names.holding("optical headquarter")]


def test_a_role_is_described_in_words(asked: library.Graph) -> None:
    sentence = asked.show("GP practice").sentence
    assert sentence.startswith(
        "A GP practice is an organisation that has the role RO76 of the Organisation Data Service"
    )


@pytest.mark.parametrize(
    ("code", "column", "cells"),
    [
        ("RO76", "sort", {"sort": "relationship"}),
        ("RO76", "member", {"member": "practice"}),
        ("RE4", "member", {"member": ""}),
        ("RE4", "kind", {"kind": "pct"}),
        ("RO76", "kind", {"kind": "practise"}),
        ("RO76", "code", {"code": "R76"}),
    ],
)
def test_a_row_that_contradicts_itself_is_told(tmp_path: Path, code: str, column: str, cells: dict[str, str]) -> None:
    shutil.copytree(ROOT / "data", tmp_path / "data")
    path = tmp_path / "data" / PublisherCode.FILE
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    line = next(number for number, row in enumerate(rows, start=2) if row["code"] == code)
    rows[line - 2].update(cells)
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, rows[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    told = [(fault.file, fault.line, fault.column) for fault in read(tmp_path / "data")[1]]
    assert told == [(f"data/{PublisherCode.FILE}", line, column)]
