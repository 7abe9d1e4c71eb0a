"""What the columns of a table measure, and so how each may be recoded: counts are summed, rates made again, categories compared."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Literal, get_args

from kg.answers import language as say
from kg.errors import UsageError

Kind = Literal["count", "rate", "category"]
_FORMS: Final = "count:COLUMN, rate:COLUMN:DENOMINATOR or category:COLUMN"


@dataclass(frozen=True)
class Measure:
    """One column of a table, and what it is.

    A count is how many of something a row has. A rate is a number for each one of its `denominator`, another column;
    the two are multiplied, summed and divided again. A category is a word that holds for the whole of a row.

    Raises:
        UsageError: a rate has no denominator, another measure has one, or a name is empty.
    """

    kind: Kind
    column: str
    denominator: str = ""

    def __post_init__(self) -> None:
        if self.kind not in get_args(Kind):
            raise UsageError(f'"{say.shown(self.kind)}" is no kind of measure. Write it as {_FORMS}.')
        if not self.column:
            raise UsageError(f'"{self.kind}:" names no column. Write it as {_FORMS}.')
        name = say.shown(self.column)
        if self.kind == "rate" and not self.denominator:
            raise UsageError(
                f'The rate "{name}" has no denominator, and rates cannot be summed.'
                f" Give the column it is a rate of as rate:{name}:DENOMINATOR, for example rate:{name}:list_size."
            )
        if self.kind != "rate" and self.denominator:
            raise UsageError(f'"{name}" is a {self.kind}, which has no denominator. Only a rate has one.')
        if self.column == self.denominator:
            raise UsageError(f'The rate "{name}" is its own denominator. Name the column that it is a rate of.')

    def __str__(self) -> str:
        return ":".join(filter(None, (self.kind, self.column, self.denominator)))

    @staticmethod
    def read(text: str) -> Measure:
        """Read a measure as it is written on a command line: "count:patients", "rate:smoking:list_size", "category:rating".

        All that follows "count:" or "category:" is the name of the column, colons and all. A rate has to have exactly
        two names, so neither may hold a colon; `Measure("rate", ...)` takes any names.

        Raises:
            UsageError: it cannot be read in one way only.
        """
        kind, _, rest = text.partition(":")
        names = rest.split(":") if kind == "rate" else [rest]
        if len(names) > 2:
            raise UsageError(
                f'It is not clear which two columns "{say.shown(text)}" names. Write rate:COLUMN:DENOMINATOR,'
                ' and rename a column whose name holds ":".'
            )
        match kind:
            case "count" | "rate" | "category":
                return Measure(kind, *names)
        raise UsageError(f'"{say.shown(text)}" is no measure. Write it as {_FORMS}.')


def checked(measures: Iterable[Measure], column: str, by: Sequence[str] = ()) -> tuple[Measure, ...]:
    """Give measures as they were, each once, when together with the column of codes and `by` they make sense.

    A denominator is a count as well, whether or not it is declared as one.

    Raises:
        UsageError: a column has two roles.
    """
    once = tuple(dict.fromkeys(measures))
    roles: dict[str, str] = {column: "the column of codes"}
    for name in by:
        if name in roles:
            raise UsageError(f'The column "{say.shown(name)}" cannot be grouped by: it is {roles[name]} already.')
        roles[name] = "grouped by"
    for measure in once:
        role = f"a rate of {measure.denominator}" if measure.kind == "rate" else f"a {measure.kind}"
        for name, has in ((measure.column, role), *([(measure.denominator, "a count")] if measure.denominator else ())):
            if roles.setdefault(name, has) != has:
                part = "the denominator of a rate, which is a count," if name == measure.denominator else has
                raise UsageError(
                    f'The column "{say.shown(name)}" cannot be {part} and also {roles[name]}. Name it in one role.'
                )
    return once


def counted(measures: Iterable[Measure]) -> tuple[str, ...]:
    """Give the columns that are summed: counts, and the denominators of rates."""
    names = (m.column if m.kind == "count" else m.denominator for m in measures if m.kind != "category")
    return tuple(dict.fromkeys(names))


def columns(measures: Iterable[Measure]) -> tuple[str, ...]:
    """Give the columns that are put out, in order: a denominator that is no count of its own follows its rate."""
    given = tuple(measures)
    own = {measure.column for measure in given}
    each = (
        name
        for m in given
        for name in (m.column, *([m.denominator] if m.denominator and m.denominator not in own else ()))
    )
    return tuple(dict.fromkeys(each))
