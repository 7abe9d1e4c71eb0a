"""A name, code or acronym in; the thing or things meant out. A near name is only ever suggested."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from itertools import pairwise
from typing import Final, Literal, NamedTuple

from kg.answers.answer import Answer, Candidate, Intent, Result
from kg.answers.draft import Draft
from kg.answers.language import counted, listed, number, shown
from kg.answers.record import Records, several
from kg.errors import Ambiguous, NotFound, UsageError
from kg.graph.folding import fold
from kg.graph.graph import Graph
from kg.graph.name_index import MOST, SEEN, Named
from kg.graph.names import Iri, category_of, expand, key_of
from kg.graph.names import thing as iri_of

#: Of more things with one name than these, none is told apart by what else is known of it, and no more are shown.
MANY: Final = 20
#: So many names are suggested where one was asked about that is near them.
_NEAR: Final = 5
#: Whether kinds of structure or single organisations are asked about.
Level = Literal["kind", "organisation"]


class Found(NamedTuple):
    """What a name means: one story, which may run through several senses of one acronym in order of time."""

    things: tuple[Iri, ...] = ()
    several: tuple[Named, ...] = ()

    @property
    def first(self) -> Iri:
        return self.things[0]

    @property
    def last(self) -> Iri:
        return self.things[-1]


def look_up(records: Records, name: str, sense: str | None = None, level: Level | None = None) -> Found:
    """Find what a name means, exactly after folding; at a `level`, things of that level come before others.

    Senses of one acronym that became one another (the plan and the partnership of STP) are one
    story and not in doubt; any other several are, unless `sense` names the key of one.

    Raises:
        UsageError: `sense` is none of the things that the name may mean.
    """
    names = records.graph.names
    iri = expand(name.strip())
    if iri is not None and (named := names.by_iri(iri)):
        return Found((named.iri,))
    exact = names.exact(name)
    if level and sense is None:
        exact = [named for named in exact if _is_of(named, level)] or exact
    if sense is not None:
        chosen = [named for named in exact if named.key == sense]
        if not exact:
            return Found()
        if not chosen:
            raise UsageError(
                f'"{shown(sense)}" is not a sense of "{shown(name)}". Its senses: {listed((named.key for named in exact), "or")}.'
            )
        return Found((chosen[0].iri,))
    if len(exact) == 1:
        return Found((exact[0].iri,))
    if not exact:
        return Found()
    story = _one_story(records, [named.iri for named in exact])
    return Found(story) if story else Found(several=tuple(exact))


def _is_of(named: Named, level: Level | None) -> bool:
    return level is None or _is_kind(named) == (level == "kind")


def _is_kind(named: Named) -> bool:
    return category_of(named.iri) == "kind"


def at_level(records: Records, found: Found, level: Level | None) -> Found:
    """Go from a body to the kind it is or last was, when it is kinds that are asked about."""
    if level != "kind" or not found.things or records.thing(found.last).is_kind:
        return found
    return Found(several(records.stated(found.last).get("latestKind"))[:1] or found.things)


def on_day(records: Records, found: Found, name: str, day: date) -> Found:
    """Of several bodies that a code has belonged to, give the one that held it on a day, if one alone did.

    This is for questions about a day. What a code became is another matter: there each of its holders has an answer.
    """
    code = fold(name).replace(" ", "").upper()
    holding = {
        row["thing"] for row in records.graph.rows("code-holders", code=code) if row["start"] <= day < row["end"]
    } if found.several else set()  # fmt: skip
    held = [named.iri for named in found.several if named.iri in holding]
    return Found((held[0],)) if len(held) == 1 else found


def _one_story(records: Records, things: list[Iri]) -> tuple[Iri, ...]:
    """Give the things in order of time when each carried on as the next, nothing otherwise: hundreds with one name never do."""
    if len(things) > MANY:
        return ()
    after = {thing: [row["successor"] for row in records.graph.rows("carried-on-as", thing=thing)] for thing in things}
    ordered = sorted(things, key=lambda thing: (records.thing(thing).start, thing))
    linked = all(later in after[earlier] for earlier, later in pairwise(ordered))
    return tuple(ordered) if linked else ()


def candidates(found: Iterable[Named], records: Records) -> list[Candidate]:
    """Give things as those of which a reader can pick one, no more of them than a reader looks through."""
    few = list(found)[:MANY]
    published = records.graph.names.published(named.iri for named in few)
    return [_candidate(named.iri, records, published) for named in few]


def _candidate(iri: Iri, records: Records, published: Mapping[Iri, Named]) -> Candidate:
    if iri in published:
        one = records.published(published[iri])
        return Candidate(one.key, one.label, one.kind, one.key, one.from_, one.until)
    thing = records.thing(iri)
    key = key_of(iri)
    return Candidate(key, thing.full, thing.kind, key, *thing.period)


def _many(records: Records, found: Sequence[Named], name: str) -> int:
    return len(found) if len(found) < MOST else max(len(found), records.graph.names.called(name))


def _more(many: int) -> str:
    """Say how many more there are than are shown, and how one of those is asked about."""
    return f" The first {MANY} are shown; for another, give its code or more of its name." if many > MANY else ""


def unresolved(records: Records, found: Found, name: str, question: str, intent: Intent, as_of: date) -> Answer:
    """Give the answer to a question whose name means several things, or none."""
    draft = Draft(records, question, intent, as_of)
    if found.several:
        draft.status = "ambiguous"
        many = _many(records, found.several, name)
        draft.sentence = f'"{shown(name)}" means {number(many)} different things. Say which with --sense.{_more(many)}'
        draft.candidates = candidates(found.several, records)
    else:
        draft.status = "not_found"
        near = candidates(records.graph.names.holding(name, _NEAR), records)
        draft.sentence = f'Nothing in this graph is called "{shown(name)}".' + (
            " Did you mean one of these?" if near else ""
        )
        draft.candidates = near
    return draft.finish()


def find(records: Records, text: str, as_of: date, level: Level | None = None) -> Answer:
    """List the things that a text may mean, of one level where one is given.

    Those called exactly so; else those with a name that holds it, or a code that begins with it; else, of a word spelt
    otherwise, those with a name near it. The `mark` of a result says which: None, "name", "code" or "near".
    """
    draft = Draft(records, text, "find", as_of)
    names = records.graph.names
    iri = expand(text.strip())
    named = names.by_iri(iri) if iri is not None else None
    exact = [named for named in ([named] if named else names.exact(text)) if _is_of(named, level)]
    if exact:
        many = _many(records, exact, text)
        _list(draft, exact, lambda _: None)
        draft.sentence = f'{counted(many, "thing is", "things are")} called "{shown(text)}".{_more(many)}'
        return draft.finish()
    found, total = names.parts(text, MANY, {"kind": "kind/", "organisation": "body/", None: ""}[level])
    if found:
        _list(draft, found, lambda named: "code" if named.how == "code" else "name")
        told = counted(total, "thing has", "things have") if total else f"More than {number(SEEN)} things have"
        draft.sentence = f"{told} {_held(draft, text)}.{_more(total or SEEN)}"
        return draft.finish()
    near = [named for named in names.holding(text) if _is_of(named, level)]
    if near:
        _list(draft, near, lambda _: "near")
        draft.sentence = f'No name here has "{shown(text)}" in it, and no code begins with it. Names near it:'
        return draft.finish()
    what = {"kind": "No kind of structure", "organisation": "No organisation", None: "Nothing"}[level]
    draft.status, draft.sentence = "not_found", f'{what} in this graph is called "{shown(text)}", or anything near it.'
    return draft.finish()


def _list(draft: Draft, found: Sequence[Named], mark: Callable[[Named], str | None]) -> None:
    few, records = found[:MANY], draft.records
    subjects = records.subjects(named.iri for named in few)
    draft.results = [
        Result(
            *subjects[named.iri],
            mark=mark(named),
            text=records.thing(named.iri).full if _is_kind(named) else named.matched,
        )
        for named in few
    ]


def _held(draft: Draft, text: str) -> str:
    """Say what those that are listed have: a code that begins with a text, a name that holds it, or the one or the other."""
    marks = {result.mark for result in draft.results}
    of_code, of_name = f'a code that begins with "{shown(text)}"', f'a name with "{shown(text)}" in it'
    return of_name if marks == {"name"} else of_code if marks == {"code"} else f"{of_code}, or it in a name"


def resolved(graph: Graph, text: str) -> Iri:
    """Give the IRI that a key, CURIE, IRI or unambiguous name stands for.

    Raises:
        Ambiguous: several things have that name; the keys that pick each are given.
        NotFound: nothing in the graph has it.
    """
    if (iri := expand(text)) and graph.rows("statements-of", thing=iri):
        return iri
    found = graph.names.exact(text)
    if len(found) == 1:
        return found[0].iri
    if found:
        keys = ", ".join(named.key for named in found)
        raise Ambiguous(f'"{shown(text)}" means several things: {keys}. Give one of these keys.')
    if iri := _keyed(graph, text):
        return iri
    near = ", ".join(named.key for named in graph.names.holding(text, 3))
    raise NotFound(
        f'Nothing in this graph has the key or name "{shown(text)}".' + (f" Near it: {near}." if near else "")
    )


def _keyed(graph: Graph, key: str) -> Iri | None:
    """Give the event, source or list of that key: these have no names to look up."""
    of_key = (
        [iri_of(category, key) for category in ("event", "source", "list")] if key.replace("-", "").isalnum() else []
    )
    return next((iri for iri in of_key if graph.rows("statements-of", thing=iri)), None)
