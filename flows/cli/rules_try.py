"""`crossfoot rules try`: what a rule makes of records, before it counts."""

from __future__ import annotations

import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from expectations.rules import figure_rules
from expectations.rules.rule_catalogue import read_rule
from flows.cli.terminal import err, from_here, out, print_finding
from flows.process.failures import UNUSABLE, WITHHELD
from flows.settings import Settings
from warehouse.records.acceptance import read_batch
from warehouse.store.database import open_memory
from warehouse.store.load import load

_OUTCOMES = {True: "hold", False: "fail", None: "not checkable"}


def command(
    file: Annotated[Path, typer.Argument(help="The file of a rule, wherever it lies.")],
    paths: Annotated[
        list[Path] | None,
        typer.Argument(help="Record files or folders; by default those of the project."),
    ] = None,
) -> None:
    """Evaluate a rule on records, alone and in memory: what holds, what fails, what it cannot say.

    [dim]Example:[/]

      crossfoot rules try rules/flows/balance-not-above-exports.sql
    """
    rule = replace(read_rule(file), is_own=True)
    batch = read_batch(paths or [from_here(Settings.given().records)], drafts=True)
    for problem in batch.problems:
        err.print(Text(str(problem)))
    for row in batch.quarantined:
        err.print(Text(str(row)))
    with open_memory() as connection:
        load(connection, batch, release_id="try")
        findings = figure_rules.evaluate(connection, [rule])
        counted = connection.execute("select holds, count(*) from evaluated_checks group by all")
        outcomes: Counter[bool | None] = Counter(dict(counted.fetchall()))
    for finding in findings:
        print_finding(finding)
    checks = ", ".join(f"{outcomes[holds]} {words}" for holds, words in _OUTCOMES.items())
    out.print(f"{outcomes.total()} checks of {len(batch.figures)} figures: {checks}")
    if batch.rejected or not batch.figures:
        sys.exit(UNUSABLE)
    sys.exit(WITHHELD if any(finding.withholds for finding in findings) else 0)
