"""All kinds of structure: how long each lasted, and what became what."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Final, Literal

from kg.answers import language as say
from kg.answers.record import Records, Transfer
from kg.faces.diagrams.presets.drawn import Drawn
from kg.faces.diagrams.scene import Node, Scene
from kg.faces.diagrams.styles import look
from kg.graph.store import Row

#: The families from what is national to what is local; what often passes from one to another stands near it.
_LANES: Final = (
    "national", "region", "support", "commissioner", "place", "partnership", "system", "programme", "provider", "council",
)  # fmt: skip


def scene(records: Records, as_of: date, *, form: Literal["calendar", "layers"] = "calendar") -> Scene:
    """State the kinds of structure there had been by a day, and the changes from kind to kind in effect by then.

    Args:
        records: of the graph.
        as_of: kinds that began later, and later changes, are left out.
        form: "calendar" draws bars along time, a lane for each family; "layers" columns, with what sat inside what.
    """
    drawn = Drawn(records)
    rows = records.rows("kinds")
    nodes = [
        drawn.node(row["kind"], lane=say.capital(look(row["family"]).word)) for row in rows if row["start"] <= as_of
    ]
    # A change, or a tier, known to the year alone counts from the first of January: then one of its ends may be missing still.
    there = {row["kind"] for row in rows if row["start"] <= as_of}
    edges = [
        drawn.transfer(Transfer(row["event"], row["giver"], row["receiver"], row["date"], row["lineage"]))
        for row in records.rows("transfers")
        if {row["giver"], row["receiver"]} <= there and row["date"] <= as_of
    ]
    cautions = _cautions(as_of, rows, nodes, form)
    if form == "layers":
        tiers = [
            drawn.containment(row)
            for row in records.rows("all-tiers")
            if row["start"] <= as_of and {row["part"], row["whole"]} <= there
        ]
        nodes, edges = [replace(node, lane="") for node in nodes], [*edges, *tiers]
    else:
        nodes.sort(key=lambda node: _LANES.index(node.family) if node.family in _LANES else len(_LANES))
    when = say.day(as_of)
    return Scene(
        title="Kinds of NHS integration structure in England",
        caption=(
            f"{say.capital(say.counted(len(nodes), 'kind'))} of structure recorded by {when}, "
            + ("each from its first day to its last" if form == "calendar" else "from left to right")
            + f", and the {say.counted(sum(e.relation != 'inside' for e in edges), 'change')} by which one became or passed to another."
        ),
        as_of=as_of,
        release=records.graph.release,
        form=form,
        nodes=tuple(nodes),
        edges=tuple(edges),
        ledger=drawn.ledger,
        cautions=cautions,
    )


def _cautions(as_of: date, rows: list[Row], nodes: list[Node], form: str) -> tuple[str, ...]:
    """Say what the drawing cannot show as it is: days that are not known, or not to the day, and what came later."""
    told = []
    unknown = [node.short for node in nodes if node.sure != (node.starts, node.ends)]
    if unknown and form == "calendar":
        told.append(
            "A torn side stands for a start or an end that is not recorded; a torn bar is only as long as its words and "
            "what is known of it need."
        )
    if form == "calendar":
        told.append("A date that is known only to the month or year is drawn at its first day.")
    later = [row for row in rows if row["start"] > as_of]
    if later:
        told.append(f"{say.capital(say.counted(len(later), 'kind'))} that began after {say.day(as_of)} are left out.")
    return tuple(told)
