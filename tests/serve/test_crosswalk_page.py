"""The crosswalk page: tables brought and taken away, refusals that explain, and files that mean harm."""

from __future__ import annotations

import io
import re
import tempfile
import zipfile
from base64 import b64decode
from html import unescape
from pathlib import Path
from typing import Final
from urllib.parse import unquote

import openpyxl
import polars as pl
import pytest

from kg.faces import library
from kg.faces.serve.answering import answered
from kg.faces.serve.exchange import Asked, Reply, Site
from kg.faces.serve.pages.crosswalk import USUAL
from kg.faces.serve.routes import ROUTES

ROUTE: Final = next(route for route in ROUTES if route.pattern == "/crosswalk")
BOUNDARY: Final = "----kg"
TABLE: Final = b"ccg,patients,year\n02N,158,2018\n02W,118,2018\n02R,340,2018\n"
DIVIDED: Final = b"place,patients\nD4U1Y,1000\n"


def sent(asked: library.Graph, name: str, data: bytes, raw: bytes | None = None, **fields: str) -> Reply:
    parts = [f'Content-Disposition: form-data; name="{key}"\r\n\r\n{value}'.encode() for key, value in fields.items()]
    parts.append(f'Content-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'.encode() + data)
    body = b"".join(f"--{BOUNDARY}\r\n".encode() + part + b"\r\n" for part in parts) + f"--{BOUNDARY}--\r\n".encode()
    headers = {"accept": "text/html", "content-type": f"multipart/form-data; boundary={BOUNDARY}"}
    return answered(
        Site(asked), ROUTE, Asked("/crosswalk", "POST", headers=headers, body=raw if raw is not None else body)
    )


def text(reply: Reply) -> str:
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", reply.body.decode())))


def downloads(reply: Reply) -> dict[str, bytes]:
    found = re.findall(r'download="([^"]*)" href="data:[^,]*;base64,([^"]*)"', reply.body.decode())
    return {unescape(name): b64decode(unquote(data)) for name, data in found}


def test_a_table_is_recognised_recoded_and_taken_away(asked: library.Graph) -> None:
    reply = sent(asked, "my table.csv", TABLE, to="2020-04-01", counts="patients", by="year")
    assert reply.status == 200
    assert "These are codes of CCGs" in text(reply)
    assert "every total is kept" in text(reply)
    files = downloads(reply)
    assert files["my-table-2020-04-01.csv"] == b"year,ccg,patients\n2018,36J,616\n"
    assert {name.rpartition(".")[2] for name in files} == {"csv", "txt", "md", "json"}
    assert b'"sentence"' in files["my-table-2020-04-01-report.json"]
    assert "choose my table.csv again" in text(reply).casefold()


def test_without_a_day_only_the_codes_are_told(asked: library.Graph) -> None:
    reply = sent(asked, "t.csv", TABLE)
    assert reply.status == 200
    assert "These are codes of CCGs" in text(reply)
    assert downloads(reply) == {}


@pytest.mark.parametrize("form", ["csv", "tsv", "xlsx", "parquet"])
def test_the_button_download_gives_the_file_itself(asked: library.Graph, form: str) -> None:
    reply = sent(asked, "t.csv", TABLE, to="2020-04-01", counts="patients", form=form, act="download")
    assert dict(reply.headers) == {
        "Content-Disposition": f'attachment; filename="t-2020-04-01.{form}"', "Cache-Control": "no-store",
    }  # fmt: skip
    match form:
        case "xlsx":
            rows = list(openpyxl.load_workbook(io.BytesIO(reply.body)).worksheets[0].values)
        case "parquet":
            rows = [("ccg", "patients"), *pl.read_parquet(reply.body).rows()]
        case _:
            rows = [
                *pl.read_csv(
                    reply.body, separator="," if form == "csv" else "\t", has_header=False, infer_schema=False
                ).rows()
            ]
    assert [tuple(map(str, row)) for row in rows] == [("ccg", "patients"), ("36J", "616")]


@pytest.mark.parametrize("form", ["xlsx", "parquet", "tsv"])
def test_every_kind_of_table_is_read(asked: library.Graph, form: str) -> None:
    frame, out = pl.read_csv(TABLE), io.BytesIO()
    if form == "xlsx":
        book = openpyxl.Workbook()
        page = book.worksheets[0]
        for row in [frame.columns, *frame.rows()]:
            page.append(list(row))
        book.save(out)
    elif form == "parquet":
        frame.write_parquet(out)
    else:
        frame.write_csv(out, separator="\t")
    reply = sent(asked, f"t.{form}", out.getvalue(), to="2020-04-01", counts="patients")
    assert downloads(reply)["t-2020-04-01.csv"] == b"ccg,patients\n36J,616\n"


def test_a_divided_body_is_refused_with_a_reason_and_every_answer_kept(asked: library.Graph) -> None:
    reply = sent(asked, "t.csv", DIVIDED, to="2026-04-01", level="icb", counts="patients", column="place", by="")
    assert reply.status == 422
    said = text(reply)
    assert "D4U1Y" in said
    assert "“Count by” population" in said
    assert "with “Divided bodies” set to “Leave them out of the sums, and list them”" in said
    assert "“Divided bodies” set to “Give all to the largest part”" in said
    assert "--" not in said
    assert 'value="patients"' in reply.body.decode()
    assert re.search(r'<option value="icb" selected>', reply.body.decode())
    weighed = sent(asked, "t.csv", DIVIDED, to="2026-04-01", level="icb", counts="patients", basis="population")
    assert "by estimated shares" in text(weighed)


