"""Linked data: an address for every thing, which leads on to a page for people and to RDF for programs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

import pyoxigraph as ox

from kg.errors import NotFound
from kg.faces.serve import media
from kg.faces.serve.exchange import Asked, Reply, Site, see
from kg.graph.export import serialized
from kg.graph.names import BASE, PREFIXES, Iri, thing
from kg.graph.release import LICENCE
from kg.graph.terms import Value, literal


class Form(NamedTuple):
    """A form of RDF: the ending of its files, its media type, and the engine's name for it."""

    ending: str
    media: str
    rdf: ox.RdfFormat


FORMS: Final = (
    Form("ttl", "text/turtle", ox.RdfFormat.TURTLE),
    Form("jsonld", "application/ld+json", ox.RdfFormat.JSON_LD),
    Form("nt", "application/n-triples", ox.RdfFormat.N_TRIPLES),
    Form("rdf", "application/rdf+xml", ox.RdfFormat.RDF_XML),
)
_PAGE: Final = "text/html"


def identified(site: Site, asked: Asked) -> Reply:
    """Lead from the address of a thing to what is said of it (303): a page, or RDF where Accept prefers it."""
    category, key = asked.parts["category"], asked.parts["key"]
    _stated(site, category, key)
    kinds = [_PAGE, *(form.media for form in FORMS)]
    chosen = media.chosen(asked.accept, kinds) or _PAGE
    ending = next((form.ending for form in FORMS if form.media == chosen), "")
    address = f"{site.root}/data/{category}/{key}.{ending}" if ending else f"{site.root}/doc/{category}/{key}"
    reply = see(address)
    return Reply(reply.body, reply.media, reply.status, (*reply.headers, ("Vary", "Accept")))


def described(site: Site, asked: Asked) -> Reply:
    """Give what is stated of a thing, and the rows that are about it, as RDF."""
    category, key = asked.parts["category"], asked.parts["key"]
    form = next((form for form in FORMS if form.ending == asked.parts["ending"]), None)
    if form is None:
        raise NotFound(
            f"There is no form .{asked.parts['ending'][:20]}. The forms: {', '.join(form.ending for form in FORMS)}."
        )
    subject, own = _stated(site, category, key)
    rows = site.graph.graph.rows("rows-about", thing=subject)
    lines = {*((subject, name, value) for name, value in own), *((row["node"], row["property"], row["value"]) for row in rows)}  # fmt: skip
    triples = [_triple(*line) for line in sorted(lines, key=lambda line: (line[0] != subject, *map(str, line)))]
    document = ox.NamedNode(f"{(site.home or BASE).rstrip('/')}/data/{category}/{key}.{form.ending}")
    about = {"foaf:primaryTopic": subject, "dcterms:isPartOf": BASE, "dcterms:license": LICENCE}
    for name, value in about.items():
        prefix, _, local = name.partition(":")
        triples.append(ox.Triple(document, ox.NamedNode(PREFIXES[prefix] + local), ox.NamedNode(value)))
    headers = (
        ("Link", f'<{subject}>; rel="about"'),
        ("Content-Disposition", f'inline; filename="{key}.{form.ending}"'),
    )
    return Reply(serialized(triples, form.rdf), f"{form.media}; charset=utf-8", headers=headers)


def ontology(site: Site, asked: Asked) -> Reply:
    """Give the terms of the ontology: a page, or RDF where Accept or `format` asks for it."""
    form = _form(asked, page=True)
    if form is None:
        from kg.faces.serve.pages.vocabulary import vocabulary

        return vocabulary(site, asked)
    from kg.graph.inputs import Inputs

    path = next(path for path in Inputs.default().ontology if path.stem == "nhs-integration")
    triples = [quad.triple for quad in ox.parse(path=str(path), format=ox.RdfFormat.TURTLE)]
    data = path.read_bytes() if form.ending == "ttl" else serialized(triples, form.rdf)
    return Reply(data, f"{form.media}; charset=utf-8", headers=(("Vary", "Accept"),))


def dataset(site: Site, asked: Asked) -> Reply:
    """Describe the data as a whole, in VoID and DCAT."""
    from kg.graph import release

    form = _form(asked) or FORMS[0]
    triples = release.described(site.graph.graph.held, site.home.rstrip("/"), answers=not site.frozen)
    data = release.turtle(triples) if form.ending == "ttl" else serialized(triples, form.rdf)
    return Reply(data, f"{form.media}; charset=utf-8", headers=(("Vary", "Accept"),))


def download(site: Site, asked: Asked) -> Reply:
    """Give a file of the release; it is written at first use beside the compiled graph, or in the folder for such."""
    from kg.faces.serve import files

    return files.given(site, asked.parts["name"])


def _form(asked: Asked, *, page: bool = False) -> Form | None:
    """Give the form that `format` names or Accept prefers; None for a page, or for what is none of these."""
    if wanted := asked.one("format"):
        return next((form for form in FORMS if wanted in (form.ending, form.media)), None)
    kinds = [*([_PAGE] if page else []), *(form.media for form in FORMS)]
    chosen = media.chosen(asked.accept, kinds)
    return next((form for form in FORMS if form.media == chosen), None)


def _stated(site: Site, category: str, key: str) -> tuple[Iri, Iterable[tuple[Iri, Value]]]:
    """Give the thing of that address and what is stated of it; raise NotFound when nothing is."""
    subject = thing(category, key)
    plain = (category + key).replace("-", "").replace("_", "").replace(".", "").isalnum()
    if not plain or not (stated := site.graph.graph.store.statements(subject)):
        raise NotFound(f'There is no {category[:40]} "{key[:80]}" in this graph. Look for it by its name: /search')
    return subject, stated


def _triple(subject: Iri, name: Iri, value: Value) -> ox.Triple:
    return ox.Triple(ox.NamedNode(subject), ox.NamedNode(name), literal(value))
