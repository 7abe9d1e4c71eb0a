"""The part of the Python face that takes tables of codes: which codes they hold, and the same tables in other codes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any

from kg.answers.record import Records
from kg.errors import UsageError
from kg.graph import graph as opened

if TYPE_CHECKING:
    from kg.answers.codebook import Codebook
    from kg.answers.course import Wish
    from kg.answers.crosswalk import Pair
    from kg.answers.recoding import Recoded
    from kg.answers.vintage import Vintage


class Recoding:
    """What a graph does with tables of codes; frames are those of pandas, Polars, DuckDB, PySpark or PyArrow."""

    def __init__(self, graph: opened.Graph) -> None:
        self.graph = graph

    @property
    def release(self) -> str:
        return self.graph.release

    def crosswalk(
        self, frame: Any, column: str, *, to: date | str, measures: Iterable[str] | str = (), since: date | str | None = None,
        level: str | None = None, scheme: str | None = None, basis: str | None = None, on_split: str | None = None,
        by: Sequence[str] | str = (), command: str = "",
    ) -> Recoded:  # fmt: skip
        """Recode a table of codes to another day and level; give the same kind of frame, and a report of what is lost.

        >>> import kg, polars
        >>> table = polars.DataFrame({"ccg": ["02N", "02W", "02R"], "patients": [158, 118, 340]})
        >>> frame, report = kg.open().crosswalk(table, "ccg", to="2020-04-01", measures=["count:patients"])
        >>> frame.rows()
        [('36J', 616)]

        Args:
            frame: a pandas, Polars, DuckDB, PySpark or PyArrow table; it is read where it is.
            column: the column of codes, of any of the levels below, or of the ONS codes of these.
            to: the day of the codes to be had.
            measures: what other columns are: "count:COL", "rate:COL:DENOMINATOR" or "category:COL". The others are left out.
            since: the day of the codes in the table; found out when not given.
            level: pct, ccg, subicb, stp, icb or region; what the bodies in the table became when not given.
            scheme: ods or gss; that of the table when not given.
            basis: what to count by where a body was divided: population, practices, area, budget or postcodes.
            on_split: weigh, refuse, list or main. Without a basis, rows that are divided are refused.
            by: columns, or one, that rows are kept apart by, such as a year.
            command: what was asked, for the report.

        Raises:
            UsageError: a wrong column, day, level or measure; codes of several times; or rows that are divided.
            BadInput: the table is empty, no code in it is known, or a count is no number.
        """
        from kg.answers.measures import Measure
        from kg.answers.recoding import recode

        wish = self._wish(to, since, level, scheme, basis, on_split)
        read = [Measure.read(measure) for measure in _each(measures)]
        return recode(self._codebook, frame, column, wish, read, _each(by), release=self.release, command=command)

    def vintage(self, frame: Any, column: str, *, by: str | None = None) -> dict[str, Vintage]:
        """Say of which level, scheme and time the codes of a column are: of all rows under "", or of each group `by` a column.

        Raises:
            UsageError: a column that is not there.
            BadInput: the table is empty.
        """
        from kg.answers.frames import counted_by
        from kg.answers.vintage import vintage

        groups = counted_by(frame, column, by)
        return {
            group: vintage(self._codebook, {code: rows for code, rows in counts.items() if code}, counts.get("", 0))
            for group, counts in groups.items()
        }

    def concordance(
        self, since: date | str, from_level: str, to: date | str, level: str | None = None, *,
        scheme: str = "ods", to_scheme: str | None = None, basis: str | None = None,
    ) -> list[Pair]:  # fmt: skip
        """Give the whole crosswalk table between the codes of a level on one day and those on another.

        Raises:
            UsageError: there were no such codes on one of the days, or those to be had stand for less.
        """
        from kg.answers.concordance import concordance
        from kg.answers.course import checked

        wish = self._wish(to, since, level, to_scheme or scheme, basis, None)
        return concordance(self._codebook, day(since), *checked(from_level, scheme), wish)

    def _wish(
        self, to: date | str, since: date | str | None, level: Any, scheme: Any, basis: str | None, on_split: Any
    ) -> Wish:
        """Give what is wished; `Wish` refuses words that are no level, scheme, basis or policy."""
        from kg.answers.course import Wish

        for when in (day(to), day(since)):
            if when > day(None):
                raise UsageError(f"{when} has not come yet: nothing is known of its codes. Give a day up to today.")
        return Wish(day(to), None if since is None else day(since), level, scheme, basis, on_split)

    @cached_property
    def _codebook(self) -> Codebook:
        from kg.answers.codebook import Codebook

        return Codebook(Records(self.graph))


def _each(words: Iterable[str] | str) -> list[str]:
    """Give words as a list; a single one needs no brackets."""
    return [words] if isinstance(words, str) else list(words)


def day(when: date | str | None) -> date:
    """Give a day: today when none is given.

    Raises:
        UsageError: the text is not an ISO day.
    """
    if when is None:
        return date.today()  # noqa: DTZ011  # a person's own day is meant, as on a calendar
    if isinstance(when, date):
        return when
    try:
        return date.fromisoformat(when)
    except ValueError:
        raise UsageError(f'"{when}" is not a day. Write it as 2019-06-01.') from None
