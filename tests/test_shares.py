"""Truths about shares: who went where between two divisions of the same small areas, and that the table can be made again."""

from __future__ import annotations

import csv
import gzip
import hashlib
import shutil
import subprocess
import sys
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import BadInput, UsageError
from kg.faces import flows
from kg.facts import comparisons, curated, lookups, shares
from kg.facts.dates import PartialDate
from kg.facts.holders import Holders, Paths
from kg.facts.records import ROWS, Input, Observation, Share
from kg.graph.inputs import Inputs

DATA = Inputs.default().data
PUBLISHER = DATA.parent.parent / "shared" / "publisher"
FACTS = DATA.parent.parent / "shared" / "facts"
ENGLAND = 56_550_138

needs_publisher = pytest.mark.skipif(not PUBLISHER.is_dir(), reason="the publishers' files are not beside the checkout")

BEFORE = {"E01000001": "00A", "E01000002": "00A", "E01000003": "00A", "E01000004": "00B"}
AFTER = {"E01000001": "00A", "E01000002": "00A", "E01000003": "00B", "E01000004": "00B"}
PEOPLE = {"E01000001": 1000, "E01000002": 1500, "E01000003": 2500, "E01000004": 700}


def lookup(path: Path, rows: Mapping[str, object], header: str = "LSOA11CD,CCG21CD") -> Path:
    text = header + "\n" + "".join(f"{area},{value}\n" for area, value in rows.items())
    if path.suffix == ".gz":
        path.write_bytes(gzip.compress(text.encode(), mtime=0))
    else:
        path.write_text(text, encoding="utf-8")
    return path


def as_tuples(found: shares.Flows) -> list[tuple[str, str, int, int, int]]:
    return [(flow.giver, flow.receiver, flow.count, flow.amount, flow.total) for flow in found.flows]


# Arithmetic


def test_people_go_with_their_small_area() -> None:
    found = shares.flows(BEFORE, AFTER, PEOPLE)
    assert as_tuples(found) == [
        ("00A", "00A", 2, 2500, 5000),
        ("00A", "00B", 1, 2500, 5000),
        ("00B", "00B", 1, 700, 700),
    ]
    assert [flow.share for flow in found.of("00A")] == [Fraction(1, 2), Fraction(1, 2)]
    assert found.divided == ("00A",)
    assert found.chosen == ()


def test_without_people_each_area_counts_one() -> None:
    found = shares.flows(BEFORE, AFTER)
    assert as_tuples(found) == [("00A", "00A", 2, 2, 3), ("00A", "00B", 1, 1, 3), ("00B", "00B", 1, 1, 1)]
    assert [shares.as_text(flow.share) for flow in found.of("00A")] == ["0.6666666667", "0.3333333333"]


def test_a_share_is_written_without_a_detour_through_binary_fractions() -> None:
    assert shares.as_text(Fraction(33604, 260721)) == "0.1288887355"
    assert shares.as_text(Fraction(1)) == "1.0000000000"
    assert shares.as_text(Fraction(1, 3 * 10**9)) == "0.0000000003"


def test_a_bridge_joins_the_areas_of_two_censuses_whichever_is_weighed() -> None:
    """E01000002 was split in two, of which one part went over; E01000003 and E01000004 were made one."""
    bridge = [
        ("E01000001", "E01000001"), ("E01000002", "E01000011"), ("E01000002", "E01000012"),
        ("E01000003", "E01000013"), ("E01000004", "E01000013"), ("W01000001", "W01000001"),
    ]  # fmt: skip
    before = {"E01000001": "00A", "E01000002": "00A", "E01000003": "00B", "E01000004": "00B"}
    after = {"E01000001": "00A", "E01000011": "00A", "E01000012": "00B", "E01000013": "00B"}
    older = shares.flows(before, after, PEOPLE, bridge)
    assert as_tuples(older) == [("00A", "00A", 2, 2500, 2500), ("00B", "00B", 2, 3200, 3200)]
    assert older.chosen == ("E01000002",), "it may have gone either way, and stays where most of its giver does"
    newer = shares.flows(before, after, {"E01000001": 10, "E01000011": 5, "E01000012": 4, "E01000013": 9}, bridge)
    assert as_tuples(newer) == [("00A", "00A", 2, 15, 19), ("00A", "00B", 1, 4, 19), ("00B", "00B", 1, 9, 9)]
    assert newer.chosen == ()
    both_newer = shares.flows(after, {**after, "E01000012": "00A"}, PEOPLE, bridge)
    assert sum(flow.amount for flow in both_newer.flows) == sum(PEOPLE.values()), (
        "people of one census, codes of another"
    )


