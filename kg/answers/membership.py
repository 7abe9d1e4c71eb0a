"""Who belonged to what on a day, and which bodies were of a kind."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date
from typing import Any, Final

from kg.answers import language as say
from kg.answers import telling
from kg.answers.answer import Answer, Result
from kg.answers.draft import Draft
from kg.answers.find import Found
from kg.answers.question import Question
from kg.answers.record import Records, Thing
from kg.graph.names import Iri, key_of


def members(question: Question) -> Answer:
    """Say who belonged to a body on a day, or which bodies were of a kind; roles and the list's own date told.

    Without a day it is today, or the last day of a body that had ended by then.
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
    rows = records.graph.rows("members", body=thing.iri, asOf=as_of)
    draft.results = [_result(records, row, "member") for row in rows]
    _tell(draft, records, thing, rows, "members", as_of)
    for iri in inner:
        part, its = records.thing(iri), records.graph.rows("members", body=iri, asOf=as_of)
        draft.results += [_result(records, row, "member")._replace(mark=f"in {part.label}") for row in its]
        draft.sentence += f" One is {part.label}, called so too, which had {_tally(its)} of its own."
    used = {listed[0] for row in rows if (listed := _listed(records, row))}
    for row in records.graph.rows("lists-of-members", body=thing.iri):
        if row["observed"] not in used:
            draft.caution(
                f"A list of {say.day(row['observed'], row['precision'])} shows {row['members']} members; for those, ask as of {row['observed']}."
            )
    draft.claims = records.claims(thing.iri, lambda row: row["topic"] == "members")
    return draft.finish()


