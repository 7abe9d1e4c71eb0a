"""The names that a site of files is searched by, in the reader's own browser."""

from __future__ import annotations

import json

from kg.answers.language import iso, iso_end
from kg.faces.library import Graph
from kg.faces.serve.pages.telling import path_to, period
from kg.graph.names import category_of


def index(graph: Graph) -> bytes:
    """Give every name and code of every kind and body as a script that holds data: files cannot read other files.

    A thing is [path, name as a sentence has it, kind, period in words, 1 when it is over, names it is found by].
    """
    further: dict[str, set[str]] = {}
    for row in graph.graph.store.select(_NAMES):
        if isinstance(row["name"], str):
            further.setdefault(row["thing"], set()).add(row["name"])
    told = {row["thing"]: row for row in graph.graph.store.select(_TOLD)}
    things = {}
    for row in graph.graph.rows("things"):
        if category_of(row["thing"]):
            facts, over = told.get(row["thing"], {}), row["end"].year != 9999
            begins = iso(row["start"], facts.get("startPrecision", "day"))
            ends = iso_end(row["end"], facts.get("endPrecision", "day" if over else "open"))
            inner = ", ".join(filter(None, (facts.get("acronym"), facts.get("qualifier"))))
            names = [row["label"], *sorted(further.get(row["thing"], set()) - {row["label"]})]
            things[row["thing"]] = [
                path_to(row["thing"]), f"{row['label']} ({inner})" if inner else row["label"], row["kind"] or "",
                period(begins, ends), int(over), names,
            ]  # fmt: skip
    text = json.dumps([things[iri] for iri in sorted(things)], ensure_ascii=False, separators=(",", ":"))
    # Two characters may stand in JSON and not in every script; no word may end the script it might be put in.
    return f"window.names={text.replace('<', chr(92) + 'u003c').replace(chr(0x2028), '').replace(chr(0x2029), '')};\n".encode()


_NAMES = """
PREFIX nis: <https://w3id.org/nhs-integration/ontology#>
PREFIX org: <http://www.w3.org/ns/org#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
SELECT DISTINCT ?thing ?name WHERE {
  { ?thing a nis:Kind ; nis:pluralLabel ?name }
  UNION { ?thing a nis:Kind ; nis:acronym ?name }
  UNION { ?naming a nis:Naming ; nis:about ?thing ; nis:text ?name }
  UNION { ?assignment a nis:CodeAssignment ; nis:about ?thing ; skos:notation ?name }
  UNION { ?thing skos:notation ?name ; a org:Organization }
}
"""
#: How exactly the dates of a thing are known where they do not show it, and of a kind the acronym with its sense.
_TOLD = """
PREFIX nis: <https://w3id.org/nhs-integration/ontology#>
SELECT ?thing ?startPrecision ?endPrecision ?acronym ?qualifier WHERE {
  ?thing nis:startPrecision ?startPrecision ; nis:endPrecision ?endPrecision .
  OPTIONAL { ?thing a nis:Kind ; nis:acronym ?acronym }
  OPTIONAL { ?thing a nis:Kind ; nis:qualifier ?qualifier }
}
"""
