"""The frame of every page: one template environment, and the links from page to page."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from kg.answers.answer import ATTRIBUTION
from kg.faces.serve.exchange import Asked, Reply, Site

_HOME: Final = Path(__file__).parent


@cache
def _templates() -> Environment:
    return Environment(
        loader=FileSystemLoader(_HOME / "templates", encoding="utf-8"), autoescape=True, trim_blocks=True,
        lstrip_blocks=True, undefined=StrictUndefined,
    )  # fmt: skip


def page(site: Site, asked: Asked, template: str, *, status: int = 200, **words: Any) -> Reply:
    """Give a page of a template, with the frame around it."""
    body = (
        _templates()
        .get_template(template)
        .render(site=site, asked=asked, release=site.graph.release, attribution=ATTRIBUTION, **words)
    )
    return Reply(body.encode(), status=status)
