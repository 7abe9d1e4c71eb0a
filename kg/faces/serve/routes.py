"""Every address of the site, and what answers there."""

from __future__ import annotations

from typing import Final, NamedTuple


class Route(NamedTuple):
    """A pattern of addresses, as Starlette writes them, the methods it takes, and the function that answers: "module:function".

    The function takes a Site and an Asked, and gives a Reply; modules are below kg.faces.serve.
    """

    pattern: str
    answer: str
    methods: tuple[str, ...] = ("GET",)


ROUTES: Final = (
    Route("/", "pages.home:home"),
    Route("/about", "pages.home:about"),
    Route("/robots.txt", "pages.home:robots"),
    Route("/favicon.ico", "pages.home:icon"),
    Route("/search", "pages.search:search"),
    Route("/doc/{category}/{key}", "pages.thing:thing"),
    Route("/compare", "pages.compare:compare"),
    Route("/crosswalk", "pages.crosswalk:crosswalk", ("GET", "POST")),
    Route("/draw/{preset}.{ending}", "pages.drawing:draw", ("GET", "POST")),
    Route("/queries", "pages.queries:queries"),
    Route("/queries/{name}", "pages.queries:query"),
    Route("/download", "pages.download:download"),
    Route("/sparql", "protocol:sparql", ("GET", "POST")),
    Route("/id/{category}/{key}", "linked:identified"),
    Route("/data/{category}/{key}.{ending}", "linked:described"),
    Route("/ontology", "linked:ontology"),
    Route("/.well-known/void", "linked:dataset"),
    Route("/download/{name}", "linked:download"),
    Route("/api", "api:index"),
    Route("/api/openapi.json", "api:openapi"),
    Route("/api/queries", "api:queries"),
    Route("/api/queries/{name}", "api:query"),
    Route("/api/concordance", "api:concordance"),
    Route("/api/{verb}", "api:answer"),
)
