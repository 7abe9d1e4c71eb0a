"""The server: Starlette's routes before the processes that answer. The only module that listens."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any, Final

import uvicorn
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount
from starlette.routing import Route as At
from starlette.staticfiles import StaticFiles

from kg.faces.serve.answering import answered
from kg.faces.serve.exchange import Asked, Site
from kg.faces.serve.routes import ROUTES, Route

STATIC: Final = Path(__file__).parent / "pages" / "static"


def application(site: Site) -> Starlette:
    """Give the whole site as an ASGI application."""
    routes: list[Any] = [
        At(route.pattern, partial(_respond, site, route), methods=[*route.methods]) for route in ROUTES
    ]
    return Starlette(routes=[*routes, Mount("/static", StaticFiles(directory=STATIC))])


async def _respond(site: Site, route: Route, request: Request) -> Response:
    asked = Asked(
        request.url.path, request.method, dict(request.path_params), tuple(request.query_params.multi_items()),
        dict(request.headers), await request.body(),
    )  # fmt: skip
    reply = await run_in_threadpool(answered, site, route, asked)
    return Response(reply.body, reply.status, {"Content-Type": reply.media, **dict(reply.headers)})


def serve(site: Site, host: str, port: int) -> None:
    """Listen until stopped."""
    uvicorn.run(application(site), host=host, port=port, log_level="warning")
