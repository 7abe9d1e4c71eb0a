"""A request and its reply in plain values: what crosses from the server to the processes that answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from kg.errors import UsageError

if TYPE_CHECKING:
    from kg.faces.library import Graph


@dataclass(frozen=True)
class Limits:
    """What one request may take: seconds, MB of memory above what its process began with, rows, and bytes of its reply.

    Who is not done after `patience` seconds is slow, and no longer stands in the way of others.
    """

    seconds: float = 30.0
    memory: int = 1024
    rows: int = 100_000
    size: int = 50_000_000
    patience: float = 0.5


@dataclass(frozen=True)
class Site:
    """Where a reply is given: the graph that is asked, and how the pages around it are reached.

    `root` is what stands before every path, "" at the top of a host, a prefix behind a proxy, and in files written by
    `kg site` the way back to the top, as "../../..". In those, `frozen`, nothing can be asked that was not written.
    `home` is the address on the web that people may cite, empty when nobody has said one.
    """

    graph: Graph
    root: str = ""
    home: str = ""
    frozen: bool = False
    limits: Limits = field(default_factory=Limits)


@dataclass(frozen=True)
class Asked:
    """A request. `path` is without the root; `query` keeps the order and repetition of parameters."""

    path: str
    method: str = "GET"
    parts: Mapping[str, str] = field(default_factory=dict)
    query: tuple[tuple[str, str], ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def accept(self) -> str:
        return self.headers.get("accept", "*/*")

    @property
    def media(self) -> str:
        """The media type of the body, without its parameters, in small letters."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    def every(self, name: str) -> list[str]:
        """Give every value of a parameter of the address."""
        return [value for key, value in self.query if key == name]

    def one(self, name: str) -> str | None:
        """Give the value of a parameter of the address, None when it is not given or empty.

        Raises:
            UsageError: it is given twice, and not the same.
        """
        values = list(dict.fromkeys(value for value in self.every(name) if value.strip()))
        if len(values) > 1:
            raise UsageError(f'The parameter "{name}" is given {len(values)} times. Give it once.')
        return values[0] if values else None


@dataclass(frozen=True)
class Reply:
    """A reply, whole; `media` is its Content-Type, and `file` names a file whose content is given instead of `body`."""

    body: bytes
    media: str = "text/html; charset=utf-8"
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    file: str = ""


def see(address: str) -> Reply:
    """Send the reader on to another address of this site (303)."""
    return Reply(b"", "text/plain; charset=utf-8", 303, (("Location", address),))
