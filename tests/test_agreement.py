"""SPARQL and networkx agree: lineage and membership are computed twice, and are the same (promise P7).

Histories and memberships are drawn at random, as rows that go through the real build, rules and saved queries. Of the
real graph every thing is asked about by itself on one day, a sample on more days, and all of them in one query on days
that run through its whole time: a parameter that is not given stands for every value it may have. One lineage alone,
and the shares at the ends of a lineage, are compared in the same way with what the edges of a network say.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from functools import cached_property
from typing import Any, TypeAlias, cast

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.answers.ends import Direction, Only, ends, of_one_lineage
from kg.answers.portions import Passing, portions
from kg.answers.record import Records
from kg.errors import NotFound, StoreError
from kg.facts import records as r
from kg.facts import vocabulary
from kg.facts.curated import load
from kg.facts.dates import OPEN_END, UNKNOWN_START
from kg.facts.rows import Facts, Placed
from kg.graph.build import build
from kg.graph.graph import Graph
from kg.graph.inputs import Inputs
from kg.graph.names import Iri, category_of, key_of, thing
from kg.graph.network import Asked, Network, became, before, containment, graphml, membership, succession
from kg.graph.queries import Queries
from kg.graph.store import OxigraphStore, Row
from kg.graph.terms import Value

INPUTS = Inputs.default()
QUERIES = Queries(INPUTS.queries)
SAID = {"source": "someone", "confidence": "verified"}
#: Few, so that chains and cycles on one day happen; two of them are the same day at another precision.
DATES = ("2017-04-01", "2018", "2018-01-01", "2018-04-01", "2018-04-02", "2019-07")
DAYS = tuple(date.fromisoformat(day) for day in ("2017-04-01", "2018-01-01", "2018-04-01", "2018-04-02", "2019-07-01"))
EVENTS = (
    "Merger", "Division", "Absorption", "PartialTransfer", "Reorganisation", "FunctionTransfer", "CodeReuse",
    "Replacement",
)  # fmt: skip
ONE_DAY = timedelta(days=1)
SOURCE = r.Source.model_validate({"key": "someone", "title": "What someone wrote", "publisher": "Someone"})


@dataclass(frozen=True)
class Held:
    """A graph in memory, which answers the saved queries as a compiled one does.

    What is asked without a parameter is asked once: networks of many days are made from the same few listings.
    """

    store: OxigraphStore
    listed: dict[str, list[Row]] = field(default_factory=dict)

    def rows(self, query: str, **bindings: Value) -> list[Row]:
        if bindings:
            return QUERIES.run(self.store, query, **bindings)
        if query not in self.listed:
            self.listed[query] = QUERIES.run(self.store, query)
        return self.listed[query]

    @cached_property
    def records(self) -> Records:
        """The answers' reader over this graph; of a Graph it needs no more than `rows`."""
        return Records(cast(Graph, self))


@pytest.fixture(scope="module")
def real(graph: Graph) -> Held:
    """The real graph in memory, where each of some ten thousand questions takes a fraction of a millisecond."""
    return Held(OxigraphStore.in_memory(graph.n_quads))


def hold(rows: Iterable[r.Row]) -> Held:
    """Build a graph of these rows and of their one source, with the real rules."""
    facts = Facts()
    for line, row in enumerate((SOURCE, *rows), start=2):
        facts.placed.setdefault(row.FILE, []).append(Placed(row, row.FILE, line))
    return Held(OxigraphStore.holding(build(facts, [], INPUTS.rules).n_quads))


def a_body(key: str, from_: str | None = None, until: str | None = None) -> r.Body:
    return r.Body.model_validate(
        {"key": key, "name": key.upper(), "legal": "formal", "from": from_, "until": until, **SAID}
    )


def an_event(key: str, kind: str, when: str, before: Iterable[str], after: Iterable[str], **other: str) -> r.Event:
    sides = {"before": tuple(before), "after": tuple(after)}
    return r.Event.model_validate(
        {"key": key, "type": kind, "date": when, "summary": "it was so", **sides, **SAID, **other}
    )


