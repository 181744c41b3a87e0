"""What tests share: record files in a folder, and the command as a process of its own."""

import fcntl
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from benchmarks.commands import start_server
from warehouse import project
from warehouse.store import tables
from warehouse.system import python_runtime

python_runtime.end_quietly()  # the summary of the tests comes last

ROOT = Path(__file__).parent.parent
RECORDS = ROOT / "warehouse" / "example" / "records"


def eventually(found, seconds=90):
    """What `found` returns, once it is something."""
    deadline = time.monotonic() + seconds
    while not (result := found()):
        assert time.monotonic() <= deadline, f"nothing within {seconds} s"
        time.sleep(0.2)
    return result


@pytest.fixture(scope="session", autouse=True)
def each_query_parsed_once():
    """What tables a query reads never changes, and finding it takes a tenth of every load."""
    read = tables.tables_read
    known = {}

    def tables_read(connection, query):
        if query not in known:
            known[query] = read(connection, query)
        return known[query]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tables, "tables_read", tables_read)
        yield


@pytest.fixture
def records(tmp_path):
    """A copy of the shipped records that a test may change."""
    return Path(shutil.copytree(RECORDS, tmp_path / "records"))


@pytest.fixture
def project_forgotten(monkeypatch):
    """Let a test use projects: none is named before it, and none is in use after it."""
    monkeypatch.delenv(project.VARIABLE, raising=False)
    yield
    monkeypatch.undo()
    project.use(None)


@pytest.fixture
def own_project(tmp_path, project_forgotten):
    """The folder of a project that is in use, and forgotten after the test."""
    folder = tmp_path / "own-project"
    folder.mkdir()
    (folder / project.FILE).write_text('[project]\narea = "CN"\ncurrency = "CNY"\n', "utf-8")
    project.use(folder)
    return folder


@pytest.fixture
def written(tmp_path):
    """Write lines to a file; returns its path."""

    def write(*lines, name="detail.csv", encoding="utf-8"):
        path = tmp_path / name
        path.write_bytes(("\n".join(lines) + "\n").encode(encoding))
        return path

    return write


@pytest.fixture
def ours(tmp_path, project_forgotten):
    """Make a project of these texts by their paths, and use it; returns its folder."""

    def use(files):
        folder = tmp_path / "ours"
        for name, text in {project.FILE: "[project]\n", **files}.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text, "utf-8")
        project.use(folder)
        return folder

    return use


@pytest.fixture(scope="session")
def crossfoot():
    """Run the command as a user would; returns the finished process."""

    def run(*arguments, env=None, cwd=None):
        return subprocess.run(
            [sys.executable, "-m", "flows", *map(str, arguments)],
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
    """A home in which the shipped records are published; not to be changed.

    One for all workers, whose folders lie in the same one: the first publishes, the others wait.
    """
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent
    with (folder / "publishing").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        home = folder / "published"
        if not (home / "current").exists():
            done = crossfoot("run", "--home", home)
            assert done.returncode == 0, done.stderr
    return home


@pytest.fixture(scope="session")
def on_server(tmp_path_factory, published):
    """The environment in which a run finds a Prefect server, and need not start one of its own."""
    folder = tmp_path_factory.mktemp("server")
    # With the tables that the home's own server made, which takes longer than all else of a start.
    for file in (published / "prefect").glob("prefect.db*"):
        shutil.copy(file, folder)
    server, address = start_server(folder)
    yield {"PREFECT_API_URL": address}
    server.terminate()
    server.wait()


@pytest.fixture
def home(published, tmp_path):
    """A copy of the published home that a test may change."""
    return shutil.copytree(published, tmp_path / "home", symlinks=True)


@pytest.fixture(scope="session")
def python():
    """Run this interpreter with arguments; returns the finished process."""

    def run(*arguments):
        return subprocess.run(
            [sys.executable, *arguments], capture_output=True, text=True, cwd=ROOT, check=True
        )

    return run
