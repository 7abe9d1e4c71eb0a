"""The commands that read tables of codes: which codes they hold, and the same tables in other codes."""

# No `from __future__ import annotations` here: Typer would have to compile every annotation again at each start.
import shlex
import sys
from contextlib import nullcontext
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kg.errors import BadInput, UsageError
from kg.faces.cli.console import opened, say
from kg.faces.cli.options import Basis, Form, Json, Shape, Where, day, shape, word

if TYPE_CHECKING:
    from kg.faces.library import Graph
    from kg.faces.tables import Format

commands = typer.Typer()


class Level(StrEnum):
    """What codes stand for."""

    pct = "pct"
    ccg = "ccg"
    subicb = "subicb"
    stp = "stp"
    icb = "icb"
    region = "region"


class Scheme(StrEnum):
    """Who gives the codes: the Organisation Data Service, or the Office for National Statistics."""

    ods = "ods"
    gss = "gss"


class OnSplit(StrEnum):
    """What to do with rows of a body that was divided."""

    weigh = "weigh"
    refuse = "refuse"
    list = "list"
    main = "main"


def _since(text: str) -> date | None:
    try:
        return None if text == "auto" else day(text)
    except typer.BadParameter:
        raise UsageError(
            f'--from "{text}" is not a day. Write it as 2015-04-01, or auto to have it found out.'
        ) from None


Column = Annotated[str, typer.Option("--column", "-c", metavar="COL", help="The column of codes.", show_default=False)]
Sheet = Annotated[str | None, typer.Option("--sheet", metavar="NAME", help="The sheet of a workbook that has several.", show_default=False)]  # fmt: skip
To = Annotated[
    date | None,
    typer.Option(
        "--to", parser=day, metavar="DATE", help="The day of the codes you want, as 2022-07-01.", show_default=False
    ),
]
ToLevel = Annotated[
    Level | None,
    typer.Option(
        "--level",
        help="What the codes you want stand for; what the bodies in the table became when not given.",
        show_default=False,
    ),
]
ToScheme = Annotated[
    Scheme | None,
    typer.Option("--scheme", help="Codes of ODS or ONS; those of the table when not given.", show_default=False),
]
Measures = Annotated[
    list[str] | None,
    typer.Option(
        "--measure",
        "-m",
        metavar="MEASURE",
        help="What a column is: count:COL, rate:COL:DENOMINATOR or category:COL. Give one for each; other columns are left out.",
        show_default=False,
    ),
]
Groups = Annotated[
    list[str] | None,
    typer.Option(
        "--by", metavar="COL", help="A column, such as a year, that rows are kept apart by.", show_default=False
    ),
]
ByBasis = Annotated[
    Basis | None,
    typer.Option(
        "--basis",
        help="What to count by where a body was divided; where that is not recorded, the best count that is, and the report says so.",
        show_default=False,
    ),
]
Split = Annotated[
    OnSplit | None,
    typer.Option(
        "--on-split",
        help="Rows of a divided body: weigh by the basis, refuse, list them under no code, or give all to the main part. Refused when no basis is given.",
        show_default=False,
    ),
]
Output = Annotated[
    Path | None,
    typer.Option(
        "--output",
        "-o",
        metavar="OUT",
        help="Where to write the table: .csv, .tsv, .parquet or .xlsx; standard output when not given. With --table: .csv, .parquet or .sssom.tsv.",
        show_default=False,
    ),
]
ReportTo = Annotated[
    Path | None,
    typer.Option(
        "--report",
        metavar="OUT",
        help="Where to write what is estimated, lost or ambiguous: .json, .md or .txt; .csv has the divided codes alone.",
        show_default=False,
    ),
]
#: How many lines of a file are named for a code.
_LINES = 5


