"""How many of a kind there were, and how many people they served: every number with its date and source."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from kg.answers import language as say
from kg.answers.answer import Answer, Intent, Result
from kg.answers.draft import Draft
from kg.answers.find import Found
from kg.answers.question import Question
from kg.answers.record import Records, Thing
from kg.facts.dates import PartialDate

#: What is counted for each question, and how it is put where a command was given.
MEASURES: Final[dict[Intent, tuple[str, ...]]] = {
    "count": ("count",),
    "population": ("population", "registered-population"),
}
WORDS: Final[dict[Intent, str]] = {
    "count": "How many {name} were there?",
    "population": "How many people does {name} cover?",
}

Seen = list[tuple[Thing, dict[str, Any]]]


def count(question: Question) -> Answer:
    """Say how many of a kind sources state: every count with its date; on one day, those in force then."""
    return _stated(question, "count")


def population(question: Question) -> Answer:
    """Say how many people sources state that a body or kind covers: policy and what was measured kept apart."""
    return _stated(question, "population")


def practices(question: Question) -> Answer:
    """Say how many general practices sources state that a body had."""
    return _stated(question, "count", ("practices",))


def _stated(question: Question, intent: Intent, measures: tuple[str, ...] = ()) -> Answer:
    measures = measures or MEASURES[intent]
    question = observed(question, measures)
    if not question.found.things:
        return question.unresolved(intent, WORDS[intent])
    return draft(question, intent, measures)[0].finish()


def asked_of(question: Question, intent: Intent) -> str:
    """Give the words of a question; of how many there were of a kind is asked in the plural."""
    thing, named = question.thing, question.name.casefold()
    acronym = thing.fact("acronym") if thing.is_kind else ""
    if intent != "count" or named not in (thing.label.casefold(), acronym.casefold()):
        return WORDS[intent]
    plural = f"{acronym}s" if named == acronym.casefold() else thing.fact("pluralLabel") or thing.label
    return WORDS[intent].replace("{name}", plural)


def draft(question: Question, intent: Intent, measures: tuple[str, ...]) -> tuple[Draft, Seen]:
    """Begin an answer with what sources state of the thing, by these measures; give it with the rows told."""
    records, found, on = question.records, question.found, question.on
    draft = question.draft(intent, asked_of(question, intent), subject=records.thing(found.last).subject)
    seen: Seen = []
    for iri in found.things:
        thing = records.thing(iri)
        seen += [
            (thing, row) for row in records.graph.rows("observations", thing=iri)
            if row["measure"] in measures and row["confidence"] != "unconfirmed"
        ]  # fmt: skip
    day = None if question.thing.is_kind else question.on.day if question.on else question.as_of
    seen.sort(
        key=lambda item: (
            item[1]["method"] != "policy",
            _order(item[1]["date"], day),
            item[1]["rank"] == "alternative",
            item[1]["value"] or item[1]["low"] or 0,
        )
    )
    if on is not None:
        seen = _on_day(records, draft, seen, on, found)
    draft.results = [_observation(records, thing, row) for thing, row in seen]
    label = records.thing(found.last)
    if not seen:
        # "There were none, for they had ended" is an answer to how many; that nothing is recorded is none.
        draft.status = "answered" if draft.sentence and intent == "count" else "unknown"
        when = f" {say.on(on.day, on.precision)}" if on else ""
        what = (
            f"How many {label.plain_plural} there were"
            if intent == "count"
            else f"How many people {label.full} covered"
        )
        draft.sentence = draft.sentence or f"{what}{when} is not recorded in this graph."
        draft.sentence_sources = draft.sentence_sources or records.cites(label.iri)
        return draft, seen
    draft.sentence = draft.sentence or _summary(label, [row for _, row in seen], intent, latest=on is not None)
    draft.sentence_sources = (
        draft.sentence_sources or tuple(dict.fromkeys(key for result in draft.results for key in result.sources))[:4]
    )
    if any(row["rank"] == "alternative" for _, row in seen):
        draft.caution("Sources differ; each number is shown with its own source.")
    for iri in found.things:
        draft.claims.extend(records.claims(iri, lambda row: row["topic"] == intent))
    return draft, seen


def _order(when: date | None, nearest_to: date | None) -> int:
    """Put the numbers of a kind in order of time, undated ones first, and those of a body nearest first, undated ones last."""
    if nearest_to is None:
        return when.toordinal() if when else 0
    return abs((when - nearest_to).days) if when else date.max.toordinal()


def observed(question: Question, measures: tuple[str, ...]) -> Question:
    """Of several senses, keep the only one with numbers of this sort, if there is just one."""
    graph = question.records.graph
    return question.on_its_day.preferring(
        lambda named: any(row["measure"] in measures for row in graph.rows("observations", thing=named.iri))
    )


def _on_day(records: Records, draft: Draft, seen: Seen, on: PartialDate, found: Found) -> Seen:
    """Keep what was true in a period: the latest number before it, and those of dates within it."""
    things, stop = [records.thing(iri) for iri in found.things], on.following
    first, last = things[0], things[-1]
    known = first.facts["startPrecision"] != "unknown"
    when = say.on(on.day, on.precision)
    none = f"There were no {last.plain_plural} {when}" if last.is_kind else f"{last.label} did not exist {when}"
    they = "they" if last.is_many else "it"
    if known and first.start >= stop:
        draft.sentence = f"{none}: {they} began {say.on(first.start, first.facts['startPrecision'])}."
    elif last.facts["endPrecision"] not in ("open", "unknown") and last.end <= on.day:
        precision = last.facts["endPrecision"]
        ended = say.until(last.end, precision)
        draft.sentence = f"{none}: {f'the last day was {ended}' if precision == 'day' else f'{they} ended in {ended}'}."
    if draft.sentence:
        draft.sentence_sources = records.cites(last.iri)
        return []
    if not last.is_kind:  # of one body every number is told, whatever its date
        nearest = seen[0][1] if seen and seen[0][1]["date"] else None
        if nearest and not on.day <= nearest["date"] < stop:
            when = say.day(nearest["date"], nearest["precision"])
            draft.caution(
                f"The number nearest to {say.day(on.day, on.precision)} is of {when}; it may have changed between."
            )
        return seen
    earlier = [item for item in seen if item[1]["date"] and item[1]["date"] <= on.day]
    latest = max((item[1]["date"] for item in earlier), default=None)
    kept = [item for item in earlier if item[1]["date"] == latest]
    within = [item for item in seen if item[1]["date"] and on.day < item[1]["date"] < stop]
    if latest and latest != on.day and not within:
        draft.caution(
            f"The latest number on or before {say.day(on.day, on.precision)} is of {say.day(latest, kept[0][1]['precision'])}; a change since would not show."
        )
    return kept + within


def _observation(records: Records, thing: Thing, row: dict[str, Any]) -> Result:
    when = say.iso(row["date"], row["precision"]) if row["date"] else None
    return thing.result(
        measure=row["measure"], statistic=row["statistic"], value=row["value"], low=row["low"], high=row["high"],
        date=when, method=row["method"], rank=row["rank"], text=observed_words(row), sources=records.cites(row["observation"]),
    )  # fmt: skip


def _amount(row: dict[str, Any]) -> str:
    if row["statistic"] == "range":
        return f"{say.number(row['low'])} to {say.number(row['high'])}"
    word = {"total": "", "mean": "a mean of "}.get(row["statistic"], f"{row['statistic']} ")
    return f"{word}{say.number(row['value'])}"


def observed_words(row: dict[str, Any]) -> str:
    """Tell one observation: amount, unit, date, method and note."""
    unit = _UNITS[row["measure"]]
    when = f" {say.on(row['date'], row['precision'])}" if row["date"] else " (undated)"
    how = {"policy": " by policy", "measured": " as measured", "derived": " (derived)"}.get(row["method"], "")
    note = f". {row['note']}" if row["note"] else ""
    return f"{_amount(row)}{unit}{when}{how}{note}"


def _summary(label: Thing, rows: list[dict[str, Any]], intent: str, *, latest: bool) -> str:
    preferred = [row for row in rows if row["rank"] == "preferred"]
    if intent == "population":
        policy = [row for row in preferred if row["method"] == "policy"]
        others = [row for row in preferred if row["method"] != "policy"]
        parts = [f"by policy {_amount(policy[0])} people"] if policy else []
        for method, words in (
            ("measured", "as measured"),
            ("stated", "as sources state"),
            ("derived", "as worked out"),
        ):
            if told := [row for row in others if row["method"] == method]:
                parts.append(f"{words} {_several(told, units=not label.is_kind)}")
        if label.is_kind:
            return f"{say.capital(say.article(label.full))} covers {'; '.join(parts)}."
        covers = "covers" if label.facts["endPrecision"] in ("open", "unknown") else "covered"
        return f"{label.label} {covers} {'; '.join(parts)}."
    if not label.is_kind:
        return f"{label.label} had {_several(preferred, latest=latest, units=True)}."
    differing = [
        say.number(row["value"]) for row in rows
        if row["rank"] == "alternative" and row["value"] is not None
        and any((other["group"], other["date"]) == (row["group"], row["date"]) for other in preferred)
    ]  # fmt: skip
    doubt = f"; other sources say {say.listed(differing, 'or')}" if differing else ""
    return f"Of {label.plain_plural} there were {_several(preferred, latest=latest)}{doubt}."


_UNITS: Final = {
    "count": "", "population": " people", "registered-population": " registered patients", "practices": " general practices",
}  # fmt: skip


def _several(rows: list[dict[str, Any]], *, latest: bool = False, units: bool = False) -> str:
    """Tell numbers with their dates, one number once with its first date or its latest, in the order given."""
    told: dict[str, str] = {}
    for row in rows:
        when = f" ({say.day(row['date'], row['precision'])})" if row["date"] else ""
        amount = _amount(row) + (_UNITS[row["measure"]] if units else "")
        told[amount] = when if latest else told.get(amount, when)
    return say.listed(f"{amount}{when}" for amount, when in told.items())
