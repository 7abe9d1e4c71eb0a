"""What is claimed of a thing, and by whom: claims, events and numbers that sources differ on, the preferred first."""

from __future__ import annotations

from kg.answers import language as say
from kg.answers.answer import Answer, Claim
from kg.answers.observation import observed_words
from kg.answers.question import Question
from kg.answers.record import Records
from kg.graph.names import Iri


def claims(question: Question) -> Answer:
    """Give the claims about a thing by group, the preferred of each first; those in no group come last.

    A group is of claims that cannot all be so. An event or a number belongs here when it is in a group or ranked as an
    alternative. What is unconfirmed is counted and not told.
    """
    records, found, words = question.records, question.found, "What is claimed of {name}?"
    if not found.things:
        return question.unresolved("claims", words)
    thing = question.thing
    draft = question.draft("claims", words, subject=thing.subject)
    told, weak = [], 0
    for iri in found.things:
        for claim, confidence in (*_claims(records, iri), *_events(records, iri), *_numbers(records, iri)):
            if confidence == "unconfirmed":
                weak += 1
            elif claim not in told:
                told.append(claim)
    draft.claims = sorted(
        told, key=lambda claim: (not claim.group, claim.group, claim.rank != "preferred", claim.text, claim.sources)
    )
    groups = dict.fromkeys(claim.group for claim in draft.claims if claim.group)
    disputed = [group for group in groups if sum(claim.group == group for claim in draft.claims) > 1]
    draft.status = "answered" if told else "unknown"
    if told:
        made = "1 claim is" if len(told) == 1 else f"{len(told)} claims are"
        on = f"on {len(disputed)} {'point' if len(disputed) == 1 else 'points'} they differ"
        draft.sentence = f"Of {thing.full} {made} recorded{f'; {on}' if disputed else ''}."
    else:
        draft.sentence = f"No claim about {thing.full} is recorded: nothing in its record is said to be in doubt."
    draft.sentence_sources = () if told else records.cites(thing.iri)
    if weak:
        draft.caution(f"Left out, as one weak source alone says so: {weak} unconfirmed.")
    return draft.finish()


Weighed = tuple[Claim, str]


def _claims(records: Records, iri: Iri) -> list[Weighed]:
    return [
        (
            Claim(
                f"{row['text']}{_noted(row['note'])}", row["rank"], records.cites(row["claim"]), row["claimedBy"] or "", row["group"] or "",
            ),
            row["confidence"],
        )
        for row in records.graph.rows("claims", thing=iri)
    ]  # fmt: skip


def _events(records: Records, iri: Iri) -> list[Weighed]:
    found = []
    for row in records.graph.rows("ranked-events", thing=iri):
        facts, sides = records.event(row["event"]), records.sides(row["event"])
        was, now = (say.shortened([records.thing(end).short for end in sides[side]]) for side in ("before", "after"))
        ends = " to ".join(filter(None, (was, now if now != was else "")))
        planned = ", planned" if row["status"] == "planned" else ""
        text = f"{ends} ({say.day(row['date'], row['precision'])}{planned}): {facts['summary']}{_noted(facts['note'])}"
        said = Claim(text, row["rank"], records.cites(row["event"]), facts["claimedBy"], row["group"] or "")
        found.append((said, row["confidence"]))
    return found


def _numbers(records: Records, iri: Iri) -> list[Weighed]:
    return [
        (Claim(f"{row['measure']}: {observed_words(row)}", row["rank"], records.cites(row["observation"]), "", row["group"] or ""), row["confidence"])
        for row in records.graph.rows("observations", thing=iri)
        if row["group"] or row["rank"] != "preferred"
    ]  # fmt: skip


def _noted(note: str | None) -> str:
    return f" ({note.rstrip('.')})" if note else ""
