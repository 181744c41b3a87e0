"""Queries that a project brings: what they must keep to, and where in their file an error lies.

A project's rules and views are run beside the package's. Belongs here: which views there are, that
a query gives the same answer each time, from nothing but what was loaded, and DuckDB's errors in
terms of the file that a person wrote. Does not belong here: what a rule or a view must return
(figure_rules.py, tables.py).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import duckdb

from warehouse import project
from warehouse.store.database import SqlFile, SqlFileError, sql_files

# Of DuckDB's errors those that a query is to blame for, not the machine or an interrupt.
QUERY_ERRORS = (duckdb.ProgrammingError, duckdb.DataError, duckdb.NotSupportedError)

_NAME = re.compile(r"[a-z][a-z0-9_]{0,62}")

_LINE = re.compile(r"\n\s*LINE (\d+):")
_REMEDY = "mend the query, or take the file out"
# Functions that make rows from their arguments alone; all others read what nobody loaded.
_SOURCES_OF_ROWS = {"unnest", "range", "generate_series", "generate_subscripts", "json_each"}
_CLOCKS = {"current_date", "current_time", "current_timestamp", "localtime", "localtimestamp"}


@contextmanager
def located(file: SqlFile) -> Iterator[None]:
    """Say of which file and line a statement is that DuckDB does not take.

    The statement is the file's query, with nothing but words before it. Raises SqlFileError.
    """
    try:
        yield
    except QUERY_ERRORS as error:
        raise SqlFileError(message(file.path, file.line, error)) from error


def message(path: str, first_line: int, error: Exception) -> str:
    """DuckDB's error about a query that begins on that line of its file, with a remedy."""
    text = str(error)
    found = _LINE.search(text)
    where = f"{path}:{first_line + int(found[1]) - 1}" if found else path
    words = " ".join(text[: found.start()].split() if found else text.split())
    return f"{where}: {words}; {_REMEDY}"


def view_files() -> list[SqlFile]:
    """The published views: those of the package, and beside them those of the project.

    Raises SqlFileError for a view of the project whose name is taken, or is none.
    """
    files = sql_files("views")
    replaced = {path.stem for path in project.replacing("views", "*.sql")}
    replaced |= {file.name for file in sql_files("detail", "detail_*.sql")}
    for file in files:
        if file.is_own and file.name in replaced:
            raise SqlFileError(
                f"{file.path}: there is a view {file.name} already, which others rely on; give the "
                f"file another name, such as our_{file.name}.sql"
            )
        if file.is_own and not _NAME.fullmatch(file.name):
            name = re.sub("[^a-z0-9]+", "_", file.name.lower()).strip("_") or "our_view"
            raise SqlFileError(
                f"{file.path}: the name of a view is of lower-case letters, digits and _; name the "
                f"file {name}.sql"
            )
    return files


def refuse_unrepeatable(connection: duckdb.DuckDBPyConnection, file: SqlFile) -> None:
    """Raise SqlFileError for a query whose answer could differ from run to run.

    That is one that asks a clock, chance, a setting or a file; the same figures would then give
    another release. It is one SELECT: what follows it would not be asked, but done.
    """
    with located(file):
        statements = connection.extract_statements(file.query)
    if [statement.type for statement in statements] != [duckdb.StatementType.SELECT]:
        raise SqlFileError(
            f"{file.path}:{file.line}: is not one SELECT; write one query that begins with select, "
            "with or from"
        )
    serialized = connection.execute("select json_serialize_sql(?)", [file.query]).fetchone()
    tree = json.loads(serialized[0]) if serialized else {}
    changing = {
        name
        for (name,) in connection.execute(
            "select distinct function_name from duckdb_functions() where stability <> 'CONSISTENT'"
        ).fetchall()
    }
    for name in _outside(tree, changing):
        place = re.search(rf"(?<!\w)(?:table)?{re.escape(name)}(?!\w)", file.query, re.IGNORECASE)
        line = file.line + file.query[: place.start() if place else 0].count("\n")
        raise SqlFileError(
            f"{file.path}:{line}: {name} is not the same on every run; ask core and the views "
            "alone, whose days are in core.sources"
        )


def _outside(node: Any, changing: set[str]) -> Iterator[str]:
    """What a query names that is not part of what was loaded."""
    if isinstance(node, list):
        for child in node:
            yield from _outside(child, changing)
    if not isinstance(node, dict):
        return
    name = str(node.get("function_name", "")).lower()
    # age of one moment is its age today.
    is_since_today = name == "age" and len(node.get("children") or ()) == 1
    if is_since_today or (name in changing and name != "error"):
        yield name
    if (sample := node.get("sample")) and not sample.get("repeatable"):
        yield "sample"
    columns = node.get("column_names") or [""]
    if node.get("type") == "COLUMN_REF" and str(columns[-1]).lower() in _CLOCKS:
        yield str(columns[-1])
    if node.get("type") == "TABLE_FUNCTION":
        source = str((node.get("function") or {}).get("function_name", "")).lower()
        if source not in _SOURCES_OF_ROWS:
            yield source
    if node.get("type") == "BASE_TABLE" and not re.fullmatch(r"\w+", str(node["table_name"])):
        yield str(node["table_name"])
    for child in node.values():
        yield from _outside(child, changing)
