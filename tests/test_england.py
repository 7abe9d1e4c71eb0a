"""Truths about the whole country between two days: everyone is there, people are kept, and whole mergers never cross."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from itertools import combinations

import pytest

from kg.answers.commissioners import Commissioners
from kg.answers.record import Records
from kg.errors import UsageError
from kg.faces.diagrams import fonts
from kg.faces.diagrams.layout import placed
from kg.faces.diagrams.presets import england
from kg.faces.diagrams.scene import Scene
from kg.faces.library import Graph
from kg.graph.names import Iri, key_of

SINCE, UNTIL = date(2013, 4, 1), date(2026, 4, 1)
SPANS = [(SINCE, UNTIL), (date(2006, 10, 1), SINCE), (date(2021, 4, 1), date(2022, 7, 1)), (date(2024, 1, 1), date(2025, 1, 1))]  # fmt: skip


@pytest.fixture(scope="module")
def commissioners(records: Records) -> Commissioners:
    return Commissioners.between(records, SINCE, UNTIL)


@pytest.fixture(scope="module")
def poster(records: Records) -> Scene:
    return placed(england.scene(records, SINCE, UNTIL))


def in_force(asked: Graph, day: date) -> set[str]:
    """The CCGs and boards of a day, by a query of our own."""
    rows = asked.graph.store.select(
        """PREFIX nis: <https://w3id.org/nhs-integration/ontology#>
        PREFIX kind: <https://w3id.org/nhs-integration/id/kind/>
        SELECT DISTINCT ?asOf ?body WHERE {
          VALUES ?kind { kind:ccg kind:icb }
          ?body nis:latestKind ?kind ; nis:startsOn ?start ; nis:endsBefore ?end
          FILTER(?start <= ?asOf && ?asOf < ?end)
        }""",
        asOf=day,
    )
    return {key_of(row["body"]) for row in rows}


def test_every_commissioner_of_either_day_and_between_is_drawn(asked: Graph, poster: Scene) -> None:
    for day in (SINCE, date(2016, 1, 1), date(2020, 4, 1), date(2022, 6, 30), date(2022, 7, 1), UNTIL):
        there = {node.key for node in poster.nodes if node.starts <= day < node.ends}
        assert there == in_force(asked, day)
    assert sum(node.starts <= SINCE < node.ends for node in poster.nodes) == 211
    assert sum(node.starts <= UNTIL < node.ends for node in poster.nodes) == 36


def test_whole_mergers_never_cross(poster: Scene) -> None:
    routes = poster.plan.routes
    whole = [edge for edge in poster.edges if edge.relation == "whole"]
    assert len(whole) > 240
    by_day: dict[date | None, list[tuple[float, float]]] = {}
    for edge in whole:
        first, last = routes[edge.id].stops
        by_day.setdefault(edge.walk, []).append((first.y, last.y))
    for ways in by_day.values():
        assert not [1 for one, other in combinations(ways, 2) if (one[0] - other[0]) * (one[1] - other[1]) < 0]


@pytest.mark.parametrize(("since", "until"), SPANS, ids=[f"{since}-{until}" for since, until in SPANS])
def test_bands_stand_apart_and_bear_their_whole_names(records: Records, since: date, until: date) -> None:
    made = placed(england.scene(records, since, until))
    boxes = made.plan.boxes
    for one, other in combinations(boxes.values(), 2):
        beside = one.x >= other.x + other.width - 0.01 or other.x >= one.x + one.width - 0.01
        assert beside or one.y >= other.y + other.height - 0.01 or other.y >= one.y + one.height - 0.01
    for node in made.nodes:
        (name,) = boxes[node.id].lines
        box = boxes[node.id]
        assert node.label in name.text
        assert name.size >= 10
        assert name.x + fonts.width(name.text, name.size, bold=name.bold) <= box.x + box.width


def test_bands_are_as_thick_as_their_people(poster: Scene) -> None:
    known = [(node.weight, poster.plan.boxes[node.id].band) for node in poster.nodes if node.weight]
    ratios = {round(weight / band / 1000) for weight, band in known if band > 2}
    assert len(ratios) == 1


def test_partial_transfers_are_thin_dashed_lines_and_all_else_ribbons(poster: Scene) -> None:
    lived_on = [edge for edge in poster.edges if edge.walk and poster.by_id[edge.tail].ends > edge.walk]
    assert {edge.word for edge in lived_on} == {"part moved"}
    for edge in poster.edges:
        route = poster.plan.routes[edge.id]
        assert route.ribbon != (edge in lived_on)
        assert edge not in lived_on or (route.width < 2 and route.arrow)


def test_people_are_kept_from_givers_to_receivers(commissioners: Commissioners) -> None:
    people = commissioners.people
    assert sum(people[body] for body in commissioners.bodies if held(commissioners, body, date(2021, 4, 1))) == 56550138
    merged: dict[tuple[date, Iri], list[Fraction | None]] = {}
    for transfer in commissioners.transfers:
        if transfer.date == commissioners.records.thing(transfer.receiver).start:
            merged.setdefault((transfer.date, transfer.receiver), []).append(commissioners.flow(transfer))
    checked = 0
    for (_, receiver), flows in merged.items():
        if None not in flows and receiver in people:
            # Boards of 2022 were counted themselves, from small areas; the sum of their CCGs is the same to the rounding of shares.
            assert abs(sum(flow or 0 for flow in flows) - people[receiver]) < 1
            checked += 1
    assert checked > 70


def held(commissioners: Commissioners, body: Iri, day: date) -> bool:
    return commissioners.records.thing(body).in_force(day)


def test_whose_people_cannot_be_told_is_named(commissioners: Commissioners, poster: Scene) -> None:
    unknown = {commissioners.records.thing(body).label for body in commissioners.bodies} - {
        node.label for node in poster.nodes if node.weight is not None
    }
    assert "NHS Norwich CCG" in unknown  # nobody has said how many practices left it in 2017
    (told,) = [caution for caution in poster.cautions if "not known" in caution]
    assert all(label in told for label in unknown)


def test_boards_stand_by_the_region_that_they_were_in(poster: Scene) -> None:
    found = {node.label: node.lane for node in poster.nodes if node.ends > UNTIL}
    assert found["NHS Thames Valley ICB"] == "South East region"
    assert len(set(found.values())) == 7


@pytest.mark.parametrize(
    ("since", "until", "said"),
    [(UNTIL, SINCE, "earlier one first"), (SINCE, SINCE, "earlier one first"), (date(1950, 1, 1), UNTIL, "later first day")],
)  # fmt: skip
def test_days_that_make_no_span_are_refused(records: Records, since: date, until: date, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        Commissioners.between(records, since, until)


def test_a_day_later_begins_after_what_happened_on_the_first(records: Records) -> None:
    on, after = (Commissioners.between(records, day, UNTIL) for day in (date(2026, 3, 31), date(2022, 7, 1)))
    assert {transfer.date for transfer in on.transfers} == {UNTIL}
    assert date(2022, 7, 1) not in {transfer.date for transfer in after.transfers}
    assert all(records.thing(body).end > date(2022, 7, 1) for body in after.bodies)
