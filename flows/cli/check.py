"""`crossfoot check`: the curator's loop."""

from __future__ import annotations

import json
import sys
from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer

from expectations.check import check as check_files
from expectations.rules import rule_catalogue
from flows.cli.terminal import exit_code, from_here, print_checked, print_notices
from flows.cli.watching import again_and_again
from flows.process import streams
from flows.settings import Settings
from warehouse import project
from warehouse.records import evidence
from warehouse.terms import codes


def command(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(help="Record files or folders; by default those of the project."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    no_cache: Annotated[
        bool,
        typer.Option("--no-cache", help="Solve also what has not changed since an earlier check."),
    ] = False,
    watch: Annotated[
        bool, typer.Option("--watch", help="Check again whenever a file changes; Ctrl-C ends.")
    ] = False,
) -> None:
    """Check record files while you write them: in memory, in about a second, nothing published.

    [dim]Examples:[/]

      crossfoot check

      crossfoot check my-records/report.yaml --json

      crossfoot check --watch
    """

    def watched() -> list[Path]:
        settings = Settings.given()
        return [*(paths or [settings.records]), settings.acknowledged]

    def check() -> int:
        return _check(paths, as_json, no_cache)

    if watch:
        again_and_again(check, watched)
    sys.exit(check())


def _check(paths: list[Path] | None, as_json: bool, no_cache: bool) -> int:
    """Check once and print what is found; returns the exit code."""
    settings = Settings.given()
    print_notices((*codes.notices(), *rule_catalogue.notices()))
    texts = settings.home / evidence.FOLDER
    checked = check_files(
        paths or [from_here(settings.records)],
        settings.acknowledged,
        texts,
        None if no_cache or project.is_example() else settings.home,
        findings_only=not as_json,
    )
    if as_json:
        text = json.dumps(checked.to_json(), ensure_ascii=False, indent=1)
        with suppress(BrokenPipeError):
            streams.data().write(f"{text}\n")
    else:
        print_notices(checked.batch.notices)
        print_checked(checked)
    return exit_code(checked)
