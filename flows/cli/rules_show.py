"""`crossfoot rules show`: all that a rule says."""

from __future__ import annotations

import difflib
import sys
from typing import Annotated

import typer
from rich.text import Text

from expectations.assess import all_rules
from flows.cli.terminal import out, print_error
from flows.process.failures import UNUSABLE
from warehouse import project


def command(
    rule_id: Annotated[str, typer.Argument(metavar="ID", help="The id of a rule.")],
) -> None:
    """What a rule states, after whom, and the query of its checks.

    [dim]Example:[/]

      crossfoot rules show parts-not-above-total
    """
    rules = {rule.id: rule for rule in all_rules()}
    rule = rules.get(rule_id)
    if rule is None:
        near = difflib.get_close_matches(rule_id, rules, 3)
        remedy = f"is it {' or '.join(near)}?" if near else "list them: crossfoot rules"
        print_error(f"there is no rule {rule_id}; {remedy}")
        sys.exit(UNUSABLE)
    fields = {
        "family": rule.family,
        "severity": rule.severity,
        "statement": rule.statement,
        "formula": rule.formula,
        "source": rule.source,
        "needs": "" if rule.needs == "true" else rule.needs,
        "file": str(project.file("rules", f"{rule.family}/{rule.id}.sql")) if rule.path else "",
        "from": "the project" if rule.is_own else "the package",
    }
    out.print(Text(rule.id, style="bold"))
    for name, text in fields.items():
        if text:
            out.print(Text(f"  {name:<10} {text}"))
    if rule.query:
        out.print(Text(f"\n{rule.query}"))
