"""The first page, and the page about the site."""

from __future__ import annotations

from kg.faces.serve.exchange import Asked, Reply, Site
from kg.faces.serve.pages.frame import page


def home(site: Site, asked: Asked) -> Reply:
    """Give the first page."""
    return page(site, asked, "home.html")


def about(site: Site, asked: Asked) -> Reply:
    """Say what this is, under which licence, and how to cite it."""
    return page(site, asked, "about.html")
