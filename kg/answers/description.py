"""What a thing is, when and where it was, how two differ, and what a source lists."""

from __future__ import annotations

from datetime import date
from typing import Any

from kg.answers import belonging, telling
from kg.answers import language as say
from kg.answers.answer import Answer
from kg.answers.draft import Draft
from kg.answers.find import look_up, unresolved
from kg.answers.observation import observed_words
from kg.answers.question import Question
from kg.answers.record import SCHEMES, Records, Thing
from kg.graph.names import Iri, key_of


def what(records: Records, name: str, *, as_of: date, sense: str | None = None, question: str = "") -> Answer:
    """Say what a thing is. An acronym of several senses gets them all explained, not a choice to make."""
    asked = question or f"What is {name}?"
    found = look_up(records, name, sense)
    if not found.things and not found.several:
        return unresolved(records, found, name, asked, "what", as_of)
    things = [records.thing(iri) for iri in (found.things or tuple(named.iri for named in found.several))]
    things.sort(key=lambda thing: (thing.start, thing.iri))
    draft = Draft(records, asked, "what", as_of)
    if len(things) == 1 or found.things:
        draft.subject = things[-1].subject
    draft.results = [thing.result(text=_account(thing), sources=records.cites(thing.iri)) for thing in things]
    if len(things) == 1:
        draft.sentence = " ".join(filter(None, (_account(things[0]), telling.in_turn(records, things[0].iri))))
    elif found.things:
        draft.sentence = (
            f"{_definition(things[-1])} The name has meant {len(things)} things in turn, each becoming the next."
        )
    else:
        draft.sentence = f'"{name}" means {len(things)} different things: {say.listed(thing.full for thing in things)}.'
    draft.sentence_sources = tuple(dict.fromkeys(key for thing in things for key in records.cites(thing.iri)))[:4]
    for thing in things:
        _tell_day(draft, records, thing, as_of)
        for row in records.graph.rows("distinctions", thing=thing.iri):
            # Of several senses, what matters is how they differ from each other.
            if len(things) == 1 or row["other"] in {other.iri for other in things}:
                draft.caution(f"Not the same: {row['text']}", records.cites(row["distinction"]))
        draft.claims.extend(
            records.claims(thing.iri, lambda row: row["topic"] in ("definition", "name", "legal", "role"))
        )
    return draft.finish()


def when(
    records: Records, name: str, *, as_of: date, sense: str | None = None, question: str = "", side: str = "both"
) -> Answer:
    """Say when a thing began and ended: `side` is "start", "end" or "both"."""
    asked = question or f"When did {name} start and end?"
    found = look_up(records, name, sense)
    if not found.things and not found.several:
        return unresolved(records, found, name, asked, "when", as_of)
    things = [records.thing(iri) for iri in (found.things or tuple(named.iri for named in found.several))]
    draft = Draft(
        records, asked, "when", as_of, subject=things[-1].subject if found.things else None, lasting=side != "start"
    )
    draft.results = [thing.result(sources=records.cites(thing.iri)) for thing in things]
    draft.sentence = " ".join(_life(thing, side) for thing in things)
    draft.sentence_sources = tuple(dict.fromkeys(key for thing in things for key in records.cites(thing.iri)))
    asked_for = {"start": ("startPrecision",), "end": ("endPrecision",)}.get(side, ("startPrecision", "endPrecision"))
    if all(thing.facts[field] == "unknown" for thing in things for field in asked_for):
        draft.status = "unknown"
    for thing in things:
        weak = [word for word in thing.fact("background").split() if word in ("from", "until")]
        for word in weak:
            draft.caution(
                f"The {'start' if word == 'from' else 'end'} date of {thing.full} is background knowledge, not read in a source."
            )
        if thing.fact("note"):
            draft.caution(thing.fact("note"))
        draft.claims.extend(records.claims(thing.iri, lambda row: row["topic"] == "date"))
    return draft.finish()


