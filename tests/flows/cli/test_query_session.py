"""The SQL door as an attacker meets it: files, network, settings, memory, time, the terminal."""

import json
import os
import subprocess
import sys
import time

import duckdb
import pytest

from tests.conftest import ROOT
from tests.warehouse.store.test_database import EXTENSIONS, FILES, SETTINGS, WRITES
from warehouse.exchange.export import DATABASE
from warehouse.release import releases
from warehouse.release.manifest import verify
from warehouse.store import database

ATTACKS = [*FILES, *EXTENSIONS, *SETTINGS, *WRITES]
MORE = [
    "SELECT getenv('HOME')",
    "FROM read_duckdb('{folder}/other.duckdb')",
    "FROM 's3://bucket/x.parquet'",
    "FROM 'http://127.0.0.1:9/x.parquet'",
    "CREATE SECRET (TYPE s3)",
    "CREATE TYPE x AS ENUM ('a')",
    "LOAD '{folder}/x.so'",
    "FROM sys",
    "FROM connection",
    "FROM '/proc/self/environ'",
    "FROM read_text('/proc/self/environ')",
    "FROM 'data:text/csv,a'",
    "FROM query('from read_csv(''/etc/passwd'')')",
    "FROM query_table('/etc/passwd')",
    "FROM sniff_csv('/etc/passwd')",
    "CREATE TEMP VIEW v AS FROM read_text('/etc/passwd'); FROM v",
    "FROM json_execute_serialized_sql(json_serialize_sql('from read_text(''/etc/passwd'')'))",
    "SET VARIABLE x = (SELECT content FROM read_text('/etc/passwd'))",
    "PREPARE p AS COPY (SELECT 1) TO '{folder}/y.csv'; EXECUTE p",
    "EXPLAIN ANALYZE COPY figures TO '{folder}/z.csv'",
    "CALL enable_logging(storage='file', storage_config={{'path': '{folder}/log'}})",
    "SET profiling_output = '{folder}/profile.json'",
    "UPDATE figures SET area = 'x'",
    "ALTER TABLE figures ADD COLUMN x INT",
    "CREATE PERSISTENT SECRET s (TYPE http, BEARER_TOKEN 'x')",
]


@pytest.fixture
def shell(published):
    """Send text to `crossfoot shell`; returns the finished process."""

    def run(text, *arguments, **env):
        return subprocess.run(
            [sys.executable, "-m", "flows", "shell", "--home", published, *arguments],
            input=text,
            capture_output=True,
            text=True,
            cwd=ROOT,
            env={**os.environ, **env},
            timeout=60,
            check=False,
        )

    return run


def test_no_attack_through_the_shell_gets_out(published, shell, tmp_path):
    duckdb.execute(f"COPY (SELECT 1 AS a) TO '{tmp_path / 'one.parquet'}'")
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    attacks = [attack.format(folder=tmp_path) for attack in ATTACKS + MORE]
    assert len(attacks) >= 30
    done = shell("".join(f"{attack};\n" for attack in attacks), "--format", "csv")
    assert done.stderr.count("error: ") == len(attacks), done.stderr
    assert done.returncode == 2
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    assert "root:x:0" not in done.stderr
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before
    assert verify(releases.current(published)) == []


def test_read_only_alone_is_no_sandbox(published, tmp_path):
    duckdb.execute(f"COPY (SELECT 1 AS a) TO '{tmp_path / 'one.parquet'}'")
    path = releases.current(published) / DATABASE
    escaped = 0
    for attack in FILES:
        if "/dev/" in attack or "{folder}/trade" in attack:  # would hang, or really do harm
            continue
        with duckdb.connect(path, read_only=True) as connection:
            try:
                connection.execute(attack.format(folder=tmp_path)).fetchall()
            except duckdb.Error:
                continue
            escaped += 1
    assert escaped >= 10


def ask(crossfoot, published, query, **env):
    start = time.monotonic()
    done = crossfoot("sql", query, "--format", "csv", "--home", published, env=env)
    return done, time.monotonic() - start


