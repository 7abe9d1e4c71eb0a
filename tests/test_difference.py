"""What changed between two days: on a few rows made for it, and on the real graph."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, TypeAlias

import pytest

from kg.answers.answer import Answer
from kg.errors import UsageError
from kg.faces import library
from kg.faces.text import render
from kg.facts import records as r
from kg.graph.graph import Graph
from kg.graph.inputs import Inputs

if TYPE_CHECKING:
    from tests.conftest import CommandLine

Make: TypeAlias = Callable[[Iterable[r.Row]], library.Graph]
SAID = {"source": "someone", "confidence": "verified"}
EVE, DAY = "2020-03-31", "2020-04-01"
SOURCE = r.Source.model_validate({"key": "someone", "title": "What someone wrote", "publisher": "Someone"})


def a_kind(key: str, name: str, acronym: str = "") -> r.Kind:
    return r.Kind.model_validate({
        "key": key, "name": name, "plural": f"{name}s", "acronym": acronym, "family": "commissioner",
        "form": "statutory-body", "definition": "a kind made for this test", "from": "2013-04-01", **SAID,
    })  # fmt: skip


def a_body(key: str, kind: str = "ccg", from_: str | None = "2013-04-01", until: str | None = None) -> list[r.Row]:
    period = {"from": from_, "until": until}
    return [
        r.Body.model_validate({"key": key, "name": key.upper(), "legal": "formal", **period, **SAID}),
        r.Classification.model_validate({"body": key, "kind": kind, **period, **SAID}),
    ]


def an_event(key: str, kind: str, before: str, after: str, when: str = DAY, **other: str) -> r.Event:
    sides = {"before": tuple(before.split()), "after": tuple(after.split())}
    return r.Event.model_validate(
        {"key": key, "type": kind, "date": when, "summary": f"{key} it was", **sides, **SAID, **other}
    )


def a_code(thing: str, scheme: str, code: str, from_: str | None, until: str | None) -> r.CodeAssignment:
    return r.CodeAssignment.model_validate(
        {"thing": thing, "scheme": scheme, "code": code, "from": from_, "until": until, **SAID}
    )


def a_name(thing: str, name: str, from_: str | None, until: str | None, type_: str = "official") -> r.Naming:
    return r.Naming.model_validate({"thing": thing, "name": name, "type": type_, "from": from_, "until": until, **SAID})


def a_part(
    group: str, member: str, from_: str | None, until: str | None, role: str = "part", **other: str
) -> r.Membership:
    return r.Membership.model_validate(
        {"group": group, "member": member, "role": role, "from": from_, "until": until, **SAID, **other}
    )


def a_share(event: str, giver: str, receiver: str, share: float, basis: str = "population") -> r.Transfer:
    return r.Transfer.model_validate(
        {"event": event, "giver": giver, "receiver": receiver, "basis": basis, "share": share, **SAID}
    )


KINDS = [SOURCE, a_kind("ccg", "clinical group", "CCG"), a_kind("stp", "partnership", "STP"), a_kind("place", "place")]


def told(answer: Answer) -> list[tuple[str, str, str | None, str | None]]:
    """Each change as (change, key, was, now)."""
    return [(str(line.change), line.key, line.was, line.now) for line in answer.results]


# On rows made for it


def test_a_merger_ends_some_begins_one_and_passes_everything_on(made: Make) -> None:
    graph = made(
        [
            *KINDS,
            *a_body("a", until=DAY),
            *a_body("b", until=DAY),
            *a_body("c", from_=DAY),
            an_event("m", "Merger", "a b", "c"),
        ]
    )
    answer = graph.diff(EVE, DAY)
    assert told(answer) == [
        ("ended", "a", None, None), ("ended", "b", None, None), ("began", "c", None, None),
        ("succeeded", "a", "A", "C"), ("succeeded", "b", "B", "C"),
    ]  # fmt: skip
    assert [line.other for line in answer.results[3:]] == ["c", "c"]
    assert [line.date for line in answer.results] == [DAY] * 5
    assert all(line.sources == ("someone",) for line in answer.results)
    assert [step.event for step in answer.steps] == ["m"]
    assert answer.sentence == (
        "Between 31 March and 1 April 2020 two CCGs ended and one began. There were two successions."
    )  # fmt: skip


@pytest.mark.parametrize(("since", "as_of"), [("2020-03-30", EVE), (DAY, "2020-04-02"), (DAY, DAY)])
def test_days_are_half_open(made: Make, since: str, as_of: str) -> None:
    graph = made([*KINDS, *a_body("a", until=DAY), *a_body("b", from_=DAY), an_event("r", "Replacement", "a", "b")])
    answer = graph.diff(since, as_of)
    assert (answer.status, answer.intent, answer.results, answer.steps) == ("answered", "difference", (), ())
    assert answer.sentence.startswith("Nothing")


def test_an_end_that_is_not_recorded_is_none(made: Make) -> None:
    graph = made([*KINDS, *a_body("a", from_=None, until="unknown")])
    assert not [line for line in graph.diff("1900-01-01", "9999-12-31").results if line.key == "a"]


def test_what_begins_and_ends_with_its_body_is_no_change_of_its_own(made: Make) -> None:
    graph = made([
        *KINDS, *a_body("g", "stp"), *a_body("a", until=DAY), *a_body("b", from_=DAY),
        a_code("a", "ods", "X1", "2013-04-01", DAY), a_code("b", "ods", "X2", DAY, None), a_name("a", "Old", None, "2020"),
        a_part("g", "a", "2013-04-01", DAY), a_part("g", "b", DAY, None), an_event("r", "Replacement", "a", "b"),
    ])  # fmt: skip
    assert [change for change, *_ in told(graph.diff("2019-12-31", DAY))] == ["ended", "began", "succeeded"]


def test_a_group_that_ends_is_not_left_but_moved_from_where_there_is_another(made: Make) -> None:
    graph = made([
        *KINDS, *a_body("old", "stp", until=DAY), *a_body("new", "stp", from_=DAY), *a_body("elsewhere", "place"),
        *a_body("a"), *a_body("b"), *a_body("c"),
        a_part("old", "a", "2016-03-15", None), a_part("new", "a", DAY, None),
        a_part("old", "b", "2016-03-15", None), a_part("elsewhere", "b", DAY, None),
        a_part("old", "c", "2016-03-15", None), a_part("new", "c", DAY, None, role="partner"),
    ])  # fmt: skip
    moved = [line for line in graph.diff(EVE, DAY).results if line.change not in ("ended", "began")]
    assert [(line.change, line.key, line.was, line.now, line.other) for line in moved] == [
        ("moved", "a", "OLD", "NEW", "new")
    ], "b found no group of that kind, and c none in that role"


def test_a_list_without_dates_moves_nobody(made: Make) -> None:
    graph = made([
        *KINDS, *a_body("one", "stp"), *a_body("other", "stp"), *a_body("a"),
        a_part("one", "a", None, "unknown", observed="2018-04"), a_part("other", "a", None, "unknown", observed="2020-04"),
    ])  # fmt: skip
    assert graph.diff("2015-01-01", "2026-01-01").results == ()


def test_a_new_code_and_a_new_name_of_one_body(made: Make) -> None:
    graph = made([
        *KINDS, *a_body("a"),
        a_code("a", "gss", "E1", "2013-04-01", DAY), a_code("a", "gss", "E2", DAY, None), a_code("a", "ods", "X1", "2013-04-01", None),
        a_name("a", "First", "2013-04-01", "2020"), a_name("a", "Second", DAY, None), a_name("a", "Nick", DAY, None, "alias"),
        an_event("c", "CodeChange", "a", "a"),
    ])  # fmt: skip
    answer = graph.diff("2019-12-31", DAY)
    assert told(answer) == [("renamed", "a", "First", "Second"), ("recoded", "a", "ONS E1", "ONS E2")]
    assert "one change of name and one change of code" in answer.sentence


def test_a_code_that_lives_on_elsewhere_is_told_apart_from_succession(made: Make) -> None:
    graph = made([
        *KINDS, *a_body("a"), *a_body("p", "place", from_=DAY),
        a_code("a", "ods", "X1", "2013-04-01", DAY), a_code("p", "ods", "X1", DAY, None), an_event("c", "CodeReuse", "a", "p"),
    ])  # fmt: skip
    answer = graph.diff(EVE, DAY)
    assert told(answer) == [("began", "p", None, None), ("code reused", "a", "A", "P")]
    assert answer.results[1].how == "codes"
    assert answer.steps[0].lineage == "codes"


def test_a_part_that_moves_is_no_succession_is_told_once_and_carries_every_share(made: Make) -> None:
    graph = made([
        *KINDS, *a_body("a"), *a_body("b"), an_event("p", "PartialTransfer", "a", "b"),
        a_share("p", "a", "b", 0.25), a_share("p", "a", "b", 0.3, "practices"), an_event("q", "BoundaryChange", "b", "b"),
    ])  # fmt: skip
    answer = graph.diff(EVE, DAY)
    assert told(answer) == [("part moved", "a", "A", "B")], "the boundary event says the same of B"
    first = answer.results[0]
    assert (first.other, first.share, first.share_basis, first.text) == ("b", 0.25, "population", "30.0 % by practices")
    assert [step.event for step in answer.steps] == ["p", "q"]
    assert "There was one move of a part to another body." in answer.sentence
    assert "A part moved; both went on" in render(answer, "text")
    assert told(graph.diff(EVE, DAY, kind="CCG")) == told(answer)


def test_a_part_that_a_new_body_began_with_is_succeeded_and_moves_the_boundary_of_the_old(made: Make) -> None:
    graph = made([*KINDS, *a_body("a"), *a_body("b", from_=DAY), an_event("p", "PartialTransfer", "a", "b")])
    answer = graph.diff(EVE, DAY)
    assert told(answer) == [
        ("began", "b", None, None), ("succeeded", "a", "A", "B"), ("boundary", "a", None, "shrank"),
    ]  # fmt: skip
    assert [line.text for line in answer.results[1:]] == ["part", "gave up a part to B"]


def test_a_kind_of_its_own_and_an_event_that_says_the_same_are_one_change(made: Make) -> None:
    a, first = a_body("a", "stp")
    later = r.Classification.model_validate({"body": "a", "kind": "place", "from": DAY, **SAID})
    first = first.model_copy(update={"until": later.from_})
    graph = made([*KINDS, a, first, later, an_event("d", "Redesignation", "a", "a")])
    assert told(graph.diff(EVE, DAY)) == [("reclassified", "a", "partnership (STP)", "place")]


@pytest.mark.parametrize(
    "other", [{"status": "planned"}, {"status": "unconfirmed"}, {"rank": "alternative", "claimed_by": "somebody"}]
)
def test_what_is_planned_unconfirmed_or_an_alternative_never_appears(made: Make, other: dict[str, str]) -> None:
    graph = made([*KINDS, *a_body("a"), *a_body("b"), an_event("p", "PartialTransfer", "a", "b", **other)])
    answer = graph.diff(EVE, DAY)
    assert (answer.results, answer.steps) == ((), ())


def test_sharing_leaders_is_no_lineage_and_stands_apart(made: Make) -> None:
    graph = made([*KINDS, *a_body("a"), *a_body("b"), an_event("k", "Clustering", "", "a b")])
    answer = graph.diff(EVE, DAY)
    assert {change for change, *_ in told(answer)} == {"clustered"}
    assert answer.steps[0].lineage is None if answer.steps else True
    assert answer.sentence.endswith("There were two clusterings.")
    assert "each stayed a body of its own" in render(answer, "text")


def test_one_kind_alone(made: Make) -> None:
    graph = made(
        [*KINDS, *a_body("a", until=DAY), *a_body("g", "stp", until=DAY), an_event("e", "Abolition", "a g", "")]
    )
    assert told(graph.diff(EVE, DAY, kind="STP")) == [("ended", "g", None, None)]
    assert graph.diff(EVE, DAY, kind="STPs in the sky").status == "not_found"
    with pytest.raises(UsageError, match="is a body"):
        graph.diff(EVE, DAY, kind="g")


def test_a_date_known_to_the_year_counts_from_its_first_day_and_says_so(made: Make) -> None:
    graph = made([*KINDS, *a_body("a", until="2020")])
    assert told(graph.diff("2019-12-31", "2020-01-01")) == [("ended", "a", None, None)]
    answer = graph.diff("2019-12-31", "2020-12-31")
    assert answer.results[0].date == "2020"
    assert any("counts from its first day" in text for text in answer.cautions)


# On the real graph


@pytest.fixture(scope="module")
def april(asked: library.Graph) -> Answer:
    return asked.diff("2026-03-31", "2026-04-01", kind="ICB")


def test_april_2026(april: Answer) -> None:
    counts = Counter(line.change for line in april.results)
    assert counts == {"ended": 12, "began": 6, "succeeded": 16, "recoded": 1, "boundary": 1}
    assert april.sentence.startswith("Between 31 March and 1 April 2026 twelve ICBs ended and six began")
    assert all(line.sources and line.date == "2026-04-01" for line in april.results)


#: What the source of April 2026 lists: boards by their successors, and the sub-ICB locations that went to each.
SUCCESSORS = {
    "icb-central-east": ("bedfordshire-luton-and-milton-keynes", "cambridgeshire-and-peterborough", "hertfordshire-and-west-essex"),
    "icb-essex": ("hertfordshire-and-west-essex", "mid-and-south-essex", "suffolk-and-north-east-essex"),
    "icb-norfolk-and-suffolk": ("norfolk-and-waveney", "suffolk-and-north-east-essex"),
    "icb-surrey-and-sussex": ("frimley", "surrey-heartlands", "sussex"),
    "icb-thames-valley": ("buckinghamshire-oxfordshire-and-berkshire-west", "frimley"),
    "icb-west-and-north-london": ("north-central-london", "north-west-london"),
    "icb-hampshire-and-isle-of-wight": ("frimley",),
}  # fmt: skip
MOVED = {
    "icb-central-east": "06h 06k 06n m1j4y", "icb-essex": "06q 06t 07g 07h 99e 99f 99g",
    "icb-norfolk-and-suffolk": "06l 07k 26a", "icb-surrey-and-sussex": "09d 70f 92a 97r",
    "icb-thames-valley": "10q 14y 15a", "icb-west-and-north-london": "93c w2u3z",
}  # fmt: skip


def test_the_whole_graph_on_1_april_2026_and_nothing_else(asked: library.Graph) -> None:
    hampshire = "icb-hampshire-and-isle-of-wight"
    pairs = [(f"icb-{was}", now) for now, givers in SUCCESSORS.items() for was in givers]
    expected = Counter(
        [("ended", was, None) for was in {was for was, _ in pairs}]
        + [("began", now, None) for now in SUCCESSORS if now != hampshire]
        + [("succeeded", was, now) for was, now in pairs]
        + [("recoded", hampshire, None), ("boundary", hampshire, None)]
        + [("ended", "subicb-d4u1y", None), ("began", "subicb-u2g6b", None)]
        + [("succeeded", "subicb-d4u1y", f"subicb-{now}") for now in ("u2g6b", "d9y0v", "92a")]
        + [("boundary", f"subicb-{grown}", None) for grown in ("d9y0v", "92a")]
        + [("moved", f"subicb-{code}", None) for codes in MOVED.values() for code in codes.split()]
    )
    lines = asked.diff("2026-03-31", "2026-04-01").results
    assert len(pairs) == 16
    found = Counter((line.change, line.key, line.other if line.change == "succeeded" else None) for line in lines)
    assert found == expected
    assert {line.kind for line in lines} == {"integrated care board", "sub-ICB location"}
    boards = {row["key"]: row["name"] for row in _rows("bodies") if row["key"] in MOVED}
    moved = {(line.key, line.now) for line in lines if line.change == "moved"}
    assert moved == {(f"subicb-{code}", boards[to]) for to, codes in MOVED.items() for code in codes.split()}


def _rows(name: str) -> list[dict[str, str]]:
    with (Inputs.default().data / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def test_hampshire_grows_and_changes_its_ons_code_only(april: Answer) -> None:
    hampshire = [line for line in april.results if line.key == "icb-hampshire-and-isle-of-wight"]
    assert [(line.change, line.was, line.now) for line in hampshire] == [
        ("recoded", "ONS E54000042", "ONS E54000067"), ("boundary", None, "grew"),
    ]  # fmt: skip


def test_the_successions_of_april_2026_are_those_of_the_record(april: Answer) -> None:
    pairs = {(line.key, line.other) for line in april.results if line.change == "succeeded"}
    assert len(pairs) == 16
    assert {other for key, other in pairs if key == "icb-frimley"} == {
        "icb-thames-valley", "icb-surrey-and-sussex", "icb-hampshire-and-isle-of-wight",
    }  # fmt: skip
    shares = {
        line.other: line.share or 0
        for line in april.results
        if line.key == "icb-frimley" and line.change == "succeeded"
    }
    assert sum(shares.values()) == pytest.approx(1)
    assert shares["icb-thames-valley"] == pytest.approx(0.5887, abs=1e-4)


def test_nothing_planned_for_2027_and_no_cluster_is_lineage(asked: library.Graph) -> None:
    answer = asked.diff("2026-04-01", "2027-12-31", kind="ICB")
    assert not [line for line in answer.results if line.change in ("ended", "began", "succeeded", "code reused")]
    assert all(step.status == "in-effect" for step in answer.steps)


def test_parts_moved_in_april_2017_are_no_successions(asked: library.Graph) -> None:
    answer = asked.diff("2017-03-31", "2017-04-01", kind="CCG")
    moved = {(line.key, line.other) for line in answer.results if line.change == "part moved"}
    assert moved == {("ccg-01h", "ccg-01k"), ("ccg-06y", "ccg-06w")}
    assert not [line for line in answer.results if line.change == "boundary"]
    assert {line.other for line in answer.results if line.change == "succeeded"} == {"ccg-14l"}
    assert "three successions, two moves of a part to another body" in answer.sentence


def test_a_clustering_is_counted_in_the_sentence(asked: library.Graph) -> None:
    assert "There were eleven clusterings." in asked.diff("2025-04-01", "2026-03-31").sentence


def test_codes_of_july_2022_passed_on_and_functions_succeeded(asked: library.Graph) -> None:
    lines = asked.diff("2022-06-30", "2022-07-01").results
    reused = {(line.key, line.other) for line in lines if line.change == "code reused"}
    lawful = {(line.key, line.other, line.how) for line in lines if line.change == "succeeded"}
    assert ("ics-frimley", "icb-frimley") in reused
    assert ("ccg-d4u1y", "icb-frimley", "functions") in lawful
    assert all(line.how == "codes" for line in lines if line.change == "code reused")


def test_all_of_it_counted_first_and_in_one_order(graph: Graph, in_memory: library.Graph) -> None:
    """All is told once, from memory; that the order is always the same is shown on two years, from two stores."""
    answer = in_memory.diff("1999-01-01", "2026-11-22")
    assert len(answer.results) > 400
    two_years = in_memory.diff("2021-04-01", "2023-04-01").results
    assert len(two_years) > 100
    assert two_years == library.Graph(graph).diff("2021-04-01", "2023-04-01").results
    text = render(answer, "text", width=80)
    assert text.index("clinical commissioning group: ") < text.index("  Ended, with"), "counts stand before the lines"
    body = text[: text.index("\n  [1] ")].splitlines()
    assert max(map(len, body)) <= 80


def test_every_format_holds_every_change(april: Answer) -> None:
    table = list(csv.DictReader(io.StringIO(render(april, "csv"))))
    assert len(table) == len(april.results)
    assert {row["change"] for row in table} == {line.change for line in april.results}
    assert next(row["other"] for row in table if row["change"] == "succeeded") == "icb-central-east"
    page = render(april, "markdown")
    assert "### Ended" in page
    assert "NHS Frimley ICB -> NHS Thames Valley ICB" in page
    assert page.count("\n| ") == len(april.results) + 2 * len({line.change for line in april.results})


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("2026-04-01", "2026-03-31"), 2, "kg diff 2026-03-31 2026-04-01"),
        (("2026-04", "2026-05-01"), 2, "is not a day"),
        (("yesterday", "2026-05-01"), 2, "is not a day"),
        (("2026-03-31",), 2, "DATE"),
        (("2026-03-31", "2026-04-01", "--kind", "nothing of that name"), 3, "Nothing in this graph is called"),
        (("2026-03-31", "2026-04-01", "--kind", "ICP"), 4, "--sense"),
        (("2026-03-31", "2026-04-01", "--kind", "NHS Frimley ICB"), 2, "kg timeline"),
        (("2026-04-01", "2026-04-01"), 0, ""),
    ],
    ids=str,
)
def test_the_command_line_answers_or_says_why_not(
    run: CommandLine, words: tuple[str, ...], code: int, said: str
) -> None:
    done = run("diff", *words)
    assert done.code == code, done.err
    assert said in " ".join(done.err.split())
    assert "Traceback" not in done.err
    assert bool(done.out) is (code == 0)


@pytest.mark.parametrize(
    ("sentence", "since", "as_of"),
    [
        ("what changed on 1 April 2026?", "2026-03-31", "2026-04-01"),
        ("What changed between 31 March and 1 April 2026?", "2026-03-31", "2026-04-01"),
        ("what has changed between 31 March 2026 and 1 April 2026", "2026-03-31", "2026-04-01"),
        ("what happened on 01/04/2026", "2026-03-31", "2026-04-01"),
        ("what changed between 31/03/2026 and 01/04/2026?", "2026-03-31", "2026-04-01"),
        ("what changed between 2026-03-31 and 2026-04-01?", "2026-03-31", "2026-04-01"),
        ("What changed in April 2020?", "2020-03-31", "2020-04-30"),
        ("what changed in 2020", "2019-12-31", "2020-12-31"),
        ("what changed from March to May 2020", "2020-02-29", "2020-05-31"),
        ("what changed between 2019 and 2020?", "2018-12-31", "2020-12-31"),
        ("what has changed since 1 July 2022?", "2022-07-01", "2026-11-21"),
        ("what changed since 2022", "2021-12-31", "2026-11-21"),
    ],
)  # fmt: skip
def test_sentences_about_days(asked: library.Graph, sentence: str, since: str, as_of: str) -> None:
    answer, expected = asked.ask(sentence, as_of="2026-11-21"), asked.diff(since, as_of)
    assert (answer.intent, answer.sentence, answer.results) == ("difference", expected.sentence, expected.results)


@pytest.mark.parametrize(
    "sentence", ["what changed on 31 April 2026?", "what changed between 1 April 2026 and 31 March 2026?"]
)
def test_sentences_about_days_that_are_none_or_run_backwards(asked: library.Graph, sentence: str) -> None:
    with pytest.raises(UsageError):
        asked.ask(sentence, as_of="2026-11-21")


def test_the_difference_between_two_things_is_another_question(asked: library.Graph) -> None:
    answer: Any = asked.ask("What is the difference between a CCG and an ICS?", as_of="2026-11-21")
    assert all(line.change is None for line in answer.results)
