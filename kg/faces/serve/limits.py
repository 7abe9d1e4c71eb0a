"""What the server takes in and what it sends with every reply, whoever answers: sizes, addresses, policies, other sites' pages."""

from __future__ import annotations

import asyncio
import traceback
from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from contextlib import contextmanager
from typing import Any, Final
from urllib.parse import parse_qsl

from kg.faces.serve.answering import Refused, told
from kg.faces.serve.exchange import Asked, Reply

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

#: What a page may load and do; a reply that brings its own has that.
POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
#: What a picture may that is opened by itself: it carries its style and its font.
_PICTURE: Final = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; sandbox"
_ALWAYS: Final = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"strict-origin-when-cross-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
)

#: Bytes of a body, by the address that takes it; any other takes none to speak of.
BODIES: Final = {"/sparql": 256 << 10, "/crosswalk": 20 << 20, "/draw": 256 << 10}
_BODY: Final = 64 << 10
#: What is read of a body that is too large before it is refused, so that the sender comes to read why.
_DRAINED: Final = 32 << 20
#: Seconds to send a body, and the bytes a second that a large one comes in at least.
BODY_TIME: Final = 15.0
BODY_RATE: Final = 256 << 10
#: Headers, and the bytes that they or an address may have.
_HEADERS: Final = 64
_HEAD: Final = 32 << 10
_PARAMETERS: Final = 200
_PART: Final = 128 << 10
_LARGE: Final = 1 << 20

#: Addresses whose answers pages of other sites may read.
_OPEN: Final = ("/sparql", "/api", "/data", "/id", "/ontology", "/.well-known", "/download/")
_EXPOSED: Final = b"ETag, Link, Location, Retry-After, Content-Disposition"


