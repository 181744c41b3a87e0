"""Printed figures held against customs detail: what is theirs to sum, and what cannot be told."""

from decimal import Decimal

import pytest

from expectations.detail.detail_rules import rules_named
from tests.helpers.detail_rows import WLD, evaluated, loaded, printing

# January and February by partner, regime and code, and figures that it can be compared with.
RECONCILED = [
    {"partner": "VN", "product": "854231", "value": "10"},
    {"partner": "TH", "product": "854231", "value": "5"},
    {"partner": "TH", "product": "850110", "value": "1", "regime": "processing-imported"},
    {"partner": "TH", "product": "01", "value": "2", "regime": "processing-supplied"},
    {"partner": "JP", "product": "854231", "value": "100"},
    {"partner": "JP", "product": "854231", "value": "700", "unit": "CNY"},
    {"partner": "JP", "product": "854231", "value": "30", "flow": "imports"},
    {"partner": "JP", "product": "8542", "value": "200", "period": "2024-02"},
    {"partner": "JP", "product": "8542", "value": "50", "period": "2024-02", "flow": "imports"},
]
COMPARED = {
    # what differs from exports to the world in January: the sum of the detail
    "all": ({}, 118),
    "in another currency": ({"unit": "CNY"}, 700),
    "a partner": ({"partner": "JP"}, 100),
    "a group of partners": ({"partner": "ASEAN"}, 18),
    "a chapter": ({"product": "HS85"}, 116),
    "a section": ({"product": "HS-XVI"}, 116),
    "a section with a group": ({"product": "HS-XVI", "partner": "ASEAN"}, 16),
    "a heading": ({"product": "IC"}, 115),
    "a heading with a group": ({"product": "IC", "partner": "ASEAN"}, 15),
    "a regime": ({"regime": "general"}, 115),
    "a group of regimes": ({"regime": "processing"}, 3),
    "a chapter in a regime": ({"product": "HS85", "regime": "processing"}, 1),
    "both flows": ({"flow": "trade"}, 148),
    "the balance": ({"flow": "balance"}, 88),
    "two months": ({"months": 2}, 318),
    "two months, one without any": ({"months": 2, "partner": "ASEAN"}, 18),
    "a heading, at two levels": ({"months": 2, "product": "IC"}, 315),
    "a month that is not loaded": ({"months": 3}, None),
    "a currency that is not loaded": ({"unit": "EUR"}, None),
    "a partner that never appears": ({"partner": "KR"}, None),
    "a product without codes": ({"product": "ME"}, None),
    "a partner in a regime": ({"partner": "JP", "regime": "general"}, None),
    "a kind of operator": ({"operator": "private"}, None),
    "a weight": ({"measure": "weight"}, None),
}


@pytest.mark.parametrize("off", [0, 1])
def test_detail_is_held_against_printed_figures(tmp_path, off):
    usual = {"partner": "WLD", "flow": "exports", "product": "total", "regime": "total"}
    usual |= {"operator": "total", "measure": "value", "unit": "USD", "months": 1}
    rows = [
        (
            *(f"f/{name}", "CN", *(figure[k] for k in list(usual)[:7]), "2024"),
            *("2024-01-01", ("2024-01-31", "2024-02-29", "2024-03-31")[figure["months"] - 1]),
            *((total or 0) + off - 0.4, (total or 0) + off + 0.4),
        )
        for name, (differs, total) in COMPARED.items()
        for figure in [usual | differs]
    ]
    columns = ("figure_id", "area", *list(usual)[:7], "period", "period_start", "period_end")
    named = ", ".join((*columns, "value_lower", "value_upper"))
    database = printing(
        tmp_path / "figures.duckdb",
        f"""select * replace (
            period_start::date as period_start, period_end::date as period_end
        ) from (values {", ".join(map(str, rows))}) as t({named})""",
    )
    parts = loaded(tmp_path / "home", RECONCILED, complete=True)
    rule = rules_named(["printed-figure-is-sum-of-detail"])
    (checks,), found = evaluated(tmp_path, parts, rule, database)
    known = [name for name, (_, total) in COMPARED.items() if total is not None]
    assert checks.passed == (0 if off else len(known))
    assert checks.not_checkable == len(COMPARED) - len(known)
    sums = {key[10].removeprefix("f/"): key[13] for key in found}
    assert set(sums) == (set(known) if off else set())
    if off:
        middles = {name: Decimal(text.split(" to ")[0]) for name, text in sums.items()}
        steps = Decimal("0.05")  # ten numbers of two decimals at most
        assert all(0 <= COMPARED[name][1] - middles[name] <= steps for name in known)


