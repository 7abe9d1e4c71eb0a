"""HTTP to an engine: one kept connection, credentials from the environment, faults told as one paragraph.

KG_STORE_USER, KG_STORE_PASSWORD   for Basic or Digest, whichever the server asks for
KG_STORE_TOKEN                     for a bearer token
"""

from __future__ import annotations

import os
import time
import weakref
from collections.abc import Generator, Mapping
from typing import Final
from urllib.parse import urlsplit

import httpx

from kg.errors import StoreError, UsageError

#: Seconds to connect and between two pieces of a reply, seconds for a whole reply, and bytes of one.
CONNECT, QUIET, WHOLE, LARGEST = 10.0, 120.0, 600.0, 1 << 29
_AGENT: Final = "nhs-kg"
#: What is asked, and where engines have it.
PLACES: Final = {
    "SPARQL endpoint": "/query in Oxigraph, /sparql in Virtuoso and kg serve, /repositories/NAME in GraphDB, /NAME/sparql in Fuseki",
    "graph store": "/store in Oxigraph, /sparql-graph-crud-auth in Virtuoso, /repositories/NAME/rdf-graphs/service in GraphDB, /NAME/data in Fuseki",
}
#: Seconds for which a connection is kept for the next request; servers close theirs after 5 to 15.
_KEPT: Final = 3.0


class Reply:
    """A reply that has been read whole."""

    def __init__(self, status: int, headers: httpx.Headers, body: bytes) -> None:
        self.status, self.headers, self.body = status, headers, body

    @property
    def media(self) -> str:
        return str(self.headers.get("content-type", "")).partition(";")[0].strip().lower()


class _Credentials(httpx.Auth):
    """Basic or Digest, as the server asks at the first refusal; from then on with every request."""

    def __init__(self, user: str, password: str) -> None:
        self._user, self._password = user, password
        self._way: httpx.Auth | None = None

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        if self._way is None:
            response = yield request
            if response.status_code != 401:
                return
            asked = response.headers.get("www-authenticate", "").lower()
            way: type[httpx.DigestAuth | httpx.BasicAuth] = httpx.DigestAuth if "digest" in asked else httpx.BasicAuth
            self._way = way(self._user, self._password)
        yield from self._way.auth_flow(request)


