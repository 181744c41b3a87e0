"""`crossfoot codes find`: what the code lists call a thing."""

from __future__ import annotations

import sys
from typing import Annotated

import typer
from rich.table import Table

from flows.cli.options import plain_text
from flows.cli.terminal import out, print_error
from flows.process.failures import UNUSABLE
from warehouse import project
from warehouse.terms import code_finding, code_rows, code_search, codes
from warehouse.terms.code_finding import Match

_SHOWN = 20


def command(
    text: Annotated[
        str, typer.Argument(parser=plain_text, help="A code, a name or a part of one.")
    ],
    list_name: Annotated[
        str | None, typer.Option("--list", help="One list only, such as geographies or products.")
    ] = None,
) -> None:
    """Find codes by their names, in any language: those that mean the text come first.

    [dim]Examples:[/]

      crossfoot codes find Deutschland

      crossfoot codes find 跨境 --list regimes

    Nothing found: exit 2, with the nearest names.
    """
    lists = [code_rows.own_name(list_name)] if list_name else code_rows.list_names()
    try:
        matches = code_finding.find(text, lists)
    except FileNotFoundError:
        known = ", ".join(code_rows.list_names())
        print_error(f"there is no code list {list_name}; take one of {known}")
        sys.exit(UNUSABLE)
    if not matches:
        near = code_finding.nearest(text, lists)
        hint = f"; nearest: {', '.join(near)}" if near else ""
        command = code_search.add_command(lists[0] if list_name else "geographies", text)
        remedy = f"; to add it: {command}" if command else ""
        print_error(f"no code is called {text!r}{hint}{remedy}")
        sys.exit(UNUSABLE)
    out.print(_table(matches[:_SHOWN]))
    for line in _members(matches):
        out.print(line)
    if (left := len(matches) - _SHOWN) > 0:
        out.print(f"and {left} more; write more of the name, or --list")


def _table(matches: list[Match]) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    for heading in ("list", "code", "names", "kind", "in"):
        table.add_column(heading)
    languages = dict.fromkeys(("en", project.settings().language, "zh"))
    for _, list_name, row in matches:
        called = (codes.called(list_name, row["code"], language) for language in languages)
        names = " · ".join(dict.fromkeys(called))
        table.add_row(list_name, row["code"], names, row.get("kind", ""), row.get("parent", ""))
    return table


def _members(matches: list[Match]) -> list[str]:
    """The members of the groups that the text means, with the days between which they were."""
    lines = []
    for distance, list_name, row in matches:
        if distance or list_name != "geographies":
            continue
        if members := codes.members(row["code"]):
            lines.append(f"members of {row['code']}: " + ", ".join(map(_dated, members)))
    return lines


def _dated(member: codes.Member) -> str:
    since = f" from {member.since}" if member.since else ""
    until = f" to {member.until}" if member.until else ""
    return f"{member.code}{since}{until}"
