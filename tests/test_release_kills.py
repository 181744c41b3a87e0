"""Releases under real processes: killed anywhere, several at once, read while they change."""

import random
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.releases import PRELUDE, marks, publish, sole_mark, start
from warehouse import release


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
    path = release.current(home)
    if path is None:
        return set()
    assert release.verify(path) == []
    for found in release.list_releases(home):
        assert release.verify(found.path) == []
    return marks(path)


def read_naively(home: Path) -> set[str]:
    try:
        return marks(home / "current")
    except FileNotFoundError:
        return {"", "missing"}


def test_killed_anywhere_a_reader_sees_the_old_or_the_new(home: Path) -> None:
    assert kill_in_a_loop(home, 30, "publish_and_collect", read_release) == 0
    last = publish(home, "after", digest="ffffffff")
    assert sole_mark(home) == "after"
    assert [path.name for path in (home / "releases").glob(".*")] == []
    assert release.list_releases(home)[-1].path == last


@pytest.mark.slow
def test_killed_anywhere_many_times(home: Path) -> None:
    assert kill_in_a_loop(home, 200, "publish_and_collect", read_release) == 0


def test_the_kills_do_tear_what_is_written_in_place(home: Path) -> None:
    assert kill_in_a_loop(home, 10, "publish_naively", read_naively) > 0


def test_publishers_at_once_take_turns(home: Path) -> None:
    script = PRELUDE + (
        "for mark in range(5):\n"
        "    with publishing(home) as publisher:\n"
        "        staged = publisher.stage('20261124T120000Z-1a2b3c4d')\n"
        "        build(staged, sys.argv[2] + str(mark), 10)\n"
        "        publisher.publish(staged)\n"
    )
    processes = [start(script, home, letter) for letter in "abc"]
    for process in processes:
        process.communicate(timeout=60)
    assert [process.returncode for process in processes] == [0, 0, 0]
    releases = release.list_releases(home)
    assert [each.sequence for each in releases] == list(range(1, 16))
    assert [each.previous for each in releases] == [None, *(each.id for each in releases[:-1])]
    seen = [marks(each.path) for each in releases]
    assert sorted(mark for (mark,) in seen) == [f"{a}{n}" for a in "abc" for n in range(5)]


READER = """
bad = reads = 0
print("ready", flush=True)
while not (home / "stop").exists():
    try:
        path = {path}
        seen = {{(path / name).read_text()[:8].partition(chr(10))[0] for name in names}}
        bad += len(seen) > 1 or {check}
    except (OSError, release.ReleaseError):
        bad += 1
    reads += 1
print(reads, bad)
"""


def reads_while_publishing(home: Path, reader: str, publish: str) -> tuple[int, int]:
    """Four readers over 20 publishes: how many reads there were, and how many failed or mixed.

    Nothing is removed meanwhile: 20 publishes a second are more than a slow reader could follow.
    """
    script = PRELUDE + f"for mark in range(20):\n    {publish}(str(mark))\n    time.sleep(0.01)\n"
    subprocess.run([sys.executable, "-c", PRELUDE + f"{publish}('0')", str(home)], check=True)
    readers = [start(PRELUDE + reader, home) for _ in range(4)]
    for process in readers:
        assert process.stdout is not None
        process.stdout.readline()
    subprocess.run([sys.executable, "-c", script, str(home)], check=True)
    (home / "stop").touch()
    counts = [process.communicate(timeout=60)[0].split() for process in readers]
    return sum(int(reads) for reads, _ in counts), sum(int(bad) for _, bad in counts)


def test_readers_never_see_a_failed_or_mixed_read(home: Path) -> None:
    reader = READER.format(path="release.current(home)", check="release.verify(path) != []")
    reads, bad = reads_while_publishing(home, reader, "publish")
    assert reads > 20
    assert bad == 0


def test_readers_of_what_is_written_in_place_see_mixtures(home: Path) -> None:
    reader = READER.format(path="home / 'current'", check="'' in seen")
    reads, bad = reads_while_publishing(home, reader, "publish_naively")
    assert reads > 20
    assert bad > 0
