"""What is wrong with a file is one clear paragraph, what is wrong with a record costs that record alone."""

from __future__ import annotations

import io
import os
import struct
import tracemalloc
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from kg.errors import BadInput
from kg.facts.ods import interface, manifest, trud, workbook, zips
from kg.facts.ods.publication import Publication, open_file
from kg.facts.ods.record import Record, Refused
from tests.publisher import writing
from tests.publisher.test_reading import DETAILS, HEAD, NETWORK_ROW, TAIL, answer, document, opened, organisation, row
from tests.publisher.test_reading import workbook as book


def records(count: int) -> Iterator[Record]:
    return (Record(f"A{number:05d}", f"SURGERY {number}", record_class="RC1") for number in range(count))


def refused(publication: Publication) -> Refused:
    (found,) = [found for found in publication if isinstance(found, Refused)]
    return found


def fault(read: Callable[[], object]) -> str:
    """Read to the end; give the paragraph of the fault."""
    with pytest.raises(BadInput) as raised:
        read()
    text = str(raised.value)
    assert raised.value.exit_code == 5
    assert "\n" not in text
    assert text.endswith(".")
    return text


# Files that cannot be read at all


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    assert "no file" in fault(lambda: open_file(tmp_path / "a.zip"))


@pytest.mark.parametrize("name", ["a.zip", "a.xml", "a.csv", "a.json", "a.xlsx", "a.parquet"])
def test_a_file_without_a_byte(tmp_path: Path, name: str) -> None:
    assert "is empty" in fault(lambda: opened(tmp_path, name, b""))


def test_a_file_that_is_gone_before_it_is_read(tmp_path: Path) -> None:
    publication = opened(tmp_path, "eccg.csv", row("A1", "GOOD"))
    (tmp_path / "eccg.csv").unlink()
    assert "eccg.csv could be opened but not read to its end" in fault(lambda: list(publication))


def test_a_folder_with_nothing_of_the_publisher(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("x", encoding="utf-8")
    assert "without JSON or Parquet" in fault(lambda: open_file(tmp_path))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes here")
def test_a_stream_that_can_be_read_only_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert "only once" in fault(lambda: open_file(tmp_path / "pipe"))


@pytest.mark.parametrize(
    "data",
    [b"just words\n", b"a,b,c\n1,2,3\n", "old_code,new_code\n".encode("utf-16"), b"\x00\x01\x02\xff" * 50, b"\n\n\n"],
)
def test_a_file_of_no_known_form_is_told_what_is_known(tmp_path: Path, data: bytes) -> None:
    text = fault(lambda: opened(tmp_path, "a.csv", data))
    assert "in no form that can be read" in text
    assert "TRUD item 341" in text


# Zips


def release(folder: Path, count: int = 3_000) -> Path:
    return writing.write_trud(folder / "release.zip", list(records(count)))


@pytest.mark.parametrize("part", [0.3, 0.9, 0.999])
def test_a_zip_that_is_cut_short(tmp_path: Path, part: float) -> None:
    whole = release(tmp_path).read_bytes()
    text = fault(lambda: opened(tmp_path, "cut.zip", whole[: int(len(whole) * part)]))
    assert "cannot be read as a zip" in text
    assert "Download it again" in text


def test_a_zip_with_other_bytes_in_its_middle(tmp_path: Path) -> None:
    data = bytearray(release(tmp_path).read_bytes())
    middle = data.index(b"fullfile.zip") + 4_000
    data[middle : middle + 200] = bytes(200)
    assert "Download" in fault(lambda: list(opened(tmp_path, "broken.zip", bytes(data))))


def test_a_zip_in_the_zip_that_is_none(tmp_path: Path) -> None:
    text = fault(lambda: opened(tmp_path, "a.zip", writing.zipped({"fullfile.zip": b"PK\x03\x04 and nothing more"})))
    assert "in fullfile.zip" in text


def test_a_zip_without_xml(tmp_path: Path) -> None:
    text = fault(lambda: opened(tmp_path, "a.zip", writing.zipped({"epraccur.csv": b"a,b\n", "a/": b""})))
    assert "without an XML file" in text


def test_a_zip_in_a_zip_in_a_zip(tmp_path: Path) -> None:
    inner = writing.zipped({"c.zip": writing.zipped({"a.xml": document(organisation("A1"))})})
    assert "a zip in a zip in a zip (c.zip)" in fault(
        lambda: opened(tmp_path, "a.zip", writing.zipped({"b.zip": inner}))
    )


def test_a_zip_with_very_many_files(tmp_path: Path) -> None:
    data = writing.zipped({f"{number}.xml": b"" for number in range(1_001)})
    assert "holds 1,001 files" in fault(lambda: opened(tmp_path, "a.zip", data))


def test_a_locked_zip(tmp_path: Path) -> None:
    data = bytearray(writing.zipped({"a.xml": document(organisation("A1"))}))
    for signature, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(signature) + flags] |= 1
    text = fault(lambda: opened(tmp_path, "a.zip", bytes(data)))
    assert "password" in text


