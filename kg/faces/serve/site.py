"""The whole site as files that any web host serves, and that open from a folder.

Pages are followed from the first one: what a page links to is written too, by the very functions that the server asks.
Several processes write; when nothing new is linked any more, every link is seen to lead to a file, and the folder takes
its place.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from functools import cache
from html import unescape
from multiprocessing import get_context
from pathlib import Path
from typing import Final, NamedTuple
from urllib.parse import unquote

from kg.errors import BadInput, KgError
from kg.faces.library import Graph, open_graph
from kg.faces.serve.answering import answered, refused
from kg.faces.serve.exchange import Asked, Site
from kg.faces.serve.files import FILES
from kg.faces.serve.pages import crosswalk, links
from kg.faces.serve.pages.finding import index
from kg.faces.serve.routes import ROUTES, Route
from kg.graph import compiled

#: What tells that a folder is a site that was written here, and may be replaced.
MARK: Final = "kg-site.json"
#: The two days of the picture of the whole country.
_ENGLAND: Final = {"from": "2013-04-01", "to": "2026-04-01"}
_LINK: Final = re.compile(r"""<(?:a|link|script|img|form|image|use)\b[^>]*?\s(?:href|src|action)="([^"]*)\"""")
_AWAY: Final = re.compile(r"[a-z][a-z0-9+.-]*:|//", re.IGNORECASE)
#: Each of these takes long enough to be a piece of work of its own; of the others, so many are.
_LONG: Final = ("download/", "draw/", "compare/")
_CHUNK: Final = 40
#: In a graph of a part of the country there is no picture of the whole, nor every example: these pages then say so.
_SAYING: Final = ("/draw/england.", "/queries/")
_TOLD: Final = 20
#: Seconds without a word to who waits.
_SILENT: Final = 3.0
#: Seconds after which a folder that is half written is nobody's any more.
_LEFT: Final = 3600


class Written(NamedTuple):
    """What came of writing some pages: their links by file, and what could not be written."""

    links: dict[str, set[str]]
    faults: dict[str, str]
    size: int


def write(
    store: str, out: Path, *, home: str = "", processes: int = 0, progress: Callable[[str], None] = lambda _: None
) -> tuple[int, int]:
    """Write the site of a graph to a folder, whole or not at all; give how many files there are, and their bytes.

    Args:
        store: the folder of a compiled graph.
        out: the folder to write: a new one, an empty one, or a site that was written here before.
        home: the address on the web that the site will have; with it come a sitemap and addresses to cite.
        processes: how many write at once; one for each core when 0.
        progress: told what is being done.

    Raises:
        BadInput: the folder holds something else or cannot be written, or a link leads nowhere.
    """
    _refuse(out)
    if "files" in compiled.manifest(Path(store)):
        raise BadInput(
            f"{store} holds files of the publisher, and a site of it would be hundreds of thousands of pages; nothing was "
            f"written. Serve it with: kg serve --store {store}; or write the site of the curated graph: kg site {out}"
        )
    with _beside(out) as folder:
        seen: dict[str, set[str]] = {}
        progress("Reading the graph.")
        size, said = _fixed(store, folder, home), time.monotonic()
        with _writers(store, folder, home, processes or os.cpu_count() or 1) as each:
            # The page of downloads tells the size of each file, which is known when it has been made.
            waiting = [f"download/{file.name}" for file in FILES]
            while waiting:
                faults: dict[str, str] = {}
                for done in each(_parted(waiting)):
                    seen.update(done.links)
                    faults.update(done.faults)
                    size += done.size
                    if time.monotonic() - said > _SILENT:
                        said = time.monotonic()
                        progress(f"Wrote {len(seen):,} pages and files so far.")
                if faults:
                    raise _unwritten(faults, seen)
                progress(f"Wrote {len(seen):,} pages and files.")
                linked = {"index.html"}.union(*seen.values())
                waiting = sorted(file for file in linked - seen.keys() if not (folder / file).exists())
        size += _closing(folder, home, seen)
        if lost := {(page, file) for page, held in seen.items() for file in held if not (folder / file).is_file()}:
            raise BadInput(f"The site was not written: {len(lost):,} links lead nowhere. {_some(lost)}")
        return sum(1 for path in folder.rglob("*") if path.is_file()), size


def _parted(files: list[str]) -> list[list[str]]:
    """Part files into pieces of work, the longest first, so that no process waits for another at the end."""
    long = [[file] for file in files if file.startswith(_LONG)]
    short = [file for file in files if not file.startswith(_LONG)]
    return [*long, *(short[at : at + _CHUNK] for at in range(0, len(short), _CHUNK))]


def _refuse(out: Path) -> None:
    if out.exists() and not (out / MARK).is_file() and (not out.is_dir() or any(out.iterdir())):
        raise BadInput(f"{out} is no site that kg wrote, and is not replaced. Name a new folder, or an empty one.")


@contextmanager
def _beside(out: Path) -> Iterator[Path]:
    """Give a folder beside a place, which is moved in at the end, or removed whatever happens instead."""
    place = out.resolve()
    for left in place.parent.glob(f".{place.name}.*.part"):  # by one that was killed
        if time.time() - left.stat().st_mtime > _LEFT:
            shutil.rmtree(left, ignore_errors=True)
    part, old = (place.with_name(f".{place.name}.{os.getpid()}.{word}") for word in ("part", "old"))
    try:
        part.mkdir()
        yield part
        if place.exists():
            place.rename(old)
        part.rename(place)
    except OSError as error:
        if old.exists() and not place.exists():
            old.rename(place)
        raise BadInput(
            f"{out} cannot be written ({error.strerror or error}). Name a folder in one that exists and can be written."
        ) from None
    finally:
        shutil.rmtree(part, ignore_errors=True)
        shutil.rmtree(old, ignore_errors=True)


def _fixed(store: str, folder: Path, home: str) -> int:
    """Write what is no page: the files that pages use, the index of names, the page for what is not there."""
    graph = open_graph(store)
    shutil.copytree(links.STATIC, folder / "static", ignore=shutil.ignore_patterns("sparql.*", "yasgui"))
    top = Site(graph, home, home, frozen=True)
    missing = refused(top, Asked("/404", headers={"accept": "text/html"}), 404, "There is no page at this address.")
    made = {
        "static/names.js": index(graph), "404.html": missing.body, ".nojekyll": b"",
        MARK: json.dumps({"site": "nhs-kg", "release": graph.release}).encode(),
    }  # fmt: skip
    made |= {f"download/{name}": table for name, table in crosswalk.usual(graph).items()}
    return sum(_put(folder, file, data) for file, data in made.items())


def _closing(folder: Path, home: str, seen: Mapping[str, set[str]]) -> int:
    """Write what needs all pages: where they are, for those who crawl them."""
    if not home:
        return 0
    pages = sorted(
        file for file in seen if file.endswith(".html") and file.startswith(("doc/", "queries", "index", "about"))
    )
    lines = "".join(f"<url><loc>{home}/{file}</loc></url>\n" for file in pages[:50_000])
    sitemap = f'<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{lines}</urlset>\n'
    robots = f"User-agent: *\nAllow: /\nSitemap: {home}/sitemap.xml\n"
    return _put(folder, "sitemap.xml", sitemap.encode()) + _put(folder, "robots.txt", robots.encode())


def _put(folder: Path, file: str, data: bytes) -> int:
    place = folder / file
    place.parent.mkdir(parents=True, exist_ok=True)
    return place.write_bytes(data)


# In the processes that write


class _Writer:
    """Writes pages of one graph into one folder."""

    def __init__(self, graph: Graph, folder: Path, home: str) -> None:
        self._graph, self._folder, self._home = graph, folder, home

    def __call__(self, files: Iterable[str]) -> Written:
        found, faults, size = {}, {}, 0
        for file in files:
            try:
                body = self._body(file)
            except KgError as error:
                faults[file] = str(error)
                continue
            size += _put(self._folder, file, body)
            # Pictures are whole in themselves, and so are data.
            page = file.endswith(".html") and not file.startswith("draw/")
            found[file] = set(_links(file, body.decode())) if page else set()
        return Written(found, faults, size)

    def _body(self, file: str) -> bytes:
        path, query = links.thawed(file)
        if path.startswith("/draw/england."):
            query = _ENGLAND
        route, parts = _route(path)
        site = Site(self._graph, "/".join([".."] * file.count("/")), self._home, frozen=True)
        accept = "text/html" if file.endswith(".html") else "*/*"
        reply = answered(site, route, Asked(path, "GET", parts, tuple(query.items()), {"accept": accept}))
        if reply.status != 200 and not path.startswith(_SAYING):
            raise BadInput(f"it answers {reply.status}: {re.sub('<[^>]*>', ' ', reply.body.decode())[-300:].strip()}")
        return Path(reply.file).read_bytes() if reply.file else reply.body


@cache
def _patterns() -> list[tuple[Route, re.Pattern[str]]]:
    return [
        (route, re.compile(re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>[^/]+)", re.escape(route.pattern)))) for route in ROUTES
    ]


def _route(path: str) -> tuple[Route, dict[str, str]]:
    for route, pattern in _patterns():
        if found := pattern.fullmatch(path):
            return route, found.groupdict()
    raise BadInput("no page has this address")


def _links(file: str, page: str) -> Iterator[str]:
    """Give the files of the site that a page leads to, from the top."""
    folder = file.rpartition("/")[0]
    for found in _LINK.finditer(page):
        address = unescape(found[1])
        target = unquote(address.partition("#")[0].partition("?")[0])
        if target and not _AWAY.match(address):
            yield os.path.normpath(f"{folder}/{target}" if folder else target)


_writer: _Writer | None = None


def _begin(store: str, folder: Path, home: str) -> None:
    global _writer  # what a process is begun with
    _writer = _Writer(open_graph(store, in_memory=True), folder, home)


def _go(files: list[str]) -> Written:
    assert _writer is not None
    return _writer(files)


@contextmanager
def _writers(
    store: str, folder: Path, home: str, processes: int
) -> Iterator[Callable[[list[list[str]]], Iterable[Written]]]:
    """Give what writes lists of files: this process when it is to be one, else several."""
    if processes == 1:
        writer = _Writer(open_graph(store, in_memory=True), folder, home)
        yield lambda chunks: map(writer, chunks)
        return
    with ProcessPoolExecutor(processes, get_context("spawn"), _begin, (store, folder, home)) as pool:
        yield lambda chunks: (done.result() for done in as_completed([pool.submit(_go, chunk) for chunk in chunks]))


def _unwritten(faults: Mapping[str, str], seen: Mapping[str, set[str]]) -> BadInput:
    by = {
        file: next((page for page, held in sorted(seen.items()) if file in held), "") for file in sorted(faults)[:_TOLD]
    }
    told = "\n".join(f"  {file}{f', linked from {by[file]}' if by[file] else ''}: {faults[file]}" for file in by)
    return BadInput(f"The site was not written: {len(faults):,} of its pages cannot be.\n{told}")


def _some(lost: Iterable[tuple[str, str]]) -> str:
    return "\n".join(f"  {page} to {file}" for page, file in sorted(lost)[:_TOLD])
