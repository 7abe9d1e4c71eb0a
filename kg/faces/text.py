"""An Answer as people and programs read it: text, Markdown, CSV or JSON."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from itertools import chain

from kg.answers import language as say
from kg.answers.answer import ATTRIBUTION, Answer, Ref, Result, Step, cite
from kg.faces import figures, histories
from kg.faces.rows import LINEAGE
from kg.faces.rows import written as as_rows
from kg.faces.tables import Format, aligned, as_markdown, wrapped

Paint = Callable[[str, str], str]


def plain(text: str, _style: str) -> str:
    """Paint nothing."""
    return text


def render(answer: Answer, form: Format, *, paint: Paint = plain, width: int = 110) -> str:
    """Show an answer in a format; `paint` colours parts ("strong", "faint") where the reader is a terminal."""
    if form == "json":
        return answer.to_json()
    if form == "csv":
        return as_rows(answer)
    if form == "markdown":
        return _markdown(answer)
    return _text(answer, paint, width)


def _numbers(answer: Answer) -> Callable[[Iterable[str]], str]:
    places = {source.key: place for place, source in enumerate(answer.sources, 1)}

    def cites(keys: Iterable[str]) -> str:
        return "".join(f"[{places[key]}]" for key in keys if key in places)

    return cites


def _text(answer: Answer, paint: Paint, width: int) -> str:
    cites = _numbers(answer)
    blocks = [paint(wrapped(_joined(answer.sentence, cites(answer.sentence_sources)), "", width), "strong")]
    told = histories.tells(answer)
    if told:
        blocks.extend(histories.blocks(answer, cites, width))
    elif answer.steps:
        blocks.append("\n".join(_step_lines(answer, cites, width)))
    if not told and (lines := _result_lines(answer, cites, width)):
        blocks.append("\n".join(lines))
    blocks += figures.as_text(answer, cites, width)
    if answer.candidates:
        blocks.append(_candidates(answer))
    if notes := _notes(answer, cites):
        blocks.append("\n".join(wrapped(note, "  ", width) for note in notes))
    listed = [f"  [{place}] {cite(source)}" for place, source in enumerate(answer.sources, 1)]
    foot = f"As of {say.day(date.fromisoformat(answer.as_of))}, release {answer.release}. {ATTRIBUTION}"
    blocks.append(paint("\n".join([*listed, wrapped(foot, "  ", width)]), "faint"))
    return "\n\n".join(blocks)


def _notes(answer: Answer, cites: Callable[[Iterable[str]], str]) -> list[str]:
    """Give the claims that stand beside an answer, where they are not the answer itself, and its cautions."""
    beside = [
        claim
        for claim in answer.claims
        if answer.intent != "claims" and (claim.rank == "alternative" or answer.intent not in LINEAGE)
    ]
    said = [
        f"{_said(answer)}{f' ({claim.claimed_by})' if claim.claimed_by else ''}: {claim.text} {cites(claim.sources)}"
        for claim in beside
    ]
    return said + _cautions(answer, cites)


def _said(answer: Answer) -> str:
    """Claims stand beside an answer, or for want of one."""
    return "Said" if answer.intent == "none" else "Also said"


def _cautions(answer: Answer, cites: Callable[[Iterable[str]], str]) -> list[str]:
    return [_joined(text, cites(keys)) for text, keys in zip(answer.cautions, answer.caution_sources, strict=True)]


def _joined(sentence: str, cites: str) -> str:
    return f"{sentence} {cites}" if cites else sentence


def _step_lines(answer: Answer, cites: Callable[[Iterable[str]], str], width: int) -> list[str]:
    rows = [(_when(step), _move(step), f"{step.summary}{_mark(step)}", cites(step.sources)) for step in answer.steps]
    first, second = max(len(row[0]) for row in rows), max(len(row[1]) for row in rows)
    third = max(len(row[2]) for row in rows)
    if first + second + third + 12 <= width:
        return [f"  {when:<{first}}  {move:<{second}}  {what:<{third}}  {by}".rstrip() for when, move, what, by in rows]
    lines = []
    for when, move, what, by in rows:
        inner = " " * (first + 4)
        lines.append(f"  {when:<{first}}  {wrapped(move, inner, width).lstrip()}")
        lines.append(wrapped(f"{what} {by}".strip(), inner, width))
    return lines


def _when(step: Step) -> str:
    day = date.fromisoformat(step.date + {4: "-01-01", 7: "-01"}.get(len(step.date), ""))
    return say.short_day(day, step.precision)


def _move(step: Step) -> str:
    if step.from_ and step.to and step.from_ != step.to:
        return f"{_names(step.from_)} -> {_names(step.to)}"
    return _names(step.from_ or step.to) + ("" if step.to else " ended")


def _names(refs: tuple[Ref, ...]) -> str:
    return say.shortened([ref.short for ref in refs], 6)


def _mark(step: Step) -> str:
    code = " (code only)" if step.lineage == "codes" else ""
    weak = f" ({step.confidence})" if step.confidence != "verified" else ""
    return code + weak


def _result_lines(answer: Answer, cites: Callable[[Iterable[str]], str], width: int) -> list[str]:
    if answer.intent in LINEAGE:
        return _end_lines(answer)
    if answer.intent == "when" or (
        answer.intent == "what" and len(answer.results) == 1 and not answer.results[0].measure
    ):
        return []  # the sentence has said it
    rows = [_result_cells(answer, result, cites) for result in answer.results if not figures.is_figure(answer, result)]
    if not rows:
        return []
    texts = [" ".join(filter(None, row)) for row in rows]
    if max(map(len, texts)) + 2 * len(rows[0]) <= width:
        keep = [place for place in range(len(rows[0])) if any(row[place] for row in rows)]
        return [aligned([[row[place] for place in keep] for row in rows], "  ")]
    return [wrapped(_run_on(row), "  ", width) for row in rows]


def _run_on(row: list[str]) -> str:
    """Give the cells of a line too long for columns as running text: what is said of a thing stands in brackets."""
    position, field, key, said, *about, period, cites = row
    told = "; ".join(filter(None, about))
    return " ".join(filter(None, (position, field, key, said, told and f"({told})", period, cites)))


def _end_lines(answer: Answer) -> list[str]:
    """Give the ends of a lineage where it was divided, or each end of each body; else the steps have said it."""
    if any(result.origin for result in answer.results):
        return [aligned([[result.text or result.short, _parts(result)] for result in answer.results], "  ")]
    cells = _end_cells(answer)
    return ["  In the end:", aligned(cells, "  ")] if cells else []


def _end_cells(answer: Answer) -> list[list[str]]:
    """Give each end that has shares, or lacks them where others have some: what, by which lineage, how much."""
    shared = [result for result in answer.results if result.shares]
    rows = [[result.short, _HOW.get(result.how or "", ""), _parts(result)] for result in shared]
    return rows if any(how for _, how, _ in rows) else [[short, parts] for short, _, parts in rows]


#: Which lineage led to an end; one that is no more than a new name or body needs no word.
_HOW = {"functions": "in law", "codes": "by code"}


def _parts(result: Result) -> str:
    known = [f"{share.share:.4f} by {share.basis}" for share in result.shares if share.share is not None]
    return ", ".join(known) if known else "share not recorded" if result.shares else ""


def _result_cells(answer: Answer, result: Result, cites: Callable[[Iterable[str]], str]) -> list[str]:
    position = f"{result.position}." if result.position else ""
    said = result.text or result.short
    if answer.intent in ("count", "population") and len({item.short for item in answer.results if item.text}) > 1:
        said = f"{result.short}: {said}"
    if answer.intent == "find":
        said = f"{result.text}" if result.kind == "kind of structure" else result.label
    codes = (
        ", ".join(code for held in result.codes.values() for code in held)
        if answer.intent in ("members", "memberships", "find", "list")
        else ""
    )
    key = result.key if answer.intent == "find" else ""
    dated = answer.intent in ("find", "list") or (
        answer.intent == "what" and result.measure in ("name", "kind", "code", "record")
    )
    period = _period(result) if dated and not result.position else ""
    field = f"{result.measure}:" if answer.intent == "what" and result.measure else ""
    mark = _called(result) if answer.intent == "find" else result.mark or ""
    return [position, field, key, said, result.role or "", codes, mark, period, cites(result.sources)]


def _called(result: Result) -> str:
    """Give the name by which a thing was found, where neither its own name nor its code shows why."""
    from kg.graph.folding import fold

    text, label, codes = fold(result.text or ""), fold(result.label), chain.from_iterable(result.codes.values())
    plain = result.kind == "kind of structure" or text in label or label in text or text in map(fold, codes)
    return "" if plain else f"called {result.text}"


def _period(result: Result) -> str:
    known = result.from_ or result.until not in (None, "unknown")
    return say.period(result.from_, result.until) if known else ""


def _candidates(answer: Answer) -> str:
    cells = [
        [candidate.label, candidate.kind, say.period(candidate.from_, candidate.until), f"--sense {candidate.sense}"]
        for candidate in answer.candidates
    ]
    return aligned(cells, "  ")


def _markdown(answer: Answer) -> str:
    cites = _numbers(answer)
    blocks = [f"**{answer.sentence}** {cites(answer.sentence_sources)}".strip()]
    if histories.tells(answer):
        blocks.extend(histories.markdown(answer, cites))
    elif answer.steps:
        blocks.append(
            as_markdown(
                ("When", "What", "How", "Sources"),
                [[_when(step), _move(step), step.summary + _mark(step), cites(step.sources)] for step in answer.steps],
            )
        )
        if ends := _end_cells(answer):
            blocks.append(as_markdown(("In the end", *("By",) * (len(ends[0]) - 2), "Share"), ends))
    elif answer.results:
        told = [result for result in answer.results if not figures.is_figure(answer, result)]
        lines = [f"- {' '.join(filter(None, _result_cells(answer, result, cites)))}" for result in told]
        blocks += ["\n".join(lines)] if lines else []
        blocks += [as_markdown(table[0], table[1:]) for table in figures.tables(answer, cites)]
    if answer.candidates:
        blocks.append("\n".join(f"- {candidate.label}: `--sense {candidate.sense}`" for candidate in answer.candidates))
    if notes := _notes(answer, cites):
        blocks.append("\n>\n".join(f"> {note}" for note in notes))
    if answer.sources:
        blocks.append("\n".join(f"{place}. {cite(source)}" for place, source in enumerate(answer.sources, 1)))
    blocks.append(f"As of {say.day(date.fromisoformat(answer.as_of))}, release {answer.release}. {ATTRIBUTION}")
    return "\n\n".join(blocks)
