"""Changes: how two releases differ, in figures, findings, detail and views.

Belongs here: comparing two finished databases. Does not belong here: which two, and how the result
is shown. How a record changed over time, release by release, is in core.revisions.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from decimal import Context, Decimal
from pathlib import Path
from typing import Any

import duckdb

from warehouse.records.fields import PRINTED
from warehouse.records.fields import fields as figure_fields
from warehouse.release.schema import ChangedView
from warehouse.release.schema import compare as compare_views
from warehouse.release.schema import read as read_schema
from warehouse.store.database import open_memory
from warehouse.store.own_queries import view_files
from warehouse.store.tables import literal

# The release that brought a revision: it differs between releases that say the same.
_NOT_COMPARED = ("release_id",)

_ROUNDED = Context(prec=3)
_KIND = "case when acknowledged_by is null then severity else 'acknowledged' end"

_Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ListedFigure:
    """A figure that only one of the releases has, and what it prints, in words."""

    figure_id: str
    printed: str

    def __str__(self) -> str:
        return f"{self.figure_id} {self.printed}"


@dataclass(frozen=True, slots=True)
class RevisedFigure:
    """Something about a figure that differs between the releases; `what` says which.

    `what` is a printed number (value, growth, …) or a column of core.figures that is part of its
    key (area, period, …) or of its links. `old` and `new` are as printed, '' where nothing is.
    `size` words the change: of a level relative, `+25.9 %`; of a ratio in percentage points,
    `+0.3 pp`; '' where there is no number to compare.
    """

    figure_id: str
    what: str
    old: str
    new: str
    size: str

    def __str__(self) -> str:
        size = f" ({self.size})" if self.size else ""
        return f"{self.figure_id} {self.what} {self.old or '–'} → {self.new or '–'}{size}"


@dataclass(frozen=True, slots=True)
class ListedFinding:
    """A finding that only one of the releases has, or that differs in the later one.

    `kind` is its severity, or acknowledged.
    """

    finding_id: str
    rule_id: str
    kind: str
    message: str

    def __str__(self) -> str:
        return f"{self.kind} {self.rule_id} [{self.finding_id}]: {self.message}"


@dataclass(frozen=True, slots=True)
class MovedView:
    """How many rows of a published view are new, gone, or changed.

    Rows are matched by their key; `changed` is None for a view without a known key, whose changed
    rows count as added and as removed.
    """

    name: str
    added: int
    removed: int
    changed: int | None

    def __str__(self) -> str:
        counts = {"new": self.added, "gone": self.removed, "changed": self.changed}
        moves = ", ".join(f"{count} {how}" for how, count in counts.items() if count)
        return f"{self.name}: rows {moves}"


@dataclass(frozen=True, slots=True)
class ReplacedDetail:
    """A period of customs detail of which the releases hold different vintages, or only one any.

    `old` and `new` word the vintage and its number of rows, '' where there is none.
    """

    dataset: str
    period: str
    old: str
    new: str

    def __str__(self) -> str:
        return f"{self.dataset} {self.period}: {self.old or '–'} → {self.new or '–'}"


@dataclass(frozen=True, slots=True)
class Changes:
    """All that differs between two releases, each kind in the order of its ids."""

    figures_added: tuple[ListedFigure, ...] = ()
    figures_removed: tuple[ListedFigure, ...] = ()
    figures_revised: tuple[RevisedFigure, ...] = ()
    findings_opened: tuple[ListedFinding, ...] = ()
    findings_closed: tuple[ListedFinding, ...] = ()
    findings_changed: tuple[ListedFinding, ...] = ()
    detail_replaced: tuple[ReplacedDetail, ...] = ()
    views_changed: tuple[ChangedView, ...] = ()
    views_moved: tuple[MovedView, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether nothing differs."""
        return not any(getattr(self, field.name) for field in fields(self))