TOO_LONG = "error: the query took more than 0.5 s; ask for less, or raise CROSSFOOT_QUERY_TIMEOUT\n"
TOO_LARGE = (
    "error: the query needs more memory than it may use; ask for less, or raise "
    "CROSSFOOT_MEMORY_LIMIT\n"
)
ENDLESS = [
    "select sleep_ms(100000)",
    "select count(*) from range(100000000000) a, range(10000000) b",
    "with recursive t(i) as (select 1 union all select i + 1 from t) select count(*) from t",
    # One call of a function, which heeds no interrupt.
    "select levenshtein(repeat('a', 300000), repeat('b', 300000))",
]
HUGE = [
    "select repeat('x', 3000000000)",
    "select list(i) from range(1000000000) t(i)",
    "create temp table t as from range(10000000000)",
    "select string_agg(i, '') from range(10000000000) t(i)",
    "select list_transform(range(1000000000), lambda x: x)",
]


@pytest.mark.parametrize("query", ENDLESS)
def test_what_takes_too_long_is_ended(query, crossfoot, published):
    done, seconds = ask(crossfoot, published, query, CROSSFOOT_QUERY_TIMEOUT="0.5")
    assert (done.returncode, done.stderr) == (2, TOO_LONG)
    assert seconds < 20


@pytest.mark.parametrize("query", HUGE)
def test_what_needs_too_much_memory_is_ended(query, crossfoot, published):
    done, _ = ask(crossfoot, published, query, CROSSFOOT_MEMORY_LIMIT="200MB")
    assert (done.returncode, done.stderr) == (2, TOO_LARGE)


@pytest.mark.slow
def test_without_the_door_neither_is(published):
    path = releases.current(published) / DATABASE
    with database.open_readonly(path, memory_limit="100MB") as connection:
        start = time.monotonic()
        connection.execute("select sleep_ms(1500)").fetchall()
        assert time.monotonic() - start > 1
        ((text,),) = connection.execute("select repeat('x', 400000000)").fetchall()
        assert len(text) == 400_000_000


DEEP = ["select " + "(" * 20_000 + "1" + ")" * 20_000, "select " + "+".join(["1"] * 50_000)]


@pytest.mark.parametrize("query", DEEP, ids=["brackets", "sums"])
def test_a_deep_expression_does_not_crash_it(query, shell):
    done = shell(query + ";\nselect 42 as answer;\n", "--format", "csv")
    assert done.returncode in (0, 2)
    assert done.stdout.endswith("answer\n42\n")


def test_what_a_terminal_would_obey_is_shown_instead(crossfoot, published):
    query = """select chr(27) || '[2J' || chr(8238) as "a\x1b[31m", '[bold]x[/]' as b"""
    done = crossfoot("sql", query, "--home", published)
    assert "\x1b" not in done.stdout + done.stderr
    assert "\\u001b[2J\\u202e" in done.stdout
    assert "[bold]x[/]" in done.stdout
    assert "\x1b" not in crossfoot("sql", "selec '\x1b[2J'", "--home", published).stderr


def test_a_shell_answers_statement_by_statement(shell):
    done = shell("select 1\n  as a;\nselec;\nselect 'x;' as b;\nselect 2 as c", "--format", "csv")
    assert done.stdout == "a\n1\nb\nx;\nc\n2\n"
    assert done.stderr.count("error: ") == 1
    assert done.returncode == 2
    assert shell("select 1 as a;").returncode == 0


def test_json_keeps_every_digit(crossfoot, published):
    query = "select 12345678901234567.89 as a, null as b -- a remark"
    done = crossfoot("sql", query, "--format", "json", "--home", published)
    assert done.stdout == '[{"a":12345678901234567.89,"b":null}]\n'
    done = crossfoot("sql", "select 1 as a where false", "--format", "json", "--home", published)
    assert json.loads(done.stdout) == []


def test_a_long_answer_is_shown_in_part_as_a_table_and_whole_as_csv(crossfoot, published):
    done = crossfoot("sql", "from range(1000000000000)", "--home", published)
    assert done.stdout.endswith("the first 10,000 rows; all of them with: --format csv\n")
    done = crossfoot("sql", "from range(10001)", "--format", "csv", "--home", published)
    assert len(done.stdout.splitlines()) == 10_002


@pytest.mark.parametrize("format_", ["table", "csv"])
def test_an_answer_that_python_cannot_hold_is_told(format_, home, crossfoot):
    asked = ("sql", "select interval '-178956970 years'", "--home", home)
    done = crossfoot(*asked, "--format", format_)
    assert done.returncode == 2
    assert "cast it to varchar, or ask with --format json" in done.stderr
    assert crossfoot(*asked, "--format", "json").returncode == 0
