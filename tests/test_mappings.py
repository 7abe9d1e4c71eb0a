"""Crosswalk tables as files: the same rows in CSV, Parquet and SSSOM, which the SSSOM toolkit accepts."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import shutil
import subprocess
from dataclasses import replace
from datetime import date
from fractions import Fraction
from itertools import takewhile
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from kg.answers.codebook import Held, Scheme
from kg.answers.crosswalk import Pair
from kg.errors import UsageError
from kg.faces.crosswalks import content
from kg.faces.mappings import COLUMNS, About, as_csv, as_parquet
from kg.faces.sssom import as_sssom, predicates
from kg.graph.names import thing

ABOUT = About(
    "2021-04-01-ccg-ods-to-2022-07-01-subicb-ods", "CCGs of 2021 as sub-ICB locations: a title with a colon, # and 'quotes'",
    "2026.11.0", date(2021, 4, 1), date(2022, 7, 1), "ods", date(2026, 11, 22),
)  # fmt: skip
BACKWARDS = replace(ABOUT, since=ABOUT.until, until=ABOUT.since)
HOSTILE = (
    "a\ttab",
    "two\nlines",
    'say "no"',
    "# no comment",
    "=1+1",
    "a,b;c|d",
    "back\\slash",
    "\n# not a comment",
    "Bâle — ☃",
)


def held(
    code: str,
    label: str = "Somewhere",
    scheme: Scheme = "ods",
    key: str = "",
    start: date = date(2013, 4, 1),
    end: date = date.max,
) -> Held:
    """A code as the codebook gives it; the key of its body is that of the code unless another is given."""
    return Held(
        code, scheme, "ccg", thing("body", key or f"body-{code.lower()}"), label, start, end, thing("code", code)
    )


def row(
    old: Held, new: Held | None, share: Fraction | None = Fraction(1), basis: str = "", method: str = "whole",
    events: tuple[str, ...] = ("an-event",), types: tuple[str, ...] = (), sources: tuple[str, ...] = ("a-source", "another"),
) -> Pair:  # fmt: skip
    """A row as the crosswalk gives it, of an undivided code unless told otherwise."""
    return Pair(old, new, share, basis, method, events, types, sources)


def pair(old: str, new: str | None, share: Fraction | None = Fraction(1), *types: str, same: bool = False) -> Pair:
    """A row from one code to another; `same` says that one body held both."""
    basis = "" if share == 1 else "population"
    before = held(old, f"The old {old}", key="one" if same else f"old-{old.lower()}")
    to = held(new, f"The new {new}", key="one" if same else f"new-{new.lower()}") if new else None
    return row(before, to, share, basis, types=types)


MIXED = (
    pair("00C", "16C", Fraction(1), "Merger"),
    pair("00K", "16C", Fraction(1), "Merger"),
    pair("00Y", "00Y", Fraction(1), same=True),
    pair("D4U1Y", "E1", Fraction(2, 3), "Division"),
    pair("D4U1Y", "E2", Fraction(1, 4), "Division"),
    pair("D4U1Y", None, Fraction(1, 12)),
    pair("X1", "Y1", None, "PartialTransfer"),
)


def read(text: bytes, between: str = ",") -> list[dict[str, str]]:
    """The rows of a table, by a reader that is not ours."""
    return list(csv.DictReader(io.StringIO(text.decode(), newline=""), delimiter=between))


def parts(text: bytes) -> tuple[dict[str, Any], list[dict[str, str]]]:
    """What a mapping set says of itself, and its mappings."""
    lines = text.decode().splitlines(keepends=True)
    head = list(takewhile(lambda line: line.startswith("#"), lines))
    said = yaml.safe_load("".join(line[1:] for line in head))
    return said, read("".join(lines[len(head) :]).encode(), "\t")


def test_csv_has_exactly_the_columns_promised() -> None:
    assert ",".join(COLUMNS) == (
        "from_scheme,from_code,from_label,to_scheme,to_code,to_label,share,share_basis,method,events,sources"
    )
    assert as_csv(MIXED).decode().splitlines()[0] == ",".join(COLUMNS)
    assert as_csv(MIXED).decode().splitlines()[4] == (
        "ods,D4U1Y,The old D4U1Y,ods,E1,The new E1,0.6666666666666666,population,whole,an-event,a-source; another"
    )


def test_what_is_lost_has_no_code_and_what_is_unknown_no_share() -> None:
    rows = read(as_csv(MIXED))
    assert [(row["from_code"], row["share"]) for row in rows if not row["to_code"]] == [
        ("D4U1Y", "0.08333333333333333")
    ]
    assert [row["to_code"] for row in rows if not row["share"]] == ["Y1"]


def test_parquet_holds_the_rows_of_the_csv_with_numbers_as_numbers() -> None:
    frame = pl.read_parquet(io.BytesIO(as_parquet(MIXED)))
    assert tuple(frame.columns) == COLUMNS
    assert frame.schema["share"] == pl.Float64
    plain = [{name: "" if cell is None else str(cell) for name, cell in row.items()} for row in frame.to_dicts()]
    assert plain == read(as_csv(MIXED))
    assert frame["to_code"].null_count() == frame["share"].null_count() == 1


def test_a_table_without_rows_keeps_its_columns() -> None:
    assert as_csv([]).decode() == ",".join(COLUMNS) + "\n"
    assert tuple(pl.read_parquet(io.BytesIO(as_parquet([]))).columns) == COLUMNS
    assert (
        as_sssom([], ABOUT).decode().splitlines()[-1].startswith("subject_id\tsubject_label\tpredicate_id\tobject_id")
    )


@given(st.lists(st.integers(1, 10**9), min_size=1, max_size=40))
def test_shares_add_up_in_every_form(weights: list[int]) -> None:
    divided = [pair("A", f"T{number}", Fraction(weight, sum(weights))) for number, weight in enumerate(weights)]
    for shares in (
        [float(row["share"]) for row in read(as_csv(divided))],
        pl.read_parquet(io.BytesIO(as_parquet(divided)))["share"].to_list(),
        [float(row["share"]) for row in parts(as_sssom(divided, ABOUT))[1]],
    ):
        assert abs(sum(shares) - 1) < 1e-12


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_a_label_of_any_text_survives_csv(label: str) -> None:
    named = row(held("A", label), held("B", label))
    assert [(cells["from_label"], cells["to_label"]) for cells in read(as_csv([named]))] == [(label, label)]


@pytest.mark.parametrize("label", HOSTILE)
def test_hostile_labels_survive_every_form(label: str) -> None:
    pairs = [row(held("A", label), held("B", label)), pair("C", "D")]
    assert read(as_csv(pairs))[0]["from_label"] == label
    assert pl.read_parquet(io.BytesIO(as_parquet(pairs)))["to_label"][0] == label
    mapping = parts(as_sssom(pairs, ABOUT))[1][0]
    assert (mapping["subject_label"], mapping["object_label"]) == (label, label)


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        pytest.param([pair("A", "B", same=True)], ["exactMatch"], id="the same body"),
        pytest.param([pair("A", "A", Fraction(1), "CodeReuse")], ["closeMatch"], id="code reuse"),
        pytest.param([pair("A", "B", Fraction(1), "FunctionTransfer")], ["closeMatch"], id="functions passed whole"),
        pytest.param([pair("A", "B", Fraction(1), "Replacement")], ["closeMatch"], id="replacement"),
        pytest.param([pair("A", "C", Fraction(1), "Merger"), pair("B", "C", Fraction(1), "Merger")], ["broadMatch"] * 2, id="merger"),
        pytest.param([pair("A", "C", Fraction(1), "Merger")], ["broadMatch"], id="merger, of which one row is asked for"),
        pytest.param([pair("A", "C", Fraction(1), "Absorption")], ["broadMatch"], id="absorption"),
        pytest.param([pair("A", "B", Fraction(1), "PartialTransfer")], ["closeMatch"], id="whole, by way of a move between two"),
        pytest.param([pair("A", "G"), pair("B", "G")], ["broadMatch"] * 2, id="members of a group"),
        pytest.param([pair("A", "C", Fraction(1, 2)), pair("A", "D", Fraction(1, 2))], ["narrowMatch"] * 2, id="division"),
        pytest.param([pair("A", "C", Fraction(1, 2), "Division")], ["narrowMatch"], id="division, of which one row is asked for"),
        pytest.param([pair("A", "C", None)], ["narrowMatch"], id="a part of unknown size"),
        pytest.param(
            [pair("A", "C", Fraction(1, 2)), pair("A", "D", Fraction(1, 2)), pair("B", "D")],
            ["narrowMatch", "relatedMatch", "broadMatch"], id="parts of both",
        ),
        pytest.param([pair("A", "A", same=True), pair("B", "A")], ["closeMatch", "broadMatch"], id="the same body, enlarged"),
        pytest.param(
            [pair("A", "A", Fraction(3, 4), same=True), pair("A", "B", Fraction(1, 4))],
            ["closeMatch", "narrowMatch"], id="the same body, made smaller",
        ),
        pytest.param([pair("A", None)], ["exactMatch"], id="nothing"),
    ],
)  # fmt: skip
def test_the_predicate_says_what_each_covers(rows: list[Pair], found: list[str]) -> None:
    assert predicates(rows) == [f"skos:{name}" for name in found]


def test_backwards_a_merger_divides_and_a_division_gathers() -> None:
    assert predicates([pair("16C", "00C", Fraction(1, 3), "Merger")], backwards=True) == ["skos:narrowMatch"]
    assert predicates([pair("E1", "D4U1Y", Fraction(1), "Division")], backwards=True) == ["skos:broadMatch"]


def test_a_mapping_rests_on_curation_or_on_a_chain_of_it() -> None:
    chain = replace(pair("00C", "84H"), events=("one", "two"))
    told = {
        row["subject_id"]: row["mapping_justification"] for row in parts(as_sssom([chain, pair("A", "B")], ABOUT))[1]
    }
    assert told == {"ods:00C": "semapv:MappingChaining", "ods:A": "semapv:ManualMappingCuration"}


def test_a_mapping_set_says_where_it_comes_from_and_what_its_own_slots_mean() -> None:
    ended = replace(MIXED[0], to=held("16C", end=date(2022, 7, 1)))
    said, mappings = parts(as_sssom([ended, *MIXED[1:]], ABOUT))
    assert said["mapping_set_id"] == f"https://w3id.org/nhs-integration/mappings/2026.11.0/{ABOUT.key}"
    assert (said["mapping_set_version"], said["mapping_set_title"]) == ("2026.11.0", ABOUT.title)
    assert said["license"].startswith("http://www.nationalarchives.gov.uk/doc/open-government-licence/")
    assert said["mapping_date"] == date(2026, 11, 22)
    assert (said["mapping_tool"], said["mapping_tool_version"]) == ("kg", "2026.11.0")
    assert (said["subject_source"], said["subject_source_version"]) == ("scheme:ods", "2021-04-01")
    assert (said["object_source"], said["object_source_version"]) == ("scheme:ods", "2022-07-01")
    slots = {slot["slot_name"]: slot for slot in said["extension_definitions"]}
    assert {"valid_from", "valid_until", "share", "share_basis", "event"} <= slots.keys()
    assert len({slot["property"] for slot in slots.values()}) == len(slots)
    assert slots.keys() == mappings[0].keys() - {
        "subject_id", "subject_label", "predicate_id", "object_id", "object_label", "mapping_justification", "comment",
    }  # fmt: skip
    known = said["curie_map"].keys()
    assert {slot["property"].split(":")[0] for slot in slots.values()} <= known
    assert known == {"body", "dcterms", "event", "nis", "ods", "source", "scheme"}


def test_a_mapping_gives_codes_days_bodies_events_and_sources() -> None:
    old = held("15A", "Berkshire West", key="ccg-15a")
    new = held("E38000221", "Berkshire West", "gss", "subicb-15a", date(2022, 7, 1), date(2026, 4, 1))
    _, (mapping,) = parts(as_sssom([row(old, new, events=("one", "two"), basis="area", share=Fraction(1, 3))], ABOUT))
    assert (mapping["subject_id"], mapping["object_id"]) == ("ods:15A", "gss:E38000221")
    assert (mapping["subject_body"], mapping["object_body"]) == ("body:ccg-15a", "body:subicb-15a")
    assert (mapping["valid_from"], mapping["valid_until"]) == ("2022-07-01", "2026-04-01")
    assert (mapping["share"], mapping["share_basis"]) == ("0.3333333333333333", "area")
    assert (mapping["event"], mapping["source"]) == ("event:one; event:two", "source:a-source; source:another")


def test_an_open_code_has_no_last_day_and_a_slot_that_nothing_fills_is_left_out() -> None:
    said, (mapping,) = parts(as_sssom([pair("A", "B")], ABOUT))
    assert mapping["valid_from"] == "2013-04-01"
    assert not {"valid_until", "share_basis"} & mapping.keys()
    assert not {"valid_until", "share_basis"} & {slot["slot_name"] for slot in said["extension_definitions"]}


def test_backwards_the_object_is_what_there_was_before() -> None:
    for about, meaning in ((ABOUT, "nis:hasBefore"), (BACKWARDS, "nis:hasAfter")):
        slots = parts(as_sssom(MIXED, about))[0]["extension_definitions"]
        assert {slot["property"] for slot in slots if slot["slot_name"] == "subject_body"} == {meaning}


def test_what_is_lost_is_said_to_have_no_term_and_in_which_scheme() -> None:
    said, mappings = parts(as_sssom(MIXED, ABOUT))
    (lost,) = [row for row in mappings if row["object_id"] == "sssom:NoTermFound"]
    assert (lost["subject_id"], lost["predicate_id"], lost["object_label"]) == ("ods:D4U1Y", "skos:exactMatch", "")
    assert said["object_source"] == "scheme:ods"


def test_the_order_of_the_rows_makes_no_difference_to_a_mapping_set() -> None:
    assert as_sssom(MIXED[::-1], ABOUT) == as_sssom(MIXED, ABOUT)


@pytest.mark.parametrize(
    ("name", "starts"),
    [
        ("a.csv", b"from_scheme,"),
        ("A.CSV", b"from_scheme,"),
        ("a.parquet", b"PAR1"),
        ("x/a.b.sssom.tsv", b"#curie_map"),
    ],
)
def test_the_name_of_a_file_says_its_form(name: str, starts: bytes) -> None:
    assert content(name, MIXED, ABOUT).startswith(starts)


@pytest.mark.parametrize("name", ["table", "table.tsv", "table.xlsx", "csv"])
def test_a_name_that_says_no_form_is_refused(name: str) -> None:
    with pytest.raises(UsageError, match=r"Name a file that ends in \.csv, \.parquet or \.sssom\.tsv\.$"):
        content(name, MIXED, ABOUT)


@pytest.fixture(scope="module")
def toolkit() -> Path:
    """The command `sssom`, at KG_SSSOM or on the path."""
    found = os.environ.get("KG_SSSOM") or shutil.which("sssom")
    if not found:
        pytest.skip("The SSSOM toolkit is not installed; `just sssom` installs it in a folder of its own.")
    return Path(found)


def run(*command: str | Path) -> subprocess.CompletedProcess[str]:
    # PYTHONPATH may lead to packages of this environment, which are not those that the toolkit was installed with.
    clean = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    return subprocess.run(command, capture_output=True, encoding="utf-8", timeout=180, check=False, env=clean)


def validate(toolkit: Path, file: Path) -> subprocess.CompletedProcess[str]:
    return run(toolkit, "validate", file)


@pytest.mark.slow
def test_the_sssom_toolkit_accepts_a_mapping_set(toolkit: Path, tmp_path: Path) -> None:
    file = tmp_path / "set.sssom.tsv"
    hostile = [row(held(f"A{number}", label), held(f"B{number}", label)) for number, label in enumerate(HOSTILE)]
    file.write_bytes(as_sssom([*MIXED, *hostile], ABOUT))
    done = validate(toolkit, file)
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    # It knows no slots but its own, defined or not (sssom-py issue 583), and says so of each; nothing else is to be said.
    own = {slot["slot_name"] for slot in parts(file.read_bytes())[0]["extension_definitions"]}
    assert {re.sub(r"No attr for (\w+) \[\d+ instances\]", r"\1", line) for line in done.stderr.splitlines()} == own


@pytest.mark.slow
def test_the_sssom_toolkit_refuses_a_mapping_set_with_a_fault(toolkit: Path, tmp_path: Path) -> None:
    file = tmp_path / "set.sssom.tsv"
    text = as_sssom(MIXED, ABOUT)
    for was, now in ((b"semapv:ManualMappingCuration", b"semapv:Guess"), (b"#  ods: https://", b"#  odd: https://")):
        assert was in text
        file.write_bytes(text.replace(was, now))
        assert validate(toolkit, file).returncode != 0


@pytest.mark.slow
def test_the_sssom_toolkit_reads_what_was_written(toolkit: Path, tmp_path: Path) -> None:
    file, out = tmp_path / "set.sssom.tsv", tmp_path / "set.json"
    hostile = [row(held(f"A{number}", label), held(f"B{number}", label)) for number, label in enumerate(HOSTILE)]
    file.write_bytes(as_sssom([*MIXED, *hostile], ABOUT))
    # Not `strict`, which in sssom 0.4.21 refuses a set exactly when nothing is wrong with what it says of itself.
    reader = (
        "import sys; from sssom.parsers import parse_sssom_table; "
        "parse_sssom_table(sys.argv[1]).df.to_json(sys.argv[2], orient='records')"
    )
    python = toolkit.absolute().parent / "python"
    done = run(python, "-c", reader, file, out)
    assert done.returncode == 0, done.stderr
    rows = json.loads(out.read_text(encoding="utf-8"))
    assert {row["subject_id"]: row["subject_label"] for row in rows if row["subject_label"] in HOSTILE} == {
        f"ods:A{number}": label for number, label in enumerate(HOSTILE)
    }
    assert [row["object_id"] for row in rows if row["subject_id"] == "ods:D4U1Y"] == [
        "sssom:NoTermFound",
        "ods:E1",
        "ods:E2",
    ]
    assert {row["subject_source_version"] for row in rows} == {"2021-04-01"}
