"""Spark gives the tables and the totals that Polars gives, and nothing of a table comes to its driver but sums by code."""

from __future__ import annotations

import os
import shutil
import warnings
from collections.abc import Iterator, Sequence
from typing import Any

import polars as pl
import pytest

from kg.answers.engines import Link
from kg.answers.frames import tally
from kg.answers.measures import Measure
from kg.errors import BadInput, UsageError
from kg.faces.library import Graph

pytestmark = pytest.mark.slow

COLUMNS = (
    "year long, ccg string, patients long, cost double, smoking double, list_size int, rating string, open boolean"
)
#: Two years of three codes, written in several ways; rows without a code, empty cells and a denominator of 0.
ROWS = [
    (2015, "00c", 10, 1.5, 0.5, 100, "good", True),
    (2015, "\u00a000K ", 20, 2.25, 0.25, 200, "poor", True),
    (2015, None, 5, None, 0.5, 10, "good", False),
    (2016, "00C", 40, 3.0, None, 400, "good", True),
    (2016, "00K", None, 4.5, 0.1, 50, "good", None),
    (None, "00M", 7, 0.0, 0.2, 0, None, False),
    (None, "", 7, float("nan"), 0.2, 3, "it's", False),
]
MEASURES = [
    Measure.read(text)
    for text in ("count:patients", "rate:smoking:list_size", "category:rating", "count:cost", "category:open")
]
LINKS = [Link("00C", "16C", 0.75), Link("00C", "36J", 0.25), Link("00K", "16C", 1.0), Link("99Z", "it's", 1.0)]
ALIKE = [Link(code, code, 1.0) for code in ("00C", "00K", "00M")]


@pytest.fixture(scope="module")
def session() -> Iterator[Any]:
    """Spark in this process, on two threads."""
    missing = "Java is not installed: Spark needs a JDK, version 17 or later" if shutil.which("java") is None else ""
    try:
        from pyspark.sql import SparkSession
    except ImportError:
        missing = "pyspark is not installed: pip install 'nhs-kg[spark]'"
    if missing and os.environ.get("CI"):
        pytest.fail(missing)
    if missing:
        pytest.skip(missing)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of Spark's own start, which no line here can mend
        builder = SparkSession.builder.master("local[2]").appName("kg")
        for option, value in {
            "spark.ui.enabled": "false",
            "spark.sql.shuffle.partitions": "2",
            "spark.sql.codegen.wholeStage": "false",  # which takes longer than the tables here do
            "spark.driver.host": "127.0.0.1",
            "spark.driver.bindAddress": "127.0.0.1",
            "spark.ui.showConsoleProgress": "false",
            "spark.sql.adaptive.enabled": "false",  # which plans each step anew, and compiles it anew
            "spark.default.parallelism": "2",
            # Compiled once and quickly: what runs for seconds has nothing of a compiler that weighs what runs for hours.
            "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
        }.items():
            builder = builder.config(option, value)
        spark = builder.getOrCreate()
    yield spark
    spark.stop()


@pytest.fixture(scope="module")
def given(session: Any) -> Any:
    return session.createDataFrame(ROWS, COLUMNS)


@pytest.fixture(scope="module")
def in_polars() -> pl.DataFrame:
    return pl.DataFrame(ROWS, schema=[column.split()[0] for column in COLUMNS.split(", ")], orient="row")


def alike(frame: Any, expected: pl.DataFrame) -> None:
    """Look that two tables are the same, decimals to 12 digits."""
    assert frame.columns == expected.columns
    for row, other in zip(frame.collect(), expected.rows(), strict=True):
        assert [pytest.approx(cell, rel=1e-12) if isinstance(cell, float) else cell for cell in row] == list(other)
        assert [type(cell) for cell in row] == [type(cell) for cell in other]


@pytest.mark.parametrize(("links", "by"), [(LINKS, ["year"]), (ALIKE, [])])
def test_spark_gives_what_polars_gives(given: Any, in_polars: pl.DataFrame, links: list[Link], by: list[str]) -> None:
    here, there = (tally(frame, "ccg", MEASURES, by) for frame in (given, in_polars))
    assert here.codes == there.codes
    assert here.rows == len(ROWS)
    assert here.by_target(links) == there.by_target(links)
    assert here.disagreements(links) == there.disagreements(links)
    made = here.recoded(links)
    assert type(made) is type(given)
    assert made.sparkSession is given.sparkSession
    alike(made, there.recoded(links))


