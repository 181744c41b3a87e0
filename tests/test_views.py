"""The published views, on the shipped records: the story they tell, and that they explain it."""

from decimal import Decimal

import pytest

from expectations.assess import assess
from expectations.check import read_batch
from tests.conftest import RECORDS
from warehouse.database import open_memory
from warehouse.export import published_views
from warehouse.load import build_views, load

CHENGDU = "people-daily-2020-05-foreign-trade/chengdu"


@pytest.fixture(scope="module")
def connection():
    connection = open_memory()
    load(connection, read_batch([RECORDS], RECORDS), "test")
    build_views(connection)
    return connection


def test_chengdu_outside_its_zone_is_what_nobody_printed(connection):
    level_lower, level_upper, growth_lower, growth_upper = connection.execute(
        "select level_lower, level_upper, growth_lower, growth_upper "
        "from remainders where total_id = ?",
        [CHENGDU],
    ).fetchone()
    assert (level_lower, level_upper) == (Decimal("47680000000"), Decimal("47700000000"))
    assert Decimal("0.109") < growth_lower < Decimal("0.110")
    assert Decimal("0.116") < growth_upper < Decimal("0.117")


def test_share_of_the_zone_follows_from_the_levels(connection):
    lower, upper = connection.execute(
        "select share_lower, share_upper from totals where total_id = ?", [CHENGDU]
    ).fetchone()
    assert lower < Decimal("1539.7") / Decimal("2016.6") < upper
    assert upper - lower < Decimal("0.0001")


def test_april_follows_from_the_two_cumulatives(connection):
    row = connection.execute(
        "select between_lower, between_upper, same_source from year_to_date where figure_id = ?",
        [CHENGDU],
    ).fetchone()
    assert row == (Decimal("61830000000"), Decimal("61850000000"), False)


def test_growth_shows_the_implied_revision_and_does_not_judge(connection):
    revision = connection.execute(
        "select revision_lower, revision_upper from growth "
        "where base_published is not null order by figure_id limit 1"
    ).fetchone()
    assert revision[0] < revision[1]


def test_area_rollups_cover_chengdu_inside_sichuan(connection):
    rows = connection.execute(
        "select period, inner_kind, areas_printed, share_lower, share_upper from area_rollups "
        "where area = 'CN-51' and flow = 'trade' and inner_kind = 'prefecture'"
    ).fetchall()
    assert {"2017-01/2017-03", "2019-01/2019-10", "2020-01/2020-03"} <= {row[0] for row in rows}
    assert all(0 < lower < upper < 1 for *_, lower, upper in rows)


def test_figures_holds_each_fact_once(connection):
    doubled = connection.execute(
        "select series, unit, period, count(*) from figures group by all having count(*) > 1"
    ).fetchall()
    assert doubled == []


def test_every_table_and_column_explains_itself(connection):
    silent = connection.execute(
        """select schema_name, table_name, column_name from duckdb_columns()
        where schema_name in ('main', 'core', 'quality') and not internal and comment is null
        union all
        select schema_name, table_name, null from duckdb_tables()
        where schema_name in ('main', 'core', 'quality') and not internal and comment is null
            and not temporary"""
    ).fetchall()
    assert silent == []
    assert len(published_views(connection)) >= 8


@pytest.mark.parametrize(
    "figures",
    [
        "value: 16.6元, of_which: [{id: p, area: 成都高新综合保税区, value: 153.97亿元}]",
        "value: 900000万亿元, growth: 20000%",
        "value: 900000万亿元, growth: -99.999999%, base: 0.01元",
        "value: 0元, of_which: [{id: p, area: 成都高新综合保税区, value: 0元, share: 130%}]",
    ],
)
def test_figures_of_any_size_have_their_views(figures, tmp_path):
    (tmp_path / "s.yaml").write_text(
        "source: {id: s, publisher: P, published: 2020-05-09}\nfigures:\n"
        f"- {{id: t, area: 成都市, flow: trade, period: 2020-01/2020-04, {figures}}}\n",
        encoding="utf-8",
    )
    with open_memory() as connection:
        load(connection, read_batch([tmp_path]), "test")
        build_views(connection)
        assess(connection)
        assert connection.execute("from figures").fetchall()
        assert all(
            share is None or share > 1000
            for (share,) in connection.execute("select share_upper from totals").fetchall()
        )
