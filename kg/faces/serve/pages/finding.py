"""The names that a site of files is searched by, in the reader's own browser."""

from __future__ import annotations

import json

from kg.faces.library import Graph
from kg.faces.serve.pages.telling import path_to
from kg.graph.names import category_of


def index(graph: Graph) -> bytes:
    """Give every name and code of every kind and body as a script that holds data: files cannot read other files.

    A thing is [path, label, kind, until, further names]; of a thing that goes on, until is empty.
    """
    further: dict[str, set[str]] = {}
    for row in graph.graph.store.select(_NAMES):
        if isinstance(row["name"], str):
            further.setdefault(row["thing"], set()).add(row["name"])
    things = {}
    for row in graph.graph.rows("things"):
        if category_of(row["thing"]):
            until = "" if row["end"].year == 9999 else row["end"].isoformat()
            names = sorted(further.get(row["thing"], set()) - {row["label"]})
            things[row["thing"]] = [path_to(row["thing"]), row["label"], row["kind"] or "", until, names]
    text = json.dumps([things[iri] for iri in sorted(things)], ensure_ascii=False, separators=(",", ":"))
    # Two characters may stand in JSON and not in every script; no word may end the script it might be put in.
    return f"window.names={text.replace('<', chr(92) + 'u003c').replace(chr(0x2028), '').replace(chr(0x2029), '')};\n".encode()


_NAMES = """
PREFIX nis: <https://w3id.org/nhs-integration/ontology#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
SELECT DISTINCT ?thing ?name WHERE {
  { ?thing a nis:Kind ; nis:pluralLabel ?name }
  UNION { ?thing a nis:Kind ; nis:acronym ?name }
  UNION { ?naming a nis:Naming ; nis:about ?thing ; nis:text ?name }
  UNION { ?assignment a nis:CodeAssignment ; nis:about ?thing ; skos:notation ?name }
}
"""