def test_of_two_equal_ways_the_first_in_order_is_taken() -> None:
    before, after = {"E01000001": "00A", "E01000002": "00A"}, {"E01000011": "00C", "E01000012": "00B"}
    bridge = [
        ("E01000001", "E01000011"),
        ("E01000001", "E01000012"),
        ("E01000002", "E01000011"),
        ("E01000002", "E01000012"),
    ]
    found = shares.flows(before, after, None, bridge)
    assert as_tuples(found) == [("00A", "00B", 2, 2, 2)]
    assert found.chosen == ("E01000001", "E01000002")


def test_an_area_without_counterpart_is_never_passed_over() -> None:
    short = {area: code for area, code in AFTER.items() if area != "E01000003"}
    with pytest.raises(BadInput, match=r"Area E01000003 is not in the second lookup.*Give two lookups"):
        shares.flows(BEFORE, short, PEOPLE)
    with pytest.raises(BadInput, match=r"Area E01000003 is not in the first lookup"):
        shares.flows(short, AFTER)
    with pytest.raises(BadInput, match=r"Area E01000001 \(and 2 more\) has no weight"):
        shares.flows(BEFORE, AFTER, {"E01000004": 1})
    with pytest.raises(BadInput, match=r"Area E01000002 \(and 2 more\) is not joined by the bridge"):
        shares.flows(BEFORE, AFTER, None, [("E01000001", "E01000001")])


def test_a_giver_of_nobody_has_no_shares() -> None:
    with pytest.raises(BadInput, match="hold nobody"):
        shares.flows(BEFORE, AFTER, {**PEOPLE, "E01000004": 0})


def test_practices_that_are_gone_count_for_nobody() -> None:
    was = {"A81001": "01H", "A81002": "01H", "A81003": "01H"}
    found, gone = shares.moved(was, {"A81001": "01H", "A81002": "01K", "A81009": "01K"})
    assert as_tuples(found) == [("01H", "01H", 1, 1, 2), ("01H", "01K", 1, 1, 2)]
    assert gone == ("A81003",)
    with pytest.raises(BadInput, match="No practice is in both files"):
        shares.moved(was, {"B1": "01H"})


AREAS = st.dictionaries(
    st.integers(0, 99).map(lambda number: f"E010000{number:02d}"),
    st.tuples(st.sampled_from("ABC"), st.sampled_from("ABCD"), st.integers(1, 5000)),
    min_size=1,
)


@given(AREAS)
def test_shares_of_each_giver_sum_to_one_and_amounts_to_totals(areas: dict[str, tuple[str, str, int]]) -> None:
    before, after, people = ({area: row[place] for area, row in areas.items()} for place in range(3))
    found = shares.flows(before, after, people)  # type: ignore[arg-type]
    assert sum(flow.amount for flow in found.flows) == sum(row[2] for row in areas.values())
    assert sum(flow.count for flow in found.flows) == len(areas)
    for giver in {flow.giver for flow in found.flows}:
        assert sum(flow.share for flow in found.of(giver)) == 1
        assert {flow.total for flow in found.of(giver)} == {sum(flow.amount for flow in found.of(giver))}


@given(AREAS, st.lists(st.tuples(st.integers(0, 99), st.integers(0, 99)), max_size=20))
def test_nobody_is_lost_over_a_bridge(areas: dict[str, tuple[str, str, int]], more: list[tuple[int, int]]) -> None:
    before = {area: row[0] for area, row in areas.items()}
    after = {area.replace("E010", "E011"): row[1] for area, row in areas.items()}
    people = {area: row[2] for area, row in areas.items()}
    bridge = [(area, area.replace("E010", "E011")) for area in areas]
    bridge += [(f"E010000{old:02d}", f"E011000{new:02d}") for old, new in more]
    found = shares.flows(before, after, people, bridge)
    assert sum(flow.amount for flow in found.flows) == sum(people.values())
    assert found == shares.flows(before, after, people, reversed(bridge)), "the order of lines changes nothing"


