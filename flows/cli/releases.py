"""`crossfoot releases`: what was published."""

from __future__ import annotations

from rich.table import Table

from flows.cli.options import Home
from flows.cli.terminal import out
from flows.settings import Settings
from warehouse.release import releases


def command(home: Home = None) -> None:
    """List what was published, the newest last; * marks what readers see."""
    where = Settings.given(home=home).home
    now = releases.current(where)
    table = Table(box=None, header_style="bold")
    for column in ("", "release", "published after"):
        table.add_column(column)
    for release in releases.list_releases(where):
        table.add_row(
            "*" if now and release.id == now.name else "", release.id, release.previous or ""
        )
    out.print(table)
