"""The commands that ask the graph a question of its own: what became of a thing, who belonged to it, how many."""

# No `from __future__ import annotations` here: Typer would have to compile every annotation again at each start.
from collections.abc import Callable
from datetime import date
from typing import Annotated

import typer

from kg.errors import UsageError
from kg.faces.cli.console import opened, print_answer
from kg.faces.cli.options import AsOf, AtLevel, By, Form, Json, Name, Sense, Shape, Where, day, shape, word

commands = typer.Typer()


@commands.command()
def ask(
    sentence: Annotated[str, typer.Argument(help='A question, as "what did ACS become?".', show_default=False)],
    as_of: AsOf = None, form: Form = Shape.text, json: Json = False, store: Where = None, sense: Sense = None,
) -> None:  # fmt: skip
    """Answer a question in plain English."""
    print_answer(opened(store).ask(sentence, as_of=as_of, sense=sense), shape(form, json))


#: The questions about a lineage, by the method of `kg.faces.library.Graph` that answers each.
_OF_A_LINEAGE = {
    "became": "Say what a thing became, step by step, with dates and sources.",
    "before": "Say what a thing was before.",
    "lineage": "Tell the whole line of a thing: what led to it and what it became.",
}


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
        ask = getattr(opened(store), verb)
        print_answer(ask(name, as_of=as_of, sense=sense, only=only, level=word(level)), shape(form, json))

    command.__name__ = verb
    return command


for _verb, _help in _OF_A_LINEAGE.items():
    commands.command(_verb, help=_help)(_of_a_lineage(_verb))

#: The questions of who belonged to what, by the method of `kg.faces.library.Graph` that answers each.
_OF_A_GROUP = {
    "members": "List who belonged to a body on a day, or which bodies were of a kind.",
    "memberships": "List what a body belonged to on a day.",
}


def _of_a_group(verb: str) -> Callable[..., None]:
    def command(
        name: Name,
        as_of: AsOf = None,
        level: AtLevel = None,
        through: Annotated[bool, typer.Option("--through", help="All levels, and not the nearest alone: each body once, with what it was in.")] = False,
        kind: Annotated[str | None, typer.Option("--kind", metavar="KIND", help="Only those that were of this kind on the day, as PCN.", show_default=False)] = None,
        form: Form = Shape.text,
        json: Json = False,
        store: Where = None,
        sense: Sense = None,
    ) -> None:  # fmt: skip
        ask = getattr(opened(store), verb)
        answer = ask(name, as_of=as_of, sense=sense, level=word(level), through=through, kind=kind)
        print_answer(answer, shape(form, json))

    command.__name__ = verb
    return command


for _verb, _help in _OF_A_GROUP.items():
    commands.command(_verb, help=_help)(_of_a_group(_verb))


@commands.command()
def timeline(
    name: Name, as_of: AsOf = None, level: AtLevel = None, form: Form = Shape.text, json: Json = False, store: Where = None, sense: Sense = None,
) -> None:  # fmt: skip
    """Tell everything that happened to a thing, in order of date."""
    print_answer(opened(store).timeline(name, as_of=as_of, sense=sense, level=word(level)), shape(form, json))


@commands.command()
def count(
    kind: Annotated[str, typer.Argument(help="A kind of body, as CCG.", show_default=False)],
    by: By = None, as_of: AsOf = None, form: Form = Shape.text, json: Json = False, store: Where = None, sense: Sense = None,
) -> None:  # fmt: skip
    """Say how many of a kind there were on a day, counted here and as sources state; without a day, every number stated."""
    print_answer(opened(store).count(kind, by=by, as_of=as_of, sense=sense), shape(form, json))


@commands.command()
def population(
    name: Annotated[str, typer.Argument(help="A body, or a kind of body.", show_default=False)],
    by: By = None,
    measure: Annotated[str | None, typer.Option("--measure", metavar="MEASURE", help="population or registered-population; whichever is recorded when not given.")] = None,
    from_: Annotated[str | None, typer.Option("--from", metavar="KIND", help="An earlier kind, whose numbers are carried forward through lineage.")] = None,
    as_of: AsOf = None, form: Form = Shape.text, json: Json = False, store: Where = None, sense: Sense = None,
) -> None:  # fmt: skip
    """Say how many people a body covered, or each body of a kind: as recorded, summed over parts, or carried forward."""
    answer = opened(store).population(name, by=by, measure=measure, from_=from_, as_of=as_of, sense=sense)
    print_answer(answer, shape(form, json))


@commands.command()
def coverage(
    kind: Annotated[str | None, typer.Option("--kind", metavar="NAME", help="One kind, with its years, or one body; every kind when not given.")] = None,
    as_of: AsOf = None, form: Form = Shape.text, json: Json = False, store: Where = None, sense: Sense = None,
) -> None:  # fmt: skip
    """Say what the graph does not know, by kind: dates, fates, codes, groups, numbers of people, shares."""
    print_answer(opened(store).coverage(kind, as_of=as_of, sense=sense), shape(form, json))


@commands.command()
def show(
    name: Name, as_of: AsOf = None, level: AtLevel = None, form: Form = Shape.text, json: Json = False, store: Where = None, sense: Sense = None,
    claims: Annotated[bool, typer.Option("--claims", help="Only what somebody claims: where sources differ, who says what.")] = False,
) -> None:  # fmt: skip
    """Show all that is recorded of a thing: what it is, names, kinds, codes, numbers and claims."""
    print_answer(
        opened(store).show(name, as_of=as_of, sense=sense, claims=claims, level=word(level)),
        shape(form, json),
    )


@commands.command()
def diff(
    since: Annotated[date, typer.Argument(parser=day, metavar="DATE", help="The earlier day, as 2026-03-31.", show_default=False)],
    until: Annotated[date, typer.Argument(parser=day, metavar="DATE", help="The later day, as 2026-04-01.", show_default=False)],
    kind: Annotated[str | None, typer.Option("--kind", metavar="KIND", help="Only this kind and the bodies that were ever of it.", show_default=False)] = None,
    form: Form = Shape.text, json: Json = False, store: Where = None, sense: Sense = None,
) -> None:  # fmt: skip
    """Say what changed between two days: what ended, began, was succeeded, renamed, recoded or moved."""
    print_answer(opened(store).diff(since, until, kind=kind, sense=sense), shape(form, json))


@commands.command()
def find(
    text: Annotated[str, typer.Argument(help="A name or code, or part of one.", show_default=False)],
    as_of: AsOf = None,
    level: AtLevel = None,
    form: Form = Shape.text,
    json: Json = False,
    store: Where = None,
) -> None:
    """List the things that a name, a part of one, or the beginning of a code may mean; else names near it."""
    print_answer(opened(store).find(text, as_of=as_of, level=word(level)), shape(form, json))
