"""Drawing as people ask for it: from the command line, from Python, and in a notebook."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from kg.answers.record import Records
from kg.errors import Ambiguous, BadInput, NotFound, UsageError
from kg.faces.diagrams.drawing import Drawing
from kg.faces.library import Graph
from kg.graph.names import thing
from tests.conftest import CommandLine

DAY = date(2026, 4, 1)
PRESETS = {
    "lineage": ("lineage", "ACS"),
    "structure": ("structure", "NHS Frimley ICB", "--as-of", "2024-08-01"),
    "kinds": ("kinds",),
    "kinds-layers": ("kinds", "--form", "layers"),
    "england": ("england", "2025-04-01", "2026-04-01"),
    "compare": ("compare", "2026-03-31", "2026-04-01", "--kind", "ICB"),
    "query": ("query", "tiers", "asOf=2019-06-01"),
}
ENDINGS = ("html", "svg", "png", "mmd", "dot", "graphml", "csv")


@pytest.mark.parametrize(("preset", "ending"), list(zip(PRESETS, ENDINGS, strict=True)))
def test_every_preset_and_every_format_is_written(run: CommandLine, tmp_path: Path, preset: str, ending: str) -> None:
    file = tmp_path / f"picture.{ending}"
    done = run("draw", *PRESETS[preset], "-o", str(file))
    assert (done.code, done.out) == (0, ""), done.err
    assert f"Wrote {file}" in done.err
    assert file.stat().st_size > 300


def test_every_format_of_every_preset_is_written(asked: Graph, tmp_path: Path) -> None:
    for drawing in (
        asked.draw("structure", "NHS Frimley ICB", as_of="2024-08-01"), asked.draw("kinds"), asked.draw("kinds", form="layers"),
        asked.draw("england", "2025-04-01", "2026-04-01"), asked.draw("compare", "2026-03-31", "2026-04-01", kind="ICB"),
        asked.draw("query", "tiers", params={"asOf": "2019-06-01"}),
    ):  # fmt: skip
        for ending in (ending for ending in ENDINGS if ending != "png"):  # the slowest, and drawn from the SVG
            assert drawing.save(tmp_path / f"picture.{ending}").stat().st_size > 300
        words = "".join(ET.parse(tmp_path / "picture.svg").getroot().itertext())
        assert f"Drawn by: {drawing.scene.command[:20]}" in words


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("lineage", "QNQ"), 4, "--sense icb-frimley"),
        (("lineage", "No such body"), 3, "Nothing in this graph is called"),
        (("lineage", "ACS", "--legal", "--codes"), 2, "Give one of them"),
        (("lineage", "ACS", "--depth", "0"), 2, "--depth"),
        (("england", "2026-04-01", "2013-04-01"), 2, "earlier one first"),
        (("england", "2013", "2026-04-01"), 2, "is not a day"),
        (("compare", "2026-04-01", "2026-03-31"), 2, "first"),
        (("query", "no-such-query"), 2, "no-such-query"),
        (("query", "stated-counts"), 2, "two"),
    ],
)
def test_what_cannot_be_drawn_is_said_in_one_paragraph(
    run: CommandLine, tmp_path: Path, words: tuple[str, ...], code: int, said: str
) -> None:
    file = tmp_path / "picture.svg"
    done = run("draw", *words, "-o", str(file))
    assert (done.code, done.out) == (code, "")
    assert said in done.err
    assert "Traceback" not in done.err
    assert not file.exists()


def test_an_ending_that_says_no_format_and_a_folder_that_is_not_there_are_named(
    run: CommandLine, tmp_path: Path
) -> None:
    assert run("draw", "lineage", "ACS", "-o", str(tmp_path / "picture.bmp")).code == 2
    gone = run("draw", "lineage", "ACS", "-o", str(tmp_path / "none" / "picture.svg"))
    assert gone.code == 5
    assert "none" in gone.err


def test_the_command_in_the_picture_draws_the_same_picture(run: CommandLine, asked: Graph, tmp_path: Path) -> None:
    wishes: dict[str, Any] = {"direction": "became", "only": "legal", "depth": 2, "share_basis": "population"}
    drawing = asked.draw("lineage", "NHS Frimley ICB", as_of=DAY, **wishes)
    words = shlex.split(drawing.scene.command)
    assert words[:2] == ["kg", "draw"]
    file = tmp_path / "picture.svg"
    assert run(*words[1:], "-o", str(file)).code == 0
    assert file.read_bytes() == drawing.save(tmp_path / "same.svg").read_bytes()


def test_text_is_utf8_whatever_the_platform_says(tmp_path: Path) -> None:
    script = (
        "import kg, sys; d = kg.open(in_memory=False).draw('lineage', 'ACS', as_of='2026-04-01')\n"
        "for ending in sys.argv[2:]: d.save(f'{sys.argv[1]}/picture.{ending}')"
    )
    endings = [ending for ending in ENDINGS if ending != "png"]
    plain = os.environ | {"PYTHONUTF8": "0", "LC_ALL": "C", "LANG": "C", "PYTHONCOERCECLOCALE": "0"}
    subprocess.run([sys.executable, "-c", script, str(tmp_path), *endings], check=True, env=plain)
    for ending in endings:
        assert (tmp_path / f"picture.{ending}").read_bytes().decode("utf-8")


def test_a_lineage_is_drawn_as_it_was_asked(asked: Graph) -> None:
    whole = asked.lineage("NHS Frimley ICB", as_of=DAY).draw()
    became = asked.became("NHS Frimley ICB", as_of=DAY).draw()
    before = asked.before("NHS Frimley ICB", as_of=DAY, only="legal").draw()
    assert isinstance(whole, Drawing)
    assert {edge.id for edge in became.scene.edges} | {edge.id for edge in before.scene.edges} <= {
        edge.id for edge in whole.scene.edges
    }
    assert {edge.tail for edge in became.scene.edges} == {"icb-frimley"}
    assert {edge.lineage for edge in before.scene.edges} == {"legal"}
    assert len(asked.lineage("NHS Frimley ICB", as_of=DAY).draw(depth=1).scene.edges) < len(whole.scene.edges)


def test_what_has_ended_is_drawn_as_on_its_last_day_when_no_day_is_given(asked: Graph) -> None:
    last = asked.draw("structure", "NHS Frimley ICB").scene
    assert last.as_of == date(2026, 3, 31)
    assert "--as-of 2026-03-31" in last.command
    assert last.edges == asked.draw("structure", "NHS Frimley ICB", as_of="2026-03-31").scene.edges
    assert not asked.draw("structure", "NHS Frimley ICB", as_of="2026-04-01").scene.edges


def test_lineage_edges_are_the_transfers_that_sparql_walks(asked: Graph) -> None:
    for name, key in (("ACS", "kind/acs"), ("10G", "body/ccg-10g"), ("NHS Frimley ICB", "body/icb-frimley")):
        iri = thing(*key.split("/"))
        rows = [*asked.graph.rows("became", thing=iri, asOf=DAY), *asked.graph.rows("before", thing=iri, asOf=DAY)]
        scene = asked.draw("lineage", name, as_of=DAY).scene
        walked = {(row["event"].rsplit("/", 1)[1], row["giver"].rsplit("/", 1)[1], row["receiver"].rsplit("/", 1)[1], row["lineage"]) for row in rows}  # fmt: skip
        assert {(edge.event, edge.tail, edge.head, edge.lineage) for edge in scene.edges} == walked


def test_shares_on_lines_are_by_the_basis_that_was_asked_for(asked: Graph) -> None:
    by = {
        basis: {edge.label for edge in asked.draw("lineage", "NHS Frimley ICB", as_of=DAY, direction="became", share_basis=basis).scene.edges}
        for basis in ("population", "practices", "budget")
    }  # fmt: skip
    assert by["population"] == {"22.9 %", "18.2 %", "58.9 %"}
    assert by["practices"] == {"21.2 %", "16.7 %", "62.1 %"}
    assert by["budget"] == {""}


def test_membership_difference_and_a_plain_question_are_drawn(asked: Graph) -> None:
    assert asked.members("Berkshire West", as_of="2018-06-01").draw().scene.edges
    assert asked.memberships("15A", as_of="2019-06-01").draw().scene.edges
    assert asked.diff("2026-03-31", DAY, kind="ICB").draw().scene.edges
    assert asked.ask("what did ACS become?").draw().scene.title == "What became of accountable care system (ACS)"


def test_what_has_no_picture_says_so(asked: Graph) -> None:
    for answer in (asked.lineage("QNQ"), asked.became("No such body"), asked.ask("how many PCNs were there in 2021?")):
        with pytest.raises(UsageError, match="has no picture"):
            answer.draw()


def test_an_unknown_picture_or_wish_is_refused(asked: Graph) -> None:
    with pytest.raises(UsageError, match="The pictures: lineage"):
        asked.draw("map")
    with pytest.raises(UsageError, match="cannot be drawn so"):
        asked.draw("kinds", depht=2)
    with pytest.raises(UsageError, match="depth"):
        asked.draw("lineage", "ACS", depth=0)
    with pytest.raises(UsageError, match="as_of"):
        asked.draw("england", "2013-04-01", "2026-04-01", as_of="2020-01-01")
    with pytest.raises(UsageError, match="given twice"):
        asked.draw("query", "tiers", params={"asOf": "2019-06-01"}, as_of="2020-01-01")
    with pytest.raises(UsageError, match="given twice"):
        asked.query("tiers", {"asOf": "2019-06-01"}, as_of="2020-01-01")
    with pytest.raises(UsageError, match="direction"):
        asked.draw("lineage", "ACS", direction="sideways")
    with pytest.raises(Ambiguous):
        asked.draw("lineage", "QNQ")
    with pytest.raises(NotFound):
        asked.draw("structure", "No such body")
    with pytest.raises(BadInput):
        asked.draw("lineage", "ACS").save("/no/such/folder/picture.svg")


def test_a_notebook_shows_the_page_with_no_network(asked: Graph) -> None:
    bundle = asked.lineage("ACS").draw()._repr_mimebundle_()
    assert bundle["text/html"].startswith("<iframe srcdoc=")
    assert "src=" not in bundle["text/html"].replace("srcdoc=", "")[:200]
    assert bundle["image/svg+xml"].startswith("<svg")


def test_ipython_takes_the_page_and_the_picture(asked: Graph) -> None:
    from IPython.core.formatters import DisplayFormatter

    shown, _ = DisplayFormatter().format(asked.lineage("ACS").draw())  # type: ignore[no-untyped-call]
    assert set(shown) == {"text/html", "image/svg+xml", "text/plain"}
    assert shown["text/plain"].startswith("<Drawing: Lineage of accountable care system (ACS)")


def test_two_drawings_have_the_same_bytes(asked: Graph, records: Records, tmp_path: Path) -> None:
    for ending in ENDINGS:
        first, second = (
            Drawing(asked.draw("lineage", "NHS Frimley ICB", as_of=DAY).scene)
            .save(tmp_path / f"{at}.{ending}")
            .read_bytes()
            for at in (1, 2)
        )
        assert first == second, ending
    assert records.graph.release in (tmp_path / "1.svg").read_text(encoding="utf-8")


@pytest.mark.parametrize("form", ["calendar", "layers"])
@pytest.mark.parametrize("day", ["1998-01-01", "2000-01-01", "2013-03-31", "2017-01-01", "2018-01-01", "2019-01-01"])
def test_kinds_are_drawn_on_any_day_whatever_is_known_of_it_to_the_year(asked: Graph, day: str, form: str) -> None:
    scene = asked.draw("kinds", as_of=day, form=form).scene
    assert {key for edge in scene.edges for key in (edge.tail, edge.head)} <= set(scene.plan.boxes)
    assert scene.nodes


def test_sources_are_listed_without_the_place_where_one_of_many_things_stands_in_them(asked: Graph) -> None:
    scene = asked.draw("lineage", "NHS Frimley ICB", as_of=DAY).scene
    assert scene.ledger
    assert not [source for source in scene.ledger if source.locator]


def test_a_query_of_a_day_draws_things_as_they_were_on_it(asked: Graph) -> None:
    scene = asked.draw("query", "members", params={"body": "ics-devon", "asOf": "2019-06-01"}).scene
    assert scene.by_id["ics-devon"].short == "STP"


def test_a_query_that_finds_nothing_to_tie_is_no_picture(asked: Graph, tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="finds nothing that can be drawn"):
        asked.draw("query", "tiers", params={"asOf": "1950-01-01"})
    words = tmp_path / "words.rq"
    words.write_text('SELECT ?from ?to { VALUES (?from ?to) { ("one" "two") } }', encoding="utf-8")
    with pytest.raises(NotFound, match="1 row without two things"):
        asked.draw("query", str(words))


def test_a_body_of_several_kinds_in_turn_has_them_told_in_its_lineage(asked: Graph) -> None:
    node = asked.draw("lineage", "NHS Frimley ICB", as_of=DAY).scene.by_id["ics-frimley"]
    assert node.short == "STP, then ACS, then ICS"
    (told,) = [value for name, value in node.facts if name == "Kinds in turn"]
    assert "ACS, " in told


def test_words_of_a_lineage_are_of_what_is_drawn(asked: Graph) -> None:
    before = asked.draw("lineage", "NHS Frimley ICB", as_of=DAY, direction="before").scene
    assert "divided" not in before.caption
    assert [words for words in before.cautions if words.startswith("A percentage")] == [
        "A percentage is the part of the giver that passed on, by postcodes."
    ]
    budget = asked.draw("lineage", "NHS Frimley ICB", as_of=DAY, share_basis="budget").scene
    assert "No share by budget is recorded of what is drawn." in budget.cautions
    assert not [words for words in budget.cautions if words.startswith("A percentage")]


def test_graphviz_is_asked_only_for_columns_and_named_in_the_command(asked: Graph) -> None:
    with pytest.raises(UsageError, match="runs along time"):
        asked.draw("england", "2021-04-01", "2026-04-01", engine="dot")
    if shutil.which("dot"):
        assert asked.draw("lineage", "ACS", as_of=DAY, engine="dot").scene.command.endswith("--engine dot")


def test_two_days_that_are_one_and_two_in_the_wrong_order_are_told_so(asked: Graph) -> None:
    one = asked.draw("compare", "2026-04-01", "2026-04-01").scene
    assert (one.title, one.nodes) == ("What changed on 1 April 2026", ())
    with pytest.raises(UsageError, match=r"after the second, 2026-03-31\. Give the earlier one first\.$"):
        asked.draw("compare", "2026-04-01", "2026-03-31")


def test_many_boxes_say_that_their_lines_bear_no_words(asked: Graph) -> None:
    few, many = (
        asked.draw("compare", *days).scene for days in (("2026-03-31", "2026-04-01"), ("2022-06-30", "2022-07-01"))
    )
    assert not [words for words in few.cautions if "bear no words" in words]
    assert [words for words in many.cautions if "bear no words" in words]
