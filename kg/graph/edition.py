"""A file as it is held in a graph: what it is, what became of its records, and how two editions differ."""

from __future__ import annotations

import sqlite3
from calendar import monthrange
from collections.abc import Iterable
from contextlib import closing
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, Final

from kg.facts.ods.record import Release
from kg.graph.names import BASE, PREFIXES, Iri, thing

_SCHEMA: Final = """
CREATE TABLE record (file TEXT NOT NULL, code TEXT NOT NULL, name TEXT, start TEXT, until TEXT, inside TEXT);
"""


#: A record in brief: SHA-256 of its file, code, name, first day, first day without, what it is inside.
Brief = tuple[str, str, str, str, str, str]


@dataclass(frozen=True)
class Edition:
    """One file that has been read into a graph.

    `records` is how many there were: `whole` organisations, `stubs` that say something of a code, `superseded` records
    that another one stands for, and those `quarantined`. `superseded_codes` are the first few codes of superseded records.
    """

    series: str
    title: str
    day: str
    precision: str
    publisher: str
    licence: str
    number: str
    sha256: str
    file: str
    held: str
    beside: bool = False
    records: int = 0
    whole: int = 0
    stubs: int = 0
    superseded: int = 0
    quarantined: int = 0
    roles: int = 0
    relations: int = 0
    successions: int = 0
    stated: int | None = None
    notes: tuple[str, ...] = ()
    superseded_codes: tuple[str, ...] = ()

    @classmethod
    def of(cls, release: Release) -> Edition:
        """Begin the account of a file that is about to be read."""
        name = f"{release.sha256[:16]}/{release.file}"  # which some readers tell the series by
        return cls(
            release.series, release.title, release.day.isoformat() if release.day else "", release.precision, release.publisher,
            release.licence, release.number, release.sha256, release.file, name, stated=release.stated,
        )  # fmt: skip

    @classmethod
    def read(cls, stated: dict[str, Any]) -> Edition:
        """Read what a manifest states."""
        return cls(**{**stated, **{name: tuple(stated.get(name, ())) for name in ("notes", "superseded_codes")}})

    def stated_as(self) -> dict[str, Any]:
        """Give it as a manifest states it."""
        return asdict(self)

    def counted(self, counts: dict[str, Any], quarantined: int, records: int, notes: Iterable[str]) -> Edition:
        """Add what became of its records."""
        return replace(self, **counts, quarantined=quarantined, records=records, notes=tuple(notes))

    @property
    def last_day(self) -> str:
        """The last day that it may be of: where only its month is known, the last of that."""
        known = day_of(self)
        if known is None or self.precision != "month":
            return self.day
        return known.replace(day=monthrange(known.year, known.month)[1]).isoformat()

    @property
    def sheet(self) -> str:
        """What the table of its records that cannot be read is called."""
        return f"{self.sha256[:16]}-{self.file[:48]}.csv"

    @property
    def loaded(self) -> int:
        return self.whole + self.stubs + self.superseded

    @property
    def key(self) -> str:
        """What its graph and its source are called: of a series kept beside others, each has its day."""
        several = f"-{self.sha256[:8]}" if self.series == "ods-api" else ""
        return f"ods-{self.series.removeprefix('ods-')}-{self.day}{several}"

    @property
    def graph(self) -> Iri:
        return Iri(f"{BASE}graph/{self.key}")

    @property
    def source(self) -> Iri:
        return thing("source", self.key)

    @property
    def rank(self) -> tuple[str, bool, str, str]:
        """What comes first when files disagree: the later, and of one day the whole release; never the one given first."""
        return self.day, self.series == "trud", self.series, self.sha256

    def described(self) -> str:
        """Write what is told of the file in its own graph, as Turtle in full."""

        def text(value: str) -> str:
            return '"' + value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ") + '"'

        terms, dcterms = PREFIXES["nis"], PREFIXES["dcterms"]
        day = f'"{self.day}"^^<http://www.w3.org/2001/XMLSchema#date>'
        facts = [
            (self.graph, f"{dcterms}source", f"<{self.source}>"),
            (self.graph, f"{dcterms}license", f"<{self.licence}>"),
            (self.source, PREFIXES["rdf"] + "type", f"<{terms}Source>"),
            (self.source, f"{dcterms}title", text(self.title)),
            (self.source, f"{dcterms}publisher", text(self.publisher)),
            (self.source, f"{dcterms}license", f"<{self.licence}>"),
            (self.source, f"{terms}fileName", text(self.file)),
            (self.source, f"{terms}sha256", text(self.sha256)),
        ]
        if self.day:
            facts += [(self.source, f"{dcterms}issued", day), (self.source, f"{terms}precision", text(self.precision))]
        return "".join(f"<{subject}> <{name}> {value} .\n" for subject, name, value in facts)


