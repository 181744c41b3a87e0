"""Evaluation over DuckDB: nothing that was not evaluated passes, and nothing else is touched."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import duckdb
import great_expectations as gx
import pytest

from expectations.gx.duckdb_engine import NotEvaluated, validate
from expectations.gx.suites import Expectation, Suite
from tests.conftest import ROOT
from warehouse.release.manifest import to_json


def _suite(*expectations: Expectation, table: str = "figures") -> Suite:
    return Suite("core", table, ("id",), expectations)


def _no_rows(query: str) -> Expectation:
    arguments = {"unexpected_rows_query": query}
    return Expectation("UnexpectedRowsExpectation", "value", query, arguments)


PRESENT = Expectation("ExpectColumnValuesToNotBeNull", "id", "id is present", {"column": "id"})
ANY = Expectation("ExpectTableRowCountToBeBetween", "rows", "there are rows", {"min_value": 1})
POSITIVE = _no_rows("select id, value from {batch} where value <= 0 order by all")
ABSENT = Expectation("ExpectColumnValuesToNotBeNull", "gone", "gone is present", {"column": "gone"})


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute("""create schema core;
            create table core.figures (id varchar, value decimal(38, 6), day date);
            insert into core.figures values ('a', 1.5, '2020-01-01'), ('b', -2, '2020-01-02')""")
        yield connection


def test_outcomes_come_in_declared_order(connection: duckdb.DuckDBPyConnection) -> None:
    # Great Expectations itself answers column by column.
    (result,) = validate(connection, [_suite(POSITIVE, PRESENT, ANY)])
    assert [outcome.statement for outcome in result.results] == [
        POSITIVE.statement,
        PRESENT.statement,
        ANY.statement,
    ]
    assert [outcome.success for outcome in result.results] == [False, True, True]
    assert not result.success
    assert result.results[0].rows == ({"id": "b", "value": "-2.000000"},)
    assert result.results[2].observed == 2


def test_a_dropped_expectation_is_noticed(
    connection: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    complete = gx.ExpectationSuite

    def forgetful(name: str, expectations: list[Any]) -> gx.ExpectationSuite:
        return complete(name, expectations=expectations[:-1])

    monkeypatch.setattr(gx, "ExpectationSuite", forgetful)
    with pytest.raises(NotEvaluated, match="there are rows: left out") as caught:
        validate(connection, [_suite(PRESENT, ANY)])
    assert list(caught.value.reasons) == ["there are rows"]


@pytest.mark.parametrize(
    ("expectation", "reason"),
    [
        (ABSENT, "gone"),
        (_no_rows("select gone from {batch}"), "gone"),
        (_no_rows("select id from {batch} where value / 0 > 'x'::integer"), "Could not convert"),
        (_no_rows("select nonsense from from {batch}"), "syntax error"),
    ],
    ids=["column", "column of a query", "cast", "syntax"],
)
def test_what_cannot_be_evaluated_neither_passes_nor_fails(
    connection: duckdb.DuckDBPyConnection, expectation: Expectation, reason: str
) -> None:
    with pytest.raises(NotEvaluated, match=r"core\.figures: 1 of 3 expectations") as caught:
        validate(connection, [_suite(PRESENT, expectation, ANY)])
    assert list(caught.value.reasons) == [expectation.statement]
    assert reason in caught.value.reasons[expectation.statement]


def test_a_missing_table_is_named(connection: duckdb.DuckDBPyConnection) -> None:
    with pytest.raises(NotEvaluated, match=r"core\.gone: 2 of 2 expectations"):
        validate(connection, [_suite(PRESENT, ANY, table="gone")])


def test_an_unknown_kind_of_expectation_is_an_error(connection: duckdb.DuckDBPyConnection) -> None:
    with pytest.raises(AttributeError, match="ExpectMiracles"):
        validate(connection, [_suite(Expectation("ExpectMiracles", "x", "x", {}))])


def test_an_empty_table_fails_by_its_row_count_alone(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    connection.execute("delete from core.figures")
    (result,) = validate(connection, [_suite(PRESENT, POSITIVE, ANY)])
    assert [outcome.success for outcome in result.results] == [True, True, False]
    assert result.results[2].observed == 0


def test_severity_is_kept_and_does_not_turn_failure_into_success(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    warning = Expectation(
        POSITIVE.kind, "value", "value is positive", POSITIVE.arguments, "warning"
    )
    (result,) = validate(connection, [_suite(warning)])
    assert result.results[0].severity == "warning"
    assert not result.success


def test_the_same_data_make_the_same_json(connection: duckdb.DuckDBPyConnection) -> None:
    suite = _suite(PRESENT, POSITIVE, ANY, _no_rows("select id, day, [id] as ids from {batch}"))
    once, again = (to_json(asdict(validate(connection, [suite])[0])) for _ in range(2))
    assert once == again
    told = json.loads(once)
    assert told["name"] == "core.figures"
    assert told["results"][3]["rows"] == [
        {"id": "a", "day": "2020-01-01", "ids": ["a"]},
        {"id": "b", "day": "2020-01-02", "ids": ["b"]},
    ]


def test_the_connection_stays_usable_and_nothing_is_written(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    seen = "select table_schema, table_name from information_schema.tables order by all"
    before = connection.execute(seen).fetchall()
    with pytest.raises(NotEvaluated):
        validate(connection, [_suite(ABSENT)])
    validate(connection, [_suite(PRESENT)])
    assert connection.execute(seen).fetchall() == before


def test_a_file_can_be_reopened_read_only_once_its_connection_is_closed(tmp_path: Path) -> None:
    path = tmp_path / "trade.duckdb"
    with duckdb.connect(path) as writer:
        writer.execute("create schema core; create table core.figures as select 'a' as id")
        validate(writer, [_suite(PRESENT)])
        with pytest.raises(NotEvaluated):
            validate(writer, [_suite(ABSENT)])
    # DuckDB refuses this while any connection of another kind is open on the file.
    with duckdb.connect(path, read_only=True) as reader:
        assert validate(reader, [_suite(PRESENT)])[0].success
    assert [file.name for file in tmp_path.iterdir()] == ["trade.duckdb"]


def test_no_file_is_written_no_network_used_and_nothing_printed(tmp_path: Path) -> None:
    code = """
import sys

def watch(event, arguments):
    writing = event == "open" and isinstance(arguments[1], str) and set("wax+") & set(arguments[1])
    if event in ("socket.connect", "socket.getaddrinfo", "socket.sendto", "os.mkdir") or writing:
        print(event, arguments)

sys.dont_write_bytecode = True
sys.addaudithook(watch)
import duckdb
from expectations.gx.duckdb_engine import validate
from expectations.gx.suites import Expectation, Suite

any_ = Expectation("ExpectTableRowCountToBeBetween", "rows", "there are rows", {"min_value": 1})
with duckdb.connect() as connection:
    connection.execute("create schema core; create table core.figures as select 1 as id")
    assert validate(connection, [Suite("core", "figures", ("id",), (any_,))])[0].success
"""
    run = subprocess.run(
        [sys.executable, "-c", code],
        env={"PYTHONPATH": str(ROOT), "HOME": str(tmp_path)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stdout == ""
    assert list(tmp_path.iterdir()) == []
