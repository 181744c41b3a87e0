"""The second process: the same results in the same order, whatever becomes of it."""

import subprocess
import sys

import pytest

from tests.conftest import ROOT

# A process of its own: that of the tests has threads, so that nothing is forked from it.
_SCRIPT = """
import os, signal, threading, time
from warehouse.system.helper_process import helper_process

def square(number):
    return number * number, os.getpid()

def refuse_seven(number):
    if number == 7:
        raise ValueError("seven")
    return number

def end_elsewhere(number):
    if os.getpid() != here and number > 50:
        os.kill(os.getpid(), signal.SIGKILL)
    return number

here = os.getpid()
with helper_process() as helper:
    assert helper is not None
    {}
"""


def run(body):
    script = _SCRIPT.format(body.replace("\n", "\n    "))
    return subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=60
    )


pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere nothing is forked")


@pytest.mark.parametrize(
    "body",
    [
        "results = list(helper.map(square, range(500), 3))\n"
        "assert [result for result, _ in results] == [n * n for n in range(500)]\n"
        "assert len({process for _, process in results}) == 2\n",
        "assert list(helper.map(square, [], 3)) == []\n",
        "assert list(helper.map(end_elsewhere, range(100), 3)) == list(range(100))\n"
        "assert list(helper.map(end_elsewhere, range(9), 2)) == list(range(9))\n",
        "try:\n"
        "    list(helper.map(refuse_seven, range(20), 3))\n"
        "except ValueError as error:\n"
        "    assert str(error) == 'seven'\n"
        "else:\n"
        "    raise AssertionError\n",
    ],
    ids=["shared", "nothing", "killed", "refused"],
)
def test_every_item_has_its_result(body):
    done = run(body)
    assert done.returncode == 0, done.stderr


def test_a_process_with_threads_has_none():
    done = run("pass")
    assert done.returncode == 0, done.stderr
    busy = _SCRIPT.partition("here =")[0] + (
        "threading.Thread(target=time.sleep, args=[0.5]).start()\n"
        "with helper_process() as helper:\n"
        "    assert helper is None\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", busy], cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
