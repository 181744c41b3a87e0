"""The main flow: record files → a release, published or withheld.

Belongs here: the order of the steps, what is retried, and what a run reports. Does not belong
here: what the steps do (warehouse) and how the verdict comes about (expectations). This module
imports Prefect.
"""

from __future__ import annotations

import hashlib
import logging
import shlex
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, TypeVar

from prefect import flow, task
from prefect.assets import add_asset_metadata, materialize
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State
from prefect.states import Completed, Failed
from prefect.utilities.annotations import quote
from pydantic import BeforeValidator, WithJsonSchema

from desk import report
from expectations.acknowledgements import Acknowledgement
from expectations.acknowledgements import read as read_acknowledged
from expectations.assess import Assessment, all_rules, assess
from expectations.backfill import excess
from expectations.broken_queries import losses
from expectations.detail.detail_assessment import compare_again
from expectations.gx import validation
from expectations.gx.suites import rule_suite, table_suites
from expectations.rules.figure_rules import counted
from flows.alerts import alert_of_failure
from flows.artifacts import leave_artifacts
from flows.outcome import Outcome, Unpublished
from flows.run_start import begin
from flows.service import heartbeats
from flows.service.serving import end_with_service
from flows.settings import Settings, SettingsError
from warehouse.detail import partitions, release_content
from warehouse.exchange.export import DATABASE, REPORT, audit, export_views
from warehouse.records import evidence
from warehouse.records.acceptance import Batch, read_batch
from warehouse.records.quarantine import Quarantined
from warehouse.release import releases, schema
from warehouse.release.catalog import write_datapackage
from warehouse.release.changes import Changes, compare
from warehouse.release.manifest import to_json
from warehouse.release.publisher import Publisher, publishing
from warehouse.store import database
from warehouse.store.load import build_views, define_macros, load
from warehouse.system import causes, files
from warehouse.system.files import FormError, Problem
from warehouse.terms import period
from warehouse.terms.period import Period

# The lineage that Prefect keeps: an event for each asset that a run makes, with its origin.
RECORDS, CORE, RELEASE = "crossfoot://records", "crossfoot://core", "crossfoot://release"

log = logging.getLogger("crossfoot")

# The files in which a release holds findings, expectations and, where it has any, detail.
QUALITY, GX, DETAIL = "quality.json", "gx.json", "detail.json"

T = TypeVar("T")

# A period as a form of Prefect asks for it. Typing 2016 there sends a number.
_FORM = {"type": ["string", "integer"], "pattern": period.PATTERN}
Periods = Annotated[
    str,
    BeforeValidator(str),
    WithJsonSchema(_FORM | {"title": "Periods", "description": f"such as {period.EXAMPLES}"}),
]


