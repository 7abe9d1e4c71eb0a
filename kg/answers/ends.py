"""Where the paths of a lineage end: in which bodies, by which tie, and with what part of the thing asked about."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Final, Literal

from kg.answers.answer import Result, Share, ShareTotal
from kg.answers.passings import PARTIAL, divides, gathered, kind_of_event
from kg.answers.portions import Portions, portions
from kg.answers.record import Records, Transfer
from kg.graph.names import Iri, key_of

Direction = Literal["became", "before"]
Only = Literal["legal", "codes"]

#: How strongly a transfer ties what was to what came: the weakest on a path is the path's own.
_TIES: Final = ("identity", "functions", "codes")


@dataclass
class Ends:
    """The bodies where paths end, and how the shares of each lineage add up."""

    results: list[Result] = field(default_factory=list)
    totals: list[ShareTotal] = field(default_factory=list)
    #: The givers whose share was applied to a part of them, by basis.
    estimated: dict[Iri, list[str]] = field(default_factory=dict)
    missing: dict[Iri, list[str]] = field(default_factory=dict)
    #: How the shares were found, by what is said of it: (basis, method, confidence) and the sources.
    methods: dict[tuple[str, str, str], tuple[str, ...]] = field(default_factory=dict)


def in_lineage(records: Records, transfer: Transfer, only: Only) -> bool:
    """Whether a transfer belongs to the lineage in law, or to that of codes.

    In law bodies and duties pass on, and a code alone is nothing. Codes live on by reuse and by whatever joins or
    divides the bodies that carry them; where duties alone pass, no code does.
    """
    return transfer.lineage == "legal" if only == "legal" else kind_of_event(records, transfer) != "FunctionTransfer"


def of_one_lineage(
    records: Records, walked: Iterable[Transfer], starts: Iterable[Iri], direction: Direction, only: Only
) -> list[Transfer]:
    """Keep the transfers that a walk along one lineage alone still reaches; dates never go back."""
    ahead = direction == "became"
    waiting = [transfer for transfer in sorted(set(walked), key=_order) if in_lineage(records, transfer, only)]
    reached = {start: 0 if ahead else waiting[-1].date.toordinal() + 1 if waiting else 0 for start in starts}
    kept: set[Transfer] = set()
    grew = True
    while grew:  # as often as one day holds a chain; a cycle adds nothing new and ends
        grew = False
        for transfer in waiting:
            near, far = (transfer.giver, transfer.receiver) if ahead else (transfer.receiver, transfer.giver)
            day = transfer.date.toordinal()
            if transfer in kept or near not in reached or (day < reached[near] if ahead else day > reached[near]):
                continue
            kept.add(transfer)
            best = min if ahead else max
            reached[far] = best(reached.get(far, day), day)
            grew = True
    return sorted(kept, key=_order)


def ends(records: Records, walked: list[Transfer], start: Iri, direction: Direction) -> Ends:
    """Give the things where paths end, the strongest tie first, with the share of the whole path."""
    ahead = direction == "became"
    ordered = sorted(walked, key=_order, reverse=not ahead)
    ties: dict[Iri, int] = {start: 0}
    gone: set[Iri] = set()
    kept_some = False
    for transfer in ordered:
        near, far = (transfer.giver, transfer.receiver) if ahead else (transfer.receiver, transfer.giver)
        kind = kind_of_event(records, transfer)
        tie = 2 if transfer.lineage == "codes" else 1 if kind == "FunctionTransfer" else 0
        ties[far] = min(ties.get(far, 2), max(ties.get(near, 0), tie))
        if ahead and kind == PARTIAL:
            kept_some = kept_some or near == start
        else:
            gone.add(near)
    found = Ends()
    # A thing that only gave a part away is itself where the rest ended.
    last = [far for far in ties if far not in gone and (far != start or kept_some)]
    threads: tuple[Only, ...] = ("legal", "codes") if ahead else ()
    by_thread = {only: _portions(records, ordered, start, only) for only in threads}
    told = {
        only: _told(records, ordered, start, only, found)
        for only in threads
        if by_thread[only] and any((ties[end] == 2) == (only == "codes") for end in last)
    }
    for end in last:
        thread: Only = "codes" if ties[end] == 2 else "legal"
        shares = tuple(_share(each, end) for each in by_thread.get(thread, ()))
        best = next((share for share in shares if share.share is not None), None)
        found.results.append(
            records.thing(end).result(
                how=_TIES[ties[end]], shares=shares,
                share=best.share if best else None, share_basis=best.basis if best else None,
                sources=tuple(
                    dict.fromkeys(
                        [key for t in ordered if end in (t.giver, t.receiver) for key in records.cites(t.event)]
                        + (told.get(thread, []) if best else [])
                    )
                ),
            )
        )  # fmt: skip
    found.results.sort(key=lambda result: (_TIES.index(result.how or "identity"), -(result.share or 0), result.key))
    for only, followed in by_thread.items():
        if any((ties[end] == 2) == (only == "codes") for end in last):
            _add_up(found, only, followed)
    return found


def _order(transfer: Transfer) -> tuple[object, ...]:
    return transfer.date, transfer.event, transfer.giver, transfer.receiver


def _share(followed: Portions, end: Iri) -> Share:
    share = followed.share(end)
    return Share(followed.basis, None if share is None else float(share))


def _add_up(found: Ends, thread: str, followed: list[Portions]) -> None:
    for each in followed:
        total = sum((share for body, share in each.parts.items() if body not in each.unknown), Fraction(0))
        missing = tuple(key_of(event) for event in each.missing)
        found.totals.append(ShareTotal(thread, each.basis, round(float(total), 9), each.complete, missing))
        for event in each.missing:
            found.missing.setdefault(event, []).append(each.basis)
        for giver in each.estimated:
            if each.basis not in found.estimated.setdefault(giver, []):
                found.estimated[giver].append(each.basis)


def _told(records: Records, walked: list[Transfer], start: Iri, only: Only, found: Ends) -> list[str]:
    """Give the sources of the shares on the way, and note how each was found."""
    cited: list[str] = []
    thread = of_one_lineage(records, walked, (start,), "became", only)
    for transfer in thread:
        for row in records.rows("shares", event=transfer.event) if divides(records, transfer, thread) else ():
            if row["share"] and (row["giver"], row["receiver"]) == (transfer.giver, transfer.receiver):
                keys = records.cites(row["share"])
                how = (row["basis"], row["method"] or "", str(records.stated(row["share"])["confidence"]))
                found.methods[how] = tuple(dict.fromkeys([*found.methods.get(how, ()), *keys]))
                cited.extend(keys)
    return cited


def _portions(records: Records, walked: list[Transfer], start: Iri, only: Only) -> list[Portions]:
    """Follow the whole through one lineage; nothing when no step of it is divided by a stated share."""
    thread = of_one_lineage(records, walked, (start,), "became", only)
    passings, stated = gathered(records, thread)
    return portions(start, passings, stated) if stated else []
