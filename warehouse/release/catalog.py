"""The catalogue: every table of a finished database in words, where it comes from, and the same as
`datapackage.json`, the Data Package v2 descriptor of the CSV files.

Nothing is described here: purposes, grains and keys come from the headers of sql/, columns from the
comments made from these, fields of records from fields.csv. Belongs here: putting them together.
Does not belong here: how pages (desk) and terminals (flows) show the catalogue.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from warehouse import project
from warehouse.records.contract import record_model
from warehouse.records.field_types import examples
from warehouse.records.fields import fields
from warehouse.store.database import SqlFile, open_memory, open_readonly, sql_files
from warehouse.store.own_queries import view_files
from warehouse.store.tables import tables_read

DATAPACKAGE = "datapackage.json"

# The kinds of queries that each schema is built from; `raw` is filled from files.
_KINDS = (
    *(("main", "views"), ("main", "detail"), ("quality", "quality")),
    *(("quality", "detail quality"), ("core", "core")),
)
# What queries read that no query and no file makes. The checks fill temporary tables.
CHECKS, RELEASE_BEFORE, DETAIL = "expectations", "the release before", "customs detail"
# Tables of raw without a column `file` of the record files they come from → SQL for their files.
_SHIPPED = {
    "codes": "'warehouse/codes/' || regexp_replace(list, '^(areas|partners)$', 'geographies') "
    "|| '.csv'",
    "evidence": "unnest(['raw.figures', 'texts/' || text])",
}

_PROFILES = "https://datapackage.org/profiles/2.0"
_TYPES = {"BIGINT": "integer", "INTEGER": "integer", "BOOLEAN": "boolean", "DATE": "date"}


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: its SQL type, and what it means."""

    name: str
    type: str
    comment: str


_Columns = dict[tuple[str, str], tuple[Column, ...]]


@dataclass(frozen=True, slots=True)
class Table:
    """A table of the database, named as in a query: `figures`, `quality.findings`.

    `key` are the columns that identify a row, where they are declared. `reads` are the tables that
    its query names, `rests_on` those and all that they rest on in turn, `files` the record files
    and code lists at the very bottom.
    """

    name: str
    purpose: str
    grain: str
    units: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    rows: int
    reads: tuple[str, ...]
    rests_on: tuple[str, ...]
    files: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RecordField:
    """A field of a record. `inherited`: from its total; `comment`: of the column it becomes."""

    name: str
    needed: bool
    inherited: bool
    comment: str
    remedy: str


def dictionary(database: Path) -> list[Table]:
    """Every table of a finished trade.duckdb but those of `raw`: views first, then quality, core.

    Raises duckdb.Error where `database` is no database.
    """
    files = {(schema, file.name): file for schema, _, file in _files()}
    with open_readonly(database) as connection:
        columns = _columns(connection)
        made_of = _lineage(connection, columns)
        return [
            _table(connection, schema, file, columns[schema, name], made_of)
            for (schema, name), file in files.items()
            if (schema, name) in columns
        ]


def lineage(database: Path) -> dict[str, tuple[str, ...]]:
    """Table → what it is made of: tables, and at the bottom record files and code lists.

    Tables are named as in `Table`, those of raw included. Three are no tables: `expectations`, the
    checks of core that fill quality; `the release before`, whose revisions are carried on; and
    `customs detail`, which lies beside the release.
    """
    with open_readonly(database) as connection:
        return _lineage(connection, _columns(connection))


def _lineage(
    connection: duckdb.DuckDBPyConnection, columns: _Columns
) -> dict[str, tuple[str, ...]]:
    known = {_name(schema, table) for schema, table in columns}
    made_of = dict(_raw(connection, columns))
    for schema, step, file in _files():
        if (name := _name(schema, file.name)) in known:
            made_of[name] = tuple(_reads(step, file, known))
    made_of[RELEASE_BEFORE] = ()
    if any(DETAIL in reads for reads in made_of.values()):
        made_of[DETAIL] = ()
    made_of[CHECKS] = tuple(sorted(name for name in known if name.startswith("core.")))
    return made_of


def record_fields() -> list[RecordField]:
    """The fields of a record, in the words of the columns that they become."""
    return [
        RecordField(
            field.name,
            record_model().model_fields[field.name].is_required(),
            field.inherited,
            field.comment,
            examples().get(field.name, ""),
        )
        for field in fields()
    ]


