"""How SIGINT, SIGTERM and SIGHUP end a command: in words, with exit code 128 and their number.

Belongs here: that, for every command but `serve`, which ends in its own way (service/serving.py).
Does not belong here: cleaning up, which each context manager does for itself. Only the standard
library is imported, so that a signal is heeded while everything else still loads.
"""

from __future__ import annotations

import logging
import os
import select
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from types import FrameType
from typing import Any

Handler = Callable[[int, FrameType | None], Any] | signal.Handlers

ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

_GRACE = 10.0  # seconds that a command may take to end
# Seconds after which another signal ends it at once. Before that, it is the same one: `timeout`
# and closing terminals send it twice, and Prefect sends it on.
_SAME = 1.0

_heard: list[int] = []  # signals that `_insist` heard, whoever else handles them
_received: list[int] = []  # the signal that `_end` handled
_watched: list[tuple[Path, str | None]] = []  # a home, and the release that readers saw before
_words: list[str] = []  # the last message
_speaking = threading.Lock()


class Ended(SystemExit):
    """A signal has come: what is under way is given up, up to `ending_in_words`."""


@contextmanager
def ending_in_words() -> Iterator[None]:
    """A block that signals end; one within such a block, too. Ignored signals stay ignored."""
    if threading.current_thread() is threading.main_thread():
        _listen()
    try:
        yield
    finally:
        # Whatever the block made of it: a library may have turned it into an error of its own, as
        # DuckDB does even with that of Prefect's handler, which stands in while a flow runs.
        if ending := _received or _heard:
            _say(ending[0])
            raise Ended(128 + ending[0])


def watch_readers(home: Path) -> None:
    """Begin to publish in this home: a signal's words tell whether what readers see has changed."""
    _watched[:] = [(home, _current(home))]


def leave_to(handler: Handler, *numbers: int) -> None:
    """End this process no longer: these signals are another handler's from now on."""
    signal.set_wakeup_fd(-1)
    _handle(handler, numbers)


@cache
def _listen() -> None:
    heard, hears = os.pipe()
    os.set_blocking(hears, False)
    # Python writes there at once, even where it can call no handler for now.
    signal.set_wakeup_fd(hears, warn_on_full_buffer=False)
    threading.Thread(target=_insist, args=(heard,), daemon=True).start()
    _handle(_end, ENDING)


def _handle(handler: Handler, numbers: Iterable[int]) -> None:
    for number in numbers:
        if signal.getsignal(number) is not signal.SIG_IGN:  # as nohup has it
            signal.signal(number, handler)


def _end(number: int, _: FrameType | None) -> None:
    if _received:  # what is being undone must not be interrupted
        return
    _received.append(number)
    # The exception may come up where Python can do no more than print it.
    sys.unraisablehook = lambda _: None
    threading.excepthook = lambda _: None
    logging.raiseExceptions = False
    raise Ended(128 + number)


def _insist(heard: int) -> None:
    """End a process that does not end by itself, such as one in the middle of a long call."""
    while (number := os.read(heard, 1)[0]) not in ENDING:
        pass
    _heard.append(number)
    begin = time.monotonic()
    while (passed := time.monotonic() - begin) < _GRACE:
        again, *_ = select.select([heard], [], [], _GRACE - passed)
        if again and os.read(heard, 1)[0] in ENDING and time.monotonic() - begin > _SAME:
            break
    _say(number)
    os._exit(128 + number)


def _say(number: int) -> None:
    """Print how the command ended, and let nothing be printed after that."""
    with _speaking:
        if _words:
            return
        changed = [now for home, before in _watched if (now := _current(home)) != before]
        readers = f"readers now see {changed[0]}" if changed else "what readers see is unchanged"
        _words.append(f"ended by {signal.Signals(number).name}; {readers}")
        with suppress(OSError):
            os.write(2, f"{_words[0]}\n".encode())
        with suppress(OSError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), 2)


def _current(home: Path) -> str | None:
    """The release that readers see, by the name in the link; None where there is none to read."""
    with suppress(OSError):
        return Path(os.readlink(home / "current")).name
    return None
