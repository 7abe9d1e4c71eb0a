"""What a reader chooses is what is shown: a search, a day, a lineage, a family; and the address keeps it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from playwright.sync_api import expect

from kg.faces.diagrams.scene import Scene
from kg.graph.graph import Graph
from kg.graph.names import key_of
from tests.browser.conftest import AS_OF, FEW, Opened, Opens, Scenes, transfers_of

FRIMLEY = "lineage of NHS Frimley ICB"
MANY = "organisations"

#: Everything that lasted on a day for certain: its start is known, and its end is, or something shows that it lasted.
IN_FORCE = """
PREFIX nis: <https://w3id.org/nhs-integration/ontology#>
PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>
SELECT DISTINCT ?thing WHERE {
  ?thing nis:startsOn ?start ; nis:startPrecision ?started ; nis:endsBefore ?end ; nis:endPrecision ?ended .
  OPTIONAL { ?thing nis:attestedBefore ?attested }
  FILTER(?started != "unknown" && ?start <= ?day && ?day < ?end && (?ended != "unknown" || ?day < ?attested))
}
"""


def chosen(opened: Opened) -> list[object]:
    return list(opened.run("[kg.chosen.id, kg.chosen.date, kg.chosen.only]"))


def find(opened: Opened, words: str) -> None:
    opened.page.get_by_label("Find", exact=True).fill(words)


# Search


@pytest.mark.parametrize("words", ["NHS Slough CCG", "slough", "10T", "ccg-10t"])
def test_search_by_name_code_or_key_selects_the_only_hit(opens: Opens, words: str) -> None:
    opened = opens(FRIMLEY)
    find(opened, words)
    opened.page.keyboard.press("Enter")
    assert chosen(opened)[0] == "ccg-10t"
    expect(opened.page.locator("#details-title")).to_have_text("NHS Slough CCG")


def test_search_by_acronym_selects_a_kind(opens: Opens) -> None:
    opened = opens("lineage of ACS")
    find(opened, "ACS")
    opened.page.keyboard.press("Enter")
    assert chosen(opened)[0] == "acs"


def test_an_ambiguous_word_offers_choices_and_selects_nothing_by_itself(opens: Opens) -> None:
    opened = opens(FRIMLEY)
    find(opened, "QNQ")
    options = opened.page.get_by_role("option")
    expect(options).to_have_count(2)
    opened.page.keyboard.press("Enter")
    assert chosen(opened)[0] == ""
    expect(opened.page.get_by_role("status")).to_contain_text("2 things are meant")
    opened.page.keyboard.press("ArrowDown")
    opened.page.keyboard.press("ArrowDown")
    expect(options.nth(1)).to_have_attribute("aria-selected", "true")
    second = options.nth(1).locator("b").inner_text()
    opened.page.keyboard.press("Enter")
    expect(opened.page.locator("#details-title")).to_have_text(second)


def test_what_is_found_comes_into_view(opens: Opens) -> None:
    opened = opens(MANY)
    find(opened, "NHS Slough CCG")
    opened.page.keyboard.press("Enter")
    inside = opened.run("""() => {
      const [x, y, width, height] = kg.scene.things.find(thing => thing.id === kg.chosen.id).box;
      const [a, b] = [network.canvasToDOM({x, y}), network.canvasToDOM({x: x + width, y: y + height})];
      const room = document.getElementById('details').getBoundingClientRect();
      return a.x >= 0 && a.y >= 0 && b.x <= room.left && b.y <= document.getElementById('diagram').clientHeight;
    }""")
    assert chosen(opened)[0] == "ccg-10t"
    assert inside


def test_a_word_that_nothing_has_is_said_to_be_nobodys(opens: Opens) -> None:
    opened = opens(FRIMLEY)
    find(opened, "zzz")
    opened.page.keyboard.press("Enter")
    expect(opened.page.get_by_role("status")).to_have_text("Nothing here has that name.")


# The day


@pytest.mark.parametrize(
    ("name", "day"),
    [
        *((name, "2022-07-01") for name in (*FEW, "England", "structure of NHS Frimley ICB", "kinds")),
        ("comparison", "2026-03-31"),
        *((FRIMLEY, day) for day in ("2006-09-30", "2018-03-31", "2018-04-01")),
        *((MANY, day) for day in ("2014-06-01", "2026-04-01")),
    ],
)
def test_the_slider_leaves_undimmed_what_is_in_force_for_certain(
    opens: Opens, graph: Graph, scenes: Scenes, name: str, day: str
) -> None:
    scene, opened = scenes(name), opens(name)
    slider = opened.page.get_by_label("Day, from the first to the last")
    place = (date.fromisoformat(day) - date.fromisoformat(opened.run("kg.scene.span[0]"))).days
    slider.evaluate(
        "(slider, place) => { slider.value = place; slider.dispatchEvent(new Event('input')); }", place
    )  # fmt: skip
    assert chosen(opened)[1] == day
    rows = graph.store.select(IN_FORCE.replace("?day", f'"{day}"^^xsd:date'))
    surely = {key_of(row["thing"]) for row in rows}
    expected = {node.id for node in scene.nodes if node.key in surely}
    levels = opened.levels([node.id for node in scene.nodes])
    assert {key for key, level in levels.items() if level == "sure"} == expected
    edges = opened.levels([edge.id for edge in scene.edges])
    on = date.fromisoformat(day)
    assert {key for key, level in edges.items() if level == "sure"} == {
        edge.id for edge in scene.edges if edge.starts <= on < edge.ends
    }
    expect(opened.page.get_by_role("status")).to_contain_text(f": {len(expected)} in force")


def test_the_date_box_and_the_slider_go_together_to_the_day(opens: Opens) -> None:
    opened = opens(FRIMLEY)
    opened.page.get_by_label("As of").fill("2019-02-03")
    opened.page.get_by_label("As of").press("Tab")
    slider = opened.page.get_by_label("Day, from the first to the last")
    expect(slider).to_have_attribute("aria-valuetext", "3 February 2019")
    slider.press("ArrowRight")
    expect(opened.page.get_by_label("As of")).to_have_value("2019-02-04")
    opened.page.get_by_role("button", name="All dates").click()
    assert chosen(opened)[1] == ""


# One lineage


@pytest.mark.parametrize(
    ("where", "key"),
    [(FRIMLEY, "ccg-15d"), (FRIMLEY, "icb-frimley"), (MANY, "ccg-10t"), (MANY, "icb-thames-valley"), ("lineage of ACS", "acs")],
)  # fmt: skip
def test_only_this_lineage_is_what_the_queries_walk(
    opens: Opens, graph: Graph, scenes: Scenes, where: str, key: str
) -> None:
    scene = scenes(where)
    opened = opens(where, f"#id={key}")
    opened.page.get_by_label("Only this lineage").check()
    iri = next(iri for iri in (row["thing"] for row in graph.rows("things")) if key_of(iri) == key)
    walked = transfers_of(graph.rows("became", thing=iri, asOf=AS_OF)) | transfers_of(
        graph.rows("before", thing=iri, asOf=AS_OF)
    )
    ids = {edge.id for edge in scene.edges}
    kept = {edge for edge, level in opened.levels(sorted(ids)).items() if level != "gone"}
    assert kept == walked & ids
    assert len(kept) > 2
    ends = {end for edge in scene.edges if edge.id in kept for end in (edge.tail, edge.head)} | {key}
    shown = opened.levels([node.id for node in scene.nodes])
    assert {node for node, level in shown.items() if level != "gone"} == ends


def test_lineage_never_goes_back_in_time_and_ends_on_a_circle(opens: Opens, scenes: Scenes) -> None:
    """Of every node of the large scene: the walk in the page is the walk by days over the scene's own transfers."""
    scene = scenes(MANY)
    found = opens(MANY).run("Object.fromEntries(kg.scene.things.map(thing => [thing.id, kg.lineage(thing.id).sort()]))")
    assert found == {node.id: sorted(_walked(scene, node.id)) for node in scene.nodes}


