"""Everything that can be found wrong with `data/`, in one report.

Three readers of the same rows: the tables themselves (`kg.facts.curated`), the shapes of
`ontology/shapes.ttl`, and the queries in `queries/checks/`, whose rows are faults.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from kg.errors import BadInput, Fault
from kg.facts.curated import columns_of, read
from kg.facts.records import ROWS
from kg.graph.build import build
from kg.graph.inputs import Inputs
from kg.graph.names import curie, local_name
from kg.graph.queries import Queries
from kg.graph.shapes import Severity, Shapes
from kg.graph.statements import Built
from kg.graph.store import OxigraphStore

#: The rule of a finding about a row that is wrong by itself, before any graph is made of it.
ROW_RULE: Final = "data-row"

#: The columns a property may come from: the one its file has is meant; by default, the one of its own name.
_COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "rdf:type": ("legal", "type"), "dcterms:source": ("source",), "nis:mainSource": ("source",),
    "dcterms:issued": ("date",), "dcterms:description": ("note",), "skos:prefLabel": ("name",),
    "nis:pluralLabel": ("plural",), "skos:notation": ("code",), "nis:inCodeScheme": ("scheme",),
    "nis:startsOn": ("from",), "nis:startPrecision": ("from",), "nis:endsBefore": ("until",),
    "nis:endPrecision": ("until",), "nis:happenedOn": ("date",), "nis:observedOn": ("observed", "date"),
    "nis:precision": ("observed", "date"), "nis:dateBasis": ("date_basis",), "nis:legalBasis": ("legal_basis",),
    "nis:claimedBy": ("claimed_by",), "nis:claimGroup": ("group",), "nis:hasBefore": ("before",),
    "nis:hasAfter": ("after",), "nis:inEvent": ("event", "key"), "nis:giver": ("giver", "before"),
    "nis:receiver": ("receiver", "after"), "nis:movedPart": ("part",), "nis:hasShare": ("share",),
    "nis:value": ("share", "value"), "nis:about": ("thing", "body", "about", "one"),
    "nis:notToBeConfusedWith": ("other",), "nis:asKind": ("kind",), "nis:text": ("name", "text", "printed"),
    "nis:nameType": ("type",), "nis:identityNote": ("identity",), "nis:latestKind": ("key",),
    "org:organization": ("group",), "nis:inList": ("list",), "nis:webPage": ("url",), "nis:fileName": ("file",),
    "nis:usedInput": ("inputs",), "skos:exactMatch": ("kind",), "skos:altLabel": ("name",),
}  # fmt: skip
_TABLES: Final = {row.FILE: columns_of(row) for row in ROWS}

#: A sentence and what follows it; a full stop in quotation marks ends nothing.
_SENTENCES: Final = re.compile(r'((?:"[^"]*"|[^"])*?\.)\s+(.+)', re.DOTALL)


@dataclass(frozen=True, order=True)
class Finding:
    """One thing wrong: where it stands, which rule it breaks, and what to do.

    `line` is 0 and `file` empty when no single row states the node; `node` is a CURIE,
    empty for a row that could not be read.
    """

    file: str
    line: int
    column: str
    rule: str
    message: str
    remedy: str
    severity: Severity = "fault"
    node: str = ""

    @property
    def where(self) -> str:
        """The place as an editor writes it, "data/events.csv:41, column date", or the node itself."""
        place = f"{self.file}:{self.line}" if self.file else self.node
        return f"{place}, column {self.column}" if self.column else place


@dataclass(frozen=True)
class Report:
    """All findings of one pass, and how much was looked at."""

    findings: tuple[Finding, ...]
    rows: int
    quads: int
    shapes: int
    rules: int
    #: Rules that were not run, for they conclude from what is missing and some rows have faults.
    skipped: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether nothing is at fault; a warning is no fault."""
        return not any(finding.severity == "fault" for finding in self.findings)


