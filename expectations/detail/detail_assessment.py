"""The assessment of detail, step by step: each period, all periods, and Great Expectations.

Belongs here: when each rule is evaluated, and on which tables. Does not belong here: the rules, and
whether and where anything is published (flows).
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from dataclasses import asdict
from pathlib import Path

from expectations.detail.detail_rules import Checks, DetailRule, catalogue, check, rules_named
from expectations.detail.detail_suite import suites
from expectations.gx.suites import SuiteResult
from warehouse.detail import aggregate, release_content
from warehouse.detail.engine import DuckDB, Engine, Spark
from warehouse.detail.partitions import Partition
from warehouse.store.database import open_detail, open_readonly, reopen

# Periods that are checked at a time. They share one memory limit: more would only spill to disk.
AT_ONCE = 2

_SHOWN = ("scope", "severity", "statement", "formula", "source")


@contextmanager
def working(
    scratch: Path, engine: str, master: str | None, memory_limit: str
) -> Iterator[tuple[Engine, Path]]:
    """An engine, and the folder `scratch` for what it writes, which is removed at the end.

    Raises EngineError where `engine` is spark and Spark is not installed.
    """
    scratch.mkdir(parents=True)
    try:
        running: Engine
        if engine == "spark":
            running = Spark(master)
        else:
            running = DuckDB(open_detail(scratch / "spill", memory_limit))
        try:
            yield running, scratch
        finally:
            running.close()
    finally:
        shutil.rmtree(scratch)


def check_periods(
    parts: Sequence[Partition], engine: Engine, rules: Sequence[DetailRule], work: Path
) -> list[Checks]:
    """Check each period by the rules on single periods, where Prefect does not map the periods."""
    with sharing_cores(engine, parts), ThreadPoolExecutor(AT_ONCE) as threads:
        outcomes = threads.map(lambda part: check_period(part, engine, rules, work), parts)
        return [checks for of_period in outcomes for checks in of_period]


def sharing_cores(engine: Engine, parts: Sequence[Partition]) -> AbstractContextManager[None]:
    """Share the CPU cores while `check_period` runs for these periods, AT_ONCE at a time."""
    return engine.sharing_cores([part.rows for part in parts], AT_ONCE)


def check_period(
    part: Partition, engine: Engine, rules: Sequence[DetailRule], work: Path
) -> list[Checks]:
    """Sum up one period, and check it by the rules on single periods.

    The sums are kept in `work` for `check_sums`. May be called from several threads.
    """
    name = f"{part.dataset}-{part.path.parent.name}"
    with engine.for_thread() as own:
        own.read_detail(part.files)
        aggregate.sum_period(own, work / "aggregates", name)
        return check(own, rules, ("rows", "period"), work / "findings" / name)


def check_sums(
    engine: Engine, parts: Sequence[Partition], rules: Sequence[DetailRule], work: Path
) -> list[Checks]:
    """Sum all periods up, and check the rules between periods and those against figures."""
    aggregate.sum_all(engine, work / "aggregates")
    engine.read_detail([file for part in parts for file in part.files])
    return check(engine, rules, ("all", "figures"), work / "findings" / "sums")


def compare_again(home: Path, release: Path, database: Path, memory_limit: str) -> None:
    """Check the detail that `database` took over from `release` against the figures it has now.

    The rules on detail alone are not evaluated again: the detail is that of the same vintages.
    """
    parts = release_content.parts(database, home)
    if not parts:
        return
    with open_readonly(database) as connection:
        ids = connection.execute("select rule_id from quality.detail_rules").fetchall()
    rules = [rule for rule in rules_named([id_ for (id_,) in ids]) if rule.scope == "figures"]
    with working(database.with_name("work"), "duckdb", None, memory_limit) as (engine, work):
        aggregate.prepare(engine, parts, database, work)
        release_content.read_sums(engine, release)
        checks = check(engine, rules, ("figures",), work / "findings")
        with reopen(database, memory_limit) as connection:
            release_content.replace_outcome(connection, rule_outcomes(checks), work / "findings")


def expect(
    engine: Engine, parts: Sequence[Partition], checks: Sequence[Checks], work: Path
) -> list[SuiteResult]:
    """Great Expectations on the rows as a whole and on the outcome of the rules."""
    aggregate.provide_rules(engine, rule_outcomes(checks), work)
    rules = rules_named([outcome.rule for outcome in checks])
    declared = suites(rules, aggregate.accepted_rows(parts))
    if isinstance(engine, DuckDB):
        from expectations.gx.duckdb_engine import validate

        return validate(engine.connection, declared)
    if isinstance(engine, Spark):
        from expectations.gx.spark_engine import validate as validate_on_spark

        return validate_on_spark(engine, declared)
    raise TypeError(f"Great Expectations has no engine for {type(engine).__name__}")


def summed(checks: Iterable[Checks], rules: Sequence[DetailRule]) -> list[Checks]:
    """The checks of each rule, added up over all periods, in the order of the rules."""
    counts = {rule.id: [0, 0, 0] for rule in rules}
    for outcome in checks:
        for place, count in enumerate((outcome.passed, outcome.failed, outcome.not_checkable)):
            counts[outcome.rule][place] += count
    return [Checks(rule, *sums) for rule, sums in counts.items()]


def rule_outcomes(checks: Sequence[Checks]) -> list[dict[str, object]]:
    """The outcome of each rule as a row: what it says, and how many checks ended how."""
    rules = {rule.id: rule for rule in catalogue()}
    return [
        {
            "rule_id": outcome.rule,
            "checked": outcome.passed + outcome.failed,
            **{name: getattr(rules[outcome.rule], name) for name in _SHOWN},
            **{name: count for name, count in asdict(outcome).items() if name != "rule"},
        }
        for outcome in checks
    ]
