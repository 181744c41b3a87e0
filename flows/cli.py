"""The command `crossfoot`: what a person types.

Belongs here: arguments, help and exit codes. Does not belong here: work, and how its results look
(terminal.py), and failures that are not the command's own (failures.py).
Prefect and Great Expectations are imported by the commands that need them, so that `check` and
`sql` answer at once.
"""

from __future__ import annotations

import json
import logging
import os
import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Annotated

import duckdb
import typer
from pydantic import ValidationError
from rich.text import Text

from expectations import acknowledgements, gate
from expectations.rules import Finding
from flows import detail_cli, drafting_cli, release_cli, streams
from flows.asking import QueryLimit
from flows.failures import UNUSABLE, WITHHELD, in_words
from flows.options import AcceptSchema, Home, plain_text
from flows.outcome import EXPECTED, of_flow
from flows.settings import ServingError, Settings, prepare_prefect
from flows.signals import ending_in_words, watch_readers
from flows.streams import NotText, as_text
from flows.temporary import TemporaryServer, run_flow
from flows.terminal import (
    Progress,
    out,
    print_checked,
    print_error,
    print_outcome,
)
from warehouse import evidence, period, reading, release
from warehouse.database import open_readonly
from warehouse.export import DATABASE
from warehouse.interpreter import collect_rarely

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    help="Check published trade statistics against each other, and publish what holds.",
    epilog="Exit codes: 0 fine, 1 findings withheld publication, 2 unusable input or usage, "
    "3 a failure that nobody foresaw: please report it.",
)

# What the system refused to DuckDB: the file and the number of the error, as it words them.
_REFUSED = re.compile(r'file \\?"([^"\\]+)\\?".*"errno":"(\d+)"')
_EXPECTED = (*EXPECTED, ServingError, QueryLimit, NotText, duckdb.Error)


def _period(text: str) -> str:
    try:
        return period.parse(text).text
    except period.PeriodError as error:
        raise typer.BadParameter(f"{error}; write {period.EXAMPLES}") from None


def main() -> None:
    """Run the command, once __main__.py has begun."""
    collect_rarely()
    with in_words(), _explained(), ending_in_words():
        for argument in sys.argv[1:]:
            as_text(argument)  # neither DuckDB nor Prefect takes any other
        sys.exit(app(prog_name="crossfoot", standalone_mode=False))


@contextmanager
def _explained() -> Iterator[None]:
    """Expected failures end with their message on stderr and exit code 2, without a traceback."""
    try:
        yield
    except (typer.TyperException, ValidationError, *_EXPECTED) as error:
        if isinstance(error, ValidationError) and not error.title.endswith("Settings"):
            raise
        if words := _words(error):
            print_error(words)
        sys.exit(UNUSABLE)


def _words(error: Exception) -> str:
    """What is told of an expected failure; nothing where the help was shown."""
    match error:
        case typer.TyperException():
            # Not in Typer's own way, which obeys control characters in what was typed.
            message = error.format_message().strip().replace("Value error, ", "")
            context = getattr(error, "ctx", None)
            command = context.command_path if context else "crossfoot"
            return message and f"{message.rstrip('.')}; see: {command} --help"
        case ValidationError():
            first = error.errors()[0]
            name = ".".join(map(str, first["loc"]))
            setting = f"Prefect's setting {name or error.title}: {first['msg']}"
            return f"{setting}; mend it in the environment, PREFECT_…, or in Prefect's profile"
        case duckdb.OutOfMemoryException():
            first_line = str(error).partition("\n")[0]
            return f"{first_line}; raise CROSSFOOT_MEMORY_LIMIT, or free memory"
        case duckdb.IOException() if refused := _REFUSED.search(str(error)):
            file, number = refused.groups()
            return f"{file}: {os.strerror(int(number))}; {release.remedy(OSError(int(number), ''))}"
    return str(error).rstrip()


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
    accept_schema: AcceptSchema = False,
) -> None:
    """Load the records, check them, and publish a release: the main job, as a Prefect flow.

    [dim]Examples:[/]

      crossfoot run

      crossfoot run --records my-records --home /srv/crossfoot

      crossfoot run --records my-records --periods 2016/2019

      crossfoot run --records my-records --dry-run

    A contradiction withholds publication (exit 1), and so does a view or column that is gone; what
    is published stays as it was. A server named by PREFECT_API_URL is used; without one, Prefect
    starts a temporary one.
    """
    settings = Settings.given(home=home, records=records)
    watch_readers(settings.home)
    _check_what_is_there(settings)
    prepare_prefect(settings.home)
    logger = logging.getLogger("crossfoot")
    logger.setLevel(logging.INFO)
    logger.addHandler(Progress())
    gate.start()
    server = TemporaryServer.unless_named()
    from flows.pipeline import publish_records

    state = run_flow(server, publish_records, home, records, periods, dry_run, accept_schema)
    outcome = of_flow(state)
    print_outcome(outcome)
    sys.exit({"publish": 0, "withhold": WITHHELD, "unusable": UNUSABLE}[outcome.verdict])