def test_names_in_a_zip_lead_nowhere(tmp_path: Path) -> None:
    data = writing.zipped({"../../out.xml": document(organisation("A1"), count=9), "/etc/x\x1b[2J.txt": b""})
    publication = opened(tmp_path, "a.zip", data)
    assert len(list(publication)) == 1
    assert publication.notes == ["out.xml says that it holds 9 records; 1 were read."]
    assert [path.name for path in tmp_path.iterdir()] == ["a.zip"]
    assert not (tmp_path.parent.parent / "out.xml").exists()


# Bombs


def test_a_zip_that_unpacks_to_very_much_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed, packed.open("a.xml", "w") as file:
        for _ in range(100):
            file.write(bytes(1 << 20))
    tracemalloc.start()
    text = fault(lambda: open_file(path))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert "unpacks to far more" in text
    assert peak < 4 << 20


def test_a_zip_that_says_little_and_unpacks_to_very_much_is_stopped(tmp_path: Path) -> None:
    inner = writing.zipped({"a.xml": document(*[organisation("A1", name="A" * 1000)] * 200)})
    path = tmp_path / "liar.zip"
    path.write_bytes(_with_size(writing.zipped({"full.zip": inner}), 10))
    assert "full.zip" in fault(lambda: list(open_file(path)))
    path.write_bytes(writing.zipped({"full.zip": _with_size(inner, 1_000)}))
    assert "Download" in fault(lambda: list(open_file(path)))


def _with_size(packed: bytes, size: int) -> bytes:
    """Write another unpacked size into a zip of one file."""
    data = bytearray(packed)
    for signature, at in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        start = data.index(signature) + at
        data[start : start + 4] = struct.pack("<I", size)
    return bytes(data)


def test_bytes_are_counted_as_they_are_read(tmp_path: Path) -> None:
    path = tmp_path / "a.xml"
    counted = zips.Counted(io.BytesIO(bytes(1_000)), path, "a.xml", 999)
    assert len(counted.read(999)) == 999
    assert "unpacks to far more" in fault(lambda: counted.read(1))


def test_a_zip_in_the_zip_that_is_too_large_to_be_held(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zips, "MOST_PACKED", 1_000)
    assert "in fullfile.zip" in fault(lambda: open_file(release(tmp_path)))


ENTITIES = """<?xml version="1.0"?>
<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>
"""
EXTERNAL = '<?xml version="1.0"?>\n<!DOCTYPE x [<!ENTITY a SYSTEM "{}">]>\n'
DTD = '<?xml version="1.0"?>\n<!DOCTYPE x SYSTEM "{}">\n'


@pytest.mark.parametrize("declared", [ENTITIES, EXTERNAL, DTD])
@pytest.mark.parametrize("padding", ["", f"<!--{'x' * 40_000}-->"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_xml_with_a_document_type_is_refused(tmp_path: Path, declared: str, padding: str, encoding: str) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("SECRET", encoding="utf-8")
    start, rest = declared.format(secret.as_uri()).split("\n", 1)
    body = document(organisation("A1", name="&a;")).decode().split("\n", 1)[1]
    text = fault(lambda: list(opened(tmp_path, "a.xml", (f"{start}\n{padding}{rest}{body}").encode(encoding))))
    assert "document type" in text
    assert "SECRET" not in text


def test_a_document_type_in_another_file_is_not_even_opened(tmp_path: Path) -> None:
    (tmp_path / "other.dtd").write_text("<!ELEMENT x ANY>", encoding="utf-8")
    parser: Any = etree.XMLParser(**manifest.OPTIONS)
    parser.feed(f'<!DOCTYPE x SYSTEM "{(tmp_path / "other.dtd").as_uri()}"><x/>'.encode())
    assert parser.close().getroottree().docinfo.externalDTD is None


def test_an_entity_that_is_declared_nowhere_is_no_xml(tmp_path: Path) -> None:
    assert "damaged" in fault(lambda: list(opened(tmp_path, "a.xml", document(organisation("A1", name="&a;")))))


def test_a_record_that_does_not_end_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trud, "_RECORD", 1 << 18)
    endless = organisation("A2", "<Rels>" + '<Rel id="RE4"/>' * 100_000)
    text = fault(lambda: list(opened(tmp_path, "a.xml", document(organisation("A1"), endless))))
    assert "has a record of more than" in text


def test_names_of_roles_without_end_are_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trud, "_RECORD", 1 << 18)
    endless = '<concept id="RO1" displayName="X"/>' * 50_000
    data = document(organisation("A1")).replace(b"</CodeSystem>", endless.encode() + b"</CodeSystem>", 1)
    assert "has a record of more than" in fault(lambda: list(opened(tmp_path, "a.xml", data)))


