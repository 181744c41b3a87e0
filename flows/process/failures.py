"""How a failure ends the command: in words on stderr and with its exit code, never a traceback.

Belongs here: what the machine refuses, and the last resort for what nobody foresaw. Does not belong
here: failures that commands expect (cli/app.py). Only the standard library is imported, so that a
failure can be reported while everything else still loads.
"""

from __future__ import annotations

import errno
import os
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from flows.process import streams
from warehouse import project
from warehouse.release.refusal import remedy
from warehouse.system.python_runtime import start_over_if_changed

# The exit codes; 0 is fine, and 128 and more a signal.
WITHHELD, UNUSABLE, UNFORESEEN = 1, 2, 3

_LONGEST = 1_000  # characters of a message that nobody foresaw
_OWN = tuple(project.PACKAGE / layer for layer in project.LAYERS)
# How libraries word that they get no memory: they have no exception in common.
_NO_MEMORY = ("Cannot allocate memory", "failed to map segment", "can't start new thread")
_TOO_LITTLE = (
    "there is too little memory for this; end other programs, or allow it more (ulimit -v, ulimit "
    "-u, the limit of its container)"
)


@contextmanager
def in_words() -> Iterator[None]:
    """A block that is the whole command: ends the process, whatever happens in the block."""
    code: object = 0
    try:
        streams.prepare()
        start_over_if_changed()
        _check_folder()
        yield
    except SystemExit as end:
        code = end.code
        if isinstance(end.__context__, BrokenPipeError):
            # Rich and Typer end with 1 where a pipe was broken off, which here means withheld.
            streams.forsake_output()
            code = 0
    except KeyboardInterrupt:  # before there was anyone to handle it
        code = 130
    except BaseException as error:
        code = _reported(error)
    try:
        sys.stdout.flush()  # here a failure can still be reported
    except OSError as error:
        failure_code = _reported(error)
        code = code or failure_code
    sys.exit(code)  # type: ignore[arg-type]


def _check_folder() -> None:
    """End where the working directory is gone: other code would fail with a puzzling message."""
    try:
        os.getcwd()
    except FileNotFoundError:
        sys.exit(_printed("the working directory is gone; change to another", UNUSABLE))


def _reported(error: BaseException) -> int:
    """Report the error on stderr; returns the exit code."""
    if isinstance(error, OSError) and error.filename == streams.OUTPUT:
        streams.forsake_output()
        if isinstance(error, BrokenPipeError):  # its reader, such as head, has seen enough
            return 0
    message = " ".join(str(error).split()) or type(error).__name__
    if _is_for_want_of_memory(error, message):
        return _printed(_TOO_LITTLE, UNUSABLE)
    if isinstance(error, OSError):
        where = f"{error.filename}: " if error.filename else ""
        denied = error.errno in (errno.EACCES, errno.EPERM)
        what_to_do = "give this user access to it" if denied else remedy(error)
        return _printed(f"{where}{error.strerror or message}; {what_to_do}", UNUSABLE)
    from importlib import metadata  # here: it loads a parser of mails, which takes time

    short = message if len(message) <= _LONGEST else message[:_LONGEST] + "…"
    return _printed(
        f"unforeseen: {type(error).__name__}: {short}\n"
        f"  at {_place(error)}, crossfoot {metadata.version('crossfoot')}\n"
        "  please report this with the command and the record that led to it",
        UNFORESEEN,
    )


def _is_for_want_of_memory(error: BaseException, message: str) -> bool:
    known = isinstance(error, OSError | ImportError | RuntimeError)
    return isinstance(error, MemoryError) or (known and any(n in message for n in _NO_MEMORY))


def _place(error: BaseException) -> str:
    """The last line of Crossfoot before the error, and the line in a library that raised it."""
    frames = traceback.extract_tb(error.__traceback__)
    places = [(Path(frame.filename), frame.lineno) for frame in frames]
    own = [place for place in places if any(place[0].is_relative_to(layer) for layer in _OWN)]
    named = dict.fromkeys(own[-1:] + places[-1:])
    return ", in ".join(f"{project.shown(path)}:{line}" for path, line in named)


def _printed(text: str, code: int) -> int:
    """Print the error on stderr; returns the code."""
    with suppress(OSError):
        print(f"error: {streams.visible(text)}", file=sys.stderr, flush=True)
    return code
