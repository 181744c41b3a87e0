"""Loading customs detail: vintages, quarantine, and that bad input changes nothing."""

import gzip
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import pytest

from tests.conftest import ROOT
from tests.helpers.detail_rows import HEADER, LINES, loaded_file, rows_of
from warehouse.detail import format, partitions, source
from warehouse.detail.ingest import load
from warehouse.system import storage
from warehouse.system.files import FormError


def content(home):
    """Every path below a home but locks, with what is in it."""
    return {
        path.relative_to(home): path.read_bytes()
        for path in home.rglob("*")
        if path.is_file() and path.name != ".lock"
    }


def test_rows_become_partitions_and_counts_add_up(tmp_path, written):
    done = loaded_file(tmp_path / "home", written(HEADER, *LINES))
    assert [(part.period, part.vintage) for part in done.partitions] == [
        ("2024-01", "0001"),
        ("2024-02", "0001"),
    ]
    (counts,) = done.files
    assert (counts.read, counts.accepted, counts.blank, counts.quarantined) == (3, 3, 0, 0)
    assert counts.periods == ("2024-01", "2024-02")
    assert rows_of(
        tmp_path / "home", "select partner, value::varchar from detail order by all"
    ) == [
        ("JP", "100.50"),
        ("JP", "90.00"),
        ("KR", "7.00"),
    ]


def test_a_column_that_a_file_lacks_is_not_written_and_reads_as_null(tmp_path, written):
    home = tmp_path / "home"
    (one,) = loaded_file(home, written(HEADER, LINES[0])).partitions
    loaded_file(home, written(HEADER + ",value_to_date", LINES[2] + ",95.5"))
    columns = duckdb.read_parquet(str(one.files[0])).columns
    assert "weight" in columns and not {"value_to_date", "growth", "growth_step"} & set(columns)
    query = "select period, value::varchar, value_to_date::varchar, growth from detail order by all"
    assert rows_of(home, query) == [
        ("2024-01", "100.50", None, None),
        ("2024-02", "90.00", "95.50", None),
    ]
    with duckdb.connect() as connection:
        connection.execute(f"create view detail as {partitions.rows_query(one.files)}")
        described = connection.execute("select * from detail limit 0").description
    assert {name: str(type_) for name, type_, *_ in described} == {
        name: type_.replace(" ", "") for name, type_ in format.TYPES.items()
    }


def test_a_reload_replaces_exactly_its_months(tmp_path, written):
    home = tmp_path / "home"
    loaded_file(home, written(HEADER, *LINES))
    loaded_file(home, written(HEADER, LINES[0].replace("100.50", "101")))
    assert [(part.period, part.vintage) for part in partitions.current(home)] == [
        ("2024-01", "0002"),
        ("2024-02", "0001"),
    ]
    assert rows_of(home, "select sum(value)::varchar from detail") == [("191.00",)]
    assert (home / "detail/test/periods/2024-01/0001").is_dir()


def test_bad_rows_are_quarantined_with_line_and_reason(tmp_path, written):
    good = [LINES[0].replace("8542", f"{number:06}") for number in range(400)]
    bad = [LINES[0].replace("100.50", "12x"), "2024-01,CN,exports", LINES[0].replace("-01", "-77")]
    done = loaded_file(tmp_path / "home", written(HEADER, *good[:9], *bad, *good[9:]))
    (counts,) = done.files
    assert (counts.read, counts.accepted, counts.quarantined) == (403, 400, 3)
    assert counts.read == counts.accepted + counts.blank + counts.quarantined
    kept = tmp_path / "home/detail/test/loads/0001/quarantine.parquet"
    found = duckdb.read_parquet(str(kept)).order("line").fetchall()
    assert [row[1:4] for row in found] == [
        (11, "value", "12x"),
        (12, "row", "2024-01,CN,exports"),
        (13, "period", "2024-77"),
    ]
    told = json.loads((kept.parent / "load.json").read_text("utf-8"))
    assert told["files"][0]["quarantined"] == 3


def test_whether_files_hold_everything_is_kept_with_their_load(tmp_path, written):
    declared = {name for name in format.known() if format.read(name).complete}
    assert declared == {"comext", "us-census"}
    home = tmp_path / "home"
    loaded_file(home, written(HEADER, *LINES))
    form = format.read("generic").model_copy(update={"complete": True})
    load(home, [written(HEADER, LINES[2])], form, "test")
    parts = partitions.current(home)
    assert [(part.period, part.is_complete) for part in parts] == [
        ("2024-01", False),
        ("2024-02", True),
    ]
    # What was loaded before there was such a word said nothing.
    record = home / "detail/test/loads/0002/load.json"
    told = json.loads(record.read_text("utf-8"))
    assert told.pop("complete")
    record.write_text(json.dumps(told), "utf-8")
    assert not parts[1].is_complete


