"""The command `crossfoot`: what a person types.

Belongs here: which commands there are, and how expected failures are reported. Does not belong
here: any one command (<command>.py), how results look (terminal.py), and failures that nobody
expects (flows/process/failures.py). Only the module of the command that is asked for is loaded, so
that `check` and `sql` answer at once.
"""

from __future__ import annotations

import importlib.metadata
import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any, Literal

import duckdb
import typer
from pydantic import ValidationError
from typer.core import TyperGroup

from flows.cli.options import folder
from flows.cli.terminal import print_error
from flows.process.failures import UNUSABLE, in_words
from flows.process.signals import ending_in_words
from flows.process.streams import as_text
from warehouse import project
from warehouse.release.refusal import remedy
from warehouse.system.failure import Failure
from warehouse.system.python_runtime import collect_rarely, end_quietly

# In the order of the help. The first of two words is a group; both together name the module.
COMMANDS = (
    *("init", "run", "serve", "check", "acknowledge", "sql", "shell", "releases", "diff"),
    *("report", "show", "rollback", "verify", "draft", "review"),
    *("rules list", "rules show", "rules try"),
    *("codes find", "codes add"),
    *("detail load", "detail check", "detail publish"),
)
GROUPS = {
    "codes": "Code lists: find what a thing is called, add a code to the project's.",
    "rules": "Statements that must hold: list them, show one, try one of your own.",
    "detail": "Customs detail: load it, check it, publish its aggregates.",
}
# What a group does where it is named alone; any other shows its help.
ALONE = {"rules": "list"}
_MARKUP: Literal["rich"] = "rich"

# How DuckDB words what the operating system refused: the file and the number of the error.
_REFUSED = re.compile(r'file \\?"([^"\\]+)\\?".*"errno":"(\d+)"')


class Commands(TyperGroup):
    """The commands of a group, each loaded when it is asked for.

    `flows/cli/<command>.py` holds the function `command`, whose docstring is its help.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        within = [name.split() for name in COMMANDS]
        if self.name in GROUPS:
            names = [words[1] for words in within if words[0] == self.name]
        else:
            names = [words[0] for words in within]
        unloaded: Any = dict.fromkeys(names)
        self.commands = unloaded

    def get_command(self, ctx: Any, name: str) -> Any:
        """The command or group of that name; None where there is none."""
        if name not in self.commands:
            return None
        if self.name in GROUPS:
            return _loaded(f"{self.name}_{name}", name)
        return _group(name, help=GROUPS[name]) if name in GROUPS else _loaded(name, name)


def _loaded(module: str, name: str) -> Any:
    alone = typer.Typer(add_completion=False, rich_markup_mode=_MARKUP)
    loaded = import_module(f"flows.cli.{module}")
    alone.command(name, context_settings=getattr(loaded, "CONTEXT", None))(loaded.command)
    command = typer.main.get_command(alone)
    command.params.extend(_common_options("--project"))
    return command


def _common_options(*names: str) -> list[Any]:
    """Options that stand before a command and, but for the version, after it too."""
    alone = typer.Typer(add_completion=False)
    alone.command()(_common)
    options = [
        option for option in typer.main.get_command(alone).params if {*option.opts} & {*names}
    ]
    for option in options:
        option.expose_value = False
    return options


def _common(
    project_: Annotated[
        Path | None,
        typer.Option(
            "--project",
            parser=folder,
            metavar="<path>",
            is_eager=True,
            callback=lambda path: path and project.use(path),
            help="Folder of the project, found upwards from here by its crossfoot.toml.",
        ),
    ] = None,
    version: Annotated[
        bool,
        typer.Option(
            "--version",
            is_eager=True,
            callback=lambda asked: asked and _print_version(),
            help="Print the version and end.",
        ),
    ] = False,
) -> None:
    pass


def _print_version() -> None:
    typer.echo(f"crossfoot {importlib.metadata.version('crossfoot')}")
    raise typer.Exit


def _group(name: str, help: str, epilog: str | None = None) -> Any:
    group = typer.Typer(
        cls=Commands,
        name=name,
        add_completion=False,
        no_args_is_help=name not in ALONE,
        invoke_without_command=name in ALONE,
        pretty_exceptions_enable=False,
        rich_markup_mode=_MARKUP,
        help=help,
        epilog=epilog,
    )
    group.callback()(_alone)
    command = typer.main.get_command(group)
    if name not in GROUPS:
        command.params.extend(_common_options("--project", "--version"))
    return command


def _alone(context: typer.Context) -> None:
    name = context.info_name
    if context.invoked_subcommand is None and name in ALONE:
        import_module(f"flows.cli.{name}_{ALONE[name]}").command()


def crossfoot() -> Any:
    """The command with all its parts."""
    return _group(
        "crossfoot",
        help="Check published trade statistics against each other, and publish what holds.",
        epilog="Exit codes: 0 fine, 1 findings withheld publication, 2 unusable input or usage, "
        "3 a failure that nobody foresaw: please report it.",
    )


def main() -> None:
    """Run the command, once __main__.py has begun."""
    collect_rarely()
    end_quietly()
    with in_words(), _failures_reported(), ending_in_words():
        for argument in sys.argv[1:]:
            as_text(argument)  # neither DuckDB nor Prefect takes any other
        sys.exit(crossfoot()(prog_name="crossfoot", standalone_mode=False))


@contextmanager
def _failures_reported() -> Iterator[None]:
    """Expected failures end with their message on stderr and exit code 2, without a traceback."""
    try:
        yield
    except (typer.TyperException, ValidationError, Failure, duckdb.Error) as error:
        if isinstance(error, ValidationError) and not error.title.endswith("Settings"):
            raise
        if message := _message(error):
            print_error(message)
        sys.exit(UNUSABLE)


def _message(error: Exception) -> str:
    """The message of an expected failure; empty where the help was shown."""
    match error:
        case typer.TyperException():
            # Not in Typer's own way, which obeys control characters in what was typed.
            message = error.format_message().strip().replace("Value error, ", "")
            context = getattr(error, "ctx", None)
            command = context.command_path if context else "crossfoot"
            return message and f"{message.rstrip('.')}; see: {command} --help"
        case ValidationError():
            first = error.errors()[0]
            name = ".".join(map(str, first["loc"]))
            setting = f"Prefect's setting {name or error.title}: {first['msg']}"
            return f"{setting}; mend it in the environment, PREFECT_…, or in Prefect's profile"
        case duckdb.OutOfMemoryException():
            first_line = str(error).partition("\n")[0]
            return f"{first_line}; raise CROSSFOOT_MEMORY_LIMIT, or free memory"
        case duckdb.IOException() if refused := _REFUSED.search(str(error)):
            file, number = refused.groups()
            return f"{file}: {os.strerror(int(number))}; {remedy(OSError(int(number), ''))}"
    return str(error).rstrip()
