"""The commands that read tables, as people use them: what they write, what they say, and what they leave behind."""

from __future__ import annotations

import csv
import io
import json
import random
import re
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import openpyxl
import polars as pl
import pytest
from jsonschema import Draft202012Validator
from typer.testing import CliRunner

from kg.errors import KgError
from kg.faces import cli, mappings, vintages
from kg.faces.cli import tables
from kg.faces.library import Graph

if TYPE_CHECKING:
    from tests.conftest import CommandLine

FACES: Final = Path(vintages.__file__).parent
REPORT, VINTAGE = (
    Draft202012Validator(json.loads((FACES / f"{name}.schema.json").read_text(encoding="utf-8")))
    for name in ("report", "vintage")
)
TOMORROW: Final = (date.today() + timedelta(days=1)).isoformat()  # noqa: DTZ011  # as on a calendar
CROSSWALK: Final = ("--to", "2022-07-01", "--level", "icb", "-m", "count:n")


@dataclass(frozen=True)
class Done:
    """What a command left: its exit code, both streams, and the streams without their line breaks."""

    code: int
    out: str
    err: str

    @property
    def said(self) -> str:
        return " ".join(self.err.split())


@pytest.fixture
def kg(in_memory: Graph, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., Done]:
    """The command line in this process, in a folder of its own, on a graph that is open already.

    Faults of kg are printed as `kg.faces.cli.main` does; any other goes through, and the test fails.
    """
    monkeypatch.setattr(tables, "opened", lambda _: in_memory)
    monkeypatch.chdir(tmp_path)

    def call(*words: str) -> Done:
        monkeypatch.setattr(sys, "argv", ["kg", *words])
        done = CliRunner().invoke(cli.assemble(words[0]), words)
        if isinstance(done.exception, KgError):
            return Done(done.exception.exit_code, done.stdout, f"{done.stderr}{done.exception}\n")
        if done.exception and not isinstance(done.exception, SystemExit):
            raise done.exception
        return Done(done.exit_code, done.stdout, done.stderr)

    return call


# Which codes a column holds

OF: Final = [
    ("ccg", "2013-04-01"), ("ccg", "2017-04-01"), ("ccg", "2020-04-01"), ("ccg", "2021-04-01"), ("subicb", "2022-07-01"),
    ("subicb", "2024-04-01"), ("subicb", "2026-04-01"), ("icb", "2022-07-01"), ("icb", "2026-04-01"),
]  # fmt: skip
DRESSES: Final[dict[str, Callable[[str], str]]] = {
    "as they are": str,
    "in small letters": str.lower,
    "among blanks": lambda code: f" {code}  ",
}


def codes(asked: Graph, level: str, day: str) -> list[str]:
    return sorted({pair.from_.code for pair in asked.concordance(day, level, day, level)})


def write(path: Path, header: Sequence[str], rows: Iterable[Sequence[Any]], separator: str = ",") -> Path:
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream, delimiter=separator, lineterminator="\n").writerows([header, *rows])
    return path


def book(path: Path, *rows: Sequence[Any]) -> Path:
    made = openpyxl.Workbook()
    assert made.active is not None
    for row in rows:
        made.active.append(list(row))
    made.save(path)
    return path


def printed_vintage(done: Done) -> list[dict[str, Any]]:
    assert (done.code, done.err) == (0, "")
    printed = json.loads(done.out)
    assert [f"{fault.json_path}: {fault.message[:200]}" for fault in VINTAGE.iter_errors(printed)] == []
    groups: list[dict[str, Any]] = printed["groups"]
    return groups


@pytest.mark.parametrize(("level", "day"), OF)
@pytest.mark.parametrize("dress", DRESSES)
@pytest.mark.parametrize("missing", [0, 0.1], ids=["complete", "a tenth missing"])
def test_a_list_of_codes_is_told_its_time(
    kg: Callable[..., Done], in_memory: Graph, level: str, day: str, dress: str, missing: float
) -> None:
    chance = random.Random(f"{level} {day} {dress}")
    listed = [DRESSES[dress](code) for code in codes(in_memory, level, day) if chance.random() >= missing]
    write(Path("t.csv"), ["code"], [[code] for code in listed])
    (told,) = printed_vintage(kg("vintage", "t.csv", "--column", "code", "--json"))
    assert told["verdict"] in ("one", "several")
    assert (told["rows"], told["codes"], told["recognised"]) == (len(listed),) * 3
    best = [period for period in told["periods"] if period["best"]]
    assert any(
        period["level"] == level and (period["from"] or "") <= day < (period["until"] or "9999") for period in best
    )
    assert all(
        (period["codes"], period["share_of_codes"], period["not_fitting"]) == (len(listed), 1, []) for period in best
    )


