"""What happened to a table that was recoded: totals in and out, what is estimated and how, what is lost or ambiguous."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import date

from kg.answers import language as say
from kg.answers import losses
from kg.answers.answer import ATTRIBUTION
from kg.answers.codebook import NAMES, merged, span
from kg.answers.ledger import Ledger, Row
from kg.graph.names import Iri, thing


@dataclass(frozen=True)
class Report:
    """A loss report, of plain values that JSON can hold.

    `totals` gives for each measure what went in, what was recoded, what has no home and, of what was recoded, how much rests
    on estimated shares; with `--on-split main`, how much is misplaced. `estimated` gives the lineage of every cell that rests
    on a share. `unmapped` are values that lead nowhere, `divided` the codes that are in several, `merged` what cannot be
    taken apart again, `missing` the events without a share, `moves` where a boundary moved on the way. Sources are keys
    of `sources`, events keys of `events`.
    """

    sentence: str
    from_: Row
    to: Row
    basis: str | None
    on_split: str
    backwards: bool
    rows: Row
    codes: Row
    totals: tuple[Row, ...]
    estimated: tuple[Row, ...]
    divided: tuple[Row, ...]
    unmapped: tuple[Row, ...]
    missing: tuple[Row, ...]
    merged: tuple[Row, ...]
    moves: tuple[Row, ...]
    disagreements: tuple[Row, ...]
    cautions: tuple[str, ...]
    events: tuple[Row, ...]
    sources: tuple[Row, ...]
    release: str
    command: str

    @staticmethod
    def of(ledger: Ledger, *, release: str, command: str) -> Report:
        """Draw up the report of one recoding."""
        crosswalk, totals = ledger.crosswalk, tuple(ledger.totals())
        estimated, divided = tuple(losses.estimated(ledger)), tuple(losses.divided(ledger))
        missing, moves = tuple(losses.missing(ledger)), tuple(losses.moves(ledger))
        named = {key for row in divided for key in row["events"]} | {
            key for row in estimated for one in row["from"] for key in one["events"]
        }
        events = tuple(ledger.event(event) for event in dict.fromkeys(thing("event", key) for key in sorted(named)))
        cited = dict.fromkeys(key for row in (*events, *missing, *moves, *divided) for key in row["sources"])
        return Report(
            _sentence(ledger, totals), _from(ledger),
            {"day": crosswalk.until.isoformat(), "level": crosswalk.level, "scheme": crosswalk.scheme},
            ledger.wish.basis, ledger.wish.policy, crosswalk.backwards, ledger.rows(), ledger.codes(), totals,
            estimated, divided, tuple(losses.unmapped(ledger)), missing, tuple(losses.merged(ledger)), moves,
            tuple(losses.disagreements(ledger)), tuple(_cautions(ledger, totals)), events,
            # A place in a source is that of one statement, and a report draws on many.
            tuple(ledger.records.source(key)._replace(locator="")._asdict() for key in cited), release, command,
        )  # fmt: skip

    def to_dict(self) -> Row:
        """Give the report as plain values."""
        named = {field.name.rstrip("_"): getattr(self, field.name) for field in fields(self)}
        return {
            **{name: list(value) if isinstance(value, tuple) else value for name, value in named.items()},
            "attribution": ATTRIBUTION,
        }

    def to_json(self) -> str:
        """Give the report as JSON."""
        import json

        return json.dumps(self.to_dict(), ensure_ascii=False, indent=2, default=str)


def _from(ledger: Ledger) -> Row:
    levels = dict.fromkeys(held.level for _, held in sorted(ledger.course.held.items()))
    return {
        "day": ledger.crosswalk.since.isoformat(), "levels": list(levels), "scheme": ledger.course.scheme, "found": ledger.course.found,
        "periods": [
            {"level": fit.level, "scheme": fit.scheme, "from": _day(fit.start), "until": _day(fit.end)}
            for fit in ledger.course.periods
        ],
    }  # fmt: skip


def _day(when: date) -> str | None:
    return None if when in (date.min, date.max) else when.isoformat()


def _sentence(ledger: Ledger, totals: Sequence[Row]) -> str:
    held = [one.level for _, one in sorted(ledger.course.held.items())]
    codes = say.listed(say.counted(held.count(level), *NAMES[level]) for level in dict.fromkeys(held))
    there = NAMES[ledger.crosswalk.level]
    out = len(ledger.reached)
    kept = all(row["unmapped"] == 0 for row in totals)
    return (
        f"{say.counted(ledger.table.rows, 'row')} of {codes} {_of(ledger)} "
        f"{'was' if ledger.table.rows == 1 else 'were'} recoded to {say.counted(out, *there)} of {say.day(ledger.crosswalk.until)}"
        + (
            "; every total is kept."
            if kept and totals
            else "; what has no home stands under no code, so that totals are kept."
            if totals
            else "."
        )
    )


def _of(ledger: Ledger) -> str:
    """Say of which day codes were read, or in which time that was found out they were all in use."""
    day = ledger.crosswalk.since
    level = next(held.level for _, held in sorted(ledger.course.held.items()))
    for start, end in merged((fit.start, fit.end) for fit in ledger.course.periods if fit.level == level):
        if start <= day < end:
            return f"in use {span(start, end)}"
    return f"of {say.day(day)}"


def measured(row: Row) -> str:
    """Give what a row of totals counts, in words: of a rate, "smoking times patients"."""
    return f"{row['measure']} times {row['denominator']}" if "denominator" in row else str(row["measure"])


def _cautions(ledger: Ledger, totals: Sequence[Row]) -> Iterator[str]:
    if ledger.crosswalk.backwards:
        used_back = [
            f"{basis} of {when}"
            for basis, when in ledger.crosswalk.sizes.counted_on.items()
            if any(basis in pair.basis.split("; ") for way in ledger.ways for pair in ledger.weighed(way))
        ]
        yield (
            "This goes back in time: what had merged, or come over a boundary, is told apart by how large each part was "
            f"({say.listed(used_back)}), so every number of it is an estimate."
            if used_back
            else "This goes back in time; nothing had to be told apart."
        )
    moved = [
        event for event in ledger.crosswalk.ground.moves if ledger.records.event(event)["type"] == "PartialTransfer"
    ]
    if told := [
        f"{say.on(*_when(ledger, event))}, {ledger.records.event(event)['summary']}"
        for event in moved
        if any(event in way.moves for way in ledger.ways)
    ]:
        yield f"Boundaries moved on the way: {'; '.join(told)}."
    used = {basis for way in ledger.ways for pair in ledger.weighed(way) for basis in pair.basis.split("; ") if basis}
    if ledger.wish.basis and (others := sorted(used - {ledger.wish.basis})):
        codes = sorted(
            {p.from_.code for way in ledger.ways for p in ledger.weighed(way) if set(p.basis.split("; ")) & set(others)}
        )
        yield (
            f"Not everything is recorded by {ledger.wish.basis}: {say.shortened(codes, 12)} "
            f"{'was' if len(codes) == 1 else 'were'} shared out by {say.listed(others)}."
        )
    elif used and not ledger.wish.basis:
        yield f"Shared out by {say.listed(sorted(used))}, the only count that is recorded."
    blended: dict[str, list[str]] = {}
    for way in ledger.ways if ledger.wish.policy != "list" else ():
        for body in way.blended:
            blended.setdefault(ledger.records.thing(body).label, []).append(way.held.code)
    for label, codes in sorted(blended.items()):
        yield (
            f"{say.shortened(codes, 12)} {'was' if len(codes) == 1 else 'were'} part of {label} when it was divided: "
            "the shares are of the whole, and each part may have been divided otherwise."
        )
    for row in totals if ledger.wish.policy == "main" else ():
        if row["misplaced"]:
            yield (
                f"Divided codes were given whole to their largest parts: of {measured(row)}, about {say.amount(row['misplaced'])} "
                f"of {say.amount(row['in'])} belong elsewhere."
            )
    for row in totals:
        if row["empty"]:
            one = row["empty"] == 1
            yield (
                f"{say.counted(row['empty'], 'cell')} of {row['measure']} {'is' if one else 'are'} empty and "
                f"{'counts' if one else 'count'} as nothing: the sums are too low by what {'it hides' if one else 'they hide'}."
            )
    places: dict[str, list[str]] = {}
    for row in losses.disagreements(ledger):
        places.setdefault(row["measure"], []).append(row["code"] or "no code")
    for measure, codes in places.items():
        unlike = sorted(dict.fromkeys(codes))
        yield f"{measure} is left empty for {say.shortened(unlike, 8)}, where its values disagree; the report lists them."
    if len({held.level for held in ledger.course.held.values()}) > 1:
        yield "The codes are of several levels. If one body is inside another, its people are counted twice."
    reused = [one.code for one in ledger.told.reused if one.code in ledger.course.held]
    if reused and ledger.course.found == "auto":
        day = ledger.crosswalk.since
        yield (
            f"{say.shortened(reused, 4)} {'has' if len(reused) == 1 else 'have'} been the code of more than one body; read as of {say.day(day)}."
        )


def _when(ledger: Ledger, event: Iri) -> tuple[date, str]:
    facts = ledger.records.event(event)
    return facts["happenedOn"], facts["precision"]
