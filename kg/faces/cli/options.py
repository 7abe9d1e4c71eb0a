"""The options that several commands take, and what an option may say."""

# No `from __future__ import annotations` here: Typer would have to compile every annotation again at each start.
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kg.errors import UsageError

if TYPE_CHECKING:
    from kg.faces.tables import Format


class Shape(StrEnum):
    """How an answer is printed."""

    text = "text"
    json = "json"
    csv = "csv"
    markdown = "markdown"


def day(text: str) -> date:
    """Give the day that is written; refuse anything else."""
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
        parser=day,
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
        metavar="FOLDER|URL",
        help="A compiled graph to ask, or the SPARQL endpoint of an engine that holds it; this installation's own when not given.",
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


class Level(StrEnum):
    """Whether kinds of structure or single organisations are asked about."""

    kind = "kind"
    organisation = "organisation"


class Basis(StrEnum):
    """What divided bodies are counted by."""

    population = "population"
    practices = "practices"
    area = "area"
    budget = "budget"
    postcodes = "postcodes"


AtLevel = Annotated[
    Level | None,
    typer.Option("--level", help="Ask about kinds, or about organisations; of a lineage, about each one of a kind.", show_default=False),
]  # fmt: skip


def shape(form: Shape, json: bool) -> "Format":
    """Give the format that --format and --json ask for together.

    Raises:
        UsageError: they ask for two.
    """
    if json and form not in (Shape.text, Shape.json):
        raise UsageError(f"--json and --format {form.value} ask for two formats at once. Give one of them.")
    return "json" if json else form.value


def word(choice: StrEnum | None) -> Any:
    """Give a choice as the word that the library takes."""
    return choice and choice.value


def assigned(pairs: list[str] | None) -> dict[str, str]:
    """Give parameters that are written key=value.

    Raises:
        UsageError: one has no =, or is given twice.
    """
    given: dict[str, str] = {}
    for pair in pairs or []:
        key, equals, value = pair.partition("=")
        if not equals:
            raise UsageError(f'A parameter is written key=value, and "{pair}" has no =.')
        if not value.strip():
            raise UsageError(f'The parameter "{key}" is empty. Give it a value, as thing=acs.')
        if key in given:
            raise UsageError(f'The parameter "{key}" is given twice: {given[key]} and {value}. Give it once.')
        given[key] = value
    return given
