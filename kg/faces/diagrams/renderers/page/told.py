"""What a page knows of its scene: the data its scripts read, and the words of its tables."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any, Final, NamedTuple

from kg.answers import language as say
from kg.answers.answer import ATTRIBUTION, SourceRef
from kg.faces.diagrams import fonts, styles
from kg.faces.diagrams.renderers import table
from kg.faces.diagrams.scene import Box, Edge, Mark, Node, Relation, Route, Scene, Text
from kg.faces.diagrams.styles import FAMILIES, OTHER, RELATIONS, Look, Stroke
from kg.facts.dates import OPEN_END, UNKNOWN_START

_LICENCE: Final = "Open Government Licence v3.0"


class Row(NamedTuple):
    """A tie as the table tells it; `sources` are numbers."""

    tail: str
    head: str
    word: str
    when: str
    shares: str
    sources: tuple[int, ...]


class Alone(NamedTuple):
    """A thing that nothing is tied to, as the table tells it."""

    label: str
    kind: str
    codes: str
    when: str
    sources: tuple[int, ...]


def about(scene: Scene) -> dict[str, Any]:
    """Give all that the scripts read, in plain values; control and direction marks are made visible."""
    plan = scene.plan
    first, last = span(scene)
    texts = [line for box in plan.boxes.values() for line in box.lines]
    texts += [line for route in plan.routes.values() for line in route.labels]
    clean = fonts.clean
    return {
        "title": clean(scene.title), "form": scene.form, "asOf": scene.as_of.isoformat(), "asOfWords": say.short_day(scene.as_of, "day"),
        "release": clean(scene.release), "span": [first.isoformat(), last.isoformat()], "file": file_name(scene),
        "citation": citation(scene), "width": _n(plan.width), "height": _n(plan.height),
        "smallest": min((line.size for line in texts), default=12.0), "font": fonts.FAMILY, "csv": table.render(scene).decode("utf-8"),
        "colours": {
            "text": styles.TEXT, "faint": styles.FAINT, "ground": styles.GROUND, "rule": styles.RULE,
            "lane": styles.LANE, "tie": styles.TIE, "band": styles.BAND, "ribbon": styles.RIBBON,
        },
        "hues": {family: look.hue for family, look in looks(scene).items()},
        "strokes": {relation: [stroke.word, stroke.dash] for relation, stroke in strokes(scene).items()},
        "marks": [_mark(mark) for mark in plan.marks],
        "things": [_thing(node, plan.boxes[node.id], scene) for node in scene.nodes],
        "ties": [_tie(edge, plan.routes[edge.id], scene) for edge in scene.edges],
        "sources": [source(ref) for ref in scene.ledger],
    }  # fmt: skip


def span(scene: Scene) -> tuple[date, date]:
    """Give the first and the last day that a slider runs over: from the first beginning to the last change."""
    parts: tuple[Node | Edge, ...] = (*scene.nodes, *scene.edges)
    open_days = (UNKNOWN_START, OPEN_END, date.min, date.max)
    days = [day for part in parts for day in (part.starts, part.ends) if day not in open_days]
    first, last = scene.since or min([*days, scene.as_of]), max([*days, scene.as_of])
    return first, last if last > first else first + timedelta(days=1)


def rows(scene: Scene) -> list[Row]:
    """Give the table of ties, one row each."""
    clean = fonts.clean
    return [
        Row(
            clean(scene.by_id[edge.tail].label), clean(scene.by_id[edge.head].label),
            say.capital(clean(edge.word or RELATIONS[edge.relation].word)),
            clean(edge.when or dict(edge.facts).get("Dates", "")),
            "; ".join(f"{clean(share.basis)} {percent(share.value)}" for share in edge.shares),
            _numbers(edge.sources, scene),
        )
        for edge in scene.edges
    ]  # fmt: skip


def alone(scene: Scene) -> list[Alone]:
    """Give the nodes that no edge touches, one row each."""
    clean = fonts.clean
    touched = {end for edge in scene.edges for end in (edge.tail, edge.head)}
    return [
        Alone(clean(node.label), clean(node.kind), clean(node.codes), clean(node.when), _numbers(node.sources, scene))
        for node in scene.nodes
        if node.id not in touched
    ]


def samples(scene: Scene) -> dict[str, tuple[str, str]]:
    """Give a small border and stripe of each family, for the legend."""
    box = Box(0, 0, 28, 16)
    return {
        family: (styles.outline(look.shape, box), styles.stripe(look.shape, box))
        for family, look in looks(scene).items()
    }  # fmt: skip


def looks(scene: Scene) -> dict[str, Look]:
    """Give the families that are drawn, in the order of the palette."""
    there = {_family(node) for node in scene.nodes}
    return {family: drawn for family, drawn in (FAMILIES | {"": OTHER}).items() if family in there}


def strokes(scene: Scene) -> dict[Relation, Stroke]:
    """Give the relations that are drawn, in the order of their styles."""
    there = {edge.relation for edge in scene.edges}
    found = {relation: stroke for relation, stroke in RELATIONS.items() if relation in there}
    if any(route.ribbon for route in scene.plan.routes.values()) and "whole" in found:
        found["whole"] = found["whole"]._replace(word="passed on")  # as frame.py has it: duties and bodies alike
    return found


def source(ref: SourceRef) -> dict[str, str]:
    """Give a source as it is listed; its address only where a browser may follow it."""
    words = [ref.title, ref.publisher, ref.date or "", ref.locator or ref.file]
    safe = ref.url if re.match(r"https?://[^\s]+$", ref.url, re.IGNORECASE) else ""
    return {"text": fonts.clean(", ".join(word for word in words if word)), "url": safe if safe.isprintable() else ""}


def citation(scene: Scene) -> str:
    """Give how a diagram is cited; AS_OF stands for the day, which the reader may choose."""
    title, release = fonts.clean(scene.title).rstrip("."), fonts.clean(scene.release)
    return (
        f"The kg project ({release[:4]}). {title}, AS_OF [diagram]. Knowledge graph of NHS (England) integration "
        f"structures, release {release}. Licence: {_LICENCE}. {ATTRIBUTION}"
    )


def file_name(scene: Scene) -> str:
    """Give a name for what is downloaded, without its ending."""
    return re.sub(r"[^a-z0-9]+", "-", scene.title.lower()).strip("-")[:60] or "diagram"


def percent(value: float) -> str:
    """Write a share as it is written on the drawing."""
    return f"{value:.1%}".replace("%", "\u00a0%")


def _thing(node: Node, box: Box, scene: Scene) -> dict[str, Any]:
    clean, shape = fonts.clean, styles.look(node.family).shape
    border = styles.outline("square", box.banded) if box.band else styles.outline(shape, box)
    paths = [border, *([] if box.band else [styles.stripe(shape, box)])]
    return {
        "id": node.id, "key": clean(node.key), "label": clean(node.label), "kind": clean(node.kind),
        "short": clean(node.short), "family": _family(node), "when": clean(node.when), "codes": clean(node.codes),
        "starts": node.starts.isoformat(), "ends": node.ends.isoformat(), "sure": [day.isoformat() for day in node.sure],
        "facts": [[clean(name), clean(value)] for name, value in node.facts], "focus": node.focus,
        "sources": _numbers(node.sources, scene), "box": _box(box),
        "shape": paths, "lines": _lines(box.lines), **({"band": _box(box.banded)} if box.band else {}),
    }  # fmt: skip


def _tie(edge: Edge, route: Route, scene: Scene) -> dict[str, Any]:
    clean, path, hue = fonts.clean, styles.arrow(route), styles.look(scene.by_id[edge.tail].family).hue
    return {
        "id": edge.id, "tail": edge.tail, "head": edge.head, "relation": edge.relation, "word": clean(edge.word),
        "when": clean(edge.when), "starts": edge.starts.isoformat(), "ends": edge.ends.isoformat(),
        "walk": edge.walk.isoformat() if edge.walk else None, "summary": clean(edge.summary),
        "shares": [[clean(share.basis), percent(share.value)] for share in edge.shares],
        "facts": [[clean(name), clean(value)] for name, value in edge.facts], "sources": _numbers(edge.sources, scene),
        "shape": [path.line, *([path.head] if path.head else [])], "width": _n(route.width),
        "stops": [[_n(stop.x), _n(stop.y)] for stop in route.stops], "labels": _lines(route.labels),
        **({"ribbon": True, "hue": hue} if route.ribbon else {}),
    }  # fmt: skip


def _family(node: Node) -> str:
    return node.family if node.family in FAMILIES else ""


def _mark(mark: Mark) -> dict[str, Any]:
    return {"kind": mark.kind, "box": _box(mark), "text": _lines([mark.text])[0] if mark.text else None}


def _lines(lines: Iterable[Text]) -> list[list[Any]]:
    return [[_n(line.x), _n(line.y), fonts.clean(line.text), line.size, int(line.bold), line.anchor] for line in lines]


def _box(part: Box | Mark) -> list[float]:
    return [_n(part.x), _n(part.y), _n(part.width), _n(part.height)]


def _numbers(keys: Iterable[str], scene: Scene) -> tuple[int, ...]:
    return tuple(sorted(scene.numbers[key] for key in keys))


def _n(value: float) -> float:
    return round(value, 2)
