"""A publisher's interface, asked politely: one request at a time, at a fixed rate, and again when the server is busy.

Source for the rate: the publisher's page of the ORD interface, which asks for fewer than five requests a second.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime
from types import TracebackType
from typing import Final, NamedTuple, Self
from urllib.parse import SplitResult, urljoin, urlsplit

from kg import RELEASE
from kg.errors import BadInput, UsageError

#: Seconds to connect, between two pieces of a reply, and for a whole reply.
CONNECT, QUIET, WHOLE = 10.0, 60.0, 300.0
#: Seconds that a server may ask to be left alone for; for longer than that nobody waits.
PATIENCE: Final = 300.0
#: Replies after which the same request is worth making again, and replies that no other request will mend.
_BUSY: Final = frozenset({408, 425, 429, 500, 502, 503, 504})
_CLOSED: Final = frozenset({401, 403, 407})
_LONGEST_BACKOFF, _HOPS = 60.0, 3


class Unfit(BadInput):
    """One reply that cannot be used, where others may be: too large, or sent on to another place."""


@dataclass(frozen=True)
class Pace:
    """How fast and how patiently a server is asked; clock in seconds, jitter from 0 to 1."""

    per_second: float = 4.0
    tries: int = 6
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    jitter: Callable[[], float] = random.random


class Reply(NamedTuple):
    """A reply that has been read whole; header names are in small letters."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    next: str = ""

    @property
    def moment(self) -> datetime | None:
        """When the server says that it is, in UTC; None when it does not say."""
        return _moment(self.headers.get("date", ""))

    @property
    def total(self) -> int:
        """How many entries the server says a list has on all its pages; 0 when it does not say."""
        stated = self.headers.get("x-total-count", "")
        return int(stated) if stated.isdecimal() and len(stated) < 10 else 0

    @property
    def day(self) -> date | None:
        """The day that it is for the server, in UTC: in summer it begins an hour later than in London, never earlier."""
        return self.moment.date() if self.moment else None


