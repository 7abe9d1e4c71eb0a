"""Which code followed which, as a publisher's file has it, held against what passed from body to body in the graph."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from kg.answers import language as say
from kg.answers.habits import Difference
from kg.answers.holdings import Body, Holding, Holdings, Passing, same_day
from kg.answers.suggestion import Suggestions
from kg.facts.ods.record import Release, Succession
from kg.graph.names import Iri

#: Why a file has no succession where something passed in the graph, by the type of the event.
_ABSENT: Final = {"PartialTransfer": "partial transfer", "FunctionTransfer": "duties that moved"}


class Successions:
    """Compares successions: each of the file as it comes, and at the end those of the graph that did not."""

    def __init__(self, holdings: Holdings, release: Release, suggestions: Suggestions) -> None:
        self.holdings, self.release, self.suggestions = holdings, release, suggestions
        self.left = Counter[str]()
        self.compared = 0
        self._seen = dict[tuple[str, str], Succession]()

    def differences(self, stated: Succession) -> Iterator[Difference]:
        """Give the difference of one succession of the file, none when the graph has it or cannot tell."""
        pair = (stated.predecessor, stated.successor)
        if pair in self._seen:
            return
        self._seen[pair] = stated
        if stated.predecessor == stated.successor:
            self.left["a code that follows itself"] += 1
            return
        before, after = self._holders(stated.predecessor), self._holders(stated.successor)
        if not before or not after:
            self.left["one of the two codes is nobody's in the graph"] += 1
            return
        self.compared += 1
        if {one.body.iri for one in before} & {one.body.iri for one in after}:
            return  # one body that changed its code
        found = [
            (giver.body, receiver.body, passing)
            for giver in before for receiver in after
            for passing in self.holdings.passings.get((giver.body.iri, receiver.body.iri), ())
        ]  # fmt: skip
        if any(stated.on is None or same_day(stated.on, passing.day, passing.precision) for *_, passing in found):
            return
        if found:
            giver, receiver, passing = found[0]
            eve = stated.on is not None and stated.on + timedelta(days=1) == passing.day
            cause = "succession on the last day" if eve else "succession on another day"
            yield self._difference(stated, giver, receiver, passing, cause)
        else:
            yield self._difference(stated, *self._likely(stated, before, after), None, "succession not recorded")

    def missing(self) -> Iterator[Difference]:
        """Give what passed in law between bodies whose codes the file tells of, without a succession of its own."""
        codes = {code for pair in self._seen for code in pair}
        for (giver, receiver), passings in sorted(self.holdings.passings.items()):
            pairs = {(one.code, other.code) for one in self._codes(giver) for other in self._codes(receiver)}
            if not pairs or not all(set(pair) <= codes for pair in pairs) or pairs & set(self._seen):
                continue
            for passing in passings:
                if passing.lineage == "legal" and (self.release.day is None or passing.day <= self.release.day):
                    yield self._absent(giver, receiver, passing, min(pairs))

    def _absent(self, giver: Iri, receiver: Iri, passing: Passing, codes: tuple[str, str]) -> Difference:
        before, after = self.holdings.bodies[giver], self.holdings.bodies[receiver]
        return Difference(
            codes[0], "succession", before.key, self._told(before, after, passing), self.holdings.sources(passing.event),
            f"no succession of {codes[0]} by {codes[1]}", "", self.release.file,
            _ABSENT.get(passing.type, "succession missing in the file"),
        )  # fmt: skip

    def _difference(
        self, stated: Succession, giver: Body, receiver: Body, passing: Passing | None, cause: str
    ) -> Difference:
        told = (
            self._told(giver, receiver, passing)
            if passing
            else f"nothing passed from {giver.label} to {receiver.label}"
        )
        return Difference(
            stated.predecessor, "succession", giver.key, told,
            self.holdings.sources(passing.event) if passing else self.holdings.sources(giver.iri, receiver.iri),
            f"{stated.predecessor} was followed by {stated.successor}" + (f" on {say.day(stated.on)}" if stated.on else ""),
            "legal" if stated.on else "", f"{self.release.file}, {stated.predecessor} to {stated.successor}", cause,
            (self.suggestions.of_succession(giver, receiver, stated, passing),),
        )  # fmt: skip

    def _told(self, giver: Body, receiver: Body, passing: Passing) -> str:
        return f"{giver.label} to {receiver.label} {say.on(passing.day, passing.precision)} ({passing.type})"

    def _likely(self, stated: Succession, before: list[Holding], after: list[Holding]) -> tuple[Body, Body]:
        """Of those that held the two codes in turn, give the last that had its code before the day and the first with its own after."""
        if stated.on is None:
            return before[-1].body, after[0].body
        day = stated.on
        givers = [one for one in before if one.start < day] or before
        receivers = [one for one in after if one.end > day] or after
        return givers[-1].body, receivers[0].body

    def _holders(self, code: str) -> list[Holding]:
        return self.holdings.held.get(code, [])

    def _codes(self, body: Iri) -> list[Holding]:
        return self.holdings.codes.get(body, [])
