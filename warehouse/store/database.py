"""Every DuckDB connection of the project, and the SQL files that are run on one.

Belongs here: how a database is opened (for a check, for a build, for a reader), and how a packaged
`.sql` file is read. Does not belong here: what is loaded (load.py), and the queries themselves.
DuckDB's own errors pass through unchanged: the caller knows which query failed.
"""

import re
import resource
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path
from threading import Lock

import duckdb

from warehouse import project
from warehouse.system import files as system_files
from warehouse.system.failure import Failure

# Oldest DuckDB whose clients can read what is published; 2.0 writes its own format by default.
STORAGE = "v1.5.0"

# The type that duckdb.connect() declares.
_Settings = dict[str, str | bool | int | float | list[str]]

# Nothing is downloaded, and a table name is never taken for a Python variable.
_OFFLINE: _Settings = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "allow_community_extensions": "false",
    "allow_persistent_secrets": "false",
    "python_enable_replacements": "false",
}
# With two threads a GROUP BY or list() without ORDER BY returns another order on every run.
_REPEATABLE: _Settings = {"threads": "1", "preserve_insertion_order": "true"}

# Bytes of address space that DuckDB needs to build a release of the shipped records.
_ROOM = 1 << 30

_opening = Lock()

_COLUMN = "column "
_KEY = re.compile(r"-- (?P<key>column \w+|[a-z][a-z_-]*): (?P<text>\S.*)")
_MORE = re.compile(r"--  +(?P<text>\S.*)")


@dataclass(frozen=True, slots=True)
class SqlFile:
    """A query in a file: `name` is the file's stem, `path` is how messages name the file.

    `header` holds the `-- key: text` lines above the query, `columns` those of the form
    `-- column NAME: text`, `query` the text below them, which begins on `line`. `is_own`: of the
    project in use, not of the package.
    """

    name: str
    path: str
    header: dict[str, str]
    columns: dict[str, str]
    query: str
    line: int = 1
    is_own: bool = False


class SqlFileError(Failure, ValueError):
    """A SQL file that is not as it must be: file and line, what is wrong, and what to do."""


def open_memory(memory_limit: str = "1GB") -> duckdb.DuckDBPyConnection:
    """A database in memory with the settings of a build; it writes no temporary files."""
    return _open(":memory:", _build_settings(memory_limit, temp_directory=""))


def create(path: Path, memory_limit: str = "1GB") -> duckdb.DuckDBPyConnection:
    """A new database file, readable by DuckDB 1.5 and later; its catalog is the file's stem.

    Unqualified names are of this database. What does not fit into memory goes to `<path>.tmp`,
    which DuckDB removes on close. Raises FileExistsError where the path exists.
    """
    if path.exists():
        raise FileExistsError(f"{path} exists; a build always starts a new file")
    return reopen(path, memory_limit)


def reopen(path: Path, memory_limit: str = "1GB") -> duckdb.DuckDBPyConnection:
    """The database of a build again, for its next step, with the settings of `create`."""
    settings = _build_settings(memory_limit, temp_directory=f"{path}.tmp")
    settings["storage_compatibility_version"] = STORAGE
    return _open(path, settings)


def open_detail(spill: Path, memory_limit: str = "1GB") -> duckdb.DuckDBPyConnection:
    """A database in memory for customs detail: on every core, rows in no order.

    What does not fit into `memory_limit` goes to the folder `spill`, which DuckDB removes.
    """
    settings = _OFFLINE | {"memory_limit": memory_limit, "temp_directory": str(spill)}
    settings["preserve_insertion_order"] = "false"
    return _open(":memory:", settings)


@contextmanager
def every_core(connection: duckdb.DuckDBPyConnection, spared: int = 0) -> Iterator[None]:
    """Let DuckDB use all CPU cores but `spared` of them; afterwards as many threads as before.

    In a build only for statements whose rows keep their order on any number of threads.
    """
    ((before,),) = connection.execute("select current_setting('threads')").fetchall()
    connection.execute("reset threads")
    if spared:
        ((cores,),) = connection.execute("select current_setting('threads')").fetchall()
        connection.execute(f"set threads = {max(cores - spared, 1)}")
    try:
        yield
    finally:
        connection.execute(f"set threads = {before}")


