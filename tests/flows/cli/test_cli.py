"""The command as a user runs it: exit codes, what is printed, and what stays untouched."""

import csv
import hashlib
import io
import json
import os
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.conftest import RECORDS, ROOT
from warehouse.exchange.export import DATABASE
from warehouse.store import database

PEOPLE_DAILY = "people-daily/2020-05-foreign-trade.yaml"
PREFIX = "people-daily-2020-05-foreign-trade"


def content(home):
    """Every byte that readers see, and where `current` points."""
    current = home / "current"
    digest = hashlib.sha256(str(current.readlink()).encode())
    for path in sorted(current.rglob("*")):
        digest.update(path.name.encode() + (path.read_bytes() if path.is_file() else b""))
    return digest.hexdigest()


def change(records, old, new):
    path = records / PEOPLE_DAILY
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


def swap(records):
    change(records, "2016.6亿元", "@")
    change(records, "1539.7亿元", "2016.6亿元")
    change(records, "@", "1539.7亿元")


def test_run_publishes_and_prints_the_verdict(published, crossfoot):
    current = published / "current"
    names = {path.name for path in current.iterdir()}
    assert {"trade.duckdb", "parquet", "csv", "quality.json", "gx.json", "manifest.json"} <= names
    assert {"report", "datapackage.json"} <= names
    quality = json.loads((current / "quality.json").read_text("utf-8"))
    assert quality["verdict"] == "publish"
    assert quality["findings"] == []  # no false alarm on any shipped figure
    views = {path.stem for path in (current / "parquet").iterdir()}
    assert views == {path.stem for path in (current / "csv").iterdir()}


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(swap, marks=pytest.mark.slow, id="swapped"),
        pytest.param(lambda records: change(records, "1539.7亿元", "2539.7亿元"), id="one digit"),
    ],
)
def test_a_contradiction_withholds_and_changes_nothing(spoil, records, home, crossfoot, on_server):
    before = content(home)
    spoil(records)
    done = crossfoot("run", "--home", home, "--records", records, env=on_server)
    assert done.returncode == 1
    assert "parts-not-above-total" in done.stdout
    assert f"{PREFIX}/chengdu-hitech-cbz" in done.stdout
    assert f"{PREFIX}/chengdu " in done.stdout
    assert "withhold" in done.stdout
    assert "Traceback" not in done.stderr
    assert "nanobind" not in done.stderr
    assert content(home) == before
    (withheld,) = (home / "withheld").iterdir()
    assert "不予发布" in (withheld / "report" / "index.html").read_text("utf-8")
    what_it_would_change = crossfoot("diff", withheld.name, "--home", home).stdout
    assert f"→ {withheld.name}\n" in what_it_would_change
    assert "findings opened" in what_it_would_change


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ("2016.6亿元", "2016.6亿", "value"),
        ("area: 成都市", "area: CN-9999", "area"),
        ("period: 2020-03", "period: 13月", "period"),
    ],
)
def test_unusable_records_are_named_and_change_nothing(
    old, new, field, records, home, crossfoot, on_server
):
    before = content(home)
    change(records, old, new)
    line = next(
        number
        for number, text in enumerate((records / PEOPLE_DAILY).read_text("utf-8").splitlines(), 1)
        if new in text
    )
    done = crossfoot("run", "--home", home, "--records", records, env=on_server)
    assert done.returncode == 2
    assert f"{PEOPLE_DAILY}:{line}: {field} " in done.stderr
    assert "Traceback" not in done.stderr
    assert content(home) == before
    checked = crossfoot("check", records)
    assert checked.returncode == 2
    assert f"{PEOPLE_DAILY}:{line}: {field} " in checked.stderr


UNFINISHED = """source: {id: early, publisher: office, published: 2022-01-12}
figures:
  - {id: year, area: 四川省, flow: trade, period: 2023, value: 9574.9亿元}
"""


def test_figures_that_are_set_aside_are_named_and_none_is_no_release(
    records, tmp_path, home, crossfoot, on_server
):
    before = content(home)
    early = tmp_path / "early"
    early.mkdir()
    (early / "early.yaml").write_text(UNFINISHED, "utf-8")
    told = "early.yaml:3: early/year is set aside: period 2023 had not ended"
    for command in (("check", early), ("run", "--home", home, "--records", early)):
        done = crossfoot(*command, env=on_server)
        assert done.returncode == 2
        assert told in done.stderr
        assert "no figure is left" in done.stderr
    assert content(home) == before
    (records / "early.yaml").write_text(UNFINISHED, "utf-8")
    done = crossfoot("run", "--home", home, "--records", records, env=on_server)
    assert done.returncode == 0
    assert told in done.stderr


