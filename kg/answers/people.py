"""How many people bodies covered: as recorded, summed over their parts, or carried through lineage."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from kg.answers import carried, census, observation
from kg.answers import language as say
from kg.answers.amounts import UNITS, Amounts, Move, Sum, cells, last_move, told, total_of
from kg.answers.answer import Answer
from kg.answers.draft import Draft
from kg.answers.question import Question
from kg.answers.record import Records, Thing, several
from kg.answers.snapshot import Held, Snapshot
from kg.errors import UsageError
from kg.graph.names import Iri


def population(
    question: Question,
    by: str | None = None,
    measure: str | None = None,
    from_: str | None = None,
    *,
    each: bool = False,
) -> Answer:
    """Say how many people a body covered, or the bodies of a kind together; `each` lists them singly.

    `by` names a kind of group to sum in. `from_` names an earlier kind, whose numbers are carried forward to this one
    through lineage. Without a measure, it is people where any are recorded, else registered patients.

    Raises:
        UsageError: `measure`, `by` or `from_` is none.
    """
    if measure is not None and measure not in UNITS:
        raise UsageError(f'"{say.shown(measure)}" is not a measure. The measures: {say.listed(UNITS, "or")}.')
    measures = (measure,) if measure else tuple(UNITS)
    question = observation.observed(question, measures)
    if not question.found.things:
        return question.unresolved("population", observation.WORDS["population"])
    thing = question.thing
    draft, stated = observation.draft(question, "population", measures)
    snapshot = Snapshot(question.records, question.day(thing))
    if not thing.is_kind:
        if by or from_:
            raise UsageError(f"--by and --from are for a kind of body; {thing.label} is one body.")
        if question.on and question.on.precision == "day":
            draft.as_of = snapshot.day
        existed = thing.facts["startPrecision"] == "unknown" or thing.start <= snapshot.day < thing.end
        if stated:
            _warn_of_move(draft, thing, stated, snapshot)
        elif existed:
            _tell_parts(draft, thing, [Amounts(snapshot, one) for one in measures])
        return draft.finish()
    held = snapshot.of(question.found.things)
    if each or by or from_:
        draft.as_of = snapshot.day
    if from_:
        carried.tell(draft, question, snapshot, held, from_, measures, by)
    elif held:
        _tell_kind(draft, question, snapshot, held, by, measures, each)
    return draft.finish()


def _warn_of_move(draft: Draft, thing: Thing, stated: observation.Seen, snapshot: Snapshot) -> None:
    """Say of a body that a part of it came or went after its latest number, and up to the day."""
    move = last_move(snapshot.records, thing.iri, snapshot.day)
    dates = [row["date"] for _, row in stated if row["date"] and row["date"] <= snapshot.day]
    if move and dates and move.date > max(dates):
        draft.caution(
            f"Its latest number is of before a part of it came or went ({_moved(snapshot.records, move)}), and so of "
            "another area.",
            snapshot.records.cites(move.event),
        )


def _moved(records: Records, move: Move) -> str:
    event = records.event(move.event)
    return f"{say.day(event['happenedOn'], event['precision'])}: {event['summary']}"


def _tell_outdated(draft: Draft, question: Question, amounts: Amounts, outdated: dict[str, list[Move]]) -> None:
    """Name the bodies whose numbers are of another area and why; and what to ask instead, where that is known."""
    records, by_event = question.records, dict[Iri, tuple[Move, list[str]]]()
    for label, moves in outdated.items():
        for move in moves:
            by_event.setdefault(move.event, (move, []))[1].append(label)
    for move, labels in by_event.values():
        names = say.listed(dict.fromkeys(labels))
        draft.caution(
            f"Not recorded for {names}: a part of what is in it came or went after the day of its number "
            f"({_moved(records, move)}).",
            records.cites(move.event),
        )
    earlier = _earlier(records, amounts, [move for moves in outdated.values() for move in moves])
    if earlier and question.thing.is_kind:
        name = question.thing.fact("acronym") or question.thing.label
        draft.caution(f"`kg population {name} --from {earlier}` carries earlier numbers through such moves.")


def _earlier(records: Records, amounts: Amounts, moves: list[Move]) -> str:
    """Give the ended kind of a body with numbers that one of these came from; empty when there is none."""
    day = amounts.snapshot.day
    for move in moves:
        for transfer in records.transfers("before", move.body, day):
            for kind in several(records.stated(transfer.giver).get("latestKind")):
                if transfer.giver in amounts.own and records.thing(kind).end <= day:
                    return records.thing(kind).fact("acronym") or records.thing(kind).label
    return ""


def _tell_parts(draft: Draft, thing: Thing, tried: list[Amounts]) -> None:
    """Sum a body's number over its parts, or say which parts have none."""
    records = tried[0].records
    day = tried[0].snapshot.day
    for amounts in tried:
        if (dated := amounts.best_date([thing.iri])) is None:
            continue
        number = amounts.of(thing.iri)[dated]
        names = say.shortened([records.thing(part).label for part in number.parts], 8)
        draft.status = "answered"
        draft.sentence = (
            f"{thing.label} covered {told(number.value, amounts.measure)} {say.on(dated, number.precision)}: "
            f"derived, the sum over its {len(number.parts)} part{'s' if len(number.parts) > 1 else ''} on {say.day(day)}."
        )
        draft.sentence_sources = number.sources
        draft.results = [thing.result(**cells(number, amounts.measure, dated))]
        draft.results += [
            records.thing(part).result(**cells(amounts.of(part)[dated], amounts.measure, dated), role="part")
            for part in number.parts
        ]
        draft.caution(f"The parts: {names}. No number of its own is recorded.")
        return
    parts = tried[0].snapshot.parts(thing.iri)
    lacking = [part for part in parts if not any(amounts.of(part) for amounts in tried)]
    if lacking:
        names = say.shortened([records.thing(part).label for part in lacking], 8)
        draft.caution(
            f"It cannot be summed over its {len(parts)} parts on {say.day(day)} either: nothing is recorded for {names}."
        )
        for move in (move for part in lacking for move in tried[0].outdated(part)):
            draft.caution(
                f"{records.thing(move.body).label} has a number, but of before a part of it came or went "
                f"({_moved(records, move)}).",
                records.cites(move.event),
            )
    elif parts:
        draft.caution(f"Its {len(parts)} parts on {say.day(day)} have numbers, but none of one measure and date.")