def test_a_list_that_two_times_fit_is_told_both(kg: Callable[..., Done], in_memory: Graph) -> None:
    write(Path("t.csv"), ["code"], [[code] for code in codes(in_memory, "subicb", "2024-04-01")])
    done = kg("vintage", "t.csv", "-c", "code")
    assert done.out.startswith(
        "These are codes of CCGs from 1 April 2021 until 30 June 2022 or sub-ICB locations from 1 July"
    )
    assert "The same code is not the same body: 106 of these codes have belonged to several" in " ".join(
        done.out.split()
    )


def test_a_mixed_list_is_called_mixed_with_the_lines(kg: Callable[..., Done], in_memory: Graph) -> None:
    of_2017 = codes(in_memory, "ccg", "2017-04-01")
    rows = [[code, 1] for code in [*of_2017[:100], "36J", *of_2017[100:], "16c", "36J", "O0D", ""]]
    write(Path("t.csv"), ["code", "n"], rows)
    done = kg("vintage", "t.csv", "-c", "code")
    text = " ".join(done.out.split())
    last = len(rows) + 1
    assert text.startswith("The codes are mixed: no one time fits all 209 of them; it takes 2.")
    assert f"until 30 June 2022: 16C (line {last - 3}); and 36J (lines 102 and {last - 2})." in text.replace(
        ") and", "); and"
    )
    assert f'"O0D" (line {last - 1}) is no code; perhaps 00D.' in text
    assert "1 row has no code." in text
    (told,) = printed_vintage(kg("vintage", "t.csv", "-c", "code", "--json"))
    assert told["verdict"] == "mixed"
    assert [len(part["codes"]) for part in told["parts"]] == [207, 2]
    assert told["parts"][1]["codes"] == [
        {"code": "16C", "rows": 1, "lines": [last - 3]},
        {"code": "36J", "rows": 2, "lines": [102, last - 2]},
    ]
    assert told["unrecognised"] == [
        {"value": "O0D", "rows": 1, "is": None, "suggestions": ["00D"], "lines": [last - 1]}
    ]


def test_groups_of_rows_are_told_apart(kg: Callable[..., Done], in_memory: Graph) -> None:
    years = {"2016": codes(in_memory, "ccg", "2016-04-01"), "2020": codes(in_memory, "ccg", "2020-04-01")}
    rows = [[year, code] for year, listed in years.items() for code in listed] + [["2016", "36J"]]
    write(Path("t.csv"), ["year", "code"], rows)
    told = {
        group["group"]: group
        for group in printed_vintage(kg("vintage", "t.csv", "-c", "code", "--by", "year", "--json"))
    }
    assert {year: group["verdict"] for year, group in told.items()} == {"2016": "mixed", "2020": "one"}
    assert told["2016"]["parts"][1]["codes"] == [{"code": "36J", "rows": 1, "lines": [len(rows) + 1]}]
    assert told["2020"]["periods"][0]["from"] == "2020-04-01"
    text = kg("vintage", "t.csv", "-c", "code", "--by", "year").out
    assert re.search(r"^2016: The codes are mixed", text)
    assert re.search(r"^2020: These are codes of CCGs from 1 April 2020 until 31 March 2021\.$", text, re.MULTILINE)
    assert printed_vintage(kg("vintage", "t.csv", "-c", "code", "--json"))[0]["verdict"] == "mixed"


def test_a_vintage_is_printed_as_csv_and_markdown(kg: Callable[..., Done], in_memory: Graph) -> None:
    write(Path("t.csv"), ["code"], [[code] for code in codes(in_memory, "ccg", "2020-04-01")])
    cells = list(csv.DictReader(io.StringIO(kg("vintage", "t.csv", "-c", "code", "--format", "csv").out)))
    assert (
        cells[0] | {"group": "", "verdict": "one", "level": "ccg", "from": "2020-04-01", "until": "2021-04-01"}
        == cells[0]
    )
    markdown = kg("vintage", "t.csv", "-c", "code", "--format", "markdown").out.splitlines()
    assert markdown[0].startswith("| group | verdict | level |")
    assert len(markdown) == len(cells) + 2


