"""The commands on what is published: asking it, reading about it, comparing it, going back.

Belongs here: arguments and exit codes, as in cli.py. Does not belong here: the SQL door itself
(asking.py), and how results look (terminal.py).
"""

from __future__ import annotations

import sys
import webbrowser
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import duckdb
import typer
from rich.table import Table
from rich.text import Text

from flows.asking import Door, Format, QueryLimit, statements, step_aside
from flows.failures import UNUSABLE
from flows.options import Home
from flows.settings import Settings
from flows.signals import watch_readers
from flows.streams import NotText, as_text
from flows.terminal import err, out, print_changes, print_error
from warehouse import release
from warehouse.detail import published
from warehouse.export import DATABASE, REPORT


def sql(
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
    with _door(home, query) as (_, door):
        door.ask(query, format_)


def shell(
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
    with _door(home) as (path, door):
        if typed:
            import readline  # noqa: F401  lets input() edit lines

            out.print(f"{path.name}; end each statement with ; and the shell with Ctrl-D")
        for statement in statements(_typed() if typed else sys.stdin):
            try:
                door.ask(as_text(statement), format_)
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


@contextmanager
def _door(home: Path | None, query: str = "") -> Iterator[tuple[Path, Door]]:
    """The current release and the door to it; with customs detail where `query` reads it."""
    settings = Settings.given(home=home)
    path = _current(settings.home)
    step_aside()
    with published.open_for(query, settings.home, path, settings.memory_limit) as connection:
        yield path, Door(connection, settings.query_timeout, settings.memory_limit, out)


def releases(home: Home = None) -> None:
    """List what was published, the newest last; * marks what readers see."""
    where = Settings.given(home=home).home
    now = release.current(where)
    table = Table(box=None, header_style="bold")
    for column in ("", "release", "published after"):
        table.add_column(column)
    for one in release.list_releases(where):
        table.add_row("*" if now and one.id == now.name else "", one.id, one.previous or "")
    out.print(table)


def diff(
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
    from warehouse.changes import compare

    where = Settings.given(home=home).home
    followed = {one.path: one.previous for one in release.list_releases(where)}
    if before and after is None and release.find(where, before, withheld=True) not in followed:
        before, after = None, before
    new = release.find(where, after, withheld=True) if after else _current(where)
    if before is None:  # what readers saw when it was published, or see while it is withheld
        before = followed.get(new, _current(where).name)
    old = release.find(where, before, withheld=True) if before else None
    out.print(f"{old.name if old else 'nothing'} → {new.name}", style="dim")
    print_changes(compare(old and old / DATABASE, new / DATABASE))


def report(
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
        release.find(where, release_id, withheld=True) if release_id else _current(where)
    ) / REPORT
    if not page.exists():
        raise release.ReleaseError(
            f"{page.parent.parent} has no report; publish anew: crossfoot run"
        )
    out.print(Text(str(page)))
    if open_ and not webbrowser.open(page.absolute().as_uri()):
        err.print("No browser was found here; open the file above in one.")


def show(
    figure_id: Annotated[str, typer.Argument(help="A figure, <source>/<id>.")],
    home: Home = None,
) -> None:
    """Everything that is known of a figure, its interval drawn.

    [dim]Example:[/]

      crossfoot show people-daily-2020-05-foreign-trade/chengdu
    """
    from expectations.describe import describe, render

    path = _current(Settings.given(home=home).home)
    try:
        description = describe(path / DATABASE, figure_id)
    except LookupError as error:
        print_error(str(error.args[0]))
        sys.exit(UNUSABLE)
    out.print(render(description))


def rollback(
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
    _current(settings.home)
    watch_readers(settings.home)
    with release.publishing(settings.home, timeout=settings.lock_timeout) as publisher:
        path = publisher.rollback(release_id)
    out.print(f"current is {path.name}")


def verify(
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
    path = release.find(where, release_id) if release_id else _current(where)
    if problems := release.verify(path):
        for problem in problems:
            err.print(Text(f"{path}: {problem}"))
        raise release.ReleaseError(
            f"release {path.name} is damaged; restore those files from a copy, or let readers see "
            "another release with: crossfoot rollback"
        )
    if problems := published.verify(path / DATABASE, where):
        for problem in problems:
            err.print(Text(problem))
        raise release.ReleaseError(
            f"release {path.name} is whole, but not the detail that it was made from; restore that "
            "from a copy, or load and publish it again"
        )
    out.print(f"{path.name} is whole")


def _current(home: Path) -> Path:
    path = release.current(home)
    if path is None:
        raise release.ReleaseError(f"nothing is published in {home}; publish with: crossfoot run")
    return path


COMMANDS = (sql, shell, releases, diff, report, show, rollback, verify)
