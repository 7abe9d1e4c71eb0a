"""The report of `kg check`, as people and programs read it."""

from __future__ import annotations

from kg.faces.tables import Format, as_csv, as_markdown
from kg.graph.check import Report

_COLUMNS = ("severity", "rule", "file", "line", "column", "node", "message", "remedy")


def render(report: Report, form: Format) -> str:
    """Show a report in a format; text groups the findings by place, faults before warnings."""
    counts = {"rows": report.rows, "quads": report.quads, "shapes": report.shapes, "rules": report.rules}
    if form == "json":
        import json

        findings = [{column: getattr(found, column) for column in _COLUMNS} for found in report.findings]
        plain = {"ok": report.ok, "counts": counts, "skipped": list(report.skipped), "findings": findings}
        return json.dumps(plain, ensure_ascii=False, indent=2)
    cells = [[str(getattr(found, column)) for column in _COLUMNS] for found in report.findings]
    if form == "csv":
        return as_csv(_COLUMNS, cells)
    if form == "markdown":
        return as_markdown(_COLUMNS, cells)
    return _text(report, counts)


def _text(report: Report, counts: dict[str, int]) -> str:
    faults = sum(found.severity == "fault" for found in report.findings)
    warnings = len(report.findings) - faults
    looked = f"Checked {counts['rows']:,} rows and {counts['quads']:,} statements of data and rules by {counts['shapes']} shapes and {counts['rules']} rules"
    told = f"{_many(faults, 'fault')}, {_many(warnings, 'warning')}" if report.findings else "no faults, no warnings"
    lines = [f"{looked}: {told}."]
    for found in sorted(report.findings, key=lambda found: (found.severity, found)):
        lines += ["", f"{found.severity}: {found.where}", f"  {found.message} [{found.rule}]", f"  {found.remedy}"]
    if report.skipped:
        lines += [
            "",
            f"Not run while rows have faults, for they conclude from what is missing: {', '.join(report.skipped)}.",
        ]
    return "\n".join(lines)


def _many(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}" if number else f"no {word}s"
