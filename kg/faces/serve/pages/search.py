"""The search page: a name goes to its thing, a question to its answer, a kind to the list of its bodies."""

from __future__ import annotations

from typing import Final

from kg.answers import language as say
from kg.errors import NotFound, UsageError
from kg.faces.recoding import day
from kg.faces.serve.exchange import Asked, Reply, Site, see
from kg.faces.serve.pages import links
from kg.faces.serve.pages.frame import page
from kg.faces.serve.pages.home import EXAMPLES, families, kinds_of, label_of
from kg.faces.serve.pages.telling import MOST, Notes, path_of, path_to, period
from kg.graph.names import category_of, thing

_LONGEST: Final = 300


def search(site: Site, asked: Asked) -> Reply:
    """Find what a name, code or acronym means, or answer a question; without either, show what there is.

    Raises:
        UsageError: a parameter is given twice, too long, or a date that is none.
        NotFound: there is no such kind.
    """
    words, date_ = (asked.one("q") or "").strip(), asked.one("date")
    as_of = day(date_)
    if len(words) > _LONGEST:
        raise UsageError(
            f"The search has {len(words):,} characters. Give a name, a code or one question of up to {_LONGEST}."
        )
    if kind := asked.one("kind"):
        return _bodies(site, asked, kind)
    if not words:
        return page(
            site, asked, "search.html", words="", families=families(kinds_of(site.graph.graph)), examples=EXAMPLES
        )
    found = site.graph.find(words, as_of=as_of)
    exact = [result for result in found.results if result.mark is None]
    if len(exact) == 1:
        return see(links.linked(site, path_of(exact[0]), {"date": date_}))
    if exact:
        return page(site, asked, "which.html", words=words, found=found, date=date_ or "")
    if reply := _answer(site, asked, words):
        return reply
    try:
        iri = site.graph.resolve(words)
    except (NotFound, UsageError):
        iri = None
    if iri is not None and category_of(iri):
        return see(links.linked(site, path_to(iri), {"date": date_}))
    if any(result.mark != "near" for result in found.results):
        return page(site, asked, "which.html", words=words, found=found, date=date_ or "")
    return page(site, asked, "none.html", words=words, candidates=found.results, examples=EXAMPLES, date=date_ or "")


def _answer(site: Site, asked: Asked, words: str) -> Reply | None:
    """Answer a question in plain English; None when it cannot be read as one."""
    try:
        answer = site.graph.ask(words, as_of=asked.one("date"), sense=asked.one("sense"))
    except UsageError:
        if asked.one("sense"):
            raise
        return None
    if answer.status == "not_found" and not answer.candidates:
        return None
    return page(
        site, asked, "answer.html", answer=answer, notes=Notes(answer), words=words, date=asked.one("date") or "",
        about=path_of(answer.subject) if answer.subject else "", most=MOST,
    )  # fmt: skip


def _bodies(site: Site, asked: Asked, key: str) -> Reply:
    """List every body that was ever of a kind, some hundreds to a page; in a frozen site all on one."""
    graph = site.graph.graph
    kind = thing("kind", key) if key.replace("-", "").isalnum() and key.isascii() else None
    if kind is None or graph.names.by_iri(kind) is None:
        raise NotFound(f'There is no kind of structure "{key[:80]}". They are all listed on the search page.')
    periods: dict[str, list[str]] = {}
    labels: dict[str, str] = {}
    for row in graph.rows("ever-of-kind", kind=kind):
        labels[row["body"]] = row["label"]
        told = period(say.iso(row["start"], row["startPrecision"]), say.iso_end(row["end"], row["endPrecision"]))
        periods.setdefault(row["body"], []).append(told or "dates not recorded")
    bodies = sorted(labels, key=lambda iri: (labels[iri].casefold(), iri))
    size = len(bodies) if site.frozen else MOST
    pages = max(1, -(-len(bodies) // size)) if bodies else 1
    number = _page(asked, pages)
    shown = bodies[(number - 1) * size : number * size]
    return page(
        site, asked, "bodies.html", kind=key, label=label_of(graph, kind), total=len(bodies), number=number, pages=pages,
        bodies=[(path_to(iri), labels[iri], "; ".join(periods[iri])) for iri in shown],
    )  # fmt: skip


def _page(asked: Asked, pages: int) -> int:
    given = asked.one("page") or "1"
    if not (given.isascii() and given.isdigit()) or len(given) > 6 or not 1 <= int(given) <= pages:
        raise UsageError(f'There is no page "{given[:20]}" of this list. It has {say.counted(pages, "page")}.')
    return int(given)