def test_nothing_is_kept(asked: library.Graph, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    for data in (TABLE, b"\0\0", b""):
        sent(asked, "t.csv", data, to="2020-04-01", counts="patients")
    assert list(tmp_path.iterdir()) == []


def test_what_begins_as_a_formula_is_written_as_it_is_and_never_as_markup(asked: library.Graph) -> None:
    table = b'ccg,"=1+1|cmd",x\n02N,5,"<script>alert(1)</script>"\n02W,6,@a\n02R,7,+b\n'
    reply = sent(asked, "<b>.csv", table, to="2020-04-01", counts="=1+1|cmd", by="x")
    assert reply.status == 200
    assert b"<script>alert" not in reply.body
    assert b"<b>.csv" not in reply.body
    (table_,) = (data for name, data in downloads(reply).items() if "report" not in name)
    assert table_.startswith(b"x,ccg,=1+1|cmd\n")
    assert b"<script>alert(1)</script>,36J,5" in table_


def bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as book:
        for number in range(8):
            book.writestr(f"xl/worksheets/sheet{number}.xml", b"0" * 10_000_000)
    return out.getvalue()


def long_parquet() -> bytes:
    out = io.BytesIO()
    pl.select(ccg=pl.repeat("02N", 1_500_000)).write_parquet(out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("t.csv", lambda: b"", "is empty"), ("t.csv", lambda: b"ccg,n\n02N\0,5\n", "NUL"), ("t.csv", lambda: bytes(range(256)) * 9, "line 1"),
        ("t.csv", lambda: b"\x1f\x8b" + b"0" * 99, "is packed"), ("t.csv.gz", lambda: b"\x1f\x8b", "Save it as one of"),
        ("t.exe", lambda: b"MZ", "Save it as one of"),
        ("true", lambda: TABLE, "true has no ending"), ("t.csv", lambda: ",".join(map(str, range(200_000))).encode(), "200,000 columns"),
        ("t.xlsx", bomb, "unpacks to 80 MB"), ("t.xlsx", lambda: b"PK\3\4junk", "not an Excel workbook"), ("t.parquet", lambda: b"PAR1", "not Parquet"),
        ("t.parquet", long_parquet, "1,500,000 rows"), ("t.csv", lambda: b"a,b\n1,2\n", "no column that looks like codes"),
        ("t.csv", lambda: b"a,b\n02N,02N\n", "2 columns that look like codes"), ("t.csv", lambda: b"ccg,n\n02N,1,2\n", "line 2"),
        ("../../etc/t.csv", lambda: b"ccg\xff,n\n02N,1\n", "t.csv is not UTF-8"), ("t.csv", lambda: b"x" * 20_000_001, "too large"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_used_is_refused_in_words(
    asked: library.Graph, name: str, data: object, words: str
) -> None:
    assert callable(data)
    reply = sent(asked, name, data(), to="2020-04-01", counts="n")
    assert reply.status == 422
    assert words in text(reply)
    assert tempfile.gettempdir() + "/" not in text(reply)


@pytest.mark.parametrize(
    "raw", [b"", b"nothing of the kind", b"------kg\r\nContent-Disposition: form-data; name=file", b"--" + b"x" * 5000]
)
def test_a_form_that_is_damaged_is_refused(asked: library.Graph, raw: bytes) -> None:
    assert sent(asked, "", b"", raw=raw).status in (400, 422)


def test_a_form_without_a_file_says_so(asked: library.Graph) -> None:
    reply = sent(asked, "", b"", counts="patients")
    assert reply.status == 400
    assert "Choose a table" in text(reply)
    assert 'value="patients"' in reply.body.decode()


def ready(asked: library.Graph, **query: str) -> Reply:
    return answered(Site(asked), ROUTE, Asked("/crosswalk", query=(*query.items(),)))


@pytest.mark.parametrize("form", ["csv", "parquet", "sssom.tsv"])
def test_a_ready_made_table_is_a_file(asked: library.Graph, form: str) -> None:
    reply = ready(asked, since="2022-06-30", from_level="stp", to="2022-07-01", level="icb", form=form)
    assert reply.status == 200
    assert dict(reply.headers)["Content-Disposition"].endswith(f'2022-07-01-icb-ods.{form}"')
    assert len(reply.body) > 1000


def test_a_ready_made_table_that_cannot_be_is_refused(asked: library.Graph) -> None:
    days = {"since": "2013-04-01", "to": "2022-07-01"}
    wrong: list[dict[str, str]] = [
        {"from_level": "ccg"},
        {"from_level": "atlas", **days},
        {"from_level": "ccg", "form": "pdf", **days},
    ]
    assert [ready(asked, **query).status for query in wrong] == [400, 400, 400]


def test_the_tables_that_are_often_wanted_are_there(asked: library.Graph) -> None:
    first = USUAL[-1]
    assert (
        ready(asked, since=first.since, from_level=first.level, to=first.to, level=first.into).body.count(b"\n") > 100
    )
    page = ready(asked).body.decode()
    assert all(f"since={usual.since}" in page for usual in USUAL)
