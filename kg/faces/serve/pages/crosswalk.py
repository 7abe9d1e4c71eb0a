"""The crosswalk page: a table of codes brought and taken away in other codes, and ready-made tables between two days."""

from __future__ import annotations

import re
from base64 import b64encode
from contextlib import suppress
from functools import lru_cache
from pathlib import PurePath
from typing import Any, Final, NamedTuple

from kg.answers.codebook import LEVELS, NAMES
from kg.answers.portions import BASES
from kg.errors import UsageError
from kg.faces.library import Graph
from kg.faces.serve.exchange import Asked, Reply, Site
from kg.faces.serve.pages.frame import page

#: What a table can be taken away as, and what that is served as.
MEDIA: Final = {
    "csv": "text/csv; charset=utf-8", "tsv": "text/tab-separated-values; charset=utf-8", "parquet": "application/vnd.apache.parquet",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "sssom.tsv": "text/tab-separated-values; charset=utf-8",
    "txt": "text/plain; charset=utf-8", "md": "text/markdown; charset=utf-8", "json": "application/json",
}  # fmt: skip
#: What is done with rows of bodies that were divided, in words.
SPLITS: Final = {
    "weigh": "Share them out", "list": "Leave them out of the sums, and list them", "main": "Give all to the largest part",
    "refuse": "Refuse the table",
}  # fmt: skip
#: The largest file that is put into the page itself, in bytes.
_WITHIN: Final = 2_000_000


class Usual(NamedTuple):
    """A ready-made table that is often wanted."""

    since: str
    level: str
    to: str
    into: str

    @property
    def name(self) -> str:
        return f"crosswalk-{self.since}-{self.level}-to-{self.to}-{self.into}.csv"


#: The days on which many codes changed at once.
USUAL: Final = (
    Usual("2013-03-31", "pct", "2013-04-01", "ccg"), Usual("2013-04-01", "ccg", "2020-04-01", "ccg"),
    Usual("2013-04-01", "ccg", "2022-07-01", "subicb"), Usual("2013-04-01", "ccg", "2022-07-01", "icb"),
    Usual("2020-04-01", "ccg", "2022-07-01", "subicb"), Usual("2022-06-30", "ccg", "2022-07-01", "icb"),
    Usual("2022-06-30", "stp", "2022-07-01", "icb"), Usual("2022-07-01", "subicb", "2026-04-01", "subicb"),
    Usual("2022-07-01", "icb", "2026-04-01", "icb"), Usual("2013-04-01", "ccg", "2026-04-01", "icb"),
)  # fmt: skip


class Download(NamedTuple):
    """A file in the page itself: what it is called, and its address, which holds it."""

    words: str
    name: str
    address: str


def crosswalk(site: Site, asked: Asked) -> Reply:
    """Give the form; with a file its codes and the table recoded; with `from_level` a ready-made table as a file.

    Raises:
        UsageError: what is asked for a ready-made table cannot be had.
    """
    if asked.method == "POST":
        return _sent(site, asked)
    if asked.one("from_level"):
        given = {
            name: asked.one(name) or "" for name in ("since", "from_level", "to", "level", "scheme", "basis", "form")
        }
        return table(site, **given)
    return _page(site, asked, {})


