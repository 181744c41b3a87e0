"""Releases: whole or not at all, under kills, competing publishers, readers and damage."""

import fcntl
import hashlib
import json
import os
import tempfile
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.helpers.marked_releases import (
    NAMES,
    NOON,
    PRELUDE,
    build,
    marks,
    publish,
    sole_mark,
    start,
)
from warehouse.release import releases
from warehouse.release.manifest import MANIFEST, to_json, verify
from warehouse.release.publisher import publishing
from warehouse.release.refusal import ReleaseError


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


# ---------------------------------------------------------------- what a release is


def test_an_id_is_made_of_time_and_digest() -> None:
    tokyo = datetime(2026, 11, 24, 19, 15, tzinfo=timezone(timedelta(hours=9)))
    assert releases.release_id(tokyo, "1a2b3c4d5e6f") == "20261124T101500Z-1a2b3c4d"
    with pytest.raises(ValueError, match="time zone"):
        releases.release_id(tokyo.replace(tzinfo=None), "1a2b3c4d")
    for digest in ("", "1a2b3c4", "../../etc"):
        with pytest.raises(ValueError, match="digest"):
            releases.release_id(tokyo, digest)


def test_a_published_release_is_current_listed_and_read_only(home: Path) -> None:
    assert releases.current(home) is None
    assert releases.list_releases(home) == []
    path = publish(home, "one")
    assert path == home / "releases" / "20261124T120000Z-1a2b3c4d" == releases.current(home)
    assert os.readlink(home / "current") == "releases/20261124T120000Z-1a2b3c4d"
    assert sole_mark(home) == "one"
    for found in [path, *path.rglob("*")]:
        assert found.stat().st_mode & 0o777 == (0o555 if found.is_dir() else 0o444)
    text = (path / MANIFEST).read_text(encoding="utf-8")
    manifest = json.loads(text)
    assert text == to_json(manifest)
    digest = manifest.pop("sha256")
    assert digest == hashlib.sha256(to_json(manifest).encode()).hexdigest()
    assert sorted(manifest.pop("files")) == sorted(NAMES)
    assert manifest == {
        "release": path.name,
        "created": "2026-11-24T12:00:00Z",
        "format": 3,
        "sequence": 1,
        "previous": None,
        "views": {},
    }


def test_json_is_the_same_for_the_same_value() -> None:
    assert to_json({"b": 1, "a": "成都"}) == '{\n "a": "成都",\n "b": 1\n}\n'


def test_releases_of_one_second_and_content_do_not_collide(home: Path) -> None:
    names = [publish(home, str(number)).name for number in range(3)]
    assert names == [NOON.strftime("%Y%m%dT%H%M%SZ-1a2b3c4d") + end for end in ("", "-2", "-3")]
    with publishing(home) as publisher:
        first, second = (publisher.stage(names[0]) for _ in range(2))
        assert first != second


def test_order_is_that_of_publication_even_if_the_clock_goes_back(home: Path) -> None:
    for day in (3, 1, 2):
        publish(home, str(day), NOON.replace(day=day))
    assert [sorted(marks(each.path)) for each in releases.list_releases(home)] == [
        ["3"],
        ["1"],
        ["2"],
    ]
    assert [each.sequence for each in releases.list_releases(home)] == [1, 2, 3]
    with publishing(home) as publisher:
        publisher.rollback()
    assert sole_mark(home) == "1"


def test_what_is_withheld_changes_nothing_and_the_last_ten_are_kept(home: Path) -> None:
    publish(home, "good")
    for number in range(12):
        with publishing(home) as publisher:
            staged = publisher.stage(releases.release_id(NOON, f"{number:08x}"))
            build(staged, str(number))
            kept = publisher.withhold(staged)
            assert kept == home / "withheld" / f"20261124T120000Z-{number:08x}"
            assert verify(kept) == []
    assert sole_mark(home) == "good"
    left = sorted(path.name[-2:] for path in (home / "withheld").iterdir())
    assert left == [f"{number:02x}" for number in range(2, 12)]


@pytest.mark.parametrize("name", ["x", "..", "20261124T120000Z-1a2b3c4d/../../x"])
def test_what_is_no_id_is_refused(name: str, home: Path) -> None:
    with publishing(home) as publisher, pytest.raises(ReleaseError, match="no release id"):
        publisher.stage(name)


# ---------------------------------------------------------------- what may not be published


def spoil_open(staged: Path) -> object:
    return (staged / "trade.db").open("r+b")


def spoil_log(staged: Path) -> None:
    (staged / "trade.duckdb.wal").touch()


def spoil_link(staged: Path) -> None:
    (staged / "passwd").symlink_to("/etc/passwd")


