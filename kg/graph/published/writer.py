"""The publisher's records as statements: each record an organisation of its own, or joined to curated ones.

Statements are written as Turtle, which is a fifth of the length of N-Quads and read as fast; all of a file stand in one
named graph, whose source is the file. A node is named by what it says, so the same fact in two editions is one node:

    body/ods-a81001                                    an organisation that only the publisher records
    record/ods-16c                                     a record that tells of curated bodies
    membership/ods-a81001-re4-16c-2020-04-01           what it was to another
    classification/ods-a81001-ro177-1974-04-01         a role that it had
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Final, NamedTuple

from kg.facts.dates import OPEN_END
from kg.facts.ods.record import Record, Release, Succession
from kg.graph.edition import Brief
from kg.graph.folding import fold
from kg.graph.name_writer import Entry
from kg.graph.published.memberships import Memberships
from kg.graph.published.nodes import Nodes
from kg.graph.published.register import Life, Register, Subject, life_of
from kg.graph.published.roles import Codes, Roles
from kg.graph.relation_index import Had, Written
from kg.graph.turtle import UNKNOWN_DATES, as_day, as_text, fact, in_operation, lasting, unknown

#: The series of what has changed since a release: what it tells of a code stands for all that earlier files do.
_UPDATES: Final = "ods-api"
#: So many codes are kept of records that another stands for: one more than are told.
_KEPT: Final = 9


class Counts(NamedTuple):
    """What became of the records of one file."""

    whole: int = 0
    stubs: int = 0
    superseded: int = 0
    roles: int = 0
    relations: int = 0
    successions: int = 0
    superseded_codes: tuple[str, ...] = ()


class Unindexed(NamedTuple):
    """Rows for the tables beside the store: relations, roles, and what each record says in brief."""

    relations: list[Written]
    roles: list[Had]
    briefs: list[Brief]


class Rest(NamedTuple):
    """What could be written only when all files were read, by the SHA-256 of its file: Turtle, and rows for the index of relations."""

    turtle: Mapping[str, str]
    relations: Mapping[str, list[Written]]


class Writer:
    """Writes the records of files as Turtle; files are given in order of authority, for what comes first stands.

    `several` says that more than one file is written: then what an earlier one has said is not said again.
    """

    def __init__(self, register: Register, codes: Codes, *, several: bool) -> None:
        self.register = register
        self.entries: list[Entry] = []
        #: What each record says in brief, to tell a newer release from an older one, until a digest is given it.
        self._briefs: list[Brief] = []
        #: Succession rows, and the SHA-256 of the first file that states each.
        self.successions: dict[tuple[str, str, date | None], str] = {}
        #: How many succession rows say again what another has said: a release tells each from both sides.
        self.repeated = 0
        self._codes, self._several = codes, several
        self._nodes = Nodes()
        self._roles = Roles(codes, self._nodes, register.joins)
        self._memberships = Memberships(register, self._nodes, several=several)
        #: Codes of which an update has told, and those of which this file does.
        self._replaced: set[str] = set()
        self._updated: set[str] = set()
        #: Whom whole records of this file have told of, where an earlier one of another file may have.
        self._told: set[str] = set()

    @property
    def early(self) -> set[str]:
        """Relations that a line tells of, of whoever had its code then, when no whole record of that time had come yet."""
        return self._memberships.early

    def file(self, release: Release) -> None:
        """Begin a file."""
        self._release = release
        self._counts = dict.fromkeys(Counts._fields[:-1], 0)
        self._superseded = dict[str, None]()
        self._told.clear()
        self._nodes.file()
        self._memberships.file()

    def finished(self) -> Counts:
        """End a file; give what became of its records."""
        self._replaced |= self._updated
        self._updated.clear()
        return Counts(**self._counts, superseded_codes=tuple(self._superseded))

    def unindexed(self) -> Unindexed:
        """Give what the tables beside the store have not been given yet."""
        rows = Unindexed(self._memberships.rows, self._roles.rows, self._briefs)
        self._memberships.rows, self._roles.rows, self._briefs = [], [], []
        return rows

    def record(self, record: Record) -> str:
        """Write one record; empty when an earlier file, or an earlier record of the same thing, has said all of it."""
        counts, code = self._counts, record.code
        if code in self._replaced:
            return self._supersede(code)
        if record.successions:
            self._follow(record.successions)
        if record.stub:
            counts["stubs"] += 1
            return self._all(self.register.line(record, self._release), record)
        if self._release.series == _UPDATES:
            self._updated.add(code)
        start, until = life_of(record)
        role = record.primary_role
        life = self.register.entered(code, start, until, role)
        if life and (record.archived or not self._several or life.key in self._told):
            return self._supersede(code)
        counts["whole"] += 1
        inside = sorted([f"{one.code}:{one.target}" for one in record.relations if lasting(one.dates)[1] == OPEN_END])
        brief = code, record.name, start.isoformat(), until.isoformat(), " ".join(inside)
        self._briefs.append((self._release.sha256, *brief))
        if life:
            self._told.add(life.key)
            subject = Subject.of(code, life.key, min(life.until, until), self._release, joined=life.joined)
            return self._renamed(subject, life, record.name) + self._all(subject, record, earlier=True)
        bodies = [one.body for one in self.register.joins.meet(code, start, until)]
        life = self.register.enter(code, start, until, role, record.name, joined=bool(bodies))
        if self._several:
            self._told.add(life.key)
        subject = Subject.of(code, life.key, until, self._release, joined=life.joined)
        return self._organisation(subject, life, record, bodies) + self._all(subject, record)

    def _supersede(self, code: str) -> str:
        """Count a record that another stands for, and keep the code of the first few."""
        self._counts["superseded"] += 1
        if len(self._superseded) < _KEPT:
            self._superseded[code] = None
        return ""

    def _follow(self, successions: tuple[Succession, ...]) -> None:
        """Keep succession rows until all files are read."""
        file = self._release.sha256
        self._counts["successions"] += len(successions)
        for one in successions:
            row = one.predecessor, one.successor, one.on
            self.repeated += row in self.successions
            self.successions.setdefault(row, file)
            self.register.point(one.predecessor, file)
            self.register.point(one.successor, file)

    def _all(self, subject: Subject, record: Record, *, earlier: bool = False) -> str:
        """Write the roles and relations of a record."""
        self._counts["roles"] += len(record.roles)
        self._counts["relations"] += len(record.relations)
        return self._roles.write(subject, record, earlier=earlier) + self._memberships.write(subject, record)

    def _organisation(self, subject: Subject, life: Life, record: Record, bodies: list[str]) -> str:
        """Write an organisation that no record has told of yet, or a record of curated bodies."""
        code, key, start, until = subject.code, life.key, life.start, life.until
        label = record.name or code
        facts = (
            f'n:startsOn {as_day(start)};n:endsBefore {as_day(until)};s:notation "{code}"'
            f"{in_operation(record.dates)}{unknown(start)}"
            f"{fact('operationalStatus', record.status)}{fact('postcode', record.address.postcode)}"
        )
        if life.role:
            facts += f";n:primaryRole k:ods-{life.role.lower()}"
        if bodies:
            of = "".join(f";n:recordOf b:{body}" for body in bodies)
            return f'i:{key} a n:Record;d:title "{as_text(label)}"{of};{facts}.\n'
        best = self._codes.best(record.roles)
        self.entries.append(Entry(key, label, self._codes.labels.get(best, ""), start, until, code))
        kind = f";n:latestKind k:{self._codes.kind(best)}" if best else ""
        return f'b:{key} a o:Organization;s:prefLabel "{as_text(label)}"{kind};{facts}.\n'

    def _renamed(self, subject: Subject, life: Life, name: str) -> str:
        """Keep the name that an earlier edition gives, where it is another one."""
        if not name or not life.name or fold(name) == fold(life.name):
            return ""
        release = self._release
        node = self._nodes.new(f"{life.key}-{release.day.isoformat() if release.day else release.series}", OPEN_END)
        if not node:
            return ""
        if not life.joined:
            self.entries.append(Entry(life.key, name, "", life.start, life.until, "", former=True))
        day = f';n:observedOn {as_day(release.day)};n:precision "{release.precision}"' if release.day else ""
        return (
            f'g:{node} a n:Naming;n:about {subject.node};n:text "{as_text(name)}";n:nameType "official"'
            f';{UNKNOWN_DATES};n:confidence "verified"{day}.\n'
        )

    def rest(self, names: Mapping[str, str]) -> Rest:
        """Write what had to wait for all files, and what is named and told of nowhere.

        The latter are organisations known by their code alone, and roles that no table has, which `names` may name.
        """
        self.register.whole = True
        said: dict[str, list[str]] = {}
        relations: dict[str, list[Written]] = {}
        for file, turtle, rows in self._memberships.rest():
            said.setdefault(file, []).append(turtle)
            relations.setdefault(file, []).extend(rows)
        for code, life, file in self.register.enter_rest():
            kind = f";n:latestKind k:{self._codes.kind(life.role)}" if life.role else ""
            said.setdefault(file, []).append(
                f'b:{life.key} a o:Organization{kind};s:prefLabel "{as_text(life.name)}"'
                f';{UNKNOWN_DATES};s:notation "{code}";n:fate "unknown".\n'
            )
            label = self._codes.labels.get(life.role, "")
            self.entries.append(Entry(life.key, life.name, label, life.start, life.until, code))
        for file, turtle in self._roles.rest(names):
            said.setdefault(file, []).append(turtle)
        return Rest({file: "".join(lines) for file, lines in said.items()}, relations)
