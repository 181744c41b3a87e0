"""`crossfoot acknowledge`: a reviewer accepts a finding, or all findings of a cause."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
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
    finding_id: Annotated[
        str, typer.Argument(help="The ten hex digits of a finding, or of a cause.")
    ],
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

    The id of a cause accepts every finding beneath it, each by an entry of its own.

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
    known: dict[str, None] = {}
    for findings, digests in _acceptable(settings, paths or [settings.records]):  # noqa: B007
        known.update(dict.fromkeys(name for f in findings for name in (f.id, f.cause) if name))
        if accepted := _accepted(finding_id, findings):
            break
    else:
        _refuse_unknown(finding_id, known, paths or [settings.records], settings.home)
    for finding in accepted:
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
            f"{entry.rule} [{finding.id}]"
        )
        out.print(Text(message))
        for before in earlier:
            kept = f"kept beside it: {before.reviewer} until {before.expires}: {before.reason}"
            out.print(Text(kept))


def _accepted(id_: str, findings: Iterable[Finding]) -> list[Finding]:
    """The finding of that id, or those of the cause of that id that nobody has accepted yet."""
    named = [finding for finding in findings if id_ in (finding.id, finding.cause)]
    is_cause = len(named) > 1 or any(finding.id != id_ for finding in named)
    return [f for f in named if not (is_cause and f.acknowledged_by)] or named


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
    message = f"there is no finding or cause {finding_id} in {records} or runs below {home}"
    remedy = "name the records that have it, --records, or the home of such a run, --home"
    print_error(f"{message}; there are: {known}; {remedy}")
    sys.exit(UNUSABLE)


def _acceptable(
    settings: Settings, records: list[Path]
) -> Iterator[tuple[Sequence[Finding], Mapping[str, str]]]:
    """Findings that can be accepted, those of one place together, and the digests of their figures.

    First those on customs detail, of the last run before those of earlier ones: they cost less.
    Those on figures as the records are now, before those of runs.
    """
    runs = releases.list_runs(settings.home)
    for run in runs:
        with open_readonly(run / DATABASE) as connection:
            for finding, digest in findings_on_detail(connection).items():
                yield [finding], {finding.figures[0]: digest}
    checked = check_files(records, settings.acknowledged)
    digests = {figure.id: figure.digest for figure in checked.batch.figures}
    yield checked.assessment.findings, digests
    for run in runs:
        with open_readonly(run / DATABASE) as connection:
            yield findings_on_figures(connection)
