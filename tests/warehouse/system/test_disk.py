"""A disk that is full, nearly full or read-only: a small one of its own, mounted for each test."""

import gzip
import os
import subprocess
import sys

import duckdb
import pytest

from tests.conftest import ROOT
from tests.helpers.detail_rows import HEADER, LINES
from tests.helpers.marked_releases import NOON, build, publish, sole_mark
from warehouse.exchange.export import DATABASE
from warehouse.release import releases
from warehouse.release.publisher import publishing
from warehouse.release.refusal import ReleaseError
from warehouse.store import database


def mount(*arguments):
    return subprocess.run(["mount", *map(str, arguments)], capture_output=True, text=True)


@pytest.fixture
def disk(tmp_path):
    """Mounts a disk of so many megabytes; it is gone after the test."""
    if os.geteuid() != 0:
        pytest.skip("only root may mount a disk")
    mounted = []

    def of_size(megabytes):
        path = tmp_path / "disk"
        path.mkdir()
        done = mount("-t", "tmpfs", "-o", f"size={megabytes}m", "none", path)
        if done.returncode:
            pytest.skip(f"this system mounts no disk: {done.stderr.strip()}")
        mounted.append(path)
        return path

    yield of_size
    for path in mounted:
        subprocess.run(["umount", "-l", path], check=True)


def fill(path, leave):
    """Fills a disk but for so many bytes; returns the file that does."""
    filler = path / "filler"
    statistics = os.statvfs(path)
    size = statistics.f_bavail * statistics.f_frsize - leave
    with filler.open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, size)
    return filler


def test_space_is_looked_for_before_anything_is_built(disk, crossfoot):
    home = disk(20) / "home"
    done = crossfoot("run", "--home", home)
    assert done.returncode == 2
    assert done.stderr == (
        f"error: {home} has 21 MB of free space, a release needs 34 MB; "
        "free space there, or choose another home\n"
    )
    assert not home.exists()


def test_a_large_release_asks_for_more_space(disk):
    path = disk(60)
    home = path / "home"
    with publishing(home) as publisher:
        staged = publisher.stage(releases.release_id(NOON, "1a2b3c4d"))
        build(staged, "old", size=5 << 20)
        publisher.publish(staged)
        with pytest.raises(ReleaseError, match=r"42 MB of free space.* needs 75 MB"):
            publisher.stage(releases.release_id(NOON, "deadbeef"))
    assert sole_mark(home) == "old"


@pytest.mark.parametrize("left", [0, 100_000, 400_000, 1_500_000])
def test_a_disk_that_fills_up_during_a_build_leaves_the_old_release(disk, left):
    path = disk(60)
    home = path / "home"
    publish(home, "old")
    with publishing(home) as publisher:
        staged = publisher.stage(releases.release_id(NOON, "deadbeef"))
        filler = fill(path, left)
        with (
            pytest.raises((OSError, duckdb.Error), match="No space left"),
            database.create(staged / DATABASE) as connection,
        ):
            connection.execute("create table t as select hash(i) as h from range(500000) r(i)")
    assert sole_mark(home) == "old"
    filler.unlink()
    publish(home, "new", digest="deadbeef")
    assert sole_mark(home) == "new"
    assert not any((home / "releases").glob(".*"))


def test_a_disk_that_is_full_at_publication_leaves_the_old_release(disk):
    path = disk(60)
    home = path / "home"
    publish(home, "old")
    with publishing(home) as publisher:
        staged = publisher.stage(releases.release_id(NOON, "deadbeef"))
        build(staged, "new")
        fill(path, 0)
        with pytest.raises(ReleaseError, match=r"free space there$"):
            publisher.publish(staged)
    assert sole_mark(home) == "old"


def test_a_read_only_home_can_be_read_and_says_that_it_cannot_be_written(
    disk, published, crossfoot
):
    path = disk(200)
    home = path / "home"
    subprocess.run(["cp", "-a", published, home], check=True)
    assert mount("-o", "remount,ro", path).returncode == 0
    assert crossfoot("verify", "--home", home).returncode == 0
    asked = crossfoot("sql", "select count(*) as n from figures", "--home", home)
    assert asked.returncode == 0, asked.stderr
    for command in ("run", "rollback"):
        done = crossfoot(command, "--home", home)
        assert done.returncode == 2
        assert "Read-only file system" in done.stderr
        assert "make it writable, or choose another home" in done.stderr
        assert "Traceback" not in done.stderr


@pytest.mark.parametrize(("megabytes", "packed"), [(60, True), (3, False), (1, True)])
def test_a_load_that_the_disk_has_no_room_for_changes_nothing(
    disk, tmp_path, crossfoot, megabytes, packed
):
    """Neither by what it unpacks, which leaves others room, nor by what DuckDB writes."""
    home = disk(megabytes) / "home"
    lines = (
        f"2024-{n % 12 + 1:02},CN,exports,JP,{n % 9973:06},total,CNY,{n * 7919 % 999_983},{n}\n"
        for n in range(1_500_000)
    )
    path = tmp_path / "detail.csv"
    with gzip.open(path, "wt", 1) if packed else path.open("w") as file:
        file.write(HEADER + "\n")
        file.writelines(lines)
    done = crossfoot("detail", "load", path, "--home", home)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert done.stderr.endswith("; free space there\n")
    assert done.stderr.startswith(f"error: {home}/detail/generic/.stg-")
    assert [path.name for path in (home / "detail/generic").iterdir()] == [".lock"]


def test_a_file_that_grows_beyond_what_this_user_may_write_is_told(tmp_path):
    path = tmp_path / "detail.csv"
    path.write_bytes(gzip.compress((HEADER + "\n").encode() + 100_000 * LINES[1].encode() + b"\n"))
    command = f"ulimit -f 1000; {sys.executable} -m flows detail load {path} --home {tmp_path}/home"
    done = subprocess.run(["bash", "-c", command], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 2
    assert "File too large; allow it larger files: ulimit -f" in done.stderr
    assert "Traceback" not in done.stderr
