"""The published views, on the shipped records: the story they tell, and that they explain it."""

from decimal import Decimal

import pytest

from expectations.assess import assess
from tests.conftest import RECORDS
from warehouse.exchange.export import published_views
from warehouse.records.acceptance import read_batch
from warehouse.store.database import open_memory
from warehouse.store.load import build_views, load
from warehouse.terms import period

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


def test_what_was_known_on_a_day_is_asked_by_dates(connection):
    known = connection.execute(
        "select count(*) from vintages where published_to <= date '2020-05-01'"
    ).fetchall()
    as_text = connection.execute(
        "select count(*) from vintages where published <= '2020-05-01'"
    ).fetchall()
    dates = {
        published: (period.parse(published).start, period.parse(published).end)
        for (published,) in connection.execute("select distinct published from vintages").fetchall()
    }
    told = connection.execute(
        "select distinct published, published_from, published_to from vintages"
    ).fetchall()
    assert {published: (first, last) for published, first, last in told} == dates
    assert {len(published) for published in dates} == {4, 7, 10}
    assert (known, as_text) == ([(34,)], [(74,)])


def test_wherever_a_period_or_publication_stands_its_days_do(connection):
    columns = {}
    for schema, table, column, type_ in connection.execute(
        "select schema_name, table_name, column_name, data_type from duckdb_columns() "
        "where schema_name in ('main', 'core', 'quality') and not internal"
    ).fetchall():
        columns.setdefault((schema, table), {})[column] = type_
    for (schema, table), types in columns.items():
        published = "published" in types or schema == "main"
        days = [f"published_{end}" for end in ("from", "to")] if published else []
        if schema == "main" and "period" in types:
            days += ["period_start", "period_end"]
        for name in days:
            assert types.get(name) == "DATE", (table, name)


def test_a_row_was_known_when_the_last_of_its_figures_was(connection):
    days = dict(
        connection.execute(
            "select figure_id, (sources.published_from, sources.published_to) "
            "from core.figures inner join core.sources as sources using (source_id)"
        ).fetchall()
    )
    for view in set(published_views(connection)) - {"figures", "vintages"}:
        described = connection.execute(f"from {view} limit 0").description
        ids = [name for name, *_ in described if name.endswith(("_id", "_ids"))]
        rows = connection.execute(
            f"select (published_from, published_to), {', '.join(ids)} from {view}"
        ).fetchall()
        assert rows
        for when, *named in rows:
            flat = [id_ for one in named for id_ in (one if isinstance(one, list) else [one])]
            known = [days[id_] for id_ in flat if id_ in days]
            assert when == tuple(map(max, zip(*known, strict=True))), (view, flat)


TWO_SOURCES = """
source: {{id: {id}, publisher: P, published: {published}}}
figures:
- {{id: f, area: {area}, flow: trade, period: {period}, value: {value}, {more}}}
"""


def test_views_of_two_sources_tell_the_days_of_each(tmp_path):
    for id_, published, area, period_, value, more in (
        ("whole", "2020-05", "成都市", "2020-01/2020-04", "2016.6亿元", "growth: 20.3%"),
        ("zone", "2020", "成都高新综合保税区", "2020-01/2020-04", "1539.7亿元", "part_of: whole/f"),
        ("march", '" 2020-04-16 "', "成都市", "2020-01/2020-03", "1398.2亿元", "note: n"),
        ("before", "2021", "成都市", "2019-01/2019-04", "1676.4亿元", "note: n"),
    ):
        text = TWO_SOURCES.format(
            id=id_, published=published, area=area, period=period_, value=value, more=more
        )
        (tmp_path / f"{id_}.yaml").write_text(text, "utf-8")
    with open_memory() as connection:
        load(connection, read_batch([tmp_path], tmp_path), "test")
        build_views(connection)

        def days(view, *prefixes):
            columns = [f"{p}published_{end}::text" for p in prefixes for end in ("from", "to")]
            return connection.execute(f"select {', '.join(columns)} from {view}").fetchall()

        may, year = ("2020-05-01", "2020-05-31"), ("2020-01-01", "2020-12-31")
        april, next_year = ("2020-04-16",) * 2, ("2021-01-01", "2021-12-31")
        later = ("2020-05-01", "2020-12-31")
        assert days("totals", "", "total_", "part_") == [(*later, *may, *year)]
        assert days("remainders", "") == [later]
        assert days("growth", "", "base_") == [next_year * 2]
        assert days("year_to_date", "", "earlier_") == [(*may, *april)]
        assert days("revisions where figure_id = 'march/f'", "") == [april]


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
