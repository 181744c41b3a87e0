"""`crossfoot draft`: from a press text to a draft of records."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import ValidationError
from rich.text import Text

from expectations.check import Checked
from expectations.check import check as check_files
from flows.cli.options import Home, plain_text
from flows.cli.terminal import exit_code, out, print_draft_check
from flows.settings import Settings
from warehouse.drafting import writing
from warehouse.drafting.draft import Draft
from warehouse.drafting.draft import draft as draft_text
from warehouse.records import evidence, identifiers
from warehouse.records.fields import PRINTED
from warehouse.records.published_source import Source
from warehouse.system.files import FormError, Problem
from warehouse.terms import period


def command(
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
    settings = Settings.given(home=home)
    content = evidence.read_text(text)
    if published is None:
        remedy = "say it with --published, such as --published 2020-05-09"
        raise FormError(Problem(str(text), 0, "its date of publication is not known", remedy))
    name = id_ or _id_from(text)
    source = _source(text, {"id": name, "publisher": publisher, "published": published})
    path = output or Path(f"{name}.yaml")
    _check_free(path)
    draft = draft_text(content, period.parse(published))
    about = {"id": source.id, "publisher": publisher, "published": published}
    data = writing.contents(draft, about)
    writing.refuse_unreadable(path, data)
    archived, digest = evidence.archive(content, source.id, settings.home)
    data["source"] |= {"text": archived, "text_sha256": digest}
    writing.write(path, data)
    checked = (
        check_files([path], settings.acknowledged, settings.home / evidence.FOLDER)
        if draft.figures
        else None
    )
    if checked is not None:
        writing.contradict(data, _contradicted(checked))
        writing.write(path, data)
    _print(draft, data, path)
    if checked is not None:
        print_draft_check(checked, f"next: crossfoot review {path}")
        sys.exit(exit_code(checked))


def _id_from(text: Path) -> str:
    """The id that a source has by its file's name. Raises FormError where that gives none."""
    name = identifiers.id_like(text.stem)
    if not name:
        remedy = "say one with --id, such as --id people-daily-2020-05"
        raise FormError(Problem(str(text), 0, "no id can be made of its name", remedy))
    return name


def _check_free(path: Path) -> None:
    """Raises FormError where the draft cannot be written without harm to another file."""
    if path.exists() or path.is_symlink():
        remedy = "go on with: crossfoot review, or name another --output"
        raise FormError(Problem(str(path), 0, "there is a file of that name", remedy))
    if not path.parent.is_dir():
        raise FormError(Problem(str(path), 0, "there is no such folder", "name another --output"))


def _print(draft: Draft, data: dict[str, Any], path: Path) -> None:
    """The records of a draft, what is unsure about them, and which numbers became none."""
    for record in writing.records(data):
        if "review" in record:
            printed = " ".join(record[name] for name in PRINTED if name in record)
            out.print(Text.assemble(f"{record['id']} {printed}", (f"  {record['locator']}", "dim")))
        if writing.unsure(record):
            out.print(Text(f"  unsure: {record['review']}", style="yellow"))
    unsure = sum(map(writing.unsure, writing.records(data)))
    out.print(f"{len(draft.figures)} figures, {unsure} of them unsure, in {path}")
    for reason, count in Counter(number.reason for number in draft.skipped).most_common():
        out.print(Text(f"skipped {count}: {reason}", style="dim"))


def _contradicted(checked: Checked) -> dict[str, set[str]]:
    """By the id of a record: the rules whose findings of severity error name it."""
    rules: dict[str, set[str]] = {}
    for finding in checked.assessment.findings:
        for figure in finding.figures if finding.severity == "error" else ():
            rules.setdefault(figure.rpartition("/")[2], set()).add(finding.rule)
    return rules


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
