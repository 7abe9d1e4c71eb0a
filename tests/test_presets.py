"""Scenes hold what the answers and saved queries say, all of it and nothing else."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path
from typing import Literal

import pytest

from kg.answers.question import Question
from kg.answers.record import Records
from kg.errors import Ambiguous, BadInput, NotFound, UsageError
from kg.faces import library
from kg.faces.diagrams.layout import placed
from kg.faces.diagrams.presets import compare, kinds, saved, structure
from kg.faces.diagrams.scene import Scene
from kg.facts.dates import PartialDate
from kg.graph.names import category_of, key_of

NOW = date(2026, 11, 22)
BEFORE_ALL = date(1900, 1, 1)


@pytest.fixture(scope="module")
def held(in_memory: library.Graph) -> Records:
    """The records of the graph in memory: a scene reads much of it."""
    return Records(in_memory.graph)


def of(held: Records, name: str, on: date | None = None, *, sense: str | None = None, depth: int = 2) -> Scene:
    """The structure of a thing on a day, or on its last when none is given."""
    day = PartialDate(on, "day") if on else None
    return structure.scene(Question(held, name, NOW, day, sense), depth=depth)


def sources_are_all_in_the_ledger(scene: Scene) -> bool:
    keys = {source.key for source in scene.ledger}
    cited = {key for node in scene.nodes for key in node.sources} | {
        key for edge in scene.edges for key in edge.sources
    }
    return bool(cited) and cited <= keys


# Kinds


def test_every_kind_is_drawn_and_every_change_of_kind(held: Records, in_memory: library.Graph) -> None:
    _, listed = in_memory.sparql(
        "PREFIX nis: <https://w3id.org/nhs-integration/ontology#> SELECT ?kind { ?kind a nis:Kind }"
    )
    assert isinstance(listed, list)
    kinds_there_are = {key_of(row["kind"]) for row in listed if isinstance(row, dict)}
    changes = {
        (key_of(row["event"]), key_of(row["giver"]), key_of(row["receiver"]))
        for row in in_memory.query("transfers") if category_of(row["giver"]) == "kind"
    }  # fmt: skip
    forms: tuple[Literal["calendar", "layers"], ...] = ("calendar", "layers")
    for form in forms:
        scene = kinds.scene(held, NOW, form=form)
        assert {node.key for node in scene.nodes} == kinds_there_are
        assert {(edge.event, edge.tail, edge.head) for edge in scene.edges if edge.relation != "inside"} == changes
        assert scene.form == form
        assert sources_are_all_in_the_ledger(scene)
    assert {node.short for node in scene.nodes} >= {"ICP (contract)", "ICP (alliance)", "ICS (non-statutory)"}


def test_columns_of_kinds_show_what_sat_inside_what(held: Records, in_memory: library.Graph) -> None:
    scene = kinds.scene(held, NOW, form="layers")
    inside = {(edge.tail, edge.head) for edge in scene.edges if edge.relation == "inside"}
    assert inside == {(key_of(row["whole"]), key_of(row["part"])) for row in in_memory.query("all-tiers")}
    assert not any(edge.relation == "inside" for edge in kinds.scene(held, NOW).edges)


def test_kinds_that_came_later_are_counted_and_left_out(held: Records, in_memory: library.Graph) -> None:
    day = date(2015, 1, 1)
    scene = kinds.scene(held, day)
    later = [row for row in in_memory.query("kinds") if row["start"] > day]
    assert not {key_of(row["kind"]) for row in later} & set(scene.by_id)
    assert any(f"{len(later)} kinds that began after 1 January 2015" in caution for caution in scene.cautions)
    assert all(edge.starts <= day for edge in scene.edges)


def test_kinds_before_everything_are_those_without_a_start(held: Records) -> None:
    scene = placed(kinds.scene(held, BEFORE_ALL))
    assert {node.starts for node in scene.nodes} == {date.min}
    assert scene.edges == ()
    assert set(scene.plan.boxes) == set(scene.by_id)


# Structure


def test_the_structure_of_a_system_is_its_members_as_they_are_listed(held: Records, in_memory: library.Graph) -> None:
    scene = of(held, "Frimley Health and Care", date(2019, 6, 1))
    listed = in_memory.members("Frimley Health and Care", as_of="2019-06-01").results
    assert len(listed) == 21
    roles = {(edge.head, edge.word or "part") for edge in scene.edges if edge.tail == "ics-frimley"}
    assert roles == {(result.key, result.role) for result in listed}
    groups = in_memory.memberships("Frimley Health and Care", as_of="2019-06-01").results
    assert {edge.tail for edge in scene.edges if edge.head == "ics-frimley"} == {result.key for result in groups}
    assert {edge.relation for edge in scene.edges} == {"inside"}
    assert [node.key for node in scene.nodes if node.focus] == ["ics-frimley"]
    assert scene.caption == in_memory.members("Frimley Health and Care", as_of="2019-06-01").sentence
    assert any("As listed in April 2019" in caution for caution in scene.cautions)
    assert sources_are_all_in_the_ledger(scene)


def test_members_stand_by_role_and_then_by_name(held: Records) -> None:
    scene = placed(of(held, "Frimley Health and Care", date(2019, 6, 1)))
    edges = [edge for edge in scene.edges if edge.tail == "ics-frimley"]
    downwards = sorted(edges, key=lambda edge: scene.plan.boxes[edge.head].y)
    order = [(edge.word, scene.by_id[edge.head].label) for edge in downwards]
    assert order == sorted(order)


@pytest.mark.parametrize("depth", [1, 2, 3])
def test_levels_are_followed_as_deep_as_is_asked(held: Records, in_memory: library.Graph, depth: int) -> None:
    scene = of(held, "icb-north-east-and-north-cumbria", NOW, depth=depth)
    level, expected = ["icb-north-east-and-north-cumbria"], set()
    for _ in range(depth):
        ties = {(group, key_of(row["member"])) for group in level
                for row in in_memory.query("members", {"body": f"body:{group}", "asOf": NOW.isoformat()})}  # fmt: skip
        expected |= ties
        level = sorted({member for _, member in ties})
    above = {"region-y63", "ics-north-east-and-north-cumbria"}
    assert {(edge.tail, edge.head) for edge in scene.edges if edge.tail not in above} == expected
    assert above <= set(scene.by_id)
    assert len(scene.by_id) == len(scene.nodes)


def test_days_are_half_open_and_a_body_that_has_ended_is_told_of_its_last(held: Records) -> None:
    last = of(held, "NHS Frimley ICB")
    assert last.as_of == date(2026, 3, 31)
    assert "subicb-d4u1y" in last.by_id
    after = of(held, "NHS Frimley ICB", date(2026, 4, 1))
    assert [node.key for node in after.nodes] == ["icb-frimley"]
    assert after.edges == ()
    assert any("did not exist on 1 April 2026" in caution for caution in after.cautions)
    assert set(placed(after).plan.boxes) == {"icb-frimley"}


def test_names_kinds_and_codes_are_those_of_the_day(held: Records) -> None:
    node = of(held, "ics-sussex-health-and-care-partnership", date(2019, 6, 1)).nodes[0]
    assert (node.label, node.short) == ("Sussex and East Surrey", "STP")
    node = of(held, "ics-sussex-health-and-care-partnership", date(2023, 6, 1)).nodes[0]
    assert (node.label, node.short) == ("Sussex Health and Care Partnership", "ICS")


def test_dates_stand_in_the_box_of_what_may_have_ended(held: Records) -> None:
    scene = of(held, "NHS England", date(2023, 6, 1), depth=9)
    assert {node.key: node.when for node in scene.nodes if node.when} == {
        "nhse-local-office": "from 1 Apr 2015, end not recorded"
    }


def test_a_body_of_two_groups_stands_once(held: Records, in_memory: library.Graph) -> None:
    scene = of(held, "Surrey County Council", date(2019, 4, 15))
    groups = {
        key_of(row["group"])
        for row in in_memory.query("memberships", {"body": "body:council-805", "asOf": "2019-04-15"})
    }
    assert len(groups) == 3
    assert {edge.tail for edge in scene.edges if edge.head == "council-805"} == groups
    assert Counter(node.key for node in scene.nodes).most_common(1)[0][1] == 1


def test_the_structure_of_a_kind_is_its_tiers_on_the_day(held: Records, in_memory: library.Graph) -> None:
    scene = of(held, "ICS", date(2019, 6, 1), depth=9)
    tiers = {(key_of(row["whole"]), key_of(row["part"])) for row in in_memory.query("tiers", {"asOf": "2019-06-01"})}
    inside = {"ics-nonstatutory"}
    for _ in range(9):
        inside |= {part for whole, part in tiers if whole in inside}
    assert {(edge.tail, edge.head) for edge in scene.edges} == {tie for tie in tiers if tie[0] in inside}
    assert [node.key for node in scene.nodes if node.focus] == ["ics-nonstatutory"]
    assert [node.key for node in of(held, "ICS", date(2024, 6, 1)).nodes if node.focus] == ["ics-statutory"]


def test_a_body_without_members_or_groups_is_one_box_and_a_caution(held: Records) -> None:
    scene = placed(of(held, "Frimley Health and Care", date(2010, 1, 1)))
    assert len(scene.plan.boxes) == 1
    assert scene.edges == ()
    assert scene.cautions


def test_names_that_mean_several_things_or_none_are_refused(held: Records) -> None:
    with pytest.raises(NotFound, match="Nothing in this graph is called"):
        of(held, "No such body")
    with pytest.raises(Ambiguous, match="--sense"):
        of(held, "ICP")
    with pytest.raises(NotFound, match="Nothing in this graph is called"):
        compare.scene(held, date(2022, 1, 1), NOW, kind="No such kind")
    with pytest.raises(Ambiguous, match="--sense"):
        compare.scene(held, date(2022, 1, 1), NOW, kind="ICP")


# Compare

SPANS = [
    (date(2026, 3, 31), date(2026, 4, 1), None), (date(2022, 6, 30), date(2022, 7, 1), None),
    (date(2018, 1, 31), date(2018, 2, 1), None), (date(2017, 3, 31), date(2021, 4, 1), "CCG"),
    (date(2013, 4, 1), date(2026, 4, 1), "ICB"), (date(2013, 4, 1), date(2026, 4, 1), None),
]  # fmt: skip


@pytest.mark.parametrize(("since", "as_of", "kind"), SPANS)
def test_every_change_is_drawn_or_told(
    held: Records, in_memory: library.Graph, since: date, as_of: date, kind: str | None
) -> None:
    scene = compare.scene(held, since, as_of, kind=kind)
    answer = in_memory.diff(since, as_of, kind=kind)
    assert scene.caption == answer.sentence
    passed = Counter(
        (result.key, result.other) for result in answer.results
        if result.other and result.change in ("succeeded", "code reused", "part moved", "renamed")
    )  # fmt: skip
    drawn = Counter(
        (scene.by_id[edge.tail].key, scene.by_id[edge.head].key) for edge in scene.edges if edge.relation != "same"
    )
    undrawn = passed - drawn
    assert drawn <= passed
    told = " ".join(caution for caution in scene.cautions if "has no line" in caution)
    facts = " ".join(value for node in scene.nodes for name, value in node.facts if name == "What changed")
    for result in answer.results:
        if result.other and undrawn[result.key, result.other]:
            assert result.label in told
            assert result.now is not None
            assert result.now in facts
    left_out = " ".join(caution for caution in scene.cautions if caution.startswith("Left out"))
    there = {node.key for node in scene.nodes}
    for result in answer.results:
        assert result.key in there or (left_out and result.change in ("began", "ended")), result
    own = [result for result in answer.results if result.change in ("recoded", "moved", "reclassified", "boundary")]
    spoken = {node.key for node in scene.nodes if any(name == "What changed" for name, _ in node.facts)} | {
        scene.by_id[edge.tail].key for edge in scene.edges if edge.relation == "same" and edge.facts
    }
    assert {result.key for result in own} <= spoken
    assert all(scene.by_id[edge.tail].column < scene.by_id[edge.head].column for edge in scene.edges)  # type: ignore[operator]


@pytest.mark.parametrize(("since", "as_of", "kind"), SPANS[:4])
def test_things_stand_on_the_sides_of_their_days(held: Records, since: date, as_of: date, kind: str | None) -> None:
    scene = compare.scene(held, since, as_of, kind=kind)
    last = len(scene.headings) - 1
    assert scene.headings[0] != scene.headings[last]
    for node in scene.nodes:
        if node.column == 0:
            assert node.starts <= since
        elif node.column == last:
            assert node.starts <= as_of < node.ends
        else:
            assert node.starts <= as_of
            assert node.ends > since
    same = [edge for edge in scene.edges if edge.relation == "same"]
    assert same
    assert all(scene.by_id[edge.tail].key == scene.by_id[edge.head].key for edge in same)


def test_what_became_of_frimley_reads_at_a_glance(held: Records) -> None:
    scene = compare.scene(held, date(2026, 3, 31), date(2026, 4, 1))
    assert scene.headings == ("31 March 2026", "1 April 2026")
    heirs = {scene.by_id[edge.head].label: edge.label for edge in scene.edges if edge.tail == "icb-frimley@2026-03-31"}
    assert heirs == {
        "NHS Thames Valley ICB": "58.9 %",
        "NHS Hampshire and Isle of Wight ICB": "22.9 %",
        "NHS Surrey and Sussex ICB": "18.2 %",
    }
    before, after = (scene.by_id[f"icb-hampshire-and-isle-of-wight@{day}"] for day in ("2026-03-31", "2026-04-01"))
    assert before.when == "ONS E54000042"
    assert "ONS E54000067" in after.when
    assert "grew" in after.when
    moved = scene.by_id["subicb-06h@2026-03-31"], scene.by_id["subicb-06h@2026-04-01"]
    assert [node.when for node in moved] == ["in NHS Cambridgeshire and Peterborough ICB", "in NHS Central East ICB"]
    assert sources_are_all_in_the_ledger(scene)


def test_the_older_name_and_kind_stand_on_the_left(held: Records) -> None:
    scene = compare.scene(held, date(2022, 6, 30), date(2022, 7, 1))
    before, after = (scene.by_id[f"ics-south-yorkshire-and-bassetlaw@{day}"] for day in ("2022-06-30", "2022-07-01"))
    assert (before.label, before.short) == ("South Yorkshire and Bassetlaw", "ICS (non-statutory)")
    assert (after.label, after.short) == ("South Yorkshire", "ICS (statutory)")


def test_nothing_that_changed_is_an_empty_scene_that_says_so(held: Records) -> None:
    scene = placed(compare.scene(held, BEFORE_ALL, date(1901, 1, 1)))
    assert (scene.nodes, scene.edges, scene.headings) == ((), (), ())
    assert "changed" in scene.caption


def test_days_the_wrong_way_round_and_bodies_as_kinds_are_refused(held: Records) -> None:
    with pytest.raises(UsageError, match="earlier one first"):
        compare.scene(held, date(2026, 4, 1), date(2026, 3, 31))
    with pytest.raises(UsageError, match="is a body"):
        compare.scene(held, date(2022, 1, 1), NOW, kind="NHS Frimley ICB")


# Queries


def test_a_saved_query_of_transfers_is_drawn_as_lineage(in_memory: library.Graph) -> None:
    days = {"since": "2026-03-31", "asOf": "2026-04-01"}
    scene = saved.scene(in_memory.graph, "transfers-between", days, NOW)
    rows = in_memory.query("transfers-between", days)
    assert {(edge.tail, edge.head) for edge in scene.edges} == {
        (key_of(row["giver"]), key_of(row["receiver"])) for row in rows
    }
    assert len(scene.edges) == len({row["transfer"] for row in rows})
    assert scene.as_of == date(2026, 4, 1)
    frimley = next(edge for edge in scene.edges if (edge.tail, edge.head) == ("icb-frimley", "icb-thames-valley"))
    assert frimley.label == "58.9 %"
    assert ("Share by practices", "62.1 %") in frimley.facts


@pytest.mark.parametrize(
    ("name", "params", "tail", "head"),
    [
        ("tiers", {"asOf": "2019-06-01"}, "whole", "part"),
        ("all-memberships", {}, "group", "member"),
        ("inside", {"asOf": "2019-06-01"}, "group", "member"),
        ("became", {"thing": "ccg-10g"}, "giver", "receiver"),
        ("kinds-between", {"since": "2018-01-31", "asOf": "2018-02-01"}, "thing", "kind"),
    ],
)
def test_columns_that_hold_a_tie_are_drawn(
    in_memory: library.Graph, name: str, params: dict[str, str], tail: str, head: str
) -> None:
    scene = saved.scene(in_memory.graph, name, params, NOW)
    ties = {
        (key_of(row[tail]), key_of(row[head]))
        for row in in_memory.query(name, params, as_of=None if "asOf" in params else NOW)
    }
    assert ties
    assert {(edge.tail, edge.head) for edge in scene.edges} == ties
    assert {end for tie in ties for end in tie} == set(scene.by_id)


def test_a_parameter_counts_as_a_column_and_other_columns_are_facts(in_memory: library.Graph) -> None:
    scene = saved.scene(in_memory.graph, "members", {"body": "icb-frimley"}, date(2026, 3, 31))
    assert {edge.tail for edge in scene.edges} == {"icb-frimley"}
    assert {edge.relation for edge in scene.edges} == {"inside"}
    assert len(scene.edges) == len(in_memory.members("NHS Frimley ICB", as_of="2026-03-31").results)
    assert all(("role", "role:part") in edge.facts or edge.word == "reporting" for edge in scene.edges)
    assert sources_are_all_in_the_ledger(scene)


def test_a_query_in_a_file_is_drawn(in_memory: library.Graph, tmp_path: Path) -> None:
    prefixes = "PREFIX org: <http://www.w3.org/ns/org#> PREFIX body: <https://w3id.org/nhs-integration/id/body/> "
    where = "{ ?x org:organization ?g ; org:member ?m FILTER(?g = body:icb-frimley) }"
    file = tmp_path / "mine.rq"
    file.write_text(f"{prefixes} SELECT (?g AS ?from) (?m AS ?to) WHERE {where}", encoding="utf-8")
    chosen = saved.scene(in_memory.graph, str(file), {}, NOW)
    file.write_text(
        prefixes
        + 'CONSTRUCT { ?g <http://example.org/has> ?m . ?m a org:Organization ; <http://example.org/n> "<b>5" } '
        f"WHERE {where}",
        encoding="utf-8",
    )
    constructed = saved.scene(in_memory.graph, str(file), {}, NOW)
    for scene in (chosen, constructed):
        assert {(edge.tail, edge.head) for edge in scene.edges} == {
            ("icb-frimley", key_of(row["member"])) for row in in_memory.query("all-memberships")
            if key_of(row["group"]) == "icb-frimley"
        }  # fmt: skip
        assert {node.family for node in scene.nodes} == {"commissioner", "place"}
    assert {edge.word for edge in constructed.edges} == {"has"}
    assert ("n", "<b>5") in constructed.by_id["subicb-d4u1y"].facts


def test_things_that_are_not_ours_are_drawn_plainly(in_memory: library.Graph, tmp_path: Path) -> None:
    file = tmp_path / "mine.rq"
    file.write_text(
        "CONSTRUCT { <http://example.org/a> <http://example.org/to> ?event } "
        "WHERE { BIND(<https://w3id.org/nhs-integration/id/event/pct-abolished> AS ?event) }",
        encoding="utf-8",
    )
    scene = saved.scene(in_memory.graph, str(file), {}, NOW)
    assert (scene.nodes[0].label, scene.nodes[0].family) == ("http://example.org/a", "")
    assert scene.nodes[1].id == "event:pct-abolished"
    assert scene.nodes[1].label != scene.nodes[1].id
    assert len(placed(scene).plan.routes) == 1


@pytest.mark.parametrize(
    ("query", "fault", "said"),
    [
        ("SELECT ?a ?b ?c { ?a a ?b ; ?p ?c } LIMIT 4", UsageError, "it has a, b, c"),
        ("ASK { ?s ?p ?o }", UsageError, "yes or no"),
        ("DELETE WHERE { ?s ?p ?o }", UsageError, "update"),
        ("SELECT * { SERVICE <http://example.org/> { ?from ?p ?to } }", UsageError, "SERVICE"),
        ("SELECT ?from { ", UsageError, "not SPARQL"),
    ],
)
def test_queries_that_cannot_be_drawn_are_refused(
    in_memory: library.Graph, tmp_path: Path, query: str, fault: type[Exception], said: str
) -> None:
    file = tmp_path / "mine.rq"
    file.write_text(query, encoding="utf-8")
    with pytest.raises(fault, match=said):
        saved.scene(in_memory.graph, str(file), {}, NOW)


def test_saved_queries_and_files_that_are_not_there_are_refused(in_memory: library.Graph, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no saved query"):
        saved.scene(in_memory.graph, "no-such-query", {}, NOW)
    with pytest.raises(BadInput, match="cannot be read"):
        saved.scene(in_memory.graph, str(tmp_path / "none.rq"), {}, NOW)
    with pytest.raises(UsageError, match="it has kind, label"):
        saved.scene(in_memory.graph, "kinds-in-force", {}, NOW)
    (tmp_path / "mine.rq").write_text("SELECT * { ?from ?p ?to }", encoding="utf-8")
    with pytest.raises(UsageError, match="parameters are for saved queries"):
        saved.scene(in_memory.graph, str(tmp_path / "mine.rq"), {"since": "2019-01-01"}, NOW)
    with pytest.raises(NotFound):
        saved.scene(in_memory.graph, "members", {"body": "no-such-body"}, NOW)


def test_rows_without_two_things_are_counted_and_left_out(in_memory: library.Graph, tmp_path: Path) -> None:
    file = tmp_path / "mine.rq"
    file.write_text(
        "PREFIX kind: <https://w3id.org/nhs-integration/id/kind/> "
        'SELECT ?from ?to { VALUES (?from ?to) { (kind:icb kind:ccg) (kind:icb "text") (kind:icb UNDEF) } }',
        encoding="utf-8",
    )
    scene = saved.scene(in_memory.graph, str(file), {}, NOW)
    assert [(edge.tail, edge.head) for edge in scene.edges] == [("icb", "ccg")]
    assert scene.cautions == ("2 rows without two things to tie are left out.",)


def test_scenes_are_the_same_each_time(held: Records, in_memory: library.Graph) -> None:
    def made() -> list[Scene]:
        fresh = Records(held.graph)
        return [
            kinds.scene(fresh, NOW),
            of(fresh, "Frimley Health and Care", date(2019, 6, 1)),
            compare.scene(fresh, date(2026, 3, 31), date(2026, 4, 1)),
            saved.scene(in_memory.graph, "tiers", {}, NOW),
        ]

    assert made() == made()
