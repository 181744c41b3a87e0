"""Lock files: one process at a time, and the others learn which one.

Belongs here: taking and holding a lock. Does not belong here: what is done under it (publisher.py
and others).
"""

from __future__ import annotations

import fcntl
import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from warehouse.release.refusal import ReleaseError, explained


@contextmanager
def locked(path: Path, timeout: float = 60) -> Iterator[None]:
    """Hold the lock file `path`, which is created if need be; a killed process releases it.

    Raises ReleaseError, naming the holder, when it is not free within `timeout` seconds.
    """
    with explained(f"lock {path}"):
        lock = opened(path)
    try:
        _acquire(lock, path, timeout)
        yield
    finally:
        # Closing alone would not do where a forked child still has the lock open.
        fcntl.flock(lock, fcntl.LOCK_UN)
        os.close(lock)


def opened(path: Path) -> int:
    """A descriptor of the lock file, which is for this user alone; the caller closes it."""
    lock = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    if os.fstat(lock).st_mode & 0o077:  # an earlier version left it so
        os.fchmod(lock, 0o600)
    return lock


def _acquire(lock: int, path: Path, timeout: float) -> None:
    deadline = time.monotonic() + timeout
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            break
        except BlockingIOError:
            if time.monotonic() >= deadline:
                holder = os.pread(lock, 1000, 0).decode().strip() or "another process"
                raise ReleaseError(
                    f"{path} has been held for {timeout:g} s or more by {holder}; "
                    "wait for that run or end it, then try again"
                ) from None
            time.sleep(0.05)
    holder = f"pid {os.getpid()} on {socket.gethostname()} since {datetime.now(UTC):%FT%TZ}\n"
    with explained(f"write {path}"):
        os.ftruncate(lock, 0)
        os.pwrite(lock, holder.encode(), 0)