@flow(
    name="crossfoot",
    persist_result=False,
    timeout_seconds=3600,
    on_running=[end_with_service],
    on_failure=[alert_of_failure],
)
def publish_records(
    home: Path | None = None,
    records: Path | None = None,
    periods: Periods | None = None,
    dry_run: bool = False,
    accept_schema: bool = False,
) -> State[Any]:
    """Ingest the record files at `records`, check them, and publish a release below `home`.

    Both are what the settings say unless given; a worker's run stays within those. With `periods`,
    such as 2016/2019, it is a backfill: withheld if it would change a figure outside that time
    (expectations/backfill.py). With `dry_run` nothing is published or kept. A release in which a
    view or column is gone, or of another type, is withheld unless `accept_schema` says that readers
    know.

    Ends Completed when a release was published, or would have been. Ends Failed, as `Withheld` when
    errors were found and as `Unusable` when a record was rejected or none is left; what readers see
    is then unchanged. The state's data is the Outcome, or Unpublished with it. Raises
    ReleaseError where the home cannot be used, and SettingsError for a setting or a
    parameter that cannot be.
    """
    settings = begin(home, records)
    home, memory_limit = settings.home, settings.memory_limit
    backfilled = None if periods is None else _period(periods)
    with (
        heartbeats.sent(),
        validation.gate() as great_expectations,
        publishing(home, timeout=settings.lock_timeout) as publisher,
    ):
        partitions.sweep(home)
        batch = read_records(settings.records)
        if batch.rejected or not batch.figures:
            return _end_state(_unusable(batch, settings.records))
        staged, current = _build(batch, publisher, settings)
        acknowledged = read_acknowledged(settings.acknowledged)
        assessment, broken = check_figures(
            staged, great_expectations, acknowledged, memory_limit, backfilled
        )
        if current and not accept_schema:
            broken += check_schema(staged, current, _accepting_arguments(settings, backfilled))
        withhold = bool(broken) or assessment.withholds
        export_release(staged, _unsearched(assessment), broken, memory_limit)
        # For the reviewers of this home; no path stands in what is published.
        paths = settings.options("home") if withhold else ()
        changes = write_report(home, staged, broken, paths)
        if dry_run:
            publisher.discard(staged)
        kept = None if dry_run else keep_release(publisher, staged, withhold, settings)
        outcome = Outcome(
            "withhold" if withhold else "publish",
            kept,
            len(batch.figures),
            assessment.findings,
            broken,
            _notices(batch, assessment, settings),
            changes,
            dry_run,
            assessment.causes,
        )
        return _end_state(outcome)


@flow(
    name="crossfoot",
    persist_result=False,
    timeout_seconds=3600,
    on_running=[end_with_service],
    on_failure=[alert_of_failure],
)
def backfill(periods: Periods, accept_schema: bool = False) -> State[Any]:
    """Publish a changed past, and only that: publish_records, never without `periods`."""
    return publish_records.fn(periods=periods, accept_schema=accept_schema)


@task(cache_policy=NO_CACHE, persist_result=False)
def read_records(records: Path) -> Batch:
    """Read and validate every record file."""
    batch = read_batch([records], root=records if records.is_dir() else records.parent)
    log.info(
        "read %(files)d files: %(accepted)d figures accepted, %(quarantined)d quarantined, "
        "%(rejected)d rows rejected",
        {
            "files": len(batch.files),
            "accepted": len(batch.figures),
            "quarantined": len(batch.quarantined),
            "rejected": len(batch.rejected),
        },
    )
    return batch


@materialize(CORE, asset_deps=[RECORDS], cache_policy=NO_CACHE, persist_result=False)
def load_figures(
    batch: Batch, staged: Path, current: Path | None, texts: Path, memory_limit: str
) -> None:
    """Build raw, core and the views in a new database, carrying on the revisions of `current`."""
    with database.create(staged / DATABASE, memory_limit) as connection:
        load(connection, batch, _release_id(staged), current and current / DATABASE, texts)
        build_views(connection)
        release_content.carry_on(connection, current and current / DATABASE)
    counts = {"figures": len(batch.figures), "sources": len(batch.sources)}
    add_asset_metadata(CORE, counts)
    log.info("loaded %(figures)d figures of %(sources)d sources", counts)


@task(cache_policy=NO_CACHE, persist_result=False)
def compare_detail(home: Path, staged: Path, current: Path, memory_limit: str) -> None:
    """Hold the detail that is carried on from `current` against the figures as they are now."""
    compare_again(home, current, staged / DATABASE, memory_limit)
    summary = files.document(current / DETAIL)
    with database.open_readonly(staged / DATABASE) as connection:
        summary |= release_content.summary(connection)
    (staged / DETAIL).write_text(to_json(summary), "utf-8")
    log.info("carried on %(rows)d rows of detail in %(periods)d periods", summary)