def spoil_all(staged: Path) -> None:
    for name in NAMES:
        (staged / name).unlink()


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (spoil_open, "trade.db is still being written"),
        (spoil_log, "trade.duckdb.wal is still being written"),
        (spoil_link, "passwd is neither file nor directory"),
        (spoil_all, "is empty"),
    ],
)
def test_an_unfinished_directory_is_refused(
    spoil: Callable[[Path], object], message: str, home: Path
) -> None:
    publish(home, "old")
    with publishing(home) as publisher:
        staged = publisher.stage(releases.release_id(NOON, "deadbeef"))
        build(staged, "new")
        held = spoil(staged)
        with pytest.raises(ReleaseError, match=message):
            publisher.publish(staged)
        if hasattr(held, "close"):
            held.close()
    assert sole_mark(home) == "old"
    assert len(releases.list_releases(home)) == 1


def test_only_what_was_staged_is_published(home: Path, tmp_path: Path) -> None:
    build(tmp_path, "elsewhere")
    with publishing(home) as publisher:
        for wrong in (tmp_path, home / "releases" / ".stg-20261124T120000Z-00000000"):
            with pytest.raises(ReleaseError, match="not from stage"):
                publisher.publish(wrong)


# ---------------------------------------------------------------- rollback and garbage


def test_rollback_returns_to_what_was_current_before(home: Path) -> None:
    paths = [publish(home, mark) for mark in ("one", "two", "bad")]
    with publishing(home) as publisher:
        assert publisher.rollback() == paths[1]
    assert sole_mark(home) == "two"
    publish(home, "three")
    with publishing(home) as publisher:
        publisher.rollback()
        assert sole_mark(home) == "two"  # not the bad one, which three did not follow
        publisher.rollback()
        with pytest.raises(ReleaseError, match="no release before"):
            publisher.rollback()
        assert sole_mark(home) == "one"
        publisher.rollback(paths[2].name)
        assert sole_mark(home) == "bad"
        with pytest.raises(ReleaseError, match=r"there are: 20261124T120000Z-1a2b3c4d, "):
            publisher.rollback("20200101T000000Z-00000000")


def test_rollback_refuses_a_damaged_release(home: Path) -> None:
    old = publish(home, "old")
    publish(home, "new")
    (old / "trade.db").chmod(0o644)
    (old / "trade.db").write_text("damaged")
    with publishing(home) as publisher, pytest.raises(ReleaseError, match=r"damaged \(trade.db: c"):
        publisher.rollback()
    assert sole_mark(home) == "new"


def test_garbage_spares_the_current_one_and_where_a_rollback_would_go(home: Path) -> None:
    paths = [publish(home, str(number)) for number in range(6)]
    with publishing(home) as publisher:
        publisher.rollback(paths[2].name)
        with (paths[0] / "trade.db").open() as reader:
            assert publisher.collect_garbage(keep=2) == [paths[0].name, paths[3].name]
            assert reader.read().startswith("0")
        assert publisher.collect_garbage(keep=2) == []
        assert publisher.rollback() == paths[1]
        with pytest.raises(ReleaseError, match="1 or more"):
            publisher.collect_garbage(keep=0)
    assert [each.id for each in releases.list_releases(home)] == [
        paths[number].name for number in (1, 2, 4, 5)
    ]


def test_leftovers_are_swept_by_the_next_publisher(home: Path) -> None:
    path = publish(home, "one")
    with publishing(home) as publisher:
        build(publisher.stage(path.name), "killed")
    (home / ".current-20261124T120000Z-1a2b3c4d").symlink_to("releases/x")
    path.rename(home / "releases" / f".del-{path.name}")
    with publishing(home):
        assert list((home / "releases").iterdir()) == []
        assert sorted(found.name for found in home.iterdir()) == [
            ".lock",
            "current",
            "releases",
            "withheld",
        ]
    with pytest.raises(ReleaseError, match="which is gone; roll back"):
        releases.current(home)


# ---------------------------------------------------------------- damage


def flip(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)


DAMAGES: list[tuple[Callable[[Path], object], str]] = [
    (lambda path: flip(path / "csv/a.csv"), "csv/a.csv: changed"),
    (lambda path: os.truncate(path / "csv/a.csv", 2), "csv/a.csv: changed"),
    (lambda path: (path / "csv/a.csv").write_text(""), "csv/a.csv: changed"),
    (lambda path: (path / "csv/a.csv").unlink(), "csv/a.csv: missing"),
    (lambda path: (path / "csv/c.csv").touch(), "csv/c.csv: not in the manifest"),
    (lambda path: (path / "csv/manifest.json").touch(), "csv/manifest.json: not in the manifest"),
    (lambda path: (path / "l").symlink_to("csv"), "l: neither file nor directory"),
    (lambda path: (path / "manifest.json").unlink(), "manifest.json is unusable (No such file"),
    (lambda path: os.truncate(path / "manifest.json", 40), "manifest.json is unusable (Unterm"),
    (lambda path: (path / "manifest.json").write_text("[]"), "manifest.json is unusable (list"),
    (lambda path: flip(path / "manifest.json"), "manifest.json is unusable (it was changed"),
]


@pytest.mark.parametrize(("damage", "problem"), DAMAGES)
def test_verify_tells_the_damage(
    damage: Callable[[Path], object], problem: str, home: Path
) -> None:
    path = publish(home, "one")
    for found in [path, *path.rglob("*")]:
        found.chmod(0o755)
    damage(path)
    (told,) = verify(path)
    assert problem in told