@commands.command()
def vintage(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A table: .csv, .tsv, .parquet or .xlsx.", show_default=False)],
    column: Column,
    by: Annotated[str | None, typer.Option("--by", metavar="COL", help="A column, such as a year, whose groups of rows are told apart.", show_default=False)] = None,
    sheet: Sheet = None, form: Form = Shape.text, json: Json = False, store: Where = None,
) -> None:  # fmt: skip
    """Say which codes a column holds: of which level, scheme and years; which fit none, and which are mixed."""
    from kg.answers.course import unrecognised
    from kg.faces import sheets, vintages

    graph = opened(store)
    frame = sheets.read(file, [column, *([by] if by else [])], [], sheet)
    groups = graph.vintage(frame, column, by=by)
    known = any(found.known for found in groups.values())
    if not known and shape(form, json) != "json":
        raise BadInput(f"{file}: {unrecognised(column, next(iter(groups.values())))}")
    odd = {(group, code) for group, found in groups.items() for code in vintages.odd(found)}
    if by:
        lines = sheets.rows_in_groups(file, by, column, odd, _LINES, sheet)
    else:
        lines = {
            ("", code): at
            for code, at in sheets.rows_of(file, column, [code for _, code in odd], _LINES, sheet).items()
        }
    typer.echo(vintages.render(groups, shape(form, json), lines, graph.release, unit=sheets.unit(file)))
    if not known:
        raise typer.Exit(5)


@commands.command()
def crosswalk(
    file: Annotated[Path | None, typer.Argument(metavar="[FILE]", help="A table: .csv, .tsv, .parquet or .xlsx. None with --table.", show_default=False)] = None,
    column: Annotated[str | None, typer.Option("--column", "-c", metavar="COL", help="The column of codes.", show_default=False)] = None,
    to: To = None,
    since: Annotated[str, typer.Option("--from", metavar="auto|DATE", help="The day of the codes in the table; auto finds it out.")] = "auto",
    level: ToLevel = None,
    scheme: ToScheme = None,
    measure: Measures = None,
    by: Groups = None,
    basis: ByBasis = None,
    on_split: Split = None,
    output: Output = None,
    report: ReportTo = None,
    table: Annotated[bool, typer.Option("--table", help="Write the crosswalk table itself, between all codes of two days.")] = False,
    from_level: Annotated[Level | None, typer.Option("--from-level", help="With --table: what the codes on the left stand for.", show_default=False)] = None,
    from_scheme: Annotated[Scheme | None, typer.Option("--from-scheme", help="With --table: who gave the codes on the left; ods when not given.", show_default=False)] = None,
    sheet: Sheet = None, store: Where = None,
) -> None:  # fmt: skip
    """Recode a table of codes to another day and level, with totals kept and a report of what is estimated or lost."""
    if to is None:
        raise UsageError("kg crosswalk needs the day of the codes you want. Give it, as --to 2022-07-01.")
    if table:
        if file or column or measure or by or on_split or report:
            raise UsageError(
                "--table writes the crosswalk between all codes of two days, and takes no file, column, measure or report. "
                "Leave them out, or leave out --table."
            )
        if from_level is None or since == "auto":
            raise UsageError(
                "--table needs the day and level of the codes on the left. Give them, as --from 2015-04-01 --from-level ccg."
            )
        _table(
            opened(store), _since(since) or to, from_level, from_scheme or Scheme.ods, to, level, scheme, basis, output
        )
        return
    if file is None or column is None:
        raise UsageError(
            "kg crosswalk needs a table and its column of codes, as kg crosswalk table.csv --column ccg --to 2022-07-01 "
            "--measure count:patients. For the crosswalk between all codes of two days, add --table."
        )
    if from_level is not None or from_scheme is not None:
        raise UsageError(
            "--from-level and --from-scheme go with --table. Of a file, both are found from its codes. Leave them out."
        )
    _recode(
        opened(store), file, column, sheet, output, report, measures=measure or [], by=by or [], to=to, since=_since(since),
        level=word(level), scheme=word(scheme), basis=word(basis), on_split=word(on_split),
    )  # fmt: skip


