"""Signs of life of a run, for the watchdog of the server that it reports to.

The run itself says that it lives, whoever started it, and so often that any watchdog hears it.
Prefect sends signs too, but as rarely as a setting of the worker says, and from a thread that looks
once a second whether the run is over. Belongs here: sending them as Prefect does. Does not belong
here: noticing that they stop (flows/watchdog.py). This module imports Prefect.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import copy_context

from prefect.context import FlowRunContext
from prefect.events import emit_event

from flows.alerts import about_run, remembers
from flows.settings import LEAST_SILENCE

EVENT = "prefect.flow-run.heartbeat"

EVERY = LEAST_SILENCE / 4  # seconds: a sign may come late, or get lost


@contextmanager
def sent() -> Iterator[None]:
    """Tell the server again and again, for as long as the block lasts, that its run still lives.

    A server that ends with the run gets no such signs.
    """
    over = threading.Event()
    if remembers():
        # The thread needs the settings of the run, which name the server.
        send = copy_context().run
        threading.Thread(target=send, args=(_send, over), daemon=True).start()
    try:
        yield
    finally:
        over.set()


def _send(over: threading.Event) -> None:
    context = FlowRunContext.get()
    if context is None or context.flow_run is None or context.flow is None:
        return
    run = context.flow_run
    about = {"prefect.resource.id": about_run(run), "prefect.resource.name": run.name}
    of = {
        "prefect.resource.id": f"prefect.flow.{run.flow_id}",
        "prefect.resource.role": "flow",
        "prefect.resource.name": context.flow.name,
    }
    while not over.is_set():
        emit_event(EVENT, resource=about, related=[of])
        over.wait(EVERY)
