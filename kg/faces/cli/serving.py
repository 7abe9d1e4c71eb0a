"""The commands that put the graph on the web: a server, and later a site of files."""

# No `from __future__ import annotations` here: Typer would have to compile every annotation again at each start.
from typing import Annotated

import typer

from kg.faces.cli.console import opened, say
from kg.faces.cli.options import Where

commands = typer.Typer()


@commands.command()
def serve(
    host: Annotated[str, typer.Option("--host", help="The address to listen at.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", help="The port to listen at.")] = 8000,
    store: Where = None,
) -> None:
    """Serve the graph as a web site."""
    from kg.faces.serve.app import serve as listen
    from kg.faces.serve.exchange import Site

    site = Site(opened(store))
    say(f"http://{host}:{port}/")
    listen(site, host, port)
