"""`crossfoot detail check`: what does not hold in the detail."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import duckdb
import typer
from rich.text import Text

from expectations.acknowledgements import Applied
from expectations.acknowledgements import read as read_acknowledged
from expectations.detail import detail_assessment
from expectations.detail.detail_findings import settle
from expectations.detail.detail_rules import rules_named
from expectations.rules.figure_rules import Finding
from flows.cli.detail_options import SHOWN, Dataset, EngineName, EngineOption, Master, Rules
from flows.cli.options import Home
from flows.cli.terminal import err, out, print_finding, print_rule_outcomes
from flows.process.failures import WITHHELD
from flows.settings import Settings
from warehouse.detail import aggregate, partitions, release_content
from warehouse.detail.partitions import Partition
from warehouse.exchange.export import DATABASE
from warehouse.release import releases
from warehouse.system import storage
from warehouse.system.files import FormError, Problem


def command(
    home: Home = None,
    dataset: Dataset = None,
    period: Annotated[
        list[str] | None, typer.Option(help="2024-01 or another; by default all.")
    ] = None,
    rule: Rules = None,
    engine: EngineOption = EngineName.duckdb,
    master: Master = None,
    findings: Annotated[
        Path | None, typer.Option(help="Write every failing key to this Parquet file.")
    ] = None,
) -> None:
    """Check what is loaded, and publish nothing.

    Exit 1 where a rule of severity error does not hold and no reviewer has accepted the finding.

    [dim]Examples:[/]

      crossfoot detail check --dataset comext --period 2024-01

      crossfoot detail check --engine spark --findings failing.parquet
    """
    settings, rules = Settings.given(home=home), rules_named(rule or ())
    if findings:
        _check_writable(findings)
    partitions.sweep(settings.home)
    parts = partitions.current(settings.home, dataset, tuple(period or ()))
    now = releases.current(settings.home)
    with (
        storage.temporary(settings.home / "detail", partitions.CHECKED) as folder,
        detail_assessment.working(folder / "work", engine, master, settings.memory_limit) as (
            running,
            work,
        ),
    ):
        aggregate.prepare(running, parts, now / DATABASE if now else None, work)
        checks = detail_assessment.check_periods(parts, running, rules, work)
        checks += detail_assessment.check_sums(running, parts, rules, work)
        outcomes = detail_assessment.rule_outcomes(detail_assessment.summed(checks, rules))
        with release_content.unpublished(
            settings.home, parts, work / "findings", outcomes
        ) as outcome:
            settled, applied = settle(outcome, read_acknowledged(settings.acknowledged))
            if findings:
                _write_failing(outcome, findings)
            unsettled = "(from quality.detail_findings where acknowledged_by is null)"
            failing = outcome.sql(release_content.worded_query(unsettled))
            shown, count = failing.limit(SHOWN).fetchall(), len(failing)
    print_rule_outcomes(outcomes)
    _print_failing(shown, count)
    for finding in settled:
        if finding.acknowledged_by:
            print_finding(finding)
    _print_lapsed(applied, parts, settled)
    sys.exit(WITHHELD if any(finding.withholds for finding in settled) else 0)


def _check_writable(file: Path) -> None:
    """Raises FormError or OSError where the failing keys cannot be written, before any is found."""
    if not file.parent.is_dir():
        remedy = "name a file in a folder that exists"
        raise FormError(Problem(str(file), 0, "cannot be written", remedy, "--findings"))
    storage.check(file)


def _write_failing(outcome: duckdb.DuckDBPyConnection, file: Path) -> None:
    """Write every failing key to a Parquet file."""
    with storage.whole(file) as beside:
        failing = outcome.sql(release_content.worded_query("quality.detail_findings"))
        failing.write_parquet(str(beside))


def _print_lapsed(
    applied: Sequence[Applied], parts: Sequence[Partition], findings: Sequence[Finding]
) -> None:
    """Print which acceptances hold no more, of those whose periods were all checked."""
    concerned = {f"{part.dataset}/{part.period}" for part in parts}
    concerned |= {subject for finding in findings for subject in finding.figures}
    for acceptance in applied:
        if acceptance.lapsed and concerned.issuperset(acceptance.entry.figures):
            err.print(Text(str(acceptance)))


def _print_failing(rows: Sequence[tuple[Any, ...]], total: int) -> None:
    for severity, rule, *key, relation, left, right in rows:
        where = " ".join(str(part) for part in key if part is not None)
        how = "cannot" if severity == "error" else "does not"
        sides = f": {left} {relation} {right} {how} hold" if relation else ""
        out.print(Text(f"{severity} {rule}: {where}{sides}"))
    if total > len(rows):
        out.print(f"… {total:,} failing keys in all")
