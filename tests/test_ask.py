"""Sentences in plain English: each read as the question it is, or honestly not answered."""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass, field
from pathlib import Path
from re import Match

import pytest

from kg.answers import ask as asking
from kg.answers.sentences import PATTERNS, Pattern
from kg.errors import UsageError
from kg.faces import library
from kg.faces.text import render

DAY = "2026-11-21"
QUESTIONS = list(csv.DictReader((Path(__file__).parent / "questions.csv").read_text(encoding="utf-8").splitlines()))
BEYOND = "That is not something this graph records."


@dataclass
class Spy:
    """A pattern that remembers that it read a sentence."""

    pattern: Pattern
    read: list[Pattern] = field(default_factory=list)

    @property
    def asks(self) -> str:
        return self.pattern.asks

    def match(self, sentence: str) -> Match[str] | None:
        matched = self.pattern.match(sentence)
        if matched is not None:
            self.read.append(self.pattern)
        return matched


@pytest.fixture
def readers(monkeypatch: pytest.MonkeyPatch) -> list[Pattern]:
    """The patterns that read the sentences of a test, in order; the last is the one that answered."""
    read: list[Pattern] = []
    monkeypatch.setattr(asking, "PATTERNS", tuple(Spy(pattern, read) for pattern in PATTERNS))
    return read


@pytest.mark.parametrize("pattern", PATTERNS, ids=lambda pattern: pattern.example)
def test_each_pattern_reads_its_own_example(asked: library.Graph, readers: list[Pattern], pattern: Pattern) -> None:
    answer = asked.ask(pattern.example, as_of=DAY)
    assert readers[-1] is pattern, f"read as {readers[-1].asks}: {readers[-1].example}"
    assert answer.status in ("answered", "unknown", "ambiguous")
    assert (answer.status == "ambiguous") <= ("ICP" in pattern.example)


def test_no_two_patterns_have_one_example() -> None:
    assert len({pattern.example for pattern in PATTERNS}) == len(PATTERNS) > 40


def test_the_real_questions_are_all_here() -> None:
    assert len(QUESTIONS) == 35
    assert len({row["question"] for row in QUESTIONS}) == 35


@pytest.mark.parametrize("row", QUESTIONS, ids=lambda row: f"{row['n']}: {row['question'][:50]}")
def test_what_people_really_asked(asked: library.Graph, row: dict[str, str]) -> None:
    answer = asked.ask(row["question"], as_of=DAY)
    assert (answer.status, answer.intent) == (row["status"], row["intent"]), answer.sentence
    if row["intent"] == "none":
        assert answer.sentence.startswith("That is not a question this graph answers" if row["says"] else BEYOND)
        assert (answer.results, answer.steps, bool(answer.claims)) == ((), (), bool(row["says"]))
    told = " ".join(render(answer, "text", width=10_000).split())
    for words in filter(None, row["says"].split("; ")):
        assert words in told, f"{words!r} is not in: {told[:600]}"
    assert row["says"] or row["status"] == "unknown"


@pytest.mark.parametrize(
    ("sentence", "untrue"),
    [
        ("What happens to STP codes when ICBs start on 1 July 2022?", "what followed is not recorded"),
        (
            "Where are the 42 ICSs?",
            "integrated care systems (ICS, statutory): Bedfordshire, Luton and Milton Keynes, Berkshire West",
        ),
        ("Which were the first 8 ACSs?", "The 14 areas working towards ICSs"),
        ("How many ICSs were there in May 2018?", "ICS, statutory"),
        ("What is the population of Dorset ICS?", "as measured over 800,000"),
        ("Which ICS was Dorset CCG in?", "this graph records none"),
        ("What are integrated care systems?", "systems has meant"),
        ("What happened to NHS Improvement?", "NHS Improvement (NHSI) were"),
    ],
)
def test_a_sentence_is_not_answered_with_what_misleads(asked: library.Graph, sentence: str, untrue: str) -> None:
    answer = asked.ask(sentence, as_of=DAY)
    assert untrue not in answer.sentence


@pytest.mark.parametrize(
    "name",
    [
        "ACS", "acs", "an ACS", "the ACS", "ACSs", "the ACSs", "ACS's", '"ACS"', "\u201cACS\u201d", "accountable care system",
        "accountable care systems", "an accountable care system",
        "Accountable Care Systems", "the accountable care systems", "NHS accountable care systems", "accountable care systems (ACS)", "kind:acs",
    ],
)  # fmt: skip
def test_one_thing_by_many_names(asked: library.Graph, name: str) -> None:
    answer = asked.ask(f"What did {name} become?", as_of=DAY)
    assert answer.subject is not None
    assert answer.subject.key == "acs"
    assert answer.steps[0].event == "acs-renamed-ics"


