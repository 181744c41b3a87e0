"""`crossfoot serve`: a Prefect server on loopback, the deployments, and a worker, as one service.

Belongs here: starting these processes, and ending them with the service. Does not belong here:
what runs when (prefect.yaml) and the settings of the processes (flows/settings.py). With
PREFECT_API_URL set, that server is used and none is started.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, NoReturn

import urllib3

from flows.process.signals import ENDING, leave_to
from flows.service import schedules
from flows.service.server import HOST, password_below, password_file, refusal_explained
from flows.settings import ServingError, Settings, without_userinfo
from warehouse.release import releases
from warehouse.release.lock import locked
from warehouse.release.refusal import ReleaseError
from warehouse.system import storage
from warehouse.system.processes import end_after, start_tied

if TYPE_CHECKING:
    from prefect.client.orchestration import SyncPrefectClient

POOL = "crossfoot"
PUBLISHING = "publishing"

_SERVICE = "CROSSFOOT_SERVICE"  # in the environment of runs: the process that they end with

_START = 120  # seconds that a process may take to start
_REACH = 10  # seconds that a server which should be there may take to answer
_FINISH = 20  # seconds that runs may take to finish once the service ends
_END = 20  # seconds that a process may take to end
_PREFECT = (sys.executable, "-m", "prefect")

_Running = tuple[str, subprocess.Popen[bytes]]  # a process and its name


class _Stopped(BaseException):
    """Someone asked the service to end."""


def serve(settings: Settings, say: Callable[[str], None]) -> None:
    """Run the service until SIGINT, SIGTERM or SIGHUP; passes `say` its messages.

    The environment must be that of settings.environment() and prepare_prefect(). Raises
    ServingError; in any case no process is left behind.
    """
    leave_to(_stop, *ENDING)
    begun = time.monotonic()
    given = os.environ.get("PREFECT_API_URL")
    url = given or f"http://{HOST}:{settings.port}/api"
    shown = without_userinfo(url)
    os.environ |= {"PREFECT_API_URL": url, _SERVICE: str(os.getpid())}
    with ExitStack() as processes, suppress(_Stopped):
        running: list[_Running] = []
        if given:
            _wait(running, f"{shown} does not answer", lambda: _answers(url), _REACH)
            say(f"using the server at {shown}")
        else:
            _lock_home(processes, settings.home)
            # Bound until the worker has ended, which does whatever the server on this port says.
            port = processes.enter_context(_listening(settings.port)).fileno()
            _set_password(settings.home, say)
            command = (sys.executable, "-m", "flows.service.server", str(port))
            server = _process("server", *command, kept_open=[port])
            running.append(processes.enter_context(server))
            _wait(running, "the server does not answer", lambda: _answers(url))
        with refusal_explained():
            _make_pool()
        if given and _is_polled():  # a worker that was killed still counts for a minute
            say("another service is or was on this server: runs of either may go to either home")
        _deploy()
        worker = (*_PREFECT, "worker", "start", "--pool", POOL, "--type", "process")
        running.append(processes.enter_context(_process("worker", *worker)))
        _wait(running, "the worker does not come up", _is_polled)
        if releases.current(settings.home) is None:
            say("nothing is published yet: a first run begins")
            _run_now()
        seconds = time.monotonic() - begun
        say(f"ready after {seconds:.1f} s at {shown.removesuffix('/api')}; end with Ctrl-C")
        try:
            while True:
                _check(running)
                time.sleep(0.5)
        except _Stopped:
            say("ending, once the runs that have begun are through; again to end now")
            _let_finish(url)


def _lock_home(processes: ExitStack, home: Path) -> None:
    """Let no other service serve this home: its server would change the password of this one."""
    lock = storage.private(home.absolute(), "prefect") / ".serving"
    try:
        processes.enter_context(locked(lock, timeout=0))
    except ReleaseError as error:
        raise ServingError(f"one service serves a home; {error}") from None


def _set_password(home: Path, say: Callable[[str], None]) -> None:
    """Put the password into the environment of the server and of all that is started here."""
    password, place = os.environ.get("PREFECT_SERVER_API_AUTH_STRING"), "that variable"
    if not password:
        password, place = password_below(home), str(password_file(home))
    os.environ["PREFECT_SERVER_API_AUTH_STRING"] = password
    os.environ["PREFECT_API_AUTH_STRING"] = password
    say(f"the password that its pages ask for is in {place}")


def _stop(_: int, __: FrameType | None) -> NoReturn:
    raise _Stopped


def end_with_service(flow: object, flow_run: object, state: object) -> None:
    """The hook of flows on Running: a run ends with the service, even where that was killed.

    The worker would end it, unless it was killed too. The kernel cannot, since the worker starts
    the runs, not the service.
    """
    if service := os.environ.get(_SERVICE):
        end_after(int(service))


@contextmanager
def _process(name: str, *command: str, kept_open: Sequence[int] = ()) -> Iterator[_Running]:
    """A process in a group of its own, which is ended with all that it started."""
    # SIGTERM, even from the kernel: a worker has runs of its own to end.
    process = start_tied(command, signal.SIGTERM, stdout=subprocess.DEVNULL, pass_fds=kept_open)
    try:
        yield name, process
    finally:
        leave_to(signal.SIG_IGN, *ENDING)  # from here on nothing may come between
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(_END)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _listening(port: int) -> socket.socket:
    try:
        return socket.create_server((HOST, port))
    except OSError as error:
        raise ServingError(
            f"port {port} of {HOST} cannot be used: {error.strerror}; choose another with "
            "--port, or use the Prefect server that runs there, if it is yours: "
            f"PREFECT_API_URL=http://{HOST}:{port}/api crossfoot serve"
        ) from None


def _check(running: list[_Running]) -> None:
    for name, process in running:
        if (code := process.poll()) is not None:
            raise ServingError(f"the {name} ended by itself with {code}; see its log above")


def _wait(
    running: list[_Running],
    problem: str,
    done: Callable[[], bool],
    seconds: float = _START,
) -> None:
    deadline = time.monotonic() + seconds
    while not done():
        _check(running)
        if time.monotonic() > deadline:
            raise ServingError(f"{problem} within {seconds} s; see its log")
        time.sleep(0.1)


def _answers(url: str) -> bool:
    try:
        return urllib3.request("GET", f"{url}/health", retries=False, timeout=5).status < 500
    except urllib3.exceptions.HTTPError:
        return False


def _client() -> SyncPrefectClient:
    # Prefect reads its environment when it is imported, and takes a second: not before the server
    # is being started.
    from prefect import get_client

    return get_client(sync_client=True)


def _make_pool() -> None:
    """The work pool, and in it the queue of publishers, which runs one at a time."""
    with _client() as client:
        from prefect.client.schemas.actions import WorkPoolCreate
        from prefect.exceptions import ObjectAlreadyExists

        with suppress(ObjectAlreadyExists):
            client.create_work_pool(WorkPoolCreate(name=POOL, type="process"))
        with suppress(ObjectAlreadyExists):
            client.create_work_queue(PUBLISHING, concurrency_limit=1, work_pool_name=POOL)


def _is_polled() -> bool:
    with _client() as client:
        return client.read_work_pool(POOL).status == "READY"


def _let_finish(url: str) -> None:
    """Wait until no run of the pool is under way: the worker ends its runs with itself."""
    from httpx import HTTPError
    from prefect.client.schemas.filters import (
        FlowRunFilter,
        FlowRunFilterState,
        FlowRunFilterStateType,
        WorkPoolFilter,
        WorkPoolFilterName,
    )
    from prefect.client.schemas.objects import StateType

    under_way = FlowRunFilterStateType(any_=[StateType.RUNNING, StateType.PENDING])
    deadline = time.monotonic() + _FINISH

    def is_busy(client: SyncPrefectClient) -> bool:
        # Where the server was asked to end as well, there is nobody to ask, or to report to.
        return _answers(url) and bool(
            client.read_flow_runs(
                flow_run_filter=FlowRunFilter(state=FlowRunFilterState(type=under_way)),
                work_pool_filter=WorkPoolFilter(name=WorkPoolFilterName(any_=[POOL])),
            )
        )

    with suppress(HTTPError), _client() as client:
        while time.monotonic() < deadline and is_busy(client):
            time.sleep(0.5)


def _run_now() -> None:
    with _client() as client:
        nightly = client.read_deployment_by_name("crossfoot/nightly")
        client.create_flow_run_from_deployment(nightly.id)


def _deploy() -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "prefect.yaml"
        file.write_text(schedules.deployments(), "utf-8")
        command = [*_PREFECT, "--no-prompt", "deploy", "--all", "--prefect-file", str(file)]
        deploying = start_tied(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        try:
            output, _ = deploying.communicate()
        finally:
            deploying.kill()
    if deploying.returncode:
        raise ServingError(f"{file.name} cannot be deployed: {without_userinfo(output.decode())}")
