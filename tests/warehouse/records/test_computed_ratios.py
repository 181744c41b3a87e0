"""Growths and shares with more digits than their levels carry."""

from decimal import Decimal

import pytest

from expectations import check
from tests.helpers.verdicts import verdict
from warehouse.records.acceptance import read_batch

SOURCE = "source: {id: s, publisher: an office, published: 2023-02}\nfigures:\n"
NOW = "area: CO, flow: exports, period: 2022"
BEFORE = "area: CO, flow: exports, period: 2021"

# Computed from levels as printed, whose own sums leave something either way.
TABLE = """
  - id: t
    area: CO
    flow: trade
    period: 2022
    value: USD 133.2 billion
    growth: {0}
    partition: flow
    of_which:
      - {{id: x, flow: exports, value: USD 56.9 billion, growth: {1}, share: {2}}}
      - {{id: m, flow: imports, value: USD 76.4 billion, growth: {3}, share: {4}}}
  - id: t21
    area: CO
    flow: trade
    period: 2021
    value: USD 102.9 billion
    partition: flow
    of_which:
      - {{id: x21, flow: exports, value: USD 41.2 billion}}
      - {{id: m21, flow: imports, value: USD 61.7 billion}}
"""
FIVE = ("29.44606%", "38.10680%", "42.71772%", "23.82496%", "57.35736%")
THREE = ("29.446%", "38.107%", "42.718%", "23.825%", "57.357%")
TWO = ("29.45%", "38.11%", "42.72%", "23.82%", "57.36%")


def batch_of(tmp_path, text):
    (tmp_path / "one.yaml").write_text(SOURCE + text, "utf-8")
    batch = read_batch([tmp_path / "one.yaml"])
    assert not batch.problems
    return batch


def growth_of(tmp_path, *records):
    batch = batch_of(tmp_path, "".join(f"  - {{{record}}}\n" for record in records))
    return batch.figures[0].record.growth, batch.notices


@pytest.mark.parametrize("ratios", [FIVE, THREE, TWO], ids=["five", "three", "two"])
def test_ratios_of_rounded_levels_contradict_nothing_and_are_noted(ratios, tmp_path):
    batch = batch_of(tmp_path, TABLE.format(*ratios))
    checked = verdict([tmp_path / "one.yaml"])
    assert not checked.contradicted, [f.message for f in checked.assessment.findings]
    (notice,) = batch.notices
    assert f"the {ratios[0]} of s/t and 2 more figures of its source" in notice
    assert checked.to_json()["notices"] == [notice]


@pytest.mark.parametrize("wrong", [0, 1, 3])
def test_a_wrong_one_among_them_is_still_an_error(wrong, tmp_path):
    ratios = list(FIVE)
    ratios[wrong] = f"1{ratios[wrong]}"
    batch_of(tmp_path, TABLE.format(*ratios))
    assert verdict([tmp_path / "one.yaml"]).contradicted


def test_it_reaches_as_far_as_its_levels(tmp_path):
    growth, notices = growth_of(
        tmp_path,
        f"id: a, {NOW}, value: USD 56.9 billion, growth: 38.10680%",
        f"id: b, {BEFORE}, value: USD 41.2 billion",
    )
    assert growth.hedge == "computed"
    assert growth.value == Decimal("0.3810680")
    # To ten places, 56.85 / 41.25 - 1 and 56.95 / 41.15 - 1 but for the digits not printed.
    assert abs(growth.lower - Decimal("0.3781818")) < Decimal("1E-6")
    assert abs(growth.upper - Decimal("0.3839611")) < Decimal("1E-6")
    assert notices


def test_what_nobody_printed_was_rounded_as_its_level_is(tmp_path):
    growth, _ = growth_of(tmp_path, f"id: a, {NOW}, value: USD 56.9 billion, growth: 38.10680%")
    assert growth.hedge == "computed"
    assert growth.lower < Decimal("0.3782") < Decimal("0.3839") < growth.upper


@pytest.mark.parametrize(
    "record",
    [
        "value: USD 56.9 billion, growth: 38.1%",
        "value: USD 56.9 billion, growth: 38.11%",  # the level before is not printed
        "value: USD 56.912345 billion, growth: 38.107%",  # its levels carry more
        "value: 415 yen, growth: 3.28276%",  # exactly 415
        "value: over USD 56.9 billion, growth: 38.10680%",
        "growth: 38.10680%, unit: USD",
    ],
)
def test_others_reach_as_far_as_they_are_printed(record, tmp_path):
    growth, notices = growth_of(tmp_path, f"id: a, {NOW}, {record}")
    assert growth.hedge == "exact"
    assert growth.upper - growth.lower == growth.step
    assert not notices


def test_one_that_the_levels_do_not_give_is_not_computed_from_them(tmp_path):
    growth, notices = growth_of(
        tmp_path,
        f"id: a, {NOW}, value: USD 56.9 billion, growth: 38.12%",
        f"id: b, {BEFORE}, value: USD 41.2 billion",
    )
    assert growth.hedge == "exact"
    assert not notices


def test_readers_of_a_release_see_it(tmp_path):
    from warehouse.store.database import open_memory
    from warehouse.store.load import load

    batch = batch_of(tmp_path, TABLE.format(*FIVE))
    with open_memory() as connection:
        load(connection, batch, "test")
        hedges = connection.execute(
            "select growth_hedge, share_hedge from core.figures where figure_id = 's/x'"
        ).fetchall()
    assert hedges == [("computed", "computed")]


def test_two_readings_are_told(tmp_path):
    growth, notices = growth_of(
        tmp_path, f"id: a, {NOW}, value: USD 56.9 billion, growth: up 1.2-fold"
    )
    assert growth.hedge == "ambiguous"
    (notice,) = notices
    assert "growth 'up 1.2-fold' of s/a may be 20% or 120%" in notice
    assert notice in check.check([tmp_path / "one.yaml"], tmp_path / "none.yaml").batch.notices


def test_nothing_that_did_not_grow_is_right(tmp_path):
    batch_of(
        tmp_path,
        f"  - {{id: a, {NOW}, value: USD 0.0 billion, growth: 0.0%}}\n"
        f"  - {{id: b, {BEFORE}, value: USD 0.0 billion}}\n"
        f"  - {{id: c, {NOW}, partner: US, value: 0 USD, growth: 0.0%}}\n"
        f"  - {{id: d, {BEFORE}, partner: US, value: 0 USD}}\n",
    )
    assert not verdict([tmp_path / "one.yaml"]).assessment.findings
