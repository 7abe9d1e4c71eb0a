"""An answer in the making: facts are gathered in any order, sources numbered as they are met."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from kg.answers import reach
from kg.answers.answer import Answer, Candidate, Claim, Intent, Outcome, Result, ShareTotal, Status, Step, Subject
from kg.answers.record import Records


@dataclass
class Draft:
    """Collects the parts of an answer; `finish` gives it whole."""

    records: Records
    question: str
    intent: Intent
    as_of: date
    status: Status = "answered"
    subject: Subject | None = None
    outcome: Outcome | None = None
    sentence: str = ""
    sentence_sources: tuple[str, ...] = ()
    results: list[Result] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    claims: list[Claim] = field(default_factory=list)
    cautions: dict[str, tuple[str, ...]] = field(default_factory=dict)
    candidates: list[Candidate] = field(default_factory=list)
    share_totals: list[ShareTotal] = field(default_factory=list)
    #: Whether anything is told as going on; of a beginning alone nothing is.
    lasting: bool = True
    #: The last day that is told of, where a month or year is told whole and not the day `as_of` alone.
    last: date | None = None
    #: The sources of what is told as going on, beside the subject and the results.
    left_open: list[reach.Open] = field(default_factory=list)

    def caution(self, text: str, sources: Iterable[str] = ()) -> None:
        """Add a caution once, with what it rests on."""
        self.cautions.setdefault(text, tuple(sources))

    def finish(self) -> Answer:
        if self.as_of >= _next_month(self.records.graph.release):
            self.caution(
                f"That day lies after release {self.records.graph.release}, which knows of nothing later: this is how it "
                "stands by the release."
            )
        last = self.last or self.as_of
        open_ = reach.of_answer(self.records, self.subject, self.results, last) if self.lasting else ()
        left = [*open_, *self.left_open]
        if said := reach.caution(self.records, left, last):
            self.caution(*said)
        cited = list(self.sentence_sources)
        parts: tuple[Step | Result | Claim, ...] = (*self.steps, *self.results, *self.claims)
        for part in parts:
            cited.extend(part.sources)
        keys = dict.fromkeys([*cited, *(key for sources in self.cautions.values() for key in sources)])
        return Answer(
            self.status, self.question, self.intent, self.subject, self.as_of.isoformat(), self.outcome,
            self.sentence, self.sentence_sources, tuple(self.results), tuple(self.steps), tuple(self.claims),
            tuple(self.cautions), tuple(self.cautions.values()), tuple(self.candidates), tuple(self.records.source(key) for key in keys),
            self.records.graph.release, tuple(self.share_totals),
        )  # fmt: skip


def _next_month(release: str) -> date:
    """Give the first day after the month of a release, as 2026-12-01 for 2026.11.0."""
    year, month = map(int, release.split(".")[:2])
    return date(year + month // 12, month % 12 + 1, 1)