def test_a_workbook_that_unpacks_to_very_much(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    book(tmp_path / "a.xlsx", PCNDetails=[DETAILS, NETWORK_ROW])
    monkeypatch.setattr(workbook, "_MOST_UNPACKED", 1 << 10)
    assert "unpacks to" in fault(lambda: open_file(tmp_path / "a.xlsx"))


def test_a_workbook_whose_sheet_has_entities_within_entities(tmp_path: Path) -> None:
    book(tmp_path / "a.xlsx", PCNDetails=[DETAILS, NETWORK_ROW])
    ten = "".join(f'<!ENTITY e{number} "{f"&e{number - 1};" * 10}">' for number in range(1, 12))
    bomb = f'<!DOCTYPE x [<!ENTITY e0 "{"x" * 100}">{ten}]>'
    with zipfile.ZipFile(tmp_path / "a.xlsx") as packed:
        members = {name: packed.read(name) for name in packed.namelist()}
    for name in ("xl/worksheets/sheet1.xml", "xl/workbook.xml"):
        text = members[name].decode()
        start = text.index("<", text.index("?>") if text.startswith("<?xml") else 0)
        changed = (
            text[:start] + bomb + text[start:].replace("STOCKTON", "&e11;").replace('name="PCNDetails"', 'name="&e11;"')
        )
        data = writing.zipped({**members, name: changed.encode()})
        assert "cannot be read" in fault(lambda data=data: list(opened(tmp_path, "b.xlsx", data)))  # type: ignore[misc]


def test_json_within_json_without_end(tmp_path: Path) -> None:
    assert "no JSON" in fault(lambda: opened(tmp_path, "a.json", "[" * 200_000))


def test_one_json_value_that_is_too_large_to_be_held(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(interface, "_LARGEST", 10)
    assert "one value of more than" in fault(lambda: opened(tmp_path, "a.json", "[\n" + " " * 20 + "]"))


def test_memory_does_not_grow_with_a_release(tmp_path: Path) -> None:
    def peak(count: int) -> int:
        path = writing.write_trud(tmp_path / f"{count}.zip", list(records(count)))
        publication = open_file(path)
        tracemalloc.start()
        assert sum(1 for _ in publication) == count
        top = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return top

    peak(1_000)
    assert peak(10_000) < peak(1_000) + (1 << 20)


# XML that is none, or not ours


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (document(organisation("A1")).replace(b"org/v2-0-0", b"org/v1-0-0"), "org/v1-0-0"),
        (b"<OrgRefData><Organisations/></OrgRefData>", "in no namespace"),
        (b'<html xmlns="http://www.w3.org/1999/xhtml"/>', "<html>"),
    ],
)
def test_xml_of_another_form_is_named(tmp_path: Path, data: bytes, told: str) -> None:
    text = fault(lambda: opened(tmp_path, "a.xml", data))
    assert "XML of another form" in text
    assert told in text


def test_organisations_of_another_namespace_are_none(tmp_path: Path) -> None:
    data = document(organisation("A1")).replace(b"<Organisation ", b'<Organisation xmlns="http://example.org" ')
    assert "holds no organisation" in fault(lambda: list(opened(tmp_path, "a.xml", data)))


