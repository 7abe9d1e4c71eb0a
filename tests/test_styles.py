"""The palette is held to four kinds of vision, and nothing is told by colour alone."""

from __future__ import annotations

import csv
import re
from itertools import combinations
from math import atan2, cos, degrees, exp, hypot, radians, sin, sqrt

import pytest

from kg.faces.diagrams import styles
from kg.faces.diagrams.scene import Box, Point, Route, number
from kg.graph.inputs import Inputs

Three = tuple[float, float, float]

#: What is seen with a kind of cone missing, in linear RGB: Machado, Oliveira and Fernandes, "A physiologically-based
#: model for simulation of color vision deficiency", IEEE TVCG 15 (2009), severity 1.0.
VISION: dict[str, tuple[Three, Three, Three]] = {
    "all cones": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protan": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deutan": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
    "tritan": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900)),
}
LOOKS = [*styles.FAMILIES.values(), styles.OTHER]
HUES = sorted({look.hue for look in styles.FAMILIES.values()})


def linear(hue: str) -> Three:
    """Give a colour in linear RGB, from 0 to 1 (IEC 61966-2-1)."""
    red, green, blue = (int(hue[at : at + 2], 16) / 255 for at in (1, 3, 5))

    def even(value: float) -> float:
        return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4

    return even(red), even(green), even(blue)


def times(matrix: tuple[Three, Three, Three], colour: Three) -> Three:
    first, second, third = (sum(a * b for a, b in zip(row, colour, strict=True)) for row in matrix)
    return first, second, third


def lab(colour: Three) -> Three:
    """Give a colour of linear RGB in CIELAB, white being D65."""
    rgb = tuple(min(max(value, 0.0), 1.0) for value in colour)
    x, y, z = times(
        ((0.4124564, 0.3575761, 0.1804375), (0.2126729, 0.7151522, 0.0721750), (0.0193339, 0.1191920, 0.9503041)),
        (rgb[0], rgb[1], rgb[2]),
    )

    def root(t: float) -> float:
        return float(t ** (1 / 3)) if t > 216 / 24389 else (24389 / 27 * t + 16) / 116

    fx, fy, fz = root(x / 0.95047), root(y), root(z / 1.08883)
    return 116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)


def difference(one: Three, other: Three) -> float:
    """Give the difference of two colours of CIELAB by CIEDE2000 (Sharma, Wu and Dalal, 2005)."""
    chroma = (hypot(*one[1:]) + hypot(*other[1:])) / 2
    stretch = 1.5 - 0.5 * sqrt(chroma**7 / (chroma**7 + 25**7))
    a1, a2 = one[1] * stretch, other[1] * stretch
    c1, c2 = hypot(a1, one[2]), hypot(a2, other[2])
    h1, h2 = degrees(atan2(one[2], a1)) % 360, degrees(atan2(other[2], a2)) % 360
    turn = (h2 - h1 + 180) % 360 - 180 if c1 * c2 else 0.0
    if not c1 * c2:
        mean = h1 + h2
    elif abs(h1 - h2) <= 180:
        mean = (h1 + h2) / 2
    else:
        mean = (h1 + h2 + (360 if h1 + h2 < 360 else -360)) / 2
    light, strong = (one[0] + other[0]) / 2, (c1 + c2) / 2
    by_hue = (
        1 - 0.17 * cos(radians(mean - 30)) + 0.24 * cos(radians(2 * mean)) + 0.32 * cos(radians(3 * mean + 6))
        - 0.2 * cos(radians(4 * mean - 63))
    )  # fmt: skip
    lightness = (other[0] - one[0]) / (1 + 0.015 * (light - 50) ** 2 / sqrt(20 + (light - 50) ** 2))
    saturation = (c2 - c1) / (1 + 0.045 * strong)
    hue = 2 * sqrt(c1 * c2) * sin(radians(turn / 2)) / (1 + 0.015 * strong * by_hue)
    rotation = -sin(radians(60 * exp(-(((mean - 275) / 25) ** 2)))) * 2 * sqrt(strong**7 / (strong**7 + 25**7))
    return sqrt(lightness**2 + saturation**2 + hue**2 + rotation * saturation * hue)


def contrast(one: str, other: str) -> float:
    """Give the contrast of two colours, as WCAG 2.2 counts it."""
    high, low = sorted(
        (sum(a * b for a, b in zip((0.2126, 0.7152, 0.0722), linear(hue), strict=True)) for hue in (one, other)),
        reverse=True,
    )
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize(
    ("one", "other", "known"),
    [
        ((50.0, 2.6772, -79.7751), (50.0, 0.0, -82.7485), 2.0425),
        ((50.0, -1.3802, -84.2814), (50.0, 0.0, -82.7485), 1.0000),
        ((50.0, 2.5, 0.0), (73.0, 25.0, -18.0), 27.1492),
        ((22.7233, 20.0904, -46.6940), (23.0331, 14.9730, -42.5619), 2.0373),
        ((90.8027, -2.0831, 1.4410), (91.1528, -1.6435, 0.0447), 1.4441),
    ],
)
def test_differences_of_colour_are_those_that_were_published_with_the_formula(
    one: Three, other: Three, known: float
) -> None:
    assert difference(one, other) == pytest.approx(known, abs=5e-5)


