"""What pages say of answers: sources as numbered notes, and where the things that are named have their pages."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final, Protocol

from kg.answers import language as say
from kg.answers.answer import Answer, SourceRef
from kg.answers.record import Records, several
from kg.graph.names import PREFIXES, Iri, category_of, curie, key_of

#: So many rows of a table are shown; the rest is a file away.
MOST: Final = 200
#: What a statement without a title of its own is called, by the properties that tell it.
_TOLD_BY: Final = ("prefLabel", "title", "summary", "text", "notation", "fileName")
_TIES: Final = {
    "membership": ("member", "in", "organization"), "transfer": ("giver", "to", "receiver"),
    "containment": ("part", "in", "whole"), "classification": ("about", "as", "asKind"),
}  # fmt: skip


class Named(Protocol):
    """A thing as answers name it: Ref, Subject, Result or Candidate."""

    @property
    def key(self) -> str: ...

    @property
    def kind(self) -> str: ...


class Notes:
    """The sources of a page, numbered in the order in which its answers cite them."""

    def __init__(self, *answers: Answer) -> None:
        self._held: dict[str, SourceRef] = {}
        for answer in answers:
            self.add(answer.sources)

    def add(self, sources: Iterable[SourceRef]) -> None:
        for source in sources:
            if source.key not in self._held or not self._held[source.key].locator:
                self._held[source.key] = source

    @property
    def sources(self) -> tuple[SourceRef, ...]:
        return tuple(self._held.values())

    def numbered(self, keys: Iterable[str]) -> list[tuple[int, str]]:
        """Give the number and key of each source that is cited, in the order given."""
        places = {key: place for place, key in enumerate(self._held, 1)}
        return [(places[key], key) for key in keys if key in places]


def path_of(named: Named) -> str:
    """Give the path of the page of a kind or body that an answer names."""
    return f"/doc/{'kind' if named.kind == 'kind of structure' else 'body'}/{named.key}"


def path_to(iri: str) -> str:
    """Give the path of the page of one of our things."""
    return f"/doc/{category_of(iri)}/{key_of(iri)}"


def title_of(records: Records, iri: Iri) -> str:
    """Give what a node is called, or what tells it from others of its sort."""
    facts, category = records.stated(iri), category_of(iri)
    if category in _TIES:
        one, word, other = _TIES[category]
        return f"{_called(records, facts.get(one))} {word} {_called(records, facts.get(other))}"
    if category == "observation":
        low, high = facts.get("low"), facts.get("high")
        amount = say.amount(facts["value"]) if "value" in facts else f"{low} to {high}"
        return f"{amount} ({str(facts.get('measure', '')).replace('-', ' ')}) of {_called(records, facts.get('about'))}"
    if category == "share":
        return f"{facts.get('value', '')} by {facts.get('basis', '')}"
    if category == "kind" and facts.get("acronym"):
        inner = ", ".join(filter(None, (str(facts["acronym"]), str(facts.get("qualifier", "")))))
        return f"{say.capital(str(facts['prefLabel']))} ({inner})"
    told = next((facts[name] for name in _TOLD_BY if name in facts), None)
    return say.capital(str(several(told)[0])) if told is not None else key_of(iri)


def _called(records: Records, value: Any) -> str:
    first = next(iter(several(value)), None)
    return title_of(records, first) if isinstance(first, Iri) else "?"


def period(from_: str | None, until: str | None) -> str:
    """Give a period in words, empty when neither end says anything."""
    return say.period(from_, until) if from_ or until not in (None, "unknown") else ""


def query_about(iri: Iri) -> str:
    """Give a query for all that is stated of a thing, and what refers to it, for the editor."""
    name = curie(iri)
    prefix = name.partition(":")[0]
    declared = f"PREFIX {prefix}: <{PREFIXES[prefix]}>\n\n" if name != iri else ""
    name = name if declared else f"<{iri}>"
    return (
        f"{declared}# All that is stated of it, and what refers to it.\n"
        f"SELECT ?subject ?property ?value WHERE {{\n"
        f"  {{ {name} ?property ?value BIND({name} AS ?subject) }}\n"
        f"  UNION {{ ?subject ?property {name} BIND({name} AS ?value) }}\n}}\nORDER BY ?subject ?property ?value\nLIMIT 500\n"
    )
