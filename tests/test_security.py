"""What comes in and goes out besides records: packages, sockets, files that others could read."""

import hashlib
import re
import shutil
import subprocess
import sys
import zipfile
from importlib import metadata

import pytest

from tests.conftest import ROOT
from warehouse.release import publishing

LOCK = (ROOT / "requirements.lock").read_text("utf-8")
LOCKED = re.findall(r"^([a-z0-9][\w.-]*)==(\S+) \\$", LOCK, re.M)

# --- packages ------------------------------------------------------------------------------------


def test_every_locked_package_is_pinned_with_its_hashes():
    blocks = re.split(r"\n(?=[a-z0-9])", re.sub(r"^ *#.*\n", "", LOCK, flags=re.M).strip())
    assert len(blocks) == len(LOCKED) > 50
    for block in blocks:
        assert re.fullmatch(r"\S+==\S+( ;.*?)?( \\\n    --hash=sha256:[0-9a-f]{64})+\n*", block)


def wheel(folder, content):
    """A package of one module, and a lock that pins what it holds."""
    path = folder / "demo-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("demo.py", content)
        archive.writestr(
            "demo-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: demo\nVersion: 1.0\n"
        )
        archive.writestr(
            "demo-1.0.dist-info/WHEEL",
            "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        )
        archive.writestr("demo-1.0.dist-info/RECORD", "")
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.mark.parametrize("flag", ["--require-hashes", None])
def test_a_package_that_is_not_what_was_locked_is_refused(flag, tmp_path):
    """With the flags of the Makefile, a changed package or a lock without its hash installs not."""
    (options,) = re.findall(
        r"pip install (.*?) -r requirements\.lock", (ROOT / "Makefile").read_text()
    )
    options = [option for option in options.split() if flag or option != "--require-hashes"]

    def install(locked):
        lock = tmp_path / "lock"
        lock.write_text(locked)
        command = [sys.executable, "-m", "pip", "install", *options, "--no-index", "--upgrade"]
        where = ["--find-links", tmp_path, "--target", tmp_path / "into", "-r", lock]
        return subprocess.run([*command, *where], capture_output=True, text=True, check=False)

    good = wheel(tmp_path, "harmless = True")
    assert install(f"demo==1.0 --hash=sha256:{good}\n").returncode == 0
    changed = install(f"demo==1.0 --hash=sha256:{'0' * 64}\n")
    assert changed.returncode == 1
    assert "DO NOT MATCH THE HASHES" in changed.stderr
    assert install("demo==1.0\n").returncode == (1 if flag else 0)


def licence(package):
    """The licence as the package's own metadata tell it."""
    about = metadata.metadata(package)
    told = about.get_all("Classifier") or []
    classified = [line.split(" :: ")[-1] for line in told if line.startswith("License :: ")]
    plain = (about["License"] or "").strip().splitlines()
    return about["License-Expression"] or ", ".join(classified) or (plain[0] if plain else "")


def test_the_licences_of_all_packages_are_listed():
    table = (ROOT / "LICENCES.md").read_text("utf-8")
    listed = dict(re.findall(r"^\| (\S+) \| (.+) \|$", table, re.M))
    listed = {name: told for name, told in listed.items() if set(name) != {"-"}}
    listed.pop("package")
    installed = {name: licence(name) for name, _ in LOCKED if _installed(name)}
    assert {name: told for name, told in listed.items() if name in installed} == installed
    assert listed.keys() == {name for name, _ in LOCKED}
    assert all(listed.values())


def _installed(package):
    try:
        metadata.metadata(package)
    except metadata.PackageNotFoundError:  # of another platform
        return False
    return True


# --- sockets -------------------------------------------------------------------------------------


@pytest.fixture
def addresses(tmp_path):
    """Run a command; returns it finished, and every address that it or a child sent to."""
    if shutil.which("strace") is None:
        pytest.skip("strace is not installed")

    def run(*command):
        log = tmp_path / "network.log"
        trace = [
            "strace",
            "-f",
            "--seccomp-bpf",
            "-qq",
            "-e",
            "trace=connect,sendto,sendmsg,sendmmsg",
        ]
        done = subprocess.run(
            [*trace, "-o", log, sys.executable, *command],
            capture_output=True,
            text=True,
            cwd=ROOT,
            check=False,
        )
        if not log.exists():
            pytest.skip(f"strace cannot trace here: {done.stderr}")
        return done, set(re.findall(r'inet_(?:addr|pton)\((?:AF_INET6, )?"(.*?)"', log.read_text()))

    return run


def test_a_whole_run_stays_at_home(addresses, tmp_path):
    """It reaches for no address but this machine's, and what it leaves is its owner's alone."""
    home = tmp_path / "home"
    done, reached = addresses("-m", "flows.cli", "run", "--home", home)
    assert done.returncode == 0, done.stderr
    assert reached - {"127.0.0.1", "::1"} == set()
    assert home.stat().st_mode & 0o777 == 0o700
    assert not (home / "prefect" / "storage").exists()  # where Prefect would pickle results


def test_a_home_of_the_publisher_is_its_owners_alone(tmp_path):
    with publishing(tmp_path / "home"):
        assert (tmp_path / "home").stat().st_mode & 0o777 == 0o700


def test_an_outbound_attempt_would_be_seen(addresses):
    # Addresses that are kept for documentation: there is nobody to answer.
    code = "import socket; s = socket.socket(type=socket.SOCK_DGRAM); s.connect(('192.0.2.7', 9))"
    _, reached = addresses("-c", code)
    assert reached == {"192.0.2.7"}
