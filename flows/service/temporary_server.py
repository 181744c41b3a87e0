"""The Prefect server of one run from the command line, where the operator names none.

Prefect would start one too, but only after loading, and by loading all of a server's code into the
run itself, which takes seconds. This one comes up while the rest loads. Belongs here: that process,
and running a flow on it. Does not belong here: the server that stays (serving.py).
"""

from __future__ import annotations

import atexit
import fcntl
import os
import socket
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing, suppress
from contextvars import ContextVar
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

from flows.service.server import HOST, Guard, new_password, refusal_explained
from flows.settings import ServingError, without_userinfo
from warehouse.release.refusal import ReleaseError
from warehouse.system.processes import start_tied
from warehouse.system.python_runtime import collect_rarely, load_when_used

_START = 90.0  # seconds that it may take to answer; a busy machine takes many
_END = 5.0  # seconds that it may take to end

# In a variable of the context, as Prefect calls flows and their hooks with nothing of ours.
_on_temporary: ContextVar[bool] = ContextVar("_on_temporary", default=False)


def is_temporary() -> bool:
    """Whether the run that goes on has a server that ends with it and remembers nothing."""
    return _on_temporary.get()


class TemporaryServer:
    """Begins to start when made; ends with this process, after Prefect has sent it everything.

    The environment must be that of settings.prepare_prefect(). Its `password` is known to no other
    process, and written nowhere.
    """

    def __init__(self) -> None:
        self.password = new_password()
        # The port is taken here and handed down, so that nobody else can have it meanwhile; who
        # connects before the server is up waits for it.
        self._log = Path(os.environ["PREFECT_HOME"]) / "temporary.log"
        self._log.parent.mkdir(parents=True, exist_ok=True)
        with socket.create_server((HOST, 0)) as listening, self._log.open("wb") as log:
            self._port = listening.getsockname()[1]
            descriptor = listening.fileno()
            self._process = start_tied(
                [sys.executable, "-m", __name__, str(descriptor)],
                pass_fds=[descriptor],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=log,
                # Types of blocks are for those who look at a server; `serve` registers them.
                env=os.environ
                | {
                    "PREFECT_SERVER_REGISTER_BLOCKS_ON_START": "false",
                    "PREFECT_SERVER_API_AUTH_STRING": self.password,
                },
            )
        atexit.register(self._end)

    @classmethod
    def unless_named(cls) -> TemporaryServer | None:
        """A server that begins to start now; None where the environment names one."""
        return None if os.environ.get("PREFECT_API_URL") else cls()

    def url(self) -> str:
        """Its address, once it answers. Raises ServingError."""
        with closing(HTTPConnection(HOST, self._port, timeout=_START)) as connection:
            try:
                connection.request("GET", "/api/health")
                status: object = connection.getresponse().status
            except (OSError, HTTPException) as error:
                status = type(error).__name__
        if status != 200:
            raise ServingError(
                f"Prefect's temporary server did not come up ({status}); see {self._log}, try "
                "again when the machine is less busy, or name a server that runs in PREFECT_API_URL"
            )
        return f"http://{HOST}:{self._port}/api"

    def _end(self) -> None:
        self._process.terminate()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(_END)
        self._process.kill()
        self._process.wait()


def run_flow(
    server: TemporaryServer | None, flow: Callable[..., Any], *parameters: Any, **named: Any
) -> Any:
    """The state in which a flow ends; on `server` unless Prefect's own settings name another.

    Raises ServingError, and ReleaseError where the server that is named cannot be reached.
    """
    from prefect.settings import (
        PREFECT_API_AUTH_STRING,
        PREFECT_API_URL,
        PREFECT_FLOWS_HEARTBEAT_FREQUENCY,
        temporary_settings,
    )

    # Prefect needs one function of FastAPI, to encode the parameters of a run; loading all of it
    # takes a seventh of a second.
    load_when_used("fastapi")
    # The flows send signs of life themselves; a run would have to wait for Prefect's to end.
    settings: dict[Any, Any] = {PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None}
    temporary = None if PREFECT_API_URL.value() else server
    if temporary:
        settings |= {PREFECT_API_URL: temporary.url(), PREFECT_API_AUTH_STRING: temporary.password}
    with temporary_settings(settings), refusal_explained():
        token = _on_temporary.set(temporary is not None)
        try:
            return flow(*parameters, **named, return_state=True)
        except RuntimeError as error:
            if "reach API" not in str(error):
                raise
            remedy = "start the server, or unset PREFECT_API_URL"
            message = without_userinfo(str(error)).rstrip("/")
            raise ReleaseError(f"{message}; {remedy}") from None
        finally:
            _on_temporary.reset(token)


def _serve(descriptor: int) -> None:
    collect_rarely()
    import uvicorn
    from prefect.server.api.server import create_app

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            # Two servers at once would both make the tables of a new home, and one would fail.
            with (Path(os.environ["PREFECT_HOME"]) / ".starting").open("w") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                await super().startup(sockets)

    with socket.socket(fileno=descriptor) as listening:
        app = Guard(
            create_app(ephemeral=True, final=True), [f"{HOST}:{listening.getsockname()[1]}"]
        )
        Server(uvicorn.Config(app, log_level="error")).run(sockets=[listening])


if __name__ == "__main__":
    _serve(int(sys.argv[1]))
