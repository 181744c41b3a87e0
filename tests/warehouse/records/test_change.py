"""What publishers say about change: two growths, a difference, a contribution, since any period."""

from decimal import Decimal

import pytest

from warehouse.records.acceptance import read_batch
from warehouse.store.database import open_memory
from warehouse.store.load import load

HEAD = "source: {id: s, publisher: P, published: 2022-06, defaults: {area: CN, flow: exports}}"


@pytest.fixture
def accepted(tmp_path):
    """A function that reads records of one source, each given by its fields."""

    def read(*records, source=HEAD):
        path = tmp_path / "a.yaml"
        lines = (f"  - {{id: r{place}, {fields}}}" for place, fields in enumerate(records))
        path.write_text("\n".join((source, "figures:", *lines, "")), "utf-8")
        return read_batch([path], tmp_path)

    return read


@pytest.fixture
def told(accepted):
    """What is said of records, each as field, message and remedy."""

    def of(*records, **source):
        found = accepted(*records, **source).problems
        return [(problem.field, problem.message, problem.remedy) for problem in found]

    return of


def rows_of(batch, query):
    assert batch.problems == []
    with open_memory() as connection:
        load(connection, batch, "first")
        return connection.execute(query).fetchall()


def test_both_growths_of_a_cell_stand_in_one_record(accepted):
    batch = accepted(
        "period: 2022-03, value: 403.8亿美元, growth: 14.5%, other_growth: 2%, "
        "other_growth_basis: mom",
        "period: 2022-04, value: 400亿美元",
    )
    query = """select figure_id, aspect, growth_printed, growth_basis, base_start::varchar
        from core.printed_growth order by all"""
    assert rows_of(batch, query) == [
        ("s/r0", "growth", "14.5%", "year-on-year", "2021-03-01"),
        ("s/r0", "other_growth", "2%", "period-on-period", "2022-02-01"),
    ]


@pytest.mark.parametrize(
    ("basis", "start"),
    [("over two years", "2020-03-01"), ("2019", "2019-03-01"), ("2020-01", "2020-01-01")],
)
def test_growth_is_measured_since_any_period(basis, start, accepted):
    batch = accepted(f"period: 2022-03, growth: 14.5%, growth_basis: {basis}")
    query = "select base_start::varchar from core.growth"
    assert rows_of(batch, query) == [(start,)]


def test_a_change_and_a_contribution_rate_are_printed_numbers(accepted):
    batch = accepted(
        "period: 2022-03, value: 400亿美元, change: -5.0亿美元, growth_basis: mom",
        "period: 2022-03, partner: US, part_of: r0, contribution_rate: 贡献率-43.9%, "
        "growth_basis: yoy",
        "period: 2022-02, change: 5亿日元, growth_basis: mom",
    )
    query = """select change_lower, change_upper, contribution_rate, base_end::varchar, unit
        from core.figures order by figure_id"""
    assert rows_of(batch, query) == [
        (Decimal(-505_000_000), Decimal(-495_000_000), None, "2022-02-28", "USD"),
        (None, None, Decimal("-0.439"), "2021-03-31", "USD"),
        (Decimal(450_000_000), Decimal(550_000_000), None, "2022-01-31", "JPY"),
    ]


@pytest.mark.parametrize(
    ("fields", "field", "says", "remedy"),
    [
        (
            "value: 4亿元, change: 1亿元",
            "change",
            "does not say what it is measured from",
            "write since when: growth_basis: period-on-period, year-on-year, or a period",
        ),
        (
            "value: 4亿元, other_growth: 5%",
            "other_growth",
            "does not say what it is measured from",
            "write since when: other_growth_basis: period-on-period, or a period",
        ),
        (
            "growth: 4%, other_growth: 5%, other_growth_basis: 同比",
            "other_growth_basis",
            "is year-on-year, as growth_basis is",
            "give each growth its own basis",
        ),
        (
            "growth: 4%, growth_basis: 2022",
            "growth_basis",
            "is not before the figure's own period, 2022-03",
            "write year-on-year",
        ),
        (
            "growth: 4%, growth_basis: lately",
            "growth_basis",
            "is neither in the code list growth_bases nor a period",
            "",
        ),
        (
            "value: 4亿元, change: 1亿美元, growth_basis: mom",
            "change",
            "is in USD, the figure in CNY",
            "",
        ),
        (
            "value: 4亿元, change: 5%, growth_basis: mom",
            "change",
            "is no difference of two levels",
            "write growth: 5%",
        ),
        ("contribution_rate: 40%", "contribution_rate", "is of no total", "name its total"),
        ("value: 4亿元, rounding: sometimes", "rounding", "is no way to round", "write half, down"),
    ],
)
def test_what_does_not_go_together_is_said(fields, field, says, remedy, told):
    [problem] = told(f"period: 2022-03, {fields}")
    assert problem[0] == field
    assert says in problem[1]
    assert problem[2].startswith(remedy)


