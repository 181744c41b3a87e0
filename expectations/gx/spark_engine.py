"""Great Expectations over Spark: evaluates suites on the relations that the Spark engine holds.

Belongs here: only what differs from DuckDB (duckdb_engine.py). Loading this module takes seconds.
"""

from __future__ import annotations

from collections.abc import Sequence

from expectations.gx.duckdb_engine import evaluate, new_context
from expectations.gx.suites import Suite, SuiteResult
from warehouse.detail.engine import Spark


def validate(engine: Spark, suites: Sequence[Suite]) -> list[SuiteResult]:
    """Evaluate the suites over the views of the engine's session that their tables name.

    Raises NotEvaluated when any expectation was left out or could not be evaluated.
    """
    datasource = new_context().data_sources.add_spark("spark")
    results = []
    for suite in suites:
        asset = datasource.add_dataframe_asset(suite.name)
        definition = asset.add_batch_definition_whole_dataframe("all")
        batch = definition.get_batch({"dataframe": engine.session.table(suite.table)})
        results.append(evaluate(batch, suite))
    return results
