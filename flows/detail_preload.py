"""Loading customs detail while Prefect itself is still loading, for the task that waits for it.

Prefect takes two seconds to load and to reach its server, on one core and without reading files.
Belongs here: a load that begins at once, and handing its result to the task. Does not belong
here: loading (warehouse.detail.ingest). Prefect is not imported.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import ContextVar

from warehouse.detail.conversion import Progress
from warehouse.detail.ingest import Load

# The load that was begun, and is not yet asked for. A variable of the context, as Prefect hands a
# flow nothing but parameters that it can store.
_begun: ContextVar[Future[Load] | None] = ContextVar("_begun", default=None)


class _Stopped(Exception):
    """Nobody waits any more for what is being loaded."""


@contextmanager
def begun(load: Callable[[Progress], Load]) -> Iterator[None]:
    """Begin a load, which `outcome` waits for. It is stopped where the block ends before it."""
    stopped = threading.Event()

    def go_on(done: int, expected: int) -> None:
        if stopped.is_set():
            raise _Stopped

    with ThreadPoolExecutor(1) as beside:
        token = _begun.set(beside.submit(load, go_on))
        try:
            yield
        finally:
            stopped.set()
            _begun.reset(token)


def outcome() -> Load | None:
    """The load that was begun, once it is done; None where none was. Raises what it raised."""
    if (load := _begun.get()) is None:
        return None
    _begun.set(None)
    return load.result()
