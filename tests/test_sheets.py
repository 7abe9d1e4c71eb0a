"""Tables that people bring and take away: what is read is what was written, and a fault is told with its place."""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

import openpyxl
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kg.errors import BadInput, KgError, UsageError
from kg.faces import sheets

TEXT: Final = ["code"]
NUMBERS: Final = ["n"]


def put(folder: Path, name: str, content: bytes | str) -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def book(folder: Path, *rows: Sequence[Any], name: str = "t.xlsx", more: Sequence[str] = ()) -> Path:
    made = openpyxl.Workbook()
    assert made.active is not None
    made.active.title = "Sheet1"
    for row in rows:
        made.active.append(list(row))
    for title in more:
        made.create_sheet(title).append(["code", "n"])
    made.save(folder / name)
    return folder / name


def parquet(folder: Path, **columns: Any) -> Path:
    pl.DataFrame(columns).write_parquet(folder / "t.parquet")
    return folder / "t.parquet"


def read(
    path: Path, text: Sequence[str] = TEXT, numbers: Sequence[str] = NUMBERS, sheet: str | None = None
) -> list[tuple[Any, ...]]:
    return sheets.read(path, text, numbers, sheet).collect().rows()


# What is read

SAME: Final = [("00C", 1), ("5E1", 2), ("Ynys Môn", None)]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("t.csv", "code,n\n00C,1\n5E1,2\nYnys Môn,\n"),
        ("t.csv", "code,n\r\n00C,1\r\n5E1,2\r\nYnys Môn,\r\n"),
        ("t.csv", "code,n\n00C,1\n5E1,2\nYnys Môn,"),
        ("t.CSV", "\ufeffcode,n\n00C,1\n5E1,2\nYnys Môn,\n"),
        ("t.csv", '"code","n"\n"00C","1"\n"5E1"," 2 "\n"Ynys Môn",""\n'),
        ("t.csv", "n,other,code\n1,a,00C\n2,,5E1\n,c,Ynys Môn\n"),
        ("t.csv", "code,n\n00C,1\n\n5E1,2\nYnys Môn,\n,\n,\n"),
        ("t.tsv", "code\tn\n00C\t1\n5E1\t2\nYnys Môn\t\n"),
        ("t.csv.gz", gzip.compress("code,n\n00C,1\n5E1,2\nYnys Môn,\n".encode(), mtime=0)),
        ("t*[1].csv", "code,n\n00C,1\n5E1,2\nYnys Môn,\n"),
        ("t.csv", 'code,n,note\n00C,1,"a, b"\n5E1,2,"two\nlines ""so"""\nYnys Môn,,x\n'),
    ],
)  # fmt: skip
def test_text_files_are_read_alike(tmp_path: Path, name: str, content: bytes | str) -> None:
    assert read(put(tmp_path, name, content)) == SAME


def test_parquet_and_workbooks_are_read_as_text_files_are(tmp_path: Path) -> None:
    assert read(parquet(tmp_path, n=[1.0, 2.0, None], code=["00C", "5E1", "Ynys Môn"])) == SAME
    assert read(book(tmp_path, ["code", "x", "n"], ["00C", 1, 1.0], [], ["5E1", 1, "2"], ["Ynys Môn"])) == SAME


def test_columns_without_types_of_their_own_keep_what_is_written(tmp_path: Path) -> None:
    """A code is never made a number, and is not trimmed."""
    codes = ["00C", "5E1", "001", "1.50", " 5E1 ", "NA", "null", "1e5", "TRUE"]
    path = put(tmp_path, "t.csv", "code,n\n" + "".join(f"{code},1\n" for code in codes))
    assert [code for code, _ in read(path)] == codes


def test_cells_of_a_workbook_are_read_as_they_would_stand_in_a_csv(tmp_path: Path) -> None:
    values = [101, 101.0, 1.5, True, datetime(2020, 4, 1), datetime(2020, 4, 1, 9), date(2020, 4, 1)]  # noqa: DTZ001
    path = book(tmp_path, ["code", "n"], *([value, 1] for value in values))
    assert [code for code, _ in read(path)] == [
        "101",
        "101",
        "1.5",
        "TRUE",
        "2020-04-01",
        "2020-04-01T09:00:00",
        "2020-04-01",
    ]


