"""Small files, read as a whole or refused.

Every text, YAML, TOML and JSON file of people or of earlier runs is read here, so that none of them
can hang the process, fill its memory or end it with a traceback. Belongs here: which files may be
read, up to which size, and the error that refuses one. Does not belong here: what a file holds
(reading.py, yaml_tree.py, evidence.py), how files are written (storage.py), and customs detail of
any size (detail/source.py).
"""

from __future__ import annotations

import json
import os
import re
import stat
import tomllib
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from warehouse.system import causes
from warehouse.system.failure import Failure

MAX_TEXT_FILE = 8 << 20  # bytes of a file that people write by hand, or programs for them
_TOML_PLACE = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)$")
_SHOWN = 200  # characters of a value that a refusal shows
MAX_DOCUMENT = 256 << 20  # bytes of a file that an earlier run wrote: a manifest of 1 M files, say


@dataclass(frozen=True, slots=True)
class Problem:
    """Why something cannot be used: file, line, field and value, and what to do about it.

    Line 0 is the file as a whole. Problems have one cause where they say the same, or have the same
    `kin`; they are `alike` where those of their kin may have other values. `together` is what is
    said of several, after their number: `records have no period`.
    """

    file: str
    line: int
    message: str
    remedy: str
    field: str = ""
    value: str = ""
    figure: str = ""
    together: str = ""
    kin: str = ""
    alike: bool = False

    def __str__(self) -> str:
        return f"{causes.place(self)}: {self._subject}{self.message}; {self.remedy}"

    @property
    def cause(self) -> Hashable:
        """Equal for the problems that one slip made."""
        return self.kin or self.together or (self.field, self.value, self.message, self.remedy)

    def of_many(self, count: int) -> str:
        """What is said of so many problems with this cause."""
        if self.together:
            return f"{count} {self.together}; {self.remedy}"
        times = f"and {count - 1} like it" if self.alike else f"{count} times"
        return f"{self._subject}{self.message}, {times}; {self.remedy}"

    @property
    def _subject(self) -> str:
        shown = self.value[:_SHOWN] + ("…" if len(self.value) > _SHOWN else "")
        value = f" {shown!r}" if shown else ""
        return f"{self.field}{value}: " if self.field else ""


class FormError(Failure):
    """A file whose form cannot be read at all."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


def content(path: Path, limit: int, name: str = "") -> bytes:
    """The content of a regular file of at most `limit` bytes, read once. Raises FormError.

    `name` is what the error calls it, by default its path. Of a file that grows while it is read,
    what was read counts.
    """
    name = name or str(path)
    try:
        _check_regular(path.stat(), name)  # before opening it: opening a device may have an effect
        # Without blocking, should the file have become a pipe meanwhile.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        with open(descriptor, "rb") as file:
            status = os.fstat(descriptor)
            _check_regular(status, name)
            data = file.read(limit + 1) if status.st_size <= limit else b""
    except OSError as error:
        message = f"cannot be read: {error.strerror}"
        raise FormError(Problem(name, 0, message, "make it a readable file")) from None
    if (size := max(status.st_size, len(data))) > limit:
        message = f"{size:,} bytes is more than the limit of {limit:,}"
        raise FormError(Problem(name, 0, message, "split the file"))
    return data


def text(path: Path, name: str = "") -> str:
    """A small text in UTF-8, with or without a byte order mark.

    Raises FormError, which calls the file `name`, by default its path.
    """
    name = name or str(path)
    data = content(path, MAX_TEXT_FILE, name)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        message = f"byte {error.start} is not UTF-8"
        raise FormError(Problem(name, line, message, "save the file as UTF-8")) from None


def toml(path: Path, name: str = "") -> tuple[dict[str, Any], str]:
    """The tables of a TOML file, and its text. Raises FormError, which calls the file `name`."""
    name = name or str(path)
    written = text(path, name)
    try:
        return tomllib.loads(written), written
    except RecursionError:
        raise FormError(Problem(name, 0, "is no TOML: nested too deep", "mend it")) from None
    except ValueError as error:
        message, line = str(error), 0
        if place := _TOML_PLACE.search(message):
            message, line = message[: place.start()], int(place[1] or len(written.splitlines()))
        raise FormError(Problem(name, line, f"is no TOML: {message}", "mend it")) from None


def document(path: Path, needed: Mapping[str, type] = MappingProxyType({})) -> dict[str, Any]:
    """The JSON object in a file that an earlier run wrote.

    Raises FormError, also where a `needed` key is missing or of another type.
    """
    try:
        fields = json.loads(content(path, MAX_DOCUMENT))
    except (ValueError, RecursionError) as error:
        raise damaged(path, str(error)) from None
    if not isinstance(fields, dict):
        raise damaged(path, "is no object")
    if missing := [key for key, kind in needed.items() if not isinstance(fields.get(key), kind)]:
        raise damaged(path, f"lacks {', '.join(missing)}")
    return fields


def _check_regular(status: os.stat_result, name: str) -> None:
    if not stat.S_ISREG(status.st_mode):
        message = "cannot be read: not a regular file"
        raise FormError(Problem(name, 0, message, "make it a readable file"))


def damaged(path: Path, why: str) -> FormError:
    """The error for a document that is not as it was written."""
    message = f"is damaged: {why}"
    return FormError(Problem(str(path), 0, message, "restore it from a copy, or make it anew"))