def moves(*events: tuple[str, str, str], **other: str) -> Held:
    """Build a graph of transfers, each (giver, receiver, when); the first is event e0."""
    bodies = sorted({key for giver, receiver, _ in events for key in (giver, receiver)})
    return hold([
        *map(a_body, bodies),
        *(an_event(f"e{n}", "PartialTransfer", when, [giver], [receiver], **other) for n, (giver, receiver, when) in enumerate(events)),
    ])  # fmt: skip


def walked(held: Asked, question: str, key: str, as_of: date = date.max) -> set[str]:
    """The events, by key, that lineage runs through; both ways of finding them must say the same."""
    network, iri = succession(held), thing("body", key)
    lineage_agrees(held, network, [iri], [as_of])
    found = (became if question == "became" else before)(network, iri, as_of)
    return {data["event"] for _, _, transfer, data in network.edges(keys=True, data=True) if transfer in found}


def lineage_agrees(graph: Asked, network: Network, things: Iterable[str], days: Iterable[date]) -> None:
    days = list(days)
    for iri in map(Iri, things):
        for day in days:
            for question, walk in (("became", became), ("before", before)):
                rows = graph.rows(question, thing=iri, asOf=day)
                assert {row["transfer"] for row in rows} == walk(network, iri, day), (
                    f"{question} {key_of(iri)} as of {day}"
                )
                assert all(network.has_edge(row["giver"], row["receiver"], row["transfer"]) for row in rows)


@st.composite
def histories(draw: st.DrawFn) -> list[r.Row]:
    """Bodies and what happened to them: any events the data dictionary allows, in any order of days."""
    some = st.booleans()
    keys = [f"b{number}" for number in range(draw(st.integers(3, 12)))]
    rows: list[r.Row] = [a_body(key) for key in keys]
    for number in range(draw(st.integers(1, 15))):
        kind = draw(st.sampled_from(EVENTS))
        sides = []
        for least, most in vocabulary.CARDINALITY[kind]:
            side = st.lists(st.sampled_from(keys), min_size=least, max_size=most or 3, unique=True)
            sides.append(draw(side))
        event = an_event(
            f"e{number}", kind, draw(st.sampled_from(DATES)), *sides,
            status=draw(st.sampled_from(("in-effect", "in-effect", "in-effect", "planned"))),
        )  # fmt: skip
        rows.append(event)
        pairs = [(giver, receiver) for giver in sides[0] for receiver in sides[1] if giver != receiver]
        restricted: bool = draw(some)
        if pairs and restricted:
            for giver, receiver in draw(st.lists(st.sampled_from(pairs), min_size=1, unique=True)):
                share = {"basis": "population", "share": 0.25} if draw(some) else {}
                rows.append(
                    r.Transfer.model_validate(
                        {"event": event.key, "giver": giver, "receiver": receiver, **share, **SAID}
                    )
                )
    return rows


@given(histories())
@settings(deadline=None, max_examples=60)
def test_lineage_agrees_on_any_history(rows: list[r.Row]) -> None:
    held = hold(rows)
    network = succession(held)
    assert nx.number_of_selfloops(network) == 0
    lineage_agrees(held, network, network.nodes, [DAYS[0] - ONE_DAY, *DAYS])


def test_lineage_agrees(real: Held) -> None:
    """Every thing by itself once all had happened, and the sample by itself on days through the whole time."""
    network = succession(real)
    dates = sorted({row["date"] for row in real.rows("transfers")})
    assert network.number_of_edges() > 1000
    lineage_agrees(real, network, network.nodes, [date.max])
    lineage_agrees(
        real, network, sample(network), [dates[0] - ONE_DAY, *dates[::16], date(2013, 4, 1), date(2022, 7, 1)]
    )


def test_lineage_agrees_of_all_things_at_once(real: Held) -> None:
    network = succession(real)
    dates = sorted({row["date"] for row in real.rows("transfers")})
    for day in (dates[0] - ONE_DAY, *dates[::8], dates[-1]):
        for question, walk in (("became", became), ("before", before)):
            found: dict[str, set[str]] = {iri: set() for iri in network}
            for row in real.rows(question, asOf=day):
                found[row["thing"]].add(row["transfer"])
            assert found == {iri: walk(network, iri, day) for iri in network}, f"{question} as of {day}"


