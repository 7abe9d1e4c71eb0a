"""Tables recoded in every engine, against what a good user of each writes by hand with the same pairs of codes."""

from __future__ import annotations

import random
import statistics
import tempfile
import time
import warnings
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import polars as pl

import kg
from kg.faces.library import Graph

ROWS = 10_000_000
#: Spark is started on this machine alone, where it is slow: it gets fewer rows, and its peer the same.
SPARK_ROWS = 2_000_000
ROUNDS = 5
SINCE, TO, BASIS = "2015-04-01", "2022-07-01", "population"
MEASURES = ["count:n", "rate:rate:list"]
Work = Callable[[], Any]


def run(rows: int = ROWS, spark_rows: int = SPARK_ROWS) -> list[str]:
    """Recode the CCGs of April 2015 to the ICBs of July 2022: a count, and a rate with its denominator."""
    began = time.perf_counter()
    graph = kg.open()
    opened = time.perf_counter() - began
    pairs = [pair for pair in graph.concordance(SINCE, "ccg", TO, "icb", basis=BASIS) if pair.to]
    links = pl.DataFrame(
        [(pair.from_.code, pair.to.code, float(pair.share or 0)) for pair in pairs if pair.to],
        schema={"ccg": pl.String, "icb": pl.String, "share": pl.Float64}, orient="row",
    )  # fmt: skip
    codes = links["ccg"].unique(maintain_order=True).to_list()
    table = made(codes, rows)
    lines = [
        f"{rows:,} rows of {len(codes)} codes, {links.height} pairs; medians of {ROUNDS} rounds, each of every work in turn"
    ]
    times = timed(works(graph, table, links))
    lines += [f"{name}: {statistics.median(took):.2f} s" for name, took in times.items()]
    first = first_call(table.head(len(codes)))
    ours = statistics.median(times["kg on Polars"])
    lines += [
        ratio(times, "kg on Polars", "Polars by hand, join and group", "; bound 1.5"),
        ratio(times, "kg on Polars", "Polars by hand, group first"),
        ratio(times, "pandas by hand, merge and groupby", "kg on Polars", "; bound 3 or more"),
        ratio(times, "pandas by hand, merge and groupby", "kg on pandas"),
        ratio(times, "kg on DuckDB", "DuckDB by hand, join and group"),
        f"not in these: kg.open() {opened:.2f} s, and the first question {first:.2f} s longer than later ones; with both, kg on "
        f"Polars / by hand: {(ours + opened + first) / statistics.median(times['Polars by hand, join and group']):.2f}",
    ]
    return lines + spark(graph, table.head(spark_rows), links)