@pytest.mark.parametrize(
    ("cells", "kind", "values"),
    [
        (["1", "2.0", ""], pl.Int64, [1, 2, None]),
        (["1", "2.5"], pl.Float64, [1.0, 2.5]),
        (["-3", "+4", "1e3"], pl.Int64, [-3, 4, 1000]),
        (["9007199254740993"], pl.Int64, [9007199254740993]),
        (["99999999999999999999"], pl.Float64, [1e20]),
        (["", ""], pl.Int64, [None, None]),
    ],
)
def test_numbers_are_whole_where_every_one_is(tmp_path: Path, cells: list[str], kind: Any, values: list[Any]) -> None:
    path = put(tmp_path, "t.csv", "code,n\n" + "".join(f"X,{cell}\n" for cell in cells))
    frame = sheets.read(path, TEXT, NUMBERS).collect()
    assert (frame.schema["n"], frame["n"].to_list()) == (kind, values)


def test_integers_categories_and_decimals_of_parquet_are_read(tmp_path: Path) -> None:
    path = parquet(tmp_path, code=pl.Series([7, 8]), n=pl.Series(["1", "2"]).cast(pl.Categorical).cast(pl.String))
    assert read(path) == [("7", 1), ("8", 2)]
    path = parquet(
        tmp_path, code=pl.Series(["a", "b"], dtype=pl.Categorical), n=pl.Series(["1.50", "2"]).cast(pl.Decimal(10, 2))
    )
    assert read(path) == [("a", 1.5), ("b", 2.0)]


def test_only_the_columns_that_are_named_are_kept(tmp_path: Path) -> None:
    path = put(tmp_path, "t.csv", "a,code,b,n,b\n1,X,2,3,4\n")
    assert sheets.read(path, TEXT, NUMBERS).collect_schema().names() == ["code", "n"]
    assert read(path, ["code"], []) == [("X",)]


def test_a_sheet_that_is_named_is_read(tmp_path: Path) -> None:
    path = book(tmp_path, ["code", "n"], ["A", 1], more=["Other"])
    assert read(path, sheet="Sheet1") == [("A", 1)]


# Faults


@dataclass(frozen=True)
class Bad:
    """A file with a fault: how it is made, what is said of it, and the class of the fault."""

    id: str
    make: Callable[[Path], Path]
    says: tuple[str, ...]
    kind: type[KgError] = BadInput
    sheet: str | None = None


def folder(parent: Path) -> Path:
    (parent / "f.csv").mkdir()
    return parent / "f.csv"


def text(name: str, content: bytes | str) -> Callable[[Path], Path]:
    return lambda folder: put(folder, name, content)