# Tables in and out

TABLE: Final = [("00C", 100), ("00k", 200), ("01H", 73), ("", 9), (" 00M ", 300)]
#: Of 73 practices of Cumbria, 32 went to Morecambe Bay.
RECODED: Final = [("QE1", 32), ("QHM", 641), ("", 9)]
PRACTICES: Final = (
    "--to",
    "2022-07-01",
    "--from",
    "2015-04-01",
    "--level",
    "icb",
    "-m",
    "count:n",
    "--basis",
    "practices",
)


def put(name: str) -> Path:
    """Write the table above under a name, in the form that its ending says."""
    path, header = Path(name), ["ccg", "n"]
    if path.suffix == ".xlsx":
        return book(path, header, *([code or None, n] for code, n in TABLE))
    if path.suffix == ".parquet":
        pl.DataFrame(TABLE, schema=header, orient="row").write_parquet(path)
        return path
    return write(path, header, TABLE, "\t" if path.suffix == ".tsv" else ",")


def got(path: Path) -> list[tuple[str, Any]]:
    """Read a table that was written, an empty cell as nothing."""
    header: Sequence[Any]
    rows: Sequence[Sequence[Any]]
    if path.suffix == ".xlsx":
        sheet = openpyxl.load_workbook(path).active
        assert sheet is not None
        header, *rows = sheet.iter_rows(values_only=True)
    elif path.suffix == ".parquet":
        frame = pl.read_parquet(path)
        header, rows = tuple(frame.columns), frame.rows()
    else:
        with path.open(encoding="utf-8", newline="") as stream:
            header, *rows = (tuple(row) for row in csv.reader(stream, delimiter="\t" if path.suffix == ".tsv" else ","))
    assert tuple(header) == ("ccg", "n")
    return [(str(code or ""), float(str(n))) for code, n in rows]


@pytest.mark.parametrize(
    ("given", "made"),
    [("t.csv", "o.csv"), ("t.tsv", "o.xlsx"), ("t.parquet", "o.tsv"), ("t.xlsx", "o.parquet"), ("t.csv", "o.parquet"), ("t.xlsx", "o.xlsx")],
)  # fmt: skip
def test_tables_of_every_kind_are_read_and_written(kg: Callable[..., Done], given: str, made: str) -> None:
    put(given)
    done = kg("crosswalk", given, "-c", "ccg", *PRACTICES, "-o", made)
    assert (done.code, done.out) == (0, "")
    assert got(Path(made)) == [(code, pytest.approx(n, rel=1e-12)) for code, n in RECODED]
    assert sorted(path.name for path in Path().iterdir()) == sorted([given, made])
    assert done.said.startswith(
        "5 rows of 4 CCGs of 1 April 2015 were recoded to 2 ICBs of 1 July 2022; what has no home"
    )
    assert "n: 682 in, 673 recoded, of which 73 by estimated shares; 9 without a home." in done.said


def test_without_an_output_the_table_goes_to_standard_output(kg: Callable[..., Done]) -> None:
    put("t.csv")
    done = kg("crosswalk", "t.csv", "-c", "ccg", *PRACTICES)
    assert [row[0] for row in csv.reader(io.StringIO(done.out))] == ["ccg", "QE1", "QHM", ""]
    assert list(Path().iterdir()) == [Path("t.csv")]


@pytest.mark.parametrize("ending", ["json", "md", "txt", "csv"])
def test_a_report_is_written_in_every_form(kg: Callable[..., Done], in_memory: Graph, ending: str) -> None:
    put("t.csv")
    report = Path(f"r.{ending}")
    words = ("crosswalk", "t.csv", "-c", "ccg", *PRACTICES, "-o", "o.csv", "--report", str(report))
    assert kg(*words).code == 0
    text = report.read_text(encoding="utf-8")
    assert text.endswith("\n")
    assert "01H" in text
    if ending == "json":
        printed = json.loads(text)
        assert list(REPORT.iter_errors(printed)) == []
        assert printed["command"] == shlex.join(["kg", *words])
        assert printed["release"] == in_memory.release
        assert {row["code"] for row in printed["unmapped"]} == {""}
    elif ending == "csv":
        rows = list(csv.DictReader(io.StringIO(text)))
        assert {(row["from_code"], row["to_code"], row["share_basis"]) for row in rows} == {
            ("01H", "QHM", "practices"), ("01H", "QE1", "practices")
        }  # fmt: skip
        assert sum(float(row["share"]) for row in rows) == 1
    else:
        assert shlex.join(["kg", *words]) in " ".join(text.split())
        assert text.startswith("# 5 rows of 4 CCGs" if ending == "md" else "5 rows of 4 CCGs")
        assert not re.search(r"\b1 (rows|codes|cells|CCGs|others)\b", text)


