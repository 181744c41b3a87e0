"""`crossfoot init`: a project of one's own."""

from __future__ import annotations

import os
import shlex
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.text import Text

from flows.cli.options import folder as named_folder
from flows.cli.options import plain_text
from flows.cli.terminal import err, out
from flows.settings import Settings
from warehouse import project
from warehouse.project import VARIABLE
from warehouse.starter import starter

_USUAL = "Such as {}; by default what is usual in the area."


def command(
    area: Annotated[
        str,
        typer.Option(
            help="Country, region or group whose figures these are: a code or any name of it.",
            parser=plain_text,
        ),
    ],
    folder: Annotated[
        Path,
        typer.Argument(metavar="[DIR]", help="A new or an existing folder.", parser=named_folder),
    ] = Path(),
    name: Annotated[
        str | None, typer.Option(help="What people call the project.", parser=plain_text)
    ] = None,
    currency: Annotated[str | None, typer.Option(help=_USUAL.format("EUR"))] = None,
    language: Annotated[str | None, typer.Option(help=_USUAL.format("de"))] = None,
    timezone: Annotated[str | None, typer.Option(help=_USUAL.format("Europe/Berlin"))] = None,
    decimal: Annotated[str | None, typer.Option(help="The mark before decimals: . or ,")] = None,
    fiscal_year_start: Annotated[
        int | None, typer.Option(help="Month in which its fiscal year begins.", metavar="MONTH")
    ] = None,
) -> None:
    """Make a project of your own: settings, records to begin with, and what lies where.

    What you do not say is what is usual in the area; `crossfoot.toml` explains it all.

    [dim]Examples:[/]

      crossfoot init my-project --area Germany

      crossfoot init texas --area US --name "Trade of Texas"
    """
    elsewhere = os.environ.get(VARIABLE)
    project.use(project.EXAMPLE)  # whatever project is around, this one is none of its
    given: dict[str, Any] = {"name": name, "currency": currency, "language": language}
    given |= {"timezone": timezone, "decimal": decimal, "fiscal_year_start": fiscal_year_start}
    usual = starter.usual(area)
    settings = replace(usual, **{key: value for key, value in given.items() if value is not None})
    files = starter.make(folder, settings, _operator_settings())
    out.print(Text(f"made {', '.join(str(folder / file) for file in sorted(files))}"))
    stated = [settings.currency, settings.language, settings.timezone]
    if settings.decimal:
        stated.append(f"decimals behind {settings.decimal!r}")
    out.print(Text(f"for {usual.name} ({usual.area}): {', '.join(filter(None, stated))}"))
    enter = f"cd {shlex.quote(str(folder))} && " if folder.absolute() != Path.cwd() else ""
    out.print(Text(f"next: {enter}crossfoot check && crossfoot run"))
    if elsewhere and Path(elsewhere).absolute() != folder.absolute():
        err.print(Text(f"another project is named in the environment; forget it: unset {VARIABLE}"))


def _operator_settings() -> str:
    """Every setting of an operator, as comments: its meaning, and what holds without it."""
    lines = []
    for name, field in Settings.model_fields.items():
        default = field.get_default(call_default_factory=True)
        if isinstance(default, Path):
            default = default.relative_to(project.EXAMPLE) if default.is_absolute() else default
        shown = "…" if default is None else default
        shown = f'"{shown}"' if isinstance(shown, str | Path) else shown
        lines += [f"# {field.description}", f"# {name} = {shown}"]
    return "\n".join(lines)