def _recode(
    graph: "Graph", file: Path, column: str, sheet: str | None, output: Path | None, report: Path | None, *,
    measures: list[str], by: list[str], **wish: Any,
) -> None:  # fmt: skip
    from kg.answers.measures import Measure, checked, columns
    from kg.answers.recoding import Divided
    from kg.faces import losses, sheets

    read = checked([Measure.read(measure) for measure in measures], column, by)
    for path in (path for path in (output, report) if path):
        sheets.distinct(file, path)
    if output:
        sheets.form_of(output)
    if report:
        _report_form(report)
    if output and report and output.resolve() == report.resolve():
        raise UsageError(
            f"The table and the report cannot both be written to {output}. Name another file for the report."
        )
    words = [*by, *(measure.column for measure in read if measure.kind == "category")]
    numbers = [name for name in columns(read) if name not in words]
    frame = sheets.read(file, [column, *words], numbers, sheet)
    try:
        recoded, told = graph.crosswalk(
            frame, column, measures=measures, by=by, command=shlex.join(["kg", *sys.argv[1:]]), **wish
        )  # fmt: skip
    except Divided as divided:
        places = sheets.rows_of(file, column, divided.codes, _LINES, sheet)
        where = "; ".join(f"{code} {', '.join(map(str, lines))}" for code, lines in sorted(places.items()))
        raise UsageError(f"{divided} {sheets.unit(file).capitalize()}s of {file}: {where}.") from None
    with sheets.written_beside(report) if report else nullcontext() as beside:  # both are left behind, or neither
        if beside and report:
            beside.write_text(losses.render(told, _report_form(report)) + "\n", encoding="utf-8", newline="\n")
        if output:
            sheets.write(recoded, output)
    if not output:
        typer.echo(recoded.collect().write_csv(), nl=False)
    say(losses.summary(told))
    if left := [name for name in sheets.names(file, sheet) if name not in (column, *words, *numbers)]:
        several = told.rows["in"] > told.codes["in"]
        say(
            f"  Left out, being neither measured nor grouped by: {', '.join(name or '(a column without a name)' for name in left)}."
            + (
                " Rows of one code were summed; to keep years or the like apart, name their column with --by."
                if several
                else ""
            )
        )


def _report_form(path: Path) -> "Format":
    forms: dict[str, Format] = {".json": "json", ".md": "markdown", ".txt": "text", ".csv": "csv"}
    if path.suffix.lower() not in forms:
        raise UsageError(f"The ending of {path} does not say which format. End it in one of: {', '.join(forms)}.")
    return forms[path.suffix.lower()]


def _table(
    graph: "Graph", since: date, from_level: Level, from_scheme: Scheme, to: date, level: Level | None, scheme: Scheme | None,
    basis: Basis | None, output: Path | None,
) -> None:  # fmt: skip
    from kg.answers.codebook import NAMES
    from kg.faces import crosswalks, mappings
    from kg.graph import export

    pairs = graph.concordance(
        since, from_level.value, to, word(level), scheme=from_scheme.value, to_scheme=word(scheme), basis=word(basis)
    )
    there = next((pair.to.level for pair in pairs if pair.to), word(level))
    name = f"{since}-{from_level.value}-{from_scheme.value}-to-{to}-{there}-{(scheme or from_scheme).value}"
    about = mappings.About(
        name, f"Codes of {NAMES[from_level.value][1]} of {since} and of {NAMES[there][1]} of {to}", graph.release, since, to,
        (scheme or from_scheme).value, date.today(),
    )  # fmt: skip
    if output is None:
        typer.echo(mappings.as_csv(pairs).decode(), nl=False)
        return
    export.write(output, crosswalks.content(output.name, pairs, about))
    say(f"Wrote {len(pairs):,} pairs of codes to {output}.")
