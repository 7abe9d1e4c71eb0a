"""What changed between two days: counted in a sentence, and told change by change."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date
from itertools import zip_longest
from typing import Final

from kg.answers import language as say
from kg.answers.answer import Answer, Result, Subject
from kg.answers.changes import Change, Changes
from kg.answers.draft import Draft
from kg.answers.find import look_up, unresolved
from kg.answers.record import Records, Thing, several
from kg.answers.role_changes import curated, of_role, told_by
from kg.errors import UsageError
from kg.graph.names import Iri, category_of, key_of

#: Every sort of change in the order it is told, with how several and one are counted in the sentence.
SORTS: Final = {
    "ended": ("", ""),
    "began": ("", ""),
    "succeeded": ("successions", "succession"),
    "code reused": ("codes passed to another body", "code passed to another body"),
    "part moved": ("moves of a part to another body", "move of a part to another body"),
    "renamed": ("changes of name", "change of name"),
    "recoded": ("changes of code", "change of code"),
    "reclassified": ("changes of kind", "change of kind"),
    "boundary": ("changes of boundary", "change of boundary"),
    "moved": ("moves to another group", "move to another group"),
    "clustered": ("clusterings", "clustering"),
}
#: Changes of two things, a giver and a receiver.
_TWO_SIDED: Final = ("succeeded", "code reused", "part moved", "renamed")
_NUMBERS: Final = (
    "no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
)  # fmt: skip


def difference(
    records: Records, since: date, as_of: date, *, kind: str | None = None, sense: str | None = None, question: str = ""
) -> Answer:
    """Say what changed after one day and up to another; `kind` keeps to one kind and the bodies that were ever of it.

    `results` has one line a change and `steps` the events between; the two days are of the state compared, so a change
    dated the second day counts and one dated the first does not.

    Raises:
        UsageError: the second day is before the first, or `kind` is the name of a body.
    """
    if since > as_of:
        raise UsageError(
            f"The first day, {since}, is after the second, {as_of}. Give the earlier one first: kg diff {as_of} {since}"
        )
    asked = question or f"What changed between {since} and {as_of}{f' among {kind}' if kind else ''}?"
    draft = Draft(records, asked, "difference", as_of)
    keep: frozenset[Iri] | None = None
    of = ""
    if kind is not None:
        found = look_up(records, kind, sense)
        if not found.things:
            return unresolved(records, found, kind, asked, "difference", as_of)
        named = records.thing(found.last)
        if not named.is_kind:
            raise UsageError(
                f'"{say.shown(kind)}" is a body, and --kind takes a kind of structure such as ICB. '
                f'For one body ask: kg timeline "{named.label}"'
            )
        draft.subject, of = named.subject, f" among {named.plain_plural}"
        ours = [iri for iri in found.things if not records.is_role(iri)]
        bodies = {row["body"] for iri in ours for row in records.graph.rows("ever-of-kind", kind=iri)}
        keep = frozenset({*found.things, *bodies})
    changes = Changes(records, since, as_of)
    role = draft.subject and next((iri for iri in found.things if records.is_role(iri)), None)
    told = list[Change]()
    if role:
        told += of_role(records, role, since, as_of)
        keep = curated(records, role)
    if keep != frozenset():
        told += [change for change in changes.all() if keep is None or _is_of(change, keep)]
    subjects = records.subjects(change.thing for change in told)
    told.sort(key=lambda change: _order(subjects[change.thing], change))
    draft.results = [_line(records, subjects[change.thing], change) for change in told]
    events = {statement for change in told for statement in change.statements}
    lineage = {row["event"]: row["lineage"] for row in changes.transfers}
    for event in changes.events:
        sides = records.sides(event.iri)
        if event.iri in events or (keep is None and event.type != "Clustering"):
            draft.steps.append(records.step(event.iri, sides["before"], sides["after"], lineage.get(event.iri)))
    draft.sentence = _sentence(records, told, since, as_of, of, records.thing(role) if role else None)
    if role:
        draft.left_open += told_by(records, role, as_of)
    cited = [result.sources for result in draft.results] or draft.left_open
    draft.sentence_sources = tuple(dict.fromkeys(key for keys in cited for key in keys))[:4]
    if keep is None and records.graph.relations is not None:
        _tell_published(draft, records, since, as_of)
    if any(change.precision != "day" for change in told):
        draft.caution("A date that is known only to the month or year counts from its first day.")
    return draft.finish()


def _tell_published(draft: Draft, records: Records, since: date, as_of: date, most: int = 4) -> None:
    """Count what began and ended among the organisations that only a publisher records, which are too many to be told."""
    counts = records.graph.names.lives(since, as_of)
    if not counts:
        return
    began, ended = sum(first for _, first, _ in counts), sum(last for _, _, last in counts)
    kinds = [
        f"{kind or 'no recorded kind'} ({say.number(first)} and {say.number(last)})" for kind, first, last in counts
    ]
    draft.caution(
        f"Of the organisations that only the publisher's files record, {say.number(began)} began and {say.number(ended)} ended, by kind "
        f'{say.shortened(kinds, most)}. They are not told here; name one of the publisher\'s roles for those, as --kind "GP practice".'
    )


def _is_of(change: Change, keep: frozenset[Iri]) -> bool:
    """Say whether a change is of one of these; a succession is of both its ends, a move to a group of who moved."""
    return change.thing in keep or (change.change in _TWO_SIDED and change.other in keep)


def _line(records: Records, subject: Subject, change: Change) -> Result:
    return Result(
        *subject, change=change.change, date=say.iso(change.date, change.precision), was=change.was, now=change.now,
        other=key_of(change.other) if change.other else None, share=change.share, share_basis=change.basis,
        how=change.how, text=change.text, sources=_sources(records, change),
    )  # fmt: skip


def _sources(records: Records, change: Change) -> tuple[str, ...]:
    """Give what a change rests on; of a statement whose file is known, the source of that file, which is read once."""
    cited = (
        records.cites_of(graph, statement) if graph else records.cites(statement)
        for statement, graph in zip_longest(change.statements, change.graphs)
    )  # fmt: skip
    return tuple(dict.fromkeys(key for keys in cited for key in keys))


def _order(subject: Subject, change: Change) -> tuple[object, ...]:
    """Sort by change, then bodies before kinds, by kind, date and name: no two changes are level."""
    return (
        list(SORTS).index(change.change), category_of(change.thing) == "kind", subject.kind, change.date, subject.label, change.thing,
        change.other or "", change.was or "", change.now or "", change.text or "", change.statements,
    )  # fmt: skip


def between(since: date, as_of: date) -> str:
    """Give two days with their preposition: "between 31 March and 1 April 2026"; one and the same as "on 1 April 2026"."""
    if since == as_of:
        return f"on {say.day(as_of)}"
    first = say.day(since).removesuffix(f" {since.year}") if since.year == as_of.year else say.day(since)
    return f"between {first} and {say.day(as_of)}"


def _sentence(records: Records, told: list[Change], since: date, as_of: date, of: str, role: Thing | None) -> str:
    if since == as_of:
        return f"Nothing changed{of}: {say.day(since)} is one and the same day."
    when = between(since, as_of)
    if not told:
        return f"Nothing that this graph records changed{of} {when}."
    lives = [change for change in told if change.change in ("ended", "began")]
    bodies = [change for change in lives if category_of(change.thing) == "body"]
    clauses = [
        *(_holders(records, bodies, role) if role and bodies else _lives(records, bodies)),
        *_kinds(records, [change for change in lives if category_of(change.thing) == "kind"]),
    ]
    counts = Counter(change.change for change in told)
    others = [
        f"{_number(counts[sort])} {many if counts[sort] > 1 else one}"
        for sort, (many, one) in SORTS.items()
        if counts[sort] and many
    ]
    lead = (
        f"{say.capital(when)} {'; '.join(clauses)}."
        if clauses
        else f"{say.capital(when)} nothing{of} is recorded as having begun or ended."
    )
    if counts["succeeded"] > 1:
        others[0] += _of_whom(records, [change for change in told if change.change == "succeeded"])
    were = "was" if len(others) == 1 and others[0].startswith("one ") else "were"
    return f"{lead} There {were} {say.listed(others)}." if others else lead


def _of_whom(records: Records, successions: list[Change], most: int = 2) -> str:
    """Say of which kinds there were successions, where there are two."""
    kinds = Counter(_called(records, records.thing(change.thing)) for change in successions)
    if not 1 < len(kinds) <= most:
        return ""
    ranked = sorted(kinds.items(), key=lambda item: (-item[1], item[0]))
    return f" ({' and '.join(f'{_number(count)} of {many}' for (_, many), count in ranked)})"


def _holders(records: Records, lives: list[Change], role: Thing) -> list[str]:
    """Count all who had a role; where some are called by another that they had too, count them by what they are called."""
    every = _clause(Counter(change.change for change in lives), role.plain, role.plain_plural)
    called = _lives(records, lives)
    return [every if called == [every] else f"{every} (by the role that tells most, {'; '.join(called)})"]


def _lives(records: Records, lives: list[Change], most: int = 4) -> list[str]:
    """Count what ended and began, by kind: the kinds with most first, and the rest together."""
    counts: dict[str, Counter[str]] = {}
    words: dict[str, tuple[str, str]] = {}
    for change in lives:
        one, many = _called(records, records.thing(change.thing))
        words[many] = (one, many)
        counts.setdefault(many, Counter())[change.change] += 1
    ranked = sorted(counts, key=lambda many: (-counts[many].total(), many))
    shown = ranked if len(ranked) <= most + 1 else ranked[:most]
    clauses = [_clause(counts[many], *words[many]) for many in shown]
    rest: Counter[str] = sum((counts[many] for many in ranked[len(shown) :]), Counter())
    return [*clauses, _clause(rest, "other body", "other bodies")] if rest else clauses


def _clause(count: Counter[str], one: str, many: str) -> str:
    ended, began = count["ended"], count["began"]
    if ended and began:
        return f"{_number(ended)} {many if ended > 1 else one} ended and {_number(began)} began"
    total, verb = (ended, "ended") if ended else (began, "began")
    return f"{_number(total)} {many if total > 1 else one} {verb}"


def _kinds(records: Records, lives: list[Change]) -> list[str]:
    clauses = []
    for verb in ("ended", "began"):
        names = [records.thing(change.thing).short for change in lives if change.change == verb]
        if names:
            noun = "kind of structure" if len(names) == 1 else "kinds of structure"
            clauses.append(
                f"the {noun} {say.listed(names)} {verb}" if len(names) < 4 else f"{_number(len(names))} {noun} {verb}"
            )
    return clauses


def _called(records: Records, thing: Thing) -> tuple[str, str]:
    """Give the kind of a body in the singular and plural, by its acronym where it has one; kinds are of one sort."""
    if thing.is_kind:
        return "kind of structure", "kinds of structure"
    latest: Iterable[Iri] = several(thing.facts.get("latestKind"))
    kind = next((records.thing(iri) for iri in latest), None)
    if kind is None:
        return "body of no recorded kind", "bodies of no recorded kind"
    acronym = kind.fact("acronym")
    # "sub-ICB locations" says more than SICBLs: a name that holds an acronym is short enough.
    short = bool(acronym) and not any(word.isupper() for word in kind.label.replace("-", " ").split())
    return (acronym, f"{acronym}s") if short else (kind.label, str(kind.facts.get("pluralLabel") or kind.label))


def _number(count: int) -> str:
    return _NUMBERS[count] if count < len(_NUMBERS) else say.number(count)
