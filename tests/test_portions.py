"""Shares multiplied along a lineage: exact, complete or said to be incomplete, whatever the events are."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from kg.answers.portions import Passing, portions
from kg.graph.names import Iri

A, B, C, D, E = (Iri(name) for name in "abcde")
Y15, Y16, Y17 = (date(year, 4, 1) for year in (2015, 2016, 2017))


def parts(*passings: Passing, **stated: dict[str, Fraction]) -> dict[str, dict[Iri, Fraction]]:
    """Follow "a"; `stated` is keyed event_giver_receiver."""
    told = {tuple(Iri(part) for part in key.split("_")): shares for key, shares in stated.items()}
    found = portions(A, passings, told)  # type: ignore[arg-type]
    return {each.basis: dict(each.parts) for each in found}


def passing(event: str, giver: Iri, receiver: Iri, day: date, *, partial: bool = False, alone: bool = True) -> Passing:
    return Passing(Iri(event), giver, receiver, day, partial, alone)


def test_one_receiver_takes_the_whole_and_a_division_divides_it() -> None:
    third = {"population": Fraction(1, 3)}
    rest = {"population": Fraction(2, 3)}
    found = parts(
        passing("m", A, B, Y15), passing("d", B, C, Y16), passing("d", B, D, Y16), d_b_c=third, d_b_d=rest
    )  # fmt: skip
    assert found == {"population": {C: Fraction(1, 3), D: Fraction(2, 3)}}


def test_what_is_nowhere_divided_by_a_stated_share_has_no_portions() -> None:
    assert parts(passing("m", A, B, Y15)) == {}


def test_shares_rounded_in_print_make_up_the_whole_exactly() -> None:
    """Those of Frimley, as published, add up to a little more than 1."""
    weights = (Fraction("0.588618993418278"), Fraction("0.229339252148803"), Fraction("0.18204175443292"))
    found = parts(
        *(passing("d", A, to, Y15) for to in (B, C, D)),
        **{f"d_a_{to}": {"population": weight} for to, weight in zip((B, C, D), weights, strict=True)},
    )["population"]
    assert sum(weights) > 1
    assert sum(found.values()) == 1
    assert all(abs(found[to] - weight) < Fraction(1, 10**14) for to, weight in zip((B, C, D), weights, strict=True))


def test_shares_that_do_not_make_up_the_whole_are_none() -> None:
    half = {"area": Fraction(1, 2)}
    found = portions(A, [passing("d", A, B, Y15), passing("d", A, C, Y15)], {
        (Iri("d"), A, B): half, (Iri("d"), A, C): {"area": Fraction(2, 5)},
    })  # fmt: skip
    assert [(list(each.missing), each.unknown) for each in found] == [(["d"], {B, C})]


def test_a_partial_transfer_leaves_the_rest() -> None:
    found = parts(
        passing("p", A, B, Y15, partial=True), p_a_b={"practices": Fraction(32, 73), "budget": Fraction(39, 100)}
    )
    assert found == {
        "practices": {A: Fraction(41, 73), B: Fraction(32, 73)},
        "budget": {A: Fraction(61, 100), B: Fraction(39, 100)},
    }


def test_a_part_leaves_before_the_body_goes_on_the_same_day() -> None:
    found = parts(
        passing("z", A, C, Y15), passing("p", A, B, Y15, partial=True), p_a_b={"population": Fraction(1, 4)}
    )  # fmt: skip
    assert found == {"population": {B: Fraction(1, 4), C: Fraction(3, 4)}}


def test_a_body_made_filled_and_divided_on_one_day() -> None:
    half = {"area": Fraction(1, 2)}
    found = parts(passing("x", B, C, Y15), passing("x", B, D, Y15), passing("y", A, B, Y15), x_b_c=half, x_b_d=half)
    assert found == {"area": {C: Fraction(1, 2), D: Fraction(1, 2)}}


def test_an_unknown_share_makes_everything_after_it_unknown_on_that_basis_alone() -> None:
    told = {"population": Fraction(1, 2), "budget": Fraction(1, 2)}
    found = portions(
        A,
        [
            passing("d", A, B, Y15), passing("d", A, C, Y15),
            passing("e", B, D, Y16), passing("e", B, E, Y16),
        ],
        {
            (Iri("d"), A, B): told, (Iri("d"), A, C): told,
            (Iri("e"), B, D): {"budget": Fraction(1, 5)}, (Iri("e"), B, E): {"budget": Fraction(4, 5)},
        },
    )  # fmt: skip
    by = {each.basis: each for each in found}
    assert by["budget"].complete
    assert by["budget"].parts == {C: Fraction(1, 2), D: Fraction(1, 10), E: Fraction(2, 5)}
    assert not by["population"].complete
    assert list(by["population"].missing) == ["e"]
    assert by["population"].share(C) == Fraction(1, 2)
    assert by["population"].share(D) is None


def test_two_events_of_one_day_that_each_take_the_whole_are_not_told_apart() -> None:
    found = portions(
        A,
        [passing("f", A, B, Y15), passing("g", A, C, Y15), passing("h", C, D, Y16), passing("h", C, E, Y16)],
        {(Iri("h"), C, D): {"population": Fraction(1, 2)}, (Iri("h"), C, E): {"population": Fraction(1, 2)}},
    )
    assert [list(each.missing) for each in found] == [["f", "g"]]


def test_a_share_of_a_body_that_others_had_joined_is_an_estimate() -> None:
    half = {"population": Fraction(1, 2)}
    told = {(Iri("d"), B, C): half, (Iri("d"), B, D): half}
    divided = [passing("d", B, C, Y16), passing("d", B, D, Y16)]
    alone, joined = (
        portions(A, [passing("m", A, B, Y15, alone=alone), *divided], told)[0].estimated for alone in (True, False)
    )
    assert (list(alone), list(joined)) == ([], [B])


def test_bodies_that_give_to_each_other_on_one_day_are_unknown_and_end() -> None:
    found = portions(
        A,
        [passing("p", A, B, Y15, partial=True), passing("q", B, A, Y15, partial=True)],
        {(Iri("p"), A, B): {"area": Fraction(1, 2)}, (Iri("q"), B, A): {"area": Fraction(1, 2)}},
    )
    assert not found[0].complete


@given(st.data())
def test_complete_shares_always_add_up_to_one(data: st.DataObject) -> None:
    """Random events among five bodies, each division with shares that add up: nothing is lost, exactly."""
    bodies = (A, B, C, D, E)
    passings, stated = list[Passing](), dict[tuple[Iri, Iri, Iri], dict[str, Fraction]]()
    for number in range(data.draw(st.integers(1, 7))):
        giver = data.draw(st.sampled_from(bodies))
        others = data.draw(st.lists(st.sampled_from([b for b in bodies if b != giver]), min_size=1, unique=True))
        partial = data.draw(st.booleans())
        weights = data.draw(st.lists(st.integers(1, 9), min_size=len(others), max_size=len(others)))
        total = sum(weights) + (data.draw(st.integers(1, 9)) if partial else 0)
        for receiver, weight in zip(others, weights, strict=True):
            event = passing(f"e{number}", giver, receiver, date(2001 + number, 1, 1), partial=partial)
            passings.append(event)
            stated[event.event, giver, receiver] = {"population": Fraction(weight, total)}
    for each in portions(A, passings, stated):
        assert each.complete
        assert sum(each.parts.values()) == 1