def test_half_a_record_at_the_end(tmp_path: Path) -> None:
    data = document(*[organisation(f"A{number}") for number in range(5_000)])
    publication = opened(tmp_path, "a.xml", data[: len(data) // 2])
    found: list[Record | Refused] = []
    text = fault(lambda: found.extend(publication))
    assert "breaks off or is damaged after" in text
    assert "Nothing of it was kept" in text
    assert publication.release.stated == 5_000


@pytest.mark.parametrize("data", [b"<", b"<a", HEAD.encode()[:100], b"<a></b>", b'<?xml version="1.0"?>', b"<a>\0</a>"])
def test_xml_that_breaks_off_at_once(tmp_path: Path, data: bytes) -> None:
    fault(lambda: list(opened(tmp_path, "a.xml", data)))


def test_latin_letters_in_xml_that_says_it_is_utf_8(tmp_path: Path) -> None:
    data = document(organisation("A1", name="CAF\u00c9")).decode().encode("latin-1")
    assert "damaged" in fault(lambda: list(opened(tmp_path, "a.xml", data)))


def test_bytes_after_the_end_of_xml(tmp_path: Path) -> None:
    assert "damaged" in fault(lambda: list(opened(tmp_path, "a.xml", document(organisation("A1")) + b"<more/>")))


def test_a_file_without_organisations_that_says_so_is_empty_and_no_fault(tmp_path: Path) -> None:
    assert list(opened(tmp_path, "a.xml", document())) == []
    assert "holds no organisation" in fault(lambda: list(opened(tmp_path, "b.xml", document(count=7))))


def test_a_manifest_that_says_nonsense_says_nothing(tmp_path: Path) -> None:
    data = document(organisation("A1"), day="soon").replace(b'RecordCount value="1"', b'RecordCount value="many"')
    release = opened(tmp_path, "a.xml", data).release
    assert (release.day, release.stated) == (None, None)


def test_a_manifest_that_does_not_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(manifest, "_WITHIN", 1 << 15)
    padding = b"<Note/>" * 20_000
    data = document(organisation("A1")).replace(b"</Manifest>", padding + b"</Manifest>")
    assert opened(tmp_path, "a.xml", data).release.stated == 1


# Records that cannot be read


def dated(start: str, last: str = "", sort: str = "Operational") -> str:
    end = f'<End value="{last}"/>' if last else ""
    return f'<Date><Type value="{sort}"/><Start value="{start}"/>{end}</Date>'


def target(code: str) -> str:
    return f'<Target><OrgId extension="{code}"/></Target>'


@pytest.mark.parametrize(
    ("part", "reason"),
    [
        (dated("2020-04-01", "2020-03-31"), "it ends on 2020-03-31, before it starts on 2020-04-01"),
        (dated("2020-02-30"), "2020-02-30 is not in the calendar"),
        (dated("yesterday"), "'yesterday' is no date"),
        (dated("\u0662\u0660\u0662\u0660-01-01"), "is no date"),
        (dated("0000-01-01"), "not in the calendar"),
        (dated("2020-01-01", sort="Ceremonial"), "'Ceremonial' is no type of date"),
        ('<Date><Start value="2020-01-01"/></Date>', "'' is no type of date"),
        (dated("2020-01-01") + dated("2021-01-01"), "two dates of the type Operational"),
        ('<LastChangeDate value="x"/>', "'x' is no date"),
        (f'<Roles><Role id="RO177">{dated("2020-04-01", "2019-01-01")}</Role></Roles>', "before it starts"),
        ("<Roles><Role/></Roles>", "the code of a role is missing"),
        (f"<Rels><Rel>{target('16C')}</Rel></Rels>", "the code of a relation is missing"),
        ('<Rels><Rel id="RE4"/></Rels>', "the code of the target of a relation is missing"),
        (f'<Rels><Rel id="RE4">{target("16 C")}</Rel></Rels>', "'16 C' is no code of the target of a relation"),
        (f'<Rels><Rel id="RE4">{target("16C")}{dated("2020-04-01", "2019-01-01")}</Rel></Rels>', "before it starts"),
        (f"<Succs><Succ>{target('B1')}</Succ></Succs>", "'' is no type of succession"),
        (f"<Succs><Succ><Type>Uncle</Type>{target('B1')}</Succ></Succs>", "'Uncle' is no type of succession"),
        ("<Succs><Succ><Type>Successor</Type></Succ></Succs>", "the code of the target of a succession is missing"),
    ],
)
def test_what_is_impossible_of_one_organisation_costs_that_one(tmp_path: Path, part: str, reason: str) -> None:
    publication = opened(
        tmp_path, "a.xml", document(organisation("A1"), organisation("A2", part), organisation("A3"), count=3)
    )
    first, second, third = publication
    assert isinstance(first, Record)
    assert isinstance(third, Record)
    assert isinstance(second, Refused)
    assert second.place == "a.xml, record 2"
    assert reason in second.reason
    assert second.text.startswith("<Organisation")
    assert len(second.text) <= 500
    assert publication.notes == []


@pytest.mark.parametrize("code", ["", "A 1", "A/1", "<b>", "A" * 33, "-A1", "\u0391\u0031", "A\n1"])
def test_an_organisation_without_a_code_that_can_be_one_is_refused(tmp_path: Path, code: str) -> None:
    found = organisation(code.replace("<", "&lt;").replace("\n", "&#10;"))
    publication = opened(tmp_path, "a.xml", document(organisation("A1"), found))
    assert "an organisation" in refused(publication).reason


def test_an_organisation_without_an_identifier_is_refused(tmp_path: Path) -> None:
    found = "<Organisation><Name>NOBODY</Name></Organisation>"
    assert refused(opened(tmp_path, "a.xml", document(found))).reason == "the code of an organisation is missing."


def test_places_have_thousands_apart(tmp_path: Path) -> None:
    many = [organisation(f"A{number}") for number in range(1_233)]
    assert refused(opened(tmp_path, "a.xml", document(*many, organisation("")))).place == "a.xml, record 1,234"


# Lines that cannot be read

GOOD = row("A1", "GOOD", "Y63").encode()


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b'"A2","HALF A ROW","Y6', "unexpected end of data"),
        (b'"A2","TOO FEW"\r\n', "it has 2 columns, not 27"),
        (
            row("A2", "CAF").encode().replace(b"CAF", b"CAF\x81"),
            'the byte 0x81 after \'"A2","CAF\' is neither UTF-8 nor cp1252',
        ),
        (row("A2", "NUL\0").encode(), "NUL bytes"),
        (row("A2", "X" * 70_000).encode(), "longer than 65,536 bytes"),
        (row("A2", "X" * 700_000).encode(), "longer than 65,536 bytes"),
        (row("", "NO CODE").encode(), "the code of an organisation is missing"),
        (row("A 2", "A SPACE").encode(), "'A 2' is no code of an organisation"),
        (row("A2", "X", "Y 63").encode(), "'Y 63' is no code of a geography"),
        (row("A2", "X", *[""] * 8, "20200401", "20200331").encode(), "before it starts on 2020-04-01"),
        (row("A2", "X", *[""] * 8, "20201301").encode(), "20201301 is not in the calendar"),
        (row("A2", "X", *[""] * 12, "16C", "20200401", "20200331").encode(), "before it starts on 2020-04-01"),
        (row("A2", "X", *[""] * 12, "16*C").encode(), "'16*C' is no code of a commissioner"),
    ],
)
def test_what_is_wrong_with_one_line_costs_that_line(tmp_path: Path, line: bytes, reason: str) -> None:
    last = b"" if line.endswith(b"Y6") else row("A3", "GOOD").encode()
    publication = opened(tmp_path, "eccg.csv", GOOD + line + last)
    found = list(publication)
    assert [type(one) for one in found] == [Record, Refused, *([Record] if last else [])]
    wrong = refused(publication)
    assert wrong.place == "line 2"
    assert reason in wrong.reason
    assert len(wrong.text) <= 500
    assert publication.progress() == 1.0


