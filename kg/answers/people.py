"""How many people bodies covered: as recorded, summed over their parts, or carried through lineage."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from fractions import Fraction
from typing import Any, Final, NamedTuple

from kg.answers import census, observation
from kg.answers import language as say
from kg.answers.answer import Answer
from kg.answers.draft import Draft
from kg.answers.question import Question
from kg.answers.record import Records, Thing
from kg.answers.rollup import ByTransfers, RolledUp, roll_up
from kg.answers.snapshot import Held, Snapshot, group_kinds
from kg.errors import UsageError
from kg.graph.names import Iri

_UNITS: Final = {"population": "people", "registered-population": "registered patients"}


class Sum(NamedTuple):
    """A number of people on a date; `parts` are the bodies it is the sum of, itself alone when it is its own."""

    value: int | float
    precision: str
    method: str
    sources: tuple[str, ...]
    parts: tuple[Iri, ...]


class Amounts:
    """How many people each body covered, by one measure: its own numbers, else the sums over its parts on a day."""

    def __init__(self, snapshot: Snapshot, measure: str) -> None:
        self.snapshot, self.measure, self.records = snapshot, measure, snapshot.records
        self._held: dict[Iri, dict[date, Sum]] = {}
        cited: dict[Iri, tuple[str, ...]] = {}
        for row in self.records.graph.rows("populations", measure=measure):
            if row["source"] not in cited:
                cited[row["source"]] = self.records.cites(row["observation"])
            own = Sum(row["value"], row["precision"], row["method"], cited[row["source"]], (row["body"],))
            self._held.setdefault(row["body"], {}).setdefault(row["date"], own)

    def of(self, body: Iri, above: frozenset[Iri] = frozenset()) -> dict[date, Sum]:
        """Give the numbers of a body by their date; empty when some part of it has none of the same date."""
        if body not in self._held:
            parts = [] if body in above else self.snapshot.parts(body)
            each = [self.of(part, above | {body}) for part in parts]
            dates = set(each[0]).intersection(*each[1:]) if each else set()
            self._held[body] = {day: _sum([numbers[day] for numbers in each]) for day in dates}
        return self._held[body]

    def best_date(self, bodies: Iterable[Iri]) -> date | None:
        """Give the date that most bodies have a number of; of several the nearest to the day."""
        counts: dict[date, int] = {}
        for body in bodies:
            for day in self.of(body):
                counts[day] = counts.get(day, 0) + 1
        return max(counts, key=lambda day: (counts[day], -abs((day - self.snapshot.day).days), day), default=None)


def _sum(numbers: list[Sum]) -> Sum:
    sources = tuple(dict.fromkeys(key for number in numbers for key in number.sources))
    parts = tuple(part for number in numbers for part in number.parts)
    return Sum(sum(number.value for number in numbers), numbers[0].precision, "derived", sources, parts)


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
    if measure is not None and measure not in _UNITS:
        raise UsageError(f'"{say.shown(measure)}" is not a measure. The measures: {say.listed(_UNITS, "or")}.')
    measures = (measure,) if measure else tuple(_UNITS)
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
        if not stated and existed:
            _tell_parts(draft, thing, [Amounts(snapshot, one) for one in measures])
        return draft.finish()
    held = snapshot.of(question.found.things)
    if each or by or from_:
        draft.as_of = snapshot.day
    if from_ and by:
        raise UsageError("--by and --from cannot be given together: leave out one of them.")
    if from_:
        _tell_carried(draft, question, snapshot, held, from_, measures)
    elif held:
        _tell_kind(draft, question, snapshot, held, by, measures, each)
    return draft.finish()


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
            f"{thing.label} covered {_told(number.value, amounts.measure)} {say.on(dated, number.precision)}: "
            f"derived, the sum over its {len(number.parts)} part{'s' if len(number.parts) > 1 else ''} on {say.day(day)}."
        )
        draft.sentence_sources = number.sources
        draft.results = [thing.result(**_cells(number, amounts.measure, dated))]
        draft.results += [
            records.thing(part).result(**_cells(amounts.of(part)[dated], amounts.measure, dated), role="part")
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
    records, total = question.records, _sum(list(numbers.values()))
    lacking = [one.label for one in held if one.body not in numbers]
    tell = draft.caution if draft.results else lambda text, by=(): _say(draft, text, by)
    tell(_together(question, held, len(numbers), total, amounts.measure, dated, snapshot.day), total.sources)
    draft.results.append(question.thing.result(mark="all", **_cells(total, amounts.measure, dated)))
    if lacking:
        draft.caution(f"Nothing of that date is recorded for {say.shortened(lacking, 8)}.")
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
                draft.results.append(thing.result(mark=mark, **_cells(_sum(known), amounts.measure, dated)))
        census.warn(draft, shared, say.shown(by), say.day(snapshot.day))
    elif each:
        draft.results += [
            records.thing(body).result(**_cells(number, amounts.measure, dated)) for body, number in numbers.items()
        ]


def _tell_carried(
    draft: Draft, question: Question, snapshot: Snapshot, held: list[Held], from_: str, measures: tuple[str, ...]
) -> None:
    """Carry the numbers of an earlier kind forward to the bodies of this one."""
    records, thing = question.records, question.thing
    kinds = group_kinds(records, from_)
    earlier = records.thing(kinds[-1])
    start = min(snapshot.day, date.fromordinal(max(earlier.end.toordinal() - 1, 1)))
    before = Snapshot(records, start)
    givers = before.of(kinds)
    tried = [Amounts(before, measure) for measure in measures]
    amounts = max(tried, key=lambda one: sum(bool(one.of(giver.body)) for giver in givers), default=tried[0])
    dated = amounts.best_date(giver.body for giver in givers)
    if dated is None:
        draft.caution(f"No number of people is recorded for any of the {earlier.plain_plural} of {say.day(start)}.")
        return
    numbers = {giver.body: found[dated] for giver in givers if dated in (found := amounts.of(giver.body))}
    rolled = roll_up(
        {body: Fraction(str(number.value)) for body, number in numbers.items()},
        ByTransfers(records, start, snapshot.day),
    )
    whole = _sum(list(numbers.values()))
    draft.status = "answered"
    draft.sentence = (
        f"The {say.number(len(numbers))} {earlier.plain_plural} of {say.day(start)} covered "
        f"{_told(whole.value, amounts.measure)} {say.on(dated, whole.precision)}; "
        f"carried through lineage to {say.day(snapshot.day)}, {_share_out(rolled, held, thing)}."
    )
    draft.sentence_sources = whole.sources
    draft.results = [thing.result(mark="all", **_cells(whole, amounts.measure, dated))]
    _list_carried(draft, records, rolled, {one.body for one in held}, whole, amounts.measure, dated)
    lacking = [giver.label for giver in givers if giver.body not in numbers]
    if lacking:
        draft.caution(f"Nothing of that date is recorded for {say.shortened(lacking, 8)}.")
    reasons: dict[tuple[str, ...], list[Iri]] = {}
    for giver, why in rolled.why.items():
        reasons.setdefault(why, []).append(giver)
    for why, giving in reasons.items():
        amount = say.number(round(sum((rolled.left[giver] for giver in giving), Fraction())))
        names = say.shortened([records.thing(giver).label for giver in giving], 6)
        draft.caution(f"Not distributed, {amount} of {names}: {'; '.join(why) or 'no share is recorded'}.")
    draft.caution("Carried by the shares that are recorded: people are taken to have stayed where they were counted.")


def _share_out(rolled: RolledUp, held: list[Held], thing: Thing) -> str:
    bodies = {one.body for one in held}
    came = sum((amount for end, amount in rolled.at.items() if end in bodies), Fraction())
    words = f"{say.number(round(came))} came to {say.number(len(bodies & set(rolled.at)))} {thing.plain_plural}"
    if rest := rolled.total - came:
        words += f" and {say.number(round(rest))} did not, or it is not known where"
    return words


def _list_carried(
    draft: Draft, records: Records, rolled: RolledUp, bodies: set[Iri], whole: Sum, measure: str, dated: date
) -> None:
    for end, amount in sorted(
        rolled.at.items(), key=lambda item: (item[0] not in bodies, records.thing(item[0]).label)
    ):
        number = Sum(_plain(amount), whole.precision, "derived", whole.sources, ())
        mark = None if end in bodies else "of another kind"
        draft.results.append(records.thing(end).result(mark=mark, **_cells(number, measure, dated)))
    if rolled.left:
        left = Sum(_plain(sum(rolled.left.values(), Fraction())), whole.precision, "derived", whole.sources, ())
        kind = draft.results[0]
        draft.results.append(kind._replace(**(_cells(left, measure, dated) | {"mark": "not distributed"})))


def _plain(amount: Fraction) -> int | float:
    return int(amount) if amount.denominator == 1 else float(amount)


def _cells(number: Sum, measure: str, dated: date) -> dict[str, Any]:
    return {
        "measure": measure, "statistic": "total", "value": number.value, "date": say.iso(dated, number.precision),
        "method": number.method, "sources": number.sources,
    }  # fmt: skip


def _told(value: float, measure: str) -> str:
    return f"{say.number(round(value))} {_UNITS[measure]}"


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
        f"{_told(total.value, measure)} together {when}."
    )
