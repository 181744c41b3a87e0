"""Remedies: what a curator probably meant, ready to paste.

other_names.csv says what else people call the fields of a record, those of a source, and the parts
of a file. Belongs here: the nearest name, and what to write for a source that nobody described.
Does not belong here: which text is wrong (acceptance.py, reading.py, sheets.py), the codes that
resemble a text (codes.py).
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Collection, Iterable
from functools import cache, lru_cache
from pathlib import PurePath

from warehouse import project
from warehouse.records import identifiers
from warehouse.system import csv_table

SOURCES_FILE = "sources.yaml"  # where the sources of the flat files beside it stand
_SIMILAR = 0.7  # aera is area, colour is no country


def nearest(text: str, known: Iterable[str]) -> str:
    """Up to three of the known ids that resemble a text, as the end of a remedy."""
    near = difflib.get_close_matches(text, list(known), 3, 0.5)
    return f" (nearest: {', '.join(near)})" if near else ""


@lru_cache(1_000)
def field_meant(part: str, name: str, known: tuple[str, ...]) -> str:
    """The field of a record, source or file (`part`) that a name means, '' where none is near.

    A field by another name comes before one that is only spelt alike.
    """
    sought = _plain(name)
    others = {other: field for other, field in _other_names(part).items() if field in known}
    spelt = {_plain(field): field for field in known} | others
    if sought in spelt:
        return spelt[sought]
    near = difflib.get_close_matches(sought, spelt, 1, _SIMILAR)
    return spelt[near[0]] if near else ""


def rename(part: str, name: str, known: tuple[str, ...]) -> str:
    """What to do about a name that no field has."""
    meant = field_meant(part, name, known)
    if meant and _plain(name) not in _other_names(part):
        return f"name a field, or take it out (nearest: {meant})"
    if meant:
        return f"write {meant} instead of {name}, or take it out"
    return "name a field, or take it out"


def described_source(id_: str, file: str, files: Collection[str]) -> str:
    """What to write for a source that no file describes and that a record in `file` names.

    `files` are those that were read.
    """
    possible = identifiers.id_like(id_) or "ID"
    entry = f"{{id: {possible}, publisher: NAME, published: 2020-05-09}}"
    if id_ not in ("", possible):
        return f"call it {possible} and {described_source(possible, file, files)}"
    if PurePath(file).suffix.lower() in (".yaml", ".yml"):
        return f"describe it at the top of a file: source: {entry}"
    beside = PurePath(file).with_name(SOURCES_FILE).as_posix()
    if beside in files:
        return f"add below sources: in {beside}: - {entry}"
    return f"write {beside} beside it: sources: [{entry}]"


@cache
def _other_names(part: str) -> dict[str, str]:
    """What else the fields of a part are called → the field."""
    table = csv_table.packaged(project.file("fields", "other_names.csv"))
    rows = [row for row in table if row["part"] == part]
    return {_plain(name): row["field"] for row in rows for name in row["other names"].split(";")}


def _plain(name: str) -> str:
    """A name without width, case, spaces and punctuation."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", name).casefold())
