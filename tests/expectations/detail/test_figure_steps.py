"""The steps from printed figures to what customs detail sums to, each by itself on a few rows."""

import pytest

from expectations.detail.detail_rules import rules_named
from warehouse.detail import aggregate
from warehouse.store.database import open_memory
from warehouse.store.tables import fetch, fill

STEPS = {file.name: file for file in aggregate.figure_steps()}
TYPES = (
    dict.fromkeys(("dataset", "period", "area", "flow", "leg", "unit", "figure_id"), "VARCHAR")
    | dict.fromkeys(("partner", "product", "regime", "chapter", "operator", "measure"), "VARCHAR")
    | dict.fromkeys(("list", "code", "part", "depth", "made", "kind"), "VARCHAR")
    | dict.fromkeys(("value", "steps", "value_lower", "value_upper", "least", "most"), "DECIMAL")
    | dict.fromkeys(("year", "month", "months", "days", "sign", "needed"), "INTEGER")
    | dict.fromkeys(("reported", "missing", "overlapping", "periods", "whole"), "BIGINT")
    | dict.fromkeys(("starts", "ends", "period_start", "period_end"), "DATE")
    | dict.fromkeys(("since", "until", "ended_before"), "DATE")
    | dict.fromkeys(("complete", "covers", "is_whole"), "BOOLEAN")
)
KEY = {"dataset": "d", "period": "2024-01", "area": "CN", "flow": "exports", "unit": "USD"}
SERIES = {"partner": "WLD", "product": "total", "regime": "total"}
JANUARY = {"period_start": "2024-01-01", "period_end": "2024-01-31", "days": 31}
FIGURE = {"figure_id": "f", **KEY, **SERIES, **JANUARY, "operator": "total", "measure": "value"}
HELD = KEY | {"months": 1, "days": 31, "starts": "2024-01-01", "ends": "2024-01-31"}
FEBRUARY = {"period": "2024-02", "days": 29, "starts": "2024-02-01", "ends": "2024-02-29"}
# What each relation that a step reads must have, whether a test gives rows of it or not.
COLUMNS = {
    "figures": [*FIGURE, "value_lower", "value_upper"],
    "composed_flows": [*aggregate.COMPOSED_FLOWS],
    "composition": ["list", "code", "part", "since", "until"],
    "periods": [*HELD, "year", "month", "complete"],
    "detail_areas": [*KEY, "value", "steps"],
    "detail_partners": [*KEY, "partner", "value", "steps"],
    "detail_products": [*KEY, "chapter", "value", "steps"],
    "detail_chapters": [*KEY, "partner", "chapter", "value", "steps"],
    "detail_regimes": [*KEY, "regime", "chapter", "value", "steps"],
    "detail_commodities": [*KEY, "partner", "product", "value", "steps"],
    "detail_reported": [*KEY, *SERIES, "kind"],
    **{name: list(file.columns) for name, file in STEPS.items()},
}


def answer(query, given, *columns):
    """These columns of a query's rows, sorted, where the relations hold the rows given of them."""
    with open_memory() as connection:
        for name, named in COLUMNS.items():
            types = {column: TYPES[column] for column in named}
            rows = [{k: v for k, v in row.items() if k in types} for row in given.get(name, [])]
            fill(connection, name, types, rows)
        rows = fetch(connection, query)
    return sorted(tuple(row[column] for column in columns) for row in rows)


def step(name, *columns, **given):
    return answer(STEPS[name].query, given, *columns)


@pytest.mark.parametrize("name", STEPS)
def test_a_step_returns_the_columns_of_its_header(name):
    with open_memory() as connection:
        for relation, named in COLUMNS.items():
            fill(connection, relation, {column: TYPES[column] for column in named}, [])
        described = connection.execute(f"describe {STEPS[name].query}").fetchall()
    assert [row[0] for row in described] == list(STEPS[name].columns)


def test_steps_come_after_those_they_read():
    names = list(STEPS)
    assert names[-1] == "figure_comparisons"
    assert names.index("product_parts") < names.index("series_sums") < names.index("figure_sums")


