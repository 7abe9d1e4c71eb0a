"""The command that draws: one picture for each kind of question, in the format that the file's ending names."""

# No `from __future__ import annotations` here: Typer would have to compile every annotation again at each start.
import threading
import time
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from kg.errors import UsageError
from kg.faces.cli.console import opened, say
from kg.faces.cli.options import AsOf, Basis, Name, Sense, Where, assigned, day, word

#: After so many seconds people are told what is being done.
_PATIENCE = 2.0

draw = typer.Typer(no_args_is_help=True)
commands = typer.Typer()
commands.add_typer(
    draw, name="draw",
    help="Draw a diagram: an interactive page (.html) that opens offline, a picture (.svg, .png), text (.mmd, .dot), a graph (.graphml) or a table (.csv).",
)  # fmt: skip


class Direction(StrEnum):
    """Which way a lineage is followed."""

    both = "both"
    became = "became"
    before = "before"


class Engine(StrEnum):
    """What finds places for boxes and lines."""

    own = "own"
    dot = "dot"


class KindsForm(StrEnum):
    """How kinds of structure are laid out."""

    calendar = "calendar"
    layers = "layers"


Out = Annotated[
    Path,
    typer.Option("--output", "-o", metavar="FILE", help="Where to write it; its ending picks the format: .html .svg .png .mmd .dot .graphml .csv.", show_default=False),
]  # fmt: skip
By = Annotated[Engine, typer.Option("--engine", help="What lays it out; dot needs Graphviz on this machine.")]
First = Annotated[
    date, typer.Argument(parser=day, metavar="FROM", help="The first day, as 2013-04-01.", show_default=False)
]
Last = Annotated[
    date, typer.Argument(parser=day, metavar="TO", help="The last day, as 2026-04-01.", show_default=False)
]


@draw.command()
def lineage(
    name: Name, out: Out, as_of: AsOf = None, sense: Sense = None,
    direction: Annotated[Direction, typer.Option("--direction", help="Both ways, or only what it became or was before.")] = Direction.both,
    depth: Annotated[int | None, typer.Option("--depth", min=1, help="At most so many steps away from it.", show_default=False)] = None,
    legal: Annotated[bool, typer.Option("--legal", help="Only what passed in law.")] = False,
    codes: Annotated[bool, typer.Option("--codes", help="Only what carried codes on.")] = False,
    share_basis: Annotated[Basis | None, typer.Option("--share-basis", help="What shares on lines are counted by; the best there is when not given.", show_default=False)] = None,
    engine: By = Engine.own, store: Where = None,
) -> None:  # fmt: skip
    """Draw what led to a thing and what it became, in columns from left to right."""
    if legal and codes:
        raise UsageError("--legal and --codes each keep to one lineage. Give one of them, or neither for both.")
    only = "legal" if legal else "codes" if codes else None
    _draw(
        store,
        out,
        engine,
        "lineage",
        name,
        as_of=as_of,
        sense=sense,
        direction=direction.value,
        depth=depth,
        only=only,
        share_basis=word(share_basis),
    )


@draw.command()
def structure(
    name: Name, out: Out, as_of: AsOf = None, sense: Sense = None,
    depth: Annotated[int, typer.Option("--depth", min=1, help="How many levels of members within members.")] = 2,
    engine: By = Engine.own, store: Where = None,
) -> None:  # fmt: skip
    """Draw what a thing was inside of, and made of, on a day."""
    _draw(store, out, engine, "structure", name, as_of=as_of, sense=sense, depth=depth)


@draw.command()
def kinds(
    out: Out, as_of: AsOf = None,
    form: Annotated[KindsForm, typer.Option("--form", help="Lanes along a calendar, or columns.")] = KindsForm.calendar,
    engine: By = Engine.own, store: Where = None,
) -> None:  # fmt: skip
    """Draw every kind of structure: when there were any, and which became which."""
    _draw(store, out, engine, "kinds", as_of=as_of, form=form.value)


@draw.command()
def england(since: First, until: Last, out: Out, engine: By = Engine.own, store: Where = None) -> None:
    """Draw who commissioned care in the whole country between two days, each body as wide as its people."""
    _draw(store, out, engine, "england", since, until)


@draw.command()
def compare(
    since: First, until: Last, out: Out,
    kind: Annotated[str | None, typer.Option("--kind", help="Only this kind of structure and its bodies.", show_default=False)] = None,
    engine: By = Engine.own, store: Where = None,
) -> None:  # fmt: skip
    """Draw what changed between two days, side by side."""
    _draw(store, out, engine, "compare", since, until, kind=kind)


@draw.command()
def query(
    name: Annotated[str, typer.Argument(help="A saved query with two columns to tie, or a file that holds a query.", show_default=False)],
    out: Out,
    params: Annotated[list[str] | None, typer.Argument(help="Parameters, as body=ics-frimley asOf=2019-06-01.", show_default=False)] = None,
    as_of: AsOf = None, engine: By = Engine.own, store: Where = None,
) -> None:  # fmt: skip
    """Draw what a query finds: rows that tie one thing to another, or the triples that it constructs."""
    _draw(store, out, engine, "query", name, as_of=as_of, params=assigned(params))


def _draw(store: str | None, out: Path, engine: Engine, preset: str, *names: Any, **wishes: Any) -> None:
    """Draw, write, and say what was written and how long it took."""
    from kg.faces.diagrams.renderers import format_of

    format_of(out.suffix)  # before anything is drawn that could not be written
    began = time.perf_counter()

    def progress(text: str) -> None:
        if (took := time.perf_counter() - began) > _PATIENCE:
            say(f"{text} ({took:.0f} s so far)")

    waiting = threading.Timer(
        _PATIENCE, say, ["Gathering what is to be drawn. Many changes over many years take half a minute."]
    )
    waiting.daemon = True
    waiting.start()
    try:
        drawing = opened(store).draw(preset, *names, engine=engine.value, progress=progress, **wishes)
    finally:
        waiting.cancel()
    drawing.save(out)
    scene = drawing.scene
    size = out.stat().st_size
    say(
        f"Wrote {out}: {_many(len(scene.nodes), 'box', 'boxes')}, {_many(len(scene.edges), 'line', 'lines')}, "
        f"{_many(scene.plan.crossings, 'crossing', 'crossings')}, {max(size // 1000, 1):,} kB, {time.perf_counter() - began:.1f} s."
    )


def _many(count: int, one: str, several: str) -> str:
    return f"{count:,} {one if count == 1 else several}"