def _tell_kind(
    draft: Draft, question: Question, snapshot: Snapshot, held: list[Held], by: str | None,
    measures: tuple[str, ...], each: bool,
) -> None:  # fmt: skip
    """Give the sum over the bodies of a kind, and in each group of them or for each one singly."""
    bodies = [one.body for one in held]
    tried = [Amounts(snapshot, measure) for measure in measures]
    amounts = max(tried, key=lambda one: sum(bool(one.of(body)) for body in bodies))
    dated = amounts.best_date(bodies)
    if dated is None:
        draft.caution(
            f"Of the {len(held)} {question.thing.plain_plural} that this graph holds on {say.day(snapshot.day)}, "
            "none has a number of people recorded; add --from with an earlier kind to carry its numbers forward."
        )
        return
    numbers = {body: found[dated] for body in bodies if (found := amounts.of(body)) and dated in found}
    records, total = question.records, total_of(list(numbers.values()))
    outdated = {one.label: moves for one in held if one.body not in numbers and (moves := amounts.outdated(one.body))}
    lacking = [one.label for one in held if one.body not in numbers and one.label not in outdated]
    tell = draft.caution if draft.results else lambda text, by=(): _say(draft, text, by)
    tell(_together(question, held, len(numbers), total, amounts.measure, dated, snapshot.day), total.sources)
    draft.results.append(question.thing.result(mark="all", **cells(total, amounts.measure, dated)))
    if lacking:
        draft.caution(f"Nothing of that date is recorded for {say.shortened(lacking, 8)}.")
    _tell_outdated(draft, question, amounts, outdated)
    if by is not None:
        shared = census.grouped(snapshot, held, by)
        rows: list[tuple[Thing, str | None, list[Held]]] = [
            (records.thing(group), None, inside) for group, inside in shared.groups.items()
        ]
        rows.sort(key=lambda row: row[0].label)
        rows += [(question.thing, "in several", shared.several), (question.thing, "not recorded", shared.nowhere)]
        for thing, mark, inside in rows:
            known = [numbers[one.body] for one in inside if one.body in numbers]
            missing = len(inside) - len(known)
            if known:
                lacks = f"without {missing} of {len(inside)}" if missing else None
                mark = ", ".join(filter(None, (mark, lacks))) or None
                draft.results.append(thing.result(mark=mark, **cells(total_of(known), amounts.measure, dated)))
        census.warn(draft, shared, say.shown(by), say.day(snapshot.day))
    elif each:
        draft.results += [
            records.thing(body).result(**cells(number, amounts.measure, dated)) for body, number in numbers.items()
        ]


def _say(draft: Draft, sentence: str, sources: Iterable[str]) -> None:
    draft.status, draft.sentence, draft.sentence_sources = "answered", sentence, tuple(sources)


def _together(
    question: Question, held: list[Held], known: int, total: Sum, measure: str, dated: date, day: date
) -> str:
    some = f"The {len(held)}" if known == len(held) else f"Of the {len(held)}"
    rest = "" if known == len(held) else f", the {known} with a number recorded"
    when = say.on(dated, total.precision)
    return (
        f"{some} {question.thing.plain_plural} that this graph holds on {say.day(day)}{rest} covered "
        f"{told(total.value, measure)} together {when}."
    )
