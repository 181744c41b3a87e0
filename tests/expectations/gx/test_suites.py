"""The declared suites: good tables pass, and each single fault is caught by the one statement."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace

import duckdb
import pytest

from expectations.gx.duckdb_engine import MAX_ROWS, SuiteResult, validate
from expectations.gx.suites import Expectation, Suite, rule_suite, table_suites
from expectations.rules.figure_rules import Rule
from warehouse.records.fields import figure_columns
from warehouse.terms.dimensions import further, list_of

TABLES = """
create schema core;
create schema quality;
create table core.codes (
    list varchar, code varchar, name_en varchar, name_zh varchar, parent varchar, kind varchar
);
create table core.flow_legs (flow varchar, leg varchar, is_sum boolean);
create table core.sources (
    source_id varchar, publisher varchar, title varchar, published varchar, published_from date,
    published_to date, url varchar, note varchar, file varchar,
    licence varchar, language varchar, rounding varchar,
    decimal varchar, currency varchar, legend varchar,
    fiscal_year_start integer
);
create table quality.loads (
    file varchar, sha256 varchar, read integer, accepted integer, quarantined integer,
    rejected integer
);
create table quality.findings (
    finding_id varchar, rule_id varchar, severity varchar, figures varchar[],
    acknowledged_by varchar, message varchar
);
"""
COLUMNS = {name: column.type for name, column in figure_columns().items()} | {
    "revision": "integer",
    "published_to": "date",
}
TABLES += "create table core.figures ({});".format(
    ", ".join(f'"{name}" {type_}' for name, type_ in COLUMNS.items())
)

ROWS = """
insert into core.codes (list, code) values
    ('areas', 'CN-5101'), ('partners', 'WLD'), ('flows', 'trade'), ('flows', 'balance'),
    ('products', 'total'), ('regimes', 'total'), ('operators', 'total'), ('measures', 'value'),
    ('units', 'CNY'), ('growth_bases', 'year-on-year'), ('observation_status', 'P'),
    ('confidentiality', 'C');
insert into core.codes (list, code) values {unstated};
insert into core.flow_legs values ('balance', 'exports', false), ('trade', 'exports', true);
insert into core.sources by name
    select 's' as source_id, '人民日报' as publisher, '2020-05' as published,
        date '2020-05-01' as published_from, date '2020-05-31' as published_to, 's.yaml' as file;
insert into quality.loads values ('s.yaml', 'aa', 7, 5, 2, 0), ('t.yaml', 'bb', 1, 1, 0, 0);
insert into core.figures by name
    select
        's/' || id as figure_id, 1 as revision, 's' as source_id, 's.yaml' as file,
        row_number() over () as line, 'CN-5101' as area, 'WLD' as partner, flow,
        'total' as product, 'total' as regime, 'total' as operator, 'value' as measure,
        concat_ws('.', area, partner, flow, product, regime, operator, measure) as series,
        {further}, 'CNY' as unit, '2020-01/2020-04' as period, period_start::date as period_start,
        date '2020-04-30' as period_end, 'year-to-date' as span,
        date '2020-05-31' as published_to, part_of, share_of,
        value || '亿元' as value_printed, value, value - 5 as value_lower,
        value + step as value_upper, growth || '倍' as growth_printed, growth,
        growth - 0.001 as growth_lower, growth + 0.001 as growth_upper,
        case when growth is not null then 'year-on-year' end as growth_basis,
        share || '成' as share_printed, share, share - 0.001 as share_lower,
        share + 0.001 as share_upper
    from (values
        ('total', 'trade', '2020-01-01', 2000, 5, 0.2, null, null, null),
        ('part', 'trade', '2020-01-01', 1000, 5, 0.1, 0.5, 's/total', 's/total'),
        ('whole', 'trade', null, null, 5, null, null, null, null),
        ('of-whole', 'trade', null, 500, null, null, 1.0, 's/whole', 's/whole'),
        ('deficit', 'balance', '2020-01-01', -10, 5, -1.5, -0.2, null, 's/total'),
        ('growth', 'trade', '2020-01-01', null, 5, -1.0, null, null, null)
    ) as f(id, flow, period_start, value, step, growth, share, part_of, share_of);
