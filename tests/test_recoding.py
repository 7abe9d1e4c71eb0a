"""Truths about tables that are recoded: totals are kept, nobody guesses, and the report accounts for every number."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, timedelta
from fractions import Fraction
from functools import cache
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any, Final

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from kg.answers import report as reports
from kg.answers.codebook import Level, Scheme
from kg.answers.recoding import Divided, Recoded
from kg.answers.report import Report
from kg.errors import BadInput, UsageError
from kg.faces import losses
from kg.faces.library import Graph
from kg.graph.names import thing

SCHEMA: Final = json.loads(
    (Path(losses.__file__).parent / "report.schema.json").read_text(encoding="utf-8"),
)
VALID: Final = Draft202012Validator(SCHEMA)
DIVIDED_BY_2022: Final = ("01H", "01Y", "05C", "05L", "05Y", "06A", "06H")
DIVIDED_BY_2026: Final = (*DIVIDED_BY_2022, "10C", "10G", "10T", "11C", "99M")
MEASURES: Final = ("count:patients", "count:cost", "rate:smoking:patients", "category:rating")
#: Days of each level with codes, each a first day of a set of codes.
DAYS: Final[Mapping[Level, tuple[str, ...]]] = {
    "pct": ("2012-04-01",),
    "ccg": ("2013-04-01", "2015-04-01", "2017-04-01", "2018-04-01", "2020-04-01", "2021-04-01"),
    "subicb": ("2022-07-01", "2024-04-01", "2026-04-01"),
    "stp": ("2017-04-01", "2020-04-01"),
    "icb": ("2022-07-01", "2024-04-01", "2026-04-01"),
    "region": ("2021-04-01", "2024-04-01"),
}  # fmt: skip
ENGINES: Final[Mapping[str, tuple[Callable[[pa.Table], Any], type]]] = {
    "pandas": (lambda table: table.to_pandas(), pd.DataFrame),
    "polars": (pl.from_arrow, pl.DataFrame),
    "polars lazy": (lambda table: pl.from_arrow(table).lazy(), pl.LazyFrame),  # type: ignore[union-attr]
    "duckdb": (lambda table: duckdb.connect().from_arrow(table), duckdb.DuckDBPyRelation),
    "pyarrow": (lambda table: table, pa.Table),
}


@cache
def codes(asked: Graph, level: Level, day: str, scheme: Scheme = "ods") -> tuple[str, ...]:
    """Give the codes of a level on a day, as the crosswalk from that day to itself has them."""
    pairs = asked.concordance(day, level, day, level, scheme=scheme)
    return tuple(sorted(pair.from_.code for pair in pairs))


def table(of: Iterable[str | None], column: str = "ccg") -> pl.DataFrame:
    """Make up a table of codes in which no two rows are alike, and no number is round."""
    each = list(of)
    places = range(1, len(each) + 1)
    return pl.DataFrame(
        {
            column: each,
            "patients": [place * 7919 % 90001 + 5003 for place in places],
            "cost": [place * 104729 % 999983 / 64 for place in places],
            "smoking": [(place * 37 % 101) / 404 for place in places],
            "rating": ["good" if place % 3 else "poor" for place in places],
        }
    )


def recode(asked: Graph, frame: Any, column: str = "ccg", **wish: Any) -> Recoded:
    """Recode a table, and look that its report is valid and accounts for all that went in, whatever the table."""
    made = asked.crosswalk(frame, column, **wish)
    check(made.report)
    return made


def check(report: Report) -> None:
    plain = report.to_dict()
    assert [f"{fault.json_path}: {fault.message[:200]}" for fault in VALID.iter_errors(plain)] == []
    assert json.loads(report.to_json()) == plain
    events, sources = {row["key"] for row in report.events}, {row["key"] for row in report.sources}
    for row in report.estimated:
        for part in row["from"]:
            assert set(part["events"]) <= events
            assert set(part["sources"]) <= sources
    for row in (*report.divided, *report.events, *report.missing, *report.moves):
        assert set(row["sources"]) <= sources
    assert report.rows["in"] == report.rows["recoded"] + report.rows["unmapped"]
    assert report.rows["unmapped"] == sum(row["rows"] for row in report.unmapped)
    for total in report.totals:
        assert total["out"] + total["unmapped"] == pytest.approx(total["in"], rel=1e-11)
        nowhere = math.fsum(row["totals"][total["measure"]] for row in report.unmapped)
        assert nowhere == pytest.approx(total["unmapped"], rel=1e-11)  # a report has twelve digits
        estimated = math.fsum(row["of_which_estimated"][total["measure"]] for row in report.estimated)
        assert estimated == pytest.approx(total["estimated"], rel=1e-9)


def plain(frame: Any) -> list[dict[str, Any]]:
    """Give any frame as rows of plain values, in order, empty cells as None."""
    if isinstance(frame, pl.LazyFrame):
        frame = frame.collect()
    if isinstance(frame, duckdb.DuckDBPyRelation):
        frame = frame.to_arrow_table()
    if isinstance(frame, pd.DataFrame):
        frame = pa.Table.from_pandas(frame, preserve_index=False)
    found = frame.to_dicts() if isinstance(frame, pl.DataFrame) else frame.to_pylist()
    return [{name: None if cell != cell else cell for name, cell in row.items()} for row in found]


def by_code(frame: Any, measure: str, column: str = "ccg") -> dict[str | None, float]:
    return {row[column]: row[measure] for row in plain(frame)}


def total(frame: Any, measure: str) -> float:
    return math.fsum(row[measure] for row in plain(frame))


@cache
def leads_of(
    asked: Graph, since: str, of: str, to: str, level: str, basis: str
) -> dict[str, dict[str | None, Fraction]]:
    """Give where the codes of a level lead, and in what part, from the crosswalk's own pairs."""
    found: dict[str, dict[str | None, Fraction]] = {}
    for pair in asked.concordance(since, of, to, level, basis=basis):
        found.setdefault(pair.from_.code, {})[pair.to.code if pair.to else None] = pair.share or Fraction(0)
    return found


