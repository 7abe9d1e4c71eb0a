"""The flow table between two files that somebody gives: which code's areas, people or practices went to which."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kg.errors import UsageError
from kg.facts import lookups, shares

COLUMNS = ("from_code", "to_code", "count", "amount", "total", "share")


@dataclass(frozen=True)
class Asked:
    """The files of one question, and what is to be counted in them."""

    before: Path
    after: Path
    weights: Path | None = None
    through: Path | None = None
    basis: str | None = None
    from_column: str = ""
    to_column: str = ""


def table(asked: Asked) -> tuple[list[dict[str, Any]], list[str]]:
    """Give the lines of the flow table, and what to know about them.

    Raises:
        UsageError: the files and the basis do not go together.
        BadInput: a file cannot be read, or the areas of two files do not match.
    """
    basis = asked.basis or (
        "practices" if lookups.are_practices(asked.before) else "population" if asked.weights else "area"
    )
    if basis == "population" and asked.weights is None:
        raise UsageError("A count by population needs the people of each small area. Give that file with --weights.")
    if basis != "population" and asked.weights is not None:
        raise UsageError(f"A count by {basis} takes no weights. Leave out --weights, or give --basis population.")
    if basis == "practices" and asked.through is not None:
        raise UsageError("Practices need no lookup between censuses. Leave out --through.")
    notes = []
    if basis == "practices":
        was = lookups.practices(asked.before, active=True)
        found, gone = shares.moved(was, lookups.practices(asked.after, active=False))
        if gone:
            notes.append(
                f"{len(gone):,} practices of {asked.before.name} are not in {asked.after.name} and are left out."
            )
    else:
        first = lookups.codes(asked.before, asked.from_column)
        last = lookups.codes(asked.after, asked.to_column)
        people = lookups.weights(asked.weights) if asked.weights else None
        bridge = lookups.bridge(asked.through) if asked.through else None
        found = shares.flows(first.cells, last.cells, people, bridge)
        notes.append(f"Codes of {asked.before.name} by {first.name}, of {asked.after.name} by {last.name}.")
        if found.chosen:
            notes.append(
                f"{len(found.chosen)} areas were redrawn across a border and are counted where most of their giver went: "
                f"{', '.join(found.chosen)}."
            )
    lines = [
        dict(
            zip(
                COLUMNS,
                (flow.giver, flow.receiver, flow.count, flow.amount, flow.total, shares.as_text(flow.share)),
                strict=True,
            )
        )
        for flow in found.flows
    ]
    return lines, notes
