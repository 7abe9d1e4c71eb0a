"""The commands that ask in SPARQL: the saved queries, and any query of the reader's own."""

# No `from __future__ import annotations` here: Typer would have to compile every annotation again at each start.
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from kg.errors import BadInput
from kg.faces.cli.console import opened
from kg.faces.cli.options import AsOf, Form, Json, Shape, Where, assigned, shape

commands = typer.Typer()


@commands.command()
def queries(form: Form = Shape.text, json: Json = False, store: Where = None) -> None:
    """List the saved queries, each with the parameters it takes."""
    from kg.faces.tables import rows

    graph = opened(store)
    saved = [graph.graph.queries.get(name) for name in graph.graph.queries.names()]
    lines = [
        {
            "name": query.name,
            "params": " ".join(f"{name}:{kind}" for name, kind in query.params.items()),
            "question": query.summary,
        }
        for query in saved
    ]
    typer.echo(rows(("name", "params", "question"), lines, shape(form, json), release=graph.release))


@commands.command()
def query(
    name: Annotated[str, typer.Argument(help="A saved query; kg queries lists them.", show_default=False)],
    params: Annotated[list[str] | None, typer.Argument(help="Parameters, as body=ics-frimley asOf=2019-06-01.", show_default=False)] = None,
    as_of: AsOf = None, form: Form = Shape.text, json: Json = False, store: Where = None,
) -> None:  # fmt: skip
    """Run a saved query by name."""
    from kg.faces.tables import rows

    given = assigned(params)
    graph = opened(store)
    found = graph.query(name, given, as_of=as_of)
    columns = list(graph.graph.queries.get(name).columns)
    typer.echo(rows(columns, _readable(found), shape(form, json), query=name, params=given, release=graph.release))


@commands.command()
def sparql(
    source: Annotated[str, typer.Argument(metavar="FILE|-", help="A file that holds a query, or - for standard input.", show_default=False)],
    form: Form = Shape.text, json: Json = False, store: Where = None,
) -> None:  # fmt: skip
    """Run a read-only SPARQL 1.1 query over the whole graph; updates, FROM and SERVICE are refused."""
    from kg.faces.tables import rows

    text = sys.stdin.read() if source == "-" else _read(Path(source))
    graph = opened(store)
    columns, found = graph.sparql(text)
    if isinstance(found, bool):
        columns, lines = ["answer"], [{"answer": found}]
    else:
        lines = [
            line if isinstance(line, dict) else dict(zip(("subject", "predicate", "object"), line, strict=True))
            for line in found
        ]
        columns = columns or ["subject", "predicate", "object"]
    typer.echo(rows(columns, lines, shape(form, json), query=text, release=graph.release))


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise BadInput(
            f"{path} cannot be read: {reason}. Give a text file that holds one query, or - for standard input."
        ) from None


def _readable(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Show our own things by their CURIE, and the sentinels for open and unknown dates as nothing."""
    from kg.graph.names import Iri, curie

    return [{name: curie(value) if isinstance(value, Iri) else value for name, value in row.items()} for row in found]