# Readers


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("LSOA11CD,CCG21CD", "CCG21CD"),
        ("lsoa11_code,sicbl22_code_h", "sicbl22_code_h"),
        ("lsoa_code,ccg_nhs_code", "ccg_nhs_code"),
        ("LSOA21CD,SICBL24CDH", "SICBL24CDH"),
    ],
)
@pytest.mark.parametrize("ending", [".csv", ".csv.gz"])
def test_columns_are_found_by_pattern(tmp_path: Path, header: str, name: str, ending: str) -> None:
    found = lookups.codes(lookup(tmp_path / f"lookup{ending}", BEFORE, header))
    assert found.name == name
    assert found.cells == BEFORE


def test_a_column_may_be_named(tmp_path: Path) -> None:
    path = tmp_path / "l.csv"
    path.write_text("LSOA11CD,LSOA11NM,CCG21CD,CCG21CDH\nE01000001,City 1,E38000001,00A\n", encoding="utf-8")
    assert lookups.codes(path).cells == {"E01000001": "E38000001"}
    assert lookups.codes(path, "ccg21cdh").cells == {"E01000001": "00A"}


BROKEN: dict[str, tuple[str, str]] = {
    "empty": ("", r"l\.csv is empty"),
    "a header and nothing else": ("LSOA11CD,CCG21CD\n", "a header and nothing else"),
    "no area": ("POSTCODE,CCG21CD\nAB1,00A\n", r"no column of small areas.*columns: POSTCODE, CCG21CD"),
    "no code": ("LSOA11CD,CCG21NM\nE01000001,Here\n", r"no column of codes.*columns: LSOA11CD, CCG21NM"),
    "twice": ("LSOA11CD,CCG21CD\nE01000001,00A\nE01000001,00B\n", r"line 3: E01000001 stands twice"),
    "short": ("LSOA11CD,CCG21CD\nE01000001\n", r"line 2: 1 cells where the header has 2"),
    "blank": ("LSOA11CD,CCG21CD\nE01000001,\n", r'line 2: "E01000001" with ""'),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_fault_of_a_file_says_what_where_and_what_to_do(tmp_path: Path, name: str) -> None:
    text, message = BROKEN[name]
    (tmp_path / "l.csv").write_text(text, encoding="utf-8")
    with pytest.raises(BadInput, match=message) as raised:
        lookups.codes(tmp_path / "l.csv")
    assert "\n" not in str(raised.value)
    assert raised.value.exit_code == 5
    assert str(raised.value).endswith(".")


@pytest.mark.parametrize(
    "text",
    [
        '{"rows": [' + ", ".join(f'{{"code": {number}}}' for number in range(99)) + "]}\n",
        "E01000001," + "00A," * 99 + "\n",
    ],
    ids=["no table", "no header"],
)
def test_a_fault_never_shows_more_than_the_beginning_of_a_line(tmp_path: Path, text: str) -> None:
    (tmp_path / "l.csv").write_text(text, encoding="utf-8")
    for read in (lookups.codes, lookups.weights, lookups.bridge):
        with pytest.raises(BadInput, match=r"columns: [^\n]{1,77}\.\.\.\)"):
            read(tmp_path / "l.csv")


def test_a_column_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match='has no column of the name "nosuch"'):
        lookups.codes(lookup(tmp_path / "l.csv", BEFORE), "nosuch")


def test_other_files_say_their_faults_too(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="cannot be read"):
        lookups.codes(tmp_path / "nowhere.csv")
    (tmp_path / "l.csv.gz").write_bytes(b"no gzip")
    with pytest.raises(BadInput, match="cannot be read"):
        lookups.codes(tmp_path / "l.csv.gz")
    with pytest.raises(BadInput, match='area E01000001 has "many"'):
        lookups.weights(lookup(tmp_path / "w.csv", {"E01000001": "many"}, "LSOA11CD,all_ages"))
    with pytest.raises(BadInput, match="a bridge has two columns of small areas"):
        lookups.bridge(lookup(tmp_path / "b.csv", BEFORE))
    with pytest.raises(BadInput, match="2 cells, where a line of epraccur has 27"):
        lookups.practices(lookup(tmp_path / "p.csv", BEFORE), active=True)


