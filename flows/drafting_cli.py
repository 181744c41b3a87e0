"""The commands `draft` and `review`: from a press text to records that a curator has seen.

Belongs here: arguments, what the terminal shows, and the dialogue with the curator. Does not
belong here: reading texts (warehouse/drafting), the other commands (cli.py).
"""

from __future__ import annotations

import re
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from pydantic import ValidationError
from rich.table import Table
from rich.text import Text

from flows.failures import UNUSABLE, WITHHELD
from flows.options import Home, plain_text
from flows.settings import Settings
from flows.streams import as_text
from flows.terminal import out
from warehouse import evidence, period
from warehouse.contract import PRINTED, Source
from warehouse.files import FormError, Problem

if TYPE_CHECKING:
    from expectations.check import Checked

SHOWN = (
    *("area", "flow", "partner", "product", "regime", "operator", "measure", "period", "unit"),
    *(*PRINTED, "growth_basis", "share_of", "locator", "note"),
)
HELP = "a accept · e edit · s skip (leave it out) · q quit, to go on later"


def draft(
    text: Annotated[Path, typer.Argument(help="A press text, Chinese or English, as UTF-8.")],
    published: Annotated[
        str | None, typer.Option(help="When: 2020, 2020-05 or 2020-05-09, as precise as known.")
    ] = None,
    publisher: Annotated[
        str, typer.Option(help="Who published it.", parser=plain_text)
    ] = "not stated",
    id_: Annotated[
        str | None, typer.Option("--id", help="The source's id; by default the file's name.")
    ] = None,
    output: Annotated[
        Path | None, typer.Option(help="The draft file; by default <id>.yaml, here.")
    ] = None,
    home: Home = None,
) -> None:
    """Draft records from a press text, each with the stretch of text it was read from.

    Nothing is guessed silently: what the draft is unsure of says why, and every number that became
    no figure is listed with the reason. The text is archived below the home, and the draft is
    checked at once.

    [dim]Example:[/]

      crossfoot draft report.txt --published 2020-05-09 --publisher 人民日报
    """
    from warehouse.drafting import writing
    from warehouse.drafting.draft import draft as draft_text

    settings = Settings.given(home=home)
    said = evidence.read_text(text)
    if published is None:
        remedy = "say it with --published, such as --published 2020-05-09"
        raise FormError(Problem(str(text), 0, "its date of publication is not known", remedy))
    name = id_ or re.sub(r"[^a-z0-9._-]+", "-", text.stem.lower()).strip("-._")
    if not name:
        remedy = "say one with --id, such as --id people-daily-2020-05"
        raise FormError(Problem(str(text), 0, "no id can be made of its name", remedy))
    source = _source(text, {"id": name, "publisher": publisher, "published": published})
    path = output or Path(f"{name}.yaml")
    if path.exists() or path.is_symlink():
        remedy = "go on with: crossfoot review, or name another --output"
        raise FormError(Problem(str(path), 0, "there is a file of that name", remedy))
    if not path.parent.is_dir():
        raise FormError(Problem(str(path), 0, "there is no such folder", "name another --output"))
    read = draft_text(said, period.parse(published))
    about = {"id": source.id, "publisher": publisher, "published": published}
    data = writing.contents(read, about)
    writing.refuse_unreadable(path, data)
    archived, digest = evidence.archive(said, source.id, settings.home)
    data["source"] |= {"text": archived, "text_sha256": digest}
    writing.write(path, data)
    checked = _check(path, settings) if read.figures else None
    if checked is not None:
        writing.contradict(data, _contradicted(checked))
        writing.write(path, data)
    for record in writing.records(data):
        if "review" in record:
            printed = " ".join(record[name] for name in PRINTED if name in record)
            out.print(Text.assemble(f"{record['id']} {printed}", (f"  {record['locator']}", "dim")))
        if writing.unsure(record):
            out.print(Text(f"  unsure: {record['review']}", style="yellow"))
    unsure = sum(map(writing.unsure, writing.records(data)))
    out.print(f"{len(read.figures)} figures, {unsure} of them unsure, in {path}")
    for reason, count in Counter(one.reason for one in read.skipped).most_common():
        out.print(Text(f"skipped {count}: {reason}", style="dim"))
    if checked is not None:
        _end(checked, f"next: crossfoot review {path}")


def review(
    path: Annotated[Path, typer.Argument(help="A file that `crossfoot draft` wrote.")],
    home: Home = None,
) -> None:
    """Go through a draft: see each figure in its sentence, and accept, edit or skip it.

    Every decision is saved at once; the next call goes on where you left.
    """
    from expectations.check import read_batch
    from warehouse.drafting import writing

    settings = Settings.given(home=home)
    data = writing.read(path)
    if problems := read_batch([path], drafts=True).problems:
        raise FormError(problems[0])
    text = evidence.archived(data["source"].get("text", ""), settings.home / evidence.FOLDER)
    if text is None:
        out.print("The text is not archived in this home: figures are shown without it.")
    waiting = [record for record in writing.records(data) if "review" in record]
    decided: Counter[str] = Counter()
    for number, record in enumerate(waiting, 1):
        out.print(Text(f"\n— {number} of {len(waiting)} —", style="dim"))
        answer = ""
        while answer not in ("accepted", "skipped", "quit"):
            _show(writing.inherited(data, record), text)
            answer = _decide(path, data, record)
        if answer == "quit":
            break
        decided[answer] += 1
        writing.write(path, data)
    left = len(waiting) - sum(decided.values())
    out.print(f"{decided['accepted']} accepted, {decided['skipped']} skipped, {left} left")
    if waiting and not left:
        out.print("Nothing waits for review any more.")
        _end(_check(path, settings), "next: put it with your records, then: crossfoot run")


