"""The page of a thing: of kinds and organisations their story, of everything else what is stated of it."""

from __future__ import annotations

import re

from kg.answers.record import Records
from kg.errors import NotFound
from kg.faces.serve.exchange import Asked, Reply, Site
from kg.faces.serve.pages.frame import page
from kg.faces.serve.pages.node import node
from kg.faces.serve.pages.story import story
from kg.graph.names import thing as named


def thing(site: Site, asked: Asked) -> Reply:
    """Give the page of one thing; a key that nothing has gives suggestions.

    Raises:
        UsageError: the date is none.
    """
    category, key = asked.parts["category"], asked.parts["key"]
    records = Records(site.graph.graph)
    iri = named(category, key)
    if not re.fullmatch(r"[a-z]+/[\w.-]+", f"{category}/{key}", re.ASCII) or not records.stated(iri):
        return _missing(site, asked, key)
    # A role of the publisher's that is a kind of ours under another key has no story of its own: its page leads to the kind.
    if category == "body" or (category == "kind" and "exactMatch" not in records.stated(iri)):
        return story(site, asked, records, iri)
    return node(site, asked, records, iri)


def _missing(site: Site, asked: Asked, key: str) -> Reply:
    words = key.replace("-", " ")
    candidates = site.graph.find(words).results
    if asked.accept and "text/html" not in asked.accept and "*/*" not in asked.accept:
        raise NotFound(f'Nothing in this graph has the key "{key[:80]}".')
    return page(site, asked, "missing.html", status=404, key=key[:80], candidates=candidates)
