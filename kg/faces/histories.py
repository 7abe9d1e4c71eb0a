"""Differences, timelines and claims as lines of text: many lines of several sorts, under headings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from itertools import groupby
from typing import Final

from kg.answers import language as say
from kg.answers.answer import Answer, Claim, Result
from kg.faces.tables import as_markdown, wrapped

Cites = Callable[[Iterable[str]], str]

COLUMNS: Final = (
    "change", "date", "key", "label", "kind", "codes", "from", "until", "was", "now", "other", "share", "share_basis",
    "how", "role", "measure", "value", "low", "high", "text", "sources", "release",
)  # fmt: skip
CLAIM_COLUMNS: Final = ("group", "rank", "text", "claimed_by", "sources", "release")
HEADINGS: Final = {
    "ended": "Ended, with the first day without it",
    "began": "Began",
    "succeeded": "Succeeded, whole or in part",
    "code reused": "Code passed on, which is no succession in law",
    "part moved": "A part moved; both went on",
    "renamed": "Renamed",
    "recoded": "Another code",
    "reclassified": "Another kind",
    "boundary": "Another boundary",
    "moved": "Moved to another group",
    "clustered": "Began to share leaders; each stayed a body of its own",
}
_COUNTED: Final = {
    **{change: change for change in HEADINGS},
    "code reused": "codes passed on",
    "part moved": "with a part moved",
    "reclassified": "of another kind",
    "boundary": "with another boundary",
    "clustered": "in clusters",
}
#: So many lines, or kinds, are counted in a table before they are told.
_MANY_LINES, _MANY_KINDS = 60, 5


def tells(answer: Answer) -> bool:
    """Say whether an answer is told here: the difference between two things, as of an ICS and an ICB, is not."""
    changed = answer.intent == "difference" and all(result.change for result in answer.results)
    return changed or answer.intent in ("timeline", "claims")


def blocks(answer: Answer, cites: Cites, width: int) -> list[str]:
    """Give the lines of an answer as blocks, each with its heading."""
    if answer.intent == "claims":
        return [_group(claims, heading, cites, width) for heading, claims in claim_groups(answer)]
    if answer.intent == "timeline":
        return ["\n".join(_dated(answer, answer.results, cites, width, "  "))] if answer.results else []
    parts = []
    kinds = {result.kind for result in answer.results}
    if len(answer.results) > _MANY_LINES or len(kinds) > _MANY_KINDS:
        parts.append("\n".join(wrapped(line, "  ", width) for line in counts(answer)))
    for change, results in groupby(answer.results, key=lambda result: result.change):
        lines = [f"  {HEADINGS[str(change)]}"]
        for kind, held in groupby(results, key=lambda result: result.kind):
            told = list(held)
            lines.append(f"    {kind or 'of no recorded kind'} ({len(told)})")
            lines.extend(_dated(answer, told, cites, width, "      "))
        parts.append("\n".join(lines))
    return parts


def counts(answer: Answer) -> list[str]:
    """Count changes by kind, a line a kind, the kind with most first."""
    found: dict[str, Counter[str]] = {}
    for result in answer.results:
        found.setdefault(result.kind or "of no recorded kind", Counter())[str(result.change)] += 1
    ranked = sorted(found, key=lambda kind: (-found[kind].total(), kind))
    return [
        f"{kind}: {', '.join(f'{say.number(found[kind][sort])} {_COUNTED[sort]}' for sort in HEADINGS if found[kind][sort])}"
        for kind in ranked
    ]


def told(answer: Answer, result: Result) -> str:
    """Give one change in words, without its date."""
    if answer.intent == "timeline":
        several = len({one.key for one in answer.results}) > 1
        return f"{result.short}: {result.text}" if several else str(result.text)
    was, now, text = result.was, result.now, result.text
    arrow = f"{was} -> {now}" if was and now else ""
    match result.change:
        case "ended" | "began":
            return _coded(result)
        case "succeeded" | "code reused" | "part moved":
            share = f"{(result.share or 0) * 100:.1f} % by {result.share_basis}" if result.share else ""
            duties = "functions" if result.how == "functions" else ""
            more = "; ".join(filter(None, (duties, share, text)))
            return f"{arrow}: {more}" if more else arrow
        case "renamed":
            return arrow or f"{result.short}: {text}"
        case "boundary":
            return f"{result.short} {now}: {text}" if text else f"{result.short} {now}"
        case _:
            plain = arrow or (f"now {now}" if now else f"no longer {was}" if was else str(text))
            # Thousands of organisations that only a publisher records have the name of another.
            return f"{_coded(result) if result.key.startswith('ods-') else result.short}: {plain}"


def _coded(result: Result) -> str:
    codes = ", ".join(code for held in result.codes.values() for code in held)
    return f"{result.short} ({codes})" if codes else result.short


def claim_groups(answer: Answer) -> Iterator[tuple[str, list[Claim]]]:
    """Give the claims of an answer by group, with the words that head each."""
    for group, claims in groupby(answer.claims, key=lambda claim: claim.group):
        held = list(claims)
        disputed = f"{group} ({len(held)} {'claims' if len(held) > 1 else 'claim'})"
        yield (disputed if group else "In no group, so not disputed"), held


def claim_words(claim: Claim, cites: Cites) -> str:
    """Give one claim with its rank and who says so."""
    by = f" Said by {claim.claimed_by}." if claim.claimed_by else ""
    return f"{claim.rank}: {claim.text.rstrip('.')}.{by} {cites(claim.sources)}"


def markdown(answer: Answer, cites: Cites) -> list[str]:
    """Give the lines of an answer as Markdown tables."""
    if answer.intent == "claims":
        return [
            f"### {heading}\n\n" + "\n".join(f"- {claim_words(claim, cites)}" for claim in claims)
            for heading, claims in claim_groups(answer)
        ]
    if not answer.results:
        return []
    if answer.intent == "timeline":
        return [
            as_markdown(
                ("When", "What", "Sources"),
                [[_when(result), told(answer, result), cites(result.sources)] for result in answer.results],
            )
        ]
    parts = []
    for change, results in groupby(answer.results, key=lambda result: result.change):
        rows = [[_when(result), result.kind, told(answer, result), cites(result.sources)] for result in results]
        parts.append(f"### {HEADINGS[str(change)]}\n\n" + as_markdown(("When", "Kind", "What", "Sources"), rows))
    return parts


def _dated(answer: Answer, results: Iterable[Result], cites: Cites, width: int, indent: str) -> list[str]:
    rows = [(_when(result), f"{told(answer, result)} {cites(result.sources)}".rstrip()) for result in results]
    first = max(len(when) for when, _ in rows)
    inner = " " * (len(indent) + first + 2)
    return [f"{indent}{when:<{first}}  {wrapped(words, inner, width).lstrip()}" for when, words in rows]


def _group(claims: list[Claim], heading: str, cites: Cites, width: int) -> str:
    lines = [f"  {heading}"]
    for claim in claims:
        lines.append("    " + wrapped(claim_words(claim, cites), "      ", width).lstrip())
    return "\n".join(lines)


def _when(result: Result) -> str:
    text = result.date or ""
    precision = {4: "year", 7: "month"}.get(len(text), "day")
    return say.short_day(date.fromisoformat(text + {4: "-01-01", 7: "-01"}.get(len(text), "")), precision)