def check(inputs: Inputs) -> Report:
    """Read the data, build the graph of every row that can be read, and try every rule on it.

    Raises:
        BadInput: a file of the ontology, the shapes, a rule or a check cannot be parsed.
    """
    facts, faults = read(inputs.data)
    built = build(facts, inputs.ontology, inputs.rules)
    findings = {_of_row(fault) for fault in faults}
    told = {(finding.file, finding.line, finding.column) for finding in findings}
    # A period that ends before it begins is told once, at its end.
    told |= {(file, line, "from") for file, line, column in told if column == "until"}
    shapes, shaped = _shapes(inputs, built, whole=not faults)
    ran, skipped, queried = _queries(inputs, built, whole=not faults)
    # A cell that is at fault by itself has been told once; what follows from it is no news.
    findings |= {found for found in (*shaped, *queried) if (found.file, found.line, found.column) not in told}
    return Report(tuple(sorted(findings)), sum(1 for _ in facts), len(built.lines), shapes, ran, skipped)


def _of_row(fault: Fault) -> Finding:
    parts = _SENTENCES.fullmatch(fault.message)
    message, remedy = parts.groups() if parts else (fault.message, "See data/README.md.")
    return Finding(fault.file, fault.line, fault.column, ROW_RULE, message, remedy)


def _finding(built: Built, node: str, column: str, rule: str, message: str, remedy: str, severity: Severity) -> Finding:
    file, line = built.origins.get(node, ("", 0))
    column = column if column in _TABLES.get(file, ()) else ""
    return Finding(f"data/{file}" if file else "", line, column, rule, message, remedy, severity, curie(node))


def column_of(file: str, path: str) -> str:
    """Give the column of a table of `data/` that a property comes from, empty when there is none."""
    candidates = _COLUMNS.get(curie(path), (local_name(path),))
    return next((name for name in candidates if name in _TABLES.get(file, ())), "")


def _shapes(inputs: Inputs, built: Built, *, whole: bool) -> tuple[int, list[Finding]]:
    """Try the shapes on the graph; give how many there are, and what they find."""
    shapes = Shapes(inputs.shapes.read_text(encoding="utf-8"))
    # The tables have told of every key that is nowhere; what names a row at fault is not itself at fault.
    mute = () if whole else ("class", "or")
    found = []
    for result in shapes.results(built.store):
        if result.word in mute:
            continue
        column = column_of(built.origins.get(result.node, ("", 0))[0], result.path)
        message, _, remedy = result.message.partition("; ")
        shown = "" if result.value is None else f" (found: {curie(result.value)})"
        message, remedy = f"{message}{shown}.", remedy[:1].upper() + remedy[1:]
        found.append(_finding(built, result.node, column, local_name(result.rule), message, remedy, result.severity))
    return len(shapes.named), found


def _queries(inputs: Inputs, built: Built, *, whole: bool) -> tuple[int, tuple[str, ...], list[Finding]]:
    """Run the checks; give how many ran, those that were skipped, and what they find."""
    store, queries = OxigraphStore(built.store), Queries(inputs.queries / "checks")
    skipped, found = list[str](), list[Finding]()
    for rule in queries.names():
        header = check_header(rule, queries.text(rule))
        if whole or header.get("absence") != "true":
            found.extend(_of_query(built, rule, header, row) for row in queries.run(store, rule))
        else:
            skipped.append(rule)
    return len(queries.names()) - len(skipped), tuple(skipped), found


def _of_query(built: Built, rule: str, header: Mapping[str, str], row: Mapping[str, Any]) -> Finding:
    node, path = row["node"], row.get("path")
    column = column_of(built.origins.get(node, ("", 0))[0], path) if path else header.get("column", "")
    severity: Severity = "warning" if header.get("severity") == "warning" else "fault"
    return _finding(built, node, column, rule, row["message"], header["remedy"], severity)


def check_header(rule: str, text: str) -> Mapping[str, str]:
    """Read the header of a check: `remedy`, and where they apply `column`, `severity`, `absence`."""
    import yaml

    lines = [line[2:].removeprefix(" ") for line in text.splitlines() if line.startswith("#+")]
    try:
        header: Any = yaml.load("\n".join(lines), Loader=yaml.BaseLoader)  # BaseLoader: every value stays text
    except yaml.YAMLError as error:
        raise BadInput(f"The header of queries/checks/{rule}.rq is not YAML ({error}). Mend it.") from None
    if not isinstance(header, dict) or not header.get("remedy"):
        raise BadInput(f"queries/checks/{rule}.rq says no remedy. Add a line to its header: #+ remedy: what to do.")
    return header
