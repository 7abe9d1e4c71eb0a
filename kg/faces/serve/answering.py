"""What answers a request: the function that its route names, with every fault told in a way fit for who asked."""

from __future__ import annotations

import importlib
import json
from html import escape
from http import HTTPStatus
from typing import Final

from kg.errors import Ambiguous, BadInput, KgError, NotFound, StoreError, UsageError
from kg.faces.serve.exchange import Asked, Reply, Site
from kg.faces.serve.media import HTML, chosen
from kg.faces.serve.routes import Route
from kg.faces.serve.wording import addressed

#: The status of each fault; a question that is put wrongly is the asker's, a store that fails is ours.
_STATUS: Final = ((UsageError, 400), (NotFound, 404), (Ambiguous, 300), (StoreError, 500), (BadInput, 422))
_PROBLEM: Final = "application/problem+json"


class Refused(KgError):
    """A request that is not answered, with the HTTP status that says so and what the reply then carries."""

    def __init__(self, status: int, words: str, **headers: str) -> None:
        super().__init__(words)
        self.status, self.headers = status, tuple((name.replace("_", "-"), value) for name, value in headers.items())


def answered(site: Site, route: Route, asked: Asked) -> Reply:
    """Answer a request; what the library refuses becomes a page, or a problem (RFC 9457) for a program."""
    module, _, name = route.answer.partition(":")
    try:
        reply: Reply = getattr(importlib.import_module(f"kg.faces.serve.{module}"), name)(site, asked)
    except ModuleNotFoundError as error:
        if not (error.name or "").startswith("kg."):
            raise
        return told(asked, 404, f"There is nothing at {asked.path[:200]} yet.")
    except Refused as error:
        return refused(site, asked, error.status, str(error), error.headers)
    except KgError as error:
        status = next((code for kind, code in _STATUS if isinstance(error, kind)), 500)
        return refused(site, asked, status, addressed(str(error)))
    return reply


def nowhere(site: Site, asked: Asked) -> Reply:
    """Say that there is nothing at an address."""
    raise NotFound(f"There is nothing at {asked.path[:200]}. Look for what you want from the first page, {site.root}/")


def refused(
    site: Site, asked: Asked, status: int, words: str, headers: tuple[tuple[str, str], ...] = ()
) -> Reply:  # fmt: skip
    """Say why a request is not answered: to a person as a page, to a program as a problem or as text."""
    if _wanted(asked) != HTML:
        return told(asked, status, words, headers)
    try:
        from kg.faces.serve.pages.frame import page

        made = page(site, asked, "fault.html", status=status, words=words)
    except Exception:  # a fault of the page must not hide the fault that it was to tell
        return told(asked, status, words, headers)
    return Reply(made.body, made.media, made.status, (*made.headers, *headers))


def told(asked: Asked, status: int, words: str, headers: tuple[tuple[str, str], ...] = ()) -> Reply:
    """Say the same without the graph and the frame of pages: for what is refused before any process is asked."""
    wanted = _wanted(asked)
    if wanted == HTML:
        phrase = HTTPStatus(status).phrase
        page = (
            f'<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
            f"<title>{status} {phrase}</title><main><h1>{phrase}</h1><p>{escape(words)}</p></main></html>\n"
        )
        return Reply(page.encode(), "text/html; charset=utf-8", status, headers)
    if wanted == _PROBLEM:
        problem = {"title": words.split(". ")[0].rstrip(".") + ".", "status": status, "detail": words}
        return Reply(json.dumps(problem, ensure_ascii=False).encode(), _PROBLEM, status, headers)
    return Reply(f"{words}\n".encode(), "text/plain; charset=utf-8", status, headers)


def too_large(site: Site) -> str:
    """Say that a reply has more bytes than are sent at once."""
    return (
        f"The reply would be larger than {site.limits.size // 1_000_000} MB, the most that is sent at once. Ask for less, "
        f"or take the whole graph from {site.root}/download."
    )


def _wanted(asked: Asked) -> str:
    """Say how a fault is told: as HTML, as a problem, or as text to whoever wants neither."""
    wanted = asked.accept.lower()
    if chosen(wanted, ("text/plain", HTML)) == HTML:
        return HTML
    return _PROBLEM if "json" in wanted or asked.path.startswith("/api") else "text/plain"
