"""Tables are recoded by links, and every engine gives the same table."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import duckdb
import narwhals as nw
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kg.answers.engines import Link
from kg.answers.frames import Disagreement, Found, tally
from kg.answers.measures import Measure, checked, columns
from kg.errors import BadInput, KgError, UsageError

Table = Mapping[str, Sequence[Any]]


def as_relation(table: Table) -> Any:
    connection = duckdb.connect()
    connection.register("given", pa.table(dict(table)))
    return connection.sql("SELECT * FROM given")


ENGINES: Mapping[str, Callable[[Table], Any]] = {
    "pandas": lambda table: pd.DataFrame(dict(table)),
    "pandas on arrow": lambda table: pa.table(dict(table)).to_pandas(types_mapper=pd.ArrowDtype),
    "pandas nullable": lambda table: pd.DataFrame(dict(table)).convert_dtypes(),
    "polars": lambda table: pl.DataFrame(dict(table)),
    "polars lazy": lambda table: pl.LazyFrame(dict(table)),
    "duckdb": as_relation,
    "pyarrow": lambda table: pa.table(dict(table)),
}
engines = pytest.mark.parametrize("make", [pytest.param(make, id=name) for name, make in ENGINES.items()])

#: Two years of three codes, written in several ways; a row without a code, empty cells and a denominator of 0.
TABLE: Table = {
    "year": [2015, 2015, 2015, 2016, 2016, 2016],
    "ccg": ["00c", "\u00a000K ", None, "00C", "00K", "00M"],
    "patients": [10, 20, 5, 40, None, 7],
    "cost": [1.5, 2.25, None, 3.0, 4.5, 0.0],
    "smoking": [0.5, 0.25, 0.5, None, 0.1, 0.2],
    "list_size": [100, 200, 10, 400, 50, 0],
    "rating": ["good", "poor", "good", "good", "good", None],
    "not asked for": ["x", "*", "", None, "y", "z"],
}
MEASURES = [
    Measure.read(text) for text in ("count:patients", "rate:smoking:list_size", "category:rating", "count:cost")
]
#: 00C is divided, 00K joins a part of it, 00M has no link, and 99Z is not in the table.
LINKS = [Link("00C", "16C", 0.75), Link("00C", "36J", 0.25), Link("00K", "16C", 1.0), Link("99Z", "16C", 1.0)]
ALIKE = [Link(code, code, 1.0) for code in ("00C", "00K", "00M", "")]


def rows(frame: Any) -> list[dict[str, Any]]:
    """Give a native frame as plain values, empty cells as None."""
    held = nw.from_native(frame)
    table = held.collect("pyarrow").to_native() if isinstance(held, nw.LazyFrame) else held.to_arrow()
    return [{name: None if cell != cell else cell for name, cell in row.items()} for row in table.to_pylist()]


def recoded(frame: Any, links: Sequence[Link], *measures: str, by: Sequence[str] = ()) -> list[dict[str, Any]]:
    return rows(tally(frame, "ccg", [Measure.read(text) for text in measures], by).recoded(links))


# Measures


def test_a_measure_is_read_as_it_is_written() -> None:
    assert Measure.read("count:patients") == Measure("count", "patients")
    assert Measure.read("rate:smoking:list_size") == Measure("rate", "smoking", "list_size")
    assert Measure.read("category:rating") == Measure("category", "rating")
    assert Measure.read("count:a: b") == Measure("count", "a: b")
    assert str(Measure.read("rate:smoking:list_size")) == "rate:smoking:list_size"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("rate:smoking", "rates cannot be summed. Give the column it is a rate of as rate:smoking:DENOMINATOR"),
        ("rate:smoking:", "rates cannot be summed"),
        ("rate:a:b:c", 'It is not clear which two columns "rate:a:b:c" names.'),
        ("rate:a:a", "is its own denominator"),
        ("sum:patients", '"sum:patients" is no measure. Write it as count:COLUMN'),
        ("patients", '"patients" is no measure'),
        ("count:", '"count:" names no column'),
        ("", '"" is no measure'),
    ],
)
def test_a_measure_that_cannot_be_read_is_refused(text: str, told: str) -> None:
    with pytest.raises(UsageError) as refused:
        Measure.read(text)
    assert told in str(refused.value)


def test_only_a_rate_has_a_denominator() -> None:
    with pytest.raises(UsageError, match="which has no denominator"):
        Measure("count", "patients", "list_size")


def test_a_denominator_is_put_out_once() -> None:
    rates = [Measure("rate", "smoking", "list"), Measure("rate", "obese", "list")]
    assert columns(rates) == ("smoking", "list", "obese")
    assert columns([*rates, Measure("count", "list")]) == ("smoking", "obese", "list")
    assert checked([*rates, *rates], "ccg") == tuple(rates)


@pytest.mark.parametrize(
    ("measures", "by", "told"),
    [
        (["count:ccg"], [], 'The column "ccg" cannot be a count and also the column of codes.'),
        (["count:year"], ["year"], 'The column "year" cannot be a count and also grouped by.'),
        (["count:n", "category:n"], [], 'The column "n" cannot be a category and also a count.'),
        (["rate:r:a", "rate:r:b"], [], 'The column "r" cannot be a rate of b and also a rate of a.'),
        (
            ["category:d", "rate:r:d"],
            [],
            'The column "d" cannot be the denominator of a rate, which is a count, and also',
        ),
        ([], ["ccg"], 'The column "ccg" cannot be grouped by: it is the column of codes already.'),
        ([], ["year", "year"], 'The column "year" cannot be grouped by: it is grouped by already.'),
    ],
)
def test_a_column_has_one_role(measures: list[str], by: list[str], told: str) -> None:
    with pytest.raises(UsageError) as refused:
        checked([Measure.read(text) for text in measures], "ccg", by)
    assert told in str(refused.value)


# The summary


@engines
def test_what_each_code_holds_is_the_same_through_every_engine(make: Callable[[Table], Any]) -> None:
    held = tally(make(TABLE), "ccg", MEASURES, ["year"])
    assert held.codes == {
        "": Found(1, 0, {"patients": 5, "list_size": 10, "cost": 0, "smoking": 5}, {"cost": 1}),
        "00C": Found(2, 1, {"patients": 50, "list_size": 500, "cost": 4.5, "smoking": 50}, {"smoking": 1}),
        "00K": Found(2, 1, {"patients": 20, "list_size": 250, "cost": 6.75, "smoking": 55}, {"patients": 1}),
        "00M": Found(1, 0, {"patients": 7, "list_size": 0, "cost": 0, "smoking": 0}, {"rating": 1}),
    }
    assert held.rows == 6
    assert held.totals == {"patients": 82, "list_size": 760, "cost": 11.25, "smoking": 110}


@engines
def test_a_table_without_measures_tells_its_codes(make: Callable[[Table], Any]) -> None:
    held = tally(make(TABLE), "ccg", [])
    assert {code: found.rows for code, found in held.codes.items()} == {"": 1, "00C": 2, "00K": 2, "00M": 1}
    assert rows(held.recoded(LINKS)) == [{"ccg": "16C"}, {"ccg": "36J"}, {"ccg": None}]


@engines
def test_codes_that_are_numbers_are_read_as_text(make: Callable[[Table], Any]) -> None:
    assert recoded(make({"ccg": [101, 101, 202], "n": [1, 2, 3]}), [Link("101", "X", 1)], "count:n") == [
        {"ccg": "X", "n": 3},
        {"ccg": None, "n": 3},
    ]


def test_codes_may_be_of_categories() -> None:
    plain = pd.DataFrame(dict(TABLE), index=[3, 3, 1, 0, 9, 7])
    kinds = plain.astype({"ccg": "category", "rating": "category"})
    expected = rows(tally(plain, "ccg", MEASURES, ["year"]).recoded(LINKS))
    assert rows(tally(kinds, "ccg", MEASURES, ["year"]).recoded(LINKS)) == expected
    polars = pl.DataFrame(dict(TABLE)).with_columns(pl.col("ccg", "rating").cast(pl.Categorical))
    assert rows(tally(polars, "ccg", MEASURES, ["year"]).recoded(LINKS)) == expected


# The table


@engines
def test_a_table_is_recoded_alike_by_every_engine(make: Callable[[Table], Any]) -> None:
    got = rows(tally(make(TABLE), "ccg", MEASURES, ["year"]).recoded(LINKS))
    assert [list(row) for row in got] == [["year", "ccg", "patients", "smoking", "list_size", "rating", "cost"]] * len(
        got
    )
    assert [tuple(row.values()) for row in got] == [
        (2015, "16C", 27.5, pytest.approx((0.5 * 75 + 0.25 * 200) / 275), 275.0, None, 3.375),
        (2015, "36J", 2.5, 0.5, 25.0, "good", 0.375),
        (2015, None, 5.0, 0.5, 10.0, "good", 0.0),
        (2016, "16C", 30.0, pytest.approx(0.1), 350.0, "good", 6.75),
        (2016, "36J", 10.0, None, 100.0, "good", 0.75),
        (2016, None, 7.0, None, 0.0, None, 0.0),
    ]


@engines
def test_links_of_a_code_to_itself_give_the_same_table(make: Callable[[Table], Any]) -> None:
    got = rows(tally(make(TABLE), "ccg", MEASURES, ["year"]).recoded(ALIKE))
    assert [tuple(row.values()) for row in got] == [
        (2015, "00C", 10, 0.5, 100, "good", 1.5),
        (2015, "00K", 20, 0.25, 200, "poor", 2.25),
        (2015, None, 5, 0.5, 10, "good", 0.0),
        (2016, "00C", 40, None, 400, "good", 3.0),
        (2016, "00K", 0, pytest.approx(0.1), 50, "good", 4.5),
        (2016, "00M", 7, None, 0, None, 0.0),
    ]
    assert {type(row[name]) for row in got for name in ("patients", "list_size")} == {int}
    assert {type(row["cost"]) for row in got} == {float}


@engines
def test_counts_stay_whole_until_one_is_divided(make: Callable[[Table], Any]) -> None:
    frame = make({"ccg": ["00C", "00K"], "n": [3, 4]})
    whole = recoded(frame, [Link("00C", "16C", 1), Link("00K", "16C", 1), Link("not there", "16C", 0.5)], "count:n")
    assert [(row["n"], type(row["n"])) for row in whole] == [(7, int)]
    divided = recoded(frame, [Link("00C", "16C", 0.5), Link("00C", "36J", 0.5), Link("00K", "16C", 1)], "count:n")
    assert [(row["n"], type(row["n"])) for row in divided] == [(5.5, float), (1.5, float)]


@pytest.mark.parametrize(
    ("make", "kind"),
    [
        (ENGINES["pandas"], pd.DataFrame),
        (ENGINES["polars"], pl.DataFrame),
        (ENGINES["polars lazy"], pl.LazyFrame),
        (ENGINES["duckdb"], duckdb.DuckDBPyRelation),
        (ENGINES["pyarrow"], pa.Table),
    ],
)
def test_the_frame_that_comes_out_is_of_the_kind_that_went_in(make: Callable[[Table], Any], kind: type) -> None:
    assert type(tally(make(TABLE), "ccg", MEASURES).recoded(LINKS)) is kind


def test_a_pandas_table_has_a_plain_index() -> None:
    made = tally(pd.DataFrame(dict(TABLE), index=[5, 5, 5, 5, 5, 5]), "ccg", MEASURES, ["year"]).recoded(LINKS)
    assert list(made.index) == list(range(6))


def test_a_relation_stays_with_its_connection() -> None:
    connection = duckdb.connect()
    connection.execute("CREATE TABLE given AS SELECT '0''C' AS ccg, 3 AS n UNION ALL SELECT '00K', 4")
    made = tally(connection.sql("FROM given"), "ccg", [Measure("count", "n")]).recoded([Link("0'C", "it's", 1.0)])
    assert made.query("made", "SELECT sum(n) FROM made JOIN given USING (n) WHERE made.ccg = 'it''s'").fetchall() == [
        (3,)
    ]
    assert connection.sql("SHOW TABLES").fetchall() == [("given",)]


def test_a_query_of_polars_reads_its_file_once_and_then_no_more(tmp_path: Any) -> None:
    path = tmp_path / "given.csv"
    path.write_text("ccg,n\n00C,3\n00K,4\n", encoding="utf-8")
    held = tally(pl.scan_csv(path), "ccg", [Measure("count", "n")])
    path.unlink()
    assert rows(held.recoded([Link("00C", "16C", 1.0)])) == [{"ccg": "16C", "n": 3}, {"ccg": None, "n": 4}]


@engines
def test_sums_do_not_run_over_a_narrow_type(make: Callable[[Table], Any]) -> None:
    narrow = make({"ccg": ["a", "a"], "n": [2**31 - 1, 2**31 - 1]})
    held = nw.from_native(narrow).with_columns(n=nw.col("n").cast(nw.Int32)).to_native()
    assert recoded(held, [Link("A", "b", 1)], "count:n") == [{"ccg": "b", "n": 2**32 - 2}]


@engines
def test_numbers_that_are_none_are_empty_cells(make: Callable[[Table], Any]) -> None:
    frame = make({"ccg": ["a", "a", "b"], "n": [1.5, math.nan, math.nan], "r": [math.nan, 0.5, 0.5]})
    held = tally(frame, "ccg", [Measure("rate", "r", "n")])
    assert held.codes == {
        "A": Found(2, 2, {"n": 1.5, "r": 0}, {"n": 1, "r": 1}),
        "B": Found(1, 1, {"n": 0, "r": 0}, {"n": 1}),
    }
    assert rows(held.recoded([Link("A", "x", 1), Link("B", "y", 1)])) == [
        {"ccg": "x", "r": None, "n": 1.5},
        {"ccg": "y", "r": None, "n": 0.0},
    ]


# Disagreements and totals by target


@engines
def test_categories_that_disagree_are_listed_with_where_they_come_from(make: Callable[[Table], Any]) -> None:
    held = tally(make(TABLE), "ccg", MEASURES, ["year"])
    assert held.disagreements(LINKS) == [Disagreement("rating", (2015,), "16C", {"good": ("00C",), "poor": ("00K",)})]
    assert held.disagreements(ALIKE) == []
    apart = tally(make(TABLE), "ccg", MEASURES)
    assert apart.disagreements(ALIKE) == [Disagreement("rating", (), "00K", {"good": ("00K",), "poor": ("00K",)})]


@engines
def test_a_third_value_between_two_is_listed_too(make: Callable[[Table], Any]) -> None:
    frame = make({"year": [None, None, None], "ccg": ["a", "a", "b"], "stars": [1, 2, 3], "open": [True, True, False]})
    held = tally(frame, "ccg", [Measure("category", "stars"), Measure("category", "open")])
    assert held.disagreements([]) == [
        Disagreement("stars", (), None, {1: ("A",), 2: ("A",), 3: ("B",)}),
        Disagreement("open", (), None, {False: ("B",), True: ("A",)}),
    ]


@engines
def test_what_each_new_code_gets_is_the_same_through_every_engine(make: Callable[[Table], Any]) -> None:
    assert tally(make(TABLE), "ccg", MEASURES, ["year"]).by_target(LINKS) == {
        "16C": {"patients": 57.5, "list_size": 625.0, "cost": 10.125, "smoking": 92.5},
        "36J": {"patients": 12.5, "list_size": 125.0, "cost": 1.125, "smoking": 12.5},
        None: {"patients": 12, "list_size": 10, "cost": 0, "smoking": 5},
    }


# Faults


@engines
@pytest.mark.parametrize(
    ("table", "measures", "fault", "told"),
    [
        ({"CCG code": ["a"], "n": [1]}, ["count:n"], UsageError, 'The table has no column "ccg". Its columns are'),
        (
            {"ccg": ["a"], "Patients ": [1]},
            ["count:patients"],
            UsageError,
            'no column "patients". Did you mean "Patients "?',
        ),
        ({"ccg": ["a"], "r": [1]}, ["rate:r:list"], UsageError, 'The table has no column "list".'),
        ({"ccg": ["a", "b"], "n": ["1", "*"]}, ["count:n"], BadInput, 'The column "n" holds text'),
        ({"ccg": ["a"], "n": [1], "r": ["1,5"]}, ["rate:r:n"], BadInput, 'The column "r" holds text'),
        (
            {"ccg": ["a", "b"], "n": [-1, 4]},
            ["count:n"],
            BadInput,
            'The column "n" has negative numbers in the rows of A,',
        ),
        ({"ccg": ["a", None], "n": [1.0, -0.5]}, ["count:n"], BadInput, "negative numbers in the rows of no code,"),
        (
            {"ccg": ["a", "b"], "n": [math.inf, 4]},
            ["count:n"],
            BadInput,
            'The column "n" has infinite numbers in the rows of A,',
        ),
        ({"ccg": ["a"], "r": [-math.inf], "n": [1]}, ["rate:r:n"], BadInput, 'The column "r" has infinite numbers'),
    ],
)
def test_a_fault_is_told_in_one_sentence(
    make: Callable[[Table], Any], table: Table, measures: list[str], fault: type[KgError], told: str
) -> None:
    frame = make(table)
    with pytest.raises(fault) as refused:
        tally(frame, "ccg", [Measure.read(text) for text in measures])
    assert told in str(refused.value)
    assert "\n" not in str(refused.value)


@engines
def test_an_empty_table_is_refused(make: Callable[[Table], Any]) -> None:
    frame = nw.from_native(make({"ccg": ["a"], "n": [1]})).filter(nw.col("n") > 1).to_native()
    with pytest.raises(BadInput, match="The table has no rows"):
        tally(frame, "ccg", [Measure("count", "n")])


def test_two_columns_of_one_name_are_refused() -> None:
    frame = pd.DataFrame([["a", 1, 2]], columns=["ccg", "n", "n"])
    with pytest.raises(BadInput, match="The table has the column 'n' 2 times"):
        tally(frame, "ccg", [Measure("count", "n")])


@pytest.mark.parametrize(
    ("thing", "told"),
    [
        ("table.csv", "A str is no data frame. Give one of pandas, Polars, DuckDB, PySpark and PyArrow."),
        (None, "A NoneType is no data frame"),
        (pl.Series([1]), "A polars.Series is no data frame"),
        ({"ccg": ["a"]}, "A dict is no data frame"),
    ],
)
def test_what_is_no_frame_is_refused(thing: Any, told: str) -> None:
    with pytest.raises(UsageError) as refused:
        tally(thing, "ccg", [])
    assert told in str(refused.value)


def test_a_library_that_is_too_old_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any) -> Any:
        raise ValueError("Minimum version of polars supported by Narwhals is (0, 20, 4), found: (0, 19, 0)")

    monkeypatch.setattr(nw, "from_native", refuse)
    with pytest.raises(UsageError, match=r"found: \(0, 19, 0\)\. Install a newer version\."):
        tally(pl.DataFrame({"ccg": ["a"]}), "ccg", [])


# Laws

CODES, TARGETS = ("00C", "00K", "00M", "02N"), ("16C", "36J", None)
tables = st.lists(
    st.tuples(
        st.sampled_from([2015, 2016]),
        st.sampled_from([*CODES, " 00c", None]),
        st.one_of(st.none(), st.integers(0, 10**9)),
        st.one_of(st.none(), st.integers(0, 1000).map(lambda n: n / 8)),
        st.one_of(st.none(), st.sampled_from(["good", "poor"])),
    ),
    min_size=1,
    max_size=12,
)
weights = st.fixed_dictionaries({code: st.tuples(*[st.integers(0, 8)] * 3).filter(any) for code in (*CODES, "")})
LAW_MEASURES = [Measure("count", "n"), Measure("rate", "rate", "n"), Measure("category", "word")]


def columned(drawn: Sequence[tuple[Any, ...]]) -> pa.Table:
    kinds = {"year": pa.int64(), "ccg": pa.string(), "n": pa.int64(), "rate": pa.float64(), "word": pa.string()}
    cells = zip(*drawn, strict=True)
    return pa.table({name: pa.array(values, kind) for (name, kind), values in zip(kinds.items(), cells, strict=True)})


def shared(drawn: Mapping[str, tuple[int, ...]]) -> list[Link]:
    return [
        Link(code, target, weight / sum(parts))
        for code, parts in drawn.items() for target, weight in zip(TARGETS, parts, strict=True) if weight
    ]  # fmt: skip


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(tables, weights)
def test_totals_are_kept_by_any_shares_that_add_up(drawn: Any, parts: Any) -> None:
    held, links = tally(pl.from_arrow(columned(drawn)), "ccg", LAW_MEASURES, ["year"]), shared(parts)
    got = rows(held.recoded(links))
    assert math.fsum(row["n"] for row in got) == pytest.approx(held.totals["n"], rel=1e-12)
    by_target = held.by_target(links)
    for name in ("n", "rate"):
        assert math.fsum(totals[name] for totals in by_target.values()) == pytest.approx(held.totals[name], rel=1e-11)
    for target, totals in by_target.items():
        assert math.fsum(row["n"] for row in got if row["ccg"] == target) == pytest.approx(totals["n"], rel=1e-11)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(tables, weights)
def test_engines_agree(drawn: Any, parts: Any) -> None:
    arrow, links = columned(drawn), shared(parts)
    first = tally(pl.from_arrow(arrow), "ccg", LAW_MEASURES, ["year"])
    expected = [list(row.values()) for row in rows(first.recoded(links))]
    with duckdb.connect() as connection:
        connection.register("given", arrow)
        for frame in (arrow.to_pandas(), pl.LazyFrame(arrow), connection.sql("FROM given"), arrow):
            held = tally(frame, "ccg", LAW_MEASURES, ["year"])
            assert (held.codes, held.by_target(links)) == (first.codes, first.by_target(links))
            assert held.disagreements(links) == first.disagreements(links)
            for row, other in zip(rows(held.recoded(links)), expected, strict=True):
                assert [
                    cell if isinstance(cell, str | None) else pytest.approx(cell, rel=1e-12) for cell in row.values()
                ] == other


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.dictionaries(st.tuples(st.sampled_from([2015, 2016]), st.sampled_from(CODES)), st.integers(0, 2**53), min_size=1)
)
def test_links_to_the_same_code_change_nothing(cells: Any) -> None:
    given_table = [{"year": year, "ccg": code, "n": n} for (year, code), n in sorted(cells.items())]
    held = tally(pl.DataFrame(given_table), "ccg", [Measure("count", "n")], ["year"])
    assert rows(held.recoded([Link(code, code, 1.0) for code in CODES])) == given_table
