"""Which roles organisations had, and what the curated table says of the publisher's roles."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta

from kg.facts.dates import OPEN_END, UNKNOWN_START
from kg.facts.ods.record import Record, Role
from kg.facts.records import PublisherCode
from kg.graph.joining import Held, Joins
from kg.graph.published.nodes import Nodes
from kg.graph.published.register import Subject, life_of
from kg.graph.relation_index import Had
from kg.graph.turtle import UNKNOWN_DATES, as_day, as_text, in_operation, lasting, unknown


class Codes:
    """The publisher's codes of roles and relationships, and what the curated table says of them."""

    def __init__(self, rows: Iterable[PublisherCode]) -> None:
        listed = list(rows)
        self.labels = {row.code: row.name for row in listed}
        self._kinds = {row.code: row.kind for row in listed if row.kind}
        self._telling = {row.code for row in listed if row.telling}

    def kind(self, code: str) -> str:
        """Give the key of the kind that a role makes an organisation: a curated one where it is exactly that, else its own."""
        return self._kinds.get(code) or f"ods-{code.lower()}"

    def best(self, roles: Iterable[Role]) -> str:
        """Give the role that tells most: one that lasts over one that ended, a telling one over the primary one."""
        ranked = []
        for role in roles:
            start, until = lasting(role.dates)
            ranked.append((until == OPEN_END, role.code in self._telling, role.primary, start, role.code))
        return max(ranked)[-1] if ranked else ""


class Roles:
    """Writes the roles of records, as Turtle and as rows of the index of relations."""

    def __init__(self, codes: Codes, nodes: Nodes, joins: Joins) -> None:
        #: What the index of relations has not been given yet.
        self.rows: list[Had] = []
        self._codes, self._nodes, self._joins = codes, nodes, joins
        #: Roles that the curated table has not, and the SHA-256 of the first file with each.
        self._unlisted: dict[str, str] = {}

    def write(self, subject: Subject, record: Record, *, earlier: bool = False) -> str:
        """Write the roles of a record; one without dates that an earlier edition alone gives is not known to have gone on after its day."""
        said = []
        for role in record.roles:
            start, until = lasting(role.dates)
            if passing := earlier and role.dates.held is None:
                until = subject.on + timedelta(1)
            code = role.code.lower()
            since = start.isoformat() if start > UNKNOWN_START else "unknown"
            node = self._nodes.new(f"{subject.key}-{code}-{since}", until)
            if not node:
                continue
            if role.code not in self._codes.labels:
                self._unlisted.setdefault(role.code, subject.file)
            holders = (
                self._holders(subject, record, start, until) if subject.joined else [Held(subject.key, start, until)]
            )
            self.rows += [
                (node, one.body, f"ods-{code}", one.start.toordinal(), one.until.toordinal()) for one in holders
            ]
            said.append(
                f"c:{node} n:about {subject.node};n:asKind k:ods-{code};n:startsOn {as_day(start)}"
                f";n:endsBefore {as_day(until)}{in_operation(role.dates)}{unknown(start, end=passing)}.\n"
            )
        return "".join(said)

    def _holders(self, subject: Subject, record: Record, start: date, until: date) -> list[Held]:
        """Give the curated bodies that had a role by their record: each while it had the code, and no longer than the record lasts."""
        first, last = life_of(record)
        return self._joins.meet(subject.code, max(start, first), min(until, last))

    def rest(self, names: Mapping[str, str]) -> Iterator[tuple[str, str]]:
        """Write the roles that no table has, by the names that files give them: the SHA-256 of the file, and Turtle."""
        for code, file in sorted(self._unlisted.items()):
            label = as_text(names.get(code) or f"role {code}")
            yield (
                file,
                (
                    f'k:ods-{code.lower()} a s:Concept;a n:PublisherRole;s:prefLabel "{label}";n:pluralLabel "{label}"'
                    f';s:notation "{code}";s:inScheme z:ods-roles;n:confidence "verified";n:form "other";{UNKNOWN_DATES}.\n'
                ),
            )
