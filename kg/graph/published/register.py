"""Who has had each of the publisher's codes: by the records of its files, beside whom the curated graph tells of."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final, Literal, NamedTuple

from kg.facts.dates import OPEN_END, UNKNOWN_START
from kg.facts.ods.record import Period, Record, Release
from kg.graph.joining import Held, Joins

_ALWAYS: Final = Period(None, None)


class Life(NamedTuple):
    """An organisation as the first file that records it whole tells of it; `joined` where its record is of curated bodies."""

    key: str
    start: date
    until: date
    role: str
    name: str
    joined: bool = False


class Subject(NamedTuple):
    """Whom a record is about, as its file shows it.

    `ended` is when an organisation ended whose record is its own: data/ says it of the others. `on` is the day that a
    list of the file is of, which is no later than the organisation's last.
    """

    code: str
    key: str
    joined: bool
    release: Release
    on: date
    ended: date

    @classmethod
    def of(cls, code: str, key: str, until: date, release: Release, *, joined: bool) -> Subject:
        """Tell of an organisation that lasted until then, or of the curated bodies that its record is joined to."""
        day = release.day or date.min
        if joined or until == OPEN_END:
            return cls(code, key, joined, release, day, OPEN_END)
        return cls(code, key, joined, release, min(day, until - timedelta(1)), until)

    @property
    def file(self) -> str:
        """The SHA-256 of the file."""
        return self.release.sha256

    @property
    def node(self) -> str:
        """The node that facts of the record are stated of: a record of curated bodies is none of them."""
        return f"i:{self.key}" if self.joined else f"b:{self.key}"


class Holders(NamedTuple):
    """Who had a code in a period, and who tells of it; when nobody does, the curated body that had it nearest to then."""

    by: Literal["curated", "publisher", "nobody"]
    held: list[Held]


class Register:
    """The organisations that the publisher records, by code.

    Files are given in order of authority, so that what is entered first stands.
    """

    def __init__(self, joins: Joins) -> None:
        self.joins = joins
        #: Every organisation that is recorded; a code that was used again has several.
        self.lives: dict[str, list[Life]] = {}
        #: Codes of lines that say something of them and are no whole record: name, primary role, SHA-256 of the file.
        self._lines: dict[str, tuple[str, str, str]] = {}
        #: Codes that others are related to, and the SHA-256 of the first file in which they are.
        self._pointed: dict[str, str] = {}
        #: Whether all files are read, so that who is not here never will be.
        self.whole = False

    def entered(self, code: str, start: date, until: date, role: str) -> Life | None:
        """Give the organisation that a whole record is of, where an earlier one has told of it.

        Two records of one code are of one thing where they meet in time, or are of one sort.
        """
        for one in self.lives.get(code, ()):
            if one.role == role or (one.start < until and start < one.until):
                return one
        return None

    def enter(self, code: str, start: date, until: date, role: str, name: str, *, joined: bool) -> Life:
        """Enter an organisation that no record has told of yet."""
        lives = self.lives.setdefault(code, [])
        key = f"ods-{code.lower()}"
        if lives:
            key += f"-{start.isoformat()}"  # the code was used again, and stays two things
        life = Life(key, start, until, role, name, joined)
        lives.append(life)
        return life

    def line(self, record: Record, release: Release) -> Subject:
        """Note a record that is not the whole of an organisation, and give whom it is about."""
        code, lives = record.code, self.lives.get(record.code)
        if lives:
            first = lives[0]
            until = first.until if len(lives) == 1 else OPEN_END
            return Subject.of(code, first.key, until, release, joined=first.joined)
        if record.name or code not in self._lines:
            self._lines[code] = record.name, record.primary_role, release.sha256
        return Subject.of(code, f"ods-{code.lower()}", OPEN_END, release, joined=code in self.joins)

    def point(self, code: str, file: str) -> str:
        """Note that a file speaks of a code, and give the key of the first that had it."""
        self._pointed.setdefault(code, file)
        lives = self.lives.get(code)
        return lives[0].key if lives else f"ods-{code.lower()}"

    def on(self, code: str, day: date) -> str:
        """Give the key of who had a code on a day by the records so far; empty when they tell of nobody."""
        return next((one.key for one in self.lives.get(code, ()) if one.start <= day < one.until), "")

    def holders(self, code: str, start: date, until: date, file: str) -> Holders | None:
        """Give who had a code in a period; None while a record that is still to come may tell it.

        When none of the curated bodies that a code is of had it then, an organisation of its own did that the publisher
        records, else nobody who is known.
        """
        if code not in self.joins:
            return Holders("publisher", [Held(self.point(code, file), start, until)])
        if held := self.joins.meet(code, start, until):
            return Holders("curated", held)
        if not self.whole:
            return None
        for one in self.lives.get(code, ()):
            if not one.joined and one.start < until and start < one.until:
                return Holders("publisher", [Held(one.key, start, until)])
        return Holders("nobody", [Held(self.joins.nearest(code, start) or "", start, until)])

    def nearest(self, code: str, day: date) -> str:
        """Give the key of who had a code on a day, or nearest to it, when all files are read."""
        curated = code in self.joins
        held = self.lives.get(code, ())
        if curated and not (held and not self.joins.meet(code, day, day + timedelta(1))):
            return self.joins.nearest(code, day) or ""
        return self.on(code, day) or (held[0].key if held else f"ods-{code.lower()}")

    def enter_rest(self) -> Iterator[tuple[str, Life, str]]:
        """Enter who is known by a code alone: give each with its code and the SHA-256 of the file that speaks of it."""
        for code in sorted((self._pointed.keys() | self._lines.keys()) - self.lives.keys()):
            if code in self.joins:
                continue
            name, role, file = self._lines.get(code) or ("", "", self._pointed[code])
            yield code, self.enter(code, UNKNOWN_START, OPEN_END, role, name or code, joined=False), file


def life_of(record: Record) -> tuple[date, date]:
    """Give the period of an organisation: that in law where the file gives one, each end on its own."""
    legal, operational = record.dates.legal or _ALWAYS, record.dates.operational or _ALWAYS
    start = legal.start or operational.start or UNKNOWN_START
    until = legal.until or operational.until or OPEN_END
    return start, until if until > start else start + timedelta(1)