def write_datapackage(database: Path, staged: Path, release_id: str) -> Path:
    """Write `staged`/datapackage.json, which describes the published files, and return its path.

    Of each view that is the CSV file, or the Parquet file where there is no CSV. `database` is the
    finished trade.duckdb that they were written from.
    """
    with open_readonly(database) as connection:
        sources = connection.execute(
            "select title, publisher, published, url from core.sources order by source_id"
        ).fetchall()
    views = [table for table in dictionary(database) if "." not in table.name]
    package = {
        "$schema": f"{_PROFILES}/datapackage.json",
        "name": "crossfoot",
        "title": "Published trade figures, checked against each other",
        "version": release_id,
        "sources": [
            {
                "title": title or f"{publisher}, {published}",
                **({"path": url} if url else {}),
                "version": published,
            }
            for title, publisher, published, url in sources
        ],
        "resources": [_resource(view, staged) for view in views],
    }
    path = staged / DATAPACKAGE
    path.write_text(json.dumps(package, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return path


@project.cached
def _files() -> tuple[tuple[str, str, SqlFile], ...]:
    """Every query as (schema of its table, what makes the temporary tables it reads, file)."""
    steps = {"quality": CHECKS, "detail": DETAIL, "detail quality": DETAIL}
    return tuple(
        (schema, steps.get(kind, RELEASE_BEFORE), file)
        for schema, kind in _KINDS
        for file in (view_files() if kind == "views" else sql_files(kind))
    )


def _name(schema: str, table: str) -> str:
    return table if schema in ("main", "") else f"{schema}.{table}"


def _columns(connection: duckdb.DuckDBPyConnection) -> _Columns:
    """(schema, table) → its columns, in order."""
    rows = connection.execute(
        """select schema_name, table_name, column_name, data_type, coalesce(comment, '')
        from duckdb_columns()
        where database_name = current_database() and not internal
        order by schema_name, table_name, column_index"""
    ).fetchall()
    columns: _Columns = {}
    for schema, table, *column in rows:
        columns[schema, table] = (*columns.get((schema, table), ()), Column(*column))
    return columns


def _table(
    connection: duckdb.DuckDBPyConnection,
    schema: str,
    file: SqlFile,
    columns: tuple[Column, ...],
    made_of: Mapping[str, tuple[str, ...]],
) -> Table:
    name = _name(schema, file.name)
    (rows,) = connection.execute(f"select count(*) from {schema}.{file.name}").fetchone() or (0,)
    below = list(_below(name, made_of))
    return Table(
        name=name,
        purpose=file.header["purpose"],
        grain=file.header["grain"],
        units=file.header["units"],
        key=tuple(filter(None, file.header.get("key", "").replace(" ", "").split(","))),
        columns=columns,
        rows=rows,
        reads=made_of[name],
        rests_on=tuple(table for table in below if table in made_of),
        files=tuple(sorted(file for file in below if file not in made_of)),
    )


def _below(name: str, made_of: Mapping[str, Iterable[str]]) -> Iterator[str]:
    """The tables and files that a table rests on, the nearest first."""
    seen, ahead = {name}, [name]
    for table in ahead:
        for below in made_of.get(table, ()):
            if below not in seen:
                seen.add(below)
                ahead.append(below)
                yield below


def _reads(step: str, file: SqlFile, known: set[str]) -> Iterator[str]:
    """The tables that a query names; `step` stands for the temporary ones among them."""
    parts, named = _names_in_queries()[file.path]
    reads = set()
    for read_schema, table in named:
        # An unqualified name is a part of this query, or a view, or a temporary table.
        own = not read_schema and (table in parts or table == file.name)
        if not own:
            name = _name(read_schema, table)
            reads.add(name if name in known else step)
    yield from sorted(reads)


@project.cached
def _names_in_queries() -> dict[str, tuple[list[str], set[tuple[str, str]]]]:
    """Path → the names of the WITH parts of a packaged query, and the tables that it names."""
    names = {}
    with open_memory() as connection:
        for _, _, file in _files():
            (parts,) = connection.execute(
                "select json_extract_string(json_serialize_sql(?), '$..cte_map.map[*].key')",
                [file.query],
            ).fetchone() or ([],)
            names[file.path] = (parts, tables_read(connection, file.query))
    return names


def _raw(
    connection: duckdb.DuckDBPyConnection, columns: _Columns
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The tables of raw with the files that they were filled from."""
    tables = [table for schema, table in columns if schema == "raw"]
    for table in tables:
        file = _SHIPPED.get(table, "file")
        named = {column.name for column in columns["raw", table]}
        if table not in _SHIPPED and file not in named:
            continue  # a release of an earlier version need not say it
        rows = connection.execute(f"select distinct {file} from raw.{table} order by all")
        yield f"raw.{table}", tuple(name for (name,) in rows.fetchall() if name)


def _resource(view: Table, staged: Path) -> dict[str, Any]:
    path = f"csv/{view.name}.csv"
    form = {
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "dialect": {"$schema": f"{_PROFILES}/tabledialect.json", "delimiter": ",", "header": True},
    }
    if not (staged / path).exists():
        path = f"parquet/{view.name}.parquet"
        form = {"format": "parquet", "mediatype": "application/vnd.apache.parquet"}
    with (staged / path).open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    schema: dict[str, Any] = {
        "$schema": f"{_PROFILES}/tableschema.json",
        "fields": [
            {"name": column.name, "type": _field_type(column.type), "description": column.comment}
            for column in view.columns
        ],
        "missingValues": [""],
    }
    if view.key:
        schema["primaryKey"] = list(view.key)
    return {
        "$schema": f"{_PROFILES}/dataresource.json",
        "name": view.name,
        "type": "table",
        "title": view.purpose,
        "description": f"Grain: {view.grain}. Units: {view.units}.",
        "path": path,
        **form,
        "bytes": (staged / path).stat().st_size,
        "hash": f"sha256:{digest}",
        "schema": schema,
    }


def _field_type(sql_type: str) -> str:
    """The type of Table Schema. DuckDB writes lists as [a, b], which is no JSON: they are text."""
    return "number" if sql_type.startswith("DECIMAL") else _TYPES.get(sql_type, "string")