def by_hand(frame: pl.DataFrame, measure: str, leads: Mapping[str, Mapping[str | None, Fraction]]) -> dict[Any, Any]:
    """Share out a count in exact arithmetic, row by row."""
    found: dict[str | None, Fraction] = {}
    for row in frame.to_dicts():
        for to, share in leads[row["ccg"]].items():
            if share:
                found[to] = found.get(to, Fraction(0)) + Fraction(row[measure]) * share
    return {to: pytest.approx(float(value), rel=1e-12) for to, value in found.items()}


@pytest.fixture(scope="module")
def of_2015(in_memory: Graph) -> pl.DataFrame:
    made = table(codes(in_memory, "ccg", "2015-04-01"))
    assert made.height == 209
    return made


# Totals, and what to do with what was divided


@pytest.mark.parametrize("to", ["2022-07-01", "2026-04-01"])
@pytest.mark.parametrize(
    "wish",
    [{"basis": "population"}, {"basis": "practices"}, {"basis": "budget"}, {"on_split": "list"}, {"on_split": "main"}],
    ids=str,
)
def test_the_ccgs_of_2015_recoded_to_boards_keep_every_total(
    in_memory: Graph, of_2015: pl.DataFrame, to: str, wish: dict[str, str]
) -> None:
    made, report = recode(in_memory, of_2015, to=to, level="icb", measures=MEASURES, **wish)
    for measure in ("patients", "cost"):
        assert total(made, measure) == pytest.approx(total(of_2015, measure), rel=1e-12)
    assert report.totals[0]["in"] == of_2015["patients"].sum()
    assert report.totals[1]["in"] == pytest.approx(of_2015["cost"].sum(), rel=1e-11)
    out = {row["ccg"] for row in plain(made)} - {None}
    assert report.codes["out"] == len(out)
    # A board all of whose CCGs were divided gets nothing where these are only listed.
    assert (
        (out <= set(codes(in_memory, "icb", to))) if "on_split" in wish else (out == set(codes(in_memory, "icb", to)))
    )


@pytest.mark.parametrize("to", ["2022-07-01", "2026-04-01"])
@pytest.mark.parametrize("basis", ["population", "practices"])
def test_every_new_number_is_the_sum_of_the_shares_of_the_old(
    in_memory: Graph, of_2015: pl.DataFrame, to: str, basis: str
) -> None:
    leads = leads_of(in_memory, "2015-04-01", "ccg", to, "icb", basis)
    made = recode(in_memory, of_2015, to=to, level="icb", measures=MEASURES, basis=basis).frame
    assert by_code(made, "patients") == by_hand(of_2015, "patients", leads)
    assert by_code(made, "cost") == by_hand(of_2015, "cost", leads)


@pytest.mark.parametrize("on_split", [None, "refuse"])
@pytest.mark.parametrize(("to", "named"), [("2022-07-01", DIVIDED_BY_2022), ("2026-04-01", DIVIDED_BY_2026)])
def test_what_was_divided_is_refused_by_name_when_nobody_says_how(
    in_memory: Graph, of_2015: pl.DataFrame, to: str, named: tuple[str, ...], on_split: str | None
) -> None:
    with pytest.raises(Divided) as refused:
        in_memory.crosswalk(of_2015, "ccg", to=to, level="icb", measures=MEASURES, on_split=on_split)
    assert refused.value.codes == named
    told = str(refused.value)
    assert all(code in told for code in named)
    assert "01H (NHS Cumbria CCG) into QHM and QE1, shares by practices and budget" in told
    assert "--basis" in told
    assert "\n" not in told


def test_refusing_lets_a_table_through_in_which_nothing_was_divided(in_memory: Graph, of_2015: pl.DataFrame) -> None:
    whole = of_2015.filter(~pl.col("ccg").is_in(DIVIDED_BY_2022))
    made, report = recode(in_memory, whole, to="2022-07-01", level="icb", measures=MEASURES, on_split="refuse")
    assert total(made, "patients") == whole["patients"].sum()
    assert (report.divided, report.estimated, report.unmapped) == ((), (), ())
    assert report.sentence.endswith("every total is kept.")


def test_to_list_leaves_divided_rows_under_no_code_and_lists_them(in_memory: Graph, of_2015: pl.DataFrame) -> None:
    leads = leads_of(in_memory, "2015-04-01", "ccg", "2022-07-01", "icb", "population")
    leads = leads | {code: {None: Fraction(1)} for code in DIVIDED_BY_2022}
    made, report = recode(in_memory, of_2015, to="2022-07-01", level="icb", measures=MEASURES, on_split="list")
    assert by_code(made, "patients") == by_hand(of_2015, "patients", leads)
    assert tuple(row["code"] for row in report.unmapped) == DIVIDED_BY_2022
    assert {row["why"] for row in report.unmapped} == {"divided, and left out of the sums"}
    assert {row["handled"] for row in report.divided} == {"left under no code"}
    assert report.estimated == ()