def test_a_manifest_without_digest_holds_in_releases_of_the_first_format_alone(home: Path) -> None:
    file = publish(home, "one") / "manifest.json"
    file.chmod(0o644)
    manifest = json.loads(file.read_text("utf-8"))
    del manifest["sha256"]
    file.write_text(to_json(manifest))
    (told,) = verify(file.parent)
    assert "manifest.json is unusable ('sha256')" in told
    file.write_text(to_json(manifest | {"format": 1}))
    assert verify(file.parent) == []
    assert publish(home, "two").name != file.parent.name


def test_a_release_under_another_name_is_told(home: Path) -> None:
    path = publish(home, "one")
    moved = path.rename(path.with_name("20261124T120000Z-00000000"))
    (told,) = verify(moved)
    assert f"it is that of release {path.name}" in told


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_changed_bit_of_content_is_found(data: st.DataObject, tmp_path: Path) -> None:
    home = tmp_path / "home"
    path = releases.current(home) or publish(home, "成都" * 20)
    file = path / data.draw(st.sampled_from(NAMES))
    good = file.read_bytes()
    bad = bytearray(good)
    bad[data.draw(st.integers(0, len(good) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    file.chmod(0o644)
    file.write_bytes(bad)
    assert verify(path) == [f"{file.relative_to(path)}: changed"]
    file.write_bytes(good)
    assert verify(path) == []


# ---------------------------------------------------------------- errors and the lock


def test_a_file_in_place_of_a_directory_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for home in (tmp_path / "file", tmp_path / "file" / "home"):
        with (
            pytest.raises(ReleaseError, match=r"cannot publish in .*; move away the file"),
            publishing(home),
        ):
            pass


def test_a_directory_in_place_of_the_link_is_told(home: Path) -> None:
    (home / "current" / "x").mkdir(parents=True)
    with pytest.raises(ReleaseError, match="is not a link"):
        releases.current(home)
    with pytest.raises(ReleaseError, match=r"cannot publish 2026.*; move away"):
        publish(home, "one")


def test_a_full_disk_is_told_and_readers_keep_the_old(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(home, "old")

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(ReleaseError, match=r"No space left on device; free space there$"):
            publish(home, "new", digest="deadbeef")
    assert sole_mark(home) == "old"
    publish(home, "new", digest="deadbeef")
    assert sole_mark(home) == "new"


@pytest.fixture
def plain_user() -> Iterator[Path]:
    """A directory of a user whom permissions hold, and this process running as that user."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        root = os.geteuid() == 0
        if root:
            os.chown(folder, 65534, 65534)
            os.setegid(65534)
            os.seteuid(65534)
        try:
            yield Path(folder)
        finally:
            if root:
                os.seteuid(0)
                os.setegid(0)
            Path(folder).chmod(0o700)


def test_a_plain_user_can_do_everything(plain_user: Path) -> None:
    home = plain_user / "home"
    for number in range(3):
        publish(home, str(number))
    with publishing(home) as publisher:
        staged = publisher.stage(releases.release_id(NOON, "deadbeef"))
        build(staged, "bad")
        publisher.withhold(staged)
        publisher.rollback()
        assert len(publisher.collect_garbage(keep=1)) == 0
        publisher.rollback()
        assert len(publisher.collect_garbage(keep=1)) == 1
    assert sole_mark(home) == "0"
    with pytest.raises(PermissionError):
        (home / "current" / "trade.db").open("r+b")


def test_a_read_only_home_is_told(plain_user: Path) -> None:
    home = plain_user / "home"
    plain_user.chmod(0o555)
    with pytest.raises(ReleaseError, match=r"Permission denied.*; let this user write there"):
        publish(home, "one")
    plain_user.chmod(0o755)
    publish(home, "one")
    (home / "releases").chmod(0o555)
    with pytest.raises(ReleaseError, match=r"cannot stage .*; let this user write there"):
        publish(home, "two")
    assert sole_mark(home) == "one"
    (home / "releases").chmod(0o755)


def test_an_error_of_the_build_passes_through_and_frees_the_lock(home: Path) -> None:
    with pytest.raises(FileNotFoundError), publishing(home):
        raise FileNotFoundError("a record")
    with publishing(home, timeout=0):
        pass


def test_a_wait_in_vain_names_the_holder(home: Path) -> None:
    script = "import sys; sys.stdin.read()"
    with start(
        PRELUDE + f"\nwith publishing(home):\n    print('held', flush=True)\n    {script}", home
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with (
            pytest.raises(
                ReleaseError, match=rf"\.lock .* by pid {holder.pid} on \S+ since 20.*Z;"
            ),
            publishing(home, timeout=0.2),
        ):
            pass
        holder.kill()
    with publishing(home, timeout=5):
        pass


def test_a_lock_without_a_name_in_it_is_told(home: Path) -> None:
    publish(home, "one")
    with (home / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(ReleaseError, match="another process"), publishing(home, timeout=0):
            pass
