"""Rules of a project: evaluated beside the package's, and named where they cannot be."""

import pytest

from expectations.check import check
from expectations.rules.figure_rules import evaluate
from expectations.rules.rule_catalogue import catalogue
from flows.cli.app import crossfoot as command
from warehouse import project
from warehouse.records.acceptance import read_batch
from warehouse.store.database import open_memory
from warehouse.store.load import load
from warehouse.system.failure import Failure

RULE = """\
-- id: {id}
-- severity: error
-- statement: What is bought is not more than what is sold.
-- formula: lo(M) ≤ hi(X)
-- source: the plan of this year
{more}
select
    [imports.figure_id, exports.figure_id] as figures,
    imports.value_printed as left_side,
    imports.value_lower as left_lower,
    imports.value_upper as left_upper,
    '<=' as relation,
    exports.value_printed as right_side,
    exports.value_lower as right_lower,
    exports.value_upper as right_upper,
    imports.unit
from core.figures as imports
inner join core.figures as exports using (source_id, area, partner, period)
where imports.flow = 'imports' and exports.flow = 'exports';
"""
RECORDS = """\
source: {{id: s, publisher: a bureau, published: 2021-02}}
figures:
  - {{id: exports, area: CN, flow: exports, period: 2020, value: {exports}}}
  - {{id: imports, area: CN, flow: imports, period: 2020, value: {imports}}}
"""
OWN = "imports-not-above-exports"


@pytest.fixture
def write(own_project):
    """Write a file of the project, and forget what was read of it."""

    def write_file(name, text):
        path = own_project / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
        project.use(own_project)
        return path

    return write_file


def rule(id_=OWN, more="", **changes):
    text = RULE.format(id=id_, more=more)
    for old, new in changes.values():
        assert old in text
        text = text.replace(old, new)
    return text


def records(exports="5亿元", imports="4亿元"):
    return RECORDS.format(exports=exports, imports=imports)


def checked(own_project):
    return check([own_project / "records"], own_project / "acknowledged.yaml")


@pytest.mark.parametrize(
    ("imports", "holds"), [("4亿元", True), ("8亿元", False), ("近8亿元", None)]
)
def test_a_rule_of_the_project_holds_fails_or_cannot_say(imports, holds, write, own_project):
    write(f"rules/plans/{OWN}.sql", rule())
    write("records/one.yaml", records(imports=imports))
    with open_memory() as connection:
        load(connection, read_batch([own_project / "records"]), "test")
        findings = evaluate(connection)
        made = connection.execute("select holds from evaluated_checks where rule_id = ?", [OWN])
        assert made.fetchall() == [(holds,)]
    assert [finding.rule for finding in findings] == ([OWN] if holds is False else [])


def test_it_withholds_as_any_other(write, own_project):
    write(f"rules/plans/{OWN}.sql", rule())
    write("records/one.yaml", records(imports="8亿元"))
    assert checked(own_project).contradicted
    assert [rule.id for rule in catalogue() if rule.is_own] == [OWN]


def test_one_of_the_same_path_replaces_the_packages_aloud(write, capsys):
    here = "rules/totals/parts-not-above-total.sql"
    write(here, rule("parts-not-above-total"))
    command()(["rules", "show", "parts-not-above-total"], standalone_mode=False)
    assert "from       the project" in capsys.readouterr().out
    with pytest.raises(SystemExit):
        command()(["rules"], standalone_mode=False)
    printed = capsys.readouterr()
    assert f"{here} replaces the package's rule of that name" in printed.err
    assert len(catalogue()) == len({rule.id for rule in catalogue()})


@pytest.mark.parametrize(
    ("name", "id_"),
    [
        ("rules/plans/parts-not-above-total.sql", "parts-not-above-total"),
        ("rules/totals/figures-agree-jointly.sql", "figures-agree-jointly"),
        ("rules/totals/no-negative-weight.sql", None),
    ],
)
def test_an_id_that_is_taken_elsewhere_is_refused(name, id_, write):
    if id_ is None:  # whichever rule customs detail has
        id_ = project.files("detail rules", "rows/*.sql")[0].stem
        name = f"rules/totals/{id_}.sql"
    write(name, rule(id_))
    with pytest.raises(Failure, match=rf"{name}: .*give it another"):
        catalogue()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (rule(a=("-- source: the plan of this year\n", "")), ":1: the header lacks source; write"),
        (rule(a=("severity: error", "severity: eror")), ":1: severity 'eror' is none; write error"),
        (rule("another-id"), ":1: id 'another-id' must be the file's name"),
        ("select 1", ":1: the file must begin with a header"),
        (rule(a=("imports.unit", "imports.uni")), ":16: Binder Error: .*uni.*; mend the query"),
        (rule(a=("inner join", "inner jion")), ":18: Parser Error: .*; mend the query"),
        (rule(a=("as relation", "as relationship")), ":7: the query lacks the columns relation;"),
        (rule(a=("'<='", "'>='")), ":7: relation '>=' is none; write '<=' or '='"),
        (rule(a=("imports.figure_id", "'nobody'")), ":7: figures .*nobody.* are none"),
        (rule(a=("imports.value_upper", "random()")), ":11: random is not the same on every run"),
        (rule(more="-- needs: fow = 'x'"), ": Binder Error"),
        (rule(more="-- needs: random() > 0"), ":1: random is not the same on every run"),
        (rule(more="-- needs: (from '/etc/x.csv') > 0"), ":1: /etc/x.csv is not the same"),
        (rule(a=("where ", "where current_date > imports.period_end and ")), ":19: current_date"),
        (rule(a=("core.figures as exports", "'/etc/x.csv' as exports")), ":18: /etc/x.csv is not"),
        (rule(a=("imports.value_lower", "'x'::decimal")), ": Conversion Error.*; mend the query"),
        (rule(a=("where ", "where 1) select 1; drop table core.figures; select (")), ":19: Parser"),
    ],
)
def test_a_rule_that_cannot_be_used_is_named_with_its_line(text, message, write, own_project):
    write(f"rules/plans/{OWN}.sql", text)
    write("records/one.yaml", records())
    with pytest.raises(Failure, match=rf"^rules/plans/{OWN}\.sql{message}"):
        checked(own_project)


@pytest.mark.parametrize(
    ("imports", "code", "outcome"),
    [
        ("4亿元", 0, "1 hold, 0 fail, 0 not checkable"),
        ("8亿元", 1, "0 hold, 1 fail, 0 not checkable"),
        ("近8亿元", 0, "0 hold, 0 fail, 1 not checkable"),
        ("6", 2, ""),
    ],
)
def test_a_rule_is_tried_before_it_counts(imports, code, outcome, write, own_project, capsys):
    write("records/one.yaml", records(imports=imports))
    drafted = write(f"{OWN}.sql", rule())
    with pytest.raises(SystemExit) as end:
        command()(["rules", "try", str(drafted)], standalone_mode=False)
    assert end.value.code == code
    printed = capsys.readouterr().out
    assert outcome in printed
    assert (f"error {OWN} [" in printed) == (code == 1)


def test_a_rule_is_found_by_a_name_that_is_nearly_its_own(own_project, capsys):
    with pytest.raises(SystemExit) as end:
        command()(["rules", "show", "part-not-above-total"], standalone_mode=False)
    assert end.value.code == 2
    assert "is it parts-not-above-total" in capsys.readouterr().err
