"""Numbers of an earlier kind of body carried through lineage to the bodies of a later one, and told."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from kg.answers import census, rollup
from kg.answers import language as say
from kg.answers.amounts import Amounts, Sum, cells, told, total_of
from kg.answers.answer import Result
from kg.answers.bodies import kinds_named
from kg.answers.draft import Draft
from kg.answers.question import Question
from kg.answers.record import Records, Thing
from kg.answers.rollup import RolledUp
from kg.answers.snapshot import Held, Snapshot
from kg.graph.names import Iri


def tell(
    draft: Draft, question: Question, snapshot: Snapshot, held: list[Held], from_: str, measures: tuple[str, ...],
    by: str | None = None,
) -> None:  # fmt: skip
    """Carry the numbers of the kind `from_` forward to these bodies, or to their groups of the kind `by`.

    The lines add up to the first of them: whoever came to no body of the kind, or whose way is not known, has a line too.
    """
    records, thing = question.records, question.thing
    kinds = kinds_named(records, from_, "--from")
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
    rolled = rollup.roll_up(
        {body: Fraction(str(number.value)) for body, number in numbers.items()},
        rollup.in_law(records, start, snapshot.day),
    )
    whole = total_of(list(numbers.values()))
    draft.status = "answered"
    draft.sentence = (
        f"The {say.number(len(numbers))} {earlier.plain_plural} of {say.day(start)} covered "
        f"{told(whole.value, amounts.measure)} {say.on(dated, whole.precision)}; "
        f"carried through lineage to {say.day(snapshot.day)}, {_share_out(rolled, held, thing)}."
    )
    draft.sentence_sources = whole.sources
    lines = _grouped(draft, snapshot, held, rolled, thing, by) if by else _singly(records, held, rolled)
    if rolled.left:
        lines.append((thing, "not distributed", sum(rolled.left.values(), Fraction())))
    draft.results = _results(thing, lines, whole, amounts.measure, dated)
    lacking = [giver.label for giver in givers if giver.body not in numbers]
    if lacking:
        draft.caution(f"Nothing of that date is recorded for {say.shortened(lacking, 8)}.")
    _say_why(draft, records, rolled)
    draft.caution("Carried by the shares that are recorded: people are taken to have stayed where they were counted.")
    if any(amount.denominator > 1 for _, _, amount in lines):
        draft.caution("Some shares are published as fractions; the parts are rounded so that they still add up.")


#: A line before it is rounded: whose, what makes it stand apart, and how many people.
_Line = tuple[Thing, str | None, Fraction]


def _singly(records: Records, held: list[Held], rolled: RolledUp) -> list[_Line]:
    """Give a line a body, those of another kind last."""
    bodies = {one.body for one in held}
    ends = [(records.thing(end), None if end in bodies else "of another kind", rolled.at[end]) for end in rolled.at]
    return sorted(ends, key=lambda line: (line[1] is not None, line[0].label, line[0].iri))


def _grouped(
    draft: Draft, snapshot: Snapshot, held: list[Held], rolled: RolledUp, thing: Thing, by: str
) -> list[_Line]:
    """Give a line a group, then what came to bodies of no group, or of several, and to those of another kind."""
    found = census.grouped(snapshot, [one for one in held if one.body in rolled.at], by)
    groups = [(snapshot.records.thing(group), None, inside) for group, inside in found.groups.items()]
    shared: list[tuple[Thing, str | None, list[Held]]] = [
        *sorted(groups, key=lambda group: (group[0].label, group[0].iri)),
        (thing, "in several", found.several), (thing, "not recorded", found.nowhere),
    ]  # fmt: skip
    lines = [
        (group, mark, sum((rolled.at[one.body] for one in inside), Fraction()))
        for group, mark, inside in shared
        if inside
    ]
    bodies = {one.body for one in held}
    if others := [amount for end, amount in rolled.at.items() if end not in bodies]:
        lines.append((thing, "of another kind", sum(others, Fraction())))
    census.warn(draft, found, say.shown(by), say.day(snapshot.day))
    return lines


def _results(thing: Thing, lines: list[_Line], whole: Sum, measure: str, dated: date) -> list[Result]:
    """Give the whole and then each line, in whole numbers that add up to it."""
    rounded = rollup.in_whole_numbers({place: amount for place, (_, _, amount) in enumerate(lines)})
    results = [thing.result(mark="all", **cells(whole, measure, dated))]
    for place, (of, mark, _) in enumerate(lines):
        number = Sum(rounded[place], whole.precision, "derived", whole.sources, ())
        results.append(of.result(mark=mark, **cells(number, measure, dated)))
    return results


def _share_out(rolled: RolledUp, held: list[Held], thing: Thing) -> str:
    bodies = {one.body for one in held}
    came = sum((amount for end, amount in rolled.at.items() if end in bodies), Fraction())
    words = f"{say.number(round(came))} came to {say.number(len(bodies & set(rolled.at)))} {thing.plain_plural}"
    if rest := rolled.total - came:
        words += f" and {say.number(round(rest))} did not, or it is not known where"
    return words


def _say_why(draft: Draft, records: Records, rolled: RolledUp) -> None:
    """Say of whom something could not be distributed, and in which events that was lost from sight."""
    reasons: dict[tuple[Iri, ...], list[Iri]] = {}
    for giver, events in rolled.why.items():
        reasons.setdefault(events, []).append(giver)
    for events, giving in reasons.items():
        amount = say.number(round(sum((rolled.left[giver] for giver in giving), Fraction())))
        names = say.shortened([records.thing(giver).label for giver in giving], 6)
        what = []
        for event in events:
            facts = records.event(event)
            what.append(f"{say.on(facts['happenedOn'], facts['precision'])} ({facts['summary']})")
        draft.caution(
            f"Not distributed, {amount} of {names}: no share by population is recorded for what happened "
            f"{say.listed(what)}.",
            tuple(dict.fromkeys(key for event in events for key in records.cites(event))),
        )
