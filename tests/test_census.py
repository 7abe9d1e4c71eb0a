"""Counts, sums and gaps: on small graphs made by hand, where every number is known, and on the real one."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.answers import census, coverage, people
from kg.answers.answer import Answer, Result
from kg.answers.bodies import kinds_named
from kg.answers.lineage import became
from kg.answers.portions import Portions
from kg.answers.question import Question
from kg.answers.record import Records
from kg.answers.rollup import in_law, in_whole_numbers, roll_up
from kg.answers.snapshot import Snapshot
from kg.errors import UsageError
from kg.faces import library
from kg.faces.text import render
from kg.facts import records as r
from kg.facts.dates import PartialDate
from kg.facts.rows import Facts, Placed
from kg.graph import name_writer
from kg.graph.build import build
from kg.graph.graph import Graph
from kg.graph.inputs import Inputs
from kg.graph.name_index import NameIndex
from kg.graph.names import Iri, thing
from kg.graph.queries import Queries
from kg.graph.store import OxigraphStore

INPUTS = Inputs.default()
SAID = {"source": "someone", "confidence": "verified"}
ASKED_ON = date(2026, 11, 22)


def a_graph(folder: Path, rows: Iterable[r.Row]) -> Records:
    """Build a graph of these rows with the real rules, and an index of its names."""
    facts = Facts()
    for line, row in enumerate(rows, start=2):
        facts.placed.setdefault(row.FILE, []).append(Placed(row, row.FILE, line))
    store = OxigraphStore.holding(build(facts, [], INPUTS.rules).n_quads)
    name_writer.write(folder / "names.sqlite", store)
    names = NameIndex(folder / "names.sqlite")
    return Records(Graph(store, names, Queries(INPUTS.queries), "2026.11.0", folder / "none.nq"))


def a_kind(key: str, family: str = "commissioner", from_: str | None = None, until: str | None = None) -> r.Kind:
    return r.Kind.model_validate(
        {"key": key, "name": f"{key} body", "plural": f"{key} bodies", "acronym": key.upper(), "family": family,
         "form": "statutory-body", "definition": "a thing that is", "from": from_, "until": until, **SAID}
    )  # fmt: skip


def bodies(kind: str, *keys: str, from_: str | None = None, until: str | None = None) -> list[r.Row]:
    """Bodies of a kind, of that kind for all their life."""
    life = {"from": from_, "until": until}
    named: list[r.Row] = [
        r.Body.model_validate({"key": key, "name": key.upper(), "legal": "formal", **life, **SAID}) for key in keys
    ]
    return [*named, *(r.Classification.model_validate({"body": key, "kind": kind, **life, **SAID}) for key in keys)]


def inside(group: str, *members: str, role: str = "part", from_: str = "2013-04-01") -> list[r.Row]:
    return [
        r.Membership.model_validate({"group": group, "member": key, "role": role, "from": from_, **SAID})
        for key in members
    ]


def people_of(key: str, value: float, day: str = "2020-06-30", measure: str = "population") -> r.Row:
    return r.Observation.model_validate(
        {"thing": key, "measure": measure, "value": value, "date": day, "method": "measured", **SAID}
    )


def stated(kind: str, value: int, day: str) -> r.Row:
    return r.Observation.model_validate(
        {"thing": kind, "measure": "count", "value": value, "date": day, "method": "stated", **SAID}
    )


def an_event(key: str, kind: str, when: str, before: str, after: str) -> r.Row:
    return r.Event.model_validate(
        {"key": key, "type": kind, "date": when, "before": before, "after": after, "summary": "it was so", **SAID}
    )


def a_share(event: str, giver: str, receiver: str, share: float) -> r.Row:
    return r.Transfer.model_validate(
        {"event": event, "giver": giver, "receiver": receiver, "basis": "population", "share": share, **SAID}
    )


SOURCE = r.Source.model_validate({"key": "someone", "title": "What someone said", "publisher": "Someone"})
AN_INPUT = r.Input.model_validate(
    {
        "key": "lookup",
        "file": "lookup.csv",
        "sha256": "0" * 64,
        "date": "2022-07-01",
        "what": "a lookup",
        "source": "someone",
    }
)
#: Two regions; three groups of which one is in no region; boards that follow them; a hub that is no group at all.
WORLD: tuple[r.Row, ...] = (
    SOURCE,
    a_kind("grp", from_="2013-04-01", until="2022-07-01"), a_kind("brd", from_="2022-07-01"),
    a_kind("nhs-region", "region"), a_kind("office", "region"), a_kind("hub", "support"), a_kind("net", "provider"),
    *bodies("nhs-region", "north", "south", from_="2013-04-01"), *bodies("office", "office-1", from_="2013-04-01"),
    *bodies("grp", "a", "b", "c", from_="2013-04-01", until="2022-07-01"),
    *bodies("grp", "merged-away", from_="2013-04-01", until="2015-04-01"),
    *bodies("grp", "doubtful", from_="2013-04-01", until="unknown"),
    *bodies("hub", "a-hub", from_="2013-04-01"), *bodies("brd", "x", "y", "z", from_="2022-07-01"),
    *bodies("net", "n1", from_="2019-07-01"),
    *inside("north", "office-1"), *inside("office-1", "a"), *inside("south", "b", role="commissioner"),
    *inside("south", "c", role="provider"), *inside("a", "n1", from_="2019-07-01"),
    *inside("north", "x", from_="2022-07-01"), *inside("south", "y", "z", from_="2022-07-01"),
    an_event("a-to-x", "FunctionTransfer", "2022-07-01", "a", "x"),
    an_event("b-to-both", "Reorganisation", "2022-07-01", "b", "x; y"),
    a_share("b-to-both", "b", "x", 0.3333), a_share("b-to-both", "b", "y", 0.6667),
    an_event("c-to-both", "Reorganisation", "2022-07-01", "c", "y; z"),
    people_of("a", 100), people_of("b", 1001), people_of("c", 7), people_of("n1", 3, measure="registered-population"),
    stated("grp", 5, "2013-04-02"), stated("grp", 4, "2015-04-01"),
)  # fmt: skip


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Records:
    return a_graph(tmp_path_factory.mktemp("world"), WORLD)


def question(records: Records, name: str, on: str | None = None) -> Question:
    return Question(records, name, ASKED_ON, PartialDate.parse(on) if on else None)


def numbers(answer: Answer) -> dict[str, Any]:
    """What was counted, by the body or the mark of each line."""
    counted = [result for result in answer.results if result.text is None]
    return {
        result.mark if result.mark in ("all", "not recorded", "in several", "not distributed") else result.key: (
            result.value if result.statistic == "total" else (result.low, result.high)
        )
        for result in counted
    }


# Counts


@pytest.mark.parametrize(
    ("on", "counted"),
    [
        ("2013-03-31", 0),
        ("2013-04-01", 5),  # whatever began that day was there, though when it ended is not recorded
        ("2013-04-02", (4, 5)),
        ("2015-03-31", (4, 5)),
        ("2015-04-01", (3, 4)),
        ("2022-06-30", (3, 4)),
    ],
)
def test_a_day_is_counted_half_open_and_doubt_is_told_apart(
    world: Records, on: str, counted: tuple[int, int] | int
) -> None:
    assert numbers(census.count(question(world, "GRP", on))).get("grp") == counted


def test_the_day_after_the_last_there_are_none(world: Records) -> None:
    answer = census.count(question(world, "GRP", "2022-07-01"))
    assert answer.sentence.startswith("There were no ")
    assert any("perhaps 1 more" in caution for caution in answer.cautions)


def test_a_body_of_unknown_end_is_sure_until_the_last_that_is_recorded_of_it(tmp_path: Path) -> None:
    """What shows it to have existed makes the days before certain; what is not known to hold then shows nothing."""
    from_april = {"from_": "2013-04-01"}
    lists = {"group": "c", "member": "old", "role": "part", **SAID}
    records = a_graph(tmp_path, [
        SOURCE, a_kind("grp", **from_april), *bodies("grp", "old", **from_april, until="unknown"),
        *bodies("grp", "c", **from_april), *bodies("grp", "heir", from_="2016-04-01"),
        r.Membership.model_validate({**lists, "observed": "2019-04", "until": "unknown"}),
        r.Membership.model_validate({**lists, "member": "c", "group": "old", "from": "2013-04-01", "until": "unknown"}),
        an_event("its-work", "FunctionTransfer", "2016-04-01", "old", "heir"),
    ])  # fmt: skip
    assert [numbers(census.count(question(records, "GRP", day)))["grp"] for day in ("2016-03-31", "2016-04-01")] == [
        2, (2, 3),
    ]  # fmt: skip
    told = became(records, "OLD", as_of=date(2016, 3, 31))
    assert (told.outcome, told.status) == ("continues", "answered")
    assert "in existence" in told.sentence
    assert records.thing(thing("body", "c")).surely_in_force(ASKED_ON)
    assert not records.thing(thing("body", "old")).surely_in_force(date(2016, 4, 1))


def test_a_hub_is_not_counted_as_what_it_is_listed_beside(world: Records) -> None:
    assert numbers(census.count(question(world, "HUB", "2015-04-01"))) == {"hub": 1}


def test_what_is_counted_and_what_is_stated_are_both_told(world: Records) -> None:
    differing = census.count(question(world, "GRP", "2013-04-02"))
    assert "Sources state 5" in differing.sentence
    assert "this graph holds 4" in differing.sentence
    assert any("numbers differ" in caution for caution in differing.cautions)
    assert {result.method for result in differing.results} == {"stated", "counted"}


def test_a_whole_history_says_where_the_two_differ(world: Records) -> None:
    (caution,) = [text for text in census.count(question(world, "GRP")).cautions if "number otherwise" in text]
    assert "4 on 2 April 2013 (5 stated)" in caution
    assert "3 on 1 April 2015 (4 stated)" in caution


def test_groups_are_found_through_others_and_always_sum_to_the_whole(world: Records) -> None:
    answer = census.count(question(world, "GRP", "2016-04-01"), by="region")
    found = numbers(answer)
    assert found == {"all": (3, 4), "north": 1, "south": 1, "not recorded": (1, 2)}, (
        "c is in the south as a provider only"
    )
    assert any("C and DOUBTFUL" in caution for caution in answer.cautions)
    assert answer.as_of == "2016-04-01"


def test_a_body_in_two_groups_stands_apart_and_once(tmp_path: Path) -> None:
    made = a_graph(tmp_path, [*WORLD, *inside("north", "b")])
    found = numbers(census.count(question(made, "GRP", "2016-04-01"), by="region"))
    assert found == {"all": (3, 4), "north": 1, "in several": 1, "not recorded": (1, 2)}


def test_what_to_group_by_is_a_kind_the_end_of_a_key_or_a_family(world: Records) -> None:
    assert kinds_named(world, "OFFICE") == (thing("kind", "office"),)
    assert kinds_named(world, "region") == (thing("kind", "nhs-region"),)
    assert set(kinds_named(world, "support")) == {thing("kind", "hub")}
    with pytest.raises(UsageError, match=r"not a kind of structure\. After --by give"):
        kinds_named(world, "colour")


def test_bodies_inside_another_on_a_day(world: Records) -> None:
    north = world.thing(thing("body", "north"))
    answer = census.within(question(world, "GRP", "2016-04-01"), north)
    assert [result.key for result in answer.results] == ["a"]
    counted = census.within(question(world, "GRP", "2016-04-01"), north, "count")
    assert numbers(counted) == {"grp": 1}
    assert any("not recorded what they were inside" in caution for caution in counted.cautions)


# Populations


def test_a_body_without_a_number_has_the_sum_of_its_parts(world: Records) -> None:
    answer = people.population(question(world, "NORTH", "2020-07-01"))
    assert answer.results[0].value == 100, "through the office; the network is no part that shares it out"
    assert answer.results[0].method == "derived"
    assert "derived" in answer.sentence


def test_a_sum_with_a_part_missing_is_unknown_and_says_which(tmp_path: Path) -> None:
    made = a_graph(tmp_path, [*WORLD, *bodies("grp", "d", from_="2013-04-01"), *inside("south", "d")])
    answer = people.population(question(made, "SOUTH", "2020-07-01"))
    assert (answer.status, answer.results) == ("unknown", ())
    assert any("nothing is recorded for D" in caution for caution in answer.cautions)


def test_a_number_of_before_a_part_came_or_went_is_none_of_after(tmp_path: Path) -> None:
    """The giver of a part, and whoever was there before and took one in, are another area since."""
    from_, later = "2013-04-01", "2022-07-01"
    records = a_graph(tmp_path, [
        SOURCE, a_kind("grp", from_=from_, until=later), a_kind("brd", "system", from_=later), a_kind("loc", from_=later),
        *bodies("grp", "g", from_=from_, until=later), *bodies("brd", "x", "y", "z", from_=later),
        *bodies("loc", "l", "m", "n", from_=later), *bodies("loc", "gone", from_=later, until="2026-04-01"),
        *bodies("loc", "new", from_="2026-04-01"), *inside("x", "l", from_=later), *inside("y", "m", from_=later),
        *inside("z", "n", from_=later), an_event("g-to-l", "FunctionTransfer", later, "g", "l"),
        *(people_of(key, 100) for key in ("g", "l", "m", "n", "gone")),
        an_event("split", "Reorganisation", "2026-04-01", "gone", "l; new"),
        an_event("strip", "PartialTransfer", "2026-05-01", "m", "new"),
    ])  # fmt: skip
    before = people.population(question(records, "BRD", "2026-03-31"))
    assert (numbers(before), before.cautions) == ({"all": 300}, ())
    assert numbers(people.population(question(records, "BRD", "2026-04-30"))) == {"all": 200}
    after = people.population(question(records, "BRD", "2026-11-22"), each=True)
    assert numbers(after) == {"all": 100, "z": 100}
    assert any("Not recorded for X" in text and "1 April 2026" in text for text in after.cautions)
    assert any("Not recorded for Y" in text and "1 May 2026" in text for text in after.cautions)
    assert any("kg population BRD --from GRP" in text for text in after.cautions)
    assert any("another area" in text for text in people.population(question(records, "L")).cautions)
    assert not people.population(question(records, "L", "2026-03-31")).cautions[1:]
    assert any("came or went" in text for text in people.population(question(records, "X")).cautions)


@pytest.mark.parametrize("by", ["icb", "region"])
def test_boards_that_took_in_parts_of_frimley_have_no_number_of_before(asked: library.Graph, by: str) -> None:
    answer = asked.population("ICB", as_of="2026-11-22", by=by)
    assert answer.results[0].value == 49_368_339, "the census of 33 boards"
    assert not {"icb-surrey-and-sussex", "icb-hampshire-and-isle-of-wight"} & {line.key for line in answer.results}
    for name in ("NHS Surrey and Sussex ICB", "NHS Hampshire and Isle of Wight ICB"):
        assert any(text.startswith(f"Not recorded for {name}") for text in answer.cautions)
    assert any("`kg population ICB --from CCG`" in text for text in answer.cautions)
    carried = {line.key: line.value for line in asked.population("ICB", as_of="2026-11-22", from_="CCG").results}
    assert carried["icb-surrey-and-sussex"] == 2_899_902
    assert carried["icb-hampshire-and-isle-of-wight"] == 2_002_729


def test_the_number_nearest_to_the_day_stands_first(tmp_path: Path) -> None:
    made = a_graph(tmp_path, [*WORLD, people_of("a", 90, "2015-06-30")])
    for on, values in (("2014-01-01", [90, 100]), ("2021-01-01", [100, 90])):
        answer = people.population(question(made, "A", on))
        assert [result.value for result in answer.results] == values
        assert any("nearest" in caution for caution in answer.cautions)


def test_a_kind_is_summed_and_grouped_without_loss(world: Records) -> None:
    answer = people.population(question(world, "GRP", "2020-07-01"), "region")
    assert numbers(answer) == {"all": 1108, "north": 100, "south": 1001, "grp": 7}
    assert any("DOUBTFUL" in caution for caution in answer.cautions), "of which nothing is recorded"
    each = people.population(question(world, "GRP", "2020-07-01"), each=True)
    assert numbers(each) == {"all": 1108, "a": 100, "b": 1001, "c": 7}


def test_what_is_carried_forward_loses_nobody(world: Records) -> None:
    answer = people.population(question(world, "BRD", "2022-07-01"), from_="GRP")
    found = numbers(answer)
    assert found["all"] == 1108
    assert found["not distributed"] == 7, "no share of c is known"
    assert (found["x"], found["y"]) == (434, 667), "433.6 and 667.4: rounded, and still the 1,101 of a and b"
    assert any("7 of C: no share by population is recorded" in caution for caution in answer.cautions)
    assert any("rounded" in caution for caution in answer.cautions)
    by_region = people.population(question(world, "BRD", "2022-07-01"), "region", from_="GRP")
    assert numbers(by_region) == {"all": 1108, "north": 434, "south": 667, "not distributed": 7}


@pytest.mark.parametrize("wrong", [{"measure": "height"}, {"by": "colour"}, {"from_": "colour"}])
def test_what_cannot_be_asked_says_what_can(world: Records, wrong: dict[str, str]) -> None:
    with pytest.raises(UsageError):
        people.population(question(world, "GRP", "2020-07-01"), **wrong)  # type: ignore[arg-type]


@given(
    st.dictionaries(st.integers(0, 9), st.integers(0, 10**7), min_size=1),
    st.dictionaries(st.integers(0, 9), st.lists(st.integers(1, 99_999), min_size=1, max_size=5)),
    st.sets(st.integers(0, 9)),
)
def test_rolling_up_keeps_the_total_exactly(
    amounts: dict[int, int], counts: dict[int, list[int]], holed: set[int]
) -> None:
    def divides(start: Iri) -> Portions:
        parts = counts.get(int(start), [])
        ends = {Iri(f"end{place}"): Fraction(part, sum(parts)) for place, part in enumerate(parts)}
        if int(start) in holed and ends:
            ends.popitem()
        return Portions("population", ends, missing={} if ends else {Iri("an event without a share"): None})

    rolled = roll_up({Iri(str(start)): amount for start, amount in amounts.items()}, divides)
    assert rolled.total == sum(amounts.values())
    assert all(amount >= 0 for amount in [*rolled.at.values(), *rolled.left.values()])
    parts = rolled.at | {Iri(f"left of {start}"): amount for start, amount in rolled.left.items()}
    rounded = in_whole_numbers(parts)
    assert sum(rounded.values()) == sum(amounts.values())
    assert all(abs(rounded[place] - parts[place]) < 1 for place in parts)


def test_portions_of_more_than_a_whole_are_refused() -> None:
    with pytest.raises(ValueError, match="sum to 1"):
        roll_up({Iri("a"): 1}, lambda _: Portions("area", {Iri("b"): Fraction(2, 3), Iri("c"): Fraction(1, 2)}))


def test_what_reached_a_body_of_unknown_size_is_not_given_to_it() -> None:
    portions = Portions("area", {Iri("b"): Fraction(2, 3)}, unknown={Iri("c")}, missing={Iri("d"): None})
    rolled = roll_up({Iri("a"): 9}, lambda _: portions)
    assert rolled.at == {Iri("b"): 6}
    assert rolled.left == {Iri("a"): 3}
    assert rolled.why == {Iri("a"): (Iri("d"),)}


def test_what_a_body_keeps_of_a_partial_transfer_stays_with_it(tmp_path: Path) -> None:
    made = a_graph(
        tmp_path,
        [
            SOURCE, a_kind("grp"), *bodies("grp", "p", "q", from_="2013-04-01"), *bodies("grp", "old", from_="2013-04-01", until="2017-04-01"),
            an_event("some", "PartialTransfer", "2017-04-01", "p", "q"), a_share("some", "p", "q", 0.25),
            an_event("back", "PartialTransfer", "2018-04-01", "q", "p"), a_share("back", "q", "p", 0.5),
            an_event("whole", "Absorption", "2017-04-02", "old", "p"),
        ],
    )  # fmt: skip
    divides = in_law(made, date(2016, 1, 1), date(2017, 12, 31))
    p, q, old = (thing("body", key) for key in ("p", "q", "old"))
    assert divides(p).parts == {p: Fraction(3, 4), q: Fraction(1, 4)}
    assert divides(old).parts == {p: Fraction(1)}, "what came to p the day after is no part of what p had given"
    later = in_law(made, date(2016, 1, 1), date(2019, 1, 1))
    assert later(p).parts == {p: Fraction(7, 8), q: Fraction(1, 8)}


def test_a_share_that_was_counted_is_exact(tmp_path: Path) -> None:
    counted = {
        "event": "split",
        "giver": "b",
        "basis": "population",
        "total": 3,
        "reference": "a census",
        "method": "counted",
    }
    made = a_graph(
        tmp_path,
        [
            SOURCE, a_kind("grp"), *bodies("grp", "b", until="2022-07-01"), *bodies("grp", "x", "y"), AN_INPUT,
            an_event("split", "Division", "2022-07-01", "b", "x; y"),
            r.Share.model_validate({**counted, "receiver": "x", "amount": 1, "share": 0.3333333333, "inputs": ("lookup",), **SAID}),
            r.Share.model_validate({**counted, "receiver": "y", "amount": 2, "share": 0.6666666667, "inputs": ("lookup",), **SAID}),
        ],
    )  # fmt: skip
    b, x, y = (thing("body", key) for key in ("b", "x", "y"))
    divides = in_law(made, date(2022, 6, 30), date(2022, 7, 1))
    assert divides(b).parts == {x: Fraction(1, 3), y: Fraction(2, 3)}
    assert roll_up({b: 1001}, divides).left == {}
    told = became(made, "b", as_of=date(2022, 7, 1))
    assert [each.total for each in told.share_totals] == [1.0]


# Coverage


def test_what_is_not_recorded_of_a_kind(world: Records) -> None:
    answer = coverage.coverage(world, as_of=ASKED_ON, question=question(world, "GRP"))
    gaps = {result.mark: result.value for result in answer.results if result.high is not None}
    assert gaps == {
        "bodies": 5, "start": 0, "end": 1, "successor or fate": 1, "ODS code": 5, "ONS code": 5,
        "group on some day": 3, "group on any day": 3, "number of people": 2, "dated official name": 5,
    }  # fmt: skip
    in_2013 = {result.mark: result.value for result in answer.results if result.date == "2013-04-01"}
    assert in_2013 == {"recorded": 5, "perhaps more": 0, "in no group": 3}
    assert any("Without a recorded share: 2 by population" in caution for caution in answer.cautions)


def test_what_is_not_recorded_of_one_body(world: Records) -> None:
    answer = coverage.coverage(world, as_of=ASKED_ON, question=question(world, "DOUBTFUL"))
    assert {"end", "number of people"} <= {result.mark for result in answer.results}
    assert "start" not in {result.mark for result in answer.results}


def test_every_kind_stands_in_the_table(world: Records) -> None:
    answer = coverage.coverage(world, as_of=ASKED_ON)
    assert {result.key for result in answer.results} == {"grp", "brd", "nhs-region", "office", "hub", "net"}


def test_a_kind_that_is_counted_and_has_no_body_is_named(asked: library.Graph) -> None:
    answer = asked.coverage(as_of="2026-11-21")
    assert any("primary care groups (PCG) (481 in April 1999)" in caution for caution in answer.cautions)


# The real graph, and how it is shown


def test_counts_of_the_real_graph_are_those_of_its_rows(asked: library.Graph) -> None:
    records = Records(asked.graph)
    for kind, on in (("ccg", "2019-04-01"), ("icb", "2022-07-01"), ("stp-plan", "2016-12-01")):
        rows = asked.query("bodies-of-kind", {"kind": kind, "asOf": on})
        held = Snapshot(records, date.fromisoformat(on)).of([thing("kind", kind)])
        assert {one.body for one in held} == {row["body"] for row in rows}
        assert held


@pytest.mark.parametrize(("by", "kind", "on"), [("system", "CCG", "2019-04-15"), ("ICS", "ICB", "2023-01-01")])
def test_groups_of_the_real_graph_sum_to_the_whole(asked: library.Graph, by: str, kind: str, on: str) -> None:
    answer = asked.count(kind, by=by, as_of=on)
    counted = [result for result in answer.results if result.method == "counted"]
    (whole,) = [result for result in counted if result.mark == "all"]
    rest = [result for result in counted if result is not whole]
    assert sum(_least(result) for result in rest) == _least(whole) > 0
    assert sum(_most(result) for result in rest) == _most(whole)


def _least(result: Result) -> float:
    return (result.low if result.value is None else result.value) or 0


def _most(result: Result) -> float:
    return (result.high if result.value is None else result.value) or 0


@pytest.mark.parametrize("width", [80, 110])
@pytest.mark.parametrize(
    "command", [("coverage",), ("coverage", "CCG"), ("coverage", "STP"), ("count", "CCG"), ("population", "ICB")]
)
def test_tables_keep_within_the_page(asked: library.Graph, command: tuple[str, ...], width: int) -> None:
    shown = render(getattr(asked, command[0])(*command[1:], as_of="2022-07-01"), "text", width=width)
    lines = [line for line in shown.splitlines() if not line.startswith("  [")]
    assert max(map(len, lines)) <= width


def test_figures_in_markdown_and_csv(world: Records) -> None:
    answer = census.count(question(world, "GRP", "2016-04-01"), by="region")
    assert "| NORTH | " in " ".join(render(answer, "markdown").split())
    assert "3 to 4" in render(answer, "markdown")
    assert len(render(answer, "csv").splitlines()) == 1 + len(answer.results)
    assert json.loads(answer.to_json())["results"][-1]["mark"] == "not recorded"
