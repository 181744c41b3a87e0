"""Every rule against record files of its own: what passes, what fails, what cannot be checked.

A case's first line says what it is, its second what the rule must make of which figures:
`# expect: passes|fails|not checkable|no check [as <severity>] <figures>`. A rule that fails does so
as the severity that it declares unless the case says another. Lines of `---` part the case into
record files, one a source. Where the rule's folder has a folder `codes`, they are read in a project
that has it.
"""

import re
import shutil
import time
from dataclasses import replace
from pathlib import Path

import pytest

from expectations.assess import assess
from expectations.rules import figure_rules
from expectations.rules.figure_rules import catalogue
from warehouse import project
from warehouse.records.acceptance import read_batch
from warehouse.store.database import open_memory
from warehouse.store.load import load

CASES = Path(__file__).parent / "cases"
OUTCOMES = {"passes": {True}, "fails": {False}, "not checkable": {None}, "no check": set()}
NEEDED = {"passes", "fails", "not checkable"}  # by every rule
EXPECT = re.compile(rf"# expect: ({'|'.join(OUTCOMES)})(?: as ([a-z]+))?((?: [^ ]+)+)")


def expectation(case: Path) -> tuple[str, str | None, list[str]]:
    """The outcome, the severity and the figures that the case's second line names."""
    line = case.read_text(encoding="utf-8").splitlines()[1]
    match = EXPECT.fullmatch(line)
    assert match, f"{case}: {line}"
    return match[1], match[2], match[3].split()


def loaded(path, texts: Path | None = None):
    batch = read_batch(path if isinstance(path, list) else [path])
    assert not batch.problems
    assert not batch.quarantined
    connection = open_memory()
    load(connection, batch, "test", texts=texts, comments=False)
    return connection


@pytest.mark.parametrize(
    "case", sorted(CASES.glob("*/*.yaml")), ids=lambda case: f"{case.parent.name}/{case.stem}"
)
def test_case(case, tmp_path, monkeypatch, project_forgotten):
    outcome, severity, figures = expectation(case)
    rule = next(rule for rule in catalogue() if rule.id == case.parent.name)
    monkeypatch.setattr(figure_rules, "_AT_ONCE", 1)  # one rule needs no second connection
    for number, text in enumerate(case.read_text(encoding="utf-8").split("\n---\n")):
        (tmp_path / f"{number}.yaml").write_text(text, encoding="utf-8")
    if (codes := case.parent / "codes").is_dir():
        ours = tmp_path / "ours"
        shutil.copytree(codes, ours / "codes")
        (ours / project.FILE).write_text("[project]\n", encoding="utf-8")
        project.use(ours)
    connection = loaded([*tmp_path.glob("*.yaml")], case.parent / "texts")
    # The other rules have cases of their own, and take most of the time.
    findings = figure_rules.evaluate(connection, [rule])
    checks = connection.execute(
        "select holds, figures from evaluated_checks where rule_id = ?", [rule.id]
    ).fetchall()
    assert {holds for holds, about in checks if set(about) == set(figures)} == OUTCOMES[outcome]
    named = [f for f in findings if f.rule == rule.id and set(f.figures) == set(figures)]
    assert len(named) == (1 if outcome == "fails" else 0)
    for finding in named:
        assert finding.severity == (severity or rule.severity)
        assert all(figure in finding.message for figure in figures)


@pytest.mark.slow
@pytest.mark.parametrize("rule", [r for r in catalogue() if r.needs != "true"], ids=lambda r: r.id)
def test_what_a_rule_needs_leaves_no_check_out(rule, tmp_path, monkeypatch):
    monkeypatch.setattr(figure_rules, "_AT_ONCE", 1)
    freely = replace(rule, needs="true")
    for number, case in enumerate(sorted((CASES / rule.id).glob("*.yaml"))):
        folder = tmp_path / str(number)
        folder.mkdir()
        for part, text in enumerate(case.read_text(encoding="utf-8").split("\n---\n")):
            (folder / f"{part}.yaml").write_text(text, encoding="utf-8")
        checks = []
        for asked in (rule, freely):
            connection = loaded(folder)
            figure_rules.evaluate(connection, [asked])
            checks.append(connection.execute("from evaluated_checks order by all").fetchall())
        assert checks[0] == checks[1], case


