"""The command `crossfoot`: what a person types, and what they see.

Belongs here: arguments, exit codes, and the wording of the terminal. Does not belong here: work.
Exit codes: 0 fine, 1 findings withheld publication, 2 unusable input or usage. Prefect and Great
Expectations are imported by the commands that need them, so that `check` and `sql` answer at once.
"""

from __future__ import annotations

import csv
import json
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import duckdb
import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from expectations import gate
from expectations.rules import counted
from expectations.suites import NotEvaluated
from flows import detail_cli
from flows.settings import Settings, prepare_prefect
from warehouse import release
from warehouse.detail.aggregate import open_for
from warehouse.detail.engine import EngineError
from warehouse.export import AuditError
from warehouse.reading import FormError

if TYPE_CHECKING:
    from expectations.rules import Finding
    from flows.pipeline import Outcome

WITHHELD, UNUSABLE = 1, 2

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    help="Check published trade statistics against each other, and publish what holds.",
    epilog="Exit codes: 0 fine, 1 findings withheld publication, 2 unusable input or usage.",
)
app.add_typer(detail_cli.app, name="detail")
# Where nobody looks at a screen, nothing is wrapped or cut to its width.
out = Console(highlight=False, soft_wrap=True, width=None if sys.stdout.isatty() else 10_000)
err = Console(stderr=True, highlight=False, soft_wrap=True)

Home = Annotated[
    Path | None,
    typer.Option(help="Where everything that Crossfoot makes lies.", envvar="CROSSFOOT_HOME"),
]


class Format(StrEnum):
    """How `sql` prints its answer."""

    table = "table"
    csv = "csv"
    json = "json"


def main() -> None:
    """Entry point of the command."""
    with _explained():
        app()


@contextmanager
def _explained() -> Iterator[None]:
    """Expected failures end with their message on stderr and exit code 2, without a traceback."""
    try:
        yield
    except (
        *(FormError, release.ReleaseError, AuditError, NotEvaluated, EngineError, duckdb.Error),
    ) as error:
        err.print(Text.assemble(("error: ", "bold red"), str(error).rstrip()))
        sys.exit(UNUSABLE)
    except OSError as error:
        if isinstance(
            error, BrokenPipeError
        ):  # the reader of a pipe, such as head, has seen enough
            sys.stderr.close()
            sys.exit(0)
        err.print(Text.assemble(("error: ", "bold red"), f"{error.filename}: {error.strerror}"))
        sys.exit(UNUSABLE)


def _settings(**given: Any) -> Settings:
    return Settings(**{name: value for name, value in given.items() if value is not None})


@app.command()
def run(
    home: Home = None,
    records: Annotated[
        Path | None, typer.Option(help="Folder of record files; the shipped ones by default.")
    ] = None,
) -> None:
    """Load the records, check them, and publish a release: the main job, as a Prefect flow.

    [dim]Examples:[/]

      crossfoot run

      crossfoot run --records my-records --home /srv/crossfoot

    A contradiction withholds publication (exit 1); what is published stays as it was. A server
    named by PREFECT_API_URL is used; without one, Prefect starts a temporary one.
    """
    settings = _settings(home=home, records=records)
    prepare_prefect(settings.home)
    logger = logging.getLogger("crossfoot")
    logger.setLevel(logging.INFO)
    logger.addHandler(_Progress())
    gate.start()
    from prefect.settings import PREFECT_FLOWS_HEARTBEAT_FREQUENCY, temporary_settings

    from flows.pipeline import publish_records

    # Heartbeats tell a server that a run still lives; here a person is looking, and the thread
    # that sends them takes a second to end.
    with temporary_settings({PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None}):
        try:
            state = publish_records(**settings.model_dump(), return_state=True)
        except RuntimeError as error:
            if "reach API" not in str(error):
                raise
            remedy = "start the server, or unset PREFECT_API_URL"
            raise release.ReleaseError(f"{str(error).rstrip('/')}; {remedy}") from None
    outcome: Any = state.result(raise_on_failure=False)
    if isinstance(outcome, BaseException):
        raise outcome
    _print_outcome(outcome)
    sys.exit({"publish": 0, "withhold": WITHHELD, "unusable": UNUSABLE}[outcome.verdict])


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

    checked = check_files(paths, _settings().acknowledged)
    if as_json:
        print(json.dumps(checked.to_json(), ensure_ascii=False, indent=1))
    else:
        for problem in checked.batch.problems:
            err.print(Text(str(problem)))
        for row in checked.batch.quarantined:
            err.print(Text(f"{row.file}:{row.line}: {row.figure} is set aside: {row.reason}"))
        for lapsed in checked.assessment.lapsed:
            err.print(Text(str(lapsed)))
        for finding in checked.assessment.findings:
            _print_finding(finding)
        for conflict in checked.assessment.joint.conflicts:
            if conflict.repairs:
                out.print(Text(f"one slip would explain {', '.join(conflict.figures)}:"))
            for repair in conflict.repairs:
                number = f"{repair.figure} {repair.aspect} {repair.printed}"
                out.print(Text(f"  {number}: {repair.slip}"))
        counts = checked.batch.totals()
        out.print(
            ", ".join(f"{count} {fate}" for fate, count in counts.items())
            + f"; {counted(checked.assessment.findings)}"
        )
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
    settings = _settings(home=home)
    with open_for(query, settings.home, _current(settings.home)) as connection:
        answer = connection.sql(query)
        if answer is None:
            return
        _PRINTERS[format_](answer)


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
def acknowledge(
    finding_id: Annotated[str, typer.Argument(help="The ten hex digits behind the rule's name.")],
    reason: Annotated[str, typer.Option(help="Why the finding is accepted.")],
    reviewer: Annotated[str, typer.Option(help="Who accepts it.")],
    expires: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="Last day it holds.")],
    paths: Annotated[
        list[Path] | None, typer.Option("--records", help="Record files; by default the shipped.")
    ] = None,
) -> None:
    """Accept a finding, signed and for a time: it stays visible, but withholds nothing.

    It is void as soon as any of its figures changes.

    [dim]Example:[/]

      crossfoot acknowledge 700ed7e290 --reason "printed so; asked the office" --reviewer "L. Wang"
                --expires 2027-03-31 --records my-records
    """
    from expectations import acknowledgements
    from expectations.check import check as check_files

    settings = _settings()
    checked = check_files(paths or [settings.records], settings.acknowledged)
    found = {finding.id: finding for finding in checked.assessment.findings}
    if (finding := found.get(finding_id)) is None:
        known = ", ".join(found) or "none"
        err.print(Text(f"error: there is no finding {finding_id}; there are: {known}"))
        sys.exit(UNUSABLE)
    digests = {figure.id: figure.digest for figure in checked.batch.figures}
    entry = acknowledgements.Acknowledgement(
        rule=finding.rule,
        figures=finding.figures,
        reason=reason,
        reviewer=reviewer,
        expires=expires.date(),
        content=acknowledgements.content(finding.figures, digests),
    )
    acknowledgements.add(settings.acknowledged, entry)
    out.print(Text(f"acknowledged in {settings.acknowledged}: {finding.rule} [{finding.id}]"))


