"""The first page, and the page about the site."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from itertools import groupby
from typing import Final, NamedTuple

from kg.answers import language as say
from kg.faces.serve.exchange import Asked, Reply, Site, see
from kg.faces.serve.pages import links
from kg.faces.serve.pages.frame import page
from kg.faces.serve.pages.telling import path_to
from kg.graph.graph import Graph
from kg.graph.names import BASE, Iri, key_of

#: Families in the order in which readers look for them.
_FAMILIES: Final = {
    "commissioner": "Those who buy care", "system": "Systems", "partnership": "Partnerships",
    "provider": "Providers and groups of providers", "place": "Places and neighbourhoods",
    "programme": "Programmes and contracts", "council": "Councils and their boards", "national": "National bodies",
    "region": "Regional and local arms", "support": "Support",
}  # fmt: skip
_BODIES: Final = """
PREFIX nis: <https://w3id.org/nhs-integration/ontology#> PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
SELECT ?kind (COUNT(DISTINCT ?body) AS ?bodies) WHERE {
  ?kind a nis:Kind . ?classification nis:asKind ?kind ; nis:about ?body . ?body skos:prefLabel ?label
} GROUP BY ?kind
"""
EXAMPLES: Final = ("What did ACS become?", "How many CCGs were there in 2019?", "NHS Frimley ICB", "QNQ", "ICP")


class HeldFile(NamedTuple):
    """A file of the publisher's in a list: what it is, of which day in words, the page of its source, and what it tells."""

    title: str
    name: str
    day: str
    publisher: str
    licence: str
    source: str
    organisations: int
    statements: int


class Kind(NamedTuple):
    """A kind of structure in a list: what it is called, its years, and how many bodies of it are recorded."""

    key: str
    label: str
    short: str
    years: str
    recorded: int
    family: str


def home(site: Site, asked: Asked) -> Reply:
    """Give the first page."""
    kinds = kinds_of(site.graph.graph)
    return page(
        site, asked, "home.html", families=families(kinds), counts=_counts(site.graph.graph), examples=EXAMPLES, kinds=len(kinds),
        held=held_files(site.graph.graph),
    )  # fmt: skip


def about(site: Site, asked: Asked) -> Reply:
    """Say what this is, under which licence, and how to cite it."""
    release = site.graph.release
    address = site.home or BASE.rstrip("/")
    cited = f"The kg project ({release.partition('.')[0]}). nhs-kg: a knowledge graph of NHS England integration structures, release {release}. {address}"
    return page(site, asked, "about.html", cited=cited, base=BASE)


def families(kinds: tuple[Kind, ...]) -> list[tuple[str, list[Kind]]]:
    """Give kinds by family, each family under its heading."""
    order = [*_FAMILIES, *sorted({kind.family for kind in kinds} - set(_FAMILIES))]
    ranked = sorted(kinds, key=lambda kind: order.index(kind.family))
    return [
        (_FAMILIES.get(family, say.capital(family)), list(held))
        for family, held in groupby(ranked, key=lambda kind: kind.family)
    ]


@lru_cache(maxsize=2)
def kinds_of(graph: Graph) -> tuple[Kind, ...]:
    """Give every kind with its years and how many bodies were ever of it; read once, for a graph never changes."""
    bodies = {row["kind"]: row["bodies"] for row in graph.store.select(_BODIES)}
    found = []
    for row in graph.rows("kinds"):
        facts = graph.one("thing", thing=row["kind"]) or {}
        acronym, qualifier = facts.get("acronym") or "", facts.get("qualifier") or ""
        years = say.period(
            say.iso(facts["start"], "year" if facts["startPrecision"] != "unknown" else "unknown"),
            say.iso_end(facts["end"], "year" if facts["endPrecision"] not in ("open", "unknown") else facts["endPrecision"]),
        )  # fmt: skip
        label = facts.get("plural") or row["label"]
        inner = ", ".join(filter(None, (acronym, qualifier)))
        found.append(
            Kind(key_of(row["kind"]), say.capital(label), inner, years, bodies.get(row["kind"], 0), row["family"])
        )
    return tuple(found)


@lru_cache(maxsize=2)
def _counts(graph: Graph) -> tuple[tuple[str, int], ...]:
    """Count what is in the graph, by sort."""
    sorts = {
        "organisations": "a org:Organization", "events": "nis:happenedOn ?day ; nis:summary ?summary",
        "memberships": "a org:Membership", "codes": "a nis:CodeAssignment", "names": "a nis:Naming",
        "numbers": "a nis:Observation", "claims": "a nis:Claim", "sources": "a nis:Source",
    }  # fmt: skip
    count = """
        PREFIX nis: <https://w3id.org/nhs-integration/ontology#> PREFIX org: <http://www.w3.org/ns/org#>
        SELECT (COUNT(DISTINCT ?thing) AS ?count) WHERE { ?thing %s }
    """
    return tuple((words, int(graph.store.select(count % told)[0]["count"])) for words, told in sorts.items())


def held_files(graph: Graph) -> list[HeldFile]:
    """Give the publisher's files that a graph holds, the latest first."""
    if not graph.files:
        return []
    parts = graph.held.parts
    return [
        HeldFile(
            file.title, file.name, say.day(date.fromisoformat(file.day), file.precision) if file.day else "not recorded",
            file.publisher, file.licence, path_to(Iri(file.source)), file.organisations, parts[file.graph][0],
        )
        for file in sorted(graph.files, key=lambda file: (file.day, file.title), reverse=True)
    ]  # fmt: skip


def label_of(graph: Graph, kind: Iri) -> str:
    """Give what the bodies of a kind are called together."""
    return next((held.label for held in kinds_of(graph) if held.key == key_of(kind)), key_of(kind))


def robots(site: Site, _: Asked) -> Reply:
    """Ask crawlers to leave alone what is computed on request."""
    closed = ("/sparql", "/api/", "/draw/", "/crosswalk", "/compare", "/search")
    lines = ["User-agent: *", *(f"Disallow: {site.root}{path}" for path in closed)]
    return Reply("\n".join([*lines, ""]).encode(), "text/plain; charset=utf-8")


def icon(site: Site, _: Asked) -> Reply:
    """Send on to the icon of the site, from where browsers look for one."""
    return see(links.asset(site, "icon.svg"))
