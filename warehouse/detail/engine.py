"""Engines that run the SQL of the detail: DuckDB here, Apache Spark on any number of machines.

Every statement is DuckDB's SQL; Spark gets it transpiled by SQLGlot. Both read the same Parquet
and write their results as Parquet, so that whatever follows does not know which engine ran.
Belongs here: both engines, and all in which they differ. Does not belong here: the queries that
they run (sql/detail, expectations/detail), and loading.
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
    """Why an engine cannot be used on this machine, and what to do."""


class Engine(Protocol):
    """Runs SQL over named relations, which are made from Parquet files or queries."""

    def read(self, name: str, paths: Sequence[Path]) -> None:
        """Let `name` be the rows of these Parquet files, or folders of Parquet files."""

    def read_detail(self, files: Sequence[Path]) -> None:
        """Let `detail` be the rows of these files of partitions, with all columns of the detail."""

    def create(self, name: str, query: str) -> None:
        """Let `name` be the rows of a query, evaluated once."""

    def define(self, name: str, query: str) -> None:
        """Let `name` be the rows of a query, evaluated wherever they are read."""

    def write(self, query: str, folder: Path) -> None:
        """Write the rows of a query as Parquet files into a new folder."""

    def fetch(self, query: str) -> list[tuple[Any, ...]]:
        """The rows of a query."""

    def for_thread(self) -> AbstractContextManager[Engine]:
        """An engine for one of several threads: it sees all relations here, and makes its own."""

    def sharing_cores(self, sizes: Sequence[int], at_once: int) -> AbstractContextManager[None]:
        """Split the CPU cores between `at_once` threads, whose parts have these `sizes`."""

    def exclusive(self) -> AbstractContextManager[None]:
        """Let a statement that takes much memory run without another such one beside it."""

    def close(self) -> None:
        """Close the connection or session; the engine cannot be used afterwards."""


class DuckDB:
    """The engine of one machine, on a connection that it closes in the end.

    `temporary` relations are seen on this connection alone, and end with it. `turn` is held by
    whoever runs a statement that takes much memory.
    """

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        temporary: bool = False,
        turn: Lock | None = None,
    ) -> None:
        self.connection = connection
        self._turn = turn or Lock()
        self._modifier = "temp" if temporary else ""
        self._kinds: dict[str, str] = {}

    def read(self, name: str, paths: Sequence[Path]) -> None:
        listed = ", ".join(_files(path) for path in paths)
        self._make("view", name, f"from read_parquet([{listed}], hive_partitioning = false)")

    def read_detail(self, files: Sequence[Path]) -> None:
        self._make("view", "detail", partitions.rows_query(files))

    def create(self, name: str, query: str) -> None:
        self._make("table", name, query)

    def define(self, name: str, query: str) -> None:
        self._make("view", name, query)

    def _make(self, kind: str, name: str, query: str) -> None:
        # A view does not replace a table, nor the other way round.
        if kind_before := self._kinds.pop(name, None):
            self._execute(f"drop {kind_before} {name}")
        self._execute(f"create {self._modifier} {kind} {name} as {query}")
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
        # With more cores, DuckDB splits a GROUP BY into more parts, and holds one at a time.
        with self._turn, every_core(self.connection):
            yield

    def close(self) -> None:
        self.connection.close()


class Spark:
    """The engine of many machines: Apache Spark.

    `master` is as spark-submit takes it; without it, that of spark-submit's own settings.
    """

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
        # Periods stay texts; ln and division must return what they do in DuckDB: NULL, no error.
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
        self._cached: dict[str, Any] = {}
        self._turn = Lock()
        context = self.session.sparkContext
        if str(context.master).startswith("local"):
            # Spark splits each shuffle into 200 parts, far more than one machine has cores.
            parts = str(2 * context.defaultParallelism)
            self.session.conf.set("spark.sql.shuffle.partitions", parts)
        context.setLogLevel("ERROR")

    def transpiled(self, query: str) -> str:
        """A statement in DuckDB's SQL, in Spark's."""
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
        rows.count()  # evaluated now: the query may read what `name` was before
        if name in self._cached:
            self._cached[name].unpersist()
        self._cached[name] = rows
        rows.createOrReplaceTempView(name)

    def define(self, name: str, query: str) -> None:
        self._sql(query).createOrReplaceTempView(name)

    def write(self, query: str, folder: Path) -> None:
        self._sql(query).write.parquet(str(folder))

    def fetch(self, query: str) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in self._sql(query).collect()]

    @contextmanager
    def for_thread(self) -> Iterator[Engine]:
        # One thread at a time: names belong to the whole session, and Spark uses all cores anyway.
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
    """The parsed statement, kept: parsing takes a quarter of the time of a small period's query."""
    (statement,) = duckdb.extract_statements(query)
    return statement


def _files(path: Path) -> str:
    """A Parquet file, or all those in a folder, as a SQL string."""
    return files_literal(path, "" if path.suffix == ".parquet" else "*.parquet")