def test_a_product_is_the_total_its_chapters_or_itself():
    of_products = [("HS-XVI", "84"), ("HS-XVI", "85"), ("COAL", "2701"), ("COAL", "2704")]
    parts = step(
        "product_parts",
        *("product", "part", "depth"),
        figures=[FIGURE | {"product": name} for name in ("total", "HS-XVI", "COAL", "ME", "COAL")],
        composition=[{"list": "products", "code": code, "part": p} for code, p in of_products],
    )
    assert parts == [
        ("COAL", "COAL", "27"),
        ("HS-XVI", "84", "chapters"),
        ("HS-XVI", "85", "chapters"),
        ("total", "total", "total"),
    ]


def test_a_partner_is_itself_or_the_members_of_a_group_but_not_the_area():
    member = {"list": "partners", "code": "RCEP"}
    parts = step(
        "partner_parts",
        *("partner", "part", "made", "since"),
        figures=[FIGURE | {"partner": "RCEP"}],
        composition=[
            member | {"part": "CN"},
            member | {"part": "JP", "since": "2022-01-01"},
            {"list": "regimes", "code": "RCEP", "part": "x"},
        ],
    )
    assert [row[:3] for row in parts] == [
        ("RCEP", "JP", "members"),
        ("RCEP", "RCEP", "reported"),
    ]
    assert [str(row[3]) for row in parts] == ["2022-01-01", "None"]


def test_a_regime_is_itself_or_those_in_it():
    parts = step(
        "regime_parts",
        *("regime", "part", "made"),
        figures=[FIGURE | {"regime": "processing"}],
        composition=[{"list": "regimes", "code": "processing", "part": "processing-imported"}],
    )
    assert parts == [
        ("processing", "processing", "reported"),
        ("processing", "processing-imported", "members"),
    ]


def test_trade_and_balance_have_two_legs():
    legs = step(
        "flow_legs",
        *("flow", "needed", "leg", "sign"),
        figures=[FIGURE, FIGURE | {"flow": "trade"}],
        composed_flows=aggregate.composed_flows(),
    )
    assert legs == [
        ("balance", 2, "exports", 1),
        ("balance", 2, "imports", -1),
        ("exports", 1, "exports", 1),
        ("trade", 1, "trade", 1),
        ("trade", 2, "exports", 1),
        ("trade", 2, "imports", 1),
    ]


def test_a_period_is_held_by_area_flow_and_unit():
    days = HELD | {"period": "2024-05-01/2024-05-10", "months": None}
    held = step(
        "held_periods",
        *("period", "flow", "months"),
        periods=[HELD, days],
        detail_partners=[
            KEY | {"partner": "JP"},
            KEY | {"partner": "KR"},
            KEY | {"period": days["period"], "flow": "imports"},
        ],
    )
    assert held == [("2024-01", "exports", 1), ("2024-05-01/2024-05-10", "imports", 0)]


def test_a_period_speaks_of_what_it_tells_apart():
    depths = step(
        "period_depths",
        *("flow", "kind", "depth"),
        detail_partners=[KEY | {"partner": "WLD"}, KEY | {"partner": "JP"}],
        detail_chapters=[KEY | {"partner": "JP", "chapter": "total"}],
        detail_products=[KEY | {"chapter": "85"}],
        detail_regimes=[KEY | {"flow": "imports", "regime": "general", "chapter": "85"}],
        detail_reported=[KEY | {"partner": "all", "product": "27", "kind": "finer"}],
    )
    assert depths == [
        ("exports", "all", "27"),
        ("exports", "all", "chapters"),
        ("exports", "partners", "27"),
        ("exports", "partners", "total"),
        ("imports", "regimes", "chapters"),
        ("imports", "regimes", "total"),
    ]


def test_every_sum_of_the_detail_is_there_once():
    number = KEY | {"steps": 1}
    sums = step(
        "part_sums",
        *("partner", "product", "regime", "value"),
        detail_areas=[number | {"value": 1}],
        detail_partners=[
            number | {"partner": "WLD", "value": 1},
            number | {"partner": "JP", "value": 2},
        ],
        detail_products=[
            number | {"chapter": "total", "value": 1},
            number | {"chapter": "85", "value": 3},
        ],
        detail_chapters=[
            number | {"partner": "WLD", "chapter": "85", "value": 3},
            number | {"partner": "JP", "chapter": "85", "value": 4},
            number | {"partner": "JP", "chapter": "total", "value": 2},
        ],
        detail_commodities=[number | {"partner": "JP", "product": "IC", "value": 5}],
        detail_regimes=[
            number | {"regime": "total", "chapter": "85", "value": 3},
            number | {"regime": "general", "chapter": "85", "value": 6},
            number | {"regime": "general", "chapter": "total", "value": 7},
            number | {"regime": "other", "chapter": "84", "value": 8},
            number | {"regime": "other", "chapter": "85", "value": 9},
        ],
    )
    assert sums == [
        ("JP", "85", "total", 4),
        ("JP", "IC", "total", 5),
        ("JP", "total", "total", 2),
        ("WLD", "84", "other", 8),
        ("WLD", "85", "general", 6),
        ("WLD", "85", "other", 9),
        ("WLD", "85", "total", 3),
        ("WLD", "total", "general", 7),
        ("WLD", "total", "other", 17),
        ("WLD", "total", "total", 1),
    ]


