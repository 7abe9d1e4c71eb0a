"""How many of a kind there were: the bodies that this graph holds, beside what sources state."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, Final, NamedTuple

from kg.answers import language as say
from kg.answers import observation, telling
from kg.answers.answer import Answer, Intent, Result
from kg.answers.bodies import kinds_named
from kg.answers.draft import Draft
from kg.answers.observation import Seen
from kg.answers.question import Question
from kg.answers.record import Records, Thing
from kg.answers.snapshot import Held, Snapshot
from kg.graph.names import Iri

#: So many bodies are named of those that stand in no group, or in several.
_FEW: Final = 8


def count(question: Question, by: str | None = None) -> Answer:
    """Say how many of a kind there were on a day, counted and as stated; without a day, every number stated, or else today's.

    `by` names a kind of group; the bodies are then counted in each, and those in none apart.
    """
    question = observation.observed(question, ("count",))
    if not question.found.things:
        return question.unresolved("count", observation.WORDS["count"])
    draft, stated = observation.draft(question, "count", ("count",))
    if not question.thing.is_kind:
        return draft.finish()
    if question.on is None and by is None and stated:
        _compare_all(draft, question, stated)
        return draft.finish()
    if question.on is not None and question.on.precision != "day" and by is None and stated:
        return draft.finish()  # every number of that year or month has been told, and no one day is meant
    day = question.day(question.thing)
    _tell_day(draft, question, stated, Snapshot(question.records, day), by)
    return draft.finish()


def within(question: Question, whole: Thing, intent: Intent = "members") -> Answer:
    """List the bodies of a kind that were inside another body on a day, directly or through others."""
    records, words = question.records, f"Which {{name}} were in {whole.label}?"
    if not question.found.things or not question.thing.is_kind:
        return question.unresolved(intent, words)
    snapshot = Snapshot(records, question.day(question.thing))
    kind, when = telling.sense_on(records, question.found.things, snapshot.day), say.day(snapshot.day)
    every = snapshot.of(question.found.things)
    held = [one for one in every if snapshot.nearest(one.body, (whole.iri,))]
    lone = [one for one in every if not snapshot.is_inside(one.body)]
    subject = kind.subject if intent == "count" else whole.subject
    draft = question.draft(intent, words, snapshot.day, subject=subject)
    sources = snapshot.sources(held)
    draft.sentence_sources = sources or records.cites(whole.iri)
    many = kind.plain_plural if len(held) != 1 else kind.plain
    if held:
        names = f": {say.shortened([one.label for one in held], 8)}" if intent == "count" else ""
        draft.sentence = (
            f"{say.number(len(held))} {many} {'were' if len(held) > 1 else 'was'} in {whole.label} on {when}{names}."
        )
    else:
        draft.status = "unknown"
        draft.sentence = (
            f"No {kind.plain} is recorded as inside {whole.label} on {when}; that need not mean that there was none."
        )
    if intent == "count":
        draft.results = [_counted(kind, snapshot.day, held, sources)] if held else []
    else:
        draft.results = [records.thing(one.body).result(sources=records.cites(one.statement)) for one in held]
    if lone:
        number = f"{say.number(len(lone))} of the {say.number(len(every))} {kind.plain_plural} of that day"
        draft.caution(f"Of {number} it is not recorded what they were inside.")
    return draft.finish()


def tally(held: Sequence[Held]) -> dict[str, Any]:
    """Give a number as a result has it: a total, or a range where it is not sure that some were there."""
    sure = sum(one.sure for one in held)
    if sure == len(held):
        return {"statistic": "total", "value": sure}
    return {"statistic": "range", "low": sure, "high": len(held)}


class Grouped(NamedTuple):
    """Bodies by the group they were in; those in none, or as near to several, apart."""

    groups: dict[Iri, list[Held]]
    nowhere: list[Held]
    several: list[Held]


def grouped(snapshot: Snapshot, held: Iterable[Held], by: str) -> Grouped:
    """Share bodies out among the groups of a kind on that day; each body stands in one place."""
    groups: dict[Iri, list[Held]] = {one.body: [] for one in snapshot.of(kinds_named(snapshot.records, by))}
    found = Grouped(groups, [], [])
    known: dict[tuple[Iri, ...], tuple[Iri, ...]] = {}  # thousands of practices are in a few hundred places
    for one in held:
        above = tuple(snapshot.above(one.body))
        if above not in known:
            known[above] = snapshot.nearest(one.body, groups)
        near = (one.body,) if one.body in groups else known[above]
        (groups[near[0]] if len(near) == 1 else found.several if near else found.nowhere).append(one)
    return found


def warn(draft: Draft, found: Grouped, by: str, when: str) -> None:
    """Say which bodies stand in no group, or in several."""
    if not found.groups:
        draft.caution(f"No {by} is recorded as in force on {when}.")
    elif not any(found.groups.values()) and not found.several:
        draft.caution(f"It is not recorded for any of them which {by} it was in on {when}.")
    elif found.nowhere:
        names = _named(draft.records, found.nowhere)
        draft.caution(f"In no {by} on {when} as far as is recorded: {names}.")
    if found.several:
        names = _named(draft.records, found.several)
        draft.caution(
            f"In more than one {by} on {when}, and counted apart: {names}. In which, kg memberships says with --through and the code."
        )


def _named(records: Records, held: Sequence[Held]) -> str:
    """Name a few bodies, each with a code of its own by which it can be asked about, and say how many more there are."""
    subjects = records.subjects(one.body for one in held[:_FEW])
    few = []
    for one in held[:_FEW]:
        code = next(iter(subjects[one.body].codes.get("ODS", ())), "")
        few.append(f"{one.label} ({code})" if code and code not in one.label else one.label)
    return say.shortened([*few, *(one.label for one in held[_FEW:])], _FEW)


def _tell_day(draft: Draft, question: Question, stated: Seen, snapshot: Snapshot, by: str | None) -> None:
    records, things, when = question.records, question.found.things, say.day(snapshot.day)
    draft.as_of = snapshot.day
    held = snapshot.of(things)
    kind = telling.sense_on(records, things, snapshot.day)
    ever = held or any(records.graph.rows("ever-of-kind", kind=iri) for iri in things)
    if ever:  # of a kind whose bodies are not recorded at all, nothing is counted
        _say_total(draft, question, stated, held, snapshot)
        sources = snapshot.sources(held) or records.cites(kind.iri)
        draft.sentence_sources = tuple(dict.fromkeys([*draft.sentence_sources, *sources]))
        draft.results.append(_counted(kind, snapshot.day, held, sources, "all" if by else None))
        draft.left_open += snapshot.left_open(held)
    if by is None or not held:
        return
    found = grouped(snapshot, held, by)
    for group, inside in sorted(found.groups.items(), key=lambda item: records.thing(item[0]).label):
        if inside:
            draft.results.append(_counted(records.thing(group), snapshot.day, inside, snapshot.sources(inside)))
    for word, rest in (("in several", found.several), ("not recorded", found.nowhere)):
        if rest:
            draft.results.append(_counted(kind, snapshot.day, rest, snapshot.sources(rest), word))
    warn(draft, found, say.shown(by), when)


def _counted(
    thing: Thing, day: date, held: Sequence[Held], sources: tuple[str, ...], mark: str | None = None
) -> Result:
    return thing.result(
        measure="count", method="counted", date=day.isoformat(), mark=mark, sources=sources, **tally(held)
    )


def _say_total(draft: Draft, question: Question, stated: Seen, held: list[Held], snapshot: Snapshot) -> None:
    """Tell the number counted and the number stated in one sentence, and caution where they differ."""
    sure, when, plural = sum(one.sure for one in held), say.day(snapshot.day), question.thing.plain_plural
    known = [row for _, row in stated if row["value"] is not None and row["rank"] == "preferred" and row["date"]]
    latest = max((row for row in known if row["date"] <= snapshot.day), key=lambda row: row["date"], default=None)
    doubtful = len(held) - sure
    more = f" and perhaps {say.number(doubtful)} more, of which a date is not recorded" if doubtful else ""
    here = f"this graph holds {say.number(sure) if sure else 'none'}"
    if latest is None:
        if draft.status == "answered" and not stated:  # there were none, and the sentence says why
            if held:
                draft.caution(f"Yet {here}{more} on {when}.")
            return
        draft.status = "answered" if held else draft.status
        draft.sentence = f"{say.capital(here)} {plural} on {when}{more}. No source states how many there were."
        return
    said, same = say.number(latest["value"]), latest["date"] == snapshot.day
    dated = say.on(latest["date"], latest["precision"])
    if latest["value"] == sure:
        alike = "" if same else f" {dated}"
        draft.sentence = (
            f"There were {said if sure else 'no'} {plural} on {when}{more}: so many are held in this graph, "
            f"and sources state the same{alike}."
        )
        # The bodies themselves show that nothing had changed since.
        draft.cautions = {text: by for text, by in draft.cautions.items() if "a change since" not in text}
        return
    draft.sentence = f"Sources state {said} {plural} {dated}; {here}{' of them' if same else f' on {when}'}{more}."
    if others := snapshot.now_of_other_kind(question.found.things):
        told = say.listed(f"{say.number(number)} {name}" for name, number in sorted(others.items()))
        draft.caution(f"Bodies that had been {plural} and were of another kind by {when}: {told}.")
    if same:
        draft.caution("The two numbers differ: bodies, or their dates, may be missing here, or others were counted.")


def _compare_all(draft: Draft, question: Question, stated: Seen) -> None:
    """Of every day for which sources state a number, say where the bodies of this graph number otherwise."""
    records, told = question.records, []
    days = {
        row["date"]: row["value"] for _, row in stated
        if row["date"] and row["precision"] == "day" and row["rank"] == "preferred" and row["value"] is not None
    }  # fmt: skip
    if not days or not any(records.graph.rows("ever-of-kind", kind=iri) for iri in question.found.things):
        return
    for day, value in sorted(days.items()):
        held = _of_kinds(records, question.found.things, day)
        if value != held:
            told.append(f"{say.number(held)} on {say.day(day)} ({say.number(value)} stated)")
    if told:
        draft.caution(f"The bodies that this graph holds number otherwise on some days: {say.listed(told)}.")


def _of_kinds(records: Records, kinds: Iterable[Iri], day: date) -> int:
    return sum(one.sure for one in Snapshot(records, day).of(tuple(kinds)))
