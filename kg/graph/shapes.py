"""SHACL over a store: which rules of `ontology/shapes.ttl` which nodes break.

The part of SHACL Core that the shapes use, and no more: a word that is not known here is refused, never passed
over. Results equal those of a general SHACL engine, to which the tests hold them (docs/decisions/0013).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache, lru_cache
from operator import ge, gt, le
from typing import Any, Final, Literal

import pyoxigraph as ox

from kg.errors import BadInput
from kg.graph.names import PREFIXES

Severity = Literal["fault", "warning"]
Term = Any  #: ox.NamedNode, ox.BlankNode or ox.Literal
Values = frozenset[Term] | set[Term]

#: Whether one value is as it must be, and the word of SHACL that asks for it.
Each = tuple[str, Callable[[Term], bool]]
#: What is wrong with all values of a property of one node: the word of SHACL, and the value, if one is to blame.
Whole = Callable[[Term, Values], Iterator[tuple[str, Term | None]]]

_SH: Final = PREFIXES["sh"]
_TYPE: Final = ox.NamedNode(PREFIXES["rdf"] + "type")
_SUBCLASS: Final = ox.NamedNode(PREFIXES["rdfs"] + "subClassOf")
_NOTHING: Final = frozenset[Term]()

#: How a literal is written, and what it is, for the types that kg writes; one of another type has no value here.
_TYPES: Final[Mapping[str, tuple[str, Callable[[str], Any]]]] = {
    PREFIXES["xsd"] + "string": (r"(?s:.*)", str),
    PREFIXES["xsd"] + "integer": (r"[+-]?[0-9]+", int),
    PREFIXES["xsd"] + "decimal": (r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)", Decimal),
    PREFIXES["xsd"] + "date": (r"[0-9]{4}-[0-9]{2}-[0-9]{2}", date.fromisoformat),
}

_BOUNDS: Final = {"minInclusive": ge, "minExclusive": gt, "maxInclusive": le}


@dataclass(frozen=True)
class Result:
    """One rule that one node breaks; `word` is the part of it that is broken, as in sh:minCount."""

    node: str
    rule: str
    word: str
    path: str
    message: str
    severity: Severity
    value: str | None


class Triples:
    """The statements of all graphs of a store, read by property, each property once."""

    def __init__(self, store: ox.Store) -> None:
        self._store = store
        self.along = cache(self._along)
        self.instances = cache(self._instances)

    def _along(self, predicate: Term, *, inverse: bool = False) -> Mapping[Term, set[Term]]:
        """Give the values of a property by node, or, inverse, the nodes by value."""
        found: dict[Term, set[Term]] = {}
        for quad in self._store.quads_for_pattern(None, predicate, None, None):
            node, value = (quad.object, quad.subject) if inverse else (quad.subject, quad.object)
            found.setdefault(node, set()).add(value)
        return found

    def _instances(self, class_: Term) -> set[Term]:
        """Give what is of a class or of one narrower than it."""
        narrower, classes, todo = self.along(_SUBCLASS, inverse=True), {class_}, [class_]
        while todo:
            todo = [found for wide in todo for found in narrower.get(wide, _NOTHING) if found not in classes]
            classes.update(todo)
        members = self.along(_TYPE, inverse=True)
        return set[Term]().union(*(members.get(one, _NOTHING) for one in classes))


class Shapes:
    """The shapes of a Turtle document; BadInput when it is none."""

    def __init__(self, turtle: str) -> None:
        self._said: dict[Term, dict[str, list[Term]]] = {}
        try:
            for quad in ox.parse(turtle, ox.RdfFormat.TURTLE):
                words = self._said.setdefault(quad.subject, {})
                words.setdefault(quad.predicate.value.removeprefix(_SH), []).append(quad.object)
        except SyntaxError as error:
            raise BadInput(f"ontology/shapes.ttl is not Turtle: {error}. Mend the file, then check again.") from None
        kind, signs = ox.NamedNode(_SH + "NodeShape"), ("property", "target")
        self.named = [
            shape
            for shape, words in self._said.items()
            if kind in words.get(_TYPE.value, ()) or any(word.startswith(signs) for word in words)
        ]

    def results(self, store: ox.Store) -> Iterator[Result]:
        """Try every shape on the graphs of a store, taken as one.

        Raises:
            BadInput: a shape uses a word of SHACL that is not known here, or leaves out one it needs.
        """
        triples = Triples(store)
        for shape in self.named:
            words = self._words(shape, {"targetClass", "property"})
            nodes = set[Term]().union(*(triples.instances(target) for target in words["targetClass"]))
            for rule in words["property"]:
                yield from self._rule(triples, rule, nodes)

    def _rule(self, triples: Triples, rule: Term, nodes: Iterable[Term]) -> Iterator[Result]:
        words = self._words(rule, {"path", "message", "severity", *_EACH, *_WHOLE, "qualifiedValueShape"})
        predicates, inverse = self._path(self.one(rule, "path"))
        roads = [triples.along(predicate, inverse=inverse) for predicate in predicates]
        message = self.one(rule, "message").value
        severity: Severity = "warning" if words["severity"] == [ox.NamedNode(_SH + "Warning")] else "fault"
        try:
            each, wholes = self._each(triples, rule), list(self._whole(triples, rule))
        except (ValueError, re.error) as error:  # what should be a number is none, or a pattern is not closed
            raise BadInput(f"ontology/shapes.ttl has a fault in {rule}: {error}. Mend it, then check again.") from None
        for node in nodes:
            values: Values = roads[0].get(node, _NOTHING)
            for road in roads[1:]:
                values = values | road.get(node, _NOTHING)
            broken = [(word, value) for word, holds in each for value in values if not holds(value)]
            for whole in wholes:
                broken.extend(whole(node, values))
            for word, value in broken:
                shown = None if value is None else value.value
                yield Result(node.value, rule.value, word, predicates[0].value, message, severity, shown)

    def _each(self, triples: Triples, shape: Term) -> list[Each]:
        """Give what a shape asks of every value."""
        return [
            (word, _EACH[word](self, triples, argument))
            for word, arguments in self._said[shape].items()
            if word in _EACH
            for argument in arguments
        ]

    def _whole(self, triples: Triples, rule: Term) -> Iterator[Whole]:
        """Give what a rule asks of all values together."""
        for word, arguments in self._said[rule].items():
            if word in _WHOLE:
                for argument in arguments:
                    yield _WHOLE[word](self, triples, rule, argument)

    def conforms(self, triples: Triples, shape: Term) -> Callable[[Term], bool]:
        """Give the test of a shape inside another, which may ask only what is asked of a single value."""
        self._words(shape, set(_EACH))
        each = self._each(triples, shape)
        return lambda term: all(holds(term) for _, holds in each)

    def items(self, head: Term) -> list[Term]:
        """Give the members of an RDF list."""
        found = []
        while head.value != PREFIXES["rdf"] + "nil":
            found.append(self.one(head, PREFIXES["rdf"] + "first"))
            head = self.one(head, PREFIXES["rdf"] + "rest")
        return found

    def _path(self, path: Term) -> tuple[list[Term], bool]:
        """Give the properties that a rule looks at, the first being the one it is reported at, and whether backwards."""
        if isinstance(path, ox.NamedNode):
            return [path], False
        inverse = "inversePath" in self._said.get(path, {})
        word = "inversePath" if inverse else "alternativePath"
        self._words(path, {word})
        found = [self.one(path, word)] if inverse else self.items(self.one(path, word))
        if not all(isinstance(predicate, ox.NamedNode) for predicate in found):
            raise BadInput("ontology/shapes.ttl has a path within a path. Name the properties themselves.")
        return found, inverse

    def _words(self, shape: Term, known: set[str]) -> Mapping[str, list[Term]]:
        """Give what is said of a shape, each known word with a list; refuse any other."""
        said = self._said.get(shape, {})
        for word in said:
            if word not in known and word != _TYPE.value:
                raise BadInput(
                    f"ontology/shapes.ttl says {word} of {shape}, which kg check cannot run there. "
                    "Say it in other words of SHACL, or as a query in queries/checks/."
                )
        return {word: said.get(word, []) for word in known}

    def one(self, shape: Term, word: str) -> Term:
        """Give what a shape says once; refuse it said twice or not at all."""
        found = self._said.get(shape, {}).get(word, [])
        if len(found) != 1:
            raise BadInput(f"ontology/shapes.ttl says {word} {len(found)} times of {shape}. Say it once.")
        return found[0]


@lru_cache(maxsize=1 << 17)  # the same days and words are said many times
def _value(term: Term) -> Any:
    """Give the Python value of a literal that is well written, None for any other term."""
    if not isinstance(term, ox.Literal) or term.datatype.value not in _TYPES:
        return None
    written, make = _TYPES[term.datatype.value]
    try:
        return make(term.value) if re.fullmatch(written, term.value) else None
    except ValueError:  # 2018-02-31
        return None


def _compares(how: Callable[[Any, Any], bool], one: Term, other: Term) -> bool:
    """Whether two terms can be put in order and stand in this one."""
    left, right = _value(one), _value(other)
    numbers = isinstance(left, (int, Decimal)) and isinstance(right, (int, Decimal))
    return (numbers or (left is not None and type(left) is type(right))) and how(left, right)


def _datatype(_: Shapes, __: Triples, argument: Term) -> Callable[[Term], bool]:
    if argument.value not in _TYPES:
        raise BadInput(f"ontology/shapes.ttl asks for {argument}, a type that kg does not write. Choose another.")
    return lambda term: _value(term) is not None and term.datatype == argument


def _length(_: Shapes, __: Triples, argument: Term) -> Callable[[Term], bool]:
    least = int(argument.value)
    return lambda term: not isinstance(term, ox.BlankNode) and len(term.value) >= least


def _pattern(_: Shapes, __: Triples, argument: Term) -> Callable[[Term], bool]:
    pattern = re.compile(argument.value)
    return lambda term: not isinstance(term, ox.BlankNode) and pattern.search(term.value) is not None


def _or(shapes: Shapes, triples: Triples, argument: Term) -> Callable[[Term], bool]:
    options = [shapes.conforms(triples, option) for option in shapes.items(argument)]
    return lambda term: any(option(term) for option in options)


def _bound(how: Callable[[Any, Any], bool]) -> Callable[[Shapes, Triples, Term], Callable[[Term], bool]]:
    return lambda _, __, argument: lambda term: _compares(how, term, argument)


_EACH: Final[Mapping[str, Callable[[Shapes, Triples, Term], Callable[[Term], bool]]]] = {
    "class": lambda _, triples, argument: triples.instances(argument).__contains__,
    "in": lambda shapes, _, argument: frozenset(shapes.items(argument)).__contains__,
    "datatype": _datatype,
    "minLength": _length,
    "pattern": _pattern,
    "or": _or,
    **{word: _bound(how) for word, how in _BOUNDS.items()},
}


def _count(word: str, wrong: Callable[[int, int], bool]) -> Callable[[Shapes, Triples, Term, Term], Whole]:
    """Make the counting of values, or with a qualified word of those that conform to a shape."""

    def make(shapes: Shapes, triples: Triples, rule: Term, argument: Term) -> Whole:
        bound = int(argument.value)
        counted = (
            shapes.conforms(triples, shapes.one(rule, "qualifiedValueShape")) if word.startswith("qualified") else None
        )

        def whole(_: Term, values: Values) -> Iterator[tuple[str, Term | None]]:
            if wrong(len(values) if counted is None else sum(map(counted, values)), bound):
                yield word, None

        return whole

    return make


def _pair(
    word: str, wrong: Callable[[Values, Values], Iterable[Term]]
) -> Callable[[Shapes, Triples, Term, Term], Whole]:
    """Make the comparison of the values of a property with those of another."""

    def make(_: Shapes, triples: Triples, __: Term, argument: Term) -> Whole:
        others = triples.along(argument, inverse=False)
        return lambda node, values: ((word, value) for value in wrong(values, others.get(node, _NOTHING)))

    return make


_WHOLE: Final[Mapping[str, Callable[[Shapes, Triples, Term, Term], Whole]]] = {
    "minCount": _count("minCount", lambda count, bound: count < bound),
    "maxCount": _count("maxCount", lambda count, bound: count > bound),
    "qualifiedMinCount": _count("qualifiedMinCount", lambda count, bound: count < bound),
    "qualifiedMaxCount": _count("qualifiedMaxCount", lambda count, bound: count > bound),
    "hasValue": lambda _, __, ___, asked: lambda ____, values: iter(() if asked in values else (("hasValue", None),)),
    "equals": _pair("equals", lambda values, others: values ^ others),
    "disjoint": _pair("disjoint", lambda values, others: values & others),
    "lessThanOrEquals": _pair(
        "lessThanOrEquals",
        lambda values, others: [one for one in values for other in others if not _compares(le, one, other)],
    ),
}
