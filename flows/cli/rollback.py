"""`crossfoot rollback`: let readers see an earlier release."""

from __future__ import annotations

from typing import Annotated

import typer

from flows.cli.options import Home
from flows.cli.terminal import out
from flows.process.signals import watch_readers
from flows.settings import Settings
from warehouse.release import releases
from warehouse.release.publisher import publishing


def command(
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
    settings = Settings.given(home=home)
    releases.published(settings.home)
    watch_readers(settings.home)
    with publishing(settings.home, timeout=settings.lock_timeout) as publisher:
        path = publisher.rollback(release_id)
    out.print(f"current is {path.name}")