REFUSED = {
    "a letter in a number": (HEADER, LINES[0].replace("100.50", "1O0"), ":2: value '1O0'"),
    "a ragged row": (HEADER, "2024-01,CN,exports", ":2: row '2024-01,CN,exports': fewer cells"),
    "too many cells": (HEADER, LINES[0] + ",1,2", ":2: row "),
    "a period of another format": (HEADER, LINES[0].replace("2024-01", "Jan"), "period 'Jan'"),
    "a missing column": (HEADER.replace("partner", "land"), LINES[0], ":1: column 'partner'"),
    "a column twice": (HEADER + ",value", LINES[0] + ",1", ":1: value: stands twice"),
    "line ends of two kinds": (HEADER, LINES[0] + "\r", *LINES[1:], "lines end in different ways"),
    "a value too large": (HEADER, LINES[0].replace("100.50", "9" * 20), ":2: value"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_bad_input_changes_nothing(tmp_path, written, case):
    home = tmp_path / "home"
    loaded_file(home, written(HEADER, *LINES))
    before = content(home)
    *lines, message = REFUSED[case]
    path = written(*lines)
    with pytest.raises(FormError) as caught:
        loaded_file(home, path)
    assert f"{path}" in str(caught.value)
    assert message in str(caught.value)
    assert str(caught.value).count("; ") >= 1  # a remedy
    assert content(home) == before


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda data: b"", "the file is empty"),
        (lambda data: gzip.compress(data * 99)[:-20], "damaged or cut off"),
        (lambda data: data.decode().encode("gb18030"), "not utf-8"),
        (lambda data: data.replace(b"\n", b"\r"), "with a line feed"),
        (lambda data: bytes(1 << 18), "is no row of a table"),
        (lambda data: b"PK\x03\x04" + data, "save a workbook as CSV"),
    ],
    ids=["empty", "truncated gzip", "wrong encoding", "old line ends", "zeros", "zip"],
)
def test_bad_files_change_nothing(tmp_path, written, spoil, message):
    home = tmp_path / "home"
    path = written(HEADER, *LINES)
    loaded_file(home, path)
    before = content(home)
    path.write_bytes(spoil(path.read_bytes()))
    with pytest.raises(FormError, match=message):
        loaded_file(home, path)
    assert content(home) == before


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("a*.csv", "ab.csv"),
        ("a?.csv", "ab.csv"),
        ("a[bc].csv", "ab.csv"),
        ("a{b,c}.csv", "ab.csv"),
        ("it's.csv", "its.csv"),
    ],
)
@pytest.mark.parametrize("packed", [False, True])
def test_exactly_the_named_file_is_loaded(tmp_path, written, name, other, packed):
    january, _, february = LINES
    named = written(HEADER, january, name=name)
    if packed:
        named.write_bytes(gzip.compress(named.read_bytes()))
    written(HEADER, february, name=other)
    home = tmp_path / "a home*[1] {x,y}=1"
    loaded_file(home, named)
    (row,) = rows_of(home)
    assert len(row) == len(partitions.TYPES)
    assert "2024-01" in row


@pytest.mark.parametrize("members", [1, 3])
def test_a_file_that_unpacks_without_end_is_refused(tmp_path, written, monkeypatch, members):
    monkeypatch.setattr(source, "_UNSUSPICIOUS", 1 << 20)
    home = tmp_path / "home"
    path = written(HEADER, *LINES)
    loaded_file(home, path)
    before = content(home)
    packed = gzip.compress(path.read_bytes() * 20_000)
    path.write_bytes(packed * members)
    with pytest.raises(FormError, match=r"more than [\d,]+ bytes.* out of all proportion"):
        loaded_file(home, path)
    assert content(home) == before


def test_a_well_packed_file_is_loaded(tmp_path, written, monkeypatch):
    """Nearly ten times, as real ones are."""
    monkeypatch.setattr(source, "_UNSUSPICIOUS", 1 << 10)
    lines = [
        f"2024-{n % 12 + 1:02},CN,exports,JP,{n % 97:06},total,CNY,{n * 7919 % 1000},1"
        for n in range(9_000)
    ]
    path = written(HEADER, *lines)
    size = path.stat().st_size
    path.write_bytes(gzip.compress(path.read_bytes()))
    assert size > 9 * path.stat().st_size
    assert sum(counts.accepted for counts in loaded_file(tmp_path / "home", path).files) == 9_000


def test_a_folder_is_no_file(tmp_path):
    with pytest.raises(FormError, match="is no plain file"):
        loaded_file(tmp_path / "home", tmp_path)


