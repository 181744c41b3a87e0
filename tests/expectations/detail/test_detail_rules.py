"""Every rule on customs detail: rows that pass, that fail, and that cannot be checked."""

import itertools
import re
from decimal import Decimal

import pytest

from expectations.detail import detail_assessment
from expectations.detail.detail_rules import catalogue, rules_for_publication, rules_named
from expectations.intervals import MAY_WITHHOLD
from tests.helpers.detail_rows import ROW, WLD, evaluated, loaded, printing
from warehouse import project
from warehouse.detail import aggregate, composition
from warehouse.store.database import read_sql
from warehouse.terms import codes

UNIT_VALUES = [{"partner": p, "value": str(100 + n)} for n, p in enumerate(
    ["AT", "BE", "BR", "CA", "CH", "CL", "CZ", "DE", "DK", "EG", "ES", "FI", "FR", "GB", "GR",
     "HU", "ID", "IE", "IL", "IN", "IT"]
)]  # fmt: skip
MONTHS = [{"value_to_date": "100"}, {"period": "2024-02", "value": "50", "value_to_date": "150"}]

# By rule and outcome, what the rows differ in from ROW; the others are rows that the rule is about
# only together with them.
CASES = {
    "key-is-complete": {"passes": [{}], "fails": [{"partner": ""}]},
    "area-is-known": {"passes": [{}], "fails": [{"area": "QQQ"}], "not checkable": [{"area": ""}]},
    "partner-is-known": {
        "passes": [{"partner": "日本"}],
        "fails": [{"partner": "QQQ"}],
        "not checkable": [{"partner": ""}],
    },
    "flow-is-known": {
        "passes": [{"flow": "imports"}],
        "fails": [{"flow": "transit"}],
        "not checkable": [{"flow": ""}],
    },
    "regime-is-known": {
        "passes": [{"regime": "一般贸易"}],
        "fails": [{}, {"regime": "合计"}],
        "not checkable": [{"regime": ""}],
    },
    "unit-is-known": {"passes": [{}], "fails": [{"unit": "kg"}], "not checkable": [{"unit": ""}]},
    "product-is-hs": {
        "passes": [
            *({"product": code} for code in ("total", "01", "0101210010", "851762090")),
            *({"product": code} for code in ("270900XX", "99SSSSSS", "85176200001A")),
        ],
        "fails": [{"product": "854"}, {"product": "85.4"}, {"product": "85-4"}],
        "not checkable": [{"product": ""}],
    },
    "value-is-there": {
        "passes": [{}, {"partner": "KR", "value": "", "value_to_date": "7"}],
        "fails": [{"value": ""}],
    },
    "value-is-not-negative": {
        "passes": [{"value": "0"}],
        "fails": [{"value": "-0.01"}],
        "not checkable": [{"value": ""}],
    },
    "weight-is-not-negative": {
        "passes": [{"weight": "0"}],
        "fails": [{"weight": "-1"}],
        "not checkable": [{"weight": ""}],
    },
    "quantity-is-not-negative": {
        "passes": [{"quantity": "0"}],
        "fails": [{"quantity": "-1"}],
        "not checkable": [{"quantity": ""}],
    },
    "key-is-unique": {
        "passes": [{}, {"regime": "processing"}, {"period": "2024-02"}],
        "fails": [{}, {"value": "7"}],
        "not checkable": [{"partner": ""}, {"partner": ""}],
    },
    "levels-add-up": {
        "passes": [
            {"product": "85", "value": "100.01"},
            {"product": "8542", "value": "60"},
            {"product": "8501", "value": "40"},
            {"product": "01", "value": "5"},
            {"product": "total", "value": "105.01"},
        ],
        "fails": [{"product": "85", "value": "101"}, {"product": "8542"}],
        "not checkable": [{"product": "85", "value": ""}, {"product": "8542"}],
    },
    "world-is-sum-of-partners": {
        "passes": [{}, {"partner": "KR"}, {"partner": "EU"}, {"partner": "WLD", "value": "200"}],
        "fails": [{}, {"partner": "KR"}, {"partner": "WLD", "value": "201"}],
        "not checkable": [{"value": ""}, {"partner": "WLD"}],
    },
    "regimes-add-up": {
        "passes": [{}, {"regime": "processing"}, {"regime": "total", "value": "200"}],
        "fails": [{}, {"regime": "total", "value": "99"}],
        "not checkable": [{}, {"regime": "total", "value": ""}],
    },
    "flows-add-up": {
        "passes": [{}, {"flow": "imports", "value": "50"}, {"flow": "trade", "value": "150.01"}],
        "fails": [{}, {"flow": "imports"}, {"flow": "trade", "value": "201"}],
        "not checkable": [{}, {"flow": "imports"}, {"flow": "trade", "value": ""}],
    },
    "unit-value-is-usual": {
        "passes": UNIT_VALUES,
        "fails": [*UNIT_VALUES, {"partner": "KR", "value": "9999"}],
        "not checkable": [{}, {"partner": "KR", "value": "9999"}],
    },
    "year-to-date-is-sum-of-months": {
        "passes": MONTHS,
        "fails": [MONTHS[0], MONTHS[1] | {"value_to_date": "250"}],
        "not checkable": [MONTHS[1]],
    },
    "growth-agrees-with-year-before": {
        "passes": [{"period": "2023-01", "value": "80"}, {"growth": "0.25"}],
        "fails": [{"period": "2023-01", "value": "80"}, {"growth": "0.35"}],
        "not checkable": [{"growth": "0.25"}],
    },
    "printed-figure-is-sum-of-detail": {
        "passes": [{}, {"partner": "KR", "value": "49.6"}],
        "fails": [{}, {"partner": "KR", "value": "51"}],
        "not checkable": [{"flow": "imports"}],
    },
}
CODED = ("partners", "products", "regimes")
FIGURES = """select
    * from (values
        ('f/exports', 'CN', 'WLD', 'exports', 'total', 'total', 'total', 'value', 'USD', '2024-01',
            date '2024-01-01', date '2024-01-31', 149.5, 150.5),
        ('f/trade', 'CN', 'WLD', 'trade', 'total', 'total', 'total', 'value', 'USD', '2024-01',
            date '2024-01-01', date '2024-01-31', 149.5, 150.5)
    ) as t(figure_id, area, partner, flow, product, regime, operator, measure, unit, period,
        period_start, period_end, value_lower, value_upper)"""


