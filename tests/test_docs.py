"""The README: what its console blocks show is what the commands print."""

import re
import shlex
from pathlib import Path

import pytest

from tests.conftest import ROOT

BLOCKS = re.findall(r"```console\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), re.S)
SET_UP = ("make", "source")


def commands():
    """(arguments, expected output) for every `$ crossfoot …` of the README that shows output."""
    for block in BLOCKS:
        for shown in re.split(r"^\$ ", block, flags=re.M)[1:]:
            arguments, end = [], 0
            for end in [m.end() for m in re.finditer(r"\n", shown)]:
                try:
                    arguments = shlex.split(shown[:end])
                    break
                except ValueError:  # a quote is still open: the command goes on
                    continue
            if arguments[0] not in SET_UP and shown[end:].strip():
                yield pytest.param(arguments, shown[end:], id=" ".join(arguments[:2]))


@pytest.mark.parametrize(("arguments", "expected"), list(commands()))
def test_console_block(arguments, expected, crossfoot, published):
    assert arguments[0] == "crossfoot"
    done = crossfoot(*arguments[1:], env={"CROSSFOOT_HOME": str(published)})
    assert (done.stdout + done.stderr).strip() == expected.strip()


def test_the_readme_shows_an_answer_and_a_contradiction():
    shown = [parameter.id for parameter in commands()]
    assert shown == ["crossfoot sql", "crossfoot check", "crossfoot sql"]


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
    from warehouse.contract import Record

    readme = (ROOT / "README.md").read_text("utf-8")
    for name in Record.model_fields:
        assert f"`{name}`" in readme
