"""The page of a kind of structure or an organisation: its whole story as of a day."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby
from typing import Any, Final, NamedTuple

from markupsafe import Markup

from kg.answers import contested, description, lineage, membership, reach
from kg.answers import language as say
from kg.answers.answer import Answer, Claim, Result
from kg.answers.changes import is_published
from kg.answers.question import Question
from kg.answers.record import Records
from kg.faces.recoding import day
from kg.faces.serve.exchange import Asked, Reply, Site
from kg.faces.serve.pages import links
from kg.faces.serve.pages.citing import Citation, linked_data
from kg.faces.serve.pages.frame import page
from kg.faces.serve.pages.picture import inline
from kg.faces.serve.pages.telling import MOST, Notes, path_to, query_about
from kg.facts.dates import PartialDate
from kg.graph.names import Iri, curie, key_of

#: A picture of more boxes than this is a page of its own: here nobody could read it.
_MOST_BOXES: Final = 70


class Line(NamedTuple):
    """One thing that is recorded, the days it holds for, and the page of what it names, if any."""

    text: str
    period: str
    sources: tuple[str, ...]
    path: str = ""


@dataclass(frozen=True)
class Crowd:
    """The bodies of a kind, or the members of a body, on a day: at most MOST of them, and how many there are."""

    as_of: date
    rows: Sequence[Any]
    total: int
    sentence: str = ""
    sources: tuple[str, ...] = ()
    notes: tuple[tuple[str, tuple[str, ...]], ...] = ()

    def without(self, told: Collection[tuple[str, tuple[str, ...]]]) -> Crowd:
        """Leave out the notes that the page tells elsewhere."""
        return replace(self, notes=tuple(note for note in self.notes if note not in told))


def story(site: Site, asked: Asked, records: Records, iri: Iri) -> Reply:
    """Give the page of a kind or body, or with `cite` how it is cited: "bib" or "ris"."""
    given = asked.one("date")
    as_of, thing = day(given), records.thing(iri)
    question = Question(records, iri, as_of)
    cited = Citation.of(site, asked.path, thing.full, iri, as_of)
    if (form := asked.one("cite")) in ("bib", "ris"):
        body, media = (
            (cited.bibtex, "application/x-bibtex")
            if form == "bib"
            else (cited.ris, "application/x-research-info-systems")
        )
        name = f'attachment; filename="{key_of(iri)}.{form}"'
        return Reply(body.encode(), f"{media}; charset=utf-8", headers=(("Content-Disposition", name),))
    shown, course = description.show(question, apart=False), lineage.lineage(records, iri, as_of=as_of)
    claims = contested.claims(question)
    on_day = Question(records, iri, as_of, PartialDate(as_of, "day") if given else None)
    members = _of_kind(records, on_day) if thing.is_kind else _crowd(membership.members(on_day))
    groups = _crowd(membership.memberships(on_day))
    early = f"On {say.day(as_of)} the {thing.full} had not begun."
    picture = _picture(question, course)
    assert shown.subject is not None
    # Who sees a day before the beginning must know it at once.
    notices = [text for text in shown.cautions if text == early]
    cautions = [(text, keys) for text, keys in _cautions(shown, course) if text != early]
    members, groups = (crowd.without(cautions) for crowd in (members, groups))
    notes = Notes(shown, course, claims)
    notes.add(tuple(records.source(key) for crowd in (members, groups) for key in _keys(crowd)))
    names = [row["name"] for row in records.rows("names-of", thing=iri) if row["name"] != thing.label]
    address = cited.address if site.home else links.linked(site, asked.path, {})
    words = f"/doc/{curie(iri).replace(':', '/')}"
    return page(
        site, asked, "story.html",
        thing=thing, key=key_of(iri), iri=iri, path=words, day=as_of, given=given or "", subject=shown.subject,
        shown=shown, course=course, picture=picture, lines=_lines(records, iri, shown), members=members, groups=groups,
        claims=_claims(claims, course), cautions=cautions, notes=notes, citation=cited,
        query=query_about(iri), other_release=_other(site, asked), most=MOST, notices=notices,
        data=linked_data(thing, shown.subject, list(dict.fromkeys(names)), shown.sentence, address),
        facts=_facts(thing.facts) if thing.is_kind else [],
        # Of a practice or site, which nothing is a member of, it would be said thousands of times that nothing is.
        alone=not members.rows and not members.notes and bool(records.graph.names.published((iri,))),
    )  # fmt: skip


def _lines(records: Records, iri: Iri, shown: Answer) -> dict[str, list[Line]]:
    """Give what is recorded by sort: names, kinds, codes, a publisher's records, and numbers under "number"."""
    kinds = [] if records.thing(iri).is_kind else [path_to(row["kind"]) for row in records.kinds(iri)]
    held: dict[str, list[Line]] = {"name": [], "kind": [], "code": [], "record": [], "number": []}
    for result in shown.results:
        sort = result.measure if result.measure in held else "number"
        assert sort is not None
        path = kinds[len(held["kind"])] if sort == "kind" else ""
        held[sort].append(Line(str(result.text), _period(result) if sort != "number" else "", result.sources, path))
    return held


