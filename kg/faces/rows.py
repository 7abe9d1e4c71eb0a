"""An Answer as rows of CSV."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from kg.answers.answer import Answer, Ref
from kg.faces import histories
from kg.faces.tables import as_csv

#: The questions whose answers are steps of a lineage.
LINEAGE: Final = ("became", "before", "lineage")
_STEP_COLUMNS = (
    "date",
    "type",
    "lineage",
    "from_key",
    "from_label",
    "to_key",
    "to_label",
    "summary",
    "confidence",
    "sources",
    "event",
    "share",
    "share_basis",
    "release",
)
_RESULT_COLUMNS = (
    "key", "label", "kind", "codes", "from", "until", "share", "share_basis", "how", "role", "position", "mark",
    "measure", "statistic", "value", "low", "high", "date", "method", "rank", "text", "origin", "sources", "release",
)  # fmt: skip


def written(answer: Answer) -> str:
    """Give an answer as CSV: of a lineage a row for each pair that a step joins, of claims each, of others each result."""
    if answer.intent in LINEAGE and not any(result.origin for result in answer.results):
        return as_csv(_STEP_COLUMNS, list(step_cells(answer)))
    if answer.intent == "claims":
        said = [
            [claim.group, claim.rank, claim.text, claim.claimed_by, "; ".join(claim.sources), answer.release]
            for claim in answer.claims
        ]
        return as_csv(histories.CLAIM_COLUMNS, said)
    columns = histories.COLUMNS if histories.tells(answer) else _RESULT_COLUMNS
    cells = []
    for result in answer.results:
        row = {
            **{name.rstrip("_"): value for name, value in result._asdict().items()},
            "codes": _codes(result.codes), "sources": "; ".join(result.sources), "release": answer.release,
        }  # fmt: skip
        cells.append(["" if row[column] is None else f"{row[column]}" for column in columns])
    return as_csv(columns, cells)


def step_cells(answer: Answer) -> Iterable[list[str]]:
    """Give one row a pair of a step (a merger of three gives three), then one an end and basis of its share."""
    for step in answer.steps:
        nobody = Ref("", "", "", "", {})
        for giver in step.from_ or (nobody,):
            for receiver in step.to or (nobody,):
                yield [
                    step.date, step.type, step.lineage or "", giver.key, giver.label, receiver.key, receiver.label,
                    step.summary, step.confidence, "; ".join(step.sources), step.event, "", "", answer.release,
                ]  # fmt: skip
    yield from _end_rows(answer)


def _end_rows(answer: Answer) -> Iterable[list[str]]:
    subject = answer.subject
    for result in answer.results if subject else ():
        for share in result.shares:
            assert subject is not None
            yield [
                answer.as_of, "End", "codes" if result.how == "codes" else "legal", subject.key, subject.label,
                result.key, result.label, "in the end", "", "; ".join(result.sources), "",
                "" if share.share is None else f"{share.share}", share.basis, answer.release,
            ]  # fmt: skip


def _codes(held: dict[str, tuple[str, ...]]) -> str:
    return "; ".join(f"{scheme} {code}" for scheme, codes in held.items() for code in codes)
