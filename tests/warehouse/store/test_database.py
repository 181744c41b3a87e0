"""Databases: what a build writes, what a reader may do, how packaged SQL is read."""

import os
import subprocess
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from warehouse import project
from warehouse.store import database

CONTENT = """
    CREATE SCHEMA core;
    CREATE TYPE span AS ENUM ('month', 'year');
    CREATE TABLE core.figures AS
        SELECT 's/' || i AS figure_id, (i * 1.5)::DECIMAL(38, 6) AS value, ['a', 'b'] AS parts,
               {'lower': i, 'upper': i + 1} AS bounds, 'month'::span AS span,
               CASE WHEN i % 5 > 0 THEN i END AS growth
        FROM range(1000) AS t(i);
    COMMENT ON TABLE core.figures IS '一行一个数字';
    COMMENT ON COLUMN core.figures.value IS 'CNY';
    CREATE VIEW few AS SELECT figure_id, value FROM core.figures LIMIT 3;
    CREATE MACRO twice(x) AS x * 2;
    CREATE MACRO first_rows(n) AS TABLE SELECT * FROM core.figures LIMIT n;
"""


@pytest.fixture
def built(tmp_path: Path) -> Path:
    path = tmp_path / "trade.duckdb"
    connection = database.create(path)
    connection.execute(CONTENT)
    connection.close()
    return path


def test_a_build_lands_in_its_file_and_leaves_nothing_beside_it(built: Path) -> None:
    assert [file.name for file in built.parent.iterdir()] == ["trade.duckdb"]
    with database.open_readonly(built) as reader:
        assert reader.execute("SELECT current_database()").fetchone() == ("trade",)
        assert reader.execute("SELECT count(*), sum(value) FROM trade.core.figures").fetchone()
        tags = reader.execute("SELECT tags FROM duckdb_databases() WHERE NOT internal").fetchone()
        assert tags is not None and tags[0]["storage_version"].startswith(database.STORAGE)


def test_a_build_never_opens_what_exists(built: Path) -> None:
    with pytest.raises(FileExistsError, match="always starts a new file"):
        database.create(built)


def test_a_build_that_spills_cleans_up(tmp_path: Path) -> None:
    connection = database.create(tmp_path / "trade.duckdb", memory_limit="60MB")
    connection.execute("CREATE TABLE t AS FROM range(5_000_000) AS t(i) ORDER BY hash(i)")
    connection.close()
    assert [file.name for file in tmp_path.iterdir()] == ["trade.duckdb"]


@pytest.mark.parametrize("where", ["memory", "file"])
def test_builds_are_repeatable_and_offline(where: str, tmp_path: Path) -> None:
    outside = pd.DataFrame({"a": [1]})
    assert len(outside) == 1
    connection = (
        database.open_memory() if where == "memory" else database.create(tmp_path / "t.duckdb")
    )
    settings = dict(
        connection.cursor().execute("SELECT name, value FROM duckdb_settings()").fetchall()
    )
    assert settings["TimeZone"] == "UTC"
    assert settings["threads"] == "1"
    assert settings["autoload_known_extensions"] == "false"
    assert settings["autoinstall_known_extensions"] == "false"
    assert settings["allow_community_extensions"] == "false"
    with pytest.raises(duckdb.CatalogException):
        connection.execute("FROM outside")
    connection.execute(f"COPY (SELECT 1) TO '{tmp_path / 'one.parquet'}'")
    connection.close()


