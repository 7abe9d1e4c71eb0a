"""The JSON API: the questions of the command line over HTTP, answered by the same contract."""

from __future__ import annotations

import json
from typing import Any, Final

from kg.answers.answer import Answer
from kg.errors import NotFound, UsageError
from kg.faces.recoding import day
from kg.faces.serve import media, verbs
from kg.faces.serve.exchange import Asked, Reply, Site

#: The status of each sort of answer: a name that means several things is offered as a choice.
STATUS: Final = {"answered": 200, "unknown": 200, "ambiguous": 300, "not_found": 404}
#: The forms of a reply, as they are asked for by `format` and by Accept.
FORMS: Final = {
    "json": "application/json", "csv": "text/csv; charset=utf-8", "text": "text/plain; charset=utf-8",
    "markdown": "text/markdown; charset=utf-8",
}  # fmt: skip
_ROWS: Final = 100_000
_EXAMPLES: Final[dict[str, dict[str, str]]] = {
    "ask": {"sentence": "what did ACS become?"}, "became": {"name": "ACS"}, "before": {"name": "ICS"},
    "lineage": {"name": "10G"}, "members": {"name": "Berkshire West", "as_of": "2018-06-01"},
    "memberships": {"name": "15A"}, "timeline": {"name": "NHS Frimley ICB"},
    "count": {"kind": "CCG", "by": "region", "as_of": "2021-04-01"}, "population": {"name": "CCG", "by": "region"},
    "coverage": {"kind": "PCN"}, "show": {"name": "ICS"}, "diff": {"since": "2026-03-31", "until": "2026-04-01"},
    "find": {"text": "Frimley"},
}  # fmt: skip


def index(site: Site, asked: Asked) -> Reply:
    """Tell people how to ask, with an example of each question."""
    from kg.faces.serve.pages.frame import page

    told = [{**verb._asdict(), "example": _EXAMPLES[verb.name]} for verb in verbs.VERBS.values()]
    return page(site, asked, "api.html", verbs=told, base=site.home.rstrip("/") or f"http://127.0.0.1:8000{site.root}")


def answer(site: Site, asked: Asked) -> Reply:
    """Answer one of the questions of `verbs.VERBS`."""
    from kg.faces.text import render

    name = asked.parts["verb"]
    if name not in verbs.VERBS:
        raise NotFound(f'The API has no question "{name[:80]}". Its questions: {", ".join(verbs.VERBS)}; see /api.')
    form, given = _form(asked), _given(asked)
    found: Answer = verbs.VERBS[name].ask(site.graph, given)
    return Reply(f"{render(found, form)}\n".encode(), FORMS[form], STATUS[found.status], (("Vary", "Accept"),))


def queries(site: Site, asked: Asked) -> Reply:
    """List the saved queries, each with its parameters and columns."""
    _none(asked)
    held = site.graph.graph.queries
    listed = [
        {
            "name": query.name, "summary": query.summary, "description": query.description, "params": dict(query.params),
            "columns": dict(query.columns), "example": dict(query.example), "tags": list(query.tags),
        }
        for query in map(held.get, held.names())
    ]  # fmt: skip
    return _json({"queries": listed, "release": site.graph.release})


def query(site: Site, asked: Asked) -> Reply:
    """Run a saved query; its own parameters and `as_of` are those of the address."""
    from kg.faces.tables import rows
    from kg.graph.names import Iri, curie

    name = asked.parts["name"]
    if name not in site.graph.graph.queries.names():
        raise NotFound(f'There is no saved query "{name[:80]}". They are listed at /api/queries.')
    form, given = _form(asked), _given(asked)
    as_of = verbs.day("as_of", given.pop("as_of")) if "as_of" in given else None
    found = site.graph.query(name, given, as_of=as_of)
    if len(found) > _ROWS:
        raise UsageError(
            f"This finds {len(found):,} rows, more than the {_ROWS:,} given at once. The whole graph is at /download."
        )
    readable = [{key: curie(value) if isinstance(value, Iri) else value for key, value in row.items()} for row in found]
    columns = list(site.graph.graph.queries.get(name).columns)
    told = rows(columns, readable, form, query=name, params=given, release=site.graph.release)
    return Reply(f"{told}\n".encode(), FORMS[form], headers=(("Vary", "Accept"),))


def concordance(site: Site, asked: Asked) -> Reply:
    """Give the crosswalk table between the codes of two days and levels, as CSV."""
    from kg.faces.mappings import as_csv

    given = verbs.read(CONCORDANCE, _given(asked))
    pairs = site.graph.concordance(
        given["from"], given["from_level"], given["to"], given.get("level"), scheme=given.get("from_scheme", "ods"),
        to_scheme=given.get("scheme"), basis=given.get("basis"),
    )  # fmt: skip
    return Reply(as_csv(pairs), FORMS["csv"])


def openapi(site: Site, asked: Asked) -> Reply:
    """Describe the API in OpenAPI 3.1."""
    from kg.faces.serve.openapi import described

    _none(asked)
    return _json(described(site.root, site.home, site.graph.release, day(None)))


_LEVELS: Final = ("pct", "ccg", "subicb", "stp", "icb", "region")
_SCHEMES: Final = ("ods", "gss")
CONCORDANCE: Final = (
    verbs.Parameter("from", "The day of the codes on the left.", "day", required=True),
    verbs.Parameter("from_level", "What the codes on the left stand for.", required=True, choices=_LEVELS),
    verbs.Parameter("to", "The day of the codes on the right.", "day", required=True),
    verbs.Parameter("level", "What the codes on the right stand for.", choices=_LEVELS),
    verbs.Parameter("from_scheme", "Who gave the codes on the left; ods when not given.", choices=_SCHEMES),
    verbs.Parameter("scheme", "Who gave the codes on the right; as on the left when not given.", choices=_SCHEMES),
    verbs.Parameter("basis", "What divided bodies are counted by.", choices=("population", "practices", "area", "budget", "postcodes")),
)  # fmt: skip


def _given(asked: Asked) -> dict[str, str]:
    """Give the parameters of the address, without the form; raise UsageError when one is given twice."""
    names = dict.fromkeys(name for name, _ in asked.query if name != "format")
    given = {name: asked.every(name) for name in names}
    if twice := next((name for name, values in given.items() if len(values) > 1), None):
        raise UsageError(f'The parameter "{twice[:80]}" is given {len(given[twice])} times. Give it once.')
    return {name: values[0] for name, values in given.items()}


def _none(asked: Asked) -> None:
    if given := _given(asked):
        raise UsageError(f'There is no parameter "{next(iter(given))[:80]}" here: this address takes none.')


def _form(asked: Asked) -> Any:
    """Give the form of the reply that `format` names, or that Accept prefers; JSON for anything else."""
    values = asked.every("format")
    if len(values) > 1 or (values and values[0] not in FORMS):
        raise UsageError(f"The parameter format is one of {', '.join(FORMS)}, given once.")
    if values:
        return values[0]
    chosen = media.chosen(asked.accept, [kind.partition(";")[0] for kind in FORMS.values()])
    return next((form for form, kind in FORMS.items() if kind.partition(";")[0] == chosen), "json")


def _json(told: Any) -> Reply:
    return Reply(json.dumps(told, ensure_ascii=False, indent=2).encode() + b"\n", FORMS["json"])
