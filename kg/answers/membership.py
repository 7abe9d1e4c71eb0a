"""Who belonged to what on a day, and which bodies were of a kind."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, Final

from kg.answers import belonging, telling
from kg.answers import language as say
from kg.answers.answer import Answer, Result
from kg.answers.belonging import Side
from kg.answers.draft import Draft
from kg.answers.find import MANY, Found
from kg.answers.question import Question
from kg.answers.record import Records, Thing
from kg.facts.dates import OPEN_END, UNKNOWN_START
from kg.graph.name_index import Named
from kg.graph.names import Iri, key_of
from kg.graph.relation_index import Related, RoleHeld


def members(question: Question, *, through: bool = False) -> Answer:
    """Say who belonged to a body on a day, or which bodies were of a kind; roles and the list's own date told.

    Without a day it is today, or the last day of a body that had ended by then. With `through` the members of its members
    are told too, down to the last, each once by the shortest way, with what it was in.
    """
    records = question.records
    question, inner = settled(question)
    if not question.found.things:
        return question.unresolved("members", _WHO)
    thing = question.thing
    as_of = question.day(thing)
    if thing.is_kind:
        return _of_kind(question, as_of)
    draft = question.draft("members", _WHO, as_of, subject=thing.subject)
    if question.on is None and as_of != question.as_of:
        draft.caution(
            f"No day was given, and it had ended by {say.day(question.as_of)}: this is of its last day, {say.day(as_of)}."
        )
    if through:
        _tell_through(draft, records, thing, "members", as_of)
        return draft.finish()
    rows = belonging.one_level(records, thing.iri, "members", as_of)
    draft.results = belonging.results(records, [(row, row.member) for row in rows])
    _tell(draft, records, thing, rows, "members", as_of)
    for iri in inner:
        part, its = records.thing(iri), belonging.one_level(records, iri, "members", as_of)
        told = belonging.results(records, [(row, row.member) for row in its])
        draft.results += [result._replace(mark=f"in {part.label}") for result in told]
        draft.sentence += f" One is {part.label}, called so too, which had {belonging.tally(records, its)} of its own."
    used = {listed[0] for row in rows if (listed := belonging.listed_on(records, row))}
    for row in belonging.lists(records, thing.iri):
        if row["observed"] not in used and (day := belonging.day_of_list(row["observed"], thing)):
            draft.caution(
                f"A list of {say.day(row['observed'], row['precision'])} shows {row['members']} members; for those, ask as of {day}."
            )
    draft.claims = records.claims(thing.iri, lambda row: row["topic"] == "members")
    return draft.finish()


def settled(question: Question) -> tuple[Question, tuple[Iri, ...]]:
    """Settle whose members are meant where several things have the name, as far as that can be without guessing.

    It is the only one with members on the day, or the one that all others are part of; those others come with it.
    """
    records = question.records
    question = question.on_its_day.preferring(
        lambda named: bool(belonging.one_level(records, named.iri, "members", question.day(records.thing(named.iri))))
    )
    if not question.found.things:
        outer, inner = _nested(question)
        if outer is not None:
            return replace(question, chosen=Found((outer,))), inner
    return question, ()


def _nested(question: Question) -> tuple[Iri | None, tuple[Iri, ...]]:
    """Of bodies with one name, give the one that all others are part of on the day, and those others.

    A board has the name of the system that it is part of: told together, neither is guessed.
    """
    records, named = question.records, [named.iri for named in question.found.several]
    for outer in named if len(named) <= MANY else ():
        if not records.thing(outer).is_kind:
            day = question.day(records.thing(outer))
            parts = {row.member for row in belonging.one_level(records, outer, "members", day)}
            others = tuple(iri for iri in named if iri != outer)
            if parts.issuperset(others):
                return outer, others
    return None, ()


def memberships(question: Question, *, through: bool = False) -> Answer:
    """Say what a body belonged to on a day; without a day, as for `members`; with `through` also what that was in, and so on."""
    question, records, words = question.on_its_day, question.records, "What is {name} a member of?"
    if not question.found.things:
        return question.unresolved("memberships", words)
    thing = question.thing
    as_of = question.day(thing)
    draft = question.draft("memberships", words, as_of, subject=thing.subject)
    if thing.is_kind:
        tiers = [row for row in records.graph.rows("tiers", asOf=as_of) if row["part"] == thing.iri]
        draft.results = [
            records.thing(row["whole"]).result(role="part", sources=records.cites(row["containment"])) for row in tiers
        ]
        inside = say.listed(records.thing(row["whole"]).plural for row in tiers)
        draft.sentence = (
            f"{say.capital(thing.plural)} sat inside {inside} on {say.day(as_of)}."
            if tiers
            else f"It is not recorded what {thing.plural} sat inside on {say.day(as_of)}."
        )
        draft.status = "answered" if tiers else "unknown"
        draft.sentence_sources = records.cites(thing.iri)
        return draft.finish()
    if through:
        _tell_through(draft, records, thing, "memberships", as_of)
        return draft.finish()
    rows = belonging.one_level(records, thing.iri, "memberships", as_of)
    lists = belonging.lists_with(records, thing.iri)
    if question.on is None and not rows and lists:
        # No day was asked for and this one has nothing to tell, so the day of the latest list is told of instead.
        draft.as_of = as_of = lists[-1]["observed"]
        draft.caution(
            f"No day was given: this is of the latest list that shows it, of {say.day(as_of, lists[-1]['precision'])}."
        )
        rows = belonging.one_level(records, thing.iri, "memberships", as_of)
    draft.results = belonging.results(records, [(row, row.group) for row in rows])
    _tell(draft, records, thing, rows, "memberships", as_of)
    shown = {row.membership for row in rows}
    for row in lists:
        group = records.thing(row["group"])
        if row["membership"] not in shown and (day := belonging.day_of_list(row["observed"], thing, group)):
            when = say.day(row["observed"], row["precision"])
            draft.caution(
                f"A list of {when} shows it in {group.label}; for that, ask as of {day}.",
                records.cites(row["membership"]),
            )
    return draft.finish()


def ever(question: Question) -> Answer:
    """List the bodies that were ever of a kind up to a day, each with its period."""
    records, found, as_of, words = question.records, question.found, question.as_of, "Which bodies were {name}?"
    if not found.things or not question.thing.is_kind:
        return question.unresolved("list", words)
    kind = question.thing
    draft = question.draft("list", words, subject=kind.subject)
    for iri in found.things:
        for row in records.graph.rows("ever-of-kind", kind=iri):
            if row["start"] <= as_of:
                draft.results.append(_classified(records, row))
    names = list(dict.fromkeys(result.label for result in draft.results))
    draft.status = "answered" if names else "unknown"
    draft.sentence = (
        f"This graph holds {len(names)} bodies that were {kind.plain_plural}: {say.shortened(names, 16)}." if names
        else f"Which bodies were {kind.plain_plural} is not recorded in this graph."
    )  # fmt: skip
    draft.sentence_sources = tuple(dict.fromkeys(key for result in draft.results for key in result.sources))[
        :4
    ] or records.cites(kind.iri)
    if found.things[0] != found.last or kind.fact("form") != "agreement":
        draft.caution(_HELD)
        _tell_count(draft, records, kind, as_of)
    return draft.finish()


_WHO: Final = "Who are the members of {name}?"
_HELD: Final = (
    "These are the bodies this graph holds, which need not be all there were; "
    "ask how many there were for the counts that sources give."
)


def _tell_count(draft: Draft, records: Records, kind: Thing, as_of: date) -> None:
    """Say how many of a kind sources count, beside the few that this graph holds."""
    counts = [
        row for row in records.graph.rows("observations", thing=kind.iri)
        if row["measure"] == "count" and row["rank"] == "preferred" and row["date"] and row["date"] <= as_of and row["value"] is not None
    ]  # fmt: skip
    if counts:
        latest = max(counts, key=lambda row: row["date"])
        number, when = say.number(latest["value"]), say.on(latest["date"], latest["precision"])
        draft.caution(f"Sources count {number} {kind.plain_plural} {when}.", records.cites(latest["observation"]))


def _classified(records: Records, row: dict[str, Any]) -> Result:
    return records.thing(row["body"]).result(
        mark=f"wave {row['wave']}" if row["wave"] else None, sources=records.cites(row["classification"]),
        from_=say.iso(row["start"], row["startPrecision"]), until=say.iso_end(row["end"], row["endPrecision"]),
    )  # fmt: skip


def _in_role(records: Records, one: RoleHeld, named: Named) -> Result:
    subject = records.published(named)
    start = None if one.since == UNKNOWN_START else one.since.isoformat()
    until = None if one.until == OPEN_END else one.until.isoformat()
    return Result(*subject[:5], start, until, sources=records.cites_of(one.graph, one.classification))


def _tell(draft: Draft, records: Records, thing: Thing, rows: list[Related], what: Side, as_of: date) -> None:
    when = say.day(as_of)
    if not rows:
        _tell_none(draft, records, thing, what, as_of)
        return
    if what == "memberships":
        groups = say.listed(dict.fromkeys(result.label for result in draft.results))
        draft.sentence = f"{say.capital(thing.label)} belonged to {groups} on {when}."
    else:
        plural = "member" if len(rows) == 1 else "members"
        draft.sentence = (
            f"{thing.label} had {say.number(len(rows))} recorded {plural} on {when}{belonging.told(records, rows)}."
        )
    draft.sentence_sources = tuple(dict.fromkeys(key for result in draft.results for key in result.sources))[:3]
    _tell_listed(draft, records, rows)
    if what == "members":
        _tell_ended(draft, records, thing, rows, as_of)


def _tell_none(draft: Draft, records: Records, thing: Thing, what: Side, as_of: date) -> None:
    draft.status = "unknown"
    gone = not thing.in_force(as_of) and thing.facts["startPrecision"] != "unknown"
    reason = f"{thing.label} did not exist then" if gone else "this graph records none"
    draft.sentence = f"No {what} of {thing.label} on {say.day(as_of)}: {reason}."
    draft.sentence_sources = records.cites(thing.iri)


def _tell_listed(draft: Draft, records: Records, rows: Iterable[Related]) -> None:
    for day in sorted({listed for row in rows if (listed := belonging.listed_on(records, row))}):
        draft.caution(
            f"As listed {say.on(*day)}. When each joined or left is not recorded: a list is taken to hold in its own "
            "year and the next."
        )


def _tell_through(draft: Draft, records: Records, thing: Thing, what: Side, as_of: date) -> None:
    """Tell all that is reached through others, level by level; what is further away with what led there."""
    steps = belonging.through(records, thing.iri, what, as_of)
    if not steps:
        _tell_none(draft, records, thing, what, as_of)
        return
    names = {
        iri: subject.label for iri, subject in records.subjects(step.near for step in steps if step.depth > 1).items()
    }
    word = "in" if what == "members" else "through"
    ways = {near: (f"{word} {name}", key_of(near)) for near, name in names.items()}
    # What one body led to stands together.
    steps.sort(key=lambda step: (step.depth, names.get(step.near, ""), step.near))
    draft.results = belonging.results(
        records,
        [(step.related, step.far) for step in steps],
        marks={step.related.membership: ways[step.near] for step in steps if step.depth > 1},
    )
    direct = [step.related for step in steps if step.depth == 1]
    further = [step for step in steps if step.depth > 1]
    when = say.day(as_of)
    if what == "members":
        more = f", and {say.number(len(further))} more through {_them(direct)}: {belonging.tally(records, [step.related for step in further])}"
        plural = "member" if len(direct) == 1 else "members"
        draft.sentence = (
            f"{thing.label} had {say.number(len(direct))} recorded {plural} on {when}{belonging.told(records, direct, aside=True)}"
            f"{more if further else ''}."
        )
    else:
        above = [result.label for result in draft.results]
        draft.sentence = f"{say.capital(thing.label)} belonged to {say.listed(above[: len(direct)])} on {when}"
        draft.sentence += f", and through {_them(direct)} to {say.listed(above[len(direct) :])}." if further else "."
    draft.sentence_sources = tuple(dict.fromkeys(key for result in draft.results for key in result.sources))[:3]
    _tell_listed(draft, records, [step.related for step in steps])


def _them(direct: Sequence[Related]) -> str:
    return "it" if len(direct) == 1 else "them"


def _tell_ended(draft: Draft, records: Records, thing: Thing, rows: list[Related], as_of: date) -> None:
    """Say which members of a list that is still taken to hold had ended by the day, for what came after is not listed."""
    shown = {row.member for row in rows}
    listed = records.graph.rows("ended-members", body=thing.iri, asOf=as_of)
    gone = [row["label"] for row in listed if row["member"] not in shown]
    if gone:
        names = say.shortened(sorted(gone), 12)
        draft.caution(
            f"Listed, but ended by {say.day(as_of)}: {names}. The bodies that took their place are not on the list."
        )


def _of_kind(question: Question, as_of: date) -> Answer:
    """List the bodies that were of a kind on a day: the members of a kind are its bodies."""
    records, things = question.records, question.found.things
    kind = telling.sense_on(records, things, as_of)
    draft = question.draft("members", _WHO, as_of, subject=kind.subject)
    for thing in things:
        rows = [] if records.is_role(thing) else records.graph.rows("bodies-of-kind", kind=thing, asOf=as_of)
        for row in rows:
            draft.results.append(_classified(records, row))
        for one, named in belonging.of_role(records, thing, as_of):
            draft.results.append(_in_role(records, one, named))
    total = len(draft.results)
    draft.status = "answered" if total else "unknown"
    draft.sentence = (
        f"This graph holds {say.number(total)} {kind.plural if total != 1 else kind.full} on {say.day(as_of)}." if total
        else f"This graph holds no {kind.full} on {say.day(as_of)}; that need not mean that there was none."
    )  # fmt: skip
    draft.caution(_HELD)
    _tell_count(draft, records, kind, as_of)
    draft.sentence_sources = records.cites(kind.iri)
    return draft.finish()