def _walked(scene: Scene, start: str) -> set[str]:
    """Go from transfer to transfer whose dates never go back: slower than the page does it, and as 0008 words it."""
    transfers = [edge for edge in scene.edges if edge.walk is not None]
    found: set[str] = set()
    for ahead in (True, False):
        waiting = [edge for edge in transfers if (edge.tail if ahead else edge.head) == start]
        seen: set[str] = set()
        while waiting:
            edge = waiting.pop()
            if edge.id in seen:
                continue
            seen.add(edge.id)
            assert edge.walk is not None
            for other in transfers:
                assert other.walk is not None
                if ahead and other.tail == edge.head and other.walk >= edge.walk:
                    waiting.append(other)
                if not ahead and other.head == edge.tail and other.walk <= edge.walk:
                    waiting.append(other)
        found |= seen
    return found


# The legend


def test_the_legend_filters_by_family_and_by_relation(opens: Opens, scenes: Scenes) -> None:
    scene = scenes(FRIMLEY)
    opened = opens(FRIMLEY)
    opened.page.get_by_label("commissioner").uncheck()
    levels = opened.levels([node.id for node in scene.nodes])
    assert {node.id for node in scene.nodes if levels[node.id] != "gone"} == {
        node.id for node in scene.nodes if node.family != "commissioner"
    }
    assert set(opened.levels([edge.id for edge in scene.edges]).values()) == {"gone"}
    opened.page.get_by_label("commissioner").check()
    opened.page.get_by_label("functions passed on").uncheck()
    levels = opened.levels([edge.id for edge in scene.edges])
    assert {edge.id for edge in scene.edges if levels[edge.id] == "gone"} == {
        edge.id for edge in scene.edges if edge.relation == "functions"
    }


# The address


