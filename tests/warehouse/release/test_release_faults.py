"""Publishing under faults: a kill, a full disk and a broken disk at each of its system calls.

`strace` makes the n-th call of a kind fail, or kills the process as it enters that call.
"""

import re
import shutil
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from tests.helpers.marked_releases import PRELUDE, marks, publish, sole_mark, start
from warehouse.release.refusal import ReleaseError

KINDS = "%file,%desc"
# Told to go by a signal: waiting for it is no call that a fault could meet.
PUBLISH = """
import signal
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1])
print("ready", flush=True)
signal.sigwait([signal.SIGUSR1])
try:
    {publish}("2")
except ReleaseError as error:
    print(error)
except OSError as error:  # from the build: told by the command
    print(error, remedy(error), sep="; ")
else:
    print("acknowledged", flush=True)
"""


@pytest.fixture(scope="module")
def strace(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = shutil.which("strace")
    if path is None:
        pytest.skip("strace is not installed")
    log = tmp_path_factory.mktemp("strace") / "log"
    if subprocess.run([path, "-o", log, "true"], capture_output=True).returncode:
        pytest.skip("this system does not let strace trace")
    return path


def published_under(strace: str, home: Path, publish: str, *options: str) -> tuple[str, str]:
    """Publishes 2 with strace attached; returns what the publisher said and strace saw."""
    with start(PRELUDE + PUBLISH.format(publish=publish), home) as publisher:
        assert publisher.stdout is not None
        publisher.stdout.readline()
        attached = subprocess.Popen(
            [strace, "-qq", "-o", str(home) + ".log", "-p", str(publisher.pid), *options],
            stderr=subprocess.PIPE,
            text=True,
        )
        status = Path(f"/proc/{publisher.pid}/status")
        while "TracerPid:\t0\n" in status.read_text():
            assert attached.poll() is None, attached.stderr and attached.stderr.read()
        publisher.send_signal(signal.SIGUSR1)
        said = publisher.communicate(timeout=60)[0]
        attached.communicate(timeout=60)
    return said.strip(), Path(str(home) + ".log").read_text()


def old_home(folder: Path, name: str) -> Path:
    """A home with release 1, and two before it so that there is something to collect."""
    template = folder / "template"
    if not template.exists():
        for mark in ("-1", "0", "1"):
            publish(template, mark)
    return Path(shutil.copytree(template, folder / name, symlinks=True))


def calls(strace: str, folder: Path) -> list[tuple[str, int]]:
    """Every call of a publish as (name, how manieth of this name since strace attached)."""
    home = old_home(folder, "traced")
    said, log = published_under(strace, home, "publish_and_collect", "-e", f"trace={KINDS}")
    assert said == "acknowledged"
    seen: Counter[str] = Counter()
    found = []
    for line in log.splitlines():
        if match := re.match(r"(\w+)\((\d*)", line):
            seen[match[1]] += 1
            if match.groups() == ("write", "1"):  # the acknowledgement
                break
            found.append((match[1], seen[match[1]]))
    return found


FAULTS = {"kill": "signal=KILL", "full disk": "error=ENOSPC", "broken disk": "error=EIO"}


def broken_promises(strace: str, folder: Path, fault: str, every: int) -> list[str]:
    """What was not as promised under a fault at each (or every so manieth) call of a publish."""
    broken = []
    for number, (name, count) in enumerate(calls(strace, folder)[::every]):
        home = old_home(folder, str(number))
        inject = f"inject={name}:{FAULTS[fault]}:when={count}"
        said, _ = published_under(
            *(strace, home, "publish_and_collect", "-e", f"trace={name}", "-e", inject)
        )
        at = f"{fault} at {name} {count}: "
        try:
            mark = sole_mark(home)
            if mark not in ("1", "2") or (said == "acknowledged" and mark != "2"):
                broken.append(f"{at}said {said!r}, {mark} is current")
            if fault != "kill" and not re.search(r"^acknowledged$|; \w", said):
                broken.append(f"{at}said {said!r}")
            publish(home, "3", digest="deadbeef")
            if sole_mark(home) != "3" or any((home / "releases").glob(".*")):
                broken.append(f"{at}the next publisher did not sweep")
        except (AssertionError, OSError, ReleaseError) as error:
            broken.append(f"{at}{error}")
    return broken


@pytest.mark.parametrize("every", [20, pytest.param(1, marks=pytest.mark.long)])
@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_at_any_call_leaves_a_whole_release(
    fault: str, every: int, strace: str, tmp_path: Path
) -> None:
    assert broken_promises(strace, tmp_path, fault, every) == []


def test_the_kills_do_tear_what_is_written_in_place(strace: str, tmp_path: Path) -> None:
    home = tmp_path / "home"
    subprocess.run([sys.executable, "-c", PRELUDE + "publish_naively('1')", home], check=True)
    options = ("-e", "trace=write", "-e", "inject=write:signal=KILL:when=3")
    published_under(strace, home, "publish_naively", *options)
    assert marks(home / "current") != {"1"}
    assert marks(home / "current") != {"2"}
