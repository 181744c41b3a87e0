"""What is installed from a wheel has all that it needs, wherever it is run from."""

import os
import shutil
import signal
import subprocess
import sys

import pytest

from tests.conftest import ROOT, eventually
from tests.flows.service.test_serving import QUICK, free_port
from warehouse.project import LAYERS

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """A folder with what the wheel installs, and the environment in which that is imported."""
    folder = tmp_path_factory.mktemp("wheel")
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    source = folder / "source"  # a copy: building leaves files beside what is built
    for name in LAYERS:
        shutil.copytree(ROOT / name, source / name)
    for name in ("pyproject.toml", "README.md"):
        shutil.copy(ROOT / name, source)
    build = [*pip, "wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", folder, source]
    subprocess.run(list(map(str, build)), check=True, cwd=folder)
    (wheel,) = folder.glob("crossfoot-*.whl")
    target = folder / "site"
    install = [*pip, "install", "--no-deps", "--no-index", "--target", target, wheel]
    subprocess.run(list(map(str, install)), check=True)
    empty = folder / "empty"
    empty.mkdir()
    return empty, {**os.environ, **QUICK, "PYTHONPATH": str(target), "COLUMNS": "200"}


def run(installed, *arguments):
    folder, env = installed
    command = [sys.executable, "-m", "flows", *map(str, arguments)]
    return subprocess.run(
        command, cwd=folder, env=env, capture_output=True, text=True, timeout=300, check=False
    )


def test_it_is_the_wheel_that_is_run(installed):
    folder, env = installed
    code = "import desk, expectations, flows, warehouse; print(warehouse.__file__)"
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=True)
    assert done.stdout.startswith(env["PYTHONPATH"])


def test_the_shipped_records_are_published_and_read(installed):
    done = run(installed, "run")
    assert done.returncode == 0, done.stderr
    assert "verdict   publish" in done.stdout
    asked = run(installed, "sql", "select count(*) as n from figures", "--format", "csv")
    assert asked.stdout.split()[0] == "n"
    assert (installed[0] / "data" / "current" / "report" / "index.html").exists()


def test_a_new_project_begins_with_what_it_has(installed, tmp_path):
    folder = tmp_path / "ours"
    for arguments, says in (
        (("init", folder, "--area", "Germany"), "for Germany (DE): EUR"),
        (("check", "--project", folder), " 0 rejected; 0 errors"),
        (("codes", "find", "Bavaria"), "DE-BY"),
    ):
        done = run(installed, *arguments)
        assert done.returncode == 0, done.stderr
        assert says in done.stdout


def test_the_service_finds_its_deployments(installed, tmp_path):
    folder, env = installed
    log = tmp_path / "log"
    command = ["flows", "serve", "--home", str(tmp_path / "home"), "--port", str(free_port())]
    with log.open("wb") as file:
        service = subprocess.Popen(
            [sys.executable, "-m", *command], cwd=folder, env=env, stdout=file, stderr=file
        )
    try:
        eventually(lambda: "ready after" in log.read_text("utf-8"), 180)
    finally:
        service.send_signal(signal.SIGTERM)
        code = service.wait(120)
    assert code == 0, log.read_text("utf-8")
