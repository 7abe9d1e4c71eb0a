"""The whole country between two days: every statutory commissioner, what it became, and with how many people."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from kg.answers import language as say
from kg.answers.commissioners import Commissioners
from kg.answers.record import Records
from kg.faces.diagrams.presets.drawn import Drawn
from kg.faces.diagrams.scene import Scene


def scene(records: Records, since: date, until: date) -> Scene:
    """State who commissioned care on each day from one day to another, and who passed to whom.

    Raises:
        UsageError: the second day is not after the first, or no commissioner is recorded on the first.
    """
    found = Commissioners.between(records, since, until)
    drawn = Drawn(records)
    people = found.people
    nodes = []
    for body in found.bodies:
        region = found.region(body)
        weight = people.get(body)
        number = say.counted(round(weight), "person", "people") if weight is not None else "not known"
        node = drawn.node(
            body, lane=records.thing(region).label if region else "", weight=None if weight is None else float(weight)
        )
        nodes.append(replace(node, facts=(*node.facts, ("People", number))))
    edges = []
    for transfer in found.transfers:
        part, flow = found.parts[transfer], found.flow(transfer)
        edges.append(
            drawn.transfer(
                transfer, label="", weight=None if flow is None else float(flow),
                relation="whole" if part == 1 else "part",
            )
        )  # fmt: skip
    first = sum(records.thing(body).in_force(since) for body in found.bodies)
    last = sum(records.thing(body).in_force(until) for body in found.bodies)
    unknown = [records.thing(body).label for body in found.bodies if body not in people]
    cautions = [
        f"A band is as wide as the people it covered as of {found.counted_on}, whatever the day. Those of bodies that had "
        "ended before are an estimate, by how many general practices each had in March 2017."
    ] if found.counted_on else []  # fmt: skip
    if unknown:
        cautions.append(
            f"How many people it covered is not known, and the band is a thin line, for {say.shortened(unknown, 12)}; the table and the page name each."
        )
    return Scene(
        title=f"Who commissioned NHS care in England, {say.day(since)} to {say.day(until)}",
        caption=f"{say.number(first)} local statutory commissioners on {say.day(since)}, {say.number(last)} on {say.day(until)}: each a band "
        "through its days, bent into what it merged into. A dashed line is a part, or the duties of a part, that moved to another.",
        as_of=until,
        since=since,
        release=records.graph.release,
        form="bands",
        nodes=tuple(nodes),
        edges=tuple(edges),
        ledger=drawn.ledger,
        cautions=tuple(cautions),
    )  # fmt: skip
