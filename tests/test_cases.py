"""Cases from people who do this job: what is read of them, and what is right of it.

A case's first line says what it is; the lines after it, in a project of which settings and lists,
and what comes of its records:

    # project: {setting: value}
    # list <name>: a line of that code list of the project
    # reads: {figure: value unit, or null where it has no number}
    # periods: {figure: first day last day}
    # refused: {figure: field}
    # quarantined: [figure]
    # errors, warnings, slips, bounds: as tests/helpers/verdicts.py says
    # waits: why this is right, and not done yet

What nothing is said of is accepted, and no error.
"""

import re
from decimal import Decimal
from pathlib import Path

import pytest
import yaml

from tests.helpers.verdicts import faults, verdict
from warehouse import project

CASES = sorted((Path(__file__).parent / "cases").glob("*.yaml"))
NOTE = re.compile(
    r"# (project|list [a-z_]+|reads|periods|refused|quarantined|errors|warnings|slips|bounds|waits)"
    r": (.*)"
)


@pytest.fixture
def folder(tmp_path, project_forgotten):
    return tmp_path


def notes(text):
    """What the lines at the head of a case say, and its lines of code lists."""
    stated, lists = {}, {}
    for line in text.splitlines()[1:]:
        if not (match := NOTE.fullmatch(line)):
            break
        name, _, code_list = match[1].partition(" ")
        if code_list:
            lists.setdefault(code_list, []).append(match[2])
        else:
            stated[name] = yaml.safe_load(match[2])
    return stated, lists


def make_project(folder, settings, lists):
    lines = [f"{name} = {value!r}" for name, value in settings.items()]
    (folder / project.FILE).write_text("\n".join(("[project]", *lines)), "utf-8")
    (folder / "codes").mkdir()
    for name, rows in lists.items():
        (folder / "codes" / f"{name}.csv").write_text("\n".join((*rows, "")), "utf-8")
    project.use(folder)


def marked(case):
    reason = notes(case.read_text("utf-8"))[0].get("waits")
    marks = [pytest.mark.xfail(strict=True, reason=reason)] if reason else []
    return pytest.param(case, marks=marks, id=case.stem)


@pytest.mark.parametrize("case", [*map(marked, CASES)])
def test_case(case, folder):
    stated, lists = notes(case.read_text("utf-8"))
    make_project(folder, stated["project"], lists)
    checked = verdict([case])
    batch = checked.batch
    refused = {problem.figure: problem.field for problem in batch.problems}
    assert refused == stated.get("refused", {}), [str(problem) for problem in batch.problems]
    assert [row.figure for row in batch.quarantined] == stated.get("quarantined", [])
    figures = {figure.id: figure.record for figure in batch.figures}
    assert figures or refused
    for name, expected in stated.get("reads", {}).items():
        value = figures[name].value
        if expected is None:
            assert value is None or value.value is None
        else:
            amount, unit = str(expected).split()
            assert (value.value, value.unit) == (Decimal(amount), unit)
    for name, days in stated.get("periods", {}).items():
        period = figures[name].period
        assert f"{period.start} {period.end}" == days
    assert not list(faults(checked, {"errors": []} | stated))
