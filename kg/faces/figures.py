"""Numbers in columns: counts, sums and gaps as a table that fits the width."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from kg.answers import language as say
from kg.answers.answer import Answer, Result
from kg.faces.tables import aligned

Cites = Callable[[Iterable[str]], str]
Table = list[list[str]]

#: The short headings of the table of gaps.
_SHORT = {
    "start": "start", "end": "end", "successor or fate": "fate", "ODS code": "ODS", "ONS code": "ONS",
    "group on some day": "group", "number of people": "people", "dated official name": "name",
}  # fmt: skip


def is_figure(answer: Answer, result: Result) -> bool:
    """Whether a line is a number and no more, told in a column rather than a sentence."""
    return answer.intent in ("count", "population", "coverage") and result.text is None


def tables(answer: Answer, cites: Cites) -> list[Table]:
    """Give the figures of an answer as tables, each with its heading, empty where it has none; numbers are padded."""
    figures = [result for result in answer.results if is_figure(answer, result)]
    if answer.intent == "coverage":
        return [table for table in (_gaps(answer, figures), _years(figures)) if len(table) > 1]
    if len(figures) == 1 and answer.subject and figures[0].key == answer.subject.key:
        return []  # the sentence has said it
    return [_amounts(answer, figures, cites)] if figures else []


def as_text(answer: Answer, cites: Cites, width: int) -> list[str]:
    """Give the tables as blocks of text; names are cut where a table would be wider than the page."""
    blocks = []
    for table in tables(answer, cites):
        rows = table if any(cell.strip() for cell in table[0]) else table[1:]
        rest = sum(max(len(row[place]) for row in rows) + 2 for place in range(1, len(rows[0])))
        room = max(width - rest - 2, 12)
        blocks.append(aligned([[say.shown(row[0], room), *row[1:]] for row in rows], "  "))
    return blocks


def _amounts(answer: Answer, figures: Sequence[Result], cites: Cites) -> Table:
    own = answer.subject.key if answer.subject else ""
    shown: set[str] = set()
    rows = []
    for result in figures:
        whole = result.key == own and result.mark is not None
        label, note = (result.mark or "", "") if whole else (result.short, result.mark or "")
        # What a row rests on is told where a row above has not told it.
        by = "" if set(result.sources) <= shown else cites(result.sources)
        shown.update(result.sources)
        rows.append([label, _number(result), note, by])
    keep = [place for place in range(4) if place < 2 or any(row[place] for row in rows)]
    return _padded([["", "", "", ""], *rows], keep, (1,))


def _number(result: Result) -> str:
    if result.statistic == "range":
        return f"{say.number(result.low or 0)} to {say.number(result.high or 0)}"
    return say.number(round(result.value or 0))


def _gaps(answer: Answer, figures: Sequence[Result]) -> Table:
    """Put the gaps of several kinds side by side, those of one kind below one another."""
    kinds: dict[str, dict[str, Result]] = {}
    for result in figures:
        if result.high is not None:
            kinds.setdefault(result.short, {})[result.mark or ""] = result
    if answer.subject and len(kinds) == 1:
        (gaps,) = kinds.values()
        rows = [
            [f"no {word}" if word != "bodies" else "bodies recorded", say.number(result.value or 0)]
            for word, result in gaps.items()
        ]
        return _padded([["", ""], *rows], (0, 1), (1,))
    words = list(_SHORT)
    head = ["not recorded of", "bodies", *(_SHORT[word] for word in words)]
    rows = [[kind, *(_told(gaps.get(word)) for word in ("bodies", *words))] for kind, gaps in kinds.items()]
    return _padded([head, *rows], range(len(head)), range(1, len(head)))


def _told(result: Result | None) -> str:
    return "" if result is None else say.number(result.value) if result.value else "-"


def _years(figures: Sequence[Result]) -> Table:
    dated = [result for result in figures if result.date and result.high is None]
    several = len({result.key for result in dated}) > 1
    words = [
        word
        for word in ("recorded", "perhaps more", "stated", "in no group")
        if any(r.mark == word and r.value for r in dated)
    ]
    if not words:
        return []  # days with no number beside them say nothing
    days: dict[tuple[str, str], dict[str, Result]] = {}
    for result in dated:
        days.setdefault((result.short if several else "", result.date or ""), {})[result.mark or ""] = result
    rows = [
        [
            kind,
            say.written(day),
            *(_told(held.get(word)) if word != "stated" else _stated(held.get(word)) for word in words),
        ]
        for (kind, day), held in days.items()
    ]
    keep = range(0 if several else 1, len(words) + 2)
    return _padded([["", "on", *words], *rows], keep, range(1, len(words) + 2))


def _stated(result: Result | None) -> str:
    return "" if result is None else say.number(result.value or 0)


def _padded(rows: Table, keep: Iterable[int], right: Iterable[int]) -> Table:
    """Keep some columns, and pad numbers on the left so that their ends stand below one another."""
    keep, right = list(keep), set(right)
    widths = {place: max(len(row[place]) for row in rows) for place in keep}
    return [[row[place].rjust(widths[place]) if place in right else row[place] for place in keep] for row in rows]
