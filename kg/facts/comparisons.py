"""The table of shares, recomputed from publishers' files: each comparison is counted and laid on the events of `data/`.

A flow between two codes becomes one between the two bodies that had them, and belongs to the event that has the one
before it and the other after it, between the two dates. A flow that no event explains is told, and never lost.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache, cached_property
from pathlib import Path
from typing import Final

from kg.errors import BadInput
from kg.facts import lookups, shares
from kg.facts.curated import columns_of
from kg.facts.holders import Holders, Paths
from kg.facts.records import Comparison, Input, Observation, Row, Share
from kg.facts.rows import Facts

#: What is counted for each basis, in words.
_UNITS: Final = {"population": "people", "practices": "practices", "area": "small areas"}


@dataclass
class Computed:
    """What came of all comparisons: rows for `shares.csv`, flows that no event explains, and what else to know."""

    rows: list[dict[str, str]] = field(default_factory=list)
    unplaced: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def table(self) -> str:
        """The text of `shares.csv`, in the order of the key."""
        return as_csv(Share, sorted(self.rows, key=lambda row: tuple(row[name] for name in Share.IDENTITY)))


class Files:
    """The inputs in a folder, each held to its SHA-256 before it is read, and read once."""

    def __init__(self, folder: Path, inputs: Iterable[Input]) -> None:
        self.folder = folder
        self.inputs: Mapping[str, Input] = {row.key: row for row in inputs}
        self.codes = cache(self._codes)
        self.weights = cache(self._weights)
        if not folder.is_dir():
            raise BadInput(f"{folder} is no folder. Give --inputs the folder that holds the files of data/inputs.csv.")

    @cached_property
    def found(self) -> Mapping[str, Path]:
        """Every file of `inputs.csv` by its key; all that are missing or changed are told at once."""
        paths, faults = dict[str, Path](), list[str]()
        for key, row in self.inputs.items():
            path = next((path for path in sorted(self.folder.rglob(row.file)) if path.is_file()), None)
            if path is None:
                faults.append(f"{row.file} is not there")
            elif (given := lookups.sha256(path)) != row.sha256:
                faults.append(f"{row.file} has SHA-256 {given[:12]}..., not {row.sha256[:12]}... as in data/inputs.csv")
            else:
                paths[key] = path
        if faults:
            raise BadInput(
                f"{self.folder} does not hold the files that data/shares.csv was computed from: {'; '.join(faults)}. "
                "Give the folder with the editions that data/inputs.csv lists, or mend that table."
            )
        return paths

    def _codes(self, key: str, column: str) -> Mapping[str, str]:
        return lookups.codes(self.found[key], column).cells

    def _weights(self, key: str | None) -> Mapping[str, int] | None:
        return None if key is None else lookups.weights(self.found[key])

    def sides(self, row: Comparison) -> tuple[Mapping[str, str], Mapping[str, str]]:
        """Give the code of each small area, or practice, before and after."""
        after = row.after or row.before
        if row.basis == "practices":
            return self._practices(row.before, active=True), self._practices(after, active=False)
        return self.codes(row.before, row.before_column), self.codes(after, row.after_column)

    def _practices(self, key: str, *, active: bool) -> Mapping[str, str]:
        return lookups.practices(self.found[key], active=active)

    def bridge(self, row: Comparison) -> list[tuple[str, str]] | None:
        return None if row.bridge is None else lookups.bridge(self.found[row.bridge])

    def sums(self, row: Comparison) -> dict[str, int]:
        """Give how many people, or open general practices, there were under each code."""
        if row.basis == "practices":
            return dict(sorted(Counter(self._practices(row.before, active=True).values()).items()))
        return shares.sums(self.codes(row.before, row.before_column), self.weights(row.weights))

    def of(self, row: Comparison) -> list[Input]:
        keys = [key for key in (row.before, row.after, row.weights, row.bridge) if key]
        return [self.inputs[key] for key in dict.fromkeys(keys)]


def compute(facts: Facts, folder: Path) -> Computed:
    """Compute the whole table of shares anew from the files in a folder.

    Raises:
        BadInput: a file is missing, is another one than `inputs.csv` says, or cannot be used.
    """
    files, done = Files(folder, facts.rows(Input)), Computed()
    holders, paths = Holders(facts), Paths(facts)
    for row in facts.rows(Comparison):
        if row.after is not None:
            _compare(row, files, holders, paths, done)
    return done


def populations(facts: Facts, folder: Path) -> tuple[list[dict[str, str]], list[str]]:
    """Give how many lived in each body, or how many practices it had, as rows of `observations.csv`; and codes that no body had."""
    files, holders = Files(folder, facts.rows(Input)), Holders(facts)
    rows, unplaced = list[dict[str, str]](), list[str]()
    for row in facts.rows(Comparison):
        if row.after is not None:
            continue
        of, counted = files.inputs[row.before], files.inputs[row.weights or row.before]
        sums = files.sums(row)
        for code, value in sums.items():
            body = holders.of(code, (row.before_on or of.date).day)
            if body is None:
                unplaced.append(
                    f"{row.key}: no body has the code {code} on {row.before_on or of.date} ({value:,} {_UNITS[row.basis]})."
                )
                continue
            rows.append({
                "thing": body, "measure": row.basis, "statistic": "total", "value": str(value),
                "date": str(counted.date), "method": "derived", "rank": "preferred", "source": _sources(files.of(row)),
                "locator": row.reference, "confidence": "derived", "note": row.method,
            })  # fmt: skip
    return rows, unplaced


def as_csv(kind: type[Row], rows: Iterable[Mapping[str, str]]) -> str:
    """Write rows as a table of `data/` is written."""
    out = io.StringIO()
    writer = csv.DictWriter(out, columns_of(kind), restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def observations(rows: Iterable[Mapping[str, str]]) -> str:
    """Write rows of populations as `observations.csv` has them."""
    return as_csv(Observation, rows)


def _compare(row: Comparison, files: Files, holders: Holders, paths: Paths, done: Computed) -> None:
    """Count one comparison between bodies, and lay what each gave on the events."""
    before, after = files.inputs[row.before], files.inputs[row.after or row.before]
    read_first, read_last = (row.before_on or before.date).day, (row.after_on or after.date).day
    window = (min(before.date.day, read_first), max(after.date.day, read_last))
    was, now = files.sides(row)
    first = {code: holders.of(code, read_first) for code in set(was.values())}
    last = {code: holders.of(code, read_last) for code in set(now.values())}
    if row.after_as:
        last = {code: body and holders.whole_of(body, row.after_as, read_last) for code, body in last.items()}
    # A code that no body had stands for itself: keys are small letters, codes are not, so the two stay apart.
    was = {area: first[code] or code for area, code in was.items()}
    now = {area: last[code] or code for area, code in now.items()}
    gone: tuple[str, ...] = ()
    if row.basis == "practices":
        found, gone = shares.moved(was, now)
    else:
        found = shares.flows(was, now, files.weights(row.weights), files.bridge(row))
    wanted = {holders.of(code, read_first) or code for code in filter(None, map(str.strip, row.givers.split(";")))}
    unknown = {code for code, body in (*first.items(), *last.items()) if body is None}
    for giver in sorted({flow.giver for flow in found.flows}):
        if not wanted or giver in wanted:
            _place(row, files, found.of(giver), unknown, window, paths, done)
    if gone:
        done.notes.append(f"{row.key}: {len(gone):,} practices are not in the later file and count for nobody.")
    if found.chosen:
        done.notes.append(
            f"{row.key}: {len(found.chosen)} small areas were redrawn across a border and are counted where most of their "
            f"giver went: {', '.join(found.chosen)}."
        )


def _place(
    row: Comparison,
    files: Files,
    given: Sequence[shares.Flow],
    unknown: Collection[str],
    window: tuple[date, date],
    paths: Paths,
    done: Computed,
) -> None:
    """Lay what one giver gave on the events that say so; what no event explains is told."""
    for flow in given:
        if flow.receiver == flow.giver:
            continue
        events = paths.between(flow.giver, flow.receiver, *window)
        if row.basis == "practices":
            # A practice that closed keeps its last commissioner, and so did not stay behind in a merger.
            events = [event for event in events if event.type == "PartialTransfer"]
        if len(events) == 1 and len(given) > 1:
            done.rows.append(_row(row, flow, events[0].key, files.of(row)))
        elif len(events) > 1:
            many = ", ".join(event.key for event in events)
            done.unplaced.append(f"{row.key}: {flow.giver} to {flow.receiver}: several events say so, {many}.")
        elif {flow.giver, flow.receiver} & set(unknown):
            done.unplaced.append(f"{row.key}: {_told(row, flow)}: no body is recorded for the code in capitals then.")
        elif not events and not paths.lead(flow.giver, flow.receiver, *window):
            done.unplaced.append(f"{row.key}: {_told(row, flow)}: no event says so.")


def _row(row: Comparison, flow: shares.Flow, event: str, used: Sequence[Input]) -> dict[str, str]:
    return {
        "event": event, "giver": flow.giver, "receiver": flow.receiver, "basis": row.basis, "amount": str(flow.amount),
        "total": str(flow.total), "share": shares.as_text(flow.share), "reference": row.reference, "method": row.method,
        "inputs": "; ".join(item.key for item in used), "source": _sources(used), "confidence": "derived",
    }  # fmt: skip


def _told(row: Comparison, flow: shares.Flow) -> str:
    return f"{flow.giver} to {flow.receiver}, {flow.amount:,} of {flow.total:,} {_UNITS[row.basis]}"


def _sources(inputs: Iterable[Input]) -> str:
    return "; ".join(dict.fromkeys(key for row in inputs for key in row.source))


def difference(written: str, computed: str) -> Iterator[str]:
    """Tell the lines that differ between the table as it stands and as it is computed."""
    old, new = written.splitlines(), computed.splitlines()
    yield from (f"- {line}" for line in old if line not in new)
    yield from (f"+ {line}" for line in new if line not in old)
