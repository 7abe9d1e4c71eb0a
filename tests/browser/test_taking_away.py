"""What is taken away from the page - SVG, PNG, CSV, a citation, a print - is whole, and as the reader left it."""

from __future__ import annotations

import csv
import io
import re
from typing import Final
from xml.etree import ElementTree

import pytest
from playwright.sync_api import expect

from kg.answers.answer import ATTRIBUTION
from tests.browser.conftest import FEW, Opened, Opens, Scenes

FRIMLEY: Final = "lineage of NHS Frimley ICB"
_SVG: Final = "{http://www.w3.org/2000/svg}"


def saved(opened: Opened, button: str) -> tuple[str, bytes]:
    opened.page.locator(".menu summary").click()
    with opened.page.expect_download() as waiting:
        opened.page.get_by_role("button", name=button).click()
    return waiting.value.suggested_filename, waiting.value.path().read_bytes()


def test_the_svg_is_the_picture_with_what_is_dimmed_dimmed(opens: Opens, scenes: Scenes) -> None:
    scene, opened = scenes(FRIMLEY), opens(FRIMLEY, "#date=2019-01-01")
    file, content = saved(opened, "SVG")
    assert file == "lineage-of-nhs-frimley-icb.svg"
    root = ElementTree.fromstring(content)
    assert root.findtext(f"{_SVG}title") == scene.title
    assert root.findtext(f"{_SVG}desc")
    assert float(root.attrib["width"]) > scene.plan.width
    opacity = {group.get("data-id"): group.get("opacity", "1") for group in root.iter(f"{_SVG}g")}
    levels = opened.levels([node.id for node in scene.nodes])
    assert {node.id for node in scene.nodes if opacity[node.id] == "1"} == {
        key for key, level in levels.items() if level == "sure"
    }
    assert len({opacity[node.id] for node in scene.nodes}) > 1
    words = "".join(root.itertext())
    assert "Shown as on 1 January 2019" in words
    assert "font/woff2" in words
    assert scene.release in words


def test_the_svg_opened_on_its_own_is_drawn_in_its_own_font(opens: Opens) -> None:
    drawing = opens("lineage of ACS").run("kg.pictured()")
    alone = opens(drawing.encode(), ending="svg")
    alone.run("Promise.all([...document.fonts].map(font => font.load()))")
    assert alone.run("[...document.fonts].map(font => font.status)") == ["loaded", "loaded"]
    assert (alone.requests, alone.errors) == ([], [])


def test_the_png_is_wide_enough_for_print_and_not_blank(opens: Opens, one_of_few: str) -> None:
    opened = opens(one_of_few)
    file, content = saved(opened, "PNG")
    assert file.endswith(".png")
    assert content[:8] == b"\x89PNG\r\n\x1a\n"
    assert int.from_bytes(content[16:20], "big") >= 2000
    inked = opened.run("""async () => {
      const image = await createImageBitmap(await kg.pixels());
      const canvas = new OffscreenCanvas(Math.min(image.width, 4000), Math.min(image.height, 2000));
      canvas.getContext('2d').drawImage(image, 0, 0);
      const data = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
      let inked = 0, clear = 0;
      for (let i = 0; i < data.length; i += 4) { if (data[i] < 128) inked++; if (data[i + 3] < 255) clear++; }
      return [inked / data.length * 4, clear];
    }""")
    assert inked[0] > 0.01
    assert inked[1] == 0
    assert (opened.errors, opened.violations) == ([], [])


def test_the_csv_has_a_row_for_every_tie(opens: Opens, one_of_few: str, scenes: Scenes) -> None:
    file, content = saved(opens(one_of_few), "CSV")
    rows = list(csv.reader(io.StringIO(content.decode("utf-8"))))
    assert file.endswith(".csv")
    assert len(rows) == 1 + len(scenes(one_of_few).edges)
    assert {len(row) for row in rows} == {len(rows[0])}


def test_the_citation_names_title_day_release_and_licence(opens: Opens, scenes: Scenes) -> None:
    scene, opened = scenes(FRIMLEY), opens(FRIMLEY, "#date=2019-01-01")
    opened.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    opened.page.get_by_role("button", name="Copy citation").click()
    expect(opened.page.get_by_role("status")).to_have_text("The citation is copied.")
    said = opened.run("navigator.clipboard.readText()")
    for words in (scene.title, "1 January 2019", scene.release, "Open Government Licence v3.0", ATTRIBUTION):
        assert words in said


def test_where_the_clipboard_is_shut_the_citation_can_be_copied_by_hand(opens: Opens) -> None:
    opened = opens(FRIMLEY)
    opened.run("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
    opened.page.get_by_role("button", name="Copy citation").click()
    box = opened.page.get_by_role("dialog").get_by_role("textbox")
    expect(box).to_have_value(re.compile("Lineage of NHS Frimley ICB.*22 Nov 2026.*Open Government Licence"))
    opened.page.keyboard.press("Escape")
    expect(opened.page.get_by_role("dialog")).to_be_hidden()


@pytest.mark.parametrize("name", [*FEW, "kinds"])
def test_a_print_is_one_page_of_diagram_and_then_the_table(opens: Opens, name: str, scenes: Scenes) -> None:
    """Lying, but standing where the picture is higher than it is wide; the table always lies."""
    opened = opens(name)
    width, height = opened.run("(box => [box.width, box.height])(document.querySelector('#still svg').viewBox.baseVal)")
    sheets = _sheets(opened.page.pdf(prefer_css_page_size=True))
    assert [wide > high for wide, high in sheets] == [width > height] + [True] * (len(sheets) - 1)
    assert len(sheets) > 1 + len(scenes(name).edges) / 45
    opened.run("document.getElementById('table').remove(); document.querySelector('footer').remove()")
    assert len(_sheets(opened.page.pdf(prefer_css_page_size=True))) == 1


def test_a_print_has_the_table_open_and_its_picture_in_vectors(opens: Opens, scenes: Scenes) -> None:
    opened = opens(FRIMLEY)
    opened.page.emulate_media(media="print")
    opened.run("dispatchEvent(new Event('beforeprint'))")
    expect(opened.page.locator("#ties tbody tr").last).to_be_visible()
    expect(opened.page.locator("#still svg")).to_be_visible()
    expect(opened.page.locator("#diagram")).to_be_hidden()
    assert opened.page.locator("#still svg text").count() > len(scenes(FRIMLEY).nodes)
    opened.page.emulate_media(media="screen")
    opened.run("dispatchEvent(new Event('afterprint'))")
    expect(opened.page.locator("#ties")).to_be_hidden()


def _sheets(pdf: bytes) -> list[tuple[float, float]]:
    """Give the width and the height of each page, in points."""
    pages = re.findall(rb"/Type\s*/Page\b(?!s).*?/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)", pdf, re.DOTALL)
    assert len(pages) == len(re.findall(rb"/Type\s*/Page\b(?!s)", pdf))
    return [(float(wide), float(high)) for wide, high in pages]
