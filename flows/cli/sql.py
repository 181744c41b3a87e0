"""`crossfoot sql`: one question to the current release."""

from __future__ import annotations

from typing import Annotated

import typer

from flows.cli.options import Home
from flows.cli.query_session import Format, session
from flows.cli.terminal import out
from flows.process.streams import as_text


def command(
    query: Annotated[str, typer.Argument(help="A DuckDB SELECT over the published views.")],
    format_: Annotated[
        Format, typer.Option("--format", help="How to print the answer.")
    ] = Format.table,
    home: Home = None,
) -> None:
    """Ask the current release, read-only.

    Start with the view [bold]figures[/]; `show tables` lists the others, `describe figures` its
    columns; what each says is a comment in `duckdb_columns()`. [bold]detail[/] is the customs
    detail, row by row.

    [dim]Examples:[/]

      crossfoot sql "select period, value_printed, growth_printed from figures
                     where area_name = '成都市' and flow = 'trade'"

      crossfoot sql "from remainders" --format csv > remainders.csv
    """
    query = as_text(query)
    with session(home, out, query) as (_, asking):
        asking.ask(query, format_)
