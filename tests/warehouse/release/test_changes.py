"""What differs between two releases, on databases of shipped records and of changed copies."""

import shutil
from dataclasses import replace
from datetime import date

import duckdb
import pytest

from expectations.assess import assess
from tests.conftest import RECORDS
from warehouse.records.acceptance import read_batch
from warehouse.release.changes import Changes, MovedView, RevisedFigure, compare
from warehouse.store import database
from warehouse.store.load import build_views, load

SOURCE = "people-daily-2020-05-foreign-trade"
FILE = "people-daily/2020-05-foreign-trade.yaml"


def build(records, path, release_id="first", previous=None):
    with database.create(path) as connection:
        load(connection, read_batch([records], records), release_id, previous)
        build_views(connection)
        assess(connection, today=date(2026, 11, 24))
    return path


@pytest.fixture(scope="module")
def shipped(tmp_path_factory):
    return build(RECORDS, tmp_path_factory.mktemp("shipped") / "trade.duckdb")


@pytest.fixture
def changed(records, tmp_path):
    """Build the shipped records with texts replaced, as the release after `previous`."""

    def change(*replacements, previous=None):
        for old, new in replacements:
            text = (records / FILE).read_text("utf-8")
            assert old in text
            (records / FILE).write_text(text.replace(old, new, 1), "utf-8")
        return build(records, tmp_path / "trade.duckdb", "second", previous)

    return change


def views(changes):
    return {view.name: view for view in changes.views_moved}


def test_a_release_does_not_differ_from_itself(shipped):
    assert compare(shipped, shipped) == Changes()
    assert compare(shipped, shipped).is_empty


def test_another_run_on_the_same_records_changes_nothing(shipped, changed):
    # Without `previous`, so that every revision names another release.
    assert compare(shipped, changed()).is_empty


def test_detail_of_another_vintage_and_a_finding_on_more_of_it_are_told(shipped, tmp_path):
    def with_detail(name, message, *parts):
        path = tmp_path / f"{name}.duckdb"
        shutil.copyfile(shipped, path)
        with duckdb.connect(path) as connection:
            connection.execute(
                "create table quality.detail_partitions "
                "(dataset varchar, period varchar, vintage varchar, path varchar, rows bigint)"
            )
            connection.executemany(
                "insert into quality.detail_partitions values ('d', ?, ?, '', 1234)", parts
            )
            connection.execute(
                "insert into quality.findings (finding_id, rule_id, severity, message) "
                "values ('0123456789', 'key-is-unique', 'error', ?)",
                [message],
            )
        return path

    one = with_detail("one", "d 2024-01: 1 key", ("2024-01", "0001"), ("2024-02", "0001"))
    two = with_detail("two", "d 2024-01: 3 keys", ("2024-01", "0002"), ("2024-03", "0002"))
    changes = compare(one, two)
    assert [str(part) for part in changes.detail_replaced] == [
        "d 2024-01: vintage 0001, 1,234 rows → vintage 0002, 1,234 rows",
        "d 2024-02: vintage 0001, 1,234 rows → –",
        "d 2024-03: – → vintage 0002, 1,234 rows",
    ]
    assert [finding.message for finding in changes.findings_changed] == ["d 2024-01: 3 keys"]
    assert (changes.findings_opened, changes.findings_closed) == ((), ())
    assert len(compare(shipped, two).detail_replaced) == 2
    assert len(compare(None, two).detail_replaced) == 2
    assert compare(two, two).is_empty


def test_the_first_release_adds_everything(shipped):
    changes = compare(None, shipped)
    with database.open_readonly(shipped) as connection:
        ((figures, vintages),) = connection.execute(
            "select (select count(*) from core.figures), (select count(*) from vintages)"
        ).fetchall()
    assert len(changes.figures_added) == figures
    assert (changes.figures_removed, changes.figures_revised) == ((), ())
    assert str(changes.figures_added[0]).startswith(changes.figures_added[0].figure_id)
    assert (views(changes)["vintages"].added, views(changes)["vintages"].removed) == (vintages, 0)


def test_a_revised_value_and_growth_are_told_as_printed_with_their_size(shipped, changed):
    after = changed(("1539.7亿元", "1617亿元"), ("20.3%", "20.6%"), previous=shipped)
    changes = compare(shipped, after)
    assert changes.figures_revised == (
        RevisedFigure(f"{SOURCE}/chengdu", "growth", "20.3%", "20.6%", "+0.3 pp"),
        RevisedFigure(f"{SOURCE}/chengdu-hitech-cbz", "value", "1539.7亿元", "1617亿元", "+5.02 %"),
    )
    assert (changes.figures_added, changes.figures_removed) == ((), ())
    assert views(changes)["figures"] == MovedView("figures", 0, 0, 2)
    assert views(changes)["totals"] == MovedView("totals", 0, 0, 1)
    assert views(changes)["revisions"] == MovedView("revisions", 2, 0, 0)
    assert "year_to_date" not in views(changes)