LONG: Final = "code,n\n" + "00C,1\n" * 5000
FAULTS: Final = [
    Bad("missing file", lambda folder: folder / "no.csv", ("There is no file", "no.csv")),
    Bad("a folder", folder, ("is a folder",)),
    Bad("unknown ending", text("t.xls", "x"), ('".xls"', ".xlsx"), UsageError),
    Bad("no ending", text("table", "x"), ("ends in nothing",), UsageError),
    Bad("empty", text("t.csv", ""), ("is empty",)),
    Bad("empty but for its mark", text("t.csv", "\ufeff\n\n"), ("is empty",)),
    Bad("empty parquet", text("t.parquet", ""), ("is empty",)),
    Bad("header alone", text("t.csv", "code,n\n"), ("a header and no rows",)),
    Bad("header alone without line end", text("t.csv", "code,n"), ("a header and no rows",)),
    Bad("header and rows without anything", text("t.csv", "code,n\n,\n\n"), ("a header and no rows",)),
    Bad("cp1252", text("t.csv", LONG.encode() + "Ynys Môn,1\n".encode("cp1252")), ("not UTF-8", "line 5002", "Ynys Môn", "CSV UTF-8")),
    Bad("cp1252 header", text("t.csv", "code,n,Ardal Môn\nX,1,2\n".encode("cp1252")), ("not UTF-8", "line 1 ")),
    Bad("UTF-16", text("t.csv", "code,n\nX,1\n".encode("utf-16")), ("UTF-16", "line 1 ", "UTF-8")),
    Bad("NUL", text("t.csv", LONG + "X\0Y,1\n"), ("line 5002", "NUL")),
    Bad("long row", text("t.csv", LONG + "X,1,2\n"), ("2 columns", "3 on line 5002", "1 row has")),
    Bad("long row whose excess is not wanted", text("t.csv", "x,n,code\nX,1,A\nX,1,B,4\n"), ("4 on line 3",)),
    Bad("short rows", text("t.csv", "code,n\nX\nY,1\nZ\n"), ("1 on line 2", "lines 2 and 4")),
    Bad("many short rows", text("t.csv", "code,n\n" + "X\n" * 9), ("more than 5 rows", "lines 2, 3, 4, 5 and 6")),
    Bad("a long row below a cell of two lines", text("t.csv", 'code,n\n"two\nlines",1\nX,1,2\n'), ("3 on line 4",)),
    Bad("a mark that is not closed", text("t.csv", 'code,n\nX,1\n"Y,2\nZ,3\n'), ("line 3", "never closed")),
    Bad("text after a mark", text("t.csv", 'code,n\n"X"y,1\n'), ("line 2", "quotation mark")),
    Bad("a mark within", text("t.csv", 'code,n\n5" pipe,1\n'), ("line 2", "quotation mark")),
    Bad("two marks within", text("t.csv", 'code,n\nX,1\n5" pipe,6" pipe\n'), ("line 3", "quotation mark")),
    Bad("line ends of an old Mac", text("t.csv", "code,n\rX,1\rY,2\r"), ("line 1 ", "carriage return")),
    Bad("column twice", text("t.csv", "code,n,code\nX,1,Y\n"), ('"code" 2 times', "columns 1 and 3")),
    Bad("column missing", text("t.csv", "Coded,n,other\nX,1,2\n"), ('no column "code"', 'Nearest is "Coded"', '"other"'), UsageError),
    Bad("column without a name", text("t.csv", ",n\nX,1\n"), ('no column "code"', "empty above column 1"), UsageError),
    Bad("gzip cut short", text("t.csv.gz", gzip.compress(("code,n\n" + "".join(f"{i},{i}\n" for i in range(9999))).encode())[:-9]), ("damaged or cut short",)),
    Bad("no gzip", text("t.csv.gz", "code,n\nX,1\n"), ("is none",)),
    Bad("no parquet", text("t.parquet", "code,n\nX,1\n"), ("is not Parquet",)),
    Bad("parquet twice", lambda folder: parquet(folder, code=["x"], m=[1]), ('no column "n"', '"m"'), UsageError),
    Bad("parquet of lists", lambda folder: parquet(folder, code=[["x"]], n=[1]), ('"code"', "not a single value")),
    Bad("parquet of days", lambda folder: parquet(folder, code=["x"], n=[date(2020, 1, 1)]), ('"n"', "not numbers")),
    Bad("parquet of text", lambda folder: parquet(folder, code=["x", "y"], n=["1", "n/a"]), ("row 2", '"n/a"')),
    Bad("parquet with NaN", lambda folder: parquet(folder, code=["x", "y"], n=[1.0, float("nan")]), ("row 2", '"NaN"')),
    Bad("parquet without rows", lambda folder: parquet(folder, code=pl.Series([], dtype=pl.String), n=pl.Series([], dtype=pl.Int64)), ("no rows",)),
    Bad("formula", lambda folder: book(folder, ["a", "code", "n"], [0, "X", 1], [0, "Y", "=1+1"]), ("cell C3", "formula", "as values")),
    Bad("formula of a code", lambda folder: book(folder, ["code", "n"], ['="0"&"0C"', 1]), ("cell A2", "formula")),
    Bad("error of Excel", lambda folder: book(folder, ["code", "n"], ["#N/A", 1]), ("cell A2", '"#N/A"')),
    Bad("several sheets", lambda folder: book(folder, ["code", "n"], ["X", 1], more=["Other"]), ("2 sheets", '"Sheet1", "Other"'), UsageError),
    Bad("no such sheet", lambda folder: book(folder, ["code", "n"], ["X", 1]), ('no sheet "Z"', '"Sheet1"'), UsageError, "Z"),
    Bad("a sheet of a CSV", text("t.csv", "code,n\nX,1\n"), ("has no sheets",), UsageError, "Z"),
    Bad("empty sheet", lambda folder: book(folder), ("is empty",)),
    Bad("sheet with a header alone", lambda folder: book(folder, ["code", "n"]), ("no rows",)),
    Bad("text in a sheet", lambda folder: book(folder, ["code", "n"], ["X", 1], [], ["Y", "*"]), ("row 4", '"*"')),
    Bad("a yes in a sheet", lambda folder: book(folder, ["code", "n"], ["X", True]), ("row 2", '"TRUE"')),
    Bad("password", text("t.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)), ("password",)),
    Bad("no workbook", text("t.xlsx", "code,n\nX,1\n"), ("not an Excel workbook",)),
    *(
        Bad(f"number {value}", text("t.csv", f"code,n\nX,1\n\nY,\"{value}\"\nZ,{'-' * 90}\n"), ("line 4", 'column "n"', f'"{value}" is not a number, nor is 1 more'))
        for value in ("*", "1,234", "n/a", "12%", "NaN", "inf", "-Infinity", "£5", "1_0", "0x10", "5 6")
    ),
    Bad("number below a cell of two lines", text("t.csv", 'n,code\n1,"two\r\nlines"\n*,X\n'), ("line 4", '"*" is not a number.')),
]  # fmt: skip


@pytest.mark.parametrize("bad", FAULTS, ids=lambda bad: bad.id)
def test_a_fault_is_one_sentence_or_two_with_file_place_and_what_to_do(tmp_path: Path, bad: Bad) -> None:
    path = bad.make(tmp_path)
    with pytest.raises(bad.kind) as raised:
        sheets.read(path, TEXT, NUMBERS, bad.sheet)
    said = str(raised.value)
    assert said.count(str(path)) == 1
    assert [part for part in bad.says if part not in said] == []
    assert said.endswith(".")
    assert "\n" not in said
    assert len(said) < 500 + len(str(path))


def test_a_workbook_that_is_cut_short_is_refused(tmp_path: Path) -> None:
    path = book(tmp_path, ["code", "n"], *([f"X{i}", i] for i in range(500)))
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(BadInput, match="not an Excel workbook"):
        read(path)


def test_parquet_that_is_cut_short_is_refused(tmp_path: Path) -> None:
    path = parquet(tmp_path, code=["x"] * 100, n=[1] * 100)
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(BadInput, match="not Parquet"):
        read(path)


def test_a_column_is_not_read_as_text_and_as_numbers(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="one of them"):
        read(put(tmp_path, "t.csv", "code,n\nX,1\n"), ["n"], ["n"])


@pytest.mark.parametrize("name", ["t.csv", "t.parquet", "t.xlsx"])
def test_negative_counts_are_named(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    sheets.write(pl.DataFrame({"code": ["X"] * 8, "n": [1.0, -2.0, 3.0, -4.0, -5.0, -6.0, -7.0, -8.5]}), path)
    frame = sheets.read(path, TEXT, NUMBERS)
    first = 1 if name.endswith("parquet") else 2
    with pytest.raises(BadInput) as raised:
        sheets.refuse_negative(frame, path, NUMBERS)
    places = f"{first + 1}, {first + 3}, {first + 4}, {first + 5} and {first + 6}"
    assert f"6 negative numbers, where it counts things: {sheets.unit(path)}s {places} and 1 more" in str(raised.value)
    sheets.refuse_negative(frame.filter(pl.col("n") > 0), path, NUMBERS)


# Where rows are


def test_rows_are_named_by_the_lines_that_an_editor_shows(tmp_path: Path) -> None:
    path = put(tmp_path, "t.csv", 'note,code\n"two\nlines",5a1\n\nx, 5A1 \nx,5A2\nx,5A1\n')
    assert sheets.rows_of(path, "code", ["5A1", "5a2", "ZZ"], 2) == {"5A1": (2, 5), "5A2": (6,), "ZZ": ()}
    assert sheets.rows_of(path, "code", ["5A1"], 9) == {"5A1": (2, 5, 7)}
    assert sheets.rows_of(path, "code", ["5A1"], 0) == {"5A1": ()}


def test_blank_lines_count_when_rows_are_named(tmp_path: Path) -> None:
    path = put(tmp_path, "t.csv", "\r\n\r\ncode,n\r\nA,1\r\n\r\n,\r\na,*\r\n")
    assert sheets.rows_of(path, "code", ["a"], 5) == {"A": (4, 7)}
    with pytest.raises(BadInput, match="line 7"):
        read(path)


def test_rows_of_workbooks_and_parquet_are_named(tmp_path: Path) -> None:
    path = book(tmp_path, ["code"], ["A"], [], ["B"], ["a "])
    assert sheets.rows_of(path, "code", ["a"], 5) == {"A": (2, 5)}
    assert sheets.rows_of(parquet(tmp_path, code=["A", None, "B", "a "]), "code", ["a"], 5) == {"A": (1, 4)}
    assert [sheets.unit(Path(name)) for name in ("a.csv", "a.tsv.gz", "a.xlsx", "a.parquet")] == [
        "line",
        "line",
        "row",
        "row",
    ]


@pytest.mark.parametrize("name", ["t.csv", "t.tsv", "t.csv.gz", "t.xlsx"])
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cells=st.lists(st.sampled_from(["A", "b", " B", "", "two\nlines", 'so "so"', "1,2"]), min_size=1, max_size=12))
def test_rows_are_named_whatever_stands_between_them(tmp_path: Path, name: str, cells: list[str]) -> None:
    """Held against counting the line ends of the file that Python's own writer makes."""
    path, expected, line = tmp_path / name, [], 2
    for cell in cells:
        if cell.strip().upper() == "B":
            expected.append(line)
        line += 1 + (cell.count("\n") if name != "t.xlsx" else 0)
    if name == "t.xlsx":
        book(tmp_path, ["code", "n"], *([cell, "x"] for cell in cells))
    else:
        out = io.StringIO()
        csv.writer(out, "excel-tab" if name == "t.tsv" else "excel").writerows(
            [["code", "n"], *([cell, "x"] for cell in cells)]
        )
        made = out.getvalue().encode()
        path.write_bytes(gzip.compress(made) if name.endswith("gz") else made)
    assert sheets.rows_of(path, "code", ["b"], 3) == {"B": tuple(expected[:3])}
    assert [code for code, _ in read(path, ["code", "n"], [])] == [cell or None for cell in cells]


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    body=st.lists(
        st.sampled_from(["a", "b", ",", ",", '"', '""', '","', "\n", "\n", "\r\n", " ", "é"]), max_size=24
    ).map("".join)
)
def test_a_text_file_is_read_as_the_standard_library_reads_it_or_refused(tmp_path: Path, body: str) -> None:
    """Polars and Python take odd quotation marks and short rows each in their own way: neither may pass unseen."""
    path = put(tmp_path, "t.csv", "code,n\n" + body)
    try:
        got = read(path, ["code", "n"], [])
    except BadInput:
        return
    rows = list(csv.reader(io.StringIO("code,n\n" + body, newline=""), strict=True))[1:]
    assert got == [tuple(cell or None for cell in row) for row in rows if any(row)]


# What is written

codes = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), min_size=1, max_size=8)
ROWS: Final = st.lists(
    st.tuples(codes, st.none() | st.integers(-(2**53), 2**53) | st.floats(-1e9, 1e9, width=32)), min_size=1, max_size=8
)