def test_to_give_all_to_the_main_part_says_how_much_is_misplaced(in_memory: Graph, of_2015: pl.DataFrame) -> None:
    leads = leads_of(in_memory, "2015-04-01", "ccg", "2022-07-01", "icb", "population")
    largest = {code: max(parts, key=lambda to: parts[to]) for code, parts in leads.items()}
    made, report = recode(in_memory, of_2015, to="2022-07-01", level="icb", measures=MEASURES, on_split="main")
    assert by_code(made, "patients") == by_hand(
        of_2015, "patients", {code: {to: Fraction(1)} for code, to in largest.items()}
    )
    misplaced = {
        name: sum(
            (Fraction(row[name]) * (1 - leads[row["ccg"]][largest[row["ccg"]]]) for row in of_2015.to_dicts()),
            Fraction(0),
        )
        for name in ("patients", "cost")
    }
    told = {row["measure"]: row["misplaced"] for row in report.totals}
    assert {name: told[name] for name in misplaced} == {
        name: pytest.approx(float(value), rel=1e-11) for name, value in misplaced.items()
    }
    assert any(f"of patients, about {told['patients']:,.2f} of" in caution for caution in report.cautions)


def test_to_weigh_without_a_basis_works_where_there_is_one_basis(in_memory: Graph) -> None:
    frame = table(["5QQ", "5QN"], "pct")
    made, report = recode(
        in_memory, frame, "pct", to="2013-04-01", level="ccg", measures=["count:patients"], on_split="weigh"
    )
    assert by_code(made, "patients", "pct")["99P"] == pytest.approx(frame["patients"][0] * 0.8209, rel=1e-12)
    assert report.basis is None
    assert {part["basis"] for row in report.estimated for part in row["from"]} == {"postcodes"}
    assert "Shared out by postcodes, the only count that is recorded." in report.cautions


def test_to_weigh_without_a_basis_is_refused_where_there_is_a_choice(in_memory: Graph, of_2015: pl.DataFrame) -> None:
    with pytest.raises(UsageError, match=r"by (population|practices) or (area|budget)\. Give one with --basis\.$"):
        in_memory.crosswalk(of_2015, "ccg", to="2022-07-01", level="icb", measures=MEASURES, on_split="weigh")


def test_what_is_not_recorded_by_the_basis_is_named(in_memory: Graph, of_2015: pl.DataFrame) -> None:
    report = recode(in_memory, of_2015, to="2022-07-01", level="icb", measures=MEASURES, basis="population").report
    assert "Not everything is recorded by population: 01H was shared out by practices." in report.cautions
    used = {(part["code"], part["basis"]) for row in report.estimated for part in row["from"]}
    assert {code for code, basis in used if basis == "practices"} == {"01H"}
    assert {code for code, basis in used if basis == "population"} == set(DIVIDED_BY_2022) - {"01H"}


# Every engine


@pytest.mark.parametrize("wish", [{"basis": "population"}, {"on_split": "main"}, {"on_split": "list"}], ids=str)
@pytest.mark.parametrize("name", [name for name in ENGINES if name != "polars"])
def test_every_engine_gives_the_same_table_and_the_same_report(
    in_memory: Graph, of_2015: pl.DataFrame, name: str, wish: dict[str, str]
) -> None:
    two_years = pl.concat([of_2015.with_columns(year=2015), of_2015.with_columns(year=2016)])
    odd = pl.DataFrame({"ccg": [" 01h ", "zzz", None], "year": [2016, 2016, 2015]}).with_columns(patients=pl.lit(7))
    arrow = pl.concat([two_years, odd], how="diagonal_relaxed").to_arrow()
    arrow = arrow.set_column(0, "ccg", arrow["ccg"].cast(pa.string()))
    arrow = arrow.set_column(4, "rating", arrow["rating"].cast(pa.string()))
    asked_for: dict[str, Any] = {"to": "2022-07-01", "level": "icb", "measures": MEASURES, "by": ["year"], **wish}
    first = recode(in_memory, pl.from_arrow(arrow), **asked_for)
    make, kind = ENGINES[name]
    made = recode(in_memory, make(arrow), **asked_for)
    assert isinstance(made.frame, kind)
    assert made.report.to_dict() == first.report.to_dict()
    rows, others = plain(made.frame), plain(first.frame)
    assert len(rows) > 80
    assert [list(row) for row in rows] == [list(row) for row in others]
    for row, other in zip(rows, others, strict=True):
        assert row == {
            column: pytest.approx(cell, rel=1e-12) if isinstance(cell, float) else cell
            for column, cell in other.items()
        }


# What went in


@pytest.mark.parametrize("dress", [str.lower, lambda code: f"  {code}\t", lambda code: f"\u00a0{code.lower()} "])
def test_codes_in_small_letters_or_among_blanks_are_the_same_codes(
    in_memory: Graph, of_2015: pl.DataFrame, dress: Callable[[str], str]
) -> None:
    wish: dict[str, Any] = {"to": "2022-07-01", "level": "icb", "measures": MEASURES, "basis": "population"}
    dressed = of_2015.with_columns(ccg=pl.Series([dress(code) for code in of_2015["ccg"]]))
    made, told = recode(in_memory, dressed, **wish), recode(in_memory, of_2015, **wish)
    assert plain(made.frame) == plain(told.frame)
    assert made.report.rows["untidy"] == sum(dress(code) != code for code in of_2015["ccg"])
    assert made.report.to_dict() | {"rows": None} == told.report.to_dict() | {"rows": None}


def test_years_are_kept_apart_and_add_up(in_memory: Graph, of_2015: pl.DataFrame) -> None:
    years = pl.concat(
        [of_2015.with_columns(year=2015), of_2015.with_columns(year=2016, patients=pl.col("patients") * 2)]
    )
    wish: dict[str, Any] = {"to": "2022-07-01", "level": "icb", "measures": ["count:patients"], "basis": "population"}
    made = recode(in_memory, years, by=["year"], **wish).frame
    one = by_code(recode(in_memory, of_2015, **wish).frame, "patients")
    for year, times in ((2015, 1), (2016, 2)):
        assert by_code(made.filter(year=year), "patients") == {
            code: pytest.approx(value * times, rel=1e-12) for code, value in one.items()
        }


