"""The command that holds a publisher's file against the curated graph."""

# No `from __future__ import annotations` here: Typer would have to compile every annotation again at each start.
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from kg.faces.cli.console import opened, say
from kg.faces.cli.options import Form, Json, Shape, Where, day, shape

commands = typer.Typer()


@commands.command()
def reconcile(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A file of the Organisation Data Service, or a folder of ORD answers or Parquet tables.", show_default=False)],
    on: Annotated[date | None, typer.Option("--date", parser=day, metavar="DATE", help="The day the file is of, where its name does not tell.", show_default=False)] = None,
    form: Form = Shape.text, json: Json = False, store: Where = None,
) -> None:  # fmt: skip
    """Say where a publisher's file and the curated graph disagree: names, days, successions, parents and codes."""
    from kg.faces.reconciled import render
    from kg.graph import compiled

    # The curated graph, and not one that kg ingest made: its files would be held against themselves.
    found = opened(store or str(compiled.open_default(say).folder)).reconcile(file, day_of_file=on, progress=say)
    if found.refused:
        many = f"{found.refused:,} records" if found.refused > 1 else "1 record"
        say(
            f"Not compared: {many} of {found.release.file} that cannot be read. kg ingest lists them, with the reason of each."
        )
    typer.echo(render(found, shape(form, json)))
