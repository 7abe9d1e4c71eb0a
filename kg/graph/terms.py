"""Python values to RDF terms, and back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from functools import cache, lru_cache
from typing import Any, Final

import pyoxigraph as ox

from kg.graph.names import PREFIXES, Iri

#: What crosses the interface of a store.
Value = Iri | str | int | float | bool | date

_XSD: Final = PREFIXES["xsd"]


@lru_cache(maxsize=1 << 17, typed=True)  # most values of a graph are said many times; typed tells an Iri from its text
def written(value: Value) -> str:
    """Write a Python value as a term of N-Triples."""
    return f"<{value}>" if isinstance(value, Iri) else str(literal(value))


def literal(value: Value) -> ox.NamedNode | ox.Literal:
    """Give the RDF term for a Python value; dates are xsd:date, whole numbers xsd:integer."""
    if isinstance(value, Iri):
        return ox.NamedNode(value)
    if isinstance(value, bool):
        return ox.Literal(value)
    if isinstance(value, date):
        return ox.Literal(f"{value:%Y-%m-%d}".zfill(10), datatype=ox.NamedNode(_XSD + "date"))
    if isinstance(value, float) and not value.is_integer():
        return ox.Literal(f"{Decimal(repr(value)):f}", datatype=ox.NamedNode(_XSD + "decimal"))
    if isinstance(value, (int, float)):
        return ox.Literal(str(int(value)), datatype=ox.NamedNode(_XSD + "integer"))
    return ox.Literal(value)


_CONVERT: Final[dict[str, Callable[[str], Value]]] = {
    f"{_XSD}{name}": convert
    for convert, names in (
        (str, ("string",)),
        (cache(date.fromisoformat), ("date",)),  # few days, told many times
        (int, ("integer", "int", "long")),
        (lambda text: float(Decimal(text)), ("decimal",)),
        (float, ("double", "float")),
        (lambda text: text in ("true", "1"), ("boolean",)),
    )
    for name in names
}


def native(node: Any) -> Value | None:
    """Give the Python value of an RDF term: Iri, date, int, float, bool, or text for anything else."""
    if node.__class__ is ox.NamedNode:  # most are, and this is asked of every cell
        return Iri(node.value)
    if node is None:
        return None
    if isinstance(node, ox.BlankNode):
        return f"_:{node.value}"
    try:
        return _CONVERT.get(node.datatype.value, str)(node.value)
    except ValueError:  # a literal that is not of its own type is given as it is written
        return str(node.value)