class Wire:
    """Requests to the host of one address, and to no other; `server` is how it last called itself, in small letters."""

    def __init__(self, url: str, what: str = "SPARQL endpoint") -> None:
        self.url, self.what, self.server = checked(url), what, ""
        host, near = urlsplit(url).hostname or "", is_loopback(url)
        headers, auth = {"User-Agent": _AGENT}, None
        token, user = os.environ.get("KG_STORE_TOKEN"), os.environ.get("KG_STORE_USER")
        if (token or user) and not near and urlsplit(url).scheme != "https":
            raise StoreError(
                f"KG_STORE_TOKEN and KG_STORE_PASSWORD are not sent over plain http to {host}, where others may read them. "
                "Give its https address, or unset them."
            )
        if token:
            headers["Authorization"] = f"Bearer {token}"
        elif user:
            auth = _Credentials(user, os.environ.get("KG_STORE_PASSWORD", ""))
        # A proxy of the environment is for the world outside.
        self._client = httpx.Client(
            headers=headers, auth=auth, timeout=httpx.Timeout(QUIET, connect=CONNECT), follow_redirects=False,
            trust_env=not near, limits=httpx.Limits(keepalive_expiry=_KEPT),
        )  # fmt: skip
        weakref.finalize(self, self._client.close)

    def ask(
        self, method: str, *, url: str = "", params: Mapping[str, str] | None = None, accept: str = "*/*",
        form: Mapping[str, str | list[str]] | None = None, body: bytes | None = None, media: str = "",
    ) -> Reply:  # fmt: skip
        """Send a request and read the reply whole; a connection that the server has closed meanwhile is made once more.

        Raises:
            StoreError: the server cannot be reached, takes too long, sends too much, or sends the request elsewhere.
        """
        headers = {"Accept": accept} | ({"Content-Type": media} if media else {})
        for last in (False, True):
            try:
                return self._read(
                    self._client.build_request(
                        method, url or self.url, params=params, headers=headers, data=form, content=body
                    )
                )
            except httpx.RemoteProtocolError as error:
                if last:
                    raise StoreError(
                        f"{self._named} broke off in the middle of its reply ({error}). Try again."
                    ) from None
            except httpx.TimeoutException:
                raise StoreError(
                    f"{self._named} did not answer in time. Ask for less, or see whether the server is busy."
                ) from None
            except httpx.TransportError as error:
                raise StoreError(
                    f"{self._named} cannot be reached ({error}). See that the server runs, and that the address is right."
                ) from None
        raise AssertionError

    def _read(self, request: httpx.Request) -> Reply:
        deadline, held, size = time.monotonic() + WHOLE, list[bytes](), 0
        response = self._client.send(request, stream=True)
        try:
            for piece in response.iter_bytes():
                held.append(piece)
                size += len(piece)
                if size > LARGEST:
                    raise StoreError(f"{self._named} sends more than {LARGEST >> 20} MB in one reply. Ask for less.")
                if time.monotonic() > deadline:
                    raise StoreError(f"{self._named} takes more than {WHOLE:.0f} seconds for one reply. Ask for less.")
        finally:
            response.close()
        reply = Reply(response.status_code, response.headers, b"".join(held))
        self.server = str(response.headers.get("server", "")).lower()
        if 300 <= reply.status < 400:
            where = urlsplit(str(reply.headers.get("location", "")))
            raise StoreError(
                f"{self._named} sends the request on to {where.scheme}://{where.hostname or '?'}{where.path}, which is not "
                "followed. If you trust that address, give it instead."
            )
        if reply.status in (401, 403):
            raise StoreError(
                f"{self._named} refuses the credentials ({reply.status}). Set KG_STORE_USER and KG_STORE_PASSWORD, or "
                "KG_STORE_TOKEN, to one who may do this."
            )
        if reply.status == 404:
            raise StoreError(f"{self._named} is not there (404). {self.places}")
        return reply

    @property
    def _named(self) -> str:
        return f"The {self.what} {self.url}"

    @property
    def places(self) -> str:
        """Say where engines have what is asked, to who gave another address."""
        other = next(what for what in PLACES if what != self.what)
        return f"The address is of a {other}, or of something else; a {self.what} is at {PLACES[self.what]}."

    def fault(self, reply: Reply) -> str:
        """Say in one line why a server refused."""
        said = " ".join(reply.body[:2000].decode("utf-8", "replace").split())
        if "<" in said[:1] or reply.media == "text/html":
            said = "the reply is a web page"
        return f"{self._named} answered {reply.status} ({said[:300] or 'without a word'})."


def checked(url: str) -> str:
    """Give an address that can be asked.

    Raises:
        UsageError: it is not http or https, has no host, or holds credentials.
    """
    try:
        parts = urlsplit(url)
        whole = parts.scheme in ("http", "https") and parts.hostname and (parts.port or 1)
    except ValueError:
        whole = None
    if not whole:
        raise UsageError("A remote store is an address such as https://example.org/sparql. Give that, or a folder.")
    if parts.username is not None or parts.password is not None:
        raise UsageError(
            "The address holds a user name or a password, which others on this machine can read. Leave them out of it, and "
            "set KG_STORE_USER and KG_STORE_PASSWORD in the environment."
        )
    return url


def is_loopback(url: str) -> bool:
    """Say whether an address is of this machine."""
    host = urlsplit(url).hostname or ""
    return host in ("localhost", "::1") or (host.startswith("127.") and host.replace(".", "").isdigit())
