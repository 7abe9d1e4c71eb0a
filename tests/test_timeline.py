"""Everything that happened to one thing in order of date, and what is claimed of it."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, TypeAlias

import pytest

from kg.answers.answer import Answer
from kg.faces import library
from kg.faces.text import render
from kg.facts import records as r

if TYPE_CHECKING:
    from tests.conftest import CommandLine

Make: TypeAlias = Callable[[Iterable[r.Row]], library.Graph]
SAID: dict[str, Any] = {"source": "someone", "confidence": "verified"}
NOW = "2026-11-21"

ROWS: list[tuple[type[r.Row], dict[str, Any]]] = [
    (r.Source, {"key": "someone", "title": "What someone wrote", "publisher": "Someone"}),
    *(
        (r.Kind, {"key": key, "name": name, "plural": f"{name}s", "family": "commissioner", "form": "statutory-body", "definition": "of this test", "from": "2013", **SAID})
        for key, name in (("group", "clinical group"), ("system", "wide system"))
    ),
    (r.Body, {"key": "g", "name": "Wide", "legal": "collaboration", "from": "2016-03-15", **SAID}),
    (r.Classification, {"body": "g", "kind": "system", "from": "2016-03-15", **SAID}),
    *(
        (r.Body, {"key": key, "name": key.upper(), "legal": "formal", "from": start, "until": end, **SAID})
        for key, start, end in (("x", "2013-04-01", "2017-04-01"), ("a", "2017-04-01", "2022-07-01"), ("b", "2022-07-01", None), ("z", None, "unknown"))
    ),
    (r.Classification, {"body": "a", "kind": "group", "from": "2017-04-01", "until": "2022-07-01", **SAID}),
    (r.Naming, {"thing": "a", "name": "First", "type": "official", "from": "2017-04-01", "until": "2019", **SAID}),
    (r.Naming, {"thing": "a", "name": "Second", "type": "official", "from": "2019-04-01", "until": "2022-07-01", **SAID}),
    (r.CodeAssignment, {"thing": "a", "scheme": "ods", "code": "X1", "from": "2017-04-01", "until": "2022-07-01", **SAID}),
    (r.Membership, {"group": "g", "member": "a", "role": "commissioner", "from": "2018-04-01", "until": "2021-04-01", **SAID}),
    (r.Membership, {"group": "g", "member": "a", "role": "partner", "observed": "2020-06", "until": "unknown", **SAID}),
    (r.Observation, {"thing": "a", "measure": "population", "statistic": "total", "value": 1000, "date": "2020-07", "method": "stated", **SAID}),
    (r.Event, {"key": "came", "type": "Replacement", "date": "2017-04-01", "before": ("x",), "after": ("a",), "summary": "took its place", **SAID}),
    (r.Event, {"key": "went", "type": "FunctionTransfer", "date": "2022-07-01", "before": ("a",), "after": ("b",), "summary": "duties went on", **SAID}),
    (r.Transfer, {"event": "went", "giver": "a", "receiver": "b", "basis": "population", "share": 1, **SAID}),
    (r.Event, {"key": "grown", "type": "BoundaryChange", "date": "2020-04-01", "before": ("a",), "after": ("a",), "summary": "a village joined", **SAID}),
    (r.Event, {"key": "dreamt", "type": "Merger", "date": "2021-04-01", "before": ("a", "x"), "after": ("b",), "summary": "to merge", "status": "planned", **SAID}),
    (r.Event, {"key": "other", "type": "Replacement", "date": "2016-04-01", "before": ("x",), "after": ("a",), "summary": "a year before", "rank": "alternative", "group": "began",
     "claimed_by": "one paper", **SAID}),
    (r.Event, {"key": "doubted", "type": "Establishment", "date": "2017-04-01", "after": ("a",), "summary": "set up", "group": "began", **SAID}),
    (r.Claim, {"key": "c1", "about": "a", "topic": "count", "text": "It had ten members.", "group": "members", "rank": "preferred", **SAID}),
    (r.Claim, {"key": "c2", "about": "a", "topic": "count", "text": "It had nine.", "group": "members", "rank": "alternative", "claimed_by": "a blog", **SAID}),
    (r.Claim, {"key": "c3", "about": "a", "topic": "role", "text": "It bought care.", **SAID}),
    (r.Claim, {"key": "c4", "about": "a", "topic": "role", "text": "It did more.", **SAID, "confidence": "unconfirmed"}),
]  # fmt: skip


@pytest.fixture
def small(made: Make) -> library.Graph:
    return made(row.model_validate(cells) for row, cells in ROWS)


def lines(answer: Answer) -> list[tuple[str, str, str]]:
    return [(str(line.date), str(line.change), str(line.text)) for line in answer.results]


def test_everything_in_order_of_date(small: library.Graph) -> None:
    answer = small.timeline("a", as_of=NOW)
    assert lines(answer) == [
        ("2017-04-01", "came from", "took over from X"),
        ("2017-04-01", "began", "began: set up"),
        ("2017-04-01", "reclassified", "became a clinical group"),
        ("2017-04-01", "renamed", "named First"),
        ("2017-04-01", "recoded", "ODS code X1 given"),
        ("2018-04-01", "joined", "joined Wide as commissioner"),
        ("2019-04-01", "renamed", "renamed from First to Second"),
        ("2020-04-01", "boundary", "a village joined"),
        ("2020-06", "listed", "listed in Wide as partner"),
        ("2020-07", "observed", "1,000 people"),
        ("2021-04-01", "left", "left Wide as commissioner"),
        ("2022-07-01", "became", "its functions passed to B (100.0 % by population)"),
        ("2022-07-01", "ended", "ended"),
    ]
    assert all(line.sources == ("someone",) for line in answer.results)
    assert (answer.status, answer.intent) == ("answered", "timeline")
    assert answer.sentence == "Of A 13 dated facts are recorded by 21 November 2026, from 1 April 2017 to 1 July 2022."


def test_what_it_came_from_and_became_says_how_and_how_much(small: library.Graph) -> None:
    answer = small.timeline("a", as_of=NOW)
    came, became = answer.results[0], answer.results[-2]
    assert (came.other, came.how, came.share) == ("x", "identity", None)
    assert (became.other, became.how, became.share, became.share_basis) == ("b", "functions", 1, "population")
    steps = {
        step.event: ([ref.key for ref in step.from_], [ref.key for ref in step.to], step.lineage)
        for step in answer.steps
    }
    assert steps["came"] == (["x"], ["a"], "legal")
    assert steps["grown"] == (["a"], ["a"], None)


def test_a_day_cuts_off_what_is_later_and_says_so(small: library.Graph) -> None:
    answer = small.timeline("a", as_of="2020-04-01")
    assert [line.date for line in answer.results][-1] == "2020-04-01"
    assert "5 lines are later than 1 April 2020." in answer.cautions
    assert all(step.date <= "2020-04-01" for step in answer.steps)


def test_what_is_planned_is_a_caution_and_an_alternative_is_neither(small: library.Graph) -> None:
    answer = small.timeline("a", as_of=NOW)
    assert "Planned, not in effect: to merge (1 April 2021)." in answer.cautions
    assert not {"dreamt", "other"} & {step.event for step in answer.steps}
    assert "a year before" not in render(answer, "text")


def test_nothing_dated_is_unknown_and_says_what_has_no_date(small: library.Graph) -> None:
    answer = small.timeline("z", as_of=NOW)
    assert (answer.status, answer.results) == ("unknown", ())
    assert any("the end and the start" in text for text in answer.cautions)


def test_of_one_that_joined_on_a_known_day_too_it_is_another_group(asked: library.Graph) -> None:
    answer = asked.timeline("ccg-01k", as_of=NOW)
    assert any(line.change == "joined" for line in answer.results)
    assert any("no date is recorded for joining another group;" in text for text in answer.cautions)


def test_formats(small: library.Graph) -> None:
    answer = small.timeline("a", as_of=NOW)
    for width in (80, 110):
        text = render(answer, "text", width=width)
        assert max(map(len, text.splitlines())) <= width
        assert "  1 Apr 2019  renamed from First to Second [1]" in text
    rows = list(csv.DictReader(io.StringIO(render(answer, "csv"))))
    assert [row["date"] for row in rows] == [line.date for line in answer.results]
    assert "| 1 Apr 2019 | renamed from First to Second | [1] |" in render(answer, "markdown")


# Claims alone


def test_claims_by_group_the_preferred_first(small: library.Graph) -> None:
    answer = small.show("a", as_of=NOW, claims=True)
    assert [(claim.group, claim.rank) for claim in answer.claims] == [
        ("began", "preferred"), ("began", "alternative"), ("members", "preferred"), ("members", "alternative"), ("", "preferred"),
    ]  # fmt: skip
    assert answer.claims[1].claimed_by == "one paper"
    assert answer.claims[1].text == "X to A (1 April 2016): a year before"
    assert answer.sentence == "Of A 5 claims are recorded; on 2 points they differ."
    assert all(claim.sources == ("someone",) for claim in answer.claims)
    assert any("1 unconfirmed" in text for text in answer.cautions)
    assert (answer.results, answer.steps) == ((), ())
    text = render(answer, "text")
    assert (
        "members (2 claims)\n    preferred: It had ten members. [1]\n    alternative: It had nine. Said by a blog. [1]"
        in text
    )
    assert "more" not in text
    rows = list(csv.DictReader(io.StringIO(render(answer, "csv"))))
    assert [row["rank"] for row in rows] == [claim.rank for claim in answer.claims]


def test_no_claim_is_said_to_be_none(small: library.Graph) -> None:
    answer = small.show("g", as_of=NOW, claims=True)
    assert (answer.status, answer.claims) == ("unknown", ())
    assert "No claim about Wide" in answer.sentence
    assert answer.sources


# On the real graph


def test_the_life_of_frimley_icb(asked: library.Graph) -> None:
    answer = asked.timeline("icb-frimley", as_of=NOW)
    told = [(line.date, line.change) for line in answer.results]
    for expected in (
        ("2022-07-01", "came from"),
        ("2022-07-01", "began"),
        ("2026-04-01", "became"),
        ("2026-04-01", "ended"),
    ):
        assert expected in told
    dates = [str(line.date) for line in answer.results]
    assert dates == sorted(dates, key=lambda day: (day + "-01-01")[:10])
    divided = next(line for line in answer.results if line.change == "became")
    assert "58.9 % by population" in str(divided.text)
    assert all(line.date and line.date < "2026" for line in asked.timeline("icb-frimley", as_of="2025-12-31").results)


def test_a_footprint_that_was_an_stp_an_acs_and_an_ics(asked: library.Graph) -> None:
    kinds = [line for line in asked.timeline("ics-dorset", as_of=NOW).results if line.change == "reclassified"]
    assert [line.date for line in kinds] == ["2016-03-15", "2017", "2017-06-15", "2018-02", "2022-07-01"]
    assert kinds[3].was == "an accountable care system (ACS)"


def test_one_story_through_several_senses_names_each(asked: library.Graph) -> None:
    answer = asked.timeline("STP", as_of=NOW)
    assert {line.key for line in answer.results} == {"stp-plan", "stp-partnership"}
    assert "STP (plan): " in render(answer, "text")


def test_every_body_has_a_timeline(asked: library.Graph) -> None:
    things = [row["thing"] for row in asked.graph.rows("things")][::37]
    for thing in things:
        answer = asked.timeline(thing, as_of=NOW)
        assert answer.status == ("answered" if answer.results else "unknown"), thing
        assert all(line.text and line.sources and str(line.date) <= NOW for line in answer.results), thing
        assert render(answer, "text")


@pytest.mark.parametrize(
    ("sentence", "key"),
    [
        ("Timeline of NHS Frimley ICB", "icb-frimley"),
        ("show me the timeline for the Frimley ICB?", "icb-frimley"),
        ("chronology of 15D", "ccg-15d"),
        ("What has happened to CCGs over time?", "ccg"),
        ("everything that happened to 15D", "ccg-15d"),
    ],
)
def test_sentences(asked: library.Graph, sentence: str, key: str) -> None:
    answer = asked.ask(sentence, as_of=NOW)
    assert answer.intent == "timeline"
    assert answer.subject is not None
    assert answer.subject.key == key


def test_what_happened_to_it_is_still_what_it_became(asked: library.Graph) -> None:
    assert asked.ask("What happened to NHS Frimley ICB?", as_of=NOW).intent == "became"


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("timeline", "nothing of that name"), 3, "Nothing in this graph is called"),
        (("timeline", "ICP"), 4, "--sense"),
        (("timeline", "ICP", "--sense", "icp-alliance"), 0, ""),
        (("timeline", "ICB", "--as-of", "soon"), 2, "is not a day"),
        (("show", "--claims", "nothing of that name"), 3, "Nothing in this graph is called"),
        (("show", "--claims", "ICP"), 4, "--sense"),
        (("show", "--claims", "ACO"), 0, ""),
    ],
    ids=str,
)
def test_the_command_line(run: CommandLine, words: tuple[str, ...], code: int, said: str) -> None:
    done = run(*words)
    assert done.code == code, done.err
    assert said in done.err
    assert bool(done.out) is (code == 0)