def settled(question: Question) -> tuple[Question, tuple[Iri, ...]]:
    """Settle whose members are meant where several things have the name, as far as that can be without guessing.

    It is the only one with members on the day, or the one that all others are part of; those others come with it.
    """
    records = question.records
    question = question.on_its_day.preferring(
        lambda named: bool(records.graph.rows("members", body=named.iri, asOf=question.day(records.thing(named.iri))))
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
    for outer in named:
        if not records.thing(outer).is_kind:
            day = question.day(records.thing(outer))
            parts = {row["member"] for row in records.graph.rows("members", body=outer, asOf=day)}
            others = tuple(iri for iri in named if iri != outer)
            if parts.issuperset(others):
                return outer, others
    return None, ()


def memberships(question: Question) -> Answer:
    """Say what a body belonged to on a day; without a day, as for `members`."""
    question, records, words = question.on_its_day, question.records, "What is {name} a member of?"
    if not question.found.things:
        return question.unresolved("memberships", words)
    thing = question.thing
    as_of = question.day(thing)
    draft = question.draft("memberships", words, as_of, subject=thing.subject)
    if thing.is_kind:
        rows = [row for row in records.graph.rows("tiers", asOf=as_of) if row["part"] == thing.iri]
        draft.results = [
            records.thing(row["whole"]).result(role="part", sources=records.cites(row["containment"])) for row in rows
        ]
        inside = say.listed(records.thing(row["whole"]).plural for row in rows)
        draft.sentence = (
            f"{say.capital(thing.plural)} sat inside {inside} on {say.day(as_of)}."
            if rows
            else f"It is not recorded what {thing.plural} sat inside on {say.day(as_of)}."
        )
        draft.status = "answered" if rows else "unknown"
        draft.sentence_sources = records.cites(thing.iri)
        return draft.finish()
    rows = records.graph.rows("memberships", body=thing.iri, asOf=as_of)
    lists = records.graph.rows("lists-of-memberships", body=thing.iri)
    if question.on is None and not rows and lists:
        # No day was asked for and this one has nothing to tell, so the day of the latest list is told of instead.
        draft.as_of = as_of = lists[-1]["observed"]
        draft.caution(
            f"No day was given: this is of the latest list that shows it, of {say.day(as_of, lists[-1]['precision'])}."
        )
        rows = records.graph.rows("memberships", body=thing.iri, asOf=as_of)
    draft.results = [_result(records, row, "group") for row in rows]
    _tell(draft, records, thing, rows, "memberships", as_of)
    shown = {row["membership"] for row in rows}
    for row in lists:
        if row["membership"] not in shown:
            when, group = say.day(row["observed"], row["precision"]), records.thing(row["group"]).label
            draft.caution(
                f"A list of {when} shows it in {group}; for that, ask as of {row['observed']}.",
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


def _result(records: Records, row: dict[str, Any], side: str) -> Result:
    facts = records.stated(row["membership"])
    return records.thing(row[side]).result(
        role=key_of(row["role"]),
        date=say.iso(facts["observedOn"], facts["precision"]) if "observedOn" in facts else None,
        sources=records.cites(row["membership"]),
        from_=say.iso(facts["startsOn"], facts["startPrecision"]),
        until=say.iso_end(facts["endsBefore"], facts["endPrecision"]),
    )


def _listed(records: Records, row: dict[str, Any]) -> tuple[date, str] | None:
    """Give the date of the list that shows a membership, with its precision."""
    facts = records.stated(row["membership"])
    return (facts["observedOn"], facts["precision"]) if "observedOn" in facts else None


def _tell(draft: Draft, records: Records, thing: Thing, rows: list[dict[str, Any]], what: str, as_of: date) -> None:
    when = say.day(as_of)
    if not rows:
        draft.status = "unknown"
        alive = thing.in_force(as_of)
        reason = (
            "this graph records none"
            if alive
            else f"{thing.label} did not exist then"
            if thing.facts["startPrecision"] != "unknown"
            else "this graph records none"
        )
        draft.sentence = f"No {what} of {thing.label} on {when}: {reason}."
        draft.sentence_sources = records.cites(thing.iri)
        return
    if what == "memberships":
        groups = say.listed(dict.fromkeys(result.label for result in draft.results))
        draft.sentence = f"{say.capital(thing.label)} belonged to {groups} on {when}."
    else:
        plural = "member" if len(rows) == 1 else "members"
        draft.sentence = f"{thing.label} had {len(rows)} recorded {plural} on {when}: {_tally(rows)}."
    draft.sentence_sources = tuple(dict.fromkeys(key for result in draft.results for key in result.sources))[:3]
    for day in sorted({listed for row in rows if (listed := _listed(records, row))}):
        draft.caution(
            f"As listed in {say.day(*day)}. When each joined or left is not recorded: a list is taken to hold in its own "
            "year and the next."
        )
    if what == "members":
        _tell_ended(draft, records, thing, rows, as_of)


def _tally(rows: list[dict[str, Any]]) -> str:
    """Count members by role: "1 part and 5 reporting entities"."""
    roles = Counter(key_of(row["role"]) for row in rows)
    return say.listed(
        f"{number} {_ROLES.get(role, (role, f'{role}s'))[number > 1]}" for role, number in sorted(roles.items())
    )


#: Roles whose word is none for somebody who has it.
_ROLES: Final = {"reporting": ("reporting entity", "reporting entities")}


def _tell_ended(draft: Draft, records: Records, thing: Thing, rows: list[dict[str, Any]], as_of: date) -> None:
    """Say which members of a list that is still taken to hold had ended by the day, for what came after is not listed."""
    shown = {row["member"] for row in rows}
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
        for row in records.graph.rows("bodies-of-kind", kind=thing, asOf=as_of):
            draft.results.append(_classified(records, row))
    total = len(draft.results)
    draft.status = "answered" if total else "unknown"
    draft.sentence = (
        f"This graph holds {total} {kind.plural if total != 1 else kind.full} on {say.day(as_of)}." if total
        else f"This graph holds no {kind.full} on {say.day(as_of)}; that need not mean that there was none."
    )  # fmt: skip
    draft.caution(_HELD)
    _tell_count(draft, records, kind, as_of)
    draft.sentence_sources = records.cites(kind.iri)
    return draft.finish()
