"""The schema of what is published: the columns that readers' queries rely on.

Belongs here: reading a schema from a database, and comparing two. Does not belong here: whether a
difference withholds a release (expectations/broken_queries.py), what columns mean (catalog.py).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb

from warehouse.store.database import open_readonly

# View → its columns and their types, in order. Tables of `quality` are named with their schema.
Schema = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class ChangedView:
    """A view that only one of two releases has, or whose columns differ between them.

    `kind` is new, gone or changed. Of a changed one, `retyped` are column, old type and new type,
    and `reordered` is whether the columns that both have are in another order.
    """

    name: str
    kind: str
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    retyped: tuple[tuple[str, str, str], ...] = ()
    reordered: bool = False

    @property
    def breaks_queries(self) -> bool:
        """Whether a query that works on the earlier release may fail, or return another type."""
        return self.kind == "gone" or bool(self.removed or self.retyped)

    def __str__(self) -> str:
        if self.kind != "changed":
            return f"{self.name}: {self.kind}"
        words = [
            *(f"{column} removed" for column in self.removed),
            *(f"{column} {old} → {new}" for column, old, new in self.retyped),
            *(f"{column} added" for column in self.added),
            *(["columns in another order"] if self.reordered else []),
        ]
        return f"{self.name}: {', '.join(words)}"


def read(connection: duckdb.DuckDBPyConnection, database: str = "") -> Schema:
    """The schema of a finished database: that of the connection, or one that it has attached."""
    rows = connection.execute(
        """select
            if(schema_name = 'main', table_name, schema_name || '.' || table_name) as view,
            column_name,
            data_type
        from duckdb_columns()
        where database_name = coalesce(nullif($database, ''), current_database())
            and schema_name in ('main', 'quality') and not internal
        order by view, column_index""",
        {"database": database},
    ).fetchall()
    schema: dict[str, dict[str, str]] = {}
    for view, column, type_ in rows:
        schema.setdefault(view, {})[column] = type_
    return schema


def of(database: Path) -> Schema:
    """The schema of a finished trade.duckdb, of any version of this software."""
    with open_readonly(database) as connection:
        return read(connection)


def compare(before: Schema, after: Schema) -> Iterator[ChangedView]:
    """The views that differ, by name."""
    for name in sorted(before.keys() | after.keys()):
        if name not in before or name not in after:
            yield ChangedView(name, "new" if name in after else "gone")
            continue
        old, new = before[name], after[name]
        shared = [column for column in new if column in old]
        changed = ChangedView(
            name,
            "changed",
            added=tuple(column for column in new if column not in old),
            removed=tuple(column for column in old if column not in new),
            retyped=tuple((c, old[c], new[c]) for c in shared if old[c] != new[c]),
            reordered=shared != [column for column in old if column in new],
        )
        if changed != ChangedView(name, "changed"):
            yield changed
