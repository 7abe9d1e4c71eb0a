"""Replies that are kept for the next who asks the same: the graph of a server does not change while it runs."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import replace
from datetime import date
from typing import Any, Final

from kg.faces.serve.exchange import Asked, Reply
from kg.faces.serve.packing import takes_gzip

_LARGEST: Final = 256 << 10
_LONGEST: Final = 2048


class Kept:
    """Replies to GET by what was asked, the day included, up to `most` bytes in all; who was asked for last goes last."""

    def __init__(self, most: int = 32 << 20) -> None:
        self._most, self._size = most, 0
        self._replies: OrderedDict[Hashable, Reply] = OrderedDict()

    def key(self, asked: Asked, today: date) -> Hashable | None:
        """Give what a reply is kept under, None for a request whose reply is not kept."""
        if asked.method not in ("GET", "HEAD") or asked.body:
            return None
        key = (asked.path, asked.query, asked.accept, takes_gzip(asked.headers.get("accept-encoding", "")), today)
        return (
            key if len(asked.accept) + sum(len(name) + len(value) for name, value in asked.query) < _LONGEST else None
        )

    def get(self, key: Hashable | None) -> Reply | None:
        """Give the reply that is kept."""
        if key is None or key not in self._replies:
            return None
        self._replies.move_to_end(key)
        return self._replies[key]

    def put(self, key: Hashable | None, reply: Reply) -> None:
        """Keep a reply, unless it is large, is no answer, or says that it is not to be stored."""
        said = {name.lower(): value for name, value in reply.headers}
        if (
            key is None
            or reply.status not in (200, 303)
            or len(reply.body) > _LARGEST
            or "no-store" in said.get("cache-control", "")
        ):
            return
        self._size += len(reply.body) - len(self._replies[key].body if key in self._replies else b"")
        self._replies[key] = reply
        while self._size > self._most or len(self._replies) > self._most >> 12:
            _, old = self._replies.popitem(last=False)
            self._size -= len(old.body)


def fresh(reply: Reply, asked: Asked) -> Reply:
    """Give 304 instead of a reply that the reader has already."""
    said: dict[str, Any] = {name.lower(): value for name, value in reply.headers}
    mark, known = said.get("etag"), asked.headers.get("if-none-match", "")
    if reply.status != 200 or mark is None or asked.method not in ("GET", "HEAD"):
        return reply
    if known.strip() == "*" or mark in [each.strip().removeprefix("W/") for each in known.split(",")]:
        stays = ("etag", "vary", "cache-control", "link")
        return replace(
            reply, status=304, body=b"", headers=tuple(pair for pair in reply.headers if pair[0].lower() in stays)
        )
    return reply
