"""The flow of customs detail: files → partitions → checks → aggregates → release.

Belongs here: the order of the steps, what is mapped over periods, and what a run reports. Does not
belong here: what the steps do (warehouse.detail) and what must hold (expectations.detail). This
module imports Prefect.
"""

from __future__ import annotations

import hashlib
import logging
import shutil
import threading
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Any

from prefect import flow, task, unmapped
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State
from prefect.states import Completed, Failed
from prefect.task_runners import ThreadPoolTaskRunner

from expectations.acknowledgements import Acknowledgement
from expectations.acknowledgements import read as read_acknowledged
from expectations.assess import Assessment
from expectations.assess import assess as assess_release
from expectations.detail import detail_assessment
from expectations.detail.detail_rules import Checks, DetailRule, rules_for_publication
from expectations.gx.suites import SuiteResult
from flows import detail_preload
from flows.alerts import alert_of_failure
from flows.outcome import DetailOutcome, Unpublished
from flows.pipeline import (
    DETAIL,
    GX,
    check_schema,
    export_release,
    keep_release,
    write_report,
)
from flows.run_start import begin, files_of
from flows.service import heartbeats
from flows.service.serving import end_with_service
from flows.settings import Settings
from warehouse.detail import aggregate, format, partitions, release_content
from warehouse.detail.engine import Engine
from warehouse.detail.ingest import load
from warehouse.detail.partitions import Partition
from warehouse.detail.presence import is_detail_rule
from warehouse.exchange.export import DATABASE
from warehouse.release import releases
from warehouse.release.manifest import to_json
from warehouse.release.publisher import publishing
from warehouse.store import database
from warehouse.store.load import define_macros

log = logging.getLogger("crossfoot")

_TASK_RUNNER: Any = ThreadPoolTaskRunner(max_workers=detail_assessment.AT_ONCE)


@flow(
    name="crossfoot-detail",
    persist_result=False,
    task_runner=_TASK_RUNNER,
    on_running=[end_with_service],
    on_failure=[alert_of_failure],
)
def publish_detail(
    home: Path | None = None,
    files: Sequence[Path] = (),
    form: str = "generic",
    dataset: str | None = None,
    given: Mapping[str, str] | None = None,
    encoding: str | None = None,
    rules: Sequence[str] = (),
    engine: str = "duckdb",
    master: str | None = None,
    accept_schema: bool = False,
) -> State[Any]:
    """Load `files`, if any; check all detail of the home; publish its aggregates in a release.

    The home is what the settings say unless given; a worker's run stays within it, and its `files`
    within the folder set for them. Of the rules, those named are evaluated, and all that may
    withhold; all where none is named.

    The release holds what the current one does, and the aggregates. Ends Completed when it was
    published; Failed, as `Withheld`, when a rule of severity error does not hold and no reviewer
    accepted the finding, or when a view or column is gone and not `accept_schema` said that readers
    know; and then what readers see is unchanged. The state's data is the DetailOutcome, or
    Unpublished with it. Raises FormError for unusable files, ReleaseError where nothing
    is published yet, EngineError where Spark is not installed, SettingsError.
    """
    settings = begin(home)
    files, form = files_of(settings, files, form)
    home, memory_limit = settings.home, settings.memory_limit
    declared = rules_for_publication(rules)
    # Before hours of loading: raises ReleaseError where there is no release to publish them with.
    release_content.base_release(home)
    acknowledged = read_acknowledged(settings.acknowledged)
    # This import takes two seconds, in which the files are read already.
    threading.Thread(
        target=import_module, args=["expectations.gx.duckdb_engine"], daemon=True
    ).start()
    with heartbeats.sent():
        if files:
            name = dataset or Path(form).stem
            arguments = (home, files, form, name, given, encoding, memory_limit)
            load_files(*arguments, settings.lock_timeout)
        return _publish(settings, declared, acknowledged, engine, master, accept_schema)


def _publish(
    settings: Settings,
    declared: Sequence[DetailRule],
    acknowledged: Sequence[Acknowledgement],
    engine: str,
    master: str | None,
    accept_schema: bool,
) -> State[Any]:
    """Check all detail of the home and publish its aggregates, or withhold them."""
    home, memory_limit = settings.home, settings.memory_limit
    with publishing(home, timeout=settings.lock_timeout) as publisher:
        partitions.sweep(home)
        current = publisher.foundation() or release_content.base_release(home)
        parts = partitions.current(home)
        staged = publisher.stage(releases.release_id(datetime.now(UTC), _digest(parts)))
        at_work = detail_assessment.working(staged / "work", engine, master, memory_limit)
        # `under_way` waits for tasks that still read these folders, even where another one failed.
        with at_work as (running, work), ExitStack() as under_way:
            aggregate.prepare(running, parts, current / DATABASE, work)
            checks = _check_periods(parts, running, declared, work)
            for name in (DATABASE, GX):  # on top of which this release is built
                shutil.copyfile(current / name, staged / name)
            stored = store_periods.submit(staged, work, memory_limit)
            under_way.callback(stored.wait)
            checks += check_sums(running, parts, declared, work)
            checks = detail_assessment.summed(checks, declared)
            assessed = assess_detail.submit(
                staged, home, parts, checks, work, acknowledged, memory_limit
            )
            under_way.callback(assessed.wait)
            results = expect(running, parts, checks, work)
            stored.result()
            # Until here all cores are busy. The rest of the assessment and the report keep one
            # busy, so the files of the sums are written beside them.
            exported = export_sums.submit(staged, work, memory_limit)
            under_way.callback(exported.wait)
            assessment, summary = assessed.result()
            broken = _broken_expectations(results)
            if not accept_schema:
                accepting = ["detail", "publish", "--accept-schema", *settings.options("home")]
                broken += check_schema(staged, current, accepting)
            summary |= {"expectations": [*map(asdict, results)], "broken": broken}
            (staged / DETAIL).write_text(to_json(summary), encoding="utf-8")
            withhold = bool(broken) or assessment.withholds
            write_report(home, staged, broken, settings.options("home") if withhold else ())
            exported.result()
        export_release(staged, assessment, broken, memory_limit)
        kept = keep_release(publisher, staged, withhold, settings)
        findings = (f for f in assessment.findings if f.withholds or is_detail_rule(f.rule))
        outcome = DetailOutcome(
            "withhold" if withhold else "publish",
            kept,
            aggregate.accepted_rows(parts),
            len(parts),
            tuple(checks),
            tuple(findings),
            broken,
            tuple(map(str, assessment.lapsed)),
        )
        return _end_state(outcome)