def test_only_sums_by_code_come_to_the_driver(session: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    frame = session.range(100_000).selectExpr("concat('Q', id % 7) AS ccg", "id % 10 AS n", "id % 3 AS year")
    fetched: list[int] = []
    for name in ("collect", "toPandas", "toArrow", "toLocalIterator"):
        way = getattr(type(frame), name)

        def counted(self: Any, *args: Any, way: Any = way, **options: Any) -> Any:
            got = way(self, *args, **options)
            fetched.append(len(got))
            return got

        monkeypatch.setattr(type(frame), name, counted)
    made = tally(frame, "ccg", [Measure("count", "n")], ["year"]).recoded([Link("Q0", "R", 0.5), Link("Q0", "S", 0.5)])
    assert fetched == [7]
    monkeypatch.undo()
    assert made.selectExpr("sum(n)").collect()[0][0] == pytest.approx(450_000, rel=1e-12)


def test_a_spark_frame_is_read_through_once(session: Any) -> None:
    seen = session.sparkContext.accumulator(0)

    def noted(rows: Any) -> Any:
        for row in rows:
            seen.add(1)
            yield row

    counted = session.createDataFrame(session.createDataFrame(ROWS, COLUMNS).rdd.mapPartitions(noted), COLUMNS)
    held = tally(counted, "ccg", MEASURES, ["year"])
    held.disagreements(LINKS)
    held.recoded(LINKS).collect()
    held.recoded(ALIKE).collect()
    assert seen.value == len(ROWS)


@pytest.mark.parametrize(
    ("rows", "columns", "fault", "told"),
    [
        ([("a", "*")], "ccg string, n string", BadInput, 'The column "n" holds text'),
        (
            [("a", -1), ("b", 1)],
            "ccg string, n long",
            BadInput,
            'The column "n" has negative numbers in the rows of A,',
        ),
        ([("a", float("inf"))], "ccg string, n double", BadInput, 'The column "n" has infinite numbers'),
        ([], "ccg string, n long", BadInput, "The table has no rows"),
        ([("a", 1)], "ccg string, m long", UsageError, 'The table has no column "n".'),
        ([("a", 1, 1)], "ccg string, n long, n long", BadInput, "The table has the column 'n' 2 times"),
    ],
)
def test_faults_are_told_as_elsewhere(session: Any, rows: Sequence[Any], columns: str, fault: type, told: str) -> None:
    frame = session.createDataFrame(rows, columns)
    with pytest.raises(fault) as refused:
        tally(frame, "ccg", [Measure("count", "n")])
    assert told in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("wish", [{"basis": "population"}, {"on_split": "list"}], ids=str)
def test_spark_recodes_the_ccgs_of_2015_as_polars_does(session: Any, in_memory: Graph, wish: dict[str, str]) -> None:
    codes = sorted(pair.from_.code for pair in in_memory.concordance("2015-04-01", "ccg", "2015-04-01", "ccg"))
    columns = ["year", "ccg", "patients", "smoking", "rating"]
    rows = [
        (year, code.lower(), place * 7919 % 90001, place * 37 % 101 / 404, "good" if place % 3 else "poor")
        for year in (2015, 2016) for place, code in enumerate([*codes, "zzz"], 1)
    ]  # fmt: skip
    spark = session.createDataFrame(rows, "year long, ccg string, patients long, smoking double, rating string")
    measures = ["count:patients", "rate:smoking:patients", "category:rating"]
    here, there = (
        in_memory.crosswalk(frame, "ccg", to="2022-07-01", level="icb", measures=measures, by=["year"], **wish)
        for frame in (spark, pl.DataFrame(rows, schema=columns, orient="row"))
    )
    assert type(here.frame) is type(spark)
    assert here.report.to_dict() == there.report.to_dict()
    alike(here.frame, there.frame)
