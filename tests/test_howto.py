"""Every how-to, done as the page says: its files are written, its commands run, outputs compared.

Belongs here: the copy of the project in which that happens. What a page has its reader do is found
by documented_commands.py.
"""

import os
import re
import shutil
import subprocess
import sys

import pytest

from tests.conftest import ROOT
from tests.helpers import documented_commands
from tests.helpers.documented_files import ShownFile

COPIED = ("benchmarks", "desk", "docs", "expectations", "flows", "tests", "warehouse")
# What differs from run to run.
VARIES = re.compile(r"\d+\.\d+ s, [\d,]+ rows/s")


@pytest.fixture
def copy(tmp_path):
    """The project in a folder of its own, and commands that run what lies there."""
    for name in COPIED:
        ignored = shutil.ignore_patterns("__pycache__", "node_modules")
        shutil.copytree(ROOT / name, tmp_path / "project" / name, ignore=ignored)
    shutil.copy(ROOT / "pyproject.toml", tmp_path / "project")
    for name, words in (("crossfoot", "-m flows"), ("python", "")):
        script = tmp_path / "bin" / name
        script.parent.mkdir(exist_ok=True)
        script.write_text(f'#!/bin/sh\nexec {sys.executable} {words} "$@"\n')
        script.chmod(0o755)
    return tmp_path / "project"


def run(command, folder):
    """A finished command, whose output is together, as a screen shows it."""
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith("CROSSFOOT_")
    }
    environment |= {"PYTHONPATH": str(folder), "COLUMNS": "200", "NO_COLOR": "1"}
    environment["PATH"] = f"{folder.parent / 'bin'}:{environment['PATH']}"
    for name in ("PYTEST_ADDOPTS", "PYTEST_XDIST_WORKER", "PYTEST_CURRENT_TEST"):
        environment.pop(name, None)
    return subprocess.run(
        ["bash", "-c", command],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=folder,
        env=environment,
        timeout=120,
        check=False,
    )


def as_shown(output):
    return [line.rstrip() for line in VARIES.sub("…", output).strip().splitlines()]


@pytest.mark.parametrize("page", documented_commands.HOWTOS, ids=lambda page: page.stem)
def test_what_a_how_to_says_works(page, copy):
    steps = documented_commands.steps(page)
    assert steps
    for step in steps:
        if isinstance(step, ShownFile):
            assert step.is_change == (copy / step.path).exists(), f"{step.path} is there, or is not"
            step.make(copy)
        else:
            done = run(step.text, copy)
            has_errors = re.search(r"; [1-9]\d* errors?, ", step.output) is not None
            assert done.returncode == int(has_errors), done.stdout
            if step.output:
                assert as_shown(done.stdout) == as_shown(step.output), step.text


@pytest.mark.slow
def test_the_cases_of_a_new_rule_are_what_they_say(copy):
    (page,) = (page for page in documented_commands.HOWTOS if page.stem == "add-a-rule")
    for step in documented_commands.steps(page):
        if isinstance(step, ShownFile):
            step.make(copy)
    tests = "tests/expectations/rules/test_figure_rules.py"
    cases = "test_case and balance-not-above-exports"
    done = run(f"python -m pytest -n 0 {tests} -k '{cases}'", copy)
    assert "3 passed" in done.stdout


@pytest.mark.parametrize("page", documented_commands.HOWTOS, ids=lambda page: page.stem)
def test_every_file_that_a_how_to_names_is_there(page):
    made = {step.path for step in documented_commands.steps(page) if isinstance(step, ShownFile)}
    prose = re.sub(r"^```.*?^```", "", page.read_text("utf-8"), flags=re.S | re.M)
    named = set(re.findall(r"`((?:desk|docs|expectations|flows|tests|warehouse)/[\w./-]*)`", prose))
    assert [path for path in named - made if not (ROOT / path).exists()] == []
