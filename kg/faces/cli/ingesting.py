"""The command that reads the publisher's files into a graph."""

# No `from __future__ import annotations` here: Typer would have to compile every annotation again at each start.
import sys
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kg.errors import BadInput, UsageError
from kg.faces.cli.console import say
from kg.faces.cli.options import day

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from kg.facts.ods.record import Refused

commands = typer.Typer()


class Interface(StrEnum):
    """What is asked instead of reading a file."""

    ods_api = "ods-api"


Files = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[FILE...]", show_default=False,
        help="Files of the publisher: a TRUD release, CSV reports, ePCN, successions, ORD records; or folders of records or "
        "Parquet tables. With --from, the address to ask.",
    ),
]  # fmt: skip
Into = Annotated[
    Path | None,
    typer.Option(
        "--into", metavar="FOLDER", show_default=False,
        help="The graph to read them into; the one that kg asks by itself when not given.",
    ),
]  # fmt: skip
On = Annotated[
    date | None,
    typer.Option(
        "--date", parser=day, metavar="DATE", show_default=False,
        help="The day that the files are true of which do not say it themselves.",
    ),
]  # fmt: skip
Beside = Annotated[
    bool,
    typer.Option("--beside", help="Keep earlier editions of the same file beside the latest, for the names and relations they tell of."),
]  # fmt: skip
From = Annotated[
    Interface | None,
    typer.Option("--from", help="Ask an interface for what has changed, instead of reading files.", show_default=False),
]
Since = Annotated[
    date | None,
    typer.Option("--since", parser=day, metavar="DATE", help="With --from: changes on this day or later.", show_default=False),
]  # fmt: skip


@commands.command()
def ingest(
    files: Files = None, into: Into = None, on: On = None, beside: Beside = False, interface: From = None, since: Since = None,
    json: Annotated[bool, typer.Option("--json", help="Print the account as JSON.")] = False,
) -> None:  # fmt: skip
    """Read files of the Organisation Data Service into a graph, with the curated one.

    The same file again changes nothing; a later edition replaces the earlier one, and what differs is told. What cannot be
    read is kept in a quarantine file. The graph is made beside its place and moved in, so the old one answers until then.
    Without files, the files that are there are joined anew with the curated graph of this installation.
    """
    from kg.faces import ingestion
    from kg.graph import compiled
    from kg.graph.ingest import Outcome
    from kg.graph.ingest import ingest as read

    given, folder = files or [], into or compiled.ingested()
    quarantined: Mapping[Path, Sequence[Refused]] = {}
    if (interface is None) != (since is None):
        raise UsageError(
            "--from and --since go together: kg ingest --from ods-api https://... --since 2026-08-28 reads what has changed since."
        )
    if interface is None:
        paths = [Path(name) for name in given]
    else:
        if len(given) != 1 or since is None:
            raise UsageError("With --from, give one address: that of the interface, as https://example.org/ORD/2-0-0.")
        from kg.facts.ods.updates import fetch

        fetched = fetch(given[0], since, folder.parent / f".{folder.name}-updates", say, day=on or date.today())
        if fetched.path is None:
            if fetched.refused:
                raise BadInput(
                    f"None of the records that have changed could be read; the reason of each is told above. See whether {given[0]} "
                    "is the address of the interface, and try again later."
                )
            typer.echo(ingestion.as_json(Outcome(folder)) if json else f"Nothing has changed since {since}.")
            raise typer.Exit
        paths, quarantined = [fetched.path], {fetched.path: fetched.refused}
    outcome = read(paths, folder, day=on, beside=beside, quarantined=quarantined, progress=say)
    if interface is not None:
        paths[0].unlink(missing_ok=True)  # it stands among the files of the graph now
    if sys.stdout.isatty() and sys.stderr.isatty():
        say("")  # between what was said on the way and the account
    typer.echo(ingestion.as_json(outcome) if json else ingestion.told(outcome))