def test_ons_codes_go_in_and_come_out(in_memory: Graph) -> None:
    gss = table(codes(in_memory, "ccg", "2021-04-01", "gss"))
    wish: dict[str, Any] = {"to": "2022-07-01", "level": "icb", "measures": ["count:patients"], "on_split": "main"}
    made, report = recode(in_memory, gss, **wish)
    assert (report.from_["scheme"], report.to["scheme"]) == ("gss", "gss")
    assert {row["ccg"] for row in plain(made)} == set(codes(in_memory, "icb", "2022-07-01", "gss"))
    ods = recode(in_memory, gss, scheme="ods", **wish)
    assert ods.report.to["scheme"] == "ods"
    assert sorted(by_code(ods.frame, "patients").values()) == sorted(by_code(made, "patients").values())
    assert {row["ccg"] for row in plain(ods.frame)} == set(codes(in_memory, "icb", "2022-07-01"))


def test_codes_of_several_times_are_refused_until_a_day_is_given(in_memory: Graph, of_2015: pl.DataFrame) -> None:
    mixed = table([*of_2015["ccg"], "36J", "16C"])
    wish: dict[str, Any] = {"to": "2022-07-01", "level": "icb", "measures": ["count:patients"], "on_split": "list"}
    with pytest.raises(
        UsageError, match=r"are of several times: 209 .* and 2 \(16C and 36J\) are of CCGs from 1 April 2021"
    ):
        in_memory.crosswalk(mixed, "ccg", **wish)
    made, report = recode(in_memory, mixed, since="2015-04-01", **wish)
    assert total(made, "patients") == mixed["patients"].sum()
    left = {row["code"]: row["why"] for row in report.unmapped if row["code"] not in DIVIDED_BY_2022}
    assert set(left) == {"16C", "36J"}
    assert all(why.startswith("not in use on 1 April 2015: the code of") for why in left.values())


def test_a_day_is_asked_for_where_the_times_that_fit_lead_elsewhere(in_memory: Graph) -> None:
    frame = table(codes(in_memory, "ccg", "2021-04-01"))
    wish: dict[str, Any] = {"to": "2024-04-01", "level": "icb", "measures": ["count:patients"]}
    with pytest.raises(UsageError, match=r"with --from 2021-04-01, 2022-07-01 or 20\d\d-\d\d-\d\d\.$"):
        in_memory.crosswalk(frame, "ccg", **wish)
    then = recode(in_memory, frame, since="2021-04-01", basis="population", **wish)
    after = recode(in_memory, frame, since="2022-07-01", basis="population", **wish)
    assert (then.report.from_["levels"], after.report.from_["levels"]) == (["ccg"], ["subicb"])
    assert "01Y" in {row["code"] for row in then.report.divided}
    assert "01Y" not in {row["code"] for row in after.report.divided}
    assert total(then.frame, "patients") == pytest.approx(total(after.frame, "patients"), rel=1e-12)


def test_no_day_is_asked_for_where_every_time_leads_to_the_same(in_memory: Graph) -> None:
    """00L was the code of a CCG and is that of a location: the same people, in the same board."""
    made, report = recode(in_memory, table(["00L", "00N"]), to="2024-04-01", level="icb", measures=["count:patients"])
    assert report.from_["found"] == "auto"
    assert len(report.from_["periods"]) > 1
    assert set(by_code(made, "patients")) == {"QHM"}


@pytest.mark.parametrize("when", [{"to": "tomorrow"}, {"to": "2022-07-01", "since": "tomorrow"}], ids=str)
def test_a_day_that_has_not_come_is_refused(in_memory: Graph, of_2015: pl.DataFrame, when: dict[str, str]) -> None:
    tomorrow = date.today() + timedelta(days=1)  # noqa: DTZ011  # as on a calendar
    days = {name: tomorrow.isoformat() if day == "tomorrow" else day for name, day in when.items()}
    with pytest.raises(UsageError, match="has not come yet"):
        in_memory.crosswalk(of_2015, "ccg", measures=MEASURES, **days)


@pytest.mark.parametrize(
    ("wish", "told"),
    [
        ({"level": "county"}, '"county" is no level. It is one of pct, ccg, subicb, stp, icb or region.'),
        ({"scheme": "ons"}, '"ons" is no scheme. It is one of ods or gss.'),
        ({"basis": "beds"}, '"beds" is no basis. It is one of'),
        ({"on_split": "guess"}, '"guess" is no way with what was divided. It is one of weigh, refuse, list or main.'),
        ({"measures": ["rate:smoking"]}, "rates cannot be summed"),
        ({"since": "2010-04-01"}, "None of the codes was in use on 1 April 2010"),
        ({"level": "ccg"}, "No CCG had an ODS code on 1 July 2022."),
    ],
)
def test_a_wrong_wish_is_refused(in_memory: Graph, of_2015: pl.DataFrame, wish: dict[str, Any], told: str) -> None:
    with pytest.raises(UsageError) as refused:
        in_memory.crosswalk(of_2015, "ccg", **{"to": "2022-07-01", **wish})
    assert told in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("values", "told"),
    [
        (["zzz", "C"], 'such as "C" (perhaps 00C) and "ZZZ"'),
        ([None, None], "and every cell is empty"),
        (["NHS Bradford City CCG"], "(perhaps 02W or E38000018)"),
    ],
)
def test_a_column_without_any_code_is_refused(in_memory: Graph, values: list[Any], told: str) -> None:
    frame = pl.DataFrame({"ccg": values, "n": [1] * len(values)}, schema={"ccg": pl.String, "n": pl.Int64})
    with pytest.raises(BadInput) as refused:
        in_memory.crosswalk(frame, "ccg", to="2022-07-01", measures=["count:n"])
    assert told in str(refused.value)