def table(
    site: Site,
    since: str,
    from_level: str,
    to: str,
    level: str = "",
    scheme: str = "",
    basis: str = "",
    form: str = "csv",
) -> Reply:
    """Give a ready-made table between the codes of two days, as a file.

    Raises:
        UsageError: a day, level or format is wrong, or there were no such codes.
    """
    from kg.faces import crosswalks, mappings
    from kg.faces.recoding import day

    if not (since and to):
        raise UsageError("A crosswalk table needs two days. Give both, as 2013-04-01 and 2022-07-01.")
    first, last, one = day(since), day(to), scheme or "ods"
    form = form or "csv"
    if form not in ("csv", "parquet", "sssom.tsv"):
        raise UsageError(f'"{form}" is no format of a crosswalk table. Give csv, parquet or sssom.tsv.')
    pairs = site.graph.concordance(first, from_level, last, level or None, scheme=one, basis=basis or None)
    into = next((pair.to.level for pair in pairs if pair.to), level or from_level)
    key = f"{first}-{from_level}-{one}-to-{last}-{into}-{one}"
    title = f"Codes of {NAMES[_level(from_level)][1]} of {first} and of {NAMES[_level(into)][1]} of {last}"
    about = mappings.About(key, title, site.graph.release, first, last, one, day(None))
    name = f"crosswalk-{key}.{form}"
    return _file(crosswalks.content(name, pairs, about), name, form)


@lru_cache(maxsize=2)
def usual(graph: Graph) -> dict[str, bytes]:
    """Give the ready-made tables that can be made of a graph, by the names of their files."""
    found = {}
    for one in USUAL:
        with suppress(UsageError):  # a small graph has no codes of some level, or day
            found[one.name] = table(Site(graph), one.since, one.level, one.to, one.into).body
    return found


def _level(word: str) -> Any:
    if word not in LEVELS:
        raise UsageError(f'"{word}" is no level of codes. Give one of: {", ".join(LEVELS)}.')
    return word


def _sent(site: Site, asked: Asked) -> Reply:
    """Answer a table that was sent: as a page, or as the file itself when that is what was pressed."""
    from kg.faces.serve.pages.parcel import unpacked
    from kg.faces.serve.pages.recoded import ENDINGS, outcome

    parcel = unpacked(asked)
    ending = parcel.one("form") or "csv"
    if ending not in ENDINGS:
        raise UsageError(f'"{ending}" is no format of a table. Give one of: {", ".join(ENDINGS)}.')
    if not parcel.name:
        return _page(
            site, asked, parcel.fields, fault="No file was chosen. Choose a table, and send the form again.", status=400
        )
    found = outcome(site.graph, parcel, ending)
    stem = _stem(parcel.name)
    if parcel.one("act") == "download" and not found.fault and found.report:
        return _file(found.data, f"{stem}-{parcel.one('to')}.{ending}", ending)
    downloads = []
    if found.report and not found.fault:
        files = [("The table", ending, found.data)]
        files += [("The report", form, text.encode()) for form, text in found.report.items()]
        downloads = [
            Download(f"{words} ({form})", f"{stem}-{parcel.one('to')}{'' if words == 'The table' else '-report'}.{form}", _within(data, form))
            for words, form, data in files if len(data) <= _WITHIN
        ]  # fmt: skip
    status = 422 if found.fault else 200
    return _page(
        site, asked, parcel.fields, found=found, fault=found.fault, downloads=downloads, file=parcel.name, status=status
    )


def _page(site: Site, asked: Asked, given: Any, *, status: int = 200, **words: Any) -> Reply:
    told = {"found": None, "fault": "", "downloads": [], "file": "", **words}
    return page(
        site, asked, "crosswalk.html", status=status, given=given,
        usual=[one for one in USUAL if not site.frozen or one.name in usual(site.graph)], bases=BASES, splits=SPLITS,
        levels={level: NAMES[level][1] for level in LEVELS}, **told,
    )  # fmt: skip


def _file(data: bytes, name: str, form: str) -> Reply:
    return Reply(
        data,
        MEDIA[form],
        headers=(("Content-Disposition", f'attachment; filename="{name}"'), ("Cache-Control", "no-store")),
    )


def _within(data: bytes, form: str) -> str:
    return f"data:{MEDIA[form].replace(' ', '')};base64,{b64encode(data).decode('ascii')}"


def _stem(name: str) -> str:
    """Give the name of a file without its ending, in letters that every system takes."""
    return re.sub(r"[^A-Za-z0-9_.-]+", "-", PurePath(name).stem).strip("-.")[:60] or "table"
