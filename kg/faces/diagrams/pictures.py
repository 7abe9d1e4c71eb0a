"""The pictures that can be asked for by name, each with what it takes; options not named are refused."""

from __future__ import annotations

import inspect
import shlex
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any, Final, Literal, NamedTuple, get_args

from kg.answers.ends import Only
from kg.answers.question import Question
from kg.answers.record import Records
from kg.errors import UsageError
from kg.faces.diagrams.scene import Scene
from kg.facts.dates import PartialDate
from kg.graph.graph import Graph
from kg.graph.queries import refuse_two_days

#: Which sides of a lineage are drawn, and how kinds are laid out.
Way = Literal["both", "became", "before"]
KindsForm = Literal["calendar", "layers"]


class On(NamedTuple):
    """The day that is asked of, and whether anybody gave it; it is today when nobody did."""

    day: date
    given: bool


def lineage(
    graph: Graph, name: str, *, on: On, sense: str | None = None, direction: Way = "both", only: Only | None = None,
    depth: int | None = None, share_basis: str | None = None,
) -> Scene:  # fmt: skip
    """State what led to a thing and what it became."""
    from kg.faces.diagrams.presets import lineage

    if direction not in get_args(Way):
        raise UsageError(f'"{direction}" is no direction of a lineage. Give became, before or both.')
    return lineage.scene(
        Question(Records(graph), name, on.day, sense=sense),
        direction=direction, only=only, depth=depth, basis=share_basis,
    )  # fmt: skip


def structure(graph: Graph, name: str, *, on: On, sense: str | None = None, depth: int = 2) -> Scene:
    """State what a thing was inside of and made of on a day."""
    from kg.faces.diagrams.presets import structure

    # When nobody has given a day, what has ended is shown as it was on its last.
    given = PartialDate(on.day, "day") if on.given else None
    return structure.scene(Question(Records(graph), name, on.day, given, sense), depth=depth)


def kinds(graph: Graph, *, on: On, form: KindsForm = "calendar") -> Scene:
    """State every kind of structure, and how one became another."""
    from kg.faces.diagrams.presets import kinds

    if form not in get_args(KindsForm):
        raise UsageError(f'"{form}" is no form of the picture of kinds. Give calendar or layers.')
    return kinds.scene(Records(graph), on.day, form=form)


def england(graph: Graph, since: date, until: date) -> Scene:
    """State who commissioned care in the whole country between two days."""
    from kg.faces.diagrams.presets import england

    return england.scene(Records(graph), since, until)


def compare(graph: Graph, since: date, until: date, *, kind: str | None = None) -> Scene:
    """State what changed between two days."""
    from kg.faces.diagrams.presets import compare

    return compare.scene(Records(graph), since, until, kind=kind)


def query(
    graph: Graph, name: str | None = None, *, on: On, params: Mapping[str, str] | None = None, text: str | None = None
) -> Scene:
    """State the ties that a saved query, a query in a file, or the text of one finds."""
    from kg.faces.diagrams.presets import saved

    if (name is None) == (text is None):
        raise UsageError("A query is drawn by its name, by the file that holds it, or by its text. Give one of these.")
    if name is None:
        return saved.scene_of_text(graph, text or "", on.day)
    refuse_two_days(params or {}, on.day if on.given else None)
    return saved.scene(graph, name, params or {}, on.day)


PRESETS: Final[dict[str, Callable[..., Scene]]] = {
    "lineage": lineage, "structure": structure, "kinds": kinds, "england": england, "compare": compare, "query": query,
}  # fmt: skip


def stated(graph: Graph, preset: str, *names: Any, on: On, **wishes: Any) -> Scene:
    """State a scene by the name of its preset, with the command that draws it again.

    Raises:
        UsageError: there is no such preset, or it does not take what was given.
    """
    if preset not in PRESETS:
        raise UsageError(f'There is no picture called "{preset}". The pictures: {", ".join(PRESETS)}.')
    wished = {name: value for name, value in wishes.items() if value is not None}
    if wished.get("depth", 1) < 1:
        raise UsageError(f"A depth of {wished['depth']} leaves nothing to draw. Give 1 or more.")
    state = PRESETS[preset]
    signature = inspect.signature(state)
    # England and a comparison have two days of their own, and take no third.
    asked = {"on": on} if "on" in signature.parameters or on.given else {}
    try:
        signature.bind(graph, *names, **asked, **wished)
    except TypeError as error:
        told = str(error).replace("'on'", "'as_of'")
        raise UsageError(f'The picture "{preset}" cannot be drawn so: {told}. See kg draw {preset} --help.') from None
    scene = state(graph, *names, **asked, **wished)
    return replace(scene, command=_command(preset, names, scene.as_of if asked else None, wished))


def _command(preset: str, names: tuple[Any, ...], as_of: date | None, wished: Mapping[str, Any]) -> str:
    words = ["kg", "draw", preset, *map(str, names)]
    if "text" in wished:
        words.append("query.rq")  # a file that holds the text
    params = wished.get("params") or {}
    words += [f"{name}={value}" for name, value in params.items()]
    if as_of is not None and "asOf" not in params:
        words += ["--as-of", as_of.isoformat()]
    for name, value in sorted(wished.items()):
        if name == "only":
            words.append(f"--{value}")
        elif name not in ("params", "text") and (name, value) != ("direction", "both"):
            words += [f"--{name.replace('_', '-')}", str(value)]
    return shlex.join(words)
