"""The tables that the `ods` project makes of a release: orgs, roles, relationships and successions, as Parquet.

A row of orgs is a whole record, and a row of the others a stub, for they are as many and are read one table at a
time. The roles in a row of orgs are read only where there is no table of roles, which says when each was held. The
columns predecessor_codes and successor_codes are not read: they hold what came of what in the end, not what followed.

Source: github.com/olizilla/ods, docs/schemas.md.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any, Final

import polars as pl

from kg.errors import BadInput
from kg.facts.ods.cells import FILLER, KEPT, Unreadable, between, code, day, shown
from kg.facts.ods.record import Address, Dates, Period, Record, Refused, Relation, Release, Role, Succession
from kg.facts.ods.stream import Publication, sha256, sha256_of_all

_BATCH: Final = 20_000
_Row = Mapping[str, Any]
_CLASSES: Final = {"org": "RC1", "site": "RC2"}


def open_tables(path: Path, given: date | None) -> Publication:
    """Open a folder of the tables, or one of them.

    Raises:
        BadInput: none of them is there, or one is damaged or lacks its codes.
    """
    tables = _tables(path)
    if not tables:
        raise BadInput(
            f"{path} has none of the tables orgs, roles, relationships and successions with their codes. Name the folder "
            "of Parquet files that the ods project writes, or one of them."
        )
    files = [file for _, file in tables]
    published = given or _published(files[0])
    names = [name for name, _ in tables]
    whole = "orgs" in names
    release = Release(
        series="ods-tables" if whole else f"ods-tables-{names[0]}",
        title="Tables of ODS XML organisation data (TRUD item 341), made by the ods project",
        day=published,
        sha256=sha256(path) if path.is_file() else sha256_of_all(files),
        file=path.name,
    )
    size = sum(_height(file) for file in files)
    return Publication(release, size, partial(_records, tables))


def _tables(path: Path) -> list[tuple[str, Path]]:
    """Find the tables by the codes in their columns; orgs_all, which has closed ones too, goes before orgs."""
    files = (
        [path]
        if path.is_file()
        else sorted(path.glob("*.parquet"), key=lambda file: (file.stem != "orgs_all", file.name))
    )
    found: dict[str, Path] = {}
    for file in files:
        columns = set(_columns(file))
        for name, (needed, _) in _READERS.items():
            if needed <= columns:
                found.setdefault(name, file)
                break
    return [(name, found[name]) for name in ("orgs", "roles", "relationships", "successions") if name in found]


@contextmanager
def _readable(file: Path) -> Iterator[None]:
    """Tell of a file that is damaged, of which polars raises errors of its own and, now and then, a panic."""
    try:
        yield
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError) as error:
        raise BadInput(
            f"{file} cannot be read as Parquet ({' '.join(str(error).split())[:160]}): it is cut short or damaged. Copy it "
            "again from where it was made."
        ) from None


def _scanned(file: Path) -> pl.LazyFrame:
    return pl.scan_parquet(file, glob=False, hive_partitioning=False)


def _columns(file: Path) -> list[str]:
    with _readable(file):
        return _scanned(file).collect_schema().names()


def _height(file: Path) -> int:
    with _readable(file):
        return int(_scanned(file).select(pl.len()).collect().item())


def _published(file: Path) -> date | None:
    """Give the day of the release, which is in every row."""
    if "trud_release_date" not in _columns(file):
        return None
    with _readable(file):
        first = _scanned(file).select("trud_release_date").head(1).collect()
        stated = first.item() if first.height else None  # a day that is none makes polars panic when it is taken out
    try:
        return _day(stated) if stated is not None else None
    except Unreadable:
        return None


def _records(tables: list[tuple[str, Path]], publication: Publication) -> Iterator[Record | Refused]:
    roles_apart = "roles" in [name for name, _ in tables]
    for name, file in tables:
        read = partial(_organisation, roles_apart=roles_apart) if name == "orgs" else _READERS[name][1]
        number = 0
        with _readable(file):
            for batch in _scanned(file).collect_batches(chunk_size=_BATCH, maintain_order=True):
                for row in batch.iter_rows(named=True):
                    number += 1
                    publication.read += 1
                    try:
                        yield read(row)
                    except Unreadable as error:
                        yield Refused(f"{file.name}, row {number:,}", f"{error}.", str(row)[:KEPT])


def _organisation(row: _Row, roles_apart: bool) -> Record:
    own = code(_text(row, "ods_code"), "an organisation")
    primary = _text(row, "primary_role_code")
    held = () if roles_apart else row.get("role_codes") or ()
    if isinstance(held, str):
        raise Unreadable(f"role_codes is {shown(held)}, where a list should stand")
    roles = tuple(Role(code(str(role or ""), "a role"), role == primary) for role in held)
    address = _text(row, "address")
    kind = _text(row, "record_class") or _text(row, "entity_type")
    return Record(
        own,
        _text(row, "name"),
        record_class=_CLASSES.get(kind, kind),
        status=_text(row, "status").capitalize(),
        dates=_dates(row),
        last_changed=_day(row.get("last_changed")),
        address=Address(
            (address,) if address else (),
            *(_text(row, name) for name in ("town", "county", "postcode", "country", "uprn")),
        ),
        contacts=tuple(
            (sort, said) for sort, name in (("tel", "telephone"), ("http", "website")) if (said := _text(row, name))
        ),
        roles=roles,
    )


def _role(row: _Row) -> Record:
    role = Role(
        code(_text(row, "role_code"), "a role"),
        row.get("is_primary") is True,
        _dates(row),
        _text(row, "role_status").capitalize(),
        _text(row, "role_id"),
    )
    return Record(code(_text(row, "ods_code"), "an organisation"), stub=True, roles=(role,))


def _relation(row: _Row) -> Record:
    relation = Relation(
        code(_text(row, "rel_code") or _text(row, "rel_type_code"), "a relation"),
        code(_text(row, "target_code"), "the target of a relation"),
        _dates(row),
        _text(row, "rel_status").capitalize(),
        _text(row, "rel_id"),
    )
    return Record(code(_text(row, "source_code"), "an organisation"), stub=True, relations=(relation,))


def _succession(row: _Row) -> Record:
    old = code(_text(row, "predecessor_code"), "an organisation")
    new = code(_text(row, "successor_code"), "a successor")
    followed = Succession(old, new, _day(row.get("legal_start")), _text(row, "succession_id"))
    return Record(old, stub=True, successions=(followed,))


#: What each table is known by, and how a row of it is read.
_READERS: Final[dict[str, tuple[set[str], Callable[..., Record]]]] = {
    "relationships": ({"source_code", "target_code"}, _relation),
    "successions": ({"predecessor_code", "successor_code"}, _succession),
    "roles": ({"ods_code", "role_code"}, _role),
    "orgs": ({"ods_code", "name"}, _organisation),
}


def _dates(row: _Row) -> Dates:
    return Dates(_period(row, "legal"), _period(row, "operational"))


def _period(row: _Row, sort: str) -> Period | None:
    start, last = row.get(f"{sort}_start"), row.get(f"{sort}_end")
    return None if start is None and last is None else between(_day(start), _day(last))


def _day(value: object) -> date | None:
    if isinstance(value, date):
        return None if value == FILLER else date(value.year, value.month, value.day)
    if value is None or isinstance(value, str):
        return day(value or "")
    raise Unreadable(f"{shown(str(value))} is no date")


def _text(row: _Row, name: str) -> str:
    value = row.get(name)
    return "" if value is None else str(value).strip()
