"""The site as files: every link leads to one, the same graph gives the same bytes, and nothing is lost when it cannot be written."""

from __future__ import annotations

import csv
import json
import posixpath
import shutil
from collections.abc import Callable
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

import pytest

from kg.errors import BadInput
from kg.faces.serve import site
from kg.faces.serve.pages import links
from kg.graph.compiled import compile_into
from kg.graph.inputs import Inputs

HOME: Final = "https://example.org/kg"
HOSTILE: Final = "</script><img src=x onerror=alert(1)> & it's"
#: Enough of every table for a page of each sort: two bodies, and the kinds.
KEPT: Final = ("ics-frimley", "icb-frimley")


class Page(HTMLParser):
    """The addresses and tags of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.tags: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.found += [value or "" for name, value in attrs if name in ("href", "src", "action", "formaction")]


@pytest.fixture(scope="module")
def store(few: Inputs, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A compiled graph of two bodies, one of them with a name that means harm."""
    root = tmp_path_factory.mktemp("inputs")
    for folder in ("ontology", "queries", "data"):
        shutil.copytree(few.root / folder, root / folder)
    gone = {row[0] for row in _rows(root / "data" / "bodies.csv")[1:]} - set(KEPT)
    names = ["events.csv", *sorted(path.name for path in (root / "data").glob("*.csv") if path.name != "events.csv")]
    for name in names:
        header, *rows = _rows(root / "data" / name)
        kept = [row for row in rows if not gone & {word for cell in row for word in cell.split("; ")}]
        if name == "events.csv":
            gone |= {row[0] for row in rows} - {row[0] for row in kept}
        if name == "bodies.csv":
            at = header.index("name")
            for row in kept:
                row[at] = HOSTILE if row[0] == KEPT[0] else row[at]
        with (root / "data" / name).open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream, lineterminator="\n").writerows([header, *kept])
    compile_into(root / "graph", Inputs(root))
    return root / "graph"


def _rows(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.reader(stream))


