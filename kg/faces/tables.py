"""Rows of cells as text, CSV, Markdown or JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Literal

Format = Literal["text", "json", "csv", "markdown"]


def rows(columns: Sequence[str], lines: Sequence[Mapping[str, Any]], form: Format, **about: Any) -> str:
    """Show rows in a format; JSON carries `about` (query, release) beside columns and rows."""
    if form == "json":
        import json

        plain = [{column: _value(line.get(column)) for column in columns} for line in lines]
        return json.dumps({**about, "columns": list(columns), "rows": plain}, ensure_ascii=False, indent=2)
    cells = [[_cell(line.get(column)) for column in columns] for line in lines]
    if form == "csv":
        return as_csv(columns, cells)
    if form == "markdown":
        return as_markdown(columns, cells)
    return aligned([list(columns), *cells], rule=True) if cells else "No rows."


def as_csv(columns: Sequence[str], cells: Sequence[Sequence[str]]) -> str:
    """Show cells as CSV (RFC 4180 quoting, one newline a row)."""
    import csv
    import io

    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(cells)
    return out.getvalue().removesuffix("\n")


def as_markdown(columns: Sequence[str], cells: Sequence[Sequence[str]]) -> str:
    """Show cells as a Markdown table; bars and line ends inside a cell are made harmless."""

    def line(words: Sequence[str]) -> str:
        return "| " + " | ".join(word.replace("|", "\\|").replace("\n", " ") for word in words) + " |"

    return "\n".join([line(columns), "|" + " --- |" * len(columns), *(line(words) for words in cells)])


def aligned(cells: Sequence[Sequence[str]], indent: str = "", rule: bool = False) -> str:
    """Show cells in columns as wide as their widest cell."""
    widths = [max(len(row[place]) for row in cells) for place in range(len(cells[0]))]
    lines = [
        (indent + "  ".join(word.ljust(width) for word, width in zip(row, widths, strict=True))).rstrip()
        for row in cells
    ]
    if rule:
        lines.insert(1, indent + "  ".join("-" * width for width in widths))
    return "\n".join(lines)


def wrapped(text: str, indent: str, width: int) -> str:
    """Break a text into lines of a width, each with the indent, and only between words."""
    import textwrap

    return textwrap.fill(
        text, width, initial_indent=indent, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    )


def _cell(value: Any) -> str:
    plain = _value(value)
    return "" if plain is None else "yes" if plain is True else "no" if plain is False else str(plain)


def _value(value: Any) -> Any:
    """Give a value as JSON has it; the sentinels for an open or unknown date become nothing."""
    if isinstance(value, date):
        return None if value in (date.min, date.max) else value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value