class _Progress(logging.Handler):
    """Shows each step of a run on stderr as it is done."""

    def emit(self, record: logging.LogRecord) -> None:
        err.print(Text.assemble(("· ", "dim"), record.getMessage()))


def _print_outcome(outcome: Outcome) -> None:
    for problem in (*outcome.problems, *outcome.notices):
        err.print(Text(problem))
    for finding in outcome.findings:
        _print_finding(finding)
    table = Table(show_header=False, box=None, padding=(0, 2, 0, 0))
    colour = "bold green" if outcome.verdict == "publish" else "bold red"
    table.add_row("verdict", Text(outcome.verdict, style=colour))
    table.add_row("figures", str(outcome.figures))
    if outcome.verdict != "unusable":
        table.add_row("findings", counted(outcome.findings))
    label = {"publish": "release", "withhold": "kept aside"}.get(outcome.verdict)
    if label:
        table.add_row(label, Text(str(outcome.release)))
    else:
        table.add_row("problems", str(len(outcome.problems)))
    out.print(table)
    if outcome.verdict != "publish":
        err.print("Nothing was published; what readers see is unchanged.")


def _print_finding(finding: Finding) -> None:
    if finding.severity == "info":  # counted; the report has it
        return
    colour = "bold red" if finding.withholds else "bold yellow"
    by = f", acknowledged by {finding.acknowledged_by}" if finding.acknowledged_by else ""
    out.print(Text.assemble((finding.severity, colour), f" {finding.rule} [{finding.id}]{by}"))
    out.print(Text(f"  {finding.message}"))


def _current(home: Path) -> Path:
    path = release.current(home)
    if path is None:
        raise release.ReleaseError(f"nothing is published in {home}; publish with: crossfoot run")
    return path


def _cell(value: Any) -> str:
    """A value as an analyst wants to read it: no trailing zeros, no exponents."""
    if value is None:
        return ""
    if isinstance(value, Decimal):
        text = f"{value:f}"
        return text.rstrip("0").rstrip(".") if "." in text else text
    if isinstance(value, list):
        return ", ".join(map(_cell, value))
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    return str(value)


def _print_table(answer: duckdb.DuckDBPyRelation) -> None:
    table = Table(header_style="bold")
    for name, type_ in zip(answer.columns, answer.types, strict=True):
        numeric = str(type_).startswith(("DECIMAL", "BIGINT", "INTEGER", "DOUBLE", "HUGEINT"))
        table.add_column(name, justify="right" if numeric else "left", overflow="fold")
    rows = answer.fetchall()
    for row in rows:
        table.add_row(*(Text(_cell(value)) for value in row))
    out.print(table)
    out.print(f"{len(rows)} row{'' if len(rows) == 1 else 's'}", style="dim")


def _print_csv(answer: duckdb.DuckDBPyRelation) -> None:
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(answer.columns)
    writer.writerows([_cell(value) for value in row] for row in answer.fetchall())


def _print_json(answer: duckdb.DuckDBPyRelation) -> None:
    # DuckDB writes the JSON: it keeps every digit of a DECIMAL, which a float would not.
    rows = answer.query("answer", "select to_json(answer) from answer")
    print("[" + ",\n ".join(row for (row,) in rows.fetchall()) + "]" if rows else "[]")


_PRINTERS = {Format.table: _print_table, Format.csv: _print_csv, Format.json: _print_json}


if __name__ == "__main__":
    main()