@pytest.fixture
def figures(tmp_path):
    """A release's database that prints two figures."""
    return printing(tmp_path / "figures.duckdb", FIGURES)


def test_a_rule_on_rows_answers_wherever_it_is_checkable(tmp_path):
    """Of every row that could be, however much of it is missing; and is about what is there."""
    cells = {
        **{name: [text, "QQQ", ""] for name, text in ROW.items() if name in ("area", "partner")},
        **{
            "flow": ["exports", "transit", ""],
            "product": ["85", "x", ""],
            "regime": ["general", ""],
        },
        **{"unit": ["USD", "kg", ""], "value": ["1", "-1", ""], "value_to_date": ["1", ""]},
        **{"weight": ["1", "-1", ""], "quantity": ["1", "-1", ""]},
    }
    rows = [dict(zip(cells, row, strict=True)) for row in itertools.product(*cells.values())]
    parts = loaded(tmp_path / "home", rows)
    rules = [rule for rule in catalogue() if rule.scope == "rows"]
    known = read_sql(project.file("detail rules", "checked.sql")).query
    with detail_assessment.working(tmp_path / "work", "duckdb", None, "1GB") as (engine, work):
        aggregate.prepare(engine, parts, None, work)
        engine.read_detail(parts[0].files)
        for rule in rules:
            answers = f"select distinct {rule.checkable}, ({rule.query}) from ({known}) as detail"
            told = set(engine.fetch(answers))
            assert (True, None) not in told, rule.id
            assert {(True, True), (True, False)} <= told, rule.id


def test_what_codes_consist_of_is_known():
    rows = composition.rows()
    known = {name: {row["code"] for row in codes.rows(name)} for name in CODED}
    chapters = {code[2:] for code in known["products"] if re.fullmatch(r"HS\d\d", code)}
    for row in rows:
        assert row["code"] in known[row["list"]], row
        if row["list"] == "products":
            assert row["part"][:2] in chapters
            assert len(row["part"]) in (2, 4, 6)
        else:
            assert row["part"] in known[row["list"]], row
    keys = [(row["list"], row["code"], row["part"]) for row in rows]
    assert keys == sorted(set(keys))
    for row in codes.rows("products"):
        if row["parent"].startswith("HS-"):
            assert ("products", row["parent"], row["code"][2:]) in keys


# Rules that must not find anything in rows that can be right, and what they must find in others.
NESTED = {
    "headings at different levels": [
        {"product": "8542", "value": "60"},
        {"product": "850110", "value": "40"},
        {"product": "total", "value": "100"},
    ],
    "a chapter of which some headings are parted": [
        {"product": "85", "value": "100"},
        {"product": "8542", "value": "60"},
        {"product": "854231", "value": "60"},
        {"product": "850110", "value": "40"},
    ],
    "a finer number that is not published": [
        {"product": "85", "value": "100"},
        {"product": "8542", "value": "60"},
        {"product": "8501", "value": ""},
    ],
    "a partner whose number is not published": [
        {"partner": "JP", "value": ""},
        {"partner": "KR", "value": "60"},
        {"partner": "WLD", "value": "100"},
    ],
    "a regime whose number is not published": [
        {"value": ""},
        {"regime": "processing", "value": "60"},
        {"regime": "total", "value": "100"},
    ],
}


