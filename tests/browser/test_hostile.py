"""Whatever stands in labels, titles, notes, ids and captions comes out as text: nothing runs, here or in what is taken away."""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from typing import Final

import pytest

from kg.answers.answer import SourceRef
from kg.faces.diagrams.layout import placed
from kg.faces.diagrams.renderers import page as pages
from kg.faces.diagrams.scene import Edge, Node, Scene, Share
from tests.browser.conftest import Opened, Opens

HOSTILE: Final = (
    "<script>alert(1)</script>",
    "</script><script>alert(2)</script>",
    "<img src=x onerror=alert(3)>",
    "\"'><svg onload=alert(4)>",
    "]]><!-- <![CDATA[ -->",
    'href="javascript:alert(5)"',
    "{{ 7 * 7 }} {% raw %} ${alert(6)}",
    "right \u202eto left\u202c and \u0007 bell \u2028 line \x1b[31m",
    "\u05e9\u05dc\u05d5\u05dd \u0645\u0631\u062d\u0628\u0627",
    "lone \ud800 half",
)


@pytest.fixture(scope="module")
def hostile() -> Scene:
    """A scene in which every word that can be given is hostile."""
    every = " ".join(HOSTILE)
    nodes = tuple(
        Node(
            id=words, key=words, label=words, kind=words, short=words, family=words, when=words, codes=words,
            starts=date(2000, 1, 1), ends=date(2020, 1, 1), sure=(date(2000, 1, 1), date(2020, 1, 1)),
            facts=((words, words), ("Note", every)), sources=(words,), focus=place == 0, lane=words,
        )
        for place, words in enumerate(HOSTILE)
    )  # fmt: skip
    edges = tuple(
        Edge(
            id=f"{one} to {other}", tail=one, head=other, relation="whole", word=other, when=one,
            starts=date(2010, 1, 1), walk=date(2010, 1, 1), summary=every, label=one, shares=(Share(other, 0.5),),
            facts=((one, other), ("Note", every)), sources=(one, other), lineage="legal", event=one,
        )
        for one, other in pairwise(HOSTILE)
    )  # fmt: skip
    addresses = (
        "javascript:alert(7)",
        "data:text/html,<script>alert(8)</script>",
        'https://example.org/"><script>alert(9)</script>',
    )
    ledger = tuple(
        SourceRef(words, words, words, "2020", addresses[place % 3], words, words) for place, words in enumerate(HOSTILE)
    )  # fmt: skip
    return placed(
        Scene(
            title=every, caption=every, as_of=date(2026, 11, 22), release=HOSTILE[1], form="layers", nodes=nodes,
            edges=edges, ledger=ledger, cautions=HOSTILE, command=every,
        )
    )  # fmt: skip


def silent(opened: Opened) -> bool:
    opened.page.wait_for_timeout(300)
    return (opened.dialogs, opened.requests, opened.errors, opened.violations) == ([], [], [], [])


def test_nothing_hostile_runs_in_the_page_whatever_is_chosen(opens: Opens, hostile: Scene) -> None:
    opened = opens(pages.render(hostile))
    told = opened.run("""async () => {
      let told = 0;
      kg.change({date: '2015-01-01'}, 'push');
      for (const part of [...kg.scene.things, ...kg.scene.ties]) {
        kg.choose(part.id);
        await new Promise(requestAnimationFrame);
        told += document.getElementById('details').innerText.includes('<img src=x onerror=alert(3)>');
      }
      return told;
    }""")
    assert told == len(hostile.nodes) + len(hostile.edges)
    opened.page.get_by_label("Find", exact=True).fill("alert")
    assert opened.page.get_by_role("option").count() > 3
    assert silent(opened)


def test_what_is_hostile_is_shown_as_text(opens: Opens, hostile: Scene) -> None:
    opened = opens(pages.render(hostile))
    opened.page.get_by_role("heading", name="Table of").click()
    table = opened.page.locator("#ties").inner_text()
    for words in HOSTILE[:7]:
        assert words in opened.page.title()
        assert words in opened.page.locator("h1").inner_text()
        assert words in table
    everything = opened.page.content()
    assert not {"\u202e", "\u0007", "\x1b", "\u2028", "\ud800"} & set(everything)
    assert opened.run("[...document.links].filter(link => !/^https?:/.test(link.href)).length") == 0
    assert opened.page.locator("script").count() == 3


def test_nothing_hostile_runs_where_a_page_has_lost_its_policy(opens: Opens, hostile: Scene) -> None:
    """The policy is a second wall, and not the only one."""
    html = pages.render(hostile).decode()
    start = html.index('<meta http-equiv="Content-Security-Policy"')
    opened = opens((html[:start] + html[html.index(">", html.index("form-action")) + 1 :]).encode())
    assert silent(opened)


def test_the_picture_that_is_taken_away_shows_it_as_text_too(opens: Opens, hostile: Scene) -> None:
    drawing = opens(pages.render(hostile)).run("kg.pictured()")
    alone = opens(drawing.encode(), ending="svg")
    assert silent(alone)
    words = alone.run("[...document.querySelectorAll('text')].map(text => text.textContent).join(' ')")
    assert "<script>alert(1)</script>" in words
    assert "\u202e" not in drawing
    assert alone.run("document.querySelectorAll('script, image, foreignObject, [onload], [onerror], a').length") == 0
