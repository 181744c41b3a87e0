"""The command `crossfoot`: what a person types.

Belongs here: arguments, help and exit codes. Does not belong here: work, and how its results look
(terminal.py). Exit codes: 0 fine, 1 findings withheld publication, 2 unusable input or usage.
Prefect and Great Expectations are imported by the commands that need them, so that `check` and
`sql` answer at once.
"""

from __future__ import annotations

import json
import logging
import os
import sys
import webbrowser
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, NoReturn

import duckdb
import typer
from rich.table import Table
from rich.text import Text

from expectations import gate
from expectations.rules import Finding
from expectations.suites import NotEvaluated
from flows import detail_cli, drafting_cli
from flows.asking import Door, Format, QueryLimit, statements, step_aside, visible
from flows.options import UNUSABLE, WITHHELD, Home
from flows.settings import ServingError, Settings, SettingsError, prepare_prefect
from flows.temporary import TemporaryServer, run_flow
from flows.terminal import (
    Progress,
    err,
    out,
    print_changes,
    print_checked,
    print_outcome,
)
from warehouse import evidence, period, release
from warehouse.database import open_readonly
from warehouse.detail.engine import EngineError
from warehouse.detail.published import open_for
from warehouse.export import DATABASE, REPORT, AuditError
from warehouse.interpreter import collect_rarely
from warehouse.reading import FormError

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    help="Check published trade statistics against each other, and publish what holds.",
    epilog="Exit codes: 0 fine, 1 findings withheld publication, 2 unusable input or usage.",
)
app.command()(drafting_cli.draft)
app.command()(drafting_cli.review)
app.add_typer(detail_cli.app, name="detail")

_EXPECTED = (
    *(FormError, release.ReleaseError, AuditError, NotEvaluated, EngineError),
    *(SettingsError, ServingError, QueryLimit, duckdb.Error),
)


def _period(text: str) -> str:
    try:
        return period.parse(text).text
    except period.PeriodError as error:
        raise typer.BadParameter(f"{error}; write {period.EXAMPLES}") from None


def main() -> None:
    """Entry point of the command."""
    collect_rarely()
    with _explained():
        app()


@contextmanager
def _explained() -> Iterator[None]:
    """Expected failures end with their message on stderr and exit code 2, without a traceback."""
    try:
        yield
    except _EXPECTED as error:
        err.print(Text.assemble(("error: ", "bold red"), visible(str(error).rstrip())))
        sys.exit(UNUSABLE)
    except SystemExit as end:  # click ends with 1, which here means withheld
        if isinstance(end.__context__, BrokenPipeError):
            _seen_enough()
        raise
    except BrokenPipeError:
        _seen_enough()
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        told = f"{where}{error.strerror}; {release.remedy(error)}"
        err.print(Text.assemble(("error: ", "bold red"), told))
        sys.exit(UNUSABLE)


def _seen_enough() -> NoReturn:
    """The reader of a pipe, such as head, has seen enough."""
    sys.stderr.close()
    sys.exit(0)


def _settings(**given: Any) -> Settings:
    return Settings.given(**given)


@app.command()
def run(
    home: Home = None,
    records: Annotated[
        Path | None, typer.Option(help="Folder of record files; the shipped ones by default.")
    ] = None,
    periods: Annotated[
        str | None,
        typer.Option(
            help="Publish only if nothing outside this period changes: a backfill.",
            parser=_period,
            metavar="PERIOD",
        ),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would change; publish and keep nothing.")
    ] = False,
) -> None:
    """Load the records, check them, and publish a release: the main job, as a Prefect flow.

    [dim]Examples:[/]

      crossfoot run

      crossfoot run --records my-records --home /srv/crossfoot

      crossfoot run --records my-records --periods 2016/2019

      crossfoot run --records my-records --dry-run

    A contradiction withholds publication (exit 1); what is published stays as it was. A server
    named by PREFECT_API_URL is used; without one, Prefect starts a temporary one.
    """
    settings = _settings(home=home, records=records)
    release.check_home(settings.home)  # Prefect's server would only say that it timed out
    prepare_prefect(settings.home)
    logger = logging.getLogger("crossfoot")
    logger.setLevel(logging.INFO)
    logger.addHandler(Progress())
    gate.start()
    server = TemporaryServer.unless_named()
    from flows.pipeline import publish_records

    state = run_flow(server, publish_records, home, records, periods, dry_run)
    outcome: Any = state.result(raise_on_failure=False)
    if isinstance(outcome, BaseException):
        raise outcome
    print_outcome(outcome)
    sys.exit({"publish": 0, "withhold": WITHHELD, "unusable": UNUSABLE}[outcome.verdict])


