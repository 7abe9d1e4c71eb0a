"""The pages that promise something name tests that exist."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PROMISES = ROOT / "docs" / "promises.md"
DECISIONS = sorted((ROOT / "docs" / "decisions").glob("[0-9]*.md"))
NAMED = re.compile(r"`(tests/[\w/]+\.py)::(\w+(?:::\w+)?)`")
HEADING = re.compile(r"^## P(\d+)\b", re.MULTILINE)


@cache
def defined_in(file: str) -> frozenset[str]:
    """The tests that a file defines, `name` or `Class::name`; none when there is no such file."""
    path = ROOT / file
    if not path.is_file():
        return frozenset()
    tree = ast.parse(path.read_text(encoding="utf-8"))
    alone = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
    inside = {
        f"{kind.name}::{node.name}"
        for kind in tree.body
        if isinstance(kind, ast.ClassDef)
        for node in kind.body
        if isinstance(node, ast.FunctionDef)
    }
    return frozenset(name for name in alone | inside if name.rpartition("::")[2].startswith("test_"))


def sections() -> dict[int, str]:
    """The text of each promise, by its number."""
    parts = HEADING.split(PROMISES.read_text(encoding="utf-8"))[1:]
    return {int(number): text for number, text in zip(parts[::2], parts[1::2], strict=True)}


def test_promises_are_numbered_without_a_gap() -> None:
    numbers = [int(number) for number in HEADING.findall(PROMISES.read_text(encoding="utf-8"))]
    assert numbers == list(range(1, len(numbers) + 1))
    assert numbers


@pytest.mark.parametrize("number", sorted(sections()), ids="P{}".format)
def test_each_promise_is_held_by_a_test(number: int) -> None:
    named = NAMED.findall(sections()[number])
    assert named, f"P{number} names no test; write one and name it as `tests/file.py::test_name`."
    missing = [f"{file}::{name}" for file, name in named if name not in defined_in(file)]
    assert not missing, f"P{number} names tests that do not exist: {', '.join(missing)}"


@pytest.mark.parametrize("page", DECISIONS, ids=lambda page: page.stem)
def test_each_decision_is_held_by_a_test(page: Path) -> None:
    named = NAMED.findall(page.read_text(encoding="utf-8"))
    assert named, f"{page.name} names no test that holds the decision."
    missing = [f"{file}::{name}" for file, name in named if name not in defined_in(file)]
    assert not missing, f"{page.name} names tests that do not exist: {', '.join(missing)}"


def test_decisions_are_numbered_without_a_gap() -> None:
    assert [int(page.name[:4]) for page in DECISIONS] == list(range(1, len(DECISIONS) + 1))
