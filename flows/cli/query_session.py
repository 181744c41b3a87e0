"""SQL of any origin on what is published: answered within limits, printed safely.

Belongs here: what `crossfoot sql` and `crossfoot shell` do with a statement. Does not belong here:
the sandbox that it runs in (warehouse/store/database.py) and arguments (sql.py, shell.py).
"""

from __future__ import annotations

import csv
import math
import os
import resource
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from itertools import chain
from pathlib import Path
from typing import Any

import duckdb
from pydantic import ByteSize, TypeAdapter
from rich.console import Console
from rich.table import Table
from rich.text import Text

from flows.process import streams
from flows.process.signals import leave_to
from flows.process.streams import visible
from flows.settings import Settings
from warehouse.detail import release_content
from warehouse.release import releases
from warehouse.system.failure import Failure
from warehouse.system.processes import end_with
from warehouse.system.python_runtime import spare_addresses

MAX_SHOWN = 10_000  # rows of a table on a screen; the other formats print any number
_GRACE = 5.0  # seconds that DuckDB has to heed an interrupt
_CHUNK = 1_000


class Format(StrEnum):
    """How an answer is printed."""

    table = "table"
    csv = "csv"
    json = "json"


class QueryLimit(Failure):
    """A query took more time or memory than it may."""


_TOO_LARGE = (
    "the query needs more memory than it may use; ask for less, or raise CROSSFOOT_MEMORY_LIMIT"
)


def step_aside() -> None:
    """Go on in a child process; its parent waits, says so if it crashed, and ends with its status.

    Where memory ends, some of DuckDB's code crashes instead of raising an error.
    """
    spare_addresses()
    parent = os.getpid()
    child = os.fork()
    if child == 0:
        end_with(parent)
        leave_to(signal.SIG_DFL, signal.SIGTERM, signal.SIGHUP)  # the parent reports these
        return
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # is the child's to handle
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if -code in (signal.SIGSEGV, signal.SIGABRT, signal.SIGBUS):
        os.write(2, f"error: {_TOO_LARGE}\n".encode())
        code = 2
    os._exit(code if code >= 0 else 128 - code)


class QuerySession:
    """Answers statements on one connection, within limits of time and memory.

    `seconds` is what DuckDB may spend on one statement, printing aside. Meant for a process of its
    own, whose memory it limits for good: DuckDB counts its tables, but not every string it makes.
    """

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, seconds: float, memory_limit: str, out: Console
    ) -> None:
        self._connection = connection
        self._seconds = seconds
        self._left = seconds
        self._out = out
        self._deadline = math.inf
        # Started now: later there may be no memory left for a thread.
        threading.Thread(target=self._watch, daemon=True).start()
        used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
        most = used + 2 * TypeAdapter(ByteSize).validate_python(memory_limit)
        soft, hard = resource.getrlimit(resource.RLIMIT_AS)
        if soft == resource.RLIM_INFINITY or most < soft:
            resource.setrlimit(resource.RLIMIT_AS, (most, hard))

    def ask(self, sql: str, format_: Format) -> None:
        """Run statements and print their answers. Raises duckdb.Error and QueryLimit."""
        for statement in duckdb.extract_statements(sql):
            self._left = self._seconds
            query: Any = statement
            if format_ is Format.json:
                # DuckDB writes the JSON: it keeps every digit of a DECIMAL, as a float would not.
                query = f"select to_json(answer) from (\n{statement.query}\n) as answer"
            with self._timed():
                self._connection.execute(query)
            columns = [(name, str(type_)) for name, type_, *_ in self._connection.description or []]
            if columns:
                _PRINTERS[format_](columns, self._rows(), self._out)

    def _rows(self) -> Iterator[tuple[Any, ...]]:
        while True:
            with self._timed():
                chunk = self._connection.fetchmany(_CHUNK)
            if not chunk:
                return
            yield from chunk

    @contextmanager
    def _timed(self) -> Iterator[None]:
        start = time.monotonic()
        self._deadline = start + self._left
        try:
            yield
        except duckdb.InterruptException:
            raise QueryLimit(self._too_long()) from None
        except (MemoryError, duckdb.OutOfMemoryException):
            raise QueryLimit(_TOO_LARGE) from None
        except (OverflowError, ValueError) as error:
            remedy = "cast it to varchar, or ask with --format json"
            raise QueryLimit(f"the answer holds what cannot be shown: {error}; {remedy}") from None
        finally:
            self._deadline = math.inf
            self._left = max(0.0, self._left - (time.monotonic() - start))

    def _watch(self) -> None:
        """Interrupts what takes too long; ends the process where DuckDB does not heed that."""
        while True:
            time.sleep(0.05)
            over = time.monotonic() - self._deadline
            if over > _GRACE:
                os.write(2, f"error: {self._too_long()}\n".encode())
                os._exit(2)
            elif over > 0:
                self._connection.interrupt()

    def _too_long(self) -> str:
        remedy = "ask for less, or raise CROSSFOOT_QUERY_TIMEOUT"
        return f"the query took more than {self._seconds:g} s; {remedy}"


