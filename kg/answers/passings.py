"""Transfers as the arithmetic of shares takes them, with the shares that are recorded of them, read from the graph."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

from kg.answers.portions import Passing, Stated
from kg.answers.record import Records, Transfer
from kg.graph.names import Iri

#: The event after which the giver lives on and keeps the rest.
PARTIAL: Final = "PartialTransfer"


def kind_of_event(records: Records, transfer: Transfer) -> str:
    """Give the type of the event of a transfer, as "Merger"."""
    return str(records.event(transfer.event)["type"])


def divides(records: Records, transfer: Transfer, thread: Iterable[Transfer]) -> bool:
    """Whether the giver of a transfer gave to others in the same event, or kept a part: whether a share is needed."""
    others = (t for t in thread if (t.event, t.giver) == (transfer.event, transfer.giver))
    return any(t.receiver != transfer.receiver for t in others) or kind_of_event(records, transfer) == PARTIAL


def gathered(
    records: Records, transfers: Iterable[Transfer], *, estimates: bool = True
) -> tuple[list[Passing], Stated]:
    """Give each transfer as a passing, and what is stated of those that divide their giver.

    A share that was counted is its amount of its total, exactly; one that was published is its decimals. Where one
    receiver takes all, no share is needed and none is given. Without `estimates` it is not looked up what joined whom.
    """
    thread = list(transfers)
    receivers: dict[tuple[Iri, Iri], set[Iri]] = {}
    for transfer in thread:
        receivers.setdefault((transfer.event, transfer.giver), set()).add(transfer.receiver)
    divided = {
        transfer.event: None
        for transfer in thread
        if len(receivers[transfer.event, transfer.giver]) > 1 or kind_of_event(records, transfer) == PARTIAL
    }
    stated: dict[tuple[Iri, Iri, Iri], dict[str, Fraction]] = {}
    for event in divided:
        for row in records.rows("shares", event=event):
            if row["basis"] and (event, row["giver"]) in receivers:
                _add(stated.setdefault((event, row["giver"], row["receiver"]), {}), row)
    givers = {transfer.giver for transfer in thread}
    passings = [
        Passing(
            transfer.event, transfer.giver, transfer.receiver, transfer.date,
            partial=kind_of_event(records, transfer) == PARTIAL,
            # What joined a body matters only where that body gives in its turn.
            alone=not (estimates and stated and transfer.receiver in givers) or _alone(records, transfer),
        )
        for transfer in thread
    ]  # fmt: skip
    return passings, stated


def _add(by_basis: dict[str, Fraction], row: dict[str, Any]) -> None:
    """Take a share over; of two by one basis, the one that was counted."""
    if row["total"]:
        by_basis[row["basis"]] = Fraction(row["amount"], row["total"])
    else:
        by_basis.setdefault(row["basis"], Fraction(Decimal(str(row["value"]))))


def _alone(records: Records, transfer: Transfer) -> bool:
    """Whether nothing of the giver's kind joined the receiver beside it, so that the two are of one extent."""
    if kind_of_event(records, transfer) in (PARTIAL, "Absorption"):
        return False
    arrived = records.rows("arrivals", thing=transfer.receiver)
    kinds = {row["kind"] for row in arrived if row["giver"] == transfer.giver}
    return all(row["giver"] == transfer.giver or row["kind"] not in kinds for row in arrived)
