"""The server: Starlette's routes before the processes that answer. The only module that listens."""

from __future__ import annotations

import contextlib
import signal
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import uvicorn
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import Mount
from starlette.routing import Route as At
from starlette.staticfiles import StaticFiles

from kg.errors import BadInput, UsageError
from kg.faces.recoding import day
from kg.faces.serve.answering import Refused, told
from kg.faces.serve.connection import HEAD_SIZE, Connection
from kg.faces.serve.exchange import Asked, Reply
from kg.faces.serve.holding import Settings
from kg.faces.serve.kept import Kept, fresh
from kg.faces.serve.limits import Guard, Receive, Scope, Send, Underway, bare, largest, plain, sent, taken
from kg.faces.serve.pool import Pool
from kg.faces.serve.routes import ROUTES, Route

STATIC: Final = Path(__file__).parent / "pages" / "static"
#: What may be kept by whoever passes a reply on: an hour, since the day that is meant when none is named goes on.
CACHED: Final = "public, max-age=3600"
_FOREVER: Final = "public, max-age=31536000, immutable"
#: Seconds that requests are given to end when the server is told to stop.
_ENDING: Final = 3
_NOWHERE: Final = Route("/{path:path}", "answering:nowhere")


class _Endpoint:
    """Answers at one route by the pool: what is kept first, then a worker."""

    def __init__(self, pool: Pool, kept: Kept, underway: Underway, route: Route) -> None:
        self.pool, self.kept, self.underway, self.route = pool, kept, underway, route

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            asked = plain(scope)
        except Refused as refusal:
            await sent(told(bare(scope), refusal.status, str(refusal)), scope, send)
            return
        try:
            with self.underway.room(largest(scope) if asked.method == "POST" else 0):
                body = await taken(scope, receive) if asked.method == "POST" else b""
                method = "GET" if asked.method == "HEAD" else asked.method
                reply = await self._reply(replace(asked, method=method, body=body), receive)
            if reply.file and reply.status == 200:
                await _file(reply)(scope, receive, send)
                return
            with self.underway.room(len(reply.body)):
                await sent(reply, scope, send)
        except Refused as refusal:
            if refusal.status != 499:  # nobody is there to be told
                await sent(told(asked, refusal.status, str(refusal), refusal.headers), scope, send)

    async def _reply(self, asked: Asked, receive: Receive) -> Reply:
        key = self.kept.key(asked, day(None))
        reply = self.kept.get(key)
        if reply is None:
            reply = _completed(await self.pool.answer(self.route, asked, lambda: _gone(receive)))
            self.kept.put(key, reply)
        return fresh(reply, asked)


def _file(reply: Reply) -> Response:
    """Give the content of a file, as much of it as is asked for."""
    return FileResponse(reply.file, 200, {name.lower(): value for name, value in reply.headers}, reply.media)


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _completed(reply: Reply) -> Reply:
    """Say how long a reply may be kept, when it does not say so itself."""
    if any(name.lower() == "cache-control" for name, _ in reply.headers):
        return reply
    kept = CACHED if reply.status in (200, 303) and any(name == "ETag" for name, _ in reply.headers) else "no-store"
    return replace(reply, headers=(*reply.headers, ("Cache-Control", kept)))


def application(pool: Pool) -> Guard:
    """Give the whole site as an ASGI application, whose requests a pool answers; the pool starts and stops with it."""

    @contextlib.asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        yield
        await pool.stop()

    kept, underway = Kept(), Underway()
    routes: list[Any] = [
        At("/healthz", _healthy, methods=["GET"]),
        Mount("/static", _Static(directory=STATIC, check_dir=False)),
    ]
    for route in (*ROUTES, _NOWHERE):
        methods = {*route.methods, "HEAD"} if "GET" in route.methods else {*route.methods}
        routes.append(At(route.pattern, _Endpoint(pool, kept, underway, route), methods=sorted(methods)))
    app = Starlette(routes=routes, lifespan=lifespan, exception_handlers={HTTPException: _fault})
    app.router.redirect_slashes = False
    return Guard(app, pool.log)