# What the report accounts for


def test_every_estimated_cell_has_its_events_shares_bases_and_sources(in_memory: Graph, of_2015: pl.DataFrame) -> None:
    made, report = recode(
        in_memory, of_2015, to="2026-04-01", level="icb", measures=MEASURES, basis="population",
        command="kg crosswalk table.csv",
    )  # fmt: skip
    leads = leads_of(in_memory, "2015-04-01", "ccg", "2026-04-01", "icb", "population")
    held = dict(of_2015.select("ccg", "patients").iter_rows())
    assert {row["code"] for row in report.estimated} == {
        to for code in DIVIDED_BY_2026 for to, share in leads[code].items() if share
    }
    for row in report.estimated:
        assert row["totals"]["patients"] == pytest.approx(by_code(made, "patients")[row["code"]], rel=1e-11)
        for part in row["from"]:
            assert part["share"] == pytest.approx(float(leads[part["code"]][row["code"]]), rel=1e-15)
            assert part["events"]
            assert part["sources"]
            assert part["basis"]
            assert part["method"] != "whole"
        estimated = sum(held[part["code"]] * leads[part["code"]][row["code"]] for part in row["from"])
        assert row["of_which_estimated"]["patients"] == pytest.approx(float(estimated), rel=1e-11)
    assert report.release == in_memory.release
    assert report.command == "kg crosswalk table.csv"
    for row in (*report.events, *report.sources):
        category = "event" if "summary" in row else "source"
        assert in_memory.resolve(thing(category, row["key"]))
    assert {row["code"] for row in report.divided} == set(DIVIDED_BY_2026)
    assert sum(Fraction(part["share"]) for part in report.divided[0]["to"]) == pytest.approx(1, rel=1e-15)


def test_values_that_lead_nowhere_are_listed_with_why(in_memory: Graph) -> None:
    frame = table(["00C", "O0D", "C", "NHS Bradford City CCG", "13Q", "QE1", None, ""])
    made, report = recode(
        in_memory, frame, to="2022-07-01", level="icb", since="2015-04-01", measures=["count:patients"]
    )
    why = {row["code"]: row["why"] for row in report.unmapped}
    assert why == {
        "": "no code",
        "13Q": "the code of National Commissioning Hub 1, which is at none of these levels",
        "C": "no code of any level; perhaps 00C",
        "NHS BRADFORD CITY CCG": "a name; perhaps 02W or E38000018",
        "O0D": "no code of any level; perhaps 00D",
        "QE1": why["QE1"],
    }
    assert why["QE1"].startswith("not in use on 1 April 2015: the code of")
    assert by_code(made, "patients")[None] == frame["patients"][1:].sum()
    assert report.rows == {"in": 8, "recoded": 1, "unmapped": 7, "untidy": 1}
    assert next(row["rows"] for row in report.unmapped if not row["code"]) == 2


def test_a_part_whose_share_is_not_recorded_is_kept_under_no_code_and_listed(in_memory: Graph) -> None:
    frame = table(["5D7", "5QQ"])
    made, report = recode(
        in_memory, frame, to="2013-04-01", since="2013-03-01", measures=["count:patients"], on_split="weigh"
    )
    assert by_code(made, "patients")[None] == frame["patients"][0]
    (missing,) = report.missing
    assert (missing["codes"], missing["bases"]) == (["5D7"], [])
    (unmapped,) = report.unmapped
    assert unmapped["code"] == "5D7"
    assert "no share" in unmapped["why"]
    handled = {row["code"]: row["handled"] for row in report.divided}
    assert handled == {"5D7": "left under no code", "5QQ": "shared out"}


def test_what_merged_is_listed_as_not_to_be_taken_apart(in_memory: Graph, of_2015: pl.DataFrame) -> None:
    report = recode(in_memory, of_2015, to="2020-04-01", measures=["count:patients"], on_split="list").report
    met = {row["code"]: row["from"] for row in report.merged}
    assert met["36J"] == ["02N", "02R", "02W"]
    assert met["16C"] == ["00C", "00K", "00M"]
    assert "00L" not in met


def test_going_back_says_so_and_estimates(in_memory: Graph) -> None:
    frame = table(["Z9B2Z", "QF7"], "icb")
    wish: dict[str, Any] = {"to": "2025-04-01", "since": "2026-04-01", "measures": ["count:patients"]}
    with pytest.raises(Divided, match="Going back in time, what was merged is divided again by an estimate"):
        in_memory.crosswalk(frame, "icb", **wish)
    made, report = recode(in_memory, frame, "icb", basis="population", **wish)
    assert report.backwards
    assert report.cautions[0].startswith("This goes back in time")
    assert set(by_code(made, "patients", "icb")) == {"QMJ", "QRV", "QF7"}
    assert total(made, "patients") == pytest.approx(frame["patients"].sum(), rel=1e-12)
    parts = [part for row in report.estimated for part in row["from"]]
    assert {part["code"] for part in parts} == {"Z9B2Z"}
    assert all("estimate back in time" in part["method"] for part in parts)


