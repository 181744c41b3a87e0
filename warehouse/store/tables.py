"""Tables: filled from rows, or built from SQL files in the order their queries need each other.

Belongs here: how a table is made and commented. Does not belong here: which tables there are
(sql/), and which rows go into them (load.py, expectations).
"""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Any

import duckdb

from warehouse.records.fields import figure_columns
from warehouse.store.database import SqlFile, SqlFileError
from warehouse.store.own_queries import located, refuse_unrepeatable

_AT_ONCE = 5_000  # rows that travel together
_ARRAY, _ARRAY_OF_LISTS = '["VARCHAR"]', '[["VARCHAR"]]'


def fill(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    columns: Mapping[str, str],
    rows: Iterable[Mapping[str, Any]],
) -> None:
    """Create `table` with `columns` (name → SQL type) and these rows.

    The rows travel by thousands, each column as one JSON text: per-row inserts cost a millisecond
    each, and the texts of 50,000 figures at once a gigabyte. A column that says the same in all of
    them, most often nothing, travels as one value. Decimals and dates must come as text; a missing
    key is NULL.
    """
    kind = "temp table" if table.startswith("temp.") else "table"
    statement = f"create or replace {kind} {table} as"
    remaining = iter(rows)
    chunk = list(itertools.islice(remaining, _AT_ONCE))
    while True:
        values, cells = [], []
        for place, (column, type_) in enumerate(columns.items()):
            of_rows = [row.get(column) for row in chunk]
            if place and chunk and of_rows.count(of_rows[0]) == len(chunk):
                values.append(f"?::{type_} as {column}")
                cells.append(of_rows[0])
            else:  # at least one column, to have as many rows
                json_type = _ARRAY_OF_LISTS if type_.endswith("[]") else _ARRAY
                values.append(f"unnest(from_json(?, '{json_type}'))::{type_} as {column}")
                cells.append(json.dumps(of_rows, ensure_ascii=False))
        connection.execute(f"{statement} select {', '.join(values)}", cells)
        if not (chunk := list(itertools.islice(remaining, _AT_ONCE))):
            return
        statement = f"insert into {table}"


def fetch(
    connection: duckdb.DuckDBPyConnection,
    query: str,
    parameters: Mapping[str, object] | None = None,
) -> list[dict[str, Any]]:
    """The rows of a query, each as a dict by column name."""
    cursor = connection.execute(query, parameters)
    columns = [column[0] for column in cursor.description or ()]
    return [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]


def build(
    connection: duckdb.DuckDBPyConnection,
    files: Sequence[SqlFile],
    schema: str,
    comments: bool = True,
) -> list[str]:
    """Create `schema`.<file name> from each file's query, with comments; return the names.

    The order follows from the queries: a file comes after those whose tables it reads.
    """
    order = ordered(connection, files, schema)
    for file in order:
        if file.is_own:
            refuse_unrepeatable(connection, file)
        with located(file):
            connection.execute(f"create or replace table {schema}.{file.name} as {file.query}")
        if file.is_own:
            _refuse_shared_key(connection, f"{schema}.{file.name}", file)
        if comments:
            comment(connection, f"{schema}.{file.name}", file)
    return [file.name for file in order]


def _refuse_shared_key(connection: duckdb.DuckDBPyConnection, table: str, file: SqlFile) -> None:
    """Raise SqlFileError where rows share the key that the header promises, or lack it."""
    if not (key := file.header.get("key")):
        return
    lacking = " or ".join(f"{column} is null" for column in key.split(","))
    query = f"select count(*) - count(distinct row({key})), count_if({lacking}) from {table}"
    try:
        shared, without = connection.execute(query).fetchone() or (0, 0)
    except duckdb.BinderException:
        return  # `comment` says which columns there are not
    if shared or without:
        raise SqlFileError(
            f"{file.path}: {shared:,} rows share their key ({key}) with another row, {without:,} "
            "lack it; name columns under '-- key:' that no two rows share, or mend the query"
        )


