"""The commands that put the graph on the web: a server, and later a site of files."""

# No `from __future__ import annotations` here: Typer would have to compile every annotation again at each start.
from pathlib import Path
from typing import Annotated

import typer

from kg.faces.cli.console import opened, say
from kg.faces.cli.options import Where

commands = typer.Typer()


@commands.command()
def serve(
    host: Annotated[str, typer.Option("--host", help="The address to listen at: 0.0.0.0 for every network.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="The port to listen at; 0 takes any that is free.")] = 8000,
    store: Where = None,
    home: Annotated[str, typer.Option("--home", metavar="URL", help="The address at which people reach and cite the site.")] = "",
    root: Annotated[str, typer.Option("--root", metavar="PREFIX", help="What a proxy puts before every address, as /kg, and takes off again.")] = "",
    workers: Annotated[int, typer.Option("--workers", min=0, max=64, help="Processes that answer at once; 0 for one a core, at least 2.")] = 0,
    time_limit: Annotated[float, typer.Option("--time-limit", min=0.1, max=3600, help="Seconds that one request may take.")] = 30,
    memory_limit: Annotated[int, typer.Option("--memory-limit", min=64, help="MB of memory that one request may take.")] = 1024,
    row_limit: Annotated[int, typer.Option("--row-limit", min=1, help="Rows or triples of one SPARQL result.")] = 100_000,
) -> None:  # fmt: skip
    """Serve the graph as a web site with a SPARQL endpoint, until stopped with Ctrl-C.

    It prints its address when it is ready. It listens to this machine alone unless --host says otherwise, and keeps
    nothing that anybody sends.

    To put it on a public address, let a proxy do TLS and stand before it. For nginx:

    \b
        location /kg/ {
            proxy_pass http://127.0.0.1:8000/;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
            proxy_read_timeout 60s;
            client_max_body_size 20m;
        }

    with kg serve --root /kg --home https://example.org/kg. The slash after the port takes the prefix off. Headers
    such as X-Forwarded-For are not read: addresses are made of --home and --root alone.
    """  # noqa: D301 - the mark that keeps the lines of the example apart
    from kg.errors import UsageError
    from kg.faces.serve.app import serve as listen
    from kg.faces.serve.exchange import Limits
    from kg.faces.serve.holding import Settings

    if root and (not root.startswith("/") or root.endswith("/") or "//" in root):
        raise UsageError(f'--root takes what stands before every address, as /kg, and "{root}" is not written so.')
    if home and not home.startswith(("http://", "https://")):
        raise UsageError(f'--home takes an address on the web, as https://example.org/kg, and "{home}" is not one.')
    limits = Limits(time_limit, memory_limit, row_limit)
    settings = Settings(_place(store), root, home.rstrip("/"), limits)
    listen(settings, host, port, typer.echo, say, workers=workers)


@commands.command()
def site(
    out: Annotated[Path, typer.Argument(metavar="OUT", help="The folder to write: a new one, an empty one, or a site written before.", show_default=False)],
    home: Annotated[str, typer.Option("--home", metavar="URL", help="The address that the site will have, for citations and the sitemap.")] = "",
    processes: Annotated[int, typer.Option("--processes", min=0, max=64, help="How many write at once; 0 for one a core.")] = 0,
    store: Where = None,
) -> None:  # fmt: skip
    """Write the whole site as files that any web host serves: pages, diagrams, data and search.

    Everything that a page links to is written, and every link is checked. The files need no server of ours: they open
    from a folder too. What has to be asked anew, as SPARQL or a table of your own, needs kg serve.
    """
    import time

    from kg.errors import UsageError
    from kg.faces.serve.site import write
    from kg.graph import compiled

    if home and not home.startswith(("http://", "https://")):
        raise UsageError(f'--home takes an address on the web, as https://example.org/kg, and "{home}" is not one.')
    began = time.perf_counter()
    # Without a name it is the curated graph: what kg ingest has made is too much for a site of files.
    place = _place(store) if store else str(compiled.open_default(say).folder.resolve())
    if "://" in place:
        raise UsageError("A site is written from a graph on this machine. Give --store a folder, or nothing.")
    files, size = write(place, out, home=home.rstrip("/"), processes=processes, progress=say)
    say(f"Wrote {out}: {files:,} files, {size / 1e6:,.0f} MB, every link checked, {time.perf_counter() - began:.0f} s.")


def _place(store: str | None) -> str:
    """Give the folder of the graph, compiled at first use, or the address of the engine that holds it."""
    if store and "://" in store:
        return store
    return str(opened(store).graph.n_quads.parent.resolve())
