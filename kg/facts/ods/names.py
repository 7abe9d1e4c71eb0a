"""What the name of a file says of it: its series and its day."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Final

_DATED: Final = re.compile(r"(?<!\d)((?:19|20)\d{2})[-_]?(0[1-9]|1[0-2])(?:[-_]?(0[1-9]|[12]\d|3[01]))?(?!\d)")
_SERIES: Final = re.compile(r"(e[a-z]{1,15})(?![a-z])", re.IGNORECASE)


def day_of(path: Path, given: date | None) -> tuple[date | None, str]:
    """Give the day of a file and how precisely it is known: what was given, else as its name says, 2025-12 or 20251231."""
    if given is not None:
        return given, "day"
    if found := _DATED.search(path.stem):
        year, month, day = found.groups()
        try:
            return date(int(year), int(month), int(day or 1)), "day" if day else "month"
        except ValueError:
            return None, "day"
    return None, "day"


def series_of(path: Path) -> str:
    """Give the publisher's series in a file's name: epraccur of epraccur_2022-05.csv; empty when there is none."""
    found = _SERIES.match(path.stem)
    return found[1].lower() if found else ""


def undated(path: Path) -> str:
    """Give a file's name without its day and its ending, by which its editions are known to be of one thing."""
    kept = _DATED.sub("", path.stem).lower()
    return "-".join(re.findall(r"[^\W_]+", kept)) or "unnamed"