def test_a_changed_record_is_a_revision_and_rollback_returns(records, home, crossfoot, on_server):
    first = (home / "current").readlink().name
    change(records, "value: 96.04万吨", "value: 96.05万吨")
    assert crossfoot("run", "--home", home, "--records", records, env=on_server).returncode == 0
    query = f"from revisions where figure_id = '{PREFIX}/youyiguan-weight' order by revision"
    rows = json.loads(crossfoot("sql", query, "--home", home, "--format", "json").stdout)
    assert [(row["revision"], row["change"], row["value_printed"]) for row in rows] == [
        (1, "added", "96.04万吨"),
        (2, "changed", "96.05万吨"),
    ]
    assert crossfoot("rollback", "--home", home).stdout == f"current is {first}\n"
    listed = crossfoot("releases", "--home", home).stdout.splitlines()
    assert [line.split()[0] for line in listed[1:]] == ["*", listed[2].split()[0]]
    assert first in listed[1]


@pytest.mark.slow
def test_two_runs_on_the_same_input_give_the_same_files(home, crossfoot, on_server):
    first = (home / "current").resolve()
    assert crossfoot("run", "--home", home, env=on_server).returncode == 0
    second = (home / "current").resolve()
    assert first != second
    for path in sorted(first.rglob("*")):
        name = path.relative_to(first)
        # The report tells of the releases before, which are not the same.
        if path.is_file() and name.parts[0] not in ("trade.duckdb", "manifest.json", "report"):
            again = (second / name).read_bytes().replace(second.name.encode(), first.name.encode())
            assert path.read_bytes() == again, name
    assert contents(first) == contents(second)


def contents(path):
    """Every row of every table of a release's database, in the order in which they stand."""
    with database.open_readonly(path / DATABASE) as reader:
        tables = reader.execute(
            "select schema_name || '.' || table_name from duckdb_tables() where not temporary"
        ).fetchall()
        assert len(tables) > 20
        return {table: reader.execute(f"from {table}").fetchall() for (table,) in tables}


def test_a_dry_run_shows_what_would_change_and_keeps_nothing(records, home, crossfoot, on_server):
    before = content(home)
    releases = sorted((home / "releases").iterdir())
    change(records, "1539.7亿元", "1539.8亿元")
    done = crossfoot("run", "--home", home, "--records", records, "--dry-run", env=on_server)
    assert done.returncode == 0, done.stderr
    assert f"{PREFIX}/chengdu-hitech-cbz value 1539.7亿元 → 1539.8亿元" in done.stdout
    assert "Nothing was published" in done.stderr
    assert content(home) == before
    assert sorted((home / "releases").iterdir()) == releases
    change(records, "2016.6亿元", "1016.6亿元")
    done = crossfoot("run", "--home", home, "--records", records, "--dry-run", env=on_server)
    assert done.returncode == 1
    assert not list((home / "withheld").iterdir())


@pytest.mark.slow
def test_diff_report_and_show_tell_of_releases_and_figures(records, home, crossfoot, on_server):
    assert "all of it" not in crossfoot("diff", "--home", home).stdout
    change(records, "1539.7亿元", "1539.8亿元")
    assert crossfoot("run", "--home", home, "--records", records, env=on_server).returncode == 0
    done = crossfoot("diff", "--home", home)
    assert done.returncode == 0
    assert "chengdu-hitech-cbz value 1539.7亿元 → 1539.8亿元" in done.stdout
    newest = (home / "current").resolve().name
    assert "Nothing differs" in crossfoot("diff", newest, newest, "--home", home).stdout
    done = crossfoot("diff", "20200101T000000Z-00000000", "--home", home)
    assert done.returncode == 2
    assert newest in done.stderr
    page = crossfoot("report", "--home", home).stdout.strip()
    assert page.endswith("report/index.html")
    assert "可以发布" in (home / page).read_text("utf-8")
    done = crossfoot("show", f"{PREFIX}/chengdu", "--home", home)
    assert "2016.55–2016.65亿元" in done.stdout
    done = crossfoot("show", "chengdu", "--home", home)
    assert done.returncode == 2
    assert f"{PREFIX}/chengdu" in done.stderr


def test_check_json_has_the_promised_shape(records, crossfoot):
    done = crossfoot("check", records, "--json")
    told = json.loads(done.stdout)
    assert done.returncode == 0
    assert told["read"] == told["accepted"] > 100
    assert (told["quarantined"], told["rejected"], told["findings"]) == ([], [], [])
    change(records, "1539.7亿元", "2539.7亿元")
    done = crossfoot("check", records / PEOPLE_DAILY, "--json")
    finding = json.loads(done.stdout)["findings"][0]
    assert done.returncode == 1
    assert finding["severity"] == "error"
    assert set(finding["figures"]) == {f"{PREFIX}/chengdu", f"{PREFIX}/chengdu-hitech-cbz"}


