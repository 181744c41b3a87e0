"""`crossfoot serve`: the scheduled service."""

from __future__ import annotations

import os
from typing import Annotated

import typer
from rich.text import Text

from flows.cli.options import Home, Records
from flows.cli.run import check_inputs
from flows.cli.terminal import out
from flows.settings import Settings, prepare_prefect


def command(
    home: Home = None,
    records: Records = None,
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
    check_inputs(settings)
    os.environ |= settings.environment()
    prepare_prefect(settings.home, console=False)
    from flows.service.serving import serve as serve_until_stopped

    serve_until_stopped(settings, lambda text: out.print(Text(text)))
