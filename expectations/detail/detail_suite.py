"""The suites of Great Expectations on the detail, for DuckDB and Spark.

Belongs here: the suites, as data: on the rows as a whole, and on the outcome of the rules. Does not
belong here: evaluating suites, and the failing keys of the rules (detail_rules.py).
"""

from __future__ import annotations

from collections.abc import Sequence

from expectations.detail.detail_rules import DetailRule
from expectations.gx.suites import Expectation, Suite
from warehouse.detail.format import TYPES


def suites(rules: Sequence[DetailRule], accepted: int) -> list[Suite]:
    """The suites over `detail`, which must have `accepted` rows, and over `detail_rules`."""
    rows = (
        Expectation(
            "ExpectTableColumnsToMatchSet",
            "columns",
            "the columns are those of the contract",
            {"column_set": list(TYPES), "exact_match": True},
        ),
        Expectation(
            "ExpectTableRowCountToEqual",
            "rows",
            "there are as many rows as were accepted",
            {"value": accepted},
        ),
        *(
            Expectation(
                "ExpectColumnValuesToNotBeNull", name, f"{name} is present", {"column": name}
            )
            for name in ("dataset", "period")
        ),
    )
    return [
        Suite("main", "detail", ("dataset", "period"), rows),
        Suite("main", "detail_rules", ("rule_id",), tuple(map(_rule_holds, rules))),
    ]


def _rule_holds(rule: DetailRule) -> Expectation:
    query = f"select rule_id, failed from {{batch}} where rule_id = '{rule.id}' and failed > 0"
    arguments = {"unexpected_rows_query": query}
    return Expectation(
        "UnexpectedRowsExpectation",
        rule.id,
        rule.statement,
        arguments,
        "critical" if rule.severity == "error" else "warning",
    )