def series(sums, partners=(), products=(), reported=()):
    """What a series of January sums to: made of what, its value, parts reported and missing."""
    area = {"area": "CN"}
    return step(
        "series_sums",
        *("partner", "product", "made", "value", "reported", "missing"),
        periods=[HELD],
        part_sums=[KEY | SERIES | {"steps": 1} | row for row in sums],
        partner_parts=[area | row for row in partners]
        or [area | {"partner": "WLD", "part": "WLD", "made": "reported"}],
        product_parts=[area | row for row in products]
        or [area | {"product": "total", "part": "total"}],
        regime_parts=[area | {"regime": "total", "part": "total", "made": "reported"}],
        detail_reported=[KEY | SERIES | row for row in reported],
    )


ASEAN = [
    {"partner": "ASEAN", "part": "ASEAN", "made": "reported"},
    {"partner": "ASEAN", "part": "VN", "made": "members"},
    {"partner": "ASEAN", "part": "TH", "made": "members"},
]
MEMBERS = [{"partner": "VN", "value": 1}, {"partner": "TH", "value": 2}]


def test_a_group_is_what_was_reported_of_it_before_its_members():
    assert series(MEMBERS, ASEAN) == [("ASEAN", "total", "members", 3, 0, 0)]
    both = [*MEMBERS, {"partner": "ASEAN", "value": 9}]
    assert series(both, ASEAN) == [("ASEAN", "total", "reported", 9, 0, 0)]
    without = [*MEMBERS, {"partner": "ASEAN", "value": None}]
    assert series(without, ASEAN) == [("ASEAN", "total", "members", 3, 0, 0)]


def test_a_member_counts_while_it_is_one():
    since = [part | {"since": "2024-01-01"} for part in ASEAN[1:2]]
    until = [part | {"until": "2024-01-30"} for part in ASEAN[2:]]
    assert series(MEMBERS, since + until) == [("ASEAN", "total", "members", 1, 0, 0)]


def test_parts_of_a_product_are_summed_and_those_reported_and_missing_counted():
    section = [{"product": "HS-XVI", "part": chapter} for chapter in ("84", "85")]
    sums = [{"product": "84", "value": 5}, {"product": "85", "value": None}]
    itself = [{"product": "84", "kind": "itself"}, {"product": "85", "kind": "finer"}]
    found = series(sums, products=section, reported=itself)
    assert found == [("WLD", "HS-XVI", "reported", 5, 1, 1)]


def test_the_periods_of_a_figure_lie_within_its_own():
    legs = [
        {"flow": "balance", "leg": "exports", "sign": 1, "needed": 2},
        {"flow": "balance", "leg": "imports", "sign": -1, "needed": 2},
    ]
    within = step(
        "figure_periods",
        *("leg", "period", "kind", "sign", "ended_before"),
        figures=[
            FIGURE | {"flow": "balance", "partner": "JP", "period_end": "2024-02-29"},
            FIGURE | {"flow": "balance", "measure": "weight"},
        ],
        flow_legs=legs,
        held_periods=[
            HELD,
            HELD | FEBRUARY,
            HELD | {"flow": "imports"},
            HELD | {"unit": "CNY"},
            HELD | {"period": "2024-03", "starts": "2024-03-01", "ends": "2024-03-31"},
        ],
    )
    assert [(*row[:4], row[4] and str(row[4])) for row in within] == [
        ("exports", "2024-01", "partners", 1, None),
        ("exports", "2024-02", "partners", 1, "2024-01-31"),
        ("imports", "2024-01", "partners", -1, None),
    ]