@task(cache_policy=NO_CACHE, persist_result=False)
def check_figures(
    staged: Path,
    great_expectations: validation.Gate,
    acknowledged: list[Acknowledgement],
    memory_limit: str,
    backfilled: Period | None,
) -> tuple[Assessment, tuple[str, ...]]:
    """Assess the figures, then evaluate every Great Expectations suite over tables and findings.

    Returns the assessment, and what else must not be published: critical expectations that do not
    hold of the tables themselves, and changes outside of what is backfilled. Writes what was
    evaluated to gx.json.
    """
    with database.reopen(staged / DATABASE, memory_limit) as connection:
        define_macros(connection)
        assessment = assess(connection, acknowledged)
        limit = excess(connection, _release_id(staged), backfilled) if backfilled else ()
    suites = [*table_suites(), rule_suite(all_rules())]
    results = great_expectations.validate(staged / DATABASE, suites)
    (staged / GX).write_text(to_json([asdict(r) for r in results]), "utf-8")
    broken = tuple(
        f"{result.name}: {outcome.statement}"
        for result in results
        for outcome in result.results
        if not outcome.success
        and outcome.severity == "critical"
        and result.name != "quality.findings"
    )
    broken += limit
    log.info(
        "checked %(rules)d rules and %(expectations)d expectations: %(findings)s",
        {
            "rules": len(all_rules()),
            "expectations": sum(len(result.results) for result in results),
            "findings": counted(assessment.findings, len(broken)),
        },
    )
    for omission in assessment.joint.omissions():
        log.warning("%s", omission)
    return assessment, broken


@task(cache_policy=NO_CACHE, persist_result=False)
def check_schema(staged: Path, current: Path, accepting: Sequence[str]) -> tuple[str, ...]:
    """A statement for each view or column that readers query and that is gone.

    The columns of `current` are read from its database, since older manifests hold none.
    `accepting` are the arguments of the command that publishes all the same.
    """
    before, after = (schema.of(path / DATABASE) for path in (current, staged))
    log.info("compared %(views)d views with the current release", {"views": len(before)})
    return losses(before, after, shlex.join(["crossfoot", *accepting]))


@task(cache_policy=NO_CACHE, persist_result=False)
def export_release(
    staged: Path, assessment: Assessment, broken: tuple[str, ...], memory_limit: str
) -> None:
    """Write the files of the views, and quality.json, beside the database."""
    with database.reopen(staged / DATABASE, memory_limit) as connection:
        export_views(connection, staged)
    write_datapackage(staged / DATABASE, staged, _release_id(staged))
    quality = {
        "verdict": "withhold" if broken or assessment.withholds else "publish",
        "counts": Counter(finding.kind for finding in assessment.findings),
        "findings": [asdict(finding) for finding in assessment.findings],
        "causes": [
            {"id": cause.id, "title": cause.title, "findings": [f.id for f in cause.findings]}
            for cause in assessment.causes
        ],
        "lapsed_acknowledgements": [*map(str, assessment.lapsed)],
        "broken_expectations": broken,
    }
    (staged / QUALITY).write_text(to_json(quality), encoding="utf-8")
    log.info("wrote the database and the files of the views")


@task(cache_policy=NO_CACHE, persist_result=False)
def write_report(
    home: Path, staged: Path, broken: tuple[str, ...], paths: Sequence[str]
) -> Changes | None:
    """Write the quality report; return what changed since the current release, None without one.

    `paths` are the options that its commands need to find the home.
    """
    current = releases.current(home)
    changes = compare(current / DATABASE, staged / DATABASE) if current else None
    page = report.write(
        staged / DATABASE,
        (staged / REPORT).parent,
        tuple(_past(home)),
        changes,
        broken,
        _release_id(staged),
        paths,
    )
    pages = sum(1 for _ in page.parent.rglob("*.html"))
    log.info("wrote the report, %(pages)d pages", {"pages": pages})
    return changes


def keep_release(publisher: Publisher, staged: Path, withhold: bool, settings: Settings) -> Path:
    """Publish what was built, or keep it for review; returns where it now lies."""
    if withhold:
        return publisher.withhold(staged, schema.of(staged / DATABASE))
    return publish_release(publisher, staged, settings.keep_releases)


