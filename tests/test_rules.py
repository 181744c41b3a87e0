"""Every rule against record files of its own: what passes, what fails, what cannot be checked."""

from pathlib import Path

import pytest

from expectations.check import read_batch
from expectations.assess import assess
from expectations.rules import catalogue
from warehouse.database import open_memory
from warehouse.load import load

CASES = Path(__file__).parent / "cases"
OUTCOMES = {"passes": True, "fails": False, "not checkable": None}


def expectation(case: Path) -> tuple[str, list[str]]:
    """The outcome and the figures that the case's second line names."""
    line = case.read_text(encoding="utf-8").splitlines()[1].removeprefix("# expect: ")
    outcome = next(word for word in OUTCOMES if line.startswith(word))
    return outcome, line.removeprefix(outcome).split()


def evaluated(path: Path):
    batch = read_batch([path])
    assert not batch.problems
    connection = open_memory()
    load(connection, batch, "test")
    return connection, assess(connection).findings


@pytest.mark.parametrize(
    "case", sorted(CASES.glob("*/*.yaml")), ids=lambda case: f"{case.parent.name}/{case.stem}"
)
def test_case(case):
    outcome, figures = expectation(case)
    connection, findings = evaluated(case)
    checks = connection.execute(
        "select holds, figures from quality.checks where rule_id = ?", [case.parent.name]
    ).fetchall()
    about = {frozenset(figures): holds for holds, figures in checks}
    assert about[frozenset(figures)] is OUTCOMES[outcome]
    named = [f for f in findings if f.rule == case.parent.name and set(f.figures) == set(figures)]
    assert len(named) == (1 if outcome == "fails" else 0)
    for finding in named:
        assert finding.severity == "error"
        assert all(figure in finding.message for figure in figures)


def test_every_rule_has_a_case_of_each_outcome():
    for rule in catalogue():
        outcomes = {expectation(case)[0] for case in (CASES / rule.id).glob("*.yaml")}
        assert outcomes == set(OUTCOMES), rule.id


def test_rules_are_counted_and_never_passed_when_not_checkable():
    connection, _ = evaluated(CASES / "share-agrees-with-levels" / "not_checkable.yaml")
    counts = connection.execute(
        "select checked, passed, failed, not_checkable from quality.rules "
        "where rule_id = 'share-agrees-with-levels'"
    ).fetchone()
    assert counts == (0, 0, 0, 1)


def test_between_sources_a_contradiction_is_a_warning(tmp_path):
    for month, value in (("03", "10.2亿元"), ("04", "10.0亿元")):
        (tmp_path / f"{month}.yaml").write_text(
            f"source: {{id: s{month}, publisher: p, published: 2020-{month}}}\n"
            f"figures: [{{id: c, area: CN, flow: trade, period: 2020-01/2020-{month}, "
            f"value: {value}}}]\n"
        )
    _, findings = evaluated(tmp_path)
    assert [(f.rule, f.severity, f.figures) for f in findings] == [
        ("year-to-date-does-not-fall", "warning", ("s03/c", "s04/c"))
    ]
