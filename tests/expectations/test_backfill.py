"""A backfill: what it may publish, and what it must leave alone."""

import json

import pytest

from expectations.backfill import excess
from tests.conftest import RECORDS
from warehouse.records.acceptance import read_batch
from warehouse.store import database
from warehouse.store.load import load
from warehouse.terms import period

PEOPLE_DAILY = "people-daily/2020-05-foreign-trade.yaml"
WEIGHT = "people-daily-2020-05-foreign-trade/youyiguan-weight"


@pytest.fixture(scope="module")
def before(tmp_path_factory):
    """The database of a release of the shipped records."""
    path = tmp_path_factory.mktemp("before") / "trade.duckdb"
    with database.create(path) as connection:
        load(connection, read_batch([RECORDS], RECORDS), "first")
    return path


def beyond(periods, records, tmp_path, before):
    """What a backfill with these records would change beyond those periods."""
    with database.create(tmp_path / "trade.duckdb") as connection:
        load(connection, read_batch([records], records), "second", before)
        return excess(connection, "second", period.parse(periods))


def change(records, old, new):
    path = records / PEOPLE_DAILY
    text = path.read_text("utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), "utf-8")


@pytest.mark.parametrize("periods", ["2020-01/2020-04", "2020", "2019/2020", "../2020-04"])
def test_a_change_within_may_be(periods, records, tmp_path, before):
    change(records, "value: 96.04万吨", "value: 96.05万吨")
    assert beyond(periods, records, tmp_path, before) == ()


@pytest.mark.parametrize("periods", ["2019", "2020-01/2020-03", "2020-02/2020-12", "../2020-03"])
def test_a_change_that_is_not_wholly_within_may_not_be(periods, records, tmp_path, before):
    change(records, "value: 96.04万吨", "value: 96.05万吨")
    (told,) = beyond(periods, records, tmp_path, before)
    assert told.endswith(f"would also change {WEIGHT} (2020-01/2020-04, changed)")


def test_a_figure_that_leaves_or_enters_the_period_counts(records, tmp_path, before):
    change(records, "id: youyiguan-weight", "id: renamed")
    (told,) = beyond("2019", records, tmp_path, before)
    assert f"{WEIGHT} (2020-01/2020-04, withdrawn)" in told
    assert "renamed (2020-01/2020-04, added)" in told


def test_no_change_may_be(records, tmp_path, before):
    assert beyond("2019", records, tmp_path, before) == ()


def test_a_time_without_figures_may_not_be(records, tmp_path, before):
    (told,) = beyond("1901/1902", records, tmp_path, before)
    assert told == "backfill of 1901-01/1902-12: the records hold no figure of that time"


def test_the_first_release_is_no_backfill(records, tmp_path):
    (told,) = beyond("2020", records, tmp_path, None)
    assert "(2019, added)" in told
    assert told.endswith("more")


@pytest.mark.slow
def test_a_run_withholds_what_goes_too_far(records, home, crossfoot, on_server):
    def run(*arguments):
        return crossfoot("run", "--home", home, *arguments, env=on_server)

    current = (home / "current").readlink()
    change(records, "value: 96.04万吨", "value: 96.05万吨")
    done = run("--records", records, "--periods", "2019")
    told = f"backfill of 2019: would also change {WEIGHT} (2020-01/2020-04, changed)"
    assert done.returncode == 1
    assert told in done.stderr.splitlines()
    assert (home / "current").readlink() == current
    quality = json.loads(next((home / "withheld").glob("*/quality.json")).read_text("utf-8"))
    assert (quality["verdict"], quality["broken_expectations"]) == ("withhold", [told])
    assert run("--periods", "2020").returncode == 0


def test_what_is_no_period_is_told(tmp_path, crossfoot):
    done = crossfoot("run", "--home", tmp_path / "new", "--periods", "2016-13")
    assert done.returncode == 2
    assert "there is no month 13" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "new").exists()
