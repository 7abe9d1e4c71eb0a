"""What came of holding a publisher's file against the graph, as people and programs read it."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from kg.answers import language as say
from kg.answers.answer import ATTRIBUTION
from kg.answers.habits import WHY, Difference
from kg.answers.reconcile import Reconciliation
from kg.answers.record import Records
from kg.errors import UsageError
from kg.faces.tables import Format, aligned, as_csv, as_markdown, wrapped
from kg.graph.graph import Graph

if TYPE_CHECKING:
    from kg.facts.ods.record import Record, Refused
    from kg.facts.ods.stream import Publication

_SAID: Final = 5.0  # seconds between two words of progress
COLUMNS: Final = (
    "code", "what", "body", "graph", "sources", "file", "basis", "place", "why", "suggested_in", "suggested",
)  # fmt: skip


def compared(graph: Graph, path: Path, on: date | None, progress: Callable[[str], None]) -> Reconciliation:
    """Hold a publisher's file against the curated graph; say every few seconds how far it is, and at last what it left out.

    Its day is the one that an ingest takes.

    Raises:
        BadInput: the file cannot be read, or nothing says of which day it is.
        UsageError: the graph was made of the publisher's files.
    """
    from kg.answers.reconcile import reconcile
    from kg.facts.ods.publication import open_dated

    if graph.files:
        raise UsageError(
            "This graph holds files of the publisher, which would be held against themselves. Ask the curated graph: leave "
            "--store away, or give a folder that kg build made."
        )
    publication = open_dated(path, on)
    found = reconcile(_paced(publication, progress), publication.release, Records(graph))
    for note in publication.notes:
        progress(note)
    return found


def _paced(publication: Publication, progress: Callable[[str], None]) -> Iterator[Record | Refused]:
    """Pass the records of a file on, and say every few seconds how far it has been read."""
    said = time.monotonic()
    for number, record in enumerate(publication, 1):
        if time.monotonic() - said > _SAID:
            said = time.monotonic()
            progress(f"{publication.release.file}: {publication.progress():.0%}, {number:,} records compared.")
        yield record


def render(found: Reconciliation, form: Format, width: int = 110) -> str:
    """Show it in a format; CSV has a row for each difference, the others begin with what was counted."""
    if form == "json":
        return json.dumps(document(found), ensure_ascii=False, indent=2)
    if form == "csv":
        return as_csv(COLUMNS, [_cells(one) for one in found.differences])
    if form == "markdown":
        return _markdown(found)
    return _text(found, width)


def document(found: Reconciliation) -> dict[str, Any]:
    """Give it as JSON has it: the file, what was counted, and every difference."""
    release = found.release
    return {
        "sentence": found.sentence,
        "release": found.release_of_graph,
        "file": {
            "name": release.file, "series": release.series, "title": release.title, "publisher": release.publisher,
            "day": release.day.isoformat() if release.day else None, "precision": release.precision, "sha256": release.sha256,
            "licence": release.licence,
        },
        "counts": {
            "records": found.records, "refused": found.refused, "met": found.met, "bodies": found.bodies, "agree": found.agree,
            "differences": len(found.differences), "by": dict(found.counts()),
        },
        "compared": dict(found.compared),
        "left": dict(found.left),
        "causes": [
            {"what": what, "cause": cause, "count": count, "why": WHY[cause]} for (what, cause), count in found.causes().items()
        ],
        "differences": [
            {
                "code": one.code, "what": one.what, "body": one.body or None, "graph": one.graph, "sources": list(one.sources),
                "file": one.file, "basis": one.basis or None, "place": one.place, "cause": one.cause, "why": one.why,
                "suggested": [row._asdict() for row in one.suggested],
            }
            for one in found.differences
        ],
        "new_source": found.new_source._asdict() if found.new_source else None,
        "attribution": ATTRIBUTION,
    }  # fmt: skip


def _cells(one: Difference) -> list[str]:
    files = "; ".join(dict.fromkeys(row.file for row in one.suggested))
    lines = "\n".join(row.line for row in one.suggested)
    return [
        one.code, one.what, one.body, one.graph, "; ".join(one.sources), one.file, one.basis, one.place, one.why, files, lines,
    ]  # fmt: skip


def _counted(found: Reconciliation) -> list[list[str]]:
    return [[what, say.number(count), WHY[cause]] for (what, cause), count in found.causes().items()]


def _left(found: Reconciliation) -> list[list[str]]:
    return [[say.number(count), reason] for reason, count in found.left.items()]


def _markdown(found: Reconciliation) -> str:
    blocks = [f"# {found.release.file} and the graph", found.sentence]
    if found.differences:
        blocks.append(as_markdown(["difference", "how many", "why it may be so"], _counted(found)))
    if found.left:
        blocks += ["## Not compared", as_markdown(["how many", "why not"], _left(found))]
    if found.new_source:
        blocks += ["## A source to add first", as_markdown(["table", "row"], [list(found.new_source)])]
    if found.differences:
        blocks += ["## Differences", as_markdown(COLUMNS, [_cells(one) for one in found.differences])]
    return "\n\n".join([*blocks, f"Release {found.release_of_graph}. {ATTRIBUTION}"])


def _text(found: Reconciliation, width: int) -> str:
    blocks = [wrapped(found.sentence, "", width)]
    if found.differences:
        counted = [f"  {row[0]} ({row[1]}). {row[2]}" for row in _counted(found)]
        blocks.append("\n".join(_hung(line, width) for line in counted))
    if found.left:
        blocks.append(f"Not compared\n{aligned(_left(found), '  ')}")
    if found.new_source:
        blocks.append(f"A source to add first\n  {found.new_source.file}: {found.new_source.line}")
    blocks += [_block(one, width) for one in found.differences]
    return "\n\n".join([*blocks, wrapped(f"Release {found.release_of_graph}. {ATTRIBUTION}", "  ", width)])


def _block(one: Difference, width: int) -> str:
    """Show one difference: what each says and on whose word, why that may be, and the rows to paste, unbroken."""
    cited = f" ({', '.join(one.sources)})" if one.sources else ""
    basis = f", {one.basis}" if one.basis else ""
    lines = [
        f"{one.code}  {one.what}" + (f"  {one.body}" if one.body else ""),
        _hung(f"  graph: {one.graph}{cited}", width),
        _hung(f"  file:  {one.file} ({one.place}{basis})", width),
        _hung(f"  why:   {one.why}", width),
        *(f"  {row.file}: {row.line}" for row in one.suggested),
    ]
    return "\n".join(lines)


def _hung(line: str, width: int) -> str:
    """Break a line between words, what follows standing further in."""
    first, *rest = wrapped(line.strip(), "  ", width).splitlines()
    return "\n".join([first, *(f"       {part.strip()}" for part in _again(rest, width))])


def _again(rest: Sequence[str], width: int) -> list[str]:
    return wrapped(" ".join(part.strip() for part in rest), "", width - 7).splitlines() if rest else []
