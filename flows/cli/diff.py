"""`crossfoot diff`: what changed between two releases."""

from __future__ import annotations

from typing import Annotated

import typer

from flows.cli.options import Home
from flows.cli.terminal import out, print_changes
from flows.settings import Settings
from warehouse.exchange.export import DATABASE
from warehouse.release import releases
from warehouse.release.changes import compare


def command(
    before: Annotated[
        str | None, typer.Argument(help="A release; by default the one before the current.")
    ] = None,
    after: Annotated[
        str | None, typer.Argument(help="Another; by default the current one.")
    ] = None,
    home: Home = None,
) -> None:
    """What changed between two releases: figures, findings, customs detail, rows of views.

    A withheld run may be named too; by itself, it is what would come after the current release.

    [dim]Examples:[/]

      crossfoot diff

      crossfoot diff 20261124T101500Z-1a2b3c4d 20261125T101500Z-5e6f7a8b
    """
    where = Settings.given(home=home).home
    followed = {release.path: release.previous for release in releases.list_releases(where)}
    if before and after is None and releases.find(where, before, withheld=True) not in followed:
        before, after = None, before
    new = releases.find(where, after, withheld=True) if after else releases.published(where)
    if before is None:  # what readers saw when it was published, or see while it is withheld
        before = followed.get(new, releases.published(where).name)
    old = releases.find(where, before, withheld=True) if before else None
    out.print(f"{old.name if old else 'nothing'} → {new.name}", style="dim")
    print_changes(compare(old and old / DATABASE, new / DATABASE))
