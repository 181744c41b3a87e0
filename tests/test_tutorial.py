"""The tutorial, done as it says but for publishing: its files are written, its commands run.

test_documented.py, among the slow tests, runs all of it in a shell.
"""

import os
from pathlib import Path

import pytest

from flows.cli.app import crossfoot as command
from tests.helpers import documented_commands
from tests.helpers.documented_files import ShownFile
from warehouse import project

(TUTORIAL,) = (page for page in documented_commands.DOCUMENTS if page.name == "tutorial.md")
PUBLISHING = ("run", "sql")


@pytest.fixture
def newcomer(tmp_path, monkeypatch):
    """A new user's folder."""
    monkeypatch.delenv(project.VARIABLE, raising=False)
    monkeypatch.chdir(tmp_path)
    yield monkeypatch
    monkeypatch.undo()
    project.use(None)


def answer(words, capsys):
    """What a command of Crossfoot prints, and its exit code."""
    project.use(None)  # as in a new process
    code = 0
    try:
        command()(words, prog_name="crossfoot", standalone_mode=False)
    except SystemExit as end:
        code = end.code
    printed = capsys.readouterr()
    return code, [line.rstrip() for line in (printed.out + printed.err).strip().splitlines()]


def test_the_tutorial_leads_a_new_user_to_a_finding_and_mends_it(newcomer, capsys):
    codes = []
    for step in documented_commands.steps(TUTORIAL):
        if isinstance(step, ShownFile):
            step.make(Path.cwd())
            continue
        name, *words = documented_commands.words_of(step.text)
        if name == "cd":
            newcomer.chdir(words[0])
        elif words[0] not in PUBLISHING:
            code, printed = answer(words, capsys)
            codes.append(code)
            os.environ.pop(project.VARIABLE, None)  # which `init` leaves in its own process
            if step.output:
                assert printed == step.output.splitlines(), step.text
    assert codes.count(1) == 1 and set(codes) == {0, 1}