WITHIN = FIGURE | HELD | {"leg": "exports", "sign": 1, "needed": 1, "kind": "all"}
SUM = KEY | SERIES | {"made": "reported", "value": 5, "steps": 1, "reported": 1, "missing": 0}
DEPTH = KEY | {"kind": "all", "depth": "total"}


@pytest.mark.parametrize(
    ("within", "sums", "depths", "whole"),
    [
        ({}, [SUM], [], 1),  # its total was reported
        ({}, [SUM | {"reported": 0}], [], 0),  # a sum of what may be a selection
        ({"complete": True}, [SUM | {"reported": 0}], [], 1),
        ({}, [SUM | {"made": "members"}], [], 0),
        ({"complete": True}, [SUM | {"missing": 1}], [], 0),
        ({}, [], [DEPTH], 0),  # nothing of it in a selection
        ({"complete": True}, [], [DEPTH], 1),  # nothing of it in all that there is
        ({"complete": True}, [], [DEPTH | {"depth": "chapters"}], 0),  # which does not speak of it
    ],
)
def test_a_sum_is_all_of_a_series_or_the_least_of_it(within, sums, depths, whole):
    (found,) = step(
        "figure_sums",
        *("value", "periods", "whole"),
        figure_periods=[WITHIN | within],
        product_parts=[{"area": "CN", "product": "total", "part": "total", "depth": "total"}],
        series_sums=sums,
        period_depths=depths,
    )
    assert found == (5 if sums else None, 1, whole)


def test_periods_are_added_up_each_leg_with_its_sign():
    balance = WITHIN | {"needed": 2}
    imports = balance | {"leg": "imports", "sign": -1}
    overlapping = imports | {"period": "2024-02", "days": 29, "ended_before": "2024-01-31"}
    (found,) = step(
        "figure_sums",
        *("value", "steps", "days", "overlapping"),
        figure_periods=[balance, imports, overlapping],
        series_sums=[SUM, SUM | {"flow": "imports", "value": 3}],
    )
    assert found == (2, 2, 91, 1)


def comparison(*sums, **differs):
    """How figures of January compare with these sums: least, most, covers, is whole."""
    usual = {"figure_id": "f", "dataset": "d", "months": 1, "needed": 1, "days": 31}
    usual |= {"overlapping": 0, "value": 5, "steps": 2, "periods": 1, "whole": 1}
    return step(
        "figure_comparisons",
        *("figure_id", "least", "most", "covers", "is_whole"),
        figures=[FIGURE | differs],
        held_periods=[HELD],
        figure_sums=[usual | row for row in sums],
    )


def test_a_figure_is_compared_where_its_days_are_covered_once():
    assert comparison({}) == [("f", 4, 6, True, True)]
    assert comparison({"days": 30}) == [("f", 4, 6, False, True)]
    assert comparison({"overlapping": 1}) == [("f", 4, 6, False, True)]
    assert comparison({"whole": 0}) == [("f", 4, 6, True, False)]
    assert comparison() == [("f", None, None, False, False)]
    assert comparison(area="JP") == []


def test_trade_as_reported_goes_before_its_flows_unless_only_they_are_whole():
    flows = {"needed": 2, "days": 62, "value": 9}
    assert comparison(flows, {}) == [("f", 4, 6, True, True)]
    assert comparison(flows, {"whole": 0}) == [("f", 8, 10, True, True)]


SIDES = FIGURE | {"least": 4, "most": 6, "value_lower": 5, "value_upper": 5}


@pytest.mark.parametrize(
    ("differs", "left"),
    [
        ({"covers": True, "is_whole": True}, (4, 6)),
        ({"covers": False, "is_whole": True}, (None, None)),
        ({"covers": True, "is_whole": False}, (4, None)),
        ({"covers": True, "is_whole": False, "value_lower": 7}, (None, None)),  # less says nothing
        ({"covers": True, "is_whole": False, "flow": "balance"}, (None, None)),
    ],
)
def test_the_rule_compares_what_is_whole_and_the_least_only_if_too_much(differs, left):
    (rule,) = rules_named(["printed-figure-is-sum-of-detail"])
    given = {
        "figure_comparisons": [SIDES | differs],
        "composed_flows": aggregate.composed_flows(),
    }
    (found,) = answer(rule.query, given, "left_lower", "left_upper")
    assert found == left