def made(codes: list[str], rows: int) -> pl.DataFrame:
    """Make a table without order: the code, a whole number, and a rate with what it is a rate of."""
    chance = random.Random(2015)
    few = min(rows, 1_000_003)
    block = pl.DataFrame({
        "ccg": [chance.choice(codes) for _ in range(few)],
        "n": [chance.randrange(1000) for _ in range(few)],
        "rate": [chance.random() for _ in range(few)],
        "list": [chance.randrange(1, 2000) for _ in range(few)],
    })  # fmt: skip
    return pl.concat([block] * (rows // few + 1), rechunk=False).head(rows).rechunk()


def first_call(small: pl.DataFrame) -> float:
    """Time what a first question reads of the graph and a later one has: a small table, on a graph just opened, twice."""
    graph = kg.open()
    return seconds(lambda: recoded(graph, small)) - seconds(lambda: recoded(graph, small))


def recoded(graph: Graph, table: Any) -> Any:
    """Recode through the public function."""
    return graph.crosswalk(table, "ccg", to=TO, measures=MEASURES, basis=BASIS, level="icb").frame


def works(graph: Graph, table: pl.DataFrame, links: pl.DataFrame) -> dict[str, Work]:
    """Give the work of each engine, ours and by hand; all have given the same table before any is timed."""
    frame, pairs = table.to_pandas(), links.to_pandas()
    base = duckdb.connect()
    base.register("arrow_table", table.to_arrow())
    base.execute("CREATE TABLE t AS SELECT * FROM arrow_table")
    base.register("links", links.to_arrow())
    share = pl.col("share")
    weighed = [
        (pl.col("n") * share).sum(),
        (pl.col("rate") * pl.col("list") * share).sum(),
        (pl.col("list") * share).sum(),
    ]

    def join_and_group() -> pl.DataFrame:
        joined = table.lazy().join(links.lazy(), on="ccg")
        summed = joined.group_by("icb").agg(weighed)
        return summed.with_columns(rate=pl.col("rate") / pl.col("list")).sort("icb").collect()

    def group_first() -> pl.DataFrame:
        top = (pl.col("rate") * pl.col("list")).sum().alias("top")
        by_code = table.lazy().group_by("ccg").agg(pl.col("n").sum(), top, pl.col("list").sum())
        weights = [(pl.col(name) * share).sum() for name in ("n", "top", "list")]
        summed = by_code.join(links.lazy(), on="ccg").group_by("icb").agg(weights)
        return summed.with_columns(rate=pl.col("top") / pl.col("list")).sort("icb").collect()

    def merge_and_group() -> pd.DataFrame:
        joined = frame.merge(pairs, on="ccg")
        size = joined["list"] * joined["share"]
        parts = joined.assign(n=joined["n"] * joined["share"], rate=joined["rate"] * size, list=size)
        summed = parts.groupby("icb", as_index=False)[["n", "rate", "list"]].sum()
        return summed.assign(rate=summed["rate"] / summed["list"])

    def in_sql() -> pd.DataFrame:
        return base.execute(
            "SELECT icb, sum(n * share) AS n, sum(rate * list * share) / sum(list * share) AS rate, sum(list * share) AS list "
            "FROM t JOIN links USING (ccg) GROUP BY icb ORDER BY icb"
        ).df()

    found: dict[str, Work] = {
        "kg on Polars": lambda: recoded(graph, table),
        "Polars by hand, join and group": join_and_group,
        "Polars by hand, group first": group_first,
        "kg on pandas": lambda: recoded(graph, frame),
        "pandas by hand, merge and groupby": merge_and_group,
        "kg on DuckDB": lambda: recoded(graph, base.table("t")).df(),
        "DuckDB by hand, join and group": in_sql,
    }
    alike({name: work() for name, work in found.items()})
    return found


def alike(tables: Mapping[str, Any]) -> None:
    """See that all gave the same table, to what engines that add in different orders differ by."""
    (_, first), *others = ((name, rows_of(table)) for name, table in tables.items())
    for name, rows in others:
        if [code for code, *_ in rows] != [code for code, *_ in first]:
            raise SystemExit(f"{name}: other codes")
        for ours, theirs in zip(first, rows, strict=True):
            if any(abs(a - b) > 1e-9 * abs(a) for a, b in zip(ours[1:], theirs[1:], strict=True)):
                raise SystemExit(f"{name}: {theirs} for {ours}")


def rows_of(table: Any) -> list[tuple[str, float, float, float]]:
    """Give the rows of a small result in order."""
    records = table.to_dicts() if isinstance(table, pl.DataFrame) else table.to_dict("records")
    return sorted((str(row.get("icb") or row["ccg"]), row["n"], row["rate"], row["list"]) for row in records)


def timed(found: Mapping[str, Work]) -> dict[str, list[float]]:
    """Time every work in turn, several rounds, so that a busy moment of the machine falls on all."""
    times: dict[str, list[float]] = {name: [] for name in found}
    for _ in range(ROUNDS):
        for name, work in found.items():
            times[name].append(seconds(work))
    return times


def seconds(work: Work) -> float:
    """Time one work once."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def ratio(times: Mapping[str, list[float]], ours: str, theirs: str, bound: str = "") -> str:
    """Say how long one work takes of another, as the median of the ratios of each round."""
    each = [a / b for a, b in zip(times[ours], times[theirs], strict=True)]
    return f"{ours} / {theirs}: {statistics.median(each):.2f} ({min(each):.2f} to {max(each):.2f}){bound}"


def spark(graph: Graph, table: pl.DataFrame, links: pl.DataFrame) -> list[str]:
    """Recode on a Spark of this machine alone, from a Parquet file, against a join and a group written by hand."""
    try:
        from pyspark.sql import SparkSession
        from pyspark.sql import functions as f

        quiet = SparkSession.builder.master("local[*]").config("spark.ui.enabled", "false")
        session = quiet.config("spark.sql.shuffle.partitions", "4").config("spark.driver.memory", "2g").getOrCreate()
    except Exception as error:
        return [f"Spark: not measured ({str(error).splitlines()[0]})"]
    session.sparkContext.setLogLevel("ERROR")
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name, content in (("table", table), ("links", links)):
            content.write_parquet(Path(folder) / f"{name}.parquet")
        read = session.read.parquet(f"{folder}/table.parquet")
        pairs = session.read.parquet(f"{folder}/links.parquet")

        def join_and_group() -> Any:
            size = f.col("list") * f.col("share")
            summed = read.join(f.broadcast(pairs), "ccg").groupBy("icb").agg(
                f.sum(f.col("n") * f.col("share")).alias("n"), (f.sum(f.col("rate") * size) / f.sum(size)).alias("rate"),
                f.sum(size).alias("list"),
            )  # fmt: skip
            return summed.orderBy("icb").toPandas()

        name, peer = "kg on Spark", "Spark by hand, join and group"
        found: dict[str, Work] = {name: lambda: recoded(graph, read).toPandas(), peer: join_and_group}
        alike({name: work() for name, work in found.items()})
        times = timed(found)
    session.stop()
    medians = ", ".join(f"{one}: {statistics.median(took):.2f} s" for one, took in times.items())
    return [f"Spark on this machine alone, {table.height:,} rows in Parquet: {medians}", ratio(times, name, peer)]