@pytest.mark.parametrize("case", NESTED)
def test_what_can_be_right_is_not_found(tmp_path, case):
    rules = [rule for rule in catalogue() if rule.scope == "period"]
    _, found = evaluated(tmp_path, loaded(tmp_path / "home", NESTED[case]), rules)
    assert found == []


# Parts and their whole, by rule: the whole, and one part of several that may be missing.
PARTED = {
    "world-is-sum-of-partners": [WLD, WLD | {"partner": "VN"}, WLD | {"partner": "ASEAN"}],
    "levels-add-up": [WLD, WLD | {"product": "8542"}, WLD | {"product": "85423110"}],
    "regimes-add-up": [WLD, WLD | {"regime": "general"}],
}


@pytest.mark.parametrize("rule", PARTED)
@pytest.mark.parametrize(("part", "severity"), [("60", "warning"), ("100", None), ("140", "error")])
def test_parts_may_be_missing_but_not_be_more_than_their_whole(tmp_path, rule, part, severity):
    whole, *parts = PARTED[rule]
    rows = [whole, *(row | {"value": part} for row in parts)]
    _, found = evaluated(tmp_path, loaded(tmp_path / "home", rows), rules_named([rule]))
    assert {row[0] for row in found} == ({severity} if severity else set())
    published_on = {one.id for one in rules_for_publication(["value-is-there"])}
    assert rule in published_on  # no choice leaves it out


def test_unit_values_that_are_all_alike_are_usual(tmp_path):
    alike = [row | {"value": "1", "weight": "3"} for row in UNIT_VALUES]
    rule = rules_named(["unit-value-is-usual"])
    (checks,), found = evaluated(tmp_path / "1", loaded(tmp_path / "1", alike), rule)
    assert (checks.passed, found) == (len(alike), [])
    other = {"partner": "KR", "value": "1.01", "weight": "3"}
    (checks,), found = evaluated(tmp_path / "2", loaded(tmp_path / "2", [*alike, other]), rule)
    assert (checks.passed, [row[6] for row in found]) == (len(alike), ["KR"])


THIRD = {"period": "2024-03", "value": "200", "value_to_date": "350"}


@pytest.mark.parametrize(
    ("rows", "areas"),
    [
        ([*MONTHS, THIRD, THIRD | {"area": "US"}], []),
        ([*MONTHS, THIRD, THIRD | {"flow": "imports"}], []),
        ([*MONTHS, THIRD, THIRD | {"unit": "CNY"}], []),
        ([*MONTHS, {"area": "US"}, {"area": "US"} | MONTHS[1] | {"value_to_date": "300"}], ["US"]),
        ([*MONTHS, {"period": "2024-02-01/2024-02-10", "value": "7"}], []),
        ([{"period": "2024-01-01/2024-01-31"}, MONTHS[1]], []),
    ],
)
def test_a_year_to_date_is_of_the_months_that_are_loaded_of_its_area(tmp_path, rows, areas):
    rule = rules_named(["year-to-date-is-sum-of-months"])
    _, found = evaluated(tmp_path, loaded(tmp_path / "home", rows), rule)
    assert [row[4] for row in found] == areas


def test_errors_that_settle_each_other_within_a_chapter_are_found(tmp_path):
    rows = [
        {"product": "8542", "value": "60"},
        {"product": "854231", "value": "50"},
        {"product": "8501", "value": "40"},
        {"product": "850110", "value": "50"},
    ]
    parts = loaded(tmp_path / "home", rows)
    _, found = evaluated(tmp_path, parts, rules_named(["levels-add-up"]))
    assert {row[7] for row in found} == {"8542", "8501"}


@pytest.mark.parametrize(
    ("rule", "outcome"), [(rule, outcome) for rule in CASES for outcome in CASES[rule]]
)
def test_case(tmp_path, figures, rule, outcome):
    parts = loaded(tmp_path / "home", CASES[rule][outcome])
    (checks,), found = evaluated(tmp_path, parts, rules_named([rule]), figures)
    assert checks.rule == rule
    assert bool(checks.failed) == (outcome == "fails")
    assert len(found) == (3 if rule == "product-is-hs" else 1) * (outcome == "fails")
    if outcome == "passes":
        assert checks.passed
    if outcome == "not checkable":
        assert checks.failed == 0
        if rule != "key-is-unique":
            assert checks.not_checkable