def test_what_is_divided_is_refused_with_its_lines(kg: Callable[..., Done]) -> None:
    put("t.csv")
    words = [word for word in PRACTICES if word not in ("--basis", "practices")]
    done = kg("crosswalk", "t.csv", "-c", "ccg", *words, "-o", "o.csv")
    assert done.code == 2
    assert "1 code on 1 row stands for a body that was divided. 01H (NHS Cumbria CCG) into QHM and QE1" in done.said
    assert done.said.endswith("Lines of t.csv: 01H 4.")
    assert list(Path().iterdir()) == [Path("t.csv")]


def test_columns_that_are_left_out_are_named(kg: Callable[..., Done]) -> None:
    write(Path("t.csv"), ["ccg", "year", "n", "note"], [["00C", 2015, 1, "x"], ["00C", 2016, 2, "y"]])
    words = ("--from", "2015-04-01", "--to", "2022-07-01", "--level", "icb", "-m", "count:n")
    done = kg("crosswalk", "t.csv", "-c", "ccg", *words)
    assert "Left out, being neither measured nor grouped by: year, note." in done.said
    assert "name their column with --by" in done.said
    kept = kg("crosswalk", "t.csv", "-c", "ccg", *words, "--by", "year")
    assert kept.out == "year,ccg,n\n2015,QHM,1\n2016,QHM,2\n"


def test_a_workbook_is_told_which_sheet(kg: Callable[..., Done]) -> None:
    made = openpyxl.Workbook()
    made.create_sheet("Data").append(["ccg", "n"])
    made["Data"].append(["00C", 5])
    made.save("t.xlsx")
    done = kg("crosswalk", "t.xlsx", "-c", "ccg", *PRACTICES, "--sheet", "Data")
    assert done.out == "ccg,n\nQHM,5\n"


# The crosswalk table itself

WHOLE: Final = ("--table", "--from", "2021-04-01", "--from-level", "ccg", "--to", "2022-07-01", "--level", "icb")


def test_a_crosswalk_table_is_written_as_csv_and_parquet_and_to_standard_output(kg: Callable[..., Done]) -> None:
    done = kg("crosswalk", *WHOLE)
    assert (done.code, done.err) == (0, "")
    header, *rows = csv.reader(io.StringIO(done.out))
    assert tuple(header) == mappings.COLUMNS
    assert len({row[1] for row in rows}) == 106
    named = kg("crosswalk", *WHOLE, "-o", "o.csv")
    assert (named.out, named.err) == ("", f"Wrote {len(rows)} pairs of codes to o.csv.\n")
    assert Path("o.csv").read_text(encoding="utf-8") == done.out
    assert kg("crosswalk", *WHOLE, "-o", "o.parquet").code == 0
    frame = pl.read_parquet("o.parquet")
    assert tuple(frame.columns) == mappings.COLUMNS
    assert frame.schema["share"] == pl.Float64
    sums = frame.group_by("from_code", "share_basis").agg(pl.col("share").sum())
    assert sums["share"].to_list() == pytest.approx([1.0] * sums.height, rel=1e-15)


def test_a_crosswalk_table_is_written_as_a_mapping_set(kg: Callable[..., Done]) -> None:
    assert kg("crosswalk", *WHOLE, "-o", "o.sssom.tsv").code == 0
    text = Path("o.sssom.tsv").read_text(encoding="utf-8")
    body = [line for line in text.splitlines() if not line.startswith("#")]
    assert text.startswith("#")
    assert "subject_id" in body[0].split("\t")
    assert len(body) > 106


# What is refused

GOOD: Final = "ccg,n\n00C,1\n00K,5\n"
OUT: Final = ("-o", "o.csv", "--report", "r.json")