def shared_cores(
    connection: duckdb.DuckDBPyConnection, sizes: Sequence[int], at_once: int
) -> AbstractContextManager[None]:
    """Split the CPU cores between `at_once` concurrent statements, each on a part of these `sizes`.

    Two cores that work on the same part take a tenth longer than on a part each. But a part that
    is larger than all others together should not be left to one core. The thread that runs a
    statement works too, besides the threads of DuckDB's own.
    """
    busy = min(at_once, sum(sizes) // max(sizes)) if any(sizes) else 1
    return every_core(connection, spared=busy - 1)


def open_readonly(
    path: Path, memory_limit: str = "1GB", readable: Path | None = None
) -> duckdb.DuckDBPyConnection:
    """A sandbox over one published file, for SQL of any origin.

    It reads and writes no other file, loads no extension, sees no Python variable, and its
    settings are locked; `create temp table` stays possible, in memory. A query that needs more
    than `memory_limit` fails instead of writing temporary files. Files below `readable` can be
    read, but then also written, so that only a SELECT may be run.
    """
    settings: _Settings = _OFFLINE | {"memory_limit": memory_limit, "temp_directory": ""}
    if readable is None:
        settings["enable_external_access"] = "false"
    if resource.getrlimit(resource.RLIMIT_AS)[0] != resource.RLIM_INFINITY:
        settings["threads"] = "1"  # each reserves 70 MB of an address space that someone limited
    # A process's connections to one file share their settings: the first one locks them.
    with _opening:
        connection = duckdb.connect(path, read_only=True, config=settings)
        if not connection.execute("SELECT current_setting('lock_configuration')").fetchall()[0][0]:
            # The file is open by now. Without this COPY could still write to it and to its .wal,
            # the paths that DuckDB always allows.
            if readable is None:
                connection.execute("SET disabled_filesystems = 'LocalFileSystem'")
            else:
                connection.execute("SET allowed_directories = [$folder]", {"folder": str(readable)})
                connection.execute("SET enable_external_access = false")
            connection.execute("SET lock_configuration = true")
    return connection


def sql_files(kind: str, pattern: str = "*.sql") -> list[SqlFile]:
    """The SQL files of a kind that `project` knows, sorted by path. Raises ValueError."""
    return [read_sql(path) for path in project.files(kind, pattern)]


def _build_settings(memory_limit: str, temp_directory: str) -> _Settings:
    sizes: _Settings = {"memory_limit": memory_limit, "temp_directory": temp_directory}
    return _OFFLINE | _REPEATABLE | sizes


def _open(path: str | Path, settings: _Settings) -> duckdb.DuckDBPyConnection:
    """A database to build in. Raises MemoryError where the address space is too small for one."""
    most, _ = resource.getrlimit(resource.RLIMIT_AS)
    if most != resource.RLIM_INFINITY and most < _ROOM:  # DuckDB would crash
        raise MemoryError
    connection = duckdb.connect(path, config=settings)
    # GLOBAL, so that cursors have it too; not an option of connect(), which has not loaded icu yet.
    connection.execute("SET GLOBAL TimeZone = 'UTC'")
    return connection


def read_sql(file: Path) -> SqlFile:
    """A query with its header.

    Raises SqlFileError, naming file and line, for a header that is malformed or missing, and
    FormError for a file that is no text.
    """
    path = project.shown(file)
    lines = system_files.text(file, path).splitlines()
    comments = list(takewhile(lambda line: line.startswith("--"), lines))
    header: dict[str, str] = {}
    key = ""
    for number, line in enumerate(comments, start=1):
        if match := _KEY.fullmatch(line.rstrip()):
            key = match["key"]
            if key in header:
                raise SqlFileError(
                    f"{path}:{number}: {key!r} stands twice in the header; take one out"
                )
            header[key] = match["text"]
        elif key and (match := _MORE.fullmatch(line.rstrip())):
            header[key] += " " + match["text"]
        else:
            raise SqlFileError(
                f"{path}:{number}: expected '-- key: text' or '--   more text', found {line!r}"
            )
    if not header:
        raise SqlFileError(f"{path}:1: the file must begin with a header of '-- key: text' lines")
    query = "\n".join(lines[len(comments) :])
    begin = len(comments) + 1 + query[: len(query) - len(query.lstrip())].count("\n")
    if not query.strip():
        raise SqlFileError(f"{path}:{len(lines)}: no query stands below the header; write one")
    return SqlFile(
        name=file.stem,
        path=path,
        header={key: text for key, text in header.items() if not key.startswith(_COLUMN)},
        columns={
            key.removeprefix(_COLUMN): text
            for key, text in header.items()
            if key.startswith(_COLUMN)
        },
        query=query.strip().removesuffix(";"),
        line=begin,
        is_own=not project.is_example() and file.is_relative_to(project.root()),
    )
