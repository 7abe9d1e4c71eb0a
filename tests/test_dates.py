"""Dates of three precisions: read, ordered and printed without gaining or losing any."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as some

from kg.answers import language as say
from kg.facts.dates import OPEN_END, UNKNOWN_START, PartialDate, Precision

PRECISIONS: tuple[Precision, ...] = ("day", "month", "year")
DAYS = some.dates(date(1900, 1, 1), date(2100, 12, 31))


def partial(day: date, precision: Precision) -> PartialDate:
    """A date with what its precision does not tell set to the first."""
    return PartialDate(
        day.replace(month=1 if precision == "year" else day.month, day=day.day if precision == "day" else 1), precision
    )


@given(day=DAYS, precision=some.sampled_from(PRECISIONS))
def test_precision_survives_the_round_trip(day: date, precision: Precision) -> None:
    when = partial(day, precision)
    assert PartialDate.parse(str(when)) == when
    assert len(str(when)) == {"day": 10, "month": 7, "year": 4}[precision]
    assert say.iso(when.day, precision) == str(when)
    assert PartialDate.parse(f" {when}\n") == when


@pytest.mark.parametrize(
    ("text", "day", "precision"),
    [
        ("2018-02-28", date(2018, 2, 28), "day"),
        ("2018-02", date(2018, 2, 1), "month"),
        ("2018", date(2018, 1, 1), "year"),
        ("2020-02-29", date(2020, 2, 29), "day"),
    ],
)
def test_each_form_gives_its_first_day(text: str, day: date, precision: str) -> None:
    assert (PartialDate.parse(text).day, PartialDate.parse(text).precision) == (day, precision)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "18",
        "2018-2",
        "2018-2-1",
        "2018/02/01",
        "01/02/2018",
        "1 February 2018",
        "20180201",
        "2018-02-",
        "2018-02-01T00:00",
        "-2018",
        "c. 2018",
        "2018-02-01-01",
    ],
)
def test_any_other_form_is_refused_with_what_to_write(text: str) -> None:
    with pytest.raises(ValueError, match=r"is not a date\. Write 2018, 2018-02 or 2018-02-28\."):
        PartialDate.parse(text)


@pytest.mark.parametrize("text", ["2018-13", "2018-00", "2018-02-29", "2018-04-31", "2018-01-00", "0000"])
def test_a_date_that_is_in_no_calendar_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not in the calendar"):
        PartialDate.parse(text)


@given(one=DAYS, other=DAYS, precision=some.sampled_from(PRECISIONS))
def test_order_is_that_of_days(one: date, other: date, precision: Precision) -> None:
    first, second = partial(one, precision), partial(other, precision)
    assert (first < second) == (first.day < second.day)


@given(day=DAYS, precision=some.sampled_from(PRECISIONS))
def test_the_day_after_a_period_is_the_first_outside_it(day: date, precision: Precision) -> None:
    when = partial(day, precision)
    after = when.following
    assert when.day <= day < after
    last = date.fromordinal(after.toordinal() - 1)
    assert partial(last, precision) == when
    assert partial(after, precision) != when


@pytest.mark.parametrize(
    ("day", "precision", "told", "short", "until"),
    [
        (date(2022, 7, 1), "day", "on 1 July 2022", "1 Jul 2022", "30 June 2022"),
        (date(2018, 2, 1), "month", "in February 2018", "Feb 2018", "February 2018"),
        (date(2018, 1, 1), "year", "in 2018", "2018", "2018"),
    ],
)
def test_dates_are_told_at_their_precision(day: date, precision: str, told: str, short: str, until: str) -> None:
    assert say.on(day, precision) == told
    assert say.short_day(day, precision) == short
    assert say.until(day, precision) == until, "an excluded end is told as the last day"


@pytest.mark.parametrize(
    ("start", "end", "told"),
    [
        ("2022-07-01", "2026-04-01", "1 Jul 2022 to 31 Mar 2026"),
        ("2018-02", None, "since Feb 2018"),
        (None, None, "start not recorded"),
        (None, "unknown", "dates not recorded"),
        ("2018-08-03", "unknown", "from 3 Aug 2018, end not recorded"),
        (None, "2013-04-01", "until 31 Mar 2013"),
        ("2017", "2018-02", "2017 to Feb 2018"),
    ],
)
def test_periods_tell_open_from_unknown(start: str | None, end: str | None, told: str) -> None:
    assert say.period(start, end) == told


def test_the_sentinels_are_no_dates_of_the_sector() -> None:
    assert (f"{UNKNOWN_START}", f"{OPEN_END}") == ("0001-01-01", "9999-12-31")
    assert say.iso(UNKNOWN_START, "unknown") is None
    assert say.iso_end(OPEN_END, "open") is None
    assert say.iso_end(OPEN_END, "unknown") == "unknown"
