"""Which bodies were of a kind: on a day, or ever."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from kg.answers import belonging, telling
from kg.answers import language as say
from kg.answers.answer import Answer, Result
from kg.answers.changes import is_published
from kg.answers.draft import Draft
from kg.answers.find import look_up
from kg.answers.question import Question
from kg.answers.record import Records, Thing
from kg.errors import UsageError
from kg.facts.dates import OPEN_END, UNKNOWN_START
from kg.graph.name_index import Named
from kg.graph.names import Iri, category_of, key_of
from kg.graph.relation_index import RoleHeld

WHO: Final = "Who are the members of {name}?"
_HELD: Final = (
    "These are the bodies this graph holds, which need not be all there were; "
    "ask how many there were for the counts that sources give."
)


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


def of_kind(question: Question, as_of: date) -> Answer:
    """List the bodies that were of a kind on a day: the members of a kind are its bodies."""
    records, things = question.records, question.found.things
    kind = telling.sense_on(records, things, as_of)
    draft = question.draft("members", WHO, as_of, subject=kind.subject)
    for thing in things:
        for row in _ours(records, thing, as_of):
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


def on_day(records: Records, kinds: tuple[Iri, ...], day: date) -> frozenset[Iri]:
    """Give the bodies that were of any of these kinds on a day."""
    ours = (row["body"] for kind in kinds for row in _ours(records, kind, day))
    return frozenset([*ours, *(one.body for kind in kinds for one, _ in belonging.of_role(records, kind, day))])


def _ours(records: Records, kind: Iri, day: date) -> list[dict[str, Any]]:
    """Give the bodies of a kind of ours; those of a role of the publisher's are in the index of relations."""
    return [] if records.is_role(kind) else records.rows("bodies-of-kind", kind=kind, asOf=day)


def kinds_named(records: Records, name: str, option: str = "--by") -> tuple[Iri, ...]:
    """Give the kinds that an option names: a kind by its name, the end of its key ("region"), or a family.

    Raises:
        UsageError: there is no such kind, or several; the text says what can be given.
    """
    found = look_up(records, name, level="kind")
    if found.several and all(category_of(named.iri) == "kind" for named in found.several):
        senses = say.listed((named.key for named in found.several), "or")
        raise UsageError(f'"{say.shown(name)}" means several kinds: {senses}. Give one of these after {option}.')
    if found.things and all(records.thing(iri).is_kind for iri in found.things):
        return found.things
    word = name.strip().lower()
    kinds = records.graph.rows("kinds")
    if ending := [row["kind"] for row in kinds if key_of(row["kind"]).endswith(f"-{word}")]:
        if len(ending) == 1:
            return tuple(ending)
        raise UsageError(
            f'"{say.shown(name)}" may be {say.listed(map(key_of, ending), "or")}. Give one of these after {option}.'
        )
    if family := tuple(row["kind"] for row in kinds if row["family"] == word):
        return family
    raise UsageError(
        f'"{say.shown(name)}" is not a kind of structure. After {option} give a kind, as region, icb, stp or sha, '
        "or system for the partnership of an area whatever it was called."
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
    subject = records.published(named) if is_published(one.body) else records.thing(one.body).subject
    start = None if one.since == UNKNOWN_START else one.since.isoformat()
    until = None if one.until == OPEN_END else one.until.isoformat()
    return Result(*subject[:5], start, until, sources=records.cites_of(one.graph, one.classification))
