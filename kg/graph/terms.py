"""Python values to RDF terms, and back."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any, Final

import pyoxigraph as ox

from kg.graph.names import PREFIXES, Iri

#: What crosses the interface of a store.
Value = Iri | str | int | float | bool | date

_XSD: Final = PREFIXES["xsd"]


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


def native(node: Any) -> Value | None:
    """Give the Python value of an RDF term: Iri, date, int, float, bool, or text for anything else."""
    if node is None:
        return None
    if isinstance(node, ox.NamedNode):
        return Iri(node.value)
    if isinstance(node, ox.BlankNode):
        return f"_:{node.value}"
    kind = node.datatype.value.removeprefix(_XSD)
    try:
        match kind:
            case "date":
                return date.fromisoformat(node.value)
            case "integer" | "int" | "long":
                return int(node.value)
            case "decimal" | "double" | "float":
                return float(Decimal(node.value)) if kind == "decimal" else float(node.value)
            case "boolean":
                return node.value in ("true", "1")
    except ValueError:
        pass
    return str(node.value)
