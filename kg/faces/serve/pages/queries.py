"""The saved queries: a list of them, and a page for each with its parameters, its text and its results."""

from __future__ import annotations

from typing import Any, Final

from kg.answers import language as say
from kg.errors import Ambiguous, KgError, NotFound, UsageError
from kg.faces.serve.exchange import Asked, Reply, Site
from kg.faces.serve.pages.frame import page
from kg.faces.serve.pages.node import Value
from kg.faces.serve.pages.telling import MOST, path_to
from kg.graph.names import THINGS, Iri, category_of, curie
from kg.graph.queries import SavedQuery

_SORTS: Final = {
    "iri": "key, name or code",
    "date": "day",
    "integer": "whole number",
    "text": "text",
    "number": "number",
}
#: Columns of two things at least can be drawn as ties.
_DRAWABLE: Final = 2


def queries(site: Site, asked: Asked) -> Reply:
    """List the saved queries by what they are about."""
    held = site.graph.graph.queries
    tagged: dict[str, list[SavedQuery]] = {}
    for query in map(held.get, held.names()):
        tagged.setdefault(query.tags[0] if query.tags else "other", []).append(query)
    return page(site, asked, "queries.html", tagged=sorted(tagged.items()), total=len(held.names()))


def query(site: Site, asked: Asked) -> Reply:
    """Give one saved query with the results of its example, or of the parameters given.

    What is asked wrongly is said on the page, above the form that it was asked with.

    Raises:
        NotFound: there is no such query.
    """
    held, name = site.graph.graph.queries, asked.parts["name"]
    if name not in held.names():
        raise NotFound(f'There is no saved query "{name[:80]}". They are all on the page of saved queries.')
    saved = held.get(name)
    unknown = sorted({key for key, _ in asked.query} - set(saved.params))
    given = {key: value for key in saved.params if (value := asked.one(key)) is not None}
    params = given or dict(saved.example)
    rows: list[dict[str, Any]] = []
    fault, status = "", 200
    try:
        if unknown:
            raise UsageError(
                f'{name} has no parameter "{unknown[0][:80]}". It takes: {", ".join(saved.params) or "none"}.'
            )
        rows = site.graph.query(name, params)
    except (UsageError, NotFound, Ambiguous) as error:
        fault, status = str(error), _status(error)
    return page(
        site, asked, "query.html", status=status, saved=saved, params=params, sorts=_SORTS, fault=fault, total=len(rows), most=MOST,
        rows=[[_cell(row.get(column)) for column in saved.columns] for row in rows[:MOST]], example=not given,
        text=_without_header(saved.text), drawn=sum(kind == "iri" for kind in saved.columns.values()) >= _DRAWABLE,
    )  # fmt: skip


def _status(error: KgError) -> int:
    return 404 if isinstance(error, NotFound) else 300 if isinstance(error, Ambiguous) else 400


def _without_header(text: str) -> str:
    return "\n".join(line for line in text.splitlines() if not line.startswith("#+")).strip() + "\n"


def _cell(value: Any) -> Value:
    if value is None:
        return Value("")
    if isinstance(value, Iri):
        ours = value.startswith(THINGS) and category_of(value)
        return Value(curie(value), path=path_to(value) if ours else "")
    if isinstance(value, bool):
        return Value("yes" if value else "no")
    return Value(say.amount(value) if isinstance(value, float) else f"{value}")
