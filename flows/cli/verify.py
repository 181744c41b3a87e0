"""`crossfoot verify`: every byte of a release against its manifest."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.text import Text

from flows.cli.options import Home
from flows.cli.terminal import err, out
from flows.settings import Settings
from warehouse.detail import release_content
from warehouse.exchange.export import DATABASE
from warehouse.release import releases
from warehouse.release.manifest import verify
from warehouse.release.refusal import ReleaseError


def command(
    release_id: Annotated[
        str | None, typer.Argument(help="The release to verify; by default the current one.")
    ] = None,
    home: Home = None,
) -> None:
    """Compare every byte of a release with its manifest, and the customs detail it was made from
    with the checksums it holds. Exit 2 where anything differs.

    [dim]Examples:[/]

      crossfoot verify

      crossfoot verify 20261124T101500Z-1a2b3c4d
    """
    where = Settings.given(home=home).home
    path = releases.find(where, release_id) if release_id else releases.published(where)
    if problems := verify(path):
        for problem in problems:
            err.print(Text(f"{path}: {problem}"))
        raise ReleaseError(
            f"release {path.name} is damaged; restore those files from a copy, or let readers see "
            "another release with: crossfoot rollback"
        )
    if problems := release_content.verify(path / DATABASE, where):
        for problem in problems:
            err.print(Text(problem))
        raise ReleaseError(
            f"release {path.name} is whole, but not the detail that it was made from; restore that "
            "from a copy, or load and publish it again"
        )
    out.print(f"{path.name} is whole")
