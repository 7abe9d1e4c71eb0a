"""The Python face: a graph with a method for each question, each returning an Answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kg.answers.answer import Answer
from kg.answers.record import Records
from kg.errors import UsageError
from kg.faces.recoding import Recoding, day
from kg.faces.told import Told
from kg.graph import graph as opened
from kg.graph.names import Iri
from kg.graph.store import Results, Row

if TYPE_CHECKING:
    import networkx as nx
    import rdflib

    from kg.answers.ends import Only
    from kg.answers.find import Level
    from kg.answers.question import Question
    from kg.answers.reconcile import Reconciliation
    from kg.faces.diagrams.drawing import Drawing


class Graph(Recoding):
    """A knowledge graph to ask; days are `datetime.date`, ISO text or None for today.

    >>> import kg
    >>> g = kg.open()
    >>> g.became("ACS").sentence
    'Accountable care systems (ACS) were renamed integrated care systems (ICS, non-statutory) in February 2018.'
    """

    def __repr__(self) -> str:
        return f"<kg.Graph release {self.release}>"

    def became(
        self, name: str, *, as_of: date | str | None = None, sense: str | None = None,
        only: Only | None = None, level: Level | None = None,
    ) -> Told:  # fmt: skip
        """Say what a thing became, up to a day; `only` one lineage, "legal" or "codes", or at one `level`, "kind" or "organisation"."""
        from kg.answers import lineage

        answer = lineage.became(Records(self.graph), name, as_of=day(as_of), sense=sense, only=only, level=level)
        return Told.of(answer, self.draw, only=only)

    def before(
        self, name: str, *, as_of: date | str | None = None, sense: str | None = None,
        only: Only | None = None, level: Level | None = None,
    ) -> Told:  # fmt: skip
        """Say what a thing was before, up to a day."""
        from kg.answers import lineage

        answer = lineage.before(Records(self.graph), name, as_of=day(as_of), sense=sense, only=only, level=level)
        return Told.of(answer, self.draw, only=only)

    def lineage(
        self, name: str, *, as_of: date | str | None = None, sense: str | None = None,
        only: Only | None = None, level: Level | None = None,
    ) -> Told:  # fmt: skip
        """Tell what led to a thing and what it became."""
        from kg.answers import lineage

        answer = lineage.lineage(Records(self.graph), name, as_of=day(as_of), sense=sense, only=only, level=level)
        return Told.of(answer, self.draw, only=only)

    def members(
        self, name: str, *, as_of: date | str | None = None, sense: str | None = None, level: Level | None = None,
        through: bool = False, kind: str | None = None,
    ) -> Told:  # fmt: skip
        """Say who belonged to a body on a day; for a body that has ended and no day given, on its last.

        With `through`, the members of its members too, down to the last, each with what it was in; `kind` keeps to
        those that were of a kind on the day.

        Raises:
            UsageError: `kind` is no kind of structure, or `name` is one too.
        """
        from kg.answers import membership

        return Told.of(
            membership.members(self._question(name, as_of, sense, level), through=through, kind=kind), self.draw
        )

    def memberships(
        self, name: str, *, as_of: date | str | None = None, sense: str | None = None, level: Level | None = None,
        through: bool = False, kind: str | None = None,
    ) -> Told:  # fmt: skip
        """Say what a body belonged to on a day; without a day, as for `members`; with `through`, what that was in too; `kind` as there."""
        from kg.answers import membership

        return Told.of(
            membership.memberships(self._question(name, as_of, sense, level), through=through, kind=kind), self.draw
        )

    def count(
        self, kind: str, *, by: str | None = None, as_of: date | str | None = None, sense: str | None = None
    ) -> Answer:
        """Say how many of a kind there were on a day, counted and as stated; without a day, every number stated.

        `by` names a kind of group to count in: "region", "icb", "stp", "sha".
        """
        from kg.answers import census

        return census.count(self._question(kind, as_of, sense), by)

    def population(
        self, name: str, *, by: str | None = None, measure: str | None = None, from_: str | None = None,
        as_of: date | str | None = None, sense: str | None = None,
    ) -> Answer:  # fmt: skip
        """Say how many people a body covered, or the bodies of a kind: each, or summed `by` a kind of group.

        `from_` names an earlier kind, whose numbers are carried forward to this one through lineage.
        """
        from kg.answers import people

        return people.population(self._question(name, as_of, sense), by, measure, from_, each=True)

    def reconcile(
        self, path: Path | str, *, day_of_file: date | str | None = None, progress: Callable[[str], None] = lambda _: None
    ) -> Reconciliation:  # fmt: skip
        """Say where a publisher's file and this graph disagree; `day_of_file` where its name does not tell the day.

        Raises:
            BadInput: the file cannot be read, or is in no form that is known, or nothing says of which day it is.
            UsageError: this graph was made of the publisher's files.
        """
        from kg.faces.reconciled import compared

        return compared(self.graph, Path(path), None if day_of_file is None else day(day_of_file), progress)

    def coverage(self, kind: str | None = None, *, as_of: date | str | None = None, sense: str | None = None) -> Answer:
        """Say what the graph does not know: of every kind, or of one kind or body."""
        from kg.answers import coverage

        question = None if kind is None else self._question(kind, as_of, sense)
        return coverage.coverage(Records(self.graph), as_of=day(as_of), question=question)

    def diff(self, since: date | str, as_of: date | str, *, kind: str | None = None, sense: str | None = None) -> Told:
        """Say what changed after one day and up to another; `kind` keeps to one kind of structure and its bodies.

        Raises:
            UsageError: a day is none, the second is before the first, or `kind` names a body.
        """
        from kg.answers import difference

        answer = difference.difference(Records(self.graph), day(since), day(as_of), kind=kind, sense=sense)
        return Told.of(answer, self.draw, since=day(since), kind=kind)

    def timeline(
        self, name: str, *, as_of: date | str | None = None, sense: str | None = None, level: Level | None = None
    ) -> Answer:
        """Tell everything that happened to a thing, up to a day, in order of date."""
        from kg.answers import timeline

        return timeline.timeline(self._as_of(name, as_of, sense, level))

    def show(
        self, name: str, *, as_of: date | str | None = None, sense: str | None = None, claims: bool = False,
        level: Level | None = None,
    ) -> Answer:  # fmt: skip
        """Give all that is recorded of a thing; with `claims`, only what somebody claims, the preferred first."""
        if claims:
            from kg.answers import contested

            return contested.claims(self._as_of(name, as_of, sense))
        from kg.answers import description

        return description.show(self._as_of(name, as_of, sense, level))

    def find(self, text: str, *, as_of: date | str | None = None, level: Level | None = None) -> Answer:
        """List the things that a name, a part of one, or the beginning of a code may mean; else those with a name near it."""
        from kg.answers import find

        return find.find(Records(self.graph), text, day(as_of), level)

    def ask(self, sentence: str, *, as_of: date | str | None = None, sense: str | None = None) -> Told:
        """Answer a sentence; raise UsageError when it cannot be read."""
        from kg.answers import ask

        return Told.of(ask.ask(Records(self.graph), sentence, as_of=day(as_of), sense=sense), self.draw)

    def _as_of(self, name: str, as_of: date | str | None, sense: str | None, level: Level | None = None) -> Question:
        """Put a question of how things stand by a day, and not of what was so on it."""
        from kg.answers.question import Question

        return Question(Records(self.graph), name, day(as_of), sense=sense, level=level)

    def _question(self, name: str, as_of: date | str | None, sense: str | None, level: Level | None = None) -> Question:
        from kg.answers.question import Question
        from kg.facts.dates import PartialDate

        on = None if as_of is None else PartialDate(day(as_of), "day")
        return Question(Records(self.graph), name, day(None), on, sense, level=level)

    def draw(
        self, preset: str, *names: Any, as_of: date | str | None = None, engine: str = "own",
        progress: Callable[[str], None] = lambda _: None, **wishes: Any,
    ) -> Drawing:  # fmt: skip
        """Draw a picture: "lineage" NAME, "structure" NAME, "kinds", "england" FROM TO, "compare" FROM TO or "query" NAME.

        It shows inline in a notebook, and `save` writes it as a page, a picture, text or a table. `kg draw --help` tells the
        wishes of each picture; `kg.faces.diagrams.network.to_network` makes a pyvis Network of its `scene`.

        >>> kg.open().draw("lineage", "ACS", as_of="2026-04-01", direction="became").scene.title
        'What became of accountable care system (ACS)'

        Raises:
            UsageError: there is no such picture, or it does not take these wishes.
            Ambiguous, NotFound: the name means several things, or none.
        """
        from kg.faces.diagrams.drawing import drawn
        from kg.faces.diagrams.pictures import On

        days = [day(name) if preset in ("england", "compare") else name for name in names]
        return drawn(
            self.graph, preset, *days, on=On(day(as_of), as_of is not None), engine=engine, progress=progress, **wishes
        )

    def query(
        self, name: str, params: Mapping[str, str] | None = None, *, as_of: date | str | None = None
    ) -> list[Row]:
        """Run a saved query with parameters as text; give its rows.

        Raises:
            UsageError: no such query, or a parameter is unknown, missing or of the wrong type.
            NotFound: an `iri` parameter names nothing in the graph.
        """
        from kg.graph.queries import refuse_two_days

        refuse_two_days(params or {}, None if as_of is None else day(as_of))
        saved = self.graph.queries.get(name)
        return self.graph.rows(name, **saved.values(params or {}, self.resolve, day(as_of)))

    def sparql(self, text: str) -> tuple[list[str], Results]:
        """Run a read-only SPARQL 1.1 query over all named graphs: (variables, rows), ([], triples) or ([], bool).

        Raises:
            UsageError: it is no query, is an update, or names other data by FROM or SERVICE.
        """
        from kg.graph.reading import refuse_unsafe

        refuse_unsafe(text)
        return self.graph.store.query(text)

    def network(self, view: str = "succession", *, as_of: date | str | None = None) -> nx.MultiDiGraph[Any]:
        """Give a networkx view: "succession", "membership" or "containment"; kg/graph/network.py says what each holds.

        For what no question asks. The CCGs there had ever been by April 2021 fall into as many families, joined by who
        became whom, as there were CCGs on that day: each of the 106 is the heir of all the others of its family. Where
        only a part passed from one to another, as in Cumbria in 2017, both lived on; those edges are left out.

        >>> import networkx as nx
        >>> whole = kg.open().network("succession", as_of="2021-04-01")
        >>> ccgs = [body for body, kind in whole.nodes(data="kind") if kind == "clinical commissioning group"]
        >>> parts = [edge for *edge, type_ in whole.edges(keys=True, data="type") if type_ == "PartialTransfer"]
        >>> families = nx.weakly_connected_components(nx.restricted_view(whole, [], parts).subgraph(ccgs))
        >>> len(ccgs), len(list(families))
        (248, 106)

        Raises:
            UsageError: there is no such view, or `as_of` is no day.
        """
        from kg.graph import network

        views: dict[str, Callable[..., nx.MultiDiGraph[Any]]] = {
            "succession": network.succession, "membership": network.membership, "containment": network.containment,
        }  # fmt: skip
        if view not in views:
            raise UsageError(f'There is no network view "{view}". The views: {", ".join(views)}.')
        return views[view](self.graph, as_of=None if as_of is None else day(as_of))

    def dataset(self) -> rdflib.Dataset:
        """Give the whole graph as an rdflib Dataset, one context per named graph, that reads nothing from elsewhere."""
        from kg.graph.export import dataset

        return dataset(self.graph)

    def resolve(self, text: str) -> Iri:
        """Give the IRI that a key, CURIE, IRI or unambiguous name stands for.

        Raises:
            Ambiguous: several things have that name; the keys that pick each are given.
            NotFound: nothing in the graph has it.
        """
        from kg.answers import find

        return find.resolved(self.graph, text)


def open_graph(
    store: str | Path | None = None, progress: Callable[[str], None] = lambda _: None, *, in_memory: bool = False
) -> Graph:
    """Open the graph of this installation, or the compiled graph in a folder; in memory for many questions."""
    return Graph(opened.Graph.open(store, progress, in_memory=in_memory))
