"""Text is measured in the font that it is drawn in, and shown as it is, whatever it holds."""

from __future__ import annotations

from base64 import b64decode

import pytest

from kg.faces.diagrams import fonts


def test_text_is_as_wide_as_arial_has_it() -> None:
    # Widths of Arial, in thousandths of the size: A 667, space 278, i 222; bold A 722.
    assert fonts.width("A", 1000) == pytest.approx(667, abs=1)
    assert fonts.width("A i", 1000) == pytest.approx(667 + 278 + 222, abs=1)
    assert fonts.width("A", 1000, bold=True) == pytest.approx(722, abs=1)
    assert fonts.width("", 12) == 0


def test_what_the_font_lacks_is_measured_as_wide_as_it_is_high() -> None:
    assert fonts.width("\u4e2d", 20) == 20
    assert not fonts.has("\u4e2d")
    assert fonts.has("NHS Hampshire \u2013 \u201cICB\u201d, 22.9 % \u00b7 \u00a35")


def test_both_weights_have_the_same_characters_for_print_and_for_the_web() -> None:
    from fontTools.ttLib import TTFont

    held = []
    for bold in (False, True):
        kind, _, data = fonts.data_uri(bold=bold).partition(";base64,")
        assert kind == "data:font/woff2"
        # WOFF 2 names its kind in its first four bytes (W3C, WOFF File Format 2.0, section 4.1).
        assert b64decode(data)[:4] == b"wOF2"
        with TTFont(fonts.FILES[bold]) as font:
            held.append(set(font.getBestCmap()))
            assert font["OS/2"].usWeightClass == (700 if bold else 400)
    assert held[0] == held[1]


def test_lines_are_no_wider_than_they_may_be_and_lose_no_word() -> None:
    words = "NHS Bath and North East Somerset, Swindon and Wiltshire Integrated Care Board"
    lines = fonts.wrapped(words, 13, 150, bold=True)
    assert len(lines) > 3
    assert all(fonts.width(line, 13, bold=True) <= 150 for line in lines)
    assert " ".join(lines) == words


def test_a_word_wider_than_the_line_is_broken_and_text_past_the_last_line_is_cut() -> None:
    lines = fonts.wrapped("m" * 60, 12, 100)
    assert all(fonts.width(line, 12) <= 100 for line in lines)
    assert "".join(lines) == "m" * 60
    cut = fonts.wrapped("one two three four five six seven", 12, 60, lines=2)
    assert len(cut) == 2
    assert cut[-1].endswith("\u2026")
    assert all(fonts.width(line, 12) <= 60 for line in cut)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\nb\tc\rd", "a b c d"),
        ("a\u00a0b\u2009c\u2028d", "a b c d"),
        ("bell\x07 nul\x00", "bell\ufffd nul\ufffd"),
        ("\u202ereversed\u2066\u200f", "\ufffdreversed\ufffd\ufffd"),
        ("\ud800\ufffe\ufeff", "\ufffd\ufffd\ufffd"),
        ("\u05e9\u05dc\u05d5\u05dd caf\u00e9 <b>", "\u05e9\u05dc\u05d5\u05dd caf\u00e9 <b>"),
    ],
)
def test_marks_that_turn_text_about_are_made_visible_and_nothing_else_is_touched(text: str, shown: str) -> None:
    assert fonts.clean(text) == shown
