"""Who may read what in a home, whatever the umask; and that nothing is written through a link."""

import os
import re
import shutil
import stat
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pytest

from tests.conftest import ROOT
from tests.helpers.detail_rows import HEADER, LINES, loaded_file
from tests.helpers.marked_releases import NOON, build, publish, sole_mark
from warehouse.detail import partitions
from warehouse.detail import release_content as published_detail
from warehouse.exchange.export import DATABASE
from warehouse.records import evidence
from warehouse.records.reading import find
from warehouse.release import releases
from warehouse.release.publisher import publishing
from warehouse.release.refusal import ReleaseError
from warehouse.system import storage
from warehouse.system.files import FormError

READER = 65534
OPERATOR = (ROOT / "docs" / "operator.md").read_text("utf-8")


@pytest.fixture
def home():
    """A home to be, in a folder that everyone may enter."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder) / "home"


@contextmanager
def reader():
    """This process as a user, and of a group, that the home is not of."""
    if os.geteuid() != 0:
        pytest.skip("only root can be someone else")
    os.setegid(READER)
    os.seteuid(READER)
    try:
        yield
    finally:
        os.seteuid(0)
        os.setegid(0)


@pytest.fixture(params=[0o000, 0o022, 0o077], ids=oct)
def umask(request):
    before = os.umask(request.param)
    yield
    os.umask(before)


def mode(path):
    return stat.S_IMODE(path.lstat().st_mode)


def as_the_page_says(home, beginning):
    """Run the line of the operator's page that begins so, for this home and the reader's group."""
    (line,) = re.findall(rf"^\$ ({re.escape(beginning)}.*)$", OPERATOR, re.M)
    line = line.replace("/srv/crossfoot", str(home)).replace("analysts", str(READER))
    subprocess.run(["sh", "-c", line], check=True)


def filled(home):
    """Everything that stands in a home."""
    publish(home, "one")
    with publishing(home) as publisher:
        staged = publisher.stage(releases.release_id(NOON, "deadbeef"))
        build(staged, "bad")
        publisher.withhold(staged)
    evidence.archive("a text", "source", home)
    storage.private(home, "prefect")


def test_what_is_for_readers_is_open_and_all_else_closed(home, umask, written):
    filled(home)
    loaded_file(home, written(HEADER, *LINES))
    assert mode(home) == 0o700
    assert {name: mode(home / name) for name in storage.PRIVATE} == dict.fromkeys(
        storage.PRIVATE, 0o700
    )
    assert mode(home / ".lock") == 0o600
    as_the_page_says(home, "chmod o+x")
    with reader():
        assert sole_mark(home) == "one"
        for name in storage.PRIVATE:
            with pytest.raises(PermissionError):
                os.listdir(home / name)
        with pytest.raises(PermissionError):
            (home / ".lock").read_text()
    with publishing(home) as publisher:
        staged = publisher.stage(releases.release_id(NOON, "cafecafe"))
        build(staged, "unpublished")
        with reader(), pytest.raises(PermissionError):
            os.listdir(staged)


def test_another_user_reads_what_a_run_has_published(published, home):
    subprocess.run(["cp", "-a", published, home], check=True)
    assert mode(home / "prefect") == 0o700
    as_the_page_says(home, "chmod o+x")
    with reader():
        database = releases.current(home) / DATABASE
        with duckdb.connect(database, read_only=True) as connection:
            assert connection.execute("select count(*) > 100 from figures").fetchone() == (True,)
        with pytest.raises(PermissionError):
            os.listdir(home / "prefect")


def test_detail_is_open_to_a_group_where_its_owner_says_so(home, umask, written):
    parts = loaded_file(home, written(HEADER, *LINES)).partitions
    rows = partitions.rows_query(file for part in parts for file in part.files)
    query = f"select count(*) from ({rows})"
    as_the_page_says(home, "chgrp analysts /srv/crossfoot &&")
    with reader(), pytest.raises(duckdb.Error, match="No files found"):
        duckdb.execute(query)
    as_the_page_says(home, "chgrp analysts /srv/crossfoot/detail")
    publish(home, "one")  # which leaves it so
    with reader():
        assert duckdb.execute(query).fetchone() == (3,)


def test_a_home_that_an_earlier_version_left_open_is_closed(home):
    filled(home)
    (home / "detail").mkdir()
    for name in storage.PRIVATE:
        (home / name).chmod(0o755)
    (home / ".lock").chmod(0o644)
    home.chmod(0o751)
    publish(home, "two", digest="deadbeee")
    assert {mode(home / name) for name in storage.PRIVATE} == {0o700}
    assert (mode(home), mode(home / ".lock"), mode(home / "releases")) == (0o751, 0o600, 0o755)


def test_a_reader_without_access_to_detail_is_told_how_to_get_it(home):
    storage.private(home, "detail")
    with duckdb.connect(home / "a.duckdb") as connection:
        connection.execute("create schema quality")
        connection.execute("create table quality.detail_partitions (dataset text)")
    as_the_page_says(home, "chmod o+x")
    with (
        reader(),
        pytest.raises(ReleaseError, match=r"is closed .*: chgrp GROUP .*detail"),
    ):
        published_detail.verify(home / "a.duckdb", home)


def test_records_that_may_not_be_read_are_told_and_not_passed_over(home, records):
    shutil.copytree(records, home)
    (home / "people-daily").chmod(0o700)
    with reader(), pytest.raises(FormError, match="people-daily: cannot be searched: Permission"):
        find([home])


# --- writing -------------------------------------------------------------------------------------


def test_a_file_is_written_whole_or_not_at_all(tmp_path):
    path = tmp_path / "file"
    path.write_text("old")
    path.chmod(0o640)
    with pytest.raises(UnicodeError), storage.whole(path) as beside:
        beside.write_text("half\ud800", "utf-8")
    assert path.read_text() == "old"
    with storage.whole(path) as beside:
        beside.write_text("new")
    assert (path.read_text(), mode(path)) == ("new", 0o640)
    assert list(tmp_path.iterdir()) == [path]
    with storage.whole(tmp_path / ("x" * 255)) as beside:
        beside.write_text("a name as long as a name can be")


@pytest.mark.parametrize("kind", ["link", "dangling link", "pipe", "folder", "device"])
def test_what_is_no_file_is_neither_written_nor_replaced(kind, tmp_path):
    path, other = tmp_path / "file", tmp_path / "other"
    match kind:
        case "link":
            other.write_text("of someone else")
            path.symlink_to(other)
        case "dangling link":
            path.symlink_to(other)
        case "pipe":
            os.mkfifo(path)
        case "folder":
            path.mkdir()
        case "device":
            path = Path(os.devnull)
    with pytest.raises(OSError, match="is no regular file"), storage.whole(path) as beside:
        beside.write_text("x")
    assert not other.exists() or other.read_text() == "of someone else"
    assert not stat.S_ISREG(path.lstat().st_mode)


def test_a_link_in_place_of_a_lock_or_a_text_is_told(home, tmp_path):
    victim = tmp_path / "victim"
    victim.write_text("as it was")
    filled(home)
    for planted in (home / ".lock", home / "texts" / "other.txt"):
        planted.unlink(missing_ok=True)
        planted.symlink_to(victim)
    with (
        pytest.raises(ReleaseError, match="move away the link"),
        publishing(home),
    ):
        pass
    with pytest.raises(OSError, match="is no regular file"):
        evidence.archive("another text", "other", home)
    assert victim.read_text() == "as it was"


def test_failing_keys_are_written_to_files_alone(home, written, crossfoot):
    loaded_file(home, written(HEADER, *LINES))
    check = ("detail", "check", "--home", home, "--findings")
    done = crossfoot(*check, os.devnull)
    assert (done.returncode, done.stderr) == (
        2,
        f"error: {os.devnull}: is no regular file; move away what stands there\n",
    )
    assert Path(os.devnull).is_char_device()


def test_a_draft_is_written_through_no_link(home, tmp_path, crossfoot):
    victim, text = tmp_path / "victim", tmp_path / "report.txt"
    victim.write_text("as it was")
    text.write_text("今年前4个月，重庆外贸进出口总值2564.6亿元，增长4.8%。", "utf-8")
    for planted in (".report.yaml.part", "report.yaml"):
        (tmp_path / planted).symlink_to(tmp_path / "nothing")
    draft = ("draft", text, "--published", "2022-05-09", "--home", home, "--output")
    done = crossfoot(*draft, tmp_path / "report.yaml")
    assert (done.returncode, "there is a file of that name" in done.stderr) == (2, True)
    (tmp_path / "report.yaml").unlink()
    assert crossfoot(*draft, tmp_path / "report.yaml").returncode == 0
    assert not (tmp_path / "report.yaml").is_symlink()
    assert not (tmp_path / "nothing").exists()
    assert (mode(home), mode(home / "texts")) == (0o700, 0o700)