def where(records: Records, name: str, *, as_of: date, sense: str | None = None, question: str = "") -> Answer:
    """Say what area a body covers: its area as sources give it, and the councils that belong to it."""
    asked = question or f"What area does {name} cover?"
    found = look_up(records, name, sense)
    if not found.things:
        return unresolved(records, found, name, asked, "where", as_of)
    thing = records.thing(found.last)
    draft = Draft(records, asked, "where", as_of, subject=thing.subject)
    draft.claims = records.claims(thing.iri, lambda row: row["topic"] in ("area", "coverage"))
    day = (
        as_of
        if thing.in_force(as_of) or thing.facts["endPrecision"] in ("open", "unknown")
        else date.fromordinal(thing.end.toordinal() - 1)
    )
    rows = [] if thing.is_kind else records.graph.rows("members", body=thing.iri, asOf=day)
    # A council says where a system is, whatever part it took; so does a commissioner, which had an area in law.
    rows = [row for row in rows if records.thing(row["member"]).kind in ("council", "clinical commissioning group")]
    draft.results = [
        records.thing(row["member"]).result(role=key_of(row["role"]), sources=records.cites(row["membership"]))
        for row in rows
    ]
    names = say.shortened([result.label for result in draft.results], 12)
    told = [claim.text for claim in draft.claims if claim.rank == "preferred"]
    if names:
        told.append(f"On {say.day(day)} its councils and commissioners were {names}.")
        draft.caution(
            "Membership of a council is not the same as covering the whole of its area; no boundary is recorded."
        )
    if not told:
        draft.status = "unknown"
        told = [f"What area {thing.full} covers is not something this graph records."]
    draft.sentence = f"{thing.label}: {' '.join(told)}" if names else " ".join(told)
    draft.sentence_sources = records.cites(thing.iri)
    return draft.finish()


def difference(records: Records, one: str, other: str, *, as_of: date, question: str = "") -> Answer:
    """Say how two things differ: what each is, and what is recorded of the two together."""
    asked = question or f"What is the difference between {one} and {other}?"
    sides: list[list[Thing]] = []
    for name in (one, other):
        found = look_up(records, name)
        if not found.things and not found.several:
            return unresolved(records, found, name, asked, "difference", as_of)
        sides.append([records.thing(iri) for iri in (found.things or tuple(named.iri for named in found.several))])
    draft = Draft(records, asked, "difference", as_of)
    things = list(dict.fromkeys(thing.iri for side in sides for thing in side))
    draft.results = [
        records.thing(iri).result(text=_account(records.thing(iri)), sources=records.cites(iri)) for iri in things
    ]
    texts: list[str] = []
    others = {thing.iri for thing in sides[1]}
    for thing in sides[0]:
        for row in records.graph.rows("distinctions", thing=thing.iri):
            if row["other"] in others and row["text"] not in texts:
                texts.append(row["text"])
                draft.sentence_sources += records.cites(row["distinction"])
    said = [_definition(side[-1]) for side in sides]
    draft.sentence = " ".join(texts) or " ".join(said)
    draft.sentence_sources = tuple(dict.fromkeys(draft.sentence_sources)) or tuple(
        dict.fromkeys(key for side in sides for key in records.cites(side[-1].iri))
    )
    return draft.finish()


def listing(records: Records, key: Iri, *, as_of: date, question: str) -> Answer:
    """Give a list as a source prints it, in its order, with what the source marks."""
    draft = Draft(records, question, "list", as_of)
    rows = records.graph.rows("listing", list=key)
    draft.results = [
        records.thing(row["thing"]).result(
            position=row["position"], mark=row["mark"] or None, text=row["printed"], sources=records.cites(row["entry"])
        )
        for row in rows
    ]
    title = next((row["title"] for row in records.graph.rows("listings") if row["list"] == key), key_of(key))
    marks = {
        mark: [row["printed"] for row in rows if row["mark"] == mark]
        for mark in dict.fromkeys(row["mark"] for row in rows)
        if mark
    }
    told = "".join(f" Marked {mark}: {say.listed(names)}." for mark, names in marks.items())
    draft.sentence = f"{title}, in the order of the source.{told}"
    draft.sentence_sources = tuple(dict.fromkeys(key for result in draft.results for key in result.sources))
    return draft.finish()


