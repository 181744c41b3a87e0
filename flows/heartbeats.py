"""Signs of life of a run by the command, for the server that the operator names.

Prefect sends them of itself, but from a thread that looks once a second whether the run is over,
and every run waits for it. Belongs here: sending them as Prefect does. Does not belong here: what
follows where they stop (watchdog.py). Prefect is imported when a run is about to begin.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import copy_context
from typing import Any

EVENT = "prefect.flow-run.heartbeat"


@contextmanager
def sent(flow: Any, every: float) -> Iterator[Any]:
    """The flow to run instead of `flow`, so that each run tells its server every so many seconds
    that it still lives. Nothing is sent any more after the block.
    """
    over = threading.Event()

    def send_heartbeats(flow: Any, run: Any, state: Any) -> None:
        # Who sends must know the settings of the run, by which it finds the server.
        send = copy_context().run
        threading.Thread(target=send, args=(_send, flow, run, every, over), daemon=True).start()

    try:
        yield flow.with_options(on_running=[*flow.on_running_hooks, send_heartbeats])
    finally:
        over.set()


def _send(flow: Any, run: Any, every: float, over: threading.Event) -> None:
    from prefect.events import emit_event

    from flows.alerts import about_run

    about = {"prefect.resource.id": about_run(run), "prefect.resource.name": run.name}
    of = {
        "prefect.resource.id": f"prefect.flow.{run.flow_id}",
        "prefect.resource.role": "flow",
        "prefect.resource.name": flow.name,
    }
    while not over.is_set():
        emit_event(EVENT, resource=about, related=[of])
        over.wait(every)
