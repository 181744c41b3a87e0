"""Standard input and output as they come: closed, full, broken off, in any encoding.

Belongs here: that any text can be written there, and that a terminal shows text and obeys none.
Does not belong here: how results look (cli/terminal.py). Only the standard library is imported, so
that a failure can be reported while everything else still loads.
"""

from __future__ import annotations

import io
import os
import sys
import unicodedata
from typing import Any, Protocol, TextIO

from warehouse.system.failure import Failure

OUTPUT = "standard output"

# Controls, what hides in a text or overrides its direction, halves of characters, separators.
_OBEYED = ("Cc", "Cf", "Cs", "Zl", "Zp")


class NotText(Failure):
    """What was typed or read and is no text."""


class Writable(Protocol):
    """What takes text."""

    def write(self, text: str, /) -> object:
        """Write the text there."""


def hold_open() -> None:
    """Let no standard stream be closed: the next file to be opened would take its place."""
    for number, name, mode in ((0, "stdin", "r"), (1, "stdout", "w"), (2, "stderr", "w")):
        if getattr(sys, name) is None:
            _lead_nowhere(number)
            stream = open(number, mode, encoding="utf-8", closefd=False)  # noqa: SIM115
            setattr(sys, name, stream)


def prepare() -> None:
    """Let standard streams take every text: what an encoding lacks is escaped."""
    if not sys.stdin.isatty():
        _set(sys.stdin, "utf-8", "surrogateescape")
    sys.stdout = _writing(sys.stdout, _Output)
    sys.stderr = _writing(sys.stderr, _Unfailing)


def visible(text: str) -> str:
    """The text with characters that a terminal would obey instead of show written as \\u…."""
    if text.isprintable():
        return text
    return "".join(map(_visible, text))


def as_text(typed: str) -> str:
    """What was typed or read, as the UTF-8 that it is whatever the locale. Raises NotText."""
    try:
        return typed.encode("utf-8", "surrogateescape").decode("utf-8")
    except UnicodeError:
        raise NotText(f"{visible(typed.strip())}: is not UTF-8; write or name it so") from None


def data() -> Writable:
    """Standard output for CSV and JSON: UTF-8 whatever the locale, and every character as it is.

    Where a person looks on, it is what their terminal can show and does not obey.
    """
    if sys.stdout.isatty():
        return _Shown(sys.stdout)
    _set(sys.stdout, "utf-8", "backslashreplace")
    return sys.stdout


def forsake_output() -> None:
    """Lead standard output nowhere, where it cannot be written: what is left fails no more."""
    _lead_nowhere(sys.stdout.fileno())


class _Output(io.FileIO):
    """A file whose errors name it."""

    def write(self, data: Any) -> int:
        try:
            return super().write(data) or 0
        except OSError as error:
            error.filename = OUTPUT
            raise


class _Unfailing(io.FileIO):
    """A file that never fails: an unwritable stderr is no reason to end anything."""

    def write(self, data: Any) -> int:
        try:
            return super().write(data) or 0
        except OSError:
            return len(data)


class _Shown:
    """A terminal, to which text is written as `visible` has it."""

    def __init__(self, terminal: TextIO) -> None:
        self._terminal = terminal

    def write(self, text: str, /) -> object:
        return self._terminal.write(visible(text))


def _visible(character: str) -> str:
    if character in "\n\t" or unicodedata.category(character) not in _OBEYED:
        return character
    code = ord(character)
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _set(stream: TextIO, encoding: str, errors: str) -> None:
    if isinstance(stream, io.TextIOWrapper):  # not where a test has put another in its place
        stream.reconfigure(encoding=encoding, errors=errors)


def _writing(stream: TextIO, kind: type[io.FileIO]) -> TextIO:
    """The stream anew, written by another kind of file."""
    if not isinstance(stream, io.TextIOWrapper):
        return stream
    # Without PYTHONUNBUFFERED there is a buffer between them.
    if isinstance(getattr(stream.buffer, "raw", stream.buffer), kind):
        return stream
    file = io.BufferedWriter(kind(stream.fileno(), "w", closefd=False))
    at_once = stream.isatty() or kind is _Unfailing
    return io.TextIOWrapper(file, stream.encoding, "backslashreplace", line_buffering=at_once)


def _lead_nowhere(number: int) -> None:
    nowhere = os.open(os.devnull, os.O_RDWR)
    if nowhere != number:
        os.dup2(nowhere, number)
        os.close(nowhere)
    os.set_inheritable(number, True)
