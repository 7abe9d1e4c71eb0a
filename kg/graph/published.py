"""The publisher's records as statements: each record an organisation of its own, or joined to curated ones.

Statements are written as Turtle, which is a fifth of the length of N-Quads and read as fast; all of a file stand in one
named graph, whose source is the file. A node is named by what it says, so the same fact in two editions is one node:

    body/ods-a81001                                    an organisation that only the publisher records
    record/ods-16c                                     a record that tells of curated bodies
    membership/ods-a81001-re4-16c-2020-04-01           what it was to another
    classification/ods-a81001-ro177-1974-04-01         a role that it had
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Final, NamedTuple

from kg.facts.dates import OPEN_END, UNKNOWN_START
from kg.facts.ods.record import Dates, Period, Record, Relation, Release, Role
from kg.facts.records import PublisherCode
from kg.graph.joining import Held, Joins
from kg.graph.name_index import Entry, fold
from kg.graph.names import THINGS
from kg.graph.relation_index import Had, Written
from kg.graph.turtle import as_day, as_text, end_known, fact, in_operation, start_known, start_of, until_of

_ALL: Final = Period(None, None)


class Life(NamedTuple):
    """An organisation as the first file that records it whole tells of it."""

    key: str
    start: date
    until: date
    role: str
    name: str


class Counts(NamedTuple):
    """What became of the records of one file."""

    whole: int = 0
    stubs: int = 0
    superseded: int = 0
    roles: int = 0
    relations: int = 0
    successions: int = 0


class Codes:
    """The publisher's codes of roles and relationships, and what the curated table says of them."""

    def __init__(self, rows: Iterable[PublisherCode]) -> None:
        listed = list(rows)
        self.known = {row.code for row in listed}
        self.labels = {row.code: row.name for row in listed}
        self._kinds = {row.code: row.kind for row in listed if row.kind}
        self._telling = {row.code for row in listed if row.telling}

    def kind(self, code: str) -> str:
        """Give the key of the kind that a role makes an organisation: a curated one where it is exactly that, else its own."""
        return self._kinds.get(code) or f"ods-{code.lower()}"

    def best(self, roles: Iterable[Role]) -> str:
        """Give the role that tells most: one that lasts over one that ended, a telling one over the primary one."""
        ranked = [
            (
                until_of(role.dates) == OPEN_END,
                role.code in self._telling,
                role.primary,
                start_of(role.dates),
                role.code,
            )
            for role in roles
        ]
        return max(ranked)[-1] if ranked else ""


