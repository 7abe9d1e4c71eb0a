"""Who followed whom, as the publisher records it: succession rows as events and transfers, and what they lead on to.

Of two curated bodies the curated account stands, and the row is kept beside it. A row that leads from a body to itself is
kept and never followed; rows that lead round in a circle are followed as far as their dates go forwards, and told of.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import NamedTuple

from kg.graph.network import circles as round_about
from kg.graph.published.register import Register

Row = tuple[str, str, date | None]


class Edge(NamedTuple):
    """One transfer of lineage, by the local name of its node."""

    node: str
    giver: str
    receiver: str
    day: date


class Followed(NamedTuple):
    """What the successions of all files come to: Turtle by the SHA-256 of a file, and what was met in them.

    Every one is among those `repeated`, which another has said, `followed`, `curated`, `undated`, or that lead to `itself`.
    Of two followed codes that are one body there is one edge.
    """

    turtle: Mapping[str, str]
    edges: tuple[Edge, ...]
    itself: tuple[Row, ...]
    circles: tuple[tuple[str, ...], ...]
    repeated: int
    followed: int
    curated: int
    undated: int

    @property
    def stated(self) -> int:
        """How many successions the files state."""
        return self.repeated + self.followed + self.curated + self.undated + len(self.itself)


def follow(rows: Mapping[Row, str], register: Register, repeated: int = 0) -> Followed:
    """Write succession rows, each given with the SHA-256 of the file that states it first; `repeated` count no more here."""
    said: dict[str, list[str]] = {}
    events: dict[tuple[str, str, date], list[tuple[str, Row]]] = {}
    itself, curated, undated = list[Row](), 0, 0
    for row, file in sorted(rows.items(), key=lambda item: (item[1], item[0][2] or date.min, item[0][:2])):
        before, after, on = row
        giver = register.nearest(before, (on or date.max) - timedelta(1))
        receiver = register.nearest(after, on or date.min)
        if giver == receiver:
            itself.append(row)
        elif on is None:
            undated += 1
        elif before in register.joins and after in register.joins:
            curated += 1
        else:
            events.setdefault((file, receiver, on), []).append((giver, row))
            continue
        day = f'n:happenedOn "{on.isoformat()}"^^x:date;' if on else ""
        node = f"ods-{before.lower()}-{after.lower()}-{on.isoformat() if on else 'undated'}"
        said.setdefault(file, []).append(
            f"i:{node} a n:RecordedSuccession;{day}n:predecessor b:{giver};n:successor b:{receiver}.\n"
        )
    edges = list[Edge]()
    for (file, receiver, on), givers in events.items():
        event, day = f"ods-{receiver.removeprefix('ods-')}-{on.isoformat()}", f'"{on.isoformat()}"^^x:date'
        lines = [
            f'e:{event} a n:Succession;a o:ChangeEvent;n:summary "succeeded";n:status "in-effect";n:rank "preferred"'
            f';n:dateBasis "legal";n:precision "day";n:confidence "verified";n:happenedOn {day};n:hasAfter b:{receiver}'
            f"{''.join(f';n:hasBefore b:{giver}' for giver in dict.fromkeys(giver for giver, _ in givers))}.\n"
        ]
        for giver in dict.fromkeys(giver for giver, _ in givers):
            node = f"ods-{giver.removeprefix('ods-')}-{receiver.removeprefix('ods-')}-{on.isoformat()}"
            lines.append(
                f't:{node} a n:Transfer;n:inEvent e:{event};n:giver b:{giver};n:receiver b:{receiver};n:lineage "legal";n:happenedOn {day}.\n'
            )
            edges.append(Edge(node, giver, receiver, on))
        said.setdefault(file, []).extend(lines)
    circles = round_about((before, after) for before, after, _ in rows)
    return Followed(
        {file: "".join(lines) for file, lines in said.items()},
        tuple(edges),
        tuple(itself),
        circles,
        repeated,
        sum(len(givers) for givers in events.values()),
        curated,
        undated,
    )


def lead_on(edges: Iterable[Edge], curated: Iterable[Edge]) -> str:
    """Write what follows from transfers: which continues in which, as queries/rules/10 has it, and who succeeded whom."""
    own, others = list(edges), list(curated)
    giving: dict[str, list[Edge]] = {}
    for edge in (*own, *others):
        giving.setdefault(edge.giver, []).append(edge)
    new = {edge.node for edge in own}
    said = [
        f"t:{edge.node} n:continuesIn t:{later.node}.\n"
        for edge in (*own, *others) for later in giving.get(edge.receiver, ())
        if later.day >= edge.day and later.node != edge.node and (edge.node in new or later.node in new)
    ]  # fmt: skip
    pairs = dict.fromkeys((edge.giver, edge.receiver) for edge in own)
    return "".join([*said, *(f"b:{giver} n:succeededBy b:{receiver}.\n" for giver, receiver in pairs)])
