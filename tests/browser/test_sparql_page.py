"""The SPARQL page in a real browser, from a real server: it runs, completes, draws and gives CSV, by keyboard, small and without scripts."""

from __future__ import annotations

from hashlib import sha256
from typing import Final
from urllib.parse import quote

from playwright.sync_api import Page, expect

from kg.faces import library
from kg.faces.serve.pages import sparql
from kg.faces.serve.pages.links import STATIC
from kg.graph.names import expand
from tests.browser.test_site import Visit, Visits, server, violations, visits

__all__ = ["server", "visits"]

#: YASGUI 4.6.2, as it was published: what is changed in it is noticed. One letter is written as its escape.
VENDORED: Final = {
    "yasgui.min.js": "55034eaac74c55f55fbd1eeed008ae38a79053651cbed2b453f1fcfd895a4b75",
    "yasgui.min.css": "085b94556b97f9928981bdedb6848fd11ad4d8d950e821f0d698c58ca538fc55",
}
#: Milliseconds that an answer may take where many tests run at once.
PATIENCE: Final = 40_000
QUERY: Final = """PREFIX body: <https://w3id.org/nhs-integration/id/body/>
PREFIX org: <http://www.w3.org/ns/org#>
SELECT DISTINCT ?group ?member { ?m org:organization ?group ; org:member ?member . VALUES ?member { body:icb-frimley } }"""


def put(page: Page, query: str) -> None:
    page.evaluate("query => { asking.yasqe.setValue(query); asking.yasqe.focus(); }", query)


def clean(visit: Visit) -> None:
    assert visit.elsewhere == []
    assert [said for said in visit.faults if "status of 4" not in said] == []
    assert visit.run("window.refused") == []
    visit.go("/about")
    assert visit.run("localStorage.length + sessionStorage.length") == 0


def test_what_is_vendored_is_what_was_published_with_its_licences() -> None:
    for name, digest in VENDORED.items():
        data = (STATIC / "yasgui" / name).read_bytes()
        assert sha256(data.replace(rb"bblfish.net/\x77ork/", b"bblfish.net/" + b"work/")).hexdigest() == digest
    licences = (STATIC / "yasgui" / "LICENCES.txt").read_text(encoding="utf-8")
    for name in (
        "@zazuko/yasgui",
        "codemirror",
        "datatables.net",
        "jquery",
        "dompurify",
        "lodash-es",
        "n3",
        "sortablejs",
        "column-resizer",
    ):
        assert f"\n{name}" in licences, name


def test_the_words_that_complete_are_in_the_graph(in_memory: library.Graph) -> None:
    _, rows = in_memory.sparql("SELECT DISTINCT ?p { ?s ?p ?o }")
    used = {row["p"] for row in rows if isinstance(row, dict)} if isinstance(rows, list) else set()
    assert {expand(name) for name in sparql.FOREIGN} <= used


def test_it_runs_a_query_and_leads_from_the_rows_to_their_pages(visits: Visits, axe: str) -> None:
    visit = visits("/sparql")
    page = visit.page
    put(page, QUERY)
    page.keyboard.press("Control+Enter")
    expect(page.locator("#told")).to_contain_text("row", timeout=PATIENCE)
    link = page.locator("#results a.iri", has_text="body:icb-frimley").first
    expect(link).to_have_attribute("href", "/doc/body/icb-frimley")
    assert violations(visit, axe) == []
    page.get_by_role("button", name="Shows Response view").click()
    expect(page.locator("#results .CodeMirror")).to_be_visible()
    assert violations(visit, axe) == []
    clean(visit)


def test_the_address_holds_the_query_and_back_gives_the_one_before(visits: Visits) -> None:
    visit = visits(f"/sparql?edit={quote(QUERY)}")
    page = visit.page
    assert page.evaluate("asking.yasqe.getValue()") == QUERY
    expect(page.locator("#results table")).to_have_count(0)
    page.get_by_role("button", name="Run").click()
    expect(page.locator("#told")).to_contain_text("row", timeout=PATIENCE)
    assert "query=" in page.url
    put(page, "ASK { ?s ?p ?o }")
    page.get_by_role("button", name="Run").click()
    expect(page.locator("#told")).to_contain_text("Answered", timeout=PATIENCE)
    page.go_back()
    expect(page.locator("#told")).to_contain_text("row", timeout=PATIENCE)
    assert page.evaluate("asking.yasqe.getValue()") == QUERY
    clean(visit)