FILES = [
    "FROM read_csv('/etc/passwd')",
    "FROM '/etc/passwd'",
    "FROM read_text('/etc/passwd')",
    "FROM read_blob('/etc/passwd')",
    "FROM read_json('/etc/passwd')",
    "FROM read_parquet('{folder}/one.parquet')",
    "FROM parquet_metadata('{folder}/one.parquet')",
    "FROM '{folder}/one.parquet'",
    "FROM sniff_csv('/etc/passwd')",
    "FROM glob('/etc/*')",
    "FROM read_csv('/dev/stdin')",
    "SELECT * FROM query('FROM read_text(''/etc/passwd'')')",
    "FROM json_execute_serialized_sql(json_serialize_sql('FROM read_text(''/etc/passwd'')'))",
    "COPY core.figures TO '{folder}/out.csv'",
    "COPY (SELECT 1) TO '{folder}/out.parquet'",
    "COPY (SELECT 1) TO '/dev/stdout'",
    "COPY core.figures FROM '/etc/passwd'",
    "EXPORT DATABASE '{folder}/out'",
    "IMPORT DATABASE '{folder}/out'",
    "ATTACH '{folder}/out.duckdb'",
    "ATTACH '{folder}/trade.duckdb' AS other (READ_ONLY)",
    "ATTACH ':memory:' AS other",
    "DETACH trade",
    # DuckDB itself always allows the paths of the open file and its log.
    "FROM read_blob('{folder}/trade.duckdb')",
    "COPY (SELECT 1) TO '{folder}/trade.duckdb' (USE_TMP_FILE false)",
    "COPY (SELECT 1) TO '{folder}/trade.duckdb.wal' (USE_TMP_FILE false)",
    "COPY (SELECT 1) TO '{folder}/trade.duckdb.wal.checkpoint' (USE_TMP_FILE false)",
    ".read /etc/passwd",
]
EXTENSIONS = [
    "INSTALL httpfs",
    "INSTALL '{folder}/x.duckdb_extension'",
    "LOAD httpfs",
    "LOAD '{folder}/x.duckdb_extension'",
    "UPDATE EXTENSIONS",
    "FROM 'https://localhost/x.csv'",
    "FROM read_xlsx('x.xlsx')",
]
SETTINGS = [
    "SET memory_limit = '8GB'",
    "SET lock_configuration = false",
    "RESET lock_configuration",
    "SET GLOBAL enable_external_access = true",
    "SET temp_directory = '{folder}/out'",
    "SET python_enable_replacements = true",
    "PRAGMA memory_limit = '8GB'",
    "PRAGMA enable_profiling",
    "PRAGMA profiling_output = '{folder}/out.json'",
    "CALL enable_logging(storage = 'file', storage_path = '{folder}/out')",
    "CALL enable_profiling(format = 'json', save_location = '{folder}/out.json')",
    "CREATE PERSISTENT SECRET s (TYPE http, BEARER_TOKEN 'x')",
]
WRITES = [
    "CREATE TABLE t (a INTEGER)",
    "CREATE TABLE core.t (a INTEGER)",
    "CREATE SCHEMA other",
    "CREATE VIEW other AS SELECT 1",
    "CREATE OR REPLACE MACRO twice(x) AS x",
    "INSERT INTO core.figures (figure_id) VALUES ('x')",
    "UPDATE core.figures SET value = 0",
    "DELETE FROM core.figures",
    "TRUNCATE core.figures",
    "DROP TABLE core.figures",
    "ALTER TABLE core.figures ADD COLUMN x INTEGER",
    "COMMENT ON TABLE core.figures IS 'x'",
]


@pytest.mark.parametrize("statement", [*FILES, *EXTENSIONS, *SETTINGS, *WRITES])
def test_a_reader_is_refused(statement: str, built: Path) -> None:
    folder = built.parent
    duckdb.execute(f"COPY (SELECT 1 AS a) TO '{folder}/one.parquet'")
    before = {file: file.read_bytes() for file in folder.iterdir()}
    with database.open_readonly(built) as reader:
        with pytest.raises(duckdb.Error):
            reader.execute(statement.format(folder=folder))
        assert reader.execute("SELECT count(*) FROM core.figures").fetchone() == (1000,)
    assert {file: file.read_bytes() for file in folder.iterdir()} == before


def test_a_reader_sees_no_python_variable(built: Path) -> None:
    outside = pd.DataFrame({"a": [1]})
    assert duckdb.execute("FROM outside").fetchall() == [tuple(outside.loc[0])]
    with database.open_readonly(built) as reader, pytest.raises(duckdb.CatalogException):
        reader.execute("FROM outside")


def test_a_reader_asks_what_it_likes(built: Path) -> None:
    with database.open_readonly(built) as reader:
        assert reader.execute("SELECT twice(21)").fetchone() == (42,)
        assert reader.execute("SELECT count(*) FROM first_rows(5)").fetchone() == (5,)
        reader.execute("CREATE TEMP TABLE mine AS FROM few")
        assert reader.execute("SELECT count(*) FROM mine").fetchone() == (3,)


def test_readers_of_one_process_share_a_file(built: Path) -> None:
    with database.open_readonly(built) as first, database.open_readonly(built) as second:
        assert first.execute("FROM few").fetchall() == second.execute("FROM few").fetchall()


