"""Rules on customs detail that a project brings along, in its `detail_rules`."""

import pytest

from expectations.detail.detail_rules import catalogue, rules_named
from tests.helpers.detail_rows import evaluated, loaded
from warehouse import project
from warehouse.system.failure import Failure

ROWS = "detail_rules/rows"
RULE = """-- id: {id}
-- severity: {severity}
-- statement: A value is not huge.
-- source: ours

{query}
"""


def test_a_rule_of_the_project_is_evaluated_with_those_of_the_package(ours, tmp_path):
    rule = RULE.format(id="value-is-usual", severity="error", query="value < 1000")
    weaker = RULE.format(id="partner-is-known", severity="warning", query="partner is not null")
    ours({f"{ROWS}/value-is-usual.sql": rule, f"{ROWS}/partner-is-known.sql": weaker})
    rules = rules_named(["value-is-usual", "partner-is-known"])
    parts = loaded(tmp_path / "home", [{"value": "1"}, {"value": "5000", "partner": "Atlantis"}])
    checks, failing = evaluated(tmp_path, parts, rules)
    assert {check.rule: (check.passed, check.failed) for check in checks} == {
        "value-is-usual": (1, 1),
        "partner-is-known": (2, 0),
    }
    assert [row[:2] for row in failing] == [("error", "value-is-usual")]
    project.use(project.EXAMPLE)
    assert "value-is-usual" not in [rule.id for rule in catalogue()]


NO_RULES = {
    "another id": (RULE.format(id="other", severity="error", query="true"), "must be 'a-rule'"),
    "severity": (RULE.format(id="a-rule", severity="grave", query="true"), "severity 'grave'"),
    "no header": ("value < 1\n", ":1: the file must begin with a header"),
    "no query": (RULE.format(id="a-rule", severity="error", query=""), "no query stands below"),
    "no statement": (
        "-- id: a-rule\n-- severity: error\n-- source: s\n\ntrue\n",
        "lacks statement",
    ),
}


@pytest.mark.parametrize("case", NO_RULES)
def test_a_rule_that_is_none_is_refused(case, ours):
    text, message = NO_RULES[case]
    ours({f"{ROWS}/a-rule.sql": text})
    with pytest.raises(Failure) as refused:
        catalogue()
    assert "detail_rules/rows/a-rule.sql" in str(refused.value)
    assert message in str(refused.value)
    assert "; " in str(refused.value)


@pytest.mark.parametrize("folder", ["rows", "accounts"])
def test_a_rule_that_duckdb_does_not_take_is_named(folder, ours, tmp_path):
    query = "valeu < 1000" if folder == "rows" else "select valeu from detail"
    rule = RULE.format(id="a-rule", severity="error", query=query)
    if folder == "accounts":
        rule = rule.replace("-- source", "-- scope: period\n-- formula: f\n-- source")
    ours({f"detail_rules/{folder}/a-rule.sql": rule})
    parts = loaded(tmp_path / "home", [{}])
    with pytest.raises(Failure, match=rf"detail_rules/{folder}/a-rule\.sql: .*; mend the rule"):
        evaluated(tmp_path, parts, rules_named(["flow-is-known", "a-rule"]))
