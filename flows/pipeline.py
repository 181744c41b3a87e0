"""The main flow: record files → a release, published or withheld.

Belongs here: the order of the steps, what is retried, and what a run reports. Does not belong
here: what the steps do (warehouse) and how the verdict comes about (expectations). This module
imports Prefect.
"""

from __future__ import annotations

import hashlib
import logging
from collections import Counter
from contextlib import closing
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from prefect import flow, task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State
from prefect.states import Completed, Failed

from expectations import gate
from expectations.check import read_batch
from expectations.rules import Finding, catalogue, evaluate
from expectations.suites import TABLE_SUITES, rule_suite
from warehouse import database, release
from warehouse.contract import Batch
from warehouse.export import DATABASE, audit, export_views
from warehouse.load import build_views, load, prepare

log = logging.getLogger("crossfoot")


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run ended: what was checked, what was found, and where the result lies.

    `verdict` is publish, withhold or unusable; `release` is None for unusable input.
    """

    verdict: str
    release: Path | None
    figures: int
    findings: tuple[Finding, ...]
    problems: tuple[str, ...] = ()


@flow(name="crossfoot", persist_result=False)
def publish_records(
    home: Path,
    records: Path,
    lock_timeout: float = 60,
    keep_releases: int = 10,
    memory_limit: str = "1GB",
) -> State[Any]:
    """Ingest the record files at `records`, check them, and publish a release below `home`.

    Ends Completed when a release was published. Ends Failed, as `Withheld` when errors were found
    and as `Unusable` when a record file was rejected; what readers see is then unchanged. The
    state's data is the Outcome. Raises release.ReleaseError where the home cannot be used.
    """
    with (
        closing(gate.take()) as great_expectations,
        release.publishing(home, timeout=lock_timeout) as publisher,
    ):
        batch = read_records(records)
        if batch.rejected:
            problems = tuple(
                str(replace(problem, file=str(records / problem.file)))
                for problem in batch.problems
            )
            outcome = Outcome("unusable", None, len(batch.figures), (), problems)
            return Failed(name="Unusable", message=_summary(outcome), data=outcome)
        staged = publisher.stage(release.release_id(datetime.now(UTC), _digest(batch)))
        load_figures(batch, staged, release.current(home), memory_limit)
        findings, broken = check_figures(staged, great_expectations, memory_limit)
        export_release(staged, findings, broken, memory_limit)
        if broken or any(finding.severity == "error" for finding in findings):
            kept = publisher.withhold(staged)
            outcome = Outcome("withhold", kept, len(batch.figures), findings, broken)
            return Failed(name="Withheld", message=_summary(outcome), data=outcome)
        published = publish_release(publisher, staged, keep_releases)
        outcome = Outcome("publish", published, len(batch.figures), findings)
        return Completed(name="Published", message=_summary(outcome), data=outcome)


@task(cache_policy=NO_CACHE, persist_result=False)
def read_records(records: Path) -> Batch:
    """Read and validate every record file."""
    batch = read_batch([records], root=records if records.is_dir() else records.parent)
    log.info(
        "read %d files: %d figures accepted, %d quarantined, %d rows rejected",
        *(len(batch.files), len(batch.figures), len(batch.quarantined), len(batch.rejected)),
    )
    return batch


@task(cache_policy=NO_CACHE, persist_result=False)
def load_figures(batch: Batch, staged: Path, current: Path | None, memory_limit: str) -> None:
    """Build raw, core and the views in a new database, carrying on the revisions of `current`."""
    with database.create(staged / DATABASE, memory_limit) as connection:
        load(connection, batch, staged.name.removeprefix(".stg-"), current and current / DATABASE)
        build_views(connection)
    log.info("loaded %d figures of %d sources", len(batch.figures), len(batch.sources))


@task(cache_policy=NO_CACHE, persist_result=False)
def check_figures(
    staged: Path, great_expectations: gate.Gate, memory_limit: str
) -> tuple[tuple[Finding, ...], tuple[str, ...]]:
    """Evaluate the rules, then every Great Expectations suite over tables and findings.

    Returns the findings, and the statements of critical expectations that do not hold of the
    tables themselves. Writes what was evaluated to gx.json.
    """
    with database.reopen(staged / DATABASE, memory_limit) as connection:
        prepare(connection)
        findings = tuple(evaluate(connection))
    suites = [*TABLE_SUITES, rule_suite(catalogue())]
    results = great_expectations.validate(staged / DATABASE, suites)
    (staged / "gx.json").write_text(release.to_json([asdict(r) for r in results]), "utf-8")
    broken = tuple(
        f"{result.name}: {outcome.statement}"
        for result in results
        for outcome in result.results
        if not outcome.success
        and outcome.severity == "critical"
        and result.name != "quality.findings"
    )
    severities = Counter(finding.severity for finding in findings)
    log.info(
        "checked %d rules and %d expectations: %d errors, %d warnings",
        *(len(catalogue()), sum(len(result.results) for result in results)),
        *(severities["error"] + len(broken), severities["warning"]),
    )
    return findings, broken


@task(cache_policy=NO_CACHE, persist_result=False)
def export_release(
    staged: Path, findings: tuple[Finding, ...], broken: tuple[str, ...], memory_limit: str
) -> None:
    """Write the views as Parquet and CSV, and quality.json, beside the database."""
    with database.reopen(staged / DATABASE, memory_limit) as connection:
        export_views(connection, staged)
    errors = [finding for finding in findings if finding.severity == "error"]
    quality = {
        "verdict": "withhold" if errors or broken else "publish",
        "errors": len(errors),
        "warnings": len(findings) - len(errors),
        "findings": [asdict(finding) for finding in findings],
        "broken_expectations": broken,
    }
    (staged / "quality.json").write_text(release.to_json(quality), encoding="utf-8")
    log.info("wrote database, Parquet and CSV")


@task(cache_policy=NO_CACHE, persist_result=False)
def publish_release(publisher: release.Publisher, staged: Path, keep: int) -> Path:
    """Audit the finished files; make them the current release; remove old releases."""
    audit(staged)
    published = publisher.publish(staged)
    removed = publisher.collect_garbage(keep)
    log.info("published %s%s", published.name, f", removed {len(removed)} old" if removed else "")
    return published


def _digest(batch: Batch) -> str:
    listed = "\n".join(f"{file.name} {file.sha256}" for file in batch.files)
    return hashlib.sha256(listed.encode()).hexdigest()


def _summary(outcome: Outcome) -> str:
    """The verdict in one line, for Prefect's list of runs."""
    if outcome.verdict == "unusable":
        return f"{len(outcome.problems)} problems in the record files: {outcome.problems[0]}"
    severities = Counter(finding.severity for finding in outcome.findings)
    errors = severities["error"] + len(outcome.problems)
    return f"{outcome.figures} figures, {errors} errors, {severities['warning']} warnings"
