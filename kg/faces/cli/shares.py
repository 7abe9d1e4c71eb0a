"""The command that computes shares from publishers' files."""

# No `from __future__ import annotations` here: Typer would have to compile every annotation again at each start.
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from kg.errors import UsageError
from kg.faces.cli.console import say
from kg.faces.cli.options import Form, Json, Shape, shape

commands = typer.Typer()


class Basis(StrEnum):
    """What is counted in each small area."""

    population = "population"
    area = "area"
    practices = "practices"


@commands.command()
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
        say(note)
    typer.echo(rows(flows.COLUMNS, lines, shape(form, json), release=RELEASE))


def _recompute(folder: Path, *, check: bool, populations: bool) -> None:
    """Compute the table of shares, or populations, from publishers' files, and say what no event explains."""
    from kg.facts import comparisons, curated
    from kg.graph.inputs import Inputs

    data = Inputs.default().data
    facts, _ = curated.read(data)  # faults elsewhere in data/ are told by kg check
    if populations:
        people, unplaced = comparisons.populations(facts, folder)
        for line in unplaced:
            say(line)
        typer.echo(comparisons.observations(people), nl=False)
        return
    done, path = comparisons.compute(facts, folder), data / "shares.csv"
    for line in [*done.notes, *done.unplaced]:
        say(line)
    written = path.read_text(encoding="utf-8") if path.is_file() else ""
    if not check:
        path.write_text(done.table, encoding="utf-8", newline="\n")
        say(f"Wrote {len(done.rows)} shares to {path}; {len(done.unplaced)} flows have no event.")
    elif written == done.table:
        say(f"data/shares.csv is as computed: {len(done.rows)} shares; {len(done.unplaced)} flows have no event.")
    else:
        typer.echo("\n".join(comparisons.difference(written, done.table)))
        say("data/shares.csv is not as computed from these files. Run kg shares --inputs FOLDER to write it anew.")
        raise typer.Exit(1)