async def _healthy(_: Request) -> Response:
    return PlainTextResponse("ok\n", headers={"Cache-Control": "no-store"})


async def _fault(request: Request, fault: Exception) -> Response:
    assert isinstance(fault, HTTPException)
    words = {404: "There is nothing at this address.", 405: f"{request.method[:20]} is not taken here."}
    reply = told(bare(request.scope), fault.status_code, words.get(fault.status_code, fault.detail))
    return Response(reply.body, reply.status, {"Content-Type": reply.media, **dict(fault.headers or {})})


class _Static(StaticFiles):
    """Files of the pages; one whose address names its version stays as it is for ever."""

    async def get_response(self, path: str, scope: Any) -> Response:
        response = await super().get_response(path, scope)
        response.headers["Cache-Control"] = _FOREVER if scope["query_string"].startswith(b"v=") else CACHED
        return response


class _Server(uvicorn.Server):
    """Uvicorn's server, which says when it is ready and ends by a signal as it ends by itself."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self.ready, self.interrupted = ready, False

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.ready()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        kept = {each: signal.signal(each, self.handle_exit) for each in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for each, handler in kept.items():
                signal.signal(each, handler)

    def handle_exit(self, sig: int, frame: Any) -> None:
        self.interrupted |= sig == signal.SIGINT
        super().handle_exit(sig, frame)


def serve(
    settings: Settings, host: str, port: int, ready: Callable[[str], None], log: Callable[[str], None], *, workers: int = 0
) -> None:  # fmt: skip
    """Listen until stopped; `ready` is told the address when the first worker can answer, `log` what goes wrong inside.

    Raises:
        UsageError: there is no such address to listen at.
        BadInput: something else listens there, or the system does not allow it.
        StoreError: the graph cannot be opened.
        KeyboardInterrupt: it was stopped from the keyboard.
    """
    import asyncio

    listening = _listening(host, port)
    name, number = f"[{host}]" if ":" in host else host, listening.getsockname()[1]
    pool = Pool(settings, log, quick=workers)
    config = uvicorn.Config(
        application(pool), http=Connection, ws="none", lifespan="on", log_config=None, log_level="critical", access_log=False,
        server_header=False, proxy_headers=False, timeout_keep_alive=15, timeout_graceful_shutdown=_ENDING,
        h11_max_incomplete_event_size=HEAD_SIZE, loop="asyncio",
    )  # fmt: skip
    server = _Server(config, lambda: ready(f"http://{name}:{number}/"))

    async def run() -> None:
        try:
            await pool.start()
            await server.serve(sockets=[listening])
        finally:
            await pool.stop()

    asyncio.run(run())
    if server.interrupted:
        raise KeyboardInterrupt


def _listening(host: str, port: int) -> socket.socket:
    """Take a place to listen at."""
    import errno

    try:
        family, kind, protocol, _, place = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except (OSError, OverflowError, UnicodeError):
        raise UsageError(
            f'There is no address "{host}" with a port {port} to listen at. Give --host 127.0.0.1 for this machine alone, 0.0.0.0 for every network, and a --port from 0 to 65535.'
        ) from None
    listening = socket.socket(family, kind, protocol)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(place)
        listening.listen(1024)
    except OSError as fault:
        listening.close()
        if fault.errno == errno.EADDRINUSE:
            raise BadInput(
                f"Something else listens at {host}, port {port}. Stop it, or give another --port; 0 takes any that is free."
            ) from None
        if fault.errno == errno.EACCES:
            raise BadInput(
                f"Port {port} is kept for the system's own services. Give a --port above 1023, and put a proxy before it (kg serve --help)."
            ) from None
        raise UsageError(
            f'This machine cannot listen at "{host}" ({fault.strerror}). Give --host 127.0.0.1 for this machine alone, or 0.0.0.0 for every network.'
        ) from None
    return listening
