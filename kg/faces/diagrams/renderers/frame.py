"""What stands around a drawing: its title and caption above; its legend, cautions and sources below."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from kg.answers import language as say
from kg.answers.answer import ATTRIBUTION, SourceRef
from kg.faces.diagrams import fonts, styles
from kg.faces.diagrams.renderers.markup import element, line
from kg.faces.diagrams.scene import Box, Edge, Point, Route, Scene, Text, number
from kg.faces.diagrams.styles import GROUND, RULE, TIE

_MARGIN: Final = 32.0
#: Narrower than this the words around would stand in a column of their own.
_LEAST: Final = 760.0
#: A line of running text is not set wider than a reader can follow, in sizes of its text.
_MEASURE: Final = 84
#: The narrowest column of sources, in pixels, and how many of them a picture names.
_COLUMN: Final = 340.0
_NAMED: Final = 24


class Around(NamedTuple):
    """A whole picture: its size, where the drawing begins in it, and the markup of what stands around."""

    width: float
    height: float
    x: float
    y: float
    parts: tuple[str, ...]


def around(scene: Scene) -> Around:
    """Frame a drawing; of a wide one the words are larger, so that they can be read where it is made small."""
    inner = max(scene.plan.width, _LEAST)
    width = inner + 2 * _MARGIN
    size = min(max(width / 1300, 1.0), 1.8)
    sheet = _Sheet(inner, size)
    sheet.write(scene.title, 21, bold=True, after=4, whole=True)
    sheet.write(scene.caption, 13, after=22)
    top = sheet.y
    sheet.y += scene.plan.height + 24
    sheet.rule()
    sheet.flow(_legend(scene))
    for caution in scene.cautions:
        sheet.write(caution, 11, after=2, whole=True)
    sheet.y += 10 * size if scene.cautions else 0
    sheet.columns([_numbered(scene, source) for source in scene.ledger])
    sheet.rule()
    sheet.write(_facts(scene), 11, bold=True, after=1)
    sheet.write(ATTRIBUTION, 10, faint=True, after=1, whole=True)
    if scene.command:
        sheet.write(f"Drawn by: {scene.command}", 10, faint=True, after=0, whole=True)
    x = _MARGIN + (inner - scene.plan.width) / 2
    return Around(width, sheet.y + _MARGIN - 8, x, top, tuple(sheet.parts))


def about(scene: Scene) -> list[str]:
    """Give what a picture says around the drawing, a line each, for a format that has no frame."""
    said = [scene.title, scene.caption, *scene.cautions, *(_numbered(scene, source) for source in scene.ledger)]
    drawn = [f"Drawn by: {scene.command}"] if scene.command else []
    return [words for words in (*said, _facts(scene), ATTRIBUTION, *drawn) if words]


def description(scene: Scene) -> str:
    """Give what a picture shows to who cannot see it, in a few sentences."""
    return (
        f"{scene.caption} A diagram of {len(scene.nodes)} things and {len(scene.edges)} ties between them, "
        f"as of {say.day(scene.as_of)}. kg release {scene.release}. {ATTRIBUTION}"
    )


def told(scene: Scene, edge: Edge) -> str:
    """Give a tie in words: from whom to whom, what happened, and the parts that passed."""
    ends = f"{scene.by_id[edge.tail].label} to {scene.by_id[edge.head].label}"
    shares = ", ".join(f"{share.value:.1%} by {share.basis}".replace("%", " %") for share in edge.shares)
    what = ", ".join(part for part in (edge.word or styles.RELATIONS[edge.relation].word, edge.when) if part)
    return f"{ends}: {what}" + (f" ({shares})" if shares else "")


class _Item(NamedTuple):
    """One entry of the legend: how wide its sample is, the sample at a place, and its word."""

    wide: float
    sample: str
    word: str


def _legend(scene: Scene) -> list[_Item]:
    """Give a sample, drawn at the origin, of each family and each kind of tie that occurs."""
    routes = scene.plan.routes
    box, ground = Box(0, -13, 34, 18), {"x": 0.0, "y": -13.0, "width": 34.0, "height": 18.0}
    banded = any(found.band for found in scene.plan.boxes.values())
    used = {node.family if node.family in styles.FAMILIES else "" for node in scene.nodes}
    items = []
    for look in (styles.look(family) for family in (*styles.FAMILIES, "") if family in used):
        sample = (
            element("rect", **ground, fill=look.hue, fill_opacity=styles.BAND)
            + element("line", x1=0.0, x2=0.0, y1=-13.0, y2=5.0, stroke=look.hue, stroke_width=2.0)
            if banded
            else element("path", d=styles.stripe(look.shape, box), fill=look.hue)
            + element("path", d=styles.outline(look.shape, box), fill="none", stroke=look.hue, stroke_width=1.5)
        )
        items.append(_Item(box.width, sample, look.word))
    if any(node.focus for node in scene.nodes):
        thick = element("path", d=styles.outline("square", box), fill=GROUND, stroke=TIE, stroke_width=3.0)
        items.append(_Item(box.width, thick, "what is asked about"))
    if any(route.ribbon for route in routes.values()):
        hue = styles.look(scene.by_id[scene.edges[0].tail].family).hue
        items.append(_Item(box.width, element("rect", **ground, fill=hue, fill_opacity=styles.RIBBON), "passed on"))
    for relation, stroke in styles.RELATIONS.items():
        found = [routes[edge.id] for edge in scene.edges if edge.relation == relation and edge.id in routes]
        found = [route for route in found if not route.ribbon]
        if found:
            path = styles.arrow(Route((Point(0, -4), Point(46, -4)), stroke.width, (), found[0].arrow))
            dashes = " ".join(f"{length:g}" for length in stroke.dash)
            sample = element(
                "path", d=path.line, fill="none", stroke=TIE, stroke_width=stroke.width, stroke_dasharray=dashes
            ) + (element("path", d=path.head, fill=TIE) if path.head else "")
            items.append(_Item(46.0, sample, stroke.word))
    return items


def _facts(scene: Scene) -> str:
    return " \u00b7 ".join((f"As of {say.day(scene.as_of)}", f"kg release {scene.release}", "Not an NHS service"))


def _numbered(scene: Scene, source: SourceRef) -> str:
    year = f" ({source.date[:4]})" if source.date else ""
    return f"{scene.numbers[source.key]}. {source.publisher}, {source.title}{year}"


class _Sheet:
    """Words set from the top down, `y` being where the next begin."""

    def __init__(self, inner: float, size: float) -> None:
        self.parts: list[str] = []
        self.y = _MARGIN - 6
        self._inner = inner
        self._size = size

    def write(
        self, words: str, size: float, *, bold: bool = False, faint: bool = False, after: float, whole: bool = False
    ) -> None:
        """Set a paragraph, `after` pixels before the next; `whole` as wide as the drawing."""
        size *= self._size
        most = self._inner if whole else min(self._inner, _MEASURE * size * 0.62)
        if words:
            self._set(fonts.wrapped(fonts.clean(words), size, most, bold=bold), _MARGIN, size, bold=bold, faint=faint)
        self.y += after * self._size

    def rule(self) -> None:
        """Draw a line across."""
        self.parts.append(
            element(
                "line", x1=_MARGIN, x2=_MARGIN + self._inner, y1=self.y, y2=self.y, stroke=RULE, stroke_width=1.0
            )
        )  # fmt: skip
        self.y += 12 * self._size

    def flow(self, items: Sequence[_Item]) -> None:
        """Set the legend, as many entries to a line as there is room for."""
        if not items:
            return
        size, x, high = 11 * self._size, 0.0, 25 * self._size
        for item in items:
            wide = item.wide * self._size + 8 + fonts.width(item.word, size)
            if x and x + wide > self._inner:
                x, self.y = 0.0, self.y + high
            base = self.y + 14 * self._size
            place = f"translate({number(_MARGIN + x)} {number(base)}) scale({self._size:.3f})"
            self.parts.append(element("g", item.sample, transform=place))
            self.parts.append(line(Text(_MARGIN + x + item.wide * self._size + 8, base, item.word, size)))
            x += wide + 26
        self.y += high + 8 * self._size

    def columns(self, notes: Sequence[str]) -> None:
        """Set the sources in columns, each read downwards; of very many the first are named."""
        if not notes:
            return
        size = 10 * self._size
        shown = [*notes[:_NAMED]]
        if len(notes) > _NAMED:
            shown.append(f"and {len(notes) - _NAMED} more sources, all named where this is drawn as a page (.html)")
        many = min(max(int(self._inner // (_COLUMN * self._size)), 1), len(shown), 4)
        wide = self._inner / many
        top = bottom = self.y
        each = -(-len(shown) // many)
        for column in range(many):
            self.y = top
            for note in shown[column * each : (column + 1) * each]:
                lines = fonts.wrapped(fonts.clean(note), size, wide - 24, lines=2)
                self._set(lines, _MARGIN + column * wide, size, faint=True)
                self.y += 2
            bottom = max(bottom, self.y)
        self.y = bottom + 10 * self._size

    def _set(self, lines: Sequence[str], x: float, size: float, *, bold: bool = False, faint: bool = False) -> None:
        for words in lines:
            self.y += size * 1.32
            self.parts.append(line(Text(x, self.y - size * 0.32, words, size, bold), faint=faint))