@pytest.mark.parametrize(
    "sentence",
    [
        "what did ACS become", "What did ACS become??", "  what   did ACS become ? ", "WHAT DID ACS BECOME?", "What has ACS become?",
        "What did ACSs turn into?", "What happened to ACSs?",
        "What became of the ACS?", "What replaced the ACS?", "What succeeded the ACSs?", "What came after ACSs?", "What is the successor of the ACS?", "What are ACSs called now?",
        "What did ACSs change into?", "What did ACS become.", "When did ACS become ICS?", "Did ACSs become ICSs?",
    ],
)  # fmt: skip
def test_one_question_in_many_forms(asked: library.Graph, sentence: str) -> None:
    answer = asked.ask(sentence, as_of=DAY)
    assert (answer.status, answer.intent) == ("answered", "became")
    assert answer.subject is not None
    assert answer.subject.key == "acs"
    assert "February 2018" in answer.sentence
    assert answer.question == sentence.strip()


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("NHS Frimley ICB", "icb-frimley"), ("Frimley ICB", "icb-frimley"), ("Frimley Integrated Care Board", "icb-frimley"), ("the NHS Frimley ICB", "icb-frimley"),
        ("Berkshire West CCG", "ccg-15a"), ("NHS Berkshire West CCG", "ccg-15a"), ("NHS Berkshire West Clinical Commissioning Group", "ccg-15a"),
        ("10C", "ccg-10c"), ("10c", "ccg-10c"),
        ("the Berkshire West ICS", "ics-berkshire-west"), ("Berkshire West ACS", "ics-berkshire-west"), ("Berkshire West accountable care system", "ics-berkshire-west"),
        ("the Primary Care Trusts", "pct"), ("PCTs", "pct"), ("clinical commissioning groups", "ccg"), ("CCGs", "ccg"),
    ],
)  # fmt: skip
def test_with_or_without_nhs_in_full_or_short(asked: library.Graph, name: str, key: str) -> None:
    answer = asked.ask(f"what happened to {name}?", as_of=DAY)
    assert answer.subject is not None
    assert answer.subject.key == key
    assert answer.status == "answered"


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("accountable care sytems", "acs"), ("acountable care systems", "acs"), ("Frimly ICB", "icb-frimley"), ("Berkshire Wset ICS",
        "ics-berkshire-west"), ("clinical comissioning groups", "ccg"),
        ("intergrated care boards", "icb"),
    ],
)  # fmt: skip
def test_a_typing_error_is_only_suggested(asked: library.Graph, name: str, meant: str) -> None:
    answer = asked.ask(f"What did {name} become?", as_of=DAY)
    assert (answer.status, answer.subject, answer.steps, answer.results) == ("not_found", None, (), ())
    assert meant in {candidate.key for candidate in answer.candidates}
    assert f'"{name}"' in answer.sentence


@pytest.mark.parametrize(
    "when",
    [
        "on 1 April 2018", "on 1st April 2018", "on the 1st of April 2018", "on the 1st April 2018", "on 01 April 2018", "on 1 Apr 2018", "on 1 april 2018", "on 1 April, 2018",
        "on 01/04/2018", "on 1/4/2018", "at 1 April 2018", "as at 1 April 2018", "as of 1 April 2018", "on 2018-04-01", "in April 2018",
        "in Apr 2018", "in 2018-04", "by April 2018",
    ],
)  # fmt: skip
def test_british_dates(asked: library.Graph, when: str) -> None:
    answer = asked.ask(f"How many CCGs were there {when}?", as_of=DAY)
    assert (answer.status, answer.intent) == ("answered", "count")
    assert [result.value for result in answer.results if result.rank == "preferred"] == [195]


@pytest.mark.parametrize(
    ("when", "values"),
    [("in 2018", {207, 195}), ("in 2022", {106, 0}), ("in 2014", {211}), ("now", {0}), ("today", {0})],
)
def test_a_year_holds_every_number_of_that_year(asked: library.Graph, when: str, values: set[int]) -> None:
    answer = asked.ask(
        f"How many CCGs were there {when}?" if when[:2] == "in" else f"How many CCGs are there {when}?", as_of=DAY
    )
    assert answer.intent == "count"
    if values == {0}:
        assert answer.sentence.startswith("There were no clinical commissioning groups (CCG) on 21 November 2026")
    else:
        assert {result.value for result in answer.results if result.rank == "preferred"} <= values
        assert min(values) in {result.value for result in answer.results}


@pytest.mark.parametrize("when", ["on 31 February 2018", "in spring 2018", "on 32 April 2018", "in Smarch 2018"])
def test_a_date_that_is_none_is_not_a_name(asked: library.Graph, when: str) -> None:
    with pytest.raises(UsageError) as unread:
        asked.ask(f"How many CCGs were there {when}?", as_of=DAY)
    assert "No name in it is known" not in str(unread.value), "CCGs is a name that it knows"


