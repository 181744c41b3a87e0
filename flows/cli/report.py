"""`crossfoot report`: where the quality report lies."""

from __future__ import annotations

import webbrowser
from typing import Annotated

import typer
from rich.text import Text

from flows.cli.options import Home
from flows.cli.terminal import err, from_here, out
from flows.settings import Settings
from warehouse.exchange.export import REPORT
from warehouse.release import releases
from warehouse.release.refusal import ReleaseError


def command(
    release_id: Annotated[
        str | None,
        typer.Argument(help="A release or withheld run; by default the current release."),
    ] = None,
    open_: Annotated[bool, typer.Option("--open", help="Open it in a browser.")] = False,
    home: Home = None,
) -> None:
    """Where the quality report lies; it is read from disk.

    [dim]Examples:[/]

      crossfoot report --open

      crossfoot report 20261124T101500Z-1a2b3c4d
    """
    where = Settings.given(home=home).home
    page = (
        releases.find(where, release_id, withheld=True) if release_id else releases.published(where)
    ) / REPORT
    if not page.exists():
        raise ReleaseError(f"{page.parent.parent} has no report; publish anew: crossfoot run")
    out.print(Text(str(from_here(page))))
    if open_ and not webbrowser.open(page.absolute().as_uri()):
        err.print("No browser was found here; open the file above in one.")
