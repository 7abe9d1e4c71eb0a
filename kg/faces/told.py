"""An answer that can be drawn: what the Python face returns."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from datetime import date
from typing import TYPE_CHECKING, Any

from kg.answers.answer import Answer
from kg.errors import UsageError

if TYPE_CHECKING:
    from kg.faces.diagrams.drawing import Drawing


class Told(Answer):
    """An Answer, and the picture of it: `g.lineage("ACS").draw()` shows inline in a notebook."""

    _draw: Callable[..., Drawing]
    _wishes: dict[str, Any]

    @classmethod
    def of(cls, answer: Answer, draw: Callable[..., Drawing], **wishes: Any) -> Told:
        """Give an answer with what draws it, and what was wished for when it was asked."""
        told = cls(**{field.name: getattr(answer, field.name) for field in fields(Answer)})
        object.__setattr__(told, "_draw", draw)
        object.__setattr__(told, "_wishes", wishes)
        return told

    def draw(self, **wishes: Any) -> Drawing:
        """Draw the answer: a lineage, who belonged to what on the day, or what changed between two days.

        `wishes` are the options of `Graph.draw` for that picture, as `depth=1`.

        Raises:
            UsageError: an answer of this sort has no picture.
        """
        wished = self._wishes | wishes
        as_of = date.fromisoformat(self.as_of)
        if self.status in ("answered", "unknown"):
            if self.subject and self.intent in ("became", "before", "lineage"):
                direction = "both" if self.intent == "lineage" else self.intent
                return self._draw("lineage", self.subject.key, as_of=as_of, **({"direction": direction} | wished))
            if self.subject and self.intent in ("members", "memberships"):
                return self._draw("structure", self.subject.key, as_of=as_of, **wished)
            if self.intent == "difference" and "since" in wished:
                since = wished.pop("since")
                return self._draw("compare", since, as_of, **wished)
        raise UsageError(
            "This answer has no picture. A lineage, members, memberships and the changes between two days have one; "
            "g.draw gives others, as g.draw('kinds')."
        )
