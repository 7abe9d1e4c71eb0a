"""What happened to a table that was recoded: totals in and out, what is estimated and how, what is lost or ambiguous."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from typing import Any

from kg.answers import language as say
from kg.answers.answer import ATTRIBUTION
from kg.answers.codebook import NAMES, Held, until
from kg.answers.course import Course, Wish, available, bases_of
from kg.answers.crosswalk import Pair, Way
from kg.answers.engines import Link
from kg.answers.frames import Tally
from kg.answers.vintage import Stranger, Vintage
from kg.graph.names import Iri, key_of

Row = dict[str, Any]


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
    events: Row
    sources: tuple[Row, ...]
    release: str
    command: str

    @staticmethod
    def of(
        course: Course, wish: Wish, table: Tally, told: Vintage, links: Sequence[Link], *, release: str, command: str
    ) -> Report:
        """Draw up the report of one recoding."""
        return _Reporter(course, wish, table, told, links).report(release, command)

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


class _Reporter:
    """Everything a report is drawn up from."""

    def __init__(self, course: Course, wish: Wish, table: Tally, told: Vintage, links: Sequence[Link]) -> None:
        self.course, self.wish, self.table, self.told, self.links = course, wish, table, told, links
        self.crosswalk, self.records = course.crosswalk, course.crosswalk.records
        self.ways = course.ways
        self.cited: dict[str, None] = {}
        self.events: dict[Iri, None] = {}

    def report(self, release: str, command: str) -> Report:
        totals = tuple(self.totals())
        estimated, divided = tuple(self.estimated()), tuple(self.divided())
        unmapped, missing = tuple(self.unmapped()), tuple(self.missing())
        merged, moves = tuple(self.merged()), tuple(self.moves())
        told = {key_of(event): self.event(event) for event in sorted(self.events)}
        without = {None, *(code for code, held in self.course.held.items() if not self.homes(held))}
        recoded = sum(self.found(code).rows for code in self.course.held if code not in without)
        return Report(
            self.sentence(totals), self.side_from(), self.side_to(), self.wish.basis, self.wish.policy,
            self.crosswalk.backwards,
            {"in": self.table.rows, "recoded": recoded, "unmapped": self.table.rows - recoded, "untidy": sum(one.untidy for one in self.table.codes.values())},
            {"in": len(self.told.counts), "recoded": len(self.course.held), "unmapped": len(self.told.counts) - len(self.course.held), "out": len({link.to_code for link in self.links} - {None})},
            totals, estimated, divided, unmapped, missing, merged, moves, tuple(self.disagreements()),
            tuple(self.cautions(totals)), told,
            tuple(self.records.source(key)._asdict() for key in self.cited),
            release, command,
        )  # fmt: skip

    # What went in and came out

    def found(self, code: str) -> Any:
        return self.table.codes[code]

    def homes(self, held: Held) -> set[str]:
        """Give the codes that some part of a code went to."""
        return {link.to_code for link in self.links if link.from_code == held.code.upper() and link.to_code}

    def totals(self) -> Iterator[Row]:
        """Give a row a measure; what went in is what came out and what has no home."""
        by_target = self.table.by_target(self.links)
        for measure, whole in self.table.totals.items():
            nowhere = by_target.get(None, {}).get(measure, 0)
            rows: Row = {
                "measure": measure, "in": _plain(whole), "out": _plain(whole - nowhere), "unmapped": _plain(nowhere),
                "estimated": _plain(sum(self.amount(pair, measure) for way in self.ways for pair in self.weighed(way))),
                "empty": sum(found.empty.get(measure, 0) for found in self.table.codes.values()),
            }  # fmt: skip
            if self.wish.policy == "main":
                rows["misplaced"] = _plain(sum(self.misplaced(way, measure) for way in self.ways))
            yield rows

    def amount(self, pair: Pair, measure: str) -> float:
        return float(self.found(pair.from_.code.upper()).totals.get(measure, 0) * (pair.share or 0))

    def misplaced(self, way: Way, measure: str) -> float:
        """Give how much of a divided code was given to its largest part and belongs elsewhere."""
        share = 1 - (way.largest.share or 0) if way.divided and way.largest else 0
        return float(self.found(way.held.code.upper()).totals.get(measure, 0) * share)

    def weighed(self, way: Way) -> list[Pair]:
        """Give the pairs of a way whose numbers were shared out."""
        return (
            [pair for pair in way.pairs if pair.to and pair.basis and pair.share] if self.wish.policy == "weigh" else []
        )

    def estimated(self) -> Iterator[Row]:
        """Give every new code that holds an estimate: what of it, and by which shares of which old codes."""
        by_code: dict[str, list[Pair]] = {}
        for way in self.ways:
            for pair in self.weighed(way):
                if pair.to:
                    by_code.setdefault(pair.to.code, []).append(pair)
        whole = self.table.by_target(self.links)
        for code, pairs in sorted(by_code.items()):
            yield {
                "code": code, "label": self.label(pairs[0].to),
                "totals": {measure: _plain(value) for measure, value in whole.get(code, {}).items()},
                "of_which_estimated": {
                    measure: _plain(sum(self.amount(pair, measure) for pair in pairs)) for measure in self.table.totals
                },
                "from": [self.told_of(pair) for pair in pairs],
            }  # fmt: skip

    def told_of(self, pair: Pair) -> Row:
        self.cited.update(dict.fromkeys(pair.sources))
        return {
            "code": pair.from_.code, "label": self.label(pair.from_, then=True), "share": _share(pair),
            "basis": pair.basis, "method": pair.method, "events": self.keys(pair.events), "sources": list(pair.sources),
        }  # fmt: skip

    def keys(self, events: Iterable[str]) -> list[str]:
        from kg.graph.names import thing

        keys = list(events)
        self.events.update(dict.fromkeys(thing("event", key) for key in keys))
        return keys

    def divided(self) -> Iterator[Row]:
        """Give every code whose people are in several, with all of them."""
        handled = {"weigh": "shared out", "list": "left under no code", "main": "given whole to the largest part"}
        for way in self.ways:
            if way.divided:
                yield {
                    "code": way.held.code, "label": self.label(way.held, then=True),
                    "rows": self.found(way.held.code.upper()).rows,
                    "to": [
                        {"code": pair.to.code if pair.to else None, "label": self.label(pair.to) if pair.to else "not known where",
                         "share": _share(pair), "basis": pair.basis, "method": pair.method}
                        for pair in way.pairs
                    ],
                    "bases": list(available(self.crosswalk, way)),
                    "events": self.keys(dict.fromkeys(key for pair in way.pairs for key in pair.events)),
                    "blended": [self.records.thing(body).label for body in way.blended],
                    "handled": handled[self.wish.policy],
                }  # fmt: skip

    # What is lost, or cannot be undone

    def unmapped(self) -> Iterator[Row]:
        """Give every value that leads nowhere, with its rows and numbers, and why."""
        strangers = {one.value: one for one in self.told.strangers}
        for code, found in sorted(self.table.codes.items()):
            held = self.course.held.get(code)
            why = (
                ""
                if held
                else _why(self.crosswalk.codebook.by_code.get(code, ()), strangers.get(code), self.crosswalk.since)
            )
            if held and not self.homes(held):
                why = (
                    "divided, and left out of the sums"
                    if self.wish.policy == "list"
                    else "it is not recorded what became of it"
                )
            if why:
                totals = {measure: _plain(value) for measure, value in found.totals.items()}
                yield {"code": code, "rows": found.rows, "totals": totals, "why": why}

    def missing(self) -> Iterator[Row]:
        """Give the events without a share by any basis, with the codes whose people are lost from sight there."""
        by_event: dict[Iri, list[str]] = {}
        for way in self.ways:
            for event in way.missing:
                by_event.setdefault(event, []).append(way.held.code)
        for event, codes in by_event.items():
            self.events[event] = None
            yield {"event": key_of(event), "codes": codes, "bases": list(bases_of(self.crosswalk, event))}

    def merged(self) -> Iterator[Row]:
        """Give the new codes in which several old ones met: the way back would be an estimate."""
        met: dict[str, dict[str, Pair]] = {}
        for way in self.ways:
            for pair in way.pairs:
                if pair.to:
                    met.setdefault(pair.to.code, {})[pair.from_.code] = pair
        for code, pairs in sorted(met.items()):
            if len(pairs) > 1:
                label = self.label(next(iter(pairs.values())).to)
                yield {"code": code, "label": label, "from": sorted(pairs)}

    def moves(self) -> Iterator[Row]:
        """Give the boundaries that moved between the two days, and whether the graph knows how many people moved."""
        by_event: dict[Iri, list[str]] = {}
        for way in self.ways:
            for event in way.moves:
                by_event.setdefault(event, []).append(way.held.code)
        for event, codes in sorted(
            by_event.items(), key=lambda item: (self.records.event(item[0])["happenedOn"], item[0])
        ):
            self.events[event] = None
            measured = bool(self.crosswalk.ground.bases(event))
            yield {"event": key_of(event), "codes": codes, "measured": measured}

    def disagreements(self) -> Iterator[Row]:
        for one in self.table.disagreements(self.links):
            values = [{"value": value, "codes": list(codes)} for value, codes in one.values.items()]
            yield {"measure": one.column, "by": list(one.by), "code": one.to_code, "values": values}

    # In words

    def label(self, held: Held | None, *, then: bool = False) -> str:
        day = self.crosswalk.since if then else self.crosswalk.until
        return self.crosswalk.codebook.name(held, day) if held else ""

    def event(self, event: Iri) -> Row:
        facts, sources = self.records.event(event), self.records.cites(event)
        self.cited.update(dict.fromkeys(sources))
        return {
            "date": say.iso(facts["happenedOn"], facts["precision"]), "type": facts["type"], "summary": facts["summary"],
            "sources": list(sources),
        }  # fmt: skip

    def side_from(self) -> Row:
        levels = dict.fromkeys(held.level for _, held in sorted(self.course.held.items()))
        return {
            "day": self.crosswalk.since.isoformat(), "levels": list(levels), "scheme": self.course.scheme, "found": self.course.found,
            "periods": [
                {"level": fit.level, "scheme": fit.scheme, "from": fit.start.isoformat(), "until": fit.end.isoformat()}
                for fit in self.course.periods
            ],
        }  # fmt: skip

    def side_to(self) -> Row:
        return {"day": self.crosswalk.until.isoformat(), "level": self.crosswalk.level, "scheme": self.crosswalk.scheme}

    def sentence(self, totals: Sequence[Row]) -> str:
        levels = say.listed(
            NAMES[level][1] for level in dict.fromkeys(held.level for _, held in sorted(self.course.held.items()))
        )
        there = NAMES[self.crosswalk.level][1]
        out = len({link.to_code for link in self.links} - {None})
        kept = all(row["unmapped"] == 0 for row in totals)
        return (
            f"{say.number(self.table.rows)} rows of {say.number(len(self.course.held))} {levels} of {say.day(self.crosswalk.since)} "
            f"were recoded to {say.number(out)} {there} of {say.day(self.crosswalk.until)}"
            + (
                "; every total is kept."
                if kept and totals
                else "; what has no home stands under no code, so that totals are kept."
                if totals
                else "."
            )
        )

    def cautions(self, totals: Sequence[Row]) -> Iterator[str]:
        if self.crosswalk.backwards:
            yield (
                "This goes back in time: bodies that had merged are told apart by how many people each had"
                + (f" ({say.day(self.crosswalk.counted_on)})" if self.crosswalk.counted_on else "")
                + ", so every number of theirs is an estimate."
            )
        used = {basis for way in self.ways for pair in self.weighed(way) for basis in pair.basis.split("; ") if basis}
        if self.wish.basis and (others := sorted(used - {self.wish.basis})):
            codes = sorted(
                {p.from_.code for way in self.ways for p in self.weighed(way) if set(p.basis.split("; ")) & set(others)}
            )
            yield (
                f"Not everything is recorded by {self.wish.basis}: {say.shortened(codes, 12)} "
                f"{'was' if len(codes) == 1 else 'were'} shared out by {say.listed(others)}."
            )
        elif used and not self.wish.basis:
            yield f"Shared out by {say.listed(sorted(used))}, the only count that is recorded."
        blended: dict[str, list[str]] = {}
        for way in self.ways:
            for body in way.blended:
                blended.setdefault(self.records.thing(body).label, []).append(way.held.code)
        for label, codes in sorted(blended.items()):
            yield (
                f"{say.shortened(codes, 12)} {'was' if len(codes) == 1 else 'were'} part of {label} when it was divided: "
                "the shares are of the whole, and each part may have been divided otherwise."
            )
        for row in totals if self.wish.policy == "main" else ():
            yield f"Given whole to the largest part, {say.number(row['misplaced'])} of {row['measure']} {'are' if row['misplaced'] != 1 else 'is'} misplaced."
        for row in totals:
            if row["empty"]:
                yield f"{say.number(row['empty'])} cells of {row['measure']} are empty and count as nothing: its sums are too low by what they hide."
        if len({held.level for held in self.course.held.values()}) > 1:
            yield "The codes are of several levels. If one body is inside another, its people are counted twice."
        reused = [one.code for one in self.told.reused if one.code in self.course.held]
        if reused and self.course.found == "auto":
            day = self.crosswalk.since
            yield (
                f"{say.shortened(reused, 4)} {'has' if len(reused) == 1 else 'have'} been the code of more than one body; read as of {say.day(day)}."
            )


def _why(holders: Sequence[Held], stranger: Stranger | None, day: Any) -> str:
    if holders:
        one = holders[-1]
        return f"not in use on {say.day(day)}: the code of {one.label} {until(one.end)}"
    if stranger is None:
        return "no code"
    hint = f"; perhaps {say.listed(stranger.suggestions, 'or')}" if stranger.suggestions else ""
    return (stranger.is_ or "no code of any level") + hint


def _share(pair: Pair) -> float | None:
    return None if pair.share is None else float(pair.share)


def _plain(value: float) -> float | int:
    """Give a sum as a whole number where it is one; others to the twelve digits that every engine agrees on."""
    shortened = float(f"{value:.12g}")
    return int(shortened) if shortened.is_integer() else shortened