class Interface:
    """Requests below one address, and nowhere else."""

    def __init__(self, base: str, pace: Pace, progress: Callable[[str], None]) -> None:
        import httpx

        self.base = checked(base)
        self.pace, self._progress = pace, progress
        self._not_before, self._answered = 0.0, False
        host = urlsplit(self.base).hostname or ""
        self._client = httpx.Client(
            headers={"User-Agent": f"nhs-kg/{RELEASE}", "Accept": "application/json"},
            timeout=httpx.Timeout(QUIET, connect=CONNECT),
            follow_redirects=False,
            # A proxy of the environment is for the world outside.
            trust_env=not (host in ("localhost", "::1") or host.startswith("127.")),
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.close()

    def below(self, link: str, place: str = "") -> str | None:
        """Give what of a link, found at a place, comes after the address and its stroke; None when it leads elsewhere."""
        try:
            base, found = urlsplit(self.base), urlsplit(urljoin(f"{self.base}/{place}", link))
            near = _origin(base) == _origin(found) and found.path.startswith(f"{base.path}/")
        except ValueError:
            return None
        if not near or ".." in found.path.split("/"):
            return None
        rest = found.path[len(base.path) + 1 :]
        return f"{rest}?{found.query}" if found.query else rest

    def ask(self, place: str, largest: int) -> Reply:
        """Ask for a place below the address, until there is a reply that another try would not better.

        `largest` is in bytes. A status such as 404 is the caller's to judge.

        Raises:
            Unfit: the reply is larger, or sends the request on to another place.
            BadInput: the server cannot be reached, stays busy, or refuses.
        """
        for _ in range(_HOPS):
            reply = self._persist(f"{self.base}/{place}", largest)
            if not (300 <= reply.status < 400 and (target := reply.headers.get("location"))):
                return reply
            further = self.below(target, place)
            if further is None:
                raise Unfit(
                    f"{self.base}/{place} sends the request on to {target[:200]}, which is not followed. "
                    "If you trust that address, give it instead."
                )
            place = further
        raise Unfit(
            f"{self.base}/{place} is sent on from one place to the next without an end. Tell who runs the server."
        )

    def _persist(self, url: str, largest: int) -> Reply:
        import httpx

        why = ""
        for tries in range(1, self.pace.tries + 1):
            self._await_turn()
            wait: float | None = None
            try:
                reply = self._read(url, largest)
            except httpx.ConnectError as error:
                why = f"cannot be reached ({error})"
                if not self._answered:
                    break
            except httpx.TimeoutException:
                why = "does not answer in time"
            except httpx.RequestError as error:
                why = f"broke off in the middle of its reply ({error})"
            else:
                self._answered = True
                if reply.status in _CLOSED:
                    raise BadInput(
                        f"{url} is refused ({reply.status}), though the interface is open to all. See that the address is "
                        "the publisher's own, and that nothing between here and there wants you to sign in."
                    )
                if reply.status not in _BUSY:
                    return reply
                why, wait = f"answers {reply.status}", _retry_after(reply)
            if wait is not None and wait > PATIENCE:
                why += f" and asks to be left alone for {wait / 60:.0f} minutes"
                break
            if tries < self.pace.tries:
                delay = self._backoff(tries) if wait is None else wait
                self._progress(f"{url} {why}. Trying again in {delay:.0f} s ({tries} of {self.pace.tries} tries made).")
                self.pace.sleep(delay)
        else:
            why += f", after {self.pace.tries} tries"
        raise BadInput(f"{url} {why}.")

    def _await_turn(self) -> None:
        """Keep to the rate: requests begin no closer together than it allows, however quick the replies."""
        now = self.pace.clock()
        if now < self._not_before:
            self.pace.sleep(self._not_before - now)
        self._not_before = max(now, self._not_before) + 1 / self.pace.per_second

    def _backoff(self, tries: int) -> float:
        """Seconds to wait, doubled at every try; the jitter keeps several who wait from coming back together."""
        return min(_LONGEST_BACKOFF, 2.0 ** (tries - 1)) * (0.5 + self.pace.jitter() / 2)

    def _read(self, url: str, largest: int) -> Reply:
        import httpx

        deadline, body = self.pace.clock() + WHOLE, bytearray()
        with self._client.stream("GET", url) as response:
            for piece in response.iter_bytes():
                body += piece
                if len(body) > largest:
                    raise Unfit(f"{url} sends more than {largest >> 20} MB, and was not read further.")
                if self.pace.clock() > deadline:
                    raise httpx.ReadTimeout("slow")
            headers = {name.lower(): value for name, value in response.headers.items()}
            following = headers.get("next-page") or response.links.get("next", {}).get("url", "")
        return Reply(response.status_code, headers, bytes(body), following)


def checked(base: str) -> str:
    """Give the address of an interface without the stroke, or the endpoint's name, at its end.

    Raises:
        UsageError: it is not http or https, has no host, holds credentials, or has a question mark or anchor.
    """
    try:
        parts = urlsplit(base)
        whole = parts.scheme in ("http", "https") and parts.hostname and (parts.port or 1)
    except ValueError:
        whole = None
    if not whole or parts.query or parts.fragment:
        raise UsageError(
            f'"{base}" is not the address of an interface. Give one such as '
            "https://directory.spineservices.nhs.uk/ORD/2-0-0, without anything after it."
        )
    if parts.username is not None or parts.password is not None:
        raise UsageError("The address holds a user name or a password. Leave them out: the interface asks for none.")
    return base.rstrip("/").removesuffix("/sync")


def _origin(parts: SplitResult) -> tuple[str, str | None, int | None]:
    return parts.scheme, parts.hostname, parts.port or {"http": 80, "https": 443}.get(parts.scheme)


def _retry_after(reply: Reply) -> float | None:
    """Seconds that the server asks to wait for; a date is told from the server's own clock, which may be wrong."""
    stated = reply.headers.get("retry-after", "").strip()
    if stated.isdecimal() and len(stated) < 10:
        return float(stated)
    then = _moment(stated)
    return max(0.0, (then - reply.moment).total_seconds()) if then and reply.moment else None


def _moment(stated: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(stated)
    except ValueError:
        return None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
