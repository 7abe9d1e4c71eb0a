"""What an ingest did, told: how many records each file held, what became of them, and what a newer edition changed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict

from kg.graph.edition import Edition
from kg.graph.ingest import Outcome


def told(outcome: Outcome) -> str:
    """Tell it in lines: one a file, with a sum that comes out, and what is to be known."""
    return "\n".join(_lines(outcome))


def as_json(outcome: Outcome) -> str:
    """Give the account as JSON."""
    followed = outcome.followed
    stated = {
        "folder": str(outcome.folder),
        "files": [_counted(one) for one in outcome.read],
        "unchanged": [_counted(one) for one in outcome.unchanged],
        "replaced": [
            {"series": now.series, "from": was.day, "to": now.day, **asdict(difference)}
            for was, now, difference in outcome.replaced
        ],
        "successions": {
            "followed": len(followed.edges), "curated": followed.curated, "undated": followed.undated,
            "itself": [list(row[:2]) for row in followed.itself], "circles": [list(one) for one in followed.circles],
        } if followed else None,
        "statements": outcome.statements, "names": outcome.names,
    }  # fmt: skip
    return json.dumps(stated, indent=2, ensure_ascii=False)


def _counted(one: Edition) -> dict[str, object]:
    return {**one.stated_as(), "loaded": one.loaded}


def _lines(outcome: Outcome) -> Iterator[str]:
    done = outcome.read or outcome.followed
    for one in outcome.unchanged:
        yield f"{one.file} is there already{'' if done else '; nothing was done'}."
    if not done and not outcome.unchanged:
        yield f"What {outcome.folder} holds is joined with the curated graph of this installation already; nothing was done."
    for one in outcome.read:
        yield (
            f"{one.file} ({one.title}, {_day(one)}): {one.records:,} record{'s' * (one.records != 1)} = {one.loaded:,} loaded + {one.quarantined:,} quarantined."
        )
        parts = [f"{one.whole:,} organisation{'s' * (one.whole != 1)}"]
        if one.stubs:
            parts.append(
                f"{one.stubs:,} {'lines about an organisation of another record' if one.series != 'trud' else 'references to a whole record'}"
            )
        if one.superseded:
            parts.append(f"{one.superseded:,} that another record stands for")
        held = [
            f"{number:,} {word}"
            for number, word in ((one.roles, "roles"), (one.relations, "relations"), (one.successions, "successions"))
            if number
        ]
        yield f"  {'; '.join(parts)}. {_and(held)}" if held else f"  {'; '.join(parts)}."
        if one.stated is not None and one.stated != one.records:
            yield f"  The file says it holds {one.stated:,} records."
        if one.quarantined:
            yield f"  Quarantined, with the reason of each: {outcome.folder / 'quarantine' / one.sheet}"
        for note in one.notes:
            yield f"  {note}"
    for was, now, difference in outcome.replaced:
        yield f"{now.file} replaced {was.file} of {_day(was)}: {difference.told()}"
    yield from _successions(outcome)
    if done:
        yield (
            f"{outcome.statements:,} statements and {outcome.names:,} names in {outcome.folder}, in {outcome.seconds:,.0f} s."
        )


def _successions(outcome: Outcome) -> Iterator[str]:
    followed = outcome.followed
    if followed is None or not (followed.edges or followed.itself or followed.curated or followed.undated):
        return
    yield (
        f"Successions: {len(followed.edges):,} followed; {followed.curated:,} between bodies whose story data/ tells, kept beside it."
    )
    if followed.undated:
        yield f"  {followed.undated:,} have no date, and are kept and not followed."
    if followed.itself:
        few = ", ".join(before if before == after else f"{before}-{after}" for before, after, _ in followed.itself[:8])
        yield f"  {len(followed.itself):,} lead from a body to itself, and are kept and not followed: {few}{_more(followed.itself)}"
    if followed.circles:
        few = "; ".join("-".join(circle[:6]) for circle in followed.circles[:5])
        yield f"  {len(followed.circles):,} lead round in a circle, and are followed as far as their dates go on: {few}{_more(followed.circles, 5)}"


def _more(rows: tuple[object, ...], shown: int = 8) -> str:
    return " ..." if len(rows) > shown else "."


def _day(one: Edition) -> str:
    return one.day[: {"day": 10, "month": 7}.get(one.precision, 4)]


def _and(parts: list[str]) -> str:
    return f"With {', '.join(parts)}."