def practice(code: str, commissioner: str, status: str = "A", setting: str = "4") -> str:
    cells = [""] * 27
    cells[0], cells[12], cells[14], cells[25] = code, status, commissioner, setting
    return ",".join(f'"{cell}"' for cell in cells) + "\n"


def test_of_practices_the_open_general_ones_are_counted_and_followed(tmp_path: Path) -> None:
    was, now = tmp_path / "epraccur_1.csv", tmp_path / "epraccur_2.csv"
    was.write_text(
        practice("A81001", "01H")
        + practice("A81002", "01H")
        + practice("A81003", "01H", "C")
        + practice("A81004", "01H", setting="9"),
        encoding="utf-8",
    )
    now.write_text(
        practice("A81001", "01H") + practice("A81002", "01K", "C") + practice("A81003", "01K", "C"), encoding="utf-8"
    )
    lines, notes = flows.table(flows.Asked(was, now))
    assert [(line["from_code"], line["to_code"], line["count"], line["share"]) for line in lines] == [
        ("01H", "01H", 1, "0.5000000000"), ("01H", "01K", 1, "0.5000000000"),
    ]  # fmt: skip
    assert notes == []


def test_files_and_basis_must_go_together(tmp_path: Path) -> None:
    one = lookup(tmp_path / "a.csv", BEFORE)
    with pytest.raises(UsageError, match="--weights"):
        flows.table(flows.Asked(one, one, basis="population"))
    with pytest.raises(UsageError, match="takes no weights"):
        flows.table(flows.Asked(one, one, weights=one, basis="area"))


# On the command line


def run(*words: str) -> subprocess.CompletedProcess[str]:
    """Run `python -m kg`; no graph is compiled for it, for none is asked."""
    command = [sys.executable, "-m", "kg", *words]
    return subprocess.run(command, cwd=DATA.parent, capture_output=True, encoding="utf-8", timeout=60, check=False)


