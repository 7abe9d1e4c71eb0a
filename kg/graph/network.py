"""The graph as networkx: who became whom, who belonged to whom, what sits inside what.

Each network holds every kind and body, with edges or without, so that one node means one thing in all three.
Nodes are IRIs with `key`, `label`, `kind`, `start` and `until`. Days are ISO text, as GraphML and JSON have no
other; `until` is the first day without; a day that is open or not known is None.

`became` and `before` walk lineage here, with nothing asked of SPARQL: queries/became.rq and queries/before.rq
must find the same, and tests/test_agreement.py holds them to it.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from datetime import date
from heapq import heappop, heappush
from typing import Any, Protocol, TypeAlias

import networkx as nx

from kg.errors import NotFound, StoreError
from kg.facts.dates import OPEN_END, UNKNOWN_START
from kg.graph.names import Iri, key_of, local_name
from kg.graph.store import Row
from kg.graph.terms import Value

Network: TypeAlias = "nx.MultiDiGraph[str]"


class Asked(Protocol):
    """Whatever answers saved queries: a Graph, or a store and its queries in a test."""

    def rows(self, query: str, **bindings: Value) -> list[Row]:
        """Run a saved query whose parameters are typed already; give its rows."""
        ...


def succession(graph: Asked, *, as_of: date | None = None, alone: bool = True) -> Network:
    """Give the network of who became whom.

    An edge giver -> receiver is one transfer, so two events between the same pair stay two edges. Planned,
    unconfirmed and alternative events are not in it. Things that never changed are present without edges.

    Args:
        graph: what the saved queries are asked of.
        as_of: keep transfers on or before this day; None keeps all that are in effect.
        alone: whether what has no edge of any day is in it.

    Returns:
        Nodes: key, label, kind (of a body, its latest), start, until.
        Edges, keyed by the transfer's IRI: event (its key, which sources are cited for), type, date, precision,
        lineage ("legal" or "codes"), shares ({basis: part of the giver}, empty when none is known).

    Raises:
        StoreError: a transfer names a thing that the graph does not describe.

    Source: W3C ORG, section on historical information; event types in ontology/README.md.
    """
    transfers = graph.rows("transfers")
    sides = None if alone else {row[side] for row in transfers for side in ("giver", "receiver")}
    network, _ = _nodes(graph, sides)
    shares: dict[tuple[Any, ...], dict[str, float]] = {}
    for row in graph.rows("shares"):  # asked without an event, it tells of all
        if row["value"] is not None:
            shares.setdefault((row["event"], row["giver"], row["receiver"]), {})[row["basis"]] = float(row["value"])
    for row in transfers:
        if as_of is None or row["date"] <= as_of:
            _edge(
                network, row["giver"], row["receiver"], row["transfer"],
                event=key_of(row["event"]), type=local_name(row["type"]), date=row["date"].isoformat(),
                precision=row["precision"], lineage=row["lineage"],
                shares=shares.get((row["event"], row["giver"], row["receiver"]), {}),
            )  # fmt: skip
    return network


def membership(graph: Asked, *, as_of: date | None = None) -> Network:
    """Give the network of who belonged to whom.

    An edge member -> group is one membership; a member that left and came back has two.

    Args:
        graph: what the saved queries are asked of.
        as_of: keep memberships in force on this day, and so while the member and the group last too, as
            queries/members.rq does; None keeps all.

    Returns:
        Nodes: as in `succession`.
        Edges, keyed by the membership's IRI: role, start, until.

    Raises:
        StoreError: a membership names a body that the graph does not describe.

    Source: W3C ORG, `org:Membership`.
    """
    network, things = _nodes(graph)
    _memberships(graph, network, things, as_of)
    return network


def containment(graph: Asked, *, as_of: date | None = None) -> Network:
    """Give the network of what sits inside what: kinds inside kinds, and bodies that are part of a body.

    Args:
        graph: what the saved queries are asked of.
        as_of: keep what is in force on this day, as queries/tiers.rq has it for kinds and as in `membership` for
            bodies; None keeps all.

    Returns:
        Nodes: as in `succession`.
        Edges part -> whole, keyed by the IRI of the membership or tier: role (always "part"), start, until.

    Raises:
        StoreError: a part or a whole is a thing that the graph does not describe.
    """
    network, things = _nodes(graph)
    for row in graph.rows("all-tiers"):
        if as_of is None or row["start"] <= as_of < row["end"]:
            _edge(
                network, row["part"], row["whole"], row["containment"], role="part", **_period(row["start"], row["end"])
            )
    _memberships(graph, network, things, as_of, role="part")
    return network


def became(network: Network, iri: str, as_of: date) -> frozenset[Iri]:
    """Give the transfers that a thing's lineage runs through after it, up to a day.

    A thing inherits what its new home does on or after its arrival, the same day included. What the thing itself
    gave counts from whatever day. Only the earliest arrival at each node matters: whatever a later one could
    still join, it joins too. So a node is left once, and a cycle ends.

    Args:
        network: from `succession`, of a day no earlier than `as_of`.
        iri: the kind or body it starts from.
        as_of: the last day of a transfer that counts.

    Returns:
        IRIs of transfers, which are the keys of the edges.

    Raises:
        NotFound: the network has no such node.

    Source: docs/decisions/0008-lineage-walks-transfers.md.
    """
    return _walk(network, iri, as_of, ahead=True)


def before(network: Network, iri: str, as_of: date) -> frozenset[Iri]:
    """Give the transfers that a thing's lineage runs through before it, of those that had reached it by a day.

    The mirror of `became`: only the latest departure from each node matters, and none is after `as_of`.
    Arguments, result and errors are the same.
    """
    return _walk(network, iri, as_of, ahead=False)


def graphml(network: Network) -> bytes:
    """Write a network as GraphML; the same network gives the same bytes.

    What is None is left out, and each share is an attribute of its own: `share_population` and so on.
    """
    flat: Network = nx.MultiDiGraph()
    for node, data in network.nodes(data=True):
        flat.add_node(node, **_flat(data))
    for tail, head, key, data in network.edges(keys=True, data=True):
        flat.add_edge(tail, head, key, **_flat(data))
    out = io.BytesIO()
    nx.write_graphml_xml(flat, out)  # not write_graphml, whose bytes depend on whether lxml is installed
    return out.getvalue()


def _walk(network: Network, start: str, as_of: date, *, ahead: bool) -> frozenset[Iri]:
    """Dijkstra's search with days for distances; for the way back, the days run backwards."""
    if start not in network:
        raise NotFound(f"There is no node {start} in this network. Its nodes are the IRIs of kinds and bodies.")
    way = 1 if ahead else -1
    first = date.min if ahead else as_of
    waiting, left, found = [(way * first.toordinal(), start)], set[str](), set[Iri]()
    while waiting:
        clock, node = heappop(waiting)
        if node in left:
            continue
        left.add(node)
        edges = network.out_edges(node, keys=True, data=True) if ahead else network.in_edges(node, keys=True, data=True)
        for giver, receiver, transfer, data in edges:
            day = date.fromisoformat(data["date"])
            then = way * day.toordinal()
            if then >= clock and day <= as_of:
                found.add(Iri(transfer))
                heappush(waiting, (then, receiver if ahead else giver))
    return frozenset(found)


