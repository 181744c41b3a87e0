"""One description of a figure's fields, from which everything that names them all is made."""

import csv

import pytest

from desk.report.wording import ASPECTS
from expectations.gx.suites import figure_suite
from tests.conftest import ROOT
from warehouse import project
from warehouse.records.acceptance import accept
from warehouse.records.contract import record_model
from warehouse.records.fields import BASES, PRINTED, fields, figure_columns
from warehouse.release.catalog import record_fields
from warehouse.store.database import open_memory
from warehouse.store.load import load
from warehouse.terms import codes
from warehouse.terms.dimensions import dimensions

KINDS = {
    *("id", "source", "dimension", "code", "period", "number", "place", "link"),
    *("basis", "breakdown", "convention", "text", "draft"),
}


def test_the_contract_has_the_fields_described():
    assert {field.name for field in fields()} == set(record_model().model_fields)
    assert {field.kind for field in fields()} == KINDS


@pytest.mark.parametrize("field", fields(), ids=lambda field: field.name)
def test_a_field_says_what_it_means(field):
    assert field.meaning
    assert (field.kind in ("dimension", "code", "basis")) == bool(field.list)
    assert not field.list or codes.rows(field.list)
    assert not field.unit or field.kind == "number"
    assert field.kind not in ("number", "place", "text") or field.label
    assert field.kind != "number" or field.example
    assert field.basis in ("", *BASES)


def test_tables_suites_report_and_reference_follow():
    with open_memory() as connection:
        load(connection, accept([]), release_id="none")
        described = connection.execute(
            "select column_name, data_type, comment from duckdb_columns() "
            "where schema_name = 'core' and table_name = 'figures' order by column_index"
        ).fetchall()
    types = {name: type_ for name, type_, _ in described}
    comments = {name: comment for name, _, comment in described}
    for name, column in figure_columns().items():
        assert types[name] == column.type
        assert comments[name] == column.comment
    declared = next(e for e in figure_suite().expectations if "column_list" in e.arguments)
    assert declared.arguments["column_list"] == list(types)
    assert list(ASPECTS) == list(PRINTED)
    assert [field.name for field in record_fields()] == [field.name for field in fields()]


def test_the_series_is_made_of_the_dimensions():
    path = project.file("codes", "dimensions.csv")
    rows = list(csv.DictReader(path.read_text("utf-8").splitlines(), strict=True))
    assert [row["name"] for row in rows] == list(dimensions())
    assert path.is_relative_to(ROOT)