def sample(network: Network) -> list[str]:
    """Things to ask about on many days, always the same ones.

    Whoever gave or received in the events where lineage is not a plain line: every division, reorganisation, partial
    transfer and renaming; every third code reuse; every pair of bodies that gave to each other; every twentieth of all the
    things that took part in anything, and every two hundredth of those that did not.
    """
    chosen: dict[str, None] = {}
    reuses = 0
    for giver, receiver, data in network.edges(data=True):
        reuses += data["type"] == "CodeReuse"
        if (
            data["type"] in ("Division", "Reorganisation", "PartialTransfer", "Renaming", "Evolution")
            or (data["type"] == "CodeReuse" and reuses % 3 == 0)
            or network.has_edge(receiver, giver)
        ):
            chosen |= dict.fromkeys((giver, receiver))
    touched = sorted(iri for iri in network if network.degree(iri))
    alone = sorted(iri for iri in network if not network.degree(iri))
    return list(chosen | dict.fromkeys((*touched[::20], *alone[::200])))


# One lineage alone, and shares


def one_lineage(network: Network, only: Only) -> Network:
    """Every node, and the edges of the lineage in law or those along which codes go."""
    others = [
        (giver, receiver, key) for giver, receiver, key, data in network.edges(keys=True, data=True)
        if (data["lineage"] != "legal" if only == "legal" else data["type"] == "FunctionTransfer")
    ]  # fmt: skip
    return cast(Network, nx.restricted_view(network, [], others).copy())


def one_lineage_agrees(held: Held, things: Iterable[str], day: date) -> int:
    """Compare each lineage of things by itself; give how many transfers were left out by keeping to one."""
    records, network, left_out = held.records, succession(held), 0
    by_key = {key: (thing("event", data["event"]), u, v) for u, v, key, data in network.edges(keys=True, data=True)}
    alone: dict[Only, Network] = {only: one_lineage(network, only) for only in ("legal", "codes")}
    for iri in map(Iri, things):
        directions: tuple[Direction, ...] = ("became", "before")
        for direction in directions:
            walked = records.transfers(direction, iri, day)
            if not walked:
                continue
            for only, edges in alone.items():
                kept = {
                    (t.event, t.giver, t.receiver) for t in of_one_lineage(records, walked, (iri,), direction, only)
                }
                walk = became if direction == "became" else before
                assert kept == {by_key[key] for key in walk(edges, iri, day)}, f"{direction} {key_of(iri)}, {only}"
                left_out += len(walked) - len(kept)
    return left_out


def shares_agree(held: Held, things: Iterable[str], day: date) -> int:
    """Compare the shares at the ends of lineages with those that follow from the edges; give how many there were."""
    records, network, compared = held.records, succession(held), 0
    alone: dict[Only, Network] = {only: one_lineage(network, only) for only in ("legal", "codes")}
    at = {key: (giver, receiver) for giver, receiver, key in network.edges(keys=True)}
    for iri in map(Iri, things):
        walked = records.transfers("became", iri, day)
        if not walked:
            continue
        results = ends(records, walked, iri, "became").results
        told = {(result.key, share.basis): share.share for result in results for share in result.shares}
        how = {result.key: result.how for result in results}
        for only, edges in alone.items():
            transfers = [(*at[key], network.edges[(*at[key], key)]) for key in became(edges, iri, day)]
            for each in followed(iri, transfers):
                mine = [key for key in how if (how[key] == "codes") == (only == "codes")]
                for key in mine:
                    share = each.share(thing("body", key) if thing("body", key) in network else thing("kind", key))
                    said = told.pop((key, each.basis))
                    # The edges have the share as it is written, the answers as it was counted: 32 of 73.
                    assert said == (None if share is None else pytest.approx(float(share), abs=1e-9)), f"{iri} to {key}"
                    compared += share is not None
        assert not told, f"shares of {iri} that no edge has"
    return compared


