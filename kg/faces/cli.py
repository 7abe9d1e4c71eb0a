"""The command line: parse, call, print. The only module that prints, exits and reads the clock."""

# No `from __future__ import annotations` here: Typer would have to compile every annotation again at each start.
import contextlib
import os
import shutil
import sys
from collections.abc import Callable
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from kg.errors import BadInput, KgError, UsageError

if TYPE_CHECKING:
    from kg.answers.answer import Answer
    from kg.faces.library import Graph
    from kg.faces.tables import Format

app = typer.Typer(
    name="kg", add_completion=True, no_args_is_help=True, pretty_exceptions_enable=False, rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Ask what the integration structures of the NHS in England were, what each became, who belonged to what, "
    "how many people they served, and on whose word. Not an NHS service.",
)  # fmt: skip

EXIT_CODES = {"answered": 0, "unknown": 0, "not_found": 3, "ambiguous": 4}


class Shape(StrEnum):
    """How an answer is printed."""

    text = "text"
    json = "json"
    csv = "csv"
    markdown = "markdown"


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f'"{text}" is not a day. Write it as 2019-06-01.') from None


Name = Annotated[
    str, typer.Argument(help="A key, code, name (current or former), acronym or alias.", show_default=False)
]
AsOf = Annotated[
    date | None,
    typer.Option(
        "--as-of",
        parser=_day,
        metavar="DATE",
        help="The day to answer for, as 2019-06-01; today when not given.",
        show_default=False,
    ),
]
Form = Annotated[Shape, typer.Option("--format", "-f", help="How to print the answer.")]
Json = Annotated[bool, typer.Option("--json", help="Short for --format json.")]
Where = Annotated[
    str | None,
    typer.Option(
        "--store",
        envvar="KG_STORE",
        metavar="FOLDER",
        help="A compiled graph to ask; this installation's own when not given.",
        show_default=False,
    ),
]
Sense = Annotated[
    str | None,
    typer.Option("--sense", metavar="KEY", help="Which of several things of that name is meant.", show_default=False),
]


By = Annotated[
    str | None,
    typer.Option(
        "--by",
        metavar="KIND",
        help="Group by a kind of body: region, icb, stp, sha, or system for whatever the partnership was called.",
        show_default=False,
    ),
]