def test_what_cannot_be_told_apart_again_is_kept_under_no_code(in_memory: Graph) -> None:
    """Norwich and South Norfolk changed people in 2017, nobody knows how many, so neither's size of before says enough."""
    frame = table(["26A", "15E"])
    made, report = recode(
        in_memory, frame, to="2019-04-01", since="2020-04-01", measures=["count:patients"], basis="population"
    )
    assert by_code(made, "patients") == dict(zip([None, "15E"], frame["patients"], strict=True))
    assert [row["codes"] for row in report.missing] == [["26A"]]


def test_a_larger_level_is_not_divided_among_smaller_ones(in_memory: Graph) -> None:
    with pytest.raises(UsageError, match="larger than a"):
        in_memory.crosswalk(table(["QE1", "QF7"]), "ccg", to="2022-07-01", since="2022-07-01", level="subicb")


def test_categories_that_disagree_are_left_empty_and_listed(in_memory: Graph) -> None:
    frame = pl.DataFrame(
        {
            "year": [2015, 2015, 2015, 2016, 2016, 2016],
            "ccg": ["02N", "02W", "02R"] * 2,
            "rating": ["good", "good", "poor", "good", None, "good"],
        }
    )
    made, report = recode(in_memory, frame, to="2020-04-01", measures=["category:rating"], by=["year"])
    assert plain(made) == [
        {"year": 2015, "ccg": "36J", "rating": None},
        {"year": 2016, "ccg": "36J", "rating": "good"},
    ]
    values = [{"value": "good", "codes": ["02N", "02W"]}, {"value": "poor", "codes": ["02R"]}]
    assert report.disagreements == ({"measure": "rating", "by": [2015], "code": "36J", "values": values},)


def test_groups_that_are_days_are_plain_in_the_report(in_memory: Graph) -> None:
    frame = pl.DataFrame({"month": [date(2015, 5, 1)] * 2, "ccg": ["02N", "02W"], "rating": ["good", "poor"]})
    report = recode(in_memory, frame, to="2020-04-01", measures=["category:rating"], by=["month"]).report
    assert report.disagreements[0]["by"] == ["2015-05-01"]


def test_empty_cells_are_counted(in_memory: Graph) -> None:
    frame = pl.DataFrame({"ccg": ["02N", "02W"], "patients": [5, None]})
    report = recode(in_memory, frame, to="2020-04-01", measures=["count:patients"]).report
    assert report.totals[0]["empty"] == 1
    assert "1 cell of patients is empty and counts as nothing" in " ".join(report.cautions)


def test_codes_that_have_always_been_and_still_are_have_periods_without_sentinels(in_memory: Graph) -> None:
    report = recode(in_memory, table(["QE1"]), to="2026-04-01", level="region", measures=["count:patients"]).report
    days = [period[end] for period in report.from_["periods"] for end in ("from", "until")]
    assert None in days
    assert not {"0001-01-01", "9999-12-31"} & set(days)


@pytest.mark.parametrize("form", ["text", "markdown", "csv", "json"])
def test_a_report_is_shown_in_every_form(in_memory: Graph, of_2015: pl.DataFrame, form: Any) -> None:
    report = recode(
        in_memory,
        of_2015,
        to="2022-07-01",
        level="icb",
        measures=MEASURES,
        basis="population",
        command="kg crosswalk x",
    ).report
    shown = losses.render(report, form)
    assert shown == shown.strip()
    assert "1.766e" not in shown
    for code in DIVIDED_BY_2022:
        assert code in shown
    if form != "csv":
        assert report.release in shown
        assert "kg crosswalk x" in shown
        assert all(source["title"] in shown for source in report.sources)
    if form == "json":
        assert json.loads(shown) == report.to_dict()


def test_one_of_a_thing_is_not_called_several(in_memory: Graph) -> None:
    report = recode(in_memory, table(["02N"]), to="2020-04-01", measures=["count:patients"]).report
    assert (
        report.sentence
        == "1 row of 1 CCG in use from 1 April 2013 until 31 March 2020 was recoded to 1 CCG of 1 April 2020; "
        "every total is kept."
    )


def test_the_fields_of_the_report_are_those_of_its_schema(in_memory: Graph) -> None:
    Draft202012Validator.check_schema(SCHEMA)
    report = recode(in_memory, table(["02N"]), to="2020-04-01", measures=["count:patients"]).report
    assert list(report.to_dict()) == list(SCHEMA["properties"])
    assert SCHEMA["required"] == list(SCHEMA["properties"])
    for name in report.to_dict():
        assert not VALID.is_valid({key: value for key, value in report.to_dict().items() if key != name})
    assert not VALID.is_valid(report.to_dict() | {"extra": 1})
    assert reports.__name__ == "kg.answers.report"


def test_without_a_level_footprints_become_boards(in_memory: Graph) -> None:
    """ONS codes of footprints have no recorded end, and are no reason to look for footprints in 2026."""
    footprints = table(codes(in_memory, "stp", "2020-04-01"), "stp")
    report = recode(
        in_memory,
        footprints,
        "stp",
        since="2020-04-01",
        to="2026-04-01",
        measures=["count:patients"],
        basis="population",
    ).report
    assert report.to == {"day": "2026-04-01", "level": "icb", "scheme": "ods"}
    assert report.codes == {"in": 42, "recoded": 42, "unmapped": 0, "out": 36}


def test_a_code_that_was_not_in_use_is_told_by_its_nearest_time(in_memory: Graph) -> None:
    frame, measures = table(["00C", "16C"]), ["count:patients"]
    report = recode(in_memory, frame, since="2017-04-01", to="2022-07-01", level="icb", measures=measures).report
    assert [row["why"] for row in report.unmapped] == [
        "not in use on 1 April 2017: the code of NHS Tees Valley CCG from 1 April 2020 until 30 June 2022"
    ]


