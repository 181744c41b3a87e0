"""The pages of docs/reference, made from the code: `python -m docs.generate` writes them.

Belongs here: how commands, settings, record fields, views and rules look as a page. Does not belong
here: what they say. That stands in docstrings, in `Settings`, in the contract, in the headers of
SQL files. A test fails where a page is not what would be written now.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from expectations.assess import all_rules, assess
from expectations.detail import detail_rules
from flows.cli.app import COMMANDS, GROUPS, crossfoot
from flows.settings import Settings
from warehouse import project
from warehouse.detail.aggregate import aggregates
from warehouse.records.acceptance import read_batch
from warehouse.records.contract import record_model
from warehouse.release import catalog
from warehouse.store import database
from warehouse.store.database import SqlFile, sql_files
from warehouse.store.load import build_views, load

FOLDER = Path(__file__).parent / "reference"
_MADE = "Made by `python -m docs.generate`; a test fails when this page is stale."


def pages() -> dict[str, str]:
    """File name → text of every page of the reference."""
    with tempfile.TemporaryDirectory() as folder:
        built = _built(Path(folder))
        made = {
            "README.md": _index(),
            "commands.md": _commands(),
            "settings.md": _settings(),
            "record.md": _record(built),
            "views.md": _views(built),
            "rules.md": _rules(),
        }
    return {name: f"{text.strip()}\n" for name, text in made.items()}


def main() -> None:
    """Write the pages."""
    FOLDER.mkdir(exist_ok=True)
    for name, text in pages().items():
        (FOLDER / name).write_text(text, "utf-8")


def _index() -> str:
    return f"""# Reference

{_MADE}

- [Commands](commands.md): each with its options and examples.
- [Settings](settings.md): what an operator may set.
- [Record](record.md): the fields that a curator may write.
- [Views](views.md): every published table, and its columns.
- [Rules](rules.md): every statement that is checked.
"""


def _commands() -> str:
    parts = [
        "# Commands",
        _MADE,
        "Each command shows the same with `--help`. Exit codes: 0 fine, 1 findings withheld "
        "publication, 2 unusable input or usage, 3 a failure that nobody foresaw, 128 and the "
        "number of a signal that ended it.",
    ]
    group = crossfoot()
    for name in COMMANDS:
        first, _, second = name.partition(" ")
        command = group.get_command(None, first)
        if first in GROUPS:
            command = command.get_command(None, second)
        parts += [f"## crossfoot {name}", *_help(command.help), _options(command)]
    return "\n\n".join(parts).replace("\n```\n\n```text\n", "\n")  # examples in one block


def _help(text: str) -> Iterator[str]:
    """The paragraphs of a command's help; its examples as they are typed."""
    for paragraph in text.split("\n\n"):
        plain = re.sub(r"\[/?\w*\]", "", paragraph)
        if plain.lstrip().startswith("crossfoot "):
            lines = plain.strip("\n").splitlines()
            yield "```text\n" + "\n".join(line[2:].rstrip() for line in lines) + "\n```"
        else:
            yield " ".join(plain.split())


def _options(command: Any) -> str:
    rows = []
    for parameter in command.params:
        if parameter.param_type_name == "argument":
            shown = f"`{parameter.name}`" + (" …" if parameter.nargs == -1 else "")
        else:
            shown = ", ".join(f"`{option}`" for option in parameter.opts)
        meaning = parameter.help or ""
        default = parameter.default
        if getattr(parameter, "show_default", False) and isinstance(default, str | int | float):
            meaning += (
                f" Default: `{default}`." if not isinstance(default, bool) and default else ""
            )
        if parameter.envvar:
            meaning += f" Also `{parameter.envvar}`."
        rows.append((shown, "yes" if parameter.required else "", meaning))
    return _table(("argument or option", "needed", "meaning"), rows)


def _settings() -> str:
    rows = []
    for name, field in Settings.model_fields.items():
        default = field.get_default(call_default_factory=True)
        if isinstance(default, Path) and default.is_absolute():
            default = project.shown(default)
        shown = "" if default is None else f"`{default}`"
        rows.append((f"`CROSSFOOT_{name.upper()}`", shown, field.description or ""))
    introduction = (
        "Any setting stands in the environment under this name, or in lower case without "
        "`CROSSFOOT_` in the project's `crossfoot.toml` (without a project, in that of the working "
        "directory), or in `[tool.crossfoot]` of `pyproject.toml` in the working directory. The "
        "command line goes before the environment, and that before the files. Paths in a project's "
        "file begin at its folder; so do its home and its records, where nothing else is set."
    )
    table = _table(("setting", "default", "meaning"), rows)
    return "\n\n".join(("# Settings", _MADE, introduction, table))


