"""The period that a growth is measured from: by a code of the list, or by a period."""

import pytest

from warehouse.terms.codes import UnknownCode
from warehouse.terms.growth_bases import base_of, is_late, read
from warehouse.terms.period import parse


@pytest.mark.parametrize(
    ("basis", "period", "base"),
    [
        ("year-on-year", "2024-02", "2023-02"),
        ("year-on-year", "2020-02-29", "2019-02-28"),
        ("year-on-year", "2008-05-01/2008-05-20", "2007-05-01/2007-05-20"),
        ("year-on-year", "../2020-05-08", "../2019-05-08"),
        ("year-on-year", "2023-04/2024-03", "2022-04/2023-03"),
        ("year-on-year", "2024-W05", "2023-W05"),  # not the same days of January
        ("year-on-year", "2020-W53", None),  # 2019 had 52
        ("on-two-years-before", "2022-03", "2020-03"),
        ("on-three-years-before", "2022-Q1", "2019-Q1"),
        ("period-on-period", "2024-01", "2023-12"),
        ("period-on-period", "2024-Q1", "2023-Q4"),
        ("period-on-period", "2024-H2", "2024-H1"),
        ("period-on-period", "2024", "2023"),
        ("period-on-period", "2024-02/2024-04", "2023-11/2024-01"),
        ("period-on-period", "2023-04/2024-03", "2022-04/2023-03"),
        ("period-on-period", "2024-W05", "2024-W04"),
        ("period-on-period", "2024-03-01", "2024-02-29"),
        ("period-on-period", "2024-01/2024-05", None),  # of a year to date nobody knows
        ("period-on-period", "2008-05-01/2008-05-10", "2008-04-01/2008-04-10"),
        ("period-on-period", "2008-05-01/2008-05-20", "2008-04-01/2008-04-20"),
        ("period-on-period", "2008-05-11/2008-05-20", None),  # or of the ten days before?
        ("period-on-period", "2008-05-01/2008-05-25", None),
        ("period-on-period", "../2020-05-08", None),
        ("average-of-two-years", "2021-03", None),
        ("annualised", "2021-Q1", None),
        ("2019", "2021-03", "2019-03"),
        ("2019", "2021-01/2021-05", "2019-01/2019-05"),
        ("2019", "2021", "2019"),
        ("2019", "../2021-05-08", "../2019-05-08"),
        ("2019-03", "2021-05", "2019-03"),
        ("2021", "2021-03", None),
        ("2021-03", "2021-03", None),
    ],
)
def test_the_period_that_a_growth_is_measured_from(basis, period, base):
    found = base_of(basis, parse(period))
    before = parse(base) if base else None
    assert found == (before and (before.start, before.end))


@pytest.mark.parametrize(
    ("text", "basis"),
    [
        ("yoy", "year-on-year"),
        ("同比", "year-on-year"),
        ("环比", "period-on-period"),
        ("over two years", "on-two-years-before"),
        ("较前年同期", "on-two-years-before"),
        ("两年平均", "average-of-two-years"),
        ("2019", "2019"),
        ("2019-03/2019-03", "2019-03"),
        ("2019-Q1", "2019-01/2019-03"),
    ],
)
def test_a_basis_by_any_name(text, basis):
    assert read(text) == basis


def test_what_is_neither_a_code_nor_a_period():
    with pytest.raises(UnknownCode):
        read("last time")


@pytest.mark.parametrize(
    ("basis", "late"),
    [("2019", False), ("2021", True), ("2021-02", False), ("2021-03", True), ("2022", True)],
)
def test_a_growth_is_measured_from_what_came_before(basis, late):
    assert is_late(basis, parse("2021-03")) == late
