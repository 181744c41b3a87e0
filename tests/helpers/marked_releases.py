"""What the tests of releases share: releases whose every file bears one mark, and processes."""

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

from tests.conftest import ROOT
from warehouse.release import releases
from warehouse.release.manifest import verify
from warehouse.release.publisher import publishing

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
NAMES = ("trade.db", "csv/a.csv", "csv/b.csv", "report/index.html")


def build(staged: Path, mark: str, size: int = 0) -> None:
    """Writes files that all carry the mark, so that a mixture of two releases shows."""
    for name in NAMES:
        file = staged / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(mark + "\n" + "x" * size)


def marks(path: Path) -> set[str]:
    return {(path / name).read_text().partition("\n")[0] for name in NAMES}


def publish(home: Path, mark: str, now: datetime = NOON, digest: str = "1a2b3c4d") -> Path:
    with publishing(home) as publisher:
        staged = publisher.stage(releases.release_id(now, digest))
        build(staged, mark)
        return publisher.publish(staged)


def sole_mark(home: Path) -> str:
    path = releases.current(home)
    assert path is not None
    assert verify(path) == []
    (mark,) = marks(path)
    return mark


PRELUDE = f"""
import os, sys, time
from pathlib import Path
sys.path.insert(0, {str(ROOT)!r})
from warehouse.release import releases
from warehouse.release.manifest import verify
from warehouse.release.publisher import publishing
from warehouse.release.refusal import ReleaseError, remedy
home = Path(sys.argv[1])
names = {NAMES!r}

def build(staged, mark, size):
    for name in names:
        (staged / name).parent.mkdir(exist_ok=True)
        (staged / name).write_text(mark + chr(10) + "x" * size)

def publish(mark):
    with publishing(home) as publisher:
        staged = publisher.stage(f"20261124T120000Z-{{int(mark):08x}}")
        build(staged, mark, 200_000)
        publisher.publish(staged)

def publish_and_collect(mark):
    publish(mark)
    with publishing(home) as publisher:
        publisher.collect_garbage(keep=3)

def publish_naively(mark):
    with publishing(home):
        (home / "current").mkdir(exist_ok=True)
        build(home / "current", mark, 200_000)
"""


def start(script: str, *arguments: object, stderr: int | None = None) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", script, *map(str, arguments)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=stderr,
        text=True,
    )
