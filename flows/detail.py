"""The flow of customs detail: files → partitions → checks → aggregates → release.

Belongs here: the order of the steps, what is mapped over periods, and what a run reports. Does not
belong here: what the steps do (warehouse.detail) and what must hold (expectations.detail). This
module imports Prefect.
"""

from __future__ import annotations

import hashlib
import logging
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from prefect import flow, task, unmapped
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State
from prefect.states import Completed, Failed
from prefect.task_runners import ThreadPoolTaskRunner

from expectations.detail import assess
from expectations.detail.rules import Checks, DetailRule, chosen
from expectations.suites import SuiteResult
from warehouse import database, release
from warehouse.detail import aggregate, format, partitions
from warehouse.detail.engine import Engine
from warehouse.detail.load import load
from warehouse.detail.partitions import Partition
from warehouse.export import DATABASE, audit, export_views

log = logging.getLogger("crossfoot")

# One period at a time: each has every core and all of the memory.
_IN_TURN: Any = ThreadPoolTaskRunner(max_workers=1)


@dataclass(frozen=True, slots=True)
class DetailOutcome:
    """How a run ended: what was checked, what was found, and where the result lies.

    `verdict` is publish or withhold; `release` is None where the detail was only checked. `checks`
    are those of each rule over all periods; `findings` counts failing keys by severity; `broken`
    are critical expectations of Great Expectations on the rows as a whole that do not hold.
    """

    verdict: str
    release: Path | None
    rows: int
    periods: int
    checks: tuple[Checks, ...]
    findings: Mapping[str, int]
    broken: tuple[str, ...]


@flow(
    name="crossfoot-detail",
    persist_result=False,
    task_runner=_IN_TURN,
)
def publish_detail(
    home: Path,
    files: Sequence[Path] = (),
    form: str = "generic",
    dataset: str | None = None,
    given: Mapping[str, str] | None = None,
    encoding: str | None = None,
    rules: Sequence[str] = (),
    engine: str = "duckdb",
    master: str | None = None,
    lock_timeout: float = 60,
    keep_releases: int = 10,
    memory_limit: str = "1GB",
) -> State[Any]:
    """Load `files`, if any; check all detail of the home; publish its aggregates in a release.

    Of the rules, those named are evaluated; all where none is.

    The release holds what the current one does, and the aggregates. Ends Completed when it was
    published; Failed, as `Withheld`, when a rule of severity error does not hold, and then what
    readers see is unchanged. The state's data is the DetailOutcome. Raises reading.FormError for
    unusable files, release.ReleaseError where nothing is published yet, engine.EngineError where
    Spark is not installed.
    """
    declared = chosen(rules)
    _current(home)  # before hours of loading
    if files:
        load_files(home, files, form, dataset or form, given, encoding, memory_limit, lock_timeout)
    with release.publishing(home, timeout=lock_timeout) as publisher:
        current = _current(home)
        parts = partitions.current(home)
        staged = publisher.stage(release.release_id(datetime.now(UTC), _digest(parts)))
        with assess.working(staged / "work", engine, master, memory_limit) as (running, work):
            aggregate.prepare(running, parts, current / DATABASE, work)
            mapped = check_period.map(parts, unmapped(running), unmapped(declared), unmapped(work))
            mapped.wait()  # all of them: the engine must not be closed under one that still runs
            checks = [one for future in mapped for one in future.result()]
            checks += check_sums(running, parts, declared, work)
            checks = assess.summed(checks, declared)
            results = expect(running, parts, checks, work)
            outcome = store(staged, current, home, parts, checks, results, work, memory_limit)
        publishes = outcome.verdict == "publish"
        if publishes:
            outcome = replace(outcome, release=publish(publisher, staged, keep_releases))
            return Completed(name="Published", message=_summary(outcome), data=outcome)
        outcome = replace(outcome, release=publisher.withhold(staged))
        return Failed(name="Withheld", message=_summary(outcome), data=outcome)


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
    """Load files into new vintages of the periods they speak of."""
    done = load(
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
    return assess.check_period(part, engine, rules, work)


@task(cache_policy=NO_CACHE, persist_result=False)
def check_sums(
    engine: Engine, parts: Sequence[Partition], rules: Sequence[DetailRule], work: Path
) -> list[Checks]:
    """Make the aggregates, and evaluate the rules between periods and with printed figures."""
    return assess.check_sums(engine, parts, rules, work)


@task(cache_policy=NO_CACHE, persist_result=False)
def expect(
    engine: Engine, parts: Sequence[Partition], checks: Sequence[Checks], work: Path
) -> list[SuiteResult]:
    """Evaluate Great Expectations on the rows as a whole and on the outcome of the rules."""
    return assess.expect(engine, parts, checks, work)


@task(cache_policy=NO_CACHE, persist_result=False)
def store(
    staged: Path,
    current: Path,
    home: Path,
    parts: Sequence[Partition],
    checks: Sequence[Checks],
    results: Sequence[SuiteResult],
    work: Path,
    memory_limit: str,
) -> DetailOutcome:
    """Build the release: what the current one holds, and the aggregates and outcomes in place."""
    for path in current.rglob("*"):
        if path.is_file() and path.name != release.MANIFEST:
            target = staged / path.relative_to(current)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)
    with database.reopen(staged / DATABASE, memory_limit) as connection:
        rules = assess.told(checks)
        aggregate.store(connection, home, parts, work / "aggregates", work / "findings", rules)
        findings = dict(
            connection.execute(
                "select severity, count(*) from quality.detail_findings group by all order by all"
            ).fetchall()
        )
        export_views(connection, staged)
    broken = tuple(
        outcome.statement
        for result in results
        for outcome in result.results
        if not outcome.success and outcome.severity == "critical" and result.name == "main.detail"
    )
    outcome = DetailOutcome(
        "withhold" if broken or findings.get("error") else "publish",
        None,
        sum(part.rows for part in parts),
        len(parts),
        tuple(checks),
        findings,
        broken,
    )
    told = {**asdict(outcome), "release": staged.name, "expectations": [*map(asdict, results)]}
    (staged / "detail.json").write_text(release.to_json(told), encoding="utf-8")
    log.info("checked %d rows: %s", outcome.rows, _summary(outcome))
    return outcome


@task(cache_policy=NO_CACHE, persist_result=False)
def publish(publisher: release.Publisher, staged: Path, keep: int) -> Path:
    """Audit the finished files; make them the current release; remove old releases."""
    audit(staged)
    published = publisher.publish(staged)
    publisher.collect_garbage(keep)
    log.info("published %s", published.name)
    return published


def _current(home: Path) -> Path:
    current = release.current(home)
    if current is None:
        remedy = "publish the records first, with: crossfoot run"
        raise release.ReleaseError(f"nothing is published in {home}; {remedy}")
    return current


def _digest(parts: Sequence[Partition]) -> str:
    listed = "\n".join(f"{part.name} {part.vintage}" for part in parts)
    return hashlib.sha256(listed.encode()).hexdigest()


def _summary(outcome: DetailOutcome) -> str:
    """The verdict in one line, for Prefect's list of runs."""
    found = ", ".join(f"{count} {kind}" for kind, count in outcome.findings.items()) or "none"
    return f"{outcome.rows} rows of {outcome.periods} periods, findings: {found}"
