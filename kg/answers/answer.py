"""What every question returns: one Answer, which each face shows in its own way.

The JSON form is a stable contract, `kg/faces/contract.schema.json`: fields are only added.

The parts are named tuples and not data classes: they are as frozen, and made eight times faster at each start.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any, Final, Literal, NamedTuple

#: What the licence of the data asks to be printed wherever they are shown.
ATTRIBUTION: Final = (
    "Contains NHS Organisation Data Service information and Office for National Statistics data licensed under the "
    "Open Government Licence v3.0."
)

Status = Literal["answered", "ambiguous", "not_found", "unknown"]
Intent = Literal[
    "became", "before", "lineage", "members", "memberships", "what", "count",
    "population", "when", "where", "difference", "timeline", "claims", "list", "find", "coverage", "none",
]  # fmt: skip
Outcome = Literal["continues", "succeeded", "dissolved", "unknown"]
Codes = dict[str, tuple[str, ...]]


class Ref(NamedTuple):
    """A thing named in an answer; `short` is its acronym with its sense, or its label."""

    key: str
    label: str
    short: str
    kind: str
    codes: Codes


class Subject(NamedTuple):
    """What the question is about; days are ISO. `until` is the first day without, None when open, "unknown" when not recorded."""

    key: str
    label: str
    short: str
    kind: str
    codes: Codes
    from_: str | None
    until: str | None


class Share(NamedTuple):
    """A part of the subject by one basis; `share` is None when a step on the way has none by it."""

    basis: str
    share: float | None


class ShareTotal(NamedTuple):
    """What the shares of one lineage ("legal" or "codes") add up to over all its ends, by one basis.

    Complete shares add up to 1. `missing` gives the events by which something was lost from sight.
    """

    lineage: str
    basis: str
    total: float
    complete: bool
    missing: tuple[str, ...]


class Result(NamedTuple):
    """One line of an answer; fields that do not apply are None.

    `how` says what led there: "identity" (renamed, merged, divided), "functions" (duties moved) or
    "codes" (only the code lived on). `share` is the part of the subject, by `share_basis`; `shares` gives it by every
    basis. `origin` is the key of the body it came from, where an answer is about several. `change` says what happened to it,
    in a difference or timeline: from what it `was` to what it is `now`, `other` the key of what came instead.
    """

    key: str
    label: str
    short: str
    kind: str
    codes: Codes
    from_: str | None = None
    until: str | None = None
    share: float | None = None
    share_basis: str | None = None
    how: str | None = None
    role: str | None = None
    position: int | None = None
    mark: str | None = None
    measure: str | None = None
    statistic: str | None = None
    value: float | None = None
    low: float | None = None
    high: float | None = None
    date: str | None = None
    method: str | None = None
    rank: str | None = None
    text: str | None = None
    shares: tuple[Share, ...] = ()
    origin: str | None = None
    change: str | None = None
    was: str | None = None
    now: str | None = None
    other: str | None = None
    sources: tuple[str, ...] = ()


class Step(NamedTuple):
    """One event on the way."""

    event: str
    type: str
    date: str
    precision: str
    status: str
    from_: tuple[Ref, ...]
    to: tuple[Ref, ...]
    lineage: str | None
    summary: str
    note: str
    confidence: str
    sources: tuple[str, ...]


class Claim(NamedTuple):
    """What somebody says, where sources differ; `group` is shared by claims that cannot all be so."""

    text: str
    rank: str
    sources: tuple[str, ...]
    claimed_by: str = ""
    group: str = ""


class Candidate(NamedTuple):
    """A thing that a name may mean; `sense` is what to give to --sense."""

    key: str
    label: str
    kind: str
    sense: str
    from_: str | None
    until: str | None


class SourceRef(NamedTuple):
    """A source as a reader finds it: its address, or the name of the file."""

    key: str
    title: str
    publisher: str
    date: str | None
    url: str
    file: str
    locator: str = ""


@dataclass(frozen=True)
class Answer:
    """The answer to one question, whole: sentence first, then steps, claims, cautions and sources.

    `caution_sources` gives the sources of each caution, in the same order; empty for one that rests on none.
    """

    status: Status
    question: str
    intent: Intent
    subject: Subject | None
    as_of: str
    outcome: Outcome | None
    sentence: str
    sentence_sources: tuple[str, ...]
    results: tuple[Result, ...]
    steps: tuple[Step, ...]
    claims: tuple[Claim, ...]
    cautions: tuple[str, ...]
    caution_sources: tuple[tuple[str, ...], ...]
    candidates: tuple[Candidate, ...]
    sources: tuple[SourceRef, ...]
    release: str
    share_totals: tuple[ShareTotal, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Give the answer as plain values, as the JSON contract has them."""
        stated = {field.name: _plain(getattr(self, field.name)) for field in fields(Answer)}
        return {**stated, "attribution": ATTRIBUTION}

    def to_json(self) -> str:
        """Give the answer as JSON, keys in the order of the contract."""
        import json

        return json.dumps(self.to_dict(), ensure_ascii=False, indent=2)

    def _repr_html_(self) -> str:
        """Show the answer in a notebook: the sentence, the steps, the cautions and the sources."""
        from html import escape as say

        from kg.answers.language import written as when

        number = {source.key: place for place, source in enumerate(self.sources, 1)}

        def cites(keys: tuple[str, ...]) -> str:
            return "".join(f" [{number[key]}]" for key in keys if key in number)

        parts = [f"<p><strong>{say(self.sentence)}</strong>{cites(self.sentence_sources)}</p>"]
        lines = [
            f"<tr><td>{say(when(step.date))}</td><td>{say(', '.join(ref.short for ref in step.from_))} → "
            f"{say(', '.join(ref.short for ref in step.to))}</td><td>{say(step.summary)}{cites(step.sources)}</td></tr>"
            for step in self.steps
        ]
        parts += ["<table>", *lines, "</table>"] if lines else []
        items = [
            say(" · ".join(filter(None, (result.text or result.label, result.role, result.mark))))
            + cites(result.sources)
            for result in ([] if self.steps else self.results)
        ]
        items += [f"{say(candidate.label)} (sense: {say(candidate.sense)})" for candidate in self.candidates]
        said = [claim for claim in self.claims if claim.rank == "alternative" or not self.steps]
        items += [f"Also said: {say(claim.text)}{cites(claim.sources)}" for claim in said]
        items += [say(text) + cites(keys) for text, keys in zip(self.cautions, self.caution_sources, strict=True)]
        parts += ["<ul>", *(f"<li>{item}</li>" for item in items), "</ul>"] if items else []
        parts += (
            ["<ol>", *(f"<li>{say(cite(source))}</li>" for source in self.sources), "</ol>"] if self.sources else []
        )
        return "".join(
            [*parts, f"<p>As of {say(when(self.as_of))}, release {say(self.release)}. {say(ATTRIBUTION)}</p>"]
        )


def cite(source: SourceRef) -> str:
    """Give a source as one line: publisher, title (year), locator, address or file."""
    year = f" ({source.date[:4]})" if source.date else ""
    parts = [f"{source.publisher}, {source.title}{year}", source.locator, source.url or source.file]
    return ", ".join(part for part in parts if part)


def _plain(value: Any) -> Any:
    if hasattr(value, "_asdict"):
        return {name.rstrip("_"): _plain(item) for name, item in value._asdict().items()}
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value
