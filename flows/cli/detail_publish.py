"""`crossfoot detail publish`: load, check, aggregate, publish."""

from __future__ import annotations

import logging
import sys
from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from expectations import acknowledgements
from expectations.detail.detail_rules import rules_for_publication
from flows import detail_preload
from flows.cli.detail_options import (
    Dataset,
    Encoding,
    EngineName,
    EngineOption,
    Form,
    Given,
    Master,
    constants_of,
    loading,
)
from flows.cli.options import AcceptSchema, Home
from flows.cli.terminal import Progress, err, out, print_finding, print_rule_outcomes
from flows.outcome import DetailOutcome, of_flow
from flows.process.failures import WITHHELD
from flows.process.signals import watch_readers
from flows.service.temporary_server import TemporaryServer, run_flow
from flows.settings import Settings, prepare_prefect
from warehouse.detail import partitions
from warehouse.detail.release_content import base_release
from warehouse.detail.source import check_is_file
from warehouse.release.publisher import check_home


def command(
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
    _check_inputs(settings, files or (), rule or ())
    prepare_prefect(settings.home)
    _show_steps()
    read = loading(settings, files or (), form, dataset, given, encoding)
    with detail_preload.begun(read) if files else nullcontext():
        server = TemporaryServer.unless_named()
        from expectations.detail.detail_assessment import rule_outcomes
        from flows.detail import publish_detail

        state = run_flow(
            server,
            publish_detail,
            home=settings.home,
            files=files or (),
            form=form,
            dataset=dataset,
            given=constants_of(given),
            encoding=encoding,
            rules=rule or (),
            engine=str(engine),
            master=master,
            accept_schema=accept_schema,
        )
    outcome = of_flow(state)
    print_rule_outcomes(rule_outcomes(outcome.checks))
    _print(outcome)
    sys.exit(0 if outcome.verdict == "publish" else WITHHELD)


def _check_inputs(settings: Settings, files: Sequence[Path], rules: Sequence[str]) -> None:
    """Raises those errors of a run that can be known before a file is read or a server started."""
    base_release(settings.home)
    check_home(settings.home)
    rules_for_publication(rules)
    acknowledgements.read(settings.acknowledged)
    for path in files:
        check_is_file(path)
    if not files:
        partitions.current(settings.home)


def _print(outcome: DetailOutcome) -> None:
    """What did not hold, beside the rules, and what became of the release."""
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


def _show_steps() -> None:
    """From here on, show what the run logs."""
    logger = logging.getLogger("crossfoot")
    logger.setLevel(logging.INFO)
    logger.addHandler(Progress())