@app.command()
def serve(
    home: Home = None,
    records: Annotated[
        Path | None, typer.Option(help="Folder of record files; the shipped ones by default.")
    ] = None,
    port: Annotated[
        int | None, typer.Option(help="Port of the Prefect server, on this machine only.")
    ] = None,
) -> None:
    """Run on schedule, until stopped: a Prefect server, the deployments of prefect.yaml, a worker.

    With PREFECT_API_URL set, that server is used instead of one of its own. Logs are JSON on
    stderr.

    [dim]Examples:[/]

      crossfoot serve

      crossfoot serve --home /srv/crossfoot --port 4201
    """
    settings = _settings(home=home, records=records, port=port)
    os.environ |= settings.environment()
    prepare_prefect(settings.home, console=False)
    from flows.serving import serve as serve_until_stopped

    serve_until_stopped(settings, lambda text: out.print(Text(text)))


@app.command()
def check(
    paths: Annotated[list[Path], typer.Argument(help="Record files (YAML, CSV) or folders.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Check record files while you write them: in memory, in about a second, nothing published.

    [dim]Examples:[/]

      crossfoot check warehouse/records

      crossfoot check my-records/report.yaml --json
    """
    from expectations.check import check as check_files

    settings = _settings()
    checked = check_files(paths, settings.acknowledged, settings.home / evidence.FOLDER)
    if as_json:
        print(json.dumps(checked.to_json(), ensure_ascii=False, indent=1))
    else:
        print_checked(checked)
    sys.exit(UNUSABLE if checked.unusable else WITHHELD if checked.contradicted else 0)


@app.command()
def sql(
    query: Annotated[str, typer.Argument(help="A DuckDB SELECT over the published views.")],
    format_: Annotated[
        Format, typer.Option("--format", help="How to print the answer.")
    ] = Format.table,
    home: Home = None,
) -> None:
    """Ask the current release, read-only.

    Start with the view [bold]figures[/]; `show tables` lists the others, `describe figures` the
    columns. [bold]detail[/] is the customs detail, row by row.

    [dim]Examples:[/]

      crossfoot sql "select period, value_printed, growth_printed from figures
                     where area_name = '成都市' and flow = 'trade'"

      crossfoot sql "from remainders" --format csv > remainders.csv
    """
    with _door(home, query) as (_, door):
        door.ask(query, format_)


@app.command()
def shell(
    format_: Annotated[
        Format, typer.Option("--format", help="How to print the answers.")
    ] = Format.table,
    home: Home = None,
) -> None:
    """Ask one release many questions, each ended with `;`: typed, or from a file.

    What you see stays as it was when the shell was opened, whatever is published meanwhile.

    [dim]Examples:[/]

      crossfoot shell

      crossfoot shell --format csv < questions.sql
    """
    typed = sys.stdin.isatty()
    failed = False
    with _door(home) as (path, door):
        if typed:
            import readline  # noqa: F401  lets input() edit lines

            out.print(f"{path.name}; end each statement with ; and the shell with Ctrl-D")
        for statement in statements(_typed() if typed else sys.stdin):
            try:
                door.ask(statement, format_)
            except (duckdb.Error, QueryLimit) as error:
                failed = True
                err.print(Text.assemble(("error: ", "bold red"), visible(str(error).rstrip())))
    sys.exit(UNUSABLE if failed and not typed else 0)


def _typed() -> Iterator[str]:
    while True:
        try:
            yield input("crossfoot> ") + "\n"
        except EOFError:
            out.print()
            return


@contextmanager
def _door(home: Path | None, query: str = "") -> Iterator[tuple[Path, Door]]:
    """The current release and the door to it; with customs detail where `query` reads it."""
    settings = _settings(home=home)
    path = _current(settings.home)
    step_aside()
    with open_for(query, settings.home, path, settings.memory_limit) as connection:
        yield path, Door(connection, settings.query_timeout, settings.memory_limit, out)


@app.command()
def releases(home: Home = None) -> None:
    """List what was published, the newest last; * marks what readers see."""
    where = _settings(home=home).home
    now = release.current(where)
    table = Table(box=None, header_style="bold")
    for column in ("", "release", "published after"):
        table.add_column(column)
    for one in release.list_releases(where):
        table.add_row("*" if now and one.id == now.name else "", one.id, one.previous or "")
    out.print(table)


@app.command()
def diff(
    before: Annotated[
        str | None, typer.Argument(help="A release; by default the one before the current.")
    ] = None,
    after: Annotated[
        str | None, typer.Argument(help="Another; by default the current one.")
    ] = None,
    home: Home = None,
) -> None:
    """What changed between two releases: figures, findings, rows of views.

    A withheld run may be named too; what it would have changed is seen beside the current one.

    [dim]Examples:[/]

      crossfoot diff

      crossfoot diff 20261124T101500Z-1a2b3c4d 20261125T101500Z-5e6f7a8b
    """
    from warehouse.changes import compare

    where = _settings(home=home).home
    new = release.find(where, after, withheld=True) if after else _current(where)
    if before is None:  # what readers saw when it was published, or see while it is withheld
        followed = {one.path: one.previous for one in release.list_releases(where)}
        before = followed.get(new, _current(where).name)
    old = release.find(where, before, withheld=True) if before else None
    out.print(f"{old.name if old else 'nothing'} → {new.name}", style="dim")
    print_changes(compare(old and old / DATABASE, new / DATABASE))


@app.command()
def report(
    release_id: Annotated[
        str | None,
        typer.Argument(help="A release or withheld run; by default the current release."),
    ] = None,
    open_: Annotated[bool, typer.Option("--open", help="Open it in a browser.")] = False,
    home: Home = None,
) -> None:
    """Where the quality report lies; it is read from disk.

    [dim]Examples:[/]

      crossfoot report --open

      crossfoot report 20261124T101500Z-1a2b3c4d
    """
    where = _settings(home=home).home
    page = (
        release.find(where, release_id, withheld=True) if release_id else _current(where)
    ) / REPORT
    if not page.exists():
        raise release.ReleaseError(
            f"{page.parent.parent} has no report; publish anew: crossfoot run"
        )
    out.print(Text(str(page)))
    if open_ and not webbrowser.open(page.absolute().as_uri()):
        err.print("No browser was found here; open the file above in one.")


@app.command()
def show(
    figure_id: Annotated[str, typer.Argument(help="A figure, <source>/<id>.")],
    home: Home = None,
) -> None:
    """Everything that is known of a figure, its interval drawn.

    [dim]Example:[/]

      crossfoot show people-daily-2020-05-foreign-trade/chengdu
    """
    from expectations.describe import describe, render

    path = _current(_settings(home=home).home)
    try:
        description = describe(path / DATABASE, figure_id)
    except LookupError as error:
        err.print(Text.assemble(("error: ", "bold red"), str(error.args[0])))
        sys.exit(UNUSABLE)
    out.print(render(description))


@app.command()
def rollback(
    release_id: Annotated[
        str | None, typer.Argument(help="The release to return to; by default the one before.")
    ] = None,
    home: Home = None,
) -> None:
    """Let readers see an earlier release again. Nothing is removed.

    [dim]Examples:[/]

      crossfoot rollback

      crossfoot rollback 20261124T101500Z-1a2b3c4d
    """
    settings = _settings(home=home)
    _current(settings.home)
    with release.publishing(settings.home, timeout=settings.lock_timeout) as publisher:
        path = publisher.rollback(release_id)
    out.print(f"current is {path.name}")


@app.command()
def verify(
    release_id: Annotated[
        str | None, typer.Argument(help="The release to verify; by default the current one.")
    ] = None,
    home: Home = None,
) -> None:
    """Compare every byte of a release with its manifest. Exit 2 where anything differs.

    [dim]Examples:[/]

      crossfoot verify

      crossfoot verify 20261124T101500Z-1a2b3c4d
    """
    where = _settings(home=home).home
    path = release.find(where, release_id) if release_id else _current(where)
    if problems := release.verify(path):
        for problem in problems:
            err.print(Text(f"{path}: {problem}"))
        raise release.ReleaseError(
            f"release {path.name} is damaged; restore those files from a copy, or let readers see "
            "another release with: crossfoot rollback"
        )
    out.print(f"{path.name} is whole")


@app.command()
def acknowledge(
    finding_id: Annotated[str, typer.Argument(help="The ten hex digits behind the rule's name.")],
    reason: Annotated[str, typer.Option(help="Why the finding is accepted.")],
    reviewer: Annotated[str, typer.Option(help="Who accepts it.")],
    expires: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="Last day it holds.")],
    paths: Annotated[
        list[Path] | None, typer.Option("--records", help="Record files; by default the shipped.")
    ] = None,
    home: Home = None,
) -> None:
    """Accept a finding, signed and for a time: it stays visible, but withholds nothing.

    It is void as soon as any of its figures changes. One on customs detail is taken from the last
    run below the home that has it, and void as soon as other keys fail or with other numbers.

    [dim]Example:[/]

      crossfoot acknowledge 700ed7e290 --reason "printed so; asked the office" --reviewer "L. Wang"
                --expires 2027-03-31 --records my-records
    """
    from expectations import acknowledgements

    settings = Settings.given(home=home)
    found: dict[str, tuple[Finding, Mapping[str, str]]] = {}
    for finding, digests in _acceptable(settings, paths or [settings.records]):
        found.setdefault(finding.id, (finding, digests))
    if finding_id not in found:
        known = ", ".join(found) or "none"
        err.print(Text(f"error: there is no finding {finding_id}; there are: {known}"))
        sys.exit(UNUSABLE)
    finding, digests = found[finding_id]
    entry = acknowledgements.Acknowledgement(
        rule=finding.rule,
        figures=finding.figures,
        reason=reason,
        reviewer=reviewer,
        expires=expires.date(),
        content=acknowledgements.content(finding.figures, digests),
    )
    acknowledgements.add(settings.acknowledged, entry)
    out.print(Text(f"acknowledged in {settings.acknowledged}: {entry.rule} [{finding_id}]"))


def _acceptable(
    settings: Settings, records: list[Path]
) -> Iterator[tuple[Finding, Mapping[str, str]]]:
    """The findings that can be accepted, each with the digests of what it is about.

    First those on customs detail, of the last run before those of earlier ones: they cost less.
    """
    from expectations.check import check as check_files
    from expectations.detail.findings import found

    for run in release.list_runs(settings.home):
        with open_readonly(run / DATABASE) as connection:
            for finding, digest in found(connection).items():
                yield finding, {finding.figures[0]: digest}
    checked = check_files(records, settings.acknowledged)
    digests = {figure.id: figure.digest for figure in checked.batch.figures}
    for finding in checked.assessment.findings:
        yield finding, digests


def _current(home: Path) -> Path:
    path = release.current(home)
    if path is None:
        raise release.ReleaseError(f"nothing is published in {home}; publish with: crossfoot run")
    return path


if __name__ == "__main__":
    main()
