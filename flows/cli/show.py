"""`crossfoot show`: all that is known of a figure."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from desk.describe import describe, render
from flows.cli.options import Home
from flows.cli.terminal import out, print_error
from flows.process.failures import UNUSABLE
from flows.settings import Settings
from warehouse.exchange.export import DATABASE
from warehouse.records import identifiers
from warehouse.release import releases


def command(
    figure_id: Annotated[str, typer.Argument(help="A figure, <source>/<id>.")],
    home: Home = None,
) -> None:
    """Everything that is known of a figure, its interval drawn.

    [dim]Example:[/]

      crossfoot show people-daily-2020-05-foreign-trade/chengdu
    """
    path = releases.published(Settings.given(home=home).home)
    try:
        description = describe(path / DATABASE, identifiers.composed(figure_id))
    except LookupError as error:
        print_error(str(error.args[0]))
        sys.exit(UNUSABLE)
    out.print(render(description))
