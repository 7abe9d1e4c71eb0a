"""The frame of every page: one template environment, and what every template may use."""

from __future__ import annotations

from functools import cache, partial
from pathlib import Path
from typing import Any, Final, NamedTuple

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from kg.answers import language
from kg.answers.answer import ATTRIBUTION
from kg.faces.serve.exchange import Asked, Reply, Site
from kg.faces.serve.pages import links, telling

NAME: Final = "nhs-kg"
TITLE: Final = "A knowledge graph of the integration structures of the NHS in England"
CODE: Final = "MIT licence"
OGL: Final = "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/"

_HOME: Final = Path(__file__).parent


class Place(NamedTuple):
    """An entry of the navigation; one that is not `kept` needs a server, and is left out of a frozen site."""

    path: str
    words: str
    kept: bool = True


PLACES: Final = (
    Place("/search", "Search"),
    Place("/compare", "Compare two days"),
    Place("/crosswalk", "Crosswalk"),
    Place("/sparql", "SPARQL", kept=False),
    Place("/queries", "Saved queries"),
    Place("/download", "Download"),
    Place("/api", "API", kept=False),
    Place("/about", "About"),
)


@cache
def _templates() -> Environment:
    made = Environment(
        loader=FileSystemLoader(_HOME / "templates", encoding="utf-8"), autoescape=True, trim_blocks=True,
        lstrip_blocks=True, undefined=StrictUndefined,
    )  # fmt: skip
    made.filters |= {
        "number": language.number, "written": language.written, "capitalised": language.capital,
        "cut": partial(language.shown, most=120), "figure": _figure,
    }  # fmt: skip
    made.globals |= {
        "name": NAME, "tagline": TITLE, "licence": OGL, "attribution": ATTRIBUTION, "path_of": telling.path_of,
        "period": telling.period,
    }  # fmt: skip
    return made


def page(site: Site, asked: Asked, template: str, *, status: int = 200, **words: Any) -> Reply:
    """Give a page of a template, with the frame around it.

    Every template extends base.html and fills its blocks `title`, `head` and `main`. Besides the words given here
    it may use `site`, `asked`, `release`, `link(path, **query)` for the address of a page, and `asset(name)` for that
    of a file of `static`.
    """
    body = _templates().get_template(template).render(
        site=site,
        asked=asked,
        status=status,
        release=site.graph.release,
        link=partial(_link, site),
        asset=partial(links.asset, site),
        canonical=links.cited(site, asked.path),
        places=[place for place in PLACES if place.kept or not site.frozen],
        **words,
    )  # fmt: skip
    return Reply(body.encode(), status=status)


def _figure(cell: object) -> object:
    """Give a cell to look at: of a number with a part, two places of it; the file has it whole."""
    return cell if not isinstance(cell, float) else f"{cell:.0f}" if cell.is_integer() else f"{cell:.2f}"


def _link(site: Site, path: str, **query: object) -> str:
    return links.linked(site, path, query)
