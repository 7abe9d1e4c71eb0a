"""Any list of records, written in a form and read back, is the same list as far as the form can hold it."""

from __future__ import annotations

import tempfile
from datetime import date, timedelta
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from kg.facts.ods.publication import open_file
from kg.facts.ods.record import Address, Dates, Period, Record, Refused, Relation, Role, Succession
from tests.publisher import writing

FILLER = date(1900, 1, 1)
CODES = st.from_regex(r"[A-Z0-9]{2,8}", fullmatch=True)
#: Names as XML, JSON, CSV and Parquet all hold them: one line without control characters or spaces around it.
TEXTS = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cn"), exclude_characters="\u2028\u2029"), max_size=20
).map(str.strip)
SAID = TEXTS.filter(bool)
IDS = st.integers(0, 10**6).map(str)
DAYS = st.dates(date(1850, 1, 1), date(2100, 1, 1)).filter(lambda day: day != FILLER)
STATUSES = st.sampled_from(["Active", "Inactive"])


@st.composite
def periods(draw: st.DrawFn) -> Period:
    start = draw(st.none() | DAYS)
    last = draw(st.none() | DAYS.map(lambda day: max(day, start) if start else day))
    return Period(start, last + timedelta(days=1) if last else None)


DATES = st.builds(Dates, st.none() | periods(), st.none() | periods())
ROLES = st.builds(
    Role,
    st.integers(1, 400).map("RO{}".format),
    st.just(False),
    DATES,
    st.sampled_from(["Active", "Inactive", ""]),
    IDS,
)
RELATIONS = st.builds(
    Relation, st.sampled_from(["RE4", "RE5", "RE6", "RE8"]), CODES, DATES, STATUSES, IDS, st.sampled_from(["", "RO98"])
)
ADDRESSES = st.builds(
    Address,
    st.lists(SAID, max_size=3).map(tuple),
    TEXTS,
    TEXTS,
    TEXTS,
    TEXTS,
    st.just("") | IDS.filter(lambda id: id != "0"),
)


@st.composite
def records(draw: st.DrawFn) -> Record:
    own = draw(CODES)
    roles = draw(st.lists(ROLES, max_size=3))
    first_is_primary: bool = draw(st.booleans())
    if roles and first_is_primary:
        roles[0] = roles[0]._replace(primary=True)
    successions = [
        Succession(own, other, on, id) if forward else Succession(other, own, on, id)
        for forward, other, on, id in draw(
            st.lists(st.tuples(st.booleans(), CODES | st.just(own), st.none() | DAYS, IDS), max_size=3)
        )
    ]
    contacts = [(sort, said) for sort in ("tel", "http") if (said := draw(TEXTS))]
    return Record(
        own,
        draw(TEXTS),
        draw(st.booleans()),
        draw(st.sampled_from(["RC1", "RC2"])),
        draw(st.sampled_from(["Active", "Inactive", ""])),
        draw(DATES),
        draw(st.none() | DAYS),
        draw(ADDRESSES),
        tuple(contacts),
        tuple(roles),
        tuple(draw(st.lists(RELATIONS, max_size=4))),
        tuple(successions),
        draw(st.booleans()),
    )


LISTS = st.lists(records(), min_size=1, max_size=5)
some = settings(max_examples=40, deadline=None)


def _read(path: Path) -> list[Record | Refused]:
    return list(open_file(path))


@some
@given(LISTS)
def test_a_release_is_read_as_it_was_written(records: list[Record]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        publication = open_file(writing.write_trud(Path(folder) / "release.zip", records))
        assert list(publication) == writing.held_by_xml(records)
        assert publication.release.stated == len(records)
        assert publication.notes == []


@some
@given(LISTS, st.sampled_from(["ord.json", "ord.jsonl", ""]))
def test_answers_are_read_as_they_were_written(records: list[Record], name: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = writing.write_json(Path(folder) / name, records)
        assert _read(path) == writing.held_by_json(records)


@some
@given(LISTS)
def test_a_report_is_read_as_it_was_written(records: list[Record]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = writing.write_report(Path(folder) / "eccg_2025-12.csv", records)
        assert _read(path) == writing.held_by_report(records)


@some
@given(LISTS, st.booleans())
def test_successions_are_read_as_they_were_written(records: list[Record], header: bool) -> None:
    held = writing.held_by_successions(records)
    if held:
        with tempfile.TemporaryDirectory() as folder:
            path = writing.write_successions(Path(folder) / "succ.csv", records, header=header)
            assert _read(path) == held


@some
@given(LISTS)
def test_tables_are_read_as_they_were_written(records: list[Record]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = writing.write_parquet(Path(folder), records)
        assert _read(path) == writing.held_by_parquet(records)


@some
@given(LISTS)
def test_what_is_read_is_the_same_when_it_is_read_again(records: list[Record]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        publication = open_file(writing.write_trud(Path(folder) / "release.zip", records))
        assert list(publication) == list(publication)
        assert publication.progress() == 1.0