def _decide(path: Path, data: dict[str, Any], record: dict[str, Any]) -> str:
    """Ask for one decision and put it into the data: accepted, skipped, edited or quit."""
    from warehouse.drafting import writing

    match _ask(f"{HELP}\n> ").strip().lower()[:1]:
        case "a":
            del record["review"]
            return "accepted"
        case "s":
            writing.leave_out(data, record)
            return "skipped"
        case "e":
            before = dict(record)
            _edit(record)
            if problems := _problems(path, data, record["id"]):
                for problem in problems:
                    out.print(Text(problem, style="red"))
                record.clear()
                record.update(before)
                out.print("The edit was not taken over.")
            return "edited"
        case "q" | "":
            return "quit"
        case _:
            return "again"


def _edit(record: dict[str, Any]) -> None:
    out.print("field: value; an empty value takes the field out; an empty line ends")
    while line := _ask("edit> ").strip():
        field, colon, value = line.partition(":")
        field, value = field.strip(), value.strip()
        if not colon or field in ("id", "of_which", "review", ""):
            out.print("write it as field: value, such as growth: 20.3%")
        elif value:
            record[field] = value
        else:
            record.pop(field, None)


def _ask(prompt: str) -> str:
    """A line from the curator; '' at the end of input, which quits."""
    try:
        return as_text(out.input(prompt, markup=False))
    except EOFError:
        out.print()
        return ""


def _show(fields: dict[str, Any], text: str | None) -> None:
    if text is not None and "span" in fields:
        start, end = map(int, fields["span"].split("-"))
        before, stretch, after = evidence.sentence(text, start, end)
        out.print(Text.assemble(before, (stretch, "reverse bold"), after.rstrip()))
    table = Table(show_header=False, box=None, padding=(0, 2, 0, 0))
    table.add_row("id", Text(fields["id"], style="bold"))
    for name in SHOWN:
        if name in fields:
            table.add_row(name, Text(fields[name]))
    table.add_row("review", Text(fields["review"], style="yellow"))
    out.print(table)


def _problems(path: Path, data: dict[str, Any], id_: str) -> list[str]:
    """What is wrong with one record of a draft that is not written yet."""
    from expectations.check import read_batch
    from warehouse.drafting import writing

    with tempfile.TemporaryDirectory() as folder:
        candidate = Path(folder) / path.with_suffix(".yaml").name
        writing.write(candidate, data)
        batch = read_batch([candidate], Path(folder), drafts=True)
    about = f"{data['source']['id']}/{id_}"
    return [str(problem) for problem in batch.problems if problem.figure in ("", about)]


def _check(path: Path, settings: Settings) -> Checked:
    from expectations.check import check

    return check([path], settings.acknowledged, settings.home / evidence.FOLDER)


def _contradicted(checked: Checked) -> dict[str, set[str]]:
    """By the id of a record: the rules whose findings of severity error name it."""
    rules: dict[str, set[str]] = {}
    for finding in checked.assessment.findings:
        for figure in finding.figures if finding.severity == "error" else ():
            rules.setdefault(figure.rpartition("/")[2], set()).add(finding.rule)
    return rules


def _end(checked: Checked, what_next: str) -> None:
    """Show what the check found and what comes next, and leave with the check's exit code."""
    from expectations.rules import counted

    for problem in checked.batch.problems:
        out.print(Text(str(problem), style="red"))
    for row in checked.batch.quarantined:
        out.print(Text(f"{row.file}:{row.line}: {row.figure} is set aside: {row.reason}"))
    for finding in checked.assessment.findings:
        if finding.severity != "info":
            out.print(Text(f"{finding.severity} {finding.rule}: {finding.message}"))
    out.print(f"checked: {counted(checked.assessment.findings)}")
    out.print(Text(what_next, style="dim"))
    sys.exit(UNUSABLE if checked.unusable else WITHHELD if checked.contradicted else 0)


def _source(path: Path, fields: dict[str, str]) -> Source:
    """The source described, or a FormError that says which option is wrong."""
    try:
        return Source.model_validate(fields)
    except ValidationError as error:
        detail = error.errors(include_url=False)[0]
        option = str(detail["loc"][0])
        remedy = f"give another --{option}, such as " + {
            "id": "people-daily-2020-05",
            "published": "2020-05-09",
        }.get(option, "its name")
        value = fields[option]
        raise FormError(
            Problem(str(path), 0, "cannot be used", remedy, f"--{option}", value)
        ) from None