@materialize(RELEASE, asset_deps=[CORE], cache_policy=NO_CACHE, persist_result=False)
def publish_release(publisher: Publisher, staged: Path, keep: int) -> Path:
    """Audit the finished files; make them the current release; remove old releases."""
    audit(staged)
    published = publisher.publish(staged, schema.of(staged / DATABASE))
    add_asset_metadata(RELEASE, {"release": published.name, "path": str(published.absolute())})
    removed = publisher.collect_garbage(keep)
    log.info(
        "published %(release)s, removed %(removed)d old",
        {"release": published.name, "removed": len(removed)},
    )
    return published


def _period(text: str) -> Period:
    try:
        return period.parse(text)
    except period.PeriodError as error:
        raise SettingsError(f"parameter periods: {error}; write {period.EXAMPLES}") from None


def _build(batch: Batch, publisher: Publisher, settings: Settings) -> tuple[Path, Path | None]:
    """Build the database of a release; returns its folder, and the release that it builds on."""
    home, memory_limit = settings.home, settings.memory_limit
    staged = publisher.stage(releases.release_id(datetime.now(UTC), _digest(batch)))
    current = publisher.foundation()
    load_figures(_unsearched(batch), staged, current, home / evidence.FOLDER, memory_limit)
    if current and (current / DETAIL).exists():
        compare_detail(home, staged, current, memory_limit)
    return staged, current


def _unusable(batch: Batch, records: Path) -> Outcome:
    """The outcome where a record was rejected, or none is left to publish."""
    nothing = f"{records}: no figure is left to publish; add some whose periods had ended"
    problems = _problem_texts(batch.problems, records) or (nothing,)
    aside = _set_aside(batch, records)
    return Outcome("unusable", None, len(batch.figures), (), problems, aside)


def _notices(batch: Batch, assessment: Assessment, settings: Settings) -> tuple[str, ...]:
    """What is no problem, but should be known."""
    return (*_set_aside(batch, settings.records), *map(str, assessment.lapsed))


def _set_aside(batch: Batch, records: Path) -> tuple[str, ...]:
    """What was not taken as it stands in the record files."""
    return _problem_texts(batch.quarantined, records) + batch.notices


def _problem_texts(problems: Iterable[Problem | Quarantined], records: Path) -> tuple[str, ...]:
    """Problems of record files in words, each cause once, with the paths of those files."""
    at = [replace(problem, file=str(records / problem.file)) for problem in problems]
    return tuple(causes.messages(at))


def _accepting_arguments(settings: Settings, backfilled: Period | None) -> list[str]:
    """The arguments of the command that publishes although a view or column is gone."""
    limit = ["--periods", backfilled.text] if backfilled else []
    return ["run", "--accept-schema", *settings.options("home", "records"), *limit]


def _unsearched(value: T) -> T:
    """An argument of a task as it is; Prefect would look for futures in every figure of it."""
    return quote(value)  # type: ignore[return-value]  # the task is given what is quoted


def _release_id(staged: Path) -> str:
    return staged.name.removeprefix(".stg-")


def _digest(batch: Batch) -> str:
    listed = "\n".join(f"{file.name} {file.sha256}" for file in batch.files)
    return hashlib.sha256(listed.encode()).hexdigest()


def _past(home: Path) -> Iterator[report.Past]:
    """How earlier releases ended, where their quality.json says so."""
    for release in releases.list_releases(home):
        try:
            quality = files.document(release.path / QUALITY, {"verdict": str, "counts": dict})
        except FormError:  # of another version, or damaged: not of this run
            continue
        yield report.Past(release.id, quality["verdict"], quality["counts"])


def _end_state(outcome: Outcome) -> State[Any]:
    """The state in which a run ends."""
    leave_artifacts(outcome)
    if outcome.verdict == "publish":
        name = "Checked" if outcome.dry else "Published"
        return Completed(name=name, message=str(outcome), data=outcome)
    reason = Unpublished(outcome)
    name = "Unusable" if outcome.verdict == "unusable" else "Withheld"
    return Failed(name=name, message=str(reason), data=reason)
