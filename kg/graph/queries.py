"""Saved queries: one question per `.rq` file, with a `#+` YAML header as its interface.

#+ summary: the question, as a person would ask it
#+ params: {body: iri, asOf: date}
#+ columns: {member: iri, role: iri}
#+ example: {body: ics-berkshire-west, asOf: 2019-06-01}
#+ tags: [membership]
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Final

from kg.errors import BadInput, UsageError
from kg.graph.names import Iri
from kg.graph.store import Row, Store
from kg.graph.terms import Value

TYPES: Final = ("iri", "date", "text", "integer", "number", "boolean", "any")


@dataclass(frozen=True)
class SavedQuery:
    """A query with its interface; `params` and `columns` map a variable to one of TYPES."""

    name: str
    text: str
    summary: str
    description: str
    params: Mapping[str, str] = field(default_factory=dict)
    columns: Mapping[str, str] = field(default_factory=dict)
    example: Mapping[str, str] = field(default_factory=dict)
    tags: tuple[str, ...] = ()

    def values(self, given: Mapping[str, str], resolve: Callable[[str], Iri], as_of: date) -> dict[str, Value]:
        """Turn words into typed values; a date that is not given is `as_of`.

        Raises:
            UsageError: an unknown or missing parameter, or a value of the wrong type.
        """
        if unknown := sorted(set(given) - set(self.params)):
            raise UsageError(
                f'{self.name} has no parameter "{unknown[0]}". It takes: {", ".join(self.params) or "none"}.'
            )
        values: dict[str, Value] = {}
        for name, kind in self.params.items():
            if name in given:
                values[name] = _value(f"{self.name}: {name}", kind, given[name], resolve)
            elif kind == "date":
                values[name] = as_of
            else:
                example = " ".join(f"{key}={value}" for key, value in self.example.items())
                raise UsageError(f"{self.name} needs {name} ({kind}). For example: kg query {self.name} {example}")
        return values


def refuse_two_days(given: Mapping[str, str], as_of: date | None) -> None:
    """Refuse a query whose day is given twice, as a parameter and beside it, and not the same.

    Raises:
        UsageError: the two differ.
    """
    if as_of is not None and given.get("asOf", as_of.isoformat()) != as_of.isoformat():
        raise UsageError(f"The day is given twice: asOf={given['asOf']}, and as of {as_of}. Give it once.")


def _value(where: str, kind: str, text: str, resolve: Callable[[str], Iri]) -> Value:
    if kind == "iri":
        return resolve(text)
    if kind == "date":
        try:
            return date.fromisoformat(text)
        except ValueError:
            raise UsageError(f'{where} takes a day such as 2019-06-01, and "{text}" is not one.') from None
    if kind == "integer":
        try:
            return int(text)
        except ValueError:
            raise UsageError(f'{where} takes a whole number, and "{text}" is not one.') from None
    return text


class Queries:
    """The saved queries of a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def names(self) -> list[str]:
        return sorted(path.stem for path in self.folder.glob("*.rq"))

    def text(self, name: str) -> str:
        """Give the SPARQL of a query, header and all, which is comment to an engine."""
        return _read(self.folder / f"{name}.rq")

    def run(self, store: Store, name: str, **bindings: Value) -> list[Row]:
        """Run a saved SELECT with values already typed; give its rows, without the parameters that are bound."""
        return store.select(self.text(name), **bindings)

    def get(self, name: str) -> SavedQuery:
        """Give a query with its interface; raise UsageError when there is none of that name."""
        if name not in self.names():
            import difflib

            near = difflib.get_close_matches(name, self.names(), n=3)
            hint = f" Did you mean {' or '.join(near)}?" if near else ""
            raise UsageError(f'There is no saved query "{name}".{hint} See them all with: kg queries')
        return _saved(self.folder / f"{name}.rq")


@cache
def _saved(path: Path) -> SavedQuery:
    return parse(path.stem, _read(path))


@cache
def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def parse(name: str, text: str) -> SavedQuery:
    """Read the header of a query; raise BadInput when it is not the YAML described above."""
    import yaml

    lines = [line[2:].removeprefix(" ") for line in text.splitlines() if line.startswith("#+")]
    try:
        header: Any = yaml.load("\n".join(lines), Loader=yaml.BaseLoader)  # BaseLoader: every value stays text
        params, columns = dict(header.get("params") or {}), dict(header.get("columns") or {})
        if bad := sorted({*params.values(), *columns.values()} - set(TYPES)):
            raise ValueError(f"{bad[0]} is not one of {', '.join(TYPES)}")
        return SavedQuery(
            name, text, header["summary"], header.get("description", ""), params, columns,
            dict(header.get("example") or {}), tuple(header.get("tags") or ()),
        )  # fmt: skip
    except (yaml.YAMLError, AttributeError, KeyError, TypeError, ValueError) as error:
        raise BadInput(
            f"The header of queries/{name}.rq cannot be read ({error}). It is YAML behind #+ with at least a summary."
        ) from None
