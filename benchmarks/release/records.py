"""The records of one of the two files, one after the other, stubs among them."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.release import successions, text, words
from benchmarks.release.dates import LAST, index, mixed, span
from benchmarks.release.kinds import ODDMENTS
from benchmarks.release.places import Held, Places, overlap
from benchmarks.release.plan import Parent, Part, Plan
from benchmarks.release.structure import Body
from benchmarks.release.text import Period, Rel

#: Relationships that are spread over kinds, in the order in which a record lists them.
SPREAD = ("RE2", "RE3", "RE4", "RE5", "RE6", "RE8", "RE9", "RE10", "RE11")
LIVE_ONLY = ("RE8", "RE9", "RE10", "RE11")


class Records:
    """Writes the records of one file; both files of a release share the plan, the full file first."""

    def __init__(self, plan: Plan, file: int) -> None:
        self.plan, self.file = plan, file
        self.places = Places(plan, file)
        self.told = successions.lines(plan, file)
        self.aims: dict[str, str] = {}
        self.role_id = 600_000 + 400_000 * file
        self.rel_id = 1_000_000 * file

    def __iter__(self) -> Iterator[str]:
        stubs = iter(self.plan.stubbed[self.file])
        every = max(1, self.plan.whole[self.file] // max(1, len(self.plan.stubbed[self.file])))
        for number, record in enumerate(self._whole()):
            yield record
            if number % every == every - 1 and (ref := next(stubs, None)):
                yield self._stub(*ref)
        for ref in stubs:
            yield self._stub(*ref)

    def _whole(self) -> Iterator[str]:
        for body in self.plan.bodies[self.file]:
            yield self._body(body)
        for part in self.plan.parts[self.file]:
            for at in range(len(part.codes)):
                yield self._made(part, at)

    def _aim(self, ref: Parent) -> str:
        """The text of a target, kept, for most are pointed at many times."""
        found = self.aims.get(ref[0])
        if found is None:
            found = self.aims[ref[0]] = text.target(*ref)
        return found

    def _stub(self, part: int, at: int) -> str:
        other = 1 - self.file
        if part < 0:
            body = self.plan.bodies[other][at]
            serial, code, role, site, name = self.plan.serials[id(body)], body.code, body.role, False, body.name
            when: Period = index(body.start), index(body.end) if body.end else None
        else:
            of = self.plan.parts[other][part]
            serial, code, role, site = of.first + at, of.codes[at], _role(of, at), of.kind.site
            name, when = words.name(of.kind, serial), span(of.kind.name, other, serial, bool(of.closed[at]))
        status = "Active" if when[1] is None else "Inactive"
        head = text.head(name, code, site, when, None, status, "", True)
        return f"{head}      <Roles>\n{text.role(role, 100_000 + serial, True, when, None, status)}      </Roles>\n    </Organisation>\n"

    def _body(self, body: Body) -> str:
        serial = self.plan.serials[id(body)]
        when: Period = index(body.start), index(body.end) if body.end else None
        status = _status(when)
        shown = "" if body.kind == "nhse-region" else status
        head = text.head(body.name, body.code, False, when, when, shown, words.changed(serial, when[1]), False)
        roles = [text.role(body.role, 100_000 + serial, True, when, when, status)]
        for code, start, end in body.extras:
            held: Period = index(start), index(end) if end else None
            self.role_id += 1
            roles.append(text.role(code, self.role_id, False, held, held, _status(held)))
        rels = []
        for link in body.links:
            held = index(link.start), index(link.end) if link.end else None
            ref = self.places.refs.get(link.target) or self._elsewhere(link.target)
            rels.append(Rel(link.relation, self._aim(ref), held, _status(held)))
        return self._joined(head, words.place(serial), roles, rels, True, serial)

    def _elsewhere(self, code: str) -> Parent:
        return next(
            (body.code, body.role, self.plan.serials[id(body)])
            for body in self.plan.structure.bodies
            if body.code == code
        )

    def _made(self, part: Part, at: int) -> str:
        kind, serial, take = part.kind, part.first + at, self.plan.spreads
        weights = kind.spread
        when = span(kind.name, self.file, serial, bool(part.closed[at]))
        live = not self.file
        if live and "future" in weights and take["future"].take(weights["future"]):
            when = when[0], LAST + 30 + serial % 300
        filler = "filler" in weights and take["filler"].take(weights["filler"])
        if filler:
            when = -1, when[1]
        legal: Period | None = None
        if kind.fixed.get("legal") or ("legal" in weights and take["legal"].take(weights["legal"])):
            legal = when
        if live and "late" in weights and take["late"].take(weights["late"]):
            legal = when[0], max(index(words.ABOLISHED), when[0] + 30)
        status = _status(when)
        name = words.name(kind, serial)
        if "dental" in weights and take["dental"].take(weights["dental"]):
            name = "DENTAL SURGERY"
        primary = _role(part, at)
        roles = [text.role(primary, 100_000 + serial, True, when, legal, status)]
        more = kind.fixed.get("role", 0) + (take["role"].take(weights["role"]) if "role" in weights else 0)
        for number in range(more):
            # The first role beside a practice's is always that of a practice; others take turns.
            extra = kind.extras[(number if kind.name == "practice" else at + number) % len(kind.extras)]
            self.role_id += 1
            roles.append(text.role(extra, self.role_id, False, when, legal, status))
        rels: list[Rel] = []
        for relation in SPREAD:
            count = kind.fixed.get(relation, 0)
            if relation in weights and (live or relation not in LIVE_ONLY):
                count += take[relation].take(weights[relation])
            if count:
                rels += self._related(relation, count, part, at, when, status)
        head = text.head(name, part.codes[at], kind.site, when, legal, status, words.changed(serial, when[1]), False)
        return self._joined(head, words.place(serial), roles, rels, legal is not None, serial)

    def _related(self, relation: str, count: int, part: Part, at: int, when: Period, status: str) -> list[Rel]:
        """As many relationships of one sort as a record has, the last of them until its end."""
        serial, places = part.first + at, self.places
        start, end = max(when[0], 0), when[1]
        if relation in ("RE8", "RE9", "RE10"):
            held = places.near(serial, mixed(serial, 9) if relation == "RE8" else mixed(serial, 8))
            if held is None:
                return [Rel(relation, self._aim(places.councils[0]), when, status)] * count
            ends = [each for each in (held.end, end, index(words.VACCINATED) if relation == "RE10" else None) if each]
            period: Period = max(start, held.start), max(min(ends), held.start) if ends else None
            return [Rel(relation, self._aim(held.by), period, _status(period))] * count
        if relation == "RE11":
            entity = places.entities[serial % len(places.entities)] if places.entities else places.councils[0]
            first = index(words.ENTITIES)
            period = max(start, first if end is None else min(first, end)), end
            return [Rel(relation, self._aim(entity), period, _status(period))] * count
        if relation == "RE4" or (relation == "RE6" and not part.over):
            return self._commissioned(relation, count, serial, (start, end))
        if relation == "RE3":
            return [self._under(relation, places.directors, serial, when, number) for number in range(count)]
        if relation == "RE6":
            pool, offset = part.over, self.plan.under.get(part.codes[at], at % len(part.over))
        elif relation == "RE2":
            beside = (at + 1) % len(part.codes)
            pool, offset = [(part.codes[beside], _role(part, beside), part.first + beside)], 0
        else:
            pool, offset = places.councils, mixed(serial, 5) % len(places.councils)
        if relation == "RE5" and count > 1:
            # The second of two places is a board, an office or a region, while there was one.
            return [
                *self._in_turn(relation, pool, offset, count - 1, when),
                self._under(relation, places.geography, serial, when, 0),
            ]
        return self._in_turn(relation, pool, offset, count, when)

    def _in_turn(self, relation: str, pool: list[Parent], offset: int, count: int, when: Period) -> list[Rel]:
        """One after the other from beginning to end; the last is the one at `offset`, which a site's code names."""
        start, end = max(when[0], 0), when[1]
        last = end if end is not None else LAST
        step = len(pool) // 3 + 1
        cuts = [start + (last - start) * number // count for number in range(count)]
        found = []
        for number, cut in enumerate(cuts):
            ref = pool[(offset + step * (count - 1 - number)) % len(pool)]
            until = cuts[number + 1] - 1 if number + 1 < count else end
            period = (when[0] if number == 0 else cut), max(until, cut) if until is not None else None
            found.append(Rel(relation, self._aim(ref), period, _status(period)))
        return found

    def _under(self, relation: str, pool: list[Held], serial: int, when: Period, number: int) -> Rel:
        """One of those who were there in its time; a council where none of the first few was."""
        own = max(when[0], 0), when[1]
        for turn in range(8):
            held = pool[mixed(serial, 30 + turn + 8 * number) % len(pool)] if pool else None
            if held and (period := overlap(own, held)):
                return Rel(relation, self._aim(held.by), period, _status(period))
        council = self.places.councils[mixed(serial, 6) % len(self.places.councils)]
        return Rel(relation, self._aim(council), when, _status(when))

    def _commissioned(self, relation: str, count: int, serial: int, when: Period) -> list[Rel]:
        """The last so many of those who held its place while it was open; earlier ones where that is too few."""
        start, end = when
        chain = self.places.chains[serial % len(self.places.chains)]
        held = []
        for link in chain:
            if period := overlap((start, end), link):
                held.append(Rel(relation, self._aim(link.by), period, _status(period)))
        held = held[-count:]
        missing = count - len(held)
        old = self.places.authorities[serial % len(self.places.authorities)]
        before = held[0].when[0] - 1 if held else end if end is not None else LAST
        first, until = overlap((start, max(before, start)), old) or (start, max(before, start))
        cuts = [first + ((until or LAST) - first) * number // max(1, missing) for number in range(missing + 1)]
        early = [
            Rel(relation, self._aim(old.by), (cuts[number], max(cuts[number], cuts[number + 1] - 1)), "Inactive")
            for number in range(missing)
        ]
        return early + held

    def _joined(self, head: str, place: str, roles: list[str], rels: list[Rel], legal: bool, serial: int) -> str:
        parts = [head, place, "      <Roles>\n", *roles, "      </Roles>\n"]
        if rels:
            parts.append("      <Rels>\n")
            for rel in rels:
                self.rel_id += 1
                parts.append(text.relationship(rel, self.rel_id, legal))
            parts.append("      </Rels>\n")
        if told := self.told.get(serial):
            parts.append("      <Succs>\n")
            for line in told:
                forward = line.kind == "Predecessor" and line.id is not None and line.id % 8 == 0
                parts.append(text.succession(line.kind, text.target(*line.target), line.on, line.id, forward))
            parts.append("      </Succs>\n")
        parts.append("    </Organisation>\n")
        return "".join(parts)


def _role(part: Part, at: int) -> str:
    return part.kind.role or ODDMENTS[at % len(ODDMENTS)]


def _status(when: Period) -> str:
    return "Active" if when[1] is None or when[1] > LAST else "Inactive"