def main() -> NoReturn:
    """Run the command line; every fault leaves one paragraph on standard error and its exit code."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    # Words that are not UTF-8 reach Python as halves of characters, which nothing that is looked up can hold.
    sys.argv[1:] = [word.encode("utf-8", "surrogateescape").decode("utf-8", "replace") for word in sys.argv[1:]]
    _keep_only_what_is_asked()
    code = 0
    try:
        app()
    except SystemExit as stop:
        code = stop.code if isinstance(stop.code, int) else 1
    except KgError as error:
        _say(str(error))
        code = error.exit_code
    except BrokenPipeError:
        code = 0  # the reader (head, less) has gone; there is nobody to tell
    except KeyboardInterrupt:
        code = 130
    except Exception as error:
        if os.environ.get("KG_DEBUG"):
            raise
        _say(
            f"kg met something it did not expect ({type(error).__name__}: {error}). This is a fault in kg: please "
            "report it with the command you gave. With KG_DEBUG=1 it says where."
        )
        code = 70
    with contextlib.suppress(OSError):
        sys.stdout.flush()
        sys.stderr.flush()
    # Nothing is left to write, and taking the interpreter and the store down in order takes a tenth of the whole time.
    os._exit(code)


def _keep_only_what_is_asked() -> None:
    """Leave the other commands unread: Typer inspects every parameter of every command at each start."""
    word = sys.argv[1] if len(sys.argv) > 1 else ""
    asked = [command for command in app.registered_commands if command.callback and command.callback.__name__ == word]
    if asked and "_KG_COMPLETE" not in os.environ:
        app.registered_commands = asked


def _say(text: str) -> None:
    typer.echo(text, err=True)


def _open(store: str | None) -> "Graph":
    from kg.faces.library import open_graph

    if store and "://" in store:
        raise UsageError("Remote SPARQL endpoints cannot be asked yet. Give --store a folder that kg build made.")
    return open_graph(store, progress=_say)


def _shape(form: Shape, json: bool) -> "Format":
    if json and form not in (Shape.text, Shape.json):
        raise UsageError(f"--json and --format {form.value} ask for two formats at once. Give one of them.")
    return "json" if json else form.value


def _print(answer: "Answer", form: "Format") -> None:
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


@app.command()
def ask(
    sentence: Annotated[str, typer.Argument(help='A question, as "what did ACS become?".', show_default=False)],
    as_of: AsOf = None, form: Form = Shape.text, json: Json = False, store: Where = None, sense: Sense = None,
) -> None:  # fmt: skip
    """Answer a question in plain English."""
    _print(_open(store).ask(sentence, as_of=as_of, sense=sense), _shape(form, json))


class Level(StrEnum):
    """Whether kinds of structure or single organisations are asked about."""

    kind = "kind"
    organisation = "organisation"


AtLevel = Annotated[
    Level | None,
    typer.Option("--level", help="Ask about kinds, or about organisations; of a lineage, about each one of a kind.", show_default=False),
]  # fmt: skip

#: The questions about a lineage, by the method of `kg.faces.library.Graph` that answers each.
_OF_A_LINEAGE = {
    "became": "Say what a thing became, step by step, with dates and sources.",
    "before": "Say what a thing was before.",
    "lineage": "Tell the whole line of a thing: what led to it and what it became.",
}


def _word(choice: StrEnum | None) -> Any:
    """Give a choice as the word that the library takes."""
    return choice and choice.value


def _of_a_lineage(verb: str) -> Callable[..., None]:
    def command(
        name: Name,
        as_of: AsOf = None,
        level: AtLevel = None,
        legal: Annotated[bool, typer.Option("--legal", help="Only what passed in law: bodies and duties, not a code alone.")] = False,
        codes: Annotated[bool, typer.Option("--codes", help="Only what carried codes on, or joined or divided the bodies that bear them; not duties that passed alone.")] = False,
        form: Form = Shape.text,
        json: Json = False,
        store: Where = None,
        sense: Sense = None,
    ) -> None:  # fmt: skip
        if legal and codes:
            raise UsageError("--legal and --codes each keep to one lineage. Give one of them, or neither for both.")
        only = "legal" if legal else "codes" if codes else None
        ask = getattr(_open(store), verb)
        _print(ask(name, as_of=as_of, sense=sense, only=only, level=_word(level)), _shape(form, json))

    command.__name__ = verb
    return command


for _verb, _help in _OF_A_LINEAGE.items():
    app.command(_verb, help=_help)(_of_a_lineage(_verb))

#: The questions that take one name, by the method of `kg.faces.library.Graph` that answers each.
_OF_A_NAME = {
    "members": "List who belonged to a body on a day, or which bodies were of a kind.",
    "memberships": "List what a body belonged to on a day.",
    "timeline": "Tell everything that happened to a thing, in order of date.",
}


def _of_a_name(verb: str) -> Callable[..., None]:
    def command(
        name: Name,
        as_of: AsOf = None,
        level: AtLevel = None,
        form: Form = Shape.text,
        json: Json = False,
        store: Where = None,
        sense: Sense = None,
    ) -> None:
        ask = getattr(_open(store), verb)
        _print(ask(name, as_of=as_of, sense=sense, level=_word(level)), _shape(form, json))

    command.__name__ = verb
    return command


for _verb, _help in _OF_A_NAME.items():
    app.command(_verb, help=_help)(_of_a_name(_verb))


@app.command()
def count(
    kind: Annotated[str, typer.Argument(help="A kind of body, as CCG.", show_default=False)],
    by: By = None, as_of: AsOf = None, form: Form = Shape.text, json: Json = False, store: Where = None, sense: Sense = None,
) -> None:  # fmt: skip
    """Say how many of a kind there were on a day, counted here and as sources state; without a day, every number stated."""
    _print(_open(store).count(kind, by=by, as_of=as_of, sense=sense), _shape(form, json))


@app.command()
def population(
    name: Annotated[str, typer.Argument(help="A body, or a kind of body.", show_default=False)],
    by: By = None,
    measure: Annotated[str | None, typer.Option("--measure", metavar="MEASURE", help="population or registered-population; whichever is recorded when not given.")] = None,
    from_: Annotated[str | None, typer.Option("--from", metavar="KIND", help="An earlier kind, whose numbers are carried forward through lineage.")] = None,
    as_of: AsOf = None, form: Form = Shape.text, json: Json = False, store: Where = None, sense: Sense = None,
) -> None:  # fmt: skip
    """Say how many people a body covered, or each body of a kind: as recorded, summed over parts, or carried forward."""
    answer = _open(store).population(name, by=by, measure=measure, from_=from_, as_of=as_of, sense=sense)
    _print(answer, _shape(form, json))


@app.command()
def coverage(
    kind: Annotated[str | None, typer.Option("--kind", metavar="NAME", help="One kind, with its years, or one body; every kind when not given.")] = None,
    as_of: AsOf = None, form: Form = Shape.text, json: Json = False, store: Where = None, sense: Sense = None,
) -> None:  # fmt: skip
    """Say what the graph does not know, by kind: dates, fates, codes, groups, numbers of people, shares."""
    _print(_open(store).coverage(kind, as_of=as_of, sense=sense), _shape(form, json))


@app.command()
def show(
    name: Name, as_of: AsOf = None, level: AtLevel = None, form: Form = Shape.text, json: Json = False, store: Where = None, sense: Sense = None,
    claims: Annotated[bool, typer.Option("--claims", help="Only what somebody claims: where sources differ, who says what.")] = False,
) -> None:  # fmt: skip
    """Show all that is recorded of a thing: what it is, names, kinds, codes, numbers and claims."""
    _print(
        _open(store).show(name, as_of=as_of, sense=sense, claims=claims, level=_word(level)),
        _shape(form, json),
    )


@app.command()
def diff(
    since: Annotated[date, typer.Argument(parser=_day, metavar="DATE", help="The earlier day, as 2026-03-31.", show_default=False)],
    until: Annotated[date, typer.Argument(parser=_day, metavar="DATE", help="The later day, as 2026-04-01.", show_default=False)],
    kind: Annotated[str | None, typer.Option("--kind", metavar="KIND", help="Only this kind and the bodies that were ever of it.", show_default=False)] = None,
    form: Form = Shape.text, json: Json = False, store: Where = None, sense: Sense = None,
) -> None:  # fmt: skip
    """Say what changed between two days: what ended, began, was succeeded, renamed, recoded or moved."""
    _print(_open(store).diff(since, until, kind=kind, sense=sense), _shape(form, json))


@app.command()
def find(
    text: Annotated[str, typer.Argument(help="A name, or part of one.", show_default=False)],
    as_of: AsOf = None,
    level: AtLevel = None,
    form: Form = Shape.text,
    json: Json = False,
    store: Where = None,
) -> None:
    """List the things that a name may mean; names near it are suggested."""
    _print(_open(store).find(text, as_of=as_of, level=_word(level)), _shape(form, json))


@app.command()
def queries(form: Form = Shape.text, json: Json = False, store: Where = None) -> None:
    """List the saved queries, each with the parameters it takes."""
    from kg.faces.tables import rows

    graph = _open(store)
    saved = [graph.graph.queries.get(name) for name in graph.graph.queries.names()]
    lines = [
        {
            "name": query.name,
            "params": " ".join(f"{name}:{kind}" for name, kind in query.params.items()),
            "question": query.summary,
        }
        for query in saved
    ]
    typer.echo(rows(("name", "params", "question"), lines, _shape(form, json), release=graph.release))


@app.command()
def query(
    name: Annotated[str, typer.Argument(help="A saved query; kg queries lists them.", show_default=False)],
    params: Annotated[list[str] | None, typer.Argument(help="Parameters, as body=ics-frimley asOf=2019-06-01.", show_default=False)] = None,
    as_of: AsOf = None, form: Form = Shape.text, json: Json = False, store: Where = None,
) -> None:  # fmt: skip
    """Run a saved query by name."""
    from kg.faces.tables import rows

    given: dict[str, str] = {}
    for pair in params or []:
        key, equals, value = pair.partition("=")
        if not equals:
            raise UsageError(f'A parameter is written key=value, and "{pair}" has no =.')
        if key in given:
            raise UsageError(f'The parameter "{key}" is given twice: {given[key]} and {value}. Give it once.')
        given[key] = value
    graph = _open(store)
    found = graph.query(name, given, as_of=as_of)
    columns = list(graph.graph.queries.get(name).columns)
    typer.echo(rows(columns, _readable(found), _shape(form, json), query=name, params=given, release=graph.release))


@app.command()
def sparql(
    source: Annotated[str, typer.Argument(metavar="FILE|-", help="A file that holds a query, or - for standard input.", show_default=False)],
    form: Form = Shape.text, json: Json = False, store: Where = None,
) -> None:  # fmt: skip
    """Run a read-only SPARQL 1.1 query over the whole graph; updates, FROM and SERVICE are refused."""
    from kg.faces.tables import rows

    text = sys.stdin.read() if source == "-" else _read(Path(source))
    graph = _open(store)
    columns, found = graph.sparql(text)
    if isinstance(found, bool):
        columns, lines = ["answer"], [{"answer": found}]
    else:
        lines = [
            line if isinstance(line, dict) else dict(zip(("subject", "predicate", "object"), line, strict=True))
            for line in found
        ]
        columns = columns or ["subject", "predicate", "object"]
    typer.echo(rows(columns, lines, _shape(form, json), query=text, release=graph.release))


@app.command()
def build(store: Where = None) -> None:
    """Compile the graph, here or into a folder; it is written beside its place and moved in."""
    from kg.graph import compiled
    from kg.graph.inputs import Inputs

    inputs = Inputs.default()
    folder = Path(store) if store else compiled.default_folder(inputs)
    manifest = compiled.compile_into(folder, inputs)
    quads = sum(manifest["quads"].values())
    _say(f"Compiled {quads:,} statements and {manifest['names']:,} names into {folder}, release {manifest['release']}.")


@app.command()
def check(form: Form = Shape.text, json: Json = False) -> None:
    """Look for faults: rows of data/, SHACL shapes, and hygiene queries. Exit 1 when there is any."""
    from kg.faces import report
    from kg.graph.check import check as run
    from kg.graph.inputs import Inputs

    found = run(Inputs.default())
    typer.echo(report.render(found, _shape(form, json)))
    if not found.ok:
        raise typer.Exit(1)


Output = Annotated[
    str,
    typer.Option(
        "--output", "-o", metavar="FILE", show_default=False,
        help="Where to write; the ending chooses: .ttl .jsonld .nq .graphml .csv. - is standard output.",
    ),
]  # fmt: skip
ExportFormat = Annotated[
    str | None,
    typer.Option(
        "--to", metavar="FORMAT", show_default=False,
        help="turtle, json-ld, n-quads, graphml or csv, when the ending does not say.",
    ),
]  # fmt: skip


@app.command()
def export(output: Output, to: ExportFormat = None, store: Where = None) -> None:
    """Write the graph out as Turtle, JSON-LD, N-Quads, GraphML or CSV."""
    from kg.graph import export as exporting

    path = Path(output)
    form = to or exporting.ENDINGS.get(path.suffix.lower(), "")
    if not form:
        raise UsageError(
            f'The ending of "{output}" does not say which format. End it in {", ".join(exporting.ENDINGS)}, or add --to.'
        )
    data = exporting.export(_open(store).graph, form)
    if output == "-":
        sys.stdout.buffer.write(data)
        return
    exporting.write(path, data)
    _say(f"Wrote {len(data):,} bytes to {output}.")


class Basis(StrEnum):
    """What is counted in each small area."""

    population = "population"
    area = "area"
    practices = "practices"


@app.command()
def shares(
    before: Annotated[Path | None, typer.Argument(metavar="[FROM]", help="The earlier lookup of small areas, or file of practices (epraccur).", show_default=False)] = None,
    after: Annotated[Path | None, typer.Argument(metavar="[TO]", help="The later one.", show_default=False)] = None,
    weights: Annotated[Path | None, typer.Option("--weights", metavar="FILE", help="People by small area; without it each area counts one.", show_default=False)] = None,
    through: Annotated[Path | None, typer.Option("--through", metavar="FILE", help="The lookup between small areas of two censuses, if they differ.", show_default=False)] = None,
    basis: Annotated[Basis | None, typer.Option("--basis", help="What is counted; found from the files when not given.", show_default=False)] = None,
    from_column: Annotated[str, typer.Option("--from-column", metavar="NAME", help="Which column of codes of FROM; the first when not given.", show_default=False)] = "",
    to_column: Annotated[str, typer.Option("--to-column", metavar="NAME", help="Which column of codes of TO; the first when not given.", show_default=False)] = "",
    inputs: Annotated[Path | None, typer.Option("--inputs", metavar="FOLDER", help="The folder with the files of data/inputs.csv: compute all shares.", show_default=False)] = None,
    check: Annotated[bool, typer.Option("--check", help="With --inputs: write nothing, and exit 1 when data/shares.csv is not as computed.")] = False,
    populations: Annotated[bool, typer.Option("--populations", help="With --inputs: print how many lived in each body, as rows of observations.csv.")] = False,
    form: Form = Shape.text, json: Json = False,
) -> None:  # fmt: skip
    """Compute who went where between two lookups of small areas, or all of data/shares.csv from its files."""
    if inputs is not None:
        if before or after or weights or through or basis:
            raise UsageError(
                "--inputs computes the whole table, and takes no files of its own. Give files or a folder."
            )
        if check and populations:
            raise UsageError("--check looks at shares and --populations at people. Give one of them.")
        _recompute(inputs, check=check, populations=populations)
        return
    if before is None or after is None or check or populations:
        raise UsageError(
            "kg shares needs either two files, as kg shares CCG21.csv SICBL22.csv --weights POPULATION.csv, or the folder "
            "that holds the files of data/inputs.csv, as kg shares --inputs FOLDER. Add --check to look and not write."
        )
    from kg import RELEASE
    from kg.faces import flows
    from kg.faces.tables import rows

    asked = flows.Asked(before, after, weights, through, basis.value if basis else None, from_column, to_column)
    lines, notes = flows.table(asked)
    for note in notes:
        _say(note)
    typer.echo(rows(flows.COLUMNS, lines, _shape(form, json), release=RELEASE))


def _recompute(folder: Path, *, check: bool, populations: bool) -> None:
    """Compute the table of shares, or populations, from publishers' files, and say what no event explains."""
    from kg.facts import comparisons, curated
    from kg.graph.inputs import Inputs

    data = Inputs.default().data
    facts, _ = curated.read(data)  # faults elsewhere in data/ are told by kg check
    if populations:
        people, unplaced = comparisons.populations(facts, folder)
        for line in unplaced:
            _say(line)
        typer.echo(comparisons.observations(people), nl=False)
        return
    done, path = comparisons.compute(facts, folder), data / "shares.csv"
    for line in [*done.notes, *done.unplaced]:
        _say(line)
    written = path.read_text(encoding="utf-8") if path.is_file() else ""
    if not check:
        path.write_text(done.table, encoding="utf-8", newline="\n")
        _say(f"Wrote {len(done.rows)} shares to {path}; {len(done.unplaced)} flows have no event.")
    elif written == done.table:
        _say(f"data/shares.csv is as computed: {len(done.rows)} shares; {len(done.unplaced)} flows have no event.")
    else:
        typer.echo("\n".join(comparisons.difference(written, done.table)))
        _say("data/shares.csv is not as computed from these files. Run kg shares --inputs FOLDER to write it anew.")
        raise typer.Exit(1)


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


@app.callback(invoke_without_command=True)
def _version(version: Annotated[bool, typer.Option("--version", help="Print the release and stop.")] = False) -> None:
    if version:
        from kg import RELEASE

        typer.echo(f"kg {RELEASE}")
        raise typer.Exit


if __name__ == "__main__":
    main()