# Detail that need not hold all of a figure's series and period: whether its files were declared
# complete, its rows, what differs in the figure from all exports in January, and the outcome.
JAN, FEB = {"period": "2024-01"}, {"period": "2024-02"}
TWO = {"starts": "2024-01-01", "ends": "2024-02-29"}
COAL = [JAN | {"product": "27"}, FEB | {"product": "2701", "value": "50"}]
NO_COAL = [JAN | {"product": "2710"}, COAL[1]]
ASEAN = [JAN | {"partner": "ASEAN"}, FEB | {"partner": "VN", "value": "50"}]
GENERAL = [JAN | {"regime": "total"}, FEB | {"value": "60"}]
DECADES = [{"period": f"2024-05-{first}/2024-05-{last}"} for first, last in
           (("01", "10"), ("11", "20"), ("21", "31"))]  # fmt: skip
MAY = {"starts": "2024-05-01", "ends": "2024-05-31"}
HELD = {
    # selections
    "a partner of many": (False, [{}], {"value": 1000}, None),
    "a partner that is more than all": (False, [{}], {"value": 60}, False),
    "a partner that is all": (False, [{}], {"value": 100}, True),
    "a partner, of all that there are": (True, [{}], {"value": 1000}, False),
    "a chapter of many": (False, [WLD | {"product": "85"}], {"value": 1000}, None),
    "a chapter that is more than all": (False, [WLD | {"product": "85"}], {"value": 60}, False),
    "a regime of many": (False, [WLD | {"regime": "general"}], {"value": 1000}, None),
    "the reported total": (False, [WLD], {"value": 1000}, False),
    "the reported total, which agrees": (False, [WLD, {"value": "7"}], {"value": 100}, True),
    "a partner's product of many": (False, [WLD, {}], {"partner": "JP", "value": 1000}, None),
    "a partner's total": (
        False,
        [WLD | {"partner": "JP"}],
        {"partner": "JP", "value": 1000},
        False,
    ),
    "a partner's regime of many": (
        False,
        [WLD, WLD | {"partner": "JP", "regime": "general"}],
        {"partner": "JP", "value": 1000},
        None,
    ),
    "a member of a group": (
        False,
        [WLD | {"partner": "VN"}, WLD],
        {"partner": "ASEAN", "value": 500},
        None,
    ),
    "a member that is more than its group": (
        False,
        [WLD | {"partner": "VN"}, WLD],
        {"partner": "ASEAN", "value": 60},
        False,
    ),
    "a group": (
        False,
        [WLD | {"partner": "ASEAN"}, WLD | {"partner": "VN", "value": "60"}],
        {"partner": "ASEAN", "value": 500},
        False,
    ),
    "a code of a chapter": (
        False,
        [WLD | {"product": "854231"}],
        {"product": "HS85", "value": 500},
        None,
    ),
    "a whole chapter": (False, [WLD | {"product": "85"}], {"product": "HS85", "value": 500}, False),
    "a chapter of a section": (
        False,
        [WLD | {"product": "85"}],
        {"product": "HS-XVI", "value": 500},
        None,
    ),
    "the chapters of a section": (
        False,
        [WLD | {"product": "85"}, WLD | {"product": "84"}],
        {"product": "HS-XVI", "value": 500},
        False,
    ),
    "a code of a heading": (
        False,
        [WLD | {"product": "854231"}],
        {"product": "IC", "value": 500},
        None,
    ),
    "a heading": (False, [WLD | {"product": "8542"}], {"product": "IC", "value": 500}, False),
    "a heading of two": (
        False,
        [WLD | {"product": "2701"}],
        {"product": "COAL", "value": 500},
        None,
    ),
    "a regime of its group": (
        False,
        [WLD | {"regime": "processing-imported"}],
        {"regime": "processing", "value": 500},
        None,
    ),
    "a regime itself": (
        False,
        [WLD | {"regime": "processing"}],
        {"regime": "processing", "value": 500},
        False,
    ),
    "both flows of one partner": (
        False,
        [{}, {"flow": "imports"}],
        {"flow": "trade", "value": 1000},
        None,
    ),
    "both flows that are more than all": (
        False,
        [{}, {"flow": "imports"}],
        {"flow": "trade", "value": 150},
        False,
    ),
    "a balance of one partner": (
        False,
        [{}, {"flow": "imports", "value": "60"}],
        {"flow": "balance", "value": 30},
        None,
    ),
    "a balance of totals": (
        False,
        [WLD, WLD | {"flow": "imports", "value": "60"}],
        {"flow": "balance", "value": 30},
        False,
    ),
    "trade as reported": (False, [WLD | {"flow": "trade"}], {"flow": "trade", "value": 100}, True),
    "trade as reported, wrongly": (
        False,
        [WLD | {"flow": "trade"}],
        {"flow": "trade", "value": 150},
        False,
    ),
    "trade as reported beside its flows": (
        False,
        [WLD, WLD | {"flow": "imports"}, WLD | {"flow": "trade", "value": "150"}],
        {"flow": "trade", "value": 150},
        True,
    ),
    "trade of one partner beside the totals of its flows": (
        False,
        [WLD, WLD | {"flow": "imports"}, {"flow": "trade", "value": "150"}],
        {"flow": "trade", "value": 200},
        True,
    ),
    # months that do not speak of the series
    "a chapter and a heading": (True, COAL, TWO | {"product": "COAL", "value": 150}, None),
    "the total and a heading": (
        True,
        [JAN | {"product": "total"}, COAL[1]],
        TWO | {"product": "COAL", "value": 150},
        None,
    ),
    "a month without the heading": (True, NO_COAL, TWO | {"product": "COAL", "value": 150}, False),
    "a month without it, rightly": (True, NO_COAL, TWO | {"product": "COAL", "value": 50}, True),
    "all regimes and one": (True, GENERAL, TWO | {"regime": "general", "value": 120}, None),
    "another regime and one": (
        True,
        [JAN | {"regime": "processing"}, GENERAL[1]],
        TWO | {"regime": "general", "value": 120},
        False,
    ),
    "the world and a partner": (
        True,
        [JAN | WLD, FEB],
        TWO | {"partner": "JP", "value": 200},
        None,
    ),
    "another partner and one": (
        True,
        [JAN | {"partner": "KR"}, FEB],
        TWO | {"partner": "JP", "value": 200},
        False,
    ),
    "a group and its members": (True, ASEAN, TWO | {"partner": "ASEAN", "value": 150}, True),
    "a group and its members, wrongly": (
        True,
        ASEAN,
        TWO | {"partner": "ASEAN", "value": 50},
        False,
    ),
    "a month without a number": (
        True,
        [{"value": "", "value_to_date": "100"}, {"partner": "KR"}, FEB],
        TWO | {"partner": "JP", "value": 200},
        None,
    ),
    # periods that are no whole months
    "a figure of a month and a half": (
        True,
        [{}],
        {"ends": "2024-02-15", "value": 150},
        None,
    ),
    "days of a month": (True, DECADES[:1], MAY | {"value": 300}, None),
    "all days of a month": (True, DECADES, MAY | {"value": 300}, True),
    "all days of a month, wrongly": (True, DECADES, MAY | {"value": 100}, False),
    "days twice": (
        True,
        [{"period": "2024-05-01/2024-05-16"}, {"period": "2024-05-16/2024-05-30"}],
        MAY | {"value": 300},
        None,
    ),
    "quarters that overlap": (
        True,
        [{"period": "2024-01/2024-03"}, {"period": "2024-02/2024-04"}],
        {"ends": "2024-06-30", "value": 300},
        None,
    ),
    "quarters": (
        True,
        [{"period": "2024-01/2024-03"}, {"period": "2024-04/2024-06"}],
        {"ends": "2024-06-30", "value": 300},
        False,
    ),
}


@pytest.mark.parametrize("case", HELD)
def test_a_figure_is_held_only_against_all_of_its_series(tmp_path, case):
    complete, rows, differs, wanted = HELD[case]
    figure = WLD | {"flow": "exports", "starts": "2024-01-01", "ends": "2024-01-31"} | differs
    named = ", ".join(
        f"'{figure[name]}' as {name}" for name in ("partner", "flow", "product", "regime")
    )
    database = printing(
        tmp_path / "figures.duckdb",
        f"select 'f' as figure_id, 'CN' as area, {named}, 'total' as operator, 'value' as measure, "
        f"'USD' as unit, '2024' as period, date '{figure['starts']}' as period_start, "
        f"date '{figure['ends']}' as period_end, {figure['value'] - 0.5} as value_lower, "
        f"{figure['value'] + 0.5} as value_upper",
    )
    parts = loaded(tmp_path / "home", rows, complete)
    (checks,), found = evaluated(
        tmp_path, parts, rules_named(["printed-figure-is-sum-of-detail"]), database
    )
    outcome = {"passed": wanted is True, "failed": wanted is False, "not_checkable": wanted is None}
    assert {name: getattr(checks, name) for name in outcome} == outcome
    assert len(found) == (wanted is False)