@pytest.mark.parametrize("name", ["t.csv", "t.tsv", "t.parquet", "t.xlsx"])
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=ROWS)
def test_what_is_written_is_read_back(tmp_path: Path, name: str, rows: list[tuple[str, float | None]]) -> None:
    frame = pl.DataFrame(rows, schema={"code": pl.String, "n": pl.Float64}, orient="row", strict=False)
    sheets.write(frame, tmp_path / name)
    exact = 0 if name != "t.xlsx" else 1e-14  # a workbook keeps sixteen digits
    for got, row in zip(read(tmp_path / name), frame.rows(), strict=True):
        assert got == (row[0], row[1] if row[1] is None else pytest.approx(row[1], rel=exact, abs=0))
    assert [path.name for path in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize("name", ["t.csv", "t.parquet", "t.xlsx"])
@pytest.mark.parametrize("lazy", [False, True])
def test_whole_numbers_are_written_without_a_point(tmp_path: Path, name: str, lazy: bool) -> None:
    frame = pl.DataFrame(
        {
            "code": ["=1+1", "b"],
            "n": [1.0, None],
            "share": [0.5, 1.0],
            "none": pl.Series([None, None], dtype=pl.Float64),
        }
    )
    path = tmp_path / name
    sheets.write(frame.lazy() if lazy else frame, path)
    if name == "t.csv":
        assert path.read_bytes() == b"code,n,share,none\n=1+1,1,0.5,\nb,,1.0,\n"
    else:
        assert read(path, ["code", "n", "share"], []) == [
            ("=1+1", "1", "0.5"),
            ("b", None, "1" if "x" in name else "1.0"),
        ]


def failing(error: BaseException) -> pl.LazyFrame:
    """Give a frame that fails after its first rows."""

    def fail(value: int) -> int:
        if value > 5000:
            raise error
        return value

    return pl.LazyFrame({"n": range(10_000)}).select(pl.col("n").map_elements(fail, return_dtype=pl.Int64))


@pytest.mark.parametrize("name", ["t.csv", "t.parquet", "t.xlsx"])
@pytest.mark.parametrize("error", [ValueError("no"), KeyboardInterrupt()], ids=["fault", "interrupt"])
@pytest.mark.filterwarnings("ignore:.*Expr.map_elements")
def test_a_write_that_fails_leaves_what_was_there_and_nothing_beside_it(
    tmp_path: Path, name: str, error: BaseException
) -> None:
    path = put(tmp_path, name, "old")
    with pytest.raises((BadInput, ValueError, KeyboardInterrupt)):
        sheets.write(failing(error), path)
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def half_written(path: Path, error: type[BaseException]) -> None:
    with sheets.written_beside(path) as beside:
        beside.write_text("half")
        raise error


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit, ValueError, OSError])
def test_what_is_written_beside_is_removed_whatever_happens(tmp_path: Path, error: type[BaseException]) -> None:
    with pytest.raises(BadInput if error is OSError else error):
        half_written(tmp_path / "t.csv", error)
    assert list(tmp_path.iterdir()) == []
    with sheets.written_beside(tmp_path / "t.csv") as beside:
        beside.write_text("whole")
        assert not (tmp_path / "t.csv").exists()
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("t.csv", "whole")]