@pytest.mark.parametrize(
    ("change", "line"), [({"query": "selct 1", "line": 7}, ":7"), ({"needs": "nowhere = 1"}, "")]
)
def test_a_rule_that_cannot_be_evaluated_is_named_once(change, line, tmp_path, monkeypatch):
    (tmp_path / "one.yaml").write_text(
        "source: {id: s, publisher: a bureau, published: 2020-06}\nfigures:\n"
        "  - {id: a, area: CN, flow: exports, period: 2020-03, value: 5.0亿元}\n"
    )
    first, *others = catalogue()
    broken = replace(first, **{"needs": "true"} | change)
    monkeypatch.setattr(figure_rules, "catalogue", lambda: (*others, broken))
    with pytest.raises(
        figure_rules.RuleError, match=f"rules/{first.family}/{first.id}.sql{line}: "
    ):
        figure_rules.evaluate(loaded(tmp_path))


def test_an_error_beside_them_ends_the_rules(tmp_path, monkeypatch):
    (tmp_path / "one.yaml").write_text(
        "source: {id: s, publisher: a bureau, published: 2020-06}\nfigures:\n"
        "  - {id: a, area: CN, flow: exports, period: 2020-03, value: 5.0亿元}\n"
    )
    slow = "select count(*) from range(100000000) a, range(100000000) b"
    endless = replace(catalogue()[0], needs="true", query=slow)
    monkeypatch.setattr(figure_rules, "catalogue", lambda: (endless, endless))
    connection = loaded(tmp_path)

    def interrupted():
        with figure_rules.evaluating(connection):
            time.sleep(0.3)
            raise KeyboardInterrupt

    began = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert time.monotonic() - began < 10
    assert connection.execute("select 1").fetchone() == (1,)


def test_what_breaks_a_rule_twice_is_one_finding(tmp_path):
    record = "area: CN, flow: exports, period: 2020-03, value: {}亿元, growth: {}%"
    (tmp_path / "twice.yaml").write_text(
        "source: {id: s, publisher: a bureau, published: 2020-06}\nfigures:\n"
        f"  - {{id: a, {record.format('5.0', '1.0')}}}\n"
        f"  - {{id: b, {record.format('6.0', '2.0')}}}\n",
        encoding="utf-8",
    )
    findings = [f for f in figure_rules.evaluate(loaded(tmp_path)) if f.rule == "same-fact-agrees"]
    (finding,) = findings
    assert all(printed in finding.message for printed in ("5.0亿元", "6.0亿元", "1.0%", "2.0%"))


def test_every_rule_has_a_case_of_each_outcome():
    for rule in catalogue():
        outcomes = {expectation(case)[0] for case in (CASES / rule.id).glob("*.yaml")}
        assert outcomes >= NEEDED, rule.id


def test_every_grade_of_a_revision_has_a_case():
    for rule in catalogue():
        if rule.severity == "revision":
            cases = map(expectation, (CASES / rule.id).glob("*.yaml"))
            grades = {severity for outcome, severity, _ in cases if outcome == "fails"}
            assert grades == {"info", "warning", "review"}, rule.id


def test_rules_are_counted_and_never_passed_when_not_checkable():
    connection = loaded(CASES / "share-agrees-with-levels" / "not_checkable.yaml")
    assess(connection)
    counts = connection.execute(
        "select checked, passed, failed, not_checkable from quality.rules "
        "where rule_id = 'share-agrees-with-levels'"
    ).fetchone()
    assert counts == (0, 0, 0, 1)
