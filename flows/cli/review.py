"""`crossfoot review`: the dialogue with a curator about a draft."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from expectations.check import check as check_files
from flows.cli.options import Home
from flows.cli.terminal import exit_code, out, print_draft_check
from flows.process.streams import as_text
from flows.settings import Settings
from warehouse.drafting.review import FIXED, Review
from warehouse.drafting.writing import Fields
from warehouse.records import evidence
from warehouse.records.fields import PRINTED
from warehouse.terms.dimensions import dimensions

SHOWN = ("period", "unit", *PRINTED, "growth_basis", "share_of", "locator", "note")
HELP = "a accept · e edit · s skip (leave it out) · q quit, to go on later"


def command(
    path: Annotated[Path, typer.Argument(help="A file that `crossfoot draft` wrote.")],
    home: Home = None,
) -> None:
    """Go through a draft: see each figure in its sentence, and accept, edit or skip it.

    Every decision is saved at once; the next call goes on where you left.
    """
    settings = Settings.given(home=home)
    review = Review(path, settings.home / evidence.FOLDER)
    if review.text is None:
        out.print("The text is not archived in this home: figures are shown without it.")
    waiting = review.waiting()
    decided: Counter[str] = Counter()
    for number, record in enumerate(waiting, 1):
        out.print(Text(f"\n— {number} of {len(waiting)} —", style="dim"))
        answer = ""
        while answer not in ("accepted", "skipped", "quit"):
            _show(review, record)
            answer = _decide(review, record)
        if answer == "quit":
            break
        decided[answer] += 1
    left = len(waiting) - sum(decided.values())
    out.print(f"{decided['accepted']} accepted, {decided['skipped']} skipped, {left} left")
    if waiting and not left:
        out.print("Nothing waits for review any more.")
        checked = check_files([path], settings.acknowledged, settings.home / evidence.FOLDER)
        print_draft_check(checked, "next: put it with your records, then: crossfoot run")
        sys.exit(exit_code(checked))


def _decide(review: Review, record: Fields) -> str:
    """Ask for one decision and carry it out: accepted, skipped, edited or quit."""
    match _ask(f"{HELP}\n> ").strip().lower()[:1]:
        case "a":
            review.accept(record)
            return "accepted"
        case "s":
            review.skip(record)
            return "skipped"
        case "e":
            if problems := review.edit(record, _changes()):
                for problem in problems:
                    out.print(Text(problem, style="red"))
                out.print("The edit was not taken over.")
            return "edited"
        case "q" | "":
            return "quit"
        case _:
            return "again"


def _changes() -> dict[str, str]:
    """The fields that the curator writes anew; '' for one that is taken out."""
    out.print("field: value; an empty value takes the field out; an empty line ends")
    changes: dict[str, str] = {}
    while line := _ask("edit> ").strip():
        field, colon, value = (part.strip() for part in line.partition(":"))
        if not colon or field in (*FIXED, ""):
            out.print("write it as field: value, such as growth: 20.3%")
        else:
            changes[field] = value
    return changes


def _ask(prompt: str) -> str:
    """A line from the curator; '' at the end of input, which quits."""
    try:
        return as_text(out.input(prompt, markup=False))
    except EOFError:
        out.print()
        return ""


def _show(review: Review, record: Fields) -> None:
    fields = review.shown(record)
    if sentence := review.sentence(fields):
        before, stretch, after = sentence
        out.print(Text.assemble(before, (stretch, "reverse bold"), after.rstrip()))
    table = Table(show_header=False, box=None, padding=(0, 2, 0, 0))
    table.add_row("id", Text(fields["id"], style="bold"))
    for name in (*dimensions(), *SHOWN):
        if name in fields:
            table.add_row(name, Text(fields[name]))
    table.add_row("review", Text(fields["review"], style="yellow"))
    out.print(table)