def compare(before: Path | None, after: Path) -> Changes:
    """How the databases `before` and `after` differ; without `before` everything is new.

    Both are finished trade.duckdb files and are only read. One of an earlier version may lack a
    column or view: then only that is reported, and not its content. Raises duckdb.Error where a
    file is no finished database.
    """
    if before is not None and os.path.realpath(before) == os.path.realpath(after):
        return Changes()
    with open_memory() as connection:
        connection.execute(f"attach {literal(str(after))} as after (read_only)")
        if before is None:
            _attach_nothing(connection)
        else:
            connection.execute(f"attach {literal(str(before))} as before (read_only)")
        added, removed, revised = _figures(connection)
        return Changes(
            added,
            removed,
            revised,
            _findings(connection, "after", "before"),
            _findings(connection, "before", "after"),
            _changed_findings(connection),
            tuple(_detail(connection)),
            tuple(compare_views(*(read_schema(connection, of) for of in ("before", "after")))),
            tuple(_views(connection)),
        )


def _attach_nothing(connection: duckdb.DuckDBPyConnection) -> None:
    """Attach a database `before` with the tables of `after`, all of them empty."""
    connection.execute("attach ':memory:' as before")
    tables = connection.execute(
        "select schema_name, table_name from duckdb_tables() where database_name = 'after'"
    ).fetchall()
    for schema in {schema for schema, _ in tables}:
        connection.execute(f"create schema if not exists before.{schema}")
    for schema, table in tables:
        name = f"{schema}.{table}"
        connection.execute(f"create table before.{name} as from after.{name} limit 0")


def _figures(
    connection: duckdb.DuckDBPyConnection,
) -> tuple[tuple[ListedFigure, ...], tuple[ListedFigure, ...], tuple[RevisedFigure, ...]]:
    """Figures added, removed, and revised."""
    numbers = (column for name in PRINTED for column in (f"{name}_printed", name))
    known = {"figure_id", "published", *_shared_columns(connection, "core").get("figures", [])}
    columns = [c for c in ("figure_id", *_facts(), *numbers) if c in known]

    def only_in(database: str, other: str) -> dict[str, dict[str, Any]]:
        figures = (
            f"select {', '.join(columns)} from {name}.core.figures "
            f"inner join (select source_id, published from {name}.core.sources) using (source_id)"
            for name in (database, other)
        )
        rows = connection.execute(" except ".join(figures) + " order by figure_id").fetchall()
        return {row[0]: dict(zip(columns, row, strict=True)) for row in rows}

    old, new = only_in("before", "after"), only_in("after", "before")
    return (
        tuple(ListedFigure(id_, _printed(row)) for id_, row in new.items() if id_ not in old),
        tuple(ListedFigure(id_, _printed(row)) for id_, row in old.items() if id_ not in new),
        tuple(
            revised
            for id_, row in new.items()
            if id_ in old
            for revised in _revised(id_, old[id_], row)
        ),
    )


def _facts() -> list[str]:
    """The columns in which a figure may change, besides its printed numbers.

    Where its record lies, and remarks, are no change of the figure.
    """
    compared = (f.name for f in figure_fields() if f.compared and f.kind != "number")
    return [*compared, "published"]


def _printed(row: _Row) -> str:
    printed = [
        row[column] if name == "value" else f"{name.replace('_', ' ')} {row[column]}"
        for name in PRINTED
        if row.get(column := f"{name}_printed") is not None
    ]
    return ", ".join(printed) or "prints no number"


def _revised(figure_id: str, old: _Row, new: _Row) -> Iterator[RevisedFigure]:
    for what in (*PRINTED, *_facts()):
        column = f"{what}_printed" if what in PRINTED else what
        if old.get(column) != new.get(column) or old.get(what) != new.get(what):
            was, now = ("" if row[column] is None else str(row[column]) for row in (old, new))
            same_unit = what in PRINTED and (bool(PRINTED[what]) or old["unit"] == new["unit"])
            size = _size(what, old[what], new[what]) if same_unit else ""
            yield RevisedFigure(figure_id, what, was, now, size)


def _size(name: str, old: Decimal | None, new: Decimal | None) -> str:
    """By how much a printed number changed, to three digits."""
    if old is None or new is None or old == new or (not PRINTED[name] and not old):
        return ""
    change = 100 * (new - old)
    if PRINTED[name]:
        return f"{_ROUNDED.plus(change).normalize():+f} pp"
    return f"{_ROUNDED.divide(change, abs(old)).normalize():+f} %"


def _findings(
    connection: duckdb.DuckDBPyConnection, database: str, other: str
) -> tuple[ListedFinding, ...]:
    """Findings of one database that the other does not have."""
    rows = connection.execute(
        f"""select finding_id, rule_id, {_KIND} as kind, message
        from {database}.quality.findings
        anti join {other}.quality.findings using (finding_id)
        order by kind, rule_id, finding_id"""
    ).fetchall()
    return tuple(ListedFinding(*row) for row in rows)