def test_backwards_it_is_the_opposite(shipped, changed):
    after = changed(("1539.7亿元", "2539.7亿元"), previous=shipped)
    there, back = compare(shipped, after), compare(after, shipped)
    assert [f.rule_id for f in there.findings_opened] == [
        "part-bases-not-above-total",
        "parts-not-above-total",
    ]
    assert "exceeds its total" in there.findings_opened[0].message
    assert (back.findings_closed, back.findings_opened) == (there.findings_opened, ())
    assert (back.figures_revised[0].old, back.figures_revised[0].new) == (
        "2539.7亿元",
        "1539.7亿元",
    )


def test_figures_of_a_removed_source_are_removed(shipped, records, changed):
    shutil.rmtree(records / "sichuan-chengdu")
    changes = compare(shipped, changed(previous=shipped))
    assert changes.figures_removed
    assert not any(f.figure_id.startswith(SOURCE) for f in changes.figures_removed)
    assert changes.figures_added == ()
    assert views(changes)["vintages"].removed == len(views_removed(changes, shipped))
    assert views(changes)["vintages"].added == 0


def views_removed(changes, path):
    gone = [figure.figure_id for figure in changes.figures_removed]
    with database.open_readonly(path) as connection:
        return connection.execute(
            "select * from vintages where coalesce(level_id, growth_id) in (select unnest(?))",
            [gone],
        ).fetchall()


def test_a_key_that_changes_and_a_value_that_goes_are_revisions(shipped, changed):
    after = changed(
        ("    value: 218.6亿元\n    growth: 14.9%", "    growth: 14.9%"),
        ("period: 2020-03\n", "period: 2020-02\n"),
    )
    revised = compare(shipped, after).figures_revised
    told = {(r.figure_id, r.what): (r.old, r.new, r.size) for r in revised}
    march = f"{SOURCE}/youyiguan-march"
    assert told[march, "value"] == ("218.6亿元", "", "")
    assert told[march, "period"] == ("2020-03", "2020-02", "")


def test_a_change_of_unit_has_no_size(shipped, changed):
    after = changed(("value: 218.6亿元", "value: 218.6亿美元"))
    told = {revised.what: revised for revised in compare(shipped, after).figures_revised}
    assert (told["value"].size, told["unit"].old, told["unit"].new) == ("", "CNY", "USD")


def test_a_remark_is_no_change(shipped, changed):
    assert views(compare(shipped, changed(("a day, during the epidemic", "by day")))) == {}


def test_of_a_column_that_only_one_release_has_just_that_is_told(shipped, tmp_path):
    older = tmp_path / "older.duckdb"
    shutil.copy(shipped, older)
    with database.reopen(older) as connection:
        connection.execute("alter table core.figures drop column rank")
        connection.execute("alter table main.vintages drop column series")
        connection.execute("drop table main.growth")
    there, back = compare(older, shipped), compare(shipped, older)
    assert [str(view) for view in there.views_changed] == ["growth: new", "vintages: series added"]
    assert [str(view) for view in back.views_changed] == [
        "growth: gone",
        "vintages: series removed",
    ]
    assert replace(there, views_changed=()).is_empty


@pytest.mark.parametrize(
    ("old", "new", "moved"),
    [
        ([1, 1, 2], [1, 2, 2], (1, 1)),  # as many rows, and the same ones, but not as often
        ([1, 1, 2], [2, 1, 1], None),
        ([1], [1, 1], (1, 0)),
        ([None], [None], None),
        ([None, None], [None], (0, 1)),
    ],
)
def test_rows_are_counted_as_often_as_they_stand(shipped, tmp_path, old, new, moved):
    paths = []
    for name, rows in (("old", old), ("new", new)):
        paths.append(shutil.copyfile(shipped, tmp_path / f"{name}.duckdb"))
        with duckdb.connect(paths[-1]) as connection:
            connection.execute("create table rows as select unnest(?::int[]) as n", [rows])
    found = views(compare(*paths)).get("rows")
    assert found == (moved and MovedView("rows", *moved, None))


def test_neither_database_is_written_and_readers_may_have_them_open(shipped, changed):
    after = changed(("20.3%", "20.6%"))
    before_bytes, after_bytes = shipped.read_bytes(), after.read_bytes()
    with database.open_readonly(shipped), database.open_readonly(after):
        assert not compare(shipped, after).is_empty
    assert (shipped.read_bytes(), after.read_bytes()) == (before_bytes, after_bytes)


def test_a_database_that_is_no_release_is_refused(tmp_path):
    paths = [tmp_path / "one.duckdb", tmp_path / "other.duckdb"]
    for path in paths:
        duckdb.connect(path).close()
    with pytest.raises(duckdb.Error, match="figures"):
        compare(*paths)