def test_a_deep_link_restores_what_was_chosen(opens: Opens) -> None:
    opened = opens(FRIMLEY, "#id=ccg-15d&date=2019-05-06&only=1")
    assert chosen(opened) == ["ccg-15d", "2019-05-06", True]
    expect(opened.page.locator("#details-title")).to_have_text("NHS East Berkshire CCG")
    expect(opened.page.get_by_label("Only this lineage")).to_be_checked()
    expect(opened.page.get_by_label("As of")).to_have_value("2019-05-06")


@pytest.mark.parametrize("address", ["#id=nobody&date=2019-13-45&only=1", "#id=%3Cscript%3E", "#date=0900-01-01", "#%"])
def test_an_address_that_means_nothing_is_let_be(opens: Opens, address: str) -> None:
    opened = opens(FRIMLEY, address)
    assert chosen(opened) == ["", "", False]
    assert opened.errors == []


def test_back_and_forward_go_through_what_was_chosen(opens: Opens) -> None:
    opened = opens(FRIMLEY)
    find(opened, "10T")
    opened.page.keyboard.press("Enter")
    opened.page.get_by_label("As of").fill("2015-01-01")
    opened.page.get_by_label("Only this lineage").check()
    steps = [["ccg-10t", "2015-01-01", False], ["ccg-10t", "", False], ["", "", False]]
    for expected in steps:
        opened.page.go_back()
        assert chosen(opened) == expected
    expect(opened.page.locator("#details")).to_be_hidden()
    for expected in [*steps[-2::-1], ["ccg-10t", "2015-01-01", True]]:
        opened.page.go_forward()
        assert chosen(opened) == expected
    assert opened.page.url.endswith("#id=ccg-10t&date=2015-01-01&only=1")


# With the mouse


def test_a_click_on_a_box_tells_of_it_and_one_on_the_ground_clears(opens: Opens, scenes: Scenes) -> None:
    scene = scenes("lineage of ACS")
    opened = opens("lineage of ACS", size=(1500, 950))
    box = scene.plan.boxes["stp-plan" if "stp-plan" in scene.plan.boxes else "acs"]
    opened.click(*box.middle)
    details = opened.page.locator("#details")
    expect(details).to_be_visible()
    assert chosen(opened)[0] != ""
    opened.click(box.x, box.y - 60)
    expect(details).to_be_hidden()
    assert chosen(opened)[0] == ""


def test_a_click_on_a_line_tells_of_the_tie_with_its_sources(opens: Opens, scenes: Scenes) -> None:
    scene = scenes(FRIMLEY)
    edge = next(edge for edge in scene.edges if edge.shares and edge.tail == "icb-frimley")
    opened = opens(FRIMLEY, size=(1500, 950))
    first, second = scene.plan.routes[edge.id].stops[:2]
    opened.click((first.x + second.x) / 2, first.y)
    assert chosen(opened)[0] == edge.id
    words = opened.page.locator("#details").inner_text()
    for share in edge.shares:
        assert f"{share.value:.1%}".removesuffix("%") in words
    for name, value in edge.facts:
        assert name in words
        assert value in words
    numbers = sorted(scene.numbers[key] for key in edge.sources)
    assert [f"[{number}]" in words for number in numbers] == [True] * len(numbers)
    links = opened.page.locator("#details a").evaluate_all("links => links.map(link => link.href)")
    assert links
    assert {link.partition(":")[0] for link in links} <= {"http", "https"}


def test_details_tell_what_came_before_and_after(opens: Opens) -> None:
    opened = opens(FRIMLEY, "#id=ccg-15d")
    words = opened.page.locator("#details").inner_text()
    before, _, after = words.partition("Became")
    assert all(name in before for name in ("Bracknell and Ascot", "Slough", "Windsor, Ascot and Maidenhead"))
    assert "NHS Frimley CCG" in after
    opened.page.locator("#details").get_by_role("button", name="NHS Frimley CCG", exact=True).click()
    expect(opened.page.locator("#details-title")).to_have_text("NHS Frimley CCG")


def test_the_slider_ends_a_day_no_earlier_than_the_last_change(opens: Opens, scenes: Scenes) -> None:
    scene = scenes(FRIMLEY)
    first, last = map(date.fromisoformat, opens(FRIMLEY).run("kg.scene.span"))
    assert first <= min(node.starts for node in scene.nodes if node.starts > date.min)
    assert last + timedelta(days=1) > max(edge.starts for edge in scene.edges)


def test_the_wheel_zooms_no_further_than_can_be_used(opens: Opens) -> None:
    opened = opens(FRIMLEY)
    opened.page.locator("#diagram").hover()
    scales = []
    for way in (-1, 1):
        for _ in range(40):
            opened.page.mouse.wheel(0, way * 400)
        opened.page.wait_for_timeout(200)
        scales.append(opened.run("network.getScale()"))
    assert scales[0] == pytest.approx(5)
    assert 0.1 < scales[1] < 0.5
