"""What the command line prints and where: answers, and what is said beside them; and the graph that it opens."""

from __future__ import annotations

import os
import shutil
import sys
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from kg.answers.answer import Answer
    from kg.faces.library import Graph
    from kg.faces.tables import Format

EXIT_CODES = {"answered": 0, "unknown": 0, "not_found": 3, "ambiguous": 4}


def say(text: str) -> None:
    """Print a note or a fault on standard error."""
    typer.echo(text, err=True)


def opened(store: str | None) -> Graph:
    """Open the graph in a folder, in an engine at an address, or this installation's own.

    Raises:
        UsageError: the address is none.
        StoreError: the folder is not a compiled graph, or the engine cannot be asked.
    """
    from kg.faces.library import open_graph

    return open_graph(store, progress=say)


def print_answer(answer: Answer, form: Format) -> None:
    """Print an answer; one that could not be given goes to standard error as text, and sets the exit code."""
    from kg.faces.text import render

    code = EXIT_CODES[answer.status]
    failed = code != 0 and form != "json"
    stream = sys.stderr if failed else sys.stdout
    terminal = stream.isatty()
    width = min(max(shutil.get_terminal_size().columns, 60), 140) if terminal else 110
    shown = render(
        answer,
        "text" if failed else form,
        width=width,
        **({"paint": _paint} if terminal and not os.environ.get("NO_COLOR") else {}),
    )
    typer.echo(shown, file=stream)
    if code:
        raise typer.Exit(code)


def _paint(text: str, style: str) -> str:
    return typer.style(text, bold=style == "strong", dim=style == "faint")