def followed(start: Iri, transfers: list[tuple[str, str, dict[str, Any]]]) -> list[Any]:
    """The portions of a whole along these edges; shares count where a giver is divided, or gives only a part."""
    receivers: dict[tuple[str, str], set[str]] = {}
    for giver, receiver, data in transfers:
        receivers.setdefault((data["event"], giver), set()).add(receiver)
    passings, stated = [], {}
    for giver, receiver, data in transfers:
        event, partial = thing("event", data["event"]), data["type"] == "PartialTransfer"
        passings.append(Passing(event, Iri(giver), Iri(receiver), date.fromisoformat(data["date"]), partial=partial))
        divides = any(of == data["event"] and len(ends_of) > 1 for (of, _), ends_of in receivers.items())
        if partial or divides:
            stated[event, Iri(giver), Iri(receiver)] = {
                basis: Fraction(repr(share)) for basis, share in data["shares"].items()
            }
    return portions(start, passings, stated) if stated else []


@given(histories())
@settings(deadline=None, max_examples=40)
def test_one_lineage_and_shares_agree_on_any_history(rows: list[r.Row]) -> None:
    held = hold(rows)
    things = list(succession(held))
    one_lineage_agrees(held, things, DAYS[-1])
    shares_agree(held, things, DAYS[-1])


def test_one_lineage_agrees(real: Held) -> None:
    """Of every thing by the last day, and of the sample where all three were told apart first: 2013 and 2022."""
    network = succession(real)
    assert one_lineage_agrees(real, network, date.max) > 100, "the two lineages differ"
    for day in (date(2013, 4, 1), date(2022, 7, 1)):
        one_lineage_agrees(real, sample(network), day)


def test_shares_agree(real: Held) -> None:
    assert shares_agree(real, succession(real), date.max) > 100


def test_a_cycle_ends() -> None:
    there_and_back = moves(("a", "b", "2018-01-01"), ("b", "a", "2019-07-01"))
    assert walked(there_and_back, "became", "a") == {"e0", "e1"}
    assert walked(there_and_back, "became", "b") == {"e1"}
    assert walked(there_and_back, "before", "a") == {"e0", "e1"}
    assert walked(there_and_back, "before", "b") == {"e0"}


def test_a_cycle_within_one_day_ends() -> None:
    ring = moves(("a", "b", "2018-01-01"), ("b", "c", "2018-01-01"), ("c", "a", "2018-01-01"))
    for question in ("became", "before"):
        for key in "abc":
            assert walked(ring, question, key) == {"e0", "e1", "e2"}


def test_nothing_is_inherited_from_before_the_arrival() -> None:
    held = moves(("a", "b", "2019-04-01"), ("b", "c", "2017-04-01"))
    assert walked(held, "became", "a") == {"e0"}
    assert walked(held, "before", "c") == {"e1"}


def test_what_follows_on_the_same_day_is_inherited() -> None:
    held = moves(("a", "b", "2018-04-01"), ("b", "c", "2018-04-01"), ("c", "d", "2018-04-01"), ("b", "e", "2018-03-31"))
    assert walked(held, "became", "a") == {"e0", "e1", "e2"}
    assert walked(held, "before", "d") == {"e0", "e1", "e2"}


def test_the_earliest_arrival_and_the_latest_departure_count() -> None:
    held = moves(("a", "b", "2020-01-01"), ("b", "c", "2018-01-01"), ("a", "b", "2016-01-01"))
    assert walked(held, "became", "a") == {"e0", "e1", "e2"}
    held = moves(("a", "b", "2018-01-01"), ("b", "c", "2016-01-01"), ("b", "c", "2020-01-01"))
    assert walked(held, "before", "c") == {"e0", "e1", "e2"}


def test_a_thing_that_comes_back_to_itself_keeps_all_that_it_gave() -> None:
    """What a thing gave is its own from whatever day; only what others bring into it must have arrived."""
    held = moves(("a", "c", "2015-01-01"), ("a", "b", "2018-01-01"), ("b", "a", "2019-01-01"), ("x", "a", "2016-01-01"))
    assert walked(held, "became", "a") == {"e0", "e1", "e2"}
    assert walked(held, "became", "x") == {"e1", "e2", "e3"}
    assert walked(held, "became", "b") == {"e2"}


