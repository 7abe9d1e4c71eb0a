"""A connection from outside, watched: none may hold a place by being slow to ask or slow to read."""

from __future__ import annotations

import asyncio
from typing import Any, Final

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

#: Seconds for the head of a request, from the opening or from its first byte; and that a reader may take for the next part.
HEAD_TIME: Final = 10.0
READ_TIME: Final = 15.0
#: Connections at once.
MOST: Final = 512
#: Bytes of the head of a request, its address included.
HEAD_SIZE: Final = 65_536

_LATE: Final = "The head of the request took too long."
_FULL: Final = "The server has all the connections that it takes. Ask again in a few seconds."


class Connection(H11Protocol):
    """Uvicorn's own connection, with an end to what it waits for without one: the head of a request, and a reader."""

    head_time, read_time, most = HEAD_TIME, READ_TIME, MOST

    def __init__(self, *args: Any, **words: Any) -> None:
        super().__init__(*args, **words)
        self._head: asyncio.TimerHandle | None = None
        self._reading: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        if len(self.connections) > self.most:
            self._say(b"503 Service Unavailable", _FULL, b"Retry-After: 5\r\n")
        else:
            self._head = self.loop.call_later(self.head_time, self._late)

    def data_received(self, data: bytes) -> None:
        if self.transport.is_closing():
            return
        super().data_received(data)
        waits = self.conn.their_state is h11.IDLE and not self.transport.is_closing()
        if not waits:
            self._unset_head()
        elif self._head is None:
            self._head = self.loop.call_later(self.head_time, self._late)

    def connection_lost(self, exc: Exception | None) -> None:
        self._unset_head()
        self._unset_reading()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        super().pause_writing()
        self._unset_reading()
        self._reading = self.loop.call_later(self.read_time, self.transport.abort)

    def resume_writing(self) -> None:
        self._unset_reading()
        super().resume_writing()

    def _late(self) -> None:
        self._head = None
        if self.conn.their_state is h11.IDLE and not self.transport.is_closing():
            self._say(b"408 Request Timeout", _LATE)

    def _say(self, status: bytes, words: str, headers: bytes = b"") -> None:
        """Answer a connection that no request is read from, and close it."""
        body = words.encode() + b"\n"
        self.transport.write(
            b"HTTP/1.1 %b\r\nContent-Type: text/plain; charset=utf-8\r\nX-Content-Type-Options: nosniff\r\n%b"
            b"Content-Length: %d\r\nConnection: close\r\n\r\n%b" % (status, headers, len(body), body)
        )
        self.transport.close()

    def _unset_head(self) -> None:
        if self._head is not None:
            self._head.cancel()
            self._head = None

    def _unset_reading(self) -> None:
        if self._reading is not None:
            self._reading.cancel()
            self._reading = None