def test_what_is_asked_of_a_day_is_answered_for_that_day(asked: library.Graph) -> None:
    early = asked.ask("What did STPs become by June 2017?", as_of=DAY)
    assert {step.date for step in early.steps} <= {"2017", "2017-06-15", "2016-03-15"}
    members = asked.ask("Who were the members of Frimley ICS in 2019?", as_of=DAY)
    assert members.as_of.startswith("2019")
    assert members.results


def test_now_is_the_day_that_is_given(asked: library.Graph) -> None:
    for day, value in (("2022-07-01", 42), ("2026-11-21", 36)):
        answer = asked.ask("How many ICBs are there now?", as_of=day)
        assert [result.value for result in answer.results if result.method != "counted"] == [value]


def test_several_things_at_once(asked: library.Graph) -> None:
    answer = asked.ask("What are STPs, ICPs, ICSs and PCNs, and how do they nest?", as_of=DAY)
    assert {"stp-partnership", "icp-alliance", "icp-committee", "ics-statutory", "pcn"} <= {
        result.key for result in answer.results
    }
    assert "How they nest: " in answer.sentence
    counts = asked.ask("How many CCGs and STPs were there on 1 April 2018?", as_of=DAY)
    assert {(result.key, result.value) for result in counts.results} >= {("ccg", 195), ("stp-partnership", 44)}


def test_a_list_with_one_name_unknown_is_not_half_answered(asked: library.Graph) -> None:
    answer = asked.ask("How many CCGs and XYZs were there?", as_of=DAY)
    assert answer.status == "not_found"
    assert "XYZ" in answer.sentence


@pytest.mark.parametrize(
    "sentence",
    ["Which ICSs were in wave 2?", "Which ICSs were in the second wave?", "Which ICSs were the second wave?"],
)
def test_the_second_wave(asked: library.Graph, sentence: str) -> None:
    answer = asked.ask(sentence, as_of=DAY)
    assert {result.label for result in answer.results} == {
        "Gloucestershire",
        "North Cumbria",
        "Suffolk and North East Essex",
        "West Yorkshire and Harrogate",
    }
    assert "24 May 2018" in answer.sentence


@pytest.mark.parametrize("sentence", ["Which sites have devolution deals?", "Which areas had a devolution deal?"])
def test_the_devolution_deals(asked: library.Graph, sentence: str) -> None:
    assert {result.label for result in asked.ask(sentence, as_of=DAY).results} == {
        "Greater Manchester",
        "Surrey Heartlands",
    }


@pytest.mark.parametrize(
    "sentence",
    [
        "which were the first 14 ICSs?",
        "Which were the first fourteen ICSs?",
        "What were the original ICSs?",
        "who were the first ICSs?",
    ],
)
def test_the_first_fourteen(asked: library.Graph, sentence: str) -> None:
    answer = asked.ask(sentence, as_of=DAY)
    assert [result.position for result in answer.results] == list(range(1, 15))
    assert (answer.results[0].label, answer.results[13].label) == ("South Yorkshire and Bassetlaw", "North Cumbria")


@pytest.mark.parametrize(
    "sentence",
    [
        "Why are ICBs merging?", "Will ICBs merge again?", "What will ICBs become?", "Should CCGs have been abolished?", "Who runs NHS England?",
        "How will the merger affect patients?", "What is the effect of merging ICBs on Dorset?", "Can a postcode be mapped to a PCN?", "How much money does an ICB have?",
    ],
)  # fmt: skip
def test_what_the_graph_does_not_record_is_said_to_be_so(asked: library.Graph, sentence: str) -> None:
    answer = asked.ask(sentence, as_of=DAY)
    assert (answer.status, answer.intent) == ("unknown", "none")
    beyond = "That is not a question this graph answers, but" if answer.claims else BEYOND
    assert answer.sentence.startswith(beyond)


@pytest.mark.parametrize(
    "sentence",
    ["", "?", "ACS", "colourless green ideas sleep furiously", "become ACS what", "Which CCGs did what in Frimley ICB"],
)
def test_what_cannot_be_read_shows_what_can(asked: library.Graph, sentence: str) -> None:
    with pytest.raises(UsageError) as unread:
        asked.ask(sentence, as_of=DAY)
    said = str(unread.value)
    offered = [part for part in said.partition("Sentences that can be: ")[2].split('"') if part.strip(" ,.")]
    assert len(offered) == 3
    for other in offered:
        assert asked.ask(other, as_of=DAY).status in ("answered", "unknown", "ambiguous")