def test_only_what_happened_by_the_day_counts() -> None:
    held = moves(("a", "b", "2017-04-01"), ("b", "c", "2018-04-01"))
    assert walked(held, "became", "a", date(2018, 3, 31)) == {"e0"}
    assert walked(held, "became", "a", date(2018, 4, 1)) == {"e0", "e1"}
    assert walked(held, "before", "c", date(2018, 3, 31)) == set()
    assert walked(held, "before", "c", date(2018, 4, 1)) == {"e0", "e1"}


@pytest.mark.parametrize(
    "other",
    [{"status": "planned"}, {"status": "unconfirmed"}, {"rank": "alternative"}, {"confidence": "unconfirmed"}],
    ids=str,
)
def test_what_is_not_settled_makes_no_edge(other: dict[str, str]) -> None:
    held = moves(("a", "b", "2018-01-01"), **other)
    assert succession(held).number_of_edges() == 0
    assert walked(held, "became", "a") == walked(held, "before", "b") == set()


Belonging: TypeAlias = "set[tuple[str, str, str, str, str]]"


def edges_of(network: Network, body: str, question: str) -> Belonging:
    """Who is at the other end of a body's memberships in a network, and from when to when all three last."""
    edges: Any = (
        network.in_edges(body, keys=True, data=True)
        if question == "members"
        else network.out_edges(body, keys=True, data=True)
    )
    found = set()
    for member, group, key, data in edges:
        lives = [data, network.nodes[member], network.nodes[group]]
        since = max(life["start"] or UNKNOWN_START.isoformat() for life in lives)
        until = min(life["until"] or OPEN_END.isoformat() for life in lives)
        found.add((key, member if question == "members" else group, data["role"], since, until))
    return found


def rows_of(rows: Iterable[Row], question: str) -> Belonging:
    """The same, of the rows that a saved query gave."""
    return {
        (
            row["membership"], row["member" if question == "members" else "group"], key_of(row["role"]),
            row["since"].isoformat(), row["until"].isoformat(),
        )
        for row in rows
    }  # fmt: skip


def membership_agrees(graph: Asked, things: Iterable[str], days: Iterable[date]) -> None:
    things = list(map(Iri, things))
    for day in days:
        network = membership(graph, as_of=day)
        for iri in things:
            for question in ("members", "memberships"):
                rows = graph.rows(question, body=iri, asOf=day)
                assert rows_of(rows, question) == edges_of(network, iri, question), f"{question} {key_of(iri)} on {day}"


def around(days: Iterable[date]) -> list[date]:
    """Each day and the one before, where the calendar has it: periods change between the two."""
    near = {day - step for day in days if date.min < day < date.max for step in (timedelta(), ONE_DAY)}
    return sorted(near | {date.min, date.max})


@st.composite
def belongings(draw: st.DrawFn) -> list[r.Row]:
    """Bodies and memberships whose periods begin and end, or do not, independently of one another."""
    start = st.sampled_from((None, *DATES))
    periods = st.tuples(start, st.sampled_from((None, "unknown", *DATES))).filter(
        lambda ends: None in ends or "unknown" in ends or DATES.index(str(ends[0])) <= DATES.index(str(ends[1]))
    )
    keys = [f"b{number}" for number in range(draw(st.integers(2, 6)))]
    rows: list[r.Row] = [a_body(key, *draw(periods)) for key in keys]
    ends = st.lists(st.sampled_from(keys), min_size=2, max_size=2, unique=True)
    drawn = draw(st.lists(st.tuples(ends, st.sampled_from(("part", "partner")), periods), min_size=1, max_size=10))
    for (group, member), role, (from_, until) in {(*item[0], item[1], item[2][0]): item for item in drawn}.values():
        said = {"group": group, "member": member, "role": role, "from": from_, "until": until, **SAID}
        rows.append(r.Membership.model_validate(said))
    return rows


@given(belongings())
@settings(deadline=None, max_examples=60)
def test_membership_agrees_on_any_record(rows: list[r.Row]) -> None:
    held = hold(rows)
    membership_agrees(held, membership(held).nodes, around(DAYS))


