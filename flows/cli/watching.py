"""Watching: a check that is made again whenever a file has changed, until Ctrl-C ends it.

Belongs here: which files are looked at, how often, and how the watching ends. Does not belong
here: the check itself (check.py).
"""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

import duckdb

from flows.cli.terminal import err, print_error
from flows.process import signals
from flows.process.failures import UNUSABLE
from warehouse import project
from warehouse.system.failure import Failure

_PAUSE = 0.3  # seconds between two looks
_KINDS = ("codes", "rates", "rules", "views")  # of files that a check reads beside the records

_Stamps = Mapping[str, tuple[int, int]]


def again_and_again(check: Callable[[], int], paths: Callable[[], Sequence[Path]]) -> NoReturn:
    """Check now and whenever a file of `paths` or of the project changes; end with the last code.

    What makes a check impossible is said, and the next change awaited.
    """
    stopped: list[int] = []

    def stop(number: int, _: object) -> None:
        stopped.append(number)
        raise KeyboardInterrupt

    signals.leave_to(stop, signal.SIGINT)
    code = 128 + signal.SIGINT
    try:
        while True:
            seen = _stamps(paths)
            code = _checked(check)
            sys.stdout.flush()
            err.print(f"watching {len(seen)} files; Ctrl-C ends", style="dim")
            while (now := _stamps(paths)) == seen:
                time.sleep(_PAUSE)
            while seen != now:  # until whoever writes has written
                seen = now
                time.sleep(_PAUSE)
                now = _stamps(paths)
            _forget_project()
    except BaseException:
        if not stopped:  # a library may have turned the interrupt into an error of its own
            raise
    sys.exit(code)


def _checked(check: Callable[[], int]) -> int:
    try:
        return check()
    except (Failure, duckdb.Error) as failure:
        print_error(str(failure).rstrip())
        return UNUSABLE


def _forget_project() -> None:
    """Read anew what the project in use says and holds."""
    named = os.environ.get(project.VARIABLE)
    with suppress(Failure):  # the next check says it
        project.use(Path(named) if named else None)


def _stamps(paths: Callable[[], Sequence[Path]]) -> _Stamps:
    """When each file was changed that a check may read, and its size."""
    found: dict[str, tuple[int, int]] = {}
    with suppress(Failure):
        watched = [project.root() / project.FILE, *map(project.own, _KINDS), *paths()]
        for path in (file for place in watched for file in _files(place)):
            with suppress(OSError):  # gone since
                status = path.stat()
                found[str(path)] = status.st_mtime_ns, status.st_size
    return found


def _files(place: Path) -> Iterator[Path]:
    if not place.is_dir():
        yield place
        yield place.with_name("sources.yaml")
    for folder, _, names in os.walk(place):
        yield from (Path(folder, name) for name in names)