def _changed_findings(connection: duckdb.DuckDBPyConnection) -> tuple[ListedFinding, ...]:
    """Findings of both databases whose kind or message differs, as the later one has them."""
    rows = connection.execute(
        f"""with old as (select *, {_KIND} as kind from before.quality.findings),
        new as (select *, {_KIND} as kind from after.quality.findings)
        select finding_id, new.rule_id, new.kind, new.message
        from new
        inner join old using (finding_id)
        where (new.kind, new.message) <> (old.kind, old.message)
        order by all"""
    ).fetchall()
    return tuple(ListedFinding(*row) for row in rows)


def _detail(connection: duckdb.DuckDBPyConnection) -> Iterator[ReplacedDetail]:
    """The periods of customs detail whose vintages differ, or that only one database has."""
    holding = connection.execute(
        "select database_name from duckdb_tables() "
        "where schema_name = 'quality' and table_name = 'detail_partitions'"
    ).fetchall()
    nothing = "(select '' as dataset, '' as period, '' as vintage, 0 as rows where false)"
    old, new = (
        f"{database}.quality.detail_partitions" if (database,) in holding else nothing
        for database in ("before", "after")
    )
    rows = connection.execute(
        f"""select
            coalesce(new.dataset, old.dataset), coalesce(new.period, old.period),
            coalesce(format('vintage {{}}, {{:,}} rows', old.vintage, old.rows), ''),
            coalesce(format('vintage {{}}, {{:,}} rows', new.vintage, new.rows), '')
        from {old} as old
        full join {new} as new on old.dataset = new.dataset and old.period = new.period
        where old.vintage is distinct from new.vintage
        order by all"""
    ).fetchall()
    yield from (ReplacedDetail(*row) for row in rows)


def _views(connection: duckdb.DuckDBPyConnection) -> Iterator[MovedView]:
    """The published views of which any row is new, gone, or changed."""
    keys = {file.name: file.header.get("key", "") for file in view_files()}
    views = connection.execute(
        "select table_name from duckdb_tables() where schema_name = 'main' "
        "and database_name in ('before', 'after') "
        # Sums of customs detail have millions of rows; its vintages show what is new.
        "and not starts_with(table_name, 'detail_') "
        "group by all having count(*) = 2 order by all"
    ).fetchall()
    shared = _shared_columns(connection, "main")
    for (view,) in views:
        columns = shared.get(view, [])
        key = [column.strip() for column in keys.get(view, "").split(",") if column.strip()]
        keyed = bool(key) and set(key) <= set(columns)
        compared = ", ".join(column for column in columns if column not in _NOT_COMPARED)
        both = (
            f"with old as (select {compared} from before.main.{view}), "
            f"new as (select {compared} from after.main.{view})"
        )
        # Mostly no row has changed, which takes a fifth of the time to find out.
        ((same,),) = connection.execute(
            f"""{both}
            select (select count(*) from new) = (select count(*) from old) and not exists (
                select *, count(*) from new group by all
                except select *, count(*) from old group by all
            )"""
        ).fetchall()
        if same:
            continue
        kept = (
            f"from come semi join gone using ({', '.join(key)})" if keyed else "from come limit 0"
        )
        ((added, removed, changed),) = connection.execute(
            f"""{both},
            come as (from new except all from old),
            gone as (from old except all from new),
            changed as ({kept})
            select (select count(*) from come), (select count(*) from gone),
                (select count(*) from changed)"""
        ).fetchall()
        yield MovedView(view, added - changed, removed - changed, changed if keyed else None)


def _shared_columns(connection: duckdb.DuckDBPyConnection, schema: str) -> dict[str, list[str]]:
    """Table → the columns that it has in both databases, in its order in `after`."""
    rows = connection.execute(
        """select table_name, column_name
        from duckdb_columns()
        where schema_name = ? and database_name in ('before', 'after')
        group by table_name, column_name
        having count(*) = 2
        order by table_name, max(column_index) filter (database_name = 'after')""",
        [schema],
    ).fetchall()
    shared: dict[str, list[str]] = {}
    for table, column in rows:
        shared.setdefault(table, []).append(column)
    return shared