def test_membership_agrees(real: Held) -> None:
    """Every thing by itself on one day; and all of them at once around days on which something changed.

    Those are every sixteenth such day in order of time, the day before each, and the first and the last day there are.
    """
    network = membership(real)
    assert network.number_of_edges() > 1000
    membership_agrees(real, network.nodes, [date(2019, 7, 1)])
    belong = {iri for edge in network.edges() for iri in edge}
    periods = [*(row for row in real.rows("things") if row["thing"] in belong), *real.rows("all-memberships")]
    changed = sorted({row[end] for row in periods for end in ("start", "end")} - {date.min, date.max})
    for day in around(changed[::16]):
        then = membership(real, as_of=day)
        for question in ("members", "memberships"):
            asked: dict[str, list[Row]] = {}
            for row in real.rows(question, asOf=day):
                asked.setdefault(row["body"], []).append(row)
            side = 1 if question == "members" else 0
            assert asked.keys() == {edge[side] for edge in then.edges()}, f"{question} on {day}"
            for iri, rows in asked.items():
                assert rows_of(rows, question) == edges_of(then, iri, question), f"{question} {key_of(iri)} on {day}"


def is_tier(key: str) -> bool:
    return category_of(key) == "containment"


def test_containment_agrees(real: Held) -> None:
    """Tiers of kinds are those of the saved query, and without a day those of all rows of the data."""
    stated = load(INPUTS.data).rows(r.KindPart)
    for day in around({row.from_.day for row in stated if row.from_}):
        network = containment(real, as_of=day)
        tiers = {(row["part"], row["whole"]) for row in real.rows("tiers", asOf=day)}
        assert {(part, whole) for part, whole, key in network.edges(keys=True) if is_tier(key)} == tiers
        parts = {
            key for _, _, key, data in membership(real, as_of=day).edges(keys=True, data=True) if data["role"] == "part"
        }
        assert {key for _, _, key in network.edges(keys=True) if not is_tier(key)} == parts
        assert {data["role"] for _, _, data in network.edges(data=True)} <= {"part"}
    tiers_ever = [edge for edge in containment(real).edges(keys=True) if is_tier(edge[2])]
    told = {(key_of(part), key_of(whole)) for part, whole, _ in tiers_ever}
    assert told == {(row.part, row.whole) for row in stated}
    assert len(tiers_ever) == len(stated)


def test_a_network_has_the_shape_it_documents(real: Held) -> None:
    network = succession(real)
    assert (
        set(network) == {row["thing"] for row in real.rows("things")} == set(membership(real)) == set(containment(real))
    )
    assert all(set(data) == {"key", "label", "kind", "start", "until"} for _, data in network.nodes(data=True))
    assert not {"0001-01-01", "9999-12-31"} & {
        day for _, data in network.nodes(data=True) for day in (data["start"], data["until"])
    }
    attributes = {"event", "type", "date", "precision", "lineage", "shares"}
    assert all(set(data) == attributes for _, _, data in network.edges(data=True))
    assert any(data["shares"] for _, _, data in network.edges(data=True))
    assert {key for _, _, key in network.edges(keys=True)} == {row["transfer"] for row in real.rows("transfers")}


def test_every_family_of_ccgs_has_one_heir(real: Held) -> None:
    """The example of `kg.Graph.network`: 248 CCGs in 106 families, of which one lived in April 2021."""
    day = date(2021, 4, 1)
    whole = succession(real, as_of=day)
    ccgs = [body for body, data in whole.nodes(data=True) if data["kind"] == "clinical commissioning group"]
    parts = [
        (giver, receiver, key)
        for giver, receiver, key, data in whole.edges(keys=True, data=True)
        if data["type"] == "PartialTransfer"
    ]
    joined = cast(Network, nx.restricted_view(whole, [], parts).subgraph(ccgs))
    families = list(nx.weakly_connected_components(joined))
    in_force = {body for body in ccgs if whole.nodes[body]["start"] <= day.isoformat() < whole.nodes[body]["until"]}
    assert (len(ccgs), len(families), len(in_force)) == (248, 106, 106)
    assert all(len(family & in_force) == 1 for family in families)