def _record(built: Path) -> str:
    defaults = {name: field.default for name, field in record_model().model_fields.items()}
    rows = [
        (
            f"`{field.name}`",
            "yes" if field.needed else f"`{defaults[field.name]}`" if defaults[field.name] else "",
            "yes" if field.inherited else "",
            field.comment,
            field.remedy,
        )
        for field in catalog.record_fields()
    ]
    introduction = (
        "What a record may say. [The curator's page](../curator.md) explains it with examples. A "
        "field that is needed may stand on the total instead, where it is inherited. `measure` and "
        "`unit` follow from the printed value unless said."
    )
    table = _table(("field", "needed, or default", "inherited", "meaning", "how to write it"), rows)
    return "\n\n".join(("# Record", _MADE, introduction, table))


def _views(built: Path) -> str:
    types = {
        (table.name, column.name): column.type
        for table in catalog.dictionary(built)
        for column in table.columns
    }
    introduction = (
        "Every view is a table of `trade.duckdb`, and lies in `parquet/` and `csv/` as well. "
        "`quality.…` is what was checked, and stands in the database alone. Views of customs "
        "detail are there once detail was published."
    )
    groups = (
        ("Views", "", sql_files("views")),
        ("Customs detail", "", sorted(aggregates(), key=lambda file: file.name)),
        ("Quality", "quality.", sql_files("quality")),
        ("Quality of customs detail", "quality.", sql_files("detail quality")),
    )
    parts = ["# Views and columns", _MADE, introduction]
    for title, schema, files in groups:
        parts += [f"## {title}", *(_view(f"{schema}{file.name}", file, types) for file in files)]
    return "\n\n".join(parts)


def _view(name: str, file: SqlFile, types: dict[tuple[str, str], str]) -> str:
    header = file.header
    key = f" Key: {header['key']}." if "key" in header else ""
    about = f"{header['purpose']}. Grain: {header['grain']}. Units: {header['units']}.{key}"
    if (name, next(iter(file.columns))) in types:
        rows = [
            (f"`{column}`", types[name, column].lower(), meaning)
            for column, meaning in file.columns.items()
        ]
        return f"### {name}\n\n{about}\n\n" + _table(("column", "type", "meaning"), rows)
    plain = [(f"`{column}`", meaning) for column, meaning in file.columns.items()]
    return f"### {name}\n\n{about}\n\n" + _table(("column", "meaning"), plain)


def _rules() -> str:
    introduction = (
        "A rule is a statement that could be false. `error` withholds a release where all figures "
        "are of one source, and is a warning between sources; `revision` is graded by its size. A "
        "check that lacks a number is not checkable, never passed."
    )
    parts = ["# Rules", _MADE, introduction]
    families: dict[str, list[Any]] = {}
    for rule in all_rules():
        families.setdefault(rule.family, []).append(rule)
    for family, rules in families.items():
        parts += [f"## {family}", _rule_table(rules)]
    parts += [
        "## Customs detail",
        "`excess` is an error where parts are more than their whole, and a warning where they are "
        "less.",
        _rule_table(detail_rules.catalogue()),
    ]
    return "\n\n".join(parts)


def _rule_table(rules: Iterable[Any]) -> str:
    rows = [
        (f"`{rule.id}`", rule.severity, rule.statement, rule.formula, rule.source) for rule in rules
    ]
    return _table(("rule", "severity", "statement", "formula", "after"), rows)


def _built(folder: Path) -> Path:
    """The database of the shipped records, as a run makes it."""
    path = folder / "trade.duckdb"
    with database.create(path) as connection:
        load(connection, read_batch([project.own("records")]), "reference")
        build_views(connection)
        assess(connection)
    return path


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(map(_cell, line))} |" for line in lines)


def _cell(text: str) -> str:
    """The text in one line, with no sign that Markdown would take for its own."""
    text = " ".join(text.split()).replace("|", "&#124;")
    return text if text.startswith("`") else text.replace("<", "&lt;")


if __name__ == "__main__":
    main()