@pytest.fixture(scope="module")
def written(store: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of that graph, by one process."""
    out = tmp_path_factory.mktemp("site") / "out"
    site.write(str(store), out, home=HOME, processes=1)
    return out


def test_every_internal_link_leads_to_a_file(written: Path) -> None:
    pages = [path for path in written.rglob("*.html") if "draw" not in path.parts and path.name != "404.html"]
    assert len(pages) > 200
    links_seen = 0
    for path in pages:
        for address in Page(path.read_text(encoding="utf-8")).found:
            parts = urlsplit(address)
            if parts.scheme or parts.netloc or not parts.path:
                continue
            target = posixpath.normpath(f"{path.parent.relative_to(written).as_posix()}/{unquote(parts.path)}")
            assert not target.startswith(".."), (path, address)
            assert (written / target).is_file(), (path, address)
            links_seen += 1
    assert links_seen > 5000


def test_no_page_leads_to_what_needs_a_server(written: Path) -> None:
    for path in written.rglob("*.html"):
        if "draw" not in path.parts and path.name != "404.html":
            for address in Page(path.read_text(encoding="utf-8")).found:
                assert not address.startswith("/"), (path, address)
                assert "/sparql" not in address, (path, address)


def test_the_site_has_what_hosts_and_crawlers_look_for(written: Path) -> None:
    for file in (
        "index.html",
        "search.html",
        "compare.html",
        "crosswalk.html",
        "404.html",
        ".nojekyll",
        "static/style.css",
    ):
        assert (written / file).is_file(), file
    for file in (
        "doc/body/icb-frimley.html",
        "doc/kind/icb.html",
        "data/body/icb-frimley.ttl",
        "draw/kinds.html",
        "search/icb.html",
    ):
        assert (written / file).stat().st_size > 200, file
    sitemap = (written / "sitemap.xml").read_text(encoding="utf-8")
    assert f"<loc>{HOME}/doc/body/icb-frimley.html</loc>" in sitemap
    assert f"{HOME}/sitemap.xml" in (written / "robots.txt").read_text(encoding="utf-8")
    missing = (written / "404.html").read_text(encoding="utf-8")
    assert f'href="{HOME}/static/style.css"' in missing


def test_a_canonical_address_is_that_of_the_file(written: Path) -> None:
    page = (written / "doc/body/icb-frimley.html").read_text(encoding="utf-8")
    assert f'<link rel="canonical" href="{HOME}/doc/body/icb-frimley.html">' in page


def test_a_name_that_means_harm_is_text_everywhere(written: Path) -> None:
    page = Page((written / f"doc/body/{KEPT[0]}.html").read_text(encoding="utf-8"))
    assert "img" not in page.tags
    names = (written / "static/names.js").read_text(encoding="utf-8")
    assert "</script" not in names
    held = json.loads(names.removeprefix("window.names=").removesuffix(";\n"))
    assert HOSTILE in {thing[1] for thing in held}


def test_every_name_and_code_is_in_the_index(written: Path) -> None:
    held = json.loads(
        (written / "static/names.js").read_text(encoding="utf-8").removeprefix("window.names=").removesuffix(";\n")
    )
    (icb,) = (thing for thing in held if thing[0] == "/doc/body/icb-frimley")
    assert icb[1:5] == ["NHS Frimley ICB", "integrated care board", "1 Jul 2022 to 31 Mar 2026", 1]
    assert "QNQ" in icb[5]
    kinds = {thing[1] for thing in held if "ICP" in thing[5]}
    assert len(kinds) > 1
    assert "integrated care partnership (ICP, alliance)" in kinds


def test_the_same_graph_gives_the_same_bytes_by_however_many_processes(
    store: Path, written: Path, tmp_path: Path
) -> None:
    again = tmp_path / "again"
    site.write(str(store), again, home=HOME, processes=2)
    assert _digests(again) == _digests(written)


def _digests(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*") if path.is_file()
    }  # fmt: skip


def test_a_file_of_a_frozen_site_leads_back_to_what_it_is_the_page_of() -> None:
    asked: list[tuple[str, dict[str, str]]] = [
        ("/", {}), ("/about", {}), ("/search", {"kind": "ccg"}), ("/doc/body/icb-frimley", {}), ("/data/body/icb-frimley.ttl", {}),
        ("/draw/lineage.svg", {"name": "icb"}), ("/draw/kinds.html", {}), ("/queries/became", {}), ("/download", {}),
        ("/download/nhs-integration.nq.gz", {}), ("/compare", {"from": "2013-04-01", "to": "2014-04-01"}),
        ("/compare", {"from": "2013-04-01", "to": "2014-04-01", "kind": "ccg"}),
        ("/compare", {"from": "2013-04-01", "to": "2014-04-01", "format": "csv"}),
    ]  # fmt: skip
    for path, query in asked:
        assert links.thawed(links.frozen(path, query)) == (path, query)


def test_a_folder_that_holds_something_else_is_left_alone(store: Path, tmp_path: Path) -> None:
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "letter.txt").write_text("dear", encoding="utf-8")
    with pytest.raises(BadInput, match="no site that kg wrote"):
        site.write(str(store), tmp_path / "letters", processes=1)
    assert [path.name for path in tmp_path.rglob("*")] == ["letters", "letter.txt"]


def test_a_link_that_leads_nowhere_fails_the_whole_and_leaves_the_old_site(
    store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / site.MARK).write_text("{}", encoding="utf-8")
    was: Callable[[str, str], object] = site._links

    def more(file: str, page: str) -> list[str]:
        found = list(was(file, page)) if file == "index.html" else []  # type: ignore[call-overload]
        return [*(name for name in found if name == "about.html"), "doc/body/nobody.html"]

    monkeypatch.setattr(site, "_links", more)
    with pytest.raises(BadInput, match=r"doc/body/nobody\.html, linked from about\.html"):
        site.write(str(store), out, processes=1)
    assert [path.name for path in tmp_path.rglob("*")] == ["out", site.MARK]