def test_it_completes_properties_things_and_prefixes_from_the_page_alone(visits: Visits) -> None:
    visit = visits("/sparql")
    page, hints = visit.page, visit.page.locator(".CodeMirror-hint")
    put(page, "SELECT * {\n  ?s ")
    page.evaluate("asking.yasqe.setCursor(1, 5)")
    page.keyboard.type("nis:givin")
    page.keyboard.press("Backspace")
    page.keyboard.press("Backspace")
    page.keyboard.press("Control+Space")
    expect(hints.first).to_contain_text("nis:giver")
    page.keyboard.press("Enter")
    page.keyboard.type(" body:frimley")
    page.keyboard.press("Control+Space")
    expect(hints.filter(has_text="NHS Frimley ICB").first).to_be_visible()
    hints.filter(has_text="body:icb-frimley").first.click()
    value = page.evaluate("asking.yasqe.getValue()")
    assert "nis:giver body:icb-frimley" in value
    assert "PREFIX body: <https://w3id.org/nhs-integration/id/body/>" in value
    clean(visit)


def test_it_draws_a_result_in_a_new_tab_and_gives_it_as_csv(visits: Visits) -> None:
    visit = visits(f"/sparql?edit={quote(QUERY)}")
    page = visit.page
    with page.context.expect_page() as opened:
        page.get_by_role("button", name="Draw").click()
    drawn = opened.value
    drawn.wait_for_load_state()
    assert drawn.url == f"{visit.address}/draw/query.html"
    expect(drawn.get_by_role("heading", level=1)).to_contain_text("What the query finds")
    with page.expect_download() as taken:
        page.get_by_role("button", name="CSV", exact=True).click()
    lines = taken.value.path().read_text(encoding="utf-8").splitlines()
    assert lines[0] == "group,member"
    assert len(lines) > 1
    clean(visit)


def test_what_is_wrong_is_said_with_its_place(visits: Visits, axe: str) -> None:
    visit = visits("/sparql")
    put(visit.page, "SELECT nonsense")
    visit.page.get_by_role("button", name="Run").click()
    expect(visit.page.get_by_role("alert")).to_contain_text("line 1", timeout=PATIENCE)
    assert violations(visit, axe) == []
    put(visit.page, "DROP ALL")
    visit.page.get_by_role("button", name="Run").click()
    expect(visit.page.get_by_role("alert")).to_contain_text("read-only", timeout=PATIENCE)


def test_the_tab_key_leaves_the_editor(visits: Visits) -> None:
    visit = visits("/sparql")
    visit.run("asking.yasqe.focus()")
    visit.page.keyboard.press("Tab")
    expect(visit.page.get_by_role("button", name="Run")).to_be_focused()
    visit.page.keyboard.press("Shift+Tab")
    assert visit.run("asking.yasqe.hasFocus()")


def test_it_fits_a_screen_320_wide(visits: Visits, axe: str) -> None:
    visit = visits(f"/sparql?query={quote(QUERY)}", size=(320, 640))
    assert visit.run("document.documentElement.scrollWidth") <= 320
    visit.page.get_by_role("button", name="Run").click()
    expect(visit.page.locator("#told")).to_contain_text(" s.", timeout=PATIENCE)
    assert visit.run("document.documentElement.scrollWidth") <= 320
    assert violations(visit, axe) == []


def test_without_scripts_it_is_a_form_that_answers_as_a_page(visits: Visits) -> None:
    visit = visits("/sparql", java_script_enabled=False)
    page = visit.page
    page.get_by_label("Query").fill(QUERY)
    page.get_by_role("button", name="Run").click()
    expect(page.get_by_role("link", name="body:icb-frimley").first).to_have_attribute("href", "/doc/body/icb-frimley")
    expect(page.get_by_label("Query")).to_have_value(QUERY)
    page.get_by_label("Query").fill("SELECT ?s { ?s ?p ?o } LIMIT 700")
    page.get_by_role("button", name="Run").click()
    expect(page.locator("#told")).to_contain_text("700 rows; the first 500 are shown", timeout=PATIENCE)
    expect(page.locator("#results tbody tr")).to_have_count(500)
    page.get_by_role("link", name="What was this before, step by step, up to a day?").click()
    assert "kind:icb" in page.get_by_label("Query").input_value()
    assert visit.elsewhere == []
