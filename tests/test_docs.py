"""The README and all commands that are shown: what is printed, and that each is understood."""

import re
from pathlib import Path

import pytest
from rich.cells import cell_len

from tests.conftest import ROOT
from tests.helpers import documented_commands, report_sites

ANSWERS = [shown for shown in documented_commands.in_readme() if shown.output]
NAMED = [shown for shown in documented_commands.in_passing() if shown.text.count(" ") == 1]
OF_CROSSFOOT = [
    shown
    for shown in (
        *documented_commands.in_readme(),
        *documented_commands.in_passing(),
        *documented_commands.in_help(),
    )
    if documented_commands.words_of(shown.text)[:1] == ["crossfoot"]
]


@pytest.mark.parametrize("shown", ANSWERS, ids=str)
def test_what_is_shown_is_what_is_printed(shown, crossfoot, published):
    name, *arguments = documented_commands.words_of(shown.text)
    assert name == "crossfoot"
    done = crossfoot(*arguments, env={"CROSSFOOT_HOME": str(published)})
    assert (done.stdout + done.stderr).strip() == shown.output


def test_the_readme_shows_answers_and_a_contradiction():
    shown = [" ".join(documented_commands.words_of(answer.text)[:2]) for answer in ANSWERS]
    assert shown == ["crossfoot sql", "crossfoot check", "crossfoot sql"]


@pytest.mark.parametrize("shown", OF_CROSSFOOT, ids=str)
def test_every_command_that_is_shown_is_understood(shown):
    """Run for real they are in test_documented.py, which takes a minute."""
    if shown in NAMED:
        assert shown.text.removeprefix("crossfoot ") in dict(documented_commands.commands())
    else:
        documented_commands.parse(shown.text)


def test_examples_of_help_fit_a_terminal():
    """A line that the terminal breaks is two commands when it is pasted."""
    lines = [line for shown in documented_commands.in_help() for line in shown.text.splitlines()]
    assert [line for line in lines if cell_len(line) > 76] == []


def test_every_command_on_a_page_of_the_report_is_understood(tmp_path):
    page = report_sites.wrong(tmp_path)
    shown = {
        command.text
        for file in page.parent.rglob("*.html")
        for command in documented_commands.on_page(file.read_text("utf-8"))
    }
    assert len(shown) == 2
    for text in shown:
        assert "acknowledge" in text
        documented_commands.parse(text)


def test_the_table_of_settings_is_what_the_settings_are():
    from flows.settings import Settings

    def shown(default):
        if isinstance(default, Path) and default.is_absolute():
            default = default.relative_to(ROOT)
        return "" if default is None else f"`{default}`"

    declared = [
        f"| `CROSSFOOT_{name.upper()}` | {shown(field.default)} | {field.description} |"
        for name, field in Settings.model_fields.items()
    ]
    readme = (ROOT / "README.md").read_text("utf-8")
    assert re.findall(r"^\| `CROSSFOOT_.*$", readme, re.M) == declared


def test_every_record_field_is_documented():
    from warehouse.records.contract import Record

    readme = (ROOT / "README.md").read_text("utf-8")
    for name in Record.model_fields:
        assert f"`{name}`" in readme