@pytest.mark.parametrize(
    ("rounding", "ends"),
    [
        ("", (350, 450)),
        ("half", (350, 450)),
        ("nearest", (350, 450)),
        ("down", (400, 500)),
        ("up", (300, 400)),
        ("exact", (400, 400)),
        ("nearest-2", (300, 500)),
    ],
)
def test_a_record_says_how_it_is_rounded(rounding, ends, accepted):
    own = f", rounding: {rounding}" if rounding else ""
    batch = accepted(f"period: 2022-03, value: 4 million USD{own}")
    query = "select value_lower, value_upper, rounding from core.figures"
    lower, upper = (Decimal(end) * 10_000 for end in ends)
    assert rows_of(batch, query) == [
        (lower, upper, {"": None, "half": "nearest"}.get(rounding, rounding))
    ]


def test_rounding_is_inherited_and_goes_before_that_of_the_source(accepted):
    source = HEAD.replace("defaults:", "rounding: down, defaults:")
    batch = accepted(
        "period: 2022-03, value: 400 million USD, rounding: exact",
        "period: 2022-03, value: 4 million USD, part_of: r0, partner: US",
        "period: 2022-03, value: 4 million USD, partner: JP",
        source=source,
    )
    query = "select value_lower, value_upper from core.figures where part_of is not null"
    assert rows_of(batch, query) == [(Decimal(4_000_000), Decimal(4_000_000))]
    query = "select value_lower, value_upper from core.figures where partner = 'JP'"
    assert rows_of(batch, query) == [(Decimal(4_000_000), Decimal(5_000_000))]


def test_what_is_averaged_is_a_series_of_its_own(accepted):
    batch = accepted(
        "period: 2022-03, value: 4亿元",
        "period: 2022-03, value: 0.2亿元, transformation: 日均",
    )
    query = "select series from core.figures order by figure_id"
    assert [series.partition(".value")[2] for (series,) in rows_of(batch, query)] == [
        "",
        ".transformation=daily-average",
    ]


@pytest.mark.parametrize(
    ("fields", "column", "value"),
    [
        ("value: $90 billion, change: $5.0 billion more than November", "change", 5 * 10**9),
        ("value: 90亿美元, change: 减少3亿美元", "change", -3 * 10**8),
        ("flow: balance, value: 逆差10亿元", "value", -(10**9)),
        ("flow: balance, value: a $1.0bn deficit", "value", -(10**9)),
        ("flow: 贸易差额, value: 顺差10亿元, previous: 逆差2亿元", "previous", -2 * 10**8),
        ("flow: balance, value: -10亿元", "value", -(10**9)),
        ("growth: 67.4 % of last year", "growth", Decimal("-0.326")),
    ],
)
def test_the_words_of_publishers_are_read_where_they_belong(fields, column, value, accepted):
    batch = accepted(f"period: 2022-03, growth_basis: mom, {fields}")
    assert rows_of(batch, f"select {column} from core.figures") == [(value,)]


def test_only_a_balance_has_a_deficit(told):
    ((field, message, _),) = told("period: 2022-03, value: 逆差10亿元")
    assert field == "value" and message.startswith("stopped at '逆'")


@pytest.mark.parametrize(
    ("fields", "base"),
    [
        ("value: 112.3 (2015=100)", "2015"),
        ("value: 112.3 (2015 = 100)", "2015"),
        ("value: 112.3", "unstated"),
        ("value: 112.3, index_base: 2020=100", "2020"),
        ("value: 112.3, index_base: 上年=100", "previous-year"),
    ],
)
def test_an_index_has_the_year_that_is_its_base(fields, base, accepted):
    batch = accepted(f"measure: price-index, period: 2022-03, {fields}")
    assert rows_of(batch, "select index_base from core.figures") == [(base,)]


def test_indices_of_two_bases_are_two_series(accepted):
    batch = accepted(
        "measure: price-index, period: 2022-03, value: 112.3 (2015=100)",
        "measure: price-index, period: 2022-03, value: 98.1 (2020=100)",
    )
    assert rows_of(batch, "select count(distinct series) from core.figures") == [(2,)]
