"""`crossfoot rules`: which rules there are."""

from __future__ import annotations

import sys

from rich.table import Table
from rich.text import Text

from expectations.assess import all_rules
from expectations.rules import rule_catalogue
from flows.cli.terminal import out, print_notices


def command() -> None:
    """Every rule on figures: its id, severity and family, what it states, and whose it is.

    [dim]Example:[/]

      crossfoot rules
    """
    print_notices(rule_catalogue.notices())
    table = Table(box=None, header_style="bold", padding=(0, 2, 0, 0))
    for column in ("rule", "severity", "family", "from"):
        table.add_column(column, no_wrap=True)
    table.add_column("statement")
    for rule in all_rules():
        whose = "project" if rule.is_own else "package"
        table.add_row(rule.id, rule.severity, rule.family, whose, Text(rule.statement))
    out.print(table)
    sys.exit(0)