@dataclass(frozen=True)
class Bad:
    """A command that is refused: what is in the file, what is asked, the exit code and words of the one sentence."""

    name: str
    content: str | bytes | list[list[Any]]
    words: tuple[str, ...]
    code: int
    told: str

    def put(self, folder: Path) -> str:
        if isinstance(self.content, list):
            return book(folder / "t.xlsx", *self.content).name
        (folder / "t.csv").write_bytes(self.content if isinstance(self.content, bytes) else self.content.encode())
        return "t.csv"


REFUSED: Final = [
    Bad("a missing column", "code,n\n00C,1\n", (), 2, 't.csv has no column "ccg". Its columns: "code", "n".'),
    Bad("a missing measure", GOOD, ("-m", "count:patients"), 2, 't.csv has no column "patients".'),
    Bad("a missing group", GOOD, ("--by", "year"), 2, 't.csv has no column "year".'),
    Bad("an empty file", "", (), 5, "t.csv is empty."),
    Bad("a header only", "ccg,n\n", (), 5, "t.csv has a header and no rows."),
    Bad("UTF-16", GOOD.encode("utf-16"), (), 5, "t.csv is UTF-16 text"),
    Bad("Latin-1", "ccg,n,name\n00C,1,Ynys M\xf4n\n".encode("latin-1"), (), 5, "t.csv is not UTF-8 text: line 2"),
    Bad("a ragged row", "ccg,n\n00C,1\n00K,1,2\n", (), 5, "3 on line 3"),
    Bad("a header twice", "ccg,n,n\n00C,1,2\n", (), 5, 'the column "n" 2 times'),
    Bad("no code that is known", "ccg,n\nfoo,1\nC,2\n", (), 5, 'such as "C" (perhaps 00C) and "FOO"'),
    Bad("no code at all", "ccg,n\n,1\n", (), 5, "and every cell is empty"),
    Bad("a day to come", GOOD, ("--to", TOMORROW), 2, f"{TOMORROW} has not come yet"),
    Bad("codes of a day to come", GOOD, ("--from", TOMORROW), 2, f"{TOMORROW} has not come yet"),
    Bad("codes of no day", GOOD, ("--from", "July"), 2, '--from "July" is not a day. Write it as 2015-04-01, or auto'),
    Bad("a day before the codes", GOOD, ("--from", "2009-04-01"), 2, "None of the codes was in use on 1 April 2009"),
    Bad("a level there was not", GOOD, ("--level", "subicb", "--to", "2018-04-01"), 2, "No sub-ICB location had an ODS code"),
    Bad("negative counts", "ccg,n\n00C,-1\n00K,4\n", (), 5, 'The column "n" has negative numbers in the rows of 00C'),
    Bad("text for counts", "ccg,n\n00C,1\n00K,*\n", (), 5, 't.csv, line 3, column "n": "*" is not a number'),
    Bad("no finite number", "ccg,n\n00C,inf\n", (), 5, '"inf" is not a number'),
    Bad("a formula", [["ccg", "n"], ["00C", "=1+1"]], (), 5, 't.xlsx, cell B2 holds a formula ("=1+1")'),
    Bad("an unknown measure", GOOD, ("-m", "sum:n"), 2, '"sum:n" is no measure.'),
    Bad("a rate of nothing", GOOD, ("-m", "rate:n"), 2, 'The rate "n" has no denominator'),
    Bad("two roles", GOOD, ("-m", "category:n"), 2, 'The column "n" cannot be a category and also a count.'),
    Bad("a group of codes", GOOD, ("--by", "ccg"), 2, 'The column "ccg" cannot be grouped by'),
    Bad("the file itself", GOOD, ("-o", "t.csv"), 2, "t.csv is the file that is read, and would be lost."),
    Bad("the file by another name", GOOD, ("-o", "./x/../t.csv"), 2, "is the file that is read, and would be lost."),
    Bad("a report on the file", GOOD, ("--report", "t.csv"), 2, "t.csv is the file that is read, and would be lost."),
    Bad("both in one", GOOD, ("--report", "o.csv"), 2, "The table and the report cannot both be written to o.csv."),
    Bad("an ending of no table", GOOD, ("-o", "o.ods"), 2, "The ending of o.ods does not say which format."),
    Bad("an ending of no report", GOOD, ("--report", "r.docx"), 2, "The ending of r.docx does not say which format."),
    Bad("a folder that is not there", GOOD, ("-o", "no/o.csv"), 5, "no/o.csv cannot be written"),
    Bad("no folder for a report", GOOD, ("--report", "no/r.json"), 5, "no/r.json cannot be written"),
    Bad("a sheet of a text file", GOOD, ("--sheet", "A"), 2, 't.csv has no sheets, so --sheet "A" means nothing.'),
    Bad("a table of both kinds", GOOD, ("--table",), 2, "--table writes the crosswalk between all codes of two days"),
    Bad("a level without a table", GOOD, ("--from-level", "ccg"), 2, "--from-level and --from-scheme go with --table."),
    Bad("what was divided", "ccg,n\n01H,1\n", ("--from", "2015-04-01"), 2, "--on-split main. Lines of t.csv: 01H 2."),
    Bad("codes of several times", "ccg,n\n00C,1\n36J,1\n5A3,1\n", (), 2, "are of several times"),
]  # fmt: skip