def test_a_link_stays_one_and_what_it_leads_to_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "link.csv").symlink_to(put(tmp_path, "t.csv", "old"))
    sheets.write(pl.DataFrame({"n": [1]}), tmp_path / "link.csv")
    assert (tmp_path / "link.csv").is_symlink()
    assert (tmp_path / "t.csv").read_text() == "n\n1\n"


def test_a_place_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    frame = pl.DataFrame({"n": [1]})
    (tmp_path / "d.csv").mkdir()
    put(tmp_path, "file", "x")
    for path in (tmp_path / "no" / "t.csv", tmp_path / "d.csv", tmp_path / "file" / "t.csv"):
        with pytest.raises(BadInput, match=r"cannot be written .*Name a file in a folder that exists"):
            sheets.write(frame, path)
    for name in ("t.xls", "t", "t.csv.gz"):
        with pytest.raises(UsageError, match=r"End it in one of: \.csv"):
            sheets.write(frame, tmp_path / name)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["d.csv", "file"]


def test_a_table_that_is_too_long_for_excel_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from kg.faces.sheets import workbook

    monkeypatch.setattr(workbook, "MOST", 3)
    sheets.write(pl.DataFrame({"n": [1, 2]}), tmp_path / "t.xlsx")
    with pytest.raises(UsageError, match="ends at 3 rows"):
        sheets.write(pl.DataFrame({"n": [1, 2, 3]}), tmp_path / "u.xlsx")
    assert [path.name for path in tmp_path.iterdir()] == ["t.xlsx"]


