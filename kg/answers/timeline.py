"""Everything that happened to one thing, in order of date: lived, named, coded, joined, counted, came from and became."""

from __future__ import annotations

from datetime import date

from kg.answers import language as say
from kg.answers.answer import Answer, Result, Step
from kg.answers.chronicle import SORTS, Line, Story
from kg.answers.draft import Draft
from kg.answers.question import Question
from kg.answers.record import Records, Thing
from kg.graph.names import Iri, category_of


def timeline(question: Question) -> Answer:
    """Tell everything dated that is recorded of a thing up to a day; senses that carried on as one another together."""
    records, found, as_of, words = (
        question.records,
        question.found,
        question.as_of,
        "What happened to {name}, in order of time?",
    )
    if not found.things:
        return question.unresolved("timeline", words)
    draft = question.draft("timeline", words, subject=question.thing.subject)
    told: list[tuple[Line, Thing]] = []
    later = 0
    for iri in found.things:
        story = Story(records, iri)
        for line in story.lines():
            if line.date <= as_of:
                told.append((line, story.thing))
            else:
                later += 1
        if undated := story.lacking():
            draft.caution(
                f"Of {story.thing.full} no date is recorded for {say.listed(undated)}; "
                "what has no date is not told here, and is shown by: kg show"
            )
        if story.roles:
            roles = say.listed(say.article(role) for role in story.roles)
            draft.caution(
                f"The publisher records {story.thing.full} as {roles}, side by side, and gives no day on which it began to be."
            )
        draft.left_open += [records.cites(membership) for membership in story.open_since(as_of)]
        for event in story.planned:
            facts = records.event(event)
            when = say.day(facts["happenedOn"], facts["precision"])
            draft.caution(f"Planned, not in effect: {facts['summary']} ({when}).", records.cites(event))
    told.sort(key=lambda item: (item[0].date, SORTS.index(item[0].sort), item[0].text, item[1].iri))
    draft.results = [_result(records, line, thing) for line, thing in told]
    draft.steps = _steps(records, told)
    _tell(draft, told, records.thing(found.last), as_of)
    if later:
        draft.caution(f"{later} {'line is' if later == 1 else 'lines are'} later than {say.day(as_of)}.")
    return draft.finish()


def _tell(draft: Draft, told: list[tuple[Line, Thing]], thing: Thing, as_of: date) -> None:
    if not told:
        draft.status, draft.sentence_sources = "unknown", draft.records.cites(thing.iri)
        draft.sentence = f"Nothing dated is recorded of {thing.full} by {say.day(as_of)}."
        return
    first, last = told[0][0], told[-1][0]
    count = "one dated fact is" if len(told) == 1 else f"{len(told)} dated facts are"
    begun, ended = say.day(first.date, first.precision), say.day(last.date, last.precision)
    span = say.on(first.date, first.precision) if begun == ended else f"from {begun} to {ended}"
    name = thing.plain_plural if thing.is_many else thing.full
    draft.sentence = f"Of {name} {count} recorded by {say.day(as_of)}, {span}."
    draft.sentence_sources = tuple(dict.fromkeys(key for result in draft.results for key in result.sources))[:4]


def _result(records: Records, line: Line, thing: Thing) -> Result:
    sources = tuple(dict.fromkeys(key for statement in line.statements for key in records.cites(statement)))
    return thing.result(
        change=line.sort, date=say.iso(line.date, line.precision), text=line.text, sources=sources, **line.fields
    )  # fmt: skip


def _steps(records: Records, told: list[tuple[Line, Thing]]) -> list[Step]:
    """Give the events among the lines, each with the thing itself on its side and what stood on the other."""
    steps: dict[Iri, Step] = {}
    for line, thing in told:
        for event in (statement for statement in line.statements if category_of(statement) == "event"):
            sides = records.sides(event)
            moved = bool(sides["before"] and sides["after"]) and sides["before"] != sides["after"]
            # An event may name many bodies; this story is about one, and about who stood on the other side of it.
            was, now = (
                [iri for iri in held if iri == thing.iri or (moved and thing.iri not in held)]
                for held in (sides["before"], sides["after"])
            )
            lineage = {None: None, "codes": "codes"}.get(line.fields.get("how"), "legal")
            steps.setdefault(event, records.step(event, was, now, lineage))
    return [steps[event] for event in sorted(steps, key=lambda iri: (steps[iri].date, iri))]