@pytest.mark.parametrize(
    "line", ["03A,X2C4Y", "03A,,2021-04-01", "03A,X2C4Y,2021-02-30", ",X2C4Y,2021-04-01", '"03A,X2C4Y,2021']
)
def test_a_succession_that_cannot_be_read_costs_that_line(tmp_path: Path, line: str) -> None:
    publication = opened(tmp_path, "succ.csv", f"old_code,new_code,date\n001,002,1996-04-01\n{line}\n")
    assert len(list(publication)) == 2
    assert refused(publication).place == "line 3"


# Workbooks, JSON and tables


def test_a_workbook_that_is_cut_short_or_none(tmp_path: Path) -> None:
    book(tmp_path / "a.xlsx", PCNDetails=[DETAILS, NETWORK_ROW])
    data = (tmp_path / "a.xlsx").read_bytes()
    assert "cannot be read as an Excel workbook" in fault(lambda: opened(tmp_path, "cut.xlsx", data[: len(data) // 2]))
    assert "in no form" in fault(lambda: opened(tmp_path, "old.xlsx", b"\xd0\xcf\x11\xe0" + bytes(600)))


def test_a_workbook_of_other_sheets_is_told_which_are_known(tmp_path: Path) -> None:
    text = fault(lambda: book(tmp_path / "a.xlsx", Budget=[["Year", "Sum"], [2024, 1]]))
    assert "(Budget)" in text
    assert "ePCN" in text


def test_a_row_of_a_workbook_that_cannot_be_read_costs_that_row(tmp_path: Path) -> None:
    wrong = [*NETWORK_ROW[:4], "20191001", "20190930", *NETWORK_ROW[6:]]
    publication = book(tmp_path / "epcn.xlsx", PCNDetails=[DETAILS, NETWORK_ROW, wrong])
    assert len(list(publication)) == 2
    assert refused(publication).place == "sheet PCNDetails, row 3"
    assert "before it starts" in refused(publication).reason


@pytest.mark.parametrize(
    "data", ["{", '{"Organisation": ', '{"a": 1}', "[1, 2", '{"Organisation": []}', '{"Organisation": {"OrgId": 7}}']
)
def test_a_json_file_that_is_no_answer(tmp_path: Path, data: str) -> None:
    assert "cannot be read as answers" in fault(lambda: opened(tmp_path, "a.json", data))


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"Name": {"a": 1}}, "stands where a text"),
        ({"Name": "\ud800"}, "half of a character"),
        ({"Date": "today"}, "Date is not as the interface gives it"),
        ({"Date": [{"Type": "Legal", "Start": "2020-04-01", "End": "2020-03-31"}]}, "before it starts"),
        ({"Roles": []}, "Roles is not as the interface gives it"),
        ({"Rels": {"Rel": [{"id": "RE4"}]}}, "target of a relation is missing"),
        ({"Succs": {"Succ": [{"Target": {"OrgId": {"extension": "A1"}}}]}}, "no type of succession"),
    ],
)
def test_an_answer_that_cannot_be_read_costs_that_answer(
    tmp_path: Path, change: dict[str, object], reason: str
) -> None:
    wrong = answer("A2")
    held = wrong["Organisation"]
    assert isinstance(held, dict)
    held.update(change)
    path = writing_of(tmp_path, answer("A1"), wrong, answer("A3"))
    publication = open_file(path)
    assert [type(one) for one in publication] == [Record, Refused, Record]
    assert refused(publication).place == "line 2"
    assert reason in refused(publication).reason