def _check_what_is_there(settings: Settings) -> None:
    """Raises what a run would raise on what it needs, before Prefect and a server are loaded."""
    release.check_home(settings.home)
    release.current(settings.home)
    reading.find([settings.records])
    acknowledgements.read(settings.acknowledged)


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
    settings = Settings.given(home=home, records=records, port=port)
    _check_what_is_there(settings)
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

    settings = Settings.given()
    checked = check_files(paths, settings.acknowledged, settings.home / evidence.FOLDER)
    if as_json:
        text = json.dumps(checked.to_json(), ensure_ascii=False, indent=1)
        with suppress(BrokenPipeError):
            streams.data().write(f"{text}\n")
    else:
        print_checked(checked)
    sys.exit(UNUSABLE if checked.unusable else WITHHELD if checked.contradicted else 0)


@app.command()
def acknowledge(
    finding_id: Annotated[str, typer.Argument(help="The ten hex digits behind the rule's name.")],
    reason: Annotated[str, typer.Option(help="Why the finding is accepted.", parser=plain_text)],
    reviewer: Annotated[str, typer.Option(help="Who accepts it.", parser=plain_text)],
    expires: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Last day it holds; by default a year from today."),
    ] = None,
    paths: Annotated[
        list[Path] | None, typer.Option("--records", help="Record files; by default the shipped.")
    ] = None,
    home: Home = None,
) -> None:
    """Accept a finding, signed and for a time: it stays visible, but withholds nothing.

    It is taken from the records or, where these do not have it, from the last run below the home
    that has, and void as soon as any of its figures changes. One on customs detail is void as soon
    as other keys fail or with other numbers.

    [dim]Example:[/]

      crossfoot acknowledge 700ed7e290 --reason "printed so" --reviewer "L. Wang"
    """
    today = date.today()
    last_day = expires.date() if expires else today + timedelta(days=365)
    if last_day < today:
        raise typer.BadParameter("is past: it would hold no day", param_hint="--expires")
    settings = Settings.given(home=home)
    found: dict[str, tuple[Finding, Mapping[str, str]]] = {}
    for finding, digests in _acceptable(settings, paths or [settings.records]):
        found.setdefault(finding.id, (finding, digests))
        if finding.id == finding_id:
            break
    if finding_id not in found:
        searched = ", ".join(map(str, paths or [settings.records]))
        known = ", ".join(found) or "none"
        told = f"there is no finding {finding_id} in {searched} or runs below {settings.home}"
        remedy = "name the records that have it, --records, or the home of such a run, --home"
        print_error(f"{told}; there are: {known}; {remedy}")
        sys.exit(UNUSABLE)
    finding, digests = found[finding_id]
    entry = acknowledgements.Acknowledgement(
        rule=finding.rule,
        figures=finding.figures,
        reason=reason,
        reviewer=reviewer,
        expires=last_day,
        content=acknowledgements.content(finding.figures, digests),
        accepted=datetime.now(UTC).replace(microsecond=0),
    )
    earlier = acknowledgements.add(settings.acknowledged, entry)
    told = f"acknowledged until {last_day} in {settings.acknowledged}: {entry.rule} [{finding_id}]"
    out.print(Text(told))
    for other in earlier:
        out.print(Text(f"kept beside it: {other.reviewer} until {other.expires}: {other.reason}"))


def _acceptable(
    settings: Settings, records: list[Path]
) -> Iterator[tuple[Finding, Mapping[str, str]]]:
    """The findings that can be accepted, each with the digests of what it is about.

    First those on customs detail, of the last run before those of earlier ones: they cost less.
    Those on figures as the records are now, before those of runs.
    """
    from expectations.assess import findings_on_figures
    from expectations.check import check as check_files
    from expectations.detail.findings import found

    runs = release.list_runs(settings.home)
    for run in runs:
        with open_readonly(run / DATABASE) as connection:
            for finding, digest in found(connection).items():
                yield finding, {finding.figures[0]: digest}
    checked = check_files(records, settings.acknowledged)
    digests = {figure.id: figure.digest for figure in checked.batch.figures}
    for finding in checked.assessment.findings:
        yield finding, digests
    for run in runs:
        with open_readonly(run / DATABASE) as connection:
            findings, digests = findings_on_figures(connection)
        for finding in findings:
            yield finding, digests


for command in (*release_cli.COMMANDS, drafting_cli.draft, drafting_cli.review):
    app.command()(command)
app.add_typer(detail_cli.app, name="detail")


if __name__ == "__main__":
    main()
