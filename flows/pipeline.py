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
from expectations.acknowledgements import Acknowledgement
from expectations.acknowledgements import read as read_acknowledged
from expectations.assess import Assessment, all_rules, assess
from expectations.check import read_batch
from expectations.rules import Finding, counted
from expectations.suites import TABLE_SUITES, rule_suite
from warehouse import database, release
from warehouse.acceptance import Batch
from warehouse.detail.aggregate import carry_on
from warehouse.export import DATABASE, audit, export_views
from warehouse.load import build_views, load, prepare

log = logging.getLogger("crossfoot")


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run ended: what was checked, what was found, and where the result lies.

    `verdict` is publish, withhold or unusable; `release` is None for unusable input. `problems`
    are what is wrong with the record files, or critical expectations that do not hold; `notices`
    are acknowledgements that lapsed.
    """

    verdict: str
    release: Path | None
    figures: int
    findings: tuple[Finding, ...] = ()
    problems: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()


@flow(name="crossfoot", persist_result=False)
def publish_records(
    home: Path,
    records: Path,
    acknowledged: Path,
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
            outcome = Outcome("unusable", None, len(batch.figures), problems=problems)
            return Failed(name="Unusable", message=_summary(outcome), data=outcome)
        staged = publisher.stage(release.release_id(datetime.now(UTC), _digest(batch)))
        load_figures(batch, staged, release.current(home), memory_limit)
        assessment, broken = check_figures(
            staged, great_expectations, read_acknowledged(acknowledged), memory_limit
        )
        withhold = bool(broken) or assessment.withholds
        export_release(staged, assessment, broken, memory_limit)
        outcome = Outcome(
            "withhold" if withhold else "publish",
            publisher.withhold(staged)
            if withhold
            else publish_release(publisher, staged, keep_releases),
            len(batch.figures),
            assessment.findings,
            broken,
            tuple(map(str, assessment.lapsed)),
        )
        if withhold:
            return Failed(name="Withheld", message=_summary(outcome), data=outcome)
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
        carry_on(connection, current and current / DATABASE)
    log.info("loaded %d figures of %d sources", len(batch.figures), len(batch.sources))


@task(cache_policy=NO_CACHE, persist_result=False)
def check_figures(
    staged: Path,
    great_expectations: gate.Gate,
    acknowledged: list[Acknowledgement],
    memory_limit: str,
) -> tuple[Assessment, tuple[str, ...]]:
    """Assess the figures, then evaluate every Great Expectations suite over tables and findings.

    Returns the assessment, and the statements of critical expectations that do not hold of the
    tables themselves. Writes what was evaluated to gx.json.
    """
    with database.reopen(staged / DATABASE, memory_limit) as connection:
        prepare(connection)
        assessment = assess(connection, acknowledged)
    suites = [*TABLE_SUITES, rule_suite(all_rules())]
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
    log.info(
        "checked %d rules and %d expectations: %s",
        *(len(all_rules()), sum(len(result.results) for result in results)),
        counted(assessment.findings, len(broken)),
    )
    return assessment, broken


@task(cache_policy=NO_CACHE, persist_result=False)
def export_release(
    staged: Path, assessment: Assessment, broken: tuple[str, ...], memory_limit: str
) -> None:
    """Write the views as Parquet and CSV, and quality.json, beside the database."""
    with database.reopen(staged / DATABASE, memory_limit) as connection:
        export_views(connection, staged)
    quality = {
        "verdict": "withhold" if broken or assessment.withholds else "publish",
        "counts": Counter(finding.severity for finding in assessment.findings),
        "findings": [asdict(finding) for finding in assessment.findings],
        "lapsed_acknowledgements": [str(one) for one in assessment.lapsed],
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
    return f"{outcome.figures} figures, {counted(outcome.findings, len(outcome.problems))}"
