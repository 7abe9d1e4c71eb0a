"""Truths about vintages: of which time a list of codes is, whole or not, tidy or not, and which codes do not fit."""

from __future__ import annotations

import random
from datetime import date

import pytest

from kg.answers.codebook import Codebook, Level, Scheme
from kg.answers.record import Records
from kg.answers.vintage import Vintage, vintage
from kg.faces.library import Graph

TIMES: list[tuple[Level, Scheme, date]] = [
    ("ccg", "ods", date(2013, 4, 1)), ("ccg", "ods", date(2015, 4, 1)), ("ccg", "ods", date(2017, 4, 1)),
    ("ccg", "ods", date(2020, 4, 1)), ("ccg", "ods", date(2021, 4, 1)), ("subicb", "ods", date(2022, 7, 1)),
    ("subicb", "ods", date(2024, 4, 1)), ("subicb", "ods", date(2026, 4, 1)), ("icb", "ods", date(2022, 7, 1)),
    ("icb", "ods", date(2024, 4, 1)), ("icb", "ods", date(2026, 4, 1)), ("ccg", "gss", date(2017, 4, 1)),
    ("subicb", "gss", date(2024, 4, 1)), ("icb", "gss", date(2026, 4, 1)), ("stp", "ods", date(2017, 4, 1)),
    ("pct", "ods", date(2012, 4, 1)), ("region", "gss", date(2021, 4, 1)),
]  # fmt: skip


@pytest.fixture(scope="module")
def codebook(in_memory: Graph) -> Codebook:
    return Codebook(Records(in_memory.graph))


def of(codebook: Codebook, level: Level, scheme: Scheme, day: date) -> list[str]:
    return sorted(held.code for held in codebook.on(day, level, scheme).values())


def told(codebook: Codebook, codes: list[str]) -> Vintage:
    return vintage(codebook, {code: codes.count(code) for code in codes})


@pytest.mark.parametrize(("level", "scheme", "day"), TIMES)
@pytest.mark.parametrize("missing", [0, 0.1])
def test_a_list_of_codes_is_of_its_time(
    codebook: Codebook, level: Level, scheme: Scheme, day: date, missing: float
) -> None:
    chance = random.Random(f"{level} {scheme} {day}")
    for _ in range(5 if missing else 1):
        codes = [code for code in of(codebook, level, scheme, day) if chance.random() >= missing]
        found = told(codebook, codes)
        assert not found.mixed
        assert not found.strangers
        assert any(fit.level == level and fit.scheme == scheme and fit.start <= day < fit.end for fit in found.best)
        assert all(fit.codes == set(codes) for fit in found.best)


def test_codes_that_two_bodies_have_had_fit_two_times(codebook: Codebook) -> None:
    found = told(codebook, of(codebook, "subicb", "ods", date(2022, 7, 1)))
    assert [(fit.level, fit.start, fit.end) for fit in found.best] == [
        ("ccg", date(2021, 4, 1), date(2022, 7, 1)),
        ("subicb", date(2022, 7, 1), date(2026, 4, 1)),
    ]
    assert len(found.reused) == 106


def test_a_mixed_list_is_called_mixed_with_the_codes_of_each_time(codebook: Codebook) -> None:
    codes = [*of(codebook, "ccg", "ods", date(2017, 4, 1)), "36J", "16C"]
    found = told(codebook, codes)
    assert found.mixed
    assert [fit.codes for fit in found.parts[1:]] == [{"16C", "36J"}]
    assert found.parts[0].start == date(2017, 4, 1)
    assert len(found.parts[0].codes) == 207


def test_rows_count_as_well_as_codes(codebook: Codebook) -> None:
    found = vintage(codebook, {"00C": 5, "00K": 2, "zz": 3}, empty=4)
    assert found.rows == 14
    assert found.best[0].rows == 7
    assert found.empty == 4


@pytest.mark.parametrize(
    ("value", "is_", "meant"),
    [
        ("O0D", "", "00D"),  # a letter for a nought
        ("C", "", "00C"),  # noughts lost
        ("5.00E+01", "", "5E1"),  # a number made of a code by a spreadsheet
        ("NHS BRADFORD CITY CCG", "a name", "02W"),
        ("13Q", "the code of National Commissioning Hub 1, which is at none of these levels", ""),
        ("E3800215", "", "E38000215"),
        ("TOTAL", "", ""),  # TAL was a code, and is nothing like it
    ],
)
def test_what_fits_none_is_explained_or_a_code_like_it_suggested(
    codebook: Codebook, value: str, is_: str, meant: str
) -> None:
    found = told(codebook, [value, "16C"])
    assert [one.value for one in found.strangers] == [value]
    assert found.strangers[0].is_ == is_
    assert (meant in found.strangers[0].suggestions) if meant else not found.strangers[0].suggestions