class Writer:
    """Writes the records of files as Turtle; files are given in order of authority, for what comes first stands.

    `several` says that more than one file is written: then what an earlier one has said is not said again.
    """

    def __init__(self, joins: Joins, codes: Codes, *, several: bool) -> None:
        self.joins, self.codes, self.several = joins, codes, several
        #: Every organisation that is written, by code; a code that was used again has several.
        self.lives: dict[str, list[Life]] = {}
        self.entries: list[Entry] = []
        #: What each record says in brief, to tell a newer release from an older one: the SHA-256 of its file, code, name,
        #: start, end, what it is inside.
        self.digests: list[tuple[str, str, str, str, str, str]] = []
        #: Succession rows, and the SHA-256 of the first file that states each.
        self.successions: dict[tuple[str, str, date | None], str] = {}
        #: What the index of relations has not been given yet.
        self.relations: list[Written] = []
        self.held: list[Had] = []
        #: Of relations that had to wait for all files, what the index is to be given, by the SHA-256 of the file.
        self.late: dict[str, list[Written]] = {}
        self._stubs: dict[str, tuple[str, str, str]] = {}
        self._pointed: dict[str, str] = {}
        self._own: set[str] = set()
        #: Relations that a line tells of, of whoever had its code then, when no whole record of that time has come yet.
        self.early: set[str] = set()
        self._waiting: list[tuple[Release, date, date, str, str, bool, Relation]] = []
        self._said: set[int] = set()
        self._here: dict[int, date] = {}
        self._replaced: set[str] = set()
        #: When the first commissioner that later editions show began, and those of this file.
        self._next: dict[str, date] = {}
        self._nearest: dict[str, date] = {}
        self._unknown: dict[str, str] = {}

    def file(self, release: Release) -> None:
        """Begin a file."""
        self._of(release)
        self.counts = dict.fromkeys(Counts._fields, 0)
        self._said.update(self._here)
        self._here.clear()
        for key, start in self._nearest.items():
            self._next[key] = min(start, self._next.get(key, start))
        self._nearest.clear()
        self._updating = release.series == "ods-api"
        self._updated: set[str] = set()

    def _of(self, release: Release) -> None:
        """Take what is written next to be of a file."""
        self.release, self._file = release, release.sha256
        self._on, self._ended = release.day or date.min, OPEN_END

    def _until(self, ended: date) -> None:
        """Take what is written next to be of an organisation that ended then: no list of a later day is of it."""
        self._ended, self._on = ended, min(self.release.day or date.min, ended - timedelta(1))

    def finished(self) -> Counts:
        """End a file; give what became of its records."""
        self._replaced |= self._updated
        return Counts(**self.counts)

    def record(self, record: Record) -> str:
        """Write one record; empty when an earlier file, or an earlier record of the same thing, has said all of it."""
        code = record.code
        if code in self._replaced:
            self.counts["superseded"] += 1
            return ""
        for succession in record.successions:
            self.counts["successions"] += 1
            self.successions.setdefault(succession[:3], self._file)
            for end in succession[:2]:
                self._pointed.setdefault(end, self._file)
        if record.stub:
            self.counts["stubs"] += 1
            if code not in self.lives and (record.name or code not in self._stubs):
                self._stubs[code] = record.name, record.primary_role, self._file
            key = self._key(code)
            joined = code in self.joins and key not in self._own
            lives = self.lives.get(code, ())
            self._until(lives[0].until if len(lives) == 1 and not joined else OPEN_END)
            return self._roles(key, record, joined=joined) + self._relations(code, key, record, joined=joined)
        if self._updating:
            self._updated.add(code)
        start, until = _life(record)
        held = self.joins.meet(code, start, until) if code in self.joins else []
        lives = self.lives.setdefault(code, [])
        inside = " ".join(
            sorted(f"{one.code}:{one.target}" for one in record.relations if until_of(one.dates) == OPEN_END)
        )
        digest = self._file, code, record.name, f"{start}", f"{until}", inside
        earlier = next((one for one in lives if _same(one, start, until, record.primary_role)), None)
        if earlier is not None:
            if not self.several or record.archived:
                self.counts["superseded"] += 1
                return ""
            self.counts["whole"] += 1
            self.digests.append(digest)
            key = earlier.key
            joined = code in self.joins and key not in self._own
            self._until(OPEN_END if joined else min(earlier.until, until))
            return "".join(
                (
                    self._renamed(key, earlier, record, joined=joined),
                    self._roles(key, record, joined=joined, earlier=True),
                    self._relations(code, key, record, joined=joined),
                )
            )
        self.counts["whole"] += 1
        key = f"ods-{code.lower()}"
        if lives:
            key += f"-{start.isoformat()}"  # the code was used again, and stays two things
        lives.append(Life(key, start, until, record.primary_role, record.name))
        self.digests.append(digest)
        best = self.codes.best(record.roles)
        label = record.name or code
        facts = (
            f'n:startsOn {as_day(start)};n:startPrecision "{start_known(start)}"'
            f';n:endsBefore {as_day(until)};n:endPrecision "{end_known(until)}";s:notation "{code}";n:inCodeScheme z:ods'
            f"{in_operation(record.dates)}"
            f"{fact('operationalStatus', record.status)}{fact('postcode', record.address.postcode)}"
        )
        if primary := record.primary_role:
            facts += f";n:primaryRole k:ods-{primary.lower()}"
        if held:
            bodies = "".join(f";n:recordOf b:{one.body}" for one in held)
            said = f'i:{key} a n:Record;d:title "{as_text(label)}"{bodies};{facts}.\n'
        else:
            kind = f";n:latestKind k:{self.codes.kind(best)}" if best else ""
            said = f'b:{key} a o:Organization;s:prefLabel "{as_text(label)}";n:about b:{key};n:confidence "verified"{kind};{facts}.\n'
            self.entries.append(Entry(key, label, self.codes.labels.get(best, ""), start, until, code))
            if code in self.joins:
                self._own.add(key)  # nobody whom data/ tells of had the code then
        joined = bool(held)
        self._until(OPEN_END if joined else until)
        return said + self._roles(key, record, joined=joined) + self._relations(code, key, record, joined=joined)

    def _key(self, code: str) -> str:
        lives = self.lives.get(code)
        return lives[0].key if lives else f"ods-{code.lower()}"

    def _renamed(self, key: str, earlier: Life, record: Record, *, joined: bool) -> str:
        """Keep the name that an earlier edition gives, where it is another one."""
        if not record.name or fold(record.name) == fold(earlier.name) or earlier.name == "":
            return ""
        node = self._new(f"{key}-{self.release.day.isoformat() if self.release.day else self.release.series}", OPEN_END)
        if not node:
            return ""
        about = f"i:{key}" if joined else f"b:{key}"
        if not joined:
            self.entries.append(Entry(key, record.name, "", earlier.start, earlier.until, "", former=True))
        day = (
            f';n:observedOn {as_day(self.release.day)};n:precision "{self.release.precision}"'
            if self.release.day
            else ""
        )
        return (
            f'g:{node} a n:Naming;n:about {about};n:text "{as_text(record.name)}";n:nameType "official"'
            f';n:startsOn {as_day(UNKNOWN_START)};n:startPrecision "unknown";n:endsBefore {as_day(OPEN_END)};n:endPrecision "unknown"'
            f';n:confidence "verified"{day}.\n'
        )

    def _roles(self, key: str, record: Record, *, joined: bool, earlier: bool = False) -> str:
        """Write roles; one without dates that an earlier edition alone gives is not known to have gone on after its day."""
        said = []
        about = f"{'i' if joined else 'b'}:{key}"
        for role in record.roles:
            self.counts["roles"] += 1
            start, until, ends = start_of(role.dates), until_of(role.dates), ""
            if earlier and role.dates.held is None:
                until, ends = self._on + timedelta(1), "unknown"
            since = start.isoformat() if start > UNKNOWN_START else "unknown"
            node = self._new(f"{key}-{role.code.lower()}-{since}", until)
            if not node:
                continue
            if role.code not in self.codes.known:
                self._unknown.setdefault(role.code, self._file)
            if not joined:
                self.held.append((node, key, f"ods-{role.code.lower()}", start.toordinal(), until.toordinal()))
            said.append(
                f'c:{node} n:about {about};n:asKind k:ods-{role.code.lower()};n:startsOn {as_day(start)};n:startPrecision "{start_known(start)}"'
                f';n:endsBefore {as_day(until)};n:endPrecision "{ends or end_known(until)}"{in_operation(role.dates)}.\n'
            )
        return "".join(said)

    def _relations(self, code: str, key: str, record: Record, *, joined: bool) -> str:
        said = []
        for stated in record.relations:
            self.counts["relations"] += 1
            relation = self._bounded(key, stated)
            if joined or relation.target in self.joins:
                text = self._joined(code, key, joined, relation, wait=True)
            else:
                then = self._then(code, relation) if record.stub else key
                text = self._membership(key, f"b:{then or key}", self._body(relation.target), relation, None)
                if text and not then:
                    self.early.add(THINGS + "membership/" + text[2 : text.index(" ")])
            said.append(text)
        return "".join(said)

    def _bounded(self, key: str, relation: Relation) -> Relation:
        """End a relation that is left open with the organisation, or where a later edition shows the next of its kind."""
        held = relation.dates.held
        if held is None:
            return relation
        start, ends = held.start or UNKNOWN_START, []
        if self.several and relation.code == "RE4" and held.start:
            following = self._next.get(key)
            self._nearest[key] = min(held.start, self._nearest.get(key, held.start))
            ends += [following] if following and following > start else []
        ends += [self._ended] if self._ended != OPEN_END and self._ended > start else []
        if held.until is not None or not ends:
            return relation
        period = Period(held.start, min(ends))
        dates = Dates(period, relation.dates.operational) if relation.dates.legal else Dates(None, period)
        return relation._replace(dates=dates)

    def _then(self, code: str, relation: Relation) -> str:
        """Give who had a code when a relation began, as far as is known; empty when nobody is known to."""
        start = relation.dates.held.start if relation.dates.held else self.release.day
        return next(
            (one.key for one in self.lives.get(code, ()) if one.start <= (start or UNKNOWN_START) < one.until), ""
        )

    def _body(self, code: str) -> str:
        self._pointed.setdefault(code, self._file)
        return f"b:{self._key(code)}"

    def _joined(self, code: str, key: str, joined: bool, relation: Relation, *, wait: bool) -> str:
        """Write what one was to another where a code is of curated bodies: once for each pair that held the codes meanwhile.

        Where nobody whom data/ tells of had a code then, another record may tell who had: such a relation waits for all.
        """
        start, until = (start_of(relation.dates), until_of(relation.dates)) if relation.dates.held else self._its_day()
        unheld = False
        target, curated = relation.target, joined and relation.target in self.joins
        for one in (code,) * joined + (target,) * (target in self.joins):
            if not self.joins.meet(one, start, until):
                if wait:
                    self._waiting.append((self.release, self._on, self._ended, code, key, joined, relation))
                    return ""
                other = self._life(one, start, until)
                unheld, curated = unheld or other is None, curated and other is None
        members = self._bodies(code, start, until) if joined else [Held(key, start, until)]
        groups = self._bodies(target, start, until)
        if curated or unheld:  # told by data/, or of nobody who is known to have had the code then
            node = self._new(_node(key, relation), until)
            if not node:
                return ""
            both = "".join(
                [f";n:member b:{body}" for body in dict.fromkeys(one.body for one in members)]
                + [f";n:group b:{body}" for body in dict.fromkeys(one.body for one in groups)]
            )
            dates = f";n:startsOn {as_day(start)};n:endsBefore {as_day(until)}"
            return f"m:{node} a n:RecordedRelation{both};o:role r:ods-{relation.code.lower()}{dates}.\n"
        pairs = [
            (member.body, group.body, max(member.start, group.start), min(member.until, group.until))
            for member in members for group in groups
            if member.start < group.until and group.start < member.until
        ]  # fmt: skip
        said = []
        for place, (member, group, begins, ends) in enumerate(pairs):
            part = Period(None if begins == UNKNOWN_START else begins, None if ends == OPEN_END else ends)
            said.append(self._membership(key, f"b:{member}", f"b:{group}", relation, part, again=place > 0))
        return "".join(said)

    def _life(self, code: str, start: date, until: date) -> Life | None:
        """Give the organisation of its own that had a code in a period, None when no record tells of one."""
        return next(
            (
                one
                for one in self.lives.get(code, ())
                if one.key in self._own and one.start < until and start < one.until
            ),
            None,
        )

    def _its_day(self) -> tuple[date, date]:
        """Give the day of the file, or the last of what ended before it: what has no dates is of who held the codes then."""
        return self._on, self._on + timedelta(1)

    def _bodies(self, code: str, start: date, until: date) -> list[Held]:
        if code not in self.joins:
            self._pointed.setdefault(code, self._file)
            return [Held(self._key(code), start, until)]
        if held := self.joins.meet(code, start, until):
            return held
        life = self._life(code, start, until)
        return [Held(life.key if life else self.joins.nearest(code, start) or "", start, until)]

    def _membership(
        self, key: str, member: str, group: str, relation: Relation, part: Period | None, *, again: bool = False
    ) -> str:
        held = relation.dates.held
        later = f"-{part.start.isoformat()}" if again and part and part.start else ""
        node = self._new(_node(key, relation) + later, until_of(relation.dates))
        if not node:
            return ""
        role = f"ods-{relation.code.lower()}"
        head = f"m:{node} o:organization {group};o:member {member};o:role r:{role}"
        sides = node, f"body/{group[2:]}", f"body/{member[2:]}", role
        if held is None:
            day, precision = self._on, "day" if self._on != self.release.day else self.release.precision
            first, last = date(day.year, 1, 1), min(date(day.year + 2, 1, 1), self._ended)
            self.relations.append((*sides, first.toordinal(), last.toordinal(), day.toordinal(), precision))
            return (
                f'{head};n:observedOn {as_day(day)};n:precision "{precision}";n:holdsFrom {as_day(first)}'
                f';n:holdsBefore {as_day(last)};n:startPrecision "unknown";n:endPrecision "unknown".\n'
            )
        start, until = part.start if part else held.start, part.until if part else held.until
        since = start or UNKNOWN_START
        self.relations.append((*sides, since.toordinal(), (until or OPEN_END).toordinal(), None, ""))
        dates = f";n:holdsFrom {as_day(since)};n:holdsBefore {as_day(until or OPEN_END)}"
        return f"{head}{dates}{in_operation(relation.dates)}.\n"

    def _new(self, node: str, until: date) -> str:
        """Give the name for a statement; empty when an earlier file, or this one with the same end, has made it."""
        seen = hash(node)
        if seen in self._said:
            return ""
        if (before := self._here.get(seen)) is None:
            self._here[seen] = until
            return node
        return "" if before == until else self._new(f"{node}-{until.isoformat()}", until)

    def rest(self, names: Mapping[str, str]) -> dict[str, str]:
        """Write what had to wait for all files, and what is named and told of nowhere; give it by the SHA-256 of its file.

        The latter are organisations known by their code alone, and roles that no table has.
        """
        said: dict[str, list[str]] = {}
        for release, on, ended, code, key, joined, relation in self._waiting:
            self._of(release)
            self._on, self._ended = on, ended
            said.setdefault(release.sha256, []).append(self._joined(code, key, joined, relation, wait=False))
            self.late.setdefault(release.sha256, []).extend(self.relations)
            self.relations.clear()
        for code in sorted((self._pointed.keys() | self._stubs.keys()) - self.lives.keys()):
            if code in self.joins:
                continue
            name, role, file = self._stubs.get(code) or ("", "", self._pointed[code])
            key, label = f"ods-{code.lower()}", name or code
            kind = f";n:latestKind k:{self.codes.kind(role)}" if role else ""
            said.setdefault(file, []).append(
                f'b:{key} a o:Organization;n:about b:{key};n:confidence "verified"{kind};s:prefLabel "{as_text(label)}"'
                f';n:startsOn {as_day(UNKNOWN_START)};n:startPrecision "unknown";n:endsBefore {as_day(OPEN_END)};n:endPrecision "unknown"'
                f';s:notation "{code}";n:inCodeScheme z:ods;n:fate "unknown".\n'
            )
            self.lives[code] = [Life(key, UNKNOWN_START, OPEN_END, role, label)]
            self.entries.append(Entry(key, label, self.codes.labels.get(role, ""), UNKNOWN_START, OPEN_END, code))
        for code, file in sorted(self._unknown.items()):
            label = names.get(code) or f"role {code}"
            said.setdefault(file, []).append(
                f'k:ods-{code.lower()} a s:Concept;a n:PublisherRole;s:prefLabel "{as_text(label)}";n:pluralLabel "{as_text(label)}"'
                f';s:notation "{code}";s:inScheme z:ods-roles;n:confidence "verified";n:form "other"'
                f';n:startsOn {as_day(UNKNOWN_START)};n:startPrecision "unknown";n:endsBefore {as_day(OPEN_END)};n:endPrecision "unknown".\n'
            )
        return {file: "".join(lines) for file, lines in said.items()}


def _node(key: str, relation: Relation) -> str:
    held = relation.dates.held
    since = held.start.isoformat() if held and held.start else "unknown" if held else "listed"
    return f"{key}-{relation.code.lower()}-{relation.target.lower()}-{since}"


def _life(record: Record) -> tuple[date, date]:
    """Give the period of an organisation: that in law where the file gives one, each end on its own."""
    legal, operational = record.dates.legal or _ALL, record.dates.operational or _ALL
    start = legal.start or operational.start or UNKNOWN_START
    until = legal.until or operational.until or OPEN_END
    return start, max(until, start + timedelta(1))


def _same(one: Life, start: date, until: date, role: str) -> bool:
    """Say whether two whole records of one code are of one thing: they meet in time, or are of one sort."""
    return one.role == role or (one.start < until and start < one.until)
