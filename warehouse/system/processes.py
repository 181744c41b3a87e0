"""Processes that end when the process that they work for ends, however it ends.

A killed process can no longer end its children, so the kernel is asked beforehand to do it; only
Linux can. Belongs here: starting processes and tying them together. Does not belong here: what they
do.
"""

from __future__ import annotations

import ctypes
import os
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from typing import Any

_PR_SET_PDEATHSIG = 1  # linux/prctl.h
_GRACE = 5  # seconds that a process has to end by itself
# Loaded now: between fork and exec nothing may wait for a lock that another thread held.
_prctl = ctypes.CDLL(None).prctl if sys.platform == "linux" else None


def start_tied(
    arguments: Sequence[str], ending: signal.Signals = signal.SIGKILL, **options: Any
) -> subprocess.Popen[bytes]:
    """Start a child process, which gets the signal `ending` when the calling thread ends.

    It has a session of its own, so that no terminal sends it signals: Ctrl-C reaches its parent,
    which ends it properly. `options` are those of Popen.
    """
    tie = partial(end_with, os.getpid(), ending)
    return subprocess.Popen(arguments, start_new_session=True, preexec_fn=tie, **options)


def end_with(parent: int, ending: signal.Signals = signal.SIGKILL) -> None:
    """Have the kernel send `ending` to this process once its parent, of this id, has ended."""
    if _prctl:
        _prctl(_PR_SET_PDEATHSIG, ending)
        if os.getppid() != parent:  # it has ended already
            os._exit(128 + ending)


def end_after(pid: int) -> None:
    """Send this process SIGTERM, and kill it soon after, once the process `pid` has ended."""
    if sys.platform == "linux":
        threading.Thread(target=_wait_and_end, args=(pid,), daemon=True).start()


def _wait_and_end(pid: int) -> None:
    with suppress(ProcessLookupError):
        select.select([os.pidfd_open(pid)], [], [])
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(_GRACE)
    os.kill(os.getpid(), signal.SIGKILL)
