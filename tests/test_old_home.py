"""A home that version 0.3.0 made: read as it is, and carried on by the next run.

homes/0.3.0.tar.xz holds the home, the records of its one release, and the file of acceptances, as
the commands of that version wrote them: a release with a finding that a reviewer accepted.
"""

import tarfile
from datetime import date

import pytest

from desk.describe import describe
from expectations import acknowledgements
from expectations.assess import assess
from expectations.backfill import excess
from expectations.broken_queries import losses
from tests.conftest import ROOT
from warehouse.records.acceptance import read_batch
from warehouse.release import catalog, changes, schema
from warehouse.store import database
from warehouse.store.load import build_views, load
from warehouse.terms import period

ZONE = "people-daily-2020-05/zone"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """The home, its records and its acceptances, in a folder of their own."""
    unpacked = tmp_path_factory.mktemp("old")
    with tarfile.open(ROOT / "tests" / "homes" / "0.3.0.tar.xz") as packed:
        packed.extractall(unpacked, filter="data")
    return unpacked


@pytest.fixture(scope="module")
def old(folder):
    """The database of its release."""
    return folder / "home" / "current" / "trade.duckdb"


@pytest.fixture(scope="module")
def new(folder, old, tmp_path_factory):
    """The database of the next release of the same records."""
    path = tmp_path_factory.mktemp("new") / "trade.duckdb"
    entries = acknowledgements.read(folder / "acknowledged.yaml")
    with database.create(path) as connection:
        load(connection, read_batch([folder / "records"], folder / "records"), "next", old)
        assess(connection, entries, date(2026, 11, 29))
        build_views(connection)
    return path


def rows(path, query):
    with database.open_readonly(path) as connection:
        return connection.execute(query).fetchall()


def test_its_release_can_be_read(old):
    assert rows(old, "select count(*) from figures") == [(4,)]
    described = describe(old, ZONE)
    assert described.figure.codes["adjustment"] == "unstated"
    assert [finding.finding.kind for finding in described.findings] == ["acknowledged"]
    assert [revision.change for revision in described.revisions] == ["added"]
    assert {"figures", "core.figures"} <= {table.name for table in catalog.dictionary(old)}


def test_the_next_release_says_the_same_of_every_figure(old, new):
    query = "select figure_id, series, revision, value from core.figures order by 1"
    assert rows(new, query) == rows(old, query)
    ledger = "select figure_id, revision, change, release_id, content, digest from core.revisions"
    assert rows(new, ledger) == rows(old, ledger)


def test_what_a_reviewer_accepted_stays_accepted(old, new):
    query = "select finding_id, severity, acknowledged_by, message from quality.findings"
    assert rows(new, query) == rows(old, query) != []
    states = "select reviewer, state from quality.acknowledgements"
    assert rows(new, states) == [("L. Wang", "active")]


def test_columns_are_added_and_nothing_is_lost(old, new):
    found = changes.compare(old, new)
    assert {view.kind for view in found.views_changed} <= {"changed", "new"}
    assert not any(view.breaks_queries or view.reordered for view in found.views_changed)
    assert not any((found.figures_added, found.figures_removed, found.figures_revised))
    assert not any((found.findings_opened, found.findings_closed, found.findings_changed))
    assert found.views_moved == ()
    assert losses(schema.of(old), schema.of(new), "") == ()


def test_a_backfill_finds_nothing_changed(new):
    with database.open_readonly(new) as connection:
        assert excess(connection, "next", period.parse("2020")) == ()


def test_the_older_of_two_may_have_more_columns(old, new):
    found = changes.compare(new, old)
    assert not any((found.figures_added, found.figures_removed, found.figures_revised))
