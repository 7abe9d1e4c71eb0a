"""Namespaces, and the only place where an IRI is composed or taken apart.

Terms are hash IRIs of the ontology; things are slash IRIs, `BASE/id/<category>/<key>`.
"""

from __future__ import annotations

import hashlib
from functools import cache
from typing import Final

BASE: Final = "https://w3id.org/nhs-integration/"
TERMS: Final = BASE + "ontology#"
THINGS: Final = BASE + "id/"

#: Prefixes used in every export, query and CURIE.
PREFIXES: Final[dict[str, str]] = {
    "nis": TERMS,
    "kind": THINGS + "kind/",
    "body": THINGS + "body/",
    "event": THINGS + "event/",
    "source": THINGS + "source/",
    **{
        name: f"{THINGS}{name}/"
        for name in (
            "list",
            "entry",
            "transfer",
            "share",
            "input",
            "membership",
            "classification",
            "naming",
            "code",
            "observation",
            "claim",
            "distinction",
            "containment",
        )
    },
    "graph": BASE + "graph/",
    "scheme": THINGS + "scheme/",
    "query": THINGS + "query/",
    "role": THINGS + "role/",
    "org": "http://www.w3.org/ns/org#",
    "prov": "http://www.w3.org/ns/prov#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "dcterms": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "sh": "http://www.w3.org/ns/shacl#",
    "vann": "http://purl.org/vocab/vann/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}

GRAPHS: Final = {name: f"{BASE}graph/{name}" for name in ("ontology", "curated", "derived", "queries")}


class Iri(str):
    """The address of a node, told apart from ordinary text."""

    __slots__ = ()


@cache
def term(name: str) -> Iri:
    """Give the IRI of a term of our ontology."""
    return Iri(TERMS + name)


def thing(category: str, key: str) -> Iri:
    """Give the IRI of a keyed thing: kind, body, event, source, list, scheme or role."""
    return Iri(f"{THINGS}{category}/{key}")


def statement(category: str, *identity: object) -> Iri:
    """Give the IRI of a row without a key of its own, from what tells it apart.

    The same row has the same IRI in every build, whatever line it stands on.
    """
    text = "\x1f".join(str(part) for part in identity)
    return thing(category, hashlib.sha256(text.encode()).hexdigest()[:16])


def key_of(iri: str) -> str:
    """Give the key at the end of one of our IRIs, or the IRI itself when it is not ours."""
    return iri.rsplit("/", 1)[1] if iri.startswith(THINGS) else iri


def category_of(iri: str) -> str:
    """Give the category of one of our things ("kind", "body", ...), empty for any other IRI."""
    return iri[len(THINGS) :].split("/", 1)[0] if iri.startswith(THINGS) else ""


def local_name(iri: str) -> str:
    """Give the part after the last `#` or `/`."""
    return iri.rsplit("#", 1)[-1].rsplit("/", 1)[-1]


def curie(iri: str) -> str:
    """Shorten an IRI by the prefixes above; give it unchanged when none fits."""
    best = max(
        (prefix for prefix, base in PREFIXES.items() if iri.startswith(base)),
        key=lambda prefix: len(PREFIXES[prefix]),
        default=None,
    )
    return iri if best is None else f"{best}:{iri[len(PREFIXES[best]) :]}"


def expand(text: str) -> Iri | None:
    """Give the IRI that a CURIE or an absolute http(s) IRI stands for, None for anything else."""
    if text.startswith(("http://", "https://")) and not set(text) & set('<>"{}|^`\\ \n\t'):
        return Iri(text)
    prefix, colon, rest = text.partition(":")
    if colon and prefix in PREFIXES and rest and all(char.isalnum() or char in "-._/" for char in rest):
        return Iri(PREFIXES[prefix] + rest)
    return None
