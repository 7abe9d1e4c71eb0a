"""Who belonged to what on a day, and which bodies were of a kind."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from kg.answers import belonging, bodies
from kg.answers import language as say
from kg.answers.answer import Answer
from kg.answers.belonging import Side
from kg.answers.draft import Draft
from kg.answers.find import MANY, Found
from kg.answers.kept import Kept, of_kept
from kg.answers.question import Question
from kg.answers.record import Records, Thing
from kg.errors import UsageError
from kg.graph.names import Iri, key_of
from kg.graph.relation_index import Related


def members(question: Question, *, through: bool = False, kind: str | None = None) -> Answer:
    """Say who belonged to a body on a day, or which bodies were of a kind; roles and the list's own date told.

    Without a day it is today, or the last day of a body that had ended by then. With `through` the members of its members
    are told too, down to the last, each once by the shortest way, with what it was in. `kind` keeps to those that were of
    a kind on the day.

    Raises:
        UsageError: `kind` is no kind, or the name is that of a kind too.
    """
    records = question.records
    question, inner = settled(question)
    if not question.found.things:
        return question.unresolved("members", bodies.WHO)
    thing = question.thing
    as_of = question.day(thing)
    if thing.is_kind:
        if kind is not None:
            raise UsageError(
                f'"{say.shown(question.name)}" is a kind, and --kind keeps to the members of a body. Leave it out.'
            )
        return bodies.of_kind(question, as_of)
    kept = Kept(records, kind) if kind is not None else None
    draft = question.draft("members", bodies.WHO, as_of, subject=thing.subject)
    if question.on is None and as_of != question.as_of:
        draft.caution(
            f"No day was given, and it had ended by {say.day(question.as_of)}: this is of its last day, {say.day(as_of)}."
        )
    if through:
        _tell_through(draft, records, thing, "members", as_of, kept)
        return draft.finish()
    rows = of_kept(belonging.one_level(records, thing.iri, "members", as_of), "members", kept, as_of)
    draft.results = belonging.results(records, [(row, row.member) for row in rows])
    _tell(draft, records, thing, rows, "members", as_of, kept)
    for iri in inner:
        part = records.thing(iri)
        its = of_kept(belonging.one_level(records, iri, "members", as_of), "members", kept, as_of)
        if kept and not its:
            continue
        told = belonging.results(records, [(row, row.member) for row in its])
        draft.results += [result._replace(mark=f"in {part.label}") for result in told]
        draft.sentence += f" One is {part.label}, called so too, which had {belonging.tally(records, its)} of its own."
    used = {listed[0] for row in rows if (listed := belonging.listed_on(records, row))}
    for row in belonging.lists(records, thing.iri):
        day = None if row["observed"] in used else belonging.day_of_list(row["observed"], thing)
        if day and (shown := _shown(records, thing, row, day, kept)):
            when = say.day(row["observed"], row["precision"])
            draft.caution(f"A list of {when} shows {shown}; for those, ask as of {day}.")
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


def memberships(question: Question, *, through: bool = False, kind: str | None = None) -> Answer:
    """Say what a body belonged to on a day; without a day, as for `members`; with `through` also what that was in, and so on.

    `kind` keeps to groups that were of a kind on the day.

    Raises:
        UsageError: `kind` is no kind, or the name is that of a kind too.
    """
    question, records, words = question.on_its_day, question.records, "What is {name} a member of?"
    if not question.found.things:
        return question.unresolved("memberships", words)
    thing = question.thing
    as_of = question.day(thing)
    draft = question.draft("memberships", words, as_of, subject=thing.subject)
    if thing.is_kind:
        if kind is not None:
            raise UsageError(
                f'"{say.shown(question.name)}" is a kind, and --kind keeps to what a body was in. Leave it out.'
            )
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
    kept = Kept(records, kind) if kind is not None else None
    if through:
        _tell_through(draft, records, thing, "memberships", as_of, kept)
        return draft.finish()
    rows = belonging.one_level(records, thing.iri, "memberships", as_of)
    lists = _lists(records, thing, kept)
    if question.on is None and not rows and lists:
        # No day was asked for and this one has nothing to tell, so the day of the latest list is told of instead.
        latest, _ = lists[-1]
        draft.as_of = as_of = latest["observed"]
        draft.caution(
            f"No day was given: this is of the latest list that shows it, of {say.day(as_of, latest['precision'])}."
        )
        rows = belonging.one_level(records, thing.iri, "memberships", as_of)
    rows = of_kept(rows, "memberships", kept, as_of)
    draft.results = belonging.results(records, [(row, row.group) for row in rows])
    _tell(draft, records, thing, rows, "memberships", as_of, kept)
    shown = {row.membership for row in rows}
    for row, day in lists:
        if row["membership"] not in shown and day:
            when = say.day(row["observed"], row["precision"])
            draft.caution(
                f"A list of {when} shows it in {records.thing(row['group']).label}; for that, ask as of {day}.",
                records.cites(row["membership"]),
            )
    return draft.finish()


def _lists(records: Records, thing: Thing, kept: Kept | None) -> list[tuple[dict[str, Any], date | None]]:
    """Give the memberships of a body that lists show, in groups of the kinds kept to, each with the day to ask of for it."""
    lists = [
        (row, belonging.day_of_list(row["observed"], thing, records.thing(row["group"])))
        for row in belonging.lists_with(records, thing.iri)
    ]
    return [(row, day) for row, day in lists if kept is None or (day and row["group"] in kept.on(day))]


def _shown(records: Records, thing: Thing, row: Mapping[str, Any], day: date, kept: Kept | None) -> str:
    """Count the members of a body that a list shows, or those of the kinds kept to; empty where it shows none of them."""
    if kept is None:
        return f"{row['members']} members"
    rows = of_kept(belonging.one_level(records, thing.iri, "members", day), "members", kept, day)
    dates = [belonging.listed_on(records, one) for one in rows]
    many = sum(one is not None and one[0] == row["observed"] for one in dates)
    return f"{say.number(many)} {kept.one if many == 1 else kept.several}" if many else ""


def _tell(
    draft: Draft, records: Records, thing: Thing, rows: list[Related], what: Side, as_of: date, kept: Kept | None
) -> None:
    when = say.day(as_of)
    if not rows:
        _tell_none(draft, records, thing, what, as_of, kept)
        return
    if what == "memberships":
        groups = say.listed(dict.fromkeys(result.label for result in draft.results))
        draft.sentence = f"{say.capital(thing.label)} belonged to {groups} on {when}."
    elif kept:
        draft.sentence = _told_kept(draft, kept, f"{thing.label} on {when}{belonging.told(records, rows)}")
    else:
        plural = "member" if len(rows) == 1 else "members"
        draft.sentence = (
            f"{thing.label} had {say.number(len(rows))} recorded {plural} on {when}{belonging.told(records, rows)}."
        )
    draft.sentence_sources = tuple(dict.fromkeys(key for result in draft.results for key in result.sources))[:3]
    _tell_listed(draft, records, rows)
    if what == "members" and kept is None:
        _tell_ended(draft, records, thing, rows, as_of)


def _told_kept(draft: Draft, kept: Kept, rest: str) -> str:
    """Tell how many of a kind there are among the members of a body."""
    many = len(draft.results)
    words = f"{kept.several} were recorded members" if many > 1 else f"{kept.one} was a recorded member"
    return f"{say.number(many)} {words} of {rest}."


def _tell_none(draft: Draft, records: Records, thing: Thing, what: Side, as_of: date, kept: Kept | None) -> None:
    draft.status = "unknown"
    gone = not thing.in_force(as_of) and thing.facts["startPrecision"] != "unknown"
    reason = f"{thing.label} did not exist then" if gone else "this graph records none"
    of = f" that were {kept.several}" if kept else ""
    draft.sentence = f"No {what} of {thing.label}{of} on {say.day(as_of)}: {reason}."
    draft.sentence_sources = records.cites(thing.iri)


def _tell_listed(draft: Draft, records: Records, rows: Iterable[Related]) -> None:
    for day in sorted({listed for row in rows if (listed := belonging.listed_on(records, row))}):
        draft.caution(
            f"As listed {say.on(*day)}. When each joined or left is not recorded: a list is taken to hold in its own "
            "year and the next."
        )


def _tell_through(draft: Draft, records: Records, thing: Thing, what: Side, as_of: date, kept: Kept | None) -> None:
    """Tell all that is reached through others, level by level; what is further away with what led there."""
    every = belonging.through(records, thing.iri, what, as_of)
    steps = [step for step in every if kept is None or step.far in kept.on(as_of)]
    if not steps:
        _tell_none(draft, records, thing, what, as_of, kept)
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
    if kept:
        way = ", directly or through others" if further else ""
        rest = f"{thing.label} on {when}{way}{belonging.told(records, [step.related for step in steps])}"
        groups = say.listed(dict.fromkeys(result.label for result in draft.results))
        draft.sentence = (
            _told_kept(draft, kept, rest)
            if what == "members"
            else f"{say.capital(thing.label)} belonged to {groups} on {when}{way}."
        )
    elif what == "members":
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
