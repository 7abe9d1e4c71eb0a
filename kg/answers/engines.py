"""Frames of every engine as one kind: opened, their columns looked up, small results fetched, small tables made beside them.

What narwhals does the same way everywhere is in frames.py; here is what has to know the engine.
"""

from __future__ import annotations

import difflib
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import narwhals as nw
from narwhals.exceptions import DuplicateError

from kg.answers import language as say
from kg.errors import BadInput, UsageError

#: Columns of the small table of links.
LINKS: Final = ("link_from", "link_to", "link_share")
_KNOWN: Final = "pandas, Polars, DuckDB, PySpark and PyArrow"


@dataclass(frozen=True)
class Link:
    """That a code, or a share of it, becomes another; `to_code` is None for a share that has no home."""

    from_code: str
    to_code: str | None
    share: float


def opened(frame: Any) -> Any:
    """Give a native frame as one of narwhals, whatever its engine.

    Raises:
        UsageError: it is no frame, or one of an engine or a version that is not supported.
        BadInput: two of its columns have one name.
    """
    library = type(frame).__module__.partition(".")[0]
    kind = type(frame).__name__ if library == "builtins" else f"{library}.{type(frame).__name__}"
    try:
        found = nw.from_native(frame)
        names = list(found.columns)
    except DuplicateError as error:
        raise BadInput(_twice(str(error).rpartition("- ")[2])) from None
    except TypeError:
        raise UsageError(f"{say.capital(say.article(kind))} is no data frame. Give one of {_KNOWN}.") from None
    except ValueError as error:
        if "ersion" not in str(error):
            raise
        raise UsageError(f"This {kind} cannot be read: {str(error).rstrip('.')}. Install a newer version.") from None
    twice = [name for name in dict.fromkeys(names) if names.count(name) > 1]
    if twice:
        raise BadInput(_twice(f"'{twice[0]}' {names.count(twice[0])} times"))
    engine = found.implementation
    if not (isinstance(found, nw.DataFrame) or engine.is_polars() or engine.is_duckdb() or _is_spark(engine)):
        raise UsageError(f"{say.capital(say.article(kind))} cannot be recoded. Give a data frame of {_KNOWN}.")
    return found


def _twice(which: str) -> str:
    return f"The table has the column {which}; nothing was read. Give every column a name of its own."


def present(schema: Iterable[Any], wanted: Iterable[str]) -> None:
    """Look that the columns are there.

    Raises:
        UsageError: one is not; the nearest name and all names are given.
    """
    held = list(schema)
    names = [str(name) for name in held]  # pandas allows any name, such as a number
    for name in wanted:
        if name in held:
            continue
        plain = {there.strip().casefold(): there for there in names}
        near = difflib.get_close_matches(str(name).strip().casefold(), list(plain), n=1, cutoff=0.6)
        meant = f' Did you mean "{say.shown(plain[near[0]])}"?' if near else ""
        there = say.shortened([f'"{say.shown(one)}"' for one in names], 30) or "none"
        raise UsageError(f'The table has no column "{say.shown(str(name))}".{meant} Its columns are {there}.')


def settled(frame: Any) -> Any:
    """Give an aggregate that is read several times so that its table is read through once only, where that can be done.

    A Polars query is run, in batches. A Spark frame is marked to be kept by its executors. A DuckDB relation stays a
    query, which is run each time.
    """
    if isinstance(frame, nw.DataFrame) or frame.implementation.is_duckdb():
        return frame
    if frame.implementation.is_polars():
        return frame.collect(backend="polars", engine="streaming")
    return nw.from_native(frame.to_native().cache())


def fetched(frame: Any) -> list[tuple[Any, ...]]:
    """Fetch the rows of a small result as plain values; what is empty is None."""
    native = frame.to_native()
    if isinstance(frame, nw.DataFrame):
        rows = frame.rows()
    elif frame.implementation.is_polars():
        rows = native.collect().rows()
    elif frame.implementation.is_duckdb():
        rows = native.fetchall()
    else:
        rows = native.collect()
    return [tuple(_plain(value) for value in row) for row in rows]


def _plain(value: Any) -> Any:
    value = value.item() if type(value).__module__ == "numpy" and hasattr(value, "item") else value
    empty = (isinstance(value, float) and math.isnan(value)) or type(value).__name__ in ("NAType", "NaTType")
    return None if empty else value


def linked(frame: Any, links: Sequence[Link]) -> Any:
    """Make the table of links, of which there is one at least, where a frame is: in its engine, its connection or its session.

    Where a link leads nowhere, its code is "": older versions of pandas make a word of an empty cell.
    """
    cells = [(link.from_code, link.to_code or "", float(link.share)) for link in links]
    native, engine = frame.to_native(), frame.implementation
    if engine.is_duckdb():
        # A relation can only meet one of its own connection, so that it is made out of this one. `query` does so as
        # well, but has DuckDB 2 bind every relation of the connection anew.
        rows = ", ".join(_row(link) for link in cells)
        one = native.limit(0).aggregate("count(*) AS none").project(f"unnest([{rows}]) AS link")
        return nw.from_native(one.project(", ".join(f"link.{name} AS {name}" for name in LINKS)))
    if _is_spark(engine):
        schema = ", ".join(f"{name} {kind}" for name, kind in zip(LINKS, ("string", "string", "double"), strict=True))
        return nw.from_native(native.sparkSession.createDataFrame(cells, schema))
    series = dict(zip(LINKS, (list(cell) for cell in zip(*cells, strict=True)), strict=True))
    kinds = dict(zip(LINKS, (nw.String(), nw.String(), nw.Float64()), strict=True))
    return nw.from_dict(series, kinds, backend=engine)


def _row(cells: tuple[str, str, float]) -> str:
    """Write a link as a value of DuckDB."""
    codes = ("'" + code.replace("'", "''") + "'" for code in cells[:2])
    values = (*(f"{code}::VARCHAR" for code in codes), f"{cells[2]!r}::DOUBLE")
    return "{" + ", ".join(f"'{name}': {value}" for name, value in zip(LINKS, values, strict=True)) + "}"


def _is_spark(engine: Any) -> bool:
    return bool(engine.is_pyspark() or engine.is_pyspark_connect())