def wave(records: Records, number: int, *, as_of: date, question: str) -> Answer:
    """List the areas that were designated in a wave."""
    draft = Draft(records, question, "list", as_of)
    rows = records.graph.rows("wave", wave=number)
    draft.results = [
        records.thing(row["body"]).result(
            mark=f"wave {number}", date=say.iso(row["date"], row["precision"]), sources=records.cites(row["event"])
        )
        for row in rows
    ]
    if rows:
        names = say.listed(row["label"] for row in rows)
        draft.sentence = f"Wave {number}, {say.on(rows[0]['date'], rows[0]['precision'])}: {names}."
    else:
        draft.status, draft.sentence = "unknown", f"No wave {number} is recorded in this graph."
    for event in dict.fromkeys(row["event"] for row in rows):
        if note := records.event(event)["note"]:
            draft.caution(str(note), records.cites(event))
    draft.sentence_sources = tuple(dict.fromkeys(key for result in draft.results for key in result.sources))
    return draft.finish()


def show(question: Question, *, apart: bool = True) -> Answer:
    """Give all that is recorded of a thing: what it is, its names, kinds, codes, numbers and claims.

    `apart` says that it stands alone: then it says which commands tell what the thing belongs to.
    """
    records, found, words = question.records, question.found, "Show {name}"
    if not found.things:
        return question.unresolved("what", words)
    thing = question.thing
    draft = question.draft("what", words, subject=thing.subject)
    draft.sentence, draft.sentence_sources = _account(thing), records.cites(thing.iri)
    graph = records.graph

    def line(measure: str, text: str, statement: Iri, row: dict[str, Any] | None = None, **more: Any) -> None:
        period = (
            {}
            if row is None
            else {
                "from_": say.iso(row["start"], row["startPrecision"]),
                "until": say.iso_end(row["end"], row["endPrecision"]),
            }
        )
        draft.results.append(
            thing.result(measure=measure, text=text, sources=records.cites(statement), **period, **more)
        )

    names = graph.rows("names-of", thing=thing.iri)
    renamed = any(row["observed"] and row["observed"] > thing.start for row in names)
    for row in names:
        if row["observed"]:
            seen = row["observed"], row["observedPrecision"]
            text = f"{row['name']} ({row['type']}, in the list of {say.day(*seen)})"
            line("name", text, row["naming"], row, date=say.iso(*seen))
            continue
        # Of the label of what had another name later than it began, it is not known since when it holds.
        since = {"startPrecision": "unknown"} if renamed and row["type"] == "label" else {}
        line("name", f"{row['name']} ({row['type']})", row["naming"], row | since)
    for row in [] if thing.is_kind else records.kinds(thing.iri):
        wave = f", wave {row['wave']}" if row["wave"] else ""
        line("kind", f"{row['label']}{wave}", row["classification"], row)
    for row in graph.rows("codes-of", thing=thing.iri):
        line(
            "code", f"{SCHEMES.get(key_of(row['scheme']), key_of(row['scheme']))} {row['code']}", row["assignment"], row
        )
    for row in graph.rows("records-of", thing=thing.iri) if graph.relations is not None else ():
        line("record", _recorded(row), row["record"], row)
    for row in graph.rows("observations", thing=thing.iri):
        if row["confidence"] != "unconfirmed":
            line(row["measure"], observed_words(row), row["observation"])
    for row in graph.rows("distinctions", thing=thing.iri):
        draft.caution(f"Not the same: {row['text']}", records.cites(row["distinction"]))
    _tell_day(draft, records, thing, question.as_of)
    if apart and not thing.is_kind and belonging.ever(records, thing.iri):
        verb, command = ("belongs", "memberships") if thing.in_force(question.as_of) else ("belonged", "timeline")
        draft.caution(f"What {thing.label} {verb} to is shown by: kg {command} {key_of(thing.iri)}")
    for field in ("identityNote", "note"):
        if thing.fact(field):
            draft.caution(thing.fact(field))
    draft.claims = records.claims(thing.iri)
    return draft.finish()