def ordered(
    connection: duckdb.DuckDBPyConnection, files: Sequence[SqlFile], schema: str
) -> list[SqlFile]:
    """The files in the order their queries need each other's tables, which are in `schema`.

    Raises SqlFileError where they need each other in a circle.
    """
    by_name = {file.name: file for file in files}
    needs = {
        name: sorted(  # else another order each time
            table
            for read_schema, table in tables_read(connection, file.query)
            if table in by_name and table != name and read_schema in ("", schema)
        )
        for name, file in by_name.items()
    }
    try:
        return [by_name[name] for name in TopologicalSorter(needs).static_order()]
    except CycleError as error:
        circle = [by_name[name] for name in error.args[1]]
        culprit = next((file for file in circle if file.is_own), circle[0])
        names = " → ".join(file.name for file in circle)
        raise SqlFileError(
            f"{culprit.path}: it needs itself, {names}; let one of them read core alone"
        ) from None


def comment(connection: duckdb.DuckDBPyConnection, table: str, file: SqlFile) -> None:
    """Comment a table and its columns with the file's header.

    Where the header has the key `fields`, columns that it does not describe are those of a figure.
    Raises SqlFileError where header and table do not name the same columns.
    """
    if missing := [key for key in ("purpose", "grain", "units") if key not in file.header]:
        lines = ", ".join(f"'-- {key}: …'" for key in missing)
        raise SqlFileError(f"{file.path}:1: the header lacks {', '.join(missing)}; write {lines}")
    query = f"select * from {table} limit 0"
    actual = [column[0] for column in connection.execute(query).description or []]
    described = dict(file.columns)
    if "fields" in file.header:
        described = {name: column.comment for name, column in figure_columns().items()} | described
        described = {name: described[name] for name in actual if name in described}
    if actual != list(described):
        raise SqlFileError(
            f"{file.path}: the header describes columns {list(described)}, "
            f"the query returns {actual}; write a line '-- column NAME: …' for each, in that order"
        )
    keys = file.header.get("key", "").replace(" ", "").split(",")
    if unknown := [key for key in keys if key and key not in actual]:
        raise SqlFileError(
            f"{file.path}: key names {', '.join(unknown)}, which the query does not return; name "
            "columns that no two rows share"
        )
    purpose, grain, units = (file.header[key] for key in ("purpose", "grain", "units"))
    about = f"{purpose}. Grain: {grain}. Units: {units}."
    statements = [f"comment on table {table} is {literal(about)}"]
    statements += [
        f"comment on column {table}.{column} is {literal(text)}"
        for column, text in described.items()
    ]
    # In one transaction: otherwise each statement would wait for the disk.
    connection.execute(";\n".join(["begin", *statements, "commit"]))


def tables_read(connection: duckdb.DuckDBPyConnection, query: str) -> set[tuple[str, str]]:
    """The (schema, table) pairs that a query names, schema '' where it names none."""
    ((tree,),) = connection.execute("select json_serialize_sql(?)", [query]).fetchall()
    return set(_base_tables(json.loads(tree)))


def _base_tables(node: Any) -> Iterator[tuple[str, str]]:
    if isinstance(node, dict):
        if node.get("type") == "BASE_TABLE":
            yield node["schema_name"], node["table_name"]
        node = list(node.values())
    if isinstance(node, list):
        for child in node:
            yield from _base_tables(child)


def files_literal(path: Path, pattern: str = "") -> str:
    """A path as a SQL string for DuckDB's readers, which then read exactly this file or folder.

    The readers would take it for a pattern: `a*.csv` would match `ab.csv` as well. `pattern` is a
    real one, below the folder.
    """
    exact = re.sub(r"[*?[]", lambda sign: f"[{sign[0]}]", str(path))
    return literal(f"{exact}/{pattern}" if pattern else exact)


def literal(text: str) -> str:
    """The text as a SQL string."""
    return "'" + text.replace("'", "''") + "'"