def test_a_reader_out_of_memory_writes_no_temporary_file(built: Path) -> None:
    with (
        database.open_readonly(built, memory_limit="40MB") as reader,
        pytest.raises(duckdb.OutOfMemoryException),
    ):
        reader.execute("CREATE TEMP TABLE t AS FROM range(20_000_000) AS t(i) ORDER BY hash(i)")
    assert [file.name for file in built.parent.iterdir()] == ["trade.duckdb"]


def test_duckdb_1_5_reads_what_is_built(built: Path) -> None:
    python = os.environ.get("CROSSFOOT_DUCKDB_15_PYTHON")
    if not python:
        pytest.skip("CROSSFOOT_DUCKDB_15_PYTHON names no interpreter that has DuckDB 1.5")
    questions = [
        "SELECT count(*)::INT, sum(value)::VARCHAR, count(growth)::INT FROM core.figures",
        "SELECT parts, bounds.upper::INT, span::VARCHAR FROM core.figures LIMIT 1 OFFSET 7",
        "SELECT comment FROM duckdb_tables() WHERE table_name = 'figures'",
        "SELECT comment FROM duckdb_columns() WHERE comment IS NOT NULL",
        "SELECT count(*)::INT FROM few",
        "SELECT twice(21)",
        "SELECT count(*)::INT FROM first_rows(5)",
    ]
    script = (
        "import duckdb, sys\n"
        "assert duckdb.__version__.startswith('1.5.'), duckdb.__version__\n"
        "reader = duckdb.connect(sys.argv[1], read_only=True)\n"
        "print([reader.execute(question).fetchall() for question in sys.argv[2:]])\n"
    )
    old = subprocess.run(
        [python, "-c", script, str(built), *questions], capture_output=True, text=True
    )
    assert old.returncode == 0, old.stderr
    with database.open_readonly(built) as reader:
        new = [reader.execute(question).fetchall() for question in questions]
    assert old.stdout.strip() == str(new)


PARTS = """\
-- purpose: Parts of a total
--   with their shares
-- units: base units (CNY, kg, …); ratios as fractions
-- column part_share: share of the total,
--   lower and upper bound
-- column value: as printed: exact

SELECT 1 AS value
-- a comment of the query: stays
FROM range(1)
"""


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "packaged" / "sql"
    folder.mkdir(parents=True)
    monkeypatch.setattr(project, "PACKAGE", tmp_path)
    monkeypatch.setitem(project._PLACES, "core", project._Place(None, "packaged/sql"))
    return folder


def test_a_packaged_query_carries_its_description(package: Path) -> None:
    (package / "parts.sql").write_text(PARTS, encoding="utf-8")
    read = database.read_sql(package / "parts.sql")
    assert (read.name, read.path) == ("parts", "packaged/sql/parts.sql")
    assert read.header == {
        "purpose": "Parts of a total with their shares",
        "units": "base units (CNY, kg, …); ratios as fractions",
    }
    assert read.columns == {
        "part_share": "share of the total, lower and upper bound",
        "value": "as printed: exact",
    }
    assert read.query == "SELECT 1 AS value\n-- a comment of the query: stays\nFROM range(1)"


def test_a_folder_is_read_in_the_order_of_names(package: Path) -> None:
    for name in ("b", "a", "a_b"):
        (package / f"{name}.sql").write_text(PARTS, encoding="utf-8")
    (package / "notes.txt").write_text("not SQL")
    assert [file.name for file in database.sql_files("core")] == ["a", "a_b", "b"]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("SELECT 1", 1),
        ("-- purpose: p\n--note: n\nSELECT 1", 2),
        ("-- purpose: p\n-- Note: n\nSELECT 1", 2),
        ("-- purpose: p\n-- no key here\nSELECT 1", 2),
        ("-- purpose: p\n-- column: c\n-- column a b: c\nSELECT 1", 3),
        ("--   more\nSELECT 1", 1),
        ("-- purpose: p\n-- purpose: q\nSELECT 1", 2),
        ("-- purpose:\nSELECT 1", 1),
        ("-- purpose: p\n--\nSELECT 1", 2),
        ("-- purpose: p\n\n", 2),
        ("", 1),
    ],
)
def test_a_malformed_header_is_named(text: str, line: int, package: Path) -> None:
    (package / "bad.sql").write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=rf"^packaged/sql/bad\.sql:{line}: "):
        database.read_sql(package / "bad.sql")
