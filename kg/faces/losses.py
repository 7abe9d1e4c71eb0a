"""A loss report of a recoded table, as people and programs read it.

As JSON it keeps the contract in `kg/faces/report.schema.json`: fields are added to it, none is removed or given another
meaning.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from kg.answers import language as say
from kg.answers.answer import ATTRIBUTION, SourceRef, cite
from kg.answers.ledger import Row
from kg.answers.report import Report, measured
from kg.faces.tables import Format, aligned, as_csv, as_markdown, wrapped

#: A section of a report: its heading, what it says, its columns and its rows.
Section = tuple[str, str, Sequence[str], list[list[str]]]


def render(report: Report, form: Format, width: int = 110) -> str:
    """Show a report in a format; CSV has a row for each estimated or divided pair of codes."""
    if form == "json":
        return report.to_json()
    if form == "csv":
        return as_csv(_PAIR, [_pair_cells(row, one) for row in report.divided for one in row["to"]])
    numbers = {source["key"]: place for place, source in enumerate(report.sources, 1)}

    def cites(keys: Iterable[str]) -> str:
        return "".join(f"[{numbers[key]}]" for key in dict.fromkeys(keys) if key in numbers)

    table: Callable[[Sequence[str], list[list[str]]], str] = as_markdown if form == "markdown" else _indented
    strong = "# " if form == "markdown" else ""
    blocks = [f"{strong}{report.sentence}" if form == "markdown" else wrapped(report.sentence, "", width)]
    if report.cautions:
        lines = [f"- {caution}" if form == "markdown" else wrapped(caution, "  ", width) for caution in report.cautions]
        blocks.append("\n".join(lines))
    for heading, words, columns, rows in _sections(report, cites):
        if not rows:
            continue
        head = f"## {heading}" if form == "markdown" else heading
        note = [words if form == "markdown" else wrapped(words, "  ", width)] if words else []
        blocks.append(
            "\n\n".join([head, *note, table(columns, rows)])
            if form == "markdown"
            else "\n".join([head, *note, table(columns, rows)])
        )
    listed = [f"  [{numbers[source['key']]}] {cite(SourceRef(**source))}" for source in report.sources]
    if form == "markdown" and listed:
        listed = [line.strip().replace("[", "\\[", 1) + "  " for line in listed]
    foot = f"{report.command + '. ' if report.command else ''}Release {report.release}. {ATTRIBUTION}"
    blocks.append("\n".join([*listed, foot if form == "markdown" else wrapped(foot, "  ", width)]))
    return "\n\n".join(blocks)


def summary(report: Report, width: int = 110) -> str:
    """Give what a person must know at once: the sentence, the totals and the cautions."""
    lines = [wrapped(report.sentence, "", width)]
    for row in report.totals:
        told = f"{measured(row)}: {say.amount(row['in'])} in, {say.amount(row['out'])} recoded"
        for name, words in (("estimated", "by estimated shares"), ("misplaced", "misplaced")):
            if row.get(name):
                told += f", of which {say.amount(row[name])} {words}"
        if row["unmapped"]:
            told += f"; {say.amount(row['unmapped'])} without a home"
        lines.append(wrapped(told + ".", "  ", width))
    why: dict[str, list[str]] = {}
    for row in report.unmapped:
        why.setdefault(row["why"], []).append(row["code"])
    if why:
        left = [
            f"{say.shortened(codes, 12)} ({reason})" if codes != [""] else "rows without a code"
            for reason, codes in why.items()
        ]
        lines.append(wrapped(f"Without a home: {'; '.join(left[:6])}{'; and more' if left[6:] else ''}.", "  ", width))
    return "\n".join([*lines, *(wrapped(caution, "  ", width) for caution in report.cautions)])


_PAIR = ("from_code", "from_label", "to_code", "to_label", "share", "share_basis", "method", "events", "sources")


def _pair_cells(row: Row, one: Row) -> list[str]:
    share = "" if one["share"] is None else repr(one["share"])
    return [
        row["code"], row["label"], one["code"] or "", one["label"], share, one["basis"], one["method"],
        "; ".join(row["events"]), "; ".join(row["sources"]),
    ]  # fmt: skip


def _sections(report: Report, cites: Callable[[Iterable[str]], str]) -> Iterator[Section]:
    """Give the parts of a report in the order in which they are read."""
    events = {event["key"]: event for event in report.events}
    number = say.amount
    misplaced = ("misplaced",) if any("misplaced" in row for row in report.totals) else ()
    names = ("in", "out", "unmapped", "estimated", *misplaced, "empty")
    yield (
        "Totals", "", ("measure", *names),
        [[measured(row), *(number(row[name]) for name in names)] for row in report.totals],
    )  # fmt: skip
    yield (
        "Without a home", "These stand under no code in the new table.", ("code", "rows", "numbers", "why"),
        [[row["code"] or "(empty)", number(row["rows"]), _numbers(row["totals"]), row["why"]] for row in report.unmapped],
    )  # fmt: skip
    yield (
        "Divided", "", ("code", "name", "rows", "into", "share", "by", "handled"),
        [
            [*((row["code"], row["label"], number(row["rows"])) if place == 0 else ("", "", "")),
             f"{one['code'] or '?'} {one['label']}", _share(one["share"]), one["basis"], row["handled"] if place == 0 else ""]
            for row in report.divided for place, one in enumerate(row["to"])
        ],
    )  # fmt: skip
    methods = {(one["basis"], one["method"]): None for row in report.divided for one in row["to"] if one["basis"]}
    yield "How shares were found", "", ("by", "method"), [list(one) for one in methods]
    yield (
        "Estimated", "What of each new number rests on shares, and on which.", ("code", "numbers", "of which estimated", "from", "share", "by", "what happened"),
        [
            [*((row["code"], _numbers(row["totals"]), _numbers(row["of_which_estimated"])) if place == 0 else ("", "", "")),
             f"{one['code']} {one['label']}", _share(one["share"]), one["basis"],
             f"{_happened(events, one['events'])} {cites(one['sources'])}".strip()]
            for row in report.estimated for place, one in enumerate(row["from"])
        ],
    )  # fmt: skip
    yield (
        "Missing shares", "It is not recorded what part went where.", ("date", "what happened", "codes", "can be shared out by"),
        [[row["date"], f"{row['summary']} {cites(row['sources'])}", ", ".join(row["codes"]), ", ".join(row["bases"]) or "nothing"] for row in report.missing],
    )  # fmt: skip
    yield (
        "Boundaries that moved on the way", "", ("date", "what happened", "codes", "share recorded"),
        [[row["date"], f"{row['summary']} {cites(row['sources'])}", say.shortened(row["codes"], 6), "yes" if row["measured"] else "no"] for row in report.moves],
    )  # fmt: skip
    yield (
        "Merged for good", "These cannot be taken apart again but by an estimate.", ("code", "name", "from"),
        [[row["code"], row["label"], ", ".join(row["from"])] for row in report.merged],
    )  # fmt: skip
    yield (
        "Categories that disagree", "They are left empty in the new table.", ("measure", "group", "code", "values"),
        [
            [row["measure"], ", ".join(map(str, row["by"])), row["code"] or "", "; ".join(f"{one['value']} ({', '.join(one['codes'])})" for one in row["values"])]
            for row in report.disagreements
        ],
    )  # fmt: skip


def _indented(columns: Sequence[str], rows: list[list[str]]) -> str:
    return aligned([list(columns), *rows], indent="  ", rule=True)


def _numbers(totals: dict[str, Any]) -> str:
    return "; ".join(f"{measure} {say.amount(value)}" for measure, value in totals.items())


def _share(share: float | None) -> str:
    return "not known" if share is None else f"{share:.6f}"


def _happened(events: dict[str, Row], keys: Iterable[str]) -> str:
    """Give what divided, of all that happened on the way: codes that lived on divide nothing."""
    told = [events[key] for key in keys if key in events and events[key]["type"] != "CodeReuse"]
    return "; ".join(f"{event['date']} {event['summary']}" for event in told)
