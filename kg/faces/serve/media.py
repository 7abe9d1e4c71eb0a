"""Which of the forms that are offered a reader wants: content negotiation by the Accept header (RFC 9110, 12.5.1)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

HTML: Final = "text/html"

#: Media types that ask for a form that is offered under another name.
_SAME: Final = {
    "application/x-turtle": "text/turtle",
    "text/n3": "text/turtle",
    "text/plain": "application/n-triples",
    "application/json": "application/sparql-results+json",
    "text/json": "application/sparql-results+json",
    "application/xml": "application/sparql-results+xml",
    "text/xml": "application/sparql-results+xml",
}


def chosen(accept: str, offered: Sequence[str]) -> str | None:
    """Give the media type that fits best, None when none does; of those that fit alike, the one offered first.

    `offered` are media types without parameters. Each has the quality of the most specific range that names it. What
    cannot be read in the header is passed over; an empty header asks for anything.
    """
    ranges = _ranges(accept)
    if not ranges:
        return offered[0] if offered else None
    rated = [(_quality(ranges, media), -place, media) for place, media in enumerate(offered)]
    quality, _, best = max(rated, default=(0.0, 0, ""))
    return best if quality > 0 else None


def chosen_result(accept: str, offered: Sequence[str]) -> str | None:
    """Give the media type that fits best where common names ("application/json") also stand for what is offered.

    An exact name goes before such a one.
    """
    if (best := chosen(accept, offered)) is not None:
        return best
    known = {common: media for common, media in _SAME.items() if media in offered and common not in offered}
    common = chosen(accept, list(known))
    return None if common is None else known[common]


def _ranges(accept: str) -> dict[str, float]:
    """Give the quality of each range; a range that is given twice has its greater one."""
    ranges: dict[str, float] = {}
    for part in accept.split(","):
        name, *parameters = (word.strip().lower() for word in part.split(";"))
        if name.count("/") != 1:
            continue
        quality = 1.0
        for parameter in parameters:
            key, _, value = parameter.partition("=")
            if key.strip() == "q":
                try:
                    quality = min(max(float(value), 0.0), 1.0)
                except ValueError:
                    quality = 0.0
        ranges[name] = max(quality, ranges.get(name, 0.0)) if quality == quality else 0.0
    return ranges


def _quality(ranges: dict[str, float], media: str) -> float:
    for name in (media, media.partition("/")[0] + "/*", "*/*"):
        if name in ranges:
            return ranges[name]
    return 0.0
