"""The words that cells of closed choice may hold, and how many things each type of event has on each side."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

Confidence = Literal["verified", "derived", "background", "unconfirmed"]
Status = Literal["in-effect", "planned", "unconfirmed"]
Rank = Literal["preferred", "alternative"]
DateBasis = Literal["legal", "operational", "statistical", "announced"]
Family = Literal[
    "commissioner", "system", "partnership", "provider", "region",
    "programme", "place", "national", "support", "council",
]  # fmt: skip
Form = Literal[
    "statutory-body", "statutory-committee", "committee", "partnership", "system", "contract", "plan",
    "programme", "care-model", "network", "tier", "reporting-geography", "administrative-tier",
    "support-organisation", "operating-name", "agreement", "designation", "service-model",
    "joint-working", "other",
]  # fmt: skip
EventType = Literal[
    "Establishment", "Abolition", "Renaming", "Redesignation", "Replacement", "Merger", "Absorption",
    "Division", "PartialTransfer", "Reorganisation", "FunctionTransfer", "CodeReuse", "CodeChange",
    "BoundaryChange", "HierarchyChange", "Designation", "Clustering", "Succession",
]  # fmt: skip
KindChangeType = Literal[
    "Renaming", "Evolution", "Replacement", "Absorption", "FunctionTransfer", "CodeReuse", "Abolition",
]  # fmt: skip

#: How many things an event may have before and after: (least, most) each, None = no bound.
#: ontology/shapes.ttl says the same in SHACL; a test holds the two together.
CARDINALITY: dict[str, tuple[tuple[int, int | None], tuple[int, int | None]]] = {
    "Establishment": ((0, 0), (1, None)),
    "Abolition": ((1, None), (0, 0)),
    "Renaming": ((1, 1), (1, 1)),
    "Redesignation": ((1, 1), (1, 1)),
    "Replacement": ((1, 1), (1, 1)),
    "Evolution": ((1, 1), (1, 1)),
    "Merger": ((2, None), (1, 1)),
    "Absorption": ((1, None), (1, 1)),
    "Division": ((1, 1), (2, None)),
    "PartialTransfer": ((1, 1), (1, 1)),
    "Reorganisation": ((1, None), (2, None)),
    "FunctionTransfer": ((1, None), (1, None)),
    "CodeReuse": ((1, 1), (1, 1)),
    "CodeChange": ((1, 1), (1, 1)),
    "BoundaryChange": ((1, 1), (1, 1)),
    "HierarchyChange": ((1, 1), (1, 1)),
    "Designation": ((0, 0), (1, None)),
    "Clustering": ((0, 0), (2, None)),
    "Succession": ((1, None), (1, 1)),
}

#: Events whose one thing before and one thing after are the same record, which continues.
SAME_RECORD = frozenset({"Redesignation", "CodeChange", "BoundaryChange", "HierarchyChange"})

#: Which lineage an event carries: the bodies and their duties in law, or only their codes.
#: Events not listed are no lineage at all: designations, clusters, changes of the record itself.
LINEAGE: Mapping[str, str] = {
    **dict.fromkeys(
        ("Replacement", "Merger", "Absorption", "Division", "PartialTransfer", "Reorganisation",
         "FunctionTransfer", "Renaming", "Evolution", "Succession"),
        "legal",
    ),
    "CodeReuse": "codes",
}  # fmt: skip
