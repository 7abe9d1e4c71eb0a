"""The page is for everyone: by keyboard alone, on a small screen, enlarged, without scripts, and by the rules of WCAG."""

from __future__ import annotations

from typing import Final

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import FEW, RULES, Opened, Opens, Scenes

FRIMLEY: Final = "lineage of NHS Frimley ICB"


def faults(opened: Opened, axe: str) -> list[str]:
    # Put where only this test reaches it, since the page allows no script but its own.
    opened.run(f"() => {{ {axe}\n window.axe = axe; }}")
    found = opened.run(
        "rules => axe.run(document, {runOnly: rules, resultTypes: ['violations'], preload: false}).then(found => found.violations)",
        RULES,
    )
    return [f"{fault['id']}: {node['html'][:120]}" for fault in found for node in fault["nodes"]]


@pytest.mark.parametrize(
    ("name", "size"), [*((name, (1280, 720)) for name in (*FEW, "kinds")), (FRIMLEY, (390, 844))], ids=str
)
def test_axe_finds_no_fault_with_panels_open(opens: Opens, axe: str, name: str, size: tuple[int, int]) -> None:
    opened = opens(name, size=size)
    opened.page.get_by_label("Find", exact=True).fill("n")
    opened.page.keyboard.press("ArrowDown")
    opened.page.get_by_role("heading", name="Table of").click()
    opened.page.locator(".menu summary").click()
    opened.run("kg.choose(kg.scene.ties[0].id); document.getElementById('found').hidden = false;")
    for open_ in ("#details", "#ties", "#found", "#save-png"):
        expect(opened.page.locator(open_)).to_be_visible()
    assert faults(opened, axe) == []


def test_axe_finds_no_fault_without_scripts_or_in_the_dialog(opens: Opens, axe: str) -> None:
    opened = opens(FRIMLEY)
    opened.run("document.documentElement.classList.remove('js')")
    assert faults(opened, axe) == []
    opened = opens(FRIMLEY)
    opened.run("Object.defineProperty(navigator, 'clipboard', {value: {writeText: () => Promise.reject()}})")
    opened.page.get_by_role("button", name="Copy citation").click()
    expect(opened.page.get_by_role("dialog")).to_be_visible()
    assert faults(opened, axe) == []


def test_every_control_is_reached_by_the_tab_key_and_shows_its_focus(opens: Opens) -> None:
    opened = opens(FRIMLEY, "#id=ccg-15d&date=2019-01-01")
    every = opened.run("""() => {
      const all = [...document.querySelectorAll('input, button, summary, select, textarea, a[href], [tabindex="0"]')];
      window.wanted = all.filter(e => e.checkVisibility({visibilityProperty: true}) && !e.disabled);
      return window.wanted.length;
    }""")
    reached = set()
    for _ in range(3 * every):
        opened.page.keyboard.press("Tab")
        place, seen = opened.run("""() => {
          const style = getComputedStyle(document.activeElement);
          return [window.wanted.indexOf(document.activeElement), style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2];
        }""")
        if place >= 0:
            assert seen, opened.run("document.activeElement.outerHTML.slice(0, 200)")
            reached.add(place)
        if len(reached) == every:
            break
    assert len(reached) == every
    assert every > 20


def test_arrow_keys_go_along_the_lineage_enter_tells_and_escape_clears(opens: Opens, scenes: Scenes) -> None:
    opened = opens(FRIMLEY)
    diagram = opened.page.get_by_role("application")
    diagram.focus()
    keys = opened.page.keyboard

    def at(key: str) -> str:
        keys.press(key)
        return str(opened.run("kg.chosen.id"))

    assert at("ArrowRight") == "icb-frimley"  # it begins where it is asked about
    assert at("ArrowLeft") in {edge.tail for edge in scenes(FRIMLEY).edges if edge.head == "icb-frimley"}
    assert at("ArrowRight") == "icb-frimley"
    column = [at("ArrowRight"), at("ArrowUp"), at("ArrowDown")]
    assert column[0] == column[2] != column[1]
    expect(opened.page.get_by_role("status")).not_to_be_empty()
    expect(opened.page.locator("#details")).to_be_hidden()
    keys.press("Enter")
    expect(opened.page.locator("#details-title")).to_be_focused()
    keys.press("Escape")
    expect(opened.page.locator("#details")).to_be_hidden()
    expect(diagram).to_be_focused()
    assert opened.run("kg.chosen.id") == ""


def test_plus_minus_and_nought_zoom_in_out_and_to_the_whole(opens: Opens) -> None:
    opened = opens(FRIMLEY)
    opened.page.get_by_role("application").focus()
    scales = [opened.run("network.getScale()")]
    for key in ("+", "-", "-", "0"):
        opened.page.keyboard.press(key)
        scales.append(opened.run("network.getScale()"))
    assert scales[1] > scales[0] > scales[3]
    assert scales[2] == pytest.approx(scales[0])
    wide = opened.run("network.getScale() * kg.scene.width / document.getElementById('diagram').clientWidth")
    assert 0.5 < wide <= 1


@pytest.mark.parametrize(("size", "least"), [((320, 640), 320), ((640, 360), 640)], ids=["320 wide", "at 200 %"])
def test_a_small_screen_keeps_every_control_and_needs_no_scrolling_sideways(
    opens: Opens, one_of_few: str, size: tuple[int, int], least: int
) -> None:  # fmt: skip
    """1280 by 720 enlarged to 200 % has room for 640 by 360."""
    opened = opens(one_of_few, size=size)
    assert opened.run("document.documentElement.scrollWidth") <= least
    outside = opened.run("""() => [...document.querySelectorAll('.app input, .app button, .app summary')]
      .filter(e => e.checkVisibility()).map(e => [e.id, e.getBoundingClientRect()])
      .filter(([, box]) => !box.width || box.left < 0 || box.right > innerWidth).map(([id]) => id)""")
    assert outside == []
    assert opened.run("document.querySelectorAll('.app button:not([hidden])').length") > 8
    opened.run("kg.choose(kg.scene.things[0].id)")
    assert opened.run("document.documentElement.scrollWidth") <= least


@pytest.mark.parametrize("name", [*FEW, "England", "structure of NHS Frimley ICB"])
def test_without_scripts_the_picture_and_the_whole_table_are_there(opens: Opens, name: str, scenes: Scenes) -> None:
    scene, opened = scenes(name), opens(name, java_script_enabled=False)
    page = opened.page
    expect(page.locator("#ties tbody tr")).to_have_count(len(scene.edges))
    expect(page.locator("#ties")).to_be_visible()
    expect(page.locator("#still svg")).to_be_visible()
    expect(page.locator(".app")).to_be_hidden()
    touched = {end for edge in scene.edges for end in (edge.tail, edge.head)}
    expect(page.locator("#alone tbody tr")).to_have_count(len(scene.nodes) - len(touched))
    edge = scene.edges[-1]
    row = page.locator("#ties tbody tr").last.inner_text()
    assert scene.by_id[edge.tail].label in row
    assert scene.by_id[edge.head].label in row
    assert opened.requests == []


def test_nothing_is_animated_for_those_who_want_no_motion(opens: Opens) -> None:
    opened = opens(FRIMLEY, reduced_motion="reduce")
    opened.page.get_by_label("Find", exact=True).fill("10T")
    opened.page.keyboard.press("Enter")
    assert opened.run("document.getAnimations().length") == 0
    place = opened.run("JSON.stringify(network.getViewPosition())")
    opened.page.wait_for_timeout(300)
    assert opened.run("JSON.stringify(network.getViewPosition())") == place