def one_sentence_each(said: str) -> None:
    """Look that a fault is one paragraph of whole sentences, and not a trace of the program."""
    assert said.endswith(".\n")
    assert said.count("\n") == 1
    assert not re.search(r"Traceback|Error\b|Exception|None,|\{|\}|  ", said)


@pytest.mark.parametrize("bad", REFUSED, ids=lambda bad: bad.name)
def test_a_bad_table_or_wish_is_one_paragraph_and_leaves_nothing(
    kg: Callable[..., Done], tmp_path: Path, bad: Bad
) -> None:
    file = bad.put(tmp_path)
    asked = ("crosswalk", file, "-c", "ccg", *CROSSWALK, *OUT, *bad.words)
    done = kg(*asked)
    assert (done.code, done.out) == (bad.code, "")
    assert bad.told in done.err
    one_sentence_each(done.err)
    assert [path.name for path in tmp_path.iterdir()] == [file]


@pytest.mark.parametrize("bad", REFUSED, ids=lambda bad: bad.name)
def test_what_was_there_already_stays_when_it_is_refused(kg: Callable[..., Done], tmp_path: Path, bad: Bad) -> None:
    file = bad.put(tmp_path)
    for name in OUT[1::2]:
        (tmp_path / name).write_text("what was there", encoding="utf-8")
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    done = kg("crosswalk", file, "-c", "ccg", *CROSSWALK, *OUT, *bad.words)
    assert done.code == bad.code
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ((), "--table needs the day and level of the codes on the left."),
        (("--from", "2015-04-01"), "--table needs the day and level of the codes on the left."),
        (("--from", "July", "--from-level", "ccg"), '--from "July" is not a day.'),
        (("--from", TOMORROW, "--from-level", "icb"), f"{TOMORROW} has not come yet"),
        (("--from", "2015-04-01", "--from-level", "icb"), "No ICB had an ODS code on 1 April 2015."),
        (
            ("--from", "2022-07-01", "--from-level", "icb", "--level", "subicb"),
            "which is larger than a sub-ICB location",
        ),
        (("--from", "2015-04-01", "--from-level", "ccg", "-o", "o.xlsx"), "A crosswalk table cannot be written as"),
        (("--from", "2015-04-01", "--from-level", "ccg", "--report", "r.json"), "--table writes the crosswalk"),
    ],
)
def test_a_table_that_cannot_be_is_refused(kg: Callable[..., Done], words: tuple[str, ...], told: str) -> None:
    done = kg("crosswalk", "--table", "--to", "2022-07-01", *words)
    assert (done.code, done.out) == (2, "")
    assert told in done.err
    one_sentence_each(done.err)
    assert not list(Path().iterdir())


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("crosswalk",), "kg crosswalk needs the day of the codes you want."),
        (("crosswalk", "--to", "2022-07-01"), "kg crosswalk needs a table and its column of codes"),
        (("crosswalk", "t.csv", "--to", "2022-07-01"), "kg crosswalk needs a table and its column of codes"),
        (("vintage", "t.csv"), "Missing option '--column'"),
        (("crosswalk", "t.csv", "--to", "2022-13-01"), '"2022-13-01" is not a day. Write it as 2019-06-01.'),
        (("crosswalk", "t.csv", "--to", "2022-07-01", "--level", "county"), "'county' is not one of 'pct', 'ccg'"),
        (("crosswalk", "t.csv", "--to", "2022-07-01", "--scheme", "ons"), "'ons' is not one of 'ods', 'gss'"),
        (("vintage", "t.csv", "-c", "ccg", "--json", "--format", "csv"), "ask for two formats at once"),
    ],
)
def test_a_command_that_is_not_whole_says_what_it_needs(
    kg: Callable[..., Done], words: tuple[str, ...], told: str
) -> None:
    Path("t.csv").write_text(GOOD, encoding="utf-8")
    done = kg(*words)
    assert (done.code, done.out) == (2, "")
    assert told in done.err
    assert "Traceback" not in done.err