def _check_periods(
    parts: Sequence[Partition], engine: Engine, rules: Sequence[DetailRule], work: Path
) -> list[Checks]:
    """The checks of every period, several at once."""
    with detail_assessment.sharing_cores(engine, parts):
        mapped = check_period.map(parts, unmapped(engine), unmapped(rules), unmapped(work))
        mapped.wait()  # for all: no check may still run when the engine is closed
    return [checks for future in mapped for checks in future.result()]


def _end_state(outcome: DetailOutcome) -> State[Any]:
    """The state in which a run ends."""
    if outcome.verdict == "publish":
        return Completed(name="Published", message=str(outcome), data=outcome)
    reason = Unpublished(outcome)
    return Failed(name="Withheld", message=str(reason), data=reason)


@task(cache_policy=NO_CACHE, persist_result=False)
def load_files(
    home: Path,
    files: Sequence[Path],
    form: str,
    dataset: str,
    given: Mapping[str, str] | None,
    encoding: str | None,
    memory_limit: str,
    lock_timeout: float,
) -> None:
    """Load files into new vintages of their periods, or wait for the load that has begun."""
    done = detail_preload.outcome() or load(
        home,
        files,
        format.read(form),
        dataset,
        given=given,
        encoding=encoding,
        memory_limit=memory_limit,
        timeout=lock_timeout,
    )
    log.info(
        "loaded %d rows of %d periods, %d quarantined",
        *(sum(file.accepted for file in done.files), len(done.partitions)),
        sum(file.quarantined for file in done.files),
    )


@task(cache_policy=NO_CACHE, persist_result=False, task_run_name="check {part.name}")
def check_period(
    part: Partition, engine: Engine, rules: Sequence[DetailRule], work: Path
) -> list[Checks]:
    """Evaluate the rules on one period and sum it up by chapter."""
    return detail_assessment.check_period(part, engine, rules, work)


@task(cache_policy=NO_CACHE, persist_result=False)
def check_sums(
    engine: Engine, parts: Sequence[Partition], rules: Sequence[DetailRule], work: Path
) -> list[Checks]:
    """Make the aggregates, and evaluate the rules between periods and with printed figures."""
    return detail_assessment.check_sums(engine, parts, rules, work)


@task(cache_policy=NO_CACHE, persist_result=False)
def expect(
    engine: Engine, parts: Sequence[Partition], checks: Sequence[Checks], work: Path
) -> list[SuiteResult]:
    """Evaluate Great Expectations on the rows as a whole and on the outcome of the rules."""
    return detail_assessment.expect(engine, parts, checks, work)


@task(cache_policy=NO_CACHE, persist_result=False)
def export_sums(staged: Path, work: Path, memory_limit: str) -> None:
    """Write the files of the sums, beside the report."""
    release_content.export_sums(work / "aggregates", staged, memory_limit)


@task(cache_policy=NO_CACHE, persist_result=False)
def store_periods(staged: Path, work: Path, memory_limit: str) -> None:
    """Put the sums of each period into the database, while other tasks do what needs none of them.

    Two connections of one process may write to a database as long as their tables are not the same.
    """
    with database.reopen(staged / DATABASE, memory_limit) as connection:
        release_content.store_sums(connection, work / "aggregates", aggregate.from_rows())


@task(cache_policy=NO_CACHE, persist_result=False)
def assess_detail(
    staged: Path,
    home: Path,
    parts: Sequence[Partition],
    checks: Sequence[Checks],
    work: Path,
    acknowledged: Sequence[Acknowledgement],
    memory_limit: str,
) -> tuple[Assessment, dict[str, object]]:
    """Store all other sums and the outcomes of rules, then assess all that the database holds.

    Returns the assessment, and the counts of detail in the release.
    """
    with database.reopen(staged / DATABASE, memory_limit) as connection:
        rules = detail_assessment.rule_outcomes(checks)
        release_content.store_sums(connection, work / "aggregates", aggregate.from_sums())
        release_content.store_outcome(connection, home, parts, work / "findings", rules)
        define_macros(connection)
        assessment = assess_release(connection, acknowledged)
        summary = release_content.summary(connection)
    log.info("checked %(rows)d rows of detail in %(periods)d periods", summary)
    return assessment, summary


def _broken_expectations(results: Sequence[SuiteResult]) -> tuple[str, ...]:
    """The critical expectations on the rows that do not hold."""
    return tuple(
        f"{result.name}: {outcome.statement}"
        for result in results
        for outcome in result.results
        if not outcome.success and outcome.severity == "critical" and result.name == "main.detail"
    )


def _digest(parts: Sequence[Partition]) -> str:
    listed = "\n".join(f"{part.name} {part.vintage}" for part in parts)
    return hashlib.sha256(listed.encode()).hexdigest()
