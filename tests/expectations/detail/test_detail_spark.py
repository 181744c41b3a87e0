"""The same SQL on Apache Spark: every statement runs there, and answers as DuckDB does.

Skipped where the extra `spark` or Java is not installed.
"""

import shutil

import pytest

from expectations.detail import detail_assessment
from expectations.detail.detail_rules import catalogue
from tests.expectations.detail.test_detail_rules import CASES, NESTED
from tests.expectations.detail.test_detail_rules import figures as figures
from tests.helpers.detail_rows import ROW, loaded
from warehouse.detail import aggregate, release_content
from warehouse.detail.engine import EngineError
from warehouse.store.database import sql_files
from warehouse.terms import codes

pytest.importorskip("pyspark", reason="the extra `spark` is not installed", exc_type=ImportError)
pytest.importorskip("sqlglot", reason="the extra `spark` is not installed", exc_type=ImportError)
if shutil.which("java") is None:
    pytest.skip("Spark needs Java 17", allow_module_level=True)

pytestmark = pytest.mark.slow
AGGREGATES = [file.name for file in sql_files("detail", "detail_*.sql")]


def everything(rows):
    """Rows of all cases at once, in an area of each, so that they stay apart."""
    countries = (row["code"] for row in codes.rows("partners") if row["kind"] == "country")
    areas = (code for code in countries if code != "CN")
    for rule, cases in rows.items():
        for case in cases.values():
            area = "CN" if rule == "printed-figure-is-sum-of-detail" else next(areas)
            yield from ({"area": area} | row for row in case)


def answers(engine, parts, figures, work):
    """All that an engine answers: checks, findings, aggregates, Great Expectations."""
    with detail_assessment.working(work, engine, "local[2]", "500MB") as (running, folder):
        aggregate.prepare(running, parts, figures, folder)
        rules = catalogue()
        checks = detail_assessment.check_periods(parts, running, rules, folder)
        checks += detail_assessment.check_sums(running, parts, rules, folder)
        checks = detail_assessment.summed(checks, rules)
        results = detail_assessment.expect(running, parts, checks, folder)
        with release_content.unpublished(folder, [], folder / "findings", []) as outcome:
            failing = outcome.sql(release_content.worded_query("quality.detail_findings"))
            findings = sorted(failing.fetchall(), key=str)
        sums = {
            name: sorted(running.fetch(f"select * from {name}"), key=str) for name in AGGREGATES
        }
    held = [(r.name, o.statement, o.success) for r in results for o in r.results]
    return {"checks": checks, "findings": findings, "expectations": held, **sums}


def test_spark_answers_as_duckdb_does(tmp_path, figures):
    parts = loaded(tmp_path / "home", list(everything(CASES | {"nested": NESTED})))
    here = answers("duckdb", parts, figures, tmp_path / "duckdb")
    there = answers("spark", parts, figures, tmp_path / "spark")
    assert {finding[1] for finding in here["findings"]} == {rule.id for rule in catalogue()}
    assert all(here[name] for name in AGGREGATES)
    for name in here:
        assert there[name] == here[name], name


def test_every_column_of_the_contract_is_in_the_cases():
    assert set(ROW) >= {"period", "area", "flow", "partner", "product", "regime", "unit"}


def test_spark_that_is_not_there_is_named(tmp_path, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "sqlglot", None)
    with (
        pytest.raises(EngineError, match=r"pip install -e .*\[spark\]"),
        detail_assessment.working(tmp_path / "work", "spark", "local[1]", "500MB"),
    ):
        pass