class Guard:
    """Refuses what no address takes before any is asked, and completes what is sent; `log` is told what went wrong inside."""

    def __init__(self, app: Application, log: Callable[[str], None]) -> None:
        self.app, self.log = app, log

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        path, started = scope["path"], False

        async def complete(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                message["headers"] = _completed(path, [*message["headers"]])
            await send(message)

        try:
            if reply := _refused(scope):
                await sent(reply, scope, complete)
            else:
                await self.app(scope, receive, complete)
        except Exception:
            self.log(f"{scope['method']} {path!r}\n{traceback.format_exc()}")
            if started:
                raise
            await sent(
                told(bare(scope), 500, "Something went wrong inside the server that should not have."), scope, complete
            )


def _refused(scope: Scope) -> Reply | None:
    """Say what is wrong with an address or a head that no route takes."""
    path, raw = scope["path"], scope.get("raw_path", b"").lower()
    if len(scope["headers"]) > _HEADERS:
        return told(bare(scope), 431, f"The request has more than {_HEADERS} headers.")
    if sum(len(name) + len(value) for name, value in scope["headers"]) > _HEAD:
        return told(bare(scope), 431, f"The headers of the request are longer than {_HEAD >> 10} KB.")
    if len(raw) + len(scope["query_string"]) > _HEAD:
        words = f"The address is longer than {_HEAD >> 10} KB. Send a long query by POST."
        return told(bare(scope), 414, words)
    if any(ord(sign) < 32 or ord(sign) == 127 for sign in path):
        return told(bare(scope), 400, "The address holds a control character.")
    if not path.startswith("/"):
        return told(bare(scope), 400, "The address does not begin with a /.")
    if "//" in path or "\\" in path or "\ufffd" in path or b"%2f" in raw or {"..", "."} & {*path.split("/")}:
        return told(bare(scope), 404, "There is nothing at this address.")
    if scope["method"] == "OPTIONS" and path.startswith(_OPEN):
        allowed = (("Allow", "GET, HEAD, POST, OPTIONS"), ("Access-Control-Allow-Methods", "GET, HEAD, POST, OPTIONS"))
        more = (
            ("Access-Control-Allow-Headers", "Accept, Content-Type, If-None-Match"),
            ("Access-Control-Max-Age", "86400"),
        )
        return Reply(b"", "text/plain; charset=utf-8", 204, (*allowed, *more))
    return None


def _completed(path: str, headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    names = {name.lower(): value for name, value in headers}
    headers += [pair for pair in _ALWAYS if pair[0] not in names]
    media = names.get(b"content-type", b"")
    if media.startswith((b"text/html", b"image/svg")) and b"content-security-policy" not in names:
        headers.append((b"content-security-policy", (POLICY if media.startswith(b"text/html") else _PICTURE).encode()))
    if path.startswith(_OPEN):
        headers += [(b"access-control-allow-origin", b"*"), (b"access-control-expose-headers", _EXPOSED)]
    return headers


def bare(scope: Scope) -> Asked:
    """Give a request in plain values without its parameters, which may be what is wrong with it."""
    return plain({**scope, "query_string": b""})


def plain(scope: Scope, body: bytes = b"") -> Asked:
    """Give a request in plain values.

    Raises:
        Refused: 400, it has too many parameters.
    """
    headers: dict[str, str] = {}
    for name, value in scope["headers"]:
        key, text = name.decode("latin-1").lower(), value.decode("latin-1")
        headers[key] = f"{headers[key]}, {text}" if key in headers else text
    try:
        query = parse_qsl(
            scope["query_string"].decode("latin-1"),
            keep_blank_values=True,
            errors="replace",
            max_num_fields=_PARAMETERS,
        )
    except ValueError:
        raise Refused(400, f"The address has more than {_PARAMETERS} parameters.") from None
    return Asked(scope["path"], scope["method"], dict(scope.get("path_params") or {}), tuple(query), headers, body)


def largest(scope: Scope) -> int:
    """Give the bytes that a body sent to this address may have."""
    return next((size for start, size in BODIES.items() if scope["path"].startswith(start)), _BODY)


class Underway:
    """Counts the bytes of what is large and on its way, in or out, up to `most` in all."""

    def __init__(self, most: int = 256_000_000) -> None:
        self._most, self._size = most, 0

    @contextmanager
    def room(self, size: int) -> Iterator[None]:
        """Hold room for so many bytes; what is small needs none.

        Raises:
            Refused: 503, there is none left.
        """
        size = size if size > _LARGE else 0
        if size and self._size + size > self._most:
            raise Refused(503, "The server has too much on its way already. Ask again later.", Retry_After="30")
        self._size += size
        try:
            yield
        finally:
            self._size -= size


async def taken(scope: Scope, receive: Receive) -> bytes:
    """Read the body of a request.

    Raises:
        Refused: it is too large (413), too slow (408), or packed in a way that is not read (415).
    """
    headers = {name.lower(): value for name, value in scope["headers"]}
    if headers.get(b"content-encoding", b"identity").strip().lower() != b"identity":
        raise Refused(415, "The body is compressed, and is not read. Send it as it is.", Connection="close")
    most = largest(scope)
    stated = headers.get(b"content-length", b"0")
    size = int(stated) if stated.isdigit() else 0
    parts, length = list[bytes](), 0
    try:
        async with asyncio.timeout(BODY_TIME + most / BODY_RATE):
            while True:
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise Refused(499, "The one who asked has gone.")
                length += len(message.get("body", b""))
                if length <= most and size <= most:
                    parts.append(message.get("body", b""))
                if not message.get("more_body") or length > _DRAINED or size > _DRAINED:
                    break
    except TimeoutError:
        raise Refused(408, "The body of the request took too long to arrive.", Connection="close") from None
    if max(length, size) > most:
        words = f"The body of the request is larger than {most >> 10:,} KB, the most that is taken here."
        raise Refused(413, words, Connection="close")
    return b"".join(parts)


async def sent(reply: Reply, scope: Scope, send: Send) -> None:
    """Send a reply in parts, so that a reader who stops is seen; to HEAD without its body."""
    headers = [(b"content-type", reply.media.encode("latin-1"))] if reply.status not in (204, 304) else []
    headers += [(name.lower().encode("latin-1"), value.encode("latin-1", "replace")) for name, value in reply.headers]
    if reply.status not in (204, 304):
        headers.append((b"content-length", b"%d" % len(reply.body)))
    await send({"type": "http.response.start", "status": reply.status, "headers": headers})
    body = memoryview(b"" if scope["method"] == "HEAD" else reply.body)
    for start in range(0, len(body), _PART):
        await send({"type": "http.response.body", "body": body[start : start + _PART].tobytes(), "more_body": True})
    await send({"type": "http.response.body", "body": b""})