def writing_of(folder: Path, *answers: dict[str, object]) -> Path:
    import json

    path = folder / "a.jsonl"
    path.write_text("".join(json.dumps(one) + "\n" for one in answers), encoding="utf-8")
    return path


def test_half_a_line_of_json_costs_that_line(tmp_path: Path) -> None:
    path = writing_of(tmp_path, answer("A1"), answer("A2"))
    path.write_bytes(path.read_bytes()[:-40])
    publication = open_file(path)
    assert [type(one) for one in publication] == [Record, Refused]
    assert "no JSON" in refused(publication).reason


def test_tables_that_are_cut_short_or_lack_their_codes(tmp_path: Path) -> None:
    writing.write_parquet(tmp_path, list(records(10)))
    data = (tmp_path / "orgs.parquet").read_bytes()
    assert "cannot be read as Parquet" in fault(lambda: opened(tmp_path, "cut.parquet", data[: len(data) // 2]))
    for path in tmp_path.iterdir():
        path.unlink()
    import polars as pl

    pl.DataFrame({"a": [1]}).write_parquet(tmp_path / "a.parquet")
    assert "none of the tables" in fault(lambda: open_file(tmp_path))


def test_a_row_of_a_table_that_cannot_be_read_costs_that_row(tmp_path: Path) -> None:
    import polars as pl

    pl.DataFrame({
        "predecessor_code": ["001", None, "003"], "successor_code": ["002", "003", "004"], "legal_start": ["1996-04-01"] * 2 + ["x"],
    }).write_parquet(tmp_path / "successions.parquet")  # fmt: skip
    first, second, third = open_file(tmp_path)
    assert isinstance(first, Record)
    assert isinstance(second, Refused)
    assert second.place == "successions.parquet, row 2"
    assert isinstance(third, Refused)
    assert "'x' is no date" in third.reason


def test_roles_that_are_no_list_cost_their_row(tmp_path: Path) -> None:
    import polars as pl

    pl.DataFrame({"ods_code": ["A1"], "name": ["X"], "role_codes": ["RO177"]}).write_parquet(tmp_path / "orgs.parquet")
    assert "where a list should stand" in refused(open_file(tmp_path)).reason


def test_the_tail_is_what_a_document_ends_in() -> None:
    assert document().decode().endswith(TAIL)
