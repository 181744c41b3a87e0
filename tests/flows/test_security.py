"""What comes in and goes out besides records: packages, sockets, files that others could read."""

import hashlib
import os
import pty
import re
import shutil
import subprocess
import sys
import threading
import time
import zipfile
from contextlib import suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib import metadata
from pathlib import Path

import pytest

from tests.conftest import ROOT
from warehouse.release.publisher import publishing

LOCK = (ROOT / "requirements.lock").read_text("utf-8")
# By these Prefect knows that it need not report, whatever it was told.
CI_ENV_VARS = ("CI", "GITHUB_ACTIONS", "GITLAB_CI", "JENKINS_URL", "BUILDKITE", "CI_NAME")
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


@dataclass(frozen=True)
class Traced:
    """A command that has ended: its exit code, what it showed, and where it or a child reached."""

    returncode: int
    shown: str
    reached: set[str]  # what none of these processes itself listens at


@pytest.fixture
def trace(tmp_path):
    """Run a command in a terminal, as a person does, and list what it reached for.

    Loopback is not enough to be at home: a resolver, a proxy or another service may listen there.
    """
    if shutil.which("strace") is None:
        pytest.skip("strace is not installed")

    def run(*command, **env):
        log = tmp_path / "network.log"
        calls = "--trace=bind,getsockname,connect,sendto,sendmsg,sendmmsg"
        strace = ["strace", "-f", "--seccomp-bpf", "-qq", calls, "-o", log]
        kept = {name: value for name, value in os.environ.items() if name not in CI_ENV_VARS}
        screen, terminal = pty.openpty()
        with subprocess.Popen(
            [*strace, sys.executable, *command],
            stdin=subprocess.DEVNULL,
            stdout=terminal,
            stderr=terminal,
            cwd=ROOT,
            env={**kept, **env},
        ) as process:
            os.close(terminal)
            shown = b""
            with suppress(OSError):  # EIO: nobody has the terminal open any more
                while more := os.read(screen, 1 << 16):
                    shown += more
        os.close(screen)
        if not log.exists():
            pytest.skip(f"strace cannot trace here: {shown.decode()}")
        own, reached = set(), set()
        for call in log.read_text().splitlines():
            named = re.search(r" (bind|getsockname)\(|<... getsockname resumed>", call)
            (own if named else reached).update(_addresses(call))
        return Traced(process.returncode, shown.decode(), reached - own)

    return run


def _addresses(call):
    """The socket addresses in a line of strace: `127.0.0.1:80`, `::1:80`, or a path."""
    inet = r'sa_family=AF_INET, sin_port=htons\((\d+)\), sin_addr=inet_addr\("([^"]+)"\)'
    inet6 = r'sa_family=AF_INET6, sin6_port=htons\((\d+)\),.*?inet_pton\(AF_INET6, "([^"]+)"'
    yield from (f"{host}:{port}" for port, host in re.findall(f"{inet}", call))
    yield from (f"{host}:{port}" for port, host in re.findall(f"{inet6}", call))
    yield from re.findall(r'sa_family=AF_UNIX, sun_path=(@?"[^"]+")', call)


@pytest.fixture
def proxy():
    """Stands between this machine and the world; `asked` are the hosts it was asked to reach."""

    class Refusing(BaseHTTPRequestHandler):
        def do_CONNECT(self):
            server.asked.add(self.path.partition(":")[0])
            self.send_error(502)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Refusing)
    server.asked = set()
    server.address = f"127.0.0.1:{server.server_port}"
    server.environment = {
        f"{scheme}_proxy": f"http://{server.address}" for scheme in ("http", "https", "all")
    }
    with server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


@pytest.mark.slow
def test_a_whole_run_stays_at_home(trace, proxy, tmp_path):
    """It reaches for nothing but its own Prefect server, not by way of a proxy either, and looks up
    no name. What it leaves is its owner's alone.
    """
    home = tmp_path / "home"
    done = trace("-m", "flows", "run", "--home", home, **proxy.environment)
    assert done.returncode == 0, done.shown
    assert done.reached == set()
    assert home.stat().st_mode & 0o777 == 0o700
    assert not (home / "prefect" / "storage").exists()  # where Prefect would pickle results


@pytest.mark.slow
def test_a_run_that_reports_would_be_seen(trace, proxy, tmp_path):
    """The control: without what flows/settings.py sets, Prefect's server and client both report.

    Not in every run: both report beside the work, and a run that ends first ends them unheard; the
    server never does in its first run, where the database is too busy with being created.
    """
    talkative = {"PREFECT_SERVER_ANALYTICS_ENABLED": "true", "DO_NOT_TRACK": "0"}
    told = {"sens-o-matic.prefect.io", "api2.amplitude.com"}
    home = tmp_path / "home"
    run = ("-m", "flows", "run", "--home", home)
    reached = set()
    for _ in range(8):
        for reported in home.glob("**/milestones.json"):  # the client reports a first run only
            reported.unlink()
        done = trace(*run, **talkative, **proxy.environment)
        assert done.returncode == 0, done.shown
        reached |= done.reached
        if proxy.asked == told:
            break
    assert proxy.asked == told
    assert reached == {proxy.address}


@pytest.mark.parametrize(
    ("code", "reached"),
    [
        # Addresses that are kept for documentation: there is nobody to answer.
        ("s = socket.socket(type=socket.SOCK_DGRAM); s.connect(('192.0.2.7', 9))", "192.0.2.7:9"),
        (
            "s = socket.socket(type=socket.SOCK_DGRAM); s.sendto(b'', ('127.0.0.1', 9))",
            "127.0.0.1:9",
        ),
        ("s = socket.socket(socket.AF_UNIX); s.connect('/nobody')", '"/nobody"'),
        ("socket.getaddrinfo('nobody.invalid', 80)", r".*:53|.*[Rr]esolve.*"),
    ],
)
def test_an_attempt_would_be_seen(code, reached, trace):
    """The control of what is traced: datagrams, other services of this machine, names."""
    found = trace("-c", f"import socket; {code}").reached
    assert any(re.fullmatch(reached, one) for one in found)


def test_a_home_of_the_publisher_is_its_owners_alone(tmp_path):
    with publishing(tmp_path / "home"):
        assert (tmp_path / "home").stat().st_mode & 0o777 == 0o700


@pytest.mark.skipif(sys.platform != "linux", reason="asks /proc for children")
def test_a_killed_run_leaves_no_server_behind(tmp_path):
    command = [sys.executable, "-m", "flows", "run", "--home", tmp_path / "home"]
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL) as run:
        children = Path(f"/proc/{run.pid}/task/{run.pid}/children")
        servers = []
        while not servers:  # up to the line where it asks to be ended
            assert run.poll() is None
            servers = [child for child in children.read_text().split() if _is_server(child)]
            time.sleep(0.05)
        run.kill()
    deadline = time.monotonic() + 60
    while _is_server(servers[0]):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def _is_server(pid):
    """Whether this process is the temporary server, and has begun to load Prefect."""
    with suppress(OSError):
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
        return (
            b"flows.service.temporary_server" in command
            and "orjson" in Path(f"/proc/{pid}/maps").read_text()
        )
    return False
