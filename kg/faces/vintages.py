"""What the codes of a column are, as people and programs read it; as JSON by the contract in `kg/faces/vintage.schema.json`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from kg.answers import language as say
from kg.answers.codebook import NAMES, span
from kg.answers.course import period
from kg.answers.vintage import Fit, Vintage
from kg.faces.tables import Format, aligned, as_csv, as_markdown, wrapped

_COLUMNS = (
    "group", "verdict", "level", "scheme", "from", "until", "codes", "share_of_codes", "rows", "share_of_rows", "absent", "not_fitting",
)  # fmt: skip
#: How many periods are shown beside the best.
_MORE = 3
#: How many groups are told in words.
_GROUPS = 50

#: A vintage for each group of rows; one under "" when they are not grouped. Lines are where codes of groups stand.
Groups = Mapping[str, Vintage]
Lines = Mapping[tuple[str, str], Sequence[int]]


def render(
    groups: Groups, form: Format, lines: Lines | None = None, release: str = "", width: int = 110, unit: str = "line"
) -> str:
    """Show what the codes of each group of rows are; `lines` tells where in the file the odd ones stand, in a `unit`."""
    if form == "json":
        import json

        told = [{"group": name, **_plain(name, found, lines or {})} for name, found in groups.items()]
        return json.dumps({"groups": told, "release": release}, ensure_ascii=False, indent=2)
    if form in ("csv", "markdown"):
        cells = [
            [str(cell) for cell in _cells(name, found, fit)] for name, found in groups.items() for fit in shown(found)
        ]
        return as_csv(_COLUMNS, cells) if form == "csv" else as_markdown(_COLUMNS, cells)
    some = list(groups.items())[:_GROUPS]
    blocks = [_text(name, found, lines or {}, width, unit) for name, found in some]
    if more := len(groups) - len(some):
        blocks.append(f"And {say.counted(more, 'group')} more; --json and --format csv list them all.")
    return "\n\n".join([*blocks, wrapped(f"Release {release}.", "  ", width)])


def verdict(found: Vintage) -> str:
    """Say in one word how it is with a list: "unknown", "mixed", "one" period or "several" that fit as well."""
    return "unknown" if not found.known else "mixed" if found.mixed else "one" if len(found.best) == 1 else "several"


def shown(found: Vintage) -> tuple[Fit, ...]:
    """Give the periods that are worth showing: the parts of a mixed list, else the best and a few behind them."""
    return found.parts if found.mixed else found.fits[: len(found.best) + _MORE]


def odd(found: Vintage) -> set[str]:
    """Give the values that do not belong: those that are no code, and in a mixed list those not of its largest part."""
    return {one.value for one in found.strangers} | {code for part in found.parts[1:] for code in part.codes}


def _text(name: str, found: Vintage, lines: Lines, width: int, unit: str) -> str:
    head = f"{name}: " if name else ""
    blocks = [wrapped(head + _sentence(found), "", width)]
    if found.known:
        cells = [
            [period(fit), f"{len(fit.codes)} of {len(found.counts)} codes", f"{say.number(fit.rows)} of {say.number(found.rows)} rows",
             f"{say.counted(fit.absent, 'other')} of that time missing" if fit.absent else "none of that time missing"]
            for fit in shown(found)
        ]  # fmt: skip
        blocks.append(aligned(cells, indent="  "))
    notes = list(_notes(name, found, lines, unit))
    return "\n".join([*blocks, *(wrapped(note, "  ", width) for note in notes)])


def _sentence(found: Vintage) -> str:
    if not found.known:
        return f"None of {say.number(len(found.counts))} values is a code of a PCT, CCG, sub-ICB location, STP, ICB or region."
    if found.mixed:
        return f"The codes are mixed: no one time fits all {say.number(len(found.known))} of them; it takes {len(found.parts)}."
    best = say.listed((period(fit) for fit in found.best), "or")
    few = "" if found.best[0].absent == 0 else ", though not all of them"
    return f"These are codes of {best}{few}."


def _notes(name: str, found: Vintage, lines: Lines, unit: str) -> list[str]:
    notes = []
    if found.mixed:
        notes += [
            f"Of {period(part)}: "
            f"{say.shortened([f'{code} ({_at(lines.get((name, code)), found.counts[code], unit)})' for code in sorted(part.codes)], 12)}."
            for part in found.parts[1:]
        ]
    for one in found.strangers:
        meant = f"; perhaps {say.listed(one.suggestions, 'or')}" if one.suggestions else ""
        notes.append(
            f'"{say.shown(one.value, 60)}" ({_at(lines.get((name, one.value)), one.rows, unit)}) is {one.is_ or "no code"}{meant}.'
        )
    if found.empty:
        notes.append(f"{say.counted(found.empty, 'row')} {'has' if found.empty == 1 else 'have'} no code.")
    if found.reused:
        some = found.reused[0]
        held = say.listed(f"{one.label} ({NAMES[one.level][0]}, {span(one.start, one.end)})" for one in some.holders)
        notes.append(
            f"The same code is not the same body: {say.number(len(found.reused))} of these codes have belonged to several, as "
            f"{some.code} to {held}."
        )
    return notes


def _at(places: Sequence[int] | None, rows: int, unit: str) -> str:
    """Say where a value stands: "line 4", "lines 4, 7 and 12 others", or on how many rows when that is all that is known."""
    if not places:
        return say.counted(rows, "row")
    every = [str(place) for place in places] + [""] * (rows - len(places))
    return f"{unit}{'s' if rows > 1 else ''} {say.shortened(every, len(places))}"


def _cells(name: str, found: Vintage, fit: Fit) -> list[Any]:
    return [
        name, verdict(found), fit.level, fit.scheme, *_days(fit), len(fit.codes), round(len(fit.codes) / len(found.counts), 6),
        fit.rows, round(fit.rows / found.rows, 6), fit.absent, " ".join(sorted(found.known - fit.codes)),
    ]  # fmt: skip


def _days(fit: Fit) -> list[str]:
    return ["" if fit.start.year == 1 else fit.start.isoformat(), "" if fit.end.year == 9999 else fit.end.isoformat()]


def _plain(name: str, found: Vintage, lines: Lines) -> dict[str, Any]:
    return {
        "verdict": verdict(found), "rows": found.rows, "codes": len(found.counts), "recognised": len(found.known), "empty": found.empty,
        "periods": [
            {"level": fit.level, "scheme": fit.scheme, "from": start or None, "until": end or None, "codes": len(fit.codes),
             "share_of_codes": len(fit.codes) / len(found.counts), "rows": fit.rows, "share_of_rows": fit.rows / found.rows,
             "absent": fit.absent, "best": fit in found.best, "not_fitting": sorted(found.known - fit.codes)}
            for fit in found.fits for start, end in [_days(fit)]
        ],
        "parts": [
            {"level": fit.level, "scheme": fit.scheme, "from": start or None, "until": end or None, "rows": fit.rows,
             "codes": [{"code": code, "rows": found.counts[code], "lines": list(lines.get((name, code), ()))} for code in sorted(fit.codes)]}
            for fit in (found.parts if found.mixed else ()) for start, end in [_days(fit)]
        ],
        "unrecognised": [
            {"value": one.value, "rows": one.rows, "is": one.is_ or None, "suggestions": list(one.suggestions), "lines": list(lines.get((name, one.value), ()))}
            for one in found.strangers
        ],
        "reused": [
            {"code": one.code, "holders": [{"key": held.key, "label": held.label, "level": held.level} for held in one.holders]}
            for one in found.reused
        ],
    }  # fmt: skip