@pytest.mark.parametrize("vision", VISION)
def test_any_two_hues_differ_in_every_kind_of_vision(vision: str) -> None:
    seen = {hue: lab(times(VISION[vision], linear(hue))) for hue in HUES}
    near = {(one, other): difference(seen[one], seen[other]) for one, other in combinations(HUES, 2)}
    closest = min(near, key=near.__getitem__)
    assert near[closest] >= 20, f"{closest} differ by {near[closest]:.1f}"


def test_borders_and_lines_stand_out_on_every_ground() -> None:
    for look in LOOKS:
        assert contrast(look.hue, styles.GROUND) >= 3, look
    assert contrast(styles.TIE, styles.GROUND) >= 4.5
    assert contrast(styles.TIE, styles.LANE) >= 4.5


def test_text_can_be_read_on_every_ground_that_it_stands_on() -> None:
    for ground in (styles.GROUND, styles.LANE):
        assert contrast(styles.TEXT, ground) >= 4.5
        assert contrast(styles.FAINT, ground) >= 4.5
    for look in LOOKS:
        for part in (styles.BAND, styles.RIBBON):
            assert contrast(styles.TEXT, styles.tint(look.hue, part)) >= 4.5, look


def test_every_family_of_the_data_has_a_look_and_a_shape_of_its_own() -> None:
    with (Inputs.default().root / "data" / "kinds.csv").open(encoding="utf-8", newline="") as stream:
        families = {row["family"] for row in csv.DictReader(stream)}
    assert families == set(styles.FAMILIES)
    shapes = [look.shape for look in LOOKS]
    assert len(set(shapes)) == len(shapes)
    box = Box(0, 0, 120, 50)
    assert len({styles.outline(shape, box) for shape in shapes}) == len(shapes)


def test_every_tie_has_a_line_of_its_own_and_a_word() -> None:
    lines = [(stroke.dash, stroke.width) for stroke in styles.RELATIONS.values()]
    assert len(set(lines)) == len(lines)
    words = [stroke.word for stroke in styles.RELATIONS.values()]
    assert len(set(words)) == len(words)
    assert all(words)


@pytest.mark.parametrize("shape", [look.shape for look in LOOKS])
@pytest.mark.parametrize("height", [12.0, 28.0, 64.0])
def test_shapes_and_their_stripes_stay_within_the_box(shape: str, height: float) -> None:
    box = Box(10, 20, 100, height)
    for path in (styles.outline(shape, box), styles.stripe(shape, box)):
        assert path.startswith("M")
        # The numbers of an arc are radii and flags before they are a place.
        for x, y in re.findall(r"[ML]([\d.]+) ([\d.]+)", path):
            assert box.x - 0.05 <= float(x) <= box.x + box.width + 0.05
            assert box.y - 0.05 <= float(y) <= box.y + box.height + 0.05


def test_lines_end_at_the_border_of_boxes_whose_sides_lean() -> None:
    box = Box(0, 0, 100, 40)
    assert styles.inset("hexagon", box, 20, left=True) == 0
    assert styles.inset("hexagon", box, 0, left=True) == 8
    assert styles.inset("slanted", box, 0, left=True) == 8
    assert styles.inset("slanted", box, 40, left=True) == 0
    assert styles.inset("slanted", box, 40, left=False) == 8
    assert styles.inset("square", box, 3, left=False) == 0


def test_an_arrowhead_ends_where_its_line_does_and_a_ribbon_has_none() -> None:
    route = Route((Point(0, 0), Point(60, 30), Point(100, 30)), 2.0)
    assert styles.arrow(route).head.startswith("M100 30L")
    assert styles.arrow(route._replace(arrow=False)) == (route.path, "")
    assert styles.arrow(route._replace(ribbon=True, width=20.0)).head == ""


def test_a_tint_is_white_without_its_hue_and_its_hue_when_whole() -> None:
    assert styles.tint("#1A51C3", 0.0) == "#ffffff"
    assert styles.tint("#1A51C3", 1.0) == "#1a51c3"


def test_lengths_are_written_alike_whatever_their_sign() -> None:
    assert [number(value) for value in (0.04, -0.04, 1.0, -2.25, 1234.56)] == ["0", "0", "1", "-2.2", "1234.6"]