def _recorded(row: dict[str, Any]) -> str:
    """Tell the publisher's own record: its code and name, where that is, and when it worked where that is not the time in law."""
    known = row["operationalFrom"] or row["operationalBefore"]
    worked = say.period(
        row["operationalFrom"] and row["operationalFrom"].isoformat(), row["operationalBefore"] and row["operationalBefore"].isoformat()
    ) if known else ""  # fmt: skip
    status = str(row["status"] or "").lower()
    told = ", ".join(filter(None, (status, row["postcode"], worked and f"in operation {worked}")))
    return f"{row['code']} {row['title']}{f' ({told})' if told else ''}"


def _tell_day(draft: Draft, records: Records, thing: Thing, as_of: date) -> None:
    """Say when a thing is described that was not, or not yet ended, on the day asked for; and what its row cautions."""
    name = thing.full
    if thing.facts["startPrecision"] != "unknown" and thing.start > as_of:
        draft.caution(f"On {say.day(as_of)} the {name} had not begun.")
    elif thing.facts["endPrecision"] not in ("open", "unknown") and thing.in_force(as_of):
        draft.caution(f"On {say.day(as_of)} the {name} was still in existence.")
    if thing.is_kind and thing.fact("note"):
        draft.caution(thing.fact("note"), records.cites(thing.iri))


def _definition(thing: Thing) -> str:
    if thing.is_kind:
        acronym = f" ({thing.fact('acronym')})" if thing.fact("acronym") else ""
        single = not thing.is_many
        lead = thing.label if single else say.article(thing.label)
        is_ = "was" if thing.facts["endPrecision"] not in ("open", "unknown") else "is"
        return f"{say.capital(lead)}{acronym} {is_} {thing.facts['definition']}."
    is_ = "was" if thing.facts["endPrecision"] not in ("open", "unknown") else "is"
    kind = say.article(thing.kind) if thing.kind else "a body whose kind is not recorded"
    return f"{thing.label} {is_} {kind}."


def _account(thing: Thing) -> str:
    return f"{_definition(thing)} {_life(thing, 'both', '' if thing.is_many else 'it')}"


def _life(thing: Thing, side: str, called: str = "") -> str:
    """Tell when a thing began and ended; `called` is what it is called after a sentence that has named it."""
    facts, many = thing.facts, thing.is_many
    name = called or (thing.plural if thing.is_kind else thing.label)
    start = (
        "was announced"
        if thing.fact("dateBasis") == "announced" and not many
        else "were announced"
        if thing.fact("dateBasis") == "announced"
        else "began"
    )
    begun = f"{start} {say.on(thing.start, facts['startPrecision'])}" if facts["startPrecision"] != "unknown" else ""
    match facts["endPrecision"]:
        case "open":
            ended = "still exist" if many else "still exists"
        case "unknown":
            ended = ""
        case "day":
            ended = f"lasted until {say.until(thing.end, 'day')}"
        case precision:
            ended = f"lasted until {say.day(thing.end, precision)}"
    told = [
        part
        for part in ((begun if side in ("start", "both") else ""), (ended if side in ("end", "both") else ""))
        if part
    ]
    if not told:
        return f"When {called or (thing.plural if many else thing.label)} {'began' if side == 'start' else 'ended' if side == 'end' else 'began and ended'} is not recorded."
    unsaid = " When it ended is not recorded." if facts["endPrecision"] == "unknown" and side == "both" else ""
    return f"{say.capital(name)} {' and '.join(told)}.{unsaid}"