""".format(
    unstated=", ".join(f"('{list_of(name)}', 'unstated')" for name in further()),
    further=", ".join(f"'unstated' as {name}" for name in further()),
)


def _set(change: str, figure: str = "part") -> str:
    return f"update core.figures set {change} where figure_id = 's/{figure}'"


def _miscoded(column: str) -> str:
    joined = "concat_ws('.', area, partner, flow, product, regime, operator, measure)"
    return _set(f"{column} = '?'") + f"; update core.figures set series = {joined}"


# What makes one statement false and leaves all others of its table true.
FAULTS = {
    "core.figures": {
        "there are figures": (
            "delete from core.figures; "
            "update quality.loads set accepted = 0, read = quarantined + rejected"
        ),
        "the columns are the declared ones, in the declared order": (
            "alter table core.figures add column remark varchar"
        ),
        "each column has its declared type": (
            "alter table core.figures alter column value_step type decimal(38, 5)"
        ),
        "figure_id is unique": (
            "insert into core.figures from core.figures where figure_id = 's/part'; "
            "update quality.loads set accepted = accepted + 1 where file = 's.yaml'"
        ),
        "figure_id is present": _set("figure_id = null"),
        **{
            f"{column} is present": _set(f"{column} = null")
            for column in ("revision", "source_id", "file", "line", "period", "period_end", "span")
        },
        "published_to is present": _set("published_to = null"),
        **{
            f"{column} is a code of the list {column}s": _miscoded(column)
            for column in ("area", "partner", "flow", "product", "regime", "operator", "measure")
        },
        **{
            f"{column} is a code of the list {list_of(column)}": _set(
                f"{column} = '?', series = series || '.{column}=?'"
            )
            for column in further()
        },
        "status is a code of the list observation_status": _set("status = '?'"),
        "confidentiality is a code of the list confidentiality": _set("confidentiality = '?'"),
        "unit is a code of the list units": _set("unit = null"),
        "growth_basis is a code of the list growth_bases": _set("growth_basis = null"),
        "other_growth_basis is a code of the list growth_bases": _set(
            "other_growth_printed = 'x', other_growth = 1, other_growth_basis = '?'"
        ),
        "the series is its codes, joined by dots": _set("series = 'x'"),
        "period_start ≤ period_end": _set("period_start = period_end + 1"),
        "what was published before its period had ended has a status": _set(
            "published_to = period_end - 1"
        ),
        "value_lower ≤ value": _set("value_lower = value + 0.000001"),
        "value ≤ value_upper": _set("value_upper = value - 0.000001"),
        "growth_lower ≤ growth": _set("growth_lower = growth + 0.0000000001"),
        "growth ≤ growth_upper": _set("growth_upper = growth - 0.0000000001"),
        "share_lower ≤ share": _set("share_lower = share + 0.0000000001"),
        "share ≤ share_upper": _set("share_upper = share - 0.0000000001"),
        **{
            statement: _set(
                f"{name}_printed = 'x', other_growth_basis = growth_basis, {assignment}"
            )
            for name in (
                *("base", "share_change", "contribution", "previous"),
                *("other_growth", "change", "contribution_rate"),
            )
            for statement, assignment in (
                (f"{name}_lower ≤ {name}", f"{name} = 1, {name}_lower = 2, {name}_upper = 3"),
                (f"{name} ≤ {name}_upper", f"{name} = 3, {name}_lower = 1, {name}_upper = 2"),
                (f"{name} is there exactly where it was printed", f"{name} = null"),
            )
        },
        "nothing but a balance falls by more than the whole of it": _set(
            "growth = -1.1, growth_lower = -1.2, growth_upper = -1.0000000001"
        ),
        "a share, as rounded, lies between nothing and the whole, but for balances": _set(
            "share = 1.1, share_lower = 1.0000000001, share_upper = 1.2"
        ),
        "value is there exactly where it was printed": _set("value_printed = null"),
        "growth is there exactly where it was printed": _set("growth_printed = null"),
        "share is there exactly where it was printed": _set("share = null"),
        "a figure prints something, or another is a part or share of it": _set(
            "growth_printed = null, growth = null", "growth"
        ),
        "source_id is a source_id of core.sources": _set("source_id = 'nowhere'"),
        "part_of is a figure_id of core.figures": _set("part_of = 's/nowhere'"),
        "share_of is a figure_id of core.figures": _set("share_of = 's/nowhere'"),
        "there are as many figures as rows were accepted": (
            "delete from core.figures where figure_id = 's/growth'"
        ),
    },
    "core.sources": {
        "there are sources": "delete from core.sources",
        "the columns are the declared ones, in the declared order": (
            "alter table core.sources add column remark varchar"
        ),
        "each column has its declared type": (
            "alter table core.sources alter column published_to type timestamp"
        ),
        "source_id is unique": "insert into core.sources from core.sources",
        **{
            f"{column} is present": f"update core.sources set {column} = null"
            for column in ("source_id", "publisher", "published", "published_from")
        },
        "published_to is present": "update core.sources set published_to = null",
        "file is present": "update core.sources set file = null",
        "published_from ≤ published_to": (
            "update core.sources set published_from = published_to + 1"
        ),
    },
    "quality.loads": {
        "there are files": "delete from quality.loads",
        "file is unique": "update quality.loads set file = 's.yaml'",
        "file is present": "update quality.loads set file = null where file = 't.yaml'",
        **{
            f"{column} is not negative": (
                f"update quality.loads set {column} = -1, read = read - {column} - 1"
            )
            for column in ("accepted", "quarantined", "rejected")
        },
        "every row read was accepted, quarantined or rejected": (
            "update quality.loads set read = read + 1 where file = 't.yaml'"
        ),
    },
}


@pytest.fixture
def tables() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute(TABLES)
        connection.execute(ROWS)
        yield connection


def _failed(result: SuiteResult) -> list[str]:
    return [outcome.statement for outcome in result.results if not outcome.success]


def test_good_tables_pass_every_expectation(tables: duckdb.DuckDBPyConnection) -> None:
    results = validate(tables, table_suites())
    assert [_failed(result) for result in results] == [[], [], []]
    assert all(result.success for result in results)
    assert [len(result.results) for result in results] == [
        len(suite.expectations) for suite in table_suites()
    ]


@pytest.mark.parametrize("suite", table_suites(), ids=lambda suite: suite.name)
def test_there_is_a_fault_for_every_declared_expectation(suite: Suite) -> None:
    declared = [expectation.statement for expectation in suite.expectations]
    assert len(set(declared)) == len(declared)
    assert set(declared) == set(FAULTS[suite.name])


EXPECTATIONS = pytest.mark.parametrize(
    ("suite", "expectation"),
    [
        pytest.param(suite, expectation, id=f"{suite.name}: {expectation.statement}")
        for suite in table_suites()
        for expectation in suite.expectations
    ],
)


@EXPECTATIONS
def test_a_fault_fails_its_expectation(
    tables: duckdb.DuckDBPyConnection, suite: Suite, expectation: Expectation
) -> None:
    tables.execute(FAULTS[suite.name][expectation.statement])
    (result,) = validate(tables, [replace(suite, expectations=(expectation,))])
    assert not result.success
    assert _failed(result) == [expectation.statement]


@pytest.mark.slow
@EXPECTATIONS
def test_a_fault_fails_no_other_expectation(
    tables: duckdb.DuckDBPyConnection, suite: Suite, expectation: Expectation
) -> None:
    tables.execute(FAULTS[suite.name][expectation.statement])
    (result,) = validate(tables, [suite])
    assert not result.success
    assert _failed(result) == [expectation.statement]


def test_a_failed_expectation_shows_which_row_and_why(tables: duckdb.DuckDBPyConnection) -> None:
    tables.execute(_set("published_to = date '2020-04-01', area = '?', value_lower = value + 1"))
    outcomes = {o.statement: o for o in validate(tables, table_suites()[:1])[0].results}
    late = outcomes["what was published before its period had ended has a status"]
    assert late.unexpected_count == 1
    assert late.rows == (
        {"figure_id": "s/part", "period_end": "2020-04-30", "published_to": "2020-04-01"},
    )
    lower = outcomes["value_lower ≤ value"]
    assert lower.rows == (
        {"figure_id": "s/part", "value_lower": "1001.000000", "value": "1000.000000"},
    )
    assert outcomes["area is a code of the list areas"].rows == (
        {"figure_id": "s/part", "area": "?"},
    )


# --- rules -------------------------------------------------------------------------------------


def _rule(id_: str, severity: str) -> Rule:
    return Rule(id_, "totals", severity, f"{id_} holds", "a = b", "a book", "select 1")


def test_a_rule_without_findings_holds(tables: duckdb.DuckDBPyConnection) -> None:
    (result,) = validate(tables, [rule_suite([_rule("sums", "error"), _rule("falls", "warning")])])
    assert result.name == "quality.findings"
    assert [(o.subject, o.statement, o.severity, o.success) for o in result.results] == [
        ("sums", "sums holds", "critical", True),
        ("sums", "sums holds (between sources, or accepted)", "warning", True),
        ("falls", "falls holds", "warning", True),
    ]


def test_findings_fail_their_rule_with_their_severity(tables: duckdb.DuckDBPyConnection) -> None:
    tables.execute("""insert into quality.findings values
        ('2', 'sums', 'error', ['s/total', 's/part'], null,
            '1539.7亿元 is more than {2016.6亿元}: no'),
        ('1', 'sums', 'error', ['s/a', 's/b'], null, 'less'),
        ('3', 'other', 'warning', ['s/c', 't/c'], null, 'differs')""")
    suite = rule_suite([_rule("sums", "error"), _rule("other", "error")])
    sums, sums_between, other, other_between = validate(tables, [suite])[0].results
    assert (sums.success, sums.severity, sums.unexpected_count) == (False, "critical", 2)
    assert sums.rows == (
        {"figures": ["s/a", "s/b"], "message": "less"},
        {"figures": ["s/total", "s/part"], "message": "1539.7亿元 is more than {2016.6亿元}: no"},
    )
    assert sums_between.success
    assert other.success
    assert (other_between.success, other_between.severity) == (False, "warning")


def test_an_accepted_error_does_not_fail_the_gate(tables: duckdb.DuckDBPyConnection) -> None:
    tables.execute("""insert into quality.findings values
        ('1', 'sums', 'error', ['s/a', 's/b'], 'L. Wang', 'less')""")
    gate, accepted = validate(tables, [rule_suite([_rule("sums", "error")])])[0].results
    assert gate.success
    assert (accepted.success, accepted.severity) == (False, "warning")


def test_no_more_than_the_first_findings_are_listed_but_all_are_counted(
    tables: duckdb.DuckDBPyConnection,
) -> None:
    tables.execute("""insert into quality.findings
        select i, 'sums', 'error', [printf('s/%04d', i)], null, 'no' from range(1000) as t(i)
        order by hash(i)""")
    outcome = validate(tables, [rule_suite([_rule("sums", "error")])])[0].results[0]
    assert outcome.unexpected_count == 1000
    assert [row["figures"] for row in outcome.rows] == [[f"s/{i:04}"] for i in range(MAX_ROWS)]


def test_a_rule_may_be_called_anything(tables: duckdb.DuckDBPyConnection) -> None:
    id_ = "it's {odd}: :even"
    finding = "insert into quality.findings values ('1', $1, 'error', ['s/a'], null, 'no')"
    tables.execute(finding, [id_])
    (result,) = validate(tables, [rule_suite([_rule(id_, "error")])])
    assert [outcome.success for outcome in result.results] == [False, True]


def test_declaring_suites_does_not_load_great_expectations() -> None:
    code = "import sys, expectations.gx.suites; sys.exit('great_expectations' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
