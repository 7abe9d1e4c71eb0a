"""Writes the pages that are printed from the code: data/README.md and docs/cli.md."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any, get_args, get_origin

from kg.facts.curated import columns_of
from kg.facts.records import ROWS, Row, choices
from kg.facts.vocabulary import CARDINALITY
from kg.graph.inputs import Inputs

_HEAD = """# The tables

Printed from `kg/facts/records.py` by `python -m kg.faces.reference`; do not edit by hand. How to add a fact:
[docs/curating.md](../docs/curating.md). UTF-8, comma-separated, one header line. An empty cell means "not recorded".

- A **date** is written `2018-02-01`, `2018-02` or `2018`: its form says how precisely it is known.
- A **period** is half-open: `from` is the first day, `until` the first day without.
- **Keys** are small letters, digits and hyphens, and are never changed or used again. A list of keys is parted by `; `.
- Every row that states something cites its **source**; definitions and notes are in our own words.

Contains NHS Organisation Data Service information and Office for National Statistics data licensed under the
Open Government Licence v3.0.
"""


def data_readme() -> str:
    """Give data/README.md: every table, its columns, what they mean, and what tells rows apart."""
    parts = [_HEAD]
    for row in ROWS:
        parts.append(f"## {row.FILE}\n\n{(row.__doc__ or '').strip()}\n")
        parts.append(f"Told apart by: {', '.join(name.rstrip('_') for name in row.IDENTITY)}.\n")
        parts.append(
            "| column | form | meaning |\n|---|---|---|\n" + "".join(_column(row, column) for column in columns_of(row))
        )
    parts.append("## Types of event and change\n\n| type | before | after |\n|---|---|---|\n")
    parts[-1] += "".join(
        f"| {kind} | {_bounds(sides[0])} | {_bounds(sides[1])} |\n" for kind, sides in CARDINALITY.items()
    )
    return "\n".join(parts)


def _column(row: type[Row], column: str) -> str:
    name = next(name for name, info in row.model_fields.items() if (info.alias or name) == column)
    info = row.model_fields[name]
    needed = "" if not info.is_required() else "**needed.** "
    words = [word for word in choices(row, name) if word]
    listed = f"One of: {', '.join(words)}." if words else ""
    said = f"{(info.description or '').rstrip('.')}." if info.description else ""
    refers = row.REFERS.get(name, "source" if name == "source" else "")
    where = {
        "source": "Keys of sources.csv.", "kind": "Key in kinds.csv.", "body": "Key in bodies.csv.",
        "thing": "Key in kinds.csv or bodies.csv.", "event": "Key in events.csv.",
        "input": "Key in inputs.csv.",
    }.get(refers, "")  # fmt: skip
    meaning = " ".join(part for part in (needed + said, where if name != "source" else "", listed) if part).strip()
    return f"| `{column}` | {_form(info.annotation, words)} | {meaning[:1].upper() + meaning[1:]} |\n"


def _form(annotation: Any, words: list[str]) -> str:
    plain = str(annotation)
    if words:
        return "word"
    if "PartialDate" in plain:
        return "date"
    if "tuple" in plain:
        return "keys"
    if (get_origin(annotation) is None and annotation is int) or int in get_args(annotation):
        return "whole number"
    if "float" in plain:
        return "number"
    return "text"


def _bounds(bounds: tuple[int, int | None]) -> str:
    least, most = bounds
    return str(least) if least == most else f"{least} or more" if most is None else f"{least} to {most}"


def cli_page() -> str:
    """Give docs/cli.md: the help of every command, as the command line prints it."""
    from typer.main import get_command
    from typer.testing import CliRunner

    from kg.faces.cli import app

    runner = CliRunner(env={"COLUMNS": "110", "TERMINAL_WIDTH": "110"})
    names = [""]
    for name, command in get_command(app).commands.items():  # type: ignore[attr-defined]  # a group has commands
        names += [name, *(f"{name} {inner}" for inner in getattr(command, "commands", ()))]
    parts = ["# Every command\n\nPrinted from `--help` by `python -m kg.faces.reference`; do not edit by hand.\n"]
    for name in names:
        shown = runner.invoke(app, [*name.split(), "--help"], prog_name="kg").output.rstrip()
        lines = "\n".join(line.rstrip() for line in shown.splitlines())
        parts.append(f"## kg {name}".rstrip() + f"\n\n```\n{lines}\n```\n")
    return "\n".join(parts)


def main() -> None:
    """Write both pages into the checkout that this package stands in."""
    root = Inputs.default().root
    pages = {root / "data" / "README.md": data_readme(), root / "docs" / "cli.md": cli_page()}
    for path, text in pages.items():
        Path(path).write_text(text, encoding="utf-8")
        sys.stderr.write(f"Wrote {path.relative_to(root)}\n")


if __name__ == "__main__":
    main()