def _period(result: Result) -> str:
    return say.period(result.from_, result.until)


def _facts(facts: dict[str, Any]) -> list[tuple[str, str]]:
    told = (("Legal basis", "legalBasis"), ("Form", "form"), ("Family", "family"))
    return [(words, say.capital(str(facts[name]).replace("-", " "))) for words, name in told if facts.get(name)]


def _of_kind(records: Records, question: Question) -> Crowd:
    """Give the bodies of a kind on a day by the rows alone: an answer would look up all of a thousand, to show few."""
    thing = question.thing
    on = question.day(thing)
    rows = records.rows("bodies-of-kind", kind=thing.iri, asOf=on)
    bodies = list({row["body"]: row for row in rows}.values())
    told = [
        {
            "path": path_to(row["body"]), "label": row["label"], "sources": records.cites(row["classification"]),
            "period": say.period(say.iso(row["start"], row["startPrecision"]), say.iso_end(row["end"], row["endPrecision"])),
        }
        for row in bodies[:MOST]
    ]  # fmt: skip
    left = [records.cites(row["classification"]) for row in bodies[:MOST] if is_published(row["body"])]
    said = reach.caution(records, left, on)
    return Crowd(on, told, len(bodies), notes=(said,) if said else ())


def _crowd(answer: Answer) -> Crowd:
    notes = tuple(zip(answer.cautions, answer.caution_sources, strict=True))
    on = date.fromisoformat(answer.as_of)
    return Crowd(on, answer.results[:MOST], len(answer.results), answer.sentence, answer.sentence_sources, notes)


def _keys(crowd: Crowd) -> list[str]:
    """Give the sources that are cited of a crowd, in order."""
    rows = [row["sources"] if isinstance(row, dict) else row.sources for row in crowd.rows]
    cited = [*crowd.sources, *(key for keys in rows for key in keys), *(key for _, keys in crowd.notes for key in keys)]
    return list(dict.fromkeys(cited))


def _claims(claims: Answer, course: Answer) -> list[tuple[bool, list[Claim]]]:
    """Give what somebody says, together where it cannot all be so, then the other readings of what happened."""
    groups = [(bool(group), list(held)) for group, held in groupby(claims.claims, key=lambda claim: claim.group)]
    told = {claim.text for _, held in groups for claim in held}
    return [
        *groups,
        *((False, [claim]) for claim in course.claims if claim.text not in told and claim.rank == "alternative"),
    ]


def _cautions(*answers: Answer) -> list[tuple[str, tuple[str, ...]]]:
    pairs = [pair for answer in answers for pair in zip(answer.cautions, answer.caution_sources, strict=True)]
    return list(dict(pairs).items())


def _picture(question: Question, course: Answer) -> Markup | None:
    """Draw the lineage, unless there is none to draw or too much of it."""
    from kg.faces.diagrams.presets import lineage as preset

    boxes = {ref.key for step in course.steps for ref in (*step.from_, *step.to)}
    if not 1 < len(boxes) <= _MOST_BOXES:
        return None
    scene = preset.scene(question)
    return inline(scene) if len(scene.nodes) > 1 else None


def _other(site: Site, asked: Asked) -> str:
    """Give the release that was asked for, when it is not the one that is here."""
    wanted = asked.one("release") or ""
    return wanted[:40] if wanted != site.graph.release else ""
