"""What tests share: record files in a folder, and the command as a process of its own."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
RECORDS = ROOT / "warehouse" / "records"


@pytest.fixture
def records(tmp_path):
    """A copy of the shipped records that a test may change."""
    return Path(shutil.copytree(RECORDS, tmp_path / "records"))


@pytest.fixture(scope="session")
def crossfoot():
    """Run the command as a user would; returns the finished process."""

    def run(*arguments, env=None, cwd=None):
        return subprocess.run(
            [sys.executable, "-m", "flows.cli", *map(str, arguments)],
            capture_output=True,
            text=True,
            env={**os.environ, "COLUMNS": "200", **(env or {})},
            cwd=cwd or ROOT,
            timeout=300,
            check=False,
        )

    return run


@pytest.fixture(scope="session")
def published(tmp_path_factory, crossfoot):
    """A home in which the shipped records are published; not to be changed."""
    home = tmp_path_factory.mktemp("published")
    done = crossfoot("run", "--home", home)
    assert done.returncode == 0, done.stderr
    return home


@pytest.fixture(scope="session")
def python():
    """Run this interpreter with arguments; returns the finished process."""

    def run(*arguments):
        return subprocess.run(
            [sys.executable, *arguments], capture_output=True, text=True, cwd=ROOT, check=True
        )

    return run
