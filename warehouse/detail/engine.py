"""Engines that run the SQL of the detail: DuckDB here, Apache Spark on any number of machines.

Every statement is DuckDB's SQL; Spark gets it transpiled by SQLGlot. Both read the same Parquet
and write their results as Parquet, so that whatever follows does not know which engine ran.
Belongs here: that. Does not belong here: what is asked (sql/detail, rules), and loading.
PySpark and SQLGlot are imported only where Spark is used: they are the extra `spark`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Any, Protocol

import duckdb

from warehouse.detail import partitions
from warehouse.detail.format import TYPES
from warehouse.store.database import every_core, shared_cores
from warehouse.store.tables import files_literal, literal
from warehouse.system.failure import Failure


class EngineError(Failure):
    """An engine that cannot be used here: why, and what to do."""


class Engine(Protocol):
    """Relations by name, made from Parquet files or queries."""

    def read(self, name: str, paths: Sequence[Path]) -> None:
        """Let `name` be the rows of these Parquet files or folders of them."""

    def read_detail(self, files: Sequence[Path]) -> None:
        """Let `detail` be the rows of these files of partitions, with every column of it."""

    def create(self, name: str, query: str) -> None:
        """Let `name` be the rows of a query, evaluated once."""

    def define(self, name: str, query: str) -> None:
        """Let `name` be the rows of a query, evaluated wherever they are read."""

    def write(self, query: str, folder: Path) -> None:
        """Write the rows of a query as Parquet files into a new folder."""

    def fetch(self, query: str) -> list[tuple[Any, ...]]:
        """The rows of a query."""

    def for_thread(self) -> AbstractContextManager[Engine]:
        """For one thread of several: what is here is there too, what it makes is its own."""

    def sharing_cores(self, sizes: Sequence[int], at_once: int) -> AbstractContextManager[None]:
        """While so many threads ask at a time, each about a part of one of these sizes."""

    def exclusive(self) -> AbstractContextManager[None]:
        """For a statement that takes much memory: no other such one beside it."""

    def close(self) -> None:
        """Let go of everything."""


class DuckDB:
    """The engine of one machine, on a connection that it closes in the end.

    With `temporary` what it makes is seen on this connection alone, and ends with it.
    """

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        temporary: bool = False,
        turn: Lock | None = None,
    ) -> None:
        self.connection = connection
        self._turn = turn or Lock()
        self._lasting = "temp" if temporary else ""
        self._kinds: dict[str, str] = {}

    def read(self, name: str, paths: Sequence[Path]) -> None:
        listed = ", ".join(_files(path) for path in paths)
        self._make("view", name, f"from read_parquet([{listed}], hive_partitioning = false)")

    def read_detail(self, files: Sequence[Path]) -> None:
        self._make("view", "detail", partitions.rows(files))

    def create(self, name: str, query: str) -> None:
        self._make("table", name, query)

    def define(self, name: str, query: str) -> None:
        self._make("view", name, query)

    def _make(self, kind: str, name: str, query: str) -> None:
        # A view does not replace a table, nor the other way round.
        if kind_before := self._kinds.pop(name, None):
            self._execute(f"drop {kind_before} {name}")
        self._execute(f"create {self._lasting} {kind} {name} as {query}")
        self._kinds[name] = kind

    def write(self, query: str, folder: Path) -> None:
        folder.mkdir(parents=True)
        target = literal(str(folder / "0.parquet"))
        self.connection.execute(f"copy ({query}) to {target} (format parquet)")

    def fetch(self, query: str) -> list[tuple[Any, ...]]:
        return self._execute(query).fetchall()

    def _execute(self, query: str) -> duckdb.DuckDBPyConnection:
        return self.connection.execute(_parsed(query))

    @contextmanager
    def for_thread(self) -> Iterator[Engine]:
        with self.connection.cursor() as cursor:
            yield DuckDB(cursor, temporary=True, turn=self._turn)

    def sharing_cores(self, sizes: Sequence[int], at_once: int) -> AbstractContextManager[None]:
        return shared_cores(self.connection, sizes, at_once)

    @contextmanager
    def exclusive(self) -> Iterator[None]:
        # The more cores, the more parts a GROUP BY is made in, of which one is in memory at a time.
        with self._turn, every_core(self.connection):
            yield

    def close(self) -> None:
        self.connection.close()


class Spark:
    """Apache Spark: `master` as spark-submit takes it; by default what spark-submit has set."""

    def __init__(
        self, master: str | None = None, settings: Mapping[str, str] | None = None
    ) -> None:
        try:
            import sqlglot
            from pyspark.sql import SparkSession
        except ImportError as error:
            remedy = "install the extra: pip install -e '.[spark]'"
            raise EngineError(f"Spark cannot be used: {error}; {remedy}") from None
        self._transpile = sqlglot.transpile
        builder = SparkSession.builder.appName("crossfoot")
        if master:
            builder = builder.master(master)
        # Periods are texts; ln and division must answer as DuckDB does: NULL, not an error.
        defaults = {
            "spark.sql.session.timeZone": "UTC",
            "spark.sql.ansi.enabled": "false",
            "spark.ui.enabled": "false",
            "spark.ui.showConsoleProgress": "false",
            "spark.sql.sources.partitionColumnTypeInference.enabled": "false",
        }
        for key, value in {**defaults, **(settings or {})}.items():
            builder = builder.config(key, value)
        self.session = builder.getOrCreate()
        self._kept: dict[str, Any] = {}
        self._turn = Lock()
        context = self.session.sparkContext
        if str(context.master).startswith("local"):
            # Spark parts each shuffle in 200, for which one machine has no hands.
            parts = str(2 * context.defaultParallelism)
            self.session.conf.set("spark.sql.shuffle.partitions", parts)
        context.setLogLevel("ERROR")

    def transpiled(self, query: str) -> str:
        """A statement of DuckDB's as Spark's."""
        (statement,) = self._transpile(query, read="duckdb", write="spark")
        return str(statement)

    def read(self, name: str, paths: Sequence[Path]) -> None:
        self.session.read.parquet(*map(str, paths)).createOrReplaceTempView(name)

    def read_detail(self, files: Sequence[Path]) -> None:
        columns = ", ".join(
            f"{name} {'string' if type_ == 'VARCHAR' else type_}" for name, type_ in TYPES.items()
        )
        rows = self.session.read.schema(columns).parquet(*map(str, files))
        rows.createOrReplaceTempView("detail")

    def create(self, name: str, query: str) -> None:
        rows = self._sql(query).cache()
        rows.count()  # now: it may be made from what `name` is until then
        if name in self._kept:
            self._kept[name].unpersist()
        self._kept[name] = rows
        rows.createOrReplaceTempView(name)

    def define(self, name: str, query: str) -> None:
        self._sql(query).createOrReplaceTempView(name)

    def write(self, query: str, folder: Path) -> None:
        self._sql(query).write.parquet(str(folder))

    def fetch(self, query: str) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in self._sql(query).collect()]

    @contextmanager
    def for_thread(self) -> Iterator[Engine]:
        # One after the other: each has all hands, and names belong to the whole session.
        with self._turn:
            yield self

    def sharing_cores(self, sizes: Sequence[int], at_once: int) -> AbstractContextManager[None]:
        return nullcontext()

    def exclusive(self) -> AbstractContextManager[None]:
        return nullcontext()

    def close(self) -> None:
        self.session.stop()

    def _sql(self, query: str) -> Any:
        return self.session.sql(self.transpiled(query))


@lru_cache(maxsize=128)
def _parsed(query: str) -> duckdb.Statement:
    """A statement that many periods ask: parsing it takes a quarter of the time of a small one."""
    (statement,) = duckdb.extract_statements(query)
    return statement


def _files(path: Path) -> str:
    """A Parquet file, or all of a folder, as a SQL string."""
    return files_literal(path, "" if path.suffix == ".parquet" else "*.parquet")