def test_a_file_that_is_given_twice_is_refused(tmp_path, written):
    path = written(HEADER, *LINES)
    with pytest.raises(FormError, match="is given twice"):
        load(tmp_path / "home", [path, path], format.read("generic"), "test")


def test_a_new_home_is_of_its_owner_alone(tmp_path, written):
    loaded_file(tmp_path / "home", written(HEADER, *LINES))
    assert (tmp_path / "home").stat().st_mode & 0o777 == 0o700


def test_a_load_tells_what_it_replaces(tmp_path, written):
    path = written(HEADER, *LINES)
    assert loaded_file(tmp_path / "home", path).replaced == ()
    again = loaded_file(tmp_path / "home", written(HEADER, LINES[0]))
    (before,) = again.replaced
    assert (before.period, before.vintage) == (again.partitions[0].period, "0001")


def test_a_dataset_cannot_lead_out_of_the_home(tmp_path, written):
    with pytest.raises(FormError, match="no name of a dataset"):
        load(tmp_path, [written(HEADER, *LINES)], format.read("generic"), "../elsewhere")


def test_a_killed_load_leaves_every_month_whole(tmp_path, written):
    home = tmp_path / "home"
    months = [f"2024-{month:02}" for month in range(1, 13)]
    old = [LINES[0].replace("2024-01", month) for month in months]
    loaded_file(home, written(HEADER, *old))
    new = [row.replace("8542", f"{number:06}") for row in old for number in range(3000)]
    path = written(HEADER, *new, name="new.csv")
    code = (
        "import sys; from pathlib import Path; from warehouse.detail import format, ingest\n"
        "print('ready', flush=True)\n"
        f"ingest.load(Path({str(home)!r}), [Path({str(path)!r})], format.read('generic'), 'test')"
    )
    for delay in (0.0, 0.1, 0.2, 0.25, 0.3, 0.35, 0.4, 0.5):
        process = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE)
        process.stdout.readline()
        time.sleep(delay)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        process.stdout.close()
        per_month = "select period, count(*) from detail group by all order by all"
        counted = rows_of(home, per_month)
        assert [period for period, _ in counted] == months
        assert {count for _, count in counted} <= {1, 3000}
    loaded_file(home, path)
    assert {count for _, count in rows_of(home, per_month)} == {3000}
    assert not list((home / "detail/test").glob(".stg-*"))


@pytest.mark.parametrize(
    "command",
    [
        "detail check",
        pytest.param("run", marks=pytest.mark.slow),
        pytest.param("detail publish", marks=pytest.mark.slow),
    ],
)
def test_the_next_command_removes_what_a_killed_one_left(
    command, home, written, crossfoot, request
):
    """And what another still works on stays."""
    environment = {} if command == "detail check" else request.getfixturevalue("on_server")
    loaded_file(home, written(HEADER, *LINES))
    killed = [home / "detail/test/.stg-1a2b3c4d", home / "detail/.check-1a2b3c4d"]
    for folder in killed:
        (folder / "spill").mkdir(parents=True)
        (folder / "spill/0.csv").write_text("x")
    with storage.temporary(home / "detail/test", ".stg-") as working:
        (working / "0.csv").write_text("x")
        assert crossfoot(*command.split(), "--home", home, env=environment).returncode == 0
        assert working.is_dir()
    assert [folder.exists() for folder in (*killed, working)] == [False, False, False]


def test_a_temporary_folder_is_held_as_long_as_its_process_lives(tmp_path):
    code = (
        "import pathlib, time; from warehouse.system import storage\n"
        f"with storage.temporary(pathlib.Path({str(tmp_path)!r}), '.stg-') as made:\n"
        "    print(made, flush=True); time.sleep(60)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as process:
        made = Path(process.stdout.readline().strip())
        storage.sweep(tmp_path, ".stg-")
        assert made.is_dir()
        process.kill()
        process.wait()
        storage.sweep(tmp_path, ".stg-")
        assert not made.exists()


@pytest.mark.parametrize(
    ("encoding", "half"), [("utf-7", "+2AA-"), ("unicode_escape", "\\ud800"), ("utf-16", "\ud800")]
)
def test_what_decodes_to_half_a_character_is_no_text(encoding, half, tmp_path, written):
    path = written(HEADER, LINES[0].replace("8542", half if encoding != "utf-16" else "x"))
    if encoding == "utf-16":
        path.write_bytes(path.read_text().replace("x", half).encode("utf-16", "surrogatepass"))
    with pytest.raises(FormError, match=r"detail\.csv:\d+: (encoding|bytes) .*say what it is"):
        loaded_file(tmp_path / "home", path, encoding=encoding)
