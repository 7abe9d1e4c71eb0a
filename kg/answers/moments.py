"""When what was stated of a thing gave way to something else: one name, code or kind to the next."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, NamedTuple, cast

from kg.facts.dates import PartialDate, Precision

Row = dict[str, Any]


class Moment(NamedTuple):
    """When statements of one sort about one thing gave way to others: rows that ended, rows that began."""

    date: date
    precision: str
    was: tuple[Row, ...]
    now: tuple[Row, ...]


def overlap(one: date, precision: str, other: date, others: str) -> bool:
    """Say whether two dates, each as precise as it is known ("day", "month", "year"), may be of the same day."""
    first, second = PartialDate(one, cast("Precision", precision)), PartialDate(other, cast("Precision", others))
    return one < second.following and other < first.following


def met(sides: Iterable[tuple[date, str, str, Row]]) -> list[Moment]:
    """Bring together what ended and what began on one day, or may have where one date is the less precise.

    Each of `sides` is (date, "was" for what ended or "now" for what began, precision, row).
    """
    found: list[dict[str, Any]] = []
    for day, side, precision, row in sorted(sides, key=lambda one: (one[0], one[1] == "now")):
        last = found[-1] if found else None
        if last and (
            last["date"] == day or (not last[side] and overlap(last["date"], last["precision"], day, precision))
        ):
            last[side].append(row)
            if day > last["date"]:
                last.update(date=day, precision=precision)
            continue
        found.append({"date": day, "precision": precision, "was": [], "now": [], side: [row]})
    return [
        Moment(one["date"], one["precision"], tuple(was), tuple(now))
        for one in found
        for was, now in [_without_the_same(one["was"], one["now"])]
        if was or now
    ]


def _without_the_same(was: list[Row], now: list[Row]) -> tuple[list[Row], list[Row]]:
    """Drop what is stated before and after alike: two rows for one name, because the sources differ."""

    def said(row: Row) -> str:
        return str(row.get("name") or row.get("code") or row.get("kind"))

    both = {said(row) for row in was} & {said(row) for row in now}
    return [row for row in was if said(row) not in both], [row for row in now if said(row) not in both]
