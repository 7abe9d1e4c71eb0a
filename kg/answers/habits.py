"""One difference, and why a publisher's file and the graph may differ without either being wrong: the habits of the publisher, in a sentence each."""

from __future__ import annotations

from typing import Final, Literal, NamedTuple

from kg.answers.suggestion import Suggested

What = Literal["name", "begins", "ends", "succession", "parent", "code held by nobody", "missing in the file"]
#: In the order in which they are told.
WHATS: Final[tuple[What, ...]] = (
    "name", "begins", "ends", "succession", "parent", "code held by nobody", "missing in the file",
)  # fmt: skip

WHY: Final = {
    "other name": "Only the current name is in such a file; the graph does not have it among the names of this body.",
    "name of an earlier holder": "The file still has the name of the body that held the code before; the code was kept and the name was not changed.",
    "formula name": "The publisher names sub-ICB locations by a formula, the board and the code, and renames them with their board.",
    "code before the body": "The publisher's record begins with its code, which was given before the body began in law.",
    "code of a predecessor": "The publisher kept one code and one record over a change in law; the graph has a body for each side of it.",
    "start not recorded": "The graph does not record when it began.",
    "other start": "The publisher dates its record and not the body; an order or an Act may say otherwise.",
    "last day counted": "The publisher gives the day of the change as its last day; in the graph that day is the first without it.",
    "kept open": "The publisher closes a record some time after the body has ended, or keeps the code in use.",
    "closed in the file": "The file has an end, and the graph has none.",
    "end not recorded": "The graph does not record when it ended.",
    "other end": "The publisher dates its record and not the body; an order or an Act may say otherwise.",
    "geography of a later day": "The publisher keeps one region and one system on a closed record and moves them when areas are drawn "
    "anew, so they can be younger than the body.",
    "place of the successor": "The publisher gave the closed record the region or system of the body that followed it, on whose first day it changed.",
    "geography of an earlier day": "The file names a parent that had ended by then.",
    "other parent": "The graph has it in another body of that kind on that day; a record moves when the publisher is told, and a body by an order or a list.",
    "parent not recorded": "The graph has it in no body of that kind on that day.",
    "parent began earlier or later": "Both have it there, for other days; a relationship is dated by its record, and a record is often made or closed late.",
    "succession not recorded": "The publisher records that a code followed a code, which need not be a change of the bodies in law.",
    "succession on another day": "The publisher dates a succession in law or by the day it was recorded.",
    "succession on the last day": "The publisher dates some successions by the last day of what ended, and not by the first of what followed.",
    "partial transfer": "The publisher keeps no succession for a part that moves while both bodies go on.",
    "duties that moved": "The publisher keeps successions of codes; duties passed here to a body that did not follow the code.",
    "succession missing in the file": "The file has no such succession, though it has others of these codes.",
    "code in another period": "The graph has a holder of the code at another time; the same code for something else is another body.",
    "outside England": "A body of Wales: the publisher lists some, and the graph is of England.",
    "not in the graph": "The graph has nobody with this code.",
    "left out of the file": "The file lists bodies of this kind and not this one; closed records are moved to the archive.",
}  # fmt: skip


class Difference(NamedTuple):
    """Where a file and the graph differ: in what of which code and body, in the words of each.

    `basis` is whose days the file gives, "legal" or "operational", empty where none are told; `cause` is a key of `WHY`.
    """

    code: str
    what: What
    body: str
    graph: str
    sources: tuple[str, ...]
    file: str
    basis: str
    place: str
    cause: str
    suggested: tuple[Suggested, ...] = ()

    @property
    def why(self) -> str:
        return WHY[self.cause]