class Digest:
    """What each record of each file says in brief, kept beside the names to tell editions apart."""

    def __init__(self, names: Path) -> None:
        self._path = names

    def since(self, old: Path, was: Edition, now: Edition) -> Difference:
        """Tell how the records of a file differ from those of a file of an older graph.

        A code that was used again has several records, and those are held against each other in order of their starts.
        """
        with closing(sqlite3.connect(f"file:{self._path}?mode=ro", uri=True)) as db:
            db.execute("ATTACH ? AS old", (f"file:{old}?mode=ro",))
            for name, table, file in (("was", "old.record", was.sha256), ("now", "main.record", now.sha256)):
                place = "row_number() OVER (PARTITION BY code ORDER BY start, until, name) AS place"
                db.execute(f"CREATE TEMP TABLE {name} AS SELECT *, {place} FROM {table} WHERE file = ?", (file,))
                db.execute(f"CREATE INDEX temp.{name}_by_code ON {name} (code, place)")

            def codes(statement: str, *values: str) -> tuple[str, ...]:
                return tuple(
                    code for (code,) in db.execute(f"SELECT DISTINCT code FROM {statement} ORDER BY 1", values)
                )

            both = "was o JOIN now n USING (code, place) WHERE"
            only = "now n LEFT JOIN was o USING (code, place) WHERE o.file IS NULL AND n.start"
            return Difference(
                codes(f"{only} > ?", was.last_day),
                codes(f"{both} o.until > n.until"),
                codes(f"{both} o.name <> n.name"),
                codes(f"{both} o.inside <> n.inside AND o.until <= n.until"),
                codes(f"{only} <= ?", was.last_day),
                codes("was o LEFT JOIN now n USING (code, place) WHERE n.file IS NULL"),
            )


@dataclass(frozen=True)
class Difference:
    """How a newer edition differs from the older one, as codes.

    What `began` did so after the older one was made; what is `new` had begun before, or its start is not known, and was merely
    not in it. An end that became known is `ended`; `gone` is in it no more.
    """

    began: tuple[str, ...] = ()
    ended: tuple[str, ...] = ()
    renamed: tuple[str, ...] = ()
    moved: tuple[str, ...] = ()
    new: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()

    def told(self, shown: int = 8) -> str:
        """Tell it in a sentence, with the first few codes of each sort."""
        parts = []
        for word, codes in (
            ("began", self.began), ("ended", self.ended), ("renamed", self.renamed), ("moved", self.moved),
            ("new in the file", self.new), ("no longer in the file", self.gone),
        ):  # fmt: skip
            if codes:
                parts.append(
                    f"{len(codes):,} {word} ({', '.join(codes[:shown])}{', ...' if len(codes) > shown else ''})"
                )
        return f"{'; '.join(parts) or 'nothing began, ended, was renamed or moved, and the same codes are in it'}."


def day_of(edition: Edition) -> date | None:
    """Give the day of an edition, None when it has none."""
    return date.fromisoformat(edition.day) if edition.day else None


class DigestWriter:
    """Writes a digest as the files are read, so that none of it is held in memory."""

    def __init__(self, names: Path) -> None:
        # A file is read in a thread of its own, one at a time.
        self._db = sqlite3.connect(names, check_same_thread=False)
        self._db.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;" + _SCHEMA)

    def add(self, rows: Iterable[Brief]) -> None:
        """Write what records say."""
        self._db.executemany("INSERT INTO record VALUES (?, ?, ?, ?, ?, ?)", rows)

    def finish(self) -> None:
        """End the digest: from here on the file may be written by others."""
        self._db.execute("CREATE INDEX record_by_file ON record (file, code, start)")
        self._db.commit()
        self._db.close()
