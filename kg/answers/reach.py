"""How far the publisher's files reach: what one leaves open is known up to the day of that file, and no further."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from datetime import date
from typing import Final, NamedTuple, cast

from kg.answers import language as say
from kg.answers.answer import Result, Subject
from kg.answers.record import Records
from kg.facts.dates import PartialDate, Precision
from kg.graph.names import Iri, key_of, thing
from kg.graph.release import Published

#: The sources of one statement that has no end.
Open = tuple[str, ...]
#: How every caution of this sort begins.
BEGINS: Final = "As far as the file"
#: A file of what has changed since a day, by its name; and how the named graph of a whole release begins.
_UPDATE: Final = re.compile(r"_(\d{4}-\d\d-\d\d)_since_(\d{4}-\d\d-\d\d)\.")
_RELEASE: Final = "ods-trud-"


class Reach(NamedTuple):
    """The first day of which a file says nothing more, and how its last one is told."""

    until: date
    told: str


def of_answer(records: Records, subject: Subject | None, results: Collection[Result], as_of: date) -> Iterator[Open]:
    """Give the sources of what an answer leaves open on a day: its subject, what it names, and how they belong together."""
    if not records.files:
        return
    if subject is not None and _lasts(subject.key, subject.from_, subject.until, as_of):
        yield records.cites(thing("body", subject.key))
    for result in results:
        if result.until is not None or result.change or result.measure not in (None, "record"):
            continue
        if result.how is not None and _lasts(result.key, result.from_, result.until, as_of):
            yield records.cites(thing("body", result.key))
        elif result.how is None and (result.from_ or "") <= as_of.isoformat():
            yield result.sources


def _lasts(key: str, start: str | None, until: str | None, as_of: date) -> bool:
    """Whether only a publisher records something, and as going on since a day by then."""
    return key.startswith("ods-") and until is None and (start or "") <= as_of.isoformat()


def caution(records: Records, left: Iterable[Open], as_of: date) -> tuple[str, tuple[str, ...]] | None:
    """Say how far the files tell that leave something open, with their sources; None where all reach the day."""
    asked = dict.fromkeys(left)
    known, late = reaches(records) if asked else {}, dict[str, Reach]()
    for keys in asked:
        if keys and all(key in known for key in keys):
            last = max(keys, key=lambda key: known[key].until)
            if known[last].until <= as_of:
                late[last] = known[last]
    if not late:
        return None
    days = list(dict.fromkeys(one.told for one in sorted(late.values())))
    text = (
        f"{BEGINS}{' of' if len(late) == 1 else 's of'} {say.listed(days)} {'tells' if len(late) == 1 else 'tell'}: what has no end there is taken "
        f"to go on, and what has changed since, up to {say.day(as_of)}, is not known here."
    )
    return text, tuple(late)


def reaches(records: Records) -> dict[str, Reach]:
    """Give how far each of the publisher's files in a graph reaches, by the key of its source; of what data/ says, nothing."""
    updates = sorted((since, day) for file in records.files for day, since in _UPDATE.findall(file.name))
    return {key_of(Iri(file.source)): _reach(file, updates) for file in records.files}


def _reach(file: Published, updates: list[tuple[str, str]]) -> Reach:
    if not file.day:
        return Reach(date.min, "a day that is not known")
    day = PartialDate(date.fromisoformat(file.day), cast("Precision", file.precision))
    until, last = day.following, day
    # What a release holds and no update tells of since was unchanged on the day of the update.
    for since, on in updates if key_of(Iri(file.source)).startswith(_RELEASE) else ():
        if date.fromisoformat(since) <= until and date.fromisoformat(on) >= until:
            last = PartialDate(date.fromisoformat(on), "day")
            until = last.following
    return Reach(until, say.day(last.day, last.precision))
