"""The commands that make the graph, look for faults in it, and write it out."""

# No `from __future__ import annotations` here: Typer would have to compile every annotation again at each start.
import sys
from pathlib import Path
from typing import Annotated

import typer

from kg.errors import UsageError
from kg.faces.cli.console import opened, say
from kg.faces.cli.options import Form, Json, Shape, Where, shape

commands = typer.Typer()


@commands.command()
def build(store: Where = None) -> None:
    """Compile the graph, here or into a folder; it is written beside its place and moved in."""
    from kg.graph import compiled
    from kg.graph.inputs import Inputs

    if store and "://" in store:
        raise UsageError("A graph is compiled into a folder. Give --store a folder; kg push loads it into an engine.")
    inputs = Inputs.default()
    folder = Path(store) if store else compiled.default_folder(inputs)
    manifest = compiled.compile_into(folder, inputs)
    quads = sum(manifest["quads"].values())
    say(f"Compiled {quads:,} statements and {manifest['names']:,} names into {folder}, release {manifest['release']}.")


@commands.command()
def check(form: Form = Shape.text, json: Json = False) -> None:
    """Look for faults: rows of data/, SHACL shapes, and hygiene queries. Exit 1 when there is any.

    What is checked is data/ and the ontology of this installation, before a graph is compiled of them; KG_STORE makes no
    difference.
    """
    import os

    from kg.faces import report
    from kg.graph.check import check as run
    from kg.graph.inputs import Inputs

    if os.environ.get("KG_STORE"):
        say("KG_STORE is set, and makes no difference here: data/ of this installation is checked, and not that store.")
    found = run(Inputs.default())
    typer.echo(report.render(found, shape(form, json)))
    if not found.ok:
        raise typer.Exit(1)


@commands.command()
def push(
    url: Annotated[str, typer.Argument(metavar="URL", help="The address of a graph store, as http://localhost:8890/sparql-graph-crud-auth.", show_default=False)],
    endpoint: Annotated[str, typer.Option("--endpoint", metavar="URL", help="The address for queries, when it cannot be told from the other.", show_default=False)] = "",
    store: Where = None,
) -> None:  # fmt: skip
    """Load the graph into an engine by the SPARQL Graph Store Protocol; what is there already is left.

    Credentials come from the environment: KG_STORE_USER and KG_STORE_PASSWORD, or KG_STORE_TOKEN. A push that was
    broken off goes on where it was; until it is finished, kg does not answer from that engine.
    """
    from kg.graph import compiled, pushing

    if store and "://" in store:
        raise UsageError(
            "What is pushed is a compiled graph on this machine. Give --store a folder, or unset KG_STORE."
        )
    graph = compiled.open_folder(Path(store)) if store else compiled.open_default(say)
    sent = pushing.push(graph, url, endpoint, say)
    whole = sum(graph.manifest["quads"].values())
    if sent:
        say(f"Sent {sent:,} statements. Release {graph.release} is there, all {whole:,} counted.")
    else:
        say(f"Release {graph.release} is there already, all {whole:,} statements counted.")


Output = Annotated[
    str,
    typer.Option(
        "--output", "-o", metavar="FILE", show_default=False,
        help="Where to write; the ending chooses the format. - is standard output.",
    ),
]  # fmt: skip
ExportFormat = Annotated[
    str | None,
    typer.Option(
        "--to", metavar="FORMAT", show_default=False,
        help="turtle, json-ld, n-quads, graphml or csv, when the ending does not say.",
    ),
]  # fmt: skip


@commands.command()
def export(output: Output, to: ExportFormat = None, store: Where = None) -> None:
    """Write the graph out; what the file is called says as what.

    The whole graph: .nq N-Quads, each statement with the named graph it stands in; .ttl Turtle or .jsonld JSON-LD, all named
    graphs merged.

    Who became whom, and nothing else: .csv, one row for each transfer from one body or kind to another; .graphml, the network of
    these transfers. Members and codes are not in them.
    """
    from kg.graph import export as exporting

    path = Path(output)
    form = to or exporting.ENDINGS.get(path.suffix.lower(), "")
    if not form:
        raise UsageError(
            f'The ending of "{output}" does not say which format. End it in {", ".join(exporting.ENDINGS)}, or add --to.'
        )
    graph = opened(store).graph
    if output == "-":
        exporting.stream(graph, form, sys.stdout.buffer)
        return
    size = exporting.save(graph, form, path, say)
    say(f"Wrote {size:,} bytes to {output}.")
