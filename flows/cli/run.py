"""`crossfoot run`: load the records, check them, publish."""

from __future__ import annotations

import logging
import sys
from typing import Annotated

import typer

from expectations import acknowledgements
from expectations.gx import validation
from expectations.rules import rule_catalogue
from flows.cli.options import AcceptSchema, Home, Records
from flows.cli.terminal import Progress, print_notices, print_outcome
from flows.outcome import of_flow
from flows.process.failures import UNUSABLE, WITHHELD
from flows.process.signals import watch_readers
from flows.service.temporary_server import TemporaryServer, run_flow
from flows.settings import Settings, prepare_prefect
from warehouse.records import reading
from warehouse.release import releases
from warehouse.release.publisher import check_home
from warehouse.store.own_queries import view_files
from warehouse.terms import codes, period


def _period(text: str) -> str:
    try:
        return period.parse(text).text
    except period.PeriodError as error:
        raise typer.BadParameter(f"{error}; write {period.EXAMPLES}") from None


def command(
    home: Home = None,
    records: Records = None,
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
    check_inputs(settings)
    prepare_prefect(settings.home)
    logger = logging.getLogger("crossfoot")
    logger.setLevel(logging.INFO)
    logger.addHandler(Progress())
    with validation.begun():
        server = TemporaryServer.unless_named()
        from flows.pipeline import publish_records

        state = run_flow(server, publish_records, home, records, periods, dry_run, accept_schema)
    outcome = of_flow(state)
    print_outcome(outcome)
    sys.exit({"publish": 0, "withhold": WITHHELD, "unusable": UNUSABLE}[outcome.verdict])


def check_inputs(settings: Settings) -> None:
    """Raises those errors of a run that can be known before Prefect and a server are loaded."""
    print_notices((*codes.notices(), *rule_catalogue.notices()))
    rule_catalogue.catalogue()
    view_files()
    check_home(settings.home)
    releases.current(settings.home)
    reading.find([settings.records])
    acknowledgements.read(settings.acknowledged)