@pytest.mark.parametrize(
    ("sentence", "known"), [("ACS whither", "ACS"), ("whither ICBs", "ICB"), ("Frimley ICB perhaps", "Frimley ICB")]
)
def test_what_was_understood_of_it_is_said(asked: library.Graph, sentence: str, known: str) -> None:
    with pytest.raises(UsageError, match=f"understood to be about {known}"):
        asked.ask(sentence, as_of=DAY)


def test_a_sense_settles_a_sentence(asked: library.Graph) -> None:
    doubtful = asked.ask("what did ICP become?", as_of=DAY)
    assert doubtful.status == "ambiguous"
    for candidate in doubtful.candidates:
        settled = asked.ask("what did ICP become?", as_of=DAY, sense=candidate.sense)
        assert settled.subject is not None
        assert settled.subject.key == candidate.key
    with pytest.raises(UsageError, match="is not a sense of"):
        asked.ask("what did ICP become?", as_of=DAY, sense="aco")


def test_a_sentence_is_answered_as_its_question_is(asked: library.Graph) -> None:
    for sentence, method, name in (
        ("What did ACS become?", "became", "ACS"),
        ("What was ICS called before?", "before", "ICS"),
        ("History of Frimley ICS", "lineage", "Frimley ICS"),
    ):
        by_sentence, by_name = (
            answer.to_dict() for answer in (asked.ask(sentence, as_of=DAY), getattr(asked, method)(name, as_of=DAY))
        )
        assert by_sentence.pop("question") == sentence
        by_name.pop("question")
        assert json.dumps(by_sentence) == json.dumps(by_name)


@pytest.mark.parametrize(
    ("sentence", "said"),
    [
        ("How many practices did NHS Leeds North CCG have in 2017?", "NHS Leeds North CCG had 25 general practices (March 2017)."),
        ("how many GP practices were there in NHS Leeds North CCG in March 2017", "NHS Leeds North CCG had 25 general practices (March 2017)."),
        ("how many surgeries did NHS Leeds North CCG have in 2020?", "NHS Leeds North CCG did not exist in 2020: the last day was 31 March 2018."),
        (
            "How many practices did NHS Leeds CCG have in 2019?",
            "No GP practice is recorded as inside NHS Leeds CCG on 1 January 2019; that need not mean that there was none.",
        ),
        ("How many CCGs did Frimley Health and Care have in 2019?", "3 clinical commissioning groups (CCG) were in Frimley Health and Care on 1 January 2019"),
    ],
)  # fmt: skip
def test_how_many_of_a_kind_a_body_had_is_read(asked: library.Graph, sentence: str, said: str) -> None:
    answer = asked.ask(sentence, as_of=DAY)
    assert answer.sentence.startswith(said)
    assert answer.sentence_sources


@pytest.mark.parametrize(
    ("sentence", "said"),
    [
        ("When did NHS Leeds CCG join West Yorkshire and Harrogate?", "NHS Leeds CCG is recorded in West Yorkshire and Harrogate from 1 April 2018 to 30 June 2022."),
        ("when did NHS Leeds CCG move to an STP", "NHS Leeds CCG is recorded in West Yorkshire and Harrogate from 1 April 2018 to 30 June 2022."),
        (
            "When did NHS Berkshire West CCG move into the Berkshire West ICS?",
            "NHS Berkshire West CCG is recorded in Berkshire West as listed in 2018, with no day on which it joined.",
        ),
        ("When did NHS Darlington CCG join North East and North Cumbria?", "NHS Darlington CCG is recorded in North East and North Cumbria from August 2018 to 31 March 2020."),
        (
            "When did NHS Darlington CCG join the North of England region?",
            "NHS Darlington CCG is recorded in North of England region from a day that is not recorded to 31 March 2019.",
        ),
        (
            "When did office-q85 move to region-y58?",
            "NHS England South West (South West South) is recorded in South West region from April 2018 to a day that is not recorded.",
        ),
        ("When did NHS Leeds CCG join Frimley Health and Care?", "That NHS Leeds CCG was ever in Frimley Health and Care is not recorded in this graph."),
    ],
)  # fmt: skip
def test_it_can_be_asked_when_a_body_joined_another(asked: library.Graph, sentence: str, said: str) -> None:
    answer = asked.ask(sentence, as_of=DAY)
    assert answer.sentence == said
    assert answer.sentence_sources
    assert (answer.status == "answered") == bool(answer.results) == ("was ever" not in said)


def test_of_a_joining_a_name_that_is_unknown_or_in_doubt_is_told(asked: library.Graph) -> None:
    unknown = asked.ask("When did NHS Leeds CCG join Xyzzyland?", as_of=DAY)
    assert unknown.status == "not_found"
    assert unknown.sentence.startswith('Nothing in this graph is called "Xyzzyland".')
    doubtful = asked.ask("When did Frimley join South East region?", as_of=DAY)
    assert (doubtful.status, len(doubtful.candidates)) == ("ambiguous", 2)
