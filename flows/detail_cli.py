"""The commands `crossfoot detail …`: load, check and publish customs detail.

Belongs here: arguments, exit codes, and the wording of the terminal, as in cli.py. Does not belong
here: work. Prefect and Great Expectations are imported by the commands that need them.
"""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from expectations import acknowledgements
from expectations.detail.rules import wanted
from flows import ahead
from flows.failures import WITHHELD
from flows.options import AcceptSchema, Home
from flows.outcome import of_flow
from flows.settings import Settings, prepare_prefect
from flows.signals import watch_readers
from flows.temporary import TemporaryServer, run_flow
from flows.terminal import err, out, print_finding
from warehouse import release, storage
from warehouse.detail import format, partitions
from warehouse.detail.conversion import Progress as Meter
from warehouse.detail.load import Load
from warehouse.detail.load import load as load_files
from warehouse.detail.published import below
from warehouse.detail.source import check_is_file
from warehouse.export import DATABASE
from warehouse.files import FormError, Problem

app = typer.Typer(no_args_is_help=True, rich_markup_mode="rich")
SHOWN = 10  # failing keys that are printed; all of them are written down

Files = Annotated[list[Path], typer.Argument(help="CSV, gzipped CSV or Parquet files.")]
Form = Annotated[
    str, typer.Option("--format", help=f"{', '.join(format.known())}, or a format's YAML file.")
]
Dataset = Annotated[
    str | None, typer.Option(help="What the detail is called; by default as its format.")
]
Given = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        help="COLUMN=TEXT for what the files do not say, such as flow=exports; "
        "flow=exports,imports says it of each of two files.",
    ),
]
Encoding = Annotated[
    str | None, typer.Option(help="What the files are written in, if not as the format says.")
]
Master = Annotated[
    str | None, typer.Option(help="Of Spark: local[2], spark://…, yarn; else spark-submit's.")
]


class EngineName(StrEnum):
    """What runs the SQL."""

    duckdb = "duckdb"
    spark = "spark"


Rules = Annotated[
    list[str] | None, typer.Option("--rule", help="A rule to evaluate; by default all of them.")
]
EngineOption = Annotated[EngineName, typer.Option("--engine", help="What runs the checks.")]


@app.callback()
def detail() -> None:
    """Customs detail: load it, check it, publish its aggregates."""


@app.command()
def load(
    files: Files,
    form: Form = "generic",
    dataset: Dataset = None,
    given: Given = None,
    encoding: Encoding = None,
    home: Home = None,
) -> None:
    """Load files; every month they speak of is replaced, as a whole, by a new vintage.

    Rows that cannot be used are set aside with line and reason; a file with more than one in a
    hundred of them is refused, and changes nothing.

    [dim]Examples:[/]

      crossfoot detail load full_v2_202401.dat --format comext

      crossfoot detail load 出口.csv --format china-customs --set flow=exports
    """
    settings = Settings.given(home=home)
    start = time.monotonic()
    with Progress(
        TextColumn("loading"),
        BarColumn(),
        TextColumn("{task.completed:,} rows, {task.fields[speed]:,} rows/s"),
        TimeRemainingColumn(),
        console=err,
        transient=True,
        disable=not err.is_terminal,  # it would print an empty line
    ) as bar:
        task = bar.add_task("load", total=None, speed=0)

        def progress(done: int, expected: int) -> None:
            speed = round(done / max(time.monotonic() - start, 1e-3))
            bar.update(task, completed=done, total=expected, speed=speed)

        done = _loading(settings, files, form, dataset, given, encoding)(progress)
    for problem in done.problems[:SHOWN]:
        err.print(Text(str(problem)))
    if len(done.problems) > SHOWN:
        err.print(f"… and {len(done.problems) - SHOWN} more, in loads/{done.vintage}/")
    seconds = time.monotonic() - start
    for file in done.files:
        out.print(
            f"{file.file}: {file.read:,} read, {file.accepted:,} accepted, "
            f"{file.blank:,} blank, {file.quarantined:,} quarantined"
        )
    rows = sum(file.read for file in done.files)
    now = {part.period: part for part in done.partitions}
    for part in done.replaced[:SHOWN]:
        rows_told = f"rows: {part.rows:,} before, {now[part.period].rows:,} now"
        out.print(f"{part.name}: replaces vintage {part.vintage} ({rows_told})")
    if len(done.replaced) > SHOWN:
        out.print(f"… and {len(done.replaced) - SHOWN} more vintages are replaced")
    out.print(
        f"{done.dataset}: {len(done.partitions)} periods in vintage {done.vintage}; "
        f"{seconds:.1f} s, {rows / seconds:,.0f} rows/s"
    )


