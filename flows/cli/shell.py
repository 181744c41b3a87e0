"""`crossfoot shell`: many questions to one release."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Annotated

import duckdb
import typer

from flows.cli.options import Home
from flows.cli.query_session import Format, QueryLimit, session, statements
from flows.cli.terminal import out, print_error
from flows.process.failures import UNUSABLE
from flows.process.streams import NotText, as_text


def command(
    format_: Annotated[
        Format, typer.Option("--format", help="How to print the answers.")
    ] = Format.table,
    home: Home = None,
) -> None:
    """Ask one release many questions, each ended with `;`: typed, or from a file.

    What you see stays as it was when the shell was opened, whatever is published meanwhile.

    [dim]Examples:[/]

      crossfoot shell

      crossfoot shell --format csv < questions.sql
    """
    typed = sys.stdin.isatty()
    failed = False
    with session(home, out) as (path, asking):
        if typed:
            import readline  # noqa: F401  lets input() edit lines

            out.print(f"{path.name}; end each statement with ; and the shell with Ctrl-D")
        for statement in statements(_typed() if typed else sys.stdin):
            try:
                asking.ask(as_text(statement), format_)
            except (duckdb.Error, QueryLimit, NotText) as error:
                failed = True
                print_error(str(error).rstrip())
    sys.exit(UNUSABLE if failed and not typed else 0)


def _typed() -> Iterator[str]:
    while True:
        try:
            yield input("crossfoot> ") + "\n"
        except EOFError:
            out.print()
            return
