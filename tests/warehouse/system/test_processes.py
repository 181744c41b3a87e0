"""Processes that end with the one that they work for, however that ends."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import eventually

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends them")

PRELUDE = """
import os, subprocess, sys, time
from warehouse.system.processes import end_after, end_with, start_tied
"""
SLEEPING = [sys.executable, "-S", "-c", "import time; time.sleep(600)"]


@pytest.fixture
def script():
    """Run a script until it prints ids; returns its process and them."""
    started = []

    def run(code):
        command = [sys.executable, "-c", PRELUDE + code]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        started.append(process)
        return process, [int(id_) for id_ in process.stdout.readline().split()]

    yield run
    for process in started:
        process.kill()
        process.wait()
        process.stdout.close()


def lives(pid):
    try:
        return "State:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return False


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGHUP])
def test_a_child_ends_with_its_parent(number, script):
    parent, (child,) = script(f"print(start_tied({SLEEPING}).pid, flush=True); time.sleep(600)")
    assert lives(child)
    parent.send_signal(number)
    parent.wait()
    eventually(lambda: not lives(child), 5)


def test_without_being_tied_it_would_go_on(script):
    parent, (child,) = script(
        f"print(subprocess.Popen({SLEEPING}).pid, flush=True); time.sleep(600)"
    )
    parent.kill()
    parent.wait()
    assert lives(child)
    os.kill(child, signal.SIGKILL)


def test_a_child_whose_parent_died_before_it_was_tied_ends(script):
    parent, (child,) = script(
        "parent = os.getpid()\n"
        "if not os.fork():\n"
        "    print(os.getpid(), flush=True)\n"
        "    while os.getppid() == parent: time.sleep(0.01)\n"
        "    end_with(parent)\n"
        "time.sleep(600)"
    )
    parent.kill()
    parent.wait()
    eventually(lambda: not lives(child), 5)


@pytest.mark.parametrize("gone", [True, False])
def test_a_grandchild_ends_after_a_process_that_did_not_start_it(gone, script):
    service = subprocess.Popen(SLEEPING)
    if gone:
        service.kill()
        service.wait()
    # Deaf to what it is sent first.
    run, _ = script(
        "import signal, warehouse.system.processes\n"
        "warehouse.system.processes._GRACE = 0.1\n"
        "signal.signal(signal.SIGTERM, lambda *_: print('told', flush=True))\n"
        "print(os.getpid(), flush=True)\n"
        f"end_after({service.pid})\n"
        "time.sleep(600)"
    )
    if not gone:
        assert run.poll() is None
        service.kill()
        service.wait()
    assert run.stdout.readline() == "told\n"
    assert run.wait(10) == -signal.SIGKILL
