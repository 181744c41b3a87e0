"""Great Expectations in a process of its own, which loads while the release is being built.

Loading takes two seconds, more than the whole build of a small release: here it happens on another
core. Belongs here: starting, asking and ending that process. Does not belong here: what it
evaluates (suites.py), and how (duckdb_engine.py).
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from contextvars import ContextVar
from multiprocessing.connection import Connection, Pipe
from pathlib import Path

from expectations.gx.suites import NotEvaluated, Suite, SuiteResult
from warehouse.system.failure import Failure
from warehouse.system.processes import start_tied
from warehouse.system.python_runtime import collect_rarely, end_quietly

# A context variable, because Prefect passes a flow only parameters that it can store.
_begun: ContextVar[Gate | None] = ContextVar("_begun", default=None)


@contextmanager
def begun() -> Iterator[None]:
    """Start to load Great Expectations, for the Gate that `gate` returns within the block."""
    with closing(Gate()) as loading:
        token = _begun.set(loading)
        try:
            yield
        finally:
            _begun.reset(token)


@contextmanager
def gate() -> Iterator[Gate]:
    """The Gate that an enclosing `begun` started, or else a new one."""
    if loading := _begun.get():
        yield loading
    else:
        with closing(Gate()) as own:
            yield own


class GateError(Failure):
    """The process that evaluates ended before it answered."""


class Gate:
    """A process that evaluates suites once, on a finished database file. Always close it."""

    def __init__(self) -> None:
        self._pipe, theirs = Pipe()
        with theirs:
            descriptor = theirs.fileno()
            # Not multiprocessing, whose processes print a traceback when their parent has ended.
            self._process = start_tied(
                [sys.executable, "-P", "-m", __name__, str(descriptor)],
                pass_fds=[descriptor],
                stdin=subprocess.DEVNULL,
            )
        self._answered = False

    def validate(self, database: Path, suites: Sequence[Suite]) -> list[SuiteResult]:
        """The results of `suites`, evaluated over a read-only connection.

        Raises NotEvaluated when any expectation was not evaluated, GateError when the process
        has ended.
        """
        try:
            self._pipe.send((database, tuple(suites)))
            answer: list[SuiteResult] | Exception = self._pipe.recv()
        except (EOFError, ConnectionError):
            raise GateError(
                "the process of Great Expectations ended before it answered, perhaps for want of "
                "memory; see above, and try again"
            ) from None
        self._answered = True
        if isinstance(answer, Exception):
            raise answer
        return answer

    def close(self) -> None:
        """Wait for the process, which ends once it has answered; end it if it has not."""
        if not self._answered:
            self._process.kill()
        self._process.wait()
        self._pipe.close()


def _serve(pipe: Connection) -> None:
    collect_rarely()
    end_quietly()
    from expectations.gx.duckdb_engine import validate
    from warehouse.store.database import open_readonly

    try:
        database, suites = pipe.recv()
    except EOFError:  # the process that started this one has ended
        return
    answer: list[SuiteResult] | Exception
    try:
        with open_readonly(database) as connection:
            answer = validate(connection, suites)
    except NotEvaluated as error:
        answer = error
    # Only after the file is closed: whoever waits for the answer is about to write to it.
    pipe.send(answer)


if __name__ == "__main__":
    with Connection(int(sys.argv[1])) as pipe:
        _serve(pipe)
