"""A crosswalk table as a mapping set in SSSOM, the Simple Standard for Sharing Ontology Mappings."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from kg.answers.codebook import Held
from kg.answers.crosswalk import Pair
from kg.faces.mappings import About, line
from kg.graph.names import BASE, PREFIXES, curie

#: Where the two publishers of codes name them. A code of ONS is an address of its own; one of ODS is that of its record.
CODES: Final = {
    "ods": "https://directory.spineservices.nhs.uk/STU3/Organization/",
    "gss": "http://statistics.data.gov.uk/id/statistical-geography/",
}
LICENCE: Final = "http://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/"

#: Events after which there is more under one code than there was under each of those before it, and those before which.
_JOINING: Final = frozenset({"Merger", "Absorption"})
_PARTING: Final = frozenset({"Division", "PartialTransfer", "Reorganisation", "BoundaryChange"})

#: The order in which SSSOM lists the slots of a mapping, of which one that all mappings share is said once for the set.
_SLOTS: Final = (
    "subject_id", "subject_label", "predicate_id", "object_id", "object_label", "mapping_justification", "subject_type",
    "subject_source", "subject_source_version", "object_type", "object_source", "object_source_version", "comment",
)  # fmt: skip
_OF_THE_SET: Final = tuple(slot for slot in _SLOTS if "_source" in slot or slot.endswith("_type"))
_NAMING: Final = ("subject_id", "object_id", "subject_source", "object_source", "event", "source", "subject_body")
_BUILT_IN: Final = frozenset({"owl", "rdf", "rdfs", "semapv", "skos", "sssom", "xsd", "linkml"})


def as_sssom(pairs: Sequence[Pair], about: About) -> bytes:
    """Give a crosswalk table as a mapping set in SSSOM/TSV, which uses the slots of version 1.0 alone.

    Subjects and objects are codes, as their publishers name them, for it is codes that the tables of others hold. A code
    alone names no body: ODS handed 106 codes of CCGs on to sub-ICB locations. So `subject_source_version` and
    `object_source_version` give the days, on each of which a code has one holder, and `subject_body` and `object_body`
    that holder in our graph. Bodies as subjects would map a body to itself wherever only its code changed, and the codes
    would be in slots that most tools pass over.

    A mapping is justified as curated by hand where it rests on one event or none, and as a chain where on several. What is
    lost is mapped to `sssom:NoTermFound`, as not exactly matched by anything. `valid_from` and `valid_until` are the days
    of the object's code, the latter the first without it. `share` keeps all its digits, so that shares add up, where the
    canonical form would round to three.

    Source: SSSOM 1.0, https://mapping-commons.github.io/sssom/spec/, and its model on non-standard slots.
    """
    rows, extended = _mappings(pairs, about), _extensions(about)
    common = {slot: rows[0][slot] for slot in _OF_THE_SET if rows and len({row[slot] for row in rows}) == 1}
    columns = [
        column
        for column in (*_SLOTS, *(name for name, _, _ in extended))
        if column not in common and (not rows or any(row[column] for row in rows))
    ]
    used = [slot for slot in extended if slot[0] in columns]
    words = [word for row in rows for slot in _NAMING for word in row[slot].split("; ")]
    prefixes = {word.partition(":")[0] for word in [*words, *(meaning for _, meaning, _ in used)]}
    table = sorted([row[column] for column in columns] for row in rows)
    return (_header(about, prefixes, common, used) + "".join(line(row, "\t") for row in [columns, *table])).encode()


def predicates(pairs: Sequence[Pair], *, backwards: bool = False) -> list[str]:
    """Give the SKOS relation of each pair's code to the other, from what each covers on its own day.

    A subject is divided when less than the whole of it, or it is not known how much, is in the object. An object is
    gathered when it has several subjects, or when an event on the way joins bodies, whether or not the others are in the
    table; backwards, an event that parts them.

        neither     exactMatch for the same body, closeMatch for another that took over the whole (reuse of a code,
                    functions passed whole, replacement)
        gathered    broadMatch: the object holds the subject and more (merger, absorption, a group at a larger level)
        divided     narrowMatch: the object is a part of the subject, and nothing else
        both        relatedMatch: parts of both

    The same body with more or less ground than before is a closeMatch: it is itself, but its numbers are not alike.
    """
    subjects: dict[object, set[object]] = defaultdict(set)
    for pair in pairs:
        subjects[_named(pair.to)].add(_named(pair.from_))
    telling = _PARTING if backwards else _JOINING
    return [
        f"skos:{_relation(pair, gathered=len(subjects[_named(pair.to)]) > 1 or not telling.isdisjoint(pair.types))}"
        for pair in pairs
    ]


def _relation(pair: Pair, *, gathered: bool) -> str:
    divided = pair.share != 1
    if pair.to is None:
        return "exactMatch"
    if pair.from_.body == pair.to.body:
        return "closeMatch" if gathered or divided else "exactMatch"
    if gathered:
        return "relatedMatch" if divided else "broadMatch"
    return "narrowMatch" if divided else "closeMatch"


def _named(held: Held | None) -> tuple[str, str] | None:
    return (held.scheme, held.code) if held else None


def _mappings(pairs: Sequence[Pair], about: About) -> list[dict[str, str]]:
    """Give the slots of each mapping as text, empty where there is no value."""
    relations = predicates(pairs, backwards=about.until < about.since)
    return [
        {
            "subject_id": f"{pair.from_.scheme}:{pair.from_.code}",
            "subject_label": pair.from_.label,
            "predicate_id": relation,
            "object_id": f"{pair.to.scheme}:{pair.to.code}" if pair.to else "sssom:NoTermFound",
            "object_label": pair.to.label if pair.to else "",
            "mapping_justification": f"semapv:{'MappingChaining' if len(pair.events) > 1 else 'ManualMappingCuration'}",
            "subject_type": "skos concept",
            "subject_source": f"scheme:{pair.from_.scheme}",
            "subject_source_version": about.since.isoformat(),
            "object_type": "skos concept",
            "object_source": f"scheme:{about.to}",
            "object_source_version": about.until.isoformat(),
            "comment": pair.method,
            "valid_from": _day(pair.to.start) if pair.to else "",
            "valid_until": _day(pair.to.end) if pair.to else "",
            "share": "" if pair.share is None else repr(float(pair.share)),
            "share_basis": pair.basis,
            "event": "; ".join(f"event:{key}" for key in pair.events),
            "source": "; ".join(f"source:{key}" for key in pair.sources),
            "subject_body": curie(pair.from_.body),
            "object_body": curie(pair.to.body) if pair.to else "",
        }
        for pair, relation in zip(pairs, relations, strict=True)
    ]


def _extensions(about: About) -> list[tuple[str, str, str]]:
    """Give the slots that SSSOM does not have: name, property and type, in the order of property that it asks for.

    The names are those the columns of the other forms have, without the `ext_` that SSSOM advises.
    """
    before, after = ("object", "subject") if about.until < about.since else ("subject", "object")
    return sorted(
        [
            ("valid_from", "nis:startsOn", "xsd:date"),
            ("valid_until", "nis:endsBefore", "xsd:date"),
            ("share", "nis:value", "xsd:double"),
            ("share_basis", "nis:basis", "xsd:string"),
            ("event", "nis:inEvent", "xsd:string"),
            ("source", "dcterms:source", "xsd:string"),
            (f"{before}_body", "nis:hasBefore", "linkml:Uriorcurie"),
            (f"{after}_body", "nis:hasAfter", "linkml:Uriorcurie"),
        ],
        key=lambda slot: slot[1],
    )


def _header(
    about: About, prefixes: set[str], common: Mapping[str, str], extended: Sequence[tuple[str, str, str]]
) -> str:
    """Give what a set says of itself, as YAML in lines that begin with "#"; SSSOM knows the prefixes that are not ours."""
    import yaml

    known = {**PREFIXES, **CODES}
    set_: dict[str, Any] = {
        "curie_map": {name: known[name] for name in sorted(prefixes & (known.keys() - _BUILT_IN))},
        "mapping_set_id": f"{BASE}mappings/{about.release}/{about.key}",
        "mapping_set_version": about.release,
        "mapping_set_title": about.title,
        "license": LICENCE,
        **common,
        "mapping_tool": "kg",
        "mapping_tool_version": about.release,
        "mapping_date": about.made,
        "extension_definitions": [
            {"slot_name": name, "property": meaning, "type_hint": kind} for name, meaning, kind in extended
        ],
    }
    text = yaml.safe_dump(set_, sort_keys=False, allow_unicode=True, width=float("inf"))
    return "".join(f"#{said}\n" for said in text.splitlines())


def _day(day: date) -> str:
    return "" if day in (date.min, date.max) else day.isoformat()
