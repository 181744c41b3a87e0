"""Releases under real processes: killed anywhere, several at once, read while they change."""

import random
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.helpers.marked_releases import PRELUDE, marks, publish, sole_mark, start
from warehouse.release import releases
from warehouse.release.manifest import verify


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


def kill_in_a_loop(home: Path, kills: int, publish: str, read: Callable[[Path], set[str]]) -> int:
    """Kills a publisher at random moments; returns how many times what is read was no whole.

    Each process publishes ever higher numbers; whatever it acknowledged must be there.
    """
    script = PRELUDE + (
        "mark = int(sys.argv[2])\n"
        "while True:\n"
        "    print(f'try {mark}', flush=True)\n"
        f"    {publish}(str(mark))\n"
        "    print(f'ack {mark}', flush=True)\n"
        "    mark += 1\n"
    )
    chance = random.Random(20261124)
    acknowledged, torn, first = 0, 0, 1
    for _ in range(kills):
        with start(script, home, first) as process:
            assert process.stdout is not None
            said = process.stdout.readline()
            time.sleep(chance.uniform(0, 0.06))
            process.kill()
            said += process.stdout.read()
        lines = [line.split() for line in said.splitlines()]
        tried = max(int(mark) for word, mark in lines if word == "try")
        acknowledged = max([acknowledged, *(int(mark) for word, mark in lines if word == "ack")])
        seen = read(home)
        if not seen:
            assert acknowledged == 0
        elif len(seen) > 1 or not acknowledged <= int(seen.pop() or 0) <= tried:
            torn += 1
        first = tried + 1
    assert acknowledged > 0
    return torn


def read_release(home: Path) -> set[str]:
    path = releases.current(home)
    if path is None:
        return set()
    assert verify(path) == []
    for found in releases.list_releases(home):
        assert verify(found.path) == []
    return marks(path)


def read_naively(home: Path) -> set[str]:
    try:
        return marks(home / "current")
    except FileNotFoundError:
        return {"", "missing"}


@pytest.mark.parametrize("kills", [30, pytest.param(200, marks=pytest.mark.slow)])
def test_killed_anywhere_a_reader_sees_the_old_or_the_new(kills: int, home: Path) -> None:
    assert kill_in_a_loop(home, kills, "publish_and_collect", read_release) == 0
    last = publish(home, "after", digest="ffffffff")
    assert sole_mark(home) == "after"
    assert [path.name for path in (home / "releases").glob(".*")] == []
    assert releases.list_releases(home)[-1].path == last


def test_the_kills_do_tear_what_is_written_in_place(home: Path) -> None:
    assert kill_in_a_loop(home, 10, "publish_naively", read_naively) > 0


THREE_PUBLISHERS = (
    "for mark in range(5):\n"
    "    with publishing(home) as publisher:\n"
    "        staged = publisher.stage('20261124T120000Z-1a2b3c4d')\n"
    "        build(staged, sys.argv[2] + str(mark), 10)\n"
    "        publisher.publish(staged)\n"
)


def publish_at_once(home: Path, script: str) -> list[int]:
    """Exit codes of three publishers of five releases each."""
    processes = [start(PRELUDE + script, home, letter) for letter in "abc"]
    for process in processes:
        process.communicate(timeout=60)
    return [process.returncode for process in processes]


def test_publishers_at_once_take_turns(home: Path) -> None:
    assert publish_at_once(home, THREE_PUBLISHERS) == [0, 0, 0]
    listed = releases.list_releases(home)
    assert [each.sequence for each in listed] == list(range(1, 16))
    assert [each.previous for each in listed] == [None, *(each.id for each in listed[:-1])]
    seen = [marks(each.path) for each in listed]
    assert sorted(mark for (mark,) in seen) == [f"{a}{n}" for a in "abc" for n in range(5)]


def test_publishers_without_the_lock_destroy_each_others_work(home: Path) -> None:
    unlocked = "import fcntl\nfcntl.flock = lambda *_: None\n"
    assert publish_at_once(home, unlocked + THREE_PUBLISHERS) != [0, 0, 0]


@pytest.mark.slow
def test_runs_at_once_take_turns(home: Path) -> None:
    command = [sys.executable, "-m", "flows", "run", "--home", str(home)]
    runs = [subprocess.Popen(command, stdout=subprocess.DEVNULL) for _ in range(3)]
    assert [run.wait(timeout=120) for run in runs] == [0, 0, 0]
    listed = releases.list_releases(home)
    assert [each.sequence for each in listed] == [1, 2, 3]
    assert [verify(each.path) for each in listed] == [[], [], []]
    assert releases.current(home) == listed[-1].path


