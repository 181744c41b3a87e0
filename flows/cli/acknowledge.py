"""`crossfoot acknowledge`: a reviewer accepts a finding."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich.text import Text

from expectations import acknowledgements
from expectations.assess import findings_on_figures
from expectations.check import check as check_files
from expectations.detail.detail_findings import findings_on_detail
from expectations.rules.figure_rules import Finding
from flows.cli.options import Home, plain_text
from flows.cli.terminal import from_here, out, print_error
from flows.process.failures import UNUSABLE
from flows.settings import Settings
from warehouse import project
from warehouse.exchange.export import DATABASE
from warehouse.project import ProjectError
from warehouse.release import releases
from warehouse.store.database import open_readonly


def command(
    finding_id: Annotated[str, typer.Argument(help="The ten hex digits behind the rule's name.")],
    reason: Annotated[str, typer.Option(help="Why the finding is accepted.", parser=plain_text)],
    reviewer: Annotated[str, typer.Option(help="Who accepts it.", parser=plain_text)],
    expires: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Last day it holds; by default a year from today."),
    ] = None,
    paths: Annotated[
        list[Path] | None, typer.Option("--records", help="Record files; by default the project's.")
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
    _refuse_installed(settings.acknowledged)
    candidates: dict[str, tuple[Finding, Mapping[str, str]]] = {}
    for finding, digests in _acceptable(settings, paths or [settings.records]):
        candidates.setdefault(finding.id, (finding, digests))
        if finding.id == finding_id:
            break
    if finding_id not in candidates:
        _refuse_unknown(finding_id, candidates, paths or [settings.records], settings.home)
    finding, digests = candidates[finding_id]
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
    message = (
        f"acknowledged until {last_day} in {from_here(settings.acknowledged)}: "
        f"{entry.rule} [{finding_id}]"
    )
    out.print(Text(message))
    for entry in earlier:
        out.print(Text(f"kept beside it: {entry.reviewer} until {entry.expires}: {entry.reason}"))


def _refuse_installed(file: Path) -> None:
    """Raise ProjectError where the file of acknowledgements is part of the installed package."""
    if project.is_installed(file):
        raise ProjectError(
            f"{file}: is part of the installed package, whose next version would "
            "lose it; accept findings in a project of your own, crossfoot init DIR --area XX, or "
            "in a file that you name: export CROSSFOOT_ACKNOWLEDGED=accepted.yaml"
        )


def _refuse_unknown(
    finding_id: str, candidates: Iterable[str], searched: list[Path], home: Path
) -> NoReturn:
    """End with what there is instead."""
    known = ", ".join(candidates) or "none"
    records = ", ".join(map(str, searched))
    message = f"there is no finding {finding_id} in {records} or runs below {home}"
    remedy = "name the records that have it, --records, or the home of such a run, --home"
    print_error(f"{message}; there are: {known}; {remedy}")
    sys.exit(UNUSABLE)


def _acceptable(
    settings: Settings, records: list[Path]
) -> Iterator[tuple[Finding, Mapping[str, str]]]:
    """The findings that can be accepted, each with the digests of what it is about.

    First those on customs detail, of the last run before those of earlier ones: they cost less.
    Those on figures as the records are now, before those of runs.
    """
    runs = releases.list_runs(settings.home)
    for run in runs:
        with open_readonly(run / DATABASE) as connection:
            for finding, digest in findings_on_detail(connection).items():
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
