"""What answers a request: the function that its route names, with every fault told in a way fit for who asked."""

from __future__ import annotations

import importlib
import json
from typing import Final

from kg.errors import Ambiguous, BadInput, KgError, NotFound, UsageError
from kg.faces.serve.exchange import Asked, Reply, Site
from kg.faces.serve.routes import Route

#: The status of each fault; a question that is put wrongly is the asker's, a store that fails is ours.
_STATUS: Final = ((UsageError, 400), (NotFound, 404), (Ambiguous, 300), (BadInput, 422))


def answered(site: Site, route: Route, asked: Asked) -> Reply:
    """Answer a request; what the library refuses becomes a page, or a problem (RFC 9457) for a program."""
    module, _, name = route.answer.partition(":")
    try:
        reply: Reply = getattr(importlib.import_module(f"kg.faces.serve.{module}"), name)(site, asked)
    except KgError as error:
        return refused(site, asked, next((code for kind, code in _STATUS if isinstance(error, kind)), 500), str(error))
    return reply


def refused(site: Site, asked: Asked, status: int, words: str) -> Reply:
    """Say why a request is not answered: to a person as a page, to a program as a problem."""
    if "text/html" in asked.accept:
        from kg.faces.serve.pages.frame import page

        return page(site, asked, "fault.html", status=status, words=words)
    told = {"title": words.split(". ")[0].rstrip(".") + ".", "status": status, "detail": words}
    return Reply(json.dumps(told, ensure_ascii=False).encode(), "application/problem+json", status)