@app.command()
def check(
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
    from expectations.acknowledgements import read as read_acknowledged
    from expectations.detail import assess
    from expectations.detail.findings import settle
    from expectations.detail.rules import chosen
    from warehouse.detail import aggregate, published

    settings, rules = Settings.given(home=home), chosen(rule or ())
    if findings and not findings.parent.is_dir():
        remedy = "name a file in a folder that exists"
        raise FormError(Problem(str(findings), 0, "cannot be written", remedy, "--findings"))
    if findings:
        storage.check(findings)
    partitions.sweep(settings.home)
    parts = partitions.current(settings.home, dataset, tuple(period or ()))
    now = release.current(settings.home)
    with (
        storage.temporary(settings.home / "detail", partitions.CHECKED) as folder,
        assess.working(folder / "work", engine, master, settings.memory_limit) as (
            running,
            work,
        ),
    ):
        aggregate.prepare(running, parts, now / DATABASE if now else None, work)
        checks = assess.check_periods(parts, running, rules, work)
        checks += assess.check_sums(running, parts, rules, work)
        told = assess.told(assess.summed(checks, rules))
        with published.unpublished(settings.home, parts, work / "findings", told) as outcome:
            found, applied = settle(outcome, read_acknowledged(settings.acknowledged))
            if findings:
                with storage.whole(findings) as beside:
                    failing = outcome.sql(published.worded("quality.detail_findings"))
                    failing.write_parquet(str(beside))
            unsettled = "(from quality.detail_findings where acknowledged_by is null)"
            failing = outcome.sql(published.worded(unsettled))
            shown, count = failing.limit(SHOWN).fetchall(), len(failing)
    _print_checks(told)
    _print_failing(shown, count)
    for finding in found:
        if finding.acknowledged_by:
            print_finding(finding)
    # What was not checked cannot tell whether its acceptance still holds.
    concerned = {f"{part.dataset}/{part.period}" for part in parts}
    concerned |= {subject for finding in found for subject in finding.figures}
    for one in applied:
        if one.lapsed and concerned.issuperset(one.entry.figures):
            err.print(Text(str(one)))
    sys.exit(WITHHELD if any(finding.withholds for finding in found) else 0)


@app.command()
def publish(
    files: Annotated[
        list[Path] | None, typer.Argument(help="Files to load first, as `load` does.")
    ] = None,
    form: Form = "generic",
    dataset: Dataset = None,
    given: Given = None,
    encoding: Encoding = None,
    rule: Annotated[
        list[str] | None,
        typer.Option(
            "--rule",
            help="A rule to evaluate beside those that may withhold; by default all of them.",
        ),
    ] = None,
    engine: EngineOption = EngineName.duckdb,
    master: Master = None,
    accept_schema: AcceptSchema = False,
    home: Home = None,
) -> None:
    """Load, check, aggregate and publish, as a Prefect flow that is mapped over the periods.

    The release holds what the current one does, and the aggregates `detail_…`. A rule of severity
    error that does not hold withholds it (exit 1), until its finding is accepted with
    [bold]crossfoot acknowledge[/].

    [dim]Example:[/]

      crossfoot detail publish full_v2_2024*.dat --format comext
    """
    settings = Settings.given(home=home)
    watch_readers(settings.home)
    # What can be known at once, before a file is read and a server started.
    below(settings.home)
    release.check_home(settings.home)
    wanted(rule or ())
    acknowledgements.read(settings.acknowledged)
    for path in files or ():
        check_is_file(path)
    if not files:
        partitions.current(settings.home)
    prepare_prefect(settings.home)
    logger = logging.getLogger("crossfoot")
    logger.setLevel(logging.INFO)
    logger.addHandler(_Steps())
    read = _loading(settings, files or (), form, dataset, given, encoding)
    with ahead.begun(read) if files else nullcontext():
        server = TemporaryServer.unless_named()
        from expectations.detail.assess import told
        from flows.detail import publish_detail

        state = run_flow(
            server,
            publish_detail,
            home=settings.home,
            files=files or (),
            form=form,
            dataset=dataset,
            given=_constants(given),
            encoding=encoding,
            rules=rule or (),
            engine=str(engine),
            master=master,
            accept_schema=accept_schema,
        )
    outcome = of_flow(state)
    _print_checks(told(outcome.checks))
    for statement in outcome.broken:
        err.print(Text(f"does not hold: {statement}"))
    for notice in outcome.notices:
        err.print(Text(notice))
    for finding in outcome.findings:
        print_finding(finding)
    published = outcome.verdict == "publish"
    out.print(f"{'published' if published else 'withheld'}: {outcome.release}")
    if not published:
        err.print("Nothing was published; what readers see is unchanged.")
    sys.exit(0 if published else WITHHELD)


def _loading(
    settings: Settings,
    files: Sequence[Path],
    form: str,
    dataset: str | None,
    given: Sequence[str] | None,
    encoding: str | None,
) -> Callable[[Meter], Load]:
    """The load that the arguments of a command ask for, which tells a meter how far it is."""
    constants, columns = _constants(given), format.read(form)
    return lambda meter: load_files(
        settings.home,
        files,
        columns,
        Path(form).stem if dataset is None else dataset,
        given=constants,
        encoding=encoding,
        memory_limit=settings.memory_limit,
        timeout=settings.lock_timeout,
        progress=meter,
    )


class _Steps(logging.Handler):
    """Shows each step of a run on stderr as it is done."""

    def emit(self, record: logging.LogRecord) -> None:
        err.print(Text.assemble(("· ", "dim"), record.getMessage()))


def _constants(given: Sequence[str] | None) -> dict[str, str]:
    constants: dict[str, str] = {}
    for text in given or ():
        name, equals, value = text.partition("=")
        if not (name and equals and value):
            raise typer.BadParameter(f"--set {text}: write COLUMN=TEXT, such as flow=exports")
        if name in constants:
            remedy = f"for several files write {name}={constants[name]},{value}"
            raise typer.BadParameter(f"--set {text}: {name} is set twice; {remedy}")
        constants[name] = value
    return constants


def _print_checks(rules: Sequence[Mapping[str, Any]]) -> None:
    table = Table(box=None, header_style="bold")
    table.add_column("rule")
    for column in ("passed", "failed", "not checkable"):
        table.add_column(column, justify="right")
    for rule in rules:
        colour = ("bold red" if rule["severity"] == "error" else "yellow") if rule["failed"] else ""
        table.add_row(
            Text(str(rule["rule_id"]), style=colour),
            f"{rule['passed']:,}",
            Text(f"{rule['failed']:,}", style=colour),
            f"{rule['not_checkable']:,}",
        )
    out.print(table)


def _print_failing(rows: Sequence[tuple[Any, ...]], total: int) -> None:
    for severity, rule, *key, relation, left, right in rows:
        where = " ".join(str(part) for part in key if part is not None)
        how = "cannot" if severity == "error" else "does not"
        sides = f": {left} {relation} {right} {how} hold" if relation else ""
        out.print(Text(f"{severity} {rule}: {where}{sides}"))
    if total > len(rows):
        out.print(f"… {total:,} failing keys in all")
