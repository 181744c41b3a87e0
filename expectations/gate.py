"""Great Expectations in a process of its own, which loads while the release is being built.

Loading it takes two seconds, more than the whole build of a small release: with this, they pass
on another core. Belongs here: that process. Does not belong here: what it evaluates (suites.py)
and how (gx_duckdb.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path

from expectations.suites import NotEvaluated, Suite, SuiteResult
from warehouse.interpreter import collect_rarely

# Not forked: threads and connections of this process must not be copied.
_processes = get_context("spawn")


_started: list[Gate] = []


def start() -> None:
    """Begin to load Great Expectations now, for the Gate that `take` will return."""
    _started.append(Gate())


def take() -> Gate:
    """The Gate that was started, or else a new one. Close it when done."""
    return _started.pop() if _started else Gate()


class GateError(Exception):
    """The process that evaluates ended before it answered."""


class Gate:
    """Evaluates suites on one finished database file. Close it, used or not."""

    def __init__(self) -> None:
        self._pipe, theirs = _processes.Pipe()
        self._process = _processes.Process(target=_serve, args=(theirs,), daemon=True)
        self._process.start()
        self._answered = False
        theirs.close()

    def validate(self, database: Path, suites: Sequence[Suite]) -> list[SuiteResult]:
        """The results of `suites`, evaluated over a read-only connection.

        Raises NotEvaluated when any expectation was not evaluated, GateError when the process is
        gone.
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
        """Wait for the process, which ends by itself once it has answered; else end it."""
        if not self._answered:
            self._process.kill()
        self._process.join()
        self._pipe.close()


def _serve(pipe: Connection) -> None:
    collect_rarely()
    from expectations.gx_duckdb import validate
    from warehouse.database import open_readonly

    try:
        database, suites = pipe.recv()
    except EOFError:  # whoever started this process is gone
        return
    try:
        with open_readonly(database) as connection:
            pipe.send(validate(connection, suites))
    except NotEvaluated as error:
        pipe.send(error)
