"""What the commands `detail …` share: options, and the load that they ask for.

Does not belong here: what only one of them takes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from flows.settings import Settings
from warehouse.detail import format
from warehouse.detail.conversion import Progress as Meter
from warehouse.detail.ingest import Load
from warehouse.detail.ingest import load as load_files

SHOWN = 10  # failing keys that are printed; all of them are written down

Files = Annotated[list[Path], typer.Argument(help="CSV, JSON or Parquet files, gzipped or not.")]
Form = Annotated[
    str,
    typer.Option(
        "--format",
        help=f"{', '.join(format.packaged())}, one of the project's, or a format's YAML file.",
    ),
]
Dataset = Annotated[
    str | None, typer.Option(help="What the detail is called; by default as its format.")
]
Given = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        help="COLUMN=TEXT for what the files do not say, such as flow=exports; "
        "flow=exports,imports says it of each of two files.",
    ),
]
Encoding = Annotated[
    str | None, typer.Option(help="What the files are written in, if not as the format says.")
]
Master = Annotated[
    str | None, typer.Option(help="Of Spark: local[2], spark://…, yarn; else spark-submit's.")
]


class EngineName(StrEnum):
    """What runs the SQL."""

    duckdb = "duckdb"
    spark = "spark"


Rules = Annotated[
    list[str] | None, typer.Option("--rule", help="A rule to evaluate; by default all of them.")
]
EngineOption = Annotated[EngineName, typer.Option("--engine", help="What runs the checks.")]


def loading(
    settings: Settings,
    files: Sequence[Path],
    form: str,
    dataset: str | None,
    given: Sequence[str] | None,
    encoding: str | None,
) -> Callable[[Meter], Load]:
    """The load that the arguments of a command ask for, which reports its progress to a meter."""
    constants, columns = constants_of(given), format.read(form)
    return lambda meter: load_files(
        settings.home,
        files,
        columns,
        Path(form).stem if dataset is None else dataset,
        given=constants,
        encoding=encoding,
        memory_limit=settings.memory_limit,
        timeout=settings.lock_timeout,
        progress=meter,
    )


def constants_of(given: Sequence[str] | None) -> dict[str, str]:
    """By column, the text that `--set` gives it. Raises typer.BadParameter."""
    constants: dict[str, str] = {}
    for text in given or ():
        name, equals, value = text.partition("=")
        if not (name and equals and value):
            raise typer.BadParameter(f"--set {text}: write COLUMN=TEXT, such as flow=exports")
        if name in constants:
            remedy = f"for several files write {name}={constants[name]},{value}"
            raise typer.BadParameter(f"--set {text}: {name} is set twice; {remedy}")
        constants[name] = value
    return constants
