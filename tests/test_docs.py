"""Pages printed from the code are as the code prints them, and what pages say is so."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from kg.faces import gallery
from kg.faces.cli import app
from kg.faces.library import Graph
from kg.faces.reference import cli_page, data_readme
from kg.graph.inputs import Inputs

ROOT = Inputs.default().root
PAGES = sorted(
    path for path in [*ROOT.glob("*.md"), *ROOT.glob("*/*.md"), *ROOT.glob("docs/**/*.md")] if ".venv" not in path.parts
)


def test_data_readme_is_printed_from_the_records() -> None:
    assert (ROOT / "data" / "README.md").read_text(encoding="utf-8") == data_readme(), (
        "run: python -m kg.faces.reference"
    )


def test_the_page_of_commands_is_printed_from_their_help() -> None:
    assert (ROOT / "docs" / "cli.md").read_text(encoding="utf-8") == cli_page(), "run: python -m kg.faces.reference"


def test_the_gallery_is_drawn_from_this_graph(asked: Graph) -> None:
    drawn = dict(gallery.pages(asked))
    assert len(drawn) == len(gallery.PICTURES) + 1
    stale = [place for place, text in drawn.items() if (ROOT / "docs" / place).read_text(encoding="utf-8") != text]
    assert not stale, "run: python -m kg.faces.gallery"


def test_every_command_stands_in_the_readme() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    names = {command.name or command.callback.__name__ for command in app.registered_commands if command.callback}
    assert len(names) >= 14
    assert {name for name in names if not re.search(rf"`kg {name}\b", text)} == set()


def test_the_sample_in_the_readme_is_what_is_printed() -> None:
    """The sample is the answer as of its own day; a release that changes it changes the page."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    found = re.search(r"<!-- sample: kg (?P<words>.+?) -->\n```\n(?P<sample>.*?)\n```", text, re.DOTALL)
    assert found is not None
    day = re.search(r"As of (\d+) (\w+) (\d{4})", found["sample"])
    assert day is not None
    command = [sys.executable, "-m", "kg", "ask", "what did ACS become?", "--as-of", "2026-11-22"]
    printed = subprocess.run(command, capture_output=True, encoding="utf-8", check=True).stdout
    assert found["words"] == 'ask "what did ACS become?"'
    assert printed.strip() == found["sample"].strip()


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
        if "://" not in target and not target.startswith("mailto:"):
            assert (page.parent / target).exists(), target


def test_the_project_names_no_path_of_a_machine_and_no_registry() -> None:
    files = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, encoding="utf-8", check=False)
    if files.returncode:
        pytest.skip("not a git checkout")
    here = re.compile("|".join(("/wor" + "k/", "/ro" + "ot/", "pyp" + "i.org", "files.python" + "hosted")))
    for name in files.stdout.splitlines():
        path = ROOT / name
        if path.is_file() and path.suffix in {
            ".py",
            ".md",
            ".toml",
            ".txt",
            ".csv",
            ".ttl",
            ".rq",
            ".yaml",
            ".cff",
            "",
        }:
            assert not here.search(path.read_text(encoding="utf-8", errors="replace")), name


SAMPLES = [
    (match["words"], match["printed"])
    for match in re.finditer(
        r"<!-- sample: kg (?P<words>.+?) -->\n```\n(?P<printed>.*?)\n?```",
        (ROOT / "docs" / "crosswalk.md").read_text(encoding="utf-8"),
        re.DOTALL,
    )
]


@pytest.mark.parametrize(("words", "printed"), SAMPLES, ids=[words for words, _ in SAMPLES])
def test_the_samples_of_the_how_to_are_what_is_printed(
    words: str, printed: str, tmp_path: Path, cache_folder: Path
) -> None:
    """Beside a copy of the example, as the page says, and with a graph that is compiled already."""
    assert sample_of(words, tmp_path, cache_folder) == printed


def sample_of(words: str, folder: Path, cache: Path) -> str:
    example = ROOT / "docs" / "examples" / "practices-by-ccg-2017-03.csv"
    (folder / example.name).write_bytes(example.read_bytes())
    done = subprocess.run(
        [sys.executable, "-m", "kg", *shlex.split(words)], cwd=folder, capture_output=True, encoding="utf-8", check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT), "KG_CACHE": str(cache)},
    )  # fmt: skip
    return (done.stdout + done.stderr).strip("\n")