def test_the_file_that_is_read_is_not_written(tmp_path: Path) -> None:
    path = put(tmp_path, "t.csv", "n\n1\n")
    (tmp_path / "link.csv").symlink_to(path)
    (tmp_path / "hard.csv").hardlink_to(path)
    for other in (path, tmp_path / "x" / ".." / "t.csv", tmp_path / "link.csv", tmp_path / "hard.csv"):
        with pytest.raises(UsageError, match="would be lost"):
            sheets.distinct(path, other)
    sheets.distinct(path, tmp_path / "u.csv")


@pytest.mark.parametrize("name", ["t.csv", "t.tsv", "t.parquet"])
def test_a_table_is_never_held_whole(tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is computed on the way from file to file is one row, in streams; the rest goes straight to the file."""
    path, collect, seen = tmp_path / name, pl.LazyFrame.collect, []

    def spy(frame: pl.LazyFrame, **given: Any) -> pl.DataFrame:
        made = collect(frame, **given)
        assert isinstance(made, pl.DataFrame)
        seen.append((made.height, given.get("engine")))
        return made

    sheets.write(pl.DataFrame({"code": ["A", "B"] * 5000, "n": [1.0, 2.5] * 5000}), path)
    monkeypatch.setattr(pl.LazyFrame, "collect", spy)
    sheets.write(sheets.read(path, TEXT, NUMBERS).with_columns(pl.col("n") * 2), tmp_path / f"out-{name}")
    assert len(seen) >= 2
    assert set(seen) == {(1, "streaming")}
    monkeypatch.undo()
    assert read(tmp_path / f"out-{name}") == [("A", 2), ("B", 5)] * 5000
