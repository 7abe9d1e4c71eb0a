"""Links from page to page: the only place where an address of the site is put together."""

from __future__ import annotations

import hashlib
import re
from functools import cache
from pathlib import Path
from typing import Final
from urllib.parse import quote, urlencode

from kg.faces.serve.exchange import Site

STATIC: Final = Path(__file__).parent / "static"
_COMPARED: Final = re.compile(r"(?P<from>[\d-]{10})-to-(?P<to>[\d-]{10})(?:-(?P<kind>.+))?")
#: In a frozen site one parameter may still choose a file, as `/search?kind=ccg`; the others are left out.
_CHOOSES: Final = {"search": "kind", "draw": "name", "api": "name"}


def linked(site: Site, path: str, query: dict[str, object]) -> str:
    """Give the address of a page, to be put in a link.

    Args:
        site: where the link stands; in a frozen site addresses are relative, and name a file.
        path: the path from the top of the site, words as they are, such as "/doc/body/icb-frimley".
        query: parameters; those that are None or empty are left out.
    """
    stated = {name.rstrip("_"): f"{value}" for name, value in query.items() if value not in (None, "")}
    if site.frozen:
        return "/".join(filter(None, (site.root, quote(frozen(path, stated)))))
    return site.root + quote(path) + (f"?{urlencode(stated)}" if stated else "")


def frozen(path: str, query: dict[str, str]) -> str:
    """Give the name of the file that a page is written to by `kg site`, from the top of the site.

    "/" is index.html, "/doc/body/x" is doc/body/x.html, "/search?kind=ccg" is search/ccg.html, and
    "/draw/lineage.svg?name=x" is draw/lineage/x.svg.
    """
    place = path.strip("/") or "index"
    first, _, rest = place.partition("/")
    if first == "compare" and {"from", "to"} <= query.keys():
        words = "-".join(filter(None, (query["from"], "to", query["to"], query.get("kind", ""))))
        return f"compare/{words}.{query.get('format', 'html')}"
    stem, ending = place, "json" if first == "api" and rest else "html"
    if first in ("draw", "data", "download", ".well-known") and "." in rest:
        stem, _, ending = place.rpartition(".")
    chosen = query.get(_CHOOSES.get(first, ""), "")
    return f"{stem}/{chosen}.{ending}" if chosen else f"{stem}.{ending}"


def thawed(file: str) -> tuple[str, dict[str, str]]:
    """Give the path and the parameters that a file of a frozen site is the page of: what `frozen` came from."""
    stem, _, ending = file.rpartition(".")
    first, _, rest = stem.partition("/")
    if file == "index.html":
        return "/", {}
    if first == "compare" and (found := _COMPARED.fullmatch(rest)):
        given = {name: value for name, value in found.groupdict().items() if value}
        return "/compare", given if ending == "html" else {**given, "format": ending}
    if first == "draw":
        preset, _, name = rest.partition("/")
        return f"/draw/{preset}.{ending}", {"name": name} if name else {}
    if first == "search" and rest:
        return "/search", {"kind": rest}
    return f"/{file if rest and first in ('data', 'download') else stem}", {}


def asset(site: Site, name: str) -> str:
    """Give the address of a file of `static`; it changes when the file does, so that it may be kept for ever."""
    if site.frozen:
        return "/".join(filter(None, (site.root, "static", name)))
    return f"{site.root}/static/{name}?v={_digest(name)}"


def cited(site: Site, path: str, **query: object) -> str:
    """Give the address of a page for a citation: on the web when the site has said where it is, else its path."""
    if site.frozen:
        return f"{site.home.rstrip('/')}/{quote(frozen(path, {}))}"
    stated = {name: f"{value}" for name, value in query.items() if value not in (None, "")}
    return site.home.rstrip("/") + quote(path) + (f"?{urlencode(stated)}" if stated else "")


@cache
def _digest(name: str) -> str:
    return hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]
