"""Who belonged to what on a day; how many of a kind there were; how many people they served."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from kg.answers import language as say
from kg.answers.answer import Answer, Intent, Result
from kg.answers.draft import Draft
from kg.answers.find import Found, look_up, unresolved
from kg.answers.record import Records, Thing
from kg.facts.dates import PartialDate
from kg.graph.names import key_of


def members(
    records: Records, name: str, *, as_of: date, on: PartialDate | None = None, sense: str | None = None, question: str = ""
) -> Answer:
    """Say who belonged to a body on a day, or which bodies were of a kind; roles and the list's own date told.

    Without `on` the day is `as_of`, or the last day of a body that had ended by then.
    """
    asked = question or f"Who are the members of {name}?"
    found = look_up(records, name, sense)
    found = _holding_members(records, found, as_of, on)
    if not found.things:
        return unresolved(records, found, name, asked, "members", as_of)
    thing = records.thing(found.last)
    as_of = _day(thing, as_of, on)
    if thing.is_kind:
        return _of_kind(records, found, asked, as_of)
    draft = Draft(records, asked, "members", as_of, subject=thing.subject)
    rows = records.graph.rows("members", body=thing.iri, asOf=as_of)
    draft.results = [_result(records, row, "member") for row in rows]
    _tell(draft, records, thing, rows, "members", as_of)
    used = {row["observed"] for row in rows}
    for row in records.graph.rows("lists-of-members", body=thing.iri):
        if row["observed"] not in used:
            draft.caution(f"A list of {say.day(row['observed'], row['precision'])} shows {row['members']} members; for those, ask as of {row['observed']}.")
    draft.claims = records.claims(thing.iri, lambda row: row["topic"] == "members")
    return draft.finish()


def memberships(
    records: Records, name: str, *, as_of: date, on: PartialDate | None = None, sense: str | None = None, question: str = ""
) -> Answer:
    """Say what a body belonged to on a day; without `on`, as for `members`."""
    asked = question or f"What is {name} a member of?"
    found = look_up(records, name, sense)
    if not found.things:
        return unresolved(records, found, name, asked, "memberships", as_of)
    thing = records.thing(found.last)
    as_of = _day(thing, as_of, on)
    draft = Draft(records, asked, "memberships", as_of, subject=thing.subject)
    if thing.is_kind:
        rows = [row for row in records.graph.rows("tiers", asOf=as_of) if row["part"] == thing.iri]
        draft.results = [records.thing(row["whole"]).result(role="part") for row in rows]
        inside = say.listed(records.thing(row["whole"]).plural for row in rows)
        draft.sentence = f"{say.capital(thing.plural)} sat inside {inside} on {say.day(as_of)}." if rows else f"It is not recorded what {thing.plural} sat inside on {say.day(as_of)}."
        draft.status = "answered" if rows else "unknown"
        draft.sentence_sources = records.cites(thing.iri)
        return draft.finish()
    rows = records.graph.rows("memberships", body=thing.iri, asOf=as_of)
    draft.results = [_result(records, row, "group") for row in rows]
    _tell(draft, records, thing, rows, "memberships", as_of)
    return draft.finish()


def count(records: Records, name: str, *, as_of: date, on: PartialDate | None = None, sense: str | None = None, question: str = "") -> Answer:
    """Say how many of a kind there were: every count with its date; on one day, those in force then."""
    asked = question or f"How many {name} were there?"
    return _observed(records, name, ("count",), "count", asked, as_of, on, sense)


def population(records: Records, name: str, *, as_of: date, on: PartialDate | None = None, sense: str | None = None, question: str = "") -> Answer:
    """Say how many people a body or kind covers: policy and what was measured kept apart."""
    asked = question or f"How many people does {name} cover?"
    return _observed(records, name, ("population", "registered-population"), "population", asked, as_of, on, sense)


def ever(records: Records, name: str, *, as_of: date, sense: str | None = None, question: str = "") -> Answer:
    """List the bodies that were ever of a kind up to a day, each with its period."""
    asked = question or f"Which bodies were {name}?"
    found = look_up(records, name, sense)
    if not found.things or not records.thing(found.last).is_kind:
        return unresolved(records, found, name, asked, "list", as_of)
    kind = records.thing(found.last)
    draft = Draft(records, asked, "list", as_of, subject=kind.subject)
    for iri in found.things:
        for row in records.graph.rows("ever-of-kind", kind=iri):
            if row["start"] <= as_of:
                draft.results.append(_classified(records, row))
    names = list(dict.fromkeys(result.label for result in draft.results))
    draft.status = "answered" if names else "unknown"
    draft.sentence = (
        f"This graph holds {len(names)} bodies that were {kind.plural}: {say.shortened(names, 14)}." if names
        else f"Which bodies were {kind.plural} is not recorded in this graph."
    )  # fmt: skip
    draft.sentence_sources = tuple(dict.fromkeys(key for result in draft.results for key in result.sources))[:4] or records.cites(kind.iri)
    if found.things[0] != found.last or kind.fact("form") != "agreement":
        draft.caution(_HELD)
    return draft.finish()


_HELD: Final = "These are the bodies this graph holds, which need not be all there were; ask how many there were for the counts that sources give."


def _day(thing: Thing, as_of: date, on: PartialDate | None) -> date:
    """Give the day meant: in a year or month, the first on which the thing existed; else its last day, if it had ended."""
    if on is not None:
        inside = on.precision != "day" and on.day < thing.start < following(on)
        return thing.start if inside else on.day
    ended = thing.end <= as_of
    return date.fromordinal(thing.end.toordinal() - 1) if ended else as_of


def following(when: PartialDate) -> date:
    """Give the first day after a day, month or year."""
    if when.precision == "year":
        return date(when.day.year + 1, 1, 1)
    if when.precision == "month":
        return date(when.day.year + when.day.month // 12, when.day.month % 12 + 1, 1)
    return date.fromordinal(when.day.toordinal() + 1)


def _holding_members(records: Records, found: Found, as_of: date, on: PartialDate | None) -> Found:
    """Of several things with one name, keep the only one that has members on the day, if there is one."""
    holding = [named for named in found.several if records.graph.rows("members", body=named.iri, asOf=_day(records.thing(named.iri), as_of, on))]
    return Found((holding[0].iri,)) if len(holding) == 1 else found


def _classified(records: Records, row: dict[str, Any]) -> Result:
    return records.thing(row["body"]).result(
        mark=f"wave {row['wave']}" if row["wave"] else None, sources=records.cites(row["classification"]),
        from_=say.iso(row["start"], row["startPrecision"]), until=say.iso_end(row["end"], row["endPrecision"]),
    )  # fmt: skip


def _result(records: Records, row: dict[str, Any], side: str) -> Result:
    thing, role = records.thing(row[side]), key_of(row["role"])
    observed = say.iso(row["observed"], row["observedPrecision"]) if row["observed"] else None
    return thing.result(
        role=role, date=observed, sources=records.cites(row["membership"]),
        from_=say.iso(row["start"], row["startPrecision"]), until=say.iso_end(row["end"], row["endPrecision"]),
    )  # fmt: skip


def _tell(draft: Draft, records: Records, thing: Thing, rows: list[dict[str, Any]], what: str, as_of: date) -> None:
    when = say.day(as_of)
    if not rows:
        draft.status = "unknown"
        alive = thing.in_force(as_of)
        reason = "this graph records none" if alive else f"{thing.label} did not exist then" if thing.facts["startPrecision"] != "unknown" else "this graph records none"
        draft.sentence = f"No {what} of {thing.label} on {when}: {reason}."
        draft.sentence_sources = records.cites(thing.iri)
        return
    roles: dict[str, int] = {}
    for row in rows:
        roles[key_of(row["role"])] = roles.get(key_of(row["role"]), 0) + 1
    if what == "memberships":
        groups = say.listed(dict.fromkeys(result.label for result in draft.results))
        draft.sentence = f"{say.capital(thing.label)} belonged to {groups} on {when}."
    else:
        tally = say.listed(f"{number} {role}{'s' if number > 1 else ''}" for role, number in sorted(roles.items()))
        plural = "member" if len(rows) == 1 else "members"
        draft.sentence = f"{thing.label} had {len(rows)} recorded {plural} on {when}: {tally}."
    draft.sentence_sources = tuple(dict.fromkeys(key for result in draft.results for key in result.sources))[:3]
    for day in sorted({(row["observed"], row["observedPrecision"]) for row in rows if row["observed"]}):
        draft.caution(f"As listed in {say.day(*day)}. When each joined or left is not recorded: a list is taken to hold in its own year and the next.")


def _of_kind(records: Records, found: Found, asked: str, as_of: date) -> Answer:
    """List the bodies that were of a kind on a day: the members of a kind are its bodies."""
    kind = records.thing(found.last)
    draft = Draft(records, asked, "members", as_of, subject=kind.subject)
    for thing in found.things:
        for row in records.graph.rows("bodies-of-kind", kind=thing, asOf=as_of):
            draft.results.append(_classified(records, row))
    total = len(draft.results)
    draft.status = "answered" if total else "unknown"
    draft.sentence = (
        f"This graph holds {total} {kind.plural if total != 1 else kind.full} on {say.day(as_of)}." if total
        else f"This graph holds no {kind.full} on {say.day(as_of)}; that need not mean that there was none."
    )  # fmt: skip
    draft.caution(_HELD)
    draft.sentence_sources = records.cites(kind.iri)
    return draft.finish()


def _observed(records: Records, name: str, measures: tuple[str, ...], intent: Intent, asked: str, as_of: date, on: PartialDate | None, sense: str | None) -> Answer:
    found = look_up(records, name, sense)
    if found.several:
        found = _only_observed(records, found, measures)
    if not found.things:
        return unresolved(records, found, name, asked, intent, as_of)
    draft = Draft(records, asked, intent, as_of, subject=records.thing(found.last).subject)
    seen: Seen = []
    for iri in found.things:
        thing = records.thing(iri)
        seen += [
            (thing, row) for row in records.graph.rows("observations", thing=iri)
            if row["measure"] in measures and row["confidence"] != "unconfirmed"
        ]  # fmt: skip
    seen.sort(key=lambda item: (item[1]["method"] != "policy", item[1]["date"] or date.min, item[1]["rank"] == "alternative", item[1]["value"] or item[1]["low"] or 0))
    if on is not None:
        seen = _on_day(records, draft, seen, on, found)
    draft.results = [_observation(records, thing, row) for thing, row in seen]
    label = records.thing(found.last)
    if not seen:
        draft.status = "unknown"
        when = f" {say.on(on.day, on.precision)}" if on else ""
        what = "how many there were" if intent == "count" else "how many people it covered"
        draft.sentence = draft.sentence or f"For {label.full}, {what}{when} is not recorded in this graph."
        draft.sentence_sources = draft.sentence_sources or records.cites(label.iri)
        return draft.finish()
    draft.sentence = draft.sentence or _summary(label, [row for _, row in seen], intent)
    draft.sentence_sources = draft.sentence_sources or tuple(dict.fromkeys(key for result in draft.results for key in result.sources))[:4]
    if any(row["rank"] == "alternative" for _, row in seen):
        draft.caution("Sources differ; each number is shown with its own source.")
    topics = {"count": ("count",), "population": ("population",)}[intent]
    for iri in found.things:
        draft.claims.extend(records.claims(iri, lambda row: row["topic"] in topics))
    return draft.finish()


def _only_observed(records: Records, found: Found, measures: tuple[str, ...]) -> Found:
    """Of several senses, keep the only one with numbers of this sort, if there is just one."""
    with_numbers = [named for named in found.several if any(row["measure"] in measures for row in records.graph.rows("observations", thing=named.iri))]
    return Found((with_numbers[0].iri,)) if len(with_numbers) == 1 else found


Seen = list[tuple[Thing, dict[str, Any]]]


def _on_day(records: Records, draft: Draft, seen: Seen, on: PartialDate, found: Found) -> Seen:
    """Keep what was true in a period: the latest number before it, and those of dates within it."""
    things, stop = [records.thing(iri) for iri in found.things], following(on)
    first, last = things[0], things[-1]
    known = first.facts["startPrecision"] != "unknown"
    when = say.on(on.day, on.precision)
    if known and first.start >= stop:
        draft.sentence = f"There were no {last.plural} {when}: they began {say.on(first.start, first.facts['startPrecision'])}."
    elif last.facts["endPrecision"] not in ("open", "unknown") and last.end <= on.day:
        ended = say.until(last.end, last.facts["endPrecision"])
        draft.sentence = f"There were no {last.plural} {when}: the last day was {ended}." if last.facts["endPrecision"] == "day" else f"There were no {last.plural} {when}: they ended in {ended}."
    if draft.sentence:
        draft.sentence_sources = records.cites(last.iri)
        return []
    earlier = [item for item in seen if item[1]["date"] and item[1]["date"] <= on.day]
    latest = max((item[1]["date"] for item in earlier), default=None)
    kept = [item for item in earlier if item[1]["date"] == latest]
    within = [item for item in seen if item[1]["date"] and on.day < item[1]["date"] < stop]
    if latest and latest != on.day and not within:
        draft.caution(f"The latest number on or before {say.day(on.day, on.precision)} is of {say.day(latest, kept[0][1]['precision'])}; a change since would not show.")
    return kept + within


def _observation(records: Records, thing: Thing, row: dict[str, Any]) -> Result:
    when = say.iso(row["date"], row["precision"]) if row["date"] else None
    return thing.result(
        measure=row["measure"], statistic=row["statistic"], value=row["value"], low=row["low"], high=row["high"],
        date=when, method=row["method"], rank=row["rank"], text=observed_words(row), sources=records.cites(row["observation"]),
    )  # fmt: skip


def _amount(row: dict[str, Any]) -> str:
    if row["statistic"] == "range":
        return f"{say.number(row['low'])} to {say.number(row['high'])}"
    word = {"total": "", "mean": "a mean of "}.get(row["statistic"], f"{row['statistic']} ")
    return f"{word}{say.number(row['value'])}"


def observed_words(row: dict[str, Any]) -> str:
    """Tell one observation: amount, unit, date, method and note."""
    unit = {"count": "", "population": " people", "registered-population": " registered patients"}[row["measure"]]
    when = f" {say.on(row['date'], row['precision'])}" if row["date"] else " (undated)"
    how = {"policy": " by policy", "measured": " as measured", "derived": " (derived)"}.get(row["method"], "")
    note = f". {row['note']}" if row["note"] else ""
    return f"{_amount(row)}{unit}{when}{how}{note}"


def _summary(label: Thing, rows: list[dict[str, Any]], intent: str) -> str:
    preferred = [row for row in rows if row["rank"] == "preferred"]
    if intent == "population":
        policy = [row for row in preferred if row["method"] == "policy"]
        others = [row for row in preferred if row["method"] != "policy"]
        parts = []
        if policy:
            parts.append(f"by policy {_amount(policy[0])} people")
        if others:
            parts.append(f"{'as measured' if any(row['method'] == 'measured' for row in others) else 'as sources state'} {_several(others)}")
        subject = say.capital(say.article(label.full)) if label.is_kind else label.label
        return f"{subject} covers {'; '.join(parts)}."
    return f"Of {label.plural} there were {_several(preferred)}."


def _several(rows: list[dict[str, Any]]) -> str:
    """Tell numbers with their dates, one number once with its first date, in order of time."""
    told: dict[str, str] = {}
    for row in rows:
        told.setdefault(_amount(row), f" ({say.day(row['date'], row['precision'])})" if row["date"] else "")
    return say.listed(f"{amount}{when}" for amount, when in told.items())


