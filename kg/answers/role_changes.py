"""What changed between two days among the organisations that ever had a role of the publisher's, by its files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from kg.answers.changes import Change, is_published
from kg.answers.reach import Open
from kg.answers.record import Records
from kg.graph.name_index import Named
from kg.graph.names import Iri
from kg.graph.relation_index import Related


def of_role(records: Records, kind: Iri, since: date, as_of: date) -> list[Change]:
    """Give who began, ended, moved and was succeeded after one day and up to another; a first or last group is no move."""
    index = records.graph.relations
    if index is None:
        return []
    held = records.graph.names.published({one.body for one in index.of_role(kind)})
    found = list[Change]()
    for iri, named in held.items():
        for change, day in (("began", named.start), ("ended", named.stop)):
            if since < day <= as_of:
                found.append(Change(change, iri, day, "day", statements=(iri,)))
    found += _moved(records, held, index.changed(since, as_of))
    for row in records.rows("transfers-between", since=since, asOf=as_of):
        if row["giver"] in held or row["receiver"] in held:
            was, now = (records.thing(row[side]).short for side in ("giver", "receiver"))
            found.append(
                Change(
                    "succeeded", row["giver"], row["date"], row["precision"], was, now, row["receiver"],
                    how="identity", statements=(row["event"],),
                )
            )  # fmt: skip
    return found


def curated(records: Records, kind: Iri) -> frozenset[Iri]:
    """Give the bodies of data/ that ever had a role, whose own story tells what changed."""
    index = records.graph.relations
    return frozenset(one.body for one in index.of_role(kind) if not is_published(one.body)) if index else frozenset()


def told_by(records: Records, kind: Iri, as_of: date) -> list[Open]:
    """Give the sources of the files that say who had a role on a day, each file's apart; of one that none had then, who ever had."""
    index = records.graph.relations
    if index is None:
        return []
    statements = {one.graph: one.classification for one in index.of_role(kind, as_of) or index.of_role(kind)}
    return [records.cites(statement) for statement in statements.values()]


def _moved(records: Records, held: Mapping[Iri, Named], changed: Iterable[tuple[Related, bool]]) -> Iterator[Change]:
    """Give the organisations that left one group and joined another in the same role, by the day of joining."""
    sides: dict[tuple[Iri, Iri], tuple[list[Related], list[Related]]] = {}
    for one, began in changed:
        if one.member in held:
            sides.setdefault((one.member, one.role), ([], []))[began].append(one)
    groups = {one.group for left, joined in sides.values() if left and joined for one in (*left, *joined)}
    labels = {iri: subject.label for iri, subject in records.subjects(groups).items()}
    for (member, _), (left, joined) in sides.items():
        for day in sorted({one.since for one in joined}):
            was, left = [one for one in left if one.until <= day], [one for one in left if one.until > day]
            now = [one for one in joined if one.since == day]
            kept = {one.group for one in was} & {one.group for one in now}  # told anew, and no move
            was, now = ([one for one in side if one.group not in kept] for side in (was, now))
            if was and now:
                came, went = (" and ".join(sorted({labels[one.group] for one in side})) for side in (now, was))
                yield Change(
                    "moved", member, day, "day", went, came, now[0].group,
                    statements=tuple(one.membership for one in (*was, *now)), graphs=tuple(one.graph for one in (*was, *now)),
                )  # fmt: skip