def test_the_command_prints_the_flow_table(tmp_path: Path) -> None:
    was, now = lookup(tmp_path / "a.csv", BEFORE), lookup(tmp_path / "b.csv.gz", AFTER)
    people = lookup(tmp_path / "w.csv", PEOPLE, "LSOA11CD,total_population")
    ran = run("shares", str(was), str(now), "--weights", str(people), "--format", "csv")
    assert ran.returncode == 0
    assert ran.stdout.splitlines() == [
        "from_code,to_code,count,amount,total,share",
        "00A,00A,2,2500,5000,0.5000000000", "00A,00B,1,2500,5000,0.5000000000", "00B,00B,1,700,700,1.0000000000",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        ((), 2, "needs either two files"),
        (("a.csv",), 2, "needs either two files"),
        (("a.csv", "b.csv", "--inputs", "."), 2, "takes no files of its own"),
        (("a.csv", "b.csv", "--check"), 2, "needs either two files"),
        (("a.csv", "b.csv"), 5, "cannot be read"),
        (("--inputs", "nowhere"), 5, "is no folder"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_paragraph(words: tuple[str, ...], code: int, said: str) -> None:
    ran = run("shares", *words)
    assert ran.returncode == code
    assert said in " ".join(ran.stderr.split())
    assert ran.stdout == ""


def test_another_edition_of_a_file_is_refused(tmp_path: Path) -> None:
    for row in curated.read(DATA)[0].rows(Input):
        (tmp_path / row.file).write_bytes(b"another edition")
    (tmp_path / "epraccur_2017-03.csv").unlink()
    facts, _ = curated.read(DATA)
    with pytest.raises(BadInput, match=r"epraccur_2017-03\.csv is not there.*has SHA-256 [0-9a-f]{12}") as raised:
        comparisons.compute(facts, tmp_path)
    assert "\n" not in str(raised.value)


# The whole way, on a small world


@pytest.fixture
def world(tmp_path: Path) -> tuple[Path, Path]:
    """A folder of data and one of inputs: 00A gave one area of three to 00B, and one more to nobody knows why."""
    data, inputs = tmp_path / "data", tmp_path / "inputs"
    shutil.copytree(DATA, data)
    inputs.mkdir()
    (inputs / "deep").mkdir()
    lookup(inputs / "a.csv", BEFORE | {"E01000005": "00C"})
    lookup(inputs / "deep" / "b.csv", AFTER | {"E01000005": "00B"})
    lookup(inputs / "w.csv", PEOPLE | {"E01000005": 9}, "LSOA11CD,total")
    rows: dict[str, list[dict[str, str]]] = {
        "sources.csv": [{"key": "s", "title": "s", "publisher": "s"}],
        "bodies.csv": [
            {"key": key, "name": key, "legal": "formal", "source": "s", "confidence": "verified"} for key in ("a", "b", "c")
        ],
        "codes.csv": [
            {"thing": key, "scheme": "ods", "code": f"00{key.upper()}", "source": "s", "confidence": "verified"} for key in ("a", "b", "c")
        ],
        "events.csv": [
            {"key": "moved", "type": "PartialTransfer", "date": "2022-07-01", "before": "a", "after": "b", "summary": "moved", "source": "s", "confidence": "verified"}
        ],
        "inputs.csv": [
            {"key": key, "file": f"{key}.csv", "date": day, "what": "w", "source": "s", "sha256": hashlib.sha256(next(inputs.rglob(f"{key}.csv")).read_bytes()).hexdigest()}
            for key, day in (("a", "2021-04-01"), ("b", "2022-07-01"), ("w", "2020-06-30"))
        ],
        "comparisons.csv": [
            {"key": "one", "basis": "population", "before": "a", "after": "b", "weights": "w", "reference": "r", "method": "m"},
            {"key": "two", "basis": "population", "before": "a", "weights": "w", "reference": "r", "method": "m"},
        ],
    }  # fmt: skip
    for kind in ROWS:
        (data / kind.FILE).write_text(comparisons.as_csv(kind, rows.get(kind.FILE, [])), encoding="utf-8")
    return data, inputs


def test_a_flow_is_laid_on_its_event_and_one_without_is_told(world: tuple[Path, Path]) -> None:
    data, inputs = world
    facts, faults = curated.read(data)
    assert faults == []
    done = comparisons.compute(facts, inputs)
    assert [{name: row[name] for name in ("event", "giver", "receiver", "amount", "total", "share", "inputs")} for row in done.rows] == [
        {"event": "moved", "giver": "a", "receiver": "b", "amount": "2500", "total": "5000", "share": "0.5000000000", "inputs": "a; b; w"}
    ]  # fmt: skip
    assert done.unplaced == ["one: c to b, 9 of 9 people: no event says so."]
    (data / "shares.csv").write_text(done.table, encoding="utf-8")
    facts, faults = curated.read(data)
    assert faults == []
    assert len(facts.rows(Share)) == 1
    people, unplaced = comparisons.populations(facts, inputs)
    assert {row["thing"]: row["value"] for row in people} == {"a": "5000", "b": "700", "c": "9"}
    assert unplaced == []
    (data / "observations.csv").write_text(comparisons.observations(people), encoding="utf-8")
    assert [row.value for row in curated.load(data).rows(Observation)] == [5000, 700, 9]


def test_a_table_written_by_hand_is_found_out(world: tuple[Path, Path]) -> None:
    data, inputs = world
    table = comparisons.compute(curated.load(data), inputs).table
    for cell, other, said in (
        ("0.5000000000", "0.6000000000", "2500 of 5000 is 0.5"),
        ("2500,5000,0.5000000000", "5000,5000,1", "all of a would leave"),
        ("a; b; w", "a; q", '"q" is not in data/inputs.csv'),
        ("moved,a,b", "moved,b,a", "is not on that side"),
    ):
        assert cell in table
        (data / "shares.csv").write_text(table.replace(cell, other), encoding="utf-8")
        assert any(said in fault.message for fault in curated.read(data)[1]), said


def test_a_share_is_not_stated_twice(world: tuple[Path, Path]) -> None:
    data, inputs = world
    (data / "shares.csv").write_text(comparisons.compute(curated.load(data), inputs).table, encoding="utf-8")
    stated = "event,giver,receiver,part,basis,share,reference,method,source,locator,confidence,note\n"
    (data / "transfers.csv").write_text(f"{stated}moved,a,b,west,population,0.4,,,s,,verified,\n", encoding="utf-8")
    assert ["also stated" in fault.message for fault in curated.read(data)[1]] == [True]
    (data / "transfers.csv").write_text(f"{stated}moved,a,b,west,budget,0.4,,,s,,verified,\n", encoding="utf-8")
    assert curated.read(data)[1] == [], "another basis is another statement"


def test_steps_lead_on_and_never_back(world: tuple[Path, Path]) -> None:
    data, _ = world
    with (data / "events.csv").open("a", encoding="utf-8") as stream:
        for key, day, before, after in (("x", "2022-08-01", "b", "c"), ("y", "2020-01-01", "c", "a")):
            stream.write(f"{key},Replacement,,{day},,,{before},{after},x,,,,s,,verified,\n")
    facts = curated.load(data)
    paths, first, last = (
        Paths(facts),
        PartialDate.parse("2019").day,
        PartialDate.parse("2023").day,
    )
    assert [event.key for event in paths.between("a", "b", first, last)] == ["moved"]
    assert paths.lead("a", "c", first, last)
    assert not paths.lead("b", "a", first, last), "c had gone to a before b went to c"
    assert Holders(facts).of("00A", last) == "a"
    assert Holders(facts).of("00Z", last) is None


# With the publishers' own files


@needs_publisher
def test_the_table_is_as_computed_from_the_publishers_files() -> None:
    facts, _ = curated.read(DATA)
    done = comparisons.compute(facts, PUBLISHER)
    written = (DATA / "shares.csv").read_text(encoding="utf-8")
    assert list(comparisons.difference(written, done.table)) == []
    assert written == done.table


@needs_publisher
def test_populations_of_each_division_add_up_to_england() -> None:
    people = lookups.weights(PUBLISHER / "ons/LSOA11_population_mid2020.csv.gz")
    for file, column, many in (
        ("LSOA11_CCG20_STP20", "ccg_nhs_code", 106), ("LSOA11_CCG21_STP21_LAD21", "stp21_code", 42),
        ("LSOA11_SICBL22_ICB22_LAD22", "sicbl22_code_h", 106), ("LSOA11_SICBL22_ICB22_LAD22", "icb22_code_h", 42),
    ):  # fmt: skip
        sums = shares.sums(lookups.codes(PUBLISHER / f"ons/{file}.csv.gz", column).cells, people)
        assert (len(sums), sum(sums.values())) == (many, ENGLAND), file


@needs_publisher
@pytest.mark.skipif(not FACTS.is_dir(), reason="facts are not beside the checkout")
def test_flows_of_areas_equal_those_that_others_counted() -> None:
    ons = PUBLISHER / "ons"
    files = {
        "2020": ("LSOA11_CCG20_STP20", "ccg_code"), "2021": ("LSOA11_CCG21_STP21_LAD21", "ccg21_code"),
        "2022": ("LSOA11_SICBL22_ICB22_LAD22", "sicbl22_code"), "2024": ("LSOA21_SICBL24_ICB24", "sicbl24_code"),
    }  # fmt: skip
    sides = {year: lookups.codes(ons / f"{file}.csv.gz", column).cells for year, (file, column) in files.items()}
    with (FACTS / "lsoa_flow_ccg.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    for first, last in (("2020", "2021"), ("2021", "2022"), ("2022", "2024")):
        wanted = {
            (row["from_ons"], row["to_ons"]): int(row["lsoa_count"])
            for row in rows
            if (row["from_year"], row["to_year"]) == (first, last)
        }
        was, now = sides[first], sides[last]
        if last == "2024":  # counted there over areas whose code did not change
            both = was.keys() & now.keys()
            was, now = {area: was[area] for area in both}, {area: now[area] for area in both}
        found = shares.flows(was, now)
        assert {(flow.giver, flow.receiver): flow.count for flow in found.flows} == wanted, (first, last)


@needs_publisher
def test_in_cumbria_41_of_73_practices_stayed() -> None:
    lines, _ = flows.table(flows.Asked(PUBLISHER / "ods/epraccur_2017-03.csv", PUBLISHER / "ods/epraccur_2022-05.csv"))
    found = {(line["from_code"], line["to_code"]): (line["amount"], line["total"]) for line in lines}
    assert found["01H", "01H"] == (41, 73)
    assert found["01H", "01K"] == (32, 73)
