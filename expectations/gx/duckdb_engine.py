"""Great Expectations over DuckDB: evaluates suites on a connection that is already open.

Belongs here: running Great Expectations, and turning its results into plain ones. Does not belong
here: what is expected (suites.py, rules/), and what follows from the results (the verdict).
Loading this module takes about two seconds: import it only where suites are evaluated.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from contextlib import closing, contextmanager
from typing import Any, Literal

import duckdb

from warehouse.system.python_runtime import load_when_used

# They are for charts and distributions, which no suite needs, and take two fifths of loading.
load_when_used("altair", "scipy.stats")

import great_expectations as gx
import great_expectations.expectations as gxe
from duckdb_sqlalchemy import ConnectionWrapper
from great_expectations.core import ExpectationValidationResult
from great_expectations.data_context.data_context.ephemeral_data_context import (
    EphemeralDataContext,
)
from great_expectations.data_context.types.base import (
    DataContextConfig,
    InMemoryStoreBackendDefaults,
    ProgressBarsConfig,
)
from great_expectations.datasource.fluent.interfaces import Batch
from great_expectations.datasource.fluent.sql_datasource import SQLDatasource
from great_expectations.execution_engine.sqlalchemy_execution_engine import (
    SqlAlchemyExecutionEngine,
)
from sqlalchemy import Connection
from sqlalchemy.pool import NullPool

from expectations.gx.suites import (
    MAX_ROWS,
    Expectation,
    ExpectationOutcome,
    NotEvaluated,
    Suite,
    SuiteResult,
)


def validate(connection: duckdb.DuckDBPyConnection, suites: Sequence[Suite]) -> list[SuiteResult]:
    """Evaluate the suites over a cursor of `connection`, which sees what has been committed.

    Writes nothing, in the database or beside it. Raises NotEvaluated when any expectation was
    left out or could not be evaluated, or when a table does not exist.
    """
    context = new_context()
    # Great Expectations keeps its last context until the end: so what it holds is closed here.
    with connection.cursor() as cursor:
        datasource = DuckDBDatasource(
            name="duckdb",
            connection_string="duckdb://",
            kwargs={
                "creator": lambda: ConnectionWrapper(cursor.cursor()),
                "poolclass": NullPool,
                # In one transaction, the first query that fails would abort all that follow.
                "isolation_level": "AUTOCOMMIT",
            },
        )
        context.add_datasource(datasource=datasource)
        with closing(datasource.get_execution_engine()):
            return [evaluate(_batch(datasource, suite), suite) for suite in suites]


def new_context() -> EphemeralDataContext:
    """A context that keeps everything in memory and reports to nobody."""
    return gx.get_context(
        mode="ephemeral",
        project_config=DataContextConfig(
            store_backend_defaults=InMemoryStoreBackendDefaults(init_temp_docs_sites=False),
            progress_bars=ProgressBarsConfig(globally=False),
            analytics_enabled=False,
        ),
    )


class DuckDBEngine(SqlAlchemyExecutionEngine):
    """Great Expectations' SQL engine, holding one connection open until it is closed.

    The stock engine hands its connection back before it fetches, and DuckDB drops the result.
    """

    @contextmanager
    def get_connection(self) -> Generator[Connection, None, None]:
        if self._connection is None:
            self._connection = self.engine.connect()
        yield self._connection

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
        super().close()


EngineType = type[SqlAlchemyExecutionEngine]


class DuckDBDatasource(SQLDatasource):
    """The datasource that evaluates on a DuckDBEngine."""

    type: Literal["duckdb"] = "duckdb"  # type: ignore[assignment]  # registers the class

    @property
    def execution_engine_type(self) -> EngineType:
        return DuckDBEngine


def _batch(datasource: SQLDatasource, suite: Suite) -> Batch:
    # A query rather than a table: the schema of a table asset would be the datasource's.
    asset = datasource.add_query_asset(suite.name, f"select * from {suite.name}")
    return asset.add_batch_definition_whole_table("all").get_batch()


def evaluate(batch: Batch, suite: Suite) -> SuiteResult:
    """Evaluate one suite on a batch. Raises NotEvaluated."""
    declared = [
        getattr(gxe, expectation.kind)(
            severity=expectation.severity, meta={"place": place}, **expectation.arguments
        )
        for place, expectation in enumerate(suite.expectations)
    ]
    validation = batch.validate(
        gx.ExpectationSuite(suite.name, expectations=declared),
        result_format={
            "result_format": "COMPLETE",
            "partial_unexpected_count": MAX_ROWS,
            "unexpected_index_column_names": list(suite.key),
            "return_unexpected_index_query": False,
        },
    )
    # Great Expectations leaves out what it cannot evaluate, and returns the rest in its own order.
    evaluated = {
        config.meta["place"]: result
        for result in validation.results
        if (config := result.expectation_config) and config.meta
    }
    reasons: dict[str, str] = {}
    outcomes: list[ExpectationOutcome] = []
    for place, expectation in enumerate(suite.expectations):
        result = evaluated.get(place)
        if result is None:
            reasons[expectation.statement] = "left out by Great Expectations"
        elif (raised := _raised(result)) is not None:
            reasons[expectation.statement] = raised
        else:
            outcomes.append(_outcome(expectation, result))
    if reasons:
        raise NotEvaluated(suite, reasons)
    return SuiteResult(suite.name, all(outcome.success for outcome in outcomes), tuple(outcomes))


def _raised(result: ExpectationValidationResult) -> str | None:
    """What the expectation raised, if anything: Great Expectations reports that as a failure."""
    info: Mapping[str, Any] = result.exception_info
    # One exception as it is, or one for each metric that raised.
    exceptions = [info] if "raised_exception" in info else list(info.values())
    messages = [str(e["exception_message"]) for e in exceptions if e["raised_exception"]]
    return messages[0] if messages else None


def _outcome(expectation: Expectation, result: ExpectationValidationResult) -> ExpectationOutcome:
    details: Mapping[str, Any] = result.result
    if "details" in details and "unexpected_rows" in details["details"]:
        count, observed = details["observed_value"], None
        rows = details["details"]["unexpected_rows"]
    else:
        count, observed = details.get("unexpected_count"), details.get("observed_value")
        rows = details.get("unexpected_index_list", ())
    return ExpectationOutcome(
        expectation.kind,
        expectation.subject,
        expectation.statement,
        expectation.severity,
        bool(result.success),
        count,
        observed,
        tuple({column: _plain(value) for column, value in row.items()} for row in rows or ()),
    )


def _plain(value: object) -> object:
    """`value` as JSON can hold it exactly: decimals and dates as text."""
    return value if value is None or isinstance(value, int | str | list) else str(value)