def test_what_a_total_of_a_rate_is_of_is_said(in_memory: Graph, of_2015: pl.DataFrame) -> None:
    report = recode(
        in_memory, of_2015, to="2022-07-01", level="icb", measures=["rate:smoking:patients"], on_split="main"
    ).report
    assert [row.get("denominator") for row in report.totals] == [None, "patients"]
    people = sum(rate * base for rate, base in of_2015.select("smoking", "patients").iter_rows())
    assert report.totals[1]["in"] == pytest.approx(people, rel=1e-11)
    assert "smoking times patients: " in losses.summary(report)


def test_shares_that_were_not_applied_are_not_cautioned_about(in_memory: Graph, of_2015: pl.DataFrame) -> None:
    for policy, told in (("list", False), ("main", True)):
        report = recode(
            in_memory, of_2015, to="2022-07-01", level="icb", measures=["count:patients"], on_split=policy
        ).report
        assert any("the shares are of the whole" in caution for caution in report.cautions) is told


# Laws

settled = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
CELLS: Final = st.tuples(
    st.integers(0, 10**6), st.integers(0, 10**9), st.integers(0, 2**20), st.sampled_from(["good", "poor", None])
)
ROWS: Final = st.lists(CELLS, min_size=1, max_size=30)


def drawn(of: Sequence[str], cells: Iterable[tuple[int, int, int, str | None]]) -> pl.DataFrame:
    rows = [(of[place % len(of)], n, n / 64, rate / 2**20, word) for place, n, rate, word in cells]
    kinds = {"ccg": pl.String, "patients": pl.Int64, "cost": pl.Float64, "smoking": pl.Float64, "rating": pl.String}
    return pl.DataFrame(rows, schema=kinds, orient="row")


#: From a level of a day to a level of another on which the former can be put.
COURSES: Final = [
    ("ccg", start, level, end)
    for start in DAYS["ccg"]
    for level, ends in (("ccg", DAYS["ccg"]), ("subicb", DAYS["subicb"]), ("icb", DAYS["icb"]))
    for end in ends
] + [
    ("pct", "2012-04-01", "ccg", "2013-04-01"), ("pct", "2012-04-01", "icb", "2026-04-01"),
    ("subicb", "2026-04-01", "ccg", "2021-04-01"), ("icb", "2026-04-01", "icb", "2022-07-01"),
    ("stp", "2017-04-01", "icb", "2026-04-01"), ("icb", "2022-07-01", "region", "2024-04-01"),
]  # fmt: skip


@settled
@given(st.sampled_from(COURSES), ROWS, st.sampled_from(["weigh", "list", "main"]))
def test_totals_are_kept_whatever_is_done_with_what_was_divided(
    in_memory: Graph, course: tuple[Level, str, str, str], cells: Any, on_split: str
) -> None:
    of, since, level, to = course
    frame = drawn(codes(in_memory, of, since), cells)
    made, _ = recode(
        in_memory, frame, since=since, to=to, level=level, measures=["count:patients", "count:cost"],
        basis="population", on_split=on_split,
    )  # fmt: skip
    for measure in ("patients", "cost"):
        assert total(made, measure) == pytest.approx(total(frame, measure), rel=1e-12)


@settled
@given(st.sampled_from([(level, day) for level, days in DAYS.items() for day in days]), ROWS)
def test_from_a_day_to_itself_a_table_stays_as_it_is(in_memory: Graph, place: tuple[Level, str], cells: Any) -> None:
    level, day = place
    frame = drawn(codes(in_memory, level, day), {cell[0] % 999: cell for cell in cells}.values()).unique("ccg")
    measures = ["count:patients", "count:cost", "category:rating"]
    made, report = recode(in_memory, frame, since=day, to=day, level=level, measures=measures)
    assert made.rows() == frame.select("ccg", "patients", "cost", "rating").sort("ccg").rows()
    lists = report.divided, report.merged, report.moves, report.unmapped, report.disagreements
    assert lists == ((), (), (), (), ())


@settled
@given(st.sampled_from(list(combinations(DAYS["ccg"], 3))), ROWS)
def test_by_way_of_a_day_between_a_table_is_the_same_as_at_once(
    in_memory: Graph, days: tuple[str, str, str], cells: Any
) -> None:
    first, middle, last = days
    frame = drawn(codes(in_memory, "ccg", first), cells)
    wish: dict[str, Any] = {"level": "ccg", "measures": ["count:patients", "count:cost"], "basis": "population"}
    begun = recode(in_memory, frame, since=first, to=middle, **wish)
    if begun.report.missing:
        return
    ended = recode(in_memory, begun.frame, since=middle, to=last, **wish)
    direct = recode(in_memory, frame, since=first, to=last, **wish)
    if ended.report.missing or direct.report.missing:
        return
    for measure in ("patients", "cost"):
        assert by_code(ended.frame, measure) == {
            code: pytest.approx(value, rel=1e-11, abs=1e-9) for code, value in by_code(direct.frame, measure).items()
        }


@settled
@given(ROWS)
def test_a_rate_is_made_again_from_its_parts(in_memory: Graph, cells: Any) -> None:
    frame = drawn(codes(in_memory, "ccg", "2015-04-01"), cells)
    leads = leads_of(in_memory, "2015-04-01", "ccg", "2026-04-01", "icb", "population")
    made = recode(
        in_memory, frame, to="2026-04-01", since="2015-04-01", level="icb", measures=["rate:smoking:patients"],
        basis="population",
    ).frame  # fmt: skip
    top: dict[str | None, Fraction] = {}
    base: dict[str | None, Fraction] = {}
    for row in frame.to_dicts():
        for to, share in leads[row["ccg"]].items():
            weight = Fraction(row["patients"]) * share
            top[to] = top.get(to, Fraction(0)) + weight * Fraction(row["smoking"])
            base[to] = base.get(to, Fraction(0)) + weight
    expected = {
        to: pytest.approx(float(top[to] / whole), rel=1e-11, abs=1e-15) if whole else None for to, whole in base.items()
    }
    assert by_code(made, "smoking") == expected


