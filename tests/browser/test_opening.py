"""A page opens with no network at all, draws the plan as it is, and then nothing moves."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import pytest

from kg.faces.diagrams.network import to_network
from kg.faces.diagrams.renderers import page as pages
from kg.faces.diagrams.scene import Scene
from tests.browser.conftest import FEW, SIZES, Opened, Opens, Scenes, laid

#: Counts the pixels of the canvas that are not ground, and takes a sum over all of them.
DRAWN = """() => {
  const canvas = document.querySelector('#diagram canvas');
  const data = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
  let drawn = 0, sum = 0;
  for (let i = 0; i < data.length; i += 4) {
    const ink = data[i + 3] && (data[i] < 250 || data[i + 1] < 250 || data[i + 2] < 250);
    if (ink) drawn++;
    sum = (sum * 31 + data[i] + data[i + 1] * 3 + data[i + 2] * 7 + data[i + 3] * 11) % 4294967291;
  }
  return {part: drawn / (canvas.width * canvas.height), sum, box: canvas.getBoundingClientRect().height,
    room: document.getElementById('diagram').getBoundingClientRect().height};
}"""
POSITIONS = """() => [
  Object.fromEntries(Object.values(network.body.nodes).filter(node => kg.levels.has(node.id)).map(node => [node.id, [node.x, node.y]])),
  network.getScale(), network.getViewPosition()]"""


def drawn(opened: Opened) -> dict[str, Any]:
    return dict(opened.run(DRAWN))


def test_a_page_asks_for_nothing_and_breaks_no_rule_of_its_own(seen: Opened) -> None:
    assert (seen.requests, seen.errors, seen.violations, seen.dialogs) == ([], [], [], [])


def test_boxes_stand_where_the_plan_has_them_and_at_the_same_places_at_every_load(
    seen: Opened, opens: Opens, name: str, scene: Scene
) -> None:
    places = seen.run(POSITIONS)
    assert set(places[0]) == set(scene.plan.boxes)
    assert opens(name).run(POSITIONS) == places


@pytest.mark.parametrize("name", [*FEW, "England"])
def test_nothing_moves_once_a_page_is_ready_and_it_is_the_same_at_every_load(
    opens: Opens, name: str, scene: Scene
) -> None:
    opened = opens(name)
    first, places = drawn(opened), opened.run(POSITIONS)
    again = opens(name)
    opened.page.wait_for_timeout(2000)
    assert (drawn(opened), opened.run(POSITIONS)) == (first, places)
    assert again.run(POSITIONS) == places
    assert drawn(again)["part"] == pytest.approx(first["part"], rel=0.001)
    assert places[0] == {
        key: [pytest.approx(box.middle.x, abs=0.51), pytest.approx(box.middle.y, abs=0.51)]  # it keeps whole pixels
        for key, box in scene.plan.boxes.items()
    }


def test_the_same_scene_gives_the_same_bytes(scene: Scene) -> None:
    assert pages.render(scene) == pages.render(scene)


# The others are laid out by the same two layouts, and every page is opened at one size elsewhere.
@pytest.mark.parametrize("name", [*FEW, "kinds", "England"])
def test_at_every_size_the_canvas_is_drawn_on_as_high_as_its_box_and_can_be_read(opens: Opens, name: str) -> None:
    pages_ = [opens(name, size=size) for size in SIZES]
    pages_[-1].page.wait_for_timeout(2000)
    for opened in pages_:
        found = drawn(opened)
        assert found["part"] > 0.02
        assert found["box"] == pytest.approx(found["room"], abs=1)
        assert opened.run("kg.scene.smallest * network.getScale()") >= 9


def test_no_two_boxes_overlap(scene: Scene) -> None:
    for (one, first), (other, second) in combinations(laid(scene).items(), 2):
        apart = first[2] <= second[0] or second[2] <= first[0] or first[3] <= second[1] or second[3] <= first[1]
        assert apart, f"{one} and {other}"


def test_words_are_inside_their_boxes_as_the_browser_measures_them(seen: Opened) -> None:
    """On a calendar the words of a short bar stand beside it, and those of a thin band above: then on no other box."""
    outside = seen.run("""() => {
      const pen = document.createElement('canvas').getContext('2d');
      const found = [];
      for (const thing of kg.scene.things) {
        for (const [x, y, text, size, bold, anchor] of thing.lines) {
          pen.font = kg.font(size, bold);
          const wide = pen.measureText(text).width;
          const left = x - (anchor === 'start' ? 0 : anchor === 'middle' ? wide / 2 : wide);
          const words = [left, y - size * 0.75, left + wide, y + size * 0.2];
          const over = ([x, y, width, height]) => words[0] < x + width && words[2] > x && words[1] < y + height && words[3] > y;
          const within = ([x, y, width, height]) =>
            words[0] >= x && words[1] >= y && words[2] <= x + width && words[3] <= y + height;
          const beside = kg.scene.form !== 'layers' && !kg.scene.things.some((other) => other !== thing && over(other.box));
          if (!within(thing.box) && !beside) found.push(text);
        }
      }
      return found;
    }""")
    assert outside == []


def test_the_canvas_is_sharp_on_a_fine_screen(opens: Opens) -> None:
    opened = opens("lineage of ACS", device_scale_factor=2)
    wide, box = opened.run(
        "(() => { const c = document.querySelector('#diagram canvas'); return [c.width, c.clientWidth]; })()"
    )
    assert wide == 2 * box


def test_the_fonts_are_those_of_the_page(seen: Opened) -> None:
    assert seen.run("[...document.fonts].map(font => `${font.family} ${font.status}`)") == ["Arimo loaded"] * 2


@pytest.mark.parametrize("name", ["lineage of ACS", "kinds", "England", "comparison"])
def test_the_canvas_shows_the_very_picture_that_is_printed(opens: Opens, name: str) -> None:
    """Both in squares of six pixels, so that how the edge of a letter is smoothed does not count."""
    opened = opens(name, size=(1500, 950))
    apart, inked = opened.run("""async () => {
      const room = document.getElementById('diagram');
      const wide = Math.min(kg.scene.width, room.clientWidth) - 6, high = Math.min(kg.scene.height, room.clientHeight) - 6;
      const image = new Image();
      image.src = URL.createObjectURL(new Blob([kg.pictured()], {type: 'image/svg+xml'}));
      await image.decode();
      const [x, y] = document.querySelector('#still [data-id]').parentNode.getAttribute('transform').match(/[0-9.]+/g).map(Number);
      network.moveTo({position: {x: room.clientWidth / 2, y: room.clientHeight / 2}, scale: 1, animation: false});
      network.redraw();
      const read = (picture, left, top) => {
        const pen = new OffscreenCanvas(wide, high).getContext('2d');
        pen.fillStyle = '#fff';
        pen.fillRect(0, 0, wide, high);
        pen.drawImage(picture, -left, -top);
        return pen.getImageData(0, 0, pen.canvas.width, pen.canvas.height);
      };
      const [ours, printed] = [read(document.querySelector('#diagram canvas'), 0, 0), read(image, x, y)];
      const mean = ({data, width}, left, top, side) => {
        let sum = 0;
        for (let j = top; j < top + 6; j++) for (let i = left; i < left + 6; i++) sum += data[(j * width + i) * 4 + side];
        return sum / 36;
      };
      let apart = 0, inked = 0;
      for (let top = 0; top + 6 < ours.height; top += 6) for (let left = 0; left + 6 < ours.width; left += 6) {
        const squares = [0, 1, 2].map((side) => [mean(ours, left, top, side), mean(printed, left, top, side)]);
        if (squares.some(([, other]) => other < 225)) inked++;
        if (squares.some(([one, other]) => Math.abs(one - other) > 50)) apart++;
      }
      return [apart, inked];
    }""")
    assert inked > 300
    assert apart <= inked / 100


def test_the_page_that_pyvis_itself_makes_of_a_scene_draws_it(opens: Opens, scenes: Scenes) -> None:
    opened = opens(to_network(scenes("lineage of ACS")).generate_html().encode(), ending="htm")
    opened.page.wait_for_selector("#mynetwork canvas")
    opened.page.wait_for_timeout(500)
    canvas = DRAWN.replace("#diagram canvas", "#mynetwork canvas").replace("'diagram'", "'mynetwork'")
    assert opened.run(canvas)["part"] > 0.01
    places = opened.run("network.getPositions()")
    assert {key: place["x"] for key, place in places.items()} == {
        key: pytest.approx(box.middle.x, abs=1) for key, box in scenes("lineage of ACS").plan.boxes.items()
    }
    assert opened.dialogs == []
