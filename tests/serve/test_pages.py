"""The pages for people: every thing has one, what is asked wrongly is said plainly, and no word of a stranger becomes markup."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable
from html import escape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

import pytest
from starlette.routing import compile_path

from kg.faces import library
from kg.faces.diagrams.fonts import FILES as FONTS
from kg.faces.serve import files
from kg.faces.serve.answering import answered
from kg.faces.serve.exchange import Asked, Reply, Site
from kg.faces.serve.pages import citing, links
from kg.faces.serve.routes import ROUTES
from kg.faces.text import render
from kg.facts import records as r
from kg.graph.names import THINGS, Iri

Gets = Callable[..., "Page"]
PATTERNS: Final = [(compile_path(route.pattern)[0], route) for route in ROUTES]
VOID: Final = {"meta", "link", "input", "br", "hr", "img", "path", "rect", "line", "circle"}
SAMPLE: Final = (
    "/", "/about", "/search", "/search?kind=icb", "/search?q=ICP", "/search?q=frimly", "/search?q=What+did+ACS+become%3F",
    "/doc/kind/ics-nonstatutory", "/doc/body/icb-frimley", "/doc/body/ics-frimley?date=2019-06-01", "/doc/event/acs-renamed-ics",
    "/doc/source/rcp-guide-2019", "/compare?from=2026-03-31&to=2026-04-01", "/queries", "/queries/became", "/download",
)  # fmt: skip
HOSTILE: Final = (
    "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "{{ 7*'7' }}{% raw %}", "\x00", "../../etc/passwd", "' OR 1=1 --",
    "x" * 5000, "\u202egnp.exe", "\ud7ff\U0001f4a9", "2019-13-45", "-1", "body:icb-frimley> ?p ?o", "javascript:alert(1)",
)  # fmt: skip


class Page(HTMLParser):
    """A page read as a browser would: its links, ids, headings and attributes; it fails on tags that do not match."""

    def __init__(self, reply: Reply) -> None:
        super().__init__()
        self.reply, self.text = reply, reply.body.decode()
        self.links: list[str] = []
        self.ids: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.data: list[str] = []
        self._open: list[str] = []
        if reply.media.startswith("text/html"):
            self.feed(self.text)
            assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        held = {name: value or "" for name, value in attrs}
        self.attributes += [(tag, *pair) for pair in held.items()]
        self.links += [held[name] for name in ("href", "src", "action") if name in held]
        self.ids += [held["id"]] if "id" in held else []
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self._open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1] == "script":
            self.data.append(data)

    @property
    def heading(self) -> str:
        found = re.search(r"<h1>(.*?)</h1>", self.text, re.DOTALL)
        return found.group(1) if found else ""


@pytest.fixture(scope="module")
def get(in_memory: library.Graph) -> Gets:
    """Asks for an address as a browser does; each is asked once."""
    kept: dict[tuple[str, Site], Page] = {}

    def ask(address: str, site: Site | None = None) -> Page:
        asked_of = site or Site(in_memory)
        if (address, asked_of) not in kept:
            kept[address, asked_of] = Page(replied(asked_of, address))
        return kept[address, asked_of]

    return ask


def replied(site: Site, address: str) -> Reply:
    parts = urlsplit(address)
    for pattern, route in PATTERNS:
        if found := pattern.match(unquote(parts.path)):
            query = tuple(parse_qsl(parts.query, keep_blank_values=True))
            return answered(
                site, route, Asked(unquote(parts.path), "GET", found.groupdict(), query, {"accept": "text/html"})
            )
    raise LookupError(address)


# Every thing has a page


def test_a_thing_of_every_category_has_a_page_that_names_it(get: Gets, in_memory: library.Graph) -> None:
    _, rows = in_memory.sparql("SELECT DISTINCT ?thing WHERE { ?thing a ?sort }")
    firsts: dict[str, str] = {}
    assert isinstance(rows, list)
    for row in rows:
        assert isinstance(row, dict)
        if row["thing"].startswith(THINGS):
            firsts.setdefault(row["thing"].removeprefix(THINGS).partition("/")[0], row["thing"])
    assert len(firsts) >= 19
    for iri in firsts.values():
        page = get(f"/doc/{iri.removeprefix(THINGS)}")
        assert page.reply.status == 200, iri
        assert page.heading
        assert iri in page.text


@pytest.mark.parametrize("key", ["icb-frimley", "ics-frimley", "ccg-15d", "region-y59", "trust-ryd"])
def test_a_page_tells_what_the_answers_tell(get: Gets, in_memory: library.Graph, key: str) -> None:
    page = get(f"/doc/body/{key}")
    shown, lineage = in_memory.show(key), in_memory.lineage(key)
    assert shown.sentence
    assert escape(shown.sentence, quote=False).split("'")[0] in page.text
    for step in lineage.steps:
        assert f"/doc/event/{step.event}" in page.links
    for source in (*shown.sources, *lineage.sources):
        assert f"/doc/source/{source.key}" in page.links
        assert f"source-{source.key}" in page.ids
    for result in in_memory.members(key).results:
        assert f"/doc/body/{result.key}" in page.links


def test_every_number_of_a_note_leads_to_a_source_on_the_page_and_no_id_is_given_twice(get: Gets) -> None:
    for address in SAMPLE:
        page = get(address)
        assert len(page.ids) == len(set(page.ids)), address
        assert {link[1:] for link in page.links if link.startswith("#")} <= set(page.ids), address


def test_a_page_is_of_the_day_that_is_asked_for(get: Gets) -> None:
    before, within, after = (
        get(f"/doc/body/icb-frimley?date={day}") for day in ("2021-01-01", "2024-04-01", "2026-11-22")
    )
    words = "On 1 January 2021 the NHS Frimley ICB had not begun."
    assert before.text.count(words) == 1
    assert before.text.index("<h1>") < before.text.index(words) < before.text.index('class="lead"')
    assert "had not begun" not in within.text
    assert "Its members on 1 April 2024" in within.text
    assert "NHS Thames Valley ICB" in after.text
    assert "NHS Thames Valley ICB" not in within.text
    assert "/doc/body/subicb-d4u1y?date=2024-04-01" in within.links


def test_without_a_day_what_has_ended_is_shown_as_it_was_on_its_last(get: Gets) -> None:
    assert "Its members on 31 March 2026" in get("/doc/body/icb-frimley").text


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("/doc/kind/pcn", "The first 200 of "),
        ("/doc/source/ods-pcn-list-2024", "The first 200 of "),
        ("/doc/role/part", "The first 200 of more than 1,000 statements."),
        ("/queries/recorded-of", "The first 200 are shown."),
    ],
)
def test_a_heavy_page_shows_the_first_and_says_how_to_get_all(get: Gets, address: str, words: str) -> None:
    page = get(address)
    assert words in page.text
    assert len(page.reply.body) < 120_000
    assert any("format=csv" in link or link.startswith("/sparql?edit=") for link in page.links)


def test_another_release_than_the_one_asked_for_says_so(get: Gets, in_memory: library.Graph) -> None:
    assert "You asked for release 2025.1.0." in get("/doc/kind/acs?release=2025.1.0").text
    assert "You asked for release" not in get(f"/doc/kind/acs?release={in_memory.release}").text


def test_a_key_that_nothing_has_gives_what_comes_near(get: Gets) -> None:
    page = get("/doc/body/icb-frimly")
    assert page.reply.status == 404
    assert "/doc/body/icb-frimley" in page.links


# Links and markup


def test_every_link_leads_to_an_address_of_the_site_and_to_things_there_are(
    get: Gets, in_memory: library.Graph
) -> None:
    names = set(in_memory.graph.queries.names())
    checked = set()
    for address in SAMPLE:
        for link in get(address).links:
            parts = urlsplit(link)
            if parts.scheme or link.startswith("#") or parts.path in checked:
                continue
            checked.add(parts.path)
            if parts.path.startswith("/static/"):
                assert (links.STATIC / parts.path.removeprefix("/static/")).is_file(), link
                continue
            found = next((route for pattern, route in PATTERNS if pattern.match(parts.path)), None)
            assert found is not None, (address, link)
            if parts.path.startswith("/doc/"):
                assert in_memory.graph.store.statements(Iri(THINGS + unquote(parts.path[5:]))), (address, link)
            if parts.path.startswith("/queries/"):
                assert parts.path.removeprefix("/queries/") in names
    assert len(checked) > 300


def test_no_page_has_script_or_style_of_its_own_nor_a_link_that_runs(get: Gets) -> None:
    for address in SAMPLE:
        page = get(address)
        for tag, name, value in page.attributes:
            assert name != "style", (address, tag)
            assert not name.startswith("on"), (address, tag, name)
            assert not value.lower().startswith(("javascript:", "vbscript:")), (address, value)
            assert tag != "style"
            if tag == "script" and name == "type":
                assert value == "application/ld+json"
        assert len(page.data) <= 1


def test_behind_a_prefix_every_address_begins_with_it(get: Gets, in_memory: library.Graph) -> None:
    site = Site(in_memory, root="/nhs", home="https://example.org/nhs")
    for address in ("/", "/doc/body/icb-frimley", "/compare?from=2026-03-31&to=2026-04-01"):
        page = get(address, site)
        inner = [link for link in page.links if not urlsplit(link).scheme and not link.startswith("#")]
        assert inner
        assert all(link.startswith("/nhs/") for link in inner), address
        assert f'<link rel="canonical" href="https://example.org/nhs{urlsplit(address).path}">' in page.text


def test_a_frozen_page_links_to_files_only_by_relative_addresses(get: Gets, in_memory: library.Graph) -> None:
    site = Site(in_memory, root="../..", frozen=True)
    for address in ("/doc/body/icb-frimley", "/doc/kind/ccg", "/doc/event/acs-renamed-ics"):
        for link in get(address, site).links:
            if not urlsplit(link).scheme and not link.startswith("#"):
                assert link.startswith("../../")
                assert "?" not in link
                assert re.search(r"\.(html|css|js|svg|ttl|jsonld|nt)(#\w+)?$", link), link
    page = get("/doc/body/icb-frimley", site)
    assert "../../doc/body/icb-thames-valley.html" in page.links
    assert 'type="date"' not in page.text
    first = get("/", Site(in_memory, frozen=True))
    assert {"search/ccg.html", "doc/kind/ccg.html", "about.html", "static/style.css"} <= set(first.links)


def test_the_fonts_of_pages_are_those_of_diagrams() -> None:
    for file in FONTS:
        name = Path(file).with_suffix(".woff2").name
        assert (links.STATIC / "fonts" / name).read_bytes() == Path(file).with_name(name).read_bytes()


# Strangers' words


@pytest.mark.parametrize("words", HOSTILE)
def test_no_word_of_a_stranger_becomes_markup_or_a_fault_of_ours(in_memory: library.Graph, words: str) -> None:
    site, asked = Site(in_memory), quote(words, safe="")
    fields = [
        ("/search", "q"), ("/search", "kind"), ("/search", "date"), ("/doc/body/icb-frimley", "date"),
        ("/doc/kind/acs", "release"), ("/doc/kind/acs", "cite"), ("/compare", "from"), ("/queries/became", "thing"),
        ("/queries/became", "asOf"), ("/queries/kinds", words), ("/search", "page"), ("/doc/event/acs-renamed-ics", "date"),
    ]  # fmt: skip
    addresses = [f"{path}?{urlencode({name: words})}" for path, name in fields]
    addresses += [
        f"/search?{urlencode({'q': 'ICP', 'sense': words})}", f"/search?{urlencode({'kind': 'pcn', 'page': words})}",
        f"/search?{urlencode({'q': 'what did ICP become?', 'sense': words})}",
        f"/compare?{urlencode({'from': '2026-03-31', 'to': '2026-04-01', 'kind': words})}",
        f"/compare?{urlencode({'from': words, 'to': words})}",
    ]  # fmt: skip
    if "/" not in words:
        addresses += [f"/doc/body/{asked}", f"/doc/{asked}/x", f"/queries/{asked}"]
    for address in addresses:
        page = Page(replied(site, address))
        assert page.reply.status in (200, 300, 303, 400, 404), address
        assert "<script>alert" not in page.text
        assert "<img src=x" not in page.text
        assert "7777777" not in page.text
        assert len(page.reply.body) < 400_000


def test_a_label_cannot_end_the_block_of_data_nor_become_markup(
    made: Callable[[Iterable[r.Row]], library.Graph],
) -> None:
    said = {"source": "s", "confidence": "verified"}
    name = "</script><script>alert(1)</script><!--"
    graph = made([
        r.Source.model_validate({"key": "s", "title": name, "publisher": name, "url": "javascript:alert(1)"}),
        r.Kind.model_validate({
            "key": "k", "name": name, "plural": f"{name}s", "family": "system", "form": "partnership", "definition": name,
            "from": "2013-04-01", **said,
        }),
    ])  # fmt: skip
    for address in ("/doc/kind/k", "/doc/source/s", "/", "/search", "/search?kind=k", "/compare"):
        page = Page(replied(Site(graph), address))
        assert page.reply.status == 200, address
        assert "<script>alert" not in page.text
        assert not [link for link in page.links if link.startswith("javascript:")]
    block = Page(replied(Site(graph), "/doc/kind/k")).data[0]
    assert not set(block) & set("<>&")
    assert json.loads(block)["name"] == name


# Said for programs and for citing


def test_schema_org_tells_names_codes_and_dates(get: Gets) -> None:
    told: dict[str, Any] = json.loads(get("/doc/body/icb-frimley").data[0])
    assert told["@type"] == "Organization"
    assert (told["foundingDate"], told["dissolutionDate"]) == ("2022-07-01", "2026-03-31")
    assert {"@type": "PropertyValue", "propertyID": "ODS", "value": "QNQ"} in told["identifier"]
    assert told["sameAs"] == "https://w3id.org/nhs-integration/id/body/icb-frimley"
    kind = json.loads(get("/doc/kind/ccg").data[0])
    assert (kind["@type"], kind["termCode"]) == ("DefinedTerm", "CCG")


def test_a_page_is_cited_as_text_bibtex_and_ris_with_its_day_and_release(get: Gets, in_memory: library.Graph) -> None:
    site = Site(in_memory, home="https://example.org")
    address = f"https://example.org/doc/body/icb-frimley?date=2024-04-01&release={in_memory.release}"
    page = get("/doc/body/icb-frimley?date=2024-04-01", site)
    assert escape(f"release {in_memory.release}. {address}") in page.text
    bib = get("/doc/body/icb-frimley?date=2024-04-01&cite=bib", site).reply
    assert bib.media.startswith("application/x-bibtex")
    fields = dict(re.findall(r"^  (\w+) = \{(.*)\},$", bib.body.decode(), re.MULTILINE))
    assert fields["title"] == "NHS Frimley ICB"
    assert fields["url"] == address
    ris = get("/doc/body/icb-frimley?date=2024-04-01&cite=ris", site).reply.body.decode()
    rows = [re.fullmatch(r"([A-Z][A-Z0-9])  - (.*)", line) for line in ris.split("\r\n")[:-1]]
    assert all(rows)
    told: dict[str, str] = {row[1]: row[2] for row in rows if row}
    assert (next(iter(told)), told["UR"], told["ET"]) == ("TY", address, f"Release {in_memory.release}")
    assert list(told)[-1] == "ER"


def test_what_bibtex_would_read_as_its_own_is_escaped() -> None:
    from datetime import date

    cited = citing.Citation(r"50 % of {A} & B_\x", "i/k", date(2024, 4, 1), "2026.11.0", "https://example.org")
    assert r"title = {50 \% of \{A\} \& B\_\textbackslash{}x}" in cited.bibtex


# Search


@pytest.mark.parametrize(
    ("words", "place"),
    [
        ("ACS", "/doc/kind/acs"), ("nhs frimley icb", "/doc/body/icb-frimley"), ("acs-renamed-ics", "/doc/event/acs-renamed-ics"),
        ("source:rcp-guide-2019", "/doc/source/rcp-guide-2019"), (THINGS + "body/ccg-15d", "/doc/body/ccg-15d"),
    ],
)  # fmt: skip
def test_exactly_one_thing_is_gone_to_at_once(get: Gets, words: str, place: str) -> None:
    reply = get(f"/search?{urlencode({'q': words})}").reply
    assert (reply.status, dict(reply.headers)["Location"]) == (303, place)
    dated = get(f"/search?{urlencode({'q': words, 'date': '2020-01-01'})}").reply
    assert dict(dated.headers)["Location"] == f"{place}?date=2020-01-01"


def test_of_several_things_the_reader_chooses_by_kind_dates_and_codes(get: Gets, in_memory: library.Graph) -> None:
    page = get("/search?q=ICP")
    assert page.heading == "Which did you mean?"
    for result in in_memory.find("ICP").results:
        assert f"/doc/kind/{result.key}" in page.links
    coded = get("/search?q=QNQ")
    assert "ODS code QNQ" in coded.text
    assert {"/doc/body/icb-frimley", "/doc/body/ics-frimley"} <= set(coded.links)


def test_a_question_is_answered_with_its_steps_and_sources(get: Gets, in_memory: library.Graph) -> None:
    page = get("/search?q=What+did+ACS+become%3F")
    answer = in_memory.ask("What did ACS become?")
    assert answer.sentence in page.text
    assert all(f"/doc/event/{step.event}" in page.links for step in answer.steps)
    assert all(f"source-{source.key}" in page.ids for source in answer.sources)


def test_a_name_that_is_nearly_right_gets_suggestions_and_nothing_else_is_guessed(get: Gets) -> None:
    page = get("/search?q=frimly")
    assert page.reply.status == 200
    assert "/doc/body/icb-frimley" in page.links
    assert "Did you mean" not in get("/search?q=zzzzqqqqxx").text


def test_the_pages_of_a_list_hold_every_body_of_the_kind_once(get: Gets, in_memory: library.Graph) -> None:
    bodies = {row["body"] for row in in_memory.query("ever-of-kind", {"kind": "kind:pcn"})}
    pages = -(-len(bodies) // 200)
    shown = [
        link
        for number in range(1, pages + 1)
        for link in get(f"/search?kind=pcn&page={number}").links
        if link.startswith("/doc/body/")
    ]
    assert sorted(shown) == sorted(f"/doc/body/{iri.rsplit('/', 1)[1]}" for iri in bodies)
    frozen = get("/search?kind=pcn", Site(in_memory, root="..", frozen=True))
    assert len([link for link in frozen.links if "/doc/body/" in link]) == len(bodies)


def test_the_first_page_counts_what_is_there(get: Gets, in_memory: library.Graph) -> None:
    text = re.sub(r"\s+", " ", get("/").text)
    for words, pattern in (("organisations", "a org:Organization"), ("sources", "a nis:Source")):
        _, rows = in_memory.sparql(
            "PREFIX org: <http://www.w3.org/ns/org#> PREFIX nis: <https://w3id.org/nhs-integration/ontology#> "
            f"SELECT DISTINCT ?thing WHERE {{ ?thing {pattern} }}"
        )
        assert isinstance(rows, list)
        assert f" {len(rows):,} {words}" in text
    assert "248 recorded" in text


# Two days, saved queries, download


def test_two_days_are_compared_as_the_answer_tells(get: Gets, in_memory: library.Graph) -> None:
    page = get("/compare?from=2026-03-31&to=2026-04-01")
    answer = in_memory.diff("2026-03-31", "2026-04-01")
    assert answer.sentence in page.text
    assert page.text.count('<td class="when">') == len(answer.results)
    csv = get("/compare?from=2026-03-31&to=2026-04-01&format=csv").reply
    assert csv.body.decode().strip() == render(answer, "csv").strip()
    assert "<svg" in page.text


def test_many_changes_are_bounded_and_drawn_only_on_request(get: Gets) -> None:
    page = get("/compare?from=2020-03-31&to=2020-04-01&kind=ccg")
    assert 'role="img"' not in page.text
    drawn = [link for link in page.links if "picture=1" in link]
    assert drawn
    assert 'role="img"' in get(drawn[0]).text


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("from=2026-04-01&to=2026-03-31", 400), ("from=2026-04-01", 400), ("from=2026-04-01&to=2026-04-01", 400), ("from=then&to=now", 400),
        ("from=2026-03-31&to=2026-04-01&kind=nothing-such", 404), ("from=2026-03-31&to=2026-04-01&kind=icb-frimley", 400),
    ],
)  # fmt: skip
def test_days_that_cannot_be_compared_are_said_above_the_form(get: Gets, query: str, status: int) -> None:
    page = get(f"/compare?{query}")
    assert page.reply.status == status
    assert 'role="alert"' in page.text
    assert {"from", "to", "kind"} <= set(page.ids)


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("/compare?from=2026-04-01&to=2026-03-31", "Give the earlier one first: 2026-03-31, then 2026-04-01."),
        ("/compare?from=2026-04-01&to=2026-04-01", "nothing is compared. Give two different days."),
        ("/compare?from=2026-03-31&to=2026-04-01&kind=ICP", "Choose one in the list of kinds."),
        ("/draw/lineage.svg?name=ICP", "sense=icp-"), ("/search?q=what+did+ICP+become%3F", "Choose one of them."),
        ("/draw/lineage.svg?name=ICP", "with the parameter sense in the address"),
    ],
)  # fmt: skip
def test_pages_speak_of_addresses_and_not_of_commands(get: Gets, address: str, words: str) -> None:
    page = get(address)
    assert words in page.text
    assert "--" not in re.sub(r"<!--.*?-->", "", page.text)
    assert "kg diff" not in page.text


def test_every_saved_query_has_a_page_with_the_rows_of_its_example(get: Gets, in_memory: library.Graph) -> None:
    for name in in_memory.graph.queries.names():
        page, saved = get(f"/queries/{name}"), in_memory.graph.queries.get(name)
        assert page.reply.status == 200, name
        assert escape(saved.summary) in page.text.replace("&#39;", "&#x27;")
        assert {f"p-{param}" for param in saved.params} <= set(page.ids)
        rows = len(in_memory.query(name, saved.example))
        assert f"{rows:,} row" in page.text, name


def test_a_saved_query_runs_with_the_parameters_given_or_says_what_is_wrong(get: Gets) -> None:
    page = get("/queries/memberships-of?body=ccg-15a")
    assert any(link.startswith("/doc/membership/") for link in page.links)
    assert get("/queries/memberships-of?body=nothing-such").reply.status == 404
    assert get("/queries/memberships-of?body=ICP").reply.status == 300
    wrong = get("/queries/members?body=ics-frimley&asOf=tomorrow")
    assert wrong.reply.status == 400
    assert 'value="ics-frimley"' in wrong.text
    assert get("/queries/nothing-such").reply.status == 404


def test_the_checksum_on_the_download_page_is_that_of_the_file(get: Gets, in_memory: library.Graph) -> None:
    data = in_memory.graph.n_quads.read_bytes()
    assert hashlib.sha256(data).hexdigest() in get("/download").text


def test_a_file_has_its_size_and_checksum_once_it_is_written(in_memory: library.Graph) -> None:
    site = Site(in_memory)
    made = files.given(site, f"{files.STEM}.csv")
    data = Path(made.file).read_bytes()
    page = Page(replied(site, "/download"))
    assert hashlib.sha256(data).hexdigest() in page.text
    assert "pip install nhs-kg" not in page.text
    Path(made.file).write_bytes(data[:-1])
    changed = next(file for file in files.FILES if file.name == f"{files.STEM}.csv")
    assert files.checksum(site, changed) == hashlib.sha256(data[:-1]).hexdigest()
    Path(made.file).unlink()
    assert files.checksum(site, changed) == ""
