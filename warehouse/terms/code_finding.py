"""Finding codes by a part of their names, and adding codes to the project's lists.

Belongs here: what `crossfoot codes` does. Does not belong here: how a row is read and what makes it
impossible (code_rows.py), and how matches look.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from warehouse import project
from warehouse.system import files, storage
from warehouse.system.failure import Failure
from warehouse.terms import code_rows, codes
from warehouse.terms.code_rows import Row, names, normalise


class Match(NamedTuple):
    """A code that a text may mean, and how near it is: 0 means it, 1 begins with it, 2 holds it."""

    distance: int
    list_name: str
    row: Row


def find(text: str, list_names: Sequence[str]) -> list[Match]:
    """The codes that a text means, or whose names begin with it or hold it, the nearest first.

    Raises FileNotFoundError where there is no such list.
    """
    sought = normalise(text)
    matches = [
        Match(distance, list_name, row)
        for list_name in list_names
        for distance, row in _found(list_name, text, sought)
    ]
    return sorted(matches, key=lambda match: match.distance)


def _found(list_name: str, text: str, sought: str) -> Iterator[tuple[int, Row]]:
    own = code_rows.own_name(list_name)
    try:
        meant = codes.lookup(own, text)
    except codes.UnknownCode:
        meant = ""
    more: dict[str, list[str]] = {}
    for row in code_rows.further(own).rows:
        more.setdefault(row["code"], []).extend(names(row))
    for row in (*codes.rows(own), *codes.seldom(own)):
        code = row["code"]
        if code == meant:
            yield 0, row
            continue
        spellings = [normalise(name) for name in (code, *names(row), *more.get(code, ()))]
        if sought and any(sought in spelling for spelling in spellings):
            yield 2 - any(spelling.startswith(sought) for spelling in spellings), row


def nearest(text: str, list_names: Sequence[str]) -> list[str]:
    """Up to three names of the lists that are like a text, without those of the same code."""
    found: dict[str, None] = {}
    for list_name in list_names:
        try:
            codes.lookup(list_name, text)
        except codes.UnknownCode as error:
            found |= dict.fromkeys(error.suggestions)
    return list(found)[:3]


class Added(NamedTuple):
    """Where a row of the project's list stands now, and whether its code is new to the list."""

    place: str
    is_new: bool


def add(list_name: str, row: Mapping[str, str]) -> Added:
    """Add a row to the project's list, making the file if it is not there.

    A row with a code that the list has may give it further names, and nothing else. Raises
    FormError where the row contradicts the list, and Failure where the project is the example, or
    the list has that code already.
    """
    if project.is_example():
        raise Failure("no project is in use, and the example stays as it is; run crossfoot init")
    own, _ = code_rows.paths(list_name)
    before = files.text(own) if own.is_file() else ""
    code, kept = row.get("code", ""), {key: cell for key, cell in row.items() if cell}
    known = code_rows.combined(list_name, before or "code,name_en\n")
    is_new = code not in known.places
    if is_new:
        after = _appended(before, kept)
    else:
        before_it = {**codes.row(list_name, code)}
        if not _only_names(kept, before_it):
            raise Failure(
                f"{known.places[code]}: {code} is {codes.called(list_name, code)!r} already; take "
                "another code, give it a further name with --alias, or write what replaces it "
                f"into {project.shown(own)}"
            )
        after = _renamed(before, kept, before_it.get("aliases", ""))
    code_rows.combined(list_name, after)
    own.parent.mkdir(parents=True, exist_ok=True)
    with storage.whole(own) as part:
        part.write_text(after, encoding="utf-8")
    line = next(n for n, cells in enumerate(_table(after), 1) if code in cells)
    return Added(f"{project.shown(own)}:{line}", is_new)


def _only_names(row: Mapping[str, str], known: Mapping[str, str]) -> bool:
    """Whether a row adds names to what is known of its code, and contradicts none of it."""
    given = {column for column, cell in row.items() if known.get(column) != cell} - {"aliases"}
    return (bool(given) or "aliases" in row) and all(
        column.startswith("name_") and not known.get(column) for column in given
    )


def _renamed(before: str, row: Mapping[str, str], aliases: str) -> str:
    """The text of a list whose row of that code has these names, too, and the aliases it had."""
    named = dict.fromkeys(filter(None, ";".join((aliases, row.get("aliases", ""))).split(";")))
    row = {**row, "aliases": ";".join(named)} if "aliases" in row else row
    table = _table(before)
    at = table[0].index("code") if table else 0
    old = next((cells for cells in table if cells[at : at + 1] == [row["code"]]), None)
    if old is None:
        return _appended(before, row)
    kept = dict(zip(table[0], old, strict=False))
    without = io.StringIO()
    csv.writer(without, lineterminator="\n").writerows(cells for cells in table if cells != old)
    return _appended(without.getvalue(), {**kept, **row})


def _table(text: str) -> list[list[str]]:
    return list(csv.reader(text.splitlines(keepends=True), strict=True))


def _appended(before: str, row: Mapping[str, str]) -> str:
    """The text of a list with one more row, and with the columns that it needs."""
    table = _table(before)
    header = table[0] if table else ["code"]
    new = [column for column in row if column not in header]
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\n")
    if new or not table:
        writer.writerow([*header, *new])
        writer.writerows(
            [*cells, *[""] * (len(header) + len(new) - len(cells))] for cells in table[1:]
        )
    else:
        written.write(before if before.endswith("\n") else f"{before}\n")
    writer.writerow([row.get(column, "") for column in (*header, *new)])
    return written.getvalue()