def test_the_days_above_are_of_sets_of_codes_that_differ(in_memory: Graph) -> None:
    for level, days in DAYS.items():
        for one, other in pairwise(days):
            if level not in ("stp", "region", "icb", "subicb"):
                assert codes(in_memory, level, one) != codes(in_memory, level, other)


@pytest.mark.parametrize("cells", [[2**63 - 1, 5], [4 * 10**18] * 3])
def test_counts_too_large_to_be_summed_are_refused(in_memory: Graph, cells: list[int]) -> None:
    frame = pl.DataFrame({"ccg": ["00C"] * len(cells), "n": cells})
    with pytest.raises(BadInput, match="too large"):
        in_memory.crosswalk(frame, "ccg", to="2021-04-01", measures=["count:n"])


def test_large_decimals_are_refused_and_not_an_accident(in_memory: Graph) -> None:
    frame = pl.DataFrame({"ccg": ["00C", "00K"], "n": [1e308, 1e308]})
    with pytest.raises(BadInput, match="too large"):
        in_memory.crosswalk(frame, "ccg", to="2021-04-01", measures="count:n")


def test_whole_totals_are_told_to_the_last_digit(in_memory: Graph) -> None:
    frame = pl.DataFrame({"ccg": ["00C", "00K"], "n": [2**52 + 1, 2**52 + 2]})
    made, report = recode(in_memory, frame, to="2021-04-01", measures="count:n")
    assert report.totals[0]["in"] == report.totals[0]["out"] == 2**53 + 3 == by_code(made, "n")["16C"]


def test_where_no_share_is_recorded_no_basis_is_advised(in_memory: Graph) -> None:
    with pytest.raises(UsageError) as refused:
        in_memory.crosswalk(pl.DataFrame({"pct": ["5D7"], "n": [1]}), "pct", to="2013-04-01", measures=["count:n"])
    assert "--on-split list" in str(refused.value)
    assert "--basis" not in str(refused.value)
    assert "main" not in str(refused.value)


def test_categories_that_disagree_are_told_at_once(in_memory: Graph) -> None:
    frame = pl.DataFrame({"ccg": ["00C", "00K"], "kind": ["a", "b"]})
    report = recode(in_memory, frame, to="2021-04-01", measures=["category:kind"]).report
    assert "kind is left empty for 16C, where its values disagree; the report lists them." in report.cautions


def test_services_that_passed_to_a_provider_move_no_boundary(in_memory: Graph) -> None:
    frame = pl.DataFrame({"pct": ["5QH"], "n": [1]})
    report = recode(in_memory, frame, "pct", to="2013-04-01", since="2013-03-01", measures=["count:n"]).report
    assert report.moves == ()


def test_of_times_that_lead_to_the_same_one_is_taken_that_needs_no_going_back(in_memory: Graph) -> None:
    frame = pl.DataFrame({"ccg": ["01E", "00L"], "n": [1, 2]})
    report = recode(in_memory, frame, to="2016-04-01", measures=["count:n"]).report
    assert not report.backwards


@pytest.mark.parametrize(
    ("since", "of", "until", "level"),
    [("2012-04-01", "pct", "2021-04-01", "ccg"), ("2012-04-01", "pct", "2022-07-01", "icb")],
)
def test_the_shares_of_a_code_by_one_basis_sum_to_one_where_steps_were_counted_otherwise(
    in_memory: Graph, since: str, of: str, until: str, level: str
) -> None:
    sums: dict[tuple[str, str], Fraction] = {}
    for pair in in_memory.concordance(since, of, until, level):
        key = pair.from_.code, pair.basis
        sums[key] = sums.get(key, Fraction(0)) + (pair.share or 0)
    assert any("; " in basis for _, basis in sums)
    assert set(sums.values()) == {1}


def test_the_people_of_the_last_ccgs_come_to_what_was_counted_in_each_board(in_memory: Graph) -> None:
    """Two ways that never meet in the code: CCGs recoded by shares, and small areas summed by board."""
    graph = in_memory.graph
    counted = {
        row["body"]: int(row["value"])
        for row in graph.rows("populations", measure="population")
        if row["date"] == date(2020, 6, 30) and row["method"] in ("measured", "derived")
    }
    pairs = in_memory.concordance("2021-04-01", "ccg", "2022-07-01", "icb", basis="population")
    ccgs = {pair.from_.code: counted[pair.from_.body] for pair in pairs}
    boards = {pair.to.code: counted[pair.to.body] for pair in pairs if pair.to}
    assert (len(ccgs), len(boards), sum(ccgs.values())) == (106, 42, 56_550_138)
    frame = pl.DataFrame({"ccg": list(ccgs), "people": list(ccgs.values())})
    made, _ = recode(
        in_memory, frame, to="2022-07-01", since="2021-04-01", level="icb", measures="count:people", basis="population"
    )
    assert by_code(made, "people") == pytest.approx(boards, rel=1e-12)


def test_one_column_to_group_by_needs_no_list(in_memory: Graph) -> None:
    frame = pl.DataFrame({"year": [1, 2], "ccg": ["00C", "00C"], "n": [3, 4]})
    made, _ = recode(in_memory, frame, to="2021-04-01", measures="count:n", by="year")
    assert made.rows() == [(1, "16C", 3), (2, "16C", 4)]
