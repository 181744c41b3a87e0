"""A second process that takes a part of what this one has to calculate.

Belongs here: starting it, sharing the work, ending it. Does not belong here: what is calculated.

It is forked, so that it knows all that this process has read until then. So it must be started
before any thread, and DuckDB has some. Where that cannot be done, everything is done here.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, TypeVar

from warehouse.system.processes import end_with

if TYPE_CHECKING:
    from concurrent.futures import Future, ProcessPoolExecutor

_AHEAD = 2  # portions that the other process is given, so that it need not wait for the next

Item = TypeVar("Item")
Result = TypeVar("Result")


@contextmanager
def helper_process() -> Iterator[HelperProcess | None]:
    """Another process while the block runs; None where it has no core, or this one has threads."""
    if not _can_fork():
        yield None
        return
    # Imported here, since who has little to do needs none of it.
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    start = partial(_begin, os.getpid())
    executor = ProcessPoolExecutor(1, mp_context=get_context("fork"), initializer=start)
    try:
        executor.submit(int).result()  # now it is forked
        yield HelperProcess(executor)
    finally:
        executor.shutdown(cancel_futures=True)


def _can_fork() -> bool:
    """Whether there is a core for it, and no thread here that could hold what it needs.

    Daemons are such as wait for signals.
    """
    others = [thread for thread in threading.enumerate() if thread is not threading.main_thread()]
    return (
        sys.platform == "linux"
        and len(os.sched_getaffinity(0)) > 1
        and threading.current_thread() is threading.main_thread()
        and all(thread.daemon for thread in others)
    )


def _begin(parent: int) -> None:
    """What the other process does first: it leaves all signals to its parent, and ends with it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    gc.freeze()  # what it shares with its parent is not looked at, which would copy it
    end_with(parent, signal.SIGKILL)


class HelperProcess:
    """The other process."""

    def __init__(self, executor: ProcessPoolExecutor) -> None:
        self._executor = executor

    def map(
        self, function: Callable[[Item], Result], items: Iterable[Item], together: int
    ) -> Iterator[Result]:
        """The function's result of each item, in order: some calculated here, some there.

        So many items travel `together`, taken when there is room for them; they and the results
        must be such as can be pickled. What the other process does not finish, because someone
        ended it, is done here.
        """
        remaining = iter(items)
        # Portions in order, each with its results, or with those to come from the other process.
        done: deque[tuple[list[Item], list[Result] | Future[list[Result]]]] = deque()
        while portion := list(islice(remaining, together)):
            ahead = [results for _, results in done if not isinstance(results, list)]
            future = None
            if sum(not results.done() for results in ahead) < _AHEAD:
                future = self._submit(function, portion)
            done.append((portion, future or [function(item) for item in portion]))
            while done and (isinstance(done[0][1], list) or done[0][1].done()):
                yield from self._finished(function, *done.popleft())
        for portion, results in done:
            yield from self._finished(function, portion, results)

    def _submit(
        self, function: Callable[[Item], Result], portion: list[Item]
    ) -> Future[list[Result]] | None:
        from concurrent.futures.process import BrokenProcessPool

        try:
            return self._executor.submit(_each, function, portion)
        except BrokenProcessPool:
            return None

    def _finished(
        self,
        function: Callable[[Item], Result],
        portion: list[Item],
        results: list[Result] | Future[list[Result]],
    ) -> list[Result]:
        from concurrent.futures.process import BrokenProcessPool

        try:
            return results if isinstance(results, list) else results.result()
        except BrokenProcessPool:
            return _each(function, portion)


def _each(function: Callable[[Item], Result], portion: list[Item]) -> list[Result]:
    return [function(item) for item in portion]
