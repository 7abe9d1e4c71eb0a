"""Truths about crosswalks: which codes of one day are which of another, in what part, and on whose word."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.answers.codebook import KINDS, Codebook, Held, Level
from kg.answers.concordance import concordance
from kg.answers.course import Wish
from kg.answers.crosswalk import Crosswalk, Pair, Way
from kg.answers.record import Records
from kg.errors import UsageError
from kg.faces.library import Graph
from kg.graph.inputs import Inputs
from kg.graph.names import key_of, thing

FACTS = Inputs.default().data.parent.parent / "shared" / "facts"
needs_facts = pytest.mark.skipif(not FACTS.is_dir(), reason="the gathered facts are not beside the checkout")

APRIL_2015, JULY_2022, APRIL_2026 = date(2015, 4, 1), date(2022, 7, 1), date(2026, 4, 1)
DAYS = [date(2015, 4, 1), date(2017, 4, 1), date(2018, 4, 1), date(2020, 4, 1), date(2021, 4, 1)]


@pytest.fixture(scope="module")
def codebook(in_memory: Graph) -> Codebook:
    return Codebook(Records(in_memory.graph))


def ways(codebook: Codebook, since: date, of: Level, until: date, level: Level, *basis: str) -> dict[str, Way]:
    crosswalk = Crosswalk(codebook, since, until, level, preference=basis or Wish(until).preference)
    return {way.held.code: way for way in crosswalk.table(of)}


def parts(way: Way) -> dict[str | None, Fraction | None]:
    return {pair.to.code if pair.to else None: pair.share for pair in way.pairs}


def divided(found: Mapping[str, Way]) -> set[str]:
    return {code for code, way in found.items() if way.divided}


def test_the_bodies_of_every_level_are_those_that_were_ever_of_its_kinds(codebook: Codebook) -> None:
    kinds = [thing("kind", kind) for kinds in KINDS.values() for kind in kinds]
    ever = {row["body"] for kind in kinds for row in codebook.records.rows("ever-of-kind", kind=kind)}
    assert codebook.bodies == ever
    assert codebook.bodies > {held.body for held in codebook.held}


def test_a_crosswalk_that_is_asked_for_again_is_the_same_one(records: Records) -> None:
    codebook = Codebook(records)
    first = Crosswalk.kept(codebook, APRIL_2015, JULY_2022, "icb", "ods", ("population",))
    assert Crosswalk.kept(codebook, APRIL_2015, JULY_2022, "icb", "ods", ("population",)) is first
    assert Crosswalk.kept(codebook, APRIL_2015, JULY_2022, "icb", "ods", ("practices",)).preference == ("practices",)
    for until in (date.fromordinal(JULY_2022.toordinal() + days) for days in range(1, 40)):
        assert Crosswalk.kept(codebook, APRIL_2015, until, "icb", "ods", ("population",)).until == until
    assert len(codebook.kept) < 20
    assert Crosswalk.kept(codebook, APRIL_2015, JULY_2022, "icb", "ods", ("population",)) is not first


@pytest.mark.parametrize(
    ("olds", "new", "until"),
    [
        ("00C 00K 00M", "16C", date(2020, 4, 1)),
        ("02N 02W 02R", "36J", date(2020, 4, 1)),
        ("04F 06F 06P", "M1J4Y", date(2021, 4, 1)),
        ("00W 01M 01N", "14L", date(2017, 4, 1)),
        ("10Y 10H", "14Y", date(2018, 4, 1)),
        ("10G 10T 11C", "15D", date(2018, 4, 1)),
        ("10G 10T 11C", "D4U1Y", date(2021, 4, 1)),
    ],
)
def test_ccgs_that_merged_are_whole_in_the_one_they_made(codebook: Codebook, olds: str, new: str, until: date) -> None:
    found = ways(codebook, APRIL_2015, "ccg", until, "ccg")
    for old in olds.split():
        assert parts(found[old]) == {new: 1}
        assert [pair.basis for pair in found[old].pairs] == [""]
        assert set(found[old].pairs[0].types) == {"Merger"}
        assert found[old].pairs[0].sources


@needs_facts
def test_every_recorded_merger_of_ccgs_is_in_the_crosswalk(codebook: Codebook) -> None:
    with (FACTS / "ccg_succession.csv").open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    assert len(rows) == 142
    old, new, when = (next(name for name in rows[0] if word in name) for word in ("pred", "succ", "date"))
    eve = {day: date.fromordinal(day.toordinal() - 1) for day in {date.fromisoformat(row[when]) for row in rows}}
    found = {day: ways(codebook, before, "ccg", day, "ccg") for day, before in eve.items()}
    for row in rows:
        assert parts(found[date.fromisoformat(row[when])][row[old]]) == {row[new]: 1}, row


def test_hampshire_stays_under_its_code_when_a_part_of_frimley_joins_it(codebook: Codebook) -> None:
    found = ways(codebook, JULY_2022, "subicb", APRIL_2026, "subicb")
    assert parts(found["D9Y0V"]) == {"D9Y0V": 1}
    assert set(parts(found["D4U1Y"])) == {"U2G6B", "D9Y0V", "92A"}
    assert sum(share or 0 for share in parts(found["D4U1Y"]).values()) == 1


def test_the_divided_ccgs_of_2015_are_those_whose_people_are_in_two_boards_of_2022(codebook: Codebook) -> None:
    found = ways(codebook, APRIL_2015, "ccg", JULY_2022, "icb")
    assert len(found) == 209
    assert divided(found) == {"01H", "01Y", "05C", "05L", "05Y", "06A", "06H"}
    assert len({pair.to for way in found.values() for pair in way.pairs}) == 42


@pytest.mark.parametrize("until", [JULY_2022, APRIL_2026])
def test_the_boards_of_every_ccg_of_2015_are_those_its_lineage_leads_to(
    codebook: Codebook, in_memory: Graph, until: date
) -> None:
    found = ways(codebook, APRIL_2015, "ccg", until, "icb")
    for way in found.values():
        told = in_memory.became(way.held.key, as_of=until, only="legal")
        boards = {result.key for result in told.results}
        reached = {pair.to.key for pair in way.pairs if pair.to}
        if until == JULY_2022:
            assert reached == boards, way.held.code
        else:  # the shares of a board that was divided later are of the board; the location says in which part one was
            assert reached <= boards, way.held.code
            lived_on = in_memory.became(way.held.key, as_of=until, only="codes")
            inside = {
                group.key
                for result in lived_on.results
                for group in in_memory.memberships(result.key, as_of=until).results
                if group.kind == "integrated care board"
            }
            assert reached == inside, way.held.code


@pytest.mark.parametrize(
    ("since", "of", "until", "level"),
    [
        (APRIL_2015, "ccg", JULY_2022, "icb"),
        (APRIL_2015, "ccg", APRIL_2026, "icb"),
        (APRIL_2015, "ccg", APRIL_2026, "region"),
        (date(2013, 3, 1), "pct", APRIL_2026, "icb"),
        (date(2013, 3, 1), "pct", date(2013, 4, 1), "ccg"),
        (date(2026, 7, 1), "icb", JULY_2022, "icb"),
        (date(2023, 7, 1), "subicb", date(2021, 4, 1), "ccg"),
        (date(2021, 4, 1), "ccg", APRIL_2015, "ccg"),
    ],
)
def test_shares_and_what_is_lost_are_the_whole_of_every_code(
    codebook: Codebook, since: date, of: Level, until: date, level: Level
) -> None:
    for way in ways(codebook, since, of, until, level).values():
        known = [pair.share for pair in way.pairs if pair.share is not None]
        assert sum(known, Fraction(0)) == 1, way.held.code
        assert way.lost in (0, 1)
        assert bool(way.lost) == bool(way.missing), way.held.code
        assert all(pair.sources for pair in way.pairs if pair.to), way.held.code


def test_a_division_whose_parts_all_came_together_again_needs_no_share(codebook: Codebook) -> None:
    """What part of South Norfolk went to Norwich in 2017 is not known; in 2020 both became Norfolk and Waveney."""
    assert parts(ways(codebook, APRIL_2015, "ccg", JULY_2022, "icb")["06Y"]) == {"QMM": 1}
    apart = ways(codebook, APRIL_2015, "ccg", date(2018, 4, 1), "ccg")["06Y"]
    assert parts(apart) == {"06Y": None, "06W": None, None: 1}
    assert [key_of(event) for event in apart.missing] == ["partial-norwich-2017"]


def test_people_follow_the_ground_and_not_the_shares_of_the_board_between(codebook: Codebook) -> None:
    """West Essex is in the board of Essex; of the whole board that it was in, four fifths are elsewhere."""
    assert parts(ways(codebook, APRIL_2015, "ccg", APRIL_2026, "icb")["07H"]) == {"D7T5G": 1}
    board = ways(codebook, JULY_2022, "icb", APRIL_2026, "icb")["QM7"]
    assert parts(board) == {"S1Y5D": Fraction(1175847, 1488061), "D7T5G": Fraction(312214, 1488061)}


def test_a_part_of_a_body_that_was_divided_is_told_to_be_an_estimate(codebook: Codebook) -> None:
    found = ways(codebook, APRIL_2015, "ccg", APRIL_2026, "icb")
    assert [key_of(body) for body in found["10C"].blended] == ["subicb-d4u1y"]
    assert found["06H"].blended == ()  # the whole of it was divided


def test_pcts_are_divided_by_postcodes_and_say_so(codebook: Codebook) -> None:
    found = ways(codebook, date(2013, 3, 1), "pct", date(2013, 4, 1), "ccg", "population", "postcodes")
    shared = [pair for way in found.values() for pair in way.pairs if pair.basis]
    assert len(shared) > 100
    assert {pair.basis for pair in shared} == {"postcodes"}
    assert all("percent of postcodes" in pair.method for pair in shared)
    assert parts(found["5QQ"]) == {"99P": Fraction(8209, 10000), "99Q": Fraction(1791, 10000)}
    assert found["5D7"].missing, "no share of Newcastle is recorded"


def test_locations_of_2023_go_back_to_the_ccg_of_their_code_and_say_where_a_boundary_moved(codebook: Codebook) -> None:
    found = ways(codebook, date(2023, 7, 1), "subicb", date(2021, 4, 1), "ccg")
    assert len(found) == 106
    assert divided(found) == {"15E", "15M", "78H", "70F"}
    for code, way in found.items():
        assert way.pairs[0].to
        assert way.pairs[0].to.code == code
        assert (way.pairs[0].share or 0) > Fraction(8, 10)
    assert "partial-glossop-subicb-2022" in [key_of(event) for event in found["15M"].moves]
    assert "estimate" in found["15M"].pairs[0].method


def test_what_was_merged_is_told_apart_again_by_its_people(codebook: Codebook, in_memory: Graph) -> None:
    found = ways(codebook, APRIL_2026, "icb", date(2025, 4, 1), "icb")
    people = {
        code: int(
            next(row.value for row in in_memory.population(key, as_of="2022-07-01").results if row.date == "2020-06-30")
            or 0
        )
        for code, key in (("QMJ", "icb-north-central-london"), ("QRV", "icb-north-west-london"))
    }
    whole = sum(people.values())
    assert whole > 3_000_000
    assert parts(found["Z9B2Z"]) == {code: Fraction(number, whole) for code, number in people.items()}


def test_what_nobody_has_counted_people_of_is_told_apart_by_its_practices(codebook: Codebook) -> None:
    """Open general practices of March 2017, as docs/examples has them, counted from the list of ODS."""
    found = ways(codebook, date(2021, 4, 1), "ccg", date(2016, 4, 1), "ccg")
    practices = {"00W": 30, "01M": 36, "01N": 24}
    assert parts(found["14L"]) == {code: Fraction(many, sum(practices.values())) for code, many in practices.items()}
    assert {pair.basis for pair in found["14L"].pairs} == {"practices"}
    assert all("estimate" in pair.method for pair in found["14L"].pairs)
    # 32 practices of Cumbria had joined the ten of North Lancashire.
    assert parts(found["01K"]) == {"01H": Fraction(32, 42), "01K": Fraction(10, 42)}


def test_a_smaller_level_and_a_day_without_the_level_are_refused(codebook: Codebook) -> None:
    with pytest.raises(UsageError, match="larger than a CCG"):
        ways(codebook, date(2021, 4, 1), "stp", date(2021, 4, 1), "ccg")
    with pytest.raises(UsageError, match="until 30 June 2022"):
        ways(codebook, APRIL_2015, "ccg", APRIL_2026, "ccg")


def test_codes_of_one_scheme_become_those_of_the_other(codebook: Codebook) -> None:
    same = Crosswalk(codebook, JULY_2022, JULY_2022, "icb", "gss")
    assert {way.held.code: parts(way) for way in same.table("icb")}["QNQ"] == {"E54000034": 1}
    ons = Crosswalk(codebook, date(2017, 4, 1), date(2017, 4, 1), "ccg", "ods")
    assert {way.held.code: parts(way) for way in ons.table("ccg", "gss")}["E38000215"] == {"01H": 1}


@settings(max_examples=25, deadline=None)
@given(st.sampled_from([(a, b, c) for a in DAYS for b in DAYS for c in DAYS if a <= b <= c]))
def test_by_way_of_a_day_between_is_the_same_as_at_once(codebook: Codebook, days: tuple[date, date, date]) -> None:
    first, middle, last = days
    direct = ways(codebook, first, "ccg", last, "ccg")
    begun, ended = ways(codebook, first, "ccg", middle, "ccg"), ways(codebook, middle, "ccg", last, "ccg")
    for code, way in begun.items():
        if way.missing or any(ended[pair.to.code].missing for pair in way.pairs if pair.to):
            continue
        composed: dict[str | None, Fraction] = {}
        for pair in way.pairs:
            assert pair.to
            for then in ended[pair.to.code].pairs:
                assert then.to
                share = (pair.share or Fraction(0)) * (then.share or Fraction(0))
                composed[then.to.code] = composed.get(then.to.code, Fraction(0)) + share
        assert composed == parts(direct[code]), code


@pytest.mark.parametrize("level", ["ccg", "subicb", "icb", "stp", "region", "pct"])
def test_from_a_day_to_itself_every_code_stays(codebook: Codebook, level: Level) -> None:
    day = {"pct": date(2012, 4, 1), "ccg": APRIL_2015, "stp": date(2019, 4, 1)}.get(level, date(2024, 7, 1))
    assert all(parts(way) == {code: 1} for code, way in ways(codebook, day, level, day, level).items())


def sums(pairs: Iterable[Pair]) -> dict[tuple[str, str], Fraction]:
    found: dict[tuple[str, str], Fraction] = {}
    for pair in pairs:
        key = pair.from_.code, pair.basis
        found[key] = found.get(key, Fraction(0)) + (pair.share or Fraction(0))
    return found


def test_a_whole_table_without_a_basis_gives_divided_codes_once_for_each(codebook: Codebook) -> None:
    pairs = concordance(codebook, APRIL_2015, "ccg", "ods", Wish(JULY_2022, level="icb"))
    assert set(sums(pairs).values()) == {1}
    assert {basis for code, basis in sums(pairs) if code == "01Y"} == {"population", "area"}
    assert {basis for code, basis in sums(pairs) if code == "01H"} == {"practices", "budget"}
    assert {pair.method for pair in pairs if not pair.basis} == {"whole"}


def test_a_whole_table_with_a_basis_gives_each_code_once(codebook: Codebook) -> None:
    pairs = concordance(codebook, APRIL_2015, "ccg", "ods", Wish(APRIL_2026, level="subicb", basis="practices"))
    by_code: dict[str, Fraction] = {}
    for pair in pairs:
        by_code[pair.from_.code] = by_code.get(pair.from_.code, Fraction(0)) + (pair.share or Fraction(0))
    assert len(by_code) == 209
    assert set(by_code.values()) == {1}
    assert {pair.basis for pair in pairs if pair.from_.code == "01H"} == {"practices"}


def test_a_code_has_one_holder_on_any_day(codebook: Codebook) -> None:
    surely: dict[str, list[Held]] = {}
    for held in codebook.held:
        if held.sure:
            surely.setdefault(held.code, []).append(held)
    for code, holders in surely.items():
        for one in holders:
            others = [other for other in holders if other != one and other.start < one.end and one.start < other.end]
            assert not others, code


def test_names_are_those_of_the_day(codebook: Codebook) -> None:
    held = codebook.holder("01H", APRIL_2015)
    assert held
    assert codebook.name(held, APRIL_2015) == "NHS Cumbria CCG"
    assert codebook.name(held, date(2018, 4, 1)) == "NHS North Cumbria CCG"