def test_sql_formats(published, crossfoot):
    query = f"select value_printed, value from figures where level_id = '{PREFIX}/chengdu'"
    ask = ("sql", query, "--home", published)
    assert "201660000000 │" in crossfoot(*ask).stdout
    assert list(csv.reader(io.StringIO(crossfoot(*ask, "--format", "csv").stdout))) == [
        ["value_printed", "value"],
        ["2016.6亿元", "201660000000"],
    ]
    (row,) = json.loads(crossfoot(*ask, "--format", "json").stdout)
    assert row == {"value_printed": "2016.6亿元", "value": 201660000000}


@pytest.mark.parametrize(
    "query",
    [
        "selec 1",
        "select * from nowhere",
        "from detail",
        "create table x as select 1",
        "copy figures to 'stolen.csv'",
        "select * from read_csv('/etc/passwd')",
        "delete from core.figures",
    ],
)
def test_sql_that_may_not_be_is_an_error_without_traceback(query, published, crossfoot):
    done = crossfoot("sql", query, "--home", published)
    assert done.returncode == 2
    assert done.stderr.startswith("error: ")
    assert "Traceback" not in done.stderr


def test_nothing_published_says_what_to_do(tmp_path, crossfoot):
    done = crossfoot("sql", "from figures", "--home", tmp_path / "new")
    assert done.returncode == 2
    assert "crossfoot run" in done.stderr
    assert crossfoot("rollback", "--home", tmp_path / "new").returncode == 2
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("command", ["run", "serve"])
@pytest.mark.parametrize(
    ("records", "acknowledged", "told"),
    [
        ("none", "none.yaml", "none: no such file or folder"),
        ("empty", "none.yaml", "empty: no record files here"),
        (ROOT / "warehouse" / "example" / "records", "broken.yaml", "broken.yaml:"),
    ],
)
def test_what_a_run_lacks_is_told_before_a_server_is_started(
    command, records, acknowledged, told, tmp_path, crossfoot
):
    (tmp_path / "empty").mkdir()
    (tmp_path / "broken.yaml").write_text("[")
    done = crossfoot(
        *(command, "--home", tmp_path / "home", "--records", records),
        env={"CROSSFOOT_ACKNOWLEDGED": acknowledged},
        cwd=tmp_path,
    )
    assert done.returncode == 2
    assert done.stderr.startswith(f"error: {told}")
    assert not (tmp_path / "home").exists()  # where Prefect and its server have their files


def test_a_home_that_is_a_file_is_told(tmp_path, crossfoot):
    (tmp_path / "home").write_text("")
    done = crossfoot("run", "--home", tmp_path / "home")
    assert done.returncode == 2
    assert str(tmp_path / "home") in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.slow
def test_where_great_expectations_is_killed_nothing_is_published(home, tmp_path):
    """As the kernel does for want of memory."""
    before = content(home)
    with (tmp_path / "errors").open("w+", encoding="utf-8") as errors:
        command = [sys.executable, "-m", "flows", "run", "--home", str(home)]
        run = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=errors, cwd=ROOT)
        while not (evaluating := children(run.pid, "expectations.gx.validation")):
            assert run.poll() is None
            time.sleep(0.01)
        os.kill(evaluating[0], signal.SIGKILL)
        assert run.wait(120) == 2
        errors.seek(0)
        told = errors.read()
    assert "error: the process of Great Expectations ended before it answered" in told
    assert "Traceback" not in told
    assert content(home) == before


def children(pid, program):
    """The child processes that run a program."""
    listed = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(c) for c in listed if program in Path(f"/proc/{c}/cmdline").read_text()]


def test_usage_errors_exit_2(crossfoot):
    assert crossfoot("check", "--as-json").returncode == 2
    assert crossfoot("check", "no-such-file.yaml").returncode == 2
    assert crossfoot("check", RECORDS / "nowhere").returncode == 2
    assert crossfoot("no-such-command").returncode == 2


@pytest.mark.parametrize(
    "shell", ["{} sql 'select 1' >&-", "{} releases 2>&-", "set -o pipefail; {} --help | true"]
)
def test_output_that_nobody_reads_is_no_failure(shell, published):
    """A closed stream, and a reader of a pipe that has seen enough: exit code 1 means withheld."""
    command = shell.format(f"{shlex.quote(sys.executable)} -m flows")
    done = subprocess.run(
        ["bash", "-c", command],
        cwd=ROOT,
        env=os.environ | {"CROSSFOOT_HOME": str(published)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
