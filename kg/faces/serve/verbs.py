"""The questions that the API answers, each with its parameters: the same as those of the command line."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final, Literal, NamedTuple

from kg.answers.answer import Answer
from kg.errors import UsageError
from kg.faces.library import Graph

Sort = Literal["text", "day", "flag"]
#: No name, question or code is longer.
LONGEST: Final = 500
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class Parameter(NamedTuple):
    """A parameter of a question.

    `argument` is what the method of `Graph` calls it, where that is another word; `also` are names that it is taken by besides.
    """

    name: str
    help: str
    sort: Sort = "text"
    required: bool = False
    choices: tuple[str, ...] = ()
    argument: str = ""
    also: tuple[str, ...] = ()


class Verb(NamedTuple):
    """A question: what it asks, and what it takes; those required come first, and are given by position."""

    name: str
    summary: str
    parameters: tuple[Parameter, ...]

    def ask(self, graph: Graph, given: Mapping[str, str]) -> Answer:
        """Answer the question with parameters as text.

        Raises:
            UsageError: a parameter is unknown, missing or of the wrong sort.
        """
        values = read(self.parameters, given)
        first = [values.pop(parameter.name) for parameter in self.parameters if parameter.required]
        named = {(parameter.argument or parameter.name): parameter.name for parameter in self.parameters}
        method: Callable[..., Answer] = getattr(graph, self.name)
        return method(*first, **{word: values[name] for word, name in named.items() if name in values})


def read(parameters: tuple[Parameter, ...], given: Mapping[str, str]) -> dict[str, Any]:
    """Give parameters as values.

    Raises:
        UsageError: one is unknown, missing or of the wrong sort.
    """
    names = [parameter.name for parameter in parameters]
    meant = {also: parameter.name for parameter in parameters for also in parameter.also}
    if twice := next((word for word in given if meant.get(word) in given), None):
        raise UsageError(f"The parameters {twice} and {meant[twice]} are the same. Give one of them.")
    given = {meant.get(word, word): value for word, value in given.items()}
    if unknown := sorted(set(given) - set(names)):
        raise UsageError(f'There is no parameter "{unknown[0][:80]}" here. The parameters: {", ".join(names)}.')
    values = {parameter.name: _value(parameter, given[parameter.name]) for parameter in parameters if parameter.name in given}  # fmt: skip
    if missing := [parameter for parameter in parameters if parameter.required and parameter.name not in given]:
        raise UsageError(
            f"The parameter {missing[0].name} is missing: {missing[0].help[0].lower()}{missing[0].help[1:]}"
        )
    return values


def _value(parameter: Parameter, text: str) -> Any:
    if parameter.sort == "flag":
        if text not in ("true", "false"):
            raise UsageError(f'The parameter {parameter.name} is true or false, and "{text[:80]}" is neither.')
        return text == "true"
    if parameter.sort == "day":
        return day(parameter.name, text)
    if not text.strip() or len(text) > LONGEST:
        raise UsageError(f"The parameter {parameter.name} takes from 1 to {LONGEST} characters, and not only spaces.")
    if parameter.choices and text not in parameter.choices:
        raise UsageError(
            f'The parameter {parameter.name} is one of {", ".join(parameter.choices)}, and "{text[:80]}" is not.'
        )
    return text


def day(name: str, text: str) -> date:
    """Give the day that a parameter states; raise UsageError when it states none."""
    try:
        if not _DAY.fullmatch(text):
            raise ValueError
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError(f'The parameter {name} is a day such as 2019-06-01, and "{text[:80]}" is not.') from None


NAME: Final = Parameter("name", "A key, code, name (current or former), acronym or alias.", required=True)
AS_OF: Final = Parameter("as_of", "The day to answer for; today when not given.", "day", also=("date",))
SENSE: Final = Parameter("sense", "The key of which of several things of that name is meant.")
LEVEL: Final = Parameter(
    "level", "Whether kinds of structure or single organisations are asked about.", choices=("kind", "organisation")
)
ONLY: Final = Parameter(
    "only", "Only what passed in law, or only what carried codes on; both when not given.", choices=("legal", "codes")
)
BY: Final = Parameter("by", "A kind of body to group by: region, icb, stp, sha, or system.")
KIND: Final = Parameter("kind", "One kind of structure, as CCG.")

_LINEAGE: Final = (NAME, AS_OF, LEVEL, ONLY, SENSE)
_ON_A_DAY: Final = (NAME, AS_OF, LEVEL, SENSE)
THROUGH: Final = Parameter("through", "All levels, and not the nearest alone.", "flag")
OF_KIND: Final = Parameter("kind", "Only those that were of this kind on the day, as PCN.")

VERBS: Final = {
    verb.name: verb
    for verb in (
        Verb(
            "ask", "Answer a question in plain English.",
            (Parameter("sentence", 'A question, as "what did ACS become?".', required=True, also=("q", "question")), AS_OF, SENSE),
        ),
        Verb("became", "Say what a thing became, step by step, with dates and sources.", _LINEAGE),
        Verb("before", "Say what a thing was before.", _LINEAGE),
        Verb("lineage", "Tell the whole line of a thing: what led to it and what it became.", _LINEAGE),
        Verb("members", "List who belonged to a body on a day, or which bodies were of a kind.", (*_ON_A_DAY, THROUGH, OF_KIND)),
        Verb("memberships", "List what a body belonged to on a day.", (*_ON_A_DAY, THROUGH, OF_KIND)),
        Verb("timeline", "Tell everything that happened to a thing, in order of date.", _ON_A_DAY),
        Verb(
            "count", "Say how many of a kind there were on a day, counted here and as sources state.",
            (Parameter("kind", "A kind of body, as CCG.", required=True), BY, AS_OF, SENSE),
        ),
        Verb(
            "population", "Say how many people a body covered, or each body of a kind.",
            (
                Parameter("name", "A body, or a kind of body.", required=True), BY,
                Parameter("measure", "Which number; whichever is recorded when not given.", choices=("population", "registered-population")),
                Parameter("from", "An earlier kind, whose numbers are carried forward through lineage.", argument="from_"), AS_OF, SENSE,
            ),
        ),
        Verb("coverage", "Say what the graph does not know.", (Parameter("kind", "One kind, or one body; every kind when not given."), AS_OF, SENSE)),
        Verb(
            "show", "Show all that is recorded of a thing: what it is, names, kinds, codes, numbers and claims.",
            (NAME, AS_OF, LEVEL, SENSE, Parameter("claims", "Only what somebody claims.", "flag")),
        ),
        Verb(
            "diff", "Say what changed after one day and up to another.",
            (
                Parameter("since", "The earlier day.", "day", required=True, also=("from",)),
                Parameter("until", "The later day.", "day", required=True, also=("to",)),
                KIND, SENSE,
            ),
        ),
        Verb(
            "find", "List the things that a name, a part of one, or the beginning of a code may mean; else names near it.",
            (Parameter("text", "A name, code or acronym, or part of one.", required=True, also=("q", "name")), AS_OF, LEVEL),
        ),
    )
}  # fmt: skip
