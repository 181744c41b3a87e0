"""Signals: a command ends in words, and takes every process of its own along."""

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.conftest import ROOT, eventually

ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
UNCHANGED = "what readers see is unchanged"
PRELUDE = """
import logging, os, signal, sys, threading, time
from pathlib import Path
from flows.process import signals
from flows.process.signals import ending_in_words, leave_to, watch_readers

def send(number=signal.SIGTERM):
    os.kill(os.getpid(), number)

"""


@pytest.fixture
def block(tmp_path):
    """Run code within a block that signals end; returns its exit code and what was on stderr."""

    def run(code, before=""):
        lines = "".join(f"    {line}\n" for line in code.splitlines())
        script = f"{PRELUDE}{before}\nwith ending_in_words():\n{lines}print('went on')"
        done = subprocess.run(
            [sys.executable, "-c", script],
            capture_output=True,
            text=True,
            cwd=tmp_path,
            check=False,
            timeout=30,
        )
        return done.returncode, done.stderr

    return run


@pytest.mark.parametrize("number", ENDING)
def test_a_signal_ends_a_command_in_words(number, block):
    name = signal.Signals(number).name
    assert block(f"send({number})") == (128 + number, f"ended by {name}; {UNCHANGED}\n")


@pytest.mark.parametrize(
    "code",
    [
        "with ending_in_words(): send()",
        "try: send()\nexcept BaseException as error: raise RuntimeError('Query interrupted')",
        "try: send()\nexcept BaseException: sys.exit(2)",
        "try: send()\nexcept BaseException: pass",
        "try: send()\nfinally: send(signal.SIGINT)",
        "class Deleted:\n  def __del__(self): send()\nDeleted(); time.sleep(0.1)",
        "threading.Thread(target=lambda: 1 / (time.sleep(0.2) or 0)).start(); send()",
    ],
)
def test_whatever_was_under_way_makes_of_it(code, block):
    assert block(code) == (143, f"ended by SIGTERM; {UNCHANGED}\n")


@pytest.mark.parametrize(
    "code",
    [
        # What hears nothing ends after its time of grace.
        "signals._GRACE = 0.2\ntry: send()\nexcept BaseException: time.sleep(60)",
        "signals._GRACE = 0.2\nthreading.Thread(target=time.sleep, args=(60,)).start(); send()",
        # A second signal ends it at once, unless it is the same, which some send twice.
        "signals._SAME = 0.1\n"
        "try: send()\nexcept BaseException: time.sleep(0.2); send(); time.sleep(60)",
    ],
)
def test_what_does_not_end_by_itself_is_ended(code, block):
    begin = time.monotonic()
    assert block(code) == (143, f"ended by SIGTERM; {UNCHANGED}\n")
    assert time.monotonic() - begin < 9  # before the grace that they would have


def test_the_same_signal_twice_leaves_time_to_end(block):
    code = "try: send()\nfinally: send(); time.sleep(0.3); print('undone', file=sys.stderr)"
    assert block(code) == (143, f"undone\nended by SIGTERM; {UNCHANGED}\n")


def test_what_is_ignored_stays_ignored_as_for_nohup(block):
    ignored = "signal.signal(signal.SIGHUP, signal.SIG_IGN)"
    assert block("send(signal.SIGHUP)", ignored) == (0, "")


def test_the_words_tell_what_readers_see_by_then(block):
    before = "Path('current').symlink_to('releases/a')"
    watched = "watch_readers(Path()); "
    assert UNCHANGED in block(watched + "send()", before)[1]
    published = "os.unlink('current'); os.symlink('releases/b', 'current'); send()"
    before = before.replace("Path('current')", "Path('current').unlink(); Path('current')")
    assert block(watched + published, before) == (143, "ended by SIGTERM; readers now see b\n")


def test_a_reader_that_is_gone_changes_nothing(tmp_path):
    script = f"{PRELUDE}with ending_in_words():\n    sys.stdin.readline(); send()"
    command = [sys.executable, "-c", script]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE)
    process.stderr.close()
    process.communicate(b"\n", timeout=30)
    assert process.returncode == 143


# --- the commands themselves ---------------------------------------------------------------------


def belonging(home):
    """The processes that were told of this home, and have not ended."""
    found = {}
    for process in Path("/proc").glob("[0-9]*"):
        try:
            command = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            told = (process / "environ").read_bytes().decode(errors="replace")
            ended = "State:\tZ" in (process / "status").read_text()
        except OSError:
            continue
        if str(home) in command + told and not ended:
            found[int(process.name)] = command
    return found


@pytest.fixture
def start(tmp_path):
    """Start the command in a group of its own, its errors in a file; all of it is killed after."""
    started = []

    def run(*arguments, **options):
        with (tmp_path / "errors").open("wb") as errors:
            command = [sys.executable, "-m", "flows", *map(str, arguments)]
            process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                cwd=ROOT,
                start_new_session=True,
                **options,
            )
        started.append(process)
        return process

    yield run
    for process in started:
        process.kill()
        process.communicate()


pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="asks /proc")


@pytest.mark.parametrize(
    ("number", "group"), [(signal.SIGTERM, False), (signal.SIGHUP, True), (signal.SIGINT, True)]
)
def test_a_shell_ends_with_both_its_processes(number, group, start, published, tmp_path):
    process = start("shell", "--home", published)
    process.stdin.write(b"select 1 as here;\n")
    process.stdin.flush()
    assert b"here" in process.stdout.readline() + process.stdout.readline()
    (os.killpg if group else os.kill)(process.pid, number)
    process.communicate(timeout=20)
    assert process.returncode == 128 + number
    name = signal.Signals(number).name
    assert (tmp_path / "errors").read_text() == f"ended by {name}; {UNCHANGED}\n"


def test_a_killed_shell_leaves_nobody_behind(start, home):
    process = start("shell", "--home", home)
    process.stdin.write(b"select 1 as here;\n")
    process.stdin.flush()
    process.stdout.readline()
    assert len(belonging(home)) == 2
    process.kill()
    eventually(lambda: not belonging(home), 5)


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGKILL, *ENDING])
def test_ended_at_any_moment_a_run_leaves_nobody_behind(number, start, published, tmp_path):
    """The moments are spread over a run: loading, waiting for the server, at work, and the end."""
    home = Path(shutil.copytree(published, tmp_path / "home", symlinks=True))
    before = os.readlink(home / "current")
    chance = random.Random(number)
    for after in (0.1, 0.5, 1, 2, 4):
        process = start("run", "--home", home)
        time.sleep(after * chance.uniform(0.7, 1.3))
        process.send_signal(number)
        process.communicate(timeout=30)
        eventually(lambda: not belonging(home), 5)
        errors = (tmp_path / "errors").read_text()
        now = os.readlink(home / "current")
        if after == 0.1 and process.returncode == -number:  # Python itself was still starting
            assert now == before
            continue
        assert "Traceback" not in errors
        if process.returncode == 0:  # it was through
            before = now
            continue
        assert process.returncode == (-number if number == signal.SIGKILL else 128 + number), errors
        if number != signal.SIGKILL:
            words = UNCHANGED if now == before else f"readers now see {Path(now).name}"
            assert errors.endswith(f"ended by {signal.Signals(number).name}; {words}\n")
        before = now