@pytest.mark.parametrize(
    ("content", "words", "code", "told"),
    [
        ("code\n00C\n", (), 2, 't.csv has no column "ccg".'),
        ("", (), 5, "t.csv is empty."),
        ("ccg\n", (), 5, "t.csv has a header and no rows."),
        ("ccg\n00C,1\n", (), 5, "t.csv has 1 column in its header, but 2 on line 2"),
        ("ccg\n00C\n", ("--by", "year"), 2, 't.csv has no column "year".'),
        ("ccg\n00C\n", ("--sheet", "A"), 2, "t.csv has no sheets"),
    ],
)
def test_a_vintage_of_a_bad_table_is_refused(
    kg: Callable[..., Done], content: str, words: tuple[str, ...], code: int, told: str
) -> None:
    Path("t.csv").write_text(content, encoding="utf-8")
    done = kg("vintage", "t.csv", "-c", "ccg", *words)
    assert (done.code, done.out) == (code, "")
    assert told in done.err
    one_sentence_each(done.err)


def test_a_column_of_no_codes_is_told_so(kg: Callable[..., Done]) -> None:
    write(Path("t.csv"), ["name"], [["foo"], ["bar"]])
    done = kg("vintage", "t.csv", "-c", "name")
    assert (done.code, done.out) == (5, "")
    assert done.err.startswith('t.csv: No value of the column "name" is a code of a PCT, CCG,')
    done = kg("vintage", "t.csv", "-c", "name", "--json")
    assert done.code == 5
    (told,) = json.loads(done.out)["groups"]
    assert (told["verdict"], told["periods"], len(told["unrecognised"])) == ("unknown", [], 2)


# The real command


@pytest.mark.parametrize("command", ["vintage", "crosswalk"])
def test_help_names_every_option(run: CommandLine, command: str) -> None:
    done = run(command, "--help")
    assert (done.code, done.err) == (0, "")
    options = {
        "vintage": ["--column", "--by", "--sheet"],
        "crosswalk": ["--measure", "--on-split", "--basis", "--table"],
    }
    assert all(option in done.out for option in options[command])


def test_the_real_command_recodes_and_refuses(run: CommandLine, tmp_path: Path) -> None:
    write(tmp_path / "t.csv", ["ccg", "n"], TABLE)
    words = ["crosswalk", "t.csv", "-c", "ccg", *PRACTICES, "-o", "o.csv", "--report", "r.json"]
    done = run(*words, cwd=tmp_path)
    assert (done.code, done.out) == (0, "")
    assert got(tmp_path / "o.csv") == [(code, pytest.approx(n, rel=1e-12)) for code, n in RECODED]
    printed = json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))
    assert list(REPORT.iter_errors(printed)) == []
    assert printed["command"] == shlex.join(["kg", *words])
    (tmp_path / "bad.csv").write_text("ccg,n\n00C,*\n", encoding="utf-8")
    before = sorted(path.name for path in tmp_path.iterdir())
    refused = run("crosswalk", "bad.csv", *words[2:], cwd=tmp_path)
    assert (refused.code, refused.out) == (5, "")
    one_sentence_each(refused.err)
    assert sorted(path.name for path in tmp_path.iterdir()) == before
    piped = run("vintage", "t.csv", "-c", "ccg", "--json", cwd=tmp_path)
    assert json.loads(piped.out)["groups"][0]["recognised"] == 4


def test_a_list_of_options_that_is_wrong_is_told_in_one_paragraph(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "kg", "crosswalk", str(tmp_path / "t.csv"), "-c", "ccg", "--to", "2022-07-01", "--level", "ward"],
        capture_output=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.strip().count("\n") == 0
    assert "Value error" not in done.stderr
    assert "'icb'" in done.stderr
