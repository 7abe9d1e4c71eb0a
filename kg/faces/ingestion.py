"""What an ingest did, told: how many records each file held, what became of them, and what a newer edition changed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from datetime import date
from typing import Final

from kg.answers import language as say
from kg.graph.compiled import ingested
from kg.graph.edition import Edition
from kg.graph.ingest import Outcome

#: The series of whole releases.
_WHOLE: Final = "trud"
#: So many codes are named, of each sort.
_FEW: Final = 8


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
            "stated": followed.stated, "repeated": followed.repeated, "followed": followed.followed,
            "transfers": len(followed.edges), "curated": followed.curated, "undated": followed.undated,
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
        yield from _file(one, outcome)
    for was, now, difference in outcome.replaced:
        yield f"{now.file} replaced {was.file} of {_day(was)}: {difference.told()}"
    yield from _successions(outcome)
    if done:
        asked = "kg asks it by itself" if outcome.folder == ingested() else f"ask it with --store {outcome.folder}"
        yield (
            f"{outcome.folder} holds {outcome.statements:,} statements and {outcome.names:,} names, made in {outcome.seconds:,.0f} s; "
            f"{asked}."
        )


def _file(one: Edition, outcome: Outcome) -> Iterator[str]:
    """Tell of one file: how many records and what became of them, what they are and what they hold, what is to be known."""
    yield (
        f"{one.file} ({one.title}, {_day(one)}): {say.counted(one.records, 'record')} = {one.loaded:,} loaded + "
        f"{one.quarantined:,} quarantined."
    )
    about = "references to a whole record" if one.series == _WHOLE else "lines about a code"
    parts = [say.counted(one.whole, "organisation")] if one.whole else []
    parts += [f"{say.counted(one.stubs, 'stub')} ({about})"] if one.stubs else []
    parts += [f"{one.superseded:,} that another record stands for{_named(one)}"] if one.superseded else []
    held = ((one.roles, "role"), (one.relations, "relation"), (one.successions, "succession"))
    inside = [say.counted(number, word) for number, word in held if number]
    if parts:
        yield f"  {say.listed(parts)}{f', with {say.listed(inside)}' if inside else ''}."
    if one.stated is not None and one.stated != one.records:
        yield f"  The file says it holds {say.counted(one.stated, 'record')}."
    if one.quarantined:
        yield f"  What could not be read, and why: {outcome.folder / 'quarantine' / one.sheet}"
    for note in one.notes:
        yield f"  {note}"


def _named(one: Edition) -> str:
    """Name the codes of records that another one stands for: some, where there are many."""
    codes = one.superseded_codes
    named = say.listed(codes) if len(codes) <= _FEW else f"{', '.join(codes[:_FEW])} ..."
    return f" ({named})" if codes else ""


def _successions(outcome: Outcome) -> Iterator[str]:
    followed = outcome.followed
    if followed is None or not followed.stated:
        return
    many = f"{followed.followed:,} {_are(followed.followed)}" if followed.followed else "none is"
    fewer = f", as {say.counted(len(followed.edges), 'transfer')}" if len(followed.edges) != followed.followed else ""
    yield f"Of the {say.counted(followed.stated, 'succession')} in all files, {many} followed{fewer}."
    if followed.repeated:
        yield f"  {followed.repeated:,} {_are(followed.repeated)} told already, from the other side or in another row."
    if followed.curated:
        are = "is between curated bodies, whose own story stands; it is" if followed.curated == 1 else "are between curated bodies, whose own story stands; they are"  # fmt: skip
        yield f"  {followed.curated:,} {are} kept and not followed."
    if followed.undated:
        yield f"  {followed.undated:,} {'has' if followed.undated == 1 else 'have'} no date: kept and not followed."
    if followed.itself:
        few = [before if before == after else f"{before}-{after}" for before, after, _ in followed.itself]
        yield f"  {len(few):,} {'leads' if len(few) == 1 else 'lead'} from a body to itself: kept and not followed ({say.shortened(few, _FEW)})."
    if followed.circles:
        few = ["-".join(circle[:6]) for circle in followed.circles]
        yield (
            f"  {say.counted(len(few), 'circle')} of them {_are(len(few))} followed as far as the dates go on ({say.shortened(few, _FEW)})."
        )


def _are(many: int) -> str:
    return "is" if many == 1 else "are"


def _day(one: Edition) -> str:
    return say.day(date.fromisoformat(one.day), one.precision)
