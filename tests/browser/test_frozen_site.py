"""The site as files in a real browser: it opens from a file server and from a folder, and its search works."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from playwright.sync_api import Browser, Page, Request, Response, expect

from tests.serve.test_site import HOSTILE, store, written

__all__ = ["store", "written"]


class Quiet(SimpleHTTPRequestHandler):
    """A file server that says nothing."""

    def log_message(self, format: str, *args: object) -> None:
        del format, args


@pytest.fixture(params=["http", "file"])
def top(request: pytest.FixtureRequest, written: Path) -> Iterator[str]:
    """Where the site opens: at a file server, and from its folder."""
    if request.param == "file":
        yield written.as_uri()
        return
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(written)))
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def seen(browser: Browser, top: str) -> Iterator[tuple[Page, list[str]]]:
    """A page, and what it asks for elsewhere or fails at."""
    faults: list[str] = []
    context = browser.new_context()
    page = context.new_page()

    def note(request: Request) -> None:
        if not request.url.startswith((top, "data:", "blob:")):
            faults.append(request.url)

    def failed(request: Request) -> None:
        # What the browser gave up because the reader went on to another page is no fault of the site.
        if request.failure != "net::ERR_ABORTED":
            faults.append(f"{request.url}: {request.failure}")

    def answered(response: Response) -> None:
        if response.status >= 400:
            faults.append(f"{response.url}: {response.status}")

    page.on("request", note)
    page.on("requestfailed", failed)
    page.on("response", answered)
    page.on("pageerror", lambda error: faults.append(str(error)))
    yield page, faults
    context.close()


def test_search_finds_by_name_and_code_and_asks_what_was_meant(seen: tuple[Page, list[str]], top: str) -> None:
    page, faults = seen
    page.goto(f"{top}/index.html")
    page.locator("#site-q").fill("qnq")
    page.locator("#site-q").press("Enter")
    expect(page.locator("#found")).to_contain_text("NHS Frimley ICB")
    page.locator("#found a", has_text="NHS Frimley ICB").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("NHS Frimley ICB")
    page.locator("#site-q").fill("NHS frimly")
    page.locator("#site-q").press("Enter")
    expect(page.locator("#found h2")).to_contain_text("Did you mean")
    expect(page.locator("#found")).to_contain_text("NHS Frimley ICB")
    page.goto(f"{top}/search.html?q=ICP")
    expect(page.locator("#found h2")).to_contain_text("different things")
    shown = page.locator("#found li").all_inner_texts()
    assert len(shown) == len(set(shown))
    assert any("(ICP, alliance)" in line for line in shown)
    assert faults == []


def test_a_question_is_told_where_it_can_be_asked_and_signs_alone_find_nothing(
    seen: tuple[Page, list[str]], top: str
) -> None:
    page, faults = seen
    page.goto(f"{top}/search.html?q=What+did+ACS+become%3F")
    expect(page.locator("#found")).to_contain_text("kg ask")
    expect(page.get_by_label("Name, code or acronym", exact=True)).to_have_value("What did ACS become?")
    page.goto(f"{top}/search.html?q=%F0%9F%98%80")
    expect(page.locator("#found h2")).to_contain_text("Nothing is called")
    assert page.locator("#found li").count() == 0
    page.goto(f"{top}/search.html?q=QNQ")
    expect(page.locator("#found")).to_contain_text("1 Jul 2022 to 31 Mar 2026")
    expect(page.locator("#found")).not_to_contain_text("kg ask")
    assert faults == []


def test_a_name_that_means_harm_is_found_as_text(seen: tuple[Page, list[str]], top: str) -> None:
    page, faults = seen
    page.on("dialog", lambda dialog: faults.append(dialog.message))
    page.goto(f"{top}/search.html?q=img+src+x+onerror")
    expect(page.locator("#found")).to_contain_text(HOSTILE)
    page.locator("#found a", has_text="onerror").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("onerror")
    assert page.locator("img").count() == 0
    assert faults == []


def test_the_pictures_and_pages_are_there(seen: tuple[Page, list[str]], top: str) -> None:
    page, faults = seen
    page.goto(f"{top}/doc/kind/icb.html")
    expect(page.get_by_role("heading", level=1)).to_contain_text("integrated care board")
    assert page.evaluate("getComputedStyle(document.querySelector('.top')).backgroundColor") == "rgb(33, 43, 50)"
    page.get_by_role("link", name="Interactive diagram").click()
    expect(page.locator("canvas").first).to_be_visible()
    assert faults == []