READER = """
bad = reads = 0
print("ready", flush=True)
while not (home / "stop").exists():
    try:
        path = {path}
        seen = {{(path / name).read_text()[:8].partition(chr(10))[0] for name in names}}
        bad += len(seen) > 1 or {check}
    except (OSError, ReleaseError):
        bad += 1
    reads += 1
print(reads, bad)
"""


def reads_while_publishing(home: Path, reader: str, publish: str) -> tuple[int, int]:
    """Eight readers over 40 publishes: how many reads there were, and how many failed or mixed.

    Nothing is removed meanwhile: 20 publishes a second are more than a slow reader could follow.
    """
    script = PRELUDE + f"for mark in range(40):\n    {publish}(str(mark))\n    time.sleep(0.01)\n"
    subprocess.run([sys.executable, "-c", PRELUDE + f"{publish}('0')", str(home)], check=True)
    readers = [start(PRELUDE + reader, home) for _ in range(8)]
    for process in readers:
        assert process.stdout is not None
        process.stdout.readline()
    subprocess.run([sys.executable, "-c", script, str(home)], check=True)
    (home / "stop").touch()
    counts = [process.communicate(timeout=60)[0].split() for process in readers]
    return sum(int(reads) for reads, _ in counts), sum(int(bad) for _, bad in counts)


@pytest.mark.slow
def test_readers_never_see_a_failed_or_mixed_read(home: Path) -> None:
    reader = READER.format(path="releases.current(home)", check="verify(path) != []")
    reads, bad = reads_while_publishing(home, reader, "publish")
    assert reads > 20
    assert bad == 0


@pytest.mark.slow
def test_readers_of_what_is_written_in_place_see_mixtures(home: Path) -> None:
    reader = READER.format(path="home / 'current'", check="'' in seen")
    reads, bad = reads_while_publishing(home, reader, "publish_naively")
    assert reads > 20
    assert bad > 0


OPEN_READER = """
from warehouse.store.database import open_readonly
with open_readonly(home / "current" / "trade.duckdb") as connection:
    print("ready", flush=True)
    sys.stdin.readline()
    query = "select count(*), min(mark % 1000), max(mark % 1000) from marks"
    try:
        print(*connection.execute(query).fetchone())
    except Exception as error:
        print(type(error).__name__)
"""
BUILD_DATABASE = """
from warehouse.store.database import create
def build_database(path, mark):
    with create(path) as connection:
        connection.execute(
            f"create table marks as select {mark} + hash(i) % 10 * 1000 as mark "
            "from range(300000) t(i)"
        )
"""
PUBLISH_DATABASES = (
    BUILD_DATABASE
    + """
for mark in map(int, sys.argv[2:]):
    with publishing(home) as publisher:
        staged = publisher.stage(f"20261124T120000Z-{mark:08x}")
        build_database(staged / "trade.duckdb", mark)
        publisher.publish(staged)
        publisher.collect_garbage(keep=1)
"""
)
OVERWRITE_DATABASE = (
    BUILD_DATABASE
    + """
build_database(home / "new.duckdb", 9)
os.chmod(home / "current" / "trade.duckdb", 0o644)
with (home / "current" / "trade.duckdb").open("r+b") as file:
    file.write((home / "new.duckdb").read_bytes())
"""
)


def open_connections_after(home: Path, change: str, *marks: int) -> set[str]:
    """What eight connections, opened on release 1, read once a script has run over the home."""
    command = [sys.executable, "-c", PRELUDE + PUBLISH_DATABASES, str(home), "1"]
    subprocess.run(command, check=True)
    readers = [start(PRELUDE + OPEN_READER, home) for _ in range(8)]
    for process in readers:
        assert process.stdout is not None
        process.stdout.readline()
    command = [sys.executable, "-c", PRELUDE + change, str(home), *map(str, marks)]
    subprocess.run(command, check=True)
    return {process.communicate("go", timeout=60)[0].strip() for process in readers}


@pytest.mark.slow
def test_an_open_connection_keeps_its_release_even_when_that_is_removed(home: Path) -> None:
    assert open_connections_after(home, PUBLISH_DATABASES, 2, 3, 4) == {"300000 1 1"}
    assert "20261124T120000Z-00000001" not in [each.id for each in releases.list_releases(home)]


@pytest.mark.slow
def test_an_open_connection_does_not_survive_writing_in_place(home: Path) -> None:
    assert open_connections_after(home, OVERWRITE_DATABASE) != {"300000 1 1"}
