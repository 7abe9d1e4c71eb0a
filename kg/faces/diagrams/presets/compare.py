"""What changed between two days: how things stood on the first to the left, and on the second to the right."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Final

from kg.answers import difference as telling
from kg.answers import language as say
from kg.answers.answer import Answer, Result
from kg.answers.record import Records
from kg.errors import Ambiguous, NotFound, UsageError
from kg.faces.diagrams.presets.drawn import WORDS, Drawn, percent
from kg.faces.diagrams.scene import Edge, Facts, Node, Relation, Scene, Share
from kg.graph.names import Iri, key_of, thing

#: The name of the fact that tells a change of one thing alone.
CHANGED: Final = "What changed"
#: More things than this that nothing ties to another are counted, and not drawn.
_LONE: Final = 60
#: What passed from one thing to another; all other changes are of one thing.
_PASSING: Final = ("succeeded", "code reused", "part moved", "renamed")


def scene(
    records: Records, since: date, as_of: date, *, kind: str | None = None, sense: str | None = None,
    answer: Answer | None = None,
) -> Scene:  # fmt: skip
    """State what changed after one day and up to another; `kind` keeps to one kind and the bodies that were ever of it.

    A body that lived on and changed stands on both sides, each with the name, kind and codes of its day. What began
    after the first day and ended by the second stands between. `answer` is the one to the same question, where it has
    been found already.

    Raises:
        UsageError: the second day is before the first, or `kind` is the name of a body.
        Ambiguous: `kind` means several things.
        NotFound: nothing has the name `kind`.
    """
    if since > as_of:
        raise UsageError(f"The first day, {since}, is after the second, {as_of}. Give the earlier one first.")
    answer = answer or telling.difference(records, since, as_of, kind=kind, sense=sense)
    if answer.status in ("ambiguous", "not_found"):
        from kg.faces.text import render

        raise (Ambiguous if answer.status == "ambiguous" else NotFound)(render(answer, "text"))
    sides = _Sides(Drawn(records), since, as_of, answer)
    for result in sorted(
        answer.results, key=lambda result: (result.date or "", result.change not in ("ended", "began"))
    ):
        sides.take(result)
    nodes, edges = sides.finish()
    tied = {end for edge in edges for end in (edge.tail, edge.head)}
    lone = [node for node in nodes if node.id not in tied and not any(name == CHANGED for name, _ in node.facts)]
    cautions = [*sides.drawn.counted_by(edges), *answer.cautions]
    if len(lone) > _LONE:
        cautions.append(_left_out(lone, since))
        left_out = {node.id for node in lone}
        nodes = [node for node in nodes if node.id not in left_out]
    if sides.undrawn:
        told = dict.fromkeys(result.label for result in sides.undrawn)
        cautions.append(
            f"What passed from things that began that very day has no line, and is told with them: {say.shortened(list(told), 8)}."
        )
    between = max((node.column or 0 for node in nodes), default=1) - 1
    first, last = say.day(since), say.day(as_of)
    return Scene(
        title=f"What changed {telling.between(since, as_of)}" + (f": {answer.subject.short}" if answer.subject else ""),
        caption=answer.sentence,
        as_of=as_of,
        release=records.graph.release,
        form="layers",
        nodes=tuple(nodes),
        edges=tuple(edges),
        ledger=sides.drawn.ledger,
        cautions=(*cautions, *sides.drawn.reach(as_of)),
        headings=(first, *["Between"] * between, last) if nodes else (),
    )


class _Sides:
    """Puts things on either side, or between, and ties them; changes are taken in order of their date."""

    def __init__(self, drawn: Drawn, since: date, as_of: date, answer: Answer) -> None:
        self.drawn, self._since, self._as_of = drawn, since, as_of
        self.edges: list[Edge] = []
        #: Changes without a line: they are told in the box of what they are of.
        self.undrawn: list[Result] = []
        self._nodes: dict[str, Node] = {}
        #: Where each thing stands by the changes taken so far, and the changes of that thing alone.
        self._now: dict[Iri, str] = {}
        self._own: dict[Iri, list[Result]] = {}
        self._types = {
            (giver.key, receiver.key, step.date): step.type
            for step in answer.steps for giver in step.from_ for receiver in step.to
        }  # fmt: skip
        self._heirs = Counter((result.key, result.date, result.how) for result in answer.results if result.other)
        self._one_day = len({result.date for result in answer.results}) == 1

    def take(self, result: Result) -> None:
        """Put what a change is of in its place, and tie it to what came instead."""
        iri = _iri(result, result.key)
        if self._at_once(result, iri):
            self.undrawn.append(result)
            self._after(iri)
            self._own.setdefault(iri, []).append(result)
        elif result.change in _PASSING and result.other:
            other = _iri(result, result.other)
            tail, head = self._before(iri), self._after(other)
            self.edges.append(self._passing(result, tail, head))
            self._own.setdefault(iri, [])
            self._own.setdefault(other, [])
        elif result.change == "began":
            self._after(iri)
        elif result.change == "ended":
            self._before(iri)
        else:
            (self._before if self.drawn.records.thing(iri).in_force(self._since) else self._after)(iri)
            self._own.setdefault(iri, []).append(result)

    def _at_once(self, result: Result, iri: Iri) -> bool:
        """Say whether a change is of a thing that began with it and went on: there is no side from which it came."""
        lasted = self.drawn.records.thing(iri)
        return (
            result.change not in ("began", "ended")
            and lasted.in_force(self._as_of)
            and not lasted.in_force(self._since)
            and lasted.start == _day(result.date)
        )

    def finish(self) -> tuple[list[Node], list[Edge]]:
        """Give the nodes, each in its column, and the edges, after those of what lived on."""
        for iri, own in self._own.items():
            self._lived_on(iri, own)
        column = {key: int(key.endswith("@between")) for key in self._nodes}
        for edge in self.edges:
            column[edge.head] = max(column[edge.head], column[edge.tail] + 1)
        last = max([1, *(column[key] + (not self._is_last(key)) for key in column)])
        return [
            replace(node, column=last if self._is_last(key) else column[key]) for key, node in self._nodes.items()
        ], self.edges

    def _is_last(self, key: str) -> bool:
        return key.endswith(f"@{self._as_of}")

    def _before(self, iri: Iri) -> str:
        """Give where a thing stands from which something passes: to the left, or between when it began later."""
        if iri not in self._now:
            # What had ended even before the first day may still have passed something on, as codes.
            began = self.drawn.records.thing(iri).start <= self._since
            self._now[iri] = self._stand(iri, self._since if began else None)
        return self._now[iri]

    def _after(self, iri: Iri) -> str:
        """Give where a thing stands to which something passes: to the right, or between when it ended earlier."""
        if self.drawn.records.thing(iri).in_force(self._as_of):
            return self._stand(iri, self._as_of)
        between = self._stand(iri, None)
        if self.drawn.records.thing(iri).in_force(self._since) and self._now.get(iri) != between:
            self._same(iri, self._before(iri), between, [])
        self._now[iri] = between
        return between

    def _stand(self, iri: Iri, side: date | None) -> str:
        key = f"{key_of(iri)}@{side or 'between'}"
        if key not in self._nodes:
            on = side or max(self._since, self.drawn.records.thing(iri).start)
            self._nodes[key] = self.drawn.node(iri, on=on, id=key)
        return key

    def _lived_on(self, iri: Iri, own: list[Result]) -> None:
        """Put what was there before and after on both sides, and tell the changes of it alone."""
        lasted = self.drawn.records.thing(iri)
        facts = tuple((CHANGED, _told(result)) for result in own)
        if not lasted.in_force(self._as_of) or not (lasted.in_force(self._since) or iri in self._now):
            for key in dict.fromkeys((self._now.get(iri, ""), f"{key_of(iri)}@{self._as_of}")):
                if key in self._nodes:
                    self._nodes[key] = replace(self._nodes[key], facts=(*self._nodes[key].facts, *facts))
            return
        tail, head = self._before(iri), self._stand(iri, self._as_of)
        was, now = (_said(own, side, self._nodes[key].label) for side, key in (("was", tail), ("now", head)))
        again = any(result.change == "reclassified" for result in own)
        for key, said in ((tail, was), (head, now)):
            node = self._nodes[key]
            short = self.drawn.kind_on(iri, self._since if key == tail else self._as_of) if again else node.short
            self._nodes[key] = replace(node, when=said if own else node.when, short=short)
        self._same(iri, tail, head, own)

    def _same(self, iri: Iri, tail: str, head: str, own: list[Result]) -> None:
        label = say.capital(self.drawn.records.thing(iri).label)
        words = dict.fromkeys(_WORDS.get(result.change or "", result.change or "") for result in own)
        dates = dict.fromkeys(_short(result.date) for result in own)
        self.edges.append(
            Edge(
                f"same:{tail}>{head}", tail, head, "same", ", ".join(words),
                when="" if self._one_day else ", ".join(dates), starts=self._since,
                summary=f"{label} lived on",
                facts=tuple((CHANGED, _told(result)) for result in own),
                sources=self.drawn.remember(dict.fromkeys(key for result in own for key in result.sources)),
            )
        )  # fmt: skip

    def _passing(self, result: Result, tail: str, head: str) -> Edge:
        giver, receiver = self._nodes[tail], self._nodes[head]
        type_ = self._types.get((giver.key, receiver.key, result.date or ""), "")
        shares = () if result.share is None else (Share(str(result.share_basis), result.share),)
        facts: Facts = (
            ("What happened", f"{say.capital(result.change or '')}: {giver.label} to {receiver.label}"),
            ("When", say.written(result.date or "")),
            *((("Part", result.text),) if result.text else ()),
            *((f"Share by {share.basis}", percent(share.value)) for share in shares),
        )
        day = _day(result.date)
        return Edge(
            f"{len(self.edges)}:{tail}>{head}", tail, head, self._relation(result), WORDS.get(type_, result.change or ""),
            when="" if self._one_day else _short(result.date), starts=day, walk=day,
            lineage="codes" if result.how == "codes" else "legal",
            summary=facts[0][1], label="" if result.share is None or result.share >= 1 else percent(result.share), shares=shares, facts=facts,
            sources=self.drawn.remember(result.sources),
        )  # fmt: skip

    def _relation(self, result: Result) -> Relation:
        if result.how == "codes":
            return "codes"
        if result.how == "functions":
            return "functions"
        parted = result.change == "part moved" or self._heirs[result.key, result.date, result.how] > 1
        return "part" if parted else "whole"


#: What happened to one thing alone, in the fewest words.
_WORDS: Final = {
    "renamed": "renamed", "recoded": "another code", "reclassified": "another kind", "boundary": "another boundary",
    "moved": "another group", "clustered": "clustered",
}  # fmt: skip


def _iri(result: Result, key: str) -> Iri:
    return thing("kind" if result.kind == "kind of structure" else "body", key)


def _day(when: str | None) -> date:
    """Give the first day of an ISO date, to whatever precision."""
    text = when or date.min.isoformat()
    return date.fromisoformat(text + {4: "-01-01", 7: "-01"}.get(len(text), ""))


def _short(when: str | None) -> str:
    return say.short_day(_day(when), {4: "year", 7: "month"}.get(len(when or ""), "day")) if when else ""


def _told(result: Result) -> str:
    """Give a change of one thing in words: "moved, 1 April 2026: from NHS Sussex ICB to NHS Surrey and Sussex ICB"."""
    what = " ".join(
        filter(None, (result.was and f"from {result.was}", result.now and f"{'to ' if result.was else ''}{result.now}"))
    )
    return f"{result.change}, {say.written(result.date or '')}: " + "; ".join(filter(None, (what, result.text)))


def _said(own: Iterable[Result], side: str, label: str) -> str:
    """Give what stands in the box of a thing that lived on: its group or code of that day, its other kind, its boundary."""
    said = []
    for result in own:
        words = result.was if side == "was" else result.now
        if result.change == "moved" and words:
            said.append(f"in {words}")
        elif result.change == "boundary" and side == "now":
            said.append(f"{words}: {result.text}" if result.text else str(words))
        elif result.change == "clustered" and side == "now":
            said.append(result.text or "clustered")
        elif words and words != label and result.change != "reclassified":
            said.append(words)
    return "; ".join(dict.fromkeys(said))


def _left_out(lone: Iterable[Node], since: date) -> str:
    """Say how many things are not drawn that nothing recorded led to or came of, by kind."""
    told = []
    for word, nodes in (
        ("ended", [node for node in lone if node.ends < date.max and node.id.endswith(f"@{since}")]),
        ("began", [node for node in lone if not node.id.endswith(f"@{since}")]),
    ):
        counts = sorted(
            Counter(node.kind or "kind of structure" for node in nodes).items(), key=lambda one: (-one[1], one[0])
        )
        if counts:
            told.append(f"{word} {say.listed(f'{kind} ({say.number(many)})' for kind, many in counts)}")
    return f"Left out, as nothing recorded led to them or came of them: {'; '.join(told)}."
