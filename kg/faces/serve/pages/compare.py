"""The page that compares two days: what began, ended, was succeeded, recoded or moved between them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby, pairwise
from typing import Any, Final, NamedTuple

from kg.answers import difference
from kg.answers import language as say
from kg.answers.answer import Answer, Result
from kg.answers.record import Records
from kg.errors import Ambiguous, NotFound, UsageError
from kg.faces import histories, text
from kg.faces.recoding import day
from kg.faces.serve.exchange import Asked, Reply, Site
from kg.faces.serve.pages.frame import page
from kg.faces.serve.pages.home import kinds_of
from kg.faces.serve.pages.picture import inline
from kg.faces.serve.pages.telling import MOST, Notes
from kg.faces.serve.wording import addressed

#: More lines than this are not drawn unless somebody asks; far more could not be read, and take seconds.
_DRAWN, _MOST_DRAWN = 80, 400
_EXAMPLES: Final = (
    ("2026-03-31", "2026-04-01", "", "The ICBs merge, 1 April 2026"),
    ("2022-06-30", "2022-07-01", "", "CCGs become ICBs, 1 July 2022"),
    ("2020-03-31", "2020-04-01", "ccg", "74 CCGs become 18, 1 April 2020"),
    ("2013-03-31", "2013-04-01", "", "PCTs become CCGs, 1 April 2013"),
)


#: The days between which a frozen site compares: each 1 April since 2013, and the day of the ICBs.
_DAYS: Final = sorted([*(f"{year}-04-01" for year in range(2013, 2027)), "2022-07-01"])
USUAL: Final = tuple(pairwise(_DAYS))


class Group(NamedTuple):
    """Changes of one sort and kind: at most MOST lines, and how many there are."""

    kind: str
    lines: list[tuple[Result, str]]
    total: int


def compare(site: Site, asked: Asked) -> Reply:
    """Tell what changed after one day and up to another; `format=csv` gives every line as a file.

    What is asked wrongly is said on the page, above the form that it was asked with.
    """
    from kg.faces.diagrams.presets import compare as drawn

    records = Records(site.graph.graph)
    since, until, kind = asked.one("from") or "", asked.one("to") or "", asked.one("kind") or ""
    words: dict[str, Any] = {
        "since": since, "until": until, "kind": kind, "examples": _EXAMPLES, "usual": USUAL, "fault": "", "answer": None,
        "kinds": sorted(kinds_of(site.graph.graph), key=lambda held: held.label),
    }  # fmt: skip
    if not since and not until:
        return page(site, asked, "compare.html", **words)
    try:
        if not since or not until:
            raise UsageError("Two days are compared. Give both.")
        if day(since) == day(until):
            raise UsageError(
                f"{say.day(day(since))} is both days, so that nothing is compared. Give two different days."
            )
        answer = difference.difference(records, day(since), day(until), kind=kind or None)
        if answer.status in ("not_found", "ambiguous"):
            raise NotFound(answer.sentence.replace("Say which with --sense.", "Choose one in the list of kinds."))
    except (UsageError, NotFound, Ambiguous) as error:
        return page(
            site,
            asked,
            "compare.html",
            status=404 if isinstance(error, NotFound) else 400,
            **words | {"fault": addressed(str(error))},
        )
    if asked.one("format") == "csv":
        name = f'attachment; filename="changes-{day(since)}-{day(until)}.csv"'
        return Reply(
            f"{text.render(answer, 'csv')}\n".encode(),
            "text/csv; charset=utf-8",
            headers=(("Content-Disposition", name),),
        )
    groups = {heading: list(held) for heading, held in _groups(answer)}
    shown = [key for held in groups.values() for group in held for result, _ in group.lines for key in result.sources]
    notes, cited = (
        Notes(),
        {*answer.sentence_sources, *shown, *(key for keys in answer.caution_sources for key in keys)},
    )
    notes.add(source for source in answer.sources if source.key in cited)
    wanted = len(answer.results) <= _DRAWN or (asked.one("picture") is not None and len(answer.results) <= _MOST_DRAWN)
    words |= {
        "answer": answer, "notes": notes, "groups": groups, "counts": histories.counts(answer), "headings": histories.HEADINGS,
        "picture": inline(drawn.scene(records, day(since), day(until), answer=answer)) if wanted and answer.results else None,
        "offered": not wanted and len(answer.results) <= _MOST_DRAWN, "most": MOST,
    }  # fmt: skip
    return page(site, asked, "compare.html", **words)


def _groups(answer: Answer) -> Iterator[tuple[str, list[Group]]]:
    """Give changes by sort, then by kind, bounded as a whole page of each sort."""
    for change, results in groupby(answer.results, key=lambda result: result.change):
        room, found = MOST, []
        for kind, held in groupby(results, key=lambda result: result.kind):
            told = list(held)
            lines = [(result, histories.told(answer, result).replace(" -> ", " → ")) for result in told[: max(room, 0)]]
            found.append(Group(kind or "of no recorded kind", lines, len(told)))
            room -= len(lines)
        yield str(change), found