def test_every_rule_has_cases():
    decided = {"key-is-complete", "value-is-there"}  # whether something is there can be told always
    for rule in catalogue():
        wanted = {"passes", "fails"} if rule.id in decided else {"passes", "fails", "not checkable"}
        assert set(CASES[rule.id]) == wanted


def test_all_failing_keys_are_kept(tmp_path):
    rows = [{"product": f"{n:08}", "value": "-1"} for n in range(700)]
    parts = loaded(tmp_path / "home", rows)
    (checks,), found = evaluated(tmp_path, parts, rules_named(["value-is-not-negative"]))
    assert checks.failed == len(found) == 700


def test_a_finding_tells_the_number_that_its_rule_is_about(tmp_path):
    parts = loaded(tmp_path / "home", [{"weight": "-3"}, {"partner": "KR", "quantity": "-4"}])
    rules = rules_named([f"{number}-is-not-negative" for number in ("value", "weight", "quantity")])
    _, found = evaluated(tmp_path, parts, rules)
    assert {(row[1], int(row[11])) for row in found} == {
        ("weight-is-not-negative", -3),
        ("quantity-is-not-negative", -4),
    }


def test_no_choice_leaves_out_what_may_withhold():
    chosen_ones = rules_for_publication(["unit-value-is-usual"])
    assert chosen_ones[0].id == "unit-value-is-usual"
    assert set(chosen_ones[1:]) == {one for one in catalogue() if one.severity in MAY_WITHHOLD}
    assert rules_for_publication([]) == catalogue()


def test_missing_keys_raise_no_alarm_in_sums(tmp_path):
    rows = [{"partner": ""}, {"partner": ""}, {"product": ""}, {"flow": ""}, {"regime": ""}]
    rules = [rule for rule in catalogue() if rule.scope != "rows"]
    checks, found = evaluated(tmp_path, loaded(tmp_path / "home", rows), rules)
    assert found == []
    assert all(one.failed == 0 for one in checks)


def test_movers_are_of_areas_that_are_there_in_both_years(tmp_path):
    before = {"period": "2023-01"}
    rows = [
        before,
        before | {"product": "01", "value": "30"},
        before | {"partner": "ASEAN"},
        {"value": "150"},
        {"partner": "ASEAN", "value": "900"},
        {"area": "US", "value": "1000"},  # new
        {"flow": "imports", "value": "1000"},
        before | {"area": "DE"},  # gone
        before | WLD | {"area": "FR"},
        {"area": "FR"},
    ]
    parts = loaded(tmp_path / "home", rows)
    with detail_assessment.working(tmp_path / "work", "duckdb", None, "500MB") as (running, work):
        aggregate.prepare(running, parts, None, work)
        detail_assessment.check_periods(parts, running, (), work)
        detail_assessment.check_sums(running, parts, (), work)
        moved = running.fetch(
            "select period, area, flow, place, partner, chapter, change::int from detail_movers"
        )
    assert moved == [
        ("2024-01", "CN", "exports", 1, "JP", "85", 50),
        ("2024-01", "CN", "exports", 2, "JP", "01", -30),
    ]


def test_aggregates_count_nothing_twice(tmp_path):
    rows = [
        {"product": "85", "value": "100"},
        {"product": "8542", "value": "100"},
        {"product": "854231", "value": "100"},
        {"product": "01", "value": "7", "regime": "processing"},
        {"product": "01", "value": "7", "regime": "total"},
        {"product": "02", "partner": "EU", "value": "5"},
        {"product": "8542", "partner": "KR", "value": "60"},
        {"product": "850110", "partner": "KR", "value": "40"},
        {"product": "85", "partner": "US", "value": "30", "flow": "imports"},
        {"product": "total", "partner": "JP", "value": "70", "flow": "imports"},
    ]
    parts = loaded(tmp_path / "home", rows)
    with detail_assessment.working(tmp_path / "work", "duckdb", None, "500MB") as (running, work):
        aggregate.prepare(running, parts, None, work)
        detail_assessment.check_periods(parts, running, (), work)
        detail_assessment.check_sums(running, parts, (), work)
        chapters = running.fetch(
            "select partner, chapter, value from detail_chapters where flow = 'exports' "
            "order by all"
        )
        areas = running.fetch("select flow, value from detail_areas order by all")
    assert chapters == [
        ("EU", "02", Decimal(5)),
        ("JP", "01", Decimal(7)),
        ("JP", "85", Decimal(100)),
        ("KR", "85", Decimal(100)),
    ]
    assert areas == [("exports", Decimal(207)), ("imports", Decimal(100))]
