"""The catalogue of a real release: descriptor, dictionary and lineage, held against the files."""

import csv
import hashlib
import json
from datetime import date
from decimal import Decimal

import pytest

from expectations.assess import assess
from tests.conftest import RECORDS
from warehouse.exchange.export import DATABASE, export_views, published_views
from warehouse.records.acceptance import read_batch
from warehouse.records.fields import names
from warehouse.release import catalog
from warehouse.store import database
from warehouse.store.load import build_views, load

READ = {
    "string": str,
    "integer": int,
    "number": Decimal,
    "date": date.fromisoformat,
    "boolean": {"true": True, "false": False}.__getitem__,
}


@pytest.fixture(scope="module")
def release(tmp_path_factory):
    path = tmp_path_factory.mktemp("release")
    with database.create(path / DATABASE) as connection:
        load(connection, read_batch([RECORDS], RECORDS), "first")
        build_views(connection)
        assess(connection)
        export_views(connection, path)
    return path


@pytest.fixture(scope="module")
def package(release):
    path = catalog.write_datapackage(release / DATABASE, release, "20261124T101500Z-1a2b3c4d")
    assert path == release / "datapackage.json"
    return json.loads(path.read_text("utf-8"))


@pytest.fixture(scope="module")
def tables(release):
    return {table.name: table for table in catalog.dictionary(release / DATABASE)}


def rows(release, resource):
    with (release / resource["path"]).open(encoding=resource["encoding"], newline="") as file:
        return list(csv.DictReader(file, strict=True))


def test_the_descriptor_lists_every_view_and_source(release, package):
    with database.open_readonly(release / DATABASE) as connection:
        assert [r["name"] for r in package["resources"]] == published_views(connection)
        sources = connection.execute("select url from core.sources order by source_id").fetchall()
    assert package["version"] == "20261124T101500Z-1a2b3c4d"
    assert [source.get("path") for source in package["sources"]] == [url for (url,) in sources]
    assert all(source["title"] for source in package["sources"])


def test_bytes_and_hash_are_those_of_the_files(release, package):
    for resource in package["resources"]:
        content = (release / resource["path"]).read_bytes()
        assert resource["bytes"] == len(content)
        assert resource["hash"] == "sha256:" + hashlib.sha256(content).hexdigest()


def test_every_cell_reads_as_its_type_says(release, package):
    seen = set()
    for resource in package["resources"]:
        types = {field["name"]: field["type"] for field in resource["schema"]["fields"]}
        listed = rows(release, resource)
        assert listed
        for row in listed:
            assert list(row) == list(types)
            for name, cell in row.items():
                if cell not in resource["schema"]["missingValues"]:
                    READ[types[name]](cell)
                    seen.add(types[name])
    assert seen == set(READ)


def test_a_primary_key_is_there_and_unique(release, package):
    for resource in package["resources"]:
        key = resource["schema"]["primaryKey"]
        values = [tuple(row[column] for column in key) for row in rows(release, resource)]
        assert len(set(values)) == len(values), resource["name"]
        assert all(all(value) for value in values), resource["name"]


def test_the_same_release_gives_the_same_descriptor(release, package):
    again = catalog.write_datapackage(release / DATABASE, release, package["version"])
    assert json.loads(again.read_text("utf-8")) == package


def test_the_dictionary_explains_every_table_and_column(release, tables):
    with database.open_readonly(release / DATABASE) as connection:
        there = {
            table if schema == "main" else f"{schema}.{table}": count
            for schema, table, count in connection.execute(
                "select schema_name, table_name, column_count from duckdb_tables() "
                "where schema_name <> 'raw'"
            ).fetchall()
        }
        for name, table in tables.items():
            assert connection.execute(f"select count(*) from {name}").fetchall() == [(table.rows,)]
    assert {name: len(table.columns) for name, table in tables.items()} == there
    for table in tables.values():
        assert all((table.purpose, table.grain, table.units))
        assert all(column.comment and column.type for column in table.columns)


def test_lineage_leads_from_a_view_down_to_the_record_files(release, tables):
    figures = tables["figures"]
    assert figures.reads == ("vintages",)
    assert {"core.levels", "core.figures", "raw.figures", "raw.codes"} <= set(figures.rests_on)
    assert "people-daily/2020-05-foreign-trade.yaml" in figures.files
    assert "warehouse/codes/geographies.csv" in figures.files
    assert "warehouse/rates/exchange_rates.csv" not in figures.files
    assert "warehouse/rates/exchange_rates.csv" in tables["core.rate_bands"].files


def test_findings_come_from_the_checks_and_those_from_core(release, tables):
    assert tables["quality.findings"].reads == (catalog.CHECKS,)
    assert tables["quality.rules"].reads == (catalog.CHECKS, "quality.checks")
    assert tables["quality.quarantine"].reads == ("raw.records",)
    assert "core.growth" in catalog.lineage(release / DATABASE)[catalog.CHECKS]
    assert catalog.RELEASE_BEFORE in tables["revisions"].rests_on


def test_every_table_rests_on_files_and_none_on_itself(tables):
    for name, table in tables.items():
        assert table.files, name
        assert name not in table.rests_on


def test_the_fields_of_a_record_are_those_of_the_contract(release):
    fields = {field.name: field for field in catalog.record_fields()}
    assert list(fields) == list(names())
    assert {name for name, f in fields.items() if f.needed} == {
        *("id", "source", "area", "flow", "period")
    }
    assert fields["partner"].inherited and not fields["value"].inherited
    assert fields["value"].comment == "the value as printed"
    assert "2016.6亿元" in fields["value"].remedy
