"""What a query finds, drawn: rows that tie one thing to another, or the triples that it constructs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any, Final, NamedTuple

from kg.answers import find
from kg.answers import language as say
from kg.answers.record import Records, Transfer
from kg.errors import BadInput, NotFound, UsageError
from kg.faces.diagrams.presets.drawn import Drawn
from kg.faces.diagrams.scene import Edge, Facts, Node, Relation, Scene
from kg.facts.dates import OPEN_END, UNKNOWN_START
from kg.graph.graph import Graph
from kg.graph.names import PREFIXES, Iri, category_of, curie, key_of, local_name
from kg.graph.reading import refuse_unsafe
from kg.graph.store import Row

#: Columns that hold a tie, in the order in which they are looked for, and how the tie is drawn.
PAIRS: Final[tuple[tuple[str, str, Relation], ...]] = (
    ("from", "to", "other"), ("giver", "receiver", "whole"), ("before", "after", "whole"), ("whole", "part", "inside"),
    ("group", "member", "inside"), ("body", "member", "inside"), ("group", "body", "inside"), ("parent", "child", "inside"),
    ("tail", "head", "other"), ("thing", "other", "other"), ("thing", "successor", "whole"), ("body", "successor", "whole"),
    ("kind", "body", "other"), ("subject", "object", "other"), ("s", "o", "other"),
)  # fmt: skip
#: What statements are told by, which are no things themselves.
_THINGS: Final = ("kind", "body", "event", "source", "list")
_TYPE: Final = Iri(PREFIXES["rdf"] + "type")


class _Asked(NamedTuple):
    """What was asked: in which words, by which query, and what came of it."""

    title: str
    told: str
    as_of: date
    columns: list[str]
    rows: list[Row]
    triples: list[tuple[Any, Any, Any]] | None = None
    #: The day that the query was asked of, where it takes one: things have the names and kinds of that day.
    on: date | None = None


def scene(graph: Graph, name_or_path: str, params: Mapping[str, str], as_of: date) -> Scene:
    """State what a saved query finds, or a SELECT or CONSTRUCT query in a file; days not given are `as_of`.

    Columns that hold a tie become nodes and edges, and all others facts of the edge; a parameter counts as a column. Of
    a CONSTRUCT every triple between two things is an edge; text and numbers are facts of the thing.

    Raises:
        UsageError: no such query, a parameter is wrong, or no two columns can be drawn.
        BadInput: the file cannot be read.
        NotFound: a parameter names nothing in the graph, or the query finds nothing.
    """
    return _stated(graph, _saved(graph, name_or_path, params, as_of), name_or_path)


def scene_of_text(graph: Graph, text: str, as_of: date) -> Scene:
    """State what a SELECT or CONSTRUCT query finds, as `scene` does of one in a file.

    Raises:
        UsageError: the text is no query of this graph, or no two columns can be drawn.
        NotFound: the query finds nothing.
    """
    return _stated(graph, _of_text(graph, text, as_of, "the query", "The query"), "The query")


def _stated(graph: Graph, asked: _Asked, name: str) -> Scene:
    drawn = Drawn(Records(graph))
    ties = _Ties(drawn, asked.on)
    skipped = 0
    if asked.triples is None:
        pair = _pair(asked, name)
        for row in asked.rows:
            skipped += not ties.row(row, *pair)
    else:
        for triple in asked.triples:
            ties.triple(*triple)
    cautions = []
    if skipped:
        cautions.append(
            f"{say.capital(say.counted(skipped, 'row'))} without two things to tie {'is' if skipped == 1 else 'are'} left out."
        )
    nodes, edges = ties.found()
    if not nodes:
        raise NotFound(f"{asked.told} finds nothing that can be drawn.{' ' + cautions[0] if cautions else ''}")
    return Scene(
        title=asked.title,
        caption=f"{asked.told}: {say.counted(len(nodes), 'thing')} and {say.counted(len(edges), 'tie')}.",
        as_of=asked.as_of,
        release=graph.release,
        form="layers",
        nodes=nodes,
        edges=edges,
        ledger=drawn.ledger,
        cautions=(*cautions, *drawn.reach(asked.as_of)),
    )


def _saved(graph: Graph, name: str, params: Mapping[str, str], as_of: date) -> _Asked:
    """Run the saved query of that name, or the query in the file of that path."""
    path = Path(name)
    if name not in graph.queries.names() and (path.suffix or path.is_file()):
        return _from_file(graph, path, params, as_of)
    saved = graph.queries.get(name)
    values = saved.values(params, partial(find.resolved, graph), as_of)
    things = {key: value for key, value in values.items() if isinstance(value, Iri)}
    rows = [{**things, **row} for row in graph.rows(name, **values)]
    given = ", ".join(f"{key} {_shown(value)}" for key, value in values.items())
    columns = [*saved.columns, *things]
    on = values.get("asOf")
    day = on if isinstance(on, date) else None
    told = f"Saved query {name}{f', with {given}' if given else ''}"
    return _Asked(saved.summary, told, day or as_of, columns, rows, on=day)


def _from_file(graph: Graph, path: Path, params: Mapping[str, str], as_of: date) -> _Asked:
    if params:
        raise UsageError(
            f"{path} is a file, and parameters are for saved queries: {', '.join(params)}. Write the values into the query."
        )
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise BadInput(f"{path} cannot be read: {reason}. Give a text file that holds one query.") from None
    return _of_text(graph, text, as_of, path.name, f"Query in {path.name}")


def _of_text(graph: Graph, text: str, as_of: date, name: str, told: str) -> _Asked:
    refuse_unsafe(text)
    columns, found = graph.store.query(text)
    if isinstance(found, bool):
        raise UsageError(f"{told} answers yes or no, which cannot be drawn. Use SELECT or CONSTRUCT.")
    title = f"What {name} finds"
    triples = [line for line in found if not isinstance(line, dict)]
    if columns:
        return _Asked(title, told, as_of, columns, [line for line in found if isinstance(line, dict)])
    return _Asked(title, told, as_of, columns, [], triples)


def _pair(asked: _Asked, name: str) -> tuple[str, str, Relation]:
    """Give the columns that hold a tie: by their names, or the only two that hold things."""
    for tail, head, relation in PAIRS:
        if tail in asked.columns and head in asked.columns:
            return tail, head, relation
    holding = [
        column for column in asked.columns
        if any(_is_thing(row.get(column)) for row in asked.rows)
    ]  # fmt: skip
    if len(holding) == 2:
        return holding[0], holding[1], "other"
    known = ", ".join(f"{tail} and {head}" for tail, head, _ in PAIRS[:7])
    raise UsageError(
        f"{name} has no two columns to draw: it has {', '.join(asked.columns) or 'none'}. A tie is drawn from columns such as "
        f"{known}, or from the only two that hold things; name yours so with AS, or write a CONSTRUCT."
    )


class _Ties:
    """Makes nodes and edges of rows and triples, each once."""

    def __init__(self, drawn: Drawn, on: date | None) -> None:
        self._drawn, self._on = drawn, on
        self._nodes: dict[Iri, Node] = {}
        self._edges: dict[str, Edge] = {}

    def found(self) -> tuple[tuple[Node, ...], tuple[Edge, ...]]:
        return tuple(self._nodes.values()), tuple(self._edges.values())

    def row(self, row: Row, tail: str, head: str, relation: Relation) -> bool:
        """Tie the two things of a row; say whether it has two."""
        ends = (row.get(tail), row.get(head))
        if not all(isinstance(end, Iri) for end in ends):
            return False
        giver, receiver = Iri(str(ends[0])), Iri(str(ends[1]))
        facts: Facts = tuple(
            (column, _shown(value)) for column, value in row.items()
            if column not in (tail, head) and value is not None and _shown(value)
        )  # fmt: skip
        edge = self._edge(row, giver, receiver, relation, facts)
        if edge.id in self._edges:  # a row for each share, or each source
            before = self._edges[edge.id]
            edge = replace(before, facts=tuple(dict.fromkeys((*before.facts, *edge.facts))))
        self._edges[edge.id] = edge
        for iri in (giver, receiver):
            self._node(iri)
        return True

    def triple(self, subject: Any, predicate: Iri, value: Any) -> None:
        """Tie two things by what is said between them; text, numbers and types are facts of the first."""
        if not isinstance(subject, Iri):
            return
        word = local_name(predicate)
        if isinstance(value, Iri) and predicate != _TYPE:
            tail, head = self._node(subject), self._node(value)
            ident = f"{tail}>{head}:{curie(predicate)}"
            self._edges[ident] = Edge(ident, tail, head, "other", word, summary=curie(predicate))
            return
        self._node(subject)
        node = self._nodes[subject]
        self._nodes[subject] = replace(node, facts=(*node.facts, (word, _shown(value))))

    def _edge(self, row: Row, giver: Iri, receiver: Iri, relation: Relation, facts: Facts) -> Edge:
        if relation == "whole" and {"event", "date", "lineage"} <= row.keys():
            edge = self._drawn.transfer(Transfer(row["event"], giver, receiver, row["date"], row["lineage"]))
            return replace(edge, facts=tuple(dict.fromkeys((*edge.facts, *facts))))
        statement = next(
            (
                value
                for value in row.values()
                if isinstance(value, Iri) and category_of(value) not in ("", *_THINGS, "role", "scheme")
            ),
            None,
        )
        role = row.get("role")
        word = self._drawn.records.role(role) if isinstance(role, Iri) and key_of(role) != "part" else ""
        tail, head = self._node(giver), self._node(receiver)
        ident = f"{tail}>{head}:{key_of(statement) if statement else _identity(facts)}"
        starts = next((row[name] for name in ("start", "since", "date") if isinstance(row.get(name), date)), date.min)
        ends = next((row[name] for name in ("end", "until") if isinstance(row.get(name), date)), date.max)
        return Edge(
            ident, tail, head, relation, word, starts=starts, ends=ends,
            facts=facts, sources=self._drawn.cites(statement) if statement else (),
        )  # fmt: skip

    def _node(self, iri: Iri) -> str:
        if iri not in self._nodes:
            ours = category_of(iri) in ("kind", "body") and "prefLabel" in self._drawn.records.stated(iri)
            self._nodes[iri] = self._drawn.node(iri, on=self._on) if ours else self._plain(iri)
        return self._nodes[iri].id

    def _plain(self, iri: Iri) -> Node:
        """Give a node for what is no kind or body: an event by what happened, a source by its title, else its CURIE."""
        stated = self._drawn.records.stated(iri)
        label = next(
            (stated[name] for name in ("prefLabel", "label", "title", "summary") if isinstance(stated.get(name), str)),
            "",
        )
        ident = curie(iri)  # the key of a source may be that of a body too
        return Node(ident, ident, say.capital(str(label)) or ident, "", category_of(iri), "")


def _is_thing(value: Any) -> bool:
    return isinstance(value, Iri) and category_of(value) in ("", *_THINGS)


def _identity(facts: Iterable[tuple[str, str]]) -> str:
    return "; ".join(f"{name}={value}" for name, value in facts)


def _shown(value: Any) -> str:
    """Show a value as a table of a query does: things by their CURIE, and open or unknown days as nothing."""
    if isinstance(value, date) and value in (OPEN_END, UNKNOWN_START):
        return ""
    return curie(value) if isinstance(value, Iri) else str(value)