@contextmanager
def session(
    home: Path | None, out: Console, query: str = ""
) -> Iterator[tuple[Path, QuerySession]]:
    """The current release and a session on it; with customs detail where `query` reads it."""
    settings = Settings.given(home=home)
    path = releases.published(settings.home)
    step_aside()
    with release_content.open_for(query, settings.home, path, settings.memory_limit) as connection:
        yield path, QuerySession(connection, settings.query_timeout, settings.memory_limit, out)


def statements(lines: Iterator[str]) -> Iterator[str]:
    """What is typed, a statement at a time: each ends with the line that ends with `;`."""
    typed = ""
    for line in lines:
        typed += line
        if typed.rstrip().endswith(";"):
            yield typed
            typed = ""
    if typed.strip():
        yield typed


def _cell(value: Any) -> str:
    """A value as an analyst wants to read it: no trailing zeros, no exponents."""
    if value is None:
        return ""
    if isinstance(value, Decimal):
        text = f"{value:f}"
        return text.rstrip("0").rstrip(".") if "." in text else text
    if isinstance(value, list):
        return ", ".join(map(_cell, value))
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    return str(value)


_Columns = list[tuple[str, str]]
_Rows = Iterator[tuple[Any, ...]]


def _print_table(columns: _Columns, rows: _Rows, out: Console) -> None:
    table = Table(header_style="bold")
    for name, type_ in columns:
        numeric = type_.startswith(("DECIMAL", "BIGINT", "INTEGER", "DOUBLE", "HUGEINT"))
        justify: Any = "right" if numeric else "left"
        table.add_column(Text(visible(name)), justify=justify, overflow="fold")
    count = 0
    for count, row in enumerate(rows, start=1):
        if count > MAX_SHOWN:
            break
        table.add_row(*(Text(visible(_cell(value))) for value in row))
    out.print(table)
    if count > MAX_SHOWN:
        note = f"the first {MAX_SHOWN:,} rows; all of them with: --format csv"
    else:
        note = f"{count} row{'' if count == 1 else 's'}"
    out.print(note, style="dim")


def _print_csv(columns: _Columns, rows: _Rows, out: Console) -> None:
    writer = csv.writer(streams.data(), lineterminator="\n")
    writer.writerow([name for name, _ in columns])
    writer.writerows([_cell(value) for value in row] for row in rows)


def _print_json(columns: _Columns, rows: _Rows, out: Console) -> None:
    data = streams.data()
    data.write("[")
    for between, (row,) in zip(chain([""], iter(lambda: ",\n ", "")), rows, strict=False):
        data.write(between + row)
    data.write("]\n")


_PRINTERS: dict[Format, Callable[[_Columns, _Rows, Console], None]] = {
    Format.table: _print_table,
    Format.csv: _print_csv,
    Format.json: _print_json,
}