def _nodes(graph: Asked, only: Iterable[Iri] | None = None) -> tuple[Network, Mapping[str, Row]]:
    """Give a network of every kind and body, or of some, without edges, and the row of each, whose days can be compared."""
    network: Network = nx.MultiDiGraph()
    things: dict[str, Row] = {}
    rows: Iterable[Row] = (
        graph.rows("things")
        if only is None
        else ({**row, "thing": iri} for iri in sorted(only) for row in graph.rows("things", thing=iri))
    )
    for row in rows:
        iri, kind = row["thing"], row["kind"]
        if iri in things:  # of two kinds since the same day: a row for each
            kind = f"{network.nodes[iri]['kind']}; {kind}"
        things[iri] = row
        network.add_node(iri, key=key_of(iri), label=row["label"], kind=kind, **_period(row["start"], row["end"]))
    return network, things


def _memberships(graph: Asked, network: Network, things: Mapping[str, Row], as_of: date | None, role: str = "") -> None:
    for row in graph.rows("all-memberships"):
        member, group, its_role = row["member"], row["group"], key_of(row["role"])
        if role and role != its_role:
            continue
        parts = [row, *(things[iri] for iri in (member, group) if iri in things)]
        if as_of is None or all(part["start"] <= as_of < part["end"] for part in parts):
            _edge(network, member, group, row["membership"], role=its_role, **_period(row["start"], row["end"]))


def _edge(network: Network, tail: str, head: str, key: str | int, **data: object) -> None:
    for iri in (tail, head):
        if iri not in network:  # networkx would make a node of it, without a name
            raise StoreError(f"The graph names {iri} and does not describe it. Look for the fault with: kg check")
    network.add_edge(tail, head, key, **data)


def _period(start: date, end: date) -> dict[str, str | None]:
    return {
        "start": None if start == UNKNOWN_START else start.isoformat(),
        "until": None if end == OPEN_END else end.isoformat(),
    }


def _flat(data: Mapping[str, Any]) -> dict[str, Any]:
    shares = {f"share_{basis}": value for basis, value in sorted(data.get("shares", {}).items())}
    return {name: value for name, value in data.items() if value is not None and name != "shares"} | shares


def circles(pairs: Iterable[tuple[str, str]]) -> tuple[tuple[str, ...], ...]:
    """Give the names that lead round to themselves through others, each circle in order; one that leads to itself alone is none."""
    found = nx.strongly_connected_components(nx.DiGraph(pairs))
    return tuple(sorted(tuple(sorted(circle)) for circle in found if len(circle) > 1))
