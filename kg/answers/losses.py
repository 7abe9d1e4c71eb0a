"""What of a recoded table is estimated, divided, lost or cannot be undone, each as plain rows with events and sources."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date

from kg.answers import language as say
from kg.answers.codebook import Held, span
from kg.answers.course import available
from kg.answers.crosswalk import Pair, Way
from kg.answers.ledger import Ledger, Row, plain
from kg.answers.vintage import Stranger
from kg.graph.names import Iri

_HANDLED = {"weigh": "shared out", "list": "left under no code", "main": "given whole to the largest part"}


def estimated(ledger: Ledger) -> Iterator[Row]:
    """Give every new code that holds an estimate: how much of it, and by which shares of which old codes."""
    by_code: dict[str, list[Pair]] = {}
    for pair in (pair for way in ledger.ways for pair in ledger.weighed(way)):
        if pair.to:
            by_code.setdefault(pair.to.code, []).append(pair)
    for code, pairs in sorted(by_code.items()):
        yield {
            "code": code, "label": ledger.label(pairs[0].to),
            "totals": {measure: plain(value) for measure, value in ledger.by_target.get(code, {}).items()},
            "of_which_estimated": {measure: ledger.amount(pairs, measure) for measure in ledger.table.totals},
            "from": [
                {"code": pair.from_.code, "label": ledger.label(pair.from_, then=True), **_share(pair),
                 "events": list(pair.events), "sources": list(pair.sources)}
                for pair in pairs
            ],
        }  # fmt: skip


def divided(ledger: Ledger) -> Iterator[Row]:
    """Give every code whose people are in several, with all of them and with what they can be shared out by."""
    for way in ledger.ways:
        if way.divided:
            yield {
                "code": way.held.code, "label": ledger.label(way.held, then=True), "rows": ledger.found(way.held).rows,
                "handled": _HANDLED[ledger.wish.policy if way.held.code in ledger.homes else "list"], "bases": list(available(ledger.crosswalk, way)),
                "to": [
                    {"code": pair.to.code if pair.to else None, "label": ledger.label(pair.to), **_share(pair)}
                    for pair in way.pairs
                ],
                "events": list(dict.fromkeys(key for pair in way.pairs for key in pair.events)),
                "sources": list(dict.fromkeys(key for pair in way.pairs for key in pair.sources)),
                "part_of": [ledger.records.thing(body).label for body in way.blended],
            }  # fmt: skip


def unmapped(ledger: Ledger) -> Iterator[Row]:
    """Give every value that leads nowhere, with its rows and numbers, and why."""
    strangers = {one.value: one for one in ledger.told.strangers}
    book, day = ledger.crosswalk.codebook, ledger.crosswalk.since
    for code, found in sorted(ledger.table.codes.items()):
        if code in ledger.homes:
            continue
        if code not in ledger.course.held:
            why = _why(book.nearest(code, day) if code in book.by_code else None, strangers.get(code), day)
        elif ledger.wish.policy == "list":
            why = "divided, and left out of the sums"
        else:
            why = "divided, and no share of it is recorded"
        totals = {measure: plain(value) for measure, value in found.totals.items()}
        yield {"code": code, "rows": found.rows, "totals": totals, "why": why}


def _why(held: Held | None, stranger: Stranger | None, day: date) -> str:
    if held:
        return f"not in use on {say.day(day)}: the code of {held.label} {span(held.start, held.end)}"
    if stranger is None:
        return "no code"
    hint = f"; perhaps {say.listed(stranger.suggestions, 'or')}" if stranger.suggestions else ""
    return (stranger.is_ or "no code of any level") + hint


def missing(ledger: Ledger) -> Iterator[Row]:
    """Give the events without a share by any basis, with the codes whose people are lost from sight there."""
    for event, codes in _codes(ledger, lambda way: way.missing).items():
        yield {**ledger.event(event), "codes": codes, "bases": list(_bases(ledger, event))}


def _bases(ledger: Ledger, event: Iri) -> tuple[str, ...]:
    """Give what an event is recorded by, where that does not tell of every giver."""
    return () if ledger.crosswalk.backwards else ledger.crosswalk.ground.bases(event)


def merged(ledger: Ledger) -> Iterator[Row]:
    """Give the new codes in which several old ones met: the way back would be an estimate."""
    met: dict[str, list[Pair]] = {}
    for way in ledger.ways:
        for pair in way.pairs:
            if pair.to:
                met.setdefault(pair.to.code, []).append(pair)
    for code, pairs in sorted(met.items()):
        if len(pairs) > 1:
            yield {"code": code, "label": ledger.label(pairs[0].to), "from": sorted(pair.from_.code for pair in pairs)}


def moves(ledger: Ledger) -> Iterator[Row]:
    """Give the boundaries that moved between the two days, and whether it is recorded how many people moved."""
    found = _codes(ledger, lambda way: way.moves)
    for event in sorted(found, key=lambda event: (ledger.records.event(event)["happenedOn"], event)):
        yield {**ledger.event(event), "codes": found[event], "measured": bool(ledger.crosswalk.ground.bases(event))}


def disagreements(ledger: Ledger) -> Iterator[Row]:
    """Give every category that has several values where codes met."""
    for one in ledger.table.disagreements(ledger.links):
        values = [{"value": value, "codes": list(codes)} for value, codes in one.values.items()]
        group = [cell if isinstance(cell, str | int | float | None) else str(cell) for cell in one.by]
        yield {"measure": one.column, "by": group, "code": one.to_code, "values": values}


def _codes(ledger: Ledger, events: Callable[[Way], Iterable[Iri]]) -> dict[Iri, list[str]]:
    """Give the codes on whose way each event is."""
    found: dict[Iri, list[str]] = {}
    for way in ledger.ways:
        for event in events(way):
            found.setdefault(event, []).append(way.held.code)
    return found


def _share(pair: Pair) -> Row:
    share = None if pair.share is None else float(pair.share)
    return {"share": share, "basis": pair.basis, "method": pair.method}
