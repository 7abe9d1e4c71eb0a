"""A reply as it goes over the wire: with the mark of its content, and smaller for whoever can read that.

It is done where the reply is made: to press fifty megabytes takes a second that the server does not have.
"""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import replace
from typing import Final

from kg.faces.serve.exchange import Asked, Reply

_LEAST: Final = 1024
_PRESSED: Final = ("text/", "application/json", "application/javascript", "image/svg")
_LEVEL: Final = 5


def packed(asked: Asked, reply: Reply) -> Reply:
    """Give the reply with an ETag when it is a whole answer to GET, compressed when the reader takes gzip."""
    names = {name.lower() for name, _ in reply.headers}
    headers, body = [*reply.headers], reply.body
    fit = len(body) >= _LEAST and "content-encoding" not in names and _is_text(reply.media)
    pressed = fit and takes_gzip(asked.headers.get("accept-encoding", ""))
    if reply.status == 200 and asked.method in ("GET", "HEAD") and "etag" not in names:
        mark = hashlib.sha256(body).hexdigest()[:32]
        headers.append(("ETag", f'"{mark}-gzip"' if pressed else f'"{mark}"'))
    if pressed:
        body = gzip.compress(body, _LEVEL, mtime=0)
        headers.append(("Content-Encoding", "gzip"))
    if fit:
        headers.append(("Vary", "Accept-Encoding"))
    return replace(reply, body=body, headers=tuple(headers))


def takes_gzip(accepted: str) -> bool:
    """Say whether an Accept-Encoding header names gzip."""
    for part in accepted.lower().split(","):
        name, _, quality = part.partition(";")
        if name.strip() == "gzip":
            return quality.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False


def _is_text(media: str) -> bool:
    kind = media.partition(";")[0].strip()
    return kind.startswith(_PRESSED) or kind.endswith(("+json", "+xml", "n-triples", "n-quads"))