def test_two_events_between_the_same_pair_stay_two_edges() -> None:
    network = succession(moves(("a", "b", "2018-01-01"), ("a", "b", "2019-01-01")))
    assert network.number_of_edges(thing("body", "a"), thing("body", "b")) == 2
    assert (
        succession(
            moves(("a", "b", "2018-01-01"), ("a", "b", "2019-01-01")), as_of=date(2018, 12, 31)
        ).number_of_edges()
        == 1
    )


def test_shares_are_on_the_edge_they_measure() -> None:
    def share(basis: str, part: float) -> r.Transfer:
        return r.Transfer.model_validate(
            {"event": "e", "giver": "a", "receiver": "b", "basis": basis, "share": part, **SAID}
        )

    split = an_event("e", "Division", "2018-01-01", ["a"], ["b", "c"])
    rest = r.Transfer.model_validate({"event": "e", "giver": "a", "receiver": "c", "part": "the rest", **SAID})
    network = succession(hold([*map(a_body, "abc"), split, share("population", 0.25), share("practices", 1.0), rest]))
    shares = {key_of(receiver): data["shares"] for _, receiver, data in network.edges(data=True)}
    assert shares == {"b": {"population": 0.25, "practices": 1.0}, "c": {}}


def test_a_thing_that_is_not_there_is_not_found(real: Held) -> None:
    network = succession(real)
    for walk in (became, before):
        with pytest.raises(NotFound, match="no-such-body"):
            walk(network, thing("body", "no-such-body"), date(2026, 1, 1))


def test_an_edge_to_something_not_described_is_refused() -> None:
    held = hold([a_body("a"), an_event("e", "Replacement", "2018-01-01", ["a"], ["b"])])
    with pytest.raises(StoreError, match="body/b"):
        succession(held)


def test_graphml_is_the_same_each_time_and_can_be_read_back(real: Held) -> None:
    for view in (succession, membership, containment):
        network = view(real)
        written = graphml(network)
        assert written == graphml(view(real))
        read = nx.read_graphml(io.BytesIO(written), force_multigraph=True)
        assert (read.number_of_nodes(), read.number_of_edges()) == (len(network), network.number_of_edges())


def test_rdflib_gives_the_same_rows(graph: Graph) -> None:
    """The same text on another engine: what is saved is SPARQL, and no dialect.

    rdflib takes most of a minute to read the whole graph, so it is given the statements of those properties alone that
    the queries name; a query cannot tell the difference.
    """
    from rdflib import Dataset, Literal, URIRef

    asked = (
        ("became", "thing", thing("kind", "acs")), ("became", "thing", thing("body", "ics-berkshire-west")),
        ("before", "thing", thing("body", "icb-thames-valley")), ("members", "body", thing("body", "ics-frimley")),
        ("memberships", "body", thing("body", "trust-ryd")), ("events-of", "thing", thing("kind", "aco")),
    )  # fmt: skip
    texts = " ".join(graph.queries.text(name) for name, _, _ in asked)
    named = set(re.findall(r"\b(?:nis|org|skos):(\w+)", texts))
    lines = graph.n_quads.read_text(encoding="utf-8").splitlines(keepends=True)
    data = Dataset(default_union=True)
    data.parse(
        data="".join(line for line in lines if re.split(r"[#/]", line.split(" ", 2)[1].rstrip(">"))[-1] in named),
        format="nquads",
    )
    for name, subject, key in asked:
        day = date(2019, 6, 1) if name.startswith("member") else date(2026, 11, 22)
        text = graph.queries.text(name)
        values: dict[str, Value] = {subject: key, "asOf": day}
        ours = [tuple(map(str, row.values())) for row in graph.rows(name, **values)]
        found: Any = data.query(text, initBindings={subject: URIRef(key), "asOf": Literal(day)})
        columns = [str(variable) for variable in found.vars if str(variable) not in (subject, "asOf")]
        theirs = [tuple(str(row[column].toPython()) if row[column] else "None" for column in columns) for row in found]
        assert ours
        assert ours == theirs, name
